"""The same seed gives the same values as when the record was made: acts, states and results."""

from __future__ import annotations

import csv
import io

import pytest

from tests.unchanged.record import FILES, HERE, recorded


@pytest.fixture(scope="module")
def today() -> dict[str, str]:
    return recorded()


@pytest.mark.parametrize("name", FILES)
def test_values_are_those_of_the_record(name: str, today: dict[str, str]) -> None:
    before = list(csv.reader(io.StringIO((HERE / name).read_text(encoding="utf-8"))))
    now = list(csv.reader(io.StringIO(today[name])))
    # A table may get more columns.
    places = [now[0].index(column) for column in before[0]]
    assert places == sorted(places)
    now = [[row[place] for place in places] for row in now]
    assert len(now) == len(before)
    for number, (row, old) in enumerate(zip(now, before, strict=True)):
        assert row == old, f"{name}, line {number + 1}"
