"""One page in one file: a grid of settings counted beforehand, to explore without server and network.

The charts are those of the live page. A chart of the first setting is written out whole; of the others only
the data of its series. ECharts (Apache Licence 2.0) is taken from NiceGUI's wheel and written into the file.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from escalation.classroom import charts, takeaway, texts
from escalation.classroom.controls import Control, Crisis, Settings, Value, controls_of, put
from escalation.classroom.frames import DARK, LIGHT, Options, Theme
from escalation.crisis import wording
from escalation.engine.pack import Index, pack
from escalation.files.write import write_file
from escalation.measures.ensemble import PART, Outlook, outlook_of, play_part

STATIC = Path(__file__).parent / "static"
MOST_SETTINGS = 160


@dataclass(frozen=True)
class Axis:
    """One control of the file: a choice among few values."""

    control: Control
    values: tuple[Value, ...]

    @property
    def at(self) -> int:
        """Return where among the values the scenario's own stands."""
        return self.values.index(self.control.value)


def axes_of(crisis: Crisis) -> list[Axis]:
    """Return what can be chosen in the file, as many controls as the grid has room for."""
    controls = {control.path: control for control in controls_of(crisis)}
    axes: list[Axis] = []
    for path in _wanted(crisis):
        axis = Axis(controls[path], _values(controls[path], crisis))
        if len(axis.values) * _size(axes) <= MOST_SETTINGS:
            axes.append(axis)
    return axes


def _wanted(crisis: Crisis) -> Iterator[str]:
    """Yield the paths of controls by rank: how a mediator goes about it, then how the rivals see it."""
    scenario = crisis.scenario
    rivals = list(dict.fromkeys(name for rivalry in scenario.rivalries for name in rivalry.between))
    for mediator in list(scenario.mediators)[:1]:
        yield from (f"mediators.{mediator}.{key}" for key in ("style", "form", "enters_day"))
    if scenario.mediators:
        yield from (f"states.{name}.third_party_aversion" for name in rivals[:2])
    yield from (f"states.{name}.{key}" for key in ("resolve", "audience") for name in rivals[:2])


def _values(control: Control, crisis: Crisis) -> tuple[Value, ...]:
    if control.options:
        return control.options
    scenario = crisis.scenario
    if control.never is not None:
        first, last = scenario.horizon_day + 1, scenario.last_day
        return tuple(sorted({control.value, min(first + 7, last), min(first + 14, last), control.never}))
    return tuple(sorted({0.1, control.value, 0.9}))


def _size(axes: Sequence[Axis]) -> int:
    size = 1
    for axis in axes:
        size *= len(axis.values)
    return size


def write_page(crisis: Crisis, out: Path, seed: int, crises: int) -> int:
    """Count every setting of the grid and write the page; return how many settings there are.

    The file is written whole or not at all.
    """
    axes = axes_of(crisis)
    settings = [_setting(axes, values) for values in itertools.product(*(axis.values for axis in axes))]
    outlooks = _outlooks(crisis, settings, seed, crises)
    text = _page(crisis, axes, outlooks)
    write_file(out, text)
    return len(settings)


def _setting(axes: Sequence[Axis], values: Sequence[Value]) -> Settings:
    settings: Settings = ()
    for axis, value in zip(axes, values, strict=True):
        if value != axis.control.value:
            settings = put(settings, axis.control.path, value)
    return settings


def _outlooks(crisis: Crisis, settings: Sequence[Settings], seed: int, crises: int) -> list[Outlook]:
    def count(which: Settings) -> Outlook:
        scenario = crisis.at(which)
        params = pack(scenario)
        parts = [
            play_part(params, seed, first, min(PART, crises - first)) for first in range(0, crises, PART)
        ]
        return outlook_of(scenario, seed, parts)

    with ThreadPoolExecutor(os.cpu_count()) as threads:
        return list(threads.map(count, settings))


def _charts(crisis: Crisis, outlook: Outlook, theme: Theme) -> dict[str, Options]:
    tables = takeaway.tables_of([(texts.NOW, outlook)])
    scenario = crisis.scenario
    found = {"outcomes": charts.outcome_bars(tables["outcomes"], theme)}
    for name in scenario.states:
        number = Index(scenario).actor[name]
        found[f"fan:{name}"] = charts.fan(tables["postures"], name, theme, number, str(scenario.horizon))
    found["peaks"] = charts.peak_bars(tables["peaks"], theme)
    found["ceasefires"] = charts.ceasefire_steps(tables["ceasefires"], theme)
    return found


def _page(crisis: Crisis, axes: Sequence[Axis], outlooks: Sequence[Outlook]) -> str:
    at = 0
    for axis in axes:
        at = at * len(axis.values) + axis.at
    whole = {mode: _charts(crisis, outlooks[at], theme) for mode, theme in (("light", LIGHT), ("dark", DARK))}
    cells = [
        {
            name: [takeaway.figure_words(name, outlook), *(series["data"] for series in options["series"])]
            for name, options in _charts(crisis, outlook, LIGHT).items()
        }
        for outlook in outlooks
    ]
    first = outlooks[at]
    data = {
        "sizes": [len(axis.values) for axis in axes],
        "charts": whole,
        "cells": cells,
        "words": {"light": texts.THEME_LIGHT, "dark": texts.THEME_DARK},
        "drawn": texts.DRAWN.format(n=f"{first.n:,}", seed=first.seed, moved="").strip(),
    }
    parts = {
        "TITLE": escape(crisis.scenario.title),
        "CAVEAT": escape(wording.CAVEAT),
        "NOTE": escape(texts.OFFLINE_NOTE.format(n=f"{first.n:,}", seed=first.seed, settings=len(outlooks))),
        "RESET": texts.RESET_ALL,
        "SETTINGS": texts.CONTROLS,
        "RESULTS": texts.RESULTS,
        "STYLE": (STATIC / "page.css").read_text(encoding="utf-8"),
        "CONTROLS": "\n".join(_choice(number, axis) for number, axis in enumerate(axes)),
        "FIGURES": "\n".join(_figure(crisis, name) for name in whole["light"]),
        "DATA": json.dumps(data, separators=(",", ":")).replace("<", "\\u003c"),
        "ECHARTS": echarts_source(),
        "SCRIPT": (STATIC / "offline.js").read_text(encoding="utf-8"),
    }
    template = (STATIC / "offline.html").read_text(encoding="utf-8")
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda match: parts[match[1]], template)


def _choice(number: int, axis: Axis) -> str:
    control = axis.control
    options = "".join(
        f"<option value={k}{' selected' if k == axis.at else ''}>{escape(_option(control, value))}</option>"
        for k, value in enumerate(axis.values)
    )
    label, says = escape(f"{control.group}: {control.label}"), escape(control.says)
    source = escape(f"{texts.SOURCE}: {control.source}.")
    return (
        f'<div class="dial"><div class="dial-head"><label for="axis-{number}">{label}</label></div>'
        f'<select id="axis-{number}" data-path="{escape(control.path)}" aria-describedby="says-{number}">'
        f'{options}</select><p id="says-{number}" class="says">{says} '
        f'<span class="source">{source}</span></p></div>'
    )


def _option(control: Control, value: Value) -> str:
    shown = control.shown(value)
    return f"{shown} ({texts.AS_SCENARIO})" if value == control.value else shown


def _figure(crisis: Crisis, name: str) -> str:
    kind, _, state = name.partition(":")
    title = escape(texts.FIGURES[kind].format(state=crisis.scenario.label(state) if state else ""))
    return (
        f'<section class="figure" data-figure="{escape(name.replace(":", "_"))}" aria-label="{title}">'
        f'<div class="figure-head"><h2>{title}</h2></div>'
        f'<div class="chart" role="img" data-chart="{escape(name)}" aria-label="{title}"></div>'
        f'<p class="note">{escape(texts.FIGURE_NOTES[kind])}</p></section>'
    )


def echarts_source() -> str:
    """Return ECharts as a script that leaves it in `window.echarts`, from the wheel of NiceGUI."""
    import nicegui

    folder = Path(nicegui.__file__).parent / "elements" / "echart" / "dist"
    entry = (folder / "index.js").read_text(encoding="utf-8")
    found = re.search(r'import\{(\w+) as (\w+).*?\}from"\./([\w.-]+)".*?\2 as echarts', entry)
    if found is None:
        raise RuntimeError("ECharts stands elsewhere in this version of NiceGUI")
    chunk = (folder / found[3]).read_text(encoding="utf-8")
    exports: Any = re.search(r"export\{([^}]*)\}", chunk)
    name = re.search(rf"(?:^|,)([\w$]+) as {found[1]}(?:,|$)", exports[1])
    if name is None:
        raise RuntimeError("ECharts has another name in this version of NiceGUI")
    without = chunk[: exports.start()] + f"window.echarts={name[1]}" + chunk[exports.end() :]
    without = re.sub(r"//# sourceMappingURL=.*", "", without)
    return without.replace("</script", "<\\/script")
