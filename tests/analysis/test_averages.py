"""Main effects and interactions: estimates, and intervals over replications, or points too."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from escalation.analysis.averages import averages, comparisons_of, moments
from escalation.analysis.paired import compare, contrasts_of
from escalation.analysis.tally import tally
from escalation.measures.measures import SHARES, share_of
from escalation.stats import intervals
from tests.analysis.synthetic import Cells, Synthetic, grid

FORCE = SHARES.index("force")


def at_points(
    points: int = 30, spread: float = 0.5, replications: int = 100, seed: int = 1, seeds: Any = "common"
) -> Synthetic:
    """Return two policies at points of which each has a rate of force of its own, spread about 0.05."""
    rates = 0.05 * np.exp(spread * np.random.default_rng(seed).standard_normal(points))
    levels: dict[str, list[Any]] = {"policy": [], "force": [], "truce": [], "idle": []}
    for rate in rates.tolist():
        for policy, factor in (("none", 1.0), ("some", 0.5)):
            found = {"policy": policy, "force": rate * factor, "truce": 0.05, "idle": rate}
            for name, level in found.items():
                levels[name].append(level)
    count = 2 * points
    cells = Cells(np.arange(count, dtype=np.int32), ["baseline", *["design"] * (count - 1)], levels)
    whole = Synthetic(
        cells=cells, replications=[replications] * count, free_days=np.full(count, 20, np.int32),
        factors=("policy", "force", "truce", "idle"), sampled=("idle",), policy_factor="policy", seed=seed,
        seeds=seeds,
    )  # fmt: skip
    for cell in range(count):
        whole.whole(cell)
    # What the crises are made from is known; only policy and point are factors.
    return dataclasses.replace(whole, factors=("policy", "idle"))


def with_moods() -> Synthetic:
    """Return two policies at six points, each in both moods of a category."""
    levels: dict[str, list[Any]] = {name: [] for name in ("policy", "mood", "force", "truce", "idle")}
    for point in range(6):
        for mood, rate in (("calm", 0.02), ("tense", 0.2)):
            for policy, factor in (("none", 1.0), ("some", 0.4)):
                found = (policy, mood, rate * factor, 0.05, point / 9)
                for name, level in zip(levels, found, strict=True):
                    levels[name].append(level)
    cells = Cells(np.arange(24, dtype=np.int32), ["baseline", *["design"] * 23], levels)
    source = Synthetic(
        cells=cells, replications=[80] * 24, free_days=np.full(24, 20, np.int32), sampled=("idle",),
        factors=tuple(levels), policy_factor="policy",
    )  # fmt: skip
    for cell in range(24):
        source.whole(cell)
    return dataclasses.replace(source, factors=("policy", "mood", "idle"))


def answers(source: Synthetic, cells: list[int]) -> np.ndarray:
    return np.array([share_of("force", source.whole(cell)[0]) for cell in cells], float)


def test_a_main_effect_is_the_mean_over_settings_with_a_paired_interval() -> None:
    source = grid(truce=(0.03, 0.3), idle=("a",))
    counts = tally(source)
    comparison = comparisons_of(counts).pairs
    (found,) = averages(counts, comparison, [FORCE])
    group = int(np.flatnonzero(comparison.factors[:, 0] == 0)[0])
    each = (answers(source, [2, 3]) - answers(source, [0, 1])).mean(axis=0)
    wanted = intervals.paired_average(each.sum(), (each**2).sum(), 120)
    assert found.values.estimate[group] == pytest.approx(each.mean())
    assert (found.values.low[group], found.values.high[group]) == pytest.approx((wanted.low, wanted.high))
    assert comparison.contrasts.settings[group] == 2
    assert not comparison.is_sampled.any()


def test_the_interval_over_points_and_replications_is_that_of_the_analysis_of_variance() -> None:
    source = at_points()
    counts = tally(source)
    comparison = comparisons_of(counts).pairs
    (found,) = averages(counts, comparison, [FORCE])
    (group,) = np.flatnonzero(comparison.is_reported)
    assert comparison.is_sampled[group]
    d = answers(source, list(range(1, 60, 2))) - answers(source, list(range(0, 60, 2)))
    p, r = d.shape
    rows, columns, mean = d.mean(axis=1), d.mean(axis=0), d.mean()
    ms_points = r * ((rows - mean) ** 2).sum() / (p - 1)
    rest = d - rows[:, None] - columns[None, :] + mean
    ms_rest = (rest**2).sum() / ((p - 1) * (r - 1))
    component = (ms_points - ms_rest) / r
    assert component > 0
    assert found.values.estimate[group] == pytest.approx(mean)
    assert found.deviation[group] == pytest.approx(np.sqrt(component))
    wanted = intervals.paired_average(columns.sum(), (columns**2).sum(), r, between=component / p, points=p)
    assert (found.values.low[group], found.values.high[group]) == pytest.approx((wanted.low, wanted.high))
    assert (found.least[group], found.greatest[group]) == pytest.approx((rows.min(), rows.max()))
    alone = intervals.paired_average(columns.sum(), (columns**2).sum(), r)
    assert wanted.high - wanted.low > alone.high - alone.low


def test_the_sampled_factor_has_no_effect_of_its_own_where_only_points_differ() -> None:
    comparison = comparisons_of(tally(at_points(points=4))).pairs
    assert comparison.is_reported.sum() == 1


@pytest.mark.slow
@pytest.mark.parametrize("seeds", ["common", "independent"])
def test_intervals_over_points_cover_the_mean_over_the_distribution(seeds: str) -> None:
    rates = 0.05 * np.exp(0.5 * np.random.default_rng(0).standard_normal(200_000))
    truth = (np.exp(-20 * rates) - np.exp(-10 * rates)).mean()
    inside = []
    for seed in range(60):
        counts = tally(at_points(points=12, replications=30, seed=seed, seeds=seeds))
        comparison = comparisons_of(counts).pairs
        (found,) = averages(counts, comparison, [FORCE])
        (group,) = np.flatnonzero(comparison.is_reported)
        inside.append(found.values.low[group] <= truth <= found.values.high[group])
    assert np.mean(inside) > 0.88


def test_an_interaction_is_a_difference_of_differences() -> None:
    source = grid(truce=(0.03, 0.3), idle=("a", "b"), replications=200)
    counts = tally(source)
    comparison = comparisons_of(counts).quadruples
    share = SHARES.index("limited_force_ended")
    (found,) = averages(counts, comparison, [share])
    (group,) = np.flatnonzero((comparison.factors == [0, 1]).all(axis=1))
    yes = [share_of("limited_force_ended", source.whole(cell)[0]).astype(float) for cell in range(8)]
    each = [yes[6 + k] - yes[2 + k] - yes[4 + k] + yes[k] for k in (0, 1)]
    assert found.values.estimate[group] == pytest.approx(np.mean(each)) != 0
    assert comparison.contrasts.settings[group] == 2
    assert comparison.pairs == 2


def test_independent_seeds_add_the_variances_of_cells() -> None:
    source = grid(truce=(0.03, 0.3), idle=("a",), seeds="independent", replications=150)
    counts = tally(source)
    comparison = comparisons_of(counts).pairs
    assert comparison.sums is None
    cost = len(SHARES) + counts.numbers.names.index(("cost", "borea"))
    share, number = averages(counts, comparison, [FORCE, cost])
    group = int(np.flatnonzero(comparison.factors[:, 0] == 0)[0])
    each = (answers(source, [2, 3]) - answers(source, [0, 1])).mean()
    assert share.values.estimate[group] == pytest.approx(each)
    costs = [source.whole(cell)[0]["cost_borea"] for cell in range(4)]
    half = (number.values.high[group] - number.values.low[group]) / 2
    spread = np.sqrt(sum(values.var(ddof=1) / 150 for values in costs)) / 2
    assert half == pytest.approx(1.96 * spread, rel=0.01)


def test_moments_of_days_up_to_the_end_of_the_shorter_run() -> None:
    source = dataclasses.replace(grid(seeds="independent"), free_days=np.array([20, 20, 12, 25], np.int32))
    counts = tally(source)
    days = len(SHARES) + counts.numbers.names.index(("days_to_force", "restricted_mean"))
    mean, variance, n = moments(counts, days, np.array([[2, 0]]))
    on = source.whole(0)[0]["days_to_force"].astype(float)
    seen = np.where(on < 0, 12, np.minimum(on, 12))
    assert (mean[0, 1], variance[0, 1], n[0, 1]) == pytest.approx((seen.mean(), seen.var(ddof=1), 120))


def test_policies_are_the_pairs_that_differ_in_the_policy_and_not_computed_again() -> None:
    # Policies are neither the first groups nor the last.
    factors = ("mood", "policy", "idle")
    counts = tally(dataclasses.replace(with_moods(), factors=factors))
    found = comparisons_of(counts)
    assert found.pairs.factors[0, 0] < 1
    policy = counts.source.factors.index("policy")
    mine = found.pairs.factors[found.pairs.contrasts.group, 0] == policy
    assert mine.any()
    assert not mine.all()
    assert (found.policies.factors == policy).all()
    assert (found.policies.contrasts.cells == found.pairs.contrasts.cells[mine]).all()
    assert found.policies.sums is not None
    assert found.pairs.sums is not None
    assert np.shares_memory(found.policies.sums.totals, found.pairs.sums.totals)
    # The same as if nothing else had been compared.
    contrasts = found.policies.contrasts
    (alone,) = compare(counts.source, [contrasts], counts.numbers)
    for name in vars(alone):
        if name != "contrasts":
            assert (getattr(alone, name) == getattr(found.policies.sums, name)).all(), name
    for name in ("first_of_group", "first_of_point", "group_of_point", "settings", "points"):
        again = contrasts_of(contrasts.cells, contrasts.group, contrasts.point)[0]
        assert (getattr(again, name) == getattr(contrasts, name)).all(), name
    # Those confined to a level of a factor with listed levels have sums of their own.
    assert len(found.where) == len(found.confined.cell) > 0
    assert comparisons_of(tally(at_points(points=4))).policies.sums is not None
