"""PRIM: boxes on data with a known answer, and what holds for all data."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from escalation.stats.prim import (
    Box,
    FoundBox,
    Input,
    Peeling,
    PointRates,
    Rule,
    Space,
    quasi_p,
    simplified,
    step_of,
    trajectory,
)

N = 500


def numbers(count: int = 3, n: int = N, seed: int = 0) -> Space:
    values = np.random.default_rng(seed).random((count, n))
    return Space(tuple(Input(f"x{j}", values[j]) for j in range(count)))


def rates(y: np.ndarray, weight: np.ndarray | None = None) -> PointRates:
    weight = np.ones(len(y)) if weight is None else weight.astype(float)
    return PointRates(weight, weight * y)


def test_the_box_that_is_there_is_found() -> None:
    space = numbers()
    x, z = space.inputs[0].values, space.inputs[1].values
    y = np.where((x > 0.6) & (z < 0.4), 0.9, 0.1)
    steps = trajectory(space, rates(y))
    assert steps[0].density == pytest.approx(y.mean())
    assert (steps[0].coverage, steps[0].mass) == (1.0, 1.0)
    found = simplified(space, rates(y), steps[Rule().choice(steps)])
    assert found.box.restricted == (0, 1)
    assert found.box.low[0] == pytest.approx(0.6, abs=0.05)
    assert found.box.high[1] == pytest.approx(0.4, abs=0.05)
    assert found.density > 0.75
    inside = space.inside(found.box)
    assert found.density == pytest.approx(y[inside].mean())
    assert found.coverage == pytest.approx(y[inside].sum() / y.sum())
    assert found.mass == inside.mean()


def test_a_category_and_a_level_are_limits() -> None:
    random = np.random.default_rng(1)
    category, level = random.integers(0, 4, N), random.choice([1.0, 2.0, 5.0, 9.0], N)
    space = Space(
        (
            Input("who", category.astype(float), ("a", "b", "c", "d")),
            Input("day", level, is_listed=True),
            Input("idle", random.random(N)),
        )
    )
    y = np.where(np.isin(category, [1, 2]) & (level >= 5), 0.8, 0.2)
    steps = trajectory(space, rates(y))
    found = simplified(space, rates(y), steps[Rule(coverage=0.3).choice(steps)])
    assert found.box.out[0] == {0, 3}
    assert (found.box.low[1], found.box.high[1]) == (5.0, math.inf)
    assert found.box.limits == ((0, 0), (0, 3), (1, "low"))
    assert found.density == pytest.approx(0.8)


def test_between_two_values_lies_a_limit_unless_they_are_listed() -> None:
    values = np.repeat([0.0, 1.0, 4.0], 20)
    y = np.repeat([0.0, 1.0, 1.0], 20)
    for is_listed, limit in ((False, 0.5), (True, 1.0)):
        space = Space((Input("x", values, is_listed=is_listed),))
        steps = trajectory(space, rates(y))
        assert steps[1].box.low == (limit,)
        assert steps[1].density == 1.0
        assert len(steps) == 2


def test_as_many_classes_as_values_change_nothing_and_fewer_move_limits_by_less_than_a_class() -> None:
    space = numbers(2, 400, seed=5)
    x, z = space.inputs[0].values, space.inputs[1].values
    outcome = rates(np.where((x > 0.6) & (z < 0.4), 0.9, 0.1))
    whole = trajectory(space, outcome)
    assert not space.has_more_values(400)
    assert trajectory(Space(space.inputs, 400), outcome) == whole
    coarse = Space(space.inputs, 100)
    assert space.has_more_values(100)
    assert [len(values) for values in coarse.least] == [100, 100]
    assert np.bincount(coarse.codes[0]).tolist() == [4] * 100
    for one in (space, coarse):
        found = trajectory(one, outcome)
        best = found[Rule().choice(found)]
        assert best.box.low[0] == pytest.approx(0.6, abs=0.05)
        assert best.box.high[1] == pytest.approx(0.4, abs=0.05)
        for step in found:
            again = step_of(one, outcome, step.box)
            assert (step.weight, step.hits) == pytest.approx((again.weight, again.hits))
    # A class is never cut: its points are on one side of every limit.
    for step in trajectory(coarse, outcome):
        inside = coarse.inside(Box((step.box.low[0], -math.inf), (step.box.high[0], math.inf), step.box.out))
        assert set(np.bincount(coarse.codes[0], inside).tolist()) <= {0.0, 4.0}


def test_equal_values_are_in_one_class() -> None:
    values = np.repeat(np.arange(10.0), [50, 1, 1, 1, 1, 1, 1, 1, 1, 42])
    space = Space((Input("x", values),), 4)
    assert all(len(set(space.codes[0][values == value].tolist())) == 1 for value in range(10))
    assert (np.diff(space.codes[0]) >= 0).all()
    assert len(space.least[0]) <= 4
    for low, high, code in zip(space.least[0], space.greatest[0], range(4), strict=False):
        mine = values[space.codes[0] == code]
        assert (mine.min(), mine.max()) == (low, high)


def test_a_weight_counts_like_equal_points() -> None:
    random = np.random.default_rng(2)
    values, times = random.random((2, 120)), random.integers(0, 4, 120)
    y = (random.random(120) < values[0]).astype(float)
    weighted = Space(tuple(Input(str(j), values[j]) for j in range(2)))
    repeated = Space(tuple(Input(str(j), np.repeat(values[j], times)) for j in range(2)))
    one = trajectory(weighted, rates(y, times))
    other = trajectory(repeated, rates(np.repeat(y, times)))
    assert [step.box for step in one] == [step.box for step in other]
    for mine, theirs in zip(one, other, strict=True):
        assert (mine.mass, mine.density, mine.coverage) == pytest.approx(
            (theirs.mass, theirs.density, theirs.coverage)
        )


def test_replications_are_worth_as_much_as_their_mean() -> None:
    """k of n crises at a point give the boxes that n equal points give, k of them with the event."""
    random = np.random.default_rng(3)
    space = numbers(3, 80, seed=4)
    k = random.binomial(10, np.where(space.inputs[0].values > 0.5, 0.7, 0.2))
    single = np.concatenate([np.repeat([1.0, 0.0], [yes, 10 - yes]) for yes in k.tolist()])
    expanded = Space(tuple(Input(one.name, np.repeat(one.values, 10)) for one in space.inputs))
    mine = trajectory(space, PointRates(np.full(80, 10.0), k.astype(float)))
    theirs = trajectory(expanded, rates(single))
    assert [step.box for step in mine] == [step.box for step in theirs]


@st.composite
def problems(draw: st.DrawFn) -> tuple[Space, PointRates, Peeling]:
    n = draw(st.integers(2, 60))
    random = np.random.default_rng(draw(st.integers(0, 10**6)))
    inputs = []
    for j in range(draw(st.integers(1, 4))):
        kind = draw(st.sampled_from(["number", "ties", "listed", "category", "constant"]))
        if kind == "category":
            inputs.append(Input(str(j), random.integers(0, 3, n).astype(float), ("a", "b", "c")))
        elif kind == "constant":
            inputs.append(Input(str(j), np.full(n, 2.0)))
        else:
            values = random.random(n) if kind == "number" else random.integers(0, 4, n).astype(float)
            inputs.append(Input(str(j), values, is_listed=kind == "listed"))
    y = random.random(n) if draw(st.booleans()) else random.integers(0, 2, n).astype(float)
    weight = random.integers(0, 3, n).astype(float)
    weight[0] = 1.0
    peeling = Peeling(draw(st.sampled_from([0.05, 0.1, 0.3])), draw(st.sampled_from([0.01, 0.05, 0.3])))
    return Space(tuple(inputs)), PointRates(weight, weight * y), peeling


@given(problems())
@settings(max_examples=150)
def test_what_holds_for_every_trajectory(problem: tuple[Space, PointRates, Peeling]) -> None:
    space, found, peeling = problem
    steps = trajectory(space, found, peeling)
    assert steps == trajectory(space, found, peeling)
    for before, step in itertools.pairwise(steps):
        assert step.density > before.density
        assert step.weight != before.weight
        assert step.mass >= peeling.least * (1 - 1e-9)
    for step in steps:
        fresh = step_of(space, found, step.box)
        assert (fresh.weight, fresh.hits) == pytest.approx((step.weight, step.hits))
        assert 0 <= step.density <= 1 + 1e-12
        assert 0 <= step.coverage <= 1 + 1e-12
        assert all(0 <= p <= 1 + 1e-12 for p in quasi_p(space, found, step))
    for rule in (Rule(), Rule(density=0.7), Rule(coverage=0.5)):
        chosen = simplified(space, found, steps[rule.choice(steps)])
        assert set(chosen.box.limits) <= set(steps[rule.choice(steps)].box.limits)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_points_does_not_matter(problem: tuple[Space, PointRates, Peeling], shuffle) -> None:
    space, found, peeling = problem
    order = list(range(space.count))
    shuffle.shuffle(order)
    mixed = Space(
        tuple(Input(one.name, one.values[order], one.categories, one.is_listed) for one in space.inputs)
    )
    other = trajectory(mixed, PointRates(found.weight[order], found.hits[order]), peeling)
    steps = trajectory(space, found, peeling)
    assert [step.box for step in steps] == [step.box for step in other]


def test_quasi_p_of_yes_and_no_is_a_binomial_test() -> None:
    space = numbers(2, 200, seed=7)
    y = (space.inputs[0].values > 0.55).astype(float)
    y[::7] = 1 - y[::7]
    box = space.whole.with_limit(0, low=0.5).with_limit(1, high=0.8)
    step = step_of(space, rates(y), box)
    for j, p in zip((0, 1), quasi_p(space, rates(y), step), strict=True):
        wider = step_of(space, rates(y), box.without(j))
        test = binomtest(int(step.hits), int(step.weight), wider.density, alternative="greater")
        assert p == pytest.approx(test.pvalue, rel=1e-9)


def test_rates_spread_less_than_yes_and_no() -> None:
    space = numbers(2, 200, seed=7)
    y = 0.3 + 0.1 * (space.inputs[0].values > 0.5)
    step = step_of(space, rates(y), space.whole.with_limit(0, low=0.5).with_limit(1, high=0.7))
    first, second = quasi_p(space, rates(y), step)
    assert first < 1e-6
    assert second > 0.05
    assert simplified(space, rates(y), step).box.restricted == (0,)


def made(*figures: tuple[float, float]) -> list[FoundBox]:
    box = Box((-math.inf,), (math.inf,), (frozenset(),))
    return [FoundBox(box, 1.0, 1.0, 1.0, density, coverage) for coverage, density in figures]


def test_the_rule_is_as_it_says() -> None:
    steps = made((1.0, 0.2), (0.9, 0.3), (0.6, 0.5), (0.3, 0.55), (0.1, 0.6))
    assert Rule(density=0.3).choice(steps) == 1
    assert Rule(density=0.5).choice(steps) == 2
    assert Rule(density=0.7).choice(steps) == 4
    assert Rule(coverage=0.5).choice(steps) == 2
    assert Rule(coverage=1.0).choice(steps) == 0
    # 2 c g / (c + g) with g of 0, 1/4, 3/4, 7/8 and 1: 0, 0.39, 0.67, 0.45, 0.18.
    assert Rule().choice(steps) == 2
    assert Rule().choice(made((1.0, 0.2))) == 0
    assert Rule().choice(made((0.0, 0.0))) == 0
    assert "at least 0.5" in Rule(density=0.5).says
