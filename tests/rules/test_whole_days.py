"""Whole days of crises of every shape: what must hold wherever they lead."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings

from tests.engine.runs import played
from tests.strategies import build, scenarios, seeds, stage

SHARES = (
    "pressure", "commitment", "heat", "campaign", "offer", "clarity", "face_saving", "leverage", "grievance",
    "information",
)  # fmt: skip


def assert_in_range(run) -> None:
    for today in run.days:
        for name in SHARES:
            assert (today.pair[name] >= 0.0).all(), name
            assert (today.pair[name] <= 1.0).all(), name
        for name in ("posture", "seen"):
            assert (today.pair[name] >= 0.0).all(), name
            assert (today.pair[name] <= 10.0).all(), name
        for name in ("violence", "guarantee"):
            assert (today.dyad[name] >= 0.0).all(), name
            assert (today.dyad[name] <= 1.0).all(), name
        assert (today.dyad["activity"] >= 0.0).all()
        for name in ("stirred", "spoken"):
            assert (today.dyad[name] <= today.day).all(), name
        assert (today.actor["fear"] >= 0.0).all()
        assert (today.actor["fear"] <= max(1.0, run.model.crisis.weights.fear_cap)).all()
        assert (today.actor["exhaustion"] >= 0.0).all()
        for name in ("actor", "pair", "dyad"):
            for field in getattr(today, name).dtype.names:
                assert np.isfinite(getattr(today, name)[field]).all(), field
    for d in run.decisions:
        assert np.isfinite(d.log_when + d.log_what)
        assert d.log_when <= 0.0
        assert d.log_what <= 0.0


@settings(max_examples=15)
@given(scenarios(max_states=4, max_free_days=15), seeds)
def test_every_quantity_stays_in_its_range(scenario, seed: int) -> None:
    assert_in_range(played(scenario, seed))


def test_every_quantity_stays_in_its_range_where_everything_is_in_play() -> None:
    for replication in range(3):
        assert_in_range(played(build(stage()), 1, replication))
