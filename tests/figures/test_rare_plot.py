"""The figure of a rare end: estimates and parts are where the numbers are, and nothing leaves the page."""

from __future__ import annotations

import pytest
from matplotlib.figure import Figure

from escalation.analysis.splitting import RareEnd, rare
from escalation.figures.rare_plot import plot_rare
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.strategies import crisis


@pytest.fixture(scope="module")
def found() -> RareEnd:
    return rare(crisis(free_days=6), 10, replications=60, repetitions=4, levels=(6.0,))


def words(figure: Figure) -> str:
    return " ".join(" ".join(text.get_text() for text in figure.texts).split())


def test_marks_and_bars_are_the_estimates(found: RareEnd) -> None:
    rungs, origin = plot_rare(found).axes
    drawn = {line.get_gid(): line for line in rungs.lines}
    for chance in found.rungs:
        if chance.estimate > 0:
            assert list(drawn[f"rung {chance.rung}"].get_xdata()) == [chance.estimate]
    assert rungs.get_xscale() == "log"
    low, high = rungs.get_xlim()
    assert low < min(chance.low for chance in found.rungs if chance.low > 0) or low < found.chance.estimate
    assert high == 1.0
    assert [bar.get_width() for bar in origin.patches] == pytest.approx([one.share for one in found.sources])


def test_it_asks_and_says_what_it_measures(found: RareEnd) -> None:
    figure = plot_rare(found, "escalation rare example")
    assert "How likely is an act on rung 10" in words(figure)
    assert NUCLEAR_CAVEAT in words(figure)
    assert "measures the assumptions" in words(figure)
    assert "escalation rare example" in words(figure)


def test_ticks_are_plain_numbers_and_all_is_on_the_page(found: RareEnd) -> None:
    figure = plot_rare(found)
    figure.draw_without_rendering()
    labels = [label.get_text() for axes in figure.axes for label in axes.get_xticklabels()]
    assert labels
    assert not any("$" in label for label in labels)
    whole = figure.bbox
    for axes in figure.axes:
        for label in [*axes.get_yticklabels(), axes.xaxis.label]:
            box = label.get_window_extent()
            assert not label.get_text() or (whole.x0 <= box.x0 and box.x1 <= whole.x1), label.get_text()


def test_an_end_that_never_came_near_is_drawn_too(found: RareEnd) -> None:
    from dataclasses import replace

    nothing = replace(found, weighed=found.weighed * 0, counted=found.counted * 0, origins=found.origins * 0)
    rungs, origin = plot_rare(nothing).axes
    assert not [line for line in rungs.lines if str(line.get_gid()).startswith("rung")]
    assert not origin.patches
