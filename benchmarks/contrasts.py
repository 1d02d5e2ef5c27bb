"""Counting, contrasts and account of results with many design points: time and memory, without simulating."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import markdown
from benchmarks.turns import verdict
from escalation.experiment.plan import plan_of
from escalation.measures.measures import SHIPPED

CELLS = (5_000, 20_000)
FULL_CELLS = (10_000, 30_000, 100_000)
REPLICATIONS = 100
MOST_EXPONENT = 1.15

_MEASURE = """
import json, resource, sys, time
from benchmarks.contrasts import made
from escalation.analysis.averages import comparisons_of
from escalation.analysis.findings import findings
from escalation.analysis.tally import tally
from escalation.analysis.tidy import write_tables
cells, replications, design, folder = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
source = made(cells, replications, design)
from pathlib import Path
found, before = {}, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
def timed(name, run):
    start = time.process_time()
    value = run()
    found[name] = time.process_time() - start
    return value
tally(made(100, 20, design))
counts = timed("tally", lambda: tally(source))
timed("contrasts", lambda: comparisons_of(counts))
timed("account", lambda: findings(counts, ["force", "ceasefire", "war"]))
if folder:
    timed("tables", lambda: write_tables(counts, Path(folder), ["force", "ceasefire", "war"]))
found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(found))
"""


@dataclass(frozen=True)
class DesignPoints:
    """Cells of a design of a given size, as results have them."""

    number: NDArray[np.int32]
    role: tuple[str, ...]
    levels: dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class SomeRows:
    """Replications of some cells, as a part of results has them."""

    cells: NDArray[np.int32]
    table: dict[str, NDArray[Any]]
    first: int
    count: int
    postures: dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Generated:
    """Results that are drawn when they are read: nothing is kept, and reading costs next to nothing."""

    cells: DesignPoints
    replications: int
    factors: tuple[str, ...]
    sampled: tuple[str, ...]
    policy_factor: str | None
    states: tuple[str, ...] = ("alba", "borea")
    mediators: tuple[str, ...] = ("umbra",)
    seeds: str = "common"
    horizon: int = 4

    def __post_init__(self) -> None:
        vars(self).update(twins={}, thresholds={"force_rung": 6}, measures=SHIPPED)

    @property
    def free_days(self) -> NDArray[np.int32]:
        """Return the days after the horizon, the same in all cells."""
        return np.full(len(self.cells.number), 30, np.int32)

    @property
    def rounds(self) -> range:
        """Return the rounds that a sweep of this size has."""
        return range(plan_of(len(self.cells.number), self.replications).rounds)

    def parts(self, only: int | None = None) -> Iterator[SomeRows]:
        """Yield the rows of 500 cells at a time; cells of one replication share their random numbers."""
        for number in self.rounds if only is None else [only]:
            yield from self._round(number * -(-self.replications // len(self.rounds)))

    def _round(self, start: int) -> Iterator[SomeRows]:
        luck = np.random.default_rng(1).random((6, self.replications))
        luck = luck[:, start : start + -(-self.replications // len(self.rounds))]
        count = luck.shape[1]
        eager = np.random.default_rng(2).random(len(self.cells.number)) * 0.5
        for first in range(0, len(self.cells.number), 500):
            mine = self.cells.number[first : first + 500]
            draws = [np.tile(row, len(mine)) for row in luck]
            lean = np.repeat(eager[first : first + 500], count)
            force = np.where(draws[0] < 0.3 + lean, 1 + draws[1] * 29, -32_768).astype(np.int16)
            truce = np.where(draws[2] < 0.4, 1 + draws[3] * 29, -32_768).astype(np.int16)
            rung = np.where(force > 0, 6 + draws[4] * 5, draws[4] * 6).astype(np.int8)
            table = {
                "cell": np.repeat(mine, count),
                "replication": np.tile(np.arange(start, start + count, dtype=np.uint32), len(mine)),
                "outcome": np.where(rung >= 6, 3, np.where(rung >= 3, 4, 5)).astype(np.int16),
                "settlement": np.where(truce > 0, 1, 0).astype(np.int16),
                "days_to_force": force, "days_to_ceasefire": truce, "days_to_end": truce,
                "days_to_talks": truce, "peak": rung, "peak_alba": rung, "peak_borea": rung,
                "cost_alba": draws[5] + lean, "cost_borea": draws[5],
            }  # fmt: skip
            nothing = {name: np.empty(0, np.int64) for name in ("cell", "day", "state", "bin", "crises")}
            yield SomeRows(table["cell"], table, start, count, nothing)


def made(cells: int, replications: int, design: str) -> Generated:
    """Return results of three policies at sampled points, or of a grid of three factors."""
    count = np.arange(cells)
    if design == "policies":
        policies = np.array(["nobody", "one", "other"], object)[count % 3]
        draws = np.random.default_rng(3).random((5, cells // 3 + 1))
        levels = {"policy": tuple(policies.tolist())}
        levels |= {f"x{k}": tuple(row[count // 3].tolist()) for k, row in enumerate(draws)}
        sampled = tuple(f"x{k}" for k in range(5))
        policy: str | None = "policy"
    else:
        side = max(2, round(cells ** (1 / 3)))
        places = (count // side**2, count // side % side, count % side)
        levels = {name: tuple(place.tolist()) for name, place in zip("abc", places, strict=True)}
        sampled, policy = (), None
    points = DesignPoints(count.astype(np.int32), ("baseline", *["design"] * (cells - 1)), levels)
    return Generated(points, replications, tuple(levels), sampled, policy)


def taken(cells: int, replications: int, design: str, folder: str = "") -> dict[str, float]:
    """Measure a size in a process of its own."""
    line = [sys.executable, "-c", _MEASURE, str(cells), str(replications), design, folder]
    root = str(Path(__file__).parent.parent)
    ended = subprocess.run(line, check=True, capture_output=True, text=True, cwd=root)
    found: dict[str, float] = json.loads(ended.stdout)
    return found


def report(cells: Sequence[int] = CELLS, replications: int = REPLICATIONS) -> Iterator[str]:
    """Yield the report: processor time of each step and memory by number of design points."""
    rows, worst = [], 0.0
    for design in ("policies", "grid"):
        found = [taken(count, replications, design) for count in cells]
        for count, one in zip(cells, found, strict=True):
            steps = [f"{one[name]:.1f}" for name in ("tally", "contrasts", "account")]
            rows.append([design, f"{count:,}", *steps, f"{one['peak_mb']:.0f}"])
        growth = found[-1]["contrasts"] / found[0]["contrasts"]
        worst = max(worst, float(np.log(growth) / np.log(cells[-1] / cells[0])))
    yield from markdown(
        ("design", "cells", "tally, CPU s", "contrasts, CPU s", "account, CPU s", "peak, MB"), rows
    )
    yield ""
    yield (
        f"{replications} replications per cell, generated: nothing is simulated or read; three policies"
        f" at sampled points, and a grid of three factors. Exponent of the time of contrasts in the number of"
        f" cells: {worst:.2f}; at most {MOST_EXPONENT}: {verdict(worst <= MOST_EXPONENT)}."
    )
