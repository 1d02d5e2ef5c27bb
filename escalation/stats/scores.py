"""Scores of probability forecasts: each is lower for the better forecast, and proper.

A score is proper when a forecaster who believes something cannot expect to score better by saying something
else (Gneiting and Raftery 2007, "Strictly proper scoring rules, prediction, and estimation", JASA 102).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

CONFIDENCE = 0.95
Floats = NDArray[np.float64]


def log_score(probabilities: ArrayLike, observed: ArrayLike) -> Floats:
    """Return minus the logarithm of the probability forecast for the observed level, [rows] (Good 1952)."""
    forecast, seen = np.asarray(probabilities, np.float64), np.asarray(observed, np.int64)
    with np.errstate(divide="ignore"):
        score: Floats = -np.log(forecast[np.arange(len(seen)), seen])
    return score


def ranked_probability(probabilities: ArrayLike, observed: ArrayLike) -> Floats:
    """Return the ranked probability score of ordered levels, [rows].

    sum over k of (P(level <= k) - [observed <= k])². Epstein 1969, "A scoring system for probability
    forecasts of ranked categories", J. Appl. Meteorol. 8, in the form of Murphy 1971, without division by the
    number of levels.
    """
    forecast, seen = np.asarray(probabilities, np.float64), np.asarray(observed, np.int64)
    below = np.cumsum(forecast, axis=1)
    happened = seen[:, None] <= np.arange(forecast.shape[1])
    score: Floats = ((below - happened) ** 2).sum(axis=1)
    return score


def brier(probability: ArrayLike, happened: ArrayLike) -> Floats:
    """Return (p - [happened])², elementwise (Brier 1950, of the event alone)."""
    score: Floats = (np.asarray(probability, np.float64) - np.asarray(happened, np.float64)) ** 2
    return score


def log_score_of_event(probability: ArrayLike, happened: ArrayLike) -> Floats:
    """Return minus the logarithm of the probability forecast for an event as observed, elementwise."""
    p = np.asarray(probability, np.float64)
    with np.errstate(divide="ignore"):
        score: Floats = -np.log(np.where(np.asarray(happened, bool), p, 1 - p))
    return score


def censored_crps(samples: ArrayLike, observed: float, censored_at: float) -> float:
    """Return the continuous ranked probability score of a time that is observed up to a given day only.

    The integral of (F(t) - [observed <= t])² over t from 0 to `censored_at`, F the distribution of the
    samples: E|X - y| - E|X - X'|/2 with all times cut at that day (Gneiting and Raftery 2007, eq. 21). Never
    is infinity. As the day is fixed beforehand, it stays proper: what lies beyond it counts for nothing.
    """
    times = np.sort(np.minimum(np.asarray(samples, np.float64), censored_at))
    seen = min(observed, censored_at)
    n = len(times)
    spread = 2.0 * float(((2 * np.arange(n) - n + 1) * times).sum()) / (n * n)
    return float(np.abs(times - seen).mean()) - spread / 2


def pit(probabilities: ArrayLike, observed: ArrayLike, uniforms: ArrayLike) -> Floats:
    """Return the randomised probability integral transform of ordered levels, [rows].

    P(level < observed) + u P(level = observed): uniform on [0, 1] where forecasts are calibrated.
    Czado, Gneiting and Held 2009, "Predictive model assessment for count data", Biometrics 65.
    """
    low, high = _steps(probabilities, observed)
    return low + np.asarray(uniforms, np.float64) * (high - low)


def pit_histogram(probabilities: ArrayLike, observed: ArrayLike, bins: int = 10) -> Floats:
    """Return the share of the non-randomised transform in each bin, [bins]; 1/bins where calibrated.

    Each row spreads its weight evenly from P(level < observed) to P(level <= observed) (same source).
    """
    return spread_histogram(*_steps(probabilities, observed), bins)


def spread_histogram(low: ArrayLike, high: ArrayLike, bins: int = 10) -> Floats:
    """Return the share of transforms in each bin, [bins], each spread evenly from `low` to `high`, [rows]."""
    first, last = np.asarray(low, np.float64), np.asarray(high, np.float64)
    edges = np.linspace(0, 1, bins + 1)
    width = np.maximum(last - first, 1e-12)
    reached = np.clip((edges[:, None] - first) / width, 0, 1)
    shares: Floats = np.diff(reached.mean(axis=1))
    return shares


@dataclass(frozen=True)
class Reliability:
    """Forecasts of an event put into bins by their probability; bins that none fell into are left out."""

    forecast: Floats
    """[bins]: mean probability."""
    share: Floats
    """[bins]: how often it happened."""
    count: NDArray[np.int64]
    """[bins]: forecasts."""


def reliability(probability: ArrayLike, happened: ArrayLike, bins: int = 10) -> Reliability:
    """Put forecasts of an event into bins of equal width."""
    p, y = np.asarray(probability, np.float64), np.asarray(happened, np.float64)
    at = np.minimum((p * bins).astype(np.int64), bins - 1)
    count = np.bincount(at, minlength=bins)
    used = count > 0
    return Reliability(
        np.bincount(at, p, bins)[used] / count[used],
        np.bincount(at, y, bins)[used] / count[used],
        count[used],
    )


@dataclass(frozen=True)
class Decomposition:
    """The mean Brier score in parts: reliability - resolution + uncertainty + within."""

    reliability: float
    """How far shares are from forecasts: lower is better."""
    resolution: float
    """How well forecasts separate frequent from rare events: higher is better."""
    uncertainty: float
    """What forecasting the overall share would score."""
    within: float
    """What is lost by the bins: zero where all forecasts of a bin are equal."""


def brier_decomposition(probability: ArrayLike, happened: ArrayLike, bins: int = 10) -> Decomposition:
    """Split the mean Brier score of an event.

    Murphy 1973, "A new vector partition of the probability score", J. Appl. Meteorol. 12; what is left over
    with forecasts in bins after Stephenson, Coelho and Jolliffe 2008, Weather and Forecasting 23.
    """
    y = np.asarray(happened, np.float64)
    table = reliability(probability, happened, bins)
    weight = table.count / table.count.sum()
    overall = float(y.mean())
    trust = float((weight * (table.forecast - table.share) ** 2).sum())
    resolution = float((weight * (table.share - overall) ** 2).sum())
    uncertainty = overall * (1 - overall)
    score = float(brier(probability, happened).mean())
    return Decomposition(trust, resolution, uncertainty, score - trust + resolution - uncertainty)


@dataclass(frozen=True)
class Interval:
    """A mean with its limits."""

    estimate: float
    low: float
    high: float


def bootstrap(values: ArrayLike, cluster: ArrayLike, generator: Generator, draws: int = 2_000) -> Interval:
    """Return the mean of values with the percentile interval from resampling whole clusters.

    Values of one crisis are not independent of one another, so crises are resampled, not values (Davison and
    Hinkley 1997, Bootstrap Methods and Their Application, 3.8). One cluster alone has no interval: NaN.
    """
    scores = np.asarray(values, np.float64)
    _, number = np.unique(np.asarray(cluster), return_inverse=True)
    clusters = int(number.max()) + 1
    total, count = np.bincount(number, scores), np.bincount(number)
    estimate = float(scores.mean())
    if clusters == 1:
        return Interval(estimate, float("nan"), float("nan"))
    times = generator.multinomial(clusters, np.full(clusters, 1 / clusters), size=draws)
    means = (times @ total) / (times @ count)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Interval(estimate, float(low), float(high))


def _steps(probabilities: ArrayLike, observed: ArrayLike) -> tuple[Floats, Floats]:
    """Return P(level < observed) and P(level <= observed)."""
    forecast, seen = np.asarray(probabilities, np.float64), np.asarray(observed, np.int64)
    below = np.cumsum(forecast, axis=1)
    high = below[np.arange(len(seen)), seen]
    return high - forecast[np.arange(len(seen)), seen], high
