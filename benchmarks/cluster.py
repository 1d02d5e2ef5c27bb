"""A sweep on 64 cores, and on 16 machines of 64: simulated from costs that are measured here.

Measured: the kernel and the tables of a chunk, what of these holds the interpreter, its bytes, their way to
the disk, and what the scheduler and the driver of a Dask cluster spend on a task and on its bytes. Assumed:
cores that are all as fast as this one, each with a share of memory and caches as here, and a network of 10
Gbit/s. The rules are compiled already, everywhere.
"""

from __future__ import annotations

import math
import shutil
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from benchmarks.queueing import DRIVER, INTERPRETER, NETWORK, SCHEDULER, THREADS, Costs, Site, Spent, sweep
from benchmarks.scaling import chunks, dask_cluster, drained, wait_for_workers
from benchmarks.sweeps import CELLS, experiment
from benchmarks.table import markdown
from benchmarks.turns import in_turns, ratio, seconds_of
from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.experiment import compute as computing
from escalation.experiment.compute import CRISES_A_CALL, compute
from escalation.experiment.design import scenario_of
from escalation.experiment.loaded import load_experiment
from escalation.experiment.plan import CRISES_A_CHUNK, CellRange, Chunk, Plan, plan_of
from escalation.experiment.run import Silent, Sweep, Threads, prepare, warm_up

SIZES = (500, CRISES_A_CHUNK)
"""Crises of the chunks that are measured: what lies between is taken from the line through them."""
SIMULATED_SIZES = (500, 4_000, 16_000, 64_000, 256_000)
CORES, MACHINES = 64, 16
GBIT_PER_SECOND = 10.0
BYTE_SENT = 8.0 / (GBIT_PER_SECOND * 1e9)
CHUNKS_A_THREAD = 10
OF_CLUSTER = ("task_driven", "byte_driven", "task_scheduled", "byte_scheduled", "byte_sent")
SLOW_DISK = 0.03
"""Seconds to flush the files of a chunk to a shared disk, assumed."""
SWEEPS = (100_000, 1_000_000, 10_000_000, 100_000_000)
LOCAL = Site(1, CORES)
REMOTE = Site(MACHINES, CORES, slots_a_thread=2, more_slots=0)


@dataclass(frozen=True)
class Line:
    """What is linear in something: so much in any case, and so much for each."""

    fixed: float
    each: float


def line_through(sizes: Sequence[float], values: Sequence[float]) -> Line:
    """Return the straight line through two points, with nothing below 0."""
    (x1, x2), (y1, y2) = sizes, values
    each = max(0.0, (y2 - y1) / (x2 - x1))
    return Line(max(0.0, y1 - each * x1), each)


def share_held(one: Sequence[float], two: Sequence[float]) -> float:
    """Return the share of a call for which it holds the interpreter, from its seconds in one and two threads.

    Two threads that go through a share f of it one at a time, and through the rest at will, take the time of
    one times (1 + f^2) / 2: a queue with two customers.
    """
    slower = 2.0 * ratio(two, one) - 1.0
    return math.sqrt(min(1.0, max(0.0, slower)))


@dataclass(frozen=True)
class Measured:
    """The costs, with what they rest on."""

    costs: Costs
    held: float
    """Share of the tables' time that holds the interpreter."""
    chunk_mb: float
    """Most memory that a thread takes for a chunk of `CRISES_A_CHUNK`, without the kernel's own."""
    scaling: float
    """Measured: whole chunks in two threads compared with one."""
    predicted: float
    """The same, simulated."""


def chunk_of(crises: int) -> Chunk:
    """Return a chunk of one cell."""
    return Chunk(0, 0, (CellRange(0, 0, crises),))


class Tables:
    """The computation of a chunk from crises that are simulated already."""

    def __init__(self, made: Sweep, crises: int) -> None:
        self.made, self.chunk = made, chunk_of(crises)
        cell = made.cells[0]
        params = pack(scenario_of(made.work.loaded, cell))
        firsts = range(0, crises, CRISES_A_CALL)
        self.kernel = partial(self._simulate, params, cell.seed, firsts, crises)
        self.runs: dict[int, Runs] = dict(zip(firsts, self.kernel(), strict=True))

    @staticmethod
    def _simulate(params: Any, seed: int, firsts: range, crises: int) -> list[Runs]:
        return [simulate(params, seed, first, min(CRISES_A_CALL, crises - first)) for first in firsts]

    def __call__(self) -> dict[str, bytes]:
        """Compute the bytes of the chunk's files."""
        return compute(self.made.work, self.chunk, self.made.cells).parts

    def without_kernel(self) -> Any:
        """Return a context in which `compute` takes the crises that are there."""

        def there(params: Any, seed: int, first: int, count: int, *wanted: bool, **more: Any) -> Runs:
            return self.runs[first]

        return patch.object(computing, "simulate", there)


def measure_threads(made: Sweep, sizes: tuple[int, int], repeats: int) -> tuple[Costs, float, float]:
    """Return the costs of chunks in threads of this process, the share held, and the megabytes of a chunk."""
    tables = [Tables(made, size) for size in sizes]
    kernel = in_turns({str(k): one.kernel for k, one in enumerate(tables)}, repeats, time.thread_time)
    rest: dict[str, list[float]] = {}
    for k, one in enumerate(tables):
        with one.without_kernel():
            one()
            rest |= in_turns({str(k): one}, repeats, time.thread_time)
    large = tables[-1]
    times = max(1, round(0.5 / statistics.median(rest["1"])))

    def repeatedly(threads: int) -> None:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda _: large(), range(2 * times)))

    with large.without_kernel():
        paired = in_turns({"one": partial(repeatedly, 1), "two": partial(repeatedly, 2)}, repeats)
        megabytes = memory_of(large)
    held = share_held(paired["one"], paired["two"])
    by_size = [[statistics.median(found[str(k)]) for k in (0, 1)] for found in (kernel, rest)]
    in_kernel, in_tables = (line_through(sizes, values) for values in by_size)
    parts = [one() for one in tables]
    weights = [sum(map(len, each.values())) for each in parts]
    size_line = line_through(sizes, weights)
    written = line_through(weights, [write_seconds(made, each, repeats) for each in parts])
    costs = Costs(
        crisis=in_kernel.each + (1.0 - held) * in_tables.each,
        crisis_held=held * in_tables.each,
        chunk_held=in_kernel.fixed + in_tables.fixed,
        chunk_written=written.fixed,
        byte_written=written.each,
        chunk_bytes=size_line.fixed,
        crisis_bytes=size_line.each,
    )
    return costs, held, megabytes


def memory_of(call: Callable[[], object]) -> float:
    """Return the most memory, in megabytes, that a call takes of Python's and Arrow's."""
    pool = pa.default_memory_pool()
    before = pool.max_memory()
    tracemalloc.start()
    try:
        call()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return (peak + max(0, pool.max_memory() - before)) / 1e6


def write_seconds(made: Sweep, parts: dict[str, bytes], repeats: int) -> float:
    """Return the seconds, of the wall, in which the driver brings the files of a chunk to the disk."""
    store, number = made.store, 4 * repeats
    for table in parts:
        (store.folder / table).mkdir(parents=True, exist_ok=True)
    written = [seconds_of(partial(store.write, replace(chunk_of(1), block=k), parts)) for k in range(number)]
    shutil.rmtree(store.folder)
    return statistics.median(written)


def two_threads(made: Sweep, costs: Costs, count: int, repeats: int) -> tuple[float, float]:
    """Return how much faster two threads compute chunks than one: measured, and simulated."""
    wanted = chunks(count, CRISES_A_CHUNK)

    def by(threads: int) -> None:
        with Threads(made.work, made.cells, threads) as pool:
            drained(pool, wanted)

    seconds = in_turns({"one": partial(by, 1), "two": partial(by, 2)}, repeats)
    unwritten = replace(costs, chunk_written=0.0, byte_written=0.0)
    one, two = (
        sweep(unwritten, Site(1, threads), count * CRISES_A_CHUNK, CRISES_A_CHUNK) for threads in (1, 2)
    )
    return ratio(seconds["one"], seconds["two"]), one.seconds / two.seconds


def measure_dask(costs: Costs, counts: tuple[int, int], crises: tuple[int, int]) -> Costs:
    """Return the costs with those of a Dask cluster: processor time of scheduler and driver.

    For each task and byte, by two sizes of chunks of a sweep that keeps acts, whose files are large.
    """
    from distributed import Client

    from escalation.experiment.remote import Cluster

    make: Any = Client  # which has no types
    spent, weights = [], []
    with tempfile.TemporaryDirectory() as name, dask_cluster() as address:
        made = prepare(load_experiment(experiment(CELLS, keep=["acts"])), Path(name) / "out")
        wait_for_workers(address)
        client = make(address, set_as_default=False)

        def read() -> NDArray[np.float64]:
            clocks = client.run_on_scheduler(time.process_time), time.process_time(), time.perf_counter()
            return np.array(clocks)

        with Cluster(address, made.work, made.cells, Silent()) as pool:
            drained(pool, chunks(4, 1))  # the workers load the rules
            before = read()
            time.sleep(1.0)
            idle = read() - before
            for count, size in zip(counts, crises, strict=True):
                before = read()
                parts = drained(pool, chunks(count, size))
                taken = read() - before
                spent.append(((taken - taken[2] / idle[2] * idle) / count).tolist())
                weights.append(sum(len(part) for each in parts.values() for part in each.values()) / count)
        client.close()
    by_scheduler, by_driver = (line_through(weights, [each[k] for each in spent]) for k in (0, 1))
    return replace(
        costs,
        task_driven=by_driver.fixed,
        byte_driven=by_driver.each,
        task_scheduled=by_scheduler.fixed,
        byte_scheduled=by_scheduler.each,
        byte_sent=BYTE_SENT,
    )


def measured(
    sizes: tuple[int, int] = SIZES,
    count: int = 8,
    tasks: tuple[int, int] = (300, 40),
    crises_a_task: tuple[int, int] = (1, 2_000),
    repeats: int = 5,
) -> Measured:
    """Measure the costs here; those of Dask are 0 where it is not installed."""
    with tempfile.TemporaryDirectory() as name:
        made = prepare(load_experiment(experiment(CELLS)), Path(name) / "out")
        warm_up(made)
        costs, held, megabytes = measure_threads(made, sizes, repeats)
        scaling, predicted = two_threads(made, costs, count, max(1, repeats // 2))
        if find_spec("distributed") is not None:
            costs = measure_dask(costs, tasks, crises_a_task)
    return Measured(costs, held, megabytes, scaling, predicted)


def report(found: Measured | None = None, chunks_a_thread: int = CHUNKS_A_THREAD) -> Iterator[str]:
    """Yield the report: the costs, then sweeps on 64 cores and on 16 machines of 64 by size of chunk."""
    found = measured() if found is None else found
    costs = found.costs
    local = replace(costs, **dict.fromkeys(OF_CLUSTER, 0.0))
    yield from markdown(("measured here", "for each crisis", "for each chunk", "for each MB"), _costs(found))
    yield ""
    yield (
        f"A chunk of {CRISES_A_CHUNK:,} crises takes {costs.computed(CRISES_A_CHUNK):.2f} s of a thread,"
        f" {costs.bytes(CRISES_A_CHUNK) / 1e3:,.0f} kB of files and {found.chunk_mb:.0f} MB of memory for its"
        f" tables, {found.held:.0%} of whose time holds the interpreter. Two threads compute chunks"
        f" {found.scaling:.2f} times as fast as one; simulated: {found.predicted:.2f}."
    )
    slow = replace(local, chunk_written=SLOW_DISK)
    yield ""
    yield f"One machine of {CORES} cores, {chunks_a_thread} chunks per thread:"
    yield ""
    ways = {
        "disk as here": (local, LOCAL),
        f"disk of {1e3 * SLOW_DISK:.0f} ms": (slow, LOCAL),
    }
    yield from _by_size(ways, chunks_a_thread)
    if costs.task_scheduled > 0.0:
        yield ""
        yield (
            f"A Dask cluster of {MACHINES} machines of {CORES} cores, {GBIT_PER_SECOND:.0f} Gbit/s,"
            f" {chunks_a_thread} chunks per thread:"
        )
        yield ""
        yield from _by_size({"results through the scheduler": (costs, REMOTE)}, chunks_a_thread)
    yield ""
    yield from _full_at(local, costs)
    yield ""
    yield from _by_sweep(local, costs)


def _full_at(local: Costs, costs: Costs) -> Iterator[str]:
    """Yield at how many threads each thing that there is once is busy all the time: what must come first."""
    columns = ["crises per chunk", "interpreter of one process", "driver"]
    if costs.task_scheduled > 0.0:
        columns += ["driver of a cluster", "scheduler", "network"]
    rows = []
    for size in SIMULATED_SIZES:
        computed, weight = costs.computed(size), costs.bytes(size)
        spent = [costs.held(size), local.kept(size)]
        if costs.task_scheduled > 0.0:
            scheduled = costs.task_scheduled + costs.byte_scheduled * weight
            spent += [costs.kept(size), scheduled, costs.byte_sent * weight]
        rows.append((f"{size:,}", *(f"{computed / one:,.0f}" for one in spent)))
    yield (
        "Threads at which each of these is busy all the time: the seconds in which a thread computes a chunk,"
        " divided by those for which the chunk keeps it busy."
    )
    yield ""
    yield from markdown(columns, rows)


def _costs(found: Measured) -> list[tuple[str, ...]]:
    costs = found.costs
    rows = [
        ("computing, without the interpreter", f"{1e6 * costs.crisis:.1f} us", "", ""),
        (
            "computing, holding the interpreter",
            f"{1e6 * costs.crisis_held:.2f} us",
            f"{1e3 * costs.chunk_held:.1f} ms",
            "",
        ),
        ("bytes", f"{costs.crisis_bytes:.1f}", f"{costs.chunk_bytes:,.0f}", ""),
        ("driver, writing", "", f"{1e3 * costs.chunk_written:.1f} ms", f"{1e9 * costs.byte_written:.2f} ms"),
    ]
    if costs.task_scheduled > 0.0:
        rows += [
            ("driver, Dask", "", f"{1e3 * costs.task_driven:.2f} ms", f"{1e9 * costs.byte_driven:.2f} ms"),
            ("scheduler", "", f"{1e3 * costs.task_scheduled:.2f} ms", f"{1e9 * costs.byte_scheduled:.2f} ms"),
            (f"network ({GBIT_PER_SECOND:.0f} Gbit/s, assumed)", "", "", f"{1e9 * costs.byte_sent:.2f} ms"),
        ]
    return rows


def _by_size(ways: dict[str, tuple[Costs, Site]], chunks_a_thread: int) -> Iterator[str]:
    servers = [THREADS, INTERPRETER, DRIVER]
    if any(costs.task_scheduled > 0.0 for costs, _ in ways.values()):
        servers += [SCHEDULER, NETWORK]
    rows = []
    for name, (costs, site) in ways.items():
        for size in SIMULATED_SIZES:
            spent = sweep(costs, site, size * site.all_threads * chunks_a_thread, size)
            rows.append((name, f"{size:,}", f"{spent.speed_up:,.0f}", *_shares(spent, servers)))
    yield from markdown(
        ("how", "crises per chunk", "x 1 thread", *(f"{name} busy" for name in servers)), rows
    )


def _shares(spent: Spent, servers: Sequence[str]) -> Iterator[str]:
    for name in servers:
        yield f"{spent.busy.get(name, 0.0):.0%}"


def _by_sweep(local: Costs, costs: Costs) -> Iterator[str]:
    """Yield what the present plan makes of sweeps of four design points."""
    sites = {f"{CORES} cores": (local, LOCAL)}
    if costs.task_scheduled > 0.0:
        sites[f"{MACHINES} x {CORES}"] = (costs, REMOTE)
    rows = []
    for crises in SWEEPS:
        plan: Plan = plan_of(CELLS, crises // CELLS)
        size = plan.replications_a_round * plan.cells_a_block
        cells = [f"{crises:,}", f"{size:,}", f"{-(-crises // size):,}"]
        for given, site in sites.values():
            spent = sweep(given, site, crises, size)
            cells += [f"{spent.seconds:,.1f}", f"{spent.speed_up:,.0f}"]
        rows.append(tuple(cells))
    heads = [f"{what}, {name}" for name in sites for what in ("s", "x 1 thread")]
    yield from markdown(("crises", "per chunk, as planned", "chunks", *heads), rows)
    yield ""
    yield (
        "Without compiling, loading and the report. The driver keeps one chunk after the other, and hands out"
        " others once it has kept all that have come: chunks that end together are begun together again. A"
        " chunk's size is set by CRISES_A_CHUNK and CHUNKS_WANTED in escalation/experiment/plan.py."
    )
