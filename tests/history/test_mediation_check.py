"""`compare_mediation`: shares of ICB and of synthetic crises, in one table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from escalation.history.icb import load_rates
from escalation.history.mediation_check import (
    AFTERWARDS,
    AGREEMENT,
    ICB,
    MODEL,
    MODEL_TALKS,
    TALKS,
    MediationCheck,
    compare_mediation,
)
from escalation.scenario.load import ScenarioError
from tests.history.icb_files import write


@pytest.fixture(scope="module")
def found() -> MediationCheck:
    return compare_mediation("default", replications=60, seed=3)


def test_shares_of_icb_are_its_counts(found: MediationCheck) -> None:
    first = found.rows[0]
    assert (first.measure, first.group, first.source) == (AGREEMENT, "unmediated", ICB)
    ends = load_rates().observed["unmediated"]
    assert (first.yes, first.n) == (ends.formal, ends.crises) == (38, 337)
    assert first.share == pytest.approx(38 / 337)
    assert first.low < first.share < first.high


def test_shares_of_the_model_are_those_of_its_groups(found: MediationCheck) -> None:
    simulated = found.simulated
    wanted = {
        (AGREEMENT, MODEL): simulated.formal,
        (AGREEMENT, MODEL_TALKS): simulated.in_talks,
        (AFTERWARDS, MODEL): simulated.no_return,
        (TALKS, MODEL): simulated.mediated_at,
    }
    rows = [row for row in found.rows if row.source != ICB]
    assert {(row.measure, row.source) for row in rows} == set(wanted)
    for row in rows:
        share = wanted[row.measure, row.source](row.group)
        assert (row.yes, row.n) == (share.yes, share.n)


def test_every_synthetic_crisis_is_in_one_group(found: MediationCheck) -> None:
    n = {row.group: row.n for row in found.rows if (row.measure, row.source) == (AGREEMENT, MODEL)}
    assert n["unmediated"] + n["mediated"] == 60
    assert n["facilitation"] + n["formulation"] + n["manipulation"] == n["mediated"]


def test_frame_file_and_text_agree(found: MediationCheck, tmp_path: Path) -> None:
    (path,) = found.write(tmp_path)
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    frame = found.frame()
    assert list(frame.columns) == list(rows[0])
    assert [int(row["yes"]) for row in rows] == frame["yes"].tolist()
    assert [float(row["share"]) for row in rows] == pytest.approx(
        frame["share"].tolist(), rel=1e-5, nan_ok=True
    )
    text = "\n".join(found.lines())
    assert "unmediated    .11 [.08, .15]  337" in text
    assert "no such crisis" in text  # so few crises have no talks of some style
    assert "calibration, not causal proof" in text.replace("\n", " ")
    assert "60 synthetic crises, seed 3, weights 'default'" in text
    assert max(map(len, found.lines())) <= 100


def test_counts_come_from_the_files_of_icb_where_they_are_given(tmp_path: Path) -> None:
    found = compare_mediation("default", data=write(tmp_path), replications=5)
    assert found.rows[0].n == 2
    assert any("published 0.44, 0.64" in line for line in found.lines())
    with pytest.raises(ScenarioError, match="there is no such file"):
        compare_mediation("default", data=tmp_path / "nowhere", replications=5)
