"""The command line called in this process or in one of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from benchmarks.mutations import Ended, in_process

__all__ = ["FILES", "SCENARIO", "SCRIPT", "Ended", "by_process", "environment", "in_process", "only_folder"]

ROOT = Path(__file__).parents[2]
SCENARIO = "pahalgam_2025"
SCRIPT = [sys.executable, "-m", "escalation"]
FILES = {"acts.csv", "days.csv", "decisions.csv", "manifest.json", "timeline.png"}


def environment() -> dict[str, str]:
    """Return an environment in which the package is found from any folder."""
    return os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}


def by_process(*arguments: str, folder: Path) -> Ended:
    """Call the command line in a process of its own, from a folder."""
    completed = subprocess.run(
        [*SCRIPT, *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    return Ended(completed.returncode, completed.stdout, completed.stderr)


def only_folder(base: Path) -> Path:
    """Return the folder of the one run below a folder."""
    (manifest,) = base.rglob("manifest.json")
    return manifest.parent
