"""What a visitor has made comes back: after F5, without network, on a locked phone, from a new server."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from tests.classroom.browser import Browser, begin, chromium, needs_chromium, press_within
from tests.classroom.crises import ENTRY, STYLE
from tests.classroom.serving import Served, served
from tests.classroom.tunnel import Tunnel, tunnel_to
from tests.cli.calls import ROOT

pytestmark = [needs_chromium, pytest.mark.slow]

PLAY = "section[aria-label='Play a side']"


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as room:
        yield room


@pytest.fixture
def tunnel(room: Served) -> Iterator[Tunnel]:
    with tunnel_to(room.port) as tunnel:
        yield tunnel


@pytest.fixture
def page(tunnel: Tunnel, tmp_path: Path) -> Iterator[Browser]:
    """A page reached through a tunnel, on another port than the server's."""
    with chromium(tunnel.address, tmp_path) as page:
        page.open()
        yield page


def address(page: Browser) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(page.driver.current_url).query))


def wait_for_address(page: Browser, **wanted: str) -> None:
    page.until(lambda: wanted.items() <= address(page).items())


def reload(page: Browser) -> None:
    """Press F5; the mark is gone once the page has been loaded again."""
    page.script("window.isOld = true")
    page.driver.refresh()
    page.until(lambda: not page.script("return window.isOld"))


def is_lost(page: Browser) -> bool:
    return bool(page.script("return document.getElementById('popup').ariaHidden === 'false'"))


def explored(page: Browser) -> tuple[str, tuple[str, ...]]:
    """Make a setting with a pin, and return what is shown."""
    page.move(STYLE, "manipulation")
    page.until(lambda: "manipulation" in page.status())
    page.press("Pin this")
    page.until(lambda: "pinned A" in page.drawn())
    page.press("New seed")
    page.until(lambda: "seed 2026" in page.status())
    page.move(ENTRY, 40)
    page.until(lambda: "Day of entry: 40" in page.status())
    wait_for_address(page, seed="2026", pin=f"A:{STYLE}=manipulation")
    page.until(lambda: f"set={ENTRY}=40" in page.driver.current_url)
    return page.status(), page.everything()


def is_back(page: Browser, before: tuple[str, tuple[str, ...]]) -> None:
    page.until(lambda: (page.status(), page.everything()) == before)
    assert page.one(f"[data-path='{ENTRY}']").get_property("value") == "40"
    assert page.one(f"[data-path='{STYLE}']").get_property("value") == "manipulation"
    assert "pinned A" in page.text(".pins")


def test_settings_and_pins_survive_a_reload(page: Browser) -> None:
    before = explored(page)
    reload(page)
    is_back(page, before)
    page.press("Dark colours")
    wait_for_address(page, colours="dark")
    page.press("About")
    wait_for_address(page, tab="about")
    reload(page)
    page.until(lambda: page.all("body.body--dark") and "simulated crises" in page.text("[aria-label=About]"))
    assert page.button("About").get_dom_attribute("aria-current") == "page"


def test_settings_and_pins_survive_a_network_that_fails(page: Browser, tunnel: Tunnel, room: Served) -> None:
    before = explored(page)
    page.script("window.isOld = true")
    tunnel.cut()
    page.until(lambda: is_lost(page))
    tunnel.target = room.port
    page.until(lambda: not is_lost(page))
    is_back(page, before)
    assert page.script("return window.isOld"), "the page was kept, not loaded again"
    page.press("Reset all")
    page.until(lambda: "As in the scenario" in page.status())


def test_settings_and_pins_survive_a_new_server(page: Browser, tunnel: Tunnel, tmp_path: Path) -> None:
    """As after more than the time for which the server keeps the page of a visitor who is away."""
    before = explored(page)
    page.script("window.isOld = true")
    with served(tmp_path) as other:
        tunnel.cut()
        page.until(lambda: is_lost(page))
        tunnel.target = other.port
        page.until(lambda: not page.script("return window.isOld"), 60)
        is_back(page, before)


def test_what_is_watched_survives_a_reload(page: Browser) -> None:
    page.press("Watch")
    page.until(lambda: "day 0 " in page.status())
    page.press("Next crisis")
    page.until(lambda: "Crisis 1 of" in page.text(".watch-tab"))
    page.move("jump", 20)
    page.until(lambda: "day 20 " in page.status())
    page.press("From tomorrow, without Russia")
    page.until(lambda: "Without Russia from" in page.status())
    before = page.status()
    wait_for_address(page, tab="watch", day="20", without="russia:21", replication="1")
    reload(page)
    page.until(lambda: page.status() == before)


def test_a_scenario_that_was_loaded_survives_a_reload(page: Browser, room: Served, tmp_path: Path) -> None:
    page.press("Take away")
    (field,) = page.until(lambda: page.all("#scenario-file"))
    field.send_keys(str(ROOT / "docs/examples/two_states.yaml"))
    page.until(lambda: "Loaded: " in page.text(".columns"))
    page.press("Explore")
    page.move("states.arland.resolve", 0.9)
    page.until(lambda: "Resolve: 0.9" in page.status())
    page.until(lambda: "states.arland.resolve=0.9" in page.driver.current_url)
    reload(page)
    page.until(lambda: "Resolve: 0.9" in page.status())
    with served(tmp_path) as other:  # does not have it
        status, text = other.ask("/?" + urlsplit(page.driver.current_url).query)
        assert status == 400
        assert "load the file again" in text
        assert 'href="/"' in text


def test_a_game_survives_a_reload_a_network_that_fails_and_a_new_server(
    page: Browser, tunnel: Tunnel, room: Served, tmp_path: Path
) -> None:
    page.press("Play a side")
    begin(page, "India", "Pakistan")
    page.until(lambda: address(page).get("side") == "india")
    link = str(page.one(".play-tab .share a").get_property("href")).partition("?")[2]
    page.press("Play the day: hold")
    page.until(lambda: "waiting for Pakistan" in page.status())
    reload(page)
    page.until(lambda: "waiting for Pakistan" in page.status())
    tunnel.cut()
    page.until(lambda: is_lost(page))
    with chromium(room.address, tmp_path) as other:
        other.driver.get(f"{room.address}/?{link}&side=india")  # the same address on another device
        other.until(lambda: "Sit down as Pakistan" in other.text(PLAY))
        assert "Sit down as India" not in other.text(PLAY), "who is away keeps the seat"
        other.press("Sit down as Pakistan")
        other.press("To the first day")
        other.until(lambda: "day 14. Your move as Pakistan" in other.status())
        other.press("Play the day: hold")
        other.until(lambda: "day 15. Your move as Pakistan" in other.status())
    tunnel.target = room.port
    page.until(lambda: "day 15. Your move as India" in page.status())

    # The last server has ended; another one finds the game in the same folder.
    page.press("Play the day: hold")
    page.until(lambda: "waiting for Pakistan" in page.status())
    page.script("window.isOld = true")
    with served(room.folder) as other_server:
        boards = [re.findall(r"/board/(\S+)", each.before) for each in (room, other_server)]
        assert boards[0] == boards[1], "the lecturer's link stays good"
        tunnel.cut()
        page.until(lambda: is_lost(page))
        tunnel.target = other_server.port
        page.until(lambda: not page.script("return window.isOld"), 60)
        page.until(lambda: "waiting for Pakistan" in page.status())
        assert "Pakistan: away; still to choose" in page.text(".seats")


def test_a_game_that_was_left_is_not_resumed(page: Browser) -> None:
    page.press("Play a side")
    begin(page, "Pakistan")
    page.until(lambda: address(page).get("side") == "pakistan")
    press_within(page, "More: save, end, give up", "Give up the seat")
    page.until(lambda: "side" not in address(page))
    reload(page)
    page.until(lambda: "Play Pakistan" in page.text(PLAY))
