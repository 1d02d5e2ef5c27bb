"""Every text of games: starting and playing one, its debrief, and the lecturer's board."""

from __future__ import annotations

# Play
DEBRIEF = "Debrief"

PLAY_NOTE = (
    "You decide for one side, day by day from the first simulated day, with the settings and the seed of "
    "“Explore”. The model plays every side that nobody plays."
)

NOTHING_TO_PLAY = "This scenario has no simulated days, so there is nothing to play."
NOBODY_TO_PLAY = "{mediator} stays out under the settings of “Explore”, so nobody can play it."
SIDES = "The sides"
STATE_SIDE = "{side}: a state"
MEDIATOR_SIDE = "{side}: a mediator, from {date} on"
THE_LADDER = "The ladder, from words to nuclear use"
RUNG_MEANS = "{rung}. {label}: {description}"
THE_RECORD = "The record, {start} to {horizon}"
RECORD_ENTRY = "{date}: {says}"
CHOOSE_SIDE = "Which side do you play?"
PLAY_AS = "Play {side}"
WITH_OTHERS = "Sides that other people play"
WITH_OTHERS_NOTE = "Each joins by a link that you get. Leave all empty to play alone."
JOIN = "Game {code}"
LOOKING = "Looking for your seat …"
JOIN_NOTE = "Sit down on an open seat. Its role sheet is for you alone."
JOIN_AS = "Sit down as {side}"
RETURN_AS = "Return to your seat as {side}"
TAKEN_BY_OTHER = "{side}: taken"
ALL_TAKEN = (
    "All seats of this game are taken. If one is yours, open its own link, or have the lecturer free it."
)
SIDE_TAKEN = "Somebody else plays this side."
SEAT_ELSEWHERE = "Your seat as {side} is open in another window."
PLAY_HERE = "Play here"
SEAT_LOST = "The seat is no longer yours: it was given up or freed."
NO_SUCH_GAME = "No game has the code {code}; start another."
NO_ROOM = "All {most} games are in use; wait until one ends."
MOVED_ALREADY = "you have already moved today"
PLAYED_ALREADY = "the day is played, and what was chosen cannot be taken back"
TOO_MANY_SEATS = "A game has one to {most} seats."
NOT_KEPT = "The game could not be saved ({reason}); the next day saves all of it."
UNREADABLE_GAME = "The saved game {code} cannot be read; start another."
GAMES_KEPT = "Games are kept in {folder}"
MOVES_ARE_LOGGED = "The moves of games that are over are logged in {folder}"
LOGGED_NOTE = (
    "Moves are logged: when a game is over, all its moves are written to a file on the lecturer's machine, "
    "without names, addresses and times, so that how people play can be compared with recorded crises."
)
NOT_LOGGED = "The moves could not be logged ({reason})."

# Play: before the first move
ROLE_SHEET = "Role sheet: {side}"
ROLE_PRIVATE = "Nobody else sees this sheet before the debrief, where all are open."
NO_ROLE_SHEET = "No role sheet is written for this side. Decide what it wants before you move."
AIMS, RED_LINES, PUBLIC = "Aims", "Red lines", "What the public expects"
LIMITS = "How the game goes"
LIMIT_DAYS = "You move on each day from {first} to {last}: {days} days in all."
LIMIT_ACTS = "At most {most} acts per day, and an answer to each offer; to choose none is to hold."
LIMIT_ORDER = (
    "You see the incidents of the night and the acts of mediators before you choose; the other sides choose "
    "at the same time as you. A state that the model plays may reply on the day on which you hit it; you "
    "reply on the next morning."
)
LIMIT_NUCLEAR = (
    "The use of a nuclear weapon, by whomever, ends the game: the model has nothing to say of what follows."
)
LIMIT_NO_WINNER = "There are no points and no winners. What you compare at the end is what became likelier."
MARKS_MEAN = "Marks before events: {marks}."
MARK_MEANS = "{mark} {meaning}"
BEGIN_GAME = "To the first day"

# Play: a day
READ_FIRST = "Before the first day: your role sheet, and how the game goes."
WAITING = "{date}. You have chosen; waiting for {others}."
GAME_OVER = "The game is over."
PLAY_HOLD = "Play the day: hold"
PLAY_DAY = "Play the day: {n} chosen"
CHOSEN_WAITS = "Chosen"
WITHDRAW = "Take it back"
DROP = "Drop: {act}"
SEATS = "Who plays"
SEAT_WORDS = "{side}: {presence}"
OWN_SEAT_WORDS = "{side} (you): {presence}"
SEAT_OPEN = "nobody has sat down yet"
SEAT_AWAY, SEAT_AWAY_CHOSEN = "away; still to choose", "away; has chosen"
SEAT_HERE, SEAT_HERE_CHOSEN = "still to choose", "has chosen"
SEAT_DATED = "has nothing to choose today"
SEAT_READS = "reads the role sheet"
OFFER_WAITS = "An offer waits for your answer"
ADVISE = "Ask your advisers"
LET_GO = "Let the model play to the end"
LET_GO_WAITS = "The model plays on as soon as all sides have agreed."
SAVE_GAME = "Save the game (YAML)"
LEAVE_GAME = "Give up the seat"
REST_OF_GAME = "More: save, end, give up"
GAME_LINK = "Link for the other players"
SEAT_LINK = "Your own link, for you alone: back to your seat on any device"
MOVES = "Your moves"
CAN_DO = "What {side} can do today"
ONE_MORE, MANY_MORE = "{n} more", "{n} more"
ONE_ACT, MANY_ACTS = "{n} act", "{n} acts"
ACTS_ON_RUNG = "{heading}: {n}"
NO_RUNG = "–"
HOLD_ON = "Hold until something happens"

HOLD_ON_NOTE = (
    "Holding stops at an act of another state on you (for a mediator: of one state on another), an offer "
    "awaiting your answer, the beginning or end of talks or a ceasefire, or an incident; after {held} days "
    "it is your move in any case."
)

HOLD_ON_ALONE = "holding until something happens is only possible if you play alone"

YESTERDAY, THIS_MORNING, LAST_DAY = "The day before", "This morning", "The last day"
IN_FORCE = "Firing, mediation and measures in force"
NOTHING_TO_DO = "There is nothing you can do today."

# Play: the debrief
THIS_GAME = "this game"
ODDS_TITLE = "Odds of the outcome, day by day"
ODDS_SAYS = "If the model played all sides from the end of each day of this game: 1,000 crises per day."
PATH_TITLE = "{state}: this game among simulated crises"
PATH_SAYS = "Dashed: posture in this game. Bands: 50% and 90% of 1,000 simulated crises."
GAME_NOTE = "A game in which people played {sides}, seed {seed}."
NOTHING_BEYOND = (
    "A nuclear weapon was used. The model has nothing to say of what follows, and the game ends here."
)
IF_HEADING = "What if you had chosen otherwise?"
IF_DAY, IF_CHOICE = "Day", "Your choice"
IF_TURN = "{date} (turning point)"
IF_ASK = "Compare the odds"
IF_WAIT = "Wait (hold)"
IF_SAME = "{act} (as in the game)"
IF_AGAIN = "Play again from this day"
IF_AGAIN_NOTE = (
    "The same crisis up to that morning, with the same random numbers; the model plays the other sides."
)
IF_TITLE = "Odds of the outcome from that morning"
IF_OUTCOME, IF_DIFFERENCE = "Outcome", "Difference, points"
IF_COMPUTING = "Simulating both choices …"

# Play: injects
FROM_LECTURER = "From the lecturer"
TAKEN_BACK = "What was chosen today is taken back, so that every side can answer."

# The lecturer's board
BOARD = "Lecturer's board"
BOARD_AT = "The lecturer's board, for you alone: {address}"
NO_BOARD = "This page does not exist."
BOARD_NOTE = (
    "For the lecturer alone: whoever has the address of this page can free seats and let things happen. It "
    "shows no role sheet and nothing by which a seat could be taken."
)
NO_GAMES = "No game has begun. Games appear here as soon as somebody starts one under “Play a side”."
GAMES = "Games"
BOARD_GAME = "{code}: {title}"
BOARD_AGAIN = "{code}: {title}. Plays a day of {parent} again"
BOARD_WAITING = "{date}. Waiting for {others}."
BOARD_OVER = "Over: {outcome}."
BOARD_PEAKS = "Highest rung so far: {peaks}."
BOARD_PEAK = "{state} {rung}"
BOARD_NO_FORCE = "No force used so far."
BOARD_FORCE = "Force was first used on {date}."
BOARD_NEWS = "{date}: {says}"
BOARD_NEWS_LIST = "What you let happen"
FREE_SEAT = "Free the seat"
FREE_SEAT_OF = "Free the seat of {side} in game {code}"
SEAT_FREED = "{side} in game {code} is free: its old token is for no seat any more."
BRING_BACK = "Bring back a game"
BRING_BACK_NOTE = (
    "After the server was started again, a game appears once one of its players is back. Those that began on "
    "this board are listed here; any other game comes back by its code."
)
BRING_BACK_ONE, BRING_BACK_ALL = "Bring back", "Bring back all"
BRING_BACK_CODE = "Bring back game {code}"
BRINGING_BACK = "Bringing back game {n} of {all} …"
KEPT_ONE = "Bring back a game: {n} is kept"
KEPT_MANY = "Bring back a game: {n} are kept"
KEPT_GAME = "{code}: {title}. People play {sides}; last played on {date}."
CODE_OF_GAME = "Code of the game"
BROUGHT_BACK = "Game {code} is here again."
NOT_A_CODE = "A code is six capital letters and digits."
INJECTS = "Let something happen"
INJECT_WHAT, INJECT_WHERE = "What", "In which game"
INJECT_ALL = "All games that go on"
INJECT_DO = "Let it happen"
INJECT_NOTE = (
    "It happens today, all players read it, and what they have chosen today is taken back, so that every "
    "side can answer. An incident, values that change from this day on and a new mediator are felt by all "
    "sides, those of the model too. Words reach only people: the model does not know of them."
)
NO_INJECTS = "The lesson has no injects."
INJECT_IS_INCIDENT = "{says} (an incident: {victim} blames {blamed})"
INJECT_IS_WORDS = "{says} (words only)"
INJECT_IS_VALUES = "From this day on: {setting}."
INJECT_IS_MEDIATOR = "From this day on {mediator} is a mediator, whom the model plays ({style}, {form})."
INJECT_IS_MEDIATOR_LATER = (
    "{days} days later {mediator} comes in as a mediator, whom the model plays ({style}, {form})."
)
OWN_WORDS = "Words of your own"
OWN_WORDS_NOTE = "At most {most} characters. Players read them as they are, in the game chosen above."
OWN_WORDS_SEND = "Let them read it"
OWN_WORDS_EMPTY = "Write something first."
INJECTED_ONE, INJECTED_MANY = "Happened in {n} game: {label}.", "Happened in {n} games: {label}."
INJECTED_NOWHERE = (
    "It could happen in no game: none of this scenario goes on, or it does not fit their settings, or it has "
    "happened already."
)
TOGETHER = "All games together"
TOGETHER_NONE = "Once a game is over, it is shown here next to the model's own crises."
TOGETHER_OUTCOMES = "Outcomes: this room and the model"
TOGETHER_SAYS = (
    "Shares with Wilson's 95% interval: the games that are over, and crises of the same scenario and seed in "
    "which the model plays all sides."
)
TOGETHER_PATH_SAYS = (
    "Dashed: each game that is over. Line and bands: median, 50% and 90% of the model's own crises."
)
TOGETHER_GAMES = "games of this room ({n})"
TOGETHER_MODEL = "the model ({n})"
TOGETHER_OUTCOME = "{outcome}: {count} of {n} in this room; {share} ({low} to {high}) of the model's crises."
TOGETHER_FORCE = (
    "Force used (rung {rung} or above): {count} of {n} in this room; {share} ({low} to {high}) of the "
    "model's crises."
)
TOGETHER_SAME = (
    "With the random numbers of these games ({n}), the model on all sides ends in: {outcomes}. Where the "
    "games differ from it, or from each other, people made the difference, or an inject did."
)
TOGETHER_TIMES = "{outcome} ({n})"
TOGETHER_OTHERS_ONE = "{n} game that is over is left out: another setting or seed, or a day played again."
TOGETHER_OTHERS = "{n} games that are over are left out: another setting or seed, or a day played again."
TOGETHER_FEW = (
    "The interval of a few games is wide, and players of one room are no random sample; it is something to "
    "talk about, not a finding."
)
