"""The course of a crisis from an origin on, measured by one function on a record and on simulated runs.

Both are lists of dated acts of states. What a person asks of them is read here and nowhere else: how high,
when force is first used, whether a state that was hit answers and when, whether it ends and how. So a
forecast and its record never differ by definition, only by what happened. Days count from the origin;
infinity is never.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.measures.reduce import Reduced
from escalation.rules.state import Params
from escalation.scenario.scenario import Outcome, Scenario
from escalation.vocabulary import CEASEFIRE

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

CLASSES = ("no_force_deescalated", "limited_force_then_ceasefire", "war", "prolonged_standoff")
CALM, LIMITED_FORCE, WAR, STAND_OFF = range(4)

ENDINGS = ("goes_on", "quiet", "settled_directly", "settled_with_mediator")
GOES_ON, QUIET, DIRECTLY, WITH_MEDIATOR = range(4)
"""How a crisis stands when the window closes."""

ANSWER_DAYS = 30
"""Days within which an answer to a hit counts: most that come at all come by then (ICB: .50 of .53)."""
PENDING_DAYS = 60
"""Days after which a hit that was not answered is no longer expected to be."""

_EARLY, _LATE = -1, 2**31 - 1


@dataclass(frozen=True)
class Hit:
    """Force or an incident that a state has suffered; actors by their numbers in the crisis."""

    struck: int
    striker: int


@dataclass(frozen=True)
class Course:
    """The course of one crisis within a window: as recorded, or as a point forecast."""

    peak: int
    """Highest rung of the states' own acts, 0 for none."""
    first_force: float
    """Days to the first act on the force rung or above."""
    last_hit: float | None
    """Days to the answer by force to the hit that is pending at the origin; None if none is."""
    next_hit: float | None
    """Days from the first force after the origin to the answer by force; None if none can be followed."""
    end: float
    """The day after the last act on the stand-off's rung or above, if a quiet fortnight follows."""
    ending: int
    """Index in `ENDINGS`."""
    outcome: int
    """Index in `CLASSES`, of the crisis up to the close of the window."""
    mediated: bool | None
    """Whether talks with a mediator opened; None if nobody could know, or everybody knew."""


@dataclass(frozen=True, repr=False)
class Steps(Brief):
    """The acts of states toward somebody in R courses, holds left out, by course and in order of time."""

    courses: int
    """R."""
    states: int
    """Actors below this number are states; the others are mediators."""
    course: Whole
    """[acts]: 0 to R - 1."""
    day: Whole
    """[acts]: counted from the origin; those of the origin and before it are not measured."""
    actor: Whole
    target: Whole
    rung: Whole
    settles: Flags
    """[acts]: whether it accepts a ceasefire or an agreement."""
    in_talks: tuple[Whole, Whole, Whole, Whole]
    """Agreements in a mediator's talks, which no act shows: course, day, and the two states of each."""
    opened: Floats
    """[R]: when talks with a mediator first opened, before the origin too."""


@dataclass(frozen=True, repr=False)
class MeasuredCourses(Brief):
    """What was measured of R courses; see `Course` for each."""

    peak: Whole
    first_force: Floats
    last_hit: Floats
    """[R], or [0] if no hit was pending."""
    next_hit: Floats
    """[courses in which force was used early enough to see whether it was answered]."""
    end: Floats
    ending: Whole
    outcome: Whole


@dataclass(frozen=True, repr=False)
class History(Brief):
    """A recorded crisis in numbers: dated acts, incidents, and talks, as the model reads them."""

    params: Params
    talks: tuple[int, ...]
    """Days from the start on which a mediator's talks first opened, one per mediator that held any."""


def history_of(scenario: Scenario) -> History:
    """Read a whole record; whether talks opened is what the model's own rules make of offers and consents."""
    dates = [entry.date for entry in scenario.acts]
    last = max([*dates, scenario.horizon])
    params = pack(scenario.model_copy(update={"horizon": last, "free_days": 1}))
    opened = simulate(params, 0, 0, 1).opened[0]
    recorded = (last - scenario.start).days
    return History(params, tuple(int(day) for day in opened if 0 <= day <= recorded))


def recorded_steps(history: History, origin: int) -> Steps:
    """Return a record as one course, counted from its day `origin`."""
    params = history.params
    first = min(history.talks, default=None)
    none = np.zeros(0, np.int64)
    acts = params.forced[params.forced["actor"] < len(params.states)]
    return _steps(
        params,
        acts[acts["target"] >= 0],
        origin,
        course=None,
        courses=1,
        in_talks=(none, none, none, none),
        opened=np.array([np.inf if first is None else float(first - origin)]),
    )


def simulated_steps(params: Params, played: Runs, origin: int) -> Steps:
    """Return runs with paths as courses, counted from their last recorded day `origin`."""
    reduced = Reduced(played, origin)
    acts = reduced.acts(params)
    opened = np.where(played.opened < 0, np.inf, played.opened - float(origin))
    agreed = reduced.agreed_in_talks
    course, pair = np.nonzero(agreed >= 0)
    sides = np.array(played.pairs, np.int64).reshape(-1, 2)
    return _steps(
        params,
        acts,
        origin,
        course=acts["replication"] - played.first,
        courses=reduced.count,
        in_talks=(course, agreed[course, pair] - origin, sides[pair, 0], sides[pair, 1]),
        opened=opened.min(axis=1, initial=np.inf),
    )


def _steps(
    params: Params,
    acts: NDArray[Any],
    origin: int,
    *,
    course: Whole | None,
    courses: int,
    in_talks: tuple[Whole, Whole, Whole, Whole],
    opened: Floats,
) -> Steps:
    taken = params.acts[acts["act"]]
    return Steps(
        courses=courses,
        states=len(params.states),
        course=np.zeros(len(acts), np.int64) if course is None else course,
        day=acts["day"].astype(np.int64) - origin,
        actor=acts["actor"].astype(np.int64),
        target=acts["target"].astype(np.int64),
        rung=taken["rung"].astype(np.int64),
        settles=taken["effect"] == CEASEFIRE,
        in_talks=in_talks,
        opened=opened,
    )


def pending_hit(history: History, origin: int, force_rung: int) -> Hit | None:
    """Return the latest hit that is not answered at the end of a day of the record.

    A hit is a use of force by a rival (`force_rung` or above) or an incident blamed on it, in the last
    `PENDING_DAYS` days; an answer is a use of force against that rival on the same day or later. Of several
    on one day, the first in the order of the states counts.
    """
    params = history.params
    n = len(params.states)
    steps = recorded_steps(history, origin)
    known = (steps.day <= 0) & (steps.rung >= force_rung) & (steps.target < n)
    force = np.full((n, n), -np.inf)
    np.maximum.at(force, (steps.actor[known], steps.target[known]), steps.day[known])
    hit = force.T.copy()
    felt = params.incidents[params.incidents["day"] <= origin]
    np.maximum.at(hit, (felt["victim"], felt["blamed"]), felt["day"].astype(np.float64) - origin)
    open_hits = np.where((hit > force) & (hit > -PENDING_DAYS), hit, -np.inf)
    if n == 0 or open_hits.max() == -np.inf:
        return None
    struck, striker = np.unravel_index(int(open_hits.argmax()), open_hits.shape)
    return Hit(int(struck), int(striker))


def measure(
    steps: Steps, thresholds: Outcome, window: int, peak_before: int = 0, pending: Hit | None = None
) -> MeasuredCourses:
    """Measure R courses within a window of days after the origin.

    Parameters
    ----------
    steps
        Acts outside the window are passed over.
    thresholds
        Of the scenario.
    window
        Days after the origin.
    peak_before
        Highest rung up to the origin, which counts for the class of the crisis.
    pending
        The hit that is pending at the origin.
    """
    inside = (steps.day >= 1) & (steps.day <= window)
    course, day, rung = steps.course[inside], steps.day[inside], steps.rung[inside]
    actor, target = steps.actor[inside], steps.target[inside]
    count = steps.courses
    peak = np.zeros(count, np.int64)
    np.maximum.at(peak, course, rung)
    force = rung >= thresholds.force_rung
    tense = rung >= thresholds.standoff_rung
    last_tense = _last(count, course[tense], day[tense])
    settled, mediated = _settlement(steps, inside, thresholds.violence_rung, window)
    is_quiet = last_tense <= window - thresholds.quiet_days
    is_over = is_quiet | ((settled >= 0) & (settled >= last_tense))
    ending = np.where(settled < 0, QUIET, np.where(mediated, WITH_MEDIATOR, DIRECTLY))
    ending = np.where(is_over, ending, GOES_ON)
    against = force & (target < steps.states)
    use = (course[against], day[against], actor[against], target[against])
    return MeasuredCourses(
        peak=peak,
        first_force=_or_never(_first(count, course[force], day[force])),
        last_hit=_answers_to(count, use, pending, min(ANSWER_DAYS, window)),
        next_hit=_answers_to_first(count, use, window),
        end=np.where(is_quiet, last_tense + 1.0, np.inf),
        ending=ending,
        outcome=classes_of(thresholds, np.maximum(peak, peak_before), is_quiet),
    )


def classes_of(thresholds: Outcome, peak: Whole, is_quiet: Flags) -> Whole:
    """Return the classes of crises from their highest rungs, and whether the last fortnight was quiet.

    By the model's own thresholds: war and force count whenever they came; threats only while they last.
    """
    without_force = np.where(is_quiet | (peak < thresholds.standoff_rung), CALM, STAND_OFF)
    limited = np.where(peak >= thresholds.force_rung, LIMITED_FORCE, without_force)
    return np.where(peak >= thresholds.war_rung, WAR, limited)


def _settlement(steps: Steps, inside: Flags, violence_rung: int, window: int) -> tuple[Whole, Flags]:
    """Return when the last settlement that holds was reached, -1 for none, and whether a mediator had a part.

    It holds if the pair has used no violence since. A mediator has a part if talks had opened by then.
    """
    n, count = steps.states, steps.courses
    between = inside & (steps.target < n)
    violent = between & (steps.rung >= violence_rung)
    agreed = between & steps.settles
    violence = np.full((count, n, n), _EARLY, np.int64)
    reached = np.full((count, n, n), _EARLY, np.int64)
    in_talks = np.full((count, n, n), _EARLY, np.int64)
    for found, which in ((violence, violent), (reached, agreed)):
        one, other = steps.actor[which], steps.target[which]
        place = (steps.course[which], np.minimum(one, other), np.maximum(one, other))
        np.maximum.at(found, place, steps.day[which])
    course, day, one, other = steps.in_talks
    seen = (day >= 1) & (day <= window)
    np.maximum.at(in_talks, (course[seen], one[seen], other[seen]), day[seen])
    reached = np.maximum(reached, in_talks)
    holds = np.where(reached >= violence, reached, _EARLY).reshape(count, -1)
    if n == 0:
        return np.full(count, _EARLY, np.int64), np.zeros(count, bool)
    last = holds.max(axis=1)
    by_talks = in_talks.reshape(count, -1)[np.arange(count), holds.argmax(axis=1)]
    return last, (by_talks == last) | (steps.opened <= last)


def _answers_to(count: int, use: tuple[Whole, ...], hit: Hit | None, follow: int) -> Floats:
    """Return the day of the struck state's first use of force against the striker, [R] or [0]."""
    if hit is None:
        return np.zeros(0)
    course, day, actor, target = use
    answer = (actor == hit.struck) & (target == hit.striker) & (day <= follow)
    return _or_never(_first(count, course[answer], day[answer]))


def _answers_to_first(count: int, use: tuple[Whole, ...], window: int) -> Floats:
    """Return the days from the first use of force in each course to its answer, as far as both can be seen.

    A use later than `ANSWER_DAYS` before the close cannot be followed, so that courses are left out by the
    day of the hit alone, whatever came of it. Where both sides used force on the day, the answer took 0 days.
    """
    course, day, actor, target = use
    hit, first = np.unique(course, return_index=True)
    followed = day[first] <= window - ANSWER_DAYS
    hit, first = hit[followed], first[followed]
    when = np.full(count, _LATE, np.int64)
    when[hit] = day[first]
    struck, striker = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    struck[hit], striker[hit] = target[first], actor[first]
    answer = (actor == struck[course]) & (target == striker[course])
    took = day - when[course]
    answer &= (took >= 0) & (took <= ANSWER_DAYS)
    return _or_never(_first(count, course[answer], took[answer]))[hit]


def _first(count: int, course: Whole, day: Whole) -> Whole:
    """Return the first day in each course, `_LATE` for none."""
    found = np.full(count, _LATE, np.int64)
    np.minimum.at(found, course, day)
    return found


def _last(count: int, course: Whole, day: Whole) -> Whole:
    """Return the last day in each course, 0 (the origin) for none."""
    found = np.zeros(count, np.int64)
    np.maximum.at(found, course, day)
    return found


def _or_never(days: Whole) -> Floats:
    return np.where(days >= _LATE, np.inf, days.astype(np.float64))
