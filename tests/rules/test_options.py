"""What an actor may choose from, and the hazard of each of its clocks."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.engine.pack import pack
from escalation.rules import hostile, options, political
from escalation.rules.options import CLOCK_TERMS
from escalation.rules.state import OFFERED, OPEN, QUIET, CrisisState, Params
from escalation.vocabulary import APPEAL, CONCILIATORY, HOLDING, HOSTILE, MEDIATION, POLITICAL
from tests.strategies import PUNISHMENTS, Table, crisis, scenarios, seeds, stirred


@pytest.fixture
def table() -> Table:
    return Table(crisis()).on(20)


def can(table: Table, name: str) -> bool:
    i, j = table.number("alba"), table.number("borea")
    return options.available(table.params, table.state, i, table.act(name), j)


def impose(table: Table, name: str, today: int, by: str = "alba", on: str = "borea") -> None:
    table.state.since[table.number(by), table.number(on), table.act(name)] = today


def test_a_measure_is_imposed_once_until_it_ends(table: Table) -> None:
    assert can(table, "trade_ban")
    for today in (0, 12):
        impose(table, "trade_ban", today)
        assert not can(table, "trade_ban")
    impose(table, "trade_ban", -1)
    assert can(table, "trade_ban")


def test_what_is_no_measure_can_be_done_again(table: Table) -> None:
    impose(table, "threat", 20)
    assert can(table, "threat")


def test_a_reversal_needs_a_measure_of_its_own_sort(table: Table) -> None:
    assert not can(table, "withdraw")
    impose(table, "mobilise", 3)
    assert not can(table, "withdraw")
    assert can(table, "pull_back")
    impose(table, "expel", 0)
    assert can(table, "withdraw")


@given(st.permutations(PUNISHMENTS), st.lists(st.integers(0, 6), min_size=4, max_size=4))
def test_the_latest_measure_ends_first(order: list[str], days: list[int]) -> None:
    table = Table(crisis())
    for name, today in zip(order, days, strict=True):
        impose(table, name, today)
    ended = []
    for _ in PUNISHMENTS:
        found = options.measure_to_end(table.params, table.state, 0, table.act("withdraw"), 1)
        ended.append(table.index.acts[found])
        impose(table, ended[-1], -1)
    in_force = dict(zip(order, days, strict=True))
    ladder_order = {name: number for number, name in enumerate(table.index.acts)}
    assert ended == sorted(PUNISHMENTS, key=lambda name: (in_force[name], ladder_order[name]), reverse=True)
    assert options.measure_to_end(table.params, table.state, 0, table.act("withdraw"), 1) == -1


def test_the_other_side_s_measures_are_not_one_s_own_to_end(table: Table) -> None:
    impose(table, "expel", 5, by="borea", on="alba")
    assert not can(table, "withdraw")


def test_an_offer_can_be_accepted_for_as_long_as_it_stands(table: Table) -> None:
    assert not can(table, "accept_ceasefire")
    impose(table, "propose_ceasefire", 15, by="borea", on="alba")
    answers = {today: can(table.on(today), "accept_ceasefire") for today in (15, 16, 20, 21)}
    assert answers == {15: True, 16: True, 20: True, 21: False}
    impose(table, "propose_ceasefire", 20)
    assert not can(table, "accept_ceasefire")  # one's own proposal is not the rival's


def test_a_ceasefire_is_proposed_only_in_violence_and_only_once(table: Table) -> None:
    dyad = table.dyad("alba", "borea")
    assert not can(table, "propose_ceasefire")
    dyad.border_fire = 1
    assert can(table, "propose_ceasefire")
    dyad.border_fire, dyad.last_force = 0, 0
    assert can(table.on(14), "propose_ceasefire")
    assert not can(table.on(15), "propose_ceasefire")
    dyad.last_force = 6
    assert can(table.on(20), "propose_ceasefire")
    assert not can(table.on(21), "propose_ceasefire")  # the fortnight is over
    dyad.last_force, dyad.ceasefire = 21, 1
    impose(table, "propose_ceasefire", 20, by="borea", on="alba")
    assert not can(table, "propose_ceasefire")
    assert not can(table, "accept_ceasefire")


def test_the_hotline_must_exist(table: Table) -> None:
    assert can(table, "use_hotline")
    without = Table(crisis(rivalries=[{"between": ["borea", "alba"]}]))
    assert not can(without, "use_hotline")


def test_an_appeal_is_made_once_before_talks_to_a_mediator_who_has_come(table: Table) -> None:
    def can_ask(today: int = 20) -> bool:
        table.on(today)
        i, j, a = table.number("alba"), table.number("borea"), table.act("ask")
        return options.appeal_is_available(table.params, table.state, i, a, j, 0)

    assert (can_ask(2), can_ask(3)) == (False, True)  # umbra enters on day 3
    stages = {}
    for stage in (QUIET, OFFERED, OPEN):
        table.talk("umbra", "alba", "borea").stage = stage
        stages[stage] = can_ask()
    assert stages == {QUIET: True, OFFERED: True, OPEN: False}
    table.talk("umbra", "alba", "borea").stage = QUIET
    table.side("umbra", "alba", "borea").consented = 1
    assert not can_ask()
    a = table.act("consent")
    assert not options.appeal_is_available(table.params, table.state, 1, a, 0, 0)


def test_holding_is_worth_nothing(table: Table) -> None:
    assert table.utility("alba", "hold") == 0.0
    assert table.weighed("alba", "hold") == {}


# Clocks


def blocks_of(params: Params, actor: int) -> list[int]:
    return list(range(params.first_block[actor], params.first_block[actor + 1]))


def desk_of(params: Params, state: CrisisState, actor: int, b: int) -> np.ndarray:
    """Weigh one block's options on a desk that was full of something else."""
    block, first = params.blocks[b], params.first_option[actor]
    state.utility[:] = np.nan
    options.weigh_block(params, state, actor, block)
    desk = state.utility.copy()
    inside = slice(block.first - first, block.last - first)
    assert np.isnan(np.delete(desk, np.r_[inside])).all()  # no other clock's options
    return desk[inside]


@given(scenarios(max_free_days=5), seeds)
def test_the_rates_of_all_clocks(scenario, seed: int) -> None:
    """Words and hostile acts by their formulas; of competing risks the hazards of what is available."""
    params = pack(scenario)
    state = stirred(params, seed)
    n = len(scenario.states)
    for actor in range(n + len(scenario.mediators)):
        for b in blocks_of(params, actor):
            block = params.blocks[b]
            if block.form == HOLDING:
                expected = 0.0
            elif block.form == HOSTILE:
                terms = hostile.time_hostility(params, state, actor, block.rival)
                expected = math.exp(math.fsum(terms))
            elif block.form == POLITICAL:
                terms = political.time_protest(params, state, actor, block.rival)
                expected = math.exp(math.fsum(terms))
            else:
                assert block.form in (CONCILIATORY, APPEAL, MEDIATION)
                expected = 0.0
                for k in range(block.first, block.last):
                    if options.is_available(params, state, actor, k):
                        expected += math.exp(options.weigh_option(params, state, actor, k))
            assert options.rate_of(params, state, actor, block, 0.0) == pytest.approx(expected, rel=1e-9)


@given(scenarios(max_free_days=5), seeds, st.floats(1e-9, 1.0))
def test_a_rate_is_given_as_nought_only_below_the_least(scenario, seed: int, least: float) -> None:
    """Whatever number is drawn, a clock runs off by the bounded rate exactly where it does by the rate."""
    params = pack(scenario)
    state = stirred(params, seed)
    for actor in range(len(scenario.states) + len(scenario.mediators)):
        for b in blocks_of(params, actor):
            rate = options.rate_of(params, state, actor, params.blocks[b], 0.0)
            bounded = options.rate_of(params, state, actor, params.blocks[b], least)
            assert bounded == rate or (bounded == 0.0 and rate < least)


@given(scenarios(max_free_days=5), seeds)
def test_a_block_on_the_desk_is_its_options_one_by_one(scenario, seed: int) -> None:
    params = pack(scenario)
    state = stirred(params, seed)
    for actor in range(len(scenario.states) + len(scenario.mediators)):
        for b in blocks_of(params, actor):
            block = params.blocks[b]
            found = desk_of(params, state, actor, b)
            for k, utility in zip(range(block.first, block.last), found, strict=True):
                if options.is_available(params, state, actor, k):
                    assert utility == options.weigh_option(params, state, actor, k)
                else:
                    assert utility == -math.inf


@given(scenarios(max_free_days=2))
def test_each_option_is_in_one_block_and_found_by_its_row(scenario) -> None:
    params = pack(scenario)
    for actor in range(len(scenario.states) + len(scenario.mediators)):
        first = params.first_option[actor]
        for b in blocks_of(params, actor):
            for k in range(params.blocks[b].first, params.blocks[b].last):
                assert options.block_of(params, actor, k - first) == b
                option = params.options[k]
                row = options.option_row(params, actor, option.act, option.target, option.other)
                assert row == k - first
    assert options.option_row(params, 0, len(params.acts), 1, -1) == -1


@given(scenarios(max_free_days=5), seeds)
def test_the_terms_of_a_clock_sum_to_its_log_hazard(scenario, seed: int) -> None:
    params = pack(scenario)
    state = stirred(params, seed)
    for actor in range(len(scenario.states) + len(scenario.mediators)):
        for b in blocks_of(params, actor):
            row = np.zeros(len(CLOCK_TERMS))
            options.write_clock(params, state, actor, b, row)
            if params.blocks[b].form in (HOSTILE, POLITICAL):
                rate = options.rate_of(params, state, actor, params.blocks[b], 0.0)
                assert math.fsum(row) == pytest.approx(math.log(rate))
            else:
                assert not row.any()
