"""`plot`, `export-excel`, `discover`, `report` and `cite`, as they are called on a folder of results."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import escalation
from benchmarks.mutations import in_process
from escalation.api import Experiment
from escalation.document import printing
from tests.experiment.sweeps import TINY, swept, tree

FACTORS = {
    "resolve": {"label": "Resolve of Arland", "path": "states.arland.resolve", "range": [0.0, 1.0]},
    "leverage": {
        "label": "Leverage on Arland", "path": "mediators.cesland.toward.arland.leverage",
        "range": [0.0, 1.0],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("discovered")
    experiment = {
        "name": "trial", "title": "When is force frequent?", "summary": "For tests only.",
        "scenario": str(TINY), "seed": 7, "replications": 60, "plots": [], "factors": FACTORS,
        "design": {"kind": "lhs", "points": 40}, "measures": {"acts_up": "count(rung >= 3)"},
    }  # fmt: skip
    (home / "trial.yaml").write_text(json.dumps(experiment), encoding="utf-8")
    ended = swept(home / "trial.yaml", home / "out")
    assert ended.code == 0, ended.err
    return home / "out"


def test_help_ends_with_an_example() -> None:
    ended = in_process(["discover", "--help"])
    assert ended.code == 0
    assert ended.out.startswith("usage: escalation discover ")
    assert ended.out.rstrip().endswith("escalation discover results/mediation --when 'outcome == war'")
    assert max(map(len, ended.out.splitlines())) <= 80


def test_tables_figures_and_an_account(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "found"
    command = ["discover", str(folder), "--when", "force", "--out", str(out), "--resamples", "20"]
    ended = in_process(command)
    assert (ended.code, ended.err) == (0, "")
    names = {path.name for path in out.iterdir()}
    assert {
        "boxes.csv",
        "stability.csv",
        "trajectory.csv",
        "tree.csv",
        "discovery.txt",
        "trade_off.png",
    } <= names
    body = [line for line in ended.out.splitlines() if str(out) not in line]
    assert max(map(len, body)) <= 80
    text = (out / "discovery.txt").read_text(encoding="utf-8")
    assert ended.out.startswith(text)
    again = in_process(command)
    assert (again.code, again.out) == (2, "")
    assert again.err.startswith(f"escalation: --out {out} exists already")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert in_process([*command, "--force"]).code == 0
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before

    quiet = in_process([*command, "--force", "--quiet"])
    assert (quiet.code, quiet.out, quiet.err) == (0, f"{out}\n", "")

    results = escalation.Results(folder)
    found = results.discover("force", resamples=20)
    assert "\n".join(found.lines()) + "\n" == text
    assert escalation.discover(folder, "force", resamples=20).lines() == found.lines()
    written = escalation.write_report(found, tmp_path / "python")
    assert {path.name: path.read_bytes() for path in written.files} == before
    assert "discovered" in str(folder)


def test_a_measure_of_the_experiments_own_is_asked_for(folder: Path) -> None:
    when = "acts_up > 3 and days_to_ceasefire - 1 > 4"
    found = escalation.discover(folder, when, resamples=10)
    (one,) = found.slices
    table = escalation.Results(folder).frame()
    table = table[table["cell"].isin(one.points.cells)]
    last = escalation.load_scenario(TINY).free_days
    days = table["days_to_ceasefire"].fillna(last)
    met = (table["acts_up"] > 3) & (days - 1 > 4)
    assert 0.05 < met.mean() < 0.95
    assert float(one.base.estimate) == pytest.approx(met.mean())
    assert (found.when, found.heading, found.is_nuclear) == (when, when, False)
    assert escalation.discover(folder, "rung_10 or acts_up > 5", resamples=10).is_nuclear


def test_the_default_folder_is_next_to_the_results(folder: Path) -> None:
    ended = in_process(["discover", str(folder), "--when", "force", "--resamples", "10"])
    assert ended.code == 0, ended.err
    assert (folder.parent / "out-discovery" / "boxes.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "the following arguments are required: --when"),
        (["--when", "outcom == war"], '"outcom" is not a word of expressions; did you mean `outcome`?'),
        (["--when", "outcome = war"], "two signs for equality, =="),
        (["--when", "count(rung >= 7) > 2"], "count is for acts or days, which results do not keep"),
        (["--when", "force", "--density", "1.2"], "'1.2' is not a share above 0 and up to 1"),
        (["--when", "force", "--density", "x"], "'x' is not a share above 0 and up to 1"),
        (["--when", "force", "--density", ".2", "--coverage", ".2"], "not allowed with argument"),
        (["--when", "force", "--by", "resolv"], "did you mean `resolve`?"),
        (["--when", "force", "--by", "resolve"], "scenario discovery needs 10 or more"),
        (["--when", "force", "--by", "resolve", "--pool"], "not allowed with argument"),
        (["--when", "force", "--resamples", "2"], "'2' is not a whole number from 10"),
    ],
)
def test_bad_input(folder: Path, tmp_path: Path, arguments: list[str], says: str) -> None:
    ended = in_process(["discover", str(folder), "--out", str(tmp_path / "out"), *arguments])
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.count("\n") == 1
    assert says in ended.err
    assert not (tmp_path / "out").exists()


def test_a_folder_without_results(tmp_path: Path) -> None:
    ended = in_process(["discover", str(tmp_path), "--when", "force"])
    assert (ended.code, ended.out) == (2, "")
    assert "holds no results of a sweep" in ended.err
    assert ended.err.count("\n") == 1


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results") / "trial"
    Experiment(tree(replications=10)).run(folder, workers=1)
    return folder


def test_a_report_is_written_once_and_replaced_by_force(results: Path, tmp_path: Path) -> None:
    out = tmp_path / "trial.html"
    ended = in_process(["report", str(results), "--out", str(out)])
    assert (ended.code, ended.out) == (0, f"{out}\n")
    again = in_process(["report", str(results), "--out", str(out)])
    assert (again.code, "exists already" in again.err) == (2, True)
    assert in_process(["report", str(results), "--out", str(out), "--force"]).code == 0


def test_the_default_is_in_the_folder_and_no_stranger_there(results: Path) -> None:
    from escalation.experiment.results import ResultsFolder
    from escalation.experiment.store import Store

    assert in_process(["report", str(results)]).out == f"{results / 'report.html'}\n"
    assert Store(results, ResultsFolder(results).manifest).foreign() == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["report", "nowhere"], "nowhere does not exist"),
        (["cite", "nowhere"], "nowhere does not exist"),
        (["report", "."], "holds no results"),
        (["report", "{results}", "--out", "x.pdf"], "ends in .html"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], says: str, results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = in_process([word.format(results=results) for word in arguments])
    assert ended.code == 2
    assert says in ended.err
    assert ended.err.count("\n") == 1


def test_a_pdf_that_nothing_can_make_is_refused_before_the_work(
    results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "find_spec", lambda name: None)
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    ended = in_process(["report", str(results), "--out", str(tmp_path / "x.html"), "--pdf"])
    assert (ended.code, "escalation[pdf]" in ended.err) == (2, True)
    assert not list(tmp_path.iterdir())


def test_references_as_text_and_as_bibtex(results: Path) -> None:
    text, bibtex = in_process(["cite", str(results)]), in_process(["cite", str(results), "--bibtex"])
    assert text.out.startswith("The model\n") or text.out.startswith("Data\n")
    assert bibtex.out.startswith("@")
    assert bibtex.out.count("\n@") > 10
