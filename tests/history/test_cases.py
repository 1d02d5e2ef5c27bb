"""A case is cut where the forecaster's knowledge ends, and what came after is read from its record."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from pydantic import ValidationError

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.files.places import ScenarioError
from escalation.history.cases import (
    CALIBRATE,
    HISTORY,
    case_of,
    crisis_of,
    cut,
    last_case,
    load_cases,
    tasks_of,
)
from escalation.history.courses import GOES_ON, LIMITED_FORCE, QUIET, Hit
from escalation.history.crossvalidation import Record
from escalation.history.likelihood import evidence_of_cases
from escalation.history.mie import histories, no_events, no_exchanges
from escalation.history.validation import validate
from escalation.scenario.case import SECOND_CODING
from escalation.scenario.coherence import doubts
from escalation.scenario.scenario import Scenario
from tests.engine.runs import same_bits
from tests.history.crises import ACTS, case, past
from tests.strategies import START, Tree, border_fire, crisis, date, dated, incident


def day(number: int) -> dt.date:
    return START + dt.timedelta(days=number)


def test_an_origin_hides_what_comes_after_it() -> None:
    scenario = past(
        incidents=[incident(1, "alba", "borea"), incident(11, "alba", "borea")],
        border_fire=[
            border_fire(3, "alba", "borea", 4),
            border_fire(8, "alba", "borea", 6),
            border_fire(12, "alba", "borea"),
        ],
    )
    known = cut(scenario, day(10), 30)
    assert (known.horizon, known.free_days) == (day(10), 30)
    assert [(act.date, act.act) for act in known.acts][-1] == (day(10), "artillery")
    assert [entry.date for entry in known.incidents] == [day(1)]
    assert [(fire.nights, fire.goes_on) for fire in known.border_fire] == [(4, False), (3, True)]


def test_what_came_before_the_start_of_a_case_is_background() -> None:
    """It is kept, and changes neither what is played nor what is forecast, scored or fitted."""
    plain = past()
    told = past(
        acts=[dated(-40, "borea", "war", "alba"), dated(-1, "alba", "mobilise", "borea"), *ACTS],
        incidents=[incident(-9, "alba", "borea"), *_incidents(plain)],
    )
    assert len(told.acts) == len(plain.acts) + 2
    assert [doubt.says for doubt in doubts(told)] == [doubt.says for doubt in doubts(plain)]
    assert pack(told).forced.tolist() == pack(plain).forced.tolist()
    played = [simulate(pack(scenario), 1, 0, 20) for scenario in (plain, told)]
    assert same_bits(played[0].peak, played[1].peak)
    ours, theirs = tasks_of(plain, 90), tasks_of(told, 90)
    assert [(t.recorded, t.persists, t.peak_before) for t in ours] == [
        (t.recorded, t.persists, t.peak_before) for t in theirs
    ]
    evidence = [evidence_of_cases([scenario]) for scenario in (plain, told)]
    assert evidence[0].observed.tolist() == evidence[1].observed.tolist()
    assert same_bits(*(one.read(plain.weights) for one in evidence))


def _incidents(scenario: Scenario) -> list[Tree]:
    return [
        incident((entry.date - START).days, entry.victim, entry.blamed, entry.severity)
        for entry in scenario.incidents
    ]


def test_nothing_is_fitted_to_an_examination() -> None:
    held_out = past("held_out", case=case(use="examination"))
    assert load_cases([held_out]) == [held_out]
    with pytest.raises(ScenarioError, match=r"held_out: case\.use: .*examination"):
        load_cases([past(), held_out], CALIBRATE)
    with pytest.raises(ScenarioError, match="examination"):
        validate("default", cases=[held_out])
    with pytest.raises(ScenarioError, match="examination"):
        Record(no_exchanges(), (held_out,), histories(no_events(), 1946))


def test_only_a_case_reaches_back_before_its_start() -> None:
    with pytest.raises(ValidationError, match="is outside the scenario"):
        crisis(acts=[dated(-1, "alba", "protest", "borea")])
    with pytest.raises(ValidationError, match="is outside the scenario"):
        past(acts=[dated(-3_651, "alba", "protest", "borea")])


def test_what_comes_after_the_origin_changes_no_forecast() -> None:
    """Two cases that part on day 11 are one and the same at the end of day 10."""
    other = [*ACTS[:5], dated(11, "borea", "war", "alba")]
    runs = [
        simulate(pack(cut(scenario, day(10), 30)), 1, 0, 20)
        for scenario in (
            past(),
            past(acts=other, incidents=[*([incident(0, "alba", "borea")]), incident(12, "borea", "alba")]),
        )
    ]
    assert runs[0].outcome.tolist() == runs[1].outcome.tolist()
    assert runs[0].cost.tolist() == runs[1].cost.tolist()


def test_what_came_is_counted_from_the_origin_within_the_window() -> None:
    (task,) = tasks_of(past(), 90)
    assert (task.origin, task.window, task.peak_before) == (day(0), 90, 1)
    assert (task.recorded.peak, task.recorded.first_force, task.recorded.end) == (7, 10.0, 13.0)
    assert task.recorded.outcome == LIMITED_FORCE
    assert task.recorded.mediated is True
    (short,) = tasks_of(past(), 11)
    assert (short.recorded.peak, short.recorded.first_force) == (6, 10.0)
    assert short.recorded.mediated is False  # accepted after the window
    (shorter,) = tasks_of(past(), 9)
    assert (shorter.recorded.peak, shorter.recorded.first_force) == (3, math.inf)


def test_what_happened_before_an_origin_does_not_count_from_there_on() -> None:
    first, second, third = tasks_of(past(case=case(origins=[date(2), date(15), date(30)])), 90)
    assert (first.recorded.peak, first.recorded.first_force) == (7, 8.0)
    assert (second.recorded.peak, second.recorded.first_force, second.recorded.end) == (0, math.inf, 1.0)
    assert second.recorded.mediated is True
    assert third.recorded.mediated is None  # known by then
    assert (second.peak_before, second.persists.peak, second.persists.first_force) == (7, 7, 1.0)
    assert (third.persists.peak, third.persists.first_force) == (0, math.inf)
    assert third.persists.outcome == LIMITED_FORCE


def test_the_day_of_the_origin_is_known() -> None:
    (task,) = tasks_of(past(case=case(origins=[date(12)])), 90)
    assert (task.peak_before, task.recorded.peak, task.recorded.first_force) == (7, 0, math.inf)
    assert task.scenario.acts[-1].act == "strike"


def test_mediation_accepted_on_an_unknown_day_counts_if_all_that_was_left_lies_in_the_window() -> None:
    without = [act for act in ACTS if act["act"] != "consent"]
    (task,) = tasks_of(past(acts=without), 40)
    assert task.recorded.mediated is True
    (short,) = tasks_of(past(acts=without), 39)
    assert short.recorded.mediated is None
    (entered,) = tasks_of(past(acts=without, case=case(origins=[date(3)])), 40)
    assert entered.recorded.mediated is None  # perhaps before the origin
    (none,) = tasks_of(past(acts=without, case=case(mediation="offered")), 90)
    assert none.recorded.mediated is False


def test_mediation_is_no_question_where_no_mediator_can_enter() -> None:
    """Umbra enters on day 3, and forecasters know it."""
    assert [task.recorded.mediated for task in tasks_of(past(), 2)] == [None]
    assert [task.recorded.mediated for task in tasks_of(past(), 3)] == [False]
    nobody = [act for act in ACTS if "umbra" not in (act["actor"], act["target"])]
    alone = past(acts=nobody, mediators={}, case=case(mediation="none"))
    assert [task.recorded.mediated for task in tasks_of(alone, 90)] == [None]


def test_talks_open_on_the_day_of_the_second_consent() -> None:
    for window, expected in ((20, False), (21, True)):
        (task,) = tasks_of(past(), window)
        assert task.recorded.mediated is expected


def test_the_hit_that_is_pending_is_the_last_unanswered_one() -> None:
    """An attack on alba on day 0 is answered on day 10, and that on day 12."""
    tasks = tasks_of(past(case=case(origins=[date(0), date(11), date(12)])), 90)
    assert [task.pending for task in tasks] == [Hit(0, 1), Hit(1, 0), Hit(0, 1)]
    assert [task.recorded.last_hit for task in tasks] == [10.0, 1.0, math.inf]
    assert [task.recorded.next_hit for task in tasks] == [2.0, math.inf, None]
    assert [task.persists.last_hit for task in tasks] == [math.inf] * 3
    (short,) = tasks_of(past(), 12)
    assert short.answer_window == 12


def test_persistence_goes_on_while_the_last_fortnight_was_tense() -> None:
    quiet, tense, past_it = tasks_of(past(case=case(origins=[date(2), date(25), date(26)])), 90)
    assert (quiet.persists.ending, quiet.persists.end) == (QUIET, 1.0)
    assert (tense.persists.ending, tense.persists.end) == (GOES_ON, math.inf)
    assert past_it.persists.ending == QUIET


def test_nothing_is_scored_beyond_what_was_coded() -> None:
    (task,) = tasks_of(past(case=case(coded_to=date(11))), 90)
    assert (task.window, task.recorded.peak) == (11, 6)
    assert tasks_of(past(case=case(origins=[date(11), date(20)], coded_to=date(11))), 90) == []
    assert tasks_of(past(case=case(origins=[date(40)])), 90) == []  # nothing is left to forecast


def test_an_end_is_observed_only_if_the_quiet_after_it_is() -> None:
    (task,) = tasks_of(past(), 90)
    assert task.watched_end == 76
    (short,) = tasks_of(past(), 10)
    assert short.watched_end == 1


def test_a_scenario_that_is_not_a_case_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no `case`"):
        tasks_of(crisis(), 90)


def moved(name: str, years: int, **more: object) -> object:
    scenario = past(name, **more)
    shift = dt.timedelta(days=365 * years)
    assert scenario.case is not None
    ended = scenario.case.model_copy(update={"ended": scenario.case.ended + shift})
    return scenario.model_copy(update={"start": scenario.start + shift, "case": ended})


def test_the_last_crisis_is_the_most_recent_of_the_pair_that_had_ended() -> None:
    others = {
        "states": {"alba": {"label": "A"}, "cento": {"label": "C"}},
        "rivalries": [{"between": ["alba", "cento"]}], "mediators": {}, "incidents": [],
        "acts": [dated(1, "alba", "expel", "cento")],
    }  # fmt: skip
    now, before, long_before = moved("now", 0), moved("before", -2), moved("long_before", -9)
    foreign, later = moved("foreign", -1, **others), moved("later", 3)
    known = [later, long_before, before, foreign, now]
    assert last_case(known, now).name == "before"  # type: ignore[arg-type, union-attr]
    assert last_case([foreign, later], now).name == "foreign"  # type: ignore[arg-type, list-item, union-attr]
    assert last_case([later, now], now) is None  # type: ignore[arg-type, list-item]


def test_the_shipped_cases_of_one_use_are_loaded() -> None:
    every = load_cases([HISTORY])
    for_calibration = load_cases([HISTORY], CALIBRATE)
    assert 0 < len(for_calibration) < len(every)
    assert {case_of(one).use for one in for_calibration} == {CALIBRATE}


def test_second_codings_are_loaded_by_name_and_by_use_alone() -> None:
    every = load_cases([HISTORY])
    second = load_cases([HISTORY], SECOND_CODING)
    assert second
    assert not {one.name for one in second} & {one.name for one in every}
    assert {crisis_of(one) for one in second} <= {one.name for one in every}
    assert load_cases(["kargil_1999_second"])[0].name == "kargil_1999_second"


def test_a_game_is_fitted_to_only_where_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    game = past("game", case=case(use="classroom", played=["alba"]))
    assert load_cases([game], CALIBRATE) == [game]
    monkeypatch.setattr("escalation.history.cases.shipped_cases", lambda: ["game", "one"])
    monkeypatch.setattr("escalation.history.cases.load_scenario", {"game": game, "one": past()}.__getitem__)
    for use in (None, CALIBRATE):
        assert load_cases([HISTORY], use) == [past()]
    assert load_cases([HISTORY, game], CALIBRATE) == [past(), game]


def test_a_crisis_is_given_in_one_coding() -> None:
    other = past("one_second", case=case(use="second_coding", coding_of="one"))
    assert (crisis_of(past()), crisis_of(other)) == ("one", "one")
    assert load_cases([other, past("two")]) == [other, past("two")]
    with pytest.raises(ScenarioError, match=r"one: .*more than once"):
        load_cases([past(), other])
