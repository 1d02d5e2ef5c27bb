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
from escalation.experiment.spec import MOST_CELLS, POLICY, SAMPLED, Factor, Spec, level_of
from escalation.files.explain import problems_of
from escalation.files.override import Override
from escalation.files.places import MOST_PROBLEMS, Path, Problem, Tree, bare, did_you_mean, listed, shown
from escalation.measures.columns import RESERVED_MEASURES, Layout, layout_of
from escalation.measures.expressions import YES_NO, ExpressionError
from escalation.measures.measures import SHIPPED
from escalation.measures.own import OwnMeasure, language_of, terms_of
from escalation.scenario.fields import references
from escalation.scenario.scenario import Scenario
from escalation.stats.sobol import FEWEST_ROWS


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
        yield from self._policies()
        yield from self._of_factors(self._form)
        yield from self._until()
        yield from measure_problems(self.tree, self.spec, self.lost)
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
        for name in self.spec.varied:
            if name not in self._faulty:
                for problem in look(name):
                    self._faulty.add(name)
                    yield problem

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        """The scales of the factors whose form and paths are right; see `problems` for the order."""
        factors = self.spec.varied.items()
        return {
            name: scale_of(factor, self.known.tree) for name, factor in factors if name not in self._faulty
        }

    def _say(self, path: Path, says: str, allowed: str = "") -> Problem:
        return self.tree.place(path).problem(says, allowed)

    def _policies(self) -> Iterator[Problem]:
        """Yield what does not go together in policies, uncertainties and factors."""
        spec = self.spec
        lost = set(self.tree.value.get("policies") or ()) if isinstance(self.tree.value, dict) else set()
        if spec.policies and (spec.factors or self.tree.value.get("factors")):
            yield self._say(
                ("factors",),
                "factors and policies are mutually exclusive",
                "policies, which somebody chooses, with uncertainties, which nobody does; or factors alone",
            )
        if spec.uncertainties and not lost:
            yield self._say(
                ("uncertainties",), "uncertainties without policies", "policies as well; or factors"
            )
        if POLICY in spec.uncertainties and spec.policies:
            place = self.tree.key_place(("uncertainties", POLICY))
            yield place.problem(f"{POLICY} is the name of the policies in tables", "another name")
        if spec.reference is not None and spec.reference not in lost:
            says = f"no policy is called {shown(spec.reference)}"
            hint = did_you_mean(spec.reference, list(lost))
            allowed = f"{hint} one of {listed(sorted(lost))}".strip() if lost else "policies as well"
            yield self._say(("reference",), says, allowed)
        if POLICY in spec.baseline and spec.policies:
            yield self.tree.key_place(("baseline", POLICY)).problem(
                "the baseline of the policies is their reference", f"reference: {spec.baseline[POLICY]}"
            )

    def _form(self, name: str) -> Iterator[Problem]:
        """Yield the keys of a factor that do not go together."""
        factor = self.spec.varied[name]
        at: Path = self.spec.at(name)
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
        return placed if self.spec.varied[name].alternatives is not None else islice(placed, 1)

    def _meetings(self, taken: dict[Path, tuple[str, bool]], name: str) -> Iterator[Problem]:
        """Yield the paths that overlap another of the same change or of a factor before, and note them.

        One factor may drop what holds a path that another sets: whatever is set, it is left out.
        """
        own: dict[Path, tuple[str, bool]] = {}
        met: dict[str, list[str]] = {}
        for placed in self._paths_of(name):
            same: dict[Path, str] = {}
            for is_drop, paths in ((False, placed.change.sets_in), (True, placed.change.drops_in)):
                for text, path in paths(self.known.tree):
                    near = next((same[other] for other in same if _overlap(path, other)), None)
                    if near is not None:
                        way = self.spec.varied[name].alternatives is not None
                        at = placed.at if way else (*self.spec.at(name), "paths")
                        yield self._say(at, f"{text} and {near} overlap", "paths that do not overlap")
                    factor = _meeting(path, is_drop, taken)
                    if factor is not None:
                        met.setdefault(factor, []).append(text)
                    same[path] = text
                    own[path] = name, is_drop
        for factor, texts in met.items():
            first, *rest = dict.fromkeys(texts)
            whose = "the policies" if self.spec.at(factor) == ("policies",) else f"the factor {factor}"
            says = f"{first} overlaps a path of {whose}" + (f", as do {len(rest)} more" if rest else "")
            yield self._say(self.spec.at(name), says, "factors whose paths do not overlap")
        taken |= own

    def _design(self) -> Iterator[Problem]:
        kind, points = self.spec.design.kind, self.spec.design.points
        at: Path = ("design", "points")
        if kind == "grid":
            if points is not None:
                yield self._say(at, "points with grid", "a grid takes all combinations; list, lhs or sobol")
            yield from self._too_many([len(scale.levels) for scale in self._scales.values()])
        elif kind == "list":
            if not isinstance(points, tuple):
                yield self._say(at, "no list of points", "a list, each a mapping from factors to levels")
        elif kind == "sensitivity" and isinstance(points, tuple):
            yield self._say(at, "points listed with sensitivity", "their number, as in points: 256")
        elif not isinstance(points, int) and not (kind == "sensitivity" and self.spec.design.trajectories):
            yield self._say(at, "the number of points is missing", "a whole number, as in points: 256")
        elif not self.spec.varied and not self.lost:
            yield self._say(("design",), f"{kind} without factors", "one factor or more; or grid")
        elif kind in ("sobol", "sensitivity") and isinstance(points, int) and points & (points - 1):
            below = 1 << (points.bit_length() - 1)
            near = f"{below:,}" if 2 * below > MOST_CELLS else f"{below:,} or {2 * below:,}"
            yield self._say(at, f"{points:,} is not a power of two", f"a power of two, such as {near}")
        elif kind == "sensitivity" and isinstance(points, int) and points < FEWEST_ROWS:
            yield self._say(at, f"{points} is too few for an interval", f"{FEWEST_ROWS} or more")
        elif not self.lost and not any(factor.is_sampled for factor in self.spec.varied.values()):
            says = f"{kind} without numbers or draws, so there is nothing to sample"
            yield self._say(("design",), says, "a range, numbers or draws; or grid: all combinations")
        if self.spec.design.trajectories is not None and kind != "sensitivity":
            where: Path = ("design", "trajectories")
            yield self._say(where, f"trajectories with {kind}", "trajectories only with sensitivity")
        if kind in SAMPLED and not isinstance(points, tuple):
            scales = self._scales.items()
            crossed = [len(scale.levels) for name, scale in scales if not self.spec.varied[name].is_sampled]
            count = points or 0
            if kind == "sensitivity":
                d = len(scales) - len(crossed)
                count = count * (d + 2) + (self.spec.design.trajectories or 0) * (d + 1)
            yield from self._too_many([count, *crossed])

    def _too_many(self, sizes: list[int]) -> Iterator[Problem]:
        cells = math.prod(sizes)
        if cells > MOST_CELLS and not self.lost and not self._faulty:
            says = f"{' x '.join(str(size) for size in sizes)} = {cells:,} cells"
            group = "policies" if self.spec.policies else "factors"
            fewer = "; lhs and sobol take fewer" if self.spec.design.kind == "grid" else ""
            yield self._say((group,), says, f"at most {MOST_CELLS:,}{fewer}")

    def _refused_levels(self, name: str) -> Iterator[Problem]:
        """Yield the levels that the scenario refuses, or another that an alternative puts in its place."""
        has_days = self.known.scenario.free_days > 0
        for placed in levels_placed(self.spec, name, self.known):
            made = Trial(self.tree, self.known).made(placed)
            if isinstance(made, list):
                yield from made
            elif has_days and not made.scenario.free_days:
                yield self.tree.place(placed.at).problem(*NO_DAYS)
            for whose, other in self._other_scenarios(name):
                made = Trial(self.tree, other).made(placed)
                if isinstance(made, list):
                    yield self.tree.place(placed.at).problem(f"with {whose}: {made[0].says}", made[0].allowed)

    def _other_scenarios(self, name: str) -> Iterator[tuple[str, Known]]:
        """Yield the scenarios that alternatives of other factors put in place of the experiment's."""
        for other, factor in self.spec.varied.items():
            for level, way in (factor.alternatives or {}).items():
                if other != name and other not in self._faulty and way.scenario is not None:
                    yield f"{other} {level}", Known.of(way.scenario)

    def _without_days(self) -> Iterator[Problem]:
        """Yield that cells have no simulated day, unless every level of some factor gives them some."""
        if self.known.scenario.free_days:
            return
        factors = [factor for name, factor in self.spec.varied.items() if name not in self._faulty]
        for factor in factors:
            ways = [change_by(other) for other in (factor.alternatives or {}).values()]
            ways = ways or [Change(tuple((path, 1) for path in factor.targets))]
            if all("free_days" in dict(way.sets) for way in ways):
                return
        yield self._say(("set", "free_days") if "free_days" in self.spec.set else ("scenario",), *NO_DAYS)

    def _repeated(self, name: str) -> Iterator[Problem]:
        seen = set()
        for number, value in enumerate(self.spec.varied[name].values or ()):
            level = level_of(value)
            key = (isinstance(level, bool), level)
            if key in seen:
                at: Path = (*self.spec.at(name), "values", number)
                yield self._say(at, f"{bare(str(level))} is a duplicate", "each level once")
            seen.add(key)

    def _plots(self) -> Iterator[Problem]:
        for number, plot in enumerate(self.spec.plots or ()):
            at: Path = ("plots", number)
            axes = {
                key: getattr(plot, key) for key in ("across", "up", "by") if getattr(plot, key) is not None
            }
            for key, name in axes.items():
                if name not in self.spec.varied and name not in self.lost:
                    yield self._say((*at, key), f"no factor is called {shown(name)}", self._factors(name))
            if len(set(axes.values())) < len(axes):
                yield self._say(at, "duplicate factor", "a different factor for each of across, up and by")
            yield from self._named((*at, "at"), plot.at)

    def _named(self, at: Path, levels: dict[str, object]) -> Iterator[Problem]:
        """Yield the entries of a mapping from factors to levels in which either is unknown."""
        for name, value in levels.items():
            scale = self._scales.get(str(name))
            if scale is None and (name in self.lost or name in self.spec.varied):
                continue
            if scale is None:
                place = self.tree.key_place((*at, name))
                yield place.problem(f"no factor is called {shown(str(name))}", self._factors(name))
            elif scale.level(value) is None:
                says = f"{shown(value)} is not a level of {name}"
                yield self._say((*at, name), says, _levels(scale, value))

    def _clashes(self) -> Iterator[Problem]:
        """Yield the names that mean something else in the tables of the results."""
        layout = layout_of(scenarios_of(self.spec, self.known), keeps_acts=True)
        named = {name: self.spec.at(name) for name in self.spec.varied}
        named |= {name: ("measures", name) for name in self.spec.measures}
        for name, at in named.items():
            if name in layout.reserved:
                place = self.tree.key_place(at)
                yield place.problem(f"{name} is a column of the tables of results", "another name")
        yield from self._expressions(layout)
        for clash in layout.clashes:
            yield self._say(("scenario",), clash.says, clash.allowed)

    def _expressions(self, layout: Layout) -> Iterator[Problem]:
        """Yield what is wrong with the expressions of measures, and numbers that are used as shares."""
        problems: list[Problem] = []

        def note(each: OwnMeasure, error: ExpressionError) -> None:
            problems.append(self._say(("measures", each.name, "of"), str(error), error.allowed))

        own = self.spec.own
        language = language_of(layout.states, layout.mediators, layout.pairs, layout.acts)
        terms = terms_of(own, language, note)
        yield from problems
        for at, share in _shares_named(self.spec):
            if share in terms and terms[share].kind != YES_NO:
                says = f"{share} is {terms[share].kind}, not a yes or no"
                yield self._say(at, says, f"a measure that compares it, as in of: {share} > 3")

    def _factors(self, name: object) -> str:
        names = [*self.spec.varied, *self.lost]
        return " ".join(part for part in (did_you_mean(name, names), f"one of {listed(names)}") if part)


def measure_problems(tree: Tree, spec: Spec, lost: Collection[str] = ()) -> Iterator[Problem]:
    """Yield the names of measures that mean something else, and names of shares that do not exist.

    No scenario is needed for that.
    """
    language = language_of((), (), ())
    for name in spec.measures:
        place = tree.key_place(("measures", name))
        if name in SHIPPED or name in RESERVED_MEASURES:
            yield place.problem(f"there is a measure {name} in every experiment", "another name")
        elif name in language.words or name in language.functions:
            yield place.problem(f"{name} is a word of expressions", "another name")
        elif name in spec.varied or name in lost:
            yield place.problem(f"{name} is a factor of this experiment", "another name")
    known = [*SHIPPED.names, *spec.measures]
    for at, share in _shares_named(spec):
        if share not in known:
            hint = did_you_mean(share, known)
            allowed = " ".join(filter(None, (hint, f"one of {listed(known, 20)}")))
            yield tree.place(at).problem(f"no share is called {shown(share)}", allowed)


def _shares_named(spec: Spec) -> Iterator[tuple[Path, str]]:
    """Yield where shares are named, and which."""
    for number, share in enumerate(spec.outcomes):
        yield ("outcomes", number), share
    for number, plot in enumerate(spec.plots or ()):
        if plot.share is not None:
            yield ("plots", number, "share"), plot.share
    if spec.until is not None:
        yield ("until", "share"), spec.until.share


def _levels(scale: Scale, value: object) -> str:
    """Return the allowed levels, as text for a message."""
    if scale.ends is not None:
        low, high = scale.ends
        return f"{'a whole' if scale.is_whole else 'a'} number from {low:g} to {high:g}"
    levels = [bare(str(level)) for level in scale.levels]
    hint = did_you_mean(value, levels) if isinstance(value, str) else ""
    return " ".join(part for part in (hint, f"one of {listed(levels)}") if part)


def _overlap(path: Path, other: Path) -> bool:
    """Return whether two paths are the same, or one lies in the other."""
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]


def _meeting(path: Path, is_drop: bool, taken: dict[Path, tuple[str, bool]]) -> str | None:
    """Return the factor of the first path that overlaps this one, unless one drops what holds the other."""
    for other, (factor, other_is_drop) in taken.items():
        outer, inner = (path, other) if is_drop else (other, path)
        is_left_out = is_drop != other_is_drop and len(outer) <= len(inner)
        if _overlap(path, other) and not is_left_out:
            return factor
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
    for factor in spec.varied.values():
        made = [change_by(alternative) for alternative in (factor.alternatives or {}).values()]
        made += [
            Change(tuple((path, value) for path in factor.targets))
            for value in factor.values or ()
            if isinstance(value, dict | list | tuple)
        ]
        for change in made:
            start = known if change.whole is None else Known.of(change.whole)
            yield start.validate(changed(start.tree, *edits_of(change)).value)


def levels_placed(spec: Spec, name: str, known: Known) -> Iterator[Placed]:
    """Yield the change of every level of a factor; for a range those of its two ends."""
    factor = spec.varied[name]
    at: Path = spec.at(name)
    for other, alternative in (factor.alternatives or {}).items():
        here: Path = spec.at(name, other)
        named: tuple[Path, ...] = () if alternative.weights is None else ((*here, "weights"),)
        places: tuple[Path, ...] = (*named, *((*here, "set", path) for path in alternative.set))
        yield Placed(here, change_by(alternative), places, places)
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
        tree = self.known.tree if placed.change.whole is None else placed.change.whole
        for (path, value), key in zip(placed.change.sets, placed.keys, strict=True):
            place = self.tree.key_place(key) if "set" in key else self.tree.place(key)
            if path in _NAME_FILES and isinstance(value, str):
                yield place.problem(
                    f"{path} names a file", "single values, or a scenario that names the file itself"
                )
                continue
            override = Override(tuple(path.split(".")), place, Tree(BASE, None))
            yield from changed(tree, [override], []).problems
        if placed.change.drops:
            yield from changed(tree, [], self._drops(placed)).problems

    def made(self, placed: Placed) -> Known | list[Problem]:
        """Return the scenario once a change is made, or all that is wrong with it.

        An error in a value of the change is reported at that value; one elsewhere in the scenario,
        such as a missing name, at the change as a whole.
        """
        whole = placed.change.whole
        known = self.known if whole is None else Known.of(whole)
        tree = changed(known.tree, self._sets(placed), self._drops(placed))
        if tree.problems:
            return tree.problems
        try:
            scenario = known.validate(tree.value)
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
