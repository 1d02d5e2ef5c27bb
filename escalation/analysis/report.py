"""The folder of one run: tables and the manifest from which the run can be repeated."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import escalation
from escalation.analysis.tables import acts_table, days_table, decisions_table
from escalation.engine.play import Run
from escalation.scenario.dump import resolved_tree, scenario_hash

LIBRARIES = ("mesa", "numpy", "scipy", "numba", "matplotlib", "pydantic", "PyYAML")


def run_folder(base: Path, run: Run) -> Path:
    """Return the folder of a run: `<base>/<scenario>/seed-..-rep-..-<hash of the resolved scenario>`."""
    short = scenario_hash(run.scenario)[:8]
    return base / run.scenario.name / f"seed-{run.seed}-rep-{run.replication}-{short}"


def write_run(run: Run, folder: Path) -> list[Path]:
    """Write acts.csv, days.csv, decisions.csv and manifest.json; return their paths.

    Each file is written beside and renamed, so that a reader never meets half a file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        "acts.csv": acts_table(run).csv(),
        "days.csv": days_table(run).csv(),
        "decisions.csv": decisions_table(run).csv(),
        "manifest.json": json.dumps(manifest(run), indent=2, ensure_ascii=False) + "\n",
    }
    paths = []
    for name, text in texts.items():
        path = folder / name
        beside = folder / f".{name}.{os.getpid()}"
        try:
            beside.write_text(text, encoding="utf-8", newline="")
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
        paths.append(path)
    return paths


def manifest(run: Run) -> dict[str, Any]:
    """Return what identifies a run and what it came to."""
    return {
        "escalation": escalation.__version__,
        "scenario": run.scenario.name,
        "scenario_sha256": scenario_hash(run.scenario),
        "seed": run.seed,
        "replication": run.replication,
        "result": result_tree(run),
        "versions": {"python": platform.python_version(), **_library_versions()},
        "resolved_scenario": resolved_tree(run.scenario),
    }


def result_tree(run: Run) -> dict[str, Any]:
    """Return the result as plain data, for JSON."""
    result = run.result
    return {
        "outcome": result.outcome if run.scenario.free_days else None,
        "peak_rung": result.peak,
        "first_force": _iso(result.first_force),
        "settlements": [
            {
                "between": list(settlement.between),
                "channel": settlement.channel,
                "mediator": settlement.mediator,
                "date": _iso(settlement.date),
                "in_force_at_end": settlement.holds,
                "talks_opened": _iso(settlement.talks_opened),
            }
            for settlement in result.settlements
        ],
        "forced_acts": result.forced_acts,
        "forced_log_probability": round(result.forced_log_probability, 9),
    }


def _iso(value: Any) -> str | None:
    return None if value is None else value.isoformat()


def _library_versions() -> dict[str, str]:
    versions = {}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
