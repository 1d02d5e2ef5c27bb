"""Coded crises as forecasting tasks: the record up to an origin, and what was recorded after it."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from escalation.files.brief import Brief
from escalation.files.places import Problem, ScenarioError, check_list
from escalation.scenario.case import SECOND_CODING, Case
from escalation.scenario.load import load_scenario, shipped_cases
from escalation.scenario.scenario import BorderFire, DatedAct, Scenario

CLASSES = ("no_force_deescalated", "limited_force_then_ceasefire", "war", "prolonged_standoff")
CALM, LIMITED_FORCE, WAR, STAND_OFF = range(4)
RECENT_DAYS = 14

HISTORY = "history"
"""Represents all shipped cases where cases are named."""
CALIBRATE = "calibrate"
"""The `use` of the cases that weights and baselines are fitted to."""
EXAMINATION = "examination"
"""The `use` of the cases that are held out: forecast and scored, never fitted to."""


@dataclass(frozen=True)
class Course:
    """The course of a crisis from an origin on, within a window: as recorded, or as a point forecast."""

    peak: int
    """Highest rung of the states' own acts, 0 for none."""
    first_force: float
    """Days from the origin to the first act on the force rung or above, infinity for none."""
    end: float
    """Days from the origin to the end."""
    outcome: int
    """Index in `CLASSES`, of the crisis as a whole."""
    mediated: bool | None
    """Whether a mediator was accepted; None if that happened before the origin."""


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

    @property
    def origin(self) -> dt.date:
        """Return the last day that the forecaster knows."""
        return self.scenario.horizon

    @property
    def window(self) -> int:
        """Return the number of days after the origin that are scored."""
        return self.scenario.free_days

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
        codings. What is fitted is fitted to the cases for use CALIBRATE, and then a case that is an
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
    return case.use == use if use else case.use != SECOND_CODING


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
    tasks = []
    for origin in case.origins or (scenario.start,):
        coded = min(window, (case.coded_to - origin).days) if case.coded_to else window
        if coded >= 1 and origin < case.ended:
            tasks.append(_task(scenario, case, origin, coded))
    return tasks


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


def rung_of(scenario: Scenario, entry: DatedAct) -> int:
    """Return the rung of a dated act."""
    return scenario.ladder.acts[entry.act].rung


def last_case(train: Sequence[Scenario], scenario: Scenario) -> Scenario | None:
    """Return the most recent case that ended before a scenario starts, of its own pair of states if any."""
    earlier = [case for case in train if case_of(case).ended < scenario.start]
    pair = set(scenario.rivalries[0].between)
    own = [case for case in earlier if set(case.rivalries[0].between) == pair]
    return max(own or earlier, key=lambda case: case.start, default=None)


def class_of_peak(scenario: Scenario, peak: int) -> int:
    """Return the class of a crisis whose highest rung is `peak`."""
    thresholds = scenario.outcome
    if peak >= thresholds.war_rung:
        return WAR
    if peak >= thresholds.force_rung:
        return LIMITED_FORCE
    return STAND_OFF if peak >= thresholds.standoff_rung else CALM


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


def _task(scenario: Scenario, case: Case, origin: dt.date, window: int) -> ForecastTask:
    acts = [((entry.date - origin).days, rung_of(scenario, entry), entry) for entry in state_acts(scenario)]
    after = [(day, rung) for day, rung, _ in acts if 1 <= day <= window]
    recent = [rung for day, rung, _ in acts if -RECENT_DAYS < day <= 0]
    peak_before = max((rung for day, rung, _ in acts if day <= 0), default=0)
    force = scenario.outcome.force_rung
    consents = [day for day, _, entry in acts if scenario.ladder.acts[entry.act].effect == "consent"]
    accepted = case.mediation == "accepted"
    mediated = accepted and any(day <= window for day in consents or [0])
    known = accepted and any(day <= 0 for day in consents)
    return ForecastTask(
        scenario=cut(scenario, origin, window),
        recorded=Course(
            peak=max((rung for _, rung in after), default=0),
            first_force=min((float(day) for day, rung in after if rung >= force), default=math.inf),
            end=float((case.ended - origin).days),
            outcome=CLASSES.index(case.outcome),
            mediated=None if known else mediated,
        ),
        persists=Course(
            peak=max(recent, default=0),
            first_force=1.0 if max(recent, default=0) >= force else math.inf,
            end=math.inf,
            outcome=class_of_peak(scenario, peak_before),
            mediated=False,
        ),
        peak_before=peak_before,
    )
