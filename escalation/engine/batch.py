"""The batch driver: many replications of one design point in one compiled call, for threads.

The kernel runs the day of the Mesa model, on the same numbers, with the same random draws, and
releases the interpreter, so that one thread per core keeps all cores busy. Up to the horizon nothing is
drawn: the forced record is played once, and every replication starts from its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from escalation.engine.day import play_day
from escalation.engine.luck import Luck, luck_of
from escalation.rules.compiled import entry, phrase, seldom
from escalation.rules.outcome import classify, end_of_crisis, first_day_from, peak_rung
from escalation.rules.state import (
    OPEN,
    CrisisState,
    Params,
    frame,
    fresh_state,
    moves_made,
    restore,
    today,
)

RECORD = -1

BINS = 40
BINS_PER_RUNG = 4.0

_LOGGED = ("replication", "day", "actor", "act", "target", "other", "slot", "group", "forced")
LOGGED = np.dtype((np.record, [(name, "i8") for name in _LOGGED]))


class Sheet(NamedTuple):
    """The output of the kernel, one row per replication; see `Runs`."""

    outcome: NDArray[np.int8]
    peak: NDArray[np.int8]
    cost: NDArray[np.float64]
    first_force: NDArray[np.int32]
    end: NDArray[np.int32]
    settled: NDArray[np.int32]
    channel: NDArray[np.int8]
    settler: NDArray[np.int8]
    offered: NDArray[np.int32]
    opened: NDArray[np.int32]
    newly_opened: NDArray[np.int32]
    agreed: NDArray[np.int32]
    postures: NDArray[np.int64]
    daily_posture: NDArray[np.float32]
    daily_talks: NDArray[np.bool_]
    daily_ceasefire: NDArray[np.bool_]


@dataclass(frozen=True)
class Runs:
    """The results of R replications of one design point.

    n states, m mediators and p pairs of rivals are numbered as in `Index` and `pairs`. Days are
    counted from the scenario's start; -1 means never.
    """

    first: int
    """The first replication; the others follow it."""
    pairs: tuple[tuple[int, int], ...]
    """Rivals i < j, in the order of the columns of `settled`."""
    outcome: NDArray[np.int8]
    """[R]: index in `escalation.vocabulary.OUTCOMES`."""
    peak: NDArray[np.int8]
    """[R, n]: highest rung of each state's own acts on simulated days."""
    cost: NDArray[np.float64]
    """[R, n]: sum of the costs of each state's escalatory acts on simulated days, each in [0, 1]."""
    first_force: NDArray[np.int32]
    """[R]: first simulated day with an act of the scenario's force rung or above."""
    end: NDArray[np.int32]
    """[R]: first day of the quiet that closes the crisis, -1 if it still goes on at the end."""
    settled: NDArray[np.int32]
    """[R, p]: first ceasefire or agreement on a simulated day."""
    channel: NDArray[np.int8]
    """[R, p]: the channel through which it came, index in `escalation.vocabulary.CHANNELS`."""
    settler: NDArray[np.int8]
    """[R, p]: the mediator who is credited with it, -1 for none."""
    offered: NDArray[np.int32]
    """[R, m]: first offer of good offices to any pair, forced or chosen."""
    opened: NDArray[np.int32]
    """[R, m]: first opening of talks, in the record or later."""
    newly_opened: NDArray[np.int32]
    """[R, m]: first opening of talks on a simulated day."""
    agreed: NDArray[np.int32]
    """[R, m]: first agreement in the mediator's talks."""
    postures: NDArray[np.int64]
    """[days, n, BINS]: number of replications that end each day with the state's highest posture toward a
    rival in [b/4, (b+1)/4) rungs; the last bin includes 10."""
    acts: NDArray[Any] | None
    """LOGGED [acts]: every act of the simulated days, holds included, if paths were requested."""
    daily_posture: NDArray[np.float32] | None = None
    """[R, simulated days, n]: highest posture toward a rival at the end of each day, if it was requested."""
    daily_talks: NDArray[np.bool_] | None = None
    """[R, simulated days, m]: whether talks of the mediator are open at the end of each day, likewise."""
    daily_ceasefire: NDArray[np.bool_] | None = None
    """[R, simulated days]: whether a ceasefire of any pair of rivals is in force at its end, likewise."""


def simulate(
    params: Params,
    seed: int,
    first: int,
    count: int,
    paths: bool = False,
    start: CrisisState | None = None,
    daily: bool = False,
) -> Runs:
    """Play replications of one design point; safe to call from many threads at once.

    Parameters
    ----------
    params
        As `escalation.engine.pack.pack` returns it.
    seed
        Integer in [0, 2**64).
    first, count
        Which replications; `first + count` at most 2**32.
    paths
        Whether to keep every act.
    start
        The state at the end of a day, from which every replication starts instead of day 0; the
        days before it are not counted in `postures`.
    daily
        Whether to keep postures, talks and ceasefires of every crisis by simulated day.

    Returns
    -------
    Runs
        Without `start`, replication k has the same draws, acts and outcome as `play(scenario, seed, k)`.
    """
    luck_of(seed, first + max(0, count - 1))  # refuses what is out of range
    pairs = _pairs(params)
    sheet = _sheet(params, count, len(pairs), daily)
    state, saved = fresh_state(params), fresh_state(params)
    logs: list[NDArray[Any]] = []
    longest = int(frame(params).last_day - frame(params).horizon) * len(state.moves)
    log = np.zeros(max(longest, 16_384) if paths else 0, LOGGED)
    done = RECORD
    if start is not None:
        restore(saved, start)
        done = 0
    while done < count:
        done, logged = play_replications(params, state, saved, np.uint64(seed), first, done, sheet, log)
        logs.append(log[:logged].copy())
    acts = np.concatenate(logs) if logs else log[:0]
    return _runs_of(first, pairs, sheet, acts if paths else None, daily)


def _runs_of(
    first: int,
    pairs: tuple[tuple[int, int], ...],
    sheet: Sheet,
    acts: NDArray[Any] | None = None,
    daily: bool = False,
) -> Runs:
    """Return the results that a sheet holds; states of days only if they were requested."""
    results = sheet._asdict()
    if not daily:
        results = {name: values for name, values in results.items() if not name.startswith("daily_")}
    return Runs(first=first, pairs=pairs, acts=acts, **results)


def simulate_forked(
    params: Params,
    other: Params,
    day: int,
    seed: int,
    first: int,
    count: int,
    start: CrisisState | None = None,
) -> Runs:
    """Play replications of one design point, and from a day on under other parameters; for threads.

    Every draw is a function of seed, replication, day, actor and purpose, so up to the day before a
    replication equals that of `simulate(params, ...)`, and from then on only what is changed makes them
    differ.

    Parameters
    ----------
    params, other
        As `escalation.engine.pack.pack` returns them, with the same actors, acts and dates.
    day
        The first day of the other parameters, counted from the start: 1 or later.
    seed, first, count, start
        As `simulate` takes them.

    Returns
    -------
    Runs
        Without acts; the days before the fork are not counted in `postures`.
    """
    luck_of(seed, first + max(0, count - 1))
    before = params._replace(frame=params.frame.copy())
    frame(before).last_day = day - 1
    pairs, nothing = _pairs(other), np.zeros(0, LOGGED)
    state, saved, forked = fresh_state(params), fresh_state(params), fresh_state(other)
    number = np.uint64(seed)
    if start is None:
        play_replications(before, state, saved, number, first, RECORD, _sheet(before, 0, len(pairs)), nothing)
    else:
        restore(saved, start)
    if today(saved) >= day - 1:
        return simulate(other, seed, first, count, start=saved)
    sheet = _sheet(other, count, len(pairs))
    passed = _sheet(before, 1, len(pairs))
    for row in range(count):
        play_replications(before, state, saved, number, first + row, 0, passed, nothing)
        columns = {name: column[row : row + 1] for name, column in sheet._asdict().items()}
        one = Sheet(**columns)._replace(postures=sheet.postures)
        play_replications(other, forked, state, number, first + row, 0, one, nothing)
    return _runs_of(first, pairs, sheet)


def read_record(params: Params) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Play the forced record alone and return the probabilities that the rules gave it.

    Returns
    -------
    [forced acts up to the horizon, rungs]
        Probability of each rung before each act, given that its actor acts; in the order of
        `params.forced`. Answers to a mediator's offer are not choices among acts: their rows are 0.
    [days up to the horizon]
        Probability that somebody uses open force on the day, before anybody has acted.
    """
    state, saved = fresh_state(params), fresh_state(params)
    sheet = _sheet(params, 0, len(_pairs(params)))
    play_replications(params, state, saved, np.uint64(0), 0, RECORD, sheet, np.zeros(0, LOGGED))
    return state.read, state.risk


def _pairs(params: Params) -> tuple[tuple[int, int], ...]:
    n = len(params.states)
    return tuple((i, j) for i in range(n) for j in range(i + 1, n) if params.rivalries[i, j].rival)


def _sheet(params: Params, count: int, pairs: int, daily: bool = False) -> Sheet:
    n, m = len(params.states), len(params.mediators)
    by_day = (count if daily else 0, max(int(frame(params).last_day - frame(params).horizon), 0))
    return Sheet(
        outcome=np.zeros(count, np.int8),
        peak=np.zeros((count, n), np.int8),
        cost=np.zeros((count, n)),
        first_force=np.zeros(count, np.int32),
        end=np.zeros(count, np.int32),
        settled=np.zeros((count, pairs), np.int32),
        channel=np.zeros((count, pairs), np.int8),
        settler=np.zeros((count, pairs), np.int8),
        offered=np.full((count, m), -1, np.int32),
        opened=np.full((count, m), -1, np.int32),
        newly_opened=np.full((count, m), -1, np.int32),
        agreed=np.full((count, m), -1, np.int32),
        postures=np.zeros((int(frame(params).last_day) + 1, n, BINS), np.int64),
        daily_posture=np.zeros((*by_day, n), np.float32),
        daily_talks=np.zeros((*by_day, m), np.bool_),
        daily_ceasefire=np.zeros(by_day, np.bool_),
    )


def batch_is_compiled() -> bool:
    """Return whether the batch driver is compiled already, on this machine and for these sources."""
    return play_replications.is_compiled()


@entry
def play_replications(
    params: Params,
    state: CrisisState,
    saved: CrisisState,
    seed: np.uint64,
    first: int,
    done: int,
    sheet: Sheet,
    log: NDArray[Any],
) -> tuple[int, int]:
    """Play the replications from number `done` of the sheet on; return how many are done, and acts logged.

    Number -1 is the forced record, played once for all and saved at its end. With a log it stops when
    the log may be too short for another replication.
    """
    logged = 0
    count = len(sheet.outcome)
    longest = (frame(params).last_day - frame(params).horizon) * len(state.moves)
    for row in range(done, count):
        if len(log) > 0 and logged + longest > len(log):
            return row, logged
        luck = Luck(seed, np.uint64(first + max(row, 0)))
        last_day, crises = frame(params).last_day, 1
        if row == RECORD:
            last_day, crises = min(frame(params).horizon, frame(params).last_day), count
        else:
            restore(state, saved)
        while today(state) < last_day:
            play_day(params, state, luck)
            note_postures(params, state, sheet, crises)
            if len(sheet.daily_ceasefire) > 0 and row != RECORD:
                note_day(params, state, sheet, row)
            if len(log) > 0 and row != RECORD:
                logged = log_moves(state, log, logged, first + row)
        if row == RECORD:
            restore(saved, state)
        else:
            note_result(params, state, sheet, row)
    return count, logged


@phrase
def note_postures(params: Params, state: CrisisState, sheet: Sheet, count: int) -> None:
    """Count each state's highest posture toward a rival at the end of today."""
    n = len(params.states)
    for i in range(n):
        highest = 0.0
        for j in range(n):
            highest = max(highest, state.pair[i, j].posture)
        sheet.postures[today(state), i, min(int(highest * BINS_PER_RUNG), BINS - 1)] += count


@seldom
def note_day(params: Params, state: CrisisState, sheet: Sheet, row: int) -> None:
    """Keep postures, talks and ceasefires at the end of today, a simulated day."""
    n, day = len(params.states), today(state) - frame(params).horizon - 1
    for i in range(n):
        for j in range(n):
            posture = np.float32(state.pair[i, j].posture)
            sheet.daily_posture[row, day, i] = max(sheet.daily_posture[row, day, i], posture)
        for j in range(i + 1, n):
            if state.dyad[i, j].ceasefire:
                sheet.daily_ceasefire[row, day] = True
            for m in range(len(params.mediators)):
                if state.talk[m, i, j].stage == OPEN:
                    sheet.daily_talks[row, day, m] = True


@phrase
def log_moves(state: CrisisState, log: NDArray[Any], logged: int, replication: int) -> int:
    """Log today's moves; return how many are logged in all."""
    for k in range(moves_made(state)):
        move = state.moves[k]
        entry = log[logged]
        entry.replication = replication
        entry.day = today(state)
        entry.actor = move.actor
        entry.act = move.act
        entry.target = move.target
        entry.other = move.other
        entry.slot = move.slot
        entry.group = move.group
        entry.forced = move.forced
        logged += 1
    return logged


@seldom
def note_result(params: Params, state: CrisisState, sheet: Sheet, row: int) -> None:
    """Write the results of a crisis to its row of the sheet."""
    n = len(params.states)
    sheet.outcome[row] = classify(params, state)
    sheet.first_force[row] = first_day_from(state, frame(params).force_rung)
    sheet.end[row] = end_of_crisis(params, state)
    column = 0
    for i in range(n):
        sheet.peak[row, i] = peak_rung(state, i)
        sheet.cost[row, i] = state.cost[i]
        for j in range(i + 1, n):
            if params.rivalries[i, j].rival:
                dyad = state.dyad[i, j]
                sheet.settled[row, column] = dyad.settled_day
                sheet.channel[row, column] = dyad.channel
                sheet.settler[row, column] = dyad.mediator
                column += 1
            for m in range(len(params.mediators)):
                talk = state.talk[m, i, j]
                sheet.offered[row, m] = earlier(sheet.offered[row, m], talk.first_offered)
                sheet.opened[row, m] = earlier(sheet.opened[row, m], talk.first_opened)
                sheet.newly_opened[row, m] = earlier(sheet.newly_opened[row, m], talk.newly_opened)
                sheet.agreed[row, m] = earlier(sheet.agreed[row, m], talk.first_agreed)


@phrase
def earlier(one: int, other: int) -> int:
    """Return the earlier of two days; -1 means never."""
    if one < 0:
        return other
    return one if other < 0 else min(one, other)
