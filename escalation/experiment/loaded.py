"""Experiment files to specifications, with the scenario that they start from: all errors at once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from escalation.experiment.check import Trial, check, measure_problems, set_for_all
from escalation.experiment.design import Loaded, impossible_cells
from escalation.experiment.factors import Change, Known, changed, edits_of
from escalation.experiment.spec import Spec
from escalation.files.explain import problems_of
from escalation.files.find import Kind, NotFound, find, read_text, shipped_names
from escalation.files.override import apply, read_override
from escalation.files.places import FAULTY, Problem, ScenarioError, Tree
from escalation.files.places import Path as KeyPath
from escalation.files.read_yaml import read_tree
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.load import load_scenario, load_weights
from escalation.scenario.scenario import Scenario


def load_experiment(
    source: str | Path | Mapping[str, Any], overrides: Sequence[str] = (), folder: Path | None = None
) -> Loaded:
    """Load an experiment from a file, a shipped one by name, or one that is given as plain data.

    Parameters
    ----------
    source
        A path, a name such as `mediation`, or a mapping with the keys of a file.
    overrides
        Values to put in place of those in the file, each as `KEY.PATH=VALUE`; what follows `set.`
        is a key path of the scenario, as in `set.free_days=60`.
    folder
        Folder to which the path of the scenario is relative; by default that of the file, or the
        working directory.

    Raises
    ------
    ScenarioError
        With every error of the experiment, of the overrides and of its scenario; with every cell that is
        impossible, if nothing else is wrong.
    """
    if isinstance(source, Mapping):
        tree, relative_to = Tree("experiment", _plain(source)), folder
    else:
        path, label = _find(source)
        tree = read_tree(read_text(path, label), label)
        relative_to = folder or Path(label).parent
    _override(tree, overrides)
    _put_named(tree, relative_to)
    sound = _sound_parts(tree)
    spec, problems = sound.spec, sound.problems
    if spec is None:
        raise ScenarioError(problems)
    try:
        scenario = _scenario_of(tree, spec, relative_to)
    except ScenarioError as error:
        problems += measure_problems(tree, spec, sound.lost)
        raise ScenarioError([*problems, *error.problems]) from None
    base = resolved_tree(scenario)
    known, wrong = _with_set(tree, spec, Known(base, scenario, references(base)))
    problems += wrong
    if known is not None:
        problems += check(tree, spec, known, sound.lost)
    if problems or known is None:
        raise ScenarioError(problems)
    loaded = Loaded(spec, known.tree, known.scenario, tree)
    if impossible := impossible_cells(loaded):
        raise ScenarioError(impossible)
    return loaded


_GROUPS = ("factors", "uncertainties")
"""The keys under which an experiment has factors; policies are alternatives without one of their own."""


def _put_named(tree: Tree, folder: Path | None) -> None:
    """Put what factors and alternatives name in its place: draws, sets of weights, scenarios.

    Draws become alternatives draw_0, draw_1 and so on.
    """
    if not isinstance(tree.value, dict):
        return
    for group in _GROUPS:
        factors = tree.value.get(group)
        for name, factor in factors.items() if isinstance(factors, dict) else ():
            if isinstance(factor, dict):
                _put_draws(tree, (group, name), factor, folder)
                _put_alternatives(tree, (group, name, "alternatives"), folder, factor.get("alternatives"))
    _put_alternatives(tree, ("policies",), folder, tree.value.get("policies"))


def _put_alternatives(tree: Tree, at: tuple[str, ...], folder: Path | None, ways: object) -> None:
    for name, way in ways.items() if isinstance(ways, dict) else ():
        if not isinstance(way, dict):
            continue
        for key, load in (("weights", _weights_tree), ("scenario", _scenario_tree)):
            named = way.get(key)
            if isinstance(named, str) and named.strip():
                try:
                    way[key] = load(tree, (*at, name, key), named, folder)
                except ScenarioError as error:
                    tree.problems += error.problems
                    way[key] = FAULTY


def _weights_tree(tree: Tree, at: tuple[str, ...], name: str, folder: Path | None) -> dict[str, Any]:
    return load_weights(_named(tree, at, name, "weights", folder)).weights.model_dump(mode="json")


def _scenario_tree(tree: Tree, at: tuple[str, ...], name: str, folder: Path | None) -> dict[str, Any]:
    """Return another scenario as plain data, with what the experiment sets for all cells."""
    base = resolved_tree(load_scenario(_named(tree, at, name, "scenario", folder)))
    values = tree.value.get("set")
    values = values if isinstance(values, dict) else {}
    made = changed(base, *edits_of(Change(tuple((str(path), value) for path, value in values.items()))))
    problems = made.problems
    if not problems:
        try:
            return resolved_tree(Known.of(made.value).scenario)
        except ValidationError as error:
            problems = problems_of(error, Scenario, made)
    place = tree.place(at)
    raise ScenarioError([place.problem(f"with what is set for all cells: {one}") for one in problems])


def _put_draws(tree: Tree, at: tuple[str, str], factor: dict[str, Any], folder: Path | None) -> None:
    wanted = factor.get("draws")
    if not isinstance(wanted, dict) or not isinstance(wanted.get("of"), str):
        return
    here, count = (*at, "draws"), wanted.get("count")
    if "alternatives" in factor:
        says = "draws and alternatives are mutually exclusive"
        tree.problems.append(tree.place(here).problem(says, "one of the two"))
    elif isinstance(count, int):
        factor["alternatives"] = _drawn(tree, here, wanted["of"], count, folder)


def _drawn(tree: Tree, at: tuple[str, ...], name: str, count: int, folder: Path | None) -> Any:
    """Return the draws as alternatives, or that there is an error."""
    try:
        fitted = load_weights(_named(tree, (*at, "of"), name, "weights", folder)).fitted
    except ScenarioError as error:
        tree.problems += error.problems
        return FAULTY
    draws = fitted.draws if fitted is not None else ()
    if fitted is None or count > len(draws):
        says = f"{name} has {len(draws)} draws, not {count}"
        tree.problems.append(tree.place((*at, "count")).problem(says, f"a count up to {len(draws)}"))
        return FAULTY
    return {
        f"draw_{number}": {
            "set": {f"weights.{weight}": value for weight, value in zip(fitted.weights, row, strict=True)}
        }
        for number, row in enumerate(draws[:count])
    }


def shipped_experiments() -> list[str]:
    """Return the names under which `load_experiment` finds the shipped experiments."""
    return shipped_names("experiment")


def _find(source: str | Path) -> tuple[Path, str]:
    try:
        return find(source, "experiment")
    except NotFound as missing:
        says, allowed = missing.args
        raise ScenarioError([Problem(str(source) or '""', None, None, "", says, allowed)]) from None


def _plain(source: Mapping[str, Any]) -> Any:
    """Return data as a file could hold it: NumPy's numbers and arrays, dates and ranges are read."""
    try:
        return json.loads(json.dumps(source, default=_as_plain, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        says, allowed = f"this is not plain data: {error}", "text, numbers, true, false, lists, mappings"
        raise ScenarioError([Problem("experiment", None, None, "", says, allowed)]) from None


def _as_plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, range | Mapping):
        return dict(value) if isinstance(value, Mapping) else list(value)
    raise TypeError(f"{type(value).__name__} is not known")


def _override(tree: Tree, overrides: Sequence[str]) -> None:
    for text in overrides:
        change = read_override(text)
        tree.problems += change.value.problems
        change.steps = _joined(change.steps)
        if isinstance(tree.value, dict):
            apply(change, tree, Spec)


def _joined(steps: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Return the steps with those after `set` as one, since its keys are key paths."""
    ends = 1
    if steps[:1] == ("policies",):
        ends = 3
    elif steps[0] in _GROUPS and steps[2:3] == ("alternatives",):
        ends = 5
    if len(steps) <= ends or steps[ends - 1] != "set":
        return steps
    return (*steps[:ends], ".".join(str(step) for step in steps[ends:]))


@dataclass(frozen=True)
class SoundParts:
    """What can be read of an experiment, and all that is wrong with the rest."""

    spec: Spec | None
    """None if too little is right to look further."""
    problems: list[Problem]
    lost: tuple[str, ...] = ()
    """The factors that are left out, being faulty."""


_STAND_INS: dict[str, Any] = {"name": "x", "title": "x", "summary": "x", "seed": 0, "replications": 1}
"""What is required, but matters to no other check."""


def _sound_parts(tree: Tree) -> SoundParts:
    """Read an experiment; where single keys are wrong, leave them out, so that the rest can be checked."""
    if tree.value is FAULTY:
        return SoundParts(None, tree.problems)
    try:
        spec = Spec.model_validate(tree.value)
        if not tree.problems:
            return SoundParts(spec, [])
        wrong: list[KeyPath] = []
        problems = list(tree.problems)
    except ValidationError as error:
        wrong = [one["loc"] for one in error.errors(include_url=False)]
        problems = [*tree.problems, *problems_of(error, Spec, tree)]
    kept = _without(tree.value, wrong) if isinstance(tree.value, dict) else {}
    try:
        sound = Spec.model_validate(kept)
    except ValidationError:
        return SoundParts(None, problems)
    groups = (tree.value.get(group) for group in _GROUPS)
    named = [str(name) for factors in groups if isinstance(factors, dict) for name in factors]
    return SoundParts(sound, problems, tuple(name for name in named if name not in sound.varied))


def _without(data: dict[Any, Any], wrong: Sequence[KeyPath]) -> dict[Any, Any]:
    """Return an experiment's data without the factors, and the other keys, that hold anything wrong."""
    if () in wrong:
        return {}
    faulty = {path[0] for path in wrong} | {key for key, part in data.items() if _has_fault(part)}
    kept = {key: part for key, part in data.items() if key not in faulty}
    for group in _GROUPS:
        factors = data.get(group, {})
        if not isinstance(factors, dict) or (group,) in wrong:
            return {}
        spoiled = {path[1] for path in wrong if path[0] == group}
        spoiled |= {name for name, factor in factors.items() if _has_fault(factor)}
        if group in data:
            kept[group] = {name: factor for name, factor in factors.items() if name not in spoiled}
    if "design" in faulty:
        factors = [factor for group in _GROUPS for factor in kept.get(group, {}).values()]
        sampled = any("range" in factor or "draws" in factor for factor in factors)
        kept["design"] = {"kind": "lhs", "points": 1} if sampled else "grid"
    return {key: part for key, part in _STAND_INS.items() if key not in kept} | kept


def _has_fault(value: object) -> bool:
    if isinstance(value, dict):
        return any(_has_fault(part) for part in value.values())
    if isinstance(value, list | tuple):
        return any(_has_fault(part) for part in value)
    return value is FAULTY


def _scenario_of(tree: Tree, spec: Spec, folder: Path | None) -> Scenario:
    scenario = load_scenario(_named(tree, ("scenario",), spec.scenario, "scenario", folder))
    if scenario.changes:
        says = "values of this scenario change on one of its days, so that it is played by itself"
        raise ScenarioError([tree.place(("scenario",)).problem(says, "a scenario without `changes`")])
    return scenario


def _named(tree: Tree, at: tuple[str, ...], name: str, kind: Kind, folder: Path | None) -> Path:
    """Return the file that an experiment names; raise ScenarioError with its place if there is none."""
    place = tree.place(at)
    # A path that the user typed is relative to the working directory.
    relative_to = folder if place.file == tree.file else None
    try:
        _, label = find(name, kind, relative_to)
    except NotFound as missing:
        raise ScenarioError([place.problem(*missing.args)]) from None
    return Path(label)


def _with_set(tree: Tree, spec: Spec, known: Known) -> tuple[Known | None, list[Problem]]:
    """Return the scenario with what the experiment sets for all cells, without the keys that are wrong.

    None if a value is wrong: what depends on it would be wrong too.
    """
    trial, problems, sound = Trial(tree, known), [], {}
    for path, value in spec.set.items():
        wrong = list(trial.path_problems(set_for_all({path: value})))
        problems += wrong
        if not wrong:
            sound[path] = value
    made = trial.made(set_for_all(sound)) if sound else known
    return (None, [*problems, *made]) if isinstance(made, list) else (made, problems)
