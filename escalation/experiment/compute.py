"""Compute one chunk: its cells one after the other, its tables as the bytes of their files.

This is all that a worker does, in a thread or on another machine; it keeps nothing and writes nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import Packer
from escalation.experiment.design import Cell, Loaded, scenario_of
from escalation.experiment.parts import Stamp, encode
from escalation.experiment.plan import CELLS_KEPT, CellRange, Chunk, RunningCount, counted, outcome_counts
from escalation.files.brief import Brief
from escalation.files.places import CellError, one_line
from escalation.measures.columns import (
    ColumnArrays,
    Layout,
    act_table,
    day_counts,
    day_table,
    joined,
    run_table,
)
from escalation.rules.state import Params
from escalation.scenario.load import ScenarioError
from escalation.scenario.scenario import Scenario

RECENT = 200
"""Calls whose crises are kept for the twins of their cell, some hundred kilobytes each."""

CRISES_A_CALL = 2_000  # a few tenths of a second: how soon a worker notices that it should stop

Heard = Callable[[NDArray[np.int64]], None]


@dataclass(frozen=True)
class Piece:
    """Consecutive replications of a cell, with the rows of each table if they are there already."""

    first: int
    count: int
    rows: Mapping[str, ColumnArrays] | None = None


class Stocked(Protocol):
    """Holds crises that need not be simulated again."""

    def pieces(self, task: CellRange) -> Iterator[Piece]:
        """Yield the replications of a task in order, whether they are there or not."""


@dataclass(frozen=True, repr=False)
class Work(Brief):
    """What a worker needs in addition to a chunk and its cells."""

    loaded: Loaded
    layout: Layout
    results: str
    """The hash of the manifest, with which parts are stamped."""
    stock: Stocked | None = None
    """Crises that are there already, in the parts of a sweep of fewer replications."""
    twins: Mapping[int, int] = field(default_factory=dict)
    """Cells with the same inputs as another, see `design.twins_of`: their crises are simulated once."""

    @cached_property
    def packer(self) -> Packer:
        """Packs the scenarios of all cells; shared by the threads of a process."""
        return Packer()

    @cached_property
    def _recent(self) -> OrderedDict[tuple[int, int, int], Runs]:
        """The latest crises of cells that have twins, by first twin and replications."""
        return OrderedDict()

    @cached_property
    def _first_twins(self) -> frozenset[int]:
        return frozenset(self.twins.values())

    def simulated(self, params: Params, cell: Cell, first: int, count: int) -> Runs:
        """Return replications of a cell, taken over from a twin's where they are among the latest."""
        paths = bool(self.layout.acts) or self.layout.measures.needs_acts
        daily = self.layout.measures.needs_days
        twin = self.twins.get(cell.number, cell.number)
        if paths or daily or twin not in self._first_twins:
            return simulate(params, cell.seed, first, count, paths, daily=daily)
        key = (twin, first, count)
        runs = self._recent.pop(key, None) or simulate(params, cell.seed, first, count)
        self._recent[key] = runs
        while len(self._recent) > RECENT:
            # Two threads may both find one too many.
            with suppress(KeyError):
                self._recent.popitem(last=False)
        return runs

    @cached_property
    def _prepared(self) -> dict[int, tuple[Scenario, Params]]:
        return {}

    def prepared(self, cell: Cell) -> tuple[Scenario, Params]:
        """Return the scenario of a cell, and its numbers.

        The first cells are kept for their next rounds: all come in turn, so that keeping the last would
        help none.
        """
        found = self._prepared.get(cell.number)
        if found is None:
            scenario = scenario_of(self.loaded, cell)
            found = scenario, self.packer.pack(scenario)
            if len(self._prepared) < CELLS_KEPT:
                self._prepared[cell.number] = found
        return found


@dataclass(frozen=True)
class Computed:
    """A chunk computed: the bytes of its tables, and the outcomes of its crises."""

    parts: dict[str, bytes]
    tally: RunningCount


class Stopped(Exception):  # noqa: N818 (nothing is wrong)
    """The sweep is stopping, and the chunk is abandoned."""


def compute(
    work: Work,
    chunk: Chunk,
    cells: Mapping[int, Cell],
    heard: Heard | None = None,
    goes_on: Callable[[], bool] = lambda: True,
) -> Computed:
    """Compute a chunk.

    Parameters
    ----------
    work, chunk, cells
        The sweep, the chunk, and at least the cells of the chunk by number.
    heard
        Called repeatedly with the outcomes of the crises since the last call.
    goes_on
        Asked repeatedly whether to continue.

    Raises
    ------
    CellError
        If a cell is not a valid scenario or its simulation fails.
    Stopped
        If `goes_on` returned false.
    """
    tables: dict[str, list[ColumnArrays]] = {name: [] for name in work.layout.kinds}
    measures = work.layout.measures
    for task in chunk.tasks:
        cell = cells[task.cell]
        try:
            scenario, params = work.prepared(cell)
            postures: Any = 0
            for piece in _pieces(work, task):
                if not goes_on():
                    raise Stopped
                if piece.rows is None:
                    runs = work.simulated(params, cell, piece.first, piece.count)
                    tables["runs"].append(run_table(work.layout, scenario, cell.number, piece.first, runs))
                    if work.layout.acts and runs.acts is not None:
                        tables["acts"].append(act_table(work.layout, scenario, cell.number, runs.acts))
                    postures = postures + runs.postures
                else:
                    for name, rows in piece.rows.items():
                        if name != "days":
                            tables[name].append(rows)
                    postures = postures + day_counts(work.layout, scenario, piece.rows["days"])
                if heard is not None:
                    heard(outcome_counts(tables["runs"][-1]["outcome"]))
            tables["days"].append(day_table(work.layout, scenario, cell.number, postures))
        except Stopped:
            raise
        except Exception as error:
            raise CellError(f"{cell_words(cell)}: {_reason(error)}") from error
    stamp = Stamp(work.results, chunk.name)
    kinds = work.layout.kinds
    whole = {name: joined(tables[name], columns) for name, columns in kinds.items()}
    parts = {name: encode(columns, whole[name], stamp) for name, columns in kinds.items()}
    return Computed(parts, counted(whole["runs"], work.loaded.spec.until, measures))


def _pieces(work: Work, task: CellRange) -> Iterator[Piece]:
    """Yield the replications of a task in pieces that are there already or take a moment to simulate."""
    whole = [Piece(task.first, task.count)] if work.stock is None else work.stock.pieces(task)
    for piece in whole:
        if piece.rows is not None:
            yield piece
            continue
        end = piece.first + piece.count
        for first in range(piece.first, end, CRISES_A_CALL):
            yield Piece(first, min(CRISES_A_CALL, end - first))


def cell_words(cell: Cell) -> str:
    """Return the cell in words: its number and levels."""
    levels = ", ".join(f"{name}={_brief(level)}" for name, level in cell.levels.items())
    return f"cell {cell.number} ({levels})" if levels else f"cell {cell.number}"


def _brief(level: Any) -> str:
    text = f"{level:g}" if isinstance(level, float) else one_line(str(level))
    return text if len(text) <= 40 else text[:37] + "..."


def _reason(error: Exception) -> str:
    if isinstance(error, ScenarioError):
        return str(error.problems[0])
    if isinstance(error, MemoryError):
        return "not enough memory; try fewer workers"
    return f"{type(error).__name__}: {error}"
