"""What an actor can do today, and what each option is worth to it: the desk at which it decides."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import phrase, rule, seldom
from escalation.rules.conciliate import weigh_appeal, weigh_conciliation, weigh_mediator
from escalation.rules.escalate import weigh_escalation
from escalation.rules.mediate import mediator_can, weigh_consent, weigh_mediation
from escalation.rules.outlook import outlook_on, traits_of
from escalation.rules.state import ALWAYS, OPEN, WHILE_NOT_IN_FORCE, Params, State, Traits
from escalation.rules.terms import (
    PLACES,
    Appeal,
    Conciliation,
    Consent,
    Escalation,
    Mediation,
    appeal_utility,
    conciliation_utility,
    consent_log_odds,
    escalation_utility,
    mediation_utility,
    write_terms,
)
from escalation.vocabulary import APPEAL, ASK, CEASEFIRE, CONCILIATORY, ESCALATORY, MEDIATION


@rule
def measure_to_end(params: Params, state: State, i: int, a: int, j: int) -> int:
    """Return the latest measure of i against j that act a would end, or -1.

    Among measures of the same day the one later in ladder order goes first.
    """
    latest, found = -1, -1
    for k in range(params.acts[a].reversing):
        measure = params.reverses[a, k]
        if state.since[i, j, measure] >= max(latest, 0):
            latest, found = state.since[i, j, measure], measure
    return found


@phrase
def appeal_is_available(params: Params, state: State, i: int, a: int, j: int, m: int) -> bool:
    """Tell whether state i can appeal to mediator m over its quarrel with j now: once, before talks."""
    entered = state.counts[0] >= params.mediators[m].enters
    stage = state.talk[m, min(i, j), max(i, j)].stage
    return bool(
        params.acts[a].effect == ASK and entered and stage != OPEN and not state.side[m, i, j].consented
    )


@rule
def available(params: Params, state: State, i: int, a: int, j: int) -> bool:
    """Tell whether state i can take act a on its rival j now.

    A measure in force cannot be imposed again; a reversal needs something to reverse; an answer
    needs an offer that stands; a ceasefire needs violence and none in force.
    """
    act = params.acts[a]
    day = state.counts[0]
    dyad = state.dyad[min(i, j), max(i, j)]
    if act.lasts and state.since[i, j, a] >= 0:
        return False
    if act.reversing and measure_to_end(params, state, i, a, j) < 0:
        return False
    if act.needs_hotline and not params.rivalries[i, j].hotline:
        return False
    if act.needs_violence:
        recent = dyad.last_force >= 0 and day - dyad.last_force <= params.weights[0].force_recent_days
        if dyad.ceasefire or not (recent or dyad.border_fire):
            return False
    if act.effect == CEASEFIRE and dyad.ceasefire:
        return False
    if act.needs_offer >= 0:
        offered = state.since[j, i, act.needs_offer]
        if offered < 0 or day - offered > params.acts[act.needs_offer].stands:
            return False
    return True


@rule
def is_available(params: Params, state: State, actor: int, k: int) -> bool:
    """Tell whether the actor can take its option k now."""
    option = params.options[k]
    if option.condition == ALWAYS:
        return True
    if option.condition == WHILE_NOT_IN_FORCE:
        return bool(state.since[actor, option.target, option.act] < 0)
    n = len(params.states)
    if actor >= n:
        return mediator_can(params, state, actor - n, option.act, option.target, option.other)
    if option.other >= 0:
        return appeal_is_available(params, state, actor, option.act, option.other, option.target - n)
    return available(params, state, actor, option.act, option.target)


@rule
def weigh_option(params: Params, state: State, actor: int, k: int) -> float:
    """Return the utility of the actor's option k."""
    option = params.options[k]
    act = traits_of(params, k)
    n = len(params.states)
    form = params.acts[option.act].form
    if form == ESCALATORY:
        outlook = outlook_on(params, state, actor, option.target)
        return escalation_utility(weigh_escalation(params, act, outlook))
    if form == CONCILIATORY:
        outlook = outlook_on(params, state, actor, option.target)
        return conciliation_utility(weigh_conciliation(params, act, outlook))
    if form == APPEAL:
        return appeal_utility(weigh_appeal_of(params, state, actor, k))
    if form == MEDIATION:
        return mediation_utility(
            weigh_mediation(params, state, actor - n, option.act, option.target, option.other)
        )
    return 0.0


@rule
def weigh_appeal_of(params: Params, state: State, i: int, k: int) -> Appeal:
    """Return the terms of state i's option k, an appeal to a mediator."""
    option = params.options[k]
    j, m = option.other, option.target - len(params.states)
    refused = state.talk[m, min(i, j), max(i, j)].refused
    standing = weigh_mediator(params, i, j, m)
    return weigh_appeal(params, traits_of(params, k), outlook_on(params, state, i, j), standing, refused)


@rule
def weigh_options(params: Params, state: State, actor: int) -> int:
    """Put the utility of all of an actor's options on the desk; return how many there are.

    An option that cannot be taken now has utility -inf.
    """
    first, end = params.first_option[actor], params.first_option[actor + 1]
    for b in range(params.first_block[actor], params.first_block[actor + 1]):
        block = params.blocks[b]
        if block.form == ESCALATORY:
            weigh_escalations(params, state, actor, block, first)
        elif block.form == CONCILIATORY:
            weigh_conciliations(params, state, actor, block, first)
        else:
            for k in range(block.first, block.last):
                state.utility[k - first] = weigh_option(params, state, actor, k)
    for k in range(first, end):
        if not is_available(params, state, actor, k):
            state.utility[k - first] = -math.inf
    return int(end - first)


# The compiler weighs eight acts at a time where acts and utilities stand side by side, as they do here.


@phrase
def weigh_escalations(params: Params, state: State, i: int, block: Any, first: int) -> None:
    """Put the utilities of i's escalatory options toward one rival on the desk."""
    outlook = outlook_on(params, state, i, block.target)
    rung = trait(params, 0, block)
    height = trait(params, 1, block)
    intercept = trait(params, 2, block)
    cost = trait(params, 3, block)
    visibility = trait(params, 4, block)
    hostility = trait(params, 5, block)
    utility = state.utility[block.first - first : block.last - first]
    for k in range(len(utility)):
        act = Traits(rung[k], height[k], intercept[k], cost[k], visibility[k], hostility[k])
        utility[k] = escalation_utility(weigh_escalation(params, act, outlook))


@phrase
def trait(params: Params, number: int, block: Any) -> NDArray[np.float64]:
    """Return one of the traits of all acts of a block."""
    start = number * len(params.options)
    return params.traits[start + block.first : start + block.last]


@phrase
def weigh_conciliations(params: Params, state: State, i: int, block: Any, first: int) -> None:
    """Put the utilities of i's conciliatory options toward one rival on the desk."""
    outlook = outlook_on(params, state, i, block.target)
    for k in range(block.first, block.last):
        act = traits_of(params, k)
        state.utility[k - first] = conciliation_utility(weigh_conciliation(params, act, outlook))


@rule
def option_row(params: Params, actor: int, act: int, target: int, other: int) -> int:
    """Return the row of an option on the actor's desk, -1 if it has none such."""
    first = params.first_option[actor]
    for k in range(first, params.first_option[actor + 1]):
        option = params.options[k]
        if option.act == act and option.target == target and option.other == other:
            return int(k - first)
    return -1


# For the record. What is compiled writes terms to a row instead of returning them: the compiler makes
# a named tuple for Python by way of Python code, in which an interrupt would bring the process down.

_ESCALATION, _CONCILIATION = PLACES[Escalation], PLACES[Conciliation]
_APPEAL, _MEDIATION, _CONSENT = PLACES[Appeal], PLACES[Mediation], PLACES[Consent]


@seldom
def write_option(params: Params, state: State, actor: int, k: int, row: NDArray[np.float64]) -> None:
    """Write the terms of the actor's option k to a row in the order of `TERMS`."""
    option = params.options[k]
    form = params.acts[option.act].form
    if form == ESCALATORY:
        outlook = outlook_on(params, state, actor, option.target)
        write_terms(weigh_escalation(params, traits_of(params, k), outlook), _ESCALATION, row)
    elif form == CONCILIATORY:
        outlook = outlook_on(params, state, actor, option.target)
        write_terms(weigh_conciliation(params, traits_of(params, k), outlook), _CONCILIATION, row)
    elif form == APPEAL:
        write_terms(weigh_appeal_of(params, state, actor, k), _APPEAL, row)
    elif form == MEDIATION:
        m = actor - len(params.states)
        terms = weigh_mediation(params, state, m, option.act, option.target, option.other)
        write_terms(terms, _MEDIATION, row)


@seldom
def write_consent(params: Params, state: State, m: int, i: int, j: int, row: NDArray[np.float64]) -> float:
    """Write the terms of i's consent to m's offer over its quarrel with j; return its log-odds."""
    terms = weigh_consent(params, state, m, i, j)
    write_terms(terms, _CONSENT, row)
    return consent_log_odds(terms)
