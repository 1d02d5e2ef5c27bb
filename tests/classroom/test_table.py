from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from escalation.classroom.desk import Desk
from escalation.classroom.session import is_code
from escalation.classroom.table import NoRoomError, Table, Tables
from escalation.crisis.game import IllegalMoveError
from escalation.scenario.load import load_scenario

SCENARIO = load_scenario("pahalgam_2025", ["free_days=2"])
BOTH = ("india", "pakistan")


def room(work: Callable[[Desk, Tables], Awaitable[None]], most: int = 2) -> None:
    async def run() -> None:
        desk = Desk(threads=1)
        try:
            await work(desk, Tables(most))
        finally:
            desk.close()

    asyncio.run(run())


async def opened(desk: Desk, tables: Tables, *sides: str) -> Table:
    return await tables.open(desk, SCENARIO, 1, 0, sides)


def nothing() -> None:
    pass


def test_a_day_is_played_when_both_have_moved() -> None:
    async def work(desk: Desk, tables: Tables) -> None:
        table = await opened(desk, tables, *BOTH)
        told: list[str] = []
        table.sit("india", lambda: told.append("india"))
        table.sit("pakistan", lambda: told.append("pakistan"))
        told.clear()
        day = table.game.day
        view = await table.view("india")
        protest = next(
            item.option for group in view.groups for item in group.items if item.option.act == "protest"
        )
        await table.move("india", day, [protest])
        assert (table.game.day, table.waiting, told) == (day, ["pakistan"], ["india", "pakistan"])
        with pytest.raises(IllegalMoveError, match="move is made"):
            await table.move("india", day, [])
        await table.move("pakistan", day, [])
        assert (table.game.day, table.waiting) == (day + 1, ["india", "pakistan"])
        assert told == ["india", "pakistan"] * 2
        assert [act.act for act in table.game.scenario.acts[-2:]] == ["protest", "hold"]
        with pytest.raises(IllegalMoveError, match="move is made"):
            await table.move("pakistan", day, [])
        for side in BOTH:
            await table.move(side, day + 1, [])
        view = await table.view("india")
        assert (view.is_over, view.groups, view.passed) == (True, (), ())
        assert view.now.day == SCENARIO.last_day
        assert (await table.debrief()).sides == BOTH
        assert await table.debrief() is await table.debrief()
        assert await table.advice("india") == []

    room(work)


def test_a_refused_move_leaves_the_day_open() -> None:
    async def work(desk: Desk, tables: Tables) -> None:
        table = await opened(desk, tables, *BOTH)
        acts = [one for one in table.game.options("india") if one.target and not one.answers]
        with pytest.raises(IllegalMoveError, match="at most 3"):
            await table.move("india", table.game.day, acts[:4])
        assert table.waiting == ["india", "pakistan"]
        assert (await table.advice("india"))[0][1] > 0

    room(work)


def test_the_model_plays_on_when_both_have_enough() -> None:
    async def work(desk: Desk, tables: Tables) -> None:
        table = await opened(desk, tables, *BOTH)
        await table.end("india")
        assert not table.game.is_over
        await table.end("pakistan")
        assert table.game.is_over
        assert table.game.scenario.acts == SCENARIO.acts

    room(work)


def test_one_alone_holds_until_something_happens() -> None:
    async def work(desk: Desk, tables: Tables) -> None:
        scenario = load_scenario("pahalgam_2025", ["free_days=20"])
        table = await tables.open(desk, scenario, 2, 0, ["pakistan"])
        told: list[str] = []
        table.sit("pakistan", lambda: told.append("pakistan"))
        day = table.game.day
        await table.hold_on("pakistan", day)
        held = table.game.day - day
        assert held > 1
        assert len(told) == 2
        passed = (await table.view("pakistan")).passed
        assert (passed[0].first, passed[-1].last) == tuple(
            scenario.date_of(at) for at in (day, day + held - 1)
        )
        with pytest.raises(IllegalMoveError, match="move is made"):
            await table.hold_on("pakistan", day)
        await table.move("pakistan", table.game.day, [])
        assert len((await table.view("pakistan")).passed) == 1
        await table.end("pakistan")
        assert (await table.view("pakistan")).passed == ()

    room(work)


def test_two_hold_day_by_day() -> None:
    async def work(desk: Desk, tables: Tables) -> None:
        table = await opened(desk, tables, *BOTH)
        assert not table.can_hold_on
        with pytest.raises(IllegalMoveError, match="plays alone"):
            await table.hold_on("india", table.game.day)
        assert table.waiting == ["india", "pakistan"]

    room(work)


def test_seats() -> None:
    async def work(desk: Desk, tables: Tables) -> None:
        table = await opened(desk, tables, *BOTH)
        assert tables.find(table.code) is table
        assert is_code(table.code)
        table.sit("india", nothing)
        assert table.free == ["pakistan"]
        for side in ("india", "russia"):
            with pytest.raises(NoRoomError):
                table.sit(side, nothing)
        await table.move("india", table.game.day, [])
        table.stand_up("india")
        assert table.is_empty
        assert table.waiting == ["pakistan"]
        table.sit("india", nothing)

    room(work)


def test_the_oldest_empty_table_makes_room() -> None:
    async def work(desk: Desk, tables: Tables) -> None:
        first, second = [await opened(desk, tables, "india") for _ in range(2)]
        first.sit("india", nothing)
        third = await opened(desk, tables, "india")
        assert [tables.find(one.code) for one in (first, second, third)] == [first, None, third]
        third.sit("india", nothing)
        with pytest.raises(NoRoomError, match="2 tables"):
            await opened(desk, tables, "india")

    room(work)
