"""Sweeps for the benchmarks: their experiment, and the command line that runs them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from benchmarks.batch import FREE_DAYS, SCENARIO, SEED

CELLS = 4


def experiment(crises: int, **changes: Any) -> dict[str, Any]:
    """Return an experiment with this number of crises in four cells."""
    return {
        "name": "benchmark",
        "title": "How long does it take?",
        "summary": "For benchmarks only.",
        "scenario": SCENARIO,
        "set": {"free_days": FREE_DAYS},
        "seed": SEED,
        "replications": crises // CELLS,
        "factors": {
            "resolve": {"label": "India's resolve", "path": "states.india.resolve", "values": [0.3, 0.7]},
            "trust": {
                "label": "India's trust in Russia",
                "path": "mediators.russia.toward.india.trust",
                "values": [0.2, 0.7],
            },
        },
        "baseline": {"resolve": 0.7, "trust": 0.7},
    } | changes


def written(folder: Path, crises: int, **changes: Any) -> Path:
    """Write the experiment to a file."""
    path = folder / "benchmark.yaml"
    path.write_text(json.dumps(experiment(crises, **changes)), encoding="utf-8")
    return path


def command(experiment: Path | str, out: Path, *arguments: str) -> list[str]:
    """Return the command that sweeps it."""
    return escalation("sweep", str(experiment), "--out", str(out), "--quiet", *arguments)


def escalation(*arguments: str) -> list[str]:
    """Return a command line of the program."""
    return [str(Path(sys.executable).with_name("escalation")), *arguments]


def bytes_of(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files of a folder by relative name; a lock says nothing."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}
