"""The tables of the rules mean the same compiled and not."""

from __future__ import annotations

import numpy as np
import pytest

from escalation import vocabulary
from escalation.rules import state as s
from escalation.scenario.weights import Weights
from tests.strategies import Table, crisis

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
    rivalries = [{"between": ["borea", "alba"], "tension": 2.5}]
    table = Table(crisis(states=states, rivalries=rivalries, mediators={}, acts=[]))
    assert table.pair("alba", "borea").posture == table.pair("borea", "alba").seen == 2.5
    assert table.pair("alba", "corda").posture == table.pair("alba", "alba").seen == 0.0
    assert table.state.counts[0] == -1
    assert (table.state.since == -1).all()
    assert (table.state.pair["focal"] == -1.0).all()
    assert not table.state.pair["pressure"].any()
