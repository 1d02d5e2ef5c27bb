"""What an act is worth to a state.

Quantities, i's side toward j: posture (running rung of i's own acts), seen (j's posture as i reads
it), P pressure, C commitment, H heat and HL its level, K campaign; of i alone: F fear, E exhaustion.
l is the rung of the act. Utilities are logits against holding, which is worth 0.

A formula reads its quantities from an `Outlook` and the `Traits` of an act, plain numbers all, so that
the compiler weighs eight acts at a time.
"""

from __future__ import annotations

from typing import NamedTuple

from escalation.rules.compiled import phrase, rule
from escalation.rules.state import Params, State, Traits
from escalation.rules.terms import Appeal, Conciliation, Escalation, Standing

NO_FORMULA = 10.0
"""A focal point that no act lies above."""


class Outlook(NamedTuple):
    """What state i goes by when it weighs acts toward j."""

    posture: float
    ground: float
    """From where rungs count as skipped: max(posture, seen, HL if hot)."""
    provocation: float
    """max(P, k H)."""
    pressure: float
    commitment: float
    heat: float
    heat_level: float
    campaign: float
    last_rung: float
    last_hostility: float
    """Level of hostility of i's own last act toward j; 0 for none yet."""
    momentum: float
    """1 after i's own act, fading."""
    fresh: float
    """1 after j's act, fading."""
    wars: float
    """1 where i's last act was war, and 1 more where j's was."""
    habit_threat: float
    """ln of the share of threats in i's repertoire toward j, over that of a state without one."""
    habit_display: float
    habit_force: float
    habit_war: float
    ceasefire: float
    """1 while one holds, else 0."""
    nuclear: float
    """1 where both have nuclear weapons, else 0."""
    talks: float
    """1 while talks are open, else 0."""
    focal: float
    """Rung of the joint step down that is proposed."""
    leverage: float
    face_saving: float
    offer: float
    """j's standing offer."""
    fear: float
    exhaustion: float
    resolve: float
    risk_aversion: float


@rule
def outlook_on(params: Params, state: State, i: int, j: int) -> Outlook:
    """Read i's outlook on j off the state."""
    w = params.weights[0]
    own = params.states[i]
    pair = state.pair[i, j]
    actor = state.actor[i]
    ground = max(pair.posture, pair.seen)
    if pair.heat > w.heat_felt:
        ground = max(ground, pair.heat_level)
    theirs = state.pair[j, i]
    wars = at_least(pair.last_hostility, 5.0) + at_least(theirs.last_hostility, 5.0)
    talks, focal = 0.0, NO_FORMULA
    if pair.talks:
        talks = 1.0
        if pair.focal >= 0.0:
            focal = pair.focal
    return Outlook(
        posture=pair.posture,
        ground=ground,
        provocation=max(pair.pressure, w.heat_in_gate * pair.heat),
        pressure=pair.pressure,
        commitment=pair.commitment,
        heat=pair.heat,
        heat_level=pair.heat_level,
        campaign=pair.campaign,
        last_rung=pair.last_rung,
        last_hostility=pair.last_hostility,
        momentum=pair.momentum,
        fresh=theirs.momentum,
        wars=wars,
        habit_threat=pair.habit_threat,
        habit_display=pair.habit_display,
        habit_force=pair.habit_force,
        habit_war=pair.habit_war,
        ceasefire=float(state.dyad[min(i, j), max(i, j)].ceasefire),
        nuclear=float(params.rivalries[i, j].nuclear),
        talks=talks,
        focal=focal,
        leverage=talks * pair.leverage,
        face_saving=pair.face_saving,
        offer=theirs.offer,
        fear=actor.fear,
        exhaustion=actor.exhaustion,
        resolve=own.resolve,
        risk_aversion=own.risk_aversion,
    )


@rule
def traits_of(params: Params, k: int) -> Traits:
    """Return the traits of option k's act."""
    count = len(params.options)
    return Traits(
        rung=params.traits[k],
        height=params.traits[count + k],
        intercept=params.traits[2 * count + k],
        cost=params.traits[3 * count + k],
        visibility=params.traits[4 * count + k],
        hostility=params.traits[5 * count + k],
    )


@phrase
def cube(x: float) -> float:
    """Return x to the third power, the same bits compiled or not."""
    return x * x * x


@phrase
def at_least(rung: float, least: float) -> float:
    """Return 1 from a rung on, else 0: the bracket [l >= n] of the formulas."""
    return 1.0 if rung >= least else 0.0


@phrase
def nearness(distance: float, width: float) -> float:
    """Fall linearly from 1 at no distance to 0 at the width."""
    return max(0.0, 1.0 - abs(distance) / width)


@phrase
def repertoire_of(hostility: float, o: Outlook) -> float:
    """Return what i's repertoire toward j holds of a level of hostility; 0 for words and sanctions."""
    if hostility == 2.0:
        return o.habit_threat
    if hostility == 3.0:
        return o.habit_display
    if hostility == 4.0:
        return o.habit_force
    if hostility == 5.0:
        return o.habit_war
    return 0.0


@rule
def weigh_escalation(params: Params, act: Traits, o: Outlook) -> Escalation:
    """Return the terms of an escalatory act of rung l by i on j.

    Provocation opens the gate; coming down costs face (one-sided ratchet); skipping rungs costs;
    force answers force in proportion (riposte) and goes on (campaign); between nuclear powers
    strikes lie in the nuclear shadow.

        U = base + c + gate (max(P, k H) - g) - ratchet max(0, posture - l)
            - step max(0, l - max(posture, seen, HL if hot) - 1)^2 + pressure P l/10 visibility
            - cost c_a (1 + E) 2 (1 - resolve) - fear F (l/10)^3 2 risk_aversion
            + [l >= 5] (force + commitment C + (riposte H + clash M_ji) (1 - |l - HL|/w)+ - truce)
            + habit (share of h in i's repertoire) - momentum M max(0, own last h - h)
            + [h >= 5] persistence (sides at war)
            + [l >= 7] (campaign K (1 - |l - last|/w)+ - shadow (l/10)^3)
            + [l >= 9] war - [l >= 10] taboo
            - talks l/10 - focal (l - focal)+ - leverage l/10

    Source: the project's design; the ratchet, the riposte and the persistence of war stand out in
    Militarized Interstate Events (Gibler and Miller), the audience's part after Fearon 1994.
    """
    w = params.weights[0]
    l = act.rung  # noqa: E741  the field's symbol in every formula
    answer = w.riposte * o.heat + w.clash * o.fresh * at_least(o.heat, 1e-3)
    skipped = max(0.0, l - o.ground - 1.0)
    is_force, is_strike = at_least(l, 5.0), at_least(l, 7.0)
    is_war, is_nuclear = at_least(l, 9.0), at_least(l, 10.0)
    return Escalation(
        intercept=act.intercept + w.act_intercept,
        provocation=w.provocation_gate * (o.provocation - w.gate_threshold),
        ratchet=-w.ratchet * max(0.0, o.posture - l),
        step=-w.step * skipped * skipped,
        pressure=w.pressure * o.pressure * act.height * act.visibility,
        cost=-w.cost * act.cost * (1.0 + o.exhaustion) * 2.0 * (1.0 - o.resolve),
        fear=-w.fear_of_escalation * o.fear * cube(act.height) * 2.0 * o.risk_aversion,
        force=is_force * w.force_threshold,
        commitment=is_force * w.commitment * o.commitment,
        riposte=is_force * answer * nearness(l - o.heat_level, w.riposte_width),
        habit=w.habit * repertoire_of(act.hostility, o),
        momentum=-w.momentum * o.momentum * max(0.0, o.last_hostility - act.hostility),
        war_goes_on=at_least(act.hostility, 5.0) * w.war_persistence * o.wars,
        ceasefire=-is_force * w.ceasefire_restraint * o.ceasefire,
        campaign=is_strike * w.campaign * o.campaign * nearness(l - o.last_rung, w.campaign_width),
        nuclear_shadow=-is_strike * w.nuclear_shadow * cube(act.height) * o.nuclear,
        war=is_war * w.war_threshold - is_nuclear * w.nuclear_taboo,
        talks=-w.talks_restraint * o.talks * act.height,
        focal_point=-w.focal_pull * max(0.0, l - o.focal),
        leverage=-w.leverage_restraint * o.leverage * act.height,
    )


@rule
def weigh_conciliation(params: Params, act: Traits, o: Outlook) -> Conciliation:
    """Return the terms of a conciliatory act by i toward j.

        U = base + c + conciliation + fear F 2 risk_aversion + exhaustion min(E, cap) - pressure P
            - audience C (1 - face saving) + reciprocity (j's standing offer)
            + [talks open] (talks + leverage)

    Source: the project's design; backing down from commitments costs (Fearon 1994), and a mediator
    saves face (Beardsley et al. 2006).
    """
    w = params.weights[0]
    return Conciliation(
        intercept=act.intercept + w.act_intercept + w.conciliation,
        pressure=-w.pressure_hardens * o.pressure,
        fear=w.fear_conciliates * o.fear * 2.0 * o.risk_aversion,
        talks=w.talks_conciliate * o.talks,
        leverage=w.leverage_inducement * o.leverage,
        exhaustion=w.exhaustion_conciliates * min(o.exhaustion, w.exhaustion_cap),
        audience_cost=-w.audience_cost * o.commitment * (1.0 - o.face_saving),
        reciprocity=w.reciprocity * o.offer,
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
        style *= params.weights[0].bilateral_discount
    return float(style)


@rule
def weigh_mediator(params: Params, i: int, j: int, m: int) -> Standing:
    """Return the terms of what i makes of mediator m in its quarrel with j.

    trust T - aversion A (intrusiveness) - bias max(0, lean to j - lean to i)
    """
    w = params.weights[0]
    mine = params.relations[m, i]
    theirs = params.relations[m, j]
    return Standing(
        trust=w.consent_trust * mine.trust,
        aversion=-w.consent_aversion * params.states[i].third_party_aversion * intrusiveness(params, m),
        bias=-w.consent_bias * max(0.0, theirs.bias - mine.bias),
    )


@rule
def weigh_appeal(params: Params, act: Traits, o: Outlook, standing: Standing, refused: float) -> Appeal:
    """Return the terms of i's request to a mediator in its quarrel with j.

    It concedes as a conciliatory act does, depends on what i makes of the mediator as consent does,
    and comes less after a refusal that is still fresh: - refusal R.
    """
    concession = weigh_conciliation(params, act, o)
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
        refusal=-params.weights[0].refusal_deters * refused,
    )
