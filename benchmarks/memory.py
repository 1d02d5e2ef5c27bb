"""What a whole sweep takes, from command to prompt: memory, time, and processor time."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import growth
from benchmarks.sweeps import command, written
from benchmarks.table import markdown
from benchmarks.turns import verdict

CRISES = (100_000, 1_000_000)
FULL_CRISES = (*CRISES, 10_000_000)
CELLS = (1_000, 10_000)
FULL_CELLS = (*CELLS, 100_000)
SHIPPED, REPLICATIONS = "mediation", 667  # 40,020 crises
LIMIT_MB = 700

# Runs a command and prints its seconds, those of processors, and the most memory it had. In a small process
# of its own, since a child is charged with what its parent held when it was started.
_MEASURE = """
import os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(time.perf_counter() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


@dataclass(frozen=True)
class Taken:
    """What a sweep took."""

    seconds: float
    cpu: float
    peak_mb: float
    disk_mb: float


def taken(crises: int, **changes: Any) -> Taken:
    """Sweep this number of crises, tables and figures included, into a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        return taken_by(str(written(Path(name), crises, **changes)))


def taken_by(experiment: str, *arguments: str) -> Taken:
    """Run an experiment, tables and figures included, into a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        seconds, cpu, peak = measured(command(experiment, folder / "out", *arguments))
        disk = sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file())
    return Taken(seconds, cpu, peak, disk / 1e6)


def measured(line: Sequence[str]) -> tuple[float, float, float]:
    """Run a command; return its seconds, those of processors, and the most memory it had, in MB."""
    completed = subprocess.run(
        [sys.executable, "-c", _MEASURE, *line], check=True, stdout=subprocess.PIPE, text=True
    )
    seconds, cpu, peak = map(float, completed.stdout.split())
    return seconds, cpu, peak * _UNIT / 1e6


def report(crises: Sequence[int] = CRISES, cells: Sequence[int] = CELLS, **changes: Any) -> Iterator[str]:
    """Yield the report: what sweeps take by number of crises, and by number of cells."""
    taken(400, plots=[])  # compiles the rules if necessary, which takes memory of its own
    found = [taken(count, **changes) for count in crises]
    rows = [_row(f"{count:,}", one) for count, one in zip(crises, found, strict=True)]
    yield from markdown(("crises", *_TAKEN), rows)
    yield ""
    first, last = found[0], found[-1]
    yield (
        f"`escalation sweep` as a process, two factors, tables and figures included. From {crises[0]:,} to"
        f" {crises[-1]:,} crises the peak changes by {last.peak_mb - first.peak_mb:+.0f} MB"
        f" ({last.peak_mb / first.peak_mb:.2f} times); under {LIMIT_MB} MB:"
        f" {verdict(max(one.peak_mb for one in found) < LIMIT_MB)}."
    )
    yield ""
    by_cells = [_of_cells(count) for count in cells]
    rows = [_row(f"{count:,}", one) for count, one in zip(cells, by_cells, strict=True)]
    yield from markdown(("cells", *_TAKEN), rows)
    yield ""
    yield (
        f"The same with one factor of so many levels and {growth.REPLICATIONS_A_POINT} crises per cell; under"
        f" {LIMIT_MB} MB: {verdict(max(one.peak_mb for one in by_cells) < LIMIT_MB)}."
    )
    yield ""
    shipped = taken_by(SHIPPED, "--replications", str(REPLICATIONS))
    yield from markdown(("sweep", *_TAKEN), [_row(f"`{SHIPPED} --replications {REPLICATIONS}`", shipped)])


_TAKEN = ("s", "CPU s", "peak MB", "MB on disk")


def _row(name: str, one: Taken) -> tuple[str, ...]:
    return name, f"{one.seconds:.1f}", f"{one.cpu:.1f}", f"{one.peak_mb:.0f}", f"{one.disk_mb:.1f}"


def _of_cells(count: int) -> Taken:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "cells.yaml"
        path.write_text(json.dumps(growth.experiment(count)), encoding="utf-8")
        return taken_by(str(path))
