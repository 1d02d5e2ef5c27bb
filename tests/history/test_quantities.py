"""Every quantity is declared once, scored by a proper rule, and written under its own names."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from escalation.history.cases import ForecastTask, tasks_of
from escalation.history.course_forecasts import AnswerForecast, Forecast, by_climatology
from escalation.history.courses import GOES_ON, QUIET
from escalation.history.quantities import (
    BINARY,
    END,
    ENDING,
    FIRST_FORCE,
    LAST_HIT,
    MEDIATED,
    NEXT_HIT,
    OUTCOME,
    OVER,
    PEAK,
    QUANTITIES,
    TRANSFORMED,
    ClassQuantity,
    TimeQuantity,
)
from tests.history.crises import past


@cache
def whole_task() -> ForecastTask:
    (found,) = tasks_of(past(), 90)
    return found


def task(**recorded: object) -> ForecastTask:
    return replace(whole_task(), recorded=replace(whole_task().recorded, **recorded))


def forecast(**said: object) -> Forecast:
    return replace(by_climatology([task()]), **said)


def test_names_and_columns_are_used_once() -> None:
    names = [one.name for one in QUANTITIES]
    columns = [column for one in QUANTITIES for column, _, _ in one.cells(task())]
    assert len(set(names)) == len(names)
    assert len(set(columns)) == len(columns)
    assert set(TRANSFORMED) | set(BINARY) <= set(QUANTITIES)


def test_what_a_case_says_nothing_of_is_not_asked() -> None:
    nothing = task(last_hit=None, next_hit=None, mediated=None)
    silent = [one for one in QUANTITIES if not one.is_asked(nothing)]
    assert silent == [*LAST_HIT, *NEXT_HIT, MEDIATED]
    assert all(one.is_asked(task()) for one in QUANTITIES)


def test_an_event_happens_or_does_not() -> None:
    answered, _ = LAST_HIT
    scores = dict(answered.scores())
    said = forecast(last_hit=AnswerForecast(0.25, np.array([3.0])))
    assert scores["Brier"](task(last_hit=4.0), said) == 0.75**2
    assert scores["Brier"](task(last_hit=math.inf), said) == 0.25**2
    assert scores["log"](task(last_hit=4.0), said) == pytest.approx(-math.log(0.25))
    assert dict(OVER.scores())["Brier"](task(ending=GOES_ON), forecast(ending=np.eye(4)[QUIET])) == 1
    assert dict(OVER.scores())["Brier"](task(ending=QUIET), forecast(ending=np.eye(4)[QUIET])) == 0


@pytest.mark.parametrize(
    ("quantity", "name", "last"),
    [
        (FIRST_FORCE, "first_force", 90),
        (END, "end", 76),
        (LAST_HIT[1], "last_hit", 30),
        (NEXT_HIT[1], "next_hit", 30),
    ],
)
def test_a_time_counts_up_to_the_last_day_on_which_it_is_watched(
    quantity: TimeQuantity, name: str, last: int
) -> None:
    def said(*days: float) -> Forecast:
        samples = np.array(days)
        return forecast(**{name: AnswerForecast(0.5, samples) if "hit" in name else samples})

    (crps,) = dict(quantity.scores()).values()
    assert crps(task(**{name: 4.0}), said(4.0)) == 0
    assert crps(task(**{name: math.inf}), said(last + 1.0)) == 0
    assert crps(task(**{name: math.inf}), said(last - 1.0)) == 1
    assert crps(task(**{name: 4.0}), said(math.inf)) == last - 4
    ((_, seen, of),) = quantity.cells(task(**{name: math.inf}))
    assert (seen, of(said(last + 1.0, math.inf)), of(said(5.0, 5.0))) == (math.inf, math.inf, 5.0)


@pytest.mark.parametrize("quantity", [one for one in QUANTITIES if isinstance(one, TimeQuantity)])
def test_the_truth_scores_best_though_times_are_censored(quantity: TimeQuantity) -> None:
    """Over a year of possible times, most beyond what is watched, no shift of the forecast gains anything."""
    generator = np.random.default_rng(1)
    truth = generator.exponential(60, 400)
    name = {FIRST_FORCE: "first_force", END: "end", LAST_HIT[1]: "last_hit", NEXT_HIT[1]: "next_hit"}[
        quantity
    ]

    def mean(samples: np.ndarray) -> float:
        said = forecast(**{name: AnswerForecast(0.5, samples) if "hit" in name else samples})
        (crps,) = dict(quantity.scores()).values()
        return float(np.mean([crps(task(**{name: float(day)}), said) for day in truth]))

    honest = mean(truth)
    for bent in (0.7 * truth, 1.4 * truth, np.minimum(truth, 20), np.append(truth, [np.inf] * 100)):
        assert mean(bent) > honest


@pytest.mark.parametrize(
    ("said", "seen", "expected"),
    [
        ([1.0, 5.0, 5.0, 9.0], 5.0, (0.25, 0.75)),
        ([1.0, 5.0, 80.0, math.inf], math.inf, (0.5, 1.0)),
        ([1.0, 5.0, 80.0, math.inf], 77.0, (0.5, 1.0)),
        ([10.0, 20.0], 5.0, (0.0, 0.0)),
    ],
)
def test_the_transform_of_a_time_spreads_what_is_censored(
    said: list[float], seen: float, expected: tuple[float, float]
) -> None:
    """The end is watched for 76 days: later is one value, whatever the day."""
    assert END.transform(task(end=seen), forecast(end=np.array(said))) == expected


def test_the_transform_of_a_level() -> None:
    said = forecast(peak=np.array([0.1, 0.2, 0.3, 0.4, *[0.0] * 7]))
    assert PEAK.transform(task(peak=0), said) == pytest.approx((0.0, 0.1))
    assert PEAK.transform(task(peak=2), said) == pytest.approx((0.3, 0.6))


def test_classes_in_order_are_ranked_and_others_are_not() -> None:
    far, near = forecast(peak=np.eye(11)[9]), forecast(peak=np.eye(11)[6])
    (ranked,) = dict(PEAK.scores()).values()
    assert (ranked(task(peak=5), far), ranked(task(peak=5), near)) == (4, 1)
    assert [name for one in (PEAK, ENDING, OUTCOME) for name, _ in one.scores()] == ["RPS", "log", "log"]


@pytest.mark.parametrize("quantity", [ENDING, OUTCOME])
def test_every_class_has_a_column(quantity: ClassQuantity) -> None:
    cells = list(quantity.cells(task(ending=2, outcome=2)))
    said = forecast(ending=np.array([0.1, 0.2, 0.3, 0.4]), outcome=np.array([0.1, 0.2, 0.3, 0.4]))
    assert [seen for _, seen, _ in cells] == [0, 0, 1, 0]
    assert [of(said) for _, _, of in cells] == pytest.approx([0.1, 0.2, 0.3, 0.4])
