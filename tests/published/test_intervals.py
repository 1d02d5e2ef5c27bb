"""Confidence intervals against published worked examples.

Newcombe 1998a: R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of
seven methods", Stat. Med. 17, 857-872, table I, method 3. Newcombe 1998b: "Interval estimation for the
difference between independent proportions: comparison of eleven methods", Stat. Med. 17, 873-890, table
II, method 10. Fagerland, Lydersen and Laake 2017, Statistical Analysis of Contingency Tables, chapter 4
(Perondi et al. 2004), as the tests of its R package contingencytables have it. PropCIs: the example of
`diffpropci.mp` in this R package for Agresti and Min 2005 (their Wald+2), as printed on rdrr.io.
"Student" 1908, "The probable error of a mean", Biometrika 6, 1-25: Cushny and
Peebles' sleep data, with the interval that R's help of t.test gives for them.
"""

from __future__ import annotations

import numpy as np
import pytest

from escalation.stats import intervals
from escalation.stats.intervals import Intervals


def limits(found: Intervals, digits: int = 4) -> tuple[float, float]:
    return round(float(found.low), digits), round(float(found.high), digits)


@pytest.mark.parametrize(
    ("yes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_as_in_newcombe(yes: int, n: int, low: float, high: float) -> None:
    assert limits(intervals.wilson(yes, n)) == (low, high)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
        ((7, 34, 1, 34), 0.0189, 0.3404),  # Perondi et al. in Fagerland, Lydersen and Laake
    ],
)
def test_independent_shares_as_in_newcombe(table: tuple[int, int, int, int], low: float, high: float) -> None:
    found = intervals.independent_shares(*table)
    assert limits(found) == (low, high)
    assert float(found.estimate) == pytest.approx(table[0] / table[1] - table[2] / table[3])


def test_paired_shares_as_propcis_has_them() -> None:
    """diffpropci.mp(b = 40, c = 20, n = 160): -0.21601726 to -0.03089632, about (20 - 40)/162."""
    found = intervals.paired_shares(20, 40, 160)
    assert limits(found, 8) == (-0.21601726, -0.03089632)
    assert (found.low + found.high) / 2 == pytest.approx(-0.1234568, abs=5e-8)
    assert float(found.estimate) == -20 / 160


# Extra hours of sleep of ten patients on two drugs.
DEXTRO = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
LAEVO = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def test_paired_means_as_of_student_s_sleepers() -> None:
    """Paired: -1.58 (-2.4598858 to -0.7001142)."""
    difference = np.subtract(DEXTRO, LAEVO)
    found = intervals.mean(difference.sum(), (difference**2).sum(), 10)
    assert float(found.estimate) == pytest.approx(-1.58)
    assert limits(found, 7) == (-2.4598858, -0.7001142)


def test_independent_means_as_of_student_s_sleepers() -> None:
    """Welch: -3.3654832 to 0.2054832, on 17.776 degrees of freedom."""
    found = intervals.independent_means(
        np.mean(DEXTRO), np.var(DEXTRO, ddof=1), 10, np.mean(LAEVO), np.var(LAEVO, ddof=1), 10
    )
    assert limits(found, 7) == (-3.3654832, 0.2054832)
