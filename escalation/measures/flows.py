"""Flows from outcome to outcome: which crises a change makes better and which worse, pair by pair.

Two settings are simulated with common random numbers, so replication k of one is the partner of replication k
of the other. The matrix of flows is the contingency table of the pairs; its margins are the outcomes of each
setting. What a change does to the shares is the net of its flows. The flows themselves also depend on how
long the two courses of a pair stay alike: after the first act that differs, the courses diverge, and pairs
that had nothing in common would change class as often as `chance` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escalation.files.write import Cell, Table, aligned
from escalation.measures.columns import ColumnArrays
from escalation.stats.intervals import paired_shares
from escalation.vocabulary import (
    DE_ESCALATED,
    FORCE_ENDED,
    FORCE_GOING_ON,
    NUCLEAR_USE,
    OUTCOME_CLASSES,
    OUTCOMES,
    STAND_OFF,
    WAR_OUTCOME,
)

MOST_FLOWS = 8
"""Pairs of classes that are described in words."""
CHANGES = {1: "better", -1: "worse", 0: "neither"}
"""What a move from one class to another means, by the sign of the steps between them."""

_STEP = {NUCLEAR_USE: 0, WAR_OUTCOME: 1, FORCE_ENDED: 2, FORCE_GOING_ON: 2, STAND_OFF: 3, DE_ESCALATED: 4}
STEPS = np.array([_STEP[k] for k in range(len(OUTCOMES))])
"""How good each class is, from the worst up. Limited force is as bad whether it ended or goes on: a crisis
that goes from one to the other is made neither better nor worse."""


@dataclass(frozen=True)
class Flow:
    """The crises that went from one outcome class to another, and those that went the other way."""

    worse: int
    """The worse class, as a number of `OUTCOMES`; of two that are equally bad the first."""
    better: int
    saved: int
    """Pairs that ended in the worse class before and in the better one after."""
    harmed: int
    """Pairs that went the other way."""

    @property
    def is_ordered(self) -> bool:
        """Return whether one of the two classes is worse than the other."""
        return bool(STEPS[self.worse] != STEPS[self.better])


@dataclass(frozen=True, eq=False)
class Flows:
    """Pairs of crises by their outcome classes before and after, from the worst class to the best."""

    counts: NDArray[np.int64]
    """[outcomes before, outcomes after]"""

    @property
    def n(self) -> int:
        """Return the number of pairs."""
        return int(self.counts.sum())

    @property
    def better(self) -> int:
        """Return how many pairs ended in a better class after than before."""
        return int(self.counts[STEPS[:, None] < STEPS].sum())

    @property
    def worse(self) -> int:
        """Return how many pairs ended in a worse class after than before."""
        return int(self.counts[STEPS[:, None] > STEPS].sum())

    @property
    def same(self) -> int:
        """Return how many pairs ended in the same class."""
        return int(np.trace(self.counts))

    @property
    def chance(self) -> float:
        """Return the share of pairs that would change class if the two crises of a pair were unrelated.

        1 - sum over classes of p_k q_k, of the shares p_k before and q_k after.
        """
        if not self.n:
            return float("nan")
        before, after = self.counts.sum(axis=1) / self.n, self.counts.sum(axis=0) / self.n
        return float(1 - before @ after)

    def flows(self) -> list[Flow]:
        """Return the pairs of classes between which any crisis moved, those with most crises first."""
        found = [
            Flow(worse, better, int(self.counts[worse, better]), int(self.counts[better, worse]))
            for worse in range(len(OUTCOMES))
            for better in range(worse + 1, len(OUTCOMES))
        ]
        moved = [flow for flow in found if flow.saved + flow.harmed]
        return sorted(moved, key=lambda flow: -(flow.saved + flow.harmed))

    def table(self) -> Table:
        """Return one row per pair of classes, with the number of crises and what the move means."""
        rows: list[tuple[Cell, ...]] = []
        for i, before in enumerate(OUTCOMES):
            for j, after in enumerate(OUTCOMES):
                meaning = "same" if i == j else CHANGES[int(np.sign(STEPS[j] - STEPS[i]))]
                count = int(self.counts[i, j])
                rows.append((before, after, count, self.n, count / self.n if self.n else None, meaning))
        return Table(("outcome_before", "outcome_after", "crises", "of", "share", "change"), tuple(rows))

    def net_words(self, before: str = "A", after: str = "B") -> str:
        """Return in a paragraph how many crises were made better and worse, and the net effect.

        Its interval is right for pairs that are independent of each other, as replications of one cell are.
        """
        net = paired_shares(self.better, self.worse, self.n)
        change, half = 100 * float(net.estimate), 50 * float(net.high - net.low)
        verb = "better" if change >= 0 else "worse"
        moved = (self.n - self.same) / self.n
        return (
            f"Of {self.n:,} pairs of crises {self.better:,} ended better under {after} than under {before}"
            f" and {self.worse:,} worse: on balance {abs(change):.1f} ± {half:.1f} of 100 crises are made"
            f" {verb}. {self.same:,} ended in the same class. In {moved:.1%} of pairs the class changed;"
            f" without common random numbers it would in {self.chance:.0%}."
        )

    def sentences(self, before: str = "A", after: str = "B") -> Iterator[str]:
        """Yield the flows in words, two classes at a time, those with most crises first."""
        flows = self.flows()
        for flow in flows[:MOST_FLOWS]:
            yield self._words(flow, before, after)
        if len(flows) > MOST_FLOWS:
            rest = sum(flow.saved + flow.harmed for flow in flows[MOST_FLOWS:])
            yield f"{rest:,} more moved between other classes."

    def _words(self, flow: Flow, before: str, after: str) -> str:
        """Return one pair of classes in words, the direction in which more crises moved first."""
        worse, better = OUTCOME_CLASSES[flow.worse].noun, OUTCOME_CLASSES[flow.better].noun
        ways = [(flow.saved, worse, better, "made better"), (flow.harmed, better, worse, "made worse")]
        if flow.harmed > flow.saved:
            ways.reverse()
        (most, start, end, does), (least, _, _, undoes) = ways
        if not flow.is_ordered:
            does = undoes = "neither better nor worse"
        other = f"{least:,} the other way ({undoes})" if least else "none the other way"
        return (
            f"{most:,} that ended in {start} under {before} ended in {end} under {after} ({does}); {other}."
        )

    def matrix(self, before: str = "A", after: str = "B") -> list[str]:
        """Return the matrix of flows as aligned text: rows are outcomes before, columns outcomes after."""
        names = [each.short for each in OUTCOME_CLASSES]
        rows = [[f"{before} \\ {after}", *names, "all"]]
        for name, line in zip(names, self.counts, strict=True):
            rows.append([name, *(f"{count:,}" for count in line), f"{line.sum():,}"])
        rows.append(["all", *(f"{count:,}" for count in self.counts.sum(axis=0)), f"{self.n:,}"])
        return aligned(rows, right=len(names) + 1)


def flows_of(before: NDArray[np.integer], after: NDArray[np.integer]) -> Flows:
    """Return the flows between the outcomes of pairs of crises, given as numbers of `OUTCOMES`."""
    classes = len(OUTCOMES)
    key = before.astype(np.int64) * classes + after
    return Flows(np.bincount(key, minlength=classes * classes).reshape(classes, classes))


@dataclass(frozen=True, eq=False)
class PairChanges:
    """How each pair of crises changed; arrays with one entry per pair, positive where it was made worse."""

    outcome: NDArray[np.int64]
    """Steps, from class to class, by which the outcome is worse."""
    peak: NDArray[np.int64]
    """Rungs by which the highest rung is higher."""
    cost: NDArray[np.float64]
    """By how much the costs of acts of all states are higher."""

    def most(self, count: int, worse: bool) -> NDArray[np.intp]:
        """Return the pairs that were made worse, or better, by most; the largest change first.

        Pairs are ordered by the change of their outcome class, then of their highest rung, then of the cost
        of acts; of equals the first replication comes first. The first of the three that changed decides
        whether a pair was made worse.
        """
        sign = 1 if worse else -1
        # The sums of costs are of several states: their last digits are rounding.
        changes = [sign * self.outcome, sign * self.peak, sign * np.round(self.cost, 9)]
        leading = np.where(changes[0] != 0, changes[0], np.where(changes[1] != 0, changes[1], changes[2]))
        order = np.lexsort([np.arange(len(leading)), *(-values for values in reversed(changes))])
        return np.asarray(order[leading[order] > 0][:count])


def pair_changes(before: ColumnArrays, after: ColumnArrays) -> PairChanges:
    """Return how the crises of a setting differ from their partners in another one.

    Parameters
    ----------
    before, after
        Columns of `Layout.run_columns`, one row per crisis, pair by pair; costs of the states of either.
    """
    outcome = STEPS[before["outcome"]] - STEPS[after["outcome"]]
    peak = after["peak"].astype(np.int64) - before["peak"]
    return PairChanges(outcome, peak, total_cost(after) - total_cost(before))


def total_cost(columns: ColumnArrays) -> NDArray[np.float64]:
    """Return the costs of the acts of all states of each crisis; a state that it lacks costs nothing."""
    costs = [values for name, values in columns.items() if name.startswith("cost_")]
    found: NDArray[np.float64] = np.nansum(np.stack(costs), axis=0)
    return found
