"""Compute one chunk: its cells one after the other, its tables as the bytes of their files.

This is all that a worker does, in a thread or on another machine; it keeps nothing and writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.experiment.design import Cell, scenario_of
from escalation.experiment.loaded import Loaded
from escalation.experiment.parts import Stamp, encode
from escalation.experiment.plan import Chunk, RunningCount, counted, outcome_counts
from escalation.files.brief import Brief
from escalation.files.places import CellError, one_line
from escalation.measures.columns import ColumnArrays, Layout, act_table, day_table, joined, run_table
from escalation.scenario.load import ScenarioError

CRISES_A_CALL = 2_000  # a few tenths of a second: how soon a worker notices that it should stop

Heard = Callable[[NDArray[np.int64]], None]


@dataclass(frozen=True, repr=False)
class Work(Brief):
    """What a worker needs in addition to a chunk and its cells."""

    loaded: Loaded
    layout: Layout
    results: str
    """The hash of the manifest, with which parts are stamped."""


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
    for task in chunk.tasks:
        cell = cells[task.cell]
        try:
            scenario = scenario_of(work.loaded, cell)
            params = pack(scenario)
            postures: NDArray[np.int64] | None = None
            for first in range(task.first, task.first + task.count, CRISES_A_CALL):
                if not goes_on():
                    raise Stopped
                count = min(CRISES_A_CALL, task.first + task.count - first)
                runs: Runs = simulate(params, cell.seed, first, count, paths=bool(work.layout.acts))
                tables["runs"].append(run_table(work.layout, scenario, cell.number, first, runs))
                postures = runs.postures if postures is None else postures + runs.postures
                if runs.acts is not None:
                    tables["acts"].append(act_table(work.layout, scenario, cell.number, runs.acts))
                if heard is not None:
                    heard(outcome_counts(runs.outcome))
            assert postures is not None
            tables["days"].append(day_table(work.layout, scenario, cell.number, postures))
        except Stopped:
            raise
        except Exception as error:
            raise CellError(f"{cell_words(cell)}: {_reason(error)}") from error
    stamp = Stamp(work.results, chunk.name)
    kinds = work.layout.kinds
    whole = {name: joined(tables[name], columns) for name, columns in kinds.items()}
    parts = {name: encode(columns, whole[name], stamp) for name, columns in kinds.items()}
    return Computed(parts, counted(whole["runs"], work.loaded.spec.until))


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
