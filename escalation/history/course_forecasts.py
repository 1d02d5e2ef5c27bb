"""Forecasts of the course of a crisis: by the rules, and by the baselines they have to beat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.history.cases import ForecastTask, last_case
from escalation.history.courses import CLASSES, ENDINGS, Course, measure, simulated_steps
from escalation.measures.reduce import Reduced
from escalation.vocabulary import RUNGS

Floats = NDArray[np.float64]

SMOOTHING = 1.0
"""Pseudo-count shared by all levels, so that none has a probability of zero."""


@dataclass(frozen=True, repr=False)
class AnswerForecast(Brief):
    """Whether and when a state that was hit answers by force, within the days that are watched."""

    probability: float
    days: Floats
    """[samples]: infinity for no answer; at least one."""


@dataclass(frozen=True, repr=False)
class Forecast(Brief):
    """A forecast of a course: probabilities of classes, samples of times."""

    peak: Floats
    """[rungs]."""
    first_force: Floats
    """[samples]: days from the origin, infinity for never."""
    last_hit: AnswerForecast
    next_hit: AnswerForecast
    """Given that there is a next hit."""
    end: Floats
    """[samples]."""
    ending: Floats
    """[endings]."""
    outcome: Floats
    """[classes]."""
    mediated: float

    def reaches(self, rung: int) -> float:
        """Return the probability that a rung or a higher one is reached."""
        return float(self.peak[rung:].sum())


def by_rules(task: ForecastTask, replications: int, seed: int) -> Forecast:
    """Forecast by simulating the crisis from the origin on many times, measured as its record is."""
    params = pack(task.scenario)
    played = simulate(params, seed, 0, replications, paths=True)
    origin = task.origin_day
    steps = simulated_steps(params, played, origin)
    found = measure(steps, task.scenario.outcome, task.window, task.peak_before, task.pending)
    return Forecast(
        peak=_shares(found.peak, RUNGS),
        first_force=found.first_force,
        last_hit=_answers(found.last_hit),
        next_hit=_answers(found.next_hit),
        end=found.end,
        ending=_shares(found.ending, len(ENDINGS)),
        outcome=_shares(found.outcome, len(CLASSES)),
        mediated=_share(Reduced(played, origin).talks >= 0),
    )


def by_climatology(train: Sequence[ForecastTask]) -> Forecast:
    """Forecast the distribution of the training cases, each equally likely.

    Of what is asked of some cases only, those cases alone count.
    """
    courses = [task.recorded for task in train]
    return Forecast(
        peak=_shares(np.array([course.peak for course in courses], np.int64), RUNGS),
        first_force=np.array([course.first_force for course in courses]),
        last_hit=_answers(_known(course.last_hit for course in courses)),
        next_hit=_answers(_known(course.next_hit for course in courses)),
        end=np.array([course.end for course in courses]),
        ending=_shares(np.array([course.ending for course in courses], np.int64), len(ENDINGS)),
        outcome=_shares(np.array([course.outcome for course in courses], np.int64), len(CLASSES)),
        mediated=_share(_known(course.mediated for course in courses)),
    )


def by_persistence(train: Sequence[ForecastTask], task: ForecastTask) -> Forecast:
    """Forecast that the last fortnight continues, with the hit rate of such forecasts in training."""
    return _by_points(train, task.persists, [(known.persists, known.recorded) for known in train])


def by_last_crisis(train: Sequence[ForecastTask], task: ForecastTask) -> Forecast:
    """Forecast a repeat of the last crisis, with the hit rate of such forecasts in training."""
    last = last_crisis(train, task)
    if last is None:
        return by_climatology(train)
    of_case = {known.scenario.name: last_crisis(train, known) for known in _first_tasks(train).values()}
    pairs = [
        (before.recorded, known.recorded)
        for known in train
        if (before := of_case[known.scenario.name]) is not None
    ]
    return _by_points(train, last.recorded, pairs)


def last_crisis(train: Sequence[ForecastTask], task: ForecastTask) -> ForecastTask | None:
    """Return the first task of the last case before this one; see `last_case`."""
    first = _first_tasks(train)
    last = last_case([known.scenario for known in first.values()], task.scenario)
    return None if last is None else first[last.name]


def _first_tasks(train: Sequence[ForecastTask]) -> dict[str, ForecastTask]:
    """Return the first task of each case."""
    first: dict[str, ForecastTask] = {}
    for known in train:
        first.setdefault(known.scenario.name, known)
    return first


Method = Callable[[Sequence[ForecastTask], ForecastTask], Forecast]

METHODS: dict[str, Method] = {
    "climatology": lambda train, _: by_climatology(train),
    "persistence": by_persistence,
    "last_crisis": by_last_crisis,
}

Pairs = Sequence[tuple[Course, Course]]


def _by_points(train: Sequence[ForecastTask], point: Course, pairs: Pairs) -> Forecast:
    """Forecast a point with the hit rate of such points in training, and the rest by climatology.

    The hit rate is counted separately for each quantity, with half a hit and half a miss added. Times are
    the point alone: their score needs no probability. What the point says nothing of is climatology.
    """
    base = by_climatology(train)

    def classes(shares: Floats, of: Callable[[Course], int]) -> Floats:
        rate = _hit_rate(pairs, of)
        mixed: Floats = (1 - rate) * shares + rate * np.eye(len(shares))[of(point)]
        return mixed

    def event(share: float, of: Callable[[Course], bool | None]) -> float:
        said = of(point)
        rate = _hit_rate(pairs, of)
        return share if said is None else (1 - rate) * share + rate * said

    def answer(known: AnswerForecast, of: Callable[[Course], float | None]) -> AnswerForecast:
        said = of(point)
        if said is None:
            return known
        return AnswerForecast(
            event(known.probability, lambda course: _is_answered(of(course))), np.array([said])
        )

    return Forecast(
        peak=classes(base.peak, lambda course: course.peak),
        first_force=np.array([point.first_force]),
        last_hit=answer(base.last_hit, lambda course: course.last_hit),
        next_hit=answer(base.next_hit, lambda course: course.next_hit),
        end=np.array([point.end]),
        ending=classes(base.ending, lambda course: course.ending),
        outcome=classes(base.outcome, lambda course: course.outcome),
        mediated=event(base.mediated, lambda course: course.mediated),
    )


def _hit_rate(pairs: Pairs, of: Callable[[Course], int | None]) -> float:
    said = [(of(predicted), of(recorded)) for predicted, recorded in pairs]
    hits = [p == r for p, r in said if p is not None and r is not None]
    return (sum(hits) + 0.5) / (len(hits) + 1.0)


def _is_answered(days: float | None) -> bool | None:
    return None if days is None else bool(np.isfinite(days))


def _known(values: Iterable[float | None]) -> Floats:
    return np.array([value for value in values if value is not None], np.float64)


def _answers(days: Floats) -> AnswerForecast:
    """Return the forecast that samples of times make; without any, no answer is as likely as one."""
    return AnswerForecast(_share(np.isfinite(days)), days if len(days) else np.array([np.inf]))


def _shares(classes: NDArray[np.integer], number: int) -> Floats:
    counts = np.bincount(classes, minlength=number)
    shares: Floats = (counts + SMOOTHING / number) / (counts.sum() + SMOOTHING)
    return shares


def _share(happened: ArrayLike) -> float:
    times = np.asarray(happened, bool)
    return (float(times.sum()) + SMOOTHING / 2) / (len(times) + SMOOTHING)
