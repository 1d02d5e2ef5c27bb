from __future__ import annotations

import math

import pytest

from benchmarks.turns import exponent, in_turns, ratio


def test_turns_are_taken_and_compared_within() -> None:
    order: list[str] = []
    seconds = in_turns({"a": lambda: order.append("a"), "b": lambda: order.append("b")}, 2)
    assert order == ["a", "b", "a", "b"]
    assert [len(values) for values in seconds.values()] == [2, 2]
    assert ratio([2.0, 30.0, 8.0], [1.0, 10.0, 2.0]) == 3.0


def test_the_exponent_is_that_of_a_power() -> None:
    assert exponent([1, 10, 100], [3.0, 300.0, 30_000.0]) == pytest.approx(2.0)
    assert math.isnan(exponent([5], [1.0]))
