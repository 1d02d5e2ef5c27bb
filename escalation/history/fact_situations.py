"""Simulated situations whose recorded frequencies are known: two average states after a given record.

The two have average dispositions and a contested line, no tension, no nuclear weapons and no mediator; after
a short record the model goes on freely, without chance events. Firing along the line is no act, and does not
count. Attacks are simulated between the states of the coded attacks, agreements in a population with the mix
of International Crisis Behavior (ICB). Of what happens, Militarized Interstate Events (MIE) would record a
part: acts below the use of force are detected with some probability, by draws of their own.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import Index, pack
from escalation.files.brief import Brief
from escalation.history import act_days
from escalation.history.act_days import (
    A_YEAR,
    KINDS,
    QUIET,
    STANDOFF_DAY,
    STANDOFF_WINDOW,
    ActDays,
    Acts,
    Floats,
    Mask,
    Measured,
    Whole,
    share,
    without_war,
)
from escalation.history.attacks import after_attack, load_answers
from escalation.history.icb import load_rates
from escalation.history.mie import LOWEST
from escalation.history.population import LADDER, ONE, OTHER, START, Population
from escalation.history.responses import TRIGGERS
from escalation.scenario.fields import references
from escalation.scenario.ladder import Ladder
from escalation.scenario.load import load_ladder, load_scenario
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from escalation.stats.intervals import wilson
from escalation.stats.scores import Interval

CHUNK = 500
"""Crises simulated at a time: the log of every act is long."""
DETECTING = 300
"""Purpose of the draws of what is detected."""
EPISODE_DAYS = 2 * QUIET
RESPONSE_WITHIN = (1, 3, 7, 14, 30, 60)
"""Days within which a struck state's first violent act is looked for."""
DEADLY_RUNG = 6
VIOLENT_RUNG, MILITARY_RUNG = 5, 3
ATTACK_RUNGS, ATTACK_DAYS = (4, 6), 60
MILITARY = ("military", "nuclear_signal")
"""Kinds of act that ICB would count as a military response when they are not violent; threats are words."""

Record = tuple[tuple[int, str, str], ...]
"""Day, actor and act of what is given; the other state is the target."""

ONSETS: dict[str, Record] = {
    "threat": ((0, ONE, "threaten_force"),),
    "display": ((0, ONE, "show_of_force"),),
    "force": ((0, ONE, "fire_across_line"),),
    "deadly_force": ((0, ONE, "local_raid"),),
    "displays_of_both": ((0, ONE, "show_of_force"), (0, OTHER, "show_of_force")),
    "clash": ((0, ONE, "artillery_duel"), (0, OTHER, "artillery_duel")),
}
"""By kind of first day, the acts that stand for it."""
EXCHANGE: Record = ONSETS["clash"]
CLASH_AFTER_DISPLAYS: Record = (
    (0, ONE, "show_of_force"), (2, OTHER, "alert_forces"),
    (5, ONE, "artillery_duel"), (5, OTHER, "artillery_duel"),
)  # fmt: skip
"""The episode after which rivals fall quiet: three act-days, about the mean of recorded ones."""
STANDOFFS: tuple[Record, ...] = (
    ((0, ONE, "show_of_force"), (3, OTHER, "alert_forces"), (6, ONE, "mobilise")),
    ((0, ONE, "show_of_force"), (6, OTHER, "alert_forces"), (12, ONE, "mobilise")),
)
"""Three act-days without force, the last of them a week or a day before the stand-off is judged."""
RECENT_STANDOFFS = 37 / 85
"""Share of recorded stand-offs with an act in the last three days (MIE)."""


@dataclass(frozen=True)
class Simulated:
    """Acts of R crises on simulated days, without those on rung 0, [acts] each."""

    replication: Whole
    day: Whole
    actor: Whole
    """0 for the first state, 1 for its rival."""
    rung: Whole
    hostility: Whole
    military: Mask
    """Military acts and nuclear signals, not threats."""
    count: int
    """R."""


@dataclass(frozen=True, repr=False)
class Situations(Brief):
    """All situations at one set of weights; each is simulated once, when it is first asked for."""

    weights: Weights
    count: int
    """Crises per situation."""
    seed: int
    detection: Mapping[int, float]
    """Probability that an act is on record, by its level of hostility."""
    onsets: Mapping[str, int]
    """Recorded episodes by kind of their first day: the mix in which episodes are simulated."""

    @cached_property
    def _ladder(self) -> Ladder:
        return load_ladder(LADDER)

    @cached_property
    def _tree(self) -> dict[str, Any]:
        return self._ladder.model_dump(mode="json")

    def scenario(self, record: Record, horizon: int, free_days: int) -> Scenario:
        """Make two average states with a record up to the day `horizon`, then so many simulated days."""
        tree: dict[str, Any] = {
            "name": "synthetic",
            "title": "Two average states",
            "summary": "A situation of which the recorded frequency is known; not a real crisis.",
            "start": _date(0),
            "horizon": _date(horizon),
            "free_days": free_days,
            "states": {name: {"label": name.capitalize()} for name in (ONE, OTHER)},
            "rivalries": [{"between": [ONE, OTHER], "contested_line": True, "stakes": 0.0, "lull_days": 365}],
            "acts": [_act(*entry) for entry in record],
        }
        return Scenario.model_validate(
            tree | {"ladder": self._ladder, "weights": self.weights},
            context=references(tree | {"ladder": self._tree}),
        )

    def _play(self, scenario: Scenario, count: int, first: int = 0) -> Simulated:
        acts = [scenario.ladder.acts[name] for name in Index(scenario).acts]
        rung = np.array([act.rung for act in acts])
        hostility = np.array([act.crosswalk.mid_hostility for act in acts])
        military = np.array([act.kind in MILITARY for act in acts])
        params, parts = pack(scenario), []
        for begun in range(0, count, CHUNK):
            runs = simulate(params, self.seed, first + begun, min(CHUNK, count - begun), paths=True)
            assert runs.acts is not None
            parts.append(runs.acts[rung[runs.acts["act"]] > 0])
        found = np.concatenate(parts)
        act = found["act"]
        return Simulated(
            found["replication"] - first, found["day"], found["actor"], rung[act], hostility[act],
            military[act], count,
        )  # fmt: skip

    def _recorded(self, record: Record, horizon: int, free_days: int, count: int, first: int) -> Acts:
        """Simulate, and return what would be on record: the given acts, and those detected of the others."""
        scenario = self.scenario(record, horizon, free_days)
        played = self._play(scenario, count, first)
        generator = np.random.default_rng((self.seed, DETECTING, first))
        drawn = generator.random(len(played.day))
        chance = np.array([self.detection.get(level, 1.0) for level in range(6)])[played.hostility]
        seen = (played.hostility >= LOWEST) & (drawn < chance)
        numbers = np.repeat(np.arange(count), len(record))
        given = [(day, actor == ONE, self._ladder.acts[act]) for day, actor, act in record]
        before = {
            "day": [day for day, _, _ in given],
            "sides": [act_days.ONE if is_one else act_days.OTHER for _, is_one, _ in given],
            "level": [act.crosswalk.mid_hostility for _, _, act in given],
            "deadly": [act.rung >= DEADLY_RUNG for _, _, act in given],
        }
        after = {
            "day": played.day,
            "sides": np.where(played.actor == 0, act_days.ONE, act_days.OTHER),
            "level": played.hostility,
            "deadly": played.rung >= DEADLY_RUNG,
        }
        both = {
            name: np.concatenate([np.tile(np.array(before[name]), count), after[name][seen]])
            for name in after
        }
        acts = len(both["day"])
        return Acts(
            pair=first + np.concatenate([numbers, played.replication[seen]]),
            known=np.ones(acts, bool),
            given=np.arange(acts) < len(numbers),
            until=np.full(acts, horizon + free_days),
            **both,
        )

    def _mixed(self, parts: Sequence[tuple[Record, float]], horizon: int, free_days: int) -> ActDays:
        """Simulate records in given shares, each crisis with a number of its own; wars are left out."""
        ends = np.round(np.cumsum([part for _, part in parts]) * self.count).astype(int)
        counts = np.diff(np.concatenate([[0], ends]))
        every = [
            self._recorded(record, horizon, free_days, int(count), int(end - count))
            for (record, _), count, end in zip(parts, counts, ends, strict=True)
            if count
        ]
        acts = Acts(
            **{name: np.concatenate([getattr(one, name) for one in every]) for name in vars(every[0])}
        )
        return without_war(act_days.act_days(acts))

    @cached_property
    def episodes(self) -> ActDays:
        """Episodes that begin in the recorded mix of kinds."""
        total = sum(self.onsets.values())
        parts = [(ONSETS[kind], self.onsets.get(kind, 0) / total) for kind in KINDS]
        return self._mixed(parts, 0, EPISODE_DAYS)

    @cached_property
    def exchanges(self) -> ActDays:
        """What follows an exchange of force."""
        return self._mixed([(EXCHANGE, 1.0)], 0, EPISODE_DAYS)

    @cached_property
    def rivals(self) -> ActDays:
        """What follows half a year of quiet after an episode, for half a year."""
        silent = CLASH_AFTER_DISPLAYS[-1][0] + QUIET
        return self._mixed([(CLASH_AFTER_DISPLAYS, 1.0)], silent, A_YEAR - QUIET)

    @cached_property
    def standoffs(self) -> ActDays:
        """What follows thirteen days of stand-off."""
        parts = list(zip(STANDOFFS, (1 - RECENT_STANDOFFS, RECENT_STANDOFFS), strict=True))
        return self._mixed(parts, STANDOFF_DAY, STANDOFF_WINDOW)

    @cached_property
    def struck(self) -> Simulated:
        """What two states do on the day on which the rival uses force against the first, and after it."""
        return self._after(TRIGGERS["violent"])

    @cached_property
    def confronted(self) -> Simulated:
        """What two states do on the day on which the rival shows force to the first, and after it."""
        return self._after(TRIGGERS["military"])

    def _after(self, triggers: Mapping[str | float, float]) -> Simulated:
        """Simulate what follows acts of the rival in given shares, each crisis with a number of its own."""
        ends = np.round(np.cumsum(list(triggers.values())) * self.count).astype(int)
        parts, begun = [], 0
        for act, end in zip(triggers, ends.tolist(), strict=True):
            scenario = self.scenario(((1, OTHER, str(act)),), 0, RESPONSE_WITHIN[-1] + 1)
            played = self._play(scenario, end - begun, begun)
            parts.append(replace(played, replication=played.replication + begun))
            begun = end
        columns = ("replication", "day", "actor", "rung", "hostility", "military")
        joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in columns}
        return Simulated(**joined, count=self.count)

    def violent_response(self) -> Measured:
        """Measure how often a struck state responds with violence (rung 5 and up) within RESPONSE_WITHIN.

        The strike comes on a simulated day, so that a reply on the same day counts, as in ICB.
        """
        violent = self.struck.rung >= VIOLENT_RUNG
        first = _first_day(self.struck, violent) - 1
        return Measured(tuple(_of_all(first <= within) for within in RESPONSE_WITHIN), self.count)

    def military_answers(self) -> Measured:
        """Measure how often a military answer is violent, after a strike and after a mobilisation.

        The answer: the strongest act within the last of RESPONSE_WITHIN, as ICB codes the major response.
        """
        return Measured(tuple(_violent(one) for one in (self.struck, self.confronted)), self.count)

    def responses_to_attack(self, victims: int) -> Measured:
        """Measure how often a state's own acts reach ATTACK_RUNGS within ATTACK_DAYS of an attack on it.

        The states are those of the coded attacks, whose severity goes by the number of victims; the day of
        the attack is simulated, so that a response on it counts.
        """
        answers = load_answers()
        severity = next(kind.severity for kind in answers.severities if victims >= kind.victims)
        scenario = after_attack(load_scenario(answers.scenario), severity, ATTACK_DAYS + 1)
        before = scenario.horizon - dt.timedelta(days=1)
        update = {"start": before, "horizon": before, "weights": self.weights}
        victim = list(scenario.states).index(scenario.incidents[0].victim)
        params = pack(scenario.model_copy(update=update))
        peak = simulate(params, self.seed, 0, self.count).peak[:, victim]
        return Measured(tuple(_of_all(peak >= rung) for rung in ATTACK_RUNGS), self.count)

    def agreements(self) -> Measured:
        """Measure agreements per crisis-day, in crises without and with mediation.

        Crises have the mix of ICB and are mediated as there; see `escalation.history.population`. Days count
        from the trigger to the first settlement, or the day on which the closing quiet begins, or the end of
        the simulation. Mediated: talks opened before that.
        """
        agreed, mediated = np.zeros(self.count, bool), np.zeros(self.count, bool)
        days = np.zeros(self.count)
        for crisis in Population(load_rates(), self.weights, self.seed).crises(self.count):
            row = crisis.number
            runs = simulate(pack(crisis.scenario), self.seed, row, 1)
            days[row] = _crisis_days(runs, crisis.scenario.last_day)
            agreed[row] = runs.settled[0, 0] >= 0
            mediated[row] = ((runs.opened >= 0) & (runs.opened <= days[row])).any()
        number = np.arange(self.count)
        rates = [share(agreed[one], days[one], number[one]) for one in (~mediated, mediated)]
        return Measured(tuple(rates), self.count)


def _date(day: int) -> str:
    return (START + dt.timedelta(days=day)).isoformat()


def _act(day: int, actor: str, act: str) -> dict[str, Any]:
    target = OTHER if actor == ONE else ONE
    said = {"date": _date(day), "says": "Synthetic.", "actor": actor, "act": act, "target": target}
    return said if actor == ONE else said | {"seq": 2}  # of two acts on one day the second answers the first


def _crisis_days(runs: Runs, last_day: int) -> int:
    settled, end = int(runs.settled[0, 0]), int(runs.end[0])
    return settled if settled >= 0 else end if end >= 0 else last_day


def _first_day(played: Simulated, marked: Mask) -> Floats:
    """[R]: day of the first marked act of the first state, infinity for none."""
    first = np.full(played.count, np.inf)
    own = marked & (played.actor == 0)
    np.minimum.at(first, played.replication[own], played.day[own])
    return first


def _violent(played: Simulated) -> Interval:
    """Return how often the strongest answer is violent, among crises with a military one."""
    violent = played.rung >= VIOLENT_RUNG
    military = violent | (played.military & (played.rung >= MILITARY_RUNG))
    among = np.isfinite(_first_day(played, military))
    return _of_all(np.isfinite(_first_day(played, violent))[among])


def _of_all(holds: Mask) -> Interval:
    found = wilson(holds.sum(), len(holds))
    return Interval(float(found.estimate), float(found.low), float(found.high))
