"""The order of a day. Both drivers, Mesa and batch, call these phases in this order.

1. `begin_day`: a night passes and memories fade; dated and random incidents happen; firing across
   contested lines goes on, stops or begins; ceasefires may break down on their own; every state
   draws its fear from what it perceives.
2. For each group of the day (a free day has one; dated acts may carry `seq`, and each group is
   decided on the state settled after the group before):
   a. `move_mediator` for every mediator, then `settle_mediators`;
   b. `answer_offers` for every state, then `settle_answers`, which opens talks once all consent;
   c. in the first group, `hold_talks`: open talks agree, lapse or go on;
   d. `decide` for every state, then `settle`.

Within a phase all is simultaneous: everyone decides on the state at its start, so the order in which
a driver asks the actors does not matter. Up to and on the horizon only forced acts happen and no
luck is drawn: the record is what both sides read. After it, an actor with forced acts on a day takes
exactly those, and everybody else chooses.
"""

from __future__ import annotations

import math

import numpy as np

from escalation.engine.choices import (
    act_as_forced,
    act_freely,
    chooses,
    first_group,
    forced_answer,
    next_group,
    note_move,
)
from escalation.engine.luck import (
    BREACH,
    CONSENTING,
    FIRING,
    INCIDENT,
    NONE,
    READING,
    TALKING,
    Luck,
    key_of,
    uniform,
)
from escalation.rules.compiled import phrase, rule
from escalation.rules.decide import logistic
from escalation.rules.mediate import (
    AGREE,
    LAPSE,
    agree,
    close_talks,
    continue_talks,
    open_if_all_consent,
    set_table,
    weigh_consent,
)
from escalation.rules.perceive import feel_border_fire, feel_incident, forget, perceive
from escalation.rules.settle import (
    note_act,
    read_error,
    settle_mediation,
    settle_other,
    settle_own,
    settle_pair,
)
from escalation.rules.state import OFFERED, OPEN, Params, State
from escalation.rules.terms import consent_log_odds
from escalation.vocabulary import CONSENT, DECLINE, MEDIATION


@phrase
def move_mediator(params: Params, state: State, luck: Luck, actor: int, group: int) -> None:
    """Let a mediator act in this group, forced or by its own choice (one act a day)."""
    if chooses(params, state, actor, group):
        act_freely(params, state, luck, actor, group, params.frame[0].mediator_slots)
    else:
        act_as_forced(params, state, actor, group)


@rule
def answer_offers(params: Params, state: State, luck: Luck, i: int, group: int) -> None:
    """Let state i answer the mediators' standing offers, forced or by its own choice."""
    n = len(params.states)
    for m in range(len(params.mediators)):
        for j in range(n):
            talk = state.talk[m, min(i, j), max(i, j)]
            answer = forced_answer(params, state, i, n + m, j, group)
            forced = answer >= 0
            if not forced:
                waiting = talk.stage == OFFERED and not state.side[m, i, j].consented
                if not waiting or not chooses(params, state, i, group):
                    continue
            log_odds = consent_log_odds(weigh_consent(params, state, m, i, j))
            if not forced:
                u = uniform(luck, state.counts[0], i, key_of(n + m, n), CONSENTING, j)
                answer = params.frame[0].consent if u < logistic(log_odds) else params.frame[0].decline
            log_p = math.log(logistic(log_odds if answer == params.frame[0].consent else -log_odds))
            note_move(params, state, i, answer, n + m, j, np.int64(0), group, log_p, log_p)


@phrase
def settle_mediators(params: Params, state: State, start: int) -> None:
    """Settle the mediators' moves from number `start` on."""
    for k in range(start, state.counts[1]):
        move = state.moves[k]
        if params.acts[move.act].form == MEDIATION:
            settle_mediation(params, state, move.actor, move.act, move.target, move.other)


@rule
def settle_answers(params: Params, state: State, start: int) -> None:
    """Settle the answers to offers from number `start` on: consents, then refusals, then openings."""
    for effect in (CONSENT, DECLINE):
        for k in range(start, state.counts[1]):
            move = state.moves[k]
            if params.acts[move.act].effect == effect:
                settle_mediation(params, state, move.actor, move.act, move.target, move.other)
    n = len(params.states)
    for m in range(len(params.mediators)):
        for i in range(n):
            for j in range(i + 1, n):
                open_if_all_consent(params, state, m, i, j)


@rule
def hold_talks(params: Params, state: State, luck: Luck, group: int) -> None:
    """Let open talks agree, lapse or go on (first group of a free day), then set the table.

    Where two mediators' talks with a pair agree on one day, the first in file order has the credit
    and the other's talks end with it.
    """
    n = len(params.states)
    day = state.counts[0]
    if is_free(params, state) and group == first_group(params, day):
        for m in range(len(params.mediators)):
            for i in range(n):
                for j in range(i + 1, n):
                    if state.talk[m, i, j].stage == OPEN and state.talk[m, i, j].opened < day:
                        end = continue_talks(params, state, m, i, j, uniform(luck, day, i, j, TALKING, m))
                        if end == AGREE:
                            agree(params, state, m, i, j)
                        elif end == LAPSE:
                            close_talks(state, m, i, j, 0.5)
    for i in range(n):
        for j in range(n):
            if params.rivalries[i, j].rival:
                set_table(params, state, i, j)


@phrase
def decide(params: Params, state: State, luck: Luck, i: int, group: int) -> None:
    """Let state i decide in this group: its forced acts, or its own choice."""
    if chooses(params, state, i, group):
        act_freely(params, state, luck, i, group, params.frame[0].slots)
    else:
        act_as_forced(params, state, i, group)


@rule
def settle(params: Params, state: State, luck: Luck, start: int) -> None:
    """Settle the states' moves from number `start` on: takers, then targets, then what pairs agree."""
    n = len(params.states)
    day = state.counts[0]
    for i in range(n):
        for j in range(n):
            state.dyad[i, j].force_today = 0
    for k in range(start, state.counts[1]):
        move = state.moves[k]
        if move.other >= 0:
            settle_mediation(params, state, move.actor, move.act, move.target, move.other)
        elif move.target >= 0:
            settle_own(params, state, move.actor, move.act, move.target, move.ended)
            note_act(params, state, move.actor, move.act)
    for k in range(start, state.counts[1]):
        move = state.moves[k]
        if move.other < 0 <= move.target:
            error = 0.0
            if is_free(params, state):
                u1 = uniform(luck, day, move.actor, move.target, READING, 2 * move.slot)
                u2 = uniform(luck, day, move.actor, move.target, READING, 2 * move.slot + 1)
                error = read_error(params, state, move.target, move.actor, u1, u2)
            settle_other(params, state, move.actor, move.act, move.target, error)
    for k in range(start, state.counts[1]):
        move = state.moves[k]
        if move.other < 0 <= move.target:
            settle_pair(params, state, move.actor, move.act, move.target)


@phrase
def play_day(params: Params, state: State, luck: Luck) -> None:
    """Play one day as a whole, in the order above."""
    n, m = len(params.states), len(params.mediators)
    begin_day(params, state, luck)
    day = state.counts[0]
    group = first_group(params, day)
    while group:
        start = state.counts[1]
        for actor in range(n, n + m):
            move_mediator(params, state, luck, actor, group)
        settle_mediators(params, state, start)
        start = state.counts[1]
        for i in range(n):
            answer_offers(params, state, luck, i, group)
        settle_answers(params, state, start)
        hold_talks(params, state, luck, group)
        start = state.counts[1]
        for i in range(n):
            decide(params, state, luck, i, group)
        settle(params, state, luck, start)
        group = next_group(params, day, group)


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
