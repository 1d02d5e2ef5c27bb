"""The factors in which cells differ, and the cells with identical crises.

Each row is hashed to 64 bits and the hashes are added up modulo 2^64, so that neither the order of the
rows nor how they are split into parts matters. Two cells that differ in anything recorded have equal
sums with a chance of about 5e-20.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True)
class Sameness:
    """How often the level of a factor made no difference at all, all other factors being equal."""

    factor: str
    settings: int
    """Settings of the other factors at which cells with several levels of this factor were run."""
    same: int
    """Settings at which all those cells had the same crises, replication by replication."""
    everywhere: bool
    """Whether the factor changed nothing at any setting."""


def sameness(codes: Codes, factors: Sequence[str], digests: Hashes, n: NDArray[np.int64]) -> list[Sameness]:
    """Compare the crises of all cells that differ in one factor only, factor by factor.

    In a grid these are its lines; in a sampled design only the baseline and the probes differ in
    one factor. Cells without results are left out.
    """
    codes, digests = codes[n > 0], digests[n > 0]
    found = []
    for k, factor in enumerate(factors):
        others = np.delete(codes, k, axis=1)
        group = np.zeros(len(codes), np.int64)
        if len(factors) > 1:
            group = np.unique(others, axis=0, return_inverse=True)[1].reshape(-1)
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.diff(group[order], prepend=-1))
        sizes = np.diff(starts, append=len(order))
        sorted_digests = digests[order]
        low, high = (ufunc.reduceat(sorted_digests, starts) for ufunc in (np.minimum, np.maximum))
        compared = sizes > 1
        same = int(((low == high) & compared).sum())
        settings = int(compared.sum())
        found.append(Sameness(factor, settings, same, settings > 0 and same == settings))
    return found


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
