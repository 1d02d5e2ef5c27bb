"""Recorded acts that stand out among their actor's: surprises of history, or errors of coding."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escalation.history.likelihood import case_scores
from escalation.scenario.scenario import Scenario

FENCE = 1.5
"""Interquartile ranges above the third quartile from which a value is an outlier (Tukey 1977)."""
LEAST = 2.0
"""Nats above the median at least: without them, acts that surprise alike would have outliers by a hair."""
BELOW = 3
"""A rung among so many most probable ones never stands out."""
OTHERS = 4
"""Other acts of an actor that make a scale of its own; with fewer, the acts of all states do."""


@dataclass(frozen=True)
class Outlier:
    """An act whose rung surprised the rules far more than the other acts of its actor did."""

    date: dt.date
    actor: str
    rung: int
    rank: int
    """Place of the rung among all rungs, the most probable first."""
    probability: float
    """Of the rung before the act, given that the state acts."""

    def __str__(self) -> str:
        return (
            f"{self.date} {self.actor}: rung {self.rung} was {ordinal(self.rank)} of the rungs "
            f"by probability ({self.probability:.2g}), far below the other acts of its actor"
        )


def outlying_acts(scenario: Scenario) -> list[Outlier]:
    """Return the states' own acts of a record that should be looked at again, in order.

    An act stands out if its rung is not among the three most probable ones, and if its surprise
    -ln p(rung | the state acts) is above max(Q3 + 1.5 (Q3 - Q1), Q2 + 2), with Q1 to Q3 the quartiles of the
    surprises of the same actor's other acts: a war surprises the rules throughout.
    """
    scores = case_scores(scenario)
    rows = np.arange(len(scores.observed))
    of_observed = scores.probabilities[rows, scores.observed]
    surprise = -np.log(np.maximum(of_observed, np.finfo(float).tiny))
    rank = 1 + (scores.probabilities > of_observed[:, None]).sum(axis=1)
    actors = np.array(scores.actor)
    return [
        Outlier(scores.date[k], scores.actor[k], int(scores.observed[k]), int(rank[k]), float(of_observed[k]))
        for k in rows.tolist()
        if rank[k] > BELOW and surprise[k] > _fence(surprise, actors == actors[k], k)
    ]


def _fence(surprise: NDArray[np.float64], own: NDArray[np.bool_], k: int) -> float:
    others = np.arange(len(surprise)) != k
    compared = surprise[own & others]
    if len(compared) < OTHERS:
        compared = surprise[others]
    if len(compared) < OTHERS:
        return float("inf")
    first, median, third = np.quantile(compared, (0.25, 0.5, 0.75))
    return float(max(third + FENCE * (third - first), median + LEAST))


def ordinal(number: int) -> str:
    """Return 1st, 2nd, 3rd, 4th and so on."""
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"
