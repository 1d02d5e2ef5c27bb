"""The manifest of a sweep: enough to reproduce its results, and to refuse what would not fit them.

The binding part is everything on which the numbers depend: the experiment with its design points, the
scenario, the seed, the code that computes, the library that compiles it. Its hash is stamped on every
part. The rest (titles, labels, wanted plots, versions of other libraries) may change without changing
a number.
"""

from __future__ import annotations

import ast
import hashlib
import json
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import escalation
from escalation.experiment.design import Loaded
from escalation.experiment.plan import Plan
from escalation.experiment.spec import spec_tree
from escalation.files.brief import Brief
from escalation.files.differences import differing, value_words
from escalation.measures.columns import Layout
from escalation.measures.own import OwnMeasure
from escalation.scenario.dump import resolved_tree

FORMAT = 1
LIBRARIES = ("numpy", "numba", "scipy", "pyarrow")
# The parts of an experiment, and of its factors and measures, that describe the results without affecting
# them; the scenario, whole, has a place of its own in the binding part.
DESCRIPTIVE = ("title", "summary", "outcomes", "plots", "scenario", "set")
DESCRIPTIVE_OF_ENTRIES = {
    "factors": ("label", "unit"),
    "uncertainties": ("label", "unit"),
    "measures": ("label", "unit", "more_is"),
}
COMPILER = "numba"  # turns the rules into machine code, on which the last digit may depend
SOURCES = (
    "vocabulary.py",
    "rules/*.py",
    "engine/*.py",
    "measures/columns.py",
    "measures/expressions.py",
    "measures/measures.py",
    "measures/own.py",
    "measures/own_values.py",
    "measures/reduce.py",
    "scenario/ladder.py",
    "scenario/scenario.py",
    "files/override.py",
    *(f"experiment/{name}.py" for name in ("compute", "design", "factors", "parts", "plan")),
)
"""The sources that compute a part; those that check, load, store, carry or describe are left out."""
OTHER_SOURCES = ("engine/model.py", "engine/record.py", "engine/levels.py")  # compute no sweep
DESCRIPTIONS = ("says", "description", "source", "unit", "group", "title")
MOST_CHANGES = 6


@dataclass(frozen=True, repr=False)
class Manifest(Brief):
    """Everything that determines the results of a sweep, and how they are described."""

    binding: dict[str, Any]
    said: dict[str, Any]
    versions: dict[str, str]
    missed: dict[int, float] | None = None
    """Of a complete sweep with a stopping rule: the cells that are not as precise as it asks, with half the
    width of their intervals."""

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which results it describes."""
        yield "name", self.name
        yield "hash", self.hash

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the binding part."""
        return hashlib.sha256(_canonical(self.binding)).hexdigest()

    @property
    def rules_hash(self) -> str:
        """Return the SHA-256 of the sources that computed the results."""
        return hashlib.sha256(_canonical(self.binding["code"])).hexdigest()

    @property
    def name(self) -> str:
        """Return the name of the experiment."""
        return str(self.binding["experiment"]["name"])

    @cached_property
    def plan(self) -> Plan:
        """Return how the sweep is cut into chunks."""
        return Plan(**self.binding["plan"])

    @cached_property
    def layout(self) -> Layout:
        """Return which columns the parts have."""
        names = self.binding["layout"]
        pairs = tuple((a, b) for a, b in names["pairs"])
        own = tuple(
            OwnMeasure(name, each["of"], each["label"] or "", each["unit"] or "", each["more_is"])
            for name, each in self.experiment.get("measures", {}).items()
        )
        return Layout(tuple(names["states"]), tuple(names["mediators"]), pairs, tuple(names["acts"]), own)

    def has_more_than(self, other: Manifest) -> bool | None:
        """Return whether this sweep only has more replications; None if they differ otherwise."""
        mine, theirs = (
            {key: value for key, value in each.binding.items() if key not in ("plan", "experiment")}
            | {key: value for key, value in each.binding["experiment"].items() if key != "replications"}
            for each in (self, other)
        )
        return self.replications > other.replications if mine == theirs else None

    @property
    def replications(self) -> int:
        """Return the crises of each cell; with a stopping rule of each cell and round."""
        return int(self.binding["experiment"]["replications"])

    @property
    def experiment(self) -> dict[str, Any]:
        """Return the experiment as plain data, whole again."""
        bound, said = self.binding["experiment"], self.said["experiment"]
        whole: dict[str, Any] = bound | {key: said[key] for key in DESCRIPTIVE if key in said}
        for group in DESCRIPTIVE_OF_ENTRIES:
            described = said.get(group, {})
            whole[group] = {
                name: entry | described.get(name, {}) for name, entry in bound.get(group, {}).items()
            }
        return whole

    @property
    def scenario(self) -> dict[str, Any]:
        """Return the base scenario as plain data."""
        tree: dict[str, Any] = self.binding["scenario"]
        return tree

    def text(self) -> str:
        """Return the manifest as the text of its file."""
        tree = {"format": FORMAT, "sha256": self.hash} | asdict(self)
        if self.missed is None:
            del tree["missed"]
        return json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def manifest_of(loaded: Loaded, plan: Plan, layout: Layout, cells: str) -> Manifest:
    """Return the manifest of an experiment that is to run with the present code; `cells` lists its cells."""
    spec = spec_tree(loaded.spec)
    bound = {key: value for key, value in spec.items() if key not in DESCRIPTIVE}
    said = {key: spec[key] for key in DESCRIPTIVE if key in spec}
    for group, descriptive in DESCRIPTIVE_OF_ENTRIES.items():
        entries = spec[group].items()
        bound[group] = {
            name: {key: value for key, value in entry.items() if key not in descriptive}
            for name, entry in entries
        }
        said[group] = {
            name: {key: entry[key] for key in descriptive if key in entry} for name, entry in entries
        }
    binding = {
        "seed": spec["seed"],
        "experiment": bound,
        "scenario": resolved_tree(loaded.scenario),
        "plan": plan.tree(),
        "layout": {key: value for key, value in asdict(layout).items() if key != "own"},
        "cells": hashlib.sha256(cells.encode()).hexdigest(),
        "libraries": {COMPILER: version(COMPILER)},
        "code": sources(),
    }
    # As it will be read back: lists for tuples, text for the keys of mappings.
    return Manifest(
        json.loads(_canonical(binding)), json.loads(_canonical({"experiment": said})), _versions()
    )


def read_manifest(text: str) -> Manifest:
    """Return the manifest that a file holds as text; raises ValueError if it is not one."""
    try:
        tree = json.loads(text)
        missed = tree.get("missed")
        if missed is not None:
            missed = {int(cell): float(half) for cell, half in missed.items()}
        manifest = Manifest(tree["binding"], tree["said"], tree["versions"], missed)
        is_known, is_whole = tree["format"] == FORMAT, tree["sha256"] == manifest.hash
        _ = manifest.plan, manifest.layout, manifest.experiment
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"this is not the manifest of a sweep ({error})") from None
    if not is_known:
        raise ValueError(f"this is a manifest of format {tree['format']}, not {FORMAT}")
    if not is_whole:
        raise ValueError("the file was changed: its content does not match its hash")
    return manifest


@cache
def sources() -> dict[str, str]:
    """Return the SHA-256 of each source file that computes results, without what only people read."""
    package = Path(escalation.__file__).parent
    found = {}
    for pattern in SOURCES:
        for path in sorted(package.glob(pattern)):
            name = path.relative_to(package).as_posix()
            if name not in OTHER_SOURCES and path.name != "__init__.py":
                found[name] = hashlib.sha256(stripped(path.read_text(encoding="utf-8")).encode()).hexdigest()
    return found


def stripped(source: str) -> str:
    """Return source code without what only people read: comments, docstrings, layout, descriptions."""
    return ast.unparse(_Stripper().visit(ast.parse(source)))


class _Stripper(ast.NodeTransformer):
    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        """Put `...` in place of a docstring, or of any other text on its own."""
        is_text = isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        return ast.Expr(ast.Constant(...)) if is_text else self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        """Leave out what an error says."""
        return ast.Raise()

    def visit_Call(self, node: ast.Call) -> ast.AST:
        """Leave out what describes a number that is declared."""
        node.keywords = [keyword for keyword in node.keywords if keyword.arg not in DESCRIPTIONS]
        return self.generic_visit(node)


def changes(before: Manifest, now: Manifest) -> list[str]:
    """Describe briefly each binding difference."""
    once: dict[str, None] = {}
    for one in differing(before.binding, now.binding):
        path, old, new = one.path, one.before, one.after
        if path[0] == "code":
            how = "is new" if old is None else "is gone" if new is None else "changed"
            once[f"the code: escalation/{path[1]} {how}"] = None
        elif path[0] not in ("plan", "layout", "cells"):  # which follow from the rest
            what = ".".join(path[1:] if path[0] == "experiment" else path)
            once[f"{what}: {value_words(old)} before, {value_words(new)} now"] = None
    found = list(once) or ["the design points or their division into chunks"]
    rest = len(found) - MOST_CHANGES
    return [*found[:MOST_CHANGES], f"and {rest} more"] if rest > 0 else found


def _canonical(tree: Any) -> bytes:
    return json.dumps(tree, separators=(",", ":"), allow_nan=False).encode()


def _versions() -> dict[str, str]:
    versions = {"escalation": escalation.__version__, "python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
