"""Small multiples: one panel per level of one factor, one line per level of another."""

from __future__ import annotations

from escalation.figures.multiples import plot_multiples
from tests.figures.synthetic import made


def test_multiples_have_a_panel_for_each_style_and_a_line_for_each_level() -> None:
    figure = plot_multiples(made("grid"), "style", "entry", "mediated", "bias")
    assert [axes.get_label() for axes in figure.axes] == ["Facilitation", "Formulation", "Manipulation"]
    for axes in figure.axes:
        assert [line.get_gid() for line in axes.lines if line.get_gid()] == ["line 0", "line 1", "line 2"]
