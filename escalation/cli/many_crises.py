"""`escalation sweep`, `merge` and `plot`: many crises, from an experiment to tables and figures."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.cli.arguments import BAD_INPUT, BadInputError, folder, print_lines, shard, whole
from escalation.engine.batch import batch_is_compiled
from escalation.experiment.design import shown_level
from escalation.experiment.plan import Shard
from escalation.experiment.progress import duration
from escalation.experiment.run import Sweep, estimate
from escalation.files.write import aligned

if TYPE_CHECKING:
    from escalation.experiment.run import Listener, Survey
    from escalation.experiment.store import Store


MOST_NOTES = 5


def add_sweep(parser: argparse.ArgumentParser) -> None:
    """Say which arguments `sweep` takes."""
    parser.add_argument(
        "experiment", metavar="EXPERIMENT", help="an experiment file, or the name of a shipped one"
    )
    parser.add_argument(
        "--out", type=folder, metavar="DIR", help="where to keep the results (default results/NAME)"
    )
    parser.add_argument(
        "--replications", type=whole(2**31 + 1, 1), metavar="N",
        help="crises a cell, in place of the experiment's own; a folder keeps to one number",
    )  # fmt: skip
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=whole(1_025, 1), metavar="N", help="threads (default one a core)")
    where.add_argument(
        "--scheduler", metavar="ADDRESS", help="a Dask scheduler whose workers compute, as tcp://HOST:8786"
    )
    parser.add_argument(
        "--shard", type=shard, metavar="i/n", help="compute the i-th of n shares only, for `merge`"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="print the design, and what it would take; compute nothing"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", dest="overrides",
        help="replace a value of the experiment, such as set.free_days=60 for the scenario; repeatable",
    )  # fmt: skip
    parser.add_argument("--quiet", action="store_true", help="show no progress, print the folder only")


def add_merge(parser: argparse.ArgumentParser) -> None:
    """Say which arguments `merge` takes."""
    parser.add_argument("folders", nargs="+", type=folder, metavar="DIR", help="results of one experiment")
    parser.add_argument("--out", type=folder, required=True, metavar="DIR", help="where to put them together")
    parser.add_argument("--quiet", action="store_true", help="print the folder only")


def add_plot(parser: argparse.ArgumentParser) -> None:
    """Say which arguments `plot` takes."""
    parser.add_argument("folder", type=folder, metavar="DIR", help="the results of a sweep")


def sweep(options: argparse.Namespace) -> int:
    """Run an experiment, or what is missing of it, and tell what came of it."""
    from escalation.experiment.loaded import load_experiment
    from escalation.experiment.plan import WHOLE, Shard

    with _told():
        loaded = load_experiment(options.experiment, options.overrides)

        from escalation.experiment.run import RESULTS, prepare, survey

        share = WHOLE if options.shard is None else Shard(*options.shard)
        out = options.out
        if out is None and share.of > 1:
            out = RESULTS / f"{loaded.spec.name}-shard-{share.index}-of-{share.of}"
        made = prepare(loaded, out, options.replications)
        if options.dry_run:
            from escalation.cli.many_crises import dry_run

            dry_run(made, options.workers, share)
            return 0
        made.store.check()
        found = survey(made.store, made.work, share)
        made.store.note_foreign()
        _say_notes(made.store)
        try:
            _compute(made, found, options)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(_how_to_go_on(found, made, options)) from None
        if share.of > 1:
            _say_share_is_done(found, made, options.quiet)
            return 0
        _conclude(made.folder, options.quiet)
    return 0


def _compute(made: Sweep, found: Survey, options: argparse.Namespace) -> None:
    from escalation.engine.batch import batch_is_compiled
    from escalation.experiment.run import Pool, Silent, Threads, run, warm_up

    listener: Listener = Silent()
    if not options.quiet:
        from escalation.experiment.progress import Progress

        listener = Progress(sys.stderr)

    def prepare_rules() -> None:
        if not options.quiet and not batch_is_compiled():
            print("Compiling the rules: once on this machine, about 20 seconds.", file=sys.stderr)
        warm_up(made)

    def pool() -> Pool:
        if options.scheduler is None:
            return Threads(made.work, made.cells, options.workers, listener.heard)
        from escalation.experiment.remote import Cluster

        return Cluster(options.scheduler, made.work, made.cells, listener)

    run(made, found, listener, pool, () if options.scheduler else (prepare_rules,))


def _say_notes(store: Store) -> None:
    for note in store.notes[:MOST_NOTES]:
        print(f"escalation: {note}", file=sys.stderr)
    rest = len(store.notes) - MOST_NOTES
    if rest > 0:
        print(f"escalation: and {rest} more such files", file=sys.stderr)


def _how_to_go_on(found: Survey, made: Sweep, options: argparse.Namespace) -> str:
    at_most = "at most " if found.plan.stops else ""
    kept = f"{found.crises:,} of {at_most}{found.crises_wanted:,} crises are kept in {made.folder}"
    return f"{kept}; to go on: {command_of(options)}"


def command_of(options: argparse.Namespace) -> str:
    """Return the command that was given, as it can be given again."""
    words = ["escalation", "sweep", options.experiment]
    if options.out is not None:
        words += ["--out", str(options.out)]
    for name in ("replications", "workers", "scheduler"):
        if getattr(options, name) is not None:
            words += [f"--{name}", str(getattr(options, name))]
    if options.shard is not None:
        words += ["--shard", "{}/{}".format(*options.shard)]
    for override in options.overrides:
        words += ["--set", override]
    return shlex.join([*words, "--quiet"] if options.quiet else words)


def _say_share_is_done(found: Survey, made: Sweep, quiet: bool) -> None:
    if quiet:
        print(made.folder)
        return
    share = f"{found.shard.index}/{found.shard.of}"
    print(f"Share {share} is complete: {found.crises:,} crises in {made.folder}.")
    print(f"When all {found.shard.of} are: escalation merge DIR... --out DIR")


def merge(options: argparse.Namespace) -> int:
    """Put the results of shards into one folder, and tell what came of them."""
    with _told():
        from escalation.experiment.results import ResultsFolder
        from escalation.experiment.store import merge as merged

        told = merged(options.folders, options.out)
        results = ResultsFolder(options.out)
        found = results.survey()
        if not options.quiet:
            print(f"Merged {len(options.folders)} folders: {told.parts} new parts in {options.out}.")
        if not found.is_complete:
            print(f"escalation: {_what_is_missing(options.out, found)}", file=sys.stderr)
            return BAD_INPUT
        _conclude(options.out, options.quiet)
    return 0


def plot(options: argparse.Namespace) -> int:
    """Draw the figures anew, from results that are complete."""
    with _told():
        from escalation.experiment.results import ResultsFolder
        from escalation.report import conclude

        found = ResultsFolder(options.folder).survey()
        if not found.is_complete:
            raise BadInputError(_what_is_missing(options.folder, found))
        print_lines(conclude(options.folder).files)
    return 0


def _what_is_missing(out: Path, found: Survey) -> str:
    at_most = "at most " if found.plan.stops else ""
    return (
        f"{out} is not complete: {found.crises:,} of {at_most}{found.crises_wanted:,} crises are there;"
        " merge the other shares too, or go on with `escalation sweep` and --out"
    )


def _conclude(out: Path, quiet: bool) -> None:
    """Make tables and figures unless they are there, and print what was found."""
    from escalation.report import conclude, concluded

    lines: Sequence[str] = concluded(out) or conclude(out).lines
    if quiet:
        print(out)
    else:
        print_lines(lines)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what can be wrong with a folder, a cell or a cluster into a line for the user."""
    from escalation.files.places import SweepError

    try:
        yield
    except SweepError as error:
        raise BadInputError(str(error)) from error


MOST_ROWS = 20


def dry_run(made: Sweep, workers: int | None, share: Shard) -> None:
    """Print the design table and what the sweep would take, from computing a few crises of it."""
    spec = made.work.loaded.spec
    print(f"{spec.name}: {spec.title}")
    print()
    for line in design_lines(made):
        print(line)
    print()
    plan = made.store.manifest.plan
    at_most = "at most " if plan.stops else ""
    print(f"{plan.cells:,} cells, {at_most}{plan.replications:,} crises each.", flush=True)
    if not batch_is_compiled():
        print("Compiling the rules: once on this machine, about 20 seconds.", file=sys.stderr)
    would = estimate(made, workers, share)
    of = f" of share {share.index}/{share.of}" if share.of > 1 else ""
    print(
        f"{at_most.capitalize()}{would.crises:,} crises{of}: about {duration(would.seconds)} on this"
        f" machine and {_size(would.bytes)} in {made.folder}."
    )


def design_lines(made: Sweep) -> Iterator[str]:
    """Yield the table of the cells, its middle left out if it is long."""
    names = list(made.work.loaded.spec.factors)
    cells = list(made.cells.values())
    half = MOST_ROWS // 2
    shown = cells if len(cells) <= MOST_ROWS else [*cells[:half], *cells[-half:]]
    rows = [["cell", "role", *names]]
    rows += [
        [str(cell.number), cell.role, *(shown_level(cell.levels[name]) for name in names)] for cell in shown
    ]
    lines = aligned(rows)
    yield from lines[: 1 + half] if len(cells) > MOST_ROWS else lines
    if len(cells) > MOST_ROWS:
        yield f"... {len(cells) - MOST_ROWS:,} more ..."
        yield from lines[1 + half :]


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1_000:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1_000
    return f"{count:,.1f} TB"
