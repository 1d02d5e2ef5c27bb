"""Charts of many crises and of one: tidy tables to options of ECharts, for the page, pictures and exports.

One key holds JavaScript: it draws the intervals on bars.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from escalation.classroom import texts
from escalation.classroom.chart_style import (
    DASHES,
    DECALS,
    SYMBOLS,
    Options,
    Theme,
    axis,
    date_axis,
    frame,
    past_ground,
    percent,
    rungs,
)
from escalation.files.write import Cell, Table
from escalation.vocabulary import OUTCOME_CLASSES, RUNGS

LABELS = 112  # pixels for the names of outcomes
GAP, CATEGORY_GAP = "10%", "25%"

# From category and ends of an interval to a line with two caps, on the bar of the k-th of n settings.
_WHISKER = """(params, api) => {{
  const bar = api.barLayout({{barGap: '{gap}', barCategoryGap: '{category_gap}', count: {n}}})[{k}];
  const place = (value) => {{
    const point = api.coord({coordinates});
    point[{along}] += bar.offsetCenter;
    return point;
  }};
  const a = place(api.value(1)), b = place(api.value(2)), cap = Math.min(4, bar.width / 3);
  const style = {{stroke: '{ink}', lineWidth: 1.4, fill: null}};
  const line = (x1, y1, x2, y2) => ({{type: 'line', shape: {{x1, y1, x2, y2}}, style}});
  const across = (p) => {along} ? line(p[0], p[1] - cap, p[0], p[1] + cap)
                                : line(p[0] - cap, p[1], p[0] + cap, p[1]);
  return {{type: 'group', children: [line(...a, ...b), across(a), across(b)]}};
}}"""


def records(table: Table, **wanted: Cell) -> list[dict[str, Any]]:
    """Return the rows of a table that have these values, as mappings."""
    rows = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def _names(table: Table) -> list[str]:
    at = table.columns.index("setting")
    return list(dict.fromkeys(str(row[at]) for row in table.rows))


def outcome_bars(table: Table, theme: Theme) -> Options:
    """Return shares of the outcome classes as bars with their intervals, one bar per setting."""
    names = _names(table)
    labels = [each.bar for each in OUTCOME_CLASSES]
    options = frame(theme, names if len(names) > 1 else ())
    options["xAxis"] = axis(theme, "value", texts.SHARE_AXIS, min=0)
    words = {"width": LABELS - 14, "overflow": "truncate"}
    options["yAxis"] = axis(theme, "category", data=labels, inverse=True, axisLabel=words)
    options["grid"] |= {"left": LABELS, "containLabel": False, "bottom": 48, "right": 56}
    options["series"] = _bars(table, theme, names, lying=True)
    return options


def peak_bars(table: Table, theme: Theme) -> Options:
    """Return how often each rung was the highest as bars, one bar per setting."""
    names = _names(table)
    options = frame(theme, names if len(names) > 1 else ())
    options["xAxis"] = axis(theme, "category", texts.RUNG_AXIS, data=[str(rung) for rung in range(RUNGS)])
    options["yAxis"] = axis(theme, "value", min=0, axisLabel={"formatter": "{value} %"})
    options["series"] = _bars(table, theme, names, lying=False)
    return options


def _bars(table: Table, theme: Theme, names: Sequence[str], lying: bool) -> list[Options]:
    series: list[Options] = []
    for k, name in enumerate(names):
        style: Options = {"color": theme.settings[k]}
        if DECALS[k]:
            style["decal"] = DECALS[k]
        rows = records(table, setting=name)
        bar = {
            "type": "bar",
            "name": name,
            "barGap": GAP,
            "barCategoryGap": CATEGORY_GAP,
            "itemStyle": style,
            "data": [percent(row["share"]) for row in rows],
        }
        if lying and len(names) == 1:
            # On the right of the interval, not of the bar, so that neither hides the other.
            series.append(_labels(rows, theme))
        series.append(bar)
    for k, name in enumerate(names):
        code = _WHISKER.format(
            gap=GAP, category_gap=CATEGORY_GAP, n=len(names), k=k, ink=theme.ink, along=int(lying),
            coordinates="[value, api.value(0)]" if lying else "[api.value(0), value]",
        )  # fmt: skip
        series.append(
            {
                "type": "custom",
                "name": name,
                ":renderItem": code,
                "silent": True,
                "z": 5,
                "encode": {"x": [1, 2], "y": 0} if lying else {"x": 0, "y": [1, 2]},
                "tooltip": {"show": False},
                "data": [
                    [at, percent(row["low"]), percent(row["high"])]
                    for at, row in enumerate(records(table, setting=name))
                ],
            }
        )
    return series


def _labels(rows: Sequence[dict[str, Any]], theme: Theme) -> Options:
    """Return the percentages as text beyond the ends of the intervals."""
    label = {"show": True, "position": "right", "distance": 6, "color": theme.ink}
    return {
        "type": "scatter",
        "silent": True,
        "symbolSize": 0.1,
        "tooltip": {"show": False},
        "itemStyle": {"color": "transparent"},
        "data": [
            {
                "value": [percent(row["high"]), at],
                "label": label | {"formatter": f"{100 * row['share']:.1f} %"},
            }
            for at, row in enumerate(rows)
        ],
    }


def fan(table: Table, state: str, theme: Theme, number: int = 0, horizon: str = "") -> Options:
    """Return the posture of one state by date: median and bands of the first setting, medians of others."""
    names = _names(table)
    now = records(table, setting=names[0], state=state)
    dates = [row["date"] for row in now]
    colour = theme.states[number % len(theme.states)]
    options = frame(theme, names if len(names) > 1 else ())
    options["tooltip"]["axisPointer"] = {"type": "line"}
    options["xAxis"] = date_axis(theme, dates)
    options["yAxis"] = axis(theme, "value", min=0, max=10, interval=2)
    series: list[Options] = []
    for low, high, opacity in (("q05", "q95", 0.22), ("q25", "q75", 0.4)):
        stack = f"{low}-{high}"
        series.append(_line([rungs(row[low]) for row in now], stack=stack, opacity=0))
        width = [rungs(row[high] - row[low]) for row in now]
        area = {"color": colour, "opacity": opacity}
        series.append(_line(width, stack=stack, opacity=0) | {"areaStyle": area, "silent": True})
    for k, name in enumerate(names):
        rows = records(table, setting=name, state=state)
        line = {"color": theme.settings[k] if k else colour, "width": 2.4, "type": DASHES[k]}
        median: Options = {
            "type": "line",
            "name": name,
            "symbol": "none",
            "lineStyle": line,
            "itemStyle": {"color": line["color"]},
            "data": [rungs(row["q50"]) for row in rows],
        }
        if k == 0 and horizon in dates:
            median["markArea"] = past_ground(theme, dates.index(horizon))
        series.append(median)
    options["series"] = series
    return options


def _line(data: Iterable[float], stack: str, opacity: float) -> Options:
    return {
        "type": "line",
        "stack": stack,
        "symbol": "none",
        "lineStyle": {"opacity": opacity},
        "tooltip": {"show": False},
        "data": list(data),
    }


def ceasefire_steps(table: Table, theme: Theme) -> Options:
    """Return the share of crises with a ceasefire by each day, as steps, one line per setting."""
    names = _names(table)
    days = [str(row["days_after_horizon"]) for row in records(table, setting=names[0])]
    options = frame(theme, names if len(names) > 1 else ())
    options["tooltip"]["axisPointer"] = {"type": "line"}
    options["xAxis"] = axis(theme, "category", texts.DAYS_AXIS, data=days, boundaryGap=False)
    options["yAxis"] = axis(theme, "value", min=0, axisLabel={"formatter": "{value} %"})
    options["series"] = [
        {
            "type": "line",
            "name": name,
            "step": "end",
            "symbol": "none",
            "lineStyle": {"color": theme.settings[k], "width": 2.4, "type": DASHES[k]},
            "itemStyle": {"color": theme.settings[k]},
            "areaStyle": {"opacity": 0.12} if len(names) == 1 else {"opacity": 0},
            "data": [percent(row["share_by_then"]) for row in records(table, setting=name)],
        }
        for k, name in enumerate(names)
    ]
    return options


def course(
    states: Sequence[tuple[str, Sequence[tuple[float, int | None]]]],
    dates: Sequence[str],
    day: int,
    horizon: str,
    theme: Theme,
) -> Options:
    """Return the postures of one crisis by date, up to a day, with the highest act of each day as a point."""
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
    """Return a fan with the path of one crisis added."""
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
    # On a phone, the legend takes two lines above the figure.
    options["legend"] |= {"type": "plain", "itemWidth": 18, "itemGap": 8}
    options["grid"]["top"] = 60
    options["tooltip"]["axisPointer"] = {"type": "line"}
    options["xAxis"] = date_axis(theme, dates)
    options["yAxis"] = axis(theme, "value", min=0, max=100, axisLabel={"formatter": "{value} %"})
    series: list[Options] = []
    for k, (name, row) in enumerate(shares.items()):
        # With more classes than colours, some share a colour and differ in symbol and dashes.
        colour = theme.states[k % len(theme.states)]
        series.append(
            {
                "type": "line",
                "name": name,
                "symbol": SYMBOLS[k % len(SYMBOLS)],
                "symbolSize": 5,
                "lineStyle": {"color": colour, "width": 2.2, "type": DASHES[k % len(DASHES)]},
                "itemStyle": {"color": colour},
                "data": [percent(share) for share in row],
            }
        )
    options["series"] = series
    return options
