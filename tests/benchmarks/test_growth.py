from __future__ import annotations

from benchmarks import growth


def test_growth_is_timed() -> None:
    sizes = {"crises": (5, 10), "days": (3, 6), "actors": (3, 5), "acts": (28, 60), "points": (1, 3)}
    lines = list(growth.report(**sizes, repeats=1, actor_days=100))
    assert [line.split(":")[0] for line in lines if line.startswith("Exponent")] == [
        "Exponent over crises",
        "Exponent over simulated days",
        "Exponent over actors (ring)",
        "Exponent over actors (all)",
        "Exponent over acts",
        "Exponent over design points",
    ]
