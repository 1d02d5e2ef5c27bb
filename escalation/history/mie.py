"""Militarized Interstate Events: dated acts of one state against another, and the exchanges they make.

Gibler and Miller, Militarized Interstate Confrontations (MIC) project, data set MIE 1.0.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from escalation.files.brief import Brief
from escalation.files.places import MOST_PROBLEMS, Problem, ScenarioError, shown
from escalation.files.read_csv import read_csv

PUBLISHED = (
    "the file is published as Militarized Interstate Events (MIE) by Gibler and Miller, "
    "Militarized Interstate Confrontations project; get it there and give its path"
)
UNKNOWN_DAY = -9
DAY_OF_UNKNOWN = 15
"""An act of which only the month is known is dated to the middle of that month."""
LOWEST, HIGHEST = 2, 5
"""Hostility levels of militarised acts: 2 threat, 3 display of force, 4 use of force, 5 war."""

# Column of the file, and what a value may be.
_COLUMNS = {
    "micnum": (1, 10**9),
    "eventnum": (0, 10**9),
    "ccode1": (1, 999),
    "ccode2": (1, 999),
    "stmon": (1, 12),
    "stday": (UNKNOWN_DAY, 31),
    "styear": (1, 9999),
    "action": (UNKNOWN_DAY, 99),
    "hostlev": (1, 5),
}

Whole = NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class Events(Brief):
    """Acts in columns of equal length, in the order of the file or as sorted."""

    confrontation: Whole
    """Number of the confrontation (`micnum`)."""
    event: Whole
    """Number of the act within its confrontation (`eventnum`)."""
    actor: Whole
    """State that acts, by its Correlates of War number."""
    target: Whole
    day: Whole
    """First day of the act, as `datetime.date.toordinal` counts."""
    year: Whole
    level: Whole
    """Hostility level, 1 to 5."""
    action: Whole
    """Code of the act in Militarized Interstate Disputes."""
    row: Whole
    """Row of the file, 0 for the first below the header."""

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, chosen: NDArray[np.bool_] | Whole) -> Events:
        """Return the rows that a mask or their numbers choose."""
        return Events(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, repr=False)
class Exchanges(Brief):
    """Acts between the two states of each confrontation, in chronological order."""

    events: Events
    """Sorted by confrontation, pair of states, day and number of the act."""
    first: Whole
    """[exchanges + 1]: the row at which each exchange begins, and finally the number of rows."""
    reaction: NDArray[np.bool_]
    """[rows]: the actor is the target of the row before, within one exchange."""
    previous: Whole
    """[rows]: level of the previous row within the exchange, 0 for its first row."""
    side: Whole
    """[rows]: 0 where the state with the smaller number acts, else 1."""

    @property
    def exchange(self) -> Whole:
        """[rows]: index of the exchange of each row."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


def load_mie(path: Path | str) -> Events:
    """Read a CSV file in the format of Militarized Interstate Events.

    Parameters
    ----------
    path
        A file with a header that names at least micnum, eventnum, ccode1, ccode2, stmon, stday, styear,
        action and hostlev, in any order; other columns are ignored.

    Returns
    -------
    Events
        All rows, in the order of the file.

    Raises
    ------
    ScenarioError
        With one line per error: a missing file, a missing column, or a value out of range.
    """
    table = read_csv(Path(path), tuple(_COLUMNS), PUBLISHED)
    problems = table.problems
    rows: list[tuple[int, ...]] = []
    for read in table.rows:
        row, errors = _row(read.cells, str(path), read.line)
        problems += errors
        rows.append(row)
        if len(problems) > MOST_PROBLEMS:
            break
    if problems:
        raise ScenarioError(problems)
    return _columns(rows)


def exchanges(events: Events, lowest: int = LOWEST) -> Exchanges:
    """Group acts of a hostility level and above by confrontation and unordered pair of states, in date order.

    Acts of one day are ordered by their numbers, and acts of one number as in the file.
    """
    acts = events[events.level >= lowest]
    pair = dyads(acts)
    acts = acts[np.lexsort((acts.row, acts.event, acts.day, pair[:, 1], pair[:, 0], acts.confrontation))]
    key = np.column_stack([acts.confrontation, dyads(acts)])
    begins = np.ones(len(acts), bool)
    begins[1:] = (key[1:] != key[:-1]).any(axis=1)
    previous = np.zeros(len(acts), np.int64)
    previous[1:] = acts.level[:-1]
    previous[begins] = 0
    reaction = np.zeros(len(acts), bool)
    reaction[1:] = (acts.actor[1:] == acts.target[:-1]) & ~begins[1:]
    return Exchanges(
        events=acts,
        first=np.append(np.flatnonzero(begins), len(acts)),
        reaction=reaction,
        previous=previous,
        side=(acts.actor > acts.target).astype(np.int64),
    )


def no_exchanges() -> Exchanges:
    """Return exchanges without a single act, where there is no file of events."""
    return exchanges(_columns([]))


def dyads(events: Events) -> Whole:
    """Return the two states of each act, [rows, 2], the smaller number first."""
    return np.sort(np.column_stack([events.actor, events.target]), axis=1)


def since(events: Events, year: int) -> Events:
    """Return the acts from a year on."""
    return events[events.year >= year]


def between(events: Events, dyad: tuple[int, int]) -> Events:
    """Return the acts between two states."""
    return events[_is_between(events, dyad)]


def without(events: Events, dyad: tuple[int, int]) -> Events:
    """Return all acts except those between two states."""
    return events[~_is_between(events, dyad)]


def _is_between(events: Events, dyad: tuple[int, int]) -> NDArray[np.bool_]:
    matches: NDArray[np.bool_] = (dyads(events) == sorted(dyad)).all(axis=1)
    return matches


def _row(cells: Sequence[str], name: str, line: int) -> tuple[tuple[int, ...], list[Problem]]:
    """Return the numbers of a row, the day in place of day and month, and the errors in them."""
    numbers: list[int] = []
    errors: list[Problem] = []
    for cell, (column, (least, most)) in zip(cells, _COLUMNS.items(), strict=True):
        number = _whole(cell)
        if number is None or not least <= number <= most:
            allowed = f"a whole number from {least} to {most}"
            errors.append(Problem(name, line, None, column, f"{shown(cell)} is not allowed", allowed))
        numbers.append(number or 0)
    if errors:
        return (), errors
    micnum, eventnum, actor, target, month, day, year, action, level = numbers
    try:
        date = dt.date(year, month, DAY_OF_UNKNOWN if day == UNKNOWN_DAY else day)
    except ValueError:
        allowed = f"1 to the last day of {year}-{month:02d}, {UNKNOWN_DAY} where unknown"
        return (), [Problem(name, line, None, "stday", f"{day} is not a day of that month", allowed)]
    if actor == target:
        return (), [Problem(name, line, None, "ccode2", f"{target} acts on itself", "another state")]
    return (micnum, eventnum, actor, target, date.toordinal(), year, level, action), []


def _whole(text: str) -> int | None:
    """Read a whole number, also one written as 3.0."""
    plain = text.strip().removesuffix(".0")
    digits = plain.removeprefix("-")
    return int(plain) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None


def _columns(rows: Sequence[tuple[int, ...]]) -> Events:
    table = np.array(rows, np.int64).reshape(len(rows), 8)
    confrontation, event, actor, target, day, year, level, action = table.T.copy()
    row = np.arange(len(rows))
    return Events(confrontation, event, actor, target, day, year, level, action, row)
