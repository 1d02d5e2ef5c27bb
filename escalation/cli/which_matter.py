"""`escalation sensitivity`: which parameters matter for which outcome, and how much is luck."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from escalation.cli.arguments import (
    BadInputError,
    add_out_folder,
    add_replications,
    add_seed,
    print_lines,
    shard,
    whole,
)
from escalation.cli.many_crises import PLACES, are_results, asked_words, complete, share_of

MOST_POINTS = 2**20
OF_A_SWEEP = ("method", "points", "trajectories", "replications", "seed")
"""Options that say what to simulate."""


def add_sensitivity(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `sensitivity`."""
    parser.add_argument(
        "experiment", metavar="EXPERIMENT",
        help="an experiment file, the name of a shipped one, or a folder of results of this command",
    )  # fmt: skip
    parser.add_argument(
        "--method", choices=("sobol", "morris", "both"),
        help="Sobol indices, Morris screening, or both (default both)",
    )  # fmt: skip
    parser.add_argument(
        "--points", type=whole(MOST_POINTS + 1, 1), metavar="N",
        help="rows of the matrices of Sobol indices, a power of two; d parameters make N (d + 2) points "
        "(default 256)",
    )  # fmt: skip
    parser.add_argument(
        "--trajectories", type=whole(100_001, 2), metavar="N",
        help="trajectories of Morris screening, each of d + 1 points (default 40)",
    )  # fmt: skip
    add_replications(parser, None, "crises per point (default 50)", 2**31)
    parser.add_argument(
        "--measure", action="append", default=[], metavar="NAME", dest="measures",
        help="a share, such as force, or a number, such as peak_rung or days_to_ceasefire; repeatable "
        "(default the shares that the experiment reports)",
    )  # fmt: skip
    add_out_folder(parser, "results/NAME_sensitivity; one that this command has begun is completed")
    add_seed(parser, "all points", otherwise="the experiment's own")
    parser.add_argument("--workers", type=whole(1_025, 1), metavar="N", help="threads (default one per core)")
    parser.add_argument(
        "--shard", type=shard, metavar="i/n", help="compute shard i of n only, to be merged with `merge`"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", dest="overrides",
        help="replace a value of the experiment, such as set.free_days=60 for the scenario; repeatable",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="show no progress; print only the folder")
    parser.set_defaults(scheduler=None)


def sensitivity(options: argparse.Namespace) -> int:
    """Simulate the points of a sensitivity analysis, or what is missing of them, and print what matters."""
    if are_results(options.experiment, options, (*OF_A_SWEEP, *PLACES)):
        _print_account(Path(options.experiment), options)
        return 0

    from escalation.analysis.explained import measures_named
    from escalation.experiment.run import RESULTS, prepare
    from escalation.experiment.scheme import REPLICATIONS, load_for_sensitivity

    if options.replications == 1:
        raise BadInputError("one replication per point does not tell parameters from luck; give 2 or more")
    seeded = [] if options.seed is None else [f"seed={options.seed}"]
    loaded = load_for_sensitivity(
        options.experiment, [*options.overrides, *seeded], options.method, options.points,
        options.trajectories,
    )  # fmt: skip
    share = share_of(options)
    out = options.out or RESULTS / f"{loaded.spec.name}_sensitivity"
    if options.out is None and share.of > 1:
        out = out.with_name(f"{out.name}-shard-{share.index}-of-{share.of}")
    made = prepare(loaded, out, options.replications or REPLICATIONS)
    measures_named(options.measures, made.work.layout, loaded.thresholds)
    many = {"measure": options.measures, "set": options.overrides}
    asked = asked_words(["sensitivity", options.experiment], options, OF_A_SWEEP, **many)
    complete(made, options, asked, lambda folder: _print_account(folder, options), share)
    return 0


def _print_account(folder: Path, options: argparse.Namespace) -> None:
    from escalation.analysis.sensitivity import sensitivity_of
    from escalation.analysis_reports import report_sensitivity
    from escalation.experiment.progress import figures_heard
    from escalation.experiment.results import ResultsFolder
    from escalation.experiment.store import SENSITIVITY

    found = sensitivity_of(ResultsFolder(folder), options.measures)
    heard = None if options.quiet else figures_heard(sys.stderr)
    written = report_sensitivity(found, folder / SENSITIVITY, heard)
    print_lines([str(folder)] if options.quiet else written.lines)
