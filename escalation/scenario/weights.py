"""The parameters of the rules that all actors share, each declared once."""

from __future__ import annotations

from typing import Any

from escalation.scenario.parameters import PRIOR, Model, defined

PROTOTYPE = "prototype of the model: chosen so that 2,000 simulated crises resemble recorded ones"
MIE = "prototype fitted to Militarized Interstate Events 1.0 (Gibler and Miller)"
CRISES = "prototype fitted to 17 coded crises"
DYNAMICS = "pair-days of Militarized Interstate Events (Gibler and Miller)"
ICB_RESPONSES = "ICB v15: days to the response of states that were struck; responses to attacks"
BY_HAND = "set by hand against verbal and political responses in ICB v15"
ICB_SHARES = "ICB v15: offers that led to mediation (.81), by `mediation-check --fit`"
ICB_TALKS = "ICB v15: agreements by style and by days of talks, by `mediation-check --fit`"
ICB_LASTING = "ICB v15: recurrence after agreements, by `mediation-check --fit`"


def _choice(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return defined(
        default,
        plausible,
        says=says,
        source=source,
        group=more.pop("group", "What: all escalatory acts"),
        unit=more.pop("unit", "logit"),
        **more,
    )


def _clock(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return _choice(
        default,
        plausible,
        says,
        source,
        group=more.pop("group", "When: hostile acts"),
        unit=more.pop("unit", "log hazard"),
        **more,
    )


def _political(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return _clock(default, plausible, says, source, group="When: words and measures", **more)


def _peaceful(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return _clock(default, plausible, says, source, group="When: conciliation and appeals", **more)


def _force(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return _choice(default, plausible, says, source, group="What: hostile acts", **more)


def _mediation(default: float, plausible: tuple[float, float], says: str, source: str, **more: Any) -> Any:
    return _choice(default, plausible, says, source, group="Mediation", **more)


def _record_of(default: float, plausible: tuple[float, float], says: str, unit: str = "share") -> Any:
    return defined(
        default,
        plausible,
        says=says,
        source="coded crises; it enters the scores of recorded acts and no simulation",
        group="The record of cases",
        unit=unit,
        bounds=(0.01, 10.0),
    )


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

    A state decides in two stages. *When*: each kind of act has a clock whose daily hazard is exp of a sum of
    terms, so that one unit of log hazard multiplies the hazard by e. *What*: given that a clock runs off, the
    acts of its kind compete as a conditional logit, in which one unit multiplies the odds of an act relative
    to the others by e.
    """

    # When: hostile acts
    alarm: float = _clock(
        -3.4,
        (-3.9, -2.8),
        "Log hazard, per day and rival, of a militarised act on the day after one, all else at rest",
        DYNAMICS,
        bounds=SIGNED,
    )
    lull: float = _clock(
        0.72,
        (0.55, 0.86),
        "Decay of the hazard by the logarithm of the days since the last militarised act of either side",
        DYNAMICS,
        unit="log hazard per log day",
    )
    lead: float = _clock(
        1.25,
        (0.8, 1.5),
        "Effect of the logarithm of the state's share in the recent activity of the pair: who has acted, acts again",
        DYNAMICS,
    )
    tempo: float = _clock(
        0.8,
        (0.4, 1.1),
        "Effect of recent activity: the logarithm of 1 plus the pair's fading days with militarised acts",
        DYNAMICS,
    )
    tempo_cap: float = _clock(
        10.0,
        (5.0, 25.0),
        "Activity above which it has no further effect, without which exchanges run away",
        DYNAMICS,
        unit="days with acts",
        bounds=(0.0, 1_000.0),
    )
    grievance: float = _clock(
        2.7,
        (2.0, 3.4),
        "Effect of the worst unanswered hit by the rival, while it is remembered",
        ICB_RESPONSES,
    )
    resolve_acts: float = _clock(
        0.4, (0.0, 0.8), "Effect of full resolve over average resolve, and of none against it", PRIOR
    )
    commitment_acts: float = _clock(
        0.5, (0.0, 1.0), "Effect of one's own public commitments", "prior, after Fearon 1994"
    )
    fear_restrains: float = _clock(
        0.3, (0.0, 0.8), "Restraint by fear, by the state's risk aversion (1 at the average)", PRIOR
    )
    ceasefire_lull: float = _clock(
        1.5, (0.5, 2.5), "Restraint while a ceasefire holds", "prior; ICB v15 bounds it by recurrence"
    )
    talks_lull: float = _clock(0.5, (0.0, 1.0), "Restraint while talks are open", PRIOR)
    leverage_restraint: float = _clock(
        1.5,
        (0.3, 3.0),
        "Restraint by the leverage of a mediator with open talks, in full where it presses",
        "prior; leverage raises the cost of fighting on (Zartman and Touval)",
    )
    leverage_presence: float = _clock(
        0.4,
        (0.1, 0.8),
        "Share of a mediator's leverage that counts before it presses",
        PRIOR,
        unit="share",
    )
    information_restraint: float = _clock(
        0.6,
        (0.0, 1.2),
        "Restraint by a mediator's credible information, which removes false alarms",
        "prior, after Kydd 2003",
    )
    again: float = _clock(
        0.09,
        (0.05, 0.15),
        "Probability of a further hostile act toward the same rival on the same day",
        DYNAMICS,
        unit="probability",
    )
    reply_force: float = _clock(
        0.4,
        (0.2, 0.6),
        "Probability that a state replies with a hostile act on the day on which it is hit by force on rungs 5"
        " and 6, where forces in contact fire back",
        DYNAMICS,
        unit="probability",
    )
    reply_strike: float = _clock(
        0.2,
        (0.1, 0.4),
        "Probability that it replies so to a strike, on rung 7 and above",
        ICB_RESPONSES,
        unit="probability",
    )
    reply_other: float = _clock(
        0.06,
        (0.03, 0.1),
        "Probability that a state replies so to a threat or display of force",
        DYNAMICS,
        unit="probability",
    )

    # When: words and measures
    protest: float = _political(
        -2.6,
        (-3.6, -1.6),
        "Log hazard, per day and rival, of words or a measure on the day after an act, all else at rest",
        BY_HAND,
        bounds=SIGNED,
    )
    protest_lull: float = _political(
        0.65,
        (0.3, 1.0),
        "Decay of the hazard by the logarithm of the days since the last escalatory act of either side",
        BY_HAND,
        unit="log hazard per log day",
    )
    protest_tempo: float = _political(
        0.5, (0.2, 0.8), "Effect of recent activity, as in the hazard of hostile acts", BY_HAND
    )
    protest_grievance: float = _political(
        3.0, (1.5, 4.5), "Effect of the worst unanswered hit by the rival, while it is remembered", BY_HAND
    )
    protest_again: float = _political(
        0.35,
        (0.15, 0.55),
        "Probability of further words or a further measure toward the same rival on the same day",
        CRISES,
        unit="probability",
    )

    # When: conciliation and appeals
    conciliation: float = _peaceful(
        -4.0,
        (-5.5, -2.5),
        "Log hazard, per day and rival, common to all conciliatory acts and appeals",
        "ICB v15: agreements per crisis-day",
        bounds=SIGNED,
    )
    fear_conciliates: float = _peaceful(1.5, (0.5, 3.0), "Effect of fear", CRISES)
    exhaustion_conciliates: float = _peaceful(0.8, (0.2, 1.5), "Effect of exhaustion", CRISES)
    exhaustion_cap: float = _peaceful(
        2.0,
        (1.0, 4.0),
        "Exhaustion above which it has no further effect",
        PROTOTYPE,
        unit="exhaustion",
        bounds=(0.0, 10.0),
    )
    pressure_hardens: float = _peaceful(1.0, (0.0, 2.0), "Effect of domestic pressure, against it", PRIOR)
    audience_cost: float = _peaceful(
        1.5, (0.5, 4.0), "Audience cost of backing down from public commitments", "prior, after Fearon 1994"
    )
    reciprocity: float = _peaceful(
        1.6, (0.5, 3.0), "Pull to reciprocate the rival's offer while it is open", CRISES
    )
    talks_conciliate: float = _peaceful(
        0.5, (0.0, 1.2), "Effect of open talks: good offices shorten the wait for a direct answer", ICB_TALKS
    )
    leverage_inducement: float = _peaceful(
        0.6, (0.0, 1.5), "Inducements by the leverage of a mediator with open talks", PRIOR
    )
    face_saving: float = _peaceful(
        0.5,
        (0.1, 0.9),
        "Share of the audience cost that a mediator's presence removes",
        "prior; Beardsley et al. 2006 name the mechanism",
        unit="share",
    )

    # What: all escalatory acts
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

    punishment_threshold: float = _choice(
        0.0,
        (-2.0, 2.0),
        "Intercept of diplomatic and economic punishment (rung 2), against words",
        CRISES,
        group="What: words and measures",
        bounds=SIGNED,
    )

    # What: hostile acts
    force_threshold: float = _force(
        0.0,
        (-2.0, 2.0),
        "Intercept of all uses of force (rung 5 and above), against displays",
        CRISES,
        bounds=SIGNED,
    )
    commitment: float = _force(
        1.8, (0.0, 4.0), "Effect of one's own public commitments on the use of force", PRIOR
    )
    riposte: float = _force(
        0.5, (0.0, 2.0), "Pull to answer a use of force at its own level while heat lasts", CRISES
    )
    clash: float = _force(
        2.5, (1.0, 4.0), "Additional pull to answer force by force on the day on which it comes", MIE
    )
    riposte_width: float = _force(
        2.5,
        (1.5, 4.0),
        "Distance from the level of the rival's force at which the pull to answer ends",
        CRISES,
        unit="rungs",
        bounds=(0.1, 10.0),
    )
    threat_threshold: float = _force(
        0.0,
        (-2.0, 2.0),
        "Intercept of explicit threats of force (MID hostility 2), against displays",
        MIE,
        bounds=SIGNED,
    )
    habit: float = _force(
        0.5,
        (0.2, 0.9),
        "Effect of a state's repertoire: the levels of hostility it has used toward this rival",
        MIE,
    )
    habit_prior: float = _force(
        1.5,
        (0.1, 5.0),
        "Strength of the prior repertoire: the number of acts that it counts as",
        MIE,
        unit="acts",
        bounds=(0.01, 100.0),
    )
    mirror: float = _force(
        0.5,
        (0.0, 1.5),
        "Cost per level of hostility of an act above the rival's last, once it has acted",
        MIE,
        unit="logit per level of hostility",
    )
    momentum: float = _force(
        3.0,
        (1.0, 5.0),
        "Cost per level of hostility of an act below one's own last, while that is fresh",
        MIE,
        unit="logit per level of hostility",
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
        1.0,
        (0.0, 3.0),
        "Deterrence of strikes (rung 7 and above) between nuclear powers, by the cube of the rung",
        "prior: 69% of nuclear actors that were struck answered with violence (ICB v15), as many as others",
    )
    open_threshold: float = _force(
        -1.0,
        (-3.0, 1.0),
        "Intercept of acknowledged force (rung 6 and above), in addition to that of force",
        MIE,
        bounds=SIGNED,
    )
    strike_threshold: float = _force(
        0.0,
        (-2.0, 2.0),
        "Intercept of strikes (rung 7 and above), in addition to that of acknowledged force",
        MIE,
        bounds=SIGNED,
    )
    war_threshold: float = _force(
        1.5,
        (0.0, 3.0),
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

    # The record of cases
    noted_elasticity: float = _record_of(
        0.2,
        (0.05, 0.5),
        "Elasticity of how often coders note acts of a kind to their hazard: coders spend a budget of acts",
        unit="elasticity",
    )
    words_noted: float = _record_of(
        0.5, (0.1, 1.0), "Weight of words and measures in what coders note, against open force"
    )
    steps_noted: float = _record_of(0.5, (0.1, 1.0), "Weight of conciliatory acts and appeals, likewise")
    shows_noted: float = _record_of(0.6, (0.2, 1.0), "Weight of threats and displays, likewise")
    skirmishes_noted: float = _record_of(0.3, (0.1, 0.8), "Weight of force on rung 5, likewise")

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
    exhaustion_gain: float = _state(0.1, (0.03, 0.2), "Exhaustion from an act of full cost")
    exhaustion_suffered: float = _state(
        0.5,
        (0.2, 1.0),
        "The target's exhaustion from a use of force on rung 6 and above, as a share of the taker's",
    )
    commitment_gain: float = _state(
        0.25, (0.1, 0.4), "Commitment from a public threat, alert or mobilisation"
    )
    relief: float = _state(
        0.5,
        (0.2, 0.8),
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
    heat_left: float = _state(0.5, (0.2, 0.8), "Share of heat left after an answer or a ceasefire")
    hit_open: float = _state(
        0.35, (0.15, 0.6), "Grievance from a use of force on rung 6; from rung 7 on it is 1", ICB_RESPONSES
    )
    hit_deniable: float = _state(0.12, (0.0, 0.3), "Grievance from a use of force on rung 5", ICB_RESPONSES)
    hit_answered: float = _state(
        0.25,
        (0.1, 0.5),
        "Share of the grievance that remains where the hit answers one at least as high; exchanges run away"
        " without it",
        DYNAMICS,
    )
    grievance_left: float = _state(
        0.2, (0.0, 0.5), "Share of the grievance left after one's own use of force", DYNAMICS
    )
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
    heat_days: float = _days(10.0, (5.0, 20.0), "Memory of heat")
    grievance_days: float = _days(15.0, (8.0, 40.0), "Memory of a grievance", ICB_RESPONSES)
    activity_days: float = _days(240.0, (120.0, 480.0), "Memory of activity", DYNAMICS)
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
        0.08,
        (0.005, 0.1),
        "Hazard that a ceasefire breaks down without a use of force",
        ICB_LASTING,
        group="Ceasefire and border fire",
        unit="probability per day",
    )
    guarantee_holds: float = _state(
        1.3,
        (0.5, 3.0),
        "Log hazard ratio by which a full guarantee makes a breach of a ceasefire less likely",
        f"{ICB_LASTING}, and a prior after Fortna 2004",
        group="Ceasefire and border fire",
        unit="log hazard ratio",
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
