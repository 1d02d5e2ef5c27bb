"""Two results folders compared cell by cell, crisis by crisis: what another version or scenario changes.

Cells are matched by their levels, their crises by replication. Parts are read one at a time, so that memory
grows with the number of cells, not with that of crises.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.comparison import ChangedCrisis
from escalation.analysis.contrasts import mixed, row_hashes
from escalation.analysis.sweep_comparison import ChangedCell, Counts, SweepComparison
from escalation.experiment.design import baseline_of
from escalation.experiment.factors import change_of
from escalation.experiment.results import Part, ResultsFolder
from escalation.experiment.variant import input_differences
from escalation.files.differences import differing
from escalation.files.places import ArgumentError
from escalation.measures.columns import Column, ColumnArrays
from escalation.measures.flows import pair_changes, total_cost
from escalation.measures.measures import SHIPPED, Numbers
from escalation.vocabulary import OUTCOMES

MOST_CHANGED = 3
"""Pairs of crises that are kept for each direction of change."""
DESCRIPTIVE_KEYS = frozenset({"title", "summary", "label", "unit", "outcomes", "plots", "replications"})
"""Keys of an experiment on which no crisis depends."""


def compare_sweeps(before: ResultsFolder, after: ResultsFolder) -> SweepComparison:
    """Compare two results folders over the cells that both have.

    Parameters
    ----------
    before, after
        Results of the same experiment or of others with factors of the same names, made by the same or by
        other code. A cell's partner has the same level of every factor that both have, and the baseline's
        level of any other factor.

    Raises
    ------
    ArgumentError
        If no cell has a partner, or no pair has common random numbers.
    StoreError
        If a part is damaged.
    """
    found = _empty(before, after, *_matched(before, after))
    most: dict[bool, list[ChangedCell]] = {False: [], True: []}
    slot_of = np.full(len(before.cells.number), -1)
    slot_of[found.cells] = np.arange(len(found.cells))
    partner = np.asarray(after.cells.number)[found.partners].astype(np.int64)
    recode = _recoded(before.layout.run_columns, after.layout.run_columns)
    for part in before.parts():
        slots = slot_of[np.searchsorted(before.cells.number, part.cells)]
        for mine, theirs, at in _joined(part, after, slots, partner):
            _add(found, at, mine, {name: recode[name](theirs[name]) for name in recode}, most)
    if not found.n.any():
        raise ArgumentError("the two folders have no replication of a matched cell in common")
    return replace(found, first_day=_first_days(found), better=tuple(most[False]), worse=tuple(most[True]))


def _matched(before: ResultsFolder, after: ResultsFolder) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the places of the cells with equal levels and seeds in both folders."""
    shared = [name for name in before.cells.levels if name in after.cells.levels]

    def keyed(results: ResultsFolder) -> dict[tuple[Any, ...], int]:
        others = {name: level for name, level in baseline_of(results.loaded).items() if name not in shared}
        found = {}
        for place in range(len(results.cells.number)):
            at = {name: levels[place] for name, levels in results.cells.levels.items()}
            if all(at[name] == level for name, level in others.items()):
                found[tuple((isinstance(at[name], bool), at[name]) for name in shared)] = place
        return found

    mine, theirs = keyed(before), keyed(after)
    pairs = [(place, theirs[key]) for key, place in mine.items() if key in theirs]
    if not pairs:
        names = ", ".join(shared) or "none"
        raise ArgumentError(f"no cell of the two folders has equal levels; the factors of both are: {names}")
    paired = [pair for pair in pairs if before.cells.seed[pair[0]] == after.cells.seed[pair[1]]]
    if not paired:
        raise ArgumentError(
            "the matched cells have different seeds, so that no crisis has a partner; rerun one of the sweeps"
            " with the other's --seed"
        )
    one, other = (np.array(places, np.int64) for places in zip(*sorted(paired), strict=True))
    return one, other


def _empty(
    before: ResultsFolder, after: ResultsFolder, cells: NDArray[np.int64], partners: NDArray[np.int64]
) -> SweepComparison:
    count, classes = len(cells), len(OUTCOMES)
    own = [each.manifest.experiment.get("measures") or None for each in (before, after)]
    measures = before.measures if own[0] == own[1] else SHIPPED
    numbers = Numbers(tuple(state for state in before.states if state in after.states), (), measures)
    shares = (count, len(measures.shares))
    bound = [
        {key: value for key, value in each.manifest.experiment.items() if key not in ("scenario", "set")}
        for each in (before, after)
    ]
    # A key that an earlier version lacks is no difference where nothing is given under it.
    declared = differing(bound[0], bound[1], DESCRIPTIVE_KEYS, ("experiment",))
    inputs = (
        *(each for each in declared if each.before or each.after),
        *input_differences(before.manifest.scenario, after.manifest.scenario),
    )
    one, other = before.manifest.binding, after.manifest.binding
    code = [f"escalation/{each.path[0]}" for each in differing(one["code"], other["code"])]
    code += [each.words for each in differing(one["libraries"], other["libraries"])]
    return SweepComparison(
        before=before,
        after=after,
        inputs=inputs,
        code=tuple(code),
        cells=cells,
        partners=partners,
        same_inputs=_same_inputs(before, after, cells, partners),
        n=np.zeros(count, np.int64),
        unequal=np.zeros(count, np.int64),
        first_day=np.full(count, -1),
        yes=np.zeros(shares, np.int64),
        gained=np.zeros(shares, np.int64),
        lost=np.zeros(shares, np.int64),
        outcomes=np.zeros((count, classes, classes), np.int64),
        numbers=numbers,
        base_totals=np.zeros((count, len(numbers.names))),
        changes=np.zeros((count, len(numbers.names))),
        squares=np.zeros((count, len(numbers.names))),
        better=(),
        worse=(),
    )


def _same_inputs(
    before: ResultsFolder, after: ResultsFolder, cells: NDArray[np.int64], partners: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Return which matched cells have equal scenarios: the same base, changed in the same way."""
    if input_differences(before.manifest.scenario, after.manifest.scenario):
        return np.zeros(len(cells), bool)
    known: dict[tuple[int, str, Any], Any] = {}

    def change(number: int, results: ResultsFolder, name: str, place: int) -> Any:
        level = results.cells.levels[name][place]
        key = (number, name, (isinstance(level, bool), level))
        if key not in known:
            known[key] = change_of(results.spec.varied[name], level)
        return known[key]

    same = np.ones(len(cells), bool)
    for k, (one, other) in enumerate(zip(cells.tolist(), partners.tolist(), strict=True)):
        mine = [change(0, before, name, one) for name in before.cells.levels]
        theirs = [change(1, after, name, other) for name in after.cells.levels]
        sets = [{path: value for each in changes for path, value in each.sets} for changes in (mine, theirs)]
        drops = [{path for each in changes for path in each.drops} for changes in (mine, theirs)]
        whole = [[each.whole for each in changes if each.whole is not None] for changes in (mine, theirs)]
        same[k] = sets[0] == sets[1] and drops[0] == drops[1] and whole[0] == whole[1]
    return same


def _recoded(mine: Sequence[Column], theirs: Sequence[Column]) -> Mapping[str, Any]:
    """Return how each column that both tables have is read in the codes of the first."""
    known = {column.name: column for column in mine}

    def reader(own: Column, other: Column) -> Any:
        if own.words == other.words:
            return lambda values: values
        # A word that the first table lacks gets a code that equals none of its own.
        codes = [own.words.index(word) if word in own.words else -2 - k for k, word in enumerate(other.words)]
        table = np.array([*codes, -1])
        return lambda values: table[values]

    return {column.name: reader(known[column.name], column) for column in theirs if column.name in known}


def _joined(
    part: Part, after: ResultsFolder, slots: NDArray[np.int64], partner: NDArray[np.int64]
) -> Iterator[tuple[ColumnArrays, ColumnArrays, NDArray[np.int64]]]:
    """Yield rows of a part with their partners, and the matched cell of each, part by part of the other."""
    kept = np.flatnonzero(slots >= 0)
    if not len(kept):
        return
    slots = slots[kept]
    replication = part.table["replication"][kept].astype(np.int64)
    key = partner[slots] << 32 | replication
    size = after.plan.replications_a_round
    rounds = range(int(replication.min()) // size, int(replication.max()) // size + 1)
    for block in np.unique(partner[slots] // after.plan.cells_a_block).tolist():
        for number in rounds:
            other = after.part(block, number)
            if other is None or not len(other.cells):
                continue
            theirs = other.cells.astype(np.int64) << 32 | other.table["replication"].astype(np.int64)
            at = np.minimum(np.searchsorted(theirs, key), len(theirs) - 1)
            hit = theirs[at] == key
            if hit.any():
                yield (
                    {name: values[kept[hit]] for name, values in part.table.items()},
                    {name: values[at[hit]] for name, values in other.table.items()},
                    slots[hit],
                )


def _add(
    found: SweepComparison,
    slots: NDArray[np.int64],
    mine: ColumnArrays,
    theirs: ColumnArrays,
    most: dict[bool, list[ChangedCell]],
) -> None:
    """Add pairs of crises, sorted by cell."""
    starts = np.flatnonzero(np.diff(slots, prepend=-1))
    at = slots[starts]

    def sums(values: NDArray[Any]) -> NDArray[Any]:
        kind = np.int64 if values.dtype == bool else np.float64
        return np.add.reduceat(values, starts, axis=-1, dtype=kind).T

    unequal = np.zeros(len(slots), bool)
    for name, values in theirs.items():
        if name != "cell":
            same = mine[name] == values
            if values.dtype.kind == "f":
                same |= np.isnan(mine[name]) & np.isnan(values)
            unequal |= ~same
    found.n[at] += np.diff(starts, append=len(slots))
    found.unequal[at] += sums(unequal)
    no, yes = (found.measures.share_rows(table) for table in (mine, theirs))
    found.yes[at] += sums(yes)
    found.gained[at] += sums(yes & ~no)
    found.lost[at] += sums(no & ~yes)
    np.add.at(found.outcomes, (slots, mine["outcome"].astype(int), theirs["outcome"].astype(int)), 1)
    one, other = found.before, found.after
    until = np.minimum(one.free_days[found.cells[slots]], other.free_days[found.partners[slots]])
    was, now = (found.numbers.values(table, until) for table in (mine, theirs))
    found.base_totals[at] += sums(was)
    found.changes[at] += sums(now - was)
    found.squares[at] += sums((now - was) ** 2)
    _keep_most(found, slots, mine, theirs, most)


def _keep_most(
    found: SweepComparison,
    slots: NDArray[np.int64],
    mine: ColumnArrays,
    theirs: ColumnArrays,
    most: dict[bool, list[ChangedCell]],
) -> None:
    """Keep the pairs that changed most so far, each replication in the cell in which it changed most.

    Cells have the same replications, many of which take the same course in several cells. Of equal changes
    the lowest cell and replication count, so that the division into parts does not matter.
    """
    changes = pair_changes(mine, theirs)
    costs = total_cost(mine), total_cost(theirs)
    for worse, kept in most.items():
        met: set[tuple[int, int]] = set()
        for row in changes.most(len(slots), worse).tolist():
            place = int(slots[row])
            seed = found.before.cells.seed[int(found.cells[place])]
            replication = int(mine["replication"][row])
            if (seed, replication) in met:
                continue
            met.add((seed, replication))
            kept.append(
                ChangedCell(
                    int(found.before.cells.number[found.cells[place]]),
                    int(found.after.cells.number[found.partners[place]]),
                    ChangedCrisis(
                        seed,
                        replication,
                        OUTCOMES[int(mine["outcome"][row])],
                        OUTCOMES[int(theirs["outcome"][row])],
                        int(mine["peak"][row]),
                        int(theirs["peak"][row]),
                        float(costs[0][row]),
                        float(costs[1][row]),
                    ),
                )
            )
            if len(met) == MOST_CHANGED:
                break
        sign = 1 if worse else -1
        kept.sort(
            key=lambda one: (
                *(-sign * change for change in one.crisis.changes), one.cell_before, one.crisis.replication,
            )
        )  # fmt: skip
        once = {(one.crisis.seed, one.crisis.replication): one for one in reversed(kept)}
        kept[:] = [one for one in kept if once[one.crisis.seed, one.crisis.replication] is one][:MOST_CHANGED]


def _first_days(found: SweepComparison) -> NDArray[np.int64]:
    """Return for each cell the first day on which its crises differ, -1 where that is not known.

    By their acts, if both folders keep these, and by the histograms of postures. Only cells of which all
    crises are paired can be compared in this way.
    """
    days = np.full(len(found.n), -1)
    kinds = [kind for kind in ("days", "acts") if all(kind in each.layout.kinds for each in found.sides)]
    for kind in kinds:
        recode = _recoded(*(each.layout.kinds[kind] for each in found.sides))
        plain = {name: (lambda values: values) for name in recode}
        one, n = _day_hashes(found.before, found.cells, kind, plain)
        other, m = _day_hashes(found.after, found.partners, kind, recode)
        longest = min(one.shape[1], other.shape[1])
        differs = one[:, :longest] != other[:, :longest]
        known = differs.any(axis=1) & (n == m) & (n == found.n)
        first = differs[known].argmax(axis=1)
        days[known] = np.where(days[known] < 0, first, np.minimum(days[known], first))
    return days


def _day_hashes(
    results: ResultsFolder, places: NDArray[np.int64], kind: str, recode: Mapping[str, Any]
) -> tuple[NDArray[np.uint64], Counts]:
    """Return a hash of what a table says of each cell and day, and the number of crises of each cell.

    Hashes of rows are added up, so that neither the order of rows nor their division into parts matters.
    """
    slot_of = np.full(len(results.cells.number), -1)
    slot_of[places] = np.arange(len(places))
    last = results.horizon + int(np.max(results.free_days[places]))
    hashes = np.zeros((len(places), last + 1), np.uint64)
    n = np.zeros(len(places), np.int64)
    for part in results.parts():
        slots = slot_of[np.searchsorted(results.cells.number, part.cells)]
        np.add.at(n, slots[slots >= 0], 1)
        if not (slots >= 0).any():
            continue
        rows = results.read(kind, part.block, part.round)
        at = slot_of[np.searchsorted(results.cells.number, rows["cell"])]
        keep = (at >= 0) & (rows["day"] <= last)
        times = rows["crises"][keep] if "crises" in rows else np.ones(int(keep.sum()))
        distinguish = [name for name in recode if name not in ("cell", "day", "crises")]
        row = row_hashes({name: recode[name](rows[name])[keep] for name in distinguish})
        weighted = mixed(row) * times.astype(np.uint64)
        np.add.at(hashes, (at[keep], rows["day"][keep].astype(int)), weighted)
    return hashes, n
