"""What a model expects at a path, read off its declaration."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, Field

from escalation.files.expected import Expected, Means, expected_at, expected_of, key_words


class Inner(BaseModel):
    share: float = Field(ge=0, le=1)
    count: Annotated[int, Field(ge=1)] | None = None
    big: int = Field(ge=0, le=2**64 - 1)


class Outer(BaseModel):
    named: dict[Annotated[str, Means("a name")], Inner]
    pair: tuple[str, str]
    many: Annotated[tuple[Inner, ...], Field(min_length=2)]
    word: Literal["a", "b"]
    own: Annotated[str, Means("a date")]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ((), "a mapping with the keys named, pair, many, word, own"),
        (("named",), "a mapping"),
        (("named", "x", "share"), "a number from 0 to 1"),
        (("named", "x", "count"), "a whole number from 1"),
        (("pair",), "a list of exactly 2 items, each text"),
        (("many",), "a list of 2 or more items, each a mapping"),
        (("many", 7, "big"), "a whole number from 0 to 18,446,744,073,709,551,615"),
        (("word",), "one of a, b"),
        (("own",), "a date"),
    ],
)
def test_words_of_what_is_allowed(path: tuple[str | int, ...], words: str) -> None:
    found = expected_at(Outer, path)
    assert found is not None
    assert found.words == words


@pytest.mark.parametrize("path", [("none",), ("pair", 2), ("word", "x"), ("none", "x", "y"), ("many", "x")])
def test_where_a_path_leads_nowhere_nothing_is_expected(path: tuple[str | int, ...]) -> None:
    assert expected_at(Outer, path) is None


def test_limits_options_and_intervals() -> None:
    share = expected_of(Annotated[float | None, Field(ge=-1, le=0.5)])
    assert (share.kind, share.interval) == (float, "[-1, 0.5]")
    assert share.limit("max_length", "le") == 0.5
    assert share.limit("max_length") is None
    assert expected_of(Annotated[float, Field(ge=0)]).interval == ""
    assert expected_of(Literal["a", "b"]).options == ["a", "b"]
    assert Expected(str).options == []


def test_keys_of_a_mapping_that_the_author_names() -> None:
    named = expected_at(Outer, ("named",))
    assert named is not None
    assert (named.is_open, named.is_list, named.keys) == (True, False, [])
    assert key_words(named) == "a name"
