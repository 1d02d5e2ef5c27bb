"""Fit weights of the rules to acts on record, by maximum penalised likelihood.

The likelihood is the rules' own (`escalation.history.likelihood`). Each weight has a normal prior around its
default with a quarter of its plausible range as standard deviation: a weight that the data do not identify
keeps its default and its prior uncertainty. The maximum is found by Fisher scoring: the expected information
of a choice among levels is the sum of dp dp'/p over the levels, which the readings give by differences,
weight by weight (`escalation.history.objective`). Standard errors are the larger of those that the
information gives, and of a sandwich estimate with scores clustered by pair of states and by crisis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from escalation.files.brief import Brief
from escalation.history.likelihood import Evidence, Floats
from escalation.history.objective import ONE_SIDE, Mask, Objective, Priors, Search, Tangent
from escalation.scenario.weights import Weights

MOST_ROUNDS = 40
CLOSE = 1e-3
"""Gain in penalised log-likelihood below which a round is the last."""
WEAK = 0.8
"""A weight is weakly identified if its standard error is above this share of its prior's."""


@dataclass(frozen=True, repr=False)
class Fit(Brief):
    """The weights of maximum penalised likelihood, and how well the data identify them."""

    priors: Priors
    weights: Weights
    values: Floats
    """[weights]."""
    evidence: Sequence[Evidence]
    """What they were fitted to."""
    covariance: Floats
    """[weights, weights]: inverse of the sum of expected information and prior precision."""
    robust: Floats
    """[weights, weights]: sandwich estimate, with scores clustered by pair of states and by crisis."""
    log_likelihood: float
    penalty: float
    rounds: int
    at_bound: tuple[str, ...]

    @property
    def se(self) -> Floats:
        """[weights]: standard errors, the larger of the two for each weight."""
        both = np.array([np.diag(self.covariance), np.diag(self.robust)])
        spread: Floats = np.sqrt(both.max(axis=0))
        return spread

    @property
    def correlation(self) -> Floats:
        """[weights, weights]."""
        sd = np.sqrt(np.diag(self.covariance))
        correlation: Floats = self.covariance / np.outer(sd, sd)
        return correlation

    @property
    def spread(self) -> Floats:
        """[weights, weights]: the covariance, scaled to the standard errors."""
        own = np.sqrt(np.diag(self.covariance))
        scale = np.divide(self.se, own, out=np.ones_like(own), where=own > 0.0)
        spread: Floats = self.covariance * np.outer(scale, scale)
        return spread

    @property
    def weakly_identified(self) -> tuple[str, ...]:
        """Weakly identified weights: the data add little to the prior."""
        known = self.se < WEAK * self.priors.sd
        return tuple(name for name, is_known in zip(self.priors.names, known, strict=True) if not is_known)

    def draws(self, count: int, generator: np.random.Generator) -> Floats:
        """Draw weights from the normal distribution around the fit, [draws, weights], within bounds."""
        drawn = generator.multivariate_normal(self.values, self.spread, count, method="eigh")
        return np.clip(drawn, *self.priors.bounds)


def fit(
    evidence: Sequence[Evidence],
    rows: Sequence[Mask] | None = None,
    priors: Priors | None = None,
    start: Weights | None = None,
    fixed: Mapping[str, float] | None = None,
    rounds: int = MOST_ROUNDS,
) -> Fit:
    """Fit weights to evidence.

    Parameters
    ----------
    evidence
        Records, of several kinds.
    rows
        For each piece, which of its rows are used; all if None.
    priors
        Which weights are fitted, and their priors.
    start
        Starting values, and the values of weights that are not fitted; the defaults if None.
    fixed
        Weights fixed at a value, for a profile.
    rounds
        Maximum number of rounds of scoring.
    """
    priors, base, fixed = priors or Priors(), start or Weights(), fixed or {}
    used = rows or [np.ones(len(kind.observed), bool) for kind in evidence]
    search = Search.of(Objective(evidence, used, priors, base), fixed)
    search.climb(rounds, CLOSE)
    return _finished(search)


def most_likely(
    evidence: Sequence[Evidence],
    rows: Sequence[Mask],
    start: Weights,
    rounds: int,
    near: Sequence[Tangent] | None = None,
) -> Weights:
    """Return the weights found by a few rounds from a start, without standard errors.

    With `near`, from `tangents_at` the start, the first round costs next to nothing: fits to many parts of
    one record, from one start, share it.
    """
    search = Search.of(Objective(evidence, rows, Priors(), start), {})
    search.climb(rounds, CLOSE, near)
    return search.weights


def tangents_at(evidence: Sequence[Evidence], start: Weights) -> list[Tangent]:
    """Read evidence at a start of `most_likely`, and around it."""
    objective = Objective.of_all(evidence, Priors(), start)
    return objective.tangents(objective.priors.values(start))


def _finished(search: Search) -> Fit:
    objective, values, priors = search.objective, search.values, search.objective.priors
    near = objective.tangents(values, search.free)
    _, information = objective.score(values, near)
    size = len(values)
    covariance = np.zeros((size, size))
    at = np.ix_(search.free, search.free)
    covariance[at] = np.linalg.inv(information[at])
    low, high = priors.bounds
    return Fit(
        priors=priors,
        weights=search.weights,
        values=values,
        evidence=objective.evidence,
        covariance=covariance,
        robust=covariance @ _scatter(objective, near) @ covariance,
        log_likelihood=-objective.loss([one.table for one in near]),
        penalty=objective.penalty(values),
        rounds=search.rounds,
        at_bound=tuple(
            name
            for name, value, least, most in zip(priors.names, values, low, high, strict=True)
            if value in (least, most)
        ),
    )


def _scatter(objective: Objective, near: Sequence[Tangent]) -> Floats:
    """Return the squares of scores summed by cluster, and the prior's precision, [weights, weights].

    Rows of one pair of states, or of one crisis, are of one cluster, in whichever pieces of evidence they
    are. Records without names are independent of one another.
    """
    priors = objective.priors
    scatter = np.diag(1.0 / priors.sd**2)
    clusters: dict[str, Floats] = {}
    for tangent, kind, rows in zip(near, objective.evidence, objective.rows, strict=True):
        times, scores, places = kind.times * rows, tangent.scores(kind), tangent.places
        if not len(places):
            continue
        if not kind.is_named:
            scatter[np.ix_(places, places)] += (scores * times) @ scores.T
            continue
        sums = np.array([np.bincount(kind.cluster, one * times, len(kind.group)) for one in scores])
        for name, of_cluster in zip(kind.group, sums.T, strict=True):
            whole = clusters.setdefault(name, np.zeros(len(priors.names)))
            whole[places] += of_cluster
    by_cluster = np.array(list(clusters.values())).reshape(-1, len(priors.names))
    whole_scatter: Floats = scatter + by_cluster.T @ by_cluster
    return whole_scatter


def profile(found: Fit, name: str) -> tuple[float, float]:
    """Return the 95% profile interval of a weight: where the others, fitted again, lose 1.92 at most.

    The root of twice the loss is almost linear in the weight, so each end is found by moving out 1.96
    standard errors, and once more according to the loss there; a bound ends the interval.
    """
    k = found.priors.names.index(name)
    low, high = (float(bound[k]) for bound in found.priors.bounds)
    best = found.penalty - found.log_likelihood
    error = float(np.sqrt(found.covariance[k, k]))
    return (
        max(low, found.values[k] - _reach(found, k, -error, best)),
        min(high, found.values[k] + _reach(found, k, error, best)),
    )


def _reach(found: Fit, k: int, error: float, best: float) -> float:
    """Return how far the k-th weight may move in the direction of a signed standard error."""
    distance = 1.96 * error
    for _ in range(2):
        moved = float(np.clip(found.values[k] + distance, *(bound[k] for bound in found.priors.bounds)))
        distance = moved - found.values[k]
        if distance == 0.0:
            return 0.0
        along = found.covariance[:, k] / found.covariance[k, k] * distance
        start = found.priors.weights(np.clip(found.values + along, *found.priors.bounds), found.weights)
        loss = _least_loss(found, start, {found.priors.names[k]: moved})
        distance *= 1.96 / np.sqrt(2.0 * max(loss - best, 1e-3))
    return abs(distance)


def _least_loss(found: Fit, start: Weights, fixed: Mapping[str, float]) -> float:
    """Return the penalised loss with weights fixed, the others moved by one round of scoring."""
    objective = Objective.of_all(found.evidence, found.priors, start)
    search = Search.of(objective, fixed)
    step = search.stepped(
        *objective.score(search.values, objective.tangents(search.values, search.free, ONE_SIDE)), damping=0.0
    )
    return min(objective(search.values), objective(step))
