"""Estimates with their intervals, row by row, in panels side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from escalation.figures.canvas import open_canvas, percent_axis, row_height, top_of
from escalation.figures.style import (
    DPI,
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

    from escalation.history.mediation_check import RateRow

HEAD, FOOT, BETWEEN = 0.45, 0.5, 0.4  # inches
NAMES = LEFT + 0.4
"""The widest column of names, in inches."""


@dataclass(frozen=True)
class Mark:
    """One estimate; where a limit is not finite, no interval is drawn."""

    label: str
    """The row."""
    series: str
    """The colour and shape, as in the key."""
    estimate: float
    """NaN where there is nothing to estimate; no mark is drawn then."""
    low: float
    high: float


@dataclass(frozen=True)
class Panel:
    """Marks on one scale."""

    name: str
    marks: Sequence[Mark]
    scale: str = ""
    """The label of the axis."""
    lines: Sequence[float] = ()
    """Values at which a dashed line is drawn."""
    percent: bool = False
    """Whether the values are shares; panels of shares with the same label of the axis have one scale."""

    @property
    def labels(self) -> list[str]:
        """Return the labels of the rows, in the order in which they first occur."""
        return list(dict.fromkeys(mark.label for mark in self.marks))


def plot_forest(title: str, subtitle: str, caption: str, panels: Sequence[Panel]) -> Figure:
    """Draw estimates as marks and intervals as bars, one row per label; series differ in colour and shape.

    Parameters
    ----------
    title, subtitle, caption
        The words above and below the panels.
    panels
        Drawn side by side. A panel with the labels of the one to its left does not repeat them.
    """
    series = _series(panels)
    rows = [panel.labels for panel in panels]
    most = max(len(labels) for labels in rows)
    key = _key(series) if len(series) > 1 else []
    with styled():
        row = _row(most, max(_width(label) for labels in rows for label in labels))
        canvas = open_canvas(title, subtitle, caption, HEAD + most * row + FOOT, key)
        rooms = [
            0.0 if number and labels == rows[number - 1] else _room(labels)
            for number, labels in enumerate(rows)
        ]
        wide = (WIDTH - 2 * MARGIN - RIGHT - sum(rooms) - BETWEEN * (len(panels) - 1)) / len(panels)
        x = MARGIN
        for panel, labels, room in zip(panels, rows, rooms, strict=True):
            x += room
            axes = canvas.panel(panel.name, x, HEAD, wide, len(labels) * row)
            canvas.head(panel.name, x, HEAD - 0.08, wide, 2)
            _draw(axes, panel, series, apart=min(0.26, 0.8 / len(series)), size=5.0)
            if panel.percent:
                percent_axis(axes, "x", 0.0, _top(panels, panel.scale))
            else:
                axes.grid(axis="x", color=RULE, linewidth=0.5)
                axes.locator_params(axis="x", nbins=max(4, round(wide * 2)))
            lines = max(1, int(row * POINTS / (SMALL * 1.15)))
            names = [fitted(canvas.figure, label, NAMES * POINTS, lines) for label in labels]
            axes.set_yticks(range(len(labels)), names if room else [])
            axes.set_ylim(len(labels) - 0.5, -0.5)
            axes.set_xlabel(fitted(canvas.figure, panel.scale, wide * POINTS, 2), fontsize=SMALL)
            x += wide + BETWEEN
    return canvas.figure


def plot_mediation_check(rows: Sequence[RateRow], title: str, subtitle: str, caption: str) -> Figure:
    """Draw shares of groups, one panel per measure; sources differ in colour and shape.

    Parameters
    ----------
    rows
        Measures, groups and sources are drawn in the order in which they first occur.
    title, subtitle, caption
        The words above and below the panels, all on scales from 0 to 100%.
    """
    row, head, foot, between = 0.52, 0.42, 0.35, 0.5  # inches
    by_measure: dict[str, list[Mark]] = {}
    for one in rows:
        mark = Mark(one.group, one.source, one.share, one.low, one.high)
        by_measure.setdefault(one.measure, []).append(mark)
    panels = [Panel(measure, marks, percent=True) for measure, marks in by_measure.items()]
    series = list(dict.fromkeys(one.source for one in rows))
    most = max(len(panel.labels) for panel in panels)
    wide = (WIDTH - LEFT - MARGIN) / len(panels) - between
    with styled():
        canvas = open_canvas(title, subtitle, caption, head + row * most + foot, _key(series))
        for number, panel in enumerate(panels):
            x = LEFT + number * (wide + between)
            axes = canvas.panel(panel.name, x, head, wide, row * most)
            canvas.head(panel.name, x, head - 0.06, wide, 3)
            _draw(axes, panel, series, apart=0.22, size=5.5)
            percent_axis(axes, "x", 0.0, 1.0)
            is_named = number == 0 or panel.labels != panels[0].labels
            axes.set_yticks(range(len(panel.labels)), panel.labels if is_named else [])
            axes.set_ylim(most - 0.5, -0.5)
    return canvas.figure


def _series(panels: Sequence[Panel]) -> list[str]:
    return list(dict.fromkeys(mark.series for panel in panels for mark in panel.marks))


def _room(labels: Sequence[str]) -> float:
    """Return the inches that labels take, up to the widest column of names allowed."""
    return min(max(_width(label) for label in labels), NAMES) + 0.12


def _width(label: str) -> float:
    from matplotlib.figure import Figure

    return text_width(Figure(dpi=DPI), label, SMALL) / POINTS


def _row(count: int, widest: float) -> float:
    """Return the height of a row in inches, with room for two lines where a name needs them."""
    return max(row_height(count), 2.5 * SMALL * 1.15 / POINTS if widest > NAMES else 0.0)


def _top(panels: Sequence[Panel], scale: str) -> float:
    """Return the upper end of the shares with this label: the same in all their panels, to compare them."""
    alike = [panel for panel in panels if panel.percent and panel.scale == scale]
    ends = [end for panel in alike for mark in panel.marks for end in (mark.estimate, mark.high)]
    return top_of(max((end for end in ends if math.isfinite(end)), default=1.0))


def _key(series: Sequence[str]) -> list[Entry]:
    from matplotlib.lines import Line2D

    entries: list[Entry] = []
    for number, name in enumerate(series):
        one = look(number)
        entries.append((Line2D([], [], color=one.colour, marker=one.marker, markersize=5), name))
    return entries


def _draw(axes: Axes, panel: Panel, series: Sequence[str], apart: float, size: float) -> None:
    """Draw a mark and its interval on each row, those of several series side by side in their order."""
    labels = panel.labels
    drawn = {(mark.label, mark.series) for mark in panel.marks}
    for line in panel.lines:
        axes.axvline(line, color=INK, linewidth=0.8, linestyle=(0, (4, 2)), gid="line")
    for mark in panel.marks:
        one = look(series.index(mark.series))
        here = [name for name in series if (mark.label, name) in drawn]
        place = labels.index(mark.label) + apart * (here.index(mark.series) - (len(here) - 1) / 2)
        if math.isfinite(mark.low) and math.isfinite(mark.high):
            axes.plot([mark.low, mark.high], [place, place], color=one.colour, linewidth=1.4, gid="interval")
        axes.plot(
            mark.estimate, place, marker=one.marker, color=one.colour, markersize=size, linestyle="",
            clip_on=False, zorder=3, gid=f"{mark.label}: {mark.series}",
        )  # fmt: skip
