"""How soon the classroom page follows a moved control, in a browser and with thirty visitors at once.

The browser shares the cores with the server and with all other programs, so noise makes times longer, never
shorter.
"""

from __future__ import annotations

import ast
import asyncio
import html
import json
import os
import re
import shutil
import statistics
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.table import markdown

CONTROL, LABEL = "mediators.russia.enters_day", "Day of entry"
DAYS = range(14, 44)
TARGET = 0.25

# Moves the slider, and waits until the figure's shapes have changed and a frame has been drawn.
_MOVE = """
const [path, value, done] = arguments;
const slider = document.querySelector(`[data-path="${path}"]`);
const figure = document.querySelector("[data-figure=outcomes] .chart");
const start = performance.now();
const watch = new MutationObserver(() => {
  watch.disconnect();
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
});
watch.observe(figure, {subtree: true, childList: true, attributes: true, characterData: true});
slider.value = value;
slider.dispatchEvent(new Event("input", {bubbles: true}));
const handled = performance.now() - start;
window.held = Math.max(window.held ?? 0, handled);
"""


def report(sessions: int = 30, seconds: float = 20.0) -> Iterator[str]:
    """Yield the report."""
    from tests.classroom.serving import served

    rows = []
    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as room:
        if shutil.which("chromium") and shutil.which("chromedriver"):
            latencies, held = _in_browser(room.address, Path(folder), 60)
            rows.append(_row("one visitor, Chromium: control moved to figure redrawn", latencies, TARGET))
        for name, pause in (("a move a second", 1.0), ("dragging, ten moves a second", 0.1)):
            crowd = asyncio.run(_crowd(room.address, sessions, seconds, pause))
            found = [one for visitor in crowd for one in visitor.seconds]
            rows.append(_row(f"{sessions} visitors, {name}: move sent to figures received", found, None))
            served_all = all(visitor.seconds for visitor in crowd)
            slowest = max(visitor.longest for visitor in crowd)
            redraws = len(found) / seconds
            rows[-1][-1] = (
                f"{'all' if served_all else 'NOT all'} served, {redraws:.0f} redraws per second, "
                f"nobody waited longer than {slowest:.1f} s"
            )
    yield from markdown(("classroom", "median ms", "90% ms", "moves", ""), rows)
    yield ""
    if len(rows) > 2:
        yield f"Moving the control itself took at most {held:.0f} ms of the browser's time."
    else:
        yield "Chromium and its driver are not installed: the browser was not measured."
    yield f"{os.cpu_count()} cores, shared by browser, server and visitors; 2,000 crises per move."


def _row(name: str, seconds: Sequence[float], target: float | None) -> list[str]:
    median = statistics.median(seconds)
    ninety = statistics.quantiles(seconds, n=10)[-1]
    verdict = ""
    if target is not None:
        verdict = f"< {1000 * target:.0f} at the median: {'met' if median < target else 'MISSED'}"
    return [name, f"{1000 * median:.0f}", f"{1000 * ninety:.0f}", str(len(seconds)), verdict]


def _in_browser(address: str, folder: Path, moves: int) -> tuple[list[float], float]:
    from tests.classroom.browser import chromium

    with chromium(address, folder) as page:
        page.open()
        found = []
        for move in range(moves):
            # Each setting once, so that none is found in the cache.
            seed = "" if move < len(DAYS) else "?seed=1"
            if move == len(DAYS):
                page.open(f"/{seed}")
            value = DAYS[move % len(DAYS)]
            milliseconds = page.driver.execute_async_script(_MOVE, CONTROL, value)
            found.append(milliseconds / 1000)
            time.sleep(0.15)
        return found, float(page.script("return window.held"))


@dataclass
class Visitor:
    """One visitor, without a browser: a page loaded, a socket, and moves of one slider."""

    number: int
    seconds: list[float] = field(default_factory=list)
    """From a move to the figures of that move or of a later one."""
    longest: float = 0.0
    """Between two drawings while something was wanted."""


async def _crowd(address: str, sessions: int, seconds: float, pause: float) -> list[Visitor]:
    visitors = [Visitor(number) for number in range(sessions)]
    await asyncio.gather(*(_visit(address, visitor, seconds, pause) for visitor in visitors))
    return visitors


async def _visit(address: str, visitor: Visitor, seconds: float, pause: float) -> None:
    import socketio

    # Each visitor has a seed of its own, or they would share results.
    loop = asyncio.get_running_loop()
    seed = 1_000 * visitor.number + round(1 / pause)
    elements, query = _parsed(await loop.run_in_executor(None, _load, f"{address}/?seed={seed}"))
    element, listener = _slider(elements)
    query |= {"tab_id": f"tab-{seed}", "document_id": f"document-{seed}", "old_tab_id": ""}
    client = socketio.AsyncClient(request_timeout=60)
    wanted: dict[str, float] = {}
    drawn = [loop.time()]

    def update(message: dict[str, Any]) -> None:
        now = loop.time()
        said = json.dumps(message)
        found = re.search(rf"{LABEL}: (\d+)", said)
        if found is None or found[1] not in wanted:
            return
        visitor.seconds.append(now - wanted[found[1]])
        # Earlier requests are superseded.
        begun = min(wanted.values())
        visitor.longest = max(visitor.longest, now - max(begun, drawn[0]))
        sent = wanted[found[1]]
        for key in [key for key, at in wanted.items() if at <= sent]:
            del wanted[key]
        drawn[0] = now

    client.on("update", update)
    await client.connect(
        f"{address}?{urlencode(query)}",
        socketio_path="_nicegui_ws/socket.io",
        transports=["websocket"],
        wait_timeout=60,
    )
    await asyncio.sleep(pause * visitor.number / 30)
    end, move = loop.time() + seconds, visitor.number
    while loop.time() < end:
        move += 1
        value = str(DAYS[move % len(DAYS)])
        wanted[value] = loop.time()
        message = {"id": element, "client_id": query["client_id"], "listener_id": listener, "args": [value]}
        await client.emit("event", message)
        await asyncio.sleep(pause)
    for _ in range(200):
        if not wanted:
            break
        await asyncio.sleep(0.05)
    await client.disconnect()


def _load(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as answer:
        text: str = answer.read().decode()
        return text


def _parsed(text: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the elements of a page and the query of its socket."""
    elements = re.search(r"parseElements\(String\.raw`(.*?)`\)", text, re.S)
    query = re.search(r"query: (\{.*?\}),\n", text, re.S)
    assert elements
    assert query
    found = ast.literal_eval(query[1])  # NiceGUI writes it as Python does
    return json.loads(html.unescape(elements[1])), found | {"implicit_handshake": "true"}


def _slider(elements: dict[str, Any]) -> tuple[int, str]:
    for number, element in elements.items():
        if element.get("props", {}).get("path") == CONTROL:
            return int(number), str(element["events"][0]["listener_id"])
    raise LookupError(CONTROL)
