from __future__ import annotations

import json

import pytest

from escalation.classroom import charts, exports
from escalation.classroom.chart_style import DARK, LIGHT, Theme
from tests.classroom.crises import ENTRY, STYLE, ensemble

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
        charts.ceasefire_steps(tables["ceasefires"], theme),
        charts.fan(tables["postures"], "india", theme, 0, "2025-05-05"),
    ]
    for options in every:
        assert json.loads(json.dumps(options, allow_nan=False))
        assert ("legend" in options) == (count > 1)
        assert options["animation"] is False


def test_a_course_is_drawn_up_to_its_day() -> None:
    states = [("India", [(1.0, 2), (2.0, None), (3.0, 4)]), ("Pakistan", [(0.5, None)] * 3)]
    dates = ["2025-05-04", "2025-05-05", "2025-05-06"]
    series = charts.course(states, dates, 1, "2025-05-05", LIGHT)["series"]
    assert [one["data"] for one in series] == [[1.0, 2.0], [[0, 2]], [0.5, 0.5], []]
