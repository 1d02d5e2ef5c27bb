"""The turning points of a crisis: the days on which the odds of its outcome moved, and what moved them.

The odds of a day are the shares of outcome classes among crises that the model plays on from its end
(`escalation.crisis.branches`). What a day changed is divided among its events, in the order of the day:
incidents first, then what each actor did. Each has the change that it brings after those before it, and the
parts add up to the whole. A simulated day is played again with its events forced one after the other and all
else left open; what is left at the end is chance: the course of talks, firing, breaches of a ceasefire, and
how acts were read. To a day of the record, after which the outcome counts from the next day on, its events
are added one after the other; what is left at the beginning is that a day passes.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby, pairwise
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from escalation.crisis import wording
from escalation.crisis.branches import Past
from escalation.crisis.play import Run
from escalation.crisis.scene import scene
from escalation.crisis.story import Event, act_words
from escalation.crisis.tables import incident_words
from escalation.engine.record import Decision
from escalation.language import say
from escalation.scenario.scenario import DatedAct, DatedChange, Incident
from escalation.stats.intervals import Intervals, paired_shares, wilson
from escalation.vocabulary import BRANCHES, OUTCOMES

MOST_TURNS = 3

LEAST_TURN = 0.05
"""What the end of the interval nearer to zero must reach: among many days, the largest moves owe most to
chance."""

MOST_ACTS = 4
"""Acts shown for a turning point, those on the highest rungs."""

LEAST_CREDIT = 0.01
"""Events with a smaller part in a turning point are added up in text."""

BEFORE_ALL = -1
"""The evening before the start of the record."""

T = TypeVar("T")
Cause = Literal["change", "incident", "act", "hold", "chance", "time"]


@dataclass(frozen=True)
class Credit:
    """What one event of a day changed in the odds of an outcome, after those before it on that day."""

    cause: Cause
    actor: str
    """Empty for all but acts and holding."""
    says: str
    before: float
    after: float
    low: float
    high: float
    """95% interval of the paired difference."""

    @property
    def change(self) -> float:
        """Return the change of the odds."""
        return self.after - self.before

    @property
    def half(self) -> float:
        """Return half of the interval."""
        return (self.high - self.low) / 2


@dataclass(frozen=True)
class Turn:
    """A day on which the odds of an outcome moved."""

    day: int
    outcome: str
    before: float
    after: float
    low: float
    high: float
    """95% interval of the paired difference."""
    events: tuple[str, ...]
    """Incidents, the highest acts, and what began or ended."""
    credits: tuple[Credit, ...] = ()
    """They add up to the change of the day; empty where nobody asked for them."""

    @property
    def change(self) -> float:
        """Return the change of the odds."""
        return self.after - self.before

    @property
    def half(self) -> float:
        """Return half of the interval."""
        return (self.high - self.low) / 2

    @property
    def heaviest(self) -> Credit:
        """Return the event that changed the odds most."""
        return max(self.credits, key=lambda credit: abs(credit.change))

    @property
    def weighty(self) -> tuple[Credit, ...]:
        """Return the events that text names, in the order of the day: those of at least `LEAST_CREDIT`."""
        return tuple(credit for credit in self.credits if abs(credit.change) >= LEAST_CREDIT)

    @property
    def others(self) -> float | None:
        """Return what the events that text does not name add up to; None where it names all."""
        named = self.weighty
        if len(named) == len(self.credits):
            return None
        return math.fsum(credit.change for credit in self.credits if credit not in named)


@dataclass(frozen=True)
class Odds:
    """The outcomes of the crises that branch off from each day."""

    first: int
    """The first of the days, counted from the start; the others follow it."""
    outcomes: NDArray[np.int8]
    """[days, crises]: classes as in `escalation.vocabulary.OUTCOMES`; a column is one replication."""

    @property
    def count(self) -> int:
        """Return the number of crises per day."""
        return int(self.outcomes.shape[1])

    @property
    def days(self) -> range:
        """Return the days."""
        return range(self.first, self.first + len(self.outcomes))

    @property
    def counts(self) -> NDArray[np.int64]:
        """[days, outcomes]: in how many crises each class came."""
        return np.array([np.bincount(one, minlength=len(OUTCOMES)) for one in self.outcomes])

    @property
    def shares(self) -> Intervals:
        """[days, outcomes]: shares of crises with Wilson's interval."""
        return wilson(self.counts, self.count)

    def of(self, day: int, outcome: str) -> NDArray[np.bool_]:
        """Return in which crises from the end of a day an outcome came."""
        return np.asarray(self.outcomes[day - self.first] == OUTCOMES.index(outcome))


def odds_of(past: Past, count: int = BRANCHES, first: int | None = None, threads: int | None = None) -> Odds:
    """Play crises on from the end of each day.

    Parameters
    ----------
    past
        The crisis.
    count
        How many crises per day.
    first
        The first day, -1 or later; by default the last one of the record.
    threads
        By default one per core. The result does not depend on it.
    """
    start = past.scenario.horizon_day if first is None else first
    work = [partial(_outcomes_from, past, day, count) for day in range(start, past.last_day + 1)]
    return Odds(start, np.array(_in_threads(work, threads)))


def _outcomes_from(past: Past, day: int, count: int) -> NDArray[np.int8]:
    return past.branches(day, count).outcome  # the rest of what was played takes a hundred times the memory


def _in_threads(work: Sequence[Callable[[], T]], threads: int | None = None) -> list[T]:
    """Do work that releases the interpreter; return the results in order."""
    crowd = ThreadPoolExecutor(threads or os.cpu_count() or 1)
    try:
        return [future.result() for future in [crowd.submit(each) for each in work]]
    finally:
        crowd.shutdown(cancel_futures=True)  # an interrupt waits for what has been started alone


def turning_points(run: Run, odds: Odds, days: range, most: int = MOST_TURNS) -> tuple[Turn, ...]:
    """Return the days on which the odds moved most, by date, each with the outcome that moved most.

    The branches of all days use common random numbers, so the differences are paired.

    Parameters
    ----------
    run
        The crisis that was played.
    odds
        Its odds, of the days and of the day before the first of them.
    days
        The days among which to look.
    most
        How many to return at most.
    """
    found = []
    for day in days:
        turns = [turn for outcome in OUTCOMES if (turn := _turn(run, odds, day, outcome)) is not None]
        if turns:
            found.append(max(turns, key=lambda turn: abs(turn.change)))
    found.sort(key=lambda turn: -abs(turn.change))
    return tuple(sorted(found[:most], key=lambda turn: turn.day))


def _turn(run: Run, odds: Odds, day: int, outcome: str) -> Turn | None:
    before, after = odds.of(day - 1, outcome), odds.of(day, outcome)
    low, high = _paired(before, after)
    if max(low, -high) < LEAST_TURN:
        return None
    shares = float(before.mean()), float(after.mean())
    return Turn(day, outcome, *shares, low, high, _events_of(run, day))


def _paired(before: NDArray[np.bool_], after: NDArray[np.bool_]) -> tuple[float, float]:
    pairs = paired_shares(int((after & ~before).sum()), int((before & ~after).sum()), len(before))
    return float(pairs.low), float(pairs.high)


def _events_of(run: Run, day: int) -> tuple[str, ...]:
    ladder, events = run.scenario.ladder, scene(run, day).events

    def rung_of(event: Event) -> int:
        return ladder.acts[run.index.acts[event.decision.choice.act]].rung if event.decision else 0

    acts = sorted((event for event in events if event.decision), key=rung_of, reverse=True)[:MOST_ACTS]
    incidents = [event for event in events if event.mark == "!"]
    changes = [event for event in events if event.mark in "~=+"]
    return tuple(event.says.rstrip(".") for event in (*incidents, *acts, *changes))


# What moved them


@dataclass(frozen=True)
class DayPart:
    """A part of a day that can be forced by itself."""

    cause: Cause
    actor: str
    says: str
    acts: tuple[DatedAct, ...] = ()
    incidents: tuple[Incident, ...] = ()
    changes: tuple[DatedChange, ...] = ()


def credited(
    past: Past, run: Run, odds: Odds, turns: Sequence[Turn], threads: int | None = None
) -> tuple[Turn, ...]:
    """Return turning points with the change of each day divided among its events.

    Parameters
    ----------
    past, run
        The crisis.
    odds
        As `odds_of` returns it, of the days of the turning points and of those before them.
    turns
        As `turning_points` returns them.
    threads
        By default one per core. The result does not depend on it.
    """
    parts = [parts_of(past, run, turn.day) for turn in turns]
    work = [
        partial(_with_first, past, turn.day, odds.count, some[:n])
        for turn, some in zip(turns, parts, strict=True)
        for n in range(1, len(some))
    ]
    played = iter(_in_threads(work, threads))
    found = []
    for turn, some in zip(turns, parts, strict=True):
        k = OUTCOMES.index(turn.outcome)
        steps = [odds.of(turn.day - 1, turn.outcome), *(next(played) == k for _ in some[1:])]
        steps.append(odds.of(turn.day, turn.outcome))
        credits = [_credit(part, *pair) for part, pair in zip(some, pairwise(steps), strict=True)]
        found.append(replace(turn, credits=tuple(credits)))
    return tuple(found)


def _credit(part: DayPart, before: NDArray[np.bool_], after: NDArray[np.bool_]) -> Credit:
    shares = float(before.mean()), float(after.mean())
    return Credit(part.cause, part.actor, part.says, *shares, *_paired(before, after))


def _with_first(past: Past, day: int, count: int, parts: Sequence[DayPart]) -> NDArray[np.int8]:
    """Return the outcomes where these parts of a day come about, and all else of it is open, or absent."""
    acts = [entry for part in parts for entry in part.acts]
    incidents = [entry for part in parts for entry in part.incidents]
    if day > past.scenario.horizon_day:
        changes = [entry for part in parts for entry in part.changes]
        return past.branches(day - 1, count, acts, incidents, changes).outcome
    return past.after_record(day, count, acts, incidents).outcome


def parts_of(past: Past, run: Run, day: int) -> tuple[DayPart, ...]:
    """Return the parts of a day, in order: changes of values, incidents, then by group what each actor did.

    On a day of the record that the day passes comes first, on a simulated day chance comes last. What was
    certain on the day before is left out: acts and incidents that the scenario dates after its record.
    """
    came = (*_incidents(past, run, day), *_moves(past, run, day))
    if day <= run.scenario.horizon_day:
        return (DayPart("time", "", say(wording.DAY_PASSES)), *came)
    changes = [
        DayPart("change", "", incident_words(change.says).rstrip("."), changes=(change,))
        for change in run.changes_on(day)
    ]
    return (*changes, *came, DayPart("chance", "", chance_words(run, day)))


def _incidents(past: Past, run: Run, day: int) -> Iterator[DayPart]:
    date, scenario = run.scenario.date_of(day), run.scenario_on(day)
    certain = past.as_known(day - 1).incidents
    for k in run.days[day].incidents:
        entry = scenario.incidents[k]
        if entry not in certain:
            doubt = say(wording.PERPETRATOR_CONTESTED) if entry.contested else ""
            says = incident_words(entry.says).rstrip(".") + doubt
            yield DayPart("incident", "", says, incidents=(entry,))
    for k in run.days[day].hazards:
        hazard = scenario.hazards[k]
        entry = Incident.model_construct(
            date=date, says=hazard.label, victim=hazard.victim, blamed=hazard.blamed,
            severity=hazard.severity,
        )  # fmt: skip
        yield DayPart("incident", "", say(hazard.label).rstrip("."), incidents=(entry,))


def _moves(past: Past, run: Run, day: int) -> Iterator[DayPart]:
    scenario, index = run.scenario, run.index
    date = scenario.date_of(day)
    certain = {entry.actor for entry in past.as_known(day - 1).acts if entry.date == date}
    today = [one for one in run.decisions if one.day == day and index.actors[one.actor] not in certain]

    def place(decision: Decision) -> tuple[int, bool, int]:
        return decision.group, decision.actor < len(index.states), decision.actor

    for _, some in groupby(sorted(today, key=place), key=place):
        together = list(some)
        taken = [one for one in together if one.choice.target >= 0]
        actor = index.actors[together[0].actor]
        acts = tuple(_forced(run, one) for one in taken or together)
        says = "; ".join(act_words(run, one) for one in taken)
        if says:
            yield DayPart("act", actor, says, acts)
        else:
            yield DayPart("hold", actor, say(wording.HOLDS, state=scenario.label(actor)), acts)


def _forced(run: Run, decision: Decision) -> DatedAct:
    """Return a decision as a dated act."""
    choice, actors = decision.choice, run.index.actors
    actor = actors[decision.actor]
    # Valid, since the rules have taken it; they ignore the target of a hold.
    return DatedAct.model_construct(
        date=run.scenario.date_of(decision.day), says=wording.FORCED_AGAIN, contested=False,
        seq=decision.group, actor=actor, act=run.index.acts[choice.act],
        target=actors[choice.target] if choice.target >= 0 else actor,
        concerning=actors[choice.other] if choice.other >= 0 else None,
    )  # fmt: skip


def chance_words(run: Run, day: int) -> str:
    """Return what of a day is left to chance: what began or ended by no act, and how acts were read."""
    came = [event.says.rstrip(".") for event in scene(run, day).events if event.by_chance]
    return say(wording.CHANCE, events="; ".join([*came, say(wording.READINGS)]))
