from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from escalation.classroom.lesson import Inject, Role, lesson_of
from escalation.classroom.saved_games import GameFolder
from escalation.classroom.session import is_code
from escalation.classroom.shared_game import NoRoomError, Player, SharedGame, SharedGames
from escalation.classroom.workers import Workers
from escalation.crisis.branches import before_day
from escalation.crisis.game import IllegalMoveError
from escalation.crisis.game_case import case_of_game
from escalation.crisis.menu import saved_game
from escalation.history.cases import case_of
from escalation.scenario.dump import dump_scenario
from escalation.scenario.load import load_scenario, read_scenario
from tests.classroom.crises import quiet_seed, workspace

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


def player(notified: list[str] | None = None, name: str = "", here: bool = True) -> Player:
    """Return the connection of somebody new; what it is notified of goes into a list."""
    return Player(lambda: (notified if notified is not None else []).append(name), lambda: here)


def test_a_day_is_played_when_both_have_moved() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, *BOTH)
        notified: list[str] = []
        for side in BOTH:
            await shared.sit(side, player(notified, side))
        notified.clear()
        day = shared.game.day
        view = await shared.view("india")
        protest = next(
            item.option for step in view.steps for item in step.items if item.option.act == "protest"
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
        assert (view.is_over, view.steps, view.answers, view.passed) == (True, (), (), ())
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


async def played_to_the_end(shared: SharedGame, *sides: str) -> None:
    for side in sides:
        await shared.sit(side, player())
    while not shared.game.is_over:
        for side in shared.waiting:
            await shared.move(side, shared.game.day, [])


def test_moves_are_logged_once_where_the_players_were_told(tmp_path: Path) -> None:
    games, log = tmp_path / "games", tmp_path / "log"

    async def work(workers: Workers, _: SharedGames) -> None:
        told = SharedGames(folder=GameFolder(games), log=log)
        shared = await opened(workers, told, *BOTH)
        assert shared.is_logged
        for side in BOTH:
            await shared.sit(side, player())
            await shared.move(side, shared.game.day, [])
        assert not log.exists(), "only a game that is over is logged"
        silent = await SharedGames(folder=GameFolder(games)).fetch(workers, shared.code)
        assert silent is not None
        assert not silent.is_logged
        again = await SharedGames(folder=GameFolder(games), log=log).fetch(workers, shared.code)
        assert again is not None
        assert again.is_logged
        for side in BOTH:
            await again.move(side, again.game.day, [])
        assert again.game.is_over
        for side in BOTH:
            await again.end(side)
        late = await SharedGames(folder=GameFolder(games), log=log).fetch(workers, shared.code)
        assert late is not None
        await late.free("india")
        (file,) = log.iterdir()
        case = load_scenario(file)
        assert (case_of(case).played, case.horizon_day) == (BOTH, SCENARIO.last_day)
        text = file.read_text(encoding="utf-8")
        assert shared.code not in text
        assert not any(seat.key and seat.key in text for seat in again.seats.values())

    room(work)


def test_moves_of_which_nobody_was_told_are_not_logged(tmp_path: Path) -> None:
    log = tmp_path / "log"

    async def work(workers: Workers, silent: SharedGames) -> None:
        folder = GameFolder(tmp_path / "games")
        untold = await SharedGames(folder=folder).open(workers, SCENARIO, 1, 0, BOTH)
        await untold.sit("india", player())
        told = SharedGames(folder=folder, log=log)
        back = await told.fetch(workers, untold.code)
        replay = await told.open(workers, SCENARIO, 1, 0, ["india"], parent=untold.code)
        assert back is not None
        for shared, sides in ((back, ["pakistan"]), (replay, ["india"])):
            assert not shared.is_logged
            await played_to_the_end(shared, *sides)
        unmoved = await told.open(workers, SCENARIO, 1, 0, ["india"])
        await unmoved.end("india")
        assert unmoved.game.is_over
        assert unmoved.problem == ""
        assert not log.exists(), "nobody has moved"

    room(work)


def test_a_log_that_cannot_be_written_is_reported_and_tried_again(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("mine", encoding="utf-8")

    async def work(workers: Workers, _: SharedGames) -> None:
        shared = await opened(workers, SharedGames(log=log), "india")
        await played_to_the_end(shared, "india")
        assert "could not be logged" in shared.problem
        log.unlink()
        await shared.end("india")
        assert shared.problem == ""
        assert len(list(log.iterdir())) == 1

    room(work)


def test_a_single_player_holds_until_something_happens() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        calm = [f"weights.{name}=-20" for name in ("alarm", "protest", "conciliation")]
        scenario = load_scenario("pahalgam_2025", ["free_days=20", *calm])
        seed = quiet_seed(scenario, "pakistan")
        shared = await shared_games.open(workers, scenario, seed, 0, ["pakistan"])
        notified: list[str] = []
        await shared.sit("pakistan", player(notified, "pakistan"))
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


def test_a_seat_belongs_to_its_token() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, *BOTH)
        assert shared_games.find(shared.code) is shared
        assert is_code(shared.code)
        away = player(here=False)
        token = await shared.sit("india", away)
        assert shared.open_sides == ["pakistan"]
        assert shared.seats["india"].presence == "away"
        for side in ("india", "russia"):
            with pytest.raises(NoRoomError):
                await shared.sit(side, player())
        assert token not in shared.saved().model_dump_json()
        for forged in ("", token[:-1], token + "A", shared.seats["india"].key, "india", "\x00é"):
            assert shared.resume(forged, player()) is None
        await shared.move("india", shared.game.day, [])
        shared.leave("india", player())
        assert shared.is_played_by("india", away), "only its player leaves a seat"
        notified: list[str] = []
        back, twice = player(notified, "first"), player()
        assert shared.resume(token, back) == "india", "one's own ghost does not hold the seat"
        assert shared.seats["india"].presence == "here"
        notified.clear()
        assert shared.resume(token, twice) == "india"
        assert notified, "the page that had the seat is notified"
        assert not shared.is_played_by("india", back)
        shared.leave("india", twice)
        assert (shared.is_empty, shared.open_sides, shared.waiting) == (True, ["pakistan"], ["pakistan"])
        await shared.stand_up("india", twice)
        assert shared.open_sides == ["pakistan"], "who has left the page does not give up the seat"
        assert shared.resume(token, back) == "india"
        await shared.stand_up("india", back)
        assert shared.open_sides == list(BOTH)
        assert shared.waiting == list(BOTH), "the choice goes with its player"
        assert shared.resume(token, back) is None
        other = await shared.sit("india", player())
        assert other != token
        assert not shared.seats["india"].briefed, "the next player reads the role sheet first"

    room(work)


def test_a_choice_is_taken_back_until_the_day_is_played() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, *BOTH)
        day = shared.game.day
        with pytest.raises(IllegalMoveError):
            await shared.withdraw("india", day)
        protest = next(one for one in shared.game.options("india") if one.act == "protest")
        await shared.move("india", day, [protest])
        assert shared.chosen("india") == [protest]
        await shared.withdraw("india", day)
        assert (shared.chosen("india"), shared.waiting) == (None, list(BOTH))
        for side in BOTH:
            await shared.move(side, day, [])
        with pytest.raises(IllegalMoveError, match="the day is played"):
            await shared.withdraw("india", day)
        assert [act.act for act in shared.game.scenario.acts[-2:]] == ["hold", "hold"]

    room(work)


def test_a_game_has_one_to_five_seats() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        three = await opened(workers, shared_games, *BOTH, "russia")
        day = three.game.day
        for side in (*BOTH, "russia"):
            assert three.game.day == day
            await three.move(side, day, [])
        assert three.game.day == day + 1
        for sides in ((), (*BOTH, "russia") * 2):
            with pytest.raises(NoRoomError, match="one to 5 seats"):
                await opened(workers, shared_games, *sides)

    room(work)


def test_a_game_goes_on_after_the_server_was_started_again(tmp_path: Path) -> None:
    """All of it is in its file after every change: days, the choices of today, seats, role sheets."""

    async def work(workers: Workers, _: SharedGames) -> None:
        folder = GameFolder(tmp_path / "games")
        first = SharedGames(folder=folder)
        roles = {"india": Role(aims=("Avoid a war.",), red_lines=(), public="Calm.")}
        shared = await first.open(workers, SCENARIO, 1, 0, BOTH, roles=roles)
        token = await shared.sit("india", player())
        await shared.brief("india")
        day = shared.game.day
        for side in BOTH:
            await shared.move(side, day, [])
        protest = next(one for one in shared.game.options("pakistan") if one.act == "protest")
        await shared.move("pakistan", day + 1, [protest])
        await shared.end("india")
        second = SharedGames(folder=folder)
        again = await second.fetch(workers, shared.code)
        assert again is not None
        assert again is not shared
        assert again is await second.fetch(workers, shared.code)
        assert again.saved() == shared.saved()
        assert (again.game.day, again.waiting) == (day + 1, ["india"])
        assert [one.act for one in again.chosen("pakistan") or ()] == ["protest"]
        assert again.seats["india"].briefed
        assert again.roles == roles
        assert again.is_empty
        assert again.resume(token, player()) == "india"
        for one in (shared, again):
            await one.move("india", day + 1, [])
            assert one.game.is_over
        assert saved_game(again.game) == saved_game(shared.game)
        assert again.game.run().result == shared.game.run().result
        await again.end("pakistan")
        assert await second.fetch(workers, "ABCDEF") is None

    room(work)


def test_a_board_finds_its_games_again_and_no_other_board_does(tmp_path: Path) -> None:
    async def work(workers: Workers, _: SharedGames) -> None:
        folder = GameFolder(tmp_path)
        before = SharedGames(folder=folder, secret="mine")
        shared = await opened(workers, before, *BOTH)
        token = await shared.sit("india", player())
        assert await before.kept() == [], "it is in memory"
        again, other = SharedGames(folder=folder, secret="mine"), SharedGames(folder=folder, secret="other")
        assert [one.code for one in await again.kept()] == [shared.code]
        assert await other.kept() == []
        assert await SharedGames(folder=folder).kept() == []
        back = await again.fetch(workers, shared.code)
        assert back is not None
        assert back.side_of(token) == "india"
        await back.brief("india")
        assert await again.kept() == []
        assert len(await SharedGames(folder=folder, secret="mine").kept()) == 1, "it stays on its board"

    room(work)


def test_values_and_a_new_mediator_reach_a_game_and_survive_a_restart(tmp_path: Path) -> None:
    async def work(workers: Workers, _: SharedGames) -> None:
        folder = GameFolder(tmp_path)
        shared = await opened(workers, SharedGames(folder=folder), *BOTH)
        injects = lesson_of(workspace()).injects
        day = shared.game.day
        for side in BOTH:
            await shared.move(side, day, [])
        await shared.move("india", day + 1, [])
        for name in ("leak", "iran"):
            await shared.inject(injects[name])
        assert (shared.game.day, shared.waiting) == (day + 1, list(BOTH)), "what was chosen is taken back"
        assert [one.says for one in shared.news] == [injects["leak"].says, injects["iran"].says]
        with pytest.raises(IllegalMoveError, match="Iran takes part already"):
            await shared.inject(injects["iran"])
        assert len(shared.news) == 2
        saved = folder.read(shared.code)
        assert saved is not None
        again = saved.game()
        assert (again.scenario, again.day) == (shared.game.scenario, day + 1)
        assert again.run().decisions == shared.game.run().decisions
        assert [one.act for one in again.options("india") if one.target == "iran"] == ["ask_mediation"]
        for side in BOTH:
            await shared.move(side, day + 1, [])
        found = await shared.debrief()
        assert found.run.scenario_on(day).states["india"].audience == 0.6
        assert found.run.scenario_on(day + 1).states["india"].audience == 1.0
        case = case_of_game(shared.game, "classroom_x")
        assert not case.changes
        assert case.mediators["iran"].enters_day == day + 1
        assert any("states.india.audience = 1.0" in one.says for one in case.reports)
        assert case.case is not None
        assert "let values change" in str(case.case.doubts)
        assert read_scenario(dump_scenario(case).encode(), "case") == case
        assert case_of(case).played

    room(work)


def test_a_game_that_was_left_to_the_model_comes_back_as_it_ended(tmp_path: Path) -> None:
    async def work(workers: Workers, _: SharedGames) -> None:
        folder = GameFolder(tmp_path)
        shared = await SharedGames(folder=folder).open(workers, SCENARIO, 3, 0, ["india"])
        await shared.end("india")
        again = await SharedGames(folder=folder).fetch(workers, shared.code)
        assert again is not None
        assert again.game.is_over
        assert again.game.run().result == shared.game.run().result

    room(work)


def test_a_game_goes_on_where_it_cannot_be_saved(tmp_path: Path) -> None:
    async def work(workers: Workers, _: SharedGames) -> None:
        (tmp_path / "games").write_text("a file where the folder should be")
        shared = await SharedGames(folder=GameFolder(tmp_path / "games")).open(workers, SCENARIO, 1, 0, BOTH)
        await shared.sit("india", player())
        assert "could not be saved" in shared.problem
        await shared.move("india", shared.game.day, [])
        (tmp_path / "games").unlink()
        await shared.move("pakistan", shared.game.day, [])
        assert shared.problem == ""

    room(work)


def test_what_if_is_asked_of_days_that_were_played() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, "pakistan")
        day = shared.game.day
        strike = next(one for one in shared.game.options("pakistan") if one.act == "strike")
        await shared.move("pakistan", day, [strike])
        assert strike in await shared.options_on("pakistan", day)
        assert (await shared.what_if("pakistan", day, [])).waits
        again = await shared_games.open(
            workers, before_day(shared.game.scenario, day), 1, 0, ["pakistan"], first=day, parent=shared.code
        )
        assert (again.game.day, again.parent) == (day, shared.code)

    room(work)


def test_the_oldest_abandoned_game_makes_room() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        first, second = [await opened(workers, shared_games, "india") for _ in range(2)]
        await first.sit("india", player())
        third = await opened(workers, shared_games, "india")
        assert [shared_games.find(one.code) for one in (first, second, third)] == [first, None, third]
        assert list(shared_games) == [first, third]
        await third.sit("india", player())
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
        self.tokens: dict[str, str] = {}
        self.players: dict[str, Player] = {}
        self.away: set[str] = set()
        self.moved: set[str] = set()
        self.done: set[str] = set()
        self.notified: list[str] = []

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def check_notified(self) -> None:
        """All who are connected are notified of a change, and nobody else."""
        assert sorted(self.notified) == sorted(self.players)
        self.notified.clear()

    def someone(self, side: str) -> Player:
        return Player(lambda: self.notified.append(side), lambda: side not in self.away)

    @rule(side=st.sampled_from(BOTH))
    def sit(self, side: str) -> None:
        if side in self.tokens:
            with pytest.raises(NoRoomError):
                self.wait(self.shared.sit(side, self.someone(side)))
            return
        self.players[side] = self.someone(side)
        self.away.discard(side)
        self.tokens[side] = self.wait(self.shared.sit(side, self.players[side]))
        self.check_notified()

    @rule(values=st.sampled_from(({}, {"states.india.audience": 1.0}, {"mediators.russia.credibility": 0.2})))
    def inject(self, values: dict[str, str | float | int]) -> None:
        """What was chosen today is taken back; nothing happens once the game is over."""
        inject = Inject(label="Leak", says="Recordings reach the press.", set=values)
        if self.shared.game.is_over:
            with pytest.raises(IllegalMoveError):
                self.wait(self.shared.inject(inject))
            return
        self.wait(self.shared.inject(inject))
        self.moved.clear()
        self.check_notified()

    @rule(side=st.sampled_from(BOTH))
    def come_back(self, side: str) -> None:
        """Whoever brings the token has the seat, and the page that had it hears so; no other token does."""
        if side not in self.tokens:
            assert self.shared.resume("no token", self.someone(side)) is None
            return
        before, self.players[side] = self.players.get(side), self.someone(side)
        self.away.discard(side)
        assert self.shared.resume(self.tokens[side], self.players[side]) == side
        if before is not None:
            assert not self.shared.is_played_by(side, before)
            self.notified.remove(side)
        self.check_notified()

    @rule(side=st.sampled_from(BOTH))
    def leave(self, side: str) -> None:
        """Closing the page keeps the seat."""
        self.shared.leave(side, self.players.pop(side, self.someone(side)))
        if self.notified:
            self.check_notified()

    @rule(side=st.sampled_from(BOTH))
    def stand_up(self, side: str) -> None:
        self.wait(self.shared.stand_up(side, self.players.get(side, self.someone(side))))
        if side in self.players:
            del self.players[side], self.tokens[side]
            self.moved.discard(side)
            self.done.discard(side)
            self.notified.remove(side)
            self.check_notified()

    @rule(side=st.sampled_from(BOTH))
    def lose_or_find_the_network(self, side: str) -> None:
        if side in self.players:
            self.away ^= {side}
            assert self.shared.is_played_by(side, self.players[side])

    @precondition(lambda self: self.day <= SCENARIO.last_day)
    @rule(side=st.sampled_from(BOTH))
    def withdraw(self, side: str) -> None:
        if side not in self.moved:
            with pytest.raises(IllegalMoveError):
                self.wait(self.shared.withdraw(side, self.day))
            return
        self.wait(self.shared.withdraw(side, self.day))
        self.moved.discard(side)
        self.check_notified()

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
        assert (view.steps == ()) == view.is_over

    @rule()
    def open_another(self) -> None:
        """The one place is given away only while nobody plays."""
        if self.players.keys() - self.away:
            with pytest.raises(NoRoomError):
                self.wait(opened(self.workers, self.games, "india"))
        else:
            assert self.games.find(self.shared.code) is self.shared

    @invariant()
    def who_plays_and_who_has_moved_is_as_accounted(self) -> None:
        if hasattr(self, "shared"):
            assert set(self.shared.open_sides) == set(BOTH) - self.tokens.keys()
            assert self.shared.is_empty == (not self.players.keys() - self.away)
            is_over = self.day > SCENARIO.last_day
            assert set(self.shared.waiting) == (set() if is_over else set(BOTH) - self.moved)
            assert self.shared.game.day == self.day

    def teardown(self) -> None:
        if hasattr(self, "shared"):
            self.workers.close()
            self.loop.close()


TestTwoPlayers = TwoPlayers.TestCase
TestTwoPlayers.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)
