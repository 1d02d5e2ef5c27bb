"""Weights of a state's decision: when it acts, what it then does, and what coders note of it."""

from __future__ import annotations

from typing import Any

from escalation.scenario.parameters import PRIOR, Model, defined

PROTOTYPE = "prototype of the model: chosen so that 2,000 simulated crises resemble recorded ones"
MIE = "prior, to be fitted to Militarized Interstate Events 1.0 (Gibler and Miller)"
CRISES = "prior, to be fitted to coded crises"
DYNAMICS = "pair-days of Militarized Interstate Events (Gibler and Miller)"
ICB_RESPONSES = "ICB v15: days to the response of states that were struck; responses to attacks"
BY_HAND = "set by hand against verbal and political responses in ICB v15"
ICB_TALKS = "ICB v15: agreements by style and by days of talks, by `mediation-check --fit`"
SIGNED = (-20.0, 20.0)


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


class DecisionWeights(Model):
    """When a state acts, what it then does, and what coders of cases note of it."""

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
        "Effect of the logarithm of the state's share of the pair's recent activity: who acted acts again",
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
    stakes_acts: float = _clock(
        1.3,
        (0.3, 2.3),
        "Effect of what is at stake in a crisis that is remembered, compared with the average dispute",
        CRISES,
    )
    stakes_days: float = _clock(
        60.0,
        (20.0, 180.0),
        "Days of quiet over which what is at stake loses its effect",
        CRISES,
        unit="days (e-folding)",
        bounds=(1.0, 10_000.0),
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
        "Probability that a state replies with a hostile act on the day on which it is hit by force on rung 5"
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
        "prior: measures of a day come together; not fitted",
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
