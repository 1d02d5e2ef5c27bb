"""A sweep killed at random moments and resumed each time gives the files of one that was never killed."""

from __future__ import annotations

import math
import random
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from benchmarks.batch import SEED
from benchmarks.sweeps import bytes_of, command, written
from benchmarks.table import markdown
from benchmarks.turns import seconds_of, verdict

CRISES = 160_000
SECONDS_TO_END = 600
OUT = "out"
COMPLETE, LATE = "complete", "after the last chunk"


def parts_in(out: Path) -> int:
    """Return the number of chunks on disk."""
    return len(list((out / "runs").glob("part-*.parquet")))


def longest_life(start: float, work: float, kills: int) -> float:
    """Return up to when to kill, so that about so many random moments cover all of a sweep's work.

    A life of random length in [0, start + d], of which `start` seconds bring nothing, does
    d^2 / 2 (start + d) seconds of work on average; that is set to the work divided by the kills.
    """
    share = work / kills
    return start + share + math.sqrt(share * share + 2 * share * start)


def killed_at(line: list[str], out: Path, seconds: float, chunks: int) -> str:
    """Start a sweep and kill it (-9) after so many seconds; return how far it had got."""
    before = parts_in(out)
    try:
        ended = subprocess.run(
            line, check=False, capture_output=True, text=True, timeout=seconds, cwd=out.parent
        )
    except subprocess.TimeoutExpired:  # by which time it is killed
        there = parts_in(out)
        if there == chunks:
            return LATE
        return "after some new chunks" if there > before else "before a new chunk"
    if ended.returncode:
        raise RuntimeError(f"the resumed sweep fails: {ended.stderr}")
    return COMPLETE


def report(kills: int = 50, crises: int = CRISES) -> Iterator[str]:
    """Yield the report: when it was killed, and whether the files are the same."""
    moment = random.Random(SEED)
    moments: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        path = written(folder, crises, plots=[{"kind": "outcomes"}])
        # Each sweep in a folder of the same name, which captions of figures give.
        whole = folder / "whole" / OUT
        whole.parent.mkdir()
        line = command(path, Path(OUT))
        subprocess.run(command(path, folder / "warm", "--replications", "1"), check=True, capture_output=True)
        start, seconds = _timed(line, whole)
        expected, chunks = bytes_of(whole), parts_in(whole)
        longest = longest_life(start, seconds - start, kills)
        equal, sweeps, killed, most = 0, 0, 0, 0
        different: set[str] = set()
        left_over: set[str] = set()
        most_late = max(1, kills // 5)
        while killed < kills:
            out = folder / f"killed-{sweeps}" / OUT
            out.parent.mkdir()
            of_this, late = 0, 0
            # Tables and figures are made again each time: processes killed before would never complete.
            while killed < kills and late < most_late:
                became = killed_at(line, out, moment.uniform(0.0, longest), chunks)
                if became == COMPLETE:
                    break
                moments[became] += 1
                killed, of_this, late = killed + 1, of_this + 1, late + (became == LATE)
            if killed_at(line, out, SECONDS_TO_END, chunks) != COMPLETE:
                raise RuntimeError(f"the resumed sweep takes more than {SECONDS_TO_END} s")
            sweeps, most = sweeps + 1, max(most, of_this)
            found = bytes_of(out)
            hidden = {name for name in found.keys() - expected.keys() if Path(name).name.startswith(".")}
            left_over |= hidden
            found = {name: found[name] for name in found if name not in hidden}
            equal += found == expected
            different |= {name for name in found | expected if found.get(name) != expected.get(name)}
    yield from markdown(("killed", "times"), [(key, str(moments[key])) for key in sorted(moments)])
    yield ""
    yield (
        f"{kills} kills (-9) at random moments of the first {longest:.1f} s of a process, each followed by"
        f" the same command, up to {most} in one sweep; uninterrupted it takes {seconds:.1f} s: {crises:,}"
        f" crises, {chunks} chunks, tables and a figure. Files byte-equal to the uninterrupted ones in"
        f" {equal} of {sweeps} sweeps: {verdict(equal == sweeps)}."
    )
    yield f"Left behind by killed processes: {', '.join(sorted(left_over)) or 'nothing'}."
    if different:
        raise RuntimeError(f"files differ from those of the uninterrupted sweep: {sorted(different)}")


def _timed(line: list[str], out: Path) -> tuple[float, float]:
    """Run a sweep to its end; return the seconds to its first chunk, and to its end."""
    begun = time.perf_counter()
    first = math.inf

    def run() -> None:
        nonlocal first
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, cwd=out.parent) as process:
            while process.poll() is None:
                if first == math.inf and parts_in(out):
                    first = time.perf_counter() - begun
                time.sleep(0.005)
        if process.returncode:
            raise RuntimeError(f"the sweep ends with {process.returncode}")

    seconds = seconds_of(run)
    return min(first, seconds), seconds
