"""Small multiples: a share against one factor, with one panel per level of another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalation.figures.canvas import Canvas, axis_label, open_canvas, percent_axis, ticks_of, top_of
from escalation.figures.captions import caption, crises, question, subset_words, subtitle, with_unit
from escalation.figures.selection import (
    NOWHERE,
    At,
    FactorAxis,
    FactorLevel,
    Selection,
    ShareEstimate,
    Shares,
    select,
    thinned,
)
from escalation.figures.style import INK, MARGIN, PAPER, POINTS, SMALL, WIDTH, Entry, fitted, look, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import Tidy

MOST_PANELS, MOST_LINES = 12, 5
LEFT, BETWEEN, TALL, HEAD = 0.75, 0.22, 2.2, 0.42  # inches

Found = list[list[list[ShareEstimate | None]]]
"""By panel, line and level along the axis."""


def plot_multiples(
    tables: Tidy, by: str, x: str, share: str, lines: str | None = None, at: At = NOWHERE
) -> Figure:
    """Draw a share against one factor, with one panel per level of another.

    Parameters
    ----------
    tables
        The tables of an experiment.
    by
        The factor with one panel per level.
    x
        The factor along the axis.
    share
        The name of a share, as in the summary.
    lines
        A factor with one line per level; one line by default. All other factors are at baseline.
    at
        Levels, by name, at which to hold other factors instead of at the baseline.
    """
    names = [by, x] if lines is None else [by, x, lines]
    chosen = select(tables, names, at=at)
    panels, across = chosen.axes[:2]
    shown = thinned(panels.levels, MOST_PANELS)
    within = _lines(chosen)
    shares = Shares(tables, chosen, [share])
    found: Found = [
        [
            [
                shares.of(chosen.cells(*(level for level in (panel, at, line) if level)), share)
                for at in across.levels
            ]
            for line in within
        ]
        for panel in shown
    ]
    ones = [one for panel in found for line in panel for one in line if one]
    title = question(tables, share, [axis.factor for axis in (across, *chosen.axes[2:], panels)])
    columns = min(len(shown), 3 if len(shown) != 4 else 4)
    rows = -(-len(shown) // columns)
    wide = (WIDTH - LEFT - MARGIN - BETWEEN * (columns - 1)) / columns
    key = _key(tables, chosen.axes[2] if lines else None, within)
    tall_names = 0.5 if across.is_number else 0.8
    with styled():
        canvas = open_canvas(
            title,
            subtitle(tables),
            _caption(tables, chosen, ones, shown),
            rows * (TALL + HEAD) + tall_names,
            key,
        )
        top = top_of(max((one.high for one in ones), default=0.0))
        for number, panel in enumerate(shown):
            left = LEFT + (number % columns) * (wide + BETWEEN)
            down = HEAD + (number // columns) * (TALL + HEAD)
            axes = canvas.panel(panel.label, left, down, wide, TALL)
            _draw(axes, found[number], across, within)
            _dress(canvas, axes, across, top, wide)
            is_lowest = number + columns >= len(shown)
            axes.tick_params(axis="x", labelbottom=is_lowest)
            if number % columns:
                axes.set_yticklabels([])
            else:
                axes.set_ylabel(
                    fitted(canvas.figure, tables.measure(share).heading, TALL * POINTS, 2),
                    fontsize=SMALL,
                )
            if is_lowest:
                axes.set_xlabel(axis_label(canvas, across.factor, wide), fontsize=SMALL)
            name = f"{panels.factor.label}: {panel.title}" if panels.is_number else panel.title
            canvas.head(name, left, down - 0.06, wide, 2)
    return canvas.figure


def _lines(chosen: Selection) -> Sequence[FactorLevel | None]:
    if len(chosen.axes) < 3:
        return [None]
    return thinned(chosen.axes[2].levels, MOST_LINES)


def labels(levels: Sequence[FactorLevel | None]) -> list[str]:
    """Return the names of levels."""
    return [level.label for level in levels if level]


def _caption(
    tables: Tidy, chosen: Selection, ones: list[ShareEstimate], panels: Sequence[FactorLevel]
) -> str:
    fewer = [subset_words(chosen.axes[0].factor, labels(panels), labels(chosen.axes[0].levels))]
    if len(chosen.axes) > 2:
        lines = chosen.axes[2]
        fewer.append(subset_words(lines.factor, labels(_lines(chosen)), labels(lines.levels)))
    return caption(
        tables,
        "Marks are estimates, bars their 95% intervals (Wilson); levels are equally spaced.",
        crises((one.n for one in ones), "per mark"),
        chosen.note,
        chosen.interval_note,
        *fewer,
    )


def _key(tables: Tidy, axis: FactorAxis | None, within: Sequence[FactorLevel | None]) -> list[Entry]:
    from matplotlib.lines import Line2D

    if axis is None:
        return []
    entries: list[Entry] = [(Line2D([], [], linestyle=""), f"{with_unit(axis.factor)}:")]
    for number, level in enumerate(within):
        style = look(number)
        sample = Line2D(
            [], [], color=style.colour, linestyle=style.line, linewidth=1.5, marker=style.marker,
            markersize=5, markerfacecolor=PAPER,
        )  # fmt: skip
        if level:
            entries.append((sample, level.title))
    return entries


def _draw(
    axes: Axes,
    panel: list[list[ShareEstimate | None]],
    across: FactorAxis,
    within: Sequence[FactorLevel | None],
) -> None:
    """Draw the lines slightly apart, to keep intervals at one level from hiding each other."""
    apart = 0.12 if len(within) > 1 else 0.0
    for number, line in enumerate(panel):
        style = look(number)
        known = [(place, one) for place, one in enumerate(line) if one]
        shift = apart * (number - (len(within) - 1) / 2)
        places = [place + shift for place, _ in known]
        for place, (_, one) in zip(places, known, strict=True):
            axes.plot([place, place], [one.low, one.high], color=style.colour, linewidth=1.1, zorder=3)
        axes.plot(
            places, [one.value for _, one in known], color=style.colour, marker=style.marker, markersize=4.5,
            markerfacecolor=PAPER, markeredgewidth=1.2, zorder=4, clip_on=False, gid=f"line {number}",
            linestyle=style.line if across.is_number else "", linewidth=1.3,
        )  # fmt: skip
    if not any(one for line in panel for one in line):
        axes.text(0.5, 0.5, "not run", transform=axes.transAxes, ha="center", color=INK, fontsize=SMALL)


def _dress(canvas: Canvas, axes: Axes, across: FactorAxis, top: float, wide: float) -> None:
    percent_axis(axes, "y", 0, top)
    ticks_of(canvas, axes, across, "x", wide, offset=0.0)
    axes.set_xlim(-0.5, len(across.levels) - 0.5)
