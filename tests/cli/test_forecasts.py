"""`escalation forecast` and `escalation score`: what they print and write, and what they refuse."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import escalation
from escalation.vocabulary import NUCLEAR_CAVEAT
from tests.cli.calls import SCENARIO, in_process

RECORD = Path(__file__).parents[2] / "docs/forecasts/2025-05-05_pahalgam.yaml"
SMALL = ["--draws", "3", "--replications", "20", "--made", "2025-05-05"]


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("events") / "events.yaml"
    file.write_text(
        "events:\n  - {id: strike, share: rung_7, by: 2025-05-10}\n"
        "  - {id: worst, share: nuclear_use, within: 3}\n"
    )
    return file


def test_a_forecast_is_written_with_its_page_and_figure_and_scored(events: Path, tmp_path: Path) -> None:
    out = tmp_path / "new" / "may.yaml"
    ended = in_process(
        ["forecast", SCENARIO, *SMALL, "--events", str(events), "--name", "may", "--out", str(out)]
    )
    assert ended.code == 0, ended.err
    assert {path.name for path in out.parent.iterdir()} == {"may.yaml", "may.md", "may.png"}
    assert "An act on rung 7 or above by 2025-05-10." in ended.out
    assert NUCLEAR_CAVEAT in " ".join(ended.out.split())
    found = escalation.load_forecast(out)
    assert (found.forecast, [event.id for event in found.events]) == ("may", ["strike", "worst"])
    same = escalation.make_forecast(
        escalation.load_scenario(SCENARIO), escalation.load_events(events), draws=3, replications=20,
        made=found.made, name="may",
    )  # fmt: skip
    assert same == found

    truth = tmp_path / "truth.csv"
    truth.write_text("forecast,event,happened\nmay,worst,no\n")
    scored = in_process(["score", str(out), "--truth", str(truth), "--out", str(tmp_path / "scores")])
    assert scored.code == 0, scored.err
    assert "1 forecast with 2 events: 1 decided, 1 open" in scored.out
    assert {path.name for path in (tmp_path / "scores").iterdir()} == {
        "summary.txt", "scores.csv", "reliability.csv", "reliability.png", "reliability.svg"
    }  # fmt: skip
    rows = list(csv.DictReader((tmp_path / "scores" / "scores.csv").read_text().splitlines()))
    assert [row["happened"] for row in rows] == ["0", ""]
    written = escalation.write_report(
        escalation.score_forecasts([found], escalation.load_truth(truth, [found])), tmp_path / "again"
    )
    assert "\n".join(written.lines) in scored.out


def test_a_changed_forecast_is_not_scored(tmp_path: Path) -> None:
    changed = tmp_path / "changed.yaml"
    changed.write_text(RECORD.read_text(encoding="utf-8").replace("seed: 1", "seed: 2"), encoding="utf-8")
    truth = RECORD.parent / "truth.csv"
    ended = in_process(["score", str(changed), "--truth", str(truth), "--out", str(tmp_path / "x")])
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1
    assert "was changed after it was made" in ended.err
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["forecast", "nowhere"], "nowhere"),
        (["forecast", SCENARIO, "--out", "x.json"], "a forecast is a .yaml file"),
        (["forecast", SCENARIO, "--made", "5 May"], "'5 May' is not a date"),
        (["forecast", SCENARIO, "--events", "nowhere.yaml"], "nowhere.yaml"),
        (["forecast", SCENARIO, "--weights", "nowhere"], "nowhere"),
        (["forecast", SCENARIO, "--name", "A B"], '--name: "A B" is not a name'),
        (["forecast", SCENARIO, "--draws", "0"], "0"),
        (["score", "nowhere.yaml", "--truth", "truth.csv"], "nowhere.yaml"),
        (["score", str(RECORD), "--truth", "nowhere.csv"], "nowhere.csv"),
        (["score", str(RECORD)], "--truth"),
    ],
)
def test_bad_input_ends_with_one_line(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = in_process(arguments)
    assert (ended.code, ended.out) == (2, "")
    lines = [line for line in ended.err.splitlines() if not line.startswith("Compiling")]
    assert len(lines) == 1
    assert says in lines[0]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["f.yaml", "f.md", "f.png"])
def test_nothing_is_replaced_without_force(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("mine", encoding="utf-8")
    ended = in_process(["forecast", "nowhere", "--out", str(tmp_path / "f.yaml")])
    assert ended.code == 2
    assert f"{tmp_path / name} exists already" in ended.err
