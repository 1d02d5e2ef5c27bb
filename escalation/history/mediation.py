"""Simulated mediation to compare with ICB: a population of crises with and without their mediators.

This is calibration, not causal proof: mediators choose their crises, in ICB and here. The contrast of the
same crises without a mediator is an implication of the rules, not a finding about the world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import Index, pack
from escalation.files.brief import Brief
from escalation.history.icb import NUCLEAR_STATUS, SPANS, STYLES, VIOLENCE
from escalation.history.population import AFTERWARDS, Crisis, Population
from escalation.rules.state import Params, frame
from escalation.vocabulary import MEDIATED

CAVEAT = (
    "This is calibration, not causal proof: mediators choose their crises, in ICB and in the model, so the "
    "difference between mediated and unmediated crises is not an effect of mediation."
)
FORMAL_ACT = "reach_agreement"
"""The act by which two rivals agree on terms. It and an agreement in a mediator's talks count as formal; a
ceasefire that one proposes and the other accepts, an exchange of declarations, as semi-formal."""

GROUPS = ("unmediated", "mediated", *STYLES)
Marks = NDArray[np.bool_]
Days = NDArray[np.int64]


@dataclass(frozen=True)
class Share:
    """How many of n crises have a property."""

    yes: int
    n: int


@dataclass(frozen=True, repr=False)
class Played(Brief):
    """Outcomes of R crises, simulated one way."""

    agreed: Marks
    """[R]: ended in an agreement, formal or semi-formal, before the crisis was over."""
    formal: Marks
    """[R]: in a formal one, see FORMAL_ACT."""
    in_talks: Marks
    """[R]: in one in a mediator's talks."""
    over: Days
    """[R]: the day of the agreement, or the last of the crisis without one."""
    returned: Marks
    """[R]: an act of the force rung or above followed within five years, see `came_back`."""


@dataclass(frozen=True, repr=False)
class MediatedRuns(Brief):
    """A population simulated with its mediators and, with common random numbers, without them."""

    violence: Days
    """[R]: index in VIOLENCE."""
    nuclear: Days
    """[R]: index in NUCLEAR_STATUS."""
    style: Days
    """[R]: index in STYLES of the mediator, -1 for none."""
    offered: Marks
    opened: Days
    """[R]: the day on which talks opened while the crisis went on, -1 for never: what ICB calls mediated,
    since all parties had consented."""
    on: Played
    off: Played

    @property
    def mediated(self) -> Marks:
        """[R]: talks were open at some time."""
        return np.asarray(self.opened >= 0)

    def members(self, group: str) -> Marks:
        """[R]: the crises of a group as ICB counts them: by mediation that took place, and its style."""
        if group in STYLES:
            return np.asarray(self.mediated & (self.style == STYLES.index(group)))
        return self.mediated if group == "mediated" else ~self.mediated

    def formal(self, group: str) -> Share:
        """Return the share of a group with a formal agreement."""
        return _share(self.on.formal, self.members(group))

    def agreed(self, group: str) -> Share:
        """Return the share of a group with an agreement of either kind."""
        return _share(self.on.agreed, self.members(group))

    def no_return(self, group: str, agreed: bool | None = None) -> Share:
        """Return the share of a group to which force did not return, of all or by whether they agreed."""
        among = self.members(group)
        if agreed is not None:
            among = among & (self.on.agreed == agreed)
        return _share(~self.on.returned, among)

    def mediated_at(self, level: str) -> Share:
        """Return the share with talks, by violence: whether mediators go to more violent crises."""
        return _share(self.mediated, self.violence == VIOLENCE.index(level))

    def mediated_between(self, status: str) -> Share:
        """Return the share with talks, by nuclear status of the two."""
        return _share(self.mediated, self.nuclear == NUCLEAR_STATUS.index(status))

    def consented(self) -> Share:
        """Return the share of crises with an offer in which talks opened."""
        return _share(self.mediated, self.offered | self.mediated)

    def agreements(self, group: str) -> list[Share]:
        """Return agreements and days of crises by span of time, as `Agreements` counts them."""
        from_entry = group == "from_entry"
        members = self.members("mediated" if from_entry else group)
        begun = np.maximum(self.opened, 0) if from_entry else np.zeros_like(self.opened)
        lasted = (self.on.over - begun)[members]
        agreed = self.on.agreed[members]
        edges = (0, *SPANS, np.iinfo(np.int64).max)
        return [
            Share(
                int((agreed & (lasted > low) & (lasted <= high)).sum()),
                int((np.clip(lasted, low, high) - low).sum()),
            )
            for low, high in pairwise(edges)
        ]

    def paired(self, measure: str) -> tuple[int, int, int]:
        """Return how many crises gain a property by their mediator, how many lose it, and of how many.

        Pairs are the crises that a mediator enters, with and without it, with common random numbers.
        Properties are those of `Played`, and `no_return`.
        """
        there = self.style >= 0
        if measure == "no_return":
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
            "talks open": _share(self.mediated, self.offered),
            "talks agree": _share(self.on.in_talks, self.mediated),
        }


def simulate_both_ways(population: Population, count: int) -> MediatedRuns:
    """Simulate the first crises of a population with their mediators and without.

    One replication per crisis, numbered like the crisis, so that crises are independent and the intervals of
    shares are those of plain counts.
    """
    violence, nuclear = np.zeros(count, np.int64), np.zeros(count, np.int64)
    style, opened = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
    offered = np.zeros(count, np.bool_)
    on, off = nothing(count), nothing(count)
    for crisis in population.crises(count):
        row, params = crisis.number, pack(crisis.scenario)
        violence[row] = VIOLENCE.index(crisis.violence)
        nuclear[row] = crisis.armed
        runs = simulate(params, population.seed, row, 1, paths=True)
        note(on, row, runs, params, crisis)
        if crisis.style is None:
            note(off, row, runs, params, crisis)
            continue
        style[row] = STYLES.index(crisis.style)
        offered[row] = 0 <= runs.offered[0, 0] <= on.over[row]
        opened[row] = runs.opened[0, 0] if runs.opened[0, 0] <= on.over[row] else -1
        params = pack(crisis.unmediated)
        note(off, row, simulate(params, population.seed, row, 1, paths=True), params, crisis)
    return MediatedRuns(violence, nuclear, style, offered, opened, on, off)


def nothing(count: int) -> Played:
    """Return outcomes to note in."""
    agreed, formal, in_talks, returned = (np.zeros(count, np.bool_) for _ in range(4))
    return Played(agreed, formal, in_talks, np.zeros(count, np.int64), returned)


def note(played: Played, row: int, runs: Runs, params: Params, crisis: Crisis) -> None:
    """Record how a crisis ended: by the first agreement before its length was over, or without one."""
    settled = int(runs.settled[0, 0])
    over = crisis.length
    if 0 <= settled <= crisis.length:
        over = settled
        played.agreed[row] = True
        played.in_talks[row] = runs.channel[0, 0] == MEDIATED
        played.formal[row] = played.in_talks[row] or _on_terms(runs, crisis, settled)
    played.over[row] = over
    played.returned[row] = came_back(runs, params, over, played.agreed[row])


def _on_terms(runs: Runs, crisis: Crisis, day: int) -> bool:
    """Return whether an agreement of this day was one on terms."""
    assert runs.acts is not None
    acts = runs.acts[runs.acts["day"] == day]
    return bool((acts["act"] == Index(crisis.scenario).act[FORMAL_ACT]).any())


def came_back(runs: Runs, params: Params, over: int, agreed: bool) -> bool:
    """Return whether force came back within five years after a crisis of two states.

    After an agreement every act of the force rung or above is a return. Without one a crisis is over once a
    fortnight (`quiet_days`) without violence has passed, on its last day or later.

    Parameters
    ----------
    runs
        One replication, with its paths.
    """
    assert runs.acts is not None
    limits = frame(params)
    rungs = params.acts["rung"][runs.acts["act"]]
    if not agreed:
        days = runs.acts["day"][rungs >= limits.violence_rung]
        marks = np.concatenate([[limits.horizon], np.unique(days), [limits.last_day + 1]])
        ends = marks[:-1] + limits.quiet_days
        quiet = (ends < marks[1:]) & (marks[1:] > over)
        over = max(over, int(ends[quiet].min(initial=limits.last_day)))
    force = runs.acts["day"][rungs >= limits.force_rung]
    return bool(((force > over) & (force <= over + AFTERWARDS)).any())


def _share(holds: Marks, among: Marks) -> Share:
    return Share(int((holds & among).sum()), int(among.sum()))
