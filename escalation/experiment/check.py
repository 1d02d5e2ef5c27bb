"""What is wrong with an experiment beyond its single keys: factors, levels, design, and the scenario.

Every level of every factor is tried alone on the scenario, of a range the two ends. What levels do
together shows where a cell is reached: see `escalation.experiment.cells`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from escalation.experiment.change import Known, path_in
from escalation.experiment.levels import Scale, ends_of, scale_of
from escalation.experiment.spec import MOST_CELLS, Factor, Spec, level_of
from escalation.experiment.trial import Placed, Trial, levels_placed
from escalation.scenario.errors import MOST_PROBLEMS, Problem, bare, did_you_mean, listed, shown
from escalation.scenario.tree import Path, Tree


def check(tree: Tree, spec: Spec, known: Known) -> list[Problem]:
    """Return what is wrong with an experiment beyond its single keys.

    The levels are tried only where the rest is right, since most faults would come again with each.
    """
    checker = _Checker(tree, spec, known)
    for step in (checker.forms, checker.paths_and_design, checker.levels_and_names):
        problems = list(islice(step(), 2 * MOST_PROBLEMS))
        if problems:
            return problems
    return []


@dataclass(frozen=True)
class _Checker:
    tree: Tree
    spec: Spec
    known: Known

    @cached_property
    def _scales(self) -> dict[str, Scale]:
        return {name: scale_of(factor, self.known.tree) for name, factor in self.spec.factors.items()}

    def _say(self, path: Path, says: str, allowed: str = "") -> Problem:
        return self.tree.place(path).problem(says, allowed)

    # ------------------------------------------------------------------------------------------ forms

    def forms(self) -> Iterator[Problem]:
        """Yield the factors whose keys do not go together."""
        for name, factor in self.spec.factors.items():
            at: Path = ("factors", name)
            given = [key for key in ("values", "range", "alternatives") if getattr(factor, key) is not None]
            if len(given) != 1:
                says = f"{' and '.join(given)} stand together" if given else "no levels"
                yield self._say(at, says, "exactly one of values, range, alternatives")
                continue
            where = [key for key in ("path", "paths") if getattr(factor, key) is not None]
            if given == ["alternatives"]:
                for key in where:
                    yield self._say((*at, key), f"{key} beside alternatives", "each alternative has its own")
            elif len(where) != 1:
                says = "path and paths stand together" if where else "no path"
                yield self._say(at, says, "one of path, paths")
            if factor.levels is not None and given != ["range"]:
                yield self._say((*at, "levels"), f"levels beside {given[0]}", "levels only beside range")
            if factor.range is not None:
                yield from self._range_form(at, factor)
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
            yield self._say((*at, "range"), "no whole number lies in it", "a range with whole numbers")
        if factor.levels is None and self.spec.design.kind == "grid":
            yield self._say(
                at, "a range without levels", "levels, how many a grid takes; or the design lhs or sobol"
            )

    # ------------------------------------------------------------------------------- paths and design

    def paths_and_design(self) -> Iterator[Problem]:
        """Yield key paths that lead nowhere or meet, and what is wrong with the design."""
        trial = Trial(self.tree, self.known)
        for name in self.spec.factors:
            for placed in self._paths_of(name):
                yield from trial.path_faults(placed)
        yield from self._meetings()
        yield from self._design()

    def _paths_of(self, name: str) -> Iterator[Placed]:
        """Yield the changes of a factor that differ in their paths."""
        placed = levels_placed(self.spec, name, self.known)
        return placed if self.spec.factors[name].alternatives is not None else islice(placed, 1)

    def _meetings(self) -> Iterator[Problem]:
        """Yield the paths that lie on, in or around another of the same change or of another factor."""
        taken: dict[Path, str] = {}
        for name in self.spec.factors:
            own: dict[Path, str] = {}
            for placed in self._paths_of(name):
                beside: dict[Path, str] = {}
                for text in placed.change.paths:
                    path = path_in(self.known.tree, text.split("."))
                    near = _meeting(path, beside)
                    if near is not None:
                        at = placed.at if "alternatives" in placed.at else ("factors", name, "paths")
                        yield self._say(at, f"{text} and {near} meet", "paths that lie apart")
                    factor = _meeting(path, taken)
                    if factor is not None:
                        says = f"{text} meets a path of the factor {factor}"
                        yield self._say(("factors", name), says, "factors whose paths lie apart")
                    beside[path] = text
                own |= dict.fromkeys(beside, name)
            taken |= own

    def _design(self) -> Iterator[Problem]:
        kind, points = self.spec.design.kind, self.spec.design.points
        at: Path = ("design", "points")
        if kind == "grid":
            if points is not None:
                yield self._say(at, "points beside grid", "a grid takes all combinations; list, lhs or sobol")
            sizes = [len(scale.levels) for scale in self._scales.values()]
            cells = math.prod(sizes)
            if cells > MOST_CELLS:
                product = " x ".join(str(size) for size in sizes)
                says = f"{product} = {cells:,} cells"
                yield self._say(("factors",), says, f"at most {MOST_CELLS:,}; lhs and sobol take fewer")
        elif kind == "list":
            if not isinstance(points, tuple):
                yield self._say(at, "no points are listed", "a list, each a mapping from factors to levels")
        elif not isinstance(points, int):
            yield self._say(at, "the number of points is missing", "a whole number, as in points: 256")
        elif not self.spec.factors:
            yield self._say(("design",), f"{kind} without factors", "one factor or more; or grid")
        elif kind == "sobol" and points & (points - 1):
            below = 1 << (points.bit_length() - 1)
            near = f"{below:,}" if 2 * below > MOST_CELLS else f"{below:,} or {2 * below:,}"
            yield self._say(at, f"{points:,} is no power of two", f"a power of two, such as {near}")

    # ------------------------------------------------------------------------------- levels and names

    def levels_and_names(self) -> Iterator[Problem]:
        """Yield the levels that stand twice or that the scenario refuses, and names of none."""
        trial = Trial(self.tree, self.known)
        for name in self.spec.factors:
            yield from self._repeated(name)
            for placed in levels_placed(self.spec, name, self.known):
                yield from trial.faults(placed)
        yield from self._named(("baseline",), self.spec.baseline)
        if isinstance(self.spec.design.points, tuple):
            for number, point in enumerate(self.spec.design.points):
                yield from self._named(("design", "points", number), point)
        yield from self._plots()

    def _repeated(self, name: str) -> Iterator[Problem]:
        seen = set()
        for number, value in enumerate(self.spec.factors[name].values or ()):
            level = level_of(value)
            key = (isinstance(level, bool), level)
            if key in seen:
                at: Path = ("factors", name, "values", number)
                yield self._say(at, f"{bare(str(level))} stands twice", "each level once")
            seen.add(key)

    def _plots(self) -> Iterator[Problem]:
        for number, plot in enumerate(self.spec.plots or ()):
            at: Path = ("plots", number)
            axes = {
                key: getattr(plot, key) for key in ("across", "up", "by") if getattr(plot, key) is not None
            }
            for key, name in axes.items():
                if name not in self.spec.factors:
                    yield self._say((*at, key), f"no factor is called {shown(name)}", self._factors(name))
            if len(set(axes.values())) < len(axes):
                yield self._say(at, "a factor stands twice", "across, up and by each another factor")
            yield from self._named((*at, "at"), plot.at)

    def _named(self, at: Path, levels: dict[str, object]) -> Iterator[Problem]:
        """Yield the entries of a mapping from factors to levels of which one or the other is none."""
        for name, value in levels.items():
            scale = self._scales.get(str(name))
            if scale is None:
                place = self.tree.key_place((*at, name))
                yield place.problem(f"no factor is called {shown(str(name))}", self._factors(name))
            elif scale.level(value) is None:
                says = f"{shown(value)} is no level of {name}"
                yield self._say((*at, name), says, _levels(scale, value))

    def _factors(self, name: object) -> str:
        names = list(self.spec.factors)
        return " ".join(part for part in (did_you_mean(name, names), f"one of {listed(names)}") if part)


def _levels(scale: Scale, value: object) -> str:
    """Say which levels there are."""
    if scale.ends is not None:
        low, high = scale.ends
        return f"{'a whole' if scale.is_whole else 'a'} number from {low:g} to {high:g}"
    levels = [bare(str(level)) for level in scale.levels]
    hint = did_you_mean(value, levels) if isinstance(value, str) else ""
    return " ".join(part for part in (hint, f"one of {listed(levels)}") if part)


def _meeting(path: Path, others: dict[Path, str]) -> str | None:
    """Return what stands beside the first path that is this one, lies in it or around it."""
    for other, what in others.items():
        shorter = min(len(path), len(other))
        if path[:shorter] == other[:shorter]:
            return what
    return None
