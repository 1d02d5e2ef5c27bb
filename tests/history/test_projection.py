"""The projection counts the outcomes of runs; weights are drawn within their ranges."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.history.attacks import after_attack, calm
from escalation.history.projection import likely_weights, project, spread
from escalation.scenario.load import load_scenario
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import Fitted, WeightSet
from escalation.scenario.weights import Weights

DRAWS = ((0.4,), (0.5,), (0.6,))


@pytest.fixture(scope="module")
def pahalgam() -> Scenario:
    return load_scenario("pahalgam_2025")


def fitted_set() -> WeightSet:
    fitted = Fitted(weights=("ratchet",), se=(0.1,), prior_sd=(0.2,), draws=DRAWS)
    return WeightSet(name="x", title="x", provenance="x", weights=Weights(), fitted=fitted)


def test_shares_are_those_of_the_runs(pahalgam: Scenario) -> None:
    found = project(pahalgam, [Weights(), Weights(alarm=-6.0, protest=-6.0)], 200, 3)
    runs = simulate(pack(pahalgam.model_copy(update={"weights": Weights()})), 3, 0, 200)
    assert found.peak.shape == (2, 11)
    assert found.peak.sum(axis=1) == pytest.approx(1.0)
    assert found.strike[0, 1] == pytest.approx((runs.peak.max(axis=1) >= 7).mean())
    horizon = pahalgam.horizon_day
    force = (runs.first_force >= 0) & (runs.first_force <= horizon + 14)
    assert found.force[0, 0] == pytest.approx(force.mean())
    settled = (runs.settled >= 0).all(axis=1)
    assert found.settled[0, 1] == pytest.approx(settled.mean())
    assert (found.over >= found.settled).all()
    assert found.mediated[0] == pytest.approx((runs.newly_opened >= 0).any(axis=1).mean())
    assert found.acts[1] < found.acts[0]
    assert 0 < found.busiest[1] < found.busiest[0] <= pahalgam.free_days
    assert (found.strike[:, 0] <= found.strike[:, 1]).all()


def test_fitted_weights_come_from_draws_and_others_from_their_priors() -> None:
    sets = likely_weights(fitted_set(), 7, np.random.default_rng(1))
    assert [one.ratchet for one in sets] == [0.4, 0.5, 0.6, 0.4, 0.5, 0.6, 0.4]
    for parameter in parameters_of(Weights):
        if parameter.name == "ratchet":
            continue
        values = [getattr(one, parameter.name) for one in sets]
        assert len(set(values)) > 1, parameter.name
        assert min(values) >= parameter.plausible[0]
        assert max(values) <= parameter.plausible[1]


def test_without_a_fit_all_weights_come_from_their_priors() -> None:
    plain = WeightSet(name="x", title="x", provenance="x", weights=Weights())
    sets = likely_weights(plain, 3, np.random.default_rng(1))
    assert len({one.ratchet for one in sets}) == 3


def test_spread_holds_the_middle() -> None:
    mean, low, high = spread(np.arange(101.0)[:, None])
    assert (mean[0], low[0], high[0]) == pytest.approx((50.0, 2.5, 97.5))


def test_situations_leave_out_what_they_say(pahalgam: Scenario) -> None:
    attack = after_attack(pahalgam, 0.2, 60)
    assert [incident.severity for incident in attack.incidents] == [0.2]
    assert (attack.acts, attack.hazards, attack.mediators, attack.free_days) == ((), (), {}, 60)
    assert attack.horizon == pahalgam.incidents[0].date
    assert calm(pahalgam, 30).incidents == ()


def test_an_attack_raises_the_chance_of_force(pahalgam: Scenario) -> None:
    shares = [
        project(one, [Weights()], 300, 1).force[0, 1]
        for one in (calm(pahalgam, 30), after_attack(pahalgam, 0.58, 30))
    ]
    assert shares[0] < shares[1]
    assert {field.name for field in dataclasses.fields(project(pahalgam, [Weights()], 1, 1))} >= {"strike"}
