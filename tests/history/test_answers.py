"""Answers to attacks tell how often states act."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from escalation.history.answers import CLASSES, evidence_of_answers, load_answers
from escalation.history.fit import Priors, fit
from escalation.scenario.errors import ScenarioError
from escalation.scenario.load import load_weights
from escalation.scenario.parameters import Weights

FILE = """
name: few
title: Few
provenance: Made up.
scenario: pahalgam_2025
after_attacks:
  - {severity: 0.58, days: 20, nothing: 1, rungs_1_2: 2, rung_3: 1, rungs_4_5: 0, rung_6_up: 2}
calm: {days: 10, months: 4}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "few.yaml"
    file.write_text(FILE)
    return file


def test_rows_are_answers_with_the_class_that_came(path: Path) -> None:
    evidence = evidence_of_answers(load_answers(path))
    assert evidence.observed.tolist() == [0, 1, 1, 2, 4, 4, 0, 0, 0, 0]
    shares = evidence.read(load_weights("calibrated").weights)
    assert shares.shape == (10, len(CLASSES) + 1)
    assert np.allclose(shares.sum(axis=1), 1.0)
    assert (shares > 0.0).all()
    assert (shares[:6] == shares[0]).all()
    assert (shares[6:, 1:-1] == shares[6, 1]).all()  # calm: force or none


def test_the_same_weights_give_the_same_shares(path: Path) -> None:
    evidence = evidence_of_answers(load_answers(path))
    assert (evidence.read(Weights()) == evidence.read(Weights())).all()


def test_fewer_acts_make_fewer_answers(path: Path) -> None:
    evidence = evidence_of_answers(load_answers(path))
    often, seldom = (evidence.read(Weights(act_intercept=value))[0] for value in (0.5, -2.5))
    assert often[0] < seldom[0]
    assert often[-1] > seldom[-1]


def test_a_fit_to_answers_moves_the_rate_toward_what_came() -> None:
    evidence = evidence_of_answers(load_answers())
    priors = Priors(names=("act_intercept", "provocation_gate"))
    start = load_weights("default").weights
    found = fit([evidence], priors=priors, start=start, rounds=3)
    before, after = (evidence.log_scores(evidence.read(weights)).sum() for weights in (start, found.weights))
    assert after < before
    assert found.weights.act_intercept < start.act_intercept


def test_what_is_shipped_counts_22_attacks() -> None:
    shipped = load_answers()
    assert sum(sum(sort.counts) for sort in shipped.after_attacks) == 22


def test_a_fault_has_its_place(path: Path) -> None:
    path.write_text(FILE.replace("severity: 0.58", "severity: 1.58"))
    with pytest.raises(ScenarioError, match=r"few\.yaml:7:"):
        load_answers(path)
