"""What a sweep keeps of each crisis: the columns of its tables, and how a cell's runs fill them.

Cells may differ in their states, mediators and pairs of rivals. A table has the columns of all of
them, in order of appearance; in a cell without an actor its columns are empty. Days are counted from
the horizon: 1 is the first free day.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import Runs
from escalation.measures.measures import NEVER
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import CHANNELS, OUTCOMES

Kind = Literal["int32", "uint32", "int16", "int8", "float64", "bool", "word"]
Table = Mapping[str, NDArray[Any]]

# What stands for an empty value before it is written; of floats NaN does.
EMPTY: dict[str, int] = {"int16": NEVER, "int8": -1, "word": -1, "int32": -1}
_LATER = 2**31 - 1  # than any day


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, and, where it holds words, which there are."""

    name: str
    kind: Kind
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Layout:
    """The actors, pairs of rivals and acts of all cells of an experiment, in order of appearance."""

    states: tuple[str, ...]
    mediators: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    acts: tuple[str, ...] = ()
    """Empty unless the experiment keeps every act."""

    @property
    def actors(self) -> tuple[str, ...]:
        """Return the states, then the mediators that are no states elsewhere."""
        return tuple(dict.fromkeys(self.states + self.mediators))

    @property
    def run_columns(self) -> tuple[Column, ...]:
        """Return the columns of the table that has one row a crisis."""
        columns = [
            Column("cell", "int32"),
            Column("replication", "uint32"),
            Column("outcome", "word", OUTCOMES),
            Column("settlement", "word", CHANNELS),
            Column("settled_by", "word", self.mediators),
            *(Column(f"days_to_{what}", "int16") for what in ("force", "ceasefire", "end", "talks")),
            Column("peak", "int8"),
            *(Column(f"peak_{state}", "int8") for state in self.states),
            *(Column(f"cost_{state}", "float64") for state in self.states),
        ]
        for stage in ("offered", "opened", "agreed"):
            columns += [Column(f"{stage}_{mediator}", "int16") for mediator in self.mediators]
        if len(self.pairs) > 1:
            columns += [Column(f"ceasefire_{a}_{b}", "int16") for a, b in self.pairs]
            columns += [Column(f"channel_{a}_{b}", "word", CHANNELS) for a, b in self.pairs]
        return tuple(columns)

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
        """Return the columns of the table that has one row an act."""
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


def layout_of(scenarios: Iterable[Scenario], keeps_acts: bool) -> Layout:
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
    return Layout(tuple(states), tuple(mediators), tuple(known), tuple(acts))


def rival_pairs(scenario: Scenario) -> list[tuple[str, str]]:
    """Return the pairs of rivals, each and all in the order of the states."""
    order = {name: number for number, name in enumerate(scenario.states)}
    numbers = sorted(tuple(sorted(order[name] for name in r.between)) for r in scenario.rivalries)
    names = list(scenario.states)
    return [(names[i], names[j]) for i, j in numbers]


def run_table(layout: Layout, scenario: Scenario, cell: int, first: int, runs: Runs) -> Table:
    """Return the rows of a cell's crises, one array a column of `layout.run_columns`."""
    count = len(runs.outcome)
    rows = np.arange(count)
    when = np.where(runs.settled < 0, _LATER, runs.settled)
    pair = when.argmin(axis=1)  # of several on one day the first in the order of the states
    ceasefire = when[rows, pair]
    is_settled = ceasefire < _LATER
    settler = _renumbered(list(scenario.mediators), layout.mediators)
    talks = np.full(count, _LATER, np.int64)
    for opened in runs.opened.T:
        is_free = opened > scenario.horizon_day
        talks = np.where(is_free, np.minimum(talks, opened), talks)
    table: dict[str, NDArray[Any]] = {
        "cell": np.full(count, cell, np.int32),
        "replication": np.arange(first, first + count, dtype=np.uint32),
        "outcome": runs.outcome.astype(np.int16),
        "settlement": np.where(is_settled, runs.channel[rows, pair], 0).astype(np.int16),
        "settled_by": settler[np.where(is_settled, runs.settler[rows, pair], -1)],
        "days_to_force": _free_days(runs.first_force, scenario),
        "days_to_ceasefire": _free_days(np.where(is_settled, ceasefire, -1), scenario),
        "days_to_end": _free_days(runs.end, scenario),
        "days_to_talks": _free_days(np.where(talks < _LATER, talks, -1), scenario),
        "peak": runs.peak.max(axis=1).astype(np.int8),
    }
    _fill(table, "peak", layout.states, list(scenario.states), runs.peak.T, np.int8(-1))
    _fill(table, "cost", layout.states, list(scenario.states), runs.cost.T, np.float64(np.nan))
    for stage, days in (("offered", runs.offered), ("opened", runs.opened), ("agreed", runs.agreed)):
        counted = _free_days(days, scenario).T
        _fill(table, stage, layout.mediators, list(scenario.mediators), counted, np.int16(EMPTY["int16"]))
    if len(layout.pairs) > 1:
        mine = [tuple(list(scenario.states)[i] for i in pair) for pair in runs.pairs]
        names = ["_".join(pair if pair in layout.pairs else pair[::-1]) for pair in mine]
        wanted = ["_".join(pair) for pair in layout.pairs]
        settled = _free_days(runs.settled, scenario).T
        _fill(table, "ceasefire", wanted, names, settled, np.int16(EMPTY["int16"]))
        _fill(table, "channel", wanted, names, runs.channel.T, np.int16(EMPTY["word"]))
    return table


def _free_days(days: NDArray[Any], scenario: Scenario) -> NDArray[np.int16]:
    return np.where(days < 0, EMPTY["int16"], days - scenario.horizon_day).astype(np.int16)


def _renumbered(names: list[str], words: tuple[str, ...]) -> NDArray[np.int16]:
    """Return, for each name, its number among the words; a last entry serves -1, for nobody."""
    return np.array([*(words.index(name) for name in names), -1], np.int16)


def _fill(
    table: dict[str, NDArray[Any]],
    prefix: str,
    wanted: Iterable[str],
    names: list[str],
    values: NDArray[Any],
    empty: Any,
) -> None:
    """Put one column for each wanted name: the values of this name, or nothing."""
    count = len(table["cell"])
    for name in wanted:
        known = name in names
        column = values[names.index(name)] if known else np.full(count, empty)
        table[f"{prefix}_{name}"] = column.astype(empty.dtype)


def day_table(layout: Layout, scenario: Scenario, cell: int, postures: NDArray[Any]) -> Table:
    """Return the rows of a cell's histograms of posture, one array a column of `layout.day_columns`."""
    day, state, posture = np.nonzero(postures)
    return {
        "cell": np.full(len(day), cell, np.int32),
        "day": day.astype(np.int16),
        "state": _renumbered(list(scenario.states), layout.states)[state],
        "bin": posture.astype(np.int8),
        "crises": postures[day, state, posture].astype(np.int32),
    }


def act_table(layout: Layout, scenario: Scenario, cell: int, acts: NDArray[Any]) -> Table:
    """Return the rows of a cell's acts, one array a column of `layout.act_columns`."""
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


def joined(tables: list[Table], columns: tuple[Column, ...]) -> Table:
    """Return tables one below the other."""
    return {column.name: np.concatenate([table[column.name] for table in tables]) for column in columns}
