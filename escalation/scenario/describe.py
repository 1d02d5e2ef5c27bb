"""A ladder and the parameters as text, for the terminal and for the documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from pydantic import BaseModel

from escalation.scenario.ladder import Act, Ladder
from escalation.scenario.parameters import Parameter, parameters_of
from escalation.scenario.scenario import Alliance, Hazard, Incident, Mediator, Relation, Rivalry, State
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


def ladder_lines(ladder: Ladder) -> Iterator[str]:
    """Yield a ladder, top rung first, each rung with its acts."""
    yield f"{ladder.title} ({len(ladder.acts)} acts)"
    yield "base: intercept of the act against holding, in logits; cost, visibility: 0 to 1"
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
