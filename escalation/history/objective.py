"""The penalised likelihood of recorded acts, its priors, and Fisher scoring.

Readings that are shares of runs change in steps: small differences do not give slopes, and small steps need
not improve the fit. Before a search they are replaced by straight lines, with slopes from differences over
half a prior's standard deviation; log-odds are linear from there.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from escalation.files.brief import Brief
from escalation.history.likelihood import LEAST, Evidence, Floats
from escalation.scenario.parameters import Parameter, parameters_of
from escalation.scenario.weights import Weights

SMALL, WIDE = 0.01, 0.5
"""Steps of differences, as shares of a prior's standard deviation: exact readings, and shares of runs."""

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Tangent:
    """Readings of one kind of evidence, and their derivatives."""

    values: Floats
    """[weights]: where the readings were taken."""
    table: Floats
    """[rows, levels]."""
    change: Floats
    """[weights, rows, levels]: derivatives by central differences."""

    @classmethod
    def of(cls, kind: Evidence, values: Floats, priors: Priors, base: Weights) -> Tangent:
        """Read evidence at the values of the fitted weights, and on both sides of each."""
        low, high = priors.bounds
        points = [values]
        for k, step in enumerate((WIDE if kind.rough else SMALL) * priors.sd):
            for side in (step, -step):
                moved = values.copy()
                moved[k] = np.clip(moved[k] + side, low[k], high[k])
                points.append(moved)
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            table, *read = pool.map(kind.read, [priors.weights(point, base) for point in points])
        up, down = np.array(read[::2]), np.array(read[1::2])
        apart = np.array([points[2 * k + 1][k] - points[2 * k + 2][k] for k in range(len(values))])
        return cls(values, table, (up - down) / apart[:, None, None])

    def scores(self, observed: NDArray[np.int64]) -> Floats:
        """Return the derivative of each row's log-likelihood, [weights, rows]."""
        row = np.arange(len(observed))
        scores: Floats = self.change[:, row, observed] / np.maximum(self.table[row, observed], LEAST)
        return scores

    def at(self, values: Floats) -> Floats:
        """Return the readings at other values, with log-odds linear in the weights."""
        least = np.maximum(self.table, LEAST)
        tilted = least * np.exp(np.tensordot(values - self.values, self.change, axes=1) / least)
        shares: Floats = tilted / tilted.sum(axis=1, keepdims=True)
        return shares


def straightened(
    evidence: Sequence[Evidence], values: Floats, priors: Priors, base: Weights
) -> list[Evidence]:
    """Return evidence in which straight lines around these values replace shares of runs."""

    def line(tangent: Tangent) -> Callable[[Weights], Floats]:
        return lambda weights: tangent.at(priors.values(weights))

    return [
        replace(kind, read=line(Tangent.of(kind, values, priors, base)), rough=False) if kind.rough else kind
        for kind in evidence
    ]


@dataclass(frozen=True)
class Objective:
    """The penalised negative log-likelihood as a function of the values of the fitted weights."""

    evidence: Sequence[Evidence]
    rows: Sequence[Mask]
    """For each kind, which of its rows are used."""
    priors: Priors
    base: Weights
    """Values of the weights that are not fitted."""

    @classmethod
    def of_all(cls, evidence: Sequence[Evidence], priors: Priors, base: Weights) -> Objective:
        """Use every row."""
        return cls(evidence, [np.ones(len(kind.observed), bool) for kind in evidence], priors, base)

    def __call__(self, values: Floats) -> float:
        """Return the objective at these values."""
        weights = self.priors.weights(values, self.base)
        return self.loss([kind.read(weights) for kind in self.evidence]) + self.penalty(values)

    def loss(self, tables: Sequence[Floats]) -> float:
        """Return the negative log-likelihood of readings."""
        return sum(
            float(kind.log_scores(table)[rows].sum())
            for kind, table, rows in zip(self.evidence, tables, self.rows, strict=True)
        )

    def penalty(self, values: Floats) -> float:
        """Return the penalty of the priors on the values."""
        return float(0.5 * (((values - self.priors.mean) / self.priors.sd) ** 2).sum())

    def tangents(self, values: Floats) -> list[Tangent]:
        """Return the readings of every kind of evidence, with their derivatives."""
        return [Tangent.of(kind, values, self.priors, self.base) for kind in self.evidence]

    def score(self, values: Floats, near: Sequence[Tangent]) -> tuple[Floats, Floats]:
        """Return the gradient of the penalised log-likelihood, and its expected information."""
        slope = -(values - self.priors.mean) / self.priors.sd**2
        information = np.diag(1.0 / self.priors.sd**2)
        for tangent, kind, rows in zip(near, self.evidence, self.rows, strict=True):
            slope = slope + tangent.scores(kind.observed)[:, rows].sum(axis=1)
            scaled = (tangent.change / np.sqrt(np.maximum(tangent.table, LEAST)))[:, rows]
            scaled = scaled.reshape(len(values), -1)
            information = information + scaled @ scaled.T
        return slope, information


@dataclass
class Search:
    """Fisher scoring, and its current position."""

    objective: Objective
    values: Floats
    free: Mask
    bounds: tuple[Floats, Floats]
    rounds: int = 0

    @classmethod
    def of(cls, objective: Objective, fixed: Mapping[str, float], reach: float = np.inf) -> Search:
        """Start at the base of an objective.

        Parameters
        ----------
        fixed
            Weights fixed at a value.
        reach
            How far the others may move, in standard deviations of their priors.
        """
        priors = objective.priors
        values = priors.values(objective.base.model_copy(update=dict(fixed)))
        low, high = priors.bounds
        bounds = np.maximum(low, values - reach * priors.sd), np.minimum(high, values + reach * priors.sd)
        return cls(objective, values, np.array([name not in fixed for name in priors.names]), bounds)

    @property
    def weights(self) -> Weights:
        """The current weights."""
        return self.objective.priors.weights(self.values, self.objective.base)

    def climb(self, most: int, close: float) -> None:
        """Iterate until a round gains less than `close` in log-likelihood, or `most` rounds are done."""
        damping = 1e-3
        while self.rounds < most:
            self.rounds += 1
            near = self.objective.tangents(self.values)
            least = self.objective.loss([one.table for one in near]) + self.objective.penalty(self.values)
            slope, information = self.objective.score(self.values, near)
            gained = 0.0
            for _ in range(12):
                candidate = self.stepped(slope, information, damping)
                loss = self.objective(candidate)
                if loss < least:
                    gained, self.values = least - loss, candidate
                    damping = max(1e-6, damping / 10.0)
                    break
                damping *= 10.0
            if gained < close:
                break

    def stepped(self, slope: Floats, information: Floats, damping: float) -> Floats:
        """Return the values after a damped Newton step; weights that would cross a bound stay."""
        values, (low, high) = self.values, self.bounds
        moves = self.free & ~((values <= low) & (slope < 0.0)) & ~((values >= high) & (slope > 0.0))
        at = np.ix_(moves, moves)
        damped = information[at] + damping * np.diag(np.diag(information[at]))
        stepped = values.copy()
        stepped[moves] += np.linalg.solve(damped, slope[moves])
        return np.clip(stepped, low, high)


FITTED = (
    "act_intercept", "words_threshold", "punishment_threshold", "threat_threshold",
    "display_threshold", "force_threshold", "war_threshold", "ratchet", "step", "provocation_gate",
    "gate_threshold", "riposte", "clash", "campaign", "campaign_width", "campaign_days", "habit",
    "habit_prior", "momentum", "war_persistence", "ceasefire_restraint", "talks_restraint",
    "conciliation", "fear_conciliates", "exhaustion_conciliates", "reciprocity", "talks_conciliate",
    "perception_gain",
)  # fmt: skip
"""The weights that are fitted. The others keep their priors: most memories, since many events have no day;
pressure, fear times risk, cost, commitment and everything nuclear, which the data do not identify."""


@dataclass(frozen=True, repr=False)
class Priors(Brief):
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

    def values(self, weights: Weights) -> Floats:
        """Return the values of the fitted weights, in their order."""
        return np.array([getattr(weights, name) for name in self.names], np.float64)

    def weights(self, values: Floats, base: Weights) -> Weights:
        """Return a base with these values of the fitted weights."""
        return base.model_copy(update=dict(zip(self.names, map(float, values), strict=True)))
