"""Finished work to tables, figures and a short account: sweeps, backtests, validations, mediation checks."""

from __future__ import annotations

import textwrap
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from escalation.experiment.design import Cell, shown_level
from escalation.experiment.plan import WHOLE, Shard
from escalation.experiment.results import ResultsFolder
from escalation.experiment.run import (
    Estimate,
    Silent,
    Sweep,
    Threads,
    available_cores,
    estimate,
    run,
    sample,
    survey,
)
from escalation.experiment.spec import SAMPLED
from escalation.experiment.store import (
    ACCOUNT,
    FIGURES,
    MADE_TABLES,
    MANIFEST,
    PARTIAL_ACCOUNT,
    figures_in,
    locked,
    note_figures,
)
from escalation.files.brief import Brief
from escalation.files.places import StoreError
from escalation.files.write import aligned, refusing, write_file

if TYPE_CHECKING:
    from escalation.analysis.tally import Tally
    from escalation.experiment.design import Loaded
    from escalation.figures.draw import Heard
    from escalation.measures.columns import Layout


WIDTH = 80
MOST_CELLS = 12
MOST_SHARES = 6
MOST_ROWS = 20
MOST_LINES = 100  # of an account that is shown whole


@dataclass(frozen=True, repr=False)
class WrittenReport(Brief):
    """What was found, and the files that hold the details."""

    lines: tuple[str, ...]
    """The account in text."""
    files: tuple[Path, ...]
    """Tables and figures that were written."""
    notes: tuple[str, ...] = ()
    """What is not shown, and why."""

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines

    @property
    def figures(self) -> tuple[Path, ...]:
        """Those of the files that are figures."""
        return tuple(path for path in self.files if path.suffix in (".png", ".svg"))


def report(folder: Path, heard: Heard | None = None, out: Path | None = None) -> WrittenReport:
    """Write tables, figures and the account of a sweep into its folder, the account last.

    Of a sweep that is not complete they are of what is there, and say how much that is; the account then has
    a name of its own, so that nobody takes it for the whole.

    Parameters
    ----------
    folder
        The results; what was written there before is replaced.
    heard
        Called with the number of figures done, and of how many, before the first and after each.
    out
        Another folder to write into, so that the results stay as they are.

    Raises
    ------
    StoreError
        If the folder holds no results, another process writes to it, a part is damaged, or a file cannot be
        written.
    """
    from escalation.analysis.coverage import coverage
    from escalation.analysis.tally import tally
    from escalation.analysis.tidy import write_tables

    results = ResultsFolder(folder)
    out = out or folder
    with locked(out, waits=results.has_all_parts), refusing(out):
        counts = tally(results)
        cover, spec = coverage(counts), results.spec
        if not cover.crises:
            raise StoreError(f"{folder} has no crises yet; rerun its sweep to compute them")
        lines = [f"{spec.name}: {spec.title}", ""]
        lines += [*textwrap.wrap(cover.words, WIDTH), ""] if cover.words else []
        lines += share_lines(counts, spec.outcomes)
        lines += number_lines(counts, spec.outcomes)
        for paragraph in [*answers(counts, spec.outcomes), *_imprecise(results)]:
            lines += ["", *textwrap.wrap(paragraph, WIDTH)]
        files = write_tables(counts, out, spec.outcomes, cover)
        drawn, notes = _draw(results, counts, out, heard)
        account, other = (ACCOUNT, PARTIAL_ACCOUNT) if cover.is_complete else (PARTIAL_ACCOUNT, ACCOUNT)
        (out / other).unlink(missing_ok=True)
        write_file(out / account, "\n".join(lines) + "\n")
    notes = (cover.words, *notes) if cover.words else notes
    found = WrittenReport(tuple(lines), (*files, *drawn), notes)
    tables = ", ".join(path.name for path in files)
    where = f"Tables in {out}: {account}, {tables}, runs/, days/"
    if found.figures:
        count = len({path.stem for path in found.figures})  # each as PNG and as SVG
        where += f"; {count} figure{'s' if count > 1 else ''} in {found.figures[0].parent}"
    where += f". Seed {spec.seed}."
    return WrittenReport((*lines, "", where), found.files, notes)


def answers(counts: Tally, shares: tuple[str, ...]) -> list[str]:
    """Return the findings, if there is a baseline to compare with."""
    from escalation.analysis.findings import findings

    if not counts.n[counts.baseline]:
        return ["The baseline has no results yet, so that nothing can be compared with it."]
    return findings(counts, shares)


def _imprecise(results: ResultsFolder) -> Iterator[str]:
    """State how many cells are not as precise as the stopping rule asks, and which is the worst."""
    missed, until = results.manifest.missed, results.spec.until
    if until is None or missed is None:
        return
    asked = f"±{100 * until.half_width:.4g} percentage points"
    if not missed:
        yield f"Every cell has the precision that was asked for, {asked}."
        return
    worst = max(missed, key=missed.__getitem__)
    cells = results.plan.cells
    yield (
        f"{len(missed):,} of {cells:,} cells did not reach the precision that was asked for, {asked}, within"
        f" {until.at_most:,} crises; the worst is cell {worst} with ±{100 * missed[worst]:.3g}."
        f" All of them are under `missed` in {MANIFEST}."
    )


def report_at_hand(folder: Path) -> WrittenReport | None:
    """Return the report that a folder holds already, if it was made of the results as they are."""
    files = [folder / name for name in MADE_TABLES]
    if ResultsFolder(folder).policy_factor is None:
        files.pop()
    try:
        text = (folder / ACCOUNT).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    if not all(path.exists() for path in files):
        return None
    drawn = figures_in(folder)
    where = f"Nothing was left to do: all of it is in {folder}."
    return WrittenReport((*text.splitlines(), "", where), (*files, *drawn))


def figures_planned(loaded: Loaded, layout: Layout, cells: Sequence[Cell]) -> int:
    """Return how many figures a sweep draws at the end; some of those by default may turn out empty."""
    if loaded.spec.plots == ():
        return 0
    from escalation.analysis.tidy import PlannedTables
    from escalation.figures.draw import pictures
    from escalation.figures.selection import NothingToShowError

    try:
        return len(pictures(PlannedTables(loaded, layout, cells), loaded.spec.plots))
    except NothingToShowError:
        return 0


SECONDS_TO_START = 1.0
SECONDS_A_FIGURE, BYTES_A_FIGURE = 1.0, 330_000
"""As PNG and SVG; the mean of the shipped experiments."""


def estimated(sweep: Sweep, workers: int | None = None, shard: Shard = WHOLE) -> Estimate:
    """Estimate the time and size of a sweep with its tables and figures, from a few crises of some cells.

    A shard has neither tables nor figures.
    """
    from escalation.analysis.tally import tally
    from escalation.analysis.tidy import write_tables

    found = estimate(sweep, workers, shard)
    if shard.of > 1:
        return found
    with TemporaryDirectory(prefix="escalation-") as folder:
        small = sample(sweep, Path(folder))
        missing = survey(small.store, small.work)
        run(small, missing, Silent(), lambda: Threads(small.work, small.cells, workers))
        tally(ResultsFolder(folder))  # what is loaded once is not a matter of size
        start = time.perf_counter()
        counts = tally(ResultsFolder(folder))
        counted = time.perf_counter()
        tables = write_tables(counts, small.folder)
        written = time.perf_counter()
        size = sum(path.stat().st_size for path in tables)
    plan, tried = sweep.store.manifest.plan, small.store.manifest.plan
    figures = figures_planned(sweep.work.loaded, sweep.work.layout, list(sweep.cells.values()))
    seconds = SECONDS_TO_START + (counted - start) * plan.most_crises / tried.most_crises
    seconds += (written - counted) * plan.cells / tried.cells + figures * SECONDS_A_FIGURE
    size = round(size * plan.cells / tried.cells) + figures * BYTES_A_FIGURE
    size += len(sweep.cells_table.encode()) + len(sweep.store.manifest.text().encode())
    return replace(found, seconds=found.seconds + seconds, bytes=found.bytes + size, figures=figures)


def _draw(
    results: ResultsFolder, counts: Tally, folder: Path, heard: Heard | None
) -> tuple[list[Path], tuple[str, ...]]:
    """Draw the figures that the experiment asks for; one that does not fit it is noted, not fatal."""
    if results.spec.plots == ():
        return [], ()
    from escalation.analysis.tidy import Tidy
    from escalation.figures.draw import draw_all
    from escalation.figures.selection import NothingToShowError
    from escalation.figures.style import uncovered

    try:
        tables = Tidy(results, counts)
        boxes = uncovered(tables.texts)
        drawn = draw_all(tables, folder / FIGURES, results.spec.plots, heard, available_cores())
    except NothingToShowError as error:
        return [], (f"no figures: {error}",)
    note_figures(folder, drawn)
    return drawn, (boxes,) if boxes else ()


def design_lines(cells: Sequence[Cell], factors: Sequence[str]) -> Iterator[str]:
    """Yield the table of design points as text, its middle left out if it is long."""
    half = MOST_ROWS // 2
    shown = cells if len(cells) <= MOST_ROWS else [*cells[:half], *cells[-half:]]
    rows = [["cell", "role", *factors]]
    rows += [
        [str(cell.number), cell.role, *(shown_level(cell.levels[name]) for name in factors)] for cell in shown
    ]
    lines = aligned(rows)
    yield from lines[: 1 + half] if len(cells) > MOST_ROWS else lines
    if len(cells) > MOST_ROWS:
        yield f"... {len(cells) - MOST_ROWS:,} more ..."
        yield from lines[1 + half :]


def share_lines(counts: Tally, shares: tuple[str, ...]) -> Iterator[str]:
    """Yield a short table of shares in percent by cell, the baseline first, with half their intervals."""
    from escalation.stats.intervals import wilson

    wanted = shares[:MOST_SHARES]
    if counts.source.policy_factor is not None and len(counts.n) > MOST_CELLS:
        yield from _by_policy(counts, wanted)
        return
    shown = telling_cells(counts, wanted)
    values = [[counts.measures.measure(name, counts.source.thresholds).short for name in wanted]]
    for at in shown:
        found = [
            wilson(counts.shares[at, counts.measures.names.index(name)], counts.n[at]) for name in wanted
        ]
        values.append([f"{100 * float(f.estimate):.1f} ±{50 * float(f.high - f.low):.1f}" for f in found])
    yield "Shares of crises in %, ± half the 95% interval; the baseline first"
    yield from _by_cell(counts, shown, values)
    there = int((counts.n > 0).sum())
    if len(shown) < there:
        yield from textwrap.wrap(
            f"Of {there:,} cells, these {len(shown)} differ most from one another in these shares; "
            "all are in summary.csv.",
            WIDTH,
        )
    if len(wanted) < len(shares):
        names = ", ".join(shares[MOST_SHARES:])
        yield from textwrap.wrap(f"The other shares asked for are in summary.csv: {names}.", WIDTH)


def _by_policy(counts: Tally, shares: Sequence[str]) -> Iterator[str]:
    """Yield the mean share of each policy over the points of the design, and its range over them."""
    import numpy as np

    policy = counts.source.policy_factor
    assert policy is not None
    levels = np.array([str(level) for level in counts.source.cells.levels[policy]])
    roles = ("design",) if counts.source.spec.design.kind in SAMPLED else ("design", "baseline")
    designed = np.isin(counts.source.cells.role, roles) & (counts.n > 0)
    rows = [["policy", *(counts.measures.measure(name, counts.source.thresholds).short for name in shares)]]
    for name in dict.fromkeys(levels.tolist()):
        mine = np.flatnonzero(designed & (levels == name))
        row = [name]
        for share in shares:
            at = 100 * counts.shares[mine, counts.measures.names.index(share)] / counts.n[mine]
            row.append(f"{at.mean():.1f} ({at.min():.0f}-{at.max():.0f})" if len(at) else "")
        rows.append(row)
    yield "Shares of crises in %: mean over the points of what nobody chooses, and range"
    yield from aligned(rows, right=len(shares))
    yield "Each cell is in summary.csv."


def number_lines(counts: Tally, shares: Sequence[str]) -> Iterator[str]:
    """Yield a table of the numbers that the experiment measures itself: their means in the same cells."""
    from escalation.stats.intervals import mean

    own = [each for each in counts.measures.own if each.kind != "share"]
    for first in range(0, len(own), MOST_SHARES):
        some = own[first : first + MOST_SHARES]
        shown = telling_cells(counts, shares[:MOST_SHARES])
        names = [name for name, _ in counts.numbers.names]
        values = [[each.short for each in some]]
        for at in shown:
            places = [names.index(each.name) for each in some]
            found = [mean(counts.totals[at, k], counts.squares[at, k], counts.n[at]) for k in places]
            values.append([f"{float(f.estimate):.3g} ±{float(f.high - f.low) / 2:.2g}" for f in found])
        yield from ("", "Means, ± half the 95% interval; days are counted up to the end of the run")
        yield from _by_cell(counts, shown, values)


def _by_cell(counts: Tally, shown: Sequence[int], values: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield values by cell as a table with the levels of each; the first of the values are the heads."""
    cells, factors = counts.source.cells, list(counts.source.factors)
    heads = [["cell", *factors]]
    heads += [[str(cells.number[at]), *(_level(cells.levels[name][at]) for name in factors)] for at in shown]
    columns = len(values[0])
    lines = aligned([[*head, *value] for head, value in zip(heads, values, strict=True)], right=columns)
    if max(map(len, lines)) <= WIDTH:
        yield from lines
        return
    # The levels do not fit next to the values, so they go above them.
    first, *rows = aligned([["    ", *value] for value in values], right=columns)
    yield first
    for head, row in zip(heads[1:], rows, strict=True):
        levels = ", ".join(f"{name} {level}" for name, level in zip(factors, head[1:], strict=True))
        yield textwrap.shorten(f"{head[0]}: {levels}", WIDTH, placeholder=" ...")
        yield row


def telling_cells(counts: Tally, shares: Sequence[str]) -> list[int]:
    """Return the places of the cells to print: of many with results, the baseline and the most different.

    One after the other, the cell is taken whose shares are farthest from those of all taken so far, that
    is, whose nearest of them is farthest away; of equals the first. The baseline comes first, the others
    in the order of the design.
    """
    import numpy as np

    with np.errstate(invalid="ignore", divide="ignore"):
        at = counts.shares[:, [counts.measures.names.index(name) for name in shares]] / counts.n[:, None]
    at = np.nan_to_num(at)
    there = [counts.baseline, *(place for place in range(len(counts.n)) if place != counts.baseline)]
    there = [place for place in there if counts.n[place]]
    if len(there) <= MOST_CELLS:
        return there
    taken = there[:1]
    away = np.abs(at - at[taken[0]]).sum(axis=1)
    away[counts.n == 0] = -1.0
    while len(taken) < MOST_CELLS:
        away[taken] = -1.0
        taken.append(int(away.argmax()))
        away = np.minimum(away, np.abs(at - at[taken[-1]]).sum(axis=1))
    return [taken[0], *sorted(taken[1:])]


def _level(level: str | float) -> str:
    return f"{level:g}" if isinstance(level, float) else shown_level(level)
