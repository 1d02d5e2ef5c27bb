from __future__ import annotations

import itertools
import json

import pytest

from escalation.classroom import charts, takeaway
from escalation.classroom.charts import DARK, LIGHT, Theme
from tests.classroom.crises import ENTRY, STYLE, outlook

FOUND = [
    ("now", outlook()),
    ("pinned A", outlook(((ENTRY, 44),))),
    ("pinned B", outlook(((STYLE, "manipulation"),))),
]


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_stand_out_from_their_ground(theme: Theme) -> None:
    for colour in (*theme.settings, *theme.states):
        assert contrast(colour, theme.ground) >= 3.0, colour
    assert contrast(theme.ink, theme.ground) >= 7.0
    assert contrast(theme.muted, theme.ground) >= 4.5
    assert len(set(theme.settings + theme.states)) == len(theme.settings + theme.states)


def test_settings_differ_without_colour_too() -> None:
    for one, other in itertools.combinations(range(len(LIGHT.settings)), 2):
        assert charts.DASHES[one] != charts.DASHES[other]
        assert charts.DECALS[one] != charts.DECALS[other]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_options_are_plain_data_of_the_tables(count: int, theme: Theme) -> None:
    tables = takeaway.tables_of(FOUND[:count])
    bars = charts.outcome_bars(tables["outcomes"], theme)
    drawn = [series for series in bars["series"] if series["type"] == "bar"]
    assert len(drawn) == count
    for (name, found), series in zip(FOUND[:count], drawn, strict=True):
        assert series["name"] == name
        assert series["data"][4] == pytest.approx(100 * (found.outcome == 4).mean(), abs=0.01)
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


def test_a_picture_carries_title_setting_and_caveat() -> None:
    tables = takeaway.tables_of(FOUND)
    notes = ["a setting", "a caveat"]
    options = charts.framed(charts.peak_bars(tables["peaks"], LIGHT), "A title", notes, LIGHT)
    assert [title["text"] for title in options["title"]] == ["A title", "a setting\na caveat"]
    assert options["backgroundColor"] == LIGHT.ground


def test_a_course_is_drawn_up_to_its_day() -> None:
    states = [("India", [(1.0, 2), (2.0, None), (3.0, 4)]), ("Pakistan", [(0.5, None)] * 3)]
    dates = ["2025-05-04", "2025-05-05", "2025-05-06"]
    series = charts.course(states, dates, 1, "2025-05-05", LIGHT)["series"]
    assert [one["data"] for one in series] == [[1.0, 2.0], [[0, 2]], [0.5, 0.5], []]
