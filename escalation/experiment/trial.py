"""Trying a change on the scenario: what is wrong with it, and where the experiment file says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from pydantic import ValidationError

from escalation.experiment.change import BASE, Change, Drop, Known, change_by, changed
from escalation.experiment.levels import ends_of
from escalation.experiment.spec import Spec
from escalation.scenario.errors import Problem
from escalation.scenario.explain import problems_of
from escalation.scenario.override import Override
from escalation.scenario.references import references
from escalation.scenario.scenario import Scenario
from escalation.scenario.tree import Path, Tree

_NAME_FILES = ("ladder", "weights", "weights.from")
_MOST_KNOCK_ON = 8


@dataclass(frozen=True)
class Placed:
    """A change, and where the experiment file has it: as a whole, each key path, each value."""

    at: Path
    change: Change
    keys: tuple[Path, ...]
    values: tuple[Path, ...]


def set_for_all(spec: Spec) -> Placed:
    """Return what an experiment sets for all cells."""
    keys = tuple(("set", path) for path in spec.set)
    return Placed(("set",), Change(tuple(spec.set.items())), keys, keys)


def levels_placed(spec: Spec, name: str, known: Known) -> Iterator[Placed]:
    """Yield the change of every level of a factor; of a range those of its two ends."""
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

    def path_faults(self, placed: Placed) -> Iterator[Problem]:
        """Yield the key paths that lead nowhere, and those of what is to go but is not there."""
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

    def faults(self, placed: Placed) -> list[Problem]:
        """Return what is wrong with the scenario once a change is made."""
        made = self.made(placed)
        return made if isinstance(made, list) else []

    def made(self, placed: Placed) -> Known | list[Problem]:
        """Return the scenario once a change is made, or all that is wrong with it.

        A fault in a value that the change brings stands at that value; one elsewhere in the
        scenario, such as a name that is gone, at the change as a whole.
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
                place.problem(f"then {fault.path}: {fault.says}", fault.allowed)
                for fault in islice(caused, _MOST_KNOCK_ON)
            ]
            if len(caused) > _MOST_KNOCK_ON:
                own.append(place.problem(f"then {len(caused) - _MOST_KNOCK_ON} more such faults"))
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
