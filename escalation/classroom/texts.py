"""Every text that only the page shows; what the terminal shows too is in `escalation.crisis.wording`."""

from __future__ import annotations

from escalation.crisis.wording import CAVEAT

TITLE = "Escalation classroom"
SKIP = "Skip to the figures"

# Tabs
TABS = "Parts of the page"
EXPLORE, WATCH, TAKE_AWAY, ABOUT = "Explore", "Watch", "Take away", "About"
PLAY_A_SIDE = "Play a side"
TAB_NAMES = {"explore": EXPLORE, "watch": WATCH, "play": PLAY_A_SIDE, "take_away": TAKE_AWAY, "about": ABOUT}
"""By the names that an address uses."""

LANGUAGE = "Language"
THEME_DARK, THEME_LIGHT = "Dark colours", "Light colours"

# Controls
CONTROLS, RESULTS = "Settings", "Figures"
KEY_CONTROLS = "Three settings to begin with"
OTHER_POLICIES = "All policies: what somebody chooses"
OTHER_ASSUMPTIONS = "Assumptions: what nobody chooses"
MEDIATOR_GROUP = "{mediator} as mediator"
RELATION_GROUP = "{mediator} and {state}"
STATE_GROUP = "{state}"
RIVALRY_GROUP = "{one} and {other}"
WEIGHTS_GROUP = "Weights: {group}"
ADVANCED = "Weights of the rules"

ADVANCED_NOTE = (
    "Parameters shared by all actors. When an act comes: one unit of log hazard multiplies the hazard per "
    "day by e. Which act it is: one logit multiplies its odds to the other acts of its kind by e."
)

BY_SCENARIO = "the scenario file, which gives the reason"
BY_WEIGHTS = "the weights that the scenario uses; the default of the rules is {default}, from: {source}"
DAY, NEVER = "day", "no further acts by {mediator}"

ENTRY_NOTE = (
    "Up to the horizon the record is fixed, so an earlier day has the effect of the first day after it,"
    " and an offer made in the record remains whatever the day. The last value means no further acts by"
    " {mediator}. Its recorded acts are left out only if it comes in from its day of entry on, or stays out."
)

PRESENCE = "Whether it takes part"

PRESENCE_SAYS = (
    "If {mediator} does not take part as recorded, its dated acts in the record are left out, and those of "
    "others toward it, such as a request."
)

STAYS_OUT_WORDS = "{mediator} stays out, its recorded acts included"
FROM_ENTRY_WORDS = "{mediator} comes in from its day of entry on, its recorded acts left out"

LABELS = {
    "enters_day": "Day of entry",
    "style": "Style",
    "form": "Form of the talks",
    "cost": "Weight of cost",
    "stakes": "What is at stake",
}

ASLEEP = "Moves nothing at the present settings."
NEEDS_MEDIATOR = "It acts only through a mediator that takes part."
NEEDS_COMPANY = "It acts only where two mediators take part."
NEEDS_FORMULA = "It acts only with the styles formulation and manipulation."
NEEDS_FACILITATION = "It acts only with the style facilitation."
NEEDS_FORMULATION = "It acts only with the style formulation."
NEEDS_BILATERAL = "It acts only in a bilateral framework."
NEEDS_LEVERAGE = "It acts only through a mediator with leverage."
NEEDS_TRUST = "It acts only where a state trusts the mediator."
NEEDS_LEAN = "It acts only through a mediator that leans toward or against a state."
NEEDS_UNEQUAL_LEAN = "It acts only through a mediator that leans more to one state than to the other."
NEEDS_CREDIBILITY = "It acts only through a mediator with credibility."
NEEDS_AVERSION = "It acts only where a state is averse to third parties."
NEEDS_STAKES = "It acts only where something is at stake."
NEEDS_RESOLVE = "It acts only where the resolve of a state is not the average, 0.5."
NEEDS_RISK_AVERSION = "It acts only where a state is averse to risk."
NEEDS_RIPOSTE = "It acts only if the weight Riposte is above 0."
NEEDS_PULL = "It acts only if the weight Focal pull is above 0."

SELDOM = "Hardly changes how crises end here. {acts}"
SELDOM_LOWER = "It acts on hostile acts that are lower than what the state did before."
SELDOM_STRIKES = "It acts after strikes, on rung 7 and above."
SELDOM_WORDS = "It acts on words and measures, which come below the use of force."
SELDOM_EXHAUSTION = "It acts where exhaustion passes the cap, as in a long war."
SELDOM_HEAT = "It acts in the days after a use of force."
SELDOM_FORMULA = "It acts on where a mediator's formula lies, not on how strongly it pulls."
SELDOM_WAR = "It acts where a side is at war."
SELDOM_NUCLEAR = "It acts where a state could use a nuclear weapon next."
SELDOM_AGREEMENT = "It acts on agreements in talks: more come with the style manipulation and much leverage."
SELDOM_CLARITY = "It acts on how acts are perceived while talks are open."

CHOICES = {
    "facilitation": "facilitation",
    "formulation": "formulation",
    "manipulation": "manipulation",
    "bilateral": "bilateral framework",
    "third_party": "third party at the table",
    "takes_part": "takes part, as recorded",
    "from_entry": "from its day of entry on, not as recorded",
    "stays_out": "stays out altogether",
}
RESET_ALL = "Reset all"
RESET_ONE = "Reset {label}, {group}"
SOURCE_IS = "Source: {source}."
MORE = "Example and source"
MORE_OF = "Example and source of {label}, {group}"
PLAUSIBLE = (
    "Plausible from {low} to {high}; the control goes on beyond, so that the value of the scenario can"
    " be moved both ways."
)

# Lessons
QUESTION = "What would change the course of this crisis?"
BEGIN = "Move one of the three controls, and watch the bars."
AS_RECORDED = "As recorded"
AS_RECORDED_SAYS = "The scenario as it is written."

# Explore
PRESETS = "Settings to try"
NOW, AS_SCENARIO = "now", "as in the scenario"
DEPARTURE = "{group}, {label}: {value} instead of {instead}"
DEPARTURES = {"policy": "policy: {changes}", "assumption": "assumption: {changes}"}
"""By the kind of what was changed."""
PIN, UNPIN, PINNED = "Pin this", "Remove", "pinned {letter}"
UNPIN_NAME = "Remove {name}"
PINS, NO_PINS = "Compared", "Nothing is pinned."
PINS_FULL = "Three settings are pinned; remove one first."
COMPARED = "From {name} ({setting}) to now ({now})"
COMPARED_OWN = "From the scenario itself to now ({now})"
CLEAR_OF = "{clear} of {n} shares differ clearly: the 95% interval of the difference excludes zero."
DIFFERENCE_COLUMNS = ("Share of crises", "{name}", "now", "Difference in points", "Clear?")
CLEAR, UNCLEAR = "clear", "not clear"
POINTS = "{points} ± {half}"
NEW_SEED = "New seed"
UNDO, REDO, REPLAY = "Undo", "Redo", "Replay the last change"
REPLAYED = "Replayed: from {before} to {after}."
COUNTING = "Simulating …"
DRAWN = "{n} crises, seed {seed}. {moved}"
INERT = "This change had no effect on any crisis: see the note on the control."
SHARE_AXIS = "share of crises, %"
RUNG_NAME = "{rung} {name}"
BY_CHANNEL = "… {channel}"
SHARE_OF = "{what} {share}"

# Guesses
GUESS, GUESS_PANEL = "Guess first", "Your guess"
GUESS_STOP = "Stop guessing"
GUESS_FIELD = "Your guess, in % of the crises"
GUESS_AXIS = "Your guess, along the axis of the figure"
GUESS_ROW = "What is guessed"
GUESS_SHOW = "Show what the model says"
GUESS_HOW = (
    "Mark a guess: click in the figure, move the slider along its axis, or write a number. The present "
    "setting stays hidden until then."
)
GUESS_HIDDEN = "Hidden until what the model says is shown."
NO_SHARES = "Postures are no shares: choose another graph to guess about."
YOUR_GUESS, GUESSES_OF_ROOM, IN_MODEL = "your guess", "guesses of the room", "in the model"
ASKED = {
    "outcomes": "Of 100 crises, how many end as “{row}”?",
    "settlements": "Of 100 crises, how many see this: “{row}”?",
    "channel": "Of 100 crises, in how many does a ceasefire or agreement come {channel}?",
    "peaks": "Of 100 crises, in how many is “{row}” the highest rung?",
    "forces": "Of 100 crises, in how many has a state used force within {days} days after the horizon?",
    "ceasefires": (
        "Of 100 crises, in how many has a ceasefire or agreement come within {days} days after the horizon?"
    ),
}
"""By the kind of figure; `channel` is a part of settlements."""
GUESS_LESS = (
    "You guessed {guess}; in the model it is {share}, 95% interval {low} to {high}: {points} points less."
)
GUESS_MORE = (
    "You guessed {guess}; in the model it is {share}, 95% interval {low} to {high}: {points} points more."
)
GUESS_WITHIN = (
    "You guessed {guess}; in the model it is {share}, and your guess lies in the 95% interval, {low} to "
    "{high}."
)
NO_GUESS = "In the model it is {share}, 95% interval {low} to {high}."
ROOM_ONE = "{n} guess, {q50}; in the model it is {share}, 95% interval {low} to {high}."
ROOM_MANY = (
    "{n} guesses: half of them lie between {q25} and {q75}, the median is {q50}; in the model it is {share}, "
    "95% interval {low} to {high}."
)
MISS_AND_ROOM = "{miss} {room}"
ASK_ROOM = "Ask the room"
ROUND_LINK = "A page with this question, where each browser has one guess"
ROUND_HEADING = "Guess round {code}"
GUESSES_SO_FAR_ONE, GUESSES_SO_FAR = "{n} guess so far", "{n} guesses so far"
ROUND_SHOW = "Show all guesses and what the model says"
ROUND_ELSEWHERE = "Only the browser that opened this round can show its guesses."
ROUND_FIGURE = "Guesses of the room"
ROUND_NOTE = "Each dot is the guess of one browser; the line is the model's share, the band its 95% interval."
ROUND_SETTING = "Setting: {setting}."
ROUND_SEND = "Send my guess"
ROUND_SENT = "Your guess of {guess} is in. You can change it until all guesses are shown."
ROUND_WAITS = "Write a whole number from 0 to 100, or click on the axis; nobody sees whose guess it is."
ROUND_REFUSED = "This guess was not taken: it must be a whole number from 0 to 100."
ROUND_CLOSED = "Whoever opened this guess round has closed it."
ROUND_OVER = "This guess round is over, or was opened on another server. Ask for its link again."
GUESS_FORM = "a question of the graph, a whole number from 0 to 100 and :shown, such as outcomes.war:30:shown"

# In front of a class
PRESENT, PRESENT_END = "Present", "Leave presenting"
NEXT_CLASS = "Next class …"
NEXT_CLASS_SAYS = (
    "Settings, pins, what was tried and the guesses of this page are forgotten. Games, and the guess rounds "
    "of others, stay as they are."
)
NEXT_CLASS_YES, NEXT_CLASS_NO = "Begin again for the next class", "Keep everything"

NEXT = "What next?"
NEXT_MOVE = "Say what you expect, then move one of the settings or choose a card, and see what changes."
NEXT_PIN = (
    "Compare with the scenario's own setting (dashed, and below); then pin this, and change one more thing."
)
NEXT_COMPARE = "Read the comparison below: which rows are clear, and which are not?"
NEXT_SEED = "Take a new seed: a difference that vanishes with it was chance. Then watch one crisis."
NEXT_GUESS = "Mark your guess: click in the figure, or write a number below it."
NEXT_PLACED = "Say in a sentence why you think so; then show what the model says, or ask the room first."
NEXT_ROOM = "Let the room guess by the link below; then show all guesses, and what the model says."
NEXT_GUESSED = (
    "Say what the guess left out. Then move one of the settings or choose a card: do you expect what you see?"
)
NEXT_INERT = "Undo it, or try another value: not everything matters in every setting."

TRIED = "What was tried"
TRIED_NOTE = "Each setting that you stopped at, with what came of it under the present seed."
TRIED_COLUMNS = ("Setting", "Use of force", "Ceasefire or agreement", "")
SCENARIO_ITSELF = "The scenario itself"
GO_BACK, HERE = "Go back to it", "shown now"
GO_BACK_NAME, PIN_NAME = "Go back to: {setting}", "Pin: {setting}"
CONTROL_NAME = "{group}, {label}"
CHANGED_TO, AND_BACK = "{label}: {value}", "{label} as in the scenario"
NOT_COUNTED = "…"

KEYS, SHORTCUTS = "Keys", "Keyboard shortcuts"
SHORTCUTS_ON = "Single keys do what is listed here"
SHORTCUT_KEYS, SHORTCUT_DOES = "Key", "What it does"
CLOSE = "Close"
SHORTCUT_LIST = {
    "Control+Z": UNDO,
    "Control+Y": REDO,
    "R": REPLAY,
    "P": PIN,
    "G": GUESS,
    "F": PRESENT,
    "S": NEW_SEED,
    "?": SHORTCUTS,
}
"""Keys, as `aria-keyshortcuts` names them, with what they do; the digits choose a graph."""
DIGITS = "Choose a graph"

TOUR = "Tour"
TOUR_INVITATION = "New here?"
TOUR_START, TOUR_DECLINE = "Take the tour", "No, thanks"
TOUR_BACK, TOUR_ON, TOUR_END, TOUR_SKIP = "Back", "Next", "Done", "End the tour"
TOUR_STEPS = {
    "question": (
        "This is the question for today. Everything on the page helps to think about it; none of it is a "
        "forecast."
    ),
    "presets": "Each card is a setting to begin with. Say first what you expect of it.",
    "key-controls": (
        "These three settings matter most for the question. All others are one click below: policies, which "
        "somebody chooses, apart from assumptions, which nobody chooses."
    ),
    "graphs": (
        "Thousands of simulated crises, in a graph of your choice. The dashed frames are the scenario's own "
        "setting."
    ),
    "steps": "Nothing is lost: undo and redo a change, or watch the last one again in slow motion.",
    "tried": "Everything that you tried is listed here with its outcome. Pin any of it to compare.",
}
"""By the part of the page that a step points at."""

GRAPH = "Graph"
GRAPH_NAMES = {
    "outcomes": "Outcomes",
    "settlements": "Talks and settlements",
    "force": "First force",
    "ceasefires": "Ceasefire by date",
    "postures": "Postures",
    "rungs": "Highest rung",
    "all": "All",
}
"""By the names that an address uses."""
WHAT_IS_THIS = "What is this?"

FIGURES = {
    "outcomes": "Outcomes of the crises",
    "settlements": "Talks and settlements",
    "forces": "First use of force by date",
    "fan": "Posture of {state} by date",
    "peaks": "Highest rung of any state",
    "ceasefires": "Ceasefire or agreement by date",
}

FIGURE_NOTES = {
    "outcomes": "Shares of crises with Wilson's 95% interval.",
    "settlements": "Shares of crises with Wilson's 95% interval; the last rows are parts of the second.",
    "forces": "Share of crises in which a state has used force by that day.",
    "fan": "In rungs: the median, and the bands that contain 50% and 90% of the crises.",
    "peaks": "On simulated days, acts of states only; Wilson's 95% interval.",
    "ceasefires": "Share of crises with a first one by that day, through any channel.",
}

EVENT_WORDS = "{share} within {days} days after the horizon"
FAN_WORDS = "on {date} the median is {q50}; 50% lie between {q25} and {q75}, 90% between {q05} and {q95}"
PICTURE_NOTE = "{scenario}: {n} crises, seed {seed}."
SETTING_NOTE = "{name}: {setting}."
SAVE_PNG, SAVE_SVG, SAVE_CSV = "PNG", "SVG", "CSV"
SAVE_AS = "Save “{figure}” as {kind}"
LADDER = "The ladder"
LADDER_KEY = "A disc shows a state's posture, a frame the rung of its highest act of the day."
HIGHEST_TODAY = "; highest act today on rung {act}"
PLAY, PAUSE, STEP, BACK = "Play", "Pause", "Next day", "Previous day"
SPEED = "Days per second"
JUMP = "Date"
NEXT_CRISIS, PREVIOUS_CRISIS = "Next crisis", "Previous crisis"
WHICH_CRISIS = "Crisis {replication} of seed {seed}; {setting}"
FORK = "From tomorrow, without {mediator}"
UNFORK = "Back to the original course"

FORKED = (
    "Without {mediator} from {date} on, with common random numbers. Outcome: {now}; of the original course: "
    "{outcome}."
)

DAY_HEADING = "{date}, day {day} ({kind})"
MEASURES_HEADING, EVENTS_HEADING = "Measures in force", "What happened"
MEDIATION_HEADING = "Firing and mediation"
NONE_IN_FORCE, NOTHING_NEW = "None.", "Nothing new."
COURSE, LOG_SO_FAR = "The course so far", "The log so far"
WHY = "Why?"
WHY_HEADING = "Why “{act}”?"
WHY_RECORDED = "In the record; under the model:"
WHY_WHEN = "When: hazard {hazard} a day, the product of"
WHY_WHAT = "What: odds {odds} to 1 to “{other}”, the product of"
WHY_OTHERS = "What it could have done next, with probabilities"
WHY_ANSWERS = "Both answers and their probabilities"
FACTOR = "× {factor}"
WHY_REST = "and {n} more"
TAKEN = "taken"
OUTCOME_AT_END = "How the crisis ends"

# Take away
SETTING_HEADING = "The setting as a scenario"
SETTING_SAVE = "Save the scenario (YAML)"
CHANGED_FILE = "{scenario} with what was changed in the classroom: {setting}."
LEFT_OUT = "Left out: {entries}."
NO_CHANGE = "Nothing is changed: this is the original scenario."
DIFF_HEADING = "Changes, line by line"
COMMAND_HEADING = "The same in the terminal"
LINK_HEADING = "A link to what you see"
LINK_SAYS = "This page, with scenario, settings, pins, seed, crisis and tab"

LINK_NOTE = (
    "The link opens what you see now: in any browser that reaches this server and, if the scenario is a "
    "shipped one, in a classroom elsewhere. A scenario from your computer has to be loaded there first."
)

COPY, COPY_LINK, COPIED = "Copy", "Copy the link: {says}", "Copied."
NOT_COPIED = "The browser does not let the page copy: select the link and copy it."
QR, QR_OF = "QR code", "QR code of the link: {says}"
QR_TOO_LONG = "The link is too long for a QR code."
DATA_HEADING = "The data behind the figures"

DATA_NAMES = {
    "outcomes": "outcomes with intervals",
    "postures": "postures by day",
    "peaks": "highest rungs",
    "ceasefires": "days to a ceasefire",
    "forces": "days to the first use of force",
    "settlements": "talks and settlements",
    "differences": "paired differences from the pinned settings",
}

FIGURES_SAVED = "Each figure under Explore has buttons that save it as PNG and SVG, with setting and seed."
UPLOAD_HEADING = "Another scenario"
UPLOAD_LABEL = "A scenario file (YAML, at most 1 MB) from this computer"
HAS_CHANGES = (
    "Values of this scenario change on one of its days, as they can in a game. It is replayed by `escalation "
    "run`; this page simulates many crises, and has no others of it."
)
UPLOAD_DONE = "Loaded: {title}"

TOO_HEAVY = (
    "This scenario would keep other visitors waiting: days times states squared is {size}; at most"
    " {most} is allowed here. Open it with `escalation app FILE`."
)

UPLOAD_TOO_LARGE = "The file could not be loaded: it is larger than 1 MB, or the connection was lost."

# About
ABOUT_TEXT = (
    "Each figure summarises a large number of simulated crises under the current settings. Changing a"
    " setting simulates all of them again with common random numbers, so any change in a figure is due"
    " to it.",
    "The settings are judgements or priors, each with its source; some weights of the rules are fitted"
    " to acts recorded in other crises, and none to the later course of this one. People died in the"
    " events that the scenario records. The page is for thinking about how a crisis can escalate and"
    " de-escalate, not for predicting what will happen.",
    CAVEAT,
)

# Addresses
BAD_QUERY = "{name}={value}: {allowed}"
QUERY_KEYS = (
    "allowed keys: seed, replication, set, pin, step, at, graph, day, without, game, side, seat, "
    "scenario, tab, colours, language, guess, host, round, present"
)
MOST_STEPS = "at most {most} steps"
NOT_IN_LIBRARY = "no scenario that is shipped or was loaded here has this name; load the file again"
START_AGAIN = "Open the page at its beginning"
CODES = "the code of a game or a guess round: six capital letters and digits"
TOKENS = "the token of a seat, from its own link"
WHOLE = "a whole number from {least} to {most}"
NO_CONTROL = "no such control"
ONE_OF = "one of {options}"
BETWEEN = "a number from {low} to {high}"

# Server
SERVING = "The classroom is open at {address} (press Ctrl-C to close it)"
OPEN_TO_NETWORK = "Anyone on this network can open it: {addresses}"
AT_ITS_ADDRESS = "at an address of this machine, port {port}"

FOREIGN_HOST = (
    "This page is not open under the name {host!r}, but under {known}. To open it under another name, start "
    "it with: escalation app --host NAME"
)

ANY_ADDRESS = "any address of this machine in numbers"
FULL = "The classroom is full: {most} pages are open. Close one and reload this page."
TOO_LARGE = "The request is too large."
FOREIGN = "This page answers requests from its own origin only."
PORT_TAKEN = "port {port} on {host} cannot be used: {reason}; choose another with --port or --host"

# Challenges
CHALLENGES = "Challenges"
CHALLENGE_MET, CHALLENGE_NOT_MET = "Met by the present setting.", "Not met by the present setting."
CHALLENGE_NOW = "Now {share} ({low} to {high})."
CHALLENGE_WITHIN = "The share is within the limit by {points} points."
CHALLENGE_BEYOND = "The share misses the limit by {points} points."
CHALLENGE_UNSURE = "The interval includes the limit, so another seed may say otherwise."
CHALLENGE_CHANGES = "Policies changed: {n} of at most {most}."
CHALLENGE_TOO_MANY = "Too many policies are changed: {n}, at most {most}."
CHALLENGE_ASSUMPTIONS = "Assumptions are changed too; this challenge is about policies alone."

# The page in one file
OFFLINE_NOTE = (
    "Scenario {scenario}, hash {hash}. Simulated beforehand: {settings} settings of {n} crises each, seed "
    "{seed}, with common random numbers."
)
OFFLINE_POLICIES = "More policies: what somebody chooses"
OFFLINE_START = "From the card “{card}”: {setting}."
OFFLINE_LEAVE = "Leave this out"
OFFLINE_FIXED = (
    "Not to be moved from a card that sets what this file has no control for: leave that out first."
)
OFFLINE_NEAREST = "The link asks for a setting that is not in this file; the nearest one is shown."
OFFLINE_PLACED = "Say in a sentence why you think so; then show what the model says."
OFFLINE_LARGEST = "The largest clear difference: {clause}, {after} instead of {before}."
