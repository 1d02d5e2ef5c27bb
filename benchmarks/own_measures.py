"""What measures of an experiment's own cost: the same sweep with and without them."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import escalation
from benchmarks.sweeps import experiment
from benchmarks.table import markdown

CRISES = 20_000
OF_ACTS = {
    "strikes": "count(rung >= 7)",
    "by_india": "count(rung >= 5 and actor == india)",
    "first_strike": "first_day(rung >= 7)",
    "tit_for_tat": "count(rung >= 6 and actor == pakistan) > by_india",
    "worst": "max(rung, actor == india, otherwise=0)",
}
OF_DAYS = {
    "mediated_days": "share_of_days(talks_open)",
    "tense_days": "days(posture >= 7)",
    "mean_posture": "mean(posture(india))",
}
WAYS: dict[str, dict[str, Any]] = {
    "without": {},
    "five over acts": {"measures": OF_ACTS},
    "three over days": {"measures": OF_DAYS},
    "all eight": {"measures": OF_ACTS | OF_DAYS},
    "none, but every act kept": {"keep": ["acts"]},
}


def report(crises: int = CRISES, rounds: int = 3) -> Iterator[str]:
    """Yield the seconds of each way on one core, the best of some rounds, and their ratio to the first."""
    seconds(400, {})  # compiles
    best = {name: min(seconds(crises, more) for _ in range(rounds)) for name, more in WAYS.items()}
    yield f"A sweep of {crises:,} crises of the shipped scenario, one thread, no figures; best of {rounds}."
    yield ""
    rows = [
        [name, f"{taken:.2f}", f"{taken / best['without']:.2f}", f"{crises / taken:,.0f}"]
        for name, taken in best.items()
    ]
    yield from markdown(["measures of its own", "CPU s", "ratio", "crises per second"], rows)


def seconds(crises: int, changes: dict[str, Any]) -> float:
    """Return how long a sweep takes."""
    made = escalation.Experiment(experiment(crises, plots=[], **changes))
    with tempfile.TemporaryDirectory() as folder:
        start = time.process_time()
        made.run(Path(folder) / "out", workers=1)
        return time.process_time() - start
