"""."""

from __future__ import annotations

from escalation.vocabulary import NUCLEAR_CAVEAT

CAVEAT = f"What the stated assumptions imply, not a forecast. {NUCLEAR_CAVEAT}"

# Watch
MEASURES = "{state} against {rival}: {measures}"
NOT_IN_YET = "{mediator} has not come in."
OFFER_STANDS = "{mediator} has offered its good offices to {one} and {other}; talks open once both accept."
TALKS_OPEN = "Talks between {one} and {other} are open with {mediator}."
NO_TALKS = "{mediator}: no offer stands between {one} and {other}."
CEASEFIRE_HOLDS = "A ceasefire between {one} and {other} is in force."
BORDER_FIRE = "Firing across the line between {one} and {other} goes on."
STANDING = "{state} stands at {posture:.1f}, {rung}"
CONTESTED = " (contested)"

TERMS = {
    "intercept": "How common such an act is, whatever the day.",
    "provocation": "Pressure or a fresh blow opens the way to harsh acts; without them it is narrow.",
    "ratchet": "An act below one's own posture comes down from it, and coming down costs face.",
    "step": "Rungs would be skipped.",
    "pressure": "Pressure at home: for high acts that are seen, against concessions and mediators.",
    "cost": "What the act costs, more to the exhausted and less to the resolved.",
    "fear": "Fear of nuclear escalation: against high acts, for concessions and for a mediator.",
    "force": "The act is a use of force, whatever the occasion.",
    "commitment": "Threats, alerts and mobilisation of one's own bind one to act.",
    "riposte": "The rival has used force: it is answered at its own level, most while it is fresh.",
    "habit": "States keep to the levels of hostility that they have used toward this rival before.",
    "momentum": "The act is less hostile than one's very last one, and that is fresh.",
    "war_goes_on": "Full war goes on where the last act of either side was war.",
    "ceasefire": "A ceasefire is in force.",
    "campaign": "Strikes of one's own go on at their level.",
    "nuclear_shadow": "Strikes on a rival in a nuclear rivalry are held back, the higher the more.",
    "war": "The act is full war or nuclear use, whatever the occasion.",
    "talks": "Talks are open: against harsh acts, for concessions.",
    "focal_point": "A mediator has proposed to step down lower than this.",
    "leverage": "What a mediator can give or take: against harsh acts, for concessions.",
    "exhaustion": "Exhaustion: for concessions and for a mediator.",
    "audience_cost": "Backing down from commitments is seen at home; a mediator can save face.",
    "reciprocity": "The rival has made a conciliatory step that still stands.",
    "trust": "Trust in the mediator.",
    "aversion": "Aversion to third parties, the more, the further this one intrudes.",
    "bias": "The mediator leans to the rival.",
    "refusal": "An offer has been refused, and that is fresh.",
    "violence": "Recent violence calls the mediator in.",
    "request": "A rival has asked for the mediator.",
}
"""What each term of a utility stands for; the sign beside it says whether it spoke for the act."""

HOLDS = "{state} takes no step"

KINDS = {
    "answer": "Answers to an offer",
    "diplomatic": "Diplomatic",
    "economic": "Economic",
    "military": "Military",
    "nuclear_signal": "Nuclear signals",
    "conciliatory": "Steps down",
    "mediation": "Mediation",
}

HOLD = "hold"
NO_SUCH_ACT = "{word!r} is none of today's numbers"

SAVED_HEADER = (
    "A game: {sides} played by hand up to {date}, each move a forced act. These are moves of an exercise, no "
    "events. The same crisis again: escalation run THIS_FILE --seed {seed} --replication {replication}"
)

DEBRIEF_END = "How the game ended"
DEBRIEF_BESIDE = "Your path beside the model's"
DEBRIEF_TURNS = "Turning points"
DEBRIEF_RECORD = "The record before it"

BESIDE_NOTE = (
    "{n} crises of the same scenario with the model on every side (seed {seed}), with 95% intervals:"
)

BESIDE_OUTCOME = "{outcome}: {share} [{low}, {high}]{mark}"
BESIDE_YOURS = "  <- this game"

BESIDE_PEAK = (
    "Highest rung of {state}: {own} in this game; in the simulated crises {median} at the median, nine "
    "tenths from {low} to {high}, above this game in {above}."
)

TURN = "{date}. {outcome}: {before} to {after} (± {half} points). That day: {events}."
NO_EVENTS = "nothing new"
NO_TURN = "Of no day can it be told from chance that it moved the odds of an outcome by {points} points."

TURN_NOTE = (
    "Odds if the model played all sides on from the end of each day, {n} crises each on the same luck. Late "
    "in a game they move by the calendar, too: whether force is over, or a stand-off, hangs on the last "
    "{quiet} days."
)

RECORD_SPAN = "{start} to {horizon} is history as the scenario records it; all later days are simulated."
RECORD_SIDE = "{actor}, acts recorded: {past}; in the game: {now}."
RECORD_HIGHEST = ", the highest on rung {rung} ({acts})"
RECORD_LOW = ", none above rung 0"

RECORD_NOTE = (
    "The scenario knows nothing after its horizon, and this debrief compares with nothing that came after "
    "it. A game is no forecast, and its odds are those of the model's assumptions."
)

GAME_START = "{title}. You play {side}; seed {seed}, replication {replication}."

GAME_KEYS = (
    "Each day you choose by number, at most {most} acts, separated by blanks; 0 or nothing is to hold. "
    "`wait` holds day by day until something happens that you would want to see, {held} days at most. "
    "`advise` says what the model would do in your place, `acts` describes the acts, `rest` lets the model "
    "play on to the end, `quit` saves and ends."
)

MORNING = "{date}, day {day}. Your move as {side}; days left after this one: {left}."
PROMPT = "Your move (at most {most}; 0 holds; wait, advise, acts, rest, quit): "
ADVICE = "Your advisers: with which probability the model would do it first in your place, or answer so."
REFUSED = "Not so: {reason}."
DAY_WENT, QUIET_STRETCH = "{date} as it went:", "{span}: nothing new"
SPAN = " to "
DAYS_PASSED = "The {days} days that passed"
