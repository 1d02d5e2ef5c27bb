from __future__ import annotations

from benchmarks.table import markdown


def test_a_table_lines_up() -> None:
    assert list(markdown(("a", "long"), [("wider", "b")])) == [
        "| a     | long |",
        "| ----- | ---- |",
        "| wider | b    |",
    ]
