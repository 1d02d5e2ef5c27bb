"""`escalation sweep --dry-run`: the design, and what it would take."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

from escalation.engine.batch import batch_is_compiled
from escalation.experiment.design import shown_level
from escalation.experiment.estimate import estimate
from escalation.experiment.plan import Shard
from escalation.experiment.progress import duration
from escalation.experiment.run import Sweep

MOST_ROWS = 20
WIDEST = 24


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


def aligned(rows: Sequence[Sequence[str]], right: int = 0) -> list[str]:
    """Return rows as lines with columns under one another; the last `right` columns stand right."""
    cut = [[text if len(text) <= WIDEST else text[: WIDEST - 1] + "…" for text in row] for row in rows]
    widths = [max(len(row[place]) for row in cut) for place in range(len(cut[0]))]
    first_right = len(widths) - right
    lines = []
    for row in cut:
        places = zip(row, widths, range(len(widths)), strict=True)
        texts = [text.rjust(width) if at >= first_right else text.ljust(width) for text, width, at in places]
        lines.append("  ".join(texts).rstrip())
    return lines


def _size(count: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if count < 1_000:
            return f"{count:.0f} {unit}" if count >= 10 or unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1_000
    return f"{count:,.1f} TB"
