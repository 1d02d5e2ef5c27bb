"""The marks of compiled functions: compile with numba, and never serve a stale compilation.

`@rule`, `@phrase` and `@seldom` compile a function and differ in how it becomes part of its callers;
`@reader` marks a short function that stays plain Python for callers in Python. `sum_of` and `writer_of`
make functions from the declaration of a utility's terms.

numba caches a compiled function under a stamp of its own file only, so that an edit of a rule in
another file would leave its compiled callers stale. Every rule is therefore cached in a folder
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
from typing import Any, TypeVar, cast, get_type_hints

import numba
import platformdirs
from numba.core import types
from numba.core.dispatcher import Dispatcher

F = TypeVar("F", bound=Callable[..., Any])
Form = TypeVar("Form", bound=tuple[Any, ...])

_PACKAGE = Path(__file__).parent.parent
_KEPT_FOLDERS = 8
_MARK = ".compiled-rules-of-escalation"
"""A file by which a folder is known as ours: a name alone could be anybody's."""


def source_hash() -> str:
    """Return a hash of every source file that has rules in it, and of the numbers they may use."""
    digest = hashlib.sha256()
    sources = [path for folder in ("rules", "engine") for path in sorted((_PACKAGE / folder).glob("*.py"))]
    for path in [_PACKAGE / "vocabulary.py", *sources]:
        text = path.read_bytes()
        if b"rules.compiled import" in text or path.name in ("vocabulary.py", "state.py", "compiled.py"):
            digest.update(path.name.encode() + b"\0" + text)
    return digest.hexdigest()[:16]


def cache_folder() -> Path | None:
    """Return the folder of compiled rules for today's sources, or None where none can be written."""
    root = os.environ.get("NUMBA_CACHE_DIR")
    base = Path(root) if root else Path(platformdirs.user_cache_dir("escalation", appauthor=False))
    folder = base / f"rules-{source_hash()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / _MARK).touch()
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError:
        return None
    _drop_old_folders(base, folder)
    return folder


def _drop_old_folders(base: Path, today: Path) -> None:
    others = [path for path in base.glob("rules-*") if path != today and (path / _MARK).is_file()]
    others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
    for path in others[_KEPT_FOLDERS - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


_FOLDER = cache_folder()

# Rules read and write arrays that their caller keeps alive, and make none: without reference counts
# (`_nrt`) a call costs a tenth. They release the interpreter, so that threads run them side by side.
# Nobody calls them as C functions.
_OPTIONS: dict[str, Any] = {"_nrt": False, "nogil": True, "no_cfunc_wrapper": True, "error_model": "numpy"}
_AS_PART: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True}
_CONFIG: Any = numba.config  # its names are set at run time


class Compiled:
    """A compiled function: one compilation for callers in Python, another for rules that use it.

    To be called from Python a function needs a wrapper that unpacks every table of parameters and
    state, which takes longer to compile than most rules: with a wrapper for each of its rules, the
    batch driver would take half as long again.
    """

    def __init__(self, function: Callable[..., Any], for_python: Any, part: Dispatcher) -> None:
        functools.update_wrapper(self, function)
        self.py_func = function
        self.for_python = for_python
        self.part = part
        # From these two numba takes the type of a call within a rule, and whether to inline it there.
        self._numba_type_ = types.Dispatcher(part)
        self.targetoptions = part.targetoptions

    def __call__(self, *args: Any) -> Any:
        """Call it from Python; it is compiled on the first call."""
        return self.for_python(*args)


def rule(function: F) -> F:
    """Compile a rule on first use, into its callers too, and keep it for other processes if possible.

    A call would cost more than most rules, since it hands on every table of parameters and state.
    """
    return _compiled(function, forceinline=True)


def phrase(function: F) -> F:
    """Compile as part of its callers only: for functions that are short or have one caller.

    A function that is compiled separately costs a tenth of a second or more for each separately compiled
    function that calls it.
    """
    return _compiled(function, inline="always")


def seldom(function: F) -> F:
    """Compile as `rule` does what runs only now and then, and leave it out of its callers."""
    return _compiled(function)


def reader(function: F) -> F:
    """Let rules use a short function as a part of themselves, and Python call it as it is.

    For functions that return a record: numba would convert it through Python code, in which an interrupt
    would crash the process.
    """
    return _as_part(function)


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
    return _as_part(cast("Callable[..., Any]", function))


def _as_part(function: F) -> F:
    if _CONFIG.DISABLE_JIT:
        return function
    part = numba.njit(inline="always", **_AS_PART)(function)
    return cast(F, Compiled(function, function, part))


def _compiled(function: F, **more: Any) -> F:
    if _CONFIG.DISABLE_JIT:
        return function
    for_python = _kept(function, "for_python", _OPTIONS)
    part = _kept(function, "parts", {**_AS_PART, **more})
    return cast(F, Compiled(function, for_python, part))


def _kept(function: Callable[..., Any], folder: str, options: dict[str, Any]) -> Any:
    """Compile on first use, and keep in a folder of its own: numba would take one kind for the other."""
    if _FOLDER is None:
        return numba.njit(**options)(function)
    theirs = _CONFIG.CACHE_DIR
    _CONFIG.CACHE_DIR = str(_FOLDER / folder)
    try:
        return numba.njit(cache=True, **options)(function)
    finally:
        _CONFIG.CACHE_DIR = theirs


def is_compiled(function: Callable[..., Any]) -> bool:
    """Return whether a compilation of this rule is cached, so that a call will be quick."""
    if not isinstance(function, Compiled):
        return True
    if function.for_python.signatures:
        return True
    return _FOLDER is not None and any((_FOLDER / "for_python").rglob(f"*.{function.py_func.__name__}-*.nbc"))
