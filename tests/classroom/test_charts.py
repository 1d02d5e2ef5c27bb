from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from escalation.classroom import charts, exports
from escalation.classroom.chart_style import DARK, LIGHT, Theme
from escalation.measures.ensemble import Ensemble
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace

FOUND = [
    ("now", ensemble()),
    ("pinned A", ensemble(((ENTRY, 44),))),
    ("pinned B", ensemble(((STYLE, "manipulation"),))),
]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_options_are_plain_data_of_the_tables(count: int, theme: Theme) -> None:
    tables = exports.tables_of(FOUND[:count])
    bars = charts.outcome_bars(tables["outcomes"], theme)
    drawn = [series for series in bars["series"] if series["type"] == "bar"]
    assert len(drawn) == count
    for (name, found), series in zip(FOUND[:count], drawn, strict=True):
        assert series["name"] == name
        assert series["data"][4] == pytest.approx(100 * (found.columns["outcome"] == 4).mean(), abs=0.01)
    whiskers = [series for series in bars["series"] if series["type"] == "custom"]
    assert len(whiskers) == count
    every = [
        bars,
        charts.peak_bars(tables["peaks"], theme),
        charts.settlement_bars(tables["settlements"], theme),
        charts.event_steps(tables["ceasefires"], theme),
        charts.event_steps(tables["forces"], theme),
        charts.fan(tables["postures"], "india", theme, 0, "2025-05-05"),
    ]
    for options in every:
        assert json.loads(json.dumps(options, allow_nan=False))
        assert ("legend" in options) == (count > 1)
        assert options["animation"] is False


def test_shares_are_in_percent_where_they_are_pointed_at() -> None:
    tables = exports.tables_of(FOUND)
    lines = charts.event_steps(tables["forces"], LIGHT)
    odds = charts.odds({"war": [0.1, 0.2]}, ["2025-05-06", "2025-05-07"], LIGHT)
    for options in (charts.outcome_bars(tables["outcomes"], LIGHT), lines, odds):
        assert '"#%"' in options["tooltip"][":valueFormatter"]
        assert "'en'" in options["tooltip"][":valueFormatter"]
    fan = charts.fan(tables["postures"], "india", LIGHT)
    assert "%" not in fan["tooltip"][":valueFormatter"], "postures are rungs"
    assert "'en'" in fan["tooltip"][":valueFormatter"]


def test_a_course_is_drawn_up_to_its_day() -> None:
    states = [("India", [(1.0, 2), (2.0, None), (3.0, 4)]), ("Pakistan", [(0.5, None)] * 3)]
    dates = ["2025-05-04", "2025-05-05", "2025-05-06"]
    series = charts.course(states, dates, 1, "2025-05-05", LIGHT)["series"]
    assert [one["data"] for one in series] == [[1.0, 2.0], [[0, 2]], [0.5, 0.5], []]


OWN = ("as in the scenario", ensemble())


def test_three_pinned_settings_are_drawn_before_the_scenario_itself() -> None:
    drawn = [(name, ensemble()) for name in ("now", "pinned A", "pinned B", "pinned C", "as in the scenario")]
    tables = exports.tables_of(drawn)
    for options in (
        charts.outcome_bars(tables["outcomes"], LIGHT),
        charts.event_steps(tables["forces"], LIGHT),
        charts.fan(tables["postures"], "india", LIGHT),
    ):
        named = {series["name"] for series in options["series"] if series.get("name")}
        assert named == {name for name, _ in drawn}


@pytest.mark.parametrize("settings", [FOUND[1:2], FOUND[1:]])
def test_the_scenario_itself_is_behind_all_others(settings: list[tuple[str, Ensemble]]) -> None:
    tables = exports.tables_of([*settings, OWN])
    bars = charts.outcome_bars(tables["outcomes"], LIGHT)
    (ghost,) = (series for series in bars["series"] if series.get("name") == OWN[0])
    assert ghost["data"][4] == pytest.approx(100 * (ensemble().columns["outcome"] == 4).mean(), abs=0.01)
    front = [series for series in bars["series"] if series["type"] == "bar" and series is not ghost]
    assert [series["name"] for series in front] == [name for name, _ in settings]
    assert bars["yAxis"][ghost["yAxisIndex"]]["data"] == bars["yAxis"][0]["data"]
    assert all(ghost["z"] < series.get("z", 2) for series in front)
    for options in (
        charts.event_steps(tables["forces"], LIGHT),
        charts.fan(tables["postures"], "india", LIGHT, 0, "2025-05-05"),
    ):
        named = {series.get("name"): series for series in options["series"]}
        assert named[OWN[0]]["z"] < named[settings[0][0]].get("z", 2)


def test_axes_do_not_move_with_what_is_drawn() -> None:
    def axes(settings: list[tuple[str, Ensemble]]) -> list[object]:
        tables = exports.tables_of([*settings, OWN])
        found = [
            charts.outcome_bars(tables["outcomes"], LIGHT),
            charts.settlement_bars(tables["settlements"], LIGHT),
            charts.peak_bars(tables["peaks"], LIGHT), charts.event_steps(tables["forces"], LIGHT),
            charts.event_steps(tables["ceasefires"], LIGHT), charts.fan(tables["postures"], "india", LIGHT),
        ]  # fmt: skip
        return [(options["xAxis"], options["yAxis"], options["grid"]) for options in found]

    assert axes(FOUND[:1]) == axes(FOUND[1:2]) == axes(FOUND)


@pytest.mark.parametrize("size", [14, 19])
def test_letters_are_large_enough_and_grow_with_the_screen(size: int) -> None:
    theme = replace(LIGHT, size=size)
    tables = exports.tables_of([FOUND[0], OWN])
    names = [rung.label for rung in workspace().scenario.ladder.rungs.values()]
    for options in (
        charts.outcome_bars(tables["outcomes"], theme),
        charts.peak_bars(tables["peaks"], theme),
        charts.fan(tables["postures"], "india", theme, 0, "2025-05-05", names),
    ):
        found = re.findall(r'"fontSize": (\d+)', json.dumps(options))
        assert found
        assert {int(one) for one in found} == {size}


def test_rungs_have_their_names_where_there_is_room() -> None:
    tables = exports.tables_of([FOUND[0]])
    bars = charts.peak_bars(tables["peaks"], LIGHT)
    assert bars["yAxis"]["data"][7] == "7 Overt strike beyond the disputed zone"
    names = [rung.label for rung in workspace().scenario.ladder.rungs.values()]
    wide, narrow = (
        charts.fan(tables["postures"], "india", replace(LIGHT, is_narrow=is_narrow), rung_names=names)
        for is_narrow in (False, True)
    )
    assert "4 Mobilisation or blockade" in wide["yAxis"]["axisLabel"][":formatter"]
    assert "Mobilisation" not in narrow["yAxis"]["axisLabel"][":formatter"]
