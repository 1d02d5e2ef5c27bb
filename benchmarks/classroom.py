"""How soon the classroom page follows a moved control, alone and with thirty visitors, and what these cost.

Browser, server and visitors share the cores with all other programs, so noise makes times longer, never
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
import threading
import time
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from benchmarks.table import markdown

if TYPE_CHECKING:
    from tests.classroom.browser import Browser

CONTROL, LABEL = "mediators.russia.enters_day", "Day of entry"
DAYS = range(14, 44)

VALUES: dict[str, Sequence[str | float]] = {
    "mediators.russia.toward.india.trust": (0.1, 0.5, 0.9, 0.3, 0.7, 0.2, 0.6),
    CONTROL: range(14, 36, 2),
    "states.india.audience": (0.0, 0.6, 0.2, 0.8, 0.4),
    "mediators.russia.style": ("manipulation", "formulation", "facilitation"),
    "rivalries.0.stakes": (0.2, 0.8, 0.4, 1.0),
    "weights.stakes_acts": (0.5, 1.7, 0.9, 2.1, 1.3, 0.6, 1.8, 1.0, 2.2, 1.4, 0.7, 1.9, 1.1),
}
"""Controls that a browser moves in turn, each through its values; no two settings on the way are the same."""

LATENCY, CROWDED, GROWTH, SESSION = 0.12, 0.25, 0.02, 4.0
"""Targets: seconds at the median, of one visitor and of thirty; growth of memory, as a share; megabytes."""

# Moves a control, and waits until the figure has been drawn and a frame has been shown.
_MOVE = """
const [path, value, done] = arguments;
const control = document.querySelector(`[data-path="${path}"]`);
const { chart } = getElement(Number(document.querySelector("[data-figure=outcomes] .chart").id.slice(1)));
const start = performance.now();
const drawn = () => {
  chart.off("rendered", drawn);
  requestAnimationFrame(() => setTimeout(() => done(performance.now() - start)));
};
chart.on("rendered", drawn);
control.value = value;
control.dispatchEvent(new Event(control.tagName === "SELECT" ? "change" : "input", {bubbles: true}));
window.held = Math.max(window.held ?? 0, performance.now() - start);
"""


def report(sessions: int = 30, seconds: float = 30.0, moves: int = 500) -> Iterator[str]:
    """Yield the report."""
    from tests.classroom.browser import chromium
    from tests.classroom.serving import served

    with tempfile.TemporaryDirectory() as folder, served(Path(folder)) as room:
        crowd = Crowd(room.address, room.process.pid)
        if not (shutil.which("chromium") and shutil.which("chromedriver")):
            yield from _visitors(crowd, sessions, seconds, None)
            yield "Chromium and its driver are not installed: the browser was not measured."
            return
        with chromium(room.address, Path(folder)) as page:
            yield from _visitors(crowd, sessions, seconds, page)
            yield ""
            yield from _alone(page, room.process.pid, moves)


def _visitors(crowd: Crowd, sessions: int, seconds: float, page: Browser | None) -> Iterator[str]:
    """Yield what happens when visitors come one after the other, then move controls, then drag them."""
    memory = [crowd.open(1), crowd.open(sessions - 1)]
    rows = []
    for name, pause in (("a move every 3 s", 3.0), ("dragging, ten moves a second", 0.1)):
        is_calm = pause > 1
        found = crowd.move(pause, seconds if is_calm else seconds / 3, page if is_calm else None)
        sent = f"{sessions} visitors, {name}: move sent to figures received"
        said = f"{found.cores:.2f} cores busy in the server; nobody waited longer than {found.longest:.1f} s"
        if not found.is_all_served:
            said += "; NOT all served"
        rows.append(_row(sent, found.seconds, CROWDED if is_calm else None, said))
        if found.seen:
            rows.append(_row("one more visitor meanwhile, Chromium", found.seen, CROWDED, ""))
        memory.append(_resident(crowd.server))
    crowd.close()
    yield from markdown(("classroom", "median ms", "95% ms", "moves", ""), rows)
    yield ""
    per_session = (memory[1] - memory[0]) / (sessions - 1)
    yield (
        f"Memory of the server: {memory[0]:.0f} MB with one session, {memory[1]:.0f} MB with {sessions}, "
        f"each with results of its own; {memory[2]:.0f} MB after their moves, {memory[3]:.0f} MB after "
        "their dragging."
    )
    yield f"{per_session:.1f} MB per session (target: under {SESSION:.0f}: {_met(per_session < SESSION)})."


def _alone(page: Browser, server: int, moves: int) -> Iterator[str]:
    """Yield how soon figures follow one visitor, and what many moves leave behind."""
    page.open("/?seed=7")
    settings = _settings()
    first = moves // 5
    found = _move_in_browser(page, islice(settings, first))
    before = _kept(page, server)
    found += _move_in_browser(page, islice(settings, moves - first))
    after = _kept(page, server)
    name = "one visitor, Chromium: control moved to figure redrawn"
    held = page.script("return window.held")
    said = f"moving the control itself took at most {held:.0f} ms"
    rows = [_row(name, found, LATENCY, said)]
    yield from markdown(("classroom", "median ms", "95% ms", "moves", ""), rows)
    yield ""
    columns = ("after moves", "server, MB", "browser, MB", "elements of the page", "steps kept", "address")
    yield from markdown(columns, [[str(first), *before.cells()], [str(moves), *after.cells()]])
    yield ""
    growth = after.server / before.server - 1
    said = f"target: under {GROWTH:.0%}: {_met(growth < GROWTH)}"
    yield f"From one row to the other, the server's memory changed by {growth:+.1%} ({said})."
    yield f"{os.cpu_count()} cores, shared by browser, server and visitors; 2,000 crises per move."


def _met(holds: bool) -> str:
    return "met" if holds else "MISSED"


def _row(name: str, seconds: Sequence[float], target: float | None, said: str) -> list[str]:
    median = statistics.median(seconds)
    most = statistics.quantiles(seconds, n=20)[-1]
    verdict = "" if target is None else f"target < {1000 * target:.0f} at the median: {_met(median < target)}"
    note = "; ".join(filter(None, (verdict, said)))
    return [name, f"{1000 * median:.0f}", f"{1000 * most:.0f}", str(len(seconds)), note]


# In a browser


def _settings() -> Iterator[tuple[str, str | float]]:
    """Yield moves of all controls in turn, without end."""
    for turn in count():
        for path, values in VALUES.items():
            yield path, values[turn % len(values)]


def _move_in_browser(page: Browser, moves: Iterator[tuple[str, str | float]]) -> list[float]:
    found = []
    for path, value in moves:
        found.append(page.driver.execute_async_script(_MOVE, path, value) / 1000)
        time.sleep(0.1)
    return found


@dataclass(frozen=True)
class Kept:
    """What is kept after some moves."""

    server: float
    """Megabytes."""
    browser: float
    """Megabytes of JavaScript, after unused ones are freed."""
    elements: int
    steps: int
    """Of the trail."""
    address: int
    """Letters."""

    def cells(self) -> list[str]:
        """Return the cells of a table."""
        numbers = (self.elements, self.steps, self.address)
        return [f"{self.server:.1f}", f"{self.browser:.1f}", *map(str, numbers)]


def _kept(page: Browser, server: int) -> Kept:
    time.sleep(1)  # the address follows within half a second
    page.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
    heap = page.driver.execute_cdp_cmd("Runtime.getHeapUsage", {})["usedSize"]
    elements = page.script(
        "const [, number] = document.querySelector('.chart').id.split('c');"
        "return Object.keys(getElement(Number(number)).$root.elements).length"
    )
    address = page.driver.current_url
    steps = [value for name, value in parse_qsl(urlsplit(address).query) if name == "step"]
    return Kept(_resident(server), heap / 1e6, elements, len(steps), len(address))


# Of the server's process


def _resident(process: int) -> float:
    """Return the memory of a process in megabytes (on Linux)."""
    text = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    return int(re.findall(r"VmRSS:\s+(\d+) kB", text)[0]) / 1000


def _worked(process: int) -> float:
    """Return the seconds that a process has kept cores busy (on Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# Visitors without a browser


@dataclass(frozen=True)
class Moves:
    """What came of the moves of all visitors."""

    seconds: list[float]
    """From a move to the figures of that move or of a later one."""
    longest: float
    """Between two drawings while something was wanted."""
    is_all_served: bool
    cores: float
    """That the server kept busy."""
    seen: list[float]
    """By a browser meanwhile."""


class Crowd:
    """Visitors without a browser: each has a page loaded, a socket, and moves one slider."""

    def __init__(self, address: str, server: int) -> None:
        self._address, self.server = address, server
        self._visitors: list[Visitor] = []
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def open(self, number: int) -> float:
        """Let visitors come, one after the other; return the megabytes of the server when all are there."""
        for _ in range(number):
            visitor = Visitor(self._address, len(self._visitors))
            asyncio.run_coroutine_threadsafe(visitor.open(), self._loop).result(60)
            self._visitors.append(visitor)
        time.sleep(2)
        return _resident(self.server)

    def move(self, pause: float, seconds: float, page: Browser | None) -> Moves:
        """Let all visitors move their slider for some seconds, and a browser too if there is one."""
        for visitor in self._visitors:
            visitor.forget()
        if page is not None:
            page.open("/?seed=5")
        begun, worked = time.monotonic(), _worked(self.server)
        tasks = [
            asyncio.run_coroutine_threadsafe(visitor.move(pause, seconds, len(self._visitors)), self._loop)
            for visitor in self._visitors
        ]
        seen, settings = [], _settings()
        while page is not None and time.monotonic() < begun + seconds - 1:
            seen += _move_in_browser(page, islice(settings, 1))
            time.sleep(0.5)
        for task in tasks:
            task.result(seconds + 60)
        return Moves(
            [one for visitor in self._visitors for one in visitor.seconds],
            max(visitor.longest for visitor in self._visitors),
            all(visitor.seconds and not visitor.is_waiting for visitor in self._visitors),
            (_worked(self.server) - worked) / (time.monotonic() - begun),
            seen,
        )

    def close(self) -> None:
        """Let all visitors leave."""
        for visitor in self._visitors:
            asyncio.run_coroutine_threadsafe(visitor.client.disconnect(), self._loop).result(60)
        self._loop.call_soon_threadsafe(self._loop.stop)


@dataclass
class Visitor:
    """One visitor without a browser."""

    address: str
    number: int
    seconds: list[float] = field(default_factory=list)
    longest: float = 0.0
    client: Any = None
    _wanted: dict[str, float] = field(default_factory=dict)
    _drawn: float = 0.0
    _moves: int = 0
    _slider: tuple[int, str, str] = (0, "", "")
    """Its element and listener, and the client's id."""

    @property
    def is_waiting(self) -> bool:
        """Return whether the figures of the last move have not come."""
        return bool(self._wanted)

    def forget(self) -> None:
        """Measure from now on."""
        self.seconds, self.longest = [], 0.0
        self._wanted.clear()

    async def open(self) -> None:
        """Load the page, with a seed of its own, or visitors would share results; wait for its figures."""
        import socketio

        loop = asyncio.get_running_loop()
        seed = 1_000 + self.number
        elements, query = _parsed(await loop.run_in_executor(None, _load, f"{self.address}/?seed={seed}"))
        self._slider = (*_slider(elements), query["client_id"])
        query |= {"tab_id": f"tab-{seed}", "document_id": f"document-{seed}", "old_tab_id": ""}
        self.client = socketio.AsyncClient(request_timeout=60)
        self.client.on("update", self._updated)
        await self.client.connect(
            f"{self.address}?{urlencode(query)}", socketio_path="_nicegui_ws/socket.io",
            transports=["websocket"], wait_timeout=60,
        )  # fmt: skip
        await asyncio.sleep(0.3)

    async def move(self, pause: float, seconds: float, visitors: int) -> None:
        """Move the slider again and again, with a pause after each move."""
        loop = asyncio.get_running_loop()
        element, listener, client = self._slider
        await asyncio.sleep(pause * self.number / visitors)
        end = loop.time() + seconds
        while loop.time() < end:
            self._moves += 1
            value = str(DAYS[(self.number + self._moves) % len(DAYS)])
            self._wanted[value] = loop.time()
            message = {"id": element, "client_id": client, "listener_id": listener, "args": [value]}
            await self.client.emit("event", message)
            await asyncio.sleep(pause)
        for _ in range(200):
            if not self._wanted:
                break
            await asyncio.sleep(0.05)

    def _updated(self, message: dict[str, Any]) -> None:
        now = asyncio.get_running_loop().time()
        found = re.search(rf"{LABEL}: (\d+)", json.dumps(message))
        if found is None or found[1] not in self._wanted:
            return
        sent = self._wanted[found[1]]
        self.seconds.append(now - sent)
        self.longest = max(self.longest, now - max(min(self._wanted.values()), self._drawn))
        # Earlier requests are superseded.
        self._wanted = {key: at for key, at in self._wanted.items() if at > sent}
        self._drawn = now


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
