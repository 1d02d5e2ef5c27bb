"""Levers of mediation: every parameter is moved in every crisis, and paired changes are those of the runs."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from escalation.history.icb import STYLES
from escalation.history.mediation_levers import (
    LEAST,
    OUTCOMES,
    SHIPPED,
    WHO,
    Lever,
    Levers,
    crises_of_levers,
    ends_of,
    levels_of,
    measure_levers,
)
from escalation.scenario.load import load_weights
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Mediator, Relation, State

WEIGHTS = load_weights("default")


def test_every_parameter_is_moved_over_its_range() -> None:
    crises = crises_of_levers(WEIGHTS)
    assert list(crises) == [SHIPPED, *STYLES, "war"]
    for scenario in crises.values():
        levels = levels_of(scenario)
        for model in (Mediator, Relation, State):
            assert {one.name for one in parameters_of(model)} <= set(levels)
        assert {"who", "enters_day", "style", "form"} <= set(levels)
        assert set(levels["who"]) == {"nobody", *WHO}
        (mediator,) = levels["persistence"]["1"].mediators.values()
        assert mediator.persistence == 1.0
        (mediator,) = levels["trust"]["0"].mediators.values()
        assert [mediator.toward[name].trust for name in scenario.states] == [0.0, 0.0]
        (mediator,) = levels["bias"]["-1 to one"].mediators.values()
        assert [mediator.toward[name].bias for name in scenario.states] == [-1.0, 0.0]
        assert {state.resolve for state in levels["resolve"]["1"].states.values()} == {1.0}


def test_nobody_mediates_after_the_end() -> None:
    crisis = crises_of_levers(WEIGHTS)["war"]
    talks = ends_of(levels_of(crisis)["who"]["nobody"], 100, 1)[OUTCOMES.index("talks")]
    assert not talks.any()
    assert ends_of(crisis, 100, 1)[OUTCOMES.index("talks")].any()


def test_force_after_a_settlement_needs_both() -> None:
    force, settlement, _, breach = ends_of(crises_of_levers(WEIGHTS)["war"], 500, 1)
    assert breach.any()
    assert not (breach & ~(force & settlement)).any()


@pytest.fixture(scope="module")
def found() -> Levers:
    return measure_levers(WEIGHTS, replications=60, seed=2)


def test_the_largest_change_is_that_of_the_runs(found: Levers) -> None:
    for lever in found.found[:6]:
        levels = levels_of(crises_of_levers(WEIGHTS)[lever.crisis])[lever.parameter]
        k = OUTCOMES.index(lever.outcome)
        low, high = (ends_of(levels[value], 60, 2)[k].mean() for value in (lever.low, lever.high))
        assert lever.change == pytest.approx(high - low)
        assert lever.lower <= lever.change <= lever.upper


def test_every_parameter_has_every_outcome(found: Levers, tmp_path: Path) -> None:
    names = {lever.parameter for lever in found.found}
    assert len(found.found) == len(names) * len(OUTCOMES)
    (path,) = found.write(tmp_path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["change"]) for row in rows] == [lever.change for lever in found.found]
    assert max(map(len, found.lines())) <= 80


def test_a_parameter_below_two_points_everywhere_is_idle() -> None:
    def lever(parameter: str, outcome: str, change: float) -> Lever:
        return Lever(parameter, outcome, "war", "0", "1", change, change, change)

    levers = Levers(
        "default", 100, 1, ("war",),
        (
            *(lever("moves", outcome, -LEAST if outcome == "talks" else 0.0) for outcome in OUTCOMES),
            *(lever("idles", outcome, np.nextafter(LEAST, 0.0)) for outcome in OUTCOMES),
        ),
    )  # fmt: skip
    assert levers.idle() == ["idles"]
    assert levers.lines()[-1] == "Below 2% everywhere: idles."
