"""How much of a sweep is there: all of it, or the part that its tables, figures and account are then of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.tally import Tally
from escalation.stats.intervals import wilson_half


@dataclass(frozen=True)
class Coverage:
    """The replications that each cell has, and those that it is to have."""

    n: NDArray[np.int64]
    """By cell."""
    planned: int
    """Of each cell; with a stopping rule the most."""
    stops: bool
    """Whether a stopping rule may end a cell earlier."""
    done: NDArray[np.bool_]
    """By cell: whether it needs no more."""

    @property
    def is_complete(self) -> bool:
        """Return whether no cell needs more."""
        return bool(self.done.all())

    @property
    def crises(self) -> int:
        """Return the number of crises that are there."""
        return int(self.n.sum())

    @property
    def wanted(self) -> int:
        """Return the number of crises of the whole sweep; with a stopping rule the most that it may get."""
        return int(np.where(self.done, self.n, self.planned).sum())

    @property
    def empty(self) -> int:
        """Return the number of cells without results."""
        return int((self.n == 0).sum())

    @cached_property
    def words(self) -> str:
        """Return the sentence that says how much is there; nothing of a sweep that is complete."""
        if self.is_complete:
            return ""
        at_most = "at most " if self.stops else ""
        some = self.n[self.n > 0]
        least, most = (int(some.min()), int(some.max())) if len(some) else (0, 0)
        each = f"{least:,}" if least == most else f"{least:,} to {most:,}"
        who = "every cell has"
        if self.empty:
            left_out = "has no results and is" if self.empty == 1 else "have no results and are"
            who = f"{self.empty:,} of {len(self.n):,} cells {left_out} left out; the others have"
        return (
            f"Incomplete, on {_percent(self.crises / self.wanted)} of the crises: {self.crises:,} of"
            f" {at_most}{self.wanted:,}; {who} {each} of {at_most}{self.planned:,}."
        )


def _percent(share: float) -> str:
    """Return a share in percent, rounded down: 100% is all."""
    return "<1%" if 0 < share < 0.01 else f"{int(100 * share)}%"


def coverage(tally: Tally) -> Coverage:
    """Return how much of a sweep was counted."""
    plan, until, n = tally.source.plan, tally.source.spec.until, tally.n
    done = n >= plan.replications
    if until is not None:
        yes = tally.shares[:, tally.measures.names.index(until.share)]
        with np.errstate(invalid="ignore", divide="ignore"):
            done |= (n > 0) & (wilson_half(yes, n) <= until.half_width)
    return Coverage(n, plan.replications, until is not None, done)
