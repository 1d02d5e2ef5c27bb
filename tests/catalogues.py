"""A language made up for tests: every message in brackets, written from right to left.

What is put into a message stands outside of its brackets, so that it must have been translated itself.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from pathlib import Path

from babel.messages.pofile import write_po

from docs.catalogue import collected, updated
from escalation.classroom import texts
from escalation.classroom.session import ALPHABET, CODE_LENGTH
from escalation.scenario.load import shipped_scenarios

CODE = "ar"
OPEN, CLOSE = "\N{MATHEMATICAL LEFT WHITE SQUARE BRACKET}", "\N{MATHEMATICAL RIGHT WHITE SQUARE BRACKET}"


KEPT_WORDS = {
    texts.SAVE_PNG, texts.SAVE_SVG, texts.SAVE_CSV, "English", "Deutsch",
    *(word for name in shipped_scenarios() for word in re.findall("[A-Za-z]{2,}", name)),
}  # fmt: skip
"""What is the same in every language: kinds and names of files, and the name of a language."""
CODE_OF_GAME = f"[{ALPHABET}]{{{CODE_LENGTH}}}"


def bracketed(text: str) -> str:
    """Return a message with its words in brackets, and blanks at their ends and names in braces outside."""
    found = []
    for words, name, form, conversion in string.Formatter().parse(text):
        inner = words.strip()
        is_said = any(char.isalpha() for char in inner)
        found.append(words.replace(inner, f"{OPEN}{inner}{CLOSE}") if is_said else words)
        if name is not None:
            found.append(f"{{{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}}}")
    return "".join(found)


def stray(text: str) -> str:
    """Return what of a text stands outside of brackets; a chart cuts or breaks what is too long."""
    while (rest := re.sub(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}", "", text)) != text:
        text = rest
    return re.sub(f"{OPEN}[^{CLOSE}]*$|^[^{OPEN}]*{CLOSE}", "", text)


def english(said: Iterable[str]) -> list[str]:
    """Return the texts in which words stand outside of brackets."""

    def words(text: str) -> set[str]:
        return set(re.findall("[A-Za-z]{2,}", re.sub(CODE_OF_GAME, "", stray(text)))) - KEPT_WORDS

    return sorted({text for text in said if words(text)})


def write_bracketed(folder: Path, code: str = CODE) -> None:
    """Write the catalogue of the made-up language, under the code of a true one."""
    catalogue = updated(code, collected(), None)
    for message in catalogue:
        if isinstance(message.id, str) and message.id:
            message.string = bracketed(message.id)
        elif message.id:
            one, many = message.id
            message.string = (bracketed(one), *[bracketed(many)] * (catalogue.num_plurals - 1))
    with (folder / f"{code}.po").open("wb") as file:
        write_po(file, catalogue, omit_header=True)
