"""The tab to explore settings: controls on the left, figures of many crises on the right, pins below."""

from __future__ import annotations

from functools import partial

from escalation.classroom import charts, exports, texts
from escalation.classroom.chart_style import LIGHT, Options, framed
from escalation.classroom.controls import Settings
from escalation.classroom.elements import Dial, Figure, button, note, tag, write
from escalation.classroom.session import Session
from escalation.classroom.waking import remarks
from escalation.classroom.workers import LatestRequest, Workers
from escalation.engine.pack import Index
from escalation.files.write import Table
from escalation.measures.ensemble import Ensemble, differences_in_words, same_crises

Drawn = tuple[tuple[str, Ensemble], ...]


class ExploreTab:
    """The tab on which settings are changed and their crises compared."""

    def __init__(self, session: Session, workers: Workers) -> None:
        self._session, self._workers = session, workers
        self._dials: dict[str, Dial] = {}
        self._figures: dict[str, Figure] = {}
        self._before: tuple[Settings, Ensemble] | None = None
        self._request: LatestRequest[None] = LatestRequest(workers, self._serve)
        self._root = tag("div", classes="explore")
        self.build()

    def build(self) -> None:
        """Build the tab again, for another scenario."""
        self._before = None
        self._dials.clear()
        self._figures.clear()
        self._root.clear()
        with self._root:
            with tag("section", classes="controls", aria_label=texts.CONTROLS):
                self._build_controls()
            with tag("section", classes="results", aria_label=texts.RESULTS, id="results", tabindex="-1"):
                self._status = tag("div", texts.COUNTING, "status", role="status")
                with tag("div", classes="figures"):
                    self._build_figures()
                with tag("div", classes="pins"):
                    self._build_pins()
        self.refresh()

    def refresh(self) -> None:
        """Simulate the present settings, if not yet done, and draw them; returns at once."""
        self._request.ask(None)

    def close(self) -> None:
        """Stop when the visitor has left."""
        self._request.cancel()

    def _build_controls(self) -> None:
        with tag("div", classes="row-of"):
            button(texts.PIN, self._pin, "first")
            button(texts.RESET_ALL, self._reset)
            button(texts.NEW_SEED, self._new_seed)
        note(texts.PIN_NOTE, "caveat")
        groups = dict.fromkeys(c.group for c in self._session.controls.values() if not c.advanced)
        for number, group in enumerate(groups):
            self._build_group(group, number == 0)
        with tag("details"):
            tag("summary", texts.ADVANCED)
            note(texts.ADVANCED_NOTE, "caveat")
            for group in dict.fromkeys(c.group for c in self._session.controls.values() if c.advanced):
                self._build_group(group, False)

    def _build_group(self, group: str, is_open: bool) -> None:
        with tag("details") as details:
            if is_open:
                details.props["open"] = True
            tag("summary", group)
            with tag("div", role="group", aria_label=group):
                settings = dict(self._session.settings)
                said = remarks(self._session.controls, self._session.settings)
                for control in self._session.controls.values():
                    if control.group == group:
                        start = self._session.workspace.scenario.start if control.never is not None else None
                        value = settings.get(control.path, control.value)
                        self._dials[control.path] = Dial(
                            control,
                            value,
                            partial(self._moved, control.path),
                            start,
                            said.get(control.path, ""),
                        )

    def _build_figures(self) -> None:
        for name in ("outcomes", *self._fans(), "peaks", "ceasefires"):
            kind, _, state = name.partition(":")
            label = self._session.workspace.scenario.label(state) if state else ""
            title = texts.FIGURES[kind].format(state=label)
            self._figures[name] = Figure(
                title, texts.FIGURE_NOTES[kind], name.replace(":", "_"), partial(self._picture, name)
            )

    def _fans(self) -> list[str]:
        return [f"fan:{state}" for state in self._session.workspace.scenario.states]

    def _build_pins(self) -> None:
        tag("h2", texts.PINS)
        self._pins = tag("ul", aria_live="polite")

    def _moved(self, path: str, given: object) -> None:
        # An invalid value can only come from a browser that was tampered with, and changes nothing.
        if self._session.move(path, given):
            self._tell()
            self.refresh()

    def _tell(self) -> None:
        """Say next to each control whether it moves anything at the present settings."""
        said = remarks(self._session.controls, self._session.settings)
        for path, dial in self._dials.items():
            dial.tell(said.get(path, ""))

    def _reset(self) -> None:
        self._session.reset()
        self.place_dials()
        self.refresh()

    def place_dials(self) -> None:
        """Put every control at the value of the settings."""
        settings = dict(self._session.settings)
        for path, dial in self._dials.items():
            dial.place(settings.get(path, self._session.controls[path].value))
        self._tell()

    def _new_seed(self) -> None:
        self._session.seed = (self._session.seed + 1) % 2**64
        self._session.changed()
        self.refresh()

    def _pin(self) -> None:
        if self._session.pin() is None:
            write(self._status, texts.PINS_FULL)
            return
        self.refresh()

    def _unpin(self, letter: str) -> None:
        self._session.unpin(letter)
        self.refresh()

    async def _serve(self, _: None) -> None:
        """Simulate the present and the pinned settings, and draw them."""
        session, client = self._session, self._root.client
        seed = session.seed
        found = [
            (name, await self._workers.ensemble(session.workspace, settings, seed))
            for name, settings in session.wanted()
        ]
        if client.is_deleted:
            return
        session.found = tuple(found)
        with self._root:
            self._draw(session.found)

    def _draw(self, found: Drawn) -> None:
        session = self._session
        tables = exports.tables_of(found)
        for name, figure in self._figures.items():
            figure.draw(self.options(name, tables), self._alternative(name, found))
        self._draw_pins(found)
        words = exports.setting_words(session.controls, session.settings)
        moved = words[0].upper() + words[1:] + "."
        if self._before is not None and self._is_inert(found[0][1]):
            moved += f" {texts.INERT}"
        self._before = (session.settings, found[0][1])
        write(self._status, texts.DRAWN.format(n=f"{found[0][1].n:,}", seed=session.seed, moved=moved))

    def _is_inert(self, now: Ensemble) -> bool:
        """Return whether a change had no effect at all, as where a parameter needs another style."""
        assert self._before is not None
        settings, before = self._before
        has_moved = settings != self._session.settings
        return has_moved and before.seed == now.seed and same_crises(before, now)

    def options(self, name: str, tables: dict[str, Table]) -> Options:
        """Return the chart of one figure."""
        theme = self._session.theme
        kind, _, state = name.partition(":")
        if kind == "outcomes":
            return charts.outcome_bars(tables["outcomes"], theme)
        if kind == "peaks":
            return charts.peak_bars(tables["peaks"], theme)
        if kind == "ceasefires":
            return charts.ceasefire_steps(tables["ceasefires"], theme)
        scenario = self._session.workspace.scenario
        number = Index(scenario).actor[state]
        return charts.fan(tables["postures"], state, theme, number, str(scenario.horizon))

    def _alternative(self, name: str, found: Drawn) -> str:
        """Return in words what a figure shows for the present setting."""
        return exports.figure_words(name, found[0][1])

    def _picture(self, name: str) -> Options | None:
        """Return a figure as a picture to save, in light colours."""
        session = self._session
        if not session.found:
            return None
        kind, _, state = name.partition(":")
        dark, session.dark = session.dark, False
        options = self.options(name, exports.tables_of(session.found))
        session.dark = dark
        label = session.workspace.scenario.label(state) if state else ""
        title = texts.FIGURES[kind].format(state=label)
        words = exports.setting_words(session.controls, session.settings)
        notes = exports.notes(session.workspace, words, session.found[0][1])
        return framed(options, title, notes, LIGHT)

    def _draw_pins(self, found: Drawn) -> None:
        self._pins.clear()
        with self._pins:
            if len(found) == 1:
                tag("li", texts.NO_PINS)
            for letter, (name, ensemble) in zip(sorted(self._session.pins), found[1:], strict=False):
                self._draw_pin(letter, name, ensemble, found[0][1])

    def _draw_pin(self, letter: str, name: str, pinned: Ensemble, now: Ensemble) -> None:
        session = self._session
        with tag("li"):
            words = exports.setting_words(session.controls, session.pins[letter])
            now_words = exports.setting_words(session.controls, session.settings)
            with tag("div", classes="row-of"):
                tag("h3", texts.COMPARED.format(name=name, setting=words, now=now_words))
                aria = texts.UNPIN_NAME.format(name=name)
                button(texts.UNPIN, partial(self._unpin, letter), "small", aria_label=aria)
            for line in differences_in_words(pinned, now):
                note(line)
