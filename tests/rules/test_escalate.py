"""The utility of escalatory acts, against sums done by hand and properties that always hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rules.mid_crisis import WEIGHTS, mid_crisis, terms_of, weigh
from tests.strategies import ACTS, HOSTILITY, NUCLEAR, Table, crisis


@pytest.fixture
def table() -> Table:
    return mid_crisis()


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
