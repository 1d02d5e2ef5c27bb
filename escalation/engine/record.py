"""The record of one crisis, day by day: decisions with the options weighed, and states.

Recording reads the state and weighs the options again; it draws nothing and changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from escalation.engine.day import hazard_strikes
from escalation.engine.luck import Luck
from escalation.files.brief import Brief
from escalation.rules.decide import LEAST_CHANCE, logistic, share_of
from escalation.rules.forced import (
    first_group,
    has_run_off,
    hazard_now,
    hazard_of_acting,
    log_chance_today,
    log_choice,
    may_reply,
    put_on_desk,
)
from escalation.rules.options import (
    CLOCK_TERMS,
    TERMS,
    block_of,
    option_row,
    write_clock,
    write_consent,
    write_option,
)
from escalation.rules.state import (
    MOVES,
    CrisisState,
    Params,
    dyad_of,
    frame,
    is_simulated,
    moves_made,
    today,
)
from escalation.vocabulary import CONSENT, DECLINE, HOLDING, HOSTILE, POLITICAL

Occasion = Literal["day", "again", "reply"]
"""On which a clock runs off: in the course of the day, once more on the same day, or at once after a hit."""


@dataclass(frozen=True, repr=False)
class WeighedOption(Brief):
    """One act that an actor could have taken, and the terms of its utility."""

    act: int
    target: int
    other: int
    clock: int
    """The clock that it belongs to, by number in `Decision.clocks`; -1 for hold and answers to an offer."""
    utility: float
    """Given that its clock runs off, in logits; of a competing risk its log hazard."""
    probability: float
    """That it is the actor's next act today; of hold, that no clock runs off."""
    share: float
    """Probability of the act, given that its clock runs off; 1 of hold."""
    terms: tuple[float, ...]
    """In the order of `escalation.rules.options.TERMS`."""


@dataclass(frozen=True, repr=False)
class Clock(Brief):
    """The hazard of one kind of act toward one rival."""

    form: int
    """By number, as in `escalation.vocabulary`: CONCILIATORY, APPEAL, POLITICAL, HOSTILE or MEDIATION."""
    rival: int
    """-1 for a mediator's."""
    occasion: Occasion
    hazard: float
    """Per day; where the rules give a probability, of a further act or a reply, -ln(1 - probability)."""
    terms: tuple[float, ...]
    """Of its logarithm, in the order of `CLOCK_TERMS`; all 0 of competing risks, further acts and replies."""
    lull: int
    """Days since the act from which its lull counts, at least 1; 0 where it has no terms."""

    @property
    def chance(self) -> float:
        """Return the probability that it runs off on this occasion."""
        return -math.expm1(-self.hazard)


@dataclass(frozen=True, repr=False)
class Decision(Brief):
    """One slot filled: the act chosen, the clocks, and the options weighed. Numbers as in `Index`."""

    day: int
    group: int
    slot: int
    actor: int
    forced: bool
    log_when: float
    """Log-probability that the clock of the act runs off on its occasion; of hold, that none does; of an
    answer to an offer 0, since it has no clock."""
    log_what: float
    """Log-probability of the act, given that its clock runs off; 0 for hold."""
    chosen: int
    alternatives: tuple[WeighedOption, ...]
    clocks: tuple[Clock, ...]
    ended_measure: int
    """The measure that the act ends, -1 for none."""

    @property
    def choice(self) -> WeighedOption:
        """Return the alternative that was taken."""
        return self.alternatives[self.chosen]

    @property
    def clock(self) -> Clock | None:
        """Return the clock of the act that was taken, None for hold and answers to an offer."""
        number = self.choice.clock
        return self.clocks[number] if number >= 0 else None

    @property
    def is_reply(self) -> bool:
        """Return whether the act answers a hit on the day of the hit."""
        return self.clock is not None and self.clock.occasion == "reply"

    @property
    def log_p(self) -> float:
        """Return the log-probability of both stages."""
        return self.log_when + self.log_what

    @property
    def log_p_acting(self) -> float:
        """Return the log-probability that the act is the actor's next today, given that the actor acts."""
        if self.clock is None:
            return self.log_p
        runs_off_first = max(LEAST_CHANCE, self.clock.hazard) / max(LEAST_CHANCE, self._hazard)
        return self.log_what + math.log(runs_off_first)

    @property
    def hold_probability(self) -> float:
        """Return the probability that no clock of the actor runs off at this moment."""
        return math.exp(-self._hazard)

    @property
    def _hazard(self) -> float:
        return sum(clock.hazard for clock in self.clocks)


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
                given, weighed, scores = _answer(params, state, k)
                self._keep(params, state, k, given, weighed, (), scores)
            chosen = [k for k in moves if k not in answers]
            if chosen:
                self._note_slots(params, state, actor, chosen)

    def _note_slots(self, params: Params, state: CrisisState, actor: int, moves: list[int]) -> None:
        """Keep the moves of one actor in a group, each weighed without those that came before it."""
        made = int(state.counts[MOVES])
        for k in moves:
            state.counts[MOVES] = k  # as it was when this slot was filled
            move = state.moves[k]
            row = int(option_row(params, actor, move.act, move.target, move.other))
            clocks, alternatives, chosen = weighed(params, state, actor, int(move.group), row, move.forced)
            scores = (float(move.log_when), float(move.log_what))
            if not move.forced:
                scores = score_of(params, state, actor, row, int(move.group))
            self._keep(params, state, k, chosen, alternatives, clocks, scores)
        state.counts[MOVES] = made

    def _keep(
        self,
        params: Params,
        state: CrisisState,
        k: int,
        chosen: int,
        alternatives: tuple[WeighedOption, ...],
        clocks: tuple[Clock, ...],
        scores: tuple[float, float],
    ) -> None:
        move = state.moves[k]
        self.decisions.append(
            Decision(
                day=int(today(state)), group=int(move.group), slot=int(move.slot), actor=int(move.actor),
                forced=bool(move.forced), log_when=float(scores[0]), log_what=float(scores[1]),
                chosen=chosen, alternatives=alternatives, clocks=clocks, ended_measure=int(move.ended),
            )
        )  # fmt: skip

    def end_day(self, params: Params, state: CrisisState, luck: Luck) -> None:
        """Keep the state at the end of today."""
        self._note_ceasefires(state)
        changes, self._changes = tuple(self._changes), []
        day = int(today(state))
        random = range(len(params.hazards)) if is_simulated(params, state) else ()
        hazards = [k for k in random if hazard_strikes(params, state, luck, k)]
        self.days.append(
            Day(
                day=day, actor=state.actor.copy(), pair=state.pair.copy(), dyad=state.dyad.copy(),
                talk=state.talk.copy(), since=state.since.copy(),
                incidents=tuple(np.flatnonzero(params.incidents["day"] == day).tolist()),
                hazards=tuple(hazards), ceasefires=changes,
            )
        )  # fmt: skip


def score_of(params: Params, state: CrisisState, actor: int, row: int, group: int) -> tuple[float, float]:
    """Return the log-probabilities that the clock of an option runs off now, and of the option given that."""
    if row == 0:
        return -float(hazard_of_acting(params, state, actor, group)), 0.0
    b = int(block_of(params, actor, row))
    log_when = float(log_chance_today(params, state, actor, b, group, row))
    return log_when, float(log_choice(params, state, actor, b, row))


def weighed(
    params: Params, state: CrisisState, actor: int, group: int, row: int = 0, forced: bool = False
) -> tuple[tuple[Clock, ...], tuple[WeighedOption, ...], int]:
    """Return the actor's clocks at this moment, its alternatives, and which of them is the option of a row.

    The first alternative is to hold. After the first group of a day an actor that is not forced only replies.
    """
    first = int(params.first_option[actor])
    only_replies = not forced and group > first_group(params, int(today(state)))
    clocks: list[Clock] = []
    options: list[tuple[int, int, float, float]] = []
    for b in range(int(params.first_block[actor]), int(params.first_block[actor + 1])):
        block = params.blocks[b]
        form, start, end = block.form, int(block.first), int(block.last)
        occasion = _occasion(params, state, actor, block, group)
        if form == HOLDING or (only_replies and occasion != "reply"):
            continue
        put_on_desk(params, state, actor, b, row)
        desk = state.utility[start - first : end - first].copy()
        open_ones = np.flatnonzero(desk > -math.inf)
        if len(open_ones) == 0:
            continue
        shares = [share_of(float(desk[k])) for k in open_ones]
        for k, share in zip(open_ones.tolist(), shares, strict=True):
            options.append((start + k, len(clocks), float(desk[k]), share / math.fsum(shares)))
        clocks.append(_clock(params, state, actor, b, group, row, occasion))
    whole = sum(clock.hazard for clock in clocks)
    acting = -math.expm1(-whole)
    alternatives = [WeighedOption(0, -1, -1, -1, 0.0, math.exp(-whole), 1.0, (0.0,) * len(TERMS))]
    chosen = 0
    for k, clock, utility, share in options:
        act, target, other, _ = params.options[k].item()
        if k - first == row:
            chosen = len(alternatives)
        runs_off_first = clocks[clock].hazard / whole if whole > 0.0 else 0.0
        alternatives.append(
            WeighedOption(
                act, target, other, clock, utility,
                acting * runs_off_first * share, share, terms_of(params, state, actor, k),
            )
        )  # fmt: skip
    return tuple(clocks), tuple(alternatives), chosen


def _occasion(params: Params, state: CrisisState, actor: int, block: Any, group: int) -> Occasion:
    """Return the occasion on which a clock may run off now, as `escalation.rules.forced` scores it."""
    if block.form in (POLITICAL, HOSTILE) and has_run_off(params, state, actor, block):
        return "again"
    if block.form == HOSTILE and may_reply(params, state, actor, int(block.rival), group):
        return "reply"
    return "day"


def _clock(
    params: Params, state: CrisisState, actor: int, b: int, group: int, row: int, occasion: Occasion
) -> Clock:
    """Return a clock of an actor as it stands on an occasion."""
    block = params.blocks[b]
    terms, lull = np.zeros(len(CLOCK_TERMS)), 0
    hazard = float(hazard_now(params, state, actor, b, group, row))
    if occasion == "day" and block.form in (POLITICAL, HOSTILE):
        write_clock(params, state, actor, b, terms)
        dyad = dyad_of(state, actor, block.rival)
        lull = max(1, int(today(state) - (dyad.stirred if block.form == HOSTILE else dyad.spoken)))
    return Clock(int(block.form), int(block.rival), occasion, hazard, tuple(terms.tolist()), lull)


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
    target, other = int(move.target), int(move.other)
    none = (0.0,) * len(TERMS)
    refusal = WeighedOption(int(frame(params).decline), target, other, -1, 0.0, 1.0 - p, 1.0 - p, none)
    consent = WeighedOption(
        int(frame(params).consent), target, other, -1, float(log_odds), p, p, tuple(terms.tolist())
    )
    given = int(move.act == frame(params).consent)
    return given, (refusal, consent), (0.0, float(move.log_what))
