"""Differences of trees by key path."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from escalation.files.differences import Difference, differing, value_words


def found(before: Any, after: Any, **more: Any) -> dict[str, tuple[Any, Any]]:
    return {".".join(one.path): (one.before, one.after) for one in differing(before, after, **more)}


def test_values_are_compared_by_key_path_and_kind() -> None:
    before = {"a": {"b": 1, "c": [1, 2], "label": "x"}, "d": 1}
    after = {"a": {"b": 2, "c": [1, 3], "label": "y"}, "d": True, "e": "new"}
    assert found(before, after, ignored={"label"}) == {
        "a.b": (1, 2), "a.c.1": (2, 3), "d": (1, True), "e": (None, "new"),
    }  # fmt: skip
    assert found([1, 2], [1]) == {"": ([1, 2], [1])}


def test_items_with_an_id_are_matched_by_it() -> None:
    first, second, third = ({"id": name, "day": day} for name, day in (("a", 1), ("b", 2), ("c", 3)))
    assert found([first, third], [first, second, third]) == {"b": (None, second)}
    assert found([first, second], [first, second | {"day": 9}]) == {"b.day": (2, 9)}
    assert found([first, second], [second, first]) == {"order": (["a", "b"], ["b", "a"])}


def test_a_difference_is_a_line() -> None:
    assert Difference(("a", "b"), "x", None).words == 'a.b: "x" → nothing'
    assert len(value_words("x" * 300)) == 60


plain = st.recursive(
    st.none() | st.booleans() | st.integers(0, 3) | st.text("ab", max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)


@given(plain, plain)
def test_swapped_trees_have_the_differences_swapped(one: Any, other: Any) -> None:
    assert list(differing(one, one)) == []
    there = {(each.path, repr(each.before), repr(each.after)) for each in differing(one, other)}
    back = {(each.path, repr(each.after), repr(each.before)) for each in differing(other, one)}
    assert there == back
