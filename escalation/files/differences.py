"""The differences of two trees of plain data, by key path: what was changed, in a few lines.

Items of a list that have an id, such as dated acts, are matched by it, so that one inserted entry is one
difference. Items without an id are matched by place where the lists are equally long.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from escalation.files.override import ids_in
from escalation.files.places import dotted

MOST_LETTERS = 60


@dataclass(frozen=True)
class Difference:
    """One value that differs: its key path, and what it was and is; None where there is nothing."""

    path: tuple[str, ...]
    before: Any
    after: Any

    @property
    def words(self) -> str:
        """Return it in a line: 'states.india.resolve: 0.6 → 0.9'."""
        return f"{dotted(self.path)}: {value_words(self.before)} → {value_words(self.after)}"


def differing(
    before: Any, after: Any, ignored: Collection[str] = (), path: tuple[str, ...] = ()
) -> Iterator[Difference]:
    """Yield the differences of two trees, in the order of the first, then of what only the second has.

    Parameters
    ----------
    before, after
        Plain data: mappings with text as keys, lists, text, numbers, truth values and None. Text and a
        number are different; so are 1 and true.
    ignored
        Keys of mappings that are not compared, wherever they occur, such as those of labels.
    path
        The path of the two trees, for what they are part of.
    """
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys([*before, *after]):
            if key not in ignored:
                yield from differing(before.get(key), after.get(key), ignored, (*path, str(key)))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _of_lists(before, after, ignored, path)
    elif before != after or type(before) is not type(after):
        yield Difference(path, before, after)


def _of_lists(
    before: list[Any], after: list[Any], ignored: Collection[str], path: tuple[str, ...]
) -> Iterator[Difference]:
    mine, theirs = _by_id(before), _by_id(after)
    if mine is not None and theirs is not None and (mine or theirs):
        yield from differing(mine, theirs, ignored, path)
        if [key for key in mine if key in theirs] != [key for key in theirs if key in mine]:
            yield Difference((*path, "order"), list(mine), list(theirs))
    elif len(before) == len(after):
        for number, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from differing(old, new, ignored, (*path, str(number)))
    else:
        yield Difference(path, before, after)


def _by_id(items: Sequence[Any]) -> dict[str, Any] | None:
    """Return a list's items by id, None unless each has one of its own."""
    ids = ids_in(list(items))
    named = {name: item for name, item in zip(ids, items, strict=True) if name is not None}
    return named if len(named) == len(items) else None


def value_words(value: Any) -> str:
    """Return a value as JSON, of a long one the beginning; 'nothing' for None."""
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 3]}..."
