"""Field types that the ladder and the scenario share: identifiers, dates, references.

A reference is checked against the names that the file defines, so that a dangling one is reported
together with all other errors. The names are collected from the file before it is validated
(`references`) and passed on in pydantic's validation context.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    Strict,
    StringConstraints,
    ValidationInfo,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from escalation.files.expected import Means
from escalation.files.places import listed, shown

T = TypeVar("T")
Many = Annotated[tuple[T, ...], Strict(False)]

Text = Annotated[
    str, StringConstraints(min_length=1, max_length=2_000), Means("text of 1 to 2,000 characters")
]

ID_PATTERN = r"^[a-z][a-z0-9_]*$"
LONGEST_NAME = 64

Id = Annotated[
    str,
    StringConstraints(pattern=ID_PATTERN, max_length=LONGEST_NAME),
    Means(f"a name of at most {LONGEST_NAME} letters a-z, digits and _, the first a letter"),
]

_DEVICES = ("con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)))


def _is_a_file_name(value: str) -> str:
    if value in _DEVICES:
        says = f"{shown(value)} is the name of a device under Windows, so no file or folder can have it"
        raise wrong(says, "another name, since results and files are named after it")
    return value


FileName = Annotated[Id, AfterValidator(_is_a_file_name)]
"""A name after which files and folders are called, on every system."""

RungNumber = Annotated[int, Field(ge=0, le=10)]


def _rung_key(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]|10", value) else value


# JSON knows only text as keys, and a scenario written as JSON loads, too.
RungKey = Annotated[RungNumber, BeforeValidator(_rung_key), Means("a rung, 0 to 10")]
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 1500, 2999  # leaves room to count days from any date
LONGEST_HISTORY = dt.timedelta(days=3_650)


def wrong(says: str, allowed: str, value: object = None, options: object = None) -> PydanticCustomError:
    """Make the error of a value that is well formed but wrong: what is wrong, what is allowed.

    `value` and `options`, where given, let the loader add a "did you mean".
    """
    context: dict[str, Any] = {"says": says, "allowed": allowed, "value": value, "options": options}
    return PydanticCustomError("wrong", "{says}; {allowed}", context)


def parse_date(value: object) -> object:
    """Return the date that a text gives as YYYY-MM-DD; any other value is returned as it is."""
    if not isinstance(value, str):
        return value
    if _ISO_DATE.fullmatch(value):
        try:
            parsed = date.fromisoformat(value)
        except ValueError:
            parsed = None
        if parsed and _FIRST_YEAR <= parsed.year <= _LAST_YEAR:
            return parsed
    raise wrong(
        f"{shown(value)} is not a date", f"YYYY-MM-DD, a day that exists, from {_FIRST_YEAR} to {_LAST_YEAR}"
    )


Date = Annotated[
    date,
    BeforeValidator(parse_date),
    WithJsonSchema({"type": "string", "format": "date"}),
    Means("a date, YYYY-MM-DD"),
]


def names(info: ValidationInfo, of: str) -> list[str] | None:
    """Return the names of one kind (states, acts, ...) that the file defines; None if they are unreadable."""
    found: list[str] | None = (info.context or {}).get(of, [])
    return found


_MOST_OPTIONS = 1_000  # every error of a file holds its own list


def _reference(*kinds: str) -> AfterValidator:
    noun = " or ".join(kind.removesuffix("s").replace("capabilitie", "capability") for kind in kinds)

    def known(value: str, info: ValidationInfo) -> str:
        found = [names(info, kind) for kind in kinds]
        if any(some is None or value in some for some in found):
            return value
        options = [name for some in found for name in some or ()][:_MOST_OPTIONS]
        raise wrong(f"no {noun} is called {shown(value)}", f"one of {listed(options)}", value, options)

    return AfterValidator(known)


StateRef = Annotated[str, _reference("states"), Means("the id of a state")]
MediatorRef = Annotated[str, _reference("mediators"), Means("the id of a mediator")]
ActorRef = Annotated[str, _reference("states", "mediators"), Means("the id of a state or mediator")]
ActRef = Annotated[str, _reference("acts"), Means("the id of an act of the ladder")]
SourceRef = Annotated[str, _reference("sources"), Means("the id of a source")]

CapabilityRef = Annotated[
    str, _reference("capabilities"), Means("a capability that an act of the ladder asks for")
]


DATED = ("incidents", "border_fire", "reports", "acts", "changes")
"""The lists of a scenario whose entries carry a date and may carry an id."""


def _own_id(value: str, info: ValidationInfo) -> str:
    clash = (info.context or {}).get("clashes", {}).get(value)
    if clash is not None:
        raise wrong(f"{shown(value)} is {clash}", "an id that nothing else has")
    return value


EntryId = Annotated[Id, AfterValidator(_own_id)]


def references(tree: object, of_ladder: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Collect the names that a scenario or ladder tree defines, as validation context.

    Works on a tree that may be wrong anywhere: what cannot be read is None, and the check that
    needs it then keeps silent, since the error itself is reported in its own place.

    Parameters
    ----------
    tree
        The scenario or ladder.
    of_ladder
        What `ladder_references` collects of its ladder, where that is known.
    """
    top = _mapping(tree)
    ladder = _mapping(top.get("ladder")) if "ladder" in top else top
    context: dict[str, Any] = {
        "clashes": _clashes(top),
        "states": _names(top.get("states")),
        "mediators": _names(top.get("mediators", {})),
        "sources": _names(top.get("sources", {})),
        **(ladder_references(ladder) if of_ladder is None else of_ladder),
        "capable": _capable(top.get("states")),
        "rivals": _rivals(top.get("rivalries")),
        "contested_lines": _contested_lines(top.get("rivalries")),
    }
    start, horizon = _day(top.get("start")), _day(top.get("horizon"))
    days = top.get("free_days")
    free_days = days if isinstance(days, int) and 0 <= days <= 3_650 else None
    if start and horizon and start <= horizon <= start + LONGEST_HISTORY and free_days is not None:
        # A case may hold what led to the crisis; a scenario begins with its start.
        earliest = start - LONGEST_HISTORY if "case" in top else start
        end = horizon + dt.timedelta(days=free_days)
        context |= {"earliest": earliest, "start": start, "horizon": horizon, "end": end}
    return context


def ladder_references(ladder: object) -> dict[str, Any]:
    """Collect the names that a ladder's tree defines; a part of `references`."""
    acts = _mapping(_mapping(ladder).get("acts"))
    effects = {str(name): _mapping(act).get("effect", "none") for name, act in acts.items()}
    return {
        "acts": _names(_mapping(ladder).get("acts")),
        "capabilities": _unique(_mapping(act).get("capability") for act in acts.values()) if acts else None,
        "effects": {name: effect for name, effect in effects.items() if isinstance(effect, str)},
        "needs": {str(name): _mapping(act).get("capability") for name, act in acts.items()},
    }


def _mapping(value: object) -> Mapping[Any, Any]:
    return value if isinstance(value, Mapping) else {}


def _names(value: object) -> list[str] | None:
    return [str(name) for name in value] if isinstance(value, Mapping) else None


def _unique(values: Any) -> list[str]:
    return list(dict.fromkeys(value for value in values if isinstance(value, str)))


def _day(value: object) -> dt.date | None:
    try:
        parsed = parse_date(value)
    except PydanticCustomError:
        return None
    return parsed if isinstance(parsed, dt.date) else None


def entry_ids(tree: Mapping[Any, Any]) -> dict[str, tuple[str, int]]:
    """Return the id of every dated entry that has one, with its list and its number in it."""
    found = {}
    for key in DATED:
        entries = tree.get(key)
        for number, entry in enumerate(entries if isinstance(entries, list) else []):
            name = _mapping(entry).get("id")
            if isinstance(name, str):
                found[name] = (key, number)
    return found


def _clashes(top: Mapping[Any, Any]) -> dict[str, str]:
    """Return the ids of dated entries that name something else too, with what that is."""
    entries = [entry for key in DATED if isinstance(top.get(key), list) for entry in top[key]]
    named = Counter(name for entry in entries if isinstance(name := _mapping(entry).get("id"), str))
    clashes = {name: f"the id of {count} entries" for name, count in named.items() if count > 1}
    for noun, names_of in (
        ("a key of the scenario", top),
        ("the id of a state", _mapping(top.get("states"))),
        ("the id of a mediator", _mapping(top.get("mediators"))),
    ):
        clashes |= {str(name): f"also {noun}" for name in names_of if name in named}
    return clashes


def _capable(states: object) -> dict[str, list[str]]:
    """Return the capabilities of each state, where they can be read."""
    capable = {}
    for name, state in _mapping(states).items():
        held = _mapping(state).get("capabilities", [])
        if isinstance(state, Mapping) and isinstance(held, list | tuple):
            capable[str(name)] = _unique(held)
    return capable


def _contested_lines(rivalries: object) -> list[frozenset[str]] | None:
    if not isinstance(rivalries, list):
        return None
    lines = []
    for rivalry in rivalries:
        match _mapping(rivalry).get("between"), _mapping(rivalry).get("contested_line", False):
            case [str(one), str(other)], bool(contested):
                lines += [frozenset((one, other))] if contested else []
            case _:
                return None
    return lines


def _rivals(rivalries: object) -> dict[str, list[str]] | None:
    if not isinstance(rivalries, list):
        return None
    rivals: dict[str, list[str]] = {}
    for rivalry in rivalries:
        match _mapping(rivalry).get("between"):
            case [str(one), str(other)] if one != other:
                rivals.setdefault(one, []).append(other)
                rivals.setdefault(other, []).append(one)
            case _:
                return None
    return rivals
