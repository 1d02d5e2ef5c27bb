from __future__ import annotations

import asyncio
from typing import Any

import numpy as np

from escalation.classroom import workers as workers_module
from escalation.classroom.workers import LatestRequest, Workers
from escalation.engine.batch import Runs
from tests.classroom.crises import ENTRY, ensemble, workspace


def test_threads_find_what_one_thread_finds_and_keep_it() -> None:
    async def ask() -> None:
        workers = Workers(threads=2, crises=200)
        found = await workers.ensemble(workspace(), (), 1)
        assert np.array_equal(found.columns["outcome"], ensemble().columns["outcome"])
        assert await workers.ensemble(workspace(), (), 1) is found
        assert await workers.ensemble(workspace(), ((ENTRY, 44),), 1) is not found
        workers.close()

    asyncio.run(ask())


def test_what_is_kept_is_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(workers_module, "MOST_KEPT", 3)

    async def ask() -> None:
        workers = Workers(threads=1, crises=2)
        for seed in range(5):
            await workers.ensemble(workspace(), (), seed)
        assert len(workers._kept) == 3
        workers.close()

    asyncio.run(ask())


def test_a_newer_request_replaces_a_waiting_one_and_the_last_is_served() -> None:
    served: list[int] = []

    async def serve(wanted: int) -> None:
        await asyncio.sleep(0.01)
        served.append(wanted)

    async def drag() -> None:
        request: LatestRequest[int] = LatestRequest(Workers(threads=1), serve)
        for k in range(100):
            request.ask(k)
            await asyncio.sleep(0.001)
        while request.is_pending:
            await asyncio.sleep(0.01)

    asyncio.run(drag())
    assert served[-1] == 99
    assert served == sorted(served)
    assert 3 < len(served) < 60  # neither each move nor only the last


def test_many_visitors_are_served_in_turn() -> None:
    order: list[int] = []

    async def crowd() -> None:
        workers = Workers(threads=1)

        def request(number: int) -> LatestRequest[int]:
            async def serve(_: int) -> None:
                await asyncio.sleep(0.001)
                order.append(number)

            return LatestRequest(workers, serve)

        requests = [request(number) for number in range(30)]
        for _ in range(3):
            for one in requests:
                one.ask(0)
        while any(one.is_pending for one in requests):
            await asyncio.sleep(0.01)

    asyncio.run(crowd())
    assert sorted(order) == list(range(30))


def test_a_failed_request_does_not_block_the_next() -> None:
    served: list[int] = []

    async def serve(wanted: int) -> None:
        if wanted == 0:
            raise RuntimeError
        served.append(wanted)

    async def ask() -> None:
        request: LatestRequest[int] = LatestRequest(Workers(threads=1), serve)
        request.ask(0)
        while request.is_pending:
            await asyncio.sleep(0.01)
        request.ask(1)
        while request.is_pending:
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

    simulate = workers_module.play_part
    monkeypatch.setattr(workers_module, "play_part", part)

    async def ask() -> None:
        workers = Workers(threads=2)
        await asyncio.gather(*(workers.ensemble(workspace(), (), seed) for seed in range(6)))
        workers.close()

    asyncio.run(ask())
    assert max(at_once) <= 2
