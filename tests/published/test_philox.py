"""Philox4x32-10 against the known-answer vectors that its authors publish with Random123.

Salmon, Moraes, Dror and Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3", SC11; the vectors
are those of `kat_vectors` in Random123 (lines `philox4x32 10`): four words of counter, two of key,
four of answer.
"""

from __future__ import annotations

import numpy as np
import pytest

from escalation.engine.luck import luck_of, philox, uniform

VECTORS = [
    "00000000 00000000 00000000 00000000  00000000 00000000  6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff  ffffffff ffffffff  408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344  a4093822 299f31d0  d16cfe09 94fdcceb 5001e420 24126ea1",
]


def words(vector: str) -> list[int]:
    return [int(word, 16) for word in vector.split()]


@pytest.mark.parametrize("vector", VECTORS)
def test_known_answers(vector: str) -> None:
    numbers = words(vector)
    counter_and_key = [np.uint64(word) for word in numbers[:6]]
    assert [int(word) for word in philox(*counter_and_key)] == numbers[6:]


@pytest.mark.parametrize("vector", VECTORS)
def test_a_uniform_number_is_made_of_the_first_two_words(vector: str) -> None:
    """Counter: replication, day, actor and other, purpose and slot. Key: the seed, low word first."""
    c0, c1, c2, c3, k0, k1, x0, x1, _, _ = words(vector)
    luck = luck_of(seed=k1 << 32 | k0, replication=c0)
    u = uniform(luck, c1, c2 >> 16, c2 & 0xFFFF, c3 >> 24, c3 & 0xFFFFFF)
    assert u * 2**53 == (x0 >> 5) * 2**26 + (x1 >> 6)
