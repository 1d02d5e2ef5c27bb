"""A tunnel to a server, as `ssh -L` makes one: another port, and a connection that can be cut."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Tunnel:
    """Forwards connections to a port of this machine, until it is cut."""

    def __init__(self, target: int) -> None:
        self.target: int | None = target
        """None while it is cut."""
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Cut all connections and refuse new ones."""
        self.target = None
        for line in list(self._open):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                line, _ = self._listener.accept()
                try:
                    other = socket.create_connection(("127.0.0.1", self.target or 0))
                except OSError:
                    line.close()
                    continue
                for source, sink in ((line, other), (other, line)):
                    threading.Thread(target=self._forward, args=(source, sink), daemon=True).start()

    def _forward(self, source: socket.socket, sink: socket.socket) -> None:
        self._open.add(source)
        with suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        self._open.discard(source)


@contextmanager
def tunnel_to(port: int) -> Iterator[Tunnel]:
    """Open a tunnel to a port."""
    tunnel = Tunnel(port)
    try:
        yield tunnel
    finally:
        tunnel.close()
