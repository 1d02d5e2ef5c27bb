"""What commands share: reading their arguments, printing lines, saying what is wrong with either."""

from __future__ import annotations

import argparse
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path

BAD_INPUT = 2
INTERRUPTED = 130


class BadInputError(Exception):
    """Something that the user gave is wrong; the text is the line that says what and what is allowed."""


def whole(limit: int, least: int = 0) -> Callable[[str], int]:
    """Return what reads a whole number from `least` to below the limit."""

    def parse(text: str) -> int:
        plain = text.isascii() and text.isdigit() and len(text) <= 20
        number = int(text) if plain else -1
        if not least <= number < limit:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from {least} to {limit - 1}")
        return number

    return parse


def folder(text: str) -> Path:
    """Read the name of a folder."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; give a folder")
    return Path(text)


def shard(text: str) -> tuple[int, int]:
    """Read i/n, a share of a sweep."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    index, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= index <= of:
        raise argparse.ArgumentTypeError(f"{text!r} is no share i/n, as 2/8; i from 1 to n")
    return index, of


def check_writable(out: Path, option: str = "--out") -> None:
    """Find out before the work, not after it, that its results could not be kept."""
    if out.is_file():
        raise BadInputError(f"{option} {out} is a file; give a folder")
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=out):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInputError(f"{option} {out}: {reason}; give a folder that can be written") from error


def writable_file(out: Path) -> None:
    """Find out before the work, not after it, that its result could not be kept."""
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
