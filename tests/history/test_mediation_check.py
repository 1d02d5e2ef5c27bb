"""`compare_mediation`: shares of ICB and of synthetic crises, in one table."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from escalation.history.icb import VIOLENCE, load_rates
from escalation.history.mediation import GROUPS
from escalation.history.mediation_check import (
    AFTERWARDS,
    AGREED,
    FORMAL,
    ICB,
    MODEL,
    RATES,
    TALKS,
    MediationCheck,
    RateRow,
    compare_mediation,
    is_met,
)
from escalation.scenario.load import ScenarioError
from tests.history.icb_files import write


@pytest.fixture(scope="module")
def found() -> MediationCheck:
    return compare_mediation("default", replications=60, seed=3)


def row(found: MediationCheck, measure: str, group: str, source: str) -> RateRow:
    (one,) = (row for row in found.rows if (row.measure, row.group, row.source) == (measure, group, source))
    return one


def test_shares_of_icb_are_its_counts(found: MediationCheck) -> None:
    rates = load_rates()
    first = row(found, FORMAL, "unmediated", ICB)
    ends = rates.observed["unmediated"]
    assert (first.yes, first.n) == (ends.formal, ends.crises) == (38, 337)
    assert first.share == pytest.approx(38 / 337)
    assert first.low < first.share < first.high
    counted = {
        (AGREED, "mediated"): (96, 154),
        (TALKS, "war"): (47, 105),
        (TALKS, "nuclear"): (11, 37),
        (RATES, "unmediated"): (50, 30239),
        (RATES, "- day 8 to 30"): (17, 2269),
        (RATES, "- after day 365"): (8, 5013),
        (AFTERWARDS, "agreed, unmediated"): (32, 70),
        (AFTERWARDS, "agreed, mediated"): (60, 94),
    }
    for (measure, group), counts in counted.items():
        one = row(found, measure, group, ICB)
        assert (one.yes, one.n) == counts


def test_shares_of_the_model_are_those_of_its_groups(found: MediationCheck) -> None:
    simulated = found.simulated
    wanted = {FORMAL: simulated.formal, AGREED: simulated.agreed, AFTERWARDS: simulated.no_return}
    for measure, share_of in wanted.items():
        for group in GROUPS:
            one, share = row(found, measure, group, MODEL), share_of(group)
            assert (one.yes, one.n) == (share.yes, share.n)
    for level in VIOLENCE:
        one, share = row(found, TALKS, level, MODEL), simulated.mediated_at(level)
        assert (one.yes, one.n) == (share.yes, share.n)
    of_spans = [one for one in found.rows if one.group.startswith("-") and one.source == MODEL]
    total = row(found, RATES, "from entry", MODEL)
    assert (sum(one.yes for one in of_spans), sum(one.n for one in of_spans)) == (total.yes, total.n)


def test_every_count_of_icb_stands_beside_one_of_the_model(found: MediationCheck) -> None:
    sources = [row.source for row in found.rows]
    assert sources == [ICB, MODEL] * (len(sources) // 2)
    names = [(row.measure, row.group) for row in found.rows]
    assert names[::2] == names[1::2]


def test_a_count_is_met_by_a_share_in_the_interval_of_icb() -> None:
    icb = RateRow(FORMAL, "mediated", ICB, 68, 154, 0.44, 0.37, 0.52)

    def model(share: float) -> RateRow:
        return RateRow(FORMAL, "mediated", MODEL, 1, 2, share, 0.0, 1.0)

    assert [is_met(icb, model(share)) for share in (0.36, 0.37, 0.52, 0.53, float("nan"))] == [
        False, True, True, False, False,
    ]  # fmt: skip


def test_every_synthetic_crisis_is_in_one_group(found: MediationCheck) -> None:
    n = {row.group: row.n for row in found.rows if (row.measure, row.source) == (FORMAL, MODEL)}
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
    assert "unmediated    .11 [.08, .15]    337" in text
    assert "1.7 [1.3, 2.2]  30239" in text
    assert "calibration, not causal proof" in text.replace("\n", " ")
    assert "60 synthetic crises, seed 3, weights 'default'" in text
    assert max(map(len, found.lines())) <= 80


def test_counts_come_from_the_files_of_icb_where_they_are_given(tmp_path: Path) -> None:
    found = compare_mediation("default", data=write(tmp_path), replications=5)
    assert row(found, FORMAL, "unmediated", ICB).n == 2
    assert any("published 0.44, 0.64" in line for line in found.lines())
    with pytest.raises(ScenarioError, match="there is no such file"):
        compare_mediation("default", data=tmp_path / "nowhere", replications=5)
