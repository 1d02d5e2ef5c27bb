"""Shares: the yes-or-no questions that are asked of every crisis, by name.

The stopping rule, the tables and the figures all ask them here, so that a share means the same
everywhere. A share of a cell is the mean of its answers over the cell's replications.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.rules.outcome import OUTCOMES
from escalation.rules.state import MEDIATED

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
