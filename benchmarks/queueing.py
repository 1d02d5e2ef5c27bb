"""A sweep on many cores and machines as a network of queues: who waits for whom, by discrete events.

Each chunk goes through its stages: it is handed out, a thread computes it in pieces, and the driver keeps it,
one after the other. A stage that only one can be in at a time (an interpreter, the scheduler, the network)
serves in the order of coming. Nothing is random: the stages take what was measured, and a sweep is limited by
the sum of what must happen one after the other.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from escalation.experiment.compute import CRISES_A_CALL

THREADS, INTERPRETER, DRIVER, SCHEDULER, NETWORK = "threads", "interpreter", "driver", "scheduler", "network"
MOST_PIECES = 16
"""Of a chunk, so that large ones do not take long to play."""


@dataclass(frozen=True)
class Costs:
    """Seconds of a sweep's parts, each linear in crises, chunks or bytes."""

    crisis: float
    """Of a thread, while others run."""
    crisis_held: float
    """Of a thread, holding the interpreter of its process."""
    chunk_held: float
    """Of a thread for each chunk, holding the interpreter."""
    chunk_written: float
    """Of the driver for each chunk."""
    byte_written: float
    chunk_bytes: float
    crisis_bytes: float
    task_driven: float = 0.0
    """Of the driver for each chunk that goes to a cluster."""
    byte_driven: float = 0.0
    task_scheduled: float = 0.0
    """Of the scheduler for each chunk."""
    byte_scheduled: float = 0.0
    byte_sent: float = 0.0
    """Of the network at the scheduler, which hands the results on."""

    def bytes(self, crises: int) -> float:
        """Return the size of a chunk's files."""
        return self.chunk_bytes + self.crisis_bytes * crises

    def computed(self, crises: int) -> float:
        """Return the seconds of one thread alone for a chunk."""
        return self.chunk_held + (self.crisis + self.crisis_held) * crises

    def held(self, crises: int) -> float:
        """Return the seconds for which a chunk holds the interpreter of its process."""
        return self.chunk_held + self.crisis_held * crises

    def kept(self, crises: int) -> float:
        """Return the seconds of the driver for a chunk, until the next can be kept."""
        size = self.bytes(crises)
        scheduled = self.task_scheduled / 2 + self.byte_scheduled * size
        driven = self.task_driven + self.byte_driven * size
        return driven + scheduled + self.byte_sent * size + self.chunk_written + self.byte_written * size


@dataclass(frozen=True)
class Site:
    """Where a sweep is computed."""

    machines: int
    threads: int
    """Of each machine, in one process."""
    slots_a_thread: int = 1
    """Chunks handed out at a time for each thread."""
    more_slots: int = 1
    """Chunks handed out besides."""

    @property
    def all_threads(self) -> int:
        """Return the number of threads in all."""
        return self.machines * self.threads


@dataclass
class Spent:
    """The seconds of a sweep, and what share of them each was busy; of several interpreters the busiest."""

    seconds: float
    alone: float
    """The seconds of one thread alone, without a driver."""
    busy: dict[str, float] = field(default_factory=dict)

    @property
    def speed_up(self) -> float:
        """Return how many times faster it is than one thread alone."""
        return self.alone / self.seconds

    def limit(self) -> str:
        """Return what was busiest."""
        return max(self.busy, key=lambda name: self.busy[name])


class _Events:
    """What happens next, and when each thing that serves one at a time is free again."""

    def __init__(self) -> None:
        self.now = 0.0
        self._queue: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._free: dict[str, float] = {}
        self.busy: dict[str, float] = {}

    def after(self, seconds: float, then: Callable[[], None]) -> None:
        self._at(self.now + seconds, then)

    def served(self, server: str, seconds: float, then: Callable[[], None]) -> None:
        start = max(self.now, self._free.get(server, 0.0))
        self._free[server] = start + seconds
        self.busy[server] = self.busy.get(server, 0.0) + seconds
        self._at(start + seconds, then)

    def _at(self, time: float, then: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._queue, (time, self._count, then))

    def run(self) -> None:
        while self._queue:
            self.now, _, then = heapq.heappop(self._queue)
            then()


class _Run:
    def __init__(self, costs: Costs, site: Site, crises: int, size: int) -> None:
        self.costs, self.site, self.events = costs, site, _Events()
        self.waiting = deque([size] * (crises // size) + ([crises % size] if crises % size else []))
        self.queued: deque[int] = deque()
        # Threads that are free, by the number of their machine, the machines in turn.
        self.free = deque(thread % site.machines for thread in range(site.all_threads))
        self.running, self.computing = 0, 0.0
        self.ended: deque[int] = deque()
        self.driver_is_busy, self.driven = False, 0.0
        self.is_remote = costs.task_scheduled > 0.0

    def play(self) -> Spent:
        alone = sum(map(self.costs.computed, self.waiting))
        self.hand_out()
        self.events.run()
        seconds = self.events.now
        busy = {THREADS: self.computing / self.site.all_threads / seconds, DRIVER: self.driven / seconds}
        for server, spent in self.events.busy.items():
            name = server.split()[0]
            busy[name] = max(busy.get(name, 0.0), spent / seconds)
        return Spent(seconds, alone, busy)

    def hand_out(self) -> None:
        slots = self.site.slots_a_thread * self.site.all_threads + self.site.more_slots
        while self.waiting and self.running < slots:
            self.running += 1
            size = self.waiting.popleft()
            if self.is_remote:
                self.events.served(
                    SCHEDULER, self.costs.task_scheduled / 2, lambda size=size: self.arrive(size)
                )
            else:
                self.arrive(size)

    def arrive(self, size: int) -> None:
        self.queued.append(size)
        self.begin()

    def begin(self) -> None:
        while self.queued and self.free:
            machine, size = self.free.popleft(), self.queued.popleft()
            self.compute(machine, size, size, self.events.now)

    def compute(self, machine: int, size: int, left: int, begun: float) -> None:
        """Compute the next piece: a call of the kernel, then its tables."""
        piece = min(left, max(CRISES_A_CALL, -(-size // MOST_PIECES)))
        held = self.costs.crisis_held * piece + (self.costs.chunk_held if piece == left else 0.0)

        def tables() -> None:
            self.events.served(f"{INTERPRETER} {machine}", held, go_on)

        def go_on() -> None:
            if left > piece:
                self.compute(machine, size, left - piece, begun)
                return
            self.computing += self.events.now - begun
            self.free.append(machine)
            self.begin()
            self.ended.append(size)
            if not self.driver_is_busy:
                self.keep(len(self.ended))

        self.events.after(self.costs.crisis * piece, tables)

    def keep(self, count: int) -> None:
        """Let the driver keep this many chunks that have come, then hand out others."""
        self.driver_is_busy = True
        size, begun = self.ended.popleft(), self.events.now
        weight = self.costs.bytes(size)
        written = self.costs.chunk_written + self.costs.byte_written * weight

        def send() -> None:
            self.events.served(NETWORK, self.costs.byte_sent * weight, drive)

        def drive() -> None:
            driven = self.costs.task_driven + self.costs.byte_driven * weight
            self.events.after(driven + written, kept)

        def kept() -> None:
            self.driven += self.events.now - begun
            self.running -= 1
            if count > 1:
                self.keep(count - 1)
                return
            self.hand_out()
            self.driver_is_busy = False
            if self.ended:
                self.keep(len(self.ended))

        if self.is_remote:
            scheduled = self.costs.task_scheduled / 2 + self.costs.byte_scheduled * weight
            self.events.served(SCHEDULER, scheduled, send)
        else:
            drive()


def sweep(costs: Costs, site: Site, crises: int, size: int) -> Spent:
    """Play a sweep of some crises in chunks of some size."""
    return _Run(costs, site, crises, size).play()
