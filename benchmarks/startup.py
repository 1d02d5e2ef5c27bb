"""How long a command takes from a cold shell, compared with importing Mesa in the same run."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.table import markdown

SCENARIO = "pahalgam_2025"
HEAVY = ("mesa", "numba", "scipy", "matplotlib", "numpy")
FORBIDDEN = frozenset(HEAVY) - {"numpy"}

# Runs one command and writes which heavy modules it has imported as the last line.
_LOOK = f"""
import sys
from escalation.cli import main
try:
    main(sys.argv[1:])
except SystemExit:
    pass
print()
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""

# The plot alone: import the drawing code, draw, save.
_PLOT = f"""
import sys, time
from pathlib import Path
from escalation.crisis.play import play
from escalation.scenario.load import load_scenario
played = play(load_scenario({SCENARIO!r}), 1)
start = time.perf_counter()
from escalation.figures.style import save
from escalation.figures.timeline import plot_timeline
save(plot_timeline(played), Path(sys.argv[1]) / "timeline.png")
print(time.perf_counter() - start)
"""


def heavy_imports(*arguments: str) -> list[str]:
    """Return which heavy modules a command of the command line imports."""
    completed = subprocess.run(
        [sys.executable, "-c", _LOOK, *arguments], capture_output=True, text=True, check=True
    )
    return completed.stdout.splitlines()[-1].split()


def report(runs: int = 7) -> Iterator[str]:
    """Yield the report; the commands take turns, so that a busy minute slows all of them alike."""
    escalation = str(Path(sys.executable).with_name("escalation"))
    with tempfile.TemporaryDirectory() as folder:
        run = [escalation, "run", SCENARIO, "--seed", "1", "--quiet", "--out", folder]
        commands = {
            "import mesa": [sys.executable, "-c", "import mesa"],
            "import mesa, matplotlib": [
                sys.executable,
                "-c",
                "import mesa, matplotlib.figure, matplotlib.backends.backend_agg",
            ],
            "help": [escalation, "--help"],
            "validate": [escalation, "validate", SCENARIO],
            "run": run,
        }
        seconds: dict[str, list[float]] = {name: [] for name in [*commands, "plot"]}
        for command in commands.values():
            _wall(command)  # once unmeasured: compiles the rules, fills the disk's cache
        for _ in range(runs):
            for name, command in commands.items():
                seconds[name].append(_wall(command))
            seconds["plot"].append(_plot(folder))
    median = {name: statistics.median(values) for name, values in seconds.items()}
    mesa, drawing = median["import mesa"], median["import mesa, matplotlib"]
    targets = {
        "help": (0.25 * mesa, "a quarter of the Mesa import"),
        "validate": (mesa / 3, "a third of the Mesa import"),
        "run": (2 * mesa + median["plot"], "twice the Mesa import plus the plot"),
    }
    rows = []
    for name, value in median.items():
        target = ""
        if name in targets:
            limit, words = targets[name]
            target = f"< {limit:.2f} s ({words}): {'met' if value < limit else 'MISSED'}"
        spread = f"{min(seconds[name]):.2f} to {max(seconds[name]):.2f}"
        rows.append((name, f"{value:.2f}", spread, f"{value / mesa:.2f}", f"{value / drawing:.2f}", target))
    columns = ("from a cold shell", "median s", "range s", "/ mesa", "/ mesa + matplotlib", "target")
    yield from markdown(columns, rows)
    yield ""
    yield f"{runs} runs each, in turns. `plot` is importing what draws, drawing and saving, within a run."
    for arguments in (("--help",), ("validate", SCENARIO)):
        found = heavy_imports(*arguments)
        verdict = "MISSED" if FORBIDDEN & set(found) else "met"
        command = " ".join(arguments)
        yield f"Of {', '.join(HEAVY)}, `{command}` imports {', '.join(found) or 'none'} ({verdict})."


def _wall(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def _plot(folder: str) -> float:
    completed = subprocess.run(
        [sys.executable, "-c", _PLOT, folder], check=True, capture_output=True, text=True
    )
    return float(completed.stdout)
