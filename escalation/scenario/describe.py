"""A ladder and the parameters as text, for the terminal and for the documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from escalation.files.places import Path, Tree
from escalation.scenario.ladder import Act, Ladder
from escalation.scenario.parameters import Parameter, parameters_of
from escalation.scenario.scenario import (
    Alliance,
    Hazard,
    Incident,
    Mediator,
    Relation,
    Rivalry,
    Scenario,
    State,
)
from escalation.scenario.weights import Weights

WIDTH = 80

WHERE: tuple[tuple[str, type[BaseModel]], ...] = (
    ("weights.{}", Weights),
    ("states.STATE.{}", State),
    ("mediators.MEDIATOR.{}", Mediator),
    ("mediators.MEDIATOR.toward.STATE.{}", Relation),
    ("rivalries.N.{}", Rivalry),
    ("alliances.N.{}", Alliance),
    ("hazards.N.{}", Hazard),
    ("incidents.N.{}", Incident),
    ("ladder.acts.ACT.{}", Act),
)
"""Every model that declares numbers, and the key path at which a scenario holds them."""


def all_parameters() -> Iterator[tuple[str, Parameter]]:
    """Yield every number of the model with its key path."""
    for path, model in WHERE:
        for parameter in parameters_of(model):
            yield path.format(parameter.name), parameter


def parameter_lines() -> Iterator[str]:
    """Yield every number by group: key path, default, plausible range, unit, meaning, source."""
    group = ""
    for path, parameter in all_parameters():
        if parameter.group != group:
            group = parameter.group
            yield from ("", group, "-" * len(group))
        default = "required" if parameter.default is None else f"{parameter.default:g}"
        low, high = parameter.plausible
        line = f"{path} = {default}  [{low:g}, {high:g}] {parameter.unit}"
        yield from textwrap.wrap(line, WIDTH, subsequent_indent="    ")
        text = f"{parameter.says}. Source: {parameter.source}."
        yield from textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ")


def values_in_force(scenario: Scenario, tree: Tree) -> Iterator[str]:
    """Yield every number of a scenario: its key path, its value, the default if it differs, its source.

    Parameters
    ----------
    scenario, tree
        As `load_placed` returns them.
    """
    group = ""
    for path, model, holder in _holders(scenario):
        for parameter in parameters_of(model):
            heading = f"{parameter.group} ({path.split('.')[0]})"
            if heading != group:
                group = heading
                yield from ("", heading, "-" * len(heading))
            steps: Path = tuple(int(part) if part.isdigit() else part for part in path.split("."))
            at = tree.places.get((*steps, parameter.name))
            value = getattr(holder, parameter.name)
            words = f"{path}.{parameter.name} = {_number(value)}"
            if parameter.default is not None and value != parameter.default:
                words += f" (default {_number(parameter.default)})"
            source = "default" if at is None else f"{at.file}:{at.line}"
            # A path stays whole, so that it can be copied.
            yield from textwrap.wrap(
                f"{words}  {source}", WIDTH, subsequent_indent="    ",
                break_on_hyphens=False, break_long_words=False,
            )  # fmt: skip


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else "none"


def _holders(scenario: Scenario) -> Iterator[tuple[str, type[BaseModel], BaseModel]]:
    """Yield everything in a scenario that holds parameters, with its key path and its model."""
    yield "weights", Weights, scenario.weights
    for name, state in scenario.states.items():
        yield f"states.{name}", State, state
    for name, mediator in scenario.mediators.items():
        yield f"mediators.{name}", Mediator, mediator
        for other in scenario.states:
            yield f"mediators.{name}.toward.{other}", Relation, mediator.toward.get(other, Relation())
    lists: tuple[tuple[str, type[BaseModel], Sequence[BaseModel]], ...] = (
        ("rivalries", Rivalry, scenario.rivalries),
        ("alliances", Alliance, scenario.alliances),
        ("hazards", Hazard, scenario.hazards),
        ("incidents", Incident, scenario.incidents),
    )
    for key, model, items in lists:
        for number, item in enumerate(items):
            yield f"{key}.{number}", model, item
    for name, act in scenario.ladder.acts.items():
        yield f"ladder.acts.{name}", Act, act


def ladder_lines(ladder: Ladder) -> Iterator[str]:
    """Yield a ladder, top rung first, each rung with its acts."""
    yield f"{ladder.title} ({len(ladder.acts)} acts)"
    yield "base: intercept of the act among those of its kind, in logits (of conciliatory"
    yield "acts and mediation: of their log hazard); cost, visibility: 0 to 1"
    for number in range(10, -1, -1):
        rung = ladder.rungs[number]
        yield ""
        yield f"{number:>2} = {rung.label} {'=' * max(2, WIDTH - 6 - len(rung.label))}"
        for name, act in ladder.acts.items():
            if act.rung == number:
                yield from _act_lines(name, act)


def _act_lines(name: str, act: Act) -> Iterator[str]:
    marks = [act.kind.replace("_", " ")]
    if act.kind not in ("conciliatory", "mediation"):
        marks.append(f"cost {act.cost:g}, visibility {act.visibility:g}")
    if act.signal:
        marks.append(f"signal {act.signal}")
    if act.lasts:
        marks.append("lasts")
    if act.commits:
        marks.append("commits")
    if act.capability:
        marks.append(f"needs {act.capability}")
    if act.takers == "mediators":
        marks.append("by mediators")
    line = f"{name}  base {act.base:g}; {'; '.join(marks)}"
    yield from textwrap.wrap(line, WIDTH, initial_indent=" " * 5, subsequent_indent=" " * 7)
    yield from textwrap.wrap(act.description, WIDTH, initial_indent=" " * 7, subsequent_indent=" " * 7)
