"""The figure of stylised facts: where marks are, which, and that a missed fact looks different."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from escalation.figures.fact_plot import GROUPS, REACH, plot_facts, position
from escalation.figures.style import save
from escalation.history.facts import FactLine, FactTable
from escalation.history.recorded_facts import USES, FactValue, load_facts
from escalation.stats.scores import Interval


def table(recount: bool = False) -> FactTable:
    """Return all shipped facts, the model's values those of the data but of F2, F6 and F17."""
    wrong = {"F2": 0.6, "F6": 9.0}
    lines = []
    for fact in load_facts().facts:
        for value in fact.values:
            one = wrong.get(fact.id, value.data)
            model = None if fact.id == "F17" else Interval(one, one - 0.001, one + 0.001)
            again = Interval(value.data, value.data, value.data) if recount else None
            lines.append(FactLine(fact, value, model, again))
    return FactTable("invented", 10, 1, {}, tuple(lines))


def test_positions_are_measured_by_the_tolerance() -> None:
    within = FactValue(label="x", data=0.5, within=0.1)
    assert [position(within, one) for one in (0.4, 0.5, 0.7)] == pytest.approx([-1.0, 0.0, 2.0])
    factor = FactValue(label="x", data=0.1, factor=2.0)
    assert [position(factor, one) for one in (0.05, 0.1, 0.4)] == pytest.approx([-1.0, 0.0, 2.0])
    assert position(factor, 0.0) == -math.inf
    uneven = FactValue(label="x", data=0.5, interval=(0.3, 0.6))
    assert [position(uneven, one) for one in (0.4, 0.7)] == pytest.approx([-0.5, 2.0])
    half_open = FactValue(label="x", data=10, interval=(None, 20.0))
    assert position(half_open, 5.0) == pytest.approx(-0.5)
    at_an_end = FactValue(label="x", data=0.0, interval=(0.0, 0.3))
    assert [position(at_an_end, one) for one in (-0.1, 0.0, 0.3)] == [-math.inf, 0.0, pytest.approx(1.0)]
    assert math.isnan(position(within, math.nan))


def test_every_judged_value_has_a_mark_and_looks_met_or_missed() -> None:
    (axes,) = plot_facts(table()).axes
    marks = {str(line.get_gid()): line for line in axes.lines if ": " in str(line.get_gid())}
    judged = [line for line in table().lines if line.value.is_judged and line.model is not None]
    assert set(marks) == {f"{one.fact.id}: {one.value.label}: {one.verdict}" for one in judged}
    assert marks["F4: variance / mean: met"].get_marker() == "o"
    missed = marks["F2: quiet: missed"]
    assert (missed.get_marker(), float(missed.get_xdata()[0])) == ("s", pytest.approx(1.75))
    beyond = marks["F6: both: missed"]
    assert (beyond.get_marker(), float(beyond.get_xdata()[0]) > REACH) == (">", True)
    assert missed.get_color() != marks["F4: variance / mean: met"].get_color()


def test_facts_are_grouped_by_use_and_what_was_not_computed_is_not_drawn() -> None:
    assert set(GROUPS) == set(USES)
    (axes,) = plot_facts(table()).axes
    words = [text.get_text() for text in axes.texts]
    assert [word for word in words if word in GROUPS.values()] == [GROUPS[use] for use in USES]
    titles = {f"{one.id}  {one.title}" for one in load_facts().facts}
    assert titles - set(words) == {"F17  calibration of waits"}


def test_recounts_are_drawn_where_there_are_any() -> None:
    for recount in (False, True):
        figure = plot_facts(table(recount))
        strokes = [line for line in figure.axes[0].lines if line.get_gid() == "recount"]
        assert bool(strokes) is recount
        assert any("counted again" in text.get_text() for text in figure.texts) is recount


def test_every_name_has_room_and_type_can_be_read_in_a_column_of_print(tmp_path: Path) -> None:
    """At 80 mm the 10 inches of the figure shrink to 3.15: 16 points become 5."""
    figure = plot_facts(table())
    renderer = figure.canvas.get_renderer()  # type: ignore[attr-defined]
    (axes,) = figure.axes
    left = axes.get_window_extent(renderer).x0
    for text in axes.texts:
        assert text.get_window_extent(renderer).x0 > 0
        assert text.get_window_extent(renderer).x1 <= left + 12, text.get_text()
    sizes = [text.get_fontsize() for text in [*figure.texts, *axes.texts, *axes.get_xticklabels()]]
    assert min(sizes) * 80 / 254 >= 5.0
    assert save(figure, tmp_path / "facts.png").stat().st_size > 10_000
