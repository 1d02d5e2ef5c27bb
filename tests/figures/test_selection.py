"""The cells behind each mark: one cell in a grid, a range of design points in a sampled design."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.figures.captions import level_text
from escalation.figures.draw import pictures
from escalation.figures.selection import FactorLevel, Shares, select, thinned
from escalation.stats.intervals import wilson
from tests.figures.synthetic import STYLE, WHO, experiment, made, varied, words


def test_a_mark_of_a_grid_is_one_cell_with_all_else_at_baseline() -> None:
    tables = made("grid")
    chosen = select(tables, ["style", "entry"])
    for a, b in itertools.product(*(axis.levels for axis in chosen.axes)):
        (cell,) = chosen.cells(a, b)
        row = tables.cells[tables.cells["cell"] == cell].iloc[0]
        assert (row["leverage"], row["bias"]) == (0.0, -0.5)
        assert level_text(tables, STYLE, row["style"]) == a.label
        assert row["entry"] == b.at


def test_factors_can_be_held_elsewhere() -> None:
    tables = made("grid")
    chosen = select(tables, ["entry"], at={"leverage": 0.5})
    (cell,) = chosen.cells(chosen.axes[0].levels[2])
    row = tables.cells[tables.cells["cell"] == cell].iloc[0]
    assert (row["entry"], row["leverage"], row["style"]) == (21, 0.5, "facilitation")
    assert chosen.note.startswith("Other factors held: ")


def test_points_of_a_sampled_design_are_pooled_in_ranges() -> None:
    tables = made("sampled")
    chosen = select(tables, ["entry"])
    levels = chosen.axes[0].levels
    cells = [cell for level in levels for cell in chosen.cells(level)]
    # Who mediates is not sampled and not shown: it is held at the baseline's level, the first of four.
    assert sorted(cells) == list(range(0, 360, 4))
    assert levels[0].label == "10 to 12.25"
    assert (
        "Pooled over 90 cells of a sampled design, at any level of the other factors that were" in chosen.note
    )
    assert "Other factor at baseline: who mediates (nobody)." in chosen.note
    other = select(tables, ["entry"], at={"who": "russia"})
    assert sorted(other.allowed) == list(range(1, 360, 4))
    one = Shares(tables, chosen, ["war"]).of(chosen.cells(levels[0]), "war")
    each = tables.summary[
        (tables.summary["of"] == "war") & tables.summary["cell"].isin(chosen.cells(levels[0]))
    ]
    assert one is not None
    assert one.value == pytest.approx(each["estimate"].mean())
    assert one.n == each["n"].sum()
    limits = wilson(one.value * 200, 200)  # cells share random numbers: no surer than one
    assert (one.low, one.high) == (pytest.approx(float(limits.low)), pytest.approx(float(limits.high)))


@given(count=st.integers(1, 90), most=st.integers(1, 40), base=st.integers(0, 89))
def test_thinned_levels_keep_their_ends_and_the_baseline(count: int, most: int, base: int) -> None:
    levels = [FactorLevel(str(k), str(k), k, k == base, frozenset({k})) for k in range(count)]
    kept = [level.at for level in thinned(levels, most)]
    assert kept == sorted(set(kept))
    assert len(kept) == min(count, most)
    if most > 1:
        assert {0, count - 1} <= set(kept)
    if base < count and most != 2:
        assert base in kept


def test_categories_that_are_left_out_are_named() -> None:
    many = varied("place", "Place", None, [f"place_{number}" for number in range(30)])
    tables = experiment([many], n=20)
    chosen = select(tables, ["place"], most=28)
    assert len(chosen.axes[0].levels) == 28
    left = {level.label for level in select(tables, ["place"]).axes[0].levels} - {
        level.label for level in chosen.axes[0].levels
    }
    assert len(left) == 2
    assert all(name in chosen.left_out and name in chosen.note for name in left)
    assert "Place" in chosen.left_out


def test_a_fan_by_a_factor_names_the_levels_that_have_no_column() -> None:
    tables = experiment([WHO], n=20)
    (picture,) = pictures(tables, [{"kind": "fan", "by": "who"}])
    shown = words(picture.draw())
    assert "levels of Who mediates are shown; not" in shown
