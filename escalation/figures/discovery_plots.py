"""Figures of scenario discovery: the trade-off, the points and limits of boxes, the tree."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from escalation.analysis.discovery_words import (
    branch_words,
    chance_words,
    interval,
    limits_words,
    node_interval,
    number,
    share,
    stability_rows,
)
from escalation.figures.canvas import ACROSS, Canvas, open_canvas, percent_axis
from escalation.figures.captions import CAVEAT
from escalation.figures.heat import COLOURS
from escalation.figures.style import (
    GAP,
    INK,
    LEFT,
    MARGIN,
    MUTED,
    PAPER,
    POINTS,
    RULE,
    SMALL,
    Entry,
    fitted,
    look,
    styled,
)
from escalation.language import listed
from escalation.stats.cart import Node

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from escalation.analysis.discovery_words import DiscoveredBox, Discovery, DiscoverySlice
    from escalation.stats.prim import Box

MOST_PANELS = 3
"""Panels side by side; further policies follow below."""
FEW_VALUES = 64
"""A number with at most so many values is drawn in strips."""
MOST_POINTS = 2_000
"""Points drawn in a panel."""


def discovery_figures(found: Discovery) -> dict[str, Figure]:
    """Return the figures by name: `trade_off`; `points`, `limits` and `tree`, by policy if there are any."""
    figures = {"trade_off": plot_trade_off(found)}
    for one in found.slices:
        ending = "_" + re.sub(r"\W+", "_", one.title.lower()).strip("_") if one.title else ""
        boxes = [box for box in one.boxes if box.found.box.limits]
        if boxes:
            figures[f"points{ending}"] = plot_points(found, one)
            figures[f"limits{ending}"] = plot_limits(found, one)
        if one.tree.tree.below:
            figures[f"tree{ending}"] = plot_tree(found, one)
    return figures


def _subtitle(found: Discovery, one: DiscoverySlice | None = None) -> str:
    asks = found.title.rstrip()
    end = "" if asks[-1:] in (".", "?", "!") else "."
    where = f" {found.by}: {one.title}." if one is not None and one.title else ""
    return f"{asks}{end}{where} Outcome: {found.when}."


def _caption(found: Discovery, *sentences: str) -> str:
    return " ".join([*(said for said in sentences if said), f"Seed {found.seed}.", CAVEAT])


def plot_trade_off(found: Discovery) -> Figure:
    """Draw density against coverage along the trajectories, with the chosen boxes and their intervals.

    Parameters
    ----------
    found
        What was discovered; there is one panel per policy, all with the same scales.
    """
    slices = [one for one in found.slices if one.boxes] or list(found.slices)
    columns = min(len(slices), MOST_PANELS)
    rows = math.ceil(len(slices) / columns)
    between, foot = 0.75, 0.55
    head = 0.4 if any(one.title for one in slices) else 0.15
    wide = (ACROSS - 0.65 - between * (columns - 1)) / columns
    tall = min(wide, 3.9)
    most = max((sum(bool(box.found.box.limits) for box in one.boxes) for one in slices), default=0)
    with styled():
        canvas = open_canvas(
            f"How concentrated is it, and how much of it is caught: {found.heading}",
            _subtitle(found),
            _caption(
                found,
                "Density: share of crises in a box with the outcome; coverage: share of all such crises"
                " that are in it. Each step to the left peels a box. Large marks are the boxes chosen, rid of"
                " limits that are insignificant, with 95% intervals of both; open marks are means of boxes"
                " found on one half of points and replications, judged on the other. The dashed line is the"
                " share over all points.",
            ),
            rows * (head + tall + foot),
            _trade_off_key(most),
        )
        for place, one in enumerate(slices):
            x = 0.65 + MARGIN + (place % columns) * (wide + between)
            y = head + (place // columns) * (head + tall + foot)
            axes = canvas.panel(f"Trade-off {one.title}", x, y, wide, tall)
            if one.title:
                canvas.head(f"{found.by}: {one.title}", x, y - 0.1, wide)
            _trade_off(axes, one, _top(slices))
            axes.set_xlabel("Coverage", fontsize=SMALL)
            axes.set_ylabel("Density", fontsize=SMALL)
    return canvas.figure


def _top(slices: Sequence[DiscoverySlice]) -> float:
    """Return the upper end of the scale of densities, the same in all panels."""
    ends = [float(box.density.high) for one in slices for box in one.boxes]
    ends += [step.density for one in slices for box in one.boxes for step in box.steps]
    return min(1.0, math.ceil(max([*ends, 0.1]) * 10 + 0.2) / 10)


def _trade_off(axes: Axes, one: DiscoverySlice, top: float) -> None:
    axes.axhline(float(one.base.estimate), color=INK, linewidth=0.8, linestyle=(0, (4, 2)), gid="base")
    for place, box in enumerate(one.boxes):
        each = look(place)
        axes.plot(
            [step.coverage for step in box.steps], [step.density for step in box.steps], color=each.colour,
            linestyle=each.line, linewidth=1.2, marker=".", markersize=3.5, gid=f"trajectory {place + 1}",
        )  # fmt: skip
        if not box.found.box.limits:
            axes.text(
                0.03, 0.03, "no box: no limit is significant", transform=axes.transAxes, fontsize=SMALL,
                color=MUTED,
            )  # fmt: skip
            continue
        axes.errorbar(
            box.found.coverage, box.found.density, xerr=_error(box.coverage), yerr=_error(box.density),
            color=each.colour, marker=each.marker, markersize=8, capsize=2.5, linewidth=1.4, zorder=4,
            markeredgecolor=PAPER,
        )  # fmt: skip
        judged = np.array([[trial.coverage, trial.density] for trial in box.trials])
        if place == 0 and not np.isnan(judged).all():
            x, y = np.nanmean(judged, axis=0)
            axes.plot(
                x, y, marker=each.marker, markersize=10, markerfacecolor="none", color=each.colour,
                linestyle="", zorder=5, gid="held out", clip_on=False,
            )  # fmt: skip
    percent_axis(axes, "x", 0.0, 1.02)
    percent_axis(axes, "y", 0.0, 1.02 if top == 1.0 else top)


def _error(found: Any) -> list[list[float]]:
    middle = float(found.estimate)
    return [[max(middle - float(found.low), 0.0)], [max(float(found.high) - middle, 0.0)]]


def _trade_off_key(most: int) -> list[Entry]:
    from matplotlib.lines import Line2D

    entries: list[Entry] = []
    for place in range(most):
        each = look(place)
        entries.append(
            (
                Line2D([], [], color=each.colour, linestyle=each.line, marker=each.marker, markersize=7),
                f"Box {place + 1}",
            )
        )
    if most:
        each = look(0)
        hollow = Line2D(
            [], [], color=each.colour, marker=each.marker, markerfacecolor="none", markersize=9, linestyle=""
        )
        entries.append((hollow, "Box 1 on data that it was not found on"))
    return entries


def plot_points(found: Discovery, one: DiscoverySlice) -> Figure:
    """Draw the points over the two inputs that each box restricts most, by the share of crises at each.

    Parameters
    ----------
    found
        What was discovered.
    one
        The policy, or all points.
    """
    boxes = [(place, box) for place, box in enumerate(one.boxes) if box.found.box.limits][:MOST_PANELS]
    between, foot, scale_room = 0.8, 0.6, 0.9
    head = 0.62 if len(boxes) > 1 else 0.4
    left = 0.75
    wide = (ACROSS - left - scale_room - between * (len(boxes) - 1)) / len(boxes)
    tall = min(wide, 4.6)
    rates = one.points.counts.rate
    low, high = _scale(rates)
    shown = np.unique(np.linspace(0, len(rates) - 1, min(len(rates), MOST_POINTS)).astype(int))
    some = f"{len(shown):,} of {len(rates):,} points are drawn." if len(shown) < len(rates) else ""
    with styled():
        canvas = open_canvas(
            f"Where is it frequent: {found.heading}",
            _subtitle(found, one),
            _caption(
                found,
                "Each dot is a point of the design, darker where the outcome is more frequent; frames are"
                " the limits of the box. Other limits of a box are not visible, so points within a frame"
                " may be outside; those outside the box are small.",
                "Points of one level are spread around it."
                if any(_levels(one, j) for j in range(len(one.axes)))
                else "",
                some,
            ),
            head + tall + foot,
        )
        mesh: Any = None
        for place, (box_number, box) in enumerate(boxes):
            x = MARGIN + left + place * (wide + between)
            axes = canvas.panel(f"Box {box_number + 1}", x, head, wide, tall)
            words = listed(limits_words(one.points, box.found.box))
            canvas.head(f"Box {box_number + 1}: {words}", x, head - 0.08, wide, 3)
            mesh = _points_of(canvas, axes, one, box, shown, (low, high), wide)
        scale = canvas.panel(
            "Scale", MARGIN + left + len(boxes) * (wide + between) - between + 0.2, head, 0.16, tall
        )
        bar = canvas.figure.colorbar(mesh, cax=scale)
        bar.outline.set_visible(False)
        scale.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g}%")
        scale.set_ylabel("Share of the crises at a point", fontsize=SMALL)
        scale.tick_params(labelsize=SMALL)
    return canvas.figure


def _scale(rates: Any) -> tuple[float, float]:
    """Return the ends of the colours, round and at least ten points apart."""
    low, high = math.floor(float(rates.min()) * 20) / 20, math.ceil(float(rates.max()) * 20) / 20
    return (low, high) if high - low >= 0.1 else (max(0.0, high - 0.1), max(0.1, high))


def _points_of(
    canvas: Canvas, axes: Axes, one: DiscoverySlice, box: DiscoveredBox, shown: Any,
    ends: tuple[float, float], wide: float,
) -> Any:  # fmt: skip
    from matplotlib.patches import Rectangle

    across, up = _two(one, box)
    places = [_spread(one, j) for j in (across, up)]
    inside = box.inside[shown]
    mesh: Any = None
    for part, size in ((~inside, 9.0), (inside, 30.0)):
        at = shown[part]
        order = at[np.argsort(one.points.counts.rate[at], kind="stable")]
        mesh = axes.scatter(
            places[0][order], places[1][order], c=one.points.counts.rate[order], s=size, cmap=COLOURS,
            vmin=ends[0], vmax=ends[1], linewidth=0.3, edgecolor=MUTED, zorder=3, rasterized=len(order) > 500,
        )  # fmt: skip
    (x0, x1), (y0, y1) = (_frame(one, box.found.box, j) for j in (across, up))
    axes.add_patch(
        Rectangle((x0, y0), x1 - x0, y1 - y0, fill=False, edgecolor=INK, linewidth=1.6, zorder=5, gid="box")
    )
    for j, which in ((across, "x"), (up, "y")):
        axis, each = one.axes[j], one.points.space.inputs[j]
        label = f"{axis.label} ({axis.unit})" if axis.unit else axis.label
        words = fitted(canvas.figure, label, wide * POINTS, 2)
        (axes.set_xlabel if which == "x" else axes.set_ylabel)(words, fontsize=SMALL)
        if each.categories:
            texts = [
                fitted(canvas.figure, name, 0.9 * wide * POINTS / len(each.categories), 3)
                for name in each.categories
            ]
            (axes.set_xticks if which == "x" else axes.set_yticks)(range(len(texts)), texts)
            if which == "y":
                axes.tick_params(axis="y", labelrotation=90)
        elif levels := _levels(one, j):
            (axes.set_xticks if which == "x" else axes.set_yticks)(
                levels, [number(value) for value in levels]
            )
        (axes.set_xlim if which == "x" else axes.set_ylim)(*_margins(one, j))
    return mesh


def _two(one: DiscoverySlice, box: DiscoveredBox) -> tuple[int, int]:
    """Return the two inputs whose limits cut most, by quasi-p; a box with one limit is drawn over another."""
    by_p: dict[int, float] = {}
    for (j, _), p in zip(box.found.box.limits, box.quasi_p, strict=True):
        by_p[j] = min(p, by_p.get(j, 1.0))
    ranked = sorted(by_p, key=lambda j: (by_p[j], j))
    ranked += [j for j in range(len(one.axes)) if j not in by_p]
    return ranked[0], ranked[1] if len(ranked) > 1 else ranked[0]


def _spread(one: DiscoverySlice, j: int) -> Any:
    """Return the places of points along an input; those of a category are spread evenly over its strip."""
    each, step = one.points.space.inputs[j], _step(one, j)
    golden = (np.arange(len(each.values)) * 0.6180339887498949 + 0.37 * j) % 1.0
    return each.values + (golden - 0.5) * 0.6 * step


def _step(one: DiscoverySlice, j: int) -> float:
    """Return the least distance between values of an input; 0 between those of a number with many values."""
    if one.points.space.inputs[j].categories:
        return 1.0
    levels = _levels(one, j)
    return float(np.diff(levels).min()) if levels else 0.0


def _levels(one: DiscoverySlice, j: int) -> list[float]:
    """Return the values of a number with few; empty for one with many, and for categories."""
    values: list[float] = one.points.space.least[j].tolist()
    is_few = len(values) <= FEW_VALUES and not one.points.space.inputs[j].categories
    return values if is_few else []


def _margins(one: DiscoverySlice, j: int) -> tuple[float, float]:
    axis, each = one.axes[j], one.points.space.inputs[j]
    if each.categories:
        return -0.6, len(each.categories) - 0.4
    room = 0.5 * _step(one, j) or 0.04 * (axis.high - axis.low)
    return axis.low - room, axis.high + room


def _frame(one: DiscoverySlice, box: Box, j: int) -> tuple[float, float]:
    """Return the ends of a box along an input, within the panel; of categories those around the ones kept."""
    low, high = _margins(one, j)
    each = one.points.space.inputs[j]
    if each.categories:
        kept = [code for code in range(len(each.categories)) if code not in box.out[j]]
        return (min(kept) - 0.45, max(kept) + 0.45)
    room = 0.45 * _step(one, j) if each.is_listed else 0.0
    inset = 0.012 * (high - low)
    return max(box.low[j] - room, low + inset), min(box.high[j] + room, high - inset)


def plot_limits(found: Discovery, one: DiscoverySlice) -> Figure:
    """Draw the ranges of each box over the ranges of the inputs, with the intervals of limits over resamples.

    Parameters
    ----------
    found
        What was discovered.
    one
        The policy, or all points.
    """
    boxes = [(place, box) for place, box in enumerate(one.boxes) if box.found.box.limits][:MOST_PANELS]
    order = [
        j
        for j in range(len(one.axes))
        if any(_often(box, j) >= 0.05 or j in box.found.box.restricted for _, box in boxes)
    ]
    row, head, foot, between, right = 0.52, 0.45, 0.1, 0.25, 0.55
    wide = (ACROSS - LEFT - len(boxes) * right - between * (len(boxes) - 1)) / len(boxes)
    with styled():
        canvas = open_canvas(
            f"How firm are the limits: {found.heading}",
            _subtitle(found, one),
            _caption(
                found,
                "The thick bar is the box, the thin one the range of the input; whiskers are 95% intervals"
                f" of a limit over {found.resamples} resamples of points and replications, in which an"
                " input without the limit counts at its end. On the right, in how many resamples the input"
                " is restricted.",
                " ".join(f"Box {place + 1}: {chance_words(found, box)}" for place, box in boxes),
            ),
            head + row * len(order) + foot,
        )
        for line, j in enumerate(order):
            words = fitted(canvas.figure, one.axes[j].label, (LEFT - 0.1) * POINTS, 2)
            canvas.write(words, MARGIN + LEFT - 0.12, head + (line + 0.5) * row, ha="right")
        for place, (box_number, box) in enumerate(boxes):
            x = MARGIN + LEFT + place * (wide + right + between)
            axes = canvas.panel(f"Limits {box_number + 1}", x, head, wide, row * len(order))
            title = (
                f"Box {box_number + 1}: {share(box.found.density)} against {share(float(one.base.estimate))}"
            )
            canvas.head(title, x, head - 0.12, wide)
            axes.set_xlim(-0.02, 1.02)
            axes.set_ylim(len(order) - 0.5, -0.5)
            axes.axis("off")
            for line, j in enumerate(order):
                _limit_row(axes, one, box, j, line)
                often = f"{100 * _often(box, j):.0f}%"
                weight = "bold" if j in box.found.box.restricted else "normal"
                canvas.write(
                    often, x + wide + right - 0.12, head + (line + 0.5) * row, ha="right", fontweight=weight
                )
    return canvas.figure


def _often(box: DiscoveredBox, j: int) -> float:
    return float(np.mean([j in sample.box.restricted for sample in box.resamples]))


def _limit_row(axes: Axes, one: DiscoverySlice, box: DiscoveredBox, j: int, line: int) -> None:
    axis, each = one.axes[j], one.points.space.inputs[j]
    is_cut = j in box.found.box.restricted
    colour = look(0).colour if is_cut else RULE
    if each.categories:
        step = 1 / len(each.categories)
        for code, name in enumerate(each.categories):
            is_in = code not in box.found.box.out[j]
            axes.plot(
                [(code + 0.06) * step, (code + 0.94) * step], [line, line], linewidth=6.0,
                solid_capstyle="butt", color=colour if is_in else RULE, alpha=1.0 if is_in else 0.6,
            )  # fmt: skip
            axes.text((code + 0.5) * step, line + 0.36, name, ha="center", va="center", fontsize=SMALL - 1.5,
                      color=INK if is_in else MUTED)  # fmt: skip
        return
    low, high = axis.low, axis.high

    def at(value: float) -> float:
        return (min(max(value, low), high) - low) / (high - low)

    axes.plot([0, 1], [line, line], color=RULE, linewidth=2.0, solid_capstyle="butt")
    ends = at(box.found.box.low[j]), at(box.found.box.high[j])
    if ends[0] == ends[1]:
        ends = max(ends[0] - 0.01, 0.0), min(ends[1] + 0.01, 1.0)
    axes.plot(ends, [line, line], color=colour, linewidth=6.0, solid_capstyle="butt", gid=axis.name)
    is_free = {"low": True, "high": True}
    for row in stability_rows(one, box):
        if row.axis is not axis or row.low is None or row.high is None or not isinstance(row.at, float):
            continue
        is_free[row.side] = False
        axes.plot(
            [at(row.low), at(row.high)],
            [line + 0.2, line + 0.2],
            color=INK,
            linewidth=1.0,
            marker="|",
            markersize=5,
        )
        axes.text(at(row.at), line - 0.32, number(row.at), ha="center", va="center", fontsize=SMALL - 1)
    for side, value, align in (("low", low, "left"), ("high", high, "right")):
        if is_free[side]:
            axes.text(
                at(value), line - 0.32, number(value), ha=align, va="center", fontsize=SMALL - 1, color=MUTED
            )


def plot_tree(found: Discovery, one: DiscoverySlice) -> Figure:
    """Draw the tree from the top down, each part darker where the outcome is more frequent.

    Parameters
    ----------
    found
        What was discovered.
    one
        The policy, or all points.
    """
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    tree = one.tree.tree
    deepest = max(node.depth for node in tree.walk())
    leaves = tree.leaves()
    slot = ACROSS / len(leaves)
    box_wide, box_tall, step = min(slot - 0.12, 1.7), 0.5, 1.22
    rates = [node.rate for node in tree.walk()]
    low, high = _scale(np.array(rates))
    with styled():
        colours = colormaps[COLOURS]
        canvas = open_canvas(
            f"What divides the crises: {found.heading}",
            _subtitle(found, one),
            _caption(
                found,
                "Share of crises with the outcome, 95% interval and points, darker where it is more"
                f" frequent. A tree of depth {deepest} is what ten-fold cross-validation calls for; its"
                " leaves have at least 5% of the points.",
            ),
            step * deepest + box_tall + 0.1,
        )
        axes = canvas.panel("Tree", MARGIN, 0.0, ACROSS, step * deepest + box_tall + 0.1)
        axes.set_xlim(0, ACROSS)
        axes.set_ylim(step * deepest + box_tall + 0.1, 0)
        axes.axis("off")
        places = dict(_places(tree, iter(range(len(leaves))), slot))
        for node in tree.walk():
            x, y = places[id(node)], node.depth * step
            r, g, b, _ = colours((node.rate - low) / (high - low))
            is_dark = 0.299 * r + 0.587 * g + 0.114 * b < 0.5
            axes.add_patch(
                Rectangle(
                    (x - box_wide / 2, y),
                    box_wide,
                    box_tall,
                    facecolor=(r, g, b),
                    edgecolor=MUTED,
                    linewidth=0.6,
                )
            )
            axes.text(
                x, y + box_tall / 2,
                f"{interval(node_interval(one.points, node))}\n{node.weight:,.0f} points",
                ha="center", va="center", fontsize=SMALL, color=PAPER if is_dark else INK, linespacing=1.15,
            )  # fmt: skip
            phrases = branch_words(one.points, node) if node.below else ()
            for below, words in zip(node.below, phrases, strict=True):
                to = places[id(below)]
                axes.plot([x, x, to, to], [y + box_tall, y + box_tall + GAP, y + box_tall + GAP, y + step],
                          color=MUTED, linewidth=0.9, zorder=1)  # fmt: skip
                span = slot * len(below.leaves())
                text = fitted(canvas.figure, words, (span - 0.08) * POINTS, 3, SMALL - 0.5)
                axes.text(
                    to, y + step - 0.05, text, ha="center", va="bottom", fontsize=SMALL - 0.5,
                    linespacing=1.1, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 1.0},
                )  # fmt: skip
    return canvas.figure


def _places(node: Node, slots: Iterator[int], slot: float) -> Iterator[tuple[int, float]]:
    """Yield the middle of each node: of a leaf that of its slot, else that between its two parts."""
    if not node.below:
        yield id(node), (next(slots) + 0.5) * slot
        return
    middles = []
    for below in node.below:
        for key, x in _places(below, slots, slot):
            if key == id(below):
                middles.append(x)
            yield key, x
    yield id(node), sum(middles) / 2
