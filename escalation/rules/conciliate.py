"""."""

from __future__ import annotations

from escalation.rules.compiled import phrase, rule
from escalation.rules.outlook import Outlook
from escalation.rules.state import Params, Traits
from escalation.rules.terms import Appeal, Conciliation, Standing


@rule
def weigh_conciliation(params: Params, act: Traits, o: Outlook) -> Conciliation:
    """Return the terms of a conciliatory act by i toward j.

        U = base + c + conciliation + fear F 2 risk_aversion + exhaustion min(E, cap) - pressure P
            - audience C (1 - face saving) + reciprocity (j's standing offer)
            + [talks open] (talks + leverage)

    Source: the project's design; backing down from commitments costs (Fearon 1994), and a mediator
    saves face (Beardsley et al. 2006).
    """
    w = params.weights[0]
    return Conciliation(
        intercept=act.intercept + w.act_intercept + w.conciliation,
        pressure=-w.pressure_hardens * o.pressure,
        fear=w.fear_conciliates * o.fear * 2.0 * o.risk_aversion,
        talks=w.talks_conciliate * o.talks,
        leverage=w.leverage_inducement * o.leverage,
        exhaustion=w.exhaustion_conciliates * min(o.exhaustion, w.exhaustion_cap),
        audience_cost=-w.audience_cost * o.commitment * (1.0 - o.face_saving),
        reciprocity=w.reciprocity * o.offer,
    )


@phrase
def intrusiveness(params: Params, m: int) -> float:
    """Return how far mediator m's style and form intrude, from 0 to 1.

    .6, .8 and 1 for facilitation, formulation and manipulation (order: Beardsley et al. 2006; that
    the least of a third party is already much is a prior), and less when the talks are bilateral in
    form.
    """
    mediator = params.mediators[m]
    style = (mediator.style + 3.0) / 5.0
    if mediator.bilateral:
        style *= params.weights[0].bilateral_discount
    return float(style)


@rule
def weigh_mediator(params: Params, i: int, j: int, m: int) -> Standing:
    """Return the terms of what i makes of mediator m in its quarrel with j.

    trust T - aversion A (intrusiveness) - bias max(0, lean to j - lean to i)
    """
    w = params.weights[0]
    mine = params.relations[m, i]
    theirs = params.relations[m, j]
    return Standing(
        trust=w.consent_trust * mine.trust,
        aversion=-w.consent_aversion * params.states[i].third_party_aversion * intrusiveness(params, m),
        bias=-w.consent_bias * max(0.0, theirs.bias - mine.bias),
    )


@rule
def weigh_appeal(params: Params, act: Traits, o: Outlook, standing: Standing, refused: float) -> Appeal:
    """Return the terms of i's request to a mediator in its quarrel with j.

    It concedes as a conciliatory act does, depends on what i makes of the mediator as consent does,
    and comes less after a refusal that is still fresh: - refusal R.
    """
    concession = weigh_conciliation(params, act, o)
    return Appeal(
        intercept=concession.intercept,
        pressure=concession.pressure,
        fear=concession.fear,
        talks=concession.talks,
        leverage=concession.leverage,
        exhaustion=concession.exhaustion,
        audience_cost=concession.audience_cost,
        reciprocity=concession.reciprocity,
        trust=standing.trust,
        aversion=standing.aversion,
        bias=standing.bias,
        refusal=-params.weights[0].refusal_deters * refused,
    )
