"""The parameters of the rules that all actors share, each declared once."""

from __future__ import annotations

from typing import Any

from escalation.scenario.parameters import PRIOR, Model, defined

PROTOTYPE = "prototype of the model: chosen so that 2,000 simulated crises resemble recorded ones"
MIE = "prototype fitted to Militarized Interstate Events 1.0 (Gibler and Miller)"
CRISES = "prototype fitted to 17 coded crises"
ICB_SHARES = "prior, centred on the shares of crises with accepted mediation in ICB v15 (.22 to .42)"


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
    """The parameters of the rules that all actors share.

    Utilities are logits: one unit multiplies the odds of an act relative to holding by e.
    """

    # Choice: escalatory acts
    act_intercept: float = _choice(
        -0.3,
        (-1.5, 0.5),
        "Common intercept of all acts; absorbs how densely acts are recorded",
        "moments of recorded act rates; a nuisance parameter",
        bounds=SIGNED,
    )
    provocation_gate: float = _choice(
        3.9,
        (2.0, 5.0),
        "Effect of provocation (pressure or heat), which opens the gate to escalatory acts",
        MIE,
    )
    gate_threshold: float = _choice(
        0.5,
        (0.3, 0.7),
        "Provocation at which the gate favours neither acting nor holding",
        PROTOTYPE,
        unit="share",
    )
    heat_in_gate: float = _choice(
        0.7, (0.4, 1.0), "Share of heat that counts as provocation", PROTOTYPE, unit="share"
    )
    heat_felt: float = _choice(
        0.2, (0.1, 0.4), "Heat above which its level counts as a level to step from", PROTOTYPE, unit="share"
    )
    ratchet: float = _choice(
        0.5,
        (0.2, 1.1),
        "Cost per rung of an act below one's own posture: coming down costs face",
        "MIE: 1.95 per level of hostility",
        unit="logit per rung",
    )
    step: float = _choice(
        0.18, (0.1, 0.3), "Cost per squared rung of skipping rungs", CRISES, unit="logit per squared rung"
    )
    pressure: float = _choice(
        4.0, (2.0, 9.0), "Effect of domestic pressure on visible acts, by their rung", PRIOR
    )
    cost: float = _choice(0.5, (0.2, 2.0), "Weight of an act's material cost, which exhaustion raises", PRIOR)
    fear_of_escalation: float = _choice(
        8.0, (2.0, 12.0), "Deterrence of an act by fear of nuclear escalation, by the cube of its rung", PRIOR
    )
    talks_restraint: float = _choice(
        2.0, (0.5, 4.0), "Restraint of an act by open talks, by its rung", PROTOTYPE
    )
    focal_pull: float = _choice(
        0.15,
        (0.0, 0.5),
        "Cost per rung above the step down that a mediator's formula proposes",
        PRIOR,
        unit="logit per rung",
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
        3.0, (0.5, 6.0), "Restraint by a mediator that presses, by its leverage and the act's rung", PRIOR
    )

    # Choice: use of force
    force_threshold: float = _force(
        -1.5, (-2.5, -0.5), "Intercept of all uses of force (rung 5 and above)", CRISES, bounds=SIGNED
    )
    commitment: float = _force(
        1.8, (0.0, 4.0), "Effect of one's own public commitments on the use of force", PRIOR
    )
    riposte: float = _force(
        6.4, (3.0, 9.0), "Pull to answer a use of force at its own level while heat lasts", CRISES
    )
    riposte_width: float = _force(
        2.5,
        (1.5, 4.0),
        "Distance from the level of the rival's force at which the pull to answer ends",
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
        0.5,
        (0.2, 0.9),
        "Effect of a state's repertoire: the levels of hostility it has used toward this rival",
        MIE,
    )
    habit_prior: float = _force(
        0.5,
        (0.1, 2.0),
        "Strength of the prior repertoire: the number of acts that it counts as",
        MIE,
        unit="acts",
        bounds=(0.01, 100.0),
    )
    momentum: float = _force(
        3.0,
        (1.0, 5.0),
        "Cost per level of hostility of an act below one's own last, while that is fresh",
        MIE,
        unit="logit per level of hostility",
    )
    clash: float = _force(
        3.0, (0.0, 6.0), "Additional pull to answer a use of force at its own level while it is fresh", MIE
    )
    war_persistence: float = _force(
        1.5, (0.0, 4.0), "Persistence of war, for each side whose last act was war", MIE, bounds=SIGNED
    )
    ceasefire_restraint: float = _force(
        2.0, (1.0, 4.0), "Restraint on the use of force while a ceasefire holds", PROTOTYPE
    )
    campaign: float = _force(
        4.3, (2.0, 5.0), "Pull to continue a campaign of strikes", "MIE: persistence of war 3.5"
    )
    campaign_width: float = _force(
        2.0,
        (1.0, 4.0),
        "Distance from one's own last rung at which the pull of a campaign ends",
        CRISES,
        unit="rungs",
        bounds=(0.1, 10.0),
    )
    nuclear_shadow: float = _force(
        2.5,
        (1.0, 5.0),
        "Deterrence of strikes (rung 7 and above) between nuclear powers, by the cube of the rung",
        "coded crises: 2.9 +/- 1.1",
    )
    war_threshold: float = _force(
        3.1,
        (1.0, 4.0),
        "Intercept of full war (rung 9 and above), in addition to the act's own base",
        CRISES,
        bounds=SIGNED,
    )
    nuclear_taboo: float = _force(
        4.0,
        (2.0, 8.0),
        "Additional threshold of nuclear use",
        "assumption: no use in 27 crises only bounds it",
    )

    # Choice: conciliatory acts
    conciliation: float = _peace(
        -3.5, (-4.5, -2.5), "Intercept of all conciliatory acts", CRISES, bounds=SIGNED
    )
    fear_conciliates: float = _peace(3.7, (1.0, 6.0), "Effect of fear on conciliatory acts", CRISES)
    exhaustion_conciliates: float = _peace(
        2.1, (0.5, 4.0), "Effect of exhaustion on conciliatory acts", CRISES
    )
    exhaustion_cap: float = _peace(
        2.0,
        (1.0, 4.0),
        "Exhaustion above which it has no further effect",
        PROTOTYPE,
        unit="exhaustion",
        bounds=(0.0, 10.0),
    )
    pressure_hardens: float = _peace(
        1.5, (0.0, 3.0), "Effect of domestic pressure, against conciliatory acts", PRIOR
    )
    audience_cost: float = _peace(
        1.5, (0.5, 4.0), "Audience cost of backing down from public commitments", "prior, after Fearon 1994"
    )
    reciprocity: float = _peace(
        1.6, (0.5, 3.0), "Pull to reciprocate the rival's offer while it is open", CRISES
    )
    talks_conciliate: float = _peace(1.0, (0.3, 2.0), "Effect of open talks on conciliatory acts", PROTOTYPE)
    leverage_inducement: float = _peace(
        1.5, (0.3, 3.0), "Inducements by a mediator that presses, by its leverage", PRIOR
    )
    face_saving: float = _peace(
        0.5,
        (0.1, 0.9),
        "Share of the audience cost that a mediator's presence removes",
        "prior; Beardsley et al. 2006 name the mechanism",
        unit="share",
    )

    # State: what an act leaves behind
    posture_gain: float = _state(
        0.5, (0.3, 0.7), "Share of the distance by which an act moves its taker's posture"
    )
    perception_gain: float = _state(
        0.5, (0.3, 0.7), "Share of the distance by which an act moves the rival's perception of that posture"
    )
    misperception: float = _state(
        0.7,
        (0.0, 1.5),
        "Standard deviation of the error with which an act is perceived",
        PRIOR,
        unit="rungs",
        bounds=(0, 3),
    )
    pressure_gain: float = _state(
        0.24, (0.1, 0.4), "Pressure that a fully visible act of rung 10 puts on its target"
    )
    incident_perception: float = _state(
        0.25, (0.1, 0.5), "Share of the distance to rung 5 by which an incident moves the victim's perception"
    )
    exhaustion_gain: float = _state(0.35, (0.1, 0.6), "Exhaustion from an act of full cost")
    exhaustion_suffered: float = _state(
        0.5,
        (0.2, 1.0),
        "The target's exhaustion from a use of force on rung 6 and above, as a share of the taker's",
    )
    commitment_gain: float = _state(
        0.25, (0.1, 0.4), "Commitment from a public threat, alert or mobilisation"
    )
    relief: float = _state(
        0.83,
        (0.5, 0.95),
        "Share of pressure relieved by one's own fully visible use of force, from `relief_rung` on",
    )
    relief_rung: float = _state(
        7.0,
        (6.0, 9.0),
        "Rung from which one's own use of force relieves pressure in full; below, by its square",
        PRIOR,
        unit="rungs",
        bounds=(0.1, 10.0),
    )
    commitment_kept: float = _state(0.4, (0.1, 0.8), "Share of commitment left after one's own use of force")
    heat_left: float = _state(0.2, (0.0, 0.5), "Share of heat left after an answer or a ceasefire")
    answer_margin: float = _state(
        1.0,
        (0.0, 2.0),
        "Rungs by which one's own use of force may be below the rival's and still answer it",
        PRIOR,
        unit="rungs",
        bounds=(0.0, 10.0),
    )
    offer_posture: float = _state(0.8, (0.6, 0.95), "Share of posture left after one's own conciliatory act")
    offer_perception: float = _state(
        0.85, (0.7, 0.95), "Share of perceived posture left after the rival's conciliatory act"
    )
    offer_pressure: float = _state(
        0.92, (0.8, 1.0), "Share of pressure left after the rival's conciliatory act"
    )
    signal_fear: float = _state(
        0.35, (0.1, 0.6), "Fear that a nuclear signal of the highest level causes in its target", PRIOR
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
        0.9,
        (0.5, 1.5),
        "Steepness of the rise of fear with the rung",
        PRIOR,
        group="State: fear",
        unit="logit per rung",
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
        (0.8, 1.5),
        "Highest fear that a crisis inspires",
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
        "Share of posture and perception left after a ceasefire",
        group="Ceasefire and border fire",
    )
    ceasefire_pressure: float = _state(
        0.5, (0.3, 0.8), "Share of pressure left after a ceasefire", group="Ceasefire and border fire"
    )
    ceasefire_commitment: float = _state(
        0.6, (0.3, 0.9), "Share of commitment left after a ceasefire", group="Ceasefire and border fire"
    )
    force_recent_days: float = _state(
        14.0,
        (7.0, 30.0),
        "Days after a use of force in which a ceasefire can be proposed",
        PRIOR,
        group="Ceasefire and border fire",
        unit="days",
        bounds=(0.0, 3_650.0),
    )
    hotline_days: float = _state(
        3.0,
        (1.0, 7.0),
        "Days after a use of the hotline in which a ceasefire counts as reached through it",
        PRIOR,
        group="Ceasefire and border fire",
        unit="days",
        bounds=(0.0, 3_650.0),
    )
    ceasefire_breach: float = _state(
        0.02,
        (0.005, 0.05),
        "Hazard that a ceasefire breaks down without a use of force",
        group="Ceasefire and border fire",
        unit="probability per day",
    )
    border_fire_on: float = _state(
        0.03,
        (0.01, 0.1),
        "Hazard that firing across a contested line begins",
        group="Ceasefire and border fire",
        unit="probability per day",
    )
    border_fire_off: float = _state(
        0.1,
        (0.05, 0.3),
        "Hazard that firing across a contested line stops",
        group="Ceasefire and border fire",
        unit="probability per day",
    )
    border_fire_perception: float = _state(
        0.03,
        (0.0, 0.1),
        "Share of the distance to rung 5 by which a night of border fire moves perception",
        group="Ceasefire and border fire",
    )
    border_fire_pressure: float = _state(
        0.005, (0.0, 0.02), "Pressure from a night of border fire", group="Ceasefire and border fire"
    )

    # Mediation
    readiness_violence: float = _mediation(
        3.5,
        (1.0, 6.0),
        "Effect of recent violence on a mediator's readiness to act",
        "ICB v15: mediators enter 22% of the least and 45% of the most violent crises",
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
        -2.0, (-3.5, 0.0), "Intercept of consent to mediation", ICB_SHARES, bounds=SIGNED
    )
    consent_trust: float = _mediation(
        2.0, (1.0, 4.0), "Effect of trust in the mediator on consent", PROTOTYPE
    )
    consent_aversion: float = _mediation(
        4.0,
        (1.0, 6.0),
        "Effect of aversion to third parties times the mediator's intrusiveness, against consent",
        ICB_SHARES,
    )
    consent_bias: float = _mediation(
        1.0, (0.0, 3.0), "Effect of the mediator's bias toward the rival, against consent", PRIOR
    )
    consent_exhaustion: float = _mediation(2.0, (0.5, 4.0), "Effect of exhaustion on consent", PROTOTYPE)
    consent_fear: float = _mediation(2.0, (0.5, 4.0), "Effect of fear on consent", PROTOTYPE)
    consent_pressure: float = _mediation(
        1.0, (0.0, 3.0), "Effect of domestic pressure, against consent", PRIOR
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
        0.005,
        (0.002, 0.02),
        "Hazard that open talks reach agreement under facilitation alone",
        "prototype fitted to the order of styles in ICB v15: .18, .40, .63",
        unit="probability per day",
    )
    agree_formulation: float = _mediation(
        1.3, (0.5, 2.0), "Log hazard ratio of agreement for a proposed formula", PROTOTYPE
    )
    agree_leverage: float = _mediation(
        1.9, (0.5, 3.0), "Log hazard ratio of agreement for pressing with full leverage", PROTOTYPE
    )
    agree_exhaustion: float = _mediation(
        1.0, (0.0, 2.0), "Log hazard ratio of agreement per unit of the rivals' mean exhaustion", PRIOR
    )
    talks_lapse: float = _mediation(
        0.03, (0.01, 0.1), "Hazard that open talks lapse", PROTOTYPE, unit="probability per day"
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
    urging: float = _mediation(
        0.05,
        (0.0, 0.15),
        "Share of pressure relieved when a fully trusted mediator urges restraint",
        PRIOR,
        unit="share",
    )
