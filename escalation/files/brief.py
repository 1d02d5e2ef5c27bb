"""Objects that a notebook shows in a line, and as a table of their parts.

The record of a crisis or the results of a sweep hold millions of numbers; the representation that Python or
pydantic would make of them lists every one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

LONGEST = 160
"""Characters of a representation, without the name of its class."""
_LONGEST_PART = 60


class Brief:
    """A base class whose objects have a representation of one line, and a table in a notebook."""

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield name and value of what the object consists of; by default its public fields."""
        kind: Any = type(self)
        declared = [name for name, field in getattr(kind, "__dataclass_fields__", {}).items() if field.repr]
        names = declared or getattr(kind, "model_fields", None) or vars(self)
        for name in names:
            if not name.startswith("_"):
                yield name, getattr(self, name)

    def brief_text(self) -> Sequence[str]:
        """Return an account in lines of text, if there is one; a notebook shows it instead of the parts."""
        return ()

    def __repr__(self) -> str:
        listed = ", ".join(f"{name}={brief(value)}" for name, value in self.brief_parts())
        cut = listed if len(listed) <= LONGEST else f"{listed[:LONGEST]}..."
        return f"{type(self).__name__}({cut})"

    def __str__(self) -> str:
        return repr(self)

    def _repr_html_(self) -> str:
        """Return the object as notebooks show it."""
        import html

        lines = "\n".join(self.brief_text())
        if lines:
            return f"<pre>{html.escape(lines)}</pre>"
        rows = "".join(
            f"<tr><th style='text-align: left'>{html.escape(name)}</th>"
            f"<td style='text-align: left'>{html.escape(brief(value, LONGEST))}</td></tr>"
            for name, value in self.brief_parts()
        )
        return f"<table><caption>{type(self).__name__}</caption>{rows}</table>"


def brief_tuple(values: Any) -> str:
    """Return a named tuple of arrays in a line: their names and shapes."""
    listed = ", ".join(
        f"{name}{list(getattr(array, 'shape', ()))}" for name, array in values._asdict().items()
    )
    return f"{type(values).__name__}({listed if len(listed) <= LONGEST else listed[:LONGEST] + '...'})"


def brief(value: object, longest: int = _LONGEST_PART) -> str:
    """Return a value in a few words: a number or text as it is, of many things how many and of what kind."""
    match value:
        case str():
            found = repr(value if len(value) <= longest - 2 else f"{value[: longest - 5]}...")
        case dt.date() | Path():
            found = str(value)
        case Brief():
            name = next((value for part, value in value.brief_parts() if part == "name"), None)
            found = type(value).__name__ if name is None else f"{type(value).__name__} {name!r}"
        case Mapping() if _are_short(value.values()):
            listed = ", ".join(f"{key}: {item}" for key, item in value.items())
            found = f"{{{listed}}}" if len(listed) <= longest - 2 else f"{len(value):,} items"
        case Mapping() | Set() | Sequence():
            listed = ", ".join(str(item) for item in value) if _are_short(value) else ""
            found = f"[{listed}]" if listed and len(listed) <= longest else f"{len(value):,} items"
        case _:
            # An array, without the import of numpy.
            shape = getattr(value, "shape", None)
            found = repr(value) if shape is None or shape == () else f"array{list(shape)}"
    return found if len(found) <= longest else type(value).__name__


def _are_short(values: Collection[Any]) -> bool:
    return len(values) <= 12 and all(isinstance(item, str | int | float | dt.date | Path) for item in values)
