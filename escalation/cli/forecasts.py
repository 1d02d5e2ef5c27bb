"""`escalation forecast` and `escalation score`: forecasts on record, and how they turned out."""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

from escalation.cli.arguments import (
    BadInputError,
    add_out_file,
    add_out_folder,
    add_replications,
    add_seed,
    new_file,
    new_folder,
    path,
    print_lines,
    say_compiling,
    whole,
)

ENDINGS = (".yaml", ".yml")


def day(text: str) -> dt.date:
    """Read a date."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date, such as 2025-05-05") from None


def add_forecast(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `forecast`."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario file, or the name of a shipped one")
    parser.add_argument(
        "--events", type=path, metavar="FILE.yaml",
        help="the questions (default: force, strikes, war, ceasefires, talks, the end, outcomes)",
    )  # fmt: skip
    parser.add_argument(
        "--weights", default="calibrated", metavar="WEIGHTS",
        help="weights whose draws are taken: a file, or the name of a shipped one (default calibrated)",
    )  # fmt: skip
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", dest="overrides",
        help="replace a value of the scenario; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--draws", type=whole(100_001, 1), default=100, metavar="N", help="draws of the weights (default 100)"
    )
    add_replications(parser, 500, "crises per draw and window", 1_000_000)
    add_seed(parser, "crises and draws")
    parser.add_argument("--name", metavar="NAME", help="name of the forecast (default: scenario and horizon)")
    parser.add_argument(
        "--made", type=day, metavar="DATE", help="the day on which it goes on record (default today)"
    )
    add_out_file(parser, "results/forecasts/HORIZON_SCENARIO.yaml; page and figure have its name")


def forecast(options: argparse.Namespace) -> int:
    """Forecast, print the answers, and write the forecast, its page and its figure."""
    from escalation.scenario.load import load_scenario

    if options.out is not None:
        _new(options.out, options.force)
    scenario = load_scenario(options.scenario, options.overrides)
    named = f"{scenario.horizon}_{scenario.name}.yaml"
    out = options.out or Path("results") / "forecasts" / named
    _new(out, options.force)

    from escalation.figures.forecast_plot import write_forecast
    from escalation.files.places import ArgumentError
    from escalation.history.forecast_record import DEFAULT_EVENTS, load_events, make_forecast

    events = DEFAULT_EVENTS if options.events is None else load_events(options.events)
    say_compiling(at_once=False)
    try:
        found = make_forecast(
            scenario,
            events,
            weights=options.weights,
            draws=options.draws,
            replications=options.replications,
            seed=options.seed,
            made=options.made,
            name=options.name,
        )
    except ArgumentError as error:
        raise BadInputError(f"--{error}") from error
    names = ", ".join(file.name for file in write_forecast(found, out))
    print_lines(found.lines())
    print(f"\nSeed: {options.seed}. Written to {out.parent}: {names}")
    return 0


def _new(out: Path, force: bool) -> None:
    if out.suffix not in ENDINGS:
        raise BadInputError(f"--out {out}: a forecast is a .yaml file; its page and figure have its name")
    for ending in (out.suffix, ".md", ".png"):
        new_file(out.with_suffix(ending), force)


def add_score(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `score`."""
    parser.add_argument("forecasts", nargs="+", type=path, metavar="FORECAST", help="forecasts on record")
    parser.add_argument(
        "--truth", type=path, required=True, metavar="FILE.csv",
        help="what happened, with columns forecast, event, happened (yes, no, or empty: not known)",
    )  # fmt: skip
    add_out_folder(parser, Path("results/scores"))


def score(options: argparse.Namespace) -> int:
    """Score forecasts by what happened; print the scores, write tables and the figure."""
    new_folder(options.out, options.force)

    from escalation.analysis_reports import report_track_record
    from escalation.history.forecast_record import load_forecast
    from escalation.history.track_record import load_truth
    from escalation.history.track_record import score as score_all

    forecasts = [load_forecast(file) for file in options.forecasts]
    found = score_all(forecasts, load_truth(options.truth, forecasts))
    written = report_track_record(found, options.out)
    print_lines(written.lines)
    print(f"\nWritten to {options.out}: {', '.join(file.name for file in written.files)}")
    return 0
