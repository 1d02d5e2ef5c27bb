"""Values given on the command line as KEY.PATH=VALUE, put into a scenario tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from escalation.files.expected import Expected
from escalation.files.explain import unknown_key
from escalation.files.invisible import ALLOWED, name_of, odd_in_key
from escalation.files.places import (
    FAULTY,
    Path,
    Place,
    Problem,
    Tree,
    did_you_mean,
    dotted,
    kind_of,
    listed,
    shown,
)
from escalation.files.read_yaml import read_tree


@dataclass
class Override:
    """One KEY.PATH=VALUE: the steps of its path, and its value with its errors."""

    steps: Path
    place: Place
    value: Tree


def read_override(text: str) -> Override:
    """Split KEY.PATH=VALUE and read the value by the rules of a scenario file."""
    key, sign, value = text.partition("=")
    steps = tuple(key.strip().split("."))
    place = Place(f"--set {text}", None, None, steps)
    tree = Tree(place.file)
    if not sign or not all(steps):
        tree.problems.append(
            Place(place.file, None, None, ()).problem(
                "this is not KEY.PATH=VALUE", "as in states.india.resolve=0.7"
            )
        )
        return Override((), place, tree)
    odd = odd_in_key(key)
    if odd is not None:
        tree.problems.append(place.problem(f"{name_of(key[odd])} in the key", ALLOWED))
        return Override((), place, tree)
    if value.strip():
        tree = read_tree(value, place.file)
    else:
        tree.value = None
    tree.problems = [_replaced(problem, steps) for problem in tree.problems]
    for table in (tree.places, tree.keys):
        for path in table:
            table[path] = Place(place.file, None, None, steps + path)
    return Override(steps, place, tree)


def _replaced(problem: Problem, steps: Path) -> Problem:
    path = ".".join(part for part in (dotted(steps), problem.path) if part)
    return Problem(problem.file, None, None, path, problem.says, problem.allowed)


def apply(override: Override, tree: Tree, model: type[BaseModel]) -> None:
    """Put the value into the tree, creating mappings on the way that have defaults.

    A path that the model does not know becomes a problem of the tree.
    """
    if not override.steps:
        return
    here: Any = tree.value
    expected: Expected | None = Expected(model)
    path: Path = ()
    for step in override.steps[:-1]:
        key = read_step(step, here)
        inside = expected.at(key) if expected else None
        problem = _problem(step, key, here, expected) or _makes_no_entry(key, here, expected, inside)
        if problem is not None:
            tree.problems.append(override.place.problem(*problem))
            return
        path = (*path, key)
        if isinstance(here, dict) and here.get(key) is None:
            here[key] = {}
            tree.places[path] = tree.keys[path] = Place(override.place.file, None, None, path)
        here = here[key]
        expected = inside
        if here is FAULTY:
            return
    key = read_step(override.steps[-1], here)
    problem = _problem(override.steps[-1], key, here, expected)
    if problem is not None:
        tree.problems.append(override.place.problem(*problem))
        return
    here[key] = override.value.value
    put_places(override, tree, (*path, key))


def put_places(override: Override, tree: Tree, path: Path) -> None:
    """Record that the value at a path, and all within it, came from the command line."""
    tree.drop(path)
    tree.graft(path, override.value)
    tree.places.setdefault(path, override.place)
    tree.keys[path] = override.place


def read_step(step: str | int, here: object) -> str | int:
    """Return a step of a path as the key it is here: the number of a list's item that it counts or names."""
    text = str(step)
    if isinstance(here, list) and text in (ids := ids_in(here)):
        return ids.index(text)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return text
    is_index = isinstance(here, list) or (isinstance(here, dict) and text not in here and int(text) in here)
    return int(text) if is_index else text


def ids_in(items: list[Any]) -> list[str | None]:
    """Return the id of each item of a list, None where it has none."""
    return [item.get("id") if isinstance(item, dict) else None for item in items]


def lacking(key: str | int, items: list[Any]) -> tuple[str, str]:
    """Return that a list has no such item, and which items it has."""
    ids = [name for name in ids_in(items) if name is not None]
    if ids:
        hint = did_you_mean(key, ids)
        return f"no entry with the id {shown(str(key))}", f"{hint} one of {listed(ids)}".strip()
    return f"no item {key}", f"0 to {len(items) - 1}" if items else "the list is empty"


def _problem(
    step: str | int, key: str | int, here: object, expected: Expected | None
) -> tuple[str, str] | None:
    """Return why a step of a path leads nowhere from here; None if it does not."""
    if isinstance(here, list):
        if not isinstance(key, int) or key >= len(here):
            return lacking(key, here)
        name = ids_in(here)[key]
        if name is not None and name != step:
            return f"entry {key} has an id, so it is not addressed by number", f"its id, {name}"
        return None
    if not isinstance(here, dict):
        return (
            f"no {shown(key)} in {'text' if isinstance(here, str) else kind_of(here)}",
            "a path that ends above it",
        )
    if expected is not None and expected.model and key not in here and expected.at(key) is None:
        return unknown_key(key, expected)
    return None


def _makes_no_entry(
    key: str | int, here: object, expected: Expected | None, inside: Expected | None
) -> tuple[str, str] | None:
    """Return why a missing mapping on the way cannot be made; None if it can."""
    if not isinstance(here, dict) or here.get(key) is not None:
        return None
    if inside is None or inside.is_list or not (inside.model or inside.is_open):
        return (
            f"no value at {shown(key)}",
            f"{key}=[...], the list as a whole" if inside and inside.is_list else "a path that ends there",
        )
    requires_more = inside.model and any(field.is_required() for field in inside.model.model_fields.values())
    if requires_more:
        hint = did_you_mean(key, here)
        return f"no {shown(key)} here", " ".join(
            part for part in (hint, f"one of {listed(list(here))}") if part
        )
    return None
