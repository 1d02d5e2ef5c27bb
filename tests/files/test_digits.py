"""Columns become the text that Python writes for each of their values."""

from __future__ import annotations

import csv
import io
import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from escalation.files.digits import TextColumn, lines_of, number_text, word_text

TIES = [odd / 2.0**power for power in range(1, 45) for odd in (1, 3, 12_345, 1_073_741_823)]
EDGES = [
    value * sign
    for at in (*(10.0**power for power in range(-6, 12)), 0.5, 99999999.95, 999999999.5, 123456789.5)
    for value in (at, math.nextafter(at, 0), math.nextafter(at, math.inf), at * (1 - 5e-10), at * (1 - 4e-9))
    for sign in (1, -1)
]

GAPS = [
    whole + digit * 10.0**-place
    for whole in (0, 1, 20, 1_000, 3_000_000)
    for digit in (1, 7)
    for place in range(13)
]
"""Zeros between digits."""


def texts(column: TextColumn) -> list[str]:
    return [bytes(row).replace(b"\0", b"").decode() for row in column.reshape(-1, column.shape[-1])]


def written(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.9g}"


@example(TIES)
@example(EDGES)
@example(GAPS)
@example([0.1 + gap for gap in GAPS])
@example([0.0, -0.0, math.nan, -math.nan, math.inf, -math.inf, 5e-324])
@given(
    st.lists(
        st.floats()
        | st.floats(-2.0, 2.0)
        | st.floats(-1e10, 1e10)
        | st.builds(
            lambda digits, power: digits * 10.0**power, st.integers(-(10**10), 10**10), st.integers(-15, 3)
        ),
        min_size=1,
    )
)
def test_numbers_are_written_as_python_writes_them(values: list[float]) -> None:
    assert texts(number_text(np.array(values))) == list(map(written, values))


def test_nothing_is_written_of_no_numbers() -> None:
    assert number_text(np.zeros((0, 3))).shape[:2] == (0, 3)


@given(st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8")), min_size=1))
def test_words_are_fields_as_the_csv_module_writes_them(words: list[str]) -> None:
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow([*words, "end"])
    column = word_text(np.array(words, object))
    assert ",".join([*texts(column), "end\n"]) == row.getvalue()


def test_equal_values_of_different_kinds_keep_their_own_words() -> None:
    values = np.empty(4, object)
    values[:] = [1, True, 1.0, "1"]
    assert texts(word_text(values, repr)) == ["1", "True", "1.0", "'1'"]


@pytest.mark.parametrize("kind", [np.int32, np.int64, np.uint64])
def test_whole_numbers_have_all_their_digits(kind: type[np.integer]) -> None:
    values = [0, 7, int(np.iinfo(kind).max), int(np.iinfo(kind).min)]
    assert texts(word_text(np.array(values, kind))) == list(map(str, values))


def test_a_column_may_be_the_same_along_an_axis() -> None:
    cells, lines = word_text(np.array([["a"], ["b"]], object)), word_text(np.array([["x", "long"]], object))
    numbers = number_text(np.array([[0.5, np.nan], [-2.0, 1 / 3]]))
    kept = np.array([[True, True], [False, True]])
    assert lines_of([cells, lines, numbers], kept) == b"a,x,0.5\na,long,\nb,long,0.333333333\n"
