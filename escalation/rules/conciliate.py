"""The utility of a conciliatory act and of an appeal to a mediator: their terms, formulas and sums.

Quantities as in `escalation.rules.escalate`.
"""

from __future__ import annotations

from typing import NamedTuple

from escalation.rules.compiled import phrase, rule, sum_of
from escalation.rules.outlook import Outlook
from escalation.rules.state import OF_AVERAGE, Params, Traits, weights
from escalation.vocabulary import FACILITATION, FORMULATION

MOST_INTRUSIVE = 1.0
"""Intrusiveness of manipulation. Not a parameter: it sets the unit of the weight `consent_aversion`."""


class Conciliation(NamedTuple):
    """Terms of a conciliatory act, in the order of their sum."""

    intercept: float
    pressure: float
    fear: float
    talks: float
    leverage: float
    exhaustion: float
    audience_cost: float
    reciprocity: float


@rule
def weigh_conciliation(params: Params, act: Traits, o: Outlook) -> Conciliation:
    """Return the terms of a conciliatory act by i toward j.

        U = base + c + conciliation + fear F 2 risk_aversion + exhaustion min(E, cap) - pressure P
            - audience C (1 - face saving) + reciprocity (j's standing offer)
            + [talks open] (talks + leverage)

    Source: the project's design; backing down from commitments costs (Fearon 1994), and a mediator
    saves face (Beardsley et al. 2006).
    """
    w = weights(params)
    return Conciliation(
        intercept=act.intercept + w.act_intercept + w.conciliation,
        pressure=-w.pressure_hardens * o.pressure,
        fear=w.fear_conciliates * o.fear * OF_AVERAGE * o.risk_aversion,
        talks=w.talks_conciliate * o.talks,
        leverage=w.leverage_inducement * o.leverage,
        exhaustion=w.exhaustion_conciliates * min(o.exhaustion, w.exhaustion_cap),
        audience_cost=-w.audience_cost * o.commitment * (1.0 - o.face_saving),
        reciprocity=w.reciprocity * o.offer,
    )


conciliation_utility = sum_of(Conciliation)


class Opinion(NamedTuple):
    """Terms of a state's opinion of a mediator, which enter its appeals and its consent."""

    trust: float
    aversion: float
    bias: float


@rule
def opinion_of(params: Params, i: int, j: int, m: int) -> Opinion:
    """Return the terms of i's opinion of mediator m in its quarrel with j.

    trust T - aversion A (intrusiveness) - bias max(0, lean to j - lean to i)
    """
    w = weights(params)
    mine = params.relations[m, i]
    theirs = params.relations[m, j]
    return Opinion(
        trust=w.consent_trust * mine.trust,
        aversion=-w.consent_aversion * params.states[i].third_party_aversion * intrusiveness(params, m),
        bias=-w.consent_bias * max(0.0, theirs.bias - mine.bias),
    )


@phrase
def intrusiveness(params: Params, m: int) -> float:
    """Return how far mediator m's style and form intrude, from 0 to 1.

    Facilitation, formulation and manipulation intrude in this order (Beardsley et al. 2006); that even the
    least of a third party is already much is a prior. Bilateral talks intrude less.
    """
    w = weights(params)
    mediator = params.mediators[m]
    intrudes = MOST_INTRUSIVE
    if mediator.style == FACILITATION:
        intrudes = w.facilitation_intrusiveness
    elif mediator.style == FORMULATION:
        intrudes = w.formulation_intrusiveness
    if mediator.bilateral:
        intrudes *= w.bilateral_discount
    return float(intrudes)


class Appeal(NamedTuple):
    """Terms of a request to a mediator, in the order of their sum."""

    concession: Conciliation
    opinion: Opinion
    refusal: float


@rule
def weigh_appeal(params: Params, act: Traits, o: Outlook, opinion: Opinion, refused: float) -> Appeal:
    """Return the terms of i's request to a mediator in its quarrel with j.

    It concedes as a conciliatory act does, depends on i's opinion of the mediator as consent does, and
    becomes less likely after a refusal that is still fresh: - refusal R.
    """
    return Appeal(
        concession=weigh_conciliation(params, act, o),
        opinion=opinion,
        refusal=-weights(params).refusal_deters * refused,
    )


appeal_utility = sum_of(Appeal)
