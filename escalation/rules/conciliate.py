"""Conciliatory acts and appeals to a mediator: each act's own hazard, with its terms, formula and sum.

Conciliatory acts run as competing risks: each that is available has its own hazard, so that an offer which
waits for an answer makes an answer likely, and when and what follow from the same numbers: the hazards add
up, and the act that is taken is one of them in proportion to its hazard. Symbols as in
`escalation.rules.hostile`.
"""

from __future__ import annotations

from typing import NamedTuple

from escalation.rules.compiled import rule, sum_of
from escalation.rules.mediate import Opinion
from escalation.rules.outlook import Outlook
from escalation.rules.state import OF_AVERAGE, Params, Traits, weights


class Concession(NamedTuple):
    """Terms that the log hazards of a state's concessions to a rival share, in the order of their sum."""

    pressure: float
    fear: float
    talks: float
    inducement: float
    exhaustion: float
    audience_cost: float
    reciprocity: float


class Conciliation(NamedTuple):
    """Terms of the log hazard of a conciliatory act, in the order of their sum."""

    intercept: float
    concession: Concession


@rule
def weigh_concession(params: Params, o: Outlook) -> Concession:
    """Return what conciliatory acts by i toward j share in their log hazards, per day.

        ln rate = base + conciliation + fear F 2 risk_aversion + exhaustion min(E, cap) - pressure P
                  - audience C (1 - face saving) + reciprocity (j's standing offer)
                  + talks [open] + inducement (leverage)

    The intercept of an act, base + conciliation, is its own. There is no lull: agreements per day of a crisis
    hardly change with its length (ICB v15). Source: the project's design; backing down from commitments costs
    (Fearon 1994), and a mediator saves face (Beardsley et al. 2006).
    """
    w = weights(params)
    return Concession(
        pressure=-w.pressure_hardens * o.pressure,
        fear=w.fear_conciliates * o.fear * OF_AVERAGE * o.risk_aversion,
        talks=w.talks_conciliate * o.talks,
        inducement=w.leverage_inducement * o.leverage,
        exhaustion=w.exhaustion_conciliates * min(o.exhaustion, w.exhaustion_cap),
        audience_cost=-w.audience_cost * o.commitment * (1.0 - o.face_saving),
        reciprocity=w.reciprocity * o.offer,
    )


concession_log_ratio = sum_of(Concession)
"""What the terms that they share add to the log hazard of every concession."""


@rule
def weigh_conciliation(params: Params, act: Traits, o: Outlook) -> Conciliation:
    """Return the terms of the log hazard, per day, of a conciliatory act by i toward j."""
    return Conciliation(act.intercept, weigh_concession(params, o))


conciliation_log_hazard = sum_of(Conciliation)


class Plea(NamedTuple):
    """Terms of the log hazard of a request to a mediator besides its intercept, in the order of their sum."""

    concession: Concession
    opinion: Opinion
    refusal: float


class Appeal(NamedTuple):
    """Terms of the log hazard of a request to a mediator, in the order of their sum."""

    intercept: float
    plea: Plea


@rule
def weigh_plea(params: Params, o: Outlook, opinion: Opinion, refused: float) -> Plea:
    """Return the terms of the log hazard of i's request to a mediator in its quarrel with j.

    It concedes as a conciliatory act does, depends on i's opinion of the mediator as consent does, and
    becomes less likely after a refusal that is still fresh: - refusal R.
    """
    return Plea(
        concession=weigh_concession(params, o),
        opinion=opinion,
        refusal=-weights(params).refusal_deters * refused,
    )


plea_log_ratio = sum_of(Plea)
appeal_log_hazard = sum_of(Appeal)
