"""Score the rules against a record of dated acts: when a state acts, and with what hostility.

Two readings of a record. Within an exchange each act is scored by the probability of its sort, given that
the state acts: a coding that begins at threats records the levels of hostility 2 to 5 alone, and by its
deaths how high a use of force was. Over the days between acts, where the record is known to be quiet, each
pair of states is scored by who acts on which day.
Both use the rules' own functions on the state that all acts before have left. Between acts days pass as in
any crisis: memories fade and fear follows perception. Measures are assumed to have run out by the next act,
so that every act is always available.

Some recorded acts are of both sides, a clash or a war without a known initiator: each
side's act answers the other's, and the act is scored by the mean of both sides' probabilities.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import entry, phrase, rule
from escalation.rules.decide import chance_of, share_of
from escalation.rules.hostile import hostile_log_hazard, reply_probability, time_hostility
from escalation.rules.options import weigh_hostilities
from escalation.rules.perceive import feel_incident, forget, perceive
from escalation.rules.political import political_log_hazard, time_protest
from escalation.rules.settle import settle_other, settle_own
from escalation.rules.state import (
    DAY,
    FORCE_RUNG,
    MID_FORCE,
    MID_THREAT,
    MID_WAR,
    OPEN_FORCE_RUNG,
    STRIKE_RUNG,
    CrisisState,
    Params,
    restore,
)
from escalation.vocabulary import HOSTILE, RUNGS

LONGEST_WAIT = 720
"""Days after which memories count as faded: of the longest a twentieth is left."""

SORTS = 6
THREAT, DISPLAY, DENIABLE_FORCE, OPEN_FORCE, STRIKE, WAR = range(SORTS)
"""Sorts of hostile acts that a record with deaths tells apart: threats, displays, force up to rung 5
(blockades too), on rung 6, above, and war."""
WHO = 4
"""Columns of a day between two states: nobody acts, the first, the second, both."""
HOSTILE_HAZARD, POLITICAL_HAZARD, REPLY_PROBABILITY = range(3)
CHOICES = 3
"""Columns of a day after a trigger: hazards of hostile and of political acts, the probability of a reply on
the day itself; from here on the share of each rung in hostile acts."""


@phrase
def sort_of(hostility: float, rung: float) -> int:
    """Return the sort of a hostile act: its level of hostility, and within force how high it is."""
    if hostility == MID_WAR:
        return WAR
    if hostility < MID_FORCE:
        return int(hostility - MID_THREAT)
    if rung >= STRIKE_RUNG:
        return STRIKE
    return OPEN_FORCE if rung >= OPEN_FORCE_RUNG else DENIABLE_FORCE


@rule
def read_sorts(params: Params, state: CrisisState, i: int, shares: NDArray[np.float64]) -> None:
    """Fill in the probabilities that i's next militarised act is of each sort."""
    first = params.first_option[i]
    for sort in range(SORTS):
        shares[sort] = 0.0
    for b in range(params.first_block[i], params.first_block[i + 1]):
        block = params.blocks[b]
        if block.form != HOSTILE:
            continue
        weigh_hostilities(params, state, i, block, first)
        for k in range(block.first, block.last):
            act = params.acts[params.options[k].act]
            shares[sort_of(act.hostility, act.rung)] += share_of(state.utility[k - first])
    whole = 0.0
    for sort in range(SORTS):
        whole += shares[sort]
    for sort in range(SORTS):
        shares[sort] = shares[sort] / whole


@rule
def let_a_day_pass(params: Params, state: CrisisState) -> None:
    """Let a day pass on which nothing is recorded."""
    forget(params, state)
    for i in range(len(params.states)):
        perceive(params, state, i)
    state.counts[DAY] += 1


@rule
def let_days_pass(params: Params, state: CrisisState, days: int) -> None:
    """Let days pass on which nothing is recorded."""
    passed = min(days, LONGEST_WAIT)
    for _ in range(passed):
        let_a_day_pass(params, state)
    state.counts[DAY] += days - passed


@rule
def settle_recorded(params: Params, state: CrisisState, i: int, a: int, mutual: bool) -> None:
    """Settle a recorded act between the two states, by i or by both: each then answers the other in kind.

    Which of the two began is not on record, so nothing depends on which is listed first.
    """
    answers = settle_own(params, state, i, a, 1 - i, -1) or mutual
    if mutual:
        settle_own(params, state, 1 - i, a, i, -1)
    settle_other(params, state, i, a, 1 - i, 0.0, answers)
    if mutual:
        settle_other(params, state, 1 - i, a, i, 0.0, True)


@entry
def read_exchanges(
    params: Params,
    state: CrisisState,
    fresh: CrisisState,
    first: NDArray[np.int64],
    day: NDArray[np.int64],
    side: NDArray[np.int64],
    act: NDArray[np.int64],
    mutual: NDArray[np.bool_],
    shares: NDArray[Any],
    theirs: NDArray[np.float64],
) -> None:
    """Read exchanges between two states.

    Parameters
    ----------
    params
        Of a crisis between two states.
    state, fresh
        A state to work on, and one before day 0.
    first
        [exchanges + 1]: where each begins among the acts.
    day, side, act, mutual
        [acts]: when it was taken, by which of the two (0 or 1), which act of the ladder it was, and whether
        it was an act of both.
    shares
        [acts, sorts], filled in: the probability of each sort before the act.
    theirs
        [sorts], to work on.
    """
    for e in range(len(first) - 1):
        restore(state, fresh)
        state.counts[DAY] = 0
        for k in range(first[e], first[e + 1]):
            if k > first[e]:
                let_days_pass(params, state, day[k] - day[k - 1])
            i = side[k]
            read_sorts(params, state, i, shares[k])
            if mutual[k]:
                read_sorts(params, state, 1 - i, theirs)
                for sort in range(SORTS):
                    shares[k, sort] = 0.5 * (shares[k, sort] + theirs[sort])
            settle_recorded(params, state, i, act[k], mutual[k])


@entry
def read_waits(
    params: Params,
    state: CrisisState,
    fresh: CrisisState,
    first: NDArray[np.int64],
    day: NDArray[np.int64],
    side: NDArray[np.int64],
    act: NDArray[np.int64],
    mutual: NDArray[np.bool_],
    first_read: NDArray[np.int64],
    read_on: NDArray[np.int64],
    detection: float,
    shares: NDArray[Any],
    sorts: NDArray[np.float64],
) -> None:
    """Read days after each act of pairs of states: who acts, while a record is known to be complete.

    Parameters
    ----------
    params, state, fresh
        As for `read_exchanges`.
    first
        [pairs + 1]: where each pair begins among the acts.
    day, side, act, mutual
        [acts]: as for `read_exchanges`, in chronological order.
    first_read
        [acts + 1]: where the days that are read after each act begin among all that are read.
    read_on
        [days read]: how many days after the act, rising; none is later than the day of the next act.
    detection
        The share of acts that the record holds.
    shares
        [days read, 4], filled in: the probability that nobody acts on the day, the first, the second, or
        both, of whom one may reply to the other.
    sorts
        [2, sorts], to work on.
    """
    for p in range(len(first) - 1):
        restore(state, fresh)
        state.counts[DAY] = 0
        for k in range(first[p], first[p + 1]):
            settle_recorded(params, state, side[k], act[k], mutual[k])
            passed = 0
            for row in range(first_read[k], first_read[k + 1]):
                let_days_pass(params, state, read_on[row] - passed)
                passed = read_on[row]
                read_day(params, state, detection, shares[row], sorts)
            if k + 1 < first[p + 1]:
                let_days_pass(params, state, day[k + 1] - day[k] - passed)


@rule
def read_day(
    params: Params,
    state: CrisisState,
    detection: float,
    shares: NDArray[np.float64],
    sorts: NDArray[np.float64],
) -> None:
    """Fill in the probability that nobody acts today, the first of two states, the second, or both."""
    first, first_answered = act_and_answer(params, state, 0, detection, sorts[0])
    second, second_answered = act_and_answer(params, state, 1, detection, sorts[1])
    alone, other = first * (1.0 - second), second * (1.0 - first)
    shares[0] = (1.0 - first) * (1.0 - second)
    shares[1] = alone * (1.0 - first_answered)
    shares[2] = other * (1.0 - second_answered)
    shares[3] = first * second + alone * first_answered + other * second_answered


@rule
def act_and_answer(
    params: Params, state: CrisisState, i: int, detection: float, sorts: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the probability that an act of i is on record today, and that of a recorded reply to it."""
    rate = math.exp(hostile_log_hazard(time_hostility(params, state, i, 1 - i)))
    read_sorts(params, state, i, sorts)
    answer = (sorts[THREAT] + sorts[DISPLAY]) * reply_probability(params, 1.0)
    answer += (sorts[DENIABLE_FORCE] + sorts[OPEN_FORCE]) * reply_probability(params, FORCE_RUNG)
    answer += (sorts[STRIKE] + sorts[WAR]) * reply_probability(params, STRIKE_RUNG)
    return chance_of(detection * rate), detection * answer


@entry
def read_response(
    params: Params,
    state: CrisisState,
    fresh: CrisisState,
    act: int,
    severity: float,
    table: NDArray[Any],
) -> None:
    """Read the response of state 0 to a trigger on day 0, day by day while neither side acts.

    Parameters
    ----------
    params, state, fresh
        As for `read_exchanges`.
    act
        The act of state 1 that is the trigger, -1 for an incident.
    severity
        Of the incident.
    table
        [days, 3 + rungs], filled in from day 0 on: hazards of a hostile and of a political act (on day 0
        none), probability of a reply on the day itself (day 0 alone), and the share of each rung in hostile
        acts.
    """
    restore(state, fresh)
    state.counts[DAY] = 0
    for i in range(2):
        perceive(params, state, i)
    if act < 0:
        feel_incident(params, state, 0, 1, severity)
    else:
        answers = settle_own(params, state, 1, act, 0, -1)
        settle_other(params, state, 1, act, 0, 0.0, answers)
    first = params.first_option[0]
    for t in range(len(table)):
        if t == 0:
            table[t, HOSTILE_HAZARD] = table[t, POLITICAL_HAZARD] = 0.0
            table[t, REPLY_PROBABILITY] = reply_probability(params, state.pair[0, 1].struck)
        else:
            let_a_day_pass(params, state)
            table[t, HOSTILE_HAZARD] = math.exp(hostile_log_hazard(time_hostility(params, state, 0, 1)))
            table[t, POLITICAL_HAZARD] = math.exp(political_log_hazard(time_protest(params, state, 0, 1)))
            table[t, REPLY_PROBABILITY] = 0.0
        for rung in range(RUNGS):
            table[t, CHOICES + rung] = 0.0
        for b in range(params.first_block[0], params.first_block[1]):
            block = params.blocks[b]
            if block.form != HOSTILE:
                continue
            weigh_hostilities(params, state, 0, block, first)
            mass = 0.0
            for k in range(block.first, block.last):
                mass += share_of(state.utility[k - first])
            for k in range(block.first, block.last):
                share = share_of(state.utility[k - first]) / mass
                table[t, CHOICES + int(params.acts[params.options[k].act].rung)] += share
