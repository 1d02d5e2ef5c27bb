"""The page in a real browser that has no network."""

from __future__ import annotations

import csv
import io
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from escalation.classroom.chart_style import DARK
from escalation.classroom.controls import controls_of
from escalation.scenario.load import load_scenario
from tests.classroom.browser import Browser, chromium, needs_chromium
from tests.classroom.crises import ENTRY, STYLE, workspace
from tests.classroom.serving import Served, served
from tests.cli.calls import ROOT, by_process

pytestmark = [needs_chromium, pytest.mark.slow]

SHOTS = os.environ.get("CLASSROOM_SHOTS")
"""A folder in which to keep pictures of the page, where one is named."""

CONTROLS = {control.path: control for control in controls_of(workspace())}

# Controls that work through the rival, or through another style, are moved under that style.
FORM = "mediators.russia.form"
PRESSED = {
    STYLE: "manipulation",
    FORM: "third_party",
    "mediators.russia.toward.india.trust": 0.9,
    "states.india.third_party_aversion": 0.1,
}
# They matter at nuclear use, of which 2,000 crises may have none, to a mediator that formulates, to a second
# one, and after months of fighting: the scenario has none of these.
RARE = {
    "weights.nuclear_taboo", "weights.formulation_intrusiveness", "weights.agree_company",
    "weights.exhaustion_cap",
}  # fmt: skip
BUSY = {"weights.alarm": -2.8, "weights.protest": -1.6, "states.india.resolve": 0.9}
STARTS: dict[str, dict[str, object]] = {
    "as in the scenario": {},
    "pressed": PRESSED,
    "pressed, bilateral": PRESSED | {FORM: "bilateral"},
    "pressed, busy": PRESSED | BUSY,
}
"""Settings from which each control is moved until it has moved a figure; some need busy crises."""


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as room:
        yield room


@pytest.fixture(scope="module")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="module")
def window(room: Served, downloads: Path) -> Iterator[Browser]:
    with chromium(room.address, downloads) as window:
        yield window


@pytest.fixture
def page(window: Browser) -> Iterator[Browser]:
    window.open()
    yield window
    assert window.foreign() == [], "a request left the machine"
    assert window.errors() == []


def elsewhere(path: str, before: object) -> list[object]:
    """Return the ends of a control, or its choices, without its present value."""
    control = CONTROLS[path]
    return [value for value in control.options or (control.high, control.low) if value != before]


def _said(path: str, given: object) -> str:
    """Return what the page says of a control with a value."""
    control = CONTROLS[path]
    value = control.read(given)
    assert value is not None
    if value == control.value:
        return "crises, seed"
    return control.words.get(value) or f"{control.group}, {control.label}: {control.shown(value)} instead of"


def query(settings: dict[str, object]) -> str:
    return "/?graph=all&" + "&".join(f"set={path}={value}" for path, value in settings.items())


@pytest.mark.parametrize("setting", STARTS)
def test_every_control_moves_its_figures(window: Browser, setting: str, moving: set[str]) -> None:
    start = STARTS[setting]
    window.open(query(start))
    home = window.everything()
    for path in [path for path in CONTROLS if path not in moving]:
        before = start.get(path, CONTROLS[path].value)
        for given in elsewhere(path, before):
            words = _said(path, given)
            window.move(path, given)
            window.until(lambda words=words: words in window.status())
            if window.everything() != home:
                moving.add(path)
                break
        window.move(path, before)
        window.until(lambda: window.everything() == home)
    if setting == list(STARTS)[-1]:
        assert set(CONTROLS) - moving <= RARE


@pytest.fixture(scope="module")
def moving() -> set[str]:
    """The controls that have moved a figure so far."""
    return set()


def test_keys_alone_move_a_slider_and_a_screen_reader_hears_it(page: Browser) -> None:
    page.open("/?graph=all")
    for summary in ("Assumptions: what nobody chooses", "India"):
        page.script(
            "[...document.querySelectorAll('summary')].find(s => s.textContent === arguments[0]).focus()",
            summary,
        )
        page.keys("Enter")
    page.keys("Tab")
    assert page.script("return document.activeElement.dataset.path") == "states.india.resolve"
    before = page.drawn("peaks")
    page.keys("End")
    page.until(lambda: "India, Resolve: 1 instead of 0.5" in page.status())
    page.until(lambda: page.drawn("peaks") != before)
    slider = page.one("[data-path='states.india.resolve']")
    assert slider.aria_role == "slider"
    assert slider.accessible_name == "Resolve"
    assert slider.get_dom_attribute("aria-valuetext") == "1"
    chart = page.one("[data-figure=outcomes] .chart")
    assert "Stand-off" in str(chart.get_dom_attribute("aria-label"))


def test_everything_can_be_reached_and_used_by_keys(page: Browser) -> None:
    reached = []
    page.script("document.activeElement.blur(); window.scrollTo(0, 0)")
    for _ in range(40):
        page.keys("Tab")
        reached.append(page.script("return document.activeElement.textContent.trim()"))
    for name in ("Skip to the figures", "Explore", "Watch", "Take away", "Dark colours", "Pin this"):
        assert name in reached
    page.script("[...document.querySelectorAll('nav button')].find(b => b.textContent === 'Watch').focus()")
    page.keys("Enter")
    page.until(lambda: "22 April 2025, day 0" in page.status())


def test_a_change_without_effect_is_reported(page: Browser) -> None:
    page.move("weights.formulation_intrusiveness", 1.0)
    page.until(lambda: "no effect on any crisis" in page.status())
    page.move(STYLE, "manipulation")
    page.until(lambda: "manipulation" in page.status() and "no effect" not in page.status())


def test_a_control_says_what_it_needs_and_shows_an_example(page: Browser) -> None:
    dial = ".dial:has([data-path='mediators.russia.style'])"
    assert page.one(dial).get_dom_attribute("data-kind") == "policy"
    assert "Moves nothing" not in page.text(dial)
    page.move("mediators.russia", "stays_out")
    page.until(lambda: "Policy: Russia stays out, its recorded acts included." in page.status())
    page.until(lambda: "Moves nothing at the present settings. It acts only through" in page.text(dial))
    choice = page.one("[data-path='mediators.russia.style']")
    described = str(choice.get_dom_attribute("aria-describedby")).split()
    assert "Moves nothing" in page.text(f"#{described[0]}")
    page.script("document.querySelector(arguments[0]).focus()", f"{dial} summary")
    page.keys("Enter")
    page.until(lambda: "Oslo 1993" in page.text(dial))
    assert page.one(f"{dial} summary").accessible_name == "Example and source of Style, Russia as mediator"
    page.press("Reset all")
    page.until(lambda: "as in the scenario" in page.status().lower())
    page.until(lambda: "Moves nothing" not in page.text(dial))
    page.script("for (const each of document.querySelectorAll('.controls details')) each.open = true")
    page.move(ENTRY, CONTROLS[ENTRY].never)
    output = f".dial:has([data-path='{ENTRY}']) output"
    page.until(lambda: page.text(output) == "no further acts by Russia")


def test_a_dragged_slider_never_blocks_and_ends_where_it_was_released(page: Browser) -> None:
    for day in range(14, 44):
        page.move(ENTRY, day)
    page.until(lambda: "Day of entry: 43 instead of 10" in page.status())
    assert page.one(f"[data-path='{ENTRY}']").get_property("value") == "43"


def test_a_pinned_setting_is_compared_in_words(page: Browser) -> None:
    assert "Nothing is pinned." in page.text(".pins")
    page.press("Pin this")
    page.until(lambda: "pinned A" in page.drawn())
    assert "0 of 11 shares differ clearly" in page.until(lambda: page.text(".pin"))
    page.move(STYLE, "manipulation")
    page.move(FORM, "third_party")
    page.until(lambda: "Form of the talks: third party" in page.text(".pin h3"))
    rows = page.text(".pin table")
    assert re.search(r"talks were opened\s+[\d.]+%\s+[\d.]+%\s+[+−][\d.]+ ± [\d.]+\s+(not )?clear", rows)
    assert len(re.findall(r"clear\b", rows)) >= 11
    assert re.search(r"[1-9] of 11 shares differ clearly", page.text(".pin"))
    page.press("Pin this")
    page.until(lambda: "pinned B" in page.drawn())
    page.press("Remove")
    page.until(lambda: "pinned A" not in page.drawn())


def test_reset_puts_figures_and_controls_back(page: Browser) -> None:
    home = page.everything()
    page.move(ENTRY, 40)
    page.until(lambda: page.everything() != home)
    page.press("Reset all")
    page.until(lambda: page.everything() == home)
    assert page.one(f"[data-path='{ENTRY}']").get_property("value") == "10"


def test_a_new_seed_gives_different_crises(page: Browser) -> None:
    before = page.everything()
    page.press("New seed")
    page.until(lambda: "seed 2026" in page.status())
    assert page.everything() != before


def test_each_visitor_has_a_state_of_their_own(page: Browser) -> None:
    page.move(ENTRY, 40)
    page.until(lambda: "Day of entry: 40" in page.status())
    first = page.driver.current_window_handle
    page.driver.switch_to.new_window("tab")
    page.open()
    assert "As in the scenario" in page.status()
    page.driver.close()
    page.driver.switch_to.window(first)
    assert "Day of entry: 40" in page.status()


def test_watching_a_course(page: Browser) -> None:
    page.press("Watch")
    page.until(lambda: "22 April 2025, day 0 (record)" in page.status())
    tops = page.script("return [...document.querySelectorAll('.marker')].map(m => m.style.top)")
    page.press("Next day")
    page.until(lambda: "23 April 2025, day 1" in page.status())
    assert page.script("return [...document.querySelectorAll('.marker')].map(m => m.style.top)") != tops
    assert "India puts the Indus Waters Treaty in abeyance." in page.text(".log")
    page.press("Previous day")
    page.until(lambda: "day 0" in page.status())
    page.move("jump", 3)
    page.until(lambda: "25 April 2025, day 3" in page.status())
    page.move("jump", workspace().scenario.last_day)
    page.until(lambda: "Outcome: " in page.text(".watch"))


WHEN_SEEN = """
const [words, busy, label, done] = arguments;
const status = [...document.querySelectorAll("[role=status]")].find((one) => one.checkVisibility());
new MutationObserver((_, observer) => {
    if (!status.textContent.includes(words)) return;
    observer.disconnect();
    for (const until = Date.now() + busy; Date.now() < until;);
    const button = [...document.querySelectorAll("button")].find((one) => one.textContent.trim() === label);
    button.click();
    button.click();
    done();
}).observe(status, {childList: true, characterData: true, subtree: true});
[...document.querySelectorAll("button")].find((one) => one.textContent.trim() === "Play").click();
"""
"""Presses Play, and a button twice as soon as some words are seen, after the page was busy for some ms."""


@pytest.mark.parametrize("busy", [0, 2_000])
def test_pause_stops_on_the_day_that_is_seen(page: Browser, busy: int) -> None:
    """Also where the browser is slow, and a second press of Pause is not taken for one of Play."""
    page.press("Watch")
    page.until(lambda: "22 April 2025, day 0 (record)" in page.status())
    page.move("speed", 8)
    page.driver.execute_async_script(WHEN_SEEN, "day 3 ", busy, "Pause")
    page.button("Play")
    assert "day 3 " in page.status()
    # By hand, for longer than the interval of the timer: each step is one day, so nothing else moves it.
    for day in range(4, 12):
        page.press("Next day")
        page.until(lambda day=day: f"day {day} " in page.status())


def test_a_crisis_plays_to_its_end_and_again(page: Browser) -> None:
    page.press("Watch")
    page.until(lambda: "day 0 " in page.status())
    page.move("speed", 8)
    last = workspace().scenario.last_day
    page.move("jump", last - 2)
    page.until(lambda: f"day {last - 2} " in page.status())
    page.press("Play")
    page.until(lambda: f"day {last} " in page.status())
    page.move("speed", 1)
    page.press("Play")
    page.until(lambda: "day 1 " in page.status())


def test_a_decision_says_why_it_was_made(page: Browser) -> None:
    page.press("Watch")
    page.until(lambda: "day 0" in page.status())
    page.move("jump", 2)
    page.until(lambda: "threatens force" in page.text(".log"))
    page.one(".log button").click()
    page.until(lambda: page.one(".why").is_displayed())
    text = page.text(".why")
    assert "In the record; under the model:" in text
    assert re.search(r"when: P\(hostile act today\) \d+\.\d%, P\(hold\) \d+\.\d%; hazard 0\.\d+ a day", text)
    assert "what: P(this | hostile act)" in text
    assert re.search(r"When: hazard 0\.\d+ a day, the product of\s+at rest", text)
    assert re.search(r"What: odds [\d.]+ to 1 to “India [^”]+”, the product of", text)
    assert len(re.findall(r"× \d", text)) >= 4
    assert "India holds" in text
    assert "taken" in text
    assert len(re.findall(r"\d\.\d%", text)) >= 10
    assert page.script("return document.activeElement.id") == "why"


def test_another_crisis_and_a_fork_with_common_random_numbers(page: Browser) -> None:
    page.press("Watch")
    page.until(lambda: "Crisis 0 of seed 2025" in page.text(".watch-tab"))
    page.press("Next crisis")
    page.until(lambda: "Crisis 1 of seed 2025" in page.text(".watch-tab"))
    page.move("jump", 16)
    page.until(lambda: "day 16 " in page.status())
    log = page.script("return document.querySelector('.watch pre').textContent")
    page.press("From tomorrow, without Russia")
    page.until(lambda: "Without Russia from" in page.status())
    assert "Without Russia from 9 May 2025 on" in page.status()
    assert page.script("return document.querySelector('.watch pre').textContent") == log
    page.press("Back to the original course")
    page.until(lambda: "Without Russia" not in page.status())


def test_figures_are_saved_as_pictures(page: Browser, downloads: Path) -> None:
    page.open(f"/?graph=all&pin=A&pin=A:{STYLE}=manipulation")
    for figure in ("outcomes", "fan_india", "peaks", "ceasefires"):
        section = page.one(f"[data-figure={figure}]")
        for kind in ("PNG", "SVG"):
            button = next(b for b in section.find_elements("tag name", "button") if b.text == kind)
            page.script("arguments[0].scrollIntoView({block: 'center'})", button)
            button.click()
            path = downloads / f"{figure}.{kind.lower()}"
            page.until(lambda path=path: path.exists() and path.stat().st_size)
        with Image.open(downloads / f"{figure}.png") as picture:
            assert picture.size == (2400, 1400)
            assert len(set(picture.convert("L").resize((60, 35)).tobytes())) > 5
        root = ET.parse(downloads / f"{figure}.svg").getroot()
        words = " ".join(root.itertext())
        assert "no validated probability of nuclear use" in words
        assert "2,000 crises, seed 2025" in words
        assert "pinned A: policy: Russia as mediator, Style: manipulation instead of facilitation" in words
        if SHOTS and figure == "outcomes":
            (Path(SHOTS) / "figure_saved.png").write_bytes((downloads / f"{figure}.png").read_bytes())


def test_data_and_setting_are_saved_and_read_back(page: Browser, downloads: Path) -> None:
    page.move(STYLE, "formulation")
    page.until(lambda: "formulation" in page.status())
    page.press("Take away")
    page.until(lambda: "+    style: formulation" in page.text(".columns"))
    for button in page.all(".columns button")[:4]:
        button.click()
    for name in ("outcomes", "postures", "peaks", "ceasefires"):
        path = downloads / f"{name}.csv"
        page.until(lambda path=path: path.exists())
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        assert rows
    page.press("Save the scenario (YAML)")
    path = downloads / "pahalgam_2025_changed.yaml"
    page.until(path.exists)
    assert load_scenario(path).mediators["russia"].style == "formulation"
    link = page.one(".columns a")
    assert "style=formulation" in str(link.get_dom_attribute("href"))


def test_a_scenario_is_taken_in_and_checked_as_a_file_is(page: Browser, tmp_path: Path) -> None:
    text = (ROOT / "docs/examples/two_states.yaml").read_text(encoding="utf-8")
    page.press("Take away")
    field = page.until(lambda: page.all("#scenario-file"))[0]

    bad = tmp_path / "bad.yaml"
    bad.write_text(text.replace("free_days:", "free_dayz:"), encoding="utf-8")
    field.send_keys(str(bad))
    page.until(lambda: "free_dayz: unknown key; did you mean `free_days`?" in page.text(".columns"))

    peeking = tmp_path / "peeking.yaml"
    peeking.write_text(re.sub(r"(?m)^ladder:.*$", "ladder: /etc/passwd", text), encoding="utf-8")
    field.send_keys(str(peeking))
    page.until(lambda: '"/etc/passwd"' in page.text(".columns"))
    assert "root:" not in page.text(".columns")

    large = tmp_path / "large.yaml"
    large.write_text(text + "# filler\n" * 200_000, encoding="utf-8")
    field.send_keys(str(large))
    page.until(lambda: "larger than 1 MB" in page.text(".columns"))

    heavy = tmp_path / "heavy.yaml"
    heavy.write_text(re.sub(r"(?m)^free_days:.*$", "free_days: 3000", text), encoding="utf-8")
    field.send_keys(str(heavy))
    page.until(lambda: "would keep other visitors waiting" in page.text(".columns"))

    good = tmp_path / "two_states.yaml"
    good.write_text(text, encoding="utf-8")
    field.send_keys(str(good))
    page.until(lambda: "Loaded: " in page.text(".columns"))
    page.press("Explore")
    page.until(lambda: "crises, seed" in page.status())
    assert not page.all(f"[data-path='{ENTRY}']")


@pytest.mark.parametrize("dark", [False, True])
def test_nothing_serious_is_found_by_axe(page: Browser, dark: bool) -> None:
    if dark:
        page.press("Dark colours")
        page.until(lambda: page.all("body.body--dark"))
    page.press("Pin this")
    page.script("document.querySelectorAll('details').forEach(d => { d.open = true; })")
    page.until(lambda: "pinned A" in page.drawn())
    assert page.violations() == []
    page.press("Watch")
    page.until(lambda: "day 0" in page.status())
    page.move("jump", 1)
    page.until(lambda: page.all(".log button"))
    page.one(".log button").click()
    page.until(lambda: page.one(".why").is_displayed())
    assert page.violations() == []
    for name in ("Take away", "About"):
        page.press(name)
        page.until(lambda name=name: page.button(name).get_dom_attribute("aria-current") == "page")
        page.settle()
        assert page.violations() == []


def test_the_link_opens_what_is_seen(page: Browser) -> None:
    page.move(STYLE, "manipulation")
    page.press("Pin this")
    page.press("Watch")
    page.press("Next crisis")
    page.until(lambda: "Crisis 1" in page.text(".watch-tab"))
    page.press("Take away")
    link = page.until(lambda: page.text(".columns .share a"))
    assert link.startswith(f"{page.address}/?")
    for part in (
        "replication=1",
        "tab=watch",
        f"set={STYLE}=manipulation",
        f"pin=A:{STYLE}=manipulation",
    ):
        assert part in link
    page.one(".columns .share summary").click()
    page.until(lambda: page.all(".columns .qr svg path"))
    page.press("Copy")
    page.until(
        lambda: "Copied" in page.text(".columns .share") or "does not let" in page.text(".columns .share")
    )
    assert page.violations() == []
    page.driver.get(link)
    page.until(lambda: "Crisis 1" in page.text(".watch-tab"))
    page.press("Take away")
    page.until(lambda: page.text(".columns .share a") == link)


@pytest.mark.parametrize(("width", "height"), [(400, 860), (1280, 860), (1920, 1080)])
def test_the_page_fits_its_screen(page: Browser, width: int, height: int) -> None:
    page.size(width, height)
    page.press("Pin this")
    page.move(STYLE, "manipulation")
    page.move(FORM, "third_party")
    page.until(lambda: "third party at the table" in page.text(".pin"))
    page.script("document.querySelector('.controls').scrollTop = 0; window.scrollTo(0, 0)")
    page.settle()
    _fits(page, width)
    _keep(page, f"explore_{width}")
    page.press("Watch")
    page.until(lambda: "day 0" in page.status())
    _to_a_decision(page)
    page.one(".log button").click()
    page.until(lambda: page.one(".why").is_displayed())
    assert re.search(r"and \d+ more\s+\d", page.text(".why table:last-of-type tr:last-child"))
    page.script("window.scrollTo(0, 0)")
    page.settle()
    _fits(page, width)
    _keep(page, f"watch_{width}")
    page.press("Take away")
    page.until(lambda: "style: manipulation" in page.text(".columns"))
    _fits(page, width)
    _keep(page, f"take_away_{width}")
    if width == 1280:
        page.press("Dark colours")
        page.press("Explore")
        page.until(lambda: page.all("body.body--dark") and page.one(".pins").is_displayed())
        page.until(lambda: all(DARK.ink in drawn for drawn in page.everything()))
        page.script("window.scrollTo(0, 0)")
        page.settle()
        _keep(page, "explore_dark")
    page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def _to_a_decision(page: Browser) -> None:
    """Go to a simulated day on which a state decided on something."""
    for day in range(16, workspace().scenario.last_day):
        page.move("jump", day)
        page.until(lambda day=day: f"day {day} " in page.status())
        if re.match(r"\W*(India|Pakistan) ", page.text(".log")) and page.all(".log button"):
            return


def _fits(page: Browser, width: int) -> None:
    assert page.script("return document.documentElement.scrollWidth") <= width


def _keep(page: Browser, name: str) -> None:
    if SHOTS:
        page.driver.save_screenshot(str(Path(SHOTS) / f"{name}.png"))


def test_the_page_in_one_file_opens_from_disk(window: Browser, tmp_path: Path) -> None:
    out = tmp_path / "page.html"
    ended = by_process("export-html", str(ROOT / "docs/examples/two_states.yaml"), "--out", str(out),
                       "--replications", "50", folder=tmp_path)  # fmt: skip
    assert (ended.code, ended.err) == (0, "")
    window.asked()
    window.driver.get(out.as_uri())
    window.until(lambda: "50 crises" in window.status())
    before = window.everything()
    assert all(one.count("<path") > 5 for one in before)
    window.script("document.querySelector('.dial input:not(:checked)').click()")
    window.until(lambda: window.everything() != before)
    window.press("Reset all")
    window.until(lambda: window.everything() == before)
    assert window.violations() == []
    assert [
        address for address in window.asked() if not address.startswith(("file:", "data:", "blob:"))
    ] == []
    assert window.errors() == []
