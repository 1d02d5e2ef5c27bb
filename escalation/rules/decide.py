"""Logit choice: shares of the options, the option that a uniform number picks, and log-probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import phrase, rule

LARGEST = 600.0
"""Utilities beyond it, on either side, count as this much, so that no share is 0 or infinite."""


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), kept away from 0 and 1 so that its logarithm is finite."""
    return 1.0 / (1.0 + math.exp(-min(36.0, max(-700.0, x))))


@rule
def exponential(x: float) -> float:
    """Return e^x for x in [-700, 700], within four units in the last place.

    As `math.exp`, but of additions and multiplications alone, so that the compiler takes eight at a
    time: e^x = 2^n e^r with |r| <= ln(2)/2, and for e^r the Taylor polynomial of degree 12.
    """
    n = math.floor(x * 1.4426950408889634 + 0.5)
    r = x - n * 0.693145751953125 - n * 1.4286068203094173e-06
    r2 = r * r
    r4 = r2 * r2
    low = (1.0 + r) + r2 * (0.5 + r * 0.16666666666666666)
    middle = (0.041666666666666664 + r * 0.008333333333333333) + r2 * (
        0.001388888888888889 + r * 0.0001984126984126984
    )
    high = (2.48015873015873e-05 + r * 2.7557319223985893e-06) + r2 * (
        2.755731922398589e-07 + r * 2.505210838544172e-08
    )
    power = np.int64((np.int64(n) + 1023) << 52).view(np.float64)
    return power * (low + r4 * (middle + r4 * (high + r4 * 2.08767569878681e-09)))


@phrase
def share_of(utility: float) -> float:
    """Return exp(U), kept away from 0 and infinity."""
    return exponential(min(LARGEST, max(-LARGEST, utility)))


@rule
def shares_of(utility: NDArray[Any], options: int, shares: NDArray[Any]) -> float:
    """Fill in each option's share of the choice, exp(U); return their sum.

    An option of utility -inf has none; any other has some, so that it can be picked once the
    heavier ones are gone.
    """
    for k in range(options):
        share = share_of(utility[k])
        shares[k] = share if utility[k] > -math.inf else 0.0
    mass = 0.0
    for k in range(options):
        mass += shares[k]
    return mass


@rule
def without(shares: NDArray[Any], options: int, gone: int) -> float:
    """Take an option out of the choice; return the sum of the shares that are left."""
    shares[gone] = 0.0
    mass = 0.0
    for k in range(options):
        mass += shares[k]
    return mass


@rule
def choose(shares: NDArray[Any], options: int, goal: float) -> int:
    """Return the option at which the cumulated shares first exceed a goal, u times their sum.

    Options run from hold to the highest rung, so that similar utilities with the same u give similar
    acts. An option without a share is never picked.
    """
    cumulated = 0.0
    chosen = 0
    for k in range(options):
        if shares[k] > 0.0:
            chosen = k
            cumulated += shares[k]
            if cumulated > goal:
                break
    return chosen


@rule
def log_probabilities(utility: NDArray[Any], options: int, k: int) -> tuple[float, float]:
    """Return the log-probability of option k, and that given acting at all (0 for hold itself).

    The second is the likelihood of a record that lists acts but not the days without an act.
    """
    highest = -math.inf
    for n in range(1, options):
        highest = max(highest, utility[n])
    log_acting = -math.inf
    if highest > -math.inf:
        mass = 0.0
        for n in range(1, options):
            mass += math.exp(utility[n] - highest)
        log_acting = highest + math.log(mass)
    top = max(utility[0], log_acting)
    log_all = top + math.log(math.exp(utility[0] - top) + math.exp(log_acting - top))
    given_acting = 0.0
    if k > 0 and log_acting > -math.inf:
        given_acting = utility[k] - log_acting
    return utility[k] - log_all, given_acting
