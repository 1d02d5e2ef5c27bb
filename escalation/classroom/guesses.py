"""A guess at one share of a graph, made before the model's own is shown: what is asked, drawn and said.

A question is one row of a figure, named as in `outcomes.standoff`; of a figure by date, the last day.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from escalation.classroom import charts, texts
from escalation.classroom.chart_style import Options, Theme, axis, frame
from escalation.classroom.chart_style import percent as rounded_percent
from escalation.classroom.graphs import EVENTS, GRAPHS, tables_of
from escalation.language import number, percent, say, say_count
from escalation.measures.ensemble import Ensemble
from escalation.measures.measures import measure
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import (
    CHANNEL_WORDS,
    CHANNELS,
    NO_CHANNEL,
    NUCLEAR_CAVEAT,
    OUTCOME_WORDS,
    OUTCOMES,
    RUNGS,
)

ROWS: dict[str, tuple[str, tuple[str, ...]]] = {
    "outcomes": ("outcome", tuple(OUTCOMES)),
    "settlements": (
        "event",
        ("talks", "ceasefire", *(name for k, name in enumerate(CHANNELS) if k != NO_CHANNEL)),
    ),
    "peaks": ("rung", tuple(map(str, range(RUNGS)))),
    **dict.fromkeys(EVENTS, ("", ("end",))),
}
"""By kind of figure: the column of its table that names a row, and the rows in their order."""

FIRST_ASKED = (
    "outcomes.de_escalated",
    "settlements.ceasefire",
    "peaks.6",
    *(f"{kind}.end" for kind in EVENTS),
)
NUCLEAR = ("outcomes.nuclear_use", f"peaks.{RUNGS - 1}")
SHOWN = "shown"
MOST_PERCENT = 100
DOT, TALLEST = 16, 130
"""Pixels of a dot among few, and of the tallest column of them."""


@dataclass(frozen=True)
class Guess:
    """A guess in whole percent, None while there is none, and whether the answer is shown."""

    question: str
    percent: int | None = None
    is_shown: bool = False

    def written(self) -> str:
        """Return the guess as an address has it."""
        parts = [self.question, "" if self.percent is None else str(self.percent), SHOWN]
        return ":".join(parts if self.is_shown else parts[:2]).rstrip(":")


@dataclass(frozen=True)
class ModelShare:
    """A share of crises with Wilson's 95% interval, all from 0 to 1."""

    share: float
    low: float
    high: float


def questions_of(graph: str) -> tuple[str, ...]:
    """Return what can be asked about a graph; nothing about postures, which are no shares."""
    return tuple(f"{kind}.{row}" for kind in GRAPHS[graph] if kind in ROWS for row in ROWS[kind][1])


def first_question(graph: str) -> str | None:
    """Return what is asked about a graph at first, None about one without shares."""
    questions = questions_of(graph)
    return next((each for each in FIRST_ASKED if each in questions), None)


def read_guess(text: str, graph: str) -> Guess | None:
    """Return the guess that an address names, None if it is not one about a graph."""
    question, _, rest = text.partition(":")
    given, _, shown = rest.partition(":")
    value = percent_of(given)
    is_valid = question in questions_of(graph) and (value is not None or not given) and shown in ("", SHOWN)
    return Guess(question, value, shown == SHOWN) if is_valid else None


def percent_of(given: object) -> int | None:
    """Return whole percent from 0 to 100 as a browser sends them, None for anything else."""
    text = str(given) if isinstance(given, str | int) and not isinstance(given, bool) else ""
    is_plain = text.isascii() and text.isdigit() and len(text) <= len(str(MOST_PERCENT))
    return int(text) if is_plain and int(text) <= MOST_PERCENT else None


def row_words(question: str, scenario: Scenario) -> str:
    """Return the name of the row that a question is about."""
    kind, row = question.split(".")
    if kind == "outcomes":
        return say(OUTCOME_WORDS[row])
    if kind == "peaks":
        return say(texts.RUNG_NAME, rung=row, name=say(scenario.ladder.rungs[int(row)].label))
    if kind == "settlements":
        return charts.channel_words(row) if row in CHANNELS else measure(row).heading
    return say(texts.FIGURES[kind])


def question_words(question: str, scenario: Scenario) -> str:
    """Return a question in full."""
    kind, row = question.split(".")
    if row in CHANNELS:
        return say(texts.ASKED["channel"], channel=say(CHANNEL_WORDS[row]))
    return say(texts.ASKED[kind], row=row_words(question, scenario), days=number(scenario.free_days))


def share_of_question(question: str, ensemble: Ensemble) -> ModelShare:
    """Return the share of the crises that a question asks for."""
    kind, row = question.split(".")
    (table,) = tables_of([("", ensemble)], [kind]).values()
    rows = charts.records(table)
    if kind in EVENTS:
        last = rows[-1]
        return ModelShare(last["share_by_then"], last["low"], last["high"])
    found = next(one for one in rows if str(one[ROWS[kind][0]]) == row)
    return ModelShare(found["share"], found["low"], found["high"])


def miss_words(guess: Guess, share: ModelShare) -> str:
    """Return in words how far a guess was from the share in the model."""
    words = {"share": percent(share.share), "low": percent(share.low), "high": percent(share.high)}
    if guess.percent is None:
        text = say(texts.NO_GUESS, **words)
    else:
        words["guess"] = percent(guess.percent / 100, 0)
        distance = 100 * share.share - guess.percent
        if share.low <= guess.percent / 100 <= share.high:
            text = say(texts.GUESS_WITHIN, **words)
        else:
            wording = texts.GUESS_MORE if distance > 0 else texts.GUESS_LESS
            text = say(wording, points=number(abs(distance), int(abs(distance) < 10)), **words)
    return f"{text} {say(NUCLEAR_CAVEAT)}" if guess.question in NUCLEAR else text


def room_words(guesses: Sequence[int], question: str, share: ModelShare) -> str:
    """Return in words what a room guessed, and the share in the model."""
    words = {"share": percent(share.share), "low": percent(share.low), "high": percent(share.high)}
    if guesses:
        low, middle, high = np.percentile(guesses, (25, 50, 75)) / 100
        words |= {"q25": percent(low, 0), "q50": percent(middle, 0), "q75": percent(high, 0)}
        text = say_count(texts.ROOM_ONE, texts.ROOM_MANY, len(guesses), **words)
    else:
        text = say(texts.NO_GUESS, **words)
    return f"{text} {say(NUCLEAR_CAVEAT)}" if question in NUCLEAR else text


# Charts


def hidden(options: Options, names: Collection[str]) -> Options:
    """Return a chart without the data of some settings; their series keep their places."""
    # A series without a name, such as the bands of a fan, belongs to the present setting.
    series = [one | {"data": []} if one.get("name", "") in {"", *names} else one for one in options["series"]]
    found = options | {"series": series}
    if "legend" in options:
        legend = options["legend"]
        found["legend"] = legend | {"data": [name for name in legend["data"] if name not in names]}
    return found


def with_guess(options: Options, figure: str, guess: Guess, theme: Theme) -> Options:
    """Return a chart with a guess marked on the bar, or the end of the line, that it is about."""
    kind, row = guess.question.split(".")
    name = say(texts.YOUR_GUESS)
    data: list[list[int]] = []
    if kind == figure and guess.percent is not None:
        at = ROWS[kind][1].index(row)
        last = len(_first(options["xAxis"]).get("data", [])) - 1
        data = [[last, guess.percent] if kind in EVENTS else [guess.percent, at]]
    # The legend is there before the guess, so that nothing moves when it is made.
    legend = frame(theme, [name])["legend"] | options.get("legend", {})
    legend["data"] = [*options.get("legend", {}).get("data", []), name]
    return options | {
        "legend": legend,
        "grid": options["grid"] | {"top": frame(theme, [name])["grid"]["top"]},
        "series": [*options["series"], _mark(name, data, theme)],
    }


def _first(axes: Options | list[Options]) -> Options:
    return axes[0] if isinstance(axes, list) else axes


def _mark(name: str, data: Sequence[Sequence[float]], theme: Theme) -> Options:
    return {
        "type": "scatter",
        "name": name,
        "symbol": "diamond",
        "symbolSize": round(1.4 * theme.size),
        "itemStyle": {"color": theme.ink, "borderColor": theme.ground, "borderWidth": 2},
        "z": 8,
        "data": [list(point) for point in data],
    }


def strip(guesses: Sequence[int], own: int | None, share: ModelShare | None, theme: Theme) -> Options:
    """Return the axis of a question with guesses as dots, one's own, and the model's share with its interval.

    Parameters
    ----------
    guesses
        All that are shown, one's own among them; equal ones are stacked.
    own
        One's own.
    share
        None until it is shown.
    """
    room, mine, model = say(texts.GUESSES_OF_ROOM), say(texts.YOUR_GUESS), say(texts.IN_MODEL)
    names = [*([room] if guesses else []), *([mine] if own is not None else []), *([model] if share else [])]
    options = frame(theme, names or [mine])
    options["legend"] |= {"data": names, "type": "plain"}
    options["tooltip"] = {"show": False}
    most = max([1, *Counter(guesses).values()])
    size = min(DOT, TALLEST / most)
    options["xAxis"] = axis(theme, "value", say(texts.SHARE_AXIS), min=0, max=100)
    options["yAxis"] = axis(theme, "value", show=False, min=0, max=max(8, 1.2 * most))
    options["grid"] |= {
        "top": round(4.2 * theme.size), "bottom": round(3.6 * theme.size), "left": 2 * theme.size,
        "right": 2 * theme.size, "containLabel": False,
    }  # fmt: skip
    heights: Counter[int] = Counter()
    points = []
    for guess in sorted(guesses):
        heights[guess] += 1
        points.append([guess, heights[guess] - 0.5])
    dots: dict[str, Any] = {
        "type": "scatter",
        "name": room,
        "symbolSize": round(size, 1),
        "itemStyle": {"color": theme.settings[0], "borderColor": theme.ground, "borderWidth": 1},
        "data": points,
    }
    line: dict[str, Any] = {
        "type": "line",
        "name": model,
        "symbol": "none",
        "data": [],
        "lineStyle": {"color": theme.settings[1], "width": 3},
        "itemStyle": {"color": theme.settings[1]},
    }
    if share is not None:
        at, low, high = (rounded_percent(one) for one in (share.share, share.low, share.high))
        line["data"] = [[at, 0], [at, options["yAxis"]["max"]]]
        line["markArea"] = {
            "silent": True,
            "itemStyle": {"color": theme.settings[1], "opacity": 0.3},
            "data": [[{"xAxis": low}, {"xAxis": high}]],
        }
    own_point = [] if own is None else [[own, max(0.5, heights[own] - 0.5)]]
    options["series"] = [line, dots, _mark(mine, own_point, theme)]
    return options
