"""The parameters of the rules that all actors share, each declared once."""

from __future__ import annotations

from typing import Any

from escalation.scenario.decision_weights import DecisionWeights
from escalation.scenario.parameters import PRIOR, defined
from escalation.scenario.state_weights import StateWeights

PROTOTYPE = "prototype of the model: chosen so that 2,000 simulated crises resemble recorded ones"
ICB_SHARES = "ICB v15: offers that led to mediation (.81), by `mediation-check --fit`"
ICB_TALKS = "ICB v15: agreements by style and by days of talks, by `mediation-check --fit`"
SIGNED = (-20.0, 20.0)


def _mediation(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return defined(
        default,
        plausible,
        says=says,
        source=source,
        group="Mediation",
        unit=more.pop("unit", "logit"),
        **more,
    )


class Weights(StateWeights, DecisionWeights):
    """The parameters of the rules that all actors share.

    A state decides in two stages. *When*: each kind of act has a clock whose daily hazard is exp of a sum of
    terms, so that one unit of log hazard multiplies the hazard by e. *What*: given that a clock runs off, the
    acts of its kind compete as a conditional logit, in which one unit multiplies the odds of an act relative
    to the others by e.
    """

    # Mediation
    readiness_violence: float = _mediation(
        3.5,
        (1.0, 6.0),
        "Effect of recent violence on a mediator's readiness to act",
        "prior; ICB v15 has mediation in 22% of the least and 45% of the most violent crises",
    )
    readiness_asked: float = _mediation(
        2.0, (0.5, 4.0), "Effect of a rival's request on a mediator's readiness to act", PRIOR
    )
    refusal_deters: float = _mediation(
        3.0,
        (1.0, 6.0),
        "Effect of a fresh refusal, which deters a mediator without persistence from a new offer",
        PRIOR,
    )
    refusal_days: float = _mediation(
        7.0, (3.0, 21.0), "Memory of a refusal", PRIOR, unit="days (e-folding)", bounds=(0.1, 10_000.0)
    )
    lapse_refusal: float = _mediation(
        0.5,
        (0.0, 1.0),
        "Freshness of the refusal that a mediator remembers after talks lapse; 1 as after a refusal",
        PRIOR,
        unit="share",
    )
    consent: float = _mediation(
        0.0, (-2.0, 2.0), "Intercept of consent to mediation", ICB_SHARES, bounds=SIGNED
    )
    consent_trust: float = _mediation(
        2.0, (1.0, 4.0), "Effect of trust in the mediator on consent", PROTOTYPE
    )
    consent_aversion: float = _mediation(
        4.0,
        (1.0, 6.0),
        "Effect of aversion to third parties times the mediator's intrusiveness, against consent",
        PRIOR,
    )
    consent_bias: float = _mediation(
        1.0, (0.0, 3.0), "Effect of the mediator's bias toward the rival, against consent", PRIOR
    )
    consent_exhaustion: float = _mediation(2.0, (0.5, 4.0), "Effect of exhaustion on consent", PROTOTYPE)
    consent_fear: float = _mediation(2.0, (0.5, 4.0), "Effect of fear on consent", PROTOTYPE)
    consent_pressure: float = _mediation(
        1.0, (0.0, 3.0), "Effect of domestic pressure, against consent", PRIOR
    )
    consent_leverage: float = _mediation(
        1.0,
        (0.0, 2.0),
        "Effect of the mediator's leverage on consent: it raises the cost of refusing",
        "prior, after Zartman and Touval",
    )
    facilitation_intrusiveness: float = _mediation(
        0.6, (0.3, 0.8), "Intrusiveness of facilitation, relative to manipulation", PRIOR, unit="share"
    )
    formulation_intrusiveness: float = _mediation(
        0.8, (0.5, 1.0), "Intrusiveness of formulation, relative to manipulation", PRIOR, unit="share"
    )
    bilateral_discount: float = _mediation(
        0.5, (0.2, 1.0), "Share of intrusiveness left when talks are bilateral in form", PRIOR, unit="share"
    )
    talks_agree: float = _mediation(
        0.0004,
        (0.0002, 0.01),
        "Hazard that open talks reach agreement under facilitation alone",
        ICB_TALKS,
        unit="probability per day",
    )
    agree_formulation: float = _mediation(
        2.3, (0.5, 3.0), "Log hazard ratio of agreement for a proposed formula", ICB_TALKS
    )
    agree_leverage: float = _mediation(
        2.8,
        (0.5, 4.0),
        "Log hazard ratio of agreement for full leverage, in full where the mediator presses",
        ICB_TALKS,
    )
    agree_exhaustion: float = _mediation(
        1.0, (0.0, 2.0), "Log hazard ratio of agreement per unit of the rivals' mean exhaustion", PRIOR
    )
    agree_company: float = _mediation(
        -0.3,
        (-1.0, 0.4),
        "Log hazard ratio of agreement for each further mediator in talks with the pair: they compete, or"
        " where positive coordinate",
        PRIOR,
        bounds=SIGNED,
    )
    talks_lapse: float = _mediation(
        0.027, (0.005, 0.1), "Hazard that open talks lapse", ICB_TALKS, unit="probability per day"
    )
    persistence_holds: float = _mediation(
        1.0,
        (0.0, 2.0),
        "Log hazard ratio by which a fully persistent mediator, against one without persistence, keeps talks"
        " from lapsing",
        PRIOR,
        unit="log hazard ratio",
    )
    talks_collapse: float = _mediation(
        0.4,
        (0.1, 0.8),
        "Probability that a use of force on the day before ends open talks",
        PRIOR,
        unit="probability",
    )
    clarity: float = _mediation(
        0.6,
        (0.2, 0.9),
        "Share of misperception that open talks with a fully credible mediator remove",
        PRIOR,
        unit="share",
    )
    credible_lean: float = _mediation(
        0.5,
        (0.0, 1.0),
        "Credibility that a mediator gains with a state that it fully favours, and loses with one that it is"
        " fully against",
        "prior, after Kydd 2003: a biased mediator's word is credible to the side that it favours",
        unit="share",
    )
    guarantee_formulation: float = _mediation(
        0.3, (0.0, 0.6), "Guarantee behind an agreement on a mediator's formula", PRIOR, unit="share"
    )
    guarantee_leverage: float = _mediation(
        0.7,
        (0.3, 1.0),
        "Guarantee behind an agreement by a mediator's mean leverage, in full where it pressed",
        PRIOR,
        unit="share",
    )
    urging: float = _mediation(
        0.1,
        (0.0, 0.2),
        "Share of pressure and grievance relieved when a fully trusted mediator urges restraint",
        PRIOR,
        unit="share",
    )
