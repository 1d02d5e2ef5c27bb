"""Places in files, problems at places, and the exceptions that carry them to the user."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from numbers import Integral
from typing import Any

from escalation.files.brief import Brief

Path = tuple[str | int, ...]


class Faulty:
    """Placeholder for a value whose error is already reported."""

    def __repr__(self) -> str:
        return "FAULTY"


FAULTY = Faulty()


@dataclass(frozen=True)
class Place:
    """The place of a value: file, line and column (from 1), and its path within that file."""

    file: str
    line: int | None
    column: int | None
    path: Path

    def problem(self, says: str, allowed: str = "") -> Problem:
        """Return a problem at this place."""
        return Problem(self.file, self.line, self.column, dotted(self.path), says, allowed)

    def warning(self, name: str, says: str, allowed: str = "") -> Problem:
        """Return a warning of a name at this place."""
        return Problem(self.file, self.line, self.column, dotted(self.path), says, allowed, name)

    def part(self, *steps: str | int) -> Place:
        """Return this place for a part of the value that has none of its own."""
        return Place(self.file, self.line, self.column, (*self.path, *steps)) if steps else self


@dataclass(repr=False)
class Tree(Brief):
    """Plain data read from YAML, the place of every value and key by path, and the problems found so far."""

    file: str
    value: Any = FAULTY
    places: dict[Path, Place] = field(default_factory=dict)
    keys: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    incomplete: set[Path] = field(default_factory=set)
    """Mappings with a refused key: a key that is missing may be the refused one."""

    def copy(self) -> Tree:
        """Return a tree of its own, which can be changed without changing this one."""
        known = (dict(self.places), dict(self.keys), list(self.problems), set(self.incomplete))
        return Tree(self.file, _copied(self.value), *known)

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


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value


def dotted(path: Path) -> str:
    """Write a path as messages and `--set` do."""
    return ".".join(str(part) for part in path)


MOST_PROBLEMS = 100
_LONGEST_LINE = 1_000


@dataclass(frozen=True)
class Problem:
    """One error or warning: its place, what is wrong, and what is allowed.

    Line and column count from 1; they are None for a file that cannot be read and for a value given
    by `--set`. A warning has a name.
    """

    file: str
    line: int | None
    column: int | None
    path: str
    says: str
    allowed: str = ""
    warning: str = ""

    def __str__(self) -> str:
        file = _middle_cut(self.file)
        place = ":".join(str(part) for part in (file, self.line, self.column) if part is not None)
        words = "; ".join(part for part in (self.says, self.allowed) if part)
        kind = "warning" if self.warning else ""
        line = one_line(": ".join(part for part in (place, kind, _middle_cut(self.path), words) if part))
        line = line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 3] + "..."
        return f"{line} [{self.warning}]" if self.warning else line

    @property
    def order(self) -> tuple[str, int, int, str]:
        """Sort by file, line and column."""
        return self.file, self.line or 0, self.column or 0, self.path


class EscalationError(Exception):
    """Base of the package's errors: a request cannot be fulfilled; the text says why."""


class ArgumentError(EscalationError, ValueError):
    """An argument of a function is wrong; the text says which one, and what is allowed."""


class ScenarioError(EscalationError):
    """A scenario, ladder or weights file is invalid; `problems` holds every error, in order of place."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        # An error can be found twice: a weights file is checked alone and within its scenario.
        once = {str(problem): problem for problem in problems}
        ordered = sorted(once.values(), key=lambda problem: problem.order)
        rest = len(ordered) - MOST_PROBLEMS
        if rest > 0:
            ordered = ordered[:MOST_PROBLEMS]
            ordered.append(Problem(ordered[-1].file, None, None, "", f"{rest} more errors are not shown"))
        self.problems: tuple[Problem, ...] = tuple(ordered)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type[ScenarioError], tuple[tuple[Problem, ...]]]:
        return type(self), (self.problems,)  # an exception would be remade from its message


class SweepError(EscalationError):
    """A sweep cannot be run, stored or read; the text says why and what to do."""


class StoreError(SweepError):
    """A file or folder of results cannot be read or written."""


class CellError(SweepError):
    """A cell cannot be simulated; the text says which."""


class ClusterError(SweepError):
    """A cluster cannot be used."""


def _middle_cut(text: str) -> str:
    return text if len(text) <= 250 else f"{text[:120]}...{text[-120:]}"


def one_line(text: str) -> str:
    """Escape whatever could break the line or steer a terminal."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text
    )


def shown(value: object, longest: int = 60) -> str:
    """Return a value as a message shows it: text in quotes, cut if long; a mapping or list by its kind."""
    match value:
        case str():
            cut = value if len(value) <= longest else value[: longest - 3] + "..."
            return f'"{one_line(cut)}"'
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return repr(value)
        case dt.date():
            return value.isoformat()
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
    return "this value"


def bare(text: str) -> str:
    """Return text as a message shows it where no quotes are wanted."""
    return shown(text)[1:-1]


def kind_of(value: object) -> str:
    """Return what kind of thing a value is, as in 'this is text'."""
    match value:
        case str():
            return "text"
        case None:
            return "empty"
        case bool():
            return "a truth value"
        case int():
            return "a whole number"
        case float():
            return "a decimal number"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
    return "something else"


def listed(options: Sequence[object], most: int = 12) -> str:
    """List names, the first few of many."""
    names = ", ".join(str(option) for option in options[:most]) or "(none)"
    rest = len(options) - most
    return f"{names} and {rest} more" if rest > 0 else names


def did_you_mean(value: object, options: Iterable[object]) -> str:
    """Return a question that names the option nearest to the value, or nothing."""
    import difflib

    wanted = str(value)[:64].lower()
    names = {str(option).lower(): str(option) for option in islice(options, 1_000)}
    near = difflib.get_close_matches(wanted, list(names), n=1)
    return f"did you mean `{names[near[0]]}`?" if near else ""


def check_list(argument: str, given: Iterable[object]) -> None:
    """Raise ArgumentError for text in place of a list: Python would take it letter by letter."""
    if isinstance(given, str | bytes):
        raise ArgumentError(f"{argument}: {shown(given)} is text; give a list, as in [{given!r}]")


def check_names(argument: str, given: Sequence[str], allowed: Collection[str]) -> None:
    """Raise ArgumentError unless an argument is a list of names, each of them allowed."""
    check_list(argument, given)
    for name in given:
        check_name(argument, name, allowed)


def check_name(argument: str, given: object, allowed: Collection[str]) -> None:
    """Raise ArgumentError unless an argument is one of the allowed names."""
    if given not in allowed:
        says = f"{argument}: {shown(given)} is unknown"
        raise ArgumentError("; ".join(filter(None, (says, did_you_mean(given, allowed), one_of(allowed)))))


def one_of(options: Collection[object]) -> str:
    """Return what is allowed where a name is one of several."""
    return f"one of {listed(sorted(map(str, options)), most=40)}" if options else "there are none"


def check_whole(argument: str, given: Any, least: int, below: int | None = None) -> None:
    """Raise ArgumentError unless an argument is a whole number from `least` on, and below a limit if any."""
    whole = isinstance(given, Integral) and not isinstance(given, bool)
    if not whole or given < least or (below is not None and given >= below):
        allowed = f"from {least} on" if below is None else f"from {least} to {below - 1}"
        raise ArgumentError(f"{argument}: {shown(given)} is not a whole number {allowed}")
