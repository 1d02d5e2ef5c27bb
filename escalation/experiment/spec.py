"""An experiment as its file has it: the scenario, what is varied, how often, and what is reported.

Single keys are checked here. Their combination, and their fit with the scenario, is
checked by `escalation.experiment.check`, which can name the place of each error. The JSON Schema of
experiment files is generated from these models.
"""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from escalation.files.expected import Means
from escalation.files.places import kind_of, listed, shown
from escalation.files.write import write_file
from escalation.measures.measures import SHARES, MoreIs
from escalation.measures.own import OwnMeasure
from escalation.scenario.fields import ID_PATTERN, FileName, Id, Many, Text, wrong
from escalation.scenario.parameters import Model
from escalation.scenario.schema import Schema, as_text, schema_of
from escalation.vocabulary import OUTCOMES

MOST_CELLS = 1_000_000
MOST_LEVELS = 100_000

POLICY = "policy"
"""The name of the policies among all that an experiment varies, and of their column in tables."""

POLICY_LABEL = "Policy"

Level = float | int | str | bool
"""How tables identify a level: an alternative's name, or the value, a list or mapping as JSON text."""

Kind = Literal["grid", "list", "lhs", "sobol", "sensitivity"]
SAMPLED: tuple[Kind, ...] = ("lhs", "sobol", "sensitivity")
"""The designs that spread points over numbers and draws, and cross them with all other levels."""
PlotKind = Literal["outcomes", "heat", "fan", "incidence", "ridge", "multiples", "effects", "policies"]


def level_of(value: object) -> Level:
    """Return the level that identifies a value of a factor: itself, or JSON text."""
    if isinstance(value, str | bool | int | float):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def _key_path(value: str) -> str:
    if all(value.split(".")) and value.isprintable():
        return value
    raise wrong(f"{shown(value)} is not a key path", "keys separated by dots, such as states.india.resolve")


def _each_once(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = [value for number, value in enumerate(values) if value in values[:number]]
    if twice:
        raise wrong(f"{twice[0]} is a duplicate", "each once")
    return values


def _as_mapping(value: object) -> object:
    """Read a bare kind as a mapping with nothing else."""
    return {"kind": value} if isinstance(value, str) else value


def _as_measure(value: object) -> object:
    """Read a bare expression as a mapping with nothing else."""
    return {"of": value} if isinstance(value, str) else value


_POINTS = "the number of points, or a list of them, each a mapping from factors to levels"


def _points(value: object) -> int | tuple[dict[str, Any], ...] | None:
    match value:
        case None:
            return None
        case bool():
            pass
        case int():
            if 1 <= value <= MOST_CELLS:
                return value
            raise wrong(f"{shown(value)} is not in [1, {MOST_CELLS:,}]", _POINTS)
        case list() | tuple():
            odd = [number for number, point in enumerate(value) if not isinstance(point, dict)]
            if odd:
                raise wrong(f"item {odd[0]} is {kind_of(value[odd[0]])}", _POINTS)
            if not 1 <= len(value) <= MOST_CELLS:
                raise wrong(f"{len(value):,} points", f"1 to {MOST_CELLS:,}")
            return tuple(value)
    raise wrong(f"{shown(value)} is {kind_of(value)}", _POINTS)


KeyPath = Annotated[
    str,
    Field(max_length=500),
    AfterValidator(_key_path),
    Means("a key path of the scenario, such as states.india.resolve"),
]

Share = Annotated[
    str,
    WithJsonSchema({"anyOf": [{"enum": list(SHARES)}, {"type": "string", "pattern": ID_PATTERN}]}),
    Means(f"one of {listed(SHARES, 20)}, or a yes or no among the measures"),
]
"""The name of a share; whether there is such a one depends on the experiment's own measures."""

Shares = Annotated[Many[Share], AfterValidator(_each_once)]

Points = Annotated[
    Any,
    PlainValidator(_points),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 1, "maximum": MOST_CELLS},
                {"type": "array", "minItems": 1, "items": {"type": "object"}},
            ]
        }
    ),
    Means(_POINTS),
]

Seed = Annotated[int, Field(ge=0, le=2**64 - 1)]


def _whole(value: object) -> str | dict[str, Any] | None:
    if value is None or isinstance(value, dict):
        return value
    if isinstance(value, str) and value.strip():
        return value
    raise wrong(f"{shown(value)} is {kind_of(value)}", _NAMED)


_NAMED = "a name or a path"

Named = Annotated[
    Any, PlainValidator(_whole), WithJsonSchema({"type": "string", "minLength": 1}), Means(_NAMED)
]
"""What a file names, and what stands in its place once it is loaded: plain data."""


class Alternative(Model):
    """One of the named ways in which the scenario may differ; an empty one leaves it as it is."""

    label: Text | None = Field(default=None, description="Its label in figures; by default its name")
    scenario: Named = Field(
        default=None,
        description="Another scenario in place of the experiment's, by name or path; what is set and dropped "
        "is set and dropped there",
    )
    weights: Named = Field(default=None, description="A set of weights, by name or path")
    set: dict[KeyPath, Any] = Field(default={}, description="Key paths of the scenario, and their values")
    drop: Many[KeyPath] = Field(
        default=(),
        description="What is left out: dated entries by their id, such as russia_offer, and entries of "
        "mappings, such as mediators.russia",
    )

    @property
    def is_empty(self) -> bool:
        """Return whether it leaves the scenario as it is."""
        return not self.set and not self.drop and self.scenario is None and self.weights is None


class Draws(Model):
    """Uncertainty of fitted weights: one alternative per draw."""

    of: Text = Field(description="Name or path of a fitted set of weights")
    count: int = Field(ge=1, le=MOST_LEVELS, description="How many of its draws, from the first on")


class Factor(Model):
    """Something that is varied: values at a key path, a range of numbers, or named alternatives."""

    label: Text = Field(description="What figures and tables call it")
    unit: Text | None = None
    path: KeyPath | None = Field(default=None, description="Where in the scenario its values go")
    paths: Annotated[Many[KeyPath] | None, Means("a list of 1 or more key paths")] = Field(
        default=None, min_length=1, description="Where its values go, if to several places at once"
    )
    values: Annotated[Many[Any] | None, Means("a list of 1 or more values")] = Field(
        default=None, min_length=1, max_length=MOST_LEVELS, description="The values that it takes"
    )
    range: Annotated[tuple[float, float] | None, Means("a list of two numbers, the lower first")] = Field(
        default=None,
        strict=False,
        description="The lowest and the highest of the numbers that it takes; whole ones where the "
        "scenario wants whole ones",
    )
    levels: int | None = Field(
        default=None, ge=2, le=MOST_LEVELS, description="How many numbers of the range a grid takes"
    )
    alternatives: dict[Id, Alternative] | None = Field(default=None, min_length=1, max_length=MOST_LEVELS)
    draws: Draws | None = Field(
        default=None,
        description="Draws of the fitted distribution of a set of weights; they become its alternatives",
    )

    @property
    def targets(self) -> tuple[str, ...]:
        """Return the key paths that its values go to; none for alternatives."""
        return self.paths or ((self.path,) if self.path is not None else ())

    @property
    def all_paths(self) -> tuple[str, ...]:
        """Return the key paths that any of its levels sets."""
        ways = (self.alternatives or {}).values()
        named = ("weights",) if any(way.weights is not None for way in ways) else ()
        return (*self.targets, *named, *(path for way in ways for path in way.set))

    @property
    def is_sampled(self) -> bool:
        """Return whether `lhs` and `sobol` spread points over it: numbers and draws, and nothing with names.

        What has names is crossed with every point.
        """
        numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in self.values or ("",))
        return numbers or self.range is not None or self.draws is not None

    def level_label(self, level: Level) -> str:
        """Return how figures write a level."""
        if self.alternatives is not None:
            return self.alternatives[str(level)].label or str(level).replace("_", " ")
        if isinstance(level, bool):
            return "yes" if level else "no"
        return f"{level:g}" if isinstance(level, float) else str(level)


class DesignSpec(Model):
    """Which combinations of levels are simulated."""

    kind: Kind = Field(
        description="All combinations; those of a list; or points spread over all numbers and draws, by "
        "a Latin hypercube, a Sobol sequence or the scheme of a sensitivity analysis, each with every "
        "combination of the other levels"
    )
    points: Points = Field(
        default=None,
        description="With lhs and sobol how many, a power of two for sobol; with list the points themselves; "
        "with sensitivity the rows of each matrix of Sobol indices, a power of two: a row makes d + 2 points "
        "of d ranges and draws",
    )
    trajectories: int | None = Field(
        default=None,
        ge=2,
        le=MOST_LEVELS,
        description="With sensitivity, the trajectories of Morris screening, each of d + 1 points",
    )
    seed: Seed = Field(default=0, description="With lhs, sobol and sensitivity, the seed of the points")


class Until(Model):
    """When the replications of a cell suffice."""

    share: Share = Field(description="The share to be estimated precisely")
    half_width: float = Field(ge=0.0001, le=0.5, description="Half the width of its 95% interval")
    at_most: int = Field(ge=1, le=2**31, description="Most replications of a cell")


class Plot(Model):
    """A figure and what it shows; what is not given is chosen to fit."""

    kind: PlotKind
    across: Id | None = Field(default=None, description="The factor along the horizontal axis")
    up: Id | None = Field(default=None, description="The factor along the vertical axis")
    by: Id | None = Field(default=None, description="The factor that distinguishes the panels or lines")
    share: Share | None = None
    at: dict[Id, Any] = Field(default={}, description="Levels of other factors; by default the baseline's")

    # A key y without quotes is true to readers of YAML 1.1, so the file has words for the axes.
    @property
    def x(self) -> str | None:
        """Return the factor along the horizontal axis."""
        return self.across

    @property
    def y(self) -> str | None:
        """Return the factor along the vertical axis."""
        return self.up


class MeasureSpec(Model):
    """Something else to be measured of each crisis."""

    of: Text = Field(
        description="An expression over the crisis's acts and days, such as count(rung >= 7): a number, a "
        "day, or a yes or no, which makes a share"
    )
    label: Text | None = Field(
        default=None, description="A noun by which texts and figures call it; by default its name"
    )
    unit: Text | None = Field(default=None, description="Of a number: its unit")
    more_is: MoreIs = Field(default="neither", description="Whether more of it, or later, is worse or better")


class Spec(Model):
    """One experiment: a scenario, what is varied in it, and how many crises each cell gets."""

    format: Literal[1] = Field(default=1, description="Version of this file format")
    name: FileName
    title: Text = Field(description="The question that the experiment asks")
    summary: Text
    scenario: Text = Field(description="Name of a shipped scenario, or a path relative to this file")
    set: dict[KeyPath, Any] = Field(
        default={}, description="Key paths of the scenario, and their values in all cells"
    )
    seed: Seed
    seeds: Literal["common", "independent"] = Field(
        default="common", description="Common random numbers in all cells, or independent ones for each"
    )
    replications: int = Field(
        ge=1, le=2**31, description="Crises per cell; with `until` crises per cell and round"
    )
    until: Until | None = None
    factors: dict[Id, Factor] = Field(default={}, max_length=64)
    policies: dict[Id, Alternative] = Field(
        default={},
        max_length=MOST_LEVELS,
        description="What somebody can choose between: alternatives that are compared at every point of the "
        "uncertainties",
    )
    reference: Id | None = Field(
        default=None,
        description="The policy that the others are compared with; by default the one that leaves the "
        "scenario as it is, else the first",
    )
    uncertainties: dict[Id, Factor] = Field(
        default={}, max_length=64, description="What nobody chooses and nobody knows, with policies"
    )
    design: Annotated[DesignSpec, BeforeValidator(_as_mapping)] = DesignSpec(kind="grid")
    baseline: dict[Id, Any] = Field(
        default={},
        description="The level of each factor against which effects are measured; by default the scenario's "
        "own if it is among them, else the first",
    )
    outcomes: Shares = Field(default=OUTCOMES, min_length=1, description="Shares that are printed and drawn")
    plots: Many[Annotated[Plot, BeforeValidator(_as_mapping)]] | None = Field(
        default=None, description="Figures to draw; by default all that fit"
    )
    measures: dict[Id, Annotated[MeasureSpec, BeforeValidator(_as_measure)]] = Field(
        default={},
        max_length=100,
        description="Measures of its own by name: an expression, or one with label, unit and direction",
    )
    keep: Many[Literal["acts"]] = Field(default=(), description="`acts` keeps every act of every crisis")

    @cached_property
    def varied(self) -> dict[str, Factor]:
        """All that is varied, by name: the factors; or the policies, as one factor, and the uncertainties."""
        policy = Factor(label=POLICY_LABEL, alternatives=self.policies) if self.policies else None
        return ({POLICY: policy} if policy else {}) | self.factors | self.uncertainties

    def at(self, name: str, alternative: str | None = None) -> tuple[str, ...]:
        """Return where its file has what is varied, or one of its alternatives, as a path of keys."""
        if name == POLICY and self.policies:
            return ("policies",) if alternative is None else ("policies", alternative)
        group = "factors" if name in self.factors else "uncertainties"
        return (group, name) if alternative is None else (group, name, "alternatives", alternative)

    @property
    def own(self) -> tuple[OwnMeasure, ...]:
        """Return the measures that the experiment adds."""
        return tuple(
            OwnMeasure(name, each.of, each.label or "", each.unit or "", each.more_is)
            for name, each in self.measures.items()
        )


def spec_tree(spec: Spec) -> dict[str, Any]:
    """Return an experiment as JSON-able data with every default in it; it loads as an equal one."""
    return spec.model_dump(mode="json")


def experiment_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of experiment files.

    A file may give the design and a plot by their kind alone, which the models read as a mapping.
    """
    schema = schema_of(Spec, "Experiment file")
    properties, parts = schema["properties"], schema["$defs"]
    design = properties["design"]
    design["anyOf"] = [_kind_alone(parts["DesignSpec"]), {"$ref": design.pop("$ref")}]
    design["default"] = "grid"
    plots = next(part for part in properties["plots"]["anyOf"] if part.get("type") == "array")
    plots["items"] = {"anyOf": [_kind_alone(parts["Plot"]), plots["items"]]}
    own = properties["measures"]
    own["additionalProperties"] = {"anyOf": [{"type": "string"}, own["additionalProperties"]]}
    return schema


def experiment_schema_text() -> str:
    """Return the JSON Schema of experiment files, as a file holds it."""
    return as_text(experiment_schema())


def experiment_template() -> str:
    """Return a commented experiment file, complete and on a shipped scenario, to be changed."""
    return Path(__file__).with_name("experiment_template.yaml").read_text(encoding="utf-8")


def write_experiment_schema(folder: Path) -> Path:
    """Write `experiment.schema.json` into a folder and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "experiment.schema.json"
    write_file(path, experiment_schema_text())
    return path


def _kind_alone(part: Schema) -> Schema:
    return {"enum": part["properties"]["kind"]["enum"]}
