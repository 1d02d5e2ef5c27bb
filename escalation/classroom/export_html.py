"""The page as one file: a grid of settings simulated beforehand, to explore without server or network.

The charts are those of the live page. The charts of the scenario's own setting are written in full; for the
others, only the data of their series. ECharts (Apache Licence 2.0) is copied from NiceGUI's wheel.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from escalation.classroom import graphs, texts
from escalation.classroom.chart_style import DARK, LIGHT, Options, Theme
from escalation.classroom.controls import Control, Settings, Value, Workspace, controls_of, in_effect, put
from escalation.classroom.waking import background
from escalation.crisis import wording
from escalation.engine.pack import pack
from escalation.files.write import write_file
from escalation.language import say
from escalation.measures.ensemble import PART, Ensemble, ensemble_of, play_part

STATIC = Path(__file__).parent / "static"
MOST_SETTINGS = 160


@dataclass(frozen=True)
class Axis:
    """One control of the file: a choice among a few values."""

    control: Control
    values: tuple[Value, ...]

    @property
    def at(self) -> int:
        """Return the index of the scenario's own value."""
        return self.values.index(self.control.value)


def axes_of(workspace: Workspace) -> list[Axis]:
    """Return the controls of the file, as many as the grid has room for."""
    controls = {control.path: control for control in controls_of(workspace)}
    axes: list[Axis] = []
    for path in _wanted(workspace):
        axis = Axis(controls[path], _values(controls[path], workspace))
        if len(axis.values) * _size(axes) <= MOST_SETTINGS:
            axes.append(axis)
    return axes


def _wanted(workspace: Workspace) -> Iterator[str]:
    """Yield the paths of controls by rank: whether and how a mediator works, then how the rivals see it."""
    scenario = workspace.scenario
    rivals = list(dict.fromkeys(name for rivalry in scenario.rivalries for name in rivalry.between))
    for mediator in list(scenario.mediators)[:1]:
        yield f"mediators.{mediator}"
        yield from (f"mediators.{mediator}.{key}" for key in ("style", "form", "enters_day"))
    if scenario.mediators:
        yield from (f"states.{name}.third_party_aversion" for name in rivals[:2])
    yield from (f"states.{name}.{key}" for key in ("resolve", "audience") for name in rivals[:2])


def _values(control: Control, workspace: Workspace) -> tuple[Value, ...]:
    if control.options:
        return control.options
    scenario = workspace.scenario
    if control.never is not None:
        first, last = scenario.horizon_day + 1, scenario.last_day
        return tuple(sorted({control.value, min(first + 7, last), min(first + 14, last), control.never}))
    return tuple(sorted({0.1, control.value, 0.9}))


def _size(axes: Sequence[Axis]) -> int:
    size = 1
    for axis in axes:
        size *= len(axis.values)
    return size


def write_page(workspace: Workspace, out: Path, seed: int, replications: int) -> int:
    """Simulate every setting of the grid and write the page; return the number of settings.

    The file is written whole or not at all.
    """
    axes = axes_of(workspace)
    settings = [_setting(axes, values) for values in itertools.product(*(axis.values for axis in axes))]
    ensembles = _ensembles(workspace, settings, seed, replications)
    text = _page(workspace, axes, ensembles)
    write_file(out, text)
    return len(settings)


def _setting(axes: Sequence[Axis], values: Sequence[Value]) -> Settings:
    settings: Settings = ()
    for axis, value in zip(axes, values, strict=True):
        if value != axis.control.value:
            settings = put(settings, axis.control.path, value)
    return settings


def _ensembles(
    workspace: Workspace, settings: Sequence[Settings], seed: int, replications: int
) -> list[Ensemble]:
    def count(which: Settings) -> Ensemble:
        scenario = workspace.at(which)
        params = pack(scenario)
        parts = [
            play_part(params, seed, first, min(PART, replications - first))
            for first in range(0, replications, PART)
        ]
        return ensemble_of(scenario, seed, parts)

    different = list(dict.fromkeys(map(in_effect, settings)))
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        counted = dict(zip(different, threads.map(count, different), strict=True))
    return [counted[in_effect(each)] for each in settings]


def _charts(workspace: Workspace, ensemble: Ensemble, theme: Theme) -> dict[str, Options]:
    scenario = workspace.scenario
    tables = graphs.tables_of([(texts.NOW, ensemble)], graphs.GRAPHS["all"])
    theme = replace(theme, is_narrow=True)  # several figures share the width of a screen
    return {name: graphs.chart(name, tables, scenario, theme) for name in graphs.figures_of("all", scenario)}


def _page(workspace: Workspace, axes: Sequence[Axis], ensembles: Sequence[Ensemble]) -> str:
    at = 0
    for axis in axes:
        at = at * len(axis.values) + axis.at
    whole = {
        mode: _charts(workspace, ensembles[at], theme) for mode, theme in (("light", LIGHT), ("dark", DARK))
    }
    cells = [
        {
            name: [graphs.words(name, ensemble), *(series["data"] for series in options["series"])]
            for name, options in _charts(workspace, ensemble, LIGHT).items()
        }
        for ensemble in ensembles
    ]
    first = ensembles[at]
    data = {
        "sizes": [len(axis.values) for axis in axes],
        "charts": whole,
        "cells": cells,
        "words": {"light": texts.THEME_LIGHT, "dark": texts.THEME_DARK},
        "drawn": texts.DRAWN.format(n=f"{first.n:,}", seed=first.seed, moved="").strip(),
    }
    parts = {
        "TITLE": escape(workspace.scenario.title),
        "CAVEAT": escape(wording.CAVEAT),
        "NOTE": escape(texts.OFFLINE_NOTE.format(n=f"{first.n:,}", seed=first.seed, settings=len(ensembles))),
        "RESET": texts.RESET_ALL,
        "SETTINGS": texts.CONTROLS,
        "RESULTS": texts.RESULTS,
        "STYLE": (STATIC / "page.css").read_text(encoding="utf-8"),
        "CONTROLS": "\n".join(_choice(number, axis) for number, axis in enumerate(axes)),
        "FIGURES": "\n".join(_figure(workspace, name) for name in whole["light"]),
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
    more = "".join(f"<p>{escape(line)}</p>" for line in background(control))
    return (
        f'<div class="dial"><div class="dial-head"><label for="axis-{number}">{label}</label></div>'
        f'<select id="axis-{number}" data-path="{escape(control.path)}" aria-describedby="says-{number}">'
        f'{options}</select><p id="says-{number}" class="says">{says}</p>'
        f'<details class="dial-more"><summary>{escape(say(texts.MORE))}</summary>{more}</details></div>'
    )


def _option(control: Control, value: Value) -> str:
    shown = control.shown(value)
    return f"{shown} ({texts.AS_SCENARIO})" if value == control.value else shown


def _figure(workspace: Workspace, name: str) -> str:
    title = escape(graphs.title(name, workspace.scenario))
    return (
        f'<section class="figure" data-figure="{escape(name.replace(":", "_"))}" aria-label="{title}">'
        f'<div class="figure-head"><h2>{title}</h2></div>'
        f'<div class="chart" role="img" data-chart="{escape(name)}" aria-label="{title}"></div>'
        f'<p class="note">{escape(graphs.says(name))}</p></section>'
    )


def echarts_source() -> str:
    """Return ECharts as a script that assigns it to `window.echarts`, from the wheel of NiceGUI."""
    package = find_spec("nicegui")  # not imported: that tries out sockets and starts a program
    if package is None or package.origin is None:
        raise RuntimeError("NiceGUI, which brings ECharts, is not installed")
    folder = Path(package.origin).parent / "elements" / "echart" / "dist"
    entry = (folder / "index.js").read_text(encoding="utf-8")
    found = re.search(r'import\{(\w+) as (\w+).*?\}from"\./([\w.-]+)".*?\2 as echarts', entry)
    if found is None:
        raise RuntimeError("ECharts was not found in this version of NiceGUI")
    chunk = (folder / found[3]).read_text(encoding="utf-8")
    exports: Any = re.search(r"export\{([^}]*)\}", chunk)
    name = re.search(rf"(?:^|,)([\w$]+) as {found[1]}(?:,|$)", exports[1])
    if name is None:
        raise RuntimeError("ECharts has a different name in this version of NiceGUI")
    without = chunk[: exports.start()] + f"window.echarts={name[1]}" + chunk[exports.end() :]
    without = re.sub(r"//# sourceMappingURL=.*", "", without)
    return without.replace("</script", "<\\/script")
