"""Every draw depends on what it is for and on nothing else, and the draws look uniform."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.engine import luck as luck_module
from escalation.engine.luck import luck_of, uniform
from tests.strategies import replications, seeds

days = st.integers(0, 2**32 - 1)
actors = st.integers(0, 2**16 - 1)
purposes = st.integers(0, 2**8 - 1)
slots = st.integers(0, 2**24 - 1)


@given(seeds, replications, days, actors, actors, purposes, slots)
def test_a_draw_is_below_one_and_the_same_each_time(seed, replication, day, i, j, what, slot) -> None:
    luck = luck_of(seed, replication)
    u = uniform(luck, day, i, j, what, slot)
    assert 0.0 <= u < 1.0
    assert uniform(luck_of(seed, replication), day, i, j, what, slot) == u


@given(
    seeds,
    st.tuples(replications, days, actors, actors, purposes, slots),
    st.tuples(replications, days, actors, actors, purposes, slots),
)
def test_no_two_draws_share_their_luck(seed, one, other) -> None:
    """Philox is a bijection of its counter, so two draws agree only if their words do."""
    drawn = {key: uniform(luck_of(seed, key[0]), *key[1:]) for key in (one, other)}
    assert len(set(drawn.values())) == len(drawn)


def test_every_part_of_the_key_matters() -> None:
    base = {"seed": 7, "replication": 3, "day": 11, "actor": 2, "other": 1, "purpose": 4, "slot": 5}

    def draw(**changes: int) -> float:
        key = base | changes
        luck = luck_of(key.pop("seed"), key.pop("replication"))
        return uniform(luck, *key.values())

    drawn = [draw(), *(draw(**{name: value + 1}) for name, value in base.items()), draw(seed=7 + 2**32)]
    assert len(set(drawn)) == len(drawn)


def test_the_purposes_differ() -> None:
    names = ("INCIDENT", "FIRING", "BREACH", "CHOICE", "READING", "CONSENTING", "TALKING")
    assert len({getattr(luck_module, name) for name in names}) == len(names)


@pytest.mark.parametrize("along", ["replication", "day", "actor", "other", "slot"])
def test_draws_along_any_axis_are_uniform_and_uncorrelated(along: str) -> None:
    n = 4_000
    names = ("replication", "day", "actor", "other", "purpose", "slot")

    def draw(k: int) -> float:
        key = dict.fromkeys(names, 1) | {along: k}
        return uniform(luck_of(20250505, key.pop("replication")), *key.values())

    u = np.array([draw(k) for k in range(n)])
    assert u.mean() == pytest.approx(0.5, abs=4 * np.sqrt(1 / 12 / n))
    assert u.var() == pytest.approx(1 / 12, abs=4 * np.sqrt(1 / 180 / n))
    assert np.corrcoef(u[:-1], u[1:])[0, 1] == pytest.approx(0.0, abs=4 / np.sqrt(n))
    counts = np.histogram(u, bins=20, range=(0, 1))[0]
    chi_squared = ((counts - n / 20) ** 2 / (n / 20)).sum()
    assert chi_squared < 43.8  # the 99.9th percentile at 19 degrees of freedom


@pytest.mark.parametrize(
    ("seed", "replication", "says"),
    [
        (-1, 0, "seed: -1"),
        (2**64, 0, "seed: 184467"),
        (0, -1, "replication: -1"),
        (0, 2**32, "replication: 42"),
    ],
)
def test_luck_out_of_range_is_refused(seed: int, replication: int, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        luck_of(seed, replication)
