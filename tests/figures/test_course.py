"""The course of one run: talks and acts of mediation as the run has them."""

from __future__ import annotations

import itertools

import pytest

from escalation.figures.course import signs, talks
from escalation.figures.timeline import plot_timeline
from tests.figures.test_timeline import lane, world
from tests.strategies import dated


@pytest.mark.parametrize(
    ("agree", "lapse", "end"), [(1.0, 1e-9, "agreement"), (1e-9, 1.0, "no agreement"), (1e-9, 1e-9, "open")]
)
def test_talks_end_as_they_ended(agree: float, lapse: float, end: str) -> None:
    weights = {"talks_agree": agree, "talks_lapse": lapse, "talks_collapse": 0.0, "consent": 20.0}
    acts = [dated(4, "umbra", "offer", "alba")]
    run = world(weights=weights, acts=acts, seed=3)
    held = talks(run, 0)
    assert held
    assert {one.end for one in held} <= {end, "open"}
    assert held[0].end == end
    opened = [day.day for day in run.days if day.talk[0, 0, 1].stage == 2]
    assert held[0].first == opened[0]
    assert held[0].last == (run.scenario.last_day if end == "open" else _first_gap(opened))
    gids = [line.get_gid() for line in lane(plot_timeline(run), "Mediation by Umbra").lines]
    assert gids.count(end) == sum(one.end == end for one in held if end != "open")


def _first_gap(days: list[int]) -> int:
    """Return the first day that is missing from a list of days."""
    return next(day for day in itertools.count(days[0]) if day not in days)


def test_mediated_settlements_are_talks_that_agreed() -> None:
    settled = 0
    for seed in range(12):
        run = world(3, 2, seed=seed, weights={"talks_agree": 0.1, "consent": 5.0}, free_days=60)
        for settlement in run.result.settlements:
            if settlement.channel == "mediated" and settlement.date and settlement.mediator:
                settled += 1
                day = (settlement.date - run.scenario.start).days
                held = talks(run, run.index.mediator(settlement.mediator))
                assert (day, "agreement") in [(one.last, one.end) for one in held]
    assert settled > 3


def test_signs_are_of_the_mediator_asked() -> None:
    run = world(
        2, 2, acts=[dated(3, "borea", "ask", "vesta"), dated(4, "umbra", "urge", "alba")], free_days=0
    )
    assert [(sign.effect, sign.state) for sign in signs(run, 0)] == [("urge", -1)]
    assert [(sign.effect, sign.state) for sign in signs(run, 1)] == [("ask", 1)]
