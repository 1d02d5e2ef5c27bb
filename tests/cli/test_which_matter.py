"""`escalation sensitivity` as it is called: from an experiment, from results, resumed, cut short, refused."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path

import pytest

import escalation
from benchmarks.mutations import Ended, in_process
from tests.analysis.analysed import UNCERTAINTIES, tree, written
from tests.experiment.sweeps import files, parts


def analysed(path: Path, out: Path, *arguments: str) -> Ended:
    return in_process(["sensitivity", str(path), "--out", str(out), *arguments])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    folder = tmp_path_factory.mktemp("whole")
    ended = analysed(written(folder), folder / "out", "--replications", "6")
    assert ended.code == 0, ended.err
    return folder / "out", ended


def test_the_account_is_printed_and_kept(whole: tuple[Path, Ended]) -> None:
    out, ended = whole
    kept = (out / "sensitivity" / "sensitivity.txt").read_text(encoding="utf-8")
    lines = ended.out.splitlines()
    assert lines[0] == "analysed: What decides how it ends?"
    assert "n = 16 rows, 80 points; Morris screening from 5 trajectories" in " ".join(kept.split())
    assert kept.startswith("\n".join(lines[:10]))
    assert f"Tables in {out / 'sensitivity'}: variance.csv, indices.csv" in " ".join(lines[-4:])
    assert [line for line in lines if len(line) > 80 and str(out) not in line] == []


def test_tables_are_written(whole: tuple[Path, Ended]) -> None:
    folder = whole[0] / "sensitivity"
    names = [path.name for path in sorted(folder.iterdir())]
    assert names == ["indices.csv", "screening.csv", "sensitivity.txt", "swings.csv", "variance.csv"]
    with (folder / "variance.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["setting"] for row in rows} == {"policy alone", "policy both"}
    assert {row["points"] for row in rows} == {"16"}


def test_figures_are_drawn_unless_none_are_wanted(tmp_path: Path) -> None:
    sizes = ["--points", "16", "--trajectories", "2", "--replications", "2"]
    drawn = {"policies": {}, "factors": UNCERTAINTIES, "uncertainties": {}, "plots": None}
    ended = analysed(written(tmp_path, **drawn), tmp_path / "out", *sizes, "--measure", "force")
    assert f"Tables and 5 figures in {tmp_path / 'out' / 'sensitivity'}" in " ".join(ended.out.split())
    assert "5 of 5 figures drawn" in ended.err
    found = sorted(path.name for path in (tmp_path / "out" / "sensitivity").glob("*.png"))
    assert found == ["convergence.png", "indices.png", "screening.png", "tornado.png", "totals.png"]


def test_of_results_it_only_analyses(whole: tuple[Path, Ended], tmp_path: Path) -> None:
    out = whole[0]
    before = files(out)
    again = in_process(["sensitivity", str(out), "--quiet"])
    assert (again.code, again.out, again.err) == (0, f"{out}\n", "")
    assert files(out) == before
    other = in_process(["sensitivity", str(out), "--measure", "peak_rung"])
    assert "Highest rung" in other.out
    assert in_process(["sensitivity", str(out), "--quiet"]).code == 0
    assert files(out).keys() == before.keys()


def test_what_is_missing_is_computed_by_the_same_command(whole: tuple[Path, Ended], tmp_path: Path) -> None:
    path = written(tmp_path)
    assert analysed(path, tmp_path / "out", "--replications", "6", "--quiet").code == 0
    wanted = {
        name: data for name, data in files(whole[0]).items() if name.startswith(("runs", "sensitivity"))
    }
    assert {name: files(tmp_path / "out")[name] for name in wanted} == wanted
    parts(tmp_path / "out")[0].unlink()
    incomplete = in_process(["sensitivity", str(tmp_path / "out")])
    assert incomplete.code == 2
    assert "is not complete" in incomplete.err
    command = ["escalation", "sweep", str(tmp_path / "out")]
    assert f"or resume: {shlex.join(command)}; for what is there" in incomplete.err
    assert in_process([*command[1:], "--quiet"]).code == 0
    assert in_process(["sensitivity", str(tmp_path / "out"), "--quiet"]).code == 0
    parts(tmp_path / "out")[0].unlink()
    assert analysed(path, tmp_path / "out", "--replications", "6", "--quiet").code == 0
    assert files(tmp_path / "out")[next(iter(wanted))] == wanted[next(iter(wanted))]


def test_shards_are_merged_and_analysed(whole: tuple[Path, Ended], tmp_path: Path) -> None:
    path = written(tmp_path)
    for index in ("1/2", "2/2"):
        ended = analysed(path, tmp_path / index[0], "--replications", "6", "--shard", index)
        assert f"Shard {index} is complete" in ended.out
    merged = in_process(
        ["merge", str(tmp_path / "1"), str(tmp_path / "2"), "--out", str(tmp_path / "m"), "--quiet"]
    )
    assert merged.code == 0, merged.err
    assert in_process(["sensitivity", str(tmp_path / "m"), "--quiet"]).code == 0
    of = Path("sensitivity") / "indices.csv"
    assert (tmp_path / "m" / of).read_bytes() == (whole[0] / of).read_bytes()


def test_an_interrupt_says_what_is_kept_and_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from escalation.cli import many_crises

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(many_crises, "compute", interrupted)
    ended = analysed(written(tmp_path), tmp_path / "out", "--points", "16", "--measure", "force")
    assert ended.code == 130
    assert "interrupted; 0 of " in ended.err
    assert "to resume: escalation sensitivity " in ended.err
    assert "--points 16" in ended.err
    assert "--measure force" in ended.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--points", "20"], "20 is not a power of two"),
        (["--points", "8"], "8 is too few for an interval"),
        (["--method", "fast"], "invalid choice: 'fast'"),
        (["--replications", "1"], "one replication per point does not tell parameters from luck"),
        (
            ["--measure", "fource", "--replications", "2"],
            "no measure is called 'fource'; did you mean `force`",
        ),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    sizes = [] if "--points" in arguments else ["--points", "16", "--trajectories", "2"]
    ended = analysed(written(tmp_path), tmp_path / "out", *sizes, *arguments, "--quiet")
    assert ended.code == 2
    assert says in ended.err
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err
    assert not (tmp_path / "out").exists()


def test_results_are_analysed_as_they_are(whole: tuple[Path, Ended]) -> None:
    ended = in_process(["sensitivity", str(whole[0]), "--points", "32"])
    assert ended.code == 2
    assert "is a folder of results, which are taken as they are; leave --points out" in ended.err


def test_a_scenario_is_not_an_experiment() -> None:
    ended = in_process(["sensitivity", "pahalgam_2025"])
    assert (ended.code, ended.out) == (2, "")
    assert "is a scenario, not an experiment" in ended.err


def test_results_of_another_design_are_refused(tmp_path: Path) -> None:
    escalation.Experiment(tree(design={"kind": "lhs", "points": 2}, replications=2)).run(tmp_path / "lhs")
    ended = in_process(["sensitivity", str(tmp_path / "lhs")])
    assert ended.code == 2
    assert "has the design lhs, from which no indices can be computed" in ended.err
    assert ended.err.count("\n") == 1


def test_from_python_it_is_the_same(whole: tuple[Path, Ended], tmp_path: Path) -> None:
    found = escalation.sensitivity(tree(), replications=6)
    report = escalation.write_report(found, tmp_path / "report")
    of = whole[0] / "sensitivity"
    for name in ("indices.csv", "variance.csv", "screening.csv", "swings.csv", "sensitivity.txt"):
        assert (tmp_path / "report" / name).read_bytes() == (of / name).read_bytes(), name
    assert len(report.files) == 5
    kept = escalation.sensitivity(whole[0], measures=["force"])
    assert [one.name for one in kept.explained] == ["force"] * 3
    with pytest.raises(escalation.ArgumentError):
        escalation.sensitivity(tree(), replications=1)
