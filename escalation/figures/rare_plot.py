"""The probability of a rare end: of each rung on the way, and from which rung the last step is made."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from escalation.analysis.splitting import RareEnd, number_words
from escalation.figures.canvas import open_canvas, percent_axis, row_height, top_of
from escalation.figures.captions import redraw
from escalation.figures.style import (
    INK,
    LEFT,
    MARGIN,
    MUTED,
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

HEAD, FOOT, BETWEEN = 0.4, 0.5, 0.5  # inches
NAMES = LEFT + 0.6
FIRST = 0.6
"""Share of the room that the first panel has."""


def plot_rare(found: RareEnd, command: str = "") -> Figure:
    """Draw the probability of every rung up to the one in question, and the origin of its last step.

    Parameters
    ----------
    found
        As `escalation.api.rare` returns it.
    command
        The command that makes the figure, for the caption.
    """
    scenario, one = found.scenario, found.chance
    title = f"How likely is {found.act}?"
    subtitle = f"{scenario.title}. Within {scenario.free_days} days after {scenario.horizon:%-d %B %Y}."
    chosen = f"{len(found.levels)} levels" if found.levels else "no levels in between"
    caption = (
        f"{found.repetitions} repetitions of {found.replications:,} crises per level, {chosen}. Rungs below"
        " the one in question are counted; its own probability is added up at every draw. Right: the part of"
        f" it for which a rung was the highest before the day of the act. {found.caveat} {redraw(command)}"
    ).strip()
    rows = found.rung + 1
    row = row_height(rows)
    tall = rows * row
    with styled():
        canvas = open_canvas(title, subtitle, caption, HEAD + tall + FOOT, _key())
        room = WIDTH - MARGIN - NAMES - BETWEEN - 0.2
        wide = FIRST * room
        axes = canvas.panel("rungs", NAMES, HEAD, wide, tall)
        canvas.head("Probability of an act on the rung or above", NAMES, HEAD - 0.08, wide)
        _draw_rungs(axes, found)
        labels = [scenario.ladder.rungs[rung].label for rung in range(rows)]
        names = [
            fitted(canvas.figure, f"{rung}  {label}", (NAMES - MARGIN - 0.1) * POINTS)
            for rung, label in enumerate(labels)
        ]
        axes.set_yticks(range(rows), names)
        axes.set_ylim(-0.5, rows - 0.5)
        axes.get_yticklabels()[-1].set_fontweight("bold")
        if one.estimate > 0:
            place = (max(float(found.weighed.max()), one.estimate), found.rung)
            axes.annotate(
                number_words(one.estimate), place, (8, 0),
                textcoords="offset points", va="center", fontsize=SMALL, fontweight="bold",
            )  # fmt: skip
        x = NAMES + wide + BETWEEN
        right = canvas.panel("origin", x, HEAD, room - wide, tall)
        canvas.head(f"The step to rung {found.rung} is made from", x, HEAD - 0.08, room - wide)
        _draw_origins(right, found)
        right.set_yticks(range(rows), [])
        right.set_ylim(-0.5, rows - 0.5)
    return canvas.figure


def _draw_rungs(axes: Axes, found: RareEnd) -> None:
    from matplotlib.ticker import FuncFormatter

    one = look(0)
    for chance in found.rungs:
        estimates = found.weighed if chance.rung == found.rung else found.counted[:, chance.rung - 1]
        some = estimates[estimates > 0]
        axes.plot(
            some, [chance.rung] * len(some), linestyle="", marker=".", markersize=3, color=MUTED, alpha=0.5,
            clip_on=False, gid="repetitions",
        )  # fmt: skip
        if not chance.estimate > 0:
            continue
        if math.isfinite(chance.low):
            axes.plot(
                [chance.low, chance.high], [chance.rung] * 2, color=one.colour, linewidth=1.6, gid="interval"
            )
        axes.plot(
            chance.estimate, chance.rung, marker=one.marker, markersize=5, color=one.colour, linestyle="",
            clip_on=False, gid=f"rung {chance.rung}",
        )  # fmt: skip
    axes.set_xscale("log")
    least = min((chance.estimate for chance in found.rungs if chance.estimate > 0), default=0.1)
    axes.set_xlim(10.0 ** math.floor(math.log10(least) - 0.3), 1.0)
    axes.minorticks_off()
    axes.xaxis.set_major_formatter(FuncFormatter(lambda p, _: f"{p:g}" if p > 0.0005 else f"{p:.0e}"))
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.set_xlabel("Probability, logarithmic scale", fontsize=SMALL)


def _draw_origins(axes: Axes, found: RareEnd) -> None:
    colour = look(1).colour
    for source in found.sources:
        if math.isnan(source.share):
            continue
        axes.barh(
            source.rung, source.share, height=0.55, color=RULE, edgecolor=INK, linewidth=0.5, gid="part"
        )
        if source.high > source.low:
            axes.plot(
                [source.low, source.high],
                [source.rung] * 2,
                color=colour,
                linewidth=1.6,
                gid="interval",
            )
    highest = max((source.high for source in found.sources if math.isfinite(source.high)), default=1.0)
    percent_axis(axes, "x", 0.0, top_of(highest))
    axes.set_xlabel("Share of the probability", fontsize=SMALL)


def _key() -> list[Entry]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    one, other = look(0), look(1)
    return [
        (Line2D([], [], color=one.colour, marker=one.marker, markersize=5), "estimate and 95% interval"),
        (Line2D([], [], color=MUTED, marker=".", linestyle="", alpha=0.5), "one repetition"),
        (Patch(facecolor=RULE, edgecolor=INK, linewidth=0.5), "share of the probability"),
        (Line2D([], [], color=other.colour), "its 95% interval"),
    ]
