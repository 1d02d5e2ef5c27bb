"""How people play a side in a game, against how states acted on record: shares with intervals, side by side.

Of a game only what people chose counts (`is_own_choice`), and only the days on which they were asked. Days
after the first act of war are left out on both sides, since a coder notes the outbreak of a war and not each
of its days.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from escalation.files.brief import Brief
from escalation.files.write import aligned, replacing
from escalation.history.act_days import share
from escalation.history.cases import case_of, is_own_choice, rung_of, state_acts
from escalation.scenario.case import CLASSROOM
from escalation.scenario.scenario import DatedAct, Scenario
from escalation.stats.scores import Interval

WIDTH = 80
FOLLOWED = 7
"""Days after a hit within which an answer counts; hits are counted that can be followed so long."""
SOON = 1
MEANING = (
    "Days: of each state, up to the first act of war. Acts: of all acts, those on rung 0, talks and "
    "steps down; 1-2, words and measures; 3-4, threats and shows of force; 5, lesser violence; 6-10, "
    "open force and war. Hits: the first open force of a rival since the state's own last one against "
    "it, and the share answered by force. Offers: of mediators, of those answered."
)
CAVEAT = (
    "People in a game bear none of the costs, and know that it ends on a certain day. Games list every "
    "move, coders of records a choice of them: days with open force and answers to it are complete on "
    "both sides, while lesser acts and refusals on record are fewer than there were. Wilson's intervals"
    " at 95%, widened by how far shares differ between games, or between crises; of a single game they "
    "take its days as independent."
)

Count = tuple[int, int]
"""Successes and trials."""


@dataclass(frozen=True)
class ConductLine:
    """One share among people in games and among states on record."""

    quantity: str
    people: Interval
    of_people: int
    """Trials behind the share."""
    states: Interval
    of_states: int
    difference: Interval
    """People less states; square-and-add of the two intervals (Newcombe 1998)."""

    @property
    def is_clear(self) -> bool:
        """Return whether the interval of the difference leaves out zero."""
        return self.difference.low > 0 or self.difference.high < 0


@dataclass(frozen=True, repr=False)
class Conduct(Brief):
    """How people played, against how states acted on record."""

    games: tuple[str, ...]
    cases: tuple[str, ...]
    shares: tuple[ConductLine, ...]

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines()

    def lines(self) -> list[str]:
        """Return the table, a sentence per clear difference, and what limits the comparison."""
        games, cases = len(self.games), len(self.cases)
        head = f"How people play: {games} game{'' if games == 1 else 's'}, {cases} recorded crises"
        rows = [["share in %, 95% interval", "people", "of", "on record", "of"]]
        for line in self.shares:
            people = [_words(line.people), f"{line.of_people:,}"]
            rows.append([line.quantity, *people, _words(line.states), f"{line.of_states:,}"])
        clear = [line for line in self.shares if line.is_clear]
        unclear = [line.quantity for line in self.shares if not line.is_clear and line.of_people]
        found = []
        for line in clear:
            more = "People more often" if line.difference.estimate > 0 else "People less often"
            apart = f"{100 * line.difference.estimate:+.1f} points {_limits(line.difference)}"
            found += textwrap.wrap(f"{more} than on record: {line.quantity}, {apart}.", WIDTH)
        if unclear:
            found += textwrap.wrap(f"No clear difference: {'; '.join(unclear)}.", WIDTH)
        return [
            head,
            "",
            *aligned(rows, right=4),
            "",
            *found,
            "",
            *textwrap.wrap(f"{MEANING} {CAVEAT}", WIDTH),
        ]

    def write(self, path: Path) -> None:
        """Write the table as CSV."""
        with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for line in self.shares:
                people, states, apart = (_cells(x) for x in (line.people, line.states, line.difference))
                writer.writerow([line.quantity, line.of_people, *people, line.of_states, *states, *apart])


COLUMNS = (
    "quantity", "of_people", "people", "people_low", "people_high", "of_states", "states", "states_low",
    "states_high", "difference", "difference_low", "difference_high",
)  # fmt: skip


def conduct(games: Sequence[Scenario], cases: Sequence[Scenario]) -> Conduct:
    """Compare how people played with how states acted on record.

    Parameters
    ----------
    games
        Cases with `use: classroom`.
    cases
        Cases coded from the record.
    """
    played = [_Conducted.of(game) for game in games]
    recorded = [_Conducted.of(case) for case in cases]
    lines = []
    for quantity, count in QUANTITIES:
        people, of_people = _pooled(count, played)
        states, of_states = _pooled(count, recorded)
        lines.append(ConductLine(quantity, people, of_people, states, of_states, _apart(people, states)))
    return Conduct(tuple(one.name for one in games), tuple(one.name for one in cases), tuple(lines))


def is_game(scenario: Scenario) -> bool:
    """Return whether a case is a game that people played."""
    return case_of(scenario).use == CLASSROOM


@dataclass(frozen=True)
class _Conducted:
    """The days and acts of a case that are counted."""

    scenario: Scenario
    known: dt.date
    """Last day of which it is known what happened."""
    own: tuple[DatedAct, ...]
    """Moves of states that chose for themselves, up to the first day of war; holds and answers included."""
    acts: tuple[DatedAct, ...]
    """The acts of all states up to that day."""
    at_risk: frozenset[tuple[str, dt.date]]
    """States and the days on which they chose."""

    @classmethod
    def of(cls, scenario: Scenario) -> _Conducted:
        case, war_rung = case_of(scenario), scenario.outcome.war_rung
        moves = [entry for entry in state_acts(scenario) if entry.date <= scenario.horizon]
        wars = [entry.date for entry in moves if rung_of(scenario, entry) >= war_rung]
        last = min([*wars, scenario.horizon])
        own = tuple(one for one in moves if one.date <= last and is_own_choice(scenario, one))
        if is_game(scenario):
            at_risk = frozenset((entry.actor, entry.date) for entry in own)
        else:
            days = range(1, (last - scenario.start).days + 1)
            at_risk = frozenset((state, scenario.date_of(day)) for state in scenario.states for day in days)
        acts = tuple(one for one in moves if one.date <= last and _effect(scenario, one) not in NO_ACTS)
        # After the end of a recorded crisis nothing belonged to it, and that is known.
        known = case.coded_to or case.ended + dt.timedelta(days=FOLLOWED)
        return cls(scenario, min(known, *wars) if wars else known, own, acts, at_risk)

    def days_with(self, least: int) -> Count:
        """Count the days on which a state acted on a rung or above, of those on which it chose."""
        rungs = ((one, rung_of(self.scenario, one)) for one in self.own_acts)
        acted = {(one.actor, one.date) for one, rung in rungs if rung >= least}
        return len(acted & self.at_risk), len(self.at_risk)

    def acts_on(self, low: int, high: int) -> Count:
        """Count the acts on some rungs, of all acts."""
        rungs = [rung_of(self.scenario, one) for one in self.own_acts]
        return sum(low <= rung <= high for rung in rungs), len(rungs)

    def answered(self, within: int) -> Count:
        """Count the hits that a state answered by force within some days, of those that can be followed.

        A hit is the first use of open force by a rival since the state's own last one against it.
        """
        force = self.scenario.outcome.force_rung
        hits = [one for one in self.acts if rung_of(self.scenario, one) >= force]
        mine = {id(one) for one in self.own}
        answered = followed = 0
        pending: set[tuple[str, str]] = set()
        for hit in hits:
            struck, striker = hit.target, hit.actor
            pending.discard((striker, struck))
            is_asked = any(actor == struck and date >= hit.date for actor, date in self.at_risk)
            if (struck, striker) in pending or struck not in self.scenario.states or not is_asked:
                continue
            pending.add((struck, striker))
            if (self.known - hit.date).days < FOLLOWED:
                continue
            followed += 1
            answered += any(
                id(one) in mine
                and (one.actor, one.target) == (struck, striker)
                and (hit.date, hit.seq) < (one.date, one.seq)
                and (one.date - hit.date).days <= within
                for one in hits
            )
        return answered, followed

    @property
    def accepted(self) -> Count:
        """Count the offers of mediators that a state accepted, of those that it answered."""
        effects = [_effect(self.scenario, one) for one in self.own]
        return effects.count("consent"), effects.count("consent") + effects.count("decline")

    @property
    def own_acts(self) -> tuple[DatedAct, ...]:
        """Return the moves that are acts."""
        return tuple(one for one in self.own if _effect(self.scenario, one) not in NO_ACTS)


NO_ACTS = ("hold", "consent", "decline")


def _on(low: int, high: int) -> Callable[[_Conducted], Count]:
    return lambda one: one.acts_on(low, high)


QUANTITIES: tuple[tuple[str, Callable[[_Conducted], Count]], ...] = (
    ("days with open force", lambda one: one.days_with(one.scenario.outcome.force_rung)),
    ("days with any act", lambda one: one.days_with(0)),
    ("acts on rung 0", _on(0, 0)),
    ("acts on rungs 1-2", _on(1, 2)),
    ("acts on rungs 3-4", _on(3, 4)),
    ("acts on rung 5", _on(5, 5)),
    ("acts on rungs 6-10", _on(6, 10)),
    ("hits answered in a day", lambda one: one.answered(SOON)),
    ("hits answered in a week", lambda one: one.answered(FOLLOWED)),
    ("offers accepted", lambda one: one.accepted),
)


def _effect(scenario: Scenario, entry: DatedAct) -> str:
    return scenario.ladder.acts[entry.act].effect


def _pooled(count: Callable[[_Conducted], Count], cases: Sequence[_Conducted]) -> tuple[Interval, int]:
    yes, n = np.array([count(one) for one in cases], np.int64).reshape(-1, 2).T
    return share(yes, n, np.arange(len(cases))), int(n.sum())


def _apart(one: Interval, other: Interval) -> Interval:
    apart = one.estimate - other.estimate
    low = math.hypot(one.estimate - one.low, other.high - other.estimate)
    high = math.hypot(one.high - one.estimate, other.estimate - other.low)
    return Interval(apart, apart - low, apart + high)


def _words(found: Interval) -> str:
    return "-" if math.isnan(found.estimate) else f"{100 * found.estimate:.1f} {_limits(found)}"


def _limits(found: Interval) -> str:
    return f"[{100 * found.low:.1f}, {100 * found.high:.1f}]"


def _cells(found: Interval) -> Iterator[str]:
    for number in (found.estimate, found.low, found.high):
        yield "" if math.isnan(number) else f"{number:.4f}"
