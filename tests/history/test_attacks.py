"""Responses to attacks, and situations after one."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from escalation.files.places import ScenarioError
from escalation.history.attacks import CLASSES, load_answers
from escalation.scenario.load import load_scenario, shipped_folder

FILE = """
name: few
title: Few
provenance: Made up.
scenario: pahalgam_2025
days: 20
severities:
  - {victims: 15, severity: 0.58}
  - {victims: 0, severity: 0.3}
attacks:
  - {date: 1999-01-02, place: There, victims: 15, highest_rung: 0}
  - {date: 1999-03-02, place: There, victims: 20, highest_rung: 2}
  - {date: 1999-05-02, place: Elsewhere, victims: 14, highest_rung: 7}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "few.yaml"
    file.write_text(FILE)
    return file


def test_the_shipped_file_has_22_attacks_fourteen_of_them_with_many_dead() -> None:
    shipped = load_answers()
    sorts = [shipped.sort_of(attack) for attack in shipped.attacks]
    assert (len(sorts), sorts.count(0)) == (22, 14)
    assert sum(attack.highest_rung >= CLASSES[-1] for attack in shipped.attacks) == 3


@pytest.mark.parametrize(("most", "least"), [(15, 1), (15, 20), (15, 15), (0, 0)])
def test_severities_cover_every_attack(path: Path, most: int, least: int) -> None:
    given = FILE.replace("victims: 0, severity", f"victims: {least}, severity")
    path.write_text(given.replace("victims: 15, severity", f"victims: {most}, severity"))
    with pytest.raises(ScenarioError, match=r"few\.yaml:2:1: .* the most to the least, the last from 0 on"):
        load_answers(path)


def test_a_file_that_is_not_yaml_is_refused_with_its_place(path: Path) -> None:
    path.write_text(FILE.replace("days: 20", "days: [20"))
    with pytest.raises(ScenarioError, match=r"few\.yaml:\d+:\d+: ") as caught:
        load_answers(path)
    assert "FAULTY" not in str(caught.value)


def test_the_scenario_is_relative_to_the_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(shipped_folder() / "pahalgam_2025.yaml", path.with_name("mine.yaml"))
    path.write_text(FILE.replace("scenario: pahalgam_2025", "scenario: mine.yaml"))
    monkeypatch.chdir("/")
    assert load_scenario(load_answers(path).scenario).name == "pahalgam_2025"
    path.write_text(FILE.replace("scenario: pahalgam_2025", "scenario: yours.yaml"))
    with pytest.raises(ScenarioError, match=r"few\.yaml: scenario: there is no scenario file"):
        load_answers(path)


def test_an_error_has_its_place(path: Path) -> None:
    path.write_text(FILE.replace("severity: 0.58", "severity: 1.58"))
    with pytest.raises(ScenarioError, match=r"few\.yaml:8:"):
        load_answers(path)
