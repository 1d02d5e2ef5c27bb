from __future__ import annotations

import pytest

from benchmarks import actors


@pytest.mark.parametrize(("rivals", "pairs"), [("ring", 5), ("all", 10)])
def test_everybody_has_the_rivals_asked_for(rivals: str, pairs: int) -> None:
    scenario = actors.gathering(5, mediators=2, rivals=rivals)
    assert (len(scenario.states), len(scenario.mediators), len(scenario.rivalries)) == (5, 2, pairs)


def test_less_is_done_on_quiet_days() -> None:
    busy, quiet = (actors.crowd(4, 0, "ring", mood, days=20, pair_days=4_000) for mood in ("busy", "quiet"))
    assert quiet.crises == busy.crises == 50
    assert quiet.acts() < busy.acts() / 2


def test_the_time_of_many_is_reported() -> None:
    lines = list(actors.report(states=(2, 4), mediators=(0, 1), large=(3, 1), days=4, pair_days=8, repeats=1))
    ends = [line.split(":")[0] for line in lines if line.startswith(("Exponent", "A straight line"))]
    assert ends == [
        "Exponent in pairs, ring",
        "Exponent in pairs, all rivals of all",
        "A straight line in mediators, ring",
    ]
    assert lines[-1].startswith("A quiet day of 3 states and 1 mediators, all, takes")
