"""All English text of the page, in one place."""

from __future__ import annotations

from escalation.crisis.wording import CAVEAT

TITLE = "Escalation classroom"
SKIP = "Skip to the figures"

# Tabs
TABS = "Parts of the page"
EXPLORE, WATCH, TAKE_AWAY, ABOUT = "Explore", "Watch", "Take away", "About"
THEME_DARK, THEME_LIGHT = "Dark colours", "Light colours"

# Controls
CONTROLS, RESULTS = "Settings", "Figures"
MEDIATOR_GROUP = "{mediator} as mediator"
RELATION_GROUP = "{mediator} and {state}"
STATE_GROUP = "{state}"
WEIGHTS_GROUP = "Weights: {group}"
ADVANCED = "Advanced: weights of the rules"

ADVANCED_NOTE = (
    "The numbers that all actors share. Utilities are logits: one unit multiplies the odds of an act against "
    "holding by e."
)

BY_SCENARIO = "the scenario file, with its reason beside it"
BY_WEIGHTS = "the weights that the scenario takes; the rules' own default is {default:g}, from: {source}"
DAY, NEVER = "day", "never"

ENTRY_NOTE = (
    "Up to the horizon the record is played as it was, so a day before it counts as the day after it, and an "
    "offer made in the record stands whatever the day; the last value is never"
)

LABELS = {
    "enters_day": "Day of entry",
    "style": "Style",
    "form": "Form of the talks",
    "cost": "Weight of cost",
}

HINTS = {
    "leverage": "Works through the style manipulation only",
    "agree_leverage": "Works through the style manipulation only",
    "leverage_restraint": "Works through the style manipulation only",
    "leverage_inducement": "Works through the style manipulation only",
    "focal_pull": "Works through the styles formulation and manipulation",
    "agree_formulation": "Works through the styles formulation and manipulation",
    "bilateral_discount": "Works where the form is bilateral",
}

CHOICES = {"bilateral": "bilateral framework", "third_party": "third party at the table"}
RESET_ALL = "Reset all"
RESET_ONE = "Reset {label}, {group}"
SOURCE = "Source"

# Explore
NOW, AS_SCENARIO = "now", "as in the scenario"
DEPARTURE = "{group}, {label}: {value} instead of {instead}"
PIN, UNPIN, PINNED = "Pin this", "Remove", "pinned {letter}"
UNPIN_NAME = "Remove {name}"
PINS, NO_PINS = "Compared", "Nothing is pinned."
PINS_FULL = "Three settings are pinned; remove one first."
PIN_NOTE = "Pin a setting, then move a control: both are shown, on the same luck, crisis by crisis."
COMPARED = "From {name} ({setting}) to now ({now})"
OTHER_LUCK = "Other luck"
COUNTING = "Counting …"
DRAWN = "{n} crises, seed {seed}. {moved}"
INERT = "By this move not one crisis has changed: see what the control works through."
SHARE_AXIS, RUNG_AXIS = "share of crises, %", "highest rung on simulated days"
DAYS_AXIS = "days after the horizon"
RECORD, RUNG = "record", "rung"

FIGURES = {
    "outcomes": "What the crises come to",
    "fan": "Posture of {state} by date",
    "peaks": "Highest rung of any state",
    "ceasefires": "Days to a ceasefire or agreement",
}

FIGURE_NOTES = {
    "outcomes": "Shares of crises with Wilson's 95% interval.",
    "fan": "In rungs: the median, and the bands that hold half and nine tenths of the crises.",
    "peaks": "On simulated days, acts of states only; Wilson's 95% interval.",
    "ceasefires": "Share of crises in which the first one has come by then, through whatever channel.",
}

OUTCOMES = {
    "nuclear_use": "Nuclear use",
    "war": "Full war",
    "limited_force_ended": "Force, ended",
    "limited_force_going_on": "Force, going on",
    "stand_off": "Stand-off",
    "de_escalated": "De-escalated",
}

CEASEFIRE_WORDS = "{share} within {days} days after the horizon"
FAN_WORDS = "on {date} the median is {q50}, half lie from {q25} to {q75}, nine tenths from {q05} to {q95}"
PICTURE_NOTE = "{scenario}: {n} crises, seed {seed}; {setting}."
SAVE_PNG, SAVE_SVG, SAVE_CSV = "PNG", "SVG", "CSV"
SAVE_AS = "Save “{figure}” as {kind}"
LADDER = "The ladder"
LADDER_KEY = "A disc is a state's posture, a frame the rung of its highest act of the day."
STANDING_ACT = "; highest act today on rung {act}"
PLAY, PAUSE, STEP, BACK = "Play", "Pause", "Step", "Back"
SPEED = "Days a second"
JUMP = "Date"
NEXT_CRISIS, PREVIOUS_CRISIS = "Next crisis", "Previous crisis"
WHICH_CRISIS = "Crisis {replication} of seed {seed}; {setting}"
FORK = "From tomorrow, {mediator} stays out"
UNFORK = "Back to the course as it was"
FORKED = "From {date} on {mediator} stays out, same luck. It ends: {now}; without the fork: {outcome}."
HISTORY, SIMULATED = "record", "simulated"
DAY_HEADING = "{date}, day {day} ({kind})"
MEASURES_HEADING, EVENTS_HEADING = "Measures in force", "What happened"
MEDIATION_HEADING = "Firing and mediation"
NONE_IN_FORCE, NOTHING_NEW = "None.", "Nothing new."
COURSE, LOG_SO_FAR = "The course so far", "The log so far"
WHY = "Why?"
WHY_HEADING = "Why “{act}”?"
WHY_RECORDED = "Recorded: it happened. The rules gave it {probability:.1%}."
WHY_CHOSEN = "The rules gave it {probability:.1%}."
WHY_TERMS = "For it (+) and against it (−), in logits against holding; together {utility}"
WHY_OTHERS = "What else could have been done, with its probability"
WHY_REST = "and {n} more"
TAKEN = "taken"
OUTCOME_AT_END = "How it ends"

# Take away
SETTING_HEADING = "The setting as a scenario"
SETTING_SAVE = "Save the scenario (YAML)"
NO_CHANGE = "Nothing is changed: this is the scenario as it is."
DIFF_HEADING = "What is changed, line by line"
COMMAND_HEADING = "The same in the terminal"
LINK_HEADING = "A link to this setting"
DATA_HEADING = "The data behind the figures"

DATA_NAMES = {
    "outcomes": "outcomes with intervals",
    "postures": "postures by day",
    "peaks": "highest rungs",
    "ceasefires": "days to a ceasefire",
    "differences": "paired differences from what is pinned",
}

FIGURES_SAVED = "Each figure under Explore has buttons that save it as PNG and SVG, with setting and luck."
OFFLINE_NOTE = "Counted beforehand: {settings} settings of {n} crises each, seed {seed}."
UPLOAD_HEADING = "Another scenario"
UPLOAD_LABEL = "A scenario file (YAML, at most 1 MB) from this computer"
UPLOAD_DONE = "Loaded: {title}"

TOO_HEAVY = (
    "This scenario would keep all others waiting: days times states squared are {size}, at most {most} here. "
    "Open it with `escalation app FILE`."
)

UPLOAD_TOO_LARGE = "The file could not be taken: it is larger than 1 MB, or the connection is gone."

# About
ABOUT_TEXT = (
    "Each figure counts what very many simulated crises come to under the numbers beside it. Moving a number "
    "plays all of them again on the same luck, so that what changes is due to the number.",
    "The numbers are judgements or priors, each with its source; some weights of the rules are fitted to "
    "acts recorded in other crises, and none to how this crisis went on. People died in the events that the "
    "scenario records. The page is for thinking about how a crisis can climb and come down, and not for "
    "saying what will happen.",
    CAVEAT,
)

# Addresses
BAD_QUERY = "{name}={value}: {allowed}"
QUERY_KEYS = "the keys are seed, replication, set and game"
CODES = "the code of a game, six capital letters and digits"
WHOLE = "a whole number from 0 to {most}"
NO_CONTROL = "there is no such control"
ONE_OF = "one of {options}"
BETWEEN = "a number from {low} to {high}"

# Server
STARTING = "Making the rules ready (compiling takes about half a minute, once on a machine) ..."
SERVING = "The classroom is open at {address} (Ctrl-C closes it)"
OPEN_TO_NETWORK = "Anybody on this network can open it."
FULL = "The room is full: {most} pages are open. Close one and load this page again."
TOO_LARGE = "The request is too large."
FOREIGN = "This page answers its own origin only."
PORT_TAKEN = "port {port} on {host} cannot be used: {reason}; others go with --port and --host"

# Play
PLAY_A_SIDE = "Play a side"
DEBRIEF = "Debrief"

PLAY_NOTE = (
    "You decide for one side, day by day from the first simulated day, under the setting and the luck of "
    "“Explore”. Alone, the model plays all others; with another student, send the link that is shown."
)

NOTHING_TO_PLAY = "This scenario has no simulated days, so there is nothing to play."
PLAY_AS = "Play {side}"
PLAY_WITH = "{side}, with another as {other}"
JOIN = "Game {code}"
SIT_AS = "Sit down as {side}"
ALL_SEATED = "All sides of this game are taken. Load the page again when somebody has left."
SEAT_TAKEN = "Somebody sits there already."
NO_SUCH_GAME = "There is no game {code} any more; begin another."
NO_ROOM = "All {most} tables are taken; wait until a game ends."
MOVED_ALREADY = "this day's move is made"
WAITING = "{date}. Your move is made; waiting for {others}."
GAME_OVER = "The game is over."
PLAY_HOLD = "Play the day: hold"
PLAY_DAY = "Play the day: acts chosen {n}"
ADVISE = "Ask your advisers"
LET_GO = "Let the model play on to the end"
LET_GO_WAITS = "The model plays on as soon as the other side has enough, too."
SAVE_GAME = "Save the game (YAML)"
LEAVE_GAME = "Leave the game"
GAME_LINK = "The other side joins by this link: "
MOVES = "Your moves"
HOLD_ON = "Hold until something happens"

HOLD_ON_NOTE = (
    "What ends a hold: an act of another state on you (to a mediator: of one state on another), an offer "
    "that waits for your answer, talks or a ceasefire that begin or end, or an incident; after {held} days "
    "it is your move anyway."
)

HOLD_ON_ALONE = "only who plays alone can hold until something happens"

HOLD_ON_TOGETHER = (
    "In a game of two each day is played by itself; to hold until something happens is for one alone."
)

YESTERDAY, THIS_MORNING, LAST_DAY = "As the day before went", "This morning", "The last day"
STANDINGS = "Where they stand"
NOTHING_TO_DO = "There is nothing that you could do today."
ACT_BUTTON = "{says} [rung {rung}]"
THIS_GAME = "this game"
ODDS_TITLE = "Odds of the outcome, day by day"
ODDS_SAYS = "If the model played all sides on from the end of each day of this game, 1,000 crises a day."
PATH_TITLE = "{state}: this game among simulated crises"
PATH_SAYS = "Dashed: posture in this game. Bands: half and nine tenths of 1,000 simulated crises."
GAME_NOTE = "A game: {sides} played by hand, seed {seed}."
