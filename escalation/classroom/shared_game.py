"""Games that visitors share, one visitor per seat, by a code; a day is played once all sides have moved.

A seat belongs to whoever has its token, a secret that the server gives to the visitor who sits down and keeps
only as a hash. The browser keeps the token, and the seat's own link holds it. Whoever brings it has the seat
at once, wherever its player was connected before; nobody else can take it until it is given up or freed.
"""

from __future__ import annotations

import asyncio
import hmac
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from escalation.classroom import game_texts
from escalation.classroom.lesson import Inject, Role
from escalation.classroom.saved_games import GameFolder, KeptGame, LogState, News, SavedGame, hash_of
from escalation.classroom.session import new_code
from escalation.classroom.workers import Workers
from escalation.crisis import wording
from escalation.crisis.debrief import Debrief, debrief
from escalation.crisis.game import Game, IllegalMoveError, Option, option_key
from escalation.crisis.game_case import NothingPlayedError, write_game_case
from escalation.crisis.menu import View, advice, hold_on, view_of
from escalation.crisis.play import Run
from escalation.crisis.what_if import WhatIf, options_on, what_if
from escalation.files.places import EscalationError
from escalation.language import say, spoken
from escalation.scenario.dump import resolved_tree
from escalation.scenario.scenario import Scenario

MOST_GAMES = 100
"""Games in memory."""

MOST_SEATS = 5

TOKEN_BYTES = 16

Presence = Literal["open", "here", "away"]
"""Whether nobody has the seat, its player is connected, or is not."""


class NoRoomError(EscalationError):
    """A game cannot be started, or a seat cannot be taken; the message says why."""


@dataclass(frozen=True)
class Player:
    """The connection of whoever has a seat."""

    on_change: Callable[[], None]
    """Called whenever anything about the game has changed, and when the seat is another's."""
    is_here: Callable[[], bool]
    """Returns whether the browser is connected."""


@dataclass
class Seat:
    """A side that people play."""

    key: str = ""
    """Hash of its token; empty while the seat is open."""
    briefed: bool = False
    """Whether its player has read the role sheet."""
    player: Player | None = None

    @property
    def presence(self) -> Presence:
        """Return whether somebody has the seat, and is connected."""
        if not self.key:
            return "open"
        return "here" if self.player is not None and self.player.is_here() else "away"


class SharedGame:
    """One game and its players.

    Everything that reads or changes the game takes turns, so that all players see the same day.
    """

    def __init__(
        self,
        code: str,
        game: Game,
        workers: Workers,
        roles: Mapping[str, Role] | None = None,
        folder: GameFolder | None = None,
        parent: str = "",
        log: Path | None = None,
        log_state: LogState = "off",
        board: str = "",
    ) -> None:
        self.code, self.game, self.parent, self._board = code, game, parent, board
        self._log, self._log_state = log, log_state
        self.roles = dict(roles or {})
        self.seats = {side: Seat() for side in game.sides}
        self.news: tuple[News, ...] = ()
        """What the lecturer has let happen, in order."""
        self.problem = ""
        """Why the game could not be saved or logged; empty if it was."""
        self._workers, self._folder = workers, folder
        self._moves: dict[str, Sequence[Option]] = {}
        self._done: set[str] = set()
        self._is_left = False
        self._since = game.day
        self._debriefs: dict[str, Debrief] = {}
        """By language, since what moved the odds is said in words."""
        self._lock = asyncio.Lock()

    # Seats

    @property
    def open_sides(self) -> list[str]:
        """Return the sides that nobody has taken."""
        return [side for side, seat in self.seats.items() if not seat.key]

    def side_of(self, token: str) -> str | None:
        """Return the side whose seat a token is for, None for a token of no seat."""
        key = hash_of(token)
        return next((side for side, seat in self.seats.items() if hmac.compare_digest(seat.key, key)), None)

    async def sit(self, side: str, player: Player) -> str:
        """Take an open seat, and return its token.

        Raises
        ------
        NoRoomError
            If the seat is taken, or the side is not one that people play.
        """
        async with self._lock:
            if side not in self.open_sides:
                raise NoRoomError(say(game_texts.SIDE_TAKEN))
            token = secrets.token_urlsafe(TOKEN_BYTES)
            self.seats[side] = Seat(hash_of(token), player=player)
            await self._save()
        self.notify()
        return token

    def resume(self, token: str, player: Player) -> str | None:
        """Come back to the seat that a token is for; return its side, None for a token of no seat.

        Whoever had the seat before by the same token is notified, and has it no more.
        """
        side = self.side_of(token)
        if side is not None:
            before, self.seats[side].player = self.seats[side].player, player
            self.notify()
            if before is not None and before != player:
                before.on_change()
        return side

    def is_played_by(self, side: str, player: Player) -> bool:
        """Return whether a player has a seat."""
        return side in self.seats and self.seats[side].player == player

    def leave(self, side: str, player: Player) -> None:
        """Note that a player has left the page; the seat remains theirs, and so does the choice of today."""
        if self.is_played_by(side, player):
            self.seats[side].player = None
            self.notify()

    async def stand_up(self, side: str, player: Player) -> None:
        """Give up a seat, if it is one's own, to whoever sits down next."""
        if self.is_played_by(side, player):
            await self.free(side)

    async def free(self, side: str) -> None:
        """Open a seat, whose token is for no seat from then on; its choice of today is withdrawn."""
        async with self._lock:
            before, self.seats[side] = self.seats[side].player, Seat()
            self._moves.pop(side, None)
            self._done.discard(side)
            await self._save()
        self.notify()
        if before is not None:
            before.on_change()

    async def brief(self, side: str) -> None:
        """Note that the player of a side has read the role sheet."""
        async with self._lock:
            self.seats[side].briefed = True
            await self._save()
        self.notify()

    @property
    def is_empty(self) -> bool:
        """Return whether nobody is connected."""
        return not any(seat.presence == "here" for seat in self.seats.values())

    def notify(self) -> None:
        """Let all players see what has changed: also that somebody's browser was connected or lost."""
        for seat in list(self.seats.values()):
            if seat.player is not None:
                seat.player.on_change()

    # The day

    @property
    def waiting(self) -> list[str]:
        """Return the sides that have not moved today."""
        return [side for side in self.game.asked if side not in self._moves]

    def chosen(self, side: str) -> Sequence[Option] | None:
        """Return what a side has chosen today, None if it has not moved."""
        return self._moves.get(side)

    async def view(self, side: str) -> View:
        """Return the game as a side sees it today."""
        async with self._lock:
            return await self._workers.single(view_of, self.game, side, self._since)

    async def advice(self, side: str) -> list[tuple[str, float]]:
        """Return what the model would do in a side's place, with probabilities."""
        async with self._lock:
            return [] if self.game.is_over else await self._workers.single(advice, self.game, side)

    async def move(self, side: str, day: int, moves: Sequence[Option]) -> None:
        """Submit a side's moves for a day; the day is played once all sides have moved.

        Raises
        ------
        IllegalMoveError
            If it has already moved, the day is over, or the moves are not allowed.
        """
        async with self._lock:
            if day != self.game.day or side not in self.waiting:
                raise IllegalMoveError(say(game_texts.MOVED_ALREADY))
            await self._workers.single(self.game.check, side, moves)
            self._moves[side] = moves
            if not self.waiting:
                given, self._moves, self._since = self._moves, {}, day
                await self._workers.single(self.game.play, given)
            await self._save()
        self.notify()

    async def withdraw(self, side: str, day: int) -> None:
        """Take back a side's moves for a day.

        Raises
        ------
        IllegalMoveError
            If the day was played, or the side has not moved.
        """
        async with self._lock:
            if day != self.game.day or side not in self._moves:
                raise IllegalMoveError(say(game_texts.PLAYED_ALREADY))
            del self._moves[side]
            await self._save()
        self.notify()

    async def inject(self, inject: Inject) -> None:
        """Let something happen today, and tell all players.

        What was chosen today is taken back, so that every side can answer.

        Raises
        ------
        IllegalMoveError
            If the game is over.
        """
        async with self._lock:
            if self.game.is_over:
                raise IllegalMoveError(say(wording.NO_DAY_LEFT))
            day, one = self.game.day, inject.incident
            if not inject.is_words:
                incident = one.model_dump() if one is not None else None
                await self._workers.single(
                    self.game.inject, inject.says, incident, inject.set, inject.mediators
                )
            self._moves.clear()
            self.news = (*self.news, News(day=day, says=inject.says))
            await self._save()
        self.notify()

    @property
    def can_hold_on(self) -> bool:
        """Return whether a side may hold until something happens: only if nobody else has to move."""
        return len(self.game.sides) == 1

    async def hold_on(self, side: str, day: int) -> None:
        """Hold from a day on until something happens.

        Raises
        ------
        IllegalMoveError
            If the day is over, or other people play too.
        """
        async with self._lock:
            if day != self.game.day or side not in self.waiting:
                raise IllegalMoveError(say(game_texts.MOVED_ALREADY))
            if not self.can_hold_on:
                raise IllegalMoveError(say(game_texts.HOLD_ON_ALONE))
            self._since = day
            await self._workers.single(hold_on, self.game, side, self._write)
        self.notify()

    async def end(self, side: str) -> None:
        """Agree to end the game; once all sides have, the model plays to the end."""
        async with self._lock:
            self._done.add(side)
            if self.is_done and not self.game.is_over:
                self._moves.clear()
                await self._workers.single(self.game.let_go)
                self._since, self._is_left = self.game.day, True
            await self._save()
        self.notify()

    @property
    def is_done(self) -> bool:
        """Return whether all sides have agreed to end the game."""
        return self._done == set(self.game.sides)

    # Afterwards

    async def run(self) -> Run:
        """Return the crisis as played so far."""
        async with self._lock:
            return self.game.run()

    async def debrief(self) -> Debrief:
        """Return the debrief of a game that is over."""
        async with self._lock:
            if spoken() not in self._debriefs:
                self._debriefs[spoken()] = await self._workers.single(debrief, self.game)
            return self._debriefs[spoken()]

    async def options_on(self, side: str, day: int) -> tuple[Option, ...]:
        """Return what a side could have done on a day that was played, hold first."""
        async with self._lock:
            return await self._workers.single(options_on, self.game, side, day)

    async def what_if(self, side: str, day: int, moves: Sequence[Option]) -> WhatIf:
        """Return the odds from the morning of a day if the side had made other moves."""
        async with self._lock:
            return await self._workers.single(what_if, self.game, side, day, moves)

    # On disk

    def saved(self) -> SavedGame:
        """Return the game as its file holds it."""
        game = self.game
        return SavedGame(
            code=self.code,
            seed=game.seed,
            replication=game.replication,
            sides=game.sides,
            first=game.first,
            is_left=self._is_left,
            since=self._since,
            seats={side: seat.key for side, seat in self.seats.items() if seat.key},
            briefed=tuple(side for side, seat in self.seats.items() if seat.briefed),
            done=tuple(sorted(self._done)),
            moves={side: tuple(map(option_key, some)) for side, some in self._moves.items()},
            roles=self.roles,
            news=self.news,
            parent=self.parent,
            board=self._board,
            log=self._log_state,
            scenario=resolved_tree(game.scenario),
        )

    async def _save(self) -> None:
        await self._workers.single(self._write)

    def _write(self) -> None:
        problem = self._write_log()
        if self._folder is not None:
            problem = self._folder.write(self.saved()) or problem
        self.problem = problem

    @property
    def is_logged(self) -> bool:
        """Return whether the moves are logged, which its players see before they sit down."""
        return self._log is not None and self._log_state != "off"

    def _write_log(self) -> str:
        """Log the moves once the game is over; return what went wrong, empty if nothing did."""
        if self._log is not None and self._log_state == "on" and self.game.is_over:
            try:
                write_game_case(self.game, self._log)
            except NothingPlayedError:
                pass
            except OSError as error:
                return say(game_texts.NOT_LOGGED, reason=(error.strerror or str(error)).lower())
            self._log_state = "done"
        return ""


def _restored(
    saved: SavedGame, game: Game, workers: Workers, folder: GameFolder, log: Path | None
) -> SharedGame:
    """Return a game as its file holds it, with nobody connected."""
    shared = SharedGame(
        saved.code, game, workers, saved.roles, folder, saved.parent, log, saved.log, saved.board
    )
    shared.seats = {side: Seat(saved.seats.get(side, ""), side in saved.briefed) for side in game.sides}
    shared._moves = {side: saved.chosen(game, side) for side in saved.moves if side in game.asked}
    shared._done, shared._is_left, shared._since = set(saved.done), saved.is_left, saved.since
    shared.news = saved.news
    return shared


class SharedGames:
    """The games of a classroom; if there are too many, the oldest abandoned one leaves the memory.

    Parameters
    ----------
    most
        Games in memory.
    folder
        Where they are kept beyond the server's end; None for nowhere.
    log
        The folder in which the moves of games that are over are logged; None for no log. A game that plays a
        day of another one again is not logged, since its players know what comes.
    secret
        Of the lecturer's board on which they are; its games in the folder are found again by it.
    """

    def __init__(
        self,
        most: int = MOST_GAMES,
        folder: GameFolder | None = None,
        log: Path | None = None,
        secret: str = "",
    ) -> None:
        self._most, self._folder, self.log = most, folder, log
        self._board = hash_of(secret) if secret else ""
        self._games: dict[str, SharedGame] = {}
        self._reading = asyncio.Lock()

    def __iter__(self) -> Iterator[SharedGame]:
        """Yield the games in memory, the oldest first."""
        return iter(list(self._games.values()))

    async def open(
        self,
        workers: Workers,
        scenario: Scenario,
        seed: int,
        replication: int,
        sides: Sequence[str],
        *,
        roles: Mapping[str, Role] | None = None,
        first: int = 0,
        parent: str = "",
    ) -> SharedGame:
        """Start a game.

        Parameters
        ----------
        workers
            Who computes.
        scenario, seed, replication, sides, first
            As `Game` takes them.
        roles
            The role sheets, by side.
        parent
            The code of the game of which it plays a day again.

        Raises
        ------
        NoRoomError
            If all games are in use, or there are too many sides.
        """
        if not 1 <= len(sides) <= MOST_SEATS:
            raise NoRoomError(say(game_texts.TOO_MANY_SEATS, most=MOST_SEATS))
        self._make_room()
        game = await workers.single(Game, scenario, seed, replication, sides, first)
        self._make_room()
        log_state: LogState = "on" if self.log is not None and not parent else "off"
        shared = SharedGame(
            self._new_code(), game, workers, roles, self._folder, parent, self.log, log_state, self._board
        )
        self._games[shared.code] = shared
        return shared

    def find(self, code: str) -> SharedGame | None:
        """Return the game with a code, None if it is not in memory."""
        return self._games.get(code)

    async def fetch(self, workers: Workers, code: str) -> SharedGame | None:
        """Return the game with a code, from memory or from the folder; None if there is none.

        Raises
        ------
        EscalationError
            If its file cannot be read, or all games are in use.
        """
        async with self._reading:  # a class that comes back at once reads each game once
            if code not in self._games and self._folder is not None:
                folder = self._folder
                saved = await workers.single(folder.read, code)
                if saved is not None:
                    game = await workers.single(saved.game)
                    self._make_room()
                    self._games[code] = _restored(saved, game, workers, folder, self.log)
            return self._games.get(code)

    async def kept(self) -> list[KeptGame]:
        """Return the games of this board that are in the folder and not in memory, the latest first."""
        if self._folder is None:
            return []
        # Beside the games that are played: many files take a second.
        return await asyncio.to_thread(self._folder.kept, self._board, set(self._games))

    def _make_room(self) -> None:
        empty = (code for code, shared in self._games.items() if shared.is_empty)
        if len(self._games) >= self._most:
            oldest = next(empty, None)
            if oldest is None:
                raise NoRoomError(say(game_texts.NO_ROOM, most=self._most))
            del self._games[oldest]

    def _new_code(self) -> str:
        folder = self._folder
        return new_code(lambda code: code in self._games or (folder is not None and folder.has(code)))
