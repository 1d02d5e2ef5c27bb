"""Threads that compute for all visitors, at most one per core, and a queue with one place per visitor.

A visitor's newer request replaces one that is still waiting. A request that has been started is finished, so
figures keep moving while a control is dragged, even in a full classroom.
"""

from __future__ import annotations

import asyncio
import os
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Generic, ParamSpec, TypeVar

from escalation.classroom.controls import Settings, Workspace
from escalation.engine.pack import pack
from escalation.language import in_this_language
from escalation.measures.ensemble import CRISES, PART, Ensemble, ensemble_of, play_part
from escalation.scenario.scenario import Scenario

W = TypeVar("W")
T = TypeVar("T")
P = ParamSpec("P")

MOST_KEPT = 200
"""Results kept in memory; each takes about 60 kB."""

AT_ONCE = 2
"""Requests served at once, so that the threads have work while one is being completed."""


class Workers:
    """The threads of a classroom, and their most recent results."""

    def __init__(self, threads: int | None = None, crises: int = CRISES) -> None:
        self.crises = crises
        self._crowd = ThreadPoolExecutor(threads or os.cpu_count() or 1, "crises")
        # The Mesa model plays a recorded crisis in the interpreter: more threads would only take turns.
        self._single = ThreadPoolExecutor(1, "course")
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._kept: OrderedDict[tuple[str, Settings, int], Ensemble] = OrderedDict()

    async def ensemble(self, workspace: Workspace, settings: Settings, seed: int) -> Ensemble:
        """Return the crises of one setting, simulated or from memory."""
        key = (workspace.digest, settings, seed)
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            return kept
        scenario = workspace.at(settings)
        params = pack(scenario)
        loop = asyncio.get_running_loop()
        parts = [
            loop.run_in_executor(self._crowd, play_part, params, seed, first, min(PART, self.crises - first))
            for first in range(0, self.crises, PART)
        ]
        found = ensemble_of(scenario, seed, await asyncio.gather(*parts))
        self._kept[key] = found
        while len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        return found

    def known(self, workspace: Workspace, settings: Settings, seed: int) -> Ensemble | None:
        """Return the crises of one setting if they are in memory."""
        return self._kept.get((workspace.digest, settings, seed))

    async def single(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do work that holds the interpreter, such as playing a recorded crisis; in the same language."""
        loop, context = asyncio.get_running_loop(), copy_context()
        return await loop.run_in_executor(self._single, lambda: context.run(work, *args, **kwargs))

    def turn(self) -> asyncio.Semaphore:
        """Return the semaphore to hold while a request is served; requests are served in order of arrival."""
        return self._turns

    def close(self) -> None:
        """Release the threads."""
        self._crowd.shutdown(wait=False, cancel_futures=True)
        self._single.shutdown(wait=False, cancel_futures=True)


class LatestRequest(Generic[W]):
    """The latest request of one visitor; a newer one replaces it while it waits."""

    def __init__(self, workers: Workers, serve: Callable[[W], Awaitable[None]]) -> None:
        self._workers, self._serve = workers, in_this_language(serve)
        self._wanted: list[W] = []
        self._task: asyncio.Task[None] | None = None

    def ask(self, wanted: W) -> None:
        """Make a request; returns at once."""
        self._wanted = [wanted]
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())

    def cancel(self) -> None:
        """Withdraw the request."""
        self._wanted = []
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self._wanted:
            async with self._workers.turn():
                if self._wanted:
                    await self._serve(self._wanted.pop())


def warm_up(scenario: Scenario) -> None:
    """Compile what visitors would otherwise wait for: the batch driver."""
    play_part(pack(scenario), 0, 0, 1)
