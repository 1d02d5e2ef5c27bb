"""In which factors cells differ, and which cells have the same crises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.analysis.contrasts import Sameness, codes_of, mixed, one_factor_off, row_hashes, sameness
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
        ([5, 5, 6, 6], [1, 1, 1, 1], [Sameness("a", 2, 0, False), Sameness("b", 2, 2, True)]),
        ([5, 5, 6, 7], [1, 1, 1, 1], [Sameness("a", 2, 0, False), Sameness("b", 2, 1, False)]),
        ([5, 5, 6, 7], [1, 1, 1, 0], [Sameness("a", 1, 0, False), Sameness("b", 1, 1, True)]),
        ([5, 0, 0, 5], [1, 0, 0, 1], [Sameness("a", 0, 0, False), Sameness("b", 0, 0, False)]),
    ],
)
def test_a_factor_that_changed_nothing(digests: list[int], n: list[int], wanted: list[Sameness]) -> None:
    codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    assert sameness(codes, ("a", "b"), np.array(digests, np.uint64), np.array(n)) == wanted
