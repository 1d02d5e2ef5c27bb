"""Rows of effects: what is drawn is what was given, on a scale that shows all of it."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from escalation.figures.spreads import SpreadMark, difference_axes, draw_mark

EACH = tuple(np.linspace(-0.1, 0.3, 41))


def test_a_mark_has_its_mean_its_interval_and_its_spread() -> None:
    axes = Figure().add_subplot()
    mark = SpreadMark(0.1, 0.05, 0.15, EACH)
    difference_axes(axes, mark.ends, 2)
    draw_mark(axes, 1, mark, gid="mean")
    (mean,) = (line for line in axes.lines if line.get_gid() == "mean")
    assert mean.get_xdata()[0] == pytest.approx(10)
    assert to_hex(mean.get_markerfacecolor()) != "#ffffff"
    strokes = axes.collections[-1].get_segments()
    assert [segment[0][0] for segment in strokes] == pytest.approx([100 * value for value in EACH])
    ends = [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in axes.patches]
    assert ends == [pytest.approx((-8, 28)), pytest.approx((0, 20))]
    low, high = axes.get_xlim()
    assert low < -10 < 30 < high < 35
    assert list(axes.get_xticks()) == pytest.approx([-5, 0, 20])


def test_little_on_one_side_leaves_room_for_its_tick() -> None:
    axes = Figure().add_subplot()
    difference_axes(axes, (0.0, 1.0), 1)
    low, high = axes.get_xlim()
    assert low < -35
    assert 100 < high < 110
    assert list(axes.get_xticks()) == pytest.approx([-20, 0, 50])


def test_a_spread_alone_has_no_mean() -> None:
    axes = Figure().add_subplot()
    before = len(axes.lines)
    draw_mark(axes, 0, SpreadMark(None, -0.1, 0.3, EACH))
    assert len(axes.lines) == before
    assert not SpreadMark(None, 0.1, 0.3, EACH).is_clear


def test_a_single_setting_has_no_spread_and_an_open_mark_where_zero_is_inside() -> None:
    axes = Figure().add_subplot()
    draw_mark(axes, 0, SpreadMark(0.1, -0.05, 0.25, (0.1,)), gid="mean")
    assert not axes.patches
    assert not axes.collections
    (mean,) = (line for line in axes.lines if line.get_gid() == "mean")
    assert to_hex(mean.get_markerfacecolor()) == "#ffffff"
