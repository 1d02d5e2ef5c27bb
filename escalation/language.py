"""The language in which texts, numbers and dates are shown.

A text is written once, in English, where it belongs: as a constant, or in the declaration that it describes.
Its English wording is its key in the catalogue of another language (gettext, one `.po` file per language).
Whoever shows a text passes it through `say`; English needs no catalogue and no library.
"""

from __future__ import annotations

import datetime as dt
import inspect
import re
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import cache, wraps
from gettext import c2py
from pathlib import Path
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

P = ParamSpec("P")
T = TypeVar("T")

ENGLISH: Final = "en"
FOLDER = Path(__file__).parent / "catalogues"
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
NOUNS_IN_CAPITALS = ("de",)
Y_BEFORE_I = re.compile(r" y (?=h?[ií](?!e)[^,]*$)", re.IGNORECASE)

_SPOKEN: ContextVar[str] = ContextVar("language", default=ENGLISH)


def languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a catalogue, English first."""
    return (ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.po")))


def language_name(code: str) -> str:
    """Return what speakers of a language call it: 'English', 'Deutsch'."""
    if code == ENGLISH:
        return "English"
    from babel import Locale

    name = str(Locale.parse(code).get_display_name(code))
    return name[:1].upper() + name[1:]


def is_right_to_left(code: str) -> bool:
    """Return whether a language is written from right to left."""
    return code in RIGHT_TO_LEFT


def spoken() -> str:
    """Return the code of the present language."""
    return _SPOKEN.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Show everything in a language while the context lasts."""
    token = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(token)


def in_this_language(function: Callable[P, T]) -> Callable[P, T]:
    """Return a function that is always called, and awaited, in the language of now, whoever calls it."""
    code = spoken()

    @wraps(function)
    def speak(*args: P.args, **kwargs: P.kwargs) -> T:
        with speaking(code):
            found = function(*args, **kwargs)
        return _awaited(code, found) if inspect.isawaitable(found) else found  # type: ignore[return-value]

    return speak


async def _awaited(code: str, work: Awaitable[T]) -> T:
    with speaking(code):
        return await work


# Texts


def say(text: str, **values: object) -> str:
    """Return a text in the present language, with values in the place of its names in braces.

    Parameters
    ----------
    text
        In English, as it was written: the key of the catalogue. What the catalogue lacks is shown in English.
    values
        What the text names. Numbers and dates are made words first, by `number`, `percent` or `date_words`.
    """
    code = spoken()
    found = text if code == ENGLISH else _translated(code, text)
    return found.format(**values) if values else found


def say_count(one: str, many: str, n: int, **values: object) -> str:
    """Return the text for a number of things: `one` for one, `many` otherwise, or what the language needs.

    Both name the number `{n}`.
    """
    code = spoken()
    shown = number(n)
    if code == ENGLISH:
        return (one if n == 1 else many).format(n=shown, **values)
    return _plural(code, one, many, n).format(n=shown, **values)


def listed(names: Sequence[str]) -> str:
    """Return 'A', 'A and B' or 'A, B and C'."""
    code = spoken()
    if code != ENGLISH:
        from babel.lists import format_list

        text = str(format_list(names, locale=code))
        # In Spanish, "y" is "e" before its own sound.
        return Y_BEFORE_I.sub(" e ", text) if code == "es" else text
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def within(heading: str) -> str:
    """Return a heading as it stands within a sentence: in small letters, where nouns do not have capitals."""
    return heading if spoken() in NOUNS_IN_CAPITALS else heading.lower()


@cache
def catalogue(code: str) -> Catalog:
    """Return the catalogue of a language other than English."""
    from babel.messages.pofile import read_po

    with (FOLDER / f"{code}.po").open("rb") as file:
        return read_po(file, locale=code)


@cache
def _translated(code: str, text: str) -> str:
    message = catalogue(code).get(text) if text else None
    return str(message.string) if message is not None and message.string else text


@cache
def _plural(code: str, one: str, many: str, n: int) -> str:
    message = catalogue(code).get(one)
    if message is None or not isinstance(message.string, tuple | list) or not all(message.string):
        return one if n == 1 else many
    return str(message.string[c2py(catalogue(code).plural_expr)(n)])


# Numbers and dates. Numbers are rounded as in English, so that every language shows the same digits.


def number(value: float, digits: int = 0) -> str:
    """Return a number with thousands apart and a fixed count of decimals: '2,000', '0.35'."""
    code = spoken()
    if code == ENGLISH:
        return f"{value:,.{digits}f}"
    from babel.numbers import format_decimal

    return format_decimal(Decimal(f"{value:.{digits}f}"), _pattern(digits), locale=code)


def percent(share: float, digits: int = 1) -> str:
    """Return a share from 0 to 1 in percent: '12.3%'."""
    code = spoken()
    if code == ENGLISH:
        return f"{share:.{digits}%}"
    from babel.numbers import format_percent

    rounded = Decimal(f"{share:.{digits}%}".removesuffix("%")).scaleb(-2)
    return format_percent(rounded, f"{_pattern(digits)}\N{NO-BREAK SPACE}%", locale=code)


def date_words(date: dt.date) -> str:
    """Return a date in full: '6 May 2025'."""
    code = spoken()
    if code == ENGLISH:
        return f"{date.day} {date:%B %Y}"
    from babel.dates import format_date

    return format_date(date, "long", locale=code)


def short_date(date: dt.date) -> str:
    """Return a date without its year: '6 May'."""
    code = spoken()
    if code == ENGLISH:
        return f"{date.day} {date:%B}"
    from babel.dates import format_skeleton

    return str(format_skeleton("MMMMd", date, locale=code))


def _pattern(digits: int) -> str:
    return f"#,##0.{'0' * digits}" if digits else "#,##0"
