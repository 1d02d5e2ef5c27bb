"""`escalation rare`: the probability of an end that is too rare to be counted."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path

from escalation.cli.arguments import (
    BadInputError,
    add_out_folder,
    add_replications,
    add_seed,
    new_folder,
    print_lines,
    print_notes,
    say_compiling,
    whole,
)

WORST = ("war", "nuclear_use")
"""The outcome classes that are reached by an act on a rung."""


def add_rare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `rare`."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario file, or the name of a shipped one")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument(
        "--rung", type=whole(11, 1), metavar="N",
        help="act on this rung or above by any state (default 10, nuclear use)",
    )  # fmt: skip
    asked.add_argument(
        "--outcome",
        choices=WORST,
        help="instead of --rung: the rung from which on this outcome counts",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", dest="overrides",
        help="replace a value of the scenario, such as free_days=10; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--levels", nargs="*", type=float, metavar="RUNG",
        help="rungs between, at which crises are multiplied; none: no levels (default: chosen by a pilot)",
    )  # fmt: skip
    add_seed(parser, "the crises")
    add_replications(parser, 1_000, "crises per level in each repetition", 1_000_000)
    parser.add_argument(
        "--repetitions", type=whole(100_001, 2), default=20, metavar="N",
        help="independent repetitions, for the interval (default 20)",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=whole(1_025, 1), metavar="N", help="threads (default: one per core)"
    )
    add_out_folder(parser, "results/SCENARIO_rare")


def rare(options: argparse.Namespace) -> int:
    """Estimate the probability of a rare end; print it, write tables and the figure."""
    from escalation.scenario.load import load_scenario

    if options.out is not None:
        new_folder(options.out, options.force)
    scenario = load_scenario(options.scenario, options.overrides)
    out = options.out or Path("results") / f"{scenario.name}_rare"
    new_folder(out, options.force)

    from escalation.analysis import splitting
    from escalation.analysis_reports import report_rare
    from escalation.engine.levels import levels_are_compiled
    from escalation.files.places import ArgumentError

    rung = 10 if options.rung is None else options.rung
    if options.outcome is not None:
        rungs = {"war": scenario.outcome.war_rung, "nuclear_use": scenario.outcome.nuclear_rung}
        rung = rungs[options.outcome]
    say_compiling(at_once=False, is_compiled=levels_are_compiled)
    try:
        found = splitting.rare(
            scenario,
            rung,
            seed=options.seed,
            replications=options.replications,
            repetitions=options.repetitions,
            levels=options.levels,
            workers=options.workers,
        )
    except ArgumentError as error:
        raise BadInputError(f"--{error}") from error
    written = report_rare(found, out, _command(options))
    print_lines(written.lines)
    print_notes(written.notes)
    names = ", ".join(file.name for file in written.files)
    print(f"\nSeed: {options.seed}. Written to {out}: {names}")
    return 0


def _command(options: argparse.Namespace) -> str:
    """Return the command without what only says where to write or how fast."""
    words = ["escalation", "rare", str(options.scenario)]
    if options.outcome is not None:
        words += ["--outcome", options.outcome]
    elif options.rung is not None:
        words += ["--rung", str(options.rung)]
    words += [word for override in options.overrides for word in ("--set", override)]
    if options.levels is not None:
        words += ["--levels", *(f"{level:g}" for level in options.levels)]
    words += ["--seed", str(options.seed), "--replications", str(options.replications)]
    return shlex.join([*words, "--repetitions", str(options.repetitions)])
