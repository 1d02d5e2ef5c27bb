"""Stylised facts in one picture: where the model's values lie, measured by the tolerance of each.

Values of different units share one scale: 0 is the recorded value, -1 and 1 are the limits of its tolerance.
Type is large, so that the figure can be read at the width of a column of print (80 mm).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from escalation.figures.style import DPI, INK, MUTED, PAPER, POINTS, RULE, WIDTH, fitted, look, styled
from escalation.history.facts import MET, FactLine, FactTable
from escalation.history.recorded_facts import USES, FactValue
from escalation.stats.scores import Interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEAD, LABEL, NOTE = 23.0, 19.0, 16.0  # points: 7.2, 6.0 and 5.0 when the figure is 80 mm wide
ROW, GROUP, ABOVE, FOOT, EDGE = 0.44, 0.46, 0.6, 2.2, 0.2  # inches
NAMES = 4.45
REACH = 3.4
"""Where the scale ends; values beyond it are drawn there as arrows."""
SPREAD = 0.56
"""Share of a row over which the values of one fact are spread."""
BAND = "#D9E2EC"
GROUPS = {
    "fit": "Fitted to",
    "check": "Guided the rules, not fitted to",
    "held_out": "Held out",
    "ci": "Of the fit",
}


def position(value: FactValue, number: float) -> float:
    """Return where a number lies: 0 at the data, -1 and 1 at the limits of the tolerance.

    Linear on each side; logarithmic where the tolerance is a factor. A side without a limit has the scale of
    the other.
    """
    if math.isnan(number):
        return math.nan
    if value.factor is not None:
        return math.log(number / value.data) / math.log(value.factor) if number > 0 else -math.inf
    low, high = value.limits
    below, above = value.data - low, high - value.data
    if math.isinf(below):
        below = above
    if math.isinf(above):
        above = below
    side = below if number < value.data else above
    away = number - value.data
    return away / side if side > 0 else math.copysign(math.inf, away) if away else 0.0


def plot_facts(table: FactTable) -> Figure:
    """Draw every value that has a tolerance and was computed, a row per fact, grouped by use."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    drawn = {
        id: judged
        for id, lines in table.by_fact.items()
        if (judged := [line for line in lines if _is_shown(line)])
    }
    groups = {
        use: ids for use in USES if (ids := [id for id, lines in drawn.items() if lines[0].fact.use == use])
    }
    inside = len(drawn) * ROW + len(groups) * GROUP
    height = EDGE + ABOVE + inside + FOOT
    with styled():
        figure = Figure(figsize=(WIDTH, height), dpi=DPI)
        FigureCanvasAgg(figure)
        across = (WIDTH - 2 * EDGE) * POINTS
        figure.text(
            EDGE / WIDTH, 1 - EDGE / height,
            fitted(figure, "Does the model move as recorded crises do?", across, 1, HEAD, "bold"),
            fontsize=HEAD, fontweight="bold", va="top",
        )  # fmt: skip
        wide = WIDTH - NAMES - 2 * EDGE
        box = ((NAMES + EDGE) / WIDTH, FOOT / height, wide / WIDTH, inside / height)
        axes = figure.add_axes(box, label="facts")
        _scale(axes, inside)
        down = 0.0
        for use, ids in groups.items():
            _write(axes, GROUPS[use], down + 0.6 * GROUP, weight="bold", colour=MUTED)
            down += GROUP
            for id in ids:
                _write(axes, f"{id}  {drawn[id][0].fact.title}", down + ROW / 2)
                _draw(axes, drawn[id], down)
                down += ROW
        _foot(figure, table, height)
    return figure


def _is_shown(line: FactLine) -> bool:
    return line.value.is_judged and line.model is not None and not math.isnan(line.model.estimate)


def _scale(axes: Axes, inside: float) -> None:
    axes.set_xlim(-REACH - 0.35, REACH + 0.35)
    axes.set_ylim(inside, 0)
    axes.axvspan(-1, 1, color=BAND, zorder=0, gid="tolerance")
    axes.axvline(0, color=INK, linewidth=1.6, zorder=1)
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.set_yticks([])
    axes.set_xticks(
        (-REACH, -1, 0, 1, REACH), ("too\nlow", "lower\nlimit", "data", "upper\nlimit", "too\nhigh")
    )
    axes.tick_params(labelsize=NOTE, length=4, color=MUTED)


def _write(axes: Axes, text: str, down: float, weight: str = "normal", colour: str = INK) -> None:
    across = axes.get_yaxis_transform()
    left = -NAMES / (WIDTH - NAMES - 2 * EDGE)
    axes.text(
        left, down, text, transform=across, fontsize=LABEL, va="center", fontweight=weight, color=colour
    )


def _draw(axes: Axes, lines: Sequence[FactLine], down: float) -> None:
    """Draw the values of one fact, the first above; met as filled circles, missed as open squares."""
    step = SPREAD * ROW / max(1, len(lines) - 1)
    axes.axhline(down + ROW, color=RULE, linewidth=0.6, zorder=0)
    for number, line in enumerate(lines):
        assert line.model is not None
        height = down + ROW / 2 + (number - (len(lines) - 1) / 2) * (step if len(lines) > 1 else 0)
        _mark(axes, line, line.model, height)


def _mark(axes: Axes, line: FactLine, model: Interval, height: float) -> None:
    is_met = line.verdict == MET
    one = look(0 if is_met else 1)
    at, low, high = (position(line.value, one) for one in (model.estimate, model.low, model.high))
    name = f"{line.fact.id}: {line.value.label}: {line.verdict}"
    again = math.nan if line.recount is None else position(line.value, line.recount.estimate)
    if abs(again) <= REACH:
        axes.plot(
            again, height, marker="|", markersize=11, markeredgewidth=1.6, color=MUTED, linestyle="",
            zorder=2, gid="recount",
        )  # fmt: skip
    if abs(at) > REACH:
        end = math.copysign(REACH + 0.15, at)
        axes.plot(
            end, height, marker=">" if at > 0 else "<", markersize=9, color=one.colour, linestyle="",
            markerfacecolor=PAPER, markeredgewidth=1.8, zorder=3, gid=name,
        )  # fmt: skip
        return
    if math.isfinite(low) and math.isfinite(high):
        ends = [max(-REACH, low), min(REACH, high)]
        axes.plot(ends, [height, height], color=one.colour, linewidth=2.0, zorder=2, gid="interval")
    axes.plot(
        at, height, marker="o" if is_met else "s", markersize=8, color=one.colour, linestyle="",
        markerfacecolor=one.colour if is_met else PAPER, markeredgewidth=1.8, zorder=3, gid=name,
    )  # fmt: skip


def _foot(figure: Figure, table: FactTable, height: float) -> None:
    """Write the key and what is drawn below the scale."""
    words = (
        "Band: tolerance around recorded values. Blue circles: met; orange squares and arrows: missed. "
        "Several in a row: the values of one fact, the first above."
    )
    if any(line.recount is not None for line in table.lines):
        words += " Grey strokes: the data, counted again."
    words += f" Weights {table.weights!r}."
    across = (WIDTH - 2 * EDGE) * POINTS
    figure.text(
        EDGE / WIDTH, (EDGE + 1.1) / height, fitted(figure, words, across, 4, NOTE),
        fontsize=NOTE, color=MUTED, va="top",
    )  # fmt: skip
