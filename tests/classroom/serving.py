"""The classroom served by the command line, in a process of its own."""

from __future__ import annotations

import http.client
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from coverage import Coverage

from tests.cli.calls import ROOT, SCRIPT, environment

OPEN = "The classroom is open at"
PATIENCE = 240  # seconds: the rules may have to be compiled


@dataclass(frozen=True)
class Served:
    folder: Path
    port: int
    process: subprocess.Popen[str]
    before: str
    """Its output until it was open."""
    lines: queue.Queue[str]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def said(self) -> str:
        """Return the output of the server since it opened."""
        return "".join(self.lines.get() for _ in range(self.lines.qsize()))

    def ask(
        self, path: str = "/", method: str = "GET", body: bytes | None = None, **headers: str
    ) -> tuple[int, str]:
        """Return status and text of an answer; underscores in names of headers become hyphens."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            named = {key.replace("_", "-"): value for key, value in headers.items()}
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def served(folder: Path, *arguments: str, catalogues: Path | None = None) -> Iterator[Served]:
    """Serve the classroom from a folder, in which its games are kept too; with catalogues of one's own."""
    port = free_port()
    games = ("--games", str(folder / "games"))
    command = [
        *_script(catalogues is not None),
        "app",
        *arguments,
        "--no-browser",
        "--port",
        str(port),
        *games,
    ]
    with _heard_signals():
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(catalogues), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        before, lines = _wait_for(process, OPEN)
        _wait_for_port(port)
        yield Served(folder, port, process, before, lines)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@contextmanager
def _heard_signals() -> Iterator[None]:
    """Let a process that is started hear SIGHUP, which is ignored where the tests run without a terminal."""
    number = getattr(signal, "SIGHUP", None)
    before = None if number is None else signal.signal(number, signal.SIG_DFL)
    try:
        yield
    finally:
        if number is not None:
            signal.signal(number, before)


def _script(has_catalogues: bool) -> list[str]:
    """Return the command that calls the command line; under coverage, the server is covered too."""
    start = str(Path(__file__).with_name("start.py"))
    if Coverage.current() is None:
        return [sys.executable, start] if has_catalogues else SCRIPT
    measured = ["-m", "coverage", "run", "-p", f"--rcfile={ROOT / 'pyproject.toml'}"]
    return [sys.executable, *measured, f"--data-file={ROOT / '.coverage'}", start]


def _environment(catalogues: Path | None) -> dict[str, str]:
    # NiceGUI serves in another way where it sees pytest.
    kept = {key: value for key, value in environment().items() if not key.startswith("PYTEST_")}
    named = {} if catalogues is None else {"TEST_CATALOGUES": str(catalogues)}
    return kept | named | {"PYTHONUNBUFFERED": "1"}


def _wait_for(process: subprocess.Popen[str], words: str) -> tuple[str, queue.Queue[str]]:
    """Wait until a process prints some words; return its output so far, and the queue of its next lines."""
    lines: queue.Queue[str] = queue.Queue()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.put(line)
        lines.put("")

    threading.Thread(target=read, daemon=True).start()
    said = ""
    while words not in said:
        line = lines.get(timeout=PATIENCE)
        said += line
        assert line, f"the server has ended: {said}"
    return said, lines


def _wait_for_port(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=0.2).close()
            return
        except OSError:
            threading.Event().wait(0.05)
    raise AssertionError("the port does not open")
