"""The controls of the page, one per number or choice of the scenario, and the settings they lead to.

Controls are made from the declarations of the scenario's parameters. A workspace turns settings, the values
that depart from its scenario, into a scenario.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import get_args

from pydantic import ValidationError

from escalation.classroom import texts
from escalation.experiment.factors import Change, Known, changed, edits_of
from escalation.files.explain import problems_of
from escalation.files.places import ScenarioError
from escalation.scenario.dump import resolved_tree, scenario_hash
from escalation.scenario.fields import references
from escalation.scenario.parameters import Parameter, parameters_of
from escalation.scenario.scenario import Form, Mediator, Relation, Rivalry, Scenario, State
from escalation.scenario.weights import Weights
from escalation.vocabulary import Style

STEPS = tuple(digit * 10.0**power for power in (1, 0, -1, -2, -3, -4) for digit in (5, 2, 1))

FEWEST, FINE, MOST_MOVES = 15, 100, 400
"""Steps of a control from end to end, at least and at most; at least `FINE` if none meets its value."""

WEIGHT_GROUPS = ("When: ", "What: ", "Mediation")
"""Beginnings of the groups of weights that have controls."""


Value = str | float | int

Settings = tuple[tuple[str, Value], ...]
"""Key paths of the scenario with their values that depart from it, sorted by path."""


@dataclass(frozen=True)
class Workspace:
    """The scenario that a visitor works on, with the name by which the command line finds it."""

    scenario: Scenario
    source: str

    @cached_property
    def known(self) -> Known:
        """The scenario in the form from which changed ones are built."""
        tree = resolved_tree(self.scenario)
        return Known(tree, self.scenario, references(tree))

    @cached_property
    def digest(self) -> str:
        """The hash of the scenario."""
        return scenario_hash(self.scenario)

    def at(self, settings: Settings) -> Scenario:
        """Return the scenario with settings applied.

        Raises
        ------
        ScenarioError
            If they are not valid in it.
        """
        if not settings:
            return self.scenario
        tree = changed(self.known.tree, *edits_of(Change(settings)))
        if tree.problems:
            raise ScenarioError(tree.problems)
        try:
            return self.known.validate(tree.value)
        except ValidationError as error:
            raise ScenarioError(problems_of(error, Scenario, tree)) from None


def put(settings: Settings, path: str, value: Value | None) -> Settings:
    """Return the settings with one value added, or removed if it is None."""
    kept = {name: given for name, given in settings if name != path}
    if value is not None:
        kept[path] = value
    return tuple(sorted(kept.items()))


@dataclass(frozen=True)
class Control:
    """One number, or one choice, that a visitor can change."""

    path: str
    """Key path in the scenario."""
    group: str
    label: str
    says: str
    source: str
    unit: str
    value: Value
    """Its value in the scenario."""
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    options: tuple[str, ...] = ()
    """Of a choice."""
    advanced: bool = False
    never: int | None = None
    """Of a control of days: the value that means never."""

    def read(self, given: object) -> Value | None:
        """Return what a browser has sent as a value of this control; None if it is not valid."""
        if self.options:
            return given if isinstance(given, str) and given in self.options else None
        if isinstance(given, str):
            try:
                given = float(given) if len(given) <= 30 else None
            except ValueError:
                return None
        if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
            return None
        slack = self.step * 1e-6
        if not self.low - slack <= given <= self.high + slack:
            return None
        if isinstance(self.value, int):
            return int(given) if float(given).is_integer() else None
        moves = round((given - self.low) / self.step)
        here = isinstance(self.value, float) and math.isclose(given, self.value)
        return self.value if here else round(self.low + moves * self.step, 10)

    def allowed(self) -> str:
        """Return in words what `read` accepts."""
        if self.options:
            return texts.ONE_OF.format(options=", ".join(self.options))
        return texts.BETWEEN.format(low=f"{self.low:g}", high=f"{self.high:g}")

    def shown(self, value: Value) -> str:
        """Return a value as text."""
        if isinstance(value, str):
            return texts.CHOICES.get(value, value)
        return texts.NEVER if value == self.never else f"{value:g}"


def step_of(low: float, high: float, value: float) -> float:
    """Return the widest even step that meets both ends and the value, of 15 to 400 from end to end.

    A fitted value may lie on none of these: then it is the widest that meets both ends, 100 steps or more.
    """
    for fewest, met in ((FEWEST, (high - low, value - low)), (FINE, (high - low,))):
        for step in STEPS:
            even = all(abs(x / step - round(x / step)) < 1e-6 for x in met)
            if even and fewest <= (high - low) / step <= MOST_MOVES:
                return step
    return (high - low) / FINE


def range_of(parameter: Parameter, value: float) -> tuple[float, float]:
    """Return the plausible range, widened by even steps if the scenario's value lies outside."""
    low, high = parameter.plausible
    step = step_of(low, high, low)
    if value < low:
        low = max(parameter.bounds[0], round(low - math.ceil((low - value) / step - 1e-6) * step, 10))
    if value > high:
        high = min(parameter.bounds[1], round(high + math.ceil((value - high) / step - 1e-6) * step, 10))
    return low, high


def controls_of(workspace: Workspace) -> tuple[Control, ...]:
    """Return every control of a workspace, in the order of the page."""
    scenario = workspace.scenario
    return (
        *(control for name in scenario.mediators for control in _of_mediator(scenario, name)),
        *(control for name in _rivals(scenario) for control in _of_state(scenario, name)),
        *(_at_stake(scenario, number) for number in range(len(scenario.rivalries))),
        *_of_weights(scenario),
    )


def departures(controls: Mapping[str, Control], settings: Settings) -> list[tuple[Control, Value]]:
    """Return the controls whose value departs from the scenario, with that value."""
    return [(controls[path], value) for path, value in settings if controls[path].value != value]


def moved(controls: Mapping[str, Control], settings: Settings, path: str, given: object) -> Settings | None:
    """Return the settings after a control was changed; None if control or value does not exist."""
    control = controls.get(path)
    value = control.read(given) if control else None
    if control is None or value is None:
        return None
    return put(settings, path, None if value == control.value else value)


def _of_mediator(scenario: Scenario, name: str) -> Iterator[Control]:
    mediator, label = scenario.mediators[name], scenario.label(name)
    at, group = f"mediators.{name}", texts.MEDIATOR_GROUP.format(mediator=label)
    fields = Mediator.model_fields
    yield Control(
        path=f"{at}.enters_day",
        group=group,
        label=texts.LABELS["enters_day"],
        says=_sentence(f"{fields['enters_day'].description}. {texts.ENTRY_NOTE}"),
        source=texts.BY_SCENARIO,
        unit=texts.DAY,
        value=min(mediator.enters_day, scenario.last_day + 1),
        low=0,
        high=scenario.last_day + 1,
        step=1,
        never=scenario.last_day + 1,
    )
    for key, options in (("style", get_args(Style)), ("form", get_args(Form))):
        yield Control(
            path=f"{at}.{key}",
            group=group,
            label=texts.LABELS[key],
            says=_sentence(fields[key].description or ""),
            source=texts.BY_SCENARIO,
            unit="",
            value=getattr(mediator, key),
            options=options,
        )
    for parameter in parameters_of(Mediator):
        yield _of(parameter, f"{at}.{parameter.name}", group, getattr(mediator, parameter.name))
    for state in _rivals(scenario):
        relation = mediator.toward.get(state, Relation())
        group = texts.RELATION_GROUP.format(mediator=label, state=scenario.label(state))
        for parameter in parameters_of(Relation):
            value = getattr(relation, parameter.name)
            yield _of(parameter, f"{at}.toward.{state}.{parameter.name}", group, value)


def _of_state(scenario: Scenario, name: str) -> Iterator[Control]:
    group = texts.STATE_GROUP.format(state=scenario.label(name))
    for parameter in parameters_of(State):
        value = getattr(scenario.states[name], parameter.name)
        yield _of(parameter, f"states.{name}.{parameter.name}", group, value)


def _at_stake(scenario: Scenario, number: int) -> Control:
    """Return the control of what is at stake; all else of a rivalry is of the time before the record."""
    rivalry = scenario.rivalries[number]
    one, other = (scenario.label(name) for name in rivalry.between)
    group = texts.RIVALRY_GROUP.format(one=one, other=other)
    (stakes,) = (parameter for parameter in parameters_of(Rivalry) if parameter.name == "stakes")
    return _of(stakes, f"rivalries.{number}.stakes", group, rivalry.stakes)


def _of_weights(scenario: Scenario) -> Iterator[Control]:
    for parameter in parameters_of(Weights):
        if parameter.group.startswith(WEIGHT_GROUPS):
            value = getattr(scenario.weights, parameter.name)
            group = texts.WEIGHTS_GROUP.format(group=parameter.group)
            control = _of(parameter, f"weights.{parameter.name}", group, value, advanced=True)
            if value != parameter.default:
                source = texts.BY_WEIGHTS.format(default=parameter.default, source=parameter.source)
                control = replace(control, source=source)
            yield control


def _of(parameter: Parameter, path: str, group: str, value: float, advanced: bool = False) -> Control:
    low, high = range_of(parameter, value)
    hint = texts.HINTS.get(parameter.name, "")
    return Control(
        path=path,
        group=group,
        label=texts.LABELS.get(parameter.name, parameter.name.replace("_", " ").capitalize()),
        says=_sentence(f"{parameter.says}. {hint}" if hint else parameter.says),
        source=parameter.source,
        unit=parameter.unit,
        value=value,
        low=low,
        high=high,
        step=step_of(low, high, value),
        advanced=advanced,
    )


def _sentence(text: str) -> str:
    return text.strip().rstrip(".") + "."


def _rivals(scenario: Scenario) -> list[str]:
    party = {name for rivalry in scenario.rivalries for name in rivalry.between}
    return [name for name in scenario.states if name in party]
