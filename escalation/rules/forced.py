"""Forced acts: who is forced today, their score, and the moves of a day.

History, a move in a game and a counterfactual are forced acts. Up to the horizon only forced acts happen;
after it, an actor with forced acts on a day takes exactly those, and the others choose. The rules score
every forced act with the probability of the same act as a choice.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import phrase, rule, seldom
from escalation.rules.decide import log_probabilities, share_of
from escalation.rules.options import measure_to_end, option_row, weigh_option, weigh_options
from escalation.rules.state import MOVES, CrisisState, Params, is_simulated, moves_made, today
from escalation.vocabulary import CONSENT, DECLINE, RUNGS

# Typed numbers: for each plain one the compiler would make a function of its own.
Whole = int | np.signedinteger
BEFORE_ALL = np.int64(0)
"""A group before the first of a day."""


@phrase
def first_group(params: Params, day: int) -> int:
    """Return the day's first group: the lowest `seq` of its forced acts, 1 for a day without any."""
    group = next_group(params, day, BEFORE_ALL)
    return group if group > 0 else 1


@rule
def next_group(params: Params, day: int, after: Whole) -> int:
    """Return the lowest `seq` above `after` among the day's forced acts, 0 for none."""
    found = 0
    for k in range(params.first_forced[day], params.first_forced[day + 1]):
        entry = params.forced[k]
        if entry.group > after and (found == 0 or entry.group < found):
            found = entry.group
    return found


@phrase
def is_forced_today(params: Params, day: int, actor: int) -> bool:
    """Return whether the actor has any forced act on this day."""
    for k in range(params.first_forced[day], params.first_forced[day + 1]):
        if params.forced[k].actor == actor:
            return True
    return False


@phrase
def chooses(params: Params, state: CrisisState, actor: int, group: int) -> bool:
    """Return whether the actor chooses for itself in this group of today."""
    day = today(state)
    return bool(
        is_simulated(params, state)
        and group == first_group(params, day)
        and not is_forced_today(params, day, actor)
    )


@rule
def note_move(
    params: Params,
    state: CrisisState,
    actor: int,
    act: int,
    target: int,
    other: int,
    slot: Whole,
    group: int,
    log_p: float,
    log_p_acting: float,
) -> None:
    """Note a move of today; it was forced where the actor does not choose.

    Its log-probabilities are those of a forced act or of an answer to an offer; other choices are not scored.
    """
    move = state.moves[moves_made(state)]
    move.actor = actor
    move.act = act
    move.target = target
    move.other = other
    move.slot = slot
    move.ended = -1
    if params.acts[act].reversing:
        move.ended = measure_to_end(params, state, actor, act, target)
    move.group = group
    move.forced = not chooses(params, state, actor, group)
    move.log_p = log_p
    move.log_p_acting = log_p_acting
    state.counts[MOVES] += 1


@seldom
def act_as_forced(params: Params, state: CrisisState, actor: int, group: int) -> None:
    """Fill an actor's slots with its forced acts of this group, in file order, and score each.

    An act that happened was possible: a forced act is in its own choice set even where the rules would not
    have made it available, so that its log-probability is finite.
    """
    options = -1
    slot = slots_filled(params, state, actor)
    day = today(state)
    for k in range(params.first_forced[day], params.first_forced[day + 1]):
        entry = params.forced[k]
        if entry.group != group or entry.actor != actor:
            continue
        if params.acts[entry.act].effect in (CONSENT, DECLINE):
            continue
        if options < 0:
            options = weigh_options(params, state, actor)
        row = option_row(params, actor, entry.act, entry.target, entry.other)
        state.utility[row] = weigh_option(params, state, actor, params.first_option[actor] + row)
        log_p, acting = log_probabilities(state.utility, options, row)
        if not is_simulated(params, state):
            read_rungs(params, state, actor, options, state.read[k])
        note_move(params, state, actor, entry.act, entry.target, entry.other, slot, group, log_p, acting)
        if row > 0:
            state.utility[row] = -math.inf
        slot += 1


@seldom
def read_rungs(
    params: Params, state: CrisisState, actor: int, options: int, shares: NDArray[np.float64]
) -> None:
    """Fill in the probability of each rung for the actor's next act, given that it acts at all.

    The likelihood of a record that codes rungs: the sum over the acts of a rung. All are 0 for an actor
    that can only hold.
    """
    first = params.first_option[actor]
    whole = 0.0
    for rung in range(RUNGS):
        shares[rung] = 0.0
    for row in range(1, options):
        if state.utility[row] > -math.inf:
            share = share_of(state.utility[row])
            shares[int(params.acts[params.options[first + row].act].rung)] += share
            whole += share
    if whole > 0.0:
        for rung in range(RUNGS):
            shares[rung] /= whole


@phrase
def slots_filled(params: Params, state: CrisisState, actor: int) -> int:
    """Return how many slots of today the actor has filled in earlier groups."""
    filled = 0
    for k in range(moves_made(state)):
        move = state.moves[k]
        if move.actor == actor and params.acts[move.act].effect not in (CONSENT, DECLINE):
            filled += 1
    return filled


@phrase
def forced_answer(params: Params, state: CrisisState, i: int, mediator: int, j: int, group: int) -> int:
    """Return the forced consent or refusal of i to a mediator over j in this group, -1 for none."""
    day = today(state)
    for k in range(params.first_forced[day], params.first_forced[day + 1]):
        entry = params.forced[k]
        here = entry.group == group and entry.actor == i
        about_this = entry.target == mediator and entry.other == j
        if here and about_this and params.acts[entry.act].effect in (CONSENT, DECLINE):
            return int(entry.act)
    return -1
