"""Hostile acts, of hostility 2 and up: when a state takes one, which one, and whether it replies at once.

When and what are two stages (Butts 2008; Stadtfeld, Hollway and Block 2017): held out by pairs of states,
which acts a state has to choose from says nothing about when it acts.

Quantities, i's side toward j: posture (running rung of i's own acts), seen (j's posture as i reads it), P
pressure, C commitment, H heat and HL its level, K campaign, G grievance, a its recent activity; of the
pair: L days since the last militarised act of either, A recent activity, S what is at stake; of i alone: F
fear, E exhaustion.
l is the rung of the act, h its level of hostility.

A formula of the choice reads its quantities from an `Outlook` and the `Traits` of an act, which are plain
numbers, so that the compiler weighs several acts at a time.
"""

from __future__ import annotations

import math
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
    OPEN_FORCE_RUNG,
    STRIKE_RUNG,
    WAR_RUNG,
    CrisisState,
    Params,
    Traits,
    dyad_of,
    today,
    weights,
)


class HostileClock(NamedTuple):
    """Terms of the log hazard of a hostile act, in the order of their sum."""

    alarm: float
    lull: float
    lead: float
    tempo: float
    stakes: float
    grievance: float
    resolve: float
    commitment: float
    fear: float
    ceasefire: float
    talks: float
    leverage: float
    information: float


@rule
def time_hostility(params: Params, state: CrisisState, i: int, j: int) -> HostileClock:
    """Return the terms of the log hazard, per day, that i takes a hostile act toward j.

        ln rate = alarm - lull ln L + lead ln((a_i + 1/2) / (a_i + a_j + 1)) + tempo ln(1 + min(A, cap))
                  + stakes S exp(-L / days) + grievance G + resolve (2 resolve - 1) + commitment C
                  - fear F 2 risk_aversion - ceasefire - talks - leverage - information

    Crises are bursts in long quiet: the hazard decays as a power of the days since the last act (ICB v15:
    waiting times are Lomax of shape 1), who has acted acts again, and activity feeds on itself up to a cap.
    Where more is at stake than in the average dispute states act more, until they let it rest.
    Source: pair-days of Militarized Interstate Events (Gibler and Miller); stakes: force in coded crises.
    """
    w = weights(params)
    own = params.states[i]
    pair, theirs, dyad = state.pair[i, j], state.pair[j, i], dyad_of(state, i, j)
    return HostileClock(
        alarm=w.alarm,
        lull=-w.lull * log_days_since(params, state, dyad.stirred),
        lead=w.lead * math.log((pair.activity + 0.5) / (pair.activity + theirs.activity + 1.0)),
        tempo=w.tempo * math.log(1.0 + min(dyad.activity, w.tempo_cap)),
        stakes=w.stakes_acts * stakes_of(params, state, i, j),
        grievance=w.grievance * pair.grievance,
        resolve=w.resolve_acts * (OF_AVERAGE * own.resolve - 1.0),
        commitment=w.commitment_acts * pair.commitment,
        fear=-w.fear_restrains * state.actor[i].fear * OF_AVERAGE * own.risk_aversion,
        ceasefire=-w.ceasefire_lull * dyad.ceasefire,
        talks=-w.talks_lull * pair.talks,
        leverage=-w.leverage_restraint * pair.leverage,
        information=-w.information_restraint * pair.information,
    )


hostile_log_hazard = sum_of(HostileClock)


@phrase
def stakes_of(params: Params, state: CrisisState, i: int, j: int) -> float:
    """Return what is at stake between two states today, 0 to 1: it fades with the days of quiet."""
    days = max(0, today(state) - dyad_of(state, i, j).stirred)
    if days < len(params.lull):
        left = params.lull[days].stakes_left
    else:
        left = math.exp(-days / weights(params).stakes_days)
    return float(params.rivalries[i, j].stakes * left)


@phrase
def log_days_since(params: Params, state: CrisisState, day: int) -> float:
    """Return the logarithm of the days since a day, at least 1."""
    days = max(0, today(state) - day)
    return float(params.lull[days].log_days) if days < len(params.lull) else math.log(float(days))


class HostileAct(NamedTuple):
    """Terms of a hostile act, given that one is taken, in the order of their sum."""

    intercept: float
    ratchet: float
    step: float
    pressure: float
    cost: float
    fear: float
    force: float
    commitment: float
    riposte: float
    clash: float
    habit: float
    momentum: float
    war_goes_on: float
    campaign: float
    nuclear_shadow: float
    war: float
    focal_point: float


@rule
def weigh_hostility(params: Params, act: Traits, o: Outlook) -> HostileAct:
    """Return the terms of a hostile act of rung l by i on j, given that i takes one.

    Coming down costs face (one-sided ratchet); skipping rungs costs; force answers force in proportion
    (riposte) and goes on (campaign); between nuclear powers strikes lie in the nuclear shadow.

        U = base - ratchet max(0, posture - l) - step max(0, l - max(posture, seen, HL if hot) - 1)^2
            + pressure P l/10 visibility - cost c_a (1 + E) 2 (1 - resolve)
            - fear F (l/10)^3 2 risk_aversion
            + [l >= 5] (force + commitment C + riposte H (1 - |l - HL|/w)+ + clash [hit today])
            + [l >= 6] open
            + habit (share of h in i's repertoire) - momentum M max(0, own last h - h)
            + [h >= 5] persistence (sides at war)
            + [l >= 7] (strike + campaign K (1 - |l - last|/w)+ - shadow (l/10)^3)
            + [l >= 9] war - [l >= 10] taboo - focal (l - focal)+

    Source: the project's design; the ratchet, the riposte and the persistence of war are regularities of
    Militarized Interstate Events (Gibler and Miller); audience costs after Fearon 1994.
    """
    w = weights(params)
    l = act.rung  # noqa: E741  the field's symbol in every formula
    is_force, is_open, is_strike = (
        at_least(l, FORCE_RUNG),
        at_least(l, OPEN_FORCE_RUNG),
        at_least(l, STRIKE_RUNG),
    )
    is_war, is_nuclear = at_least(l, WAR_RUNG), at_least(l, NUCLEAR_RUNG)
    return HostileAct(
        intercept=act.intercept,
        ratchet=-w.ratchet * max(0.0, o.posture - l),
        step=step_of(params, l, o),
        pressure=w.pressure * o.pressure * act.height * act.visibility,
        cost=-w.cost * act.cost * (1.0 + o.exhaustion) * OF_AVERAGE * (1.0 - o.resolve),
        fear=-w.fear_of_escalation * o.fear * cube(act.height) * OF_AVERAGE * o.risk_aversion,
        force=is_force * w.force_threshold + is_open * w.open_threshold + is_strike * w.strike_threshold,
        commitment=is_force * w.commitment * o.commitment,
        riposte=is_force * w.riposte * o.heat * nearness(l - o.heat_level, w.riposte_width),
        clash=is_force * w.clash * o.hit_today,
        habit=w.habit * repertoire_of(act.hostility, o),
        momentum=-w.momentum * o.momentum * max(0.0, o.last_hostility - act.hostility),
        war_goes_on=at_least(act.hostility, MID_WAR) * w.war_persistence * o.wars,
        campaign=is_strike * w.campaign * o.campaign * nearness(l - o.last_rung, w.campaign_width),
        nuclear_shadow=-is_strike * w.nuclear_shadow * cube(act.height) * o.nuclear,
        war=is_war * w.war_threshold - is_nuclear * w.nuclear_taboo,
        focal_point=-w.focal_pull * max(0.0, l - o.focal),
    )


hostile_utility = sum_of(HostileAct)


@phrase
def step_of(params: Params, l: float, o: Outlook) -> float:  # noqa: E741  as in the formulas
    """Return the cost of skipping rungs: the next rung up is a step, not a skip."""
    skipped = max(0.0, l - o.ground - 1.0)
    return float(-weights(params).step * skipped * skipped)


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


@phrase
def reply_probability(params: Params, struck: float) -> float:
    """Return the probability that a state hit today on a rung, 0 for not at all, replies on the same day.

    A third of the answers to force come on the day itself (ICB v15; Militarized Interstate Events), where a
    hazard that begins on the next day would put none.
    """
    if struck >= STRIKE_RUNG:
        return float(weights(params).reply_strike)
    if struck >= FORCE_RUNG:
        return float(weights(params).reply_force)
    return float(weights(params).reply_other) if struck > 0.0 else 0.0
