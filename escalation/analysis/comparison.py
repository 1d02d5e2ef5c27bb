"""Scenarios compared crisis by crisis: shares, paired differences, flows, and the pairs that differ most.

All arms are simulated with common random numbers: replication k of one arm is the partner of replication k of
the first (Law 2015, Simulation Modeling and Analysis, 5th ed., section 11.2).
"""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from escalation.analysis.comparison_folder import file_of, identity_of, identity_text
from escalation.crisis.parting import WIDTH, CourseComparison, course_of, read_course
from escalation.experiment.run import available_cores
from escalation.experiment.variant import Arm, input_differences
from escalation.files.brief import Brief
from escalation.files.differences import Difference
from escalation.files.places import ArgumentError, dotted
from escalation.files.write import Cell, Table
from escalation.language import listed
from escalation.measures.columns import ColumnArrays, Layout, joined, layout_of, run_table
from escalation.measures.ensemble import PART, Ensemble, differences
from escalation.measures.flows import STEPS, Flows, flows_of, pair_changes, total_cost
from escalation.measures.measures import ANY, Numbers, measure
from escalation.stats.intervals import mean, wilson
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOME_CLASSES, OUTCOME_WORDS, OUTCOMES

CRISES = 10_000
"""Crises of each arm, unless the user says otherwise."""
MOST_INPUTS = 12
"""Differences of inputs that are printed."""
MOST_CHANGED = 3
"""Pairs of crises that are printed for each direction of change."""
MOST_ACROSS = 4
"""Arms side by side in a table of 80 columns."""


@dataclass(frozen=True)
class MeasureDifference:
    """How a share or a mean differs between two arms, over pairs of crises."""

    measure: str
    of: str
    """Of a number of each state its name; `any` for shares and for numbers of a whole crisis."""
    words: str
    unit: str
    before: float
    after: float
    difference: float
    low: float
    high: float
    """`low` to `high` is the 95% interval of the difference."""
    direction: int
    """1 where more is worse, -1 where more is better, 0 where it is neither."""

    @property
    def is_clear(self) -> bool:
        """Return whether the interval excludes zero."""
        return self.low > 0 or self.high < 0

    @property
    def is_share(self) -> bool:
        """Return whether it is a share of crises."""
        return self.unit == "share of crises"

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """Return it as texts of a table: words, before, after, difference with half its interval."""
        scale, end = (100.0, "%") if self.is_share else (1.0, "")
        half = scale * (self.high - self.low) / 2
        digits = 1 if self.is_share and half >= 0.1 else 2
        change = round(scale * self.difference, digits)
        difference = (
            f"{change:+.{digits}f} ±{half:.{digits}f}".replace("-", "−")
            if change
            else f"0 ±{half:.{digits}f}"
        )
        shown = [f"{scale * value:.{digits}f}{end}" for value in (self.before, self.after)]
        return self.words, shown[0], shown[1], difference


@dataclass(frozen=True)
class ChangedCrisis:
    """A pair of crises in which the change mattered."""

    seed: int
    replication: int
    before: str
    """Outcome classes."""
    after: str
    peak_before: int
    peak_after: int
    cost_before: float
    cost_after: float

    @property
    def changes(self) -> tuple[int, int, float]:
        """Return by how much outcome, highest rung and cost changed; positive where they are worse."""
        steps = int(STEPS[OUTCOMES.index(self.before)] - STEPS[OUTCOMES.index(self.after)])
        return steps, self.peak_after - self.peak_before, round(self.cost_after - self.cost_before, 9)

    @property
    def words(self) -> str:
        """Return the change in a line."""
        outcome = f"{OUTCOME_WORDS[self.before]} → {OUTCOME_WORDS[self.after]}"
        if self.before == self.after:
            outcome = f"{OUTCOME_WORDS[self.before]} in both"
        cost = f"cost {self.cost_before:.2f} → {self.cost_after:.2f}"
        return f"{outcome}; highest rung {self.peak_before} → {self.peak_after}; {cost}"


@dataclass(frozen=True, repr=False)
class ArmPair(Brief):
    """An arm compared with the first one."""

    before: Arm
    after: Arm
    inputs: tuple[Difference, ...]
    """What the scenarios differ in, by key path."""
    differences: tuple[MeasureDifference, ...]
    flows: Flows | None
    """None if no crises were compared."""
    same: int
    """Pairs of crises that are equal in everything recorded."""
    better: tuple[ChangedCrisis, ...]
    """The pairs that were made better by most, the largest change first."""
    worse: tuple[ChangedCrisis, ...]
    course: CourseComparison | None = None
    """Of one crisis in particular, if that was asked for."""


@dataclass(frozen=True, repr=False)
class ScenarioComparison(Brief):
    """Scenarios compared: the first with each of the others."""

    arms: tuple[Arm, ...]
    seed: int
    n: int
    """Crises of each arm; 0 if only inputs and single courses were compared."""
    pairs: tuple[ArmPair, ...]
    outcomes: Table
    """Columns arm, outcome, label, crises, of, share, low, high: Wilson intervals."""
    crises: Table
    """One row per replication: outcome, peak and cost in each arm."""
    replication: int | None = None
    """The crisis whose courses were compared."""

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield what is compared."""
        yield "arms", [arm.label for arm in self.arms]
        yield "seed", self.seed
        yield "n", self.n

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines

    @property
    def lines(self) -> tuple[str, ...]:
        """The account in text, in 80 columns."""
        return tuple(self.account())

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The tables by the names of their files."""
        found = {f"inputs_{pair.after.letter}.csv": input_table(pair.inputs) for pair in self.pairs}
        if self.n:
            found |= {"outcomes.csv": self.outcomes, "differences.csv": self._differences()}
            found |= {
                f"flows_{pair.after.letter}.csv": pair.flows.table() for pair in self.pairs if pair.flows
            }
            found |= {"most_changed.csv": self._most_changed(), "crises.csv": self.crises}
        for pair in self.pairs:
            if pair.course is not None:
                found[f"course_{pair.after.letter}.csv"] = pair.course.table()
        return found

    def _differences(self) -> Table:
        rows: list[tuple[Cell, ...]] = [
            (
                f"{pair.before.letter}-{pair.after.letter}", one.measure, one.of, one.before, one.after,
                one.difference, one.low, one.high, one.unit, self.n,
            )
            for pair in self.pairs
            for one in pair.differences
        ]  # fmt: skip
        columns = (
            "arms", "measure", "of", "before", "after", "difference", "low", "high", "unit", "pairs",
        )  # fmt: skip
        return Table(columns, tuple(rows))

    def _most_changed(self) -> Table:
        rows: list[tuple[Cell, ...]] = []
        for pair in self.pairs:
            names = f"{pair.before.letter}-{pair.after.letter}"
            for change, found in (("better", pair.better), ("worse", pair.worse)):
                rows += [
                    (
                        names, change, one.seed, one.replication, one.before, one.after, one.peak_before,
                        one.peak_after, one.cost_before, one.cost_after,
                    )
                    for one in found
                ]  # fmt: skip
        columns = (
            "arms", "change", "seed", "replication", "outcome_before", "outcome_after", "peak_before",
            "peak_after", "cost_before", "cost_after",
        )  # fmt: skip
        return Table(columns, tuple(rows))

    def account(self, folder: Path | None = None) -> Iterator[str]:
        """Yield the account; with the folder of its files also the commands that play the crises named."""
        if self.n:
            says = f"{self.n:,} crises of each, seed {self.seed}, common random numbers"
            yield says if len(self.arms) == 2 else f"{says}; each is compared with {self.arms[0].letter}"
        for arm in self.arms:
            yield from textwrap.wrap(f"{arm.letter}  {arm.label}", WIDTH, subsequent_indent="   ")
            if arm.obstacle:
                says = f"   Its crises cannot be simulated again: {arm.obstacle}."
                yield from textwrap.wrap(says, WIDTH, subsequent_indent="   ", initial_indent="   ")
        for pair in self.pairs:
            yield from self._inputs_in_words(pair)
            if pair.course is not None:
                yield from self._course(pair, pair.course)
        if not self.n:
            return
        spans = {arm.letter: arm.scenario.free_days for arm in self.arms}
        if len(set(spans.values())) > 1:
            said = ", ".join(f"{letter} {days}" for letter, days in spans.items())
            yield ""
            yield from textwrap.wrap(
                f"Shares are of crises of unequal length, in simulated days: {said}.", WIDTH
            )
        for first in range(1, len(self.arms), MOST_ACROSS - 1):
            yield ""
            yield from self._shares([self.arms[0], *self.arms[first : first + MOST_ACROSS - 1]])
        for pair in self.pairs:
            yield from self._effects(pair, folder)
        yield ""
        yield from textwrap.wrap(f"Simulated crises under stated assumptions. {NUCLEAR_CAVEAT}", WIDTH)

    def _inputs_in_words(self, pair: ArmPair) -> Iterator[str]:
        yield ""
        if not pair.inputs:
            yield f"{pair.before.letter} and {pair.after.letter} have equal inputs, labels and sources aside."
            return
        yield f"Inputs that differ, {pair.before.letter} → {pair.after.letter}"
        for one in pair.inputs[:MOST_INPUTS]:
            yield from textwrap.wrap(one.words, WIDTH, initial_indent="  ", subsequent_indent="    ")
        if len(pair.inputs) > MOST_INPUTS:
            yield f"  and {len(pair.inputs) - MOST_INPUTS:,} more"

    def _course(self, pair: ArmPair, course: CourseComparison) -> Iterator[str]:
        yield ""
        which = "" if self.replication is None else f", seed {self.seed}, replication {self.replication}"
        yield f"One crisis in {pair.before.letter} and {pair.after.letter}{which}"
        yield from course.lines()

    def _shares(self, arms: Sequence[Arm]) -> Iterator[str]:
        rows = {(row[0], row[1]): row for row in self.outcomes.rows}
        yield "Outcomes in % of crises, ± half the 95% interval"
        shown = [["", *(arm.letter for arm in arms)]]
        for each in OUTCOME_CLASSES:
            cells = [each.noun]
            for arm in arms:
                *_, share, low, high = (float(str(cell)) for cell in rows[arm.letter, each.name][3:])
                cells.append(f"{100 * share:.1f} ±{50 * (high - low):.1f}")
            shown.append(cells)
        yield from (f"  {line}" for line in _columns(shown))

    def _effects(self, pair: ArmPair, folder: Path | None) -> Iterator[str]:
        one, other = pair.before.letter, pair.after.letter
        yield ""
        if pair.same == self.n:
            says = f"{one} and {other} are identical in all {self.n:,} crises, as far as these are measured."
            yield from textwrap.wrap(says, WIDTH)
            return
        yield f"Paired differences, {other} − {one}; * where the 95% interval excludes 0"
        rows = [["", one, other, f"{other} − {one}"]]
        for each in pair.differences:
            words, before, after, difference = each.cells
            rows.append([words, before, after, f"{difference} {'*' if each.is_clear else ' '}"])
        yield from (f"  {line}" for line in _columns(rows))
        yield ""
        assert pair.flows is not None
        yield f"Crises by outcome: rows under {one}, columns under {other}"
        yield from (f"  {line}" for line in pair.flows.matrix(one, other))
        yield ""
        for sentence in [pair.flows.net_words(one, other), *pair.flows.sentences(one, other)]:
            yield from textwrap.wrap(sentence, WIDTH)
        if pair.same:
            share = f"{pair.same / self.n:.1%}"
            yield from textwrap.wrap(
                f"{pair.same:,} pairs ({share}) are equal in all that is measured.", WIDTH
            )
        yield from self._most(pair, folder)

    def _most(self, pair: ArmPair, folder: Path | None) -> Iterator[str]:
        """Yield the pairs that changed most, with the commands that play them."""
        for heading, found in (("better", pair.better), ("worse", pair.worse)):
            if found:
                yield ""
                yield f"Made {heading} by most"
            for crisis in found:
                yield from textwrap.wrap(
                    f"replication {crisis.replication}: {crisis.words}", WIDTH,
                    initial_indent="  ", subsequent_indent="    ",
                )  # fmt: skip
                yield from (f"    {line}" for line in self.commands(pair, crisis, folder))
        shown = next(iter((*pair.better, *pair.worse)), None)
        if folder is None or shown is None or pair.after.past is not None:
            return
        yield ""
        yield "To watch one, start the page of either and open the address with its replication"
        for arm in (pair.before, pair.after):
            yield f"  {shlex.join(['escalation', 'app', self.source_of(arm, folder)])}"
        yield f"  /?tab=watch&seed={shown.seed}&replication={shown.replication}"

    def commands(self, pair: ArmPair, crisis: ChangedCrisis, folder: Path | None) -> Iterator[str]:
        """Yield the commands that play the crises of a pair, one by one."""
        if folder is None:
            return
        number = ["--seed", str(crisis.seed), "--replication", str(crisis.replication)]
        for arm in (pair.before, pair.after):
            if arm.past is None:
                yield shlex.join(["escalation", "run", self.source_of(arm, folder), *number])
            else:
                which = ["--from", str(folder), "--arm", arm.letter, *number[2:]]
                yield shlex.join(["escalation", "run", *which])

    def command(self, folder: Path) -> str:
        """Return the command that makes this comparison again."""
        words = ["escalation", "compare"]
        words += [self.source_of(arm, folder) for arm in self.arms if not arm.is_varied]
        changes = [arm.variant.options for arm in self.arms if arm.is_varied]
        for number, options in enumerate(changes):
            words += [*(["--or"] if number else []), *options]
        words += ["--seed", str(self.seed), "--replications", str(self.n)]
        return shlex.join([*words, "--out", str(folder)])

    def source_of(self, arm: Arm, folder: Path) -> str:
        """Return how a command names the scenario of an arm: its source, or its file in a folder."""
        return arm.source or str(arm.folder or folder / file_of(arm.letter))

    def manifest(self) -> str:
        """Return the text of the file that identifies the comparison: version, arms, seed and numbers."""
        return identity_text(identity_of(self.arms, self.seed, self.n, self.replication))


def input_table(inputs: Sequence[Difference]) -> Table:
    """Return the differences of inputs: key, before, after, as JSON."""
    rows = ((dotted(one.path), json.dumps(one.before), json.dumps(one.after)) for one in inputs)
    return Table(("key", "before", "after"), tuple(rows))


def _columns(rows: list[list[str]]) -> list[str]:
    """Return rows as aligned text, the first column as wide as its words, the others to the right."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            text.ljust(width) if place == 0 else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def compare_arms(
    arms: Sequence[Arm],
    seed: int,
    replications: int = CRISES,
    replication: int | None = None,
    workers: int | None = None,
    courses: Sequence[CourseComparison] = (),
) -> ScenarioComparison:
    """Simulate the crises of all arms and compare those of the first with those of each other.

    Parameters
    ----------
    arms
        As `arms_of` returns them.
    seed
        Of all arms, for common random numbers.
    replications
        Crises of each arm; 0 compares inputs and courses only.
    replication
        A crisis whose courses are compared event by event.
    workers
        Threads; by default one per core.
    courses
        Comparisons of the courses that recorded runs took, one for each arm after the first.

    Raises
    ------
    ArgumentError
        If an arm has no simulated days.
    """
    if any(arm.obstacle for arm in arms):
        replications, replication = 0, None
    unplayed = [arm.letter for arm in arms if not arm.scenario.free_days]
    if unplayed and replications:
        raise ArgumentError(
            f"{listed(unplayed)} has no simulated days, so that there are no crises to compare"
        )
    if replication is not None:
        played = [course_of(arm.play(seed, replication)) for arm in arms]
        names = [arm.letter for arm in arms]
        courses = [
            CourseComparison(played[0], course, (names[0], name))
            for name, course in zip(names[1:], played[1:], strict=True)
        ]
    layout = layout_of([arm.scenario for arm in arms], keeps_acts=False)
    found = [_ensemble(arm, layout, seed, replications, workers) for arm in arms] if replications else []
    pairs = []
    for number, arm in enumerate(arms[1:]):
        course = courses[number] if courses else None
        inputs = input_differences(arms[0].tree, arm.tree)
        if found:
            pairs.append(_pair(arms[0], arm, inputs, found[0], found[number + 1], course))
        else:
            pairs.append(ArmPair(arms[0], arm, inputs, (), None, 0, (), (), course))
    return ScenarioComparison(
        tuple(arms),
        seed,
        replications,
        tuple(pairs),
        _outcomes(arms, found),
        _crises(arms, found),
        replication,
    )


def recorded_courses(arms: Sequence[Arm]) -> list[CourseComparison]:
    """Return the courses that recorded runs took, each compared with the first; none unless all are runs."""
    folders = [arm.folder for arm in arms if arm.folder is not None]
    if len(folders) < len(arms):
        return []
    courses = [read_course(folder) for folder in folders]
    return [
        CourseComparison(courses[0], course, (arms[0].letter, arm.letter))
        for arm, course in zip(arms[1:], courses[1:], strict=True)
    ]


def _ensemble(arm: Arm, layout: Layout, seed: int, count: int, workers: int | None) -> Ensemble:
    """Simulate the crises of an arm with one thread per core."""
    firsts = range(0, count, PART)
    with ThreadPoolExecutor(workers or available_cores(), "crises") as pool:
        futures = [pool.submit(arm.runs, seed, first, min(PART, count - first)) for first in firsts]
        try:
            parts = [future.result() for future in futures]
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    tables = [run_table(layout, arm.scenario, 0, part.first, part) for part in parts]
    postures = np.sum([part.postures for part in parts], axis=0)
    return Ensemble(arm.scenario, seed, joined(tables, layout.run_columns), postures)


def _pair(
    before: Arm,
    after: Arm,
    inputs: tuple[Difference, ...],
    one: Ensemble,
    other: Ensemble,
    course: CourseComparison | None,
) -> ArmPair:
    same = np.ones(one.n, bool)
    for name, values in one.columns.items():
        same &= _equal(values, other.columns[name])
    changes = pair_changes(one.columns, other.columns)
    better, worse = (
        tuple(_changed_crisis(one, other, int(k)) for k in changes.most(MOST_CHANGED, worse=worse))
        for worse in (False, True)
    )
    return ArmPair(
        before, after, inputs, tuple(_differences(one, other)),
        flows_of(one.columns["outcome"], other.columns["outcome"]), int(same.sum()), better, worse, course,
    )  # fmt: skip


def _equal(one: Any, other: Any) -> Any:
    is_decimal = one.dtype.kind == "f"
    return (one == other) | (np.isnan(one) & np.isnan(other)) if is_decimal else one == other


def _changed_crisis(one: Ensemble, other: Ensemble, k: int) -> ChangedCrisis:
    columns: list[ColumnArrays] = [one.columns, other.columns]
    outcomes = [OUTCOMES[int(each["outcome"][k])] for each in columns]
    peaks = [int(each["peak"][k]) for each in columns]
    costs = [float(total_cost({n: v[k : k + 1] for n, v in each.items()})[0]) for each in columns]
    return ChangedCrisis(one.seed, k, outcomes[0], outcomes[1], *peaks, *costs)


def _differences(one: Ensemble, other: Ensemble) -> Iterator[MeasureDifference]:
    """Yield every compared share, then every number, with its paired difference."""
    for each in differences(one, other):
        declared = measure(each.share)
        yield MeasureDifference(
            each.share, ANY, each.clause, declared.unit, each.before, each.after, each.estimate, each.low,
            each.high, declared.direction,
        )  # fmt: skip
    states = [name for name in one.scenario.states if name in other.scenario.states]
    numbers = Numbers(tuple(states))
    until = np.full(one.n, min(one.scenario.free_days, other.scenario.free_days))
    before, after = (numbers.values(each.columns, until) for each in (one, other))
    for (name, of), mine, theirs in zip(numbers.names, before, after, strict=True):
        declared = measure(name, one.scenario.outcome.model_dump())
        change = theirs - mine
        found = mean(change.sum(), (change * change).sum(), one.n)
        of_state = f", {one.scenario.label(of)}" if of in states else ""
        yield MeasureDifference(
            name, of, f"{declared.clause}{of_state}", declared.unit_of_difference, float(mine.mean()),
            float(theirs.mean()), float(found.estimate), float(found.low), float(found.high),
            declared.direction,
        )  # fmt: skip


def _outcomes(arms: Sequence[Arm], found: Sequence[Ensemble]) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for arm, ensemble in zip(arms, found, strict=bool(found)):
        yes = np.bincount(ensemble.columns["outcome"], minlength=len(OUTCOMES))
        shares = wilson(yes, ensemble.n)
        rows += [
            (
                arm.letter, name, OUTCOME_WORDS[name], int(yes[k]), ensemble.n, float(shares.estimate[k]),
                float(shares.low[k]), float(shares.high[k]),
            )
            for k, name in enumerate(OUTCOMES)
        ]  # fmt: skip
    return Table(("arm", "outcome", "label", "crises", "of", "share", "low", "high"), tuple(rows))


def _crises(arms: Sequence[Arm], found: Sequence[Ensemble]) -> Table:
    columns, values = ["replication"], [list(range(found[0].n)) if found else []]
    for arm, ensemble in zip(arms, found, strict=bool(found)):
        columns += [f"{name}_{arm.letter}" for name in ("outcome", "peak", "cost")]
        values.append([OUTCOMES[k] for k in ensemble.columns["outcome"].tolist()])
        values += [ensemble.columns["peak"].tolist(), total_cost(ensemble.columns).tolist()]
    return Table(tuple(columns), tuple(zip(*values, strict=True)))
