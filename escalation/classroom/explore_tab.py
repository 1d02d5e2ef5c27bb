"""The tab to explore settings: a question, a few controls, one picture of many crises, and what was tried."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

from nicegui import ui

from escalation.classroom import graphs, texts
from escalation.classroom.challenges import ChallengeList
from escalation.classroom.chart_style import LIGHT, Options, Theme, framed
from escalation.classroom.compared import TriedActions, build_comparison, build_tried
from escalation.classroom.controls import Control, Settings
from escalation.classroom.elements import Dial, Figure, button, enable, note, press, tag, write
from escalation.classroom.exports import notes, setting_words
from escalation.classroom.guess_panel import GuessPanel
from escalation.classroom.guess_rounds import GuessRounds
from escalation.classroom.guesses import hidden, with_guess
from escalation.classroom.guide import Guide, next_step
from escalation.classroom.lesson import settings_of
from escalation.classroom.session import Library, Session
from escalation.classroom.waking import remarks
from escalation.classroom.workers import LatestRequest, Workers
from escalation.language import in_this_language, number, say
from escalation.measures.ensemble import Ensemble, same_crises

Drawn = list[tuple[str, Ensemble]]


class ExploreTab:
    """The tab on which settings are changed and their crises compared."""

    def __init__(self, session: Session, library: Library, workers: Workers, rounds: GuessRounds) -> None:
        self._session, self._library, self._workers = session, library, workers
        self._rounds = rounds
        self._panel: GuessPanel | None = None
        self._dials: dict[str, Dial] = {}
        self._placed: Settings = ()
        self._figures: dict[str, Figure] = {}
        self._drawn: Drawn = []
        self._request: LatestRequest[None] = LatestRequest(workers, self._serve)
        self._replays: LatestRequest[None] = LatestRequest(workers, self._replay_change)
        self._counts: LatestRequest[None] = LatestRequest(workers, self._count_tried)
        self._root = tag("div", classes="explore")
        self.build()

    def build(self) -> None:
        """Build the tab again, for another scenario."""
        session = self._session
        self._placed, self._drawn = session.settings, []
        self._lesson = self._library.lesson_for(session.workspace)
        self._cards = {
            settings_of(preset.set, session.controls): say(preset.label)
            for preset in self._lesson.presets.values()
        }
        self._dials.clear()
        if self._panel is not None:
            self._panel.close()
        self._root.clear()
        with self._root:
            with tag("div", classes="lead"):
                self._build_lead()
            with tag("section", classes="controls", aria_label=say(texts.CONTROLS)):
                self._build_controls()
            with tag(
                "section", classes="results", aria_label=say(texts.RESULTS), id="results", tabindex="-1"
            ):
                self._build_results()
        self.refresh()

    def refresh(self) -> None:
        """Simulate the present settings, if not yet done, and draw them; returns at once."""
        self._request.ask(None)

    def close(self) -> None:
        """Stop when the visitor has left."""
        for request in (self._request, self._replays, self._counts):
            request.cancel()
        if self._panel is not None:
            self._panel.close()

    # What is there to see

    def _build_lead(self) -> None:
        with tag("div", classes="row-of"):
            tag("h2", say(self._lesson.question), "question", id="question")
            Guide()
            self._build_for_class()
        self._presets = {}
        with tag("div", classes="cards", id="presets", role="group", aria_label=say(texts.PRESETS)):
            for preset in self._lesson.presets.values():
                settings = settings_of(preset.set, self._session.controls)
                with button("", partial(self._take, settings), "card") as card:
                    tag("strong", say(preset.label))
                    tag("span", say(preset.says))
                self._presets[settings] = card
        with tag("p", classes="next"):
            tag("strong", say(texts.NEXT))
            self._next = tag("span", say(self._lesson.begin))

    def _build_for_class(self) -> None:
        """Add what a lecturer needs in front of a class: the large page, and a new beginning."""
        with tag("div", classes="row-of for-class"):
            self._guess = self._button(texts.GUESS, self._guess_or_stop, "G")
            self._present = tag(
                "button", type="button", aria_keyshortcuts="F", data_presents="", id="present"
            )
            # The browser fills its screen only within the press itself.
            presented = in_this_language(self._presented)
            fills = "() => emit(classroom.fillScreen(!document.querySelector('.presenting')))"
            self._present.on("click", lambda event: presented(event.args is True), js_handler=fills)
            opens = tag("button", say(texts.NEXT_CLASS), type="button", id="next-class")
            opens.on("click", js_handler="() => document.getElementById('start-again').showModal()")
            with tag("dialog", id="start-again", aria_label=say(texts.NEXT_CLASS)):
                note(say(texts.NEXT_CLASS_SAYS))
                with tag("div", classes="row-of"):
                    button(say(texts.NEXT_CLASS_YES), self._start_again, "first")
                    stays = tag("button", say(texts.NEXT_CLASS_NO), type="button")
                    stays.on("click", js_handler="() => document.getElementById('start-again').close()")

    def _build_controls(self) -> None:
        controls = self._session.controls
        self._remarks = remarks(controls, self._session.settings)
        with tag("div", classes="row-of", id="steps"):
            self._undo = self._button(texts.UNDO, self._undone, "Control+Z")
            self._redo = self._button(texts.REDO, self._redone, "Control+Y")
            self._button(texts.RESET_ALL, self._reset)
            self._button(texts.NEW_SEED, self._new_seed, "S")
            self._replay = self._button(texts.REPLAY, self._replayed, "R")
            self._button(texts.PIN, self._pin, "P", "first")
        with tag("div", role="group", aria_label=say(texts.KEY_CONTROLS), id="key-controls"):
            group = ""
            for path in self._lesson.controls:
                if controls[path].group != group:
                    group = controls[path].group
                    tag("div", group, "dial-group")
                self._build_dial(controls[path])
        for title, kind, says in (
            (texts.OTHER_POLICIES, "policy", ""),
            (texts.OTHER_ASSUMPTIONS, "assumption", ""),
            (texts.ADVANCED, "weight", texts.ADVANCED_NOTE),
        ):
            others = [
                c for c in controls.values() if _kind(c) == kind and c.path not in self._lesson.controls
            ]
            if others:
                self._build_kind(title, others, says)

    def _button(
        self, text: str, does: partial[None] | object, keys: str = "", classes: str = ""
    ) -> ui.element:
        shortcut = {"aria_keyshortcuts": keys} if keys else {}
        return button(say(text), does, classes, **shortcut)  # type: ignore[arg-type]

    def _build_kind(self, title: str, controls: list[Control], says: str) -> None:
        with tag("details"):
            tag("summary", say(title))
            if says:
                note(say(says), "caveat")
            for group in dict.fromkeys(control.group for control in controls):
                with tag("details"):
                    tag("summary", group)
                    with tag("div", role="group", aria_label=group):
                        for control in controls:
                            if control.group == group:
                                self._build_dial(control)

    def _build_dial(self, control: Control) -> None:
        session = self._session
        start = session.workspace.scenario.start if control.never is not None else None
        value = dict(session.settings).get(control.path, control.value)
        moved, remark = partial(self._moved, control.path), self._remarks.get(control.path, "")
        self._dials[control.path] = Dial(control, value, moved, start, remark)

    def _build_results(self) -> None:
        self._choices = {}
        with tag("div", classes="row-of choices", role="group", aria_label=say(texts.GRAPH), id="graphs"):
            for digit, graph in enumerate(graphs.GRAPHS, 1):
                chosen = partial(self._choose, graph)
                self._choices[graph] = self._button(texts.GRAPH_NAMES[graph], chosen, str(digit))
        self._figures_box = tag("div", classes="figures")
        self._panel = GuessPanel(self._session, self._library, self._workers, self._rounds, self._turned)
        self._status = tag("div", say(texts.COUNTING), "status", role="status")
        with tag("details", classes="meanings"):
            tag("summary", say(texts.WHAT_IS_THIS))
            self._meanings = tag("dl")
        self._challenges = ChallengeList(self._lesson)
        with tag("section", classes="pins", aria_label=say(texts.PINS)):
            tag("h2", say(texts.PINS))
            self._pins = tag("div", data_redrawn="", tabindex="-1")
        with tag("details", classes="tried", id="tried") as tried:
            tag("summary", say(texts.TRIED))
            self._tried = tag("div", data_redrawn="", tabindex="-1")
        self._shows_tried = False
        opened = in_this_language(self._tried_opened)
        tried.on(
            "toggle",
            lambda event: opened(event.args is True),
            js_handler="(event) => emit(event.target.open)",
        )
        self._build_figures()

    def _build_figures(self) -> None:
        session = self._session
        scenario = session.workspace.scenario
        self._figures.clear()
        self._figures_box.clear()
        self._figures_box.classes(remove="one several", add="one" if session.graph != "all" else "several")
        names = graphs.figures_of(session.graph, scenario)
        with self._figures_box:
            for name in names:
                self._figures[name] = Figure(
                    graphs.title(name, scenario), graphs.says(name), name.replace(":", "_"),
                    partial(self._picture, name),
                )  # fmt: skip
        for graph, choice in self._choices.items():
            press(choice, graph == session.graph)
        self._meanings.clear()
        meanings = dict(pair for name in names for pair in graphs.definitions(name, scenario))
        with self._meanings:
            for term, meaning in meanings.items():
                tag("dt", term)
                tag("dd", meaning)

    # What a visitor does

    def _moved(self, path: str, given: object) -> None:
        # An invalid value can only come from a browser that was tampered with, and changes nothing.
        if self._session.move(path, given):
            self._placed = self._session.settings
            self._remark()
            self.refresh()

    def _take(self, settings: Settings) -> None:
        self._session.set_all(settings)
        self._settle()

    def _reset(self) -> None:
        self._session.reset()
        self._settle()

    def _undone(self) -> None:
        if self._session.undo():
            self._settle()

    def _redone(self) -> None:
        if self._session.redo():
            self._settle()

    def _visit(self, place: int) -> None:
        if self._session.visit(place):
            self._settle()

    def _remark(self) -> None:
        """Say next to each control whether it moves anything at the present settings."""
        said = remarks(self._session.controls, self._session.settings)
        for path, dial in self._dials.items():
            dial.tell(said.get(path, ""))

    def _settle(self) -> None:
        self.place_dials()
        self._remark()
        self.refresh()

    def place_dials(self) -> None:
        """Put every control that is elsewhere at the value of the settings."""
        settings, before = dict(self._session.settings), dict(self._placed)
        for path in settings.keys() | before.keys():
            if settings.get(path) != before.get(path):
                self._dials[path].place(settings.get(path, self._session.controls[path].value))
        self._placed = self._session.settings

    def _new_seed(self) -> None:
        self._session.new_seed()
        self.refresh()

    def _guess_or_stop(self) -> None:
        if self._session.guess is not None:
            self._session.end_guess()
        elif not self._session.begin_guess():
            write(self._status, say(texts.NO_SHARES))
            return
        self.refresh()

    def _turned(self) -> None:
        """Draw after a guess has changed, and maybe the setting with it, to that of a round."""
        self._settle()

    def _presented(self, on: bool) -> None:
        session = self._session
        graph = session.graph
        session.present(on)
        if session.graph != graph:
            self._build_figures()
        self.refresh()

    def _start_again(self) -> None:
        self._rounds.forget(self._session.host, self._session.host_token)
        self._session.start_again()
        self._root.client.run_javascript("classroom.forgetTokens()")
        self.build()

    def _choose(self, graph: str) -> None:
        if graph == self._session.graph or not self._session.choose(graph):
            return
        self._build_figures()
        self.refresh()

    def _pin(self, settings: Settings | None = None) -> None:
        if self._session.pin(settings) is None:
            write(self._status, say(texts.PINS_FULL))
            return
        self.refresh()

    def _unpin(self, letter: str) -> None:
        self._session.unpin(letter)
        self.refresh()

    def _replayed(self) -> None:
        if self._session.trail.before is not None and not self._session.hides:
            self._replays.ask(None)

    def _tried_opened(self, is_open: bool) -> None:
        self._shows_tried = is_open
        self._draw_tried()
        if is_open:
            self._counts.ask(None)

    # What is drawn

    async def _serve(self, _: None) -> None:
        """Simulate the present setting, the pinned ones and the scenario's own, and draw them."""
        session, client = self._session, self._root.client
        wanted, seed = session.drawn(), session.seed
        found = [
            (name, await self._workers.ensemble(session.workspace, settings, seed))
            for name, settings in wanted
        ]
        if client.is_deleted:
            return
        session.found, self._drawn = tuple(found[:-1]), found
        with self._root:
            self._draw()
        if self._shows_tried:
            self._counts.ask(None)

    def _options(self, found: Drawn) -> dict[str, Options]:
        session = self._session
        scenario = session.workspace.scenario
        tables = graphs.tables_of(found, graphs.GRAPHS[session.graph])
        # Several figures share the width of a screen.
        theme = replace(session.theme, is_narrow=True) if session.graph == "all" else session.theme
        charts = {name: graphs.chart(name, tables, scenario, theme) for name in self._figures}
        return {name: self._with_guess(name, options, theme) for name, options in charts.items()}

    def _with_guess(self, name: str, options: Options, theme: Theme) -> Options:
        """Return a chart with the guess, and without the present setting while it is waited for."""
        session = self._session
        if session.guess is None:
            return options
        if session.hides:
            now = [name for name, settings in session.drawn() if settings == session.settings]
            options = hidden(options, now)
        return with_guess(options, name, session.guess, theme)

    def _draw(self) -> None:
        session, now = self._session, self._drawn[0][1]
        drawn = self._options(self._drawn)
        for name, options in drawn.items():
            words = say(texts.GUESS_HIDDEN) if session.hides else graphs.words(name, now)
            self._figures[name].draw(options, words)
        self._draw_guess(now, drawn)
        is_inert = not session.hides and self._is_inert(now)
        self._draw_status(now, is_inert)
        self._challenges.draw(session.controls, session.settings, None if session.hides else now)
        write(self._next, next_step(session, self._lesson, is_inert))
        for settings, card in self._presets.items():
            press(card, settings == session.settings)
        enable(self._undo, session.trail.can_undo)
        enable(self._redo, session.trail.can_redo)
        enable(self._replay, session.trail.before is not None and not session.hides)
        self._draw_pins()
        self._draw_tried()

    def _draw_guess(self, now: Ensemble, drawn: dict[str, Options]) -> None:
        session = self._session
        press(self._guess, session.guess is not None)
        for graph, choice in self._choices.items():
            enable(choice, session.can_choose(graph))
        asked = next(iter(drawn)) if session.guess is None else session.guess.question.partition(".")[0]
        if self._panel is not None:
            self._panel.refresh(now, drawn[asked])
        classes = {True: "guessing", False: ""}
        self._figures_box.classes(remove="guessing", add=classes[session.hides])
        self._root.classes(remove="presenting", add="presenting" if session.is_presenting else "")
        write(self._present, say(texts.PRESENT_END if session.is_presenting else texts.PRESENT))

    def _draw_status(self, now: Ensemble, is_inert: bool) -> None:
        session = self._session
        words = setting_words(session.controls, session.settings)
        moved = words[:1].upper() + words[1:] + "."
        if is_inert:
            moved += f" {say(texts.INERT)}"
        write(self._status, say(texts.DRAWN, n=number(now.n), seed=str(session.seed), moved=moved))

    def _is_inert(self, now: Ensemble) -> bool:
        """Return whether the last change had no effect at all, as where a parameter needs another style."""
        before = self._session.trail.before
        known = None if before is None else self._known(before)
        return known is not None and same_crises(known, now)

    def _draw_pins(self) -> None:
        session = self._session
        (_, now), *pinned, (own_name, own) = self._drawn
        now_words = setting_words(session.controls, session.settings)
        self._pins.clear()
        with self._pins:
            if session.hides:
                note(say(texts.GUESS_HIDDEN))
                return
            if not pinned and not session.settings:
                note(say(texts.NO_PINS))
            if session.settings and () not in session.pins.values():
                heading = say(texts.COMPARED_OWN, now=now_words)
                build_comparison(own_name, heading, own, now)
            for letter, (name, before) in zip(sorted(session.pins), pinned, strict=True):
                with tag("div", classes="pin"):
                    words = setting_words(session.controls, session.pins[letter])
                    heading = say(texts.COMPARED, name=name, setting=words, now=now_words)
                    build_comparison(name, heading, before, now)
                    aria = say(texts.UNPIN_NAME, name=name)
                    button(say(texts.UNPIN), partial(self._unpin, letter), "small", aria_label=aria)

    def _draw_tried(self) -> None:
        self._tried.clear()
        if not self._shows_tried:
            return
        with self._tried:
            if self._session.hides:
                note(say(texts.GUESS_HIDDEN))
                return
            build_tried(self._session, self._cards, self._known, TriedActions(self._visit, self._pin))

    def _known(self, settings: Settings) -> Ensemble | None:
        return self._workers.known(self._session.workspace, settings, self._session.seed)

    async def _count_tried(self, _: None) -> None:
        """Simulate what was tried and is no longer in memory, as after the page was loaded again."""
        session, client = self._session, self._root.client
        missing = [step.settings for step in session.trail.steps if self._known(step.settings) is None]
        for settings in missing:
            await self._workers.ensemble(session.workspace, settings, session.seed)
        if missing and not client.is_deleted:
            with self._root:
                self._draw_tried()

    async def _replay_change(self, _: None) -> None:
        """Show the figures before the last change, and let them become what they are."""
        session, client = self._session, self._root.client
        before = session.trail.before
        if before is None or not self._drawn:
            return
        ensemble = await self._workers.ensemble(session.workspace, before, session.seed)
        if client.is_deleted:
            return
        first, after = (
            self._options([(self._drawn[0][0], ensemble), *self._drawn[1:]]),
            self._options(self._drawn),
        )
        charts = [
            {"id": figure.chart_id, "before": first[name], "after": after[name]}
            for name, figure in self._figures.items()
        ]
        names = [
            self._cards.get(settings) or setting_words(session.controls, settings)
            for settings in (before, session.settings)
        ]
        with self._root:
            write(self._status, say(texts.REPLAYED, before=names[0], after=names[1]))
            ui.run_javascript(f"classroom.replay({json.dumps(charts)})")

    def _picture(self, name: str) -> Options | None:
        """Return a figure as a picture to save, in light colours."""
        session = self._session
        if not self._drawn:
            return None
        scenario = session.workspace.scenario
        tables = graphs.tables_of(self._drawn, [name.partition(":")[0]])
        options = self._with_guess(name, graphs.chart(name, tables, scenario, LIGHT), LIGHT)
        settings = [(name, setting_words(session.controls, given)) for name, given in session.wanted()]
        below = notes(session.workspace, session.seed, self._drawn[0][1].n, settings)
        return framed(options, graphs.title(name, scenario), below, LIGHT)


def _kind(control: Control) -> str:
    return "weight" if control.advanced else control.kind
