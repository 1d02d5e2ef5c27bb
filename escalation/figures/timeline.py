"""The timeline of one run: acts and postures on the ladder by date, with incidents, fire and mediation.

From the top: incidents; the ladder, with one line of marks per state on each rung, to keep acts of
different states from hiding one another; nights of border fire; ceasefires; one lane per mediator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from escalation.crisis.play import CeasefireSpan, Run
from escalation.crisis.wording import COURSE_CAVEAT
from escalation.crisis.words import outcome_words, settlement_words
from escalation.figures.captions import redraw
from escalation.figures.course import (
    Sign,
    acts_on_rungs,
    ceasefires,
    days_with,
    incidents,
    postures,
    signs,
    talks,
)
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
from escalation.vocabulary import EFFECT_ROLES, MEDIATION_EFFECTS, RUNGS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INCIDENTS = "Incidents"
ROW, RUNG = 0.17, 0.4  # inches: per row of signs, per rung of the ladder
NAME_ROOM = (LEFT - MARGIN) * POINTS - 6

SIGNS = sorted(MEDIATION_EFFECTS, key=lambda effect: EFFECT_ROLES[effect].takers != "mediators")
"""The effects that have a sign, a mediator's first."""

INSIDE = {"^": -0.13, "v": 0.13}  # how far up, in sizes, a triangle has the most room for a sign
INCIDENT: Any = (8, 1, 0)  # a star of eight points
MOST_PAIRS = 3  # with a lane each
ENDS = {"agreement": ("*", 1.25), "no agreement": ("|", 1.1)}
TALKS: dict[str, Any] = {"facecolor": "#B8B8B8", "edgecolor": INK, "linewidth": 0.8, "zorder": 3}
CEASEFIRE: dict[str, Any] = {**TALKS, "facecolor": PAPER, "hatch": "//////"}
BREAKS_DOWN: dict[str, Any] = {
    "marker": "x", "markersize": 6, "markeredgewidth": 1.6, "color": INK, "zorder": 4,
}  # fmt: skip


def plot_timeline(run: Run, command: str = "") -> Figure:
    """Draw one run: its acts and postures on the ladder by date, and its mediation below.

    Parameters
    ----------
    run
        As `escalation.crisis.play.play` returns it.
    command
        The command that draws the figure again, for the caption.

    Returns
    -------
    Figure
        To be written by `escalation.figures.style.save`. Its axes are its lanes, labelled by name; its
        height depends on their contents.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    uncovered(texts_of(run))
    with styled():
        figure = Figure(figsize=(WIDTH, WIDTH), dpi=DPI)
        FigureCanvasAgg(figure)
        lanes = _lanes(figure, run)
        axes = stack(figure, run.scenario.title, _subtitle(run), lanes, _key(run), _caption(run, command))
        for lane, here in zip(lanes, axes, strict=True):
            _lay_dates(here, run, lane, is_last=here is axes[-1])
            lane.draw(here)
        _name_regions(figure, axes[0], run)
    return figure


def texts_of(run: Run) -> Iterator[str]:
    """Yield the texts of the scenario that the figure shows."""
    scenario = run.scenario
    yield scenario.title
    yield from (scenario.label(actor) for actor in (*scenario.states, *scenario.mediators))
    yield from (rung.label for rung in scenario.ladder.rungs.values())
    yield from (text for _, text in incidents(run))


def _subtitle(run: Run) -> str:
    scenario = run.scenario
    if not scenario.free_days:
        days = f"{date_words(scenario.start)} to {date_words(scenario.horizon)}"
        return f"As it happened, {days}; nothing is simulated."
    first = date_words(scenario.date_of(scenario.horizon_day + 1))
    days = f"{scenario.free_days} simulated day{'s' if scenario.free_days > 1 else ''} from {first}"
    settled = [settlement_words(run, entry) for entry in run.result.settlements if entry.date]
    if len(settled) > 2:
        settled = [f"{len(settled)} of {len(run.result.settlements)} pairs reached a ceasefire or agreement."]
    return " ".join([f"{outcome_words(run.result)}, after {days}.", *settled])


def _caption(run: Run, command: str) -> str:
    several = len(run.scenario.rivalries) > 1
    toward = ", toward the rival for whom it is highest" if several else ""
    return (
        f"Marks are acts, on their rungs; lines are each state's posture at the end of the day{toward}. "
        f"Seed {run.seed}, replication {run.replication}. {COURSE_CAVEAT} {redraw(command)}"
    ).rstrip()


def _day_points(run: Run) -> float:
    """Return the width of a day in points."""
    return DATA * POINTS / (run.scenario.last_day + 1)


def _ground(run: Run, day: int) -> str:
    """Return the background colour of a day."""
    return HISTORY if day <= run.scenario.horizon_day else PAPER


def _lay_dates(axes: Axes, run: Run, lane: Lane, is_last: bool) -> None:
    """Set the dates of a lane: day k from k - 0.5 to k + 0.5, with history shaded up to the horizon."""
    scenario = run.scenario
    days = scenario.last_day + 1
    axes.set_xlim(-0.5, days - 0.5)
    date_ticks(axes, scenario.start, days, single_days=is_last)
    axes.tick_params(axis="x", which="both", bottom=is_last, labelbottom=is_last, labelsize=SMALL)
    axes.set_yticks([])
    axes.set_axisbelow(True)
    axes.axvspan(-0.5, scenario.horizon_day + 0.5, color=HISTORY, linewidth=0, zorder=0)
    if lane.name == INCIDENTS:
        return  # lines would run through the texts
    axes.grid(axis="x", color=RULE, linewidth=0.5)
    if scenario.free_days:
        axes.axvline(
            scenario.horizon_day + 0.5, color=INK, linewidth=1.2, dashes=(4, 2), zorder=2, gid="horizon"
        )


def _name_regions(figure: Figure, axes: Axes, run: Run) -> None:
    """Label the days of history and the simulated days above the uppermost lane."""
    scenario = run.scenario
    horizon = scenario.horizon_day + 0.5
    regions = [(-0.5, horizon, "As it happened", f", to {date_words(scenario.horizon)}")]
    if scenario.free_days:
        free = date_words(scenario.date_of(scenario.horizon_day + 1))
        regions.append((horizon, scenario.last_day + 0.5, "Simulated", f", from {free}"))
    for start, end, name, more in regions:
        room = (end - start) * _day_points(run) - 6
        for text in (name + more, name):
            if text_width(figure, text, SMALL, "bold") <= room:
                axes.annotate(
                    text, (start, 1), (2, 3), xycoords=("data", "axes fraction"), annotation_clip=False,
                    textcoords="offset points", fontsize=SMALL, fontweight="bold",
                )  # fmt: skip
                break


def _label(
    axes: Axes, text: str, y: float = 0.5, left: float = 6, weight: str = "normal", on: str = "axes fraction"
) -> None:
    """Write a label left of a lane, at a distance in points."""
    axes.annotate(
        text, (0, y), (-left, 0), xycoords=("axes fraction", on), textcoords="offset points", ha="right",
        va="center", fontsize=SMALL, fontweight=weight, linespacing=1.05, annotation_clip=False,
    )  # fmt: skip


def _lanes(figure: Figure, run: Run) -> list[Lane]:
    lanes = [_incident_lane(figure, run), _ladder_lane(figure, run)]
    nights = {pair: partial(_draw_nights, days=days) for pair, days in days_with(run, "border_fire").items()}
    lanes += _pair_lanes(figure, run, "border_fire", "Border fire at night", nights)
    found = ceasefires(run)
    truces = {pair: partial(_draw_ceasefires, run=run, spans=spans) for pair, spans in found.items()}
    lanes += _pair_lanes(figure, run, "ceasefire", "Ceasefire", truces)
    return lanes + [_mediator_lane(figure, run, mediator) for mediator in range(len(run.index.mediators))]


def _incident_lane(figure: Figure, run: Run) -> Lane:
    """Lay out the incidents: a star on the day, with a short text next to it."""
    day_points, across = _day_points(run), DATA * POINTS
    happened = [(day, fitted(figure, says, 0.42 * across)) for day, says in incidents(run)]
    if len(happened) > 12:  # texts would fill the figure
        happened = [(day, "") for day, _ in happened]
    spans, is_right = [], []
    for day, text in happened:
        centre = (day + 0.5) * day_points
        wide = text_width(figure, text, SMALL) + 13
        is_right.append(centre + wide <= across)
        spans.append((centre - 6, centre + wide) if is_right[-1] else (centre - wide, centre + 6))
    rows = first_row_free(spans)
    count = max(rows, default=0) + 1

    def draw(axes: Axes) -> None:
        axes.set_ylim(-count, 0)
        _label(axes, INCIDENTS)
        for (day, text), right, row in zip(happened, is_right, rows, strict=True):
            at = (day, -row - 0.5)
            axes.plot(*at, marker=INCIDENT, color=INK, markersize=7.5, linestyle="", clip_on=False)
            axes.annotate(
                text, at, (6 if right else -7, 0), textcoords="offset points",
                ha="left" if right else "right", va="center", fontsize=SMALL,
            )  # fmt: skip

    return Lane(INCIDENTS, count * ROW, draw)


def _ladder_lane(figure: Figure, run: Run) -> Lane:
    height = max(RUNG, 0.085 * len(run.index.states))
    labels = [fitted(figure, run.scenario.ladder.rungs[n].label, NAME_ROOM - 18, 2) for n in range(RUNGS)]

    def draw(axes: Axes) -> None:
        axes.set_ylim(-0.5, RUNGS - 0.5)
        for rung, label in enumerate(labels):
            axes.axhline(rung - 0.5, color=RULE, linewidth=0.8, zorder=1)
            _label(axes, str(rung), rung, weight="bold", on="data")
            _label(axes, label, rung, left=24, on="data")
        for day, _ in incidents(run):
            axes.axvline(day, color=MUTED, linewidth=0.8, linestyle=":", zorder=1)
        _draw_postures(axes, run)
        _draw_acts(axes, run, height * POINTS)

    return Lane("Ladder", RUNGS * height, draw)


def _draw_postures(axes: Axes, run: Run) -> None:
    """Draw the first states thickest, to stay visible behind the dashes of later ones."""
    thickest = 2.0 if _day_points(run) > 6 else 1.5
    for i, values in postures(run).items():
        style, name = look(i), run.scenario.label(run.index.states[i])
        axes.plot(
            values, color=style.colour, linestyle=style.line, linewidth=max(1.0, thickest - 0.3 * i),
            zorder=3, label=name, gid=f"posture of {name}",
        )  # fmt: skip


def _draw_acts(axes: Axes, run: Run, rung_points: float) -> None:
    """Draw the acts, each state on its own line of a rung: filled if forced, open if chosen."""
    from matplotlib.patheffects import withStroke

    states = len(run.index.states)
    apart = min(0.4, 0.84 / states)
    line_points, day_points = apart * rung_points, _day_points(run)
    size = min(6.2, max(3.6, 0.75 * line_points), max(3.6, 0.8 * day_points))
    acts = acts_on_rungs(run)
    for (state, day, rung, forced), count in acts.items():
        style = look(state)
        at = (day, rung + apart * ((states - 1) / 2 - state))
        later = [d for s, d, r, _ in acts if (s, r) == (state, rung) and d > day]
        has_room = (min(later, default=day + 99) - day) * day_points >= size + 5
        # Where the next day leaves no room for the number, a larger mark shows that there are several acts.
        scale = 1.0 if has_room else min(1.5, count**0.5)
        axes.plot(
            *at, marker=style.marker, markersize=size * scale, linestyle="", markeredgecolor=style.colour,
            markerfacecolor=style.colour if forced else PAPER, markeredgewidth=1.3 if size > 4 else 1.0,
            zorder=4, clip_on=False, gid=f"acts: {count}",
        )  # fmt: skip
        if count > 1 and has_room:
            axes.annotate(
                str(count), at, (size / 2 + 1, 0.6), textcoords="offset points", color=style.colour, zorder=5,
                fontsize=min(6.5, line_points), fontweight="bold", annotation_clip=False,
            ).set_path_effects([withStroke(linewidth=2, foreground=_ground(run, day))])  # fmt: skip


def _pair_lanes(
    figure: Figure, run: Run, field: str, name: str, found: Mapping[tuple[int, int], Callable[[Axes], None]]
) -> list[Lane]:
    """Return one lane per pair or, for more than `MOST_PAIRS`, a single lane with daily counts."""
    states, pairs = [run.scenario.label(state) for state in run.index.states], len(run.scenario.rivalries)
    draws: list[tuple[str, Callable[[Axes], None]]]
    if pairs == 1 or not found:
        draws = [(name, next(iter(found.values()), lambda axes: None))]
    elif len(found) <= MOST_PAIRS:
        draws = [(f"{name}: {states[i]}, {states[j]}", inner) for (i, j), inner in found.items()]
    else:
        counts = Counter(day for days in days_with(run, field).values() for day in days)
        draws = [
            (f"{name}: number of pairs out of {pairs}", partial(_draw_counts, counts=counts, most=pairs))
        ]

    def draw(text: str, height: float, inner: Callable[[Axes], None], axes: Axes) -> None:
        axes.set_ylim(0.5 - height / ROW / 2, 0.5 + height / ROW / 2)
        _label(axes, text)
        inner(axes)

    made = []
    for label, inner in draws:
        text = fitted(figure, label, NAME_ROOM, 2)
        height = ROW * (1.6 if "\n" in text else 1)
        made.append(Lane(label, height, partial(draw, text, height, inner)))
    return made


def _draw_nights(axes: Axes, days: Sequence[int]) -> None:
    axes.vlines(days, 0.18, 0.82, color=INK, linewidth=1.4, zorder=3)


def _draw_ceasefires(axes: Axes, run: Run, spans: Sequence[CeasefireSpan]) -> None:
    """Draw bars over the days that end with a ceasefire in force, and a mark on each day it breaks down.

    One that breaks down on its first day has half a day.
    """
    from matplotlib.patheffects import withStroke

    for span in spans:
        end = run.scenario.last_day + 0.5 if span.ended is None else max(span.ended - 0.5, span.first)
        axes.broken_barh([(span.first - 0.5, end - span.first + 0.5)], (0.2, 0.6), **CEASEFIRE)
    for span in spans:
        if span.ended is not None:
            axes.plot(
                span.ended, 0.5, **BREAKS_DOWN, linestyle="", clip_on=False, gid="ceasefire breaks down",
                path_effects=[withStroke(linewidth=3.5, foreground=_ground(run, span.ended))],
            )  # fmt: skip


def _draw_counts(axes: Axes, counts: Counter[int], most: int) -> None:
    axes.set_ylim(0, most)
    axes.bar(list(counts), list(counts.values()), width=1, color=MUTED, zorder=3)


def _mediator_lane(figure: Figure, run: Run, mediator: int) -> Lane:
    """Lay out a mediator's talks and the signs of requests, offers and replies without overlap."""
    size = min(9.0, max(6.5, 0.8 * _day_points(run)))
    half = 0.52 * size / _day_points(run)
    held, moves = talks(run, mediator), signs(run, mediator)
    spans = [(one.first - 0.5, one.last + half) for one in held]
    spans += [(sign.day - half, sign.day + half) for sign in moves]
    rows = first_row_free(spans)
    count = max(rows, default=0) + 1
    name = f"Mediation by {run.scenario.label(run.index.mediators[mediator])}"
    style = run.scenario.mediators[run.index.mediators[mediator]].style
    text = fitted(figure, f"{name} ({style})", NAME_ROOM, 2)

    def draw(axes: Axes) -> None:
        axes.set_ylim(-count, 0)
        _label(axes, text)
        for one, row in zip(held, rows, strict=False):
            end = one.last + (0.5 if one.end == "open" else 0)
            axes.broken_barh([(one.first, end - one.first)], (-row - 0.72, 0.44), **TALKS)
            if one.end in ENDS:
                marker, tall = ENDS[one.end]
                axes.plot(
                    end, -row - 0.5, marker=marker, color=INK, markersize=size * tall, markeredgewidth=2,
                    linestyle="", zorder=4, clip_on=False, gid=one.end,
                )  # fmt: skip
        for sign, row in zip(moves, rows[len(held) :], strict=True):
            _draw_sign(axes, sign, -row - 0.5, size, _ground(run, sign.day))

    return Lane(name, max(count * max(ROW, 1.2 * size / POINTS), 0.27 if "\n" in text else 0), draw)


def _draw_sign(axes: Axes, sign: Sign, y: float, size: float, ground: str) -> None:
    """Draw an act of mediation: a letter for a mediator's, a sign inside the state's shape for a state's."""
    from matplotlib.patheffects import withStroke
    from matplotlib.transforms import ScaledTranslation

    colour, inner, up = INK, 0.68, 0.0
    if sign.state >= 0:
        style = look(sign.state)
        colour, inner, up = style.colour, 0.58, INSIDE.get(style.marker, 0) * size / POINTS
        axes.plot(
            sign.day, y, marker=style.marker, markersize=size, markerfacecolor=PAPER, markeredgecolor=colour,
            markeredgewidth=0.9, linestyle="", zorder=4, clip_on=False,
        )  # fmt: skip
    axes.plot(
        sign.day, y, marker=glyph(EFFECT_ROLES[sign.effect].sign), markersize=size * inner, color=colour,
        linestyle="", markeredgewidth=0, zorder=5, clip_on=False, gid=sign.effect,
        transform=axes.transData + ScaledTranslation(0, up, axes.figure.dpi_scale_trans),
        path_effects=[withStroke(linewidth=2.5, foreground=ground)] if sign.state < 0 else [],
    )  # fmt: skip


def _key(run: Run) -> list[list[Entry]]:
    """Return a sample of everything that the figure shows, and of nothing else."""
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    def mark(marker: Any, size: float = 6.2, **more: Any) -> Line2D:
        return Line2D([], [], color=INK, linestyle="", marker=marker, markersize=size, **more)

    states: list[Entry] = []
    for i, name in enumerate(run.index.states):
        style = look(i)
        sample = Line2D(
            [], [], color=style.colour, linestyle=style.line, linewidth=1.6, marker=style.marker,
            markersize=6, markerfacecolor=PAPER, markeredgewidth=1.3,
        )  # fmt: skip
        states.append((sample, run.scenario.label(name)))
    truces = run.ceasefires if len(ceasefires(run)) <= MOST_PAIRS else ()
    acts = acts_on_rungs(run)
    number = max(acts.values(), default=1)
    held = [one for mediator in range(len(run.index.mediators)) for one in talks(run, mediator)]
    used = {sign.effect for mediator in range(len(run.index.mediators)) for sign in signs(run, mediator)}
    marks: list[tuple[object, Entry]] = [
        (any(forced for *_, forced in acts), (mark("o"), "act given in the scenario")),
        (not all(forced for *_, forced in acts),
         (mark("o", markerfacecolor=PAPER, markeredgewidth=1.3), "act chosen in the simulation")),
        (number > 1, (mark(glyph(str(number)), 5.5, markeredgewidth=0), "number of acts, if more than one")),
        (incidents(run), (mark(INCIDENT, 7.5), "incident")),
        (True, (Patch(facecolor=HISTORY, edgecolor=MUTED, linewidth=0.5), "as it happened")),
    ]  # fmt: skip
    below: list[tuple[object, Entry]] = [
        (days_with(run, "border_fire"), (mark("|", 8, markeredgewidth=1.4), "night of border fire")),
        (truces, (Patch(**CEASEFIRE), "ceasefire or agreement in force")),
        (any(span.ended is not None for span in truces),
         (Line2D([], [], linestyle="", **BREAKS_DOWN), "ceasefire breaks down")),
        (held, (Patch(**TALKS), "mediated talks open")),
        (any(one.end == "no agreement" for one in held),
         (mark("|", 9, markeredgewidth=2), "talks end without agreement")),
        (any(one.end == "agreement" for one in held), (mark("*", 9), "talks agree")),
    ]  # fmt: skip
    mediation: list[Entry] = [
        (mark(glyph(EFFECT_ROLES[effect].sign), 6, markeredgewidth=0), EFFECT_ROLES[effect].words)
        for effect in SIGNS
        if effect in used
    ]
    shown = [[entry for is_shown, entry in line if is_shown] for line in (marks, below)]
    return [states, *shown, mediation]
