"""The utility of an escalatory act: its terms, their formula and their sum.

Quantities, i's side toward j: posture (running rung of i's own acts), seen (j's posture as i reads
it), P pressure, C commitment, H heat and HL its level, K campaign; of i alone: F fear, E exhaustion.
l is the rung of the act, h its level of hostility. Utilities are logits against holding, which is worth 0.

A formula reads its quantities from an `Outlook` and the `Traits` of an act, which are plain numbers, so
that the compiler weighs eight acts at a time.
"""

from __future__ import annotations

from typing import NamedTuple

from escalation.rules.compiled import phrase, rule, sum_of
from escalation.rules.outlook import Outlook, at_least, cube, nearness
from escalation.rules.state import (
    FORCE_RUNG,
    MID_DISPLAY,
    MID_FORCE,
    MID_THREAT,
    MID_WAR,
    NUCLEAR_RUNG,
    OF_AVERAGE,
    STRIKE_RUNG,
    WAR_RUNG,
    Params,
    Traits,
    weights,
)

HOT = 1e-3
"""Heat from which there is a use of force to answer. Not a parameter: heat fades without ever reaching 0, and
a thousandth, four weeks after a strike, counts as none."""


class Escalation(NamedTuple):
    """Terms of an escalatory act, in the order of their sum."""

    intercept: float
    provocation: float
    ratchet: float
    step: float
    pressure: float
    cost: float
    fear: float
    force: float
    commitment: float
    riposte: float
    habit: float
    momentum: float
    war_goes_on: float
    ceasefire: float
    campaign: float
    nuclear_shadow: float
    war: float
    talks: float
    focal_point: float
    leverage: float


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

    Source: the project's design; the ratchet, the riposte and the persistence of war are regularities of
    Militarized Interstate Events (Gibler and Miller); audience costs after Fearon 1994.
    """
    w = weights(params)
    l = act.rung  # noqa: E741  the field's symbol in every formula
    answer = w.riposte * o.heat + w.clash * o.fresh * at_least(o.heat, HOT)
    skipped = max(0.0, l - o.ground - 1.0)  # the next rung up is a step, not a skip
    is_force, is_strike = at_least(l, FORCE_RUNG), at_least(l, STRIKE_RUNG)
    is_war, is_nuclear = at_least(l, WAR_RUNG), at_least(l, NUCLEAR_RUNG)
    return Escalation(
        intercept=act.intercept + w.act_intercept,
        provocation=w.provocation_gate * (o.provocation - w.gate_threshold),
        ratchet=-w.ratchet * max(0.0, o.posture - l),
        step=-w.step * skipped * skipped,
        pressure=w.pressure * o.pressure * act.height * act.visibility,
        cost=-w.cost * act.cost * (1.0 + o.exhaustion) * OF_AVERAGE * (1.0 - o.resolve),
        fear=-w.fear_of_escalation * o.fear * cube(act.height) * OF_AVERAGE * o.risk_aversion,
        force=is_force * w.force_threshold,
        commitment=is_force * w.commitment * o.commitment,
        riposte=is_force * answer * nearness(l - o.heat_level, w.riposte_width),
        habit=w.habit * repertoire_of(act.hostility, o),
        momentum=-w.momentum * o.momentum * max(0.0, o.last_hostility - act.hostility),
        war_goes_on=at_least(act.hostility, MID_WAR) * w.war_persistence * o.wars,
        ceasefire=-is_force * w.ceasefire_restraint * o.ceasefire,
        campaign=is_strike * w.campaign * o.campaign * nearness(l - o.last_rung, w.campaign_width),
        nuclear_shadow=-is_strike * w.nuclear_shadow * cube(act.height) * o.nuclear,
        war=is_war * w.war_threshold - is_nuclear * w.nuclear_taboo,
        talks=-w.talks_restraint * o.talks * act.height,
        focal_point=-w.focal_pull * max(0.0, l - o.focal),
        leverage=-w.leverage_restraint * o.leverage * act.height,
    )


escalation_utility = sum_of(Escalation)


@phrase
def repertoire_of(hostility: float, o: Outlook) -> float:
    """Return the weight of a level of hostility in i's repertoire toward j; 0 for words and sanctions."""
    if hostility == MID_THREAT:
        return o.habit_threat
    if hostility == MID_DISPLAY:
        return o.habit_display
    if hostility == MID_FORCE:
        return o.habit_force
    if hostility == MID_WAR:
        return o.habit_war
    return 0.0
