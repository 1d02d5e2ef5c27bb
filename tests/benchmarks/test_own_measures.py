from __future__ import annotations

from benchmarks import own_measures


def test_every_way_is_timed() -> None:
    lines = list(own_measures.report(crises=40, rounds=1))
    assert len([line for line in lines if line.startswith("|")]) == 2 + len(own_measures.WAYS)
