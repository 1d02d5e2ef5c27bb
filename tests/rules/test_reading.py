"""Acts on record between two states: what the rules expected of each, level by level."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.engine.pack import Index, pack
from escalation.rules.reading import LONGEST_WAIT, read_exchanges
from escalation.rules.state import fresh_state
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import ESCALATORY
from tests.engine.runs import played
from tests.strategies import HOSTILITY, Table, crisis, dated, ladder, weights

Said = tuple[int, int, str]
"""Day, side (0 alba, 1 borea) and act."""

QUIET = {"states": {"alba": {"label": "A"}, "borea": {"label": "B"}}, "mediators": {}, "incidents": []}
PAIR = QUIET | {"rivalries": [{"between": ["alba", "borea"]}], "horizon": 0, "free_days": 0}
NOTHING = dict.fromkeys(
    ("provocation_gate", "ratchet", "step", "pressure", "cost", "fear_of_escalation", "commitment", "riposte",
     "clash", "habit", "momentum", "war_persistence", "campaign"), 0.0
)  # fmt: skip
"""No term but the intercepts."""

EXCHANGE: list[Said] = [
    (3, 0, "threat"), (3, 1, "threat"), (5, 0, "missile_test"), (6, 0, "raid"), (6, 1, "strike"),
    (9, 0, "strike"), (9, 1, "war"), (40, 1, "threat"),
]  # fmt: skip


def pair(**more: Any) -> Scenario:
    """Return a crisis between two states of which nothing is known."""
    return crisis(**(PAIR | {"acts": []} | more))


def read(scenario: Scenario, *exchanges: list[Said]) -> np.ndarray:
    """Return the probabilities of hostility 2 to 5 before each act, exchange by exchange."""
    params, index = pack(scenario), Index(scenario)
    said = [entry for exchange in exchanges for entry in exchange]
    first = np.cumsum([0, *map(len, exchanges)])
    day, side = (np.array([entry[k] for entry in said], np.int64) for k in (0, 1))
    act = np.array([index.act[name] for _, _, name in said], np.int64)
    shares = np.full((len(said), 4), np.nan)
    read_exchanges(params, fresh_state(params), fresh_state(params), first, day, side, act, shares)
    return shares


exchanges = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 1), st.sampled_from(sorted(HOSTILITY))),
    min_size=1,
    max_size=12,
).map(lambda said: [(sum(gap for gap, *_ in said[: k + 1]), *entry[1:]) for k, entry in enumerate(said)])
"""Acts with the days that pass between them."""


def test_the_first_act_is_expected_as_all_first_acts_are() -> None:
    table = Table(pair())
    shares = np.zeros(4)
    for name, level in HOSTILITY.items():
        if name != "nuclear_use":  # neither has nuclear weapons
            shares[level - 2] += math.exp(table.utility("alba", name, "borea"))
    assert read(pair(), EXCHANGE)[0] == pytest.approx(shares / shares.sum())


def test_an_exchange_is_read_as_a_crisis_is_played() -> None:
    """The same acts forced on the same days: probabilities of their alternatives, added up by level."""
    groups: list[dict[str, Any]] = []
    for number, (day, side, name) in enumerate(EXCHANGE, start=1):
        one, other = ("alba", "borea") if side == 0 else ("borea", "alba")
        groups.append(dated(day - 3, one, name, other, seq=number))
    scenario = pair(acts=groups, horizon=EXCHANGE[-1][0] - 3)
    run = played(scenario)
    acts = run.model.params.acts
    expected = np.zeros((len(EXCHANGE), 4))
    for row, decision in zip(expected, run.decisions, strict=True):
        for option in decision.alternatives:
            if acts[option.act].hostility >= 2:
                row[int(acts[option.act].hostility) - 2] += option.probability
    expected /= expected.sum(axis=1, keepdims=True)
    # On the first day nothing is feared yet; a played day begins with fear.
    today = sum(day == EXCHANGE[0][0] for day, *_ in EXCHANGE)
    found = read(pair(), EXCHANGE)
    assert found[today:] == pytest.approx(expected[today:])
    assert found[:today] == pytest.approx(expected[:today], rel=0.02)


@settings(max_examples=25)
@given(st.lists(exchanges, min_size=1, max_size=3), weights())
def test_levels_add_up_and_each_exchange_stands_alone(
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
    assert one[1, 2] > other[1, 2]  # force answers force


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
    expected = first * np.sqrt([0.75, 0.25, 0.75, 0.25])
    assert third == pytest.approx(expected / expected.sum())


def test_all_is_forgotten_in_the_longest_wait() -> None:
    waits = [
        read(pair(), [(0, 0, "war"), (days, 1, "war")])[1] for days in (LONGEST_WAIT, LONGEST_WAIT + 300)
    ]
    assert (waits[0] == waits[1]).all()
    assert waits[0] != pytest.approx(
        read(pair(), [(0, 0, "war"), (LONGEST_WAIT // 2, 1, "war")])[1], rel=1e-3
    )


def test_a_measure_on_record_has_run_out_by_the_next_act() -> None:
    """Mobilisation lasts in a crisis; of a record nobody knows until when."""
    fleeting = ladder()
    fleeting["acts"]["mobilise"]["lasts"] = False
    said = [(0, 0, "mobilise"), (0, 0, "mobilise"), (4, 0, "mobilise")]
    assert (read(pair(), said) == read(pair(ladder=fleeting), said)).all()


def test_the_ladder_has_militarised_acts_of_all_levels() -> None:
    params = pack(pair())
    levels = params.acts["hostility"][params.acts["form"] == ESCALATORY]
    assert set(levels.tolist()) >= {2.0, 3.0, 4.0, 5.0}
