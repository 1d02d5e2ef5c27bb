"""Argument types and checks of output paths: what is read, and what is refused with what is allowed."""

from __future__ import annotations

import argparse
import errno
import io
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from escalation.cli import arguments
from escalation.cli.arguments import (
    BadInputError,
    add_out_file,
    add_out_folder,
    add_replications,
    add_seed,
    dyad,
    new_file,
    new_folder,
    path,
    seed,
    shard,
    whole,
)
from escalation.engine import batch
from escalation.vocabulary import DEFAULT_SEED


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


def test_a_path_has_a_name() -> None:
    assert path("a/b") == Path("a/b")
    with pytest.raises(argparse.ArgumentTypeError, match="empty name"):
        path("")


def test_a_seed_is_given_or_drawn() -> None:
    assert seed("7") == 7
    assert 0 <= seed("random") < 2**64
    with pytest.raises(argparse.ArgumentTypeError, match="is not a whole number"):
        seed("Random")


def declared(declare: Callable[[argparse.ArgumentParser], None], *given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    declare(parser)
    return parser.parse_args(given)


def test_shared_options_have_one_meaning_and_documented_defaults() -> None:
    assert declared(add_seed).seed == DEFAULT_SEED == 1
    assert declared(lambda parser: add_replications(parser, 20, "crises", 30)).replications == 20
    with pytest.raises(SystemExit):
        declared(lambda parser: add_replications(parser, 20, "crises", 30), "--replications", "31")


@pytest.mark.parametrize("add", [add_out_folder, add_out_file])
def test_out_is_exact_and_its_default_a_path_or_a_description(add: Callable[..., None]) -> None:
    assert declared(lambda parser: add(parser, Path("a"))).out == Path("a")
    assert declared(lambda parser: add(parser, "what there is")).out is None
    found = declared(lambda parser: add(parser, Path("a")), "--out", "b", "--force")
    assert (found.out, found.force) == (Path("b"), True)


def test_a_check_of_a_place_makes_nothing(tmp_path: Path) -> None:
    new_folder(tmp_path / "a" / "b", force=False)
    new_file(tmp_path / "c" / "d", force=False)
    assert list(tmp_path.iterdir()) == []


def test_what_exists_is_replaced_on_request_only(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    new_folder(tmp_path / "empty", force=False)
    (tmp_path / "empty").mkdir()
    new_folder(tmp_path / "empty", force=False)
    with pytest.raises(BadInputError, match=r"--there .* exists already; give a new folder, or --force"):
        new_folder(tmp_path, force=False, option="--there")
    with pytest.raises(BadInputError, match=r"--there .*taken exists already; give a new file, or --force"):
        new_file(taken, force=False, option="--there")
    new_folder(tmp_path, force=True)
    new_file(taken, force=True)
    assert taken.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("force", [False, True])
def test_what_cannot_be_written_is_refused(force: bool, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("mine", encoding="utf-8")
    with pytest.raises(BadInputError, match=r"--there .*taken is a file; give a folder"):
        new_folder(taken, force, "--there")
    with pytest.raises(BadInputError, match=r"is a folder; give a file"):
        new_file(tmp_path, force)
    with pytest.raises(BadInputError, match="give a folder that can be written"):
        new_folder(taken / "below", force)
    with pytest.raises(BadInputError, match="give a file that can be written"):
        new_file(taken / "below", force)


def test_a_folder_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(dir: Path) -> None:
        raise PermissionError(errno.EACCES, "Permission denied", str(dir))

    monkeypatch.setattr("tempfile.TemporaryFile", denied)
    for check in (new_folder, new_file):
        with pytest.raises(BadInputError, match="permission denied"):
            check(tmp_path / "below", force=False)


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


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_counts_the_seconds_until_the_rules_are_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    answers = iter([False, False, False, True])
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr(batch, "batch_is_compiled", lambda: next(answers))
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    arguments.say_compiling()
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(5.0)
    *lines, rest = terminal.getvalue().split("\n")
    assert (len(lines), rest) == (3, "")
    assert [line.rpartition(" 20 seconds. ")[2] for line in lines[1:]] == ["1 s", "2 s"]
    assert max(len(line.removeprefix("\x1b[1A\r\x1b[2K")) for line in lines) < 80
