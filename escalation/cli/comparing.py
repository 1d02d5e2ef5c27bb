"""`escalation compare`: scenarios, changes of a scenario, runs, or results of sweeps, crisis by crisis."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from escalation.cli.arguments import (
    BadInputError,
    add_out_folder,
    add_replications,
    add_seed,
    new_folder,
    of_another_kind,
    print_lines,
    say_compiling,
    whole,
)
from escalation.vocabulary import DEFAULT_SEED

if TYPE_CHECKING:
    from escalation.experiment.variant import Variant
    from escalation.scenario.load import FileKind

RESULTS = Path("results")
CRISES, MOST_CRISES = 10_000, 1_000_000


class _Change(argparse.Action):
    """Keeps --change, --drop, --from and --or in the order in which they are given."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option: str | None = None) -> None:
        kept = list(getattr(namespace, self.dest) or [])
        namespace.__dict__[self.dest] = [*kept, ((option or "").lstrip("-"), values)]


def add_compare(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `compare`."""
    parser.add_argument(
        "compared", nargs="+", metavar="A",
        help="what is compared: scenarios (files or shipped names), folders of runs, or results of sweeps; "
        "the first with each of the others",
    )  # fmt: skip

    def change(name: str, **how: Any) -> None:
        parser.add_argument(name, action=_Change, dest="changes", **how)

    change(
        "--change", metavar="KEY.PATH=VALUE",
        help="compare A with A changed, as in acts.russia_offer.date=2025-04-28; repeatable: all changes "
        "together make B",
    )  # fmt: skip
    change("--drop", metavar="ID", help="leave out a dated entry, such as abdali_test, or mediators.NAME")
    change("--from", metavar="DATE", help="the change holds from this day on; what came before stays")
    change("--or", nargs=0, help="begin another change: C, and so on")
    add_seed(parser, "all crises", otherwise="1, or that of the first run")
    add_replications(
        parser, CRISES, "crises of each; 0 compares inputs and single courses only", MOST_CRISES, 0
    )
    parser.add_argument(
        "--replication", type=whole(2**32), metavar="K",
        help="also compare the courses of this one crisis, event by event",
    )  # fmt: skip
    add_out_folder(parser, "results/compare_A_HASH")
    parser.add_argument("--quiet", action="store_true", help="print only the folder")


def compare(options: argparse.Namespace) -> int:
    """Compare, write tables and figures, print the account."""
    from escalation.scenario.load import kind_of_source

    kinds = [kind_of_source(source) for source in options.compared]
    for source in options.compared:
        mistaken = of_another_kind(source, "scenario", "run", "results")
        if mistaken is not None:
            raise BadInputError(mistaken.removeprefix("escalation: "))
    if "results" in kinds:
        return _compare_sweeps(options, kinds)
    variants = variants_of(options.changes or [])
    if len(options.compared) > 1 and variants:
        raise BadInputError("changes are of one scenario; give only the scenario that they change")
    if len(options.compared) + len(variants) < 2:
        raise BadInputError("nothing to compare with; give another scenario, or --change KEY.PATH=VALUE")
    return _compare_scenarios(options, variants)


def variants_of(given: Sequence[tuple[str, Any]]) -> list[Variant]:
    """Return the changes that the options ask for; `--or` begins another one."""
    from escalation.experiment.variant import Variant

    if not given:
        return []
    groups: list[dict[str, list[str]]] = [{"change": [], "drop": [], "from": []}]
    for option, value in given:
        if option == "or":
            groups.append({"change": [], "drop": [], "from": []})
        else:
            groups[-1][option].append(value)
    found = []
    for group in groups:
        if not group["change"] and not group["drop"]:
            raise BadInputError(
                "a change that changes nothing; give --change or --drop before and after --or"
            )
        if len(group["from"]) > 1:
            raise BadInputError("--from is given twice for one change")
        found.append(Variant(group["change"], group["drop"], *group["from"]))
    return found


def _compare_scenarios(options: argparse.Namespace, variants: Sequence[Variant]) -> int:
    from escalation.experiment.variant import arms_of, relabelled
    from escalation.files.places import ScenarioError

    try:
        arms = arms_of([*options.compared, *variants])
    except ScenarioError as error:
        raise relabelled(error, "--change") from None

    from escalation.analysis.comparison import compare_arms, recorded_courses
    from escalation.analysis.comparison_folder import identity_of, is_same_comparison
    from escalation.analysis_reports import report_comparison

    seed = next((number for number in (options.seed, arms[0].seed) if number is not None), DEFAULT_SEED)
    identity = identity_of(arms, seed, options.replications, options.replication)
    out = _out_folder(options, arms[0].scenario.name, identity)
    if not is_same_comparison(out, identity):
        new_folder(out, options.force)
    if options.replications:
        say_compiling()
    courses = recorded_courses(arms) if options.replication is None else []
    found = compare_arms(arms, seed, options.replications, options.replication, courses=courses)
    written = report_comparison(found, out)
    print_lines([str(out)] if options.quiet else written.lines)
    return 0


def _compare_sweeps(options: argparse.Namespace, kinds: Sequence[FileKind | None]) -> int:
    """Compare results folders, each with the first."""
    if set(kinds) != {"results"}:
        other = next(
            source for source, kind in zip(options.compared, kinds, strict=True) if kind != "results"
        )
        raise BadInputError(f"{other} is not a folder of results, as the others are; compare like with like")
    if options.changes or options.replication is not None:
        raise BadInputError("--change, --drop, --from and --replication are for scenarios, not for results")
    if len(options.compared) < 2:
        raise BadInputError("nothing to compare with; give another folder of results")

    from escalation.analysis.comparison_folder import is_same_comparison
    from escalation.analysis.sweep_comparison import identity_of_sweeps
    from escalation.analysis.sweep_pairs import compare_sweeps
    from escalation.analysis_reports import report_sweeps
    from escalation.experiment.results import ResultsFolder

    first, *others = map(ResultsFolder, options.compared)
    outs = []
    for other in others:
        identity = identity_of_sweeps(first, other)
        out = _out_folder(options, first.manifest.name, identity)
        if options.out is not None and len(others) > 1:
            out = options.out / other.folder.name
        if not is_same_comparison(out, identity):
            new_folder(out, options.force)
        outs.append(out)
    for other, out in zip(others, outs, strict=True):
        written = report_sweeps(compare_sweeps(first, other), out)
        print_lines([str(out)] if options.quiet else written.lines)
    return 0


def _out_folder(options: argparse.Namespace, name: str, identity: Mapping[str, Any]) -> Path:
    from escalation.analysis.comparison_folder import identity_text

    digest = hashlib.sha256(identity_text(identity).encode()).hexdigest()[:8]
    out: Path = options.out or RESULTS / f"compare_{name}_{digest}"
    return out
