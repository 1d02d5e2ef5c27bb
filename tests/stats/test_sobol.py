"""Sobol indices: equal to SciPy's and SALib's without noise, linear, and honest where there is nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from escalation.stats import sobol
from escalation.stats.sobol import convergence, group_means, grouped, pick_freeze_points, sobol_indices
from tests.published.test_functions import at_points, chance, flips, ishigami

RANDOM = np.random.default_rng(1)


def exact(n: int = 64, d: int = 3) -> np.ndarray:
    return ishigami(pick_freeze_points(d, n, 0))[..., None].repeat(2, axis=-1)


def test_the_points_are_two_matrices_and_their_crossings() -> None:
    points = pick_freeze_points(3, 32, 5)
    a, b = points[:, 0], points[:, 1]
    for i in range(3):
        mixed = points[:, 2 + i]
        assert np.array_equal(np.where(np.arange(3) == i, b, a), mixed)
    assert np.array_equal(pick_freeze_points(3, 16, 5), points[:16])
    assert not np.array_equal(pick_freeze_points(3, 16, 6), points[:16])
    with pytest.raises(ValueError, match="12 is not a power of two"):
        pick_freeze_points(3, 12, 0)


@pytest.mark.parametrize(("count", "groups"), [(2, 2), (20, 20), (50, 10), (60, 20), (97, 20), (1_000, 20)])
def test_replications_are_averaged_in_groups_of_equal_size_where_that_leaves_enough(
    count: int, groups: int
) -> None:
    starts = grouped(count)
    sizes = np.diff(starts, append=count)
    assert len(starts) == groups
    assert sizes.max() - sizes.min() <= (count % groups != 0)
    values = RANDOM.random((3, count))
    means = group_means(values)
    assert means[0, 0] == pytest.approx(values[0, : sizes[0]].mean())
    assert (means * sizes).sum(axis=1) == pytest.approx(values.sum(axis=1))


def test_without_noise_they_are_scipys() -> None:
    values = at_points(exact())
    found = sobol_indices(values, is_common=True, resamples=20)
    f_a, f_b, f_ab = values.a[:, 0], values.b[:, 0], values.ab[..., 0]
    wanted = stats.sobol_indices(func={"f_A": f_a[None], "f_B": f_b[None], "f_AB": f_ab[:, None]}, n=64)
    assert found.first_order.estimate == pytest.approx(wanted.first_order)
    assert found.total.estimate == pytest.approx(wanted.total_order)
    assert found.uncorrected_first == pytest.approx(wanted.first_order)
    assert found.uncorrected_total == pytest.approx(wanted.total_order)


def test_without_noise_they_are_salibs() -> None:
    from SALib.analyze import sobol as salib

    values = exact(256)
    ordered = np.concatenate([values[:, :1], values[:, 2:], values[:, 1:2]], axis=1)[..., 0]
    problem = {"num_vars": 3, "names": ["x", "y", "z"], "bounds": [[0, 1]] * 3}
    wanted = salib.analyze(problem, ordered.reshape(-1), calc_second_order=False, num_resamples=200, seed=1)
    found = sobol_indices(at_points(values), is_common=False)
    # SALib takes the variance over A and B too, less one degree of freedom, and does not centre.
    assert found.total.estimate == pytest.approx(wanted["ST"], rel=0.01)
    assert found.first_order.estimate == pytest.approx(wanted["S1"], abs=0.01)
    half = (found.total.high - found.total.low) / 2
    assert half == pytest.approx(wanted["ST_conf"], rel=0.4)


@settings(max_examples=20, deadline=None)
@given(shift=st.floats(-50, 50), scale=st.floats(0.1, 20), order=st.permutations(range(5)))
def test_neither_the_unit_nor_the_order_of_replications_matters(
    shift: float, scale: float, order: list[int]
) -> None:
    points = pick_freeze_points(3, 32, 0)
    values = ishigami(points)[..., None] + 0.5 * np.random.default_rng(3).random((*points.shape[:2], 5))
    one = sobol_indices(at_points(values), is_common=False, resamples=50)
    other = sobol_indices(at_points(shift + scale * values[..., order]), is_common=False, resamples=50)
    for name in ("first_order", "total", "share"):
        assert getattr(other, name).estimate == pytest.approx(getattr(one, name).estimate, abs=1e-6)
        assert getattr(other, name).high == pytest.approx(getattr(one, name).high, abs=1e-6)
    assert other.parameters.estimate == pytest.approx(scale**2 * one.parameters.estimate)
    assert other.luck.estimate == pytest.approx(scale**2 * one.luck.estimate, abs=1e-6)


def test_the_variances_add_up_to_that_of_a_single_crisis() -> None:
    values = flips(pick_freeze_points(3, 512, 1), 20, False, 2)
    found = sobol_indices(at_points(values), is_common=False, resamples=20)
    assert found.parameters.estimate + found.luck.estimate == pytest.approx(values[:, :2].var(), rel=1e-3)


@pytest.mark.parametrize("value", [0.0, 1.0, 7.5])
def test_what_is_always_the_same_has_no_indices(value: float) -> None:
    found = sobol_indices(at_points(np.full((32, 5, 10), value)), is_common=True, resamples=50)
    assert not found.is_clear
    assert np.isnan(found.total.estimate).all()
    assert np.isnan(found.interactions.estimate)
    assert (found.parameters.estimate, found.luck.estimate) == (0.0, 0.0)
    assert found.uncorrected_total.tolist() == [0.0, 0.0, 0.0]


def test_pure_luck_has_no_indices_most_of_the_time() -> None:
    draws = (RANDOM.random((64, 5, 10)) < 0.3 for _ in range(100))
    clear = [sobol_indices(at_points(values), is_common=False, resamples=100).is_clear for values in draws]
    assert sum(clear) <= 8


def test_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="1 groups and 32 rows; at least 2 and 16"):
        sobol_indices(at_points(np.zeros((32, 5, 1))), is_common=True)
    with pytest.raises(ValueError, match="2 groups and 8 rows"):
        sobol_indices(at_points(np.zeros((8, 5, 2))), is_common=True)


def test_convergence_goes_through_a_quarter_and_half_of_the_rows() -> None:
    values = at_points(exact(128))
    assert [found.n for found in convergence(values, True)] == [32, 64, 128]
    half = sobol_indices(values.first(64), True)
    assert convergence(values, True)[1].total.estimate.tolist() == half.total.estimate.tolist()
    assert [found.n for found in convergence(at_points(exact(16)), True)] == [16]


@pytest.mark.parametrize("is_common", [True, False])
def test_rows_are_taken_in_pieces_without_any_difference(
    is_common: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = at_points(flips(pick_freeze_points(3, 64, 1), 10, is_common, 2))
    whole = sobol_indices(values, is_common, resamples=10)
    monkeypatch.setattr(sobol, "ROWS_AT_ONCE", 13)
    pieces = sobol_indices(values, is_common, resamples=10)
    assert pieces.first_order.estimate == pytest.approx(whole.first_order.estimate)
    assert pieces.total.estimate == pytest.approx(whole.total.estimate)
    assert pieces.luck.estimate == pytest.approx(whole.luck.estimate)


def test_the_same_seed_gives_the_same_intervals() -> None:
    values = at_points(flips(pick_freeze_points(3, 32, 1), 10, True, 2))
    one, other = (sobol_indices(values, True, seed=4) for _ in range(2))
    assert one.total.high.tolist() == other.total.high.tolist()
    assert one.total.high.tolist() != sobol_indices(values, True, seed=5).total.high.tolist()


@pytest.mark.parametrize("is_common", [True, False])
def test_intervals_cover(is_common: bool) -> None:
    """The total index of x_1 in 60 analyses of a coin, each with points and luck of its own."""
    hits = 0
    for seed in range(60):
        points = pick_freeze_points(3, 64, seed)
        found = sobol_indices(at_points(flips(points, 10, is_common, seed)), is_common, resamples=100)
        hits += bool(found.total.low[0] <= 0.9503 <= found.total.high[0])
    assert hits >= 52
    assert chance(np.array([0.5, 0.5, 0.5])) == pytest.approx(0.425)
