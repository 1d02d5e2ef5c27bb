"""From an experiment of many design points to answers: what each command takes, from command to prompt."""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.batch import SCENARIO, SEED
from benchmarks.memory import measured, taken
from benchmarks.sweeps import escalation
from benchmarks.table import markdown
from benchmarks.turns import exponent, verdict

CELLS = (2_000, 8_000)
FULL_CELLS = (10_000, 30_000, 100_000)
REPLICATIONS, FREE_DAYS, RESAMPLES = 10, 5, 200
POLICIES, PARAMETERS = 2, 5
MOST_EXPONENT = 1.15


@dataclass(frozen=True)
class Step:
    """What one command took, at one number of cells."""

    name: str
    cells: int
    cpu: float
    peak_mb: float


def experiment(points: int) -> dict[str, Any]:
    """Return two policies at sampled points of five uncertain dispositions, with short crises."""
    ends = {
        "resolve": "states.india.resolve",
        "audience": "states.india.audience",
        "aversion": "states.india.third_party_aversion",
        "trust": "mediators.russia.toward.india.trust",
        "credibility": "mediators.russia.credibility",
    }
    return {
        "name": "answers", "title": "From a sweep to answers", "summary": "For benchmarks only.",
        "scenario": SCENARIO, "set": {"free_days": FREE_DAYS}, "seed": SEED, "replications": REPLICATIONS,
        "policies": {
            "recorded": {"label": "As recorded"},
            "pressing": {"label": "Pressure", "set": {"mediators.russia.style": "manipulation"}},
        },
        "uncertainties": {
            name: {"label": name, "path": path, "range": [0.0, 1.0]} for name, path in ends.items()
        },
        "design": {"kind": "lhs", "points": points}, "outcomes": ["force", "ceasefire"],
        "plots": ["policies"],
    }  # fmt: skip


def steps(cells: int, resamples: int = RESAMPLES) -> Iterator[Step]:
    """Run the commands on about so many cells, one after the other, in a temporary folder."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        path, out = home / "answers.yaml", home / "out"
        path.write_text(json.dumps(experiment(cells // POLICIES)), encoding="utf-8")
        sweep = ["sweep", str(path), "--out", str(out), "--quiet"]
        _, whole, peak = measured(escalation(*sweep))
        # A sweep that is complete is accounted for again, and nothing is simulated.
        _, account, account_peak = measured(escalation(*sweep))
        yield Step("sweep", cells, max(whole - account, 0.0), peak)
        yield Step("its account: tally, contrasts, tables, figure", cells, account, account_peak)
        box = ["--boxes", "1", "--resamples", str(resamples), "--quiet"]
        _, cpu, peak = measured(escalation("discover", str(out), "--when", "force", "--pool", *box))
        yield Step(f"discover, one box, {resamples} resamples", cells, cpu, peak)
        rows = 1 << max(4, round(math.log2(cells / (POLICIES * (PARAMETERS + 2)))))
        cells = rows * POLICIES * (PARAMETERS + 2)
        what = ["--method", "sobol", "--points", str(rows), "--replications", str(REPLICATIONS)]
        home_of = ["--out", str(home / "indices"), "--quiet"]
        _, whole, peak = measured(escalation("sensitivity", str(path), *what, *home_of))
        _, account, account_peak = measured(escalation("sensitivity", str(home / "indices"), "--quiet"))
        yield Step("sensitivity: its sweep", cells, max(whole - account, 0.0), peak)
        yield Step("sensitivity: indices, tables, figures", cells, account, account_peak)


def report(cells: Sequence[int] = CELLS, resamples: int = RESAMPLES) -> Iterator[str]:
    """Yield the report: processor time and memory of each command by number of cells."""
    taken(400, plots=[])  # compiles the rules if necessary, which takes time of its own
    found = [list(steps(count, resamples)) for count in cells]
    rows, worst = [], 0.0
    for one in zip(*found, strict=True):
        rows += [[step.name, f"{step.cells:,}", f"{step.cpu:.1f}", f"{step.peak_mb:.0f}"] for step in one]
        if len(one) > 1:
            slope = exponent([step.cells for step in one], [max(step.cpu, 0.01) for step in one])
            worst = max(worst, slope)
            rows[-1][0] += f"; exponent {slope:.2f}"
    yield from markdown(("command", "cells", "CPU s", "peak MB"), rows)
    yield ""
    yield (
        f"{POLICIES} policies at points of {PARAMETERS} uncertainties, {REPLICATIONS} crises of {FREE_DAYS}"
        " days each; processor time of all cores, start of the program included. Of a sweep it is what a"
        " second one, with nothing to simulate, does not take; memory is that of both. Greatest exponent over"
        f" cells: {worst:.2f}; at most {MOST_EXPONENT}: {verdict(worst <= MOST_EXPONENT)}."
    )
