"""Weights of what acts leave behind: declared once, in one module."""

from __future__ import annotations

from escalation.scenario.parameters import parameters_of
from escalation.scenario.state_weights import StateWeights
from escalation.scenario.weights import Weights


def test_every_weight_is_among_those_that_all_actors_share() -> None:
    shared = {parameter.name: parameter for parameter in parameters_of(Weights)}
    own = list(parameters_of(StateWeights))
    assert own
    assert all(shared[parameter.name] == parameter for parameter in own)


def test_defaults_lie_within_their_plausible_ranges_and_bounds() -> None:
    for parameter in parameters_of(StateWeights):
        (low, high), (least, most) = parameter.plausible, parameter.bounds
        assert parameter.default is not None
        assert least <= low <= parameter.default <= high <= most, parameter.name
