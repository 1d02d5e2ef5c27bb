"""Coded crises as forecasting tasks: the record up to an origin, and what was recorded after it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from escalation.crisis import wording
from escalation.files.brief import Brief
from escalation.files.places import Problem, ScenarioError, check_list
from escalation.history.courses import (
    ANSWER_DAYS,
    GOES_ON,
    QUIET,
    Course,
    History,
    Hit,
    classes_of,
    history_of,
    measure,
    pending_hit,
    recorded_steps,
)
from escalation.scenario.case import CLASSROOM, SECOND_CODING, Case
from escalation.scenario.load import load_scenario, shipped_cases
from escalation.scenario.scenario import BorderFire, DatedAct, Scenario

RECENT_DAYS = 14

HISTORY = "history"
"""Represents all shipped cases where cases are named."""
CALIBRATE = "calibrate"
"""The `use` of the cases that weights and baselines are fitted to."""
EXAMINATION = "examination"
"""The `use` of the cases that are held out: forecast and scored, never fitted to."""


@dataclass(frozen=True, repr=False)
class ForecastTask(Brief):
    """One forecast to make: a scenario cut at an origin, the recorded course, and what preceded it."""

    scenario: Scenario
    """Its horizon is the origin, its simulated days are the window."""
    recorded: Course
    persists: Course
    """The course if the last fortnight simply continued."""
    peak_before: int
    """Highest rung of the states' acts up to the origin."""
    pending: Hit | None
    """The hit that is not answered at the origin."""

    @property
    def origin(self) -> dt.date:
        """Return the last day that the forecaster knows."""
        return self.scenario.horizon

    @property
    def origin_day(self) -> int:
        """Return the number of days from the start to the origin."""
        return self.scenario.horizon_day

    @property
    def window(self) -> int:
        """Return the number of days after the origin that are scored."""
        return self.scenario.free_days

    @property
    def answer_window(self) -> int:
        """Return the number of days within which an answer to the pending hit counts."""
        return min(ANSWER_DAYS, self.window)

    @property
    def watched_end(self) -> int:
        """Return the last day on which an end can be observed: the quiet after it must fall in the window."""
        return max(1, self.window - self.scenario.outcome.quiet_days)


def load_cases(sources: Sequence[str | Path | Scenario], use: str | None = None) -> list[Scenario]:
    """Load coded crises of the past.

    Parameters
    ----------
    sources
        Case files, names of shipped cases, cases already loaded, or HISTORY for all shipped ones.
    use
        Of the cases that HISTORY represents, take only those coded for this use; by default all but second
        codings and games. What is fitted is fitted to the cases for use CALIBRATE, and then a case that is an
        examination is refused.

    Raises
    ------
    ScenarioError
        If a file is not valid, a scenario is not a case, a case is given more than once or in two codings, or
        an examination is to be fitted to.
    """
    check_list("cases", sources)
    cases: list[Scenario] = []
    for source in sources:
        if isinstance(source, Scenario):
            cases.append(source)
        elif source == HISTORY:
            shipped = [load_scenario(name) for name in shipped_cases()]
            cases += [one for one in shipped if _is_for(case_of(one), use)]
        else:
            cases.append(load_scenario(source))
    for scenario in cases:
        case_of(scenario)
    if use == CALIBRATE:
        refuse_examinations(cases)
    crises = [crisis_of(scenario) for scenario in cases]
    twice = sorted({name for name in crises if crises.count(name) > 1})
    if twice:
        raise ScenarioError(
            Problem(name, None, None, "", "this case is given more than once", "give one coding of it, once")
            for name in twice
        )
    return cases


def _is_for(case: Case, use: str | None) -> bool:
    return case.use == use if use else case.use not in (SECOND_CODING, CLASSROOM)


def crisis_of(scenario: Scenario) -> str:
    """Return the name of the case that a scenario is a coding of: its own, or that of the first coding."""
    return case_of(scenario).coding_of or scenario.name


def refuse_examinations(cases: Iterable[Scenario]) -> None:
    """Raise ScenarioError if any of the cases is an examination: nothing is ever fitted to one."""
    held_out = [case.name for case in cases if case_of(case).use == EXAMINATION]
    if held_out:
        says = "this case is an examination, held out from everything that is fitted"
        allowed = "leave it out, or score forecasts of it with `backtest`"
        raise ScenarioError(Problem(name, None, None, "case.use", says, allowed) for name in held_out)


def tasks_of(scenario: Scenario, window: int) -> list[ForecastTask]:
    """Return the forecasts to make of a case: one per origin, from the start if it has none.

    An origin after which nothing is coded is left out.

    Raises
    ------
    ScenarioError
        If the scenario is not a case.
    """
    case = case_of(scenario)
    origins = [
        (origin, coded)
        for origin in case.origins or (scenario.start,)
        if (coded := coded_days(case, origin, window)) >= 1 and origin < case.ended
    ]
    if not origins:
        return []
    history = history_of(scenario)
    return [_task(scenario, case, history, origin, coded) for origin, coded in origins]


def coded_days(case: Case, origin: dt.date, window: int) -> int:
    """Return how many days of the window after an origin were coded.

    After the end of a crisis nothing is coded because nothing belonged to it, and that is known; after the
    day on which a coder stopped (`coded_to`) nothing is known.
    """
    return min(window, (case.coded_to - origin).days) if case.coded_to else window


def case_of(scenario: Scenario) -> Case:
    """Return how a scenario was coded; raise ScenarioError if it was not."""
    if scenario.case is None:
        says = (
            f"the scenario {scenario.name!r} has no `case`, so there is no recorded outcome to score against"
        )
        raise ScenarioError([Problem(scenario.name, None, None, "case", says, "see docs/coding_cases.md")])
    return scenario.case


def state_acts(scenario: Scenario) -> list[DatedAct]:
    """Return the dated acts of the states from the start on, in order."""
    acts = [e for e in scenario.acts if e.actor in scenario.states and e.date >= scenario.start]
    return sorted(acts, key=lambda entry: (entry.date, entry.seq))


def is_own_choice(scenario: Scenario, entry: DatedAct) -> bool:
    """Return whether a dated act is one that the rules are fitted to or scored on, act by act.

    Of a game only what people chose is: the acts of the model would be fitted to itself, and the record
    before the game is that of another case.
    """
    case = scenario.case
    if case is None or case.use != CLASSROOM:
        return True
    return entry.actor in case.played and entry.says == wording.PLAYED


def rung_of(scenario: Scenario, entry: DatedAct) -> int:
    """Return the rung of a dated act."""
    return scenario.ladder.acts[entry.act].rung


def last_case(train: Sequence[Scenario], scenario: Scenario) -> Scenario | None:
    """Return the most recent case that ended before a scenario starts, of its own pair of states if any."""
    earlier = [case for case in train if case_of(case).ended < scenario.start]
    pair = set(scenario.rivalries[0].between)
    own = [case for case in earlier if set(case.rivalries[0].between) == pair]
    return max(own or earlier, key=lambda case: case.start, default=None)


def cut(scenario: Scenario, origin: dt.date, window: int) -> Scenario:
    """Return the scenario with its record up to an origin only, and the window as its simulated days.

    Mediators, and the days on which they enter, stay: forecasts are conditional on them.
    """
    return scenario.model_copy(
        update={
            "horizon": origin,
            "free_days": window,
            "acts": tuple(entry for entry in scenario.acts if entry.date <= origin),
            "incidents": tuple(entry for entry in scenario.incidents if entry.date <= origin),
            "reports": tuple(entry for entry in scenario.reports if entry.date <= origin),
            "border_fire": tuple(_cut_fire(f, origin) for f in scenario.border_fire if f.date <= origin),
        }
    )


def _cut_fire(fire: BorderFire, origin: dt.date) -> BorderFire:
    known = (origin - fire.date).days + 1
    if fire.nights <= known:
        return fire
    return fire.model_copy(update={"nights": known, "goes_on": True})


def _task(scenario: Scenario, case: Case, history: History, origin: dt.date, window: int) -> ForecastTask:
    since_start = (origin - scenario.start).days
    thresholds = scenario.outcome
    steps = recorded_steps(history, since_start)
    before = steps.rung[steps.day <= 0]
    recent = int(steps.rung[(steps.day <= 0) & (steps.day > -RECENT_DAYS)].max(initial=0))
    peak_before = int(before.max(initial=0))
    pending = pending_hit(history, since_start, thresholds.force_rung)
    found = measure(steps, thresholds, window, peak_before, pending)
    is_quiet = recent < thresholds.standoff_rung
    stays = classes_of(thresholds, np.array([peak_before]), np.array([is_quiet]))
    return ForecastTask(
        scenario=cut(scenario, origin, window),
        recorded=Course(
            peak=int(found.peak[0]),
            first_force=float(found.first_force[0]),
            last_hit=float(found.last_hit[0]) if len(found.last_hit) else None,
            next_hit=float(found.next_hit[0]) if len(found.next_hit) else None,
            end=float(found.end[0]),
            ending=int(found.ending[0]),
            outcome=int(found.outcome[0]),
            mediated=_mediated(case, history, origin, since_start, window),
        ),
        persists=Course(
            peak=recent,
            first_force=1.0 if recent >= thresholds.force_rung else math.inf,
            last_hit=None if pending is None else math.inf,
            next_hit=None if pending is None else math.inf,
            end=1.0 if is_quiet else math.inf,
            ending=QUIET if is_quiet else GOES_ON,
            outcome=int(stays[0]),
            mediated=False,
        ),
        peak_before=peak_before,
        pending=pending,
    )


def _mediated(case: Case, history: History, origin: dt.date, since_start: int, window: int) -> bool | None:
    """Return whether talks with a mediator opened within the window, None where that is no question.

    It is none where talks had opened before, and where no mediator enters by the close: forecasters know the
    days on which mediators enter. Nor is it one where a mediator was accepted on a day that nobody knows,
    unless the whole of the crisis that was left lies in the window.
    """
    enters = history.params.mediators["enters"] - since_start
    days = [day - since_start for day in history.talks]
    if not len(enters) or enters.min() > window or any(day <= 0 for day in days):
        return None
    if days or case.mediation != "accepted":
        return any(day <= window for day in days)
    is_all_inside = enters.min() > 0 and (case.ended - origin).days <= window
    return True if is_all_inside else None
