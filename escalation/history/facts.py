"""Whether the model moves as recorded crises do: its values of the stylised facts next to the recorded."""

from __future__ import annotations

import csv
import math
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from escalation.files.brief import Brief
from escalation.files.places import ArgumentError, check_whole
from escalation.files.write import replacing
from escalation.history.act_days import of_known_days, recorded_act_days, without_war
from escalation.history.backtest import weights_of
from escalation.history.fact_situations import Situations
from escalation.history.mie import DETECTION, Events, load_mie, since
from escalation.history.recorded_facts import MEASURES, USES, Fact, Facts, FactValue, exact, load_facts
from escalation.scenario.weight_set import WeightSet
from escalation.stats.scores import Interval

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80
REPLICATIONS = 4_000
MET, MISSED, SHOWN, NOT_COMPUTED = "met", "missed", "", "not computed"

ROW = "  {:<20} {:>6}  {:<13} {:>6}  {:<20} {}"
"""Columns of the table as text: value, data, tolerance, counted again, model, verdict."""


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

    @property
    def is_recount_off(self) -> bool:
        """Whether the data, counted again, lie outside the tolerance: then the count differs."""
        again = self.recount
        return again is not None and not math.isnan(again.estimate) and not self.value.accepts(again.estimate)


COLUMNS = (
    "id", "fact", "value", "unit", "use", "source", "cases", "data", "rule", "low", "high", "recount",
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
        off = [id for id, lines in self.by_fact.items() if any(line.is_recount_off for line in lines)]
        words = [f"Met with all of their values: {', '.join(parts)}." if parts else "No fact was computed."]
        words += [f"Not computed: {', '.join(left)}."] if left else []
        words += [f"Counted again outside their own tolerance: {', '.join(off)}."] if off else []
        return " ".join(words)

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
        found = ["Stylised facts: recorded crises, and the model", *textwrap.wrap(self.about, WIDTH), ""]
        found.append(ROW.format("", "data", "tolerance", "again", "model", "").rstrip())
        for id, lines in self.by_fact.items():
            fact = lines[0].fact
            rests_on = f"{fact.source}, {fact.cases:,} {fact.of}"
            head = f"{id} {fact.statement} ({fact.unit}; {rests_on}; {USES[fact.use]})"
            found += ["", *textwrap.wrap(head, WIDTH, subsequent_indent="    ")]
            found += [_row(line) for line in lines]
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
        fact.id, fact.statement, value.label, fact.unit, fact.use, fact.source, fact.cases, value.data,
        value.rule, low, high,
    ]  # fmt: skip
    for found in (line.recount, line.model):
        cells += [math.nan] * 3 if found is None else [found.estimate, found.low, found.high]
    return [*cells, line.verdict]


def _row(line: FactLine) -> str:
    again = "" if line.recount is None else short(line.recount.estimate)
    model = "" if line.model is None else spanned(line.model)
    cells = (line.value.label, exact(line.value.data), line.value.rule, again, model)
    return ROW.format(*cells, line.verdict).rstrip()


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
        come from it are counted again, from their first year on.
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
    every = dated = None
    if events is not None:
        recorded = recorded_act_days(since(events, known.first_year))
        every, dated = without_war(recorded), without_war(of_known_days(recorded))
    lines = []
    for fact in known.facts:
        how = MEASURES[fact.measure]
        model: Sequence[Interval | None] = passed.get(fact.id, [None] * how.values)
        if how.model is not None:
            model = how.model(found, np.random.default_rng(seed)).values
        days = dated if how.known_days else every
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
