"""Whether a file is an experiment: light, for commands that load nothing heavy for other files."""

from __future__ import annotations

from pathlib import Path

from escalation.scenario.errors import ScenarioError
from escalation.scenario.files import NotFound, find, read_text
from escalation.scenario.yaml_tree import read_tree


def is_experiment(source: str | Path) -> bool:
    """Tell whether a path or name stands for an experiment: a shipped one, or a file with its keys."""
    try:
        path, label = find(source, "experiment")
        top = read_tree(read_text(path, label), label).value
    except (NotFound, ScenarioError):
        return False
    return isinstance(top, dict) and "scenario" in top and "states" not in top
