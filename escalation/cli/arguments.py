"""Shared by the commands: argument types, checks of output paths, and printing."""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

BAD_INPUT = 2
INTERRUPTED = 130


class BadInputError(Exception):
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


def folder(text: str) -> Path:
    """Read the name of a folder."""
    if not text:
        raise argparse.ArgumentTypeError("empty name; give a folder")
    return Path(text)


def shard(text: str) -> tuple[int, int]:
    """Read i/n, a shard of a sweep."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    index, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= of:
        raise argparse.ArgumentTypeError(f"{text!r} is not a shard i/n, such as 2/8; i from 1 to n")
    return index, of


def check_writable(out: Path, option: str = "--out") -> None:
    """Raise before the work, rather than after it, if its results cannot be written."""
    if out.is_file():
        raise BadInputError(f"{option} {out} is a file; give a folder")
    try:
        # Nothing is made yet: a command that ends in an error leaves no folder behind.
        existing = next(path for path in (out, *out.absolute().parents) if path.exists())
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInputError(f"{option} {out}: {reason}; give a folder that can be written") from error


def writable_file(out: Path) -> None:
    """Raise before the work, rather than after it, if its result cannot be written."""
    try:
        with out.open("ab"):
            pass
        if not out.stat().st_size:
            out.unlink()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInputError(f"--out {out}: {reason}; give a file that can be written") from error


def print_lines(lines: Iterable[str]) -> None:
    """Print lines on standard output."""
    for line in lines:
        print(line)


def print_notes(notes: Iterable[str]) -> None:
    """Print remarks on standard error."""
    for note in notes:
        print(f"escalation: {note}", file=sys.stderr)


def say_compiling(one_crisis: bool = False) -> None:
    """Announce on standard error that the rules are about to be compiled, if they are.

    One crisis is played by the Mesa model and many by the batch driver, each with its own compilation.
    """
    from escalation.crisis.wording import COMPILING

    if one_crisis:
        from escalation.crisis.play import rules_are_compiled as is_compiled
    else:
        from escalation.engine.batch import batch_is_compiled as is_compiled
    if not is_compiled():
        print(COMPILING, file=sys.stderr)


def dyad(text: str) -> tuple[int, int]:
    """Read a pair of states by their Correlates of War numbers."""
    found = re.fullmatch(r"([0-9]{1,3})-([0-9]{1,3})", text)
    if not found or int(found[1]) == int(found[2]):
        wanted = "give two Correlates of War numbers, such as 750-770 for India and Pakistan"
        raise argparse.ArgumentTypeError(f"{text!r} is not a pair of states; {wanted}")
    return int(found[1]), int(found[2])
