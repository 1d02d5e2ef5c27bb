"""`escalation discover`: under which conditions an outcome is frequent."""

from __future__ import annotations

import argparse
from pathlib import Path

from escalation.cli.arguments import (
    add_out_folder,
    add_seed,
    new_folder,
    path,
    print_lines,
    print_notes,
    whole,
)


def add_discover(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `discover`."""
    parser.add_argument("folder", type=path, metavar="DIR", help="the results of a sweep")
    parser.add_argument(
        "--when", required=True, metavar="CONDITION",
        help="the outcome, asked of each crisis: 'outcome == war', 'days_to_force <= 10 and not talks'",
    )  # fmt: skip
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--density", type=_share, metavar="D",
        help="choose the box of the largest coverage among those at least this dense",
    )  # fmt: skip
    which.add_argument(
        "--coverage", type=_share, metavar="C",
        help="choose the densest box among those with at least this coverage",
    )  # fmt: skip
    apart = parser.add_mutually_exclusive_group()
    apart.add_argument(
        "--by", metavar="FACTOR",
        help="separate boxes for each level of a factor (default policy, where there are policies)",
    )  # fmt: skip
    apart.add_argument("--pool", action="store_true", help="take the policies as an input instead")
    parser.add_argument(
        "--boxes", type=whole(101, 1), default=3, metavar="N", help="most boxes to find (default 3)"
    )
    parser.add_argument(
        "--resamples", type=whole(100_001, 10), default=200, metavar="N",
        help="bootstrap resamples per box, and as many checks against chance (default 200)",
    )  # fmt: skip
    add_seed(parser, "the resampling")
    add_out_folder(parser, "DIR-discovery")


def _share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a share above 0 and up to 1")
    return value


def discover(options: argparse.Namespace) -> int:
    """Find boxes and a tree, write tables and figures, and print what was found."""
    from escalation.experiment.results import ResultsFolder

    results = ResultsFolder(options.folder)
    folder: Path = options.folder
    out = options.out or folder.with_name(f"{folder.name}-discovery")
    new_folder(out, options.force)

    from escalation.analysis.discovery import discover as discovered
    from escalation.analysis_reports import report_discovery

    found = discovered(
        results, options.when, density=options.density, coverage=options.coverage, by=options.by,
        pool=options.pool, boxes=options.boxes, resamples=options.resamples, seed=options.seed,
    )  # fmt: skip
    written = report_discovery(found, out)
    print_notes(written.notes)
    print_lines(written.lines)
    return 0
