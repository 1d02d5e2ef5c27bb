"""Differences of each cell from the baseline, with intervals and the gain from pairing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.cell_table import CellTable
from escalation.analysis.summary import (
    Places,
    by_line,
    cell_columns,
    factor_columns,
    places_of,
    side_by_side,
)
from escalation.analysis.tally import Tally
from escalation.stats import intervals
from escalation.stats.intervals import CONFIDENCE, Floats, Intervals

PAIRED_SHARES = "paired, Agresti-Min"
PAIRED_MEANS = "paired, t"
INDEPENDENT_SHARES = "independent, Newcombe"
INDEPENDENT_MEANS = "independent, Welch"
IDENTICAL = "identical crises"


@dataclass(frozen=True)
class Effect:
    """One measure's difference from the baseline in many cells."""

    measure: str
    of: str
    unit: str
    method: str
    values: Intervals
    saved: Floats
    """NaN where crises are not paired."""


def effects_table(tally: Tally, cells: Iterable[int] | None = None) -> Any:
    """Return every cell's differences from the baseline, on the replications that both have.

    Columns cell, role, factors, factor (the one that differs from the baseline, empty if several do),
    measure, of, difference, low, high, unit, pairs, replications_saved, method. Under common random numbers
    crises are compared in pairs, otherwise as independent samples, and replications_saved is empty, as it is
    where no pair differs.
    """
    return effects_of(tally, places_of(tally, cells)).frame()


def effects_of(tally: Tally, places: Places, shares: Collection[str] | None = None) -> CellTable:
    """Return the table of `effects_table` by column; with `shares` the lines of these only."""
    places = places[places != tally.baseline]
    found = [
        effect
        for effect in effects(tally, places)
        if shares is None or (effect.measure == "share" and effect.of in shares)
    ]
    names = np.array([*tally.source.factors, ""], object)
    methods, same = by_line(effect.method for effect in found), identical(tally, places)
    paired = np.full(1, np.nan) if tally.pairs is None else tally.pairs.n[places].astype(np.float64)
    columns = cell_columns(tally, places) | {
        "factor": names[tally.one_factor_off[places], None],
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


def identical(tally: Tally, places: Places) -> NDArray[np.bool_]:
    """Return which cells have crises identical to the baseline's, replication by replication."""
    if tally.pairs is None:
        return np.zeros(len(places), bool)
    same: NDArray[np.bool_] = tally.digests[places] == tally.digests[tally.baseline]
    return same & (tally.n[places] > 0)


def effects(tally: Tally, places: Places, confidence: float = CONFIDENCE) -> Iterator[Effect]:
    """Yield the differences of cells from the baseline, measure by measure."""
    if tally.pairs is None:
        yield from _independent(tally, places, confidence)
    else:
        yield from _paired(tally, places, confidence)


def _paired(tally: Tally, places: Places, confidence: float) -> Iterator[Effect]:
    pairs = tally.pairs
    if pairs is None:
        return
    n = pairs.n[places]
    for k, share in enumerate(tally.measures.shares):
        gained, lost, yes = pairs.gained[places, k], pairs.lost[places, k], pairs.yes[places, k]
        with np.errstate(divide="ignore", invalid="ignore"):
            p, p_0, difference = yes / n, (yes - gained + lost) / n, (gained - lost) / n
            spread = (gained + lost) / n - difference * difference
        saved = intervals.replications_saved(p * (1 - p), p_0 * (1 - p_0), spread)
        found = intervals.paired_shares(gained, lost, n, confidence)
        yield Effect("share", share.name, share.unit, PAIRED_SHARES, found, saved)
    for k, (name, of) in enumerate(tally.numbers.names):
        total, base = pairs.totals[places, k], pairs.base_totals[places, k]
        squares = pairs.difference_squares[places, k]
        found = intervals.mean(total - base, squares, n, confidence)
        saved = intervals.replications_saved(
            intervals.variance(total, pairs.squares[places, k], n),
            intervals.variance(base, pairs.base_squares[places, k], n),
            intervals.variance(total - base, squares, n),
        )
        yield Effect(name, of, tally.measures.measure(name).unit_of_difference, PAIRED_MEANS, found, saved)


def _independent(tally: Tally, places: Places, confidence: float) -> Iterator[Effect]:
    n, n_0 = tally.n[places], tally.n[tally.baseline]
    nothing = np.full(len(places), np.nan)
    for k, share in enumerate(tally.measures.shares):
        yes, yes_0 = tally.shares[places, k], tally.shares[tally.baseline, k]
        found = intervals.independent_shares(yes, n, yes_0, n_0, confidence)
        yield Effect("share", share.name, share.unit, INDEPENDENT_SHARES, found, nothing)
    for k, (name, of) in enumerate(tally.numbers.names):
        total, squares = tally.totals[places, k], tally.squares[places, k]
        base, base_squares = tally.totals[tally.baseline, k], tally.squares[tally.baseline, k]
        if of == "restricted_mean":
            event = tally.measures.place_of_event(name)
            base, base_squares = _restricted(tally, event, places)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = intervals.independent_means(
                total / n,
                intervals.variance(total, squares, n),
                n,
                base / n_0,
                intervals.variance(base, base_squares, n_0),
                n_0,
                confidence,
            )
        unit = tally.measures.measure(name).unit_of_difference
        yield Effect(name, of, unit, INDEPENDENT_MEANS, found, nothing)


def _restricted(tally: Tally, event: int, places: Places) -> tuple[Floats, Floats]:
    """Return the baseline's sum and sum of squares of days up to the end of each cell's run."""
    free = np.asarray(tally.source.free_days)
    until = np.minimum(free[places], free[tally.baseline])[:, None]
    counts = tally.days[tally.baseline, event].astype(np.float64)
    days = np.minimum(np.arange(len(counts)), until)
    rest = tally.n[tally.baseline] - counts.sum()
    return (
        days @ counts + rest * until[:, 0],
        (days * days) @ counts + rest * until[:, 0].astype(np.float64) ** 2,
    )
