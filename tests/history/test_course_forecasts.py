"""Forecasts of the course of a crisis by the rules and by the baselines."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import numpy as np
import pytest

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.history.cases import ForecastTask, tasks_of
from escalation.history.course_forecasts import (
    METHODS,
    AnswerForecast,
    by_climatology,
    by_last_crisis,
    by_persistence,
    by_rules,
)
from escalation.history.courses import GOES_ON, QUIET, Course
from tests.history.crises import case, past
from tests.strategies import date

POINT = Course(3, math.inf, None, None, math.inf, GOES_ON, 3, False)


def task(name: str = "one", **recorded: object) -> ForecastTask:
    (found,) = tasks_of(past(name), 90)
    return replace(found, recorded=replace(found.recorded, **recorded))


def test_the_rules_forecast_what_their_runs_show() -> None:
    (one,) = tasks_of(past(case=case(origins=[date(15)])), 60)
    found = by_rules(one, 300, 5)
    runs = simulate(pack(one.scenario), 5, 0, 300)
    peaks = runs.peak.max(axis=1)
    for rung in (6, 7, 9):
        assert found.reaches(rung) == pytest.approx((peaks >= rung).mean(), abs=0.005)
    force = found.first_force[np.isfinite(found.first_force)]
    assert len(force) == np.count_nonzero(runs.first_force >= 0)
    assert force.min() >= 1
    assert force.max() <= 60
    assert np.isfinite(found.end).any()
    assert found.end.min() >= 1
    assert found.mediated == pytest.approx((runs.opened[:, 0] > 15).mean(), abs=0.005)
    assert found.peak.sum() == pytest.approx(1)
    assert found.outcome.sum() == pytest.approx(1)
    assert found.ending.sum() == pytest.approx(1)
    assert found.end[np.isfinite(found.end)].max() <= 60 - 14 + 1
    assert (found.peak > 0).all()


def test_force_before_the_origin_counts_for_the_class_of_the_whole_crisis() -> None:
    """After a strike on day 12 the crisis cannot come out without force; after a war, as nothing but war."""
    (one,) = tasks_of(past(case=case(origins=[date(15)])), 30)
    assert one.peak_before == 7
    found = by_rules(one, 100, 5).outcome
    assert found[[0, 3]].sum() < 0.01
    assert by_rules(replace(one, peak_before=9), 100, 5).outcome[2] > 0.98
    calm = by_rules(replace(one, peak_before=0), 100, 5).outcome
    assert calm[[0, 3]].sum() > 0.01


def test_answers_are_forecast_from_the_runs_that_can_tell() -> None:
    """Alba was struck on day 12; runs in which nobody uses force again say nothing of the next hit."""
    (one,) = tasks_of(past(case=case(origins=[date(15)])), 60)
    found = by_rules(one, 300, 5)
    assert len(found.last_hit.days) == 300
    assert found.last_hit.probability == pytest.approx(np.isfinite(found.last_hit.days).mean(), abs=0.005)
    used = found.first_force <= 30
    assert len(found.next_hit.days) == used.sum()
    assert 0 < used.sum() < 300
    assert found.next_hit.days[np.isfinite(found.next_hit.days)].max() <= 30


def test_talks_opened_before_the_origin_are_no_forecast() -> None:
    """Unless they open again."""
    for consent, least, most in ((-20.0, 0.0, 0.02), (20.0, 0.1, 1.0)):
        weights = {"consent": consent, "talks_lapse": 0.5, "refusal_deters": 0.0}
        (one,) = tasks_of(past(case=case(origins=[date(30)]), weights=weights), 30)
        assert (simulate(pack(one.scenario), 5, 0, 50).opened[:, 0] == 21).all()
        assert least <= by_rules(one, 50, 5).mediated < most


def test_the_same_seed_gives_the_same_forecast() -> None:
    one, again, other = (by_rules(task(), 50, seed) for seed in (1, 1, 2))
    assert np.array_equal(one.first_force, again.first_force)
    assert not np.array_equal(one.first_force, other.first_force)


def test_climatology_by_hand() -> None:
    train = [task(peak=3, first_force=math.inf, mediated=None), task(peak=3, mediated=False), task(peak=9)]
    found = by_climatology(train)
    assert found.peak[3] == pytest.approx((2 + 1 / 11) / 4)
    assert found.reaches(9) == pytest.approx((1 + 2 / 11) / 4)
    assert found.first_force.tolist() == [math.inf, 10, 10]
    assert found.outcome[1] == pytest.approx((3 + 1 / 4) / 4)
    assert found.mediated == pytest.approx((1 + 0.5) / 3)


def test_climatology_counts_the_cases_of_which_something_is_asked() -> None:
    train = [task(last_hit=None, next_hit=4.0), task(last_hit=math.inf, next_hit=None), task(last_hit=5.0)]
    found = by_climatology(train)
    assert found.last_hit.days.tolist() == [math.inf, 5.0]
    assert found.last_hit.probability == pytest.approx((1 + 0.5) / 3)
    assert found.next_hit.days.tolist() == [4.0, 2.0]
    assert found.ending[QUIET] == pytest.approx((3 + 1 / 4) / 4)
    assert by_climatology([task(next_hit=None)]).next_hit == AnswerForecast(0.5, np.array([math.inf]))


def test_persistence_by_hand() -> None:
    """The peak of the last fortnight held in one of two cases: (1 + .5)/(2 + 1) = .5."""
    now = POINT
    train = [replace(task(peak=3), persists=now), replace(task(peak=8), persists=now)]
    base = by_climatology(train)
    found = by_persistence(train, replace(task(), persists=replace(now, peak=5, first_force=1.0)))
    assert found.peak == pytest.approx(0.5 * base.peak + 0.5 * np.eye(11)[5])
    assert found.first_force.tolist() == [1.0]
    assert found.end.tolist() == [math.inf]
    assert found.ending[GOES_ON] == pytest.approx((1 / 12) * 5 / 6 + 1 / 6)


def test_a_point_is_mixed_with_climatology_by_its_hit_rate_or_says_nothing() -> None:
    """No answer was right in one of two cases in which it was asked: (1 + .5)/(2 + 1) = .5."""
    now = replace(POINT, last_hit=math.inf)
    train = [
        replace(task(last_hit=days), persists=replace(now, last_hit=None if days is None else math.inf))
        for days in (None, 3.0, math.inf)
    ]
    base = by_climatology(train)
    found = by_persistence(train, replace(task(), persists=now))
    assert found.last_hit.probability == pytest.approx(0.5 * base.last_hit.probability)
    assert found.last_hit.days.tolist() == [math.inf]
    assert found.next_hit.days.tolist() == base.next_hit.days.tolist()


def test_the_last_crisis_is_its_first_forecast() -> None:
    later = past("later")
    now = later.model_copy(update={"start": later.start + dt.timedelta(days=400)})
    first, second = tasks_of(past("before", case=case(origins=[date(0), date(15)])), 90)
    found = by_last_crisis([first, second], replace(task("now"), scenario=now))
    assert found.first_force.tolist() == [10.0]
    assert found.next_hit.days.tolist() == [2.0]


def test_without_an_earlier_crisis_the_last_one_is_climatology() -> None:
    train = [task("a"), task("b")]
    found, base = by_last_crisis(train, task("c")), by_climatology(train)
    assert np.array_equal(found.peak, base.peak)
    assert np.array_equal(found.end, base.end)


@pytest.mark.parametrize("name", METHODS)
def test_no_baseline_knows_what_came(name: str) -> None:
    train = [task("a", peak=3), task("b", peak=8)]
    one, other = (
        METHODS[name](train, task("c", peak=peak, outcome=outcome)) for peak, outcome in ((1, 0), (9, 2))
    )
    assert np.array_equal(one.peak, other.peak)
    assert np.array_equal(one.outcome, other.outcome)


@pytest.mark.parametrize("name", METHODS)
def test_without_training_cases_all_is_equally_likely(name: str) -> None:
    found = METHODS[name]([], replace(task(), persists=replace(POINT, mediated=None)))
    assert found.peak.sum() == pytest.approx(1)
    assert found.mediated == 0.5
    assert (found.last_hit.probability, found.next_hit.probability) == (0.5, 0.5)
