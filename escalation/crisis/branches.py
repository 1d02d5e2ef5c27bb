"""Crises that branch off from a day of one that was played: what its end looked like from there.

From the end of a day the model plays all sides to the last day, in other replications. These are the same
for all days, so that what a day changed is a difference of pairs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from escalation.crisis import wording
from escalation.crisis.play import Run, run_of
from escalation.engine.batch import Runs, simulate
from escalation.engine.model import CrisisModel
from escalation.engine.pack import pack
from escalation.rules.state import CrisisState
from escalation.scenario.scenario import DatedAct, Incident, Scenario


def copied(state: CrisisState) -> CrisisState:
    """Return a copy of a state that no later day changes."""
    return state._replace(**{name: table.copy() for name, table in state._asdict().items()})


def without_moves(scenario: Scenario) -> Scenario:
    """Return a scenario without the moves of a game: as it was before the game began."""
    return _without_moves_after(scenario, scenario.horizon)


def _without_moves_after(scenario: Scenario, date: dt.date) -> Scenario:
    acts = tuple(entry for entry in scenario.acts if entry.says != wording.PLAYED or entry.date <= date)
    return scenario.model_copy(update={"acts": acts})


@dataclass(frozen=True)
class Past:
    """A crisis as far as it was played, with its states."""

    scenario: Scenario
    """With all dated acts; moves of a game are among them."""
    seed: int
    replication: int
    states: tuple[CrisisState, ...]
    """At the end of the last recorded day, and of each simulated day that was played."""

    @property
    def last_day(self) -> int:
        """Return the last day played, counted from the start."""
        return self.scenario.horizon_day + len(self.states) - 1

    def as_known(self, day: int) -> Scenario:
        """Return the scenario as far as it is certain at the end of a day.

        Up to the horizon, the days of the record that follow are simulated days, without what the record has
        of them; -1 is the evening before the start. What the scenario dates after its record remains; moves
        of a game do not.
        """
        date = self.scenario.date_of(day)
        known = _without_moves_after(self.scenario, date)
        if day >= known.horizon_day:
            return known
        record = known.horizon

        def is_certain(entry: DatedAct | Incident) -> bool:
            return entry.date <= date or entry.date > record

        changes = {
            "horizon": date,
            "free_days": known.last_day - day,
            "acts": tuple(filter(is_certain, known.acts)),
            "incidents": tuple(filter(is_certain, known.incidents)),
        }
        return known.model_copy(update=changes)

    def branches(
        self, day: int, count: int, acts: Sequence[DatedAct] = (), incidents: Sequence[Incident] = ()
    ) -> Runs:
        """Play crises on from the end of a day, the model on all sides, in other replications.

        Parameters
        ----------
        day
            From -1, the evening before the start, to the last day played.
        count
            How many crises.
        acts, incidents
            What is to happen on later days besides; all else remains open.
        """
        known = self.as_known(day)
        changes = {"acts": (*known.acts, *acts), "incidents": (*known.incidents, *incidents)}
        params = pack(known.model_copy(update=changes))
        at = day - self.scenario.horizon_day
        # Up to the horizon nothing is drawn: the kernel plays the record itself, once.
        start = self.states[at] if at >= 0 else None
        return simulate(params, self.seed, self.other_replications(count), count, start=start)

    def after_record(
        self, day: int, count: int, acts: Sequence[DatedAct], incidents: Sequence[Incident]
    ) -> Runs:
        """Play crises on from the end of a day of the record on which only these acts and incidents came."""
        known = self.as_known(day)
        date = known.date_of(day)
        changes = {
            "acts": (*(entry for entry in known.acts if entry.date != date), *acts),
            "incidents": (*(entry for entry in known.incidents if entry.date != date), *incidents),
        }
        params = pack(known.model_copy(update=changes))
        return simulate(params, self.seed, self.other_replications(count), count)

    def other_replications(self, count: int) -> int:
        """Return the first of that many consecutive replications that do not include the crisis's own."""
        after = self.replication + 1
        return after if after + count <= 2**32 else self.replication - count


def play_with_states(scenario: Scenario, seed: int, replication: int = 0) -> tuple[Run, Past]:
    """Play one crisis to its end as `escalation.crisis.play.play` does, and keep its states."""
    model = CrisisModel(scenario, seed, replication, record=True)
    states = []
    while model.running:
        model.step()
        if model.day >= scenario.horizon_day:
            states.append(copied(model.state))
    run = run_of(model, scenario, seed, replication)
    return run, Past(scenario, seed, replication, tuple(states))
