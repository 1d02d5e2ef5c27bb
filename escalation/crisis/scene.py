"""One crisis as a person follows it, day by day: postures, measures, mediation, events, and reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from escalation.crisis import wording
from escalation.crisis.play import Run
from escalation.crisis.story import Event, events_of
from escalation.crisis.tables import measures_in_force, ordered_rivals
from escalation.crisis.words import (
    ALARM,
    INTERCEPT,
    Factors,
    act_name,
    act_sentence,
    hazard_factors,
    mediation_words,
    odds_factors,
    reason_words,
    runner_up,
    term_words,
)
from escalation.engine.record import Day, Decision
from escalation.files.brief import Brief
from escalation.language import number, say, within
from escalation.rules.state import OFFERED, OPEN
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import ESCALATORY, RUNGS

MOST_ALTERNATIVES = 10


@dataclass(frozen=True)
class Standing:
    """A state's place on the ladder at the end of a day."""

    state: str
    label: str
    posture: float
    """Highest toward any rival, in rungs."""
    act: int | None
    """Rung of its highest act of the day."""


@dataclass(frozen=True, repr=False)
class Scene(Brief):
    """One day of a crisis."""

    day: int
    date: dt.date
    simulated: bool
    standings: tuple[Standing, ...]
    measures: tuple[str, ...]
    mediation: tuple[str, ...]
    ceasefires: tuple[str, ...]
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Weighed:
    """One alternative of a decision."""

    says: str
    probability: float
    taken: bool


@dataclass(frozen=True)
class Term:
    """One factor on a hazard or on odds."""

    name: str
    says: str
    """What it represents."""
    value: float
    """Its logarithm."""


@dataclass(frozen=True)
class Reason:
    """Why a decision was made: when such an act came, why it was this one, and its alternatives."""

    says: str
    recorded: bool
    sentences: tuple[str, ...]
    """When and what, in words; of an answer to an offer, one sentence."""
    log_hazard: float | None
    """Of the hazard per day: of the clock of the act, or its own as a competing risk; None for replies,
    further acts of the day and answers."""
    when: tuple[Term, ...]
    """Of the logarithm of the hazard, what it is at rest first, then the heaviest; they sum to it."""
    other: str | None
    """The next best act of its kind, to which the odds are; of an answer, the other one."""
    log_odds: float | None
    what: tuple[Term, ...]
    """Of the logarithm of the odds, heaviest first; they sum to it. Empty for competing risks, whose terms
    make their hazard."""
    alternatives: tuple[Weighed, ...]
    """Likeliest first; always includes the one taken."""
    others: int
    """The number of alternatives left out."""


def scenes(run: Run) -> tuple[Scene, ...]:
    """Return every day of a run."""
    return tuple(scene(run, number) for number in range(len(run.days)))


def scene(run: Run, number: int) -> Scene:
    """Return one day of a run."""
    day, before = run.days[number], run.days[number - 1] if number else None
    return Scene(
        day=day.day,
        date=run.scenario.date_of(day.day),
        simulated=day.day > run.scenario.horizon_day,
        standings=tuple(_standings(run, day)),
        measures=tuple(_measures(run, day)),
        mediation=tuple(_mediation(run, day)),
        ceasefires=tuple(_ceasefires(run, day)),
        events=tuple(events_of(run, day, before)),
    )


def _standings(run: Run, day: Day) -> Iterator[Standing]:
    acts = run.scenario.ladder.acts
    highest: dict[int, int] = {}
    for decision in run.decisions:
        if decision.day == day.day and decision.choice.target >= 0:
            rung = acts[run.index.acts[decision.choice.act]].rung
            highest[decision.actor] = max(rung, highest.get(decision.actor, 0))
    rivals = ordered_rivals(run)
    for i, name in enumerate(run.index.states):
        postures = [float(day.pair[i, j].posture) for k, j in rivals if k == i]
        if postures:
            yield Standing(name, run.scenario.label(name), max(postures), highest.get(i))


def _measures(run: Run, day: Day) -> Iterator[str]:
    for i, j in ordered_rivals(run):
        names = measures_in_force(run, day, i, j)
        if names:
            label = run.scenario.label
            yield say(
                wording.MEASURES,
                state=label(run.index.states[i]),
                rival=label(run.index.states[j]),
                measures=", ".join(map(act_name, names)),
            )


def _mediation(run: Run, day: Day) -> Iterator[str]:
    label, scenario = run.scenario.label, run.scenario_on(day.day)
    for m, name in enumerate(run.index.mediators):
        if day.day < scenario.mediators[name].enters_day and not _has_acted(run, name, day.day):
            yield say(wording.NOT_YET_INVOLVED, mediator=label(name))
            continue
        for i, j in ordered_rivals(run):
            if i < j:
                stage = int(day.talk[m, i, j].stage)
                words = {OFFERED: wording.OFFER_PENDING, OPEN: wording.TALKS_OPEN}.get(
                    stage, wording.NO_TALKS
                )
                pair = (label(run.index.states[i]), label(run.index.states[j]))
                yield say(
                    words,
                    mediator=label(name),
                    one=pair[0],
                    other=pair[1],
                    mediation=mediation_words(scenario, name),
                )


def _has_acted(run: Run, mediator: str, day: int) -> bool:
    """Return whether a mediator has acted by a day: in the record, or before a fork that removes it."""
    actor = run.index.actors.index(mediator)
    return any(each.actor == actor and each.day <= day and each.choice.target >= 0 for each in run.decisions)


def _ceasefires(run: Run, day: Day) -> Iterator[str]:
    label = run.scenario.label
    for i, j in ordered_rivals(run):
        if i < j:
            names = {"one": label(run.index.states[i]), "other": label(run.index.states[j])}
            if day.dyad[i, j].ceasefire:
                yield say(wording.CEASEFIRE_HOLDS, **names)
            if day.dyad[i, j].border_fire:
                yield say(wording.BORDER_FIRE, **names)


def posture_words(scenario: Scenario, standing: Standing) -> str:
    """Return a state's place on the ladder: 'India: posture 2.3, ...'."""
    rung = within(say(scenario.ladder.rungs[min(RUNGS - 1, round(standing.posture))].label))
    return say(wording.POSTURE, state=standing.label, posture=number(standing.posture, 1), rung=rung)


def reason_of(run: Run, decision: Decision) -> Reason:
    """Return why a decision was made."""
    choice, clock = decision.choice, decision.clock
    weighed = [
        Weighed(alternative_words(run, decision, k), alternative.probability, k == decision.chosen)
        for k, alternative in enumerate(decision.alternatives)
    ]
    weighed.sort(key=lambda one: -one.probability)
    shown = [one for at, one in enumerate(weighed) if at < MOST_ALTERNATIVES or one.taken]
    is_clocked = clock is not None and clock.form in ESCALATORY
    says = wording.CLOCK_TERMS if is_clocked else wording.TERMS
    base = ALARM if is_clocked else INTERCEPT
    hazards = _terms(hazard_factors(decision), says, base, clock.lull if clock is not None else 0)
    other = runner_up(decision)
    if clock is None and choice.target >= 0:
        other = decision.alternatives[1 - decision.chosen]
    return Reason(
        says=act_sentence(run, decision),
        recorded=decision.forced,
        sentences=reason_words(run, decision),
        log_hazard=sum(term.value for term in hazards) if hazards else None,
        when=hazards,
        other=None if other is None else alternative_words(run, decision, decision.alternatives.index(other)),
        log_odds=None if other is None else choice.utility - other.utility,
        what=_terms(odds_factors(decision), wording.TERMS),
        alternatives=tuple(shown),
        others=len(weighed) - len(shown),
    )


def _terms(factors: Factors, says: Mapping[str, str], first: str = "", lull: int = 0) -> tuple[Term, ...]:
    terms = [(name, Term(term_words(name, lull), say(says[name]), value)) for name, value in factors]
    terms.sort(key=lambda one: (one[0] != first, -abs(one[1].value)))
    return tuple(term for _, term in terms)


def alternative_words(run: Run, decision: Decision, k: int) -> str:
    """Return what the actor would do by an alternative of a decision, given by its number."""
    if decision.alternatives[k].target < 0:
        return say(wording.HOLDS, state=run.scenario.label(run.index.actors[decision.actor]))
    ended = decision.ended_measure if k == decision.chosen else -1
    return act_sentence(run, replace(decision, chosen=k, ended_measure=ended))


def log_of(scenes: Sequence[Scene], day: int) -> str:
    """Return everything that happened up to a day as text, the latest first."""
    lines = []
    for scene in reversed(scenes[: day + 1]):
        lines += [f"{scene.date} {event.mark} {event.says}" for event in scene.events]
    return "\n".join(lines)
