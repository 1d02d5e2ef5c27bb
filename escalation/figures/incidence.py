"""Cumulative incidence of the first use of force and of the first ceasefire, by day."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from escalation.figures.canvas import Canvas, open_canvas, percent_axis, top_of
from escalation.figures.captions import caption, crises, inside, levels_words, subtitle
from escalation.figures.selection import NOWHERE, At, NothingToShowError, cell_at, levels_at, select
from escalation.figures.style import INK, MARGIN, MUTED, POINTS, RULE, SMALL, WIDTH, fitted, look, styled
from escalation.language import date_words

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.tidy import Tidy

EVENTS = ("force", "ceasefire")
MOST = 6
LEFT, NAMES, TALL = 0.75, 2.05, 2.3  # inches: left of the panels, for the names of the lines, per panel
TAIL = 0.5  # days for which the last step is drawn, to make it visible


@dataclass(frozen=True)
class NamedCell:
    """A cell with a curve of its own."""

    cell: int
    name: str
    is_baseline: bool


def plot_incidence(tables: Tidy, factor: str | None = None, at: At = NOWHERE) -> Figure:
    """Draw the cumulative incidence of force and of ceasefires, by day after the horizon.

    Parameters
    ----------
    tables
        The tables of an experiment.
    factor
        The name of a factor whose levels to compare, all others at baseline; by default the baseline
        alone is drawn.
    at
        Levels, by name, at which to hold other factors instead of at the baseline.
    """
    lines, note = _lines(tables, factor, at)
    cells = [line.cell for line in lines]
    found: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for row in tables.incidence_rows(cells):
        if not math.isnan(float(row["incidence"])):
            found.setdefault((str(row["event"]), int(row["cell"])), []).append(row)
    title = "How soon is force used, and how soon does a ceasefire come"
    if factor:
        title += f", by {inside(tables, next(f.label for f in tables.factors if f.name == factor))}"
    numbers = [int(row["n"]) for row in tables.share_rows(cells, tables.shares)]
    with styled():
        words = caption(
            tables,
            "Cumulative incidence with 95% bands. An earlier ceasefire is a competing event for force; "
            "crises with neither are censored at the end of the run.",
            crises(numbers, "per line"),
            note,
        )
        canvas = open_canvas(f"{title}?", subtitle(tables), words, len(EVENTS) * (TALL + 0.35) + 0.3)
        for place, event in enumerate(EVENTS):
            name = tables.measure(event).heading
            wide = WIDTH - LEFT - NAMES - MARGIN
            axes = canvas.panel(name, LEFT, 0.25 + place * (TALL + 0.35), wide, TALL)
            _draw(canvas, axes, lines, {cell: found.get((event, cell), []) for cell in cells})
            axes.annotate(name, (0, 1), (0, 4), xycoords="axes fraction", textcoords="offset points",
                          fontsize=SMALL, fontweight="bold")  # fmt: skip
            axes.set_ylabel("Share of crises", fontsize=SMALL)
            is_last = place == len(EVENTS) - 1
            axes.tick_params(axis="x", labelbottom=is_last)
            if is_last:
                axes.set_xlabel(f"Days after the horizon, {date_words(tables.horizon)}", fontsize=SMALL)
    return canvas.figure


def _lines(tables: Tidy, name: str | None, at: At) -> tuple[list[NamedCell], str]:
    """Return the cells to draw and a note; curves are not pooled, so a sampled design shows its probes."""
    if name is None:
        cell = cell_at(tables, at)
        name = "Baseline" if cell == tables.baseline else "Cell"
        words = levels_words(tables, levels_at(tables, cell))
        return [NamedCell(cell, name, False)], f"{name}: {words}." if words else ""
    chosen = select(tables, [name], most=MOST, pool=False, at=at)
    (axis,) = chosen.axes
    if len(axis.levels) < 2:
        raise NothingToShowError(f"no cell differs from the baseline in {name} alone")
    lines = [NamedCell(chosen.cells(level)[0], level.title, level.is_baseline) for level in axis.levels]
    return lines, chosen.note


def _draw(canvas: Canvas, axes: Axes, lines: list[NamedCell], found: dict[int, list[dict[str, Any]]]) -> None:
    """Draw a stepped curve per cell and its name at its end; equal curves show through one another."""
    from matplotlib.ticker import MaxNLocator

    ends: list[tuple[float, int]] = []
    highest, last = 0.0, 1 + TAIL
    for number, line in enumerate(lines):
        curve = sorted(found[line.cell], key=lambda row: int(row["day"]))
        if not curve:
            continue
        style = look(number)
        days = [float(row["day"]) for row in curve]
        values, low, high = ([float(row[key]) for row in curve] for key in ("incidence", "low", "high"))
        days.append(days[-1] + TAIL)
        for column in (values, low, high):
            column.append(column[-1])
        axes.fill_between(
            days, low, high, step="post", color=style.colour, alpha=0.16, linewidth=0, gid=f"band {line.cell}"
        )
        axes.plot(
            days, values, drawstyle="steps-post", color=style.colour, linestyle=style.line,
            linewidth=2.2 if line.is_baseline else 1.4, zorder=3 if line.is_baseline else 4,
            gid=f"curve {line.cell}",
            clip_on=False,
        )  # fmt: skip
        highest = max([highest, *(top for top in high if not math.isnan(top)), *values])
        last = max(last, days[-1])
        ends.append((values[-1], number))
    top = top_of(highest)
    percent_axis(axes, "y", 0, top)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_xlim(0, last)
    axes.xaxis.set_major_locator(MaxNLocator(8, integer=True))
    if not ends:
        axes.text(
            0.5, 0.5, "nothing to show", transform=axes.transAxes, ha="center", color=MUTED, fontsize=SMALL
        )
    _name_ends(canvas, axes, lines, sorted(ends), top)


def _name_ends(
    canvas: Canvas, axes: Axes, lines: list[NamedCell], ends: list[tuple[float, int]], top: float
) -> None:
    """Write names to the right of the ends of their curves, spaced apart, each joined by a line."""
    gap = 1.35 * SMALL / (TALL * POINTS)  # in heights of the panel
    places = spread([value / top for value, _ in ends], gap)
    room = (NAMES - 0.07 * (WIDTH - LEFT - NAMES - MARGIN)) * POINTS
    for (value, number), place in zip(ends, places, strict=True):
        style = look(number)
        weight = "bold" if lines[number].is_baseline else "normal"
        axes.annotate(
            "", (1.0, value / top), (1.03, place), xycoords="axes fraction", textcoords="axes fraction",
            arrowprops={"arrowstyle": "-", "color": MUTED, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
            annotation_clip=False,
        )  # fmt: skip
        axes.plot(
            [1.03, 1.06], [place, place], transform=axes.transAxes, color=style.colour, linestyle=style.line,
            linewidth=1.8, clip_on=False,
        )  # fmt: skip
        text = fitted(canvas.figure, lines[number].name, room, 1, SMALL, weight)
        axes.annotate(
            text, (1.07, place), xycoords="axes fraction", va="center", fontsize=SMALL, color=INK,
            fontweight=weight, annotation_clip=False,
        )  # fmt: skip


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Move ascending positions apart to at least a gap, as little as possible, within 0 and 1 if they fit."""
    moved = list(places)
    for _ in range(60):
        for k in range(len(moved) - 1):
            short = gap - (moved[k + 1] - moved[k])
            if short > 1e-9:
                moved[k] -= short / 2
                moved[k + 1] += short / 2
        over, under = (moved[-1] - 1 if moved else 0), (-moved[0] if moved else 0)
        if over > 0 >= under:
            moved = [place - over for place in moved]
        elif under > 0 >= over:
            moved = [place + under for place in moved]
    return moved
