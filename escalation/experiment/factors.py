"""The levels of a factor, and the changes that they make to a scenario's tree.

A changed tree shares its unchanged parts with its base, so a hundred thousand of them cost
little; the base itself stays as it is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from escalation.experiment.spec import Alternative, Factor, Level, level_of
from escalation.files.brief import Brief
from escalation.files.expected import Expected, expected_at
from escalation.files.override import Override, apply, ids_in, lacking, read_step
from escalation.files.places import Path, Place, Tree, did_you_mean, listed, shown
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import DATED, entry_ids, ladder_references, references
from escalation.scenario.scenario import Scenario

Ends = tuple[float, float] | tuple[int, int]


@dataclass(frozen=True)
class Scale:
    """All levels that a factor may take: those listed, or any number between two ends."""

    levels: tuple[Level, ...]
    """Those that a grid takes; for a range without `levels` the two ends."""
    ends: Ends | None
    known: dict[tuple[bool, Level], Level]

    @property
    def is_whole(self) -> bool:
        """Whether it is a range of whole numbers."""
        return self.ends is not None and isinstance(self.ends[0], int)

    @property
    def extremes(self) -> tuple[Any, Any]:
        """Return the least and the greatest of its numbers."""
        return self.ends or (min(self.levels), max(self.levels))

    def level(self, value: object) -> Level | None:
        """Return the level that a value means, None if the factor does not take it."""
        if self.ends is None:
            return self.known.get(_key(level_of(value)))
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        low, high = self.ends
        if not low <= value <= high or (self.is_whole and value != int(value)):
            return None
        return int(value) if self.is_whole else float(value)


def scale_of(factor: Factor, base: dict[str, Any]) -> Scale:
    """Return the levels that a factor may take on a scenario."""
    ends = ends_of(factor, base) if factor.range is not None else None
    if ends is not None:
        levels = _spaced(ends, factor.levels or 2)
    elif factor.values is not None:
        levels = tuple(level_of(value) for value in factor.values)
    else:
        levels = tuple(factor.alternatives or ())
    return Scale(levels, ends, {_key(level): level for level in levels})


def ends_of(factor: Factor, base: dict[str, Any]) -> Ends:
    """Return the two ends of a factor's range, whole numbers where the scenario wants such."""
    low, high = factor.range or (0.0, 0.0)
    paths = [path_in(base, path.split(".")) for path in factor.targets]
    expected = [expected_at(Scenario, path) for path in paths]
    is_whole = any(here is not None and here.kind is int for here in expected)
    return (math.ceil(low), math.floor(high)) if is_whole else (low, high)


def own_level(factor: Factor, base: dict[str, Any]) -> Level | None:
    """Return the scenario's own level, None if it is not among the levels."""
    if factor.alternatives is not None:
        return next((name for name, other in factor.alternatives.items() if other.is_empty), None)
    values = [value_at(base, path.split(".")) for path in factor.targets]
    if any(value != values[0] for value in values):
        return None
    return scale_of(factor, base).level(values[0])


def _spaced(ends: Ends, count: int) -> tuple[Level, ...]:
    """Return numbers evenly spaced between two ends; whole ones are rounded, and each is taken once."""
    low, high = ends
    between = [low + (high - low) * step / (count - 1) for step in range(1, count - 1)]
    inner: list[Level]
    if isinstance(low, int):
        inner = [round(number) for number in between]
    else:
        # 12 digits distinguish levels and drop the error of binary fractions, as in 0.30000000000000004.
        inner = [float(f"{number:.12g}") for number in between]
    return tuple(dict.fromkeys([low, *inner, high]))


def _key(level: Level) -> tuple[bool, Level]:
    """Return a key that distinguishes levels: 1 and 1.0 are the same level, 1 and true are not."""
    return isinstance(level, bool), level


BASE = "the scenario"
"""The file given for values of a changed tree that come from its base."""


@dataclass(frozen=True)
class Change:
    """How a level changes the scenario: values with their paths, and paths that are dropped."""

    sets: tuple[tuple[str, Any], ...] = ()
    drops: tuple[str, ...] = ()
    whole: dict[str, Any] | None = None
    """The resolved tree of a scenario in place of the experiment's, before anything is set."""

    def sets_in(self, tree: dict[str, Any]) -> Iterator[tuple[str, Path]]:
        """Yield every path that it sets, as the experiment writes it and as a path of a tree."""
        if self.whole is not None:
            yield "scenario", ("scenario",)
        for text, _ in self.sets:
            yield text, path_in(tree if self.whole is None else self.whole, text.split("."))

    def drops_in(self, tree: dict[str, Any]) -> Iterator[tuple[str, Path]]:
        """Yield every path that it drops, as the experiment writes it and as a path of a tree."""
        for text in self.drops:
            yield text, dropped_path(tree if self.whole is None else self.whole, text.split("."))


@dataclass(frozen=True)
class Drop:
    """A dated entry, by its id, or an entry of a mapping, to be dropped."""

    steps: tuple[str, ...]
    place: Place


def change_of(factor: Factor, level: Level) -> Change:
    """Return how a level of a factor changes the scenario."""
    if factor.alternatives is not None:
        return change_by(factor.alternatives[str(level)])
    value: Any = level
    if factor.values is not None and isinstance(level, str):  # which may represent a list or mapping
        value = next(value for value in factor.values if level_of(value) == level)
    return Change(tuple((path, value) for path in factor.targets))


def change_by(alternative: Alternative) -> Change:
    """Return how an alternative changes the scenario."""
    weights = () if alternative.weights is None else (("weights", alternative.weights),)
    return Change((*weights, *alternative.set.items()), alternative.drop, alternative.scenario)


def leaving_out(scenario: Scenario, mediators: Sequence[str]) -> Change:
    """Return the change that leaves mediators out, with the dated acts by them and toward them."""
    without = off_the_record(scenario, mediators)
    return Change(without.sets, (*(f"mediators.{name}" for name in mediators), *without.drops))


def off_the_record(scenario: Scenario, mediators: Sequence[str]) -> Change:
    """Return the change that leaves out the dated acts by mediators and toward them, but not the mediators.

    Acts are dropped by their ids; where one has none, the list of those that are left is set.
    """
    gone = [act for act in scenario.acts if {act.actor, act.target} & set(mediators)]
    ids = [act.id for act in gone if act.id is not None]
    if len(ids) == len(gone):
        return Change(drops=tuple(ids))
    tree = resolved_tree(scenario)["acts"]
    left = [entry for entry, act in zip(tree, scenario.acts, strict=True) if act not in gone]
    return Change((("acts", left),))


def stands_alone(factor: Factor, known: Known) -> bool:
    """Return whether its levels are valid or not whatever the levels of other factors are.

    They are where it only puts single numbers, truth values or choices in their places, no check compares
    those with anything else, and no name or date on which other checks depend comes or goes with them.
    """
    changes = [change_by(other) for other in (factor.alternatives or {}).values()]
    # All values of a path are of the type that the scenario wants there.
    changes.append(Change(tuple((path, None) for path in factor.targets)))
    return all(
        not change.drops
        and change.whole is None
        and all(_is_single(path_in(known.tree, path.split("."))) for path, _ in change.sets)
        for change in changes
    )


def _is_single(path: Path) -> bool:
    """Return whether what belongs at a path is a single value that no check compares with another."""
    around = [expected_at(Scenario, path[:length]) for length in range(1, len(path))]
    expected = expected_at(Scenario, path)
    if not around or expected is None or any(here is None or _compares(here) for here in around):
        return False
    return expected.kind in (int, float, bool) or bool(expected.options)


def _compares(here: Expected) -> bool:
    """Return whether a model checks its parts against each other or against the rest of the file."""
    checks = here.model.__pydantic_decorators__ if here.model else None
    return checks is not None and bool(checks.field_validators or checks.model_validators)


def edits_of(change: Change) -> tuple[list[Override], list[Drop]]:
    """Return a change in the form of `changed`, its values without places of their own."""
    sets = []
    for path, value in change.sets:
        steps = tuple(path.split("."))
        place = Place(BASE, None, None, steps)
        sets.append(Override(steps, place, Tree(BASE, value)))
    drops = [Drop(steps, Place(BASE, None, None, steps)) for steps in map(_steps, change.drops)]
    return sets, drops


def changed(base: dict[str, Any], sets: Sequence[Override], drops: Sequence[Drop]) -> Tree:
    """Return a changed tree: first all values are set, then all drops are made.

    What cannot be done becomes a problem of the tree.
    """
    tree = Tree(BASE, dict(base))
    for one in sets:
        _unshare(tree.value, one.steps)
        apply(one, tree, Scenario)
    goes: dict[Path, set[int | str]] = {}
    for drop in drops:
        path = dropped_path(tree.value, drop.steps)
        _unshare(tree.value, path)
        *above, last = path
        problem = _drop_error(tree.value, drop.steps, path)
        if problem is not None:
            tree.problems.append(drop.place.problem(*problem))
        else:
            goes.setdefault(tuple(above), set()).add(last)
    for path, keys in goes.items():
        container = _at(tree.value, path)
        # From the end of a list, so that earlier items keep their numbers.
        for key in sorted(keys, key=lambda key: key if isinstance(key, int) else 0, reverse=True):
            del container[key]
    return tree


def path_in(tree: object, steps: Iterable[str | int]) -> Path:
    """Return the steps of a path as the keys of a tree; what does not exist is left as it is."""
    here, path = tree, []
    for step in steps:
        key = read_step(step, here)
        path.append(key)
        here = _inside(here, key)
    return tuple(path)


def dropped_path(tree: dict[str, Any], steps: Sequence[str]) -> Path:
    """Return the path of what is dropped: an id alone is that of a dated entry."""
    if len(steps) == 1 and steps[0] in (ids := entry_ids(tree)):
        return ids[steps[0]]
    return path_in(tree, steps)


def value_at(tree: object, steps: Iterable[str | int]) -> Any:
    """Return the value at a path of a tree, None if there is none."""
    here = tree
    for step in steps:
        here = _inside(here, read_step(step, here))
    return here


@dataclass(frozen=True, repr=False)
class Known(Brief):
    """A valid scenario with its tree and its names, from which unchanged parts are taken over."""

    tree: dict[str, Any]
    scenario: Scenario
    context: dict[str, Any]

    @classmethod
    def of(cls, tree: dict[str, Any]) -> Known:
        """Return the scenario of a resolved tree; raises pydantic.ValidationError if it is not valid."""
        context = references(tree)
        return cls(tree, Scenario.model_validate(tree, context=context), context)

    @cached_property
    def _of_ladder(self) -> dict[str, Any]:
        return ladder_references(self.tree.get("ladder"))

    def validate(self, changed_tree: dict[str, Any]) -> Scenario:
        """Return the scenario of a tree that shares its unchanged parts with the known one.

        Whether a part of the scenario is valid depends on that part and on the names
        that the scenario defines. Where those are the same, the part is valid already and is
        handed over as it is; the checks between the parts are repeated.

        Raises
        ------
        pydantic.ValidationError
            If it is not valid.
        """
        ladder = self.tree.get("ladder")
        context = references(changed_tree, self._of_ladder if changed_tree.get("ladder") is ladder else None)
        tree = changed_tree
        if context == self.context:
            tree = {
                key: getattr(self.scenario, key) if part is self.tree.get(key) else part
                for key, part in tree.items()
            }
        return Scenario.model_validate(tree, context=context)


def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("."))


def _unshare(tree: dict[str, Any], steps: Iterable[str | int]) -> None:
    """Copy the mappings and lists on the way to a value, which the base has, too."""
    here: Any = tree
    for step in list(steps)[:-1]:
        key = read_step(step, here)
        inside = _inside(here, key)
        if not isinstance(inside, dict | list):
            return
        here[key] = inside.copy()
        here = here[key]


def _inside(here: object, key: str | int) -> Any:
    if isinstance(here, dict):
        return here.get(key)
    if isinstance(here, list) and isinstance(key, int) and key < len(here):
        return here[key]
    return None


def _at(tree: Any, path: Path) -> Any:
    for key in path:
        tree = tree[key]
    return tree


def _drop_error(tree: dict[str, Any], steps: Sequence[str], path: Path) -> tuple[str, str] | None:
    """Return why something cannot be dropped; None if it can."""
    *above, key = path
    if not above:
        return f"no entry with the id {shown(key)}", _suggested(key, entry_ids(tree))
    here = value_at(tree, above)
    if isinstance(here, list):
        return _item_drop_error(here, steps[-1], key, ".".join(map(str, above)))
    expected = expected_at(Scenario, tuple(above))
    is_open = isinstance(here, dict) and expected is not None and expected.is_open
    if is_open and key in here:
        return None
    if is_open:
        return f"no {shown(key)} here", _suggested(key, here)
    wanted = "the id of a dated entry, or an entry of a mapping of names, such as mediators.x"
    if here is None:
        return f"no value at {shown('.'.join(map(str, above)))}", wanted
    return f"{shown(key)} cannot be dropped", wanted


def _item_drop_error(items: list[Any], step: str, key: str | int, where: str) -> tuple[str, str] | None:
    """Return why a list's item cannot be dropped; None if it can. Numbers would shift as a list grows."""
    if where not in DATED:
        return f"items of {where} cannot be dropped one by one", f"{where} set as a whole"
    if not isinstance(key, int) or key >= len(items):
        return lacking(key, items)
    name = ids_in(items)[key]
    if step == name:
        return None
    wanted = f"its id, {name}" if name is not None else f"an id for entry {key} of {where}, and that id here"
    return "entries are dropped by id, not by number", wanted


def _suggested(key: str | int, names: Iterable[str]) -> str:
    known = list(names)
    return f"{did_you_mean(key, known)} one of {listed(known)}".strip()
