"""Stylised facts of recorded crises as they are shipped: values, tolerances, and the measure of each.

Each fact names the measure that computes it. Of facts counted from Militarized Interstate Events the same
measure reads the recorded act-days and those of simulated crises.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from escalation.files.find import shipped_folder
from escalation.history import act_days
from escalation.history.act_days import AGAIN_DAYS, BINS, KINDS, ActDays, Measured
from escalation.history.fact_situations import ATTACK_RUNGS, RESPONSE_WITHIN, Situations
from escalation.scenario.fields import Id, Many, Text, wrong
from escalation.scenario.load import load_plain
from escalation.scenario.parameters import Model

MANY_DEAD = 15
USES = {"fit": "fit", "check": "check", "held_out": "held out", "ci": "CI"}
"""What a fact is used for, and how tables say it."""

OnActDays = Callable[[ActDays, np.random.Generator], Measured]
OnSituations = Callable[[Situations, np.random.Generator], Measured]
Simulation = Callable[[Situations], ActDays]


@dataclass(frozen=True)
class FactMeasure:
    """How a fact is computed."""

    values: int
    """How many values it gives."""
    model: OnSituations | None
    """From simulated situations; None where it comes from the fit, and is passed in."""
    record: OnActDays | None = None
    """From recorded act-days."""
    known_days: bool = True
    """Whether only recorded episodes are read of which all days are known; rates between episodes and
    stand-offs need the others, too, dated to the middle of their month."""


def _of_acts(
    values: int, measured: OnActDays, simulation: Simulation, known_days: bool = True
) -> FactMeasure:
    """Return a measure of act-days, recorded or simulated."""
    return FactMeasure(
        values, lambda found, generator: measured(simulation(found), generator), measured, known_days
    )


MEASURES: dict[str, FactMeasure] = {
    "next_act_day": _of_acts(len(BINS) + 1, act_days.next_act_day, lambda found: found.episodes),
    "quiet_after_display": _of_acts(1, act_days.quiet_after_display, lambda found: found.episodes),
    "act_days_after_display": _of_acts(4, act_days.act_days_after_display, lambda found: found.episodes),
    "dispersion": _of_acts(1, act_days.dispersion, lambda found: found.episodes),
    "turn": _of_acts(1, act_days.turn, lambda found: found.episodes),
    "same_day": _of_acts(1, act_days.same_day, lambda found: found.episodes),
    "answer_to_deadly_force": _of_acts(2, act_days.answer_to_deadly_force, lambda found: found.episodes),
    "force_after_exchange": _of_acts(
        len(AGAIN_DAYS), act_days.force_after_exchange, lambda found: found.exchanges
    ),
    "quiet_rivals": _of_acts(2, act_days.quiet_rivals, lambda found: found.rivals, False),
    "force_after_standoff": _of_acts(1, act_days.force_after_standoff, lambda found: found.standoffs, False),
    "force_after_recent_act": _of_acts(
        1, act_days.force_after_recent_act, lambda found: found.standoffs, False
    ),
    "violent_response": FactMeasure(len(RESPONSE_WITHIN), lambda found, _: found.violent_response()),
    "military_answers": FactMeasure(2, lambda found, _: found.military_answers()),
    "response_to_many_dead": FactMeasure(
        len(ATTACK_RUNGS), lambda found, _: found.responses_to_attack(MANY_DEAD)
    ),
    "response_to_few_dead": FactMeasure(len(ATTACK_RUNGS), lambda found, _: found.responses_to_attack(0)),
    "agreements": FactMeasure(2, lambda found, _: found.agreements()),
    "calibration": FactMeasure(3, None),
    "gain": FactMeasure(1, None),
}
"""By the name that a fact gives."""

Limit = float | None
Factor = Annotated[float, Field(ge=1.01, le=100.0)]
Half = Annotated[float, Field(ge=1e-6, le=1e6)]


class FactValue(Model):
    """One number of a fact, and how near the model must come to it."""

    label: Text
    data: float
    factor: Factor | None = Field(default=None, description="Met from data / factor to data x factor")
    within: Half | None = Field(default=None, description="Met from data - within to data + within")
    interval: tuple[Limit, Limit] | None = Field(
        default=None, strict=False, description="Met between both ends; null leaves one open"
    )

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        given = [name for name in ("factor", "within", "interval") if getattr(self, name) is not None]
        if len(given) > 1:
            raise wrong(f"{' and '.join(given)} for one value", "one rule of tolerance, or none")
        low, high = self.limits
        if not low <= self.data <= high:
            raise wrong(
                f"the tolerance from {low:g} to {high:g} leaves out {self.data:g}", "low <= data <= high"
            )
        return self

    @property
    def is_judged(self) -> bool:
        """Whether there is a tolerance."""
        return self.factor is not None or self.within is not None or self.interval is not None

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest value that the model may have; infinite where there is no limit."""
        if self.factor is not None:
            ends = self.data / self.factor, self.data * self.factor
            return min(ends), max(ends)
        if self.within is not None:
            return self.data - self.within, self.data + self.within
        low, high = self.interval or (None, None)
        return -math.inf if low is None else low, math.inf if high is None else high

    @property
    def rule(self) -> str:
        """The tolerance in a few signs."""
        if self.factor is not None:
            return f"x{self.factor:g}"
        if self.within is not None:
            return f"±{exact(self.within)}"
        if self.interval is None:
            return ""
        low, high = self.limits
        if math.isinf(low):
            return f"<= {exact(high)}"
        return f">= {exact(low)}" if math.isinf(high) else f"[{exact(low)}, {exact(high)}]"

    def accepts(self, value: float) -> bool:
        """Return whether a value lies within the tolerance."""
        low, high = self.limits
        return low <= value <= high


class Fact(Model):
    """One regularity of recorded crises."""

    id: str = Field(pattern=r"^F[0-9]{1,3}$")
    title: str = Field(min_length=1, max_length=28, description="In a few words, as the figure shows it")
    statement: Text
    measure: Id
    unit: Literal["share", "per day", "days", "ratio", "nats"]
    cases: int = Field(ge=1, description="How many the data values rest on")
    of: Text = Field(description="What the cases are")
    source: Literal["MIE", "ICB", "attacks", "fit"]
    use: Literal["fit", "check", "held_out", "ci"]
    values: Many[FactValue] = Field(min_length=1)

    @model_validator(mode="after")
    def _measurable(self) -> Self:
        known = MEASURES.get(self.measure)
        if known is None:
            raise wrong(f"no measure is called {self.measure!r}", f"one of {', '.join(MEASURES)}")
        if known.values != len(self.values):
            raise wrong(
                f"{len(self.values)} values, but {self.measure} gives {known.values}",
                f"{known.values} values, in its order",
            )
        return self


Count = Annotated[int, Field(ge=0)]


class Facts(Model):
    """Facts that the model should reproduce."""

    name: Id
    title: Text
    provenance: Text
    first_year: int = Field(ge=1816, le=2100, description="First year of the acts that are counted")
    onsets: dict[Id, Count] = Field(description="Recorded episodes by kind of their first act-day")
    facts: Many[Fact]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if set(self.onsets) != set(KINDS) or not sum(self.onsets.values()):
            raise wrong("the kinds of first days differ, or there is none of any", ", ".join(KINDS))
        ids = [one.id for one in self.facts]
        if len(ids) != len(set(ids)):
            raise wrong("two facts have one id", "each id once")
        return self


def load_facts(path: Path | None = None) -> Facts:
    """Load facts from a file, by default the shipped ones; raises ScenarioError with all errors."""
    return load_plain(path or shipped_folder() / "rates" / "stylised_facts.yaml", Facts)


def exact(value: float) -> str:
    """Return a number as it is, without the zero before its point."""
    text = f"{value:g}"
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
