"""How far a box of PRIM can be trusted: intervals, resampled limits, tests on points left out.

The data are crossed: n points times G batches of replications. Where all points share their random numbers,
the luck of a batch does not average out over points, and both are resampled (Owen 2007, "The pigeonhole
bootstrap", Annals of Applied Statistics 1, 386-411). With independent seeds every point carries luck of its
own, which the resampling of points includes. Where every sampled point meets several named levels, these
points are drawn, left out and split together, as a group.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from escalation.stats.intervals import Z_95, Intervals, t_quantile, wilson
from escalation.stats.prim import (
    Box,
    FoundBox,
    Mask,
    Peeling,
    PointRates,
    Rule,
    Space,
    simplified,
    step_of,
    trajectory,
)

Floats = NDArray[np.float64]

CHANCE = 0.05
"""Structure that chance gives more often than this is not relied on."""
BATCHES = 50
"""Batches of replications that are kept apart, at most."""
CLASSES = 4096
"""Where a number has more values, repeated searches know its values by so many classes of neighbours."""


@dataclass(frozen=True)
class BatchCounts:
    """Crises with the event and all crises, by point and batch of replications."""

    hits: NDArray[np.uint32]
    """[n, G]"""
    sizes: NDArray[np.uint32]
    """[n, G]"""
    is_common: bool
    """Whether a batch has the same random numbers at every point."""
    groups: NDArray[np.intp]
    """[n]: the group of each point, from 0 on."""

    @cached_property
    def rate(self) -> Floats:
        """[n]: the share of crises with the event at each point; each point has at least one crisis."""
        return np.asarray(self.hits.sum(axis=1) / self.sizes.sum(axis=1), np.float64)

    @property
    def batches(self) -> int:
        """Return G."""
        return int(self.hits.shape[1])

    @cached_property
    def _floats(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self.hits.astype(np.float32), self.sizes.astype(np.float32)

    def resampled(self, times: Floats) -> tuple[Floats, Mask]:
        """Return the rate of each point when batch b counts `times[b]` times, and where it has any crisis."""
        hits, sizes = self._floats
        each = times.astype(np.float32)
        yes, n = (hits @ each).astype(np.float64), (sizes @ each).astype(np.float64)
        known = n > 0
        return np.where(known, yes / np.maximum(n, 1), 0.0), known

    def rates(self) -> PointRates:
        """Return the outcome as PRIM takes it; each point counts once, however many crises it has."""
        return PointRates(np.ones(len(self.rate)), self.rate)


def density_interval(counts: BatchCounts, inside: Mask) -> Intervals:
    """Return the expected share of crises with the event over some points, with its 95% interval.

    Points and luck both vary. With residuals e(i, b) of point i and batch b, the variance of the mean is that
    of the sums over batches, by point, plus, with common random numbers, that of the sums over points, by
    batch (cautious, since each includes the part of the other that is proper to one point and batch). The
    limits are Wilson's for as many independent crises as give that variance; where all points agree, for as
    many as there are points.
    """
    return _residuals(counts, inside.astype(np.float64), counts.sizes, inside).share_interval(counts)


def coverage_interval(counts: BatchCounts, inside: Mask) -> Intervals:
    """Return the share of all events that is at some points, with its 95% interval, found in the same way."""
    everywhere = np.ones(len(inside), bool)
    return _residuals(counts, inside.astype(np.float64), counts.hits, everywhere).share_interval(counts)


def gain_interval(counts: BatchCounts, inside: Mask) -> Intervals:
    """Return the density of some points less that of all, with its 95% interval.

    Luck that all points share cancels in the difference, which is therefore known more precisely than either
    of the two.
    """
    everywhere = np.ones(len(inside), bool)
    one = _residuals(counts, inside.astype(np.float64), counts.sizes, inside)
    all_of_them = _residuals(counts, everywhere.astype(np.float64), counts.sizes, everywhere)
    both = _Residuals(one.estimate, one.points - all_of_them.points, one.batches - all_of_them.batches, 0)
    half = Z_95 * math.sqrt(both.variance(counts))
    gain = one.estimate - all_of_them.estimate
    return Intervals(np.array(gain), np.array(gain - half), np.array(gain + half))


@dataclass(frozen=True)
class _Residuals:
    """A ratio, and by how much each point and each batch moves it, to first order."""

    estimate: float
    points: Floats
    batches: Floats
    count: int
    """The number of points."""

    def variance(self, counts: BatchCounts) -> float:
        """Return the variance with which a normal interval is as wide as it should be."""
        sums = np.bincount(counts.groups, self.points)
        groups, batches = int(np.count_nonzero(sums)), counts.batches
        found = float((sums**2).sum()) * groups / max(1, groups - 1)
        if counts.is_common and batches > 1:
            found += float((self.batches**2).sum()) * batches / (batches - 1)
            groups = min(groups, batches)
        # Few groups or batches estimate the variance badly: Student's quantile in place of the normal one.
        return found * (float(t_quantile(max(groups - 1, 1))) / Z_95) ** 2

    def share_interval(self, counts: BatchCounts) -> Intervals:
        if math.isnan(self.estimate):
            nothing = np.array(math.nan)
            return Intervals(nothing, nothing, nothing)
        variance = self.variance(counts)
        worth = self.estimate * (1 - self.estimate) / variance if variance > 0 else float(self.count)
        return wilson(self.estimate * worth, worth)


def _residuals(counts: BatchCounts, part: Floats, below: NDArray[np.uint32], of: Mask) -> _Residuals:
    """Return the sum of rates of part of the points over the sum of `below`, per crisis, of some points."""
    n = counts.sizes.sum(axis=1)
    per = np.where(of, 1.0 / n, 0.0)
    rate, divisor = counts.rate * part * of, below.sum(axis=1) * per
    whole = float(divisor.sum())
    if whole == 0:
        return _Residuals(math.nan, rate, np.zeros(counts.batches), 0)
    share = min(float(rate.sum()) / whole, 1.0)
    batches = (per * part) @ counts.hits - share * (per @ below)
    return _Residuals(share, (rate - share * divisor) / whole, batches / whole, int(of.sum()))


@dataclass(frozen=True)
class Resample:
    """The box that the same procedure finds in one resample."""

    box: Box
    density: float
    coverage: float


@dataclass(frozen=True)
class HeldOutTrial:
    """A box found on half of the points and of the replications: its figures there, and on the other half."""

    found_gain: float
    found_coverage: float
    gain: float
    """Density less that of all points of the half."""
    coverage: float
    mass: float
    density: float


def trials_of(resamples: int) -> int:
    """Return how many splits into halves go with so many resamples."""
    return max(resamples // 5, 1)


@dataclass(frozen=True)
class Finder:
    """One procedure from points to a box, repeated on other data as it was carried out on these."""

    space: Space
    counts: BatchCounts
    peeling: Peeling
    rule: Rule
    available: Mask
    heard: Callable[[], None] = lambda: None
    """Called after each search, of which there are `searches`."""

    @staticmethod
    def searches(resamples: int) -> int:
        """Return how many searches a box takes: its own, resamples, trials, and those by chance."""
        return 1 + resamples + trials_of(resamples) + resamples

    @cached_property
    def coarse(self) -> Space:
        """The space of searches that are repeated: with at most `CLASSES` values of a number as it is."""
        return Space(self.space.inputs, CLASSES) if self.space.has_more_values(CLASSES) else self.space

    def find(self, rates: PointRates, space: Space | None = None) -> FoundBox:
        """Return the box that the rule chooses from the trajectory, by default among all values."""
        space = space or self.space
        steps = trajectory(space, rates, self.peeling)
        found = simplified(space, rates, steps[self.rule.choice(steps)])
        self.heard()
        return found

    def rates(self) -> PointRates:
        """Return the outcome at the available points."""
        weight = self.available.astype(np.float64)
        return PointRates(weight, weight * self.counts.rate)

    def resamples(self, count: int, random: np.random.Generator) -> Iterator[Resample]:
        """Yield boxes found in bootstrap resamples of the groups and, with common luck, of the batches.

        A point drawn k times counts k times, as k equal points would.
        """
        groups = np.unique(self.counts.groups[self.available])
        for _ in range(count):
            chosen = random.choice(groups, len(groups))
            drawn = np.bincount(chosen, minlength=self.counts.groups.max() + 1).astype(np.float64)
            rate, known = self._luck(random)
            weight = drawn[self.counts.groups] * (self.available & known)
            found = self.find(PointRates(weight, weight * rate), self.coarse)
            yield Resample(found.box, found.density, found.coverage)

    def _luck(self, random: np.random.Generator) -> tuple[Floats, Mask]:
        if not self.counts.is_common:
            return self.counts.rate, np.ones(self.space.count, bool)
        batches = self.counts.batches
        return self.counts.resampled(
            np.bincount(random.integers(0, batches, batches), minlength=batches).astype(np.float64)
        )

    def trials(self, count: int, random: np.random.Generator) -> Iterator[HeldOutTrial]:
        """Yield trials: found on a random half of the groups and batches, judged on the other half of both.

        With one batch only the groups are split.
        """
        groups, batches = np.unique(self.counts.groups[self.available]), self.counts.batches
        for _ in range(count):
            is_first = np.isin(self.counts.groups, random.permutation(groups)[: len(groups) // 2])
            one, other = self.available & is_first, self.available & ~is_first
            first = np.ones(batches)
            second = first
            if batches > 1:
                first = np.zeros(batches)
                first[random.permutation(batches)[: batches // 2]] = 1.0
                second = 1.0 - first
            here, there = self._half(one, first), self._half(other, second)
            found = self.find(here, self.coarse)
            judged = step_of(self.space, there, found.box)
            yield HeldOutTrial(
                found.density - here.base, found.coverage, judged.density - there.base, judged.coverage,
                judged.mass, judged.density,
            )  # fmt: skip

    def _half(self, points: Mask, times: Floats) -> PointRates:
        rate, known = self.counts.resampled(times)
        weight = (points & known).astype(np.float64)
        return PointRates(weight, weight * rate)

    def chance(self, count: int, random: np.random.Generator) -> float:
        """Return the p-value of the hypothesis that the inputs have nothing to do with the event.

        The rates are dealt to the points at random `count` times, those of a group together and then among
        its points, and PRIM is run on each. Groups change places with groups of their size. The statistic is
        the largest excess of density on the trajectory in units of its standard error without structure,
        (density - base) sqrt(mass / (1 - mass)). p = (1 + how often chance reaches it) / (1 + count).
        """
        places = self._by_size()
        rates = self.rates()
        reached, as_high = self._excess(rates), 0
        for _ in range(count):
            dealt = rates.hits.copy()
            for block in places:
                rows = rates.hits[block][random.permutation(len(block))]
                dealt[block] = random.permuted(rows, axis=1) if rows.shape[1] > 1 else rows
            as_high += self._excess(PointRates(rates.weight, dealt)) >= reached
        return (1 + as_high) / (1 + count)

    def _by_size(self) -> list[NDArray[np.intp]]:
        """Return the available points as [groups, points of a group], a table for each size of group."""
        points = np.flatnonzero(self.available)
        points = points[np.argsort(self.counts.groups[points], kind="stable")]
        _, starts, sizes = np.unique(self.counts.groups[points], return_index=True, return_counts=True)
        return [points[starts[sizes == size][:, None] + np.arange(size)] for size in np.unique(sizes)]

    def _excess(self, rates: PointRates) -> float:
        steps = trajectory(self.coarse, rates, self.peeling)[1:]
        self.heard()
        excess = [(step.density - rates.base) * math.sqrt(step.mass / (1 - step.mass)) for step in steps]
        return max(excess, default=0.0)


def limit_interval(found: list[float], end: float) -> tuple[float, float]:
    """Return the 95% interval of a limit over resamples, those without the limit at the end of its input."""
    values = np.where(np.isfinite(found), found, end)
    low, high = np.quantile(values, [0.025, 0.975])
    return float(low), float(high)
