"""Randomness as an argument: each draw a pure function of who draws it, when and for what.

A counter-based generator, Philox4x32-10 (Salmon, Moraes, Dror and Shaw 2011, "Parallel random
numbers: as easy as 1, 2, 3", SC11), turns (seed, replication, day, actor, other, purpose, slot)
into a uniform number. There is no stream to advance, so one actor's draws never shift another's,
and two design points with the same seed and replication have common random numbers.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation.files.places import check_whole
from escalation.rules.compiled import phrase, rule, seldom

Whole = int | np.signedinteger[Any]

# What a draw is for. Typed numbers: for each plain one the compiler would make a function of its own.
INCIDENT, FIRING, BREACH, CHOICE, READING, CONSENTING, TALKING, CLOCK, REPLY = np.arange(9)
NONE = np.int64(0)
"""The other actor or the slot of a draw that has none."""

MULTIPLIER_0 = np.uint64(0xD2511F53)
MULTIPLIER_1 = np.uint64(0xCD9E8D57)
WEYL_0 = np.uint64(0x9E3779B9)
WEYL_1 = np.uint64(0xBB67AE85)
LOW = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
MEDIATOR_KEYS = 32768


class Luck(NamedTuple):
    """The random draws of one replication."""

    seed: np.uint64
    replication: np.uint64


def luck_of(seed: int, replication: int) -> Luck:
    """Return the random draws of a replication.

    Raises
    ------
    ArgumentError
        If the seed is not in [0, 2**64) or the replication not in [0, 2**32).
    """
    check_whole("seed", seed, 0, 2**64)
    check_whole("replication", replication, 0, 2**32)
    return Luck(np.uint64(seed), np.uint64(replication))


@phrase
def key_of(actor: int, states: int) -> int:
    """Return the number of an actor in the keys of draws: mediators count from 2**15.

    So another state in the scenario does not change a mediator's draws.
    """
    return actor if actor < states else MEDIATOR_KEYS + actor - states


@rule
def philox(
    c0: np.uint64, c1: np.uint64, c2: np.uint64, c3: np.uint64, k0: np.uint64, k1: np.uint64
) -> tuple[np.uint64, np.uint64, np.uint64, np.uint64]:
    """Return Philox4x32-10 of a counter of four and a key of two 32-bit words, held in 64 bits."""
    for _ in range(10):
        product_0 = MULTIPLIER_0 * c0
        product_1 = MULTIPLIER_1 * c2
        high_0, low_0 = product_0 >> HALF, product_0 & LOW
        high_1, low_1 = product_1 >> HALF, product_1 & LOW
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0 = (k0 + WEYL_0) & LOW
        k1 = (k1 + WEYL_1) & LOW
    return c0, c1, c2, c3


@phrase
def who_of(actor: Whole, other: Whole) -> np.uint64:
    """Return the word of a draw that says whom it is about; both numbers are below 2**16."""
    return (np.uint64(actor) << np.uint64(16)) | np.uint64(other)


@phrase
def what_of(purpose: Whole, slot: Whole) -> np.uint64:
    """Return the word of a draw that says what it is for: a purpose below 2**8, a slot below 2**24."""
    return (np.uint64(purpose) << np.uint64(24)) | np.uint64(slot)


@rule
def uniform(luck: Luck, day: int, actor: Whole, other: Whole, purpose: Whole, slot: Whole) -> float:
    """Return the uniform number in [0, 1) of one draw, with 53 random bits.

    Limits: replication and day below 2**32, and those of `who_of` and `what_of`.
    """
    return number_of(luck, np.uint64(day), who_of(actor, other), what_of(purpose, slot))


@rule
def number_of(luck: Luck, day: np.uint64, who: np.uint64, what: np.uint64) -> float:
    """Return the uniform number of a draw from its words."""
    x0, x1, _, _ = philox(luck.replication, day, who, what, luck.seed & LOW, luck.seed >> HALF)
    # Of 27 and 26 bits: as 32-bit numbers the compiler turns several at a time into floats.
    high, low = np.int32(x0 >> np.uint64(5)), np.int32(x1 >> np.uint64(6))
    return float((float(high) * 67108864.0 + float(low)) / 9007199254740992.0)


@seldom
def draw_all(
    luck: Luck, day: int, who: NDArray[np.uint64], what: NDArray[np.uint64], numbers: NDArray[np.float64]
) -> None:
    """Fill in the uniform numbers of a day's draws from their words: the compiler takes several at a time."""
    for k in range(len(numbers)):
        numbers[k] = number_of(luck, np.uint64(day), who[k], what[k])
