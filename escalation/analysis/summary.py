"""The tidy tables of an experiment, from its tally, as pandas frames: one row per cell and measure.

Every table takes the numbers of the cells wanted; all by default. Values that cannot be computed are empty:
a quantile that is not reached, the interval of the mean of one crisis. A state absent from a cell has no
rows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.cell_table import CellTable
from escalation.analysis.tally import Tally
from escalation.measures.columns import CELL_COLUMNS, EFFECT_COLUMNS, RESULT_COLUMNS
from escalation.measures.measures import ANY, CEASEFIRE, FORCE, Measure
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
    values: Intervals


def places_of(tally: Tally, cells: Iterable[int] | None) -> Places:
    """Return the places of cells in the tally, in ascending order."""
    numbers = np.asarray(tally.source.cells.number)
    if cells is None:
        return np.arange(len(numbers))
    return np.flatnonzero(np.isin(numbers, list(cells)))


def cell_columns(tally: Tally, places: Places) -> dict[str, NDArray[Any]]:
    """Return the columns of a `CellTable` that say which cell it is: its number, role and levels."""
    cells, at = tally.source.cells, places.tolist()
    columns: dict[str, NDArray[Any]] = {"cell": np.asarray(cells.number)[places, None]}
    columns["role"] = np.array([cells.role[place] for place in at], object)[:, None]
    for factor in tally.source.factors:
        levels, here = cells.levels[factor], np.empty((len(at), 1), object)
        here[:, 0] = [levels[place] for place in at]
        columns[column_of(factor)] = here
    return columns


def factor_columns(tally: Tally) -> frozenset[str]:
    """Return the names of the columns that hold levels."""
    return frozenset(map(column_of, tally.source.factors))


def column_of(factor: str) -> str:
    """Return the name of a factor's column: its own.

    Experiments refuse a factor named as a column of the tables; results of earlier versions may hold one.
    """
    return f"factor_{factor}" if factor in TAKEN else factor


def by_line(values: Iterable[str]) -> NDArray[Any]:
    """Return the words of each line as a column of a `CellTable`."""
    return np.array([*values], object)[None, :]


def side_by_side(arrays: Iterable[NDArray[Any]]) -> NDArray[Any]:
    """Return the values of each line, by cell, as a column of a `CellTable`."""
    return np.stack([*arrays], axis=1)


def summary_table(tally: Tally, cells: Iterable[int] | None = None) -> Any:
    """Return the results of each cell: cell, role, factors, measure, of, n, estimate, low, high, unit.

    Shares have Wilson intervals, means Student's; days those of Kaplan and Meier's curve, with censoring at
    the end of the run (quantiles as `survival.quantile` says). `restricted_mean` counts days up to the end
    of the run.
    """
    return summary_of(tally, places_of(tally, cells)).frame()


def summary_of(tally: Tally, places: Places, shares: Collection[str] | None = None) -> CellTable:
    """Return the table of `summary_table` by column; with `shares` the lines of these only."""
    lines = [line for line in _shares(tally, places) if shares is None or line.of in shares]
    if shares is None:
        for each in tally.measures.numbers:
            lines += (_days if each.kind == "days" else _means)(tally, places, each)
    columns = cell_columns(tally, places) | {
        "measure": by_line(line.measure for line in lines),
        "of": by_line(line.of for line in lines),
        "n": tally.n[places, None],
        "estimate": side_by_side(line.values.estimate for line in lines),
        "low": side_by_side(line.values.low for line in lines),
        "high": side_by_side(line.values.high for line in lines),
        "unit": by_line(line.unit for line in lines),
    }
    means = [each.name for each in tally.measures.numbers if each.kind == "mean"]
    kept = ~np.isin(columns["measure"], means) | ~np.isnan(columns["estimate"])
    return CellTable(columns, kept, factor_columns(tally))


def _shares(tally: Tally, places: Places) -> Iterator[SummaryLine]:
    n = tally.n[places]
    for k, share in enumerate(tally.measures.shares):
        yield SummaryLine("share", share.name, share.unit, intervals.wilson(tally.shares[places, k], n))


def _means(tally: Tally, places: Places, measure: Measure) -> Iterator[SummaryLine]:
    n = tally.n[places]
    for k, (name, of) in enumerate(tally.numbers.names):
        if name == measure.name:
            found = intervals.mean(tally.totals[places, k], tally.squares[places, k], n)
            yield SummaryLine(name, of, measure.unit, found)


def _days(tally: Tally, places: Places, measure: Measure) -> Iterator[SummaryLine]:
    k = tally.measures.place_of_event(measure.name)
    events, censored = timed(tally, places, tally.days[places, k])
    curve = survival.cumulative_incidence(events, censored)
    for name, share in QUANTILES.items():
        yield SummaryLine(measure.name, name, measure.unit, survival.quantile(curve, share))
    until = np.asarray(tally.source.free_days)[places]
    mean = survival.restricted_mean(events, censored, until)
    yield SummaryLine(measure.name, "restricted_mean", measure.unit, mean)


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
        columns = {
            "cell": _repeated_cells(tally, places, days),
            "event": np.full(len(places) * days, event, object),
            "day": np.tile(np.arange(days), len(places)),
        }
        columns |= {name: getattr(curve, name).reshape(-1) for name in ("incidence", "low", "high")}
        seen = columns["day"] <= np.repeat(np.asarray(tally.source.free_days)[places], days)
        frames.append(pd.DataFrame(columns)[seen])
    frame = pd.concat(frames, ignore_index=True)
    return frame.sort_values(["cell", "event", "day"], kind="stable", ignore_index=True)


def _repeated_cells(tally: Tally, places: Places, rows: int) -> NDArray[Any]:
    """Return the number of each cell as often as it has rows."""
    return np.repeat(np.asarray(tally.source.cells.number)[places], rows)


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
        {
            "cell": _repeated_cells(tally, places, len(states) * RUNGS),
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
        {
            "cell": _repeated_cells(tally, tally.followed[rows], states * days),
            "state": np.tile(np.repeat(np.array(tally.source.states, object), days), cells_),
            "day": np.tile(np.arange(days), cells_ * states),
            "date": np.tile(dates, cells_ * states),
        }
        | {name: binned_quantile(counts, share).reshape(-1) for name, share in POSTURE_QUANTILES.items()}
    )
    return frame[frame["q50"].notna()].reset_index(drop=True)
