"""A side played in a real browser that has no network: alone, and in pairs by a link."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from escalation.classroom.controls import Workspace
from escalation.classroom.lesson import lesson_of
from escalation.crisis.game import Game
from escalation.crisis.menu import hold_on, span_words, stretches
from escalation.crisis.play import play
from escalation.scenario.dump import dump_scenario
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import NUCLEAR_END
from tests.classroom.browser import Browser, begin, chromium, needs_chromium, press, press_within
from tests.classroom.crises import quiet_seed
from tests.classroom.serving import Served, served
from tests.strategies import NUCLEAR_DAY, nuclear

pytestmark = [needs_chromium, pytest.mark.slow]

PLAY = "section[aria-label='Play a side']"
NEWS = "section[aria-label='What happened']"
DEBRIEF = "[aria-label=Debrief]"
HIGHEST = 1_800
"""Pixels that the page of the first day may be high on a phone."""

ROLES = lesson_of(Workspace(load_scenario("pahalgam_2025"), "pahalgam_2025")).roles
AIMS = {side: role.aims[0] for side, role in ROLES.items()}

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


def pick(page: Browser, text: str) -> None:
    """Press the button of an act, opening the part of the ladder that it is in."""
    code = """const button = [...document.querySelectorAll(".acts button")].find(
        (one) => !one.disabled && one.textContent.trim() === arguments[0]);
        const inside = button?.closest("details");
        if (inside) inside.open = true;
        button?.click();
        return Boolean(button);"""
    page.until(lambda: page.script(code, text))


def offered_seed(scenario: Scenario, side: str) -> tuple[int, int]:
    """Return a seed with which an offer awaits a side's answer soon, and the days that it holds before."""
    for seed in range(1, 300):
        game = Game(scenario, seed, 0, [side])
        for held in range(6):
            if any(option.answers for option in game.options(side)):
                return seed, held
            game.play({})
    raise LookupError(f"no offer to {side} soon, whatever the seed")


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
    page.until(lambda: "Play Pakistan" in page.text(PLAY))
    start = page.text(PLAY)
    assert load_scenario("pahalgam_2025").summary[:60] in start
    assert start.index("The sides") < start.index("The record, 22 April 2025") < start.index("Play Pakistan")
    press(page, "Play Pakistan")
    page.until(lambda: "To the first day" in page.text(PLAY))
    briefing = page.text(PLAY)
    for words in (AIMS["pakistan"], "Red lines", "At most 3 acts per day", "nothing to say", "- act"):
        assert words in briefing, "aim and limits come before the first move"
    assert not page.all(".acts button")
    assert page.violations() == []
    press(page, "To the first day")
    page.until(lambda: "6 May 2025, day 14. Your move as Pakistan" in page.status())
    page.size(400, 860)
    page.until(lambda: page.script("return innerWidth") == 400)
    assert page.script("return document.documentElement.scrollHeight") < HIGHEST
    page.size(1280, 900)
    press(page, "Ask your advisers")
    page.until(lambda: "hold" in page.text("[aria-label='Ask your advisers']"))
    assert page.violations() == []
    pick(page, "protests to India")
    page.until(lambda: "protests to India" in page.text(".chosen"))
    shoot(page, "play_1280")
    for width in (400, 320):
        page.size(width, 860)
        page.until(lambda width=width: page.script("return innerWidth") == width)
        assert page.script("return document.documentElement.scrollWidth") <= width
        shoot(page, f"play_{width}")
    assert all(hit_by_pointer(page, "Play the day: 1 chosen", share) for share in (0, 0.4, 0.7)), (
        "from anywhere"
    )
    page.script("window.scrollTo(0, 0)")
    press(page, "Dark colours")
    page.until(lambda: "body--dark" in str(page.one("body").get_dom_attribute("class")))
    assert page.violations() == []
    page.size(1280, 900)
    page.script("arguments[0].focus()", page.button("Play the day: 1 chosen"))
    page.keys("Enter")
    page.until(lambda: "7 May 2025" in page.status())
    page.until(lambda: page.script("return document.activeElement.id") == "news")
    assert "Pakistan protests to India [rung 1]" in page.text(NEWS)
    page.script("document.querySelectorAll('.log details').forEach(d => { d.open = true; })")
    page.until(lambda: "when: P(words or a measure today)" in page.text(".log"))
    assert "what: P(this | words or a measure)" in page.text(".log")
    pick(page, "shells positions of India")
    press(page, "Play the day: 1 chosen")
    page.until(lambda: "8 May 2025" in page.status())
    press_within(page, "More: save, end, give up", "Let the model play to the end")
    page.until(lambda: "The game is over." in page.status())
    page.until(lambda: "Turning points" in page.text(DEBRIEF))
    assert "<path" in page.drawn("odds")
    figures = [str(one.get_dom_attribute("data-figure")) for one in page.all(f"{DEBRIEF} [data-figure]")]
    assert figures == ["odds", "path_india", "path_pakistan"], "names of files on every system"
    debrief = page.text(DEBRIEF)
    assert "this game" in debrief
    assert "Acts on these rungs kill people" in debrief
    assert "no state used any" in debrief
    assert page.violations() == []
    shoot(page, "debrief_1280")
    page.size(400, 860)
    page.until(lambda: page.script("return innerWidth") == 400)
    assert page.script("return document.documentElement.scrollWidth") <= 400
    page.script("document.querySelector('[aria-label=Debrief]').scrollIntoView()")
    shoot(page, "debrief_400")
    page.size(1280, 900)
    press_within(page, "More: save, end, give up", "Save the game (YAML)")
    (saved,) = page.until(lambda: list(downloads.glob("*.yaml")))
    scenario = load_scenario(saved)
    assert [act.act for act in scenario.acts if act.date > scenario.horizon] == ["protest", "artillery_duel"]
    outcome = play(scenario, 2025).result.outcome
    assert Workspace(scenario, "saved").digest
    words = {"stand_off": "Stand-off", "de_escalated": "De-escalated"}
    assert words.get(outcome, "force") in page.text(DEBRIEF)
    _branch(page)


def _branch(page: Browser) -> None:
    """Compare the odds of another choice on the day of the shelling, and play again from there."""
    page.script(
        """const [day] = document.querySelectorAll("[aria-label=Debrief] select");
        day.value = arguments[0];
        day.dispatchEvent(new Event("change", {bubbles: true}));""",
        "15",
    )
    page.until(lambda: page.all("[aria-label=Debrief] label + label option"))
    press(page, "Compare the odds")
    page.until(lambda: page.all(".odds tr.clear"), 60)
    answer = page.text(".answer")
    assert "If Pakistan had waited on 7 May 2025 (in the game: Pakistan shells positions of India" in answer
    assert "common random numbers" in answer
    assert "<path" in page.drawn("what_if")
    assert page.violations() == []
    page.script("document.querySelector('.answer').scrollIntoView()")
    shoot(page, "what_if_1280")
    press(page, "Play again from this day")
    page.until(lambda: "7 May 2025, day 15. Your move as Pakistan" in page.status())
    press_within(page, "More: save, end, give up", "Give up the seat")
    page.until(lambda: "Play India" in page.text(PLAY))
    assert page.script("return localStorage.length") == 1, "the first game's seat is still one's own"


def test_a_single_player_holds_until_something_happens(page: Browser) -> None:
    scenario = load_scenario("pahalgam_2025", ["free_days=20"])
    seed = quiet_seed(scenario, "pakistan")
    game = Game(scenario, seed, 0, ["pakistan"])
    day = game.day
    hold_on(game, "pakistan")
    held = game.day - day
    page.open(f"/?seed={seed}")
    press(page, "Play a side")
    begin(page, "Pakistan")
    pick(page, "protests to India")
    page.until(lambda: not page.button("Hold until something happens").is_enabled())
    pick(page, "protests to India")
    press(page, "Hold until something happens")
    page.until(lambda: f"day {game.day}. Your move as Pakistan" in page.status())
    news = page.text(NEWS)
    assert f"The {held} days that passed" in news
    for stretch in stretches(game, day, game.day):
        assert span_words(stretch) in news
        assert all(event.says in news for event in stretch.events)
    assert page.violations() == []


def test_an_offer_has_buttons_that_answer_it(room: Served, page: Browser) -> None:
    scenario = load_scenario("pahalgam_2025", ["free_days=20"])
    seed, held = offered_seed(scenario, "pakistan")
    page.open(f"/?seed={seed}")
    press(page, "Play a side")
    begin(page, "Pakistan")
    for day in range(held):
        press(page, "Play the day: hold")
        page.until(lambda day=day: f"day {15 + day}. Your move" in page.status())
    page.until(lambda: "An offer waits for your answer" in page.text(PLAY))
    answers = page.script(
        "return [...document.querySelectorAll('.offer button')].map((one) => one.textContent.trim())"
    )
    assert len(answers) == 2
    assert all("Russia" in answer for answer in answers)
    press(page, answers[0])
    page.until(lambda: answers[0] in page.text(".chosen"))
    assert page.violations() == []
    page.size(400, 860)
    shoot(page, "offer_400")
    press(page, "Play the day: 1 chosen")
    page.until(lambda: f"day {15 + held}. Your move" in page.status())


def test_two_students_two_sides_one_game(page: Browser, room: Served, tmp_path: Path) -> None:
    press(page, "Play a side")
    page.until(lambda: "Play Pakistan" in page.text(PLAY))
    assert "Moves are logged" not in page.text(PLAY), "but where the lecturer consents"
    begin(page, "India", "Pakistan")
    link = page.one(".play-tab .share a").get_property("href")
    assert str(link).startswith(f"{room.address}/?game="), "with the host"
    assert "Pakistan: nobody has sat down yet" in page.text(".seats")
    assert "Hold until" not in page.text(PLAY)
    page.press("Copy")  # of the link for others, the only one in sight
    page.until(lambda: "Copied" in page.text(".play-tab .share"))
    pick(page, "protests to Pakistan")
    press(page, "Play the day: 1 chosen")
    page.until(lambda: "waiting for Pakistan" in page.status())
    assert not page.all(".acts button:not(:disabled)")
    assert page.violations() == []
    press(page, "Take it back")
    page.until(lambda: "Your move as India" in page.status())
    pick(page, "protests to Pakistan")
    page.until(lambda: page.text(".chosen") == "")
    press(page, "Play the day: hold")
    page.until(lambda: "waiting for Pakistan" in page.status())
    with chromium(room.address, tmp_path) as other:
        other.driver.get(link)
        other.until(lambda: "Sit down as Pakistan" in other.text(PLAY))
        assert "Sit down as India" not in other.text(PLAY)
        assert "India: taken" in other.text(PLAY)
        for sheet in AIMS.values():
            assert sheet not in other.driver.page_source, "no sheet before a seat is taken"
        press(other, "Sit down as Pakistan")
        other.until(lambda: "To the first day" in other.text(PLAY))
        page.until(lambda: "Pakistan: reads the role sheet" in page.text(".seats"))
        assert AIMS["india"] not in other.driver.page_source, "only one's own sheet"
        press(other, "To the first day")
        other.until(lambda: "6 May 2025, day 14. Your move as Pakistan" in other.status())
        assert "India: has chosen" in other.text(".seats")
        pick(other, "protests to India")
        press(other, "Play the day: 1 chosen")
        for one in (page, other):
            one.until(lambda one=one: "7 May 2025" in one.status())
            one.until(lambda one=one: "Pakistan protests" in one.text(NEWS))
        assert other.errors() == []
        assert other.foreign() == []
    page.until(lambda: "Pakistan: away; still to choose" in page.text(".seats"))


def _forge_the_event_of_a_button(page: Browser, other: Browser) -> None:
    """Send what a press of the player's button sends, from the page of another: it reaches nobody's game."""
    find = """const {elements} = document.getElementById("app")._vnode.component.proxy;
        const button = [...document.querySelectorAll("button")].find(
            (one) => one.textContent.trim() === arguments[0]);
        const id = Number(button.id.slice(1));
        return [id, elements[id].events[0].listener_id, window.clientId];"""
    number, listener, client = page.script(find, "Play the day: hold")
    assert client not in other.driver.page_source
    send = """window.socket.emit("event",
        {id: arguments[0], client_id: window.clientId, listener_id: arguments[1], args: []});"""
    other.script(send, number, listener)
    press(other, "Dark colours")  # is served after it
    other.until(lambda: other.all("body.body--dark"))
    assert "Your move as India" in page.status()
    assert "India (you): still to choose" in page.text(".seats")
    page.script(send, number, listener)
    page.until(lambda: "waiting for Pakistan" in page.status())
    press(page, "Take it back")
    page.until(lambda: "Your move as India" in page.status())


def test_nobody_takes_a_seat_by_an_address(page: Browser, room: Served, tmp_path: Path) -> None:
    """Neither the side in an address, nor a token of another game, nor a made-up one opens a seat."""
    press(page, "Play a side")
    begin(page, "India", "Pakistan")
    link = str(page.one(".play-tab .share a").get_property("href"))
    own = str(page.all(".play-tab .share a")[1].get_property("href"))
    assert "seat=" in own
    assert "seat=" not in page.driver.current_url, "who shares the address does not give away the seat"
    with chromium(room.address, tmp_path) as other:
        for forged in ("&side=india", "&seat=india", "&seat=" + "A" * 22, own.partition("?")[2][-8:]):
            other.driver.get(f"{link}{forged}" if forged.startswith("&") else f"{link}&seat={forged}")
            other.until(lambda: "Sit down as Pakistan" in other.text(PLAY))
            assert "Return to your seat" not in other.text(PLAY)
            assert "Your move" not in other.status()
        other.script("localStorage.setItem(arguments[0], arguments[1])", f"seats.{link[-6:]}", '{"india": 7}')
        other.driver.get(f"{link}&side=india")
        other.until(lambda: "Sit down as Pakistan" in other.text(PLAY))
        assert room.ask("/?game=ABCDEF&seat=" + "A" * 65)[0] == 400
        _forge_the_event_of_a_button(page, other)
        other.driver.get(own)
        other.until(lambda: "Your move as India" in other.status())
        other.until(lambda: "seat=" not in other.driver.current_url)
        page.until(lambda: "open in another window" in page.status())
        assert not page.all(".acts button")
        press(page, "Play here")
        page.until(lambda: "Your move as India" in page.status())
        other.until(lambda: "open in another window" in other.status())


def test_moves_are_logged_where_players_are_told(tmp_path: Path) -> None:
    told = "Moves are logged: when a game is over"
    short = tmp_path / "short.yaml"
    short.write_text(dump_scenario(load_scenario("pahalgam_2025", ["free_days=1"])), encoding="utf-8")
    log = tmp_path / "moves"
    with (
        served(tmp_path, str(short), "--log", str(log)) as room,
        chromium(room.address, tmp_path / "one") as page,
        chromium(room.address, tmp_path / "other") as other,
    ):
        page.open()
        press(page, "Play a side")
        page.until(lambda: told in page.text(PLAY))
        shoot(page, "log_start")
        begin(page, "India", "Pakistan")
        link = str(page.one(".play-tab .share a").get_property("href")).partition("?")[2]
        other.driver.get(f"{room.address}/?{link}")
        other.until(lambda: "Sit down as Pakistan" in other.text(PLAY))
        assert told in other.text(PLAY)
        shoot(other, "log_join")
        press(other, "Sit down as Pakistan")
        press(other, "To the first day")
        press(page, "Play the day: hold")
        assert not log.exists()
        press(other, "Play the day: hold")
        page.until(lambda: log.exists() and len(list(log.iterdir())) == 1)
    case = load_scenario(next(log.iterdir())).case
    assert case is not None
    assert case.played == ("india", "pakistan")


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
        press(page, "To the first day")
        page.until(lambda: "Your move as Alba" in page.status())
        press_within(page, "More: save, end, give up", "Let the model play to the end")
        page.until(lambda: "The game is over." in page.status())
        page.until(lambda: NUCLEAR_END in page.text(DEBRIEF))
        assert "nothing to say of what follows" in page.text(DEBRIEF)
        assert page.errors() == []
