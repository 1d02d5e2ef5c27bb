"""Intervals for shares and means, and for their differences, paired and independent.

Every function takes arrays (or numbers) and works element by element, so that a table of all cells is one
call. Where nothing can be said (no crises, one crisis for a mean) estimate and limits are NaN.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
Z_95 = 1.959963984540054
"""The quantile of the standard normal for CONFIDENCE, written out so that SciPy need not be imported."""
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Intervals:
    """Estimates with their lower and upper limits, arrays of one shape."""

    estimate: Floats
    low: Floats
    high: Floats

    def only(self, kept: NDArray[np.intp]) -> Intervals:
        """Return those with some numbers, in that order."""
        return Intervals(self.estimate[kept], self.low[kept], self.high[kept])


def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """Return z with P(|Z| <= z) = confidence for a standard normal Z: 1.959964 for 0.95."""
    from scipy.special import ndtri

    return float(ndtri(0.5 + confidence / 2))


def t_quantile(freedom: ArrayLike, confidence: float = CONFIDENCE) -> Floats:
    """Return t with P(|T| <= t) = confidence for Student's T; NaN where freedom is not positive."""
    from scipy.special import stdtrit

    degrees = np.asarray(freedom, np.float64)
    with np.errstate(invalid="ignore"):
        found: Floats = np.where(
            degrees > 0, stdtrit(np.maximum(degrees, 1e-9), 0.5 + confidence / 2), np.nan
        )
    return found


def wilson_half(yes: ArrayLike, n: ArrayLike, z: float = Z_95) -> Floats:
    """Return half the width of Wilson's score interval, before it is cut at 0 and 1.

    z sqrt(p(1-p)/n + z²/4n²) / (1 + z²/n), p = yes/n; NaN without any.
    """
    x, m = np.asarray(yes, np.float64), np.asarray(n, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        half: Floats = z * np.sqrt(x * (1 - x / m) + z * z / 4) / (m + z * z)
    return half


def wilson(yes: ArrayLike, n: ArrayLike, confidence: float = CONFIDENCE) -> Intervals:
    """Return shares yes/n with Wilson's score interval.

    (p + z²/2n ± z sqrt(p(1-p)/n + z²/4n²)) / (1 + z²/n), p = yes/n.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22, 209-212;
    method 3 of Newcombe 1998, "Two-sided confidence intervals for the single proportion", Stat. Med. 17,
    857-872. The limits lie in [0, 1], and the interval has positive width at 0 and at n too.
    """
    x, m = np.asarray(yes, np.float64), np.asarray(n, np.float64)
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(m > 0, x / m, np.nan)
        middle = (x + z * z / 2) / (m + z * z)
    half = wilson_half(x, m, z)
    # At 0 and n one limit is the bound itself, which rounding may miss by a hair.
    low = np.where(x <= 0, np.where(m > 0, 0.0, np.nan), np.clip(middle - half, 0.0, 1.0))
    high = np.where(x >= m, np.where(m > 0, 1.0, np.nan), np.clip(middle + half, 0.0, 1.0))
    return Intervals(share, low, high)


def pooled_shares(shares: ArrayLike, n: ArrayLike, confidence: float = CONFIDENCE) -> Intervals:
    """Return one share pooled over settings that may share their random numbers, with a cautious interval.

    p = sum(n_k p_k) / sum(n_k), with Wilson's limits for min(n_k) crises: replications that repeat the
    random draws of another setting add no information of their own, so the pooled share counts as no more
    precise than the setting with the fewest crises.

    Parameters
    ----------
    shares
        Shares p_k, one per setting, in [0, 1].
    n
        Crises n_k behind each share, positive.
    """
    p, m = np.asarray(shares, np.float64), np.asarray(n, np.float64)
    share, least = min(1.0, float((p * m).sum() / m.sum())), float(m.min())
    return wilson(share * least, least, confidence)


def paired_shares(
    gained: ArrayLike, lost: ArrayLike, n: ArrayLike, confidence: float = CONFIDENCE
) -> Intervals:
    """Return the difference of two shares over the same n pairs, by the adjusted Wald interval.

    `gained` pairs are yes now and no at the baseline, `lost` the other way round. The estimate is
    (gained - lost)/n. For the limits half a pair is added to each of the four cells: with b = gained + 1/2,
    c = lost + 1/2, N = n + 2:

    (b - c)/N ± z sqrt(b + c - (b - c)²/N) / N, cut at -1 and 1.

    Agresti and Min 2005, "Simple improved confidence intervals for comparing matched proportions", Stat.
    Med. 24, 729-740 (there Wald+2). Its width is positive even where no pair differs: ± z/(n + 2).
    """
    b, c, m = (np.asarray(values, np.float64) for values in (gained, lost, n))
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = np.where(m > 0, (b - c) / m, np.nan)
    middle = (b - c) / (m + 2)
    half = z * np.sqrt(b + c + 1 - (b - c) * middle) / (m + 2)
    known = np.where(m > 0, 0.0, np.nan)
    return Intervals(
        difference, np.maximum(middle - half, -1.0) + known, np.minimum(middle + half, 1.0) + known
    )


def paired_average(
    total: ArrayLike,
    squares: ArrayLike,
    n: ArrayLike,
    pairs: int = 1,
    between: ArrayLike = 0.0,
    points: ArrayLike = 2,
    confidence: float = CONFIDENCE,
) -> Intervals:
    """Return the mean of n averages of differences of paired answers, with the interval of Agresti and Min.

    Each of the n replications gives one average, over settings that share their random numbers; d is their
    mean. As for one pair (`paired_shares`) half a pair is added to each of the four cells: the sum of squares
    grows by the number of `pairs` that an average is a contrast of, 1 or 2, and n by 2. For one setting this
    is the interval of `paired_shares`; for several it is cautious, as if all settings differed alike in what
    is added.

    Parameters
    ----------
    total, squares
        Sum and sum of squares of the averages, each in [-pairs, pairs].
    n
        Replications.
    pairs
        1 for a difference, 2 for a difference of differences.
    between
        Variance of the mean that comes from the sampling of points; 0 for settings that were chosen.
    points
        How many points were sampled; not used where `between` is 0.
    """
    s, q, m = (np.asarray(values, np.float64) for values in (total, squares, n))
    middle = s / (m + 2)
    luck = np.maximum(q + pairs - s * middle, 0.0) / (m + 2) ** 2
    half = _half_of_two(luck, m + 1, np.asarray(between, np.float64), points, confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        difference = np.where(m > 0, s / m, np.nan)
    known = np.where(m > 0, 0.0, np.nan)
    # What is added to the squares alone draws the middle toward zero, which sampled points do not justify.
    middle = np.where(np.asarray(between) > 0, difference, middle)
    return Intervals(
        difference, np.maximum(middle - half, -pairs) + known, np.minimum(middle + half, pairs) + known
    )


def average_of_means(
    total: ArrayLike,
    squares: ArrayLike,
    n: ArrayLike,
    between: ArrayLike = 0.0,
    points: ArrayLike = 2,
    confidence: float = CONFIDENCE,
) -> Intervals:
    """Return the mean of n averages with Student's interval; parameters as of `paired_average`."""
    m = np.asarray(n, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.where(m > 0, np.asarray(total, np.float64) / m, np.nan)
        luck = variance(total, squares, n) / m
        added = np.asarray(between, np.float64)
        half = _half_of_two(luck, m - 1, added, points, confidence, t_quantile(m - 1, confidence))
    return Intervals(middle, middle - half, middle + half)


def _half_of_two(
    luck: Floats,
    freedom: Floats,
    between: Floats,
    points: ArrayLike,
    confidence: float,
    alone: ArrayLike | None = None,
) -> Floats:
    """Return half an interval whose variance is the sum of two, by Satterthwaite's degrees of freedom.

    (a + b)² / (a²/f_a + b²/f_b); where the second variance is 0 the quantile `alone`, by default the normal.
    Satterthwaite 1946, "An approximate distribution of estimates of variance components", Biometrics Bulletin
    2, 110-114.
    """
    together = luck + between
    k = np.asarray(points, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        combined = together**2 / (luck**2 / freedom + between**2 / (k - 1))
        one = normal_quantile(confidence) if alone is None else alone
        quantile = np.where(between > 0, t_quantile(combined, confidence), one)
        found: Floats = np.where(together == 0, 0.0, quantile * np.sqrt(together))
    return found


def sum_of_shares(shares: Intervals, coefficients: ArrayLike, starts: NDArray[np.integer]) -> Intervals:
    """Return linear combinations of independent shares, by the hybrid score interval.

    With shares p_i, their limits (l_i, u_i) and coefficients c_i the limits are

    sum c_i p_i - sqrt(sum (c_i p_i - min(c_i l_i, c_i u_i))²) and
    sum c_i p_i + sqrt(sum (max(c_i l_i, c_i u_i) - c_i p_i)²).

    For one difference this is Newcombe's interval (`independent_shares`). Zou, Huang and Zhang 2009, "A note
    on confidence interval estimation for a linear function of binomial proportions", Computational Statistics
    and Data Analysis 53, 1080-1085.

    Parameters
    ----------
    shares
        Shares and their limits, those of one combination one after the other.
    coefficients
        One for each share.
    starts
        The place of the first share of each combination.
    """
    c = np.asarray(coefficients, np.float64)
    p, ends = c * shares.estimate, (c * shares.low, c * shares.high)
    middle = np.add.reduceat(p, starts)
    down = np.sqrt(np.add.reduceat((p - np.minimum(*ends)) ** 2, starts))
    up = np.sqrt(np.add.reduceat((np.maximum(*ends) - p) ** 2, starts))
    return Intervals(middle, middle - down, middle + up)


def sum_of_means(
    means: ArrayLike,
    variances: ArrayLike,
    n: ArrayLike,
    coefficients: ArrayLike,
    starts: NDArray[np.integer],
    confidence: float = CONFIDENCE,
) -> Intervals:
    """Return linear combinations of independent means, by Welch's interval with Satterthwaite's freedom.

    For one difference this is `independent_means`. Parameters as of `sum_of_shares`, with the sample variance
    and the number of values behind each mean.
    """
    m, v, k, c = (np.asarray(values, np.float64) for values in (means, variances, n, coefficients))
    with np.errstate(divide="ignore", invalid="ignore"):
        each = c * c * v / k
        together = np.add.reduceat(each, starts)
        freedom = together**2 / np.add.reduceat(each * each / (k - 1), starts)
        half = np.where(together == 0, 0.0, t_quantile(freedom, confidence) * np.sqrt(together))
    middle = np.add.reduceat(c * m, starts)
    return Intervals(middle, middle - half, middle + half)


def independent_shares(
    yes: ArrayLike, n: ArrayLike, yes_0: ArrayLike, n_0: ArrayLike, confidence: float = CONFIDENCE
) -> Intervals:
    """Return the difference yes/n - yes_0/n_0 of two independent shares, by Newcombe's hybrid score interval.

    With p, p_0 the shares and (l, u), (l_0, u_0) their Wilson limits:

    p - p_0 - sqrt((p - l)² + (u_0 - p_0)²)  to  p - p_0 + sqrt((u - p)² + (p_0 - l_0)²).

    Method 10 of Newcombe 1998, "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Stat. Med. 17, 873-890.
    """
    one, other = wilson(yes, n, confidence), wilson(yes_0, n_0, confidence)
    p, p_0 = one.estimate, other.estimate
    difference = p - p_0
    low = difference - np.sqrt((p - one.low) ** 2 + (other.high - p_0) ** 2)
    high = difference + np.sqrt((one.high - p) ** 2 + (p_0 - other.low) ** 2)
    return Intervals(difference, np.maximum(low, -1.0), np.minimum(high, 1.0))


def mean(total: ArrayLike, squares: ArrayLike, n: ArrayLike, confidence: float = CONFIDENCE) -> Intervals:
    """Return means with Student's t interval, from sums and sums of squares of n values.

    m ± t(n - 1) s/sqrt(n), s² = (squares - total²/n)/(n - 1). "Student" 1908, "The probable error of a mean",
    Biometrika 6, 1-25. Of differences of pairs this is the paired t interval.
    """
    m = np.asarray(n, np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        middle = np.where(m > 0, np.asarray(total, np.float64) / m, np.nan)
        half = t_quantile(m - 1, confidence) * np.sqrt(variance(total, squares, n) / m)
    return Intervals(middle, middle - half, middle + half)


def variance(total: ArrayLike, squares: ArrayLike, n: ArrayLike) -> Floats:
    """Return the sample variance from sums and sums of squares of n values, NaN for fewer than two.

    What is left of a sum of squares after rounding can fall below zero, and counts as zero: values whose
    spread is below a ten-millionth of their size are taken for equal.
    """
    s, q, m = (np.asarray(values, np.float64) for values in (total, squares, n))
    with np.errstate(divide="ignore", invalid="ignore"):
        left = q - s * s / m
        left = np.where(left <= 1e-14 * q, 0.0, left)
        found: Floats = np.where(m > 1, left / (m - 1), np.nan)
    return found


def independent_means(
    mean_1: ArrayLike,
    variance_1: ArrayLike,
    n_1: ArrayLike,
    mean_0: ArrayLike,
    variance_0: ArrayLike,
    n_0: ArrayLike,
    confidence: float = CONFIDENCE,
) -> Intervals:
    """Return the difference of two independent means, by Welch's interval.

    m_1 - m_0 ± t(f) sqrt(v), v = v_1/n_1 + v_0/n_0, f = v² / ((v_1/n_1)²/(n_1 - 1) + (v_0/n_0)²/(n_0 - 1)).
    Welch 1947, "The generalization of Student's problem when several different population variances are
    involved", Biometrika 34, 28-35.
    """
    m_1, v_1, k_1, m_0, v_0, k_0 = (
        np.asarray(values, np.float64) for values in (mean_1, variance_1, n_1, mean_0, variance_0, n_0)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = v_1 / k_1, v_0 / k_0
        together = one + other
        freedom = together * together / (one * one / (k_1 - 1) + other * other / (k_0 - 1))
        half = np.where(together == 0, 0.0, t_quantile(freedom, confidence) * np.sqrt(together))
    difference = m_1 - m_0
    return Intervals(difference, difference - half, difference + half)


def mcnemar(gained: ArrayLike, lost: ArrayLike) -> Floats:
    """Return the chance of a split of the pairs that differ at least as uneven, were both ways as likely.

    The exact test of McNemar (1947, Psychometrika 12, 153-157); 1 where no pair differs.
    """
    from scipy.special import bdtr

    one, other = np.asarray(gained, np.float64), np.asarray(lost, np.float64)
    differ = one + other
    chance: Floats = np.minimum(1.0, 2 * bdtr(np.minimum(one, other), differ.astype(np.int64), 0.5))
    return np.where(differ > 0, chance, 1.0)


def replications_saved(variance_1: ArrayLike, variance_0: ArrayLike, variance_pairs: ArrayLike) -> Floats:
    """Return how many independent replications per cell each pair is worth: (v_1 + v_0) / v_pairs.

    n pairs give the variance v_pairs/n, n' independent replications in each of the two cells (v_1 + v_0)/n';
    equal half-widths mean n'/n = (v_1 + v_0)/v_pairs (Law 2015, Simulation Modeling and Analysis, 11.2). NaN
    where no pair differs: then nothing is left to divide by, and no number of replications is enough.
    """
    v_1, v_0, v = (np.asarray(values, np.float64) for values in (variance_1, variance_0, variance_pairs))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Floats = np.where(v > 0, (v_1 + v_0) / v, np.nan)
    return found


def percentiles(resampled: Floats, confidence: float = CONFIDENCE) -> Intervals:
    """Return estimates with the percentile intervals of a bootstrap.

    Efron and Tibshirani 1993, An Introduction to the Bootstrap, chapter 13.

    Parameters
    ----------
    resampled
        [1 + resamples, ...]: the estimates, then those of each resample.
    """
    tails = (0.5 - confidence / 2, 0.5 + confidence / 2)
    low, high = np.quantile(resampled[1:], tails, axis=0)
    return Intervals(np.asarray(resampled[0]), np.asarray(low), np.asarray(high))
