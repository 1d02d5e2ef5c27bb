"""What a game came to: its path beside simulated crises, its turning points, and the record before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from escalation.analysis.intervals import paired_shares, wilson
from escalation.analysis.tables import acts_table
from escalation.analysis.words import OUTCOME_WORDS, act_sentence, day_words, listed, result_words
from escalation.classroom import texts
from escalation.classroom.outlook import Outlook, outlook_of
from escalation.engine.batch import simulate
from escalation.engine.game import Game, without_moves
from escalation.engine.pack import pack
from escalation.engine.play import Run
from escalation.rules.outcome import OUTCOMES

CRISES = 1_000
BRANCHES = 200
MOST_TURNS = 3
LEAST_TURN = 0.05
MOST_ACTS = 4
"""Of a turning point's day, those on the highest rungs."""


@dataclass(frozen=True)
class Turn:
    """A day on which the odds of an outcome moved."""

    day: int
    outcome: str
    before: float
    after: float
    half: float
    """Half of the 95% interval of the difference."""
    acts: tuple[str, ...]


@dataclass(frozen=True)
class Debrief:
    """A game beside what the model makes of the same scenario."""

    run: Run
    sides: tuple[str, ...]
    played: int
    """The last day played."""
    outlook: Outlook
    peaks: NDArray[np.int8]
    """[crises, states]: highest rung of each state in the simulated crises."""
    odds: NDArray[np.float64]
    """[days, outcomes]: from the end of the horizon and of each day played, if the model played on."""
    turns: tuple[Turn, ...]


def debrief(game: Game, crises: int = CRISES, branches: int = BRANCHES) -> Debrief:
    """Play what a game is compared with.

    Parameters
    ----------
    game
        Played to its end, or to any day after the horizon.
    crises
        Of the same scenario with the model on all sides.
    branches
        Crises that set out from the end of each day of the game.
    """
    scenario = without_moves(game.scenario)
    runs = simulate(pack(scenario), game.seed, game.other_luck(crises), crises)
    run = game.run()
    horizon, played = scenario.horizon_day, game.day - 1
    outcomes = [game.branches(day, branches).outcome for day in range(horizon, played + 1)]
    counts = [np.bincount(one, minlength=len(OUTCOMES)) for one in outcomes]
    return Debrief(
        run=run,
        sides=game.sides,
        played=played,
        outlook=outlook_of(scenario, game.seed, [runs]),
        peaks=runs.peak,
        odds=np.array(counts) / branches,
        turns=tuple(_turns(run, horizon, outcomes)),
    )


def _turns(run: Run, horizon: int, outcomes: Sequence[NDArray[np.int8]]) -> Iterator[Turn]:
    """Yield the days on which the odds moved most, by date, each with the outcome that moved most.

    The branches of all days have the same luck, so the differences are those of pairs.
    """
    found = []
    for day, (before, after) in enumerate(pairwise(outcomes), start=horizon + 1):
        turns = [_turn(run, day, k, before == k, after == k) for k in range(len(OUTCOMES))]
        clear = [turn for turn in turns if turn is not None]
        if clear:
            found.append(max(clear, key=lambda turn: abs(turn.after - turn.before)))
    found.sort(key=lambda turn: -abs(turn.after - turn.before))
    yield from sorted(found[:MOST_TURNS], key=lambda turn: turn.day)


def _turn(
    run: Run, day: int, outcome: int, before: NDArray[np.bool_], after: NDArray[np.bool_]
) -> Turn | None:
    pairs = paired_shares(int((after & ~before).sum()), int((before & ~after).sum()), len(before))
    low, high = float(pairs.low), float(pairs.high)
    if low <= 0 <= high or abs(float(pairs.estimate)) < LEAST_TURN:
        return None
    shares = float(before.mean()), float(after.mean())
    return Turn(day, OUTCOMES[outcome], *shares, (high - low) / 2, _acts_of(run, day))


def _acts_of(run: Run, day: int) -> tuple[str, ...]:
    acts = run.scenario.ladder.acts
    taken = [one for one in run.decisions if one.day == day and one.choice.target >= 0]
    taken.sort(key=lambda one: -acts[run.index.acts[one.choice.act]].rung)
    return tuple(act_sentence(run, one) for one in taken[:MOST_ACTS])


def debrief_words(found: Debrief) -> list[tuple[str, list[str]]]:
    """Return the debrief in words: headings, each with its lines."""
    return [
        (texts.DEBRIEF_END, result_words(found.run)),
        (texts.DEBRIEF_BESIDE, list(_beside(found))),
        (texts.DEBRIEF_TURNS, list(_turn_words(found))),
        (texts.DEBRIEF_RECORD, list(_record_words(found))),
    ]


def _beside(found: Debrief) -> Iterator[str]:
    outlook, result = found.outlook, found.run.result
    yield texts.BESIDE_NOTE.format(n=f"{outlook.n:,}", seed=found.run.seed)
    for k, outcome in enumerate(OUTCOMES):
        yes = int((outlook.outcome == k).sum())
        share = wilson(yes, outlook.n)
        yield texts.BESIDE_OUTCOME.format(
            outcome=OUTCOME_WORDS[outcome],
            share=f"{float(share.estimate):.1%}",
            low=f"{float(share.low):.1%}",
            high=f"{float(share.high):.1%}",
            mark=texts.BESIDE_YOURS if outcome == result.outcome else "",
        )
    for i, name in enumerate(found.run.index.states):
        low, median, high = np.quantile(found.peaks[:, i], (0.05, 0.5, 0.95), method="inverted_cdf")
        own = result.peak[name]
        yield texts.BESIDE_PEAK.format(
            state=found.run.scenario.label(name),
            own=own,
            median=int(median),
            low=int(low),
            high=int(high),
            above=f"{float((found.peaks[:, i] > own).mean()):.0%}",
        )


def _turn_words(found: Debrief) -> Iterator[str]:
    for turn in found.turns:
        yield texts.TURN.format(
            date=day_words(found.run.scenario.date_of(turn.day)),
            outcome=OUTCOME_WORDS[turn.outcome],
            before=f"{turn.before:.0%}",
            after=f"{turn.after:.0%}",
            half=f"{100 * turn.half:.0f}",
            acts="; ".join(turn.acts) or texts.NO_ACTS,
        )
    if not found.turns:
        yield texts.NO_TURN.format(points=f"{100 * LEAST_TURN:.0f}")
    yield texts.TURN_NOTE.format(n=BRANCHES)


def _record_words(found: Debrief) -> Iterator[str]:
    scenario = found.run.scenario
    horizon = scenario.horizon_day
    rows = [
        dict(zip(table.columns, row, strict=True)) for table in [acts_table(found.run)] for row in table.rows
    ]
    yield texts.RECORD_SPAN.format(start=day_words(scenario.start), horizon=day_words(scenario.horizon))
    for name in found.run.index.actors:
        said = []
        for is_past in (True, False):
            own = [
                row for row in rows if row["actor"] == name and (int(str(row["day"])) <= horizon) == is_past
            ]
            top = max((int(str(row["rung"])) for row in own), default=0)
            tops = {str(row["act"]) for row in own if top and row["rung"] == top}
            highest = listed(sorted(act.replace("_", " ") for act in tops)) or texts.NO_RUNG
            said.append((len(own), top, highest))
        yield texts.RECORD_SIDE.format(
            actor=scenario.label(name),
            past=said[0][0], past_rung=said[0][1], past_acts=said[0][2],
            now=said[1][0], now_rung=said[1][1], now_acts=said[1][2],
        )  # fmt: skip
    yield texts.RECORD_NOTE


def own_postures(found: Debrief, state: str) -> list[float]:
    """Return the game's highest posture of a state toward a rival, by day from the start."""
    number = found.run.index.actor[state]
    return [float(day.pair[number]["posture"].max()) for day in found.run.days]
