"""What is measured of a course, by hand, and that a record and a run of the same acts measure alike."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.history.cases import case_of
from escalation.history.courses import (
    CALM,
    DIRECTLY,
    GOES_ON,
    LIMITED_FORCE,
    QUIET,
    STAND_OFF,
    WAR,
    WITH_MEDIATOR,
    Hit,
    MeasuredCourses,
    classes_of,
    history_of,
    measure,
    pending_hit,
    recorded_steps,
    simulated_steps,
)
from escalation.scenario.load import load_scenario, shipped_cases
from escalation.scenario.scenario import DatedAct, Scenario
from escalation.vocabulary import DIRECT, MEDIATED
from tests.history.crises import past
from tests.strategies import START, Tree, crisis, dated, incident, stage

ALBA, BOREA = 0, 1


def measured(acts: list[Tree], window: int = 90, origin: int = 0, **more: Any) -> MeasuredCourses:
    scenario = past(acts=acts)
    return measure(recorded_steps(history_of(scenario), origin), scenario.outcome, window, **more)


def ceasefire(day: int) -> list[Tree]:
    return [
        dated(day, "alba", "propose_ceasefire", "borea"),
        dated(day, "borea", "accept_ceasefire", "alba", seq=2),
    ]


FORCE = [
    dated(3, "alba", "artillery", "borea"),
    dated(8, "borea", "strike", "alba"),
    dated(11, "alba", "threat", "borea"),
]

BOTH = [dated(4, "alba", "raid", "borea"), dated(4, "borea", "raid", "alba")]


def test_peak_and_first_force_within_the_window() -> None:
    found = measured(FORCE)
    assert (found.peak.tolist(), found.first_force.tolist()) == ([7], [3.0])
    assert measured(FORCE, 7).peak.tolist() == [6]
    assert measured(FORCE, 2).first_force.tolist() == [math.inf]
    later = measured(FORCE, origin=3)
    assert (later.first_force.tolist(), later.end.tolist()) == ([5.0], [9.0])


def test_the_end_is_the_day_after_the_last_threat_that_a_fortnight_without_one_follows() -> None:
    assert measured(FORCE, 25).end.tolist() == [12.0]
    assert measured(FORCE, 24).end.tolist() == [math.inf]
    assert measured([dated(5, "alba", "expel", "borea")]).end.tolist() == [1.0]


@pytest.mark.parametrize(
    ("acts", "window", "expected"),
    [
        (FORCE, 90, QUIET),
        (FORCE, 20, GOES_ON),
        ([*FORCE, *ceasefire(12)], 20, DIRECTLY),
        ([*FORCE, *ceasefire(12)], 90, DIRECTLY),
        ([*FORCE, *ceasefire(12), dated(14, "alba", "threat", "borea")], 20, GOES_ON),
        ([*FORCE, *ceasefire(12), dated(14, "alba", "threat", "borea")], 90, DIRECTLY),
        ([*FORCE, *ceasefire(12), dated(14, "alba", "raid", "borea")], 90, QUIET),
        ([*FORCE, *ceasefire(12), dated(14, "alba", "raid", "borea"), *ceasefire(16)], 90, DIRECTLY),
        ([*ceasefire(2), *FORCE], 90, QUIET),
    ],
)
def test_how_it_ends(acts: list[Tree], window: int, expected: int) -> None:
    assert measured(acts, window).ending.tolist() == [expected]


def test_a_settlement_after_talks_opened_is_a_mediator_s() -> None:
    talks = [
        dated(9, "umbra", "offer", "alba"),
        dated(10, "alba", "consent", "umbra"),
        dated(10, "borea", "consent", "umbra"),
    ]
    assert measured([*FORCE, *talks, *ceasefire(12)]).ending.tolist() == [WITH_MEDIATOR]
    assert measured([*FORCE, *talks[:2], *ceasefire(12)]).ending.tolist() == [DIRECTLY]
    assert measured([*FORCE, *talks]).ending.tolist() == [QUIET]


def test_the_first_hit_and_its_answer() -> None:
    assert measured(FORCE).next_hit.tolist() == [5.0]
    assert measured(FORCE[:1]).next_hit.tolist() == [math.inf]
    assert measured(BOTH).next_hit.tolist() == [0.0]
    again = [dated(4, "alba", "raid", "borea"), dated(6, "alba", "raid", "borea")]
    assert measured(again).next_hit.tolist() == [math.inf]
    late = [dated(4, "alba", "raid", "borea"), dated(35, "borea", "raid", "alba")]
    assert measured(late).next_hit.tolist() == [math.inf]


def test_a_hit_is_followed_only_if_its_answer_would_be_seen_whatever_comes_of_it() -> None:
    """Whether it is asked depends on the day of the hit alone, so that the score stays proper."""
    assert measured(FORCE, 33).next_hit.tolist() == [5.0]
    assert measured(FORCE, 32).next_hit.tolist() == []
    assert measured(FORCE[2:]).next_hit.tolist() == []


def test_the_answer_to_the_pending_hit() -> None:
    on_alba = Hit(ALBA, BOREA)
    assert measured(FORCE, pending=on_alba).last_hit.tolist() == [3.0]
    assert measured(FORCE, 2, pending=on_alba).last_hit.tolist() == [math.inf]
    assert measured(FORCE, pending=Hit(BOREA, ALBA)).last_hit.tolist() == [8.0]
    late = [dated(31, "alba", "raid", "borea")]
    assert measured(late, pending=on_alba).last_hit.tolist() == [math.inf]
    assert measured(FORCE).last_hit.tolist() == []


def pending(acts: list[Tree], origin: int, **more: Any) -> Hit | None:
    return pending_hit(history_of(past(acts=acts, **({"incidents": []} | more))), origin, 6)


def test_a_hit_is_pending_until_it_is_answered() -> None:
    assert pending(FORCE, 2) is None
    assert pending(FORCE, 3) == Hit(BOREA, ALBA)
    assert pending(FORCE, 8) == Hit(ALBA, BOREA)
    assert pending(BOTH, 4) is None
    assert pending([dated(4, "alba", "sabotage", "borea")], 4) is None


def test_an_incident_is_a_hit_by_the_state_that_is_blamed() -> None:
    attack = [incident(2, "alba", "borea")]
    assert pending([], 1, incidents=attack) is None
    assert pending([], 2, incidents=attack) == Hit(ALBA, BOREA)
    assert pending(FORCE[:1], 5, incidents=attack) == Hit(BOREA, ALBA)


def test_an_old_hit_is_pending_no_more() -> None:
    hit = [dated(0, "alba", "raid", "borea")]
    assert pending(hit, 59, horizon=70) == Hit(BOREA, ALBA)
    assert pending(hit, 60, horizon=70) is None


@pytest.mark.parametrize(
    ("peak", "quiet", "expected"),
    [
        (2, False, CALM),
        (3, True, CALM),
        (3, False, STAND_OFF),
        (5, False, STAND_OFF),
        (6, True, LIMITED_FORCE),
        (8, False, LIMITED_FORCE),
        (9, True, WAR),
    ],
)
def test_class_of_a_course(peak: int, quiet: bool, expected: int) -> None:
    found = classes_of(past().outcome, np.array([peak]), np.array([quiet]))
    assert found.tolist() == [expected]


def test_what_came_before_the_origin_counts_for_the_class_alone() -> None:
    found = measured(FORCE, origin=20, peak_before=7)
    assert (found.outcome.tolist(), found.peak.tolist()) == ([LIMITED_FORCE], [0])


def as_free(scenario: Scenario) -> Scenario:
    """Return the scenario with its record on simulated days, on all others of which states hold."""
    taken = {(entry.actor, entry.date) for entry in scenario.acts}
    days = [START + dt.timedelta(days=day) for day in range(1, 61)]
    held = [
        DatedAct.model_construct(
            date=day, seq=1, actor=one, act="hold", target=other, concerning=None, says="-"
        )
        for day in days
        for one, other in (("alba", "borea"), ("borea", "alba"))
        if (one, day) not in taken
    ]
    changes = {"horizon": START, "free_days": 60, "acts": (*scenario.acts, *held)}
    return scenario.model_copy(update=changes)


@pytest.mark.parametrize(
    "acts",
    [
        FORCE,
        [*FORCE, *ceasefire(12)],
        [*FORCE, *ceasefire(12), dated(20, "borea", "war", "alba")],
        [*BOTH, dated(50, "alba", "alert", "borea")],
    ],
)
def test_a_record_and_a_run_of_the_same_acts_measure_alike(acts: list[Tree]) -> None:
    scenario = past(acts=acts, mediators={}, incidents=[], horizon=60, case=None)
    params = pack(as_free(scenario))
    runs = measure(
        simulated_steps(params, simulate(params, 1, 0, 3, paths=True), 0),
        scenario.outcome,
        60,
        pending=Hit(ALBA, BOREA),
    )
    record = measure(recorded_steps(history_of(scenario), 0), scenario.outcome, 60, pending=Hit(ALBA, BOREA))
    for name, values in vars(record).items():
        assert getattr(runs, name).tolist() == values.tolist() * 3, name


def test_runs_measure_what_the_engine_notes_of_them() -> None:
    """Peak, first force and the quiet at the end: two ways to one number."""
    tree = stage()
    scenario = crisis(**tree)
    params = pack(scenario)
    played = simulate(params, 3, 0, 200, paths=True)
    origin = scenario.horizon_day
    found = measure(simulated_steps(params, played, origin), scenario.outcome, scenario.free_days)

    def day(counted: Any) -> list[float]:
        return np.where(counted < 0, np.inf, counted - float(origin)).tolist()

    assert found.peak.tolist() == played.peak.max(axis=1).tolist()
    assert found.first_force.tolist() == day(played.first_force)
    assert found.end.tolist() == day(played.end)
    assert len(set(found.ending.tolist())) > 1


def test_an_agreement_in_talks_settles_though_no_act_shows_it() -> None:
    """Of two runs of nothing but holding, one agrees in talks on day 20."""
    scenario = past(acts=[], incidents=[], horizon=0, case=None)
    params = pack(scenario.model_copy(update={"free_days": 40}))
    played = simulate(params, 1, 0, 2, paths=True)
    agreed = replace(
        played,
        acts=played.acts[:0],  # type: ignore[index]
        settled=np.array([[-1], [20]], np.int32),
        channel=np.array([[0], [MEDIATED]], np.int8),
        opened=np.array([[-1], [9]], np.int32),
    )
    found = measure(simulated_steps(params, agreed, 0), scenario.outcome, 40)
    assert found.ending.tolist() == [QUIET, WITH_MEDIATOR]
    assert measure(simulated_steps(params, agreed, 0), scenario.outcome, 19).ending.tolist() == [QUIET] * 2
    direct = replace(agreed, channel=np.array([[0], [DIRECT]], np.int8))
    assert measure(simulated_steps(params, direct, 0), scenario.outcome, 40).ending.tolist() == [QUIET] * 2


def test_talks_open_on_record_only_where_the_coders_say_that_mediation_was_accepted() -> None:
    opened = {name for name in shipped_cases() if history_of(load_scenario(name)).talks}
    assert len(opened) > 5
    assert {case_of(load_scenario(name)).mediation for name in opened} == {"accepted"}
