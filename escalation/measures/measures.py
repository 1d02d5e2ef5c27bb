"""Everything that is measured of a crisis, each measure declared once.

A measure has a name, a kind, a unit, the way it is read off runs, its wordings, and a direction. The columns
of a sweep's tables, its counts and summaries, the stopping rule, the schema of experiment files, the progress
display, the page, captions and docs/results.md all derive from the declarations below. An experiment may
add measures of its own; `Measures` are all that it has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from escalation.language import ENGLISH, say, spoken
from escalation.measures.reduce import NEVER, Reduced
from escalation.vocabulary import CHANNELS, OUTCOME_CLASSES, OUTCOMES, RUNGS, Channel

Answers = NDArray[np.bool_]
Columns = Mapping[str, NDArray[Any]]
Thresholds = Mapping[str, int | None]
"""Rungs under `outcome` of a scenario by key; None where cells differ."""

Stored = Literal["int32", "uint32", "int16", "int8", "float64", "bool", "word"]

EMPTY: dict[str, int] = {"int16": NEVER, "int8": -1, "word": -1, "int32": -1}
"""The value for an empty cell before it is written; for floats it is NaN."""


@dataclass(frozen=True)
class RunColumn:
    """A column of the table with one row per crisis, or one column per state, mediator or pair of rivals."""

    name: str
    stored: Stored
    read: Callable[[Reduced], NDArray[Any]]
    """[R], or [R, states, mediators or pairs]."""
    says: str
    per: Literal["state", "mediator", "pair"] | None = None
    words: tuple[str, ...] | Literal["mediators"] = ()
    """The words that the numbers of a column of words represent."""
    is_day: bool = False
    """Whether it is a day: read from the scenario's start, stored after the horizon."""


@dataclass(frozen=True)
class Question:
    """A yes-or-no question about a crisis, answered by the columns of others' measures."""

    holds: Callable[[Columns], Answers]
    says: str
    """The answer yes in terms of the columns, for docs/results.md."""


@dataclass(frozen=True)
class Measure:
    """Something measured of each crisis, or of each state in it."""

    name: str
    kind: Literal["share", "mean", "days"]
    """A yes-or-no question; a number with a mean; days to an event, censored at the end of the run."""
    unit: str
    noun: str
    """In a question: 'How likely is ...?'"""
    heading: str
    short: str
    """In a table of 80 columns."""
    clause: str
    """In a sentence with a number: 'force was used -3.0 points'."""
    direction: int
    """1 where more is worse, -1 where more is better, 0 where it is neither."""
    columns: tuple[RunColumn, ...] = ()
    """The columns that keep it; shares are read off the columns of other measures."""
    question: Question | None = None
    """Of a share: what is asked of every crisis."""
    plural: bool = False
    unit_of_difference: str = ""
    is_compared: bool = True
    """Whether settings are compared by this share in words."""
    is_nuclear: bool = False
    """Whether it speaks of nuclear use, so that the caveat goes with it."""
    threshold: str = ""
    """The threshold under a scenario's `outcome` from whose rung on acts count, where there is one."""

    def worded(self, thresholds: Thresholds) -> Measure:
        """Return it in the present language, with the rung from which it counts, as far as that is known."""
        words = {}
        if self.threshold:
            rung = thresholds.get(self.threshold)
            words["rung"] = say(FROM_FORCE_RUNG) if rung is None else say(FROM_RUNG, rung=rung)
            words["from_rung"] = "" if rung is None else f"≥{rung}"
        elif spoken() == ENGLISH:
            return self
        said: dict[str, Any] = {
            key: say(getattr(self, key), **words) for key in ("noun", "heading", "short", "clause")
        }
        return replace(self, **said)


FROM_RUNG, FROM_FORCE_RUNG = "rung {rung} or above", "from the force rung on"

MoreIs = Literal["worse", "better", "neither"]
MORE_IS: Mapping[int, MoreIs] = {1: "worse", -1: "better", 0: "neither"}
"""The directions of measures in words."""

ANY = "any"
"""In tables, of all states together rather than of one."""

STRIKE_RUNG = 7
"""Rung of an overt strike beyond the disputed zone, by the definition of the ladder."""


def _class_is(name: str) -> Question:
    number = OUTCOMES.index(name)
    return Question(lambda columns: np.asarray(columns["outcome"] == number), f"`outcome` is `{name}`")


def _peak_from(rung: int) -> Question:
    return Question(lambda columns: np.asarray(columns["peak"] >= rung), f"`peak` is {rung} or above")


def _settled_through(channel: Channel) -> Question:
    number = CHANNELS.index(channel)
    return Question(
        lambda columns: np.asarray(columns["settlement"] == number), f"`settlement` is `{channel}`"
    )


def _came(event: str) -> Question:
    def holds(columns: Columns) -> Answers:
        days = columns[f"days_to_{event}"]
        is_decimal = np.issubdtype(days.dtype, np.floating)
        return np.asarray(~np.isnan(days) if is_decimal else days != NEVER)

    return Question(holds, f"`days_to_{event}` is not empty")


def _share(
    name: str,
    question: Question,
    noun: str,
    heading: str,
    clause: str,
    direction: int,
    short: str = "",
    **more: Any,
) -> Measure:
    unit = "share of crises"
    return Measure(
        name, "share", unit, noun, heading, short or name, clause, direction, question=question, **more
    )


def _rung(rung: int) -> Measure:
    return _share(
        f"rung_{rung}", _peak_from(rung), f"an act on rung {rung} or above", f"Rung {rung} or above",
        f"peak on rung {rung} or above", 1, is_nuclear=rung == RUNGS - 1, is_compared=rung == STRIKE_RUNG,
    )  # fmt: skip


SHARE_MEASURES: tuple[Measure, ...] = (
    *(
        _share(
            each.name, _class_is(each.name), each.noun, each.label, each.clause, each.direction,
            short=each.short, is_nuclear=each.name == "nuclear_use",
        )
        for each in OUTCOME_CLASSES
    ),
    _share("force", _came("force"), "a use of force ({rung})", "Use of force ({rung})",
           "force was used ({rung})", 1, short="force{from_rung}", threshold="force_rung"),
    _share(
        "ceasefire", _came("ceasefire"), "a ceasefire or agreement", "Ceasefire or agreement",
        "a ceasefire was reached", -1,
    ),
    _share(
        "mediated", _settled_through("mediated"), "a mediated ceasefire or agreement",
        "Mediated ceasefire or agreement", "settled through a mediator", -1,
    ),
    _share("talks", _came("talks"), "mediated talks", "Mediated talks", "talks were opened", 0, plural=True),
    *(_rung(rung) for rung in range(5, RUNGS)),
)  # fmt: skip
"""Yes-or-no questions asked of every crisis; the share of a cell is the mean of its answers."""


def _days(
    event: str,
    read: Callable[[Reduced], NDArray[Any]],
    noun: str,
    says: str,
    direction: int,
    threshold: str = "",
) -> Measure:
    name = f"days_to_{event}"
    column = RunColumn(name, "int16", read, says, is_day=True)
    return Measure(
        name, "days", "days after the horizon", f"days to {noun}", f"Days to {noun}", name, f"days to {noun}",
        direction, (column,), unit_of_difference="days", threshold=threshold,
    )  # fmt: skip


NUMBER_MEASURES: tuple[Measure, ...] = (
    Measure(
        "peak_rung", "mean", "rung", "the highest rung", "Highest rung", "peak", "the highest rung", 1,
        (
            RunColumn("peak", "int8", lambda r: r.peak, "highest act of any state on simulated days; "
                      "firing across a line does not count"),
            RunColumn("peak", "int8", lambda r: r.runs.peak, "the same of each state", per="state"),
        ),
        unit_of_difference="rungs",
    ),
    _days("force", lambda r: r.runs.first_force, "the first use of force ({rung})",
          "first simulated day with an act on the scenario's force rung or above", -1, "force_rung"),
    _days("ceasefire", lambda r: r.ceasefire, "a ceasefire or agreement",
          "first ceasefire or agreement on a simulated day", 1),
    _days("end", lambda r: r.runs.end, "the end of the crisis",
          "first day of the quiet that closes the crisis", 1),
    _days("talks", lambda r: r.talks, "mediated talks",
          "first opening of mediated talks on a simulated day", 0),
    Measure(
        "cost", "mean", "cost of acts", "the cost of acts", "Cost of acts", "cost", "the cost of acts", 1,
        (
            RunColumn("cost", "float64", lambda r: r.runs.cost, "sum of the costs of the state's "
                      "escalatory acts on simulated days, each from 0 to 1", per="state"),
        ),
        unit_of_difference="cost of acts",
    ),
)  # fmt: skip
"""Numbers of a crisis that have a mean, in the order of the summary."""

RUN_COLUMNS: tuple[RunColumn, ...] = (
    RunColumn("outcome", "word", lambda r: r.runs.outcome, "outcome class", words=OUTCOMES),
    RunColumn("settlement", "word", lambda r: r.channel,
              "channel of the first ceasefire or agreement on a simulated day", words=CHANNELS),
    RunColumn("settled_by", "word", lambda r: r.settler, "the mediator through whom it came, if any",
              words="mediators"),
    *(column for each in NUMBER_MEASURES if each.kind == "days" for column in each.columns),
    *(column for each in NUMBER_MEASURES if each.kind == "mean" for column in each.columns),
    RunColumn("offered", "int16", lambda r: r.runs.offered,
              "first offer of good offices, in the record or later", per="mediator", is_day=True),
    RunColumn("opened", "int16", lambda r: r.runs.opened,
              "first opening of talks, in the record or later", per="mediator", is_day=True),
    RunColumn("agreed", "int16", lambda r: r.runs.agreed, "first agreement in its talks", per="mediator",
              is_day=True),
    RunColumn("ceasefire", "int16", lambda r: r.runs.settled,
              "first ceasefire or agreement of the pair on a simulated day", per="pair", is_day=True),
    RunColumn("channel", "word", lambda r: r.runs.channel, "the channel through which it came", per="pair",
              words=CHANNELS),
)  # fmt: skip
"""The columns of the table with one row per crisis; those per pair only where there are several pairs."""


@dataclass(frozen=True)
class Measures:
    """All measures of an experiment: those declared above, then its own."""

    own: tuple[Measure, ...] = ()
    """In the order of the experiment; their columns are called like them."""
    needs_acts: bool = False
    """Whether its own are read off every act of every crisis."""
    needs_days: bool = False
    """Whether its own are read off the states at the end of every day."""

    @cached_property
    def shares(self) -> tuple[Measure, ...]:
        """Return the yes-or-no questions."""
        return (*SHARE_MEASURES, *(each for each in self.own if each.kind == "share"))

    @cached_property
    def numbers(self) -> tuple[Measure, ...]:
        """Return the numbers that have a mean."""
        return (*NUMBER_MEASURES, *(each for each in self.own if each.kind != "share"))

    @cached_property
    def events(self) -> tuple[Measure, ...]:
        """Return those of the numbers that are days."""
        return tuple(each for each in self.numbers if each.kind == "days")

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of the shares, in order."""
        return tuple(each.name for each in self.shares)

    @cached_property
    def columns(self) -> tuple[RunColumn, ...]:
        """Return the columns of the table with one row per crisis."""
        return (*RUN_COLUMNS, *(column for each in self.own for column in each.columns))

    def place_of_event(self, name: str) -> int:
        """Return the place of a measure among those that are days."""
        return [each.name for each in self.events].index(name)

    @cached_property
    def _by_name(self) -> dict[str, Measure]:
        return {each.name: each for each in (*self.shares, *self.numbers)}

    def __contains__(self, name: object) -> bool:
        """Return whether there is a measure of this name."""
        return name in self._by_name

    def measure(self, name: str, thresholds: Thresholds | None = None) -> Measure:
        """Return a measure, worded for a scenario; raises KeyError for an unknown name."""
        return self._by_name[name].worded(thresholds or {})

    def share_of(self, name: str, columns: Columns) -> Answers:
        """Return the answer of every crisis to one question, as the function of this name does."""
        question = self._by_name[name].question
        if question is None:
            raise KeyError(name)
        return question.holds(columns)

    def share_rows(self, table: Columns) -> Answers:
        """Return one row per share, one column per crisis."""
        return np.array([self.share_of(name, table) for name in self.names], bool)


SHIPPED = Measures()
"""The measures that every experiment has."""

SHARES: tuple[str, ...] = SHIPPED.names
EVENTS: tuple[str, ...] = tuple(each.name.removeprefix("days_to_") for each in SHIPPED.events)
FORCE, CEASEFIRE = EVENTS.index("force"), EVENTS.index("ceasefire")


def measure(name: str, thresholds: Thresholds | None = None) -> Measure:
    """Return a shipped measure, worded for a scenario; raises KeyError for an unknown name."""
    return SHIPPED.measure(name, thresholds)


def share_of(name: str, columns: Columns) -> Answers:
    """Return the answer of every crisis to one question that every experiment has.

    Parameters
    ----------
    name
        One of `SHARES`.
    columns
        One row per crisis, of which only the column in question is read: `outcome` and `settlement` as
        numbers of `OUTCOMES` and `CHANNELS`; `peak`; days as decimals with NaN, or as whole numbers with
        `NEVER`, where the event never came.

    Raises
    ------
    KeyError
        If the share or the column does not exist.
    """
    return SHIPPED.share_of(name, columns)


@dataclass(frozen=True)
class Numbers:
    """The numbers of a crisis that have a mean, for experiments with these states and mediators."""

    states: tuple[str, ...]
    mediators: tuple[str, ...] = ()
    measures: Measures = SHIPPED

    @cached_property
    def _columns(self) -> tuple[tuple[str, str, str, RunColumn], ...]:
        """Measure, of what, column of the table, and its declaration, in order."""
        found = []
        for each in self.measures.numbers:
            for column in each.columns:
                names = {"state": self.states, "mediator": self.mediators}.get(column.per or "", ("",))
                for name in names:
                    of = "restricted_mean" if column.is_day else name or ANY
                    found.append((each.name, of, f"{column.name}_{name}" if name else column.name, column))
        return tuple(found)

    @cached_property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Return measure and of what, in order."""
        return tuple((name, of) for name, of, _, _ in self._columns)

    @cached_property
    def timed(self) -> NDArray[np.bool_]:
        """Return which of them are days."""
        return np.array([column.is_day for _, _, _, column in self._columns], bool)

    @cached_property
    def compact(self) -> tuple[type[np.generic], ...]:
        """Return for each of them the smallest type that holds its values, and NaN where there can be one."""
        exact: dict[str, type[np.generic]] = {"int16": np.int16, "int8": np.float32}
        return tuple(exact.get(column.stored, np.float64) for _, _, _, column in self._columns)

    def values(self, table: Columns, until: NDArray[Any]) -> NDArray[np.float64]:
        """Return one row per number, one column per crisis; NaN where the state does not exist.

        Days are counted up to `until`, a number for each crisis: min(T, until).
        """
        rows = np.empty((len(self._columns), len(until)))
        for k, (_, _, name, column) in enumerate(self._columns):
            value = table[name]
            if column.is_day:
                rows[k] = np.where(value == NEVER, until, np.clip(value, 0, until))
                continue
            rows[k] = value
            empty = EMPTY.get(column.stored)
            if empty is not None and (value == empty).any():
                rows[k, value == empty] = np.nan
        return rows


def first_events(table: Columns) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the day of force where it came before a ceasefire, and the other way round, else -1.

    On one day force counts as first: a ceasefire answers it.
    """
    force, ceasefire = (table[f"days_to_{event}"].astype(np.int64) for event in ("force", "ceasefire"))
    late = np.iinfo(np.int64).max
    on_force = np.where(force == NEVER, late, np.maximum(force, 0))
    on_ceasefire = np.where(ceasefire == NEVER, late, np.maximum(ceasefire, 0))
    is_force = (on_force < late) & (on_force <= on_ceasefire)
    is_ceasefire = on_ceasefire < on_force
    return np.where(is_force, on_force, -1), np.where(is_ceasefire, on_ceasefire, -1)
