"""Screening by elementary effects, of a stochastic model too: which parameters matter at all, at low cost.

A trajectory goes from a random point of a grid with four levels through the d parameters in random order,
changing one at a time by two thirds of its range, up or down as there is room. Each step gives an elementary
effect, the change of the mean outcome f over the step in units of the range (Morris 1991):

    EE_i = (f(x + step e_i) - f(x)) / step.

Over r trajectories mu_i is their mean, mu*_i the mean of their sizes |EE_i| (Campolongo, Cariboni and
Saltelli 2007), and sigma_i their standard deviation, which is large where the effect depends on where the
others are. A parameter with a small mu* can be fixed.

With R replications per point the step shows EE_i + e, whose size is too large on average even where EE_i is
0, and whose variance is too large by that of e. Here the size is cross-fitted: the sign of an effect is taken
from all other groups of replications, its amount from the one left out, in turn,

    |EE|  from  sum_g v_g EE_g sign(sum_{h != g} v_h EE_h),

which is 0 on average where there is no effect, and otherwise too small, by as much as the sign is uncertain.
The variance is a U-statistic over pairs of groups, as in `escalation.stats.sobol`, where the intervals are
explained too; here they are over trajectories.

Sources:

- Campolongo, Cariboni and Saltelli 2007, "An effective screening design for sensitivity analysis of large
  models", Environ. Model. Softw. 22, 1509-1518.
- Morris 1991, "Factorial sampling plans for preliminary computational experiments", Technometrics 33,
  161-174.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from escalation.stats.intervals import CONFIDENCE, Floats, Intervals, percentiles
from escalation.stats.sobol import RESAMPLES

LEVELS = 4
"""Of a parameter in the grid."""
STEP = 2 / 3
"""Of the range: with it every level is reached as often as any other (Morris 1991)."""


@dataclass(frozen=True)
class Trajectories:
    """r trajectories of d + 1 points in the unit cube."""

    points: Floats
    """[r, d + 1, d]"""
    changed: NDArray[np.intp]
    """[r, d]: the parameter that changes in each step."""


@dataclass(frozen=True)
class MorrisMeasures:
    """Measures of d parameters, in units of the outcome per whole range of the parameter."""

    r: int
    mu: Intervals
    """[d]: the mean effect."""
    mu_star: Intervals
    """[d]: the mean size of the effect."""
    sigma: Intervals
    """[d]: its standard deviation over trajectories."""
    uncorrected_mu_star: Floats
    """[d]: the mean size with the noise in it."""

    def only(self, kept: NDArray[np.intp]) -> MorrisMeasures:
        """Return the measures of some of the parameters, by their numbers in order."""
        return replace(
            self,
            mu=self.mu.only(kept),
            mu_star=self.mu_star.only(kept),
            sigma=self.sigma.only(kept),
            uncorrected_mu_star=self.uncorrected_mu_star[kept],
        )


def trajectories(unordered: Sequence[int | None], r: int, seed: int) -> Trajectories:
    """Return r random trajectories.

    Parameters
    ----------
    unordered
        For each parameter None, or, for one whose levels have no order, their number; a step of that goes
        from one level to any other, and a point lies in the middle of its level's share of [0, 1].
    r, seed
        How many, and of which random numbers.

    Notes
    -----
    Every level starts equally many trajectories, or one more than others.
    """
    rng = np.random.default_rng(seed)
    d = len(unordered)
    start, end = np.empty((r, d)), np.empty((r, d))
    for place, count in enumerate(unordered):
        level = rng.permutation(np.arange(r) % (count or LEVELS))
        if count is None:
            start[:, place] = level / (LEVELS - 1)
            end[:, place] = start[:, place] + np.where(start[:, place] < 0.5, STEP, -STEP)
        else:
            other = (level + rng.integers(1, max(count, 2), r)) % count
            start[:, place], end[:, place] = (level + 0.5) / count, (other + 0.5) / count
    changed = np.argsort(rng.random((r, d)), axis=1)
    points = np.repeat(start[:, None, :], d + 1, axis=1)
    for step in range(d):
        i = changed[:, step]
        points[np.arange(r), step + 1 :, i] = end[np.arange(r), i][:, None]
    return Trajectories(np.clip(points, 0.0, 1.0), changed)


def morris_measures(
    effects: Floats,
    is_common: bool,
    confidence: float = CONFIDENCE,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> MorrisMeasures:
    """Return the measures of elementary effects, with intervals over trajectories, their noise removed.

    Parameters
    ----------
    effects
        [d, r, G]: by parameter, trajectory and group of replications; G is 2 at least.
    is_common
        Whether all points have common random numbers.
    confidence, resamples, seed
        Of the bootstrap.

    Raises
    ------
    ValueError
        If there is only one group of replications, or only one trajectory.
    """
    d, r, groups = effects.shape
    if groups < 2 or r < 2:
        raise ValueError("two groups of replications and two trajectories at least")
    rng = np.random.default_rng(seed)
    rows = np.ones((1 + resamples, r))
    rows[1:] = rng.multinomial(r, np.full(r, 1.0 / r), resamples)
    rows /= r
    columns = np.full((1 + resamples, groups), 1.0 / groups)
    if is_common:
        columns[1:] = rng.standard_exponential((resamples, groups))
        columns /= columns.sum(axis=1, keepdims=True)
    squares, scale = columns**2, 1 - (columns**2).sum(axis=1)
    mu, size, sigma = np.empty((3, 1 + resamples, d))
    for i, effect in enumerate(effects):
        by_row = effect @ columns.T
        mean = rows @ effect
        mu[:, i] = (mean * columns).sum(axis=1)
        signed = np.zeros_like(by_row)
        for g in range(groups):
            part = effect[:, g, None] * columns[:, g]
            signed += part * np.sign(by_row - part)
        size[:, i] = np.einsum("br,rb->b", rows, signed)
        raw = by_row**2 - (effect**2) @ squares.T
        middle = mu[:, i] ** 2 - (mean**2 * squares).sum(axis=1)
        variance = (np.einsum("br,rb->b", rows, raw) - middle) / scale
        # What rounding leaves of equal effects counts as nothing.
        variance[variance <= 1e-12 * (effect**2).mean()] = 0.0
        sigma[:, i] = np.sqrt(variance * r / (r - 1))
    return MorrisMeasures(
        r=r,
        mu=percentiles(mu, confidence),
        mu_star=percentiles(size, confidence),
        sigma=percentiles(sigma, confidence),
        uncorrected_mu_star=np.abs(effects.mean(axis=-1)).mean(axis=-1),
    )
