"""A weights file, its fitted weights, and a draw of them."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from escalation.scenario.load import load_weights
from escalation.scenario.weight_set import Fitted, WeightSet, same_weights, weights_digest
from escalation.scenario.weights import Weights


def fitted(**changes: Any) -> Fitted:
    given = {"weights": ("ratchet", "step"), "se": (0.1, 0.2), "prior_sd": (0.3, 0.4)}
    return Fitted.model_validate(given | {"draws": ((0.6, 0.3), (0.7, 0.4))} | changes)


def test_a_draw_replaces_the_fitted_weights_alone() -> None:
    given = Weights(ratchet=0.5, step=0.2, misperception=0.9)
    drawn = WeightSet(name="x", title="x", provenance="x", weights=given, fitted=fitted()).draw(1)
    assert drawn == Weights(ratchet=0.7, step=0.4, misperception=0.9)
    assert given.ratchet == 0.5


@pytest.mark.parametrize(("has", "number"), [(None, 0), (fitted(), 2), (fitted(), -1)])
def test_a_draw_that_the_set_does_not_have(has: Fitted | None, number: int) -> None:
    with pytest.raises(IndexError):
        WeightSet(name="x", title="x", provenance="x", weights=Weights(), fitted=has).draw(number)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"weights": ("ratchet", "nothing")}, '"nothing" is not a weight'),
        ({"se": (0.1,)}, "se of 1 numbers for 2 weights"),
        ({"prior_sd": (0.1, 0.2, 0.3)}, "prior_sd of 3 numbers for 2 weights"),
        ({"draws": ((0.6, 0.3), (0.7,))}, "a draw of 1 numbers for 2 weights"),
    ],
)
def test_rows_have_one_number_per_weight(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        fitted(**changes)


def test_the_former_key_is_known() -> None:
    assert Fitted.RENAMED["untold"] in Fitted.model_fields


def test_weights_are_known_by_their_values_whatever_describes_them() -> None:
    weights, others = load_weights("calibrated").weights, load_weights("default").weights
    assert same_weights(weights.model_dump(mode="json"), weights)
    assert not same_weights(weights.model_dump(mode="json"), others)
    assert weights_digest(weights) == weights_digest(weights.model_copy()) != weights_digest(others)
