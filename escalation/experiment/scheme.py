"""Where the points of a sensitivity analysis are among the cells of its design.

The design `sensitivity` has the points of Sobol indices, of Morris screening, the baseline and the ends of
every number that is varied, each in every setting: with every combination of the levels that are not sampled,
policies above all. Points that coincide share a cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.design import (
    Cell,
    Levels,
    Loaded,
    baseline_of,
    crossed,
    levels_at,
    scheme_of,
    shown_level,
)
from escalation.experiment.factors import Scale, scale_of
from escalation.experiment.loaded import load_experiment
from escalation.experiment.spec import Factor, Level
from escalation.files.places import ScenarioError, StoreError

Method = Literal["sobol", "morris", "both"]
POINTS, TRAJECTORIES, REPLICATIONS = 256, 40, 50
"""What an analysis takes unless it is given more or fewer."""


def load_for_sensitivity(
    source: str | Path | Mapping[str, Any],
    overrides: Sequence[str] = (),
    method: Method | None = None,
    points: int | None = None,
    trajectories: int | None = None,
) -> Loaded:
    """Load an experiment with the design `sensitivity` in place of its own.

    If none of the last three is given, an experiment that has this design keeps its own. A stopping rule is
    left out: every point has the same number of replications.

    Parameters
    ----------
    source, overrides
        As `load_experiment` takes them.
    method
        Sobol indices, Morris screening, or both, which is the default.
    points, trajectories
        Rows of the matrices, a power of two, and trajectories.

    Raises
    ------
    ScenarioError
        With every error of the experiment.
    """
    loaded = None
    if method is None and points is None and trajectories is None:
        try:
            loaded = load_experiment(source, overrides)
        except ScenarioError:  # which a design of its own may cause, such as a grid of ranges without levels
            loaded = None
    if loaded is None or loaded.spec.design.kind != "sensitivity":
        sizes = {"points": points or POINTS, "trajectories": trajectories or TRAJECTORIES}
        left_out = {"sobol": "trajectories", "morris": "points"}.get(method or "both")
        design = ", ".join(f"{key}: {size}" for key, size in sizes.items() if key != left_out)
        loaded = load_experiment(source, [*overrides, f"design={{kind: sensitivity, {design}}}"])
    return replace(loaded, spec=loaded.spec.model_copy(update={"until": None}))


@dataclass(frozen=True)
class SampledParameter:
    """One that is sampled: a number, or the draws of a fitted set of weights, all weights as a group."""

    name: str
    label: str
    unit: str | None
    baseline: Level
    ends: tuple[Level, Level] | None
    """The least and the greatest number; None for draws, which have no order."""


@dataclass(frozen=True)
class SensitivityCells:
    """The cells of d parameters in S settings, by their numbers."""

    parameters: tuple[SampledParameter, ...]
    settings: tuple[str, ...]
    """The levels of each, as in `policy russia`; empty if nothing is crossed."""
    labels: tuple[str, ...]
    """The same by the labels of the levels."""
    reference: int
    """The setting of the baseline."""
    pick_freeze: NDArray[np.intp]
    """[n, d + 2, S]: of A, B and AB_1 to AB_d."""
    steps: NDArray[np.intp]
    """[r, d + 1, S]: of the trajectories."""
    changed: NDArray[np.intp]
    """[r, d]: which parameter changes in each step."""
    lengths: NDArray[np.float64]
    """[r, d]: by how much of its whole range it does, with a sign; 1 for draws."""
    baseline: NDArray[np.intp]
    """[S]"""
    ends: Mapping[int, NDArray[np.intp]]
    """By parameter, [2, S]: the baseline with it at its least and at its greatest; without draws."""


def sensitivity_cells(loaded: Loaded, cells: Iterable[Cell]) -> SensitivityCells:
    """Find the points of a sensitivity analysis.

    Raises
    ------
    StoreError
        If the cells are not those of this design, as after a change of the library that makes the points.
    """
    spec = loaded.spec
    scales: dict[str, Scale] = {name: scale_of(factor, loaded.base) for name, factor in spec.varied.items()}
    scheme, start = scheme_of(spec, scales), tuple(baseline_of(loaded).values())
    combinations = list(crossed(spec, scales, [start]))
    settings = [_words(spec.varied, scheme.places, levels) for levels in combinations]
    numbers = {tuple(cell.levels.values()): cell.number for cell in cells}
    names, parameters = list(spec.varied), []
    for at in scheme.places:
        factor, scale = spec.varied[names[at]], scales[names[at]]
        ends = None if factor.draws is not None else scale.extremes
        parameters.append(SampledParameter(names[at], factor.label, factor.unit, start[at], ends))

    def numbers_of(points: Sequence[Levels], *shape: int) -> NDArray[np.intp]:
        try:
            found = [numbers[levels] for levels in crossed(spec, scales, points)]
        except KeyError:
            says = "the cells are not the points of their design, as this version makes them"
            raise StoreError(f"{says}; run it again with --force") from None
        return np.array(found, np.intp).reshape(*shape, len(settings))

    def levels_of(shares: NDArray[np.float64]) -> list[Levels]:
        rows = shares.reshape(-1, shares.shape[-1]).tolist()
        return [levels_at(start, list(scales.values()), scheme.places, row) for row in rows]

    d, walks = len(parameters), levels_of(scheme.trajectories)
    lengths = np.ones(scheme.changed.shape)
    for row, step in np.ndindex(scheme.changed.shape):
        which = int(scheme.changed[row, step])
        limits = parameters[which].ends
        if limits is not None:
            before, after = (walks[row * (d + 1) + step + side][scheme.places[which]] for side in (0, 1))
            lengths[row, step] = _distance(before, after) / _distance(*limits)
    at_ends = {
        number: numbers_of([(*start[:at], end, *start[at + 1 :]) for end in parameter.ends], 2)
        for number, (at, parameter) in enumerate(zip(scheme.places, parameters, strict=True))
        if parameter.ends is not None
    }
    return SensitivityCells(
        parameters=tuple(parameters),
        settings=tuple(settings),
        labels=tuple(_labels(spec.varied, scheme.places, levels) for levels in combinations),
        reference=settings.index(_words(spec.varied, scheme.places, start)),
        pick_freeze=numbers_of(levels_of(scheme.pick_freeze), -1, d + 2),
        steps=numbers_of(walks, -1, d + 1),
        changed=scheme.changed,
        lengths=lengths,
        baseline=numbers_of([start], 1)[0],
        ends=at_ends,
    )


def _distance(before: Level, after: Level) -> float:
    return float(after) - float(before)


def _labels(varied: Mapping[str, Factor], sampled: Sequence[int], levels: Levels) -> str:
    pairs = enumerate(zip(varied.values(), levels, strict=True))
    said = [(factor.label, factor.level_label(level)) for at, (factor, level) in pairs if at not in sampled]
    return said[0][1] if len(said) == 1 else ", ".join(f"{label}: {level}" for label, level in said)


def _words(names: Iterable[str], sampled: Sequence[int], levels: Levels) -> str:
    """Return the levels that are not sampled."""
    pairs = enumerate(zip(names, levels, strict=True))
    return ", ".join(f"{name} {shown_level(level)}" for at, (name, level) in pairs if at not in sampled)
