"""Memory, incidents, border fire and fear."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.engine.pack import pack
from escalation.rules import perceive
from tests.strategies import Table, crisis, scenarios, seeds, shares, stirred

FADING = ("posture", "seen", "pressure", "commitment", "heat", "campaign", "momentum", "offer", "grievance")


def test_every_memory_fades_by_its_own_time() -> None:
    days = {
        "posture_days": 20.0, "perception_days": 10.0, "pressure_days": 40.0, "commitment_days": 8.0,
        "heat_days": 4.0, "campaign_days": 2.0, "momentum_days": 0.7, "offer_days": 5.0,
        "exhaustion_days": 50.0, "violence_days": 16.0, "refusal_days": 6.0, "grievance_days": 30.0,
        "activity_days": 200.0,
    }  # fmt: skip
    table = Table(crisis(weights=days))
    pair, dyad = table.pair("alba", "borea"), table.dyad("alba", "borea")
    talk, side = table.talk("umbra", "alba", "borea"), table.side("umbra", "borea", "alba")
    for field in FADING:
        setattr(pair, field, 0.8)
    table.actor("alba").exhaustion = dyad.violence = dyad.activity = talk.refused = side.asked = 0.8
    pair.struck = dyad.force_today = 1
    for _ in range(3):
        perceive.forget(table.params, table.state)
    left = {name: 0.8 * math.exp(-3.0 / value) for name, value in days.items()}
    assert pair.posture == pytest.approx(left["posture_days"])
    assert pair.seen == pytest.approx(left["perception_days"])
    assert pair.pressure == pytest.approx(left["pressure_days"])
    assert pair.commitment == pytest.approx(left["commitment_days"])
    assert pair.heat == pytest.approx(left["heat_days"])
    assert pair.campaign == pytest.approx(left["campaign_days"])
    assert pair.momentum == pytest.approx(left["momentum_days"])
    assert pair.offer == pytest.approx(left["offer_days"])
    assert table.actor("alba").exhaustion == pytest.approx(left["exhaustion_days"])
    assert pair.grievance == pytest.approx(left["grievance_days"])
    assert dyad.violence == pytest.approx(left["violence_days"])
    assert dyad.activity == pytest.approx(left["activity_days"])
    assert (pair.struck, dyad.force_today) == (0.0, 0)  # of the day alone
    assert talk.refused == pytest.approx(left["refusal_days"])
    assert side.asked == pytest.approx(left["offer_days"])


@given(scenarios(max_free_days=5), seeds)
def test_forgetting_lowers_everything_and_forgets_no_measure(scenario, seed: int) -> None:
    params = pack(scenario)
    state = stirred(params, seed)
    before, since = state.pair.copy(), state.since.copy()
    perceive.forget(params, state)
    for field in FADING:
        assert (state.pair[field] <= before[field]).all()
    lasting = ("heat_level", "grievance_level", "acted", "last_rung", "last_hostility")
    for field in (*lasting, "forces", "habit_force"):
        assert (state.pair[field] == before[field]).all()
    assert (state.since == since).all()


def test_an_incident_by_hand() -> None:
    table = Table(crisis(weights={"incident_perception": 0.25}))
    pair, dyad = table.pair("alba", "borea"), table.dyad("alba", "borea")
    pair.pressure, pair.seen, dyad.violence = 0.2, 1.0, 0.5
    perceive.feel_incident(table.params, table.state, 0, 1, 0.6)
    assert pair.pressure == pytest.approx(0.2 + 0.6 * 0.8)
    assert pair.seen == pytest.approx(1.0 + 0.25 * 4.0)
    assert dyad.violence == pytest.approx(0.5 + 0.6 * 0.5)
    assert table.pair("borea", "alba").pressure == table.pair("borea", "alba").grievance == 0.0


@pytest.mark.parametrize(("before", "after", "level"), [(0.3, 0.6, 0.0), (0.9, 0.9, 7.0)])
def test_the_worst_of_a_grievance_and_an_incident_counts(before: float, after: float, level: float) -> None:
    table = Table(crisis()).on(8)
    pair, dyad = table.pair("alba", "borea"), table.dyad("alba", "borea")
    pair.grievance, pair.grievance_level, dyad.activity = before, 7.0, 2.0
    perceive.feel_incident(table.params, table.state, 0, 1, 0.6)
    assert (pair.grievance, pair.grievance_level) == (pytest.approx(after), level)
    assert (dyad.stirred, dyad.spoken) == (8, 8)
    assert dyad.activity == 2.0  # nobody's act
    assert pair.struck == 0.0  # nothing to reply to


def test_an_incident_never_reassures() -> None:
    table = Table(crisis())
    table.pair("alba", "borea").seen = 8.0
    perceive.feel_incident(table.params, table.state, 0, 1, 0.6)
    assert table.pair("alba", "borea").seen >= 8.0


def test_border_fire_by_hand() -> None:
    table = Table(crisis(weights={"border_fire_pressure": 0.01, "border_fire_perception": 0.05}))
    table.pair("alba", "borea").pressure, table.pair("alba", "borea").seen = 0.5, 3.0
    table.pair("borea", "alba").seen = 7.0
    perceive.feel_border_fire(table.params, table.state, 0, 1)
    assert table.pair("alba", "borea").pressure == pytest.approx(0.5 + 0.01 * 0.5)
    assert table.pair("alba", "borea").seen == pytest.approx(3.0 + 0.05 * 2.0)
    assert table.pair("borea", "alba").pressure == pytest.approx(0.01)
    assert table.pair("borea", "alba").seen == pytest.approx(7.0)


@given(scenarios(max_free_days=5), seeds)
def test_border_fire_relieves_nothing_and_is_nobody_s_act(scenario, seed: int) -> None:
    params = pack(scenario)
    state = stirred(params, seed)
    i, j = sorted(np.argwhere(params.rivalries["rival"] == 1)[0])
    pair, dyad, last = state.pair.copy(), state.dyad.copy(), state.last_day.copy()
    perceive.feel_border_fire(params, state, i, j)
    assert (state.pair["pressure"] >= pair["pressure"]).all()
    for field in ("heat", "commitment", "campaign", "posture", "last_rung", "grievance", "struck"):
        assert (state.pair[field] == pair[field]).all()
    assert (state.dyad == dyad).all()
    assert (state.last_day == last).all()


@given(st.floats(0, 10), st.floats(0, 0.3), st.floats(0.5, 1.5), st.floats(5.5, 8), st.floats(0.5, 1.5))
def test_fear_of_a_rung(x: float, low: float, slope: float, rung: float, cap: float) -> None:
    weights = {"fear_low": low, "fear_slope": slope, "fear_rung": rung, "fear_cap": cap}
    params = pack(crisis(weights=weights))
    expected = low * x / 5.0 + 1.0 / (1.0 + math.exp(-slope * (x - rung)))
    assert perceive.fear_of(params, x) == pytest.approx(min(cap, expected))
    assert perceive.fear_of(params, x) <= perceive.fear_of(params, min(10.0, x + 0.5))


def test_quiet_inspires_the_least_fear() -> None:
    table = Table(crisis(rivalries=[{"between": ["alba", "borea"]}]))
    perceive.perceive(table.params, table.state, 0)
    assert table.actor("alba").fear == perceive.fear_of(table.params, 0.0)


def test_fear_follows_the_worst_rival_at_once_and_fades_slowly() -> None:
    rivalries = [{"between": ["alba", "borea"]}, {"between": ["alba", "corda"]}]
    states = {name: {"label": name} for name in ("alba", "borea", "corda", "dania")}
    table = Table(crisis(states=states, rivalries=rivalries, mediators={}, weights={"fear_days": 5.0}))
    table.pair("alba", "borea").posture = 3.0
    table.pair("alba", "corda").seen = 8.0
    table.pair("alba", "dania").seen = 10.0  # no rival: what it does frightens nobody
    perceive.perceive(table.params, table.state, 0)
    frightened = perceive.fear_of(table.params, 8.0)
    assert table.actor("alba").fear == pytest.approx(frightened)
    table.pair("alba", "corda").seen = 0.0
    perceive.perceive(table.params, table.state, 0)
    assert table.actor("alba").fear == pytest.approx(frightened * math.exp(-0.2))


@given(scenarios(max_free_days=5), seeds, shares)
def test_fear_never_passes_its_bound(scenario, seed: int, low: float) -> None:
    params = pack(scenario)
    state = stirred(params, seed)
    for i in range(len(params.states)):
        perceive.perceive(params, state, i)
    assert (state.actor["fear"] <= 1.5).all()
    assert (state.actor["fear"] >= 0.0).all()
