"""What an act is worth to a state, what it may choose from, and which it chooses.

Quantities, i's side toward j: posture (running rung of i's own acts), seen (j's posture as i reads
it), P pressure, C commitment, H heat and HL its level; of i alone: F fear, E exhaustion. l is the
rung of the act. Utilities are logits against holding, which is worth 0.
"""

from __future__ import annotations

import math
from typing import Any

from numpy.typing import NDArray

from escalation.rules.compiled import phrase, rule
from escalation.rules.state import (
    ASK,
    CEASEFIRE,
    CONCILIATORY,
    ESCALATORY,
    HOLD,
    OPEN,
    Params,
    State,
)
from escalation.rules.terms import (
    Appeal,
    Conciliation,
    Escalation,
    Standing,
    appeal_utility,
    conciliation_utility,
    escalation_utility,
)


@phrase
def cube(x: float) -> float:
    """Return x to the third power, the same bits compiled or not."""
    return x * x * x


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), kept off 0 and 1 so that its logarithm is finite."""
    return 1.0 / (1.0 + math.exp(-min(36.0, max(-700.0, x))))


@phrase
def nearness(distance: float, width: float) -> float:
    """Fall linearly from 1 at no distance to 0 at the width."""
    return max(0.0, 1.0 - abs(distance) / width)


@rule
def weigh_escalation(params: Params, state: State, i: int, a: int, j: int) -> Escalation:
    """Return the terms of an escalatory act of rung l by i on j.

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
    height = act.height
    provocation = max(pair.pressure, w.heat_in_gate * pair.heat)
    ground = max(pair.posture, pair.seen)
    if pair.heat > w.heat_felt:
        ground = max(ground, pair.heat_level)
    skipped = max(0.0, l - ground - 1.0)
    force = commitment = riposte = ceasefire = 0.0
    if l >= 5.0:
        force = w.force_threshold
        commitment = w.commitment * pair.commitment
        riposte = w.riposte * pair.heat * nearness(l - pair.heat_level, w.riposte_width)
        ceasefire = -w.ceasefire_restraint * state.dyad[min(i, j), max(i, j)].ceasefire
    campaign = shadow = war = 0.0
    if l >= 7.0:
        campaign = w.campaign * pair.campaign * nearness(l - pair.last_rung, w.campaign_width)
        shadow = -w.nuclear_shadow * cube(height) * params.rivalries[i, j].nuclear
    if l >= 9.0:
        war = w.war_threshold
    if l >= 10.0:
        war = w.war_threshold - w.nuclear_taboo
    talks = focal = leverage = 0.0
    if pair.talks:
        talks = -w.talks_restraint * height
        leverage = -w.leverage_restraint * pair.leverage * height
        if pair.focal >= 0.0:
            focal = -w.focal_pull * max(0.0, l - pair.focal)
    return Escalation(
        intercept=act.intercept + w.act_intercept,
        provocation=w.provocation_gate * (provocation - w.gate_threshold),
        ratchet=-w.ratchet * max(0.0, pair.posture - l),
        step=-w.step * skipped * skipped,
        pressure=w.pressure * pair.pressure * height * act.visibility,
        cost=-w.cost * act.cost * (1.0 + actor.exhaustion) * 2.0 * (1.0 - own.resolve),
        fear=-w.fear_of_escalation * actor.fear * cube(height) * 2.0 * own.risk_aversion,
        force=force,
        commitment=commitment,
        riposte=riposte,
        ceasefire=ceasefire,
        campaign=campaign,
        nuclear_shadow=shadow,
        war=war,
        talks=talks,
        focal_point=focal,
        leverage=leverage,
    )


@rule
def weigh_conciliation(params: Params, state: State, i: int, a: int, j: int) -> Conciliation:
    """Return the terms of a conciliatory act by i toward j.

        U = base + c + conciliation + fear F 2 risk_aversion + exhaustion min(E, cap) - pressure P
            - audience C (1 - face saving) + reciprocity (j's standing offer)
            + [talks open] (talks + leverage)

    Source: the project's design; backing down from commitments costs (Fearon 1994), and a mediator
    saves face (Beardsley et al. 2006).
    """
    w = params.weights
    pair = state.pair[i, j]
    actor = state.actor[i]
    talks = leverage = 0.0
    if pair.talks:
        talks = w.talks_conciliate
        leverage = w.leverage_inducement * pair.leverage
    return Conciliation(
        intercept=params.acts[a].intercept + w.act_intercept + w.conciliation,
        pressure=-w.pressure_hardens * pair.pressure,
        fear=w.fear_conciliates * actor.fear * 2.0 * params.states[i].risk_aversion,
        talks=talks,
        leverage=leverage,
        exhaustion=w.exhaustion_conciliates * min(actor.exhaustion, w.exhaustion_cap),
        audience_cost=-w.audience_cost * pair.commitment * (1.0 - pair.face_saving),
        reciprocity=w.reciprocity * state.pair[j, i].offer,
    )


@phrase
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
def weigh_mediator(params: Params, i: int, j: int, m: int) -> Standing:
    """Return the terms of what i makes of mediator m in its quarrel with j.

    trust T - aversion A (intrusiveness) - bias max(0, lean to j - lean to i)
    """
    w = params.weights
    mine = params.relations[m, i]
    theirs = params.relations[m, j]
    return Standing(
        trust=w.consent_trust * mine.trust,
        aversion=-w.consent_aversion * params.states[i].third_party_aversion * intrusiveness(params, m),
        bias=-w.consent_bias * max(0.0, theirs.bias - mine.bias),
    )


@rule
def weigh_appeal(params: Params, state: State, i: int, a: int, m: int, j: int) -> Appeal:
    """Return the terms of i's request to mediator m in its quarrel with j.

    It concedes as a conciliatory act does, depends on what i makes of the mediator as consent does,
    and comes less after a refusal that is still fresh: - refusal R.
    """
    concession = weigh_conciliation(params, state, i, a, j)
    standing = weigh_mediator(params, i, j, m)
    refused = state.talk[m, min(i, j), max(i, j)].refused
    return Appeal(
        intercept=concession.intercept,
        pressure=concession.pressure,
        fear=concession.fear,
        talks=concession.talks,
        leverage=concession.leverage,
        exhaustion=concession.exhaustion,
        audience_cost=concession.audience_cost,
        reciprocity=concession.reciprocity,
        trust=standing.trust,
        aversion=standing.aversion,
        bias=standing.bias,
        refusal=-params.weights.refusal_deters * refused,
    )


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
    if not act.conditional:
        return True
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
def weigh(params: Params, state: State, i: int, a: int, target: int, other: int) -> float:
    """Return the utility of an act of state i."""
    act = params.acts[a]
    if act.effect == HOLD:
        return 0.0
    if act.form == ESCALATORY:
        return escalation_utility(weigh_escalation(params, state, i, a, target))
    if act.form == CONCILIATORY:
        return conciliation_utility(weigh_conciliation(params, state, i, a, target))
    return appeal_utility(weigh_appeal(params, state, i, a, target - len(params.states), other))


@rule
def shares_of(utility: NDArray[Any], options: int, shares: NDArray[Any]) -> None:
    """Fill in each option's share of the choice, exp(U), kept off 0 and infinity.

    An option of utility -inf has none; any other has some, so that it can be picked once the
    heavier ones are gone.
    """
    for k in range(options):
        shares[k] = 0.0
        if utility[k] > -math.inf:
            shares[k] = math.exp(min(600.0, max(-600.0, utility[k])))


@rule
def choose(shares: NDArray[Any], options: int, u: float) -> int:
    """Return the option that a uniform u picks: inverse of the cumulated shares.

    Options are in ladder order, hold first, so that nearby utilities with the same u give nearby
    acts. An option without a share is never picked.
    """
    mass = 0.0
    for k in range(options):
        mass += shares[k]
    goal = u * mass
    cumulated = 0.0
    chosen = 0
    for k in range(options):
        if shares[k] > 0.0:
            chosen = k
            cumulated += shares[k]
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
