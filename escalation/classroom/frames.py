"""What all charts share: ground, legend, axes, the days of the record, and a chart as a picture by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from escalation.classroom import texts
from escalation.classroom.themes import Options, Theme


def frame(theme: Theme, names: Sequence[str] = ()) -> Options:
    """Return a chart without axes and series, with a legend where there are names."""
    options: Options = {
        "animation": False,
        "backgroundColor": "transparent",
        "textStyle": {"fontFamily": "system-ui, sans-serif", "fontSize": 13, "color": theme.ink},
        "grid": {"left": 8, "right": 24, "top": 34 if names else 14, "bottom": 34, "containLabel": True},
        "tooltip": {
            "trigger": "axis",
            "confine": True,
            "axisPointer": {"type": "shadow"},
            "backgroundColor": theme.ground,
            "borderColor": theme.muted,
            "textStyle": {"color": theme.ink},
        },
    }
    if names:
        options["legend"] = {
            "data": list(names),
            "top": 0,
            "left": 0,
            "type": "scroll",
            "textStyle": {"color": theme.ink},
            "pageTextStyle": {"color": theme.ink},
        }
    return options


def axis(theme: Theme, kind: str, name: str = "", **more: Any) -> Options:
    """Return an axis in the colours of a theme; `more` is added to what it has."""
    found: Options = {
        "type": kind,
        "axisLine": {"lineStyle": {"color": theme.muted}},
        "axisLabel": {"color": theme.ink},
        "splitLine": {"show": kind == "value", "lineStyle": {"color": theme.rule}},
    }
    if name:
        found |= {
            "name": name,
            "nameLocation": "middle",
            "nameGap": 26,
            "nameTextStyle": {"color": theme.ink},
        }
    for key, value in more.items():
        found[key] = (
            found[key] | value if isinstance(found.get(key), dict) and isinstance(value, dict) else value
        )
    return found


def date_axis(theme: Theme, dates: Sequence[str]) -> Options:
    """Return an axis of dates, its words clear of those of the other axis."""
    words = {"margin": 12}
    return axis(theme, "category", data=[_short(date) for date in dates], boundaryGap=False, axisLabel=words)


def percent(share: float) -> float:
    """Return a share in percent, as far as a chart shows it."""
    return round(100 * share, 2)


def rungs(value: float) -> float:
    """Return a posture as far as a chart shows it."""
    return round(value, 3)


def _short(date: str) -> str:
    return date[5:]


def past_ground(theme: Theme, horizon: int) -> Options:
    """Return the ground behind the days of the record."""
    return {
        "silent": True,
        "itemStyle": {"color": theme.past, "opacity": 0.6},
        "label": {"color": theme.muted, "position": "insideTopLeft"},
        "data": [[{"name": texts.RECORD, "xAxis": 0}, {"xAxis": horizon}]],
    }


def framed(options: Options, title: str, notes: Sequence[str], theme: Theme) -> Options:
    """Return a chart as a picture by itself: title above, notes below, on its own ground."""
    below = 34 + 18 * len(notes)
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
                    "color": theme.muted, "fontSize": 12, "fontWeight": "normal", "lineHeight": 17,
                },
            },
        ],
    }  # fmt: skip
    if "legend" in options:
        picture["legend"] = options["legend"] | {"top": 42, "left": 16}
    return picture
