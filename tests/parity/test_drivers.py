"""The Mesa driver and the batch driver play the same crises: acts, states and results, to the bit."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.engine.batch import LOGGED, Runs, simulate
from escalation.engine.day import play_day
from escalation.engine.luck import luck_of
from escalation.engine.model import CrisisEndedError, CrisisModel
from escalation.engine.pack import pack
from escalation.rules.outcome import end_of_crisis, first_day_from, peak_rung
from escalation.rules.state import MOVES, CrisisState, fresh_state, has_ended
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import NUCLEAR_USE, OUTCOMES
from tests.engine.runs import same_bits
from tests.strategies import NUCLEAR_DAY, build, nuclear, replications, scenarios, seeds, stage

TABLES = ("actor", "pair", "dyad", "talk", "side", "since", "first_day", "last_day", "cost", "counts")
SCENARIOS = 120


def moves_of(state: CrisisState, replication: int) -> np.ndarray:
    """Return today's moves as the batch driver logs them."""
    moves = state.moves[: state.counts[1]]
    logged = np.zeros(len(moves), LOGGED)
    for name in LOGGED.names or ():
        if name not in ("replication", "day"):
            logged[name] = moves[name]
    logged["replication"], logged["day"] = replication, state.counts[0]
    return logged


def assert_same_result(model: CrisisModel, runs: Runs, row: int) -> None:
    """Assert that a row of a batch says what the Mesa model came to."""
    params, state = model.params, model.state
    assert OUTCOMES[runs.outcome[row]] == model.outcome
    assert runs.peak[row].tolist() == [peak_rung(state, i) for i in range(len(params.states))]
    assert same_bits(runs.cost[row], state.cost)
    assert runs.first_force[row] == first_day_from(state, params.frame[0].force_rung)
    if not has_ended(state):  # in a batch the days that are left pass, and count as quiet
        assert runs.end[row] == end_of_crisis(params, state)
    settled = [(d.settled_day, d.channel, d.mediator) for d in (state.dyad[i, j] for i, j in runs.pairs)]
    rows = zip(runs.settled[row], runs.channel[row], runs.settler[row], strict=True)
    assert list(rows) == settled
    for m in range(len(params.mediators)):
        for column, field in (
            (runs.offered, "first_offered"),
            (runs.opened, "first_opened"),
            (runs.newly_opened, "newly_opened"),
            (runs.agreed, "first_agreed"),
        ):
            days = [day for day in state.talk[field][m].ravel().tolist() if day >= 0]
            assert column[row, m] == min(days, default=-1)


@settings(max_examples=SCENARIOS)
@given(scenarios(max_free_days=25), seeds, replications)
def test_both_drivers_play_the_same_days(scenario: Scenario, seed: int, replication: int) -> None:
    model = CrisisModel(scenario, seed, replication)
    params = pack(scenario)
    state, luck = fresh_state(params), luck_of(seed, replication)
    logged: list[Any] = []
    for day in range(scenario.last_day + 1):
        play_day(params, state, luck)
        if has_ended(model.state):
            assert (state.counts[0], state.counts[1]) == (day, 0)  # the model has stopped, days pass
            continue
        model.step()
        assert same_bits(moves_of(model.state, replication), moves_of(state, replication)), day
        for name in TABLES:
            assert same_bits(getattr(model.state, name), getattr(state, name)), (day, name)
        if day > scenario.horizon_day:
            logged.append(moves_of(state, replication))
    runs = simulate(params, seed, replication, 1, paths=True)
    assert runs.acts is not None
    assert same_bits(runs.acts, np.concatenate([np.zeros(0, LOGGED), *logged]))
    assert_same_result(model, runs, 0)


def test_no_driver_plays_on_after_nuclear_use() -> None:
    """The days that are left pass without any event, and the state stays as it was."""
    scenario = nuclear()
    params = pack(scenario)
    model = CrisisModel(scenario, 5)
    model.run_model()
    assert model.day == NUCLEAR_DAY
    with pytest.raises(CrisisEndedError, match="says nothing of what follows"):
        model.step()
    runs = simulate(params, 5, 0, 20, paths=True)
    assert runs.acts is not None
    assert set(runs.acts["day"].tolist()) == {*range(scenario.horizon_day + 1, NUCLEAR_DAY + 1)}
    assert (runs.outcome == NUCLEAR_USE).all()
    assert_same_result(model, runs, 0)
    state, luck = fresh_state(params), luck_of(5, 0)
    for _ in range(scenario.last_day + 1):
        play_day(params, state, luck)
    assert state.counts[MOVES] == 0
    for name in TABLES[:-1]:
        assert same_bits(getattr(model.state, name), getattr(state, name)), name


@given(scenarios(max_free_days=15), seeds, st.integers(0, 2**32 - 20))
@settings(max_examples=25)
def test_a_batch_is_its_replications_one_by_one(scenario: Scenario, seed: int, first: int) -> None:
    params = pack(scenario)
    whole = simulate(params, seed, first, 12, paths=True, daily=True)
    with ThreadPoolExecutor(3) as pool:
        parts = list(
            pool.map(lambda part: simulate(params, seed, *part, paths=True, daily=True),
                     [(first, 5), (first + 5, 1), (first + 6, 6)])
        )  # fmt: skip
    for name in vars(whole):
        if name in ("first", "pairs"):
            continue
        pieces = [getattr(part, name) for part in parts]
        together = sum(pieces) if name == "postures" else np.concatenate(pieces)
        assert same_bits(getattr(whole, name), together), name


def test_every_act_is_logged_however_long_the_log_grows() -> None:
    params = pack(build(stage()))
    whole = simulate(params, 7, 0, 1500, paths=True)
    assert whole.acts is not None
    assert len(whole.acts) > 2 * 16_384, "the log never had to be emptied"
    late = simulate(params, 7, 1400, 100, paths=True)
    assert same_bits(whole.acts[whole.acts["replication"] >= 1400], late.acts)


def test_the_postures_of_every_day_are_counted_once_a_replication() -> None:
    scenario = build(stage())
    runs = simulate(pack(scenario), 7, 0, 200)
    assert runs.postures.shape[:2] == (scenario.last_day + 1, len(scenario.states))
    assert (runs.postures.sum(axis=2) == 200).all()
    assert (np.count_nonzero(runs.postures[: scenario.horizon_day + 1], axis=2) == 1).all()
    assert (np.count_nonzero(runs.postures[-1], axis=1) > 1).any()


@pytest.mark.parametrize(
    ("seed", "first", "count"), [(-1, 0, 1), (2**64, 0, 1), (0, 2**32, 1), (0, 2**32 - 1, 2)]
)
def test_luck_out_of_range_is_refused(seed: int, first: int, count: int) -> None:
    with pytest.raises(ValueError, match=r"^(seed|replication): "):
        simulate(pack(build(stage())), seed, first, count)


def test_no_replication_at_all_is_an_empty_batch() -> None:
    runs = simulate(pack(build(stage())), 7, 0, 0)
    assert len(runs.outcome) == 0
    assert not runs.postures.any()
