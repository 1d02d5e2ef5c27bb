"""The package from Python: design, estimate, results and report of an experiment, and the exports."""

from __future__ import annotations

from pathlib import Path

import pytest

import escalation
from escalation import api
from tests.cli.calls import in_process
from tests.experiment.sweeps import files, tree, written


def test_a_report_is_what_sweep_prints_and_writes(tmp_path: Path) -> None:
    changes = {"plots": [{"kind": "outcomes"}], "replications": 60}
    swept, kept = tmp_path / "swept", tmp_path / "kept"
    ended = in_process(["sweep", str(written(tmp_path, **changes)), "--out", str(swept)])
    assert ended.code == 0, ended.err
    report = escalation.Experiment(tree(**changes)).run(kept).report()
    assert files(kept) == files(swept)
    assert [path.relative_to(kept).as_posix() for path in report.files] == [
        "summary.csv", "effects.csv",
        *(f"figures/outcomes_{name}.{ending}" for name in ("resolve", "who") for ending in ("png", "svg")),
    ]  # fmt: skip
    assert all(path.is_file() for path in report.files)
    assert ended.out.replace(str(swept), str(kept)).splitlines() == list(report.lines)
    again = escalation.Results(kept).report_at_hand()
    assert again is not None
    assert again.lines[:-1] == report.lines[:-1]
    assert set(again.files) == set(report.files)


def test_results_that_are_incomplete_have_no_report(tmp_path: Path) -> None:
    results = escalation.Experiment(tree(replications=60)).run(tmp_path)
    assert results.report_at_hand() is None
    sorted((tmp_path / "runs").iterdir())[0].unlink()
    with pytest.raises(escalation.SweepError, match="is not complete"):
        results.report()


def test_a_figure_that_does_not_fit_is_a_note(tmp_path: Path) -> None:
    factors = {"resolve": {"label": "R", "path": "states.arland.resolve", "values": [0.2, 0.9]}}
    changes = {"plots": [{"kind": "heat"}], "replications": 20, "factors": factors}
    report = escalation.Experiment(tree(**changes)).run(tmp_path).report()
    assert report.figures == ()
    assert report.notes[0].startswith("no figures: ")
    assert (tmp_path / "summary.csv").exists()


def test_the_design_before_anything_is_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    experiment = escalation.Experiment(tree())
    design = experiment.design()
    assert design.columns.tolist() == ["cell", "role", "resolve", "who", "seed"]
    assert design["resolve"].tolist() == [0.2, 0.2, 0.6, 0.6, 0.9, 0.9]
    estimate = experiment.estimate(replications=50)
    assert estimate.crises == 6 * 50
    assert estimate.seconds > 0
    assert estimate.bytes > 0
    assert not list(tmp_path.iterdir())


def test_the_package_offers_what_the_api_does() -> None:
    assert set(api.__all__) <= set(dir(escalation))
    for name in api.__all__:
        assert getattr(escalation, name) is getattr(api, name)


def test_results_in_a_temporary_folder_equal_those_that_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    results = escalation.Experiment(tree()).run(replications=50)
    assert not list(tmp_path.iterdir())
    assert len(results.frame()) == 300
    summary, effects = results.summary(), results.effects()
    assert set(summary["cell"]) == set(range(6))
    assert {"difference", "low", "high"} <= set(effects.columns)
    kept = escalation.Experiment(tree()).run(tmp_path / "kept", workers=1, replications=50)
    assert kept.frame().equals(results.frame())
    with pytest.raises(escalation.SweepError, match="seed: 7 before, 8 now"):
        escalation.Experiment(tree(seed=8)).run(tmp_path / "kept", replications=50)
    with pytest.raises(escalation.ScenarioError):
        escalation.Experiment("nowhere.yaml")
    with pytest.raises(AttributeError):
        escalation.nothing  # noqa: B018
