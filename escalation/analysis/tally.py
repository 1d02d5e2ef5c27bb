"""Counts and sums over an experiment's crises: one pass over its parts, whatever their number.

Only counts and sums per cell are kept, so ten million crises take the memory of ten. Parts come in the order
of the plan, and their rows by cell and replication, so even the sums of costs, the only numbers here that
are not integers, are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.contrasts import Codes, Hashes, codes_of, mixed, one_factor_off, row_hashes
from escalation.engine.batch import BINS
from escalation.experiment.results import Part, ResultsFolder
from escalation.files.brief import Brief
from escalation.measures.columns import ColumnArrays
from escalation.measures.measures import Measures, Numbers, first_events
from escalation.measures.reduce import NEVER
from escalation.vocabulary import RUNGS

MOST_POSTURES = 32_000_000
"""Counts of postures kept at most: 128 MB. With more cells than that allows, only the baseline and the cells
that differ from it in one factor are followed day by day."""

Counts = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, repr=False, eq=False)
class Tally(Brief):
    """Counts and sums over all crises; the first axis is the cell, by its place in the source's table."""

    source: ResultsFolder
    numbers: Numbers
    baseline: int
    """The place of the baseline."""
    n: Counts
    shares: Counts
    """[cells, shares of the measures]"""
    peaks: Counts
    """[cells, any and states, RUNGS]"""
    days: NDArray[np.int32]
    """[cells, events of the measures, days]: crises whose event was on this day after the horizon."""
    firsts: NDArray[np.int32]
    """[cells, force and ceasefire, days]: the same where it came before the other."""
    totals: Floats
    """[cells, measures]"""
    squares: Floats
    digests: Hashes
    """Equal for cells with equal crises."""
    followed: NDArray[np.int64]
    """Places of the cells followed day by day."""
    postures: NDArray[np.int32]
    """[followed, days from the start, states, BINS]"""

    @property
    def measures(self) -> Measures:
        """All measures of the experiment."""
        return self.source.measures

    @cached_property
    def codes(self) -> Codes:
        """The levels of all cells as numbers, [cells, factors]."""
        return codes_of(self.source.cells, self.source.factors)

    @cached_property
    def one_factor_off(self) -> Codes:
        """For each cell the one factor in which it differs from the baseline, -1 for none or several."""
        return one_factor_off(self.codes, self.baseline)

    @property
    def is_paired(self) -> bool:
        """Whether replications of cells are compared in pairs, by common random numbers."""
        return self.source.seeds == "common"


def tally(source: ResultsFolder, follow: Sequence[int] | None = None) -> Tally:
    """Count all crises of an experiment.

    Parameters
    ----------
    source
        The experiment's results.
    follow
        Numbers of the cells whose postures are kept day by day; by default all, or, where that would take
        too much memory, those that differ from the baseline by one factor.
    """
    found = _empty(source, follow)
    for part in source.parts():
        if len(part.cells):
            _add(found, part)
        _add_postures(found, part.postures)
    return found


def _empty(source: ResultsFolder, follow: Sequence[int] | None) -> Tally:
    cell_numbers = np.asarray(source.cells.number)
    cells, longest = len(cell_numbers), int(np.max(source.free_days, initial=0))
    measures = source.measures
    numbers = Numbers(tuple(source.states), tuple(source.mediators), measures)
    baseline = list(source.cells.role).index("baseline")
    each = (source.horizon + longest + 1, len(source.states), BINS)
    if follow is not None:
        followed = np.searchsorted(cell_numbers, np.unique(np.asarray(follow, np.int64)))
    else:
        followed = np.arange(cells)
        if cells * int(np.prod(each)) > MOST_POSTURES:
            alone = one_factor_off(codes_of(source.cells, source.factors), baseline) >= 0
            alone[baseline] = True
            followed = np.flatnonzero(alone)[: MOST_POSTURES // int(np.prod(each))]
    shares, values = (cells, len(measures.shares)), (cells, len(numbers.names))
    return Tally(
        source=source,
        numbers=numbers,
        baseline=baseline,
        n=np.zeros(cells, np.int64),
        shares=np.zeros(shares, np.int64),
        peaks=np.zeros((cells, 1 + len(source.states), RUNGS), np.int64),
        days=np.zeros((cells, len(measures.events), longest + 1), np.int32),
        firsts=np.zeros((cells, 2, longest + 1), np.int32),
        totals=np.zeros(values),
        squares=np.zeros(values),
        digests=np.zeros(cells, np.uint64),
        followed=followed.astype(np.int64),
        postures=np.zeros((len(followed), *each), np.int32),
    )


def _add(tally: Tally, part: Part) -> None:
    """Add the rows of a part: everything by bincount or reduceat over its cells at once."""
    table = part.table
    starts = np.flatnonzero(np.diff(part.cells, prepend=-1))
    sizes = np.diff(starts, append=len(part.cells))
    at = np.searchsorted(tally.source.cells.number, part.cells[starts])
    segment = np.repeat(np.arange(len(starts)), sizes)

    def counted(values: NDArray[Any], width: int) -> Counts:
        """Count the values 0 to width - 1 by cell; others are left out."""
        key = np.where((values >= 0) & (values < width), segment * width + values, -1) + 1
        return np.bincount(key, minlength=len(starts) * width + 1)[1:].reshape(-1, width)

    tally.n[at] += sizes
    for k, column in enumerate(["peak", *(f"peak_{state}" for state in tally.source.states)]):
        tally.peaks[at, k] += counted(table[column], RUNGS)
    days = tally.days.shape[-1]
    for k, event in enumerate(tally.measures.events):
        on = table[event.columns[0].name].astype(np.int64)
        tally.days[at, k] += counted(np.where(on == NEVER, -1, np.maximum(on, 0)), days).astype(np.int32)
    for k, on in enumerate(first_events(table)):
        tally.firsts[at, k] += counted(on, days).astype(np.int32)
    tally.digests[at] += np.add.reduceat(row_hashes({k: v for k, v in table.items() if k != "cell"}), starts)

    free = np.asarray(tally.source.free_days)
    until = np.minimum(free[at], free[tally.baseline])[segment]
    yes, values = tally.measures.share_rows(table), tally.numbers.values(table, until)
    tally.shares[at] += _sums(yes, starts)
    tally.totals[at] += _sums(values, starts)
    tally.squares[at] += _sums(values * values, starts)


def _sums(rows: NDArray[Any], starts: NDArray[np.int64]) -> NDArray[Any]:
    """Return sums by cell, [cells, rows]."""
    kind = np.int64 if rows.dtype == bool else np.float64
    return np.add.reduceat(rows, starts, axis=1, dtype=kind).T


def _add_postures(tally: Tally, table: ColumnArrays) -> None:
    cells = table["cell"]
    if not len(cells):
        return
    starts = np.flatnonzero(np.diff(cells, prepend=-1))
    at = np.searchsorted(tally.source.cells.number, cells[starts])
    crises = table["crises"]
    hashes = row_hashes({name: table[name] for name in ("day", "state", "bin")})
    # A sum over crises, not over rows: the same however the replications are split into parts.
    hashes = mixed(hashes) * crises.astype(np.uint64)
    np.add.at(tally.digests, at, np.add.reduceat(hashes, starts))

    slot = np.full(len(tally.n), -1)
    slot[tally.followed] = np.arange(len(tally.followed))
    row = np.repeat(slot[at], np.diff(starts, append=len(cells)))
    # A cell with a later horizon than the others may have days beyond the last date of the tables.
    keep = (row >= 0) & (table["day"] < tally.postures.shape[1])
    place = np.ravel_multi_index(
        (row[keep], *(table[name][keep].astype(np.int64) for name in ("day", "state", "bin"))),
        tally.postures.shape,
    )
    np.add.at(tally.postures.reshape(-1), place, crises[keep].astype(np.int32))
