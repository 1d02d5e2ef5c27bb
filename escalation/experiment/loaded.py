"""Experiment files to specifications, with the scenario that they start from: all errors at once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from escalation.experiment.check import Trial, check, set_for_all
from escalation.experiment.factors import Known
from escalation.experiment.spec import Spec
from escalation.files.brief import Brief
from escalation.files.explain import problems_of
from escalation.files.find import NotFound, find, read_text, shipped_names
from escalation.files.override import apply, read_override
from escalation.files.places import FAULTY, Problem, ScenarioError, Tree
from escalation.files.read_yaml import read_tree
from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.load import load_scenario, load_weights
from escalation.scenario.scenario import Scenario


@dataclass(frozen=True, repr=False)
class Loaded(Brief):
    """An experiment that is valid, with the scenario that its cells change."""

    spec: Spec
    base: dict[str, Any]
    """Resolved tree of the scenario, with the values that the experiment sets for all cells."""
    scenario: Scenario
    source: Tree = field(default_factory=lambda: Tree("experiment"), repr=False, compare=False)
    """The experiment file, for the places of errors found later."""

    @cached_property
    def known(self) -> Known:
        """The scenario in the form from which those of the cells are made."""
        return Known(self.base, self.scenario, references(self.base))


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
        With every error of the experiment and the overrides, or else of its scenario.
    """
    if isinstance(source, Mapping):
        tree, relative_to = Tree("experiment", _plain(source)), folder
    else:
        path, label = _find(source)
        tree = read_tree(read_text(path, label), label)
        relative_to = folder or Path(label).parent
    _override(tree, overrides)
    _put_draws(tree)
    spec = _spec_of(tree)
    scenario = _scenario_of(tree, spec, relative_to)
    base = resolved_tree(scenario)
    known = Known(base, scenario, references(base))
    if spec.set:
        known = _with_set(tree, spec, known)
    problems = check(tree, spec, known)
    if problems:
        raise ScenarioError(problems)
    return Loaded(spec, known.tree, known.scenario, tree)


def _put_draws(tree: Tree) -> None:
    """Put the draws that factors name in their place, as alternatives draw_0, draw_1 and so on."""
    factors = tree.value.get("factors") if isinstance(tree.value, dict) else None
    for name, factor in factors.items() if isinstance(factors, dict) else ():
        wanted = factor.get("draws") if isinstance(factor, dict) else None
        if not isinstance(wanted, dict) or not isinstance(wanted.get("of"), str):
            continue
        at = ("factors", name, "draws")
        count = wanted.get("count")
        if "alternatives" in factor:
            tree.problems.append(
                tree.place(at).problem("draws and alternatives are mutually exclusive", "one of the two")
            )
        elif isinstance(count, int):
            factor["alternatives"] = _alternatives(tree, at, wanted["of"], count)


def _alternatives(tree: Tree, at: tuple[str, ...], name: str, count: int) -> dict[str, Any]:
    try:
        fitted = load_weights(name).fitted
    except ScenarioError as error:
        tree.problems += error.problems
        return {}
    draws = fitted.draws if fitted is not None else ()
    if fitted is None or count > len(draws):
        says = f"{name} has {len(draws)} draws, not {count}"
        tree.problems.append(tree.place((*at, "count")).problem(says, f"a count up to {len(draws)}"))
        return {}
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
    ends = 5 if steps[:1] == ("factors",) and steps[2:3] == ("alternatives",) else 1
    if len(steps) <= ends or steps[ends - 1] != "set":
        return steps
    return (*steps[:ends], ".".join(str(step) for step in steps[ends:]))


def _spec_of(tree: Tree) -> Spec:
    if tree.value is FAULTY:
        raise ScenarioError(tree.problems)
    try:
        spec = Spec.model_validate(tree.value)
    except ValidationError as error:
        raise ScenarioError([*tree.problems, *problems_of(error, Spec, tree)]) from None
    if tree.problems:
        raise ScenarioError(tree.problems)
    return spec


def _scenario_of(tree: Tree, spec: Spec, folder: Path | None) -> Scenario:
    place = tree.place(("scenario",))
    # A path that the user typed is relative to the working directory.
    relative_to = folder if place.file == tree.file else None
    try:
        _, label = find(spec.scenario, "scenario", relative_to)
    except NotFound as missing:
        raise ScenarioError([place.problem(*missing.args)]) from None
    return load_scenario(Path(label))


def _with_set(tree: Tree, spec: Spec, known: Known) -> Known:
    """Return the scenario with the values that the experiment sets for all cells."""
    trial, placed = Trial(tree, known), set_for_all(spec)
    problems = list(trial.path_problems(placed))
    made = problems or trial.made(placed)
    if isinstance(made, list):
        raise ScenarioError(made)
    return made
