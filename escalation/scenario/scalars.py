"""What a plain (unquoted) YAML scalar stands for, and what must be quoted because readers disagree.

Readers of YAML 1.1 and 1.2 take `no`, `1e-3`, `010` or `12:30` for different things. Here a plain
scalar is true, false, null, a decimal number or text; what another reader would take for something
else is refused, so that a file means the same to everyone who reads it.
"""

from __future__ import annotations

import math
import re

_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")
_CLOCK = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_ZEROS = re.compile(r"[-+]?0[0-9_]+")
_BASED = re.compile(r"[-+]?0(b[01_]+|o[0-7_]+|x[0-9a-fA-F_]+)", re.IGNORECASE)
_UNDERSCORED = re.compile(r"[-+]?(?=[0-9._]*_)[0-9][0-9_]*(\.[0-9_]*)?([eE][-+]?[0-9]+)?")
_ENDLESS = re.compile(r"[-+]?\.(inf|nan)", re.IGNORECASE)
_TRUTH = {
    "yes": True,
    "on": True,
    "y": True,
    "true": True,
    "no": False,
    "off": False,
    "n": False,
    "false": False,
}
_MOST_DIGITS = 18  # what a 64-bit integer holds for certain

Scalar = str | int | float | bool | None


class Ambiguous(ValueError):  # noqa: N818 (it is caught and worded where the scalar stands)
    """A plain scalar that not every reader takes for the same thing."""

    def __init__(self, says: str, allowed: str) -> None:
        super().__init__(says)
        self.says = says
        self.allowed = allowed


def plain_value(text: str) -> Scalar:
    """Return what a plain scalar stands for.

    Raises
    ------
    Ambiguous
        If another YAML reader would take the text for something else, or the number is unusable.
    """
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    first = text[0]
    if first in "0123456789+-.":
        return _number(text)
    lower = text.lower()
    if lower in _TRUTH:
        word = "true" if _TRUTH[lower] else "false"
        raise Ambiguous(
            f"{text} without quotes is {word} to some readers", f'write {word}, or quote it: "{text}"'
        )
    if lower == "null":
        raise Ambiguous(
            f"{text} without quotes is null to some readers", f'write null, or quote it: "{text}"'
        )
    if text in ("=", "<<"):
        raise Ambiguous(f"{text} without quotes is a special sign to some readers", f'quote it: "{text}"')
    return text


def _number(text: str) -> Scalar:
    cut = text if len(text) <= 40 else text[:37] + "..."
    if _INT.fullmatch(text):
        if len(text.lstrip("+-")) > _MOST_DIGITS:
            raise Ambiguous(
                f"{cut} is too large", f"a number of at most {_MOST_DIGITS} digits, or quoted text"
            )
        return int(text)
    if _ZEROS.fullmatch(text) or _BASED.fullmatch(text):
        raise Ambiguous(
            f"{cut} without quotes is not the same number to every reader",
            f'write a decimal number without leading zeros, or quote it: "{cut}"',
        )
    if _FLOAT.fullmatch(text):
        number = float(text)
        if math.isinf(number):
            raise Ambiguous(f"{cut} is too large", "a finite number, or quoted text")
        return number
    if _CLOCK.fullmatch(text):
        raise Ambiguous(f"{cut} without quotes is a number in base 60 to some readers", f'quote it: "{cut}"')
    if _UNDERSCORED.fullmatch(text):
        raise Ambiguous(
            f"{cut} without quotes is a number to some readers",
            f'write the number without _, or quote it: "{cut}"',
        )
    if _ENDLESS.fullmatch(text):
        raise Ambiguous(f"{text} is not finite", f'a finite number, or quoted: "{text}"')
    return text
