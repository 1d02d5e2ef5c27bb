"""The alluvial figure: blocks and bands have the heights of their counts."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.patches import PathPatch, Rectangle

from escalation.analysis.comparison import compare_arms
from escalation.experiment.variant import Variant, arms_of
from escalation.figures.alluvial import BETTER, WORSE, comparison_figures, plot_flows
from escalation.measures.flows import Flows
from escalation.vocabulary import OUTCOMES
from tests.experiment.sweeps import TINY

COUNTS = np.zeros((6, 6), np.int64)
COUNTS[4, 4], COUNTS[4, 1], COUNTS[2, 5], COUNTS[2, 3] = 600, 100, 250, 50


def test_blocks_and_bands_are_as_high_as_their_counts() -> None:
    figure = plot_flows(Flows(COUNTS), ("A", "B"), "t", "s", "c")
    every, changed = figure.axes
    assert every.get_label() == "All 1,000 crises"
    assert changed.get_label() == "The 400 that changed class"
    blocks = {patch.get_gid(): patch.get_height() for patch in every.patches if isinstance(patch, Rectangle)}
    assert set(blocks) == {f"{OUTCOMES[k]} {side}" for k in (1, 2, 3, 4, 5) for side in (0, 1)}
    assert blocks["stand_off 0"] / blocks["limited_force_ended 0"] == pytest.approx(700 / 300)
    bands = [patch for patch in changed.patches if isinstance(patch, PathPatch)]
    assert len(bands) == 3
    tall = sorted(float(np.ptp(band.get_path().vertices[[0, 7], 1])) for band in bands)
    assert tall[1] / tall[0] == pytest.approx(2)
    assert tall[2] / tall[0] == pytest.approx(5)
    starts = {round(float(band.get_path().vertices[0, 1]), 6) for band in bands}
    ends = {round(float(band.get_path().vertices[7, 1]), 6) for band in bands}
    tops = {
        round(patch.get_y() + height, 6)
        for patch in changed.patches
        if isinstance(patch, Rectangle) and str(patch.get_gid()).endswith(" 0")
        for height in (0.0, patch.get_height())
        if patch.get_height() > 0.05
    }
    assert tops <= starts | ends, "the bands of a class fill its block"
    numbers = {text.get_text() for text in changed.texts}
    assert {"250", "100", "50"} <= numbers
    shares = {text.get_text().split("%")[0] for text in figure.texts if "±" in text.get_text()}
    assert {"70.0", "30.0", "60.0", "10.0", "25.0", "5.0"} <= shares


def test_bands_rise_where_crises_are_made_better() -> None:
    figure = plot_flows(Flows(COUNTS), ("A", "B"), "t", "s", "c", interval=False)
    bands = [patch for patch in figure.axes[1].patches if isinstance(patch, PathPatch)]
    from matplotlib.colors import to_hex

    for band in bands:
        start, end = band.get_path().vertices[[0, 3], 1]
        colour = to_hex(band.get_facecolor()).upper()
        if colour in (BETTER, WORSE):
            assert (end < start) == (colour == BETTER)
    assert not any("±" in text.get_text() for text in figure.texts)


def test_a_comparison_has_a_figure_of_flows_per_arm_and_one_of_differences() -> None:
    arms = arms_of([TINY, Variant(["states.arland.resolve=0.95"]), Variant(drop=["closure"])])
    figures = comparison_figures(compare_arms(arms, 3, 200), "escalation compare x")
    assert list(figures) == ["flows_B", "flows_C", "differences"]
    labels = [text.get_text() for text in figures["differences"].texts]
    assert any("Redraw: escalation compare x" in " ".join(text.split()) for text in labels)
    assert comparison_figures(compare_arms(arms, 3, 0)) == {}


def test_equal_outcomes_have_one_panel() -> None:
    same = Flows(np.diag([0, 0, 5, 0, 3, 2]))
    figure = plot_flows(same, ("A", "B"), "t", "s", "c")
    (axes,) = figure.axes
    assert axes.get_label() == "All 10 crises: not one changed its class"
    assert axes.get_position().width > 0.6, "the room of the other panel is used"


def test_a_caption_speaks_of_the_panels_that_are_there() -> None:
    arms = arms_of([TINY, Variant(["states.arland.label=Other"])])
    said = " ".join(
        text.get_text() for text in comparison_figures(compare_arms(arms, 3, 20))["flows_B"].texts
    )
    assert "Right:" not in said
    assert "0 of 20 pairs were made better, 0 worse." in " ".join(said.split())
