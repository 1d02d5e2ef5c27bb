"""Score the rules against a record of dated acts: the probability of each level of hostility, act by act.

A record lists acts but not the days without an act, so the probabilities are conditional on acting; and
a coding that begins at threats records the levels 2 to 5 alone. Between acts days pass as in any
crisis: memories fade and fear follows perception. Each act is decided on the state that all acts
before it have left, those of the same day included. Measures are assumed to have run out by the next act,
so every act is always available.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import rule
from escalation.rules.decide import share_of
from escalation.rules.options import weigh_escalations
from escalation.rules.perceive import forget, perceive
from escalation.rules.settle import settle_other, settle_own
from escalation.rules.state import DAY, MID_LEVELS, MID_THREAT, CrisisState, Params, restore
from escalation.vocabulary import ESCALATORY

LONGEST_WAIT = 120
"""Days after which memories count as faded: of the longest a few hundredths are left."""


@rule
def read_levels(params: Params, state: CrisisState, i: int, shares: NDArray[np.float64]) -> None:
    """Fill in the probabilities that i's next militarised act is of hostility 2, 3, 4 and 5."""
    first = params.first_option[i]
    for level in range(MID_LEVELS):
        shares[level] = 0.0
    for b in range(params.first_block[i], params.first_block[i + 1]):
        block = params.blocks[b]
        if block.form != ESCALATORY:
            continue
        weigh_escalations(params, state, i, block, first)
        for k in range(block.first, block.last):
            level = params.acts[params.options[k].act].hostility - MID_THREAT
            if level >= 0.0:
                shares[int(level)] += share_of(state.utility[k - first])
    whole = 0.0
    for level in range(MID_LEVELS):
        whole += shares[level]
    for level in range(MID_LEVELS):
        shares[level] = shares[level] / whole


@rule
def let_days_pass(params: Params, state: CrisisState, days: int) -> None:
    """Let days pass on which nothing is recorded."""
    for _ in range(min(days, LONGEST_WAIT)):
        forget(params, state)
        for i in range(len(params.states)):
            perceive(params, state, i)
    state.counts[DAY] += days


@rule
def read_exchanges(
    params: Params,
    state: CrisisState,
    fresh: CrisisState,
    first: NDArray[np.int64],
    day: NDArray[np.int64],
    side: NDArray[np.int64],
    act: NDArray[np.int64],
    shares: NDArray[Any],
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
    day, side, act
        [acts]: when it was taken, by which of the two (0 or 1), and which act of the ladder it was.
    shares
        [acts, 4], filled in: the probability of each level of hostility from 2 to 5 before the act.
    """
    for e in range(len(first) - 1):
        restore(state, fresh)
        state.counts[DAY] = 0
        for k in range(first[e], first[e + 1]):
            if k > first[e]:
                let_days_pass(params, state, day[k] - day[k - 1])
            i = side[k]
            read_levels(params, state, i, shares[k])
            settle_own(params, state, i, act[k], 1 - i, -1)
            settle_other(params, state, i, act[k], 1 - i, 0.0)
