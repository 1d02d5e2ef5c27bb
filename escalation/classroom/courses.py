"""Charts of one crisis: its course, its path among others, its odds day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalation.classroom.frames import axis, date_axis, frame, past_ground, percent, rungs
from escalation.classroom.themes import DASHES, SYMBOLS, Options, Theme


def course(
    states: Sequence[tuple[str, Sequence[tuple[float, int | None]]]],
    dates: Sequence[str],
    day: int,
    horizon: str,
    theme: Theme,
) -> Options:
    """Return posture by date, up to one day, of one crisis, with the highest act of each day as a point."""
    options = frame(theme, [label for label, _ in states])
    options["tooltip"]["axisPointer"] = {"type": "line"}
    options["xAxis"] = date_axis(theme, dates)
    options["yAxis"] = axis(theme, "value", min=0, max=10, interval=2)
    series: list[Options] = []
    for k, (label, standings) in enumerate(states):
        colour = theme.states[k % len(theme.states)]
        until = standings[: day + 1]
        line: Options = {
            "type": "line",
            "name": label,
            "symbol": "none",
            "lineStyle": {"color": colour, "width": 2.4, "type": DASHES[k % len(DASHES)]},
            "itemStyle": {"color": colour},
            "data": [rungs(posture) for posture, _ in until],
        }
        if k == 0 and horizon in dates:
            line["markArea"] = past_ground(theme, dates.index(horizon))
        series.append(line)
        series.append(
            {
                "type": "scatter",
                "name": label,
                "symbol": SYMBOLS[k % len(SYMBOLS)],
                "symbolSize": 7,
                "itemStyle": {"color": colour},
                "data": [[at, act] for at, (_, act) in enumerate(until) if act is not None],
            }
        )
    options["series"] = series
    return options


def with_path(options: Options, name: str, postures: Sequence[float], theme: Theme) -> Options:
    """Return a fan with the path of one crisis on it."""
    path: Options = {
        "type": "line",
        "name": name,
        "symbol": "none",
        "lineStyle": {"color": theme.ink, "width": 2.6, "type": DASHES[1]},
        "itemStyle": {"color": theme.ink},
        "data": [rungs(posture) for posture in postures],
    }
    return options | {"series": [*options["series"], path]}


def odds(shares: Mapping[str, Sequence[float]], dates: Sequence[str], theme: Theme) -> Options:
    """Return the odds of each outcome by date, as lines."""
    options = frame(theme, list(shares))
    # Two lines of words above the figure, which is what a phone needs.
    options["legend"] |= {"type": "plain", "itemWidth": 18, "itemGap": 8}
    options["grid"]["top"] = 60
    options["tooltip"]["axisPointer"] = {"type": "line"}
    options["xAxis"] = date_axis(theme, dates)
    options["yAxis"] = axis(theme, "value", min=0, max=100, axisLabel={"formatter": "{value} %"})
    options["series"] = [
        {
            "type": "line",
            "name": name,
            "symbol": SYMBOLS[k % len(SYMBOLS)],
            "symbolSize": 5,
            "lineStyle": {"color": theme.states[k], "width": 2.2, "type": DASHES[k % len(DASHES)]},
            "itemStyle": {"color": theme.states[k]},
            "data": [percent(share) for share in row],
        }
        for k, (name, row) in enumerate(shares.items())
    ]
    return options
