"""What a folder of results holds: a sweep, one run, other analyses, in it or beneath it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from escalation.crisis.tables import is_run
from escalation.experiment.store import DERIVED, MANIFEST, TABLES, manifest_in
from escalation.files.brief import Brief
from escalation.files.places import StoreError

PICTURES = (".svg", ".png")


@dataclass(frozen=True)
class Analysis:
    """A kind of analysis: how its folder is known, what it is called, which references it rests on."""

    heading: str
    known_by: tuple[str, ...]
    """Files of which its folder has at least one."""
    marks: tuple[str, ...] = ()
    """See `references.Reference.mark`."""


ANALYSES = (
    Analysis("Sensitivity", ("indices.csv", "sensitivity.txt"), ("sensitivity",)),
    Analysis("Screening", ("screening.csv",), ("screening",)),
    Analysis("Conditions of an outcome", ("discovery.txt",), ("discovery",)),
    Analysis("Comparison", ("comparison.json",), ("common",)),
    Analysis("Advice", ("advice.txt",), ("common",)),
    Analysis("Rare ends", ("rare.txt", "levels.csv"), ("rare",)),
    Analysis("Explanation", ("explanation.txt",)),
    Analysis("Forecast", ("forecast.json",)),
)
"""The analyses that a report knows by name, in the order in which it has them; others go by their folder."""


@dataclass(frozen=True)
class Extra:
    """An analysis in a folder: its texts, its tables and its figures."""

    heading: str
    folder: Path
    texts: tuple[Path, ...]
    tables: tuple[Path, ...]
    pictures: tuple[Path, ...]
    """One of each figure, as SVG where it is there."""


@dataclass(frozen=True, repr=False)
class Kept(Brief):
    """What a folder of results holds, as plain data."""

    folder: Path
    kind: Literal["sweep", "run", "analysis"]
    experiment: Mapping[str, Any] = field(default_factory=dict)
    scenario: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    hashes: Mapping[str, str] = field(default_factory=dict)
    """Of the manifest and of the sources that computed."""
    marks: tuple[str, ...] = ()
    """Which references the results rest on."""
    extras: tuple[Extra, ...] = ()


def kept_in(folder: Path) -> Kept:
    """Return what a folder holds.

    Raises
    ------
    StoreError
        If there are neither results of a sweep, nor a run, nor another analysis in it.
    """
    if folder.is_file():
        raise StoreError(f"{folder} is a file; give a folder of results")
    if not folder.is_dir():
        raise StoreError(f"{folder} does not exist; give a folder of results")
    extras, marks = _extras(folder)
    if is_run(folder):
        return _run(folder, extras, marks)
    if (folder / MANIFEST).is_file() and "binding" in json_in(folder / MANIFEST):
        return _sweep(folder, extras, marks)
    if not extras:
        raise StoreError(
            f"{folder} holds no results: neither a sweep nor a run ({MANIFEST}), nor tables or figures"
        )
    return Kept(folder, "analysis", marks=("many", "figures", *marks), extras=extras)


def json_in(path: Path) -> dict[str, Any]:
    """Return the mapping that a file holds as JSON; empty if it holds none."""
    try:
        tree = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _sweep(folder: Path, extras: tuple[Extra, ...], marks: list[str]) -> Kept:
    manifest = manifest_in(folder)
    experiment = manifest.experiment
    design = experiment["design"]
    found = ["many", "figures", experiment["seeds"], design["kind"], *marks]
    if design["kind"] == "sensitivity":
        found += ["sobol", *(["screening"] if design.get("trajectories") else [])]
    hashes = {"manifest": manifest.hash, "rules": manifest.rules_hash}
    return Kept(
        folder, "sweep", experiment, manifest.scenario, manifest.versions, hashes, tuple(found), extras
    )


def _run(folder: Path, extras: tuple[Extra, ...], marks: list[str]) -> Kept:
    tree = json_in(folder / MANIFEST)
    versions = {"escalation": tree["escalation"], **tree["versions"]}
    hashes = {"scenario": tree["scenario_sha256"]}
    return Kept(
        folder, "run", tree, tree["resolved_scenario"], versions, hashes, ("run", "figures", *marks), extras
    )


def _extras(folder: Path) -> tuple[tuple[Extra, ...], list[str]]:
    """Return the analyses in a folder and in those beneath it, and the marks of their references.

    Results of their own may lie in it, as those of a sensitivity analysis, with analyses beneath them.
    """
    own = {MANIFEST, "cells.csv", *DERIVED, *TABLES, "acts.csv", "days.csv", "decisions.csv"}
    found: list[tuple[int, Extra, tuple[str, ...]]] = []

    def beneath(one: Path) -> list[Path]:
        paths = (path for path in one.iterdir() if path.is_dir() and path.name not in own)
        return sorted(path for path in paths if not path.name.startswith("."))

    deeper = [path for one in beneath(folder) if (one / MANIFEST).is_file() for path in beneath(one)]
    for each in [folder, *beneath(folder), *deeper]:
        names = {path.name for path in each.iterdir() if path.is_file()}
        if (each / MANIFEST).is_file():
            # Pictures and texts at the top of a sweep or a run are its own, or somebody's notes.
            names = {name for name in names - own if any(name in one.known_by for one in ANALYSES)}
        place, known = _known(names)
        extra = _extra(known.heading if known else each.name.replace("_", " ").capitalize(), each, names)
        if extra is not None:
            found.append((place, extra, known.marks if known else ()))
    found.sort(key=lambda one: one[0])
    return tuple(extra for _, extra, _ in found), [mark for _, _, marks in found for mark in marks]


def _known(names: set[str]) -> tuple[int, Analysis | None]:
    for place, each in enumerate(ANALYSES):
        if names & set(each.known_by):
            return place, each
    return len(ANALYSES), None


def _extra(heading: str, folder: Path, names: set[str]) -> Extra | None:
    paths = sorted(folder / name for name in names if not name.startswith("."))
    drawn = [*paths, *sorted((folder / "figures").glob("*"))] if heading and _is_other(folder) else paths
    pictures: dict[str, Path] = {}
    for ending in reversed(PICTURES):
        pictures |= {path.stem: path for path in drawn if path.suffix == ending}
    texts = tuple(path for path in paths if path.suffix == ".txt")
    tables = tuple(path for path in paths if path.suffix == ".csv")
    if not (texts or tables or pictures):
        return None
    return Extra(heading, folder, texts, tables, tuple(pictures[stem] for stem in sorted(pictures)))


def _is_other(folder: Path) -> bool:
    """Return whether the figures beneath a folder are of its analysis, not of a sweep or a run."""
    return not (folder / MANIFEST).is_file()
