"""Who may ask the server what: its own hosts and origins only, and nothing oversized."""

from __future__ import annotations

import socket
from collections.abc import Iterable
from contextlib import suppress

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from escalation.classroom import texts

MOST_BODY = 1_100_000
"""Bytes of a request's body: a scenario file and what wraps it."""

MOST_ADDRESS = 16_000
"""Bytes of a request's path and query."""

MOST_MESSAGE = 200_000
"""Bytes of a message over the socket."""

LOCAL = ("127.0.0.1", "localhost", "[::1]")

POLICY = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


def hosts_of(host: str) -> list[str]:
    """Return the names under which a page that listens on a host can be asked for."""
    if host in ("127.0.0.1", "localhost", "::1"):
        return list(LOCAL)
    if host not in ("0.0.0.0", "::"):
        return [*LOCAL, f"[{host}]" if ":" in host else host]
    return [*LOCAL, socket.gethostname(), *_own_addresses()]


def _own_addresses() -> list[str]:
    """Return this machine's addresses of the fourth version; asks no other machine."""
    found = []
    with suppress(OSError):  # the name may stand nowhere
        found += socket.gethostbyname_ex(socket.gethostname())[2]
    # There may be no way out.
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("192.0.2.1", 9))  # sends nothing: it only picks the way
        found.append(probe.getsockname()[0])
    return list(dict.fromkeys(found))


def origins_of(hosts: Iterable[str], port: int) -> list[str]:
    """Return the origins of pages that this server has sent."""
    return [f"http://{host}:{port}" for host in hosts]


class TooLargeError(Exception):
    """A body has grown beyond what is taken."""


class Guard:
    """Refuses foreign origins and oversized requests, on HTTP and on the socket.

    Foreign hosts are refused by Starlette's TrustedHostMiddleware, which stands before it.
    """

    def __init__(self, app: ASGIApp, origins: Iterable[str]) -> None:
        self._app, self._origins = app, frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        if origin is not None and origin not in self._origins:
            await _refuse(scope, receive, send, texts.FOREIGN, 403)
            return
        length = headers.get("content-length", "0")
        too_long = len(scope.get("raw_path") or b"") + len(scope["query_string"]) > MOST_ADDRESS
        if too_long or not length.isdigit() or int(length) > MOST_BODY:
            await _refuse(scope, receive, send, texts.TOO_LARGE, 413)
            return
        if scope["type"] == "websocket":
            await self._app(scope, receive, send)
            return
        await self._count(scope, receive, send)

    async def _count(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a request that may not say how long it is."""
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
                await _refuse(scope, receive, send, texts.TOO_LARGE, 413)


async def _refuse(scope: Scope, receive: Receive, send: Send, text: str, status: int) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # before it is accepted: the server says 403
        return
    await PlainTextResponse(text, status)(scope, receive, send)
