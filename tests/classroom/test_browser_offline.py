"""The page in one file, opened from disk in a real browser: what a person does with it, and how it looks."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

from escalation import language
from escalation.classroom.chart_style import LIGHT
from escalation.classroom.compared import by_size, points
from escalation.classroom.controls import STAYS_OUT, Settings
from escalation.classroom.export_html import write_page
from escalation.classroom.guesses import Guess, miss_words, share_of_question
from escalation.classroom.lesson import lesson_of
from escalation.language import percent
from escalation.measures.ensemble import Ensemble, differences
from tests.catalogues import CODE, english, write_bracketed
from tests.classroom.browser import Browser, chromium, needs_chromium
from tests.classroom.crises import STYLE, ensemble, workspace

pytestmark = [needs_chromium, pytest.mark.slow]

SHOTS = os.environ.get("CLASSROOM_SHOTS")
CRISES = 2_000 if SHOTS else 200
PRESENCE = "mediators.russia"
OUT: Settings = ((PRESENCE, STAYS_OUT),)
PRESSING = f"{STYLE}=manipulation"
WIDTHS = ((1920, 1080), (1280, 900), (400, 850), (320, 640))

SMALLEST = """
const sizes = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const parent = walk.currentNode.parentElement;
  const text = walk.currentNode.textContent.trim();
  if (text && parent.checkVisibility() && !parent.closest("script, option"))
    sizes.push([parseFloat(getComputedStyle(parent).fontSize), text]);
}
return sizes.reduce((least, one) => (one[0] < least[0] ? one : least));
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    catalogues = tmp_path_factory.mktemp("catalogues")
    for path in language.FOLDER.glob("*.po"):
        shutil.copy(path, catalogues)
    write_bracketed(catalogues)
    out = tmp_path_factory.mktemp("page") / "page.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "FOLDER", catalogues)
        write_page(workspace(), out, 1, CRISES)
    assert out.stat().st_size < 5_000_000
    return out.as_uri()


@pytest.fixture(scope="module")
def window(address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with chromium(address, tmp_path_factory.mktemp("downloads")) as window:
        yield window


@pytest.fixture
def page(window: Browser) -> Iterator[Browser]:
    window.asked()
    opened(window)
    yield window
    assert [
        each for each in window.asked() if not each.startswith(("file:", "data:", "blob:", "about:"))
    ] == []
    assert window.errors() == []


def opened(page: Browser, query: str = "") -> None:
    """Open the file with settings in its address."""
    page.driver.get("about:blank")
    page.size(1280, 900)
    page.driver.get(f"{page.address}#{query}")
    page.until(lambda: page.all(".chart svg"))
    page.settle()


def crises(settings: Settings) -> Ensemble:
    return ensemble(settings, crises=CRISES)


def query(page: Browser) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.driver.current_url).fragment)


def choose(page: Browser, path: str, label: str) -> None:
    """Choose the value of a control by its words."""
    code = """const box = document.querySelector(`[data-path="${arguments[0]}"]`);
        const labels = [...box.querySelectorAll("label")];
        const choice = labels.find((one) => one.textContent.startsWith(arguments[1]));
        choice.closest("details")?.setAttribute("open", "");
        choice.click();"""
    page.script(code, path, label)


def values(page: Browser, code: str) -> list[str]:
    found: list[str] = page.script(
        f"return [...document.querySelectorAll({code!r})].map((one) => one.textContent)"
    )
    return found


def shoot(page: Browser, name: str) -> None:
    page.settle()
    if SHOTS:
        page.driver.save_screenshot(f"{SHOTS}/{name}.png")


def test_the_lesson_comes_first_and_a_link_or_a_reload_shows_the_same(page: Browser) -> None:
    assert page.text("#question") == "Does it matter whether Russia comes in?"
    assert values(page, "#key-controls legend") == ["Whether it takes part", "Style", "Trust"]
    assert values(page, "#policy legend") == ["Form of the talks", "Day of entry"]
    assert not page.one("#policy").is_displayed()
    assert len(page.all(".card")) == len(lesson_of(workspace()).presets)
    own = page.everything()

    page.script("[...document.querySelectorAll('.card')].find((one) => /loud/.test(one.textContent)).click()")
    assert "India, Audience: 1 instead of" in page.status()
    assert "From the card “Both capitals loud”" in page.text("#start")
    assert page.script("return document.querySelector('#policy fieldset').disabled")
    choose(page, PRESENCE, "stays out altogether")
    assert "Russia stays out, its recorded acts included. Assumption: India, Audience" in page.status()
    assert "acts only through a mediator" in page.text(f"[data-path='{STYLE}'] .why-asleep")
    loud_without = page.everything()
    page.press("Pin this")
    choose(page, PRESENCE, "takes part, as recorded")
    shown = page.everything()
    assert query(page)["set"] == ["states.india.audience=1.0", "states.pakistan.audience=1.0"]
    assert query(page)["pin"][1] == f"A:{PRESENCE}=stays_out"
    page.driver.refresh()
    page.until(lambda: page.everything() == shown)
    page.press("Remove")
    page.press("Leave this out")
    page.until(lambda: page.everything() == own)
    assert query(page) == {}
    page.press("Undo")
    page.press("Redo")
    assert page.everything() == own

    opened(page, f"set={PRESENCE}=stays_out&set=states.india.audience=1&set=states.pakistan.audience=1.0")
    assert page.everything() == loud_without
    opened(page, f"set={PRESENCE}=stays_out&set=states.india.audience=0.3&graph=nothing&pin=X")
    assert "the nearest one is shown" in page.status()
    assert "Russia stays out, its recorded acts included." in page.status()
    assert "pin" not in query(page)
    # An address that is changed by hand.
    page.script("location.hash = 'graph=force'")
    page.until(lambda: page.all("[data-figure=forces] svg"))


def test_undo_and_redo_by_keyboard_and_the_keyboard_alone(page: Browser) -> None:
    own = page.everything()

    def pressed(*names: str) -> None:
        ActionChains(page.driver).send_keys(*names).perform()

    page.script("document.getElementById('skip').focus()")
    pressed(Keys.ENTER)
    assert page.script("return document.activeElement.id") == "results"
    page.script(f"document.querySelector('[data-path=\"{STYLE}\"] input:checked').focus()")
    pressed(Keys.ARROW_RIGHT)
    assert "Style: formulation" in page.status()
    pressed(Keys.ARROW_RIGHT)
    assert page.script("return document.activeElement.value") == "2"
    assert query(page)["set"] == [PRESSING]
    far = page.everything()
    for held, name in (("z", "formulation"), ("z", ""), ("y", "formulation"), ("y", "manipulation")):
        ActionChains(page.driver).key_down(Keys.CONTROL).send_keys(held).key_up(Keys.CONTROL).perform()
        assert name in page.status()
    assert page.everything() == far
    page.press("Reset all")
    assert page.everything() == own
    page.press("Undo")
    assert page.everything() == far
    # One after the other: every element that can be used gets the focus.
    reached = set()
    page.script("document.activeElement.blur(); window.scrollTo(0, 0)")
    for _ in range(40):
        pressed(Keys.TAB)
        reached.add(page.script("return document.activeElement.id || document.activeElement.className"))
    assert {"skip", "theme", "guess-first", "card", "undo", "reset", "pin", "scroll"} <= reached


def test_pins_and_comparisons_are_those_of_the_crises(page: Browser) -> None:
    choose(page, STYLE, "manipulation")
    for words in ("now", "as in the scenario", "stroke-dasharray"):
        assert words in page.drawn()
    page.press("Pin this")
    choose(page, PRESENCE, "stays out altogether")
    page.press("Pin this")
    choose(page, PRESENCE, "takes part, as recorded")
    page.press("Pin this")
    page.press("Pin this")
    assert page.status().startswith("Three settings are pinned")
    for graph in ("Postures", "First force", "Highest rung", "All", "Talks and settlements"):
        page.press(graph)
        assert all("pinned C" in one for one in page.everything())

    now, before = crises(((STYLE, "manipulation"),)), crises((*OUT, (STYLE, "manipulation")))
    wanted = by_size(differences(before, now))
    heading = page.all(".pins .pin h3")[1].text
    assert heading.startswith("From pinned B (policy: Russia stays out")
    rows = page.script(
        """const table = document.querySelectorAll(".pins .pin")[1];
        return [...table.querySelectorAll("tr")].map((row) => row.innerText)"""
    )
    assert [row.split("\t")[0] for row in rows[1:]] == [each.clause for each in wanted]
    assert [row.split("\t")[4] == "clear" for row in rows[1:]] == [each.is_clear for each in wanted]
    places = page.script(
        "return ['policy: Russia stays out, its recorded acts included', arguments[0]].map("
        "(words) => JSON.parse(data.textContent).languages.en.settings.indexOf(words))",
        "policy: Russia as mediator, Style: manipulation instead of facilitation",
    )
    found = page.script("return classroom.compare(...arguments)", *places)
    for row, each in zip(found, wanted, strict=True):
        for key in ("before", "after", "estimate", "low", "high"):
            assert row[key] == pytest.approx(getattr(each, key), abs=1e-12), each.share
    words = page.all(".pins .pin .caveat")[1].text
    assert f"The largest clear difference: {wanted[0].clause}, {percent(wanted[0].after)}" in words
    page.all(".pins .pin button")[1].click()
    assert [each.text[:13] for each in page.all(".pins .pin h3")] == ["From pinned A", "From pinned C"]
    assert page.script("return document.activeElement.id") == "pin"


def test_a_guess_is_made_before_the_setting_is_shown(page: Browser) -> None:
    page.press("Guess first")
    choose(page, PRESENCE, "stays out altogether")
    hidden = page.drawn()
    assert "now" not in hidden
    assert LIGHT.settings[0] not in hidden
    assert values(page, ".pins p") == ["Hidden until what the model says is shown."]
    assert page.one("#show").get_attribute("aria-disabled") == "true"
    chart = page.one(".chart")
    page.script("arguments[0].scrollIntoView({block: 'center'})", chart)
    chain = ActionChains(page.driver)
    # The middle of the axis of shares, on a row in the lower half.
    chain.move_to_element_with_offset(chart, 60, int(0.18 * chart.size["height"])).click().perform()
    first = page.script(
        "return [document.getElementById('guess').value, document.getElementById('guess-row').value]"
    )
    assert 30 < int(first[0]) < 70
    assert first[1].startswith("outcomes.")
    assert page.drawn() != hidden
    page.script(
        """const [row, field] = ["guess-row", "guess"].map((id) => document.getElementById(id));
        row.value = "outcomes.de_escalated";
        row.dispatchEvent(new Event("change"));
        field.value = "57";
        field.dispatchEvent(new Event("change"));"""
    )
    assert page.text("#asked") == "Of 100 crises, how many end as “De-escalated”?"
    assert query(page)["guess"] == ["outcomes.de_escalated:57"]
    shoot(page, "offline_guess_1280")
    page.press("Show what the model says")
    share = share_of_question("outcomes.de_escalated", crises(OUT))
    assert page.text("#miss") == miss_words(Guess("outcomes.de_escalated", 57, True), share)
    assert "now" in page.drawn()
    assert LIGHT.settings[0] in page.drawn()
    assert page.violations() == []
    page.driver.refresh()
    page.until(lambda: page.text("#miss").startswith("You guessed 57%"))
    opened(page, "graph=force&guess=forces.end:10:shown")
    share = share_of_question("forces.end", crises(()))
    assert page.text("#miss") == miss_words(Guess("forces.end", 10, True), share)
    choose(page, STYLE, "manipulation")  # the guess was about the setting of then
    assert not page.one("#panel").is_displayed()
    page.press("Postures")
    page.press("Guess first")
    assert page.status().startswith("Postures are no shares")


def test_another_language_and_direction(page: Browser) -> None:
    opened(page, f"set={PRESSING}&pin=A&graph=all")
    drawn = page.everything()
    page.script(
        """const choice = document.getElementById("language");
        choice.value = arguments[0];
        choice.dispatchEvent(new Event("change"));""",
        CODE,
    )
    assert page.script("return [document.documentElement.lang, document.documentElement.dir]") == [
        CODE,
        "rtl",
    ]
    page.script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.everything() != drawn
    # The lines on top have a hash.
    page.script("document.getElementById('about').hidden = true")
    assert "\n".join(english(page.said())) == ""
    page.script("document.getElementById('about').hidden = false")
    assert page.violations() == []
    for width, height in WIDTHS:
        page.size(width, height)
        page.settle()
        assert page.script("return document.documentElement.scrollWidth") <= width
    page.size(1280, 900)
    shoot(page, "offline_right_to_left")
    page.driver.refresh()
    page.until(lambda: page.script("return document.documentElement.dir") == "rtl")
    assert query(page)["set"] == [PRESSING]

    def accepts(languages: str) -> None:
        agent = page.script("return navigator.userAgent")
        page.driver.execute_cdp_cmd(
            "Emulation.setUserAgentOverride", {"userAgent": agent, "acceptLanguage": languages}
        )
        opened(page)

    for wanted, found in ((f"fr-FR,{CODE}-EG", CODE), ("fr-FR", "en"), ("en-GB", "en")):
        accepts(wanted)
        assert page.script("return document.documentElement.lang") == found
        assert "language" not in query(page)


@pytest.mark.parametrize("code", [code for code in language.languages() if code != language.ENGLISH])
def test_numbers_are_those_of_the_live_page_in_every_language(page: Browser, code: str) -> None:
    opened(page, f"language={code}&set={PRESSING}&guess=outcomes.war:57:shown")
    after = crises(((STYLE, "manipulation"),))
    wanted = by_size(differences(crises(()), after))
    share = share_of_question("outcomes.war", after)
    with language.speaking(code):
        cells = [[percent(each.before), percent(each.after), points(each)] for each in wanted]
        words = miss_words(Guess("outcomes.war", 57, True), share)
    found = page.script(
        """return [...document.querySelectorAll(".pins tr")].slice(1).map((row) =>
            [...row.querySelectorAll(".number")].map((one) => one.textContent))"""
    )
    assert found == cells
    assert page.text("#miss").replace("\N{NO-BREAK SPACE}", " ") == words.replace("\N{NO-BREAK SPACE}", " ")


def test_it_can_be_read_at_every_width_in_both_colours_and_on_paper(page: Browser) -> None:
    pins = f"pin=A&pin=A:{PRESENCE}=stays_out&pin=B&pin=B:{PRESSING}"
    for colours in ("light", "dark"):
        opened(page, f"colours={colours}&set={STYLE}=formulation&{pins}")
        for width, height in WIDTHS:
            page.size(width, height)
            page.settle()
            assert page.script("return document.documentElement.scrollWidth") <= width
            assert page.script(SMALLEST)[0] >= 14
        assert page.violations() == []
        page.size(1280, 900)
        if colours == "light":
            shoot(page, "offline_1280")
            page.size(400, 850)
            shoot(page, "offline_400")
    page.size(1280, 900)
    emulate = "Emulation.setEmulatedMedia"
    reduced = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    page.driver.execute_cdp_cmd(emulate, {"features": reduced})
    choose(page, STYLE, "manipulation")
    assert page.script("return document.getAnimations().length") == 0
    page.driver.execute_cdp_cmd(emulate, {"media": "print", "features": []})
    page.script("dispatchEvent(new Event('beforeprint'))")
    page.size(718, 1000)  # A4 at 96 dots per inch, between its margins
    page.settle()
    assert page.script(SMALLEST)[0] >= 14
    assert page.script("return document.documentElement.scrollWidth") <= 718
    assert not page.one(".controls").is_displayed()
    assert page.script("return getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert "not a forecast" in page.text("#about")
    shoot(page, "offline_print")
    page.driver.execute_cdp_cmd(emulate, {"media": "", "features": []})


def test_the_file_says_where_its_numbers_are_from(page: Browser) -> None:
    about = page.text("#about")
    for part in (
        "seed 1",
        f"{CRISES:,} crises",
        workspace().digest[:12],
        "no validated probability of nuclear use",
    ):
        assert part in about
