"""What acts leave behind: sums done by hand, and that the order of the actors does not matter."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.engine import day
from escalation.engine.luck import luck_of
from escalation.engine.pack import pack
from escalation.rules import forced, perceive, settle
from escalation.rules.mediate import settle_mediation
from escalation.rules.state import OFFERED, OPEN, QUIET, CrisisState, Params
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import DIRECT, HOTLINE
from tests.strategies import NUCLEAR, Table, crisis, ladder, scenarios, shares, stirred

WEIGHTS = {
    "posture_gain": 0.4, "perception_gain": 0.6, "pressure_gain": 0.25, "exhaustion_gain": 0.3,
    "exhaustion_suffered": 0.6, "commitment_gain": 0.2, "relief": 0.8, "commitment_kept": 0.5,
    "heat_left": 0.1, "offer_posture": 0.75, "offer_perception": 0.9, "offer_pressure": 0.95,
    "signal_fear": 0.3, "signal_own_fear": 0.4, "solidarity_gain": 0.5, "misperception": 0.0,
    "ceasefire_posture": 0.4, "ceasefire_pressure": 0.6, "ceasefire_commitment": 0.7, "urging": 0.1,
    "relief_rung": 8.0, "answer_margin": 2.0, "hotline_days": 2.0, "focal_step": 1.5,
    "hit_open": 0.4, "hit_deniable": 0.15, "hit_answered": 0.3, "grievance_left": 0.25,
}  # fmt: skip


@pytest.fixture
def table() -> Table:
    """A simulated day in the middle of a crisis."""
    states = {
        "alba": {"label": "A", "capabilities": NUCLEAR, "audience": 0.75, "signal_credibility": 0.5},
        "borea": {"label": "B", "capabilities": NUCLEAR},
    }
    table = Table(crisis(states=states, weights=WEIGHTS)).on(10)
    for one, other in (("alba", "borea"), ("borea", "alba")):
        pair = table.pair(one, other)
        pair.posture, pair.seen, pair.pressure, pair.commitment = 3.0, 2.0, 0.5, 0.4
    return table


def test_a_strike_by_hand(table: Table) -> None:
    table.take("alba", "strike", "borea")
    table.settle()
    mine, theirs = table.pair("alba", "borea"), table.pair("borea", "alba")
    push = 0.25 * 0.7**1.5
    assert mine.posture == pytest.approx(3.0 + 0.4 * (7 - 3.0))
    assert mine.last_rung == 7.0
    assert mine.campaign == 1.0
    assert mine.pressure == pytest.approx(0.5 * (1 - 0.8 * (7 / 8) ** 2))
    assert mine.commitment == pytest.approx(0.4 * 0.5)
    assert table.actor("alba").exhaustion == pytest.approx(0.3 * 0.5)
    assert theirs.seen == pytest.approx(2.0 + 0.6 * (7 - 2.0))
    assert theirs.pressure == pytest.approx(0.5 + push * 0.5)
    assert (theirs.heat, theirs.heat_level) == (1.0, 7.0)
    assert theirs.campaign == 0.0
    assert theirs.posture == 3.0
    assert table.actor("borea").exhaustion == pytest.approx(0.6 * 0.3 * 0.5)
    assert table.dyad("alba", "borea").violence == pytest.approx(0.7)
    assert table.dyad("alba", "borea").last_force == 10


def test_deniable_violence_relieves_less_and_exhausts_its_taker_alone(table: Table) -> None:
    table.take("alba", "sabotage", "borea")
    table.settle()
    assert table.pair("alba", "borea").pressure == pytest.approx(0.5 * (1 - 0.8 * 0.3 * (5 / 8) ** 2))
    assert table.pair("alba", "borea").campaign == 0.0
    assert table.pair("borea", "alba").heat == pytest.approx(0.3)
    assert table.actor("alba").exhaustion == pytest.approx(0.3 * 0.1)
    assert table.actor("borea").exhaustion == 0.0


def test_a_threat_commits_before_its_audience_and_relieves_nothing(table: Table) -> None:
    table.take("alba", "threat", "borea")
    table.settle()
    assert table.pair("alba", "borea").commitment == pytest.approx(0.4 + 0.2 * 2 * 0.75 * 0.6)
    assert table.pair("alba", "borea").pressure == 0.5
    assert table.pair("borea", "alba").pressure == pytest.approx(0.5 + 0.25 * 0.3**1.5 * 0.9 * 0.5)
    assert table.pair("borea", "alba").heat == 0.0
    assert table.dyad("alba", "borea").last_force == -1


def test_the_very_last_act_is_remembered_with_its_level(table: Table) -> None:
    mine = table.pair("alba", "borea")
    for name, level in (("strike", 4), ("protest", 1), ("mobilise", 3)):
        mine.momentum = 0.2
        table.take("alba", name, "borea")
        table.settle()
        assert (mine.last_hostility, mine.momentum) == (level, 1.0)
    mine.momentum = 0.2
    table.take("alba", "offer_talks", "borea")
    table.settle()
    assert (mine.last_hostility, mine.momentum) == (3, 0.2)  # a conciliatory act is no step on the ladder
    assert table.pair("borea", "alba").momentum == 0.0


def test_a_repertoire_by_hand() -> None:
    table = Table(crisis(weights={"habit_prior": 2.0}))
    mine = table.pair("alba", "borea")
    for name in ("threat", "protest", "strike", "threat", "offer_talks"):  # three of them militarised
        table.take("alba", name, "borea")
        table.settle()
    assert (mine.threats, mine.displays, mine.forces, mine.wars) == (2, 0, 1, 0)
    whole = (3 / 2 + 1) / 4
    assert mine.habit_threat == pytest.approx(math.log((2 / 2 + 0.25) / whole))
    assert mine.habit_display == pytest.approx(math.log(0.25 / whole))
    assert mine.habit_force == pytest.approx(math.log((1 / 2 + 0.25) / whole))
    assert mine.habit_war == pytest.approx(math.log(0.25 / whole))
    assert table.pair("borea", "alba").habit_threat == 0.0


HABITS = ["habit_threat", "habit_display", "habit_force", "habit_war"]


@given(st.lists(st.sampled_from([1, 2, 3, 4, 5]), max_size=30), st.floats(0.01, 100.0))
def test_the_shares_of_a_repertoire_add_up_in_any_order(levels: list[int], strength: float) -> None:
    """Shares over those without a repertoire, a quarter each, so that their mean is 1."""
    table = Table(crisis(weights={"habit_prior": strength}))
    mine, other = table.pair("alba", "borea"), table.pair("borea", "alba")
    for pair, order in ((mine, levels), (other, levels[::-1])):
        for level in order:
            settle.add_to_repertoire(table.params, pair, float(level))
    shares = np.exp([mine[name] for name in HABITS])
    assert shares.mean() == pytest.approx(1.0)
    assert [other[name] for name in HABITS] == pytest.approx([mine[name] for name in HABITS])
    counts = [levels.count(level) for level in (2, 3, 4, 5)]
    assert np.argsort(shares, kind="stable").tolist() == np.argsort(counts, kind="stable").tolist()


def test_commitment_ends_at_one() -> None:
    states = {"alba": {"label": "A", "audience": 1.0}, "borea": {"label": "B"}}
    table = Table(crisis(states=states, acts=[], weights={"commitment_gain": 1.0}))
    table.pair("alba", "borea").commitment = 0.4
    table.take("alba", "threat", "borea")
    table.settle()
    assert table.pair("alba", "borea").commitment == 1.0


def test_an_act_is_seen_as_it_is_read_within_the_ladder(table: Table) -> None:
    seen = {}
    for error in (-9.0, -1.0, 0.0, 1.0, 9.0):
        table.pair("borea", "alba").seen = 2.0
        settle.settle_other(table.params, table.state, 0, table.act("strike"), 1, error, False)
        seen[error] = float(table.pair("borea", "alba").seen)
    assert seen == pytest.approx({-9.0: 0.0, -1.0: 4.4, 0.0: 5.0, 1.0: 5.6, 9.0: 10.0})


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_a_nuclear_signal_frightens_both_as_far_as_it_is_believed(level: int) -> None:
    own = ladder()
    own["acts"]["missile_test"]["signal"] = level
    states = {"alba": {"label": "A", "signal_credibility": 0.6}, "borea": {"label": "B"}}
    table = Table(crisis(states=states, ladder=own, weights=WEIGHTS)).on(10)
    table.actor("alba").fear, table.actor("borea").fear = 0.1, 0.2
    table.take("alba", "missile_test", "borea")
    table.settle()
    alarm = 0.3 * (level / 3) * 0.6
    assert table.actor("borea").fear == pytest.approx(0.2 + alarm * 0.8)
    assert table.actor("alba").fear == pytest.approx(0.1 + 0.4 * alarm * 0.9)
    table.actor("borea").fear = 1.4
    table.take("alba", "missile_test", "borea")
    table.settle()
    assert table.actor("borea").fear == 1.4  # a signal adds nothing to fear above 1


def test_a_conciliatory_act_by_hand(table: Table) -> None:
    table.take("alba", "offer_talks", "borea")
    table.settle()
    assert table.pair("alba", "borea").posture == pytest.approx(3.0 * 0.75)
    assert table.pair("alba", "borea").offer == 1.0
    assert table.pair("alba", "borea").last_rung == 0.0
    assert table.pair("borea", "alba").seen == pytest.approx(2.0 * 0.9)
    assert table.pair("borea", "alba").pressure == pytest.approx(0.5 * 0.95)
    assert table.since("alba", "borea", "offer_talks") == 10


def test_heat_stays_with_a_hotter_and_higher_strike(table: Table) -> None:
    theirs = table.pair("borea", "alba")
    theirs.heat, theirs.heat_level = 0.9, 8.0
    table.take("alba", "artillery", "borea")  # visibility .7
    table.settle()
    assert (theirs.heat, theirs.heat_level) == (0.9, 8.0)
    theirs.heat = 0.5
    table.take("alba", "artillery", "borea")
    table.settle()
    assert (theirs.heat, theirs.heat_level) == (0.7, 6.0)


def test_being_struck_again_does_not_cool(table: Table) -> None:
    theirs = table.pair("borea", "alba")
    theirs.heat, theirs.heat_level = 0.9, 6.0
    table.take("alba", "artillery", "borea")
    table.settle()
    assert theirs.heat >= 0.9


@pytest.mark.parametrize(("name", "answered"), [("artillery", False), ("strike", True), ("war", True)])
def test_heat_is_answered_from_a_margin_below_its_level(table: Table, name: str, answered: bool) -> None:
    mine = table.pair("alba", "borea")
    mine.heat, mine.heat_level = 0.8, 9.0
    table.take("alba", name, "borea")
    table.settle()
    assert mine.heat == pytest.approx(0.08 if answered else 0.8)


def test_strikes_at_the_same_moment_do_not_relieve_each_other_s_heat(table: Table) -> None:
    table.take("alba", "strike", "borea")
    table.take("borea", "strike", "alba")
    table.settle()
    push = 0.25 * 0.7**1.5
    for one, other in (("alba", "borea"), ("borea", "alba")):
        pair = table.pair(one, other)
        assert (pair.heat, pair.heat_level) == (1.0, 7.0)
        relieved = 0.5 * (1 - 0.8 * (7 / 8) ** 2)
        assert pair.pressure == pytest.approx(relieved + push * (1 - relieved))


def test_a_strike_in_answer_to_one_settled_before_relieves_its_heat(table: Table) -> None:
    table.take("alba", "strike", "borea")
    table.settle()
    table.take("borea", "strike", "alba")
    table.settle()
    assert table.pair("borea", "alba").heat == pytest.approx(0.1)
    assert table.pair("alba", "borea").heat == 1.0


def test_force_breaks_a_ceasefire_and_threats_do_not(table: Table) -> None:
    dyad = table.dyad("alba", "borea")
    dyad.ceasefire = 1
    table.take("alba", "mobilise", "borea")
    table.settle()
    assert dyad.ceasefire == 1
    table.take("alba", "sabotage", "borea")
    table.settle()
    assert dyad.ceasefire == 0


def test_an_accepted_ceasefire_by_hand(table: Table) -> None:
    for one, other in (("alba", "borea"), ("borea", "alba")):
        table.pair(one, other).heat, table.pair(one, other).campaign = 0.5, 0.7
        table.pair(one, other).grievance, table.pair(one, other).last_hostility = 0.8, 4.0
    dyad = table.dyad("alba", "borea")
    dyad.border_fire, dyad.guarantee = 1, 0.9
    table.take("alba", "accept_ceasefire", "borea")
    table.settle()
    posture, seen, pressure = 3.0 * 0.75, 2.0 * 0.9, 0.5 * 0.95  # after the conciliatory act itself
    mine, theirs = table.pair("alba", "borea"), table.pair("borea", "alba")
    assert (mine.posture, theirs.posture) == pytest.approx((posture * 0.4, 3.0 * 0.4))
    assert (mine.seen, theirs.seen) == pytest.approx((2.0 * 0.4, seen * 0.4))
    assert (mine.pressure, theirs.pressure) == pytest.approx((0.5 * 0.6, pressure * 0.6))
    for pair in (mine, theirs):
        assert pair.commitment == pytest.approx(0.4 * 0.7)
        assert pair.heat == pytest.approx(0.5 * 0.1)
        assert pair.campaign == 0.0
        assert pair.grievance == pytest.approx(0.8 * 0.6)
        assert pair.last_hostility == 1.0  # the war is behind them
    assert (dyad.ceasefire, dyad.border_fire, dyad.guarantee) == (1, 0, 0.0)  # nobody stands behind it
    assert (dyad.settled_day, dyad.channel, dyad.mediator) == (10, DIRECT, -1)


def test_two_acceptances_at_once_bring_one_ceasefire(table: Table) -> None:
    table.take("alba", "accept_ceasefire", "borea")
    table.take("borea", "accept_ceasefire", "alba")
    table.settle()
    for one, other in (("alba", "borea"), ("borea", "alba")):
        assert table.pair(one, other).posture == pytest.approx(3.0 * 0.75 * 0.4)


@pytest.mark.parametrize("by", ["alba", "borea"])
def test_an_acceptance_at_the_moment_of_force_brings_no_ceasefire(table: Table, by: str) -> None:
    other = "borea" if by == "alba" else "alba"
    table.take("alba", "accept_ceasefire", "borea")
    table.take(by, "raid", other, slot=1)
    table.settle()
    assert table.dyad("alba", "borea").ceasefire == 0
    assert table.dyad("alba", "borea").settled_day == -1
    table.take("alba", "accept_ceasefire", "borea")  # a moment later it does
    table.settle()
    assert table.dyad("alba", "borea").ceasefire == 1


@pytest.mark.parametrize(("used", "channel"), [(10, HOTLINE), (8, HOTLINE), (7, DIRECT), (-1, DIRECT)])
@pytest.mark.parametrize("by", [0, 1])
def test_a_hotline_used_shortly_before_has_the_credit(table: Table, used: int, channel: int, by: int) -> None:
    table.state.since[by, 1 - by, table.act("use_hotline")] = used
    table.take("alba", "accept_ceasefire", "borea")
    table.settle()
    assert table.dyad("alba", "borea").channel == channel


def test_the_first_settlement_on_a_free_day_keeps_the_credit(table: Table) -> None:
    dyad = table.dyad("alba", "borea")
    table.on(4).take("alba", "accept_ceasefire", "borea")
    table.settle()
    assert (dyad.ceasefire, dyad.settled_day) == (1, -1)  # day 4 is history
    dyad.ceasefire = 0
    table.on(12).take("borea", "accept_ceasefire", "alba")
    table.settle()
    dyad.ceasefire = 0
    table.on(15).take("borea", "use_hotline", "alba")
    table.take("borea", "accept_ceasefire", "alba", slot=1)
    table.settle()
    assert (dyad.settled_day, dyad.channel) == (12, DIRECT)


def test_measures_come_into_force_and_the_latest_ends(table: Table) -> None:
    table.on(5).take("alba", "trade_ban", "borea")
    table.settle().on(6).take("alba", "expel", "borea")
    table.settle().on(7).take("alba", "withdraw", "borea")
    table.settle()
    assert (table.since("alba", "borea", "trade_ban"), table.since("alba", "borea", "expel")) == (5, -1)
    table.on(8).take("alba", "withdraw", "borea")
    table.settle()
    assert table.since("alba", "borea", "trade_ban") == -1


def test_a_reversal_ends_a_measure_that_stood_when_it_was_decided(table: Table) -> None:
    table.on(5).take("alba", "trade_ban", "borea")
    table.settle().on(9).take("alba", "expel", "borea", slot=0)
    table.take("alba", "withdraw", "borea", slot=1)
    table.settle()
    assert (table.since("alba", "borea", "trade_ban"), table.since("alba", "borea", "expel")) == (-1, 9)


def test_allies_who_are_rivals_of_the_attacker_feel_force_and_nothing_less() -> None:
    states = {name: {"label": name} for name in ("alba", "borea", "corda", "dania")}
    rivalries = [{"between": pair} for pair in (["alba", "borea"], ["alba", "corda"])]
    alliances = [{"members": ["borea", "corda", "dania"], "solidarity": 0.8}]
    table = Table(
        crisis(
            states=states, rivalries=rivalries, alliances=alliances, mediators={}, acts=[], weights=WEIGHTS
        )
    )
    table.take("alba", "threat", "borea")
    table.settle()
    assert table.pair("corda", "alba").pressure == 0.0
    table.take("alba", "strike", "borea")
    table.settle()
    ally = table.pair("corda", "alba")
    assert ally.pressure == pytest.approx(0.5 * 0.8 * 0.25 * 0.7**1.5)
    assert ally.grievance == pytest.approx(0.5 * 0.8 * 1.0)
    assert (ally.grievance_level, ally.struck, ally.heat) == (0.0, 0.0, 0.0)  # it was not hit itself
    table.take("alba", "raid", "borea")
    table.settle()
    assert ally.grievance == pytest.approx(0.5 * 0.8 * 1.0)  # the worst counts
    assert table.pair("dania", "alba").pressure == 0.0  # no rival of alba
    assert table.pair("dania", "alba").grievance == 0.0
    assert table.pair("corda", "borea").pressure == table.pair("corda", "borea").grievance == 0.0


# Clocks, grievance and replies


def test_activity_counts_a_day_once_whoever_acts(table: Table) -> None:
    dyad, mine, theirs = table.dyad("alba", "borea"), table.pair("alba", "borea"), table.pair("borea", "alba")
    before = float(dyad.activity)
    for name in ("threat", "strike", "protest", "expel"):  # two of them militarised
        table.take("alba", name, "borea")
        table.settle()
    assert dyad.activity == pytest.approx(before + 1)
    assert (mine.activity, theirs.activity, mine.acted, theirs.acted) == (1, 0, 10, -1)
    table.take("borea", "mobilise", "alba")
    table.settle()
    assert dyad.activity == pytest.approx(before + 1)  # an answer on the same day
    assert (theirs.acted, theirs.activity) == (10, 1)
    for today, one, other in ((11, "borea", "alba"), (12, "alba", "borea")):
        table.on(today).take(one, "raid", other)
        table.settle()
    assert dyad.activity == pytest.approx(before + 3)
    assert (mine.activity, mine.acted, theirs.activity, theirs.acted) == (2, 12, 2, 11)


def test_both_sides_at_the_same_moment_make_one_day_of_activity(table: Table) -> None:
    before = float(table.dyad("alba", "borea").activity)
    table.take("alba", "strike", "borea")
    table.take("borea", "strike", "alba")
    table.settle()
    assert table.dyad("alba", "borea").activity == pytest.approx(before + 1)


@pytest.mark.parametrize(
    ("name", "spoken", "stirred"),
    [("offer_talks", -1, -1), ("protest", 10, -1), ("expel", 10, -1), ("threat", 10, 10)],
)
def test_acts_set_back_the_clocks_that_hear_them(table: Table, name: str, spoken: int, stirred: int) -> None:
    table.take("alba", name, "borea")
    table.settle()
    dyad = table.dyad("alba", "borea")
    assert (dyad.spoken, dyad.stirred) == (spoken, stirred)


@pytest.mark.parametrize(
    ("name", "hit"),
    [("mobilise", 0.0), ("sabotage", 0.15), ("raid", 0.4), ("artillery", 0.4), ("strike", 1.0), ("war", 1.0)],
)
def test_a_use_of_force_wrongs_its_target_by_its_rung(table: Table, name: str, hit: float) -> None:
    table.take("alba", name, "borea")
    table.settle()
    theirs = table.pair("borea", "alba")
    assert theirs.grievance == pytest.approx(hit)
    assert theirs.grievance_level == (table.params.acts[table.act(name)].rung if hit else 0.0)
    assert table.pair("alba", "borea").grievance == 0.0


@pytest.mark.parametrize(("name", "struck"), [("protest", 0), ("threat", 3), ("mobilise", 4), ("strike", 7)])
def test_a_militarised_act_hits_its_target_today_by_its_rung(table: Table, name: str, struck: int) -> None:
    theirs = table.pair("borea", "alba")
    table.take("alba", name, "borea")
    table.settle()
    assert theirs.struck == struck
    table.take("alba", "threat", "borea")
    table.settle()
    assert theirs.struck == max(struck, 3)


@given(shares, st.sampled_from(["sabotage", "raid", "strike"]))
def test_only_the_worst_hit_counts(fresh: float, name: str) -> None:
    table = Table(crisis(weights=WEIGHTS)).on(10)
    theirs = table.pair("borea", "alba")
    theirs.grievance, theirs.grievance_level = fresh, 6.0
    settle.settle_other(table.params, table.state, 0, table.act(name), 1, 0.0, False)
    rung = float(table.params.acts[table.act(name)].rung)
    hit = {5.0: 0.15, 6.0: 0.4, 7.0: 1.0}[rung]
    assert theirs.grievance == pytest.approx(max(fresh, hit))
    assert theirs.grievance_level == (rung if hit >= fresh else 6.0)


@pytest.mark.parametrize(
    ("hit", "answer", "share"),
    [("strike", "strike", 0.3), ("strike", "raid", 0.3), ("raid", "strike", 1.0), ("sabotage", "raid", 1.0)],
)
def test_an_answer_no_higher_than_the_hit_wrongs_by_a_quarter(
    table: Table, hit: str, answer: str, share: float
) -> None:
    full = {"raid": 0.4, "strike": 1.0}[answer]
    table.take("alba", hit, "borea")
    table.settle()
    wronged = float(table.pair("borea", "alba").grievance)
    table.take("borea", answer, "alba")
    table.settle()
    mine, theirs = table.pair("alba", "borea"), table.pair("borea", "alba")
    assert mine.grievance == pytest.approx(full * share)
    assert theirs.grievance == pytest.approx(wronged * 0.25)
    assert theirs.grievance_level == 0.0  # the account is settled: the next act answers nothing
    mine.grievance = mine.grievance_level = 0.0
    table.take("borea", answer, "alba")
    table.settle()
    assert mine.grievance == pytest.approx(full)


def test_force_at_the_same_moment_answers_nothing(table: Table) -> None:
    table.take("alba", "strike", "borea")
    table.take("borea", "strike", "alba")
    table.settle()
    for one, other in (("alba", "borea"), ("borea", "alba")):
        assert table.pair(one, other).grievance == 1.0


def test_an_answer_to_an_attack_by_others_is_not_in_proportion(table: Table) -> None:
    """An incident has no rung, so that no force of the victim's is measured against it."""
    perceive.feel_incident(table.params, table.state, 0, 1, 0.7)
    table.take("alba", "strike", "borea")
    table.settle()
    assert table.pair("alba", "borea").grievance == pytest.approx(0.7 * 0.25)
    assert table.pair("borea", "alba").grievance == 1.0


def test_an_exchange_dies_down_under_the_quarter_rule(table: Table) -> None:
    """Blow for blow, each side is left with a share of its grievance; without the rule with the whole."""
    sides = [("alba", "borea"), ("borea", "alba")] * 5
    for one, other in sides:
        table.take(one, "strike", other)
        table.settle()
    assert table.pair("alba", "borea").grievance == pytest.approx(0.3)
    assert table.pair("borea", "alba").grievance == pytest.approx(0.3 * 0.25)


@given(shares, shares, shares, st.floats(0, 1.5))
def test_an_act_is_read_with_a_bounded_error_that_talks_lower(
    u1: float, u2: float, clarity: float, spread: float
) -> None:
    table = Table(crisis(weights={"misperception": spread}))
    table.pair("borea", "alba").clarity = clarity
    error = settle.read_error(table.params, table.state, 1, 0, u1, u2)
    assert error == pytest.approx(spread * (1 - clarity) * math.sqrt(6) * (u1 + u2 - 1))
    assert abs(error) <= spread * math.sqrt(6) + 1e-12


def test_the_error_of_reading_has_the_spread_that_the_weight_names() -> None:
    table = Table(crisis(weights={"misperception": 0.7}))
    grid = (np.arange(60) + 0.5) / 60
    errors = [settle.read_error(table.params, table.state, 1, 0, u1, u2) for u1 in grid for u2 in grid]
    assert np.mean(errors) == pytest.approx(0.0, abs=1e-9)
    assert np.std(errors) == pytest.approx(0.7, rel=1e-3)


def test_history_is_read_without_error() -> None:
    for today, clear in ((4, True), (5, False)):
        table = Table(crisis(weights={"misperception": 1.5})).on(today)
        table.take("alba", "strike", "borea")
        table.settle()
        assert (table.pair("borea", "alba").seen == 1.0 + 0.5 * (7 - 1.0)) == clear


# Mediation


def test_an_appeal_stands_as_consent_and_a_request(table: Table) -> None:
    posture = table.pair("alba", "borea").posture
    table.take("alba", "ask", "umbra", "borea")
    table.settle()
    side = table.side("umbra", "alba", "borea")
    assert (side.asked, side.consented) == (1.0, 1)
    assert table.side("umbra", "borea", "alba").consented == 0
    assert table.pair("alba", "borea").posture == posture  # in no rival's posture


def mediate(table: Table, actor: str, name: str, target: str, other: str | None = None) -> None:
    j = -1 if other is None else table.number(other)
    a = table.act(name)
    settle_mediation(table.params, table.state, table.number(actor), a, table.number(target), j)


def test_a_refusal_ends_the_offer_and_both_consents(table: Table) -> None:
    mediate(table, "umbra", "offer", "alba", "borea")
    assert table.talk("umbra", "alba", "borea").stage == OFFERED
    mediate(table, "alba", "consent", "umbra", "borea")
    assert table.side("umbra", "alba", "borea").consented == 1
    assert table.side("umbra", "alba", "borea").asked == 0.0
    mediate(table, "borea", "decline", "umbra", "alba")
    talk = table.talk("umbra", "alba", "borea")
    assert (talk.stage, talk.refused, talk.focal, talk.pressed) == (QUIET, 1.0, -1.0, 0)
    assert table.side("umbra", "alba", "borea").consented == 0


def test_a_formula_proposes_a_step_below_the_lower_posture(table: Table) -> None:
    table.pair("alba", "borea").posture = 5.5
    table.pair("borea", "alba").posture = 4.0
    mediate(table, "umbra", "formula", "alba", "borea")
    assert table.talk("umbra", "alba", "borea").focal == pytest.approx(2.5)
    table.pair("borea", "alba").posture = 0.4
    mediate(table, "umbra", "formula", "alba", "borea")
    assert table.talk("umbra", "alba", "borea").focal == 0.0
    assert table.talk("umbra", "alba", "borea").pressed == 0


def test_pressing_is_noted_and_an_offer_in_open_talks_changes_nothing(table: Table) -> None:
    talk = table.talk("umbra", "alba", "borea")
    talk.stage = OPEN
    mediate(table, "umbra", "press", "alba", "borea")
    mediate(table, "umbra", "offer", "alba", "borea")
    assert (talk.pressed, talk.stage) == (1, OPEN)


def test_urging_relieves_pressure_and_grievance_of_who_trusts(table: Table) -> None:
    table.pair("alba", "borea").grievance = 0.6
    mediate(table, "umbra", "urge", "alba")
    assert table.pair("alba", "borea").pressure == pytest.approx(0.5 * (1 - 0.1 * 0.7))
    assert table.pair("alba", "borea").grievance == pytest.approx(0.6 * (1 - 0.1 * 0.7))
    assert table.pair("borea", "alba").pressure == 0.5


# Whoever comes first


def _random_moves(
    params: Params, state: CrisisState, rng: np.random.Generator
) -> dict[int, list[tuple[int, ...]]]:
    """Return as many moves as a day has slots or fewer for every state, of all that it may ever choose."""
    moves = {}
    for i in range(len(params.states)):
        rows = np.arange(params.first_option[i] + 1, params.first_option[i + 1])
        count = min(len(rows), int(rng.integers(0, params.frame[0].slots + 1)))
        chosen = rng.choice(rows, count, replace=False) if count else []
        moves[i] = [tuple(params.options[k].tolist()[:3]) for k in chosen]
    return moves


def _settled(scenario: Scenario, seed: int, order: list[int], interleaved: bool) -> CrisisState:
    params = pack(scenario)
    state = stirred(params, seed)
    moves = _random_moves(params, state, np.random.default_rng(seed + 1))
    state.counts[1] = 0
    queue = [(i, slot, move) for i in order for slot, move in enumerate(moves[i])]
    if interleaved:
        queue.sort(key=lambda entry: entry[1])
    for i, slot, (act, target, other) in queue:
        forced.note_move(params, state, i, act, target, other, slot, 1, 0.0, 0.0)
    day.settle(params, state, luck_of(seed, 0), 0)
    return state


TABLES = ("actor", "pair", "dyad", "talk", "side", "since", "first_day", "last_day")


def assert_same(one: CrisisState, other: CrisisState) -> None:
    """Assert that two states agree, but for the rounding of sums in another order."""
    for name in TABLES:
        mine, theirs = getattr(one, name), getattr(other, name)
        for field in mine.dtype.names or [...]:
            np.testing.assert_allclose(
                mine[field], theirs[field], rtol=1e-12, atol=1e-15, err_msg=f"{name} {field}"
            )


@given(scenarios(max_free_days=5), st.integers(0, 2**32), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_the_actors_does_not_matter(scenario, seed: int, random, interleaved: bool) -> None:
    order = list(range(len(scenario.states)))
    one = _settled(scenario, seed, order, interleaved=False)
    random.shuffle(order)
    assert_same(one, _settled(scenario, seed, order, interleaved))


@given(scenarios(max_free_days=5), st.integers(0, 2**32))
def test_every_quantity_stays_in_its_range(scenario, seed: int) -> None:
    state = _settled(scenario, seed, list(range(len(scenario.states))), interleaved=False)
    for field in ("pressure", "commitment", "heat", "campaign", "offer", "grievance"):
        assert (state.pair[field] >= 0.0).all(), field
        assert (state.pair[field] <= 1.0).all(), field
    for field in ("posture", "seen"):
        assert (state.pair[field] >= 0.0).all(), field
        assert (state.pair[field] <= 10.0).all(), field
    assert (state.dyad["violence"] <= 1.0).all()
    assert (state.actor["fear"] <= 1.5).all()


def test_pressure_saturates_however_often_it_is_pushed(table: Table) -> None:
    for _ in range(200):
        table.take("alba", "war", "borea")
        table.settle()
    assert 0.99 < table.pair("borea", "alba").pressure <= 1.0
