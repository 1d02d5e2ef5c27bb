"""Policies judged under uncertainty: by three rules side by side, and harm against effort."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from escalation.analysis.advice import Advice, Judged
from escalation.figures.canvas import open_canvas, percent_axis, top_of
from escalation.figures.forest import Mark, Panel, plot_forest
from escalation.figures.style import (
    LEFT,
    MARGIN,
    MUTED,
    PAPER,
    POINTS,
    SMALL,
    WIDTH,
    Entry,
    fitted,
    look,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_TALL = 3.6  # inches


def plot_judged(found: Advice, title: str, harm: str, caption: str) -> Figure:
    """Draw what each rule judges a policy by, one panel per rule, with intervals over resampled points.

    Parameters
    ----------
    found
        As `analysis.advice.advise` returns it.
    title, harm, caption
        The question, what counts as harm, and the words below the panels.
    """
    names = ("Expected harm", "Harm in the worst tenth of the points", "Regret where it is greatest")
    panels = []
    for name, attribute in zip(names, ("harm", "worst", "regret"), strict=True):
        marks = [_mark(score.label, getattr(score, attribute)) for score in found.scores]
        panels.append(Panel(name, marks, scale=harm if attribute != "regret" else "points", percent=True))
    points = f"{found.points:,} points of what nobody chooses"
    subtitle = f"{points}; 95% intervals over resampled points and replications"
    return plot_forest(title, subtitle, caption, panels)


def _mark(label: str, judged: Judged) -> Mark:
    # Regret cannot be negative; what is left of noise in its estimate can.
    return Mark(label, "policy", *(max(0.0, value) for value in (judged.value, judged.low, judged.high)))


def plot_front(found: Advice, title: str, harm: str, effort: str, caption: str) -> Figure:
    """Draw expected harm against effort; policies that none dominates are joined by a line.

    Parameters
    ----------
    found
        With the effort of every policy.
    title, harm, effort, caption
        The question, the labels of the two axes, and the words below.
    """
    from matplotlib.lines import Line2D

    places = [(float(score.effort or 0.0), score) for score in found.scores]
    front = sorted((place, score.harm.value) for place, score in places if score.is_efficient)
    looks: list[dict[str, Any]] = [
        {"marker": look(k).marker, "color": look(k).colour, "markersize": 7, "linestyle": "",
         "markerfacecolor": look(k).colour if score.is_efficient else PAPER}
        for k, score in enumerate(found.scores)
    ]  # fmt: skip
    key: list[Entry] = [
        (Line2D([], [], **how), score.label) for how, score in zip(looks, found.scores, strict=True)
    ]
    subtitle = (
        "Filled: no other policy has less harm without more effort; these are joined. Bars: 95% intervals."
    )
    with styled():
        canvas = open_canvas(title, subtitle, caption, _TALL + 0.5, key)
        wide = WIDTH - LEFT - MARGIN
        axes = canvas.panel("front", LEFT, 0.0, wide, _TALL)
        axes.plot(*zip(*front, strict=True), color=MUTED, linewidth=1.0, linestyle=(0, (4, 2)), gid="front")
        furthest = max(place for place, _ in places)
        for how, (place, score) in zip(looks, places, strict=True):
            axes.plot([place] * 2, [score.harm.low, score.harm.high], color=how["color"], linewidth=1.4)
            axes.plot(place, score.harm.value, **how, zorder=3)
        percent_axis(axes, "y", 0.0, top_of(max(score.harm.high for score in found.scores)))
        axes.set_xlim(-0.02 * furthest - 0.01, 1.05 * furthest + 0.01)
        axes.set_xlabel(fitted(canvas.figure, effort, wide * POINTS), fontsize=SMALL)
        axes.set_ylabel(fitted(canvas.figure, harm, _TALL * POINTS, 2), fontsize=SMALL)
    return canvas.figure
