"""The tables of an experiment as an Excel workbook, read back with openpyxl."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import escalation
from benchmarks.mutations import in_process
from escalation.analysis import workbook
from escalation.analysis.workbook import write_workbook
from tests.experiment.sweeps import complete, written

MEASURES = {
    "strikes": {"of": "count(rung >= 6)", "unit": "acts of force"},
    "early": "any(rung >= 6 and day < 4)",
}
AWKWARD = {
    "resolve": {"label": "=1+1", "path": "states.arland.resolve", "values": [0.2, 0.9]},
    "quiet": {"label": "Days", "path": "outcome.quiet_days", "values": [5, 7]},
    "who": {
        "label": "Who mediates",
        "alternatives": {"cesland": {}, "earlier": {"set": {"mediators.cesland.enters_day": 2}}},
    },
}


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> escalation.Results:
    folder = tmp_path_factory.mktemp("excel")
    path = written(
        folder, replications=40, measures=MEASURES, factors=AWKWARD, seed=2**59 + 1, title="=SUM(A1)"
    )
    complete(path, folder / "out")
    return escalation.Results(folder / "out")


@pytest.fixture(scope="module")
def book(results: escalation.Results, tmp_path_factory: pytest.TempPathFactory) -> Any:
    found = results.to_excel(tmp_path_factory.mktemp("book") / "tables.xlsx")
    assert found.notes == ()
    assert dict(found.rows)["cells"] == 8
    return openpyxl.load_workbook(found.path)


def rows(sheet: Any) -> list[tuple[Any, ...]]:
    return list(sheet.iter_rows(values_only=True))


def test_it_has_the_tables_of_the_files(results: escalation.Results, book: Any) -> None:
    tables = ["cells", "summary", "effects", "main_effects", "interactions"]
    assert book.sheetnames == ["about", "measures", *tables]
    for name in tables:
        with (results.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            expected = list(csv.reader(file))
        found = rows(book[name])
        assert list(found[0]) == expected[0]
        assert len(found) == len(expected)
        for row, texts in zip(found[1:], expected[1:], strict=True):
            for value, text in zip(row, texts, strict=True):
                if isinstance(value, int | float):
                    assert value == pytest.approx(float(text), rel=1e-8)
                else:
                    assert (value or "") == text


def test_numbers_are_numbers_and_words_are_text(book: Any) -> None:
    head, *found = rows(book["summary"])
    kinds = {name: {type(row[k]) for row in found} - {type(None)} for k, name in enumerate(head)}
    assert kinds["cell"] == {int}
    assert kinds["estimate"] <= {int, float}
    assert (kinds["resolve"], kinds["quiet"], kinds["who"]) == ({float}, {int}, {str})
    assert rows(book["cells"])[1][-1] == str(2**59 + 1)  # which a floating-point number could not hold


def test_what_looks_like_a_formula_is_text(book: Any) -> None:
    about = {row[0].value: row[1] for row in book["about"].iter_rows()}
    assert (about["question"].value, about["question"].data_type) == ("=SUM(A1)", "s")
    assert (about["factor resolve"].value, about["factor resolve"].data_type) == ("=1+1", "s")
    assert "not a forecast" in about["caveat"].value
    assert about["crises"].value == "320, 40 per cell"


def test_sheets_can_be_read(book: Any) -> None:
    for name in ("measures", "cells", "summary", "effects"):
        sheet = book[name]
        assert sheet.freeze_panes == "A2"
        assert all(cell.font.bold for cell in sheet[1])
        assert sheet.auto_filter.ref.startswith("A1:")
        assert all(9 <= width.width <= 40 for width in sheet.column_dimensions.values())


def test_measures_are_defined(book: Any) -> None:
    found = {row[0]: row for row in rows(book["measures"])[1:]}
    assert found["strikes"][3:] == ("acts of force", "neither", "count(rung >= 6)")
    assert found["early"][1] == "share"
    assert found["war"][-1] == "`outcome` is `war`"
    assert "force" in found["days_to_force"][-1]


def test_what_excel_cannot_take_is_left_out_and_said(results: escalation.Results, tmp_path: Path) -> None:
    found = write_workbook(results.tally, tmp_path / "small.xlsx", most=51)
    assert found.rows["summary"] == 50
    note = found.notes[0]
    total = len(results.summary())
    assert (
        note == f"summary: the first 50 of {total:,} rows, which is all that Excel takes; summary.csv has all"
    )
    book = openpyxl.load_workbook(found.path)
    assert len(rows(book["summary"])) == 51
    assert [row[1] for row in rows(book["about"])][-len(found.notes) :] == list(found.notes)


def test_text_that_no_workbook_can_hold_is_shortened() -> None:
    assert workbook._printable("a\x07b" + "c" * 40_000) == "ab" + "c" * 32_765
    assert workbook._cell(None, float("nan")) is None
    assert workbook._cell(None, True) == "true"


def test_the_command(results: escalation.Results, tmp_path: Path) -> None:
    out = tmp_path / "tables.xlsx"
    ended = in_process(["export-excel", str(results.folder), "--out", str(out)])
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{out}: measures (")
    ended = in_process(["export-excel", str(results.folder), "--out", str(out)])
    assert ended.code == 2
    assert "--force" in ended.err
    assert in_process(["export-excel", str(results.folder), "--out", str(out), "--force"]).code == 0
    ended = in_process(["export-excel", str(tmp_path), "--out", str(tmp_path / "other.xlsx")])
    assert ended.code == 2
    assert "manifest.json is missing" in ended.err
    assert not (tmp_path / "other.xlsx").exists()


def test_without_openpyxl_one_line_says_what_to_install(
    results: escalation.Results, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    ended = in_process(["export-excel", str(results.folder), "--out", str(tmp_path / "x.xlsx")])
    assert (ended.code, ended.err.count("\n")) == (2, 1)
    assert "pip install 'escalation[excel]'" in ended.err
