"""Files that earlier versions wrote: the present code reads each, and goes on from it where it can."""

from __future__ import annotations

import csv
import io
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

import escalation
from benchmarks.mutations import Ended, in_process
from escalation.experiment.loaded import load_experiment
from escalation.history.cases import load_cases
from escalation.scenario.load import load_ladder, load_scenario

VERSIONS = sorted(path.name for path in Path(__file__).parent.iterdir() if (path / "sweep").is_dir())


@pytest.fixture(name="old", params=VERSIONS)
def copied(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a copy of the files of a version."""
    return shutil.copytree(Path(__file__).parent / request.param, tmp_path / "old")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_version_since_the_first_is_here() -> None:
    assert "0.1.0" in VERSIONS


def is_refused(ended: Ended, file: Path) -> bool:
    """Return whether a command says in one line that weights in a file belong to rules of another version."""
    (line,) = ended.err.splitlines()
    return ended.code == 2 and str(file) in line and "weights belong to other rules: act_intercept" in line


@pytest.mark.parametrize("name", ["two_states", "small", "case", "ladder"])
def test_every_file_without_weights_is_valid(old: Path, name: str) -> None:
    ended = in_process(["validate", str(old / f"{name}.yaml")])
    assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("name", ["game", "exported", "weights"])
def test_weights_of_other_rules_are_refused_in_a_line_that_says_what_to_do(old: Path, name: str) -> None:
    ended = in_process(["validate", str(old / f"{name}.yaml")])
    assert is_refused(ended, old / f"{name}.yaml")
    assert "`weights: default`" in ended.err
    assert "`escalation calibrate`" in ended.err


@pytest.mark.parametrize("choice", ["weights={from: WEIGHTS, draw: 1}", "weights=WEIGHTS"])
def test_a_scenario_that_names_such_weights_is_refused_once(old: Path, choice: str) -> None:
    weights = old / "weights.yaml"
    ended = in_process(
        ["run", str(old / "two_states.yaml"), "--quiet", "--set", choice.replace("WEIGHTS", str(weights))]
    )
    assert is_refused(ended, weights)


@pytest.mark.parametrize("name", ["two_states", "small", "sweep/manifest"])
def test_a_later_format_is_refused_in_a_line_that_names_it(old: Path, name: str) -> None:
    path = old / f"{name}.yaml" if (old / f"{name}.yaml").exists() else old / f"{name}.json"
    text = re.sub(
        r'^("?format"?|  ?"format"): 1', r"\1: 2", path.read_text(encoding="utf-8"), count=1, flags=re.M
    )
    path.write_text(text, encoding="utf-8")
    ended = in_process(["plot", str(path.parent)] if path.suffix == ".json" else ["validate", str(path)])
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 1
    assert re.search(r"format:? 2.* not 1", ended.err)


def test_a_run_of_other_rules_is_not_repeated_and_left_alone(old: Path) -> None:
    before = {path: path.read_bytes() for path in (old / "run").iterdir()}
    manifest = old / "run" / "manifest.json"
    assert is_refused(in_process(["run", str(manifest), "--out", str(old / "again"), "--quiet"]), manifest)
    assert not (old / "again").exists()
    assert {path: path.read_bytes() for path in (old / "run").iterdir()} == before


def test_a_sweep_is_read_with_its_crises(old: Path) -> None:
    runs = escalation.Results(old / "sweep").frame()
    assert len(runs) == 4 * 20
    assert list(dict.fromkeys(runs["who"])) == ["cesland", "pressing"]
    assert runs["outcome"].notna().all()


def test_a_sweep_is_plotted_from_its_folder_alone(old: Path) -> None:
    (old / "small.yaml").unlink()
    (old / "two_states.yaml").unlink()
    ended = in_process(["plot", str(old / "sweep")])
    assert ended.code == 0, ended.err
    figures = sorted(path.name for path in (old / "sweep" / "figures").glob("[!.]*"))
    assert figures == ["heat_entry_who_talks.png", "heat_entry_who_talks.svg"]


def test_a_sweep_of_other_code_is_never_mixed_with_new_crises(old: Path) -> None:
    """Crises of two versions in one table could not be told apart, so to resume and to extend are refused."""
    before = {path: path.read_bytes() for path in (old / "sweep").rglob("*") if path.is_file()}
    for more in ([], ["--replications", "30"]):
        ended = in_process(["sweep", str(old / "small.yaml"), "--out", str(old / "sweep"), *more])
        assert ended.code == 2
        assert "--out" in ended.err
    after = {path: path.read_bytes() for path in (old / "sweep").rglob("*") if path.is_file()}
    assert after == before


def test_a_sweep_is_merged_with_its_like(old: Path) -> None:
    ended = in_process(["merge", str(old / "sweep"), "--out", str(old / "merged"), "--quiet"])
    assert ended.code == 0, ended.err
    frames = [escalation.Results(old / name).frame() for name in ("sweep", "merged")]
    pd.testing.assert_frame_equal(frames[1][frames[0].columns], frames[0])


def test_a_crisis_of_a_sweep_of_other_rules_is_not_replayed(old: Path) -> None:
    call = ["run", "--from", str(old / "sweep"), "--cell", "1", "--replication", "5", "--json"]
    assert is_refused(in_process([*call, "--out", str(old / "one")]), old / "sweep")
    assert not (old / "one").exists()
    with pytest.raises(escalation.SweepError, match="belong to other rules"):
        escalation.Results(old / "sweep").replay(1, 5)


def test_a_saved_game_goes_on_once_its_weights_are_left_out(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    game = old / "game.yaml"
    assert is_refused(in_process(["run", str(game), "--seed", "3", "--quiet"]), game)
    text = game.read_text(encoding="utf-8")
    game.write_text(
        re.sub(r"^weights:\n(?:(?: .*)?\n)+", "weights: default\n", text, flags=re.M), encoding="utf-8"
    )
    ended = in_process(["run", str(game), "--seed", "3", "--out", str(old / "played"), "--quiet"])
    assert ended.code == 0, ended.err
    moves = [
        (row["date"], row["act"]) for row in rows(old / "played" / "acts.csv") if row["actor"] == "arland"
    ]
    assert ("2031-03-07", "offer_talks") in moves
    saved = old / "game_2.yaml"
    monkeypatch.setattr("sys.stdin", io.StringIO("0\nquit\n"))
    ended = in_process(["play", str(game), "--as", "arland", "--seed", "3", "--out", str(saved)])
    assert ended.code == 0, ended.err
    acts = [(str(act.date), act.act) for act in load_scenario(saved).acts if act.actor == "arland"]
    assert ("2031-03-07", "offer_talks") in acts


def test_a_scenario_of_the_page_is_the_scenario_with_its_setting(old: Path) -> None:
    setting = ["mediators.cesland.style=manipulation"]
    now = load_scenario(old / "two_states.yaml", setting)
    before = load_scenario(old / "exported.yaml", ["weights=default"])
    assert (now.acts, now.mediators, now.states) == (before.acts, before.mediators, before.states)


def test_a_case_can_be_fitted_and_a_ladder_used(old: Path) -> None:
    (case,) = load_cases([old / "case.yaml"])
    assert case.case is not None
    ladder = load_ladder(old / "ladder.yaml")
    scenario = load_scenario(old / "two_states.yaml", [f"ladder={old / 'ladder.yaml'}"])
    assert scenario.ladder == ladder


def test_an_experiment_is_read(old: Path) -> None:
    spec = load_experiment(old / "small.yaml").spec
    assert list(spec.factors) == ["entry", "who"]
