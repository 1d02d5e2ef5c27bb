"""Differences from the baseline: marks are the numbers, and inert factors are labelled as such."""

from __future__ import annotations

import pytest
from matplotlib.colors import to_hex

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


def test_named_levels_are_all_shown_in_the_effects() -> None:
    names = tuple(f"without_event_{letter}" for letter in "abcdefghijk")
    events = varied("record", "What is left out", None, names, {names[3]: "a much longer name, of one event"})
    text = words(plot_effects(experiment([events])))
    assert all(f"Without event {letter}" in text for letter in "bcefghijk")
    assert "a much longer name, of one event" in text
    assert "evenly spaced" not in text
