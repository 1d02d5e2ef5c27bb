"""The manifest binds what makes the numbers of a sweep, and nothing that people only read."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import escalation
from escalation.experiment import manifest as manifests
from escalation.experiment.manifest import sources, stripped

PACKAGE = Path(escalation.__file__).parent

# What the computation imports and what does not change a number of it: reading, checking, wording.
READING = {
    "experiment/check.py", "experiment/loaded.py", "experiment/spec.py",
    "files/brief.py", "files/expected.py", "files/explain.py", "files/find.py", "files/invisible.py",
    "files/places.py", "files/read_yaml.py", "files/write.py", "language.py",
    "scenario/case.py", "scenario/coherence.py", "scenario/decision_weights.py", "scenario/dump.py",
    "scenario/fields.py", "scenario/load.py", "scenario/parameters.py", "scenario/schema.py",
    "scenario/stages.py",  # a sweep refuses values that change on a day
    "scenario/state_weights.py", "scenario/weight_set.py", "scenario/weights.py",
    "stats/intervals.py",
    "stats/morris.py", "stats/sobol.py",  # the points that they choose are bound one by one, as cells
}  # fmt: skip


def imported(path: Path) -> set[Path]:
    """Return the modules of the package that a module imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    found = {PACKAGE.parent / (name.replace(".", "/") + ".py") for name in names}
    return {module for module in found if module.is_relative_to(PACKAGE) and module.exists()}


def test_every_module_that_computes_is_bound() -> None:
    reached: set[Path] = set()
    ahead = {PACKAGE / "experiment/compute.py"}
    while ahead:
        reached |= ahead
        ahead = set().union(*map(imported, ahead)) - reached
    names = {path.relative_to(PACKAGE).as_posix() for path in reached}
    assert names - set(sources()) <= READING
    assert {"rules/decide.py", "engine/batch.py", "vocabulary.py"} <= set(sources())


def test_no_name_of_a_bound_source_is_stale() -> None:
    assert all(any(PACKAGE.glob(pattern)) for pattern in manifests.SOURCES)
    assert all((PACKAGE / name).exists() for name in manifests.OTHER_SOURCES)


CODE = '''
"""A module."""
from x import defined, wrong

COST = 0.5  # a number
"""What it costs."""


class Rule:
    """A rule."""

    fear: float = defined(0.2, says="Fear", source="a book")

    def at(self, days):
        """Return it."""
        if days < 0:
            raise wrong("no such day", "0 or more")
        return COST * days
'''


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("# a number", "# a very good number"),
        ("A module.", "The module."),
        ("What it costs.", "The price."),
        ("A rule.", "Another sentence."),
        ("Return it.", "Return the cost."),
        ('"Fear"', '"How fear weighs"'),
        ('"a book"', '"another book"'),
        ("no such day", "not a day"),
        ("return COST * days", "return (COST * days)"),
        ("\n\n\nclass", "\n\n\n\n\nclass"),
    ],
)
def test_a_text_is_outside_the_binding_part(old: str, new: str) -> None:
    assert old in CODE
    assert stripped(CODE.replace(old, new)) == stripped(CODE)


@pytest.mark.parametrize(
    ("old", "new"), [("0.5", "0.6"), ("0.2", "0.3"), ("days < 0", "days < 1"), ("COST * days", "COST + days")]
)
def test_a_number_is_in_the_binding_part(old: str, new: str) -> None:
    assert old in CODE
    assert stripped(CODE.replace(old, new)) != stripped(CODE)
