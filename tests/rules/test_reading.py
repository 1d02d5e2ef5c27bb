"""Records between two states: what the rules expected of each act, of each day and of a response."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.engine.batch import simulate
from escalation.engine.pack import Index, pack
from escalation.rules.perceive import perceive
from escalation.rules.reading import (
    CHOICES,
    HOSTILE_HAZARD,
    LONGEST_WAIT,
    POLITICAL_HAZARD,
    REPLY_PROBABILITY,
    SORTS,
    WHO,
    let_a_day_pass,
    read_exchanges,
    read_response,
    read_waits,
    sort_of,
)
from escalation.rules.state import fresh_state
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import HOSTILE, RUNGS
from tests.engine.runs import played
from tests.strategies import HOSTILITY, Table, crisis, dated, ladder, weights

Said = tuple[int, int, str]
"""Day, side (0 alba, 1 borea, 2 both) and act."""
BOTH = 2

QUIET = {"states": {"alba": {"label": "A"}, "borea": {"label": "B"}}, "mediators": {}, "incidents": []}
UNMOVED = {"between": ["alba", "borea"], "stakes": 0.0, "lull_days": 365}
PAIR = QUIET | {"rivalries": [UNMOVED], "horizon": 0, "free_days": 0}
NOTHING = dict.fromkeys(
    ("ratchet", "step", "pressure", "cost", "fear_of_escalation", "commitment", "riposte", "habit",
     "clash", "momentum", "war_persistence", "campaign"), 0.0
)  # fmt: skip
"""No term but the intercepts."""

EXCHANGE: list[Said] = [
    (3, 0, "threat"), (3, 1, "threat"), (5, 0, "missile_test"), (6, 0, "raid"), (6, 1, "strike"),
    (9, 0, "strike"), (9, 1, "war"), (40, 1, "threat"),
]  # fmt: skip


def pair(**more: Any) -> Scenario:
    """Return a crisis between two states of which nothing is known."""
    return crisis(**(PAIR | {"acts": []} | more))


def columns(scenario: Scenario, said: list[Said]) -> tuple[np.ndarray, ...]:
    """Return days, sides, acts and whether they are of both, as the rules read a record."""
    index = Index(scenario)
    day = np.array([entry[0] for entry in said], np.int64)
    mutual = np.array([entry[1] == BOTH for entry in said], np.bool_)
    side = np.array([entry[1] % BOTH for entry in said], np.int64)  # of both: the first is listed
    act = np.array([index.act[name] for _, _, name in said], np.int64)
    return day, side, act, mutual


def read(scenario: Scenario, *exchanges: list[Said]) -> np.ndarray:
    """Return the probabilities of each sort before each act, exchange by exchange."""
    params = pack(scenario)
    said = [entry for exchange in exchanges for entry in exchange]
    first = np.cumsum([0, *map(len, exchanges)])
    shares = np.full((len(said), SORTS), np.nan)
    rows = columns(scenario, said)
    read_exchanges(
        params, fresh_state(params), fresh_state(params), first, *rows, shares, np.full(SORTS, np.nan)
    )
    return shares


exchanges = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 1), st.sampled_from(sorted(HOSTILITY))),
    min_size=1,
    max_size=12,
).map(lambda said: [(sum(gap for gap, *_ in said[: k + 1]), *entry[1:]) for k, entry in enumerate(said)])
"""Acts with the days that pass between them."""


SORT_OF = {
    "threat": 0, "nuclear_signal": 0,
    "alert": 1, "mobilise": 1, "missile_test": 1,
    "sabotage": 2,
    "artillery": 3, "raid": 3,
    "strike": 4, "sustained": 4, "nuclear_use": 4,
    "war": 5,
}  # fmt: skip
"""By level of hostility, and force by how high it is."""


def test_each_act_is_of_one_sort() -> None:
    params = pack(pair())
    found = {
        name: sort_of(float(act.hostility), float(act.rung))
        for name, act in zip(Index(pair()).acts, params.acts, strict=True)
        if act.hostility >= 2
    }
    assert found == SORT_OF


def test_the_first_act_is_expected_as_all_first_acts_are() -> None:
    table = Table(pair())
    shares = np.zeros(SORTS)
    for name, sort in SORT_OF.items():
        if name != "nuclear_use":  # neither has nuclear weapons
            shares[sort] += math.exp(table.utility("alba", name, "borea"))
    assert read(pair(), EXCHANGE)[0] == pytest.approx(shares / shares.sum())


def test_an_exchange_is_read_as_a_crisis_is_played() -> None:
    """The same acts forced on the same days: probabilities of their alternatives, added up by sort."""
    groups: list[dict[str, Any]] = []
    for number, (day, side, name) in enumerate(EXCHANGE, start=1):
        one, other = ("alba", "borea") if side == 0 else ("borea", "alba")
        groups.append(dated(day - 3, one, name, other, seq=number))
    scenario = pair(acts=groups, horizon=EXCHANGE[-1][0] - 3)
    run = played(scenario)
    names = run.model.index.acts
    expected = np.zeros((len(EXCHANGE), SORTS))
    for row, decision in zip(expected, run.decisions, strict=True):
        for option in decision.alternatives:
            if names[option.act] in SORT_OF:
                row[SORT_OF[names[option.act]]] += option.probability
    expected /= expected.sum(axis=1, keepdims=True)
    # On the first day nothing is feared yet; a played day begins with fear.
    today = sum(day == EXCHANGE[0][0] for day, *_ in EXCHANGE)
    found = read(pair(), EXCHANGE)
    assert found[today:] == pytest.approx(expected[today:])
    assert found[:today] == pytest.approx(expected[:today], rel=0.02)


@settings(max_examples=15)
@given(st.lists(exchanges, min_size=1, max_size=3), weights())
def test_sorts_add_up_and_each_exchange_stands_alone(
    several: list[list[Said]], moved: dict[str, float]
) -> None:
    scenario = pair(weights=moved)
    found = read(scenario, *several)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert (found > 0.0).all()
    alone = np.concatenate([read(scenario, exchange) for exchange in several])
    assert (found == alone).all()


@given(exchanges, st.data())
def test_nothing_is_known_of_acts_to_come(exchange: list[Said], data: st.DataObject) -> None:
    known = data.draw(st.integers(1, len(exchange)))
    later = [(day, 1 - side, "war") for day, side, _ in exchange[known:]]
    whole, other = read(pair(), exchange), read(pair(), exchange[:known] + later)
    assert (whole[:known] == other[:known]).all()


def test_an_act_answers_what_was_done_on_its_day_before_it() -> None:
    one = read(pair(), [(0, 0, "strike"), (0, 1, "strike")])
    other = read(pair(), [(0, 0, "threat"), (0, 1, "strike")])
    assert one[1, 2:].sum() > other[1, 2:].sum()  # force answers force


@pytest.mark.parametrize("days", [0, 1, 3])
def test_a_day_takes_its_share_of_a_memory(days: int) -> None:
    """With no term but momentum, coming down by two levels is the rarer the fresher the act."""
    scenario = pair(weights=NOTHING | {"momentum": 2.0, "momentum_days": 0.8})
    before, after = read(scenario, [(7, 0, "strike"), (7 + days, 0, "threat")])
    odds = [math.log(row[0] / row[2]) for row in (before, after)]
    assert odds[1] - odds[0] == pytest.approx(-2.0 * math.exp(-days / 0.8) * 2)


def test_a_habit_is_kept_for_good() -> None:
    """Of a strike and a threat with a prior of two acts: (1/2 + 1/4) of each, 1/4 of the others."""
    scenario = pair(weights=NOTHING | {"habit": 0.5, "habit_prior": 2.0})
    first, _, third = read(scenario, [(0, 0, "strike"), (0, 0, "threat"), (90, 0, "threat")])
    expected = first * np.sqrt([0.75, 0.25, 0.75, 0.75, 0.75, 0.25])
    assert third == pytest.approx(expected / expected.sum())


def test_all_is_forgotten_in_the_longest_wait() -> None:
    """Of all memories but activity, whose last twentieth no choice hears."""

    def after(days: int) -> np.ndarray:
        return read(pair(), [(0, 0, "war"), (days, 1, "war")])[1]

    assert (after(LONGEST_WAIT) == after(LONGEST_WAIT + 300)).all()
    assert after(LONGEST_WAIT) != pytest.approx(after(LONGEST_WAIT // 6), rel=1e-3)


def test_a_measure_on_record_has_run_out_by_the_next_act() -> None:
    """Mobilisation lasts in a crisis; of a record nobody knows until when."""
    fleeting = ladder()
    fleeting["acts"]["mobilise"]["lasts"] = False
    said = [(0, 0, "mobilise"), (0, 0, "mobilise"), (4, 0, "mobilise")]
    assert (read(pair(), said) == read(pair(ladder=fleeting), said)).all()


# Acts of both sides


def test_an_act_of_both_sides_is_scored_by_the_mean_of_both() -> None:
    """Alba has a habit of threats, borea none: the next act is read for each, and once for both."""
    scenario = pair(weights=NOTHING | {"habit": 1.0, "habit_prior": 0.5})
    before = [(0, 0, "threat"), (0, 0, "threat")]
    alba, borea, both = (read(scenario, [*before, (3, side, "raid")])[2] for side in (0, 1, BOTH))
    assert both == pytest.approx(0.5 * (alba + borea))
    assert alba[0] > borea[0]


def test_an_act_of_both_sides_moves_both() -> None:
    """Afterwards neither side is like one that did nothing, and the two are alike."""
    acts = [(0, BOTH, "raid"), (4, 0, "threat")]
    mine, theirs = read(pair(), acts)[1], read(pair(), [acts[0], (4, 1, "threat")])[1]
    assert mine == pytest.approx(theirs)
    blow, answer = [(0, 0, "raid"), (4, 1, "threat")], [(0, 1, "raid"), (4, 1, "threat")]
    for one_sided in (blow, answer):
        assert read(pair(), one_sided)[1] != pytest.approx(theirs, rel=1e-3)


# Days between acts

RATE = 0.05
STILL = NOTHING | dict.fromkeys(
    ("lead", "tempo", "grievance", "resolve_acts", "commitment_acts", "fear_restrains"), 0.0
) | {
    "alarm": math.log(RATE), "lull": 0.8, "reply_strike": 0.5, "reply_force": 0.3, "reply_other": 0.1,
}  # fmt: skip
"""Rates that depend on the days since the last act alone, the same for both sides."""


def waits(scenario: Scenario, *pairs: list[tuple[Said, list[int]]], detection: float = 1.0) -> np.ndarray:
    """Return, for each day read after each act, the probabilities that nobody acts, alba, borea, or both."""
    params = pack(scenario)
    said = [entry for rows in pairs for entry, _ in rows]
    days = [after for rows in pairs for _, after in rows]
    first_read = np.cumsum([0, *map(len, days)])
    read_on = np.array([day for after in days for day in after], np.int64)
    first = np.cumsum([0, *map(len, pairs)])
    shares = np.full((len(read_on), WHO), np.nan)
    read_waits(
        params, fresh_state(params), fresh_state(params), first, *columns(scenario, said), first_read,
        read_on, detection, shares, np.full((2, SORTS), np.nan),
    )  # fmt: skip
    return shares


def up_to(days: int) -> list[int]:
    return list(range(1, days + 1))


def reply_by_hand(scenario: Scenario) -> float:
    """Return the probability of a reply to an act that is chosen by its intercept alone."""
    table = Table(scenario)
    able = [name for name in HOSTILITY if name != "nuclear_use"]
    shares = {name: math.exp(table.utility("alba", name, "borea")) for name in able}
    reply = {0: 0.1, 1: 0.1, 2: 0.3, 3: 0.3, 4: 0.5, 5: 0.5}
    return sum(shares[name] * reply[SORT_OF[name]] for name in able) / sum(shares.values())


@pytest.mark.parametrize("detection", [1.0, 0.6])
def test_who_acts_on_each_day_by_hand(detection: float) -> None:
    scenario = pair(weights=STILL)
    found = waits(scenario, [((0, 0, "strike"), up_to(5))], detection=detection)
    reply = detection * reply_by_hand(scenario)
    for day, row in enumerate(found, start=1):
        p = 1 - math.exp(-detection * RATE * day**-0.8)
        alone = p * (1 - p)
        expected = [(1 - p) ** 2, alone * (1 - reply), alone * (1 - reply), p * p + 2 * alone * reply]
        assert row == pytest.approx(expected)


days_read = st.lists(st.sets(st.integers(1, 9)).map(sorted), min_size=12, max_size=12)
records = st.lists(st.tuples(exchanges, days_read), min_size=1, max_size=3)


def watch(exchange: list[Said], days: list[list[int]]) -> list[tuple[Said, list[int]]]:
    """Read some days after each act, up to the next one."""
    later = [entry[0] for entry in exchange[1:]] + [exchange[-1][0] + 9]
    return [
        (entry, [day for day in after if day <= then - entry[0]])
        for entry, then, after in zip(exchange, later, days, strict=False)
    ]


@settings(max_examples=15)
@given(records, weights(), st.floats(0.05, 1.0))
def test_who_acts_sums_to_one_and_each_pair_stands_alone(
    several: list[tuple[list[Said], list[list[int]]]], moved: dict[str, float], detection: float
) -> None:
    scenario = pair(weights=moved)
    pairs = [watch(exchange, days) for exchange, days in several]
    found = waits(scenario, *pairs, detection=detection)
    assert found.sum(axis=1) == pytest.approx(1.0)
    assert (found >= 0.0).all()
    alone = [waits(scenario, rows, detection=detection) for rows in pairs]
    assert (found == np.concatenate(alone)).all()


@settings(max_examples=15)
@given(records, st.floats(0.05, 0.95))
def test_the_less_a_record_holds_the_quieter_its_days(
    several: list[tuple[list[Said], list[list[int]]]], detection: float
) -> None:
    pairs = [watch(exchange, days) for exchange, days in several]
    whole, part = waits(pair(), *pairs), waits(pair(), *pairs, detection=detection)
    assert (part[:, 0] >= whole[:, 0]).all()


def test_days_that_nobody_reads_pass_too() -> None:
    """The state of a day is the same whether those before are read."""
    every = waits(pair(), [((0, 0, "strike"), up_to(30)), ((30, 1, "threat"), up_to(4))])
    some = waits(pair(), [((0, 0, "strike"), [2, 3, 17]), ((30, 1, "threat"), [1, 4])])
    assert some == pytest.approx(every[[1, 2, 16, 30, 33]])
    assert waits(pair(), [((0, 0, "strike"), []), ((30, 1, "threat"), [4])]) == pytest.approx(every[33:])


def test_who_has_acted_acts_again_and_who_was_hit_answers() -> None:
    lead = waits(pair(weights=STILL | {"lead": 1.2}), [((0, 1, "threat"), [1])])[0]
    wronged = waits(pair(weights=STILL | {"grievance": 2.0}), [((0, 1, "strike"), [1])])[0]
    assert lead[2] > lead[1]
    assert wronged[1] > wronged[2]
    mutual = waits(pair(weights=STILL | {"lead": 1.2, "grievance": 2.0}), [((0, BOTH, "strike"), [1])])[0]
    assert mutual[1] == pytest.approx(mutual[2])


def test_a_record_of_days_is_read_as_a_crisis_is_played() -> None:
    """A strike on the last day of the record: who acts on the day after, in simulated crises."""
    acts = [dated(0, "borea", "strike", "alba")]
    lively = {"alarm": -1.0, "misperception": 0.0}
    scenario = pair(acts=acts, weights=lively, free_days=1)
    n = 20_000
    params = pack(scenario)
    logged = simulate(params, 3, 0, n, paths=True).acts
    assert logged is not None
    hostile = logged[params.acts["form"][logged["act"]] == HOSTILE]
    acted = np.zeros((n, 2), bool)
    acted[hostile["replication"], hostile["actor"]] = True
    counts = np.bincount(acted[:, 0] + 2 * acted[:, 1], minlength=4) / n
    expected = waits(pair(weights=lively), [((0, 1, "strike"), [1])])[0]
    assert counts == pytest.approx(expected, abs=5 * 0.5 / math.sqrt(n))
    assert expected.min() > 0.03


# A response to a trigger


def response(scenario: Scenario, name: str | None, severity: float = 0.0, days: int = 8) -> np.ndarray:
    params, index = pack(scenario), Index(scenario)
    table = np.full((days, CHOICES + RUNGS), np.nan)
    act = -1 if name is None else index.act[name]
    read_response(params, fresh_state(params), fresh_state(params), act, severity, table)
    return table


CLOCKS = STILL | {
    "grievance": 2.0, "grievance_days": 20.0, "protest": -2.0, "protest_lull": 0.5, "protest_tempo": 0.0,
    "protest_grievance": 1.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "severity", "hit", "reply"),
    [("strike", 0.0, 1.0, 0.5), ("raid", 0.0, 0.35, 0.3), ("mobilise", 0.0, 0.0, 0.1), (None, 0.6, 0.6, 0.0)],
)
def test_a_response_by_hand(name: str | None, severity: float, hit: float, reply: float) -> None:
    found = response(pair(weights=CLOCKS), name, severity)
    assert found[0, :CHOICES].tolist() == pytest.approx([0.0, 0.0, reply])
    for day, row in enumerate(found[1:], start=1):
        wronged = hit * math.exp(-day / 20.0)
        assert row[HOSTILE_HAZARD] == pytest.approx(RATE * day**-0.8 * math.exp(2.0 * wronged))
        assert row[POLITICAL_HAZARD] == pytest.approx(math.exp(-2.0 + 1.5 * wronged) * day**-0.5)
        assert row[REPLY_PROBABILITY] == 0.0
    assert found[:, CHOICES:].sum(axis=1) == pytest.approx(1.0)


def test_words_are_no_reply_and_start_the_clock_of_words_alone() -> None:
    found = response(pair(weights=CLOCKS), "protest")
    assert found[0, REPLY_PROBABILITY] == 0.0
    assert found[1, POLITICAL_HAZARD] == pytest.approx(math.exp(-2.0))
    assert found[1, HOSTILE_HAZARD] == pytest.approx(RATE * 366**-0.8)  # rivals begin after a year's lull


def test_the_shares_of_rungs_are_those_of_the_choice_on_that_day() -> None:
    """On the day itself nothing has faded; on the next all has by a day."""
    found = response(pair(), "strike")
    table = Table(pair()).on(0)
    for i in range(2):
        perceive(table.params, table.state, i)
    table.take("borea", "strike", "alba")
    table.settle()
    for day in (0, 1):
        if day:
            let_a_day_pass(table.params, table.state)
        shares = np.zeros(RUNGS)
        for name in HOSTILITY:
            if name != "nuclear_use":
                rung = int(table.params.acts[table.act(name)].rung)
                shares[rung] += math.exp(table.utility("alba", name, "borea"))
        assert found[day, CHOICES:] == pytest.approx(shares / shares.sum())
    assert found[0, CHOICES + 7] > found[7, CHOICES + 7]  # force answers force while it is fresh
