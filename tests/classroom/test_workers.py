from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from escalation.classroom import workers as workers_module
from escalation.classroom.workers import LatestRequest, Workers
from escalation.engine.batch import Runs
from tests.classroom.crises import ENTRY, ensemble, workspace


def test_several_threads_give_the_result_of_one_and_cache_it() -> None:
    async def ask() -> None:
        workers = Workers(threads=2, crises=200)
        found = await workers.ensemble(workspace(), (), 1)
        assert np.array_equal(found.columns["outcome"], ensemble().columns["outcome"])
        assert await workers.ensemble(workspace(), (), 1) is found
        assert await workers.ensemble(workspace(), ((ENTRY, 44),), 1) is not found
        workers.close()

    asyncio.run(ask())


def test_the_cache_is_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(workers_module, "MOST_KEPT", 3)

    async def ask() -> None:
        workers = Workers(threads=1, crises=2)
        for seed in range(5):
            await workers.ensemble(workspace(), (), seed)
        assert len(workers._kept) == 3
        workers.close()

    asyncio.run(ask())


async def idle(request: LatestRequest[int]) -> None:
    """Wait until a request is served, or has failed."""
    assert request._task is not None
    await asyncio.wait([request._task])


def test_a_newer_request_replaces_a_waiting_one_and_the_last_is_served() -> None:
    begun: list[int] = []
    ended: list[int] = []

    async def drag() -> None:
        begins, may_end = asyncio.Event(), asyncio.Event()

        async def serve(wanted: int) -> None:
            begun.append(wanted)
            begins.set()
            await may_end.wait()
            ended.append(wanted)

        request: LatestRequest[int] = LatestRequest(Workers(threads=1), serve)
        request.ask(0)
        await begins.wait()
        for k in range(1, 100):
            request.ask(k)
        assert begun == [0]
        may_end.set()
        await idle(request)

    asyncio.run(drag())
    assert begun == ended == [0, 99]


def test_a_cancelled_request_is_not_served() -> None:
    begun: list[int] = []

    async def leave() -> None:
        begins, never = asyncio.Event(), asyncio.Event()

        async def serve(wanted: int) -> None:
            begun.append(wanted)
            begins.set()
            await never.wait()

        request: LatestRequest[int] = LatestRequest(Workers(threads=1), serve)
        request.ask(0)
        await begins.wait()
        request.ask(1)
        request.cancel()
        await idle(request)

    asyncio.run(leave())
    assert begun == [0]


def test_visitors_are_served_in_turn_two_at_once() -> None:
    order: list[int] = []
    at_once: list[int] = []

    async def crowd() -> None:
        workers = Workers(threads=1)
        running = 0

        def visitor(number: int) -> LatestRequest[int]:
            async def serve(_: int) -> None:
                nonlocal running
                running += 1
                at_once.append(running)
                order.append(number)
                await asyncio.sleep(0)  # lets the others have their turn
                running -= 1

            return LatestRequest(workers, serve)

        requests = [visitor(number) for number in range(30)]
        for _ in range(3):
            for one in requests:
                one.ask(0)
        await asyncio.gather(*(idle(one) for one in requests))

    asyncio.run(crowd())
    assert order == list(range(30))
    assert max(at_once) == workers_module.AT_ONCE


def test_a_failed_request_does_not_block_the_next() -> None:
    served: list[int] = []

    async def serve(wanted: int) -> None:
        if wanted == 0:
            raise RuntimeError
        served.append(wanted)

    async def ask() -> None:
        request: LatestRequest[int] = LatestRequest(Workers(threads=1), serve)
        for wanted in (0, 1):
            request.ask(wanted)
            await idle(request)

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

    simulate = workers_module.play_part
    monkeypatch.setattr(workers_module, "play_part", part)

    async def ask() -> None:
        workers = Workers(threads=2)
        await asyncio.gather(*(workers.ensemble(workspace(), (), seed) for seed in range(6)))
        workers.close()

    asyncio.run(ask())
    assert max(at_once) <= 2
