"""JSON Schema of experiment files, for editors: generated from the models, as those of scenarios are."""

from __future__ import annotations

from pathlib import Path

from escalation.experiment.spec import Spec
from escalation.scenario.schema import Schema, as_text, schema_of


def experiment_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of experiment files.

    A file may give the design and a plot by their kind alone, which the models read as a mapping.
    """
    schema = schema_of(Spec, "Experiment file")
    properties, parts = schema["properties"], schema["$defs"]
    design = properties["design"]
    design["anyOf"] = [_kind_alone(parts["Design"]), {"$ref": design.pop("$ref")}]
    design["default"] = "grid"
    plots = next(part for part in properties["plots"]["anyOf"] if part.get("type") == "array")
    plots["items"] = {"anyOf": [_kind_alone(parts["Plot"]), plots["items"]]}
    return schema


def experiment_schema_text() -> str:
    """Return the JSON Schema of experiment files, as a file holds it."""
    return as_text(experiment_schema())


def write_experiment_schema(folder: Path) -> Path:
    """Write `experiment.schema.json` into a folder and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "experiment.schema.json"
    path.write_text(experiment_schema_text(), encoding="utf-8")
    return path


def _kind_alone(part: Schema) -> Schema:
    return {"enum": part["properties"]["kind"]["enum"]}
