"""The levels of a factor: which there are, which one a value means, which is the scenario's own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from escalation.experiment.change import path_in, value_at
from escalation.experiment.spec import Factor, Level, level_of
from escalation.scenario.expected import expected_at
from escalation.scenario.scenario import Scenario

Ends = tuple[float, float] | tuple[int, int]


@dataclass(frozen=True)
class Scale:
    """All levels that a factor may take: those listed, or any number between two ends."""

    levels: tuple[Level, ...]
    """Those that a grid takes; of a range without `levels` the two ends."""
    ends: Ends | None
    known: dict[tuple[bool, Level], Level]

    @property
    def is_whole(self) -> bool:
        """Whether it is a range of whole numbers."""
        return self.ends is not None and isinstance(self.ends[0], int)

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
    """Return the level at which the scenario stands by itself, None if that is none of the levels."""
    if factor.alternatives is not None:
        as_it_is = (name for name, other in factor.alternatives.items() if not other.set and not other.drop)
        return next(as_it_is, None)
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
        # 12 digits tell levels apart and leave out what binary fractions add, as in 0.30000000000000004.
        inner = [float(f"{number:.12g}") for number in between]
    return tuple(dict.fromkeys([low, *inner, high]))


def _key(level: Level) -> tuple[bool, Level]:
    """Return what tells levels apart: 1 and 1.0 are one, 1 and true are two."""
    return isinstance(level, bool), level
