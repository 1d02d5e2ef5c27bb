"""`escalation run`: play one crisis, write its tables, print its story, draw its figure."""

from __future__ import annotations

import argparse
import datetime as dt
import gc
import shlex
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.cli.arguments import (
    BadInputError,
    add_out_folder,
    add_replications,
    add_seed,
    new_folder,
    path,
    print_lines,
    print_notes,
    say_compiling,
    whole,
)
from escalation.vocabulary import BRANCHES, DEFAULT_SEED

if TYPE_CHECKING:
    from escalation.crisis.play import Beginning, Run
    from escalation.scenario.scenario import Scenario

RESULTS = Path("results")


def add_crisis(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that say which crisis is played."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario file, or the name of a shipped one")
    add_seed(parser)
    _add_replication(parser, 0, "which of the seed's crises (default 0)")


def _add_replication(parser: argparse.ArgumentParser, default: int | None, does: str) -> None:
    parser.add_argument("--replication", type=whole(2**32), default=default, metavar="K", help=does)


def add_run(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `run`."""
    _add_wanted(parser)
    add_out_folder(parser, "results/SCENARIO_SEED, or results/SCENARIO_SEED_REPLICATION")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--quiet", action="store_true", help="print only the outcome")
    form.add_argument("--json", action="store_true", help="print the result as JSON")


def add_explain(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `explain`."""
    _add_wanted(parser)
    parser.add_argument(
        "--date",
        type=_date,
        metavar="YYYY-MM-DD",
        help="explain the decisions of a day (default: the whole crisis)",
    )
    parser.add_argument(
        "--actor", metavar="NAME",
        help="with --date: the decisions of a state or mediator, also if it did nothing",
    )  # fmt: skip
    add_replications(parser, BRANCHES, "without --date: crises played on from the end of each day", 1_000_000)
    add_out_folder(
        parser, "RUN/explained/DATE, or results/SCENARIO_SEED_explained/DATE; turning_points without a date"
    )


def _date(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date such as 2025-05-06") from None


def _add_wanted(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that find a crisis: of a scenario, of a manifest, or of a sweep."""
    parser.add_argument(
        "scenario", metavar="SCENARIO", nargs="?",
        help="a scenario file, the name of a shipped one, or the manifest.json of a run, to repeat it",
    )  # fmt: skip
    add_seed(parser, otherwise=f"{DEFAULT_SEED}, or that of the manifest")
    _add_replication(parser, None, "which of the seed's, or the cell's, crises (default 0)")
    parser.add_argument(
        "--days", type=whole(3_651), metavar="N", help="days to simulate after the horizon, at most 3650"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", dest="overrides",
        help="replace a value of the scenario, such as mediators.russia.style=manipulation; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--drop", action="append", default=[], metavar="ID",
        help="leave out a dated entry, such as abdali_test, or mediators.NAME; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--from", type=path, metavar="RESULTS", dest="results",
        help="replay a crisis of a sweep, or of a comparison of scenarios, from the folder of its results, "
        "with --cell or --arm, and --replication",
    )  # fmt: skip
    parser.add_argument(
        "--cell", type=whole(2**31), metavar="C", help="with --from: the cell, as in cells.csv"
    )
    parser.add_argument("--arm", metavar="LETTER", help="with --from: the arm, A, B and so on")


def run(options: argparse.Namespace) -> int:
    """Play one crisis, write its tables, print its story, draw its figure."""
    # A single crisis makes little garbage; collecting it costs a sixth of the run.
    gc.set_threshold(200_000)
    wanted = _wanted(options)
    scenario, seed, replication = wanted.scenario, wanted.seed, wanted.replication

    from escalation.crisis.tables import is_same_run, result_tree, run_name, write_run

    folder = options.out or RESULTS / run_name(scenario, seed, replication)
    if not is_same_run(folder, scenario, seed, replication, wanted.began):
        new_folder(folder, options.force)

    from escalation.crisis.play import play

    played = play(scenario, seed, replication, wanted.began)
    write_run(played, folder, wanted.command)
    if wanted.result is not None and wanted.result != result_tree(played):
        print_notes([f"the result differs from that of {options.scenario}, which {wanted.version} played"])
    _tell(played, folder, options)
    # The picture takes as long as all before it, so it comes last.
    _draw(played, folder, wanted.command)
    if not options.json:
        print(f"Written to {folder}")
    return 0


def explain(options: argparse.Namespace) -> int:
    """Explain a day of a crisis, or its turning points; write tables and figures."""
    gc.set_threshold(200_000)
    wanted = _wanted(options)
    folder = options.out or _home_of_explanation(options, wanted)
    new_folder(folder, options.force)

    from escalation.analysis_reports import report_explanation
    from escalation.crisis.explanation import explain_crisis
    from escalation.crisis.tables import result_tree

    if options.date is None:
        say_compiling()
    found = explain_crisis(
        wanted.scenario, wanted.seed, wanted.replication, options.date, options.actor,
        options.replications, wanted.began,
    )  # fmt: skip
    if wanted.result is not None and wanted.result != result_tree(found.run):
        print_notes([f"the result differs from that of {options.scenario}, which {wanted.version} played"])
    print_lines(found.lines)
    sys.stdout.flush()
    report_explanation(found, folder, _explain_command(options))
    print(f"Written to {folder}")
    return 0


def _home_of_explanation(options: argparse.Namespace, wanted: _Wanted) -> Path:
    """Return where tables and figures go by default: in the folder of a run, or next to where it would be."""
    from escalation.crisis.tables import is_run, run_name

    given = Path(options.scenario or "")
    if options.scenario is not None and is_run(given):
        home = (given if given.is_dir() else given.parent) / "explained"
    else:
        home = RESULTS / f"{run_name(wanted.scenario, wanted.seed, wanted.replication)}_explained"
    if options.date is None:
        return home / "turning_points"
    return home / "_".join(filter(None, (str(options.date), options.actor)))


def _explain_command(options: argparse.Namespace) -> str:
    """Return the command as it was given, but for where the files go."""
    words = ["escalation", "explain", *([options.scenario] if options.scenario else [])]
    given = {
        "--from": options.results, "--cell": options.cell, "--arm": options.arm, "--seed": options.seed,
        "--replication": options.replication, "--days": options.days, "--date": options.date,
        "--actor": options.actor,
        "--replications": None if options.replications == BRANCHES else options.replications,
    }  # fmt: skip
    words += [word for name, value in given.items() if value is not None for word in (name, str(value))]
    return shlex.join([*words, *_change_words(options.overrides, options.drop)])


def _tell(played: Run, folder: Path, options: argparse.Namespace) -> None:
    """Print the story, or what was asked for instead."""
    from escalation.crisis.story import heading, story_of
    from escalation.crisis.tables import result_tree
    from escalation.crisis.wording import COURSE_CAVEAT
    from escalation.crisis.words import result_words

    if options.json:
        import json

        tree: dict[str, Any] = {
            "scenario": played.scenario.name, "seed": played.seed, "replication": played.replication
        }  # fmt: skip
        tree |= result_tree(played) | {"folder": str(folder), "caveat": COURSE_CAVEAT}
        print(json.dumps(tree, indent=2))
    elif options.quiet:
        print_lines(heading(played))
        print_lines(result_words(played)[:1])
        print_lines(textwrap.wrap(COURSE_CAVEAT, 80))
    else:
        print_lines(story_of(played))
    sys.stdout.flush()


def _draw(played: Run, folder: Path, command: str) -> None:
    from escalation.crisis.tables import write_figure
    from escalation.figures.style import encoded, uncovered
    from escalation.figures.timeline import plot_timeline, texts_of

    write_figure(folder, encoded(plot_timeline(played, command)))
    boxes = uncovered(texts_of(played))
    print_notes([f"timeline.png: {boxes}"] if boxes else [])


@dataclass(frozen=True)
class _Wanted:
    """The crisis to play, and the command that plays it."""

    scenario: Scenario
    seed: int
    replication: int
    command: str
    result: dict[str, Any] | None = None
    """Of the run that is repeated as it was."""
    version: str = ""
    began: Beginning | None = None


def _wanted(options: argparse.Namespace) -> _Wanted:
    """Find the crisis that is asked for: of a scenario, of a manifest, or of a sweep."""
    overrides = list(options.overrides)
    if options.days is not None:
        if any(override.startswith("free_days=") for override in overrides):
            raise BadInputError("--days and --set free_days are mutually exclusive")
        overrides.append(f"free_days={options.days}")
    if options.results is not None:
        return _of_sweep(options, overrides)
    if options.scenario is None:
        raise BadInputError("give a scenario, the manifest.json of a run, or --from RESULTS --cell C")
    for name in ("cell", "arm"):
        if getattr(options, name) is not None:
            raise BadInputError(f"--{name} goes with --from RESULTS")

    from escalation.crisis.tables import MANIFEST, is_run

    given = Path(options.scenario)
    if is_run(given):
        return _again(options, overrides, given)
    if (given.is_dir() and (given / MANIFEST).exists()) or (given.name == MANIFEST and given.exists()):
        folder = given if given.is_dir() else given.parent
        raise BadInputError(
            f"{given} is not the manifest of a run; for a crisis of a sweep:"
            f" {shlex.join(['escalation', 'run', '--from', str(folder), '--cell', '0'])}"
        )

    from escalation.scenario.load import load_scenario
    from escalation.vocabulary import DEFAULT_SEED

    scenario = _without(load_scenario(options.scenario, overrides), options.drop)
    seed = DEFAULT_SEED if options.seed is None else options.seed
    words = [options.scenario, "--seed", str(seed)]
    if options.replication:
        words += ["--replication", str(options.replication)]
    return _Wanted(scenario, seed, options.replication or 0, _command(words, overrides, options.drop))


def _again(options: argparse.Namespace, overrides: list[str], manifest: Path) -> _Wanted:
    """Return the run of a manifest, with what the options change of it."""
    from escalation.crisis.tables import recorded_run

    found = recorded_run(manifest)
    seed = found.seed if options.seed is None else options.seed
    replication = found.replication if options.replication is None else options.replication
    changes = overrides or options.drop
    if not changes and (seed, replication) == (found.seed, found.replication):
        command = found.command or _command([str(manifest)], [], [])
        return _Wanted(found.scenario, seed, replication, command, found.result, found.version, found.began)
    if changes and found.began is not None:
        raise BadInputError(f"{manifest}: it began under another scenario, so that nothing can be changed")
    words = [str(manifest), "--seed", str(seed), "--replication", str(replication)]
    scenario = _without(_changed(found.scenario, overrides, str(manifest)), options.drop)
    return _Wanted(scenario, seed, replication, _command(words, overrides, options.drop), began=found.began)


def _of_sweep(options: argparse.Namespace, overrides: list[str]) -> _Wanted:
    """Return a crisis of a sweep."""
    if options.scenario is not None or options.seed is not None:
        other = "a scenario" if options.scenario is not None else "--seed"
        raise BadInputError(f"--from and {other} are mutually exclusive: the results have both")

    from escalation.analysis.comparison_folder import is_comparison

    if is_comparison(options.results):
        return _of_comparison(options, overrides)
    if options.cell is None:
        raise BadInputError("--from needs --cell C, a cell of its cells.csv")

    from escalation.experiment.results import ResultsFolder

    replication = options.replication or 0
    results = ResultsFolder(options.results)
    cell = results.cell(options.cell, replication)
    scenario = _without(_changed(results.scenario(cell), overrides, str(options.results)), options.drop)
    words = ["--from", str(options.results), "--cell", str(cell.number), "--replication", str(replication)]
    return _Wanted(scenario, cell.seed, replication, _command(words, overrides, options.drop))


def _of_comparison(options: argparse.Namespace, overrides: list[str]) -> _Wanted:
    """Return a crisis of an arm of a comparison."""
    if options.arm is None or options.cell is not None:
        raise BadInputError(
            f"--from {options.results} is a comparison of scenarios: give --arm, and no --cell"
        )
    if overrides or options.drop:
        raise BadInputError("--arm is of a comparison as it is; to change it, give its file")

    from escalation.analysis.comparison_folder import kept_arm

    found, replication = kept_arm(options.results, options.arm), options.replication or 0
    words = ["--from", str(options.results), "--arm", options.arm, "--replication", str(replication)]
    return _Wanted(found.scenario, found.seed, replication, _command(words, [], []), began=found.began)


def _changed(scenario: Scenario, overrides: list[str], label: str) -> Scenario:
    from escalation.scenario.dump import dump_scenario
    from escalation.scenario.load import read_scenario

    if not overrides:
        return scenario
    return read_scenario(dump_scenario(scenario).encode(), label, overrides)


def _without(scenario: Scenario, dropped: list[str]) -> Scenario:
    if not dropped:
        return scenario

    from escalation.experiment.variant import without

    return without(scenario, dropped)


def _command(words: list[str], overrides: list[str], dropped: list[str]) -> str:
    return shlex.join(["escalation", "run", *words, *_change_words(overrides, dropped)])


def _change_words(overrides: list[str], dropped: list[str]) -> list[str]:
    """Return the options that ask for changes of a scenario."""
    sets = [word for override in overrides for word in ("--set", override)]
    return [*sets, *(word for name in dropped for word in ("--drop", name))]
