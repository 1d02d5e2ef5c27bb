from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from escalation.classroom import desk as desks
from escalation.classroom.desk import Desk, Wish
from escalation.engine.batch import Runs
from tests.classroom.crises import ENTRY, crisis, outlook


def test_the_desk_finds_what_one_thread_finds_and_keeps_it() -> None:
    async def ask() -> None:
        desk = Desk(threads=2, crises=200)
        found = await desk.outlook(crisis(), (), 1)
        assert np.array_equal(found.outcome, outlook().outcome)
        assert await desk.outlook(crisis(), (), 1) is found
        assert await desk.outlook(crisis(), ((ENTRY, 44),), 1) is not found
        desk.close()

    asyncio.run(ask())


def test_what_is_kept_is_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(desks, "MOST_KEPT", 3)

    async def ask() -> None:
        desk = Desk(threads=1, crises=2)
        for seed in range(5):
            await desk.outlook(crisis(), (), seed)
        assert len(desk._kept) == 3
        desk.close()

    asyncio.run(ask())


def test_the_newest_wish_wins_and_the_last_is_always_served() -> None:
    served: list[int] = []

    async def serve(wanted: int) -> None:
        await asyncio.sleep(0.01)
        served.append(wanted)

    async def drag() -> None:
        wish: Wish[int] = Wish(Desk(threads=1), serve)
        for k in range(100):
            wish.want(k)
            await asyncio.sleep(0.001)
        while wish.waits:
            await asyncio.sleep(0.01)

    asyncio.run(drag())
    assert served[-1] == 99
    assert served == sorted(served)
    assert 3 < len(served) < 60  # neither each move nor only the last


def test_a_full_room_is_served_in_turn() -> None:
    order: list[int] = []

    async def crowd() -> None:
        desk = Desk(threads=1)

        def wish(number: int) -> Wish[int]:
            async def serve(_: int) -> None:
                await asyncio.sleep(0.001)
                order.append(number)

            return Wish(desk, serve)

        wishes = [wish(number) for number in range(30)]
        for _ in range(3):
            for one in wishes:
                one.want(0)
        while any(one.waits for one in wishes):
            await asyncio.sleep(0.01)

    asyncio.run(crowd())
    assert sorted(order) == list(range(30))


def test_a_wish_that_fails_does_not_block_the_next() -> None:
    served: list[int] = []

    async def serve(wanted: int) -> None:
        if wanted == 0:
            raise RuntimeError
        served.append(wanted)

    async def ask() -> None:
        wish: Wish[int] = Wish(Desk(threads=1), serve)
        wish.want(0)
        while wish.waits:
            await asyncio.sleep(0.01)
        wish.want(1)
        while wish.waits:
            await asyncio.sleep(0.01)

    asyncio.run(ask())
    assert served == [1]


def test_no_more_threads_than_cores(monkeypatch: Any) -> None:
    at_once: list[int] = []
    running = 0

    def part(*arguments: Any) -> Runs:
        nonlocal running
        running += 1
        at_once.append(running)
        found = simulate(*arguments)
        running -= 1
        return found

    simulate = desks.play_part
    monkeypatch.setattr(desks, "play_part", part)

    async def ask() -> None:
        desk = Desk(threads=2)
        await asyncio.gather(*(desk.outlook(crisis(), (), seed) for seed in range(6)))
        desk.close()

    asyncio.run(ask())
    assert max(at_once) <= 2
