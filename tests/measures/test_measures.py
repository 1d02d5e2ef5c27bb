"""Shares: each answers the question of its name, for every run."""

from __future__ import annotations

import numpy as np
import pytest

from escalation.measures.measures import RUN_COLUMNS, SHARES, measure, share_of
from escalation.measures.reduce import NEVER
from escalation.vocabulary import CHANNELS, OUTCOMES

RUNS = {
    "outcome": np.array([0, 1, 2, 3, 4, 5], np.int8),
    "settlement": np.array(
        [CHANNELS.index(name) for name in ("none", "none", "mediated", "direct", "hotline", "mediated")]
    ),
    "days_to_force": np.array([3.0, 1.0, 5.0, 9.0, np.nan, np.nan]),
    "days_to_ceasefire": np.array([NEVER, NEVER, 6, NEVER, NEVER, 2], np.int16),
    "days_to_talks": np.array([-1, NEVER, 0, NEVER, NEVER, 1], np.int16),
    "peak": np.array([10, 9, 7, 6, 4, 5], np.int8),
}
EXPECTED = {
    "nuclear_use": [1, 0, 0, 0, 0, 0],
    "war": [0, 1, 0, 0, 0, 0],
    "limited_force_ended": [0, 0, 1, 0, 0, 0],
    "limited_force_going_on": [0, 0, 0, 1, 0, 0],
    "stand_off": [0, 0, 0, 0, 1, 0],
    "de_escalated": [0, 0, 0, 0, 0, 1],
    "force": [1, 1, 1, 1, 0, 0],
    "ceasefire": [0, 0, 1, 0, 0, 1],
    "mediated": [0, 0, 1, 0, 0, 1],
    "talks": [1, 0, 1, 0, 0, 1],  # what lies in the forced record has a day of 0 or less, and counts
    "rung_5": [1, 1, 1, 1, 0, 1],
    "rung_6": [1, 1, 1, 1, 0, 0],
    "rung_7": [1, 1, 1, 0, 0, 0],
    "rung_8": [1, 1, 0, 0, 0, 0],
    "rung_9": [1, 1, 0, 0, 0, 0],
    "rung_10": [1, 0, 0, 0, 0, 0],
}


def test_every_share_is_tested_here():
    assert tuple(EXPECTED) == SHARES
    assert SHARES[:6] == OUTCOMES
    assert set(RUNS) <= {column.name for column in RUN_COLUMNS}


@pytest.mark.parametrize("name", SHARES)
def test_a_share_answers_for_every_run(name):
    answers = share_of(name, RUNS)
    assert answers.dtype == np.bool_
    assert answers.tolist() == [bool(answer) for answer in EXPECTED[name]]
    said = measure(name)
    assert said.noun
    assert said.heading
    assert said.clause
    assert said.direction in (-1, 0, 1)


def test_days_may_be_decimals_or_whole_numbers():
    whole = {
        name: np.where(np.isnan(RUNS[name]), NEVER, RUNS[name]).astype(np.int16)
        for name in ("days_to_force",)
    }
    assert share_of("force", whole).tolist() == share_of("force", RUNS).tolist()


def test_only_the_column_asked_for_is_needed():
    assert share_of("rung_7", {"peak": np.array([7, 6])}).tolist() == [True, False]


def test_outcome_classes_share_out_all_runs():
    assert sum(share_of(name, RUNS).sum() for name in OUTCOMES) == 6


def test_an_unknown_share_is_an_error():
    with pytest.raises(KeyError):
        share_of("rung_4", RUNS)
