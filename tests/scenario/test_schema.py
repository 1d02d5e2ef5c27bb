"""The JSON Schema: accepts what loads, refuses what editors can see to be wrong, and is current."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from escalation.files.read_yaml import read_tree
from escalation.scenario.parameters import parameters_of
from escalation.scenario.schema import schema_text, schemas, write_schemas
from escalation.scenario.weights import Weights

ROOT = Path(__file__).resolve().parents[2]
KINDS = ["scenario", "ladder", "weights"]
HEADER = re.compile(r"# yaml-language-server: \$schema=(\S+)\n")

GOOD = {
    "scenario": [
        ROOT / "tests/data/tiny.yaml",
        *(ROOT / "scenarios").glob("*.yaml"),
        *(ROOT / "scenarios/history").glob("*.yaml"),
    ],
    "ladder": [ROOT / "tests/data/tiny_ladder.yaml", *(ROOT / "scenarios/ladders").glob("*.yaml")],
    "weights": [*(ROOT / "scenarios/weights").glob("*.yaml")],
}


def as_editors_see(value):
    """Return plain data with text as keys, which is all that JSON knows."""
    if isinstance(value, dict):
        return {str(key): as_editors_see(inside) for key, inside in value.items()}
    return [as_editors_see(inside) for inside in value] if isinstance(value, list) else value


def errors(kind, text):
    """Return the paths of a file that its schema refuses."""
    tree = as_editors_see(read_tree(text, "file").value)
    validator = Draft202012Validator(schemas()[kind])
    return sorted(".".join(map(str, error.absolute_path)) for error in validator.iter_errors(tree))


def changed(kind, old, new):
    text = GOOD[kind][0].read_text(encoding="utf-8")
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_schema(kind):
    Draft202012Validator.check_schema(schemas()[kind])
    assert json.loads(schema_text(kind)) == schemas()[kind]


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in GOOD.items() for path in paths])
def test_good_files_pass(kind, path):
    assert errors(kind, path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind, paths in GOOD.items() for path in paths])
def test_good_files_name_their_schema(kind, path):
    header = HEADER.match(path.read_text(encoding="utf-8"))
    assert header
    assert (path.parent / header[1]).resolve() == ROOT / f"scenarios/schema/{kind}.schema.json"


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_schema_is_current(kind):
    shipped = ROOT / f"scenarios/schema/{kind}.schema.json"
    assert shipped.read_text(encoding="utf-8") == schema_text(kind)


def test_schemas_are_written_where_they_are_wanted(tmp_path):
    paths = write_schemas(tmp_path / "new")
    assert sorted(path.name for path in paths) == sorted(f"{kind}.schema.json" for kind in KINDS)
    assert paths[0].read_text(encoding="utf-8") == schema_text("scenario")


@pytest.mark.parametrize(
    ("kind", "old", "new", "path"),
    [
        ("scenario", "resolve: 0.6", "resolve: 1.4", "states.arland.resolve"),
        ("scenario", "resolve: 0.6", "reslove: 0.6", "states.arland"),
        ("scenario", "resolve: 0.6", "resolve: high", "states.arland.resolve"),
        ("scenario", "free_days: 10\n", "", ""),
        ("scenario", "style: facilitation", "style: facilitate", "mediators.cesland.style"),
        (
            "scenario",
            "between: [arland, borland]\n    con",
            "between: [arland]\n    con",
            "rivalries.0.between",
        ),
        ("scenario", "  borland:\n", "  Borland:\n", "states"),
        ("scenario", "ladder: tiny_ladder.yaml", "ladder: 3", "ladder"),
        ("scenario", "  misperception: .5", "  misperceptoin: .5", "weights"),
        ("scenario", "  misperception: .5", "  from: 3", "weights"),
        ("scenario", "  misperception: .5", "  from: calibrated\n  draw: -1", "weights"),
        ("scenario", "  misperception: .5", "  draw: 17", "weights"),
        ("ladder", "  10: {label: Nuclear use", "  11: {label: Nuclear use", "rungs"),
        ("ladder", "rung: 7", "rung: 17", "acts.strike.rung"),
        ("ladder", 'cameo: "195"', "cameo: 195", "acts.strike.crosswalk.cameo"),
        ("weights", "name: default", "name: The default", "name"),
        ("weights", "\n  ratchet: 0.5", "\n  ratchet: 500", "weights.ratchet"),
    ],
)
def test_bad_values_are_refused_in_their_place(kind, old, new, path):
    assert path in errors(kind, changed(kind, old, new))


@pytest.mark.parametrize(
    "weights",
    [
        "weights: default",
        "weights: {from: default, step: 0.2}",
        "weights: {from: calibrated, draw: 17}",
        "weights: {}",
        "weights: {step: 0.2}",
        "",
    ],
)
def test_a_scenario_may_name_its_weights_or_hold_them_or_neither(weights):
    text = changed("scenario", "weights:\n  pressure: 4\n  misperception: .5\n", weights + "\n")
    assert errors("scenario", text) == []


def test_a_scenario_may_hold_its_ladder():
    lines = GOOD["ladder"][0].read_text(encoding="utf-8").splitlines(keepends=True)
    inline = "ladder:\n" + "".join("  " + line for line in lines)
    assert errors("scenario", changed("scenario", "ladder: tiny_ladder.yaml\n", inline)) == []
    wrong = inline.replace("rung: 7", "rung: 17")
    assert errors("scenario", changed("scenario", "ladder: tiny_ladder.yaml\n", wrong)) == ["ladder"]


def test_every_weight_has_its_description_default_range_unit_and_source():
    properties = schemas()["weights"]["$defs"]["Weights"]["properties"]
    for parameter in parameters_of(Weights):
        found = properties[parameter.name]
        assert found["default"] == parameter.default
        assert (found["minimum"], found["maximum"]) == parameter.bounds
        assert tuple(found["plausible"]) == parameter.plausible
        assert (found["unit"], found["source"]) == (parameter.unit, parameter.source)
        assert found["description"].startswith(parameter.says)
