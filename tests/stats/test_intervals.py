"""Intervals keep their promises: inside their bounds, mirrored, and covering as often as they say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.stats import intervals

counts = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_wilson_contains_its_share_and_stays_in_bounds(count: tuple[int, int]) -> None:
    yes, n = count
    found = intervals.wilson(yes, n)
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert found.low < found.high
    mirrored = intervals.wilson(n - yes, n)
    assert mirrored.low == pytest.approx(1 - found.high, abs=1e-12)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(0, 300))
def test_paired_shares_are_mirrored_and_have_a_width(gained: int, lost: int, rest: int) -> None:
    n = gained + lost + rest
    found = intervals.paired_shares(gained, lost, n)
    if n == 0:
        assert np.isnan([found.estimate, found.low, found.high]).all()
        return
    assert -1 <= found.low < found.high <= 1
    mirrored = intervals.paired_shares(lost, gained, n)
    assert mirrored.low == pytest.approx(-found.high, abs=1e-12)


@given(counts)
def test_the_stopping_rule_has_the_same_width(count: tuple[int, int]) -> None:
    from escalation.stats.intervals import wilson_half

    found = intervals.wilson(*count)
    assert wilson_half(*count) == pytest.approx((found.high - found.low) / 2, abs=1e-12)


def test_no_pair_differs() -> None:
    found = intervals.paired_shares(0, 0, 98)
    assert float(found.high) == pytest.approx(1.959964 / 100, abs=1e-8)
    assert found.low == -found.high


@pytest.mark.parametrize("value", [0.1, 7.3, 1e9])
def test_equal_values_have_no_spread(value: float) -> None:
    values = np.full(1000, value)
    found = intervals.mean(values.sum(), (values**2).sum(), 1000)
    assert found.low == found.high == found.estimate


def test_too_few_crises_have_no_interval() -> None:
    one = intervals.mean(3.0, 9.0, 1)
    assert one.estimate == 3.0
    assert np.isnan([one.low, one.high]).all()
    none = intervals.wilson(0, 0)
    assert np.isnan([none.estimate, none.low, none.high]).all()
    assert np.isnan(intervals.mean(0.0, 0.0, 0).estimate)


def test_the_mean_of_many_cells_is_that_of_each() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(5, 2, (4, 30))
    found = intervals.mean(values.sum(axis=1), (values**2).sum(axis=1), 30)
    from scipy import stats

    for k in range(4):
        low, high = stats.t.interval(0.95, 29, values[k].mean(), stats.sem(values[k]))
        assert (found.low[k], found.high[k]) == pytest.approx((low, high))


def test_replications_saved() -> None:
    """Opposed pairs are worth half a replication, independent ones one, equal ones no number."""
    assert intervals.replications_saved(1.0, 1.0, 4.0) == 0.5
    assert intervals.replications_saved(1.0, 1.0, 2.0) == 1.0
    assert np.isnan(intervals.replications_saved(1.0, 1.0, 0.0))


SHARES = [(0.02, 0.02), (0.3, 0.35), (0.9, 0.97)]


@pytest.mark.slow
@pytest.mark.parametrize(("p", "p_0"), SHARES)
def test_coverage(p: float, p_0: float) -> None:
    """Of 4,000 experiments about 95% have the truth inside, for pairs with and without common draws."""
    rng = np.random.default_rng(5)
    n, times = 200, 4_000
    draws = rng.random((times, n))
    yes, yes_0 = draws < p, draws < p_0
    other = rng.random((times, n)) < p_0
    gained, lost = (yes & ~yes_0).sum(axis=1), (yes_0 & ~yes).sum(axis=1)
    mixed = np.where(rng.random((times, n)) < 0.5, draws, rng.random((times, n))) < p_0
    found = {
        "wilson": (intervals.wilson(yes.sum(axis=1), n), p),
        "newcombe": (intervals.independent_shares(yes.sum(axis=1), n, other.sum(axis=1), n), p - p_0),
        "agresti_min": (
            intervals.paired_shares((yes & ~mixed).sum(axis=1), (mixed & ~yes).sum(axis=1), n),
            p - p_0,
        ),
        "nested": (intervals.paired_shares(gained, lost, n), p - p_0),
    }
    for name, (interval, truth) in found.items():
        share = np.mean((interval.low <= truth) & (truth <= interval.high))
        assert share > 0.93, name
        # At the edges these intervals cover too often rather than too seldom.
        assert share < 0.97 or p_0 < 0.1 or name == "nested", name


def test_pooled_shares_are_weighted_and_as_precise_as_the_smallest_setting() -> None:
    pooled = intervals.pooled_shares([0.2, 0.5], [100, 300])
    one = intervals.wilson(42.5, 100)
    assert float(pooled.estimate) == pytest.approx(0.425)
    assert (float(pooled.low), float(pooled.high)) == pytest.approx((float(one.low), float(one.high)))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 60))
def test_an_average_over_one_setting_is_a_pair(gained: int, lost: int, neither: int) -> None:
    n = gained + lost + neither
    one = intervals.paired_shares(gained, lost, n)
    other = intervals.paired_average(gained - lost, gained + lost, n)
    for name in ("estimate", "low", "high"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), nan_ok=True)


def test_variance_between_points_is_added_with_the_freedom_of_both() -> None:
    """Satterthwaite's formula by hand: 100 replications, 10 points."""
    total, squares, n, between, points = 12.0, 9.0, 100, 0.0004, 10
    found = intervals.paired_average(total, squares, n, between=between, points=points)
    luck = (squares + 1 - total * total / 102) / 102**2
    freedom = (luck + between) ** 2 / (luck**2 / 101 + between**2 / 9)
    half = intervals.t_quantile(freedom) * np.sqrt(luck + between)
    assert (found.low, found.high) == (pytest.approx(0.12 - half), pytest.approx(0.12 + half))
    means = intervals.average_of_means(total, squares, n, between, points)
    luck = (squares - total * total / 100) / 99 / 100
    freedom = (luck + between) ** 2 / (luck**2 / 99 + between**2 / 9)
    half = intervals.t_quantile(freedom) * np.sqrt(luck + between)
    assert means.high == pytest.approx(0.12 + half)
    plain = intervals.mean(total, squares, n)
    fixed = intervals.average_of_means(total, squares, n)
    assert (plain.low, plain.high) == (pytest.approx(fixed.low), pytest.approx(fixed.high))


@given(st.integers(0, 30), st.integers(0, 50))
def test_a_sum_of_two_shares_is_newcombe_s_interval(yes: int, other: int) -> None:
    shares = intervals.wilson(np.array([yes, other]), np.array([30, 50]))
    found = intervals.sum_of_shares(shares, [1.0, -1.0], np.array([0]))
    wanted = intervals.independent_shares(yes, 30, other, 50)
    assert (found.low[0], found.high[0]) == (pytest.approx(wanted.low), pytest.approx(wanted.high))


def test_a_sum_of_two_means_is_welch_s_interval() -> None:
    found = intervals.sum_of_means([3.0, 2.0], [4.0, 9.0], [12, 20], [1.0, -1.0], np.array([0]))
    wanted = intervals.independent_means(3.0, 4.0, 12, 2.0, 9.0, 20)
    assert (found.low[0], found.high[0]) == (pytest.approx(wanted.low), pytest.approx(wanted.high))
    several = intervals.sum_of_means(
        [3.0, 2.0, 3.0, 2.0], [4.0, 9.0, 4.0, 9.0], [12, 20, 12, 20], [1, -1, 0.5, -0.5], np.array([0, 2])
    )
    assert several.estimate.tolist() == [1.0, 0.5]
    assert several.high[1] == pytest.approx(wanted.high / 2)


def test_percentiles_are_those_of_the_resamples() -> None:
    resampled = np.concatenate([[[5.0, 7.0]], np.stack([np.arange(101.0), np.arange(101.0) * 2], axis=1)])
    found = intervals.percentiles(resampled)
    assert found.estimate.tolist() == [5.0, 7.0]
    assert found.low == pytest.approx([2.5, 5.0])
    assert found.high == pytest.approx([97.5, 195.0])
    assert intervals.percentiles(resampled, 0.5).high == pytest.approx([75.0, 150.0])
