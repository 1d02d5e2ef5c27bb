"""Who may ask what: hosts, origins, sizes, values, on HTTP and on the socket."""

from __future__ import annotations

import asyncio
import base64
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from escalation.classroom import server
from escalation.classroom.server import (
    LOCAL,
    MOST_BODY,
    Guard,
    Hosts,
    base_of,
    board_words,
    hosts_of,
    opening_words,
    refusal_of_port,
)
from tests.classroom.serving import Served, free_port, served
from tests.cli.calls import ROOT


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("served")


@pytest.fixture(scope="module")
def room(folder: Path) -> Iterator[Served]:
    with served(folder) as room:
        yield room


def handshake(room: Served, **headers: str) -> int:
    """Return the status with which the server answers the handshake of a websocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = {
        "Host": f"127.0.0.1:{room.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": key,
        "Sec-WebSocket-Version": "13",
    } | headers
    request = "GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n"
    request += "".join(f"{name}: {value}\r\n" for name, value in lines.items()) + "\r\n"
    with socket.create_connection(("127.0.0.1", room.port), timeout=20) as line:
        line.sendall(request.encode())
        answer = line.recv(4096).decode(errors="replace")
    return int(answer.split()[1])


def test_the_page_has_a_policy_and_contacts_no_other_server(room: Served) -> None:
    status, text = room.ask()
    assert status == 200
    assert "Pahalgam" in text
    addresses = set(re.findall(r"""(?:src|href)=["'](https?:)?//[^"']+""", text))
    assert addresses == set()


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "169.254.1.1", ""])
def test_a_foreign_host_is_refused(room: Served, host: str) -> None:
    assert room.ask(Host=host)[0] == 400


@pytest.mark.parametrize("origin", ["http://example.org", "http://127.0.0.1:1", "https://127.0.0.1", "null"])
def test_a_foreign_origin_is_refused_on_http(room: Served, origin: str) -> None:
    for path in ("/", "/_nicegui_ws/socket.io/?EIO=4&transport=polling"):
        assert room.ask(path, Origin=origin)[0] == 403
    assert room.ask(method="POST", body=b"x", Origin=origin)[0] == 403


def test_the_socket_opens_to_its_own_page_only(room: Served) -> None:
    assert handshake(room, Origin=room.address) == 101
    assert handshake(room, Origin=f"http://localhost:{room.port}", Host=f"localhost:{room.port}") == 101
    assert handshake(room, Origin="http://example.org") == 403
    assert handshake(room, Origin="null") == 403
    assert handshake(room, Host="example.org") in (400, 403)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("?seed=x", "seed=x: a whole number from 0"),
        ("?set=mediators.russia.style=force", "one of facilitation, formulation, manipulation"),
        ("?set=mediators.russia.enters_day=1e9", "a number from 0 to 44"),
        ("?set=weights.ratchet=nan", "a number from"),
        ("?file=/etc/passwd", "allowed keys: seed, replication, set,"),
    ],
)
def test_a_bad_value_in_the_address_is_refused(room: Served, query: str, says: str) -> None:
    status, text = room.ask(f"/{query}")
    assert status == 400
    assert says in text
    assert "\n" not in text


def test_an_oversized_request_is_refused(room: Served) -> None:
    assert room.ask("/?seed=" + "1" * 50_000)[0] == 413
    assert room.ask("/_nicegui/client/x/upload/1", "POST", body=b"x" * (MOST_BODY + 1))[0] == 413


@pytest.mark.parametrize(("parts", "status"), [(10, 200), (20, 413)])
def test_an_oversized_request_that_hides_its_size_is_refused(parts: int, status: int) -> None:
    left = parts
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["more_body"]:
            pass
        await PlainTextResponse("taken")(scope, receive, send)

    async def receive() -> Message:
        nonlocal left
        left -= 1
        return {"type": "http.request", "body": b"x" * 100_000, "more_body": left > 0}

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "headers": [(b"host", b"a")],
    }
    asyncio.run(Guard(app, Hosts(("a",)))(scope, receive, send))
    assert sent[0]["status"] == status


@pytest.mark.skipif(os.name == "nt", reason="signals as in POSIX")
@pytest.mark.parametrize("ends", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_signal_closes_the_room_quietly(tmp_path: Path, ends: str) -> None:
    # Where NiceGUI would look for what it has kept, it would meet this and complain.
    (tmp_path / ".nicegui").mkdir()
    (tmp_path / ".nicegui" / "storage-general.json").write_text("no JSON", encoding="utf-8")
    with served(tmp_path, str(ROOT / "docs/examples/two_states.yaml")) as room:
        assert "storage" not in room.before
        assert room.ask()[0] == 200
        room.process.send_signal(getattr(signal, ends))
        assert room.process.wait(30) == 0
        assert room.said() == ""


def test_nothing_is_stored_next_to_the_server(room: Served, folder: Path) -> None:
    room.ask()
    kept = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*"))
    assert kept == ["games", "games/board.secret"]


def test_hosts() -> None:
    assert hosts_of("127.0.0.1").names == LOCAL
    assert hosts_of("192.168.7.7").names == (*LOCAL, "192.168.7.7")
    assert hosts_of("::1").allow("[::1]")
    assert hosts_of("fe80::7").allow("[fe80::7]")
    for name in ("192.168.7.8", "example.org", ""):
        assert not hosts_of("192.168.7.7").allow(name)


def test_a_link_for_others_has_an_address_that_they_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "_own_addresses", lambda: ["192.0.2.7"])
    assert base_of("0.0.0.0", 8080) == base_of("192.0.2.7", 8080) == "http://192.0.2.7:8080"
    assert base_of("::1", 8080) == base_of("127.0.0.1", 80) == base_of("localhost", 80) == ""
    monkeypatch.setattr(server, "_own_addresses", list)
    assert base_of("0.0.0.0", 8080) == ""


@pytest.mark.parametrize("wildcard", ["0.0.0.0", "::"])
def test_open_to_all_is_open_under_every_address(wildcard: str) -> None:
    """Also where the machine cannot tell its own addresses, and behind one that is translated."""
    hosts = hosts_of(wildcard)
    for name in (
        *LOCAL,
        "0.0.0.0",
        "192.168.7.7",
        "[fe80::7]",
        socket.gethostname(),
        socket.gethostname().upper(),
    ):
        assert hosts.allow(name)
    for name in ("example.org", "192.168.7.7.example.org", "", "*"):
        assert not hosts.allow(name)


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.7.7", "0.0.0.0", "::", "fe80::7", "localhost"])
@pytest.mark.parametrize("has_route", [True, False])
def test_every_address_that_is_printed_is_open(
    host: str, has_route: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not has_route:
        monkeypatch.setattr(server, "_own_addresses", list)
    words = " ".join(opening_words(host, 81))
    links = re.findall(r"http://(\S+):81/", words)
    assert links
    assert all(hosts_of(host).allow(link) for link in links)
    assert "0.0.0.0" not in links
    if not has_route and host in ("0.0.0.0", "::"):
        assert "port 81" in words


def test_only_the_address_that_the_terminal_prints_opens_the_board(room: Served) -> None:
    found = re.search(r"board, for you alone: http://127.0.0.1:\d+/board/(\S+)", room.before)
    assert found is not None
    secret = found[1]
    assert len(secret) == 22, "128 bits"
    assert secret not in "".join(room.ask(path)[1] for path in ("/", "/?tab=play", "/board", "/board/"))
    for forged in ("x", secret[:-1], f"{secret}A", f"A{secret}", secret.swapcase(), "%C3%A9", f"{secret}/x"):
        status, text = room.ask(f"/board/{forged}")
        assert (status, secret in text) == (404, False), forged
    status, text = room.ask(f"/board/{secret}?language=xx")
    assert (status, secret in text) == (200, False)
    assert board_words("0.0.0.0", 81, "abc").endswith("http://127.0.0.1:81/board/abc")


def test_a_foreign_name_is_answered_with_one_clear_sentence(room: Served) -> None:
    status, text = room.ask(Host="lab.example.org:9000")
    assert status == 400
    assert "'lab.example.org:9000'" in text
    assert "--host NAME" in text
    assert "\n" not in text


def test_a_tunnel_may_have_another_port(room: Served) -> None:
    for host in ("localhost:9999", "127.0.0.1:9999", "[::1]:9999", "localhost"):
        assert room.ask(Host=host, Origin=f"http://{host}")[0] == 200
        assert handshake(room, Host=host, Origin=f"http://{host}") == 101
        assert handshake(room, Host=host, Origin="http://localhost:9998") == 403


def test_open_to_all_answers_under_any_address_of_the_machine(tmp_path: Path) -> None:
    with served(tmp_path, str(ROOT / "docs/examples/two_states.yaml"), "--host", "0.0.0.0") as room:
        for host in ("127.0.0.1", "0.0.0.0", "192.168.7.7", socket.gethostname()):
            here = f"{host}:{room.port}"
            assert room.ask(Host=here)[0] == 200
            assert handshake(room, Host=here, Origin=f"http://{here}") == 101
            assert handshake(room, Host=here, Origin="http://example.org") == 403
        assert room.ask(Host=f"example.org:{room.port}")[0] == 400


def test_a_port_that_is_taken_is_named() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "use" in (refusal_of_port("127.0.0.1", taken.getsockname()[1]) or "")
    assert refusal_of_port("127.0.0.1", free_port()) is None
    assert refusal_of_port("no such host", 8080)
