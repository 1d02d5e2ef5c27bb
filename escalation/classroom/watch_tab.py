"""The tab to watch one crisis day by day: the ladder, measures in force, events, and the reasons for acts."""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from nicegui import ui
from nicegui.element import Element

from escalation.classroom import charts, texts
from escalation.classroom.controls import Control, left_out
from escalation.classroom.elements import PATIENCE, Dial, button, note, pressed, show, tag, write
from escalation.classroom.exports import setting_words
from escalation.classroom.session import REPLICATIONS, Fork, Session
from escalation.classroom.workers import LatestRequest, Workers
from escalation.crisis import wording
from escalation.crisis.play import Run, can_leave, play, play_forked, stays_out
from escalation.crisis.scene import Reason, Scene, Term, log_of, posture_words, reason_of, scenes
from escalation.crisis.words import amount, chance, outcome_words, result_words
from escalation.engine.record import Decision
from escalation.language import date_words, in_this_language, number, say, within
from escalation.vocabulary import RUNGS

RUNG_PIXELS = 38  # as in page.css
LANE = 44
SPEEDS = (1, 8)


class WatchTab:
    """The tab on which a visitor follows one crisis."""

    def __init__(self, session: Session, workers: Workers) -> None:
        self._session, self._workers = session, workers
        self._run: Run | None = None
        self._scenes: tuple[Scene, ...] = ()
        self._day = session.day
        self._unforked: Run | None = None
        self._request: LatestRequest[None] = LatestRequest(workers, self._serve)
        self._root = tag("div", classes="watch-tab")
        self._timer = ui.timer(0.5, in_this_language(self._tick), active=False)
        self.build()

    def build(self) -> None:
        """Build the tab again, for another scenario."""
        self._run, self._unforked, self._day = None, None, self._session.day
        self._root.clear()
        with self._root:
            self._build_keys()
            self._which = note("", "caveat")
            with tag("div", classes="watch"):
                with tag("section", aria_label=say(texts.LADDER)):
                    tag("h2", say(texts.LADDER))
                    self._build_ladder()
                    note(say(texts.LADDER_KEY), "caveat")
                    tag("h2", say(texts.COURSE))
                    self._chart = ui.echart({}, renderer="svg").classes("chart")
                    self._chart.props["role"] = "img"
                    self._chart.props["aria-label"] = say(texts.COURSE)
                with tag("section", aria_label=say(texts.EVENTS_HEADING)):
                    tag("h2", say(texts.EVENTS_HEADING))
                    # Not above the figures: they stay where they are when it grows.
                    self._status_line = tag("div", classes="status", role="status")
                    self._why = tag("div", classes="why", id="why", tabindex="-1", role="region")
                    self._why.props["aria-label"] = say(texts.WHY)
                    show(self._why, False)
                    self._log = tag("ul", classes="log")
                    with tag("details"):
                        tag("summary", say(texts.LOG_SO_FAR))
                        self._whole = tag("pre", classes="text", tabindex="0", role="region")
                        self._whole.props["aria-label"] = say(texts.LOG_SO_FAR)
                    tag("h2", say(texts.MEDIATION_HEADING))
                    self._mediation = tag("ul", classes="plain")
                    tag("h2", say(texts.MEASURES_HEADING))
                    self._measures = tag("ul", classes="plain")
                    self._end = tag("div")

    def refresh(self) -> None:
        """Play the crisis of the present settings and show it; returns at once."""
        self._request.ask(None)

    def close(self) -> None:
        """Stop when the visitor has left."""
        self._timer.cancel()
        self._request.cancel()

    def _build_keys(self) -> None:
        scenario = self._session.workspace.scenario
        with tag("div", classes="row-of"):
            self._play = pressed(say(texts.PLAY), self._plays, "first")
            button(say(texts.BACK), partial(self._step, -1))
            button(say(texts.STEP), partial(self._step, 1))
            speed = Control(
                "speed", "", say(texts.SPEED), "", "", "", 2, low=SPEEDS[0], high=SPEEDS[1], step=1
            )
            with tag("div", classes="speed"):
                Dial(speed, 2, partial(self._speed, speed))
            jump = Control(
                "jump", "", say(texts.JUMP), "", "", say(texts.DAY), 0, low=0, high=scenario.last_day, step=1
            )
            with tag("div", classes="jump"):
                self._jump = Dial(jump, 0, partial(self._jumped, jump), scenario.start)
        with tag("div", classes="row-of"):
            button(say(texts.PREVIOUS_CRISIS), partial(self._other, -1))
            button(say(texts.NEXT_CRISIS), partial(self._other, 1))
            self._forks = {
                name: button(say(texts.FORK, mediator=scenario.label(name)), partial(self._forked, name))
                for name in scenario.mediators
            }
            self._unfork = button(say(texts.UNFORK), self._unforks)
            show(self._unfork, False)

    def _build_ladder(self) -> None:
        scenario = self._session.workspace.scenario
        states = list(scenario.states)
        self._markers: dict[str, tuple[Element, Element]] = {}
        with tag(
            "div", classes="ladder", role="img", aria_label=say(texts.LADDER),
            style=f"--lanes: {len(states)}",
        ) as self._ladder:  # fmt: skip
            for rung in range(RUNGS - 1, -1, -1):
                with tag("div", classes="rung"):
                    tag("b", str(rung))
                    tag("span", say(scenario.ladder.rungs[rung].label))
            for lane, name in enumerate(states):
                right = 6 + LANE * (len(states) - 1 - lane)
                act = tag("div", classes="actmark", style=f"inset-inline-end: {right}px; top: -10px")
                marker = tag(
                    "div", scenario.label(name)[:3], "marker", style=f"inset-inline-end: {right}px; top: 0"
                )
                self._markers[name] = (marker, act)

    async def _serve(self, _: None) -> None:
        session = self._session
        scenario = session.workspace.at(session.settings)
        fork = self._fork()
        run = await self._workers.single(play, scenario, session.seed, session.replication)
        self._unforked = run
        if fork is not None:
            other = stays_out(scenario, fork.mediator)
            run = await self._workers.single(
                play_forked, scenario, other, fork.day, session.seed, session.replication, fork.mediator
            )
        found = await self._workers.single(scenes, run)
        if self._root.client.is_deleted:
            return
        self._run, self._scenes = run, found
        with self._root:
            self._show_run()

    def _show_run(self) -> None:
        session, run = self._session, self._run
        assert run is not None
        assert self._unforked is not None
        words = setting_words(session.controls, session.settings)
        write(
            self._which,
            say(texts.WHICH_CRISIS, replication=session.replication, seed=session.seed, setting=words),
        )
        show(self._unfork, self._fork() is not None)
        for name, fork in self._forks.items():
            show(fork, can_leave(self._unforked.scenario, name))
        self._show_day(min(self._day, len(self._scenes) - 1))

    def _show_day(self, day: int) -> None:
        self._day = day
        if not self._scenes:
            return
        scene = self._scenes[day]
        self._jump.place(day)
        self._session.day = day
        if not self._timer.active:
            self._session.changed()
        kind = say(wording.SIMULATED_DAY) if scene.simulated else say(wording.RECORD_DAY)
        heading = say(texts.DAY_HEADING, date=date_words(scene.date), day=scene.day, kind=kind)
        write(self._status_line, self._status(scene, heading))
        self._show_ladder(scene)
        self._show_course(day)
        show(self._why, False)
        self._show_events(scene)
        write(self._whole, log_of(self._scenes, day))
        self._list(self._mediation, (*scene.ceasefires, *scene.mediation))
        self._list(self._measures, scene.measures)
        self._show_end(day)

    def _fork(self) -> Fork | None:
        """Return the fork; None also where its mediator stays out from the beginning."""
        fork = self._session.fork
        gone = left_out(self._session.settings)
        return None if fork is None or fork.mediator in gone else fork

    def _status(self, scene: Scene, heading: str) -> str:
        fork = self._fork()
        if fork is None or self._unforked is None or self._run is None:
            return heading
        scenario = self._session.workspace.scenario
        forked = say(
            texts.FORKED,
            date=date_words(scenario.date_of(fork.day)),
            mediator=scenario.label(fork.mediator),
            outcome=within(outcome_words(self._unforked.result)),
            now=within(outcome_words(self._run.result)),
        )
        return f"{heading}. {forked}"

    def _show_ladder(self, scene: Scene) -> None:
        said = []
        for place, standing in enumerate(scene.standings):
            marker, act = self._markers[standing.state]
            colour = self._session.theme.states[place % len(self._session.theme.states)]
            marker.style(f"top: {_height(standing.posture)}px; background: {colour}")
            is_on = standing.act is not None
            act.style(f"top: {_height(standing.act or 0)}px; color: {colour}; opacity: {int(is_on)}")
            words = posture_words(self._session.workspace.scenario, standing)
            if is_on:
                words += say(texts.HIGHEST_TODAY, act=standing.act)
            said.append(words)
        self._ladder.props["aria-label"] = ". ".join(said)
        self._ladder.update()

    def _show_course(self, day: int) -> None:
        scenario = self._session.workspace.scenario
        self._chart.props["options"] = charts.course(
            [
                (
                    scenario.label(name),
                    [
                        (s.posture, s.act)
                        for scene in self._scenes
                        for s in scene.standings
                        if s.state == name
                    ],
                )
                for name in self._markers
            ],
            [str(scene.date) for scene in self._scenes],
            day,
            str(scenario.horizon),
            self._session.theme,
        )
        self._chart.update()

    def _show_events(self, scene: Scene) -> None:
        self._log.clear()
        with self._log:
            if not scene.events:
                tag("li", say(texts.NOTHING_NEW))
            for event in scene.events:
                with tag("li"):
                    tag("span", event.mark, "mark", aria_hidden="true")
                    says = tag("span", event.says)
                    if event.decision is not None:
                        aria = say(texts.WHY_HEADING, act=event.says)
                        button(
                            say(texts.WHY), partial(self._explain, event.decision), "small", aria_label=aria
                        )
                        says.style("cursor: pointer")
                        says.on("click", partial(self._explain, event.decision), args=[])
                    if event.record:
                        note(event.record, "entry")

    def _explain(self, decision: Decision, *_: object) -> None:
        if self._run is None:
            return
        reason = reason_of(self._run, decision)
        self._why.clear()
        with self._why:
            tag("h3", say(texts.WHY_HEADING, act=reason.says))
            if reason.recorded:
                note(say(texts.WHY_RECORDED))
            for sentence in reason.sentences:
                note(sentence)
            with tag("div", classes="side-by-side"):
                if reason.log_hazard is not None:
                    words = say(texts.WHY_WHEN, hazard=amount(reason.log_hazard))
                    _factor_table(words, reason.when)
                if reason.log_odds is not None and reason.what:
                    words = say(texts.WHY_WHAT, odds=amount(reason.log_odds), other=reason.other)
                    _factor_table(words, reason.what)
                self._list_alternatives(reason)
        show(self._why, True)
        ui.run_javascript('classroom.see("why")')

    def _list_alternatives(self, reason: Reason) -> None:
        with tag("table"):
            tag("caption", say(texts.WHY_OTHERS) if len(reason.sentences) > 1 else say(texts.WHY_ANSWERS))
            for one in reason.alternatives:
                with tag("tr", classes="taken" if one.taken else ""):
                    tag("th", one.says, scope="row")
                    tag("td", chance(one.probability), "number")
                    tag("td", say(texts.TAKEN) if one.taken else "")
            if reason.others:
                rest = 1 - sum(one.probability for one in reason.alternatives)
                with tag("tr"):
                    tag("th", say(texts.WHY_REST, n=number(reason.others)), scope="row")
                    tag("td", chance(rest), "number")

    def _list(self, element: Element, lines: tuple[str, ...]) -> None:
        element.clear()
        with element:
            for line in lines or (say(texts.NONE_IN_FORCE),):
                tag("li", line)

    def _show_end(self, day: int) -> None:
        self._end.clear()
        if self._run is None or day < len(self._scenes) - 1:
            return
        with self._end:
            tag("h2", say(texts.OUTCOME_AT_END))
            for line in result_words(self._run):
                note(line)
            note(say(wording.CAVEAT), "caveat")

    def _step(self, by: int) -> None:
        self._show_day(max(0, min(len(self._scenes) - 1, self._day + by)))

    async def _tick(self) -> None:
        """Go on by one day, once the browser shows the last one: a slow one is not run away from."""
        if not await self._is_shown() or not self._timer.active:
            return
        if self._day >= len(self._scenes) - 1:
            self._pause()
        else:
            self._step(1)

    async def _is_shown(self) -> bool:
        if not self._root.client.has_socket_connection:
            return False
        with suppress(TimeoutError):
            return await self._root.client.run_javascript("true", timeout=PATIENCE) is True
        return False

    def _plays(self, label: str) -> None:
        """Do what the button said when it was pressed: it may have changed on the way here."""
        if label != say(texts.PLAY):
            self._pause()
            return
        if self._day >= len(self._scenes) - 1:
            self._show_day(0)
        self._timer.activate()
        write(self._play, say(texts.PAUSE))

    def _pause(self) -> None:
        self._timer.deactivate()
        write(self._play, say(texts.PLAY))
        self._session.changed()

    def pause(self) -> None:
        """Stop at the present day."""
        self._pause()

    def _speed(self, control: Control, given: object) -> None:
        speed = control.read(given)
        if isinstance(speed, int):
            self._timer.interval = 1 / speed

    def _jumped(self, control: Control, given: object) -> None:
        day = control.read(given)
        if isinstance(day, int) and self._scenes:
            self._show_day(min(day, len(self._scenes) - 1))

    def _other(self, by: int) -> None:
        self._session.replication = (self._session.replication + by) % REPLICATIONS
        self._session.fork = None
        self._session.changed()
        self.refresh()

    def _forked(self, mediator: str) -> None:
        scenario = self._session.workspace.scenario
        last = len(self._scenes) - 1 if self._scenes else scenario.last_day
        day = min(max(self._day, scenario.horizon_day) + 1, last)
        self._session.fork = Fork(day, mediator)
        self._session.changed()
        self.refresh()

    def _unforks(self) -> None:
        self._session.fork = None
        self._session.changed()
        self.refresh()


def _factor_table(caption: str, terms: tuple[Term, ...]) -> None:
    """Add a table of factors, without those that leave the product as it is."""
    with tag("table"):
        tag("caption", caption)
        for term in (term for term in terms if amount(term.value) != amount(0.0)):
            with tag("tr"):
                with tag("th", term.name, scope="row"):
                    note(term.says, "says")
                tag("td", say(texts.FACTOR, factor=amount(term.value)), "number")


def _height(rung: float) -> float:
    """Return the place of a rung on the ladder, in pixels from its top."""
    return round((RUNGS - 1 - rung + 0.5) * RUNG_PIXELS, 1)
