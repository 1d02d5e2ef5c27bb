"""Run a sweep: prepare it, estimate it, hand out the missing chunks, keep each as it comes, stop cleanly.

Whoever computes (threads here, a cluster in `escalation.experiment.remote`) only computes. One
process, this one, decides what comes next and writes.
"""

from __future__ import annotations

import csv
import heapq
import io
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.compute import Computed, Heard, Work, compute
from escalation.experiment.design import Cell, Loaded, design_of, twins_of
from escalation.experiment.manifest import manifest_of
from escalation.experiment.plan import (
    WHOLE,
    CellRange,
    Chunk,
    Plan,
    Precision,
    RunningCount,
    Shard,
    counted,
    plan_of,
)
from escalation.experiment.spec import Level
from escalation.experiment.store import GROWING, MANIFEST, Stock, Store
from escalation.files.brief import Brief
from escalation.measures.columns import layout_of
from escalation.vocabulary import OUTCOMES

_TICK = 0.2  # seconds between two looks at the progress


class Pool(Protocol):
    """Computes chunks."""

    @property
    def slots(self) -> int:
        """Return how many chunks to hand out at a time."""

    def submit(self, chunk: Chunk) -> None:
        """Take a chunk to compute."""

    def finished(self, seconds: float) -> list[tuple[Chunk, Computed]]:
        """Wait at most so long; return what is computed since, or raise what went wrong."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *error: object) -> None:
        """Drop what is not computed yet."""


class Listener(Protocol):
    """Receives the progress of a sweep."""

    def begin(self, most: int, is_limit: bool, outcomes: NDArray[np.int64]) -> None:
        """Receive the number of crises (with a stopping rule, at most), and the outcomes of those present."""

    def heard(self, outcomes: NDArray[np.int64]) -> None:
        """Receive the outcomes of more crises; may be called by any thread."""

    def spared(self, crises: int) -> None:
        """Receive the number of crises that are not needed, since a cell is precise enough."""

    def tick(self) -> None:
        """Redraw, if it is time."""

    def end(self) -> None:
        """Finish, leaving the terminal in order."""


class Silent:
    """A listener that does nothing."""

    def begin(self, most: int, is_limit: bool, outcomes: NDArray[np.int64]) -> None:
        """Do nothing."""

    def heard(self, outcomes: NDArray[np.int64]) -> None:
        """Do nothing."""

    def spared(self, crises: int) -> None:
        """Do nothing."""

    def tick(self) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""


@dataclass
class Survey:
    """Which parts of a sweep, or of a shard of it, are complete and which are missing."""

    plan: Plan
    shard: Shard
    precision: Precision
    missing: list[Chunk] = field(default_factory=list)
    """The chunks that can be computed now; with a stopping rule others may follow them."""
    outcomes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(OUTCOMES), np.int64))
    """Outcomes of the crises already computed."""
    chunks: int = 0
    """How many chunks are complete."""
    spared: int = 0
    """Crises that the stopping rule found needless."""

    @property
    def is_complete(self) -> bool:
        """Return whether nothing is missing."""
        return not self.missing

    @property
    def crises(self) -> int:
        """Return the number of crises already computed."""
        return int(self.outcomes.sum())

    @property
    def crises_wanted(self) -> int:
        """Return the number of crises of the sweep, with a stopping rule the highest possible."""
        return self.plan.crises(self.shard) - self.spared

    def add(self, chunk: Chunk, tally: RunningCount) -> Chunk | None:
        """Count a chunk that is complete; return the one that can come now, if any."""
        self.precision.add(tally)
        self.outcomes = self.outcomes + tally.outcomes
        self.chunks += 1
        following = self.plan.after(chunk, self.precision)
        if self.plan.stops:
            going_on = len(following.tasks) if following else 0
            last = chunk.tasks[0]
            left = self.plan.replications - last.first - last.count
            self.spared += (len(chunk.tasks) - going_on) * left
        return following


def survey(store: Store, work: Work, shard: Shard = WHOLE) -> Survey:
    """Survey the folder, reading every part once; damaged ones count as missing and are noted."""
    plan, until = store.manifest.plan, work.loaded.spec.until
    found = Survey(plan, shard, Precision(until))
    for first in plan.ready(shard):
        chunk: Chunk | None = first
        while chunk is not None:
            runs = store.completed(chunk)
            if runs is None:
                found.missing.append(chunk)
                break
            chunk = found.add(chunk, counted(runs, until, store.manifest.layout.measures))
    return found


def _turn(chunk: Chunk) -> tuple[int, int]:
    """Return when a chunk has its turn: round by round, so that all cells get their replications evenly."""
    return chunk.round, chunk.block


def fill(found: Survey, store: Store, pool: Pool, listener: Listener) -> None:
    """Compute what is missing and keep it, chunk by chunk.

    Whatever ends this early (an interrupt, a full disk, a cell that fails), the chunks that were
    complete stay, and the same call goes on from them.
    """
    listener.begin(found.crises_wanted, found.plan.stops, found.outcomes)
    waiting, running = [(_turn(chunk), chunk) for chunk in found.missing], 0
    heapq.heapify(waiting)
    found.missing = []
    handed: dict[str, Chunk] = {}
    try:
        while waiting or running:
            while waiting and running < pool.slots:
                _, chunk = heapq.heappop(waiting)
                handed[chunk.name] = chunk
                pool.submit(chunk)
                running += 1
            for chunk, computed in pool.finished(_TICK):
                running -= 1
                store.write(chunk, computed.parts)
                del handed[chunk.name]
                spared = found.spared
                following = found.add(chunk, computed.tally)
                if found.spared > spared:
                    listener.spared(found.spared - spared)
                if following is not None:
                    heapq.heappush(waiting, (_turn(following), following))
            listener.tick()
    finally:
        found.missing = [*handed.values(), *(chunk for _, chunk in sorted(waiting))]
        listener.end()


class Threads:
    """Computes chunks in threads of this process: the kernel releases the interpreter lock."""

    def __init__(
        self,
        work: Work,
        cells: Mapping[int, Cell],
        workers: int | None = None,
        heard: Heard | None = None,
    ) -> None:
        self.work = work
        self.cells = cells
        self.workers = workers or available_cores()
        self.heard = heard
        self._goes_on = threading.Event()
        self._running: dict[Future[Computed], Chunk] = {}
        self._executor: ThreadPoolExecutor | None = None

    @property
    def slots(self) -> int:
        """Return how many chunks to hand out at a time: one more than is computed, to leave no gap."""
        return self.workers + 1

    def __enter__(self) -> Self:
        """Start the threads."""
        self._goes_on.set()
        self._executor = ThreadPoolExecutor(self.workers, thread_name_prefix="crises")
        return self

    def submit(self, chunk: Chunk) -> None:
        """Take a chunk to compute."""
        assert self._executor is not None
        future = self._executor.submit(
            compute, self.work, chunk, self.cells, self.heard, self._goes_on.is_set
        )
        self._running[future] = chunk

    def finished(self, seconds: float) -> list[tuple[Chunk, Computed]]:
        """Wait at most so long; return what is computed since, or raise what went wrong."""
        done, _ = wait(self._running, seconds, FIRST_COMPLETED)
        computed: list[tuple[Chunk, Computed]] = []
        # In the order of handing out, so that a cell that fails is the same one every time.
        for future in [future for future in self._running if future in done]:
            if computed and future.exception() is not None:
                break  # raised by the next call, once the others are kept
            computed.append((self._running.pop(future), future.result()))
        return computed

    def __exit__(self, *error: object) -> None:
        """Stop the threads; those at work leave within some tenths of a second."""
        self._goes_on.clear()
        assert self._executor is not None
        self._executor.shutdown(wait=True, cancel_futures=True)


def available_cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, repr=False)
class Sweep(Brief):
    """An experiment made ready: its work, its cells, and the folder of its results."""

    work: Work
    cells: Mapping[int, Cell]
    store: Store
    cells_table: str
    """The text of cells.csv."""
    home: Store | None = None
    """The folder of fewer replications that this one is to take the place of, when it is complete."""

    @property
    def folder(self) -> Path:
        """Return the folder of the results."""
        return (self.home or self.store).folder


def warm_up(sweep: Sweep) -> Computed:
    """Compute one crisis, so that the rules are compiled before threads want them all at once."""
    first = next(iter(sweep.cells))
    return compute(sweep.work, Chunk(0, 0, (CellRange(first, 0, 1),)), sweep.cells)


def run(
    sweep: Sweep,
    found: Survey,
    listener: Listener,
    pool: Callable[[], Pool],
    before: Iterable[Callable[[], object]] = (),
) -> None:
    """Compute what is missing of a sweep and keep it.

    Parameters
    ----------
    sweep, found
        The sweep, and what `survey` found of it; updated as parts are added.
    pool
        Makes the pool, once the folder is locked.
    before
        Called once the folder is locked, before anything is computed.
    """
    home = sweep.home
    if found.is_complete and found.shard == WHOLE:
        sweep.store.manifest = replace(sweep.store.manifest, missed=found.precision.missed())
    if home is None and found.is_complete and sweep.store.is_current(sweep.cells_table):
        return
    with sweep.store.writing(sweep.cells_table):
        if not found.is_complete:
            for step in before:
                step()
            with pool() as workers:
                fill(found, sweep.store, workers, listener)
        if found.shard == WHOLE:
            sweep.store.note_precision(found.precision.missed())
    if home is not None:
        home.take(sweep.store)


RESULTS = Path("results")


def prepare(loaded: Loaded, folder: Path | None = None, replications: int | None = None) -> Sweep:
    """Make an experiment ready to run.

    Parameters
    ----------
    loaded
        As `load_experiment` returns it.
    folder
        Where the results go; by default `results/<name of the experiment>`.
    replications
        In place of the experiment's own.
    """
    if replications is not None:
        loaded = replace(loaded, spec=loaded.spec.model_copy(update={"replications": replications}))
    design = design_of(loaded)
    spec = loaded.spec
    at_most = None if spec.until is None else spec.until.at_most
    plan = plan_of(len(design.cells), spec.replications, at_most)
    layout = layout_of(loaded.scenarios(), "acts" in spec.keep, spec.own)
    table = cells_csv(design.cells, tuple(spec.varied))
    manifest = manifest_of(loaded, plan, layout, table)
    store = Store(folder or RESULTS / spec.name, manifest)
    cells = {cell.number: cell for cell in design.cells}
    work = Work(loaded, layout, manifest.hash, twins=twins_of(loaded, design.cells))
    return Sweep(work, cells, store, table)


def checked(sweep: Sweep) -> Sweep:
    """Return the sweep as it can go into its folder, which it extends if that has fewer replications.

    Raises
    ------
    StoreError
        If the folder holds something else.
    """
    grown = sweep.store.grown()
    if grown is None:
        sweep.store.check()
        return sweep
    grown.check()
    begun = [path for path in sweep.folder.glob(f"{GROWING}*") if path != grown.folder]
    stock = Stock([sweep.folder, *(path for path in begun if (path / MANIFEST).exists())])
    return replace(sweep, work=replace(sweep.work, stock=stock), store=grown, home=sweep.store)


def cells_csv(cells: Sequence[Cell], factors: Sequence[str]) -> str:
    """Return the table of design points as the text of its file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["cell", "role", *factors, "seed"])
    for cell in cells:
        levels = [level_text(cell.levels[name]) for name in factors]
        writer.writerow([cell.number, cell.role, *levels, cell.seed])
    return text.getvalue()


def level_text(level: Level) -> str:
    """Return a level as tables write it; it can be read back exactly."""
    if isinstance(level, bool):
        return "true" if level else "false"
    return repr(level) if isinstance(level, float) else str(level)


CRISES_TRIED = 300  # per cell
CELLS_TRIED = 12, 150  # at least, and at most where a cell has few crises


def sample(sweep: Sweep, folder: Path) -> Sweep:
    """Return a small sweep in another folder: the baseline and some cells of one, with a few crises each."""
    cells = list(sweep.cells.values())
    count = min(sweep.store.manifest.plan.replications_a_round, CRISES_TRIED)
    fewest, most = CELLS_TRIED
    step = -(-len(cells) // min(max(fewest, fewest * CRISES_TRIED // count), most))
    chosen = {cell.number: cell for cell in cells if cell.role == "baseline"}
    chosen |= {cell.number: cell for cell in cells[::step]}
    few = {number: replace(cell, number=number) for number, cell in enumerate(chosen.values())}
    loaded = sweep.work.loaded
    table = cells_csv(list(few.values()), tuple(loaded.spec.varied))
    plan = plan_of(len(few), count)
    manifest = manifest_of(loaded, plan, sweep.work.layout, table)
    return Sweep(Work(loaded, sweep.work.layout, manifest.hash), few, Store(folder, manifest), table)


@dataclass(frozen=True)
class Estimate:
    """Time and size of a sweep; upper bounds with a stopping rule."""

    crises: int
    seconds: float
    bytes: int
    figures: int = 0


def estimate(sweep: Sweep, workers: int | None = None, shard: Shard = WHOLE) -> Estimate:
    """Estimate time and size from a few crises of the first, the middle and the last cell."""
    least = warm_up(sweep).parts
    plan = sweep.store.manifest.plan
    numbers = list(sweep.cells)
    tried = [numbers[0], numbers[len(numbers) // 2], numbers[-1]]
    count = min(plan.replications_a_round, CRISES_TRIED)
    chunk = Chunk(0, 0, tuple(CellRange(cell, 0, count) for cell in dict.fromkeys(tried)))
    start = time.perf_counter()
    computed = compute(sweep.work, chunk, sweep.cells)
    seconds = time.perf_counter() - start
    threads = min(workers or available_cores(), available_cores())
    crises = plan.crises(shard)
    share = crises / plan.most_crises
    # A file has a size of its own; days take room for each cell and round, the rest for each crisis.
    room = share * plan.blocks * plan.rounds * sum(map(len, least.values()))
    for name, part in computed.parts.items():
        more = max(0, len(part) - len(least[name]))
        if name == "days":
            room += more / len(chunk.tasks) * plan.cells * plan.rounds * share
        else:
            room += more / chunk.crises * crises
    return Estimate(crises, seconds / chunk.crises * crises / threads, round(room))
