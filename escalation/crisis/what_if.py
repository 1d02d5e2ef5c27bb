"""What if a side had done something else on a day? The odds from that morning, under both choices.

Both are played from the end of the day before, in the same replications (common random numbers). Certain is
what the side could know when it chose: what a lecturer let happen, the incidents of the night, the acts of
mediators that morning, and everything before. Its own choice is forced, all else that day and later is open,
and the model plays every side: what a rival did in reply to one choice is not held fixed under the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escalation.crisis import wording
from escalation.crisis.branches import before_day
from escalation.crisis.game import Game, Option
from escalation.crisis.menu import option_words
from escalation.crisis.turns import DayPart, parts_of
from escalation.crisis.words import points
from escalation.files.brief import Brief
from escalation.files.write import Cell, Table
from escalation.language import date_words, listed, number, percent, say
from escalation.scenario.scenario import DatedAct, Scenario
from escalation.stats.intervals import Intervals, paired_shares, wilson
from escalation.vocabulary import BRANCHES, OUTCOME_WORDS, OUTCOMES


@dataclass(frozen=True, repr=False)
class WhatIf(Brief):
    """The odds of the outcome from one morning, under the choice of a game and under another one."""

    scenario: Scenario
    day: int
    side: str
    chosen: str
    """What the side did, in words."""
    instead: str
    """What it does in the other crises, in words."""
    waits: bool
    """Whether that is to hold."""
    count: int
    """Crises under each choice."""
    before: NDArray[np.int64]
    """[outcomes]: in how many of them each class came, under the choice of the game."""
    after: NDArray[np.int64]
    """[outcomes]: the same under the other choice."""
    differences: Intervals
    """[outcomes]: paired differences of the shares, the other choice minus that of the game."""


def options_on(game: Game, side: str, day: int) -> tuple[Option, ...]:
    """Return what a side could have done on a day that was played, hold first."""
    return _again(game, side, day).options(side)


def chosen_on(game: Game, side: str, day: int) -> frozenset[tuple[str, str | None, str | None]]:
    """Return what a side did on a day that was played, as `option_key` names it; empty if it held."""
    run = game.run()
    names = (*run.index.actors, None)  # -1 is nobody
    return frozenset(
        (run.index.acts[one.choice.act], names[one.choice.target], names[one.choice.other])
        for one in run.decisions
        if one.day == day and names[one.actor] == side and one.choice.target >= 0
    )


def what_if(game: Game, side: str, day: int, moves: Sequence[Option] = (), count: int = BRANCHES) -> WhatIf:
    """Play crises on from the morning of a day, as the side chose and as it could have chosen.

    Parameters
    ----------
    game
        Played beyond that day.
    side
        One that people play.
    day
        A day that was played, counted from the start.
    moves
        What it does instead, from `options_on`; none is to hold.
    count
        Crises under each choice.

    Raises
    ------
    IllegalMoveError
        If the moves were not allowed on that day.
    """
    run, past = game.run(), game.past
    again = _again(game, side, day)
    parts = parts_of(past, run, day)
    known = [part for part in parts if _is_known(game, part, side)]
    incidents = [entry for part in known for entry in part.incidents]
    before_all = [entry for part in known for entry in part.acts]
    changes = [entry for part in known for entry in part.changes]
    own = [part for part in parts if part.actor == side]

    def outcomes(entries: Sequence[DatedAct]) -> NDArray[np.int8]:
        return past.branches(day - 1, count, [*before_all, *entries], incidents, changes).outcome

    played = outcomes([entry for part in own for entry in part.acts])
    other = outcomes(again.entries(side, moves))
    return WhatIf(
        scenario=game.scenario,
        day=day,
        side=side,
        chosen=listed([part.says for part in own]),
        instead=listed([option_words(game.scenario, one) for one in moves]) or say(wording.HOLD),
        waits=not moves,
        count=count,
        before=_counts(played),
        after=_counts(other),
        differences=_differences(played, other),
    )


def _again(game: Game, side: str, day: int) -> Game:
    """Return the game on the morning of a day, for one side to move again."""
    return Game(before_day(game.scenario, day), game.seed, game.replication, [side], first=day)


def _is_known(game: Game, part: DayPart, side: str) -> bool:
    """Return whether a part of a day is known to a side when it chooses."""
    moves_before = part.actor in game.scenario.mediators and part.actor not in game.sides
    return part.cause in ("change", "incident") or (moves_before and side in game.scenario.states)


def _counts(outcomes: NDArray[np.int8]) -> NDArray[np.int64]:
    return np.bincount(outcomes, minlength=len(OUTCOMES))


def _differences(played: NDArray[np.int8], other: NDArray[np.int8]) -> Intervals:
    classes = np.arange(len(OUTCOMES))[:, None]
    came, comes = played == classes, other == classes
    return paired_shares((comes & ~came).sum(axis=1), (came & ~comes).sum(axis=1), len(played))


@dataclass(frozen=True)
class OddsRow:
    """One outcome under both choices, in words."""

    outcome: str
    before: str
    after: str
    difference: str
    is_clear: bool
    """Whether the interval leaves out zero."""


def odds_rows(found: WhatIf) -> tuple[OddsRow, ...]:
    """Return the odds of both choices, one row for each outcome that came under either."""
    rows = []
    for k, outcome in enumerate(OUTCOMES):
        if found.before[k] + found.after[k] == 0:
            continue
        rows.append(
            OddsRow(
                outcome=say(OUTCOME_WORDS[outcome]),
                before=percent(found.before[k] / found.count),
                after=percent(found.after[k] / found.count),
                difference=say(
                    wording.POINTS,
                    points=points(float(found.differences.estimate[k])),
                    low=points(float(found.differences.low[k])),
                    high=points(float(found.differences.high[k])),
                ),
                is_clear=_is_clear(found, k),
            )
        )
    return tuple(rows)


def odds_table(found: WhatIf) -> Table:
    """Return the shares of the outcome classes under both choices, with Wilson's intervals."""
    rows: list[tuple[Cell, ...]] = []
    for name, counts in ((say(wording.AS_CHOSEN), found.before), (found.instead, found.after)):
        shares = wilson(counts, found.count)
        for k, outcome in enumerate(OUTCOMES):
            limits = (float(each[k]) for each in (shares.estimate, shares.low, shares.high))
            rows.append((name, outcome, *limits))
    return Table(("setting", "outcome", "share", "low", "high"), tuple(rows))


def what_if_words(found: WhatIf) -> Iterator[str]:
    """Yield what the other choice changes: the question, the clear differences, how it was computed."""
    yield say(
        wording.IF_WAITED if found.waits else wording.IF_CHOSEN,
        side=found.scenario.label(found.side),
        date=date_words(found.scenario.date_of(found.day)),
        chosen=found.chosen,
        instead=found.instead,
    )
    clear = [k for k in range(len(OUTCOMES)) if _is_clear(found, k)]
    for k in sorted(clear, key=lambda k: -abs(found.differences.estimate[k])):
        yield say(
            wording.IF_MOVES,
            outcome=say(OUTCOME_WORDS[OUTCOMES[k]]),
            before=percent(found.before[k] / found.count, 0),
            after=percent(found.after[k] / found.count, 0),
        )
    if not clear:
        yield say(wording.IF_UNCLEAR)
    yield say(wording.IF_NOTE, n=number(found.count))


def _is_clear(found: WhatIf, k: int) -> bool:
    return bool(found.differences.low[k] > 0 or found.differences.high[k] < 0)
