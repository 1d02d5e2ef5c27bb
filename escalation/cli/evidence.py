"""`escalation calibrate`, `backtest`, `validate-model` and `mediation-check`: the model and recorded data."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.cli.arguments import (
    BadInputError,
    add_out_file,
    add_out_folder,
    add_replications,
    add_seed,
    dyad,
    new_file,
    new_folder,
    path,
    print_lines,
    print_notes,
    say_compiling,
    whole,
)
from escalation.files.write import write_file

if TYPE_CHECKING:
    from escalation.report import WrittenReport

WEIGHTS = "a weights file, or the name of a shipped one"
MOST_REPLICATIONS = 1_000_000


def add_calibrate(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `calibrate`."""
    parser.add_argument(
        "data", nargs="+", metavar="DATA",
        help="case files or names, 'history' for all shipped cases coded for calibration, and CSV files in "
        "the format of Militarized Interstate Events",
    )  # fmt: skip
    add_out_file(parser, Path("results/calibrated.yaml"))
    parser.add_argument(
        "--name", default="calibrated", metavar="NAME", help="name of the set (default calibrated)"
    )
    parser.add_argument(
        "--since",
        type=whole(10_000, 1),
        default=1946,
        metavar="YEAR",
        help="first year of events (default 1946)",
    )
    parser.add_argument(
        "--without", type=dyad, metavar="A-B", help="leave out events between these two states"
    )
    parser.add_argument(
        "--draws", type=whole(1_001), default=100, metavar="N",
        help="draws of the fitted distribution to keep (default 100)",
    )  # fmt: skip
    add_seed(parser, "the draws")
    parser.add_argument(
        "--answers", type=path, metavar="FILE", help="responses to attacks (default: the shipped file)"
    )
    _add_factors(parser)
    parser.add_argument(
        "--no-profile", action="store_true", help="compute no profile intervals: a fraction of the time"
    )


def _add_factors(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--evidence", action="append", default=[], metavar="NAME=FACTOR",
        help="factor on the weight of a piece of evidence, such as waits=0.5; 0 leaves it out (repeatable)",
    )  # fmt: skip


def factors(given: Sequence[str]) -> dict[str, float]:
    """Return factors on the weights of evidence by name, from words such as `waits=0.5`."""
    found: dict[str, float] = {}
    for word in given:
        name, _, text = word.partition("=")
        try:
            found[name] = float(text)
        except ValueError:
            raise BadInputError(f"--evidence {word!r} is not NAME=FACTOR, such as waits=0.5") from None
    return found


def calibrate(options: argparse.Namespace) -> int:
    """Fit, print the estimates, and write the weights file."""
    from escalation.history import calibration

    new_file(options.out, options.force)
    found = calibration.calibrate(
        options.data,
        since=options.since,
        without=options.without,
        responses=options.answers,
        evidence=factors(options.evidence),
        name=options.name,
        draws=options.draws,
        seed=options.seed,
        profiles=() if options.no_profile else calibration.PROFILED,
        progress=_say,
    )
    try:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        write_file(options.out, found.yaml())
    except OSError:
        print(found.yaml())  # lest minutes of work be lost
        raise
    print_lines(found.lines())
    print(f"Seed of the draws: {options.seed}. Written to {options.out}")
    return 0


def add_backtest(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `backtest`."""
    parser.add_argument(
        "cases",
        nargs="*",
        metavar="CASE",
        help="a scenario file with a case, the name of a shipped one, or 'history' for all shipped",
    )
    parser.add_argument("--mie", type=path, metavar="FILE", help="Militarized Interstate Events as CSV")
    parser.add_argument(
        "--dyad", type=dyad, metavar="A-B", help="test acts between these two states only, such as 750-770"
    )
    parser.add_argument(
        "--since",
        type=whole(10_000, 1),
        default=1946,
        metavar="YEAR",
        help="first year tested (default 1946)",
    )
    parser.add_argument(
        "--train", type=path, metavar="FILE",
        help="events to fit the baselines to, if the file of --mie has no other pairs of states",
    )  # fmt: skip
    parser.add_argument(
        "--all-rows", action="store_true", help="test every act of the events, not only reactions"
    )
    parser.add_argument(
        "--weights", metavar="WEIGHTS",
        help=f"{WEIGHTS}, for all forecasts, instead of each case's own (events: calibrated)",
    )  # fmt: skip
    parser.add_argument(
        "--window", type=whole(3_651, 1), default=90, metavar="DAYS",
        help="days after an origin for which a case is scored (default 90)",
    )  # fmt: skip
    add_replications(parser, 1_000, "simulated crises per forecast", MOST_REPLICATIONS)
    add_seed(parser, "crises and intervals")
    parser.add_argument(
        "--predictions", type=path, metavar="FILE.csv", help="file for the forecast of every act"
    )
    add_out_folder(parser, Path("results/backtest"))


def backtest(options: argparse.Namespace) -> int:
    """Score forecasts against recorded outcomes; print the scores, write tables and figures."""
    if not options.cases and options.mie is None:
        raise BadInputError("nothing to test; give case files, --mie FILE, or both")
    if options.mie is None and (options.dyad or options.train or options.all_rows):
        raise BadInputError("--dyad, --train and --all-rows select the events to test; give --mie FILE too")
    new_folder(options.out, options.force)
    if options.predictions is not None:
        new_file(options.predictions, options.force, "--predictions")
    say_compiling(at_once=False)

    from escalation.analysis_reports import report_backtest
    from escalation.history import backtest as history
    from escalation.history.act_forecasts import Examination

    found = history.backtest(
        options.cases,
        options.mie,
        wanted=Examination(options.dyad, options.since, options.all_rows),
        train=options.train,
        weights=options.weights,
        window=options.window,
        replications=options.replications,
        seed=options.seed,
    )
    written = report_backtest(found, options.out)
    if options.predictions is not None:
        options.predictions.parent.mkdir(parents=True, exist_ok=True)
        found.write_predictions(options.predictions)
    print_lines(written.lines)
    print(f"Seed: {options.seed}. Written to {options.out}")
    return 0


def add_validate_model(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `validate-model`."""
    parser.add_argument(
        "weights", nargs="?", default="calibrated", metavar="WEIGHTS", help=f"{WEIGHTS} (default calibrated)"
    )
    parser.add_argument(
        "--cases", nargs="*", default=["history"], metavar="CASE",
        help="case files or names (default 'history': all shipped cases coded for calibration)",
    )  # fmt: skip
    parser.add_argument(
        "--data", type=path, metavar="DIR",
        help="folder with mie*.csv, icb1v15.csv and icb2v15.csv, or some of them",
    )  # fmt: skip
    parser.add_argument(
        "--mie", type=path, metavar="FILE", help="Militarized Interstate Events as CSV (default: in --data)"
    )
    parser.add_argument(
        "--icb", type=path, metavar="DIR", help="folder with the two files of ICB (default: --data)"
    )
    parser.add_argument(
        "--without", type=dyad, metavar="A-B", help="leave out events between these two states"
    )
    parser.add_argument(
        "--refit", action="store_true", help="fit the weights again without each fold: minutes, not seconds"
    )
    _add_factors(parser)
    add_replications(
        parser, 1_000, "simulated crises per situation, and of the mediation check", MOST_REPLICATIONS
    )
    parser.add_argument(
        "--folds", type=whole(1_001, 2), default=20, metavar="N",
        help="folds of pairs of states (default 20)",
    )  # fmt: skip
    add_seed(parser, "crises and intervals")
    add_out_folder(parser, Path("results/validation"))


def validate_model(options: argparse.Namespace) -> int:
    """Score weights on all available data; print tables, write them and figures."""
    if options.evidence and not options.refit:
        raise BadInputError("--evidence says what is fitted to; give --refit too")
    new_folder(options.out, options.force)
    mie, icb = data_files(options.data)
    say_compiling(at_once=False)

    from escalation.analysis_reports import report_validation
    from escalation.history.validation import ValidationSize, validate

    found = validate(
        options.weights,
        cases=options.cases,
        mie=options.mie or mie,
        icb=options.icb or icb,
        without=options.without,
        refit=options.refit,
        evidence=factors(options.evidence),
        size=ValidationSize(
            dyad_folds=options.folds,
            tested_folds=options.folds,
            replications=options.replications,
            synthetic=options.replications,
        ),
        seed=options.seed,
        progress=_say,
    )
    _print_report(report_validation(found, options.out), options)
    return 0


def data_files(data: Path | None) -> tuple[Path | None, Path | None]:
    """Return the file of events and the folder of ICB within a folder, None for each that is not there."""
    if data is None:
        return None, None
    if not data.is_dir():
        raise BadInputError(f"--data {data}: no such folder")
    events = sorted(data.glob("mie*.csv"))
    if len(events) > 1:
        names = ", ".join(file.name for file in events)
        raise BadInputError(f"--data {data} has several files of events ({names}); give one with --mie")
    has_icb = all((data / name).is_file() for name in ("icb1v15.csv", "icb2v15.csv"))
    return events[0] if events else None, data if has_icb else None


def add_mediation_check(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mediation-check`."""
    parser.add_argument(
        "--data", type=path, metavar="DIR",
        help="folder with icb1v15.csv and icb2v15.csv to count from (default: the shipped counts)",
    )  # fmt: skip
    parser.add_argument("--rates", type=path, metavar="FILE", help="write the counts of --data to this file")
    add_replications(parser, 3_000, "synthetic crises", MOST_REPLICATIONS)
    add_seed(parser, "the crises")
    parser.add_argument(
        "--weights", default="calibrated", metavar="WEIGHTS", help=f"{WEIGHTS} (default calibrated)"
    )
    parser.add_argument(
        "--fit", action="store_true",
        help="fit consent, agreement, lapse and durability to the counts before, and write the weights",
    )  # fmt: skip
    parser.add_argument(
        "--levers", action="store_true",
        help="measure how far each parameter of mediators, relations and states moves how crises end",
    )  # fmt: skip
    add_out_folder(parser, Path("results/mediation_check"))


def mediation_check(options: argparse.Namespace) -> int:
    """Compare modelled mediation with ICB; print the shares, write the table and the figure.

    With --fit its parameters are fitted first; with --levers their levers are measured as well.
    """
    if options.rates is not None and options.data is None:
        raise BadInputError("--rates needs --data, the folder with the files to count from")
    new_folder(options.out, options.force)
    if options.rates is not None:
        new_file(options.rates, options.force, "--rates")
    say_compiling(at_once=False)

    from escalation.analysis_reports import report_mediation
    from escalation.history.backtest import weights_of
    from escalation.history.icb import load_icb, load_rates, rates_of, rates_text
    from escalation.history.mediation_check import compare_mediation
    from escalation.history.mediation_fit import fit_mediation
    from escalation.history.mediation_levers import measure_levers

    chosen = weights_of(options.weights)
    icb = None if options.data is None else load_icb(options.data)
    fit = levers = None
    if options.fit:
        _say("fitting mediation: some two minutes")
        fit = fit_mediation(load_rates() if icb is None else rates_of(icb), chosen.weights, seed=options.seed)
        chosen = chosen.model_copy(update={"weights": fit.weights, "fitted": None})
    if options.levers:
        _say("measuring levers")
        levers = measure_levers(chosen, seed=options.seed)
    found = compare_mediation(chosen, data=icb, replications=options.replications, seed=options.seed)
    if options.rates is not None:
        options.rates.parent.mkdir(parents=True, exist_ok=True)
        write_file(options.rates, rates_text(found.rates))
    _print_report(report_mediation(found, options.out, fit, levers), options)
    return 0


def _print_report(written: WrittenReport, options: argparse.Namespace) -> None:
    print_lines(written.lines)
    print_notes(written.notes)
    names = ", ".join(file.name for file in written.files)
    print(f"\nSeed: {options.seed}. Written to {options.out}: {names}")


def _say(stage: str) -> None:
    print(stage, file=sys.stderr)
