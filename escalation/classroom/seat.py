"""Play a side: the acts as buttons, the day and its news, the advisers, the debrief; alone or by a link."""

from __future__ import annotations

from functools import partial

from nicegui import ui
from nicegui.element import Element

from escalation.classroom import charts, texts
from escalation.classroom import charts as courses
from escalation.classroom.desk import Desk, Wish
from escalation.classroom.elements import Figure, button, listing, note, show, tag, write
from escalation.classroom.frames import LIGHT, Options, Theme, framed
from escalation.classroom.session import Session
from escalation.classroom.table import NoRoomError, Table, Tables
from escalation.crisis import wording
from escalation.crisis.debrief import Debrief, debrief_words, own_postures
from escalation.crisis.game import IllegalMoveError, Option
from escalation.crisis.menu import MOST_HELD, Stretch, View, saved_game, span_words, standing_words
from escalation.crisis.story import Event
from escalation.crisis.words import day_words
from escalation.measures.ensemble import postures_table
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import OUTCOMES


class Play:
    """The tab on which a visitor plays a side."""

    def __init__(self, session: Session, desk: Desk, tables: Tables) -> None:
        self._session, self._desk, self._tables = session, desk, tables
        self._table: Table | None = None
        self._side = ""
        self._picked: dict[int, Option] = {}
        self._acts: dict[int, Element] = {}
        self._view: View | None = None
        self._debrief: Debrief | None = None
        self._wish: Wish[None] = Wish(desk, self._serve)
        self._root = tag("div", classes="play-tab")
        self.build()

    def build(self) -> None:
        """Make the tab anew: a game to begin, or to join."""
        self._leave()
        self._root.clear()
        with self._root:
            self._told = tag("div", classes="status", role="status")
            self._start = tag("div", classes="prose")
            self._board = tag("div")
        with self._start:
            joined = self._tables.find(self._session.game) if self._session.game else None
            if joined is not None:
                self._build_seats(joined)
            else:
                self._build_start()
        if self._session.game and joined is None:
            write(self._told, texts.NO_SUCH_GAME.format(code=self._session.game))

    def refresh(self) -> None:
        """Show the game as it stands, in the colours of now."""
        if self._table is not None:
            self._wish.want(None)

    def close(self) -> None:
        """Leave the game, when the visitor has left."""
        self._wish.drop()
        self._leave()

    def _leave(self) -> None:
        table, self._table = self._table, None
        self._view, self._debrief = None, None
        self._picked.clear()
        if table is not None:
            table.stand_up(self._side)

    def _build_start(self) -> None:
        scenario = self._session.crisis.scenario
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

    def _build_seats(self, table: Table) -> None:
        scenario = table.game.scenario
        tag("h2", texts.JOIN.format(code=table.code))
        note(scenario.title)
        with tag("div", classes="row-of"):
            for side in table.free:
                words = texts.SIT_AS.format(side=scenario.label(side))
                button(words, partial(self._sit, table, side), "first")
        if not table.free:
            note(texts.ALL_SEATED)

    async def _begin(self, side: str, *others: str) -> None:
        session = self._session
        scenario = session.crisis.at(session.settings)
        try:
            table = await self._tables.open(
                self._desk, scenario, session.seed, session.replication, [side, *others]
            )
        except NoRoomError as error:
            write(self._told, str(error))
            return
        self._sit(table, side)

    def _sit(self, table: Table, side: str) -> None:
        if self._table is not None or self._root.client.is_deleted:
            return
        try:
            table.sit(side, self._changed)
        except NoRoomError as error:
            write(self._told, str(error))
            return
        self._table, self._side = table, side
        self._changed()

    def _changed(self) -> None:
        """Follow the game, which others may have moved."""
        self._wish.want(None)

    async def _serve(self, _: None) -> None:
        table = self._table
        if table is None:
            return
        view = await table.view(self._side)
        found = await table.debrief() if view.is_over else None
        if self._root.client.is_deleted or self._table is not table:
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
                    self._build_board(table, view)
        self._show_state()

    def _show_state(self) -> None:
        """Say whose move it is."""
        table, view = self._table, self._view
        if table is None or view is None:
            return
        label = table.game.scenario.label
        if view.is_over:
            write(self._told, texts.GAME_OVER)
            return
        waits = self._side in table.waiting
        words = wording.MORNING.format(
            date=day_words(view.now.date),
            day=view.day,
            side=label(self._side),
            left=table.game.scenario.last_day - view.day,
        )
        if not waits:
            others = ", ".join(label(side) for side in table.waiting)
            words = texts.WAITING.format(date=day_words(view.now.date), others=others)
        write(self._told, words)
        for element in (self._day, *self._acts.values()):
            element.props["disabled"] = not waits
            element.update()
        self._show_picked()

    def _build_board(self, table: Table, view: View) -> None:
        with tag("div", classes="row-of"):
            if not view.is_over:
                self._day = button("", self._play_day, "first")
                self._hold_on = button(texts.HOLD_ON, self._wait)
                show(self._hold_on, table.can_hold_on)
                button(texts.ADVISE, self._advise)
                button(texts.LET_GO, self._end)
            button(texts.SAVE_GAME, self._save)
            button(texts.LEAVE_GAME, self._leave_game)
        if not view.is_over:
            alone = texts.HOLD_ON_NOTE.format(held=MOST_HELD)
            note(alone if table.can_hold_on else texts.HOLD_ON_TOGETHER, "caveat")
        if len(table.game.sides) > 1:
            with tag("p"):
                tag("span", texts.GAME_LINK)
                tag("a", f"/?game={table.code}", "code", href=f"/?game={table.code}", target="_blank")
        self._build_advice()
        with tag("div", classes="watch"):
            with tag("section", aria_label=texts.EVENTS_HEADING):
                show_news(table.game.scenario, view)
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
                        words = texts.ACT_BUTTON.format(says=item.says, rung=item.rung)
                        act = button(words, partial(self._pick, item.option), aria_pressed="false")
                        self._acts[item.option.number] = act
                        note(item.description, "caveat")

    def _pick(self, option: Option) -> None:
        table = self._table
        if table is None or self._side not in table.waiting:
            return
        if self._picked.pop(option.number, None) is None:
            self._picked[option.number] = option
            try:
                table.game.check(self._side, list(self._picked.values()))
            except IllegalMoveError as error:
                del self._picked[option.number]
                ui.notify(wording.REFUSED.format(reason=error))
        self._show_picked()

    def _show_picked(self) -> None:
        if self._table is None:
            return
        for number, element in self._acts.items():
            element.props["aria-pressed"] = "true" if number in self._picked else "false"
            element.update()
        words = texts.PLAY_DAY.format(n=len(self._picked)) if self._picked else texts.PLAY_HOLD
        write(self._day, words)
        self._hold_on.props["disabled"] = bool(self._picked) or self._side not in self._table.waiting
        self._hold_on.update()

    async def _play_day(self) -> None:
        table, view = self._table, self._view
        if table is None or view is None:
            return
        try:
            await table.move(self._side, view.day, list(self._picked.values()))
        except IllegalMoveError as error:
            ui.notify(wording.REFUSED.format(reason=error))

    async def _wait(self) -> None:
        table, view = self._table, self._view
        if table is None or view is None:
            return
        try:
            await table.hold_on(self._side, view.day)
        except IllegalMoveError as error:
            ui.notify(wording.REFUSED.format(reason=error))

    async def _advise(self) -> None:
        table = self._table
        if table is None:
            return
        found = await table.advice(self._side)
        self._advice.clear()
        with self._advice:
            note(wording.ADVICE)
            with tag("table"):
                for says, probability in found:
                    with tag("tr"):
                        tag("th", says, scope="row")
                        tag("td", f"{probability:.1%}", "number")
        show(self._advice, True)

    async def _end(self) -> None:
        if self._table is not None:
            await self._table.end(self._side)
            if not self._table.is_done:
                ui.notify(texts.LET_GO_WAITS)

    def _save(self) -> None:
        if self._table is not None:
            game = self._table.game
            name = f"{game.scenario.name}_{self._table.code}.yaml"
            ui.download.content(saved_game(game), name, "application/yaml")

    def _leave_game(self) -> None:
        self._session.game = ""
        self.build()


def show_news(scenario: Scenario, view: View) -> None:
    """Add what a side is told before it moves, or at the end."""
    _show_passed(view.passed)
    tag("h2", texts.LAST_DAY if view.is_over else texts.THIS_MORNING)
    _list_events(view.now.events)
    tag("h2", texts.STANDINGS)
    note(standing_words(scenario, view.now))
    listing(texts.MEDIATION_HEADING, (*view.now.ceasefires, *view.now.mediation) or (texts.NONE_IN_FORCE,))
    listing(texts.MEASURES_HEADING, view.now.measures or (texts.NONE_IN_FORCE,))


def _show_passed(passed: tuple[Stretch, ...]) -> None:
    """Add the days that were played, quiet ones in one line."""
    days = sum((stretch.last - stretch.first).days + 1 for stretch in passed)
    if days == 1:
        tag("h2", texts.YESTERDAY)
        _list_events(passed[0].events)
    elif passed:
        tag("h2", wording.DAYS_PASSED.format(days=days))
        for stretch in passed:
            if stretch.events:
                tag("h3", wording.DAY_WENT.format(date=span_words(stretch)))
                _list_events(stretch.events)
            else:
                note(wording.QUIET_STRETCH.format(span=span_words(stretch)))


def _list_events(events: tuple[Event, ...]) -> None:
    with tag("ul", classes="log"):
        for event in events:
            with tag("li"):
                tag("span", event.mark, "mark", aria_hidden="true")
                tag("span", event.says)
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
        Figure(title, texts.PATH_SAYS, f"path:{name}", partial(_picture, found, name)).draw(
            _path(found, name, session.theme), texts.PATH_SAYS
        )
    for heading, lines in rest:
        listing(heading, lines)
    note(wording.CAVEAT, "caveat")


def _odds(found: Debrief, theme: Theme) -> Options:
    scenario = found.run.scenario
    dates = [str(scenario.date_of(scenario.horizon_day + k)) for k in range(len(found.odds))]
    shares = {texts.OUTCOMES[name]: found.odds[:, k].tolist() for k, name in enumerate(OUTCOMES)}
    return courses.odds(shares, dates, theme)


def _path(found: Debrief, state: str, theme: Theme) -> Options:
    scenario = found.run.scenario
    table = postures_table([(texts.SIMULATED, found.outlook)])
    number = found.run.index.actor[state]
    options = charts.fan(table, state, theme, number, str(scenario.horizon))
    return courses.with_path(options, texts.THIS_GAME, own_postures(found, state), theme)


def _picture(found: Debrief, name: str) -> Options:
    options = _odds(found, LIGHT) if name == "odds" else _path(found, name, LIGHT)
    label = found.run.scenario.label
    title = texts.ODDS_TITLE if name == "odds" else texts.PATH_TITLE.format(state=label(name))
    played = ", ".join(label(side) for side in found.sides)
    notes = (texts.GAME_NOTE.format(sides=played, seed=found.run.seed), wording.CAVEAT)
    return framed(options, title, notes, LIGHT)
