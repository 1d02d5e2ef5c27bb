"""`escalation compare`: options, refusals, files and folders."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

import escalation
from escalation.cli.arguments import BadInputError
from escalation.cli.comparing import variants_of
from escalation.experiment.variant import Variant
from escalation.figures import validation_plots
from tests.cli.calls import in_process
from tests.experiment.sweeps import TINY, complete, written

CHANGE = ("--change", "states.arland.resolve=0.95")


def test_options_in_order_make_changes() -> None:
    given = [
        ("change", "a=1"), ("drop", "x"), ("change", "b=2"), ("from", "2025-05-01"), ("or", []),
        ("drop", "y"),
    ]  # fmt: skip
    assert variants_of(given) == [Variant(["a=1", "b=2"], ["x"], "2025-05-01"), Variant([], ["y"])]
    assert variants_of([]) == []
    with pytest.raises(BadInputError, match="changes nothing"):
        variants_of([("from", "2025-05-01")])
    with pytest.raises(BadInputError, match="twice"):
        variants_of([("drop", "x"), ("from", "a"), ("from", "b")])


@pytest.mark.slow
def test_a_change_is_compared_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    call = ["compare", str(TINY), *CHANGE, "--or", "--drop", "closure", "--from", "2025-04-27", "--seed", "3",
            "--replications", "150", "--replication", "2"]  # fmt: skip
    ended = in_process(call)
    assert ended.code == 0, ended.err
    (folder,) = (tmp_path / "results").iterdir()
    assert ended.out.splitlines()[-1] == f"Written to results/{folder.name}"
    names = {path.name for path in folder.iterdir()}
    assert {"summary.txt", "comparison.json", "crises.csv", "B.yaml", "course_C.csv", "flows_C.png"} <= names
    assert {"A.yaml", "C.yaml"} <= names
    rows = list(csv.DictReader((folder / "crises.csv").open(encoding="utf-8")))
    for letter in "AC":
        again = ["run", "--from", str(folder), "--arm", letter, "--replication", "2", "--json"]
        played = in_process([*again, "--out", f"{letter}_2"])
        assert json.loads(played.out)["outcome"] == rows[2][f"outcome_{letter}"], played.err
    repeated = in_process(["run", "C_2/manifest.json", "--out", "again", "--json"])
    assert json.loads(repeated.out)["outcome"] == rows[2]["outcome_C"]
    assert repeated.err == ""
    for name in ("acts.csv", "days.csv", "decisions.csv", "manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "C_2" / name).read_bytes()
    which = ["--from", str(folder), "--replication", "2", "--date", "2025-05-03"]
    for letter in "ABC":
        explained = in_process(["explain", *which, "--arm", letter])
        assert explained.code == 0, explained.err
    homes = {path.name for path in (tmp_path / "results").iterdir() if path.name.endswith("_explained")}
    assert len(homes) == 3
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    again = in_process([*call, "--quiet"])
    assert again.out == f"results/{folder.name}\n"
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    run = in_process(["run", f"results/{folder.name}/B.yaml", "--seed", "3", "--replication", "2", "--quiet"])
    assert run.code == 0
    refused = in_process(["compare", str(TINY), *CHANGE, "--replications", "10", "--out", str(folder)])
    assert refused.code == 2
    assert "exists already" in refused.err


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave the pictures out, which take longer than all else."""
    monkeypatch.setattr(validation_plots, "save_all", lambda *arguments: [])


@pytest.mark.usefixtures("without_figures")
def test_the_api_gives_the_same_answer(tmp_path: Path) -> None:
    out = tmp_path / "one"
    ended = in_process(["compare", str(TINY), *CHANGE, "--replications", "100", "--out", str(out)])
    found = escalation.compare(str(TINY), escalation.Variant([CHANGE[1]]), replications=100)
    report = escalation.write_report(found, out)
    assert ended.out.splitlines() == list(report.lines)


@pytest.mark.usefixtures("without_figures")
def test_runs_are_compared_by_their_courses(tmp_path: Path) -> None:
    folders = [str(tmp_path / name) for name in ("one", "two")]
    for folder, resolve in zip(folders, ("0.6", "1.0"), strict=True):
        changes = ["--set", f"states.arland.resolve={resolve}", "--seed", "9", "--out", folder, "--quiet"]
        in_process(["run", str(TINY), *changes])
    out = tmp_path / "out"
    ended = in_process(["compare", *folders, "--replications", "100", "--out", str(out)])
    assert ended.code == 0, ended.err
    assert "One crisis in A and B" in ended.out
    assert "100 crises of each, seed 9" in ended.out
    assert (out / "course_B.csv").exists()
    assert not (out / "B.yaml").exists(), "the manifest of the run holds its scenario"
    assert f"escalation run {folders[1]} --seed 9" in ended.out


@pytest.mark.usefixtures("without_figures")
def test_sweeps_are_compared_two_and_more(tmp_path: Path) -> None:
    path = written(tmp_path, replications=40)
    folders = [tmp_path / name for name in ("one", "two", "three")]
    for number, folder in enumerate(folders):
        complete(path, folder, "--set", f"set.states.borland.resolve=0.{number + 4}")
    one, two, three = map(str, folders)
    out = tmp_path / "out"
    ended = in_process(["compare", one, two, three, "--out", str(out)])
    assert ended.code == 0, ended.err
    assert {path.name for path in out.iterdir()} == {"two", "three"}
    assert ended.out.count("6 cells match by their levels") == 2
    found = escalation.compare(one, two)
    assert isinstance(found, escalation.SweepComparison)
    assert list(found.lines) == ended.out.splitlines()[: len(found.lines)]
    for call, says in (
        ([one], "nothing to compare with"),
        ([one, str(TINY)], "is not a folder of results"),
        ([one, two, *CHANGE], "are for scenarios"),
    ):
        refused = in_process(["compare", *call])
        assert (refused.code, says in refused.err) == (2, True), refused.err
    with pytest.raises(escalation.ArgumentError, match="two at a time"):
        escalation.compare(one, two, three)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ([str(TINY)], "nothing to compare with"),
        ([str(TINY), str(TINY), *CHANGE], "changes are of one scenario"),
        ([str(TINY), "--change", "states.arland.resolv=1"], "--change states.arland.resolv=1: "),
        ([str(TINY), "--change", "resolve"], "this is not KEY.PATH=VALUE"),
        ([str(TINY), "--drop", "closed"], "--drop closed: no entry with the id"),
        ([str(TINY), *CHANGE, "--from", "May"], "not a date"),
        ([str(TINY), "calibrated"], "calibrated is a set of weights, not a scenario"),
        (["mediation", str(TINY)], "mediation is an experiment, not a scenario"),
        ([str(TINY), "nowhere.yaml"], "there is no scenario file"),
    ],
)
def test_bad_input_is_a_line(call: list[str], says: str) -> None:
    ended = in_process(["compare", *call])
    assert (ended.code, ended.out) == (2, "")
    assert says in ended.err
    assert len(ended.err.splitlines()) == 1
