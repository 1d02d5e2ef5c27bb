"""The numbers that the rules read and write: parameters fixed for a crisis, and its state.

Everything is a NumPy record array, which numba compiles and which reads `state.pair[i, j].heat` in
both worlds. States have the indices 0 to n-1 and mediators n to n+m-1. Tables indexed `[i, j]` hold
i's side toward j; tables of a pair as a whole (`dyad`, `talks`) are kept at `[min(i, j), max(i, j)]`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation.rules.compiled import rule
from escalation.vocabulary import (
    RUNGS,
)

# When an option can be taken: at all times, while it is no measure in force already, or by conditions.
ALWAYS, WHILE_NOT_IN_FORCE, BY_CONDITIONS = range(3)

# Stages of a mediator's talks with a pair.
QUIET, OFFERED, OPEN = range(3)


def _record(floats: str = "", integers: str = "") -> np.dtype[Any]:
    fields: list[tuple[str, str]] = [(name, "f8") for name in floats.split()]
    fields += [(name, "i8") for name in integers.split()]
    return np.dtype((np.record, fields))


# Parameters
ACT = _record(
    "rung intercept cost visibility signal hostility",
    "form effect lasts commits stands needs_offer needs_violence needs_hotline reversing",
)

OPTION = _record(integers="act target other condition")
BLOCK = _record(integers="form target first last")
DISPOSITION = _record("resolve audience risk_aversion signal_credibility third_party_aversion")
MEDIATOR = _record("persistence credibility", "enters style bilateral")
RELATION = _record("trust bias leverage")

LEFT = _record(
    "posture seen pressure commitment heat campaign momentum offer exhaustion violence refused fear"
)

RIVALRY = _record("tension", "rival contested_line hotline nuclear")
FORCED = _record(integers="day group actor act target other")
INCIDENT = _record("severity", "day victim blamed")
HAZARD = _record("per_day severity", "victim blamed")
FIRING = _record(integers="first last goes_on i j")

FRAME = _record(
    integers="horizon last_day slots mediator_slots"
    " consent decline nuclear_rung war_rung force_rung violence_rung standoff_rung quiet_days"
)

# State
ACTOR = _record("fear exhaustion")

PAIR = _record(
    "posture seen pressure commitment heat heat_level campaign last_rung offer"
    " focal leverage clarity face_saving"
    " last_hostility momentum threats displays forces wars habit_threat habit_display habit_force habit_war",
    "talks",
)

DYAD = _record(
    "violence",
    "border_fire ceasefire last_force settled_day channel mediator force_today talks_opened",
)

TALK = _record("refused focal", "stage pressed opened first_offered first_opened agreed")
SIDE = _record("asked", "consented")
MOVE = _record("log_p log_p_acting", "actor act target other slot group forced ended")


class Traits(NamedTuple):
    """What the formulas need to know of an act."""

    rung: float
    height: float
    """The rung in tenths of the ladder."""
    intercept: float
    cost: float
    visibility: float
    hostility: float
    """Level of hostility of Militarized Interstate Disputes, 1 to 5."""


class Params(NamedTuple):
    """What is fixed for a crisis. Built by `escalation.engine.pack` alone."""

    # One record each, as an array: the compiler hands on a bare record by way of Python code, in which
    # an interrupt would bring the process down.
    weights: NDArray[Any]
    """[1]: all fields of `escalation.scenario.weights.Weights`."""
    frame: NDArray[Any]
    """FRAME [1]: calendar and thresholds."""
    left: NDArray[Any]
    """LEFT [1]: what a day leaves of each memory, from its e-folding time."""
    acts: NDArray[Any]
    """ACT [acts], in ladder order, hold first."""
    reverses: NDArray[np.int64]
    """[acts, most that one reverses]: the measures that an act can end, in ladder order; as many as its
    field `reversing` says."""
    options: NDArray[Any]
    """OPTION [options]: what each actor may choose from, by actor, then block, then ladder order; an
    actor's first is hold. `condition` says when it can be taken."""
    first_option: NDArray[np.int64]
    """[actors + 1]: where each actor's options begin."""
    traits: NDArray[np.float64]
    """[traits x options]: the `Traits` of each option's act, trait by trait."""
    blocks: NDArray[Any]
    """BLOCK [blocks]: options of an actor that stand side by side, of one form, from `first` to before
    `last`. By actor, then form; escalatory and conciliatory acts then by target, the others have one
    block for all targets."""
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


class State(NamedTuple):
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
    """[states, rungs]: first free day with an own act on the rung; -1 none."""
    last_day: NDArray[np.int64]
    """[states, rungs]: last free day with an own act on the rung; -1 none."""
    cost: NDArray[np.float64]
    """[states]: what its escalatory acts on free days have cost."""
    read: NDArray[np.float64]
    """[forced acts up to the horizon, rungs]: probability of each rung before the act, given that its state
    acts. A game adds forced acts after the horizon only, so it keeps its size."""
    moves: NDArray[Any]
    """MOVE [most in a day]: what was done today."""
    counts: NDArray[np.int64]
    """[2]: the day, and the number of moves made today."""
    utility: NDArray[np.float64]
    """[options of the actor with most]: desk."""
    shares: NDArray[np.float64]
    """[options of the actor with most]: desk."""


def fresh_state(params: Params) -> State:
    """Make the state before day 0: quiet, but for the tension that the scenario gives."""
    n, m = len(params.states), len(params.mediators)
    most = int(np.diff(params.first_option).max())
    recorded = int(np.count_nonzero(params.forced["day"] <= params.frame[0].horizon))
    busiest = len(params.forced) + (n + m) * int(params.frame[0].slots) + 2 * n * n * m
    state = State(
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
        moves=np.zeros(busiest, MOVE),
        counts=np.array([-1, 0], np.int64),
        utility=np.zeros(most, np.float64),
        shares=np.zeros(most, np.float64),
    )
    state.pair["posture"] = params.rivalries["tension"]
    state.pair["seen"] = params.rivalries["tension"]
    state.pair["focal"] = -1.0
    state.talk["focal"] = -1.0
    for field in ("last_force", "settled_day", "mediator", "talks_opened"):
        state.dyad[field] = -1
    for field in ("opened", "first_offered", "first_opened", "agreed"):
        state.talk[field] = -1
    return state


@rule
def restore(state: State, saved: State) -> None:
    """Set a state back to what was saved of it, except the desk."""
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
    state.counts[0] = saved.counts[0]
    state.counts[1] = saved.counts[1]
