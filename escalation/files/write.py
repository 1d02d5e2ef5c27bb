"""What is written: whole or not at all, by one atomic write; small tables as CSV or aligned text."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from escalation.files.places import StoreError


def write_beside(path: Path, data: bytes) -> None:
    """Write a file beside its name, bring it to the disk, and rename it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.beside")
    try:
        try:
            with beside.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
            _sync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
    except OSError as error:
        raise _refused(error, path) from error


def _bytes_of(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every file system lets a folder be opened
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise _refused(error, folder) from error


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def _refused(error: OSError, path: Path) -> StoreError:
    reason = (error.strerror or str(error)).lower()
    if error.errno in _FULL:
        todo = "what is complete stays. Make room, then give the same command again"
    else:
        todo = "give a folder that can be read and written; what is complete stays"
    return StoreError(f"{path}: {reason}; {todo}")


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Say of a file or folder that cannot be read or written why, and what to do."""
    try:
        yield
    except OSError as error:
        raise _refused(error, Path(error.filename or path)) from error


Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """Column names and rows of one table."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> str:
        """Return the table as CSV text: floats with nine significant digits, nothing for None."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows([_text(cell) for cell in row] for row in self.rows)
        return text.getvalue()


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    return f"{cell:.9g}" if isinstance(cell, float) else str(cell)


WIDEST = 24


def aligned(rows: Sequence[Sequence[str]], right: int = 0) -> list[str]:
    """Return rows as lines with columns under one another; the last `right` columns stand right."""
    cut = [[text if len(text) <= WIDEST else text[: WIDEST - 1] + "…" for text in row] for row in rows]
    widths = [max(len(row[place]) for row in cut) for place in range(len(cut[0]))]
    first_right = len(widths) - right
    lines = []
    for row in cut:
        places = zip(row, widths, range(len(widths)), strict=True)
        texts = [text.rjust(width) if at >= first_right else text.ljust(width) for text, width, at in places]
        lines.append("  ".join(texts).rstrip())
    return lines
