from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from escalation.classroom.session import is_code
from escalation.classroom.shared_game import NoRoomError, SharedGame, SharedGames
from escalation.classroom.workers import Workers
from escalation.crisis.game import IllegalMoveError
from escalation.scenario.load import load_scenario
from tests.classroom.crises import quiet_seed

SCENARIO = load_scenario("pahalgam_2025", ["free_days=2"])
BOTH = ("india", "pakistan")
T = TypeVar("T")


def room(work: Callable[[Workers, SharedGames], Awaitable[None]], most: int = 2) -> None:
    async def run() -> None:
        workers = Workers(threads=1)
        try:
            await work(workers, SharedGames(most))
        finally:
            workers.close()

    asyncio.run(run())


async def opened(workers: Workers, shared_games: SharedGames, *sides: str) -> SharedGame:
    return await shared_games.open(workers, SCENARIO, 1, 0, sides)


def nothing() -> None:
    pass


def here() -> bool:
    return True


def test_a_day_is_played_when_both_have_moved() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, *BOTH)
        notified: list[str] = []
        shared.join("india", lambda: notified.append("india"), here)
        shared.join("pakistan", lambda: notified.append("pakistan"), here)
        notified.clear()
        day = shared.game.day
        view = await shared.view("india")
        protest = next(
            item.option for group in view.groups for item in group.items if item.option.act == "protest"
        )
        await shared.move("india", day, [protest])
        assert (shared.game.day, shared.waiting, notified) == (day, ["pakistan"], ["india", "pakistan"])
        with pytest.raises(IllegalMoveError, match="already moved"):
            await shared.move("india", day, [])
        await shared.move("pakistan", day, [])
        assert (shared.game.day, shared.waiting) == (day + 1, ["india", "pakistan"])
        assert notified == ["india", "pakistan"] * 2
        assert [act.act for act in shared.game.scenario.acts[-2:]] == ["protest", "hold"]
        with pytest.raises(IllegalMoveError, match="already moved"):
            await shared.move("pakistan", day, [])
        for side in BOTH:
            await shared.move(side, day + 1, [])
        view = await shared.view("india")
        assert (view.is_over, view.groups, view.passed) == (True, (), ())
        assert view.now.day == SCENARIO.last_day
        assert (await shared.debrief()).sides == BOTH
        assert await shared.debrief() is await shared.debrief()
        assert await shared.advice("india") == []

    room(work)


def test_a_refused_move_leaves_the_day_open() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, *BOTH)
        acts = [one for one in shared.game.options("india") if one.target and not one.answers]
        with pytest.raises(IllegalMoveError, match="at most 3"):
            await shared.move("india", shared.game.day, acts[:4])
        assert shared.waiting == ["india", "pakistan"]
        assert (await shared.advice("india"))[0][1] > 0

    room(work)


def test_the_model_plays_on_when_both_agree() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, *BOTH)
        await shared.end("india")
        assert not shared.game.is_over
        await shared.end("pakistan")
        assert shared.game.is_over
        assert shared.game.scenario.acts == SCENARIO.acts

    room(work)


def test_a_single_player_holds_until_something_happens() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        calm = [f"weights.{name}=-20" for name in ("alarm", "protest", "conciliation")]
        scenario = load_scenario("pahalgam_2025", ["free_days=20", *calm])
        seed = quiet_seed(scenario, "pakistan")
        shared = await shared_games.open(workers, scenario, seed, 0, ["pakistan"])
        notified: list[str] = []
        shared.join("pakistan", lambda: notified.append("pakistan"), here)
        day = shared.game.day
        await shared.hold_on("pakistan", day)
        held = shared.game.day - day
        assert len(notified) == 2
        passed = (await shared.view("pakistan")).passed
        assert (passed[0].first, passed[-1].last) == tuple(
            scenario.date_of(at) for at in (day, day + held - 1)
        )
        with pytest.raises(IllegalMoveError, match="already moved"):
            await shared.hold_on("pakistan", day)
        await shared.move("pakistan", shared.game.day, [])
        assert len((await shared.view("pakistan")).passed) == 1
        await shared.end("pakistan")
        assert (await shared.view("pakistan")).passed == ()

    room(work)


def test_two_players_hold_day_by_day() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, *BOTH)
        assert not shared.can_hold_on
        with pytest.raises(IllegalMoveError, match="play alone"):
            await shared.hold_on("india", shared.game.day)
        assert shared.waiting == ["india", "pakistan"]

    room(work)


def test_sides_are_joined_and_left() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, *BOTH)
        assert shared_games.find(shared.code) is shared
        assert is_code(shared.code)
        shared.join("india", nothing, here)
        assert shared.open_sides == ["pakistan"]
        for side in ("india", "russia"):
            with pytest.raises(NoRoomError):
                shared.join(side, nothing, here)
        await shared.move("india", shared.game.day, [])
        shared.leave("india", here)
        assert shared.open_sides == ["pakistan"], "only its player leaves a side"
        shared.leave("india", nothing)
        assert shared.is_empty
        assert shared.waiting == ["pakistan"]
        shared.join("india", nothing, here)

    room(work)


def test_the_oldest_abandoned_game_makes_room() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        first, second = [await opened(workers, shared_games, "india") for _ in range(2)]
        first.join("india", nothing, here)
        third = await opened(workers, shared_games, "india")
        assert [shared_games.find(one.code) for one in (first, second, third)] == [first, None, third]
        third.join("india", nothing, here)
        with pytest.raises(NoRoomError, match="2 games"):
            await opened(workers, shared_games, "india")

    room(work)


class TwoPlayers(RuleBasedStateMachine):
    """Two sides joined, left, moved and ended in any order, against a plain account of who has done what."""

    @initialize()
    def open(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.workers = Workers(threads=1)
        self.games = SharedGames(1)
        self.shared = self.wait(opened(self.workers, self.games, *BOTH))
        self.day = self.shared.game.day
        self.players: set[str] = set()
        self.moved: set[str] = set()
        self.done: set[str] = set()
        self.away: set[str] = set()
        self.notified: list[str] = []
        self.on_change: dict[str, Callable[[], None]] = {}

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def check_notified(self) -> None:
        """All who play are notified of a change, and nobody else."""
        assert sorted(self.notified) == sorted(self.players)
        self.notified.clear()

    @rule(side=st.sampled_from(BOTH))
    def join(self, side: str) -> None:
        """Take a side that is open; a player who is away hears that it is taken over."""
        taken_over = side in self.away
        if side in self.players - self.away:
            with pytest.raises(NoRoomError):
                self.shared.join(side, nothing, here)
            return
        before = self.on_change.get(side)
        self.on_change[side] = lambda: self.notified.append(side)
        self.shared.join(side, self.on_change[side], lambda: side not in self.away)
        self.players.add(side)
        self.away.discard(side)
        if taken_over and before is not None:
            assert not self.shared.is_played_by(side, before)
            self.notified.remove(side)
        self.check_notified()

    @rule(side=st.sampled_from(BOTH))
    def leave(self, side: str) -> None:
        self.shared.leave(side, self.on_change.get(side, nothing))
        if side in self.players:
            self.players.discard(side)
            self.away.discard(side)
            self.check_notified()

    @rule(side=st.sampled_from(BOTH))
    def lose_or_find_the_network(self, side: str) -> None:
        if side in self.players:
            self.away ^= {side}
            assert self.shared.is_played_by(side, self.on_change[side])

    @precondition(lambda self: self.day <= SCENARIO.last_day)
    @rule(side=st.sampled_from(BOTH), acts=st.integers(0, 3))
    def move(self, side: str, acts: int) -> None:
        options = [one for one in self.shared.game.options(side) if one.target and not one.answers]
        if side in self.moved:
            with pytest.raises(IllegalMoveError):
                self.wait(self.shared.move(side, self.day, []))
            return
        self.wait(self.shared.move(side, self.day, options[:acts]))
        self.moved.add(side)
        if self.moved == set(BOTH):
            self.day, self.moved = self.day + 1, set()
        self.check_notified()

    @precondition(lambda self: self.day <= SCENARIO.last_day)
    @rule(side=st.sampled_from(BOTH), late=st.booleans())
    def move_on_another_day_or_wait(self, side: str, late: bool) -> None:
        with pytest.raises(IllegalMoveError):
            self.wait(self.shared.move(side, self.day + (1 if late else -1), []))
        with pytest.raises(IllegalMoveError):
            self.wait(self.shared.hold_on(side, self.day))

    @precondition(lambda self: self.day <= SCENARIO.last_day)
    @rule(side=st.sampled_from(BOTH))
    def agree_to_end(self, side: str) -> None:
        self.wait(self.shared.end(side))
        self.done.add(side)
        if self.done == set(BOTH):
            self.day, self.moved = SCENARIO.last_day + 1, set()
        self.check_notified()

    @rule(side=st.sampled_from(BOTH))
    def look(self, side: str) -> None:
        view = self.wait(self.shared.view(side))
        assert view.is_over == (self.day > SCENARIO.last_day)
        assert view.day == self.day
        assert (view.groups == ()) == view.is_over

    @rule()
    def open_another(self) -> None:
        """The one place is given away only while nobody plays."""
        if self.players:
            with pytest.raises(NoRoomError):
                self.wait(opened(self.workers, self.games, "india"))
        else:
            assert self.games.find(self.shared.code) is self.shared

    @invariant()
    def who_plays_and_who_has_moved_is_as_accounted(self) -> None:
        if hasattr(self, "shared"):
            assert set(self.shared.open_sides) == set(BOTH) - (self.players - self.away)
            assert self.shared.is_empty == (not self.players)
            is_over = self.day > SCENARIO.last_day
            assert set(self.shared.waiting) == (set() if is_over else set(BOTH) - self.moved)
            assert self.shared.game.day == self.day

    def teardown(self) -> None:
        if hasattr(self, "shared"):
            self.workers.close()
            self.loop.close()


TestTwoPlayers = TwoPlayers.TestCase
TestTwoPlayers.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
