"""The cells of an experiment: which combinations of levels are played, in which order.

Cells count from 0 in the order of the design: in a grid the last factor changes fastest, as in
nested loops; a list and the sampled designs keep the order of their points. A point that occurs twice,
as whole numbers of a small range may, is kept once. Then come, where they are not among
them, the baseline, and in the sampled designs the probes: for every factor its two ends or all its
levels, with all else at the baseline, which scattered points lack and effects are computed from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product
from typing import Any, Literal

from pydantic import ValidationError

from escalation.experiment.check import scenarios_of
from escalation.experiment.factors import (
    Change,
    Known,
    Scale,
    change_of,
    changed,
    edits_of,
    own_level,
    scale_of,
    stands_alone,
)
from escalation.experiment.spec import Level, Spec
from escalation.files.brief import Brief
from escalation.files.explain import problems_of
from escalation.files.places import Problem, ScenarioError, Tree
from escalation.scenario.fields import references
from escalation.scenario.scenario import Scenario

Role = Literal["design", "baseline", "probe"]
Levels = tuple[Level, ...]


@dataclass(frozen=True, repr=False)
class Loaded(Brief):
    """An experiment that is valid, with the scenario that its cells change."""

    spec: Spec
    base: dict[str, Any]
    """Resolved tree of the scenario, with the values that the experiment sets for all cells."""
    scenario: Scenario
    source: Tree = field(default_factory=lambda: Tree("experiment"), repr=False, compare=False)
    """The experiment file, for the places of errors found later."""

    @cached_property
    def known(self) -> Known:
        """The scenario in the form from which those of the cells are made."""
        return Known(self.base, self.scenario, references(self.base))

    @cached_property
    def thresholds(self) -> dict[str, int | None]:
        """The rungs from which acts count as force, war and so on; None where cells differ."""
        changed = {path for factor in self.spec.factors.values() for path in factor.all_paths}
        own = self.scenario.outcome.model_dump()
        return {
            name: None if changed & {"outcome", f"outcome.{name}"} else rung
            for name, rung in own.items()
            if name.endswith("_rung")
        }

    def scenarios(self) -> Iterator[Scenario]:
        """Yield scenarios in which every actor of any cell appears, that of the experiment first."""
        return scenarios_of(self.spec, self.known)


@dataclass(frozen=True, slots=True)
class Cell:
    """One combination of levels, with the seed of its crises."""

    number: int
    role: Role
    levels: dict[str, Level]
    seed: int


@dataclass(frozen=True)
class Design:
    """All cells of an experiment; `baseline` is the number of the one that effects are measured against."""

    cells: tuple[Cell, ...]
    factors: tuple[str, ...]
    baseline: int

    def shown(self, cell: Cell) -> str:
        """Return the levels of a cell in one line, as in `entry 10, who russia`."""
        return ", ".join(f"{name} {shown_level(cell.levels[name])}" for name in self.factors)


def shown_level(level: Level) -> str:
    """Return a level as tables write it."""
    return str(level).lower() if isinstance(level, bool) else str(level)


def design_of(loaded: Loaded) -> Design:
    """Return the cells of an experiment, which do not depend on how many of them are simulated."""
    spec = loaded.spec
    scales = {name: scale_of(factor, loaded.base) for name, factor in spec.factors.items()}
    start = tuple(baseline_of(loaded).values())
    roles: dict[Levels, Role] = {}
    for point in _points(spec, scales, start):
        roles.setdefault(point, "design")
    roles[start] = "baseline"
    if spec.design.kind in ("lhs", "sobol"):
        for probe in _probes(scales, start):
            roles.setdefault(probe, "probe")
    names = tuple(spec.factors)
    cells = tuple(
        Cell(number, role, dict(zip(names, levels, strict=True)), seed_of(spec, number))
        for number, (levels, role) in enumerate(roles.items())
    )
    return Design(cells, names, list(roles).index(start))


def baseline_of(loaded: Loaded) -> dict[str, Level]:
    """Return the baseline: as the experiment names it, else as the scenario is, else the first levels."""
    found: dict[str, Level] = {}
    for name, factor in loaded.spec.factors.items():
        scale = scale_of(factor, loaded.base)
        if name in loaded.spec.baseline:
            level = scale.level(loaded.spec.baseline[name])
        else:
            level = own_level(factor, loaded.base)
        found[name] = scale.levels[0] if level is None else level
    return found


def seed_of(spec: Spec, number: int) -> int:
    """Return the seed of a cell.

    Common to all cells, for common random numbers; or, independent, the
    first 8 bytes, lowest first, of the SHA-256 of the text `SEED:NUMBER`.
    """
    if spec.seeds == "common":
        return spec.seed
    return int.from_bytes(hashlib.sha256(f"{spec.seed}:{number}".encode()).digest()[:8], "little")


def _points(spec: Spec, scales: dict[str, Scale], start: Levels) -> Iterator[Levels]:
    points = spec.design.points
    if spec.design.kind == "grid":
        yield from product(*(scale.levels for scale in scales.values()))
    elif isinstance(points, tuple):
        for point in points:
            yield tuple(_named(point, name, scales[name], start[at]) for at, name in enumerate(scales))
    else:
        yield from _sampled(spec, list(scales.values()), points)


def _named(point: dict[str, Any], name: str, scale: Scale, default: Level) -> Level:
    level = scale.level(point[name]) if name in point else None
    return default if level is None else level


def _probes(scales: dict[str, Scale], start: Levels) -> Iterator[Levels]:
    for at, scale in enumerate(scales.values()):
        for level in scale.ends or scale.levels:
            yield (*start[:at], level, *start[at + 1 :])


def _sampled(spec: Spec, scales: list[Scale], count: int) -> Iterator[Levels]:
    """Yield points that fill the space of all ranges evenly, the same for the same design seed."""
    import numpy as np
    from scipy.stats import qmc

    seeded = {"seed": np.random.default_rng(spec.design.seed)}
    if spec.design.kind == "sobol":
        shares = qmc.Sobol(len(scales), scramble=True, **seeded).random(count)
    else:
        shares = qmc.LatinHypercube(len(scales), **seeded).random(count)
    for row in shares.tolist():
        yield tuple(_level_at(scale, share) for scale, share in zip(scales, row, strict=True))


def _level_at(scale: Scale, share: float) -> Level:
    """Return the level at a share from 0 to 1: a number of a range, or the level of an even slice."""
    if scale.ends is None:
        return scale.levels[int(share * len(scale.levels))]
    low, high = scale.ends
    if scale.is_whole:
        return int(low) + int(share * (high - low + 1))
    # Six digits distinguish the points and are readable.
    return min(max(float(f"{low + share * (high - low):.6g}"), low), high)


def scenario_of(loaded: Loaded, cell: Cell) -> Scenario:
    """Return the scenario of a cell, valid.

    The values of all levels are set first, then all drops are made.

    Raises
    ------
    ScenarioError
        If levels that are valid alone are not valid together.
    """
    made = _made(loaded, cell)
    if isinstance(made, list):
        raise ScenarioError(_of_cell(loaded, cell, made))
    return made


def _made(loaded: Loaded, cell: Cell) -> Scenario | list[Problem]:
    """Return the scenario of a cell, or all that is wrong with it."""
    changes = [change_of(loaded.spec.factors[name], level) for name, level in cell.levels.items()]
    both = Change(
        tuple(one for change in changes for one in change.sets),
        tuple(one for change in changes for one in change.drops),
    )
    tree = changed(loaded.base, *edits_of(both))
    if tree.problems:
        return tree.problems
    try:
        return loaded.known.validate(tree.value)
    except ValidationError as error:
        return problems_of(error, Scenario, tree)


def impossible_cells(loaded: Loaded) -> list[Problem]:
    """Return what is wrong with every cell whose levels, each valid alone, are not valid together.

    A factor that stands alone is valid at all its levels or at none, whatever the others are: cells that
    differ in such factors only are tried once.
    """
    spec = loaded.spec
    meet = [name for name, factor in spec.factors.items() if not stands_alone(factor, loaded.known)]
    if len(meet) < 2:
        return []
    found: dict[tuple[tuple[bool, Level], ...], list[Problem]] = {}
    problems = []
    for cell in design_of(loaded).cells:
        key = tuple((isinstance(cell.levels[name], bool), cell.levels[name]) for name in meet)
        if key not in found:
            made = _made(loaded, cell)
            found[key] = made if isinstance(made, list) else []
        problems += _of_cell(loaded, cell, found[key])
    return problems


def _of_cell(loaded: Loaded, cell: Cell, problems: list[Problem]) -> list[Problem]:
    place = loaded.source.place(("factors",))
    levels = ", ".join(f"{name} {shown_level(level)}" for name, level in cell.levels.items())
    return [
        place.problem(f"cell {cell.number} ({levels}): {one.path}: {one.says}", one.allowed)
        for one in problems
    ]
