"""Explore, as a class meets it: one question, what was tried, replays, the tour, keys, and small screens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from escalation.classroom.graphs import GRAPHS
from escalation.classroom.texts import GRAPH_NAMES, TOUR_STEPS
from tests.classroom.browser import Browser, chromium, needs_chromium
from tests.classroom.crises import ENTRY, STYLE
from tests.classroom.serving import Served, served

pytestmark = [needs_chromium, pytest.mark.slow]

PRESSING = "Pressure with leverage"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as room:
        yield room


@pytest.fixture(scope="module")
def window(room: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(room.address, tmp_path_factory.mktemp("downloads")) as window:
        yield window


@pytest.fixture
def page(window: Browser) -> Iterator[Browser]:
    window.open()
    yield window
    window.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert window.foreign() == [], "a request left the machine"
    assert window.errors() == []


def hit(page: Browser, *keys: str) -> None:
    """Press keys together, wherever the focus is."""
    chain = ActionChains(page.driver)
    for key in keys:
        chain = chain.key_down(key)
    for key in reversed(keys):
        chain = chain.key_up(key)
    chain.perform()


def card(page: Browser, label: str) -> None:
    """Choose a card by its label, and wait until it is shown as chosen."""
    find = "return [...document.querySelectorAll('.card')].find(c => c.innerText.startsWith(arguments[0]))"
    page.script(find, label).click()
    page.until(lambda: page.script(find, label).get_dom_attribute("aria-pressed") == "true")


def value(page: Browser, path: str) -> str:
    return str(page.script("return document.querySelector(`[data-path='${arguments[0]}']`).value", path))


def pointed_at(page: Browser) -> str:
    """Return what a chart says where a mouse points at it."""
    return str(page.until(lambda: page.script(
        """const view = getElement(Number(document.querySelector('.figure .chart').id.slice(1)));
        view.chart.dispatchAction({type: 'showTip', seriesIndex: 0, dataIndex: 4});
        return document.querySelector('.figure .chart > div:last-child').innerText"""
    )))  # fmt: skip


def top_of_figure(page: Browser) -> float:
    return float(
        page.script("return document.querySelector('.figure').getBoundingClientRect().top + scrollY")
    )


def test_a_class_begins_with_one_question_and_finds_its_way_back(page: Browser) -> None:
    assert page.text("h2.question") == "Does it matter whether Russia comes in?"
    seen = [one for one in page.all(".controls [data-path]") if one.is_displayed()]
    assert [one.get_dom_attribute("data-path") for one in seen] == [
        "mediators.russia", STYLE, "mediators.russia.toward.india.trust",
    ]  # fmt: skip
    assert len([one for one in page.all(".figure") if one.is_displayed()]) == 1
    assert len(page.all(".card")) == 8
    assert "Guess first." in page.text(".next")
    home, place = page.drawn(), top_of_figure(page)
    assert "as in the scenario" in home

    card(page, PRESSING)
    assert value(page, STYLE) == "manipulation"
    page.until(lambda: "Leverage: 0.9 instead of" in page.status())
    pressed = page.drawn()
    assert pressed != home
    assert top_of_figure(page) == place, "the figure stays where it is when the status grows"
    assert "a ceasefire was reached" in page.text(".pins")

    page.press("Undo")
    page.until(lambda: page.drawn() == home)
    assert value(page, STYLE) == "facilitation"
    hit(page, Keys.CONTROL, "y")
    page.until(lambda: page.drawn() == pressed)
    hit(page, Keys.CONTROL, "z")
    page.until(lambda: page.drawn() == home)
    page.move(ENTRY, 40)
    page.until(lambda: "Day of entry: 40" in page.status())
    late = page.drawn()

    # What was undone is still in the list, with what came of it.
    page.one("#tried summary").click()
    rows = page.until(lambda: "%" in page.text("#tried table") and page.text("#tried table"))
    assert [line.split("\t")[0] for line in rows.splitlines() if "%" in line] == [
        "Russia as mediator, Day of entry: 40", PRESSING, "The scenario itself",
    ]  # fmt: skip
    page.all("#tried button")[2].click()
    pin = "return document.querySelector('#tried .here button:last-child')?.ariaLabel"
    page.until(lambda: page.script(pin) == f"Pin: {PRESSING}")
    page.until(lambda: "Leverage: 0.9" in page.status() and "pinned" not in page.drawn())
    assert page.script("return document.activeElement.innerText") == "shown now", "the focus stays in its row"
    page.script("document.querySelector('#tried .here td:last-child button:last-child').focus()")
    page.keys("Enter")
    page.until(lambda: "pinned A" in page.drawn())
    assert page.script(pin) == page.script("return document.activeElement.ariaLabel")
    page.until(lambda: "pin=A" in page.driver.current_url)
    page.driver.refresh()
    page.until(lambda: "Leverage: 0.9" in page.status())
    page.press("Undo")
    page.until(lambda: "As in the scenario" in page.status())
    page.press("Redo")
    page.until(lambda: "Day of entry: 40" in page.status())
    page.script("document.querySelector('.pin button').focus()")
    page.keys("Enter")
    page.until(lambda: page.drawn() == late)
    assert page.script("return document.activeElement.closest('.pins') !== null"), "nothing left to stand on"


@pytest.mark.parametrize("motion", ["no-preference", "reduce"])
def test_the_last_change_is_replayed(page: Browser, motion: str) -> None:
    features = [{"name": "prefers-reduced-motion", "value": motion}]
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    home = page.drawn()
    hit(page, "r")
    card(page, PRESSING)
    page.until(lambda: page.drawn() != home)
    after = page.drawn()
    watch = """const chart = document.querySelector('.chart');
    window.seen = new Set();
    new MutationObserver(() => window.seen.add(chart.innerHTML)).observe(
        chart, {childList: true, subtree: true, attributes: true, characterData: true});"""
    page.script(watch)
    hit(page, "r")
    page.until(lambda: f"Replayed: from As recorded to {PRESSING}." in page.status())
    page.until(lambda: page.script("return window.seen.size") > 0)
    page.until(lambda: page.drawn() == after)
    frames = page.script("return window.seen.size")
    assert frames > 6 if motion == "no-preference" else frames < 20
    # A move during a replay ends it: what is set is drawn.
    hit(page, "r")
    page.until(lambda: page.drawn() != after)
    page.press("Reset all")
    page.until(lambda: "As in the scenario" in page.status() and page.drawn() == home)
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_every_graph_is_one_key_away_and_explains_its_words(page: Browser) -> None:
    hit(page, "7")
    page.until(lambda: len(page.all(".figures:not(.strip) .figure")) == 7)
    for number, graph in enumerate(GRAPHS, 1):
        hit(page, str(number))
        pressed = f"[aria-keyshortcuts='{number}'][aria-pressed=true]"
        page.until(lambda pressed=pressed: page.all(pressed) and page.all(".figure svg text"))
        assert page.text(pressed) == GRAPH_NAMES[graph]
        page.until(lambda: all("as in the scenario" in one for one in page.everything()))
        if graph in ("outcomes", "force"):
            assert "%" in pointed_at(page)
    page.one(".meanings summary").click()
    meanings = page.text(".meanings dl")
    assert "A nuclear weapon is used." in meanings
    assert "talks have opened" in meanings
    hit(page, "2")
    page.until(lambda: page.all("[data-figure=settlements] svg text"))
    page.until(lambda: "graph=settlements" in page.driver.current_url)
    before = page.one("[data-figure=settlements] .chart").get_dom_attribute("aria-label")
    card(page, PRESSING)
    page.until(lambda: "Leverage" in page.status())
    after = page.one("[data-figure=settlements] .chart").get_dom_attribute("aria-label")
    mediated = [float(str(words).rsplit("through mediation ", 1)[1].rstrip("%")) for words in (before, after)]
    assert mediated[1] > 2 * mediated[0], "pressing with leverage shows in a figure"
    page.driver.refresh()
    page.until(lambda: page.all("[data-figure=settlements] svg text"))


def test_the_tour_and_the_keys(page: Browser) -> None:
    page.press("Take the tour")
    shown = "return [...document.querySelectorAll('#tour p')].filter(p => !p.hidden).map(p => p.dataset.at)"
    for part in TOUR_STEPS:
        page.until(lambda part=part: page.script(shown) == [part])
        assert page.script("return document.querySelector('.toured').id") == part
        assert page.script("return document.activeElement.closest('dialog')?.id") == "tour"
        box = page.script("return document.getElementById('tour').getBoundingClientRect().toJSON()")
        assert box["top"] >= 0
        assert box["bottom"] <= page.script("return innerHeight")
        hit(page, Keys.ARROW_RIGHT)
    page.until(lambda: not page.one("#tour").is_displayed())
    assert not page.one(".invitation").is_displayed()
    page.driver.refresh()
    page.until(lambda: "crises, seed" in page.status())
    assert not page.one(".invitation").is_displayed(), "it is remembered"
    page.press("Tour")
    page.until(lambda: page.one("#tour").is_displayed())
    hit(page, Keys.ARROW_RIGHT)
    hit(page, Keys.ARROW_LEFT)
    page.until(lambda: page.script(shown) == ["question"])
    hit(page, Keys.ESCAPE)
    page.until(lambda: not page.one("#tour").is_displayed())

    hit(page, "?")
    page.until(lambda: page.one("#shortcuts").is_displayed())
    assert page.violations() == []
    page.one("#single-keys").click()
    page.press("Close")
    hit(page, "2")
    hit(page, Keys.CONTROL, "z")
    assert page.all("[data-figure=outcomes]")
    page.press("Keys")
    page.one("#single-keys").click()
    page.press("Close")
    hit(page, "2")
    page.until(lambda: page.all("[data-figure=settlements]"))
    page.script("localStorage.clear()")


def seen_on_a_phone(page: Browser) -> None:
    """Question, figure and first control are in the first screen; all three controls come to the figure."""
    page.script("scrollTo(0, 0); classroom.remember('tour')")
    page.open()
    page.settle()
    below = "return document.querySelector(arguments[0]).getBoundingClientRect().bottom"
    assert page.script(below, "h2.question") < 300
    assert page.script(below, ".figure") < 650
    assert page.script(below, "#key-controls select") < 860
    places = """return [...document.querySelectorAll('#key-controls .dial')].map(
        dial => dial.getBoundingClientRect().toJSON())"""
    page.script("scrollBy(0, document.querySelector('#key-controls').getBoundingClientRect().top - 300)")
    page.settle()
    dials = page.script(places)
    assert page.script(below, ".figure") <= dials[0]["top"], "the figure covers no control"
    assert page.script("return document.querySelector('.figure').getBoundingClientRect().top") >= 0
    assert dials[-1]["bottom"] < 860
    page.script("document.querySelector('#steps button').focus()")
    page.keys("Tab", "Tab")
    page.settle()
    top = page.script("return document.activeElement.getBoundingClientRect().top")
    assert page.script(below, ".figure") <= top, "nor a button that is reached by keyboard"
    page.script("localStorage.clear()")


@pytest.mark.parametrize(("width", "height"), [(320, 640), (400, 860), (640, 430), (1920, 1080)])
def test_small_and_large_screens(page: Browser, width: int, height: int) -> None:
    """A phone, a page at 200% and a projector: nothing sticks out, and a figure never covers the page."""
    page.size(width, height)
    for graph in ("outcomes", "postures", "rungs"):
        page.open(f"/?graph={graph}&pin=A&set={STYLE}=manipulation&set=mediators.russia.form=third_party")
        page.settle()
        assert page.script("return document.documentElement.scrollWidth") <= width
        assert page.script("return document.querySelector('.room').scrollWidth") <= width
        smallest = page.script(
            """const writes = (one) => [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            return Math.min(...[...document.querySelectorAll('.room *')]
                .filter((one) => one.checkVisibility() && writes(one))
                .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
        )
        assert smallest >= (16 if width == 1920 else 14)
    page.script("document.querySelectorAll('#key-controls [data-path]')[1].scrollIntoView({block: 'center'})")
    page.settle()
    covered = page.script(
        """const box = document.querySelector('.figure').getBoundingClientRect();
        return Math.max(0, Math.min(innerHeight, box.bottom) - Math.max(0, box.top)) / innerHeight"""
    )
    assert covered < 0.5 or width > 820
    assert page.one("#key-controls select").is_displayed()
    if (width, height) == (400, 860):
        seen_on_a_phone(page)
    for tab in ("Watch", "Take away", "About"):
        page.press(tab)
        page.until(lambda tab=tab: page.one(f"section[aria-label='{tab}']").is_displayed())
        page.settle()
        assert page.script("return document.body.scrollWidth") <= width, tab


def test_a_mediator_that_has_acted_is_not_said_to_be_absent(page: Browser) -> None:
    page.driver.get(page.address + "/?tab=watch&day=20&without=russia:16")
    page.until(lambda: "Without Russia from" in page.status())
    offered = page.script("return document.querySelector('.watch pre').textContent")
    assert "Russia offers" in offered or "Talks" in offered
    assert "not yet involved" not in page.text(".watch")
    ladder = page.script("return document.querySelector('.ladder').getBoundingClientRect().top")
    page.press("Back to the original course")
    page.until(lambda: "Without Russia" not in page.status())
    assert page.button("From tomorrow, without Russia")
    assert page.script("return document.querySelector('.ladder').getBoundingClientRect().top") == ladder
    page.driver.get(page.address + "/?tab=watch&day=20&set=mediators.russia=stays_out")
    page.until(lambda: "12 May 2025" in page.status())
    assert "Russia stays out" in page.text(".watch-tab")
    shown = [button.text for button in page.all(".watch-tab button") if button.is_displayed()]
    assert shown
    assert not any("without" in text for text in shown), "nobody leaves who is out already"
