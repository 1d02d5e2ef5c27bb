"""One look for all figures: distinct in greyscale, without overlap, saved to the same bytes."""

from __future__ import annotations

import datetime as dt
import itertools
import warnings
from pathlib import Path

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image, ImageColor

from escalation.crisis.play import play
from escalation.figures.style import (
    COLOURS,
    DPI,
    HISTORY,
    PAPER,
    WIDTH,
    Lane,
    date_ticks,
    encoded,
    first_row_free,
    fitted,
    look,
    save,
    stack,
    styled,
    text_width,
    uncovered,
)
from escalation.figures.timeline import plot_timeline
from escalation.scenario.load import load_scenario


def grey(colour: str) -> int:
    """Return the luminance that a greyscale print gives a colour, 0 to 255."""
    return Image.new("RGB", (1, 1), ImageColor.getrgb(colour)).convert("L").getpixel((0, 0))


def test_actors_differ_by_a_clear_step_of_luminance() -> None:
    levels = sorted(grey(colour) for colour in COLOURS)
    assert min(b - a for a, b in itertools.pairwise(levels)) >= 20
    assert max(levels) <= 160  # else open markers fade on white


def test_the_first_two_actors_and_the_shade_of_history_differ_most() -> None:
    assert abs(grey(look(0).colour) - grey(look(1).colour)) >= 50
    assert grey(PAPER) - grey(HISTORY) >= 15


def test_actors_differ_in_shape_too() -> None:
    assert len({look(number).marker for number in range(7)}) == 7
    assert len({look(number).dashes for number in range(6)}) == 6
    assert len({(look(number).marker, look(number).colour) for number in range(42)}) == 42


def simple() -> Figure:
    """Return a figure with one lane."""
    with styled():
        figure = Figure(figsize=(WIDTH, 5), dpi=DPI)
        lane = Lane("Lane", 1.0, lambda axes: None)
        (axes,) = stack(figure, "Costs $5 or $6", "How much", [lane], [], "A caption")
        axes.plot([0, 1], [0, 1])
    return figure


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_the_same_figure_has_the_same_bytes_whatever_the_users_settings(tmp_path: Path, ending: str) -> None:
    first = save(simple(), tmp_path / f"a.{ending}").read_bytes()
    with mpl.rc_context({"font.size": 30, "lines.linewidth": 9, "svg.hashsalt": None}):
        second = save(simple(), tmp_path / f"b.{ending}").read_bytes()
        assert mpl.rcParams["font.size"] == 30
    assert first == second
    assert mpl.__version__.encode() not in first
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"a.{ending}", f"b.{ending}"]


def test_a_figure_is_wide_enough_to_read(tmp_path: Path) -> None:
    with Image.open(save(simple(), tmp_path / "a.png")) as image:
        assert image.width == WIDTH * DPI >= 1200


def test_a_dollar_sign_does_not_start_a_formula(tmp_path: Path) -> None:
    title = simple().texts[0]
    assert title.get_text() == "Costs $5 or $6"
    assert not title.get_parse_math()


@pytest.mark.parametrize("name", ["a.pdf", "a"])
def test_other_formats_are_refused_by_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=rf"{name}: a figure is saved as \.png or \.svg"):
        save(simple(), tmp_path / name)
    assert not list(tmp_path.iterdir())


@given(
    text=st.text(st.sampled_from("abcM,. $"), max_size=60),
    room=st.floats(20, 200),
    lines=st.integers(1, 3),
)
def test_fitted_text_fits(text: str, room: float, lines: int) -> None:
    with styled():
        figure = Figure(dpi=DPI)
        filled = fitted(figure, text, room, lines).split("\n")
        assert len(filled) <= lines
        assert all(text_width(figure, line, 8.0) <= room for line in filled)


def test_fitted_text_is_cut_only_where_it_must_be() -> None:
    with styled():
        figure = Figure(dpi=DPI)
        assert fitted(figure, "one  two\nthree", 500) == "one two three"
        assert fitted(figure, "one two three", 40, 2) == "one two\nthree"
        assert fitted(figure, "one two three fourteen", 42, 2) == "one two\nthree …"


spans = st.lists(
    st.tuples(st.integers(0, 30), st.integers(1, 9)).map(lambda span: (span[0], span[0] + span[1]))
)


@given(spans)
def test_spans_in_one_row_never_overlap(spans: list[tuple[float, float]]) -> None:
    rows = first_row_free(spans)
    placed = list(zip(spans, rows, strict=True))
    for (one, row), (other, same) in itertools.combinations(placed, 2):
        assert row != same or one[1] <= other[0] or other[1] <= one[0]
    assert set(rows) == set(range(max(rows, default=-1) + 1))


@pytest.mark.parametrize("days", [1, 5, 12, 13, 44, 100, 101, 200, 400, 3000, 7300])
def test_dates_are_few_and_say_the_year_when_it_is_new(days: int) -> None:
    start = dt.date(2024, 12, 20)
    figure = Figure()
    axes = figure.add_subplot()
    date_ticks(axes, start, days)
    labels = [tick.get_text() for tick in axes.get_xticklabels()]
    assert 1 <= len(labels) <= 13
    years = [label.split("\n")[1] for label in labels if "\n" in label]
    assert years == sorted(set(years))
    assert labels[0] == "12-20\n2024"


def test_what_the_houses_type_lacks_comes_from_the_system_or_is_noted_in_one_line() -> None:
    scenario = load_scenario("pahalgam_2025", ["states.india.label=India \u0928 \u4e2d", "free_days=1"])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        drawn = encoded(plot_timeline(play(scenario, 1)))
    assert drawn.startswith(b"\x89PNG")
    assert [each for each in caught if "Glyph" in str(each.message)] == []
    assert uncovered(["plain text, \u2212 and \u2265"]) == ""
    note = uncovered(["nothing has \U00031350"])
    assert "\U00031350" in note
    assert "\n" not in note
