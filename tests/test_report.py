"""Accounts of finished work: tables of text, the files that are written and those that go."""

from __future__ import annotations

import csv
import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from escalation import report as reporting
from escalation.analysis.tally import tally
from escalation.api import Experiment
from escalation.experiment.design import Cell
from escalation.experiment.results import ResultsFolder
from escalation.files.places import StoreError
from escalation.measures.measures import SHARES
from escalation.report import MOST_CELLS, MOST_ROWS, WIDTH, WrittenReport, design_lines, report, share_lines
from tests.analysis.synthetic import grid
from tests.experiment.sweeps import files, tree


def cells(count: int) -> list[Cell]:
    return [Cell(number, "design", {"resolve": number / 4}, 7) for number in range(count)]


def test_a_long_design_is_shown_without_its_middle() -> None:
    lines = list(design_lines(cells(MOST_ROWS), ["resolve"]))
    assert lines[0].split() == ["cell", "role", "resolve"]
    assert lines[2].split() == ["1", "design", "0.25"]
    assert len(lines) == 1 + MOST_ROWS
    cut = list(design_lines(cells(MOST_ROWS + 30), ["resolve"]))
    assert len(cut) == 2 + MOST_ROWS
    assert cut[1 + MOST_ROWS // 2] == "... 30 more ..."
    assert [line.split()[0] for line in (cut[MOST_ROWS // 2], cut[-1])] == ["9", str(MOST_ROWS + 29)]


def test_shares_are_in_percent_with_the_baseline_first() -> None:
    source = grid(replications=200)
    roles = ["design", "baseline", "design", "design"]
    counts = tally(dataclasses.replace(source, cells=dataclasses.replace(source.cells, role=roles)))
    head, names, first, second, *_ = share_lines(counts, ("force",))
    assert "in %" in head
    assert names.split()[:4] == ["cell", "force", "truce", "idle"]
    assert (first.split()[0], second.split()[0]) == ("1", "0")
    force = 100 * np.mean(source.whole(1)[0]["peak"] >= 6)
    assert abs(float(first.split()[-2]) - force) < 0.06


def test_many_cells_are_cut_and_long_levels_go_above_the_shares() -> None:
    counts = tally(
        grid(force=(0.1,), idle=["x" * 20 + str(k) for k in range(MOST_CELLS + 3)], replications=5)
    )
    lines = list(share_lines(counts, SHARES[:6]))
    assert "summary.csv" in lines[-1]
    assert f"Of {MOST_CELLS + 3} cells" in " ".join(lines[-2:])
    assert max(map(len, lines)) <= WIDTH
    many = tally(grid(idle=["y" * 70, "z" * 70], replications=5))
    above = [line for line in share_lines(many, SHARES[:6]) if ": " in line]
    assert len(above) == 4
    assert all(len(line) <= WIDTH for line in above)


def test_a_report_writes_its_account_last_and_is_found_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Experiment(tree(replications=5)).run(tmp_path, workers=1)
    assert reporting.report_at_hand(tmp_path) is None

    def fails(*_: object) -> Any:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(reporting, "_draw", fails)
        with pytest.raises(StoreError, match="Make room"):
            report(tmp_path)
    assert reporting.report_at_hand(tmp_path) is None
    found = report(tmp_path)
    tables = ["summary.csv", "effects.csv", "main_effects.csv", "interactions.csv"]
    assert [path.name for path in found.files] == tables
    assert found.lines[0] == "trial: What does a second mediator change?"
    again = reporting.report_at_hand(tmp_path)
    assert again is not None
    assert again.lines[:-1] == found.lines[:-1]
    (tmp_path / "effects.csv").unlink()
    assert reporting.report_at_hand(tmp_path) is None


def parts_of(folder: Path, block: int = 0) -> list[Path]:
    return sorted((folder / "runs").glob(f"part-{block:05d}-*.parquet"))


def test_a_report_of_what_is_there_says_how_much_it_is_and_gives_way_to_the_whole(tmp_path: Path) -> None:
    experiment = Experiment(tree(plots=["effects"], replications=400))
    experiment.run(tmp_path / "whole", workers=1)
    said = report(tmp_path / "whole").lines[-1]
    assert f"; 1 figure in {tmp_path / 'whole' / 'figures'}. Seed" in said
    whole = files(tmp_path / "whole")
    out = tmp_path / "out"
    experiment.run(out, workers=1)
    for path in parts_of(out, 0)[2:] + parts_of(out, 1)[1:]:
        path.unlink()
    found = report(out)
    words = "Incomplete, on 37% of the crises: 900 of 2,400; every cell has 100 to 200 of 400."
    assert found.notes[0] == words
    assert words in " ".join(found.lines)
    assert len(found.figures) == 2
    assert reporting.report_at_hand(out) is None
    for name in ("summary.csv", "effects.csv"):
        rows = list(csv.DictReader((out / name).open(encoding="utf-8")))
        assert {row["planned"] for row in rows} == {"400"}
    assert {row["pairs"] for row in rows} == {"200", "100"}
    experiment.run(out, workers=1)
    assert reporting.report_at_hand(out) is None
    report(out)
    assert {name: data for name, data in files(out).items() if "figures" not in name} == {
        name: data for name, data in whole.items() if "figures" not in name
    }


@pytest.mark.parametrize("gone", [0, 1])
def test_cells_without_results_are_left_out_and_said(tmp_path: Path, gone: int) -> None:
    """The baseline is in the first block."""
    Experiment(tree(plots=[] if gone else None, replications=400)).run(tmp_path, workers=1)
    for path in parts_of(tmp_path, gone):
        path.unlink()
    found = report(tmp_path)
    assert "3 of 6 cells have no results and are left out; the others have 400 of 400" in found.notes[0]
    rows = list(csv.DictReader((tmp_path / "summary.csv").open(encoding="utf-8")))
    assert {row["cell"] for row in rows} == ({"3", "4", "5"} if gone == 0 else {"0", "1", "2"})
    without = "The baseline has no results yet" in " ".join(found.lines)
    assert without == (gone == 0)
    for path in parts_of(tmp_path, 1 - gone):
        path.unlink()
    with pytest.raises(StoreError, match="no crises yet"):
        report(tmp_path)


@pytest.mark.parametrize("plots", [None, [], ["effects", {"kind": "heat", "across": "resolve", "up": "who"}]])
def test_the_number_of_figures_is_known_beforehand(tmp_path: Path, plots: list[Any] | None) -> None:
    experiment = Experiment(tree(plots=plots, replications=20))
    made = experiment.prepared(tmp_path)
    planned = reporting.figures_planned(made.work.loaded, made.work.layout, list(made.cells.values()))
    experiment.run(tmp_path, workers=1)
    heard: list[tuple[int, int]] = []
    found = report(tmp_path, lambda *told: heard.append(told))
    assert len(found.figures) == 2 * planned
    assert heard == ([(done, planned) for done in range(planned + 1)] if planned else [])
    if plots is None:
        assert planned >= 6


def test_the_figures_of_a_report_are_the_pictures_among_its_files() -> None:
    assert WrittenReport((), (Path("a.csv"), Path("b.svg"), Path("c.png"))).figures == (
        Path("b.svg"),
        Path("c.png"),
    )


def test_the_cells_printed_of_many_are_the_most_different() -> None:
    """Of 60 cells, most of them equal, those that differ are printed, whatever their place."""
    forces = [0.02] * 28 + [0.5] + [0.02] * 28 + [0.1] + [0.02]
    counts = tally(grid(force=(0.02,), idle=list(range(59)), truce=(0.1,), replications=300))
    shares = counts.shares.copy()
    column = SHARES.index("force")
    shares[:, column] = [round(300 * force) for force in forces]
    changed = dataclasses.replace(counts, shares=shares)
    taken = reporting.telling_cells(changed, ["force"])
    assert len(taken) == MOST_CELLS
    assert {28, 57} <= set(taken)
    assert taken[0] == changed.baseline
    assert taken[1:] == sorted(taken[1:])
    lines = list(share_lines(changed, ("force",)))
    assert any(line.split()[0] == "28" for line in lines if line)


def test_shares_are_in_the_order_asked_and_none_is_left_out_in_silence() -> None:
    counts = tally(grid(replications=200))
    asked = ("ceasefire", "rung_7", "force", "mediated", "war", "stand_off", "talks", "rung_9")
    heading = list(share_lines(counts, asked))[1].split()
    assert heading[-6:] == ["ceasefire", "rung_7", "force≥6", "mediated", "war", "stand-off"]
    assert "talks, rung_9" in " ".join(share_lines(counts, asked))


def test_policies_are_shown_by_their_mean_over_the_points_and_its_range(tmp_path: Path) -> None:
    policies = {"none": {"drop": ["mediators.cesland", "appeal"]}, "same": {}}
    trust = {"label": "T", "path": "mediators.cesland.toward.arland.trust", "range": [0.2, 0.9]}
    resolve = {"label": "R", "path": "states.arland.resolve", "range": [0.1, 0.9]}
    design = {"kind": "lhs", "points": 8}
    uncertain = {"trust": trust, "resolve": resolve}
    given = tree(policies=policies, uncertainties=uncertain, design=design, replications=20)
    del given["factors"]
    Experiment(given).run(tmp_path / "out")
    counts = tally(ResultsFolder(tmp_path / "out"))
    heading, head, *rows, _ = share_lines(counts, ("force", "talks"))
    assert heading == "Shares of crises in %: mean over the points of what nobody chooses, and range"
    assert head.split() == ["policy", "force≥6", "talks"]
    assert [row.split()[0] for row in rows] == ["none", "same"]
    frame = ResultsFolder(tmp_path / "out").frame()
    roles = np.array(ResultsFolder(tmp_path / "out").cells.role)[frame["cell"]]
    mine = frame[(frame["policy"] == "same") & (roles == "design")]
    by_point = 100 * mine["days_to_force"].notna().groupby(mine["cell"]).mean()
    assert rows[1].split()[1] == f"{by_point.mean():.1f}"
    assert rows[1].split()[2] == f"({by_point.min():.0f}-{by_point.max():.0f})"
