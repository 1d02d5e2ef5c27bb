"""The middle of a crisis on which hazards and utilities are computed by hand."""

from __future__ import annotations

from tests.strategies import NUCLEAR, Table, crisis

WEIGHTS = {
    "alarm": -3.0, "lull": 0.7, "lead": 1.2, "tempo": 0.9, "tempo_cap": 8.0,
    "stakes_acts": 1.1, "stakes_days": 50.0, "grievance": 2.5,
    "resolve_acts": 0.4, "commitment_acts": 0.6, "fear_restrains": 0.3, "ceasefire_lull": 1.5,
    "talks_lull": 0.5, "leverage_restraint": 1.4, "information_restraint": 0.8,
    "again": 0.1, "reply_strike": 0.45, "reply_force": 0.3, "reply_other": 0.05,
    "protest": -2.5, "protest_lull": 0.6, "protest_tempo": 0.45, "protest_grievance": 2.8,
    "protest_again": 0.35,
    "heat_felt": 0.2, "ratchet": 0.5, "step": 0.2, "pressure": 5.0, "cost": 1.0,
    "fear_of_escalation": 10.0, "focal_pull": 0.25,
    "force_threshold": -2.0, "commitment": 1.5, "riposte": 6.0, "riposte_width": 2.5, "clash": 2.0,
    "campaign": 4.0, "campaign_width": 2.0, "nuclear_shadow": 2.0,
    "war_threshold": 3.0, "nuclear_taboo": 5.0,
    "conciliation": -3.0, "fear_conciliates": 4.0, "exhaustion_conciliates": 2.0, "exhaustion_cap": 1.0,
    "pressure_hardens": 1.5, "audience_cost": 2.0, "reciprocity": 1.6, "talks_conciliate": 1.0,
    "leverage_inducement": 0.5, "consent_trust": 2.0, "consent_aversion": 1.5, "consent_bias": 1.0,
    "consent_leverage": 0.7, "refusal_deters": 2.5, "bilateral_discount": 0.5,
    "punishment_threshold": -0.25, "threat_threshold": 0.35, "habit": 0.6, "momentum": 1.5,
    "war_persistence": 0.7, "open_threshold": -0.4, "strike_threshold": -0.6,
}  # fmt: skip


def mid_crisis() -> Table:
    """Alba in the middle of a crisis, every quantity off its zero but ceasefire and talks."""
    states = {
        "alba": {
            "label": "A", "capabilities": NUCLEAR, "resolve": 0.25, "risk_aversion": 0.6,
            "third_party_aversion": 0.9,
        },
        "borea": {"label": "B", "capabilities": NUCLEAR},
    }  # fmt: skip
    rivalries = [
        {"between": ["alba", "borea"], "contested_line": True, "hotline": True, "tension": 1.0, "stakes": 0.6}
    ]
    table = Table(crisis(states=states, weights=WEIGHTS, rivalries=rivalries)).on(10)
    pair = table.pair("alba", "borea")
    pair.posture, pair.seen, pair.pressure, pair.commitment = 4.0, 3.0, 0.6, 0.4
    pair.heat, pair.heat_level, pair.campaign, pair.last_rung = 0.5, 6.0, 0.7, 6.0
    pair.last_hostility, pair.momentum = 4.0, 0.8
    pair.habit_threat, pair.habit_display, pair.habit_force, pair.habit_war = 0.1, -0.3, 0.5, -0.7
    pair.grievance, pair.activity = 0.35, 3.0
    theirs = table.pair("borea", "alba")
    theirs.last_hostility, theirs.momentum, theirs.activity = 4.0, 0.25, 1.0
    dyad = table.dyad("alba", "borea")
    dyad.stirred, dyad.spoken, dyad.activity = 6, 8, 5.0
    table.actor("alba").fear, table.actor("alba").exhaustion = 0.2, 0.5
    return table


def weigh(table: Table, name: str) -> float:
    """Return the utility, or log hazard, of alba's act toward borea."""
    return table.utility("alba", name, "borea")


def terms_of(table: Table, name: str) -> dict[str, float]:
    """Return the terms of alba's act toward borea."""
    return table.weighed("alba", name, "borea")
