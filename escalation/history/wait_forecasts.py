"""Forecasts of the days between the acts of pairs of states, and their scores against a constant hazard.

Each day on which a record is known to be complete is forecast: nobody acts, one of two states, or both. The
days after an act together forecast the next one, within a week, a month and half a year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from escalation.files.brief import Brief
from escalation.history.act_days import AGAIN_DAYS, resampled
from escalation.history.crossvalidation import HeldOut, Record
from escalation.history.likelihood import (
    LEAST,
    WAITS,
    Evidence,
    Floats,
    ReadDays,
    Whole,
    detection_of,
    quiet_spans,
    wait_probabilities,
)
from escalation.history.mie import QUIET_DAYS, Histories
from escalation.rules.reading import WHO
from escalation.scenario.weights import Weights
from escalation.stats.scores import Interval
from escalation.stats.survival import cumulative_incidence

Mask = NDArray[np.bool_]


@dataclass(frozen=True, repr=False)
class WaitScores(Brief):
    """How well the waits of pairs that were left out are forecast."""

    pairs: int
    act_days: int
    """Waits that ended in a day on which one of a pair acts."""
    days: int
    """Days at risk."""
    rules: Interval
    """-ln of the probability of who acts on each day, summed, per act-day."""
    constant: Interval
    """The same of a hazard that never changes, the two states of a pair alike."""
    gain: Interval
    forecast: tuple[Interval, ...]
    """Mean probability of the rules that one of a pair acts within each of AGAIN_DAYS of an act."""
    recorded: tuple[Interval, ...]
    """Share in which one did, by Kaplan and Meier's estimator."""


def wait_scores(record: Record, held: HeldOut, generator: Generator) -> WaitScores | None:
    """Score the waits that folds test; None where there is none.

    Intervals come from resampling pairs of states, but those of recorded shares, which are Greenwood's.
    """
    kind, histories = record.of(WAITS), record.histories
    tested = np.zeros(len(kind.observed), bool)
    loss = np.zeros((2, len(kind.observed)))
    chances = np.full((len(histories), len(AGAIN_DAYS)), np.nan)
    act = ReadDays.of(histories).act
    for fold, weights in zip(held.folds, held.weights, strict=True):
        here = fold.tested.get(WAITS, np.zeros(0, bool))
        if not here.any():
            continue
        tested |= here
        still = constant_hazard(kind, ~fold.left_out[WAITS])
        loss[0, here] = kind.log_scores(held.tables[WAITS])[here]
        loss[1, here] = kind.log_scores(np.tile(still, (len(here), 1)))[here]
        of_acts = np.unique(act[here])
        chances[of_acts] = next_act_within(weights, histories, of_acts)
    if not (tested & (kind.observed > 0)).any():
        return None
    waits = np.flatnonzero(np.isfinite(chances[:, 0]))
    pair = np.repeat(np.arange(len(histories.pair)), np.diff(histories.first))
    used, cluster = np.unique(kind.cluster[tested], return_inverse=True)
    count = len(used)
    times, acted = kind.times[tested], kind.observed[tested] > 0
    acts = np.bincount(cluster, acted, count)
    lost = np.array([np.bincount(cluster, times * one[tested], count) for one in loss])
    wait_cluster = np.searchsorted(used, pair[waits])
    waited = np.bincount(wait_cluster, minlength=count)
    expected = np.array([np.bincount(wait_cluster, column, count) for column in chances[waits].T])

    def per_act_day(weights: Floats) -> Floats:
        rules, constant = lost @ weights / (acts @ weights)
        return np.array([rules, constant, constant - rules])

    rules, constant, gain = resampled(per_act_day, count, generator)
    return WaitScores(
        pairs=count,
        act_days=int(acts.sum()),
        days=int(times.sum()),
        rules=rules,
        constant=constant,
        gain=gain,
        forecast=tuple(resampled(lambda weights: expected @ weights / (waited @ weights), count, generator)),
        recorded=recorded_within(histories, waits),
    )


def constant_hazard(kind: Evidence, known: Mask) -> Floats:
    """Return the shares of days on which nobody acts, each of two states alike, or both, [4]."""
    shares = np.bincount(kind.observed[known], kind.times[known], WHO) + 0.5
    shares[1:3] = shares[1:3].mean()
    hazard: Floats = shares / shares.sum()
    return hazard


def next_act_within(weights: Weights, histories: Histories, acts: Whole) -> Floats:
    """Return the probability that either state acts within each of AGAIN_DAYS of some acts, [acts, days].

    Parameters
    ----------
    histories
        All acts of the pairs, of which each forecast knows those up to its own.
    acts
        Rows of histories.
    """
    start = histories.first[np.searchsorted(histories.first, acts, side="right") - 1]
    known = [np.arange(first, act + 1) for first, act in zip(start, acts, strict=True)]
    rows = np.concatenate([np.zeros(0, np.int64), *known])
    lengths = np.array([len(one) for one in known], np.int64)
    on, span = np.array(list(quiet_spans(QUIET_DAYS)), np.int64).T
    # A copy of the history of its pair for each act, which ends there: only the days after that are read.
    read = np.zeros(len(rows), np.int64)
    read[np.cumsum(lengths) - 1] = len(on)
    copies = replace(
        histories,
        pair=np.zeros((len(acts), 2), np.int64),
        first=np.concatenate([[0], np.cumsum(lengths)]),
        **{name: getattr(histories, name)[rows] for name in _OF_ACTS},
    )
    everything = np.tile(on, len(acts))
    days = ReadDays(
        first=np.concatenate([[0], np.cumsum(read)]),
        on=everything,
        times=np.ones(len(everything)),
        observed=np.zeros(len(everything), np.int64),
    )
    table = wait_probabilities(weights, copies, days, detection_of(histories))
    hazard = -np.log(np.maximum(table[:, 0], LEAST)).reshape(len(acts), len(on))
    begins = np.cumsum(span) - span
    whole = [hazard @ np.clip(until - begins, 0, span) for until in AGAIN_DAYS]
    chances: Floats = -np.expm1(-np.array(whole).T)
    return chances


_OF_ACTS = ("day", "side", "mutual", "level", "action", "deaths", "until", "at_risk", "ended")


def recorded_within(histories: Histories, acts: Whole) -> tuple[Interval, ...]:
    """Return the shares of waits after some acts that end in an act of either state within AGAIN_DAYS."""
    wait = (histories.until - histories.day)[acts]
    ended = histories.ended[acts]
    curve = cumulative_incidence(
        np.bincount(wait[ended], minlength=QUIET_DAYS + 1),
        np.bincount(wait[~ended], minlength=QUIET_DAYS + 1),
    )
    limits = (curve.incidence, curve.low, curve.high)
    return tuple(Interval(*(float(one[days]) for one in limits)) for days in AGAIN_DAYS)
