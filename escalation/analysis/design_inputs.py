"""The design points of an experiment as inputs, with what happened at each: one pass over its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.results import ResultsFolder
from escalation.experiment.spec import Factor, Level
from escalation.measures.crisis_conditions import CrisisCondition
from escalation.stats.box_checks import BATCHES, BatchCounts
from escalation.stats.prim import Input, Mask, Space


@dataclass(frozen=True)
class InputAxis:
    """What people call an input, and between which ends its numbers lie."""

    name: str
    label: str
    unit: str
    low: float
    high: float
    """The lowest and the highest number at any point; NaN for categories."""


@dataclass(frozen=True)
class PointTable:
    """The points of one analysis: inputs, crises with the event, numbers of the cells."""

    space: Space
    axes: tuple[InputAxis, ...]
    counts: BatchCounts
    cells: NDArray[np.int32]


@dataclass(frozen=True)
class DesignPoints:
    """All design points that have crises, and their levels."""

    cells: NDArray[np.int32]
    levels: Mapping[str, tuple[Level, ...]]
    factors: Mapping[str, Factor]
    counts: BatchCounts
    empty: int
    """Points left out because they have no crises."""
    missing: int
    """Crises of the points that are not in the results yet; 0 with a stopping rule."""

    def where(self, name: str, level: Level) -> Mask:
        """Return the points at which a factor has a level."""
        return np.array([value == level for value in self.levels[name]], bool)

    def table(self, without: Sequence[str] = (), among: Mask | None = None) -> PointTable:
        """Return points with their inputs, without the factors named and those that do not vary.

        Parameters
        ----------
        without
            Factors that are no inputs.
        among
            The points; by default all.
        """
        at = np.arange(len(self.cells)) if among is None else np.flatnonzero(among)
        inputs: list[Input] = []
        axes: list[InputAxis] = []
        for name, factor in self.factors.items():
            if name in without:
                continue
            levels = [self.levels[name][place] for place in at.tolist()]
            for axis, one in _inputs_of(name, factor, levels):
                if len(np.unique(one.values)) > 1:
                    inputs.append(one)
                    axes.append(axis)
        groups = np.unique(self.counts.groups[at], return_inverse=True)[1].reshape(-1)
        counts = BatchCounts(self.counts.hits[at], self.counts.sizes[at], self.counts.is_common, groups)
        return PointTable(Space(tuple(inputs)), tuple(axes), counts, self.cells[at])


def design_points(results: ResultsFolder, asked: CrisisCondition) -> DesignPoints:
    """Count the crises that meet a condition at every design point.

    The baseline and the probes of a sampled design, which are not drawn from the space of inputs, are left
    out. Replications are kept apart in batches, the same at all points.
    """
    cells, spec = results.cells, results.spec
    batches = min(BATCHES, results.plan.replications)
    hits = np.zeros((len(cells.number), batches), np.uint32)
    sizes = np.zeros_like(hits)
    for part in results.parts():
        if not len(part.cells):
            continue
        at = np.searchsorted(cells.number, part.cells)
        first, last = int(at.min()), int(at.max()) + 1
        place = (at - first) * batches + part.table["replication"].astype(np.int64) % batches
        shape = (last - first, batches)
        size = shape[0] * batches
        sizes[first:last] += np.bincount(place, minlength=size).reshape(shape).astype(np.uint32)
        met = place[asked.holds(part.table, results.free_days[part.cells])]
        hits[first:last] += np.bincount(met, minlength=size).reshape(shape).astype(np.uint32)
    is_sampled = spec.design.kind in ("lhs", "sobol")
    wanted = np.array([role == "design" or not is_sampled for role in cells.role], bool)
    has_crises = sizes.sum(axis=1) > 0
    kept = np.flatnonzero(wanted & has_crises)
    most = results.plan.replications * int(wanted.sum())
    return DesignPoints(
        cells.number[kept],
        {name: tuple(values[place] for place in kept.tolist()) for name, values in cells.levels.items()},
        spec.varied,
        BatchCounts(
            hits[kept], sizes[kept], results.seeds == "common", _groups(results, kept) if is_sampled else kept
        ),
        empty=int((wanted & ~has_crises).sum()),
        missing=0 if results.plan.stops else most - int(sizes[wanted].sum()),
    )


def _groups(results: ResultsFolder, kept: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the sampled point of each cell: cells that differ only in named levels share one."""
    varied = results.spec.varied.items()
    sampled = [results.cells.levels[name] for name, factor in varied if factor.is_sampled]
    known: dict[tuple[Level, ...], int] = {}
    points = (tuple(levels[place] for levels in sampled) for place in kept.tolist())
    return np.array([known.setdefault(point, len(known)) for point in points], np.intp)


def _inputs_of(name: str, factor: Factor, levels: Sequence[Level]) -> Iterator[tuple[InputAxis, Input]]:
    """Yield what a factor is as inputs: a number, categories, or the numbers that its draws set."""
    if factor.draws is not None and factor.alternatives is not None:
        yield from _drawn(name, factor, levels)
        return
    is_number = factor.alternatives is None and all(
        isinstance(level, int | float) and not isinstance(level, bool) for level in levels
    )
    if is_number:
        numbers = np.array(levels, np.float64)
        is_listed = factor.values is not None or all(isinstance(level, int) for level in levels)
        yield _number(name, factor.label, factor.unit or "", numbers, is_listed)
        return
    known = list(dict.fromkeys(levels))
    codes = {(isinstance(level, bool), level): float(code) for code, level in enumerate(known)}
    values = np.array([codes[isinstance(level, bool), level] for level in levels])
    names = tuple(factor.level_label(level) for level in known)
    axis = InputAxis(name, factor.label, factor.unit or "", np.nan, np.nan)
    yield axis, Input(name, values, names)


def _drawn(name: str, factor: Factor, levels: Sequence[Level]) -> Iterator[tuple[InputAxis, Input]]:
    """Yield each number that the draws of a set of weights vary."""
    ways: dict[str, dict[str, Any]] = {
        draw: dict(way.set) for draw, way in (factor.alternatives or {}).items()
    }
    for path in dict.fromkeys(path for way in ways.values() for path in way):
        numbers = np.array([float(ways[str(level)].get(path, np.nan)) for level in levels])
        weight = path.removeprefix("weights.")
        yield _number(f"{name}.{weight}", f"weight {weight}", "", numbers, is_listed=False)


def _number(
    name: str, label: str, unit: str, numbers: NDArray[np.float64], is_listed: bool
) -> tuple[InputAxis, Input]:
    axis = InputAxis(name, label, unit, float(numbers.min()), float(numbers.max()))
    return axis, Input(name, numbers, is_listed=is_listed)
