"""Chance and choice: clocks, shares, the option that a uniform number picks, and log-probabilities."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules import decide


@given(st.floats(-800, 800))
def test_logistic(x: float) -> None:
    p = decide.logistic(x)
    assert 0.0 < p < 1.0
    if abs(x) < 30:
        assert p == pytest.approx(1.0 / (1.0 + math.exp(-x)))
        assert p + decide.logistic(-x) == pytest.approx(1.0)


def picked(utility: np.ndarray, u: float) -> int:
    """Return the option that a uniform number picks."""
    shares = np.full(len(utility), np.nan)
    mass = decide.shares_of(utility, len(utility), shares)
    return decide.choose(shares, len(utility), u * mass)


@given(st.floats(-700, 700))
def test_exponential(x: float) -> None:
    assert abs(decide.exponential(x) - math.exp(x)) <= 4 * math.ulp(math.exp(x))


@given(st.floats(-600, 600))
def test_exponential_rises(x: float) -> None:
    assert decide.exponential(x) < decide.exponential(x + 1e-9 * max(1.0, abs(x)))
    assert decide.exponential(0.0) == 1.0


utilities = st.lists(st.one_of(st.floats(-40, 40), st.just(-math.inf)), max_size=12).map(
    lambda acts: np.array([0.0, *acts])
)


@given(utilities)
def test_probabilities_sum_to_one_and_follow_the_logit(utility: np.ndarray) -> None:
    n = len(utility)
    logs = np.array([decide.log_share_of(utility, n, k) for k in range(n)])
    assert np.exp(logs).sum() == pytest.approx(1.0)
    weights = np.exp(utility - utility.max())
    assert np.exp(logs) == pytest.approx(weights / weights.sum())


@given(utilities)
def test_choose_is_the_inverse_of_the_cumulated_probabilities(utility: np.ndarray) -> None:
    n = len(utility)
    cumulated = 0.0
    for k in range(n):
        p = math.exp(decide.log_share_of(utility, n, k))
        if p > 1e-9:
            for share in (1e-4, 0.5, 1 - 1e-4):
                assert picked(utility, cumulated + share * p) == k
        cumulated += p


@given(utilities)
def test_choose_rises_with_luck_in_ladder_order_and_never_takes_what_cannot_be(utility: np.ndarray) -> None:
    grid = [*np.linspace(0.0, 1.0, 101)[:-1], 1.0 - 2.0**-53]
    chosen = [picked(utility, u) for u in grid]
    assert chosen == sorted(chosen)
    assert np.isfinite(utility[chosen]).all()


@pytest.mark.parametrize("utility", [[0.0, -800.0, -801.0], [0.0, 800.0, 801.0], [0.0]])
def test_utilities_far_apart_stay_finite(utility: list[float]) -> None:
    desk = np.array(utility)
    for k in range(len(desk)):
        assert math.isfinite(decide.log_share_of(desk, len(desk), k))
        assert math.isfinite(picked(desk, 0.999999))


@given(utilities, st.data())
def test_an_option_taken_out_is_never_picked_again(utility: np.ndarray, data: st.DataObject) -> None:
    n = len(utility)
    shares = np.zeros(n)
    decide.shares_of(utility, n, shares)
    left = [k for k in range(n) if np.isfinite(utility[k])]
    gone = data.draw(st.sampled_from(left))
    mass = decide.without(shares, n, gone)
    assert mass == pytest.approx(sum(decide.exponential(utility[k]) for k in left if k != gone))
    if len(left) > 1:
        assert {decide.choose(shares, n, u * mass) for u in np.linspace(0, 0.999, 50)} <= set(left) - {gone}


@given(st.floats(0.0, 50.0), st.floats(0.0, 50.0))
def test_clocks_side_by_side_run_off_as_one_with_the_sum_of_their_hazards(one: float, other: float) -> None:
    neither = (1.0 - decide.chance_of(one)) * (1.0 - decide.chance_of(other))
    assert neither == pytest.approx(1.0 - decide.chance_of(one + other))
    assert decide.chance_of(one) == pytest.approx(-math.expm1(-one), rel=1e-6, abs=1e-15)
    assert decide.chance_of(one) <= one  # by which the day saves an exponential


@given(st.floats(1e-6, 50.0))
def test_the_log_chance_is_that_of_the_chance(rate: float) -> None:
    assert decide.log_chance_of(rate) == pytest.approx(math.log(-math.expm1(-rate)), rel=1e-6, abs=1e-12)


def test_what_cannot_happen_has_a_finite_score_far_below_all_others() -> None:
    assert decide.log_chance_of(0.0) == math.log(decide.LEAST_CHANCE) < -25.0
