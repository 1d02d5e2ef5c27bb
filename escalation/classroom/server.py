"""The server of the classroom: one page, for this machine only unless another host is given.

It answers requests from its own hosts and origins only, and none that is too large.
"""

from __future__ import annotations

import hmac
import html
import ipaddress
import os
import signal
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nicegui import Client, app, core, ui
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from escalation.classroom import game_texts, texts
from escalation.classroom.board_page import BoardPage
from escalation.classroom.guess_page import GuessPage
from escalation.classroom.guess_rounds import GuessRounds
from escalation.classroom.page import Page
from escalation.classroom.saved_games import GameFolder
from escalation.classroom.session import BadQueryError, Library, session_of
from escalation.classroom.shared_game import SharedGames
from escalation.classroom.workers import Workers
from escalation.files.places import EscalationError
from escalation.language import say, speaking

# NiceGUI would keep a store in the working directory and read from it.
os.environ["NICEGUI_STORAGE_PATH"] = os.devnull
STATIC = Path(__file__).parent / "static"
MOST_PAGES = 100
RECONNECT = 900
"""Seconds that the page of a visitor is kept whose browser is away: without network, or on a locked phone."""

MOST_AWAY = 100
"""Pages kept for visitors who are away; of more, those away longest are closed. The address restores them."""

PREFERS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path d="M4 1v14M12 1v14M4 4h8M4 8h8M4 12h8" stroke="#6a5acd" stroke-width="2" fill="none"/></svg>'
)

MOST_BODY = 1_100_000
"""Bytes of a request's body: a scenario file and its envelope."""

MOST_ADDRESS = 40_000
"""Bytes of a request's path and query."""

MOST_MESSAGE = 200_000
"""Bytes of a message over the socket."""

LOCAL = ("127.0.0.1", "localhost", "[::1]")

POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def serve(
    library: Library, host: str, port: int, show: bool, games: Path, secret: str, log: Path | None = None
) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    library
        The scenario and the lesson that every visitor starts with, and others.
    host, port
        Where to listen.
    show
        Whether to open a browser.
    games
        The folder in which games are kept.
    secret
        Of the lecturer's board, as `board_words` prints it.
    log
        The folder in which their moves are logged; None for no log.
    """
    protect(host)
    library.base = base_of(host, port)
    add_page(library, games, secret, log)
    hang_up = getattr(signal, "SIGHUP", None)
    if hang_up is not None and signal.getsignal(hang_up) is not signal.SIG_IGN:
        # A terminal that is closed ends the server as Ctrl-C does; uvicorn knows the other signals only.
        signal.signal(hang_up, lambda *_: signal.raise_signal(signal.SIGTERM))
    ui.run(
        host=host,
        port=port,
        title=texts.TITLE,
        language="en-US",
        reload=False,
        show=show,
        show_welcome_message=False,
        tailwind=False,
        binding_refresh_interval=None,
        message_history_length=50,
        favicon=ICON,
        proxy_headers=False,
        server_header=False,
    )


def protect(host: str) -> None:
    """Refuse requests that do not come from the page itself."""
    app.add_middleware(Guard, hosts=hosts_of(host))
    # Internals of NiceGUI, which is therefore pinned to one version; tests check that both have an effect.
    core.sio.eio.cors_allowed_origins = None  # the origin of the page itself, as the guard has it
    core.sio.eio.max_http_buffer_size = MOST_MESSAGE


def add_page(library: Library, games: Path, secret: str, log: Path | None = None) -> None:
    """Define the page and, by a secret, the lecturer's board.

    Games are kept in a folder, and their moves logged in another, if there is one.
    """
    workers: list[Workers] = []  # made within the event loop
    pages = OpenPages()
    shared_games = SharedGames(folder=GameFolder(games), log=log, secret=secret)
    rounds = GuessRounds()

    app.on_startup(lambda: workers.append(Workers()))
    app.on_shutdown(lambda: workers.pop().close())
    app.on_delete(pages.leave)
    ui.add_css((STATIC / "page.css").read_text(encoding="utf-8"), shared=True)
    for name in ("page.js", "explore.js", "guess.js"):
        script = (STATIC / name).read_text(encoding="utf-8")
        ui.add_head_html(f"<script>{script}</script>", shared=True)

    @ui.page("/", reconnect_timeout=RECONNECT)
    async def classroom(request: Request, client: Client) -> Response | None:
        if sum(one.has_socket_connection for one in Client.instances.values()) >= MOST_PAGES:
            return PlainTextResponse(say(texts.FULL, most=MOST_PAGES), 503)
        page: Page | GuessPage
        with speaking(library.language_for(request.query_params.get("language", ""))):
            try:
                session = session_of(library, request.query_params.multi_items())
            except BadQueryError as error:
                return _page_of_words(str(error), 400)
            found = rounds.find(session.round)
            if found is not None:
                page = GuessPage(session, found)
            elif session.round:
                return _page_of_words(say(texts.ROUND_OVER), 404)
            else:
                page = Page(session, library, workers[0], shared_games, rounds)
        pages.add(client, page)
        with suppress(TimeoutError):  # a client that only fetches the page opens no socket
            await client.connected(timeout=60)
            pages.enter(client)
            if not session.has_chosen_colours and await ui.run_javascript(PREFERS_DARK, timeout=5) is True:
                page.colour(True)
        return None

    # The secret is in no page of a visitor, and the events of the board are those of its own client alone.
    @ui.page("/board/{given}", reconnect_timeout=RECONNECT)
    async def board(given: str, client: Client, language: str = "") -> Response | None:
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return PlainTextResponse(say(game_texts.NO_BOARD), 404)
        with speaking(library.language_for(language)):
            lecturers = BoardPage(library, workers[0], shared_games)
        with suppress(TimeoutError):
            await client.connected(timeout=60)
            if await ui.run_javascript(PREFERS_DARK, timeout=5) is True:
                lecturers.colour(True)
        return None


class OpenPages:
    """The pages of all visitors, by the client of each."""

    def __init__(self) -> None:
        self._pages: dict[str, Page | GuessPage] = {}

    def add(self, client: Client, page: Page | GuessPage) -> None:
        """Keep a page that was built and may never be shown."""
        self._pages[client.id] = page

    def enter(self, client: Client) -> None:
        """Show a page; close the one that was open in the same tab before it was loaded again."""
        page = self._pages[client.id]
        page.tab_id = client.tab_id
        clients = list(Client.instances.values())
        others = [one for one in clients if one.id in self._pages and one is not client]
        away = [one for one in others if not one.has_socket_connection]
        for one in others:
            if self._pages[one.id].tab_id == client.tab_id or one in away[:-MOST_AWAY]:
                one.delete()
        page.connected()

    def leave(self, client: Client) -> None:
        """Close the page of a client that is gone."""
        page = self._pages.pop(client.id, None)
        if page is not None:
            page.close()


def _page_of_words(words: str, status: int) -> HTMLResponse:
    """Return a page that only says why the one asked for cannot be opened."""
    link = f'<p><a href="/">{say(texts.START_AGAIN)}</a></p>'
    return HTMLResponse(f"<p>{html.escape(words, quote=False)}</p>{link}", status)


def refusal_of_port(host: str, port: int) -> str | None:
    """Return the reason why a port cannot be used, None if it can."""
    kind: Any = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, UnicodeError) as error:
        return (getattr(error, "strerror", None) or str(error)).lower()
    return None


@dataclass(frozen=True)
class Hosts:
    """The names under which the page may be opened: not one that a foreign domain gives to this machine."""

    names: tuple[str, ...]
    has_any_address: bool = False
    """Whether every IP address is allowed: these belong to nobody's domain."""

    def allow(self, name: str) -> bool:
        """Return whether the page may be opened under a name."""
        return name.lower() in self.names or (self.has_any_address and _is_address(name))

    def __str__(self) -> str:
        return ", ".join([*self.names, *([say(texts.ANY_ADDRESS)] if self.has_any_address else [])])


def hosts_of(host: str) -> Hosts:
    """Return the names under which a server that listens on a host may be reached."""
    if host in ("0.0.0.0", "::"):
        own = [socket.gethostname(), f"{socket.gethostname()}.local", socket.getfqdn()]
    elif ":" in host:
        own = [f"[{host}]"]
    else:
        own = [host, *_addresses_of(host)]
    return Hosts(tuple(dict.fromkeys([*LOCAL, *map(str.lower, own)])), host in ("0.0.0.0", "::"))


def opening_words(host: str, port: int) -> list[str]:
    """Return in words where the page can be opened, and by whom."""
    if host in ("127.0.0.1", "localhost", "::1"):
        return [say(texts.SERVING, address=_link(host, port))]
    names = _own_addresses() if host in ("0.0.0.0", "::") else [host]
    links = ", ".join(_link(name, port) for name in names) or say(texts.AT_ITS_ADDRESS, port=port)
    here = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return [say(texts.SERVING, address=_link(here, port)), say(texts.OPEN_TO_NETWORK, addresses=links)]


def board_words(host: str, port: int, secret: str) -> str:
    """Return in words where the lecturer's board can be opened on this machine."""
    here = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return say(game_texts.BOARD_AT, address=f"{_link(here, port)}board/{secret}")


def base_of(host: str, port: int) -> str:
    """Return where other machines reach the page, empty if only this one does."""
    if host in LOCAL or host == "::1":
        return ""
    names = _own_addresses() if host in ("0.0.0.0", "::") else [host]
    return _link(names[0], port).rstrip("/") if names else ""


def _link(host: str, port: int) -> str:
    return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"


def _own_addresses() -> list[str]:
    """Return this machine's IPv4 addresses in its network, without contacting another machine."""
    found = _addresses_of(socket.gethostname())
    # There may be no route.
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it only selects a route
        found.append(probe.getsockname()[0])
    return [one for one in dict.fromkeys(found) if not one.startswith("127.")]


def _addresses_of(name: str) -> list[str]:
    with suppress(OSError, UnicodeError):  # it may not resolve
        return list(socket.gethostbyname_ex(name)[2])
    return []


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _name_of(host: str) -> str:
    """Return the name in a Host header, without the port."""
    name, colon, port = host.rpartition(":")
    return name if colon and port.isdigit() else host


class TooLargeError(EscalationError):
    """The body of a request exceeds `MOST_BODY`."""


class Guard:
    """Refuses foreign hosts and origins and oversized requests, on HTTP and on the socket.

    The origin is the page's own if it is that of the request itself; behind a tunnel its port is another one.
    """

    def __init__(self, app: ASGIApp, hosts: Hosts) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._hosts.allow(_name_of(host)):
            text = say(texts.FOREIGN_HOST, host=host[:100], known=self._hosts)
            await _refuse(scope, receive, send, text, 400)
            return
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"http://{host.lower()}":
            await _refuse(scope, receive, send, say(texts.FOREIGN), 403)
            return
        length = headers.get("content-length", "0")
        too_long = len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_ADDRESS
        if too_long or not length.isdigit() or int(length) > MOST_BODY:
            await _refuse(scope, receive, send, say(texts.TOO_LARGE), 413)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request whose length may not be declared, counting its bytes."""
        taken, begun = 0, False

        async def counted() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > MOST_BODY:
                raise TooLargeError
            return message

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["Referrer-Policy"] = "no-referrer"
            await send(message)

        try:
            await self._app(scope, counted, guarded)
        except TooLargeError:
            if not begun:
                await _refuse(scope, receive, send, say(texts.TOO_LARGE), 413)


async def _refuse(scope: Scope, receive: Receive, send: Send, text: str, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: answered with 403
        return
    await PlainTextResponse(text, status)(scope, receive, send)
