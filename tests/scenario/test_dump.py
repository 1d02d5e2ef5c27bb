"""Dumping: what is written loads as what was there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from escalation.scenario.dump import dump_scenario, dump_weights, resolved_tree, scenario_hash
from escalation.scenario.fields import references
from escalation.scenario.load import load_scenario, load_weights, shipped_scenarios
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "tests/data/tiny.yaml"
TRAPS = [
    "no",
    "On",
    "null",
    "~",
    "1e-3",
    "12:30",
    "010",
    "0x1F",
    "1_000",
    ".inf",
    "2025-04-22",
    "=",
    "<<",
    "1",
]


def loaded(text, tmp_path):
    path = tmp_path / "dumped.yaml"
    path.write_text(text, encoding="utf-8")
    return load_scenario(path)


@pytest.mark.parametrize("source", [TINY, *shipped_scenarios()])
def test_a_resolved_scenario_loads_as_an_equal_one(source, tmp_path):
    scenario = load_scenario(source)
    tree = resolved_tree(scenario)
    assert json.loads(json.dumps(tree, allow_nan=False)) == tree
    assert Scenario.model_validate(tree, context=references(tree)) == scenario
    assert loaded(json.dumps(tree, indent=1, ensure_ascii=False), tmp_path) == scenario
    assert loaded(dump_scenario(scenario), tmp_path) == scenario


def test_a_resolved_scenario_names_every_weight_and_its_dates_as_text():
    tree = resolved_tree(load_scenario(TINY))
    assert set(tree["weights"]) == set(Weights.model_fields)
    assert tree["start"] == "2025-04-22"
    assert list(tree["ladder"]["rungs"]) == [str(number) for number in range(11)]


@pytest.mark.parametrize("text", TRAPS)
def test_text_that_readers_disagree_on_is_quoted(text, tmp_path):
    scenario = load_scenario(TINY, [f'title="{text}"'])
    dumped = dump_scenario(scenario)
    assert loaded(dumped, tmp_path) == scenario
    # PyYAML reads by YAML 1.1, which the quotes must prevent from reading another type.
    assert yaml.safe_load(dumped)["title"] == text


@given(st.text(min_size=1, max_size=300))
def test_any_text_that_can_be_loaded_comes_back(tmp_path_factory, text):
    scenario = load_scenario(TINY)
    printable = "".join(char for char in text if char.isprintable() or char == "\n") or "x"
    title = scenario.model_copy(update={"title": printable})
    assert loaded(dump_scenario(title), tmp_path_factory.mktemp("any")) == title


@given(st.floats(0, 20, allow_nan=False), st.floats(1e-300, 1e-3))
def test_any_number_comes_back_to_the_last_digit(tmp_path_factory, large, small):
    scenario = load_scenario(TINY)
    weights = scenario.weights.model_copy(update={"ratchet": large, "step": small})
    changed = scenario.model_copy(update={"weights": weights})
    assert loaded(dump_scenario(changed), tmp_path_factory.mktemp("any")) == changed


def test_the_hash_is_that_of_the_content(tmp_path):
    scenario = load_scenario(TINY)
    assert scenario_hash(scenario) == scenario_hash(loaded(dump_scenario(scenario), tmp_path))
    assert scenario_hash(scenario) != scenario_hash(load_scenario(TINY, ["states.arland.resolve=0.61"]))
    assert scenario_hash(scenario) != scenario_hash(load_scenario(TINY, ["ladder.acts.strike.cost=0.41"]))


def test_another_order_of_acts_changes_the_hash(tmp_path):
    scenario = load_scenario(TINY)
    tree = resolved_tree(scenario)
    tree["ladder"]["acts"] = dict(reversed(tree["ladder"]["acts"].items()))
    turned = loaded(json.dumps(tree), tmp_path)
    assert turned == scenario  # mappings are equal in any order, but not the draws of their entries
    assert scenario_hash(turned) != scenario_hash(scenario)


def test_the_hash_is_the_same_in_another_process():
    code = (
        "from escalation.scenario.dump import scenario_hash\n"
        "from escalation.scenario.load import load_scenario\n"
        f"print(scenario_hash(load_scenario({str(TINY)!r})))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == scenario_hash(load_scenario(TINY))


def test_the_weights_file_names_every_weight_with_its_default():
    shipped = load_weights("default")
    assert shipped.name == "default"
    assert shipped.weights == Weights()
    assert shipped.weights.model_fields_set == set(Weights.model_fields)


def test_the_weights_file_says_of_each_weight_what_the_model_says():
    text = dump_weights()
    for parameter in parameters_of(Weights):
        low, high = parameter.plausible
        assert f"# {parameter.says} ({parameter.unit})." in text
        assert f"# Plausible {low:g} to {high:g}; source: {parameter.source}.\n  {parameter.name}: " in text


def test_the_shipped_weights_file_is_current():
    path = ROOT / "scenarios/weights/default.yaml"
    assert path.read_text(encoding="utf-8") == dump_weights()


def test_other_weights_can_be_written_too(tmp_path):
    path = tmp_path / "mine.yaml"
    text = dump_weights(Weights(ratchet=0.75), name="mine", title="No: mine", provenance="1e-3")
    path.write_text(text, encoding="utf-8")
    mine = load_weights(path)
    assert (mine.name, mine.title, mine.provenance) == ("mine", "No: mine", "1e-3")
    assert mine.weights == Weights(ratchet=0.75)
