"""The cells that each mark of a figure is based on: one cell, or design points that are pooled.

In a grid or list a mark is one cell: one level of each factor shown, all others at baseline. In a sampled
design hardly any two cells differ in one factor only; a mark pools the design points whose level falls in
the same range, across all levels of the other factors that were sampled. What was not sampled, policies above
all, is never pooled: it is shown, or held at one level.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from escalation.figures.captions import held_at, level_text, subset_words
from escalation.files.places import EscalationError
from escalation.stats.intervals import pooled_shares

if TYPE_CHECKING:
    from escalation.analysis.tidy import PlannedTables, Tidy, Varied

RANGES = 8

At = Mapping[str, Any]
"""Levels at which factors are held, by name."""

NOWHERE: At = {}


@dataclass(frozen=True)
class ShareEstimate:
    """A share with its interval and the number of crises it is based on."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class FactorLevel:
    """One level of a factor, or a range of levels that are pooled."""

    label: str
    short: str
    """The label, or for a range its midpoint."""
    at: float
    """The number itself, the midpoint of a range, or the position of a text among the levels."""
    is_baseline: bool
    cells: frozenset[int]
    """All cells with this level, at any level of the other factors."""

    @property
    def title(self) -> str:
        """Return the label, marked if it is the baseline's."""
        return f"{self.label}{' (baseline)' if self.is_baseline else ''}"


@dataclass(frozen=True)
class FactorAxis:
    """The levels of one factor that are shown."""

    factor: Varied
    levels: tuple[FactorLevel, ...]

    @property
    def is_number(self) -> bool:
        """Return whether the levels are numbers."""
        return self.factor.kind == "number"


@dataclass(frozen=True)
class Selection:
    """The cells of a figure: one axis per factor, and the cells that marks may draw on."""

    axes: tuple[FactorAxis, ...]
    allowed: frozenset[int]
    note: str
    """What the caption must say about the choice."""
    pooled: bool
    left_out: str = ""
    """The part of the note on levels that are not shown."""

    @property
    def interval_note(self) -> str:
        """Return what the caption must add where intervals or ranges are drawn."""
        if not self.pooled:
            return ""
        return (
            "Intervals are as wide as those of a single point, since points may share random numbers; ranges "
            "may be labelled by their midpoints."
        )

    def cells(self, *levels: FactorLevel) -> list[int]:
        """Return the cells that have all these levels, in order."""
        found = self.allowed
        for level in levels:
            found &= level.cells
        return sorted(found)


class NothingToShowError(EscalationError):
    """The experiment does not contain what a figure was asked to show."""


def factor_named(tables: PlannedTables, name: str) -> Varied:
    """Return a factor by its name, or raise an error that lists the names."""
    for factor in tables.factors:
        if factor.name == name:
            return factor
    known = ", ".join(factor.name for factor in tables.factors)
    raise NothingToShowError(f"no factor {name!r}; this experiment varies: {known}")


def levels_at(tables: PlannedTables, cell: int) -> list[tuple[Varied, Any]]:
    """Return the level of each factor in a cell."""
    return [(factor, tables.levels_by_cell(factor)[cell]) for factor in tables.factors]


def cell_at(tables: PlannedTables, at: At) -> int:
    """Return the cell with these levels and all other factors at baseline."""
    if not at:
        return tables.baseline
    found, _ = _with_others_held(tables, list(tables.factors), at)
    if not found:
        levels = ", ".join(f"{name} {level}" for name, level in at.items())
        raise NothingToShowError(f"no cell has {levels} with all other factors at baseline")
    return min(found)


def is_sampled(tables: PlannedTables) -> bool:
    """Return whether the design points were sampled: only such designs also have probes."""
    return "probe" in set(tables.cells["role"].tolist())


def select(
    tables: PlannedTables, names: Sequence[str], most: int = 40, pool: bool = True, at: At = NOWHERE
) -> Selection:
    """Return the cells of a figure over some factors.

    Parameters
    ----------
    tables
        The tables of an experiment.
    names
        The factors to show; none for the baseline alone.
    most
        The most levels of a factor to show; of more, an evenly spaced selection is shown.
    pool
        Whether to pool the points of a sampled design; otherwise only its baseline and probes are shown.
    at
        Levels, by name, at which to hold factors that are not shown; by default the baseline's. Factors over
        which points were sampled are not held where these are pooled.
    """
    factors = [factor_named(tables, name) for name in names]
    if len(set(names)) < len(names):
        raise NothingToShowError(f"duplicate factor: {', '.join(names)}")
    pooled = pool and is_sampled(tables)
    others = [factor for factor in tables.factors if factor.name not in names]
    if pooled:
        sampled = [factor.name for factor in tables.factors if factor.is_sampled]
        if set(at) & set(sampled):
            raise NothingToShowError("the points of a sampled design are pooled; `at` does not apply to them")
        others = [factor for factor in others if factor.name not in sampled]
    allowed, held = _with_others_held(tables, others, at)
    notes = [held_at(tables, held, at_baseline=not at)]
    if pooled:
        roles = zip(tables.cells["cell"].tolist(), tables.cells["role"].tolist(), strict=True)
        allowed &= frozenset(int(cell) for cell, role in roles if role == "design")
        points = f"{len(allowed):,} cells of a sampled design"
        notes.insert(0, f"Pooled over {points}, at any level of the other factors that were sampled.")
    axes, left_out = [], []
    for factor in factors:
        found = _levels(tables, factor, allowed, pooled, most)
        shown = thinned(found, most)
        if not shown:
            raise NothingToShowError(f"no cells to show for {factor.name}")
        left_out.append(subset_words(factor, *([level.label for level in some] for some in (shown, found))))
        axes.append(FactorAxis(factor, tuple(shown)))
    left_out = [note for note in left_out if note]
    note = " ".join([*(note for note in notes if note), *left_out])
    return Selection(tuple(axes), allowed, note, pooled, " ".join(left_out))


def _with_others_held(
    tables: PlannedTables, others: Sequence[Varied], at: At
) -> tuple[frozenset[int], list[tuple[Varied, Any]]]:
    allowed = frozenset(int(cell) for cell in tables.cells["cell"].tolist())
    held = []
    for name in at:
        if factor_named(tables, name) not in others:
            raise NothingToShowError(f"{name} is both shown and held `at` a level")
    for factor in others:
        by_cell = tables.levels_by_cell(factor)
        level = by_cell[tables.baseline]
        if factor.name in at:
            level = factor.key(at[factor.name])
            if level not in by_cell.values():
                raise NothingToShowError(f"no cell has {factor.name} at {at[factor.name]!r}")
        allowed &= {cell for cell, other in by_cell.items() if other == level}
        held.append((factor, level))
    return allowed, held


def _levels(
    tables: PlannedTables, factor: Varied, allowed: frozenset[int], pooled: bool, most: int
) -> list[FactorLevel]:
    """Return the levels of the allowed cells, in order; many levels of a sampled number become ranges."""
    by_cell = {cell: level for cell, level in tables.levels_by_cell(factor).items() if cell in allowed}
    present = set(by_cell.values())
    base = tables.levels_by_cell(factor)[tables.baseline]
    if factor.kind == "number":
        order = sorted(present)
        if pooled and len(order) > min(most, RANGES):
            return _ranges(tables, factor, by_cell, base, min(most, RANGES))
    else:
        known = [factor.key(level) for level in factor.levels]
        order = [level for level in known if level in present] + sorted(present - set(known))
    return [
        FactorLevel(
            label=level_text(tables, factor, level),
            short=level_text(tables, factor, level),
            at=float(level) if factor.kind == "number" else float(place),
            is_baseline=level == base and not pooled,
            cells=frozenset(cell for cell, other in by_cell.items() if other == level),
        )
        for place, level in enumerate(order)
    ]


def _ranges(
    tables: PlannedTables, factor: Varied, by_cell: Mapping[int, float], base: float, count: int
) -> list[FactorLevel]:
    """Divide the span of a number into equal ranges, none of which counts as the baseline."""
    ends = [float(level) for level in factor.levels] + [base]
    low, high = min([*by_cell.values(), *ends]), max([*by_cell.values(), *ends])
    width = (high - low) / count
    found = []
    for number in range(count):
        start, end = low + number * width, low + (number + 1) * width
        cells = frozenset(
            cell for cell, level in by_cell.items() if min(int((level - low) / width), count - 1) == number
        )
        label = f"{level_text(tables, factor, start)} to {level_text(tables, factor, end)}"
        middle = (start + end) / 2
        found.append(FactorLevel(label, level_text(tables, factor, middle), middle, False, cells))
    return [level for level in found if level.cells]


def evenly_spaced(count: int, most: int) -> set[int]:
    """Return at most this many of the positions 0 to count - 1, evenly spaced, including both ends."""
    if count <= most:
        return set(range(count))
    return {round(k * (count - 1) / (most - 1)) for k in range(most)}


def thinned(levels: Sequence[FactorLevel], most: int) -> list[FactorLevel]:
    """Return at most this many levels, evenly spaced, including both ends and the baseline."""
    if len(levels) <= most:
        return list(levels)
    if most == 1:
        return [next((level for level in levels if level.is_baseline), levels[0])]
    picked = evenly_spaced(len(levels), most)
    base = next((k for k, level in enumerate(levels) if level.is_baseline), None)
    if base is not None and base not in picked and most > 2:
        inner = picked - {0, len(levels) - 1}
        picked = (picked - {min(inner, key=lambda k: (abs(k - base), k))}) | {base}
    return [levels[k] for k in sorted(picked)]


class Shares:
    """The shares of an experiment, by cell and name."""

    def __init__(self, tables: Tidy, chosen: Selection, names: Sequence[str]) -> None:
        shown = (frozenset().union(*(level.cells for level in axis.levels)) for axis in chosen.axes)
        cells = chosen.allowed.intersection(*shown)
        self.found: dict[tuple[int, str], ShareEstimate] = {}
        for row in tables.share_rows(cells, names):
            value, n = float(row["estimate"]), int(row["n"])
            if not math.isnan(value) and n > 0:
                self.found[int(row["cell"]), str(row["of"])] = ShareEstimate(
                    value, float(row["low"]), float(row["high"]), n
                )

    def of(self, cells: Sequence[int], name: str) -> ShareEstimate | None:
        """Return the share in these cells together, pooled if they are several."""
        found = [self.found[cell, name] for cell in cells if (cell, name) in self.found]
        if len(found) < 2:
            return found[0] if found else None
        numbers = [one.n for one in found]
        pooled = pooled_shares([one.value for one in found], numbers)
        return ShareEstimate(float(pooled.estimate), float(pooled.low), float(pooled.high), sum(numbers))
