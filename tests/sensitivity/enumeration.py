"""All parameters of a crisis, read off the models, and the outcomes that moving one of them changes.

A parameter is a number, a switch or a choice that the rules read. A number declared by `defined()` has its
plausible range, a switch has two ends, and a choice is moved from each option to the next. A whole number
declared otherwise needs an entry in `WHOLE`. A field that is neither a parameter nor listed as words,
record or structure raises an error: a new field cannot be forgotten.
"""

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
from escalation.rules.state import NUCLEAR_RUNG, Params
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Scenario
from tests.strategies import Tree, build

Path = tuple[str | int, ...]

WHOLE: dict[str, tuple[int, int]] = {
    "Act.signal": (0, 3),
    "Act.stands_days": (1, 10),
    "CrossWalk.mid_hostility": (1, 5),
    "Outcome.force_rung": (6, 9),
    "Outcome.nuclear_rung": (9, 10),
    "Outcome.quiet_days": (1, 14),
    "Outcome.standoff_rung": (1, 5),
    "Outcome.violence_rung": (3, 6),
    "Outcome.war_rung": (8, 10),
    "Scenario.max_acts_per_day": (1, 3),
}
"""The ends of whole numbers that have no plausible range of their own."""
LATE = 14
"""Days between an early and a late entry of a mediator."""
WORDS = {
    "article", "case", "confidence", "contested", "description", "killed", "label", "name", "note", "says",
    "sources", "summary", "title",
}  # fmt: skip
RECORD = {"Scenario.acts", "Scenario.border_fire", "Scenario.reports"}
STRUCTURE = {
    # who and when
    "between", "blamed", "date", "format", "free_days", "horizon", "id", "members", "start", "victim",
    # what a state can do and what an act is
    "cameo", "capabilities", "capability", "effect", "goldstein", "kahn", "kind", "mid_action",
    "mid_reading", "offer", "reverses", "rivera", "rung", "rungs",
}  # fmt: skip
FIRST_BATCH = 25
NOT_BY_REPLICATION = ("first", "pairs", "postures", "acts", "daily_posture", "daily_talks", "daily_ceasefire")
COLUMNS = tuple(field.name for field in fields(Runs) if field.name not in NOT_BY_REPLICATION)
"""The outcome columns of a replication."""


@dataclass(frozen=True)
class Moved:
    """One parameter of a scenario, and the two ends between which it is moved."""

    path: Path
    kind: str
    """The model and its field, as in `State.resolve`, whichever state it belongs to."""
    low: Any
    high: Any

    @property
    def name(self) -> str:
        """Return the key path, as `--set` takes it."""
        return ".".join(map(str, self.path))

    @property
    def title(self) -> str:
        """Return the name and, for a choice, its two options."""
        return f"{self.name} {self.low}-{self.high}" if isinstance(self.low, str) else self.name


@dataclass(frozen=True)
class Stage:
    """A crisis in which parameters are moved."""

    name: str
    tree: Tree

    @cached_property
    def scenario(self) -> Scenario:
        """Return the crisis as it is."""
        return build(self.tree)

    @cached_property
    def parameters(self) -> tuple[Moved, ...]:
        """Return all its parameters, in the order of the file."""
        return tuple(_of_model(self.scenario, (), self.scenario))


def _within(value: object, path: Path, scenario: Scenario) -> Iterator[Moved]:
    if isinstance(value, BaseModel):
        yield from _of_model(value, path, scenario)
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _within(item, (*path, key), scenario)
    elif isinstance(value, tuple):
        for number, item in enumerate(value):
            yield from _within(item, (*path, number), scenario)


def _of_model(value: BaseModel, path: Path, scenario: Scenario) -> Iterator[Moved]:
    ranges = {parameter.name: parameter.plausible for parameter in parameters_of(type(value))}
    for name, field in type(value).model_fields.items():
        here, kind = (*path, name), f"{type(value).__name__}.{name}"
        options = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        if name in WORDS or name in STRUCTURE or kind in RECORD:
            continue
        if name in ranges:
            whole = field.annotation is int
            yield Moved(here, kind, *(int(end) if whole else end for end in ranges[name]))
        elif kind in WHOLE:
            yield Moved(here, kind, *WHOLE[kind])
        elif field.annotation is bool:
            yield Moved(here, kind, False, True)
        elif options:
            for low, high in pairwise(options):
                yield Moved(here, kind, low, high)
        elif kind == "Mediator.enters_day":
            first = scenario.horizon_day + 1
            yield Moved(here, kind, first, first + LATE)
        elif isinstance(getattr(value, name), BaseModel | Mapping | tuple):
            yield from _within(getattr(value, name), here, scenario)
        else:
            raise NotImplementedError(f"{kind} is not known as a parameter, nor as words or structure")


def is_read(scenario: Scenario, parameter: Moved) -> bool:
    """Return whether a rule reads this parameter; for an act that depends on its kind and effect."""
    if parameter.path[0] != "ladder":
        return True
    name, field = parameter.path[2], parameter.kind.removeprefix("Act.")
    act = scenario.ladder.acts[str(name)]
    if act.kind == "mediation":  # consent has weights of its own, and a refusal is the rest
        return field == "base" and act.effect not in ("consent", "decline")
    if act.effect == "hold":  # worth 0: all other utilities are measured against it
        return False
    if act.rung == NUCLEAR_RUNG and field in ("signal", "commits", "lasts"):
        return False  # the crisis ends with it, so that nothing of what it would leave behind is read
    if field == "stands_days":
        return any(other.requires.offer == name for other in scenario.ladder.acts.values())
    return act.kind != "conciliatory" or field in ("base", "lasts", "Requires.violence", "Requires.hotline")


def moved(tree: Tree, *changes: tuple[Path, Any]) -> Tree:
    """Return a copy of a tree with other values at these paths."""
    copied = copy.deepcopy(tree)
    for path, value in changes:
        part: Any = copied
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
    return copied


def ends(stage: Stage, parameter: Moved) -> tuple[Params, Params]:
    """Return the packed crisis with a parameter at its low and at its high end."""
    # The record can have no firing where there is no contested line.
    also: list[tuple[Path, Any]] = [(("border_fire",), [])] if parameter.path[-1] == "contested_line" else []
    low, high = (
        pack(build(moved(stage.tree, *also, (parameter.path, end))))
        for end in (parameter.low, parameter.high)
    )
    return low, high


def first_moved(stage: Stage, parameter: Moved, seed: int, most: int) -> int | None:
    """Return the first replication in which a parameter changes an outcome, None if none of so many."""
    low, high = ends(stage, parameter)
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
