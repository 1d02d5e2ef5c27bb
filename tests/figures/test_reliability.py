"""Calibration of forecasts: bars and points are where the numbers are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from matplotlib.figure import Figure

from escalation.figures.reliability import PitPanel, ReliabilityPanel, plot_pit, plot_reliability
from escalation.stats.scores import reliability

CAVEAT = "No validated probability."


def texts(figure: Figure) -> str:
    return " ".join(text.get_text() for axes in [figure, *figure.axes] for text in axes.texts)


def test_bars_are_the_shares() -> None:
    shares = np.array([0.4, 0.1, 0.2, 0.3])
    figure = plot_pit([PitPanel("Peak rung", shares, 1234), PitPanel("Acts", shares, 5)], "s", CAVEAT)
    axes = figure.axes[0]
    assert [bar.get_height() for bar in axes.patches] == pytest.approx(list(shares))
    (line,) = (line for line in axes.lines if line.get_gid() == "calibrated")
    assert list(line.get_ydata()) == [0.25, 0.25]
    assert axes.get_ylim()[1] >= 0.4
    assert "1,234 forecasts" in texts(figure)
    assert CAVEAT in " ".join(texts(figure).split())


def test_points_are_shares_against_forecasts() -> None:
    table = reliability([0.1, 0.2, 0.75, 0.8], [False, True, True, True], bins=2)
    figure = plot_reliability([ReliabilityPanel("Rung 6", table)], "s", CAVEAT)
    (line,) = (line for line in figure.axes[0].lines if line.get_gid() == "bins")
    assert list(line.get_xdata()) == pytest.approx([0.15, 0.775])
    assert list(line.get_ydata()) == pytest.approx([0.5, 1.0])
    assert [text.get_text() for text in figure.axes[0].texts] == ["2", "2"]


@pytest.mark.parametrize("count", [1, 4, 6, 9])
def test_panels_are_in_rows_of_four_within_the_figure(count: int) -> None:
    panels = [PitPanel(f"panel {k}", np.full(10, 0.1), 10) for k in range(count)]
    figure = plot_pit(panels, "s", CAVEAT)
    boxes = [axes.get_position() for axes in figure.axes]
    assert len(boxes) == count
    assert all(0 <= box.x0 < box.x1 <= 1 and 0 <= box.y0 < box.y1 <= 1 for box in boxes)
    rows = [boxes[first : first + 4] for first in range(0, count, 4)]
    assert all(left.x1 < right.x0 for row in rows for left, right in itertools.pairwise(row))
    assert all(above[0].y0 > below[0].y1 for above, below in itertools.pairwise(rows))
