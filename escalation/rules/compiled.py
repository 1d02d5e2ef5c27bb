"""The marks of rules, which play one crisis as plain Python and many as machine code.

`@rule`, `@phrase` and `@seldom` mark a function as part of compiled ones, and differ in how it becomes part
of them; called from Python it runs as written. `@entry` marks what plays many crises or reads many records:
the only functions that are compiled when Python calls them. `sum_of` and `writer_of` make functions from the
declaration of a utility's terms. `escalation.rules.compiler` compiles, and is imported when it is first
needed: a single crisis takes less time than importing a compiler.

numba caches a compiled function under a stamp of its own file only, so that an edit of a rule in
another file would leave its compiled callers stale. Every entry is therefore cached in a folder
named by a hash of all sources that may be compiled: an edit anywhere makes a new folder.
"""

from __future__ import annotations

import functools
import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, ParamSpec, TypeVar, cast, get_type_hints

F = TypeVar("F", bound=Callable[..., Any])
P = ParamSpec("P")
R = TypeVar("R")
Form = TypeVar("Form", bound=tuple[Any, ...])

_PACKAGE = Path(__file__).parent.parent
_KEPT_FOLDERS = 8
_MARK = ".compiled-rules-of-escalation"
"""A file by which a folder is known as ours: a name alone could be anybody's."""


_ALWAYS_HASHED = ("vocabulary.py", "state.py", "records.py", "compiled.py", "compiler.py")


PARTS: dict[Callable[..., Any], dict[str, Any]] = {}
"""All functions that are marked, with numba's options for how each becomes part of its callers."""
TABLES: list[type[tuple[Any, ...]]] = []
"""The named tuples that compiled functions hand on as one address."""


def source_hash() -> str:
    """Return a hash of every source file that has rules in it, and of the numbers they may use."""
    digest = hashlib.sha256()
    sources = [path for folder in ("rules", "engine") for path in sorted((_PACKAGE / folder).glob("*.py"))]
    for path in [_PACKAGE / "vocabulary.py", *sources]:
        text = path.read_bytes()
        if b"rules.compiled import" in text or path.name in _ALWAYS_HASHED:
            digest.update(path.name.encode() + b"\0" + text)
    return digest.hexdigest()[:16]


_SOURCES = source_hash()
"""Of what is loaded: a source may be edited before the first call compiles it."""


def folder_of_today() -> Path:
    """Return the folder of compiled rules for today's sources, whether it exists or not."""
    root = os.environ.get("NUMBA_CACHE_DIR")
    if root:
        return Path(root) / f"rules-{_SOURCES}"
    import platformdirs

    return Path(platformdirs.user_cache_dir("escalation", appauthor=False)) / f"rules-{_SOURCES}"


def cache_folder() -> Path | None:
    """Make the folder of compiled rules for today's sources; return None where none can be written."""
    folder = folder_of_today()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return None
    _drop_old_folders(folder.parent, folder)
    return folder


def _drop_old_folders(base: Path, today: Path) -> None:
    others = [path for path in base.glob("rules-*") if path != today and (path / _MARK).is_file()]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[_KEPT_FOLDERS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def rule(function: F) -> F:
    """Mark a rule: its machine code is merged into that of its callers."""
    return _part(function, forceinline=True)


def phrase(function: F) -> F:
    """Mark what is short, or returns a record: it is written into its callers before they are compiled."""
    return _part(function, inline="always")


def seldom(function: F) -> F:
    """Mark what is long or runs only now and then: its callers call it."""
    return _part(function)


def _part(function: F, **options: Any) -> F:
    PARTS[function] = options
    return function


class Entry(Generic[P, R]):
    """A function that plays many crises or reads many records, compiled when it is first called."""

    def __init__(self, function: Callable[P, R]) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self._called: Callable[P, R] | None = None

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        """Call it; the first call compiles it, unless an earlier process has done so."""
        if self._called is None:
            self._called = self._compiled()
        return self._called(*args, **kwargs)

    def is_compiled(self) -> bool:
        """Return whether it has been compiled on this machine, for these sources, so that a call is quick."""
        if getattr(self._called, "signatures", ()) or _compiles_nothing():
            return True
        return any(folder_of_today().rglob(f"*.{self.py_func.__name__}-*.nbc"))

    def _compiled(self) -> Callable[P, R]:
        if _compiles_nothing():
            return self.py_func
        from escalation.rules import compiler

        return cast("Callable[P, R]", compiler.compiled(self.py_func, PARTS, TABLES, cache_folder()))


def entry(function: Callable[P, R]) -> Entry[P, R]:
    """Mark a function that is compiled when it is called from Python, with all the rules that it uses."""
    return Entry(function)


def _compiles_nothing() -> bool:
    return os.environ.get("NUMBA_DISABLE_JIT", "0") not in ("", "0")


def tables(form: type[Form]) -> type[Form]:
    """Mark a named tuple of arrays: compiled functions hand on its address, not each array.

    The arrays of such a tuple are replaced by nobody while a compiled function runs.
    """
    TABLES.append(form)
    return form


def sum_of(form: type[Form]) -> Callable[[Form], float]:
    """Return a function that adds the terms of a form from left to right, those of forms within it too.

    The sum is written out, from the declaration of the form: the compiler turns a loop over a tuple into
    one over memory, four times as slow; and in this order its bits are the same compiled or not.
    """
    added = " + ".join(f"terms.{place}" for place in places_of(form))
    return cast("Callable[[Form], float]", _made(f"def total(terms):\n    return {added}\n"))


def writer_of(form: type[Form], columns: Sequence[str]) -> Callable[[Form, Any], None]:
    """Return a function that writes each term of a form to its place in a row with these columns."""
    lines = ["def write(terms, row):"]
    for place in places_of(form):
        lines.append(f"    row[{columns.index(name_at(place))}] = terms.{place}")
    return cast("Callable[[Form, Any], None]", _made("\n".join(lines) + "\n"))


def places_of(form: type[Any]) -> Iterator[str]:
    """Yield where the terms of a form are, in order: `fear`, or `opinion.trust` in a form within it."""
    for name, kind in get_type_hints(form).items():
        if kind is float:
            yield name
        else:
            yield from (f"{name}.{place}" for place in places_of(kind))


def name_at(place: str) -> str:
    """Return the name of the term at a place."""
    return place.rpartition(".")[2]


def _made(source: str) -> Callable[..., Any]:
    """Make a function from its source, for rules to use as a part of themselves."""
    made: dict[str, Any] = {}
    exec(source, made)
    (function,) = (value for name, value in made.items() if name != "__builtins__")
    return phrase(cast("Callable[..., Any]", function))
