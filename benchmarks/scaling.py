"""The gain from a second thread, and the cost of computing on a Dask cluster instead."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.batch import CRISES_A_CALL, played, scenario_60
from benchmarks.sweeps import CELLS, experiment
from benchmarks.table import markdown
from benchmarks.turns import in_turns, ratio, verdict
from escalation.engine.pack import pack
from escalation.experiment.loaded import load_experiment
from escalation.experiment.plan import CRISES_A_CHUNK, CellRange, Chunk
from escalation.experiment.run import Pool, Silent, Sweep, Threads, available_cores, prepare, warm_up

ROOT = Path(__file__).parent.parent
THREADS, DASK = 2, "Dask, 2 workers"
LEAST_SCALING, MOST_OVERHEAD = 1.85, 0.15
SECONDS_TO_START = 60


def chunks(count: int, crises: int) -> list[Chunk]:
    """Return chunks of one cell each, with a given number of crises."""
    return [
        Chunk(number, 0, (CellRange(number % CELLS, number // CELLS * crises, crises),))
        for number in range(count)
    ]


def drained(pool: Pool, wanted: list[Chunk]) -> dict[str, dict[str, bytes]]:
    """Have a pool compute chunks as a sweep does; return the bytes of their parts."""
    waiting, parts = list(reversed(wanted)), {}
    running = 0
    while waiting or running:
        while waiting and running < pool.slots:
            pool.submit(waiting.pop())
            running += 1
        for chunk, computed in pool.finished(0.2):
            running -= 1
            parts[chunk.name] = computed.parts
    return parts


@contextmanager
def _process(module: str, *arguments: str, folder: Path) -> Iterator[None]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with (folder / "log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], env=environment, cwd=folder, stdout=log, stderr=log
        )
    try:
        yield
    finally:
        running.kill()
        running.wait()


@contextmanager
def dask_cluster(workers: int = THREADS) -> Iterator[str]:
    """Start a scheduler and workers of one thread, each a process of its own; give their address."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        said = folder / "scheduler.json"
        arguments = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(said)]
        stack.enter_context(_process("distributed.cli.dask_scheduler", *arguments, folder=folder))
        end = time.monotonic() + SECONDS_TO_START
        while not said.exists():
            if time.monotonic() > end:
                raise TimeoutError((folder / "log").read_text(encoding="utf-8"))
            time.sleep(0.05)
        arguments = ["--scheduler-file", str(said), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        for _ in range(workers):
            stack.enter_context(_process("distributed.cli.dask_worker", *arguments, folder=folder))
        yield json.loads(said.read_text(encoding="utf-8"))["address"]


def wait_for_workers(address: str, workers: int = THREADS) -> None:
    """Wait until all workers have come."""
    from distributed import Client

    make: Any = Client  # which has no types
    client = make(address, set_as_default=False)
    client.wait_for_workers(workers, timeout=SECONDS_TO_START)
    client.close()


def report(
    crises: int = 40_000, count: int = 8, crises_a_chunk: int = CRISES_A_CHUNK, repeats: int = 3
) -> Iterator[str]:
    """Yield the report: the kernel and whole chunks by threads, then chunks by Dask."""
    if available_cores() < THREADS:
        yield f"There are fewer than {THREADS} cores, so that none of this can be met."
        yield ""
    loaded = load_experiment(experiment(CELLS))
    made, wanted = prepare(loaded), chunks(count, crises_a_chunk)
    warm_up(made)
    params = pack(scenario_60())
    a_call = min(CRISES_A_CALL, -(-crises // THREADS))
    kernel = in_turns(
        {
            "1 thread": lambda: played(params, crises, 1, a_call),
            "2 threads": lambda: played(params, crises, THREADS, a_call),
        },
        repeats,
    )

    def by_threads(threads: int) -> dict[str, dict[str, bytes]]:
        with Threads(made.work, made.cells, threads) as pool:
            return drained(pool, wanted)

    calls: dict[str, Callable[[], object]] = {
        "1 thread": lambda: by_threads(1),
        "2 threads": lambda: by_threads(THREADS),
    }
    if find_spec("distributed") is None:
        whole = in_turns(calls, repeats)
    else:
        with dask_cluster() as address:
            _ready(address, made, wanted, by_threads(THREADS))
            calls[DASK] = lambda: _by_dask(address, made, wanted)
            whole = in_turns(calls, repeats)
    tables = {"simulate": (kernel, crises), "chunks": (whole, count * crises_a_chunk)}
    rows = []
    for name, (seconds, total) in tables.items():
        for by, values in seconds.items():
            middle, times = statistics.median(values), ratio(seconds["1 thread"], values)
            rows.append((name, by, f"{middle:.2f}", f"{total / middle:,.0f}", f"{times:.2f}"))
    yield from markdown(("computed", "by", "s", "crises per second", "x 1 thread"), rows)
    yield ""
    yield (
        f"`simulate`: {crises:,} crises, results in memory. `chunks`: {count} chunks of {crises_a_chunk:,}"
        f" crises to the bytes of their files, not written. Medians of {repeats} turns."
    )
    for name, (seconds, _) in tables.items():
        times = ratio(seconds["1 thread"], seconds["2 threads"])
        yield (
            f"Two threads against one, {name}: {times:.2f}"
            f" (at least {LEAST_SCALING}: {verdict(times >= LEAST_SCALING)})."
        )
    if DASK not in whole:
        yield "Dask: skipped, `distributed` is not installed."
        return
    overhead = ratio(whole[DASK], whole["2 threads"]) - 1
    yield (
        f"Dask, two workers of a thread, against two threads: {overhead:+.1%}"
        f" (under {MOST_OVERHEAD:.0%}: {verdict(overhead < MOST_OVERHEAD)}), connecting included; the same"
        " bytes (checked)."
    )


def _ready(address: str, made: Sweep, wanted: list[Chunk], expected: dict[str, dict[str, bytes]]) -> None:
    """Have the workers load the rules, and check that they compute the same."""
    wait_for_workers(address)
    assert _by_dask(address, made, wanted) == expected, "Dask computes other bytes"


def _by_dask(address: str, made: Sweep, wanted: list[Chunk]) -> dict[str, dict[str, bytes]]:
    from escalation.experiment.remote import Cluster

    with Cluster(address, made.work, made.cells, Silent()) as pool:
        return drained(pool, wanted)
