"""Which levers a crisis has, read off the models, and what pulling one changes under the same luck."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, get_args, get_origin

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.rules.state import Params
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Scenario

Tree = dict[str, Any]
Path = tuple[str | int, ...]

PARTS = ("weights", "states", "mediators", "rivalries", "alliances", "hazards")
"""The parts of a scenario that hold levers; the others are its record, its ladder and its yardsticks."""
NOT_PULLED = {
    "label", "note", "sources", "capabilities", "between", "members", "victim", "blamed", "toward",
}  # fmt: skip
"""Fields that are words, or that say who is meant."""
LATE = 14
"""Days between an early and a late entry."""
FIRST_BATCH = 25
OF_ALL = ("first", "pairs", "postures", "acts")
COLUMNS = tuple(field.name for field in fields(Runs) if field.name not in OF_ALL)
"""What a replication comes to; the other fields of `Runs` are not by replication."""


@dataclass(frozen=True)
class Lever:
    """One value of a scenario, and the two ends between which it is pulled."""

    path: Path
    kind: str
    """The model and its field, as in `State.resolve`, whoever has it."""
    low: Any
    high: Any

    @property
    def name(self) -> str:
        """Return the key path, as `--set` takes it."""
        return ".".join(map(str, self.path))

    @property
    def title(self) -> str:
        """Return the name and, between words, which ones."""
        return f"{self.name} {self.low}-{self.high}" if isinstance(self.low, str) else self.name


@dataclass(frozen=True)
class Stage:
    """A crisis on which levers are pulled."""

    name: str
    tree: Tree

    @cached_property
    def scenario(self) -> Scenario:
        """Return the crisis as it is."""
        return built(self.tree)

    @cached_property
    def levers(self) -> tuple[Lever, ...]:
        """Return all its levers, in the order of the file."""
        return tuple(levers_of(self.scenario))


def stage_of(name: str, scenario: Scenario) -> Stage:
    """Return a stage with a scenario on it."""
    return Stage(name, resolved_tree(scenario))


def built(tree: Tree) -> Scenario:
    """Validate a tree as the loader does."""
    return Scenario.model_validate(tree, context=references(tree))


def levers_of(scenario: Scenario) -> Iterator[Lever]:
    """Yield every lever of a crisis: weights, and those of actors, rivalries, alliances and hazards."""
    for part in PARTS:
        yield from _within(getattr(scenario, part), (part,), scenario)


def _within(value: object, path: Path, scenario: Scenario) -> Iterator[Lever]:
    if isinstance(value, BaseModel):
        yield from _of_model(value, path, scenario)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _within(item, (*path, key), scenario)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _within(item, (*path, number), scenario)


def _of_model(value: BaseModel, path: Path, scenario: Scenario) -> Iterator[Lever]:
    ranges = {parameter.name: parameter.plausible for parameter in parameters_of(type(value))}
    for name, field in type(value).model_fields.items():
        here, kind = (*path, name), f"{type(value).__name__}.{name}"
        choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        if name in ranges:
            yield Lever(here, kind, *ranges[name])
        elif field.annotation is bool:
            yield Lever(here, kind, False, True)
        elif choices:
            for low, high in pairwise(choices):
                yield Lever(here, kind, low, high)
        elif name == "enters_day":
            first = scenario.horizon_day + 1
            yield Lever(here, kind, first, first + LATE)
        elif name not in NOT_PULLED:
            raise NotImplementedError(f"{kind} is neither a lever nor among those that are not pulled")
        else:
            yield from _within(getattr(value, name), here, scenario)


def moved(tree: Tree, *changes: tuple[Path, Any]) -> Tree:
    """Return a copy of a tree with other values at these paths."""
    copied = copy.deepcopy(tree)
    for path, value in changes:
        part: Any = copied
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
    return copied


def ends(stage: Stage, lever: Lever) -> tuple[Params, Params]:
    """Return the numbers of a crisis with a lever at its low and at its high end."""
    # The record can have no firing where there is no line.
    also: list[tuple[Path, Any]] = [(("border_fire",), [])] if lever.path[-1] == "contested_line" else []
    low, high = (pack(built(moved(stage.tree, *also, (lever.path, end)))) for end in (lever.low, lever.high))
    return low, high


def first_moved(stage: Stage, lever: Lever, seed: int, most: int) -> int | None:
    """Return the first replication in which a lever changes an outcome, None for none of so many."""
    low, high = ends(stage, lever)
    played, batch = 0, FIRST_BATCH
    while played < most:
        count = min(batch, most - played)
        found = differ(simulate(low, seed, played, count), simulate(high, seed, played, count))
        if found.any():
            return played + int(np.argmax(found))
        played, batch = played + count, 2 * batch
    return None


def differ(one: Runs, other: Runs) -> NDArray[np.bool_]:
    """[R]: whether any outcome column of a replication differs: class, peaks, costs, days, channels."""
    count = len(one.outcome)
    found = np.zeros(count, np.bool_)
    for name in COLUMNS:
        apart = getattr(one, name) != getattr(other, name)
        found |= apart.reshape(count, -1).any(axis=1)
    return found
