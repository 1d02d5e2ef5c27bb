"""Characters that nobody sees, or that look like others: named in a name, a number or next to a sign.

Text that was copied from a page or a letter brings no-break spaces, zero-width characters and curly quotes
along. In prose they do no harm. In a key, an id, a path or a number, or between a key and its value, they
make something else of what everybody reads.
"""

from __future__ import annotations

import re
import unicodedata

UNSEEN = (
    "\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f"
    "\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
)
"""Spaces that are none and characters without width, for use in a class of a regular expression."""
_QUOTES = "\u00ab\u00bb\u2018-\u201f\u2039\u203a"
_MINUS = "\u2010-\u2015\u2212"

_UNSEEN = re.compile(f"[{UNSEEN}]")
_AT_AN_END = re.compile(f"^[{UNSEEN}]|[{UNSEEN}]$")
_TOKEN = re.compile(r"[!-~]+")
_CURLY = re.compile(f"[{_QUOTES}].*[{_QUOTES}]", re.DOTALL)
_NUMBER = re.compile(f"[{_MINUS}][0-9.]")
_KEY = re.compile(f"[{UNSEEN}]|^[{_QUOTES}]|[{_QUOTES}]$")

# Where YAML expects a space, a quote or a colon: the indentation, and around the sign of a key or an item.
_SIGN = re.compile(
    f"^ *(?P<indent>[{UNSEEN}])"
    f"|(?:[:,]|^ *-) *(?P<after>[{UNSEEN}{_QUOTES}])"
    f"|[!-~](?P<before>[{UNSEEN}]+) *:(?: |$)"
    "|\\w(?P<colon>\uff1a)"
)


def name_of(char: str) -> str:
    """Return a character as messages name it: U+00A0 (no-break space)."""
    name = "byte order mark" if char == "\ufeff" else unicodedata.name(char, "").lower()
    return f"U+{ord(char):04X}" + (f" ({name})" if name else "")


ALLOWED = "plain spaces, straight quotes, a hyphen as minus"
"""What to write instead."""


def odd_in_key(text: str) -> int | None:
    """Return where a key has a character that nobody sees, or a curly quote around it; None if nowhere."""
    found = _KEY.search(text)
    return found.start() if found else None


def odd_in_value(text: str, is_plain: bool) -> int | None:
    """Return where a value has a character that makes something else of it; None if nowhere.

    That is an unseen one in a single word of ASCII, such as an id, a path or a number; where the text is not
    quoted, also one at its end, curly quotes around it, and a dash before a number.
    """
    unseen = _UNSEEN.search(text)
    if unseen and _TOKEN.fullmatch(_UNSEEN.sub("", text)):
        return unseen.start()
    if not is_plain:
        return None
    found = _AT_AN_END.search(text) or _CURLY.fullmatch(text) or _NUMBER.match(text)
    return found.start() if found else None


def odd_sign(line: str) -> int | None:
    """Return where a line of YAML has such a character in place of a space, a quote or a colon."""
    found = _SIGN.search(line)
    return found.start(found.lastgroup or 0) if found else None
