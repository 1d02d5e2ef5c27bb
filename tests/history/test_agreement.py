"""Agreement between codings: what is matched, what counts as the same, and the shipped pairs."""

from __future__ import annotations

import math
from typing import Any

import pytest

from escalation.history.agreement import agreement, agreements_on, pooled, second_codings, steps_of
from escalation.history.cases import CALIBRATE, HISTORY, case_of, load_cases
from escalation.scenario.scenario import Scenario
from tests.history.crises import case, past
from tests.strategies import dated

ONE = [
    dated(0, "borea", "protest", "alba"),  # 1
    dated(2, "alba", "expel", "borea"),  # 2
    dated(3, "borea", "alert", "alba"),  # 3
    dated(10, "alba", "artillery", "borea"),  # 6
    dated(12, "borea", "strike", "alba"),  # 7
]
OTHER = [
    dated(1, "borea", "protest", "alba"),  # a day later, same rung
    dated(2, "alba", "alert", "borea"),  # a rung higher
    dated(3, "borea", "strike", "alba"),  # four rungs higher
    dated(10, "borea", "artillery", "alba"),  # another actor
    dated(14, "borea", "strike", "alba"),  # two days later
]
FULL_PAIRS = (
    "imia_kardak_1996", "karabakh_2016", "panmunjom_1976", "south_atlantic_1982", "taiwan_1958",
)  # fmt: skip
"""Crises of which both coders were asked for every dated step."""


def coded(acts: list[Any], name: str = "one", **more: Any) -> Scenario:
    return past(name, acts=acts, case=case(**more))


def second(acts: list[Any]) -> Scenario:
    return coded(acts, "one_second", use="second_coding", coding_of="one")


def test_a_step_is_matched_by_actor_and_day_whatever_its_rung() -> None:
    found = agreement(coded(ONE), second(OTHER))
    assert (found.name, found.steps) == ("one", (5, 5))
    assert found.rungs == ((1, 1), (2, 3), (3, 7))
    assert (found.matched, found.same, found.near) == (3, pytest.approx(1 / 3), pytest.approx(2 / 3))


def test_kappa_of_the_hand_made_codings() -> None:
    """By hand: squared differences 0, 1, 16; in any order 0, 4, 36, 1, 1, 25, 4, 0, 16 of mean 87 / 9."""
    found = agreement(coded(ONE), second(OTHER))
    assert found.kappa == pytest.approx(1 - (17 / 3) / (87 / 9))


def test_a_coding_agrees_with_itself() -> None:
    found = agreement(coded(ONE), second(ONE))
    assert (found.matched, found.same, found.near, found.kappa) == (5, 1.0, 1.0, 1.0)


def test_one_step_is_matched_once_and_the_nearest_day_first() -> None:
    twice = [dated(5, "alba", "protest", "borea"), dated(6, "alba", "strike", "borea")]
    once = [dated(6, "alba", "protest", "borea")]
    assert agreement(coded(twice), second(once)).rungs == ((7, 1),)


def test_nothing_in_common_has_no_share() -> None:
    found = agreement(coded(ONE[:1]), second(ONE[4:]))
    assert found.matched == 0
    assert all(math.isnan(share) for share in (found.same, found.near, found.kappa))


def test_a_call_on_both_sides_is_one_step() -> None:
    calls = [dated(4, "umbra", "urge", state) for state in ("alba", "borea")]
    assert len(steps_of(coded([*ONE, *calls]))) == len(ONE) + 1
    other = calls[0] | {"says": "Other words."}
    assert len(steps_of(coded([*ONE, other, calls[1]]))) == len(ONE) + 2


def test_steps_are_pooled_one_by_one() -> None:
    parts = [agreement(coded(ONE), second(OTHER)), agreement(coded(ONE), second(ONE))]
    whole = pooled(parts, "all")
    assert (whole.name, whole.steps, whole.matched) == ("all", (10, 10), 8)
    assert whole.same == pytest.approx(6 / 8)


def test_every_second_coding_is_of_a_case_that_weights_are_fitted_to() -> None:
    cases, others = load_cases([HISTORY], CALIBRATE), second_codings()
    assert set(others) <= {one.name for one in cases}
    known = {one.name: one for one in cases}
    for name, coding in others.items():
        assert (coding.start - known[name].start).days in (0, 1)  # two coders of one crisis begin a day apart
        assert case_of(coding).ended == case_of(known[name]).ended
        assert set(coding.states) <= set(known[name].states)
        assert len(coding.acts) < len(known[name].acts)  # the denser coding is the case
    assert len(agreements_on(cases, others)) == len(others) == 10


def test_agreement_on_the_shipped_pairs_is_that_of_the_data() -> None:
    """Its README finds 158 of 200 and 169 events in both, .82 on the same rung, .90 within one, kappa .86.

    Here a report is no step, which leaves 189 and 166, and the matching is blind to words.
    """
    cases, others = load_cases([HISTORY], CALIBRATE), second_codings()
    whole = pooled([one for one in agreements_on(cases, others) if one.name in FULL_PAIRS], "five")
    assert whole.matched == pytest.approx(158, abs=5)
    assert whole.same == pytest.approx(0.82, abs=0.02)
    assert whole.near == pytest.approx(0.90, abs=0.02)
    assert whole.kappa == pytest.approx(0.86, abs=0.02)
