"""Games that visitors share, one visitor per side, by a code; a day is played once all sides have moved."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from escalation.classroom import texts
from escalation.classroom.session import ALPHABET, CODE_LENGTH
from escalation.classroom.workers import Workers
from escalation.crisis.debrief import Debrief, debrief
from escalation.crisis.game import Game, IllegalMoveError, Option
from escalation.crisis.menu import View, advice, hold_on, view_of
from escalation.files.places import EscalationError
from escalation.scenario.scenario import Scenario

MOST_GAMES = 100


class NoRoomError(EscalationError):
    """A game cannot be started, or a side cannot be joined; the message says why."""


@dataclass(frozen=True)
class Player:
    """Who plays a side."""

    on_change: Callable[[], None]
    is_here: Callable[[], bool]


class SharedGame:
    """One game and its players.

    Everything that reads or changes the game takes turns, so that all players see the same day.
    """

    def __init__(self, code: str, game: Game, workers: Workers) -> None:
        self.code, self.game = code, game
        self._workers = workers
        self._players: dict[str, Player] = {}
        self._moves: dict[str, Sequence[Option]] = {}
        self._done: set[str] = set()
        self._since = game.day
        self._debrief: Debrief | None = None
        self._lock = asyncio.Lock()

    @property
    def open_sides(self) -> list[str]:
        """Return the sides that nobody plays at present, or whose player is away."""
        here = [side for side, player in self._players.items() if player.is_here()]
        return [side for side in self.game.sides if side not in here]

    @property
    def waiting(self) -> list[str]:
        """Return the sides that have not moved today."""
        return [side for side in self.game.asked if side not in self._moves]

    def join(self, side: str, on_change: Callable[[], None], is_here: Callable[[], bool]) -> None:
        """Take a side.

        Parameters
        ----------
        side
            Which.
        on_change
            Called whenever somebody has moved, joined or left, and when another has taken the side over.
        is_here
            Returns whether the player is connected: the side of one who is not may be taken over.

        Raises
        ------
        NoRoomError
            If the side is taken, or is not one that people play.
        """
        if side not in self.open_sides:
            raise NoRoomError(texts.SIDE_TAKEN)
        before = self._players.get(side)
        self._players[side] = Player(on_change, is_here)
        self._notify()
        if before is not None:
            before.on_change()

    def is_played_by(self, side: str, on_change: Callable[[], None]) -> bool:
        """Return whether the player who joined with `on_change` still has the side."""
        player = self._players.get(side)
        return player is not None and player.on_change == on_change

    def leave(self, side: str, on_change: Callable[[], None]) -> None:
        """Leave a side, if it is still one's own, to whoever joins next; its move of today remains."""
        if self.is_played_by(side, on_change):
            del self._players[side]
            self._notify()

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
                raise IllegalMoveError(texts.MOVED_ALREADY)
            await self._workers.single(self.game.check, side, moves)
            self._moves[side] = moves
            if not self.waiting:
                given, self._moves, self._since = self._moves, {}, day
                await self._workers.single(self.game.play, given)
        self._notify()

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
                raise IllegalMoveError(texts.MOVED_ALREADY)
            if not self.can_hold_on:
                raise IllegalMoveError(texts.HOLD_ON_ALONE)
            self._since = day
            await self._workers.single(hold_on, self.game, side)
        self._notify()

    async def end(self, side: str) -> None:
        """Agree to end the game; once all sides have, the model plays to the end."""
        async with self._lock:
            self._done.add(side)
            if self.is_done:
                self._moves.clear()
                await self._workers.single(self.game.let_go)
                self._since = self.game.day
        self._notify()

    @property
    def is_done(self) -> bool:
        """Return whether all sides have agreed to end the game."""
        return self._done == set(self.game.sides)

    async def debrief(self) -> Debrief:
        """Return the debrief of a game that is over."""
        async with self._lock:
            if self._debrief is None:
                self._debrief = await self._workers.single(debrief, self.game)
            return self._debrief

    @property
    def is_empty(self) -> bool:
        """Return whether nobody plays at present."""
        return not self._players

    def _notify(self) -> None:
        for player in list(self._players.values()):
            player.on_change()


class SharedGames:
    """The games of a classroom, in memory only; if there are too many, the oldest abandoned one goes."""

    def __init__(self, most: int = MOST_GAMES) -> None:
        self._most = most
        self._games: dict[str, SharedGame] = {}

    async def open(
        self, workers: Workers, scenario: Scenario, seed: int, replication: int, sides: Sequence[str]
    ) -> SharedGame:
        """Start a game.

        Raises
        ------
        NoRoomError
            If all games are in use.
        """
        self._make_room()
        game = await workers.single(Game, scenario, seed, replication, sides)
        self._make_room()
        shared = SharedGame(self._new_code(), game, workers)
        self._games[shared.code] = shared
        return shared

    def find(self, code: str) -> SharedGame | None:
        """Return the game with a code, None if there is none."""
        return self._games.get(code)

    def _make_room(self) -> None:
        empty = (code for code, shared in self._games.items() if shared.is_empty)
        if len(self._games) >= self._most:
            oldest = next(empty, None)
            if oldest is None:
                raise NoRoomError(texts.NO_ROOM.format(most=self._most))
            del self._games[oldest]

    def _new_code(self) -> str:
        while True:
            code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
            if code not in self._games:
                return code
