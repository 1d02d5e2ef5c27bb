"""The order of a day, written once for all drivers: the batch kernel, the Mesa model and the game.

1. `begin_day`: a night passes and memories fade; dated and random incidents happen; firing across
   contested lines continues, stops or begins; ceasefires may break down without an act; every state
   draws its fear from what it perceives. After the use of a nuclear weapon days pass without any event: the
   model says nothing of what follows.
2. For each group of the day (a simulated day has one; dated acts may carry `seq`, and each group is
   decided on the state settled after the group before), the phases:

   a. `MEDIATORS_MOVE`: every mediator moves, then `settle_mediators`;
   b. `STATES_ANSWER`: every state answers standing offers, then `settle_answers`, which opens talks once
      all consent, and in the first group `hold_talks`: open talks agree, lapse or continue;
   c. `STATES_DECIDE`: every state decides, then `settle`.

3. `STATES_REPLY`, on a simulated day: a state that was hit today and has not acted toward that rival may
   reply at once, then `settle`. A day so has two moments, act and reply.

Within a phase all is simultaneous: everyone decides on the state at its start, so the order in which
a driver asks the actors does not matter. Drivers differ only in how they ask: the kernel asks by
`ask_everyone`, the Mesa model by its agents, the game asks mediators before people move.

A decision has two stages: each clock of an actor runs off or not by its hazard, and only then are the
options of that clock weighed. Up to and on the horizon only forced acts happen and nothing is drawn: the
record is the same for all replications. After it, an actor with forced acts on a day takes exactly those, and
everybody else chooses.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from escalation.engine.luck import (
    BREACH,
    CHOICE,
    CONSENTING,
    NONE,
    READING,
    REPLY,
    TALKING,
    Luck,
    draw_all,
    key_of,
    uniform,
)
from escalation.rules.compiled import phrase, rule, seldom
from escalation.rules.decide import chance_of, choose, logistic, shares_of, without
from escalation.rules.forced import (
    act_as_forced,
    acts_by_itself,
    chooses,
    first_group,
    forced_answer,
    may_reply,
    next_group,
    note_move,
    read_risk,
    repeat_of,
    slots_filled,
)
from escalation.rules.hostile import reply_probability
from escalation.rules.mediate import (
    AGREE,
    LAPSE,
    agree,
    close_talks,
    consent_log_odds,
    continue_talks,
    hazard_of_breach,
    open_if_all_consent,
    set_table,
    settle_mediation,
    someone_talks,
    weigh_consent,
)
from escalation.rules.options import rate_of, weigh_block
from escalation.rules.perceive import feel_border_fire, feel_incident, forget, perceive
from escalation.rules.settle import (
    note_act,
    read_error,
    settle_other,
    settle_own,
    settle_pair,
)
from escalation.rules.state import (
    DAY,
    MOVES,
    OFFERED,
    OPEN,
    QUIET,
    CrisisState,
    Params,
    frame,
    has_ended,
    is_simulated,
    moves_made,
    talk_of,
    today,
    weights,
)
from escalation.vocabulary import CONSENT, DECLINE, HOSTILE, MEDIATION

# The phases of a group, in their order.
MEDIATORS_MOVE, STATES_ANSWER, STATES_DECIDE = range(3)
PHASES = 3
STATES_REPLY = 3
"""The phase that closes a simulated day, in a group of its own."""
SLOTS = 8
"""Most acts of one clock per day, by which the draws of its choices are numbered."""

Ask = Callable[[Params, CrisisState, Luck, int, int], None]
"""Asks the actors of a phase of a group for their moves: `ask(params, state, luck, phase, group)`."""


def day_by(ask: Ask) -> Callable[[Params, CrisisState, Luck], None]:
    """Return a function that plays one day and asks the actors in this way."""

    def play_day(params: Params, state: CrisisState, luck: Luck) -> None:
        begin_day(params, state, luck)
        if has_ended(state):
            return
        if not is_simulated(params, state):
            state.risk[today(state)] = read_risk(params, state)
        group = first_group(params, today(state))
        last = group
        while group:
            for phase in range(PHASES):
                if phase == STATES_ANSWER and not something_stands(params, state):
                    continue
                start = moves_made(state)
                ask(params, state, luck, phase, group)
                settle_phase(params, state, luck, phase, group, start)
            last = group
            group = next_group(params, today(state), group)
        if someone_may_reply(params, state):
            start = moves_made(state)
            ask(params, state, luck, STATES_REPLY, last + 1)
            if moves_made(state) > start:
                settle(params, state, luck, start)

    return play_day


@phrase
def something_stands(params: Params, state: CrisisState) -> bool:
    """Return whether there is an offer, talks, what talks left behind, or a forced act of today."""
    if params.first_forced[today(state)] < params.first_forced[today(state) + 1]:
        return True
    for p in range(len(params.pairs)):
        i, j = params.pairs[p, 0], params.pairs[p, 1]
        if state.pair[i, j].talks:
            return True
        for m in range(len(params.mediators)):
            if state.talk[m, i, j].stage != QUIET:
                return True
    return False


@phrase
def settle_phase(params: Params, state: CrisisState, luck: Luck, phase: int, group: int, start: int) -> None:
    """Settle the moves of a phase: those of today from number `start` on."""
    if phase == MEDIATORS_MOVE:
        settle_mediators(params, state, start)
    elif phase == STATES_ANSWER:
        settle_answers(params, state, start)
        hold_talks(params, state, luck, group)
    else:
        settle(params, state, luck, start)


@phrase
def ask_everyone(params: Params, state: CrisisState, luck: Luck, phase: int, group: int) -> None:
    """Ask every actor of a phase, in the order of their numbers."""
    first, last = 0, len(params.states)
    if phase == MEDIATORS_MOVE:
        first, last = last, last + len(params.mediators)
    for actor in range(first, last):
        if phase == STATES_ANSWER:
            answer_offers(params, state, luck, actor, group)
        elif phase == STATES_REPLY:
            reply(params, state, luck, actor, group)
        else:
            move(params, state, luck, actor, group)


play_day = phrase(day_by(ask_everyone))


@rule
def begin_day(params: Params, state: CrisisState, luck: Luck) -> None:
    """Begin the next day: memories fade, incidents and border fire happen, fear follows perception."""
    state.counts[DAY] += 1
    state.counts[MOVES] = 0
    if has_ended(state):
        return
    if today(state) > 0:
        forget(params, state)
    happen(params, state, luck)
    fire_across_lines(params, state, luck)
    for i in range(len(params.states)):
        perceive(params, state, i)


@phrase
def happen(params: Params, state: CrisisState, luck: Luck) -> None:
    """Let the day's dated incidents happen and, on a simulated day, the random ones."""
    day = today(state)
    for k in range(len(params.incidents)):
        incident = params.incidents[k]
        if incident.day == day:
            feel_incident(params, state, incident.victim, incident.blamed, incident.severity)
    if not is_simulated(params, state):
        return
    for k in range(len(params.hazards)):
        if hazard_strikes(params, state, luck, k):
            hazard = params.hazards[k]
            feel_incident(params, state, hazard.victim, hazard.blamed, hazard.severity)


@phrase
def hazard_strikes(params: Params, state: CrisisState, luck: Luck, k: int) -> bool:
    """Return whether the k-th hazard happens today, a simulated day."""
    return bool(drawn_today(params, state, luck, k) < params.hazards[k].per_day)


@rule
def drawn_today(params: Params, state: CrisisState, luck: Luck, k: int) -> float:
    """Return the k-th of the numbers that are drawn on every simulated day; see `Params.draws`."""
    if state.drawn_on[0] != today(state):
        draw_all(luck, today(state), params.draws.who, params.draws.what, state.drawn)
        state.drawn_on[0] = today(state)
    return float(state.drawn[k])


@phrase
def fire_across_lines(params: Params, state: CrisisState, luck: Luck) -> None:
    """Let ceasefires break down, and firing across contested lines begin, go on or stop."""
    w = weights(params)
    day = today(state)
    for p in range(len(params.pairs)):
        i, j = params.pairs[p, 0], params.pairs[p, 1]
        dyad = state.dyad[i, j]
        if is_simulated(params, state):
            contested = params.rivalries[i, j].contested_line
            u = drawn_today(params, state, luck, len(params.hazards) + p)
            breach = hazard_of_breach(params, dyad) if dyad.ceasefire else 0.0
            if dyad.ceasefire and uniform(luck, day, i, j, BREACH, NONE) < breach:
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
    """Return 1 if the record has firing between i and j this evening, or firing that goes on, else 0."""
    for k in range(len(params.firing)):
        fire = params.firing[k]
        last = frame(params).horizon if fire.goes_on else fire.last
        if fire.i == i and fire.j == j and fire.first <= day <= last:
            return 1
    return 0


@phrase
def move(params: Params, state: CrisisState, luck: Luck, actor: int, group: int) -> None:
    """Let a state or a mediator act in this group: its forced acts, or its own choice."""
    if chooses(params, state, actor, group):
        act_freely(params, state, luck, actor, group)
    else:
        act_as_forced(params, state, actor, group)


@phrase
def settle_mediators(params: Params, state: CrisisState, start: int) -> None:
    """Settle the mediators' moves from number `start` on."""
    for k in range(start, moves_made(state)):
        move = state.moves[k]
        if params.acts[move.act].form == MEDIATION:
            settle_mediation(params, state, move.actor, move.act, move.target, move.other)


@rule
def answer_offers(params: Params, state: CrisisState, luck: Luck, i: int, group: int) -> None:
    """Let state i answer the mediators' standing offers, forced or by its own choice."""
    n = len(params.states)
    for m in range(len(params.mediators)):
        for j in range(n):
            talk = talk_of(state, m, i, j)
            answer = forced_answer(params, state, i, n + m, j, group)
            forced = answer >= 0
            if not forced:
                waiting = talk.stage == OFFERED and not state.side[m, i, j].consented
                if not waiting or not chooses(params, state, i, group):
                    continue
            log_odds = consent_log_odds(weigh_consent(params, state, m, i, j))
            if not forced:
                u = uniform(luck, today(state), i, key_of(n + m, n), CONSENTING, j)
                answer = frame(params).consent if u < logistic(log_odds) else frame(params).decline
            log_p = math.log(logistic(log_odds if answer == frame(params).consent else -log_odds))
            note_move(params, state, i, answer, n + m, j, np.int64(0), group, 0.0, log_p)


@rule
def settle_answers(params: Params, state: CrisisState, start: int) -> None:
    """Settle the answers to offers from number `start` on: consents, then refusals, then openings."""
    for effect in (CONSENT, DECLINE):
        for k in range(start, moves_made(state)):
            move = state.moves[k]
            if params.acts[move.act].effect == effect:
                settle_mediation(params, state, move.actor, move.act, move.target, move.other)
    for m in range(len(params.mediators)):
        for p in range(len(params.pairs)):
            open_if_all_consent(params, state, m, params.pairs[p, 0], params.pairs[p, 1])


@rule
def hold_talks(params: Params, state: CrisisState, luck: Luck, group: int) -> None:
    """Let open talks agree, lapse or go on (first group of a simulated day), then set the table.

    Where two mediators' talks with a pair agree on one day, the first in file order has the credit
    and the other's talks end with it.
    """
    day = today(state)
    if is_simulated(params, state) and group == first_group(params, day):
        for m in range(len(params.mediators)):
            for p in range(len(params.pairs)):
                i, j = params.pairs[p, 0], params.pairs[p, 1]
                if state.talk[m, i, j].stage == OPEN and state.talk[m, i, j].opened < day:
                    end = continue_talks(params, state, m, i, j, uniform(luck, day, i, j, TALKING, m))
                    if end == AGREE:
                        agree(params, state, m, i, j)
                    elif end == LAPSE:
                        close_talks(state, m, i, j, weights(params).lapse_refusal)
    for p in range(len(params.pairs)):
        i, j = params.pairs[p, 0], params.pairs[p, 1]
        if state.pair[i, j].talks or someone_talks(params, state, i, j):
            set_table(params, state, i, j)
            set_table(params, state, j, i)


@rule
def act_freely(params: Params, state: CrisisState, luck: Luck, actor: int, group: int) -> None:
    """Let each of an actor's clocks run off or not, and choose an act where it does; without any, hold."""
    start = moves_made(state)
    for b in range(params.first_block[actor], params.first_block[actor + 1]):
        block = params.blocks[b]
        u = drawn_today(params, state, luck, len(params.hazards) + len(params.pairs) + b)
        rate = rate_of(params, state, actor, block, u)
        if u < rate and u < chance_of(rate):  # the chance is never above the rate, and costs an exponential
            take_acts(params, state, luck, actor, block, group, frame(params).slots)
    if moves_made(state) == start:
        note_move(params, state, actor, 0, -1, -1, 0, group, 0.0, 0.0)


@seldom
def take_acts(
    params: Params, state: CrisisState, luck: Luck, actor: int, block: Any, group: int, slots: int
) -> None:
    """Choose what an actor does whose clock has run off: one act, and with some probability another."""
    first = params.first_option[actor]
    start, options = block.first - first, block.last - block.first
    weigh_block(params, state, actor, block)
    utility, shares = state.utility[start : start + options], state.shares[start : start + options]
    mass = shares_of(utility, options, shares)
    key, rival = key_of(actor, len(params.states)), max(block.rival, 0)
    for slot in range(slots):
        number = SLOTS * block.form + slot
        if mass <= 0.0:
            return
        if slot > 0:
            again = repeat_of(params, block.form)
            if again <= 0.0 or uniform(luck, today(state), key, rival, REPLY, number) >= again:
                return
        row = choose(shares, options, uniform(luck, today(state), key, rival, CHOICE, number) * mass)
        option = params.options[block.first + row]
        done = slots_filled(params, state, actor)
        note_move(params, state, actor, option.act, option.target, option.other, done, group, 0.0, 0.0)
        mass = without(shares, options, row)


@rule
def someone_may_reply(params: Params, state: CrisisState) -> bool:
    """Return whether any state was hit today by a rival toward which it has not acted."""
    if not is_simulated(params, state) or has_ended(state):
        return False
    for p in range(len(params.pairs)):
        for side in range(2):
            pair = state.pair[params.pairs[p, side], params.pairs[p, 1 - side]]
            if pair.struck > 0.0 and pair.acted != today(state):
                return True
    return False


@seldom
def reply(params: Params, state: CrisisState, luck: Luck, i: int, group: int) -> None:
    """Let state i, if it acts by itself, reply at once, or not, to each rival to which it may reply."""
    if not acts_by_itself(params, state, i):
        return
    for b in range(params.first_block[i], params.first_block[i + 1]):
        block = params.blocks[b]
        if block.form != HOSTILE:
            continue
        pair = state.pair[i, block.rival]
        if may_reply(params, state, i, block.rival, group):
            u = uniform(luck, today(state), i, block.rival, REPLY, NONE)
            if u < reply_probability(params, pair.struck):
                take_acts(params, state, luck, i, block, group, 1)


@rule
def settle(params: Params, state: CrisisState, luck: Luck, start: int) -> None:
    """Settle the states' moves from number `start` on: takers, then targets, then what pairs agree."""
    day = today(state)
    for p in range(len(params.pairs)):
        state.dyad[params.pairs[p, 0], params.pairs[p, 1]].force_today = 0
    for k in range(start, moves_made(state)):
        move = state.moves[k]
        if move.other >= 0:
            settle_mediation(params, state, move.actor, move.act, move.target, move.other)
        elif move.target >= 0:
            move.answers = settle_own(params, state, move.actor, move.act, move.target, move.ended)
            note_act(params, state, move.actor, move.act)
    for k in range(start, moves_made(state)):
        move = state.moves[k]
        if move.other < 0 <= move.target:
            error = 0.0
            if is_simulated(params, state):
                u1 = uniform(luck, day, move.actor, move.target, READING, 2 * move.slot)
                u2 = uniform(luck, day, move.actor, move.target, READING, 2 * move.slot + 1)
                error = read_error(params, state, move.target, move.actor, u1, u2)
            settle_other(params, state, move.actor, move.act, move.target, error, move.answers > 0)
    for k in range(start, moves_made(state)):
        move = state.moves[k]
        if move.other < 0 <= move.target:
            settle_pair(params, state, move.actor, move.act, move.target)
