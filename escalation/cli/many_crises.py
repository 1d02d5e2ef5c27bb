"""`escalation sweep` and `merge`: from an experiment to results, tables and figures, or to what resumes."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
    shard,
    whole,
)

if TYPE_CHECKING:
    from escalation.experiment.design import Loaded
    from escalation.experiment.plan import Shard
    from escalation.experiment.run import Listener, Survey, Sweep
    from escalation.experiment.store import Store


MOST_NOTES = 5

PLACES = ("out", "workers", "scheduler", "shard")
"""Options that say where crises are computed and kept, and change none of them."""


def add_sweep(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `sweep`."""
    parser.add_argument(
        "experiment",
        metavar="EXPERIMENT",
        help="an experiment file, the name of a shipped one, or a folder of results, to compute what is "
        "missing there or, with --out, all of it again",
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


def sweep(options: argparse.Namespace) -> int:
    """Run an experiment, or what is missing of it, and print what was found."""
    loaded, out = _experiment_of(options)

    from escalation.experiment.run import RESULTS, prepare

    share = share_of(options)
    if options.out is None and share.of > 1:
        out = RESULTS / f"{loaded.spec.name}-shard-{share.index}-of-{share.of}"
    made = prepare(loaded, out, options.replications)
    if options.dry_run:
        _dry_run(made, options.workers, share)
        return 0
    if options.scheduler is not None:
        from escalation.experiment.remote import check_scheduler

        check_scheduler(options.scheduler)
    asked = asked_words(
        ["sweep", options.experiment], options, ("replications", "seed"), set=options.overrides
    )
    complete(made, options, asked, lambda folder: _print_report(folder, options.quiet), share)
    return 0


def _experiment_of(options: argparse.Namespace) -> tuple[Loaded, Path | None]:
    """Return the experiment to run, and where to: a folder of results is completed by itself."""
    if are_results(options.experiment, options, ("seed",)):
        from escalation.experiment.results import ResultsFolder

        results = ResultsFolder(options.experiment)
        return results.again(), options.out or results.folder

    from escalation.experiment.loaded import load_experiment

    seeded = [] if options.seed is None else [f"seed={options.seed}"]
    return load_experiment(options.experiment, [*options.overrides, *seeded]), options.out


def share_of(options: argparse.Namespace) -> Shard:
    """Return the shard that is asked for, by default the whole."""
    from escalation.experiment.plan import WHOLE, Shard

    return WHOLE if options.shard is None else Shard(*options.shard)


def are_results(source: str, options: argparse.Namespace, settled: Sequence[str]) -> bool:
    """Return whether a source is a folder of results, which is taken as it is.

    Raises
    ------
    BadInputError
        If it is one, and an option is given that it has settled, or an override.
    """
    from escalation.scenario.load import MANIFEST

    if not (Path(source) / MANIFEST).exists():
        return False
    given = [name for name in settled if getattr(options, name, None) not in (None, False)]
    given += ["set"] if getattr(options, "overrides", ()) else []
    if given:
        says = "is a folder of results, which are taken as they are"
        raise BadInputError(f"{source} {says}; leave --{given[0]} out, or give the experiment")
    return True


def complete(
    made: Sweep,
    options: argparse.Namespace,
    asked: Sequence[str],
    account: Callable[[Path], None],
    share: Shard | None = None,
) -> None:
    """Compute what is missing of a sweep and print its account; of a shard, print what comes next.

    Parameters
    ----------
    made
        The sweep.
    options
        What was given: `force`, `quiet`, `workers`, `scheduler`, and whatever else is in `PLACES`.
    asked
        The words after `escalation` that ask for it, but for what is in `PLACES`.
    account
        Prints what the complete folder says.
    share
        The shard to compute; None for the whole.
    """
    from escalation.experiment.plan import WHOLE
    from escalation.experiment.run import checked, survey

    share = share or WHOLE
    make_room(made.store, options.force)
    made = checked(made)
    found = survey(made.store, made.work, share)
    made.store.note_foreign()
    _say_notes(made.store)
    try:
        compute(made, found, options)
        if share.of == 1:
            account(made.folder)
    except KeyboardInterrupt:
        raise KeyboardInterrupt(_how_to_resume(found, made, _again(asked, options))) from None
    if share.of > 1:
        _say_shard_is_complete(found, made, options.quiet)


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


def _say_notes(store: Store) -> None:
    """Print what a store has to say of its folder."""
    print_notes(store.notes[:MOST_NOTES])
    rest = len(store.notes) - MOST_NOTES
    if rest > 0:
        print_notes([f"and {rest} more such files"])


def _how_to_resume(found: Survey, made: Sweep, command: str) -> str:
    """Say how many crises are kept, and how to go on."""
    at_most = "at most " if found.plan.stops else ""
    kept = f"{found.crises:,} of {at_most}{found.crises_wanted:,} crises are kept in {made.folder}"
    return f"{kept}; to resume: {command}"


def asked_words(
    words: Sequence[str], options: argparse.Namespace, names: Sequence[str], **many: Sequence[str]
) -> list[str]:
    """Return the words after `escalation` that say what is simulated and asked.

    Parameters
    ----------
    words
        The command and what is not an option.
    options, names
        What was given, and the options that have one value.
    many
        The values of the options that can be repeated, by name.
    """
    asked = list(words)
    for name in names:
        value = getattr(options, name)
        asked += [f"--{name}", str(value)] if value is not None else []
    return [
        *asked,
        *(word for name, values in many.items() for value in values for word in (f"--{name}", value)),
    ]


def _again(asked: Sequence[str], options: argparse.Namespace) -> str:
    """Return a command as it was given, so that it can be repeated; not --force, which would begin again."""
    words = ["escalation", *asked]
    for name in PLACES:
        value = getattr(options, name, None)
        if value is not None:
            words += [f"--{name}", "{}/{}".format(*value) if name == "shard" else str(value)]
    return shlex.join([*words, "--quiet"] if options.quiet else words)


def _say_shard_is_complete(found: Survey, made: Sweep, quiet: bool) -> None:
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

    added = merged(options.folders, options.out, lambda store: make_room(store, options.force))
    results = ResultsFolder(options.out)
    if not options.quiet:
        print(f"Merged {len(options.folders)} folders: {added.parts} new parts in {options.out}.")
    found = results.check_complete()
    Store(options.out, added.manifest).note_precision(found.precision.missed())
    _print_report(options.out, options.quiet)
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
