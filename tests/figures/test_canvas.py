"""The canvas of figures: scales of shares cover the data, and rows have room."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from escalation.figures.canvas import open_canvas, row_height, top_of
from escalation.figures.style import WIDTH, styled


@given(st.floats(0, 1))
def test_scales_of_shares_end_at_or_above_the_highest(highest: float) -> None:
    assert highest <= top_of(highest) <= max(0.05, 2 * highest)


def test_forty_rows_are_no_taller_than_a_figure_is_wide() -> None:
    heights = [count * row_height(count) for count in range(1, 41)]
    assert row_height(1) > row_height(40)
    assert max(heights) < WIDTH


def test_panels_are_where_they_were_placed() -> None:
    with styled():
        canvas = open_canvas("T", "S", "C", 2.0)
        axes = canvas.panel("one", 1.0, 0.5, 3.0, 1.5)
    box = axes.get_window_extent()
    dots = canvas.figure.dpi
    assert (round(box.x0 / dots, 6), round(box.width / dots, 6)) == (1.0, 3.0)
    assert round(canvas.height - box.y1 / dots, 6) == round(canvas.top + 0.5, 6)
