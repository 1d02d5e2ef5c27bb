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
from typing import Any

from escalation.engine.luck import (
    BREACH,
    CHOICE,
    CONSENTING,
    FIRING,
    INCIDENT,
    NONE,
    READING,
    TALKING,
    Luck,
    Whole,
    key_of,
    uniform,
)
from escalation.rules.compiled import phrase, rule
from escalation.rules.decide import (
    appeal_is_available,
    available,
    choose,
    log_probabilities,
    logistic,
    measure_to_end,
    shares_of,
    without,
)
from escalation.rules.mediate import (
    AGREE,
    LAPSE,
    agree,
    close_talks,
    continue_talks,
    mediator_can,
    open_if_all_consent,
    set_table,
    weigh_consent,
    weigh_mediation,
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
from escalation.rules.state import (
    ALWAYS,
    APPEAL,
    CONCILIATORY,
    CONSENT,
    DECLINE,
    ESCALATORY,
    MEDIATION,
    OFFERED,
    OPEN,
    WHILE_NOT_IN_FORCE,
    Params,
    State,
    Traits,
)
from escalation.rules.terms import (
    Appeal,
    appeal_utility,
    conciliation_utility,
    consent_log_odds,
    escalation_utility,
    mediation_utility,
)
from escalation.rules.weigh import (
    outlook_on,
    traits_of,
    weigh_appeal,
    weigh_conciliation,
    weigh_escalation,
    weigh_mediator,
)


@phrase
def is_free(params: Params, state: State) -> bool:
    """Tell whether today lies after the horizon."""
    return bool(state.counts[0] > params.frame.horizon)


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


@rule
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


@rule
def fire_across_lines(params: Params, state: State, luck: Luck) -> None:
    """Let ceasefires break down, and firing across contested lines begin, go on or stop."""
    w = params.weights
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


@rule
def recorded_fire(params: Params, day: int, i: int, j: int) -> int:
    """Return 1 where the record has firing between i and j this evening, or none that stopped it."""
    for k in range(len(params.firing)):
        fire = params.firing[k]
        last = params.frame.horizon if fire.goes_on else fire.last
        if fire.i == i and fire.j == j and fire.first <= day <= last:
            return 1
    return 0


@phrase
def first_group(params: Params, day: int) -> int:
    """Return the day's first group: the lowest `seq` of its forced acts, 1 for a day without."""
    group = next_group(params, day, NONE)
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


@rule
def is_forced_today(params: Params, day: int, actor: int) -> bool:
    """Tell whether the actor has any forced act on this day."""
    for k in range(params.first_forced[day], params.first_forced[day + 1]):
        if params.forced[k].actor == actor:
            return True
    return False


@phrase
def chooses(params: Params, state: State, actor: int, group: int) -> bool:
    """Tell whether the actor chooses for itself in this group of today."""
    day = state.counts[0]
    return bool(
        day > params.frame.horizon
        and group == first_group(params, day)
        and not is_forced_today(params, day, actor)
    )


@rule
def note_move(
    params: Params,
    state: State,
    actor: int,
    act: int,
    target: int,
    other: int,
    slot: Whole,
    group: int,
    log_p: float,
    log_p_acting: float,
) -> None:
    """Write down a move of today; it was forced where the actor does not choose.

    Its log-probabilities are those of a forced act or an answer; a free choice is not scored.
    """
    move = state.moves[state.counts[1]]
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
    state.counts[1] += 1


@rule
def weigh_option(params: Params, state: State, actor: int, k: int) -> float:
    """Return the utility of the actor's option k."""
    option = params.options[k]
    w = params.weights
    act = traits_of(params, k)
    n = len(params.states)
    form = params.acts[option.act].form
    if form == ESCALATORY:
        outlook = outlook_on(params, state, actor, option.target)
        return escalation_utility(weigh_escalation(w, act, outlook))
    if form == CONCILIATORY:
        outlook = outlook_on(params, state, actor, option.target)
        return conciliation_utility(weigh_conciliation(w, act, outlook))
    if form == APPEAL:
        return appeal_utility(weigh_appeal_of(params, state, actor, k))
    if form == MEDIATION:
        return mediation_utility(
            weigh_mediation(params, state, actor - n, option.act, option.target, option.other)
        )
    return 0.0


@rule
def weigh_appeal_of(params: Params, state: State, i: int, k: int) -> Appeal:
    """Return the terms of state i's option k, an appeal to a mediator."""
    option = params.options[k]
    j, m = option.other, option.target - len(params.states)
    refused = state.talk[m, min(i, j), max(i, j)].refused
    standing = weigh_mediator(params, i, j, m)
    return weigh_appeal(
        params.weights, traits_of(params, k), outlook_on(params, state, i, j), standing, refused
    )


@rule
def is_available(params: Params, state: State, actor: int, k: int) -> bool:
    """Tell whether the actor can take its option k now."""
    option = params.options[k]
    if option.condition == ALWAYS:
        return True
    if option.condition == WHILE_NOT_IN_FORCE:
        return bool(state.since[actor, option.target, option.act] < 0)
    n = len(params.states)
    if actor >= n:
        return mediator_can(params, state, actor - n, option.act, option.target, option.other)
    if option.other >= 0:
        return appeal_is_available(params, state, actor, option.act, option.other, option.target - n)
    return available(params, state, actor, option.act, option.target)


@rule
def weigh_options(params: Params, state: State, actor: int) -> int:
    """Put the utility of all of an actor's options on the desk; return how many there are.

    An option that cannot be taken now has utility -inf.
    """
    first, end = params.first_option[actor], params.first_option[actor + 1]
    for b in range(params.first_block[actor], params.first_block[actor + 1]):
        block = params.blocks[b]
        if block.form == ESCALATORY:
            weigh_escalations(params, state, actor, block, first)
        elif block.form == CONCILIATORY:
            weigh_conciliations(params, state, actor, block, first)
        else:
            for k in range(block.first, block.last):
                state.utility[k - first] = weigh_option(params, state, actor, k)
    for k in range(first, end):
        if not is_available(params, state, actor, k):
            state.utility[k - first] = -math.inf
    return int(end - first)


# The compiler weighs eight acts at a time where acts and utilities stand side by side, as they do here.


@rule
def weigh_escalations(params: Params, state: State, i: int, block: Any, first: int) -> None:
    """Put the utilities of i's escalatory options toward one rival on the desk."""
    outlook = outlook_on(params, state, i, block.target)
    columns = params.traits
    rung = columns.rung[block.first : block.last]
    height = columns.height[block.first : block.last]
    intercept = columns.intercept[block.first : block.last]
    cost = columns.cost[block.first : block.last]
    visibility = columns.visibility[block.first : block.last]
    utility = state.utility[block.first - first : block.last - first]
    for k in range(len(utility)):
        act = Traits(rung[k], height[k], intercept[k], cost[k], visibility[k])
        utility[k] = escalation_utility(weigh_escalation(params.weights, act, outlook))


@rule
def weigh_conciliations(params: Params, state: State, i: int, block: Any, first: int) -> None:
    """Put the utilities of i's conciliatory options toward one rival on the desk."""
    outlook = outlook_on(params, state, i, block.target)
    for k in range(block.first, block.last):
        act = traits_of(params, k)
        state.utility[k - first] = conciliation_utility(weigh_conciliation(params.weights, act, outlook))


@rule
def act_freely(params: Params, state: State, luck: Luck, actor: int, group: int, slots: int) -> None:
    """Fill an actor's slots by choice: the next is drawn only if the last was not hold."""
    options = weigh_options(params, state, actor)
    mass = shares_of(state.utility, options, state.shares)
    first = params.first_option[actor]
    key = key_of(actor, len(params.states))
    for slot in range(slots):
        u = uniform(luck, state.counts[0], key, NONE, CHOICE, slot)
        row = choose(state.shares, options, u * mass)
        option = params.options[first + row]
        note_move(params, state, actor, option.act, option.target, option.other, slot, group, 0.0, 0.0)
        if row == 0:
            return
        mass = without(state.shares, options, row)
    # All slots are used: nothing is held back, so no hold is drawn or scored.


@rule
def option_row(params: Params, actor: int, act: int, target: int, other: int) -> int:
    """Return the row of an option on the actor's desk, -1 if it has none such."""
    first = params.first_option[actor]
    for k in range(first, params.first_option[actor + 1]):
        option = params.options[k]
        if option.act == act and option.target == target and option.other == other:
            return int(k - first)
    return -1


@rule
def slots_filled(params: Params, state: State, actor: int) -> int:
    """Return how many slots of today the actor has filled in earlier groups."""
    filled = 0
    for k in range(state.counts[1]):
        move = state.moves[k]
        if move.actor == actor and params.acts[move.act].effect not in (CONSENT, DECLINE):
            filled += 1
    return filled


@rule
def act_as_forced(params: Params, state: State, actor: int, group: int) -> None:
    """Fill an actor's slots with its forced acts of this group, in file order, and score each.

    That an act happened shows that it could: a forced act is in its own choice set even where the
    rules would not have offered it, so that its log-probability is finite.
    """
    options = -1
    slot = slots_filled(params, state, actor)
    day = state.counts[0]
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
        note_move(params, state, actor, entry.act, entry.target, entry.other, slot, group, log_p, acting)
        if row > 0:
            state.utility[row] = -math.inf
        slot += 1


@phrase
def move_mediator(params: Params, state: State, luck: Luck, actor: int, group: int) -> None:
    """Let a mediator act in this group, forced or by its own choice (one act a day)."""
    act_as_forced(params, state, actor, group)
    if chooses(params, state, actor, group):
        act_freely(params, state, luck, actor, group, params.frame.mediator_slots)


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
                answer = params.special[CONSENT] if u < logistic(log_odds) else params.special[DECLINE]
            log_p = math.log(logistic(log_odds if answer == params.special[CONSENT] else -log_odds))
            note_move(params, state, i, answer, n + m, j, NONE, group, log_p, log_p)


@rule
def forced_answer(params: Params, state: State, i: int, mediator: int, j: int, group: int) -> int:
    """Return the forced consent or refusal of i to a mediator over j in this group, -1 for none."""
    day = state.counts[0]
    for k in range(params.first_forced[day], params.first_forced[day + 1]):
        entry = params.forced[k]
        here = entry.group == group and entry.actor == i
        about_this = entry.target == mediator and entry.other == j
        if here and about_this and params.acts[entry.act].effect in (CONSENT, DECLINE):
            return int(entry.act)
    return -1


@rule
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
    act_as_forced(params, state, i, group)
    if chooses(params, state, i, group):
        act_freely(params, state, luck, i, group, params.frame.slots)


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
