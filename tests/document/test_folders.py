"""What is in a folder of results, and what is refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from escalation.document.folders import ANALYSES, kept_in
from escalation.document.references import REFERENCES
from escalation.files.places import StoreError


def test_a_sweep_and_a_run(swept: Path, played: Path) -> None:
    sweep, run = kept_in(swept), kept_in(played)
    assert (sweep.kind, run.kind) == ("sweep", "run")
    assert sweep.experiment["name"] == "trial"
    assert set(sweep.hashes) == {"manifest", "rules"}
    assert run.scenario["name"] == sweep.scenario["name"]
    assert "escalation" in run.versions
    assert not sweep.extras
    assert not run.extras


def test_another_analysis_alone_and_beneath_a_sweep(swept: Path, analysed: Path, tmp_path: Path) -> None:
    alone = kept_in(analysed)
    assert (alone.kind, alone.extras[0].heading) == ("analysis", "Screening")
    assert [path.name for path in alone.extras[0].pictures] == ["bars.svg"]
    folder = tmp_path / "both"
    shutil.copytree(swept, folder)
    shutil.copytree(analysed, folder / "of_my_own")
    (folder / "of_my_own" / "screening.csv").unlink()
    (folder / "notes").mkdir()
    shutil.copytree(analysed, folder / "screened")
    (folder / "remarks.txt").write_text("mine")
    assert [extra.heading for extra in kept_in(folder).extras] == ["Screening", "Of my own"]


def test_results_within_results_have_their_analyses(swept: Path, analysed: Path, tmp_path: Path) -> None:
    folder = tmp_path / "both"
    shutil.copytree(swept, folder)
    shutil.copytree(swept, folder / "within")
    shutil.copytree(analysed, folder / "within" / "screened")
    found = kept_in(folder)
    assert [extra.heading for extra in found.extras] == ["Screening"]
    assert "screening" in found.marks


def test_what_holds_no_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="does not exist"):
        kept_in(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="holds no results"):
        kept_in(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="is a file"):
        kept_in(tmp_path / "file")


def test_the_marks_of_analyses_are_those_of_references() -> None:
    marks = {each.mark for each in REFERENCES}
    assert {mark for each in ANALYSES for mark in each.marks} <= marks
