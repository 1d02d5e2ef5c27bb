"""What all charts share: the colours of both modes, background, legend, axes, and the days of the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from escalation.crisis import wording
from escalation.language import say, short_date, spoken

Options = dict[str, Any]
"""Options of ECharts: plain data. A key that begins with a colon holds JavaScript, as in NiceGUI."""


@dataclass(frozen=True)
class Theme:
    """Colours of one mode.

    Settings and states have different hues, all 3:1 or more against the background; bars also differ by
    pattern and lines by dashes, for readers who do not distinguish colours. All sizes follow from the size of
    the letters.
    """

    ink: str
    muted: str
    rule: str
    ground: str
    past: str
    settings: tuple[str, ...]
    states: tuple[str, ...]
    size: int = 14
    """Of letters, in pixels."""
    is_narrow: bool = False
    """Whether a chart has the width of a phone."""


LIGHT = Theme(
    ink="#1a1a1a",
    muted="#555555",
    rule="#d4d4d4",
    ground="#ffffff",
    past="#eeeeee",
    settings=("#6f62c4", "#0b8a66", "#c2407f", "#8a7400"),
    states=("#0072b2", "#b3470b", "#6d6d00", "#8e3a80", "#2f7d52", "#4a4a4a"),
)

DARK = Theme(
    ink="#f2f2f2",
    muted="#b8b8b8",
    rule="#4a4a4a",
    ground="#16181d",
    past="#262a31",
    settings=("#8f7fe0", "#2fae8a", "#e06fa4", "#bfa640"),
    states=("#6cbcf0", "#f0a27a", "#cfcf5a", "#e0a0d6", "#7fd6a4", "#d0d0d0"),
)

DASHES = ("solid", [8, 4], [2, 3], [8, 3, 2, 3])
PLUS, DOWN = "path://M4,0H6V4H10V6H6V10H4V6H0V4H4Z", "path://M0,0H10L5,10Z"
SYMBOLS = ("circle", "rect", "triangle", "diamond", PLUS, DOWN)

DECALS: tuple[Options | None, ...] = (
    None,
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": 0.8, "color": "#ffffff66"},
    {"symbol": "circle", "dashArrayX": [[6, 6], [0, 6, 6, 0]], "dashArrayY": [6, 0], "symbolSize": 0.5,
     "color": "#ffffff77"},
    {"symbol": "rect", "dashArrayX": [1, 0], "dashArrayY": [2, 5], "rotation": -0.8, "color": "#ffffff66"},
)  # fmt: skip


# Of the numbers of a point in a tooltip, with the decimal mark of a language.
_NUMBERS = """(values) => [values].flat().map(
  (value) => (typeof value === 'number' ? value.toLocaleString('{language}') : value)
).join('  ')"""


def frame(theme: Theme, names: Sequence[str] = ()) -> Options:
    """Return a chart without axes and series, with a legend where there are names."""
    options: Options = {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": "system-ui, sans-serif", "fontSize": theme.size, "color": theme.ink},
        "grid": {
            "left": 8, "right": 24, "top": round(2.6 * theme.size) if names else theme.size,
            "bottom": theme.size, "containLabel": True,
        },
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            ":valueFormatter": _NUMBERS.format(language=spoken()),
            "axisPointer": {"type": "shadow"},
            "backgroundColor": theme.ground,
            "borderColor": theme.muted,
            "textStyle": {"color": theme.ink, "fontSize": theme.size},
        },
    }  # fmt: skip
    if names:
        options["legend"] = {
            "data": list(names),
            "top": 0,
            "left": 0,
            "type": "scroll",
            "textStyle": {"color": theme.ink, "fontSize": theme.size},
            "pageTextStyle": {"color": theme.ink},
        }
    return options


def axis(theme: Theme, kind: str, name: str = "", **more: Any) -> Options:
    """Return an axis in the colours of a theme; `more` is merged into it."""
    found: Options = {
        "type": kind,
        "axisLine": {"lineStyle": {"color": theme.muted}},
        "axisLabel": {"color": theme.ink, "fontSize": theme.size, "hideOverlap": True},
        "splitLine": {"show": kind == "value", "lineStyle": {"color": theme.rule}},
    }
    if name:
        found |= {
            "name": name,
            "nameLocation": "middle",
            "nameGap": 2 * theme.size,
            "nameTextStyle": {"color": theme.ink, "fontSize": theme.size},
        }
    for key, value in more.items():
        found[key] = (
            found[key] | value if isinstance(found.get(key), dict) and isinstance(value, dict) else value
        )
    return found


def date_axis(theme: Theme, dates: Sequence[str]) -> Options:
    """Return an axis of dates, its labels clear of those of the other axis."""
    words = {"margin": 12}
    return axis(theme, "category", data=[_short(date) for date in dates], boundaryGap=False, axisLabel=words)


def percent(share: float) -> float:
    """Return a share in percent, rounded for a chart."""
    return round(100 * share, 2)


def rungs(value: float) -> float:
    """Return a posture, rounded for a chart."""
    return round(value, 3)


def _short(date: str) -> str:
    return short_date(dt.date.fromisoformat(date))


def past_ground(theme: Theme, horizon: int) -> Options:
    """Return the background of the days of the record."""
    return {
        "silent": True,
        "itemStyle": {"color": theme.past, "opacity": 0.6},
        "label": {"color": theme.muted, "position": "insideTopLeft", "fontSize": theme.size},
        "data": [[{"name": say(wording.RECORD_DAY), "xAxis": 0}, {"xAxis": horizon}]],
    }


NOTE_LETTERS = 150
"""In one line below a saved picture, which is 1,200 pixels wide."""


def framed(options: Options, title: str, notes: Sequence[str], theme: Theme) -> Options:
    """Return a chart as a picture of its own: title above, notes below, opaque background."""
    notes = [line for note in notes for line in wrap(note, NOTE_LETTERS) or [""]]
    line = round(1.3 * theme.size)
    below = 2 * theme.size + line * len(notes)
    grid = options["grid"]
    picture = options | {
        "backgroundColor": theme.ground,
        "grid": grid
        | {"top": grid["top"] + 42, "bottom": grid["bottom"] + below, "left": grid["left"] + 16, "right": 64},
        "title": [
            {"text": title, "left": 16, "top": 12, "textStyle": {"color": theme.ink, "fontSize": 18}},
            {
                "text": "\n".join(notes),
                "left": 16,
                "bottom": 10,
                "textStyle": {
                    "color": theme.muted, "fontSize": theme.size, "fontWeight": "normal", "lineHeight": line,
                },
            },
        ],
    }  # fmt: skip
    if "legend" in options:
        picture["legend"] = options["legend"] | {"top": 42, "left": 16}
    return picture
