"""`escalation rare`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import escalation
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.cli.calls import SCENARIO, in_process

SMALL = ["--replications", "30", "--repetitions", "3", "--set", "free_days=4", "--levels", "6"]


@pytest.mark.slow
def test_it_writes_tables_and_a_figure_and_prints_the_estimate(tmp_path: Path) -> None:
    out = tmp_path / "rare"
    ended = in_process(["rare", SCENARIO, *SMALL, "--out", str(out)])
    assert ended.code == 0, ended.err
    assert {path.name for path in out.iterdir()} == {
        "summary.txt", "rungs.csv", "sources.csv", "levels.csv", "repetitions.csv", "rare.png", "rare.svg",
    }  # fmt: skip
    assert NUCLEAR_CAVEAT in " ".join(ended.out.split())
    assert "How likely is an act on rung 10 (nuclear use) within 4 days?" in ended.out
    assert max(map(len, ended.out.splitlines()[:-1])) <= 80
    account = (out / "summary.txt").read_text(encoding="utf-8")
    assert ended.out.startswith(account)
    rows = list(csv.DictReader((out / "rungs.csv").read_text(encoding="utf-8").splitlines()))
    assert [(row["rung"], row["method"]) for row in rows[-2:]] == [("10", "levels"), ("10", "counting")]
    scenario = escalation.load_scenario(SCENARIO)
    same = escalation.rare(
        scenario.model_copy(update={"free_days": 4}), 10, replications=30, repetitions=3, levels=[6]
    )
    assert "\n".join(same.lines()) + "\n" == account


def test_the_api_writes_the_same_files(tmp_path: Path) -> None:
    found = escalation.rare(SCENARIO, 9, replications=20, repetitions=2, levels=[])
    assert repr(found).startswith("RareEnd(name='pahalgam_2025', rung=9, estimate=")
    written = escalation.write_report(found, tmp_path / "out")
    assert written.lines == tuple(found.lines())
    assert [path.name for path in written.figures] == ["rare.png", "rare.svg"]


def test_an_outcome_stands_for_the_rung_from_which_it_counts(tmp_path: Path) -> None:
    ended = in_process(
        [
            "rare",
            SCENARIO,
            *SMALL,
            "--set",
            "outcome.war_rung=8",
            "--outcome",
            "war",
            "--out",
            str(tmp_path / "a"),
        ]
    )
    assert ended.code == 0, ended.err
    assert "an act on rung 8 or above (limited war)" in ended.out
    assert NUCLEAR_CAVEAT not in ended.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "nowhere"),
        ([SCENARIO, "--rung", "11"], "11"),
        ([SCENARIO, "--rung", "2"], "--rung: 2 has acts that are not hostile; give 3 to 10"),
        ([SCENARIO, "--rung", "9", "--outcome", "war"], "not allowed with"),
        ([SCENARIO, "--outcome", "peace"], "peace"),
        ([SCENARIO, "--levels", "7", "6"], "--levels: [7.0, 6.0] do not rise"),
        ([SCENARIO, "--levels", "x"], "'x'"),
        ([SCENARIO, "--repetitions", "1"], "1"),
        ([SCENARIO, "--set", "free_days=0"], "no simulated days"),
        ([SCENARIO, "--set", "free_day=0"], "free_day"),
    ],
)
def test_bad_input_ends_with_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    ended = in_process(["rare", *arguments, "--out", str(tmp_path / "new")])
    assert (ended.code, ended.out) == (2, "")
    lines = [line for line in ended.err.splitlines() if not line.startswith("Compiling")]
    assert len(lines) == 1
    assert says in lines[0]
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_replaced_without_force(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    ended = in_process(["rare", "nowhere", "--out", str(tmp_path)])
    assert ended.code == 2
    assert (
        ended.err
        == f"escalation: --out {tmp_path} exists already; give a new folder, or --force to replace it\n"
    )
