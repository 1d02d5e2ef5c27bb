"""What follows a complete sweep: its tables, its figures, and a short account of what was found."""

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
from escalation.files.write import aligned, refusing, write_file

if TYPE_CHECKING:
    from escalation.analysis.tally import Tally


WIDTH = 80
MOST_CELLS = 12
MOST_SHARES = 6


@dataclass(frozen=True)
class Conclusion:
    """What was found, and the files that say more."""

    lines: tuple[str, ...]
    files: tuple[str, ...]


def concluded(folder: Path) -> list[str] | None:
    """Return what was found, if tables and figures were made of the parts as they are."""
    try:
        text = (folder / ACCOUNT).read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    if not all((folder / name).exists() for name in ("summary.csv", "effects.csv")):
        return None
    return [*text.splitlines(), "", f"All of it was there already, in {folder}."]


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
    with refusing(folder):
        write_file(folder / ACCOUNT, "\n".join(lines) + "\n")
    shown = [str(path) for path in files]
    where = f"Tables in {folder}: {ACCOUNT}, summary.csv, effects.csv, runs/, days/"
    figures = [path for path in files if path.suffix in (".png", ".svg")]
    if figures:
        where += f"; {len(figures)} figures in {figures[0].parent}"
    return Conclusion((*lines, "", where), tuple(shown))


def _draw(results: ResultsFolder, counts: Tally, folder: Path) -> list[Path]:
    """Draw the figures that the experiment wants; one that does not fit it is said, not fatal."""
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
    """Remove figures that are wanted no longer, and halves that a killed sweep has left."""
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
        # The levels do not fit beside the shares, so they stand above them.
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
