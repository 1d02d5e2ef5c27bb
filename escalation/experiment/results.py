"""The results of a sweep, read part by part: however many crises, one part in memory at a time."""

from __future__ import annotations

import csv
import datetime as dt
import shlex
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.compute import Work
from escalation.experiment.design import Cell, Loaded, scenario_of, twins_of
from escalation.experiment.parts import DamagedError, frame, read, stamp_of
from escalation.experiment.plan import Plan, place_of
from escalation.experiment.run import Survey, level_text, survey
from escalation.experiment.spec import POLICY, SAMPLED, Level, Spec, level_of
from escalation.experiment.store import CELLS, Store, is_settling, manifest_in, part_path
from escalation.files.brief import Brief
from escalation.files.places import StoreError, check_names
from escalation.measures.columns import Column, ColumnArrays, Layout
from escalation.measures.measures import Measures
from escalation.scenario.fields import references
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import recorded_by_other_rules

PARTS_KEPT = 2
_SPAN = ("start", "horizon", "free_days")  # the paths that determine how long a cell is observed


@dataclass(frozen=True, repr=False)
class Cells(Brief):
    """The design points, by ascending number."""

    number: NDArray[np.int32]
    role: tuple[str, ...]
    levels: Mapping[str, tuple[Level, ...]]
    seed: tuple[int, ...]


@dataclass(frozen=True)
class Part:
    """Some consecutive replications of some cells; rows by cell, then replication."""

    block: int
    round: int
    first: int
    """The first replication."""
    count: int
    """How many replications each of the cells has here."""
    table: ColumnArrays
    """Columns of the runs: words as codes, an empty day as `measures.NEVER`, another number as -1."""
    _results: ResultsFolder

    @property
    def cells(self) -> NDArray[np.int32]:
        """The cell of each row."""
        return self.table["cell"]

    @property
    def postures(self) -> ColumnArrays:
        """Columns cell, day (from the start), state (code), bin, crises; read when asked for."""
        return self._results.read("days", self.block, self.round)


class ResultsFolder(Brief):
    """The results of a sweep in a folder.

    Raises
    ------
    StoreError
        If the folder holds no results, or a file of them is damaged.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        if is_settling(self.folder):
            raise StoreError(f"{self.folder} was being extended; give the command of its sweep again")
        self.manifest = manifest_in(self.folder)
        self.plan: Plan = self.manifest.plan
        self.layout: Layout = self.manifest.layout
        self._kept: OrderedDict[tuple[int, int], ColumnArrays] = OrderedDict()

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which experiment it is, and how large."""
        yield "name", self.manifest.name
        yield "folder", self.folder
        yield "cells", self.plan.cells
        yield "replications", self.plan.replications
        yield "seed", self.manifest.experiment["seed"]

    @cached_property
    def loaded(self) -> Loaded:
        """The experiment, from the manifest; without its weights, where these belong to other rules.

        What was simulated is read, summarised and drawn all the same: no figure depends on weights.
        """
        base = self.manifest.scenario
        if recorded_by_other_rules(base["weights"]) is not None:
            base = base | {"weights": {}}
        scenario = Scenario.model_validate(base, context=references(base))
        return Loaded(Spec.model_validate(self.manifest.experiment), base, scenario)

    @property
    def spec(self) -> Spec:
        """The experiment as its file has it."""
        return self.loaded.spec

    @property
    def factors(self) -> tuple[str, ...]:
        """Names of the factors, in the order of the experiment."""
        return tuple(self.spec.varied)

    @cached_property
    def sampled(self) -> tuple[str, ...]:
        """Names of the factors whose levels were sampled: fitted draws, and numbers of a sampled design."""
        has_points = self.spec.design.kind in SAMPLED
        return tuple(
            name
            for name, factor in self.spec.varied.items()
            if factor.draws is not None or (has_points and factor.is_sampled)
        )

    @property
    def policy_factor(self) -> str | None:
        """The name of the factor whose levels are the policies, None if the experiment has none."""
        return POLICY if self.spec.policies else None

    @property
    def states(self) -> tuple[str, ...]:
        """The states of all cells."""
        return self.layout.states

    @property
    def mediators(self) -> tuple[str, ...]:
        """The mediators of all cells."""
        return self.layout.mediators

    @property
    def measures(self) -> Measures:
        """All measures of the experiment: the shipped ones, then its own."""
        return self.layout.measures

    @property
    def thresholds(self) -> Mapping[str, int | None]:
        """The rungs from which acts count as force, war and so on; None where cells differ."""
        return self.loaded.thresholds

    @property
    def start(self) -> dt.date:
        """Day 0."""
        return self.loaded.scenario.start

    @property
    def horizon(self) -> int:
        """The last day of history, counted from the start."""
        return self.loaded.scenario.horizon_day

    @property
    def seeds(self) -> Literal["common", "independent"]:
        """Whether the cells share common random numbers."""
        return self.spec.seeds

    @cached_property
    def free_days(self) -> NDArray[np.int32]:
        """How many days each cell is observed after the horizon."""
        paths = [path for factor in self.spec.varied.values() for path in factor.all_paths]
        if not self.loaded.has_other_scenarios and not any(path.split(".")[0] in _SPAN for path in paths):
            return np.full(len(self.cells.number), self.loaded.scenario.free_days, np.int32)
        return np.array([scenario_of(self.loaded, cell).free_days for cell in self.design()], np.int32)

    @cached_property
    def twins(self) -> dict[int, int]:
        """The cells with the same inputs as another: by number, the number of the first such cell."""
        return twins_of(self.loaded, self.design())

    def design(self) -> Iterator[Cell]:
        """Yield the cells as the design has them."""
        cells = self.cells
        for place, number in enumerate(cells.number.tolist()):
            levels = {name: values[place] for name, values in cells.levels.items()}
            yield Cell(number, cast(Any, cells.role[place]), levels, cells.seed[place])

    def cell(self, number: int, replication: int = 0) -> Cell:
        """Return a cell; raises StoreError if the sweep has no such crisis."""
        if not 0 <= number < self.plan.cells:
            raise StoreError(f"{self.folder} has no cell {number}; its cells are 0 to {self.plan.cells - 1}")
        if not 0 <= replication < self.plan.replications:
            raise StoreError(
                f"{self.folder} has no replication {replication}; a cell has replications 0 to"
                f" {self.plan.replications - 1}"
            )
        return next(cell for cell in self.design() if cell.number == number)

    def scenario(self, cell: Cell) -> Scenario:
        """Return the scenario of a cell, as its crises were simulated; StoreError if other rules did it."""
        return scenario_of(self.again(), cell)

    def again(self) -> Loaded:
        """Return the experiment, to simulate its crises again; StoreError if other rules did it."""
        other = recorded_by_other_rules(self.manifest.scenario["weights"])
        if other is not None:
            raise StoreError(
                f"{self.folder}: its crises cannot be repeated: {other}; its results are as they were"
            )
        return self.loaded

    @cached_property
    def cells(self) -> Cells:
        """The design points, from cells.csv."""
        path = self.folder / CELLS
        try:
            with path.open(encoding="utf-8", newline="") as file:
                rows = list(csv.DictReader(file))
            readers = {name: self._reader(name) for name in self.factors}
            cells = Cells(
                number=np.array([int(row["cell"]) for row in rows], np.int32),
                role=tuple(row["role"] for row in rows),
                levels={name: tuple(reads(row[name]) for row in rows) for name, reads in readers.items()},
                seed=tuple(int(row["seed"]) for row in rows),
            )
        except FileNotFoundError:
            raise StoreError(f"{path} is missing; rerun the sweep to write it again") from None
        except (KeyError, ValueError, TypeError, csv.Error) as error:
            raise StoreError(f"{path} is damaged ({error}); rerun the sweep to write it again") from None
        if len(rows) != self.plan.cells:
            raise StoreError(f"{path} has {len(rows)} cells, not {self.plan.cells}; rerun the sweep")
        return cells

    def _reader(self, name: str) -> Any:
        """Return the function that reads a factor's level from its text."""
        factor = self.spec.varied[name]
        if factor.alternatives is not None:
            return str
        if factor.values is not None:
            known = {level_text(level): level for level in map(level_of, factor.values)}
            return known.__getitem__
        return lambda text: float(text) if any(sign in text for sign in ".en") else int(text)

    @cached_property
    def _names(self) -> list[tuple[int, int]]:
        """Block and round of the existing parts, in the order of the plan."""
        places = (place_of(path.name) for path in (self.folder / "runs").glob("part-*.parquet"))
        return sorted(place for place in places if place is not None and self.plan.has(*place))

    @cached_property
    def _known(self) -> frozenset[tuple[int, int]]:
        return frozenset(self._names)

    @property
    def has_all_parts(self) -> bool:
        """Whether the sweep looks complete, before any part is read."""
        if self.plan.stops:
            return self.manifest.missed is not None
        return len(self._names) == self.plan.blocks * self.plan.rounds

    def check_complete(self) -> Survey:
        """Return the survey of all parts; StoreError, which says how to go on, if crises are missing."""
        found = self.survey()
        if found.is_complete:
            return found
        at_most, folder = "at most " if found.plan.stops else "", str(self.folder)
        raise StoreError(
            f"{folder} is not complete: it has {found.crises:,} of {at_most}{found.crises_wanted:,}"
            f" crises; merge the other shards too, or resume: {shlex.join(['escalation', 'sweep', folder])};"
            f" for what is there: {shlex.join(['escalation', 'plot', folder])}"
        )

    def path(self, table: str, block: int, number: int) -> Path:
        """Return the file of a part's table."""
        return part_path(self.folder, table, block, number)

    def read(
        self, table: str, block: int, number: int, columns: Sequence[Column] | None = None
    ) -> ColumnArrays:
        """Return a table of a part as numbers."""
        path = self.path(table, block, number)
        try:
            stamp = stamp_of(path)
            if (stamp.results, stamp.chunk) != (self.manifest.hash, f"{block:05d}-{number:05d}"):
                raise StoreError(f"{path} belongs to other results; move it away and rerun the sweep")
            return read(path, columns or self.layout.kinds[table])
        except DamagedError as error:
            raise StoreError(f"{path} is damaged ({error}); rerun the sweep to recompute it") from None

    @property
    def rounds(self) -> list[int]:
        """The rounds of which there are parts, in order."""
        return sorted({number for _, number in self._names})

    def parts(self, only: int | None = None) -> Iterator[Part]:
        """Yield the parts in the order of the plan: of all rounds, or only of one."""
        for block, number in self._names:
            if only is None or number == only:
                yield self._part(block, number)

    def part(self, block: int, number: int) -> Part | None:
        """Return the part of a block and round, None if there is none."""
        return self._part(block, number) if (block, number) in self._known else None

    def _part(self, block: int, number: int) -> Part:
        size = self.plan.replications_a_round
        first = number * size
        count = min(size, self.plan.replications - first)
        return Part(block, number, first, count, self._runs(block, number), self)

    def _runs(self, block: int, number: int) -> ColumnArrays:
        key = (block, number)
        if key not in self._kept:
            self._kept[key] = self.read("runs", block, number)
            if len(self._kept) > PARTS_KEPT:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return self._kept[key]

    def rows(self, cell: int, first: int, count: int) -> ColumnArrays:
        """Return the rows of a cell in a range of replications; fewer, where it has fewer."""
        block, size = cell // self.plan.cells_a_block, self.plan.replications_a_round
        pieces = []
        for number in range(first // size, (first + count - 1) // size + 1):
            if (block, number) in self._known:
                table = self._runs(block, number)
                low, high = np.searchsorted(table["cell"], [cell, cell + 1])
                replication = table["replication"][low:high].astype(np.int64)
                start, end = low + np.searchsorted(replication, [first, first + count])
                pieces.append({name: values[start:end] for name, values in table.items()})
        if not pieces:
            return {name: values[:0] for name, values in self._runs(*self._names[0]).items()}
        return {name: np.concatenate([piece[name] for piece in pieces]) for name in pieces[0]}

    def survey(self) -> Survey:
        """Read every part once; missing and damaged parts are to be computed again."""
        work = Work(self.loaded, self.layout, self.manifest.hash)
        return survey(Store(self.folder, self.manifest), work)

    def frame(self, columns: Sequence[str] | None = None) -> Any:
        """Return the runs as a pandas DataFrame: one row per crisis, with the levels of its cell.

        Parameters
        ----------
        columns
            Of the runs; by default all. Cell, replication and the levels of the factors are always there.

        Raises
        ------
        ArgumentError
            If the runs have no such column.
        StoreError
            If a file of the results is damaged or missing.
        """
        if columns is not None:
            known = [column.name for column in self.layout.run_columns]
            check_names("columns", columns, [*known, *self.factors])
            columns = [name for name in columns if name in known]
        wanted = None if columns is None else list(dict.fromkeys(["cell", "replication", *columns]))
        paths = [self.path("runs", block, number) for block, number in self._names]
        try:
            runs = frame(paths, wanted)
        except DamagedError as error:
            raise StoreError(f"{error}; rerun the sweep to recompute it") from None
        import pandas as pd

        at = np.searchsorted(self.cells.number, runs["cell"].to_numpy())
        for place, (name, levels) in enumerate(self.cells.levels.items()):
            known = pd.Series(list(levels))
            if known.dtype.kind not in "iufb":
                known = known.astype("category")
            column = known.iloc[at].reset_index(drop=True)
            runs.insert(2 + place, name if name not in runs else f"factor_{name}", column)
        return runs
