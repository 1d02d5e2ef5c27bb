"""The tidy tables of an experiment, from its tally, as pandas frames: one row per cell and measure.

Every table takes the numbers of the cells wanted; all by default. Values that cannot be computed are empty:
a quantile that is not reached, the interval of the mean of one crisis. A state absent from a cell has no
rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.tally import Tally
from escalation.measures.columns import CELL_COLUMNS, EFFECT_COLUMNS, RESULT_COLUMNS
from escalation.measures.measures import (
    ANY,
    CEASEFIRE,
    EVENTS,
    FORCE,
    NUMBER_MEASURES,
    SHARE_MEASURES,
    Measure,
)
from escalation.stats import intervals, survival
from escalation.stats.intervals import Intervals
from escalation.stats.survival import binned_quantile
from escalation.vocabulary import RUNGS

QUANTILES = {"q25": 0.25, "median": 0.5, "q75": 0.75}
POSTURE_QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}

TAKEN = frozenset((*CELL_COLUMNS, *RESULT_COLUMNS, *EFFECT_COLUMNS)) - {"seed"}

Places = NDArray[np.int64]


@dataclass(frozen=True)
class SummaryLine:
    """One measure of many cells: what becomes one row in each of them."""

    measure: str
    of: str
    unit: str
    n: NDArray[Any]
    values: Intervals


def places_of(tally: Tally, cells: Iterable[int] | None) -> Places:
    """Return the places of cells in the tally, in ascending order."""
    numbers = np.asarray(tally.source.cells.number)
    if cells is None:
        return np.arange(len(numbers))
    return np.flatnonzero(np.isin(numbers, list(cells)))


def cell_columns(tally: Tally, places: Places, rows: int, factors: bool = True) -> dict[str, Any]:
    """Return the columns that identify the cell of each row, with equally many rows for each cell."""
    cells = tally.source.cells
    columns: dict[str, Any] = {"cell": np.repeat(np.asarray(cells.number)[places], rows)}
    if factors:
        columns["role"] = np.repeat(np.array(cells.role, object)[places], rows)
        for factor in tally.source.factors:
            levels = np.empty(len(cells.number), object)
            levels[:] = list(cells.levels[factor])
            columns[column_of(factor)] = np.repeat(levels[places], rows)
    return columns


def column_of(factor: str) -> str:
    """Return the name of a factor's column: its own.

    Experiments refuse a factor named as a column of the tables; results of earlier versions may hold one.
    """
    return f"factor_{factor}" if factor in TAKEN else factor


def stacked(arrays: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Return arrays by cell as one column, with all values of a cell together."""
    return np.stack(arrays, axis=1).reshape(-1)


def summary_table(tally: Tally, cells: Iterable[int] | None = None) -> Any:
    """Return the results of each cell: cell, role, factors, measure, of, n, estimate, low, high, unit.

    Shares have Wilson intervals, means Student's; days those of Kaplan and Meier's curve, with censoring at
    the end of the run (quantiles as `survival.quantile` says). `restricted_mean` counts days up to the end
    of the run.
    """
    import pandas as pd

    places = places_of(tally, cells)
    lines = list(_shares(tally, places))
    for each in NUMBER_MEASURES:
        lines += (_days if each.kind == "days" else _means)(tally, places, each)
    frame = pd.DataFrame(
        cell_columns(tally, places, len(lines))
        | {
            "measure": np.tile(np.array([line.measure for line in lines], object), len(places)),
            "of": np.tile(np.array([line.of for line in lines], object), len(places)),
            "n": stacked([line.n for line in lines]),
            "estimate": stacked([line.values.estimate for line in lines]),
            "low": stacked([line.values.low for line in lines]),
            "high": stacked([line.values.high for line in lines]),
            "unit": np.tile(np.array([line.unit for line in lines], object), len(places)),
        }
    )
    means = [each.name for each in NUMBER_MEASURES if each.kind == "mean"]
    is_mean = frame["measure"].isin(means)
    return frame[~is_mean | frame["estimate"].notna()].reset_index(drop=True)


def _shares(tally: Tally, places: Places) -> Iterator[SummaryLine]:
    n = tally.n[places]
    for k, share in enumerate(SHARE_MEASURES):
        found = intervals.wilson(tally.shares[places, k], n)
        yield SummaryLine("share", share.name, share.unit, n, found)


def _means(tally: Tally, places: Places, measure: Measure) -> Iterator[SummaryLine]:
    n = tally.n[places]
    for k, (name, of) in enumerate(tally.numbers.names):
        if name == measure.name:
            found = intervals.mean(tally.totals[places, k], tally.squares[places, k], n)
            yield SummaryLine(name, of, measure.unit, n, found)


def _days(tally: Tally, places: Places, measure: Measure) -> Iterator[SummaryLine]:
    n = tally.n[places]
    k = EVENTS.index(measure.name.removeprefix("days_to_"))
    events, censored = timed(tally, places, tally.days[places, k])
    curve = survival.cumulative_incidence(events, censored)
    for name, share in QUANTILES.items():
        yield SummaryLine(measure.name, name, measure.unit, n, survival.quantile(curve, share))
    until = np.asarray(tally.source.free_days)[places]
    mean = survival.restricted_mean(events, censored, until)
    yield SummaryLine(measure.name, "restricted_mean", measure.unit, n, mean)


def timed(
    tally: Tally, places: Places, events: NDArray[Any], competing: NDArray[Any] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return events, and the crises censored, by day: those without any event, on their cell's last day."""
    censored = np.zeros(events.shape, np.int64)
    seen = events.sum(axis=1, dtype=np.int64)
    if competing is not None:
        seen += competing.sum(axis=1, dtype=np.int64)
    last = np.asarray(tally.source.free_days)[places]
    censored[np.arange(len(places)), last] = tally.n[places] - seen
    return events.astype(np.int64), censored


def incidence_table(tally: Tally, cells: Iterable[int] | None = None) -> Any:
    """Return cell, event, day (after the horizon), incidence, low, high.

    For force, a ceasefire that comes first is a competing event; a ceasefire has no competing event and is
    censored at the end of the run.
    """
    import pandas as pd

    places = places_of(tally, cells)
    frames = []
    days = tally.days.shape[-1]
    for event, k in (("force", FORCE), ("ceasefire", CEASEFIRE)):
        if event == "force":
            competing = tally.firsts[places, 1]
            events, censored = timed(tally, places, tally.firsts[places, 0], competing)
            curve = survival.cumulative_incidence(events, censored, competing)
        else:
            curve = survival.cumulative_incidence(*timed(tally, places, tally.days[places, k]))
        columns = cell_columns(tally, places, days, factors=False)
        columns |= {
            "event": np.full(len(places) * days, event, object),
            "day": np.tile(np.arange(days), len(places)),
        }
        columns |= {name: getattr(curve, name).reshape(-1) for name in ("incidence", "low", "high")}
        seen = columns["day"] <= np.repeat(np.asarray(tally.source.free_days)[places], days)
        frames.append(pd.DataFrame(columns)[seen])
    frame = pd.concat(frames, ignore_index=True)
    return frame.sort_values(["cell", "event", "day"], kind="stable", ignore_index=True)


def peaks_table(tally: Tally, cells: Iterable[int] | None = None) -> Any:
    """Return cell, state (or any), rung, crises, share."""
    import pandas as pd

    places = places_of(tally, cells)
    peaks = tally.peaks[places]
    states = [ANY, *tally.source.states]
    total = np.repeat(peaks.sum(axis=2), RUNGS)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = peaks.reshape(-1) / total
    frame = pd.DataFrame(
        cell_columns(tally, places, len(states) * RUNGS, factors=False)
        | {
            "state": np.tile(np.repeat(np.array(states, object), RUNGS), len(places)),
            "rung": np.tile(np.arange(RUNGS), len(places) * len(states)),
            "crises": peaks.reshape(-1),
            "share": share,
        }
    )
    return frame[total > 0].reset_index(drop=True)


def postures_table(tally: Tally, cells: Iterable[int] | None = None) -> Any:
    """Return cell, state, day (from the start), date, q05, q25, q50, q75, q95, for the cells followed.

    Quantiles are read off the histogram's bins of a quarter of a rung, evenly filled.
    """
    import pandas as pd

    wanted = places_of(tally, cells)
    rows = np.flatnonzero(np.isin(tally.followed, wanted))
    counts = tally.postures[rows].transpose(0, 2, 1, 3)
    cells_, states, days = counts.shape[:3]
    dates = np.array([tally.source.start + dt.timedelta(days=day) for day in range(days)], object)
    frame = pd.DataFrame(
        cell_columns(tally, tally.followed[rows], states * days, factors=False)
        | {
            "state": np.tile(np.repeat(np.array(tally.source.states, object), days), cells_),
            "day": np.tile(np.arange(days), cells_ * states),
            "date": np.tile(dates, cells_ * states),
        }
        | {name: binned_quantile(counts, share).reshape(-1) for name, share in POSTURE_QUANTILES.items()}
    )
    return frame[frame["q50"].notna()].reset_index(drop=True)
