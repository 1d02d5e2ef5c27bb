"""Outcome classes in their order, with the thresholds of the scenario."""

from __future__ import annotations

import pytest

from escalation.rules import mediate, outcome
from escalation.vocabulary import OUTCOMES
from tests.strategies import Table, crisis

LAST = 29


@pytest.fixture
def table() -> Table:
    return Table(crisis()).on(LAST)


def act(table: Table, today: int, name: str, by: str = "alba", on: str = "borea") -> None:
    now = int(table.state.counts[0])
    table.on(today).take(by, name, on)
    table.settle().on(now)


def outcome_of(table: Table) -> str:
    return OUTCOMES[outcome.classify(table.params, table.state)]


def test_nobody_acts(table: Table) -> None:
    assert outcome_of(table) == "de_escalated"
    assert outcome.peak_rung(table.state, 0) == 0
    assert outcome.first_day_from(table.state, 1) == outcome.last_day_from(table.state, 1) == -1


def test_nobody_acts_in_a_short_crisis() -> None:
    table = Table(crisis(horizon=0, free_days=5, acts=[])).on(5)
    assert outcome_of(table) == "de_escalated"


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("nuclear_use", "nuclear_use"),
        ("war", "war"),
        ("sustained", "limited_force_going_on"),
        ("artillery", "limited_force_going_on"),
        ("sabotage", "stand_off"),
        ("threat", "stand_off"),
        ("expel", "de_escalated"),
        ("protest", "de_escalated"),
        ("offer_talks", "de_escalated"),
    ],
)
def test_the_class_of_one_late_act(table: Table, name: str, found: str) -> None:
    act(table, LAST - 1, name)
    assert outcome_of(table) == found


def test_the_first_class_that_matches_counts(table: Table) -> None:
    found = []
    for name in ("threat", "raid", "war", "nuclear_use"):
        act(table, LAST - 1, name)
        found.append(outcome_of(table))
    assert found == ["stand_off", "limited_force_going_on", "war", "nuclear_use"]
    assert outcome.peak_rung(table.state, 0) == 10
    assert outcome.peak_rung(table.state, 1) == 0


def test_history_counts_in_no_class(table: Table) -> None:
    act(table, 4, "war")
    assert outcome_of(table) == "de_escalated"
    act(table, 5, "war")
    assert outcome_of(table) == "war"


@pytest.mark.parametrize(("today", "found"), [(15, "limited_force_ended"), (16, "limited_force_going_on")])
def test_a_quiet_fortnight_is_fourteen_days_without_violence(table: Table, today: int, found: str) -> None:
    act(table, today, "raid")
    assert outcome_of(table) == found


def test_violence_below_force_keeps_it_going(table: Table) -> None:
    act(table, 10, "raid")
    assert outcome_of(table) == "limited_force_ended"
    act(table, 20, "sabotage", by="borea", on="alba")
    assert outcome_of(table) == "limited_force_going_on"


@pytest.mark.parametrize(("today", "found"), [(15, "de_escalated"), (16, "stand_off")])
def test_a_stand_off_is_a_threat_in_the_last_fortnight(table: Table, today: int, found: str) -> None:
    act(table, today, "threat")
    assert outcome_of(table) == found


def test_a_ceasefire_that_holds_ends_force_and_a_broken_one_does_not(table: Table) -> None:
    act(table, 25, "strike")
    act(table, 27, "accept_ceasefire", by="borea", on="alba")
    assert outcome_of(table) == "limited_force_ended"
    table.dyad("alba", "borea").ceasefire = 0
    assert outcome_of(table) == "limited_force_going_on"


def test_every_pair_that_used_force_needs_its_ceasefire() -> None:
    states = {name: {"label": name} for name in ("alba", "borea", "corda")}
    rivalries = [{"between": ["alba", "borea"]}, {"between": ["alba", "corda"]}]
    table = Table(crisis(states=states, rivalries=rivalries, mediators={}, acts=[])).on(LAST)
    act(table, 25, "strike")
    act(table, 26, "raid", by="corda", on="alba")
    act(table, 27, "accept_ceasefire", by="borea", on="alba")
    assert outcome_of(table) == "limited_force_going_on"
    act(table, 28, "accept_ceasefire", by="corda", on="alba")
    assert outcome_of(table) == "limited_force_ended"


def test_incidents_and_border_fire_count_in_no_class() -> None:
    from escalation.engine import day

    fire = {"border_fire_on": 1.0, "border_fire_off": 0.0}
    hazards = [{"label": "x", "victim": "alba", "blamed": "borea", "per_day": 1.0, "severity": 0.85}]
    table = Table(crisis(weights=fire, hazards=hazards, acts=[], mediators={}))
    for _ in range(LAST + 1):
        day.begin_day(table.params, table.state, table.luck)
    assert table.dyad("alba", "borea").border_fire == 1
    assert table.pair("alba", "borea").pressure > 0.9
    assert outcome_of(table) == "de_escalated"
    assert outcome.peak_rung(table.state, 0) == outcome.peak_rung(table.state, 1) == 0


def test_a_mediator_s_acts_are_no_state_s(table: Table) -> None:
    mediate.settle_mediation(table.params, table.state, 2, table.act("press"), 0, 1)
    assert outcome.peak_rung(table.state, 0) == 0


@pytest.mark.parametrize(
    ("thresholds", "name", "today", "found"),
    [
        ({"nuclear_rung": 9}, "war", 28, "nuclear_use"),
        ({"war_rung": 8}, "sustained", 28, "war"),
        ({"force_rung": 7}, "raid", 28, "stand_off"),
        ({"standoff_rung": 2}, "expel", 28, "stand_off"),
        ({"standoff_rung": 4}, "threat", 28, "de_escalated"),
        ({"quiet_days": 3}, "raid", 26, "limited_force_ended"),
        ({"quiet_days": 4}, "raid", 26, "limited_force_going_on"),
        ({"quiet_days": 3}, "threat", 26, "de_escalated"),
    ],
)
def test_thresholds_come_from_the_scenario(
    thresholds: dict[str, int], name: str, today: int, found: str
) -> None:
    table = Table(crisis(outcome=thresholds)).on(LAST)
    act(table, today, name)
    assert outcome_of(table) == found


def test_the_threshold_of_violence_comes_from_the_scenario() -> None:
    found = {}
    for rung in (5, 6):
        table = Table(crisis(outcome={"violence_rung": rung})).on(LAST)
        act(table, 10, "raid")
        act(table, 25, "sabotage")
        found[rung] = outcome_of(table)
    assert found == {5: "limited_force_going_on", 6: "limited_force_ended"}


@pytest.mark.parametrize("thresholds", [{"force_rung": 3}, {"war_rung": 5}, {"standoff_rung": 9}])
def test_thresholds_out_of_order_are_refused(thresholds: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="rung"):
        crisis(outcome=thresholds)


def test_days_of_a_rung_or_above(table: Table) -> None:
    for today, name in ((6, "threat"), (8, "strike"), (9, "threat"), (11, "raid"), (13, "protest")):
        act(table, today, name)
    firsts = [outcome.first_day_from(table.state, rung) for rung in (1, 3, 4, 7, 8)]
    lasts = [outcome.last_day_from(table.state, rung) for rung in (1, 3, 4, 7, 8)]
    assert firsts == [6, 6, 8, 8, -1]
    assert lasts == [13, 11, 11, 8, -1]
