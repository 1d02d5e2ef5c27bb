"""Simulated mediation: groups as ICB defines them, pairs with common random numbers, pauses and returns."""

from __future__ import annotations

from dataclasses import fields, replace
from functools import cache

import numpy as np
import pytest

from escalation.engine.batch import LOGGED, Runs, simulate
from escalation.engine.pack import Index, pack
from escalation.history.icb import STYLES, VIOLENCE, load_rates
from escalation.history.mediation import GROUPS, MediatedRuns, Share, pause_and_return, simulate_both_ways
from escalation.history.population import Population
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
    assert not (simulated().on.in_talks & ~simulated().opened).any()
    assert not (simulated().opened & ~simulated().offered).any()


def test_a_crisis_comes_to_what_its_runs_say() -> None:
    for row in np.flatnonzero(simulated().style >= 0)[:30]:
        crisis = POPULATION.crisis(int(row))
        for played, scenario in ((simulated().on, crisis.scenario), (simulated().off, crisis.unmediated)):
            runs = simulate(pack(scenario), POPULATION.seed, int(row), 1)
            channel = CHANNELS[runs.channel[0, 0]]
            assert played.formal[row] == (channel in ("direct", "mediated"))
            assert played.in_talks[row] == bool((runs.agreed >= 0).any())
        assert simulated().violence[row] == VIOLENCE.index(crisis.violence)


def test_more_crises_leave_the_first_as_they_are() -> None:
    some = simulate_both_ways(POPULATION, 40)
    assert (some.opened == simulated().opened[:40]).all()
    assert (some.on.returned == simulated().on.returned[:40]).all()


def test_shares_are_counts() -> None:
    found = simulated()
    opened = int(found.opened.sum())
    assert found.formal("mediated") == Share(int((found.on.formal & found.opened).sum()), opened)
    assert found.in_talks("unmediated") == Share(0, COUNT - opened)
    paused = found.opened & found.on.paused
    assert found.no_return("mediated") == Share(int((paused & ~found.on.returned).sum()), int(paused.sum()))
    by_violence = [found.mediated_at(level) for level in VIOLENCE]
    assert (sum(share.yes for share in by_violence), sum(share.n for share in by_violence)) == (opened, COUNT)
    steps = list(found.steps().values())
    assert steps[0].n == COUNT
    assert [share.n for share in steps[1:]] == [share.yes for share in steps[:-1]]


@pytest.mark.parametrize("measure", ["formal", "no_return"])
def test_pairs_add_up_to_the_difference(measure: str) -> None:
    found = simulated()
    gained, lost, n = found.paired(measure)
    there = found.style >= 0
    if measure == "formal":
        one, other = found.on.formal, found.off.formal
    else:
        there &= found.on.paused & found.off.paused
        one, other = ~found.on.returned, ~found.off.returned
    assert n == there.sum()
    assert gained - lost == one[there].sum() - other[there].sum()
    assert gained + lost == (one != other)[there].sum()


# A pause and a return, on runs written by hand: the horizon is day 3, a fortnight is 14 days.

CRISIS = POPULATION.crisis(0).scenario
PARAMS = pack(CRISIS)
ACTS = Index(CRISIS).act


def course(settled: int = -1, **days: list[int]) -> Runs:
    runs = simulate(PARAMS, 0, 0, 1, paths=True)
    entries = sorted((day, ACTS[act]) for act, on in days.items() for day in on)
    acts = np.zeros(len(entries), LOGGED)
    acts["day"], acts["act"] = [day for day, _ in entries], [act for _, act in entries]
    return replace(runs, settled=np.array([[settled]], np.int32), acts=acts)


@pytest.mark.parametrize(
    ("runs", "found"),
    [
        (course(), (17, False)),  # nothing ever happens: a fortnight after the horizon
        (course(threaten_force=[10, 40]), (17, False)),  # words are no violence
        (course(covert_attack=[10]), (24, False)),  # deniable violence delays the pause
        (course(covert_attack=[10, 40]), (24, False)),  # but does not count as a return to force
        (course(strike=[10, 40]), (24, True)),
        (course(strike=[17]), (31, False)),  # on the fourteenth day it is not quiet yet
        (course(strike=[18]), (17, True)),
        (course(settled=8, strike=[6, 10]), (8, True)),  # a settlement pauses at once
        (course(settled=8, strike=[6, 8]), (8, False)),  # what came on its day was before it
        (course(settled=60, strike=[10, 40]), (24, True)),  # the quiet came before the settlement
        (course(strike=list(range(4, 184))), (None, False)),  # no day without
    ],
)
def test_a_pause_and_a_return(runs: Runs, found: tuple[int | None, bool]) -> None:
    assert pause_and_return(runs, PARAMS) == found
