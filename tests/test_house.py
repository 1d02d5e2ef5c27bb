"""The order of the house: one name for one thing, imports without a circle, a test file for each module."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import networkx

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "escalation"
LONGEST = 650
"""Lines of the longest module."""

# An entry that no longer applies fails the test.
WITHOUT_TEST_FILE = {
    "scenario/weights.py": "a list of declarations; `tests/sensitivity` moves each of the weights",
}

IDIOMS = re.compile(r"\b(?:params\.weights|params\.frame|\w+\.frame|state\.counts)\[[01]\]")
DIALECT = re.compile(
    r"\banew\b|(?<!there )\bis no (?:whole|valid|such)|\bstands? (?:twice|in no)\b"
    r"|\bcrises a cell\b|\ba row a\b|\bone a core\b|\bagainst the record\b|\belsewise\b"
    r"|\btold\b|\bbeside\b|\bfaults?\b|\bfree days\b|\b(?:same|other) luck\b"
)


@cache
def modules() -> dict[str, ast.Module]:
    """Return the modules by path below the package."""
    return {
        path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    }


def repeated(places: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return the names that are used more than once, with all places of each."""
    found = defaultdict(list)
    for name, place in places:
        found[name].append(place)
    return {name: where for name, where in found.items() if len(where) > 1}


def lines_with(pattern: re.Pattern[str], paths: Iterable[Path]) -> list[str]:
    """Return the lines in which a pattern occurs, with their places."""
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sorted(paths)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if pattern.search(line)
    ]


def test_no_two_modules_have_the_same_file_name() -> None:
    named = [(Path(path).name, path) for path in modules() if Path(path).name != "__init__.py"]
    assert repeated(named) == {}


def test_no_two_classes_have_the_same_name() -> None:
    named = [
        (node.name, path)
        for path, tree in modules().items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    ]
    assert repeated(named) == {}


def dotted(path: str) -> str:
    """Return the name under which a module is imported."""
    parts = ["escalation", *Path(path).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: str) -> set[str]:
    """Return the modules that a module imports, at the top or late in a function."""
    own = {dotted(other) for other in modules()}
    found = set()
    for node in ast.walk(modules()[path]):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            parts = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= parts if parts <= own else (parts & own) | {node.module}
    return found


@cache
def imports() -> networkx.DiGraph[str]:
    """Return which module of the package imports which."""
    names = {dotted(path) for path in modules()}
    graph = networkx.DiGraph()
    for path in modules():
        graph.add_edges_from((dotted(path), name) for name in imported(path) & names)
    return graph


def test_imports_are_all_absolute() -> None:
    """A relative import would escape the check for circles."""
    relative = [
        path
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_imports_have_no_circle() -> None:
    assert imports().has_edge("escalation.engine.batch", "escalation.rules.state")
    circles = [sorted(group) for group in networkx.strongly_connected_components(imports()) if len(group) > 1]
    assert circles == []


def test_no_module_is_too_long() -> None:
    lengths = {path: len((PACKAGE / path).read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {path: length for path, length in lengths.items() if length > LONGEST} == {}


def has_logic(path: str) -> bool:
    """Return whether a module defines functions, rather than words, numbers or types alone."""
    functions = ast.FunctionDef | ast.AsyncFunctionDef
    return any(isinstance(node, functions) for node in ast.walk(modules()[path]))


def is_tested_in_a_browser(path: str) -> bool:
    """Tell whether a module makes elements of the page: `tests/classroom/test_browser*.py` look at these."""
    makes_elements = {"nicegui", "escalation.classroom.elements"} & imported(path)
    return path.startswith("classroom/") and bool(makes_elements)


def test_every_module_with_logic_has_a_test_file_of_its_name() -> None:
    untested = {
        path
        for path in modules()
        if Path(path).name not in ("__init__.py", "__main__.py")
        and has_logic(path)
        and not is_tested_in_a_browser(path)
        and not (ROOT / "tests" / path).with_name(f"test_{Path(path).name}").exists()
    }
    assert untested == set(WITHOUT_TEST_FILE)


def test_only_one_module_knows_that_a_record_is_an_array_of_one() -> None:
    paths = [PACKAGE / path for path in modules() if path != "rules/state.py"]
    assert "\n".join(lines_with(IDIOMS, paths)) == ""


def test_texts_are_standard_english() -> None:
    written = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    for folder in ("escalation", "scenarios", "experiments"):
        written += [path for path in (ROOT / folder).rglob("*") if path.suffix in {".py", ".yaml", ".json"}]
    assert len(written) > 100
    assert "\n".join(lines_with(DIALECT, written)) == ""
