"""Effects averaged over settings: main effects and interactions, each from the values of single replications.

A main effect compares the cells of one level of a factor with their partners: the same levels of all
other factors, this factor at the baseline's level. An interaction of two factors is the difference between
the effect of a level of the first where the second is at one of its levels and where it is at the
baseline's. Both are averaged over all settings of the other factors in which the cells were run.

What an interval covers depends on the settings. Settings that were chosen, as in a grid, are the whole of
what is asked about: the interval covers the random draws of the simulation alone. Points that were sampled
represent a distribution: then it covers their sampling too. With common random numbers points and
replications are crossed, and the variance of the mean over both is that of the random-effects model with two
factors, estimated by the analysis of variance (Searle, Casella and McCulloch 1992, Variance Components,
chapter 4; Owen 2007, "The pigeonhole bootstrap", Annals of Applied Statistics 1, 386-411). Points of a Latin
hypercube or a Sobol sequence count as independent ones, which errs on the wide side (Stein 1987,
Technometrics 29, 143-151).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.contrasts import Codes, marks, partners
from escalation.analysis.paired import Contrasts, ContrastSums, Places, compare, contrasts_of
from escalation.analysis.tally import Tally
from escalation.measures.measures import Measure
from escalation.stats import intervals
from escalation.stats.intervals import CONFIDENCE, Floats, Intervals

SEVERAL = -1
"""In place of a factor: the cells differ in several factors, or in none."""


@dataclass(frozen=True)
class ComparedCells:
    """Cells compared, in pairs or by differences of differences, and how they are grouped for averages."""

    contrasts: Contrasts
    factors: Codes
    """[groups, 1 or 2]: which factors are compared, by their place; `SEVERAL` for none in particular."""
    cell: Places
    """[groups]: the place of a cell that has the levels of the group."""
    is_reported: NDArray[np.bool_]
    """[groups]: whether the average means something."""
    is_sampled: NDArray[np.bool_]
    """[groups]: whether its points were sampled."""
    sums: ContrastSums | None = None
    """Sums over replications; None if seeds are independent."""

    @property
    def pairs(self) -> int:
        """Return of how many pairs each contrast is made: 1 for a difference, 2 for one of differences."""
        return len(self.contrasts.signs) // 2

    def within(self, wanted: NDArray[np.bool_]) -> ComparedCells:
        """Return the comparison of some groups, [groups] of truth values; they follow one another."""
        some = self.contrasts.range_of(wanted)
        groups = some.groups
        return ComparedCells(
            self.contrasts.within(some), self.factors[groups], self.cell[groups], self.is_reported[groups],
            self.is_sampled[groups], None if self.sums is None else self.sums.within(some),
        )  # fmt: skip


@dataclass(frozen=True)
class Comparisons:
    """All that is compared in an experiment."""

    pairs: ComparedCells
    """Each cell and its partner for each factor; cells that are in no such pair, and the baseline."""
    quadruples: ComparedCells
    """The cells of each interaction of two factors."""
    policies: ComparedCells
    """Each policy and the reference: those of `pairs` that differ in the policy."""
    confined: ComparedCells
    """The same at the settings with one level of another factor whose levels are listed."""
    where: Codes
    """[groups of `confined`, 2]: this factor and a code of its level."""


_found: WeakKeyDictionary[Tally, Comparisons] = WeakKeyDictionary()


def comparisons_of(tally: Tally) -> Comparisons:
    """Compare the cells of an experiment; with common random numbers all its crises are read, once."""
    if tally not in _found:
        reference = partners(tally.codes, tally.baseline, tally.n)
        confined, where = _confined_policies(tally, reference)
        sets = [_pairs(tally, reference), _quadruples(tally, reference), confined]
        pairs, quadruples, confined = with_sums(tally, sets)
        policy = _policy_factor(tally)
        policies = pairs.within(pairs.factors[:, 0] == policy)
        _found[tally] = Comparisons(pairs, quadruples, policies, confined, where)
    return _found[tally]


def with_sums(tally: Tally, sets: Sequence[ComparedCells]) -> list[ComparedCells]:
    """Return comparisons with their sums over replications, as they are if seeds are independent."""
    if not tally.is_paired:
        return list(sets)
    found = compare(tally.source, [each.contrasts for each in sets], tally.numbers)
    return [replace(each, sums=sums) for each, sums in zip(sets, found, strict=True)]


def _pairs(tally: Tally, reference: Codes) -> ComparedCells:
    codes, n = tally.codes, tally.n
    cell, factor = np.nonzero(reference >= 0)
    is_alone = (reference < 0).all(axis=1) & (n > 0) & (n[tally.baseline] > 0)
    is_alone[[tally.baseline, *np.unique(reference[cell, factor])]] = False
    alone = np.flatnonzero(is_alone)
    cells = np.concatenate(
        [
            np.stack([cell, reference[cell, factor]], axis=1),
            np.stack([alone, np.full(len(alone), tally.baseline)], axis=1),
        ]
    )
    factor = np.concatenate([factor, np.full(len(alone), SEVERAL)])
    level = np.zeros(len(cells), np.int64)
    is_one = factor != SEVERAL
    level[is_one] = codes[cells[is_one, 0], factor[is_one]]
    return _grouped(tally, cells, factor[:, None], level[:, None])[0]


def _quadruples(tally: Tally, reference: Codes) -> ComparedCells:
    """Compare for every two factors; draws of a distribution mean nothing singly, and are left out."""
    drawn = _drawn(tally)
    all_cells, all_factors = [np.empty((0, 4), np.int64)], [np.empty((0, 2), np.int64)]
    usable = [k for k in range(len(tally.source.factors)) if k not in drawn]
    for k, other in combinations(usable, 2):
        mine = np.flatnonzero((reference[:, k] >= 0) & (reference[:, other] >= 0))
        without, without_other = reference[mine, k], reference[mine, other]
        neither = reference[without, other]
        found = np.stack([mine, without, without_other, neither], axis=1)[neither >= 0]
        all_cells.append(found)
        all_factors.append(np.tile([k, other], (len(found), 1)))
    cells, factors = np.concatenate(all_cells), np.concatenate(all_factors)
    levels = np.take_along_axis(tally.codes[cells[:, 0]], factors, axis=1)
    return _grouped(tally, cells, factors, levels)[0]


def _policy_factor(tally: Tally) -> int:
    """Return the place of the policies among the factors; one that no factor has if there are none."""
    source = tally.source
    if source.policy_factor is None:
        return len(source.factors)
    return list(source.factors).index(source.policy_factor)


def _confined_policies(tally: Tally, reference: Codes) -> tuple[ComparedCells, Codes]:
    """Compare policies at the settings with each level of the other factors that are listed."""
    source, codes, policy = tally.source, tally.codes, _policy_factor(tally)
    listed = [k for k, name in enumerate(source.factors) if k != policy and name not in source.sampled]
    if source.policy_factor is None or not listed:
        nothing = np.empty((0, 2), np.int64)
        return _grouped(tally, nothing, nothing[:, :1], nothing)[0], nothing
    mine = np.flatnonzero(reference[:, policy] >= 0)
    pairs = np.stack([mine, reference[mine, policy]], axis=1)
    keys = [np.stack([codes[mine, policy], np.full(len(mine), k), codes[mine, k]], axis=1) for k in listed]
    cells, levels = np.tile(pairs, (len(keys), 1)), np.concatenate(keys)
    found, kinds = _grouped(tally, cells, np.full((len(cells), 1), policy), levels)
    return found, kinds[:, 1:]


def _grouped(tally: Tally, cells: Codes, factors: Codes, levels: Codes) -> tuple[ComparedCells, Codes]:
    """Group contrasts by factors and levels, within that by sampled point; return the levels by group too.

    In a sampled design the baseline and the probes are no points: where a level was compared at points, what
    it did elsewhere has a group of its own.
    """
    source = tally.source
    roles = np.array(source.cells.role)
    of_points = (
        (roles[cells] == "design").all(axis=1) if (roles == "probe").any() else np.ones(len(cells), bool)
    )
    key = np.concatenate([factors, levels, ~of_points[:, None]], axis=1)
    if len(cells):
        kinds, group = np.unique(key, axis=0, return_inverse=True)
        group = group.reshape(-1)
    else:
        kinds, group = key, np.empty(0, np.int64)
    own = marks(tally.codes)
    sampled = [k for k, name in enumerate(source.factors) if name in source.sampled]
    of_setting = own[cells[:, 0]]
    point = of_setting[:, sampled].sum(axis=1, dtype=np.uint64)
    # Where there is but one point, every setting counts as one.
    has_points = np.zeros(len(kinds), bool)
    first = np.zeros(len(kinds), np.uint64)
    first[group] = point
    has_points[group[point != first[group]]] = True
    point = np.where(has_points[group], point, of_setting.sum(axis=1, dtype=np.uint64))
    contrasts, _ = contrasts_of(cells, group, point)
    width = factors.shape[1]
    cell = contrasts.cells[contrasts.first_of_group, 0]
    of_group = kinds[:, :width]
    is_several = (of_group == SEVERAL).any(axis=1)
    is_draw = np.isin(of_group, sampled).any(axis=1)
    others_sampled = len(sampled) > is_draw
    # A group apart from the points is reported where the level was not compared at points.
    at_points = {tuple(kind[:-1]) for kind in kinds.tolist() if not kind[-1]}
    is_second = np.array([bool(kind[-1]) and tuple(kind[:-1]) in at_points for kind in kinds.tolist()], bool)
    is_sampled = others_sampled & has_points & ~is_second
    # A level that was sampled is one of many; only the ends of a range, which are probes, mean something.
    is_any = np.isin(of_group, _drawn(tally)).any(axis=1) | (is_draw & (kinds[:, -1] == 0))
    found = ComparedCells(contrasts, of_group, cell, ~(is_several | is_second | is_any), is_sampled)
    return found, kinds[:, width:-1]


def _drawn(tally: Tally) -> list[int]:
    """Return the places of the factors whose levels are random draws, none of which means anything singly."""
    factors, levels = tally.source.factors, tally.source.cells.levels
    is_drawn = (name in tally.source.sampled and isinstance(levels[name][0], str) for name in factors)
    return [k for k, drawn in enumerate(is_drawn) if drawn]


def draws_at_baseline(tally: Tally) -> Iterator[tuple[str, Places]]:
    """Yield each factor whose levels are random draws, and its cells where all others are at baseline.

    Only where there are several: points of a sampled design differ in other factors too.
    """
    for k in _drawn(tally):
        others = np.delete(tally.codes, k, axis=1)
        mine = np.flatnonzero((others == others[tally.baseline]).all(axis=1) & (tally.n > 0))
        if len(mine) > 1:
            yield tally.source.factors[k], mine


@dataclass(frozen=True)
class Averages:
    """A measure's average effect in each group, arrays by group."""

    measure: Measure
    of: str
    values: Intervals
    least: Floats
    """Over the points, or the settings."""
    greatest: Floats
    deviation: Floats
    """Standard deviation of the true effect over the points or settings, the simulation's noise removed."""
    replications: NDArray[np.int64]


def measures_of(tally: Tally) -> list[tuple[Measure, str]]:
    """Return what is measured, in the order of the sums: shares, then numbers, each with what it is of."""
    known = tally.measures
    shares = [(each, each.name) for each in known.shares]
    return [*shares, *((known.measure(name), of) for name, of in tally.numbers.names)]


def shares_at(tally: Tally, shares: Sequence[str]) -> list[int]:
    """Return the places of shares among what is measured."""
    return [tally.measures.names.index(name) for name in shares]


def averages(
    tally: Tally,
    comparison: ComparedCells,
    wanted: Sequence[int] | None = None,
    confidence: float = CONFIDENCE,
) -> list[Averages]:
    """Return the average effects of a comparison, measure by measure.

    Parameters
    ----------
    tally
        The counts of the experiment.
    comparison
        The cells compared.
    wanted
        Places of the measures among `measures_of`; by default all.
    confidence
        Of the intervals.
    """
    named = measures_of(tally)
    places = range(len(named)) if wanted is None else wanted
    if not len(comparison.cell):
        return []
    sums = comparison.sums
    if sums is None:
        return [_averaged_independently(tally, comparison, k, named[k], confidence) for k in places]
    return [_averaged(comparison, sums, k, named[k], confidence) for k in places]


def _averaged(
    comparison: ComparedCells, sums: ContrastSums, k: int, named: tuple[Measure, str], confidence: float
) -> Averages:
    contrasts, n = comparison.contrasts, sums.replications
    points, group = contrasts.points, contrasts.group_of_point
    starts = np.flatnonzero(np.diff(group, prepend=-1))
    total, squares = sums.averages[:, k], sums.average_squares[:, k]
    with np.errstate(divide="ignore", invalid="ignore"):
        mean, at_point = total / n, sums.point_totals[:, k] / n[group]
        of_points = np.add.reduceat((at_point - mean[group]) ** 2, starts)
        of_replications = intervals.variance(total, squares, n) * (n - 1)
        everything = sums.point_squares[:, k] - points * n * mean**2
        rest = np.maximum(everything - n * of_points - points * of_replications, 0.0)
        of_points = n * of_points / (points - 1)
        rest = np.where(n > 1, rest / ((points - 1) * (n - 1)), 0.0)
        component = np.where(points > 1, np.maximum(of_points - rest, 0.0) / n, np.nan)
        between = np.where(comparison.is_sampled, component / points, 0.0)
    if named[0].kind == "share":
        values = intervals.paired_average(total, squares, n, comparison.pairs, between, points, confidence)
    else:
        values = intervals.average_of_means(total, squares, n, between, points, confidence)
    least, greatest = (ufunc.reduceat(at_point, starts) for ufunc in (np.minimum, np.maximum))
    return Averages(*named, values, least, greatest, np.sqrt(component), n)


def _averaged_independently(
    tally: Tally, comparison: ComparedCells, k: int, named: tuple[Measure, str], confidence: float
) -> Averages:
    contrasts = comparison.contrasts
    points, group = contrasts.points, contrasts.group_of_point
    settings = np.diff(contrasts.first_of_point, append=len(contrasts.group))
    # One coefficient for each cell of each contrast, those of one group one after the other.
    in_point = 1.0 / settings[contrasts.point]
    of_group = (in_point / points[contrasts.group])[:, None] * np.array(contrasts.signs)
    width = of_group.shape[1]
    starts = contrasts.first_of_group * width
    mean, variance, n = moments(tally, k, contrasts.cells)
    if named[0].kind == "share":
        yes = tally.shares[contrasts.cells, k]
        shares = intervals.wilson(yes.reshape(-1), n.reshape(-1), confidence)
        fixed = intervals.sum_of_shares(shares, of_group.reshape(-1), starts)
    else:
        flat = [array.reshape(-1) for array in (mean, variance, n, of_group)]
        fixed = intervals.sum_of_means(flat[0], flat[1], flat[2], flat[3], starts, confidence)
    each = (mean * contrasts.signs).sum(axis=1)
    luck = (variance / n).sum(axis=1)
    at_point = np.add.reduceat(each * in_point, contrasts.first_of_point)
    noise = np.add.reduceat(luck * in_point**2, contrasts.first_of_point)
    at = np.flatnonzero(np.diff(group, prepend=-1))
    spread = intervals.variance(np.add.reduceat(at_point, at), np.add.reduceat(at_point**2, at), points)
    sampled = intervals.mean(
        np.add.reduceat(at_point, at), np.add.reduceat(at_point**2, at), points, confidence
    )
    is_sampled = comparison.is_sampled
    # Points that happen to agree leave the noise of the simulation.
    values = Intervals(
        fixed.estimate,
        np.where(is_sampled, np.fmin(sampled.low, fixed.low), fixed.low),
        np.where(is_sampled, np.fmax(sampled.high, fixed.high), fixed.high),
    )
    component = np.maximum(spread - np.add.reduceat(noise, at) / points, 0.0)
    least, greatest = (ufunc.reduceat(at_point, at) for ufunc in (np.minimum, np.maximum))
    fewest = np.minimum.reduceat(n.min(axis=1), contrasts.first_of_group)
    return Averages(*named, values, least, greatest, np.sqrt(component), fewest)


def moments(tally: Tally, k: int, cells: Codes) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return mean, sample variance and number of crises of a measure in cells that are compared.

    Parameters
    ----------
    tally
        The counts of the experiment.
    k
        The place of the measure among `measures_of`.
    cells
        [contrasts, cells]: days are counted to the end of the shortest run of the cells of a contrast.
    """
    n = tally.n[cells]
    shares = len(tally.measures.shares)
    if k < shares:
        total = squares = tally.shares[cells, k].astype(np.float64)
    else:
        at = k - shares
        total, squares = tally.totals[cells, at], tally.squares[cells, at]
        free = np.asarray(tally.source.free_days)[cells]
        until = free.min(axis=1, keepdims=True)
        cut = free > until
        if tally.numbers.timed[at] and cut.any():
            event = tally.measures.place_of_event(tally.numbers.names[at][0])
            rows, columns = np.nonzero(cut)
            counts = tally.days[cells[rows, columns], event].astype(np.float64)
            days = np.minimum(np.arange(counts.shape[1]), until[rows])
            rest = tally.n[cells[rows, columns]] - counts.sum(axis=1)
            last = until[rows, 0].astype(np.float64)
            total[rows, columns] = (days * counts).sum(axis=1) + rest * last
            squares[rows, columns] = (days * days * counts).sum(axis=1) + rest * last**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return total / n, intervals.variance(total, squares, n), n
