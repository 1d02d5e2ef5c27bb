"""What moves each outcome: its variance split into parameters and luck, indices, screening, swings.

The results of a sweep with the design `sensitivity` to arrays, and these to `escalation.stats.sobol` and
`escalation.stats.morris`. What is not sampled (policies and other alternatives) is crossed with every point:
every combination of it is a setting and is analysed on its own, and so is the paired difference of each
setting from the reference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.results import ResultsFolder
from escalation.experiment.scheme import SensitivityCells
from escalation.experiment.spec import Level
from escalation.files.places import ArgumentError, did_you_mean, listed
from escalation.measures.columns import Layout
from escalation.measures.measures import ANY, Measure, Numbers, Thresholds
from escalation.stats import intervals
from escalation.stats.intervals import Floats, Intervals
from escalation.stats.morris import MorrisMeasures, morris_measures
from escalation.stats.sobol import PickFreeze, SobolIndices, convergence, group_means

Values = NDArray[Any]
"""[cells, replications]: a measure of every crisis."""


@dataclass(frozen=True)
class Swing:
    """The change of the mean outcome from the baseline when one parameter goes to an end of its range."""

    parameter: int
    end: Level
    difference: Intervals


@dataclass(frozen=True)
class Explained:
    """What moves one measure in one setting, or its paired difference from the reference setting."""

    setting: str
    """Empty if nothing is crossed."""
    against: str
    """The reference setting, for a difference; else empty."""
    place: str
    """The setting by the labels of its levels, or the two that are compared; empty if nothing is crossed."""
    name: str
    """Of the measure, as asked for."""
    measure: Measure
    series: tuple[SobolIndices, ...] = ()
    """Of the first quarter and half of the points, and of all of them; empty without Sobol indices."""
    morris: MorrisMeasures | None = None
    swings: tuple[Swing, ...] = ()

    @property
    def sobol(self) -> SobolIndices | None:
        """Return the indices of all points."""
        return self.series[-1] if self.series else None

    def only(self, kept: NDArray[np.intp]) -> Explained:
        """Return what is known of some of the parameters, by their numbers in order."""
        places = {int(number): place for place, number in enumerate(kept)}
        return replace(
            self,
            series=tuple(indices.only(kept) for indices in self.series),
            morris=self.morris and self.morris.only(kept),
            swings=tuple(
                replace(swing, parameter=places[swing.parameter])
                for swing in self.swings
                if swing.parameter in places
            ),
        )

    @property
    def heading(self) -> str:
        """Return what is measured, of which state if it is one's."""
        state = self.name.removeprefix(self.measure.name).strip("_")
        return f"{self.measure.heading} ({state})" if state else self.measure.heading

    @property
    def scale(self) -> tuple[float, str]:
        """Return the factor and the unit in which changes of the measure are written."""
        if self.measure.kind == "share":
            return 100.0, "points"
        return 1.0, self.measure.unit_of_difference


def explained_in(
    results: ResultsFolder, cells: SensitivityCells, names: Sequence[str]
) -> Iterator[Explained]:
    """Explain measures in every setting, that of the baseline first, then the differences from it.

    Parameters
    ----------
    results
        Complete results with the design `sensitivity`.
    cells
        As `sensitivity_cells` finds them.
    names
        Of shares and of number measures; of a state's as `cost_india`.

    Raises
    ------
    ArgumentError
        If the measure does not exist, or has no value in some crises.
    StoreError
        If the results are not complete.
    """
    asked = measures_named(names, results.layout, results.thresholds)
    values, is_common = _values_of(results, asked), results.seeds == "common"
    others = [number for number in range(len(cells.settings)) if number != cells.reference]
    pairs: list[tuple[int, int | None]] = [(number, None) for number in (cells.reference, *others)]
    pairs += [(number, cells.reference) for number in others]
    for setting, against in pairs:
        for name in names:
            yield _explained(cells, setting, against, name, asked[name], values[name], is_common)


def measures_named(names: Sequence[str], layout: Layout, thresholds: Thresholds) -> dict[str, Measure]:
    """Return the measures by the names asked for.

    Raises
    ------
    ArgumentError
        If a measure does not exist.
    """
    known = {name: name for name in layout.measures.names}
    known |= {_number_name(*one): one[0] for one in _numbers(layout).names}
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known)
            allowed = f"one of {listed([*known], len(known))}"
            raise ArgumentError(f"no measure is called {name!r}; {' '.join(filter(None, (hint, allowed)))}")
    return {name: layout.measures.measure(known[name], thresholds) for name in names}


def _numbers(layout: Layout) -> Numbers:
    return Numbers(layout.states, layout.mediators, layout.measures)


def _number_name(name: str, of: str) -> str:
    return name if of in (ANY, "restricted_mean") else f"{name}_{of}"


def _values_of(results: ResultsFolder, asked: Mapping[str, Measure]) -> dict[str, Values]:
    """Return the measures of every crisis, [cells, replications] each; days up to the end of the run."""
    shape = len(results.cells.number), results.plan.replications
    numbers, measures = _numbers(results.layout), results.measures
    places = {_number_name(*one): place for place, one in enumerate(numbers.names)}
    values: dict[str, Values] = {
        name: np.zeros(shape, bool if each.kind == "share" else np.float64) for name, each in asked.items()
    }
    until, crises = int(np.min(results.free_days)), 0
    for part in results.parts():
        crises += len(part.cells)
        at = np.searchsorted(results.cells.number, part.cells), part.table["replication"].astype(np.int64)
        counted = None
        for name, each in asked.items():
            if each.kind == "share":
                values[name][at] = measures.share_of(name, part.table)
                continue
            if counted is None:
                counted = numbers.values(part.table, np.full(len(part.cells), until))
            values[name][at] = counted[places[name]]
    if crises < shape[0] * shape[1]:
        results.check_complete()
    for name, found in values.items():
        missing = 0 if found.dtype == bool else int(np.isnan(found).sum())
        if missing:
            raise ArgumentError(f"{name} has no value in {missing:,} crises, so that no index can be given")
    return values


def _explained(
    cells: SensitivityCells,
    setting: int,
    against: int | None,
    name: str,
    asked: Measure,
    values: Values,
    is_common: bool,
) -> Explained:
    """Explain a measure in a setting, or the difference of it from another setting."""

    def at(numbers: NDArray[np.intp]) -> Values:
        """Return the outcomes at cells given by point and setting, replication by replication."""
        here = values[numbers[..., setting]]
        if against is None:
            return here
        kind = np.int8 if values.dtype == bool else np.float64
        difference: Values = here.astype(kind) - values[numbers[..., against]].astype(kind)
        return difference

    series: list[SobolIndices] = []
    if len(cells.pick_freeze):
        series = convergence(_pick_freeze(at(cells.pick_freeze)), is_common)
    morris = None
    if len(cells.steps):
        morris = morris_measures(_effects(cells, at(cells.steps)), is_common)
    base = at(cells.baseline)
    is_share = against is None and asked.kind == "share"
    swings = [
        Swing(number, end, _difference(at(cells.ends[number][side]), base, is_share, is_common))
        for number, parameter in enumerate(cells.parameters)
        for side, end in enumerate(parameter.ends or ())
    ]
    names, labels = cells.settings, cells.labels
    return Explained(
        setting=names[setting],
        against="" if against is None else names[against],
        place=labels[setting] if against is None else f"{labels[setting]}, compared with {labels[against]}",
        name=name,
        measure=asked,
        series=tuple(series),
        morris=morris,
        swings=tuple(swings),
    )


def _pick_freeze(values: Values) -> PickFreeze:
    """Return outcomes at the points [n, d + 2, replications] by group of replications."""
    means = group_means(values)
    squares = means if values.dtype == bool else group_means(values[:, :2].astype(np.float64) ** 2)
    ab = np.moveaxis(means[:, 2:], 1, 0)
    return PickFreeze(means[:, 0], means[:, 1], ab, squares[:, 0], squares[:, 1])


def _effects(cells: SensitivityCells, values: Values) -> Floats:
    """Return the elementary effects of values [r, d + 1, replications], [d, r, groups]."""
    change = np.diff(group_means(values), axis=1)
    effects = np.empty((change.shape[1], len(values), change.shape[-1]))
    rows = np.arange(len(values))
    for step in range(len(effects)):
        effects[cells.changed[:, step], rows] = change[:, step] / cells.lengths[:, step, None]
    return effects


def _difference(end: Values, base: Values, is_share: bool, is_common: bool) -> Intervals:
    """Return the difference of two means over replications, paired if random numbers are common."""
    n = len(base)
    if is_share and is_common:
        return intervals.paired_shares((end & ~base).sum(), (base & ~end).sum(), n)
    if is_share:
        return intervals.independent_shares(end.sum(), n, base.sum(), n)
    one, other = end.astype(np.float64), base.astype(np.float64)
    if is_common:
        change = one - other
        return intervals.mean(change.sum(), (change * change).sum(), n)
    return intervals.independent_means(one.mean(), one.var(ddof=1), n, other.mean(), other.var(ddof=1), n)
