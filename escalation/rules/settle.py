"""The effects of an act on the state, the same whoever took it and whether it was chosen or forced.

All actors of a group decided on the same state, so their acts are settled without an order among
actors, in three passes: the effects of each act on its taker, those on its target, and what the
pair agrees. So a state that answers a strike relieves the heat it felt when it decided, never the
heat of a strike that fell at the same moment; and an acceptance counts only if neither side of the pair
used force in the same group. Acts of one actor are settled in the order of its slots.
"""

from __future__ import annotations

import math
from typing import Any

from escalation.rules.compiled import phrase, rule
from escalation.rules.mediate import cease_fire, note_settlement
from escalation.rules.state import (
    ENDED,
    FORCE_RUNG,
    MID_DISPLAY,
    MID_FORCE,
    MID_LEVELS,
    MID_THREAT,
    NUCLEAR_RUNG,
    OF_AVERAGE,
    OPEN_FORCE_RUNG,
    SIGNAL_LEVELS,
    STRIKE_RUNG,
    TOP_RUNG,
    CrisisState,
    Params,
    dyad_of,
    frame,
    is_simulated,
    today,
    weights,
)
from escalation.vocabulary import (
    CEASEFIRE,
    CONCILIATORY,
    DIRECT,
    HOLD,
    HOSTILE,
    HOTLINE,
    POLITICAL,
)

FELT = 0.01
"""A grievance below it is forgotten, so that force no longer answers it. Not a parameter: grievances fade
without ever reaching 0."""
SQRT_6 = math.sqrt(6.0)
"""Half the width of a triangular distribution of standard deviation 1."""


@phrase
def read_error(params: Params, state: CrisisState, reader: int, actor: int, u1: float, u2: float) -> float:
    """Return the error, in rungs, with which an act is read, from two uniforms.

    Triangular with the weight `misperception` as standard deviation, hence bounded by sqrt(6) = 2.45
    standard deviations; open talks with a credible mediator reduce it.
    """
    spread = weights(params).misperception * (1.0 - state.pair[reader, actor].clarity)
    return float(spread * SQRT_6 * (u1 + u2 - 1.0))


@phrase
def add_to_repertoire(params: Params, pair: Any, hostility: float) -> None:
    """Count a militarised act toward the rival, and update the weights of all levels in the repertoire.

        habit_h = ln((n_h / s + p) / ((N / s + 1) p)), p = 1/4

    The share of a level that a state's acts lead one to expect, relative to a state without acts: a
    multinomial whose shares have a Dirichlet prior of strength s, even over the four levels
    (Dirichlet-multinomial, or Polya's urn).
    """
    if hostility < MID_THREAT:
        return
    if hostility == MID_THREAT:
        pair.threats += 1.0
        pair.log_threats = log_share(params, MID_LEVELS * pair.threats)
    elif hostility == MID_DISPLAY:
        pair.displays += 1.0
        pair.log_displays = log_share(params, MID_LEVELS * pair.displays)
    elif hostility == MID_FORCE:
        pair.forces += 1.0
        pair.log_forces = log_share(params, MID_LEVELS * pair.forces)
    else:
        pair.wars += 1.0
        pair.log_wars = log_share(params, MID_LEVELS * pair.wars)
    whole = log_share(params, pair.threats + pair.displays + pair.forces + pair.wars)
    pair.habit_threat = pair.log_threats - whole
    pair.habit_display = pair.log_displays - whole
    pair.habit_force = pair.log_forces - whole
    pair.habit_war = pair.log_wars - whole


@phrase
def log_share(params: Params, acts: float) -> float:
    """Return how far a number of acts raises the logarithm of a share above that of the prior alone."""
    return math.log(acts / weights(params).habit_prior + 1.0)


@rule
def settle_own(params: Params, state: CrisisState, i: int, a: int, j: int, ended: int) -> bool:
    """Apply to its taker i an act of rung l and visibility v on j; `ended` is the measure it ends, or -1.

    Return whether it is force that answers a hit by j which was at least as high.

    Escalatory: posture += .5 (l - posture); E += .1 cost; a public threat C += .25 (1 - C).
    Force (l >= 5): P *= 1 - .5 v min(1, (l/7)^2); C *= .4; G *= .2; own heat x .5 where it is answered;
    at l >= 7 a campaign begins or goes on. Conciliatory: posture x .8, and an offer stands.
    (Numbers: default weights.) Force is answered by force from a rung below its level on. Force that is no
    higher than the hit it answers is in proportion, and wrongs the rival less (`settle_other`).
    """
    w = weights(params)
    act = params.acts[a]
    pair = state.pair[i, j]
    if act.effect == HOLD:
        return False
    if ended >= 0:
        state.since[i, j, ended] = -1
    state.since[i, j, a] = today(state)
    if act.form == CONCILIATORY:
        pair.posture *= w.offer_posture
        pair.offer = 1.0
        return False
    l = act.rung  # noqa: E741  the field's symbol in every formula
    pair.posture += w.posture_gain * (l - pair.posture)
    pair.last_rung = l
    pair.last_hostility = act.hostility
    add_to_repertoire(params, pair, act.hostility)
    pair.momentum = 1.0
    note_activity(params, state, i, act.hostility, j)
    state.actor[i].exhaustion += w.exhaustion_gain * act.cost
    if act.commits:
        pair.commitment += (
            w.commitment_gain * OF_AVERAGE * params.states[i].audience * (1.0 - pair.commitment)
        )
        pair.commitment = min(1.0, pair.commitment)
    answers = False
    if l >= FORCE_RUNG:
        answers = bool(pair.grievance >= FELT and pair.grievance_level >= l)
        pair.grievance *= w.grievance_left
        pair.grievance_level = 0.0
        height = min(1.0, (l / w.relief_rung) * (l / w.relief_rung))
        pair.pressure *= 1.0 - w.relief * act.visibility * height
        pair.commitment *= w.commitment_kept
        if l >= pair.heat_level - w.answer_margin:
            pair.heat *= w.heat_left
    if l >= STRIKE_RUNG:
        pair.campaign = 1.0
    return answers


@phrase
def note_activity(params: Params, state: CrisisState, i: int, hostility: float, j: int) -> None:
    """Set the clocks of a pair back after an escalatory act by i, of a hostility, toward j.

    Activity counts days with militarised acts: of the pair, and of each side.
    """
    day = today(state)
    pair, dyad = state.pair[i, j], dyad_of(state, i, j)
    dyad.spoken = day
    if hostility < MID_THREAT:
        return
    if pair.acted != day:
        pair.activity += 1.0
        if state.pair[j, i].acted != day:
            dyad.activity += 1.0
    dyad.stirred = day
    pair.acted = day


@phrase
def hit_of(params: Params, rung: float) -> float:
    """Return the grievance from a use of force: 1 for a strike, less below, none without force."""
    w = weights(params)
    if rung >= STRIKE_RUNG:
        return 1.0
    if rung >= OPEN_FORCE_RUNG:
        return float(w.hit_open)
    return float(w.hit_deniable) if rung >= FORCE_RUNG else 0.0


@rule
def settle_other(
    params: Params, state: CrisisState, i: int, a: int, j: int, error: float, answers: bool
) -> None:
    """Apply to its target j an act of rung l and visibility v by i, read with an error.

    Escalatory: seen_ji += .5 (l + error - seen_ji); P_j += .24 (l/10)^1.5 v (1 - P_j); a
    nuclear signal of level n raises F_j by .35 (n/3) credibility (1 - F_j), F_i by half of it.
    Force: heat_ji = max(heat_ji, v) at level l, unless hotter already at a higher level; G_ji = max(G_ji,
    hit of l), a quarter of it where the force answers one at least as high; j's allies among i's rivals share
    pressure and grievance; a ceasefire breaks; from rung 6 it also exhausts.
    Conciliatory: seen_ji x .85, P_j x .92. (Numbers: default weights.)

    The exponent 1.5 is not a parameter: square roots have the same bits compiled or not, powers do not.
    """
    w = weights(params)
    act = params.acts[a]
    pair = state.pair[j, i]
    if act.effect == HOLD:
        return
    if act.form == CONCILIATORY:
        pair.seen *= w.offer_perception
        pair.pressure *= w.offer_pressure
        return
    l = act.rung  # noqa: E741  the field's symbol in every formula
    height = l / TOP_RUNG
    pair.seen += w.perception_gain * (l + error - pair.seen)
    pair.seen = min(TOP_RUNG, max(0.0, pair.seen))
    push = w.pressure_gain * height * math.sqrt(height) * act.visibility
    pair.pressure += push * (1.0 - pair.pressure)
    if act.signal > 0.0:
        alarm = w.signal_fear * (act.signal / SIGNAL_LEVELS) * params.states[i].signal_credibility
        state.actor[j].fear += alarm * max(0.0, 1.0 - state.actor[j].fear)
        state.actor[i].fear += w.signal_own_fear * alarm * max(0.0, 1.0 - state.actor[i].fear)
    if act.hostility >= MID_THREAT:
        pair.struck = max(pair.struck, l)
    if l >= FORCE_RUNG:
        hit = hit_of(params, l)
        if answers:
            hit *= w.hit_answered
        if hit >= pair.grievance:
            pair.grievance = hit
            pair.grievance_level = l
        if act.visibility >= pair.heat or l >= pair.heat_level:
            pair.heat = max(pair.heat, act.visibility)
            pair.heat_level = l
        for k in range(len(params.states)):
            share = w.solidarity_gain * params.solidarity[k, j]
            if share > 0.0 and params.rivalries[k, i].rival:
                ally = state.pair[k, i]
                ally.pressure += share * push * (1.0 - ally.pressure)
                if share * hit > ally.grievance:
                    ally.grievance = share * hit
                    ally.grievance_level = 0.0
        dyad = dyad_of(state, i, j)
        dyad.violence += height * act.visibility * (1.0 - dyad.violence)
        dyad.ceasefire = 0
        dyad.last_force = today(state)
        dyad.force_today = 1
    if l >= OPEN_FORCE_RUNG:
        state.actor[j].exhaustion += w.exhaustion_suffered * w.exhaustion_gain * act.cost


@phrase
def settle_pair(params: Params, state: CrisisState, i: int, a: int, j: int) -> None:
    """Apply what i's act brings about between the two: an accepted ceasefire.

    The channel is the hotline if either side used it on this day or in the `hotline_days` before.
    """
    dyad = dyad_of(state, i, j)
    if params.acts[a].effect != CEASEFIRE or dyad.force_today or dyad.ceasefire:
        return
    channel = DIRECT
    for hotline in range(len(params.acts)):
        if params.acts[hotline].needs_hotline:
            used = max(state.since[i, j, hotline], state.since[j, i, hotline])
            if used >= 0 and today(state) - used <= weights(params).hotline_days:
                channel = HOTLINE
    cease_fire(params, state, i, j, 0.0)
    note_settlement(dyad, today(state), frame(params).horizon, channel, -1)


@phrase
def note_act(params: Params, state: CrisisState, i: int, a: int) -> None:
    """Note the cost and the day of a state's own act on a simulated day; nuclear use ends the crisis."""
    if not is_simulated(params, state) or params.acts[a].form not in (POLITICAL, HOSTILE):
        return
    if params.acts[a].rung >= NUCLEAR_RUNG:
        state.counts[ENDED] = 1
    day = today(state)
    state.cost[i] += params.acts[a].cost
    rung = int(params.acts[a].rung)
    if state.first_day[i, rung] < 0:
        state.first_day[i, rung] = day
    state.last_day[i, rung] = day
