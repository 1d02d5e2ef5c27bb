"""Forecasts of the course of a crisis by the rules and by the baselines."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.history.cases import Course, ForecastTask, tasks_of
from escalation.history.course_forecasts import (
    METHODS,
    by_climatology,
    by_last_crisis,
    by_persistence,
    by_rules,
)
from tests.history.crises import case, past
from tests.strategies import date


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


def test_talks_opened_before_the_origin_are_no_forecast() -> None:
    (one,) = tasks_of(past(case=case(origins=[date(30)])), 30)
    assert (simulate(pack(one.scenario), 5, 0, 50).opened[:, 0] == 21).all()
    assert by_rules(one, 50, 5).mediated < 0.02


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


def test_persistence_by_hand() -> None:
    """The peak of the last fortnight held in one of two cases: (1 + .5)/(2 + 1) = .5."""
    now = Course(3, math.inf, math.inf, 3, False)
    train = [replace(task(peak=3), persists=now), replace(task(peak=8), persists=now)]
    base = by_climatology(train)
    found = by_persistence(train, replace(task(), persists=replace(now, peak=5, first_force=1.0)))
    assert found.peak == pytest.approx(0.5 * base.peak + 0.5 * np.eye(11)[5])
    assert found.first_force.tolist() == [1.0]
    assert found.end.tolist() == [math.inf]


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
    found = METHODS[name]([], replace(task(), persists=Course(0, math.inf, math.inf, 0, None)))
    assert found.peak.sum() == pytest.approx(1)
    assert found.mediated == 0.5
