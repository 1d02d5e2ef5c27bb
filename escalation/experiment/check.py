"""Errors of an experiment beyond its single keys: factors, levels, design, and the scenario.

Every level of every factor is tried alone on the scenario, for a range its two ends. Errors that
only a combination of levels causes are found by `escalation.experiment.design.impossible_cells`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from typing import Any

from pydantic import ValidationError

from escalation.experiment.factors import (
    BASE,
    Change,
    Drop,
    Known,
    Scale,
    change_by,
    changed,
    edits_of,
    ends_of,
    scale_of,
)
from escalation.experiment.spec import MOST_CELLS, Factor, Spec, level_of
from escalation.files.explain import problems_of
from escalation.files.override import Override
from escalation.files.places import MOST_PROBLEMS, Path, Problem, Tree, bare, did_you_mean, listed, shown
from escalation.measures.columns import layout_of
from escalation.scenario.fields import references
from escalation.scenario.scenario import Scenario


def check(tree: Tree, spec: Spec, known: Known, lost: Collection[str] = ()) -> list[Problem]:
    """Return the errors of an experiment beyond its single keys, all of them at once.

    A factor is tried further only as far as it is right, since most errors would be repeated with each of
    its levels. `lost` are names of factors that the file has, but too faulty for the specification.
    """
    checker = _Checker(tree, spec, known, frozenset(lost))
    return list(islice(checker.problems(), 2 * MOST_PROBLEMS))


@dataclass(frozen=True)
class _Checker:
    tree: Tree
    spec: Spec
    known: Known
    lost: frozenset[str]
    _faulty: set[str] = field(default_factory=set)
    """The factors with an error, of which nothing more can be said."""

    def problems(self) -> Iterator[Problem]:
        """Yield all errors: of factors one after the other, then of what refers to them."""
        yield from self._of_factors(self._form)
        yield from self._until()
        yield from self._of_factors(self._wrong_paths)
        yield from self._of_factors(partial(self._meetings, {}))
        yield from self._design()
        yield from self._of_factors(self._repeated)
        yield from self._of_factors(self._refused_levels)
        yield from self._without_days()
        yield from self._named(("baseline",), self.spec.baseline)
        if isinstance(self.spec.design.points, tuple):
            for number, point in enumerate(self.spec.design.points):
                yield from self._named(("design", "points", number), point)
        yield from self._plots()
        if not self._faulty and not self.lost:
            yield from self._clashes()

    def _of_factors(self, look: Callable[[str], Iterator[Problem]]) -> Iterator[Problem]:
        """Yield the errors of the factors that have none yet."""
        for name in self.spec.factors:
            if name not in self._faulty:
                for problem in look(name):
                    self._faulty.add(name)
                    yield problem

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        """The scales of the factors whose form and paths are right; see `problems` for the order."""
        factors = self.spec.factors.items()
        return {
            name: scale_of(factor, self.known.tree) for name, factor in factors if name not in self._faulty
        }

    def _say(self, path: Path, says: str, allowed: str = "") -> Problem:
        return self.tree.place(path).problem(says, allowed)

    def _form(self, name: str) -> Iterator[Problem]:
        """Yield the keys of a factor that do not go together."""
        factor = self.spec.factors[name]
        at: Path = ("factors", name)
        given = [key for key in ("values", "range", "alternatives") if getattr(factor, key) is not None]
        if len(given) != 1:
            says = f"{' and '.join(given)} are mutually exclusive" if given else "no levels"
            yield self._say(at, says, "exactly one of values, range, alternatives")
            return
        where = [key for key in ("path", "paths") if getattr(factor, key) is not None]
        if given == ["alternatives"]:
            for key in where:
                yield self._say((*at, key), f"{key} with alternatives", "each alternative has its own")
        elif len(where) != 1:
            says = "path and paths are mutually exclusive" if where else "no path"
            yield self._say(at, says, "one of path, paths")
        if factor.levels is not None and given != ["range"]:
            yield self._say((*at, "levels"), f"levels with {given[0]}", "levels only with range")
        if factor.range is not None:
            yield from self._range_form(at, factor)

    def _until(self) -> Iterator[Problem]:
        until, round_ = self.spec.until, self.spec.replications
        if until is not None and until.at_most < round_:
            says = f"{until.at_most:,} is less than one round of {round_:,} replications"
            yield self._say(("until", "at_most"), says, f"{round_:,} or more")

    def _range_form(self, at: Path, factor: Factor) -> Iterator[Problem]:
        assert factor.range is not None
        low, high = factor.range
        first, last = ends_of(factor, self.known.tree)
        if low >= high:
            yield self._say((*at, "range"), f"{low:g} is not below {high:g}", "the lower number first")
        elif first > last:
            yield self._say((*at, "range"), "it contains no whole number", "a range with whole numbers")
        if factor.levels is None and self.spec.design.kind == "grid":
            yield self._say(
                at, "a range without levels", "levels, how many a grid takes; or the design lhs or sobol"
            )

    def _wrong_paths(self, name: str) -> Iterator[Problem]:
        """Yield the key paths of a factor that do not exist."""
        trial = Trial(self.tree, self.known)
        for placed in self._paths_of(name):
            yield from trial.path_problems(placed)

    def _paths_of(self, name: str) -> Iterator[Placed]:
        """Yield the changes of a factor that differ in their paths."""
        placed = levels_placed(self.spec, name, self.known)
        return placed if self.spec.factors[name].alternatives is not None else islice(placed, 1)

    def _meetings(self, taken: dict[Path, str], name: str) -> Iterator[Problem]:
        """Yield the paths that overlap another of the same change or of a factor before, and note them."""
        own: dict[Path, str] = {}
        for placed in self._paths_of(name):
            same: dict[Path, str] = {}
            for text, path in placed.change.paths_in(self.known.tree):
                near = _meeting(path, same)
                if near is not None:
                    at = placed.at if "alternatives" in placed.at else ("factors", name, "paths")
                    yield self._say(at, f"{text} and {near} overlap", "paths that do not overlap")
                factor = _meeting(path, taken)
                if factor is not None:
                    says = f"{text} overlaps a path of the factor {factor}"
                    yield self._say(("factors", name), says, "factors whose paths do not overlap")
                same[path] = text
            own |= dict.fromkeys(same, name)
        taken |= own

    def _design(self) -> Iterator[Problem]:
        kind, points = self.spec.design.kind, self.spec.design.points
        at: Path = ("design", "points")
        if kind == "grid":
            if points is not None:
                yield self._say(at, "points with grid", "a grid takes all combinations; list, lhs or sobol")
            sizes = [len(scale.levels) for scale in self._scales.values()]
            if self.lost or self._faulty:
                sizes = []
            cells = math.prod(sizes)
            if cells > MOST_CELLS:
                product = " x ".join(str(size) for size in sizes)
                says = f"{product} = {cells:,} cells"
                yield self._say(("factors",), says, f"at most {MOST_CELLS:,}; lhs and sobol take fewer")
        elif kind == "list":
            if not isinstance(points, tuple):
                yield self._say(at, "no list of points", "a list, each a mapping from factors to levels")
        elif not isinstance(points, int):
            yield self._say(at, "the number of points is missing", "a whole number, as in points: 256")
        elif not self.spec.factors and not self.lost:
            yield self._say(("design",), f"{kind} without factors", "one factor or more; or grid")
        elif kind == "sobol" and points & (points - 1):
            below = 1 << (points.bit_length() - 1)
            near = f"{below:,}" if 2 * below > MOST_CELLS else f"{below:,} or {2 * below:,}"
            yield self._say(at, f"{points:,} is not a power of two", f"a power of two, such as {near}")

    def _refused_levels(self, name: str) -> Iterator[Problem]:
        """Yield the levels that the scenario refuses."""
        trial = Trial(self.tree, self.known)
        has_days = self.known.scenario.free_days > 0
        for placed in levels_placed(self.spec, name, self.known):
            made = trial.made(placed)
            if isinstance(made, list):
                yield from made
            elif has_days and not made.scenario.free_days:
                yield self.tree.place(placed.at).problem(*NO_DAYS)

    def _without_days(self) -> Iterator[Problem]:
        """Yield that cells have no simulated day, unless every level of some factor gives them some."""
        if self.known.scenario.free_days:
            return
        factors = [factor for name, factor in self.spec.factors.items() if name not in self._faulty]
        for factor in factors:
            ways = [change_by(other) for other in (factor.alternatives or {}).values()]
            ways = ways or [Change(tuple((path, 1) for path in factor.targets))]
            if all("free_days" in dict(way.sets) for way in ways):
                return
        yield self._say(("set", "free_days") if "free_days" in self.spec.set else ("scenario",), *NO_DAYS)

    def _repeated(self, name: str) -> Iterator[Problem]:
        seen = set()
        for number, value in enumerate(self.spec.factors[name].values or ()):
            level = level_of(value)
            key = (isinstance(level, bool), level)
            if key in seen:
                at: Path = ("factors", name, "values", number)
                yield self._say(at, f"{bare(str(level))} is a duplicate", "each level once")
            seen.add(key)

    def _plots(self) -> Iterator[Problem]:
        for number, plot in enumerate(self.spec.plots or ()):
            at: Path = ("plots", number)
            axes = {
                key: getattr(plot, key) for key in ("across", "up", "by") if getattr(plot, key) is not None
            }
            for key, name in axes.items():
                if name not in self.spec.factors and name not in self.lost:
                    yield self._say((*at, key), f"no factor is called {shown(name)}", self._factors(name))
            if len(set(axes.values())) < len(axes):
                yield self._say(at, "duplicate factor", "a different factor for each of across, up and by")
            yield from self._named((*at, "at"), plot.at)

    def _named(self, at: Path, levels: dict[str, object]) -> Iterator[Problem]:
        """Yield the entries of a mapping from factors to levels in which either is unknown."""
        for name, value in levels.items():
            scale = self._scales.get(str(name))
            if scale is None and (name in self.lost or name in self.spec.factors):
                continue
            if scale is None:
                place = self.tree.key_place((*at, name))
                yield place.problem(f"no factor is called {shown(str(name))}", self._factors(name))
            elif scale.level(value) is None:
                says = f"{shown(value)} is not a level of {name}"
                yield self._say((*at, name), says, _levels(scale, value))

    def _clashes(self) -> Iterator[Problem]:
        """Yield the names that mean something else in the tables of the results."""
        layout = layout_of(scenarios_of(self.spec, self.known), keeps_acts=False)
        for name in self.spec.factors:
            if name in layout.reserved:
                place = self.tree.key_place(("factors", name))
                yield place.problem(f"{name} is a column of the tables of results", "another name")
        for clash in layout.clashes:
            yield self._say(("scenario",), clash.says, clash.allowed)

    def _factors(self, name: object) -> str:
        names = [*self.spec.factors, *self.lost]
        return " ".join(part for part in (did_you_mean(name, names), f"one of {listed(names)}") if part)


def _levels(scale: Scale, value: object) -> str:
    """Return the allowed levels, as text for a message."""
    if scale.ends is not None:
        low, high = scale.ends
        return f"{'a whole' if scale.is_whole else 'a'} number from {low:g} to {high:g}"
    levels = [bare(str(level)) for level in scale.levels]
    hint = did_you_mean(value, levels) if isinstance(value, str) else ""
    return " ".join(part for part in (hint, f"one of {listed(levels)}") if part)


def _meeting(path: Path, others: dict[Path, str]) -> str | None:
    """Return the label of the first path that is this one, lies in it or contains it."""
    for other, what in others.items():
        shorter = min(len(path), len(other))
        if path[:shorter] == other[:shorter]:
            return what
    return None


NO_DAYS = ("no day is simulated, so no crisis has an outcome", "free_days of 1 or more")
"""What is wrong with a cell that ends with its record, and what is allowed."""

_NAME_FILES = ("ladder", "weights", "weights.from")
_MOST_KNOCK_ON = 8


@dataclass(frozen=True)
class Placed:
    """A change, and where the experiment file has it: as a whole, each key path, each value."""

    at: Path
    change: Change
    keys: tuple[Path, ...]
    values: tuple[Path, ...]


def set_for_all(values: Mapping[str, Any]) -> Placed:
    """Return values that an experiment sets for all cells."""
    keys = tuple(("set", path) for path in values)
    return Placed(("set",), Change(tuple(values.items())), keys, keys)


def scenarios_of(spec: Spec, known: Known) -> Iterator[Scenario]:
    """Yield scenarios in which every actor of any cell appears.

    An actor is in the base, or is added by a level; so the base and each level alone on the
    base have them all. A plain number or text brings nobody.
    """
    yield known.scenario
    for factor in spec.factors.values():
        made = [change_by(alternative) for alternative in (factor.alternatives or {}).values()]
        made += [
            Change(tuple((path, value) for path in factor.targets))
            for value in factor.values or ()
            if isinstance(value, dict | list | tuple)
        ]
        for change in made:
            yield known.validate(changed(known.tree, *edits_of(change)).value)


def levels_placed(spec: Spec, name: str, known: Known) -> Iterator[Placed]:
    """Yield the change of every level of a factor; for a range those of its two ends."""
    factor = spec.factors[name]
    at: Path = ("factors", name)
    for other, alternative in (factor.alternatives or {}).items():
        here = (*at, "alternatives", other)
        keys = tuple((*here, "set", path) for path in alternative.set)
        yield Placed(here, change_by(alternative), keys, keys)
    many = factor.path is None
    keys = tuple((*at, "paths", number) if many else (*at, "path") for number in range(len(factor.targets)))
    ends = ends_of(factor, known.tree) if factor.range is not None else ()
    for key, values in (("values", factor.values or ()), ("range", ends)):
        for number, value in enumerate(values):
            here = (*at, key, number)
            change = Change(tuple((path, value) for path in factor.targets))
            yield Placed(here, change, keys, (here,) * len(keys))


@dataclass(frozen=True)
class Trial:
    """An experiment file and the scenario on which its changes are tried."""

    tree: Tree
    known: Known

    def path_problems(self, placed: Placed) -> Iterator[Problem]:
        """Yield the key paths that do not exist, and drops of entries that do not exist."""
        for (path, value), key in zip(placed.change.sets, placed.keys, strict=True):
            place = self.tree.key_place(key) if "set" in key else self.tree.place(key)
            if path in _NAME_FILES and isinstance(value, str):
                yield place.problem(
                    f"{path} names a file", "single values, or a scenario that names the file itself"
                )
                continue
            override = Override(tuple(path.split(".")), place, Tree(BASE, None))
            yield from changed(self.known.tree, [override], []).problems
        if placed.change.drops:
            yield from changed(self.known.tree, [], self._drops(placed)).problems

    def made(self, placed: Placed) -> Known | list[Problem]:
        """Return the scenario once a change is made, or all that is wrong with it.

        An error in a value of the change is reported at that value; one elsewhere in the scenario,
        such as a missing name, at the change as a whole.
        """
        tree = changed(self.known.tree, self._sets(placed), self._drops(placed))
        if tree.problems:
            return tree.problems
        try:
            scenario = self.known.validate(tree.value)
        except ValidationError as error:
            found = problems_of(error, Scenario, tree)
            place = self.tree.place(placed.at)
            own = [problem for problem in found if problem.file != BASE]
            caused = [problem for problem in found if problem.file == BASE]
            own += [
                place.problem(f"then {one.path}: {one.says}", one.allowed)
                for one in islice(caused, _MOST_KNOCK_ON)
            ]
            if len(caused) > _MOST_KNOCK_ON:
                own.append(place.problem(f"then {len(caused) - _MOST_KNOCK_ON} more such errors"))
            return own
        return Known(tree.value, scenario, references(tree.value))

    def _sets(self, placed: Placed) -> list[Override]:
        overrides = []
        for (path, value), key, where in zip(placed.change.sets, placed.keys, placed.values, strict=True):
            inside = Tree(BASE, value)
            inside.graft((), self.tree, where)
            inside.places.setdefault((), self.tree.place(where))
            place = self.tree.key_place(key)
            overrides.append(Override(tuple(path.split(".")), place, inside))
        return overrides

    def _drops(self, placed: Placed) -> list[Drop]:
        return [
            Drop(tuple(path.split(".")), self.tree.place((*placed.at, "drop", number)))
            for number, path in enumerate(placed.change.drops)
        ]
