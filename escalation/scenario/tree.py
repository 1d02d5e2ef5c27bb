"""Plain data in which every value knows its place, so that a fault found later can name it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from escalation.scenario.errors import Problem

Path = tuple[str | int, ...]


class Faulty:
    """Stands for a value whose fault is reported already."""

    def __repr__(self) -> str:
        return "FAULTY"


FAULTY = Faulty()


@dataclass(frozen=True)
class Place:
    """Where a value stands: a file, a line and a column from 1, and its path within that file."""

    file: str
    line: int | None
    column: int | None
    path: Path

    def problem(self, says: str, allowed: str = "") -> Problem:
        """Report a fault here."""
        return Problem(self.file, self.line, self.column, dotted(self.path), says, allowed)

    def part(self, *steps: str | int) -> Place:
        """Return this place for a part of the value that has none of its own."""
        return Place(self.file, self.line, self.column, (*self.path, *steps)) if steps else self


@dataclass
class Tree:
    """Plain data read from YAML, the place of every value and key by path, and the faults found so far."""

    file: str
    value: Any = FAULTY
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    incomplete: set[Path] = field(default_factory=set)
    """Mappings of which a key was refused: what they miss may have stood there."""

    def place(self, path: Path) -> Place:
        """Return the place of a value, or of the nearest mapping or list around it."""
        for length in range(len(path), -1, -1):
            found = self.places.get(path[:length])
            if found is not None:
                return found.part(*path[length:])
        return Place(self.file, None, None, path)

    def key_place(self, path: Path) -> Place:
        """Return the place of the key that leads to a value; a list item has only its own."""
        return self.keys.get(path) or self.place(path)

    def drop(self, path: Path) -> None:
        """Forget the places of a value and all below it, which another value is to replace."""
        length = len(path)
        for table in (self.places, self.keys):
            for known in [known for known in table if known[:length] == path]:
                del table[known]
        self.incomplete = {known for known in self.incomplete if known[:length] != path}

    def graft(self, path: Path, other: Tree, part: Path = ()) -> None:
        """Take over the places that another tree knows of its value at `part`, as those of `path`."""
        length = len(part)
        for mine, theirs in ((self.places, other.places), (self.keys, other.keys)):
            mine.update((path + known[length:], at) for known, at in theirs.items() if known[:length] == part)
        self.incomplete |= {path + known[length:] for known in other.incomplete if known[:length] == part}


def dotted(path: Path) -> str:
    """Write a path as messages and `--set` do."""
    return ".".join(str(part) for part in path)
