"""`escalation run`: play one crisis, print its story, write its tables and its figure."""

from __future__ import annotations

import argparse
import gc
import textwrap
from pathlib import Path
from typing import Any

from escalation.cli.arguments import (
    BadInputError,
    add_seed,
    check_writable,
    folder,
    print_lines,
    say_compiling,
    whole,
)


def add_crisis(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that say which crisis is played."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario file, or the name of a shipped one")
    add_seed(parser)
    parser.add_argument(
        "--replication", type=whole(2**32), default=0, metavar="K",
        help="which of the seed's crises (default 0)",
    )  # fmt: skip


def add_run(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `run`."""
    add_crisis(parser)
    parser.add_argument(
        "--days", type=whole(3_651), metavar="N", help="days to simulate after the horizon, at most 3650"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", dest="overrides",
        help="replace a value of the scenario, such as mediators.russia.style=manipulation; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=folder, default=Path("results"), metavar="DIR", help="where to write (default results)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--quiet", action="store_true", help="print only the outcome")
    form.add_argument("--json", action="store_true", help="print the result as JSON")


def run(options: argparse.Namespace) -> int:
    """Play one crisis, print its story, write its tables and its figure."""
    from escalation.scenario.load import load_scenario

    # A single crisis makes little garbage; collecting it costs a sixth of the run.
    gc.set_threshold(200_000)
    overrides = list(options.overrides)
    if options.days is not None:
        if any(override.startswith("free_days=") for override in overrides):
            raise BadInputError("--days and --set free_days are mutually exclusive")
        overrides.append(f"free_days={options.days}")
    scenario = load_scenario(options.scenario, overrides)
    check_writable(options.out)

    from escalation.crisis.play import play
    from escalation.crisis.story import heading, story_of
    from escalation.crisis.tables import result_tree, run_folder, write_run
    from escalation.crisis.wording import COURSE_CAVEAT
    from escalation.crisis.words import result_words

    say_compiling(one_crisis=True)
    seed = options.seed
    played = play(scenario, seed, options.replication)
    if not options.quiet and not options.json:
        print_lines(story_of(played))
    folder = run_folder(options.out, played)
    write_run(played, folder)

    from escalation.figures.style import save
    from escalation.figures.timeline import plot_timeline

    save(plot_timeline(played), folder / "timeline.png")
    if options.json:
        import json

        tree: dict[str, Any] = {"scenario": scenario.name, "seed": seed, "replication": options.replication}
        tree |= result_tree(played) | {"folder": str(folder), "caveat": COURSE_CAVEAT}
        print(json.dumps(tree, indent=2))
    elif options.quiet:
        print_lines(heading(played))
        print_lines(result_words(played)[:1])
        print_lines(textwrap.wrap(COURSE_CAVEAT, 80))
    if not options.json:
        print(f"Written to {folder}")
    return 0
