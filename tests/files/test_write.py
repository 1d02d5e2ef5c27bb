"""Writing whole or not at all, and small tables as text."""

from __future__ import annotations

import csv
import errno
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.files.places import StoreError
from escalation.files.write import WIDEST, Table, aligned, refusing, replacing, write_file


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_file(tmp_path / "text", "é\r\n")
    write_file(tmp_path / "bytes", b"\0\xff")
    assert (tmp_path / "text").read_bytes() == b"\xc3\xa9\r\n"
    assert (tmp_path / "bytes").read_bytes() == b"\0\xff"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bytes", "text"]


def test_a_failure_on_the_way_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text("before", encoding="utf-8")

    def broken_off() -> None:
        with replacing(path) as partial:
            partial.write_text("half", encoding="utf-8")
            assert path.read_text(encoding="utf-8") == "before"
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken_off()
    assert [(one.name, one.read_text(encoding="utf-8")) for one in tmp_path.iterdir()] == [("x", "before")]


def test_an_error_names_the_file_that_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="x") as caught:
        write_file(tmp_path / "none" / "x", "")
    assert caught.value.filename == str(tmp_path / "none" / "x")


@pytest.mark.parametrize(
    ("number", "todo"), [(errno.ENOSPC, "Make room"), (errno.EACCES, "a folder that can be read and written")]
)
def test_refusals_say_what_to_do(tmp_path: Path, number: int, todo: str) -> None:
    with pytest.raises(StoreError, match=todo) as caught, refusing(tmp_path):
        raise OSError(number, "Reason")
    assert str(caught.value).startswith(f"{tmp_path}: reason; ")


def test_numbers_have_nine_digits_and_none_is_empty() -> None:
    table = Table(("a", "b,c"), ((1 / 3, None), (10**12, 'say "x"')))
    assert table.csv() == 'a,"b,c"\n0.333333333,\n1000000000000,"say ""x"""\n'


@given(st.lists(st.tuples(st.integers(), st.text(st.characters(exclude_characters="\r\0", codec="utf-8")))))
def test_a_table_is_read_back_from_its_csv(rows: list[tuple[int, str]]) -> None:
    text = Table(("a", "b"), tuple(rows)).csv()
    assert list(csv.reader(io.StringIO(text, newline="")))[1:] == [[str(a), b] for a, b in rows]


def test_columns_are_aligned_numbers_to_the_right_and_long_texts_cut() -> None:
    assert aligned([["a", "n"], ["bcd", "10"]], right=1) == ["a     n", "bcd  10"]
    assert aligned([["a", "b"], ["long", "c"]]) == ["a     b", "long  c"]
    (line,) = aligned([["x" * 99]])
    assert line == "x" * (WIDEST - 1) + "…"
