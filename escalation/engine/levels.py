"""Crises that stop at a level of escalation, and go on from there with other draws: for rare ends.

A level is a place on a scale: the highest rung so far and, within a rung, the probability that the rules gave
to an act on the rung in question on that day. A start is the end of a day at which a crisis had reached a
level. It is kept as its lineage, the replications whose draws it was played with and the days until which;
since each draw is a pure function of seed, replication and day, the state is played again when it is needed.

The last step to a rare act is one draw, which no level divides. Its probability is known, so it is added up
instead of waited for: see `note_risk`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation.engine.day import STATES_DECIDE, STATES_REPLY, ask_everyone, day_by
from escalation.engine.luck import Luck, luck_of
from escalation.rules.compiled import entry, phrase, seldom
from escalation.rules.decide import chance_of, share_of
from escalation.rules.forced import acts_by_itself, chooses, may_reply, repeat_of
from escalation.rules.hostile import reply_probability
from escalation.rules.options import mass_on_desk, option_row, rate_of, weigh_block
from escalation.rules.outcome import peak_rung
from escalation.rules.state import (
    CrisisState,
    Params,
    frame,
    fresh_state,
    is_simulated,
    moves_made,
    restore,
    today,
)
from escalation.vocabulary import HOSTILE, RUNGS

LEAST_RISK = 1e-20
"""A probability below it counts as this much on the scale of places."""
LAST_PLACE = 0.999999
"""The highest place within a rung, relative to it."""

# Places at the end of `CrisisState.risk`, after its recorded days, in states of `watching`.
RISK, RUNG = -2, -1


class LevelSheet(NamedTuple):
    """The output of the kernel, one row per crisis; see `LevelRuns`."""

    place: NDArray[np.float64]
    chance: NDArray[np.float64]
    peak: NDArray[np.int8]
    day: NDArray[np.int64]
    origin: NDArray[np.float64]


@dataclass(frozen=True)
class Starts:
    """Ends of days from which crises go on: S starts that are k levels up."""

    replications: NDArray[np.uint64]
    """[S, k]: whose draws each segment was played with."""
    until: NDArray[np.int64]
    """[S, k]: the last day of each segment."""

    @property
    def count(self) -> int:
        """Return how many starts there are."""
        return len(self.until)


HORIZON = Starts(np.zeros((1, 0), np.uint64), np.zeros((1, 0), np.int64))
"""The one start before any level: the end of the record."""


@dataclass(frozen=True)
class LevelRuns:
    """Crises played from starts until they reach a level, the act in question, or their end: R of them."""

    first: int
    """The first replication; the others follow it."""
    start: NDArray[np.int64]
    """[R]: number of the start of each crisis."""
    place: NDArray[np.float64]
    """[R]: highest place on a day since the start; at least the rung in question once it is reached."""
    chance: NDArray[np.float64]
    """[R]: sum of the probabilities of the act in question at each draw since the start."""
    peak: NDArray[np.int8]
    """[R]: highest rung of any state on simulated days, since the horizon."""
    day: NDArray[np.int64]
    """[R]: the day on which it stopped."""
    origin: NDArray[np.float64]
    """[rungs]: the sum of all chances, by the highest rung before the day of the draw."""
    days: int
    """Simulated days that were played, those played again included."""

    def at(self, level: float, starts: Starts) -> Starts:
        """Return the ends of the crises that reached a level, as starts."""
        reached = np.flatnonzero(self.place >= level)
        own = self.first + reached.astype(np.uint64)
        before = self.start[reached]
        return Starts(
            np.column_stack([starts.replications[before], own.astype(np.uint64)]),
            np.column_stack([starts.until[before], self.day[reached]]),
        )


def place_of(rung: int, risk: float) -> float:
    """Return the place of a day on the scale: the rung, and within it the logarithm of the risk."""
    return float(_place(rung, risk))


def risk_at(place: float) -> float:
    """Return the risk at a place within a rung; 0 at its foot."""
    within = place % 1.0
    return LEAST_RISK ** (1.0 - within) if within > 0.0 else 0.0


def play_to_level(
    params: Params,
    seed: int,
    first: int,
    starts: Starts,
    copies: NDArray[np.int64],
    rung: int,
    level: float = math.inf,
) -> LevelRuns:
    """Play crises on from starts until they reach a level; safe to call from many threads at once.

    Parameters
    ----------
    params
        As `escalation.engine.pack.pack` returns it.
    seed
        Integer in [0, 2**64).
    first
        The replication of the first crisis; each crisis has one of its own. All below 2**32.
    starts, copies
        The starts, and how many crises go on from each: [S].
    rung
        The rung in question. A crisis stops on the day of the first act on it or above.
    level
        The place, at most `rung`, on which a crisis stops; by default it goes on to its end.

    Returns
    -------
    LevelRuns
        In the order of the starts. From `HORIZON` without a level, crises are those of
        `escalation.engine.batch.simulate` with the same numbers, up to the act in question.
    """
    count = int(copies.sum())
    luck_of(seed, first + max(0, count - 1))  # refuses what is out of range
    sheet = LevelSheet(
        place=np.zeros(count),
        chance=np.zeros(count),
        peak=np.zeros(count, np.int8),
        day=np.zeros(count, np.int64),
        origin=np.zeros(RUNGS),
    )
    days = play_paths(
        params,
        watching(params, rung),
        fresh_state(params),
        fresh_state(params),
        np.uint64(seed),
        first,
        starts.replications,
        starts.until,
        copies,
        level,
        sheet,
    )
    start = np.repeat(np.arange(starts.count), copies)
    return LevelRuns(first=first, start=start, days=int(days), **sheet._asdict())


def levels_are_compiled() -> bool:
    """Return whether the driver of levels is compiled already, on this machine and for these sources."""
    return play_paths.is_compiled()


def watching(params: Params, rung: float) -> CrisisState:
    """Make the state before day 0, with room for the risk of a day, of an act on a rung or above."""
    state = fresh_state(params)
    risk = np.zeros(len(state.risk) + 2)
    risk[RUNG] = rung
    return state._replace(risk=risk)


@entry
def play_paths(
    params: Params,
    state: CrisisState,
    record: CrisisState,
    saved: CrisisState,
    seed: np.uint64,
    first: int,
    replications: NDArray[np.uint64],
    until: NDArray[np.int64],
    copies: NDArray[np.int64],
    level: float,
    sheet: LevelSheet,
) -> int:
    """Play the copies of each start, from its lineage, to the level; return the days played."""
    days, row = 0, 0
    while today(state) < min(frame(params).horizon, frame(params).last_day):
        watched_day(params, state, Luck(seed, np.uint64(0)))
    restore(record, state)
    for start in range(len(copies)):
        if copies[start] == 0:
            continue
        # The first round plays the start again; the others are its copies.
        for copy in range(-1, copies[start]):
            if copy < 0:
                restore(state, record)
                for segment in range(until.shape[1]):
                    luck = Luck(seed, replications[start, segment])
                    while today(state) < until[start, segment]:
                        watched_day(params, state, luck)
                        days += 1
                restore(saved, state)
                continue
            restore(state, saved)
            days += follow(params, state, Luck(seed, np.uint64(first + row)), level, sheet, row)
            row += 1
    return days


@seldom
def follow(params: Params, state: CrisisState, luck: Luck, level: float, sheet: LevelSheet, row: int) -> int:
    """Play a crisis on to the level and fill in its row; return the days played."""
    days = 0
    highest, chance = 0.0, 0.0
    peak = highest_rung(params, state)
    if peak >= state.risk[RUNG]:
        highest = float(peak)
    while today(state) < frame(params).last_day and highest < level and peak < state.risk[RUNG]:
        watched_day(params, state, luck)
        days += 1
        sheet.origin[peak] += state.risk[RISK]
        peak = highest_rung(params, state)
        chance += state.risk[RISK]
        highest = max(highest, _place(peak, state.risk[RISK]))
    sheet.place[row] = highest
    sheet.chance[row] = chance
    sheet.peak[row] = peak
    sheet.day[row] = today(state)
    return days


@phrase
def highest_rung(params: Params, state: CrisisState) -> int:
    """Return the highest rung of any state's acts on simulated days, 0 for none."""
    peak = 0
    for i in range(len(params.states)):
        peak = max(peak, peak_rung(state, i))
    return peak


@phrase
def _place(rung: int, risk: float) -> float:
    within = 1.0 - math.log(max(LEAST_RISK, risk)) / math.log(LEAST_RISK)
    return rung + min(within, LAST_PLACE)


@phrase
def ask_and_watch(params: Params, state: CrisisState, luck: Luck, phase: int, group: int) -> None:
    """Ask everyone, and add up how probable the rules made an act on the rung in question."""
    start = moves_made(state)
    ask_everyone(params, state, luck, phase, group)
    if phase < STATES_DECIDE or not is_simulated(params, state):
        return
    if highest_rung(params, state) < state.risk[RUNG]:
        note_risk(params, state, phase, group, start)


_play_watched = phrase(day_by(ask_and_watch))


@seldom
def watched_day(params: Params, state: CrisisState, luck: Luck) -> None:
    """Play one day as all drivers do, and note its risk."""
    state.risk[RISK] = 0.0
    _play_watched(params, state, luck)


@seldom
def note_risk(params: Params, state: CrisisState, phase: int, group: int, start: int) -> None:
    """Add to the day's risk the probability, at each draw of a phase, of the act in question.

    The draws are taken in the order in which actors are asked, clock by clock and slot by slot. For T, the
    first draw that gives an act on the rung or above, and q_k, the probability given all draws before k,

        P(such an act) = E[sum of q_k over k <= T],

    so that a mean of sums estimates the probability without bias, and with less variance than counting: a
    conditional expectation takes the place of the last draw (Asmussen and Glynn 2007, Stochastic Simulation,
    V.4; the sum is the compensator of the event).
    """
    rung = state.risk[RUNG]
    for i in range(len(params.states)):
        if not acts_by_itself(params, state, i):
            for k in range(start, moves_made(state)):
                if state.moves[k].actor == i and is_on(params, state.moves[k].act, rung):
                    state.risk[RISK] += 1.0
                    return
            continue
        for b in range(params.first_block[i], params.first_block[i + 1]):
            block = params.blocks[b]
            if block.form != HOSTILE:
                continue
            chance, slots = 0.0, 1
            if phase == STATES_REPLY:
                if may_reply(params, state, i, block.rival, group):
                    chance = reply_probability(params, state.pair[i, block.rival].struck)
            elif chooses(params, state, i, group):
                chance, slots = chance_of(rate_of(params, state, i, block, 0.0)), frame(params).slots
            if chance <= 0.0:
                continue
            weigh_block(params, state, i, block)
            for slot in range(slots):
                reach = reach_on_desk(params, state, i, b, rung)
                if reach > 0.0:
                    state.risk[RISK] += chance * reach / mass_on_desk(params, state, i, block)
                k = move_in_slot(params, state, i, b, start, slot)
                if k < 0:
                    break
                move = state.moves[k]
                if is_on(params, move.act, rung):
                    return
                state.utility[option_row(params, i, move.act, move.target, move.other)] = -math.inf
                chance = repeat_of(params, block.form)


@phrase
def is_on(params: Params, act: int, rung: float) -> bool:
    """Return whether an act is hostile and on a rung or above."""
    return bool(params.acts[act].form == HOSTILE and params.acts[act].rung >= rung)


@phrase
def reach_on_desk(params: Params, state: CrisisState, i: int, b: int, rung: float) -> float:
    """Return the sum of exp(U) of a block's options on a rung or above that are on the desk."""
    block = params.blocks[b]
    first = params.first_option[i]
    reach = 0.0
    for k in range(block.first, block.last):
        if params.traits.rung[k] >= rung and state.utility[k - first] > -math.inf:
            reach += share_of(state.utility[k - first])
    return reach


@phrase
def move_in_slot(params: Params, state: CrisisState, i: int, b: int, start: int, slot: int) -> int:
    """Return the number of i's slot-th move, from 0, of a block since move `start`; -1 for none."""
    block = params.blocks[b]
    seen = 0
    for k in range(start, moves_made(state)):
        move = state.moves[k]
        if move.actor == i and move.target == block.rival and params.acts[move.act].form == block.form:
            if seen == slot:
                return k
            seen += 1
    return -1
