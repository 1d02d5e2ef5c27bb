"""Many replications of one design point: how they are numbered, counted, logged and started.

That they are the crises of the Mesa driver is tested in `tests/parity/test_drivers.py`.
"""

from __future__ import annotations

import dataclasses
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.crisis.branches import play_with_states
from escalation.engine.batch import (
    BINS,
    RECORD,
    Runs,
    batch_is_compiled,
    earlier,
    read_record,
    simulate,
    simulate_forked,
)
from escalation.engine.pack import pack
from escalation.rules.state import frame
from escalation.vocabulary import OUTCOMES
from tests.strategies import crisis

SCENARIO = crisis(free_days=10)
PARAMS = pack(SCENARIO)


@pytest.fixture(scope="module")
def runs() -> Runs:
    return simulate(PARAMS, seed=5, first=0, count=40, paths=True)


def test_the_result_has_one_row_per_replication(runs: Runs) -> None:
    assert batch_is_compiled()
    assert (runs.first, runs.pairs) == (0, ((0, 1),))
    shapes = {"outcome": (40,), "peak": (40, 2), "cost": (40, 2), "settled": (40, 1), "offered": (40, 1)}
    assert {name: getattr(runs, name).shape for name in shapes} == shapes
    assert set(runs.outcome) <= set(range(len(OUTCOMES)))
    assert len(set(runs.outcome)) > 1
    assert (runs.peak >= 0).all()


def test_replications_are_the_same_wherever_a_batch_begins(runs: Runs) -> None:
    later = simulate(PARAMS, seed=5, first=30, count=10)
    for name in ("outcome", "peak", "cost", "settled", "opened"):
        np.testing.assert_array_equal(getattr(later, name), getattr(runs, name)[30:], err_msg=name)
    other = simulate(PARAMS, seed=6, first=30, count=10)
    assert (other.cost != later.cost).any()


def test_postures_count_all_crises_on_each_day(runs: Runs) -> None:
    assert runs.postures.shape == (SCENARIO.last_day + 1, 2, 40)
    assert (runs.postures.sum(axis=2) == 40).all()
    recorded = runs.postures[: SCENARIO.horizon_day + 1]
    assert ((recorded == 0) | (recorded == 40)).all()


def test_acts_are_logged_on_simulated_days_only_and_only_on_request(runs: Runs) -> None:
    acts = runs.acts
    assert acts is not None
    assert set(acts["replication"]) == set(range(40))
    assert acts["day"].min() == SCENARIO.horizon_day + 1
    assert acts["day"].max() == SCENARIO.last_day
    force = np.full(40, -1)
    for act in acts[::-1]:
        if PARAMS.acts["rung"][act["act"]] >= SCENARIO.outcome.force_rung and act["actor"] < 2:
            force[act["replication"]] = act["day"]
    np.testing.assert_array_equal(runs.first_force, force)
    assert simulate(PARAMS, 5, 0, 2).acts is None


def test_states_of_days_are_kept_on_request_and_change_nothing(runs: Runs) -> None:
    found = simulate(PARAMS, seed=5, first=0, count=40, daily=True)
    assert (runs.daily_posture, runs.daily_talks, runs.daily_ceasefire) == (None, None, None)
    for each in dataclasses.fields(Runs):
        if not each.name.startswith(("daily_", "acts")):
            np.testing.assert_array_equal(getattr(found, each.name), getattr(runs, each.name))
    posture, talks, ceasefire = found.daily_posture, found.daily_talks, found.daily_ceasefire
    assert posture is not None
    assert talks is not None
    assert ceasefire is not None
    for day in range(SCENARIO.free_days):
        for state in range(2):
            bins = np.minimum((posture[:, day, state] * 4).astype(int), BINS - 1)
            counted = np.bincount(bins, minlength=BINS)
            assert counted.tolist() == runs.postures[SCENARIO.horizon_day + 1 + day, state].tolist()


def test_talks_and_ceasefires_of_days_begin_when_they_are_reached() -> None:
    found = simulate(PARAMS, seed=5, first=0, count=1_000, daily=True)
    talks, ceasefire = found.daily_talks, found.daily_ceasefire
    assert talks is not None
    assert ceasefire is not None

    def first(days: Any) -> Any:
        return np.where(days.any(axis=1), days.argmax(axis=1) + SCENARIO.horizon_day + 1, -1)

    settled = found.settled[:, 0]
    assert (first(ceasefire) >= 0).any()
    np.testing.assert_array_equal(first(ceasefire), settled)
    assert (first(talks) >= 0).any()
    np.testing.assert_array_equal(first(talks), found.newly_opened)


def test_no_replications_are_an_empty_result() -> None:
    empty = simulate(PARAMS, 5, 7, 0, paths=True)
    assert (len(empty.outcome), empty.postures.sum()) == (0, 0)
    assert empty.acts is not None
    assert len(empty.acts) == 0


@pytest.mark.parametrize(("seed", "first", "count"), [(-1, 0, 1), (2**64, 0, 1), (1, 2**32 - 1, 2)])
def test_seeds_and_replications_out_of_range_are_refused(seed: int, first: int, count: int) -> None:
    with pytest.raises(ValueError, match=r"seed|replication"):
        simulate(PARAMS, seed, first, count)


def test_the_record_alone_has_a_probability_for_each_forced_act() -> None:
    rungs, risk = read_record(PARAMS)
    assert rungs.shape == (len(PARAMS.forced), 11)
    np.testing.assert_allclose(rungs.sum(axis=1), 1)
    assert risk.shape == (int(PARAMS.frame[0].horizon) + 1,)
    assert ((risk > 0) & (risk < 1)).all()
    assert RECORD < 0


@given(st.integers(-1, 9), st.integers(-1, 9))
def test_the_earlier_of_two_days(one: int, other: int) -> None:
    days = [day for day in (one, other) if day >= 0]
    assert earlier(one, other) == min(days, default=-1)


def test_runs_cannot_be_changed(runs: Runs) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        runs.first = 1  # type: ignore[misc]


def test_no_compiled_call_passes_through_python_code() -> None:
    """An interrupt in what the compiler runs to make a named tuple for Python kills the process."""
    called = []

    def watch(frame: Any, event: str, _: object) -> None:
        if event == "call":
            called.append(frame.f_code.co_name)

    simulate(PARAMS, 0, 0, 1)  # compiled by now
    sys.setprofile(watch)
    try:
        simulate(PARAMS, 0, 0, 2)
    finally:
        sys.setprofile(None)
    assert "_sheet" in called
    assert "_numba_unpickle" not in called


def test_a_fork_with_the_same_parameters_changes_nothing(runs: Runs) -> None:
    for day in (1, SCENARIO.horizon_day, SCENARIO.horizon_day + 1, SCENARIO.horizon_day + 4):
        forked = simulate_forked(PARAMS, PARAMS, day, seed=5, first=10, count=20)
        for name in ("outcome", "peak", "cost", "settled", "offered", "opened", "agreed", "end"):
            np.testing.assert_array_equal(getattr(forked, name), getattr(runs, name)[10:30], err_msg=name)
    assert frame(PARAMS).last_day == SCENARIO.last_day, "the parameters of the caller stay as they are"


def test_a_fork_may_start_from_a_state(runs: Runs) -> None:
    """From a day before that of the fork; from one on or after it, all is under the other parameters."""
    other = pack(crisis(free_days=10, weights={"alarm": 2.0}))
    day, state = SCENARIO.horizon_day + 4, play_with_states(SCENARIO, 5)[1].states[0]
    started = simulate_forked(PARAMS, other, day, seed=5, first=10, count=20, start=state)
    whole = simulate_forked(PARAMS, other, day, seed=5, first=10, count=20)
    early = simulate_forked(PARAMS, other, day - 3, seed=5, first=10, count=20, start=state)
    after = simulate(other, seed=5, first=10, count=20, start=state)
    for name in ("outcome", "peak", "cost", "settled", "offered", "opened", "agreed", "end"):
        np.testing.assert_array_equal(getattr(started, name), getattr(whole, name), err_msg=name)
        np.testing.assert_array_equal(getattr(early, name), getattr(after, name), err_msg=name)


def test_a_fork_holds_from_its_day_on(runs: Runs) -> None:
    other = pack(crisis(free_days=10, weights={"alarm": 2.0}))
    last = SCENARIO.last_day
    late = simulate_forked(PARAMS, other, last, seed=5, first=0, count=40)
    early = simulate_forked(PARAMS, other, SCENARIO.horizon_day + 1, seed=5, first=0, count=40)
    whole = simulate(other, seed=5, first=0, count=40)
    before_last = (runs.first_force >= 0) & (runs.first_force < last)
    np.testing.assert_array_equal(late.first_force[before_last], runs.first_force[before_last])
    assert (late.cost != runs.cost).any()
    assert early.cost.mean() > late.cost.mean()
    assert (early.outcome == whole.outcome).mean() > 0.9, "the record, without draws, is felt nearly alike"
