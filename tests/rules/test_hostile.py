"""When a state takes a hostile act, which one, and whether it replies: against sums done by hand."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules import hostile
from escalation.rules.perceive import feel_incident
from tests.rules.mid_crisis import WEIGHTS, mid_crisis, terms_of, weigh
from tests.strategies import ACTS, HOSTILITY, NUCLEAR, Table, crisis, shares


@pytest.fixture
def table() -> Table:
    return mid_crisis()


# When


def clock(table: Table, one: str = "alba", other: str = "borea") -> dict[str, float]:
    terms = hostile.time_hostility(table.params, table.state, table.number(one), table.number(other))
    return {name: float(term) for name, term in terms._asdict().items()}


def log_hazard(table: Table, one: str = "alba", other: str = "borea") -> float:
    i, j = table.number(one), table.number(other)
    return float(hostile.hostile_log_hazard(hostile.time_hostility(table.params, table.state, i, j)))


def test_the_clock_by_hand(table: Table) -> None:
    pair = table.pair("alba", "borea")
    pair.talks, pair.leverage, pair.information = 1, 0.3, 0.5
    table.dyad("alba", "borea").ceasefire = 1
    expected = {
        "alarm": -3.0,
        "lull": -0.7 * math.log(10 - 6),
        "lead": 1.2 * math.log((3 + 0.5) / (3 + 1 + 1)),
        "tempo": 0.9 * math.log(1 + 5),
        "stakes": 1.1 * 0.6 * math.exp(-4 / 50),
        "grievance": 2.5 * 0.35,
        "resolve": 0.4 * (2 * 0.25 - 1),
        "commitment": 0.6 * 0.4,
        "fear": -0.3 * 0.2 * 2 * 0.6,
        "ceasefire": -1.5,
        "talks": -0.5,
        "leverage": -1.4 * 0.3,
        "information": -0.8 * 0.5,
    }
    assert clock(table) == pytest.approx(expected)
    assert log_hazard(table) == pytest.approx(sum(expected.values()))


def test_at_rest_the_hazard_is_that_of_the_first_day_of_an_average_state() -> None:
    """No act so far: each side has the lead by half."""
    rivalries = [{"between": ["alba", "borea"], "lull_days": 1, "stakes": 0.0}]
    table = Table(crisis(weights={"alarm": -3.5, "lead": 1.0}, rivalries=rivalries, acts=[])).on(0)
    assert log_hazard(table) == pytest.approx(-3.5 + math.log(0.5))


@given(st.integers(0, 500), st.floats(0.0, 2.0))
def test_the_hazard_decays_as_a_power_of_the_days_since_the_last_act(days: int, lull: float) -> None:
    table = Table(crisis(weights={"lull": lull, "stakes_acts": 0.0})).on(600)
    dyad = table.dyad("alba", "borea")
    dyad.stirred = 600
    fresh = log_hazard(table)
    dyad.stirred = 600 - days
    assert log_hazard(table) - fresh == pytest.approx(-lull * math.log(max(1, days)))
    assert log_hazard(table, "borea", "alba") == pytest.approx(log_hazard(table))  # of either side


def test_the_clock_before_a_first_act_counts_from_the_lull_of_the_scenario() -> None:
    rivalries = [{"between": ["alba", "borea"], "lull_days": 90}]
    table = Table(crisis(weights={"lull": 0.5}, rivalries=rivalries)).on(10)
    assert clock(table)["lull"] == pytest.approx(-0.5 * math.log(100))


def test_an_attack_sets_the_clock_back_for_both_sides(table: Table) -> None:
    feel_incident(table.params, table.state, 1, 0, 0.5)
    for one, other in (("alba", "borea"), ("borea", "alba")):
        assert clock(table, one, other)["lull"] == 0.0
    table.on(13)
    assert clock(table)["lull"] == pytest.approx(-0.7 * math.log(3))


@given(st.floats(0.0, 1.0), st.floats(0.0, 3.0), st.floats(1.0, 2_000.0), st.integers(0, 2_500))
def test_what_is_at_stake_loses_its_effect_in_quiet(
    stakes: float, effect: float, days: float, quiet: int
) -> None:
    rivalries = [{"between": ["alba", "borea"], "stakes": stakes}]
    weights = {"stakes_acts": effect, "stakes_days": days}
    table = Table(crisis(rivalries=rivalries, weights=weights)).on(3_000)
    table.dyad("alba", "borea").stirred = 3_000 - quiet
    found = [clock(table, *sides)["stakes"] for sides in (("alba", "borea"), ("borea", "alba"))]
    assert found == pytest.approx([effect * stakes * math.exp(-quiet / days)] * 2)


def test_a_scenario_is_of_a_crisis_that_is_remembered() -> None:
    """Where nothing else is said, as much is at stake as in the coded cases."""
    table = Table(crisis(rivalries=[{"between": ["alba", "borea"]}], weights={"stakes_acts": 1.5})).on(3)
    table.dyad("alba", "borea").stirred = 3
    assert clock(table)["stakes"] == pytest.approx(1.5)


@given(st.floats(0, 100), st.floats(0, 100), st.floats(0.0, 30.0))
def test_activity_has_no_further_effect_above_its_cap(low: float, high: float, cap: float) -> None:
    low, high = sorted((low, high))
    table = Table(crisis(weights={"tempo": 0.8, "tempo_cap": cap}))
    found = []
    for activity in (low, high):
        table.dyad("alba", "borea").activity = activity
        found.append(clock(table)["tempo"])
    assert found == pytest.approx([0.8 * math.log1p(min(activity, cap)) for activity in (low, high)])
    assert found[0] <= found[1]
    if low >= cap:
        assert found[0] == found[1]


@given(st.integers(0, 40), st.integers(0, 40))
def test_the_lead_is_of_the_side_with_more_acts(mine: int, theirs: int) -> None:
    table = Table(crisis(weights={"lead": 1.3}))
    table.pair("alba", "borea").activity, table.pair("borea", "alba").activity = mine, theirs
    one, other = clock(table)["lead"], clock(table, "borea", "alba")["lead"]
    assert math.exp(one / 1.3) + math.exp(other / 1.3) == pytest.approx(1.0)  # shares of the pair's acts
    assert (one > other) == (mine > theirs)


@given(shares, shares)
def test_resolve_moves_the_hazard_around_the_average_state(low: float, high: float) -> None:
    found = []
    for resolve in (low, high):
        states = {"alba": {"label": "A", "resolve": resolve}, "borea": {"label": "B"}}
        table = Table(crisis(states=states, weights={"resolve_acts": 0.7}, acts=[]))
        found.append(clock(table)["resolve"])
        assert clock(table, "borea", "alba")["resolve"] == 0.0  # an average state
    assert found == pytest.approx([0.7 * (2 * low - 1), 0.7 * (2 * high - 1)])


@pytest.mark.parametrize(
    ("struck", "expected"), [(0, 0.0), (3, 0.05), (4, 0.05), (5, 0.3), (6, 0.3), (7, 0.45), (9, 0.45)]
)
def test_a_reply_depends_on_how_high_the_hit_was(table: Table, struck: int, expected: float) -> None:
    assert hostile.reply_probability(table.params, float(struck)) == pytest.approx(expected)


# What


def test_a_strike_by_hand(table: Table) -> None:
    expected = {
        "intercept": -2.0,
        # no ratchet (posture 4 below 7), no step (ground is the level 6 of a hot strike)
        "pressure": 5.0 * 0.6 * 0.7 * 1.0,
        "cost": -1.0 * 0.5 * 1.5 * 1.5,
        "fear": -10.0 * 0.2 * 0.343 * 1.2,
        "force": -2.0 - 0.4 - 0.6,
        "commitment": 1.5 * 0.4,
        "riposte": 6.0 * 0.5 * 0.6,
        "habit": 0.6 * 0.5,
        "campaign": 4.0 * 0.7 * 0.5,
        "nuclear_shadow": -2.0 * 0.343,
    }
    assert weigh(table, "strike") == pytest.approx(sum(expected.values()))
    assert terms_of(table, "strike") == pytest.approx(expected)


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
    assert "momentum" not in nuclear


@pytest.mark.parametrize(
    ("name", "of_sort"),
    [("threat", 0.35), ("nuclear_signal", 0.35), ("alert", 0.0), ("mobilise", 0.0), ("war", 0.0)],
)
def test_threats_have_an_intercept_of_their_own(table: Table, name: str, of_sort: float) -> None:
    assert terms_of(table, name)["intercept"] == pytest.approx(ACTS[name]["base"] + of_sort)


def test_threats_and_displays_by_hand(table: Table) -> None:
    threat, display = terms_of(table, "threat"), terms_of(table, "mobilise")
    assert (threat["habit"], display["habit"]) == pytest.approx((0.6 * 0.1, 0.6 * -0.3))
    assert threat["momentum"] == pytest.approx(-1.5 * 0.8 * 2)
    assert display["momentum"] == pytest.approx(-1.5 * 0.8 * 1)
    assert threat["ratchet"] == pytest.approx(-0.5 * 1.0)
    for terms in (threat, display):
        assert not {"force", "commitment", "riposte", "campaign", "nuclear_shadow", "war"} & set(terms)


@given(st.integers(0, 5), st.floats(0.01, 1.0), st.sampled_from(sorted(HOSTILITY)))
def test_only_coming_below_one_s_last_act_has_momentum_against_it(last: int, fresh: float, name: str) -> None:
    table = Table(crisis(weights={"momentum": 2.0}))
    pair = table.pair("alba", "borea")
    pair.last_hostility, pair.momentum = last, fresh
    below = max(0, last - HOSTILITY[name])
    assert terms_of(table, name).get("momentum", 0.0) == pytest.approx(-2.0 * fresh * below)
    assert "momentum" not in table.weighed("borea", name, "alba")  # of one's own acts alone


@pytest.mark.parametrize("heat", [0.0, 0.01, 0.5, 1.0])
def test_a_use_of_force_calls_for_an_answer_in_kind(table: Table, heat: float) -> None:
    table.pair("alba", "borea").heat = heat
    assert terms_of(table, "raid").get("riposte", 0.0) == pytest.approx(6.0 * heat)
    assert terms_of(table, "strike").get("riposte", 0.0) == pytest.approx(6.0 * heat * 0.6)
    assert "riposte" not in terms_of(table, "mobilise")


@pytest.mark.parametrize(("struck", "clash"), [(0, 0.0), (4, 0.0), (5, 2.0), (7, 2.0), (9, 2.0)])
def test_on_the_day_of_a_use_of_force_any_force_answers_it(table: Table, struck: int, clash: float) -> None:
    table.pair("alba", "borea").struck = struck
    for name in ("sabotage", "raid", "strike", "war"):
        assert terms_of(table, name).get("clash", 0.0) == pytest.approx(clash)
    assert "clash" not in terms_of(table, "mobilise")


@pytest.mark.parametrize(("mine", "theirs", "sides"), [(0, 0, 0), (4, 4, 0), (5, 4, 1), (0, 5, 1), (5, 5, 2)])
def test_war_goes_on_by_the_sides_that_are_at_it(table: Table, mine: int, theirs: int, sides: int) -> None:
    table.pair("alba", "borea").last_hostility = mine
    table.pair("borea", "alba").last_hostility = theirs
    assert terms_of(table, "war").get("war_goes_on", 0.0) == pytest.approx(0.7 * sides)
    assert "war_goes_on" not in terms_of(table, "sustained")


def test_cold_heat_is_no_ground_to_step_from(table: Table) -> None:
    table.pair("alba", "borea").heat = 0.2
    assert terms_of(table, "strike")["step"] == pytest.approx(-0.2 * (7 - 4 - 1) ** 2)


def test_what_the_rival_is_seen_to_do_is_ground_too(table: Table) -> None:
    table.pair("alba", "borea").heat = 0.0
    table.pair("alba", "borea").seen = 5.5
    assert terms_of(table, "strike")["step"] == pytest.approx(-0.2 * 0.5**2)


def test_the_shadow_falls_only_between_nuclear_powers(table: Table) -> None:
    states = {"alba": {"label": "A", "capabilities": NUCLEAR}, "borea": {"label": "B"}}
    one_sided = Table(crisis(states=states, weights=WEIGHTS))
    assert "nuclear_shadow" not in terms_of(one_sided, "strike")
    assert "nuclear_shadow" in terms_of(table, "strike")
    assert "nuclear_shadow" not in terms_of(table, "raid")  # rung 6


def test_a_formula_in_open_talks_pulls_toward_its_step_down(table: Table) -> None:
    pair = table.pair("alba", "borea")
    pair.focal = 2.0
    silent = weigh(table, "strike")
    pair.talks = 1
    assert weigh(table, "strike") == pytest.approx(silent - 0.25 * (7 - 2))
    for focal in (7.5, -1.0):
        pair.focal = focal
        assert weigh(table, "strike") == pytest.approx(silent)


def test_what_moves_the_clock_alone_leaves_the_choice_as_it_is(table: Table) -> None:
    """The two stages separate: of these the choice among hostile acts sees nothing."""
    before = [weigh(table, name) for name in HOSTILITY]
    pair, dyad = table.pair("alba", "borea"), table.dyad("alba", "borea")
    pair.grievance, pair.activity, pair.leverage, pair.information = 1.0, 20.0, 0.9, 0.9
    dyad.stirred, dyad.activity = 10, 30.0
    pair.talks = 1
    assert [weigh(table, name) for name in HOSTILITY] == before


@given(st.floats(0, 10), st.floats(0, 10), st.sampled_from(["alert", "mobilise", "strike", "war"]))
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
