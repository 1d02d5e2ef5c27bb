"""`escalation mediation-check`: what it prints and writes, and how it refuses."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from escalation.cli.mediation_check import PUBLISHED, check_rows
from escalation.figures.forest import RateRow, plot_mediation_check
from escalation.history.icb import load_icb, load_rates, rates_of, rates_text
from escalation.history.mediation import hold
from escalation.history.population import Population
from escalation.scenario.weights import Weights
from tests.cli.calls import in_process
from tests.history.icb_files import write

SMALL = ["mediation-check", "--crises", "60"]


def call(*arguments: object) -> tuple[int, str, str]:
    ended = in_process([*SMALL, *map(str, arguments)])
    return ended.code, ended.out, ended.err


def test_it_prints_and_writes_the_same_shares(tmp_path: Path) -> None:
    code, out, _ = call("--out", tmp_path, "--seed", 3, "--weights", "default")
    assert code == 0
    for words in ("calibration, not causal proof", "not the same measure", "weights 'default'", "60 made-up"):
        assert words in out.replace("\n", " ")
    with (tmp_path / "mediation_check.csv").open(newline="") as file:
        found = list(csv.DictReader(file))
    rates = load_rates()
    rows = list(check_rows(rates, hold(Population(rates, Weights(), 3), 60)))
    assert [(row["group"], row["source"], int(row["yes"]), int(row["n"])) for row in found] == [
        (row.group, row.source, row.yes, row.n) for row in rows
    ]
    first = found[0]
    assert (first["measure"], first["group"], first["source"]) == (
        "Formal agreement", "unmediated", "ICB v15",
    )  # fmt: skip
    assert float(first["share"]) == pytest.approx(38 / 337, rel=1e-5)
    assert "unmediated    .11 [.08, .15]  337" in out
    assert "no such crisis" in out  # so few crises have no talks of some style
    with Image.open(tmp_path / "mediation_check.png") as image:
        assert image.width >= 1200


def test_it_counts_anew_and_says_what_differs(tmp_path: Path) -> None:
    data = write(tmp_path)
    code, out, _ = call("--data", data, "--out", tmp_path / "out", "--rates", tmp_path / "rates.yaml")
    assert "weights 'calibrated'" in out
    assert code == 0
    for group, (formal, quiet) in PUBLISHED.items():
        assert f"  {group}: given {formal:.2f}, {quiet:.2f}; all crises of the file" in out
    assert "mediated: given 0.44, 0.64; all crises of the file 0.667, 0.667 (n 3; not the same)" in out
    rates = rates_of(load_icb(data))
    assert (tmp_path / "rates.yaml").read_text(encoding="utf-8") == rates_text(rates)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--data", "nowhere"], "nowhere/icb1v15.csv: there is no such file; the files icb1v15.csv and"),
        (["--rates", "x.yaml"], "escalation: --rates needs --data"),
        (["--weights", "nowhere"], "nowhere: there is no weights file"),
        (["--crises", "0"], "'0' is no whole number from 1"),
    ],
)
def test_bad_input_is_a_line(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = call(*arguments)
    assert (code, out) == (2, "")
    assert says in err
    assert not (tmp_path / "results").exists()


@cache
def drawn() -> tuple[list[RateRow], dict[str, tuple[float, float]]]:
    """Return rows, and where the figure has its marks: panel and name to share and place."""
    rates = load_rates()
    rows = list(check_rows(rates, hold(Population(rates, Weights(), 1), 60)))
    figure = plot_mediation_check(rows, "t", "s", "c")
    marks = {}
    for axes in figure.axes:
        for line in axes.lines:
            if line.get_gid() and ":" in str(line.get_gid()):
                share, place = np.asarray(line.get_xydata())[0]
                marks[f"{axes.get_label()} | {line.get_gid()}"] = (share, place)
    return rows, marks


def test_every_share_has_its_mark() -> None:
    rows, marks = drawn()
    assert len(marks) == len(rows)
    for row in rows:
        share, _ = marks[f"{row.measure} | {row.group}: {row.source}"]
        assert share == pytest.approx(row.share, nan_ok=True)


def test_marks_of_a_group_stand_apart() -> None:
    _, marks = drawn()
    places = [place for name, (_, place) in marks.items() if name.startswith("Formal agreement | mediated:")]
    assert len(places) == len(set(places)) == 3
