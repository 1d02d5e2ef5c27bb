"""Simulated mediation to compare with ICB: a population of crises with and without their mediators.

This is calibration, not causal proof: mediators choose their crises, in ICB and here. The contrast of the
same crises without a mediator is an implication of the rules, not a finding about the world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.history.icb import STYLES, VIOLENCE
from escalation.history.population import Population
from escalation.measures.reduce import Reduced
from escalation.rules.state import Params, frame
from escalation.vocabulary import DIRECT, MEDIATED

CAVEAT = (
    "This is calibration, not causal proof: mediators choose their crises, in ICB and in the model, so the "
    "difference between mediated and unmediated crises is not an effect of mediation."
)
FORMAL_CHANNELS = (DIRECT, MEDIATED)
"""Channels of a settlement that count as a formal agreement: a ceasefire proposed and accepted between the
two, and an agreement in a mediator's talks. One over the military hotline would be semi-formal."""

GROUPS = ("unmediated", "mediated", *STYLES)
Marks = NDArray[np.bool_]


@dataclass(frozen=True)
class Share:
    """How many of n crises have a property."""

    yes: int
    n: int


@dataclass(frozen=True, repr=False)
class Played(Brief):
    """Outcomes of R crises, simulated one way."""

    formal: Marks
    """[R]: ended in a formal agreement, see FORMAL_CHANNELS."""
    in_talks: Marks
    """[R]: agreed in a mediator's talks."""
    paused: Marks
    """[R]: reached a settlement or a quiet fortnight (`quiet_days` without violence)."""
    returned: Marks
    """[R]: an act of the force rung or above followed within the run."""


@dataclass(frozen=True, repr=False)
class MediatedRuns(Brief):
    """A population simulated with its mediators and, with common random numbers, without them."""

    violence: NDArray[np.int64]
    """[R]: index in VIOLENCE."""
    style: NDArray[np.int64]
    """[R]: index in STYLES of the mediator, -1 for none."""
    offered: Marks
    opened: Marks
    """[R]: talks were open at some time: what ICB calls mediated, since all parties had consented."""
    on: Played
    off: Played

    def members(self, group: str) -> Marks:
        """[R]: the crises of a group as ICB counts them: by mediation that took place, and its style."""
        if group in STYLES:
            return np.asarray(self.opened & (self.style == STYLES.index(group)))
        return self.opened if group == "mediated" else ~self.opened

    def formal(self, group: str) -> Share:
        """Return the share of a group with a formal agreement."""
        return _share(self.on.formal, self.members(group))

    def in_talks(self, group: str) -> Share:
        """Return the share of a group that agreed in a mediator's talks."""
        return _share(self.on.in_talks, self.members(group))

    def no_return(self, group: str) -> Share:
        """Return the share of a group without a return to force, among those that reached a pause."""
        return _share(~self.on.returned, self.members(group) & self.on.paused)

    def mediated_at(self, level: str) -> Share:
        """Return the share with talks, by violence: whether mediators go to more violent crises."""
        return _share(self.opened, self.violence == VIOLENCE.index(level))

    def paired(self, measure: str) -> tuple[int, int, int]:
        """Return how many crises gain a property by their mediator, how many lose it, and of how many.

        Pairs are the crises that a mediator enters, with and without it, with common random numbers; for
        `no_return` only those that reach a pause both ways.
        """
        there = self.style >= 0
        if measure == "no_return":
            there = there & self.on.paused & self.off.paused
            one, other = ~self.on.returned, ~self.off.returned
        else:
            one, other = getattr(self.on, measure), getattr(self.off, measure)
        return int((there & one & ~other).sum()), int((there & other & ~one).sum()), int(there.sum())

    def steps(self) -> Mapping[str, Share]:
        """Return how many crises reach each step of mediation, of those that reached the previous one."""
        there = self.style >= 0
        return {
            "a mediator is there": _share(there, np.ones_like(there)),
            "it offers": _share(self.offered, there),
            "talks open": _share(self.opened, self.offered),
            "talks agree": _share(self.on.in_talks, self.opened),
        }


def simulate_both_ways(population: Population, count: int) -> MediatedRuns:
    """Simulate the first crises of a population with their mediators and without.

    One replication per crisis, numbered like the crisis, so that crises are independent and the intervals of
    shares are those of plain counts.
    """
    violence, style = np.zeros(count, np.int64), np.full(count, -1, np.int64)
    offered, opened = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    on, off = _nothing(count), _nothing(count)
    for crisis in population.crises(count):
        row, params = crisis.number, pack(crisis.scenario)
        violence[row] = VIOLENCE.index(crisis.violence)
        runs = simulate(params, population.seed, row, 1, paths=True)
        _note(on, row, runs, params)
        if crisis.style is None:
            _note(off, row, runs, params)
            continue
        reduced = Reduced(runs, int(frame(params).horizon))
        style[row] = STYLES.index(crisis.style)
        offered[row] = reduced.ever(runs.offered)[0]
        opened[row] = reduced.ever(runs.opened)[0]
        params = pack(crisis.unmediated)
        _note(off, row, simulate(params, population.seed, row, 1, paths=True), params)
    return MediatedRuns(violence, style, offered, opened, on, off)


def _nothing(count: int) -> Played:
    return Played(*(np.zeros(count, np.bool_) for _ in range(4)))


def _note(played: Played, row: int, runs: Runs, params: Params) -> None:
    """Record how a crisis ended."""
    reduced = Reduced(runs, int(frame(params).horizon))
    played.formal[row] = reduced.settled_through(FORMAL_CHANNELS)[0]
    played.in_talks[row] = reduced.ever(runs.agreed)[0]
    pause, back = pause_and_return(runs, params)
    played.paused[row] = pause is not None
    played.returned[row] = back


def pause_and_return(runs: Runs, params: Params) -> tuple[int | None, bool]:
    """Return the day of the first pause in a crisis of two states, and whether force returned after it.

    A pause is the first settlement, or the end of the first `quiet_days` without violence, whichever
    comes first; days are counted from the horizon, as if there had been violence on it.

    Parameters
    ----------
    runs
        One replication, with its paths.
    """
    assert runs.acts is not None
    limits = frame(params)
    rungs = params.acts["rung"][runs.acts["act"]]
    days = runs.acts["day"][rungs >= limits.violence_rung]
    pause = int(runs.settled[0, 0])
    marks = np.unique(np.concatenate([[limits.horizon], days, [limits.last_day + 1]]))
    lulls = marks[:-1][np.diff(marks) > limits.quiet_days]
    if len(lulls):
        quiet = int(lulls[0] + limits.quiet_days)
        pause = quiet if pause < 0 else min(pause, quiet)
    if pause < 0:
        return None, False
    force = runs.acts["day"][rungs >= limits.force_rung]
    return pause, bool((force > pause).any())


def _share(holds: Marks, among: Marks) -> Share:
    return Share(int((holds & among).sum()), int(among.sum()))
