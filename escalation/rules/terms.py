"""The terms of every utility, by name: what speaks for an act and against it.

A utility is the sum of its terms from left to right, so that its bits are the same compiled or not.
The sums are written out because the compiler turns a loop over a tuple into one over memory, four
times as slow.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import rule


class Escalation(NamedTuple):
    """Terms of an escalatory act."""

    intercept: float
    provocation: float
    ratchet: float
    step: float
    pressure: float
    cost: float
    fear: float
    force: float
    commitment: float
    riposte: float
    habit: float
    momentum: float
    war_goes_on: float
    ceasefire: float
    campaign: float
    nuclear_shadow: float
    war: float
    talks: float
    focal_point: float
    leverage: float


class Conciliation(NamedTuple):
    """Terms of a conciliatory act."""

    intercept: float
    pressure: float
    fear: float
    talks: float
    leverage: float
    exhaustion: float
    audience_cost: float
    reciprocity: float


class Standing(NamedTuple):
    """Terms of what a state makes of a mediator."""

    trust: float
    aversion: float
    bias: float


class Appeal(NamedTuple):
    """Terms of a request to a mediator: those of a conciliatory act and of its standing, and refusal."""

    intercept: float
    pressure: float
    fear: float
    talks: float
    leverage: float
    exhaustion: float
    audience_cost: float
    reciprocity: float
    trust: float
    aversion: float
    bias: float
    refusal: float


class Mediation(NamedTuple):
    """Terms of a mediator's act."""

    intercept: float
    violence: float
    request: float
    refusal: float


class Consent(NamedTuple):
    """Terms of the log-odds of consent to an offer."""

    intercept: float
    pressure: float
    fear: float
    exhaustion: float
    trust: float
    aversion: float
    bias: float


TERMS = tuple(dict.fromkeys(Escalation._fields + Appeal._fields + Mediation._fields + Consent._fields))
"""The names of all terms, in the order of tables."""

PLACES = {
    form: np.array([TERMS.index(name) for name in form._fields])
    for form in (Escalation, Conciliation, Appeal, Mediation, Consent)
}
"""Where the terms of each form stand in the order of tables."""


@rule
def write_terms(terms: Sequence[float], places: NDArray[np.int64], row: NDArray[np.float64]) -> None:
    """Write terms to their places in a row of a table."""
    for k in range(len(terms)):
        row[places[k]] = terms[k]


@rule
def escalation_utility(t: Escalation) -> float:
    """Add the terms."""
    return (
        t.intercept
        + t.provocation
        + t.ratchet
        + t.step
        + t.pressure
        + t.cost
        + t.fear
        + t.force
        + t.commitment
        + t.riposte
        + t.habit
        + t.momentum
        + t.war_goes_on
        + t.ceasefire
        + t.campaign
        + t.nuclear_shadow
        + t.war
        + t.talks
        + t.focal_point
        + t.leverage
    )


@rule
def conciliation_utility(t: Conciliation) -> float:
    """Add the terms."""
    return (
        t.intercept
        + t.pressure
        + t.fear
        + t.talks
        + t.leverage
        + t.exhaustion
        + t.audience_cost
        + t.reciprocity
    )


@rule
def appeal_utility(t: Appeal) -> float:
    """Add the terms."""
    return (
        t.intercept
        + t.pressure
        + t.fear
        + t.talks
        + t.leverage
        + t.exhaustion
        + t.audience_cost
        + t.reciprocity
        + t.trust
        + t.aversion
        + t.bias
        + t.refusal
    )


@rule
def mediation_utility(t: Mediation) -> float:
    """Add the terms."""
    return t.intercept + t.violence + t.request + t.refusal


@rule
def consent_log_odds(t: Consent) -> float:
    """Add the terms."""
    return t.intercept + t.pressure + t.fear + t.exhaustion + t.trust + t.aversion + t.bias
