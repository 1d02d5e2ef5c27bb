"""A language made up for tests: every message in brackets, written from right to left."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import write_po

from docs.catalogue import collected, updated

CODE = "ar"
OPEN, CLOSE = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}", "\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"


def bracketed(text: str) -> str:
    """Return a message in brackets, blanks at its ends outside of them."""
    inner = text.strip()
    return text.replace(inner, f"{OPEN}{inner}{CLOSE}")


def write_bracketed(folder: Path) -> None:
    """Write the catalogue of the made-up language."""
    catalogue = updated(CODE, collected(), None)
    for message in catalogue:
        if isinstance(message.id, str) and message.id:
            message.string = bracketed(message.id)
        elif message.id:
            one, many = message.id
            message.string = (bracketed(one), *[bracketed(many)] * (catalogue.num_plurals - 1))
    with (folder / f"{CODE}.po").open("wb") as file:
        write_po(file, catalogue, omit_header=True)
