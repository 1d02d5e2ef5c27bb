"""The page as one file: settings simulated beforehand, to explore without server or network.

Charts are those of the live page. They are written without data, for each language, size of screen and
number of settings that are drawn together; the numbers of each setting are written once. ECharts (Apache
Licence 2.0) is copied from NiceGUI's wheel.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.classroom import graphs, texts
from escalation.classroom.chart_style import DARK, LIGHT, Options, Theme, percent
from escalation.classroom.charts import records
from escalation.classroom.controls import Control, Settings, Workspace, controls_of
from escalation.classroom.exports import setting_words
from escalation.classroom.graphs import EVENTS, GRAPHS
from escalation.classroom.guesses import (
    NUCLEAR,
    ROWS,
    Guess,
    first_question,
    question_words,
    questions_of,
    row_words,
    share_of_question,
    with_guess,
)
from escalation.classroom.lesson import Lesson, lesson_of
from escalation.classroom.session import MOST_PINS, PINS, SCREENS
from escalation.classroom.settings_grid import (
    Axis,
    SettingsGrid,
    ensemble_at,
    grid_of,
    joint_counts,
    simulated,
)
from escalation.classroom.waking import asleep, background
from escalation.crisis import wording
from escalation.files.write import write_file
from escalation.language import (
    date_words,
    is_right_to_left,
    language_name,
    languages,
    number,
    say,
    speaking,
)
from escalation.measures.ensemble import Ensemble, compared, differences
from escalation.stats.intervals import Z_95
from escalation.vocabulary import NUCLEAR_CAVEAT

STATIC = Path(__file__).parent / "static"
ALL = "all"
"""The graph whose figures share the width of a screen."""
SHORT = 2**16
"""More crises than fit two bytes."""

SAID = (
    "AS_SCENARIO", "CLEAR", "CLEAR_OF", "COMPARED", "COMPARED_OWN", "CONTROLS", "DIFFERENCE_COLUMNS",
    "DRAWN", "EVENT_WORDS", "FAN_WORDS", "GRAPH", "GUESS", "GUESS_AXIS", "GUESS_FIELD", "GUESS_HIDDEN",
    "GUESS_HOW", "GUESS_LESS", "GUESS_MORE", "GUESS_PANEL", "GUESS_ROW", "GUESS_SHOW", "GUESS_STOP",
    "GUESS_WITHIN", "INERT", "KEY_CONTROLS", "LANGUAGE", "MORE", "NEXT", "NEXT_COMPARE", "NEXT_GUESS",
    "NEXT_GUESSED", "NEXT_INERT", "NEXT_MOVE", "NEXT_PIN", "NOW", "NO_PINS", "NO_SHARES",
    "OTHER_ASSUMPTIONS", "OFFLINE_FIXED", "OFFLINE_LARGEST", "OFFLINE_LEAVE", "OFFLINE_NEAREST",
    "OFFLINE_PLACED", "OFFLINE_POLICIES", "OFFLINE_START", "PIN", "PINNED", "PINS", "PINS_FULL", "POINTS",
    "PRESETS", "REDO", "RESET_ALL", "RESULTS", "SKIP", "THEME_DARK", "THEME_LIGHT", "UNCLEAR", "UNDO",
    "UNPIN", "UNPIN_NAME", "WHAT_IS_THIS",
)  # fmt: skip
"""Texts that the page fills in, by the names of their constants."""


@dataclass(frozen=True)
class OfflineCell:
    """What the file holds of one setting."""

    charts: Mapping[str, list[Any]]
    """By figure: of bars, share and interval of each row; of lines, the data of each."""
    ends: Mapping[str, list[float]]
    """By figure of an event: the share on the last day, with its interval."""
    answers: NDArray[np.bool_]
    """[shares, crises]: of the shares that are compared."""


def write_page(
    workspace: Workspace, out: Path, seed: int, replications: int, lesson: Lesson | None = None
) -> int:
    """Simulate every setting of the grid and write the page; return the number of settings.

    The file is written whole or not at all.

    Parameters
    ----------
    workspace
        Of the scenario.
    out
        The file.
    seed, replications
        Of every setting.
    lesson
        With the question, the main controls and the cards; if none is given, the shipped one of the scenario
        or one that is derived from it.
    """
    lesson = lesson or lesson_of(workspace)
    grid = grid_of(workspace, lesson)
    cells = simulated(workspace, grid, seed, replications, _cell)
    own = ensemble_at(workspace, (), seed, replications)
    write_file(out, _page(workspace, lesson, grid, cells, own))
    return len(cells)


def _cell(ensemble: Ensemble) -> OfflineCell:
    scenario = ensemble.scenario
    tables = graphs.tables_of([(texts.NOW, ensemble)], GRAPHS[ALL])
    charts: dict[str, list[Any]] = {}
    for name in graphs.figures_of(ALL, scenario):
        if name in ROWS and name not in EVENTS:
            charts[name] = [
                [percent(row[key]) for key in ("share", "low", "high")] for row in records(tables[name])
            ]
        else:
            charts[name] = [one["data"] for one in graphs.chart(name, tables, scenario, LIGHT)["series"]]
    shares = {name: share_of_question(f"{name}.end", ensemble) for name in EVENTS}
    ends = {
        name: [percent(each.share), percent(each.low), percent(each.high)] for name, each in shares.items()
    }
    return OfflineCell(charts, ends, np.array([ensemble.answers[name] for name in compared()]))


def _page(
    workspace: Workspace, lesson: Lesson, grid: SettingsGrid, cells: Sequence[OfflineCell], own: Ensemble
) -> str:
    spoken_in = {}
    for code in languages():
        with speaking(code):
            spoken_in[code] = _in_language(workspace, lesson, grid, own) | {
                "code": code,
                "name": language_name(code),
                "dir": "rtl" if is_right_to_left(code) else "ltr",
            }
    joint = joint_counts([cell.answers for cell in cells])
    counts = joint.astype("<u2" if own.n < SHORT else "<u4")
    data = {
        "n": own.n,
        "z": Z_95,
        "main": grid.main,
        "axes": [_axis(axis) for axis in grid.axes],
        "starts": [
            {"set": _written(start.settings), "axes": start.axes, "cells": start.cells, "picks": start.picks}
            for start in grid.starts
        ],
        "cards": [{"start": card.start, "picks": card.picks} for card in grid.cards],
        "cells": [{**cell.charts, "ends": cell.ends} for cell in cells],
        "joint": b64encode(counts.tobytes()).decode("ascii"),
        "bytes": counts.itemsize,
        "letters": PINS,
        "graphs": {graph: graphs.figures_of(graph, workspace.scenario) for graph in GRAPHS},
        "questions": {graph: questions_of(graph) for graph in GRAPHS},
        "first": {graph: first_question(graph) for graph in GRAPHS},
        "rows": {kind: rows for kind, (_, rows) in ROWS.items()},
        "events": list(EVENTS),
        "nuclear": NUCLEAR,
        "screens": SCREENS,
        "colours": {"light": _colours(LIGHT), "dark": _colours(DARK)},
        "languages": spoken_in,
    }
    about = f"{say(wording.CAVEAT)} {_note(workspace, len(cells), own)}"
    parts = {
        "TITLE": escape(say(workspace.scenario.title)),
        "ABOUT": escape(about),
        "STYLE": _static("page.css"),
        "DATA": json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c"),
        "ECHARTS": echarts_source(),
        "SCRIPT": "".join(_static(name) for name in ("offline_cells.js", "offline.js")),
        "PAGE": _static("page.js"),
        "GUESS": _static("guess.js"),
    }
    return re.sub(r"\{\{([A-Z]+)\}\}", lambda match: parts[match[1]], _static("offline.html"))


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")


def _note(workspace: Workspace, settings: int, own: Ensemble) -> str:
    return say(
        texts.OFFLINE_NOTE, scenario=workspace.scenario.name, hash=workspace.digest[:12],
        settings=number(settings), n=number(own.n), seed=str(own.seed),
    )  # fmt: skip


def _axis(axis: Axis) -> dict[str, Any]:
    values = [str(value) for value in axis.values]
    return {"path": axis.path, "kind": axis.control.kind, "values": values, "home": axis.at}


def _written(settings: Settings) -> list[tuple[str, str]]:
    return [(path, str(value)) for path, value in settings]


# In one language


def _in_language(workspace: Workspace, lesson: Lesson, grid: SettingsGrid, own: Ensemble) -> dict[str, Any]:
    """Return all that the page shows in the language of now."""
    scenario = workspace.scenario
    controls = {control.path: control for control in controls_of(workspace)}
    names = graphs.figures_of(ALL, scenario)
    presets = [lesson.presets[card.name] for card in grid.cards]
    return {
        "title": say(scenario.title),
        "question": say(lesson.question),
        "begin": say(lesson.begin),
        "about": [say(wording.CAVEAT), _note(workspace, len(grid.settings), own)],
        "say": {name: _said(getattr(texts, name)) for name in SAID},
        "nuclear": say(NUCLEAR_CAVEAT),
        "seed": str(own.seed),
        "days": scenario.free_days,
        "last": date_words(scenario.date_of(scenario.last_day)),
        "cards": [{"label": say(preset.label), "says": say(preset.says)} for preset in presets],
        "axes": [_control(controls[axis.path], axis) for axis in grid.axes],
        "settings": [setting_words(controls, settings) for settings in grid.settings],
        "starts": [setting_words(controls, start.settings) for start in grid.starts],
        "remarks": [_remarks(controls, settings, grid) for settings in grid.settings],
        "graphs": {graph: say(texts.GRAPH_NAMES[graph]) for graph in GRAPHS},
        "figures": {
            name: {
                "title": graphs.title(name, scenario),
                "says": graphs.says(name),
                "terms": graphs.definitions(name, scenario),
            }
            for name in names
        },
        "asked": {each: question_words(each, scenario) for each in questions_of(ALL)},
        "row": {each: row_words(each, scenario) for each in questions_of(ALL)},
        "clauses": [each.clause for each in differences(own, own)],
        "charts": _charts(own),
    }


def _said(text: str | tuple[str, ...]) -> str | list[str]:
    return say(text) if isinstance(text, str) else [say(each) for each in text]


def _control(control: Control, axis: Axis) -> dict[str, Any]:
    return {
        "group": control.group,
        "label": control.label,
        "says": control.says,
        "more": list(background(control)),
        "options": [control.shown(value) for value in axis.values],
        "name": say(texts.CONTROL_NAME, group=control.group, label=control.label),
        "moreName": say(texts.MORE_OF, label=control.label, group=control.group),
    }


def _remarks(controls: Mapping[str, Control], settings: Settings, grid: SettingsGrid) -> dict[int, str]:
    """Return by place of its axis what is said next to a control that moves nothing under some settings."""
    said = asleep(controls, settings, [axis.path for axis in grid.axes])
    return {place: said[axis.path] for place, axis in enumerate(grid.axes) if axis.path in said}


# Charts


def _colours(theme: Theme) -> dict[str, str]:
    """Return the colours of a theme by the names that charts in the file have for them."""
    found: dict[str, str] = {}
    for field in fields(Theme):
        value = getattr(theme, field.name)
        if isinstance(value, str):
            found[field.name] = value
        elif isinstance(value, tuple):
            found |= {f"{field.name}{k}": colour for k, colour in enumerate(value)}
    return found


def _named_colours() -> Theme:
    """Return a theme that has names in the place of colours: `@ink@`, `@settings0@`."""

    def names(name: str, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        return f"@{name}@" if isinstance(value, str) else tuple(f"@{name}{k}@" for k in range(len(value)))

    found = {field.name: getattr(LIGHT, field.name) for field in fields(Theme)}
    given = {name: names(name, value) for name, value in found.items() if isinstance(value, str | tuple)}
    return replace(LIGHT, **given)  # type: ignore[arg-type]


def _charts(own: Ensemble) -> dict[str, dict[str, Any]]:
    """Return the charts of every figure without data, by size of letters and width: `14 wide`."""
    scenario = own.scenario
    ghost = say(texts.AS_SCENARIO)
    tables = []
    for n in range(1, MOST_PINS + 2):
        drawn = [(str(k), own) for k in range(n)]
        tables.append(graphs.tables_of([*drawn, (ghost, own)], GRAPHS[ALL]))
    found = {}
    for size in sorted({size for size, _ in SCREENS.values()}):
        for width, is_narrow in (("wide", False), ("narrow", True)):
            theme = replace(_named_colours(), size=size, is_narrow=is_narrow)
            found[f"{size} {width}"] = {
                name: _chart(
                    [graphs.chart(name, each, scenario, theme) for each in tables], name, ghost, theme
                )
                for name in graphs.figures_of(ALL, scenario)
            }
    return found


def _chart(charts: Sequence[Options], name: str, ghost: str, theme: Theme) -> dict[str, Any]:
    """Return a chart without data, with its series for each number of settings, and the mark of a guess."""
    question = next((each for each in questions_of(ALL) if each.startswith(f"{name}.")), None)
    found = dict(charts[0])
    found["legend"] = {key: value for key, value in found["legend"].items() if key != "data"}
    found["series"] = [_without_data(chart["series"], n, ghost) for n, chart in enumerate(charts, 1)]
    if question is not None:
        marked = with_guess(charts[0], name, Guess(question), theme)
        found["mark"] = {key: value for key, value in marked["series"][-1].items() if key != "data"}
    return found


def _without_data(series: Sequence[Options], n: int, ghost: str) -> list[Options]:
    """Return series that name what they show: the number of a setting, and which of its lines.

    The scenario's own setting comes last. What has no name belongs to the present setting, and the line with
    a name comes after these.
    """
    unnamed = sum("name" not in one for one in series)
    found = []
    for at, one in enumerate(series):
        name = one.get("name")
        setting = 0 if name is None else n if name == ghost else int(name)
        kept = {key: value for key, value in one.items() if key not in ("name", "data")}
        if one["type"] == "scatter":
            label = one["data"][0]["label"]
            kept["label"] = {key: value for key, value in label.items() if key != "formatter"}
        found.append(kept | {"of": [setting, unnamed if name is not None else at], "named": name is not None})
    return found


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
