"""Where the courses of two crises part: the first day and event that differ, and both courses from there on.

A course is read off the tables of a run, those in memory or those in its folder, so that runs of earlier
versions of the rules, which could not be repeated today, are compared as they were.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from escalation.crisis.play import Run
from escalation.crisis.tables import MANIFEST, acts_table, days_table, decisions_table, result_tree
from escalation.crisis.words import chance
from escalation.files.brief import Brief
from escalation.files.places import StoreError
from escalation.files.write import Cell, Table, refusing
from escalation.language import date_words
from escalation.vocabulary import OUTCOME_WORDS

WIDTH = 80
MOST_DAYS = 12
"""Days of both courses that are printed, from the one on which they part."""
MARKS = {"incident": "!", "act": "-", "firing": "~", "ceasefire": "=", "talks": "+"}
"""As in the story of a run."""

Rows = tuple[Mapping[str, str], ...]


@dataclass(frozen=True)
class CourseEvent:
    """Something that happened on a day of a course."""

    kind: str
    """One of `MARKS`."""
    words: str
    key: tuple[str, ...] = field(compare=False)
    """Of an act: actor, act, target, and the other state concerned, by which it is found among decisions."""
    reason: str = field(default="", compare=False)


@dataclass(frozen=True, repr=False)
class RecordedCourse(Brief):
    """The course of one crisis as its tables have it; every cell is text."""

    acts: Rows
    days: Rows
    decisions: Rows
    result: Mapping[str, Any]

    @cached_property
    def events(self) -> dict[str, list[CourseEvent]]:
        """The events of each day by date: incidents, acts, and what began or ended."""
        found: dict[str, list[CourseEvent]] = {}
        before: dict[tuple[str, str], Mapping[str, str]] = {}
        for row in self.days:
            found.setdefault(row["date"], []).extend(_incidents(row))
        for row in self.acts:
            found.setdefault(row["date"], []).append(_act(row))
        for row in self.days:
            pair = row["state"], row["rival"]
            if pair[::-1] not in before:  # what concerns a pair of rivals is in the rows of both
                found[row["date"]] += _changes(before.get(pair, {}), row)
                before[pair] = row
        return dict(sorted(found.items()))

    def probability(self, date: str, key: tuple[str, ...]) -> float | None:
        """Return the model's probability of an act before its actor's first decision of a day.

        None if the actor had no such choice on that day.
        """
        for row in self.decisions:
            of_row = row["actor"], row["act"], row["target"], row["concerning"]
            if row["date"] == date and of_row == key and row["probability"]:
                return float(row["probability"])
        return None


def _incidents(row: Mapping[str, str]) -> Iterator[CourseEvent]:
    if row["incidents"]:
        yield CourseEvent("incident", f"{row['state']}: {row['incidents']}", ())


def _act(row: Mapping[str, str]) -> CourseEvent:
    concerning = f" concerning {row['concerning']}" if row["concerning"] else ""
    words = f"{row['actor']} {row['act']} {row['target']}{concerning} [rung {row['rung']}]"
    reason = "on record" if row["forced"] == "1" else row["why"]
    return CourseEvent("act", words, (row["actor"], row["act"], row["target"], row["concerning"]), reason)


def _changes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[CourseEvent]:
    pair = f"{now['state']} and {now['rival']}"
    for column, kind, words in (
        ("border_fire", "firing", "firing across the line between"),
        ("ceasefire", "ceasefire", "a ceasefire or agreement between"),
    ):
        if now[column] != before.get(column, "0"):
            verb = "begins" if now[column] == "1" else "ends"
            yield CourseEvent(kind, f"{words} {pair} {verb}", ())
    was, is_now = before.get("talks", "").split(), now["talks"].split()
    for talks in (talks for talks in is_now if talks not in was):
        yield CourseEvent("talks", f"mediation of {pair}: {talks.replace(':', ' ')}", ())
    for talks in (talks for talks in was if talks.split(":")[0] not in " ".join(is_now)):
        yield CourseEvent("talks", f"mediation of {pair}: {talks.split(':')[0]} ended", ())


def course_of(run: Run) -> RecordedCourse:
    """Return the course of a run that is in memory."""
    tables = (acts_table(run), days_table(run), decisions_table(run))
    acts, days, decisions = (_rows(table.csv()) for table in tables)
    return RecordedCourse(acts, days, decisions, result_tree(run))


def read_course(folder: Path) -> RecordedCourse:
    """Return the course of a run from its folder.

    Raises
    ------
    StoreError
        If a file is missing or is not the table of a run.
    """
    with refusing(folder):
        texts = [
            (folder / f"{name}.csv").read_text(encoding="utf-8") for name in ("acts", "days", "decisions")
        ]
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    acts, days, decisions = map(_rows, texts)
    found = RecordedCourse(acts, days, decisions, manifest["result"])
    try:
        _ = found.events
    except (KeyError, TypeError) as error:
        raise StoreError(f"{folder}: a table of the run lacks {error}; play the run again") from None
    return found


def _rows(text: str) -> Rows:
    return tuple(csv.DictReader(io.StringIO(text)))


@dataclass(frozen=True, repr=False)
class CourseComparison(Brief):
    """Two courses, and where they part."""

    before: RecordedCourse
    after: RecordedCourse
    names: tuple[str, str] = ("A", "B")

    @cached_property
    def dates(self) -> list[str]:
        """The days that both courses have."""
        return [date for date in self.before.events if date in self.after.events]

    @cached_property
    def parting(self) -> str | None:
        """The first day on which the events differ, None if they never do."""
        return next((date for date in self.dates if any(self.only(date))), None)

    @cached_property
    def first_shift(self) -> tuple[str, str] | None:
        """The first day on which the state of a pair differs, and what of it; None if it never does."""
        theirs = {(row["date"], row["state"], row["rival"]): row for row in self.after.days}
        for row in self.before.days:
            other = theirs.get((row["date"], row["state"], row["rival"]))
            changed = [] if other is None else [name for name in row if row[name] != other.get(name)]
            if other is not None and changed:
                name = changed[0]
                says = f"{row['state']} toward {row['rival']}, {name} {_short(row[name])} and"
                return row["date"], f"{says} {_short(other.get(name, ''))}"
        return None

    def only(self, date: str) -> tuple[list[CourseEvent], list[CourseEvent]]:
        """Return the events of a day that only the one or only the other course has."""
        one, other = self.before.events[date], self.after.events[date]
        return _lacking(one, other), _lacking(other, one)

    def table(self) -> Table:
        """Return the events of both courses: date, kind, event, and whether each has it."""
        rows: list[tuple[Cell, ...]] = []
        for date in self._all_dates():
            rows += [(date, event.kind, event.words, int(a), int(b)) for event, a, b in self._merged(date)]
        one, other = self.names
        return Table(("date", "kind", "event", f"in_{one}", f"in_{other}"), tuple(rows))

    def _all_dates(self) -> list[str]:
        return sorted({*self.before.events, *self.after.events})

    def _merged(self, date: str) -> Iterator[tuple[CourseEvent, bool, bool]]:
        """Yield the events of a day: those of both courses first, then those of one only."""
        one, other = self.before.events.get(date, []), self.after.events.get(date, [])
        mine, theirs = _lacking(one, other), _lacking(other, one)
        left = Counter(mine)
        for event in one:
            if left[event]:
                left[event] -= 1
            else:
                yield event, True, True
        yield from ((event, True, False) for event in mine)
        yield from ((event, False, True) for event in theirs)

    def lines(self) -> Iterator[str]:
        """Yield where the courses part and both from there on, in 80 columns."""
        one, other = self.names
        shift, date = self.first_shift, self.parting
        if not self.dates:
            yield f"{one} and {other} have no day in common."
            return
        if shift is not None and (date is None or shift[0] < date):
            says = (
                f"Variables of the states differ from {_day(shift[0])} on, before any event does: {shift[1]}."
            )
            yield from textwrap.wrap(says, WIDTH)
        if date is None:
            yield f"{one} and {other} have the same events on all {len(self.dates)} days that both have."
            yield from self._results()
            return
        earlier = sum(len(self.before.events[day]) for day in self.dates if day < date)
        yield from textwrap.wrap(
            f"{one} and {other} part on {_day(date)}, day {self.dates.index(date)}, after {earlier} events"
            " in common.",
            WIDTH,
        )
        for name, events in zip(self.names, self.only(date), strict=True):
            for event in events:
                yield from textwrap.wrap(
                    f"only in {name}: {event.words}{self._odds(date, event)}", WIDTH,
                    initial_indent="  ", subsequent_indent="    ",
                )  # fmt: skip
        yield ""
        yield f"Both from there on; the columns say whether {one} or {other} has it"
        days = [day for day in self._all_dates() if day >= date and any(self._merged(day))]
        for day in days[:MOST_DAYS]:
            yield f"  {day}"
            for event, mine, theirs in self._merged(day):
                has = f"    {one if mine else ' ' * len(one)} {other if theirs else ' ' * len(other)} "
                says = f"{MARKS[event.kind]} {event.words}"
                yield has + textwrap.shorten(says, WIDTH - len(has), placeholder=" ...")
        if len(days) > MOST_DAYS:
            rest = len(days) - MOST_DAYS
            yield f"  and {rest} more {'day' if rest == 1 else 'days'} with events"
        yield ""
        yield from self._results()

    def _odds(self, date: str, event: CourseEvent) -> str:
        """Return why an act came, and how likely the model held it on that day in both courses."""
        if event.kind != "act":
            return ""
        odds = []
        for name, course in zip(self.names, (self.before, self.after), strict=True):
            found = course.probability(date, event.key)
            odds.append(f"no option in {name}" if found is None else f"{chance(found)} in {name}")
        reason = f"; {event.reason}" if event.reason else ""
        return f" (as the first act of the day: {', '.join(odds)}{reason})"

    def _results(self) -> Iterator[str]:
        """Yield the results of both, those that differ as 'A, B'."""
        mine, theirs = _results_of(self.before.result), _results_of(self.after.result)
        one, other = self.names
        yield "Results"
        for name in dict.fromkeys([*mine, *theirs]):
            a, b = mine.get(name, "none"), theirs.get(name, "none")
            yield f"  {name}: {a if a == b else f'{one} {a}, {other} {b}'}"


def _results_of(result: Mapping[str, Any]) -> dict[str, str]:
    outcome = str(result["outcome"])
    found = {"outcome": OUTCOME_WORDS.get(outcome, outcome)}
    found |= {f"highest rung of {state}": str(rung) for state, rung in result["peak_rung"].items()}
    found["first use of force"] = str(result["first_force"] or "none")
    for one in result["settlements"]:
        by = f" ({one['mediator'] or one['channel']})" if one["date"] else ""
        found[f"settlement of {' and '.join(one['between'])}"] = f"{one['date'] or 'none'}{by}"
    return found


def _lacking(events: Sequence[CourseEvent], others: Sequence[CourseEvent]) -> list[CourseEvent]:
    """Return the events that the others lack, as often as they lack them."""
    left = Counter(others)
    found = []
    for event in events:
        if left[event]:
            left[event] -= 1
        else:
            found.append(event)
    return found


def _day(date: str) -> str:
    return date_words(dt.date.fromisoformat(date))


def _short(cell: str) -> str:
    try:
        return f"{float(cell):.3g}"
    except ValueError:
        return cell or "none"
