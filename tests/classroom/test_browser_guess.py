"""Guesses before the figures, alone and by a room; presenting; and the beginning of the next class."""

from __future__ import annotations

import os
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.classroom.browser import Browser, chromium, needs_chromium
from tests.classroom.crises import STYLE
from tests.classroom.serving import Served, served

pytestmark = [needs_chromium, pytest.mark.slow]

SHOTS = os.environ.get("CLASSROOM_SHOTS")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as room:
        yield room


@pytest.fixture
def page(room: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(room.address, tmp_path_factory.mktemp("downloads")) as page:
        page.open("/")
        page.script("classroom.remember('tour')")
        yield page
        assert page.foreign() == [], "a request left the machine"
        assert page.errors() == []
    status, text = room.ask("/?round=ZZZZZZ")
    assert status == 404
    assert "This guess round is over" in text
    assert room.said() == ""


def shoot(page: Browser, name: str) -> None:
    page.settle()
    if SHOTS:
        page.driver.save_screenshot(f"{SHOTS}/{name}.png")


def click_in_chart(page: Browser, across: float, down: float) -> None:
    """Click in the first chart, at shares of its width and height from its middle."""
    chart = page.one(".chart")
    size = chart.size
    chain = ActionChains(page.driver)
    chain.move_to_element_with_offset(chart, int(across * size["width"]), int(down * size["height"]))
    chain.click().perform()


def value(page: Browser, name: str) -> str:
    return str(page.script("return document.getElementById(arguments[0]).value", name))


def test_a_guess_comes_before_the_figures_and_a_room_guesses_together(page: Browser) -> None:
    # A setting whose bars are hidden until a guess is made.
    page.move(STYLE, "manipulation")
    page.until(lambda: "manipulation instead of" in page.status())
    truth = page.drawn()
    ActionChains(page.driver).send_keys("g").perform()
    page.until(lambda: page.all(".guessing") and "your guess" in page.drawn())
    assert "as in the scenario" in page.drawn()
    assert ">now<" not in page.drawn()
    label = page.one("[data-figure=outcomes] .chart").get_dom_attribute("aria-label")
    assert "%" not in str(label)
    assert page.text(".pins").splitlines()[-1] == "Hidden until what the model says is shown."
    assert page.one("#steps [aria-keyshortcuts=R]").get_dom_attribute("aria-disabled") == "true"

    # By a click on a bar's row, by the keyboard on its axis, and as a number.
    click_in_chart(page, 0.1, 0.05)
    page.until(lambda: "guess=outcomes.limited_force_going_on:" in page.driver.current_url)
    assert value(page, "guess-row") == "outcomes.limited_force_going_on"
    clicked = int(value(page, "guess"))
    assert 50 < clicked < 65
    page.one("#guess-axis").send_keys(Keys.ARROW_RIGHT)
    page.until(lambda: f"going_on:{clicked + 1}" in page.driver.current_url)
    page.one("#guess").clear()
    page.one("#guess").send_keys("160", Keys.TAB)
    page.one("#guess").clear()
    page.one("#guess").send_keys("60", Keys.TAB)
    page.until(lambda: "going_on:60" in page.driver.current_url)
    assert page.violations() == []
    shoot(page, "guess_1280")
    page.driver.refresh()
    page.until(lambda: page.all(".guessing") and value(page, "guess") == "60")
    assert ">now<" not in page.drawn()
    page.press("Show what the model says")
    page.until(lambda: page.text("#miss").startswith("You guessed 60%; in the model it is "))
    assert page.text("#miss").endswith("points less.")
    assert ">now<" in page.drawn()
    assert not page.one("#guess").is_displayed()
    page.driver.refresh()
    page.until(lambda: page.text("#miss").startswith("You guessed 60%"))

    # Another setting ends the guess.
    page.press("Undo")
    page.until(lambda: page.script("return !document.querySelector('.guess').checkVisibility()"))
    page.press("Redo")
    page.until(lambda: page.drawn() == truth)

    # One chart fills the screen, by button and by key.
    page.size(1920, 1080)
    page.press("Present")
    fills = "return Boolean(document.fullscreenElement)"
    page.until(lambda: "present=on" in page.driver.current_url and page.script(fills))
    page.press("Leave presenting")
    page.until(lambda: not page.script(fills) and not page.all(".presenting"))
    page.settle()
    assert not page.all(".presenting")
    ActionChains(page.driver).send_keys("f").perform()
    page.until(lambda: page.all(".presenting") and page.script(fills))
    assert not page.one("header").is_displayed()
    assert "no validated probability of nuclear use" in page.text(".caveat")
    assert page.one(".caveat").is_displayed()
    assert not page.one("#key-controls").is_displayed()
    ActionChains(page.driver).send_keys("2").perform()
    page.until(lambda: page.all("[data-figure=settlements] svg text"))
    ActionChains(page.driver).send_keys("1").perform()
    page.until(lambda: page.all("[data-figure=outcomes] svg text"))
    page.until(lambda: "graph=" not in page.driver.current_url)
    page.settle()
    smallest = """return Math.min(...[...document.querySelectorAll('.chart svg text')].map(
        (one) => parseFloat(getComputedStyle(one).fontSize)))"""
    assert page.script(smallest) >= 24
    assert page.script("return document.documentElement.scrollWidth") <= 1920
    chart = page.script("return document.querySelector('.chart').getBoundingClientRect().bottom")
    assert chart <= 1080
    shoot(page, "present_1920")
    page.driver.get(page.driver.current_url)
    page.until(lambda: page.all(".presenting") and page.all(".chart svg text"))
    assert page.violations() == []
    ActionChains(page.driver).send_keys(Keys.ESCAPE).perform()
    page.until(lambda: page.one("header").is_displayed())
    page.size(1280, 900)

    # A room guesses by a link.
    page.press("Guess first")
    page.press("Ask the room")
    page.until(lambda: page.text("#guesses-so-far") == "0 guesses so far")
    page.until(lambda: "host=" in page.driver.current_url)
    link = page.until(lambda: page.script("return document.querySelector('.round a').href"))
    assert page.script("return document.querySelectorAll('#graphs [aria-disabled=true]').length") == 5
    lecturer = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    student = page.driver.current_window_handle
    page.size(400, 860)
    page.driver.get(f"{page.address}/?{urlsplit(link).query}")
    page.until(lambda: page.text("[role=status]").startswith("Write a whole number"))
    assert page.text("h2") == "Of 100 crises, how many end as “De-escalated”?"
    assert len([one for one in page.all(".room input") if one.is_displayed()]) == 2
    page.one("#guess").send_keys("300", Keys.ENTER)
    page.until(lambda: "was not taken" in page.status())
    click_in_chart(page, 0, 0)
    page.until(lambda: value(page, "guess") == "50")
    page.press("Send my guess")
    page.until(lambda: "Your guess of 50% is in." in page.status())
    page.driver.refresh()
    page.until(lambda: "Your guess of 50% is in." in page.status() and value(page, "guess") == "50")
    page.one("#guess").clear()
    page.one("#guess").send_keys("70", Keys.ENTER)
    page.until(lambda: "Your guess of 70% is in." in page.status())
    assert page.violations() == []
    shoot(page, "guess_400")
    page.size(320, 640)
    dark = [{"name": "prefers-color-scheme", "value": "dark"}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark})
    page.driver.refresh()
    page.until(lambda: "Your guess of 70% is in." in page.status())
    page.until(lambda: "body--dark" in str(page.one("body").get_dom_attribute("class")))
    page.settle()
    assert page.violations() == []
    assert page.script("return document.querySelector('.room').scrollWidth") <= 320
    head, question = page.one("header"), page.one("h2.question")
    assert question.rect["y"] >= head.rect["y"] + head.rect["height"] + 3, "the question stands free"
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    page.size(400, 860)
    assert page.script("return document.documentElement.scrollWidth") <= 400

    page.driver.switch_to.window(lecturer)
    page.until(lambda: page.text("#guesses-so-far") == "1 guess so far")
    page.driver.refresh()
    page.until(lambda: page.text("#guesses-so-far") == "1 guess so far")
    code = urlsplit(link).query.partition("=")[2]
    own = page.script("return localStorage.getItem(`round.${arguments[0]}`)", code)
    page.script("localStorage.setItem(`round.${arguments[0]}`, 'forged')", code)
    page.press("Show all guesses and what the model says")
    page.until(lambda: page.text("#guesses-so-far").startswith("Only the browser"))
    assert ">now<" not in page.drawn()
    page.script("localStorage.setItem(`round.${arguments[0]}`, arguments[1])", code, own)
    page.press("Show all guesses and what the model says")
    page.until(lambda: page.text("#guesses-so-far").startswith("1 guess, 70%; in the model it is "))
    page.until(lambda: "in the model" in page.drawn("guesses"))
    assert ">now<" in page.drawn()
    page.driver.switch_to.window(student)
    page.until(lambda: page.text("[role=status]").startswith("You guessed 70%; in the model it is "))
    assert not page.one("#send").is_displayed()
    page.driver.switch_to.window(lecturer)
    page.size(1280, 900)

    # The next class: asked first, then everything of this visitor is forgotten.
    page.press("Pin this")
    page.until(lambda: "pin=A" in page.driver.current_url)
    page.press("Next class …")
    page.press("Keep everything")
    page.until(lambda: not page.one("#start-again").is_displayed())
    assert "pin=A" in page.driver.current_url
    page.press("Next class …")
    assert page.violations() == []
    page.press("Begin again for the next class")
    page.until(lambda: urlsplit(page.driver.current_url).query == "")
    page.until(lambda: "As in the scenario." in page.status())
    assert not page.one("#start-again").is_displayed()
    assert page.script("return Object.keys(localStorage).filter((one) => /^(guess|round)/.test(one))") == []

    # Another scenario closes a round about this one, and its visitors read so.
    page.press("Guess first")
    page.press("Ask the room")
    page.until(lambda: page.text("#guesses-so-far") == "0 guesses so far")
    link = page.until(lambda: page.script("return document.querySelector('.round a').href"))
    page.driver.switch_to.window(student)
    page.driver.get(f"{page.address}/?{urlsplit(link).query}")
    page.until(lambda: page.text("[role=status]").startswith("Write a whole number"))
    page.driver.switch_to.window(lecturer)
    page.press("Take away")
    page.press("pahalgam_2025")
    page.driver.switch_to.window(student)
    page.until(lambda: page.text("[role=status]") == "Whoever opened this guess round has closed it.")
    assert not page.one("#send").is_displayed()
