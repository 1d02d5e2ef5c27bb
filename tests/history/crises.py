"""Invented cases of the past, and known scores in place of those of the rules."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from escalation.history.likelihood import CaseScores
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


def with_known_scores(patch: pytest.MonkeyPatch) -> None:
    """Replace the rules' own scores of acts by scores that a test can compute by hand."""
    patch.setattr("escalation.history.act_forecasts.case_scores", case_scores)
    patch.setattr("escalation.history.act_forecasts.exchange_probabilities", exchange_probabilities)


def case_scores(scenario: Scenario) -> CaseScores:
    """Score every dated act: all rungs equally likely, but the observed one twice as likely."""
    acts = sorted(scenario.acts, key=lambda entry: (entry.date, entry.seq))
    rungs = np.array([scenario.ladder.acts[entry.act].rung for entry in acts], np.int64)
    table = np.ones((len(acts), RUNGS))
    table[np.arange(len(acts)), rungs] = 2
    table /= RUNGS + 1
    return CaseScores(
        tuple(entry.date for entry in acts), tuple(entry.actor for entry in acts), rungs, table, rungs >= 0
    )


def exchange_probabilities(_: object, exchanges: Exchanges) -> NDArray[np.float64]:
    """Score every act: use of force as likely as everything else together."""
    return np.tile([1 / 6, 1 / 6, 1 / 2, 1 / 6], (len(exchanges.events), 1))
