"""The report on a complete sweep: its tables, its figures, and a short account of the findings."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from escalation.experiment.design import shown_level
from escalation.experiment.results import ResultsFolder
from escalation.experiment.store import ACCOUNT, FIGURES
from escalation.files.write import aligned, refusing, write_beside

if TYPE_CHECKING:
    from escalation.analysis.tally import Tally


WIDTH = 80
MOST_CELLS = 12
MOST_SHARES = 6


@dataclass(frozen=True)
class Conclusion:
    """The findings, and the files with the details."""

    lines: tuple[str, ...]
    files: tuple[str, ...]


def concluded(folder: Path) -> list[str] | None:
    """Return the account, if tables and figures of the present parts exist."""
    try:
        text = (folder / ACCOUNT).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    if not all((folder / name).exists() for name in ("summary.csv", "effects.csv")):
        return None
    return [*text.splitlines(), "", f"These results were already in {folder}."]


def conclude(folder: Path) -> Conclusion:
    """Write tables and figures of a complete sweep, the account last."""
    from escalation.analysis.findings import findings
    from escalation.analysis.tally import tally
    from escalation.analysis.tidy import write_tables

    results = ResultsFolder(folder)
    counts = tally(results)
    with refusing(folder):
        files = write_tables(counts, folder)
        files += _draw(results, counts, folder)
    spec = results.spec
    lines = [f"{spec.name}: {spec.title}", ""]
    lines += share_lines(counts, spec.outcomes)
    for paragraph in findings(counts, spec.outcomes):
        lines += ["", *textwrap.wrap(paragraph, WIDTH)]
    write_beside(folder / ACCOUNT, ("\n".join(lines) + "\n").encode())
    shown = [str(path) for path in files]
    where = f"Tables in {folder}: {ACCOUNT}, summary.csv, effects.csv, runs/, days/"
    figures = [path for path in files if path.suffix in (".png", ".svg")]
    if figures:
        where += f"; {len(figures)} figures in {figures[0].parent}"
    return Conclusion((*lines, "", where), tuple(shown))


def _draw(results: ResultsFolder, counts: Tally, folder: Path) -> list[Path]:
    """Draw the figures that the experiment requests; one that does not fit is reported, not fatal."""
    if results.spec.plots == ():
        return []
    from escalation.analysis.tidy import Tidy
    from escalation.figures.draw import draw_all
    from escalation.figures.selection import NothingToShowError

    try:
        drawn = draw_all(Tidy(results, counts), folder / FIGURES, results.spec.plots)
    except NothingToShowError as error:
        print(f"escalation: no figures: {error}", file=sys.stderr)
        return []
    _drop_older(folder / FIGURES, drawn)
    return drawn


def _drop_older(figures: Path, drawn: Sequence[Path]) -> None:
    """Remove figures that are no longer requested, and incomplete files of a killed sweep."""
    for path in figures.iterdir():
        is_figure = path.suffix in (".png", ".svg") or re.fullmatch(r"\..+\.(png|svg)\.\d+", path.name)
        if is_figure and path not in drawn:
            path.unlink(missing_ok=True)


def share_lines(counts: Tally, shares: tuple[str, ...]) -> Iterator[str]:
    """Yield a short table of shares in percent by cell, the baseline first, with half their intervals."""
    from escalation.measures.measures import SHARES, measure
    from escalation.stats.intervals import wilson

    cells, factors = counts.source.cells, list(counts.source.factors)
    wanted = shares[:MOST_SHARES]
    places = [counts.baseline, *(at for at in range(len(counts.n)) if at != counts.baseline)]
    shown = places[:MOST_CELLS]
    heads = [["cell", *factors]]
    heads += [[str(cells.number[at]), *(_level(cells.levels[name][at]) for name in factors)] for at in shown]
    values = [[measure(name).short for name in wanted]]
    for at in shown:
        found = [wilson(counts.shares[at, SHARES.index(name)], counts.n[at]) for name in wanted]
        values.append([f"{100 * float(f.estimate):.1f} ±{50 * float(f.high - f.low):.1f}" for f in found])
    yield "Shares of crises in %, ± half the 95% interval; the baseline first"
    lines = aligned([head + value for head, value in zip(heads, values, strict=True)], right=len(wanted))
    if max(map(len, lines)) <= WIDTH:
        yield from lines
    else:
        # The levels do not fit next to the shares, so they go above them.
        first, *rows = aligned([["    ", *value] for value in values], right=len(wanted))
        yield first
        for head, row in zip(heads[1:], rows, strict=True):
            levels = ", ".join(f"{name} {level}" for name, level in zip(factors, head[1:], strict=True))
            yield textwrap.shorten(f"{head[0]}: {levels}", WIDTH, placeholder=" ...")
            yield row
    rest = len(places) - MOST_CELLS
    if rest > 0:
        yield f"and {rest:,} more cells in summary.csv"


def _level(level: str | float) -> str:
    return f"{level:g}" if isinstance(level, float) else shown_level(level)
