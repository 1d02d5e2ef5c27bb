"""Militarized Interstate Events: dated acts between states, the exchanges they make, and the days between.

Gibler and Miller, Militarized Interstate Confrontations (MIC) project, data set MIE 1.0.

Clashes (action 17) and war (22) have no actor: their rows list the state with the smaller number first, in
all 6,316 of them. They are read as mutual, as acts of both states. Exchanges list acts within a confrontation
and say *what* states do; histories list all acts of a pair of states with the days on which it is known that
none followed, and say *when* they act.
"""

from __future__ import annotations

import datetime as dt
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
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
UNKNOWN = -9
"""A day or a number of deaths that is not known."""
DAY_OF_UNKNOWN = 15
"""An act of which only the month is known is dated to the middle of that month."""
LOWEST, HIGHEST = 2, 5
"""Hostility levels of militarised acts: 2 threat, 3 display of force, 4 use of force, 5 war."""

MUTUAL_ACTIONS = (17, 22)
"""Clash and war: acts of both states, which the file lists under the smaller number first."""
WAR = 5
QUIET_DAYS = 180
"""Days after an act for which a further act would be on record: a confrontation ends after six months in
which none of its states acts (Jones, Bremer and Singer 1996, CMPS 15,
163-213, whose rule Gibler and Miller keep)."""

DETECTION = {2: 0.6, 3: 0.6, 4: 1.0, 5: 1.0}
"""Share of militarised acts that MIE records, by level of hostility.

A declared prior, not an estimate: the file cannot say what it lacks. Uses of force and war (rungs 6 and up)
are taken as complete. Threats and displays of force below it are taken as recorded in .6 of cases, since
coders note fewer of them the longer a crisis lasts (of coded crises the number of acts grows with the length
to the power .19). A hazard of all acts is that of recorded ones divided by this share.
"""

# Column of the file, and what a value may be.
_COLUMNS = {
    "micnum": (1, 10**9),
    "eventnum": (0, 10**9),
    "ccode1": (1, 999),
    "ccode2": (1, 999),
    "stmon": (1, 12),
    "stday": (UNKNOWN, 31),
    "styear": (1, 9999),
    "action": (UNKNOWN, 99),
    "hostlev": (1, 5),
}
# Columns that a file may lack, all of a group or none: deaths then count as unknown, and acts as of one day.
_DEATHS = {"fatalmin1": (UNKNOWN, 10**9), "fatalmin2": (UNKNOWN, 10**9)}
_ENDS = {"endmon": (1, 12), "endday": (UNKNOWN, 31), "endyear": (1, 9999)}
_RANGES = _COLUMNS | _DEATHS | _ENDS

Whole = NDArray[np.int64]
Mask = NDArray[np.bool_]


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
    known: Mask
    """Whether the first day is known; where it is not, `day` is the 15th."""
    ends: Whole
    """Last day of the act; the last of the month where only the month is known."""
    deaths: Whole
    """Deaths on both sides, by the file's lower estimates; a side of which they are unknown counts as 0."""

    @property
    def mutual(self) -> Mask:
        """[rows]: clashes and war, which are acts of both states; `actor` is then only the first listed."""
        return np.isin(self.action, MUTUAL_ACTIONS)

    def __len__(self) -> int:
        return len(self.row)

    def __getitem__(self, chosen: Mask | Whole) -> Events:
        """Return the rows that a mask or their numbers choose."""
        return Events(*(getattr(self, field.name)[chosen] for field in fields(self)))


@dataclass(frozen=True, repr=False)
class Exchanges(Brief):
    """Acts between the two states of each confrontation, in chronological order."""

    events: Events
    """Sorted by confrontation, pair of states, day and number of the act."""
    first: Whole
    """[exchanges + 1]: the row at which each exchange begins, and finally the number of rows."""
    reaction: Mask
    """[rows]: the actor is the target of the row before, within one exchange. In a mutual act both states are
    actor and target, so that one is a reaction to any act, and any act is a reaction to it."""
    listed_reaction: Mask
    """[rows]: the same with the state listed first as the only actor of a mutual act, which an accident of
    numbering decides; for comparison with scores that were computed so."""
    previous: Whole
    """[rows]: level of the previous row within the exchange, 0 for its first row."""
    side: Whole
    """[rows]: 0 where the state with the smaller number acts, else 1; of mutual acts, the first listed."""

    @property
    def mutual(self) -> Mask:
        """[rows]: acts of both states."""
        return self.events.mutual

    @property
    def exchange(self) -> Whole:
        """[rows]: index of the exchange of each row."""
        return np.repeat(np.arange(len(self.first) - 1), np.diff(self.first))


@dataclass(frozen=True, repr=False)
class Histories(Brief):
    """Acts of known day of each pair of states in order, all confrontations together, and the waits after.

    A wait begins on the day after an act and lasts until the day of the next act of either state, for at most
    `QUIET_DAYS`, since silence is on record no longer than that. It is censored on the last day before the
    first on which an act of the pair can have happened of which only the month is known: until then nothing
    happened, and what came after is not known. Where that leaves no day, and within a spell of war, nothing
    is at risk. A spell of war lasts from the first to the last day of a pair's acts of level 5 in one
    confrontation (of which only months are known: from the first to the last possible day); the act that
    begins it still ends the wait before. Censoring is taken to be independent of the hazard.
    """

    pair: Whole
    """[pairs, 2]: the two states of each pair with an act, the smaller number first."""
    first: Whole
    """[pairs + 1]: the row at which each pair begins, and finally the number of rows."""
    day: Whole
    """[rows]: first day of the act, as `datetime.date.toordinal` counts; acts of one day by their numbers."""
    side: Whole
    """[rows]: 0 where the state with the smaller number acts, else 1; of mutual acts, the first listed."""
    mutual: Mask
    """[rows]: acts of both states."""
    level: Whole
    action: Whole
    deaths: Whole
    """[rows]: on both sides."""
    until: Whole
    """[rows]: last day of the wait after the act, the days `day + 1` to `until` being at risk."""
    at_risk: Mask
    """[rows]: whether the wait is observed; of several acts of one day only after the last of them."""
    ended: Mask
    """[rows]: whether an observed wait ended in an act of either state on its last day, not by censoring."""

    def __len__(self) -> int:
        return len(self.day)

    @property
    def days_at_risk(self) -> int:
        """Return the number of days of pairs at risk."""
        return int((self.until - self.day)[self.at_risk].sum())


def load_mie(path: Path | str) -> Events:
    """Read a CSV file in the format of Militarized Interstate Events.

    Parameters
    ----------
    path
        A file with a header that names at least micnum, eventnum, ccode1, ccode2, stmon, stday, styear,
        action and hostlev, in any order. Without fatalmin1 and fatalmin2 (both or neither) deaths count as
        unknown, without endmon, endday and endyear (all or none) acts end on the day on which they begin;
        other columns are ignored. -9 is an unknown day, action or number of deaths.

    Returns
    -------
    Events
        All rows, in the order of the file.

    Raises
    ------
    ScenarioError
        With one line per error: a missing file, a missing column, or a value out of range.
    """
    table = read_csv(Path(path), tuple(_COLUMNS), PUBLISHED, (tuple(_DEATHS), tuple(_ENDS)))
    problems = table.problems
    rows: list[_Act] = []
    for read in table.rows:
        row, errors = _act(dict(zip(table.columns, read.cells, strict=True)), str(path), read.line)
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
    listed = np.zeros(len(acts), bool)
    listed[1:] = (acts.actor[1:] == acts.target[:-1]) & ~begins[1:]
    is_mutual = acts.mutual
    either_is = is_mutual.copy()
    either_is[1:] |= is_mutual[:-1]
    return Exchanges(
        events=acts,
        first=np.append(np.flatnonzero(begins), len(acts)),
        reaction=listed | (either_is & ~begins),
        listed_reaction=listed,
        previous=previous,
        side=(acts.actor > acts.target).astype(np.int64),
    )


def histories(events: Events, first_year: int, last_day: int | None = None) -> Histories:
    """Order the militarised acts of each pair of states by date, and find the waits after them.

    Parameters
    ----------
    events
        Acts of any level and order; those below a threat and those before the first year are left out.
    first_year
        First year of the histories.
    last_day
        Last day on which an act would be on record, as `datetime.date.toordinal` counts; by default the end
        of the year of the last act, 2014 in MIE 1.0.
    """
    if last_day is None:
        last_day = dt.date(int(events.year.max(initial=1)), 12, 31).toordinal()
    acts = since(events, first_year)
    acts = acts[acts.level >= LOWEST]
    pair = dyads(acts)
    order = np.lexsort((acts.row, acts.event, acts.day, pair[:, 1], pair[:, 0]))
    acts, pair = acts[order], pair[order]
    changes = (pair[1:] != pair[:-1]).any(axis=1)
    bounds = [0, *(np.flatnonzero(changes) + 1).tolist(), len(acts)]
    of_pairs = (acts[np.arange(start, stop)] for start, stop in pairwise(bounds))
    waits = [_waits(one, last_day) for one in of_pairs]
    found = np.concatenate([np.zeros((0, 3), np.int64), *waits])
    acts, pair = acts[acts.known], pair[acts.known]
    pairs, first = np.unique(pair, axis=0, return_index=True)
    return Histories(
        pair=pairs,
        first=np.append(first, len(acts)),
        day=acts.day,
        side=(acts.actor > acts.target).astype(np.int64),
        mutual=acts.mutual,
        level=acts.level,
        action=acts.action,
        deaths=acts.deaths,
        until=found[:, 0],
        at_risk=found[:, 1].astype(bool),
        ended=found[:, 2].astype(bool),
    )


def _waits(acts: Events, last_day: int) -> Whole:
    """Return until, at risk and ended of each act of known day of one pair, in order, [rows, 3]."""
    earliest, latest = _possible_days(acts)
    in_war = acts.level == WAR
    spells = [
        (earliest[of_one].min(), acts.ends[of_one].max())
        for number in np.unique(acts.confrontation[in_war])
        for of_one in [in_war & (acts.confrontation == number)]
    ]
    undated = list(zip(earliest[~acts.known], latest[~acts.known], strict=True))
    days = acts.day[acts.known]
    found = np.zeros((len(days), 3), np.int64)
    for k, day in enumerate(days):
        following = days[k + 1] if k + 1 < len(days) else np.inf
        until = min(following, day + QUIET_DAYS, last_day)
        clear = min((max(early, day + 1) - 1 for early, late in undated if late > day), default=until)
        until = min(until, clear)
        at_risk = until > day and not any(start <= day <= stop for start, stop in spells)
        found[k] = until, at_risk, at_risk and until == following
    return found


def _possible_days(acts: Events) -> tuple[Whole, Whole]:
    """Return the earliest and the latest day on which each act can have begun, [rows] each."""
    dates = [dt.date.fromordinal(day) for day in acts.day.tolist()]
    months = np.array([(one.replace(day=1).toordinal(), monthrange(one.year, one.month)[1]) for one in dates])
    first, length = months.reshape(len(acts), 2).T
    latest = np.minimum(first + length - 1, acts.ends)
    return np.where(acts.known, acts.day, first), np.where(acts.known, acts.day, latest)


def mean_detection(levels: Whole) -> float:
    """Return the share of acts recorded among all that recorded acts of these levels imply.

    Each recorded act of a level implies 1 over the share of the level (`DETECTION`) acts, so that it is the
    harmonic mean of the shares; 1 where there are no acts.
    """
    if not len(levels):
        return 1.0
    implied = sum(1.0 / DETECTION[level] for level in levels.tolist())
    return float(len(levels) / implied)


def followed(events: Events) -> Events:
    """Return the acts of confrontations of pairs that can be followed day by day.

    Left out are a pair's confrontations with a militarised act of which only the month is known, whose waits
    are not known, and those that became wars, in which days without a recorded act are not days of quiet.
    """
    pair = dyads(events)
    quarrel = np.unique(np.column_stack([events.confrontation, pair]), axis=0, return_inverse=True)[1].ravel()
    undated = (events.level >= LOWEST) & ~events.known
    wars = np.isin(events.confrontation, events.confrontation[events.level >= WAR])
    return events[~np.isin(quarrel, quarrel[undated]) & ~wars]


def no_events() -> Events:
    """Return events without a single act, where there is no file of events."""
    return _columns([])


def no_exchanges() -> Exchanges:
    """Return exchanges without a single act, where there is no file of events."""
    return exchanges(no_events())


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


def _is_between(events: Events, dyad: tuple[int, int]) -> Mask:
    matches: Mask = (dyads(events) == sorted(dyad)).all(axis=1)
    return matches


_Act = tuple[int, ...]
"""The fields of `Events` but `row`, in their order."""


def _act(given: Mapping[str, str], name: str, line: int) -> tuple[_Act, list[Problem]]:
    """Return what the cells of a row say, and the errors in them."""
    cells: dict[str, int] = {}
    errors: list[Problem] = []
    for column, cell in given.items():
        number, (least, most) = _whole(cell), _RANGES[column]
        if number is None or not least <= number <= most:
            allowed = f"a whole number from {least} to {most}"
            errors.append(Problem(name, line, None, column, f"{shown(cell)} is not allowed", allowed))
        cells[column] = number or 0
    if errors:
        return (), errors
    start = cells["styear"], cells["stmon"], cells["stday"]
    stop = (cells["endyear"], cells["endmon"], cells["endday"]) if "endday" in cells else start
    for column, (year, month, day) in (("stday", start), ("endday", stop)):
        if day != UNKNOWN and not 1 <= day <= monthrange(year, month)[1]:
            allowed = f"1 to the last day of {year}-{month:02d}, {UNKNOWN} where unknown"
            return (), [Problem(name, line, None, column, f"{day} is not a day of that month", allowed)]
    earliest, ends = _day(*start, unknown=1), _day(*stop, unknown=monthrange(*stop[:2])[1])
    if ends < earliest:
        return (), [
            Problem(name, line, None, "endday", "the act ends before it begins", "the first day or later")
        ]
    actor, target = cells["ccode1"], cells["ccode2"]
    if actor == target:
        return (), [Problem(name, line, None, "ccode2", f"{target} acts on itself", "another state")]
    day = _day(*start, unknown=DAY_OF_UNKNOWN)
    deaths = sum(max(cells.get(column, UNKNOWN), 0) for column in _DEATHS)
    of_act = (
        cells["micnum"],
        cells["eventnum"],
        actor,
        target,
        day,
        start[0],
        cells["hostlev"],
        cells["action"],
    )
    return (*of_act, int(start[2] != UNKNOWN), ends, deaths), []


def _day(year: int, month: int, day: int, unknown: int) -> int:
    return dt.date(year, month, unknown if day == UNKNOWN else day).toordinal()


def _whole(text: str) -> int | None:
    """Read a whole number, also one written as 3.0."""
    plain = text.strip().removesuffix(".0")
    digits = plain.removeprefix("-")
    return int(plain) if digits.isascii() and digits.isdigit() and len(digits) <= 12 else None


def _columns(rows: Sequence[_Act]) -> Events:
    table = np.array(rows, np.int64).reshape(len(rows), 11)
    confrontation, event, actor, target, day, year, level, action, known, ends, deaths = table.T.copy()
    row = np.arange(len(rows))
    return Events(
        confrontation, event, actor, target, day, year, level, action, row, known.astype(bool), ends, deaths
    )
