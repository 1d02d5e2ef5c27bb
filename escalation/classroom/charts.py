"""Charts of many crises and of one: tidy tables to options of ECharts, for the page, pictures and exports.

Keys that begin with a colon hold JavaScript: it draws the intervals on bars, and writes numbers in words.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from escalation import language
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
from escalation.language import say
from escalation.vocabulary import CHANNEL_WORDS, CHANNELS, OUTCOME_CLASSES, RUNGS, Channel

LABELS, EVENT_LABELS, RUNG_LABELS = 9, 11, 17
"""Width for the names of outcomes, of events and of rungs, in letters of a chart."""
GAP, CATEGORY_GAP = "10%", "25%"
GHOST_WIDTH = "86%"

# From category and ends of an interval to a line with two caps, on the bar of the k-th of n settings.
_WHISKER = """(params, api) => {{
  const bar = api.barLayout({{barGap: '{gap}', barCategoryGap: '{category_gap}', count: {n}}})[{k}];
  const place = (value) => {{
    const point = api.coord([value, api.value(0)]);
    point[1] += bar.offsetCenter;
    return point;
  }};
  const a = place(api.value(1)), b = place(api.value(2)), cap = Math.min(4, bar.width / 3);
  const style = {{stroke: '{ink}', lineWidth: 1.4, fill: null}};
  const line = (x1, y1, x2, y2) => ({{type: 'line', shape: {{x1, y1, x2, y2}}, style}});
  const across = (p) => line(p[0], p[1] - cap, p[0], p[1] + cap);
  return {{type: 'group', children: [line(...a, ...b), across(a), across(b)]}};
}}"""

# From a share, or a point with a share, to words in percent.
_IN_PERCENT = """(value) => {{
  const share = [value].flat().at({at});
  const digits = {{minimumFractionDigits: 1, maximumFractionDigits: 1}};
  return {words}.replace('#', share?.toLocaleString('{language}', digits) ?? '–');
}}"""


def records(table: Table, **wanted: Cell) -> list[dict[str, Any]]:
    """Return the rows of a table that have these values, as mappings."""
    rows = (dict(zip(table.columns, row, strict=True)) for row in table.rows)
    return [row for row in rows if all(row[key] == value for key, value in wanted.items())]


def _names(table: Table) -> list[str]:
    at = table.columns.index("setting")
    return list(dict.fromkeys(str(row[at]) for row in table.rows))


def _ghost(table: Table) -> str:
    """Return the name of the scenario's own setting in a table, which is drawn behind all others."""
    own = say(texts.AS_SCENARIO)
    return own if own in _names(table) else ""


def outcome_bars(table: Table, theme: Theme) -> Options:
    """Return shares of the outcome classes as bars with their intervals, one bar per setting."""
    return _share_bars(table, [say(each.bar) for each in OUTCOME_CLASSES], theme, LABELS)


def settlement_bars(table: Table, theme: Theme) -> Options:
    """Return how often talks opened and a ceasefire came, in all and by channel, as bars."""
    rows = records(table, setting=_names(table)[0])
    labels = [channel_words(row["event"]) if row["event"] in CHANNELS else row["label"] for row in rows]
    return _share_bars(table, labels, theme, EVENT_LABELS)


def channel_words(channel: Channel) -> str:
    """Return the name of a part of all ceasefires and agreements: those through a channel."""
    return say(texts.BY_CHANNEL, channel=say(CHANNEL_WORDS[channel]))


def peak_bars(table: Table, theme: Theme) -> Options:
    """Return how often each rung was the highest as bars, one bar per setting, the highest rung on top."""
    rows = records(table, setting=_names(table)[0])
    labels = [say(texts.RUNG_NAME, rung=row["rung"], name=row["label"]) for row in rows]
    options = _share_bars(table, labels, theme, LABELS if theme.is_narrow else RUNG_LABELS)
    for each in _listed(options["yAxis"]):
        each["inverse"] = False
        each["axisLabel"]["overflow"] = "truncate" if theme.is_narrow else "break"
    return options


def _listed(axes: Options | list[Options]) -> list[Options]:
    return axes if isinstance(axes, list) else [axes]


def _share_bars(table: Table, labels: Sequence[str], theme: Theme, letters: int) -> Options:
    """Return shares of crises as lying bars, on one axis from 0 to 100 whatever they are."""
    names, ghost = _names(table), _ghost(table)
    options = frame(theme, names if len(names) > 1 else ())
    wide = letters * theme.size
    options["tooltip"] |= _percent_tooltip(0)
    options["xAxis"] = axis(theme, "value", say(texts.SHARE_AXIS), min=0, max=100)
    words = {
        "width": wide - theme.size, "overflow": "break", "lineHeight": round(1.15 * theme.size),
        "interval": 0, "hideOverlap": False,
    }  # fmt: skip
    options["yAxis"] = axis(theme, "category", data=list(labels), inverse=True, axisLabel=words)
    options["grid"] |= {
        "left": wide, "containLabel": False, "bottom": round(3.6 * theme.size), "right": 4 * theme.size,
    }  # fmt: skip
    options["series"] = _bars(table, theme, [name for name in names if name != ghost])
    if ghost:
        # On an axis of its own: as wide as all bars of a row together, and behind them.
        behind = axis(theme, "category", data=list(labels), inverse=True, show=False)
        options["yAxis"] = [options["yAxis"], behind]
        bars = [percent(row["share"]) for row in records(table, setting=ghost)]
        style = {"color": theme.past, "borderColor": theme.muted, "borderType": "dashed", "borderWidth": 1}
        options["series"].append(
            {
                "type": "bar", "name": ghost, "yAxisIndex": 1, "barWidth": GHOST_WIDTH, "z": 1,
                "itemStyle": style, "data": bars,
            }
        )  # fmt: skip
    return options


def _bars(table: Table, theme: Theme, names: Sequence[str]) -> list[Options]:
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
        if len(names) == 1:
            # On the right of the interval, not of the bar, so that neither hides the other.
            series.append(_labels(rows, theme))
        series.append(bar)
    for k, name in enumerate(names):
        code = _WHISKER.format(gap=GAP, category_gap=CATEGORY_GAP, n=len(names), k=k, ink=theme.ink)
        series.append(
            {
                "type": "custom",
                "name": name,
                ":renderItem": code,
                "silent": True,
                "z": 5,
                "encode": {"x": [1, 2], "y": 0},
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
    label = {
        "show": True, "position": "right", "distance": 6, "color": theme.ink, "fontSize": theme.size,
    }  # fmt: skip
    return {
        "type": "scatter",
        "silent": True,
        "symbolSize": 0.1,
        "tooltip": {"show": False},
        "itemStyle": {"color": "transparent"},
        "data": [
            {
                "value": [percent(row["high"]), at],
                "label": label | {"formatter": language.percent(row["share"])},
            }
            for at, row in enumerate(rows)
        ],
    }


def fan(
    table: Table, state: str, theme: Theme, number: int = 0, horizon: str = "", rung_names: Sequence[str] = ()
) -> Options:
    """Return the posture of one state by date: median and bands of the first setting, medians of others."""
    names, ghost = _names(table), _ghost(table)
    now = records(table, setting=names[0], state=state)
    dates = [row["date"] for row in now]
    colour = theme.states[number % len(theme.states)]
    options = frame(theme, names if len(names) > 1 else ())
    options["tooltip"]["axisPointer"] = {"type": "line"}
    options["xAxis"] = date_axis(theme, dates)
    options["yAxis"] = posture_axis(theme, rung_names)
    series: list[Options] = []
    for low, high, opacity in (("q05", "q95", 0.22), ("q25", "q75", 0.4)):
        stack = f"{low}-{high}"
        series.append(_line([rungs(row[low]) for row in now], stack=stack, opacity=0))
        width = [rungs(row[high] - row[low]) for row in now]
        area = {"color": colour, "opacity": opacity}
        series.append(_line(width, stack=stack, opacity=0) | {"areaStyle": area, "silent": True})
    for k, name in enumerate(names):
        rows = records(table, setting=name, state=state)
        line = _behind(theme)
        if name != ghost:  # which comes after as many settings as there are colours
            line = {"color": theme.settings[k] if k else colour, "width": 2.4, "type": DASHES[k]}
        median: Options = {
            "type": "line",
            "name": name,
            "symbol": "none",
            "lineStyle": line,
            "itemStyle": {"color": line["color"]},
            "data": [rungs(row["q50"]) for row in rows],
            "z": 1 if name == ghost else 3,
        }
        if k == 0 and horizon in dates:
            median["markArea"] = past_ground(theme, dates.index(horizon))
        series.append(median)
    options["series"] = series
    return options


def posture_axis(theme: Theme, rung_names: Sequence[str] = ()) -> Options:
    """Return the axis of rungs from 0 to 10: every second one, with its name where there is room."""
    names = [str(rung) for rung in range(RUNGS)]
    is_named = bool(rung_names) and not theme.is_narrow
    if is_named:
        names = [say(texts.RUNG_NAME, rung=rung, name=say(name)) for rung, name in enumerate(rung_names)]
    # Written whole each time, since a chart keeps what a later drawing of it leaves out.
    words = {
        ":formatter": f"(rung) => {json.dumps(names)}[rung]",
        "width": LABELS * theme.size if is_named else None,
        "overflow": "break" if is_named else "none",
        "lineHeight": round(1.1 * theme.size),
        "verticalAlignMinLabel": "bottom" if is_named else "middle",
    }
    return axis(theme, "value", min=0, max=RUNGS - 1, interval=2, axisLabel=words)


def _behind(theme: Theme) -> Options:
    """Return the line of the scenario's own setting, behind all others."""
    return {"color": theme.muted, "width": 6, "type": "solid", "opacity": 0.4}


def _line(data: Iterable[float], stack: str, opacity: float) -> Options:
    return {
        "type": "line",
        "stack": stack,
        "symbol": "none",
        "lineStyle": {"opacity": opacity},
        "tooltip": {"show": False},
        "data": list(data),
    }


def event_steps(table: Table, theme: Theme) -> Options:
    """Return the share of crises with an event by each date, as steps, one line per setting."""
    names, ghost = _names(table), _ghost(table)
    options = frame(theme, names if len(names) > 1 else ())
    options["tooltip"] |= {"axisPointer": {"type": "line"}} | _percent_tooltip(-1)
    options["xAxis"] = date_axis(theme, [str(row["date"]) for row in records(table, setting=names[0])])
    options["yAxis"] = share_axis(theme)
    drawn = [name for name in names if name != ghost]
    options["series"] = [_steps(table, name, theme, k, len(drawn) == 1) for k, name in enumerate(drawn)]
    if ghost:
        line = _behind(theme)
        options["series"].append(
            _steps(table, ghost, theme, 0, False)
            | {"lineStyle": line, "itemStyle": {"color": line["color"]}, "z": 1}
        )
    return options


def _steps(table: Table, name: str, theme: Theme, k: int, is_alone: bool) -> Options:
    return {
        "type": "line",
        "name": name,
        "step": "end",
        "symbol": "none",
        "lineStyle": {"color": theme.settings[k], "width": 2.4, "type": DASHES[k]},
        "itemStyle": {"color": theme.settings[k]},
        "areaStyle": {"opacity": 0.12 if is_alone else 0},
        "data": [percent(row["share_by_then"]) for row in records(table, setting=name)],
    }


def share_axis(theme: Theme) -> Options:
    """Return the axis of shares of crises, from 0 to 100% whatever they are."""
    return axis(theme, "value", min=0, max=100, axisLabel={"formatter": _percent_words("{value}")})


def _percent_words(value: str) -> str:
    """Return a number that is already in words in percent, as the language writes it."""
    return language.percent(0.2, 0).replace(language.number(20), value)


def _percent_tooltip(at: int) -> Options:
    """Return the form of shares in a tooltip: in percent; of a point, its number at a place, 0 or -1."""
    code = _IN_PERCENT.format(at=at, words=json.dumps(_percent_words("#")), language=language.spoken())
    return {":valueFormatter": code}


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
    options["yAxis"] = posture_axis(theme)
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
    options["grid"]["top"] = round(4.6 * theme.size)
    options["tooltip"] |= {"axisPointer": {"type": "line"}} | _percent_tooltip(-1)
    options["xAxis"] = date_axis(theme, dates)
    options["yAxis"] = share_axis(theme)
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
