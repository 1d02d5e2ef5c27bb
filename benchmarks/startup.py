"""How long a command takes from a cold shell, compared with importing Mesa in the same run.

And the first run on a machine compared with a later one, and what compiling for many crises takes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
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

# What the first command for many crises waits for: the time to the end of one crisis of the batch driver.
_COMPILE = f"""
import time
from escalation.engine.batch import batch_is_compiled, simulate
from escalation.engine.pack import pack
from escalation.scenario.load import load_scenario
params = pack(load_scenario({SCENARIO!r}))
start = time.perf_counter()
assert not batch_is_compiled()
simulate(params, 1, 0, 1)
print(time.perf_counter() - start)
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
    with tempfile.TemporaryDirectory() as name:
        yield from _report(Path(name), runs)


def _report(folder: Path, runs: int) -> Iterator[str]:
    escalation = [sys.executable, "-m", "escalation"]
    run = [*escalation, "run", SCENARIO, "--seed", "1", "--quiet", "--out", str(folder / "run")]
    commands = {
        "import mesa": [sys.executable, "-c", "import mesa"],
        "import mesa, matplotlib": [
            sys.executable,
            "-c",
            "import mesa, matplotlib.figure, matplotlib.backends.backend_agg",
        ],
        "help": [*escalation, "--help"],
        "validate": [*escalation, "validate", SCENARIO],
        "run": run,
    }
    installed = _installed(folder)
    seconds: dict[str, list[float]] = {name: [] for name in [*commands, "plot"]}
    story: dict[str, list[float]] = {"first run": [], "run": []}
    for command in commands.values():
        _wall(command, installed)  # once unmeasured: fills the disk's cache
    for turn in range(runs):
        for name, command in commands.items():
            seconds[name].append(_wall(command, installed))
        seconds["plot"].append(_printed([_PLOT, str(folder / "run")], installed))
        story["run"].append(_to_the_story(run, installed))
        story["first run"].append(_to_the_story(run, installed | _empty_caches(folder / f"home{turn}")))
    median = {name: statistics.median(values) for name, values in seconds.items()}
    mesa, drawing = median["import mesa"], median["import mesa, matplotlib"]
    targets = {
        "help": (0.1 * mesa, "a tenth of the Mesa import"),
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
    yield ""
    first, later = (statistics.median(story[name]) for name in ("first run", "run"))
    times = first / later
    yield (
        f"From command to the end of the story: {first:.2f} s with empty caches of rules and"
        f" fonts, {later:.2f} s later on: {times:.2f} times; < 1.5 times:"
        f" {'met' if times < 1.5 else 'MISSED'}."
    )
    compiling = _printed([_COMPILE], installed | _empty_caches(folder / "cold"))
    yield (
        f"Compiling for many crises, once per machine: {compiling:.1f} s; < 12 s:"
        f" {'met' if compiling < 12 else 'MISSED'}."
    )
    for arguments in (("--help",), ("validate", SCENARIO)):
        found = heavy_imports(*arguments)
        verdict = "MISSED" if FORBIDDEN & set(found) else "met"
        command = " ".join(arguments)
        yield f"Of {', '.join(HEAVY)}, `{command}` imports {', '.join(found) or 'none'} ({verdict})."


def _installed(folder: Path) -> dict[str, str]:
    """Return the environment in which Python keeps bytecode, as it is kept of an installed package."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | {"PYTHONPYCACHEPREFIX": str(folder / "bytecode")}


def _empty_caches(home: Path) -> dict[str, str]:
    """Return what points commands to caches of rules and fonts that nobody has filled yet."""
    return {"NUMBA_CACHE_DIR": str(home / "rules"), "MPLCONFIGDIR": str(home / "fonts")}


def _wall(command: list[str], environment: Mapping[str, str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return time.perf_counter() - start


def _to_the_story(command: list[str], environment: Mapping[str, str]) -> float:
    """Return the seconds from a command to the last line of its story; the line after it says where it is."""
    start = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        seen = [time.perf_counter() - start for _ in process.stdout]
    assert process.returncode == 0
    return seen[-2]


def _printed(code: list[str], environment: Mapping[str, str]) -> float:
    completed = subprocess.run(
        [sys.executable, "-c", *code], check=True, capture_output=True, text=True, env=environment
    )
    return float(completed.stdout)
