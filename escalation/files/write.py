"""Writing files, whole or not at all; small tables as CSV or aligned text."""

from __future__ import annotations

import contextlib
import csv
import errno
import io
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from escalation.files.places import StoreError

PARTIAL = ".partial"


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path next to a file; flush what is written there to disk and rename it.

    A reader never meets half a file, and a failure leaves the file as it was.

    Raises
    ------
    OSError
        If it cannot be written; it names the file that was asked for.
    """
    partial = _partial(path)
    try:
        try:
            yield partial
            _flush(partial)
            partial.replace(path)
            _sync_folder(path.parent)
        finally:
            with contextlib.suppress(OSError):
                partial.unlink(missing_ok=True)
    except OSError as error:
        raise _naming(path, error) from error


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file, whole or not at all; text in UTF-8, its line ends as they are."""
    with replacing(path) as partial:
        partial.write_bytes(_encoded(content))


def write_files(folder: Path, contents: Mapping[str, str | bytes]) -> list[Path]:
    """Write files that belong together into a folder, made if it is missing: all of them or none.

    Nothing gets its name before everything is on the disk, so that a full disk leaves the files, and the
    absence of the folder, as they were.

    Raises
    ------
    OSError
        If one cannot be written; it names that file.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    staged: dict[Path, Path] = {}
    at = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in contents.items():
            at = folder / name
            staged[at] = _partial(at)
            staged[at].write_bytes(_encoded(content))
            _flush(staged[at])
        for at, partial in staged.items():
            partial.replace(at)
        _sync_folder(folder)
    except OSError as error:
        raise _naming(at, error) from error
    finally:
        with contextlib.suppress(OSError):
            for partial in staged.values():
                partial.unlink(missing_ok=True)
            for made in missing:
                made.rmdir()  # stops at the first that is not empty
    return list(staged)


def _partial(path: Path) -> Path:
    # Threads and processes that write the same file at once do not meet.
    return path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}{PARTIAL}")


def _encoded(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


def _flush(path: Path) -> None:
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _naming(path: Path, error: OSError) -> OSError:
    """Return an error with the file that was asked for, which the user knows."""
    return OSError(error.errno, error.strerror or str(error), str(path))


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every file system lets a folder be opened
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextlib.contextmanager
def refusing(path: Path) -> Iterator[None]:
    """Turn the failure to read or write a file or folder into a StoreError that says what to do."""
    try:
        yield
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        if error.errno in _FULL:
            todo = "what is complete stays. Make room, then give the same command again"
        else:
            todo = "give a folder that can be read and written; what is complete stays"
        raise StoreError(f"{error.filename or path}: {reason}; {todo}") from error


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
    """Return rows as lines with aligned columns, the last `right` of them to the right."""
    cut = [[text if len(text) <= WIDEST else text[: WIDEST - 1] + "…" for text in row] for row in rows]
    widths = [max(len(row[place]) for row in cut) for place in range(len(cut[0]))]
    first_right = len(widths) - right
    lines = []
    for row in cut:
        places = zip(row, widths, range(len(widths)), strict=True)
        texts = [text.rjust(width) if at >= first_right else text.ljust(width) for text, width, at in places]
        lines.append("  ".join(texts).rstrip())
    return lines
