"""Survival curves against published worked examples.

Freireich et al. 1963, Blood 21, 699-716: weeks in remission on 6-mercaptopurine, the example of Kaplan and
Meier's curve in most textbooks. Survival, standard errors and log-log limits as R's
`summary(survfit(..., conf.type = "log-log"))` prints them (the example of `gehan` in MASS: Venables and
Ripley 2002, Modern Applied Statistics with S); the mean up to 35 weeks from Klein and Moeschberger 2003,
Survival Analysis, example 4.1: 23.29 weeks, standard error 2.83. Competing events: the small example that
R's package survival works out by hand in its tests (`tests/testci.R`).
"""

from __future__ import annotations

import numpy as np
import pytest

from escalation.stats import survival

RELAPSES = [6, 6, 6, 7, 10, 13, 16, 22, 23]
CENSORED = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]

#          week, at risk, survival, s.e., low, high
PRINTED = [
    (6, 21, 0.857, 0.0764, 0.620, 0.952),
    (7, 17, 0.807, 0.0869, 0.563, 0.923),
    (10, 15, 0.753, 0.0963, 0.503, 0.889),
    (13, 12, 0.690, 0.1068, 0.432, 0.849),
    (16, 11, 0.627, 0.1141, 0.368, 0.805),
    (22, 7, 0.538, 0.1282, 0.268, 0.747),
    (23, 6, 0.448, 0.1346, 0.188, 0.680),
]  # fmt: skip


def by_day(days: list[int], longest: int = 35) -> np.ndarray:
    return np.bincount(days, minlength=longest + 1)


@pytest.mark.parametrize("row", PRINTED)
def test_kaplan_meier(row: tuple[float, ...]) -> None:
    curve = survival.cumulative_incidence(by_day(RELAPSES), by_day(CENSORED))
    week = int(row[0])
    found = (
        int(curve.at_risk[week]),
        round(1 - curve.incidence[week], 3),
        round(curve.variance[week] ** 0.5, 4),
        round(1 - curve.high[week], 3),
        round(1 - curve.low[week], 3),
    )
    assert found == row[1:]


def test_median_and_a_quantile_that_is_not_reached() -> None:
    """The median is 23 weeks (13 to not reached); three quarters never relapse within the study."""
    curve = survival.cumulative_incidence(by_day(RELAPSES), by_day(CENSORED))
    median = survival.quantile(curve, 0.5)
    assert (median.estimate, median.low) == (23, 13)
    assert np.isnan(median.high)
    assert np.isnan(survival.quantile(curve, 0.75).estimate)


def test_restricted_mean() -> None:
    found = survival.restricted_mean(by_day(RELAPSES), by_day(CENSORED), 35)
    assert round(float(found.estimate), 2) == 23.29
    assert round(float(found.high - found.estimate) / 1.959964, 2) == 2.83


def test_competing_events() -> None:
    """Of eight, one is lost on day 1; the first event comes on day 2, the second on 3, 3 and 6."""
    one, other = by_day([2], 6), by_day([3, 3, 6], 6)
    lost = by_day([1, 2, 3, 5], 6)
    first = survival.cumulative_incidence(one, lost, other)
    second = survival.cumulative_incidence(other, lost, one)
    assert first.at_risk.tolist() == [8, 8, 7, 5, 2, 2, 1]
    assert first.incidence == pytest.approx([0, 0, *[1 / 7] * 5])
    assert second.incidence == pytest.approx([0, 0, 0, *[12 / 35] * 3, 6 / 7])
    assert first.variance == pytest.approx([0, 0, *[6 / 343] * 5])
    assert second.variance[-1] == pytest.approx(6 / 343)  # all that is not the first is the second by then
