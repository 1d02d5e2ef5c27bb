"""What results are results of: enough to make them again, and to refuse what would not fit them.

The binding part is everything on which the numbers depend: the experiment, the scenario, the seed,
the code. Its hash is stamped on every part. The rest (titles, labels, wanted plots, versions of
libraries) may change without touching a number.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import escalation
from escalation.experiment.loaded import Loaded
from escalation.experiment.plan import Plan
from escalation.experiment.spec import spec_tree
from escalation.measures.columns import Layout
from escalation.scenario.dump import resolved_tree

FORMAT = 1
LIBRARIES = ("numpy", "numba", "scipy", "pyarrow")
# Of an experiment, and of its factors, what is said of the results and does not make them.
SAID = ("title", "summary", "outcomes", "plots", "scenario", "set")  # the scenario itself is bound, whole
SAID_OF_FACTORS = ("label", "unit")
# Of the sources, what carries the work and its results about without a part in either.
CARRIERS = ("experiment/progress.py", "experiment/remote.py", "experiment/merge.py")
MOST_CHANGES = 6


@dataclass(frozen=True)
class Manifest:
    """What results are results of."""

    binding: dict[str, Any]
    said: dict[str, Any]
    versions: dict[str, str]

    @cached_property
    def hash(self) -> str:
        """Return the SHA-256 of the binding part."""
        return hashlib.sha256(_canonical(self.binding)).hexdigest()

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
        return Layout(tuple(names["states"]), tuple(names["mediators"]), pairs, tuple(names["acts"]))

    @property
    def experiment(self) -> dict[str, Any]:
        """Return the experiment as plain data, whole again."""
        bound, said = self.binding["experiment"], self.said["experiment"]
        factors = {name: factor | said["factors"].get(name, {}) for name, factor in bound["factors"].items()}
        whole: dict[str, Any] = bound | {key: said[key] for key in SAID if key in said} | {"factors": factors}
        return whole

    @property
    def scenario(self) -> dict[str, Any]:
        """Return the base scenario as plain data."""
        tree: dict[str, Any] = self.binding["scenario"]
        return tree

    def text(self) -> str:
        """Return the manifest as the text of its file."""
        tree = {"format": FORMAT, "sha256": self.hash} | asdict(self)
        return json.dumps(tree, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def manifest_of(loaded: Loaded, plan: Plan, layout: Layout) -> Manifest:
    """Return the manifest of an experiment that is to run with today's code."""
    spec = spec_tree(loaded.spec)
    factors = {
        name: {key: value for key, value in factor.items() if key not in SAID_OF_FACTORS}
        for name, factor in spec["factors"].items()
    }
    bound = {key: value for key, value in spec.items() if key not in SAID} | {"factors": factors}
    said = {key: spec[key] for key in SAID if key in spec}
    said["factors"] = {
        name: {key: factor[key] for key in SAID_OF_FACTORS if key in factor}
        for name, factor in spec["factors"].items()
    }
    binding = {
        "version": escalation.__version__,
        "seed": spec["seed"],
        "experiment": bound,
        "scenario": resolved_tree(loaded.scenario),
        "plan": plan.tree(),
        "layout": asdict(layout),
        "code": sources(),
    }
    # As it will be read back: lists for tuples, text for the keys of mappings.
    return Manifest(
        json.loads(_canonical(binding)), json.loads(_canonical({"experiment": said})), _versions()
    )


def read_manifest(text: str) -> Manifest:
    """Return the manifest of a file's text; raises ValueError if it is none."""
    try:
        tree = json.loads(text)
        manifest = Manifest(tree["binding"], tree["said"], tree["versions"])
        is_known, is_whole = tree["format"] == FORMAT, tree["sha256"] == manifest.hash
        _ = manifest.plan, manifest.layout, manifest.experiment
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(f"this is no manifest of a sweep ({error})") from None
    if not is_known:
        raise ValueError(f"this is a manifest of format {tree['format']}, not {FORMAT}")
    if not is_whole:
        raise ValueError("its text was changed: it does not have the hash that it says")
    return manifest


@cache
def sources() -> dict[str, str]:
    """Return the SHA-256 of each source file that has a part in the results."""
    package = Path(escalation.__file__).parent
    found = {}
    for folder in ("rules", "engine", "scenario", "experiment"):
        for path in sorted((package / folder).glob("*.py")):
            name = f"{folder}/{path.name}"
            if name not in CARRIERS:
                found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def changes(before: Manifest, now: Manifest) -> list[str]:
    """Say in a few words each what binds differently now."""
    once: dict[str, None] = {}
    for path, old, new in _changed((), before.binding, now.binding):
        if path[0] == "code":
            how = "is new" if old is None else "is gone" if new is None else "changed"
            once[f"the code: escalation/{path[1]} {how}"] = None
        elif path[0] not in ("plan", "layout"):  # both follow from the rest
            what = ".".join(path[1:] if path[0] == "experiment" else path)
            once[f"{what}: {_shown(old)} before, {_shown(new)} now"] = None
    told = list(once) or ["the plan of the chunks"]
    rest = len(told) - MOST_CHANGES
    return [*told[:MOST_CHANGES], f"and {rest} more"] if rest > 0 else told


def _changed(path: tuple[str, ...], before: Any, now: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if isinstance(before, Mapping) and isinstance(now, Mapping):
        for key in dict.fromkeys([*before, *now]):
            yield from _changed((*path, str(key)), before.get(key), now.get(key))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for number, (old, new) in enumerate(zip(before, now, strict=True)):
            yield from _changed((*path, str(number)), old, new)
    elif before != now or type(before) is not type(now):
        yield path, before, now


def _shown(value: Any) -> str:
    if value is None:
        return "nothing"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _canonical(tree: Any) -> bytes:
    return json.dumps(tree, separators=(",", ":"), allow_nan=False).encode()


def _versions() -> dict[str, str]:
    versions = {"python": platform.python_version()}
    for name in LIBRARIES:
        try:
            versions[name] = version(name)
        except PackageNotFoundError:
            continue
    return versions
