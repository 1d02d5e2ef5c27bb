"""Conditions on a crisis: what they mean, and what is refused with which words."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.files.places import ArgumentError
from escalation.measures.columns import Layout
from escalation.measures.crisis_conditions import condition
from escalation.measures.measures import SHARES, share_of
from escalation.measures.own import OwnMeasure
from escalation.measures.reduce import NEVER
from escalation.vocabulary import CHANNELS, OUTCOMES

LAYOUT = Layout(("alba", "borea"), ("umbra", "nox"), (("alba", "borea"),))
WAR, CALM, ENDED = map(OUTCOMES.index, ("war", "de_escalated", "limited_force_ended"))
TABLE: dict[str, np.ndarray] = {
    "outcome": np.array([WAR, CALM, ENDED, CALM], np.int16),
    "settlement": np.array([0, CHANNELS.index("mediated"), CHANNELS.index("direct"), 0], np.int16),
    "settled_by": np.array([-1, 1, -1, -1], np.int16),
    "days_to_force": np.array([3, NEVER, 12, NEVER], np.int16),
    "days_to_ceasefire": np.array([NEVER, 5, 14, NEVER], np.int16),
    "days_to_talks": np.array([NEVER, 2, NEVER, NEVER], np.int16),
    "peak": np.array([9, 3, 7, 2], np.int8),
    "peak_borea": np.array([9, -1, 5, 2], np.int8),
    "cost_alba": np.array([2.5, np.nan, 1.0, 0.0]),
    "offered_umbra": np.array([NEVER, 2, -1, NEVER], np.int16),
}

DAYS = np.array([30, 30, 12, 30])


def met(text: str) -> list[int]:
    """Return the crises that meet a condition, by their number."""
    asked = condition(text, LAYOUT)
    answers = asked.holds(TABLE, DAYS)
    assert answers.shape == (4,)
    assert answers.dtype == bool
    return np.flatnonzero(answers).tolist()


@pytest.mark.parametrize(
    ("text", "crises"),
    [
        ("outcome == war", [0]),
        ("'war' == outcome", [0]),
        ("outcome != de_escalated", [0, 2]),
        ("outcome in [war, limited_force_ended]", [0, 2]),
        ("outcome not in (war, 'limited_force_ended')", [1, 3]),
        ("war", [0]),
        ("force", [0, 2]),
        ("not force", [1, 3]),
        ("force and not ceasefire", [0]),
        ("war or talks", [0, 1]),
        ("rung_7", [0, 2]),
        ("settlement == mediated", [1]),
        ("settled_by == nox", [1]),
        ("settled_by != nox", [0, 2, 3]),
        ("days_to_force <= 10", [0]),
        ("days_to_force > 10", [1, 2, 3]),
        ("2 < days_to_force < 13", [0, 2]),
        ("days_to_ceasefire - days_to_force <= 2", [1, 2, 3]),  # never is the last day in sums
        ("days_to_ceasefire - days_to_force > 20", [0]),
        ("days_to_talks + 0 < 30", [1, 2]),
        ("simulated_days < 30", [2]),
        ("came(days_to_force)", [0, 2]),
        ("ratio(cost_alba, peak, otherwise=1) > 0.2", [0]),
        ("peak >= 7", [0, 2]),
        ("peak_rung >= 7", [0, 2]),
        ("peak_borea < 9", [1, 2, 3]),  # who is not in a cell never acts
        ("peak_borea != 9", [1, 2, 3]),
        ("peak_borea in [2, 5]", [2, 3]),
        ("peak_borea not in [2, 5]", [0, 1]),
        ("peak_borea == 0", [1]),
        ("cost_alba > 1", [0]),
        ("cost_alba * 2 - 1 >= 1", [0, 2]),
        ("cost_alba > -1", [0, 1, 2, 3]),
        ("cost_alba / 2 > 1", [0]),
        ("offered_umbra <= 0", [2]),
        ("force and 1 < 2", [0, 2]),
        (" (  force\n and talks ) or peak == 3 ", [1]),
    ],
)
def test_what_a_condition_means(text: str, crises: list[int]) -> None:
    assert met(text) == crises


@pytest.mark.parametrize("share", SHARES)
def test_a_share_is_a_condition(share: str) -> None:
    asked = condition(share, LAYOUT)
    assert asked.share == share
    assert asked.holds(TABLE, DAYS).tolist() == share_of(share, TABLE).tolist()


def test_the_measures_of_the_experiment_are_known() -> None:
    own = (OwnMeasure("strikes", "count(rung >= 7)"), OwnMeasure("early", "first_day(rung >= 7) <= 5"))
    layout = Layout(LAYOUT.states, LAYOUT.mediators, LAYOUT.pairs, own=own)
    table = TABLE | {
        "strikes": np.array([3.0, 0.0, 1.0, 0.0]),
        "early": np.array([True, False, False, False]),
    }
    for text, crises in (("strikes >= 1", [0, 2]), ("early", [0]), ("not early and strikes > 0", [2])):
        assert np.flatnonzero(condition(text, layout).holds(table, DAYS)).tolist() == crises
    with pytest.raises(ArgumentError, match="did you mean `strikes`"):
        condition("strike > 1", layout)


def test_columns_read_by_pandas_mean_the_same() -> None:
    decimal = {
        name: np.where(column == NEVER, np.nan, column.astype(float)) if name.startswith("days") else column
        for name, column in TABLE.items()
    }
    for text in ("days_to_force > 10", "days_to_force <= 10", "force and days_to_ceasefire > 13"):
        asked = condition(text, LAYOUT)
        assert asked.holds(decimal, DAYS).tolist() == asked.holds(TABLE, DAYS).tolist()


def test_what_it_is_called() -> None:
    assert condition("outcome == war", LAYOUT).heading({}) == "Full conventional war"
    assert condition("force", LAYOUT).heading({"force_rung": 6}) == "Use of force (rung 6 or above)"
    assert condition("outcome == 'war'", LAYOUT).heading({}) == "Full conventional war"
    assert condition("outcome != war", LAYOUT).heading({}) == "outcome != war"
    assert condition("outcome in [war, stand_off]", LAYOUT).heading({}) == "outcome in [war, stand_off]"
    assert condition("force and talks", LAYOUT).heading({}) == "force and talks"


@pytest.mark.parametrize(
    ("text", "is_nuclear"),
    [
        ("nuclear_use", True),
        ("outcome in [war, nuclear_use]", True),
        ("rung_10", True),
        ("peak > 9", True),
        ("peak >= 6", False),
        ("outcome == war", False),
        ("days_to_force <= 10", False),
        ("early", False),
        ("late", True),
        ("days_to_force > 10 or late", True),
    ],
)
def test_nuclear_use_is_noticed(text: str, is_nuclear: bool) -> None:
    own = (OwnMeasure("early", "any(rung >= 7)"), OwnMeasure("late", "any(rung >= 10)"))
    assert condition(text, replace(LAYOUT, own=own)).is_nuclear is is_nuclear


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "an empty expression; allowed: such as outcome == war"),
        ("outcome = war", "not an expression at character 9; allowed: two signs for equality, =="),
        ("outcom == war", '"outcom" is not a word of expressions; did you mean `outcome`?'),
        ("force and tlaks", '"tlaks" is not a word of expressions; did you mean `talks`?'),
        ("outcome == wor", 'no outcome is called "wor"; did you mean `war`? one of nuclear_use, war'),
        ("outcome == settlement", 'no outcome is called "settlement"; allowed: one of nuclear_use'),
        ("outcome > war", "outcome > war: names have no order; allowed: ==, != or in"),
        ("outcome", "outcome is a name; allowed: a comparison, as in outcome == nuclear_use"),
        ("cost > 1", "cost is of one state; allowed: cost_alba, cost_borea"),
        ("opened == 3", "opened is of one mediator; allowed: opened_umbra, opened_nox"),
        ("nox", '"nox" is not a word of expressions; allowed: settled_by == nox'),
        ("peak", "peak is a number; allowed: a comparison, such as peak > 1"),
        ("force > 1", "force is a yes or no; allowed: a number or a day"),
        ("peak in 7", "peak in 7 is not allowed; allowed: in [...]"),
        ("peak is 7", "peak is 7 is not allowed"),
        ("1 < 2", "1 < 2 is the same in every crisis; allowed: such as outcome == war"),
        ("force and", "is not an expression at character 9"),
        ("peak > 10 ** 9", "10 ** 9 is not allowed"),
        ("peak > True", "True is not allowed"),
        ("__import__('os')", '"__import__" is not a word of expressions; allowed: words: ratio, came'),
        ("(lambda: force)()", "is not allowed"),
        ("force.real", "force.real is not allowed"),
        ("peak[0] > 1", "peak[0] is not allowed"),
        ("(" * 300, "not an expression|cannot be read"),
        ("not " * 120 + "force", "nested too deeply"),
        ("peak > " + "1" * 1_100, "an expression of 1,107 characters; allowed: at most 1,000"),
        ("rung >= 7", "rung is for acts or days, which results do not keep; allowed: shares, columns"),
        ("any(act == protest)", "any is for acts or days, which results do not keep"),
        ("posture(alba) > 3", "posture is for acts or days, which results do not keep"),
        ("force and day > 3", "day is for acts or days, which results do not keep"),
        ("ceasefire_alba_borea < 3", "not a word"),  # the only pair has no columns
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with pytest.raises(ArgumentError) as caught:
        condition(text, LAYOUT)
    message = str(caught.value)
    assert message.startswith("condition ")
    assert any(each in message for each in says.split("|"))
    assert message.isprintable()
    assert len(message) < 1_000


PARTS = st.sampled_from(
    ["outcome", "war", "force", "peak", "cost_alba", "days_to_force", "3", "-1", "and", "or", "not", "(", ")",
     "==", "<", "in", "[", "]", ",", "'x'", "+", "*", "if", "lambda", ":", "=", "\\", "\0", "é", "None"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=12).map(" ".join))
def test_any_text_is_answered_or_refused_in_one_line(text: str) -> None:
    try:
        asked = condition(text, LAYOUT)
    except ArgumentError as error:
        lines = str(error).splitlines()
    else:
        lines = []
    if lines:
        assert len(lines) == 1
        return
    answers: Any = asked.holds(TABLE, DAYS)
    assert answers.shape == (4,)
    # It is an expression in Python too, made of these names and signs.
    assert isinstance(ast.parse(asked.text, mode="eval"), ast.Expression)


def test_measures_of_an_experiments_own_are_words_of_conditions() -> None:
    own = (
        OwnMeasure("strikes", "count(rung >= 7)"),
        OwnMeasure("first_strike", "first_day(rung >= 7)"),
        OwnMeasure("early", "any(rung >= 7 and day < 4)", "an early strike"),
    )
    table = {
        "strikes": np.array([0, 3, 1], np.int32),
        "first_strike": np.array([NEVER, 2, 9], np.int16),
        "early": np.array([False, True, False]),
    }
    layout = replace(LAYOUT, own=own)
    days = np.array([30, 30, 30])
    for text in ("strikes > 2", "first_strike < 5", "early"):
        assert condition(text, layout).holds(table, days).tolist() == [False, True, False], text
        assert condition(f"not ({text})", layout).holds(table, days).tolist() == [True, False, True], text
    assert condition("early", layout).heading({}) == "An early strike"
