"""Differences from the baseline: marks are the numbers, and inert factors are labelled as such."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

from escalation.analysis.tidy import LevelEffect
from escalation.figures.effect_plot import plot_effects
from tests.figures.synthetic import ENTRY, INERT, axes_of, experiment, made, varied, words


def test_effects_are_in_percentage_points_and_filled_if_clear() -> None:
    tables = made("six factors")
    figure = plot_effects(tables, ["war", "stand_off"])
    effects = tables.effects[(tables.effects["factor"] != "") & (tables.effects["of"] == "war")]
    row = effects[(effects["factor"] == "entry") & (effects["entry"] == 28)].iloc[0]
    mark = next(line for line in axes_of(figure, "war").lines if line.get_gid() == "row 3")
    assert mark.get_xdata()[0] == pytest.approx(100 * row["difference"])
    is_filled = to_hex(mark.get_markerfacecolor()) != "#ffffff"
    assert is_filled == (row["low"] > 0 or row["high"] < 0)
    assert "percentage points" in words(figure)


def test_a_factor_that_changes_nothing_is_labelled_inert() -> None:
    tables = experiment([ENTRY, INERT])
    text = words(plot_effects(tables))
    assert "Colour of the carpet; baseline red: INERT, every crisis is identical at either level" in text
    assert "Russia's day of entry (days after 22 April); baseline 10 " in f"{text} "


def test_the_spread_over_settings_is_drawn_behind_the_mean() -> None:
    tables = experiment([ENTRY, INERT], spread=True)
    figure = plot_effects(tables, ["war"])
    axes = axes_of(figure, "war")
    assert len(axes.collections) == 3  # one row of strokes for each other day of entry
    assert "Strokes: single settings or points" in words(figure)
    assert "at all 20 settings of the other factors" in words(figure)
    assert "Strokes" not in words(plot_effects(made("grid"), ["war"]))


def test_draws_have_one_row_of_their_spread() -> None:
    tables = experiment([ENTRY])
    draws = LevelEffect("entry", None, "war", 0.0, -0.1, 0.2, (-0.1, -0.1, 0.2), 3, 1000, False, True, True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(tables), "level_effects", lambda *_: [draws])
        figure = plot_effects(tables, ["war"])
    assert "3 draws, about their mean" in words(figure)
    assert "baseline 10" not in words(figure)


def test_named_levels_are_all_shown_in_the_effects() -> None:
    names = tuple(f"without_event_{letter}" for letter in "abcdefghijk")
    events = varied("record", "What is left out", None, names, {names[3]: "a much longer name, of one event"})
    text = words(plot_effects(experiment([events])))
    assert all(f"Without event {letter}" in text for letter in "bcefghijk")
    assert "a much longer name, of one event" in text
    assert "evenly spaced" not in text
