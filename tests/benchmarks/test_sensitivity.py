from __future__ import annotations

import math

import numpy as np
import pytest

from benchmarks import sensitivity
from escalation.engine.batch import simulate
from tests.sensitivity.enumeration import differ, ends
from tests.sensitivity.stages import cases, shipped_stages


def test_a_parameter_is_compared_pair_by_pair() -> None:
    stage = shipped_stages()[0]
    threshold = next(one for one in stage.parameters if one.name == "weights.force_threshold")
    change = sensitivity.change(stage, threshold, 200)
    low, high = (simulate(params, sensitivity.SEED, 0, 200) for params in ends(stage, threshold))
    force, force_0 = (runs.first_force >= 0 for runs in (high, low))
    assert change.force.estimate == pytest.approx(force.mean() - force_0.mean())
    rises = high.peak.max(axis=1).astype(float) - low.peak.max(axis=1)
    half = 1.9719565 * rises.std(ddof=1) / math.sqrt(200)  # Student's t with 199 degrees of freedom
    assert change.peak.high - change.peak.estimate == pytest.approx(half, rel=1e-6)
    assert 0 < change.moved <= 1
    assert change.first == 1 + int(np.argmax(differ(low, high)))


def test_the_table_of_parameters_has_a_row_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    some = cases()[::12]
    monkeypatch.setattr(sensitivity, "cases", lambda: some)
    lines = list(sensitivity.report(5))
    assert sum(line.startswith("| ") for line in lines) == 2 + len(some) > 20
