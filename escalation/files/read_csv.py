"""Tables of other projects as CSV: read strictly, or refused in one line that says how the file was saved.

A table that a spreadsheet saved with semicolons, or that breaks off within a quote, would otherwise be read
as something else without a word.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from escalation.files.find import decoded
from escalation.files.places import MOST_PROBLEMS, Problem, ScenarioError, did_you_mean, listed, shown

_AS_CSV = "a CSV file: columns separated by commas, in UTF-8"
_SEPARATORS = {";": '";"', "\t": "tabs", "|": '"|"'}
_NO_TEXT = {
    b"PK\x03\x04": "a spreadsheet or a zip file",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"\x1f\x8b": "a compressed file",
}
"""What begins with these bytes."""


@dataclass(frozen=True)
class Row:
    """The wanted cells of one line, in the order in which the columns were asked for."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Records:
    """The rows of a table, and the errors in its lines so far, to be raised with those in its values."""

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: tuple[str, ...] = ()
    """Names of the cells of each row."""


def read_csv(
    path: Path, columns: Sequence[str], source: str, together: Sequence[Sequence[str]] = ()
) -> Records:
    """Read the given columns of a CSV file; others are ignored, and so are empty lines.

    Parameters
    ----------
    path
        The file: a header and rows of equal length, separated by commas, in UTF-8 with or without a mark.
    columns
        Names that its header must have once, in any order.
    source
        Where such a file comes from, for the error of a file that is missing or no CSV at all.
    together
        Groups of columns that a file may lack; a header that has one of a group must have all of it.

    Raises
    ------
    ScenarioError
        If the file cannot be read as such a table: one line per missing column, else one line in all.
    """
    name = str(path)
    records = _records(_text(path, name, source), name, source)
    header = [title.strip() for title in next(records, Row(1, ())).cells]
    given = (group for group in together if any(column in header for column in group))
    wanted = (*columns, *chain.from_iterable(given))
    problems = list(_errors_of_header(header, wanted, name))
    if problems:
        raise ScenarioError(problems)
    places = [header.index(column) for column in wanted]
    found = Records(columns=wanted)
    for row in records:
        if len(row.cells) == len(header):
            found.rows.append(Row(row.line, tuple(row.cells[place] for place in places)))
        else:
            says = f"{len(row.cells)} values under {len(header)} columns"
            found.problems.append(Problem(name, row.line, None, "", says, f"{len(header)} values"))
            if len(found.problems) > MOST_PROBLEMS:
                break
    return found


def _text(path: Path, name: str, source: str) -> str:
    try:
        if path.exists() and not path.is_file():
            kind = "a directory" if path.is_dir() else "not a regular file"
            raise ScenarioError([Problem(name, None, None, "", f"this is {kind}", source)])
        data = path.read_bytes()
    except OSError as error:
        missing = isinstance(error, FileNotFoundError | NotADirectoryError)
        says = "there is no such file" if missing else f"cannot be read: {(error.strerror or '').lower()}"
        raise ScenarioError([Problem(name, None, None, "", says, source)]) from None
    for mark, kind in _NO_TEXT.items():
        if data.startswith(mark):
            raise ScenarioError([Problem(name, None, None, "", f"this is {kind}", _AS_CSV)])
    text = decoded(data, name)
    first = text.split("\n", 1)[0].strip("\r")
    separator = first[4:5] if first[:4].lower() == "sep=" else ""
    separator = separator or next((sign for sign in _SEPARATORS if sign in first and "," not in first), "")
    if separator:
        says = f"the columns are separated by {_SEPARATORS.get(separator, shown(separator))}"
        raise ScenarioError([Problem(name, 1, None, "", says, _AS_CSV)])
    return text


def _records(text: str, name: str, source: str) -> Iterator[Row]:
    """Yield the lines that are not empty; raise where quotes do not fit."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            says, allowed = _words(str(error), source)
            raise ScenarioError([Problem(name, line, None, "", says, allowed)]) from None
        if cells is None:
            return
        if reader.line_num > line:
            says = f"a quote that begins here is closed in line {reader.line_num}"
            raise ScenarioError([Problem(name, line, None, "", says, "a closing quote in the same line")])
        if any(cells):
            yield Row(line, tuple(cells))


def _words(error: str, source: str) -> tuple[str, str]:
    if "unexpected end" in error:
        return "a quote that begins here is never closed", "a closing quote; the file may have been cut off"
    if "expected after" in error:
        return "text after a closing quote", "a comma after it, and two quotes for one within quotes"
    return f"not readable as CSV: {error}", source


def _errors_of_header(header: Sequence[str], columns: Sequence[str], name: str) -> Iterator[Problem]:
    for column in columns:
        if column not in header:
            hint = did_you_mean(column, header)
            says = "; ".join(part for part in ("there is no such column", hint) if part)
            yield Problem(name, 1, None, column, says, f"needed are {listed(list(columns))}")
        elif header.count(column) > 1:
            yield Problem(name, 1, None, column, "duplicate column", "once")
