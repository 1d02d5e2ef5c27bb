"""Chromium without a window and without a network, and the steps that tests take on the page in it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
needs_chromium = pytest.mark.skipif(
    CHROMIUM is None or DRIVER is None, reason="chromium and chromedriver are not installed"
)

# Every name but the own address fails to resolve, so requests to the network fail.
ARGUMENTS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    "--force-device-scale-factor=1",
    "--window-size=1280,900",
)

# All texts that are in sight or read out, apart from codes and names of languages.
SAID = """
const seen = { opacityProperty: true, visibilityProperty: true };
const kept = "kbd, pre, .text, #language, script, style, svg.qr";
const texts = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const parent = walk.currentNode.parentElement;
  if (parent.checkVisibility(seen) && !parent.closest(kept)) texts.push(walk.currentNode.textContent);
}
for (const name of ["aria-label", "aria-valuetext", "title", "placeholder", "alt"])
  for (const one of document.querySelectorAll(`[${name}]`))
    if (one.checkVisibility(seen) && !one.closest(kept)) texts.push(one.getAttribute(name));
return texts;
"""


class Browser:
    """A browser with the classroom open."""

    def __init__(self, driver: webdriver.Chrome, address: str) -> None:
        self.driver, self.address = driver, address

    def open(self, path: str = "/") -> None:
        """Load the page and wait until it is drawn."""
        self.driver.get(self.address + path)
        self.until(lambda: "crises, seed" in self.status())

    def status(self) -> str:
        """Return the visible status line of the page."""
        return str(
            self.script(
                """return [...document.querySelectorAll("[role=status]")].find(
                    (one) => one.checkVisibility())?.textContent ?? ''"""
            )
        )

    def all(self, selector: str) -> list[WebElement]:
        """Return all elements of a selector."""
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector: str) -> WebElement:
        """Return the first element of a selector."""
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        """Return the text of the first element of a selector, empty while there is none."""
        code = "return document.querySelector(arguments[0])?.innerText ?? ''"
        return str(self.script(code, selector))

    def said(self) -> list[str]:
        """Return all texts that are in sight or read out, apart from codes and names of languages."""
        texts: list[str] = self.script(SAID)
        return texts

    def until(self, holds: Callable[[], Any], seconds: float = 20) -> Any:
        """Wait until something holds, and return it."""
        wait = WebDriverWait(self.driver, seconds, poll_frequency=0.03)
        try:
            return wait.until(lambda _: holds())
        except TimeoutException:
            raise AssertionError(f"not within {seconds} s; the page says: {self.status()!r}") from None

    def settle(self) -> None:
        """Wait until nothing moves on the page: no transition runs, and two frames in a row are the same."""
        code = """const done = arguments[0];
        let before = null;
        const look = () => {
            const moves = document.getAnimations().some((one) => one.playState === "running");
            const now = document.body.innerHTML + window.scrollY;
            if (!moves && now === before) return done();
            before = now;
            requestAnimationFrame(() => requestAnimationFrame(look));
        };
        look();"""
        self.driver.execute_async_script(code)

    def button(self, text: str) -> WebElement:
        """Wait for the visible button with a text, and return it."""

        def there() -> WebElement | None:
            try:
                shown = (b for b in self.all("button") if b.is_displayed() and b.text.strip() == text)
                return next(shown, None)
            except StaleElementReferenceException:  # the page is being redrawn
                return None

        found: WebElement = self.until(there)
        return found

    def press(self, text: str) -> None:
        """Press the visible button with a text."""
        self.script("arguments[0].scrollIntoView({block: 'center'})", self.button(text))
        self.button(text).click()

    def move(self, path: str, value: object) -> None:
        """Set a control to a value, as by hand: the element fires its event."""
        self.script(
            """const control = document.querySelector(`[data-path="${arguments[0]}"]`);
            control.value = arguments[1];
            const kind = control.tagName === "SELECT" ? "change" : "input";
            control.dispatchEvent(new Event(kind, {bubbles: true}));""",
            path,
            value,
        )

    def drawn(self, figure: str = "outcomes") -> str:
        """Return how a figure is drawn: all its shapes and texts."""
        text: str = self.script(
            "return document.querySelector(`[data-figure='${arguments[0]}'] .chart`).innerHTML", figure
        )
        return text

    def everything(self) -> tuple[str, ...]:
        """Return how all figures in sight are drawn."""
        found: list[str] = self.script(
            """return [...document.querySelectorAll("[data-figure]")].filter((one) => one.checkVisibility())
                .map((one) => one.querySelector(".chart").innerHTML)"""
        )
        return tuple(found)

    def script(self, code: str, *arguments: object) -> Any:
        """Run JavaScript on the page."""
        return self.driver.execute_script(code, *arguments)

    def size(self, width: int, height: int) -> None:
        """Show the page on a screen of another size."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def keys(self, *names: str) -> None:
        """Press keys, one after the other."""
        for name in names:
            for kind in ("rawKeyDown", "keyUp"):
                code = {"ArrowRight": 39, "ArrowLeft": 37, "Tab": 9, "Enter": 13, "Home": 36, "End": 35}[name]
                text = {"type": kind, "key": name, "code": name, "windowsVirtualKeyCode": code}
                if name == "Enter" and kind == "rawKeyDown":
                    text |= {"type": "keyDown", "text": "\r"}
                self.driver.execute_cdp_cmd("Input.dispatchKeyEvent", text)

    def violations(self) -> list[str]:
        """Return what axe-core finds of serious or critical impact."""
        code = (files("axe_core_python") / "axe.min.js").read_text(encoding="utf-8")
        self.script(code)
        found = self.driver.execute_async_script("axe.run(document).then(arguments[0])")
        return [
            f"{one['impact']}: {one['id']}: {one['nodes'][0]['html'][:200]}"
            for one in found["violations"]
            if one["impact"] in ("serious", "critical")
        ]

    def asked(self) -> list[str]:
        """Return the addresses requested since the last call, of pages and sockets."""
        addresses = []
        for entry in self.driver.get_log("performance"):  # type: ignore[no-untyped-call]
            message = json.loads(entry["message"])["message"]
            parameters = message["params"]
            if message["method"] == "Network.requestWillBeSent":
                addresses.append(parameters["request"]["url"])
            if message["method"] == "Network.webSocketCreated":
                addresses.append(parameters["url"])
        return addresses

    def foreign(self) -> list[str]:
        """Return the addresses requested that are not the page's own."""
        own = urlsplit(self.address).netloc
        parts = map(urlsplit, self.asked())
        inner = ("data", "blob", "file", "chrome")
        return [part.geturl() for part in parts if part.scheme not in inner and part.netloc != own]

    def errors(self) -> list[str]:
        """Return the errors that the browser has logged."""
        entries = self.driver.get_log("browser")  # type: ignore[no-untyped-call]
        return [entry["message"] for entry in entries if entry["level"] == "SEVERE"]


@contextmanager
def chromium(address: str, downloads: Path) -> Iterator[Browser]:
    """Start a browser that keeps what it downloads in a folder."""
    options = webdriver.ChromeOptions()
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.binary_location = str(CHROMIUM)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(str(DRIVER)))
    try:
        driver.set_script_timeout(60)
        driver.execute_cdp_cmd(
            "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(downloads)}
        )
        yield Browser(driver, address)
    finally:
        driver.quit()


def press(page: Browser, text: str) -> None:
    """Press a button as soon as it can be, in one go: the page may be redrawn between two looks."""
    code = """const button = [...document.querySelectorAll("button")].find(
        (one) => one.checkVisibility() && !one.disabled && one.textContent.trim() === arguments[0]);
        button?.click();
        return Boolean(button);"""
    page.until(lambda: page.script(code, text))


def press_within(page: Browser, summary: str, text: str) -> None:
    """Open a part of the page and press a button in it."""
    code = """const part = [...document.querySelectorAll("summary")].find(
        (one) => one.textContent.trim() === arguments[0]);
        if (part) part.parentElement.open = true;
        return Boolean(part);"""
    page.until(lambda: page.script(code, summary))
    press(page, text)


def begin(page: Browser, side: str, *others: str) -> None:
    """Start a game as a side, with others for other people, up to its first move."""
    page.until(lambda: f"Play {side}" in page.text("section[aria-label='Play a side']"))
    for other in others:
        page.script(
            """[...document.querySelectorAll(".check")].find(
            (one) => one.textContent.trim() === arguments[0]).querySelector("input").click()""",
            other,
        )
    press(page, f"Play {side}")
    press(page, "To the first day")
    page.until(lambda: f"Your move as {side}" in page.status())
