"""When a cell has been played often enough, and the running count of what came of a sweep."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from escalation.experiment.columns import Table
from escalation.experiment.measures import share_of
from escalation.experiment.spec import Until
from escalation.rules.outcome import OUTCOMES

QUANTILE = 1.959963984540054  # of the standard normal, for 95%


@dataclass(frozen=True)
class Tally:
    """What came of some crises: how many ended in each class, and the answers to one question by cell."""

    outcomes: NDArray[np.int64]
    """One count a class, in the order of `OUTCOMES`."""
    answers: dict[int, tuple[int, int]] = field(default_factory=dict)
    """By cell: crises, and how many of them have the share that the stopping rule asks for."""

    @property
    def crises(self) -> int:
        """Return the number of crises."""
        return int(self.outcomes.sum())


def outcome_counts(outcome: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return how many crises ended in each class."""
    return np.bincount(outcome.astype(np.int64), minlength=len(OUTCOMES)).astype(np.int64)


def tally_of(runs: Table, until: Until | None) -> Tally:
    """Count the runs of a chunk."""
    outcomes = outcome_counts(runs["outcome"])
    if until is None:
        return Tally(outcomes)
    answer = share_of(until.share, runs)
    cells, place = np.unique(runs["cell"], return_inverse=True)
    asked = np.bincount(place, minlength=len(cells))
    agreed = np.bincount(place, weights=answer, minlength=len(cells))
    counts = zip(cells.tolist(), asked.tolist(), agreed.astype(int).tolist(), strict=True)
    return Tally(outcomes, {cell: (n, yes) for cell, n, yes in counts})


def half_width(yes: int, n: int) -> float:
    """Return half the width of Wilson's 95% interval: z sqrt(p(1-p)/n + z²/4n²) / (1 + z²/n)."""
    z, p = QUANTILE, yes / n
    return z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)


class Precision:
    """Which cells are precise enough, from all their rounds so far."""

    def __init__(self, until: Until | None) -> None:
        self.until = until
        self._counts: dict[int, tuple[int, int]] = {}

    def add(self, tally: Tally) -> None:
        """Count a further round."""
        for cell, (n, yes) in tally.answers.items():
            asked, agreed = self._counts.get(cell, (0, 0))
            self._counts[cell] = (asked + n, agreed + yes)

    def __contains__(self, cell: object) -> bool:
        """Tell whether a cell needs no more replications."""
        if self.until is None or not isinstance(cell, int) or cell not in self._counts:
            return False
        n, yes = self._counts[cell]
        return half_width(yes, n) <= self.until.half_width
