"""Forecasts of the course of a crisis: by the rules, and by the baselines they have to beat."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.history.cases import (
    CALM,
    CLASSES,
    LIMITED_FORCE,
    STAND_OFF,
    WAR,
    Course,
    ForecastTask,
    class_of_peak,
    last_case,
)
from escalation.measures.reduce import Reduced
from escalation.vocabulary import OUTCOME_CLASSES, RUNGS

Floats = NDArray[np.float64]

SMOOTHING = 1.0
"""Pseudo-count shared by all levels, so that none has a probability of zero."""


@dataclass(frozen=True, repr=False)
class Forecast(Brief):
    """A forecast of a course: probabilities of classes, samples of times."""

    peak: Floats
    """[rungs]."""
    first_force: Floats
    """[samples]: days from the origin, infinity for never."""
    end: Floats
    """[samples]."""
    outcome: Floats
    """[classes]."""
    mediated: float

    def reaches(self, rung: int) -> float:
        """Return the probability that a rung or a higher one is reached."""
        return float(self.peak[rung:].sum())


def by_rules(task: ForecastTask, replications: int, seed: int) -> Forecast:
    """Forecast by simulating the crisis from the origin on many times.

    The end is the day on which all pairs of rivals have settled, or the first day of the quiet that closes
    the crisis, whichever is earlier. The class is that of the whole crisis: force before the origin counts.
    """
    played = simulate(pack(task.scenario), seed, 0, replications)
    origin = task.scenario.horizon_day
    reduced = Reduced(played, origin)
    outcome = _classes(task, played)
    return Forecast(
        peak=_shares(reduced.peak, RUNGS),
        first_force=_days(played.first_force, origin),
        end=_days(reduced.over, origin),
        outcome=_shares(outcome, len(CLASSES)),
        mediated=_share(reduced.talks >= 0),
    )


def by_climatology(train: Sequence[ForecastTask]) -> Forecast:
    """Forecast the distribution of the training cases, each equally likely."""
    courses = [task.recorded for task in train]
    return Forecast(
        peak=_shares(np.array([course.peak for course in courses], np.int64), RUNGS),
        first_force=np.array([course.first_force for course in courses]),
        end=np.array([course.end for course in courses]),
        outcome=_shares(np.array([course.outcome for course in courses], np.int64), len(CLASSES)),
        mediated=_share(np.array([c.mediated for c in courses if c.mediated is not None], bool)),
    )


def by_persistence(train: Sequence[ForecastTask], task: ForecastTask) -> Forecast:
    """Forecast that the last fortnight continues, with the hit rate of such forecasts in training."""
    return _by_points(train, task.persists, [(known.persists, known.recorded) for known in train])


def by_last_crisis(train: Sequence[ForecastTask], task: ForecastTask) -> Forecast:
    """Forecast a repeat of the last crisis, with the hit rate of such forecasts in training."""
    last = last_crisis(train, task)
    if last is None:
        return by_climatology(train)
    pairs = [
        (before.recorded, known.recorded)
        for known in train
        if (before := last_crisis(train, known)) is not None
    ]
    return _by_points(train, last.recorded, pairs)


def last_crisis(train: Sequence[ForecastTask], task: ForecastTask) -> ForecastTask | None:
    """Return the first task of the last case before this one; see `last_case`."""
    last = last_case([known.scenario for known in train], task.scenario)
    return next((known for known in train if last and known.scenario.name == last.name), None)


Method = Callable[[Sequence[ForecastTask], ForecastTask], Forecast]

METHODS: dict[str, Method] = {
    "climatology": lambda train, _: by_climatology(train),
    "persistence": by_persistence,
    "last_crisis": by_last_crisis,
}


def _by_points(
    train: Sequence[ForecastTask], point: Course, pairs: Sequence[tuple[Course, Course]]
) -> Forecast:
    """Forecast a point with the hit rate of such points in training, and the rest by climatology.

    The hit rate is counted separately for each quantity, with half a hit and half a miss added. Times are
    the point alone: their score needs no probability.
    """
    base = by_climatology(train)

    def hit_rate(hits: Sequence[bool]) -> float:
        return (sum(hits) + 0.5) / (len(hits) + 1.0)

    peak = hit_rate([predicted.peak == recorded.peak for predicted, recorded in pairs])
    outcome = hit_rate([predicted.outcome == recorded.outcome for predicted, recorded in pairs])
    mediated_pairs = [(predicted.mediated, recorded.mediated) for predicted, recorded in pairs]
    mediated = hit_rate([p == r for p, r in mediated_pairs if p is not None and r is not None])
    forecast = Forecast(
        peak=(1 - peak) * base.peak + peak * np.eye(RUNGS)[point.peak],
        first_force=np.array([point.first_force]),
        end=np.array([point.end]),
        outcome=(1 - outcome) * base.outcome + outcome * np.eye(len(CLASSES))[point.outcome],
        mediated=base.mediated,
    )
    if point.mediated is None:
        return forecast
    return replace(forecast, mediated=(1 - mediated) * base.mediated + mediated * point.mediated)


def _classes(task: ForecastTask, played: Runs) -> NDArray[np.int64]:
    """Return the coders' class of each run together with the record before it."""
    walk = np.array([CLASSES.index(each.coded) for each in OUTCOME_CLASSES])
    classes = walk[played.outcome]
    before = class_of_peak(task.scenario, task.peak_before)
    if before == WAR:
        return np.full_like(classes, WAR)
    if before == LIMITED_FORCE:
        return np.where(np.isin(classes, (CALM, STAND_OFF)), LIMITED_FORCE, classes)
    return classes


def _days(days: NDArray[np.integer], origin: int) -> Floats:
    return np.where(days >= 0, days - float(origin), np.inf)


def _shares(classes: NDArray[np.integer], number: int) -> Floats:
    counts = np.bincount(classes, minlength=number)
    shares: Floats = (counts + SMOOTHING / number) / (counts.sum() + SMOOTHING)
    return shares


def _share(happened: ArrayLike) -> float:
    times = np.asarray(happened, bool)
    return (float(times.sum()) + SMOOTHING / 2) / (len(times) + SMOOTHING)
