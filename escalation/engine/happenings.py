"""What a day brings before anybody acts: memories fade, incidents, firing across contested lines."""

from __future__ import annotations

from escalation.engine.luck import (
    BREACH,
    FIRING,
    INCIDENT,
    NONE,
    Luck,
    uniform,
)
from escalation.rules.compiled import phrase, rule
from escalation.rules.perceive import feel_border_fire, feel_incident, forget, perceive
from escalation.rules.state import (
    Params,
    State,
)


@phrase
def is_free(params: Params, state: State) -> bool:
    """Tell whether today lies after the horizon."""
    return bool(state.counts[0] > params.frame[0].horizon)


@rule
def begin_day(params: Params, state: State, luck: Luck) -> None:
    """Open the next day: memories fade, things happen, fear follows perception."""
    state.counts[0] += 1
    state.counts[1] = 0
    if state.counts[0] > 0:
        forget(params, state)
    happen(params, state, luck)
    fire_across_lines(params, state, luck)
    for i in range(len(params.states)):
        perceive(params, state, i)


@phrase
def happen(params: Params, state: State, luck: Luck) -> None:
    """Let the day's dated incidents happen and, on a free day, the random ones."""
    day = state.counts[0]
    for k in range(len(params.incidents)):
        incident = params.incidents[k]
        if incident.day == day:
            feel_incident(params, state, incident.victim, incident.blamed, incident.severity)
    if not is_free(params, state):
        return
    for k in range(len(params.hazards)):
        if hazard_strikes(params, luck, day, k):
            hazard = params.hazards[k]
            feel_incident(params, state, hazard.victim, hazard.blamed, hazard.severity)


@phrase
def hazard_strikes(params: Params, luck: Luck, day: int, k: int) -> bool:
    """Tell whether the k-th hazard happens on this free day."""
    return bool(uniform(luck, day, NONE, NONE, INCIDENT, k) < params.hazards[k].per_day)


@phrase
def fire_across_lines(params: Params, state: State, luck: Luck) -> None:
    """Let ceasefires break down, and firing across contested lines begin, go on or stop."""
    w = params.weights[0]
    day = state.counts[0]
    n = len(params.states)
    for i in range(n):
        for j in range(i + 1, n):
            dyad = state.dyad[i, j]
            if is_free(params, state):
                contested = params.rivalries[i, j].contested_line
                u = uniform(luck, day, i, j, FIRING, NONE)
                if dyad.ceasefire and uniform(luck, day, i, j, BREACH, NONE) < w.ceasefire_breach:
                    dyad.ceasefire = 0
                    dyad.border_fire = contested
                elif dyad.border_fire:
                    dyad.border_fire = u >= w.border_fire_off
                elif contested and not dyad.ceasefire:
                    dyad.border_fire = u < w.border_fire_on
            else:
                dyad.border_fire = recorded_fire(params, day, i, j)
            if dyad.border_fire:
                feel_border_fire(params, state, i, j)


@phrase
def recorded_fire(params: Params, day: int, i: int, j: int) -> int:
    """Return 1 where the record has firing between i and j this evening, or none that stopped it."""
    for k in range(len(params.firing)):
        fire = params.firing[k]
        last = params.frame[0].horizon if fire.goes_on else fire.last
        if fire.i == i and fire.j == j and fire.first <= day <= last:
            return 1
    return 0
