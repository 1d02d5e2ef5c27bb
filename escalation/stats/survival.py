"""Times to events in whole days: Kaplan-Meier, Aalen-Johansen, restricted means, quantiles.

Data are histograms: `events[..., d]` crises had the event on day d, `censored[..., d]` were last seen on
day d without it, and `competing[..., d]` had another event on day d that rules it out. Day 0 is the horizon:
what happened by then. A crisis censored on a day is at risk on that day. Leading axes (cells) are free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from escalation.stats.intervals import CONFIDENCE, Floats, Intervals, normal_quantile, wilson


def binned_quantile(counts: NDArray[Any], share: float) -> Floats:
    """Return where a share of the counts in the last axis is reached, each bin evenly filled."""
    reached = np.cumsum(counts, axis=-1, dtype=np.float64)
    target = share * reached[..., -1:]
    place = np.minimum((reached < target).sum(axis=-1, keepdims=True), counts.shape[-1] - 1)
    inside = np.take_along_axis(counts, place, axis=-1)
    before = np.take_along_axis(reached, place, axis=-1) - inside
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = ((place + (target - before) / inside) * 10.0 / counts.shape[-1])[..., 0]
    return np.where(reached[..., -1] > 0, found, np.nan)


# Curves are sums of many small steps: a half reached but for rounding is reached.
SLACK = 1e-12


@dataclass(frozen=True)
class Curve:
    """Cumulative incidence by day with its pointwise limits; the last axis is the day."""

    incidence: Floats
    variance: Floats
    low: Floats
    high: Floats
    at_risk: Floats


def cumulative_incidence(
    events: ArrayLike,
    censored: ArrayLike,
    competing: ArrayLike | None = None,
    confidence: float = CONFIDENCE,
) -> Curve:
    """Return the share of crises with the event by each day, by Aalen and Johansen's estimator.

    F(t) = sum over d <= t of S(d-) e_d/n_d, S(t) = product over d <= t of (1 - (e_d + c_d)/n_d), with e_d
    events, c_d competing events and n_d at risk on day d. Without competing events 1 - F is Kaplan and
    Meier's.

    The variance is Greenwood's, carried from day to day for S and F together, each day a multinomial draw
    of n_d (Andersen, Borgan, Gill and Keiding 1993, Statistical Models Based on Counting Processes,
    IV.4.1.3); before any censoring it is F(1 - F)/n. The limits are those of log(-log F),
    F^exp(± z sd/(F log F)); for Kaplan and Meier's those of log(-log S), as R's survfit has them. Where F
    is 0 or 1 these are not defined: there the limits are Wilson's for none, or all, of those not censored
    before.

    Kaplan and Meier 1958, JASA 53, 457-481; Aalen and Johansen 1978, Scand. J. Stat. 5, 141-150; Kalbfleisch
    and Prentice 1980, The Statistical Analysis of Failure Time Data, 1.3 (limits).
    """
    e, left = np.asarray(events, np.float64), np.asarray(censored, np.float64)
    c = np.zeros_like(e) if competing is None else np.asarray(competing, np.float64)
    gone = np.cumsum(e + c + left, axis=-1)
    at_risk = gone[..., -1:] - gone + e + c + left
    incidence, spread, none = np.zeros_like(e), np.zeros_like(e), np.zeros_like(e)
    shape = e.shape[:-1]
    stay, f = np.ones(shape), np.zeros(shape)
    v_s, v_f, between = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    for day in range(e.shape[-1]):
        n = np.maximum(at_risk[..., day], 1.0)
        a, keep = e[..., day] / n, 1.0 - (e[..., day] + c[..., day]) / n
        square = stay * stay / n
        v_f = v_f + 2 * a * between + a * a * v_s + square * a * (1 - a)
        between = keep * (between + a * v_s) - square * a * keep
        v_s = keep * keep * v_s + square * keep * (1 - keep)
        f, stay = f + stay * a, stay * keep
        incidence[..., day], spread[..., day], none[..., day] = f, v_f, stay
    of = none if competing is None else incidence
    low, high = _log_log(of, spread, confidence)
    if competing is None:
        low, high = 1.0 - high, 1.0 - low
    followed = gone[..., -1:] - np.cumsum(left, axis=-1) + left
    low, high = _at_the_ends(incidence, low, high, followed, confidence)
    return Curve(incidence, np.maximum(spread, 0.0), low, high, at_risk)


def _log_log(share: Floats, variance: Floats, confidence: float) -> tuple[Floats, Floats]:
    z = normal_quantile(confidence)
    with np.errstate(divide="ignore", invalid="ignore"):
        power = z * np.sqrt(np.maximum(variance, 0.0)) / np.abs(share * np.log(share))
        return share ** np.exp(power), share ** np.exp(-power)


def _at_the_ends(
    incidence: Floats, low: Floats, high: Floats, followed: Floats, confidence: float
) -> tuple[Floats, Floats]:
    """Replace the limits where the incidence is 0 or 1; nobody followed, nothing known."""
    none, every = incidence <= SLACK, incidence >= 1 - SLACK
    edge = wilson(np.where(every, followed, 0.0), followed, confidence)
    ends = none | every
    return np.where(ends, edge.low, low), np.where(ends, edge.high, high)


def quantile(curve: Curve, share: float) -> Intervals:
    """Return the first day by which a share of the crises had the event, NaN where it is never reached.

    The limits are the days on which the upper and the lower limit of the curve reach the share: Brookmeyer
    and Crowley 1982, "A confidence interval for the median survival time", Biometrics 38, 29-41. An upper
    limit that is never reached is NaN: the interval is open.
    """
    return Intervals(*(_first_day(side, share) for side in (curve.incidence, curve.high, curve.low)))


def _first_day(values: Floats, share: float) -> Floats:
    reached = values >= share - SLACK
    found: Floats = np.where(reached.any(axis=-1), reached.argmax(axis=-1).astype(np.float64), np.nan)
    return found


def restricted_mean(
    events: ArrayLike, censored: ArrayLike, until: ArrayLike, confidence: float = CONFIDENCE
) -> Intervals:
    """Return the mean number of days without the event, counted up to day `until`, with a normal interval.

    The area under Kaplan and Meier's curve S from 0 to `until`, with variance
    sum over d of A_d² e_d/(n_d (n_d - e_d)), A_d the area from d to `until`: Klein and Moeschberger 2003,
    Survival Analysis, section 4.5. Without censoring before `until` this is the mean of min(T, until).
    """
    e, left = np.asarray(events, np.float64), np.asarray(censored, np.float64)
    gone = np.cumsum(e + left, axis=-1)
    at_risk = gone[..., -1:] - gone + e + left
    with np.errstate(divide="ignore", invalid="ignore"):
        stay = np.cumprod(np.where(at_risk > 0, 1.0 - e / at_risk, 1.0), axis=-1)
        greenwood = np.where(at_risk > e, e / (at_risk * (at_risk - e)), 0.0)
    days = np.arange(e.shape[-1])
    counted = np.where(days < np.asarray(until)[..., None], stay, 0.0)
    area = np.cumsum(counted[..., ::-1], axis=-1)[..., ::-1]
    known = np.where(gone[..., -1] > 0, 0.0, np.nan)
    middle = area[..., 0] + known
    half = normal_quantile(confidence) * np.sqrt((area**2 * greenwood).sum(axis=-1))
    return Intervals(middle, middle - half, middle + half)
