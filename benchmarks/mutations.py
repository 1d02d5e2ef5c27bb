"""Damaged copies of the shipped files through the command line: each runs or is refused cleanly."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.table import markdown
from escalation.cli import main
from escalation.scenario.load import shipped_folder
from tests.mutate import mutations

SCENARIO, LADDER = "pahalgam_2025", "south_asia"
SEED = 2025
BY_PROCESS = 20

# `file:line:column: what`; a file that cannot be read, or a list cut short, has no line in it.
_PLACED = re.compile(r".+?:\d+:\d+: \S.*")
_UNPLACED = re.compile(r"[^:]+: (this is|cannot be read|the file is|\d+ more errors are).*")


@dataclass(frozen=True)
class Ended:
    """How a call of the command line ended."""

    code: int
    out: str
    err: str


Caller = Callable[[Sequence[str]], Ended]


def in_process(arguments: Sequence[str]) -> Ended:
    """Call the command line in this process; let through what it does not catch."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else 1
    return Ended(code, out.getvalue(), err.getvalue())


def by_process(arguments: Sequence[str]) -> Ended:
    """Call the command line in a process of its own."""
    script = str(Path(sys.executable).with_name("escalation"))
    completed = subprocess.run(
        [script, *arguments], capture_output=True, text=True, encoding="utf-8", timeout=300, check=False
    )
    return Ended(completed.returncode, completed.stdout, completed.stderr)


def error_of(ended: Ended) -> str | None:
    """Return what is wrong with how a call ended, None if it ran or refused its input cleanly."""
    if ended.code == 0:
        return None
    if ended.code != 2:
        return f"exit code {ended.code}"
    lines = ended.err.removesuffix("\n").split("\n")
    for line in lines:
        if not _PLACED.fullmatch(line) and not _UNPLACED.fullmatch(line):
            return f"no line of the form file:line:column: {line[:200]!r}"
    return None


def trial(damaged: str | bytes, kind: str, folder: Path, call: Caller = in_process) -> tuple[str, str]:
    """Validate and, if valid, play a damaged file.

    Returns
    -------
    tuple
        'refused', 'ran', 'refused at run' or 'error', and the error.
    """
    path = folder / f"damaged_{kind}.yaml"
    data = damaged if isinstance(damaged, bytes) else damaged.encode("utf-8", "surrogatepass")
    path.write_bytes(data)
    chosen = [str(path)] if kind == "scenario" else [SCENARIO, "--set", f"ladder={path}"]
    run = ["run", *chosen, "--seed", "1", "--days", "1", "--quiet", "--force"]
    run += ["--out", str(folder / "results")]
    try:
        ended = call(["validate", str(path)])
        if ended.code != 0:
            wrong = error_of(ended)
            return ("error", f"validate: {wrong}") if wrong else ("refused", "")
        ended = call(run)
    except Exception as error:  # which the command line must never let through
        return "error", f"traceback of {type(error).__name__}: {error}"
    wrong = error_of(ended)
    if wrong:
        return "error", f"run: {wrong}"
    return ("ran", "") if ended.code == 0 else ("refused at run", "")


def shipped(kind: str) -> str:
    """Return the text of the shipped scenario or of its ladder."""
    name = f"{SCENARIO}.yaml" if kind == "scenario" else f"ladders/{LADDER}.yaml"
    return (shipped_folder() / name).read_text(encoding="utf-8")


def report(count: int = 300) -> Iterator[str]:
    """Yield the report: what became of the damaged copies of both files."""
    rows, errors = [], []
    for kind in ("scenario", "ladder"):
        for way, call, most in (
            ("in process", in_process, count),
            ("by process", by_process, min(BY_PROCESS, count)),
        ):
            counts: Counter[str] = Counter()
            with tempfile.TemporaryDirectory() as folder:
                for number, damaged in enumerate(mutations(shipped(kind), most, SEED)):
                    became, wrong = trial(damaged, kind, Path(folder), call)
                    counts[became] += 1
                    if wrong:
                        errors.append(f"- {kind} {number} {way}: {wrong}")
            became_what = [str(counts[name]) for name in ("refused", "ran", "refused at run", "error")]
            rows.append((kind, way, str(most), *became_what))
    columns = ("file", "called", "copies", "refused", "ran", "refused when run only", "errors")
    yield from markdown(columns, rows)
    yield ""
    yield "Refused: exit code 2 and nothing but lines of the form `file:line:column: ...`. Target: no error."
    yield from errors
