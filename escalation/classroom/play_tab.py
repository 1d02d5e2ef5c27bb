"""The tab to play a side: a seat is taken, days are played, the game is debriefed; alone or with others."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial

from nicegui import background_tasks, ui

from escalation.classroom import game_texts, texts
from escalation.classroom.controls import left_out
from escalation.classroom.elements import PATIENCE, ShareLink, button, note, show, tag, write
from escalation.classroom.play_day import NEWS, ActButtons, build_news, list_seats
from escalation.classroom.play_debrief import OtherChoice, show_debrief
from escalation.classroom.play_start import build_briefing, build_join, build_role, build_start
from escalation.classroom.session import LONGEST_TOKEN, Library, Session
from escalation.classroom.shared_game import NoRoomError, Player, SharedGame, SharedGames
from escalation.classroom.workers import LatestRequest, Workers
from escalation.crisis import wording
from escalation.crisis.branches import before_day
from escalation.crisis.debrief import Debrief
from escalation.crisis.game import IllegalMoveError, Option
from escalation.crisis.menu import MOST_HELD, View, morning_words, option_words, saved_game
from escalation.crisis.words import chance
from escalation.files.places import EscalationError
from escalation.language import date_words, in_this_language, number, say


class PlayTab:
    """The tab on which a visitor plays a side."""

    def __init__(
        self, session: Session, library: Library, workers: Workers, shared_games: SharedGames
    ) -> None:
        self._session, self._library = session, library
        self._workers, self._shared_games = workers, shared_games
        self._shared: SharedGame | None = None
        self._side, self._token = "", ""
        self._is_looking = False
        self._picked: dict[int, Option] = {}
        self._view: View | None = None
        self._shown: tuple[object, ...] = ()
        """What the board shows: the day, how many injects there were, whether the role sheet is read, the
        debrief, the colours."""
        self._request: LatestRequest[None] = LatestRequest(workers, self._serve)
        client = ui.context.client
        self._player = Player(in_this_language(self._changed), lambda: client.has_socket_connection)
        client.on_connect(self._came_or_went)
        client.on_disconnect(self._came_or_went)
        self._root = tag("div", classes="play-tab")
        self.build()

    def build(self, words: str = "") -> None:
        """Build the tab again: a game to start, or a seat to look for; `words` say what has happened."""
        self._forget()
        self._root.clear()
        with self._root:
            self._status = tag("div", classes="status", role="status")
            self._start = tag("div", classes="prose")
            self._build_keys()
            self._board = tag("div")
        show(self._keys, False)
        if self._session.game:
            write(self._status, words or say(game_texts.LOOKING))
            self.resume(words)
        else:
            self._build_start()

    def _build_start(self) -> None:
        with self._start:
            is_logged = self._shared_games.log is not None
            build_start(self._session.workspace.scenario, self._begin, is_logged)

    def _build_keys(self) -> None:
        """Add what stays in sight all day, and is not built again on the next, so that the focus stays."""
        with tag("div", classes="keys") as self._keys:
            with tag("div", classes="row-of"):
                self._day = button("", self._play_day, "first")
                self._withdraw = button(say(game_texts.WITHDRAW), self._take_back)
                self._hold_on = button(say(game_texts.HOLD_ON), self._wait)
            self._chosen = tag("ul", classes="plain chosen", aria_live="polite")
        self._seats = tag("ul", classes="plain seats", aria_label=say(game_texts.SEATS), aria_live="polite")
        self._problem = tag("p", classes="problem", role="alert")
        show(self._seats, False)
        show(self._problem, False)

    # Seats

    def resume(self, words: str = "") -> None:
        """Play on where the address says that the visitor played, by the token that the browser has kept.

        Where the visitor has no seat any more, `words` say why.
        """
        is_here = self._root.client.has_socket_connection
        if self._shared is None and self._session.game and is_here and not self._is_looking:
            self._is_looking = True
            background_tasks.create(in_this_language(self._look)(words))

    async def _look(self, words: str) -> None:
        """Find the game, and one's own seat in it."""
        code, problem, shared = self._session.game, "", None
        tokens = await self._kept_tokens(code)
        try:
            shared = await self._shared_games.fetch(self._workers, code)
        except EscalationError as error:
            problem = str(error)
        self._is_looking = False
        if self._root.client.is_deleted or self._shared is not None or self._session.game != code:
            return
        with self._root:
            self._start.clear()
            if shared is None:
                write(self._status, problem or say(game_texts.NO_SUCH_GAME, code=code))
                self._build_start()
                return
            own = {side: token for token in tokens if (side := shared.side_of(token)) is not None}
            side = self._own_side(shared, own)
            if side is not None:
                self._take(shared, own[side])
                return
            write(self._status, words)
            with self._start:
                build_join(shared, list(own), partial(self._sit, shared), partial(self._return, shared, own))

    async def _kept_tokens(self, code: str) -> Sequence[str]:
        """Return the tokens that may be for seats of a game: of the address first, then those kept."""
        try:
            given = await self._root.client.run_javascript(
                f"return classroom.seats({json.dumps(code)})", timeout=PATIENCE
            )
        except TimeoutError:
            given = {}
        kept = list(given.values())[:10] if isinstance(given, dict) else []  # a browser may send anything
        tokens = [self._session.seat, *kept]
        return [token for token in tokens if isinstance(token, str) and 0 < len(token) <= LONGEST_TOKEN]

    def _own_side(self, shared: SharedGame, own: dict[str, str]) -> str | None:
        """Return the side to play at once: of the link, of the address, or the only one that is away."""
        linked = shared.side_of(self._session.seat)
        wanted = linked if linked is not None else self._session.side
        if wanted in own:
            return wanted
        away = [side for side in own if shared.seats[side].presence == "away"]
        return away[0] if len(away) == len(own) == 1 else None

    async def _begin(self, side: str, others: Sequence[str]) -> None:
        session = self._session
        scenario = session.workspace.at(session.settings)
        gone = [name for name in left_out(session.settings) if name in (side, *others)]
        if gone:
            label = session.workspace.scenario.label(gone[0])
            write(self._status, say(game_texts.NOBODY_TO_PLAY, mediator=label))
            return
        roles = self._library.lesson_for(session.workspace).roles
        try:
            shared = await self._shared_games.open(
                self._workers, scenario, session.seed, session.replication, [side, *others], roles=roles
            )
        except NoRoomError as error:
            write(self._status, str(error))
            return
        await self._sit(shared, side)

    async def _again(self, day: int) -> None:
        """Play a game that is over again from one of its days, in a game of its own."""
        before, side = self._shared, self._side
        if before is None:
            return
        game = before.game
        try:
            shared = await self._shared_games.open(
                self._workers, before_day(game.scenario, day), game.seed, game.replication, [side],
                roles=before.roles, first=day, parent=before.code,
            )  # fmt: skip
        except NoRoomError as error:
            write(self._status, str(error))
            return
        self._forget()
        await self._sit(shared, side)
        await shared.brief(side)

    async def _sit(self, shared: SharedGame, side: str) -> None:
        if self._shared is not None or self._root.client.is_deleted:
            return
        try:
            token = await shared.sit(side, self._player)
        except NoRoomError as error:
            write(self._status, str(error))
            return
        self._keep(shared.code, side, token)
        self._enter(shared, side, token)

    async def _return(self, shared: SharedGame, own: dict[str, str], side: str) -> None:
        self._take(shared, own[side])

    def _take(self, shared: SharedGame, token: str) -> None:
        """Take one's own seat, by its token."""
        side = shared.resume(token, self._player)
        if side is None:
            self._lose(say(game_texts.SEAT_LOST))
            return
        self._keep(shared.code, side, token)
        self._enter(shared, side, token)

    def _enter(self, shared: SharedGame, side: str, token: str) -> None:
        self._shared, self._side, self._token = shared, side, token
        self._session.seat = ""
        self._session.play_game(shared.code, side)
        self._changed()

    def _keep(self, code: str, side: str, token: str) -> None:
        """Have the browser keep the token of a seat; an empty one is forgotten."""
        given = ", ".join(map(json.dumps, (code, side, token)))
        self._root.client.run_javascript(f"classroom.keepSeat({given})")

    def _came_or_went(self) -> None:
        if self._shared is not None:
            self._shared.notify()

    def _forget(self) -> None:
        """Leave the page of a game; the seat remains one's own."""
        shared, self._shared = self._shared, None
        self._view, self._shown = None, ()
        self._picked.clear()
        if shared is not None:
            shared.leave(self._side, self._player)

    async def _leave_game(self) -> None:
        shared = self._shared
        if shared is not None:
            self._keep(shared.code, self._side, "")
            self._shared = None
            await shared.stand_up(self._side, self._player)
        self._session.play_game("", "")
        self.build()

    def _lose(self, words: str) -> None:
        self._session.play_game(self._session.game, "")
        self.build(words)

    def _changed(self) -> None:
        """Follow the game, which others may have advanced; leave it if the seat is played elsewhere."""
        shared = self._shared
        if shared is None or shared.is_played_by(self._side, self._player):
            self._request.ask(None)
            return
        side, token = self._side, self._token
        self._shared = None
        self._forget()
        if shared.side_of(token) != side:
            self._lose(say(game_texts.SEAT_LOST))
            return
        show(self._keys, False)
        show(self._seats, False)
        self._board.clear()
        write(self._status, say(game_texts.SEAT_ELSEWHERE, side=shared.game.scenario.label(side)))
        with self._board:
            button(say(game_texts.PLAY_HERE), partial(self._return, shared, {side: token}, side), "first")

    def refresh(self) -> None:
        """Show the game as it is now, in the present colours."""
        self.resume()
        if self._shared is not None:
            self._request.ask(None)

    def close(self) -> None:
        """Leave the page of the game when the visitor has left."""
        self._request.cancel()
        self._forget()

    # The board

    async def _serve(self, _: None) -> None:
        shared = self._shared
        if shared is None:
            return
        view = await shared.view(self._side)
        found = await shared.debrief() if view.is_over else None
        if self._root.client.is_deleted or self._shared is not shared:
            return
        is_briefed = shared.seats[self._side].briefed
        shown = (view.day, len(shared.news), is_briefed, found is not None, self._session.dark)
        if shown[:2] != self._shown[:2]:
            self._picked = {option.number: option for option in shared.chosen(self._side) or ()}
        if shown != self._shown:
            had_board = bool(self._shown)
            self._view, self._shown = view, shown
            await self._build_board(shared, view, found)
            if had_board and self._shared is shared:
                self._root.client.run_javascript(f"classroom.arrive({json.dumps(NEWS)})")
        self._show_state()

    async def _build_board(self, shared: SharedGame, view: View, found: Debrief | None) -> None:
        game, side = shared.game, self._side
        is_briefed = shared.seats[side].briefed or view.is_over
        show(self._start, False)
        show(self._keys, is_briefed and not view.is_over)
        show(self._hold_on, shared.can_hold_on)
        show(self._seats, len(shared.seats) > 1)
        self._acts = ActButtons(self._pick)
        other: OtherChoice | None = None
        self._board.clear()
        with self._board:
            if not is_briefed:
                with tag("div", classes="prose"):
                    build_briefing(game, side, shared.roles.get(side), partial(shared.brief, side))
                    self._build_links(shared)
                return
            with tag("div", classes="watch"):
                with tag("section", aria_label=say(texts.EVENTS_HEADING)):
                    build_news(game.scenario, view, shared.news)
                with tag("section", aria_label=say(game_texts.DEBRIEF if view.is_over else game_texts.MOVES)):
                    if found is not None:
                        show_debrief(found, self._session.theme)
                        other = OtherChoice(shared, side, found, self._session.theme, self._again)
                    else:
                        self._build_moves(shared, view)
            self._build_rest(shared, view)
        if other is not None:
            await other.build()

    def _build_moves(self, shared: SharedGame, view: View) -> None:
        self._acts.build_answers(view)
        if view.steps:
            self._acts.build_ladder(shared.game.scenario, self._side, view, self._session.theme)
        elif not view.answers:
            note(say(game_texts.NOTHING_TO_DO))
        with tag("div", classes="row-of"):
            button(say(game_texts.ADVISE), self._advise)
        self._advice = tag("div", classes="why", role="region", aria_label=say(game_texts.ADVISE))
        show(self._advice, False)

    def _build_rest(self, shared: SharedGame, view: View) -> None:
        """Add what is seldom needed, closed: role sheet, links, and how to save, end or leave."""
        scenario = shared.game.scenario
        for side in shared.seats if view.is_over else [self._side]:
            with tag("details"):
                tag("summary", say(game_texts.ROLE_SHEET, side=scenario.label(side)))
                build_role(scenario, side, shared.roles.get(side))
        if not view.is_over:
            self._build_links(shared)
        with tag("details"):
            tag("summary", say(game_texts.REST_OF_GAME))
            if not view.is_over and shared.can_hold_on:
                note(say(game_texts.HOLD_ON_NOTE, held=number(MOST_HELD)), "caveat")
            with tag("div", classes="row-of"):
                if not view.is_over:
                    button(say(game_texts.LET_GO), self._end)
                button(say(game_texts.SAVE_GAME), self._save)
                button(say(game_texts.LEAVE_GAME), self._leave_game)

    def _build_links(self, shared: SharedGame) -> None:
        """Add the link for others, in sight while a seat is open, and one's own, which is a secret."""
        game = f"game={shared.code}"
        if len(shared.seats) > 1:
            self._build_link(game_texts.GAME_LINK, game, bool(shared.open_sides))
        self._build_link(game_texts.SEAT_LINK, f"{game}&seat={self._token}", False)

    def _build_link(self, words: str, query: str, is_open: bool) -> None:
        with tag("details") as details:
            if is_open:
                details.props["open"] = True
            tag("summary", say(words))
            ShareLink(self._library.base, say(words)).point(query)

    def _show_state(self) -> None:
        """Show whose move it is, who is here, and what is chosen."""
        shared, view = self._shared, self._view
        if shared is None or view is None:
            return
        scenario = shared.game.scenario
        if view.is_over:
            words = say(game_texts.GAME_OVER)
        elif not shared.seats[self._side].briefed:
            words = say(game_texts.READ_FIRST)
        elif self._side in shared.waiting:
            words = morning_words(scenario, self._side, view.day)
        else:
            others = ", ".join(scenario.label(side) for side in shared.waiting)
            words = say(game_texts.WAITING, date=date_words(view.now.date), others=others)
        write(self._status, words)
        write(self._problem, shared.problem)
        show(self._problem, bool(shared.problem))
        self._seats.clear()
        with self._seats:
            list_seats(shared, self._side)
        if not view.is_over and shared.seats[self._side].briefed:
            self._show_picked(shared)

    def _show_picked(self, shared: SharedGame) -> None:
        is_to_move = self._side in shared.waiting
        self._acts.show(self._picked, is_to_move)
        words = say(game_texts.CHOSEN_WAITS)
        if is_to_move:
            n = len(self._picked)
            words = say(game_texts.PLAY_DAY, n=number(n)) if n else say(game_texts.PLAY_HOLD)
        write(self._day, words)
        # Not `disabled`, which would take the focus away.
        self._day.props["aria-disabled"] = "false" if is_to_move else "true"
        self._day.update()
        show(self._withdraw, shared.chosen(self._side) is not None)
        self._hold_on.props["disabled"] = bool(self._picked) or not is_to_move
        self._hold_on.update()
        self._chosen.clear()
        with self._chosen:
            for option in self._picked.values():
                says = option_words(shared.game.scenario, option)
                with tag("li"):
                    tag("span", says)
                    if is_to_move:
                        button(
                            "✕",
                            partial(self._pick, option),
                            "small",
                            aria_label=say(game_texts.DROP, act=says),
                        )

    # What a player does

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
                _refuse(error)
        self._show_picked(shared)

    async def _play_day(self) -> None:
        shared, view = self._shared, self._view
        if shared is None or view is None:
            return
        try:
            await shared.move(self._side, view.day, list(self._picked.values()))
        except IllegalMoveError as error:
            _refuse(error)

    async def _take_back(self) -> None:
        shared, view = self._shared, self._view
        if shared is None or view is None:
            return
        try:
            await shared.withdraw(self._side, view.day)
        except IllegalMoveError as error:
            _refuse(error)

    async def _wait(self) -> None:
        shared, view = self._shared, self._view
        if shared is None or view is None:
            return
        try:
            await shared.hold_on(self._side, view.day)
        except IllegalMoveError as error:
            _refuse(error)

    async def _advise(self) -> None:
        shared = self._shared
        if shared is None:
            return
        found = await shared.advice(self._side)
        self._advice.clear()
        with self._advice:
            note(say(wording.ADVICE))
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
                ui.notify(say(game_texts.LET_GO_WAITS))

    def _save(self) -> None:
        if self._shared is not None:
            game = self._shared.game
            name = f"{game.scenario.name}_{self._shared.code}.yaml"
            ui.download.content(saved_game(game), name, "application/yaml")


def _refuse(error: IllegalMoveError) -> None:
    ui.notify(say(wording.NOT_ALLOWED, reason=error))
