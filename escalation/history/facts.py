"""Stylised facts: how recorded crises move, with tolerances, and whether the model moves like that.

Each fact names the measure that computes it. Of facts counted from Militarized Interstate Events the same
measure reads the recorded act-days and those of simulated crises.
"""

from __future__ import annotations

import csv
import math
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from escalation.files.brief import Brief
from escalation.files.find import shipped_folder
from escalation.files.places import ArgumentError, check_whole
from escalation.files.write import aligned, replacing
from escalation.history import act_days
from escalation.history.act_days import (
    AGAIN_DAYS,
    BINS,
    KINDS,
    ActDays,
    Measured,
    of_known_days,
    recorded_act_days,
    without_war,
)
from escalation.history.backtest import weights_of
from escalation.history.calibration import FIRST_YEAR
from escalation.history.fact_situations import ATTACK_RUNGS, RESPONSE_DAYS, Situations
from escalation.history.mie import DETECTION, Events, load_mie, since
from escalation.scenario.fields import Id, Many, Text, wrong
from escalation.scenario.load import load_plain
from escalation.scenario.parameters import Model
from escalation.scenario.weight_set import WeightSet
from escalation.stats.scores import Interval

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80
REPLICATIONS = 4_000
MANY_DEAD = 15
USES = {"fit": "fit", "check": "check", "held_out": "held out", "ci": "CI"}
"""What a fact is used for, and how tables say it."""
MET, MISSED, SHOWN, NOT_COMPUTED = "met", "missed", "", "not computed"

OnActDays = Callable[[ActDays, np.random.Generator], Measured]
OnSituations = Callable[[Situations, np.random.Generator], Measured]
Simulation = Callable[[Situations], ActDays]


@dataclass(frozen=True)
class Measure:
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


def _of_acts(values: int, measured: OnActDays, simulation: Simulation, known_days: bool = True) -> Measure:
    """Return a measure of act-days, recorded or simulated."""
    return Measure(values, lambda found, generator: measured(simulation(found), generator), measured, known_days)


MEASURES: dict[str, Measure] = {
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
    "violent_response": Measure(len(RESPONSE_DAYS), lambda found, _: found.violent_response()),
    "military_answers": Measure(2, lambda found, _: found.military_answers()),
    "response_to_many_dead": Measure(
        len(ATTACK_RUNGS), lambda found, _: found.responses_to_attack(MANY_DEAD)
    ),
    "response_to_few_dead": Measure(len(ATTACK_RUNGS), lambda found, _: found.responses_to_attack(0)),
    "agreements": Measure(2, lambda found, _: found.agreements()),
    "calibration": Measure(3, None),
    "gain": Measure(1, None),
}
"""By the name that a fact gives."""

Limit = float | None


class FactValue(Model):
    """One number of a fact, and how near the model must come to it."""

    label: Text
    data: float
    factor: float | None = Field(default=None, gt=1.0, description="Met between data / factor and data x factor")
    within: float | None = Field(default=None, gt=0.0, description="Met between data - within and data + within")
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
            raise wrong(f"the tolerance from {low:g} to {high:g} leaves out {self.data:g}", "low <= data <= high")
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
            return f"±{short(self.within)}"
        if self.interval is None:
            return ""
        low, high = self.limits
        if math.isinf(low):
            return f"<= {short(high)}"
        return f">= {short(low)}" if math.isinf(high) else f"[{short(low)}, {short(high)}]"

    def accepts(self, value: float) -> bool:
        """Return whether a value lies within the tolerance."""
        low, high = self.limits
        return low <= value <= high


class Fact(Model):
    """One regularity of recorded crises."""

    id: str = Field(pattern=r"^F[0-9]{1,3}$")
    statement: Text
    measure: Id
    unit: Literal["share", "per day", "days", "ratio", "nats"]
    n: int = Field(ge=1, description="Cases that the data values rest on")
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


@dataclass(frozen=True)
class FactLine:
    """One value of a fact: in the data, and in the model."""

    fact: Fact
    value: FactValue
    model: Interval | None
    """None where it was not computed."""
    recount: Interval | None
    """Counted again from the file of events, where that was given and the fact comes from it."""

    @property
    def verdict(self) -> str:
        """MET or MISSED; SHOWN where there is no tolerance; NOT_COMPUTED."""
        if self.model is None or math.isnan(self.model.estimate):
            return NOT_COMPUTED
        if not self.value.is_judged:
            return SHOWN
        return MET if self.value.accepts(self.model.estimate) else MISSED


COLUMNS = (
    "id", "fact", "value", "unit", "use", "source", "n", "data", "rule", "low", "high", "recount",
    "recount_low", "recount_high", "model", "model_low", "model_high", "verdict",
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class FactTable(Brief):
    """Every value of every fact, in the data and in the model."""

    weights: str
    replications: int
    seed: int
    detection: Mapping[int, float]
    lines: tuple[FactLine, ...] = field(repr=False)

    def brief_text(self) -> Sequence[str]:
        """Return the table."""
        return self.text()

    @cached_property
    def by_fact(self) -> dict[str, tuple[FactLine, ...]]:
        """Lines by the id of their fact."""
        ids = dict.fromkeys(line.fact.id for line in self.lines)
        return {one: tuple(line for line in self.lines if line.fact.id == one) for one in ids}

    def verdict(self, id: str) -> str:
        """Return the verdict on a fact: MET if all of its values with a tolerance are."""
        found = {line.verdict for line in self.by_fact[id]} - {SHOWN}
        return next((one for one in (NOT_COMPUTED, MISSED, MET) if one in found), SHOWN)

    def tally(self) -> dict[str, tuple[int, int]]:
        """Return by use how many facts are met, and how many were computed."""
        found = {}
        for use in USES:
            verdicts = [self.verdict(id) for id, lines in self.by_fact.items() if lines[0].fact.use == use]
            found[use] = verdicts.count(MET), verdicts.count(MET) + verdicts.count(MISSED)
        return found

    def summary(self) -> str:
        """Return in a sentence how many facts are met."""
        parts = [f"{met} of {n} ({USES[use]})" for use, (met, n) in self.tally().items() if n]
        left = [id for id in self.by_fact if self.verdict(id) == NOT_COMPUTED]
        words = f"Met with all of their values: {', '.join(parts)}." if parts else "No fact was computed."
        return f"{words} Not computed: {', '.join(left)}." if left else words

    @property
    def about(self) -> str:
        """What was simulated, in a line."""
        seen = ", ".join(f"{short(chance)} of level {level}" for level, chance in self.detection.items())
        return (
            f"{self.replications:,} simulated crises per situation, seed {self.seed}, weights "
            f"{self.weights!r}; acts on record where compared with MIE: {seen}"
        )

    def frame(self) -> pd.DataFrame:
        """Return one row per value, the columns those of stylised_facts.csv."""
        import pandas as pd

        return pd.DataFrame([dict(zip(COLUMNS, _cells(one), strict=True)) for one in self.lines])

    def text(self) -> list[str]:
        """Return the table as text of at most 80 columns, a heading per fact."""
        found = ["Stylised facts: recorded crises, and the model", *textwrap.wrap(self.about, WIDTH)]
        for id, lines in self.by_fact.items():
            fact = lines[0].fact
            head = f"{id} {fact.statement} ({fact.unit}; {fact.source}, n {fact.n:,}; {USES[fact.use]})"
            found += ["", *textwrap.wrap(head, WIDTH, subsequent_indent="    ")]
            found += [f"  {row}" for row in aligned([[*_row(line)] for line in lines])]
        return [*found, "", *textwrap.wrap(self.summary(), WIDTH)]

    def write(self, out: Path) -> list[Path]:
        """Write stylised_facts.csv into a folder, one value per row; return its path."""
        path = out / "stylised_facts.csv"
        with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for line in self.lines:
                writer.writerow([f"{one:.6g}" if isinstance(one, float) else one for one in _cells(line)])
        return [path]


def _cells(line: FactLine) -> list[str | int | float]:
    fact, value = line.fact, line.value
    low, high = value.limits
    cells: list[str | int | float] = [
        fact.id, fact.statement, value.label, fact.unit, fact.use, fact.source, fact.n, value.data,
        value.rule, low, high,
    ]  # fmt: skip
    for found in (line.recount, line.model):
        cells += [math.nan] * 3 if found is None else [found.estimate, found.low, found.high]
    return [*cells, line.verdict]


def _row(line: FactLine) -> Iterator[str]:
    yield line.value.label
    yield f"data {short(line.value.data)}"
    yield line.value.rule
    yield f"recount {spanned(line.recount)}" if line.recount is not None else ""
    yield f"model {spanned(line.model)}" if line.model is not None else ""
    yield line.verdict


def short(value: float) -> str:
    """Return a number with two digits that count, without the zero before its point."""
    if math.isnan(value):
        return "none"
    digits = 2 if abs(value) >= 0.0995 or value == 0 else 1 - math.floor(math.log10(abs(value)))
    text = f"{value:.{min(digits, 5)}f}"
    text = text.rstrip("0").rstrip(".") if abs(value) >= 1 else text
    return text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text


def spanned(found: Interval | None) -> str:
    """Return an estimate with its limits."""
    if found is None or math.isnan(found.estimate):
        return NOT_COMPUTED
    if math.isnan(found.low):
        return short(found.estimate)
    return f"{short(found.estimate)} [{short(found.low)}, {short(found.high)}]"


Given = Mapping[str, Sequence[float | Interval]]


def stylised_facts(
    weights: str | Path | WeightSet = "calibrated",
    *,
    mie: str | Path | Events | None = None,
    given: Given | None = None,
    facts: Facts | None = None,
    detection: Mapping[int, float] = DETECTION,
    replications: int = REPLICATIONS,
    seed: int = 1,
) -> FactTable:
    """Simulate the situations of the stylised facts, and set the model's values next to the recorded ones.

    Parameters
    ----------
    weights
        A weights file, the name of a shipped one, or a loaded set.
    mie
        A CSV file in the format of Militarized Interstate Events, or what `load_mie` read there: facts that
        come from it are counted again, from 1946 on.
    given
        Values of facts that come from the fit (calibration, log score), by id and in the order of the file;
        those that are missing are shown as not computed.
    facts
        What to compare with, by default the shipped facts.
    detection
        Probability that Militarized Interstate Events records an act, by its level of hostility; 1 for
        levels that are missing.
    replications, seed
        Simulated crises per situation, and their seed.

    Returns
    -------
    FactTable
        Every value with its tolerance, the model's with a 95% interval, and whether it is met.

    Raises
    ------
    ScenarioError
        If a file is missing or not valid.
    ArgumentError
        If `given` names no fact of the fit, or gives it too few or too many values.
    """
    check_whole("replications", replications, 1)
    check_whole("seed", seed, 0, 2**64)
    chosen, known = weights_of(weights), facts or load_facts()
    passed = _checked(given or {}, known)
    found = Situations(chosen.weights, replications, seed, detection, known.onsets)
    events = load_mie(mie) if isinstance(mie, str | Path) else mie
    record = None if events is None else without_war(recorded_act_days(since(events, FIRST_YEAR)))
    dated = None if events is None else without_war(of_known_days(recorded_act_days(since(events, FIRST_YEAR))))
    lines = []
    for fact in known.facts:
        how = MEASURES[fact.measure]
        model: Sequence[Interval | None] = passed.get(fact.id, [None] * how.values)
        if how.model is not None:
            model = how.model(found, np.random.default_rng(seed)).values
        days = dated if how.known_days else record
        again: Sequence[Interval | None] = [None] * how.values
        if how.record is not None and days is not None:
            again = how.record(days, np.random.default_rng(seed)).values
        lines += [FactLine(fact, *parts) for parts in zip(fact.values, model, again, strict=True)]
    return FactTable(chosen.name, replications, seed, detection, tuple(lines))


def _checked(given: Given, known: Facts) -> dict[str, list[Interval | None]]:
    """Return the values passed in as intervals."""
    expected = {fact.id: len(fact.values) for fact in known.facts if MEASURES[fact.measure].model is None}
    for id, values in given.items():
        if len(values) != expected.get(id, -1):
            allowed = ", ".join(f"{n} for {name}" for name, n in expected.items())
            raise ArgumentError(f"given: {len(values)} values for {id!r}; allowed are {allowed}")
    return {
        id: [one if isinstance(one, Interval) else Interval(float(one), math.nan, math.nan) for one in values]
        for id, values in given.items()
    }
