from __future__ import annotations

import pytest

from benchmarks import kills


@pytest.mark.slow
def test_kills_change_nothing() -> None:
    lines = list(kills.report(kills=3, crises=8_000))
    assert any(line.endswith("sweeps: met.") for line in lines)


def test_random_moments_cover_all_of_the_work() -> None:
    longest = kills.longest_life(start=2.0, work=8.0, kills=50)
    assert (longest - 2.0) ** 2 / (2 * longest) == pytest.approx(8.0 / 50)
