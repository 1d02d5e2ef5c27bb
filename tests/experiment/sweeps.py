"""A small experiment, its sweeps, and what they leave behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.mutations import Ended, in_process

ROOT = Path(__file__).parents[2]
TINY = ROOT / "tests" / "data" / "tiny.yaml"
MEDIATOR = {"label": "Delland", "enters_day": 2, "style": "manipulation", "form": "third_party"}
SCRIPT = [sys.executable, "-m", "escalation"]


def tree(**changes: Any) -> dict[str, Any]:
    """Return an experiment of 6 cells and 14 chunks that takes a moment."""
    return {
        "name": "trial",
        "title": "What does a second mediator change?",
        "summary": "For tests only.",
        "scenario": str(TINY),
        "seed": 7,
        "replications": 700,
        "plots": [],
        "factors": {
            "resolve": {
                "label": "Resolve",
                "path": "states.arland.resolve",
                "values": [0.2, 0.6, 0.9],
            },
            "who": {
                "label": "Who mediates",
                "alternatives": {"cesland": {}, "both": {"set": {"mediators.delland": MEDIATOR}}},
            },
        },
    } | changes


def written(folder: Path, **changes: Any) -> Path:
    """Write the experiment to a file."""
    path = folder / "trial.yaml"
    path.write_text(json.dumps(tree(**changes)), encoding="utf-8")
    return path


def swept(path: Path, out: Path, *arguments: str) -> Ended:
    """Run a sweep in this process, quietly."""
    return in_process(["sweep", str(path), "--out", str(out), "--quiet", *arguments])


def complete(path: Path, out: Path, *arguments: str) -> dict[str, bytes]:
    """Run a sweep to its end; return its files."""
    ended = swept(path, out, *arguments)
    assert (ended.code, ended.err) == (0, ""), ended.err
    return files(out)


def files(folder: Path) -> dict[str, bytes]:
    """Return the bytes of all files of a folder by relative name; a lock says nothing."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != ".lock")
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def parts(folder: Path) -> list[Path]:
    """Return the files of runs, in order."""
    return sorted((folder / "runs").glob("part-*.parquet"))


def started(path: Path, out: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start a sweep in a process of its own."""
    listening = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
        " from escalation.cli import main; sys.exit(main())"
    )
    return subprocess.Popen(
        [sys.executable, "-c", listening, "sweep", str(path), "--out", str(out), *arguments],
        env=os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def wait_for(out: Path, count: int, process: subprocess.Popen[str]) -> None:
    """Wait until some parts are there."""
    end = time.monotonic() + 120
    while len(parts(out)) < count and process.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
