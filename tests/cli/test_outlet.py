"""Standard output and error as they break: the command does its work to the end, and says what matters."""

from __future__ import annotations

import errno
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from escalation.cli.outlet import Outlet, outlets
from tests.cli.calls import SCRIPT, environment

posix = pytest.mark.skipif(sys.platform == "win32", reason="redirections as in POSIX")


class Broken(io.RawIOBase):
    """A file that takes a few bytes and then fails."""

    def __init__(self, number: int, room: int = 3) -> None:
        self.number, self.room, self.taken = number, room, b""

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        if self.room <= 0:
            raise OSError(self.number, "broken")
        some = bytes(data)[: self.room]
        self.room -= len(some)
        self.taken += some
        return len(some)


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EIO])
def test_nobody_who_reads_is_no_error(number: int) -> None:
    raw = Broken(number)
    outlet = Outlet(raw, "standard output")
    assert [outlet.write(b"abcdef"), outlet.write(b"ghi")] == [6, 3]
    assert raw.taken == b"abc"
    assert outlet.failure() is None


def test_a_full_disk_is_remembered_by_the_name_of_the_stream() -> None:
    outlet = Outlet(Broken(errno.ENOSPC), "standard output")
    assert outlet.failure() is None
    outlet.write(b"abcdef")
    failure = outlet.failure()
    assert failure is not None
    assert (failure.errno, failure.filename) == (errno.ENOSPC, "standard output")


@pytest.mark.parametrize("wrap", [lambda raw: raw, io.BufferedWriter])
def test_all_is_written_escaped_where_it_cannot_be_shown(
    wrap: Callable[[io.RawIOBase], io.RawIOBase], monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = Broken(errno.ENOSPC, 1_000)
    stream = io.TextIOWrapper(wrap(raw), encoding="ascii")  # type: ignore[type-var]
    monkeypatch.setattr(sys, "stdout", stream)
    with outlets() as out:
        print("Ω, é and \N{GRINNING FACE}")
        assert out.failure() is None
    assert sys.stdout is stream
    assert raw.taken == b"\\u03a9, \\xe9 and \\U0001f600\n"


def test_streams_that_are_no_files_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    text = io.StringIO()
    monkeypatch.setattr(sys, "stdout", text)
    with outlets():
        assert sys.stdout is text


def in_shell(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a command of a shell, in which ESCALATION is the command line."""
    script = command.replace("ESCALATION", " ".join(SCRIPT))
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )


@posix
@pytest.mark.parametrize(
    ("redirected", "code"),
    [(">&-", 0), ("2>&-", 0), (">&- 2>&- <&-", 0), ("<&-", 0), (">/dev/full", 2), ("2>/dev/full", 0)],
)
def test_work_is_done_whatever_becomes_of_the_streams(redirected: str, code: int, tmp_path: Path) -> None:
    if "full" in redirected and not Path("/dev/full").exists():
        pytest.skip("no full device here")
    ended = in_shell(f"ESCALATION new case --out case.yaml {redirected}", tmp_path)
    assert ended.returncode == code
    text = (tmp_path / "case.yaml").read_text(encoding="utf-8")
    assert text.startswith("# A past crisis")
    assert "Written to" not in text
    says = "escalation: standard output: no space left on device\n" if code else ""
    assert ended.stderr == says


@posix
@pytest.mark.parametrize("redirected", ["2>&-", "2>/dev/full", ">&- 2>&-"])
def test_an_error_that_nobody_can_read_is_still_one(redirected: str, tmp_path: Path) -> None:
    assert in_shell(f"ESCALATION validate nowhere {redirected}", tmp_path).returncode == 2


@posix
def test_the_help_on_a_full_disk_is_an_error(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no full device here")
    ended = in_shell("ESCALATION --help >/dev/full", tmp_path)
    assert (ended.returncode, ended.stderr) == (2, "escalation: standard output: no space left on device\n")


@posix
def test_files_are_written_though_the_reader_of_a_pipe_has_left(tmp_path: Path) -> None:
    # The left side waits until the right side is gone, so that every write meets a closed pipe.
    run = "ESCALATION new case --out case.yaml"
    ended = in_shell(f"mkfifo gone; (cat gone; {run}; echo $? >code) | (exec <&-; echo >gone)", tmp_path)
    assert ended.stderr == ""
    assert (tmp_path / "code").read_text(encoding="utf-8") == "0\n"
    assert (tmp_path / "case.yaml").exists()
