"""The model's words, each declared once: its order, its number, and every wording of it.

Rules and tables know a word by its number, its place in the tuple; files and columns by its name; people by
its wordings. A new outcome class, effect, style or channel is declared here and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

RUNGS = 11
"""Rungs of the ladder, 0 to 10."""

DEFAULT_SEED = 1
"""The seed of everything that draws luck and is given none."""

BRANCHES = 1_000
"""Crises that the model plays on from a day of one that was played, for the odds of its outcome."""

FORCE_RUNG = 5
"""From this rung on an act is a use of force: it breaks a ceasefire, and one can be proposed after it."""

NUCLEAR_CAVEAT = "The model gives no validated probability of nuclear use."
NUCLEAR_END = "The use of a nuclear weapon ends the crisis; the model says nothing of what follows."

CodedClass = Literal["no_force_deescalated", "limited_force_then_ceasefire", "war", "prolonged_standoff"]
"""The classes by which coders describe how a recorded crisis ended."""


@dataclass(frozen=True)
class OutcomeClass:
    """One way in which a crisis ends, in all wordings."""

    name: str
    label: str
    """As a heading."""
    noun: str
    """In a question: 'How likely is ...?'"""
    clause: str
    """In a sentence with a number: 'war -3.0 points'."""
    short: str
    """In a table of 80 columns."""
    bar: str
    """On the axis of a chart of the page."""
    coded: CodedClass
    """The class that coders of recorded crises would give it."""
    colour: str
    """In figures: from the worst class to the best, luminance rises evenly (27 to 231 of 255)."""
    dark: bool = False
    """Whether text on the colour is white."""
    direction: int = 1
    """1 where more of it is worse, -1 where more is better."""


OUTCOME_CLASSES = (
    OutcomeClass(
        "nuclear_use", "Nuclear use", "nuclear use", "nuclear use", "nuclear", "Nuclear use",
        coded="war", colour="#1B1B1B", dark=True,
    ),
    OutcomeClass(
        "war", "Full conventional war", "full conventional war", "war", "war", "Full war",
        coded="war", colour="#8C1C3A", dark=True,
    ),
    OutcomeClass(
        "limited_force_ended", "Limited use of force, ended", "limited use of force that ended",
        "limited force, ended", "ended", "Force, ended",
        coded="limited_force_then_ceasefire", colour="#C4501B", dark=True,
    ),
    OutcomeClass(
        "limited_force_going_on", "Limited use of force, going on", "limited use of force, going on",
        "limited force, going on", "going on", "Force, going on",
        coded="limited_force_then_ceasefire", colour="#DD8A2C",
    ),
    OutcomeClass(
        "stand_off", "Stand-off", "a stand-off", "stand-off", "stand-off", "Stand-off",
        coded="prolonged_standoff", colour="#9CC8E4",
    ),
    OutcomeClass(
        "de_escalated", "De-escalated", "de-escalation", "de-escalated", "calm", "De-escalated",
        coded="no_force_deescalated", colour="#DCEBF2", direction=-1,
    ),
)  # fmt: skip
"""From the worst to the best."""

OUTCOMES = tuple(outcome.name for outcome in OUTCOME_CLASSES)
"""Names of the outcome classes, in their order."""
OUTCOME_WORDS = {outcome.name: outcome.label for outcome in OUTCOME_CLASSES}
CLASS_OF_OUTCOME = {outcome.name: outcome.coded for outcome in OUTCOME_CLASSES}
"""The coders' class of each outcome class of the model."""
NUCLEAR_USE, WAR_OUTCOME, FORCE_ENDED, FORCE_GOING_ON, STAND_OFF, DE_ESCALATED = map(
    OUTCOMES.index,
    ("nuclear_use", "war", "limited_force_ended", "limited_force_going_on", "stand_off", "de_escalated"),
)

# Forms of acts, in the order of the options: hold, conciliatory acts, appeals to a mediator, words and
# measures, hostile acts, a mediator's acts. Each has a clock of its own, hold aside.
HOLDING, CONCILIATORY, APPEAL, POLITICAL, HOSTILE, MEDIATION = range(6)
ESCALATORY = (POLITICAL, HOSTILE)

Toward = Literal["rival", "mediator", "state", "pair"]
"""Whom an act is directed at."""

Takers = Literal["states", "mediators"]

Effect = Literal[
    "none", "hold", "ceasefire", "ask", "consent", "decline", "urge", "offer", "formula", "press"
]
"""What an act does beyond what its rung, cost and visibility do."""


@dataclass(frozen=True)
class EffectRole:
    """Who takes an act with this effect, toward whom, and its mark in the timeline."""

    takers: Takers
    toward: Toward
    sign: str = ""
    """For mediation only: a letter for a mediator's act, another character for a state's."""
    words: str = ""
    """What the sign means."""


EFFECT_ROLES: dict[Effect, EffectRole] = {
    "none": EffectRole("states", "rival"),
    "hold": EffectRole("states", "rival"),
    "ceasefire": EffectRole("states", "rival"),
    "ask": EffectRole("states", "mediator", "?", "asks for mediation"),
    "consent": EffectRole("states", "mediator", "✔", "consents"),
    "decline": EffectRole("states", "mediator", "✘", "declines"),
    "urge": EffectRole("mediators", "state", "U", "urges restraint"),
    "offer": EffectRole("mediators", "pair", "O", "offers good offices"),
    "formula": EffectRole("mediators", "pair", "F", "proposes a formula"),
    "press": EffectRole("mediators", "pair", "P", "presses"),
}
"""Hold is for everyone, and toward nobody."""

MEDIATION_EFFECTS = tuple(name for name, role in EFFECT_ROLES.items() if role.toward != "rival")
"""The effects of acts of mediation."""

EFFECTS: tuple[Effect, ...] = get_args(Effect)
NONE, HOLD, CEASEFIRE, ASK, CONSENT, DECLINE, URGE, OFFER, FORMULA, PRESS = range(len(EFFECTS))

Style = Literal["facilitation", "formulation", "manipulation"]
"""How far a mediator goes, from the least intrusive on (Beardsley et al. 2006)."""

STYLES: tuple[Style, ...] = get_args(Style)
FACILITATION, FORMULATION, MANIPULATION = range(len(STYLES))

STYLE_WORDS: dict[Style, str] = {
    "facilitation": "facilitated by {mediator}",
    "formulation": "with proposals formulated by {mediator}",
    "manipulation": "with {mediator} applying its leverage",
}
"""What a mediator does in talks."""

Channel = Literal["none", "direct", "hotline", "mediated"]
"""How a ceasefire or agreement came about."""

CHANNELS: tuple[Channel, ...] = get_args(Channel)
"""Names of the channels, in their order."""
NO_CHANNEL, DIRECT, HOTLINE, MEDIATED = range(len(CHANNELS))

CHANNEL_WORDS: dict[Channel, str] = {
    "none": "no ceasefire or agreement",
    "direct": "directly",
    "hotline": "through the hotline",
    "mediated": "through mediation",
}
