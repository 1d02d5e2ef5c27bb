"""Every text that people read about one crisis: story, day, reasons, game and debrief.

The page and the terminal show these; texts of the page alone are in `escalation.classroom.texts`.
"""

from __future__ import annotations

from escalation.vocabulary import (
    APPEAL,
    CONCILIATORY,
    HOSTILE,
    MEDIATION,
    NUCLEAR_CAVEAT,
    POLITICAL,
)

# Caveats
CAVEAT = f"What the stated assumptions imply, not a forecast. {NUCLEAR_CAVEAT}"
COURSE_CAVEAT = f"One course under stated assumptions, not a forecast. {NUCLEAR_CAVEAT}"

COMPILING = "Compiling the rules: once per machine, about 20 seconds."

# Acts and events
ACT_OF = "{actor} {act} {target}"
"""The label of an act ends in what stands before its target."""
ACT_ALONE, OPTION = "{actor} {act}", "{act} {target}"
ENDS_MEASURE = "{says} ({measure})"
ACT = "{says} [rung {rung}]"
CONTESTED = " (contested)"
PERPETRATOR_CONTESTED = " (responsibility is contested)"
REPORT = "{by}: {says}"
FIRING_BEGINS = "Firing across the line between {pair} begins."
FIRING_STOPS = "Firing across the line between {pair} stops."
CEASEFIRE_BEGINS = "A ceasefire or agreement between {pair} comes into force."
CEASEFIRE_ENDS = "The ceasefire between {pair} breaks down."
TALKS_BEGIN = "Talks between {pair}, {mediation}, open."
TALKS_AGREE = "Talks between {pair}, {mediation}, end with an agreement."
TALKS_FAIL = "Talks between {pair}, {mediation}, end without an agreement."

# Probabilities and reasons
CLOCKS = {
    CONCILIATORY: "conciliatory act",
    APPEAL: "appeal to a mediator",
    POLITICAL: "words or a measure",
    HOSTILE: "hostile act",
    MEDIATION: "act of mediation",
}
"""What each clock times, by the form of its acts."""

WHEN = "when: {chance}, P(hold) {hold}"
P_WHEN = {
    "day": "P({kind} today) {chance}",
    "again": "P({kind} once more today) {chance}",
    "reply": "P(reply on the same day) {chance}",
}
"""By the occasion on which a clock runs off."""
HAZARD = "; hazard {hazard} a day = {factors}"
OWN_HAZARD = "; hazard of this act {hazard} a day = {factors}"
WHAT = "what: P(this | {kind}) {share}"
ODDS_FOR, ODDS_AGAINST = ", {odds} to 1 over {other}", ", 1 to {odds} against {other}"
ODDS_EVEN = ", as likely as {other}"
OF_FACTORS = " = {factors}"
P_ANSWER = "P(this answer) {answer}; odds {odds} = {factors}"
FACTOR, TIMES, OTHERS = "{factor} ({name})", " x ", "others"
DAY_SINCE, DAYS_SINCE = "{n} day since the last act", "{n} days since the last act"
RECORDED, PLAYED_BY_HAND = "recorded; ", "played; "

SHORT = {
    "alarm": "at rest",
    "lull": "lull",
    "lead": "share of past acts",
    "tempo": "recent activity",
    "stakes": "what is at stake",
    "grievance": "grievance",
    "resolve": "resolve",
    "commitment": "commitment",
    "fear": "fear",
    "ceasefire": "ceasefire",
    "talks": "talks",
    "leverage": "leverage",
    "information": "information",
    "intercept": "how common",
    "ratchet": "ratchet",
    "step": "step",
    "pressure": "pressure",
    "cost": "cost",
    "force": "threshold of force",
    "riposte": "riposte",
    "clash": "clash",
    "habit": "habit",
    "momentum": "less than its last act",
    "war_goes_on": "war goes on",
    "campaign": "campaign",
    "nuclear_shadow": "nuclear shadow",
    "war": "threshold of war",
    "focal_point": "focal point",
    "inducement": "inducements",
    "exhaustion": "exhaustion",
    "audience_cost": "audience cost",
    "reciprocity": "reciprocity",
    "trust": "trust",
    "aversion": "aversion",
    "bias": "bias",
    "refusal": "refusal",
    "violence": "violence",
    "request": "request",
}
"""The names of all terms, in a word or three."""

CLOCK_TERMS = {
    "alarm": "The hazard on the day after an act, all else at rest.",
    "lull": "Crises are bursts in long quiet: the hazard falls with the days since an act of either side.",
    "lead": "The state's share in the recent activity of the pair: who has acted, acts again.",
    "tempo": "The recent activity of both sides feeds on itself, up to a cap.",
    "stakes": "More is at stake than in the average dispute, while it is not let rest.",
    "grievance": "The worst hit by the rival that is not answered yet, while it is remembered.",
    "resolve": "The state's resolve, above or below the average.",
    "commitment": "The state's own threats, alerts and mobilisation commit it to act.",
    "fear": "Fear of nuclear escalation restrains.",
    "ceasefire": "A ceasefire is in force.",
    "talks": "Talks are open.",
    "leverage": "What a mediator in talks can offer or withhold raises the cost of fighting on.",
    "information": "A mediator's credible information removes false alarms.",
}
"""What each term of the hazard of words, measures and hostile acts represents."""

TERMS = {
    "intercept": "How common such an act is, whatever the day.",
    "ratchet": "The act is below the state's own posture: climbing down costs face.",
    "step": "The act skips rungs.",
    "pressure": "Domestic pressure: for high, visible acts; against concessions and mediators.",
    "cost": "The cost of the act, higher for the exhausted and lower for the resolved.",
    "fear": "Fear of nuclear escalation: against high acts; for concessions and for a mediator.",
    "force": "The act is a use of force, whatever the occasion.",
    "commitment": "The state's own threats, alerts and mobilisation are for a use of force.",
    "riposte": "The rival has used force: reprisals at the same level, most likely soon after.",
    "clash": "The rival has used force today, and force answers force at once.",
    "habit": "States tend to repeat the levels of hostility that they have used against this rival before.",
    "momentum": "The act is less hostile than the state's last one, which is recent.",
    "war_goes_on": "Full war continues where the last act of either side was war.",
    "campaign": "The state's own strikes continue at their level.",
    "nuclear_shadow": "Strikes on a nuclear rival are restrained, more so the higher they are.",
    "war": "The act is full war or nuclear use, whatever the occasion.",
    "focal_point": "A mediator has proposed stepping down to a lower rung than this.",
    "talks": "Talks are open: for concessions.",
    "inducement": "What a mediator in talks can offer or withhold: for concessions.",
    "exhaustion": "Exhaustion: for concessions and for a mediator.",
    "audience_cost": "Audience costs: backing down is punished at home, less where a mediator saves face.",
    "reciprocity": "A conciliatory step by the rival still stands.",
    "trust": "Trust in the mediator.",
    "aversion": "Aversion to third parties, stronger the more intrusive the mediation.",
    "bias": "The mediator leans towards the rival.",
    "leverage": "The mediator's leverage on the state raises the cost of refusing.",
    "refusal": "An offer was refused recently.",
    "violence": "Recent violence draws the mediator in.",
    "request": "A rival has asked for mediation.",
}
"""What each term of a choice represents."""

# The story of a run
SPAN_OF_RUN = (
    "{start} to {end}: record to {horizon}, then {days} simulated days. "
    "Seed {seed}, replication {replication}."
)

MARKS = {
    "!": "incident",
    ".": "report",
    "-": "act",
    "~": "firing across the line",
    "=": "ceasefire",
    "+": "mediated talks",
}
"""What the mark before an event means."""

MARKS_MEAN, MARK_MEANS = "Marks: {marks}.", "{mark} {meaning}"
LEGEND = (
    "Below each act, under the model: when, the probability that an act of this kind came that day, P(hold) "
    "that the actor did nothing (more) that day, and the hazard as a product: what it is at rest, times what "
    "raised or lowered it; what, the probability of this act among those of its kind, and its odds to the "
    "next best of them, as a product too. A state that was threatened or struck may reply on the same day.",
)

DAY = "{date}  {kind}; posture {postures}"
RECORD_DAY, SIMULATED_DAY = "record", "simulated"
QUIET = "{span}  nothing new"

BEGAN = "Under {earlier} up to the day before {date}; from then on under {later}."

# How a crisis ended
NO_CLASS = "None"
OUTCOME = "Outcome: {outcome}."
NO_OUTCOME = "Outcome: none, since no day was simulated after the horizon."
HIGHEST_ACT = "Highest act of {state} on simulated days: {highest}."
ON_RUNG, NONE_ABOVE_0 = "rung {rung}, {label}", "no act above rung 0"
FIRST_FORCE = "First use of force (rung {rung} or above): {date}."
NOT_SETTLED = "{pair}: no ceasefire or agreement on simulated days."
RECORDED_CEASEFIRE_HOLDS = "{pair}: the recorded ceasefire is in force at the end."
SETTLED = "{pair}: first ceasefire or agreement on {date}, {channel}; {end}."

THROUGH_TALKS = "through talks {mediation}"
IN_FORCE_AT_END, NOT_IN_FORCE_AT_END = "a ceasefire is in force at the end", "none is in force at the end"
NO_MEDIATED_TALKS = "{pair}: no mediated talks opened."
MEDIATED_TALKS = "{pair}: talks {mediation} opened on {date}."

LIKELIHOOD = (
    "The {acts} dated acts have log-probability {total} under the rules: that each came when it did, and "
    "was this act ({mean} per act)."
)

# One day
MEASURES = "{state} against {rival}: {measures}"
NOT_YET_INVOLVED = "{mediator} is not yet involved."
OFFER_PENDING = "{mediator} has offered its good offices to {one} and {other}; talks open once both accept."
TALKS_OPEN = "Talks between {one} and {other}, {mediation}, are open."
NO_TALKS = "{mediator}: no offer to {one} and {other} is pending."
CEASEFIRE_HOLDS = "A ceasefire between {one} and {other} is in force."
BORDER_FIRE = "Firing across the line between {one} and {other} continues."
POSTURE = "{state}: posture {posture}, {rung}"
HOLDS = "{state} holds"

# What is counted
OUTCOME_MEANINGS = {
    "nuclear_use": "A state acts on rung {nuclear_rung}: it uses a nuclear weapon. This ends the crisis.",
    "war": "A state acts on rung {war_rung} or above, and no nuclear weapon is used.",
    "limited_force_ended": (
        "The highest act of a state is on rung {force_rung} or above, below war. By the last day nobody has "
        "acted on rung {violence_rung} or above for {quiet_days} days, or a ceasefire holds between all who "
        "used force."
    ),
    "limited_force_going_on": (
        "The highest act of a state is on rung {force_rung} or above, below war, and neither quiet nor a "
        "ceasefire has ended the use of force by the last day."
    ),
    "stand_off": (
        "No force on rung {force_rung} or above, but an act on rung {standoff_rung} or above within the last "
        "{quiet_days} days."
    ),
    "de_escalated": (
        "No force on rung {force_rung} or above, and no act on rung {standoff_rung} or above within the last "
        "{quiet_days} days."
    ),
}
"""By outcome class: what must have happened on simulated days, by the states' own acts."""
EVENT_MEANINGS = {
    "talks": "Both sides have accepted a mediator's offer, and talks have opened.",
    "ceasefire": "A ceasefire or an agreement between two rivals has come into force, by whichever way.",
    "force": "A state acts on rung {rung} or above for the first time.",
}
CHANNEL_MEANINGS = {
    "direct": "One side has accepted what the other offered, without a mediator.",
    "hotline": "The same, over the hotline between the two militaries.",
    "mediated": "The sides have agreed in talks with a mediator.",
}
"""How a first ceasefire or agreement came about; together these are all of them."""

# A game
PLAYED = "Played in a game: a move in an exercise, not an event."
INJECTED = " (Let happen in a game, not an event.)"
NO_DAY_LEFT = "the game is over, and no day is left on which anything could happen"
TAKES_PART_ALREADY = "{actor} takes part already"
PLAYED_BY_MODEL = "Chosen by the model in a game: a move in an exercise, not an event."
AGREED_IN_GAME = "Agreed in talks with {mediator}, drawn by the model in a game: not an event."
TALKS_ENDED_IN_GAME = (
    "The talks of {pair} with {mediator} ended without an agreement in a game: not an event."
)
INCIDENT_IN_GAME = "{label}: drawn by the model in a game, not an event."
LECTURER = "The lecturer of a game"
CHANGE_OF_VALUES = "{says} From this day on: {values}."
FIRING_IN_GAME = "Firing across the line, drawn by the model in a game: not an event."

GAME_LOGGED = "Logged as a case in {file}"

# The case of a game, for `calibrate` and `backtest`
CASE_SUMMARY = (
    "A game, not an event: an exercise on the scenario {title} from {first} to {last}. People chose the acts "
    "of {people} on these days; the model chose those of all others."
)
CASE_CODER = "Written by the program when the game was over; nothing was coded by hand."
CASE_DOUBTS = (
    "Moves in an exercise, by people who bear none of its costs. Talks that lapse and ceasefires that break "
    "down without an act leave no entry that is read."
)
CASE_CHANGED = (
    " A lecturer let values change during the game. They are among the reports, which no rule reads; the "
    "case has the values with which the game began."
)
CASE_HEADER = (
    "A game in which people played {people}, from {first} to {last}, as a case: moves in an exercise, not "
    "events. The file names no person, no address and no time of day."
)
HOLD = "hold"

KINDS = {
    "answer": "Answers to an offer of good offices",
    "diplomatic": "Diplomatic",
    "economic": "Economic",
    "military": "Military",
    "nuclear_signal": "Nuclear signals",
    "conciliatory": "Conciliatory steps",
    "mediation": "Mediation",
}

MORNING = "{date}, day {day}. Your move as {side}; days left after this one: {left}."
ADVICE = (
    "Your advisers: the probability that the model, in your place, would do this first today, hold all day, "
    "or give this answer."
)
DAYS_PASSED = "The {days} days that passed"
DAY_WENT, QUIET_STRETCH = "{date}, the day's events:", "{span}: nothing new"
SPAN = " to "

NOT_ALLOWED = "Not allowed: {reason}."
NO_SUCH_ACT = "{word!r} is neither one of today's numbers nor the name of an act or command"
AMBIGUOUS = "{word!r} may mean {meanings}"
AND_MORE = "{n} more"
NOTHING_CHOSEN = "nothing is chosen, and the day is not spent; 0 holds, ? helps"
HOLD_ALONE = "0 holds, and is given alone"
NOT_ASKED = "{side} does not move today; to move: {others}"
NOT_AN_OPTION = "{side} cannot do that today"
DUPLICATE = "each act at most once per day, and one answer per offer"
TOO_MANY = "at most {most} acts per day for {side}"

SAVED_HEADER = (
    "A game in which people played {sides}, up to {date}; each move is a forced act. These are moves in an "
    "exercise, not events. To replay it: escalation run THIS_FILE --seed {seed} --replication {replication}"
)

SAVED_CHANGES = (
    "On some of its days values change ({dates}; `changes` below). It is replayed by `run`, `explain` and "
    "`play`; commands that simulate many crises refuse it."
)

# The debrief of a game
DEBRIEF_END = "How the game ended"
DEBRIEF_COMPARED = "Your path compared with the model's"
DEBRIEF_TURNS = "Turning points"
DEBRIEF_RECORD = "The record before the game"

FORCE_WAS_USED = (
    "States used force on rung {rung} or above on {days} of the simulated days, up to rung {peak} ({label}). "
    "Acts on these rungs kill people; that the fighting has ended, or has stayed limited, does not make it a "
    "success."
)
FORCE_BELOW = (
    "No state used force on rung {rung} or above on the simulated days. Deniable attacks and firing across a "
    "line, which count as less, kill people too."
)
WITHOUT_FORCE = (
    "In {share} [{low}, {high}] of {n} crises with the model playing every side no state used any: read this "
    "end against these."
)
RECORD_CODED = (
    "Coders gave the recorded crisis the class “{coded}”; this game, which begins where the record ends, "
    "falls into the class “{own}”."
)
CODED = {
    "no_force_deescalated": "no force, de-escalated",
    "limited_force_then_ceasefire": "limited force, then a ceasefire",
    "war": "war",
    "prolonged_standoff": "prolonged stand-off",
}
"""The classes of coders, in words."""

# Another choice on one day
IF_WAITED = "If {side} had waited on {date} (in the game: {chosen}):"
IF_CHOSEN = "If {side} had chosen “{instead}” on {date} (in the game: {chosen}):"
AS_CHOSEN = "as in the game"
IF_MOVES = "{outcome}: {after} instead of {before}."
IF_UNCLEAR = "No outcome differs beyond chance: from that morning on, this choice alone decided little."
IF_NOTE = (
    "Odds from that morning, the model playing all sides after this choice: {n} crises under each, with "
    "common random numbers. Differences in percentage points, with 95% intervals."
)
POINTS = "{points} [{low}, {high}]"

COMPARED_NOTE = (
    "{n} crises of the same scenario with the model playing every side (seed {seed}), with 95% intervals:"
)

COMPARED_OUTCOME = "{outcome}: {share} [{low}, {high}]{mark}"
THIS_GAME_ENDED_SO = "  <- this game"

COMPARED_PEAK = (
    "Highest rung of {state}: {own} in this game; in the simulated crises, median {median}, 90% between "
    "{low} and {high}, and higher than in this game in {above}."
)

TURN = "{date}. {outcome}: {before} to {after} (± {half} points). Credited to: {credits}."
TURN_CREDIT = "{says} ({change} ± {half} points)"
TURN_OTHERS = "all else ({change})"
NO_TURN = "No day moved the odds of an outcome by {points} points or more beyond chance."

TURN_NOTE = (
    "Odds if the model played all sides from the end of each day, {n} crises each with common random "
    "numbers. Late in a game they also move with the calendar: whether force has ended, or a stand-off "
    "results, depends on the last {quiet} days."
)

RECORD_SPAN = "{start} to {horizon} is the record, as coded in the scenario; all later days are simulated."
# Why an act, at length
A_KIND = {
    CONCILIATORY: "a conciliatory act",
    APPEAL: "an appeal to a mediator",
    POLITICAL: "words or a measure",
    HOSTILE: "a hostile act",
    MEDIATION: "an act of mediation",
}
"""What each clock times, as what somebody may do."""

CAUSES = {
    "lull": "the days since the last act",
    "lead": "the actor's share in the recent acts",
    "tempo": "the recent activity of both sides",
    "stakes": "what is at stake",
    "grievance": "the rival's last hit, not yet answered",
    "resolve": "the actor's resolve",
    "commitment": "the actor's own threats and mobilisation",
    "fear": "fear of nuclear escalation",
    "ceasefire": "the ceasefire",
    "talks": "the open talks",
    "leverage": "the mediator's leverage",
    "information": "the mediator's information",
    "intercept": "how common such acts are",
    "ratchet": "the cost of climbing down in public",
    "step": "the rungs that are skipped",
    "pressure": "domestic pressure",
    "cost": "the cost of the act",
    "force": "the threshold of force",
    "riposte": "the rival's use of force",
    "clash": "the rival's use of force on that day",
    "habit": "the habit of acts on such levels",
    "momentum": "the last act, which was more hostile",
    "war_goes_on": "the war that goes on",
    "campaign": "the actor's own series of strikes",
    "nuclear_shadow": "the rival's nuclear weapons",
    "war": "the threshold of war",
    "focal_point": "the mediator's proposal to step down",
    "inducement": "what the mediator can offer or withhold",
    "exhaustion": "exhaustion",
    "audience_cost": "the cost at home of backing down",
    "reciprocity": "a conciliatory step by the rival",
    "trust": "trust in the mediator",
    "aversion": "aversion to third parties",
    "bias": "the mediator's leaning",
    "refusal": "the recent refusal of an offer",
    "violence": "recent violence",
    "request": "a rival's request for mediation",
}
"""What raised or lowered a hazard or odds, by term, as the subject of a sentence."""

TOWARD, ABOUT = "{kind} toward {rival}", "{kind} about {rival}"
EVEN, ODDS_TO_ONE, ONE_TO_ODDS = "even", "{odds} to 1", "1 to {odds}"
LIKELIEST, RANK = "the likeliest", "the {rank}"
"""The rank is an ordinal in English, a bare number in all other languages."""

EXPLAINED = "{date}: {says}."
EXPLAINED_RECORD = "It is on record; what follows is how likely the model would have taken it to be."
EXPLAINED_DATED = "It was not the model's choice; what follows is how likely the model took it to be."
EXPLAINED_HOLD = "The probability that {actor} would do nothing at this moment, P(hold), was {hold}."
EXPLAINED_WHEN = {
    "day": "{kind} on that day had a probability of {chance}",
    "again": "{kind} once more on that day had a probability of {chance}",
    "reply": "A reply on the same day, by {kind}, had a probability of {chance}",
}
EXPLAINED_HAZARD = "{words}, a hazard of {hazard} per day: {base} at rest{factors}."
EXPLAINED_OWN = "Of its own this act had a hazard of {hazard} per day: {base} at rest{factors}."
RAISED, LOWERED = ", raised by {causes}", ", lowered by {causes}"
CAUSE, ALL_ELSE = "{cause} (x {factor})", "all else"
EXPLAINED_ONLY = "It was the only act of its kind that was open."
EXPLAINED_CHOICE = (
    "Given an act of this kind, this one had a probability of {share}, {rank} of {options}; the likeliest of "
    "the others, {other}, had {its}."
)
EXPLAINED_ODDS = "Its odds to that act were {odds}{factors}."
EXPLAINED_ANSWER = "This answer had a probability of {share}, odds of {odds}{factors}."
EXPLAINED_INSTEAD = "What else could have come first: {alternatives}."
EXPLAINED_KIND = "What did not come: {kind}, probability {chance}"
UNRECORDED = (
    "{date}: nothing of {actor} is on record. On days of the record only dated acts happen, and the model "
    "decides nothing."
)
CHANCES_OF_DAY = "Left to chance on that day:"
CHANCE_HAZARD = "{label}: probability {chance} ({came})"
CHANCE_BREACH = "the ceasefire between {pair} breaks down by itself: probability {chance} ({came})"
CHANCE_TALKS = "talks between {pair}, {mediation}: agreement {agree}, end without one {lapse} ({came})"
IT_CAME, DID_NOT_COME = "it came", "it did not come"
AGREED, LAPSED, WENT_ON = "they agreed", "they ended without agreement", "they went on"

NOBODY_ACTED = "{date}: nobody acted. Name an actor to see why it did nothing."

# Turning points
FORCED_AGAIN = "Done again, for its part in a turning point."
ODDS_HEAD = (
    "Odds of the outcome in %, if the model plays all sides from the end of the day: {n} crises per day, 95% "
    "intervals of at most ±{half} points"
)
BEFORE_RECORD, END_OF_RECORD, END = "before the record", "end of the record", "end"
RECORD_TURNS, SIMULATED_TURNS = "Turning points of the record", "Turning points of the simulated days"
COURSE_TURN = "{date}. {outcome}: {before} to {after}, {change} ± {half} points"
CREDIT = "{change} ± {half}  {says}"
OTHERS_OF_DAY = "{change}  all else"
NO_TURN_THERE = "None: no day moved the odds of an outcome by {points} points or more beyond chance."
TURNS_METHOD = (
    "A day's change is divided among its events in their order, each after those before it. A simulated day "
    "is played again with its events forced one by one and the rest left open; the remainder is chance."
)
RECORD_METHOD = (
    "On days of the record the odds are those had the model played on from there, the rest of the record "
    "unknown; the outcome is that of the days that follow, up to the same last day. The day's events are "
    "added one by one to a day without any."
)
CALENDAR = (
    "Late in a crisis the odds also move with the calendar: whether force has ended, or a stand-off results, "
    "depends on the last {quiet} days."
)
DAY_PASSES = "a day passes"
CHANCE = "chance: {events}"
READINGS = "how the acts were read"

RECORD_SIDE = "{actor}, acts recorded: {past}; in the game: {now}."
RECORD_HIGHEST = ", the highest on rung {rung} ({acts})"
RECORD_LOW = ", none above rung 0"

RECORD_NOTE = (
    "The scenario contains nothing after its horizon, and this debrief compares with nothing later. A game "
    "is not a forecast, and its odds are those of the model's assumptions."
)

# The game in the terminal
GAME_START = "{title}. You play {side}; seed {seed}, replication {replication}."

GAME_SAVES = "Saved after every day to {file}."

GAME_KEYS = (
    "Each day you choose by number or by the beginning of an act's name: at most {most} acts, separated by "
    "commas (numbers also by blanks); 0 holds. `wait` holds day by day until something happens that you "
    "would want to see, {held} days at most. `rest` plays the rest: the model plays all sides, yours too, to "
    "the end. `advise` shows what the model would do in your place, `acts` describes the acts, `quit` ends; "
    "`help` or `?` shows this. Commands may be shortened, as far as it is clear what is meant. A state that "
    "the model plays may reply on the day on which you hit it; you reply on the next morning."
)

PROMPT = "Your move (at most {most}; 0 holds, wait, rest: the model plays on, quit, ? helps): "
GAME_SAVED = "Saved to {file}"
NOTHING_SAVED = "No day was played, so nothing is saved."
NOT_SAVED = "{file}: {reason}; {kept}"
KEPT_UNTIL = "it holds the game up to {date} as before"
KEPT_NOTHING = "nothing of the game is saved; a file that was there is as before"
GAME_AGAIN = "To replay this crisis: escalation run {crisis} --out {results}"
GAME_ON = "To play on from here: escalation play {crisis} --as {side}"
