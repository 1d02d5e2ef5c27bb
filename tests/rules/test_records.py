"""Records: the same numbers for plain Python, NumPy and the compiler."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from escalation.rules.records import record_type

KIND = record_type(["height", "weight"], ["age"])


def test_a_field_read_is_a_number_of_python_s_own() -> None:
    table = np.array([[(1.5, -0.0, 3)], [(0.1, np.inf, -(2**62))]], KIND)
    first, second = table[0, 0], table[1, 0]
    assert [type(first.height), type(first.age)] == [float, int]
    assert (first.height, first.weight.hex(), first.age) == (1.5, "-0x0.0p+0", 3)
    assert (second.height, second.weight, second.age) == (0.1, np.inf, -(2**62))


def test_a_record_is_its_place_in_the_table() -> None:
    table = np.zeros((2, 2), KIND)
    table[1, 0].weight = 2.5
    record = table[1, 0]
    table["age"][1, 0] = 7
    assert table["weight"].tolist() == [[0.0, 0.0], [2.5, 0.0]]
    assert (record.weight, record.age) == (2.5, 7)
    assert table.copy()[1, 0].age == 7


def test_a_field_that_there_is_not_is_refused() -> None:
    record = np.zeros(1, KIND)[0]
    with pytest.raises(AttributeError):
        _ = record.width
    with pytest.raises(AttributeError):
        record.width = 1.0


def test_pickled_tables_have_the_same_type() -> None:
    table = np.ones(2, KIND)
    again = pickle.loads(pickle.dumps(table))
    assert again.dtype == KIND
    assert type(again[1]) is type(table[1])
    assert (again[1].height, again[1].age) == (1.0, 1)
    assert record_type(["height", "weight"], ["age"]).type is KIND.type
