"""Scenario, ladder and weights files to models: resolved, validated, all errors at once.

A scenario names its ladder and its weights, or holds them. They are put in their place first, each
value keeping its place in its file; then come the values of the command line; then the models
validate the whole.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ValidationError

from escalation.files.explain import problems_of
from escalation.files.find import (
    MOST_BYTES,
    Kind,
    NotFound,
    find,
    find_shipped,
    read_text,
    shipped_folder,
    shipped_names,
    text_of,
)
from escalation.files.override import Override, apply, put_places, read_override
from escalation.files.places import FAULTY, Problem, ScenarioError, Tree, check_list, kind_of, listed, shown
from escalation.files.places import Path as TreePath
from escalation.files.read_yaml import read_tree
from escalation.scenario.coherence import doubts
from escalation.scenario.fields import references
from escalation.scenario.ladder import Ladder
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import FITTED_AGAIN, WeightSet, of_other_rules

__all__ = [
    "MOST_BYTES",
    "Problem",
    "ScenarioError",
    "load_any",
    "load_ladder",
    "load_scenario",
    "load_weights",
    "read_scenario",
    "shipped_cases",
    "shipped_folder",
    "shipped_scenarios",
]

M = TypeVar("M", bound=BaseModel)

_LADDER: TreePath = ("ladder",)
_WEIGHTS: TreePath = ("weights",)
_FROM: TreePath = ("weights", "from")
_DRAW: TreePath = ("weights", "draw")
_NAMING = (_LADDER, _WEIGHTS, _FROM, _DRAW)  # overrides that say which file to take: they come first

_MARKS: dict[str, Kind] = {
    "states": "scenario",
    "rungs": "ladder",
    "provenance": "weights",
    "question": "lesson",
    "scenario": "experiment",
}
"""Keys by which a file is recognised, whatever else it holds; the first that is there decides."""

# Where the names are defined that the rest of a file refers to. A mapping with a refused key may have
# defined any name.
_NAMES: dict[TreePath, str] = {
    ("states",): "states",
    ("mediators",): "mediators",
    ("sources",): "sources",
    ("acts",): "acts",
    ("ladder", "acts"): "acts",
}


def load_scenario(path_or_name: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Load a scenario from a file, or a shipped one by name.

    Parameters
    ----------
    path_or_name
        A path such as `scenarios/pahalgam_2025.yaml`, or a name such as `pahalgam_2025`.
    overrides
        Values to put in place of those in the file, each as `KEY.PATH=VALUE`.

    Returns
    -------
    Scenario
        Complete and valid, with its ladder and weights.

    Raises
    ------
    ScenarioError
        With every error of the scenario, its ladder, its weights and the overrides.
    """
    check_list("overrides", overrides)
    path, label = _find(path_or_name, "scenario")
    return _validated(_resolved(_read(path, label), Path(label).parent, overrides), Scenario)


def load_placed(path_or_name: str | Path) -> tuple[Scenario, Tree]:
    """Load a scenario as `load_scenario` does, with the places of all values that files give."""
    path, label = _find(path_or_name, "scenario")
    tree = _resolved(_read(path, label), Path(label).parent)
    return _validated(tree, Scenario), tree


def read_scenario(data: bytes, label: str, overrides: Sequence[str] = ()) -> Scenario:
    """Read a scenario that came without a place on this machine, such as one sent by a browser.

    It may name shipped ladders and weights, and no file. Raises ScenarioError with every error.
    """
    return _validated(_resolved(read_tree(text_of(data, label), label), None, overrides), Scenario)


def _read(path: Path, label: str) -> Tree:
    return read_tree(read_text(path, label), label)


def _resolved(tree: Tree, folder: Path | None, overrides: Sequence[str] = ()) -> Tree:
    """Put ladder, weights and overrides into their places in the tree of a scenario, and return it."""
    _of_kind(tree, "scenario")
    changes = [read_override(change) for change in overrides]
    for change in changes:
        tree.problems += change.value.problems
    if isinstance(tree.value, dict):
        naming = [change for change in changes if change.steps in _NAMING]
        _choose_files(tree, naming)
        _resolve_ladder(tree, folder)
        _refuse_other_rules(tree)
        _resolve_weights(tree, folder)
        for change in changes:
            if change not in naming:
                apply(change, tree, Scenario)
    return tree


def load_ladder(path_or_name: str | Path) -> Ladder:
    """Load a ladder from a file, or a shipped one by name; raises ScenarioError with every error."""
    path, label = _find(path_or_name, "ladder")
    return _validated(_of_kind(_read(path, label), "ladder"), Ladder)


def load_weights(path_or_name: str | Path) -> WeightSet:
    """Load a set of weights from a file, or a shipped one by name; raises ScenarioError with every error."""
    path, label = _find(path_or_name, "weights")
    tree = _of_kind(_read(path, label), "weights")
    _refuse_other_rules(tree)
    return _validated(tree, WeightSet)


def _refuse_other_rules(tree: Tree) -> None:
    """Say once that weights belong to other rules, in place of an error for each that is gone."""
    if not isinstance(tree.value, dict):
        return
    says = of_other_rules(tree.value.get("weights"))
    if says is not None:
        tree.problems.append(tree.key_place(_WEIGHTS).problem(says, FITTED_AGAIN))
        tree.value["weights"] = FAULTY
        if "fitted" in tree.value:
            tree.value["fitted"] = FAULTY


def shipped_scenarios() -> list[str]:
    """Return the names under which `load_scenario` finds the shipped scenarios, cases of the past apart."""
    return shipped_names("scenario")


def shipped_cases() -> list[str]:
    """Return the names under which `load_scenario` finds the shipped crises of the past."""
    return shipped_names("case")


def shipped_weights() -> list[str]:
    """Return the names under which `load_weights` finds the shipped sets of weights."""
    return shipped_names("weights")


def shipped_ladders() -> list[str]:
    """Return the names under which `load_ladder` finds the shipped ladders."""
    return shipped_names("ladder")


def _find(source: str | Path, kind: Kind) -> tuple[Path, str]:
    try:
        return find(source, kind)
    except NotFound as missing:
        says, allowed = missing.args
        raise ScenarioError([Problem(str(source) or '""', None, None, "", says, allowed)]) from None


def _recognised(top: object) -> Kind | None:
    """Return the kind of file that has these keys; None where they do not tell."""
    return next((kind for key, kind in _MARKS.items() if isinstance(top, dict) and key in top), None)


def _of_kind(tree: Tree, kind: Kind) -> Tree:
    """Return the tree of a file that is not of another kind; of one that is, only that is said."""
    other = _recognised(tree.value)
    if other is not None and other != kind:
        place = tree.place(())
        tree.problems = [place.problem(f"this is {_a_file(other)}", _a_file(kind))]
        tree.value = FAULTY
    return tree


def _a_file(kind: Kind) -> str:
    return f"{'an' if kind == 'experiment' else 'a'} {kind} file"


def load_plain(path: Path, model: type[M]) -> M:
    """Load a file whose model refers to nothing by name; raises ScenarioError with every error."""
    tree = read_tree(read_text(path, str(path)), str(path))
    if tree.value is FAULTY or tree.problems:
        raise ScenarioError(tree.problems)
    try:
        return model.model_validate(tree.value)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, model, tree)) from None


def _validated(tree: Tree, model: type[M]) -> M:
    """Return the model of a tree, or raise everything that is wrong with it."""
    if tree.value is FAULTY:
        raise ScenarioError(tree.problems)
    context = references(tree.value)
    for path, names in _NAMES.items():
        if path in tree.incomplete or () in tree.incomplete:
            context[names] = None
    try:
        valid = model.model_validate(tree.value, context=context)
    except ValidationError as error:
        raise ScenarioError([*tree.problems, *problems_of(error, model, tree)]) from None
    if tree.problems:
        raise ScenarioError(tree.problems)
    return valid


def _choose_files(tree: Tree, naming: list[Override]) -> None:
    """Apply the overrides that name a ladder or a set of weights."""
    for change in naming:
        value = change.value.value
        if change.steps in (_FROM, _DRAW):
            weights = tree.value.setdefault("weights", {})
            if not isinstance(weights, dict):
                weights = tree.value["weights"] = {"from": weights} if change.steps == _DRAW else {}
                tree.drop(_WEIGHTS)
            weights[change.steps[1]] = value
        else:
            tree.value[change.steps[0]] = value
        put_places(change, tree, change.steps)


def _resolve_ladder(tree: Tree, folder: Path | None) -> None:
    """Put the ladder that a scenario names in its place."""
    named = tree.value.get("ladder", FAULTY)
    if isinstance(named, str):
        ladder = _read_named(tree, _LADDER, named, "ladder", folder)
        tree.value["ladder"] = ladder.value
        tree.drop(_LADDER)
        tree.graft(_LADDER, ladder)
    elif "ladder" in tree.value and not isinstance(named, dict) and named is not FAULTY:
        tree.problems.append(
            tree.place(_LADDER).problem(
                f"this is {kind_of(named)}", "the name or path of a ladder, or a mapping"
            )
        )
        tree.value["ladder"] = FAULTY


def _resolve_weights(tree: Tree, folder: Path | None) -> None:
    """Put the weights that a scenario names in their place, under those that it gives itself."""
    given = tree.value.setdefault("weights", {})
    draw = None
    if isinstance(given, dict):
        if "from" not in given:
            if "draw" in given:
                _refuse_draw(tree, "a draw without a set of weights", "from: NAME as well")
            return
        at, named, draw = _FROM, given["from"], given.get("draw")
        own = {key: given[key] for key in given if key not in ("from", "draw")}
        wanted = "the name or path of a set of weights"
    else:
        at, named, own = _WEIGHTS, given, {}
        wanted = "the name or path of a set of weights, or a mapping"
    tree.value["weights"] = own
    if isinstance(named, str):
        _put_under(tree, _read_named(tree, at, named, "weights", folder), draw)
    elif named is not FAULTY:
        tree.problems.append(tree.place(at).problem(f"this is {kind_of(named)}", wanted))


def _put_under(tree: Tree, chosen: Tree, draw: Any) -> None:
    """Put a set of weights, or a draw of it, under those that the scenario gives, each with its own place."""
    if not isinstance(chosen.value, dict):
        return
    drawn: dict[str, Any] = {}
    _refuse_other_rules(chosen)
    try:
        weights = WeightSet.model_validate(chosen.value)
        if draw is not None and draw is not FAULTY:
            drawn = _drawn(tree, weights, draw)
    except ValidationError as error:
        chosen.problems += problems_of(error, WeightSet, chosen)
    tree.problems += chosen.problems
    base = chosen.value.get("weights")
    if not isinstance(base, dict):
        return
    base = {**base, **drawn}
    tree.value["weights"] = {**base, **tree.value["weights"]}
    own = Tree(tree.file)
    own.graft(_WEIGHTS, tree, _WEIGHTS)
    tree.graft(_WEIGHTS, chosen, _WEIGHTS)
    tree.graft((), own)


def _drawn(tree: Tree, chosen: WeightSet, draw: Any) -> dict[str, Any]:
    """Return the weights that a draw of a fitted set gives."""
    draws = len(chosen.fitted.draws) if chosen.fitted is not None else 0
    if not draws:
        _refuse_draw(tree, f"the weights {shown(chosen.name)} have no draws", "a set that was fitted")
    elif isinstance(draw, bool) or not isinstance(draw, int) or not 0 <= draw < draws:
        _refuse_draw(
            tree,
            f"{shown(draw)} is not a draw of {shown(chosen.name)}",
            f"a whole number from 0 to {draws - 1}",
        )
    else:
        assert chosen.fitted is not None
        return dict(zip(chosen.fitted.weights, chosen.fitted.draws[draw], strict=True))
    return {}


def _refuse_draw(tree: Tree, says: str, allowed: str) -> None:
    tree.problems.append(tree.place(_DRAW).problem(says, allowed))


def _read_named(tree: Tree, at: TreePath, name: str, kind: Kind, folder: Path | None) -> Tree:
    """Read the file that a scenario names; a missing file becomes a problem of the scenario.

    Without a folder only shipped names count: the sender of a scenario must not choose files of this machine.
    """
    place = tree.place(at)
    names = shipped_names(kind)
    if folder is None and name not in names:
        says = f"{shown(name)} is not a shipped {kind}"
        tree.problems.append(place.problem(says, f"one of {listed(names)}, or a mapping"))
        return Tree(tree.file)
    # A path that the user typed is relative to the working directory.
    relative_to = folder if place.line is not None else None
    try:
        path, label = find(name, kind, relative_to) if folder else find_shipped(name, kind)
        found = _parsed(read_text(path, label), label).copy()
    except NotFound as missing:
        tree.problems.append(place.problem(*missing.args))
        return Tree(tree.file)
    except ScenarioError as error:
        tree.problems += error.problems
        return Tree(tree.file)
    if found.value is not FAULTY and not isinstance(found.value, dict):
        says = f"this is {kind_of(found.value)}"
        found.problems.append(found.place(()).problem(says, _a_file(kind)))
        found.value = FAULTY
    other = _recognised(found.value)
    if other is not None and other != kind:
        tree.problems.append(place.problem(f"{label} is {_a_file(other)}", _a_file(kind)))
        return Tree(tree.file)
    tree.problems += found.problems
    return found


@lru_cache(maxsize=4)
def _parsed(text: str, label: str) -> Tree:
    """Read what many scenarios name once: a ladder and weights take longer to read than all else."""
    return read_tree(text, label)


@dataclass(frozen=True)
class Checked:
    """What a valid file holds, in one line, and what in it is rarely meant."""

    holds: str
    warnings: tuple[Problem, ...] = ()


def load_any(path_or_name: str | Path) -> Checked:
    """Load a file as what it is, a scenario, a ladder or weights, and describe it.

    A file without a key that tells (`states`, `rungs`, `provenance`) counts as a scenario. Raises
    ScenarioError with every error.
    """
    names: dict[Kind, list[str]] = {kind: shipped_names(kind) for kind in ("scenario", "ladder", "weights")}
    kind: Kind = next((kind for kind in names if str(path_or_name) in names[kind]), "scenario")
    path, label = _find(path_or_name, kind)
    tree = _read(path, label)
    recognised = _recognised(tree.value)
    if recognised == "ladder":
        ladder = load_ladder(path_or_name)
        return Checked(f"a ladder of {len(ladder.acts)} acts, valid")
    if recognised == "weights":
        return Checked(f"the weights {load_weights(path_or_name).name!r}, valid")
    _resolved(tree, Path(label).parent)
    scenario = _validated(tree, Scenario)
    found = [
        tree.place(doubt.path).warning(doubt.name, doubt.says, doubt.allowed) for doubt in doubts(scenario)
    ]
    actors, dated = len(scenario.states) + len(scenario.mediators), len(scenario.acts)
    return Checked(
        f"the scenario {scenario.name!r} of {actors} actors and {dated} dated acts, valid",
        tuple(sorted(found, key=lambda problem: problem.order)),
    )


def is_experiment(source: str | Path) -> bool:
    """Return whether a path or name is that of an experiment: a shipped one, or a file with its keys."""
    try:
        path, label = find(source, "experiment")
        top = _read(path, label).value
    except (NotFound, ScenarioError):
        return False
    return _recognised(top) == "experiment"


MANIFEST = "manifest.json"
FileKind = Literal["scenario", "ladder", "weights", "experiment", "lesson", "results", "run"]


def kind_of_source(source: str | Path) -> FileKind | None:
    """Return what a path or a shipped name refers to, by its first keys; None where they do not say."""
    path = Path(source)
    try:
        if path.is_dir() or path.name == MANIFEST:
            return _kind_of_manifest(path / MANIFEST if path.is_dir() else path)
        if path.is_file():
            found = _recognised(read_tree(read_text(path, str(path)), str(path)).value)
            return "scenario" if found == "case" else found
    except (ScenarioError, ValueError, OSError):
        return None
    shipped: dict[FileKind, list[str]] = {
        "scenario": [*shipped_scenarios(), *shipped_cases()],
        "experiment": shipped_names("experiment"),
        "weights": shipped_weights(),
        "ladder": shipped_ladders(),
    }
    return next((kind for kind, names in shipped.items() if str(source) in names), None)


def _kind_of_manifest(path: Path) -> FileKind | None:
    """Return whether a manifest is that of one run or that of the results of a sweep."""
    if not path.is_file():
        return None
    keys = json.loads(path.read_bytes())
    return "run" if "resolved_scenario" in keys else "results"
