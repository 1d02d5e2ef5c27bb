"""Ids of dated entries: each names one entry; they survive a dump, and are optional."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from escalation.experiment.spec import Spec
from escalation.files.places import ScenarioError
from escalation.scenario.dump import dump_scenario, resolved_tree
from escalation.scenario.fields import DATED, FileName, entry_ids
from escalation.scenario.ladder import Ladder
from escalation.scenario.load import load_scenario, shipped_cases, shipped_scenarios
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import WeightSet

TINY = Path(__file__).parents[1] / "data" / "tiny.yaml"


def test_ids_are_found_with_their_list_and_number() -> None:
    assert entry_ids(resolved_tree(load_scenario(TINY))) == {
        "attack": ("incidents", 0),
        "line_fire": ("border_fire", 0),
        "condemnation": ("reports", 0),
        "closure": ("acts", 0),
        "objection": ("acts", 1),
        "appeal": ("acts", 2),
    }


@pytest.mark.parametrize("kind", [Scenario, Ladder, WeightSet, Spec])
@pytest.mark.parametrize("name", ["nul", "con", "com1", "lpt9", "a/b", "-a", "a.b", "..", "A", "a b", ""])
def test_a_name_after_which_files_are_called_is_one_on_every_system(kind: Any, name: str) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate({"name": name})
    assert ("name",) in [error["loc"] for error in caught.value.errors() if error["type"] != "missing"]


@pytest.mark.parametrize("name", ["console", "com", "lpt10", "nul_1"])
def test_other_names_are_free(name: str) -> None:
    assert TypeAdapter(FileName).validate_python(name) == name


def test_an_id_is_kept_by_a_dump_and_left_out_where_there_is_none(tmp_path: Path) -> None:
    scenario = load_scenario(TINY, ["acts.objection.id=null"])
    text = dump_scenario(scenario)
    assert "id: closure" in text
    assert "id: null" not in text
    copy = tmp_path / "copy.yaml"
    copy.write_text(text, encoding="utf-8")
    assert load_scenario(copy) == scenario


def test_an_entry_without_id_is_addressed_by_its_number() -> None:
    scenario = load_scenario(TINY, ["acts.objection.id=null", "acts.1.says=Changed."])
    assert scenario.acts[1].says == "Changed."


@pytest.mark.parametrize("name", ["attack", "arland", "cesland", "acts"])
def test_an_id_that_names_something_else_is_refused(name: str) -> None:
    with pytest.raises(ScenarioError, match=f'"{name}" is '):
        load_scenario(TINY, [f"acts.objection.id={name}"])


@pytest.mark.parametrize("name", [*shipped_scenarios(), *shipped_cases()])
def test_every_dated_entry_of_a_shipped_scenario_has_an_id(name: str) -> None:
    scenario = load_scenario(name)
    assert all(entry.id is not None for key in DATED for entry in getattr(scenario, key))
