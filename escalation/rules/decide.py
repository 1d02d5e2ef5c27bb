"""Chance and choice: whether a clock runs off, the shares of options, and which a uniform number picks."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import phrase, rule

LEAST_CHANCE = 1e-12
"""Floor of the probability of acting, so that an act that happened has a finite log-probability."""

LARGEST = 600.0
"""Utilities beyond it, on either side, count as this much, so that no share is 0 or infinite."""


@rule
def logistic(x: float) -> float:
    """Return 1 / (1 + exp(-x)), kept away from 0 and 1 so that its logarithm is finite."""
    return 1.0 / (1.0 + math.exp(-min(36.0, max(-700.0, x))))


@rule
def exponential(x: float) -> float:
    """Return e^x for x in [-700, 700], within four units in the last place.

    As `math.exp`, but of additions and multiplications alone, so that the compiler takes several at a
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

    Options run from the lowest to the highest rung, so that similar utilities with the same u give similar
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
def log_share_of(utility: NDArray[Any], options: int, k: int) -> float:
    """Return the log-probability of option k among the options, given that one of them is taken."""
    highest = -math.inf
    for n in range(options):
        highest = max(highest, utility[n])
    mass = 0.0
    for n in range(options):
        mass += math.exp(utility[n] - highest)
    return float(utility[k] - highest - math.log(mass))


@rule
def chance_of(rate: float) -> float:
    """Return the probability that a clock with a constant hazard per day runs off within a day."""
    return 1.0 - math.exp(-rate)


@rule
def log_chance_of(rate: float) -> float:
    """Return the log-probability that a clock runs off within a day, finite also for a hazard of 0."""
    return math.log(max(LEAST_CHANCE, chance_of(rate)))
