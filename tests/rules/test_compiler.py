"""How rules are compiled: what goes by address, what is optimised, what is kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from escalation.rules import compiled, compiler
from escalation.rules.records import record_type

ROW = record_type(["price"], ["count"])
COMPILES = pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="compiles nothing")


@compiled.tables
class Shop(NamedTuple):
    shelf: NDArray[Any]
    places: NDArray[np.int64]
    sold: NDArray[np.float64]


@compiled.phrase
def row_at(shop: Shop, k: int) -> Any:
    return shop.shelf[shop.places[k]]


@compiled.seldom
def sell(shop: Shop, k: int, count: int) -> None:
    row = row_at(shop, k)
    row.count -= count
    shop.sold[k] += count * row.price


@compiled.rule
def worth(shop: Shop) -> float:
    whole = 0.0
    for k in range(len(shop.places)):
        row = row_at(shop, k)
        whole += row.count * row.price
    return whole


@compiled.entry
def day_of_sales(shop: Shop, days: int) -> float:
    for day in range(days):
        sell(shop, day % len(shop.places), 1)
        sell(shop, 0, day)
    return worth(shop)


def shop() -> Shop:
    shelf = np.array([(0.1, 50), (2.5, 40), (7.0, 30)], ROW)
    return Shop(shelf, np.array([2, 0, 1]), np.zeros(3))


def by_compiler() -> Any:
    return compiler.compiled(day_of_sales.py_func, compiled.PARTS, compiled.TABLES, compiled.cache_folder())


@pytest.fixture(autouse=True)
def _cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))


def test_compiled_code_reads_and_writes_the_tables_themselves() -> None:
    compiled_shop, plain_shop = shop(), shop()
    assert day_of_sales(compiled_shop, 5) == day_of_sales.py_func(plain_shop, 5)
    for one, other in zip(compiled_shop, plain_shop, strict=True):
        assert one.tolist() == other.tolist()
    assert compiled_shop.sold.tolist() != [0.0] * 3


def test_other_tables_of_the_same_type_are_read_anew() -> None:
    first, second = shop(), shop()
    second.shelf["price"] *= 2.0
    assert 2.0 * day_of_sales(first, 0) == day_of_sales(second, 0) > 0.0


@COMPILES
def test_tables_go_by_address_and_parts_have_no_machine_code() -> None:
    called = by_compiler()
    called(shop(), 1)
    (made,) = called.overloads.values()
    assert isinstance(made.signature.args[0], compiler.Address)
    assert isinstance(made.library, compiler.JITCodeLibrary)
    assert not isinstance(made.library, compiler.Material)
    (part,) = vars(sell)["part"].overloads.values()
    assert isinstance(part.library, compiler.Material)


@COMPILES
def test_a_rule_is_one_function_for_numbers_given_as_such_and_by_name() -> None:
    called = by_compiler()
    called(shop(), 2)  # it sells 1, and as many as the day
    assert len(vars(sell)["part"].overloads) == 1


@COMPILES
def test_only_the_entry_is_kept(tmp_path: Path) -> None:
    assert by_compiler()(shop(), 3) == day_of_sales.py_func(shop(), 3)
    names = {path.name.split("-")[0] for path in tmp_path.rglob("*.nb?")}
    assert names == {"test_compiler.day_of_sales"}
