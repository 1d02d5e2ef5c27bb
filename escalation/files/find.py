"""Finding files by path or shipped name, and reading one safely."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Literal

from escalation.files.invisible import name_of, odd_in_value
from escalation.files.places import Problem, ScenarioError, did_you_mean, listed, shown

Kind = Literal["scenario", "case", "ladder", "weights", "experiment", "lesson"]

_FOLDERS: dict[Kind, str] = {
    "scenario": ".",
    "case": "history",
    "ladder": "ladders",
    "weights": "weights",
    "experiment": "experiments",
    "lesson": "lessons",
}

MOST_BYTES = 1_000_000
MOST_LISTED = 12


class NotFound(Exception):  # noqa: N818 (it is caught and reported where the name is written)
    """No file has this path or name; the arguments say what is wrong and what is allowed."""


def shipped_folder() -> Path:
    """Return the folder of the shipped scenarios, in an installed package or in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "shipped"
    return installed if installed.is_dir() else package.parent / "scenarios"


def shipped_names(kind: Kind) -> list[str]:
    """Return the names of the shipped files of one kind."""
    return sorted(path.stem for path in _shipped(kind).glob("*.yaml"))


def _searched(kind: Kind) -> tuple[Kind, ...]:
    """Return the kinds among which a name is looked up: a case of the past is a scenario, too."""
    return ("scenario", "case") if kind == "scenario" else (kind,)


def _shipped(kind: Kind) -> Path:
    """Return the folder of the shipped files of one kind; a checkout has the experiments at its top."""
    folder = shipped_folder()
    in_checkout = kind == "experiment" and folder.name != "shipped"
    return (folder.parent if in_checkout else folder) / _FOLDERS[kind]


def find(source: str | Path, kind: Kind, relative_to: Path | None = None) -> tuple[Path, str]:
    """Return the file that a path or a shipped name refers to, and its name in messages.

    Parameters
    ----------
    source
        What the user or the scenario file gives. A file of that path comes first, a shipped name second.
    relative_to
        Folder to which a path in a scenario file is relative; a path that the user types is relative
        to the working directory.

    Raises
    ------
    NotFound
        If neither exists.
    """
    text = str(source)
    if not text:
        raise NotFound(
            f"no {kind} file is named", f"a path, or one of the shipped: {listed(shipped_names(kind))}"
        )
    label = text if relative_to is None else str(relative_to / text)
    path = Path(label)
    if _mode(path):
        return path, label
    places = {name: place for place in _searched(kind) for name in shipped_names(place)}
    names = list(places)
    if isinstance(source, str) and text in places:
        return find_shipped(text, places[text])
    if _mode(path) is None:
        neighbours = [str(Path(text).parent / name) for name in _neighbours(path)]
        hint = did_you_mean(text, [*names, *neighbours])
        every = f"; `escalation {kind}s` lists all" if len(names) > MOST_LISTED else ""
        known = f"a path, or one of the shipped: {listed(names, MOST_LISTED)}{every}"
        odd = odd_in_value(text, is_plain=True)
        holds = "" if odd is None else f", which holds {name_of(text[odd])}"
        raise NotFound(
            f"there is no {kind} file {shown(text)}{holds}", " ".join(part for part in (hint, known) if part)
        )
    return path, label


def find_shipped(name: str, kind: Kind) -> tuple[Path, str]:
    """Return the shipped file of a name out of `shipped_names`, and how messages call it."""
    path = _shipped(kind) / f"{name}.yaml"
    return path, _from_here(path)


def read_text(path: Path, label: str) -> str:
    """Return the text of a file of a reasonable size in UTF-8.

    Raises
    ------
    ScenarioError
        If it is anything else, in one line.
    """
    try:
        # Not opened before it is known to be a plain file: a pipe would block, a device never end.
        if not stat.S_ISREG(path.stat().st_mode):
            kind = "a directory" if path.is_dir() else "not a regular file"
            raise ScenarioError([Problem(label, None, None, "", f"this is {kind}", "a YAML file")])
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise ScenarioError(
            [Problem(label, None, None, "", f"cannot be read: {reason}", "a YAML file")]
        ) from None
    return text_of(data, label)


def text_of(data: bytes, label: str) -> str:
    """Return bytes of a reasonable number as text in UTF-8, or raise ScenarioError."""
    if len(data) > MOST_BYTES:
        size = Problem(label, None, None, "", "the file is too large", f"at most {MOST_BYTES:,} bytes")
        raise ScenarioError([size])
    return decoded(data, label)


def decoded(data: bytes, label: str) -> str:
    """Return bytes as text in UTF-8, or raise ScenarioError with the place of the first that is none."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in data[:4]:
        raise ScenarioError(
            [Problem(label, 1, 1, "", "the file is not in UTF-8 but in UTF-16 or UTF-32", "UTF-8")]
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", errors="replace")
        line = before.count("\n") + 1
        column = len(before) - (before.rfind("\n") + 1) + 1
        byte = data[error.start]
        says = f"the byte 0x{byte:02x} is not UTF-8"
        raise ScenarioError([Problem(label, line, column, "", says, "a file saved as UTF-8")]) from None


def _mode(path: Path) -> bool | None:
    """Return whether a path is a plain file; None if there is nothing."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in it
        return None
    except OSError as error:
        return None if error.errno == errno.ENAMETOOLONG else False


def _from_here(path: Path) -> str:
    """Write a path as seen from the working directory, if it lies below."""
    try:
        return str(path.relative_to(Path.cwd()))
    except (ValueError, OSError):
        return str(path)


def _neighbours(path: Path) -> list[str]:
    """Return the names of YAML files in the folder of a path, for a "did you mean"."""
    try:
        with os.scandir(path.parent) as entries:
            names = [entry.name for entry, _ in zip(entries, range(1_000), strict=False)]
    except (OSError, ValueError):
        return []
    return sorted(name for name in names if name.endswith((".yaml", ".yml")))
