"""The Mesa driver: states and mediators as agents, one day per step."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import mesa

from escalation.engine import day
from escalation.engine.luck import Luck, luck_of
from escalation.engine.pack import Index, pack
from escalation.engine.record import Recorder
from escalation.files.brief import Brief
from escalation.files.places import EscalationError
from escalation.rules.outcome import classify, peak_rung
from escalation.rules.state import CrisisState, Params, fresh_state, has_ended, moves_made, today
from escalation.scenario.scenario import Scenario
from escalation.scenario.stages import Stages
from escalation.vocabulary import DEFAULT_SEED, OUTCOMES


class CrisisEndedError(EscalationError):
    """The last day of the scenario has been played, or a nuclear weapon was used."""


class _Numbering(WeakKeyDictionary["CrisisModel", Iterator[int]]):
    """Counts the agents of each model without keeping the model alive."""

    def __getitem__(self, model: CrisisModel) -> Iterator[int]:
        return self.setdefault(model, itertools.count(1))


class CrisisAgent(Brief, mesa.Agent):
    """What states and mediators share: a name, and a number in the tables of the rules."""

    # Mesa 3.3 numbers agents by a dictionary that keeps every model ever made, a gigabyte in a
    # few thousand crises; later versions have no use for this name.
    _ids: ClassVar[_Numbering] = _Numbering()

    def __init__(self, model: CrisisModel, name: str) -> None:
        super().__init__(model)
        self.name = name
        self.number = model.index.actor[name]

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which actor it is."""
        yield "name", self.name
        yield "number", self.number


class StateAgent(CrisisAgent):
    """A state as a Mesa agent. The rules decide what it does."""

    def answer(self, group: int) -> None:
        """Answer the mediators' standing offers in this group of the day."""
        day.answer_offers(self.model.params, self.model.state, self.model.luck, self.number, group)

    def decide(self, group: int) -> None:
        """Choose the acts of this group of the day."""
        day.move(self.model.params, self.model.state, self.model.luck, self.number, group)

    def reply(self, group: int) -> None:
        """Reply at once, or not, to rivals that hit it today."""
        day.reply(self.model.params, self.model.state, self.model.luck, self.number, group)

    @property
    def posture(self) -> float:
        """Return the highest posture toward any rival, in rungs."""
        return float(self.model.state.pair["posture"][self.number].max())

    @property
    def fear(self) -> float:
        """Return the fear of escalation, 0 and up."""
        return float(self.model.state.actor["fear"][self.number])

    @property
    def exhaustion(self) -> float:
        """Return the exhaustion, 0 and up."""
        return float(self.model.state.actor["exhaustion"][self.number])

    @property
    def peak(self) -> int:
        """Return the highest rung of its own acts on simulated days so far."""
        return int(peak_rung(self.model.state, self.number))


class MediatorAgent(CrisisAgent):
    """A mediator as a Mesa agent. The rules decide what it does."""

    def move(self, group: int) -> None:
        """Choose the mediation act of this group of the day."""
        day.move(self.model.params, self.model.state, self.model.luck, self.number, group)


class CrisisModel(Brief, mesa.Model):
    """One crisis as a Mesa model: `step()` plays a day, `running` ends with the scenario.

    Parameters
    ----------
    crisis
        The scenario, as `load_scenario` returns it. (Mesa's `scenario` is something else: a set of values for
        one of its own experiments.)
    seed
        Integer in [0, 2**64). With the replication it fixes every draw; Mesa's own generator is
        never drawn from.
    replication
        Integer in [0, 2**32).
    record
        Keep every decision with its alternatives, for tables and the story.

    Attributes
    ----------
    crisis : Scenario
        The scenario.
    params, state
        The numbers that the rules read and write (`escalation.rules.state`).
    datacollector : mesa.DataCollector
        Date, outcome so far and log-probability of the forced acts by model; posture, fear,
        exhaustion and peak rung by agent, at the end of each day.

    Raises
    ------
    CrisisEndedError
        By `step`, `run_for` and `run_until` once the last day has been played or a nuclear weapon was used.
        Time does not go on.
    """

    def __init__(
        self, crisis: Scenario, seed: int = DEFAULT_SEED, replication: int = 0, record: bool = False
    ) -> None:
        self.luck = luck_of(seed, replication)  # refuses what is out of range, before Mesa draws from it
        super().__init__(rng=int(seed))
        # Mesa has put a step of its own before ours, which moves its clock whether ours succeeds or not.
        self._mesa_step = self.step
        self.step = self._step_unless_ended  # type: ignore[method-assign]
        self.index = Index(crisis)
        self.crisis, self._stages = crisis, Stages(crisis)
        self.params = pack(self._stages.on(0))
        self.state = fresh_state(self.params)
        self.forced_log_probability = 0.0
        self.recorder = Recorder(self.state) if record else None
        self.state_agents = [StateAgent(self, name) for name in crisis.states]
        self.mediator_agents = [MediatorAgent(self, name) for name in crisis.mediators]
        self.datacollector = mesa.DataCollector(
            model_reporters={
                "date": lambda model: model.date,
                "outcome": lambda model: model.outcome,
                "forced_log_probability": lambda model: model.forced_log_probability,
            },
            agenttype_reporters={
                StateAgent: {name: name for name in ("name", "posture", "fear", "exhaustion", "peak")},
            },
        )

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which crisis it is, and where it stands."""
        yield "name", self.crisis.name
        yield "seed", int(self.luck.seed)
        yield "replication", int(self.luck.replication)
        yield "day", self.day
        yield "last_day", self.crisis.last_day
        yield "outcome", self.outcome

    @property
    def day(self) -> int:
        """Return the day last played, counted from the scenario's start; -1 before the first."""
        return int(today(self.state))

    @property
    def date(self) -> dt.date:
        """Return the date of the day last played."""
        return self.crisis.date_of(self.day)

    @property
    def outcome(self) -> str:
        """Return the outcome class as of today, one of `escalation.vocabulary.OUTCOMES`."""
        return OUTCOMES[classify(self.params, self.state)]

    def step(self) -> None:
        """Play one day, in the order of phases that `escalation.engine.day` describes."""
        self._refuse_past_the_end()  # a simulator of Mesa's may call this by itself
        day.day_by(self._ask)(self.params, self.state, self.luck)
        moves = self.state.moves[: moves_made(self.state)]
        self.forced_log_probability += sum(
            (moves["log_when"] + moves["log_what"])[moves["forced"] == 1].tolist()
        )
        if self.recorder:
            self.recorder.end_day(self.params, self.state, self.luck)
        self.datacollector.collect(self)
        self.running = self.day < self.crisis.last_day and not has_ended(self.state)
        if self.day + 1 in self._stages.since:
            self.go_on_under(self.crisis)  # whoever looks at the next morning sees its values

    def go_on_under(self, crisis: Scenario) -> None:
        """Go on from the next day under a scenario with the same actors, acts of its ladder and dates."""
        self.crisis, self._stages = crisis, Stages(crisis)
        self.params = pack(self._stages.on(self.day + 1))

    def _step_unless_ended(self) -> None:
        self._refuse_past_the_end()
        self._mesa_step()

    def _refuse_past_the_end(self) -> None:
        if has_ended(self.state):
            raise CrisisEndedError(
                f"the crisis ended with the use of a nuclear weapon on {self.date} (day {self.day}); the "
                "model says nothing of what follows"
            )
        if self.day >= self.crisis.last_day:
            ended = f"the crisis ended with its last day, {self.date} (day {self.day})"
            raise CrisisEndedError(f"{ended}; for more days give the scenario a longer `free_days`")

    def _ask(self, params: Params, state: CrisisState, luck: Luck, phase: int, group: int) -> None:
        """Ask the agents of a phase; record their moves on the state on which they were made."""
        start = moves_made(state)
        if phase == day.MEDIATORS_MOVE:
            for mediator in self.mediator_agents:
                mediator.move(group)
        else:
            for agent in self.state_agents:
                if phase == day.STATES_ANSWER:
                    agent.answer(group)
                elif phase == day.STATES_DECIDE:
                    agent.decide(group)
                else:
                    agent.reply(group)
        if self.recorder:
            self.recorder.note_decisions(params, state, start)

    def run_model(self) -> None:
        """Play the remaining days of the scenario."""
        while self.running:
            self.step()

    def run_for(self, duration: float) -> None:
        """Play this many days, or those that remain if they are fewer (Mesa 3.5 and later)."""
        self.run_until(self.time + duration)

    def run_until(self, end_time: float) -> None:
        """Play until this day of Mesa's clock, or to the end of the scenario (Mesa 3.5 and later).

        After the day `day` the clock shows `day + 1`.
        """
        self._refuse_past_the_end()
        super().run_until(min(end_time, self.crisis.last_day + 1))
