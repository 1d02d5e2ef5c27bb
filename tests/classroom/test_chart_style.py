from __future__ import annotations

import itertools

import pytest

from escalation.classroom import charts, exports
from escalation.classroom.chart_style import DARK, DASHES, DECALS, LIGHT, Theme, framed
from tests.classroom.crises import ensemble


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_colours_contrast_with_their_background(theme: Theme) -> None:
    for colour in (*theme.settings, *theme.states):
        assert contrast(colour, theme.ground) >= 3.0, colour
    assert contrast(theme.ink, theme.ground) >= 7.0
    assert contrast(theme.muted, theme.ground) >= 4.5
    assert len(set(theme.settings + theme.states)) == len(theme.settings + theme.states)


def test_settings_are_distinguishable_without_colour() -> None:
    for one, other in itertools.combinations(range(len(LIGHT.settings)), 2):
        assert DASHES[one] != DASHES[other]
        assert DECALS[one] != DECALS[other]


def test_a_picture_carries_title_setting_and_caveat() -> None:
    tables = exports.tables_of([("now", ensemble())])
    notes = ["a setting", "a caveat"]
    options = framed(charts.peak_bars(tables["peaks"], LIGHT), "A title", notes, LIGHT)
    assert [title["text"] for title in options["title"]] == ["A title", "a setting\na caveat"]
    assert options["backgroundColor"] == LIGHT.ground
