"""The utility of a state's acts, against sums done by hand and by what must always hold; and choosing."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules import decide, terms
from escalation.rules import escalate as formulas
from tests.strategies import ACTS, HOSTILITY, NUCLEAR, Table, crisis

WEIGHTS = {
    "act_intercept": -0.4, "provocation_gate": 3.0, "gate_threshold": 0.4, "heat_in_gate": 0.5,
    "heat_felt": 0.2, "ratchet": 0.5, "step": 0.2, "pressure": 5.0, "cost": 1.0,
    "fear_of_escalation": 10.0, "talks_restraint": 1.5, "leverage_restraint": 4.0, "focal_pull": 0.25,
    "force_threshold": -2.0, "commitment": 1.5, "riposte": 6.0, "riposte_width": 2.5,
    "ceasefire_restraint": 3.0, "campaign": 4.0, "campaign_width": 2.0, "nuclear_shadow": 2.0,
    "war_threshold": 3.0, "nuclear_taboo": 5.0,
    "conciliation": -3.0, "fear_conciliates": 4.0, "exhaustion_conciliates": 2.0, "exhaustion_cap": 1.0,
    "pressure_hardens": 1.5, "audience_cost": 2.0, "reciprocity": 1.6, "talks_conciliate": 1.0,
    "leverage_inducement": 0.5, "consent_trust": 2.0, "consent_aversion": 1.5, "consent_bias": 1.0,
    "bilateral_discount": 0.5,
    "words_threshold": 0.15, "punishment_threshold": -0.25, "threat_threshold": 0.35,
    "display_threshold": -0.45, "habit": 0.6, "momentum": 1.5, "clash": 2.0, "war_persistence": 0.7,
}  # fmt: skip


@pytest.fixture
def table() -> Table:
    """Alba in the middle of a crisis, every quantity off its zero."""
    states = {
        "alba": {
            "label": "A", "capabilities": NUCLEAR, "resolve": 0.25, "risk_aversion": 0.6,
            "third_party_aversion": 0.9,
        },
        "borea": {"label": "B", "capabilities": NUCLEAR},
    }  # fmt: skip
    table = Table(crisis(states=states, weights=WEIGHTS)).on(10)
    pair = table.pair("alba", "borea")
    pair.posture, pair.seen, pair.pressure, pair.commitment = 4.0, 3.0, 0.6, 0.4
    pair.heat, pair.heat_level, pair.campaign, pair.last_rung = 0.5, 6.0, 0.7, 6.0
    pair.last_hostility, pair.momentum = 4.0, 0.8
    pair.habit_threat, pair.habit_display, pair.habit_force, pair.habit_war = 0.1, -0.3, 0.5, -0.7
    theirs = table.pair("borea", "alba")
    theirs.last_hostility, theirs.momentum = 4.0, 0.25
    table.actor("alba").fear, table.actor("alba").exhaustion = 0.2, 0.5
    return table


def weigh(table: Table, name: str) -> float:
    return table.utility("alba", name, "borea")


def terms_of(table: Table, name: str) -> dict[str, float]:
    return table.weighed("alba", name, "borea")


def test_a_strike_by_hand(table: Table) -> None:
    expected = {
        "intercept": -2.0 - 0.4,
        "provocation": 3.0 * (0.6 - 0.4),
        # no ratchet (posture 4 below 7), no step (ground is the level 6 of a hot strike)
        "pressure": 5.0 * 0.6 * 0.7 * 1.0,
        "cost": -1.0 * 0.5 * 1.5 * 1.5,
        "fear": -10.0 * 0.2 * 0.343 * 1.2,
        "force": -2.0,
        "commitment": 1.5 * 0.4,
        "riposte": (6.0 * 0.5 + 2.0 * 0.25) * 0.6,
        "habit": 0.6 * 0.5,
        "campaign": 4.0 * 0.7 * 0.5,
        "nuclear_shadow": -2.0 * 0.343,
    }
    assert weigh(table, "strike") == pytest.approx(sum(expected.values()))
    assert terms_of(table, "strike") == pytest.approx(expected)


def test_words_by_hand(table: Table) -> None:
    expected = {
        "intercept": -0.5 - 0.4 + 0.15,
        "provocation": 3.0 * (0.6 - 0.4),
        "ratchet": -0.5 * 3.0,
        "momentum": -1.5 * 0.8 * (4 - 1),
        "pressure": 5.0 * 0.6 * 0.1 * 0.6,
        "cost": -1.0 * 0.01 * 1.5 * 1.5,
        "fear": -10.0 * 0.2 * 0.001 * 1.2,
    }
    assert weigh(table, "protest") == pytest.approx(sum(expected.values()))
    assert terms_of(table, "protest") == pytest.approx(expected)


def test_war_and_nuclear_use_by_hand(table: Table) -> None:
    war = terms_of(table, "war")
    nuclear = terms_of(table, "nuclear_use")
    assert war["step"] == pytest.approx(-0.2 * 2.0**2)  # 9 against ground 6, one rung free
    assert nuclear["step"] == pytest.approx(-0.2 * 3.0**2)
    assert (war["war"], nuclear["war"]) == pytest.approx((3.0, 3.0 - 5.0))
    assert (war["nuclear_shadow"], nuclear["nuclear_shadow"]) == pytest.approx((-2.0 * 0.729, -2.0))
    assert "campaign" not in war  # three rungs from its own last, wider than the campaign's pull
    assert "riposte" not in war
    assert (war["habit"], nuclear["habit"]) == pytest.approx((0.6 * -0.7, 0.6 * 0.5))
    assert "momentum" not in war


@pytest.mark.parametrize(
    ("name", "of_sort"),
    [
        ("protest", 0.15),
        ("expel", -0.25),
        ("threat", 0.35),
        ("nuclear_signal", 0.35),
        ("alert", -0.45),
        ("mobilise", -0.45),
        ("sabotage", 0.0),
        ("war", 0.0),
    ],
)
def test_each_sort_of_act_has_its_threshold(table: Table, name: str, of_sort: float) -> None:
    assert terms_of(table, name)["intercept"] == pytest.approx(ACTS[name]["base"] - 0.4 + of_sort)


def test_threats_and_displays_by_hand(table: Table) -> None:
    threat, display = terms_of(table, "threat"), terms_of(table, "mobilise")
    assert (threat["habit"], display["habit"]) == pytest.approx((0.6 * 0.1, 0.6 * -0.3))
    assert threat["momentum"] == pytest.approx(-1.5 * 0.8 * 2)
    assert display["momentum"] == pytest.approx(-1.5 * 0.8 * 1)
    assert "habit" not in terms_of(table, "expel")  # no militarised act


@given(st.integers(0, 5), st.floats(0.01, 1.0), st.sampled_from(sorted(set(HOSTILITY) | {"protest"})))
def test_only_coming_below_one_s_last_act_has_momentum_against_it(last: int, fresh: float, name: str) -> None:
    table = Table(crisis(weights={"momentum": 2.0}))
    pair = table.pair("alba", "borea")
    pair.last_hostility, pair.momentum = last, fresh
    below = max(0, last - HOSTILITY.get(name, 1))
    assert terms_of(table, name).get("momentum", 0.0) == pytest.approx(-2.0 * fresh * below)
    assert "momentum" not in table.weighed("borea", name, "alba")  # of one's own acts alone


@pytest.mark.parametrize(
    ("heat", "fresh", "riposte"),
    [
        (0.5, 0.0, 6.0 * 0.5),
        (0.5, 1.0, 6.0 * 0.5 + 2.0),
        (0.01, 1.0, 6.0 * 0.01 + 2.0),  # it does not matter how visible the use of force was
        (0.0, 1.0, 0.0),  # the rival acted just now, but used no force
    ],
)
def test_a_fresh_use_of_force_calls_for_an_answer(
    table: Table, heat: float, fresh: float, riposte: float
) -> None:
    table.pair("alba", "borea").heat = heat
    table.pair("borea", "alba").momentum = fresh
    assert terms_of(table, "raid").get("riposte", 0.0) == pytest.approx(riposte)
    assert terms_of(table, "strike").get("riposte", 0.0) == pytest.approx(riposte * 0.6)
    assert "riposte" not in terms_of(table, "mobilise")


@pytest.mark.parametrize(("mine", "theirs", "sides"), [(0, 0, 0), (4, 4, 0), (5, 4, 1), (0, 5, 1), (5, 5, 2)])
def test_war_goes_on_by_the_sides_that_are_at_it(table: Table, mine: int, theirs: int, sides: int) -> None:
    table.pair("alba", "borea").last_hostility = mine
    table.pair("borea", "alba").last_hostility = theirs
    assert terms_of(table, "war").get("war_goes_on", 0.0) == pytest.approx(0.7 * sides)
    assert "war_goes_on" not in terms_of(table, "sustained")


def test_provocation_is_pressure_or_a_share_of_heat_whichever_is_more(table: Table) -> None:
    table.pair("alba", "borea").heat = 1.0
    table.pair("alba", "borea").pressure = 0.1
    assert terms_of(table, "strike")["provocation"] == pytest.approx(3.0 * (0.5 - 0.4))


def test_cold_heat_is_no_ground_to_step_from(table: Table) -> None:
    table.pair("alba", "borea").heat = 0.2
    assert terms_of(table, "strike")["step"] == pytest.approx(-0.2 * (7 - 4 - 1) ** 2)


def test_what_the_rival_is_seen_to_do_is_ground_too(table: Table) -> None:
    table.pair("alba", "borea").heat = 0.0
    table.pair("alba", "borea").seen = 5.5
    assert terms_of(table, "strike")["step"] == pytest.approx(-0.2 * 0.5**2)


def test_a_ceasefire_restrains_force_and_nothing_below(table: Table) -> None:
    before = weigh(table, "strike"), weigh(table, "mobilise")
    table.dyad("alba", "borea").ceasefire = 1
    assert weigh(table, "strike") == pytest.approx(before[0] - 3.0)
    assert weigh(table, "mobilise") == pytest.approx(before[1])


def test_the_shadow_falls_only_between_nuclear_powers(table: Table) -> None:
    states = {"alba": {"label": "A", "capabilities": NUCLEAR}, "borea": {"label": "B"}}
    one_sided = Table(crisis(states=states, weights=WEIGHTS))
    assert "nuclear_shadow" not in terms_of(one_sided, "strike")
    assert "nuclear_shadow" in terms_of(table, "strike")


def test_open_talks_restrain_by_rung_by_leverage_and_toward_the_formula(table: Table) -> None:
    pair = table.pair("alba", "borea")
    pair.focal, pair.leverage = 2.0, 0.3
    silent = weigh(table, "strike")
    pair.talks = 1
    assert weigh(table, "strike") == pytest.approx(silent - 1.5 * 0.7 - 4.0 * 0.3 * 0.7 - 0.25 * (7 - 2))
    pair.focal = 7.5
    assert weigh(table, "strike") == pytest.approx(silent - 1.5 * 0.7 - 4.0 * 0.3 * 0.7)
    pair.focal = -1.0
    assert weigh(table, "strike") == pytest.approx(silent - 1.5 * 0.7 - 4.0 * 0.3 * 0.7)


def test_conciliation_by_hand(table: Table) -> None:
    pair = table.pair("alba", "borea")
    pair.talks, pair.leverage, pair.face_saving = 1, 0.3, 0.25
    table.pair("borea", "alba").offer = 0.7
    table.actor("alba").exhaustion = 1.4  # above the cap of 1
    expected = {
        "intercept": -1.5 - 0.4 - 3.0,
        "fear": 4.0 * 0.2 * 1.2,
        "exhaustion": 2.0 * 1.0,
        "pressure": -1.5 * 0.6,
        "audience_cost": -2.0 * 0.4 * 0.75,
        "reciprocity": 1.6 * 0.7,
        "talks": 1.0,
        "leverage": 0.5 * 0.3,
    }
    assert weigh(table, "offer_talks") == pytest.approx(sum(expected.values()))
    assert terms_of(table, "offer_talks") == pytest.approx(expected)
    pair.talks = 0
    assert weigh(table, "offer_talks") == pytest.approx(sum(expected.values()) - 1.0 - 0.5 * 0.3)


@pytest.mark.parametrize(
    ("style", "form", "aversion"),
    [
        ("facilitation", "bilateral", 0.3),
        ("facilitation", "third_party", 0.6),
        ("formulation", "third_party", 0.8),
        ("manipulation", "third_party", 1.0),
        ("manipulation", "bilateral", 0.5),
    ],
)
def test_an_appeal_weighs_the_mediator_too(style: str, form: str, aversion: float) -> None:
    toward = {"alba": {"trust": 0.7, "bias": -0.2}, "borea": {"trust": 0.1, "bias": 0.4}}
    mediators = {
        "umbra": {"label": "U", "enters_day": 0, "style": style, "form": form, "toward": toward},
    }
    table = Table(crisis(mediators=mediators, weights=WEIGHTS)).on(10)
    terms = table.weighed("alba", "ask", "umbra", "borea")
    assert terms["intercept"] == pytest.approx(-2.0 - 0.4 - 3.0)
    assert terms["trust"] == pytest.approx(2.0 * 0.7)
    assert terms["aversion"] == pytest.approx(-1.5 * 0.9 * aversion)
    assert terms["bias"] == pytest.approx(-1.0 * 0.6)
    assert "bias" not in table.weighed("borea", "ask", "umbra", "alba")  # it leans to borea


def test_holding_is_worth_nothing(table: Table) -> None:
    assert table.utility("alba", "hold") == 0.0
    assert table.weighed("alba", "hold") == {}


@given(st.floats(0, 10), st.floats(0, 10), st.sampled_from(["protest", "mobilise", "strike", "war"]))
def test_the_ratchet_is_one_sided(low: float, high: float, name: str) -> None:
    """A posture above the act's rung costs, the more the higher; one below eases the step."""
    low, high = sorted((low, high))
    table = Table(crisis())
    rung = float(table.params.acts[table.act(name)].rung)
    worth = []
    for posture in (low, high):
        table.pair("alba", "borea").posture = posture
        worth.append(weigh(table, name))
        assert (terms_of(table, name).get("ratchet", 0.0) < 0.0) == (posture > rung)
    if high <= rung:
        assert worth[0] <= worth[1]
    if low >= rung:
        assert worth[0] >= worth[1]


@given(st.integers(5, 10), st.floats(0.01, 1.0))
def test_the_riposte_peaks_at_the_level_it_answers(level: int, heat: float) -> None:
    table = Table(crisis())
    pair = table.pair("alba", "borea")
    pair.heat, pair.heat_level = heat, level
    pull = {}
    for name in ("mobilise", "sabotage", "raid", "strike", "sustained", "war", "nuclear_use"):
        pull[int(table.params.acts[table.act(name)].rung)] = terms_of(table, name).get("riposte", 0.0)
    assert max(pull, key=pull.__getitem__) == level
    assert pull[4] == 0.0
    falling = [pull[rung] for rung in sorted(pull, key=lambda rung: abs(rung - level)) if rung >= level]
    assert falling == sorted(falling, reverse=True)


@given(st.floats(-800, 800))
def test_logistic(x: float) -> None:
    p = decide.logistic(x)
    assert 0.0 < p < 1.0
    if abs(x) < 30:
        assert p == pytest.approx(1.0 / (1.0 + math.exp(-x)))
        assert p + decide.logistic(-x) == pytest.approx(1.0)


@given(st.floats(-10, 10), st.floats(0.1, 5))
def test_nearness(distance: float, width: float) -> None:
    assert formulas.nearness(distance, width) == pytest.approx(max(0.0, 1.0 - abs(distance) / width))


# Choosing


def picked(utility: np.ndarray, u: float) -> int:
    """Return the option that a uniform number picks."""
    shares = np.full(len(utility), np.nan)
    mass = decide.shares_of(utility, len(utility), shares)
    return decide.choose(shares, len(utility), u * mass)


@given(st.floats(-700, 700))
def test_exponential(x: float) -> None:
    assert abs(decide.exponential(x) - math.exp(x)) <= 4 * math.ulp(math.exp(x))


@given(st.floats(-600, 600))
def test_exponential_rises(x: float) -> None:
    assert decide.exponential(x) < decide.exponential(x + 1e-9 * max(1.0, abs(x)))
    assert decide.exponential(0.0) == 1.0


utilities = st.lists(st.one_of(st.floats(-40, 40), st.just(-math.inf)), max_size=12).map(
    lambda acts: np.array([0.0, *acts])
)


@given(utilities)
def test_probabilities_sum_to_one_and_follow_the_logit(utility: np.ndarray) -> None:
    n = len(utility)
    logs = np.array([decide.log_probabilities(utility, n, k) for k in range(n)])
    assert np.exp(logs[:, 0]).sum() == pytest.approx(1.0)
    weights = np.exp(utility - utility.max())
    assert np.exp(logs[:, 0]) == pytest.approx(weights / weights.sum())
    assert logs[0, 1] == 0.0
    if np.isfinite(utility[1:]).any():
        assert np.exp(logs[1:, 1]).sum() == pytest.approx(1.0)


@given(utilities)
def test_choose_is_the_inverse_of_the_cumulated_probabilities(utility: np.ndarray) -> None:
    n = len(utility)
    cumulated = 0.0
    for k in range(n):
        p = math.exp(decide.log_probabilities(utility, n, k)[0])
        if p > 1e-9:
            for share in (1e-4, 0.5, 1 - 1e-4):
                assert picked(utility, cumulated + share * p) == k
        cumulated += p


@given(utilities)
def test_choose_rises_with_luck_in_ladder_order_and_never_takes_what_cannot_be(utility: np.ndarray) -> None:
    grid = [*np.linspace(0.0, 1.0, 101)[:-1], 1.0 - 2.0**-53]
    chosen = [picked(utility, u) for u in grid]
    assert chosen == sorted(chosen)
    assert np.isfinite(utility[chosen]).all()


@pytest.mark.parametrize("utility", [[0.0, -800.0, -801.0], [0.0, 800.0, 801.0], [0.0]])
def test_utilities_far_apart_stay_finite(utility: list[float]) -> None:
    desk = np.array(utility)
    for k in range(len(desk)):
        assert all(math.isfinite(x) for x in decide.log_probabilities(desk, len(desk), k))
        assert math.isfinite(picked(desk, 0.999999))


@given(utilities, st.data())
def test_an_option_taken_out_is_never_picked_again(utility: np.ndarray, data: st.DataObject) -> None:
    n = len(utility)
    shares = np.zeros(n)
    decide.shares_of(utility, n, shares)
    left = [k for k in range(n) if np.isfinite(utility[k])]
    gone = data.draw(st.sampled_from(left))
    mass = decide.without(shares, n, gone)
    assert mass == pytest.approx(sum(decide.exponential(utility[k]) for k in left if k != gone))
    if len(left) > 1:
        assert {decide.choose(shares, n, u * mass) for u in np.linspace(0, 0.999, 50)} <= set(left) - {gone}


def test_given_acting_probabilities_sum_to_one_though_holding_outweighs_all() -> None:
    utility = np.array([0.0, -800.0, -800.0])
    given_acting = [decide.log_probabilities(utility, 3, k)[1] for k in (1, 2)]
    assert given_acting == pytest.approx([math.log(0.5)] * 2)


@pytest.mark.parametrize(
    ("form", "utility"),
    [
        (terms.Escalation, terms.escalation_utility),
        (terms.Conciliation, terms.conciliation_utility),
        (terms.Appeal, terms.appeal_utility),
        (terms.Mediation, terms.mediation_utility),
        (terms.Consent, terms.consent_log_odds),
    ],
)
def test_a_utility_is_the_sum_of_all_its_terms_from_left_to_right(form: Any, utility: Any) -> None:
    values = [0.1 * 3.0**k for k in range(len(form._fields))]
    added = 0.0
    for value in values:
        added += value
    assert utility(form(*values)) == added
