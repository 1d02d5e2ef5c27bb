"""Estimates with their intervals, row by row, in panels side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation.figures.canvas import open_page, percent_axis, row_height, top_of
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    POINTS,
    RIGHT,
    RULE,
    SMALL,
    WIDTH,
    Entry,
    fitted,
    look,
    styled,
    text_width,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEAD, FOOT, BETWEEN = 0.45, 0.5, 0.3  # inches


@dataclass(frozen=True)
class Mark:
    """One estimate; where a limit is not finite no interval is drawn."""

    label: str
    series: str
    estimate: float
    low: float
    high: float


@dataclass(frozen=True)
class Panel:
    """Marks on one scale."""

    name: str
    marks: Sequence[Mark]
    scale: str
    """What the axis says."""
    lines: Sequence[float] = ()
    """Where a dashed line stands."""
    percent: bool = False


def plot_forest(title: str, subtitle: str, caption: str, panels: Sequence[Panel]) -> Figure:
    """Draw estimates as marks and intervals as bars, a row a label; series differ in colour and mark.

    Parameters
    ----------
    panels
        Side by side. One whose labels are those of the panel to its left does not repeat them.
    """
    series = list(dict.fromkeys(mark.series for panel in panels for mark in panel.marks))
    rows = [list(dict.fromkeys(mark.label for mark in panel.marks)) for panel in panels]
    most = max(len(labels) for labels in rows)
    row = row_height(most)
    with styled():
        page = open_page(title, subtitle, caption, HEAD + most * row + FOOT, _key(series))
        rooms = [
            0.0 if number and labels == rows[number - 1] else _room(page.figure, labels)
            for number, labels in enumerate(rows)
        ]
        wide = (WIDTH - 2 * MARGIN - RIGHT - sum(rooms) - BETWEEN * (len(panels) - 1)) / len(panels)
        x = MARGIN
        for panel, labels, room in zip(panels, rows, rooms, strict=True):
            x += room
            axes = page.panel(panel.name, x, HEAD, wide, len(labels) * row)
            words = fitted(page.figure, panel.name, wide * POINTS, 2, SMALL, "bold")
            page.write(words, x, HEAD - 0.08, va="bottom", fontweight="bold")
            _draw(axes, panel, labels, series, wide)
            names = [fitted(page.figure, label, (LEFT + 0.4) * POINTS) for label in labels]
            axes.set_yticks(range(len(labels)), names if room else [])
            axes.set_ylim(len(labels) - 0.5, -0.5)
            axes.set_xlabel(fitted(page.figure, panel.scale, wide * POINTS, 2), fontsize=SMALL)
            x += wide + BETWEEN
    return page.figure


def _room(figure: Figure, labels: Sequence[str]) -> float:
    """Return the inches that labels take, at most those of the widest column of names."""
    widest = max(text_width(figure, label, SMALL) for label in labels) / POINTS
    return min(widest, LEFT + 0.4) + 0.12


def _key(series: Sequence[str]) -> list[Entry]:
    from matplotlib.lines import Line2D

    if len(series) < 2:
        return []
    entries: list[Entry] = []
    for number, name in enumerate(series):
        one = look(number)
        entries.append((Line2D([], [], color=one.colour, marker=one.marker, markersize=5), name))
    return entries


def _draw(axes: Axes, panel: Panel, labels: Sequence[str], series: Sequence[str], wide: float) -> None:
    drawn = {(mark.label, mark.series) for mark in panel.marks}
    for line in panel.lines:
        axes.axvline(line, color=INK, linewidth=0.8, linestyle=(0, (4, 2)), gid="line")
    for mark in panel.marks:
        one = look(series.index(mark.series))
        here = [name for name in series if (mark.label, name) in drawn]
        place = labels.index(mark.label) + 0.26 * (here.index(mark.series) - (len(here) - 1) / 2)
        if math.isfinite(mark.low) and math.isfinite(mark.high):
            axes.plot([mark.low, mark.high], [place, place], color=one.colour, linewidth=1.4, gid="interval")
        axes.plot(
            mark.estimate, place, marker=one.marker, color=one.colour, markersize=5, linestyle="",
            clip_on=False, zorder=3, gid=f"{mark.label}: {mark.series}",
        )  # fmt: skip
    if panel.percent:
        ends = [end for mark in panel.marks for end in (mark.estimate, mark.high) if math.isfinite(end)]
        percent_axis(axes, "x", 0.0, top_of(max(ends, default=1.0)))
    else:
        axes.grid(axis="x", color=RULE, linewidth=0.5)
        axes.locator_params(axis="x", nbins=max(4, round(wide * 2)))
