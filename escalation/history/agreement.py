"""Agreement between two codings of a crisis: which steps both note, and on which rungs.

Two coders who read the same sources differ in which steps they note and in the rung that they give a step.
The first shows in the share of matched steps, the second in the rungs of those that are matched.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from escalation.history.cases import HISTORY, crisis_of, load_cases
from escalation.scenario.case import SECOND_CODING
from escalation.scenario.scenario import Scenario

DAYS = 1
"""Most days between the dates that two coders give to one step."""
BARRED = 1e6
"""Cost of a match that is none: above that of any number of matches."""


@dataclass(frozen=True)
class Step:
    """One dated step of one actor, on the highest rung of the acts that it was entered as."""

    actor: str
    date: dt.date
    rung: int


@dataclass(frozen=True)
class Agreement:
    """How far two codings agree."""

    name: str
    """The crisis, or what several were pooled as."""
    steps: tuple[int, int]
    """Number of steps in the case, and in the other coding."""
    rungs: tuple[tuple[int, int], ...]
    """Of each step in both, its rung in the case and in the other coding."""

    @property
    def matched(self) -> int:
        """Return the number of steps that both codings have."""
        return len(self.rungs)

    @property
    def same(self) -> float:
        """Return the share of the matched steps that have the same rung in both, NaN without any."""
        return self._within(0)

    @property
    def near(self) -> float:
        """Return the share of the matched steps whose rungs differ by one at most, NaN without any."""
        return self._within(1)

    @property
    def kappa(self) -> float:
        """Return the quadratic kappa of the rungs of matched steps, NaN where chance alone would agree.

        1 - sum of squared differences / the same expected of the two sets of rungs in any order (Cohen 1968).
        """
        first, second = np.array(self.rungs, float).reshape(-1, 2).T
        expected = np.square(first[:, None] - second[None, :]).mean() if self.rungs else 0.0
        return float(1.0 - np.square(first - second).mean() / expected) if expected else float("nan")

    def _within(self, rungs: int) -> float:
        close = [abs(first - second) <= rungs for first, second in self.rungs]
        return float(np.mean(close)) if close else float("nan")


def second_codings() -> dict[str, Scenario]:
    """Return the shipped second codings by the names of their cases."""
    return {crisis_of(coding): coding for coding in load_cases([HISTORY], SECOND_CODING)}


def agreement(case: Scenario, other: Scenario) -> Agreement:
    """Compare two codings of one crisis.

    A step in one is matched with a step in the other by the same actor, `DAYS` apart at most; of all ways to
    match as many as possible the one with the fewest days between them counts, and on equal days the one that
    follows the order of both records. Rungs have no part in it, or agreement would be found by construction.

    Parameters
    ----------
    case, other
        The codings; names of actors are those of the files, so both must use the same.
    """
    first, second = steps_of(case), steps_of(other)
    cost = np.full((len(first), len(second)), BARRED)
    for i, one in enumerate(first):
        for j, two in enumerate(second):
            days = abs((one.date - two.date).days)
            if one.actor == two.actor and days <= DAYS:
                cost[i, j] = days + 0.001 * abs(i / len(first) - j / len(second))
    pairs = [(i, j) for i, j in zip(*linear_sum_assignment(cost), strict=True) if cost[i, j] < BARRED]
    rungs = tuple((first[i].rung, second[j].rung) for i, j in pairs)
    return Agreement(crisis_of(case), (len(first), len(second)), rungs)


def pooled(agreements: Sequence[Agreement], name: str) -> Agreement:
    """Return the agreement over several crises, every step counted alike."""
    counts = np.array([one.steps for one in agreements], int).reshape(-1, 2).sum(axis=0)
    rungs = tuple(pair for one in agreements for pair in one.rungs)
    return Agreement(name, (int(counts[0]), int(counts[1])), rungs)


def steps_of(scenario: Scenario) -> list[Step]:
    """Return the steps of a record from the start on, in order.

    Acts of one actor on one day that were entered with the same words are one step: a call on both sides, or
    an agreement through a mediator.
    """
    entries = sorted(scenario.acts, key=lambda entry: (entry.date, entry.seq))
    rungs: dict[tuple[str, dt.date, str], list[int]] = {}
    for entry in entries:
        if entry.date >= scenario.start:
            rung = scenario.ladder.acts[entry.act].rung
            rungs.setdefault((entry.actor, entry.date, entry.says), []).append(rung)
    return [Step(actor, day, max(found)) for (actor, day, _), found in rungs.items()]


def agreements_on(cases: Iterable[Scenario], others: dict[str, Scenario]) -> list[Agreement]:
    """Return the agreement on each case that has another coding, in the order of the cases."""
    return [agreement(case, others[case.name]) for case in cases if case.name in others]
