"""Texts, numbers and dates in the language of who reads them."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from escalation import language
from escalation.language import (
    catalogue,
    date_words,
    in_this_language,
    is_right_to_left,
    languages,
    listed,
    number,
    percent,
    say,
    say_count,
    short_date,
    speaking,
    spoken,
    within,
)

DAY = dt.date(2025, 5, 6)

GERMAN = r"""
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

msgid "{n} crises"
msgstr "{n} Krisen"

msgid "{n} act"
msgid_plural "{n} acts"
msgstr[0] "{n} Handlung"
msgstr[1] "{n} Handlungen"

msgid "Pinned"
msgstr ""
"""


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "de.po").write_text(GERMAN, encoding="utf-8")
    monkeypatch.setattr(language, "FOLDER", tmp_path)
    for kept in (catalogue, language._translated, language._plural):
        kept.cache_clear()


def test_english_is_written_as_it_stands() -> None:
    assert say("{n} crises", n=number(2000)) == "2,000 crises"
    assert say("a brace {} stays where nothing is named") == "a brace {} stays where nothing is named"
    assert (percent(0.1234), percent(0.5, 0), number(0.35, 2)) == ("12.3%", "50%", "0.35")
    assert (date_words(DAY), short_date(DAY)) == ("6 May 2025", "6 May")
    assert say_count("{n} act", "{n} acts", 1) == "1 act"


@pytest.mark.usefixtures("german")
def test_another_language_has_its_own_words_numbers_and_dates() -> None:
    assert languages() == ("en", "de")
    with speaking("de"):
        assert say("{n} crises", n=number(2000)) == "2.000 Krisen"
        assert [say_count("{n} act", "{n} acts", n) for n in (1, 2)] == ["1 Handlung", "2 Handlungen"]
        assert percent(0.1234) == "12,3\N{NO-BREAK SPACE}%"
        assert (date_words(DAY), short_date(DAY)) == ("6. Mai 2025", "6. Mai")
    assert say("{n} crises", n=1) == "1 crises"


@pytest.mark.usefixtures("german")
def test_every_language_shows_the_same_digits() -> None:
    values = [k / 2_000 for k in range(2_001)]
    inside = [(percent(x), number(x, 2)) for x in values]
    with speaking("de"):
        assert [(percent(x).replace("\N{NO-BREAK SPACE}", "").replace(",", "."),
                 number(x, 2).replace(",", ".")) for x in values] == inside  # fmt: skip


@pytest.mark.usefixtures("german")
def test_names_are_listed_and_headings_stand_within_sentences() -> None:
    names = ("A", "B", "C")
    assert [listed(names[:n]) for n in range(4)] == ["", "A", "A and B", "A, B and C"]
    assert within("Full War") == "full war"
    with speaking("de"):
        assert [listed(names[:n]) for n in range(4)] == ["", "A", "A und B", "A, B und C"]
        assert within("Krieg") == "Krieg"


@pytest.mark.usefixtures("german")
def test_what_is_not_translated_is_said_in_english() -> None:
    with speaking("de"):
        assert (say("Pinned"), say("Unknown"), say("")) == ("Pinned", "Unknown", "")
        assert say_count("{n} day", "{n} days", 3) == "3 days"


@pytest.mark.usefixtures("german")
def test_a_function_keeps_the_language_in_which_it_was_made() -> None:
    async def later() -> str:
        await asyncio.sleep(0)
        return say("{n} crises", n=3)

    with speaking("de"):
        now, soon = in_this_language(lambda: say("{n} crises", n=2)), in_this_language(later)
    assert now() == "2 Krisen"
    assert asyncio.run(soon()) == "3 Krisen"
    assert spoken() == "en"


def test_some_languages_are_written_from_right_to_left() -> None:
    assert is_right_to_left("ur")
    assert not is_right_to_left("de")


@pytest.mark.usefixtures("german")
def test_lists_end_as_each_language_ends_them() -> None:
    with speaking("es"):
        assert listed(["Pakistán", "India"]) == "Pakistán e India"
        assert listed(["Perú", "Chile", "Irán"]) == "Perú, Chile e Irán"
        assert listed(["India", "Pakistán"]) == "India y Pakistán"
        assert listed(["fuego", "hielo"]) == "fuego y hielo"
    with speaking("de"):
        assert listed(["Indien", "Pakistan"]) == "Indien und Pakistan"
