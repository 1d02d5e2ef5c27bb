"""The marks of compiled functions: what they are cached as, and what they make of declared terms."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from escalation.rules import compiled
from escalation.rules.outlook import cube

COMPILES = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="compiles nothing")


def test_the_cache_is_a_folder_of_today_s_sources(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert compiled.cache_folder() == tmp_path / f"rules-{compiled.source_hash()}"
    assert compiled.source_hash() == compiled.source_hash()


def test_where_nothing_can_be_written_nothing_is_cached(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "file"))
    assert compiled.cache_folder() is None

    @compiled.entry
    def double(x: float) -> float:
        return 2.0 * x

    assert double(2.0) == 4.0


def test_only_the_latest_folders_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for age in range(compiled._KEPT_FOLDERS + 3):
        folder = tmp_path / f"rules-{age}"
        folder.mkdir()
        (folder / compiled._MARK).touch()
        os.utime(folder, (1_000_000 - age, 1_000_000 - age))
    of_others = {"something_else", *(f"rules-of-engagement-{age}" for age in range(20))}
    for name in of_others:
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (1_000, 1_000))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    today = compiled.cache_folder()
    assert today is not None
    kept = {path.name for path in tmp_path.iterdir()}
    latest = {f"rules-{age}" for age in range(compiled._KEPT_FOLDERS - 1)}
    assert kept == latest | {today.name} | of_others


def test_a_rule_is_the_function_as_written_and_called_so() -> None:
    def double(x: float) -> float:
        return 2.0 * x

    for mark in (compiled.rule, compiled.phrase, compiled.seldom):
        assert mark(double) is double
    assert not hasattr(cube(2.0), "dtype")


@compiled.seldom
def double(x: float) -> float:
    return 2.0 * x


def quadruple(x: float) -> float:
    return double(double(x))


@COMPILES
def test_an_entry_is_compiled_once_it_was_called(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    fourfold = compiled.entry(quadruple)
    assert not fourfold.is_compiled()
    assert fourfold(2.5) == 10.0
    assert fourfold.is_compiled()
    assert compiled.entry(quadruple).is_compiled(), "another process finds it"


def test_where_nothing_is_to_be_compiled_an_entry_is_called_as_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    fourfold = compiled.entry(quadruple)
    assert fourfold.is_compiled()
    assert fourfold(2.5) == 10.0
    assert list(tmp_path.iterdir()) == []


class Inner(NamedTuple):
    late: float
    later: float


class Outer(NamedTuple):
    first: float
    second: float
    inner: Inner
    last: float


VALUES = [0.1 * 3.0**k for k in range(5)]
OUTER = Outer(VALUES[0], VALUES[1], Inner(VALUES[2], VALUES[3]), VALUES[4])


@compiled.entry
def total_and_row(terms: Any, row: Any) -> float:
    write(terms, row)
    return total(terms)


total = compiled.sum_of(Outer)
write = compiled.writer_of(Outer, ("last", "other", "later", "late", "second", "first"))


def test_terms_are_added_from_left_to_right_those_of_a_form_within_too() -> None:
    # Written out: since Python 3.12 `sum` compensates for rounding.
    added = reverse = 0.0
    for value, other in zip(VALUES, reversed(VALUES), strict=True):
        added += value
        reverse += other
    assert added != reverse, "the order makes no difference"
    assert total_and_row(OUTER, np.zeros(6)) == added


def test_terms_are_written_to_their_places_by_name() -> None:
    row = np.full(6, -1.0)
    total_and_row(OUTER, row)
    assert row.tolist() == [VALUES[4], -1.0, VALUES[3], VALUES[2], VALUES[1], VALUES[0]]


def test_a_term_without_a_column_is_refused() -> None:
    with pytest.raises(ValueError, match="not in tuple"):
        compiled.writer_of(Outer, ("first", "second", "late", "last"))
