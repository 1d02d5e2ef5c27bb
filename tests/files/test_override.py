"""KEY.PATH=VALUE: what is split, what is put in, and what is refused with its place."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from escalation.files.override import apply, lacking, read_override, read_step
from escalation.files.places import Tree


class Entry(BaseModel):
    id: str | None = None
    day: int


class Options(BaseModel):
    model_config = ConfigDict(extra="forbid")
    width: float = 1
    notes: dict[str, str] = {}


class File(BaseModel):
    model_config = ConfigDict(extra="forbid")
    title: str = "x"
    options: Options = Options()
    acts: tuple[Entry, ...] = ()
    rungs: dict[int, str] = {}
    first: Entry | None = None


def put(text: str, value: dict[str, Any]) -> Tree:
    tree = Tree("f.yaml", value)
    override = read_override(text)
    assert not override.value.problems
    apply(override, tree, File)
    return tree


def refused(text: str, value: dict[str, Any]) -> str:
    (problem,) = put(text, value).problems
    return str(problem)


@pytest.mark.parametrize(
    ("text", "steps", "value"),
    [
        ("a.b=0.7", ("a", "b"), 0.7),
        (" a =[1, x]", ("a",), [1, "x"]),
        ("a==b=c", ("a",), "=b=c"),
        ("a=", ("a",), None),
    ],
)
def test_a_path_and_a_value_as_a_file_would_have_it(text: str, steps: tuple[str, ...], value: object) -> None:
    override = read_override(text)
    assert override.value.problems == []
    assert (override.steps, override.value.value) == (steps, value)


@pytest.mark.parametrize("text", ["a", "=1", "a..b=1", ""])
def test_what_is_not_a_path_with_a_value(text: str) -> None:
    (problem,) = read_override(text).value.problems
    assert problem.says == "this is not KEY.PATH=VALUE"


def test_an_error_in_a_value_is_reported_at_its_path() -> None:
    (problem,) = read_override("a.b={c: yes}").value.problems
    assert (problem.file, problem.line, problem.path) == ("--set a.b={c: yes}", None, "a.b.c")


def test_values_replace_those_of_the_file_and_have_the_place_of_the_option() -> None:
    tree = put("title=new", {"title": "old"})
    assert tree.value == {"title": "new"}
    assert tree.place(("title",)).file == "--set title=new"


def test_a_mapping_on_the_way_is_made_where_it_has_defaults() -> None:
    assert put("options.notes.a=b", {}).value == {"options": {"notes": {"a": "b"}}}
    assert "first" in refused("first.day=3", {})


def test_an_item_is_addressed_by_its_id_or_else_by_its_number() -> None:
    acts = [{"id": "raid", "day": 1}, {"day": 2}]
    tree = put("acts.raid.day=7", {"acts": acts})
    apply(read_override("acts.1.day=8"), tree, File)
    assert [entry["day"] for entry in tree.value["acts"]] == [7, 8]
    assert "its id, raid" in refused("acts.0.day=9", {"acts": acts})
    assert "did you mean `raid`?" in refused("acts.rade.day=9", {"acts": acts})
    assert "0 to 0" in refused("acts.1.day=9", {"acts": [{"day": 1}]})


def test_a_path_that_leads_nowhere_is_refused_with_a_suggestion() -> None:
    assert "options.widht: unknown key; did you mean `width`?" in refused("options.widht=1", {"options": {}})
    assert 'no "x" in text' in refused("title.x=1", {"title": "t"})
    assert 'no value at "acts"' in refused("acts.0.day=1", {})


def test_a_step_is_the_key_that_the_tree_has() -> None:
    assert read_step("7", {7: "a"}) == 7
    assert read_step("7", {"7": "a", 7: "b"}) == "7"
    assert read_step("1", [0, 0]) == 1
    assert read_step("b", [{"id": "a"}, {"id": "b"}]) == 1
    assert read_step("²", [0]) == "²"


def test_which_items_a_list_has() -> None:
    assert lacking("x", [{"id": "a"}]) == ('no entry with the id "x"', "one of a")
    assert lacking(3, []) == ("no item 3", "the list is empty")
