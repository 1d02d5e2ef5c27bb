"""How a past crisis was coded: dates in order and within the crisis, and the template to code one."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

from escalation.files.read_yaml import read_tree
from escalation.scenario.case import Case, case_template
from escalation.scenario.scenario import Scenario


def case(**changes: Any) -> Case:
    given = {"ended": "2001-12-31", "outcome": "war", "mediation": "none", "coder": "x", "doubts": "y"}
    context = {"start": dt.date(2001, 12, 13), "states": ["india", "pakistan"], "mediators": []}
    return Case.model_validate(given | changes, context=context)


def test_a_case_has_documented_defaults() -> None:
    found = case(origins=["2001-12-13", "2001-12-31"], coded_to="2001-12-20")
    assert found.ended == dt.date(2001, 12, 31)
    assert found.origins == (dt.date(2001, 12, 13), dt.date(2001, 12, 31))
    assert (found.use, found.rung_doubt, found.mid) == ("calibrate", 1, None)


def test_a_second_coding_names_its_case() -> None:
    found = case(use="second_coding", coding_of="kutch_1965")
    assert (found.use, found.coding_of) == ("second_coding", "kutch_1965")
    assert case().coding_of is None


def test_a_game_names_the_sides_that_people_played() -> None:
    assert case(use="classroom", played=["india"]).played == ("india",)
    assert case().played == ()


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"ended": "2001-12-12"}, "2001-12-12 is before the start 2001-12-13"),
        ({"origins": ["2001-12-20", "2002-01-01"]}, "2002-01-01 outside the crisis"),
        ({"origins": ["2001-12-20", "2001-12-19"]}, "the origins are out of order"),
        ({"origins": ["2001-12-20", "2001-12-20"]}, "the origins are out of order"),
        ({"coded_to": "2002-01-01"}, "2002-01-01 outside the crisis"),
        ({"outcome": "peace"}, "outcome"),
        ({"rung_doubt": 6}, "rung_doubt"),
        ({"use": "second_coding"}, "a second coding of no case"),
        ({"coding_of": "kutch_1965"}, "coding_of, with use: calibrate"),
        ({"use": "second_coding", "coding_of": "a/b"}, "coding_of"),
        ({"use": "classroom"}, "a game that nobody played"),
        ({"played": ["india"]}, "played, with use: calibrate"),
        ({"use": "classroom", "played": ["borduria"]}, "no state or mediator is called"),
    ],
)
def test_what_cannot_be_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        case(**changes)


def test_the_template_has_the_keys_of_a_scenario_and_of_a_case() -> None:
    text = case_template()
    tree = read_tree(text, "template")
    assert tree.problems == []
    assert set(tree.value) <= set(Scenario.model_fields)
    assert set(tree.value["case"]) <= set(Case.model_fields)
    required = {name for name, field in Case.model_fields.items() if field.is_required()}
    assert required <= set(tree.value["case"])
    assert "<" in text
