"""`escalation calibrate`: what it reads, writes and refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mutations import in_process
from escalation.history.objective import FITTED
from escalation.scenario.load import load_scenario, load_weights
from escalation.scenario.weights import Weights
from tests.history.mie_files import many_acts, write_mie


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    folder = tmp_path_factory.mktemp("calibrate")
    events = write_mie(folder / "mie.csv", many_acts())
    out = folder / "weights" / "small.yaml"
    ended = in_process(
        ["calibrate", "kutch_1965", str(events), "--out", str(out), "--name", "small", "--draws", "5",
         "--no-profile"]
    )  # fmt: skip
    assert ended.code == 0, ended.err
    return out, ended.out


def test_the_file_is_a_set_of_weights_that_a_scenario_can_take(fitted: tuple[Path, str]) -> None:
    path, _ = fitted
    chosen = load_weights(path)
    assert chosen.name == "small"
    assert "kutch_1965" in chosen.provenance
    assert "mie.csv" in chosen.provenance
    assert chosen.fitted is not None
    assert chosen.fitted.weights == FITTED
    assert len(chosen.fitted.draws) == 5
    scenario = load_scenario("pahalgam_2025", [f"weights={path}"])
    assert scenario.weights == chosen.weights
    assert scenario.weights != Weights()
    drawn = load_scenario("pahalgam_2025", [f"weights={path}", "weights.draw=4"])
    assert drawn.weights == chosen.draw(4)
    assert drawn.weights.misperception == Weights().misperception


def test_what_was_not_asked_of_the_record_stays_at_its_default(fitted: tuple[Path, str]) -> None:
    found = load_weights(fitted[0]).weights.model_dump()
    others = {name: value for name, value in Weights().model_dump().items() if name not in FITTED}
    assert {name: found[name] for name in others} == others


def test_the_report_fits_80_columns_and_says_what_the_data_cannot_tell(fitted: tuple[Path, str]) -> None:
    _, report = fitted
    assert max(map(len, report.splitlines()[:-1])) <= 80
    assert "Hardly told by these data" in report
    assert "nuclear" in report
    assert all(name in report for name in FITTED)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pahalgam_2025"], "no case of the past"),
        (["kutch_1965", "kutch_1965"], "is given twice"),
        (["history", "kutch_1965"], "is given twice"),
        (["nowhere_1900"], "nowhere_1900"),
        (["missing.csv"], "is published as"),
        (["kutch_1965", "--draws", "-1"], "--draws"),
    ],
)
def test_what_is_refused(arguments: list[str], says: str, tmp_path: Path) -> None:
    ended = in_process(["calibrate", *arguments, "--out", str(tmp_path / "out.yaml")])
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert says in ended.err
    assert not (tmp_path / "out.yaml").exists()


def test_events_that_are_all_too_early(tmp_path: Path) -> None:
    events = write_mie(tmp_path / "mie.csv", many_acts())
    ended = in_process(["calibrate", str(events), "--since", "2100", "--out", str(tmp_path / "out.yaml")])
    assert ended.code == 2
    assert "no act of hostility 2 to 5 since 2100" in ended.err
