"""A part of a sweep: the same bytes for the same table, read back equal, and damage noticed."""

from __future__ import annotations

import contextlib
from pathlib import Path

import numpy as np
import pytest

from escalation.experiment import parts
from escalation.experiment.parts import DamagedError, Stamp, encode, frame, groups, read, stamp_of
from escalation.measures.columns import Column, ColumnArrays
from escalation.measures.measures import EMPTY

COLUMNS = (
    Column("cell", "int32"), Column("day", "int16"), Column("cost", "float64"),
    Column("who", "word", ("a", "b")),
)  # fmt: skip
STAMP = Stamp("hash", "00001-00002")


def table(rows: int = 4) -> ColumnArrays:
    return {
        "cell": np.arange(rows, dtype=np.int32),
        "day": np.resize(np.array([3, EMPTY["int16"]], np.int16), rows),
        "cost": np.resize(np.array([0.1, np.nan, 2.5]), rows),
        "who": np.resize(np.array([1, 0, EMPTY["word"]], np.int16), rows),
    }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "part-00001-00002.parquet"
    path.write_bytes(encode(COLUMNS, table(), STAMP))
    return path


def test_a_table_is_read_back_as_it_was(path: Path) -> None:
    found = read(path, COLUMNS)
    for name, values in table().items():
        assert found[name].dtype == values.dtype
        np.testing.assert_array_equal(found[name], values)
    assert list(read(path, COLUMNS[1:2])) == ["day"]


def test_the_bytes_depend_on_the_table_and_the_stamp_alone(path: Path) -> None:
    assert encode(COLUMNS, table(), STAMP) == path.read_bytes()
    assert encode(COLUMNS, table(), Stamp("other", STAMP.chunk)) != path.read_bytes()
    assert stamp_of(path) == Stamp("hash", "00001-00002", rows=4)


def test_words_are_numbers_in_the_list_of_the_reader(path: Path) -> None:
    other = Column("who", "word", ("c", "b", "a"))
    assert read(path, [other])["who"].tolist() == [1, 2, -1, 1]
    assert read(path, [Column("who", "word", ("a",))])["who"].tolist() == [-1, 0, -1, -1]


def test_damage_is_noticed_wherever_it_is(path: Path) -> None:
    whole = path.read_bytes()
    for place in range(4, len(whole), 61):
        path.write_bytes(whole[:place])
        with pytest.raises(DamagedError):
            stamp_of(path)
    for place in range(len(whole) - 8, len(whole) - 1_000, -7):  # in the footer
        flipped = bytearray(whole)
        flipped[place] ^= 0xFF
        path.write_bytes(bytes(flipped))
        with contextlib.suppress(DamagedError):  # some bytes of a footer mean nothing
            read(path, COLUMNS)
    middle = bytearray(whole)
    middle[60] ^= 0xFF  # in a page of data, which the stamp does not cover
    path.write_bytes(bytes(middle))
    assert stamp_of(path).rows == 4
    with pytest.raises(DamagedError):
        read(path, COLUMNS)
    with pytest.raises(DamagedError, match="is damaged"):
        frame([path])


def test_what_is_not_a_part_says_so(path: Path, tmp_path: Path) -> None:
    with pytest.raises(DamagedError, match="does not exist"):
        stamp_of(tmp_path / "none")
    with pytest.raises(DamagedError, match="no column other"):
        read(path, [Column("other", "int8")])


def test_groups_of_rows_have_their_least_and_greatest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "ROWS_A_GROUP", 3)
    path.write_bytes(encode(COLUMNS, table(7), STAMP))
    assert list(groups(path, "cell")) == [(0, 0, 2), (1, 3, 5), (2, 6, 6)]
    assert read(path, COLUMNS[:1], group=1)["cell"].tolist() == [3, 4, 5]


def test_a_frame_has_words_as_categories_and_empty_days_as_missing(path: Path) -> None:
    found = frame([path, path], ["day", "who"])
    assert len(found) == 8
    assert found["who"].tolist()[:2] == ["b", "a"]
    assert found["who"].dtype == "category"
    assert found["day"].isna().tolist() == [False, True] * 4
    assert str(found["day"].dtype) == "Int16"


def test_no_flipped_byte_of_a_page_changes_what_is_read(path: Path) -> None:
    whole = encode(COLUMNS, table(50), STAMP)
    footer = int.from_bytes(whole[-8:-4], "little")
    for place in range(4, len(whole) - 8 - footer, 2):
        flipped = bytearray(whole)
        flipped[place] ^= 0xFF
        path.write_bytes(bytes(flipped))
        with contextlib.suppress(DamagedError):  # a header has bytes without a meaning
            for name, values in read(path, COLUMNS).items():
                np.testing.assert_array_equal(values, table(50)[name])
