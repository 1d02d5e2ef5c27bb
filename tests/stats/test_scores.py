"""Scores against values derived by hand, and their propriety: no forecaster gains by misreporting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from escalation.stats import scores


def distributions(levels: int) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.float64, levels, elements=st.floats(0.01, 1)).map(lambda values: values / values.sum())


def test_log_score_is_minus_the_logarithm_of_the_observed_level() -> None:
    found = scores.log_score([[0.5, 0.25, 0.25], [0.1, 0.9, 0.0]], [1, 1])
    assert found == pytest.approx([math.log(4), -math.log(0.9)])
    assert scores.log_score([[1.0, 0.0]], [1])[0] == math.inf


def test_ranked_probability_by_hand() -> None:
    """Forecast .2 .5 .3, the first came: (.2 - 1)² + (.7 - 1)² + 0 = .73; the last: .2² + .7² = .53."""
    found = scores.ranked_probability([[0.2, 0.5, 0.3]] * 2, [0, 2])
    assert found == pytest.approx([0.73, 0.53])


def test_ranked_probability_of_two_levels_is_the_brier_score() -> None:
    assert scores.ranked_probability([[0.7, 0.3]], [1]) == pytest.approx(scores.brier([0.3], [True]))


def test_events_by_hand() -> None:
    assert scores.brier([0.3, 0.3], [True, False]) == pytest.approx([0.49, 0.09])
    assert scores.log_score_of_event([0.25, 0.25], [True, False]) == pytest.approx(
        [math.log(4), math.log(4 / 3)]
    )


@pytest.mark.parametrize(
    ("samples", "observed", "censored_at", "expected"),
    [
        ([3.0], 5.0, 90.0, 2.0),  # one sample: the absolute error
        ([3.0], math.inf, 10.0, 7.0),  # never came, and is cut at day 10
        ([math.inf], math.inf, 10.0, 0.0),
        ([50.0, math.inf], 20.0, 10.0, 0.0),  # all beyond the last day watched
        ([0.0, 10.0], 0.0, 90.0, 2.5),  # F is .5 on [0, 10): integral of .25
        ([0.0, 10.0], 5.0, 90.0, 2.5),
        ([2.0, 4.0, 9.0], 4.0, 90.0, 2 / 9 + 5 / 9),  # (1/3)² over 2 days, (1/3)² over 5
    ],
)
def test_censored_crps_by_hand(
    samples: list[float], observed: float, censored_at: float, expected: float
) -> None:
    assert scores.censored_crps(samples, observed, censored_at) == pytest.approx(expected)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(0, 30), st.integers(1, 25))
def test_censored_crps_is_the_integral(samples: list[int], observed: int, censored_at: int) -> None:
    """Times on whole days: F is constant on [d, d + 1), so the integral is a sum over days."""
    days = np.arange(censored_at)
    below = (np.array(samples)[:, None] <= days).mean(axis=0)
    expected = ((below - (observed <= days)) ** 2).sum()
    assert scores.censored_crps(samples, observed, censored_at) == pytest.approx(expected, abs=1e-9)


@given(distributions(4), distributions(4))
def test_no_forecaster_expects_to_gain_by_misreporting(truth: np.ndarray, other: np.ndarray) -> None:
    came = np.arange(4)
    for rule in (scores.log_score, scores.ranked_probability):
        honest = truth @ rule(np.tile(truth, (4, 1)), came)
        dishonest = truth @ rule(np.tile(other, (4, 1)), came)
        assert honest <= dishonest + 1e-12


@given(st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_event_scores_are_proper(truth: float, other: float) -> None:
    for rule in (scores.brier, scores.log_score_of_event):
        honest, dishonest = (
            truth * rule(said, True) + (1 - truth) * rule(said, False) for said in (truth, other)
        )
        assert honest <= dishonest + 1e-12


@given(
    st.lists(st.integers(0, 20), min_size=1, max_size=8), st.lists(st.integers(0, 20), min_size=1, max_size=8)
)
def test_censored_crps_is_proper(truth: list[int], other: list[int]) -> None:
    honest, dishonest = (
        np.mean([scores.censored_crps(said, came, 12.0) for came in truth]) for said in (truth, other)
    )
    assert honest <= dishonest + 1e-9


def test_pit_by_hand() -> None:
    found = scores.pit([[0.2, 0.5, 0.3]] * 3, [0, 1, 2], [0.5, 0.0, 1.0])
    assert found == pytest.approx([0.1, 0.2, 1.0])


def test_pit_of_the_truth_is_uniform() -> None:
    generator = np.random.default_rng(3)
    truth = np.array([0.1, 0.2, 0.3, 0.4])
    came = generator.choice(4, 40_000, p=truth)
    forecast = np.tile(truth, (len(came), 1))
    found = scores.pit(forecast, came, generator.random(len(came)))
    assert np.quantile(found, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)
    assert scores.pit_histogram(forecast, came) == pytest.approx(np.full(10, 0.1), abs=0.006)
    wrong = np.tile(truth[::-1], (len(came), 1))
    assert scores.pit_histogram(wrong, came)[-1] > 0.15


def test_pit_histogram_by_hand() -> None:
    """One forecast of .5 and .5, the first came: its weight lies evenly on [0, .5]."""
    assert scores.pit_histogram([[0.5, 0.5]], [0], bins=4) == pytest.approx([0.5, 0.5, 0, 0])


def test_a_spread_of_no_width_lies_in_one_bin() -> None:
    assert scores.spread_histogram([0.3, 0.5], [0.3, 1.0], bins=4) == pytest.approx([0, 0.5, 0.25, 0.25])


@given(distributions(5), st.integers(0, 4))
def test_pit_histogram_adds_up(forecast: np.ndarray, came: int) -> None:
    assert scores.pit_histogram(forecast[None], [came]).sum() == pytest.approx(1)


def test_reliability_by_hand() -> None:
    table = scores.reliability([0.1, 0.15, 0.9, 1.0], [False, True, True, True], bins=5)
    assert table.forecast == pytest.approx([0.125, 0.95])
    assert table.share == pytest.approx([0.5, 1.0])
    assert table.count.tolist() == [2, 2]


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1, max_size=60))
def test_the_parts_of_the_brier_score_add_up(pairs: list[tuple[float, bool]]) -> None:
    forecast, came = zip(*pairs, strict=True)
    parts = scores.brier_decomposition(forecast, came)
    whole = parts.reliability - parts.resolution + parts.uncertainty + parts.within
    assert whole == pytest.approx(scores.brier(forecast, came).mean(), abs=1e-12)


def test_the_parts_of_the_brier_score_by_hand() -> None:
    """Equal forecasts within bins leave nothing over: .2 said of 1 in 4, .8 said of 4 in 4."""
    parts = scores.brier_decomposition([0.2] * 4 + [0.8] * 4, [1, 0, 0, 0, 1, 1, 1, 1])
    assert parts.reliability == pytest.approx((0.05**2 + 0.2**2) / 2)
    assert parts.resolution == pytest.approx(0.375**2)
    assert parts.uncertainty == pytest.approx(0.625 * 0.375)
    assert parts.within == pytest.approx(0, abs=1e-12)


def test_the_bootstrap_draws_clusters() -> None:
    """Two clusters, all 0 and all 1: means of 0, 1/2 and 1 come with 1/4, 1/2, 1/4, however long they are."""
    values = [0.0] * 50 + [1.0] * 50
    found = scores.bootstrap(values, ["a"] * 50 + ["b"] * 50, np.random.default_rng(1))
    assert (found.estimate, found.low, found.high) == (0.5, 0.0, 1.0)
    apart = scores.bootstrap(values, np.arange(100), np.random.default_rng(1))
    assert 0.38 < apart.low < 0.42
    assert 0.58 < apart.high < 0.62


def test_the_bootstrap_depends_on_its_generator_only() -> None:
    values, clusters = np.arange(30.0), np.arange(30) // 3
    one, same, other = (scores.bootstrap(values, clusters, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert one == same
    assert one != other


def test_one_cluster_has_no_interval() -> None:
    found = scores.bootstrap([1.0, 2.0], ["a", "a"], np.random.default_rng(1))
    assert found.estimate == 1.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)
