"""The most memory that a sweep takes, whatever the number of its crises."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.sweeps import command, written
from benchmarks.table import markdown
from benchmarks.turns import verdict

CRISES = (100_000, 1_000_000)
FULL_CRISES = (*CRISES, 10_000_000)
LIMIT_MB = 700

# Runs a command and prints its seconds and the most memory it had. In a small process of its own,
# since a child is charged with what its parent held when it was started.
_MEASURE = """
import os, subprocess, sys, time
start = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
print(time.perf_counter() - start, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""
_UNIT = 1 if sys.platform == "darwin" else 1024  # of ru_maxrss, in bytes


@dataclass(frozen=True)
class Taken:
    """What a sweep took."""

    crises: int
    seconds: float
    peak_mb: float
    disk_mb: float


def taken(crises: int, **changes: Any) -> Taken:
    """Sweep this number of crises, tables and figures included, into a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        line = command(written(folder, crises, **changes), folder / "out")
        completed = subprocess.run(
            [sys.executable, "-c", _MEASURE, *line], check=True, stdout=subprocess.PIPE, text=True
        )
        disk = sum(path.stat().st_size for path in (folder / "out").rglob("*") if path.is_file())
    seconds, peak = completed.stdout.split()
    return Taken(crises, float(seconds), float(peak) * _UNIT / 1e6, disk / 1e6)


def report(crises: Sequence[int] = CRISES, **changes: Any) -> Iterator[str]:
    """Yield the report: peak memory by number of crises."""
    taken(400, plots=[])  # compiles the rules if necessary, which takes memory of its own
    found = [taken(count, **changes) for count in crises]
    rows = [
        (f"{one.crises:,}", f"{one.seconds:.1f}", f"{one.peak_mb:.0f}", f"{one.disk_mb:.1f}") for one in found
    ]
    yield from markdown(("crises", "s", "peak MB", "MB on disk"), rows)
    yield ""
    first, last = found[0], found[-1]
    yield (
        f"`escalation sweep` as a process, two factors, tables and figures included. From {first.crises:,} to"
        f" {last.crises:,} crises the peak changes by {last.peak_mb - first.peak_mb:+.0f} MB"
        f" ({last.peak_mb / first.peak_mb:.2f} times); under {LIMIT_MB} MB:"
        f" {verdict(max(one.peak_mb for one in found) < LIMIT_MB)}."
    )
