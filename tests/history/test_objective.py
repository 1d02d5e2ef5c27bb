"""The penalised likelihood, its derivatives by differences, and the search for its maximum."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from escalation.history import objective as module
from escalation.history.likelihood import Evidence
from escalation.history.objective import BOTH, ONE_SIDE, Objective, Priors, Search, Sides, Tangent
from escalation.scenario.weights import Weights

ONE = Priors(("threat_threshold",))  # default 0, plausible -2 to 2: the prior has mean 0 and sd 1
BASE = Weights()


def share(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x))


def counted(ups: float, downs: float, **more: object) -> Evidence:
    """Return two rows, an up and a down, observed so often; an up has the logistic of a weight."""

    def read(weights: Weights) -> np.ndarray:
        p = share(weights.threat_threshold)
        return np.tile([1.0 - p, p], (2, 1))

    given = {"name": "counted", "read": read, "observed": np.array([1, 0]), "cluster": np.zeros(2, np.int64),
             "group": ("all",), "counts": np.array([ups, downs])}  # fmt: skip
    return Evidence(**(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(("sides", "near"), [(BOTH, 1e-5), (ONE_SIDE, 5e-3)])
def test_derivatives_are_those_of_the_readings(sides: Sides, near: float) -> None:
    tangent = Tangent.of(counted(1, 0), np.array([0.4]), ONE, BASE, sides=sides)
    slope = share(0.4) * (1 - share(0.4))
    assert tangent.change[0, 0] == pytest.approx([-slope, slope], abs=near)
    assert tangent.table[0, 1] == pytest.approx(share(0.4))


def test_at_a_bound_the_other_side_is_read() -> None:
    priors = Priors(("habit",))
    linear = replace(counted(1, 0), read=lambda weights: np.tile([1 - weights.habit, weights.habit], (2, 1)))
    for sides in (BOTH, ONE_SIDE):
        high = float(priors.bounds[1][0])
        for value in (0.0, high):
            tangent = Tangent.of(linear, np.array([value]), priors, BASE, sides=sides)
            assert tangent.change[0, 0, 1] == pytest.approx(1.0)


def test_evidence_is_read_for_the_weights_on_which_it_depends_alone() -> None:
    priors = Priors(("threat_threshold", "force_threshold", "habit"))
    read: list[Weights] = []
    plain = counted(3, 1)

    def reading(weights: Weights) -> np.ndarray:
        read.append(weights)
        return plain.read(weights)

    kind = replace(plain, read=reading, informs=("threat_threshold", "alarm"))
    values = priors.values(BASE)
    assert Tangent.of(kind, values, priors, BASE).places.tolist() == [0]
    assert len(read) == 3
    assert Tangent.of(replace(kind, weight=0.0), values, priors, BASE).places.tolist() == []
    held = Tangent.of(kind, values, priors, BASE, np.array([False, True, True]))
    assert held.places.tolist() == []


def test_rows_count_by_weight_share_and_how_often_they_were_observed() -> None:
    values = np.array([0.7])
    plain = Objective.of_all([counted(6, 2)], ONE, BASE)
    parts = counted(3, 8, weight=0.5, shares=np.array([4.0, 0.5]))
    same = Objective.of_all([parts], ONE, BASE)
    assert same(values) == pytest.approx(plain(values))
    for one, other in zip(same.score(values, same.tangents(values)), plain.score(values, plain.tangents(values)),
                          strict=True):  # fmt: skip
        assert one == pytest.approx(other)
    p = share(0.7)
    assert plain(values) == pytest.approx(-6 * math.log(p) - 2 * math.log(1 - p) + 0.5 * 0.7**2)
    slope, information = plain.score(values, plain.tangents(values))
    assert slope[0] == pytest.approx(6 - 8 * p - 0.7, abs=1e-3)
    assert information[0, 0] == pytest.approx(8 * p * (1 - p) + 1, rel=1e-3)


def test_the_last_rounds_read_both_sides_and_no_side_changes_the_maximum(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[Sides] = []
    original = Objective.tangents

    def noted(
        self: Objective, values: np.ndarray, free: np.ndarray | None = None, sides: Sides = BOTH
    ) -> list[Tangent]:
        seen.append(sides)
        return original(self, values, free, sides)

    monkeypatch.setattr(Objective, "tangents", noted)
    start = BASE.model_copy(update={"threat_threshold": -1.9})
    found = []
    for roughly in (module.ROUGHLY, math.inf):
        monkeypatch.setattr(module, "ROUGHLY", roughly)
        search = Search.of(Objective.of_all([counted(60, 20)], ONE, start), {})
        search.climb(40, 1e-6)
        found.append(search.values[0])
    assert found[0] == pytest.approx(found[1], abs=1e-4)
    assert seen[0] is ONE_SIDE
    assert seen[-1] is BOTH
    few = Search.of(Objective.of_all([counted(60, 20)], ONE, start), {})
    del seen[:]
    few.climb(1, 1e-6)
    assert seen == [BOTH]


def test_known_tangents_are_not_computed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    objective = Objective.of_all([counted(60, 20)], ONE, BASE)
    near = objective.tangents(ONE.values(BASE))
    plain = Search.of(objective, {})
    plain.climb(1, 1e-6)
    monkeypatch.setattr(Objective, "tangents", None)
    search = Search.of(objective, {})
    search.climb(1, 1e-6, near)
    assert search.values == plain.values
