"""What a crisis may hold: each rule between its parts, on one small valid example."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from tests.strategies import border_fire, build, crisis, crisis_tree, date, dated, incident

UMBRA = crisis_tree()["mediators"]["umbra"]


def test_days_are_counted_from_the_start() -> None:
    scenario = crisis(horizon=4, free_days=25)
    assert (scenario.horizon_day, scenario.last_day) == (4, 29)
    assert scenario.date_of(29) == scenario.start + dt.timedelta(days=29)
    assert (scenario.label("alba"), scenario.label("umbra")) == ("Alba", "Umbra")
    with pytest.raises(KeyError):
        scenario.label("nobody")


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"horizon": "2019-12-31"}, "is before start"),
        ({"horizon": "2120-01-01"}, "days after start"),
        ({"mediators": {"alba": UMBRA}}, "alba is both a state and a mediator"),
        ({"rivalries": [{"between": ["alba", "alba"]}]}, "alba as its own rival"),
        ({"rivalries": [{"between": ["alba", "borea"]}, {"between": ["borea", "alba"]}]}, "are a duplicate"),
        ({"rivalries": []}, "rivalries"),
        ({"incidents": [incident(30, "alba", "borea")]}, "is outside the scenario"),
        ({"incidents": [incident(0, "alba", "alba")]}, "is not a rival of alba"),
        ({"border_fire": [border_fire(0, "alba", "borea", nights=6)]}, "extend beyond the horizon"),
        ({"acts": [dated(1, "umbra", "expel", "borea")]}, 'umbra cannot take "expel"'),
        ({"acts": [dated(1, "alba", "expel", "umbra")]}, 'is not a target for "expel" by alba'),
        ({"outcome": {"force_rung": 9, "war_rung": 8}}, "the thresholds are out of order"),
        ({"outcome": {"violence_rung": 7}}, "the thresholds are out of order"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        build(crisis_tree(**changes))


def test_a_capability_that_an_act_needs_is_asked_of_its_actor() -> None:
    acts = [dated(1, "alba", "suspend_treaty", "borea")]
    assert crisis(acts=acts).acts[0].act == "suspend_treaty"
    with pytest.raises(ValidationError, match='lacks the capability "upstream"'):
        crisis(acts=[dated(1, "borea", "suspend_treaty", "alba")])


def test_border_fire_needs_a_contested_line() -> None:
    fire = [border_fire(0, "alba", "borea", nights=5)]
    assert crisis(border_fire=fire).border_fire[0].nights == 5
    with pytest.raises(ValidationError, match="have no contested line"):
        crisis(border_fire=fire, rivalries=[{"between": ["alba", "borea"]}])


def test_whom_mediation_concerns_is_required_where_there_are_several_rivals() -> None:
    tree = crisis_tree()
    tree["states"]["corda"] = {"label": "Corda"}
    tree["rivalries"].append({"between": ["alba", "corda"]})
    offer = next(name for name, act in build(tree).ladder.acts.items() if act.effect == "offer")
    tree["acts"] = [dated(3, "umbra", offer, "alba")]
    with pytest.raises(ValidationError, match="alba has 2 rivals, so concerning is required"):
        build(tree)
    tree["acts"] = [dated(3, "umbra", offer, "alba", concerning="corda")]
    assert build(tree).acts[0].concerning == "corda"
    tree["acts"] = [dated(3, "umbra", offer, "borea")]
    assert build(tree).acts[0].concerning is None
    tree["acts"] = [dated(3, "umbra", offer, "borea", concerning="corda")]
    with pytest.raises(ValidationError, match='"corda" is not a rival of borea'):
        build(tree)


def test_an_act_to_hold_needs_neither_taker_nor_target() -> None:
    acts = [dated(2, "umbra", "hold", "borea"), dated(2, "alba", "hold", "umbra")]
    assert [act.act for act in crisis(acts=acts).acts] == ["hold", "hold"]
    assert date(2) == str(crisis(acts=acts).acts[0].date)
