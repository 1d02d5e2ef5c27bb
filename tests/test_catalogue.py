"""What the page shows is collected, and every catalogue has all of it, whole and nothing else."""

from __future__ import annotations

import string
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from docs import catalogue
from docs.catalogue import Text, collected, faults, names_in, read, updated
from escalation import language
from escalation.language import ENGLISH, languages

CODES = [code for code in languages() if code != ENGLISH]
ONE, MANY = Text("{n} act of {side}", where="a"), Text("{n} day", "{n} days", "b")


@cache
def texts() -> tuple[Text, ...]:
    return tuple(collected())


def translate(found: Catalog, one: str, translated: str) -> None:
    message = found.get(one)
    assert message is not None
    message.string = translated


@pytest.mark.parametrize("code", CODES)
def test_a_catalogue_has_all_messages_with_the_same_names_in_braces_and_no_other(code: str) -> None:
    found = read(language.FOLDER / f"{code}.po")
    assert "\n".join(faults(code, texts(), found)) == ""


def test_texts_are_collected_from_wherever_they_stand() -> None:
    found = {text.one for text in texts()}
    of_each = {
        "a module of texts": "Escalation classroom",
        "a call of `say`": "from the force rung on",
        "an outcome": "Full conventional war",
        "the name of an act": "close airspace",
        "a parameter": "What is at stake",
        "a scenario": "Russia",
        "a lesson": "Does it matter whether Russia comes in?",
        "a recorded example": "Act of Montevideo, 1979",
    }
    assert {where: text for where, text in of_each.items() if text not in found} == {}


def test_a_message_is_collected_once_and_has_words() -> None:
    keys = [text.one for text in texts()]
    assert len(set(keys)) == len(keys)
    assert all(any(char.isalpha() for char in key) for key in keys)


def test_no_message_is_both_said_as_it_is_and_counted() -> None:
    """One with a plural in a catalogue has several translations, of which `say` could not choose."""
    spoken = list(catalogue._spoken())
    counted = {word for text in spoken if text.many for word in (text.one, text.many)}
    assert [text.one for text in spoken if not text.many and text.one in counted] == []


def test_numbers_are_formatted_before_they_are_put_into_a_message() -> None:
    """A form such as `{total:.1f}` would be English in every language."""
    parsed = {text.one: string.Formatter().parse(text.one + text.many) for text in texts()}
    assert [one for one, parts in parsed.items() if any(form for _, _, form, _ in parts)] == []


def test_an_updated_catalogue_keeps_what_is_translated_and_drops_what_is_not_in_use() -> None:
    old = Catalog(locale="de")
    old.add("{n} act of {side}", "{n} Handlung von {side}")
    old.add("gone", "weg")
    new = updated("de", [ONE, MANY], old)
    assert new.get("gone") is None
    kept, counted = new.get(ONE.one), new.get(MANY.one)
    assert kept is not None
    assert kept.string == "{n} Handlung von {side}"
    assert counted is not None
    assert list(counted.string) == ["", ""]


@pytest.mark.parametrize(("translated", "fault"), [
    ("", "not translated"),
    ("{n} Handlung", "the names in braces differ"),
    ("{n} Handlung von {seite}", "the names in braces differ"),
    ("{n} Handlung von {side} ", "blanks at the ends differ"),
])  # fmt: skip
def test_what_is_wrong_with_a_translation_is_told(translated: str, fault: str) -> None:
    found = updated("de", [ONE], None)
    translate(found, ONE.one, translated)
    (said,) = faults("de", [ONE], found)
    assert fault in said
    assert names_in(ONE.one) == {"n", "side"}


def test_a_message_that_is_left_over_is_told() -> None:
    found = updated("de", [ONE], None)
    translate(found, ONE.one, ONE.one)
    found.add("gone", "weg")
    assert list(faults("de", [ONE], found)) == ["de: not in use: 'gone'"]


def test_a_new_catalogue_is_written_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogue, "collected", lambda: [ONE, MANY])
    assert catalogue.main(["--new", "fr"]) == 0
    assert catalogue.main(["--check"]) == 1
    (written,) = tmp_path.iterdir()
    text = written.read_text(encoding="utf-8").replace('msgstr ""', 'msgstr "{n} {side}"')
    written.write_text(text.replace('] ""', '] "{n}"'), encoding="utf-8")
    assert catalogue.main(["--check"]) == 0
