"""What is forecast of the course of a crisis: each quantity once, with its scores, columns and transforms."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from escalation.history.cases import ForecastTask
from escalation.history.course_forecasts import AnswerForecast, Forecast
from escalation.history.courses import ANSWER_DAYS, ENDINGS, GOES_ON, Course
from escalation.stats.scores import (
    Floats,
    brier,
    censored_crps,
    log_score,
    log_score_of_event,
    ranked_probability,
)

THRESHOLDS = (6, 7, 9)
"""Rungs whose probability of being reached is scored: force, an overt strike, war."""

Rule = Callable[[ForecastTask, Forecast], float]
Cell = tuple[str, float, Callable[[Forecast], float]]
"""A column of forecasts.csv, the recorded value, and what a forecaster says."""


@dataclass(frozen=True)
class EventQuantity:
    """Something that happens within the window or does not; by Brier and logarithmic score."""

    name: str
    column: str
    said: Callable[[Forecast], float]
    seen: Callable[[Course], bool | None]
    """None where it is not asked."""

    def is_asked(self, task: ForecastTask) -> bool:
        """Return whether this can be asked of a crisis."""
        return self.seen(task.recorded) is not None

    def scores(self) -> Iterator[tuple[str, Rule]]:
        """Yield the scores by name."""
        yield "Brier", lambda task, said: float(brier(self.said(said), bool(self.seen(task.recorded))))
        yield (
            "log",
            lambda task, said: float(log_score_of_event(self.said(said), bool(self.seen(task.recorded)))),
        )

    def cells(self, task: ForecastTask) -> Iterator[Cell]:
        """Yield the columns of a task."""
        yield self.column, float(bool(self.seen(task.recorded))), self.said


@dataclass(frozen=True)
class TimeQuantity:
    """The days to something, watched up to a day fixed beforehand; by the censored CRPS."""

    name: str
    column: str
    said: Callable[[Forecast], Floats]
    """[samples]."""
    seen: Callable[[Course], float | None]
    watched: Callable[[ForecastTask], int]

    def is_asked(self, task: ForecastTask) -> bool:
        """Return whether this can be asked of a crisis."""
        return self.seen(task.recorded) is not None

    def scores(self) -> Iterator[tuple[str, Rule]]:
        """Yield the score by name."""
        yield "CRPS", self._crps

    def _crps(self, task: ForecastTask, said: Forecast) -> float:
        return censored_crps(self.said(said), self._seen(task), self.watched(task))

    def _seen(self, task: ForecastTask) -> float:
        days = self.seen(task.recorded)
        assert days is not None
        return days

    def cells(self, task: ForecastTask) -> Iterator[Cell]:
        """Yield the column of a task: the recorded day, and medians, infinity beyond what is watched."""
        last = self.watched(task)

        def within(days: float) -> float:
            return days if days <= last else np.inf

        yield (
            self.column,
            within(self._seen(task)),
            lambda said: within(float(np.quantile(self.said(said), 0.5, method="lower"))),
        )

    def transform(self, task: ForecastTask, said: Forecast) -> tuple[float, float]:
        """Return the probabilities of less than the recorded time, and of no more than it.

        What is later than the last watched day is one value, the last.
        """
        last = self.watched(task)
        times, seen = np.minimum(self.said(said), last), min(self._seen(task), last)
        return float((times < seen).mean()), float((times <= seen).mean())


@dataclass(frozen=True)
class ClassQuantity:
    """One of several classes; by the logarithmic score, or, if they are in order, the ranked one."""

    name: str
    columns: tuple[str, ...]
    said: Callable[[Forecast], Floats]
    seen: Callable[[Course], int]
    is_ordered: bool = False

    def is_asked(self, task: ForecastTask) -> bool:
        """Return True: this is asked of every crisis."""
        return True

    def scores(self) -> Iterator[tuple[str, Rule]]:
        """Yield the score by name."""
        rule = ranked_probability if self.is_ordered else log_score
        name = "RPS" if self.is_ordered else "log"
        yield name, lambda task, said: float(rule([self.said(said)], [self.seen(task.recorded)])[0])

    def cells(self, task: ForecastTask) -> Iterator[Cell]:
        """Yield a column for each class, or of ordered classes the mean."""
        seen = self.seen(task.recorded)
        if self.is_ordered:
            yield self.columns[0], seen, lambda said: float(self.said(said) @ np.arange(len(self.said(said))))
            return
        for number, column in enumerate(self.columns):
            yield column, float(seen == number), self._share(number)

    def _share(self, number: int) -> Callable[[Forecast], float]:
        return lambda said: float(self.said(said)[number])

    def transform(self, task: ForecastTask, said: Forecast) -> tuple[float, float]:
        """Return the probabilities of less than the recorded level, and of no more than it."""
        below = np.cumsum(self.said(said))
        seen = self.seen(task.recorded)
        return float(below[seen - 1]) if seen else 0.0, float(below[seen])


Quantity = EventQuantity | TimeQuantity | ClassQuantity


def _reached(rung: int) -> EventQuantity:
    return EventQuantity(
        f"rung {rung} reached",
        f"p_rung_{rung}",
        lambda said: said.reaches(rung),
        lambda course: course.peak >= rung,
    )


def _answers(
    name: str,
    said: Callable[[Forecast], AnswerForecast],
    seen: Callable[[Course], float | None],
    watched: Callable[[ForecastTask], int],
) -> tuple[EventQuantity, TimeQuantity]:
    column = name.replace(" ", "_")

    def is_answered(course: Course) -> bool | None:
        days = seen(course)
        return None if days is None else bool(np.isfinite(days))

    return (
        EventQuantity(f"{name} answered", f"p_{column}_answered", lambda f: said(f).probability, is_answered),
        TimeQuantity(
            f"days to answer the {name}",
            f"days_to_answer_{column}",
            lambda f: said(f).days,
            seen,
            watched,
        ),
    )


PEAK = ClassQuantity(
    "peak rung", ("peak_rung_mean",), lambda said: said.peak, lambda course: course.peak, is_ordered=True
)
FIRST_FORCE = TimeQuantity(
    "days to first force",
    "days_to_first_force",
    lambda said: said.first_force,
    lambda course: course.first_force,
    lambda task: task.window,
)
LAST_HIT = _answers(
    "last hit", lambda said: said.last_hit, lambda course: course.last_hit, lambda task: task.answer_window
)
NEXT_HIT = _answers(
    "next hit", lambda said: said.next_hit, lambda course: course.next_hit, lambda task: ANSWER_DAYS
)
OVER = EventQuantity(
    "over by the close", "p_over", lambda said: 1 - float(said.ending[GOES_ON]),
    lambda course: course.ending != GOES_ON,
)  # fmt: skip
END = TimeQuantity(
    "days to the end",
    "days_to_end",
    lambda said: said.end,
    lambda course: course.end,
    lambda task: task.watched_end,
)
ENDING = ClassQuantity(
    "how it ends", tuple(f"p_{name}" for name in ENDINGS), lambda said: said.ending,
    lambda course: course.ending,
)  # fmt: skip
OUTCOME = ClassQuantity(
    "outcome",
    ("p_no_force", "p_limited_force", "p_war", "p_stand_off"),
    lambda said: said.outcome,
    lambda course: course.outcome,
)
MEDIATED = EventQuantity(
    "mediation accepted",
    "p_mediation_accepted",
    lambda said: said.mediated,
    lambda course: course.mediated,
)

QUANTITIES: tuple[Quantity, ...] = (
    PEAK, *map(_reached, THRESHOLDS), FIRST_FORCE, *LAST_HIT, *NEXT_HIT, OVER, END, ENDING, OUTCOME, MEDIATED,
)  # fmt: skip
"""In the order of the tables."""

TRANSFORMED: tuple[TimeQuantity | ClassQuantity, ...] = (PEAK, FIRST_FORCE, LAST_HIT[1], NEXT_HIT[1], END)
"""Quantities whose order gives the probability integral transform a meaning."""
BINARY: tuple[EventQuantity, ...] = tuple(one for one in QUANTITIES if isinstance(one, EventQuantity))
