"""The cells of an experiment: which combinations of levels are played, in which order.

Cells count from 0 in the order of the design: in a grid the last factor changes fastest, as in
nested loops; a list and the sampled designs keep the order of their points. In the sampled designs a point
is one of the space of all numbers and draws, and meets every combination of the levels with names, policies
above all: those are never compared at different points. A point that occurs twice, as whole numbers of a
small range may, is kept once. Then come, where they are not among them, the baseline, and in the sampled
designs the probes: every number that is varied at its two ends or all its values, with the others at the
baseline, which scattered points lack and effects are computed from; they too meet all combinations.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

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
    value_at,
)
from escalation.experiment.spec import POLICY, SAMPLED, Level, Spec
from escalation.files.brief import Brief
from escalation.files.explain import problems_of
from escalation.files.places import Problem, ScenarioError, Tree
from escalation.scenario.fields import references
from escalation.scenario.scenario import Scenario

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
        changed = {path for factor in self.spec.varied.values() for path in factor.all_paths}
        own = self.scenario.outcome.model_dump()
        found: dict[str, int | None] = {name: rung for name, rung in own.items() if name.endswith("_rung")}
        for name, rung in own.items():
            others = any(other.tree["outcome"][name] != rung for other in self._others.values())
            if name in found and (others or changed & {"outcome", f"outcome.{name}"}):
                found[name] = None
        return found

    @cached_property
    def _others(self) -> dict[tuple[str, Level], Known]:
        """The scenarios that alternatives put in place of the experiment's, by factor and level."""
        return {
            (name, level): Known.of(other.scenario)
            for name, factor in self.spec.varied.items()
            for level, other in (factor.alternatives or {}).items()
            if other.scenario is not None
        }

    @property
    def has_other_scenarios(self) -> bool:
        """Return whether an alternative puts another scenario in place of the experiment's."""
        return bool(self._others)

    def start_of(self, cell: Cell) -> Known:
        """Return the scenario that the levels of a cell change."""
        others = self._others
        found = (others[each] for each in cell.levels.items() if each in others) if others else iter(())
        return next(found, self.known)

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
    scales = {name: scale_of(factor, loaded.base) for name, factor in spec.varied.items()}
    start = tuple(baseline_of(loaded).values())
    roles: dict[Levels, Role] = {}
    for point in _points(spec, scales, start):
        roles.setdefault(point, "design")
    roles[start] = "baseline"
    if spec.design.kind in SAMPLED:
        for probe in crossed(spec, scales, _probes(spec, scales, start)):
            roles.setdefault(probe, "probe")
    names = tuple(spec.varied)
    cells = tuple(
        Cell(number, role, dict(zip(names, levels, strict=True)), seed_of(spec, number))
        for number, (levels, role) in enumerate(roles.items())
    )
    return Design(cells, names, list(roles).index(start))


def baseline_of(loaded: Loaded) -> dict[str, Level]:
    """Return the baseline: as the experiment names it, else as the scenario is, else the first levels."""
    found: dict[str, Level] = {}
    spec = loaded.spec
    named = spec.baseline if spec.reference is None else spec.baseline | {POLICY: spec.reference}
    for name, factor in spec.varied.items():
        scale = scale_of(factor, loaded.base)
        if name in named:
            level = scale.level(named[name])
        else:
            level = own_level(factor, loaded.base)
        found[name] = scale.levels[0] if level is None else level
    return found


def twins_of(loaded: Loaded, cells: Iterable[Cell]) -> dict[int, int]:
    """Return the cells that have the same inputs as another: by number, the number of the first such cell.

    What one level sets within what another drops makes no difference (the leverage of a mediator that a
    policy keeps out), nor does what is set to the value that it has anyway, nor do two levels that change
    the same. Cells with seeds of their own have no twins.
    """
    spec = loaded.spec
    if spec.seeds != "common":
        return {}
    base = {} if loaded.has_other_scenarios else loaded.base

    @cache
    def effect(name: str, is_truth: bool, level: Level) -> _Effect:
        return _effect(change_of(spec.varied[name], level), base)

    known = [
        effect(name, isinstance(level, bool), level)
        for name, factor in spec.varied.items()
        for level in scale_of(factor, loaded.base).levels
    ]
    if not any(drops for _, drops, _ in known) and len(set(known)) == len(known):
        return {}
    first: dict[object, int] = {}
    found: dict[int, int] = {}
    for cell in cells:
        sets: set[tuple[str, str]] = set()
        drops: set[str] = set()
        wholes: list[int] = []
        for name, level in cell.levels.items():
            own_sets, own_drops, whole = effect(name, isinstance(level, bool), level)
            sets |= own_sets
            drops |= own_drops
            wholes.append(whole)
        kept = frozenset(
            one for one in sets if not any(one[0] == path or one[0].startswith(f"{path}.") for path in drops)
        )
        inputs = (kept, frozenset(drops), tuple(sorted(wholes)))
        same = first.setdefault(inputs, cell.number)
        if same != cell.number:
            found[cell.number] = same
    return found


_Effect = tuple[frozenset[tuple[str, str]], frozenset[str], int]


def _effect(change: Change, base: dict[str, Any]) -> _Effect:
    """Return what a change does: paths with values as text, what is dropped, and which scenario it puts.

    Without a base, a value counts even if it is the one that the scenario has.
    """
    sets = (
        (path, json.dumps(value, sort_keys=True))
        for path, value in change.sets
        if not base or value_at(base, path.split(".")) != value
    )
    return frozenset(sets), frozenset(change.drops), 0 if change.whole is None else id(change.whole)


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
        yield from crossed(spec, scales, _sampled(spec, scales, points, start))


def _named(point: dict[str, Any], name: str, scale: Scale, default: Level) -> Level:
    level = scale.level(point[name]) if name in point else None
    return default if level is None else level


def _probes(spec: Spec, scales: dict[str, Scale], start: Levels) -> Iterator[Levels]:
    """Yield the baseline, and it with each number that is varied at its ends, or all its values."""
    yield start
    for at, (name, scale) in enumerate(scales.items()):
        factor = spec.varied[name]
        if factor.is_sampled and factor.draws is None:
            for level in scale.ends or scale.levels:
                yield (*start[:at], level, *start[at + 1 :])


def crossed(spec: Spec, scales: dict[str, Scale], points: Iterable[Levels]) -> Iterator[Levels]:
    """Yield every point with every combination of the levels that are not sampled."""
    sampled = [factor.is_sampled for factor in spec.varied.values()]
    levels = [() if drawn else scale.levels for drawn, scale in zip(sampled, scales.values(), strict=True)]
    for point in points:
        own = [
            (level,) if drawn else others for drawn, level, others in zip(sampled, point, levels, strict=True)
        ]
        yield from product(*own)


def _sampled(spec: Spec, scales: dict[str, Scale], count: int, start: Levels) -> Iterator[Levels]:
    """Yield points that fill the space of all numbers and draws evenly, the same for the same design seed.

    What is not sampled is at its level of the baseline.
    """
    import numpy as np
    from scipy.stats import qmc

    known = list(scales.values())
    if spec.design.kind == "sensitivity":
        scheme = scheme_of(spec, scales)
        for row in np.concatenate([part.reshape(-1, part.shape[-1]) for part in scheme.parts]).tolist():
            yield levels_at(start, known, scheme.places, row)
        return
    places = [at for at, factor in enumerate(spec.varied.values()) if factor.is_sampled]
    seeded = {"seed": np.random.default_rng(spec.design.seed)}
    if spec.design.kind == "sobol":
        shares = qmc.Sobol(len(places), scramble=True, **seeded).random(count)
    else:
        shares = qmc.LatinHypercube(len(places), **seeded).random(count)
    for row in shares.tolist():
        yield levels_at(start, known, places, row)


def levels_at(start: Levels, scales: list[Scale], places: Sequence[int], shares: list[float]) -> Levels:
    """Return the baseline with the levels at these places taken at shares of their scales."""
    point = list(start)
    for at, share in zip(places, shares, strict=True):
        point[at] = _level_at(scales[at], share)
    return tuple(point)


def _level_at(scale: Scale, share: float) -> Level:
    """Return the level at a share from 0 to 1: a number of a range, or the level of an even slice."""
    if scale.ends is None:
        return scale.levels[min(int(share * len(scale.levels)), len(scale.levels) - 1)]
    low, high = scale.ends
    if scale.is_whole:
        return int(min(low + int(share * (high - low + 1)), high))
    # Six digits distinguish the points and are readable.
    return min(max(float(f"{low + share * (high - low):.6g}"), low), high)


@dataclass(frozen=True)
class Scheme:
    """The points of a sensitivity analysis of d numbers and draws, as shares of their scales, 0 to 1."""

    places: tuple[int, ...]
    """[d]: their places among all that is varied; one that has a single level is no parameter."""
    pick_freeze: NDArray[np.float64]
    """[n, d + 2, d]: rows of A, B and AB_1 to AB_d of the Sobol indices."""
    trajectories: NDArray[np.float64]
    """[r, d + 1, d]: those of Morris screening."""
    changed: NDArray[np.intp]
    """[r, d]: which of the d changes in each step of a trajectory."""

    @property
    def parts(self) -> tuple[NDArray[np.float64], ...]:
        """Return the points in the order of the design."""
        return self.pick_freeze, self.trajectories


def scheme_of(spec: Spec, scales: Mapping[str, Scale]) -> Scheme:
    """Return the points of a sensitivity analysis, the same for the same design seed."""
    import numpy as np

    from escalation.stats.morris import trajectories
    from escalation.stats.sobol import pick_freeze_points

    names = [
        name
        for name, factor in spec.varied.items()
        if factor.is_sampled and (factor.draws or scales[name].extremes[0] < scales[name].extremes[1])
    ]
    places = tuple(place for place, name in enumerate(spec.varied) if name in names)
    d, design = len(names), spec.design
    rows = np.empty((0, d + 2, d))
    if isinstance(design.points, int):
        rows = pick_freeze_points(d, design.points, design.seed)
    unordered = [len(scales[name].levels) if spec.varied[name].draws else None for name in names]
    walks = trajectories(unordered, design.trajectories or 0, design.seed)
    return Scheme(places, rows, walks.points, walks.changed)


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
    changes = [change_of(loaded.spec.varied[name], level) for name, level in cell.levels.items()]
    both = Change(
        tuple(one for change in changes for one in change.sets),
        tuple(one for change in changes for one in change.drops),
    )
    start = loaded.start_of(cell)
    tree = changed(start.tree, *edits_of(both))
    if tree.problems:
        return tree.problems
    try:
        return start.validate(tree.value)
    except ValidationError as error:
        return problems_of(error, Scenario, tree)


def impossible_cells(loaded: Loaded) -> list[Problem]:
    """Return what is wrong with every cell whose levels, each valid alone, are not valid together.

    A factor that stands alone is valid at all its levels or at none, whatever the others are: cells that
    differ in such factors only are tried once.
    """
    spec = loaded.spec
    meet = [name for name, factor in spec.varied.items() if not stands_alone(factor, loaded.known)]
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
    place = loaded.source.place(("policies" if loaded.spec.policies else "factors",))
    levels = ", ".join(f"{name} {shown_level(level)}" for name, level in cell.levels.items())
    return [
        place.problem(f"cell {cell.number} ({levels}): {one.path}: {one.says}", one.allowed)
        for one in problems
    ]
