"""Figures of scenario discovery: marks, frames and bars are where the numbers are."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from matplotlib.collections import PathCollection

from escalation.analysis.discovery import discover
from escalation.analysis.discovery_words import Discovery, stability_rows
from escalation.figures.discovery_plots import (
    discovery_figures,
    plot_limits,
    plot_points,
    plot_trade_off,
    plot_tree,
)
from escalation.figures.style import encoded
from tests.analysis.discoverable import sampled, with_policies


@pytest.fixture(scope="module")
def found() -> Discovery:
    return discover(sampled(), "war", resamples=20)


def with_gid(axes: Any, gid: str) -> list[Any]:
    return [artist for artist in axes.get_children() if artist.get_gid() == gid]


def test_the_trajectory_is_the_numbers(found: Discovery) -> None:
    (axes,) = plot_trade_off(found).axes
    (one,) = found.slices
    (line,) = with_gid(axes, "trajectory 1")
    assert line.get_xdata() == pytest.approx([step.coverage for step in one.boxes[0].steps])
    assert line.get_ydata() == pytest.approx([step.density for step in one.boxes[0].steps])
    (base,) = with_gid(axes, "base")
    assert base.get_ydata()[0] == pytest.approx(float(one.base.estimate))
    (held,) = with_gid(axes, "held out")
    assert held.get_ydata()[0] == pytest.approx(np.mean([trial.density for trial in one.boxes[0].trials]))
    assert axes.get_ylim()[0] == 0
    assert axes.get_ylim()[1] >= float(one.boxes[0].density.high)


def test_policies_share_their_scales() -> None:
    found = discover(with_policies(), "war", resamples=20)
    first, second = plot_trade_off(found).axes
    assert (first.get_xlim(), first.get_ylim()) == (second.get_xlim(), second.get_ylim())
    names = set(discovery_figures(found))
    assert {"trade_off", "points_russia", "limits_nobody", "tree_russia"} <= names


def test_points_are_dark_where_the_outcome_is_frequent(found: Discovery) -> None:
    (one,) = found.slices
    figure = plot_points(found, one)
    axes = figure.axes[0]
    scatters = [each for each in axes.collections if isinstance(each, PathCollection)]
    inside = one.boxes[0].inside
    assert [len(each.get_offsets()) for each in scatters] == [(~inside).sum(), inside.sum()]
    assert np.asarray(scatters[1].get_array()) == pytest.approx(np.sort(one.points.counts.rate[inside]))
    (frame,) = with_gid(axes, "box")
    box = one.boxes[0].found.box
    across = (frame.get_x(), frame.get_x() + frame.get_width())
    up = (frame.get_y(), frame.get_y() + frame.get_height())
    drawn = {axes.get_xlabel(): across, axes.get_ylabel(): up}
    assert drawn["India's audience cost"][0] == pytest.approx(box.low[0])
    assert drawn["Russia's leverage on India (from 0 to 1)"][1] == pytest.approx(box.high[1])


def test_limits_have_their_intervals(found: Discovery) -> None:
    (one,) = found.slices
    figure = plot_limits(found, one)
    axes = figure.axes[0]
    (bar,) = with_gid(axes, "x")
    low, high = one.axes[0].low, one.axes[0].high
    assert bar.get_xdata() == pytest.approx([(one.boxes[0].found.box.low[0] - low) / (high - low), 1.0])
    row = stability_rows(one, one.boxes[0])[0]
    whiskers = [line.get_xdata() for line in axes.lines if line.get_marker() == "|"]
    assert any(
        ends == pytest.approx([(row.low - low) / (high - low), (row.high - low) / (high - low)])
        for ends in whiskers
    )
    texts = [text.get_text() for text in figure.texts]
    assert any(re.fullmatch(r"\d+%", text) for text in texts)


def test_the_tree_has_a_box_per_node(found: Discovery) -> None:
    (one,) = found.slices
    (axes,) = plot_tree(found, one).axes
    nodes = list(one.tree.tree.walk())
    texts = [text.get_text() for text in axes.texts]
    for node in nodes:
        assert any(f"{node.weight:,.0f} points" in text and "[" in text for text in texts)
    assert len(axes.patches) == len(nodes)


def test_all_kinds_of_inputs_are_drawn_and_always_alike() -> None:
    pooled = discover(with_policies(), "war", pool=True, resamples=10, coverage=0.4)
    figures = discovery_figures(pooled)
    assert set(figures) == {"trade_off", "points", "limits", "tree"}
    again = discovery_figures(pooled)
    for name, figure in figures.items():
        assert encoded(figure) == encoded(again[name])
        caption = " ".join(text.get_text() for text in figure.texts)
        assert "not a forecast." in " ".join(caption.split())


def test_without_boxes_there_is_still_the_trade_off() -> None:
    assert set(discovery_figures(discover(sampled(), "nuclear_use", resamples=10))) == {"trade_off"}


def test_without_a_box_there_is_no_mark_and_that_is_said(found: Discovery) -> None:
    (one,) = found.slices
    everything = replace(one.boxes[0].found, box=one.points.space.whole)
    none = replace(one, boxes=(replace(one.boxes[0], found=everything),))
    figure = plot_trade_off(replace(found, slices=(none,)))
    (axes,) = figure.axes
    assert [text.get_text() for text in axes.texts] == ["no box: no limit is significant"]
    assert not with_gid(axes, "held out")
    assert with_gid(axes, "trajectory 1")
    assert not figure.artists, "there is nothing for a key to name"
