"""Forest plots: marks and intervals are where the numbers are."""

from __future__ import annotations

import math

import pytest
from matplotlib.legend import Legend

from escalation.figures.forest import Mark, Panel, plot_forest

ONE = [
    Mark("a", "x", 0.1, 0.0, 0.2),
    Mark("a", "y", 0.3, math.nan, math.nan),
    Mark("b", "x", -0.4, -0.5, 0.6),
]


def test_marks_and_intervals_are_the_numbers() -> None:
    figure = plot_forest("t", "s", "c", [Panel("one", ONE, "gain", lines=(0.0,))])
    (axes,) = figure.axes
    drawn = {line.get_gid(): list(line.get_xdata()) for line in axes.lines if ":" in str(line.get_gid())}
    assert drawn == {"a: x": [0.1], "a: y": [0.3], "b: x": [-0.4]}
    intervals = [list(line.get_xdata()) for line in axes.lines if line.get_gid() == "interval"]
    assert intervals == [[0.0, 0.2], [-0.5, 0.6]]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b"]
    places = {str(line.get_gid()): line.get_ydata()[0] for line in axes.lines if ":" in str(line.get_gid())}
    assert places["a: x"] < places["a: y"]
    assert places["b: x"] == pytest.approx(1.0)
    (legend,) = (artist for artist in figure.artists if isinstance(artist, Legend))
    assert [text.get_text() for text in legend.get_texts()] == ["x", "y"]


def test_equal_rows_are_named_once() -> None:
    other = Panel("two", [Mark("c", "x", 0.5, 0.4, 0.6)], "share", percent=True)
    figure = plot_forest("t", "s", "c", [Panel("one", ONE, "gain"), Panel("again", ONE, "gain"), other])
    first, again, last = figure.axes
    assert not any(text.get_text() for text in again.get_yticklabels())
    assert [text.get_text() for text in last.get_yticklabels()] == ["c"]
    assert first.get_position().x1 < again.get_position().x0 < again.get_position().x1
    assert last.get_position().x1 <= 1
    assert last.get_xlim() == (0.0, 0.6)
