"""What is measured of each crisis: shares, and numbers that have a mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.measures import NEVER, SHARES, share_of

EVENTS = ("force", "ceasefire", "end", "talks")
FORCE, CEASEFIRE = 0, 1

Table = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Measures:
    """The numbers of a crisis that have a mean: peak rungs, days up to an event, costs."""

    states: tuple[str, ...]

    @cached_property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Return measure and of what, in order."""
        return (
            ("peak_rung", "any"),
            *(("peak_rung", state) for state in self.states),
            *((f"days_to_{event}", "restricted_mean") for event in EVENTS),
            *(("cost", state) for state in self.states),
        )

    @property
    def days(self) -> slice:
        """Return where the days are among the names."""
        first = 1 + len(self.states)
        return slice(first, first + len(EVENTS))

    def values(self, table: Table, until: NDArray[Any]) -> NDArray[np.float64]:
        """Return one row a measure, one column a crisis; NaN where there is no such state.

        Days are counted up to `until`, a number for each crisis: min(T, until).
        """
        rows = np.empty((len(self.names), len(until)))
        for k, state in enumerate(("", *(f"_{state}" for state in self.states))):
            peak = table[f"peak{state}"]
            rows[k] = peak
            if (peak < 0).any():
                rows[k, peak < 0] = np.nan
        for k, event in enumerate(EVENTS, self.days.start):
            on = table[f"days_to_{event}"]
            rows[k] = np.where(on == NEVER, until, np.clip(on, 0, until))
        for k, state in enumerate(self.states, self.days.stop):
            rows[k] = table[f"cost_{state}"]
        return rows


def share_rows(table: Table) -> NDArray[np.bool_]:
    """Return one row a share, one column a crisis."""
    return np.array([share_of(name, table) for name in SHARES], bool)


def first_events(table: Table) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the day of force where it came before a ceasefire, and the other way round, else -1.

    On one day force counts as first: a ceasefire answers it.
    """
    force, ceasefire = (table[f"days_to_{event}"].astype(np.int64) for event in ("force", "ceasefire"))
    late = np.iinfo(np.int64).max
    on_force = np.where(force == NEVER, late, np.maximum(force, 0))
    on_ceasefire = np.where(ceasefire == NEVER, late, np.maximum(ceasefire, 0))
    is_force = (on_force < late) & (on_force <= on_ceasefire)
    is_ceasefire = on_ceasefire < on_force
    return np.where(is_force, on_force, -1), np.where(is_ceasefire, on_ceasefire, -1)
