"""`escalation report` and `cite` as they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.mutations import in_process
from escalation.api import Experiment
from escalation.document import printing
from tests.experiment.sweeps import tree


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
