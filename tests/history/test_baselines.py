"""Baselines against counts made by hand, and properties of every forecast."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.history.baselines import (
    BASELINES,
    NONE,
    Rows,
    climatology,
    first_order,
    joined,
    own_chain,
    persistence,
    replay,
    rows_of,
    rows_of_groups,
    second_order,
)

# Two exchanges of two actors: 0 0 1 1 | 2 0
ROWS = rows_of([0, 0, 1, 1, 2, 0], [5, 6, 5, 5, 6, 5], [0, 4, 6], 3)


@st.composite
def some_rows(draw: st.DrawFn, least: int = 0) -> Rows:
    lengths = draw(st.lists(st.integers(1, 6), min_size=least, max_size=5))
    n = sum(lengths)
    level = draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))
    actor = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    return rows_of(level, actor, np.cumsum([0, *lengths]), 4)


def test_what_came_before_each_row() -> None:
    assert ROWS.before.tolist() == [NONE, 0, 0, 1, NONE, 2]
    assert ROWS.second.tolist() == [NONE, NONE, 0, 0, NONE, NONE]
    assert ROWS.own.tolist() == [NONE, NONE, 0, 1, NONE, NONE]


def test_acts_of_one_group_are_not_predictors_of_each_other() -> None:
    rows = rows_of_groups([1, 2, 3, 0, 4], ["a", "b", "a", "a", "a"], [1, 1, 2, 2, 3], 5)
    assert rows.before.tolist() == [NONE, NONE, 2, 2, 0]
    assert rows.second.tolist() == [NONE, NONE, 1, 1, 3]
    assert rows.own.tolist() == [NONE, NONE, 1, 1, 0]


@given(some_rows(), st.integers(1, 9))
def test_groups_of_one_are_an_exchange(rows: Rows, actors: int) -> None:
    who = [k * 7 % actors for k in range(len(rows))]
    alone = rows_of(rows.level, who, [0, len(rows)], 4)
    grouped = rows_of_groups(rows.level.tolist(), [str(k) for k in who], range(len(rows)), 4)
    for name in ("level", "before", "second", "own"):
        assert getattr(alone, name).tolist() == getattr(grouped, name).tolist()


def test_climatology_by_hand() -> None:
    expected = (np.array([3, 2, 1]) + 1) / (6 + 3)
    assert climatology(ROWS, ROWS[np.array([0])])[0] == pytest.approx(expected)


def test_own_chain_by_hand() -> None:
    """After an own 0 came a 1, once; before the first own act came 0 three times and 2 once."""
    found = own_chain(ROWS, ROWS)
    base = climatology(ROWS, ROWS)[0]
    assert found[2] == pytest.approx((np.array([0, 1, 0]) + 3 * base) / 4)
    assert found[0] == pytest.approx((np.array([3, 0, 1]) + 3 * base) / 7)


def test_persistence_by_hand() -> None:
    """Last acts, own or else the one before: 0, 0, 1 and 2, followed by 0, 1, 1 and 0: two of four held."""
    found = persistence(ROWS, ROWS)
    base = climatology(ROWS, ROWS)[0]
    assert found[0] == pytest.approx(base)
    assert found[3] == pytest.approx(0.5 * base + 0.5 * np.array([0, 1, 0]))
    assert found[5] == pytest.approx(0.5 * base + 0.5 * np.array([0, 0, 1]))


def test_first_order_by_hand() -> None:
    """After a 0 came 0 and 1, once each."""
    base = climatology(ROWS, ROWS)[0]
    found = first_order(ROWS, ROWS)
    assert found[1] == pytest.approx((np.array([1, 1, 0]) + 3 * base) / (2 + 3))
    assert found[5] == pytest.approx((np.array([1, 0, 0]) + 3 * base) / (1 + 3))


def test_second_order_by_hand() -> None:
    """After 0 and 0 came a 1, once."""
    shorter = first_order(ROWS, ROWS)
    found = second_order(ROWS, ROWS)
    assert found[2] == pytest.approx((np.array([0, 1, 0]) + 3 * shorter[2]) / (1 + 3))


def test_an_unseen_state_backs_off() -> None:
    unseen = rows_of([2, 2, 2], [1, 2, 1], [0, 3], 3)
    assert second_order(ROWS, unseen)[2] == pytest.approx(first_order(ROWS, unseen)[2])
    nothing = rows_of([], [], [0], 3)
    for baseline in BASELINES.values():
        assert baseline(nothing, unseen)[0] == pytest.approx(np.full(3, 1 / 3))


@given(some_rows(), some_rows(least=1))
def test_every_forecast_adds_up_and_rules_nothing_out(train: Rows, rows: Rows) -> None:
    for baseline in BASELINES.values():
        found = baseline(train, rows)
        assert found.shape == (len(rows), 4)
        assert found.sum(axis=1) == pytest.approx(np.ones(len(rows)))
        assert (found > 0).all()


@given(some_rows(least=1), st.data())
def test_no_forecast_knows_what_it_forecasts(rows: Rows, data: st.DataObject) -> None:
    """Another level of the last act changes no forecast of it."""
    train = rows_of([0, 1, 2, 3, 3, 1], [0, 1, 0, 1, 1, 0], [0, 6], 4)
    other = data.draw(st.integers(0, 3))
    changed = Rows(np.append(rows.level[:-1], other), rows.before, rows.second, rows.own, 4)
    for baseline in BASELINES.values():
        assert baseline(train, rows)[-1] == pytest.approx(baseline(train, changed)[-1])


def test_chains_learn_what_repeats() -> None:
    levels = [0, 1, 2] * 40
    rows = rows_of(levels, [0] * 120, [0, 120], 3)
    last = rows[np.array([119])]
    assert climatology(rows, last)[0, 2] < 0.4
    assert first_order(rows, last)[0, 2] > 0.95


def test_replay_by_hand() -> None:
    found = replay(ROWS, ROWS[np.arange(3)], [2, 1], hit_rate=0.25)
    base = climatology(ROWS, ROWS)[0]
    assert found[0] == pytest.approx(0.75 * base + 0.25 * np.array([0, 0, 1]))
    assert found[1] == pytest.approx(0.75 * base + 0.25 * np.array([0, 1, 0]))
    assert found[2] == pytest.approx(base)


def test_joined_rows_follow_one_another() -> None:
    both = joined([ROWS, ROWS[np.array([5])]], 3)
    assert both.level.tolist() == [0, 0, 1, 1, 2, 0, 0]
    assert both.own.tolist()[-1] == NONE
    assert len(joined([], 3)) == 0
