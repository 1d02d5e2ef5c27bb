"""A table with the same lines for every cell, held by column: as a pandas frame, or as CSV."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.run import level_text
from escalation.files.digits import TextColumn, lines_of, number_text, word_text
from escalation.files.write import replacing

CELLS_AT_ONCE = 200
"""Cells written at a time: few enough that what becomes text stays in the processor's cache."""


@dataclass(frozen=True)
class CellTable:
    """Columns of a table in the order of its lines: by cell, then by line.

    A column has the shape [cells, lines], or has 1 for an axis along which it is the same. Floats are NaN
    where a value is missing.
    """

    columns: Mapping[str, NDArray[Any]]
    kept: NDArray[np.bool_]
    """[cells, lines]: the rows of the table; the others have nothing to say."""
    factors: frozenset[str]
    """The columns that hold levels."""
    counts: frozenset[str] = frozenset()
    """The columns of floats that are whole numbers wherever there is one."""

    def frame(self) -> Any:
        """Return the table as a pandas DataFrame."""
        import pandas as pd

        columns: dict[str, Any] = {}
        for name, column in self.columns.items():
            columns[name] = np.broadcast_to(column, self.kept.shape).reshape(-1)
            if name in self.counts:
                columns[name] = pd.array(columns[name], dtype="Int64")
        frame = pd.DataFrame(columns)
        return frame[self.kept.reshape(-1)].reset_index(drop=True)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the rows as plain data, by name of column."""
        names = list(self.columns)
        wide = (np.broadcast_to(column, self.kept.shape)[self.kept] for column in self.columns.values())
        for row in zip(*(column.tolist() for column in wide), strict=True):
            yield dict(zip(names, row, strict=True))

    def head(self) -> bytes:
        """Return the names of the columns as the first line of the CSV file."""
        names = [word_text(np.array([[name]], object)) for name in self.columns]
        return lines_of(names, np.ones((1, 1), bool))

    def csv(self) -> Iterator[bytes]:
        """Yield the rows as CSV: levels as in cells.csv, nine significant digits, nothing where missing."""
        for first in range(0, len(self.kept), CELLS_AT_ONCE):
            some = slice(first, first + CELLS_AT_ONCE)
            yield lines_of([self._text(name, some) for name in self.columns], self.kept[some])

    def write(self, path: Path) -> Path:
        """Write the table as a CSV file, whole or not at all; return its path."""
        with replacing(path) as partial, partial.open("wb") as file:
            file.write(self.head())
            file.writelines(self.csv())
        return path

    def _text(self, name: str, some: slice) -> TextColumn:
        column = self.columns[name]
        column = column[some] if len(column) > 1 else column
        if name in self.factors:
            return word_text(column, level_text)
        return number_text(column) if column.dtype == np.float64 else word_text(column)
