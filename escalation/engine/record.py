"""The record of one crisis, day by day: decisions with the options weighed, and states.

Recording reads the state and weighs the options again; it draws nothing and changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escalation.engine.day import hazard_strikes
from escalation.engine.luck import Luck
from escalation.files.brief import Brief
from escalation.rules.decide import log_probabilities, logistic
from escalation.rules.options import (
    TERMS,
    option_row,
    weigh_option,
    weigh_options,
    write_consent,
    write_option,
)
from escalation.rules.state import CrisisState, Params, frame, is_simulated, moves_made, today
from escalation.vocabulary import CONSENT, DECLINE


@dataclass(frozen=True, repr=False)
class WeighedOption(Brief):
    """One act that an actor could have taken, and the terms of its utility."""

    act: int
    target: int
    other: int
    utility: float
    probability: float
    terms: tuple[float, ...]
    """In the order of `escalation.rules.options.TERMS`."""


@dataclass(frozen=True, repr=False)
class Decision(Brief):
    """One slot filled: the act chosen, and the options weighed. Numbers as in `Index`."""

    day: int
    group: int
    slot: int
    actor: int
    forced: bool
    log_p: float
    log_p_acting: float
    chosen: int
    alternatives: tuple[WeighedOption, ...]
    ended_measure: int
    """The measure that the act ends, -1 for none."""

    @property
    def choice(self) -> WeighedOption:
        """Return the alternative that was taken."""
        return self.alternatives[self.chosen]


@dataclass(frozen=True)
class CeasefireChange:
    """A ceasefire between two rivals that came into force, or broke down."""

    between: tuple[int, int]
    """Numbers of the rivals, the lower first."""
    begins: bool


@dataclass(frozen=True, repr=False)
class Day(Brief):
    """The state at the end of a day: copies of the tables of `escalation.rules.state.CrisisState`."""

    day: int
    actor: NDArray[np.void]
    pair: NDArray[np.void]
    dyad: NDArray[np.void]
    talk: NDArray[np.void]
    since: NDArray[np.int64]
    incidents: tuple[int, ...]
    """Dated incidents of the day, by number in the scenario."""
    hazards: tuple[int, ...]
    """Random incidents of the day, by number of the scenario's hazard."""
    ceasefires: tuple[CeasefireChange, ...]
    """What came into force or broke down, in order: one may do both on a single day."""


class Recorder:
    """Keeps the decisions and the days of one crisis."""

    def __init__(self, state: CrisisState) -> None:
        self.decisions: list[Decision] = []
        self.days: list[Day] = []
        self._in_force = state.dyad["ceasefire"].copy()
        self._changes: list[CeasefireChange] = []

    def _note_ceasefires(self, state: CrisisState) -> None:
        """Keep what changed since the last look; no phase both ends a ceasefire and begins one."""
        now = state.dyad["ceasefire"]
        for i, j in np.argwhere(now != self._in_force).tolist():
            self._changes.append(CeasefireChange((i, j), bool(now[i, j])))
        self._in_force = now.copy()

    def note_decisions(self, params: Params, state: CrisisState, start: int) -> None:
        """Keep the moves of today from number `start` on, before they are settled."""
        self._note_ceasefires(state)
        by_actor: dict[int, list[int]] = {}
        for k in range(start, int(moves_made(state))):
            by_actor.setdefault(int(state.moves[k].actor), []).append(k)
        for actor, moves in by_actor.items():
            answers = [k for k in moves if params.acts[state.moves[k].act].effect in (CONSENT, DECLINE)]
            for k in answers:
                self._keep(params, state, k, *_answer(params, state, k))
            chosen = [k for k in moves if k not in answers]
            if chosen:
                self._note_slots(params, state, actor, chosen)

    def _note_slots(self, params: Params, state: CrisisState, actor: int, moves: list[int]) -> None:
        options = weigh_options(params, state, actor)
        for k in moves:
            move = state.moves[k]
            row = option_row(params, actor, move.act, move.target, move.other)
            first = int(params.first_option[actor])
            state.utility[row] = weigh_option(params, state, actor, first + row)
            alternatives: list[WeighedOption] = []
            chosen = 0
            for option in range(options):
                utility = float(state.utility[option])
                if utility == -math.inf:
                    continue
                if option == row:
                    chosen = len(alternatives)
                log_p, _ = log_probabilities(state.utility, options, option)
                entry = params.options[first + option]
                alternatives.append(
                    WeighedOption(
                        int(entry.act), int(entry.target), int(entry.other),
                        utility, math.exp(log_p), terms_of(params, state, actor, first + option),
                    )
                )  # fmt: skip
            scores = log_probabilities(state.utility, options, row)
            self._keep(params, state, k, chosen, tuple(alternatives), scores)
            if row > 0:
                state.utility[row] = -math.inf

    def _keep(
        self,
        params: Params,
        state: CrisisState,
        k: int,
        chosen: int,
        alternatives: tuple[WeighedOption, ...],
        scores: tuple[float, float],
    ) -> None:
        move = state.moves[k]
        self.decisions.append(
            Decision(
                day=int(today(state)), group=int(move.group), slot=int(move.slot), actor=int(move.actor),
                forced=bool(move.forced), log_p=float(scores[0]), log_p_acting=float(scores[1]),
                chosen=chosen, alternatives=alternatives, ended_measure=int(move.ended),
            )
        )  # fmt: skip

    def end_day(self, params: Params, state: CrisisState, luck: Luck) -> None:
        """Keep the state at the end of today."""
        self._note_ceasefires(state)
        changes, self._changes = tuple(self._changes), []
        day = int(today(state))
        random = range(len(params.hazards)) if is_simulated(params, state) else ()
        hazards = [k for k in random if hazard_strikes(params, luck, day, k)]
        self.days.append(
            Day(
                day=day, actor=state.actor.copy(), pair=state.pair.copy(), dyad=state.dyad.copy(),
                talk=state.talk.copy(), since=state.since.copy(),
                incidents=tuple(np.flatnonzero(params.incidents["day"] == day).tolist()),
                hazards=tuple(hazards), ceasefires=changes,
            )
        )  # fmt: skip


def terms_of(params: Params, state: CrisisState, actor: int, k: int) -> tuple[float, ...]:
    """Return the terms of the actor's option k in the order of `TERMS`, 0 for terms that it does not have."""
    row = np.zeros(len(TERMS))
    write_option(params, state, actor, k, row)
    return tuple(row.tolist())


def _answer(
    params: Params, state: CrisisState, k: int
) -> tuple[int, tuple[WeighedOption, ...], tuple[float, float]]:
    """Return which answer to an offer was given, both answers weighed (refusal worth 0), and its scores."""
    move = state.moves[k]
    m = int(move.target) - len(params.states)
    terms = np.zeros(len(TERMS))
    log_odds = write_consent(params, state, m, int(move.actor), int(move.other), terms)
    p = logistic(log_odds)
    refusal = WeighedOption(
        int(frame(params).decline), int(move.target), int(move.other), 0.0, 1.0 - p, (0.0,) * len(TERMS)
    )
    consent = WeighedOption(
        int(frame(params).consent),
        int(move.target),
        int(move.other),
        float(log_odds),
        p,
        tuple(terms.tolist()),
    )
    given = int(move.act == frame(params).consent)
    return given, (refusal, consent), (move.log_p, move.log_p_acting)
