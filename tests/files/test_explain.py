"""pydantic's errors as problems at the place of the value, each once, in plain words."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from escalation.files.expected import Expected
from escalation.files.explain import problems_of, unknown_key
from escalation.files.read_yaml import read_tree


class Item(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    RENAMED: ClassVar[dict[str, str]] = {"part": "share"}
    share: float = Field(ge=0, le=1)
    word: Literal["north", "south"] = "north"


class File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    RENAMED: ClassVar[dict[str, str]] = {"titel": "title"}
    title: Annotated[str, Field(max_length=5)] = "x"
    items: tuple[Item, ...] = Field(default=(), min_length=1, strict=False)
    named: dict[int, Item] = {}


def errors(text: str) -> list[str]:
    tree = read_tree(text, "f.yaml")
    with pytest.raises(ValidationError) as caught:
        File.model_validate(tree.value)
    return [str(problem) for problem in problems_of(caught.value, File, tree)]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("items: [{share: 1.4}]", "f.yaml:1:17: items.0.share: 1.4 is not in [0, 1]"),
        ("items:\n  - {share: x}",
         'f.yaml:2:13: items.0.share: "x" is text; a number from 0 to 1'),
        ("items:\n  - word: north",
         "f.yaml:2:5: items.0.share: missing key; required here: a number from 0 to 1"),
        ("items: [{share: 1, word: nroth}]",
         'f.yaml:1:26: items.0.word: "nroth" is not a choice; did you mean `north`? one of north, south'),
        ("items: [{part: 1}]",
         "f.yaml:1:10: items.0.part: this key is now called share; share: ..."),
        ("items: []", "f.yaml:1:8: items: 0 items; a list of 1 or more items, each a mapping"),
        ("title: too long", "f.yaml:1:8: title: text of 8 characters; text"),
        ("named: {1: {share: 2}}", "f.yaml:1:20: named.1.share: 2 is not in [0, 1]"),
        ("named: {x: {share: 1}}",
         'f.yaml:1:9: named.x: "x" cannot be a key here; a whole number'),
        ("title:\nitems: [{share: 1}]", "f.yaml:1:1: title: value missing; text"),
    ],
)  # fmt: skip
def test_one_error_is_one_line_with_its_place(text: str, line: str) -> None:
    assert errors(text) == [line]


def test_all_errors_are_listed_in_the_order_of_the_file() -> None:
    found = errors("items:\n  - {share: 2}\n  - {share: 3, x: 1}\nmore: 1\n")
    assert [line.split(": ")[0] for line in found] == [
        "f.yaml:2:13",
        "f.yaml:3:13",
        "f.yaml:3:16",
        "f.yaml:4:1",
    ]


def test_what_the_reader_reported_already_is_not_reported_again() -> None:
    tree = read_tree("items: [{share: yes}]\ntitle: 1\n", "f.yaml")
    assert [problem.path for problem in tree.problems] == ["items.0.share"]
    with pytest.raises(ValidationError) as caught:
        File.model_validate(tree.value)
    assert [problem.path for problem in problems_of(caught.value, File, tree)] == ["title"]


def test_an_unknown_key_names_the_near_or_the_new_one() -> None:
    assert unknown_key("itms", Expected(File)) == (
        "unknown key", "did you mean `items`? allowed: title, items, named",
    )  # fmt: skip
    assert unknown_key("titel", Expected(File)) == ("this key is now called title", "title: ...")
