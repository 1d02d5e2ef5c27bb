"""Scenario discovery against the EMA Workbench: boxes and time on the same data; growth with points."""

from __future__ import annotations

import csv
import resource
import sys
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.table import markdown
from benchmarks.turns import exponent
from escalation.stats.box_checks import BatchCounts, Finder
from escalation.stats.cart import choose_tree
from escalation.stats.prim import Input, Peeling, PointRates, Rule, Space, trajectory

DATA = Path(__file__).parents[1] / "tests" / "data" / "bryant_2010" / "ethanol.csv"
INPUTS = 10
POINTS = (1_000, 10_000, 100_000)
EMA_POINTS = 10_000
"""The most points that the EMA Workbench is given; from here on it takes minutes."""
BATCHES = 50
RESAMPLES = 20


def report(points: Sequence[int] = POINTS, ema_points: int = EMA_POINTS) -> Iterator[str]:
    """Yield the tables: agreement and time against the package, then growth with design points."""
    yield from against_ema(points, ema_points)
    yield ""
    yield from growth(points)


def against_ema(points: Sequence[int], most: int) -> Iterator[str]:
    """Yield trajectories against the package's on its own example and on synthetic points."""
    rows = []
    ema_trajectory(*synthetic(50))  # loads the package
    problems = [("Bryant and Lempert 2010", *ethanol())]
    problems += [(f"{n:,} points, {INPUTS} inputs", *synthetic(n)) for n in points if n <= most]
    for name, values, y in problems:
        space = Space(tuple(Input(f"x{j}", column) for j, column in enumerate(values.T)))
        rates = PointRates(np.ones(len(y)), y.astype(float))
        steps, own = timed(lambda space=space, rates=rates: trajectory(space, rates))
        theirs, seconds = timed(lambda values=values, y=y: ema_trajectory(values, y))
        same = len(steps) == len(theirs) and all(
            abs(step.density - density) + abs(step.coverage - coverage) < 1e-12
            for step, (coverage, density) in zip(steps, theirs, strict=False)
        )
        rows.append(
            [name, f"{len(steps)}", "yes" if same else "no", f"{own:.3f} s", f"{seconds:.2f} s",
             f"{seconds / own:.0f}"]
        )  # fmt: skip
    yield from markdown(["Data", "steps", "same boxes", "escalation", "EMA Workbench", "ratio"], rows)


def ema_trajectory(values: Any, y: Any) -> list[tuple[float, float]]:
    """Return coverage and density of the package's trajectory."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pandas as pd
        from ema_workbench.analysis import prim

        x = pd.DataFrame(values, columns=[f"x{j}" for j in range(values.shape[1])])
        threshold = {"threshold": 0.1} if "threshold" in signature(prim.Prim).parameters else {}
        found = prim.Prim(x, y, **threshold).find_box().peeling_trajectory
    return list(zip(found["coverage"].tolist(), found["density"].tolist(), strict=True))


def growth(points: Sequence[int]) -> Iterator[str]:
    """Yield the time of one trajectory, of all checks of a box, and of the tree, by design points."""
    rows, times = [], []
    for n in points:
        values, _ = synthetic(n)
        counts = crises(values)
        space = Space(tuple(Input(f"x{j}", column) for j, column in enumerate(values.T)))
        trajectory(space, counts.rates())  # sorts the points once
        finder = Finder(space, counts, Peeling(), Rule(), np.ones(n, bool))
        _, one = timed(lambda space=space, counts=counts: trajectory(space, counts.rates()))
        _, resampled = timed(lambda finder=finder: list(finder.resamples(RESAMPLES, random())))
        _, chance = timed(lambda finder=finder: finder.chance(RESAMPLES, random()))
        _, tree = timed(lambda space=space, counts=counts: choose_tree(space, counts.rates(), random()))
        unit = 1e6 if sys.platform == "darwin" else 1e3
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
        times.append(one)
        rows.append(
            [f"{n:,}", f"{one:.3f} s", f"{resampled / RESAMPLES:.3f} s", f"{chance / RESAMPLES:.3f} s",
             f"{tree:.2f} s", f"{memory:,.0f} MB"]
        )  # fmt: skip
    yield from markdown(
        ["Points", "trajectory", "resample", "rearrangement", "tree", "peak memory so far"], rows
    )
    if len(points) > 1:
        yield ""
        yield f"Exponent of a trajectory over points: {exponent(list(points), times):.2f}"


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    """Return what a call returns, and the processor time that it took, in seconds."""
    start = time.process_time()
    found = call()
    return found, time.process_time() - start


def random() -> np.random.Generator:
    """Return a generator that is the same every time."""
    return np.random.default_rng(1)


def synthetic(n: int) -> tuple[Any, Any]:
    """Return points of which some have an event, mostly in one corner."""
    draws = np.random.default_rng(n)
    values = draws.random((n, INPUTS))
    truth = 0.1 + 0.6 * ((values[:, 0] > 0.6) & (values[:, 1] < 0.5))
    return values, (draws.random(n) < truth).astype(int)


def crises(values: Any) -> BatchCounts:
    """Return counts of crises at the points, two for each of fifty batches."""
    truth = 0.1 + 0.6 * ((values[:, 0] > 0.6) & (values[:, 1] < 0.5))
    hits = np.random.default_rng(2).binomial(2, truth[:, None], (len(values), BATCHES))
    sizes = np.full(hits.shape, 2, np.uint32)
    return BatchCounts(hits.astype(np.uint32), sizes, True, np.arange(len(values)))


def ethanol() -> tuple[Any, Any]:
    """Return inputs and outcome of the example of the EMA Workbench."""
    with DATA.open(encoding="utf-8", newline="") as file:
        _, *rows = csv.reader(file)
    values = np.array(rows, float)
    return values[:, :-1], values[:, -1].astype(int)
