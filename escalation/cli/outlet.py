"""Standard output and error of a command: whatever becomes of them, the command does its work to the end.

What a console cannot show is escaped. A reader of a pipe that leaves (`| head`) is no error; a full disk
behind standard output is one, which is reported after the work. Closed streams and closed terminals take what
is written and say nothing.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from typing_extensions import Buffer

_GONE = {errno.EPIPE, errno.EIO, errno.EBADF, errno.EINVAL}
"""Nobody reads any more: a pipe without a reader (EINVAL on Windows), a terminal that is closed."""


class Outlet(io.RawIOBase):
    """A stream of bytes that takes everything, and remembers why it could not pass it on."""

    def __init__(self, raw: io.RawIOBase, name: str) -> None:
        self._raw, self._called = raw, name
        self._failure: OSError | None = None

    def failure(self) -> OSError | None:
        """Return why something was not written, None if it was or nobody wanted to read it."""
        if self._failure is None or self._failure.errno in _GONE:
            return None
        return OSError(self._failure.errno, self._failure.strerror, self._called)

    def write(self, data: Buffer) -> int:
        """Pass bytes on, as long as that succeeds."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while rest and self._failure is None:
                rest = rest[self._raw.write(rest) or 0 :]
        except OSError as error:
            self._failure = error
        return size

    def writable(self) -> bool:
        """Return that it can be written to."""
        return True

    def isatty(self) -> bool:
        """Return whether a terminal shows it."""
        return self._raw.isatty()

    def fileno(self) -> int:
        """Return the number of the file behind it."""
        return self._raw.fileno()


class Outlets:
    """Both outlets of a command."""

    def __init__(self, standard_output: Outlet | None) -> None:
        self._out = standard_output

    def failure(self) -> OSError | None:
        """Flush, and return why something of standard output was not written."""
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        return None if self._out is None else self._out.failure()


@contextmanager
def outlets() -> Iterator[Outlets]:
    """Replace standard output and error by outlets; give them back at the end.

    Streams that are no files, such as those of a notebook, stay as they are.
    """
    before = sys.stdin, sys.stdout, sys.stderr
    _fill_closed()
    sys.stdin = sys.stdin or open(os.devnull, encoding="utf-8")  # noqa: SIM115
    out, sys.stdout = _outlet(sys.stdout, "standard output")
    _, sys.stderr = _outlet(sys.stderr, "standard error")
    try:
        yield Outlets(out)
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        sys.stdin, sys.stdout, sys.stderr = before


def _fill_closed() -> None:
    """Let the null device take the numbers 0 to 2 if they are free, lest a file of results gets one."""
    with suppress(OSError):
        number = os.open(os.devnull, os.O_RDWR)
        while number <= 2:
            number = os.dup(number)
        os.close(number)


def _outlet(stream: TextIO | None, name: str) -> tuple[Outlet | None, TextIO]:
    if stream is None:  # closed by whoever started the command
        return None, open(os.devnull, "w", encoding="utf-8")
    buffer = getattr(stream, "buffer", None)
    raw = buffer.raw if isinstance(buffer, io.BufferedWriter) else buffer  # bare if Python is not to buffer
    if not isinstance(stream, io.TextIOWrapper) or not isinstance(raw, io.RawIOBase):
        return None, stream
    with suppress(OSError):
        stream.flush()
    outlet = Outlet(raw, name)
    bytes_to: Any = outlet if raw is buffer else io.BufferedWriter(outlet)
    return outlet, io.TextIOWrapper(
        bytes_to,
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
