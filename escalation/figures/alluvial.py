"""The flows from outcome to outcome of a comparison: of all crises, and of those that changed class.

Classes lie from the best, at the top, to the worst, so that a band that rises is of crises that were made
better. Alluvial diagrams: Rosvall and Bergstrom 2010, "Mapping change in large networks", PLoS ONE 5, e8694.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.design import shown_level
from escalation.figures.canvas import ACROSS, TINY, Canvas, open_canvas
from escalation.figures.captions import CAVEAT, crises, redraw
from escalation.figures.forest import Mark, Panel, plot_forest
from escalation.figures.style import INK, MARGIN, PAPER, POINTS, Entry, fitted, styled
from escalation.measures.flows import STEPS, Flows
from escalation.stats.intervals import wilson
from escalation.vocabulary import OUTCOME_CLASSES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.comparison import MeasureDifference, ScenarioComparison
    from escalation.analysis.sweep_comparison import SweepComparison

BETTER, WORSE, NEITHER = "#4C93C8", "#6B1330", "#DEDEDE"
"""The colours of bands: 132, 49 and 222 of 255 in greyscale; the first rise, the second fall."""

TALL, HEAD, FOOT = 5.0, 0.42, 0.1  # inches
NAMES, SHARES, COUNTS = 1.55, 0.8, 0.72
"""Room for the names of classes, for shares next to the blocks, and for counts."""
MOST_CELLS, MOST_SHARES = 12, 3
"""Cells and shares of a sweep in a figure."""
SLOT = 0.2
"""Least height of a class, so that its label fits."""
BLOCK = 0.035
"""Width of a block, as a share of its panel."""
PAIRED = "Pairs of crises with common random numbers, by their outcomes; best classes at the top."


@dataclass(frozen=True)
class _Side:
    """Where the blocks of one side are, in inches from the top, by class; NaN where a class is left out."""

    top: NDArray[np.float64]
    height: NDArray[np.float64]


def plot_flows(
    flows: Flows, names: tuple[str, str], title: str, subtitle: str, caption: str, interval: bool = True
) -> Figure:
    """Draw the flows of pairs of crises between their outcomes before and after.

    Parameters
    ----------
    flows
        At least one pair.
    names
        What the two sides are called, such as A and B.
    title, subtitle, caption
        The words above and below.
    interval
        Whether the pairs are replications of one setting, so that the shares have intervals.
    """
    shown = [
        k for k in reversed(range(len(OUTCOME_CLASSES))) if flows.counts[k].sum() + flows.counts[:, k].sum()
    ]
    changed = flows.counts - np.diag(np.diag(flows.counts))
    moved = Flows(changed)
    room = ACROSS - NAMES - 2 * SHARES
    half = (room - 2 * COUNTS - 0.35) / 2 if moved.n else room
    with styled():
        canvas = open_canvas(title, subtitle, caption, HEAD + TALL + FOOT, _key())
        x = MARGIN + NAMES + SHARES
        everyone = f"All {flows.n:,} crises" + ("" if moved.n else ": not one changed its class")
        axes = canvas.panel(everyone, x, HEAD, half, TALL)
        sides = _draw(axes, canvas, flows, shown, names, everyone, half)
        _label_shares(canvas, flows, shown, sides, x, half, interval)
        if moved.n:
            x += half + SHARES + COUNTS + 0.35
            some = f"The {moved.n:,} that changed class"
            axes = canvas.panel(some, x, HEAD, half, TALL)
            sides = _draw(axes, canvas, moved, shown, names, some, half)
            _label_counts(canvas, moved, shown, sides, x, half)
    return canvas.figure


def _key() -> list[Entry]:
    from matplotlib.patches import Patch

    return [
        (Patch(facecolor=BETTER, edgecolor=INK, linewidth=0.5), "made better"),
        (Patch(facecolor=WORSE, edgecolor=INK, linewidth=0.5), "made worse"),
        (
            Patch(facecolor=NEITHER, edgecolor=INK, linewidth=0.5),
            "neither: the same, or limited force in both",
        ),
    ]


def _draw(
    axes: Axes,
    canvas: Canvas,
    flows: Flows,
    shown: Sequence[int],
    names: tuple[str, str],
    head: str,
    wide: float,
) -> tuple[_Side, _Side]:
    """Draw bands and blocks; return where the blocks are."""
    from matplotlib.patches import Rectangle

    axes.set_xlim(0, 1)
    axes.set_ylim(TALL, 0)
    axes.axis("off")
    axes.text(0.5, -0.3, head, ha="center", va="bottom", fontsize=TINY + 1, fontweight="bold")
    scale = (TALL - SLOT * len(shown)) / flows.n
    left, right = (_stacked(flows.counts.sum(axis=axis), shown, scale) for axis in (1, 0))
    starts, ends = left.top.copy(), right.top.copy()
    for i in shown:
        for j in shown:
            tall = flows.counts[i, j] * scale
            if not tall:
                continue
            # Thin bands lie above broad ones, and those that change class above those that do not.
            above = 1.0 + (i != j) + 1.0 / (1.0 + tall)
            _band(axes, starts[i], ends[j], tall, _colour(i, j), above)
            if i != j and tall * POINTS >= TINY + 1:
                axes.text(
                    BLOCK + 0.02, starts[i] + tall / 2, f"{flows.counts[i, j]:,}", va="center_baseline",
                    fontsize=TINY, color=PAPER if _colour(i, j) == WORSE else INK, zorder=4,
                )  # fmt: skip
            starts[i] += tall
            ends[j] += tall
    for number, (side, place) in enumerate(((left, 0.0), (right, 1.0 - BLOCK))):
        ha = "left" if number == 0 else "right"
        axes.text(
            float(number), -0.06, names[number], ha=ha, va="bottom", fontsize=TINY + 1, fontweight="bold"
        )
        for k in shown:
            axes.add_patch(
                Rectangle(
                    (place, side.top[k]), BLOCK, max(side.height[k], 0.008),
                    facecolor=OUTCOME_CLASSES[k].colour, edgecolor=INK, linewidth=0.6, zorder=3,
                    gid=f"{OUTCOME_CLASSES[k].name} {number}",
                )
            )  # fmt: skip
    return left, right


def _colour(before: int, after: int) -> str:
    return BETTER if STEPS[after] > STEPS[before] else WORSE if STEPS[after] < STEPS[before] else NEITHER


def _stacked(totals: NDArray[np.int64], shown: Sequence[int], scale: float) -> _Side:
    """Place the blocks of a side one below the other, each in a slot that has room for its label."""
    top, height = np.full(len(totals), np.nan), np.full(len(totals), np.nan)
    at = 0.0
    for k in shown:
        height[k] = totals[k] * scale
        top[k] = at + SLOT / 2
        at += SLOT + height[k]
    return _Side(top, height)


def _band(axes: Axes, start: float, end: float, tall: float, colour: str, above: float) -> None:
    """Draw a band of constant height from the left blocks to the right ones."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    low, high, middle = BLOCK, 1 - BLOCK, 0.5
    points = [
        (low, start), (middle, start), (middle, end), (high, end),
        (high, end + tall), (middle, end + tall), (middle, start + tall), (low, start + tall), (low, start),
    ]  # fmt: skip
    codes = [
        Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4,
        Path.LINETO, Path.CURVE4, Path.CURVE4, Path.CURVE4, Path.CLOSEPOLY,
    ]  # fmt: skip
    edge = {"edgecolor": PAPER, "linewidth": 0.5} if tall > 0.1 else {"linewidth": 0.0}
    axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, alpha=0.9, zorder=above, **edge))


def _label_shares(
    canvas: Canvas,
    flows: Flows,
    shown: Sequence[int],
    sides: tuple[_Side, _Side],
    x: float,
    wide: float,
    interval: bool,
) -> None:
    """Write the name of each class, and its share with half its interval on both sides."""
    for number, side in enumerate(sides):
        shares = wilson(flows.counts.sum(axis=1 - number), flows.n)
        for k in shown:
            y = HEAD + side.top[k] + side.height[k] / 2
            half = 50 * float(shares.high[k] - shares.low[k])
            words = f"{100 * float(shares.estimate[k]):.1f}%{f' ±{half:.1f}' if interval else ''}"
            place = x - 0.06 if number == 0 else x + wide + 0.06
            canvas.write(words, place, y, ha="right" if number == 0 else "left", fontsize=TINY)
            if number == 0:
                name = fitted(canvas.figure, OUTCOME_CLASSES[k].label, NAMES * POINTS, 2, TINY, "bold")
                canvas.write(name, MARGIN, y, fontsize=TINY, fontweight="bold")


def _label_counts(
    canvas: Canvas, moved: Flows, shown: Sequence[int], sides: tuple[_Side, _Side], x: float, wide: float
) -> None:
    """Write how many crises left each class, and how many came to it."""
    for number, side in enumerate(sides):
        totals = moved.counts.sum(axis=1 - number)
        for k in shown:
            place = x - 0.06 if number == 0 else x + wide + 0.06
            y = HEAD + side.top[k] + side.height[k] / 2
            words = f"{OUTCOME_CLASSES[k].short} {totals[k]:,}"
            canvas.write(words, place, y, ha="right" if number == 0 else "left", fontsize=TINY)


def plot_differences(
    compared: Mapping[str, Sequence[MeasureDifference]], title: str, subtitle: str, caption: str
) -> Figure:
    """Draw the paired differences of shares, in percentage points, with their intervals.

    Parameters
    ----------
    compared
        By the label of what is compared with the first.
    title, subtitle, caption
        The words above and below.
    """
    marks = [
        Mark(each.words, label, 100 * each.difference, 100 * each.low, 100 * each.high)
        for label, differences in compared.items()
        for each in differences
        if each.is_share
    ]
    scale = "Difference in percentage points"
    return plot_forest(title, subtitle, caption, [Panel("Shares of crises", marks, scale, (0.0,))])


def _moved_words(flows: Flows, numbers: str = "") -> str:
    """Explain the panel of the pairs that changed class, if there is one, and count them."""
    right = "Right: only the pairs whose class changed, on a scale of their own"
    counted = f"{flows.better:,} of {flows.n:,} pairs were made better, {flows.worse:,} worse."
    is_there = bool((flows.counts - np.diag(np.diag(flows.counts))).any())
    return f"{right}{f'; {numbers}' if numbers else ''}. {counted}" if is_there else counted


def comparison_figures(found: ScenarioComparison, command: str = "") -> dict[str, Figure]:
    """Return the figures of a comparison by the names of their files; none if no crises were compared.

    `command` is the one that makes the comparison again, for the captions.
    """
    if not found.n:
        return {}
    first = found.arms[0]
    labels = " ".join(f"{arm.letter}: {arm.label}." for arm in found.arms)
    ends = f"Seed {found.seed}. {CAVEAT} {redraw(command)}"
    figures = {
        f"flows_{pair.after.letter}": plot_flows(
            pair.flows,
            (pair.before.letter, pair.after.letter),
            f"Which crises end otherwise under {pair.after.letter} than under {pair.before.letter}?",
            f"{pair.before.letter}: {pair.before.label}. {pair.after.letter}: {pair.after.label}.",
            f"{PAIRED} Next to the blocks: shares of crises, with half their 95% intervals (Wilson). "
            f"{_moved_words(pair.flows, 'numbers are counts of pairs, thin bands without')} {ends}",
        )
        for pair in found.pairs
        if pair.flows is not None
    }
    figures["differences"] = plot_differences(
        {f"{pair.after.letter} − {first.letter}": pair.differences for pair in found.pairs},
        f"By how much do shares differ from those under {first.letter}?",
        labels,
        f"Paired differences with 95% intervals (Agresti and Min), n = {found.n:,} pairs of crises with "
        f"common random numbers. {ends}",
    )
    return figures


def sweep_figures(found: SweepComparison) -> dict[str, Figure]:
    """Return the figures of a comparison of two results folders; none if all crises are identical."""
    if not found.unequal.any():
        return {}
    before, after = found.before, found.after
    command = shlex.join(["escalation", "compare", str(before.folder), str(after.folder)])
    sides = f"A: {before.folder}. B: {after.folder}."
    ends = f"Seed {before.spec.seed}. {CAVEAT} {redraw(command)}"
    flows = found.flows
    figures = {
        "flows": plot_flows(
            flows,
            ("A", "B"),
            "Which crises of the two sweeps end otherwise?",
            f"{sides} All {len(found.n):,} matched cells together.",
            f"{PAIRED} All cells count alike, so shares are of the design, not of a population, and have no "
            f"intervals. {_moved_words(flows)} {ends}",
            interval=False,
        )
    }
    shown = [k for k in found.order[:MOST_CELLS].tolist() if found.unequal[k]]
    panels = []
    for name in found.asked[:MOST_SHARES]:
        shares = found.shares(name)
        marks = [
            Mark(
                ", ".join(
                    [str(before.cells.number[found.cells[k]]), *map(shown_level, found.levels(k).values())]
                ),
                "B − A",
                *(100 * float(values[k]) for values in (shares.estimate, shares.low, shares.high)),
            )
            for k in shown
        ]
        heading = found.measures.measure(name, before.thresholds).heading
        panels.append(Panel(heading, marks, "percentage points", (0.0,)))
    if panels:
        figures["differences"] = plot_forest(
            "By how much do the shares of the two sweeps differ?",
            f"{sides} The {len(shown)} of {len(found.n):,} matched cells that changed most: number, levels.",
            f"Paired differences B − A with 95% intervals (Agresti and Min), "
            f"{crises(found.n[shown].tolist(), 'per cell')} All cells are in differences.csv. {ends}",
            panels,
        )
    return figures
