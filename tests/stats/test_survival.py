"""Times to events against scipy, against plain shares where nothing is censored, and against a jackknife."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from escalation.stats import survival

LONGEST = 15
days = st.lists(st.integers(1, LONGEST), min_size=1, max_size=60)
kinds = st.lists(st.sampled_from(["event", "censored", "other"]), min_size=60, max_size=60)


def histogram(values: list[int]) -> np.ndarray:
    return np.bincount(values, minlength=LONGEST + 1)


def sorted_out(when: list[int], what: list[str]) -> dict[str, np.ndarray]:
    return {
        kind: histogram([day for day, is_ in zip(when, what, strict=False) if is_ == kind])
        for kind in ("event", "censored", "other")
    }


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined")
@given(days, kinds)
def test_kaplan_meier_as_scipy_has_it(when: list[int], what: list[str]) -> None:
    by = sorted_out(when, ["event" if is_ == "other" else is_ for is_ in what])
    curve = survival.cumulative_incidence(by["event"], by["censored"])
    of = {kind: np.repeat(np.arange(LONGEST + 1), by[kind]) for kind in ("event", "censored")}
    data = stats.CensoredData(uncensored=of["event"], right=of["censored"])
    theirs = stats.ecdf(data).cdf
    assert curve.incidence[theirs.quantiles.astype(int)] == pytest.approx(theirs.probabilities, abs=1e-12)
    limits = theirs.confidence_interval(method="log-log")
    for day, low, high in zip(
        theirs.quantiles.astype(int), limits.low.probabilities, limits.high.probabilities, strict=True
    ):
        if 1e-9 < curve.incidence[day] < 1 - 1e-9:
            assert (curve.low[day], curve.high[day]) == pytest.approx((low, high), abs=1e-9)


@given(days, kinds)
def test_incidences_and_none_make_one(when: list[int], what: list[str]) -> None:
    by = sorted_out(when, what)
    one = survival.cumulative_incidence(by["event"], by["censored"], by["other"])
    two = survival.cumulative_incidence(by["other"], by["censored"], by["event"])
    any_ = survival.cumulative_incidence(by["event"] + by["other"], by["censored"])
    assert one.incidence + two.incidence == pytest.approx(any_.incidence, abs=1e-12)
    assert (np.diff(one.incidence) >= 0).all()
    known = ~np.isnan(one.low)
    assert (one.low[known] <= one.incidence[known] + 1e-12).all()
    assert (one.incidence[known] <= one.high[known] + 1e-12).all()


@given(days, kinds)
def test_without_censoring_incidence_is_a_share(when: list[int], what: list[str]) -> None:
    by = sorted_out(when, ["event" if is_ == "censored" else is_ for is_ in what])
    curve = survival.cumulative_incidence(by["event"], by["censored"], by["other"])
    n = len(when)
    share = np.cumsum(by["event"]) / n
    assert curve.incidence == pytest.approx(share, abs=1e-12)
    assert curve.variance == pytest.approx(share * (1 - share) / n, abs=1e-12)


def aalen_johansen(when: np.ndarray, what: np.ndarray, weights: np.ndarray, until: int) -> float:
    stay, total = 1.0, 0.0
    for day in range(until + 1):
        n = weights[when >= day].sum()
        if n > 0:
            total += stay * weights[(when == day) & (what == 1)].sum() / n
            stay *= 1 - weights[(when == day) & (what > 0)].sum() / n
    return total


@pytest.mark.parametrize("until", [3, 8, 12])
def test_the_variance_is_that_of_a_jackknife(until: int) -> None:
    """Infinitesimal jackknife: the sum of the squared pulls of the crises on the estimate."""
    rng = np.random.default_rng(3)
    when, what = rng.integers(1, LONGEST, 50), rng.integers(0, 3, 50)
    pulls = []
    for k in range(len(when)):
        low, high = np.ones(len(when)), np.ones(len(when))
        low[k], high[k] = 1 - 1e-5, 1 + 1e-5
        pulls.append(
            (aalen_johansen(when, what, high, until) - aalen_johansen(when, what, low, until)) / 2e-5
        )
    by = [histogram(when[what == kind].tolist()) for kind in range(3)]
    curve = survival.cumulative_incidence(by[1], by[0], by[2])
    assert curve.variance[until] == pytest.approx(np.sum(np.square(pulls)), rel=1e-5)


@given(days, st.integers(0, LONGEST))
def test_a_restricted_mean_is_the_mean_of_what_is_seen(when: list[int], until: int) -> None:
    found = survival.restricted_mean(histogram(when), histogram([]), until)
    seen = np.minimum(when, until)
    assert found.estimate == pytest.approx(seen.mean())
    half = 1.959964 * seen.std() / len(when) ** 0.5
    assert found.high - found.estimate == pytest.approx(half, abs=1e-6)


def test_many_cells_at_once_equal_single_cells() -> None:
    rng = np.random.default_rng(1)
    events, censored = rng.integers(0, 5, (2, 3, LONGEST + 1))
    together = survival.cumulative_incidence(events, censored)
    for k in range(3):
        alone = survival.cumulative_incidence(events[k], censored[k])
        for name in ("incidence", "variance", "low", "high"):
            assert np.array_equal(getattr(together, name)[k], getattr(alone, name), equal_nan=True)


def test_quantiles_are_reached_or_not() -> None:
    events, censored = histogram([2, 2, 5, 9]), histogram([LONGEST] * 4)
    curve = survival.cumulative_incidence(events, censored)
    assert survival.quantile(curve, 0.25).estimate == 2
    assert survival.quantile(curve, 0.5).estimate == 9
    assert np.isnan(survival.quantile(curve, 0.51).estimate)


def test_none_and_all_have_wilson_s_limits() -> None:
    curve = survival.cumulative_incidence(histogram([3] * 20), histogram([]))
    assert (curve.low[2], round(float(curve.high[2]), 4)) == (0, 0.1611)
    assert (round(float(curve.low[3]), 4), curve.high[3]) == (1 - 0.1611, 1)


def test_no_crises_give_no_estimate() -> None:
    curve = survival.cumulative_incidence(histogram([]), histogram([]))
    assert np.isnan([curve.low[3], curve.high[3]]).all()
    assert np.isnan(survival.restricted_mean(histogram([]), histogram([]), 5).estimate)


@pytest.mark.slow
def test_coverage() -> None:
    """Of 2,000 experiments about 95% have the truth inside, with censoring and competing events."""
    rng = np.random.default_rng(2)
    times, n, until = 2_000, 120, 10
    one, two = rng.geometric(0.03, (times, n)), rng.geometric(0.05, (times, n))
    lost = rng.integers(1, 2 * LONGEST, (times, n))
    first = np.minimum(np.minimum(one, two), LONGEST)
    seen = first <= lost
    kinds_ = np.where(~seen | (np.minimum(one, two) > LONGEST), 0, np.where(one <= two, 1, 2))
    when = np.minimum(first, lost)
    by = [
        np.stack([np.bincount(when[k][kinds_[k] == kind], minlength=LONGEST + 1) for k in range(times)])
        for kind in range(3)
    ]
    curve = survival.cumulative_incidence(by[1], by[0], by[2])
    # On a day the first comes with .03, and comes or not, the second with .05.
    stay = 0.97 * 0.95
    truth = 0.03 * (1 - stay**until) / (1 - stay)
    inside = (curve.low[:, until] <= truth) & (truth <= curve.high[:, until])
    assert 0.93 < inside.mean() < 0.97
    share = curve.incidence[:, until]
    assert share.mean() == pytest.approx(truth, abs=0.003)
    assert share.var() == pytest.approx(curve.variance[:, until].mean(), rel=0.1)
