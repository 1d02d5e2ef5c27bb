"""Curves of cumulative incidence and the names at their ends."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from escalation.figures.incidence import plot_incidence, spread
from tests.figures.synthetic import axes_of, made, words


def test_curves_of_incidence_start_at_the_horizon_and_are_named_at_their_ends() -> None:
    tables = made("grid")
    figure = plot_incidence(tables, "style")
    axes = axes_of(figure, "Use of force (rung 6 or above)")
    curves = [line for line in axes.lines if str(line.get_gid()).startswith("curve")]
    assert len(curves) == 3
    for curve in curves:
        assert (curve.get_xdata()[0], curve.get_ydata()[0]) == (0, 0)
        assert curve.get_drawstyle() == "steps-post"
    names = [text.get_text() for text in axes.texts]
    assert {"Facilitation (baseline)", "Formulation", "Manipulation"} <= set(names)
    assert "Days after the horizon, 5 May 2025" in words(figure)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_names_of_curves_are_spread_apart(places: list[float]) -> None:
    moved = spread(sorted(places), 0.08)
    assert moved == sorted(moved)
    assert all(b - a >= 0.079 for a, b in itertools.pairwise(moved))
    assert moved[0] >= -0.05
    assert moved[-1] <= 1.05
