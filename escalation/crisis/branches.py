"""Crises that branch off from a day of one that was played: what its end looked like from there.

From the end of a day the model plays all sides to the last day, in other replications. These are the same
for all days, so that what a day changed is a difference of pairs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from escalation.crisis import wording
from escalation.crisis.play import Beginning, Run, run_of, steps_of
from escalation.engine.batch import Runs, simulate, simulate_forked
from escalation.engine.pack import pack
from escalation.rules.state import CrisisState
from escalation.scenario.scenario import DatedAct, DatedChange, Incident, Scenario
from escalation.scenario.stages import Stages, later_mediators


def copied(state: CrisisState) -> CrisisState:
    """Return a copy of a state that no later day changes."""
    return state._replace(**{name: table.copy() for name, table in state._asdict().items()})


def without_moves(scenario: Scenario) -> Scenario:
    """Return a scenario without the moves and injects of a game: as it was before the game began."""
    return _without_newcomers(_without_play_after(scenario, scenario.horizon, scenario.horizon), scenario)


def before_day(scenario: Scenario, day: int) -> Scenario:
    """Return a scenario without what a game added from a day on: that day can be played again.

    Incidents and changes that were let happen by that morning remain.
    """
    before = _without_play_after(scenario, scenario.date_of(day - 1), scenario.date_of(day))
    return _without_newcomers(before, scenario)


def injected(scenario: Scenario) -> tuple[Incident, ...]:
    """Return the incidents that were let happen in a game."""
    return tuple(entry for entry in scenario.incidents if entry.says.endswith(wording.INJECTED))


def _without_play_after(scenario: Scenario, acts_until: dt.date, incidents_until: dt.date) -> Scenario:
    came = injected(scenario)
    changes = {
        "acts": tuple(
            entry for entry in scenario.acts if entry.says != wording.PLAYED or entry.date <= acts_until
        ),
        "incidents": tuple(
            entry for entry in scenario.incidents if entry not in came or entry.date <= incidents_until
        ),
        "changes": tuple(entry for entry in scenario.changes if entry.date <= incidents_until),
    }
    return scenario.model_copy(update=changes)


def _without_newcomers(before: Scenario, scenario: Scenario) -> Scenario:
    """Return a scenario without the mediators that came into the game later than it goes."""
    gone = later_mediators(scenario) - later_mediators(before)
    if not gone:
        return before
    here = {name: mediator for name, mediator in before.mediators.items() if name not in gone}
    return before.model_copy(update={"mediators": here})


@dataclass(frozen=True)
class Past:
    """A crisis as far as it was played, with its states."""

    scenario: Scenario
    """With all dated acts; moves of a game are among them."""
    seed: int
    replication: int
    states: tuple[CrisisState, ...]
    """At the end of the last recorded day, and of each simulated day that was played."""
    began: Beginning | None = None
    """The other scenario under which it began, if it did."""

    @property
    def last_day(self) -> int:
        """Return the last day played, counted from the start."""
        return self.scenario.horizon_day + len(self.states) - 1

    def as_known(self, day: int) -> Scenario:
        """Return the scenario as far as it is certain at the end of a day, as the day after it has it.

        Up to the horizon, the days of the record that follow are simulated days, without what the record has
        of them; -1 is the evening before the start. What the scenario dates after its record remains; moves
        and injects of a game do not.
        """
        if self.began is not None and day + 1 < self.began.since:
            return _as_known(self.began.scenario, day)
        return _as_known(self.scenario, day)

    def branches(
        self,
        day: int,
        count: int,
        acts: Sequence[DatedAct] = (),
        incidents: Sequence[Incident] = (),
        changes: Sequence[DatedChange] = (),
    ) -> Runs:
        """Play crises on from the end of a day, the model on all sides, in other replications.

        Another scenario from a later day on is as certain as what is dated after the record.

        Parameters
        ----------
        day
            From -1, the evening before the start, to the last day played.
        count
            How many crises.
        acts, incidents
            What is to happen on later days besides; all else remains open.
        changes
            What comes into force on the next day besides.
        """

        def with_these(scenario: Scenario) -> Scenario:
            known = _as_known(scenario, day)
            update = {
                "acts": (*known.acts, *acts),
                "incidents": (*known.incidents, *incidents),
                "changes": (*known.changes, *changes),
            }
            # Of later changes nobody knows, so that the next day's values hold to the end.
            return Stages(known.model_copy(update=update)).on(day + 1)

        at = day - self.scenario.horizon_day
        # Up to the horizon nothing is drawn: the kernel plays the record itself, once.
        return self._simulated(with_these, count, self.states[at] if at >= 0 else None)

    def after_record(
        self, day: int, count: int, acts: Sequence[DatedAct], incidents: Sequence[Incident]
    ) -> Runs:
        """Play crises on from the end of a day of the record on which only these acts and incidents came."""

        def with_these_alone(scenario: Scenario) -> Scenario:
            known = Stages(_as_known(scenario, day)).on(day)
            date = known.date_of(day)
            changes = {
                "acts": (*(entry for entry in known.acts if entry.date != date), *acts),
                "incidents": (*(entry for entry in known.incidents if entry.date != date), *incidents),
            }
            return known.model_copy(update=changes)

        return self._simulated(with_these_alone, count)

    def _simulated(
        self, changed: Callable[[Scenario], Scenario], count: int, start: CrisisState | None = None
    ) -> Runs:
        params, first = pack(changed(self.scenario)), self.other_replications(count)
        if self.began is None:
            return simulate(params, self.seed, first, count, start=start)
        before = pack(changed(self.began.scenario))
        return simulate_forked(before, params, self.began.since, self.seed, first, count, start)

    def other_replications(self, count: int) -> int:
        """Return the first of that many consecutive replications that do not include the crisis's own."""
        after = self.replication + 1
        return after if after + count <= 2**32 else self.replication - count


def _as_known(scenario: Scenario, day: int) -> Scenario:
    date = scenario.date_of(day)
    known = _without_play_after(scenario, date, date)
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


def play_with_states(
    scenario: Scenario, seed: int, replication: int = 0, began: Beginning | None = None
) -> tuple[Run, Past]:
    """Play one crisis to its end as `escalation.crisis.play.play` does, and keep its states."""
    states = []
    for model in steps_of(scenario, seed, replication, began):
        if model.day >= scenario.horizon_day:
            states.append(copied(model.state))
    run = run_of(model, scenario, seed, replication, began)
    return run, Past(scenario, seed, replication, tuple(states), began)
