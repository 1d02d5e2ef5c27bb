"""Weights of what acts leave behind: in the state of a crisis, in memory, and in a ceasefire."""

from __future__ import annotations

from typing import Any

from escalation.scenario.parameters import PRIOR, Model, defined

PROTOTYPE = "prototype of the model: chosen so that 2,000 simulated crises resemble recorded ones"
MIE = "prototype fitted to Militarized Interstate Events 1.0 (Gibler and Miller)"
DYNAMICS = "pair-days of Militarized Interstate Events (Gibler and Miller)"
ICB_RESPONSES = "ICB v15: days to the response of states that were struck; responses to attacks"
ICB_LASTING = "ICB v15: recurrence after agreements, by `mediation-check --fit`"


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


class StateWeights(Model):
    """What acts leave behind, how it fades, and how ceasefires and border fire come and go."""

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
