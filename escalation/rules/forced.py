"""Forced acts: who is forced today, their score, and the moves of a day.

History, a move in a game and a counterfactual are forced acts. Up to the horizon only forced acts happen;
after it, an actor with forced acts on a day takes exactly those, and the others choose. The rules score
every forced act by both stages of the same act as a choice: the log-probability that its clock runs off on
the day, and that of the act given that it does. A forced hold scores a quiet day.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import phrase, rule, seldom
from escalation.rules.decide import LEAST_CHANCE, log_chance_of, log_share_of, share_of
from escalation.rules.hostile import reply_probability
from escalation.rules.options import (
    block_of,
    mass_on_desk,
    measure_to_end,
    option_row,
    rate_of,
    weigh_block,
    weigh_option,
)
from escalation.rules.state import (
    FORCE_RUNG,
    MOVES,
    OPEN_FORCE_RUNG,
    CrisisState,
    Params,
    is_simulated,
    moves_made,
    today,
    weights,
)
from escalation.vocabulary import CONSENT, DECLINE, HOLDING, HOSTILE, POLITICAL, RUNGS

# Typed numbers: for each plain one the compiler would make a function of its own.
Whole = int | np.signedinteger
BEFORE_ALL = np.int64(0)
"""A group before the first of a day."""
MOST_LIKELY = 0.999
"""Ceiling of a probability that is read as a hazard."""


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
    return acts_by_itself(params, state, actor) and group == first_group(params, today(state))


@phrase
def acts_by_itself(params: Params, state: CrisisState, actor: int) -> bool:
    """Return whether the actor has no forced act today, on a simulated day."""
    return bool(is_simulated(params, state) and not is_forced_today(params, today(state), actor))


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
    log_when: float,
    log_what: float,
) -> None:
    """Note a move of today; it was forced where the actor does not act by itself.

    Its log-probabilities are those of a forced act (that its clock runs off, and of the act given that) or of
    an answer to an offer; other choices are not scored.
    """
    move = state.moves[moves_made(state)]
    move.actor = actor
    move.act = act
    move.target = target
    move.other = other
    move.slot = slot
    move.ended = -1
    move.answers = 0
    if params.acts[act].reversing:
        move.ended = measure_to_end(params, state, actor, act, target)
    move.group = group
    move.forced = not acts_by_itself(params, state, actor)
    move.log_when = log_when
    move.log_what = log_what
    state.counts[MOVES] += 1


@seldom
def act_as_forced(params: Params, state: CrisisState, actor: int, group: int) -> None:
    """Fill an actor's slots with its forced acts of this group, in file order, and score each.

    An act that happened was possible: a forced act is in its own choice set even where the rules would not
    have made it available, so that its log-probability is finite.
    """
    slot = slots_filled(params, state, actor)
    day = today(state)
    for k in range(params.first_forced[day], params.first_forced[day + 1]):
        entry = params.forced[k]
        if entry.group != group or entry.actor != actor:
            continue
        if params.acts[entry.act].effect in (CONSENT, DECLINE):
            continue
        row = option_row(params, actor, entry.act, entry.target, entry.other)
        if row == 0:
            log_when, log_what = -hazard_of_acting(params, state, actor, group), 0.0
        else:
            b = block_of(params, actor, row)
            log_when = log_chance_today(params, state, actor, b, group, row)
            log_what = log_choice(params, state, actor, b, row)
        if not is_simulated(params, state):
            read_rungs(params, state, actor, group, row, state.read[k])
        note_move(params, state, actor, entry.act, entry.target, entry.other, slot, group, log_when, log_what)
        slot += 1


@seldom
def hazard_of_acting(params: Params, state: CrisisState, actor: int, group: int) -> float:
    """Return the hazard, per day, that the actor acts at all at this moment: the sum over its clocks."""
    rate = 0.0
    for b in range(params.first_block[actor], params.first_block[actor + 1]):
        rate += hazard_now(params, state, actor, b, group, 0)
    return rate


@phrase
def may_reply(params: Params, state: CrisisState, i: int, j: int, group: int) -> bool:
    """Return whether i may reply to j now: in a later group of a day, hit by j, before its own act."""
    pair = state.pair[i, j]
    later = group > first_group(params, today(state))
    return bool(later and pair.struck > 0.0 and pair.acted != today(state))


@seldom
def hazard_now(params: Params, state: CrisisState, actor: int, b: int, group: int, row: int) -> float:
    """Return the hazard of a clock at this moment, per day.

    Where the rules give a probability, it is -ln(1 - probability): of a further act of a clock that has run
    off today already, and of a reply to a hit. The option of a row, a recorded act, was possible: among
    competing risks it has its hazard even where the rules would not have made it available.
    """
    block = params.blocks[b]
    if block.form in (POLITICAL, HOSTILE):
        if has_run_off(params, state, actor, block):
            return hazard_of(repeat_of(params, block.form))
        if block.form == HOSTILE and may_reply(params, state, actor, block.rival, group):
            return hazard_of(reply_probability(params, state.pair[actor, block.rival].struck))
        return float(rate_of(params, state, actor, block, 0.0))
    if block.form == HOLDING:
        return 0.0
    put_on_desk(params, state, actor, b, row)
    return float(mass_on_desk(params, state, actor, block))


@phrase
def hazard_of(probability: float) -> float:
    """Return the hazard of a clock that runs off with this probability, finite also for a certain one."""
    return -math.log(1.0 - min(MOST_LIKELY, probability))


@rule
def has_run_off(params: Params, state: CrisisState, actor: int, block: Any) -> bool:
    """Return whether an actor has today already taken an act that a clock toward a rival times."""
    for k in range(moves_made(state)):
        move = state.moves[k]
        toward_the_rival = move.actor == actor and move.target == block.rival and move.other < 0
        if toward_the_rival and params.acts[move.act].form == block.form:
            return True
    return False


@seldom
def log_chance_today(params: Params, state: CrisisState, actor: int, b: int, group: int, row: int) -> float:
    """Return the log-probability that a clock runs off at this moment, or does so again today."""
    return float(log_chance_of(hazard_now(params, state, actor, b, group, row)))


@phrase
def repeat_of(params: Params, form: int) -> float:
    """Return the probability of a further act of a clock on the same day; 0 for competing risks."""
    if form == HOSTILE:
        return float(weights(params).again)
    return float(weights(params).protest_again) if form == POLITICAL else 0.0


@seldom
def log_choice(params: Params, state: CrisisState, actor: int, b: int, row: int) -> float:
    """Return the log-probability of the actor's option of this row, given that its clock runs off."""
    block = params.blocks[b]
    first = params.first_option[actor]
    put_on_desk(params, state, actor, b, row)
    start = block.first - first
    return log_share_of(state.utility[start : block.last - first], block.last - block.first, row - start)


@seldom
def put_on_desk(params: Params, state: CrisisState, actor: int, b: int, row: int) -> None:
    """Weigh the options of a clock, without the acts already taken today but with that of a row."""
    block = params.blocks[b]
    first = params.first_option[actor]
    weigh_block(params, state, actor, block)
    for k in range(moves_made(state)):
        move = state.moves[k]
        if move.actor == actor:
            taken = option_row(params, actor, move.act, move.target, move.other)
            if block.first <= first + taken < block.last:
                state.utility[taken] = -math.inf
    if block.first <= first + row < block.last:
        state.utility[row] = weigh_option(params, state, actor, first + row)


@seldom
def read_rungs(
    params: Params, state: CrisisState, actor: int, group: int, row: int, shares: NDArray[np.float64]
) -> None:
    """Fill in the probability of each rung for the actor's next act, given that it acts at all.

        P(rung) ~ sum over clocks of hazard^elasticity, times the shares of its acts on the rung, times how
                  far coders note such acts

    The likelihood of a record that codes rungs. Coders spend a budget of acts, so that how often they note a
    kind grows with its hazard by a small power alone. All are 0 for an actor that can only hold. The recorded
    act, of this row, was possible. Source: the coded cases; see decision 0021.
    """
    first = params.first_option[actor]
    whole = 0.0
    for rung in range(RUNGS):
        shares[rung] = 0.0
    for b in range(params.first_block[actor], params.first_block[actor + 1]):
        block = params.blocks[b]
        if block.form == HOLDING:
            continue
        hazard = max(LEAST_CHANCE, hazard_now(params, state, actor, b, group, row))
        rate = math.exp(weights(params).noted_elasticity * math.log(hazard))
        put_on_desk(params, state, actor, b, row)
        mass = mass_on_desk(params, state, actor, block)
        if mass > 0.0:
            for k in range(block.first, block.last):
                if state.utility[k - first] > -math.inf:
                    rung = params.acts[params.options[k].act].rung
                    share = rate * share_of(state.utility[k - first]) / mass
                    share *= noted_of(params, block.form, rung)
                    shares[int(rung)] += share
                    whole += share
    if whole > 0.0:
        for rung in range(RUNGS):
            shares[rung] /= whole


@seldom
def read_risk(params: Params, state: CrisisState) -> float:
    """Return the probability that any state uses open force today, of its own accord, as the day begins.

        1 - exp(-sum over hostile clocks of hazard times the share of acts on rung 6 and up)

    The likelihood of when force is used on record, which no coder leaves out.
    """
    hazard = 0.0
    for i in range(len(params.states)):
        for b in range(params.first_block[i], params.first_block[i + 1]):
            block = params.blocks[b]
            if block.form == HOSTILE:
                hazard += rate_of(params, state, i, block, 0.0) * share_of_force(params, state, i, b)
    return 1.0 - math.exp(-hazard)


@seldom
def share_of_force(params: Params, state: CrisisState, i: int, b: int) -> float:
    """Return the share of open force, rung 6 and up, in what a hostile clock chooses from."""
    block = params.blocks[b]
    weigh_block(params, state, i, block)
    mass = mass_on_desk(params, state, i, block)
    if mass <= 0.0:
        return 0.0
    forceful = 0.0
    for k in range(block.first, block.last):
        utility = state.utility[k - params.first_option[i]]
        if utility > -math.inf and params.acts[params.options[k].act].rung >= OPEN_FORCE_RUNG:
            forceful += share_of(utility)
    return forceful / mass


@phrase
def noted_of(params: Params, form: int, rung: float) -> float:
    """Return the weight of acts of a form on a rung in what coders of cases note, against open force."""
    w = weights(params)
    if form == POLITICAL:
        return float(w.words_noted)
    if form != HOSTILE:
        return float(w.steps_noted)
    if rung >= OPEN_FORCE_RUNG:
        return 1.0
    return float(w.skirmishes_noted if rung >= FORCE_RUNG else w.shows_noted)


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
