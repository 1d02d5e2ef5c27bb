"""The numbers of the rules that all actors share, each in this one place."""

from __future__ import annotations

from typing import Any

from escalation.scenario.parameters import PRIOR, Model, defined

PROTOTYPE = "prototype of the model, chosen so that 2,000 simulated crises look like recorded ones"
MIE = "prototype fitted to Militarized Interstate Events 1.0 (Gibler and Miller)"
CRISES = "prototype fitted to 17 coded crises"
ICB_SHARES = "prior, toward the shares of crises with mediation accepted in ICB v15 (.22 to .42)"


def _choice(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return defined(
        default,
        plausible,
        says=says,
        source=source,
        group=more.pop("group", "Choice: escalatory acts"),
        unit=more.pop("unit", "logit"),
        **more,
    )


def _force(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return _choice(default, plausible, says, source, group="Choice: use of force", **more)


def _peace(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return _choice(default, plausible, says, source, group="Choice: conciliatory acts", **more)


def _mediation(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return _choice(default, plausible, says, source, group="Mediation", **more)


def _state(
    default: float, plausible: tuple[float, float], says: str, source: str = PROTOTYPE, **more: Any
) -> Any:
    return defined(
        default,
        plausible,
        says=says,
        source=source,
        group=more.pop("group", "State: what an act leaves behind"),
        unit=more.pop("unit", "share"),
        **more,
    )


def _days(default: float, plausible: tuple[float, float], says: str, source: str = PROTOTYPE) -> Any:
    return defined(
        default,
        plausible,
        says=says,
        source=source,
        group="State: memory",
        unit="days (e-folding)",
        bounds=(0.1, 10_000.0),
    )


SIGNED = (-20.0, 20.0)


class Weights(Model):
    """The numbers of the rules that all actors share.

    Utilities are logits: one unit multiplies the odds of an act against holding by e.
    """

    # Choice: escalatory acts
    act_intercept: float = _choice(
        -0.3,
        (-1.5, 0.5),
        "Common intercept of every act; stands for how densely acts are recorded",
        "moments of recorded act rates; a nuisance parameter",
        bounds=SIGNED,
    )
    provocation_gate: float = _choice(
        3.9, (2.0, 5.0), "How far provocation (pressure or heat) opens the gate to escalatory acts", MIE
    )
    gate_threshold: float = _choice(
        0.5, (0.3, 0.7), "Provocation at which the gate neither opens nor closes", PROTOTYPE, unit="share"
    )
    heat_in_gate: float = _choice(
        0.7, (0.4, 1.0), "Share of heat that counts as provocation", PROTOTYPE, unit="share"
    )
    heat_felt: float = _choice(
        0.2, (0.1, 0.4), "Heat above which its level is ground to step from", PROTOTYPE, unit="share"
    )
    ratchet: float = _choice(
        0.5,
        (0.2, 1.1),
        "Cost, a rung, of an act below one's own posture: coming down costs face",
        "MIE: 1.95 a hostility level",
        unit="logit a rung",
    )
    step: float = _choice(
        0.18, (0.1, 0.3), "Cost, a squared rung, of skipping rungs", CRISES, unit="logit a squared rung"
    )
    pressure: float = _choice(4.0, (2.0, 9.0), "Pull of domestic pressure to a visible and high act", PRIOR)
    cost: float = _choice(0.5, (0.2, 2.0), "Weight of an act's material cost, which exhaustion raises", PRIOR)
    fear_of_escalation: float = _choice(
        8.0, (2.0, 12.0), "How far fear of nuclear escalation deters an act, by the cube of its rung", PRIOR
    )
    talks_restraint: float = _choice(
        2.0, (0.5, 4.0), "Restraint that open talks put on an act, by its rung", PROTOTYPE
    )
    focal_pull: float = _choice(
        0.15,
        (0.0, 0.5),
        "Pull down to the step that a mediator's formula proposes",
        PRIOR,
        unit="logit a rung",
    )
    focal_step: float = _choice(
        1.0,
        (0.5, 3.0),
        "Distance of the proposed step down from the lower of the rivals' postures",
        PRIOR,
        unit="rungs",
        bounds=(0.0, 10.0),
    )
    leverage_restraint: float = _choice(
        3.0, (0.5, 6.0), "Restraint by a pressing mediator, by its leverage and the act's rung", PRIOR
    )

    # Choice: use of force
    force_threshold: float = _force(
        -1.5, (-2.5, -0.5), "Intercept of every use of force (rung 5 and up)", CRISES, bounds=SIGNED
    )
    commitment: float = _force(1.8, (0.0, 4.0), "Pull of one's own public commitments to force", PRIOR)
    riposte: float = _force(
        6.4, (3.0, 9.0), "Pull to answer a use of force at its own level while it is hot", CRISES
    )
    riposte_width: float = _force(
        2.5,
        (1.5, 4.0),
        "Distance from the level answered at which the pull to answer ends",
        CRISES,
        unit="rungs",
        bounds=(0.1, 10.0),
    )
    words_threshold: float = _choice(0.0, (-2.0, 2.0), "Intercept of words (rung 1)", CRISES, bounds=SIGNED)
    punishment_threshold: float = _choice(
        0.0, (-2.0, 2.0), "Intercept of diplomatic and economic punishment (rung 2)", CRISES, bounds=SIGNED
    )
    threat_threshold: float = _force(
        0.0, (-2.0, 2.0), "Intercept of explicit threats of force (MID hostility 2)", MIE, bounds=SIGNED
    )
    display_threshold: float = _force(
        0.0, (-2.0, 2.0), "Intercept of displays of force (MID hostility 3)", MIE, bounds=SIGNED
    )
    habit: float = _force(
        0.5, (0.2, 0.9), "Pull of the levels of hostility that a state has kept to toward this rival", MIE
    )
    habit_prior: float = _force(
        0.5,
        (0.1, 2.0),
        "Acts that what is expected of a state without a repertoire counts for",
        MIE,
        unit="acts",
        bounds=(0.01, 100.0),
    )
    momentum: float = _force(
        3.0,
        (1.0, 5.0),
        "Cost, a hostility level, of an act below one's own last, while that is fresh",
        MIE,
        unit="logit a hostility level",
    )
    clash: float = _force(
        3.0, (0.0, 6.0), "Further pull to answer a use of force at its own level while it is fresh", MIE
    )
    war_persistence: float = _force(
        1.5, (0.0, 4.0), "Pull of war to war, for each side whose last act was war", MIE, bounds=SIGNED
    )
    ceasefire_restraint: float = _force(
        2.0, (1.0, 4.0), "Restraint on the use of force while a ceasefire holds", PROTOTYPE
    )
    campaign: float = _force(
        4.3, (2.0, 5.0), "Pull to go on with a campaign of strikes", "MIE: persistence of war 3.5"
    )
    campaign_width: float = _force(
        2.0,
        (1.0, 4.0),
        "Distance from one's own last rung at which a campaign no longer pulls",
        CRISES,
        unit="rungs",
        bounds=(0.1, 10.0),
    )
    nuclear_shadow: float = _force(
        2.5,
        (1.0, 5.0),
        "Deterrence of strikes (rung 7 and up) between nuclear powers, by the cube of the rung",
        "coded crises: 2.9 +/- 1.1",
    )
    war_threshold: float = _force(
        3.1,
        (1.0, 4.0),
        "Intercept of full war (rung 9 and up), on top of the act's own base",
        CRISES,
        bounds=SIGNED,
    )
    nuclear_taboo: float = _force(
        4.0, (2.0, 8.0), "Further threshold of nuclear use", "assumption: no use in 27 crises bounds it only"
    )

    # Choice: conciliatory acts
    conciliation: float = _peace(
        -3.5, (-4.5, -2.5), "Intercept of every conciliatory act", CRISES, bounds=SIGNED
    )
    fear_conciliates: float = _peace(3.7, (1.0, 6.0), "Pull of fear to a conciliatory act", CRISES)
    exhaustion_conciliates: float = _peace(
        2.1, (0.5, 4.0), "Pull of exhaustion to a conciliatory act", CRISES
    )
    exhaustion_cap: float = _peace(
        2.0,
        (1.0, 4.0),
        "Exhaustion beyond which it conciliates no further",
        PROTOTYPE,
        unit="exhaustion",
        bounds=(0.0, 10.0),
    )
    pressure_hardens: float = _peace(
        1.5, (0.0, 3.0), "How far pressure keeps a state from a conciliatory act", PRIOR
    )
    audience_cost: float = _peace(
        1.5, (0.5, 4.0), "Price of backing down from public commitments", "prior, after Fearon 1994"
    )
    reciprocity: float = _peace(1.6, (0.5, 3.0), "Pull to answer the rival's standing offer", CRISES)
    talks_conciliate: float = _peace(1.0, (0.3, 2.0), "Pull of open talks to a conciliatory act", PROTOTYPE)
    leverage_inducement: float = _peace(
        1.5, (0.3, 3.0), "Carrots of a pressing mediator, by its leverage", PRIOR
    )
    face_saving: float = _peace(
        0.5,
        (0.1, 0.9),
        "Share of the audience cost that a mediator's presence takes away",
        "prior; Beardsley et al. 2006 name the mechanism",
        unit="share",
    )

    # State: what an act leaves behind
    posture_gain: float = _state(0.5, (0.3, 0.7), "Share of the way that an act moves its taker's posture")
    perception_gain: float = _state(
        0.5, (0.3, 0.7), "Share of the way that an act moves the rival's perception of that posture"
    )
    misperception: float = _state(
        0.7,
        (0.0, 1.5),
        "Standard deviation of the error in reading an act",
        PRIOR,
        unit="rungs",
        bounds=(0, 3),
    )
    pressure_gain: float = _state(
        0.24, (0.1, 0.4), "Pressure that a fully visible act of rung 10 puts on its target"
    )
    incident_perception: float = _state(
        0.25, (0.1, 0.5), "Share of the way that an incident moves the victim's perception to rung 5"
    )
    exhaustion_gain: float = _state(0.35, (0.1, 0.6), "Exhaustion from an act of full cost")
    exhaustion_suffered: float = _state(
        0.5,
        (0.2, 1.0),
        "The target's exhaustion from a use of force of rung 6 and up, as a share of the taker's",
    )
    commitment_gain: float = _state(
        0.25, (0.1, 0.4), "Commitment from a public threat, alert or mobilisation"
    )
    relief: float = _state(
        0.83, (0.5, 0.95), "Pressure relieved by one's own visible use of force of rung 7 or more"
    )
    relief_rung: float = _state(
        7.0,
        (6.0, 9.0),
        "Rung from which one's own use of force relieves in full; below, by the square of its rung",
        PRIOR,
        unit="rungs",
        bounds=(0.1, 10.0),
    )
    commitment_kept: float = _state(0.4, (0.1, 0.8), "Commitment left after one's own use of force")
    heat_left: float = _state(0.2, (0.0, 0.5), "Heat left after it was answered, or a ceasefire came")
    answer_margin: float = _state(
        1.0,
        (0.0, 2.0),
        "Rungs by which one's own use of force may stay below the rival's and still answer it",
        PRIOR,
        unit="rungs",
        bounds=(0.0, 10.0),
    )
    offer_posture: float = _state(0.8, (0.6, 0.95), "Posture left after one's own conciliatory act")
    offer_perception: float = _state(
        0.85, (0.7, 0.95), "Perceived posture left after the rival's conciliatory act"
    )
    offer_pressure: float = _state(0.92, (0.8, 1.0), "Pressure left after the rival's conciliatory act")
    signal_fear: float = _state(
        0.35, (0.1, 0.6), "Fear that a nuclear signal of the highest level raises in its target", PRIOR
    )
    signal_own_fear: float = _state(
        0.5, (0.2, 0.8), "The sender's fear from its own nuclear signal, as a share of the target's", PRIOR
    )
    fear_low: float = _state(
        0.15,
        (0.0, 0.3),
        "Fear at rung 5 from tension alone",
        PRIOR,
        group="State: fear",
        unit="fear",
        bounds=(0.0, 1.0),
    )
    fear_slope: float = _state(
        0.9, (0.5, 1.5), "Steepness of fear in the rung", PRIOR, group="State: fear", unit="logit a rung"
    )
    fear_rung: float = _state(
        6.5,
        (5.5, 8.0),
        "Rung at which fear is half risen",
        PRIOR,
        group="State: fear",
        unit="rungs",
        bounds=(0.0, 10.0),
    )
    fear_cap: float = _state(
        1.5,
        (0.8, 1.6),
        "Fear that a crisis inspires at most",
        PRIOR,
        group="State: fear",
        unit="fear",
        bounds=(0.0, 5.0),
    )
    solidarity_gain: float = _state(
        0.5, (0.1, 1.0), "Share of a victim's pressure that a fully loyal ally feels", PRIOR
    )

    # State: memory
    posture_days: float = _days(25.0, (10.0, 50.0), "Memory of one's own posture")
    perception_days: float = _days(25.0, (10.0, 50.0), "Memory of the rival's posture")
    pressure_days: float = _days(30.0, (15.0, 60.0), "Memory of pressure")
    commitment_days: float = _days(15.0, (7.0, 30.0), "Memory of commitments")
    exhaustion_days: float = _days(60.0, (30.0, 120.0), "Memory of exhaustion")
    heat_days: float = _days(4.0, (2.0, 8.0), "Memory of heat")
    fear_days: float = _days(6.0, (3.0, 12.0), "Memory of fear")
    campaign_days: float = _days(2.8, (1.5, 6.0), "Memory of a campaign of strikes")
    momentum_days: float = _days(0.4, (0.2, 1.0), "Memory of the very last act of each side", MIE)
    offer_days: float = _days(2.8, (1.5, 6.0), "Memory of a standing offer")
    violence_days: float = _days(10.0, (5.0, 20.0), "Memory of violence, as mediators see it")

    # Ceasefire and border fire
    ceasefire_posture: float = _state(
        0.45,
        (0.3, 0.7),
        "Posture and perception left when a ceasefire comes",
        group="Ceasefire and border fire",
    )
    ceasefire_pressure: float = _state(
        0.5, (0.3, 0.8), "Pressure left when a ceasefire comes", group="Ceasefire and border fire"
    )
    ceasefire_commitment: float = _state(
        0.6, (0.3, 0.9), "Commitment left when a ceasefire comes", group="Ceasefire and border fire"
    )
    force_recent_days: float = _state(
        14.0,
        (7.0, 30.0),
        "Days after a use of force for which a ceasefire can be proposed",
        PRIOR,
        group="Ceasefire and border fire",
        unit="days",
        bounds=(0.0, 3_650.0),
    )
    hotline_days: float = _state(
        3.0,
        (1.0, 7.0),
        "Days after a use of the hotline for which a ceasefire counts as reached through it",
        PRIOR,
        group="Ceasefire and border fire",
        unit="days",
        bounds=(0.0, 3_650.0),
    )
    ceasefire_breach: float = _state(
        0.02,
        (0.005, 0.05),
        "Hazard that a ceasefire breaks down on its own",
        group="Ceasefire and border fire",
        unit="probability a day",
    )
    border_fire_on: float = _state(
        0.03,
        (0.01, 0.1),
        "Hazard that firing across a contested line begins",
        group="Ceasefire and border fire",
        unit="probability a day",
    )
    border_fire_off: float = _state(
        0.1,
        (0.05, 0.3),
        "Hazard that firing across a contested line stops",
        group="Ceasefire and border fire",
        unit="probability a day",
    )
    border_fire_perception: float = _state(
        0.03,
        (0.0, 0.1),
        "Share of the way that a night of border fire moves perception to rung 5",
        group="Ceasefire and border fire",
    )
    border_fire_pressure: float = _state(
        0.005, (0.0, 0.02), "Pressure from a night of border fire", group="Ceasefire and border fire"
    )

    # Mediation
    readiness_violence: float = _mediation(
        3.5,
        (1.0, 6.0),
        "How far recent violence makes a mediator ready to act",
        "ICB v15: mediators enter 22% of the least and 45% of the most violent crises",
    )
    readiness_asked: float = _mediation(
        2.0, (0.5, 4.0), "How far a rival's request makes a mediator ready to act", PRIOR
    )
    refusal_deters: float = _mediation(
        3.0,
        (1.0, 6.0),
        "How far a fresh refusal keeps a mediator without persistence from a new offer",
        PRIOR,
    )
    refusal_days: float = _mediation(
        7.0, (3.0, 21.0), "Memory of a refusal", PRIOR, unit="days (e-folding)", bounds=(0.1, 10_000.0)
    )
    lapse_refusal: float = _mediation(
        0.5,
        (0.0, 1.0),
        "Share of a refusal's deterrence that talks which lapse leave in the mediator's memory",
        PRIOR,
        unit="share",
    )
    consent: float = _mediation(
        -2.0, (-3.5, 0.0), "Intercept of consent to mediation", ICB_SHARES, bounds=SIGNED
    )
    consent_trust: float = _mediation(2.0, (1.0, 4.0), "Trust in the mediator, in consent", PROTOTYPE)
    consent_aversion: float = _mediation(
        4.0, (1.0, 6.0), "Aversion to third parties x intrusiveness of the style, in consent", ICB_SHARES
    )
    consent_bias: float = _mediation(
        1.0, (0.0, 3.0), "Bias of the mediator against oneself, in consent", PRIOR
    )
    consent_exhaustion: float = _mediation(2.0, (0.5, 4.0), "Exhaustion, in consent", PROTOTYPE)
    consent_fear: float = _mediation(2.0, (0.5, 4.0), "Fear, in consent", PROTOTYPE)
    consent_pressure: float = _mediation(1.0, (0.0, 3.0), "Pressure, against consent", PRIOR)
    facilitation_intrusiveness: float = _mediation(
        0.6, (0.3, 0.8), "Intrusiveness of facilitation, relative to manipulation", PRIOR, unit="share"
    )
    formulation_intrusiveness: float = _mediation(
        0.8, (0.5, 1.0), "Intrusiveness of formulation, relative to manipulation", PRIOR, unit="share"
    )
    bilateral_discount: float = _mediation(
        0.5, (0.2, 1.0), "Intrusiveness left when talks are bilateral in form", PRIOR, unit="share"
    )
    talks_agree: float = _mediation(
        0.005,
        (0.002, 0.02),
        "Hazard that open talks agree under mere facilitation",
        "prototype, to the order of ICB styles .18/.40/.63",
        unit="probability a day",
    )
    agree_formulation: float = _mediation(
        1.3, (0.5, 2.0), "Log hazard of agreement that a proposed formula adds", PROTOTYPE
    )
    agree_leverage: float = _mediation(
        1.9, (0.5, 3.0), "Log hazard of agreement that pressing with full leverage adds", PROTOTYPE
    )
    agree_exhaustion: float = _mediation(
        1.0, (0.0, 2.0), "Log hazard of agreement, a unit of the rivals' mean exhaustion", PRIOR
    )
    talks_lapse: float = _mediation(
        0.03, (0.01, 0.1), "Hazard that open talks lapse", PROTOTYPE, unit="probability a day"
    )
    talks_collapse: float = _mediation(
        0.4,
        (0.1, 0.8),
        "Chance that a use of force on the day before ends open talks",
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
    urging: float = _mediation(
        0.05, (0.0, 0.15), "Pressure relieved when a trusted mediator urges restraint", PRIOR, unit="share"
    )
