"""The penalised likelihood of recorded acts, its priors, and Fisher scoring.

Derivatives are differences of readings: to one side of the current weights in the first rounds, which are far
from the maximum, and to both sides in the last ones and for standard errors. Each piece of evidence is read
again only for the weights on which it depends, and for none where it counts for nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from escalation.files.brief import Brief
from escalation.history.likelihood import (
    LEAST,
    OF_CHOICE,
    OF_CLOCK,
    OF_CONCILIATION,
    OF_PROTEST,
    OF_STAKES,
    Evidence,
    Floats,
)
from escalation.scenario.parameters import Parameter, parameters_of
from escalation.scenario.weights import Weights

SMALL = 0.01
"""Steps of differences, as a share of a prior's standard deviation."""

Mask = NDArray[np.bool_]
Sides = tuple[float, ...]
BOTH: Sides = (-1.0, 1.0)
ONE_SIDE: Sides = (1.0,)
"""Sides of the current weights on which evidence is read for derivatives."""
ROUGHLY = 1.0
"""Gain in log-likelihood below which rounds of scoring read evidence on both sides."""
FEW_ROUNDS = 3
"""So few rounds are all of both sides."""


@dataclass(frozen=True)
class Tangent:
    """Readings of one kind of evidence, and their derivatives by the weights on which they depend."""

    table: Floats
    """[rows, levels]."""
    places: NDArray[np.int64]
    """[moving]: which of the fitted weights move these readings."""
    change: Floats
    """[moving, rows, levels]: derivatives by differences."""

    @classmethod
    def of(
        cls,
        kind: Evidence,
        values: Floats,
        priors: Priors,
        base: Weights,
        free: Mask | None = None,
        sides: Sides = BOTH,
    ) -> Tangent:
        """Read evidence at the values of the fitted weights, and on the given sides of each free one."""
        low, high = priors.bounds
        free = np.ones(len(values), bool) if free is None else free
        moving = [
            k
            for k, name in enumerate(priors.names)
            if free[k] and kind.weight and (kind.informs is None or name in kind.informs)
        ]
        points, apart = [values], []
        for k in moving:
            for side in sides:
                moved = values.copy()
                step = SMALL * priors.sd[k] * side
                # At a bound the other side is as good as the one that is out of reach.
                moved[k] = np.clip(values[k] + step, low[k], high[k])
                if len(sides) == 1 and moved[k] == values[k]:
                    moved[k] = values[k] - step
                points.append(moved)
            apart.append(points[-1][k] - (points[-2][k] if len(sides) == 2 else values[k]))
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            table, *read = pool.map(kind.read, [priors.weights(point, base) for point in points])
        change = np.zeros((len(moving), *table.shape))
        for k, between in enumerate(apart):
            before = read[2 * k] if len(sides) == 2 else table
            change[k] = (read[len(sides) * (k + 1) - 1] - before) / between
        return cls(table, np.array(moving, np.int64), change)

    def scores(self, kind: Evidence) -> Floats:
        """Return derivatives of what each row, observed once, adds to the log-likelihood, [moving, rows]."""
        row = np.arange(len(kind.observed))
        of_observed = np.maximum(self.table[row, kind.observed], LEAST)
        scores: Floats = kind.factor / of_observed * self.change[:, row, kind.observed]
        return scores


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
            float((kind.factor * kind.times * kind.log_scores(table))[rows].sum())
            for kind, table, rows in zip(self.evidence, tables, self.rows, strict=True)
        )

    def penalty(self, values: Floats) -> float:
        """Return the penalty of the priors on the values."""
        return float(0.5 * (((values - self.priors.mean) / self.priors.sd) ** 2).sum())

    def tangents(self, values: Floats, free: Mask | None = None, sides: Sides = BOTH) -> list[Tangent]:
        """Return the readings of every piece of evidence, with their derivatives by the free weights."""
        return [Tangent.of(kind, values, self.priors, self.base, free, sides) for kind in self.evidence]

    def score(self, values: Floats, near: Sequence[Tangent]) -> tuple[Floats, Floats]:
        """Return the gradient of the penalised log-likelihood, and its expected information."""
        slope = -(values - self.priors.mean) / self.priors.sd**2
        information = np.diag(1.0 / self.priors.sd**2)
        for tangent, kind, rows in zip(near, self.evidence, self.rows, strict=True):
            places = tangent.places
            if not len(places):
                continue
            slope[places] += tangent.scores(kind) @ (kind.times * rows)
            by_row = np.sqrt(kind.factor * kind.times * rows)[:, None]
            scaled = tangent.change * (by_row / np.sqrt(np.maximum(tangent.table, LEAST)))
            scaled = scaled.reshape(len(places), -1)
            information[np.ix_(places, places)] += scaled @ scaled.T
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
    def of(cls, objective: Objective, fixed: Mapping[str, float]) -> Search:
        """Start at the base of an objective, with weights fixed at a value."""
        priors = objective.priors
        values = priors.values(objective.base.model_copy(update=dict(fixed)))
        return cls(objective, values, np.array([name not in fixed for name in priors.names]), priors.bounds)

    @property
    def weights(self) -> Weights:
        """The current weights."""
        return self.objective.priors.weights(self.values, self.objective.base)

    def climb(self, most: int, close: float, near: Sequence[Tangent] | None = None) -> None:
        """Iterate until a round gains less than `close` in log-likelihood, or `most` rounds are done.

        With `near`, the tangents at the current position are known and not computed again.
        """
        damping = 1e-3
        sides: Sides = BOTH if most <= FEW_ROUNDS else ONE_SIDE
        while self.rounds < most:
            self.rounds += 1
            known = near or self.objective.tangents(self.values, self.free, sides)
            near = None
            least = self.objective.loss([one.table for one in known]) + self.objective.penalty(self.values)
            slope, information = self.objective.score(self.values, known)
            gained = 0.0
            for _ in range(12):
                candidate = self.stepped(slope, information, damping)
                loss = self.objective(candidate)
                if loss < least:
                    gained, self.values = least - loss, candidate
                    damping = max(1e-6, damping / 10.0)
                    break
                damping *= 10.0
            if gained < close and sides is BOTH:
                break
            if gained < ROUGHLY:
                sides = BOTH

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
    *OF_CLOCK, *OF_STAKES, *OF_CHOICE, *OF_PROTEST, *OF_CONCILIATION,
    "noted_elasticity", "words_noted", "steps_noted", "shows_noted", "skirmishes_noted",
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
