"""Which cells differ in which factors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.digest import Hashes
from escalation.analysis.source import Cells, Level

Codes = NDArray[np.int64]


def codes_of(cells: Cells, factors: Sequence[str]) -> Codes:
    """Return the levels of all cells as numbers, [cells, factors]: equal where the levels are equal."""
    columns = []
    for factor in factors:
        known: dict[tuple[bool, Level], int] = {}
        # Of the kinds of level only truth would pass for a number: True == 1.
        keys = [(isinstance(level, bool), level) for level in cells.levels[factor]]
        columns.append([known.setdefault(key, len(known)) for key in keys])
    return np.array(columns, np.int64).reshape(len(factors), len(cells.number)).T


def one_factor_off(codes: Codes, baseline: int) -> Codes:
    """Return for each cell which factor alone sets it off the baseline, -1 where none or several do."""
    differs = codes != codes[baseline]
    alone = differs.sum(axis=1) == 1
    return np.where(alone, differs.argmax(axis=1) if differs.shape[1] else 0, -1)


@dataclass(frozen=True)
class Sameness:
    """How often the level of a factor made no difference at all, all other factors equal."""

    factor: str
    settings: int
    """Settings of the other factors at which cells with several levels of this one were run."""
    same: int
    """Settings at which all those cells had the same crises, replication by replication."""
    everywhere: bool
    """Whether the factor changed nothing at any setting."""


def sameness(codes: Codes, factors: Sequence[str], digests: Hashes, n: NDArray[np.int64]) -> list[Sameness]:
    """Compare the crises of all cells that differ in one factor only, factor by factor.

    In a grid these are its lines; of a sampled design only the baseline and the probes meet. Cells of which
    nothing is there yet are left out.
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
