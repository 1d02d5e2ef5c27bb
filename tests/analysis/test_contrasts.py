"""In which factors cells differ, and which cells have the same crises."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.analysis.contrasts import (
    Description,
    LevelCondition,
    codes_of,
    described,
    mixed,
    one_factor_off,
    partners,
    row_hashes,
    sameness,
)
from escalation.experiment.results import Cells
from tests.analysis.synthetic import grid

FACTORS = ("force", "truce", "idle")


def test_a_hair_s_breadth_and_a_swap_change_a_row_s_hash() -> None:
    columns = {
        "days": np.array([3, 4], np.int16),
        "peak": np.array([4, 3], np.int8),
        "cost": np.array([0.5, 0.5]),
    }
    one, other = row_hashes(columns)
    assert one != other
    nearly = row_hashes(columns | {"cost": np.array([0.5, 0.5 + 1e-15])})
    assert nearly[0] == one
    assert nearly[1] != other
    signed = [row_hashes({"cost": np.array([zero])})[0] for zero in (0.0, -0.0)]
    assert signed[0] == signed[1]


@given(st.permutations(range(6)))
def test_the_sum_of_hashes_does_not_depend_on_the_order_of_rows(order: list[int]) -> None:
    columns = {"a": np.arange(6), "b": np.arange(6) / 7}
    moved = {name: values[order] for name, values in columns.items()}
    assert row_hashes(moved).sum() == row_hashes(columns).sum()
    assert len(set(row_hashes(columns))) == 6
    swapped = {"a": columns["a"], "b": columns["b"][::-1]}
    assert row_hashes(swapped).sum() != row_hashes(columns).sum()


def test_numbers_are_scattered_as_published() -> None:
    """The first output of SplitMix64 from seed 0."""
    assert mixed(np.array([0x9E3779B97F4A7C15], np.uint64))[0] == 0xE220A8397B1DCDAF


def test_equal_levels_have_equal_codes_and_truth_is_not_one() -> None:
    codes = codes_of(grid(idle=(1, True, 1.0)).cells, FACTORS)  # type: ignore[arg-type]
    assert codes.shape == (6, 3)
    assert codes[:3, 2].tolist() == [0, 1, 0]
    assert codes[:, 0].tolist() == [0, 0, 0, 1, 1, 1]


def test_the_one_factor_in_which_a_cell_differs() -> None:
    codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [0, 0]])
    assert one_factor_off(codes, 0).tolist() == [-1, 1, 0, -1, -1]
    assert one_factor_off(np.zeros((2, 0), np.int64), 0).tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("digests", "n", "wanted"),
    [
        ([5, 5, 6, 6], [1, 1, 1, 1], [("a", 2, 0, False), ("b", 2, 2, True)]),
        ([5, 5, 6, 7], [1, 1, 1, 1], [("a", 2, 0, False), ("b", 2, 1, False)]),
        ([5, 5, 6, 7], [1, 1, 1, 0], [("a", 1, 0, False), ("b", 1, 1, True)]),
        ([5, 0, 0, 5], [1, 0, 0, 1], [("a", 0, 0, False), ("b", 0, 0, False)]),
    ],
)
def test_a_factor_that_changed_nothing(digests: list[int], n: list[int], wanted: list[Any]) -> None:
    codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    found = sameness(codes, ("a", "b"), np.array(digests, np.uint64), np.array(n))
    assert [(each.factor, each.settings, each.same, each.everywhere) for each in found] == wanted


def test_partners_differ_in_one_factor_alone() -> None:
    codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1], [2, 1]])
    n = np.ones(5, int)
    assert partners(codes, 0, n).tolist() == [[-1, -1], [-1, 0], [0, -1], [1, 2], [1, -1]]
    n[1] = 0
    assert partners(codes, 0, n).tolist() == [[-1, -1], [-1, -1], [0, -1], [-1, 2], [-1, -1]]


@given(st.integers(1, 4), st.integers(1, 40), st.integers(0, 10**6))
def test_partners_are_those_that_a_search_finds(factors: int, cells: int, seed: int) -> None:
    codes = np.unique(np.random.default_rng(seed).integers(0, 3, (cells, factors)), axis=0)
    found = partners(codes, 0, np.ones(len(codes), int))
    for cell, own in enumerate(codes):
        for k in range(factors):
            wanted = own.copy()
            wanted[k] = codes[0, k]
            at = np.flatnonzero((codes == wanted).all(axis=1))
            is_other = own[k] != codes[0, k]
            assert found[cell, k] == (at[0] if is_other and len(at) else -1)


CROSSED = list(product(("may", "june", "never"), ("soft", "hard"), (0.0, 0.4, 0.8)))
NAMES = ("entry", "style", "leverage")


@pytest.mark.parametrize(
    ("chosen", "wanted"),
    [
        (lambda e, s, x: e == "never", Description((LevelCondition("entry", ("never",)),))),
        (
            lambda e, s, x: e == "never" and s == "soft",
            Description((LevelCondition("entry", ("never",)), LevelCondition("style", ("soft",)))),
        ),
        (
            lambda e, s, x: e == "never" or s == "soft",
            Description((LevelCondition("entry", ("never",)), LevelCondition("style", ("soft",))), "or"),
        ),
        (
            lambda e, s, x: e == "never" or (e, s, x) == ("may", "hard", 0.4),
            Description((LevelCondition("entry", ("never",)),), rest=1),
        ),
        (lambda e, s, x: (e, s, x) in (("may", "hard", 0.4), ("june", "soft", 0.0)), Description((), rest=2)),
    ],
)
def test_settings_are_described_by_the_levels_that_they_share(chosen: Any, wanted: Description) -> None:
    levels = {name: tuple(point[k] for point in CROSSED) for k, name in enumerate(NAMES)}
    count = len(CROSSED)
    cells = Cells(np.arange(count, dtype=np.int32), ("design",) * count, levels, (1,) * count)
    which = np.array([chosen(*point) for point in CROSSED])
    assert described(cells, NAMES, np.arange(count), which) == wanted


def test_points_are_described_by_a_range_that_reaches_an_end() -> None:
    numbers = tuple(np.random.default_rng(1).permutation(40) / 40)
    cells = Cells(np.arange(40, dtype=np.int32), ("design",) * 40, {"x": numbers}, (1,) * 40)
    values = np.array(numbers)
    found = described(cells, ("x",), np.arange(40), values >= 0.7)
    assert found == Description((LevelCondition("x", least=0.7),))
    found = described(cells, ("x",), np.arange(40), values <= 0.2)
    assert found == Description((LevelCondition("x", most=0.2),))
    assert described(cells, ("x",), np.arange(40), (values > 0.2) & (values < 0.6)).conditions == ()
    assert described(cells, ("x",), np.arange(40), values >= 0.95).conditions == ()  # two points, by chance
