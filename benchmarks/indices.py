"""Sobol indices on the same samples as SALib: agreement and time; and time and memory up to many points."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import markdown
from escalation.stats.sobol import PickFreeze, SobolIndices, group_means, pick_freeze_points, sobol_indices

ROWS = (256, 2_048, 16_384)
SIZES = (1_000, 10_000, 100_000)
"""Design points, of six parameters."""
PARAMETERS, REPLICATIONS, RESAMPLES = 6, 50, 500
Floats = NDArray[np.float64]


def ishigami(u: Floats) -> Floats:
    """Return the function of Ishigami and Homma at points of the unit cube, [..., 3]."""
    x = (2 * u - 1) * np.pi
    return np.asarray(
        np.sin(x[..., 0]) + 7 * np.sin(x[..., 1]) ** 2 + 0.1 * x[..., 2] ** 4 * np.sin(x[..., 0])
    )


def taken(values: NDArray[np.generic]) -> PickFreeze:
    """Return values [n, d + 2, replications] as the estimators take them."""
    means = group_means(values)
    squares = group_means(np.asarray(values[:, :2], np.float64) ** 2)
    return PickFreeze(means[:, 0], means[:, 1], np.moveaxis(means[:, 2:], 1, 0), squares[:, 0], squares[:, 1])


def side_by_side(n: int, noise: float = 0.0) -> dict[str, tuple[Floats, Floats, Floats, float]]:
    """Return by whom: first and total indices, half-widths of the total, and seconds, on the same values."""
    from SALib.analyze import sobol as salib

    points = pick_freeze_points(3, n, 0)
    luck = noise * np.random.default_rng(1).standard_normal((*points.shape[:2], REPLICATIONS))
    values = ishigami(points)[..., None] + luck
    start = time.process_time()
    ours: SobolIndices = sobol_indices(taken(values), is_common=False, resamples=RESAMPLES)
    between = time.process_time()
    ordered = np.concatenate([values[:, :1], values[:, 2:], values[:, 1:2]], axis=1).mean(axis=-1)
    problem = {"num_vars": 3, "names": ["x_1", "x_2", "x_3"], "bounds": [[0, 1]] * 3}
    theirs = salib.analyze(
        problem, ordered.reshape(-1), calc_second_order=False, num_resamples=RESAMPLES, seed=1
    )
    end = time.process_time()
    half = (ours.total.high - ours.total.low) / 2
    return {
        "escalation": (ours.first_order.estimate, ours.total.estimate, half, between - start),
        "SALib": (theirs["S1"], theirs["ST"], theirs["ST_conf"], end - between),
    }


def at_size(points: int, is_common: bool) -> tuple[float, float]:
    """Return seconds, and megabytes besides the values, for the indices of a share at so many points."""
    n = 1 << round(np.log2(points / (PARAMETERS + 2)))
    at = pick_freeze_points(PARAMETERS, n, 0)
    chance = 0.3 + 0.3 * at[..., 0] * at[..., 1]
    shape = (1, 1, REPLICATIONS) if is_common else (*chance.shape, REPLICATIONS)
    values = taken(np.random.default_rng(2).random(shape) < chance[..., None])
    start = time.process_time()
    sobol_indices(values, is_common)
    seconds = time.process_time() - start
    tracemalloc.start()
    sobol_indices(values, is_common, resamples=RESAMPLES)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak / 1e6


def report(rows: Sequence[int] = ROWS, sizes: Sequence[int] = SIZES) -> Iterator[str]:
    """Yield the report."""
    yield (
        "The function of Ishigami and Homma on the same points: S .3139 .4424 0, T .5576 .4424 .2437."
        f" {RESAMPLES} resamples each. With noise, a standard normal times 10, both see the same"
        f" {REPLICATIONS} replications per point, SALib their means."
    )
    yield ""
    table = []
    for noise in (0.0, 10.0):
        for n in rows:
            for who, (first, total, half, seconds) in side_by_side(n, noise).items():
                shown = (" ".join(f"{value:.3f}" for value in values) for values in (first, total, half))
                table.append(["yes" if noise else "no", f"{n:,}", who, *shown, f"{seconds:.2f}"])
    yield from markdown(("noise", "rows n", "by", "S", "T", "± of T", "CPU s"), table)
    yield ""
    yield f"A share, {PARAMETERS} parameters, {REPLICATIONS} replications per point, {RESAMPLES} resamples:"
    yield ""
    table = []
    for size in sizes:
        for is_common in (True, False):
            seconds, memory = at_size(size, is_common)
            n = 1 << round(np.log2(size / (PARAMETERS + 2)))
            luck = "common" if is_common else "independent"
            table.append([f"{n * (PARAMETERS + 2):,}", luck, f"{seconds:.2f}", f"{memory:.0f}"])
    yield from markdown(("points", "random numbers", "CPU s", "MB besides the values"), table)
