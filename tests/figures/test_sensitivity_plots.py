"""Figures of a sensitivity analysis: bars, marks and intervals are where the numbers are."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from escalation.figures.sensitivity_plots import (
    MOST_OUTCOMES,
    plot_convergence,
    plot_indices,
    plot_screening,
    plot_tornado,
    plot_totals,
    sensitivity_figures,
)
from escalation.measures.measures import measure
from tests.analysis.test_sensitivity import FORCE, INDICES, LABELS, analysis, between

UNCLEAR = replace(
    FORCE, name="talks", measure=measure("talks"),
    series=(replace(INDICES, parameters=between(0.0, 0.001), total=between([np.nan] * 4, [np.nan] * 4)),),
)  # fmt: skip


def test_bars_are_indices_and_lines_their_intervals() -> None:
    found = analysis(FORCE, UNCLEAR)
    figure = plot_indices(found, found.explained)
    axes, other = figure.axes
    bars = {bar.get_gid(): bar for bar in axes.patches}
    assert {gid: bar.get_width() for gid, bar in bars.items()} == pytest.approx(
        {"T 0": 0.7, "S 0": 0.6, "T 1": 0.2, "S 1": 0.1, "T 2": 0.02, "S 2": 0.01, "T 3": 0.0, "S 3": 0.0}
    )
    assert bars["T 1"].get_y() < bars["S 1"].get_y() < bars["T 2"].get_y()
    intervals = [tuple(line.get_xdata()) for line in axes.lines if len(set(line.get_ydata())) == 1]
    assert any(ends == pytest.approx((0.62, 0.78)) for ends in intervals)
    assert any(ends == pytest.approx((0.5, 0.7)) for ends in intervals)
    assert not other.patches
    assert [text.get_text() for text in other.texts] == ["no variance\nbeyond noise"]
    said = "\n".join(text.get_text() for text in figure.texts)
    assert "luck 95.0%" in said
    assert "Policy a" in said
    assert "Redraw: escalation sensitivity results/trial" in " ".join(said.split())
    assert [text.get_text().replace("\n", " ") for text in axes.get_yticklabels()] == list(LABELS)


def test_the_map_has_every_total_with_its_interval() -> None:
    found = analysis(FORCE, UNCLEAR)
    (axes,) = plot_totals(found).axes
    written = [text.get_text() for text in axes.texts]
    assert written == [".70 ±.08", ".20 ±.18", ".02 ±.02", ".00 ±.00", *["–"] * 4]
    shades = [sum(patch.get_facecolor()[:3]) for patch in axes.patches]
    assert shades[0] < shades[1] < shades[2]


def test_figures_keep_to_the_parameters_that_matter_most() -> None:
    found = analysis(FORCE).heaviest(2)
    figure = plot_indices(found, found.explained)
    (axes,) = figure.axes
    assert {bar.get_gid() for bar in axes.patches} == {"T 0", "S 0", "T 1", "S 1"}
    assert [text.get_text().replace("\n", " ") for text in axes.get_yticklabels()] == list(LABELS[:2])
    said = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    assert "2 parameters that matter less for every outcome are left out" in said
    texts = plot_screening(found, found.explained).texts
    assert "trajectories of 4 steps" in " ".join(" ".join(text.get_text() for text in texts).split())
    assert plot_tornado(found, found.explained)


def test_screening_has_a_mark_for_each_parameter() -> None:
    found = analysis()
    (axes,) = plot_screening(found, found.explained).axes
    marks = {line.get_gid(): line for line in axes.lines if line.get_gid()}
    assert len(marks) == 4
    first = marks["parameter 0"]
    assert (first.get_xdata()[0], first.get_ydata()[0]) == pytest.approx((20.0, 10.0))
    assert marks["parameter 2"].get_xdata()[0] == 0.0
    lines = [(tuple(line.get_xdata()), tuple(line.get_ydata())) for line in axes.lines]
    assert any(xs == pytest.approx((10.0, 30.0)) and ys == pytest.approx((10.0, 10.0)) for xs, ys in lines)


def test_parameters_without_effect_do_not_hide_one_another() -> None:
    none = between([0.0] * 4, [0.0] * 4)
    still = replace(FORCE, morris=replace(FORCE.morris, mu=none, mu_star=none, sigma=none))
    found = analysis(still)
    (axes,) = plot_screening(found, found.explained).axes
    assert [line.get_gid() for line in axes.lines if line.get_gid()] == ["without effect"]
    assert [text.get_text() for text in axes.texts] == ["4 without effect, at 0"]


def test_intervals_that_the_frame_cuts_have_arrowheads() -> None:
    wide = replace(INDICES, total=replace(INDICES.total, low=np.full(4, -0.5), high=np.full(4, 1.9)))
    found = analysis(replace(FORCE, series=(wide,)))
    (axes,) = plot_indices(found, found.explained).axes
    cut = [line.get_xdata()[0] for line in axes.lines if line.get_gid() == "cut"]
    assert sorted(set(cut)) == pytest.approx(list(axes.get_xlim()))
    assert len(cut) == 8


def test_luck_is_at_most_all_of_the_variance() -> None:
    share = replace(INDICES.share, estimate=np.float64(-0.02))
    figure = plot_indices(
        found := analysis(replace(FORCE, series=(replace(INDICES, share=share),))), found.explained
    )
    assert "luck 100.0%" in [text.get_text() for text in figure.texts]


def test_convergence_says_where_there_is_nothing_to_explain() -> None:
    found = analysis(UNCLEAR)
    (axes,) = plot_convergence(found, found.explained).axes
    assert [text.get_text() for text in axes.texts] == ["no variance\nbeyond noise"]


def test_the_tornado_has_both_ends() -> None:
    found = analysis()
    (axes,) = plot_tornado(found, found.explained).axes
    marks = {line.get_gid(): line.get_xdata()[0] for line in axes.lines if line.get_gid()}
    assert marks == pytest.approx({"end 0 0": -12.0, "end 0 1": 2.0})
    ends = [tuple(line.get_xdata()) for line in axes.lines]
    assert any(pair == pytest.approx((-17.0, -7.0)) for pair in ends)
    low, high = axes.get_xlim()
    assert low == pytest.approx(-high)


def test_convergence_goes_over_the_rows() -> None:
    found = analysis()
    (axes,) = plot_convergence(found, found.explained).axes
    assert [text.get_text() for text in axes.get_xticklabels()] == ["128", "256"]
    courses = {line.get_gid(): list(line.get_ydata()) for line in axes.lines if line.get_gid()}
    assert courses["parameter 1"] == pytest.approx([0.2, 0.2])


def test_panels_of_one_unit_have_one_scale() -> None:
    wide = replace(FORCE, name="war", measure=measure("war"), swings=(replace(FORCE.swings[0]),))
    found = analysis(FORCE, wide)
    for plot in (plot_tornado, plot_screening):
        one, other = plot(found, found.explained).axes
        assert one.get_xlim() == other.get_xlim()


def test_what_there_is_has_a_figure_with_a_name() -> None:
    difference = replace(FORCE, setting="policy b", against="policy a")
    found = analysis(FORCE, difference)
    names = list(sensitivity_figures(found))
    kinds = ("indices", "convergence", "screening", "tornado")
    assert names == [
        *(f"{kind}_policy-a" for kind in kinds),
        *(f"{kind}_policy-b-minus-policy-a" for kind in kinds),
        "totals",
    ]
    alone = analysis(replace(FORCE, setting="", place=""), trajectories=0)
    assert list(sensitivity_figures(alone)) == ["indices", "convergence", "tornado", "totals"]
    many = analysis(*(replace(FORCE, name=f"n{number}") for number in range(9)))
    assert len(sensitivity_figures(many)["indices_policy-a"]().axes) == MOST_OUTCOMES
