"""Flows between outcomes: margins, directions, and the pairs that changed most."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.measures.flows import STEPS, Flows, flows_of, pair_changes, total_cost
from escalation.vocabulary import OUTCOME_CLASSES, OUTCOMES

WAR, ENDED, GOING_ON, STAND_OFF, CALM = (
    OUTCOMES.index(name)
    for name in ("war", "limited_force_ended", "limited_force_going_on", "stand_off", "de_escalated")
)

outcomes = st.lists(st.tuples(*[st.integers(0, len(OUTCOMES) - 1)] * 2), min_size=1, max_size=40)


@given(outcomes)
def test_flows_are_the_pairs_counted_one_by_one(pairs: list[tuple[int, int]]) -> None:
    before, after = (np.array(side, np.int16) for side in zip(*pairs, strict=True))
    found = flows_of(before, after)
    assert found.n == len(pairs)
    assert found.counts.sum(axis=1).tolist() == [int((before == k).sum()) for k in range(len(OUTCOMES))]
    assert found.counts.sum(axis=0).tolist() == [int((after == k).sum()) for k in range(len(OUTCOMES))]
    assert found.better == sum(STEPS[b] > STEPS[a] for a, b in pairs)
    assert found.worse == sum(STEPS[b] < STEPS[a] for a, b in pairs)
    assert found.same == sum(a == b for a, b in pairs)
    for flow in found.flows():
        assert flow.saved == pairs.count((flow.worse, flow.better))
        assert flow.harmed == pairs.count((flow.better, flow.worse))
    unrelated = np.mean([a != b for a in before for b in after])
    assert found.chance == pytest.approx(unrelated)


@given(outcomes)
def test_swapped_sides_transpose_the_flows(pairs: list[tuple[int, int]]) -> None:
    before, after = (np.array(side, np.int16) for side in zip(*pairs, strict=True))
    there, back = flows_of(before, after), flows_of(after, before)
    assert (there.counts == back.counts.T).all()
    assert (there.better, there.worse, there.same) == (back.worse, back.better, back.same)


def test_steps_follow_the_order_and_the_directions_of_the_classes() -> None:
    assert (np.diff(STEPS) >= 0).all()
    assert STEPS[ENDED] == STEPS[GOING_ON], "limited force is as bad whether it ended or goes on"
    best = [each.name for each in OUTCOME_CLASSES if each.direction < 0]
    assert best == [OUTCOMES[k] for k in np.flatnonzero(STEPS.max() == STEPS)]


def test_flows_in_words_say_what_was_made_better() -> None:
    counts = np.zeros((len(OUTCOMES), len(OUTCOMES)), np.int64)
    counts[ENDED, STAND_OFF], counts[STAND_OFF, ENDED] = 83, 41
    counts[CALM, WAR] = 5
    counts[ENDED, GOING_ON] = 2
    counts[CALM, CALM] = 869
    found = Flows(counts)
    words = list(found.sentences("A", "B"))
    assert words[0] == (
        "83 that ended in limited use of force that ended under A ended in a stand-off under B (made better);"
        " 41 the other way (made worse)."
    )
    assert words[1].startswith("5 that ended in de-escalation under A ended in full conventional war")
    assert words[1].endswith("(made worse); none the other way.")
    assert "(neither better nor worse)" in words[2]
    net = found.net_words()
    assert "83 ended better under B than under A and 46 worse" in net
    assert "3.7 ±" in net
    table = {(row[0], row[1]): row[-1] for row in found.table().rows}
    assert table["limited_force_ended", "stand_off"] == "better"
    assert table["limited_force_going_on", "limited_force_ended"] == "neither"
    lines = found.matrix()
    assert max(map(len, lines)) <= 78
    assert lines[-1].split()[-1] == "1,000"


def columns(outcome: list[int], peak: list[int], cost: list[float]) -> dict[str, np.ndarray]:
    return {
        "outcome": np.array(outcome, np.int16), "peak": np.array(peak, np.int8),
        "cost_a": np.array(cost), "cost_b": np.full(len(cost), np.nan),
    }  # fmt: skip


def test_pairs_are_ordered_by_outcome_then_peak_then_cost() -> None:
    before = columns([CALM, CALM, WAR, CALM, CALM, ENDED], [3, 3, 9, 3, 3, 7], [1.0] * 6)
    after = columns([CALM, WAR, CALM, STAND_OFF, CALM, GOING_ON], [4, 9, 3, 3, 3, 7], [1.0, 1, 1, 1, 0.5, 1])
    changes = pair_changes(before, after)
    assert changes.most(9, worse=True).tolist() == [1, 3, 0]
    assert changes.most(9, worse=False).tolist() == [2, 4]
    assert changes.most(1, worse=True).tolist() == [1]
    assert total_cost(before).tolist() == [1.0] * 6
