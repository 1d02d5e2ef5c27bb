"""The page in other languages: chosen in its header, and from right to left."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from escalation import language
from tests.catalogues import CODE, english, write_bracketed
from tests.classroom.browser import Browser, chromium, needs_chromium
from tests.classroom.crises import STYLE
from tests.classroom.serving import Served, served

pytestmark = [needs_chromium, pytest.mark.slow]

SHOTS = os.environ.get("CLASSROOM_SHOTS")
TABS = ("explore", "watch", "play", "take_away", "about")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("catalogues")
    for path in language.FOLDER.glob("*.po"):
        shutil.copy(path, folder)
    write_bracketed(folder)
    with served(tmp_path_factory.mktemp("served"), catalogues=folder) as room:
        yield room


@pytest.fixture(scope="module")
def window(room: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(room.address, tmp_path_factory.mktemp("downloads")) as window:
        yield window


@pytest.fixture
def page(window: Browser) -> Iterator[Browser]:
    yield window
    assert window.foreign() == [], "a request left the machine"
    assert window.errors() == []


def opened(page: Browser, path: str, code: str) -> None:
    """Load a page and wait until it is drawn, in its language."""
    page.driver.get(page.address + path)
    page.until(lambda: page.script("return document.documentElement.lang") == code)
    page.until(lambda: page.script("return Boolean(document.querySelector('.room header'))"))
    page.settle()


def choose(page: Browser, code: str) -> None:
    """Choose a language in the header."""
    page.script(
        """const choice = document.getElementById("language");
        choice.value = arguments[0];
        choice.dispatchEvent(new Event("change", {bubbles: true}));""",
        code,
    )
    page.until(lambda: page.script("return document.documentElement.lang") == code)


def asked(page: Browser) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.driver.current_url).query)


def test_a_language_is_chosen_in_the_header_and_nothing_is_lost(page: Browser) -> None:
    page.open()
    page.script("classroom.remember('tour')")
    page.move(STYLE, "manipulation")
    page.press("Pin this")
    page.until(lambda: "pinned A" in page.drawn())
    choose(page, "de")
    page.until(lambda: "2.000" in page.status())
    assert asked(page)["language"] == ["de"]
    assert asked(page)["set"] == [f"{STYLE}=manipulation"]
    assert page.script("return document.documentElement.dir") == "ltr"
    page.until(lambda: page.all(".pins button"))
    page.driver.refresh()
    page.until(lambda: "2.000" in page.status())
    assert page.violations() == []
    shoot(page, "explore_german")
    choose(page, "en")
    page.until(lambda: "2,000 crises, seed" in page.status())
    assert asked(page)["language"] == ["en"]


@pytest.mark.parametrize("tab", TABS)
def test_a_page_from_right_to_left_has_no_serious_fault_and_no_word_of_english(
    page: Browser, tab: str
) -> None:
    page.size(1280, 900)
    opened(page, f"/?tab={tab}&language={CODE}&pin=A&set={STYLE}=manipulation", CODE)
    page.until(
        lambda: (
            not page.all(".figure") or page.script("return document.querySelectorAll('.chart svg').length")
        )
    )
    page.script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.settle()
    assert page.script("return document.documentElement.dir") == "rtl"
    assert "\n".join(english(page.said())) == ""
    assert page.violations() == []
    for width, height in ((1280, 900), (400, 860), (320, 640)):
        page.size(width, height)
        page.settle()
        assert page.script("return document.documentElement.scrollWidth") <= width
    page.size(1280, 900)
    shoot(page, f"right_to_left_{tab}")


def shoot(page: Browser, name: str) -> None:
    page.settle()
    if SHOTS:
        page.driver.save_screenshot(f"{SHOTS}/{name}.png")
