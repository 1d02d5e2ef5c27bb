"""A side played in a real browser that has no network: alone, and in pairs by a link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.classroom.controls import Workspace
from escalation.crisis.game import Game
from escalation.crisis.menu import hold_on, span_words, stretches
from escalation.crisis.play import play
from escalation.scenario.dump import dump_scenario
from escalation.scenario.load import load_scenario
from escalation.vocabulary import NUCLEAR_END
from tests.classroom.browser import Browser, chromium, needs_chromium
from tests.classroom.crises import quiet_seed
from tests.classroom.serving import Served, served
from tests.strategies import NUCLEAR_DAY, nuclear

pytestmark = [needs_chromium, pytest.mark.slow]

SHOTS = os.environ.get("CLASSROOM_SHOTS")
"""A folder in which to keep pictures of the page, where one is named."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    short = folder / "short.yaml"
    short.write_text(dump_scenario(load_scenario("pahalgam_2025", ["free_days=20"])), encoding="utf-8")
    with served(folder, str(short)) as room:
        yield room


@pytest.fixture
def downloads(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def page(room: Served, downloads: Path) -> Iterator[Browser]:
    with chromium(room.address, downloads) as page:
        page.open()
        yield page
        assert page.foreign() == [], "a request left the machine"
        assert page.errors() == []


def shoot(page: Browser, name: str) -> None:
    if SHOTS:
        page.driver.save_screenshot(str(Path(SHOTS) / f"{name}.png"))


def press(page: Browser, text: str) -> None:
    """Press a button as soon as it can be, in one go: the page may be redrawn between two looks."""
    code = """const button = [...document.querySelectorAll("button")].find(
        (one) => one.checkVisibility() && !one.disabled && one.textContent.trim() === arguments[0]);
        button?.click();
        return Boolean(button);"""
    page.until(lambda: page.script(code, text))


def hit_by_pointer(page: Browser, text: str, share: float) -> bool:
    """Return whether a button is in sight, with nothing above it, at a share of the length of the page."""
    code = """window.scrollTo(0, arguments[1] * document.body.scrollHeight);
        const button = [...document.querySelectorAll("button")].find(
            (one) => one.checkVisibility() && one.textContent.trim() === arguments[0]);
        const box = button.getBoundingClientRect();
        return document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === button;"""
    return bool(page.script(code, text, share))


def test_a_game_alone_from_start_to_debrief(page: Browser, downloads: Path) -> None:
    press(page, "Play a side")
    page.until(lambda: "Play Pakistan" in page.text("section[aria-label='Play a side']"))
    press(page, "Play Pakistan")
    page.until(lambda: "6 May 2025, day 14. Your move as Pakistan" in page.status())
    press(page, "Ask your advisers")
    page.until(lambda: "hold" in page.text("[aria-label='Ask your advisers']"))
    assert page.violations() == []
    press(page, "protests to India [rung 1]")
    page.until(lambda: page.all(".acts button[aria-pressed=true]"))
    shoot(page, "play_1280")
    page.size(400, 860)
    page.until(lambda: page.script("return innerWidth") == 400)
    assert page.script("return document.documentElement.scrollWidth") <= 400
    shoot(page, "play_400")
    assert all(hit_by_pointer(page, "Play the day: 1 chosen", share) for share in (0, 0.4, 0.7)), (
        "from anywhere"
    )
    page.script("window.scrollTo(0, 0)")
    press(page, "Dark colours")
    page.until(lambda: "body--dark" in str(page.one("body").get_dom_attribute("class")))
    assert page.violations() == []
    page.size(1280, 900)
    press(page, "Play the day: 1 chosen")
    page.until(lambda: "7 May 2025" in page.status())
    news = page.text("section[aria-label='Play a side'] section")
    assert "Pakistan protests to India [rung 1]" in news
    page.script("document.querySelectorAll('.log details').forEach(d => { d.open = true; })")
    page.until(lambda: "when: P(words or a measure today)" in page.text(".log"))
    assert "what: P(this | words or a measure)" in page.text(".log")
    press(page, "shells positions of India [rung 6]")
    press(page, "Play the day: 1 chosen")
    page.until(lambda: "8 May 2025" in page.status())
    press(page, "Let the model play to the end")
    page.until(lambda: "The game is over." in page.status())
    page.until(lambda: "Turning points" in page.text("[aria-label=Debrief]"))
    assert "<path" in page.drawn("odds")
    figures = [
        str(one.get_dom_attribute("data-figure")) for one in page.all("[aria-label=Debrief] [data-figure]")
    ]
    assert figures == ["odds", "path_india", "path_pakistan"], "names of files on every system"
    assert "this game" in page.text("[aria-label=Debrief]")
    assert "(± " in page.text("[aria-label=Debrief]")
    assert page.violations() == []
    shoot(page, "debrief_1280")
    page.size(400, 860)
    page.until(lambda: page.script("return innerWidth") == 400)
    assert page.script("return document.documentElement.scrollWidth") <= 400
    page.script("document.querySelector('[aria-label=Debrief]').scrollIntoView()")
    shoot(page, "debrief_400")
    page.size(1280, 900)
    press(page, "Save the game (YAML)")
    (saved,) = page.until(lambda: list(downloads.glob("*.yaml")))
    scenario = load_scenario(saved)
    assert [act.act for act in scenario.acts if act.date > scenario.horizon] == ["protest", "artillery_duel"]
    outcome = play(scenario, 2025).result.outcome
    assert Workspace(scenario, "saved").digest
    words = {"stand_off": "Stand-off", "de_escalated": "De-escalated"}
    assert words.get(outcome, "force") in page.text("[aria-label=Debrief]")
    press(page, "Leave the game")
    page.until(lambda: "Play India" in page.text("section[aria-label='Play a side']"))


def test_a_single_player_holds_until_something_happens(page: Browser) -> None:
    scenario = load_scenario("pahalgam_2025", ["free_days=20"])
    seed = quiet_seed(scenario, "pakistan")
    game = Game(scenario, seed, 0, ["pakistan"])
    day = game.day
    hold_on(game, "pakistan")
    held = game.day - day
    page.open(f"/?seed={seed}")
    press(page, "Play a side")
    page.until(lambda: "Play Pakistan" in page.text("section[aria-label='Play a side']"))
    press(page, "Play Pakistan")
    page.until(lambda: "6 May 2025, day 14. Your move as Pakistan" in page.status())
    press(page, "protests to India [rung 1]")
    page.until(lambda: not page.button("Hold until something happens").is_enabled())
    press(page, "protests to India [rung 1]")
    press(page, "Hold until something happens")
    page.until(lambda: f"day {game.day}. Your move as Pakistan" in page.status())
    news = page.text("section[aria-label='What happened']")
    assert f"The {held} days that passed" in news
    for stretch in stretches(game, day, game.day):
        assert span_words(stretch) in news
        assert all(event.says in news for event in stretch.events)
    assert page.violations() == []


def test_two_students_two_sides_one_game(page: Browser, room: Served, tmp_path: Path) -> None:
    press(page, "Play a side")
    page.until(lambda: "Play Pakistan" in page.text("section[aria-label='Play a side']"))
    press(page, "India, with another as Pakistan")
    page.until(lambda: page.all("a.code"))
    link = page.text("a.code")
    page.until(lambda: "Your move as India" in page.status())
    assert "A game of two" in page.text("section[aria-label='Play a side']")
    assert "Hold until something happens" not in page.text("section[aria-label='Play a side']")
    press(page, "Play the day: hold")
    page.until(lambda: "waiting for Pakistan" in page.status())
    assert not page.button("Play the day: hold").is_enabled()
    with chromium(room.address, tmp_path) as other:
        other.driver.get(room.address + link)
        other.until(lambda: "Join as Pakistan" in other.text("section[aria-label='Play a side']"))
        assert "Join as India" not in other.text("section[aria-label='Play a side']")
        press(other, "Join as Pakistan")
        other.until(lambda: "6 May 2025, day 14. Your move as Pakistan" in other.status())
        press(other, "protests to India [rung 1]")
        press(other, "Play the day: 1 chosen")
        for one in (page, other):
            one.until(lambda one=one: "7 May 2025" in one.status())
            one.until(lambda one=one: "Pakistan protests" in one.text("section[aria-label='What happened']"))
        assert other.errors() == []
        assert other.foreign() == []


def test_an_unknown_game_is_reported(page: Browser, room: Served) -> None:
    page.driver.get(room.address + "/?game=ABCDEF")
    page.until(lambda: "No game has the code ABCDEF" in page.status())
    assert room.ask("/?game=../../etc")[0] == 400


def test_nuclear_use_ends_what_is_played_and_watched(tmp_path: Path) -> None:
    """The last day is that of the use, and one sentence says why nothing follows."""
    file = tmp_path / "nuclear.yaml"
    file.write_text(dump_scenario(nuclear()), encoding="utf-8")
    with served(tmp_path, str(file)) as room, chromium(room.address, tmp_path) as page:
        page.open()
        press(page, "Watch")
        page.until(lambda: "day 0" in page.status())
        page.move("jump", nuclear().last_day)
        page.until(lambda: f"day {NUCLEAR_DAY} (" in page.status())
        assert page.text(".watch").count(NUCLEAR_END) == 1
        press(page, "From tomorrow, without Umbra")
        page.until(lambda: "Without Umbra from" in page.status())
        assert f"day {NUCLEAR_DAY} (" in page.status()
        press(page, "Play a side")
        press(page, "Play Alba")
        page.until(lambda: "Your move as Alba" in page.status())
        press(page, "Let the model play to the end")
        page.until(lambda: "The game is over." in page.status())
        page.until(lambda: NUCLEAR_END in page.text("[aria-label=Debrief]"))
        assert page.errors() == []
