"""Situations contain exactly what they declare."""

from __future__ import annotations

import pytest

from escalation.files.places import ScenarioError
from escalation.history.attacks import after_act, after_attack, calm
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    return load_scenario("pahalgam_2025")


def test_after_an_act_there_is_that_act_alone_by_the_state_that_was_blamed(scenario: Scenario) -> None:
    struck = after_act(scenario, "strike", 60)
    (act,) = struck.acts
    blamed = scenario.incidents[0]
    assert (act.actor, act.target, act.act) == (blamed.blamed, blamed.victim, "strike")
    assert (act.date, struck.free_days) == (struck.horizon, 60)
    assert [len(struck.incidents), len(struck.hazards), len(struck.border_fire), len(struck.mediators)] == [
        0
    ] * 4


def test_an_act_that_the_ladder_does_not_have_is_reported(scenario: Scenario) -> None:
    with pytest.raises(ScenarioError, match='no act of the ladder is called "stroke"'):
        after_act(scenario, "stroke", 60)


def test_after_an_attack_there_is_that_attack_alone(scenario: Scenario) -> None:
    attacked = after_attack(scenario, 0.3, 60)
    assert [incident.severity for incident in attacked.incidents] == [0.3]
    assert [len(attacked.acts), len(attacked.mediators), len(calm(scenario, 30).incidents)] == [0] * 3
