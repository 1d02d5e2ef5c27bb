"""The canvas of an experiment's figure: title, subtitle, panels placed in inches, key, caption."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from escalation.figures.captions import with_unit
from escalation.figures.style import (
    DPI,
    GAP,
    INK,
    LEADING,
    LEFT,
    MARGIN,
    MUTED,
    POINTS,
    RULE,
    SMALL,
    TEXT,
    TITLE,
    WIDTH,
    Entry,
    describe,
    fitted,
    lay_key,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import Varied
    from escalation.figures.selection import FactorAxis


TINY = 7.0  # points
ACROSS = WIDTH - 2 * MARGIN


@dataclass(frozen=True)
class Canvas:
    """A figure with its title, key and caption set, and room for panels."""

    figure: Figure
    height: float
    top: float
    """Inches from the upper edge to where the panels may begin."""

    def panel(self, label: str, x: float, y: float, wide: float, tall: float) -> Axes:
        """Add axes: x inches from the left edge of the canvas, y down from where panels begin."""
        bottom = self.height - self.top - y - tall
        box = (x / WIDTH, bottom / self.height, wide / WIDTH, tall / self.height)
        axes = self.figure.add_axes(box, label=label)
        axes.set_axisbelow(True)
        axes.tick_params(labelsize=SMALL, color=MUTED)
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
        return axes

    def write(self, text: str, x: float, y: float, **how: Any) -> Any:
        """Write text at a position measured as for panels."""
        how = {"fontsize": SMALL, "va": "center", "linespacing": 1.1, **how}
        return self.figure.text(x / WIDTH, (self.height - self.top - y) / self.height, text, **how)

    def head(self, text: str, x: float, y: float, wide: float, lines: int = 1, **how: Any) -> None:
        """Write a bold heading of limited length above a panel of this width."""
        words = fitted(self.figure, text, wide * POINTS, lines, SMALL, "bold")
        self.write(words, x, y, **{"va": "bottom", **how}, fontweight="bold")


def open_canvas(title: str, subtitle: str, caption: str, tall: float, key: Sequence[Entry] = ()) -> Canvas:
    """Begin a figure with room for panels of a total height in inches; its own height follows from its texts.

    Call it within `styled`.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, WIDTH), dpi=DPI)
    FigureCanvasAgg(figure)
    describe(figure, title, caption)
    across = ACROSS * POINTS
    above = [
        (fitted(figure, title, across, 3, TITLE, "bold"), TITLE, "bold"),
        (fitted(figure, subtitle, across, 3, TEXT), TEXT, "normal"),
    ]
    below = fitted(figure, caption, across, 12)
    heights = [_tall(text, size) for text, size, _ in above]
    top = MARGIN + sum(heights) + GAP
    legend = lay_key(figure, key) if key else None
    key_height = legend.get_window_extent().height / DPI + GAP if legend else 0.0
    height = top + tall + GAP + key_height + _tall(below, SMALL) + MARGIN
    figure.set_size_inches(WIDTH, height)
    down = MARGIN
    for (text, size, weight), room in zip(above, heights, strict=True):
        figure.text(MARGIN / WIDTH, 1 - down / height, text, fontsize=size, fontweight=weight, va="top")
        down += room
    if legend:
        place = (MARGIN / WIDTH, 1 - (top + tall + GAP) / height)
        legend.set_bbox_to_anchor(place, transform=figure.transFigure)
    foot = (MARGIN + _tall(below, SMALL)) / height
    figure.text(MARGIN / WIDTH, foot, below, fontsize=SMALL, color=MUTED, va="top")
    return Canvas(figure, height, top)


def _tall(text: str, size: float) -> float:
    return (text.count("\n") + 1) * size * LEADING / POINTS


def percent_axis(axes: Axes, which: str, low: float, high: float, ticks: int = 5) -> None:
    """Show shares as percentages, with ticks at round numbers."""
    from matplotlib.ticker import FuncFormatter, MaxNLocator

    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xlim if which == "x" else axes.set_ylim)(low, high)
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.3g}%".replace("-", "−")))
    axes.grid(axis="x" if which == "x" else "y", color=RULE, linewidth=0.5)


def top_of(highest: float, least: float = 0.05) -> float:
    """Return a round upper end for a scale of shares."""
    for end in (0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0):
        if end >= max(highest, least):
            return end
    return 1.0


def row_height(count: int) -> float:
    """Return the height of a row in inches: generous for a few rows, small enough for forty to fit."""
    return 0.46 if count <= 6 else 0.34 if count <= 12 else 0.26 if count <= 20 else 0.19


def name_levels(canvas: Canvas, axis: FactorAxis, y: float, row: float, right: float) -> None:
    """Write the names of levels next to their rows, right-aligned, and above them the factor and its unit."""
    room = (right - MARGIN) * POINTS - 4
    heads = [(fitted(canvas.figure, axis.factor.label, room, 3, SMALL, "bold"), "bold")]
    if axis.factor.unit:
        heads.append((fitted(canvas.figure, axis.factor.unit, room, 2), "normal"))
    up = y - 0.08
    for text, weight in reversed(heads):
        canvas.write(text, right - 0.07, up, ha="right", va="bottom", fontweight=weight)
        up -= (text.count("\n") + 1) * SMALL * 1.15 / POINTS
    lines = max(1, int(row * POINTS / (SMALL * 1.15)))
    for number, level in enumerate(axis.levels):
        weight = "bold" if level.is_baseline else "normal"
        text = fitted(canvas.figure, level.title, room, lines, SMALL, weight)
        canvas.write(text, right - 0.07, y + (number + 0.5) * row, ha="right", fontweight=weight, color=INK)


def axis_label(canvas: Canvas, factor: Varied, room: float) -> str:
    """Return the label of an axis of this length in inches, with the unit on its own line if necessary."""
    if factor.unit and text_width(canvas.figure, with_unit(factor), SMALL) > room * POINTS:
        unit = fitted(canvas.figure, f"({factor.unit})", room * POINTS)
        return f"{fitted(canvas.figure, factor.label, room * POINTS)}\n{unit}"
    return fitted(canvas.figure, with_unit(factor), room * POINTS, 2)


def ticks_of(
    canvas: Canvas, axes: Axes, axis: FactorAxis, which: str, room: float, offset: float = 0.5
) -> None:
    """Label the levels along an axis of equal fields, as many as fit side by side."""
    names = [level.label for level in axis.levels]
    each = room * POINTS / len(names)
    places = [place + offset for place in range(len(names))]
    if which == "y":
        lines = max(1, int(each / (SMALL * 1.15)))
        step = -(-int(SMALL * 1.15) // max(1, int(each))) if each < SMALL * 1.15 else 1
        texts = [fitted(canvas.figure, name, (LEFT - MARGIN - 0.4) * POINTS - 8, lines) for name in names]
        axes.set_yticks(places[::step], texts[::step])
        labels = axes.get_yticklabels()
    else:
        lines = 1 if axis.is_number else 4
        texts = [fitted(canvas.figure, name, max(each - 6, 12), lines) for name in names]
        widest = max(text_width(canvas.figure, name, SMALL) for name in names)
        step = 1
        if axis.is_number:
            if widest + 8 > each:
                names = [level.short for level in axis.levels]
                widest = max(text_width(canvas.figure, name, SMALL) for name in names)
            texts, step = names, max(1, math.ceil((widest + 8) / each))
        axes.set_xticks(places[::step], texts[::step])
        labels = axes.get_xticklabels()
    for label, level in zip(labels, axis.levels[::step], strict=True):
        label.set_fontweight("bold" if level.is_baseline else "normal")
    axes.tick_params(length=2)
