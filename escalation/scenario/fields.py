"""Field types that the ladder and the scenario share: identifiers, dates, references.

A reference is checked against the names that the file defines, so that a dangling one is reported
beside all other errors. The names come in pydantic's validation context (see `references`).
"""

from __future__ import annotations

import re
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

Id = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=64),
    Means("a name of at most 64 letters a-z, digits and _, the first a letter"),
]

RungNumber = Annotated[int, Field(ge=0, le=10)]


def _rung_key(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]|10", value) else value


# JSON knows only text as keys, and a scenario written as JSON loads, too.
RungKey = Annotated[RungNumber, BeforeValidator(_rung_key), Means("a rung, 0 to 10")]
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_FIRST_YEAR, _LAST_YEAR = 1500, 2999  # room on both sides to count days from any date


def wrong(says: str, allowed: str, value: object = None, options: object = None) -> PydanticCustomError:
    """Make the error of a value that is well formed but wrong: what is wrong, what is allowed.

    `value` and `options`, where given, let the loader add a "did you mean".
    """
    context: dict[str, Any] = {"says": says, "allowed": allowed, "value": value, "options": options}
    return PydanticCustomError("wrong", "{says}; {allowed}", context)


def parse_date(value: object) -> object:
    """Return the date that a text gives as YYYY-MM-DD; a value that is no text passes as it is."""
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
