"""The model's words, each declared once: its order, its number, and every wording of it.

Rules and tables know a word by its number, its place in the tuple; files and columns by its name; people by
its label. Whoever needs another wording of an outcome class, an effect, a style or a channel finds it here.
"""

from __future__ import annotations

from typing import Literal, get_args

RUNGS = 11
"""Rungs of the ladder, 0 to 10."""

OUTCOMES = (
    "nuclear_use",
    "war",
    "limited_force_ended",
    "limited_force_going_on",
    "stand_off",
    "de_escalated",
)
NUCLEAR_USE, WAR_OUTCOME, FORCE_ENDED, FORCE_GOING_ON, STAND_OFF, DE_ESCALATED = range(6)

OUTCOME_WORDS = {
    "nuclear_use": "Nuclear use",
    "war": "Full conventional war",
    "limited_force_ended": "Limited use of force, ended",
    "limited_force_going_on": "Limited use of force, going on",
    "stand_off": "Stand-off",
    "de_escalated": "De-escalated",
}

NUCLEAR_CAVEAT = "The model gives no validated probability of nuclear use."

# Forms of utility, in the order in which options stand: hold, conciliatory acts, appeals to a mediator,
# escalatory acts, a mediator's acts.
HOLDING, CONCILIATORY, APPEAL, ESCALATORY, MEDIATION = range(5)

Effect = Literal[
    "none", "hold", "ceasefire", "ask", "consent", "decline", "urge", "offer", "formula", "press"
]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
NONE, HOLD, CEASEFIRE, ASK, CONSENT, DECLINE, URGE, OFFER, FORMULA, PRESS = range(10)

Style = Literal["facilitation", "formulation", "manipulation"]
STYLES: tuple[Style, ...] = get_args(Style)
FACILITATION, FORMULATION, MANIPULATION = range(3)

Channel = Literal["none", "direct", "hotline", "mediated"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
NO_CHANNEL, DIRECT, HOTLINE, MEDIATED = range(4)
