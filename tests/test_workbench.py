"""Experiments and results from Python: the same files, numbers and words as the commands make."""

from __future__ import annotations

from pathlib import Path

import pytest

import escalation
from tests.cli.calls import in_process
from tests.experiment.sweeps import files, tree, written


def test_a_report_is_what_sweep_prints_and_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = {"plots": [{"kind": "outcomes"}], "replications": 60}
    experiment, kept = written(tmp_path, **changes), Path("kept")
    # In a folder of the same name each time: captions say how a figure is drawn again.
    for name in ("commanded", "called"):
        (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path / "commanded")
    ended = in_process(["sweep", str(experiment), "--out", str(kept)])
    assert ended.code == 0, ended.err
    monkeypatch.chdir(tmp_path / "called")
    report = escalation.Experiment(tree(**changes)).run(kept).report()
    assert files(kept) == files(tmp_path / "commanded" / kept)
    assert [path.relative_to(kept).as_posix() for path in report.files] == [
        "summary.csv", "effects.csv", "main_effects.csv", "interactions.csv",
        *(f"figures/outcomes_{name}.{ending}" for name in ("resolve", "who") for ending in ("png", "svg")),
    ]  # fmt: skip
    assert all(path.is_file() for path in report.files)
    assert ended.out.splitlines() == list(report.lines)
    again = escalation.Results(kept).report_at_hand()
    assert again is not None
    assert again.lines[:-1] == report.lines[:-1]
    assert set(again.files) == set(report.files)


def test_results_that_are_incomplete_say_how_much_of_the_sweep_they_are(tmp_path: Path) -> None:
    escalation.Experiment(tree(replications=60)).run(tmp_path)
    sorted((tmp_path / "runs").iterdir())[-1].unlink()
    results = escalation.Results(tmp_path)
    report = results.report()
    assert "83% of the crises: 300 of 360" in " ".join(report.lines)
    assert results.report_at_hand() is None


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


def test_policies_are_judged_as_the_command_does(tmp_path: Path) -> None:
    policies = {"none": {"drop": ["mediators.cesland", "appeal"]}, "one": {}}
    trust = {"label": "T", "path": "mediators.cesland.toward.arland.trust", "values": [0.2, 0.8]}
    given = tree(policies=policies, uncertainties={"trust": trust}, design="grid", replications=30)
    del given["factors"]
    results = escalation.Experiment(given).run(tmp_path / "out")
    found = results.advise()
    assert escalation.advise(tmp_path / "out") == found
    assert escalation.advise(given, replications=30) == found
    ended = in_process(["advise", str(tmp_path / "out")])
    assert ended.code == 0, ended.err
    assert " ".join(ended.out.split()).count(found.scores[0].harm.words) >= 1
