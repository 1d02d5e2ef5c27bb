"""Synthetic results of experiments with known truth: a source of parts without any simulation.

A cell's crises follow from three numbers: how eager it is for force, how likely a ceasefire, how costly.
With common seeds replication r has the same random draws in every cell.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from escalation.measures.measures import SHIPPED, Measures
from escalation.measures.reduce import NEVER

STATES = ("alba", "borea")
MEDIATORS = ("umbra",)
HORIZON = 4
Table = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Cells:
    number: NDArray[np.int32]
    role: Sequence[str]
    levels: Mapping[str, Sequence[Any]]


@dataclass(frozen=True)
class Part:
    cells: NDArray[np.int32]
    table: Table
    first: int
    count: int
    round: int
    postures: Table


@dataclass(frozen=True)
class Synthetic:
    """Cells given by their levels of `force`, `truce`, and `idle`, which does nothing."""

    cells: Cells
    replications: Sequence[int]
    free_days: NDArray[np.int32]
    seeds: Literal["common", "independent"] = "common"
    seed: int = 1
    cells_a_block: int = 3
    replications_a_round: int = 50
    factors: Sequence[str] = ("force", "truce", "idle")
    states: Sequence[str] = STATES
    mediators: Sequence[str] = MEDIATORS
    start: dt.date = dt.date(2020, 1, 1)
    horizon: int = HORIZON
    measures: Measures = SHIPPED
    thresholds: Mapping[str, int | None] = field(default_factory=lambda: {"force_rung": 6})
    without_borea: frozenset[int] = frozenset()
    sampled: Sequence[str] = ()
    policy_factor: str | None = None
    twins: Mapping[int, int] = field(default_factory=dict)
    kept: dict[int, tuple[Table, NDArray[np.int64]]] = field(default_factory=dict)

    def whole(self, cell: int) -> tuple[Table, NDArray[np.int64]]:
        """Return all rows of a cell, and each crisis's postures [replications, days, states]."""
        if cell not in self.kept:
            self.kept[cell] = self._crises(cell)
        return self.kept[cell]

    def _crises(self, cell: int) -> tuple[Table, NDArray[np.int64]]:
        at = int(np.searchsorted(self.cells.number, cell))
        levels = {factor: self.cells.levels[factor][at] for factor in self.factors}
        count, free = self.replications[at], int(self.free_days[at])
        seeds = self.seed if self.seeds == "common" else (self.seed, cell)
        # All replications are drawn, so that a cell's number of them changes no other cell.
        draws = np.random.default_rng(seeds).random((max(self.replications), 6))[:count]
        force = np.floor(-np.log(draws[:, 0]) / levels["force"]).astype(np.int64) + 1
        truce = np.floor(-np.log(draws[:, 1]) / levels["truce"]).astype(np.int64) + 1
        force = np.where(force > free, NEVER, force)
        truce = np.where(truce > free, NEVER, truce)
        rung = np.where(
            force == NEVER, (draws[:, 2] * 6).astype(np.int64), 6 + (draws[:, 2] * 5).astype(np.int64)
        )
        outcome = np.select(
            [rung >= 10, rung >= 9, (rung >= 6) & (truce > 0), rung >= 6, rung >= 3], [0, 1, 2, 3, 4], 5
        )
        other = np.minimum(rung, (draws[:, 3] * 11).astype(np.int64))
        gone = cell in self.without_borea
        table = {
            "cell": np.full(count, cell, np.int32),
            "replication": np.arange(count, dtype=np.uint32),
            "outcome": outcome.astype(np.int16),
            "settlement": np.where(truce == NEVER, 0, 1 + (draws[:, 4] * 3)).astype(np.int16),
            "settled_by": np.full(count, -1, np.int16),
            "days_to_force": force.astype(np.int16),
            "days_to_ceasefire": truce.astype(np.int16),
            "days_to_end": np.where(draws[:, 5] < 0.3, NEVER, 1 + (draws[:, 5] * free)).astype(np.int16),
            "days_to_talks": np.where(draws[:, 4] < 0.5, NEVER, 1 + (draws[:, 4] * free)).astype(np.int16),
            "peak": rung.astype(np.int8),
            "peak_alba": rung.astype(np.int8),
            "peak_borea": np.full(count, -1, np.int8) if gone else other.astype(np.int8),
            "cost_alba": levels["force"] * 3 + draws[:, 3],
            "cost_borea": np.full(count, np.nan) if gone else draws[:, 4] * rung,
        }
        days = np.arange(self.horizon + free + 1)
        posture = rung[:, None, None] * 3 * days[:, None] // len(days) + np.zeros((1, 1, 2), np.int64)
        return table, posture

    def rows(self, cell: int, first: int, count: int) -> Table:
        """Return the rows of a cell in a range of replications."""
        return {name: values[first : first + count] for name, values in self.whole(cell)[0].items()}

    @property
    def rounds(self) -> list[int]:
        """Return the rounds in which any cell has crises."""
        return list(range(-(-max(self.replications) // self.replications_a_round)))

    def parts(self, only: int | None = None) -> Iterator[Part]:
        """Yield the parts by block, then round; a round holds the cells that have crises in it."""
        numbers = [int(number) for number in self.cells.number]
        for block in range(0, len(numbers), self.cells_a_block):
            mine = numbers[block : block + self.cells_a_block]
            for round_, first in enumerate(range(0, max(self.replications), self.replications_a_round)):
                if only is not None and round_ != only:
                    continue
                tables = [self.rows(cell, first, self.replications_a_round) for cell in mine]
                table = {name: np.concatenate([t[name] for t in tables]) for name in tables[0]}
                if len(table["cell"]):
                    postures = self._postures(mine, first)
                    yield Part(table["cell"], table, first, self.replications_a_round, round_, postures)

    def _postures(self, cells: list[int], first: int) -> Table:
        columns: dict[str, list[NDArray[Any]]] = {}
        for cell in cells:
            posture = self.whole(cell)[1][first : first + self.replications_a_round]
            counts = np.zeros((*posture.shape[1:], 40), np.int64)
            day, state = np.indices(posture.shape[1:])
            for crisis in posture:
                counts[day, state, crisis] += 1
            found = np.nonzero(counts)
            values = (np.full(len(found[0]), cell), *found, counts[found])
            for name, column in zip(("cell", "day", "state", "bin", "crises"), values, strict=True):
                columns.setdefault(name, []).append(column)
        kinds = {"cell": np.int32, "day": np.int16, "state": np.int16, "bin": np.int8, "crises": np.int32}
        return {name: np.concatenate(columns[name]).astype(kind) for name, kind in kinds.items()}


def grid(
    force: Sequence[float] = (0.02, 0.05),
    truce: Sequence[float] = (0.03,),
    idle: Sequence[Any] = ("a", "b"),
    replications: int = 120,
    free: int = 20,
    **more: Any,
) -> Synthetic:
    """Return a grid over the three factors; the first cell is the baseline."""
    points = [(f, t, i) for f in force for t in truce for i in idle]
    names = ("force", "truce", "idle")
    cells = Cells(
        number=np.arange(len(points), dtype=np.int32),
        role=["baseline", *["design"] * (len(points) - 1)],
        levels={name: [point[k] for point in points] for k, name in enumerate(names)},
    )
    settings = {
        "replications": [replications] * len(points),
        "free_days": np.full(len(points), free, np.int32),
    }
    return Synthetic(cells=cells, **(settings | more))
