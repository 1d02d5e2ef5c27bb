"""A crisis: its states, mediators and rivalries, its dated history, and its hazards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, Field, ValidationInfo, field_validator, model_validator

from escalation.files.expected import Means
from escalation.files.places import did_you_mean, listed, shown
from escalation.language import say
from escalation.scenario.case import Case
from escalation.scenario.fields import (
    LONGEST_HISTORY,
    ActorRef,
    ActRef,
    CapabilityRef,
    Date,
    EntryId,
    FileName,
    Id,
    Many,
    RungNumber,
    SourceRef,
    StateRef,
    Text,
    wrong,
)
from escalation.scenario.ladder import Ladder
from escalation.scenario.parameters import POLICY, PRIOR, Model, defined, parameters_of
from escalation.scenario.weights import Weights
from escalation.vocabulary import EFFECT_ROLES, Style


def _rival_of_victim(value: str, info: ValidationInfo) -> str:
    victim, rivals = info.data.get("victim"), (info.context or {}).get("rivals", {})
    if victim is not None and rivals is not None and value not in rivals.get(victim, ()):
        options = list(rivals.get(victim, ()))
        raise wrong(f"{shown(value)} is not a rival of {victim}", f"one of {listed(options)}", value, options)
    return value


RivalOfVictim = Annotated[StateRef, AfterValidator(_rival_of_victim)]
Form = Literal["bilateral", "third_party"]


def _state(default: float, says: str, source: str = PRIOR) -> Any:
    return defined(default, (0.0, 1.0), says=says, source=source, unit="share", group="State")


def _relation(default: float | None, says: str, **more: Any) -> Any:
    return defined(
        default,
        more.pop("plausible", (0.0, 1.0)),
        says=says,
        source=PRIOR,
        unit="share",
        group="Mediator and state",
        **more,
    )


class State(Model):
    """A state that is party to the crisis, and its dispositions."""

    label: Text
    capabilities: Many[CapabilityRef] = ()
    resolve: float = _state(0.5, "Readiness to bear costs; 0.5 is the average state")
    audience: float = _state(0.5, "How far public threats bind its leaders; 0.5 is the average state")
    risk_aversion: float = _state(0.5, "How far fear deters it; 0.5 is the average state")
    signal_credibility: float = _state(0.5, "How far its nuclear signals are believed")
    third_party_aversion: float = _state(0.5, "Aversion to third parties in its disputes")
    sources: Many[SourceRef] = ()
    note: Text | None = None


class Relation(Model):
    """The relation between a mediator and a state."""

    trust: float = _relation(0.5, "The state's trust in the mediator")
    bias: float = _relation(
        0.0,
        "The mediator's lean toward the state, negative against",
        plausible=(-1.0, 1.0),
        bounds=(-1.0, 1.0),
    )
    leverage: float = _relation(0.2, "What the mediator can give or deny the state")
    sources: Many[SourceRef] = ()
    note: Text | None = None


class Mediator(Model):
    """A third party that may offer its good offices, put forward a formula, or press."""

    label: Text
    enters_day: int = Field(
        ge=0,
        le=100_000,
        description="First day, counted from the start, on which it may act",
        json_schema_extra=POLICY,
    )
    style: Style = Field(description="The most intrusive style it will use", json_schema_extra=POLICY)
    form: Form = Field(
        description="Talks in a bilateral framework, or with the third party at the table",
        json_schema_extra=POLICY,
    )
    persistence: float = defined(
        0.5,
        (0.0, 1.0),
        says="How far it offers again after a refusal",
        source=PRIOR,
        unit="share",
        group="Mediator",
        chosen=True,
    )
    credibility: float = defined(
        0.5,
        (0.0, 1.0),
        says="How far both sides believe what it says",
        source=PRIOR,
        unit="share",
        group="Mediator",
    )
    toward: dict[StateRef, Relation] = Field(
        default={}, description="Its relation to each state; a state left out has the defaults"
    )
    sources: Many[SourceRef] = ()
    note: Text | None = None


class Rivalry(Model):
    """Two states at odds: the pair that a crisis is about."""

    between: tuple[StateRef, StateRef] = Field(strict=False)
    contested_line: bool = Field(default=False, description="A line along which firing can break out")
    hotline: bool = Field(default=False, description="A hotline between military operations staffs exists")
    tension: float = defined(
        0.0,
        (0.0, 5.0),
        says="Posture and perceived posture of both at the start",
        unit="rungs",
        source=PRIOR,
        group="Rivalry",
        bounds=(0.0, 10.0),
    )
    activity: float = defined(
        0.0,
        (0.0, 4.0),
        says="Recent activity at the start: days with militarised acts of either side, as remembered",
        unit="days with acts",
        source="prior: none is remembered after a long quiet",
        group="Rivalry",
        bounds=(0.0, 1_000.0),
    )
    lull_days: float = defined(
        1.0,
        (1.0, 365.0),
        says="Days from the last militarised act of either side to the start; 1 where a crisis begins",
        unit="days",
        source="definition: the trigger of a crisis ends the quiet as an act does",
        group="Rivalry",
        bounds=(1.0, 36_500.0),
    )
    stakes: float = defined(
        1.0,
        (0.0, 1.0),
        says="What is at stake between them: 0 as in the average dispute on record, 1 as in crises that are"
        " remembered by name",
        unit="0 to 1",
        source="scale: 0 Militarized Interstate Events, 1 the coded cases",
        group="Rivalry",
        bounds=(0.0, 1.0),
    )

    @field_validator("between")
    @classmethod
    def _two(cls, between: tuple[str, str]) -> tuple[str, str]:
        if between[0] == between[1]:
            raise wrong(f"{between[0]} as its own rival", "two different states")
        return between


class Alliance(Model):
    """States each of which feels what is done to the others."""

    members: Many[StateRef] = Field(min_length=2)
    solidarity: float = defined(
        0.5,
        (0.0, 1.0),
        says="How far a member feels force against another",
        unit="share",
        source=PRIOR,
        group="Alliance",
    )


class Hazard(Model):
    """Something that may happen on any simulated day, caused by no actor of the model."""

    label: Text
    victim: StateRef
    blamed: RivalOfVictim = Field(description="The state that the victim blames")
    per_day: float = defined(
        None,
        (0.0, 0.05),
        says="Probability on a simulated day",
        unit="probability per day",
        source="by hazard, in the scenario",
        group="Hazard",
    )
    severity: float = defined(
        None,
        (0.05, 0.85),
        says="Pressure on the victim",
        unit="share",
        source="by hazard, in the scenario",
        group="Hazard",
    )


class Dated(Model):
    """What every entry of the timeline carries.

    An entry of a case dated before its start is background: it is on record, and nothing of it is simulated.
    """

    id: EntryId | None = Field(
        default=None, description="The name by which experiments and `--set` refer to this entry"
    )
    date: Date
    says: Text = Field(description="What happened, in one neutral sentence")
    article: bool = Field(default=False, description="Whether the article that seeds the scenario says it")
    contested: bool = Field(default=False, description="Whether a party disputes it")
    confidence: Literal["high", "medium", "low"] = "high"
    sources: Many[SourceRef] = ()
    note: Text | None = None

    @field_validator("date")
    @classmethod
    def _within(cls, value: dt.date, info: ValidationInfo) -> dt.date:
        context = info.context or {}
        first, last = context.get("earliest"), context.get("end")
        if first and last and not first <= value <= last:
            raise wrong(f"{value} is outside the scenario", f"a date from {first} to {last}")
        return value


class Incident(Dated):
    """Something that happened to a state, caused by no actor of the model."""

    victim: StateRef
    blamed: RivalOfVictim = Field(description="The state that the victim blames")
    severity: float = defined(
        None,
        (0.4, 0.85),
        says="Pressure on the victim; 0.58 is a mass-casualty attack",
        unit="share",
        source="coded crises: .58 [.4, .85]",
        group="Incident",
    )
    killed: int | None = Field(default=None, ge=0)


class BorderFire(Dated):
    """Consecutive nights of firing across a contested line; `date` is the evening of the first."""

    between: tuple[StateRef, StateRef] = Field(strict=False)
    nights: int = Field(ge=1, le=10_000)
    goes_on: bool = Field(default=False, description="Not known to have stopped by the horizon")

    @field_validator("between")
    @classmethod
    def _contested(cls, between: tuple[str, str], info: ValidationInfo) -> tuple[str, str]:
        rivals = (info.context or {}).get("rivals", {})
        if rivals is not None and between[1] not in rivals.get(between[0], ()):
            raise wrong(f"{between[0]} and {between[1]} are not rivals", "a pair named under rivalries")
        lines = (info.context or {}).get("contested_lines")
        if lines is not None and frozenset(between) not in lines:
            raise wrong(
                f"{between[0]} and {between[1]} have no contested line",
                "a rivalry with contested_line: true",
            )
        return between

    @field_validator("nights")
    @classmethod
    def _recorded(cls, nights: int, info: ValidationInfo) -> int:
        first, horizon = info.data.get("date"), (info.context or {}).get("horizon")
        if first and horizon and first + dt.timedelta(days=nights - 1) > horizon:
            raise wrong(
                f"{nights} nights from {first} extend beyond the horizon {horizon}",
                "nights up to the horizon; later ones are drawn",
            )
        return nights


class Report(Dated):
    """What a third party did or said; on record, without effect in the model."""

    by: Text


class DatedAct(Dated):
    """An act on record: forced on its day."""

    actor: ActorRef
    act: ActRef
    target: ActorRef
    concerning: StateRef | None = Field(
        default=None,
        validate_default=True,
        description="The other rival, where the act moves mediation and there is more than one",
    )
    seq: int = Field(
        default=1, ge=1, le=99, description="Order within the day: later groups see what earlier ones did"
    )

    @field_validator("act")
    @classmethod
    def _may_take(cls, value: str, info: ValidationInfo) -> str:
        context = info.context or {}
        actor = info.data.get("actor")
        if _holds(context, value):
            return value
        takers, _ = _effect(context, value)
        able = context.get(takers, ())
        if actor is not None and takers and able is not None and actor not in able:
            raise wrong(f"{actor} cannot take {shown(value)}", f"only {takers} take it")
        needs = context.get("needs", {}).get(value)
        capable = context.get("capable", {}).get(actor)
        if needs is not None and capable is not None and needs not in capable:
            raise wrong(
                f"{actor} lacks the capability {shown(needs)} that {shown(value)} needs",
                f"a state that has it, or {needs} among the capabilities of {actor}",
            )
        return value

    @field_validator("target")
    @classmethod
    def _may_be_target(cls, value: str, info: ValidationInfo) -> str:
        context = info.context or {}
        actor, act = info.data.get("actor"), info.data.get("act")
        if actor is None or act is None or _holds(context, act):
            return value
        rivals, mediators = context.get("rivals", {}), context.get("mediators", [])
        if rivals is None or mediators is None:
            return value
        _, toward = _effect(context, act)
        options = {
            "rival": rivals.get(actor, []),
            "mediator": mediators,
            "state": list(rivals),
            "pair": list(rivals),
        }.get(toward)
        if options is not None and value not in options:
            raise wrong(
                f"{shown(value)} is not a target for {shown(act)} by {actor}",
                f"one of {listed(options)}",
                value,
                options,
            )
        return value

    @field_validator("concerning")
    @classmethod
    def _may_concern(cls, value: str | None, info: ValidationInfo) -> str | None:
        context = info.context or {}
        state = _concerned_state(context, info.data)
        rivals = context.get("rivals", {})
        if state is None or rivals is None:
            return value
        options = list(rivals.get(state, ()))
        if value is not None and value not in options:
            says = f"{shown(value)} is not a rival of {state}"
            raise wrong(says, f"one of {listed(options)}", value, options)
        _, toward = _effect(context, info.data["act"])
        if value is None and toward in ("mediator", "pair") and len(options) != 1:
            says = f"{state} has {len(options)} rivals, so concerning is required"
            raise wrong(says, f"one of {listed(options)}")
        return value


def _holds(context: Mapping[str, Any], act: str) -> bool:
    """Return whether an act is to hold, which any actor can do, toward nobody in particular."""
    return bool(context.get("effects", {}).get(act) == "hold")


def _effect(context: Mapping[str, Any], act: str) -> tuple[str, str]:
    effect = context.get("effects", {}).get(act)
    role = EFFECT_ROLES.get(effect)
    return (role.takers, role.toward) if role else ("", "")


def _concerned_state(context: Mapping[str, Any], data: Mapping[str, Any]) -> str | None:
    """Return the state whose rival `concerning` must be."""
    act = data.get("act")
    if act is None:
        return None
    _, toward = _effect(context, act)
    return data.get("actor") if toward == "mediator" else data.get("target")


Given = Annotated[str | float | int, Means("a number or a word")]
"""A value that a file puts at a key path."""


class DatedChange(Dated):
    """Values that hold from a day on, such as a lecturer lets happen in a game.

    Nobody knows of it before its day, so only crises that are played one by one, day after day, have it.
    """

    set: dict[str, Given] = Field(min_length=1, description="Values by key path, from its date on")

    @field_validator("set")
    @classmethod
    def _exist(cls, values: dict[str, Given], info: ValidationInfo) -> dict[str, Given]:
        for path, value in values.items():
            problem = problem_of_value(path, value, info.context or {})
            if problem is not None:
                raise wrong(*problem)
        return values


def problem_of_value(path: str, value: Given, context: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return why a value cannot come into force on a day, with what could; None if it can.

    Parameters
    ----------
    path, value
        As `DatedChange.set` has them.
    context
        As `escalation.scenario.fields.references` returns it.
    """
    steps = path.split(".")
    owner: type[Model]
    names: dict[str, str] = {}
    match steps:
        case ["states", state, _]:
            owner, names = State, {"states": state}
        case ["mediators", mediator, _]:
            owner, names = Mediator, {"mediators": mediator}
        case ["mediators", mediator, "toward", state, _]:
            owner, names = Relation, {"mediators": mediator, "states": state}
        case ["weights", _]:
            owner = Weights
        case _:
            return _fixed(path), CHANGING
    for kind, name in names.items():
        known = context.get(kind)
        if known is not None and name not in known:
            return f"no {kind.removesuffix('s')} is called {shown(name)}", _one_of(name, known)
    wanted = _wanted(owner, steps[-1], value)
    if wanted is None:
        keys = [parameter.name for parameter in parameters_of(owner)]
        return _fixed(path), _one_of(steps[-1], keys + (list(CHOICES) if owner is Mediator else []))
    return (f"{path}: {shown(value)} is out of range", wanted) if wanted else None


def _wanted(owner: type[Model], key: str, value: Given) -> str | None:
    """Return what a value should be, empty if it is that; None if it cannot change."""
    if owner is Mediator and key in CHOICES:
        return "" if value in CHOICES[key] else f"one of {listed(CHOICES[key])}"
    if owner is Mediator and key == "enters_day":
        return "" if isinstance(value, int) and value >= 0 else "a day, counted from the start"
    for parameter in parameters_of(owner):
        if parameter.name == key:
            low, high = parameter.bounds
            is_within = not isinstance(value, str | bool) and low <= value <= high
            return "" if is_within else f"a number from {low:g} to {high:g}"
    return None


def _fixed(path: str) -> str:
    return f"{shown(path)} is no value that changes during a crisis"


def _one_of(given: str, names: Iterable[str]) -> str:
    return " ".join(filter(None, (did_you_mean(given, list(names)), f"one of {listed(list(names))}")))


CHOICES = {"style": get_args(Style), "form": get_args(Form)}
CHANGING = "states.NAME.KEY, mediators.NAME.KEY, mediators.NAME.toward.STATE.KEY or weights.NAME"


class Outcome(Model):
    """Thresholds of the outcome classes, applied to simulated days and states' own acts."""

    nuclear_rung: RungNumber = 10
    war_rung: RungNumber = 9
    force_rung: RungNumber = 6
    violence_rung: RungNumber = 5
    standoff_rung: RungNumber = 3
    quiet_days: int = Field(
        default=14, ge=1, le=365, description="Days without violence after which force has ended"
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        rising = self.standoff_rung <= self.force_rung <= self.war_rung <= self.nuclear_rung
        if not rising or self.violence_rung > self.force_rung:
            raise wrong(
                "the thresholds are out of order",
                "standoff_rung <= force_rung <= war_rung <= nuclear_rung, and violence_rung <= force_rung",
            )
        return self


class Source(Model):
    """Where a fact comes from."""

    title: Text
    address: Text | None = None
    kind: Literal["article", "document", "general knowledge", "dataset", "publication"] = "document"


class Scenario(Model):
    """One crisis, complete: validated and resolved, ready for `escalation.engine.pack`."""

    format: Literal[1] = Field(default=1, description="Version of this file format")
    name: FileName
    title: Text
    summary: Text
    start: Date = Field(description="Day 0")
    horizon: Date = Field(description="Last day of the record; the next day is the first simulated one")
    free_days: int = Field(ge=0, le=3_650, description="Days to simulate after the horizon")
    max_acts_per_day: int = Field(
        default=3,
        ge=1,
        le=8,
        description="Most words and measures, and most hostile acts, that a state chooses per day and rival",
    )
    ladder: Annotated[Ladder, Means("the name or path of a ladder, or a mapping")]
    weights: Weights
    states: dict[Id, State] = Field(min_length=2, max_length=64)
    mediators: dict[Id, Mediator] = Field(default={}, max_length=64)
    rivalries: Many[Rivalry] = Field(min_length=1)
    alliances: Many[Alliance] = ()
    hazards: Many[Hazard] = Field(default=(), description="What may happen on any simulated day")
    incidents: Many[Incident] = ()
    border_fire: Many[BorderFire] = ()
    reports: Many[Report] = ()
    acts: Many[DatedAct] = ()
    changes: Many[DatedChange] = Field(
        default=(), description="Values that hold from a day on; of games, not known before that day"
    )
    outcome: Outcome = Outcome()
    case: Case | None = Field(default=None, description="How it was coded, where it is a crisis of the past")
    sources: dict[Id, Source] = {}

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield what crisis it is, when, and of whom."""
        yield "name", self.name
        yield "start", self.start
        yield "horizon", self.horizon
        yield "free_days", self.free_days
        yield "states", list(self.states)
        yield "mediators", list(self.mediators)
        yield "acts", len(self.acts)

    @property
    def horizon_day(self) -> int:
        """Return the last forced day, counted from the start."""
        return (self.horizon - self.start).days

    @property
    def last_day(self) -> int:
        """Return the last simulated day, counted from the start."""
        return self.horizon_day + self.free_days

    def date_of(self, day: int) -> dt.date:
        """Return the calendar date of a day counted from the start."""
        return self.start + dt.timedelta(days=day)

    def label(self, actor: str) -> str:
        """Return the name of a state or mediator as text shows it, in the present language."""
        return say(self.states[actor].label if actor in self.states else self.mediators[actor].label)

    @field_validator("horizon")
    @classmethod
    def _after_start(cls, value: dt.date, info: ValidationInfo) -> dt.date:
        start = info.data.get("start")
        if start is not None and value < start:
            raise wrong(f"horizon {value} is before start {start}", "a date on or after the start")
        if start is not None and value > start + LONGEST_HISTORY:
            raise wrong(
                f"horizon {value} is {(value - start).days} days after start {start}",
                f"at most {LONGEST_HISTORY.days} days",
            )
        return value

    @field_validator("mediators")
    @classmethod
    def _one_name(cls, mediators: dict[str, Mediator], info: ValidationInfo) -> dict[str, Mediator]:
        both = sorted(set(mediators) & set(info.data.get("states", {})))
        if both:
            raise wrong(
                f"{', '.join(both)} is both a state and a mediator", "each actor under one of the two"
            )
        return mediators

    @field_validator("rivalries")
    @classmethod
    def _each_pair_once(cls, rivalries: tuple[Rivalry, ...]) -> tuple[Rivalry, ...]:
        seen: set[frozenset[str]] = set()
        for rivalry in rivalries:
            pair = frozenset(rivalry.between)
            if pair in seen:
                raise wrong(f"{' and '.join(sorted(pair))} are a duplicate", "each pair once")
            seen.add(pair)
        return rivalries


def scenario_template() -> str:
    """Return a commented scenario file, complete and fictitious, to be changed into one's own."""
    return Path(__file__).with_name("scenario_template.yaml").read_text(encoding="utf-8")
