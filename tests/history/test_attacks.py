"""Responses to attacks identify how often states act."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from escalation.files.places import ScenarioError
from escalation.history.attacks import CLASSES, evidence_of_answers, load_answers
from escalation.history.fit import fit
from escalation.history.objective import Priors
from escalation.scenario.load import load_scenario, load_weights, shipped_folder
from escalation.scenario.weights import Weights

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
calm: {days: 10, months: 4}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "few.yaml"
    file.write_text(FILE)
    return file


def test_rows_are_attacks_with_the_class_that_came_and_then_calm(path: Path) -> None:
    evidence = evidence_of_answers(load_answers(path))
    assert evidence.observed.tolist() == [0, 1, 4, 0, 0, 0, 0]
    assert evidence.group[:3] == ("There", "There", "Elsewhere")
    shares = evidence.read(load_weights("calibrated").weights)
    assert shares.shape == (7, len(CLASSES) + 1)
    assert np.allclose(shares.sum(axis=1), 1.0)
    assert (shares > 0.0).all()
    assert (shares[0] == shares[1]).all()
    assert shares[2, -1] < shares[0, -1]  # fewer victims
    assert (shares[3:, 1:-1] == shares[3, 1]).all()  # calm: force or none


def test_the_same_weights_give_the_same_shares(path: Path) -> None:
    evidence = evidence_of_answers(load_answers(path))
    assert (evidence.read(Weights()) == evidence.read(Weights())).all()


def test_fewer_acts_make_fewer_responses(path: Path) -> None:
    evidence = evidence_of_answers(load_answers(path))
    often, seldom = (evidence.read(Weights(act_intercept=value))[0] for value in (0.5, -2.5))
    assert often[0] < seldom[0]
    assert often[-1] > seldom[-1]


def test_a_fit_to_responses_moves_the_rate_toward_the_observed_one() -> None:
    evidence = evidence_of_answers(load_answers())
    priors = Priors(names=("act_intercept", "provocation_gate"))
    start = load_weights("default").weights
    found = fit([evidence], priors=priors, start=start, rounds=3)
    before, after = (evidence.log_scores(evidence.read(weights)).sum() for weights in (start, found.weights))
    assert after < before
    assert found.weights.act_intercept < start.act_intercept


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
    path.write_text(FILE.replace("calm: {days", "calm: {days: [days"))
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
