"""Shared by the commands: argument types, checks of output paths, and printing."""

from __future__ import annotations

import argparse
import itertools
import os
import re
import shlex
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from escalation.files.places import EscalationError, one_line

if TYPE_CHECKING:
    from escalation.scenario.load import FileKind

BAD_INPUT = 2
INTERRUPTED = 130


class BadInputError(EscalationError):
    """The user's input is wrong; the message says what is wrong and what is allowed."""


def whole(limit: int, least: int = 0) -> Callable[[str], int]:
    """Return an argument type: whole numbers from `least` to below the limit."""

    def parse(text: str) -> int:
        plain = text.isascii() and text.isdigit() and len(text) <= 20
        number = int(text) if plain else -1
        if not least <= number < limit:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {least} to {limit - 1}")
        return number

    return parse


def path(text: str) -> Path:
    """Read the name of a file or folder."""
    if not text:
        raise argparse.ArgumentTypeError("empty name; give a file or folder")
    return Path(text)


def shard(text: str) -> tuple[int, int]:
    """Read i/n, a shard of a sweep."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    index, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= of:
        raise argparse.ArgumentTypeError(f"{text!r} is not a shard i/n, such as 2/8; i from 1 to n")
    return index, of


def add_seed(parser: argparse.ArgumentParser, of: str = "the crisis", otherwise: str = "") -> None:
    """Declare `--seed`, which every command that draws has, with the same default.

    Where the file that is given may have a seed of its own, `otherwise` says so, and none is filled in.
    """
    from escalation.vocabulary import DEFAULT_SEED

    ends = f" (default {otherwise or DEFAULT_SEED})"
    parser.add_argument(
        "--seed", type=seed, default=None if otherwise else DEFAULT_SEED, metavar="N",
        help=f"random numbers of {of}: 0 to 2^64-1, or 'random'{ends}",
    )  # fmt: skip


def seed(text: str) -> int:
    """Read a seed; `random` draws one from the operating system."""
    if text == "random":
        return int.from_bytes(os.urandom(4), "little")
    return whole(2**64)(text)


def add_replications(
    parser: argparse.ArgumentParser, default: int | None, of: str, most: int, least: int = 1
) -> None:
    """Declare `--replications`, the number of simulated crises."""
    ends = "" if default is None else f" (default {default})"
    parser.add_argument(
        "--replications", type=whole(most + 1, least), default=default, metavar="N", help=f"{of}{ends}"
    )


def add_out_folder(parser: argparse.ArgumentParser, default: Path | str, is_required: bool = False) -> None:
    """Declare `--out DIR`, exactly the folder that a command writes its files into, and `--force`.

    A default that is a path is taken; words tell the user what the command will choose.
    """
    _add_out(parser, "DIR", "folder to write into", default, is_required)
    parser.add_argument(
        "--force", action="store_true", help="write though --out exists; files of the same names are replaced"
    )


def add_out_file(parser: argparse.ArgumentParser, default: Path | str, is_required: bool = False) -> None:
    """Declare `--out FILE`, exactly the file that a command writes, and `--force`.

    A default that is a path is taken; words tell the user what the command will choose.
    """
    _add_out(parser, "FILE", "file to write", default, is_required)
    parser.add_argument("--force", action="store_true", help="replace a file that exists")


def _add_out(
    parser: argparse.ArgumentParser, kind: str, does: str, default: Path | str, is_required: bool
) -> None:
    ends = "" if is_required else f" (default {default})"
    parser.add_argument(
        "--out", type=path, required=is_required, metavar=kind, help=f"{does}{ends}",
        default=default if isinstance(default, Path) else None,
    )  # fmt: skip


def new_folder(out: Path, force: bool, option: str = "--out") -> None:
    """Raise, before the work rather than after it, if a folder of results exists or cannot be written.

    An empty folder counts as new. Nothing is made yet, so a command that ends in an error leaves no folder.
    """
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{option} {out} is a file; give a folder")
    with _writable(out, option, "folder"):
        _try(next(path for path in (out, *out.absolute().parents) if path.exists()))
        if not force and out.is_dir() and any(out.iterdir()):
            raise BadInputError(f"{option} {out} exists already; give a new folder, or --force to replace it")


def new_file(out: Path, force: bool, option: str = "--out") -> None:
    """Raise, before the work rather than after it, if a file of results exists or cannot be written."""
    if out.is_dir():
        raise BadInputError(f"{option} {out} is a folder; give a file")
    if out.exists() and not force:
        raise BadInputError(f"{option} {out} exists already; give a new file, or --force to replace it")
    with _writable(out, option, "file"):
        _try(next(path for path in out.absolute().parents if path.exists()))


def _try(folder: Path) -> None:
    from tempfile import TemporaryFile

    with TemporaryFile(dir=folder):
        pass


@contextmanager
def _writable(out: Path, option: str, kind: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInputError(f"{option} {out}: {reason}; give a {kind} that can be written") from error


INSTEAD: dict[FileKind, tuple[str, str]] = {
    "scenario": ("a scenario", "to simulate it: escalation run {}"),
    "experiment": ("an experiment", "to run it: escalation sweep {}"),
    "weights": ("a set of weights", "to use it: escalation run SCENARIO --set weights={}"),
    "ladder": ("a ladder", "to print it: escalation ladder {}"),
    "lesson": ("a lesson", "to open it: escalation app SCENARIO --lesson {}"),
    "results": (
        "a folder of results",
        "to replay a crisis of it: escalation run --from {0} --cell 0;"
        " to redraw its figures: escalation plot {0}",
    ),
    "run": ("a folder of one run", "to repeat it: escalation run {0}"),
}
"""What each kind of file is called, and what can be done with it."""


def of_another_kind(source: str | Path, *wanted: FileKind) -> str | None:
    """Return a line for the user if a file is of none of the kinds wanted: what it is, and what takes it."""
    from escalation.scenario.load import kind_of_source

    kind = kind_of_source(source)
    if kind is None or kind in wanted:
        return None
    called, todo = INSTEAD[kind]
    named = Path(source)
    folder = named.parent if named.name == "manifest.json" else named
    says = f"{source} is {called}, not {INSTEAD[wanted[0]][0]}"
    return one_line(f"escalation: {says}; {todo.format(shlex.quote(str(folder)))}")


def print_lines(lines: Iterable[str]) -> None:
    """Print lines on standard output."""
    for line in lines:
        print(line)


def print_notes(notes: Iterable[str]) -> None:
    """Print remarks on standard error."""
    for note in notes:
        print(f"escalation: {note}", file=sys.stderr)


def say_compiling(at_once: bool = True, is_compiled: Callable[[], bool] | None = None) -> None:
    """Announce on standard error that the rules are about to be compiled for many crises, if they are.

    A terminal shows the seconds passed, if the command does so at once, before it says anything else. The
    driver of a batch is compiled unless another is asked about.
    """
    from escalation.crisis.wording import COMPILING
    from escalation.engine.batch import batch_is_compiled

    is_ready = is_compiled or batch_is_compiled
    if not is_ready():
        print(COMPILING, file=sys.stderr, flush=True)
        if at_once and sys.stderr.isatty():
            threading.Thread(target=_count_seconds, args=(sys.stderr, is_ready), daemon=True).start()


def _count_seconds(terminal: TextIO, is_ready: Callable[[], bool]) -> None:
    """Count seconds at the end of the line above until the rules are compiled."""
    from escalation.crisis.wording import COMPILING

    for seconds in itertools.count(1):
        time.sleep(1.0)
        if is_ready():
            return
        terminal.write(f"\x1b[1A\r\x1b[2K{COMPILING} {seconds} s\n")
        terminal.flush()


def dyad(text: str) -> tuple[int, int]:
    """Read a pair of states by their Correlates of War numbers."""
    found = re.fullmatch(r"([0-9]{1,3})-([0-9]{1,3})", text)
    if not found or int(found[1]) == int(found[2]):
        wanted = "give two Correlates of War numbers, such as 750-770 for India and Pakistan"
        raise argparse.ArgumentTypeError(f"{text!r} is not a pair of states; {wanted}")
    return int(found[1]), int(found[2])
