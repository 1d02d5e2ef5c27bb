"""`escalation mediation-check`: mediation in the model beside what ICB records."""

from __future__ import annotations

import argparse
import csv
import sys
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.cli.arguments import BadInputError, check_writable, folder, print_lines, whole
from escalation.files.write import replacing, write_file

if TYPE_CHECKING:
    from escalation.figures.forest import RateRow
    from escalation.history.icb import Icb, Rates
    from escalation.history.mediation import Held, Share

WIDTH = 80
AGREEMENT = "Formal agreement"
AFTERWARDS = "No new crisis in five years (ICB), no return to force within the run (model)"
TALKS = "Mediated, by violence in the crisis"
ICB, MODEL, MODEL_TALKS = "ICB v15", "model", "model, agreed in talks"
PUBLISHED = {
    "unmediated": (0.12, 0.48), "mediated": (0.44, 0.64), "facilitation": (0.18, 0.63),
    "formulation": (0.40, 0.64), "manipulation": (0.63, 0.67),
}  # fmt: skip
"""Formal agreement and no recurrence as they were given for ICB before this count."""
SAME = 0.0051  # two figures of two digits that are the same but for rounding


def add_mediation_check(parser: argparse.ArgumentParser) -> None:
    """Say which arguments `mediation-check` takes."""
    parser.add_argument(
        "--data", type=folder, metavar="DIR",
        help="folder with icb1v15.csv and icb2v15.csv, to count anew; by default the shipped counts",
    )  # fmt: skip
    parser.add_argument("--rates", type=Path, metavar="FILE", help="write the counts of --data to this file")
    parser.add_argument(
        "--crises", type=whole(1_000_001, 1), default=4_000, metavar="N", help="made-up crises (default 4000)"
    )
    parser.add_argument("--seed", type=whole(2**64), default=1, metavar="N", help="default 1")
    parser.add_argument(
        "--weights",
        default="calibrated",
        metavar="FILE",
        help="a weights file or shipped name (default calibrated)",
    )
    parser.add_argument(
        "--out", type=folder, default=Path("results") / "mediation_check", metavar="DIR",
        help="where table and figure go (default results/mediation_check)",
    )  # fmt: skip


def mediation_check(options: argparse.Namespace) -> int:
    """Count, play, print, and write the table and the figure."""
    from escalation.engine.batch import batch_is_compiled
    from escalation.figures.forest import plot_mediation_check
    from escalation.figures.style import save
    from escalation.history.icb import load_icb, load_rates, rates_of, rates_text
    from escalation.history.mediation import CAVEAT, hold
    from escalation.history.population import FREE_DAYS, Population
    from escalation.scenario.load import load_weights

    if options.rates is not None and options.data is None:
        raise BadInputError("--rates needs --data, the folder with the files to count")
    weights = load_weights(options.weights)
    icb: Icb | None = None
    if options.data is None:
        rates = load_rates()
    else:
        icb = load_icb(options.data)
        rates = rates_of(icb)
    check_writable(options.out)
    if options.rates is not None:
        write_file(options.rates, rates_text(rates))
    if not batch_is_compiled():
        print("Compiling the rules: once on this machine, about half a minute.", file=sys.stderr)
    held = hold(Population(rates, weights.weights, options.seed), options.crises)
    rows = list(check_rows(rates, held))
    about = (
        f"{options.crises:,} made-up crises, seed {options.seed}, weights {weights.name!r}, {FREE_DAYS} days "
        "after the record; 95% Wilson intervals"
    )
    title = "Mediation held against International Crisis Behavior (ICB)"
    print_lines([title, about])
    if icb is not None:
        print_lines(["", *published_lines(icb)])
    print_lines(table_lines(rows))
    print_lines(["", *pair_lines(held), ""])
    print_lines(textwrap.wrap(f"{CAVEAT} {MEANING}", WIDTH))
    write_csv(rows, options.out / "mediation_check.csv")
    figure = plot_mediation_check(rows, title, about + ".", f"{CAVEAT} {MEANING}")
    save(figure, options.out / "mediation_check.png")
    print(f"\nWritten to {options.out}: mediation_check.csv, mediation_check.png")
    return 0


MEANING = (
    "Mediated in the model: talks were open at some time. Formal in the model: a settlement through the "
    "channels `direct` or `mediated` (columns `settled` and `channel` of the runs); `agreed in talks` is the "
    "column `agreed` alone. ICB's recurrence is another crisis between the main adversaries within five "
    "years; the model's return to force is an act of the force rung or above after the first settlement or "
    "quiet fortnight, within the run: not the same measure."
)


def check_rows(rates: Rates, held: Held) -> Iterator[RateRow]:
    """Yield all shares with their intervals: measure by measure, group by group, ICB first."""
    from escalation.history.icb import VIOLENCE
    from escalation.history.mediation import GROUPS, Share

    for group in GROUPS:
        ends = rates.observed[group]
        yield _row(AGREEMENT, group, ICB, Share(ends.formal, ends.crises))
        yield _row(AGREEMENT, group, MODEL, held.formal(group))
        yield _row(AGREEMENT, group, MODEL_TALKS, held.in_talks(group))
    for group in GROUPS:
        ends = rates.observed[group]
        yield _row(AFTERWARDS, group, ICB, Share(ends.quiet, ends.known))
        yield _row(AFTERWARDS, group, MODEL, held.no_return(group))
    for level, name in enumerate(VIOLENCE):
        yield _row(TALKS, name, ICB, Share(rates.mediated[level], rates.coded[level]))
        yield _row(TALKS, name, MODEL, held.mediated_at(name))


def _row(measure: str, group: str, source: str, share: Share) -> RateRow:
    from escalation.figures.forest import RateRow
    from escalation.stats.intervals import wilson

    found = wilson(share.yes, share.n)
    limits = float(found.estimate), float(found.low), float(found.high)
    return RateRow(measure, group, source, share.yes, share.n, *limits)


def table_lines(rows: Sequence[RateRow]) -> Iterator[str]:
    """Yield a table a measure: a line a group, a column a source; the number of crises ends a cell."""
    from escalation.files.write import aligned

    for measure in dict.fromkeys(row.measure for row in rows):
        of_it = [row for row in rows if row.measure == measure]
        sources = list(dict.fromkeys(row.source for row in of_it))
        groups = dict.fromkeys(row.group for row in of_it)
        body = [[group, *(_cell(row) for row in of_it if row.group == group)] for group in groups]
        yield from ["", measure, *aligned([["", *sources], *body])]


def _cell(row: RateRow) -> str:
    share, low, high = (f"{value:.2f}".removeprefix("0") for value in (row.share, row.low, row.high))
    return f"{share} [{low}, {high}] {row.n:>4}" if row.n else "no such crisis"


def pair_lines(held: Held) -> Iterator[str]:
    """Say what the rules make of the same crises without their mediators, and how far mediation comes."""
    from escalation.stats.intervals import paired_shares

    yield "The same crises with their mediator less without it, same luck (what the rules imply):"
    for measure, words in (("formal", "formal agreement"), ("no_return", "no return to force")):
        gained, lost, n = held.paired(measure)
        found = paired_shares(gained, lost, n)
        yield f"  {words}: {found.estimate:+.3f} [{found.low:+.3f}, {found.high:+.3f}], {n} pairs"
    steps = [f"{name} in {share.yes} of {share.n}" for name, share in held.steps().items()]
    yield from textwrap.wrap(f"Steps of mediation: {', '.join(steps)}.", WIDTH)


def published_lines(icb: Icb) -> Iterator[str]:
    """Hold the figures given for ICB against what its file gives, for all crises and for those to 2017."""
    from escalation.history.icb import observed

    sets = {"all crises of the file": observed(icb), "triggered to 2017": observed(icb, 2017)}
    yield "Formal agreement and no recurrence: as given, and as counted from the file"
    for group, given in PUBLISHED.items():
        found = [f"{group}: given {given[0]:.2f}, {given[1]:.2f}"]
        for name, groups in sets.items():
            ends = groups[group]
            shares = ends.formal / ends.crises, ends.quiet / ends.known
            is_same = all(abs(one - other) <= SAME for one, other in zip(shares, given, strict=True))
            verdict = "same" if is_same else "not the same"
            found.append(f"{name} {shares[0]:.3f}, {shares[1]:.3f} (n {ends.crises}; {verdict})")
        yield "  " + "; ".join(found)


def write_csv(rows: Sequence[RateRow], path: Path) -> None:
    """Write all shares, a row each."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["measure", "group", "source", "yes", "n", "share", "low", "high"])
        for row in rows:
            limits = (f"{value:.6g}" for value in (row.share, row.low, row.high))
            writer.writerow([row.measure, row.group, row.source, row.yes, row.n, *limits])
