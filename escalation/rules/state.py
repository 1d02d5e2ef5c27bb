"""The numbers that the rules read and write: parameters fixed for a crisis, and its state.

Everything is a NumPy record array, which numba compiles and which reads `state.pair[i, j].heat` in
both worlds. States have the indices 0 to n-1 and mediators n to n+m-1. Tables indexed `[i, j]` hold
i's side toward j; tables of a pair as a whole (`dyad`, `talks`) are kept at `[min(i, j), max(i, j)]`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation import vocabulary
from escalation.files.brief import brief_tuple
from escalation.rules.compiled import phrase, rule, tables
from escalation.rules.records import record_type
from escalation.vocabulary import RUNGS

# Rungs at which the rules change. Not parameters: the ladder defines its rungs by what happens on them.
FORCE_RUNG = float(vocabulary.FORCE_RUNG)
"""From here on an act is a use of force, if a deniable one."""
OPEN_FORCE_RUNG = 6.0
"""From here on the use of force is acknowledged."""
STRIKE_RUNG = 7.0
"""From here on it reaches beyond the disputed zone."""
WAR_RUNG = 9.0
"""From here on it is full conventional war."""
NUCLEAR_RUNG = 10.0
TOP_RUNG = 10.0
"""A rung divided by this is the height of an act, 0 to 1."""

# Levels of hostility of Militarized Interstate Disputes: 1 is no militarised action.
MID_NONE, MID_THREAT, MID_DISPLAY, MID_FORCE, MID_WAR = 1.0, 2.0, 3.0, 4.0, 5.0
MID_LEVELS = 4
"""Levels of militarised action."""

SIGNAL_LEVELS = 3.0
"""The highest level of a nuclear signal, by the ladder's definition."""

OF_AVERAGE = 2.0
"""A disposition in [0, 1] times this is 1 for the average state, to which the weights refer. Not a
parameter: it only sets the unit of the weight that it multiplies."""

# When an option is available: at all times, while it is not a measure already in force, or by conditions.
ALWAYS, WHILE_NOT_IN_FORCE, BY_CONDITIONS = range(3)

# Stages of a mediator's talks with a pair.
QUIET, OFFERED, OPEN = range(3)

# Places in `CrisisState.counts`.
DAY, MOVES, ENDED = range(3)


def _record(floats: str = "", integers: str = "") -> np.dtype[Any]:
    return record_type(floats.split(), integers.split())


# Parameters
ACT = _record(
    "rung intercept cost visibility signal hostility",
    "form effect lasts commits stands needs_offer needs_violence needs_hotline reversing",
)

OPTION = _record(integers="act target other condition")
BLOCK = _record("baseline", "form rival first last")
DISPOSITION = _record("resolve audience risk_aversion signal_credibility third_party_aversion")
MEDIATOR = _record("persistence credibility", "enters style bilateral")
RELATION = _record("trust bias leverage")

LEFT = _record(
    "posture seen pressure commitment heat campaign momentum offer exhaustion violence refused fear"
    " grievance activity"
)

RIVALRY = _record("tension activity lull_days stakes", "rival contested_line hotline nuclear")
FORCED = _record(integers="day group actor act target other")
INCIDENT = _record("severity", "day victim blamed")
HAZARD = _record("per_day severity", "victim blamed")
FIRING = _record(integers="first last goes_on i j")
LULL = _record("log_days stakes_left")

FRAME = _record(
    integers="horizon last_day slots"
    " consent decline nuclear_rung war_rung force_rung violence_rung standoff_rung quiet_days"
)

# State
ACTOR = _record("fear exhaustion")

PAIR = _record(
    "posture seen pressure commitment heat heat_level campaign last_rung offer"
    " grievance grievance_level struck activity"
    " focal leverage information clarity face_saving"
    " last_hostility momentum threats displays forces wars log_threats log_displays log_forces log_wars"
    " habit_threat habit_display habit_force habit_war",
    "talks acted",
)

DYAD = _record(
    "violence activity guarantee",
    "border_fire ceasefire last_force settled_day channel mediator force_today talks_opened stirred spoken",
)

TALK = _record(
    "refused focal", "stage pressed opened first_offered first_opened newly_opened agreed first_agreed"
)
SIDE = _record("asked", "consented")
MOVE = _record("log_when log_what", "actor act target other slot group forced ended answers")


class Traits(NamedTuple):
    """The properties of an act that enter the formulas."""

    rung: float
    height: float
    """The rung in tenths of the ladder."""
    intercept: float
    cost: float
    visibility: float
    hostility: float
    """Level of hostility of Militarized Interstate Disputes, 1 to 5."""


class TraitTable(NamedTuple):
    """The `Traits` of many acts: an array per trait, so that the compiler weighs several acts at a time."""

    rung: NDArray[np.float64]
    height: NDArray[np.float64]
    intercept: NDArray[np.float64]
    cost: NDArray[np.float64]
    visibility: NDArray[np.float64]
    hostility: NDArray[np.float64]
    baseline: NDArray[np.float64]
    """exp(intercept): of a competing risk, its hazard per day where all other terms are 0."""


class DrawTable(NamedTuple):
    """The words of `escalation.engine.luck` that tell apart the draws of every simulated day."""

    who: NDArray[np.uint64]
    what: NDArray[np.uint64]


@tables
class Params(NamedTuple):
    """What is fixed for a crisis. Built by `escalation.engine.pack` alone."""

    # One record each, in an array: numba would convert a bare record through Python code, in which
    # an interrupt would crash the process.
    weights: NDArray[Any]
    """[1]: all fields of `escalation.scenario.weights.Weights`."""
    frame: NDArray[Any]
    """FRAME [1]: calendar and thresholds."""
    left: NDArray[Any]
    """LEFT [1]: the share of each memory that a day leaves, from its e-folding time."""
    acts: NDArray[Any]
    """ACT [acts], in ladder order, hold first."""
    reverses: NDArray[np.int64]
    """[acts, most that one reverses]: the measures that an act can end, in ladder order; as many as its
    field `reversing` says."""
    options: NDArray[Any]
    """OPTION [options]: what each actor may choose from, by actor, then block, then ladder order; an
    actor's first is hold. `condition` says when it is available."""
    first_option: NDArray[np.int64]
    """[actors + 1]: where each actor's options begin."""
    traits: TraitTable
    """[options] each: the traits of each option's act."""
    blocks: NDArray[Any]
    """BLOCK [blocks]: what one clock of an actor chooses from: neighbouring options of one form, from `first`
    to before `last`. By actor, then form, then the rival that they concern; a mediator has one block.
    `baseline` is the sum of its options' own."""
    first_block: NDArray[np.int64]
    """[actors + 1]: where each actor's blocks begin."""
    states: NDArray[Any]
    """DISPOSITION [states]."""
    mediators: NDArray[Any]
    """MEDIATOR [mediators]."""
    relations: NDArray[Any]
    """RELATION [mediators, states]."""
    rivalries: NDArray[Any]
    """RIVALRY [states, states], both ways."""
    pairs: NDArray[np.int64]
    """[pairs of rivals, 2]: their numbers, the lower first."""
    solidarity: NDArray[np.float64]
    """[states, states]: how far the first feels force against the second."""
    forced: NDArray[Any]
    """FORCED [entries], by day, group, then file order."""
    incidents: NDArray[Any]
    """INCIDENT [entries]."""
    hazards: NDArray[Any]
    """HAZARD [entries]."""
    firing: NDArray[Any]
    """FIRING [entries]."""
    first_forced: NDArray[np.int64]
    """[days + 1]: where the entries of `forced` of each day begin."""
    draws: DrawTable
    """[draws] each: of hazards, then pairs, then blocks, each in the order of its table."""
    lull: NDArray[Any]
    """LULL [days]: what a number of days of quiet does, from 0 on."""

    def __repr__(self) -> str:
        return brief_tuple(self)


@tables
class CrisisState(NamedTuple):
    """All that changes in one crisis, and the desk on which an actor weighs its options."""

    actor: NDArray[Any]
    """ACTOR [states]."""
    pair: NDArray[Any]
    """PAIR [states, states]: i's side toward j."""
    dyad: NDArray[Any]
    """DYAD [states, states], upper half."""
    talk: NDArray[Any]
    """TALK [mediators, states, states], upper half."""
    side: NDArray[Any]
    """SIDE [mediators, states, states]: i's side in m's talks about its quarrel with j."""
    since: NDArray[np.int64]
    """[states, states, acts]: day a measure came into force or another act was last taken; -1 never."""
    first_day: NDArray[np.int64]
    """[states, rungs]: first simulated day with an own act on the rung; -1 none."""
    last_day: NDArray[np.int64]
    """[states, rungs]: last simulated day with an own act on the rung; -1 none."""
    cost: NDArray[np.float64]
    """[states]: total cost of its escalatory acts on simulated days."""
    read: NDArray[np.float64]
    """[forced acts up to the horizon, rungs]: probability of each rung before the act, given that its state
    acts. A game adds forced acts after the horizon only, so it keeps its size."""
    risk: NDArray[np.float64]
    """[recorded days]: probability that somebody uses open force on the day, before anybody has acted."""
    moves: NDArray[Any]
    """MOVE [most in a day]: what was done today."""
    counts: NDArray[np.int64]
    """[3]: the day, the number of moves made today, and 1 once a nuclear weapon was used; by `DAY`, `MOVES`
    and `ENDED`."""
    drawn: NDArray[np.float64]
    """[draws]: the uniform numbers of a day, in the order of `Params.draws`: at hand."""
    drawn_on: NDArray[np.int64]
    """[1]: the day of the draws at hand; -1 for none."""
    utility: NDArray[np.float64]
    """[options of the actor with most]: desk."""
    shares: NDArray[np.float64]
    """[options of the actor with most]: desk."""

    def __repr__(self) -> str:
        return brief_tuple(self)


@phrase
def weights(params: Params) -> Any:
    """Return the weights that all actors share: the fields of `escalation.scenario.weights.Weights`."""
    return params.weights[0]


@phrase
def frame(params: Params) -> Any:
    """Return the calendar and the thresholds of the outcome: a FRAME."""
    return params.frame[0]


@phrase
def left_by_a_day(params: Params) -> Any:
    """Return the share of each memory that a day leaves: a LEFT."""
    return params.left[0]


@rule
def today(state: CrisisState) -> Any:
    """Return the day, counted from the scenario's start; -1 before the first."""
    return state.counts[DAY]


@rule
def moves_made(state: CrisisState) -> Any:
    """Return the number of moves made today so far."""
    return state.counts[MOVES]


@rule
def has_ended(state: CrisisState) -> bool:
    """Return whether the crisis has ended by the use of a nuclear weapon, after which the model is silent."""
    return bool(state.counts[ENDED] > 0)


@phrase
def dyad_of(state: CrisisState, i: int, j: int) -> Any:
    """Return what i and j share: a DYAD."""
    return state.dyad[min(i, j), max(i, j)]


@phrase
def talk_of(state: CrisisState, m: int, i: int, j: int) -> Any:
    """Return mediator m's talks with i and j: a TALK."""
    return state.talk[m, min(i, j), max(i, j)]


@rule
def is_simulated(params: Params, state: CrisisState) -> bool:
    """Return whether today lies after the horizon, so that actors without a forced act choose."""
    return bool(today(state) > frame(params).horizon)


def fresh_state(params: Params) -> CrisisState:
    """Make the state before day 0: quiet, but for the tension that the scenario gives."""
    n, m = len(params.states), len(params.mediators)
    most = int(np.diff(params.first_option).max())
    recorded = int(np.count_nonzero(params.forced["day"] <= frame(params).horizon))
    busiest = len(params.forced) + len(params.blocks) * int(frame(params).slots) + n * n + 2 * n * n * m
    state = CrisisState(
        actor=np.zeros(n, ACTOR),
        pair=np.zeros((n, n), PAIR),
        dyad=np.zeros((n, n), DYAD),
        talk=np.zeros((m, n, n), TALK),
        side=np.zeros((m, n, n), SIDE),
        since=np.full((n, n, len(params.acts)), -1, np.int64),
        first_day=np.full((n, RUNGS), -1, np.int64),
        last_day=np.full((n, RUNGS), -1, np.int64),
        cost=np.zeros(n),
        read=np.zeros((recorded, RUNGS)),
        risk=np.zeros(int(frame(params).horizon) + 1),
        moves=np.zeros(busiest, MOVE),
        counts=np.array([-1, 0, 0], np.int64),
        drawn=np.zeros(len(params.draws.who)),
        drawn_on=np.full(1, -1, np.int64),
        utility=np.zeros(most, np.float64),
        shares=np.zeros(most, np.float64),
    )
    state.pair["posture"] = params.rivalries["tension"]
    state.pair["seen"] = params.rivalries["tension"]
    state.pair["focal"] = -1.0
    state.pair["acted"] = -1
    state.dyad["activity"] = params.rivalries["activity"]
    state.dyad["stirred"] = state.dyad["spoken"] = -params.rivalries["lull_days"].astype(np.int64)
    state.talk["focal"] = -1.0
    for field in ("last_force", "settled_day", "mediator", "talks_opened"):
        state.dyad[field] = -1
    for field in ("opened", "first_offered", "first_opened", "newly_opened", "agreed", "first_agreed"):
        state.talk[field] = -1
    return state


@rule
def restore(state: CrisisState, saved: CrisisState) -> None:
    """Set a state back to a saved one, except the desk; it has no draws at hand."""
    for i in range(len(state.actor)):
        state.actor[i] = saved.actor[i]
        state.cost[i] = saved.cost[i]
        for j in range(len(state.actor)):
            state.pair[i, j] = saved.pair[i, j]
            state.dyad[i, j] = saved.dyad[i, j]
            for a in range(state.since.shape[2]):
                state.since[i, j, a] = saved.since[i, j, a]
            for m in range(len(state.talk)):
                state.talk[m, i, j] = saved.talk[m, i, j]
                state.side[m, i, j] = saved.side[m, i, j]
        for rung in range(RUNGS):
            state.first_day[i, rung] = saved.first_day[i, rung]
            state.last_day[i, rung] = saved.last_day[i, rung]
    for k in range(len(state.counts)):
        state.counts[k] = saved.counts[k]
    state.drawn_on[0] = -1
