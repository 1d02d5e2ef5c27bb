"""All tables of an experiment together, with the wording that its figures need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from escalation.analysis.averages import averages, comparisons_of, draws_at_baseline, shares_at
from escalation.analysis.cell_table import CellTable
from escalation.analysis.coverage import Coverage, coverage
from escalation.analysis.effects import (
    effects_of,
    identical,
    interactions_of,
    main_effects_of,
    rows_of,
)
from escalation.analysis.policies import PolicyComparison, compare_policies, differences, policies_csv
from escalation.analysis.summary import (
    Places,
    incidence_table,
    peaks_table,
    places_of,
    postures_table,
    summary_of,
)
from escalation.analysis.tally import Tally
from escalation.experiment.design import Cell, Loaded
from escalation.experiment.results import ResultsFolder
from escalation.experiment.spec import POLICY
from escalation.files.write import replacing
from escalation.measures.columns import Layout
from escalation.measures.measures import Measure, Measures
from escalation.vocabulary import OUTCOMES

Row = dict[str, Any]
"""A row of a table, by name of column."""


@dataclass(frozen=True)
class Varied:
    """A factor, as figures show it."""

    name: str
    label: str
    unit: str | None
    levels: tuple[Any, ...]
    """Numbers in ascending order, all else in the order of the cells."""
    kind: Literal["number", "text"]
    names: Mapping[str, str]
    """What alternatives are called, by name; not all have a label."""
    is_sampled: bool = False
    """Whether the points of a sampled design are spread over it; what is not meets every point."""

    def key(self, level: Any) -> Any:
        """Return a level in a form that compares equal whatever its source."""
        return float(f"{float(level):.12g}") if self.kind == "number" else str(level)


@dataclass(frozen=True)
class LevelEffect:
    """The average effect of one level of a factor on one share, and the effects that it averages."""

    factor: str
    level: Any
    share: str
    value: float
    low: float
    high: float
    each: tuple[float, ...]
    """In every setting or at every point; of draws their deviations from the mean over draws."""
    settings: int
    replications: int
    is_identical: bool
    """Whether all crises are identical to those at the baseline's level, in all settings."""
    is_sampled: bool
    """Whether the settings are sampled points, whose sampling the interval covers."""
    is_draws: bool = False
    """Whether it is the spread of random draws about their mean, with no level of their own."""

    @property
    def shown(self) -> tuple[float | None, float, float]:
        """Return what figures show of it: mean and limits, or for draws only how far they reach."""
        return (None if self.is_draws else self.value), self.low, self.high


def level_effects(tally: Tally, names: Sequence[str]) -> list[LevelEffect]:
    """Return the average effect of each level of each factor on some shares.

    Levels that are random draws have no effects of their own: of those the spread is returned, that of their
    shares about the mean over draws, where all other factors are at baseline.
    """
    comparison = comparisons_of(tally).pairs
    contrasts = comparison.contrasts
    factors, levels = tally.source.factors, tally.source.cells.levels
    same = identical(tally, contrasts.cells)
    bounds = [*contrasts.first_of_group.tolist(), len(contrasts.group)]
    found = []
    at = shares_at(tally, names)
    for k, averaged in zip(at, averages(tally, comparison, at), strict=False):
        each = differences(tally, comparison, k)
        for group in np.flatnonzero(comparison.is_reported).tolist():
            factor, some = factors[int(comparison.factors[group, 0])], slice(*bounds[group : group + 2])
            found.append(
                LevelEffect(
                    factor=factor,
                    level=levels[factor][int(comparison.cell[group])],
                    share=averaged.of,
                    value=float(averaged.values.estimate[group]),
                    low=float(averaged.values.low[group]),
                    high=float(averaged.values.high[group]),
                    each=tuple(each[some].tolist()),
                    settings=int(contrasts.settings[group]),
                    replications=int(averaged.replications[group]),
                    is_identical=bool(same[some].all()),
                    is_sampled=bool(comparison.is_sampled[group]),
                )
            )
        found += _draws(tally, averaged.of, k)
    return found


def _draws(tally: Tally, share: str, k: int) -> Iterator[LevelEffect]:
    for factor, places in draws_at_baseline(tally):
        shares = tally.shares[places, k] / tally.n[places]
        away = tuple((shares - shares.mean()).tolist())
        n = int(tally.n[places].min())
        yield LevelEffect(
            factor, None, share, 0.0, min(away), max(away), away, len(away), n, False, True, is_draws=True
        )


class PlannedTables:
    """What figures need to know of an experiment, all of it known before a crisis is simulated."""

    policy: str | None = None
    """The name of the factor whose levels are the policies, None without any."""

    def __init__(self, loaded: Loaded, layout: Layout, cells: Sequence[Cell]) -> None:
        self._loaded, self._design = loaded, cells
        spec, scenario = loaded.spec, loaded.scenario
        self.title, self.name, self.seed = spec.title, spec.name, spec.seed
        self.scenario_title = scenario.title
        self.start: dt.date = scenario.start
        self.horizon: dt.date = scenario.horizon
        self.shares: Sequence[str] = spec.outcomes
        self.thresholds: Mapping[str, int | None] = loaded.thresholds
        self.measures: Measures = layout.measures
        self.baseline = next(cell.number for cell in cells if cell.role == "baseline")
        self.states: Mapping[str, str] = self._labels("states", layout.states)
        self.mediators: Mapping[str, str] = self._labels("mediators", layout.mediators)
        self.policy = POLICY if spec.policies else None
        self.factors = tuple(self._varied(name) for name in spec.varied)

    def _labels(self, group: str, names: Sequence[str]) -> dict[str, str]:
        """Return the label of each actor, from the scenario or from the alternative that adds it."""
        known: dict[str, str] = {}
        for scenario in self._loaded.scenarios():
            known |= {name: actor.label for name, actor in getattr(scenario, group).items()} | known
        return {name: known[name] for name in names}

    def measure(self, name: str) -> Measure:
        """Return a measure of the experiment, worded for its scenario."""
        return self.measures.measure(name, self.thresholds)

    def _varied(self, name: str) -> Varied:
        factor = self._loaded.spec.varied[name]
        levels = tuple(dict.fromkeys(cell.levels[name] for cell in self._design))
        is_number = all(isinstance(level, int | float) and not isinstance(level, bool) for level in levels)
        if is_number:
            levels = tuple(sorted(levels))
        alternatives = factor.alternatives or {}
        names = {key: each.label for key, each in alternatives.items() if each.label}
        is_sampled = factor.is_sampled and self._loaded.spec.design.kind in ("lhs", "sobol")
        kind: Literal["number", "text"] = "number" if is_number else "text"
        return Varied(name, factor.label, factor.unit, levels, kind, names, is_sampled)

    @property
    def texts(self) -> Iterator[str]:
        """Yield the texts of the experiment and its scenario that figures show."""
        yield from (self.title, self.scenario_title, *self.states.values(), *self.mediators.values())
        for factor in self.factors:
            yield from (factor.label, factor.unit or "", *factor.names.values())
            yield from (str(level) for level in factor.levels if factor.kind == "text")

    def levels_by_cell(self, factor: Varied) -> Mapping[int, Any]:
        """Return the level of a factor in every cell, by its key."""
        if factor.name not in self._levels_by_cell:
            cells, levels = self.cells["cell"].tolist(), self.cells[factor.name].tolist()
            known = {level: factor.key(level) for level in dict.fromkeys(levels)}
            by_cell = {int(cell): known[level] for cell, level in zip(cells, levels, strict=True)}
            self._levels_by_cell[factor.name] = by_cell
        return self._levels_by_cell[factor.name]

    @cached_property
    def _levels_by_cell(self) -> dict[str, dict[int, Any]]:
        return {}

    @cached_property
    def cells(self) -> Any:
        """One row per cell: cell, role, factors, seed."""
        import pandas as pd

        cells = self._design
        columns: dict[str, Any] = {"cell": [cell.number for cell in cells]}
        columns["role"] = [cell.role for cell in cells]
        columns |= {name: [cell.levels[name] for cell in cells] for name in self._loaded.spec.varied}
        return pd.DataFrame(columns | {"seed": [cell.seed for cell in cells]})


class Tidy(PlannedTables):
    """The tables of one experiment, computed for those cells only that a figure shows."""

    so_far = ""
    """How much of the sweep is there, if not all of it."""

    def __init__(self, results: ResultsFolder, tally: Tally) -> None:
        super().__init__(results.loaded, results.layout, list(results.design()))
        self._tally = tally
        self.folder = results.folder
        self.so_far = coverage(tally).words

    def share_rows(self, cells: Iterable[int], names: Collection[str]) -> Iterator[Row]:
        """Yield the rows of the summary that give these shares of these cells."""
        return summary_of(self._tally, places_of(self._tally, cells), names).rows()

    def share_span(self, name: str) -> tuple[float, float] | None:
        """Return the least and the greatest share in any cell, None without crises."""
        has_crises = self._tally.n > 0
        yes = self._tally.shares[has_crises, self.measures.names.index(name)]
        found = yes / self._tally.n[has_crises]
        return (float(found.min()), float(found.max())) if len(found) else None

    @property
    def is_paired(self) -> bool:
        """Whether crises are compared in pairs, by common random numbers."""
        return self._tally.is_paired

    def level_effects(self, names: Sequence[str]) -> list[LevelEffect]:
        """Return the average effect of each level of each factor on some shares, and those it averages."""
        return level_effects(self._tally, names)

    @cached_property
    def policies(self) -> PolicyComparison | None:
        """The policies compared with the reference, in the shares of the experiment; None without any."""
        return compare_policies(self._tally, self.shares)

    def posture_rows(self, cells: Iterable[int]) -> list[Row]:
        """Return the quantiles of each state's posture by day, of the cells that are followed."""
        return _rows(postures_table(self._tally, cells))

    def incidence_rows(self, cells: Iterable[int]) -> list[Row]:
        """Return the cumulative incidence of force and of ceasefires by day."""
        return _rows(incidence_table(self._tally, cells))

    def peak_rows(self, cells: Iterable[int]) -> list[Row]:
        """Return how often each rung was the peak."""
        return _rows(peaks_table(self._tally, cells))


def _rows(frame: Any) -> list[Row]:
    names = [str(name) for name in frame.columns]
    columns = (frame[name].tolist() for name in names)
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


ROWS_AT_ONCE = 1_000


def write_tables(
    tally: Tally, folder: Path, shares: Sequence[str] = OUTCOMES, cover: Coverage | None = None
) -> list[Path]:
    """Write the summary, effects, main effects, interactions and policies as CSV; return their paths.

    The same bytes for the same results: nine significant digits, missing values empty. Each file is whole or
    absent; that of the policies is written where there are any. Of an incomplete sweep they leave out the
    cells without results, and summary.csv and effects.csv have a last column `planned`: the replications that
    each cell is to have.
    """
    planned = None if cover is None or cover.is_complete else cover.planned
    written = [
        _write(folder / f"{name}.csv", tables, planned if name in ("summary", "effects") else None)
        for name, tables in tables_of(tally).items()
    ]
    policies = compare_policies(tally, shares)
    if policies is not None:
        with replacing(folder / "policies.csv") as partial, partial.open("wb") as file:
            file.writelines(policies_csv(policies))
        written.append(folder / "policies.csv")
    return written


def tables_of(tally: Tally) -> dict[str, Iterable[CellTable]]:
    """Return all tables of an experiment by name, each in pieces that are made as they are read."""
    cells, pairs = np.flatnonzero(tally.n), rows_of(tally)
    return {
        "summary": (summary_of(tally, some) for some in _some(cells)),
        "effects": (effects_of(tally, some) for some in _some(pairs)),
        "main_effects": (main_effects_of(tally) for _ in range(1)),
        "interactions": (interactions_of(tally) for _ in range(1)),
    }


def _some(places: Places) -> Iterator[Places]:
    """Yield places, some at a time, at least once."""
    for first in range(0, max(len(places), 1), ROWS_AT_ONCE):
        yield places[first : first + ROWS_AT_ONCE]


def _write(path: Path, tables: Iterable[CellTable], planned: int | None) -> Path:
    with replacing(path) as partial, partial.open("wb") as file:
        for number, piece in enumerate(tables):
            more = {} if planned is None else {"planned": np.array([[planned]])}
            table = replace(piece, columns={**piece.columns, **more})
            if number == 0:
                file.write(table.head())
            file.writelines(table.csv())
    return path
