"""A scenario back to plain data, to a hash and to YAML; the weights to a commented file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import yaml

from escalation.files.read_yaml import is_text
from escalation.scenario.fields import DATED
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import Fitted
from escalation.scenario.weights import Weights


def resolved_tree(scenario: Scenario) -> dict[str, Any]:
    """Return a scenario as JSON-able data, independent of files and defaults.

    Written as JSON or YAML it loads as an equal scenario. Left out where empty are only the coding of
    a past crisis, the sides that people played in it, changes of values from a day on, and the ids of
    dated entries.
    """
    tree = scenario.model_dump(mode="json")
    if tree["case"] is None:
        del tree["case"]
    elif not tree["case"]["played"]:
        del tree["case"]["played"]
    if not tree["changes"]:
        del tree["changes"]
    for entry in (entry for key in DATED for entry in tree.get(key, ())):
        if entry["id"] is None:
            del entry["id"]
    return tree


def scenario_hash(scenario: Scenario) -> str:
    """Return the SHA-256 of a resolved scenario, in hexadecimal.

    Keys stay in the order of the file: the order of acts and states decides ties and places, so two
    scenarios that differ in it are not the same.
    """
    text = json.dumps(resolved_tree(scenario), separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def dump_scenario(scenario: Scenario) -> str:
    """Return a resolved scenario as a YAML file that loads as an equal one."""
    tree = resolved_tree(scenario)
    tree["ladder"]["rungs"] = {int(number): rung for number, rung in tree["ladder"]["rungs"].items()}
    return yaml_text(tree)


def dump_weights(
    weights: Weights | None = None,
    *,
    name: str = "default",
    title: str = "The default weights",
    provenance: str = "The defaults of the model; each is listed with its source.",
    fitted: Fitted | None = None,
) -> str:
    """Return a weights file that names every weight, each with its meaning, range, unit and source."""
    values = weights or Weights()
    header = yaml_text({"name": name, "title": title, "provenance": provenance})
    lines = ["# yaml-language-server: $schema=../schema/weights.schema.json", header + "weights:"]
    parameters = list(parameters_of(Weights))
    for group in dict.fromkeys(parameter.group for parameter in parameters):
        lines += ["", f"  # --- {group} ---"]
        for parameter in parameters:
            if parameter.group == group:
                low, high = parameter.plausible
                lines += [
                    "",
                    f"  # {parameter.says} ({parameter.unit}).",
                    f"  # Plausible {low:g} to {high:g}; source: {parameter.source}.",
                    f"  {parameter.name}: {getattr(values, parameter.name)!r}",
                ]
    if fitted is not None:
        lines += ["", *_fitted_lines(fitted)]
    return "\n".join(lines) + "\n"


def _fitted_lines(fitted: Fitted) -> Iterator[str]:
    """Write how precisely the weights are identified, one row of numbers per line."""
    yield "# Precision of the fitted weights; `draw: K` next to `from` takes one draw."
    yield "fitted:"
    yield f"  weights: [{', '.join(fitted.weights)}]"
    yield f"  se: {list(fitted.se)}"
    yield f"  prior_sd: {list(fitted.prior_sd)}"
    yield f"  weakly_identified: [{', '.join(fitted.weakly_identified)}]"
    yield "  profile:" if fitted.profile else "  profile: {}"
    for name, (low, high) in fitted.profile.items():
        yield f"    {name}: [{low!r}, {high!r}]"
    yield "  draws:" if fitted.draws else "  draws: []"
    for row in fitted.draws:
        yield f"    - {list(row)}"


class _Dumper(yaml.SafeDumper):
    """Writes no aliases, and quotes all text that a reader could take for something else."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_text(text) else '"')


_Dumper.add_representer(str, _represent_text)


def yaml_text(tree: dict[str, Any]) -> str:
    """Return plain data as a YAML file that loads as equal data, its keys in their order."""
    text: str = yaml.dump(tree, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100)
    return text
