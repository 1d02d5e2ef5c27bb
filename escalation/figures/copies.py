"""Pieces of work done by this process and by copies of it, side by side.

matplotlib holds the interpreter while it draws, so that threads would wait for one another, and a process of
its own would take longer to import it than to draw. A copy (fork) of a process that has loaded and counted
everything already begins at once.
"""

from __future__ import annotations

import contextlib
import os
import signal
import struct
import sys
import threading
import warnings
from collections.abc import Callable

_NUMBER = struct.Struct("<i")
MOST_PIECES = 4_000  # what a pipe holds at least, in numbers

Do = Callable[[int], bool]
"""Does a piece of work by its number; returns whether it made anything."""


def can_copy() -> bool:
    """Return whether this process can be copied: not with other threads, whose locks a copy would inherit."""
    return sys.platform == "linux" and threading.active_count() == 1


def shared_out(pieces: int, do: Do, copies: int, heard: Callable[[int], None]) -> list[int]:
    """Do pieces of work, numbered from 0; return the numbers of those that made something, in order.

    Whoever is free takes the next piece. A piece that a copy leaves undone, because it failed there or the
    copy was ended, is done again here, so that its error is raised here. No copy outlives the call; should
    this process be killed, each ends with the piece that it is at.

    Parameters
    ----------
    pieces
        How many, at most `MOST_PIECES`.
    do
        Called in this process or in a copy, whose memory is lost: what it makes must be in files.
    copies
        How many copies to make; none where `can_copy` is false.
    heard
        Called here with 1, 2 and so on, when it is known that so many pieces are done.
    """
    made: dict[int, bool] = {}
    counted = 0

    def count() -> None:
        nonlocal counted
        while counted < len(made):
            counted += 1
            heard(counted)

    if copies and can_copy() and 1 < pieces <= MOST_PIECES:
        _share(pieces, do, min(copies, pieces - 1), count, made)
    for number in range(pieces):
        if number not in made:
            made[number] = do(number)
            count()
    return sorted(number for number, is_made in made.items() if is_made)


def _share(pieces: int, do: Do, copies: int, count: Callable[[], None], made: dict[int, bool]) -> None:
    todo, todo_end = os.pipe()
    done, done_end = os.pipe()
    os.set_blocking(done, False)
    os.write(todo_end, b"".join(map(_NUMBER.pack, range(pieces))))
    os.close(todo_end)
    running: list[int] = []
    try:
        while len(running) < copies:
            running.append(_copy(do, todo, done_end))
        while taken := os.read(todo, _NUMBER.size):
            (number,) = _NUMBER.unpack(taken)
            made[number] = do(number)
            _read(done, made)
            count()
        while running:
            os.waitpid(running[0], 0)
            running.pop(0)
        _read(done, made)
        count()
    finally:
        for copy in running:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(copy, signal.SIGKILL)
                os.waitpid(copy, 0)
        for end in (todo, done, done_end):
            os.close(end)


def _copy(do: Do, todo: int, done: int) -> int:
    """Make a copy of this process that takes pieces until none is left; return its number."""
    parent = os.getpid()
    # An interrupt waits until it is known which of the two it meets.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    with warnings.catch_warnings():
        # Python warns of the threads of libraries too, which prepare for a fork themselves.
        warnings.simplefilter("ignore", DeprecationWarning)
        copy = os.fork()
    if copy:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return copy
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is interrupted too, and ends this one
        while os.getppid() == parent and (taken := os.read(todo, _NUMBER.size)):
            (number,) = _NUMBER.unpack(taken)
            os.write(done, _NUMBER.pack(number if do(number) else ~number))
    finally:
        os._exit(0)  # whatever is wrong: the parent does the piece again, and raises it


def _read(done: int, made: dict[int, bool]) -> None:
    """Note what the copies have reported since."""
    with contextlib.suppress(BlockingIOError):
        while reported := os.read(done, _NUMBER.size):
            (number,) = _NUMBER.unpack(reported)
            made[number if number >= 0 else ~number] = number >= 0
