"""The odds of the outcome of one crisis by date, with its acts and the days that moved the odds most.

Bars show where the odds were at the end of each day; below them the odds of force or worse with their
interval, then who acted, then what moved the odds on the numbered days.
"""

from __future__ import annotations

from string import ascii_uppercase
from typing import TYPE_CHECKING

import numpy as np

from escalation.crisis.explanation import CourseExplained, widest_half
from escalation.crisis.turns import BEFORE_ALL, Turn
from escalation.crisis.wording import CAVEAT
from escalation.crisis.words import points
from escalation.figures.canvas import TINY, percent_axis
from escalation.figures.captions import redraw
from escalation.figures.outcomes import CLASS_COLOURS
from escalation.figures.style import (
    DATA,
    DPI,
    HISTORY,
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
    Lane,
    date_ticks,
    first_row_free,
    fitted,
    glyph,
    look,
    stack,
    styled,
    text_width,
    uncovered,
)
from escalation.language import date_words
from escalation.stats.intervals import wilson
from escalation.vocabulary import FORCE_GOING_ON, OUTCOME_CLASSES, OUTCOME_WORDS, OUTCOMES

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

ODDS, FORCE, ROW = 2.9, 1.0, 0.19  # inches
FORCEFUL = FORCE_GOING_ON + 1
"""Outcome classes from the worst on in which force is used on simulated days."""


def plot_course(found: CourseExplained, command: str = "") -> Figure:
    """Draw the odds of the outcome by date.

    Parameters
    ----------
    found
        As `explain_crisis` returns it without a date.
    command
        The command that draws the figure again, for the caption.

    Returns
    -------
    Figure
        To be written by `escalation.figures.style.save`. Its axes are its lanes, labelled by name.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    scenario = found.run.scenario
    uncovered([scenario.title, *map(scenario.label, (*scenario.states, *scenario.mediators))])
    with styled():
        figure = Figure(figsize=(WIDTH, WIDTH), dpi=DPI)
        FigureCanvasAgg(figure)
        lanes = [
            Lane("Odds", ODDS, lambda axes: _draw_odds(axes, found)),
            Lane("Force or worse", FORCE, lambda axes: _draw_force(axes, found)),
            *_act_lanes(figure, found),
        ]
        title = f"How the odds moved: {scenario.title}"
        axes = stack(figure, title, _subtitle(found), lanes, _key(found, figure), _caption(found, command))
        last = lanes[-1].name
        for lane, here in zip(lanes, axes, strict=True):
            _lay_dates(here, found, is_last=lane.name == last)
            lane.draw(here)
        _name_regions(figure, axes[0], found)
    return figure


def _subtitle(found: CourseExplained) -> str:
    odds, run = found.odds, found.run
    shares = odds.shares.estimate
    k = OUTCOMES.index(run.result.outcome or OUTCOMES[-1])
    at_horizon = shares[run.scenario.horizon_day - odds.first, k]
    return (
        f"It ended in {OUTCOME_CLASSES[k].noun}; of {odds.count:,} crises that go on from the end of the "
        f"record, {at_horizon:.0%} end so."
    )


def _caption(found: CourseExplained, command: str) -> str:
    run, half = found.run, f"{widest_half(found.odds):.1f}"
    return (
        f"Odds at the end of each day: shares of {found.odds.count:,} crises in which the model plays all "
        f"sides from there on, with common random numbers; 95% intervals of at most ±{half} points (Wilson). "
        "On days of the record, had the model played on from there, for the outcome of the days that follow. "
        "Digits: the highest rung of an actor's acts on the day; dots: acts on rung 0, such as mediation. "
        f"Seed {run.seed}, replication {run.replication}. {CAVEAT} {redraw(command)}"
    ).rstrip()


def _key(found: CourseExplained, figure: Figure) -> list[list[Entry]]:
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    classes: list[Entry] = [
        (Patch(facecolor=each.colour, edgecolor=INK, linewidth=0.5), each.label) for each in OUTCOME_CLASSES
    ]
    room = (WIDTH - 2 * MARGIN) * POINTS - 30
    turns: list[Entry] = []
    for letter, turn in zip(ascii_uppercase, found.turns, strict=False):
        sample = Line2D(
            [], [], color=INK, linestyle="", marker=glyph(letter), markersize=6, markeredgewidth=0
        )
        turns.append((sample, fitted(figure, turn_text(found, turn), room, 2)))
    return [classes, turns]


def turn_text(found: CourseExplained, turn: Turn) -> str:
    """Return a turning point in a line: its date, what moved the odds most, and by how much."""
    date = date_words(found.run.scenario.date_of(turn.day))
    shift = f"{OUTCOME_WORDS[turn.outcome]} {turn.before:.0%} to {turn.after:.0%}"
    return f"{date}: {shift}; {points(turn.heaviest.change)} points by: {turn.heaviest.says}"


def _draw_odds(axes: Axes, found: CourseExplained) -> None:
    """Draw a bar per day, the worst class at the bottom, and the letters of turning points above."""
    odds, shares = found.odds, found.odds.shares.estimate
    days = list(odds.days)
    base = np.zeros(len(days))
    for k, name in enumerate(OUTCOMES):
        axes.bar(
            days, shares[:, k], bottom=base, width=1.0, color=CLASS_COLOURS[name], linewidth=0, zorder=2,
            gid=name,
        )  # fmt: skip
        base = base + shares[:, k]
    percent_axis(axes, "y", 0, 1)
    axes.tick_params(labelsize=SMALL)
    axes.set_ylabel("odds of the outcome", fontsize=SMALL)
    per_day = DATA * POINTS / len(days)
    rows = first_row_free([(turn.day * per_day - 6, turn.day * per_day + 6) for turn in found.turns])
    for letter, turn, row in zip(ascii_uppercase, found.turns, rows, strict=False):
        at = (turn.day, 0.93 - 0.08 * row)
        axes.axvline(turn.day - 0.5, color=PAPER, linewidth=1.4, zorder=3)
        axes.axvline(turn.day - 0.5, color=INK, linewidth=0.8, dashes=(2, 1.5), zorder=4, gid="turning point")
        axes.plot(*at, marker="o", markersize=10, markerfacecolor=PAPER, markeredgecolor=INK, zorder=5)
        axes.text(*at, letter, ha="center", va="center_baseline", fontsize=TINY, zorder=6)


def _draw_force(axes: Axes, found: CourseExplained) -> None:
    """Draw the odds of the classes with force, with their interval."""
    odds = found.odds
    forced = odds.counts[:, :FORCEFUL].sum(axis=1)
    share = wilson(forced, odds.count)
    days = list(odds.days)
    axes.fill_between(days, share.low, share.high, color=MUTED, alpha=0.35, linewidth=0, zorder=2)
    axes.plot(days, share.estimate, color=INK, linewidth=1.2, zorder=3, gid="force or worse")
    percent_axis(axes, "y", 0, 1.04)
    axes.set_yticks([0.0, 0.5])  # a label at the top would run into that of the lane above
    axes.tick_params(labelsize=SMALL)
    axes.set_ylabel("force or\nworse", fontsize=SMALL)


def highest_acts(found: CourseExplained) -> dict[str, dict[int, int]]:
    """Return the highest rung of each actor's acts by day, without holds."""
    run = found.run
    acts = [run.scenario.ladder.acts[name] for name in run.index.acts]
    highest: dict[str, dict[int, int]] = {name: {} for name in run.index.actors}
    for decision in run.decisions:
        if decision.choice.target >= 0:
            rung, days = acts[decision.choice.act].rung, highest[run.index.actors[decision.actor]]
            days[decision.day] = max(rung, days.get(decision.day, 0))
    return highest


def _draw_acts(axes: Axes, acts: dict[int, int], number: int, points_per_day: float) -> None:
    style = look(number)
    size = min(SMALL, max(4.5, 1.25 * points_per_day))
    axes.set_ylim(0, 1)
    for day, rung in acts.items():
        if rung:
            axes.text(
                day, 0.5, str(rung), ha="center", va="center", fontsize=size, fontweight="bold",
                color=style.colour, clip_on=False,
            )  # fmt: skip
        else:
            axes.plot(day, 0.5, marker="o", markersize=2.6, color=style.colour, linestyle="")


def _act_lanes(figure: Figure, found: CourseExplained) -> list[Lane]:
    points_per_day = DATA * POINTS / len(found.odds.outcomes)
    lanes = []
    for number, (actor, acts) in enumerate(highest_acts(found).items()):
        text = fitted(figure, found.run.scenario.label(actor), (LEFT - MARGIN) * POINTS - 8)

        def draw(axes: Axes, acts: dict[int, int] = acts, number: int = number, text: str = text) -> None:
            _draw_acts(axes, acts, number, points_per_day)
            axes.set_yticks([0.5], [text], fontsize=SMALL)
            axes.tick_params(axis="y", length=0)

        lanes.append(Lane(f"Acts of {actor}", ROW, draw))
    return lanes


def _lay_dates(axes: Axes, found: CourseExplained, is_last: bool) -> None:
    scenario = found.run.scenario
    axes.set_xlim(BEFORE_ALL - 0.5, scenario.last_day + 0.5)
    date_ticks(axes, scenario.start, scenario.last_day + 1, single_days=is_last)
    axes.tick_params(axis="x", which="both", bottom=is_last, labelbottom=is_last, labelsize=SMALL)
    axes.set_yticks([])
    axes.set_axisbelow(True)
    axes.axvspan(BEFORE_ALL - 0.5, scenario.horizon_day + 0.5, color=HISTORY, linewidth=0, zorder=0)
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    axes.axvline(scenario.horizon_day + 0.5, color=PAPER, linewidth=2.4, zorder=3)
    axes.axvline(scenario.horizon_day + 0.5, color=INK, linewidth=1.2, dashes=(4, 2), zorder=4, gid="horizon")


def _name_regions(figure: Figure, axes: Axes, found: CourseExplained) -> None:
    """Label the days of the record and the simulated days above the uppermost lane."""
    scenario = found.run.scenario
    days = len(found.odds.outcomes)
    for start, end, name in (
        (BEFORE_ALL - 0.5, scenario.horizon_day + 0.5, "As it happened"),
        (scenario.horizon_day + 0.5, scenario.last_day + 0.5, "Simulated"),
    ):
        if text_width(figure, name, SMALL, "bold") <= (end - start) * DATA * POINTS / days - 6:
            axes.annotate(
                name, (start, 1), (2, 3), xycoords=("data", "axes fraction"), annotation_clip=False,
                textcoords="offset points", fontsize=SMALL, fontweight="bold",
            )  # fmt: skip
