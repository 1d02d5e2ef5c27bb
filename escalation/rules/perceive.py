"""The effects of time, incidents and border fire on the state, and the fear that it inspires."""

from __future__ import annotations

import math

from escalation.rules.compiled import phrase, rule, seldom
from escalation.rules.decide import logistic
from escalation.rules.state import (
    FORCE_RUNG,
    CrisisState,
    Params,
    dyad_of,
    left_by_a_day,
    today,
    weights,
)


def left_after_a_day(days: float) -> float:
    """Return the share of a memory with this e-folding time in days that a day leaves: exp(-1 / days)."""
    return math.exp(-1.0 / days)


@phrase
def forget(params: Params, state: CrisisState) -> None:
    """Let a night pass: every memory fades exponentially with its e-folding time in days."""
    left = left_by_a_day(params)
    for i in range(len(params.states)):
        state.actor[i].exhaustion *= left.exhaustion
    for p in range(len(params.pairs)):
        low, high = params.pairs[p, 0], params.pairs[p, 1]
        dyad = state.dyad[low, high]
        dyad.violence *= left.violence
        dyad.activity *= left.activity
        dyad.force_today = 0
        for m in range(len(params.mediators)):
            state.talk[m, low, high].refused *= left.refused
        for side in range(2):
            i, j = (low, high) if side == 0 else (high, low)
            pair = state.pair[i, j]
            pair.posture *= left.posture
            pair.seen *= left.seen
            pair.pressure *= left.pressure
            pair.commitment *= left.commitment
            pair.heat *= left.heat
            pair.campaign *= left.campaign
            pair.momentum *= left.momentum
            pair.offer *= left.offer
            pair.grievance *= left.grievance
            pair.activity *= left.activity
            pair.struck = 0.0
            for m in range(len(params.mediators)):
                state.side[m, i, j].asked *= left.offer


@seldom
def feel_incident(params: Params, state: CrisisState, victim: int, blamed: int, severity: float) -> None:
    """Settle an incident of severity s on i, blamed on j.

        P += s (1 - P);  G = max(G, s);  seen += gain max(0, 5 - seen)

    Perception moves to rung 5, where force begins. Mediators see it as violence between the two. A grievance
    from an incident has no level: no act of the rival answers to it in proportion.
    """
    pair = state.pair[victim, blamed]
    if severity > pair.grievance:
        pair.grievance = severity
        pair.grievance_level = 0.0
    pair.pressure += severity * (1.0 - pair.pressure)
    pair.seen += weights(params).incident_perception * max(0.0, FORCE_RUNG - pair.seen)
    dyad = dyad_of(state, victim, blamed)
    dyad.stirred = today(state)
    dyad.spoken = today(state)
    dyad.violence += severity * (1.0 - dyad.violence)


@rule
def feel_border_fire(params: Params, state: CrisisState, i: int, j: int) -> None:
    """Settle a night of firing across the line for both sides.

    A channel that is on or off, not acts: it moves perception and pressure a little and relieves nothing.

        P += p (1 - P);  seen += q max(0, 5 - seen)
    """
    w = weights(params)
    for side in range(2):
        pair = state.pair[i, j] if side == 0 else state.pair[j, i]
        pair.pressure += w.border_fire_pressure * (1.0 - pair.pressure)
        pair.seen += w.border_fire_perception * max(0.0, FORCE_RUNG - pair.seen)


@phrase
def fear_of(params: Params, x: float) -> float:
    """Return the fear that a crisis at rung x inspires.

        min(cap, low x / 5 + logistic(slope (x - rung)))

    Nearly none below the use of force, half risen at the fear rung: the "balance of terror" enters where
    a war that nobody controls comes into view (Schelling 1966, chapter 3). `low` is the fear at rung 5.
    """
    w = weights(params)
    return float(min(w.fear_cap, w.fear_low * x / FORCE_RUNG + logistic(w.fear_slope * (x - w.fear_rung))))


@phrase
def perceive(params: Params, state: CrisisState, i: int) -> None:
    """Update i's fear: it fades with its e-folding time but never below what the moment inspires.

    F = max(F exp(-1 / days), fear(max over rivals of (posture, seen)))
    """
    x = 0.0
    for j in range(len(params.states)):
        if params.rivalries[i, j].rival:
            x = max(x, state.pair[i, j].posture, state.pair[i, j].seen)
    faded = state.actor[i].fear * left_by_a_day(params).fear
    state.actor[i].fear = max(faded, fear_of(params, x))
