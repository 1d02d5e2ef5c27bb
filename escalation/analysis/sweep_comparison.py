"""What was found by comparing two results folders: tables, and an account in words."""

from __future__ import annotations

import hashlib
import json
import shlex
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.cell_table import CellTable
from escalation.analysis.comparison import ChangedCrisis
from escalation.analysis.summary import by_line, side_by_side
from escalation.crisis.parting import WIDTH
from escalation.experiment.design import shown_level
from escalation.experiment.manifest import sources
from escalation.experiment.results import ResultsFolder
from escalation.experiment.spec import Level
from escalation.files.brief import Brief
from escalation.files.differences import Difference
from escalation.files.write import aligned
from escalation.measures.flows import STEPS, Flows
from escalation.measures.measures import Measures, Numbers
from escalation.scenario.weight_set import recorded_by_other_rules
from escalation.stats.intervals import Floats, Intervals, mean, paired_shares
from escalation.vocabulary import NUCLEAR_CAVEAT

MOST_CELLS = 12
"""Cells that are printed and drawn, those in which most crises differ."""
MOST_INPUTS = 12
MOST_SHARES = 3
"""Shares in the table of cells: the first that the experiment asks for."""

Counts = NDArray[np.int64]


@dataclass(frozen=True)
class ChangedCell:
    """A pair of crises of two sweeps in which the change mattered."""

    cell_before: int
    cell_after: int
    crisis: ChangedCrisis


@dataclass(frozen=True, repr=False)
class SweepComparison(Brief):
    """Two results folders, compared over the cells that both have; the first axis of arrays is the cell."""

    before: ResultsFolder
    after: ResultsFolder
    inputs: tuple[Difference, ...]
    """What scenario and experiment differ in, by key path."""
    code: tuple[str, ...]
    """Source files, and libraries, that are not the same."""
    cells: NDArray[np.int64]
    """Places of the matched cells in the first folder's table of cells."""
    partners: NDArray[np.int64]
    """Their places in the second's."""
    same_inputs: NDArray[np.bool_]
    n: Counts
    """Pairs of crises."""
    unequal: Counts
    """Pairs that differ in anything in the table of crises."""
    first_day: NDArray[np.int64]
    """First day, counted from the start, on which acts or postures differ between a cell's crises; -1 for
    never. Without `keep: [acts]` in both folders, by postures alone."""
    yes: Counts
    """[cells, shares of the measures]: crises of the second folder."""
    gained: Counts
    lost: Counts
    outcomes: Counts
    """[cells, outcomes before, outcomes after]"""
    numbers: Numbers
    base_totals: Floats
    """[cells, numbers]: sums over the crises of the first folder."""
    changes: Floats
    """[cells, numbers]: sums of paired differences, and of their squares."""
    squares: Floats
    better: tuple[ChangedCell, ...]
    worse: tuple[ChangedCell, ...]

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield which folders are compared."""
        yield "before", self.before.folder
        yield "after", self.after.folder
        yield "cells", len(self.cells)
        yield "pairs", int(self.n.sum())

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines

    @property
    def sides(self) -> tuple[ResultsFolder, ResultsFolder]:
        """Both folders."""
        return self.before, self.after

    @property
    def measures(self) -> Measures:
        """The measures that both have: the shipped ones, and the experiment's own if they are the same."""
        return self.numbers.measures

    @property
    def asked(self) -> list[str]:
        """The shares that the first experiment asks for."""
        return [name for name in self.before.spec.outcomes if name in self.measures.names]

    @property
    def flows(self) -> Flows:
        """The flows over all matched cells."""
        return Flows(self.outcomes.sum(axis=0))

    @property
    def lines(self) -> tuple[str, ...]:
        """The account in text, in 80 columns."""
        return tuple(self.account())

    @cached_property
    def factors(self) -> tuple[str, ...]:
        """The factors of both experiments."""
        return tuple(name for name in self.before.cells.levels if name in self.after.cells.levels)

    def levels(self, k: int) -> dict[str, Level]:
        """Return the levels of a matched cell."""
        return {name: self.before.cells.levels[name][int(self.cells[k])] for name in self.factors}

    @cached_property
    def order(self) -> NDArray[np.int64]:
        """The matched cells, those in which the largest share of crises changed their outcome first."""
        moved = self.outcomes.sum(axis=(1, 2)) - np.trace(self.outcomes, axis1=1, axis2=2)
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.nan_to_num(moved / self.n)
            unequal = np.nan_to_num(self.unequal / self.n)
        return np.lexsort([np.arange(len(self.n)), -unequal, -share])

    def shares(self, name: str) -> Intervals:
        """Return the paired differences of a share by cell, with Agresti and Min's intervals."""
        k = self.measures.names.index(name)
        return paired_shares(self.gained[:, k], self.lost[:, k], self.n)

    @cached_property
    def cell_table(self) -> CellTable:
        """One row per matched cell: its numbers and levels, and how many of its crises changed."""
        one, other = self.before.cells, self.after.cells
        columns: dict[str, NDArray[Any]] = {
            "cell_before": one.number[self.cells][:, None],
            "cell_after": other.number[self.partners][:, None],
        }
        columns |= self._level_columns()
        improved = STEPS[:, None] < STEPS
        columns |= {
            "pairs": self.n[:, None],
            "same_inputs": np.where(self.same_inputs, "yes", "no").astype(object)[:, None],
            "unequal": self.unequal[:, None],
            "changed_class": (self.n - np.trace(self.outcomes, axis1=1, axis2=2))[:, None],
            "better": self.outcomes[:, improved].sum(axis=1)[:, None],
            "worse": self.outcomes[:, improved.T].sum(axis=1)[:, None],
            "first_day": np.where(self.first_day >= 0, self.first_day, np.nan)[:, None],
        }
        kept = np.ones((len(self.n), 1), bool)
        return CellTable(columns, kept, frozenset(self.factors), counts=frozenset({"first_day"}))

    def _level_columns(self) -> dict[str, NDArray[Any]]:
        found = {}
        for name in self.factors:
            here = np.empty((len(self.cells), 1), object)
            here[:, 0] = [self.before.cells.levels[name][place] for place in self.cells.tolist()]
            found[name] = here
        return found

    @cached_property
    def difference_table(self) -> CellTable:
        """One row per matched cell and measure: both values and the paired difference with its interval."""
        n = self.n[:, None].astype(np.float64)
        found: list[tuple[str, str, str, Floats, Floats, Intervals]] = []
        with np.errstate(divide="ignore", invalid="ignore"):
            for k, name in enumerate(self.measures.names):
                after = self.yes[:, k] / self.n
                before = (self.yes[:, k] - self.gained[:, k] + self.lost[:, k]) / self.n
                found.append(
                    ("share", name, self.measures.measure(name).unit, before, after, self.shares(name))
                )
            for k, (name, of) in enumerate(self.numbers.names):
                before = self.base_totals[:, k] / self.n
                change = mean(self.changes[:, k], self.squares[:, k], self.n)
                found.append(
                    (
                        name,
                        of,
                        self.measures.measure(name).unit_of_difference,
                        before,
                        before + change.estimate,
                        change,
                    )
                )
        columns: dict[str, NDArray[Any]] = {"cell_before": self.before.cells.number[self.cells][:, None]}
        columns |= self._level_columns()
        columns |= {
            "measure": by_line(each[0] for each in found),
            "of": by_line(each[1] for each in found),
            "before": side_by_side(each[3] for each in found),
            "after": side_by_side(each[4] for each in found),
            "difference": side_by_side(each[5].estimate for each in found),
            "low": side_by_side(each[5].low for each in found),
            "high": side_by_side(each[5].high for each in found),
            "unit": by_line(each[2] for each in found),
            "pairs": n,
        }
        kept = ~np.isnan(columns["difference"])
        return CellTable(columns, kept, frozenset(self.factors), counts=frozenset({"pairs"}))

    def account(self, folder: Path | None = None) -> Iterator[str]:
        """Yield the account; `folder` is where its tables are."""
        for letter, results in (("A", self.before), ("B", self.after)):
            yield from textwrap.wrap(f"{letter}  {_made_by(results)}", WIDTH, subsequent_indent="   ")
        yield ""
        yield from self._input_words()
        yield ""
        yield from self._cell_words()
        if not self.unequal.any():
            return
        yield ""
        yield from self._shares()
        for name in self.asked[:MOST_SHARES]:
            yield from textwrap.wrap(self._spread_words(name), WIDTH)
        flows = self.flows
        yield ""
        yield "Crises of all matched cells by outcome: rows under A, columns under B"
        yield from (f"  {line}" for line in flows.matrix())
        yield ""
        says = (
            f"Of {flows.n:,} pairs of crises {flows.better:,} ended better under B and {flows.worse:,} worse."
        )
        for sentence in [says, *flows.sentences()]:
            yield from textwrap.wrap(sentence, WIDTH)
        yield from self._most()
        yield ""
        yield from textwrap.wrap(f"Simulated crises under stated assumptions. {NUCLEAR_CAVEAT}", WIDTH)

    def _input_words(self) -> Iterator[str]:
        if self.inputs:
            yield "Inputs that differ, A → B"
            for one in self.inputs[:MOST_INPUTS]:
                yield from textwrap.wrap(one.words, WIDTH, initial_indent="  ", subsequent_indent="    ")
            if len(self.inputs) > MOST_INPUTS:
                yield f"  and {len(self.inputs) - MOST_INPUTS:,} more"
        else:
            yield "Scenario and experiment are the same, labels and sources aside."
        if self.code:
            yield from textwrap.wrap(
                f"Code that differs: {', '.join(self.code)}", WIDTH, subsequent_indent="  "
            )
        else:
            yield "The code that computes crises is the same."

    def _cell_words(self) -> Iterator[str]:
        matched, same = len(self.cells), self.same_inputs
        alike = (self.unequal == 0) & (self.first_day < 0) & (self.n > 0)
        alone = [len(each.cells.number) - matched for each in (self.before, self.after)]
        says = [f"{matched:,} cells match by their levels"]
        says += [
            f"{count:,} are only in {letter}" for letter, count in zip("AB", alone, strict=True) if count
        ]
        says[-1] += f"; {int(self.n.sum()):,} pairs of crises with common random numbers."
        yield from textwrap.wrap(", ".join(says), WIDTH)
        for count, words in (
            (int((same & alike).sum()), "have equal inputs and identical crises"),
            (int((~same & alike).sum()), "have other inputs and yet identical crises"),
            (int((same & ~alike).sum()), "have equal inputs and other crises"),
            (int((~same & ~alike).sum()), "have other inputs and other crises"),
        ):
            if count:
                yield f"  {count:,} {words}"
        known = self.first_day[self.first_day >= 0]
        if len(known):
            start = self.before.loaded.scenario
            first, last = int(known.min()), int(known.max())
            says_when = f"from {start.date_of(first)} (day {first}) on"
            if last > first:
                says_when += f" at the earliest, from {start.date_of(last)} (day {last}) on at the latest"
            what = "Acts or postures" if all(each.layout.acts for each in self.sides) else "Postures"
            yield from textwrap.wrap(f"{what} differ {says_when}; by cell in cells.csv.", WIDTH)

    def _shares(self) -> Iterator[str]:
        names = list(self.asked[:MOST_SHARES])
        thresholds = self.before.thresholds
        rows = [
            [
                "cell",
                *self.factors,
                "changed",
                *(self.measures.measure(name, thresholds).short for name in names),
            ]
        ]
        found = [self.shares(name) for name in names]
        moved = self.n - np.trace(self.outcomes, axis1=1, axis2=2)
        for k in self.order[:MOST_CELLS].tolist():
            if not self.unequal[k]:
                continue
            levels = [
                f"{level:g}" if isinstance(level, float) else shown_level(level)
                for level in self.levels(k).values()
            ]
            cells = [f"{100 * moved[k] / self.n[k]:.1f}%"]
            for each in found:
                half = 50 * float(each.high[k] - each.low[k])
                cells.append(f"{100 * float(each.estimate[k]):+.1f} ±{half:.1f}".replace("-", "−"))
            rows.append([str(self.before.cells.number[self.cells[k]]), *levels, *cells])
        yield "B − A in percentage points, ± half the 95% interval; cells that changed most"
        lines = aligned(rows, right=len(names) + 1)
        if max(map(len, lines)) <= WIDTH:
            yield from lines
            return
        yield from aligned([["  ", *row[1 + len(self.factors) :]] for row in rows[:1]], right=len(names) + 1)
        for row in rows[1:]:
            levels = [f"{name} {level}" for name, level in zip(self.factors, row[1:], strict=False)]
            yield textwrap.shorten(f"{row[0]}: {', '.join(levels)}", WIDTH, placeholder=" ...")
            yield "    " + "  ".join(row[1 + len(self.factors) :])

    def _spread_words(self, name: str) -> str:
        """Return how the difference of a share varies over cells, and in how many it is clear."""
        found = self.shares(name)
        known = self.n > 0
        points = 100 * found.estimate[known]
        ends = " to ".join(f"{end:+.1f}".replace("-", "−") for end in (points.min(), points.max()))
        more, less = int((found.low[known] > 0).sum()), int((found.high[known] < 0).sum())
        return (
            f"{self.measures.measure(name, self.before.thresholds).clause}: {ends} points over"
            f" {len(points):,} cells; the interval lies above 0 in {more:,} of them, below 0 in {less:,}."
        )

    def _most(self) -> Iterator[str]:
        for heading, found in (("better", self.better), ("worse", self.worse)):
            if found:
                yield ""
                yield f"Made {heading} by most"
            for one in found:
                says = f"cell {one.cell_before}, replication {one.crisis.replication}: {one.crisis.words}"
                yield from textwrap.wrap(says, WIDTH, initial_indent="  ", subsequent_indent="    ")
                yield from (f"    {command}" for command in self.commands(one))
        stale = [
            letter
            for letter, each in (("A", self.before), ("B", self.after))
            if each.manifest.binding["code"] != sources()
        ]
        if stale and (self.better or self.worse):
            says = f"{' and '.join(stale)} was computed by other code: `run` plays its crises by today's."
            yield from textwrap.wrap(says, WIDTH)

    def commands(self, one: ChangedCell) -> Iterator[str]:
        """Yield the commands that play both crises of a pair, as far as today's rules can play them."""
        for results, cell in ((self.before, one.cell_before), (self.after, one.cell_after)):
            if recorded_by_other_rules(results.manifest.scenario["weights"]) is not None:
                continue
            words = ["escalation", "run", "--from", str(results.folder), "--cell", str(cell)]
            yield shlex.join([*words, "--replication", str(one.crisis.replication)])

    @property
    def identity(self) -> dict[str, Any]:
        """What determines the numbers of the comparison, as plain data."""
        return identity_of_sweeps(self.before, self.after)


def identity_of_sweeps(before: ResultsFolder, after: ResultsFolder) -> dict[str, Any]:
    """Return what determines the numbers of a comparison of two folders, as plain data."""
    return {
        "sweeps": [
            {
                "letter": letter, "folder": str(each.folder), "name": each.manifest.name,
                "sha256": each.manifest.hash, "versions": each.manifest.versions, "code": code_hash(each),
            }
            for letter, each in (("A", before), ("B", after))
        ]
    }  # fmt: skip


def code_hash(results: ResultsFolder) -> str:
    """Return a short hash of the code that computed a sweep."""
    text = json.dumps(results.manifest.binding["code"], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _made_by(results: ResultsFolder) -> str:
    manifest, versions = results.manifest, results.manifest.versions
    made = f"escalation {versions.get('escalation', '?')}, code {code_hash(results)}"
    libraries = ", ".join(f"{name} {number}" for name, number in manifest.binding["libraries"].items())
    return (
        f"{results.folder}: {manifest.name}, {len(results.cells.number):,} cells, seed {results.spec.seed};"
        f" made by {made}, {libraries}"
    )
