"""Why an actor acted: a hazard from what it is at rest to the day's, and the odds to the next best acts.

Bars are factors on a logarithmic scale: each begins where the one before it ends, so that their lengths
compare and the last end is the product. Small terms share a bar, as they share a factor in the text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from escalation.crisis.play import Run
from escalation.crisis.reasoning import Account, Waterfall, odds_words
from escalation.crisis.wording import COURSE_CAVEAT, OTHERS
from escalation.crisis.words import BASES, LEAST_FACTOR, amount, chance, term_words
from escalation.figures.canvas import TINY, Canvas, open_canvas
from escalation.figures.captions import redraw
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
    styled,
    uncovered,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RAISES, LOWERS, WHOLE = "#C4501B", "#9CC8E4", "#5A5A5A"
"""Of factors above and below 1, and of what they come to: 107, 190 and 90 of 255 in greyscale; the last has
a row of its own."""

HAZARDS = (
    "0.00001", "0.0001", "0.001", "0.003", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5", "1", "2", "5", "10",
    "100",
)  # fmt: skip
ODDS = {
    12: ("1/10", "1/4", "1/2", "1", "2", "4", "10"),
    300: ("1/100", "1/30", "1/10", "1/3", "1", "3", "10", "30", "100"),
    10_000: ("1/1000", "1/100", "1/10", "1", "10", "100", "1000"),
    math.inf: ("1/1000000", "1/10000", "1/100", "1", "100", "10000", "1000000"),
}
"""Ticks on the axis of odds, by how far it extends at most."""

Words = Callable[[float], str]

ROW = 0.24  # inches
HEAD, FOOT, BETWEEN = 0.5, 0.4, 0.1
ROOM = 0.55  # inches right of the bars for a factor
MOST_ROWS = 12
VISIBLE = 0.01
"""What the other terms must come to, on either side of 0, to have a row of their own."""


@dataclass(frozen=True)
class Bar:
    """One row of a waterfall."""

    label: str
    start: float
    end: float
    is_whole: bool = False
    """Whether it begins the waterfall or is what it comes to."""


def plot_account(run: Run, account: Account, command: str = "") -> Figure:
    """Draw the terms of one decision.

    Parameters
    ----------
    run
        The crisis.
    account
        One of its decisions, with at least one waterfall.
    command
        The command that draws the figure again, for the caption.

    Returns
    -------
    Figure
        To be written by `escalation.figures.style.save`. A panel per hazard, one below the other, then one
        per rival act, side by side with common rows.
    """
    hazards = [fall for fall in account.waterfalls if fall.stage == "when"]
    contests = [fall for fall in account.waterfalls if fall.stage == "what"]
    date = run.scenario.date_of(account.decision.day)
    uncovered([run.scenario.title, account.says])
    with styled():
        stacks = [hazard_bars(fall, account) for fall in hazards]
        compared = contest_stacks(contests)
        heights = [len(bars) * ROW for bars in [*stacks, *compared[:1]]]
        tall = sum(HEAD + height + FOOT for height in heights) + BETWEEN * max(0, len(heights) - 1)
        canvas = open_canvas(
            f"{date}: {account.says}", _subtitle(run, account), _caption(run, account, command), tall, _key()
        )
        y = 0.0
        ends = [end for bars in stacks for bar in bars for end in (bar.start, bar.end)]
        span = (min(ends) - 0.3, max(ends) + 0.3) if ends else (0.0, 1.0)
        for fall, bars, height in zip(hazards, stacks, heights, strict=False):
            _hazard_panel(canvas, fall, bars, span, y + HEAD, height)
            y += HEAD + height + FOOT + BETWEEN
        if contests:
            _contest_panels(canvas, contests, compared, y + HEAD, heights[-1])
    return canvas.figure


def _subtitle(run: Run, account: Account) -> str:
    decision = account.decision
    actor = run.scenario.label(account.actor)
    if decision.clock is None and account.acted:
        return f"An answer to an offer, with probability {chance(decision.choice.probability)}."
    hold = chance(decision.hold_probability)
    if not account.acted:
        return f"The probability that {actor} would do nothing at this moment was {hold}. What did not come:"
    return (
        f"The probability that {actor} would do nothing at this moment was {hold}; that an act of this kind "
        f"came, {chance(math.exp(decision.log_when))}; that it was this one, given such an act, "
        f"{chance(math.exp(decision.log_what))}."
    )


def _caption(run: Run, account: Account, command: str) -> str:
    parts = ["Each bar multiplies what the bars above it come to."]
    if any(fall.stage == "what" for fall in account.waterfalls):
        parts.append(
            "The odds compare with the next best acts of the same kind; terms that are equal cancel."
        )
    parts.append(f"Terms of less than {math.expm1(LEAST_FACTOR):.0%} are among the others: see terms.csv.")
    parts.append(f"{run.scenario.title.rstrip('.')}. Seed {run.seed}, replication {run.replication}.")
    return " ".join([*parts, COURSE_CAVEAT, redraw(command)]).rstrip()


def _key() -> list[Entry]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    edge: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.5}
    return [
        (Patch(facecolor=RAISES, **edge), "raises"),
        (Patch(facecolor=LOWERS, **edge), "lowers"),
        (Line2D([], [], linestyle="", marker="D", markersize=5, color=WHOLE), "where it begins and ends"),
    ]


def _split(factors: Sequence[tuple[str, float]]) -> tuple[list[tuple[str, float]], float]:
    """Return the terms that have a bar, the heaviest first, and the sum of the others."""
    ordered = sorted(factors, key=lambda one: -abs(one[1]))
    shown = [one for one in ordered if abs(one[1]) >= LEAST_FACTOR][:MOST_ROWS]
    return shown, math.fsum(value for _, value in factors) - math.fsum(value for _, value in shown)


def hazard_bars(fall: Waterfall, account: Account) -> list[Bar]:
    """Return the rows of a hazard: at rest, its terms, the hazard of the day."""
    clock = account.decision.clock
    lull = clock.lull if clock is not None else 0
    at = math.fsum(value for name, value in fall.factors if name in BASES)
    bars = [Bar("at rest", at, at, is_whole=True)]
    shown, rest = _split([one for one in fall.factors if one[0] not in BASES])
    named = [(term_words(name, lull), value) for name, value in shown]
    for label, value in [*named, *([(OTHERS, rest)] if abs(rest) >= VISIBLE else [])]:
        bars.append(Bar(label, at, at + value))
        at += value
    return [*bars, Bar("on the day", fall.total, fall.total, is_whole=True)]


def shared_names(contests: Sequence[Waterfall]) -> list[str]:
    """Return the terms that weigh in any of several comparisons, the heaviest first."""
    heaviest: dict[str, float] = {}
    for fall in contests:
        for name, value in _split(fall.factors)[0]:
            heaviest[name] = max(abs(value), heaviest.get(name, 0.0))
    return sorted(heaviest, key=lambda name: -heaviest[name])[:MOST_ROWS]


def contest_stacks(contests: Sequence[Waterfall]) -> list[list[Bar]]:
    """Return the rows of several comparisons, the same for all; that of the others only where it shows."""
    names = shared_names(contests)
    stacks = [contest_bars(fall, names) for fall in contests]
    if all(abs(bars[-2].end - bars[-2].start) < VISIBLE for bars in stacks):
        stacks = [[*bars[:-2], bars[-1]] for bars in stacks]
    return stacks


def contest_bars(fall: Waterfall, names: Sequence[str]) -> list[Bar]:
    """Return the rows of odds, with these terms: the others have the last but one, if there are any."""
    values = dict(fall.factors)
    at, bars = 0.0, []
    for name in names:
        value = values.get(name, 0.0)
        bars.append(Bar(term_words(name), at, at + value))
        at += value
    bars.append(Bar(OTHERS, at, fall.total))
    return [*bars, Bar("odds", fall.total, fall.total, is_whole=True)]


def _hazard_panel(
    canvas: Canvas, fall: Waterfall, bars: Sequence[Bar], span: tuple[float, float], y: float, tall: float
) -> None:
    wide = WIDTH - MARGIN - LEFT - ROOM
    axes = canvas.panel(fall.of, LEFT, y, wide, tall)
    of = fall.of[:1].upper() + fall.of[1:]
    said = f"{of}: {amount(fall.total)} per day, a probability of {chance(fall.probability)}"
    canvas.head(said, LEFT, y - 0.12, wide)
    _lay(axes, _row_names(canvas, bars), bars, *span, amount)
    _log_ticks(axes, *span, HAZARDS)
    axes.set_xlabel("hazard per day, logarithmic scale", fontsize=TINY, color=MUTED)


def _contest_panels(
    canvas: Canvas, contests: Sequence[Waterfall], stacks: Sequence[Sequence[Bar]], y: float, tall: float
) -> None:
    ends = [end for bars in stacks for bar in bars for end in (bar.start, bar.end)]
    far = max(1.0, *map(abs, ends)) + 0.3
    gap = 0.35
    each = (WIDTH - MARGIN - LEFT - ROOM - gap * (len(contests) - 1)) / len(contests)
    for place, (fall, bars) in enumerate(zip(contests, stacks, strict=True)):
        x = LEFT + place * (each + gap)
        axes = canvas.panel(fall.against, x, y, each, tall)
        said = f"Odds {odds_words(fall.total)} to: {fall.against} ({chance(fall.probability)})"
        canvas.head(said, x, y - 0.12, each, 3)
        texts = _row_names(canvas, bars) if place == 0 else [""] * len(bars)
        _lay(axes, texts, bars, -far, far, odds_words)
        axes.axvline(0, color=INK, linewidth=0.8, zorder=1)
        _log_ticks(axes, -far, far, next(ticks for end, ticks in ODDS.items() if far <= math.log(end)))
        axes.set_xlabel("odds to that act", fontsize=TINY, color=MUTED)


def _lay(
    axes: Axes, texts: Sequence[str], bars: Sequence[Bar], low: float, high: float, whole: Words
) -> None:
    """Draw the rows from the top, with a factor next to each bar; `whole` words what they come to."""
    axes.set_xlim(low, high)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    axes.set_yticks(range(len(bars)), texts, fontsize=SMALL)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for row, (bar, after) in enumerate(zip_longest(bars, bars[1:])):
        if after is not None:
            axes.plot([bar.end, bar.end], [row, row + 1], color=MUTED, linewidth=0.6, zorder=2)
        value = bar.end - bar.start
        if bar.is_whole:
            axes.plot(bar.end, row, marker="D", markersize=5, color=WHOLE, zorder=4, clip_on=False)
            text = whole(bar.end)
        elif abs(value) < VISIBLE:
            continue
        else:
            axes.barh(
                row, value, left=bar.start, height=0.62, color=RAISES if value > 0 else LOWERS,
                edgecolor=INK, linewidth=0.5, zorder=3, gid=bar.label,
            )  # fmt: skip
            text = f"× {amount(value)}"
        # Beyond the middle a text is on the inner side, so that it does not leave the panel.
        is_right = max(bar.start, bar.end) < low + 0.8 * (high - low)
        at = max(bar.start, bar.end) if is_right else min(bar.start, bar.end)
        weight = "bold" if bar.is_whole else "normal"
        axes.annotate(
            text, (at, row), (6 if is_right else -6, 0), textcoords="offset points", va="center",
            ha="left" if is_right else "right", fontsize=TINY, fontweight=weight,
            annotation_clip=False, zorder=5, bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip


def _row_names(canvas: Canvas, bars: Sequence[Bar]) -> list[str]:
    room = (LEFT - MARGIN) * POINTS - 8
    return [fitted(canvas.figure, bar.label, room) for bar in bars]


def _log_ticks(axes: Axes, low: float, high: float, texts: Sequence[str]) -> None:
    """Label positions on an axis of logarithms by what they are the logarithms of."""
    ticks = [(math.log(float(Fraction(text))), text) for text in texts]
    shown = [(at, text) for at, text in ticks if low <= at <= high]
    axes.set_xticks([at for at, _ in shown], [text for _, text in shown])
    axes.tick_params(axis="x", labelsize=TINY)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
