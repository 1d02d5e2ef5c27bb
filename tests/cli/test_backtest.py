"""The command from files to tables and figures; the rules' own scores of acts are stood in for."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.cli.calls import Ended, in_process
from tests.history import crises
from tests.history.mie_files import many_acts, write_mie

FILES = {
    "forecasts.csv", "pit.png", "pit.svg", "predictions.csv", "reliability.png", "reliability.svg",
    "scores.csv",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in = SimpleNamespace(
        case_scores=crises.case_scores, exchange_probabilities=crises.exchange_probabilities
    )
    monkeypatch.setitem(sys.modules, "escalation.history.likelihood", stand_in)  # type: ignore[arg-type]


def call(out: Path, *arguments: str) -> Ended:
    predictions = str(out / "predictions.csv")
    return in_process(["backtest", *arguments, "--out", str(out), "--predictions", predictions])


@pytest.fixture
def mie(tmp_path: Path) -> Path:
    return write_mie(tmp_path / "mie.csv", many_acts())


def test_cases_and_events_to_tables_and_figures(tmp_path: Path, mie: Path) -> None:
    events = ["--mie", str(mie), "--dyad", "750-770", "--since", "1990"]
    both = ["uri_2016", "kutch_1965", *events, "--runs", "20"]
    one, again, other = tmp_path / "one", tmp_path / "again", tmp_path / "other"
    ended = call(one, *both)
    assert ended.code == 0, ended.err
    assert {path.name for path in one.iterdir()} == FILES
    assert call(again, *both).code == 0
    for name in FILES:
        assert (one / name).read_bytes() == (again / name).read_bytes(), name
    assert call(other, *both, "--seed", "2").code == 0
    assert (one / "predictions.csv").read_bytes() == (other / "predictions.csv").read_bytes()
    assert (one / "forecasts.csv").read_bytes() != (other / "forecasts.csv").read_bytes()
    with (one / "scores.csv").open(encoding="utf-8", newline="") as file:
        quantities = {row["quantity"] for row in csv.DictReader(file)}
    assert {"next act (cases)", "next act (events)", "peak rung", "outcome"} <= quantities
    assert "no validated probability of nuclear use" in " ".join(ended.out.split())
    assert max(map(len, ended.out.splitlines())) <= 100


def test_events_alone(tmp_path: Path, mie: Path) -> None:
    ended = call(tmp_path / "out", "--mie", str(mie), "--all-rows")
    assert ended.code == 0, ended.err
    assert not (tmp_path / "out" / "forecasts.csv").exists()
    lines = (tmp_path / "out" / "predictions.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(many_acts())


def test_events_of_the_pair_alone_need_a_file_to_train_on(tmp_path: Path, mie: Path) -> None:
    pair = write_mie(tmp_path / "pair.csv", [act for act in many_acts() if 750 in act])
    ended = call(tmp_path / "out", "--mie", str(pair), "--dyad", "770-750")
    assert (ended.code, "--train" in ended.err) == (2, True)
    assert call(tmp_path / "out", "--mie", str(pair), "--dyad", "770-750", "--train", str(mie)).code == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "nothing to test; give case files, --mie FILE, or both"),
        (["uri_2016", "--dyad", "2-20"], "give --mie FILE too"),
        (["--mie", "nowhere.csv"], "nowhere.csv: there is no such file; the file is published as"),
        (["--mie", "MIE", "--dyad", "india-pakistan"], "'india-pakistan' is no pair of states"),
        (["--mie", "MIE", "--dyad", "2-2"], "'2-2' is no pair of states"),
        (["--mie", "MIE", "--since", "3000"], "nothing to score"),
        (["uri_2016", "uri_2016"], "'uri_2016' is given twice"),
        (["pahalgam_2025"], "has no `case`"),
        (["uri_2016", "--window", "0"], "'0' is no whole number from 1 to 3650"),
        (["uri_2016", "--weights", "none_such"], "none_such"),
    ],
)
def test_bad_input_ends_with_a_line(tmp_path: Path, mie: Path, arguments: list[str], says: str) -> None:
    ended = call(tmp_path / "out", *[str(mie) if word == "MIE" else word for word in arguments])
    assert ended.code == 2
    assert says in ended.err
    assert len(ended.err.splitlines()) == 1


def test_weights_for_all_change_the_forecasts(tmp_path: Path) -> None:
    weights = tmp_path / "meek.yaml"
    weights.write_text(
        "name: meek\ntitle: t\nprovenance: p\nweights: {act_intercept: -8}\n", encoding="utf-8"
    )
    one, other = tmp_path / "one", tmp_path / "other"
    assert call(one, "uri_2016", "--runs", "20").code == 0
    ended = call(other, "uri_2016", "--runs", "20", "--weights", str(weights))
    assert ended.code == 0, ended.err
    assert (one / "forecasts.csv").read_bytes() != (other / "forecasts.csv").read_bytes()


def test_scores_in_the_sample_are_called_so(tmp_path: Path) -> None:
    ended = in_process(["backtest", "punjab_1951", "tests_1998", "--runs", "20", "--out", str(tmp_path)])
    assert ended.code == 0
    assert "1 of the 2 cases are coded to be calibrated on" in ended.out
    outside = in_process(["backtest", "tests_1998", "--runs", "20", "--out", str(tmp_path)])
    assert "in the sample" not in outside.out
