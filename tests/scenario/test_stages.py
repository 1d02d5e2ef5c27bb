"""Values that change on a day of a crisis: where they come from, and which scenario holds on which day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from escalation.engine.pack import pack
from escalation.experiment.loaded import load_experiment
from escalation.experiment.spec import experiment_template
from escalation.scenario.coherence import doubts
from escalation.scenario.dump import dump_scenario, resolved_tree, scenario_hash
from escalation.scenario.load import ScenarioError, load_scenario, read_scenario
from escalation.scenario.scenario import Scenario
from escalation.scenario.stages import ChangingValuesError, Stages, later_mediators

SCENARIO = load_scenario("pahalgam_2025", ["free_days=6"])


def changed(*changes: dict[str, Any], **more: Any) -> Scenario:
    """Return the scenario with changes, read as from a file."""
    entries = [{"says": "Something comes to light.", **change} for change in changes]
    text = dump_scenario(SCENARIO.model_copy(update=more))
    return read_scenario(text.encode() + dump_of(entries), "file")


def dump_of(entries: list[dict[str, Any]]) -> bytes:
    lines = ["changes:"]
    for entry in entries:
        lines += [f"  - date: {entry['date']}", f"    says: {entry['says']}", "    set:"]
        lines += [f"      {path}: {value}" for path, value in entry["set"].items()]
    return ("\n".join(lines) + "\n").encode()


def test_a_day_has_the_values_that_came_into_force_by_then() -> None:
    scenario = changed(
        {"date": "2025-05-08", "set": {"states.india.audience": 1, "weights.talks_lull": 0.0}},
        {"date": "2025-05-06", "set": {"mediators.russia.toward.india.leverage": 0.9}},
        {
            "date": "2025-05-08",
            "set": {"states.india.audience": 0.25, "mediators.russia.style": "formulation"},
        },
    )
    stages = Stages(scenario)
    first = scenario.horizon_day + 1
    assert stages.since == [0, first, first + 2]
    assert stages.on(first - 1) == SCENARIO, "nothing before the first change differs"
    assert stages.on(first).mediators["russia"].toward["india"].leverage == 0.9
    assert stages.on(first + 1).states == SCENARIO.states
    last = stages.on(first + 100)
    assert last is stages.on(first + 2)
    assert (last.states["india"].audience, last.weights.talks_lull) == (0.25, 0.0), "the later one of a day"
    assert last.mediators["russia"].style == "formulation"
    assert last.mediators["russia"].toward["india"].leverage == 0.9, "earlier changes stay in force"
    assert not last.changes
    assert isinstance(changed({"date": "2025-05-08", "set": {"states.india.audience": 1}}), Scenario)


def test_a_scenario_without_changes_is_its_own_stage_and_has_the_same_hash() -> None:
    assert Stages(SCENARIO).on(3) is SCENARIO
    assert "changes" not in resolved_tree(SCENARIO)
    scenario = changed({"date": "2025-05-08", "set": {"states.india.audience": 1.0}})
    assert scenario_hash(scenario) != scenario_hash(SCENARIO)
    assert read_scenario(dump_scenario(scenario).encode(), "again") == scenario


def test_a_relation_that_the_file_leaves_out_begins_with_the_defaults() -> None:
    russia = SCENARIO.mediators["russia"].model_copy(update={"toward": {}})
    scenario = changed(
        {"date": "2025-05-08", "set": {"mediators.russia.toward.india.trust": 0.9}},
        mediators={"russia": russia},
    )
    relation = Stages(scenario).on(99).mediators["russia"].toward["india"]
    assert (relation.trust, relation.leverage) == (0.9, 0.2)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"states.indai.audience": 1}, r"no state is called \"indai\"; did you mean .india.\?"),
        ({"states.india.capabilities": 1}, r"is no value that changes during a crisis"),
        ({"states.india.label": "X"}, r"is no value that changes during a crisis"),
        ({"states.india.audience": 1.5}, r"states.india.audience: 1.5 is out of range; a number from 0 to 1"),
        ({"states.india.audience": "high"}, r"\"high\" is out of range; a number from 0 to 1"),
        ({"mediators.russia.style": "pressing"}, r"one of facilitation, formulation, manipulation"),
        ({"mediators.iran.style": "facilitation"}, r"no mediator is called \"iran\""),
        ({"mediators.russia.toward.nowhere.trust": 1}, r"no state is called \"nowhere\""),
        ({"mediators.russia.enters_day": -1}, r"a day, counted from the start"),
        ({"weights.nothing": 1}, r"is no value that changes during a crisis"),
        ({"rivalries.0.tension": 1}, r"states.NAME.KEY, mediators.NAME.KEY"),
    ],
)
def test_what_cannot_change_is_refused_in_one_line_with_its_place(values: dict[str, Any], says: str) -> None:
    with pytest.raises(ScenarioError, match=says) as raised:
        changed({"date": "2025-05-08", "set": values})
    (problem,) = raised.value.problems
    assert problem.line is not None


def test_a_change_outside_the_scenario_is_refused() -> None:
    with pytest.raises(ScenarioError, match="2026-05-08 is outside the scenario"):
        changed({"date": "2026-05-08", "set": {"states.india.audience": 1}})


def test_a_mediator_that_enters_by_a_change_is_one_that_enters() -> None:
    never = SCENARIO.mediators["russia"].model_copy(update={"enters_day": SCENARIO.last_day + 1})
    alone = {**SCENARIO.mediators, "iran": never}
    scenario = changed({"date": "2025-05-08", "set": {"mediators.iran.enters_day": 16}}, mediators=alone)
    assert later_mediators(scenario) == {"iran"}
    assert not later_mediators(SCENARIO.model_copy(update={"mediators": alone}))
    assert [doubt.name for doubt in doubts(scenario)] == []
    assert "never_enters" in [one.name for one in doubts(SCENARIO.model_copy(update={"mediators": alone}))]


def test_many_crises_with_changing_values_are_refused(tmp_path: Path) -> None:
    scenario = changed({"date": "2025-05-08", "set": {"states.india.audience": 1.0}})
    with pytest.raises(ChangingValuesError, match="values change on 2025-05-08"):
        pack(scenario)
    (tmp_path / "changing.yaml").write_text(dump_scenario(scenario))
    text = experiment_template().replace("scenario: pahalgam_2025", "scenario: changing.yaml")
    (tmp_path / "experiment.yaml").write_text(text)
    with pytest.raises(
        ScenarioError, match=r"experiment.yaml:\d+:\d+: scenario: values .* without `changes`"
    ):
        load_experiment(tmp_path / "experiment.yaml")
