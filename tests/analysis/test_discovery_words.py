"""The account of scenario discovery: sentences with numbers, in 80 columns."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from escalation.analysis.design_inputs import InputAxis
from escalation.analysis.discovery import discover
from escalation.analysis.discovery_words import (
    branch_words,
    interval,
    limits_words,
    method_words,
    number,
    points_words,
    scale_words,
    share,
    stability_rows,
)
from escalation.stats.cart import grow
from escalation.stats.intervals import Intervals
from escalation.stats.prim import Input, PointRates, Space
from tests.analysis.discoverable import sampled, with_policies

AXES = (
    InputAxis("x", "Audience cost", "from 0 to 1", 0.0, 1.0),
    InputAxis("day", "Day of entry", "days", 4.0, 12.0),
    InputAxis("who", "Who mediates", "", math.nan, math.nan),
)
SPACE = Space(
    (
        Input("x", np.linspace(0, 1, 9)),
        Input("day", np.array([4.0, 8.0, 12.0] * 3), is_listed=True),
        Input("who", np.array([0.0, 1.0, 2.0] * 3), ("Russia", "nobody", "the UN")),
    )
)
POINTS: Any = SimpleNamespace(axes=AXES, space=SPACE)


def test_limits_in_words() -> None:
    box = SPACE.whole
    assert limits_words(POINTS, box.with_limit(0, low=0.7)) == ["Audience cost > 0.7"]
    assert limits_words(POINTS, box.with_limit(0, high=0.25)) == ["Audience cost < 0.25"]
    assert limits_words(POINTS, box.with_limit(0, 0.2, 0.7)) == ["Audience cost between 0.2 and 0.7"]
    assert limits_words(POINTS, box.with_limit(1, low=8.0)) == ["Day of entry ≥ 8 days"]
    assert limits_words(POINTS, box.with_limit(1, high=8.0)) == ["Day of entry ≤ 8 days"]
    assert limits_words(POINTS, box.with_limit(1, 4.0, 8.0)) == ["Day of entry from 4 to 8 days"]
    assert limits_words(POINTS, box.with_limit(1, 8.0, 8.0)) == ["Day of entry = 8 days"]
    assert limits_words(POINTS, box.with_out(2, frozenset({1}))) == ["Who mediates is not nobody"]
    assert limits_words(POINTS, box.with_out(2, frozenset({0, 1}))) == ["Who mediates is the UN"]


def test_a_scale_is_described_once_and_not_after_each_number() -> None:
    """'> 0.64 0 as in an average dispute' reads as two numbers."""
    scale = "0 as in an average dispute, 1 as in a remembered crisis"
    axes = (
        InputAxis("stakes", "What is at stake", scale, 0.0, 1.0),
        InputAxis("rate", "Rate", "per day", 0.0, 1.0),
        InputAxis("share", "Part", "share", 0.0, 1.0),
        InputAxis("trust", "Trust", "from 0 to 1", 0.0, 1.0),
    )
    space = Space(tuple(Input(axis.name, np.linspace(0, 1, 9)) for axis in axes))
    box = space.whole
    for j in range(4):
        box = box.with_limit(j, low=0.64)
    assert limits_words(SimpleNamespace(axes=axes, space=space), box) == [
        "What is at stake > 0.64", "Rate > 0.64 per day", "Part > 0.64", "Trust > 0.64",
    ]  # fmt: skip
    found: Any = SimpleNamespace(slices=[SimpleNamespace(axes=axes)] * 2)
    assert scale_words(found) == f"Scales: What is at stake ({scale})."
    assert scale_words(SimpleNamespace(slices=[SimpleNamespace(axes=axes[1:])])) == ""


def test_classes_of_values_are_said_where_there_are_more_values(monkeypatch: pytest.MonkeyPatch) -> None:
    found = discover(sampled(), "outcome == war", resamples=10, boxes=1)
    assert "classes" not in method_words(found)
    monkeypatch.setattr("escalation.analysis.discovery_words.CLASSES", 100)
    assert "know an input with more values by 100 classes of equally many points" in method_words(found)


def test_numbers_in_words() -> None:
    assert [number(value) for value in (0.0, 0.71234, -2.5, 123.4, 12_345.6)] == [
        "0", "0.712", "−2.5", "123", "12,346",
    ]  # fmt: skip
    assert [share(value) for value in (0.0, 0.0012, 0.0994, 0.415, 1.0, math.nan)] == [
        "0%", "0.1%", "9.9%", "42%", "100%", "no",
    ]  # fmt: skip
    found = Intervals(*(np.array(value) for value in (0.415, 0.38, 0.45)))
    assert interval(found) == "42% [38, 45]"
    assert points_words(Intervals(*(np.array(value) for value in (-0.01, -0.03, 0.02)))) == (
        "−1.0 points [−3.0, 2.0]"
    )


def test_branches_in_words() -> None:
    for j, y, words in (
        (0, SPACE.inputs[0].values > 0.5, ("Audience cost ≤ 0.562", "Audience cost > 0.562")),
        (1, SPACE.inputs[1].values > 8, ("Day of entry ≤ 8 days", "Day of entry ≥ 12 days")),
        (2, SPACE.inputs[2].values == 1, ("Who mediates is Russia or the UN", "Who mediates is nobody")),
    ):
        space = Space((SPACE.inputs[j],))
        tree = grow(space, PointRates(np.ones(9), y.astype(float)), 1)
        assert branch_words(SimpleNamespace(axes=AXES[j : j + 1], space=space), tree) == words


def test_the_account() -> None:
    found = discover(sampled(), "war", resamples=20)
    lines = found.lines()
    text = " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= 80
    box = found.slices[0].boxes[0]
    assert lines[0] == "made: When is war frequent?"
    assert "When is this frequent: war" in text
    assert "150 points of 40 crises each, 3 inputs." in text
    assert f"Box 1. Full conventional war in {interval(box.density)} of crises" in text
    assert "when India's audience cost > 0." in text
    assert "and Russia's leverage on India < 0." in text
    assert f"(coverage {box.found.coverage:.2f})" in text
    assert "judged on the other, 4 times" in text
    assert "(p = 0.05, 19 times)" in text
    assert "each point counting once; they are no forecast." in text
    assert "No further box: " in text
    for row in stability_rows(found.slices[0], box):
        assert f"{row.axis.label} {row.words} [" in text
        assert row.low is not None
        assert row.high is not None
        assert row.low <= row.high
    assert found.brief_text() == lines


def test_what_cannot_be_relied_on_is_said() -> None:
    noise = discover(sampled(likely=0.3, unlikely=0.3), "war", resamples=40, coverage=0.2)
    text = " ".join(" ".join(noise.lines()).split())
    assert "No box: no limit" in text or "Not to be relied on" in text or "Little of it holds" in text
    nothing = " ".join(discover(sampled(), "nuclear_use", resamples=20).lines())
    assert "There is nothing to discover" in nothing
    assert "The model gives no validated probability of nuclear use." in nothing


def test_missing_crises_and_policies_are_named() -> None:
    part = " ".join(discover(sampled(60, missing=frozenset({1, 2})), "war", resamples=20).lines())
    assert "80 crises of the sweep are not there yet." in " ".join(part.split())
    assert "2 points without crises are left out." in " ".join(part.split())
    lines = discover(with_policies(), "war", resamples=20).lines()
    assert "Policy: Russia" in lines
    assert "Policy: nobody" in lines


@pytest.mark.parametrize("name", ["boxes", "stability", "trajectory", "tree"])
def test_tables_have_a_row_of_the_length_of_their_head(name: str) -> None:
    table = discover(sampled(60), "war", resamples=20).tables()[name]
    assert table.rows
    assert {len(row) for row in table.rows} == {len(table.columns)}
