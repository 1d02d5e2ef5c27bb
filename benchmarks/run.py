"""Measure, and print what was measured: `make bench`, or `make bench ARGS="--only startup"`."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMES = (
    "startup", "batch", "c", "growth", "actors", "sandbox", "scaling", "cluster", "memory", "measures",
    "contrasts", "answers", "kills", "mutations", "plausibility", "sensitivity", "indices", "discoveries",
    "splitting", "verification", "classroom",
)  # fmt: skip
TITLES = {
    "c": "A crisis in C",
    "actors": "Many actors",
    "cluster": "Cores and machines",
    "sandbox": "Escalation sandbox of SWARM",
    "indices": "Sobol indices",
    "discoveries": "Scenario discovery and the EMA Workbench",
    "kills": "Kills of a sweep",
    "measures": "Measures of an experiment's own",
    "memory": "Whole sweeps",
    "contrasts": "Contrasts of many design points",
    "answers": "From many design points to answers",
    "splitting": "Rare ends",
}


def main() -> None:
    """Run the benchmarks that were asked for, one after the other."""
    parser = argparse.ArgumentParser(description="Measure the package; print a report in Markdown.")
    parser.add_argument("--only", choices=NAMES, help="run this benchmark only")
    parser.add_argument(
        "--replications", type=int, default=2_000, help="of the plausibility benchmark and of each parameter"
    )
    parser.add_argument("--checked", type=int, default=100_000, help="crises of each closed-form check")
    parser.add_argument("--mutations", type=int, default=300, help="damaged copies of each file")
    parser.add_argument("--kills", type=int, default=50, help="of the sweep that is killed and resumed")
    parser.add_argument("--sandbox", type=Path, metavar="PATH", help="a checkout of SWARM to compare with")
    parser.add_argument(
        "--full",
        action="store_true",
        help="growth and sweeps to 100,000 design points, sweeps to ten million crises",
    )
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))

    from benchmarks import (
        actors,
        answers,
        batch,
        c_day,
        classroom,
        cluster,
        contrasts,
        discoveries,
        growth,
        indices,
        kills,
        memory,
        mutations,
        own_measures,
        plausibility,
        sandbox,
        scaling,
        sensitivity,
        splitting,
        startup,
        verification,
    )

    points = growth.FULL_POINTS if options.full else growth.POINTS
    crises = memory.FULL_CRISES if options.full else memory.CRISES
    cells = memory.FULL_CELLS if options.full else memory.CELLS
    reports: dict[str, Callable[[], Iterator[str]]] = {
        "startup": startup.report,
        "batch": batch.report,
        "c": c_day.report,
        "measures": own_measures.report,
        "growth": lambda: growth.report(points=points),
        "actors": actors.report,
        "sandbox": lambda: sandbox.report(options.sandbox),
        "scaling": scaling.report,
        "cluster": cluster.report,
        "memory": lambda: memory.report(crises, cells),
        "contrasts": lambda: contrasts.report(contrasts.FULL_CELLS if options.full else contrasts.CELLS),
        "answers": lambda: answers.report(answers.FULL_CELLS if options.full else answers.CELLS),
        "kills": lambda: kills.report(options.kills),
        "mutations": lambda: mutations.report(options.mutations),
        "classroom": classroom.report,
        "plausibility": lambda: plausibility.report(options.replications),
        "sensitivity": lambda: sensitivity.report(options.replications),
        "indices": indices.report,
        "discoveries": discoveries.report,
        "splitting": splitting.report,
        "verification": lambda: verification.report(options.checked),
    }
    print(f"Python {platform.python_version()}, Mesa {version('mesa')}, {platform.system()}")
    for name in [options.only] if options.only else NAMES:
        print(f"\n## {TITLES.get(name, name.capitalize())}\n", flush=True)
        for line in reports[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main()
