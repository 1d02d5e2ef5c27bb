"""Trajectories and elementary effects."""

from __future__ import annotations

import numpy as np
import pytest

from escalation.stats.morris import LEVELS, STEP, morris_measures, trajectories


def test_a_trajectory_changes_one_parameter_a_step_by_two_thirds() -> None:
    walks = trajectories([None] * 5, 40, 0)
    change = np.diff(walks.points, axis=1)
    assert walks.points.shape == (40, 6, 5)
    assert walks.points.min() >= 0
    assert walks.points.max() <= 1
    moved = np.abs(change) > 1e-12
    assert (moved.sum(axis=2) == 1).all()
    assert np.array_equal(moved.argmax(axis=2), walks.changed)
    assert np.sort(walks.changed, axis=1).tolist() == [[0, 1, 2, 3, 4]] * 40
    assert np.abs(change[moved]) == pytest.approx(STEP)
    level = walks.points[:, 0] * (LEVELS - 1)
    assert level == pytest.approx(np.round(level))
    counts = [np.bincount(np.round(column).astype(int), minlength=LEVELS) for column in level.T]
    assert np.array(counts).tolist() == [[10] * LEVELS] * 5


def test_what_has_no_order_goes_to_another_level() -> None:
    walks = trajectories([7, None], 70, 1)
    first, last = (np.floor(walks.points[:, at, 0] * 7).astype(int) for at in (0, -1))
    assert np.bincount(first).tolist() == [10] * 7
    assert (first != last).all()
    assert set(last) == set(range(7))


def test_effects_without_noise() -> None:
    effects = np.array([[1.0, 3.0, -2.0], [5.0, 5.0, 5.0], [0.0, 0.0, 0.0]])[..., None].repeat(4, axis=-1)
    found = morris_measures(effects, is_common=True, resamples=100)
    assert found.mu.estimate == pytest.approx([2 / 3, 5, 0])
    assert found.mu_star.estimate == pytest.approx([2, 5, 0])
    assert found.uncorrected_mu_star == pytest.approx([2, 5, 0])
    assert found.sigma.estimate == pytest.approx([np.std([1, 3, -2], ddof=1), 0, 0])
    assert found.mu.low[1] == pytest.approx(5)
    assert found.mu.low[0] < 0 < found.mu.high[0]


@pytest.mark.parametrize("is_common", [True, False])
def test_noise_makes_no_effect(is_common: bool) -> None:
    random = np.random.default_rng(4)
    sizes, plain, spreads = [], [], []
    for _ in range(200):
        shape = (1, 1, 10) if is_common else (1, 30, 10)
        noise = random.standard_normal(shape) * np.linspace(0.5, 1.5, 30)[None, :, None]
        found = morris_measures(noise, is_common, resamples=2)
        sizes.append(found.mu_star.estimate[0])
        plain.append(found.uncorrected_mu_star[0])
        spreads.append(found.sigma.estimate[0])
    assert abs(np.mean(sizes)) < 4 * np.std(sizes) / np.sqrt(200)
    assert np.mean(plain) > 0.2
    assert np.mean(spreads) < np.mean(plain)


def test_too_little_is_refused() -> None:
    with pytest.raises(ValueError, match="two groups of replications and two trajectories"):
        morris_measures(np.zeros((2, 5, 1)), is_common=True)
    with pytest.raises(ValueError, match="two groups of replications and two trajectories"):
        morris_measures(np.zeros((2, 1, 5)), is_common=True)


def test_they_are_salibs_without_noise() -> None:
    from SALib.analyze import morris as salib

    walks = trajectories([None] * 3, 20, 3)
    values = 2 * walks.points[..., 0] + walks.points[..., 1] * walks.points[..., 2]
    rows, effects = np.arange(20), np.empty((3, 20, 2))
    for step in range(3):
        i = walks.changed[:, step]
        length = walks.points[rows, step + 1, i] - walks.points[rows, step, i]
        effects[i, rows] = ((values[:, step + 1] - values[:, step]) / length)[:, None]
    problem = {"num_vars": 3, "names": ["x", "y", "z"], "bounds": [[0, 1]] * 3}
    wanted = salib.analyze(problem, walks.points.reshape(-1, 3), values.reshape(-1), num_levels=4)
    found = morris_measures(effects, is_common=False)
    assert found.mu.estimate == pytest.approx(np.array(wanted["mu"]))
    assert found.mu_star.estimate == pytest.approx(np.array(wanted["mu_star"]))
    assert found.sigma.estimate == pytest.approx(np.array(wanted["sigma"]), abs=1e-9)
