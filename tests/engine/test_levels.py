"""Crises that stop at a level and go on from there: they are the crises of all drivers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from escalation.engine.batch import simulate
from escalation.engine.levels import (
    HORIZON,
    LevelRuns,
    Starts,
    levels_are_compiled,
    place_of,
    play_to_level,
    risk_at,
)
from escalation.engine.pack import pack
from escalation.files.places import ArgumentError
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from tests.strategies import build, crisis, nuclear, stage

SEED = 3
CRISIS = crisis(free_days=12)
PARAMS = pack(CRISIS)


def copies(*counts: int) -> NDArray[np.int64]:
    return np.array(counts, np.int64)


def played(scenario: Scenario, rung: int, count: int, level: float = math.inf) -> LevelRuns:
    return play_to_level(pack(scenario), SEED, 0, HORIZON, copies(count), rung, level)


@pytest.mark.parametrize("scenario", [CRISIS, build(stage()), nuclear(free_days=12)], ids=lambda s: s.name)
def test_without_a_level_they_are_the_crises_of_the_batch(scenario: Scenario) -> None:
    rung = 10
    runs, batch = played(scenario, rung, 100), simulate(pack(scenario), SEED, 0, 100).peak.max(axis=1)
    assert levels_are_compiled()
    np.testing.assert_array_equal(runs.peak, batch)
    assert (runs.place >= rung).tolist() == (batch >= rung).tolist()
    stays = runs.peak < rung
    assert (runs.day[stays] == scenario.last_day).all()
    assert runs.days == int((runs.day - scenario.horizon_day).sum())


def test_a_crisis_stops_on_the_day_of_the_first_act_on_the_rung() -> None:
    first = simulate(PARAMS, SEED, 0, 200)  # its force rung is 6
    runs = played(CRISIS, 6, 200)
    hit = first.first_force >= 0
    assert 20 < hit.sum() < 180
    np.testing.assert_array_equal(runs.day[hit], first.first_force[hit])
    assert ((runs.peak >= 6) == hit).all()
    assert ((runs.place >= 6) == hit).all()


def test_a_start_is_the_very_state_in_which_its_crisis_was() -> None:
    """A crisis that goes on from a level with its own draws is the crisis that never stopped."""
    whole, level = played(CRISIS, 9, 300), place_of(5, 1e-4)
    starts = played(CRISIS, 9, 300, level).at(level, HORIZON)
    rows = starts.replications[:, -1].astype(np.int64)
    assert 20 < starts.count < 300
    assert (whole.place[rows] >= level).all()
    for number, row in enumerate(rows):
        one = Starts(starts.replications[[number]], starts.until[[number]])
        again = play_to_level(PARAMS, SEED, int(row), one, copies(1), 9)
        assert (again.peak[0], again.day[0]) == (whole.peak[row], whole.day[row])


def test_a_lineage_of_several_levels_is_played_again_segment_by_segment() -> None:
    one = Starts(np.array([[7, 4]], np.uint64), np.array([[6, 9]]))
    two = Starts(np.array([[7, 4, 4]], np.uint64), np.array([[6, 8, 9]]))
    results = [play_to_level(PARAMS, SEED, 50, starts, copies(40), 10) for starts in (one, two)]
    for name in ("peak", "place", "chance", "day"):
        np.testing.assert_array_equal(getattr(results[0], name), getattr(results[1], name), err_msg=name)
    horizon = CRISIS.horizon_day
    assert [result.days for result in results] == [
        9 - horizon + int((results[0].day - 9).sum()) for _ in results
    ]


def test_copies_have_draws_of_their_own_in_the_order_of_the_starts() -> None:
    starts = Starts(np.array([[7], [8], [9]], np.uint64), np.array([[6], [7], [6]]))
    together = play_to_level(PARAMS, SEED, 100, starts, copies(2, 0, 3), 10)
    assert together.start.tolist() == [0, 0, 2, 2, 2]
    last = Starts(starts.replications[2:], starts.until[2:])
    alone = play_to_level(PARAMS, SEED, 102, last, copies(3), 10)
    np.testing.assert_array_equal(alone.chance, together.chance[2:])
    assert len(set(together.chance.tolist())) == 5


def test_a_start_beyond_the_rung_has_nothing_left_to_play() -> None:
    level = 5.0
    runs = played(CRISIS, 6, 200, level)
    starts = runs.at(level, HORIZON)
    beyond = runs.peak[runs.place >= level] >= 6
    assert beyond.any(), "some pass several levels on one day"
    after = play_to_level(PARAMS, SEED, 1000, starts, np.ones(starts.count, np.int64), 6)
    assert (after.chance[beyond] == 0).all()
    assert (after.place[beyond] >= 6).all()
    assert (after.day[beyond] == runs.day[runs.place >= level][beyond]).all()


CASES: tuple[tuple[Any, int], ...] = (
    (lambda: CRISIS, 4), (lambda: CRISIS, 6), (lambda: crisis(free_days=3, weights={"again": 0.7}), 5),
    (lambda: build(stage()), 7), (lambda: load_scenario("panmunjom_1976"), 5),
)  # fmt: skip


@pytest.mark.parametrize(("make", "rung"), CASES)
def test_the_sum_of_probabilities_is_on_average_the_share_counted(make: Any, rung: int) -> None:
    """The sum less the indicator of the act is a martingale: its mean is zero, crisis by crisis."""
    runs = played(make(), rung, 6_000)
    rest = runs.chance - (runs.peak >= rung)
    assert 0.03 < (runs.peak >= rung).mean() < 0.97
    z = rest.mean() / (rest.std() / math.sqrt(len(rest)))
    assert abs(z) < 3.5
    assert runs.origin.sum() == pytest.approx(runs.chance.sum())
    assert (runs.origin[rung:] == 0).all()


def test_a_dated_act_on_a_simulated_day_is_certain() -> None:
    scenario = nuclear(free_days=12, hazards=[])
    runs = played(scenario, 10, 30)
    assert (runs.place >= 10).all()
    assert (runs.chance >= 1.0).all()


def test_places_order_rungs_and_risks() -> None:
    assert place_of(3, 0.0) == 3.0
    assert 3.0 < place_of(3, 1e-9) < place_of(3, 1e-3) < place_of(3, 1.0) < place_of(4, 0.0)
    assert risk_at(place_of(7, 2.5e-6)) == pytest.approx(2.5e-6)
    assert risk_at(7.0) == 0.0


@pytest.mark.parametrize(("seed", "first"), [(-1, 0), (2**64, 0), (1, 2**32)])
def test_numbers_out_of_range_are_refused(seed: int, first: int) -> None:
    with pytest.raises(ArgumentError, match="is not a whole number"):
        play_to_level(PARAMS, seed, first, HORIZON, copies(1), 10)
