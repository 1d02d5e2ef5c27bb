"""Figures of a sensitivity analysis: indices, totals over outcomes, screening, swings, convergence."""

from __future__ import annotations

import math
import shlex
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from escalation.analysis.sensitivity import FIXED, level, percentage, two_digits
from escalation.figures.canvas import TINY, Canvas, open_canvas, row_height
from escalation.figures.captions import CAVEAT, redraw
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    MUTED,
    PAPER,
    POINTS,
    RULE,
    SMALL,
    WIDTH,
    Entry,
    fitted,
    look,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.explained import Explained
    from escalation.analysis.sensitivity import Sensitivity
    from escalation.stats.intervals import Intervals
    from escalation.stats.morris import MorrisMeasures

MOST_OUTCOMES, MOST_IN_ONE_COLUMN = 6, 3
MOST_PARAMETERS = 12
"""Those that matter most for any outcome are drawn; the tables have all."""
HEAD, FOOT, BETWEEN = 0.62, 0.5, 0.22  # inches
DARK, LIGHT = "#003B75", "#A9C4E0"  # of the house's first hue: 48 and 190 of 255 in greyscale
COLOURS = "cividis_r"


def sensitivity_figures(found: Sensitivity) -> dict[str, Callable[[], Figure]]:
    """Return the figures that an analysis allows, by the names of their files, not yet drawn."""
    figures: dict[str, Callable[[], Figure]] = {}
    found = found.heaviest(MOST_PARAMETERS)
    for setting, against in found.settings:
        ones = found.of(setting, against)[:MOST_OUTCOMES]
        ending = _file_name(f"{setting} minus {against}" if against else setting)
        if found.points:
            figures[f"indices{ending}"] = partial(plot_indices, found, ones)
            figures[f"convergence{ending}"] = partial(plot_convergence, found, ones)
        if found.trajectories:
            figures[f"screening{ending}"] = partial(plot_screening, found, ones)
        if any(one.swings for one in ones):
            figures[f"tornado{ending}"] = partial(plot_tornado, found, ones)
    if found.points:
        figures["totals"] = partial(plot_totals, found)
    return figures


def _file_name(place: str) -> str:
    name = "".join(letter if letter.isalnum() or letter in "._" else "-" for letter in place)
    return f"_{name}"[:120] if name else ""


def plot_indices(found: Sensitivity, ones: Sequence[Explained]) -> Figure:
    """Draw first-order and total indices with their intervals, one panel per outcome, all from 0 to 1."""
    rows = len(found.parameters)
    row = max(row_height(rows), 0.3)
    with styled():
        canvas = open_canvas(
            _asked("Which parameters decide the outcome?", ones),
            _under(found),
            _caption(
                found,
                f"n = {found.points:,} rows, {found.replications:,} replications per point; 95% intervals of"
                " a bootstrap, with arrowheads where they go on beyond the frame. S: share of the variance of"
                " parameters that one explains alone; T: with its interactions. Dotted:"
                f" {two_digits(FIXED)}, below which it can be fixed. Above each panel, how the variance of a"
                " single crisis splits.",
            ),
            HEAD + rows * row + FOOT,
            _bars_key(),
        )
        for axes, one in _panels(canvas, found, ones, rows * row):
            axes.set_xlim(-0.04, 1.04)
            axes.set_xticks([0, 0.5, 1], ["0", ".5", "1"])
            axes.set_xlabel("share of variance", fontsize=SMALL)
            axes.axvline(FIXED, color=MUTED, linewidth=0.9, linestyle=(0, (1.2, 1.2)), zorder=1)
            indices = one.sobol
            if indices is None or not indices.is_clear:
                _say_unclear(axes)
                continue
            for number in range(rows):
                for values, at, colour, name in (
                    (indices.total, number - 0.17, LIGHT, "T"),
                    (indices.first_order, number + 0.17, DARK, "S"),
                ):
                    width = max(float(values.estimate[number]), 0.0)
                    axes.barh(at, width, 0.3, color=colour, zorder=2, gid=f"{name} {number}")
                    _interval(axes, values, number, at)
    return canvas.figure


def _bars_key() -> list[Entry]:
    from matplotlib.patches import Patch

    return [
        (Patch(facecolor=LIGHT), "T: with its interactions"), (Patch(facecolor=DARK), "S: alone"),
    ]  # fmt: skip


def plot_totals(found: Sensitivity) -> Figure:
    """Draw the total indices of all parameters over outcomes, one map per setting, in two columns if many."""
    all_of = [found.of(*each)[:MOST_OUTCOMES] for each in found.settings]
    places = [ones for ones in all_of if any(one.sobol and one.sobol.is_clear for one in ones)] or all_of[:1]
    columns = 1 if len(places) <= MOST_IN_ONE_COLUMN else 2
    row, between = 0.34, 0.55
    tall = len(found.parameters) * row
    down = -(-len(places) // columns)
    left_out = len(all_of) - len(places)
    with styled():
        canvas = open_canvas(
            "Which parameters matter for which outcome?",
            _under(found),
            _caption(
                found,
                "Total indices: the share of the variance of parameters that a parameter explains with all"
                " its interactions, ± half the 95% interval; darker is more. –: parameters explain no"
                " variance beyond noise.",
                f"So for all outcomes in {left_out} more settings or comparisons." if left_out else "",
            ),
            down * (tall + between) + 0.3,
        )
        wide = (WIDTH - LEFT - MARGIN - 0.1 + 0.15) / columns - 0.15
        for number, ones in enumerate(places):
            x = LEFT + number % columns * (wide + 0.15)
            y = 0.3 + number // columns * (tall + between)
            axes = canvas.panel(ones[0].place or "Totals", x, y, wide, tall)
            canvas.head(_capital(ones[0].place), x, y - 0.07, wide)
            _draw_totals(
                canvas, axes, found, ones, wide / len(ones) * POINTS, number + columns >= len(places)
            )
            if number % columns:
                axes.set_yticklabels([])
    return canvas.figure


def _draw_totals(
    canvas: Canvas, axes: Axes, found: Sensitivity, ones: Sequence[Explained], wide: float, is_last: bool
) -> None:
    from matplotlib import colormaps

    rows = len(found.parameters)
    shades = colormaps[COLOURS]
    for column, one in enumerate(ones):
        indices = one.sobol
        for number in range(rows):
            if indices is None or not indices.is_clear:
                axes.text(column + 0.5, number, "–", ha="center", va="center_baseline", color=MUTED)
                continue
            value = float(indices.total.estimate[number])
            half = float(indices.total.high[number] - indices.total.low[number]) / 2
            shade = shades(min(max(value, 0.0), 1.0))
            axes.bar(column + 0.5, 1, 1, number - 0.5, color=shade, edgecolor=PAPER, linewidth=0.6)
            is_dark = 0.299 * shade[0] + 0.587 * shade[1] + 0.114 * shade[2] < 0.5
            axes.text(
                column + 0.5, number, f"{two_digits(value)} ±{two_digits(half)}", ha="center",
                va="center_baseline", fontsize=SMALL, color=PAPER if is_dark else INK,
            )  # fmt: skip
    axes.set_xlim(0, len(ones))
    axes.set_ylim(rows - 0.5, -0.5)
    _name_rows(canvas, axes, found)
    heads = [fitted(canvas.figure, one.heading, wide - 6, 4) for one in ones]
    axes.set_xticks([column + 0.5 for column in range(len(ones))], heads if is_last else [])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def plot_screening(found: Sensitivity, ones: Sequence[Explained]) -> Figure:
    """Draw mu* against sigma with intervals, one panel per outcome."""
    tall = 2.3
    with styled():
        canvas = open_canvas(
            _asked("Which parameters can be left alone?", ones),
            _under(found),
            _caption(
                found,
                f"Morris screening, {found.trajectories:,} trajectories of"
                f" {len(found.parameters) + found.left_out} steps,"
                f" {found.replications:,} replications per point. Across: mean size of the effect of a whole"
                " range (mu*); up: its standard deviation (sigma), large where the effect depends on the"
                " others. Noise is removed. 95% intervals of a bootstrap over trajectories. Dotted:"
                " sigma = mu*.",
            ),
            HEAD + tall + FOOT,
            _parameters_key(found),
        )
        ends = {one.scale[1]: 0.0 for one in ones}
        for one in ones:
            if one.morris is not None:
                each = (one.morris.mu_star.high, one.morris.sigma.high)
                ends[one.scale[1]] = max(ends[one.scale[1]], *(float(part.max()) for part in each))
        for axes, one in _panels(canvas, found, ones, tall, rows=False):
            factor, unit = one.scale
            end = 1.08 * factor * (ends[unit] or 0.01)
            axes.set_xlim(-0.03 * end, end)
            axes.set_ylim(-0.03 * end, end)
            axes.plot([0, end], [0, end], color=MUTED, linewidth=0.9, linestyle=(0, (1.2, 1.2)), zorder=1)
            axes.grid(color=RULE, linewidth=0.5)
            axes.locator_params(nbins=4)
            axes.set_xlabel(f"mu*, {unit}", fontsize=SMALL)
            if one is ones[0]:
                axes.set_ylabel(f"sigma, {unit}", fontsize=SMALL)
            if one.morris is not None:
                _draw_screening(axes, one.morris, factor)
    return canvas.figure


def _draw_screening(axes: Axes, measures: MorrisMeasures, factor: float) -> None:
    parts = {
        name: [factor * np.maximum(part, 0.0) for part in (values.low, values.estimate, values.high)]
        for name, values in (("x", measures.mu_star), ("y", measures.sigma))
    }
    # Marks without any effect would hide one another at the origin: one of them, and how many they are.
    still = [
        number for number in range(len(measures.mu.estimate))
        if not any(part[number] for way in ("x", "y") for part in parts[way][1:])
    ]  # fmt: skip
    if len(still) > 1:
        axes.plot(
            0, 0, color=MUTED, marker="o", markersize=6, linestyle="", zorder=3, clip_on=False,
            markeredgecolor=PAPER, markeredgewidth=0.6, gid="without effect",
        )  # fmt: skip
        axes.text(
            0.04, 0.96, f"{len(still)} without effect, at 0", transform=axes.transAxes, va="top",
            fontsize=TINY, color=MUTED, zorder=4,
        )  # fmt: skip
    for number in range(len(measures.mu.estimate)):
        if len(still) > 1 and number in still:
            continue
        left, x, right = (float(part[number]) for part in parts["x"])
        low, y, high = (float(part[number]) for part in parts["y"])
        style = look(number)
        axes.plot([left, right], [y, y], color=style.colour, linewidth=1.1, zorder=2)
        axes.plot([x, x], [low, high], color=style.colour, linewidth=1.1, zorder=2)
        axes.plot(
            x, y, color=style.colour, marker=style.marker, markersize=6, linestyle="", zorder=3,
            markeredgecolor=PAPER, markeredgewidth=0.6, gid=f"parameter {number}", clip_on=False,
        )  # fmt: skip


def plot_tornado(found: Sensitivity, ones: Sequence[Explained]) -> Figure:
    """Draw the change of each outcome from the baseline to the two ends of every range."""
    from matplotlib.lines import Line2D

    rows = len(found.parameters)
    row = max(row_height(rows), 0.3)
    colours = (look(1).colour, look(0).colour)
    key: list[Entry] = [
        (Line2D([], [], color=colours[0], marker="v", markerfacecolor=PAPER), "at its least"),
        (Line2D([], [], color=colours[1], marker="^"), "at its greatest"),
    ]
    reaches: dict[str, float] = {}
    for one in ones:
        for swing in one.swings:
            ends = (abs(float(swing.difference.low)), abs(float(swing.difference.high)))
            reaches[one.scale[1]] = max(reaches.get(one.scale[1], 0.0), *ends)
    pairing = "pairs of crises with common random numbers" if found.is_common else "independent crises"
    with styled():
        canvas = open_canvas(
            _asked("How far does each range move the outcome, all else at the baseline?", ones),
            _under(found),
            _caption(
                found,
                f"Change of the mean from the baseline with 95% intervals; {found.replications:,} {pairing}.",
                "; ".join(_ends_words(found)) + ".",
                "Draws of weights have no ends."
                if any(each.ends is None for each in found.parameters)
                else "",
            ),
            HEAD + rows * row + FOOT,
            key,
        )
        for axes, one in _panels(canvas, found, ones, rows * row):
            factor, unit = one.scale
            reach = factor * (reaches.get(unit) or 0.01)
            axes.set_xlim(-1.05 * reach, 1.05 * reach)
            axes.locator_params(axis="x", nbins=4)
            axes.xaxis.set_major_formatter(lambda value, _: f"{value:+g}".replace("-", "−") if value else "0")
            axes.grid(axis="x", color=RULE, linewidth=0.5)
            axes.axvline(0, color=MUTED, linewidth=1.0, zorder=2)
            axes.set_xlabel(unit, fontsize=SMALL)
            for swing in one.swings:
                is_greatest = swing.end == (found.parameters[swing.parameter].ends or (None, None))[1]
                at = swing.parameter + (0.15 if is_greatest else -0.15)
                values, colour = swing.difference, colours[is_greatest]
                low, middle, high = (
                    factor * float(part) for part in (values.low, values.estimate, values.high)
                )
                axes.plot(
                    [0, middle],
                    [at, at],
                    color=colour,
                    linewidth=4.5,
                    alpha=0.35,
                    zorder=2,
                    solid_capstyle="butt",
                )
                axes.plot([low, high], [at, at], color=colour, linewidth=1.1, zorder=3)
                axes.plot(
                    middle, at, color=colour, marker="^" if is_greatest else "v", markersize=4.5, zorder=4,
                    markerfacecolor=colour if is_greatest else PAPER, linestyle="",
                    gid=f"end {swing.parameter} {int(is_greatest)}",
                )  # fmt: skip
    return canvas.figure


def _ends_words(found: Sensitivity) -> list[str]:
    return [
        f"{each.label}: {level(each.ends[0])} and {level(each.ends[1])}, baseline {level(each.baseline)}"
        for each in found.parameters
        if each.ends is not None
    ]


def plot_convergence(found: Sensitivity, ones: Sequence[Explained]) -> Figure:
    """Draw the total indices from a quarter, half and all of the rows, one panel per outcome."""
    tall = 1.7
    with styled():
        canvas = open_canvas(
            _asked("Are there enough points?", ones),
            _under(found),
            _caption(
                found,
                "Total indices from the first quarter, half and all rows of the design, with 95% intervals"
                " (bootstrap), cut at the frame.",
            ),
            HEAD + tall + FOOT,
            _parameters_key(found),
        )
        for axes, one in _panels(canvas, found, ones, tall, rows=False):
            sizes = [indices.n for indices in one.series]
            axes.set_ylim(-0.1, 1.1)
            axes.set_yticks([0, 0.5, 1], ["0", ".5", "1"] if one is ones[0] else [])
            axes.set_xlim(-0.5, len(sizes) - 0.5)
            axes.set_xticks(range(len(sizes)), [f"{size:,}" for size in sizes])
            axes.set_xlabel("rows n", fontsize=SMALL)
            axes.grid(axis="y", color=RULE, linewidth=0.5)
            if one is ones[0]:
                axes.set_ylabel("total index T", fontsize=SMALL)
            if any(indices.is_clear for indices in one.series):
                _draw_convergence(axes, one, len(found.parameters))
            else:
                _say_unclear(axes)
    return canvas.figure


def _draw_convergence(axes: Axes, one: Explained, parameters: int) -> None:
    clear = [(place, indices.total) for place, indices in enumerate(one.series) if indices.is_clear]
    spread = min(0.12, 0.7 / parameters)
    for number in range(parameters):
        style = look(number)
        shift = (number - (parameters - 1) / 2) * spread
        at = [place + shift for place, _ in clear]
        axes.plot(
            at, [float(total.estimate[number]) for _, total in clear], color=style.colour, markersize=4,
            marker=style.marker, linestyle=style.line, linewidth=1.0, gid=f"parameter {number}",
        )  # fmt: skip
        for x, (_, total) in zip(at, clear, strict=True):
            ends = [float(total.low[number]), float(total.high[number])]
            axes.plot([x, x], ends, color=style.colour, linewidth=0.9)


def _panels(
    canvas: Canvas, found: Sensitivity, ones: Sequence[Explained], tall: float, rows: bool = True
) -> list[tuple[Axes, Explained]]:
    """Add one panel per outcome, side by side; with rows, one for each parameter, named at the left."""
    left = LEFT if rows else 0.75
    wide = (WIDTH - left - MARGIN + BETWEEN) / len(ones) - BETWEEN
    made = []
    for number, one in enumerate(ones):
        x = left + number * (wide + BETWEEN)
        axes = canvas.panel(one.name, x, HEAD, wide, tall)
        canvas.head(one.heading, x, HEAD - 0.2, wide, 3)
        if one.sobol is not None:
            # An estimate of the share of luck can exceed one; the share itself cannot.
            said = (
                f"luck {percentage(min(1 - share, 1.0))}"
                if math.isfinite(share := _share(one))
                else "no variance"
            )
            canvas.write(said, x, HEAD - 0.09, color=MUTED)
        if rows:
            axes.set_ylim(len(found.parameters) - 0.5, -0.5)
            axes.set_yticks(range(len(found.parameters)), [])
            axes.spines["left"].set_visible(False)
            axes.tick_params(axis="y", length=0)
            if number == 0:
                _name_rows(canvas, axes, found)
        elif number:
            axes.set_yticklabels([])
        made.append((axes, one))
    return made


def _parameters_key(found: Sensitivity) -> list[Entry]:
    from matplotlib.lines import Line2D

    styles = [look(number) for number in range(len(found.parameters))]
    samples = [Line2D([], [], color=each.colour, marker=each.marker, linestyle=each.line) for each in styles]
    return [(sample, each.label) for sample, each in zip(samples, found.parameters, strict=True)]


def _share(one: Explained) -> float:
    return float(one.sobol.share.estimate) if one.sobol is not None else math.nan


def _name_rows(canvas: Canvas, axes: Axes, found: Sensitivity) -> None:
    names = [
        fitted(canvas.figure, each.label, (LEFT - MARGIN - 0.1) * POINTS, 2) for each in found.parameters
    ]
    axes.set_yticks(range(len(names)), names)
    for label in axes.get_yticklabels():
        label.set_fontsize(SMALL)


def _say_unclear(axes: Axes) -> None:
    axes.text(
        0.5, 0.5, "no variance\nbeyond noise", transform=axes.transAxes, ha="center", va="center",
        fontsize=SMALL, color=MUTED, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
    )  # fmt: skip


def _interval(axes: Axes, values: Intervals, number: int, at: float) -> None:
    """Draw an interval, seen on dark bars too, with an arrowhead where the frame cuts it."""
    from matplotlib.patheffects import withStroke

    low, high = float(values.low[number]), float(values.high[number])
    left, right = axes.get_xlim()
    (line,) = axes.plot([low, high], [at, at], color=INK, linewidth=1.1, zorder=3, gid=f"interval {number}")
    line.set_path_effects([withStroke(linewidth=2.4, foreground=PAPER)])
    for is_cut, place, head in ((low < left, left, 4), (high > right, right, 5)):  # CARETLEFT, CARETRIGHT
        if is_cut:
            axes.plot(place, at, marker=head, color=INK, markersize=4, zorder=4, clip_on=False, gid="cut")


def _asked(question: str, ones: Sequence[Explained]) -> str:
    place = ones[0].place
    return f"{question} {_capital(place)}" if place else question


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _under(found: Sensitivity) -> str:
    asks = found.title.rstrip()
    end = "" if asks[-1:] in (".", "?", "!") else "."
    return f"{asks}{end} Scenario: {found.scenario.rstrip('.')}."


def _caption(found: Sensitivity, *sentences: str) -> str:
    command = shlex.join(["escalation", "sensitivity", str(found.folder)])
    left_out = (
        f"{found.left_out} parameters that matter less for every outcome are left out; the tables have all."
        if found.left_out
        else ""
    )
    said = [*sentences, left_out, f"Seed {found.seed}.", CAVEAT, redraw(command)]
    return " ".join(sentence for sentence in said if sentence)
