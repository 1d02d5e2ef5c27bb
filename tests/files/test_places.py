"""Places and problems: how a message identifies a value, and how errors are listed."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest

from escalation.files import places
from escalation.files.places import Place, Problem, ScenarioError, Tree
from escalation.files.read_yaml import read_tree


def test_a_problem_is_one_line_of_place_path_and_words() -> None:
    problem = Place("x.yaml", 3, 5, ("states", "a")).problem("1.4 is not in [0, 1]", "a number")
    assert str(problem) == "x.yaml:3:5: states.a: 1.4 is not in [0, 1]; a number"
    assert str(Problem("--set a=1", None, None, "", "unknown key")) == "--set a=1: unknown key"


def test_a_line_stays_short_and_printable_whatever_is_in_it() -> None:
    line = str(Problem("f" * 2_000, 1, 1, "p" * 2_000, "w\n\x1b[31m" * 500))
    assert len(line) <= 1_000
    assert line.isprintable()


def test_a_value_without_a_place_has_that_of_what_is_around_it() -> None:
    tree = Tree("x.yaml", places={("a",): Place("x.yaml", 2, 3, ("a",))})
    assert tree.place(("a", "b", 0)) == Place("x.yaml", 2, 3, ("a", "b", 0))
    assert tree.place(("z",)) == Place("x.yaml", None, None, ("z",))
    assert tree.key_place(("a",)) == tree.place(("a",))


def test_a_grafted_part_keeps_its_places_and_a_dropped_one_loses_them() -> None:
    far = Place("other.yaml", 9, 1, ("w",))
    other = Tree("other.yaml", places={("part", "w"): far, ("rest",): far}, incomplete={("part",)})
    tree = Tree("x.yaml")
    tree.graft(("weights",), other, ("part",))
    assert tree.places == {("weights", "w"): far}
    assert tree.incomplete == {("weights",)}
    tree.drop(("weights",))
    assert tree.places == {}
    assert tree.incomplete == set()


def test_a_copy_is_changed_without_changing_the_tree() -> None:
    tree = read_tree("a:\n  - b: 1\n    c: 0x2\n", "x.yaml")
    before = repr(vars(tree))
    copied = tree.copy()
    assert vars(copied) == vars(tree)
    copied.value["a"][0]["b"] = 2
    copied.problems.clear()
    copied.incomplete.add(("a",))
    copied.drop(("a",))
    assert repr(vars(tree)) == before


def test_errors_are_in_order_each_once_and_not_too_many() -> None:
    twice = [Problem("x", line, 1, "", "wrong") for line in (7, 3, 7)]
    assert [problem.line for problem in ScenarioError(twice).problems] == [3, 7]
    many = ScenarioError(Problem("x", line, 1, "", "wrong") for line in range(1, places.MOST_PROBLEMS + 6))
    assert len(many.problems) == places.MOST_PROBLEMS + 1
    assert many.problems[-1].says == "5 more errors are not shown"


def test_an_error_reaches_another_process_with_its_problems() -> None:
    error = ScenarioError([Problem("x", 1, 2, "a", "wrong", "right")])
    assert pickle.loads(pickle.dumps(error)).problems == error.problems


@pytest.mark.parametrize(
    ("value", "wanted"),
    [("a\nb", r'"a\nb"'), (None, "nothing"), (True, "true"), (1.5, "1.5"), ({}, "a mapping"), ([], "a list"),
     ("x" * 80, '"' + "x" * 57 + '..."')],
)  # fmt: skip
def test_values_as_messages_show_them(value: object, wanted: str) -> None:
    assert places.shown(value) == wanted


def test_a_truth_value_is_not_called_a_number() -> None:
    assert [places.kind_of(value) for value in (True, 1, 1.0, "1", None)] == [
        "a truth value", "a whole number", "a decimal number", "text", "empty",
    ]  # fmt: skip


def test_long_lists_are_cut_and_near_names_are_suggested() -> None:
    assert places.listed(range(14)) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 2 more"
    assert places.listed([]) == "(none)"
    assert places.did_you_mean("Reslove", ["trust", "Resolve"]) == "did you mean `Resolve`?"
    assert places.did_you_mean("zzz", ["trust"]) == ""


def test_every_error_of_the_package_has_the_same_base() -> None:
    bases = {
        node.name: [base.id for base in node.bases if isinstance(base, ast.Name)]
        for path in (Path(__file__).parents[2] / "escalation").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Error")
    }
    assert len(bases) >= 8

    def root(name: str) -> str:
        return root(bases[name][0]) if name in bases and name != "EscalationError" else name

    assert {name: root(name) for name in bases} == dict.fromkeys(bases, "EscalationError")
