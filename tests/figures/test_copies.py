"""Work shared with copies of the process: all of it is done once, whoever is ended on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from escalation.figures.copies import can_copy, shared_out

FORKS = pytest.mark.skipif(sys.platform != "linux", reason="copies are made on Linux only")


CODE = """
import os, sys, time
from escalation.figures.copies import shared_out

def do(number):
    os.write(1, b"%d\\n" % os.getpid())
    time.sleep({seconds})
    return True

shared_out({pieces}, do, {copies}, lambda done: None)
"""


def noting(folder: Path, seconds: float = 0.02):
    """Return work that leaves the number of the process that did it; every third piece makes nothing."""

    def do(number: int) -> bool:
        time.sleep(seconds)
        with (folder / str(number)).open("a") as file:
            file.write(f"{os.getpid()}\n")
        return number % 3 != 2

    return do


@pytest.mark.parametrize(("pieces", "copies"), [(0, 2), (1, 2), (2, 1), (12, 0), (12, 1), (12, 3), (300, 2)])
def test_every_piece_is_done_once(tmp_path: Path, pieces: int, copies: int) -> None:
    heard: list[int] = []
    made = shared_out(pieces, noting(tmp_path, 0.001), copies, heard.append)
    assert made == [number for number in range(pieces) if number % 3 != 2]
    done = {path.name: path.read_text().split() for path in tmp_path.iterdir()}
    assert set(done) == {str(number) for number in range(pieces)}
    assert all(len(by) == 1 for by in done.values())
    assert heard == list(range(1, pieces + 1))


@FORKS
def test_copies_take_a_part_of_the_work() -> None:
    """In a process of its own: this one may have other threads."""
    code = CODE.format(pieces=12, copies=2, seconds=0.05)
    completed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    by = completed.stdout.split()
    assert (len(by), len(set(by))) == (12, 3)


@FORKS
@pytest.mark.parametrize("ended", [True, False])
def test_what_a_copy_leaves_undone_is_done_here(tmp_path: Path, ended: bool) -> None:
    here = os.getpid()

    def do(number: int) -> bool:
        time.sleep(0.02)
        if os.getpid() != here:
            if ended:
                os.kill(os.getpid(), signal.SIGKILL)
            raise ValueError(number)
        (tmp_path / str(number)).touch()
        return True

    assert shared_out(6, do, 2, lambda done: None) == list(range(6))
    assert len(list(tmp_path.iterdir())) == 6


FAILING = """
import os
from escalation.figures.copies import shared_out

def do(number):
    raise ValueError("piece")

try:
    shared_out(4, do, 2, lambda done: None)
except ValueError:
    print("raised")
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("alone")
"""


@FORKS
def test_an_error_is_raised_here_and_leaves_no_copy() -> None:
    completed = subprocess.run([sys.executable, "-c", FAILING], capture_output=True, text=True, check=True)
    assert completed.stdout.split() == ["raised", "alone"]


def test_a_process_with_other_threads_is_not_copied(tmp_path: Path) -> None:
    goes_on = threading.Event()
    thread = threading.Thread(target=goes_on.wait)
    thread.start()
    try:
        assert not can_copy()
        assert shared_out(3, noting(tmp_path), 2, lambda done: None) == [0, 1]
    finally:
        goes_on.set()
        thread.join()
    assert {path.read_text().strip() for path in tmp_path.iterdir()} == {str(os.getpid())}


def has_ended(process: int) -> bool:
    """Return whether a process has ended, though nobody may have asked yet how."""
    try:
        return "State:\tZ" in Path(f"/proc/{process}/status").read_text()
    except FileNotFoundError:
        return True


@FORKS
@pytest.mark.parametrize(("sign", "forever"), [(signal.SIGINT, True), (signal.SIGKILL, False)])
def test_no_copy_outlives_a_process_that_is_ended(sign: signal.Signals, forever: bool) -> None:
    """Ctrl-C reaches all processes of a terminal; a kill only the one, whose copy ends with its piece."""
    running = subprocess.Popen(
        [sys.executable, "-c", CODE.format(pieces=8, copies=1, seconds=60 if forever else 0.3)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True,
    )  # fmt: skip
    assert running.stdout is not None
    found = {int(running.stdout.readline()) for _ in range(2)}
    assert len(found) == 2
    if sign == signal.SIGINT:
        os.killpg(running.pid, sign)
    else:
        running.kill()
    # The copy holds the other end of the pipe too: it ends when both have.
    running.communicate(timeout=20)
    assert running.returncode != 0
    end = time.monotonic() + 20
    while not all(map(has_ended, found)):
        assert time.monotonic() < end
        time.sleep(0.01)
