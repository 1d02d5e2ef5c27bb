"""The server of the classroom: one page, for this machine unless told otherwise."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

# What NiceGUI would keep in the working directory, and read from there, is kept nowhere.
os.environ["NICEGUI_STORAGE_PATH"] = os.devnull

from nicegui import Client, app, core, ui
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from escalation.classroom import texts
from escalation.classroom.crisis import Crisis
from escalation.classroom.desk import Desk
from escalation.classroom.guard import MOST_MESSAGE, Guard, hosts_of, origins_of
from escalation.classroom.page import Page
from escalation.classroom.session import BadQueryError, session_of
from escalation.classroom.table import Tables

STATIC = Path(__file__).parent / "static"
MOST_PAGES = 100
PREFERS_DARK = "matchMedia('(prefers-color-scheme: dark)').matches"


def serve(crisis: Crisis, host: str, port: int, show: bool) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    crisis
        What a visitor starts with.
    host, port
        Where to listen.
    show
        Whether to open a browser.
    """
    protect(host, port)
    add_page(crisis)
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


ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16">'
    '<path d="M4 1v14M12 1v14M4 4h8M4 8h8M4 12h8" stroke="#6a5acd" stroke-width="2" fill="none"/></svg>'
)


def protect(host: str, port: int) -> None:
    """Refuse what does not come from the page itself."""
    hosts = hosts_of(host)
    origins = origins_of(hosts, port)
    app.add_middleware(Guard, origins=origins)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    # Internals of NiceGUI, which is therefore pinned to one version; tests watch that both have an effect.
    core.sio.eio.cors_allowed_origins = origins
    core.sio.eio.max_http_buffer_size = MOST_MESSAGE


def add_page(crisis: Crisis) -> None:
    """Define the page."""
    desk: list[Desk] = []  # made within the event loop
    pages: dict[str, Page] = {}
    tables = Tables()

    def leave(client: Client) -> None:
        page = pages.pop(client.id, None)
        if page is not None:
            page.close()

    app.on_startup(lambda: desk.append(Desk()))
    app.on_shutdown(lambda: desk.pop().close())
    app.on_delete(leave)
    ui.add_css((STATIC / "page.css").read_text(encoding="utf-8"), shared=True)
    ui.add_head_html(f"<script>{(STATIC / 'page.js').read_text(encoding='utf-8')}</script>", shared=True)

    @ui.page("/")
    async def classroom(request: Request, client: Client) -> Response | None:
        if sum(one.has_socket_connection for one in Client.instances.values()) >= MOST_PAGES:
            return PlainTextResponse(texts.FULL.format(most=MOST_PAGES), 503)
        try:
            session = session_of(crisis, request.query_params.multi_items())
        except BadQueryError as error:
            return PlainTextResponse(str(error), 400)
        page = Page(session, desk[0], tables)
        pages[client.id] = page
        with suppress(TimeoutError):  # who only fetches the page, opens no socket
            await client.connected(timeout=60)
            if await ui.run_javascript(PREFERS_DARK, timeout=5) is True:
                page.colour(True)
        return None


def refusal_of_port(host: str, port: int) -> str | None:
    """Return why a port cannot be listened on, None if it can."""
    kind: Any = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(kind, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except (OSError, UnicodeError) as error:
        return (getattr(error, "strerror", None) or str(error)).lower()
    return None
