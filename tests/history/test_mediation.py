"""Simulated mediation: groups as ICB defines them, pairs with common random numbers, returns to force."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from escalation.engine.batch import LOGGED, Runs, simulate
from escalation.engine.pack import Index, pack
from escalation.history.icb import NUCLEAR_STATUS, STYLES, VIOLENCE, load_rates
from escalation.history.mediation import GROUPS, MediatedRuns, Share, came_back, simulate_both_ways
from escalation.history.population import AFTERWARDS, Population
from escalation.scenario.weights import Weights
from escalation.vocabulary import CHANNELS

COUNT = 300
POPULATION = Population(load_rates(), Weights(), 5)


@cache
def simulated() -> MediatedRuns:
    return simulate_both_ways(POPULATION, COUNT)


def test_groups_part_the_population() -> None:
    marks = {group: simulated().members(group) for group in GROUPS}
    assert (marks["mediated"] ^ marks["unmediated"]).all()
    by_style = np.sum([marks[style] for style in STYLES], axis=0)
    assert np.array_equal(by_style, marks["mediated"])
    assert 0 < marks["mediated"].sum() < COUNT


def test_crises_without_a_mediator_are_the_same_both_ways() -> None:
    alone = simulated().style < 0
    assert 0 < alone.sum() < COUNT
    for field in fields(simulated().on):
        assert (getattr(simulated().on, field.name) == getattr(simulated().off, field.name))[alone].all()


def test_nobody_agrees_in_talks_without_a_mediator() -> None:
    assert not simulated().off.in_talks.any()
    assert simulated().on.in_talks.any()
    assert not (simulated().on.in_talks & ~simulated().mediated).any()
    assert not (simulated().mediated & ~simulated().offered).any()
    assert not (simulated().on.in_talks & ~simulated().on.formal).any()
    assert not (simulated().on.formal & ~simulated().on.agreed).any()


def test_a_crisis_comes_to_what_its_runs_say() -> None:
    terms = 0
    for row in np.flatnonzero(simulated().style >= 0)[:60]:
        crisis = POPULATION.crisis(int(row))
        for played, scenario in ((simulated().on, crisis.scenario), (simulated().off, crisis.unmediated)):
            runs = simulate(pack(scenario), POPULATION.seed, int(row), 1, paths=True)
            assert runs.acts is not None
            settled, channel = int(runs.settled[0, 0]), CHANNELS[runs.channel[0, 0]]
            agreed = 0 <= settled <= crisis.length
            assert played.agreed[row] == agreed
            assert played.over[row] == (settled if agreed else crisis.length)
            assert played.in_talks[row] == (agreed and channel == "mediated")
            that_day = runs.acts["act"][runs.acts["day"] == settled]
            on_terms = agreed and channel == "direct" and Index(scenario).act["reach_agreement"] in that_day
            assert played.formal[row] == (played.in_talks[row] or on_terms)
            terms += on_terms
        assert simulated().violence[row] == VIOLENCE.index(crisis.violence)
        assert simulated().nuclear[row] == crisis.armed
    assert terms > 0


def test_more_crises_leave_the_first_as_they_are() -> None:
    some = simulate_both_ways(POPULATION, 40)
    assert (some.opened == simulated().opened[:40]).all()
    assert (some.on.returned == simulated().on.returned[:40]).all()


def test_shares_are_counts() -> None:
    found = simulated()
    opened = int(found.mediated.sum())
    assert found.formal("mediated") == Share(int((found.on.formal & found.mediated).sum()), opened)
    assert found.agreed("unmediated") == Share(int((found.on.agreed & ~found.mediated).sum()), COUNT - opened)
    assert found.no_return("mediated") == Share(int((found.mediated & ~found.on.returned).sum()), opened)
    by_end = [found.no_return("mediated", agreed) for agreed in (True, False)]
    assert sum(share.yes for share in by_end) == found.no_return("mediated").yes
    assert by_end[0].n == found.agreed("mediated").yes
    by_violence = [found.mediated_at(level) for level in VIOLENCE]
    assert (sum(share.yes for share in by_violence), sum(share.n for share in by_violence)) == (opened, COUNT)
    by_status = [found.mediated_between(status) for status in NUCLEAR_STATUS]
    assert sum(share.yes for share in by_status) == opened
    steps = list(found.steps().values())
    assert steps[0].n == COUNT
    assert [share.n for share in steps[1:]] == [share.yes for share in steps[:-1]]
    assert found.consented() == steps[2]


def test_days_of_crises_part_at_the_ends_of_spans() -> None:
    """Three mediated crises by hand: agreed on day 7 after entry, on day 8, and none within 100 days."""
    found = simulated()
    over, opened = np.array([17, 18, 110, 50]), np.array([10, 10, 10, -1])
    agreed = np.array([True, True, False, True])
    on = replace(found.on, over=over, agreed=agreed)
    runs = replace(found, on=on, opened=opened)
    from_entry = runs.agreements("from_entry")
    assert from_entry[0] == Share(1, 21)
    assert from_entry[1] == Share(1, 1 + 23)
    assert from_entry[2:4] == [Share(0, 60), Share(0, 10)]
    assert [share.n for share in runs.agreements("unmediated")] == [7, 23, 20, 0, 0, 0]
    assert sum(share.n for share in runs.agreements("mediated")) == 17 + 18 + 110


@pytest.mark.parametrize("measure", ["formal", "no_return"])
def test_pairs_add_up_to_the_difference(measure: str) -> None:
    found = simulated()
    gained, lost, n = found.paired(measure)
    there = found.style >= 0
    if measure == "formal":
        one, other = found.on.formal, found.off.formal
    else:
        one, other = ~found.on.returned, ~found.off.returned
    assert n == there.sum()
    assert gained - lost == one[there].sum() - other[there].sum()
    assert gained + lost == (one != other)[there].sum()


# A return, on runs written by hand: the horizon is day 3, a fortnight is 14 days.

CRISIS = POPULATION.crisis(0).scenario.model_copy(update={"free_days": 60 + AFTERWARDS})
PARAMS = pack(CRISIS)
ACTS = Index(CRISIS).act
LATE = 60 + AFTERWARDS


def course(**days: list[int]) -> Runs:
    runs = simulate(PARAMS, 0, 0, 1, paths=True)
    entries = sorted((day, ACTS[act]) for act, on in days.items() for day in on)
    acts = np.zeros(len(entries), LOGGED)
    acts["day"], acts["act"] = [day for day, _ in entries], [act for _, act in entries]
    return replace(runs, acts=acts)


@pytest.mark.parametrize(
    ("runs", "over", "agreed", "back"),
    [
        (course(), 60, False, False),
        (course(strike=[40]), 60, False, False),  # before the end
        (course(strike=[100]), 60, False, True),
        (course(covert_attack=[100]), 60, False, False),  # deniable violence is no return to force
        (course(threaten_force=[100]), 60, False, False),  # nor are words
        (course(strike=[55, 62]), 60, False, False),  # it was not over yet: no quiet fortnight around its end
        (course(strike=[55, 62, 90]), 60, False, True),  # then it was
        (course(strike=[61]), 60, True, True),  # after an agreement it was over at once
        (course(strike=[60]), 60, True, False),  # what came on its day was before it
        (course(strike=[LATE]), 60, True, True),
        (course(strike=[LATE]), 59, True, False),  # more than five years
    ],
)
def test_a_return_to_force(runs: Runs, over: int, agreed: bool, back: bool) -> None:
    assert came_back(runs, PARAMS, over, agreed) == back
