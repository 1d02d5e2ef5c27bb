"""Measure, and print what was measured: `make bench`, or `make bench ARGS="--only startup"`."""

from __future__ import annotations

import argparse
import platform
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parent.parent
NAMES = ("startup", "mutations", "plausibility")


def main() -> None:
    """Run the benchmarks that were asked for, one after the other."""
    parser = argparse.ArgumentParser(description="Measure the package; print a report in Markdown.")
    parser.add_argument("--only", choices=NAMES, help="run this benchmark only")
    parser.add_argument("--replications", type=int, default=2_000, help="of the plausibility benchmark")
    parser.add_argument("--mutations", type=int, default=300, help="damaged copies of each file")
    options = parser.parse_args()
    sys.path.insert(0, str(ROOT))

    from benchmarks import mutations, plausibility, startup

    reports = {
        "startup": startup.report,
        "mutations": lambda: mutations.report(options.mutations),
        "plausibility": lambda: plausibility.report(options.replications),
    }
    print(f"Python {platform.python_version()}, Mesa {version('mesa')}, {platform.system()}")
    for name in [options.only] if options.only else NAMES:
        print(f"\n## {name.capitalize()}\n", flush=True)
        for line in reports[name]():
            print(line, flush=True)


if __name__ == "__main__":
    main()
