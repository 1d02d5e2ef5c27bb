"""The distribution of outcomes by the levels of a factor: stacked bars, and each class with its interval.

Intervals at the borders within a stacked bar would be those of sums of classes, and would overlap where
classes are thin; each class therefore has a column of its own, on its own scale.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from escalation.figures.canvas import (
    TINY,
    Canvas,
    name_levels,
    open_canvas,
    percent_axis,
    row_height,
    top_of,
)
from escalation.figures.captions import caption, crises, decimals_apart, inside, percent, subtitle
from escalation.figures.selection import NOWHERE, At, Selection, ShareEstimate, Shares, select
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    PAPER,
    POINTS,
    RULE,
    SMALL,
    WIDTH,
    fitted,
    styled,
    text_width,
)
from escalation.measures.measures import measure
from escalation.vocabulary import OUTCOME_CLASSES, OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import Tidy

CLASS_COLOURS = {each.name: each.colour for each in OUTCOME_CLASSES}
ON_DARK = {each.name for each in OUTCOME_CLASSES if each.dark}

BARS = 3.1  # inches
HEAD, FOOT = 0.75, 0.5


def plot_outcomes(tables: Tidy, factor: str, at: At = NOWHERE) -> Figure:
    """Draw how likely each outcome is at each level of a factor.

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
    shares = Shares(tables, chosen, OUTCOMES)
    found = [[shares.of(chosen.cells(level), name) for name in OUTCOMES] for level in axis.levels]
    row = row_height(len(axis.levels))
    tall = row * len(axis.levels)
    with styled():
        canvas = open_canvas(
            f"How likely is each outcome, by {inside(tables, axis.factor.label)}?",
            subtitle(tables),
            _caption(tables, chosen, found),
            HEAD + tall + FOOT,
        )
        name_levels(canvas, axis, HEAD, row, LEFT)
        _stack(canvas.panel("Distribution", LEFT, HEAD, BARS, tall), canvas, found, row)
        _columns(canvas, found, tall, row)
    return canvas.figure


def _caption(tables: Tidy, chosen: Selection, found: list[list[ShareEstimate | None]]) -> str:
    numbers = [one.n for line in found for one in line if one]
    return caption(
        tables,
        "Left: all outcomes, from worst to best. Right: each outcome with its 95% interval (Wilson), each "
        "column on its own scale.",
        crises(numbers, "per bar"),
        chosen.note,
        chosen.interval_note,
    )


def _stack(axes: Axes, canvas: Canvas, found: list[list[ShareEstimate | None]], row: float) -> None:
    axes.set_ylim(len(found) - 0.5, -0.5)
    percent_axis(axes, "x", 0, 1)
    axes.grid(visible=False)
    axes.set_yticks([])
    axes.set_xlabel("Share of crises", fontsize=SMALL)
    size = min(SMALL, 0.62 * row * POINTS)
    columns = (([one.value for one in column if one]) for column in zip(*found, strict=True))
    decimals = max(map(decimals_apart, columns), default=0)
    for number, line in enumerate(found):
        left = 0.0
        for name, one in zip(OUTCOMES, line, strict=True):
            if one is None or not one.value:
                continue
            axes.barh(
                number, one.value, left=left, height=0.78, color=CLASS_COLOURS[name], edgecolor=PAPER,
                linewidth=0.8, gid=f"{name} {number}",
            )  # fmt: skip
            room = one.value * BARS * POINTS - 3
            wordings = (percent(one.value, digits) for digits in range(decimals, -1, -1))
            text = next((words for words in wordings if text_width(canvas.figure, words, size) <= room), "")
            if text:
                axes.text(
                    left + one.value / 2, number, text, ha="center", va="center_baseline", fontsize=size,
                    color=PAPER if name in ON_DARK else INK,
                )  # fmt: skip
            left += one.value
        if not any(line):
            axes.text(0.01, number, "not run", va="center", fontsize=SMALL, color=INK)


def _columns(canvas: Canvas, found: list[list[ShareEstimate | None]], tall: float, row: float) -> None:
    """Draw each class in a column, under a heading that serves as the key to its colour."""
    from matplotlib.patches import Rectangle

    first = LEFT + BARS + 0.3
    wide = (WIDTH - MARGIN - first) / len(OUTCOMES)
    room = 0.16  # inches between columns
    size = min(6.0, max(3.5, 0.3 * row * POINTS))
    for place, name in enumerate(OUTCOMES):
        x = first + place * wide
        axes = canvas.panel(name, x, HEAD, wide - room, tall)
        ones = [line[place] for line in found]
        end = top_of(max((one.high for one in ones if one), default=0))
        axes.set_ylim(len(found) - 0.5, -0.5)
        axes.set_xlim(0, end)
        axes.set_yticks([])
        axes.set_xticks([0, end], ["0", f"{100 * end:.0f}%"])
        axes.tick_params(labelsize=TINY)
        zero, last = axes.get_xticklabels()
        zero.set_horizontalalignment("left")
        last.set_horizontalalignment("right")  # else it runs into the zero of the next column
        axes.grid(axis="x", color=RULE, linewidth=0.5)
        for number, one in enumerate(ones):
            if one:
                axes.plot([one.low, one.high], [number, number], color=INK, linewidth=1.1, clip_on=False)
                axes.plot(
                    one.value, number, marker="o", markersize=size, markerfacecolor=CLASS_COLOURS[name],
                    markeredgecolor=INK, markeredgewidth=0.7, clip_on=False, zorder=3,
                )  # fmt: skip
        # A column too narrow for a word of the heading has a shorter wording.
        wordings = [
            fitted(canvas.figure, text, (wide - 0.04) * POINTS, 4, TINY)
            for text in (measure(name).heading, OUTCOME_CLASSES[place].bar, OUTCOME_CLASSES[place].short)
        ]
        words = next((text for text in wordings if "…" not in text), wordings[-1])
        canvas.write(words, x, HEAD - 0.2, ha="left", va="bottom", fontsize=TINY)
        bottom = (canvas.height - canvas.top - HEAD + 0.07) / canvas.height
        canvas.figure.add_artist(
            Rectangle(
                (x / WIDTH, bottom), (wide - room) / WIDTH,
                0.09 / canvas.height, transform=canvas.figure.transFigure, facecolor=CLASS_COLOURS[name],
                edgecolor=INK, linewidth=0.5,
            )
        )  # fmt: skip
