"""Differences of each cell from its partners, with intervals and the gain from pairing; their averages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.averages import (
    SEVERAL,
    Averages,
    ComparedCells,
    averages,
    comparisons_of,
    measures_of,
    moments,
    with_sums,
)
from escalation.analysis.cell_table import CellTable
from escalation.analysis.contrasts import Codes
from escalation.analysis.paired import ContrastSums, contrasts_of
from escalation.analysis.summary import (
    Places,
    by_line,
    cell_columns,
    factor_columns,
    places_of,
    side_by_side,
)
from escalation.analysis.tally import Tally
from escalation.files.places import ArgumentError
from escalation.measures.measures import Measure
from escalation.stats import intervals
from escalation.stats.intervals import CONFIDENCE, Floats, Intervals

PAIRED_SHARES = "paired, Agresti-Min"
PAIRED_MEANS = "paired, t"
INDEPENDENT_SHARES = "independent, Newcombe"
INDEPENDENT_MEANS = "independent, Welch"
IDENTICAL = "identical crises"


@dataclass(frozen=True)
class Effect:
    """One measure's difference between the two cells of many pairs."""

    measure: str
    of: str
    unit: str
    method: str
    values: Intervals
    saved: Floats
    """NaN where crises are not paired."""


def effects_table(tally: Tally, cells: Iterable[int] | None = None) -> Any:
    """Return every cell's differences from its partners, on the replications that both have.

    Columns cell, role, factors, factor, reference, measure, of, difference, low, high, unit, pairs,
    replications_saved, method. The partner is the cell `reference`, which differs in `factor` alone and has
    there the baseline's level; a cell that has no partner and is none is compared with the baseline, and
    `factor` is empty. Under common random numbers crises are compared in pairs, otherwise as independent
    samples, and replications_saved is empty, as it is where no pair differs.
    """
    return effects_of(tally, rows_of(tally, cells)).frame()


def rows_of(tally: Tally, cells: Iterable[int] | None = None) -> Places:
    """Return the places of the pairs of all or some cells, sorted by cell and factor."""
    found = comparisons_of(tally).pairs.contrasts
    factor = comparisons_of(tally).pairs.factors[found.group, 0]
    order = np.lexsort((factor, found.cells[:, 0]))
    if cells is None:
        return order
    is_wanted = np.isin(found.cells[order, 0], places_of(tally, cells))
    wanted: Places = order[is_wanted]
    return wanted


def effects_of(tally: Tally, rows: Places, shares: Collection[str] | None = None) -> CellTable:
    """Return the table of `effects_table` by column, of some pairs; with `shares` the lines of these only."""
    comparison = comparisons_of(tally).pairs
    cells = comparison.contrasts.cells[rows]
    names = np.array([*tally.source.factors, ""], object)
    factor = names[comparison.factors[comparison.contrasts.group[rows], 0]]
    return _table(tally, cells, comparison.sums, rows, cell_columns(tally, cells[:, 0]), factor, shares)


def contrasts_table(tally: Tally, pairs: Sequence[tuple[int, int]] | None = None) -> Any:
    """Return the differences between any two cells: each pair a cell and the one it is compared with.

    Parameters
    ----------
    tally
        The counts of the experiment.
    pairs
        Numbers of cells; by default every cell and the baseline.

    Raises
    ------
    ArgumentError
        If the experiment has no such cell.
    """
    numbers = np.asarray(tally.source.cells.number)
    if pairs is None:
        others = np.flatnonzero(np.arange(len(numbers)) != tally.baseline)
        places = np.stack([others, np.full(len(others), tally.baseline)], axis=1)
    else:
        asked = np.array(pairs, np.int64).reshape(-1, 2)
        unknown = asked[~np.isin(asked, numbers)]
        if len(unknown):
            raise ArgumentError(f"pairs: no cell {unknown[0]}; cells are {numbers[0]} to {numbers[-1]}")
        places = np.searchsorted(numbers, asked)
    places = places[(tally.n[places] > 0).all(axis=1)]
    count = np.arange(len(places))
    contrasts, _ = contrasts_of(places, count, count)
    comparison = ComparedCells(
        contrasts, np.full((len(places), 1), SEVERAL), places[:, 0], count >= 0, count < 0
    )
    columns = {"cell": numbers[places[:, 0], None]}
    sums = with_sums(tally, [comparison])[0].sums
    return _table(tally, places, sums, count, columns, None, None).frame()


def _table(
    tally: Tally,
    cells: Codes,
    sums: ContrastSums | None,
    rows: Places,
    columns: dict[str, NDArray[Any]],
    factor: NDArray[Any] | None,
    shares: Collection[str] | None,
) -> CellTable:
    found = [
        effect
        for effect in effects(tally, cells, sums, rows)
        if shares is None or (effect.measure == "share" and effect.of in shares)
    ]
    methods, same = by_line(effect.method for effect in found), identical(tally, cells)
    paired = np.full(len(rows), np.nan) if sums is None else sums.n[rows].astype(np.float64)
    if factor is not None:
        columns |= {"factor": factor[:, None]}
    columns |= {
        "reference": np.asarray(tally.source.cells.number)[cells[:, 1], None],
        "measure": by_line(effect.measure for effect in found),
        "of": by_line(effect.of for effect in found),
        "difference": side_by_side(effect.values.estimate for effect in found),
        "low": side_by_side(effect.values.low for effect in found),
        "high": side_by_side(effect.values.high for effect in found),
        "unit": by_line(effect.unit for effect in found),
        "pairs": paired[:, None],
        "replications_saved": side_by_side(effect.saved for effect in found),
        "method": np.where(same[:, None], np.array(IDENTICAL, object), methods) if same.any() else methods,
    }
    kept = ~np.isnan(columns["difference"])
    return CellTable(columns, kept, factor_columns(tally), counts=frozenset({"pairs"}))


def identical(tally: Tally, cells: Codes) -> NDArray[np.bool_]:
    """Return which pairs of cells, [pairs, 2], have identical crises, replication by replication."""
    if not tally.is_paired:
        return np.zeros(len(cells), bool)
    same: NDArray[np.bool_] = tally.digests[cells[:, 0]] == tally.digests[cells[:, 1]]
    return same & (tally.n[cells] > 0).all(axis=1)


def effects(
    tally: Tally, cells: Codes, sums: ContrastSums | None, rows: Places, confidence: float = CONFIDENCE
) -> Iterator[Effect]:
    """Yield the differences of pairs of cells, measure by measure.

    Parameters
    ----------
    tally
        The counts of the experiment.
    cells
        [pairs, 2]: places of a cell and of the one that it is compared with.
    sums
        Sums over replications, None for independent seeds.
    rows
        [pairs]: the place of each pair among these sums.
    confidence
        Of the intervals.
    """
    nothing = np.full(len(cells), np.nan)
    for k, (named, of) in enumerate(measures_of(tally)):
        is_share = named.kind == "share"
        unit = _unit(named)
        if sums is not None:
            values, saved = _paired(sums, rows, k, is_share, confidence)
            yield Effect(_name(named), of, unit, PAIRED_SHARES if is_share else PAIRED_MEANS, values, saved)
        elif is_share:
            yes, n = tally.shares[cells, k], tally.n[cells]
            values = intervals.independent_shares(yes[:, 0], n[:, 0], yes[:, 1], n[:, 1], confidence)
            yield Effect(_name(named), of, unit, INDEPENDENT_SHARES, values, nothing)
        else:
            mean, variance, n = moments(tally, k, cells)
            values = intervals.independent_means(
                mean[:, 0], variance[:, 0], n[:, 0], mean[:, 1], variance[:, 1], n[:, 1], confidence
            )
            yield Effect(_name(named), of, unit, INDEPENDENT_MEANS, values, nothing)


def _name(named: Measure) -> str:
    return "share" if named.kind == "share" else named.name


def _unit(named: Measure) -> str:
    return named.unit_of_difference or named.unit


def _paired(
    sums: ContrastSums, rows: Places, k: int, is_share: bool, confidence: float
) -> tuple[Intervals, Floats]:
    n, total, squares = sums.n[rows], sums.totals[rows, k], sums.squares[rows, k]
    if is_share:
        gained, lost = (squares + total) / 2, (squares - total) / 2
        values = intervals.paired_shares(gained, lost, n, confidence)
        with np.errstate(divide="ignore", invalid="ignore"):
            shares = sums.cell_totals[:, rows, k] / n
            spread = squares / n - (total / n) ** 2
        now, then = shares * (1 - shares)
        return values, intervals.replications_saved(now, then, spread)
    values = intervals.mean(total, squares, n, confidence)
    now, then = intervals.variance(sums.cell_totals[:, rows, k], sums.cell_squares[:, rows, k], n)
    return values, intervals.replications_saved(now, then, intervals.variance(total, squares, n))


def main_effects_table(tally: Tally) -> Any:
    """Return the average effect of each level of each factor, over all settings of the other factors.

    Columns factor, level, reference (the baseline's level), measure, of, effect, low, high, unit, least and
    greatest (over the points or settings), deviation (of the true effect over them), settings, points,
    replications, covers. Levels that are random draws of a distribution are left out: no draw is a reference.
    """
    return main_effects_of(tally).frame()


def interactions_table(tally: Tally) -> Any:
    """Return, for every two factors, by how much the effect of one differs with the level of the other.

    Columns factor, level, other_factor, other_level, measure, of, interaction, low, high, unit, and those
    that `main_effects_table` has at the end. The interaction is the effect of the level where the other
    factor is at its level, minus that where it is at the baseline's, averaged over all further factors.
    """
    return interactions_of(tally).frame()


def main_effects_of(tally: Tally) -> CellTable:
    """Return the table of `main_effects_table` by column, one line per measure."""
    comparison = comparisons_of(tally).pairs
    columns = {
        "factor": _factor(tally, comparison, 0),
        "level": _level(tally, comparison, 0, comparison.cell),
        "reference": _level(tally, comparison, 0, np.full(len(comparison.cell), tally.baseline)),
    }
    return _averages_table(tally, comparison, columns, "effect")


def interactions_of(tally: Tally) -> CellTable:
    """Return the table of `interactions_table` by column, one line per measure."""
    comparison = comparisons_of(tally).quadruples
    columns = {
        "factor": _factor(tally, comparison, 0),
        "level": _level(tally, comparison, 0, comparison.cell),
        "other_factor": _factor(tally, comparison, 1),
        "other_level": _level(tally, comparison, 1, comparison.cell),
    }
    return _averages_table(tally, comparison, columns, "interaction")


def _factor(tally: Tally, comparison: ComparedCells, which: int) -> NDArray[Any]:
    return np.array([*tally.source.factors, ""], object)[comparison.factors[:, which]]


def _level(tally: Tally, comparison: ComparedCells, which: int, at: Places) -> NDArray[Any]:
    """Return the level of each group's factor in some cell."""
    found = np.empty(len(at), object)
    factors, levels = tally.source.factors, tally.source.cells.levels
    for row, (k, place) in enumerate(zip(comparison.factors[:, which].tolist(), at.tolist(), strict=True)):
        found[row] = levels[factors[k]][place] if k != SEVERAL else ""
    return found


def covers_of(tally: Tally, comparison: ComparedCells) -> NDArray[Any]:
    """Return in words what each group's interval covers."""
    both = "points and replications" if tally.is_paired else "points, with their replications"
    return np.where(comparison.is_sampled, np.array(both, object), np.array("replications", object))


def _averages_table(
    tally: Tally,
    comparison: ComparedCells,
    columns: dict[str, NDArray[Any]],
    name: str,
) -> CellTable:
    found: list[Averages] = averages(tally, comparison)
    contrasts = comparison.contrasts
    replications = found[0].replications if found else np.zeros(len(comparison.cell), np.int64)
    wide = {key: column[:, None] for key, column in columns.items()} | {
        "measure": by_line(_name(each.measure) for each in found),
        "of": by_line(each.of for each in found),
        name: _stacked([each.values.estimate for each in found]),
        "low": _stacked([each.values.low for each in found]),
        "high": _stacked([each.values.high for each in found]),
        "unit": by_line(_unit(each.measure) for each in found),
        "least": _stacked([each.least for each in found]),
        "greatest": _stacked([each.greatest for each in found]),
        "deviation": _stacked([each.deviation for each in found]),
        "settings": contrasts.settings[:, None],
        "points": contrasts.points[:, None],
        "replications": replications[:, None],
        "covers": covers_of(tally, comparison)[:, None],
    }
    kept = comparison.is_reported[:, None] & ~np.isnan(wide[name])
    levels = frozenset({"level", "other_level", "reference"} & set(wide))
    return CellTable(wide, kept, levels)


def _stacked(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return side_by_side(arrays) if arrays else np.empty((0, 0))
