"""JSON Schema of scenario, ladder and weights files, for editors: generated from the models.

The models describe a resolved scenario; an authored file may name its ladder and weights instead of
holding them, and counts rungs by number, which JSON knows only as text. Those are the differences.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from escalation.files.write import write_file
from escalation.scenario.ladder import Ladder
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import WeightSet

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NAME = "Name of a shipped {0}, or path of a {0} file as seen from this one"

Schema = dict[str, Any]


def schemas() -> dict[str, Schema]:
    """Return the JSON Schema (draft 2020-12) of each kind of file."""
    scenario = schema_of(Scenario, "Scenario file")
    named = {"type": "string", "minLength": 1}
    properties = scenario["properties"]
    properties["ladder"] = {
        "anyOf": [{**named, "description": _NAME.format("ladder")}, {"$ref": "#/$defs/Ladder"}],
        "description": "Rungs and acts: named, or written out here",
    }
    properties["weights"] = {
        "anyOf": [{**named, "description": _NAME.format("weights")}, {"$ref": "#/$defs/Weights"}],
        "description": "The numbers of the rules: named, or written out here; the rest by default",
        "default": {},
    }
    scenario["required"].remove("weights")
    weights = scenario["$defs"]["Weights"]["properties"]
    first = {
        "from": {**named, "description": _NAME.format("weights") + "; values given here take precedence"},
        "draw": {
            "type": "integer",
            "minimum": 0,
            "description": "Number of a draw from the fitted distribution of the named set",
        },
    }
    scenario["$defs"]["Weights"]["properties"] = first | weights
    scenario["$defs"]["Weights"]["dependentRequired"] = {"draw": ["from"]}
    _number_rungs(scenario["$defs"]["Ladder"])
    ladder = schema_of(Ladder, "Ladder file")
    _number_rungs(ladder)
    return {"scenario": scenario, "ladder": ladder, "weights": schema_of(WeightSet, "Weights file")}


def schema_text(kind: str) -> str:
    """Return the JSON Schema of one kind of file, `scenario`, `ladder` or `weights`, as a file holds it."""
    return as_text(schemas()[kind])


def as_text(schema: Schema) -> str:
    """Return a schema as a file holds it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write `KIND.schema.json` of each kind of file into a folder and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for kind in schemas():
        path = folder / f"{kind}.schema.json"
        write_file(path, schema_text(kind))
        paths.append(path)
    return paths


def schema_of(model: type[BaseModel], title: str) -> Schema:
    """Return the JSON Schema of a model as editors can use it."""
    generated = model.model_json_schema()
    _tidy(generated)
    return {"$schema": _DIALECT, "title": title, **generated}


def _tidy(schema: Schema) -> None:
    """Put what editors show into the descriptions, and forbid keys that the models do not have."""
    if isinstance(schema.get("title"), str):
        del schema["title"]  # only repeats the name
    if "plausible" in schema:
        low, high = schema["plausible"]
        schema["description"] += (
            f". Unit: {schema['unit']}. Plausible: {low:g} to {high:g}. Source: {schema['source']}."
        )
    if "patternProperties" in schema:
        schema["additionalProperties"] = False
    for inside in ("properties", "$defs", "patternProperties"):
        for part in schema.get(inside, {}).values():
            _tidy(part)
    for inside in ("items", "additionalProperties"):
        if isinstance(schema.get(inside), dict):
            _tidy(schema[inside])
    for inside in ("anyOf", "prefixItems"):
        for part in schema.get(inside, []):
            _tidy(part)


def _number_rungs(ladder: Schema) -> None:
    rungs = ladder["properties"]["rungs"]
    ladder["properties"]["rungs"] = {
        "type": "object",
        "description": "Rungs 0 to 10, each by its number",
        "patternProperties": {"^([0-9]|10)$": rungs["additionalProperties"]},
        "additionalProperties": False,
        "required": [str(number) for number in range(11)],
    }
