"""The tables of an experiment together, and the bytes of the files that hold them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from escalation.analysis import summary, tidy
from escalation.analysis.effects import effects_table, interactions_table, main_effects_table
from escalation.analysis.tally import tally
from escalation.api import Experiment
from escalation.experiment.results import ResultsFolder
from tests.analysis.synthetic import Synthetic, grid
from tests.analysis.test_averages import at_points
from tests.experiment.sweeps import MEDIATOR, tree

TABLES = {
    "summary.csv": summary.summary_table,
    "effects.csv": effects_table,
    "main_effects.csv": main_effects_table,
    "interactions.csv": interactions_table,
}


def cut(source: Synthetic, cells: int, replications: int) -> Synthetic:
    return dataclasses.replace(source, cells_a_block=cells, replications_a_round=replications)


def test_files_are_the_same_bytes_however_they_are_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = tally(grid())
    tidy.write_tables(found, tmp_path)
    first = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert list(TABLES) == sorted(first, key=list(TABLES).index)
    monkeypatch.setattr(tidy, "ROWS_AT_ONCE", 1)
    again = tidy.write_tables(tally(cut(grid(), 2, 31)), tmp_path)
    assert [path.name for path in again] == list(TABLES)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == first


def test_awkward_levels_survive_the_files(tmp_path: Path) -> None:
    """Commas, quotes, numbers of every kind; and with independent seeds no count of pairs."""
    import csv

    source = grid(force=(0.1,), idle=('a "b", c', 3, 0.1, 1e-7, True, 1 / 3), seeds="independent")
    for path in tidy.write_tables(tally(source), tmp_path)[:2]:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        levels = ['a "b", c', "3", "0.1", "1e-07", "true", repr(1 / 3)]
        assert list(dict.fromkeys(row_["idle"] for row_ in rows)) == levels[-len({r["cell"] for r in rows}) :]
        assert {row_["force"] for row_ in rows} == {"0.1"}
        assert {row_.get("pairs", "") for row_ in rows} == {""}


def test_files_are_plain_csv(tmp_path: Path) -> None:
    import pandas as pd

    found = tally(grid())
    for path, table in zip(tidy.write_tables(found, tmp_path), TABLES.values(), strict=True):
        text = path.read_bytes()
        assert b"\r" not in text
        assert b"nan" not in text.lower()
        read = pd.read_csv(path, keep_default_na=False, na_values=[""])
        whole = table(found)
        assert list(read.columns) == list(whole.columns)
        assert len(read) == len(whole)
        (column,) = {"estimate", "difference", "effect", "interaction"} & set(read.columns)
        assert read[column].to_numpy() == pytest.approx(whole[column].to_numpy(), rel=1e-8, nan_ok=True)


def test_the_wording_of_figures_is_that_of_the_experiment(tmp_path: Path) -> None:
    who = {"both": {"label": "Both", "set": {"mediators.delland": MEDIATOR}}, "cesland": {}}
    factors = {
        "who": {"label": "Who mediates", "alternatives": who},
        "resolve": {
            "label": "Resolve",
            "unit": "share",
            "path": "states.arland.resolve",
            "values": [0.9, 0.6],
        },
    }
    Experiment(tree(factors=factors, replications=3)).run(tmp_path, workers=1)
    results = ResultsFolder(tmp_path)
    found = tidy.Tidy(results, tally(results))
    assert found.states == {"arland": "Arland", "borland": "Borland"}
    assert found.mediators == {"cesland": "Cesland", "delland": "Delland"}
    one, other = found.factors
    assert (one.kind, one.levels, one.names) == ("text", ("both", "cesland"), {"both": "Both"})
    assert (other.kind, other.levels, other.label, other.unit) == ("number", (0.6, 0.9), "Resolve", "share")
    baseline = found.cells[found.cells["role"] == "baseline"]
    assert baseline["cell"].tolist() == [found.baseline]
    assert (baseline["who"].item(), baseline["resolve"].item()) == ("cesland", 0.6)
    assert len(found.cells) == 4
    shares = list(found.share_rows([1, 3], ["war", "force"]))
    assert [(row["cell"], row["of"]) for row in shares] == [
        (c, of) for c in (1, 3) for of in ("war", "force")
    ]
    assert found.share_span("war") == (
        min(row["estimate"] for row in found.share_rows(range(4), ["war"])),
        max(row["estimate"] for row in found.share_rows(range(4), ["war"])),
    )
    effects = found.level_effects(["war"])
    assert [(each.factor, each.level, each.settings) for each in effects] == [
        ("who", "both", 2),
        ("resolve", 0.9, 2),
    ]
    assert all(len(each.each) == 2 and each.replications == 3 for each in effects)
    for rows in (found.incidence_rows([2]), found.peak_rows([2]), found.posture_rows([2])):
        assert {row["cell"] for row in rows} == {2}


def test_policies_have_a_table_of_their_own(tmp_path: Path) -> None:
    source = at_points(points=4, replications=30)
    written = tidy.write_tables(tally(source), tmp_path, ["war", "force"])
    assert [path.name for path in written] == [*TABLES, "policies.csv"]
    lines = written[-1].read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [["some", "none", "war"], ["some", "none", "force"]]


def test_draws_are_shown_by_their_spread_about_their_mean() -> None:
    source = dataclasses.replace(grid(force=(0.02, 0.05, 0.1), idle=("draw_0", "draw_1")), sampled=("idle",))
    found = [each for each in tidy.level_effects(tally(source), ["force"]) if each.factor == "idle"]
    (spread,) = found
    assert spread.is_draws
    assert spread.shown == (None, 0.0, 0.0)
    assert spread.each == (0.0, 0.0)
    levels = [each.level for each in tidy.level_effects(tally(source), ["force"]) if not each.is_draws]
    assert levels == [0.05, 0.1]
