"""`escalation sweep`, `merge`, `plot`, `export-excel`: from an experiment to tables and figures."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
    print_notes,
    say_compiling,
    shard,
    whole,
)

if TYPE_CHECKING:
    from escalation.experiment.plan import Shard
    from escalation.experiment.run import Listener, Survey, Sweep
    from escalation.experiment.store import Store


MOST_NOTES = 5


def add_sweep(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `sweep`."""
    parser.add_argument(
        "experiment", metavar="EXPERIMENT", help="an experiment file, or the name of a shipped one"
    )
    add_out_folder(parser, "results/NAME; one that this experiment has begun is completed")
    add_seed(parser, "all cells", otherwise="the experiment's own")
    add_replications(
        parser,
        None,
        "crises per cell, instead of the experiment's own number; more than before are added",
        2**31,
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=whole(1_025, 1), metavar="N", help="threads (default one per core)")
    where.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="a Dask scheduler whose workers compute, such as tcp://HOST:8786",
    )
    parser.add_argument(
        "--shard", type=shard, metavar="i/n", help="compute shard i of n only, to be merged with `merge`"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="print the design, estimated time and disk space; run nothing",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", dest="overrides",
        help="replace a value of the experiment, such as set.free_days=60 for the scenario; repeatable",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="show no progress; print only the folder")


def add_merge(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `merge`."""
    parser.add_argument("folders", nargs="+", type=path, metavar="DIR", help="results of one experiment")
    add_out_folder(parser, "", is_required=True)
    parser.add_argument("--quiet", action="store_true", help="print only the folder")


def add_plot(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `plot`."""
    parser.add_argument("folder", type=path, metavar="DIR", help="the results of a sweep")


def add_export_excel(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export-excel`."""
    parser.add_argument("folder", type=path, metavar="DIR", help="the results of a sweep")
    add_out_file(parser, "", is_required=True)


def sweep(options: argparse.Namespace) -> int:
    """Run an experiment, or what is missing of it, and print what was found."""
    from escalation.experiment.loaded import load_experiment
    from escalation.experiment.plan import WHOLE, Shard

    seeded = [] if options.seed is None else [f"seed={options.seed}"]
    loaded = load_experiment(options.experiment, [*options.overrides, *seeded])

    from escalation.experiment.run import RESULTS, checked, prepare, survey

    share = WHOLE if options.shard is None else Shard(*options.shard)
    out = options.out
    if out is None and share.of > 1:
        out = RESULTS / f"{loaded.spec.name}-shard-{share.index}-of-{share.of}"
    made = prepare(loaded, out, options.replications)
    if options.dry_run:
        _dry_run(made, options.workers, share)
        return 0
    if options.scheduler is not None:
        from escalation.experiment.remote import check_scheduler

        check_scheduler(options.scheduler)
    make_room(made.store, options.force)
    made = checked(made)
    found = survey(made.store, made.work, share)
    made.store.note_foreign()
    say_notes(made.store)
    try:
        compute(made, found, options)
        if share.of == 1:
            _print_report(made.folder, options.quiet)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(how_to_resume(found, made, command_of(options))) from None
    if share.of > 1:
        say_shard_is_complete(found, made, options.quiet)
    return 0


def make_room(store: Store, force: bool) -> None:
    """Refuse a folder that holds something else than a sweep, or clear it if the user wants that."""
    if force:
        store.replace()
    elif not store.is_begun:
        store.check()
        new_folder(store.folder, force=False)


def compute(made: Sweep, found: Survey, options: argparse.Namespace) -> None:
    """Compute what is missing of a sweep, showing progress unless that is not wanted."""
    from escalation.experiment.run import Pool, Silent, Threads, run, warm_up

    listener: Listener = Silent()
    if not options.quiet:
        from escalation.experiment.progress import Progress

        listener = Progress(sys.stderr)

    def prepare_rules() -> None:
        if not options.quiet:
            say_compiling()
        warm_up(made)

    def pool() -> Pool:
        if options.scheduler is None:
            return Threads(made.work, made.cells, options.workers, listener.heard)
        from escalation.experiment.remote import Cluster

        return Cluster(options.scheduler, made.work, made.cells, listener)

    run(made, found, listener, pool, () if options.scheduler else (prepare_rules,))


def say_notes(store: Store) -> None:
    """Print what a store has to say of its folder."""
    print_notes(store.notes[:MOST_NOTES])
    rest = len(store.notes) - MOST_NOTES
    if rest > 0:
        print_notes([f"and {rest} more such files"])


def how_to_resume(found: Survey, made: Sweep, command: str) -> str:
    """Say how many crises are kept, and how to go on."""
    at_most = "at most " if found.plan.stops else ""
    kept = f"{found.crises:,} of {at_most}{found.crises_wanted:,} crises are kept in {made.folder}"
    return f"{kept}; to resume: {command}"


def command_of(options: argparse.Namespace) -> str:
    """Return the command as it was given, so that it can be repeated."""
    names = ("out", "replications", "seed", "workers", "scheduler", "shard")
    return command_again(["sweep", options.experiment], options, names, {"set": options.overrides})


def command_again(
    words: Sequence[str],
    options: argparse.Namespace,
    names: Sequence[str],
    many: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """Return a command with those of its options that were given, without --force, which would begin again.

    Parameters
    ----------
    words
        The command and what is not an option.
    options, names
        What was given, and the options that have one value.
    many
        The values of the options that can be repeated, by name.
    """
    again = ["escalation", *words]
    for name in names:
        value = getattr(options, name)
        if value is not None:
            again += [f"--{name}", "{}/{}".format(*value) if name == "shard" else str(value)]
    for name, values in (many or {}).items():
        again += [word for value in values for word in (f"--{name}", value)]
    return shlex.join([*again, "--quiet"] if options.quiet else again)


def say_shard_is_complete(found: Survey, made: Sweep, quiet: bool) -> None:
    """Print that a shard is complete, and what comes next."""
    if quiet:
        print(made.folder)
        return
    share = f"{found.shard.index}/{found.shard.of}"
    print(f"Shard {share} is complete: {found.crises:,} crises in {made.folder}.")
    print(f"When all {found.shard.of} shards are complete: escalation merge DIR... --out DIR")


def merge(options: argparse.Namespace) -> int:
    """Merge the results of shards into one folder; print what was found."""
    from escalation.experiment.results import ResultsFolder
    from escalation.experiment.store import Store
    from escalation.experiment.store import merge as merged
    from escalation.report import incomplete

    added = merged(options.folders, options.out, lambda store: make_room(store, options.force))
    found = ResultsFolder(options.out).survey()
    if not options.quiet:
        print(f"Merged {len(options.folders)} folders: {added.parts} new parts in {options.out}.")
    if not found.is_complete:
        raise BadInputError(incomplete(options.out, found))
    Store(options.out, added.manifest).note_precision(found.precision.missed())
    _print_report(options.out, options.quiet)
    return 0


def plot(options: argparse.Namespace) -> int:
    """Redraw the figures, from the results that are there."""
    from escalation.experiment.progress import figures_heard
    from escalation.report import report

    written = report(options.folder, figures_heard(sys.stderr))
    print_notes(written.notes)
    print_lines(map(str, written.files))
    return 0


def export_excel(options: argparse.Namespace) -> int:
    """Write the tables of a sweep as an Excel workbook."""
    new_file(options.out, options.force)

    from escalation.analysis.tally import tally
    from escalation.analysis.workbook import write_workbook
    from escalation.experiment.results import ResultsFolder

    written = write_workbook(tally(ResultsFolder(options.folder)), options.out)
    print_notes(written.notes)
    print_lines(written.lines)
    return 0


def _print_report(out: Path, quiet: bool) -> None:
    """Write tables and figures unless they are there, and print what was found."""
    from escalation.experiment.progress import figures_heard
    from escalation.report import report, report_at_hand

    found = report_at_hand(out) or report(out, None if quiet else figures_heard(sys.stderr))
    print_notes(found.notes)
    print_lines([str(out)] if quiet else found.lines)


def _dry_run(made: Sweep, workers: int | None, share: Shard) -> None:
    """Print the design table, and what the sweep would take by extrapolation from a few crises."""
    from escalation.experiment.progress import duration
    from escalation.report import design_lines, estimated

    spec = made.work.loaded.spec
    print_lines([f"{spec.name}: {spec.title}", ""])
    print_lines(design_lines(list(made.cells.values()), list(spec.varied)))
    plan = made.store.manifest.plan
    at_most = "at most " if plan.stops else ""
    print(
        f"\n{plan.cells:,} cells, {at_most}{plan.replications:,} crises each, seed {spec.seed}.", flush=True
    )
    say_compiling()
    found = estimated(made, workers, share)
    figures = f", with {found.figures} figures" if found.figures else ""
    of = f" of shard {share.index}/{share.of}" if share.of > 1 else ""
    print(
        f"{at_most.capitalize()}{found.crises:,} crises{of}: about {duration(found.seconds)} on this"
        f" machine and {_size(found.bytes)} in {made.folder}{figures}."
    )


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1_000:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1_000
    return f"{count:,.1f} TB"
