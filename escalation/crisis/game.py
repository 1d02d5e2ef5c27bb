"""A crisis in which people play some of the sides, a day at a time; their moves are forced acts.

A move becomes an entry of `Scenario.acts`, as the record does, so a game has no rules of its own: playing the
scenario of a game with its seed and replication gives the same crisis. A side that does nothing is forced to
hold, since without an entry the model would choose for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from escalation.crisis import wording
from escalation.crisis.branches import Past, copied
from escalation.crisis.play import Run, run_of
from escalation.engine import day as phases
from escalation.engine.model import CrisisModel
from escalation.engine.pack import MEDIATOR_ACTS_PER_DAY
from escalation.engine.record import Recorder, weighed
from escalation.files.brief import Brief
from escalation.files.places import EscalationError, check_names
from escalation.language import say
from escalation.rules.decide import logistic
from escalation.rules.forced import first_group, is_forced_today
from escalation.rules.mediate import consent_log_odds, weigh_consent
from escalation.rules.options import option_row
from escalation.rules.state import OFFERED, CrisisState, frame, has_ended, moves_made, talk_of
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.scenario import Dated, DatedAct, DatedChange, Given, Incident, Mediator, Scenario


@dataclass(frozen=True)
class Option:
    """One thing that a side can do today."""

    number: int
    """The same on every day; 0 is to hold."""
    act: str
    target: str | None
    """None for holding."""
    concerning: str | None
    """The other rival, where the act concerns mediation."""
    probability: float
    """Probability that the model would do this first today, or hold all day; of an answer, would give it."""
    answers: bool
    """Whether it answers an offer of good offices, which does not count towards the day's acts."""


class IllegalMoveError(EscalationError):
    """A move is not allowed today; the message says what is."""


class Game(Brief):
    """One crisis and the sides that people play.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it; needs simulated days.
    seed, replication
        As `play` takes them.
    sides
        Names of the states and mediators that people play.
    first
        The first day that people play, counted from the start; by default the first simulated day. The model
        plays those before it.
    """

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which crisis it is, who is played, and where it stands."""
        yield "name", self.scenario.name
        yield "seed", self.seed
        yield "replication", self.replication
        yield "sides", list(self.sides)
        yield "day", self.day
        yield "last_day", self.scenario.last_day

    def __init__(
        self, scenario: Scenario, seed: int, replication: int, sides: Sequence[str], first: int = 0
    ) -> None:
        check_names("sides", sides, [*scenario.states, *scenario.mediators])
        self.sides, self.first = tuple(sides), first
        self.seed, self.replication = seed, replication
        self._begin(scenario, first)
        self._skip_settled_days()

    def _begin(self, scenario: Scenario, day: int) -> None:
        """Play the record, and then up to the morning of a day; whoever looks meanwhile sees the old game."""
        model, past = CrisisModel(scenario, self.seed, self.replication, record=True), []
        while model.day < scenario.horizon_day:
            model.step()
        past.append(copied(model.state))
        while model.day + 1 < day and not _is_over(model):
            model.step()
            past.append(copied(model.state))
        self.scenario, self._model = scenario, model
        self._past: list[CrisisState] = past
        self._morning: tuple[CrisisState, Recorder] | None = None
        self._context = references(resolved_tree(scenario))

    @property
    def day(self) -> int:
        """Return the day to be played next, counted from the start; at the end, the day after the last."""
        return self._model.day + 1

    @property
    def is_over(self) -> bool:
        """Return whether all days are played, or a nuclear weapon was used."""
        return _is_over(self._model)

    @property
    def asked(self) -> tuple[str, ...]:
        """Return the sides that have to move today: those without a dated act in the scenario."""
        if self.is_over:
            return ()
        params, numbers = self._model.params, self._model.index.actor
        return tuple(side for side in self.sides if not is_forced_today(params, self.day, numbers[side]))

    def most_acts(self, side: str) -> int:
        """Return how many acts a side may take per day, not counting answers to offers."""
        return self.scenario.max_acts_per_day if side in self.scenario.states else MEDIATOR_ACTS_PER_DAY

    def run(self) -> Run:
        """Return the crisis as played so far."""
        return run_of(self._model, self.scenario, self.seed, self.replication)

    def morning(self) -> Run:
        """Return the crisis up to this morning: incidents of the night and the acts of mediators included."""
        _, recorder = self._this_morning()
        run = self.run()
        return replace(run, decisions=(*run.decisions, *recorder.decisions), days=(*run.days, *recorder.days))

    def options(self, side: str) -> tuple[Option, ...]:
        """Return what a side can do today: hold first, then acts, then answers to offers."""
        state = copied(self._this_morning()[0])
        params, actor = self._model.params, self._model.index.actor[side]
        group = int(first_group(params, self.day))
        _, alternatives, _ = weighed(params, state, actor, group)
        found = []
        for one in alternatives:
            row = int(option_row(params, actor, one.act, one.target, one.other))
            found.append(self._option(row, one.act, one.target, one.other, one.probability))
        after = int(params.first_option[actor + 1] - params.first_option[actor])
        return (*found, *self._answers(state, actor, after))

    def play(self, moves: Mapping[str, Sequence[Option]]) -> None:
        """Play today with the moves of the sides; a side that is not named holds.

        Raises
        ------
        IllegalMoveError
            If a side does not move today, an act is not among its options or is given twice, or there are
            too many.
        """
        entries: list[DatedAct] = []
        for side in moves:
            if side not in self.asked:
                others = ", ".join(map(self.scenario.label, self.asked))
                raise IllegalMoveError(say(wording.NOT_ASKED, side=self._label(side), others=others))
        for side in self.asked:
            entries += self.entries(side, moves.get(side, ()))
        self._go_on_under(self.scenario.model_copy(update={"acts": (*self.scenario.acts, *entries)}))
        self._step()
        self._skip_settled_days()

    def inject(
        self,
        says: str,
        incident: Mapping[str, Given] | None = None,
        values: Mapping[str, Given] | None = None,
        mediators: Mapping[str, Mediator] | None = None,
    ) -> None:
        """Let something happen before anybody moves today: nothing of it, or all.

        An incident becomes an entry of `Scenario.incidents`, values one of `Scenario.changes`. A mediator is
        part of the scenario from then on, and a change says when it enters. Until that day it can do nothing
        and nobody can ask it, and no draw of anybody else depends on it, so the days before are the same.

        Parameters
        ----------
        says
            What happened, in a sentence.
        incident
            `victim` and `blamed`, states that are rivals, and `severity`, as in `Scenario.incidents`.
        values
            Values by key path that hold from today on, as in `DatedChange.set`.
        mediators
            Mediators that come in, by name; `enters_day` is counted from today.

        Raises
        ------
        IllegalMoveError
            If the game is over, or it has an actor of that name.
        ValidationError
            If something is not valid in the scenario.
        """
        if self.is_over:
            raise IllegalMoveError(say(wording.NO_DAY_LEFT))
        new = dict(mediators or {})
        for name in new:
            if name in self._model.index.actor:
                raise IllegalMoveError(say(wording.TAKES_PART_ALREADY, actor=self.scenario.label(name)))
        entry = {"date": str(self.scenario.date_of(self.day)), "says": says + wording.INJECTED}
        entering = {f"mediators.{name}.enters_day": self.day + one.enters_day for name, one in new.items()}
        never = {"enters_day": self.scenario.last_day + 1}
        late = {name: Mediator.model_construct(**{**dict(one), **never}) for name, one in new.items()}
        scenario = self.scenario.model_copy(update={"mediators": self.scenario.mediators | late})
        context = references(resolved_tree(scenario)) if new else self._context
        update: dict[str, tuple[Dated, ...]] = {}
        if incident is not None:
            happened = Incident.model_validate({**entry, **incident}, context=context)
            update["incidents"] = (*scenario.incidents, happened)
        if values or entering:
            change = {**entry, "set": {**(values or {}), **entering}}
            changed = DatedChange.model_validate(change, context=context)
            update["changes"] = (*scenario.changes, changed)
        scenario = scenario.model_copy(update=update)
        if new:  # tables have a row for each actor from the first day on
            self._begin(scenario, self.day)
        else:
            self._go_on_under(scenario)

    def let_go(self) -> None:
        """Let the model play all sides to the end, as it does when the game's scenario is run."""
        while not self.is_over:
            self._step()

    @property
    def past(self) -> Past:
        """Return the crisis as far as it was played, from which crises of the model branch off."""
        return Past(self.scenario, self.seed, self.replication, tuple(self._past))

    def check(self, side: str, moves: Sequence[Option]) -> None:
        """Check that a side may make these moves today.

        Raises
        ------
        IllegalMoveError
            If an act is not among its options or is given twice, or there are too many.
        """
        allowed = {option_key(option) for option in self.options(side)}
        keys = [option_key(option) for option in moves]
        acts = [option for option in moves if option.target is not None and not option.answers]
        answered = [(option.target, option.concerning) for option in moves if option.answers]
        if any(key not in allowed for key in keys):
            raise IllegalMoveError(say(wording.NOT_AN_OPTION, side=self._label(side)))
        if len(set(keys)) < len(keys) or len(set(answered)) < len(answered):
            raise IllegalMoveError(say(wording.DUPLICATE))
        if len(acts) > self.most_acts(side):
            raise IllegalMoveError(say(wording.TOO_MANY, most=self.most_acts(side), side=self._label(side)))

    def entries(self, side: str, moves: Sequence[Option]) -> list[DatedAct]:
        """Return a side's moves of today as dated acts; none is to hold.

        Raises
        ------
        IllegalMoveError
            As `check` raises it.
        """
        self.check(side, moves)
        taken = [option for option in moves if option.target is not None]
        return [self._entry(side, option) for option in taken or [self._holding()]]

    def _entry(self, side: str, option: Option) -> DatedAct:
        group = int(first_group(self._model.params, self.day))
        entry = {
            "date": str(self.scenario.date_of(self.day)), "seq": group, "actor": side, "act": option.act,
            "target": option.target or self._rival_of(side), "concerning": option.concerning,
            "says": wording.PLAYED,
        }  # fmt: skip
        return DatedAct.model_validate(entry, context=self._context)

    def _label(self, side: str) -> str:
        return self.scenario.label(side) if side in self._model.index.actor else side

    def _holding(self) -> Option:
        return Option(0, self._model.index.acts[0], None, None, 0.0, answers=False)

    def _rival_of(self, side: str) -> str:
        """Return a target for holding, which the file format requires and the rules ignore."""
        pairs = [rivalry.between for rivalry in self.scenario.rivalries]
        pair = next((pair for pair in pairs if side in pair), pairs[0])
        return next(name for name in pair if name != side)

    def _option(
        self, number: int, act: int, target: int, other: int, probability: float, answers: bool = False
    ) -> Option:
        index = self._model.index
        return Option(
            number,
            index.acts[act],
            index.actors[target] if target >= 0 else None,
            index.actors[other] if other >= 0 else None,
            probability,
            answers,
        )

    def _answers(self, state: CrisisState, actor: int, after: int) -> list[Option]:
        params, index = self._model.params, self._model.index
        n, answers = len(index.states), frame(params)
        found = []
        for m in range(len(index.mediators)):
            for j in range(n if actor < n else 0):
                waiting = talk_of(state, m, actor, j).stage == OFFERED
                if waiting and not state.side[m, actor, j].consented:
                    p = logistic(consent_log_odds(weigh_consent(params, state, m, actor, j)))
                    number = after + 2 * (m * n + j)
                    found.append(self._option(number, int(answers.consent), n + m, j, p, answers=True))
                    found.append(
                        self._option(number + 1, int(answers.decline), n + m, j, 1 - p, answers=True)
                    )
        return found

    def _this_morning(self) -> tuple[CrisisState, Recorder]:
        """Play the night and the mediators' part of today on a copy: the day itself will bring the same."""
        if self._morning is None:
            model = self._model
            state, recorder = copied(model.state), Recorder(model.state)
            phases.begin_day(model.params, state, model.luck)
            group, start = first_group(model.params, self.day), moves_made(state)
            for agent in model.mediator_agents:
                if agent.name not in self.asked:
                    phases.move(model.params, state, model.luck, agent.number, group)
            recorder.note_decisions(model.params, state, start)
            phases.settle_phase(model.params, state, model.luck, phases.MEDIATORS_MOVE, group, start)
            recorder.end_day(model.params, state, model.luck)
            self._morning = state, recorder
        return self._morning

    def _go_on_under(self, scenario: Scenario) -> None:
        """Go on with acts or incidents that the scenario did not have before."""
        self.scenario = scenario
        self._model.go_on_under(scenario)
        self._morning = None

    def _step(self) -> None:
        self._morning = None
        self._model.step()
        self._past.append(copied(self._model.state))

    def _skip_settled_days(self) -> None:
        """Play the days on which the scenario dates an act of every side."""
        while not self.is_over and not self.asked:
            self._step()


def _is_over(model: CrisisModel) -> bool:
    return model.day >= model.crisis.last_day or has_ended(model.state)


def option_key(option: Option) -> tuple[str, str | None, str | None]:
    """Return what an option is on whatever day: its act, its target and the other rival."""
    return option.act, option.target, option.concerning
