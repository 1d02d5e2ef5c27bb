"""A small experiment for sensitivity analyses: two ranges and the values of a third number, two policies."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.experiment.sweeps import MEDIATOR, TINY

UNCERTAINTIES = {
    "resolve": {"label": "Resolve", "path": "states.arland.resolve", "range": [0.1, 0.9]},
    "days": {"label": "Nights of fire", "path": "border_fire.line_fire.nights", "range": [1, 3]},
    "tension": {"label": "Tension", "path": "rivalries.0.tension", "values": [0.5, 1.0, 2.0]},
}


def tree(**changes: Any) -> dict[str, Any]:
    """Return an experiment whose analysis takes a moment."""
    return {
        "name": "analysed",
        "title": "What decides how it ends?",
        "summary": "For tests only.",
        "scenario": str(TINY),
        "seed": 7,
        "replications": 6,
        "policies": {"alone": {"label": "Cesland alone"}, "both": {"set": {"mediators.delland": MEDIATOR}}},
        "uncertainties": UNCERTAINTIES,
        "design": {"kind": "sensitivity", "points": 16, "trajectories": 5},
        "outcomes": ["force", "ceasefire", "nuclear_use"],
        "plots": [],
    } | changes


def written(folder: Path, **changes: Any) -> Path:
    """Write the experiment to a file."""
    path = folder / "analysed.yaml"
    path.write_text(json.dumps(tree(**changes)), encoding="utf-8")
    return path
