"""Measures of an experiment's own: what their expressions mean, need and are called, and what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from escalation.measures.columns import layout_of
from escalation.measures.expressions import ExpressionError
from escalation.measures.measures import SHIPPED
from escalation.measures.own import FUNCTIONS, WORDS, OwnMeasure, language_of, measures_of, terms_of
from escalation.scenario.load import load_scenario
from tests.experiment.sweeps import TINY

SCENARIO = load_scenario(TINY)  # arland, borland; cesland


def test_kinds_units_and_wordings_follow_from_the_expression() -> None:
    own = (
        OwnMeasure("strikes", "count(rung >= 7)", "strikes", "strikes", "worse"),
        OwnMeasure("first_strike", "first_day(rung >= 7)", more_is="better"),
        OwnMeasure("tense", "mean(posture)"),
        OwnMeasure("struck", "any(rung >= 7)", "a strike", more_is="worse"),
    )
    found = measures_of(own, ("arland", "borland"), ("cesland",))
    assert [each.kind for each in found.own] == ["mean", "days", "mean", "share"]
    assert [each.columns[0].stored for each in found.own] == ["int32", "int16", "float64", "bool"]
    assert [each.unit for each in found.own] == ["strikes", "days after the horizon", "", "share of crises"]
    assert [each.direction for each in found.own] == [1, -1, 0, 1]
    assert found.measure("struck").heading == "A strike"
    assert found.measure("first_strike").noun == "first strike"
    assert (found.names[-1], [each.name for each in found.numbers][-3:]) == (
        "struck", ["strikes", "first_strike", "tense"],
    )  # fmt: skip
    assert (found.needs_acts, found.needs_days) == (True, True)
    assert found.measure("force") is not None
    assert measures_of(()) is SHIPPED


@pytest.mark.parametrize(
    ("text", "acts_needed", "days_needed"),
    [("count(rung >= 7)", True, False), ("days(talks_open)", False, True), ("days(acts > 1)", True, False),
     ("days_to_force < 9", False, False)],
)  # fmt: skip
def test_only_what_is_needed_is_kept(text: str, acts_needed: bool, days_needed: bool) -> None:
    found = measures_of((OwnMeasure("mine", text),), ("arland",), ("cesland",))
    assert (found.needs_acts, found.needs_days) == (acts_needed, days_needed)


@pytest.mark.parametrize(
    ("text", "is_nuclear"),
    [("nuclear_use", True), ("outcome == nuclear_use", True), ("max(rung, otherwise=0) >= 10", True),

     ("any(rung >= 10)", True), ("any(rung > 8)", False), ("days(posture >= 9)", True),
     ("count(day > 9) > 2", False), ("count(rung > 3) > 9", False),
     ("count(kind == nuclear_signal)", True), ("peak != 10", True), ("peak in [1, 10]", True),
     ("peak - 1 >= 8", True), ("0 - peak <= -1", True), ("-peak < -9", True), ("peak > -1", False),
     ("cost_arland + 1 > 9", False), ("count(rung > 3) + 1 > 9", False)],
)  # fmt: skip
def test_what_speaks_of_nuclear_use_is_known(text: str, is_nuclear: bool) -> None:
    (found,) = measures_of((OwnMeasure("mine", text),), ("arland",), ()).own
    assert found.is_nuclear is is_nuclear


@pytest.mark.parametrize(
    ("text", "says", "allowed"),
    [
        ("rung >= 7", "rung >= 7 is of an act", "any"),
        ("posture", "posture is of a day", "function"),
        ("3 > 2", "the same in every crisis", "count"),
        ("outcome", "outcome is a name", "comparison"),
        ("count(posture > 3)", "count is for acts", "days"),
        ("count(force)", "says nothing about an act or a day", "words such as act, rung"),
        ("count(rung)", "rung is a number", "comparison"),
        ("count()", "wrong number of arguments", "count(CONDITION)"),
        ("count(rung > 3, act == protest)", "wrong number of arguments", "count(CONDITION)"),
        ("count(rung > 3, by='india')", "by is not an argument", "== for equality"),
        ("count(act=protest)", "act is not an argument", "== for equality"),
        ("count(rung > 3, otherwise=1)", "otherwise is not needed", "count"),
        ("mean(cost)", "unknown in a crisis without any such act", "otherwise=0"),
        ("max(posture, talks_open)", "unknown in a crisis without any such day", "otherwise=0"),
        ("mean(posture, otherwise=1)", "otherwise is not needed", ""),
        ("mean(cost, otherwise=count(rung > 1))", "not a plain number", "otherwise=0"),
        ("ratio(1, 2)", "divides by 0", "otherwise"),
        ("came(3)", "3 is not a day", "came(DAY)"),
        ("any(actor == india)", 'no actor is called "india"', "one of arland, borland, cesland"),
        ("any(act == protets)", 'no act is called "protets"', "did you mean `protest`?"),
        ("any(*act)", "wrong number of arguments", ""),
        ("days(posture(cesland) > 1)", 'no state is called "cesland"', "arland"),
        ("count(rung > 3 and talks_open)", "rung is of an act and talks_open of a day", "one or the other"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, says: str, allowed: str) -> None:
    language = language_of(tuple(SCENARIO.states), tuple(SCENARIO.mediators), (), SCENARIO.ladder.ordered())
    refused: list[ExpressionError] = []
    terms_of([OwnMeasure("mine", text)], language, lambda each, error: refused.append(error))
    assert says in str(refused[0])
    assert allowed in refused[0].allowed


def test_a_layout_with_measures_can_be_sent() -> None:
    layout = layout_of([SCENARIO], keeps_acts=False, own=(OwnMeasure("mine", "any(rung >= 5)"),))
    _ = layout.measures
    assert pickle.loads(pickle.dumps(layout)).run_columns == layout.run_columns


def test_every_word_and_function_is_documented() -> None:
    assert all(word.says for word in WORDS)
    assert all(function.says and function.name in function.form for function in FUNCTIONS)
    language = language_of(("arland",), ("cesland",), ())
    assert not set(language.words) & set(language.functions)
    assert np.isin([function.name for function in FUNCTIONS], list(language.functions)).all()
