"""One crisis explained: the decisions of a day, or the turning points of the whole of it."""

from __future__ import annotations

import datetime as dt
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from escalation.crisis import wording
from escalation.crisis.branches import play_with_states
from escalation.crisis.chances import chance_lines
from escalation.crisis.play import Beginning, Run
from escalation.crisis.reasoning import Account, accounts_of, terms_table
from escalation.crisis.story import heading
from escalation.crisis.tables import change_words
from escalation.crisis.turns import (
    BEFORE_ALL,
    LEAST_TURN,
    Odds,
    Turn,
    credited,
    odds_of,
    turning_points,
)
from escalation.crisis.words import points
from escalation.files.brief import Brief
from escalation.files.places import ArgumentError, check_names, check_whole
from escalation.files.write import Cell, Table, aligned
from escalation.language import date_words, number, percent, say
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import BRANCHES, OUTCOME_CLASSES, OUTCOME_WORDS, OUTCOMES

WIDTH = 80
MOST_BRANCHES = 1_000_000
MOST_TURNS_EACH = 5
"""Turning points shown of the record, and of the simulated days."""


@dataclass(frozen=True, repr=False)
class DayExplained(Brief):
    """The decisions of a day, and why they were made."""

    run: Run
    day: int
    """Counted from the start."""
    actor: str | None
    """Whose decisions; those of all actors that acted, if None."""
    accounts: tuple[Account, ...]
    chances: tuple[str, ...]
    """What chance could bring on the day, and whether it did."""

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines

    @property
    def lines(self) -> tuple[str, ...]:
        """The account as lines of text."""
        return tuple(_day_lines(self))

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables by the names of their files: terms.csv."""
        return {"terms.csv": terms_table(self.run, self.accounts)}


@dataclass(frozen=True, repr=False)
class CourseExplained(Brief):
    """A whole crisis: the odds of its outcome by date, and the days that moved them most."""

    run: Run
    odds: Odds
    """From the evening before the start to the last day played."""
    record: tuple[Turn, ...]
    """Turning points among the days of the record, by date."""
    simulated: tuple[Turn, ...]
    """Turning points among the simulated days, by date."""

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines

    @property
    def turns(self) -> tuple[Turn, ...]:
        """All turning points, by date."""
        return (*self.record, *self.simulated)

    @property
    def lines(self) -> tuple[str, ...]:
        """The account as lines of text."""
        return tuple(_course_lines(self))

    @cached_property
    def tables(self) -> dict[str, Table]:
        """The tables by the names of their files: odds.csv and turning_points.csv."""
        return {"odds.csv": _odds_table(self), "turning_points.csv": _turns_table(self)}


def explain_crisis(
    scenario: Scenario,
    seed: int,
    replication: int = 0,
    date: dt.date | str | None = None,
    actor: str | None = None,
    branches: int = BRANCHES,
    began: Beginning | None = None,
) -> DayExplained | CourseExplained:
    """Explain a day of one crisis, or the whole of it.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it.
    seed, replication
        As `play` takes them.
    date
        A day of the crisis, as a date or as YYYY-MM-DD; without one, the whole crisis is explained.
    actor
        With a date: whose decisions to explain, whether it acted or not. Without: those of all that acted.
    branches
        Without a date: crises played on from the end of each day.
    began
        Another scenario that the crisis has up to a day.

    Raises
    ------
    ArgumentError
        If the crisis has no such day or actor, an actor is given without a date, or no day is simulated; if
        the whole of a crisis is asked for in which a mediator left.
    """
    check_whole("branches", branches, 1, MOST_BRANCHES + 1)
    if actor is not None:
        check_names("actor", [actor], [*scenario.states, *scenario.mediators])
        if date is None:
            raise ArgumentError("actor: given without a date; give both, or neither for the whole crisis")
    day = None if date is None else _day_of(scenario, date)
    if day is None and not scenario.free_days:
        raise ArgumentError(
            "no day is simulated, so nothing is open; give a scenario with `free_days`, or a date"
        )
    if day is None and began is not None and began.leaves is not None:
        raise ArgumentError("a mediator left on a day of this crisis, which has no branches; give a date")
    run, past = play_with_states(scenario, seed, replication, began)
    if day is not None:
        if day >= len(run.days):
            raise ArgumentError(f"the crisis ended on {scenario.date_of(len(run.days) - 1)}, before {date}")
        return DayExplained(run, day, actor, accounts_of(run, day, actor), chance_lines(past, run, day))
    odds, horizon = odds_of(past, branches, BEFORE_ALL), scenario.horizon_day
    parts = (range(horizon + 1), range(horizon + 1, past.last_day + 1))
    record, simulated = (
        credited(past, run, odds, turning_points(run, odds, days, MOST_TURNS_EACH)) for days in parts
    )
    return CourseExplained(run, odds, record, simulated)


def _day_of(scenario: Scenario, date: dt.date | str) -> int:
    if isinstance(date, str):
        try:
            date = dt.date.fromisoformat(date)
        except ValueError:
            raise ArgumentError(f"date: {date!r} is not a date such as {scenario.horizon}") from None
    day = (date - scenario.start).days
    if not 0 <= day <= scenario.last_day:
        last = scenario.date_of(scenario.last_day)
        raise ArgumentError(f"date: {date} is not a day of the crisis, {scenario.start} to {last}")
    return day


# Lines


def _day_lines(found: DayExplained) -> Iterator[str]:
    run = found.run
    yield from heading(run)
    for change in run.changes_on(found.day):
        yield ""
        yield from textwrap.wrap(change_words(change), WIDTH, subsequent_indent="  ")
    for account in found.accounts:
        yield ""
        for place, sentence in enumerate(account.sentences):
            indent = "" if place == 0 else "  "
            yield from textwrap.wrap(
                sentence, WIDTH, initial_indent=indent, subsequent_indent="  ", break_on_hyphens=False
            )
    if not found.accounts:
        yield ""
        yield from textwrap.wrap(_nothing_words(found), WIDTH)
    if found.chances:
        yield ""
        yield say(wording.CHANCES_OF_DAY)
        for says in found.chances:
            yield from textwrap.wrap(says, WIDTH, initial_indent="  ", subsequent_indent="    ")
    yield ""
    yield from textwrap.wrap(say(wording.COURSE_CAVEAT), WIDTH)


def _nothing_words(found: DayExplained) -> str:
    scenario, actor = found.run.scenario, found.actor
    date = date_words(scenario.date_of(found.day))
    if actor is None:
        return say(wording.NOBODY_ACTED, date=date)
    return say(wording.UNRECORDED, date=date, actor=scenario.label(actor))


def _course_lines(found: CourseExplained) -> Iterator[str]:
    run = found.run
    yield from heading(run)
    yield ""
    yield from _odds_lines(found)
    for title, turns in (
        (wording.RECORD_TURNS, found.record),
        (wording.SIMULATED_TURNS, found.simulated),
    ):
        yield ""
        yield say(title)
        for turn in turns:
            yield from _turn_lines(run, turn)
        if not turns:
            yield from textwrap.wrap(
                say(wording.NO_TURN_THERE, points=number(100 * LEAST_TURN)), WIDTH,
                initial_indent="  ", subsequent_indent="  ",
            )  # fmt: skip
    yield ""
    quiet = say(wording.CALENDAR, quiet=run.scenario.outcome.quiet_days)
    for note in (say(wording.TURNS_METHOD), say(wording.RECORD_METHOD), quiet, say(wording.CAVEAT)):
        yield from textwrap.wrap(note, WIDTH)


def widest_half(odds: Odds) -> float:
    """Return half of the widest of the intervals of all days and outcomes, in points."""
    shares = odds.shares
    return float(50 * (shares.high - shares.low).max())


def _odds_lines(found: CourseExplained) -> Iterator[str]:
    """Yield the odds of the first and last days and of all turning points."""
    scenario, odds = found.run.scenario, found.odds
    named = {
        BEFORE_ALL: say(wording.BEFORE_RECORD),
        scenario.horizon_day: say(wording.END_OF_RECORD),
        odds.days[-1]: say(wording.END),
    }
    rows = [["", "", *(say(each.short) for each in OUTCOME_CLASSES)]]
    shares = odds.shares.estimate
    for day in sorted({*named, *(turn.day for turn in found.turns)}):
        row = [number(100 * share, 1) for share in shares[day - odds.first]]
        rows.append([str(scenario.date_of(day)), named.get(day, ""), *row])
    head = say(wording.ODDS_HEAD, n=number(odds.count), half=number(widest_half(odds), 1))
    yield from textwrap.wrap(head, WIDTH)
    yield from aligned(rows, right=len(OUTCOMES))


def _turn_lines(run: Run, turn: Turn) -> Iterator[str]:
    words = say(
        wording.COURSE_TURN,
        date=date_words(run.scenario.date_of(turn.day)),
        outcome=say(OUTCOME_WORDS[turn.outcome]),
        before=percent(turn.before, 0),
        after=percent(turn.after, 0),
        change=points(turn.change),
        half=number(100 * turn.half),
    )
    yield from textwrap.wrap(words, WIDTH, initial_indent="  ", subsequent_indent="    ")
    for credit in turn.weighty:
        words = say(
            wording.CREDIT,
            change=f"{points(credit.change):>5}", half=number(100 * credit.half), says=credit.says,
        )  # fmt: skip
        yield from textwrap.wrap(words, WIDTH, initial_indent="    ", subsequent_indent=" " * 14)
    if turn.others is not None:
        yield "    " + say(wording.OTHERS_OF_DAY, change=f"{points(turn.others):>5}    ")


# Tables


def _odds_table(found: CourseExplained) -> Table:
    columns = ("day", "date", "simulated", "outcome", "share", "low", "high", "crises")
    rows: list[tuple[Cell, ...]] = []
    scenario, odds = found.run.scenario, found.odds
    shares = odds.shares
    for row, day in enumerate(odds.days):
        head = (day, str(scenario.date_of(day)), int(day > scenario.horizon_day))
        for k, outcome in enumerate(OUTCOMES):
            interval: Any = (shares.estimate[row, k], shares.low[row, k], shares.high[row, k])
            rows.append((*head, outcome, *map(float, interval), odds.count))
    return Table(columns, tuple(rows))


def _turns_table(found: CourseExplained) -> Table:
    """Return one row per event of each turning point, and one for the day as a whole, step 0."""
    columns = (
        "day", "date", "simulated", "outcome", "step", "cause", "actor", "says", "before", "after", "change",
        "low", "high",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for turn in found.turns:
        is_simulated = int(turn.day > found.run.scenario.horizon_day)
        head = (turn.day, str(found.run.scenario.date_of(turn.day)), is_simulated, turn.outcome)
        whole = (turn.before, turn.after, turn.change, turn.low, turn.high)
        rows.append((*head, 0, "day", "", "; ".join(turn.events), *whole))
        for step, one in enumerate(turn.credits, start=1):
            change = (one.before, one.after, one.change, one.low, one.high)
            rows.append((*head, step, one.cause, one.actor, one.says, *change))
    return Table(columns, tuple(rows))
