"""The options of an actor today: the hazard of each of its clocks, and the desk at which it chooses.

A block of options has one clock. For words, measures and hostile acts the hazard is a formula of its own;
conciliatory acts, appeals and acts of mediators run as competing risks, whose hazards add up: each is the
act's baseline times a ratio that depends on the moment. The options of a block are weighed against each other
only once its clock has run off.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import name_at, phrase, places_of, rule, seldom, writer_of
from escalation.rules.conciliate import (
    Appeal,
    Conciliation,
    Plea,
    appeal_log_hazard,
    concession_log_ratio,
    conciliation_log_hazard,
    plea_log_ratio,
    weigh_concession,
    weigh_conciliation,
    weigh_plea,
)
from escalation.rules.decide import share_of
from escalation.rules.hostile import (
    HostileAct,
    HostileClock,
    hostile_log_hazard,
    hostile_utility,
    time_hostility,
    weigh_hostility,
)
from escalation.rules.mediate import (
    Consent,
    Mediation,
    consent_log_odds,
    mediation_log_hazard,
    mediator_can,
    opinion_of,
    readiness_log_ratio,
    weigh_consent,
    weigh_readiness,
)
from escalation.rules.outlook import outlook_on, traits_of
from escalation.rules.political import (
    PoliticalAct,
    PoliticalClock,
    political_log_hazard,
    political_utility,
    time_protest,
    weigh_protest,
)
from escalation.rules.state import (
    ALWAYS,
    OPEN,
    WHILE_NOT_IN_FORCE,
    CrisisState,
    Params,
    Traits,
    dyad_of,
    talk_of,
    today,
    weights,
)
from escalation.vocabulary import (
    APPEAL,
    ASK,
    CEASEFIRE,
    CONCILIATORY,
    HOSTILE,
    MEDIATION,
    POLITICAL,
)


@rule
def measure_to_end(params: Params, state: CrisisState, i: int, a: int, j: int) -> int:
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
def appeal_is_available(params: Params, state: CrisisState, i: int, a: int, j: int, m: int) -> bool:
    """Return whether state i can appeal to mediator m over its quarrel with j now: once, before talks."""
    entered = today(state) >= params.mediators[m].enters
    stage = talk_of(state, m, i, j).stage
    return bool(
        params.acts[a].effect == ASK and entered and stage != OPEN and not state.side[m, i, j].consented
    )


@rule
def available(params: Params, state: CrisisState, i: int, a: int, j: int) -> bool:
    """Return whether state i can take act a on its rival j now.

    A measure in force cannot be imposed again; a reversal needs something to reverse; an answer
    needs an offer that still stands; a ceasefire needs recent violence and no ceasefire in force.
    """
    act = params.acts[a]
    day = today(state)
    dyad = dyad_of(state, i, j)
    if act.lasts and state.since[i, j, a] >= 0:
        return False
    if act.reversing and measure_to_end(params, state, i, a, j) < 0:
        return False
    if act.needs_hotline and not params.rivalries[i, j].hotline:
        return False
    if act.needs_violence:
        recent = dyad.last_force >= 0 and day - dyad.last_force <= weights(params).force_recent_days
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
def is_available(params: Params, state: CrisisState, actor: int, k: int) -> bool:
    """Return whether the actor can take its option k now."""
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
def rate_of(params: Params, state: CrisisState, actor: int, block: Any, least: float) -> float:
    """Return the hazard, per day, of the clock of a block of the actor's options: 0 for hold.

    A hazard that is below `least` whatever is available may be given as 0, without a look at what is.
    """
    if block.form == HOSTILE:
        return share_of(hostile_log_hazard(time_hostility(params, state, actor, block.rival)))
    if block.form == POLITICAL:
        return share_of(political_log_hazard(time_protest(params, state, actor, block.rival)))
    rate = 0.0
    if block.form == CONCILIATORY:
        outlook = outlook_on(params, state, actor, block.rival)
        ratio = share_of(concession_log_ratio(weigh_concession(params, outlook)))
        if ratio * block.baseline > least:
            rate = ratio * baseline_available(params, state, actor, block)
    elif block.form == APPEAL:
        for k in range(block.first, block.last):
            if is_available(params, state, actor, k):
                ratio = share_of(plea_log_ratio(weigh_plea_of(params, state, actor, k)))
                rate += params.traits.baseline[k] * ratio
    elif block.form == MEDIATION:
        m = actor - len(params.states)
        for k in range(block.first, block.last):
            if is_available(params, state, actor, k):
                option = params.options[k]
                readiness = weigh_readiness(params, state, m, option.target, option.other)
                rate += params.traits.baseline[k] * share_of(readiness_log_ratio(readiness))
    return rate


@phrase
def baseline_available(params: Params, state: CrisisState, actor: int, block: Any) -> float:
    """Return the sum of the baseline hazards of a block's options that are available."""
    baseline = 0.0
    for k in range(block.first, block.last):
        if is_available(params, state, actor, k):
            baseline += params.traits.baseline[k]
    return baseline


@rule
def mass_on_desk(params: Params, state: CrisisState, actor: int, block: Any) -> float:
    """Return the sum of exp(U) of a block's options on the desk: of competing risks, their hazard per day."""
    first = params.first_option[actor]
    mass = 0.0
    for k in range(block.first, block.last):
        if state.utility[k - first] > -math.inf:
            mass += share_of(state.utility[k - first])
    return mass


@rule
def weigh_option(params: Params, state: CrisisState, actor: int, k: int) -> float:
    """Return the utility of the actor's option k; of a competing risk, its log hazard."""
    option = params.options[k]
    act = traits_of(params, k)
    n = len(params.states)
    form = params.acts[option.act].form
    if form == HOSTILE:
        outlook = outlook_on(params, state, actor, option.target)
        return hostile_utility(weigh_hostility(params, act, outlook))
    if form == POLITICAL:
        outlook = outlook_on(params, state, actor, option.target)
        return political_utility(weigh_protest(params, act, outlook))
    if form == CONCILIATORY:
        outlook = outlook_on(params, state, actor, option.target)
        return conciliation_log_hazard(weigh_conciliation(params, act, outlook))
    if form == APPEAL:
        return appeal_log_hazard(Appeal(act.intercept, weigh_plea_of(params, state, actor, k)))
    if form == MEDIATION:
        readiness = weigh_readiness(params, state, actor - n, option.target, option.other)
        return mediation_log_hazard(Mediation(act.intercept, readiness))
    return 0.0


@rule
def weigh_plea_of(params: Params, state: CrisisState, i: int, k: int) -> Plea:
    """Return the terms of state i's option k, an appeal to a mediator, besides its intercept."""
    option = params.options[k]
    j, m = option.other, option.target - len(params.states)
    refused = talk_of(state, m, i, j).refused
    return weigh_plea(params, outlook_on(params, state, i, j), opinion_of(params, i, j, m), refused)


@seldom
def weigh_block(params: Params, state: CrisisState, actor: int, block: Any) -> None:
    """Put the utilities of the options of one clock on the desk: -inf for one that is not available now."""
    first = params.first_option[actor]
    if block.form == HOSTILE:
        weigh_hostilities(params, state, actor, block, first)
    elif block.form == POLITICAL:
        weigh_protests(params, state, actor, block, first)
    elif block.form == CONCILIATORY:
        weigh_conciliations(params, state, actor, block, first)
    else:
        for k in range(block.first, block.last):
            state.utility[k - first] = weigh_option(params, state, actor, k)
    for k in range(block.first, block.last):
        if not is_available(params, state, actor, k):
            state.utility[k - first] = -math.inf


# The compiler weighs several acts at a time where acts and utilities are neighbours in memory, as here.


@phrase
def weigh_hostilities(params: Params, state: CrisisState, i: int, block: Any, first: int) -> None:
    """Put the utilities of i's hostile options toward one rival on the desk."""
    outlook = outlook_on(params, state, i, block.rival)
    rung = params.traits.rung[block.first : block.last]
    height = params.traits.height[block.first : block.last]
    intercept = params.traits.intercept[block.first : block.last]
    cost = params.traits.cost[block.first : block.last]
    visibility = params.traits.visibility[block.first : block.last]
    hostility = params.traits.hostility[block.first : block.last]
    utility = state.utility[block.first - first : block.last - first]
    for k in range(len(utility)):
        act = Traits(rung[k], height[k], intercept[k], cost[k], visibility[k], hostility[k])
        utility[k] = hostile_utility(weigh_hostility(params, act, outlook))


@phrase
def weigh_protests(params: Params, state: CrisisState, i: int, block: Any, first: int) -> None:
    """Put the utilities of i's words and measures toward one rival on the desk."""
    outlook = outlook_on(params, state, i, block.rival)
    for k in range(block.first, block.last):
        act = traits_of(params, k)
        state.utility[k - first] = political_utility(weigh_protest(params, act, outlook))


@phrase
def weigh_conciliations(params: Params, state: CrisisState, i: int, block: Any, first: int) -> None:
    """Put the log hazards of i's conciliatory options toward one rival on the desk."""
    outlook = outlook_on(params, state, i, block.rival)
    for k in range(block.first, block.last):
        act = traits_of(params, k)
        state.utility[k - first] = conciliation_log_hazard(weigh_conciliation(params, act, outlook))


@rule
def block_of(params: Params, actor: int, row: int) -> int:
    """Return the number of the block in which the actor's option of this row is."""
    k = params.first_option[actor] + row
    found = params.first_block[actor]
    for b in range(params.first_block[actor], params.first_block[actor + 1]):
        if params.blocks[b].first <= k:
            found = b
    return int(found)


@rule
def option_row(params: Params, actor: int, act: int, target: int, other: int) -> int:
    """Return the row of an option on the actor's desk, -1 if it has no such option."""
    first = params.first_option[actor]
    for k in range(first, params.first_option[actor + 1]):
        option = params.options[k]
        if option.act == act and option.target == target and option.other == other:
            return int(k - first)
    return -1


# For the record, terms are written to a row instead of returned: the compiler makes a named tuple for
# Python through Python code, in which an interrupt would crash the process.


def _names(*forms: type) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name_at(place) for form in forms for place in places_of(form)))


TERMS = _names(HostileAct, PoliticalAct, Appeal, Mediation, Consent)
"""The names of all terms of a choice, in the order of tables."""
CLOCK_TERMS = _names(HostileClock, PoliticalClock)
"""The names of all terms of the hazard of a clock of words, measures and hostile acts."""

write_hostility = writer_of(HostileAct, TERMS)
write_protest = writer_of(PoliticalAct, TERMS)
write_conciliation = writer_of(Conciliation, TERMS)
write_appeal = writer_of(Appeal, TERMS)
write_mediation = writer_of(Mediation, TERMS)
write_consent_terms = writer_of(Consent, TERMS)
write_hostile_clock = writer_of(HostileClock, CLOCK_TERMS)
write_political_clock = writer_of(PoliticalClock, CLOCK_TERMS)


@seldom
def write_clock(params: Params, state: CrisisState, actor: int, b: int, row: NDArray[np.float64]) -> None:
    """Write the terms of the clock of the actor's block b to a row in the order of `CLOCK_TERMS`.

    A clock of competing risks has none of its own: the terms of its acts say when as well as what.
    """
    block = params.blocks[b]
    if block.form == HOSTILE:
        write_hostile_clock(time_hostility(params, state, actor, block.rival), row)
    elif block.form == POLITICAL:
        write_political_clock(time_protest(params, state, actor, block.rival), row)


@seldom
def write_option(params: Params, state: CrisisState, actor: int, k: int, row: NDArray[np.float64]) -> None:
    """Write the terms of the actor's option k to a row in the order of `TERMS`."""
    option = params.options[k]
    form = params.acts[option.act].form
    if form == HOSTILE:
        outlook = outlook_on(params, state, actor, option.target)
        write_hostility(weigh_hostility(params, traits_of(params, k), outlook), row)
    elif form == POLITICAL:
        outlook = outlook_on(params, state, actor, option.target)
        write_protest(weigh_protest(params, traits_of(params, k), outlook), row)
    elif form == CONCILIATORY:
        outlook = outlook_on(params, state, actor, option.target)
        write_conciliation(weigh_conciliation(params, traits_of(params, k), outlook), row)
    elif form == APPEAL:
        write_appeal(Appeal(params.traits.intercept[k], weigh_plea_of(params, state, actor, k)), row)
    elif form == MEDIATION:
        m = actor - len(params.states)
        readiness = weigh_readiness(params, state, m, option.target, option.other)
        write_mediation(Mediation(params.traits.intercept[k], readiness), row)


@seldom
def write_consent(
    params: Params, state: CrisisState, m: int, i: int, j: int, row: NDArray[np.float64]
) -> float:
    """Write the terms of i's consent to m's offer over its quarrel with j; return its log-odds."""
    terms = weigh_consent(params, state, m, i, j)
    write_consent_terms(terms, row)
    return consent_log_odds(terms)
