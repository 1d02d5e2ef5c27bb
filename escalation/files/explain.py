"""Errors of the models as problems: with the place of the value, and in plain words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from escalation.files.expected import Expected, expected_at, key_words
from escalation.files.places import (
    FAULTY,
    MOST_PROBLEMS,
    Path,
    Place,
    Problem,
    Tree,
    did_you_mean,
    kind_of,
    listed,
    shown,
)

_KEY = "[key]"  # by which pydantic marks that the key is wrong, not its value
_MOST_SAID = 2 * MOST_PROBLEMS
Words = tuple[str, str]


def problems_of(error: ValidationError, model: type[BaseModel], tree: Tree) -> list[Problem]:
    """Turn every error of a model into a problem, leaving out what the tree's own problems explain."""
    refused = {(problem.file, problem.line, problem.column) for problem in tree.problems}
    located = []
    for raw in error.errors(include_url=False):
        place = _place(raw, model, tree, refused)
        if place is not None:
            located.append((place, raw))
    located.sort(key=lambda pair: pair[0].problem("").order)
    # Wording takes time, and of very many errors only the first are shown.
    said = [place.problem(*_words(raw, model)) for place, raw in located[:_MOST_SAID]]
    return said + [place.problem("another error") for place, _ in located[_MOST_SAID:]]


def _place(
    raw: Mapping[str, Any], model: type[BaseModel], tree: Tree, refused: set[tuple[Any, ...]]
) -> Place | None:
    """Return where to report an error; None if the tree's own problems explain it."""
    kind: str = raw["type"]
    if raw["input"] is FAULTY or (kind == "too_short" and _counts_refused_items(raw)):
        return None
    path = _in_tree(_value_path(raw), tree.value)
    if kind == "too_short" and path in tree.incomplete:
        return None
    if kind == "missing":
        parent = tree.place(path[:-1])
        if path[:-1] in tree.incomplete or _is_under_its_old_name(raw, model):
            return None
        return parent if isinstance(path[-1], int) else parent.part(path[-1])
    if kind == "extra_forbidden" or raw["loc"][-1:] == (_KEY,):
        place = tree.key_place(path)
        is_refused = place.line is not None and (place.file, place.line, place.column) in refused
        return None if is_refused else place
    if kind == "wrong" and path in tree.incomplete:
        return None
    return tree.place(path)


def _is_under_its_old_name(raw: Mapping[str, Any], model: type[BaseModel]) -> bool:
    """Return whether a missing key is there by the name that it had, which is reported in its place."""
    path = _value_path(raw)
    around = expected_at(model, path[:-1])
    renamed = getattr(around.model, "RENAMED", {}) if around else {}
    return any(new == path[-1] and old in raw["input"] for old, new in renamed.items())


def _value_path(raw: Mapping[str, Any]) -> Path:
    loc: Path = raw["loc"]
    return loc[:-1] if loc[-1:] == (_KEY,) else loc


def _counts_refused_items(raw: Mapping[str, Any]) -> bool:
    """Whether there are enough items; pydantic counts only the valid ones."""
    value, least = raw["input"], raw.get("ctx", {}).get("min_length", 0)
    return isinstance(value, list | dict) and len(value) >= least


def _in_tree(path: Path, value: object) -> Path:
    """Give a path the keys of the tree: a rung that a file writes as text comes back as a number."""
    found: list[str | int] = []
    for step in path:
        key = step
        if isinstance(value, dict):
            key = next((other for other in (step, str(step)) if other in value), step)
            value = value.get(key)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        found.append(key)
    return tuple(found)


def unknown_key(key: str | int, expected: Expected) -> Words:
    """Return the message for a key that a model does not have."""
    known = expected.keys
    renamed = getattr(expected.model, "RENAMED", {}).get(key)
    if renamed is not None:
        return f"this key is now called {renamed}", f"{renamed}: ..."
    allowed = f"allowed: {listed(known)}"
    return "unknown key", " ".join(part for part in (did_you_mean(key, known), allowed) if part)


def _own(context: Mapping[str, Any]) -> Words:
    """Return the words of an error made by `escalation.scenario.fields.wrong`."""
    hint = did_you_mean(context["value"], context["options"]) if context.get("options") else ""
    return context["says"], " ".join(part for part in (hint, context["allowed"]) if part)


def _words(raw: Mapping[str, Any], model: type[BaseModel]) -> Words:
    kind: str = raw["type"]
    value = raw["input"]
    context: Mapping[str, Any] = raw.get("ctx", {})
    path = _value_path(raw)
    around = expected_at(model, path[:-1])
    expected = around.at(path[-1]) if around and path else around
    wanted = expected.words if expected else "another value"
    if kind == "wrong":
        return _own(context)
    if kind == "missing":
        if isinstance(path[-1], int):
            return "too few items", around.words if around else "more items"
        return "missing key", f"required here: {wanted}"
    if kind == "extra_forbidden":
        return unknown_key(path[-1], around or Expected(None))
    if raw["loc"][-1:] == (_KEY,):
        return f"{shown(path[-1])} cannot be a key here", key_words(around) if around else "another name"
    if kind.startswith(("greater_than", "less_than")) and expected and expected.interval:
        return f"{shown(value)} is not in {expected.interval}", ""
    if kind == "literal_error" and isinstance(value, str):
        hint = did_you_mean(value, expected.options if expected else [])
        return f"{shown(value)} is not a choice", " ".join(part for part in (hint, wanted) if part)
    if kind == "literal_error" and expected and type(value) in map(type, get_args(expected.kind)):
        return f"{shown(value)} is not {wanted}", ""
    if kind in ("too_short", "too_long"):
        return _wrong_count(kind, context, wanted)
    if kind in ("string_too_long", "string_too_short"):
        return f"text of {len(value):,} characters", wanted
    if kind == "string_pattern_mismatch":
        return f"{shown(value)} is not valid", wanted
    return _is(value), wanted


def _wrong_count(kind: str, context: Mapping[str, Any], wanted: str) -> Words:
    count = context.get("actual_length")
    found = f"{count} item{'' if count == 1 else 's'}" if count is not None else "too many items"
    bound = context.get("min_length" if kind == "too_short" else "max_length")
    if wanted.startswith("a list of"):
        return found, wanted
    return found, f"at {'least' if kind == 'too_short' else 'most'} {bound}"


def _is(value: object) -> str:
    """Return what a value of the wrong type is, showing it where it is short."""
    if value is None:
        return "value missing"
    if isinstance(value, dict | list):
        return f"this is {shown(value)}"
    return f"{shown(value)} is {kind_of(value)}"
