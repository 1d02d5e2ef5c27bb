"""What is measured of each crisis: shares (yes-or-no questions), and numbers that have a mean.

The stopping rule, the tables and the figures all ask them here, so that a share means the same
everywhere. A share of a cell is the mean of its answers over the cell's replications.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.vocabulary import MEDIATED, OUTCOMES

Answers = NDArray[np.bool_]
Columns = Mapping[str, NDArray[Any]]

NEVER = -32_768
"""Stands in a column of whole days for a day that did not come; in a column of decimals NaN does.

Days count after the horizon, so that what lies in the forced record has a day of 0 or less: no small
negative number is free.
"""

_REACHED = {"force": "days_to_force", "ceasefire": "days_to_ceasefire", "talks": "days_to_talks"}
_PEAKS = {f"rung_{rung}": rung for rung in range(5, 11)}

SHARES: tuple[str, ...] = (*OUTCOMES, "force", "ceasefire", "mediated", "talks", *_PEAKS)
"""The names: the outcome classes, what was reached by the end, and the height of the peak."""

COLUMNS = ("outcome", "settlement", "days_to_force", "days_to_ceasefire", "days_to_talks", "peak")
"""The columns that the shares are told from."""

_SAYS = {
    "nuclear_use": "nuclear use",
    "war": "war",
    "limited_force_ended": "limited force, ended",
    "limited_force_going_on": "limited force, going on",
    "stand_off": "stand-off",
    "de_escalated": "de-escalated",
    "force": "force was used",
    "ceasefire": "a ceasefire was reached",
    "mediated": "settled through a mediator",
    "talks": "talks were opened",
} | {name: f"peak on rung {rung} or above" for name, rung in _PEAKS.items()}


def words_of(name: str) -> str:
    """Return what a share says of a crisis, in a few words."""
    return _SAYS[name]


def share_of(name: str, columns: Columns) -> Answers:
    """Return the answer of every run to one question.

    Parameters
    ----------
    name
        One of `SHARES`.
    columns
        One row a run, of which only the column asked for is looked at: `outcome`, the number of
        the class in `OUTCOMES`; `settlement`, the number of the channel in `CHANNELS`; `peak`, the
        highest rung of any state on free days; `days_to_force`, `days_to_ceasefire`,
        `days_to_talks`, decimals with NaN, or whole numbers with `NEVER`, where it never came.

    Raises
    ------
    KeyError
        If there is no such share or column.
    """
    answers: Answers
    if name in _REACHED:
        return _came(columns[_REACHED[name]])
    if name in _PEAKS:
        answers = columns["peak"] >= _PEAKS[name]
    elif name == "mediated":
        answers = columns["settlement"] == MEDIATED
    elif name in OUTCOMES:
        answers = columns["outcome"] == OUTCOMES.index(name)
    else:
        raise KeyError(name)
    return answers


def _came(days: NDArray[Any]) -> Answers:
    decimals = np.issubdtype(days.dtype, np.floating)
    answers: Answers = ~np.isnan(days) if decimals else days != NEVER
    return answers


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
