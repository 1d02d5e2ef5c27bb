"""`escalation advise`: which mediation does best under what nobody knows, and whether that is robust."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.cli.arguments import (
    BadInputError,
    add_out_folder,
    add_replications,
    add_seed,
    print_lines,
    print_notes,
    whole,
)
from escalation.cli.many_crises import PLACES, are_results, asked_words, complete
from escalation.vocabulary import DEFAULT_SEED

if TYPE_CHECKING:
    from escalation.experiment.design import Loaded

OF_A_SWEEP = ("seed", "replications", "points", "weights")
"""Options that say what is simulated."""


def add_advise(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `advise`."""
    parser.add_argument(
        "source", metavar="SOURCE",
        help="a scenario, whose mediators' choices are compared; an experiment with policies; or its results",
    )  # fmt: skip
    parser.add_argument(
        "--by", default="force", metavar="SHARE",
        help="the share of crises to judge by, such as rung_7, war, ceasefire (default force)",
    )  # fmt: skip
    add_out_folder(
        parser, "results/advise_NAME, or results/NAME; one that this command has begun is completed"
    )
    add_seed(parser, "all crises", otherwise=f"{DEFAULT_SEED}, or the experiment's own")
    add_replications(parser, None, "crises of each policy at each point (of a scenario: 200)", 2**31)
    parser.add_argument(
        "--points", type=whole(1_000_001, 10), metavar="N",
        help="points of what nobody chooses, of a scenario (default 128)",
    )  # fmt: skip
    parser.add_argument(
        "--weights",
        metavar="WEIGHTS",
        help="the fitted weights that are drawn from, of a scenario (default calibrated)",
    )
    parser.add_argument("--workers", type=whole(1_025, 1), metavar="N", help="threads (default one per core)")
    parser.add_argument(
        "--show",
        action="store_true",
        help="print the experiment that a scenario gives, to be changed; run nothing",
    )
    parser.add_argument("--quiet", action="store_true", help="show no progress; print only the folder")
    parser.set_defaults(scheduler=None)


def advise(options: argparse.Namespace) -> int:
    """Simulate each policy at each point, or what is missing of that, and print which does best."""
    if are_results(options.source, options, (*OF_A_SWEEP, *PLACES, "show")):
        _print_account(Path(options.source), options)
        return 0
    loaded = _loaded(options)
    if loaded is None:
        return 0

    from escalation.experiment.run import prepare

    made = prepare(loaded, options.out, options.replications)
    asked = asked_words(["advise", options.source], options, ("by", *OF_A_SWEEP))
    complete(made, options, asked, lambda folder: _print_account(folder, options))
    return 0


def _loaded(options: argparse.Namespace) -> Loaded | None:
    """Return the experiment to simulate; None if it was only to be shown."""
    from escalation.experiment.loaded import load_experiment
    from escalation.experiment.mediation_choices import mediation_experiment
    from escalation.scenario.dump import yaml_text
    from escalation.scenario.load import kind_of_source, load_scenario, shipped_scenarios

    is_scenario = options.source in shipped_scenarios() or kind_of_source(options.source) == "scenario"
    if not is_scenario:
        given = [name for name in ("points", "weights") if getattr(options, name) is not None]
        if given or options.show:
            name = given[0] if given else "show"
            raise BadInputError(
                f"--{name} is for a scenario; {options.source} is an experiment, which says it itself"
            )
        seeded = [] if options.seed is None else [f"seed={options.seed}"]
        return load_experiment(options.source, seeded)
    chosen = {"points": options.points, "weights": options.weights, "seed": options.seed}
    tree = mediation_experiment(
        load_scenario(options.source), options.source, **{k: v for k, v in chosen.items() if v is not None}
    )
    if options.show:
        print(yaml_text(tree), end="")
        return None
    return load_experiment(tree, folder=Path())


def _print_account(folder: Path, options: argparse.Namespace) -> None:
    from escalation.analysis_reports import report_advice
    from escalation.experiment.progress import figures_heard
    from escalation.experiment.results import ResultsFolder

    results = ResultsFolder(folder)
    results.check_complete()
    written = report_advice(results, options.by, None if options.quiet else figures_heard(sys.stderr))
    print_notes(written.notes)
    print_lines([str(folder)] if options.quiet else written.lines)
