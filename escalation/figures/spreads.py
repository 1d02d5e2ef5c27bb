"""A mean with its interval on the spread of what it is the mean of: the rows of figures of effects."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from escalation.figures.style import INK, MUTED, PAPER, RULE, look

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND, BOX = "#DDE5EC", "#A9BFD3"  # of the middle 90% and the middle half: lighter than any mark
SPREAD_NOTE = (
    "Strokes: single settings or points; bands: their middle 90% and middle half, the noise of the simulation"
    " included."
)


_MEAN: dict[str, Any] = {"marker": "o", "markersize": 4.8, "markeredgewidth": 1.2, "zorder": 6}


@dataclass(frozen=True)
class SpreadMark:
    """A difference in shares of crises, with its interval, and the single differences that it averages."""

    value: float | None
    """None where the spread alone says something, as of random draws."""
    low: float
    high: float
    each: tuple[float, ...] = ()

    @property
    def is_clear(self) -> bool:
        """Return whether the interval excludes zero."""
        return self.value is not None and (self.low > 0 or self.high < 0)

    @property
    def ends(self) -> tuple[float, float]:
        """Return the least and the greatest of zero and all of it."""
        values = [value for value in (*self.each, self.low, self.high) if not math.isnan(value)]
        return min(0.0, *values), max(0.0, *values)

    @property
    def reach(self) -> float:
        """Return how far from zero anything of it lies."""
        return max(map(abs, self.ends))


def difference_axes(axes: Axes, ends: tuple[float, float], rows: float) -> None:
    """Prepare axes of differences in percentage points from end to end, zero included; rows go downwards."""
    low, high = (100 * end for end in ends)
    reach = max(1.0, -low, high)
    # The side on which little lies keeps room for the sign of its tick, and for words.
    low, high = min(low, -0.35 * reach), max(high, 0.35 * reach)
    room = 0.04 * (high - low)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_xlim(low - room, high + room)
    axes.set_yticks([])
    axes.set_xticks(
        [-_round_below(-0.85 * low), 0, _round_below(0.85 * high)]
    )  # few enough for narrow panels
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.axvline(0, color=MUTED, linewidth=1.0, zorder=2)
    axes.spines["left"].set_visible(False)


def _round_below(most: float) -> float:
    power: float = 10.0 ** math.floor(math.log10(most))
    return power * max(step for step in (1, 2, 5) if step * power <= most)


def draw_mark(axes: Axes, place: float, mark: SpreadMark, tall: float = 0.62, **how: Any) -> None:
    """Draw one row: the spread behind, then the mean with its interval.

    Parameters
    ----------
    axes
        As `difference_axes` prepares them.
    place
        Where the row is.
    mark
        What to draw.
    tall
        Height of the spread, in rows.
    how
        Options of the mark of the mean.
    """
    if len(mark.each) > 1:
        draw_spread(axes, place, mark.each, tall)
    if mark.value is None:
        return
    colour = look(0).colour
    axes.plot([100 * mark.low, 100 * mark.high], [place, place], color=colour, linewidth=1.6, zorder=5)
    options = _MEAN | {"color": colour} | how
    fill = colour if mark.is_clear else PAPER
    axes.plot(100 * mark.value, place, linestyle="", markerfacecolor=fill, **options)


def draw_spread(axes: Axes, place: float, each: Sequence[float], tall: float) -> None:
    """Draw single differences as strokes, and bands over their middle 90% and middle half."""
    values = 100 * np.sort(np.asarray(each, np.float64))
    if len(values) >= 8:
        for ends, colour, share in (((0.05, 0.95), BAND, 1.0), ((0.25, 0.75), BOX, 0.62)):
            low, high = np.quantile(values, ends)
            axes.barh(place, high - low, left=low, height=share * tall, color=colour, linewidth=0, zorder=1.5)
    many = len(values) > 60
    axes.vlines(
        values, place + 0.18 * tall, place + 0.5 * tall, color=INK, linewidth=0.4 if many else 0.7,
        alpha=0.35 if many else 0.6, zorder=4,
    )  # fmt: skip
