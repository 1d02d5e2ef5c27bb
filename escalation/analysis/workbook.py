"""The tables of an experiment as an Excel workbook: the one module that knows openpyxl.

Rows are written as they are made, so memory does not grow with the number of cells. Text is written as text,
whatever it looks like: a level `=1+1` is not a formula, and `2025-05-05` not a date.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.analysis.cell_table import CellTable
from escalation.analysis.policies import compare_policies
from escalation.analysis.summary import column_of
from escalation.analysis.tally import Tally
from escalation.analysis.tidy import tables_of
from escalation.files.brief import Brief
from escalation.files.places import SweepError
from escalation.files.write import refusing, replacing
from escalation.measures.measures import MORE_IS, Measure
from escalation.vocabulary import NUCLEAR_CAVEAT

if TYPE_CHECKING:
    from escalation.experiment.results import ResultsFolder

MOST_ROWS_OF_A_SHEET = 1_048_576
"""Of Excel, the header included."""
LONGEST_TEXT_OF_A_CELL = 32_767
MOST_EXACT = 2**53
"""Whole numbers beyond it are not exact in Excel, which has floating-point numbers only: they become text."""
WIDEST, NARROWEST = 40, 9
ROWS_MEASURED = 200
"""Rows by which the widths of columns are chosen."""
NO_EXTRA = "Excel files need openpyxl; install it with: pip install 'escalation[excel]'"

Row = Sequence[Any]


@dataclass(frozen=True, repr=False)
class WrittenWorkbook(Brief):
    """A workbook that was written."""

    path: Path
    rows: Mapping[str, int]
    """By sheet, without the header."""
    notes: tuple[str, ...] = ()
    """What is not in it, and where it is."""

    @property
    def lines(self) -> tuple[str, ...]:
        """What is in it, as lines of text."""
        sheets = ", ".join(f"{name} ({count:,} rows)" for name, count in self.rows.items())
        return (f"{self.path}: {sheets}",)

    def brief_text(self) -> Sequence[str]:
        """Return what is in it."""
        return self.lines


@dataclass(frozen=True)
class _Sheet:
    name: str
    columns: Sequence[str]
    rows: Iterable[Row]
    elsewhere: str = ""
    """The file that has them all."""


def write_workbook(tally: Tally, path: Path, most: int = MOST_ROWS_OF_A_SHEET) -> WrittenWorkbook:
    """Write the tables of an experiment as an Excel workbook, whole or not at all.

    Its sheets are `about` (question, provenance, limits), `measures`, `cells` and the tables of a
    sweep, with the columns of the files of their names. Levels that are numbers are numbers, all others
    text; a missing value is an empty cell.

    Parameters
    ----------
    tally
        The counts of the experiment.
    path
        The file, which is replaced if it is there.
    most
        Rows of a sheet, the header included; what goes beyond is left out and noted.

    Raises
    ------
    SweepError
        If openpyxl is not installed.
    StoreError
        If the file cannot be written.
    """
    try:
        from openpyxl import Workbook
    except ImportError:
        raise SweepError(NO_EXTRA) from None
    results = tally.source
    sheets = [_measures_sheet(tally), _cells_sheet(results)]
    for name, pieces in tables_of(tally).items():
        first = next(iter(pieces))
        sheets.append(_Sheet(name, list(first.columns), _rows(chain([first], pieces)), f"{name}.csv"))
    policies = compare_policies(tally, results.spec.outcomes)
    if policies is not None:
        rows = policies.frame()
        plain = rows.astype(object).where(rows.notna(), None).to_numpy().tolist()
        sheets.append(_Sheet("policies", list(rows.columns), plain, "policies.csv"))
    book = Workbook(write_only=True)
    about = book.create_sheet("about")
    about.column_dimensions["A"].width, about.column_dimensions["B"].width = 24, 100
    written: dict[str, int] = {}
    notes = []
    for sheet in sheets:
        count, total = _fill(book, sheet, most - 1)
        written[sheet.name] = count
        if total > count:
            says = f"{sheet.name}: the first {count:,} of {total:,} rows, which is all that Excel takes"
            notes.append(f"{says}; {sheet.elsewhere} has all")
    for name, value in [*_about(tally), *(("left out", note) for note in notes)]:
        about.append([_bold(about, name), _cell(about, value)])
    with refusing(path), replacing(path) as partial:
        book.save(partial)
    return WrittenWorkbook(path, written, tuple(notes))


def _rows(pieces: Iterable[CellTable]) -> Iterator[Row]:
    return (list(row.values()) for piece in pieces for row in piece.rows())


def _cells_sheet(results: ResultsFolder) -> _Sheet:
    cells, factors = results.cells, list(results.factors)
    columns = ["cell", "role", *map(column_of, factors), "seed"]
    rows = (
        [int(number), cells.role[at], *(cells.levels[name][at] for name in factors), cells.seed[at]]
        for at, number in enumerate(cells.number)
    )
    return _Sheet("cells", columns, rows, "cells.csv")


def _measures_sheet(tally: Tally) -> _Sheet:
    found = tally.measures
    expressions = {each.name: each.of for each in tally.source.layout.own}

    def says(each: Measure) -> str:
        if each.name in expressions:
            return expressions[each.name]
        return each.question.says if each.question else "; ".join(column.says for column in each.columns)

    rows = [
        [each.name, each.kind, tally.measures.measure(each.name, tally.source.thresholds).heading, each.unit,
         MORE_IS[each.direction], says(each)]
        for each in (*found.shares, *found.numbers)
    ]  # fmt: skip
    columns = ("measure", "kind", "label", "unit", "more is", "definition")
    return _Sheet("measures", columns, rows)


def _about(tally: Tally) -> Iterator[tuple[str, str]]:
    """Yield what the sheet about the workbook says, by line."""
    results = tally.source
    manifest, spec = results.manifest, results.spec
    least, most = int(tally.n.min()), int(tally.n.max())
    yield "experiment", spec.name
    yield "question", spec.title
    yield "summary", spec.summary
    yield "scenario", results.loaded.scenario.title
    yield "cells", f"{len(tally.n):,}"
    each = f"{least:,}" if least == most else f"{least:,} to {most:,}"
    yield "crises", f"{int(tally.n.sum()):,}, {each} per cell"
    yield "random numbers", f"seed {spec.seed}, {results.seeds} to the cells"
    yield "intervals", "95%, of the simulation's random draws only; not of rules, weights and dispositions"
    yield "caveat", f"Shares of simulated crises under stated assumptions, not a forecast. {NUCLEAR_CAVEAT}"
    yield "results", manifest.hash
    yield "versions", ", ".join(f"{name} {version}" for name, version in manifest.versions.items())
    yield "sheet measures", "what is measured, and how it is defined"
    yield "sheet cells", "the design points"
    yield "sheet summary", "the results of each cell, one row per measure"
    yield "sheet effects", "differences of each cell from the baseline"
    for name, factor in spec.varied.items():
        unit = f" ({factor.unit})" if factor.unit else ""
        yield f"factor {name}", f"{factor.label}{unit}"


def _fill(book: Any, sheet: _Sheet, most: int) -> tuple[int, int]:
    """Write a sheet; return how many rows it has, and how many there are."""
    from openpyxl.utils import get_column_letter

    into = book.create_sheet(sheet.name)
    into.freeze_panes = "A2"
    rows = iter(sheet.rows)
    first = list(islice(rows, ROWS_MEASURED))
    for at, name in enumerate(sheet.columns):
        longest = max([len(name) + 3, *(len(_shown(row[at])) for row in first)])
        into.column_dimensions[get_column_letter(at + 1)].width = min(max(longest + 1, NARROWEST), WIDEST)
    into.append([_bold(into, name) for name in sheet.columns])
    count = total = 0
    for row in chain(first, rows):
        total += 1
        if count < most:
            into.append([_cell(into, value) for value in row])
            count += 1
    into.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{count + 1}"
    return count, total


def _shown(value: Any) -> str:
    return "" if value is None else f"{value:.9g}" if isinstance(value, float) else str(value)


def _bold(sheet: Any, text: str) -> Any:
    from openpyxl.styles import Font

    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """Return a value as a cell takes it: numbers as numbers, text as text, nothing where it is missing."""
    if isinstance(value, str):
        return _text(sheet, value) if value[:1] in ("=", "#") else _printable(value)
    if isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int):
        return value if abs(value) <= MOST_EXACT else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _text(sheet: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, _printable(value))
    cell.data_type = "s"  # a formula or an error code would have been guessed
    return cell


def _printable(value: str) -> str:
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    cleaned: str = ILLEGAL_CHARACTERS_RE.sub("", value)
    return cleaned[:LONGEST_TEXT_OF_A_CELL]
