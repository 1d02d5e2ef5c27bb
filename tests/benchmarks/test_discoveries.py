from __future__ import annotations

from benchmarks import discoveries


def test_boxes_are_compared_and_time_is_taken() -> None:
    lines = list(discoveries.report(points=(200, 400), ema_points=200))
    compared = [line for line in lines if line.count("|") == 7 and " yes " in line]
    assert len(compared) == 2
    assert "Bryant and Lempert 2010" in compared[0]
    assert lines[-1].startswith("Exponent of a trajectory over points: ")
