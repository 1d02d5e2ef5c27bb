"""YAML text to plain data: values, their places, and what readers of YAML would take differently."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.files.places import FAULTY
from escalation.files.read_yaml import DEEPEST, Ambiguous, is_text, plain_value, read_tree


def lines(text: str) -> list[str]:
    return [str(problem) for problem in read_tree(text, "f").problems]


def test_every_value_and_key_knows_its_place() -> None:
    tree = read_tree("a:\n  b: [1, x]\n  7: yes it is\n", "f")
    assert tree.problems == []
    assert tree.value == {"a": {"b": [1, "x"], 7: "yes it is"}}
    value, key = tree.place(("a", "b", 1)), tree.key_place(("a", 7))
    assert (value.line, value.column) == (2, 10)
    assert (key.line, key.column) == (3, 3)


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("~", None), ("null", None), ("true", True), ("-1", -1), ("+0", 0), ("1e-3", 0.001),
     (".5", 0.5), ("5.", 5.0), ("2025-04-22", "2025-04-22"), ("north", "north"), ("1.2.3", "1.2.3")],
)  # fmt: skip
def test_plain_scalars_on_which_all_readers_agree(text: str, value: object) -> None:
    assert plain_value(text) == value
    assert type(plain_value(text)) is type(value)


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "ON",
        "y",
        "True",
        "Null",
        "010",
        "0x1F",
        "12:30",
        "1_000",
        ".inf",
        ".NaN",
        "1e999",
        "9" * 19,
        "=",
    ],
)
def test_plain_scalars_on_which_readers_differ_are_refused(text: str) -> None:
    with pytest.raises(Ambiguous):
        plain_value(text)
    assert not is_text(text)
    tree = read_tree(f"a: {text}", "f")
    assert tree.value == {"a": FAULTY}
    assert [problem.path for problem in tree.problems] == ["a"]


@given(st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_as_python_writes_them(number: float) -> None:
    assert plain_value(repr(number)) == number
    assert type(plain_value(repr(number))) is type(number)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Zl", "Zp"])))
def test_quoted_text_is_text_as_it_is(text: str) -> None:
    quoted = text.replace("'", "''")
    tree = read_tree(f"a: '{quoted}'", "f")
    assert (tree.value, tree.problems) == ({"a": text}, [])


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a: 1\na: 2\n", "f:2:1: a", "duplicate key, first in line 1"),
        ("a: &x 1\nb: *x\n", "f:1:4: a", "an anchor, &x"),
        ("a: !!str 1\n", "f:1:4: a", "a tag, !!str"),
        ("<<: 1\n", "f:1:1", "a merge key"),
        ("[a]: 1\n", "f:1:1", "a mapping or list as a key"),
        ("a:\tb\n", "f:1:3", "a tab"),
        ("a: b\x07\n", "f:1:5", "control character"),
        ("a: 1\n---\nb: 2\n", "f:2:1", "a second document begins"),
        ("%YAML 1.2\n---\na: 1\n", "f:", "a % directive"),
        ("# nothing\n", "f:1:1", "nothing but blank lines or comments"),
        ("a: 'b\n", "f:1:4", "this quote is never closed"),
        ("a: [1, 2\nb: 3\n", "f:2:", "the bracket opened in line 1"),
        ("a: b: c\n", "f:1:5", '": " is not allowed here'),
        ("[" * (DEEPEST + 1), f"f:1:{DEEPEST + 1}", "nested too deeply"),
    ],
)
def test_errors_have_a_place_and_say_what_is_wrong(text: str, place: str, says: str) -> None:
    first, *_ = lines(text)
    assert first.startswith(place)
    assert says in first


def test_all_errors_are_found_at_once() -> None:
    found = lines("a: yes\nb: 0x1\nc: {d: *e}\nf: 1\nf: 2\n")
    assert [line.split(": ")[0] for line in found] == ["f:1:4", "f:2:4", "f:3:8", "f:5:1"]
