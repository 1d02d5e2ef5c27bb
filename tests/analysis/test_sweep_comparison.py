"""The account and the tables of two results folders compared."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from escalation.analysis.sweep_comparison import SweepComparison, code_hash, identity_of_sweeps
from escalation.analysis.sweep_pairs import compare_sweeps
from escalation.api import Experiment, Results, write_report
from tests.experiment.sweeps import tree


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> tuple[Results, Results]:
    base = tmp_path_factory.mktemp("sweeps")
    outcomes = ["force", "ceasefire"]
    one = Experiment(tree(replications=60, outcomes=outcomes)).run(base / "one")
    other = Experiment(
        tree(replications=60, outcomes=outcomes, set={"states.borland.resolve": 0.9})
    ).run(base / "two")  # fmt: skip
    return one, other


@pytest.fixture(scope="module")
def found(results: tuple[Results, Results]) -> SweepComparison:
    return compare_sweeps(*results)


def test_the_account_says_what_made_each_and_what_changed(found: SweepComparison) -> None:
    lines = found.lines
    assert max(len(line) for line in lines if "escalation run" not in line) <= 80
    text = "\n".join(lines)
    assert "states.borland.resolve: 0.5 → 0.9" in text
    assert "The code that computes crises is the same." in text
    assert "6 have other inputs and other crises" in text
    assert text.count(code_hash(found.before)) == 2
    assert f"escalation run --from {found.after.folder} --cell {found.worse[0].cell_after}" in text
    assert "no validated" in text[-90:]
    rows = [
        line for line in lines if line.split() and line.split()[0].isdigit() and "%" in line and "±" in line
    ]
    assert len(rows) == 6
    force = found.shares("force")
    more, less = int((force.low > 0).sum()), int((force.high < 0).sum())
    assert f"lies above 0 in {more} of them, below 0 in {less}." in " ".join(text.split())
    changed = [float(row.split("%")[0].split()[-1]) for row in rows]
    assert changed == sorted(changed, reverse=True)


def test_the_files_hold_all_cells(found: SweepComparison, tmp_path: Path) -> None:
    written = write_report(found, tmp_path)
    assert {path.name for path in written.files} == {
        "cells.csv", "differences.csv", "flows.csv", "inputs.csv", "summary.txt", "comparison.json",
        "flows.png", "flows.svg", "differences.png", "differences.svg",
    }  # fmt: skip
    cells = pd.read_csv(tmp_path / "cells.csv")
    assert cells["pairs"].tolist() == [60] * 6
    assert cells["better"].sum() == found.flows.better
    assert cells["worse"].sum() == found.flows.worse
    differences = pd.read_csv(tmp_path / "differences.csv")
    pd.testing.assert_frame_equal(
        pd.read_csv(io.StringIO(found.difference_table.frame().to_csv(index=False))), differences, atol=1e-6
    )
    flows = pd.read_csv(tmp_path / "flows.csv")
    assert flows["crises"].sum() == 360
    first = {path.name: path.read_bytes() for path in written.files}
    write_report(compare_sweeps(found.before, found.after), tmp_path)
    assert {path.name: path.read_bytes() for path in written.files} == first


def test_identity_names_folders_and_code(results: tuple[Results, Results]) -> None:
    one, other = identity_of_sweeps(*results)["sweeps"]
    assert one["sha256"] != other["sha256"]
    assert one["code"] == other["code"]
