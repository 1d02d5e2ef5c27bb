"""The tab to play a side: acts as buttons, the news of the day, advisers, debrief; alone or in pairs."""

from __future__ import annotations

from functools import partial

from nicegui import ui
from nicegui.element import Element

from escalation.classroom import charts, texts
from escalation.classroom.chart_style import LIGHT, Options, Theme, framed
from escalation.classroom.controls import left_out
from escalation.classroom.elements import Figure, button, listing, note, show, tag, write
from escalation.classroom.session import Session
from escalation.classroom.shared_game import NoRoomError, SharedGame, SharedGames
from escalation.classroom.workers import LatestRequest, Workers
from escalation.crisis import wording
from escalation.crisis.debrief import Debrief, debrief_words, own_postures
from escalation.crisis.game import IllegalMoveError, Option
from escalation.crisis.menu import (
    MOST_HELD,
    Stretch,
    View,
    morning_words,
    passed_words,
    saved_game,
    standing_words,
    stretch_words,
)
from escalation.crisis.story import Event
from escalation.crisis.words import chance, day_words
from escalation.language import say
from escalation.measures.ensemble import postures_table
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import OUTCOME_CLASSES


class PlayTab:
    """The tab on which a visitor plays a side."""

    def __init__(self, session: Session, workers: Workers, shared_games: SharedGames) -> None:
        self._session, self._workers, self._shared_games = session, workers, shared_games
        self._shared: SharedGame | None = None
        self._side = ""
        self._picked: dict[int, Option] = {}
        self._acts: dict[int, Element] = {}
        self._view: View | None = None
        self._debrief: Debrief | None = None
        self._request: LatestRequest[None] = LatestRequest(workers, self._serve)
        self._root = tag("div", classes="play-tab")
        self.build()

    def build(self) -> None:
        """Build the tab again: a game to start, or to join."""
        self._leave()
        self._root.clear()
        with self._root:
            self._status = tag("div", classes="status", role="status")
            self._start = tag("div", classes="prose")
            self._board = tag("div")
        joined = self._joined()
        with self._start:
            if joined is not None:
                self._build_join(joined)
            else:
                self._build_start()
        if self._session.game and joined is None:
            write(self._status, texts.NO_SUCH_GAME.format(code=self._session.game))

    def _joined(self) -> SharedGame | None:
        return self._shared_games.find(self._session.game) if self._session.game else None

    def resume(self) -> None:
        """Play on where the address says that the visitor played, if the side is still open."""
        joined, is_here = self._joined(), self._root.client.has_socket_connection
        if self._shared is None and is_here and joined and self._session.side in joined.open_sides:
            self._join(joined, self._session.side)

    def refresh(self) -> None:
        """Show the game as it is now, in the present colours."""
        self.resume()
        if self._shared is not None:
            self._request.ask(None)

    def close(self) -> None:
        """Leave the game when the visitor has left."""
        self._request.cancel()
        self._leave()

    def _leave(self) -> None:
        shared, self._shared = self._shared, None
        self._view, self._debrief = None, None
        self._picked.clear()
        if shared is not None:
            shared.leave(self._side, self._changed)

    def _build_start(self) -> None:
        scenario = self._session.workspace.scenario
        tag("h2", texts.PLAY_A_SIDE)
        note(texts.PLAY_NOTE)
        actors = [*scenario.states, *scenario.mediators]
        if not scenario.free_days:
            note(texts.NOTHING_TO_PLAY)
            return
        for name in actors:
            with tag("div", classes="row-of"):
                label = scenario.label(name)
                button(texts.PLAY_AS.format(side=label), partial(self._begin, name), "first")
                for other in actors:
                    if other != name:
                        words = texts.PLAY_WITH.format(side=label, other=scenario.label(other))
                        button(words, partial(self._begin, name, other))

    def _build_join(self, shared: SharedGame) -> None:
        scenario = shared.game.scenario
        tag("h2", texts.JOIN.format(code=shared.code))
        note(scenario.title)
        with tag("div", classes="row-of"):
            for side in shared.open_sides:
                words = texts.JOIN_AS.format(side=scenario.label(side))
                button(words, partial(self._join, shared, side), "first")
        if not shared.open_sides:
            note(texts.ALL_TAKEN)

    async def _begin(self, side: str, *others: str) -> None:
        session = self._session
        scenario = session.workspace.at(session.settings)
        gone = [name for name in left_out(session.settings) if name in (side, *others)]
        if gone:
            label = session.workspace.scenario.label(gone[0])
            write(self._status, say(texts.NOBODY_TO_PLAY, mediator=label))
            return
        try:
            shared = await self._shared_games.open(
                self._workers, scenario, session.seed, session.replication, [side, *others]
            )
        except NoRoomError as error:
            write(self._status, str(error))
            return
        self._join(shared, side)

    def _join(self, shared: SharedGame, side: str) -> None:
        client = self._root.client
        if self._shared is not None or client.is_deleted:
            return
        try:
            shared.join(side, self._changed, lambda: client.has_socket_connection)
        except NoRoomError as error:
            write(self._status, str(error))
            return
        self._shared, self._side = shared, side
        self._session.play_game(shared.code, side)
        self._changed()

    def _changed(self) -> None:
        """Follow the game, which others may have advanced; leave it if another has taken the side."""
        if self._shared is not None and not self._shared.is_played_by(self._side, self._changed):
            self.build()
            write(self._status, texts.SIDE_TAKEN)
            return
        self._request.ask(None)

    async def _serve(self, _: None) -> None:
        shared = self._shared
        if shared is None:
            return
        view = await shared.view(self._side)
        found = await shared.debrief() if view.is_over else None
        if self._root.client.is_deleted or self._shared is not shared:
            return
        is_same = self._view is not None and self._view.day == view.day
        if not is_same:
            self._picked.clear()
        if not is_same or found is not None:
            self._view, self._debrief = view, found
            with self._root:
                show(self._start, False)
                self._board.clear()
                with self._board:
                    self._build_board(shared, view)
        self._show_state()

    def _show_state(self) -> None:
        """Show whose move it is."""
        shared, view = self._shared, self._view
        if shared is None or view is None:
            return
        label = shared.game.scenario.label
        if view.is_over:
            write(self._status, texts.GAME_OVER)
            return
        is_to_move = self._side in shared.waiting
        words = morning_words(shared.game.scenario, self._side, view.day)
        if not is_to_move:
            others = ", ".join(label(side) for side in shared.waiting)
            words = texts.WAITING.format(date=day_words(view.now.date), others=others)
        write(self._status, words)
        for element in (self._day, *self._acts.values()):
            element.props["disabled"] = not is_to_move
            element.update()
        self._show_picked()

    def _build_board(self, shared: SharedGame, view: View) -> None:
        if not view.is_over:
            with tag("div", classes="row-of keys"):
                self._day = button("", self._play_day, "first")
                self._hold_on = button(texts.HOLD_ON, self._wait)
                show(self._hold_on, shared.can_hold_on)
        with tag("div", classes="row-of"):
            if not view.is_over:
                button(texts.ADVISE, self._advise)
                button(texts.LET_GO, self._end)
            button(texts.SAVE_GAME, self._save)
            button(texts.LEAVE_GAME, self._leave_game)
        if not view.is_over:
            alone = texts.HOLD_ON_NOTE.format(held=MOST_HELD)
            note(alone if shared.can_hold_on else texts.HOLD_ON_TOGETHER, "caveat")
        if len(shared.game.sides) > 1:
            with tag("p"):
                tag("span", texts.GAME_LINK)
                tag("a", f"/?game={shared.code}", "code", href=f"/?game={shared.code}", target="_blank")
        self._build_advice()
        with tag("div", classes="watch"):
            with tag("section", aria_label=texts.EVENTS_HEADING):
                show_news(shared.game.scenario, view)
            with tag("section", aria_label=texts.DEBRIEF if view.is_over else texts.MOVES):
                if self._debrief is not None:
                    show_debrief(self._session, self._debrief)
                else:
                    self._build_acts(view)

    def _build_advice(self) -> None:
        self._advice = tag("div", classes="why", role="region", aria_label=texts.ADVISE)
        show(self._advice, False)

    def _build_acts(self, view: View) -> None:
        self._acts.clear()
        if not view.groups:
            note(texts.NOTHING_TO_DO)
        for group in view.groups:
            tag("h2", group.heading)
            with tag("ul", classes="plain acts"):
                for item in group.items:
                    with tag("li"):
                        act = button(item.says, partial(self._pick, item.option), aria_pressed="false")
                        self._acts[item.option.number] = act
                        note(item.description, "caveat")

    def _pick(self, option: Option) -> None:
        shared = self._shared
        if shared is None or self._side not in shared.waiting:
            return
        if self._picked.pop(option.number, None) is None:
            self._picked[option.number] = option
            try:
                shared.game.check(self._side, list(self._picked.values()))
            except IllegalMoveError as error:
                del self._picked[option.number]
                ui.notify(wording.NOT_ALLOWED.format(reason=error))
        self._show_picked()

    def _show_picked(self) -> None:
        if self._shared is None:
            return
        for number, element in self._acts.items():
            element.props["aria-pressed"] = "true" if number in self._picked else "false"
            element.update()
        words = texts.PLAY_DAY.format(n=len(self._picked)) if self._picked else texts.PLAY_HOLD
        write(self._day, words)
        self._hold_on.props["disabled"] = bool(self._picked) or self._side not in self._shared.waiting
        self._hold_on.update()

    async def _play_day(self) -> None:
        shared, view = self._shared, self._view
        if shared is None or view is None:
            return
        try:
            await shared.move(self._side, view.day, list(self._picked.values()))
        except IllegalMoveError as error:
            ui.notify(wording.NOT_ALLOWED.format(reason=error))

    async def _wait(self) -> None:
        shared, view = self._shared, self._view
        if shared is None or view is None:
            return
        try:
            await shared.hold_on(self._side, view.day)
        except IllegalMoveError as error:
            ui.notify(wording.NOT_ALLOWED.format(reason=error))

    async def _advise(self) -> None:
        shared = self._shared
        if shared is None:
            return
        found = await shared.advice(self._side)
        self._advice.clear()
        with self._advice:
            note(wording.ADVICE)
            with tag("table"):
                for says, probability in found:
                    with tag("tr"):
                        tag("th", says, scope="row")
                        tag("td", chance(probability), "number")
        show(self._advice, True)

    async def _end(self) -> None:
        if self._shared is not None:
            await self._shared.end(self._side)
            if not self._shared.is_done:
                ui.notify(texts.LET_GO_WAITS)

    def _save(self) -> None:
        if self._shared is not None:
            game = self._shared.game
            name = f"{game.scenario.name}_{self._shared.code}.yaml"
            ui.download.content(saved_game(game), name, "application/yaml")

    def _leave_game(self) -> None:
        self._session.play_game("", "")
        self.build()


def show_news(scenario: Scenario, view: View) -> None:
    """Add the news that a side sees before it moves, or at the end."""
    _show_passed(view.passed)
    tag("h2", texts.LAST_DAY if view.is_over else texts.THIS_MORNING)
    _list_events(view.now.events)
    tag("h2", texts.POSTURES)
    note(standing_words(scenario, view.now))
    listing(texts.MEDIATION_HEADING, (*view.now.ceasefires, *view.now.mediation) or (texts.NONE_IN_FORCE,))
    listing(texts.MEASURES_HEADING, view.now.measures or (texts.NONE_IN_FORCE,))


def _show_passed(passed: tuple[Stretch, ...]) -> None:
    """Add the days that were played, quiet ones in one line."""
    if len(passed) == 1 and passed[0].first == passed[0].last:
        tag("h2", texts.YESTERDAY)
        _list_events(passed[0].events)
    elif passed:
        tag("h2", passed_words(passed))
        for stretch in passed:
            if stretch.events:
                tag("h3", stretch_words(stretch))
                _list_events(stretch.events)
            else:
                note(stretch_words(stretch))


def _list_events(events: tuple[Event, ...]) -> None:
    with tag("ul", classes="log"):
        for event in events:
            with tag("li"):
                tag("span", event.mark, "mark", aria_hidden="true")
                tag("span", event.says)
                if event.reasons:
                    with tag("details"):
                        tag("summary", texts.WHY)
                        for reason in event.reasons:
                            note(reason, "entry")
        if not events:
            tag("li", texts.NOTHING_NEW)


def show_debrief(session: Session, found: Debrief) -> None:
    """Add the debrief of a game that is over."""
    scenario = found.run.scenario
    ended, *rest = debrief_words(found)
    listing(*ended)
    Figure(
        texts.ODDS_TITLE, texts.ODDS_SAYS, "odds", partial(_picture, found, "odds")
    ).draw(_odds(found, session.theme), texts.ODDS_SAYS)  # fmt: skip
    for name in scenario.states:
        title = texts.PATH_TITLE.format(state=scenario.label(name))
        Figure(title, texts.PATH_SAYS, f"path_{name}", partial(_picture, found, name)).draw(
            _path(found, name, session.theme), texts.PATH_SAYS
        )
    for heading, lines in rest:
        listing(heading, lines)
    note(wording.CAVEAT, "caveat")


def _odds(found: Debrief, theme: Theme) -> Options:
    scenario = found.run.scenario
    dates = [str(scenario.date_of(scenario.horizon_day + k)) for k in range(len(found.odds))]
    shares = {each.bar: found.odds[:, k].tolist() for k, each in enumerate(OUTCOME_CLASSES)}
    return charts.odds(shares, dates, theme)


def _path(found: Debrief, state: str, theme: Theme) -> Options:
    scenario = found.run.scenario
    table = postures_table([(wording.SIMULATED_DAY, found.ensemble)])
    number = found.run.index.actor[state]
    options = charts.fan(table, state, theme, number, str(scenario.horizon))
    return charts.with_path(options, texts.THIS_GAME, own_postures(found, state), theme)


def _picture(found: Debrief, name: str) -> Options:
    options = _odds(found, LIGHT) if name == "odds" else _path(found, name, LIGHT)
    label = found.run.scenario.label
    title = texts.ODDS_TITLE if name == "odds" else texts.PATH_TITLE.format(state=label(name))
    played = ", ".join(label(side) for side in found.sides)
    notes = (texts.GAME_NOTE.format(sides=played, seed=found.run.seed), wording.CAVEAT)
    return framed(options, title, notes, LIGHT)
