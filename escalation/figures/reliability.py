"""Calibration of forecasts: probability integral transforms and reliability."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation.figures.canvas import TINY, Canvas, open_canvas, percent_axis, top_of
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    MUTED,
    PAPER,
    SMALL,
    WIDTH,
    look,
    styled,
)
from escalation.stats.scores import Floats, Reliability

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


HEAD, TALL, FOOT, BETWEEN = 0.45, 2.6, 0.45, 0.45  # inches
ACROSS = 4
"""Panels side by side, at most; more go below them."""


@dataclass(frozen=True)
class PitPanel:
    """Forecasts of one quantity: the share of their transforms in each bin."""

    name: str
    shares: Floats
    forecasts: int


@dataclass(frozen=True)
class ReliabilityPanel:
    """Forecasts of one event, binned by their probability."""

    name: str
    table: Reliability


def plot_pit(panels: Sequence[PitPanel], subtitle: str, caveat: str) -> Figure:
    """Draw where observed values fell within the forecast distributions: flat if these are calibrated.

    Parameters
    ----------
    panels
        Four side by side, more in further rows.
    subtitle, caveat
        The subject of the forecasts, and the limits on their interpretation.
    """
    highest = max((float(share) for panel in panels for share in panel.shares), default=0.0)
    with styled():
        title = "Where did observed values fall within the forecast distributions?"
        canvas = _canvas(title, subtitle, f"{_PIT} {caveat}", len(panels))
        for number, panel in enumerate(panels):
            bins = len(panel.shares)
            axes = _panel(canvas, number, len(panels), panel.name, panel.forecasts)
            axes.bar(
                [(k + 0.5) / bins for k in range(bins)], panel.shares, width=0.96 / bins,
                color=look(0).colour, edgecolor=PAPER, linewidth=0.3, gid="shares",
            )  # fmt: skip
            axes.axhline(1 / bins, color=INK, linewidth=1.0, linestyle=(0, (4, 2)), gid="calibrated")
            axes.set_xlim(0, 1)
            percent_axis(axes, "y", 0, top_of(highest * 1.05))
            axes.set_xlabel("Probability integral transform", fontsize=SMALL)
    return canvas.figure


def plot_reliability(panels: Sequence[ReliabilityPanel], subtitle: str, caveat: str) -> Figure:
    """Draw how often events occurred against the probability that was forecast for them.

    Parameters
    ----------
    panels, subtitle, caveat
        As for `plot_pit`.
    """
    with styled():
        title = "Did events forecast with probability p occur with frequency p?"
        canvas = _canvas(title, subtitle, f"{_RELIABILITY} {caveat}", len(panels))
        for number, panel in enumerate(panels):
            table = panel.table
            axes = _panel(canvas, number, len(panels), panel.name, int(table.count.sum()))
            axes.plot([0, 1], [0, 1], color=MUTED, linewidth=0.8, linestyle=(0, (4, 2)), gid="calibrated")
            axes.plot(
                table.forecast, table.share, color=look(0).colour, linewidth=1.2, marker="o", markersize=4,
                markeredgecolor=PAPER, markeredgewidth=0.5, clip_on=False, zorder=3, gid="bins",
            )  # fmt: skip
            for x, y, count in zip(table.forecast, table.share, table.count, strict=True):
                below = y > 0.9
                axes.annotate(
                    f"{count:,}", (x, y), (0, -5 if below else 5), textcoords="offset points", fontsize=TINY,
                    ha="center", va="top" if below else "bottom", color=INK,
                )  # fmt: skip
            percent_axis(axes, "x", 0, 1)
            percent_axis(axes, "y", 0, 1)
            axes.set_xlabel("Forecast probability", fontsize=SMALL)
            if number % ACROSS == 0:
                axes.set_ylabel("Observed frequency", fontsize=SMALL)
    return canvas.figure


_PIT = (
    "Each forecast is spread evenly from its probability of a value below that observed to that of a value "
    "no higher (Czado, Gneiting and Held 2009). The dashed line is where calibrated forecasts would lie: a "
    "hump indicates forecasts that are too wide, a trough too narrow, a slope too high or too low."
)

_RELIABILITY = (
    "Forecasts in ten bins of equal width; numbers are forecasts per bin. Calibrated forecasts lie on the "
    "dashed line, up to sampling variation, which is large for few forecasts."
)


def _canvas(title: str, subtitle: str, caption: str, panels: int) -> Canvas:
    rows = max(1, -(-panels // ACROSS))
    return open_canvas(title, subtitle, caption, rows * (HEAD + TALL + FOOT))


def _panel(canvas: Canvas, number: int, count: int, name: str, forecasts: int) -> Axes:
    count = min(count, ACROSS)
    left = LEFT / 3
    wide = min(4.5, (WIDTH - left - 2 * MARGIN - BETWEEN * (count - 1)) / count)
    x = left + (number % ACROSS) * (wide + BETWEEN)
    y = HEAD + (number // ACROSS) * (HEAD + TALL + FOOT)
    axes = canvas.panel(name, x, y, wide, TALL)
    canvas.head(name, x, y - 0.22, wide, va="baseline")
    canvas.write(f"{forecasts:,} forecasts", x, y - 0.09, va="bottom", fontsize=TINY)
    return axes
