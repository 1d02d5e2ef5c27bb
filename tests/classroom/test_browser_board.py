"""The lecturer's board in a real browser: games seen, seats freed, things let happen, and nobody else in."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.classroom.saved_games import GameFolder, hash_of
from escalation.classroom.shared_game import SharedGame
from escalation.classroom.workers import Workers
from escalation.crisis.game import Game
from escalation.scenario.dump import dump_scenario
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from tests.classroom.browser import Browser, begin, chromium, needs_chromium, press, press_within
from tests.classroom.serving import Served, served

pytestmark = [needs_chromium, pytest.mark.slow]

INJECTS = "section[aria-label='Let something happen']"
PLAY = "section[aria-label='Play a side']"
TOGETHER = "section[aria-label='All games together']"
SHOTS = os.environ.get("CLASSROOM_SHOTS")
"""A folder in which to keep pictures of the page, where one is named."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    short = folder / "short.yaml"
    scenario = load_scenario("pahalgam_2025", ["free_days=15"])
    short.write_text(dump_scenario(scenario), encoding="utf-8")
    _keep_games(GameFolder(folder / "games"), scenario)
    with served(folder, str(short)) as room:
        yield room


def _keep_games(folder: GameFolder, scenario: Scenario) -> None:
    """Keep games as an earlier server would: two of this board, one of another."""
    mine = hash_of(folder.board_secret())
    workers = Workers(threads=1)
    try:
        for code, board in (("KEPTAA", mine), ("KEPTBB", mine), ("OTHERS", hash_of("another"))):
            game = Game(scenario, 5, 0, ["india"])
            folder.write(SharedGame(code, game, workers, board=board).saved())
    finally:
        workers.close()


def shoot(page: Browser, name: str) -> None:
    if SHOTS:
        page.driver.save_screenshot(str(Path(SHOTS) / f"{name}.png"))


def board_of(room: Served) -> str:
    """Return the path of the board, as the terminal says it."""
    found = re.search(r"board, for you alone: http://127.0.0.1:\d+(/board/\S+)", room.before)
    assert found is not None, room.before
    return found[1]


def choose(page: Browser, place: int, value: str) -> None:
    page.script(
        """const select = document.querySelectorAll("section[aria-label='Let something happen'] select")[
            arguments[0]];
        select.value = [...select.options].find((one) => one.value.endsWith(arguments[1])).value;
        select.dispatchEvent(new Event("change", {bubbles: true}));""",
        place,
        value,
    )


def test_a_lecturer_sees_frees_and_lets_happen_and_nobody_else_does(room: Served, tmp_path: Path) -> None:
    path = board_of(room)
    secret = path.removeprefix("/board/")
    with chromium(room.address, tmp_path) as student, chromium(room.address, tmp_path) as lecturer:
        lecturer.driver.get(room.address + path)
        lecturer.until(lambda: "No game has begun" in lecturer.text("body"))
        lecturer.until(lambda: "KEPTAA: India and Pakistan after" in lecturer.text("details"))
        assert "Bring back a game: 2 are kept" in lecturer.text("details")
        assert "People play India; last played on " in lecturer.text("details")
        assert "OTHERS" not in lecturer.text("body"), "of another board"
        assert lecturer.violations() == []
        where, what = lecturer.all(f"{INJECTS} select")
        lecturer.until(what.is_displayed)
        assert not where.is_displayed(), "there is no game to choose"
        for width in (320, 1280):
            lecturer.size(width, 900)
            lecturer.until(lambda width=width: lecturer.script("return innerWidth") == width)
            assert lecturer.script("return document.documentElement.scrollWidth") <= width
            shoot(lecturer, f"board_kept_{width}")
        student.open()
        press(student, "Play a side")
        begin(student, "India", "Pakistan")
        code = student.until(
            lambda: student.script("return new URLSearchParams(location.search).get('game')")
        )
        lecturer.until(lambda: f"{code}: " in lecturer.text(".game h3"))
        lecturer.until(lambda: "India: still to choose" in lecturer.text(".game"))
        assert "Pakistan: nobody has sat down yet" in lecturer.text(".game")
        assert "6 May 2025. Waiting for India and Pakistan." in lecturer.text(".game")
        page_of_student = str(student.script("return document.documentElement.outerHTML"))
        assert secret not in page_of_student
        tokens = student.script("return JSON.stringify(localStorage)")
        assert code in str(tokens), "the browser keeps the token of the seat"
        press(student, "Play the day: hold")
        lecturer.until(lambda: "India: has chosen" in lecturer.text(".game"))
        board = str(lecturer.script("return document.documentElement.outerHTML"))
        assert "Red lines" not in board
        assert not any(len(token) > 15 and token in board for token in re.findall(r"[\w-]+", str(tokens)))
        lecturer.script(
            """const emit = window.socket.emit.bind(window.socket);
            window.sent = [];
            window.socket.emit = (...given) => { window.sent.push(given); return emit(...given); };"""
        )
        choose(lecturer, 1, "/deadline")
        lecturer.until(lambda: "(words only)" in lecturer.text(INJECTS))
        press(lecturer, "Let it happen")
        lecturer.until(lambda: "Happened in 1 game" in lecturer.status())
        student.until(lambda: "The Security Council will meet in two days." in student.text(PLAY))
        assert "taken back, so that every side can answer" in student.text(PLAY)
        assert "Your move as India" in student.status()
        # The lecturer's own press, sent again by a visitor, reaches elements of the visitor's page alone.
        sent = lecturer.script("return window.sent.filter(([kind]) => kind === 'event')")
        assert sent
        for _, message in sent:
            student.script(
                "window.socket.emit('event', {...arguments[0], client_id: window.clientId})", message
            )
        choose(lecturer, 1, "/attack")
        choose(lecturer, 0, code)
        press(lecturer, "Let it happen")
        student.until(lambda: "An attack kills many people in India." in student.text(".log"))
        shoot(student, "inject_1280")
        lecturer.until(lambda: "6 May 2025: An attack kills" in lecturer.text(".game"))
        assert lecturer.text(".game").count("6 May 2025: ") == 2, "nothing happened twice"
        choose(lecturer, 1, "/leak")
        lecturer.until(lambda: "1 instead of 0.6" in lecturer.text(INJECTS))
        press(lecturer, "Let it happen")
        student.until(lambda: "Both publics demand firmness." in student.text(".log"))
        choose(lecturer, 1, "/iran")
        lecturer.until(lambda: "Iran is a mediator, whom the model plays" in lecturer.text(INJECTS))
        press(lecturer, "Let it happen")
        student.until(lambda: "Iran repeats its offer" in student.text(".log"))
        assert "6 May 2025" in student.status(), "the day goes on"
        press(lecturer, "Let it happen")
        lecturer.until(lambda: "could happen in no game" in lecturer.status())
        press(lecturer, "Let them read it")
        lecturer.until(lambda: "Write something first." in lecturer.text(INJECTS))
        typed = "The <b>press</b> asks & {waits}.\n" + "x" * 400
        lecturer.one("#own").send_keys(typed)
        assert lecturer.script("return document.getElementById('own').value.length") == 300
        press(lecturer, "Let them read it")
        student.until(lambda: "The <b>press</b> asks & {waits}. xxx" in student.text(PLAY))
        lecturer.until(lambda: lecturer.script("return document.getElementById('own').value") == "")
        assert "Write something first." not in lecturer.text(INJECTS)
        assert lecturer.text(".game").count("6 May 2025: ") == 5
        assert lecturer.violations() == []
        for width in (400, 320, 1280):
            lecturer.size(width, 900)
            lecturer.until(lambda width=width: lecturer.script("return innerWidth") == width)
            assert lecturer.script("return document.documentElement.scrollWidth") <= width
            shoot(lecturer, f"board_{width}")
        press(lecturer, "Free the seat")
        lecturer.until(lambda: "India: nobody has sat down yet" in lecturer.text(".game"))
        student.until(lambda: "no longer yours" in student.status())
        student.driver.get(f"{room.address}/?tab=play")
        press(student, "Play Pakistan")
        press(student, "To the first day")
        press_within(student, "More: save, end, give up", "Let the model play to the end")
        lecturer.until(lambda: "1 of 1 in this room" in lecturer.text(TOGETHER))
        lecturer.until(lambda: "<path" in lecturer.drawn("room_outcomes"))
        assert "Over: " in lecturer.text(".game:last-child")
        assert lecturer.violations() == []
        lecturer.script(f'document.querySelector("{TOGETHER}").scrollIntoView()')
        lecturer.settle()
        shoot(lecturer, "board_together_1280")
        dark = [{"name": "prefers-color-scheme", "value": "dark"}]
        lecturer.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": dark})
        lecturer.driver.refresh()
        lecturer.until(lambda: "body--dark" in str(lecturer.one("body").get_dom_attribute("class")))
        lecturer.until(lambda: lecturer.all("[data-figure=room_outcomes] path"))
        assert lecturer.violations() == []
        shoot(lecturer, "board_dark")
        lecturer.one("#kept").click()
        lecturer.one("button[aria-label='Bring back game KEPTBB']").click()
        lecturer.until(lambda: "KEPTBB: " in lecturer.text(".games"))
        lecturer.until(lambda: "Bring back a game: 1 is kept" in lecturer.text("details[open]"))
        assert lecturer.script("return document.activeElement.id") == "kept"
        assert "OTHERS" not in lecturer.text("body")
        for page in (student, lecturer):
            assert page.foreign() == []
        assert lecturer.errors() == []
