"""The tables of the rules mean the same compiled and not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given

from escalation import vocabulary
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.rules import state as s
from escalation.scenario.weights import Weights
from tests.strategies import Table, crisis, scenarios, seeds, stirred

RECORDS = {name: value for name, value in vars(s).items() if isinstance(value, np.dtype)}


@pytest.mark.parametrize("name", RECORDS)
def test_no_field_is_hidden_by_an_attribute_of_numpy_records(name: str) -> None:
    """Uncompiled, `act.base` would be NumPy's own `base`."""
    fields = RECORDS[name].names or ()
    assert [field for field in fields if hasattr(np.record, field)] == []


def test_no_weight_is_hidden_by_an_attribute_of_numpy_records() -> None:
    assert [name for name in Weights.model_fields if hasattr(np.record, name)] == []


def test_effects_styles_and_channels_have_their_numbers() -> None:
    for names, prefix in ((vocabulary.EFFECTS, ""), (vocabulary.STYLES, "")):
        for number, name in enumerate(names):
            assert getattr(vocabulary, prefix + name.upper()) == number
    assert vocabulary.CHANNELS[vocabulary.MEDIATED] == "mediated"


def test_a_fresh_state_is_quiet_but_for_the_tension_of_rivals() -> None:
    states = {name: {"label": name} for name in ("alba", "borea", "corda")}
    rivalries = [{"between": ["borea", "alba"], "tension": 2.5, "activity": 3.5, "lull_days": 40}]
    table = Table(crisis(states=states, rivalries=rivalries, mediators={}, acts=[]))
    assert table.pair("alba", "borea").posture == table.pair("borea", "alba").seen == 2.5
    assert table.pair("alba", "corda").posture == table.pair("alba", "alba").seen == 0.0
    assert table.state.counts[0] == -1
    assert (table.state.since == -1).all()
    assert (table.state.pair["focal"] == -1.0).all()
    assert not table.state.pair["pressure"].any()
    dyad = table.dyad("alba", "borea")
    assert (dyad.activity, dyad.stirred, dyad.spoken) == (3.5, -40, -40)
    assert table.dyad("alba", "corda").activity == 0.0
    assert not table.state.pair["grievance"].any()
    assert not s.has_ended(table.state)


DESK = ("read", "risk", "moves", "utility", "shares", "drawn", "drawn_on")
"""What belongs to the desk and to the day, and is written before it is read."""


@given(scenarios(max_free_days=3), seeds)
def test_restoring_copies_every_number(scenario, seed: int) -> None:
    """Two states that differ in every number that changes in a crisis are equal afterwards, to the bit."""
    params = pack(scenario)
    saved, state = stirred(params, seed), s.fresh_state(params)
    rng = np.random.default_rng(seed)
    for name, table in saved._asdict().items():
        for field in table.dtype.names or [...]:
            if name not in DESK:
                table[field] = rng.integers(1, 99, np.shape(table[field]))
    before = {name: table.tobytes() for name, table in saved._asdict().items()}
    s.restore(state, saved)
    for name, table in state._asdict().items():
        assert table.tobytes() == saved._asdict()[name].tobytes() or name in DESK, name
        assert before[name] == saved._asdict()[name].tobytes(), name


@pytest.mark.parametrize("most", [1, 3, 8])
def test_there_is_room_for_the_busiest_day(most: int) -> None:
    """Every clock runs off every day, and as often again as a day allows."""
    always = {
        "alarm": 15.0, "protest": 15.0, "conciliation": 15.0, "again": 1.0, "protest_again": 1.0,
        "reply_strike": 1.0, "reply_force": 1.0, "reply_other": 1.0, "misperception": 0.0,
    }  # fmt: skip
    states = {name: {"label": name} for name in ("alba", "borea", "corda")}
    rivalries = [{"between": pair} for pair in (["alba", "borea"], ["alba", "corda"], ["borea", "corda"])]
    mediators = {
        name: {"label": name, "enters_day": 0, "style": "facilitation", "form": "third_party"}
        for name in ("umbra", "vesta")
    }
    table = Table(
        crisis(
            states=states, rivalries=rivalries, mediators=mediators, acts=[], max_acts_per_day=most,
            weights=always, free_days=20,
        )
    )  # fmt: skip
    acts = simulate(table.params, 1, 0, 30, paths=True).acts
    assert acts is not None
    busiest = np.unique(acts[["replication", "day"]], return_counts=True)[1].max()
    # Of a state toward each of two rivals: as many words and as many hostile acts as a day allows, a
    # conciliatory act and an appeal; an act of each mediator; and the answers to the mediators.
    appeals = 1
    most_of_a_state = 2 * (2 * most + 1 + appeals)
    assert len(table.state.moves) >= 3 * most_of_a_state + 2 + 3 * 2 * 2
    assert busiest <= len(table.state.moves)
    assert busiest >= 3 * 2 * (most + 1)
