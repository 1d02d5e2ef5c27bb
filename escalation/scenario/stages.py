"""The stages of a crisis whose values change on some days: which scenario holds on which day.

A stage is the scenario with all values that are in force, and without changes: the rules play one stage after
the other and know of no change. All stages have the same actors, acts and dates.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from escalation.files.places import EscalationError
from escalation.scenario.scenario import DatedChange, Given, Relation, Scenario


class ChangingValuesError(EscalationError):
    """Values of a scenario change on a day of it, so that it is no single set of numbers."""


def refuse_changes(scenario: Scenario) -> None:
    """Raise ChangingValuesError if values of a scenario change on a day of it."""
    if scenario.changes:
        raise ChangingValuesError(
            f"{scenario.name}: values change on {scenario.changes[0].date}, as they can in a game; such a"
            " crisis is played by itself (run, explain, play), and there are no others of it"
        )


class Stages:
    """What holds on each day of a crisis.

    Parameters
    ----------
    scenario
        With its changes.
    """

    def __init__(self, scenario: Scenario) -> None:
        changes = sorted(scenario.changes, key=lambda change: change.date)  # of one date, in their order
        stage = scenario.model_copy(update={"changes": ()}) if changes else scenario
        self._stages = [stage]
        self.since = [0]
        """The first day of each stage, counted from the start."""
        for change in changes:
            day = max(0, (change.date - scenario.start).days)
            stage = with_values(stage, change)
            if day == self.since[-1]:
                self._stages[-1] = stage
            else:
                self._stages.append(stage)
                self.since.append(day)

    def on(self, day: int) -> Scenario:
        """Return the scenario of a day, counted from the start; of an earlier one, that of the start."""
        return self._stages[max(0, bisect_right(self.since, day) - 1)]


def with_values(scenario: Scenario, change: DatedChange) -> Scenario:
    """Return a scenario with the values of a change, which is valid in it."""
    for path, value in change.set.items():
        scenario = _put(scenario, path.split("."), value)
    return scenario


def later_mediators(scenario: Scenario) -> set[str]:
    """Return the mediators that never enter but by a change, with no part in anything before it.

    Those that come into a game are of this kind.
    """
    never = [name for name, one in scenario.mediators.items() if one.enters_day > scenario.last_day]
    found: dict[str, dt.date] = {}
    for change in sorted(scenario.changes, key=lambda change: change.date):
        for name in never:
            if f"mediators.{name}.enters_day" in change.set:
                found.setdefault(name, change.date)
    return {
        name
        for name, date in found.items()
        if not any(act.date < date and name in (act.actor, act.target) for act in scenario.acts)
    }


def _put(here: Any, steps: Sequence[str], value: Given) -> Any:
    step, *rest = steps
    if isinstance(here, BaseModel):
        inside = getattr(here, step)
        if rest:
            inside = _put(inside, rest, value)
        else:
            inside = float(value) if isinstance(inside, float) else value
        return here.model_copy(update={step: inside})
    return {**here, step: _put(here.get(step, Relation()), rest, value)}
