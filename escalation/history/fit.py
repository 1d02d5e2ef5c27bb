"""Fit weights of the rules to acts on record, by maximum penalised likelihood.

The likelihood is the rules' own (`escalation.history.likelihood`). Each weight has a normal prior around
its default with a quarter of its plausible range as standard deviation, so that a weight of which the
record says nothing stays where it was, and as uncertain. The maximum is found by Fisher scoring: the
expected information of a choice among levels is the sum of dp dp'/p over the levels, which the readings
give by central differences, weight by weight.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from escalation.history.likelihood import LEAST, Evidence, Floats
from escalation.scenario.parameters import Parameter, Weights, parameters_of

FITTED = (
    "act_intercept", "words_threshold", "punishment_threshold", "threat_threshold", "display_threshold",
    "force_threshold", "war_threshold", "ratchet", "step", "provocation_gate", "gate_threshold", "riposte",
    "clash", "campaign", "campaign_width", "campaign_days", "habit", "habit_prior", "momentum",
    "war_persistence", "ceasefire_restraint", "talks_restraint", "conciliation", "fear_conciliates",
    "exhaustion_conciliates", "reciprocity", "talks_conciliate", "perception_gain",
)  # fmt: skip
"""What the record is asked about. The others keep their priors: most memories, since many events have no day;
pressure, fear times risk, cost, commitment and all that is nuclear, which it cannot tell apart."""

MOST_ROUNDS = 40
CLOSE = 1e-4
"""Gain in penalised log-likelihood below which a round is the last."""
TOLD = 0.8
"""A weight whose standard error is above this share of its prior's says little that the prior did not."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Priors:
    """Normal priors of the weights that are fitted, in their order."""

    names: tuple[str, ...] = FITTED
    tightness: float = 1.0
    """Factor on the prior's precision."""
    parameters: tuple[Parameter, ...] = field(init=False)

    def __post_init__(self) -> None:
        known = {parameter.name: parameter for parameter in parameters_of(Weights)}
        object.__setattr__(self, "parameters", tuple(known[name] for name in self.names))

    @property
    def mean(self) -> Floats:
        """[weights]: the defaults."""
        return np.array([parameter.default for parameter in self.parameters], np.float64)

    @property
    def sd(self) -> Floats:
        """[weights]: a quarter of the plausible range."""
        low, high = np.array([parameter.plausible for parameter in self.parameters]).T
        sd: Floats = (high - low) / 4.0 / np.sqrt(self.tightness)
        return sd

    @property
    def bounds(self) -> tuple[Floats, Floats]:
        """Lower and upper bounds, [weights] each."""
        low, high = np.array([parameter.bounds for parameter in self.parameters]).T
        return low, high

    def weights(self, values: Floats, base: Weights) -> Weights:
        """Put values in the place of those of a base."""
        return base.model_copy(update=dict(zip(self.names, map(float, values), strict=True)))


@dataclass(frozen=True)
class Fit:
    """The weights of largest penalised likelihood, and how far the record tells them."""

    priors: Priors
    weights: Weights
    values: Floats
    """[weights]."""
    covariance: Floats
    """[weights, weights]: inverse of expected information and prior precision together."""
    robust: Floats
    """[weights, weights]: the same with the scores' spread between crises in the middle (sandwich)."""
    log_likelihood: float
    penalty: float
    rounds: int
    at_bound: tuple[str, ...]

    @property
    def se(self) -> Floats:
        """[weights]: standard errors, the larger of the two at each."""
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
    def untold(self) -> tuple[str, ...]:
        """Weights that the record tells hardly better than the prior does."""
        told = self.se < TOLD * self.priors.sd
        return tuple(name for name, known in zip(self.priors.names, told, strict=True) if not known)

    def draws(self, count: int, generator: np.random.Generator) -> Floats:
        """Draw weights from the normal distribution around the fit, [draws, weights], within bounds."""
        drawn = generator.multivariate_normal(self.values, self.covariance, count, method="eigh")
        return np.clip(drawn, *self.priors.bounds)


def fit(
    evidence: Sequence[Evidence],
    rows: Sequence[Mask] | None = None,
    priors: Priors | None = None,
    start: Weights | None = None,
    held: Mapping[str, float] | None = None,
    rounds: int = MOST_ROUNDS,
) -> Fit:
    """Fit weights to evidence.

    Parameters
    ----------
    evidence
        Acts on record, of several kinds.
    rows
        For each kind, which of its rows count; all if None.
    priors
        Which weights are fitted, and what is held of them before.
    start
        Where to begin, and what the weights that are not fitted are; the defaults if None.
    held
        Weights kept at a value, for a profile.
    rounds
        Most rounds of scoring.
    """
    search = _Search.of(evidence, rows, priors, start, held)
    search.climb(rounds)
    return _finished(search)


def most_likely(evidence: Sequence[Evidence], rows: Sequence[Mask], start: Weights, rounds: int) -> Weights:
    """Return the weights that `fit` would, without how far they are told."""
    search = _Search.of(evidence, rows, None, start, None)
    search.climb(rounds)
    return search.objective.weights(search.values)


@dataclass
class _Search:
    """Fisher scoring, and where it has got to."""

    objective: _Objective
    values: Floats
    free: Mask
    rounds: int = 0

    @classmethod
    def of(
        cls,
        evidence: Sequence[Evidence],
        rows: Sequence[Mask] | None,
        priors: Priors | None,
        start: Weights | None,
        held: Mapping[str, float] | None,
    ) -> _Search:
        priors, base, held = priors or Priors(), start or Weights(), held or {}
        used = rows or [np.ones(len(kind.observed), bool) for kind in evidence]
        values = np.array([held.get(name, getattr(base, name)) for name in priors.names], np.float64)
        free = np.array([name not in held for name in priors.names])
        return cls(_Objective(evidence, used, priors, base), values, free)

    def climb(self, most: int) -> None:
        """Take rounds until one gains next to nothing, or most of them are done."""
        least = self.objective(self.values)
        damping = 1e-3
        while self.rounds < most:
            self.rounds += 1
            slope, information = self.objective.score(self.values)
            gained = 0.0
            for _ in range(12):
                candidate = _stepped(
                    self.values, slope, information, damping, self.free, self.objective.priors
                )
                loss = self.objective(candidate)
                if loss < least:
                    gained, self.values, least = least - loss, candidate, loss
                    damping = max(1e-6, damping / 10.0)
                    break
                damping *= 10.0
            if gained < CLOSE:
                break


def _stepped(
    values: Floats, slope: Floats, information: Floats, damping: float, free: Mask, priors: Priors
) -> Floats:
    """Take a damped Newton step in the free weights, those at a bound that it would cross left out."""
    low, high = priors.bounds
    moves = free & ~((values <= low) & (slope < 0.0)) & ~((values >= high) & (slope > 0.0))
    at = np.ix_(moves, moves)
    damped = information[at] + damping * np.diag(np.diag(information[at]))
    stepped = values.copy()
    stepped[moves] += np.linalg.solve(damped, slope[moves])
    return np.clip(stepped, low, high)


class _Objective:
    """The penalised negative log-likelihood as a function of the values of the fitted weights."""

    def __init__(
        self, evidence: Sequence[Evidence], rows: Sequence[Mask], priors: Priors, base: Weights
    ) -> None:
        self.evidence = evidence
        self.rows = rows
        self.priors = priors
        self.base = base

    def weights(self, values: Floats) -> Weights:
        return self.priors.weights(values, self.base)

    def read(self, values: Floats) -> list[Floats]:
        weights = self.weights(values)
        return [kind.read(weights) for kind in self.evidence]

    def __call__(self, values: Floats) -> float:
        return self.loss(self.read(values)) + self.penalty(values)

    def loss(self, tables: Sequence[Floats]) -> float:
        return sum(
            float(kind.log_scores(table)[rows].sum())
            for kind, table, rows in zip(self.evidence, tables, self.rows, strict=True)
        )

    def penalty(self, values: Floats) -> float:
        return float(0.5 * (((values - self.priors.mean) / self.priors.sd) ** 2).sum())

    def score(self, values: Floats) -> tuple[Floats, Floats]:
        """Return the slope of the penalised log-likelihood and its expected information."""
        return self.score_of(values, *self.changes(values))

    def score_of(
        self, values: Floats, tables: Sequence[Floats], changes: Sequence[Floats]
    ) -> tuple[Floats, Floats]:
        """Return the same from readings and their derivatives."""
        slope = -(values - self.priors.mean) / self.priors.sd**2
        information = np.diag(1.0 / self.priors.sd**2)
        for table, change, kind, rows in zip(tables, changes, self.evidence, self.rows, strict=True):
            by_row = _scores(table, change, kind.observed)[:, rows]
            slope = slope + by_row.sum(axis=1)
            scaled = (change / np.sqrt(np.maximum(table, LEAST)))[:, rows].reshape(len(values), -1)
            information = information + scaled @ scaled.T
        return slope, information

    def changes(self, values: Floats) -> tuple[list[Floats], list[Floats]]:
        """Return the readings, and their derivatives [weights, rows, levels] by central differences."""
        low, high = self.priors.bounds
        tables = self.read(values)
        changes = []
        for kind in self.evidence:
            points = []
            for k, step in enumerate(kind.step * self.priors.sd):
                for side in (step, -step):
                    moved = values.copy()
                    moved[k] = np.clip(moved[k] + side, low[k], high[k])
                    points.append(moved)
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                read = list(pool.map(kind.read, [self.weights(point) for point in points]))
            slopes = [
                (read[2 * k] - read[2 * k + 1]) / (points[2 * k][k] - points[2 * k + 1][k])
                for k in range(len(values))
            ]
            changes.append(np.array(slopes))
        return tables, changes


def _scores(table: Floats, change: Floats, observed: NDArray[np.int64]) -> Floats:
    """Return the derivative of each row's log-likelihood, [weights, rows]."""
    row = np.arange(len(observed))
    scores: Floats = change[:, row, observed] / np.maximum(table[row, observed], LEAST)
    return scores


def _finished(search: _Search) -> Fit:
    objective, values, free, priors = search.objective, search.values, search.free, search.objective.priors
    tables, changes = objective.changes(values)
    _, information = objective.score_of(values, tables, changes)
    size = len(values)
    covariance = np.zeros((size, size))
    at = np.ix_(free, free)
    covariance[at] = np.linalg.inv(information[at])
    spread = np.diag(1.0 / priors.sd**2)
    for table, change, kind, rows in zip(tables, changes, objective.evidence, objective.rows, strict=True):
        by_row = _scores(table, change, kind.observed) * rows
        by_cluster = np.array([np.bincount(kind.cluster, by_weight) for by_weight in by_row])
        spread = spread + by_cluster @ by_cluster.T
    low, high = priors.bounds
    return Fit(
        priors=priors,
        weights=objective.weights(values),
        values=values,
        covariance=covariance,
        robust=covariance @ spread @ covariance,
        log_likelihood=-objective.loss(tables),
        penalty=objective.penalty(values),
        rounds=search.rounds,
        at_bound=tuple(
            name
            for name, value, least, most in zip(priors.names, values, low, high, strict=True)
            if value in (least, most)
        ),
    )


def profile(evidence: Sequence[Evidence], found: Fit, name: str) -> tuple[float, float]:
    """Return the 95% profile interval of a weight: where the others, fitted anew, lose 1.92 at most.

    The root of twice the loss is all but linear in the weight, so each end is found by going out 1.96
    standard errors, and once more as far as the loss there says; a bound ends it.
    """
    k = found.priors.names.index(name)
    low, high = (float(bound[k]) for bound in found.priors.bounds)
    best = found.penalty - found.log_likelihood
    error = float(np.sqrt(found.covariance[k, k]))
    return (
        max(low, found.values[k] - _reach(evidence, found, k, -error, best)),
        min(high, found.values[k] + _reach(evidence, found, k, error, best)),
    )


def _reach(evidence: Sequence[Evidence], found: Fit, k: int, error: float, best: float) -> float:
    """Return how far the k-th weight may go in the direction of a signed standard error."""
    distance = 1.96 * error
    for _ in range(2):
        moved = float(np.clip(found.values[k] + distance, *(bound[k] for bound in found.priors.bounds)))
        distance = moved - found.values[k]
        if distance == 0.0:
            return 0.0
        along = found.covariance[:, k] / found.covariance[k, k] * distance
        start = found.priors.weights(np.clip(found.values + along, *found.priors.bounds), found.weights)
        loss = _least_loss(evidence, found.priors, start, {found.priors.names[k]: moved})
        distance *= 1.96 / np.sqrt(2.0 * max(loss - best, 1e-3))
    return abs(distance)


def _least_loss(
    evidence: Sequence[Evidence], priors: Priors, start: Weights, held: Mapping[str, float]
) -> float:
    """Return the penalised loss with weights held, the others moved by one round of scoring."""
    used = [np.ones(len(kind.observed), bool) for kind in evidence]
    objective = _Objective(evidence, used, priors, start)
    values = np.array([held.get(name, getattr(start, name)) for name in priors.names], np.float64)
    free = np.array([name not in held for name in priors.names])
    slope, information = objective.score(values)
    stepped = _stepped(values, slope, information, 0.0, free, priors)
    return min(objective(values), objective(stepped))
