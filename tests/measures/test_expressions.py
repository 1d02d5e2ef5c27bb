"""Expressions: what is read, what is refused and how, and that their values are those of Python."""

from __future__ import annotations

import contextlib
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.measures.expressions import (
    DAY,
    NUMBER,
    YES_NO,
    ExpressionError,
    Language,
    Parsed,
    Word,
    evaluate,
    read,
)

WORDS = (
    Word("height", "crisis", NUMBER, "a number"),
    Word("width", "crisis", NUMBER, "a number", is_whole=True),
    Word("came", "crisis", DAY, "a day"),
    Word("wet", "crisis", YES_NO, "a yes or no"),
    Word("colour", "crisis", "colour", "a name"),
    Word("other", "crisis", "colour", "a name"),
    Word("rung", "act", NUMBER, "of an act"),
    Word("posture", "day", NUMBER, "of a day", takes="colour"),
)
LANGUAGE = Language(
    {word.name: word for word in WORDS},
    {"colour": ("red", "blue", "wet")},
    refused={"shape": ("is of nothing", "height")},
)
COLUMNS = {
    "height": np.array([0.5, -2.0, 3.0, 7.25]),
    "width": np.array([0, 1, 2, 3]),
    "came": np.array([1.0, 4.0, np.inf, 2.0]),
    "wet": np.array([True, False, True, False]),
    "colour": np.array([0, 1, 2, 0]),
    "other": np.array([0, 0, 1, 1]),
}
LAST_DAY = 10


class Table:
    """Four crises as their words say."""

    def word(self, term: Parsed) -> Any:
        return COLUMNS[term.value]

    def codes(self, term: Parsed) -> Any:
        return np.array([("red", "blue", "wet").index(name) for name in term.value])

    def spread(self, values: Any, about: str) -> Any:
        raise AssertionError

    def call(self, term: Parsed) -> Any:
        raise AssertionError

    def counted(self, days: Any) -> Any:
        return np.minimum(days, LAST_DAY)


def values(text: str) -> list[Any]:
    return np.broadcast_to(evaluate(read(text, LANGUAGE), Table()), (4,)).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("height > 0", [True, False, True, True]),
        ("0 < height <= 3", [True, False, True, False]),
        ("not wet or height > 7", [False, True, False, True]),
        ("wet and height > 1", [False, False, True, False]),
        ("colour == red", [True, False, False, True]),
        ("colour == 'red'", [True, False, False, True]),
        ("red != colour", [False, True, True, False]),
        ("colour == wet", [False, False, True, False]),  # a word of the language, but here a name
        ("colour in [red, blue]", [True, True, False, True]),
        ("colour not in (red,)", [False, True, True, False]),
        ("colour == other", [True, False, False, False]),
        ("colour != other", [False, True, True, True]),
        ("height in [3, 0.5]", [True, False, True, False]),
        ("width not in (1, height)", [True, False, True, True]),
        ("came in [4]", [False, True, False, False]),
        ("came < 4", [True, False, False, True]),
        ("came > 3", [False, True, True, False]),  # never is later than any day
        ("came - 1", [0.0, 3.0, 9.0, 1.0]),  # and the last day in sums
        ("-height + 2 * width / 4", [-0.5, 2.5, -2.0, -5.75]),
        ("  height\n  > 0 ", [True, False, True, True]),
    ],
)
def test_values(text: str, expected: list[Any]) -> None:
    assert values(text) == expected


NUMBERS = st.one_of(
    st.sampled_from(["height", "width"]),
    st.integers(0, 9).map(str),
    st.floats(0, 9, allow_nan=False).map(lambda x: f"{x:.3f}"),
)
SUMS = st.recursive(
    NUMBERS, lambda inner: st.tuples(inner, st.sampled_from("+-*"), inner).map(lambda t: f"({' '.join(t)})")
)
SIGNS = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
COMPARED = st.tuples(SUMS, SIGNS, SUMS).map(" ".join)
AMONG = st.tuples(SUMS, st.sampled_from(["in", "not in"]), st.lists(SUMS, min_size=1, max_size=3)).map(
    lambda t: f"{t[0]} {t[1]} [{', '.join(t[2])}]"
)
CONDITIONS = st.recursive(
    st.one_of(COMPARED, AMONG, st.just("wet"), st.tuples(SUMS, SIGNS, SUMS, SIGNS, SUMS).map(" ".join)),
    lambda inner: st.one_of(
        inner.map(lambda text: f"(not {text})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({' '.join(t)})"),
    ),
    max_leaves=6,
)


@given(CONDITIONS)
def test_a_condition_means_what_it_means_in_python(text: str) -> None:
    rows = [{name: column[k].item() for name, column in COLUMNS.items()} for k in range(4)]
    assert values(text) == [bool(eval(text, {}, row)) for row in rows]


@pytest.mark.parametrize(
    ("text", "says", "allowed"),
    [
        ("", "an empty expression", "count"),
        ("height >", "is not an expression", "count"),
        ("height > > 3", "is not an expression at character 10", "count"),
        ("height = 3", "is not an expression", "two signs"),
        ("hight > 3", '"hight" is not a word', "did you mean `height`?"),
        ("zzz > 3", '"zzz" is not a word', "words: height"),
        ("colour == rad", 'no colour is called "rad"', "did you mean `red`? one of red, blue, wet"),
        ("colour == 3", "3 is not the name of a colour", "a name"),
        ("colour < red", "names have no order", "=="),
        ("colour in red", "is not allowed", "a word in [names]"),
        ("colour in []", "is not allowed", "a word in [names]"),
        ("height in [red]", '"red" is not a word', "colour == red"),
        ("height in 3", "is not allowed", "in [2, 3]"),
        ("height in [wet]", "wet is a yes or no", "a number"),
        ("blue", '"blue" is not a word', "colour == blue"),
        ("colour and wet", "colour is a name", "colour == red"),
        ("shape > 3", "shape is of nothing", "height"),
        ("wet and height = 3", "at character 16", "two signs for equality, =="),
        ("height & wet", "is not allowed", "and, or"),
        ("height ** 2", "is not allowed", "comparisons"),
        ("height is 2", "is not allowed", "== for is"),
        ("height / width", "may divide by 0", "ratio"),
        ("height / 0", "may divide by 0", "ratio"),
        ("height and wet", "height is a number", "a comparison"),
        ("wet > 3", "wet is a yes or no", "stands alone"),
        ("colour + 1", "colour is a colour", "a number"),
        ("'red'", "nothing is compared with", "word == name"),
        ("wet == True", "wet is a yes or no", "stands alone"),
        ("True", "True is not allowed", "comparisons"),
        ("height(red)", "is not allowed", "height alone"),
        ("posture(green)", 'no colour is called "green"', "one of red"),
        ("posture(red, blue)", "is not allowed", "posture alone, or posture(COLOUR)"),
        ("rung > 3 and posture > 3", "rung is of an act and posture of a day", "one or the other"),
        ("1e99 > height", "1e99 is too large", "numbers up to"),
        ("9" * 5_000, "characters", "at most"),
        ("(" * 300 + "height" + ")" * 300, "cannot be read|not an expression|nested", ""),
        ("-" * 60 + "height", "nested too deeply", "at most"),
        ("__import__('os').system('ls')", "is not allowed", "comparisons"),
        ("(lambda: 1)()", "is not allowed", "comparisons"),
        ("[x for x in colour]", "is not allowed", "comparisons"),
        ("height.__class__", "is not allowed", "comparisons"),
        ("f'{height}'", "is not allowed", "comparisons"),
        ("height if wet else 3", "is not allowed", "comparisons"),
        ("(height := 3)", "is not allowed", "comparisons"),
        ("height\x00", "cannot be read|is not an expression", ""),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, says: str, allowed: str) -> None:
    with pytest.raises(ExpressionError, match=says.replace("(", r"\(").replace("[", r"\[")) as refused:
        read(text, LANGUAGE)
    assert allowed in refused.value.allowed


@given(st.text(max_size=60) | st.text("()[]=<>+-*/ 0123456789.,'\"abcheigtwdr", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(ExpressionError):
        assert read(text, LANGUAGE).kind in (YES_NO, NUMBER, DAY, "colour")


def test_whole_numbers_are_known_as_such() -> None:
    for text, is_whole in {
        "width": True,
        "width + 2": True,
        "width - 1": False,
        "width * 0.5": False,
    }.items():
        assert read(text, LANGUAGE).is_whole is is_whole, text


def test_what_is_read_can_be_sent_and_compared() -> None:
    found = read("colour in [red, blue] and posture(red) > width", LANGUAGE)
    assert pickle.loads(pickle.dumps(found)) == found
    assert hash(found) == hash(read("colour in [red,blue]  and posture(red) > width", LANGUAGE))
    assert found.about == "day"


def test_an_expression_can_use_another_by_its_name() -> None:
    defined = {"tall": read("height > 1", LANGUAGE)}
    language = Language(LANGUAGE.words, LANGUAGE.names, {}, defined)
    assert read("tall and wet", language).parts[0] == defined["tall"]
