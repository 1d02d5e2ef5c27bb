"""What the tables of an experiment are made from: its cells, and its rows part by part.

Whoever keeps the results offers a `Source`; nothing here knows how they are kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Table = Mapping[str, NDArray[Any]]
Level = str | float


class Cells(Protocol):
    """The design points, by ascending number."""

    @property
    def number(self) -> NDArray[np.int32]:
        """Numbers of the cells."""

    @property
    def role(self) -> Sequence[str]:
        """What each cell is for: design, baseline (one cell) or probe."""

    @property
    def levels(self) -> Mapping[str, Sequence[Level]]:
        """The level of each factor in each cell, as text or number."""


class Part(Protocol):
    """Some consecutive replications of some cells; rows by cell, then replication."""

    @property
    def cells(self) -> NDArray[np.int32]:
        """The cell of each row."""

    @property
    def table(self) -> Table:
        """Columns of the runs, words as codes (of OUTCOMES, CHANNELS), an empty day as NEVER."""

    @property
    def first(self) -> int:
        """The first replication."""

    @property
    def count(self) -> int:
        """How many replications each of the cells has here."""

    @property
    def round(self) -> int:
        """The round, from 0."""

    @property
    def postures(self) -> Table:
        """Columns cell, day (from the start), state (number), bin, crises; by cell."""


class Source(Protocol):
    """What the tables of an experiment are made from."""

    @property
    def factors(self) -> Sequence[str]:
        """Names of the factors, in the order of the experiment."""

    @property
    def cells(self) -> Cells:
        """The design points."""

    @property
    def states(self) -> Sequence[str]:
        """The states of all cells."""

    @property
    def mediators(self) -> Sequence[str]:
        """The mediators of all cells."""

    @property
    def start(self) -> dt.date:
        """Day 0."""

    @property
    def horizon(self) -> int:
        """The last day of history, counted from the start."""

    @property
    def free_days(self) -> NDArray[np.int32]:
        """How many days each cell is observed after the horizon."""

    @property
    def seeds(self) -> Literal["common", "independent"]:
        """Whether replication r of every cell has the same luck."""

    def parts(self) -> Iterator[Part]:
        """Yield the parts in the order of the plan."""

    def rows(self, cell: int, first: int, count: int) -> Table:
        """Return the rows of a cell in a range of replications; fewer, where it has fewer."""
