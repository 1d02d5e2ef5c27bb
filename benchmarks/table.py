"""A table in Markdown that reads well as plain text too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def markdown(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table, each column as wide as its widest cell."""
    widths = [max(len(row[k]) for row in [columns, *rows]) for k in range(len(columns))]
    yield _line(columns, widths)
    yield _line(["-" * width for width in widths], widths)
    for row in rows:
        yield _line(row, widths)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"
