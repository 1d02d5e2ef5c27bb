"""Runs reduced to one number per crisis, on runs written by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from escalation.engine.batch import LOGGED, Runs, simulate
from escalation.engine.pack import pack
from escalation.measures.reduce import NEVER, Reduced
from escalation.scenario.load import load_scenario
from escalation.vocabulary import DIRECT, HOTLINE, MEDIATED
from tests.experiment.sweeps import TINY

HORIZON = 4


def days(*rows: list[int]) -> Any:
    return np.array(rows, np.int32)


RUNS = Runs(
    first=10,
    pairs=((0, 1), (1, 2)),
    outcome=np.zeros(3, np.int8),
    peak=np.array([[0, 2, 1], [9, 7, 0], [6, 6, 6]], np.int8),
    cost=np.zeros((3, 3)),
    first_force=days(-1, 5, 14),  # type: ignore[arg-type]
    end=days(5, -1, 9),  # type: ignore[arg-type]
    settled=days([-1, -1], [8, 6], [7, -1]),
    channel=np.array([[0, 0], [DIRECT, MEDIATED], [HOTLINE, 0]], np.int8),
    settler=np.array([[-1, -1], [-1, 1], [-1, -1]], np.int8),
    offered=days([3, -1], [5, 6], [-1, -1]),
    opened=days([4, -1], [9, 7], [2, 5]),
    newly_opened=days([-1, -1], [9, 7], [8, 5]),
    agreed=days([-1, -1], [-1, 6], [-1, -1]),
    postures=np.zeros((15, 3, 40), np.int64),
    acts=None,
)
FOUND = Reduced(RUNS, HORIZON)


def test_the_first_settlement_and_how_it_came() -> None:
    assert FOUND.ceasefire.tolist() == [-1, 6, 7]
    assert FOUND.channel.tolist() == [0, MEDIATED, HOTLINE]
    assert FOUND.settler.tolist() == [-1, 1, -1]


def test_agreements_in_talks_are_those_through_the_mediated_channel() -> None:
    assert FOUND.agreed_in_talks.tolist() == [[-1, -1], [-1, 6], [-1, -1]]


def test_of_pairs_that_settle_on_one_day_the_first_counts() -> None:
    tied = dataclasses.replace(RUNS, settled=days([-1, -1], [6, 6], [7, -1]))
    assert Reduced(tied, HORIZON).channel.tolist() == [0, DIRECT, HOTLINE]


def test_all_pairs_settle_on_the_day_of_the_last() -> None:
    assert FOUND.all_settled.tolist() == [-1, 8, -1]


def test_a_crisis_is_over_at_the_last_settlement_or_at_the_quiet() -> None:
    assert FOUND.over.tolist() == [5, 8, 9]


def test_talks_opened_in_the_record_count_only_when_they_open_again() -> None:
    assert FOUND.talks.tolist() == [-1, 7, 5]
    without = dataclasses.replace(RUNS, newly_opened=np.zeros((3, 0), np.int32))
    assert Reduced(without, HORIZON).talks.tolist() == [-1, -1, -1]


def test_settlements_through_some_channels() -> None:
    assert FOUND.settled_through((DIRECT, MEDIATED)).tolist() == [False, True, False]
    assert FOUND.settled_through((HOTLINE,)).tolist() == [False, False, True]


def test_peaks_and_days_that_came_at_all() -> None:
    assert FOUND.peak.tolist() == [2, 9, 6]
    assert FOUND.ever(RUNS.offered).tolist() == [True, True, False]


def test_days_after_the_horizon_and_within_so_many() -> None:
    assert FOUND.after_horizon(FOUND.ceasefire).tolist() == [NEVER, 2, 3]
    assert FOUND.within(FOUND.ceasefire, np.array([1, 2, 3])) == pytest.approx([0, 1 / 3, 2 / 3])


def test_first_acts_are_those_of_the_paths() -> None:
    scenario = load_scenario("kargil_1999")
    params = pack(scenario)
    runs = simulate(params, 7, 30, 40, paths=True)
    found = Reduced(runs, scenario.horizon_day)
    force = scenario.outcome.force_rung
    assert np.array_equal(found.first_act(params, force), runs.first_force)
    assert (runs.first_force >= 0).any()
    reached = found.first_act(params, 3) >= 0
    assert np.array_equal(reached, found.peak >= 3)


def test_holds_and_acts_of_mediators_are_no_acts_of_states_toward_somebody() -> None:
    params = pack(load_scenario(TINY))
    acts = np.zeros(3, LOGGED)
    acts["actor"], acts["target"] = [0, 2, 1], [1, 0, -1]
    found = Reduced(dataclasses.replace(RUNS, acts=acts), HORIZON)
    assert found.acts(params)["actor"].tolist() == [0]


def test_several_acts_of_a_state_on_one_day_are_one_day_with_acts() -> None:
    params = pack(load_scenario(TINY))
    acts = np.zeros(6, LOGGED)
    acts["replication"] = [10, 10, 10, 10, 12, 12]
    acts["actor"] = [0, 0, 0, 1, 1, 1]
    acts["day"] = [4, 4, 7, 4, 5, 5]
    acts["target"] = [1, 1, 1, 0, 0, -1]
    found = Reduced(dataclasses.replace(RUNS, acts=acts), HORIZON)
    assert found.days_with_acts(params).tolist() == [[2, 1], [0, 0], [0, 1]]
