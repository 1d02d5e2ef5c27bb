"""The factors in which cells differ, the settings that they are compared in, and identical crises.

A setting is a combination of levels of all factors but the one or two that are compared in it. Settings are
distinguished by sums of hashes of their levels, so that a million cells are as quick to sort as numbers.

Each row is hashed to 64 bits and the hashes are added up modulo 2^64, so that neither the order of the
rows nor how they are split into parts matters. Two cells that differ in anything recorded have equal
sums with a chance of about 5e-20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.results import Cells
from escalation.experiment.spec import Level

Codes = NDArray[np.int64]


def codes_of(cells: Cells, factors: Sequence[str]) -> Codes:
    """Return the levels of all cells as numbers, [cells, factors]: equal where the levels are equal."""
    columns = []
    for factor in factors:
        known: dict[tuple[bool, Level], int] = {}
        # Among the kinds of level, only a truth value would pass for a number: True == 1.
        keys = [(isinstance(level, bool), level) for level in cells.levels[factor]]
        columns.append([known.setdefault(key, len(known)) for key in keys])
    return np.array(columns, np.int64).reshape(len(factors), len(cells.number)).T


def one_factor_off(codes: Codes, baseline: int) -> Codes:
    """Return for each cell the one factor in which it differs from the baseline, -1 for none or several."""
    differs = codes != codes[baseline]
    alone = differs.sum(axis=1) == 1
    return np.where(alone, differs.argmax(axis=1) if differs.shape[1] else 0, -1)


def marks(codes: Codes) -> Hashes:
    """Return a hash of each level of each cell, [cells, factors]; a sum of them identifies a setting."""
    place = np.arange(codes.shape[1], dtype=np.uint64) << np.uint64(32)
    return mixed(codes.astype(np.uint64) + place + np.uint64(_GOLDEN))


def partners(codes: Codes, baseline: int, n: NDArray[np.int64]) -> Codes:
    """Return the place of each cell's partner for each factor, [cells, factors]; -1 where there is none.

    The partner has this factor at the baseline's level and all others at the cell's own. Cells without
    crises have no partners and are none.
    """
    has_crises = np.flatnonzero(n > 0)
    own = marks(codes)
    total = own.sum(axis=1)
    found = np.full(codes.shape, -1, np.int64)
    for k in range(codes.shape[1]):
        setting = total - own[:, k]
        is_base = codes[has_crises, k] == codes[baseline, k]
        base, others = has_crises[is_base], has_crises[~is_base]
        if not len(base):
            continue
        base = base[np.argsort(setting[base], kind="stable")]
        at = np.minimum(np.searchsorted(setting[base], setting[others]), len(base) - 1)
        found[others, k] = np.where(setting[base][at] == setting[others], base[at], -1)
    return found


@dataclass(frozen=True)
class Sameness:
    """Where the level of a factor made no difference at all, all other factors being equal."""

    factor: str
    settings: int
    """Settings of the other factors at which cells with several levels of this factor were run."""
    same: int
    """Settings at which all those cells had the same crises, replication by replication."""
    everywhere: bool
    """Whether the factor changed nothing at any setting."""
    where: Codes
    """[settings]: the place of one cell of each setting."""
    is_same: NDArray[np.bool_]
    """[settings]: whether its crises are the same at all levels of the factor."""


def sameness(codes: Codes, factors: Sequence[str], digests: Hashes, n: NDArray[np.int64]) -> list[Sameness]:
    """Compare the crises of all cells that differ in one factor only, factor by factor.

    In a grid these are its lines; in a sampled design only the baseline and the probes differ in
    one factor. Cells without results are left out.
    """
    has_crises = np.flatnonzero(n > 0)
    own, digests = marks(codes)[has_crises], digests[has_crises]
    total = own.sum(axis=1)
    found = []
    for k, factor in enumerate(factors):
        setting = total - own[:, k]
        order = np.argsort(setting, kind="stable")
        is_new = np.ones(len(order), bool)
        is_new[1:] = setting[order][1:] != setting[order][:-1]
        starts = np.flatnonzero(is_new)
        compared = np.diff(starts, append=len(order)) > 1
        low, high = (ufunc.reduceat(digests[order], starts) for ufunc in (np.minimum, np.maximum))
        is_same = (low == high)[compared]
        settings, same = len(is_same), int(is_same.sum())
        where = has_crises[order][starts[compared]]
        found.append(Sameness(factor, settings, same, settings > 0 and same == settings, where, is_same))
    return found


MOST_LISTED = 6
"""Levels that a description lists."""
MOST_LEVELS = 12
"""Levels of a number that can be listed; more are points, which ranges describe."""
FEWEST_IN_RANGE = 5


@dataclass(frozen=True)
class LevelCondition:
    """That a factor is at one of some levels, or in a range of numbers."""

    factor: str
    levels: tuple[Level, ...] = ()
    least: float | None = None
    """Of a range, where it does not reach the least of all levels."""
    most: float | None = None


@dataclass(frozen=True)
class Description:
    """Some of many settings, by the levels that characterise them: exactly these settings, or the count."""

    conditions: tuple[LevelCondition, ...]
    """None if no short description fits."""
    joined: Literal["and", "or"] = "and"
    rest: int = 0
    """How many of the settings are not among those described."""


def described(cells: Cells, factors: Sequence[str], where: Codes, chosen: NDArray[np.bool_]) -> Description:
    """Describe some of many settings by the levels of one or two factors.

    Parameters
    ----------
    cells
        The design points.
    factors
        The factors that distinguish the settings.
    where
        [settings]: the place of a cell of each setting.
    chosen
        [settings]: whether it is one of those to be described.

    Returns
    -------
    Description
        With one or two conditions that hold in exactly the settings chosen; or with the levels of one factor
        at all of whose settings the choice falls on, and the number of settings chosen besides; or with no
        condition, and the number of all settings chosen.
    """
    levels = {name: [cells.levels[name][place] for place in where.tolist()] for name in factors}
    boxes = {name: _within(name, levels[name], chosen) for name in factors}
    outside = {name: _within(name, levels[name], ~chosen) for name in factors}
    for size in (1, 2):
        for names in combinations(factors, size):
            tests = [boxes[name] for name in names]
            if all(tests) and _equal(np.logical_and.reduce([test[1] for test in tests if test]), chosen):
                return Description(tuple(test[0] for test in tests if test))
    for names in combinations(factors, 2):
        tests = [outside[name] for name in names]
        if all(tests) and _equal(np.logical_and.reduce([test[1] for test in tests if test]), ~chosen):
            held = [test[1] for test in tests if test]
            both = zip(names, held, strict=True)
            opposite = [_within(name, levels[name], ~where) for name, where in both]
            if all(opposite):
                return Description(tuple(test[0] for test in opposite if test), "or")
    best: tuple[int, LevelCondition] | None = None
    for name in factors:
        listed = levels[name]
        mixed_levels = {
            level for level, is_chosen in zip(listed, chosen.tolist(), strict=True) if not is_chosen
        }
        pure = tuple(dict.fromkeys(level for level in listed if level not in mixed_levels))
        covered = sum(level in pure for level in listed)
        if pure and len(pure) <= MOST_LISTED and covered > len(pure) and (best is None or covered > best[0]):
            best = covered, LevelCondition(name, pure)
    total = int(chosen.sum())
    return Description((best[1],), rest=total - best[0]) if best else Description((), rest=total)


def _within(
    name: str, levels: Sequence[Level], chosen: NDArray[np.bool_]
) -> tuple[LevelCondition, NDArray[np.bool_]] | None:
    """Return the condition that holds for the levels of the settings chosen, and where it holds.

    None if it holds everywhere, or needs too many words. A range of numbers is one that reaches the least or
    the greatest of all levels, and has enough settings not to come about by chance.
    """
    there = dict.fromkeys(
        level for level, is_chosen in zip(levels, chosen.tolist(), strict=True) if is_chosen
    )
    if len(there) == len(set(levels)) or not there:
        return None
    is_number = all(isinstance(level, int | float) for level in levels)
    if len(there) <= MOST_LISTED and (not is_number or len(set(levels)) <= MOST_LEVELS):
        return LevelCondition(name, tuple(there)), np.array([level in there for level in levels])
    if not is_number or chosen.sum() < FEWEST_IN_RANGE:
        return None
    numbers = np.array(levels, np.float64)
    low, high = float(numbers[chosen].min()), float(numbers[chosen].max())
    if low == numbers.min():
        return LevelCondition(name, most=high), numbers <= high
    if high == numbers.max():
        return LevelCondition(name, least=low), numbers >= low
    return None


def _equal(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    return bool(np.array_equal(one, other))


Hashes = NDArray[np.uint64]
_GOLDEN = 0x9E3779B97F4A7C15


def mixed(values: Hashes) -> Hashes:
    """Scatter 64-bit numbers one to one: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    h = values ^ (values >> np.uint64(30))
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(31)
    return h


def row_hashes(columns: Mapping[str, NDArray[Any]]) -> Hashes:
    """Return a hash of each row; it depends on the values and on the order of the columns."""
    factors = mixed(np.arange(1, len(columns) + 1, dtype=np.uint64) * np.uint64(_GOLDEN)) | np.uint64(1)
    total: Hashes = np.zeros(len(next(iter(columns.values()))), np.uint64)
    for factor, values in zip(factors, columns.values(), strict=True):
        if values.dtype.kind == "f":
            # The many zero bits at the end of a round number must not meet another column's; -0.0 is 0.0.
            bits = mixed((values.astype(np.float64) + 0.0).view(np.uint64))
        else:
            bits = values.astype(np.int64).view(np.uint64)
        bits *= factor
        total += bits
    return mixed(total)
