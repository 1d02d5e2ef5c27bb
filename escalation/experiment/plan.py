"""How a sweep is cut into chunks: by the experiment alone, whoever computes them.

A block is a run of consecutive cells, a round a range of their replications, and a chunk one block in
one round: the unit of computation, written as one part. The cut depends on the numbers of cells
and replications and on nothing else, so that the parts are the same whoever computes them, in
whatever order, in one folder or in several.

All blocks get their first round, then all their second, and so on: a sweep that is cut short has spread
its replications evenly over its cells, which differ by one round at most.

With a stopping rule a block's next round holds those of its cells that are not precise yet; the running
count by which that is decided is kept here too.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.spec import Until
from escalation.measures.columns import ColumnArrays
from escalation.measures.measures import Measures
from escalation.stats.intervals import wilson_half
from escalation.vocabulary import OUTCOMES

FEWEST_A_CHUNK = 500
CRISES_A_CHUNK = 2**5 * FEWEST_A_CHUNK  # seconds of work: a kill loses little, and writing takes little of it
CHUNKS_WANTED = 32  # of a small sweep, so that every worker is busy
ROUNDS_WANTED = 4
"""So that an interrupted sweep is even to within a quarter of its replications."""
CELLS_KEPT = 1_000
"""Cells kept prepared from round to round, at 20 to 200 kB each; others are prepared again."""
FEWEST_A_ROUND, FEWEST_OF_MANY = 25, 50
"""Replications of a cell in a round, with at most `CELLS_KEPT` cells and with more: a round costs each cell
as much as some six crises, and to prepare it again as much as another six."""


@dataclass(frozen=True)
class CellRange:
    """Consecutive replications of one cell."""

    cell: int
    first: int
    count: int


@dataclass(frozen=True)
class Chunk:
    """The unit of computation, kept as one part."""

    block: int
    round: int
    tasks: tuple[CellRange, ...]

    @property
    def name(self) -> str:
        """Return the name under which the part is kept."""
        return f"{self.block:05d}-{self.round:05d}"

    @property
    def crises(self) -> int:
        """Return the number of crises in it."""
        return sum(task.count for task in self.tasks)


def place_of(name: str) -> tuple[int, int] | None:
    """Return block and round of a part's file name, None if it is not of that form."""
    found = re.fullmatch(r"part-([0-9]{5,9})-([0-9]{5,9})\.parquet", name)
    if found is None:
        return None
    place = int(found[1]), int(found[2])
    return place if name == "part-{:05d}-{:05d}.parquet".format(*place) else None


@dataclass(frozen=True)
class Shard:
    """One of several equal shares of a sweep: number `index` (from 1) of `of`."""

    index: int = 1
    of: int = 1


WHOLE = Shard()


@dataclass(frozen=True)
class Plan:
    """The cut of a sweep: how many cells make a block, how many replications a round."""

    cells: int
    replications: int
    """Of each cell; with a stopping rule the most that a cell may get."""
    cells_a_block: int
    replications_a_round: int
    stops: bool
    """Whether a stopping rule decides after each round which cells go on."""

    @property
    def blocks(self) -> int:
        """Return the number of blocks."""
        return -(-self.cells // self.cells_a_block)

    @property
    def rounds(self) -> int:
        """Return the number of rounds, with a stopping rule the highest."""
        return -(-self.replications // self.replications_a_round)

    @property
    def most_crises(self) -> int:
        """Return the number of crises, with a stopping rule the highest."""
        return self.cells * self.replications

    def crises(self, shard: Shard = WHOLE) -> int:
        """Return the number of crises of a shard, with a stopping rule the highest."""
        if shard.of == 1:
            return self.most_crises
        if self.stops:
            blocks = range(shard.index - 1, self.blocks, shard.of)
            return sum(len(self._cells(block)) for block in blocks) * self.replications
        return sum(chunk.crises for chunk in self.ready(shard))

    def has(self, block: int, number: int) -> bool:
        """Return whether the plan has such a chunk."""
        return 0 <= block < self.blocks and 0 <= number < self.rounds

    def tree(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return asdict(self)

    def _cells(self, block: int) -> range:
        first = block * self.cells_a_block
        return range(first, min(first + self.cells_a_block, self.cells))

    def _chunk(self, block: int, number: int, cells: range | list[int]) -> Chunk:
        first = number * self.replications_a_round
        count = min(self.replications_a_round, self.replications - first)
        return Chunk(block, number, tuple(CellRange(cell, first, count) for cell in cells))

    def ready(self, shard: Shard = WHOLE) -> Iterator[Chunk]:
        """Yield, round by round, the chunks of a shard that wait for no other: with a stopping rule, round 0.

        A shard is a stretch of this order, with an equal share of the crises: as long as there are no more
        shards than rounds, it has all cells, evenly, and the baseline in the same replications as the
        others. With a stopping rule it is every n-th block, since what a block needs next depends on all
        of its rounds.
        """
        for round_ in range(1 if self.stops else self.rounds):
            for block in range(self.blocks):
                chunk = self._chunk(block, round_, self._cells(block))
                if self._share_with(chunk, shard.of) == shard.index - 1:
                    yield chunk

    def _share_with(self, chunk: Chunk, shares: int) -> int:
        """Return in which of so many shares a chunk is, counted from 0."""
        if self.stops:
            return chunk.block % shares
        task = chunk.tasks[0]
        before = self.cells * task.first + task.cell * task.count
        return before * shares // self.most_crises

    def after(self, chunk: Chunk, precise: Container[int]) -> Chunk | None:
        """Return the chunk that can follow a completed one, or None if the block is done.

        Parameters
        ----------
        chunk
            The one just computed, like all earlier rounds of its block.
        precise
            The cells that need no more replications.
        """
        if not self.stops or chunk.round + 1 >= self.rounds:
            return None
        cells = [task.cell for task in chunk.tasks if task.cell not in precise]
        return self._chunk(chunk.block, chunk.round + 1, cells) if cells else None


def plan_of(cells: int, replications: int, at_most: int | None = None) -> Plan:
    """Cut a sweep into chunks.

    There are four to eight rounds, more where a single cell fills a chunk, and fewer where rounds would be
    so short that preparing the cells takes longer than simulating them. The size of a round is a power of
    two times the smallest, or the replications where they are fewer. So a sweep of more replications has
    rounds that hold whole rounds of this one, and can take them over.

    Parameters
    ----------
    cells
        Number of design points.
    replications
        Crises of each cell; with a stopping rule, of each cell in each round.
    at_most
        With a stopping rule, the most crises that a cell may get.
    """
    even = min(max(cells * replications // CHUNKS_WANTED, FEWEST_A_CHUNK), CRISES_A_CHUNK)
    if at_most is not None:
        cells_a_block = min(max(even // replications, 1), cells)
        return Plan(cells, at_most, cells_a_block, min(replications, at_most), stops=True)
    fewest = FEWEST_A_ROUND if cells <= CELLS_KEPT else FEWEST_OF_MANY
    fitting = min(even, replications // ROUNDS_WANTED) // fewest
    a_round = min(replications, fewest << max(fitting.bit_length() - 1, 0))
    blocks = -(-cells // max(even // a_round, 1))
    return Plan(cells, replications, -(-cells // blocks), a_round, stops=False)


@dataclass(frozen=True)
class RunningCount:
    """Counts of some crises: by outcome class, and by the answer to one question in each cell."""

    outcomes: NDArray[np.int64]
    """One count per class, in the order of `OUTCOMES`."""
    answers: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By cell: crises, and how many of them have the share that the stopping rule asks for."""

    @property
    def crises(self) -> int:
        """Return the number of crises."""
        return int(self.outcomes.sum())


def outcome_counts(outcome: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return how many crises ended in each class."""
    return np.bincount(outcome.astype(np.int64), minlength=len(OUTCOMES)).astype(np.int64)


def counted(runs: ColumnArrays, until: Until | None, measures: Measures) -> RunningCount:
    """Count the runs of a chunk."""
    outcomes = outcome_counts(runs["outcome"])
    if until is None:
        return RunningCount(outcomes)
    answer = measures.share_of(until.share, runs)
    cells, place = np.unique(runs["cell"], return_inverse=True)
    asked = np.bincount(place, minlength=len(cells))
    agreed = np.bincount(place, weights=answer, minlength=len(cells))
    counts = zip(cells.tolist(), asked.tolist(), agreed.astype(int).tolist(), strict=True)
    return RunningCount(outcomes, {cell: (n, yes) for cell, n, yes in counts})


class Precision:
    """Which cells are precise enough, from all their rounds so far."""

    def __init__(self, until: Until | None) -> None:
        self.until = until
        self._counts: dict[int, tuple[int, int]] = {}

    def add(self, tally: RunningCount) -> None:
        """Count a further round."""
        for cell, (n, yes) in tally.answers.items():
            asked, agreed = self._counts.get(cell, (0, 0))
            self._counts[cell] = (asked + n, agreed + yes)

    def __contains__(self, cell: object) -> bool:
        """Return whether a cell needs no more replications."""
        if self.until is None or not isinstance(cell, int) or cell not in self._counts:
            return False
        return self._half(cell) <= self.until.half_width

    def _half(self, cell: int) -> float:
        n, yes = self._counts[cell]
        return float(wilson_half(yes, n))

    def missed(self) -> dict[int, float] | None:
        """Return the cells that are not precise, with half their intervals; None without a stopping rule."""
        if self.until is None:
            return None
        return {cell: self._half(cell) for cell in sorted(self._counts) if cell not in self}
