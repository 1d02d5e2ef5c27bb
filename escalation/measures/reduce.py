"""Runs of one design point reduced to one number per crisis: the only place that looks into `Runs`.

The columns of a sweep, the classroom, forecasts and comparisons with recorded crises all read runs here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from escalation.vocabulary import MEDIATED

# For types only: the declarations of measures are also read where nothing is simulated.
if TYPE_CHECKING:
    from escalation.engine.batch import Runs
    from escalation.rules.state import Params
    from escalation.scenario.scenario import Scenario

NEVER = -32_768
"""In a column of days, the value for a day that did not come; in a column of decimals it is NaN.

Days count after the horizon, so that what lies in the forced record has a day of 0 or less: no small
negative number is free.
"""

HOLD_ACT = 0
"""The number of holding among the acts, which are in ladder order."""

_LATE = 2**31 - 1  # later than any day

Days = NDArray[np.int64]


@dataclass(frozen=True)
class Reduced:
    """R crises of one design point; every array has one entry per crisis, or one row.

    Days count from the scenario's start, with -1 for never, unless a method says otherwise.
    """

    runs: Runs
    horizon: int
    """The last day of the record."""
    scenario: Scenario | None = None
    """Of the design point, for measures that name acts and actors."""

    @property
    def count(self) -> int:
        """Return R."""
        return len(self.runs.outcome)

    @property
    def peak(self) -> NDArray[np.int8]:
        """Return the highest rung of any state's own acts on simulated days."""
        return np.asarray(self.runs.peak.max(axis=1))

    @cached_property
    def _settled(self) -> Days:
        """[R, pairs]: when each pair settled, far in the future for never."""
        return np.where(self.runs.settled < 0, _LATE, self.runs.settled).astype(np.int64)

    @cached_property
    def _first_pair(self) -> NDArray[np.intp]:
        """Return the pair that settled first; of several on one day the first in the order of the states."""
        return np.asarray(self._settled.argmin(axis=1))

    @property
    def ceasefire(self) -> Days:
        """Return the day of the first ceasefire or agreement of any pair."""
        return _or_never(self._settled.min(axis=1))

    @property
    def channel(self) -> NDArray[np.int8]:
        """Return the channel of the first ceasefire or agreement, 0 for none."""
        found = self.runs.channel[np.arange(self.count), self._first_pair]
        return np.where(self.ceasefire >= 0, found, 0)

    @property
    def settler(self) -> NDArray[np.int8]:
        """Return the mediator credited with the first ceasefire or agreement, -1 for none."""
        found = self.runs.settler[np.arange(self.count), self._first_pair]
        return np.where(self.ceasefire >= 0, found, -1)

    @property
    def all_settled(self) -> Days:
        """Return the day by which every pair of rivals had settled."""
        return _or_never(self._settled.max(axis=1))

    @property
    def over(self) -> Days:
        """Return the day on which all pairs had settled or the quiet that closes the crisis began."""
        end = np.where(self.runs.end < 0, _LATE, self.runs.end).astype(np.int64)
        return _or_never(np.minimum(end, self._settled.max(axis=1)))

    @property
    def talks(self) -> Days:
        """Return the simulated day on which a mediator's talks first opened."""
        opened = np.where(self.runs.newly_opened >= 0, self.runs.newly_opened, _LATE).astype(np.int64)
        return _or_never(opened.min(axis=1, initial=_LATE))

    @property
    def agreed_in_talks(self) -> Days:
        """Return the day on which each pair first settled, [R, pairs], if it did so in a mediator's talks."""
        mediated = self.runs.channel == MEDIATED
        return np.where(mediated, self.runs.settled, -1).astype(np.int64)

    def settled_through(self, channels: tuple[int, ...]) -> NDArray[np.bool_]:
        """Return in which crises any pair settled through one of these channels."""
        found = np.isin(self.runs.channel, channels) & (self.runs.settled >= 0)
        return np.asarray(found.any(axis=1))

    def ever(self, days: NDArray[Any]) -> NDArray[np.bool_]:
        """Return in which crises any of several days, [R, k], came at all."""
        return np.asarray((days >= 0).any(axis=1))

    def first_act(self, params: Params, rung: int) -> Days:
        """Return the day of the first act of a state on a rung or above; needs runs with paths."""
        acts = self.acts(params)
        found = np.full(self.count, _LATE, np.int64)
        high = acts[params.acts["rung"][acts["act"]] >= rung]
        np.minimum.at(found, high["replication"] - self.runs.first, high["day"])
        return _or_never(found)

    def acts(self, params: Params) -> NDArray[Any]:
        """Return the acts of states toward somebody, holds left out; needs runs with paths."""
        acts = self.runs.acts
        assert acts is not None
        return acts[(acts["actor"] < len(params.states)) & (acts["target"] >= 0)]

    @cached_property
    def taken(self) -> dict[str, NDArray[Any]]:
        """Return the acts of all actors without holds, by column, in order; needs runs with paths.

        `row` is the place of the crisis, `day` counts from the horizon; `actor`, `act`, `target` and
        `forced` are as they were logged.
        """
        acts = self.runs.acts
        assert acts is not None
        names = {"row": "replication", "day": "day", "actor": "actor", "act": "act", "target": "target"}
        held = acts["act"] == HOLD_ACT
        found = {name: acts[logged][~held] for name, logged in (names | {"forced": "forced"}).items()}
        found["row"] -= self.runs.first
        found["day"] -= self.horizon
        return found

    def days_with_acts(self, params: Params) -> NDArray[np.int64]:
        """Return on how many days each state acted toward somebody, [R, n]; needs runs with paths."""
        acts, states = self.acts(params), len(params.states)
        row = acts["replication"] - self.runs.first
        taken = np.unique(np.stack([row, acts["actor"], acts["day"]]), axis=1)
        counted = np.bincount(taken[0] * states + taken[1], minlength=self.count * states)
        return counted.reshape(self.count, states)

    def after_horizon(self, days: NDArray[Any]) -> NDArray[np.int16]:
        """Return days counted after the horizon, `NEVER` for never."""
        return np.where(days < 0, NEVER, days - self.horizon).astype(np.int16)

    def within(self, days: Days, until: NDArray[Any]) -> NDArray[np.float64]:
        """Return the share of crises in which a day came within so many days of the horizon."""
        after = np.where(days < 0, _LATE, days - self.horizon)
        shares: NDArray[np.float64] = (after[:, None] <= until).mean(axis=0)
        return shares


def _or_never(days: NDArray[Any]) -> Days:
    return np.where(days >= _LATE, -1, days).astype(np.int64)
