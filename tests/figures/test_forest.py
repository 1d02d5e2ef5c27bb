"""Forest plots: marks and intervals are where the numbers are."""

from __future__ import annotations

import itertools
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


def test_shares_of_one_kind_have_one_scale() -> None:
    low = Panel("low", [Mark("a", "x", 0.1, 0.0, 0.2)], "force", percent=True)
    high = Panel("high", [Mark("a", "x", 0.7, 0.6, 0.75)], "force", percent=True)
    other = Panel("other", [Mark("a", "x", 0.1, 0.0, 0.2)], "points", percent=True)
    ends = [axes.get_xlim()[1] for axes in plot_forest("t", "s", "c", [low, high, other]).axes]
    assert ends == [0.8, 0.8, 0.2]


def test_names_of_two_lines_have_room() -> None:
    long = "The crisis is over by 4 June 2025 (all pairs settled, or the closing quiet begun)"
    marks = [Mark(f"{long} {number}", "x", 0.1, 0.0, 0.2) for number in range(25)]
    figure = plot_forest("t", "s", "c", [Panel("one", marks)])
    figure.canvas.draw()
    boxes = [label.get_window_extent() for label in figure.axes[0].get_yticklabels()]
    assert "\n" in figure.axes[0].get_yticklabels()[0].get_text()
    assert all(below.y1 <= above.y0 for above, below in itertools.pairwise(boxes))
