"""The tables of a sweep: which columns they have, and how the runs of a cell fill them.

Cells may differ in their states, mediators and pairs of rivals. A table has the columns of all of
them, in order of appearance; in a cell without an actor its columns are empty. Days are counted from
the horizon: 1 is the first simulated day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import BINS, Runs
from escalation.measures.measures import ANY, EMPTY, Measures, RunColumn, Stored
from escalation.measures.own import OwnMeasure, measures_of
from escalation.measures.reduce import Reduced
from escalation.scenario.scenario import Scenario

ColumnArrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Column:
    """One column: its name, its type and, for a column of words, the words."""

    name: str
    kind: Stored
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Clash:
    """A name of the user's that means something else in the tables, and what to do."""

    says: str
    allowed: str


CELL_COLUMNS = ("cell", "role", "seed")
"""The columns of the table of cells, and of those derived from it, besides the factors."""

RESULT_COLUMNS = ("measure", "of", "n", "estimate", "low", "high", "unit", "planned")
"""The columns of the summary besides cell, role and factors; the last of an incomplete sweep only."""

EFFECT_COLUMNS = (
    "factor", "reference", "measure", "of", "difference", "low", "high", "unit", "pairs",
    "replications_saved", "method",
)  # fmt: skip
"""The columns of the table of effects besides cell, role and factors."""

RESERVED_ACTORS = {
    ANY: "all states together",
    "nan": "a missing value",
    "null": "a missing value",
}
"""Names that no state or mediator can have in a sweep, and what they mean in its tables."""

RESERVED_MEASURES = frozenset({"share", *RESERVED_ACTORS})
"""Names that no measure can have, for they mean something else in the columns of the tables."""


@dataclass(frozen=True)
class Layout:
    """The actors, pairs of rivals and acts of all cells of an experiment, in order of appearance."""

    states: tuple[str, ...]
    mediators: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    acts: tuple[str, ...] = ()
    """Empty unless the experiment keeps every act."""
    own: tuple[OwnMeasure, ...] = ()
    """The measures that the experiment adds."""

    @property
    def measures(self) -> Measures:
        """Return all measures of the experiment."""
        return measures_of(self.own, self.states, self.mediators, self.pairs)

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the states, then the mediators that are not states elsewhere."""
        return tuple(dict.fromkeys(self.states + self.mediators))

    def names(self, column: RunColumn) -> tuple[str, ...]:
        """Return the names of a declared column: its own, or one per state, mediator or pair."""
        match column.per:
            case "state":
                return tuple(f"{column.name}_{state}" for state in self.states)
            case "mediator":
                return tuple(f"{column.name}_{mediator}" for mediator in self.mediators)
            case "pair":
                pairs = self.pairs if len(self.pairs) > 1 else ()
                return tuple(f"{column.name}_{a}_{b}" for a, b in pairs)
        return (column.name,)

    @property
    def clashes(self) -> Iterator[Clash]:
        """Yield the names of actors that would give two columns or rows one name."""
        for each in self.measures.columns:
            names = self.names(each)
            if each.per != "pair" or len(set(names)) == len(names):
                continue
            first = next(name for number, name in enumerate(names) if name in names[:number])
            pairs = [pair for pair, name in zip(self.pairs, names, strict=True) if name == first]
            named = " and ".join("-".join(pair) for pair in pairs)
            yield Clash(f"the pairs {named} would share the column {first}", "other ids of these states")
            break
        for name in self.actors:
            if name in RESERVED_ACTORS:
                yield Clash(f'"{name}" stands for {RESERVED_ACTORS[name]} in the tables', "another id")

    @property
    def run_columns(self) -> tuple[Column, ...]:
        """Return the columns of the table that has one row per crisis."""
        columns = [Column("cell", "int32"), Column("replication", "uint32")]
        for each in self.measures.columns:
            columns += [Column(name, each.stored, self._words(each)) for name in self.names(each)]
        return tuple(columns)

    def _words(self, column: RunColumn) -> tuple[str, ...]:
        return self.mediators if column.words == "mediators" else tuple(column.words)

    @property
    def day_columns(self) -> tuple[Column, ...]:
        """Return the columns of the table that counts crises by day, state and posture."""
        return (
            Column("cell", "int32"),
            Column("day", "int16"),
            Column("state", "word", self.states),
            Column("bin", "int8"),
            Column("crises", "int32"),
        )

    @property
    def act_columns(self) -> tuple[Column, ...]:
        """Return the columns of the table that has one row per act."""
        return (
            Column("cell", "int32"),
            Column("replication", "uint32"),
            Column("day", "int16"),
            Column("actor", "word", self.actors),
            Column("act", "word", self.acts),
            Column("target", "word", self.actors),
            Column("other", "word", self.actors),
            Column("forced", "bool"),
        )

    @property
    def kinds(self) -> dict[str, tuple[Column, ...]]:
        """Return the tables of a part by the name of their folder, in the order of writing.

        A part is complete with its runs, so they come last.
        """
        kinds = {"acts": self.act_columns} if self.acts else {}
        return kinds | {"days": self.day_columns, "runs": self.run_columns}

    @property
    def reserved(self) -> frozenset[str]:
        """Return the names of all columns of all tables, none of which can be a factor's."""
        columns = (*self.run_columns, *self.day_columns, *self.act_columns)
        return frozenset(
            (*CELL_COLUMNS, *RESULT_COLUMNS, *EFFECT_COLUMNS, *(column.name for column in columns))
        )


def layout_of(scenarios: Iterable[Scenario], keeps_acts: bool, own: tuple[OwnMeasure, ...] = ()) -> Layout:
    """Return the layout for scenarios in which every actor and pair of an experiment appears."""
    states: dict[str, None] = {}
    mediators: dict[str, None] = {}
    pairs: dict[tuple[str, str], None] = {}
    acts: dict[str, None] = {}
    for scenario in scenarios:
        states |= dict.fromkeys(scenario.states)
        mediators |= dict.fromkeys(scenario.mediators)
        pairs |= dict.fromkeys(rival_pairs(scenario))
        if keeps_acts:
            acts |= dict.fromkeys(scenario.ladder.ordered())
    known: dict[tuple[str, str], None] = {}
    for a, b in pairs:
        if (b, a) not in known:
            known[a, b] = None
    return Layout(tuple(states), tuple(mediators), tuple(known), tuple(acts), own)


def rival_pairs(scenario: Scenario) -> list[tuple[str, str]]:
    """Return the pairs of rivals, each and all in the order of the states."""
    order = {name: number for number, name in enumerate(scenario.states)}
    numbers = sorted(tuple(sorted(order[name] for name in r.between)) for r in scenario.rivalries)
    names = list(scenario.states)
    return [(names[i], names[j]) for i, j in numbers]


def run_table(layout: Layout, scenario: Scenario, cell: int, first: int, runs: Runs) -> ColumnArrays:
    """Return the rows of a cell's crises, one array per column of `layout.run_columns`."""
    reduced = Reduced(runs, scenario.horizon_day, scenario)
    count = reduced.count
    table: dict[str, NDArray[Any]] = {
        "cell": np.full(count, cell, np.int32),
        "replication": np.arange(first, first + count, dtype=np.uint32),
    }
    states, mediators = list(scenario.states), list(scenario.mediators)
    pairs = [tuple(states[i] for i in pair) for pair in runs.pairs]
    here = {
        "state": states,
        "mediator": mediators,
        "pair": ["_".join(pair if pair in layout.pairs else pair[::-1]) for pair in pairs],
    }
    for column in layout.measures.columns:
        names = layout.names(column)
        if not names:
            continue
        values = column.read(reduced)
        if column.is_day:
            values = reduced.after_horizon(values)
        if column.words == "mediators":
            values = _renumbered(mediators, layout.mediators)[values]
        kind = np.dtype("int16" if column.stored == "word" else column.stored)
        if column.per is None:
            table[column.name] = values.astype(kind)
            continue
        empty = np.full(count, EMPTY.get(column.stored, np.nan))
        for name in names:
            who = name.removeprefix(f"{column.name}_")
            known = who in here[column.per]
            table[name] = (values[:, here[column.per].index(who)] if known else empty).astype(kind)
    return table


def _renumbered(names: list[str], words: tuple[str, ...]) -> NDArray[np.int16]:
    """Return, for each name, its number among the words; a last entry serves -1, for nobody."""
    return np.array([*(words.index(name) for name in names), -1], np.int16)


def day_table(layout: Layout, scenario: Scenario, cell: int, postures: NDArray[Any]) -> ColumnArrays:
    """Return the rows of a cell's histograms of posture, one array per column of `layout.day_columns`."""
    day, state, posture = np.nonzero(postures)
    return {
        "cell": np.full(len(day), cell, np.int32),
        "day": day.astype(np.int16),
        "state": _renumbered(list(scenario.states), layout.states)[state],
        "bin": posture.astype(np.int8),
        "crises": postures[day, state, posture].astype(np.int32),
    }


def day_counts(layout: Layout, scenario: Scenario, rows: ColumnArrays) -> NDArray[np.int64]:
    """Return the histograms of posture that `day_table` made rows of."""
    postures = np.zeros((scenario.last_day + 1, len(scenario.states), BINS), np.int64)
    number = {layout.states.index(name): i for i, name in enumerate(scenario.states)}
    states = np.array([number[code] for code in rows["state"].tolist()], np.int64)
    np.add.at(postures, (rows["day"], states, rows["bin"]), rows["crises"])
    return postures


def act_table(layout: Layout, scenario: Scenario, cell: int, acts: NDArray[Any]) -> ColumnArrays:
    """Return the rows of a cell's acts, one array per column of `layout.act_columns`."""
    actors = _renumbered([*scenario.states, *scenario.mediators], layout.actors)
    names = _renumbered(scenario.ladder.ordered(), layout.acts)
    return {
        "cell": np.full(len(acts), cell, np.int32),
        "replication": acts["replication"].astype(np.uint32),
        "day": acts["day"].astype(np.int16),
        "actor": actors[acts["actor"]],
        "act": names[acts["act"]],
        "target": actors[acts["target"]],
        "other": actors[acts["other"]],
        "forced": acts["forced"].astype(bool),
    }


def joined(tables: list[ColumnArrays], columns: tuple[Column, ...]) -> ColumnArrays:
    """Return tables one below the other."""
    return {column.name: np.concatenate([table[column.name] for table in tables]) for column in columns}
