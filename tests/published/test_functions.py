"""Sobol indices of functions whose indices are published or follow in closed form, with and without noise.

Ishigami and Homma 1990, "An importance quantification technique in uncertainty analysis for computer models",
with a = 7 and b = 0.1; Sobol's g function with the coefficients of Saltelli and Sobol' 1995, "About the use
of rank transformation in sensitivity analysis of model output", Reliab. Eng. Syst. Saf. 50, 225-239. Values
as in Saltelli et al. 2008, Global Sensitivity Analysis: The Primer. The stochastic function is a coin whose
probability p(x) = .1 + .5 x_1 + .3 x_1 x_2 ignores x_3; its indices follow from the variances .65²/12 and
.15²/12 of the two main effects and .3²/144 of the interaction.
"""

from __future__ import annotations

import numpy as np
import pytest

from escalation.stats.morris import morris_measures, trajectories
from escalation.stats.sobol import PickFreeze, SobolIndices, group_means, pick_freeze_points, sobol_indices


def ishigami(u: np.ndarray) -> np.ndarray:
    x = (2 * u - 1) * np.pi
    return np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])


A = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])


def g_function(u: np.ndarray) -> np.ndarray:
    return ((np.abs(4 * u - 2) + A) / (1 + A)).prod(axis=-1)


def chance(u: np.ndarray) -> np.ndarray:
    return 0.1 + 0.5 * u[..., 0] + 0.3 * u[..., 0] * u[..., 1]


MAIN, INTERACTION = np.array([0.65**2 / 12, 0.15**2 / 12, 0.0]), 0.09 / 144
VARIANCE = MAIN.sum() + INTERACTION
FIRST = MAIN / VARIANCE
TOTAL = (MAIN + INTERACTION * np.array([1, 1, 0])) / VARIANCE
LUCK = 0.425 - 0.425**2 - VARIANCE


def at_points(values: np.ndarray) -> PickFreeze:
    """Return values [n, d + 2, replications] as the estimators take them."""
    means, squares = group_means(values), group_means(values[:, :2].astype(float) ** 2)
    return PickFreeze(means[:, 0], means[:, 1], np.moveaxis(means[:, 2:], 1, 0), squares[:, 0], squares[:, 1])


def without_noise(function, d: int, n: int) -> SobolIndices:
    values = function(pick_freeze_points(d, n, 0))[..., None].repeat(2, axis=-1)
    return sobol_indices(at_points(values), is_common=True, resamples=100)


def flips(points: np.ndarray, replications: int, is_common: bool, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    shape = (1, 1, replications) if is_common else (*points.shape[:2], replications)
    return rng.random(shape) < chance(points)[..., None]


def test_ishigami() -> None:
    found = without_noise(ishigami, 3, 8_192)
    assert found.first_order.estimate == pytest.approx([0.3139, 0.4424, 0.0], abs=0.005)
    assert found.total.estimate == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.005)
    assert float(found.parameters.estimate) == pytest.approx(13.8446, rel=0.005)
    assert float(found.luck.estimate) == pytest.approx(0, abs=1e-9)
    assert float(found.interactions.estimate) == pytest.approx(0.2437, abs=0.01)


def test_the_g_function() -> None:
    found = without_noise(g_function, 8, 8_192)
    first = [0.716, 0.179, 0.0237, 0.0072, 0.0001, 0.0001, 0.0001, 0.0001]
    total = [0.787, 0.242, 0.0343, 0.0105, 0.0001, 0.0001, 0.0001, 0.0001]
    assert found.first_order.estimate == pytest.approx(first, abs=0.01)
    assert found.total.estimate == pytest.approx(total, abs=0.01)


@pytest.mark.parametrize("is_common", [True, False])
def test_a_coin_whose_probability_is_the_function(is_common: bool) -> None:
    points = pick_freeze_points(3, 2_048, 3)
    found = sobol_indices(at_points(flips(points, 40, is_common, 5)), is_common, confidence=0.99)
    for values, true in (
        (found.first_order, FIRST),
        (found.total, TOTAL),
        (found.parameters, VARIANCE),
        (found.luck, LUCK),
        (found.share, VARIANCE / (VARIANCE + LUCK)),
        (found.mean, 0.425),
    ):
        assert np.all(values.low - 1e-12 <= true), (values, true)
        assert np.all(true <= values.high + 1e-12), (values, true)
    if is_common:  # x_3 is inert, and its coins fall alike
        assert (found.total.low[2], found.total.high[2]) == (0.0, 0.0)


@pytest.mark.parametrize("is_common", [True, False])
def test_the_estimators_are_free_of_noise_on_average_and_plain_ones_are_not(is_common: bool) -> None:
    """Over 400 draws of luck at the same 64 points: V, V S_i and V T_i are those of the function itself."""
    points = pick_freeze_points(3, 64, 1)
    exact = sobol_indices(at_points(chance(points)[..., None].repeat(2, axis=-1)), is_common, resamples=20)

    def numerators(found: SobolIndices, plain: bool) -> np.ndarray:
        if plain:
            return found.uncorrected * np.array([1, *found.uncorrected_first, *found.uncorrected_total])
        parts = [1, *found.first_order.estimate, *found.total.estimate]
        return float(found.parameters.estimate) * np.array(parts)

    true = numerators(exact, plain=False)
    drawn = [
        sobol_indices(at_points(flips(points, 12, is_common, seed)), is_common, resamples=2)
        for seed in range(400)
    ]
    corrected = np.array([numerators(found, plain=False) for found in drawn])
    plain = np.array([numerators(found, plain=True) for found in drawn])
    assert not np.isnan(corrected).any()
    error = corrected.std(axis=0) / 20
    assert np.all(np.abs(corrected.mean(axis=0) - true) < 4 * error + 1e-12)
    bias = (plain.mean(axis=0) - true) / (plain.std(axis=0) / 20 + 1e-12)
    if is_common:  # V, S_1, T_1, T_2; x_3 is inert, and nothing that concerns it has noise
        assert np.all(bias[[0, 1, 4, 5]] > 3.5)
        assert plain[:, 6].max() == 0.0
    else:  # V and all T, that of the inert x_3 too; S_i are free of it anyway
        assert np.all(bias[[0, 4, 5, 6]] > 20)
        assert np.all(np.abs(bias[[1, 2, 3]]) < 4)


def test_screening_finds_the_effects_of_a_coin_and_none_of_what_it_ignores() -> None:
    walks = trajectories([None] * 3, 200, 2)
    rows, steps = np.arange(200), np.empty((3, 200, 20))
    values = group_means(flips(walks.points, 60, False, 7))
    for step in range(3):
        changed = walks.changed[:, step]
        length = walks.points[rows, step + 1, changed] - walks.points[rows, step, changed]
        steps[changed, rows] = (values[:, step + 1] - values[:, step]) / length[:, None]
    found = morris_measures(steps, is_common=False)
    # dp/dx_1 = .5 + .3 x_2 and dp/dx_2 = .3 x_1, both over a grid of mean .5 and variance 5/36.
    spread = 0.3 * np.sqrt(5 / 36)
    assert found.mu.estimate == pytest.approx([0.65, 0.15, 0.0], abs=0.03)
    assert found.mu_star.estimate == pytest.approx([0.65, 0.15, 0.0], abs=0.05)
    assert np.all(found.sigma.low <= [spread, spread, 0.0])
    assert np.all([spread, spread, 0.0] <= found.sigma.high + 1e-12)
    assert found.uncorrected_mu_star[2] > 0.05
    assert found.mu_star.low[2] <= 0 <= found.mu_star.high[2]
