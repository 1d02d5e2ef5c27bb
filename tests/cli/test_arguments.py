"""Argument types and checks of output paths: what is read, and what is refused with what is allowed."""

from __future__ import annotations

import argparse
import errno
from pathlib import Path

import pytest

from escalation.cli import arguments
from escalation.cli.arguments import BadInputError, check_writable, dyad, folder, shard, whole, writable_file
from escalation.engine import batch


def test_whole_numbers_from_the_least_to_below_the_limit() -> None:
    parse = whole(2**64, least=1)
    assert [parse(text) for text in ("1", "007", str(2**64 - 1))] == [1, 7, 2**64 - 1]
    for text in ("0", str(2**64), "-1", "1.0", "", "²", " 1", "1" * 21):
        with pytest.raises(
            argparse.ArgumentTypeError, match="is not a whole number from 1 to 18446744073709551615"
        ):
            parse(text)


def test_shards_count_from_one() -> None:
    assert [shard(text) for text in ("1/1", "2/8", "8/8")] == [(1, 1), (2, 8), (8, 8)]
    for text in ("0/8", "9/8", "1/0", "1", "1/2/3", "-1/2", "a/b"):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a shard i/n"):
            shard(text)


def test_a_pair_is_two_different_states() -> None:
    assert dyad("750-770") == (750, 770)
    for text in ("750", "750-750", "750-7700", "750–770", "a-b"):
        with pytest.raises(argparse.ArgumentTypeError, match="is not a pair of states"):
            dyad(text)


def test_a_folder_has_a_name() -> None:
    assert folder("a/b") == Path("a/b")
    with pytest.raises(argparse.ArgumentTypeError, match="empty name"):
        folder("")


def test_a_check_of_a_folder_makes_nothing(tmp_path: Path) -> None:
    check_writable(tmp_path / "a" / "b")
    writable_file(tmp_path / "c")
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"--there .*taken is a file; give a folder"):
        check_writable(taken, "--there")
    with pytest.raises(BadInputError, match="give a folder that can be written"):
        check_writable(taken / "below")
    with pytest.raises(BadInputError, match="give a file that can be written"):
        writable_file(tmp_path)
    writable_file(taken)
    assert taken.read_text(encoding="utf-8") == "mine"


def test_a_folder_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(dir: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(dir))

    monkeypatch.setattr(arguments.tempfile, "TemporaryFile", denied)
    with pytest.raises(BadInputError, match="permission denied"):
        check_writable(tmp_path / "below")


def test_notes_go_to_standard_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments.print_lines(["a", "b"])
    arguments.print_notes(["c"])
    monkeypatch.setattr(batch, "batch_is_compiled", lambda: True)
    arguments.say_compiling()
    assert capsys.readouterr() == ("a\nb\n", "escalation: c\n")
    monkeypatch.setattr(batch, "batch_is_compiled", lambda: False)
    arguments.say_compiling()
    assert capsys.readouterr().err.startswith("Compiling the rules")
