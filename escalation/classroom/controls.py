"""The controls of the page, one per number or choice of the scenario, and the settings they lead to.

Controls are made from the declarations of the scenario's parameters. A workspace turns settings, the values
that depart from its scenario, into a scenario.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import get_args

from pydantic import ValidationError

from escalation.classroom import texts
from escalation.classroom.examples import example_of
from escalation.experiment.factors import Change, Known, changed, edits_of, off_the_record
from escalation.files.explain import problems_of
from escalation.files.places import ScenarioError
from escalation.language import number, say
from escalation.scenario.dump import resolved_tree, scenario_hash
from escalation.scenario.fields import references
from escalation.scenario.parameters import Kind, Parameter, kind_of, parameters_of
from escalation.scenario.scenario import Form, Mediator, Relation, Rivalry, Scenario, State
from escalation.scenario.weights import Weights
from escalation.vocabulary import Style

STEPS = tuple(digit * 10.0**power for power in (1, 0, -1, -2, -3, -4) for digit in (5, 2, 1))

FEWEST, FINE, MOST_MOVES = 15, 100, 400
"""Steps of a control from end to end, at least and at most; at least `FINE` if none meets its value."""

ROOM = 0.25
"""How far a control goes on where the scenario's value lies at an end of the plausible range, or beyond it,
as a share of that range; `NEAR` is the share of it that counts as the end."""
NEAR = 0.1

TAKES_PART, FROM_ENTRY, STAYS_OUT = "takes_part", "from_entry", "stays_out"
"""The options of a mediator's presence, which the path of the mediator itself sets: as in the record; not as
in the record, but from its day of entry on; not at all."""

WEIGHT_GROUPS = ("When: ", "What: ", "Mediation")
"""Beginnings of the groups of weights that have controls."""


Value = str | float | int

Settings = tuple[tuple[str, Value], ...]
"""Key paths of the scenario with their values that depart from it, sorted by path. The path of a mediator
with the value `STAYS_OUT` leaves it out, with all that the record has of it; with `FROM_ENTRY`, only the
latter."""


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

    def change(self, settings: Settings) -> Change:
        """Return what settings change: values that are set, and entries that are left out."""
        gone = left_out(settings)
        sets = tuple(pair for pair in in_effect(settings) if not is_presence(pair[0]))
        unrecorded = [*gone, *mediators_that(settings, FROM_ENTRY)]
        without = off_the_record(self.scenario, unrecorded)
        entries = tuple(f"mediators.{name}" for name in gone)
        return Change((*sets, *without.sets), (*entries, *without.drops))

    def at(self, settings: Settings) -> Scenario:
        """Return the scenario with settings applied.

        Raises
        ------
        ScenarioError
            If they are not valid in it.
        """
        if not settings:
            return self.scenario
        tree = changed(self.known.tree, *edits_of(self.change(settings)))
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


def is_presence(path: str) -> bool:
    """Return whether a path is that of a mediator itself, which says whether it takes part."""
    return path.startswith("mediators.") and path.count(".") == 1


def left_out(settings: Settings) -> list[str]:
    """Return the mediators that stay out."""
    return mediators_that(settings, STAYS_OUT)


def mediators_that(settings: Settings, presence: str) -> list[str]:
    """Return the mediators whose presence is set to an option."""
    return [
        path.removeprefix("mediators.") for path, value in settings if is_presence(path) and value == presence
    ]


def in_effect(settings: Settings) -> Settings:
    """Return the settings without those of mediators that stay out, which change nothing."""
    within = tuple(f"mediators.{name}." for name in left_out(settings))
    return tuple(pair for pair in settings if not pair[0].startswith(within)) if within else settings


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
    kind: Kind = "assumption"
    """What somebody chooses is a policy, what nobody chooses an assumption."""
    words: Mapping[Value, str] = field(default_factory=dict)
    """Values whose departure from the scenario has words of its own, without the name of the control."""
    plausible: tuple[float, float] | None = None
    """The plausible range of a number, where the control goes beyond it."""
    example: str = ""
    """What it looked like in a recorded crisis."""

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
            return say(texts.ONE_OF, options=", ".join(self.options))
        return say(texts.BETWEEN, low=f"{self.low:g}", high=f"{self.high:g}")

    def shown(self, value: Value) -> str:
        """Return a value as text."""
        if isinstance(value, str):
            return say(texts.CHOICES.get(value, value))
        return self.words[value] if value in self.words else plain(value)


def plain(value: float) -> str:
    """Return a number as text, with the decimals that it has."""
    exponent = Decimal(f"{value:g}").normalize().as_tuple().exponent
    return number(value, max(0, -int(exponent))).replace("-", "\N{MINUS SIGN}")


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
    """Return the plausible range, widened so that the scenario's value can be moved both ways.

    Where the value lies at an end, or beyond it, the range goes on for a quarter of its width past the value,
    by even steps and within the bounds of the parameter.
    """
    low, high = parameter.plausible
    step, width = step_of(low, high, low), high - low
    if value < low + NEAR * width:
        beyond = math.ceil((low - value + ROOM * width) / step - 1e-6) * step
        low = max(parameter.bounds[0], round(low - beyond, 10))
    if value > high - NEAR * width:
        beyond = math.ceil((value - high + ROOM * width) / step - 1e-6) * step
        high = min(parameter.bounds[1], round(high + beyond, 10))
    return low, high


def controls_of(workspace: Workspace) -> tuple[Control, ...]:
    """Return every control of a workspace, in the order of the page."""
    scenario = workspace.scenario
    found = (
        *(control for name in scenario.mediators for control in _of_mediator(scenario, name)),
        *(control for name in _rivals(scenario) for control in _of_state(scenario, name)),
        *(_at_stake(scenario, number) for number in range(len(scenario.rivalries))),
        *_of_weights(scenario),
    )
    return tuple(replace(control, example=example_of(control.path).words()) for control in found)


def departures(controls: Mapping[str, Control], settings: Settings) -> list[tuple[Control, Value]]:
    """Return the controls whose value departs from the scenario, with that value, policies first."""
    found = [(controls[path], value) for path, value in in_effect(settings) if controls[path].value != value]
    return sorted(found, key=lambda pair: pair[0].kind != "policy")


def moved(controls: Mapping[str, Control], settings: Settings, path: str, given: object) -> Settings | None:
    """Return the settings after a control was changed; None if control or value does not exist."""
    control = controls.get(path)
    value = control.read(given) if control else None
    if control is None or value is None:
        return None
    return put(settings, path, None if value == control.value else value)


def _of_mediator(scenario: Scenario, name: str) -> Iterator[Control]:
    mediator, label = scenario.mediators[name], scenario.label(name)
    at, group = f"mediators.{name}", say(texts.MEDIATOR_GROUP, mediator=label)
    fields = Mediator.model_fields
    yield Control(
        path=at,
        group=group,
        label=say(texts.PRESENCE),
        says=say(texts.PRESENCE_SAYS, mediator=label),
        source=say(texts.BY_SCENARIO),
        unit="",
        value=TAKES_PART,
        options=(TAKES_PART, FROM_ENTRY, STAYS_OUT),
        kind="policy",
        words={
            FROM_ENTRY: say(texts.FROM_ENTRY_WORDS, mediator=label),
            STAYS_OUT: say(texts.STAYS_OUT_WORDS, mediator=label),
        },
    )
    never = scenario.last_day + 1
    yield Control(
        path=f"{at}.enters_day",
        group=group,
        label=say(texts.LABELS["enters_day"]),
        says=f"{_sentence(fields['enters_day'].description)} {say(texts.ENTRY_NOTE, mediator=label)}",
        source=say(texts.BY_SCENARIO),
        unit=say(texts.DAY),
        value=min(mediator.enters_day, never),
        low=0,
        high=never,
        step=1,
        never=never,
        kind=kind_of(fields["enters_day"]),
        words={never: say(texts.NEVER, mediator=label)},
    )
    for key, options in (("style", get_args(Style)), ("form", get_args(Form))):
        yield Control(
            path=f"{at}.{key}",
            group=group,
            label=say(texts.LABELS[key]),
            says=_sentence(fields[key].description),
            source=say(texts.BY_SCENARIO),
            unit="",
            value=getattr(mediator, key),
            options=options,
            kind=kind_of(fields[key]),
        )
    for parameter in parameters_of(Mediator):
        yield _of(parameter, f"{at}.{parameter.name}", group, getattr(mediator, parameter.name))
    for state in _rivals(scenario):
        relation = mediator.toward.get(state, Relation())
        group = say(texts.RELATION_GROUP, mediator=label, state=scenario.label(state))
        for parameter in parameters_of(Relation):
            value = getattr(relation, parameter.name)
            yield _of(parameter, f"{at}.toward.{state}.{parameter.name}", group, value)


def _of_state(scenario: Scenario, name: str) -> Iterator[Control]:
    group = say(texts.STATE_GROUP, state=scenario.label(name))
    for parameter in parameters_of(State):
        value = getattr(scenario.states[name], parameter.name)
        yield _of(parameter, f"states.{name}.{parameter.name}", group, value)


def _at_stake(scenario: Scenario, number: int) -> Control:
    """Return the control of what is at stake; all else of a rivalry is of the time before the record."""
    rivalry = scenario.rivalries[number]
    one, other = (scenario.label(name) for name in rivalry.between)
    group = say(texts.RIVALRY_GROUP, one=one, other=other)
    (stakes,) = (parameter for parameter in parameters_of(Rivalry) if parameter.name == "stakes")
    return _of(stakes, f"rivalries.{number}.stakes", group, rivalry.stakes)


def _of_weights(scenario: Scenario) -> Iterator[Control]:
    for parameter in parameters_of(Weights):
        if parameter.group.startswith(WEIGHT_GROUPS):
            value = getattr(scenario.weights, parameter.name)
            group = say(texts.WEIGHTS_GROUP, group=say(parameter.group))
            control = _of(parameter, f"weights.{parameter.name}", group, value, advanced=True)
            if value != parameter.default:
                default = plain(parameter.default or 0.0)
                source = say(texts.BY_WEIGHTS, default=default, source=say(parameter.source))
                control = replace(control, source=source)
            yield control


def _of(parameter: Parameter, path: str, group: str, value: float, advanced: bool = False) -> Control:
    low, high = range_of(parameter, value)
    return Control(
        path=path,
        group=group,
        label=say(texts.LABELS.get(parameter.name, parameter.name.replace("_", " ").capitalize())),
        says=_sentence(parameter.says),
        source=say(parameter.source),
        unit=say(parameter.unit),
        value=value,
        low=low,
        high=high,
        step=step_of(low, high, value),
        advanced=advanced,
        kind=parameter.kind,
        plausible=parameter.plausible if (low, high) != parameter.plausible else None,
    )


def _sentence(text: str | None) -> str:
    return say(text or "").strip().rstrip(".") + "."


def _rivals(scenario: Scenario) -> list[str]:
    party = {name for rivalry in scenario.rivalries for name in rivalry.between}
    return [name for name in scenario.states if name in party]
