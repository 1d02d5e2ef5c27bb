"""What an act is worth to a state, what it may choose from, and which it chooses.

Quantities, i's side toward j: posture (running rung of i's own acts), seen (j's posture as i reads
it), P pressure, C commitment, H heat and HL its level; of i alone: F fear, E exhaustion. l is the
rung of the act. Utilities are logits against holding, which is worth 0.
"""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from escalation.rules.compiled import rule
from escalation.rules.state import (
    ASK,
    AUDIENCE,
    AVERSION,
    BIAS,
    CAMPAIGN,
    CEASEFIRE,
    COMMITMENT,
    CONCILIATORY,
    COST,
    ESCALATORY,
    EXHAUSTION,
    FEAR,
    FOCAL,
    FORCE,
    HOLD,
    INTERCEPT,
    LEVERAGE,
    OPEN,
    PRESSURE,
    PROVOCATION,
    RATCHET,
    RECIPROCITY,
    REFUSAL,
    RIPOSTE,
    SHADOW,
    STEP,
    TALKS,
    TRUCE,
    TRUST,
    WAR,
    Params,
    State,
)


@rule
def cube(x: float) -> float:
    """Return x to the third power, the same bits compiled or not."""
    return x * x * x


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), kept off 0 and 1 so that its logarithm is finite."""
    return 1.0 / (1.0 + math.exp(-min(36.0, max(-700.0, x))))


@rule
def nearness(distance: float, width: float) -> float:
    """Fall linearly from 1 at no distance to 0 at the width."""
    return max(0.0, 1.0 - abs(distance) / width)


@rule
def weigh_escalation(params: Params, state: State, i: int, a: int, j: int, terms: NDArray[Any]) -> None:
    """Fill in the terms of an escalatory act of rung l by i on j.

    Provocation opens the gate; coming down costs face (one-sided ratchet); skipping rungs costs;
    force answers force in proportion (riposte) and goes on (campaign); between nuclear powers
    strikes lie in the nuclear shadow.

        U = base + c + gate (max(P, k H) - g) - ratchet max(0, posture - l)
            - step max(0, l - max(posture, seen, HL if hot) - 1)^2 + pressure P l/10 visibility
            - cost c_a (1 + E) 2 (1 - resolve) - fear F (l/10)^3 2 risk_aversion
            + [l >= 5] (force + commitment C + riposte H (1 - |l - HL|/w)+ - truce)
            + [l >= 7] (campaign K (1 - |l - last|/w)+ - shadow (l/10)^3)
            + [l >= 9] war - [l >= 10] taboo
            - talks l/10 - focal (l - focal)+ - leverage l/10

    Source: the project's design; the ratchet, the riposte and the persistence of war stand out in
    Militarized Interstate Events (Gibler and Miller), the audience's part after Fearon 1994.
    """
    w = params.weights
    act = params.acts[a]
    own = params.states[i]
    pair = state.pair[i, j]
    actor = state.actor[i]
    l = act.rung  # noqa: E741  the field's symbol in every formula
    height = l / 10.0
    provocation = max(pair.pressure, w.heat_in_gate * pair.heat)
    ground = max(pair.posture, pair.seen)
    if pair.heat > w.heat_felt:
        ground = max(ground, pair.heat_level)
    skipped = max(0.0, l - ground - 1.0)
    terms[INTERCEPT] = act.intercept + w.act_intercept
    terms[PROVOCATION] = w.provocation_gate * (provocation - w.gate_threshold)
    terms[RATCHET] = -w.ratchet * max(0.0, pair.posture - l)
    terms[STEP] = -w.step * skipped * skipped
    terms[PRESSURE] = w.pressure * pair.pressure * height * act.visibility
    terms[COST] = -w.cost * act.cost * (1.0 + actor.exhaustion) * 2.0 * (1.0 - own.resolve)
    terms[FEAR] = -w.fear_of_escalation * actor.fear * cube(height) * 2.0 * own.risk_aversion
    if l >= 5.0:
        truce = state.dyad[min(i, j), max(i, j)].ceasefire
        terms[FORCE] = w.force_threshold
        terms[COMMITMENT] = w.commitment * pair.commitment
        terms[RIPOSTE] = w.riposte * pair.heat * nearness(l - pair.heat_level, w.riposte_width)
        terms[TRUCE] = -w.ceasefire_restraint * truce
    if l >= 7.0:
        both_nuclear = params.rivalries[i, j].nuclear
        terms[CAMPAIGN] = w.campaign * pair.campaign * nearness(l - pair.last_rung, w.campaign_width)
        terms[SHADOW] = -w.nuclear_shadow * cube(height) * both_nuclear
    if l >= 9.0:
        terms[WAR] = w.war_threshold
    if l >= 10.0:
        terms[WAR] = w.war_threshold - w.nuclear_taboo
    if pair.talks:
        terms[TALKS] = -w.talks_restraint * height
        terms[LEVERAGE] = -w.leverage_restraint * pair.leverage * height
        if pair.focal >= 0.0:
            terms[FOCAL] = -w.focal_pull * max(0.0, l - pair.focal)


@rule
def weigh_conciliation(params: Params, state: State, i: int, a: int, j: int, terms: NDArray[Any]) -> None:
    """Fill in the terms of a conciliatory act by i toward j.

        U = base + c + conciliation + fear F 2 risk_aversion + exhaustion min(E, cap) - pressure P
            - audience C (1 - face saving) + reciprocity (j's standing offer)
            + [talks open] (talks + leverage)

    Source: the project's design; backing down from commitments costs (Fearon 1994), and a mediator
    saves face (Beardsley et al. 2006).
    """
    w = params.weights
    act = params.acts[a]
    pair = state.pair[i, j]
    actor = state.actor[i]
    terms[INTERCEPT] = act.intercept + w.act_intercept + w.conciliation
    terms[FEAR] = w.fear_conciliates * actor.fear * 2.0 * params.states[i].risk_aversion
    terms[EXHAUSTION] = w.exhaustion_conciliates * min(actor.exhaustion, w.exhaustion_cap)
    terms[PRESSURE] = -w.pressure_hardens * pair.pressure
    terms[AUDIENCE] = -w.audience_cost * pair.commitment * (1.0 - pair.face_saving)
    terms[RECIPROCITY] = w.reciprocity * state.pair[j, i].offer
    if pair.talks:
        terms[TALKS] = w.talks_conciliate
        terms[LEVERAGE] = w.leverage_inducement * pair.leverage


@rule
def intrusiveness(params: Params, m: int) -> float:
    """Return how far mediator m's style and form intrude, from 0 to 1.

    .6, .8 and 1 for facilitation, formulation and manipulation (order: Beardsley et al. 2006; that
    the least of a third party is already much is a prior), and less when the talks are bilateral in
    form.
    """
    mediator = params.mediators[m]
    style = (mediator.style + 3.0) / 5.0
    if mediator.bilateral:
        style *= params.weights.bilateral_discount
    return float(style)


@rule
def weigh_mediator(params: Params, i: int, j: int, m: int, terms: NDArray[Any]) -> None:
    """Fill in what i makes of mediator m in its quarrel with j.

    trust T - aversion A (intrusiveness) - bias max(0, lean to j - lean to i)
    """
    w = params.weights
    mine = params.relations[m, i]
    theirs = params.relations[m, j]
    terms[TRUST] = w.consent_trust * mine.trust
    terms[AVERSION] = -w.consent_aversion * params.states[i].third_party_aversion * intrusiveness(params, m)
    terms[BIAS] = -w.consent_bias * max(0.0, theirs.bias - mine.bias)


@rule
def weigh_appeal(params: Params, state: State, i: int, a: int, m: int, j: int, terms: NDArray[Any]) -> None:
    """Fill in the terms of i's request to mediator m in its quarrel with j.

    It concedes as a conciliatory act does, depends on what i makes of the mediator as consent does,
    and comes less after a refusal that is still fresh: - refusal R.
    """
    weigh_conciliation(params, state, i, a, j, terms)
    weigh_mediator(params, i, j, m, terms)
    refused = state.talk[m, min(i, j), max(i, j)].refused
    terms[REFUSAL] = -params.weights.refusal_deters * refused


@rule
def total(terms: NDArray[Any]) -> float:
    """Add the terms from left to right, the same bits compiled or not."""
    utility = 0.0
    for k in range(len(terms)):
        utility += terms[k]
    return utility


@rule
def measure_to_end(params: Params, state: State, i: int, a: int, j: int) -> int:
    """Return the latest measure of i against j that act a would end, or -1.

    Among measures of the same day the one later in ladder order goes first.
    """
    latest, found = -1, -1
    for measure in range(len(params.acts)):
        if params.reverses[a, measure] and state.since[i, j, measure] >= max(latest, 0):
            latest, found = state.since[i, j, measure], measure
    return found


@rule
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
        recent = dyad.last_force >= 0 and day - dyad.last_force <= params.weights.force_recent_days
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
def weigh(
    params: Params, state: State, i: int, a: int, target: int, other: int, terms: NDArray[Any]
) -> float:
    """Return the utility of an act of state i, its terms written beside."""
    terms[:] = 0.0
    act = params.acts[a]
    if act.effect == HOLD:
        return 0.0
    if act.form == ESCALATORY:
        weigh_escalation(params, state, i, a, target, terms)
    elif act.form == CONCILIATORY:
        weigh_conciliation(params, state, i, a, target, terms)
    else:
        weigh_appeal(params, state, i, a, target - len(params.states), other, terms)
    return total(terms)


@rule
def choose(utility: NDArray[Any], options: int, u: float) -> int:
    """Return the option that a uniform u picks: inverse of the cumulated logit probabilities.

    Options are in ladder order, hold first, so that nearby utilities with the same u give nearby
    acts. An option of utility -inf is never picked.
    """
    highest = -math.inf
    for k in range(options):
        highest = max(highest, utility[k])
    mass = 0.0
    for k in range(options):
        mass += math.exp(utility[k] - highest)
    goal = u * mass
    cumulated = 0.0
    chosen = 0
    for k in range(options):
        share = math.exp(utility[k] - highest)
        if share > 0.0:
            chosen = k
            cumulated += share
            if cumulated > goal:
                break
    return chosen


@rule
def log_probabilities(utility: NDArray[Any], options: int, k: int) -> tuple[float, float]:
    """Return the log-probability of option k, and the same given acting at all (0 for hold itself).

    The second is what a record can be held against that lists acts but not the days without.
    """
    highest = -math.inf
    for n in range(1, options):
        highest = max(highest, utility[n])
    log_acting = -math.inf
    if highest > -math.inf:
        mass = 0.0
        for n in range(1, options):
            mass += math.exp(utility[n] - highest)
        log_acting = highest + math.log(mass)
    top = max(utility[0], log_acting)
    log_all = top + math.log(math.exp(utility[0] - top) + math.exp(log_acting - top))
    given_acting = 0.0
    if k > 0 and log_acting > -math.inf:
        given_acting = utility[k] - log_acting
    return utility[k] - log_all, given_acting
