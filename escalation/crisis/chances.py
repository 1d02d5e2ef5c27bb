"""What chance could bring on a simulated day, and what it brought: incidents, breaches, ends of talks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from escalation.crisis import wording
from escalation.crisis.branches import Past, copied
from escalation.crisis.play import Run
from escalation.crisis.tables import ordered_rivals
from escalation.crisis.words import chance, mediation_words
from escalation.engine import day as phases
from escalation.engine.luck import luck_of
from escalation.engine.pack import pack
from escalation.language import listed, say
from escalation.rules.forced import first_group
from escalation.rules.mediate import AGREE, GO_ON, continue_talks, hazard_of_breach
from escalation.rules.state import OPEN, CrisisState, Params, moves_made, talk_of, today

STEPS = 60
"""Halvings of [0, 1], beyond which a float has no more places."""


def chance_lines(past: Past, run: Run, day: int) -> tuple[str, ...]:
    """Return what chance could bring on a day, with probabilities and what came of it.

    Parameters
    ----------
    past, run
        The crisis.
    day
        Counted from the start; on a day of the record nothing is left to chance.
    """
    if day <= run.scenario.horizon_day:
        return ()
    return (*_incident_lines(run, day), *_breach_lines(past, run, day), *_talk_lines(past, run, day))


def _incident_lines(run: Run, day: int) -> Iterator[str]:
    for k, hazard in enumerate(run.scenario_on(day).hazards):
        came = say(wording.IT_CAME if k in run.days[day].hazards else wording.DID_NOT_COME)
        label, probability = say(hazard.label).rstrip("."), chance(hazard.per_day)
        yield say(wording.CHANCE_HAZARD, label=label, chance=probability, came=came)


def _breach_lines(past: Past, run: Run, day: int) -> Iterator[str]:
    params, evening = pack(run.scenario_on(day)), run.days[day - 1]
    ended = {change.between for change in run.days[day].ceasefires if not change.begins}
    for i, j in _pairs(run):
        if evening.dyad[i, j].ceasefire:
            came = say(wording.IT_CAME if (i, j) in ended else wording.DID_NOT_COME)
            probability = chance(hazard_of_breach(params, evening.dyad[i, j]))
            yield say(wording.CHANCE_BREACH, pair=_names(run, i, j), chance=probability, came=came)


def _talk_lines(past: Past, run: Run, day: int) -> Iterator[str]:
    params = pack(run.scenario_on(day))
    state = _before_talks(past, params, day)
    for m, mediator in enumerate(run.index.mediators):
        for i, j in _pairs(run):
            talk = talk_of(state, m, i, j)
            if talk.stage == OPEN and talk.opened < today(state):
                agree, lapse = talk_chances(params, state, m, i, j)
                mediation = mediation_words(run.scenario_on(day), mediator)
                yield say(
                    wording.CHANCE_TALKS, pair=_names(run, i, j), mediation=mediation,
                    agree=chance(agree), lapse=chance(lapse), came=_end_of_talks(run, day, m, i, j),
                )  # fmt: skip


def _before_talks(past: Past, params: Params, day: int) -> CrisisState:
    """Play a day up to where open talks agree, lapse or go on."""
    state = copied(past.states[day - 1 - past.scenario.horizon_day])
    luck = luck_of(past.seed, past.replication)
    phases.begin_day(params, state, luck)
    group = first_group(params, day)
    for phase in (phases.MEDIATORS_MOVE, phases.STATES_ANSWER):
        start = moves_made(state)
        phases.ask_everyone(params, state, luck, phase, group)
        if phase == phases.MEDIATORS_MOVE:
            phases.settle_mediators(params, state, start)
        else:
            phases.settle_answers(params, state, start)
    return state


def talk_chances(params: Params, state: CrisisState, m: int, i: int, j: int) -> tuple[float, float]:
    """Return the probabilities that open talks agree today, and that they end without an agreement.

    The rule knows what a uniform number decides: agreement below one bound, an end below another. The
    bounds are found by halving, so that the rule is not written twice.
    """

    def bound(is_below: Callable[[int], bool]) -> float:
        low, high = 0.0, 1.0
        for _ in range(STEPS):
            middle = (low + high) / 2
            if is_below(continue_talks(params, state, m, i, j, middle)):
                low = middle
            else:
                high = middle
        return low

    agree = bound(lambda end: end == AGREE)
    return agree, bound(lambda end: end != GO_ON) - agree


def _end_of_talks(run: Run, day: int, m: int, i: int, j: int) -> str:
    ends = {span.end for span in run.talks if (span.mediator, span.between, span.last) == (m, (i, j), day)}
    if "agreement" in ends:
        return say(wording.AGREED)
    return say(wording.LAPSED if "no agreement" in ends else wording.WENT_ON)


def _pairs(run: Run) -> list[tuple[int, int]]:
    return [(i, j) for i, j in ordered_rivals(run) if i < j]


def _names(run: Run, i: int, j: int) -> str:
    return listed([run.scenario.label(run.index.states[k]) for k in (i, j)])
