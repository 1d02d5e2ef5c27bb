"""The same replications of several cells compared: sums of contrasts, and of their averages over settings.

With common random numbers replication r of every cell has the same random draws, so that a difference of
cells, or a difference of differences, is taken within each replication and only then averaged. For that the
crises of all cells in one range of replications are held at once, the answers to all yes-or-no questions of
a crisis as the bits of one integer, and one range follows the other: memory does not grow with the number of
replications, and time grows in proportion to the number of contrasts.

Averages are taken in two steps, since settings are of two kinds: over the settings of a point first, then
over points. Points are the levels of uncertain quantities, sampled; other settings are chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.results import ResultsFolder
from escalation.measures.measures import Numbers

MOST_CRISES = 3_000_000
"""Crises held at once; each takes some 40 bytes, and as much again while it is read."""

WORD = 64
"""Answers that one integer holds at most."""

MOST_DIFFERENCES = 2_000_000
"""Differences computed at once, apart from those of one group."""

Places = NDArray[np.int64]
Floats = NDArray[np.float64]
PAIR, QUADRUPLE = (1, -1), (1, -1, -1, 1)
"""Signs of a difference, and of a difference of differences."""


@dataclass(frozen=True)
class GroupRange:
    """Where neighbouring groups are among all: their groups, contrasts and points, each a range."""

    groups: slice
    contrasts: slice
    points: slice


@dataclass(frozen=True)
class Contrasts:
    """Contrasts between cells: values of several cells, each with its sign, added up.

    They are sorted by group, within it by point.
    """

    cells: Places
    """[contrasts, 2 or 4]: places of the cells in the table of cells."""
    group: Places
    """[contrasts]: number, from 0, of the group over which they are averaged."""
    point: Places
    """[contrasts]: number, from 0 and counted through all groups, of the point that they belong to."""

    @property
    def signs(self) -> tuple[int, ...]:
        """Return the sign of each cell."""
        return PAIR if self.cells.shape[1] == 2 else QUADRUPLE

    @cached_property
    def first_of_group(self) -> Places:
        """Return the place of each group's first contrast."""
        return np.flatnonzero(np.diff(self.group, prepend=-1))

    @cached_property
    def first_of_point(self) -> Places:
        """Return the place of each point's first contrast."""
        return np.flatnonzero(np.diff(self.point, prepend=-1))

    @cached_property
    def group_of_point(self) -> Places:
        """Return the group of each point."""
        return self.group[self.first_of_point]

    @cached_property
    def settings(self) -> Places:
        """Return the number of contrasts of each group."""
        return np.diff(self.first_of_group, append=len(self.group))

    @cached_property
    def points(self) -> Places:
        """Return the number of points of each group."""
        return np.bincount(self.group_of_point, minlength=len(self.first_of_group))

    def range_of(self, wanted: NDArray[np.bool_]) -> GroupRange:
        """Return where some groups are, [groups] of truth values, none of which is apart from the others."""
        start = int(wanted.argmax()) if len(wanted) else 0
        stop = start + int(wanted.sum())
        first, end = np.searchsorted(self.group, (start, stop)).tolist()
        points = np.append(self.point, len(self.first_of_point))[[first, end]].tolist()
        return GroupRange(slice(start, stop), slice(first, end), slice(*points))

    def within(self, some: GroupRange) -> Contrasts:
        """Return the contrasts of some groups, numbered from 0 again."""
        here = some.contrasts
        return Contrasts(
            self.cells[here], self.group[here] - some.groups.start, self.point[here] - some.points.start
        )


def contrasts_of(cells: Places, group: Places, point: NDArray[Any]) -> tuple[Contrasts, Places]:
    """Return contrasts sorted by group and point, and their order.

    Parameters
    ----------
    cells
        [contrasts, 2 or 4]
    group
        [contrasts]: a number for each group, from 0 without gaps.
    point
        [contrasts]: anything that is equal for contrasts of one point.
    """
    order = np.lexsort((point, group))
    group, point = group[order], point[order]
    is_new = np.ones(len(order), bool)
    is_new[1:] = (group[1:] != group[:-1]) | (point[1:] != point[:-1])
    return Contrasts(cells[order].astype(np.int64), group, np.cumsum(is_new) - 1), order


@dataclass(frozen=True)
class ContrastSums:
    """Sums over replications, arrays by contrast, point or group, then by measure: shares, then numbers."""

    contrasts: Contrasts
    n: Places
    """[contrasts]: the replications that all cells of the contrast have."""
    totals: Floats
    squares: Floats
    """Of the contrast; [contrasts, measures]."""
    cell_totals: Floats
    cell_squares: Floats
    """Of each cell of a pair, [2, contrasts, measures]; of larger contrasts nothing is kept."""
    replications: Places
    """[groups]: the replications that all cells of the group have."""
    averages: Floats
    average_squares: Floats
    """Of the average over points, in those replications; [groups, measures]."""
    point_totals: Floats
    """Of the average over the settings of a point, in those replications; [points, measures]."""
    point_squares: Floats
    """Of the same, added up over points; [groups, measures]."""

    def within(self, some: GroupRange) -> ContrastSums:
        """Return the sums of some groups: the same memory, nothing is added up again."""
        groups, here, points = some.groups, some.contrasts, some.points
        return ContrastSums(
            self.contrasts.within(some), self.n[here], self.totals[here], self.squares[here],
            self.cell_totals[:, here], self.cell_squares[:, here], self.replications[groups],
            self.averages[groups], self.average_squares[groups], self.point_totals[points],
            self.point_squares[groups],
        )  # fmt: skip


def compare(source: ResultsFolder, sets: Sequence[Contrasts], numbers: Numbers) -> list[ContrastSums]:
    """Compute contrasts within each replication, and add them up: several sets in one pass over all crises.

    A contrast uses the replications that all its cells have; a group those that all cells of the group have,
    so that each of its averages is over the same settings. Days are counted to the end of the shortest run
    of the cells of a contrast. A measure that a cell lacks, as the cost of a state that is not there, is NaN
    in all that the cell takes part in.
    """
    found = [_empty_sums(contrasts, len(numbers.measures.shares) + len(numbers.names)) for contrasts in sets]
    free_days = np.asarray(source.free_days)
    until = [free_days[contrasts.cells].min(axis=1) for contrasts in sets]
    if any(len(contrasts.group) for contrasts in sets):
        for held in _ranges(source, numbers):
            for sums, last in zip(found, until, strict=True):
                for some in _batches(sums.contrasts, held.present.shape[1]):
                    _add(sums, held, some, last)
    return found


def _empty_sums(contrasts: Contrasts, measures: int) -> ContrastSums:
    count, groups = len(contrasts.group), len(contrasts.first_of_group)
    pairs = count if contrasts.cells.shape[1] == 2 else 0
    return ContrastSums(
        contrasts=contrasts,
        n=np.zeros(count, np.int64),
        totals=np.zeros((count, measures)),
        squares=np.zeros((count, measures)),
        cell_totals=np.zeros((2, pairs, measures)),
        cell_squares=np.zeros((2, pairs, measures)),
        replications=np.zeros(groups, np.int64),
        averages=np.zeros((groups, measures)),
        average_squares=np.zeros((groups, measures)),
        point_totals=np.zeros((len(contrasts.first_of_point), measures)),
        point_squares=np.zeros((groups, measures)),
    )


@dataclass(frozen=True)
class _Range:
    """The crises of all cells in one range of replications."""

    present: NDArray[np.bool_]
    """[cells, replications]"""
    answers: tuple[NDArray[np.unsignedinteger[Any]], ...]
    """[cells, replications] each: bit k of number w is the answer to question 64 w + k."""
    values: tuple[NDArray[Any], ...]
    """One array [cells, replications] for each number; days are not cut."""
    timed: NDArray[np.bool_]
    shares: int
    """How many of the measures are questions."""

    def of(self, measure: int) -> NDArray[Any]:
        """Return the values of one measure."""
        if measure < self.shares:
            word = self.answers[measure // WORD]
            return (word >> np.array(measure % WORD, word.dtype) & 1).astype(np.int8)
        return self.values[measure - self.shares]

    def is_timed(self, measure: int) -> bool:
        """Return whether a measure is a number of days."""
        return measure >= self.shares and bool(self.timed[measure - self.shares])


def _ranges(source: ResultsFolder, numbers: Numbers) -> Iterator[_Range]:
    cells = len(source.cells.number)
    most = max(1, MOST_CRISES // cells)
    for number in source.rounds:
        start, stop = 0, 1
        while start < stop:
            held, stop = _read(source, numbers, number, start, most)
            yield held
            start += most


def _read(source: ResultsFolder, numbers: Numbers, number: int, start: int, most: int) -> tuple[_Range, int]:
    """Return some replications of a round, from its `start`-th on, and how many the round has."""
    shape, stop = (len(source.cells.number), 0), 0
    held: _Range | None = None
    late = np.iinfo(np.int16).max
    for part in source.parts(number):
        if held is None:
            stop = part.count
            shape = (shape[0], min(most, stop - start))
            shares = len(numbers.measures.shares)
            words = [min(WORD, shares - first) for first in range(0, shares, WORD)]
            answers = tuple(np.zeros(shape, np.min_scalar_type(2**bits - 1)) for bits in words)
            values = tuple(np.zeros(shape, kind) for kind in numbers.compact)
            held = _Range(np.zeros(shape, bool), answers, values, numbers.timed, shares)
        table = part.table
        column = table["replication"].astype(np.int64) - part.first - start
        keep = np.flatnonzero((column >= 0) & (column < shape[1]))
        if len(keep) < len(column):
            table = {name: values[keep] for name, values in table.items()}
        at = np.searchsorted(source.cells.number, table["cell"]), column[keep]
        held.present[at] = True
        for k, row in enumerate(numbers.measures.share_rows(table)):
            word = held.answers[k // WORD]
            word[at] |= row.astype(word.dtype) << np.array(k % WORD, word.dtype)
        for kept, row in zip(held.values, numbers.values(table, np.full(len(keep), late)), strict=True):
            kept[at] = row
    assert held is not None
    return held, stop


def _batches(contrasts: Contrasts, replications: int) -> Iterator[slice]:
    """Yield groups of contrasts, as many at a time as can be held."""
    if not len(contrasts.group):
        return
    starts = contrasts.first_of_group.tolist()
    most = max(1, MOST_DIFFERENCES // replications)
    first = 0
    for start, end in zip(starts, [*starts[1:], len(contrasts.group)], strict=True):
        if end - first > most and start > first:
            yield slice(first, start)
            first = start
    yield slice(first, len(contrasts.group))


def _add(sums: ContrastSums, held: _Range, some: slice, until: NDArray[np.int32]) -> None:
    contrasts = sums.contrasts
    cells, signs = contrasts.cells[some], contrasts.signs
    there = held.present[cells].all(axis=1)
    sums.n[some] += there.sum(axis=1)
    of_groups = slice(contrasts.group[some.start], contrasts.group[some.stop - 1] + 1)
    of_points = slice(contrasts.point[some.start], contrasts.point[some.stop - 1] + 1)
    starts = contrasts.first_of_group[of_groups] - some.start
    in_all = np.logical_and.reduceat(there, starts, axis=0)
    sums.replications[of_groups] += in_all.sum(axis=1)
    by_point = contrasts.first_of_point[of_points] - some.start
    sizes = np.diff(by_point, append=len(cells))[:, None]
    group_of_point = contrasts.group_of_point[of_points] - of_groups.start
    point_starts = np.flatnonzero(np.diff(group_of_point, prepend=-1))
    points = contrasts.points[of_groups][:, None]
    is_complete, is_shared = bool(there.all()), bool(in_all.all())
    for measure in range(sums.totals.shape[1]):
        values = held.of(measure)
        exact = np.int64 if values.dtype == np.int8 else np.float64
        difference: NDArray[Any] = np.zeros(there.shape, np.int8 if exact is np.int64 else np.float64)
        for k, sign in enumerate(signs):
            value = values[cells[:, k]]
            if held.is_timed(measure):
                value = np.minimum(value, until[some, None])
            if not is_complete:
                value = np.where(there, value, 0)
            difference = difference + sign * value
            if len(signs) == 2:
                sums.cell_totals[k, some, measure] += value.sum(axis=1, dtype=exact)
                squares = np.square(value, dtype=exact) if exact is np.float64 else value
                sums.cell_squares[k, some, measure] += squares.sum(axis=1, dtype=exact)
        sums.totals[some, measure] += difference.sum(axis=1, dtype=exact)
        sums.squares[some, measure] += np.square(difference).sum(axis=1, dtype=exact)

        if not is_shared:
            difference = np.where(in_all[contrasts.group[some] - of_groups.start], difference, 0)
        if len(sizes) < len(cells):
            difference = np.add.reduceat(difference, by_point, axis=0, dtype=np.float64) / sizes
            exact = np.float64
        sums.point_totals[of_points, measure] += difference.sum(axis=1, dtype=exact)
        squares = np.square(difference).sum(axis=1, dtype=exact)
        sums.point_squares[of_groups, measure] += np.add.reduceat(squares, point_starts)
        average = np.add.reduceat(difference, point_starts, axis=0, dtype=np.float64) / points
        sums.averages[of_groups, measure] += average.sum(axis=1)
        sums.average_squares[of_groups, measure] += np.square(average).sum(axis=1)
