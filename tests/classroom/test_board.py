from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np

from escalation.classroom.board import (
    Board,
    inject_words,
    row_of,
    together_chart,
    together_table,
    together_words,
)
from escalation.classroom.chart_style import LIGHT
from escalation.classroom.lesson import Inject, lesson_of
from escalation.classroom.saved_games import GameFolder
from escalation.classroom.shared_game import Player, SharedGame, SharedGames
from escalation.classroom.workers import Workers
from escalation.crisis.branches import injected
from escalation.crisis.play import play
from escalation.scenario.load import load_scenario
from escalation.vocabulary import OUTCOMES
from tests.classroom.crises import workspace
from tests.classroom.test_shared_game import room

SCENARIO = load_scenario("pahalgam_2025", ["free_days=3"])
CRISES = 60


def anybody() -> Player:
    return Player(lambda: None, lambda: True)


async def opened(workers: Workers, shared_games: SharedGames, *sides: str, seed: int = 1) -> SharedGame:
    roles = lesson_of(workspace()).roles
    return await shared_games.open(workers, SCENARIO, seed, 0, sides, roles=roles)


def in_room(work: Callable[[Workers, SharedGames], Awaitable[None]]) -> None:
    async def run(workers: Workers, shared_games: SharedGames) -> None:
        workers.crises = CRISES
        await work(workers, shared_games)

    room(run, most=10)


def test_a_row_says_who_sits_where_and_nothing_that_is_private() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        shared = await opened(workers, shared_games, "india", "pakistan")
        board = Board(shared_games, workers)
        (row,) = await board.rows()
        assert [seat.is_taken for seat in row.seats] == [False, False]
        assert row.status == "6 May 2025. Waiting for India and Pakistan."
        token = await shared.sit("india", anybody())
        await shared.brief("india")
        await shared.move("india", shared.game.day, [])
        await shared.inject(Inject(label="Leak", says="Recordings reach the press."))
        await shared.move("india", shared.game.day, [])
        (row,) = await board.rows()
        assert row.status == "6 May 2025. Waiting for Pakistan."
        assert [(seat.says, seat.is_taken) for seat in row.seats] == [
            ("India: has chosen", True), ("Pakistan: nobody has sat down yet", False),
        ]  # fmt: skip
        assert row.news == ("6 May 2025: Recordings reach the press.",)
        assert "No force used so far." in row.so_far
        shown = str(row)
        for secret in (token, shared.seats["india"].key, *shared.roles["india"].aims):
            assert secret not in shown
        await shared.free("india")
        assert shared.side_of(token) is None
        (row,) = await board.rows()
        assert not row.seats[0].is_taken

    in_room(work)


def test_games_that_are_over_stand_together_beside_the_model() -> None:
    async def work(workers: Workers, shared_games: SharedGames) -> None:
        board = Board(shared_games, workers)
        assert await board.together() is None
        one, two, other, again = [
            await opened(workers, shared_games, "india"),
            await opened(workers, shared_games, "pakistan"),
            await opened(workers, shared_games, "india", seed=2),
            await shared_games.open(workers, SCENARIO, 1, 0, ["india"], parent="ABCDEF"),
        ]
        for shared in (one, two, other, again):
            assert len((await board.rows())[0].seats) == 1
            for name in ("attack", "leak", "iran") if shared is one else ("attack",):
                await shared.inject(lesson_of(workspace()).injects[name])
            await shared.end(shared.game.sides[0])
        found = await board.together()
        assert found is not None
        assert [run.replication for run in found.runs] == [0, 0]
        assert found.left_out == 2, "another seed, and a day played again"
        assert found.scenario == SCENARIO, "as it was before moves and injects"
        assert found.ensemble.n == CRISES
        assert found.counts.sum() == 2
        alone = OUTCOMES.index(str(play(SCENARIO, 1).result.outcome))
        assert found.ensemble.columns["outcome"][0] == alone, "the same random numbers"
        said = " ".join(together_words(found))
        for words in (
            "of 2 in this room",
            "random numbers of these games (2)",
            "2 games that are over are left out",
        ):
            assert words in said
        assert "validated" in said
        table = together_table(found)
        shares = np.array([row[2] for row in table.rows], float).reshape(2, len(OUTCOMES))
        assert np.allclose(shares.sum(axis=1), 1)
        assert all(low <= share <= high for _, _, share, low, high in table.rows)  # type: ignore[operator]
        fan = together_chart(found, "india", LIGHT)
        dashed = [one for one in fan["series"] if one.get("name") == "this game"]
        assert [len(one["data"]) for one in dashed] == [SCENARIO.last_day + 1] * 2
        assert len(together_chart(found, "outcomes", LIGHT)["series"]) >= 4
        row = row_of(one, await one.run())
        assert row.status.startswith("Over: ")

    in_room(work)


def test_an_inject_is_part_of_the_saved_game_and_takes_choices_back(tmp_path: Path) -> None:
    async def work(workers: Workers, _: SharedGames) -> None:
        folder = GameFolder(tmp_path)
        shared = await opened(workers, SharedGames(folder=folder), "india", "pakistan")
        notified: list[str] = []
        token = await shared.sit("india", Player(lambda: notified.append("india"), lambda: True))
        day = shared.game.day
        await shared.move("india", day, [])
        notified.clear()
        for inject in lesson_of(workspace()).injects.values():
            await shared.inject(inject)
            assert shared.waiting == ["india", "pakistan"], "every side can answer"
        assert len(notified) == len(shared.news) == len(lesson_of(workspace()).injects)
        assert len(injected(shared.game.scenario)) == 3, "the others are values, a mediator, or words"
        assert [len(change.set) for change in shared.game.scenario.changes] == [2, 1]
        other = await SharedGames(folder=folder).fetch(workers, shared.code)
        assert other is not None
        assert other.news == shared.news
        assert other.side_of(token) == "india"
        assert other.game.scenario == shared.game.scenario
        for one in (shared, other):
            for side in ("india", "pakistan"):
                await one.end(side)
        assert other.game.run().result == shared.game.run().result

    in_room(work)


def test_the_lecturer_reads_what_an_inject_lets_happen() -> None:
    injects = lesson_of(workspace()).injects
    words = {name: " ".join(inject_words(workspace(), inject)) for name, inject in injects.items()}
    assert words["deadline"].endswith("(words only)")
    assert words["attack"].endswith("(an incident: India blames Pakistan)")
    assert "India, Audience: 1 instead of 0.6; Pakistan, Audience: 1 instead of 0.5." in words["leak"]
    assert words["leak"].startswith(injects["leak"].says)
    assert "From this day on Iran is a mediator, whom the model plays (" in words["iran"]
    later = {"iran": injects["iran"].mediators["iran"].model_copy(update={"enters_day": 3})}
    (_, said) = inject_words(workspace(), injects["iran"].model_copy(update={"mediators": later}))
    assert said.startswith("3 days later Iran comes in")
