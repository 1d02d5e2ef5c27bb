"""Made-up cases of the past, and a stand-in for the rules' own scores of acts."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.history.mie import Exchanges
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import RUNGS
from tests.strategies import crisis, date, dated


def case(ended: int = 40, **more: Any) -> dict[str, Any]:
    """Return the `case` of a crisis."""
    return {
        "ended": date(ended), "outcome": "limited_force_then_ceasefire", "mediation": "accepted",
        "coder": "x", "doubts": "y",
    } | more  # fmt: skip


ACTS = [
    dated(0, "borea", "protest", "alba"),
    dated(2, "alba", "expel", "borea"),
    dated(3, "borea", "alert", "alba"),
    dated(9, "umbra", "offer", "alba"),
    dated(10, "alba", "artillery", "borea"),
    dated(12, "borea", "strike", "alba"),
    dated(20, "alba", "consent", "umbra"),
    dated(21, "borea", "consent", "umbra"),
    dated(40, "alba", "pull_back", "borea"),
]


def past(name: str = "one", **changes: Any) -> Scenario:
    """Return a case of 41 recorded days, force from day 10 on, a mediator accepted on day 20."""
    given = {"name": name, "horizon": 40, "acts": ACTS, "case": case()}
    return crisis(**(given | changes))


@dataclass(frozen=True)
class StandIn:
    """Scores of the acts of a case, as the rules would give them."""

    date: list[dt.date]
    actor: list[str]
    observed: NDArray[np.int64]
    probabilities: NDArray[np.float64]


def case_scores(scenario: Scenario) -> StandIn:
    """Say of every dated act that all rungs are as likely but the one observed, which is twice as likely."""
    acts = sorted(scenario.acts, key=lambda entry: (entry.date, entry.seq))
    rungs = np.array([scenario.ladder.acts[entry.act].rung for entry in acts], np.int64)
    told = np.ones((len(acts), RUNGS))
    told[np.arange(len(acts)), rungs] = 2
    told /= RUNGS + 1
    return StandIn([entry.date for entry in acts], [entry.actor for entry in acts], rungs, told)


def exchange_probabilities(_: object, exchanges: Exchanges) -> NDArray[np.float64]:
    """Say of every act that use of force is as likely as all else together."""
    return np.tile([1 / 6, 1 / 6, 1 / 2, 1 / 6], (len(exchanges.events), 1))
