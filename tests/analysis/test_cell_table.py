"""One table by column: the frame and the CSV have the same rows."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from escalation.analysis import cell_table
from escalation.analysis.cell_table import CellTable

LEVELS = [True, 1, 0.1, 'a "b", c', 1 / 3]


def table(cells: int, seed: int = 0) -> CellTable:
    luck = np.random.default_rng(seed)
    levels = np.empty((cells, 1), object)
    levels[:, 0] = [LEVELS[place % len(LEVELS)] for place in range(cells)]
    values = luck.normal(size=(cells, 3)) * 10.0 ** luck.integers(-12, 12, (cells, 3))
    values[luck.random((cells, 3)) < 0.2] = np.nan
    pairs = np.where(luck.random((cells, 1)) < 0.5, np.nan, luck.integers(0, 10**9, (cells, 1)))
    columns = {
        "cell": np.arange(cells)[:, None],
        "level": levels,
        "what": np.array([["one", "two, both", "three"]], object),
        "value": values,
        "pairs": pairs,
    }
    return CellTable(columns, luck.random((cells, 3)) < 0.8, frozenset({"level"}), frozenset({"pairs"}))


@pytest.mark.parametrize("cells", [0, 1, 7])
def test_the_text_is_that_of_each_row_of_the_frame(cells: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_table, "CELLS_AT_ONCE", 2)
    for seed in range(20):
        made = table(cells, seed)
        rows = list(csv.reader(io.StringIO((made.head() + b"".join(made.csv())).decode())))
        frame = made.frame()
        assert rows[0] == list(frame.columns)
        assert len(rows) == 1 + len(frame) == 1 + made.kept.sum()
        for row, (_, expected) in zip(rows[1:], frame.iterrows(), strict=True):
            level = expected["level"]
            words = str(level).lower() if isinstance(level, bool) else str(level)
            value = "" if np.isnan(expected["value"]) else f"{expected['value']:.9g}"
            pairs = str(expected["pairs"]).replace("<NA>", "")
            assert row == [str(expected["cell"]), words, expected["what"], value, pairs]


def test_rows_go_by_cell_then_line() -> None:
    frame = table(5).frame()
    order = {"one": 0, "two, both": 1, "three": 2}
    keys = [(cell, order[what]) for cell, what in zip(frame["cell"], frame["what"], strict=True)]
    assert keys == sorted(keys)
    assert str(frame["pairs"].dtype) == "Int64"
