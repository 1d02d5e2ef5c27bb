"""Checks of boxes: intervals against simulation, resampling against what it should do."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from escalation.stats.box_checks import (
    BatchCounts,
    Finder,
    coverage_interval,
    density_interval,
    gain_interval,
    limit_interval,
)
from escalation.stats.intervals import wilson
from escalation.stats.prim import Input, Peeling, PointRates, Rule, Space


def counts_of(
    truth: np.ndarray, size: int, batches: int, random: np.random.Generator, common: bool = True
) -> BatchCounts:
    """Draw crises; with common luck a replication is bad or good at every point."""
    n = len(truth)
    luck = random.random(size) if common else random.random((n, size))
    own = random.random((n, size)) * 0.2
    crises = (luck + own) % 1.0 < truth[:, None]
    hits = np.stack([crises[:, b::batches].sum(axis=1) for b in range(batches)], axis=1)
    sizes = np.tile([len(range(b, size, batches)) for b in range(batches)], (n, 1))
    return BatchCounts(hits.astype(np.uint32), sizes.astype(np.uint32), common, np.arange(n))


def structured(n: int, seed: int) -> tuple[Space, np.ndarray]:
    values = np.random.default_rng(seed).random((3, n))
    truth = np.where((values[0] > 0.5) & (values[1] < 0.6), 0.6, 0.2)
    return Space(tuple(Input(f"x{j}", values[j]) for j in range(3))), truth


def finder(space: Space, counts: BatchCounts, rule: Rule | None = None) -> Finder:
    return Finder(space, counts, Peeling(), rule or Rule(), np.ones(space.count, bool))


@pytest.mark.parametrize("common", [True, False])
def test_intervals_cover_the_truth_as_often_as_they_should(common: bool) -> None:
    """Over new points and new luck; about 95% of 300 repeats, or more."""
    random = np.random.default_rng(11)
    covered = np.zeros((300, 3), bool)
    for repeat in range(300):
        values = random.random((2, 80))
        truth = 0.1 + 0.5 * values[0]
        counts = counts_of(truth, 30, 10, random, common)
        inside = values[0] > 0.6
        # Of the box 0.1 + 0.5 * 0.8, of all 0.1 + 0.5 * 0.5; 40% of the points.
        wanted = (0.5, 0.4 * 0.5 / 0.35, 0.15)
        found = (
            density_interval(counts, inside),
            coverage_interval(counts, inside),
            gain_interval(counts, inside),
        )
        covered[repeat] = [
            float(each.low) <= value <= float(each.high) for each, value in zip(found, wanted, strict=True)
        ]
    assert covered.mean(axis=0).min() > 0.91, covered.mean(axis=0)


def test_common_luck_widens_a_share_and_not_a_gain() -> None:
    random = np.random.default_rng(3)
    truth = np.where(np.arange(400) < 200, 0.5, 0.3)
    inside = truth == 0.5
    common, own = (counts_of(truth, 40, 40, random, each) for each in (True, False))

    def width(found) -> float:
        return float(found.high - found.low)

    assert width(density_interval(common, inside)) > 3 * width(density_interval(own, inside))
    assert width(gain_interval(common, inside)) < width(density_interval(common, inside)) / 2


def test_where_all_points_agree_there_are_as_many_trials_as_points() -> None:
    counts = BatchCounts(np.zeros((50, 4), np.uint32), np.full((50, 4), 5, np.uint32), True, np.arange(50))
    found = density_interval(counts, np.ones(50, bool))
    assert (float(found.estimate), float(found.low)) == (0.0, 0.0)
    assert float(found.high) == pytest.approx(float(wilson(0, 50).high))
    nothing = density_interval(counts, np.zeros(50, bool))
    assert math.isnan(float(nothing.estimate))


def test_points_of_a_group_count_as_one() -> None:
    random = np.random.default_rng(5)
    truth = random.random(60)
    single = counts_of(truth, 20, 1, random, common=False)
    double = BatchCounts(
        np.repeat(single.hits, 2, axis=0),
        np.repeat(single.sizes, 2, axis=0),
        False,
        np.repeat(np.arange(60), 2),
    )
    one, both = density_interval(single, np.ones(60, bool)), density_interval(double, np.ones(120, bool))
    assert (float(one.low), float(one.high)) == pytest.approx((float(both.low), float(both.high)))


def test_a_box_that_is_there_is_found_again() -> None:
    space, truth = structured(400, 1)
    counts = counts_of(truth, 400, 20, np.random.default_rng(1))
    mine = finder(space, counts)
    resamples = list(mine.resamples(30, np.random.default_rng(2)))
    often = [np.mean([j in sample.box.restricted for sample in resamples]) for j in range(3)]
    assert min(often[:2]) > 0.9
    assert often[2] < 0.5
    low, high = limit_interval([sample.box.low[0] for sample in resamples], 0.0)
    assert low < 0.52
    assert high > 0.45
    assert high - low < 0.3
    trials = list(mine.trials(8, np.random.default_rng(3)))
    gain = np.mean([trial.gain for trial in trials])
    assert gain == pytest.approx(np.mean([trial.found_gain for trial in trials]), abs=0.05)
    assert mine.chance(19, np.random.default_rng(4)) == 0.05


def test_many_values_are_known_by_classes_when_searches_are_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    x, z = np.random.default_rng(7).random((2, 300))
    space = Space((Input("x", x), Input("z", z)))
    hits = np.random.default_rng(8).binomial(10, np.where(x > 0.6, 0.8, 0.2))
    counts = BatchCounts(
        hits[:, None].astype(np.uint32), np.full((300, 1), 10, np.uint32), False, np.arange(300)
    )
    done: list[int] = []
    finder = Finder(space, counts, Peeling(), Rule(), np.ones(300, bool), lambda: done.append(1))
    assert finder.coarse is space

    def checks(one: Finder) -> tuple[Any, ...]:
        random = np.random.default_rng(1)
        return list(one.resamples(10, random)), list(one.trials(2, random)), one.chance(9, random)

    fine = checks(finder)
    assert len(done) + 1 == Finder.searches(10)
    monkeypatch.setattr("escalation.stats.box_checks.CLASSES", 60)
    rough = Finder(space, counts, Peeling(), Rule(), np.ones(300, bool))
    assert rough.coarse is not space
    found = checks(rough)
    assert found != fine
    for one, other in zip(found[0], fine[0], strict=True):
        assert one.box.low[0] == pytest.approx(other.box.low[0], abs=0.06)
        assert one.density == pytest.approx(other.density, abs=0.06)
    assert found[2] == fine[2] == 0.1


def test_noise_is_found_out() -> None:
    random = np.random.default_rng(6)
    space = Space(tuple(Input(f"x{j}", random.random(200)) for j in range(8)))
    counts = counts_of(np.full(200, 0.3), 10, 10, random, common=False)
    mine = finder(space, counts, Rule(coverage=0.2))
    trials = list(mine.trials(15, np.random.default_rng(7)))
    assert abs(np.mean([trial.gain for trial in trials])) < 0.02
    resamples = list(mine.resamples(30, np.random.default_rng(7)))
    assert max(np.mean([j in sample.box.restricted for sample in resamples]) for j in range(8)) < 0.6
    assert mine.chance(39, np.random.default_rng(8)) > 0.05


def test_chance_is_as_rare_as_it_says() -> None:
    """Of forty analyses of noise in groups of two, about one in ten has p <= 0.1."""
    small = []
    for seed in range(40):
        random = np.random.default_rng(seed)
        point = random.random(30)
        values = np.repeat(random.random((2, 30)), 2, axis=1)
        space = Space(
            (Input("x", values[0]), Input("y", values[1]), Input("who", np.tile([0.0, 1.0], 30), ("a", "b")))
        )
        truth = np.clip(np.repeat(point, 2), 0.05, 0.95)
        counts = counts_of(truth, 20, 1, random, common=False)
        grouped = BatchCounts(counts.hits, counts.sizes, False, np.repeat(np.arange(30), 2))
        small.append(finder(space, grouped).chance(19, random) <= 0.1)
    assert sum(small) <= 9


def test_points_taken_by_an_earlier_box_take_no_part() -> None:
    space, truth = structured(200, 3)
    counts = counts_of(truth, 20, 5, np.random.default_rng(3))
    available = space.inputs[2].values < 0.5
    mine = Finder(space, counts, Peeling(), Rule(), available)
    part = np.flatnonzero(available)
    alone = Space(tuple(Input(one.name, one.values[part]) for one in space.inputs))
    assert (
        mine.find(mine.rates()).box
        == finder(alone, BatchCounts(counts.hits[part], counts.sizes[part], True, np.arange(len(part))))
        .find(PointRates(np.ones(len(part)), counts.rate[part]))
        .box
    )


def test_the_same_seed_gives_the_same_resamples() -> None:
    space, truth = structured(100, 4)
    counts = counts_of(truth, 10, 5, np.random.default_rng(4))
    mine = finder(space, counts)
    assert list(mine.resamples(5, np.random.default_rng(1))) == list(
        mine.resamples(5, np.random.default_rng(1))
    )
    other = [sample.box for sample in mine.resamples(5, np.random.default_rng(2))]
    assert [sample.box for sample in mine.resamples(5, np.random.default_rng(1))] != other


def test_an_input_without_the_limit_counts_at_its_end() -> None:
    assert limit_interval([0.5] * 10 + [-math.inf] * 30, 0.1) == (0.1, 0.5)
    assert limit_interval([0.5] * 40, 0.1) == (0.5, 0.5)
