"""Ridge plots: the distribution of the peak rung at each level of a factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation.figures.canvas import TINY, name_levels, open_canvas, row_height
from escalation.figures.captions import caption, crises, inside, percent, subtitle
from escalation.figures.selection import NOWHERE, At, NothingToShowError, Selection, select
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    MUTED,
    PAPER,
    RULE,
    SMALL,
    WIDTH,
    look,
    styled,
)
from escalation.language import listed
from escalation.measures.measures import ANY
from escalation.vocabulary import RUNGS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import Tidy

MOST_PANELS = 4
BETWEEN, HEAD, FOOT = 0.2, 0.75, 0.5  # inches

Peaks = dict[tuple[int, str], list[int]]
"""Crises by peak rung, for each cell and state."""


def plot_ridge(tables: Tidy, factor: str, at: At = NOWHERE) -> Figure:
    """Draw the distribution of the highest rung reached at each level of a factor.

    Parameters
    ----------
    tables
        The tables of an experiment.
    factor
        The name of one of its factors; all others are at baseline, or pooled if the design was sampled.
    at
        Levels, by name, at which to hold other factors instead of at the baseline.
    """
    chosen = select(tables, [factor], at=at)
    (axis,) = chosen.axes
    cells = [cell for level in axis.levels for cell in chosen.cells(level)]
    peaks: Peaks = {}
    for row in tables.peak_rows(cells):
        counts = peaks.setdefault((int(row["cell"]), str(row["state"])), [0] * RUNGS)
        counts[int(row["rung"])] += int(row["crises"])
    present = {state for _, state in peaks}
    states = [state for state in (ANY, *tables.states) if state in present]
    if not states:
        raise NothingToShowError("no crises with peaks to show")
    shown = states[:MOST_PANELS]
    row_tall = row_height(len(axis.levels))
    tall = row_tall * len(axis.levels)
    wide = (WIDTH - LEFT - MARGIN) / max(1, len(shown)) - BETWEEN
    found = {
        state: [_together(peaks, chosen.cells(level), state) for level in axis.levels] for state in shown
    }
    numbers = [sum(counts) for counts in found.get(ANY, []) if sum(counts)]
    with styled():
        canvas = open_canvas(
            f"How high do crises climb, by {inside(tables, axis.factor.label)}?",
            subtitle(tables),
            _caption(tables, chosen, numbers, [tables.states[state] for state in states[MOST_PANELS:]]),
            HEAD + tall + FOOT,
        )
        name_levels(canvas, axis, HEAD, row_tall, LEFT)
        for number, state in enumerate(shown):
            axes = canvas.panel(state, LEFT + number * (wide + BETWEEN), HEAD, wide, tall)
            name = "Any state" if state == ANY else tables.states[state]
            colour = MUTED if state == ANY else look(list(tables.states).index(state)).colour
            highest = _draw(axes, found[state], colour)
            x = LEFT + number * (wide + BETWEEN)
            canvas.head(name, x, HEAD - 0.22, wide)
            canvas.write(
                f"tallest bar: {percent(highest)} of crises", x, HEAD - 0.07, va="bottom", fontsize=TINY
            )
            axes.set_xlabel("Highest rung reached", fontsize=SMALL)
    return canvas.figure


def _together(peaks: Peaks, cells: list[int], state: str) -> list[int]:
    return [
        sum(column) for column in zip(*(peaks.get((cell, state), [0] * RUNGS) for cell in cells), strict=True)
    ] or [0] * RUNGS


def _caption(tables: Tidy, chosen: Selection, numbers: list[int], left_out: list[str]) -> str:
    return caption(
        tables,
        "Highest rung of a state's own acts after the horizon. The bars of a row add up to all its crises; "
        "one scale per panel; triangles are means.",
        crises(numbers, "per row"),
        chosen.note,
        f"Not shown: {listed(left_out)}." if left_out else "",
    )


def _draw(axes: Axes, lines: list[list[int]], colour: str) -> float:
    """Draw the bars of each row on a base line; the tallest fills its row, and its share is returned."""
    shares = [[count / sum(counts) for count in counts] if sum(counts) else [] for counts in lines]
    highest = max((share for line in shares for share in line), default=1.0) or 1.0
    axes.set_ylim(len(lines), 0)
    axes.set_xlim(-0.6, RUNGS - 0.4)
    axes.set_yticks([])
    axes.set_xticks(range(RUNGS))
    axes.tick_params(labelsize=TINY)
    for number, line in enumerate(shares):
        base = number + 0.95
        axes.axhline(base, color=RULE, linewidth=0.6, zorder=1)
        if not line:
            axes.text(0, number + 0.5, "not run", va="center", fontsize=SMALL, color=INK)
            continue
        heights = [-0.85 * share / highest for share in line]
        axes.bar(
            range(RUNGS), heights, bottom=base, width=0.9, color=colour, edgecolor=PAPER, linewidth=0.3,
            zorder=2, gid=f"row {number}",
        )  # fmt: skip
        mean = sum(rung * share for rung, share in enumerate(line))
        axes.plot(
            mean, base, marker="^", markersize=5, color=INK, markeredgecolor=PAPER, markeredgewidth=0.6,
            linestyle="", zorder=4, clip_on=False, gid="mean",
        )  # fmt: skip
    return highest
