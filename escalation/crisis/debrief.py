"""The debrief of a game: its path among simulated crises, its turning points, and the record before it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from escalation.crisis import wording
from escalation.crisis.game import Game, without_moves
from escalation.crisis.play import Run
from escalation.crisis.scene import scene
from escalation.crisis.story import Event
from escalation.crisis.tables import acts_table
from escalation.crisis.words import course_words, day_words, listed
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.measures.ensemble import Ensemble, ensemble_of
from escalation.stats.intervals import paired_shares, wilson
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOME_WORDS, OUTCOMES

CRISES = 1_000
BRANCHES = 1_000
MOST_TURNS = 3

LEAST_TURN = 0.05
"""What the end of the interval nearer to zero must reach: among many days, the largest moves owe most to
chance."""

MOST_ACTS = 4
"""Acts shown for a turning point, those on the highest rungs."""


@dataclass(frozen=True)
class Turn:
    """A day on which the odds of an outcome moved."""

    day: int
    outcome: str
    before: float
    after: float
    half: float
    """Half of the 95% interval of the difference."""
    events: tuple[str, ...]
    """Incidents, the highest acts, and what began or ended."""


@dataclass(frozen=True, repr=False)
class Debrief(Brief):
    """A game compared with the model's own crises of the same scenario."""

    run: Run
    sides: tuple[str, ...]
    played: int
    """The last day played."""
    ensemble: Ensemble
    peaks: NDArray[np.int8]
    """[crises, states]: highest rung of each state in the simulated crises."""
    odds: NDArray[np.float64]
    """[days, outcomes]: if the model played on from the horizon, and from the end of each day played."""
    turns: tuple[Turn, ...]


def debrief(game: Game, crises: int = CRISES, branches: int = BRANCHES) -> Debrief:
    """Play the crises with which a game is compared.

    Parameters
    ----------
    game
        Played to its end, or to any day after the horizon.
    crises
        Of the same scenario with the model on all sides.
    branches
        Crises played on from the end of each day of the game.
    """
    scenario = without_moves(game.scenario)
    runs = simulate(pack(scenario), game.seed, game.other_replications(crises), crises)
    run = game.run()
    horizon, played = scenario.horizon_day, game.day - 1
    outcomes = [game.branches(day, branches).outcome for day in range(horizon, played + 1)]
    counts = [np.bincount(one, minlength=len(OUTCOMES)) for one in outcomes]
    return Debrief(
        run=run,
        sides=game.sides,
        played=played,
        ensemble=ensemble_of(scenario, game.seed, [runs]),
        peaks=runs.peak,
        odds=np.array(counts) / branches,
        turns=tuple(_turns(run, horizon, outcomes)),
    )


def _turns(run: Run, horizon: int, outcomes: Sequence[NDArray[np.int8]]) -> Iterator[Turn]:
    """Yield the days on which the odds moved most, by date, each with the outcome that moved most.

    The branches of all days use common random numbers, so the differences are paired.
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
    if max(low, -high) < LEAST_TURN:
        return None
    shares = float(before.mean()), float(after.mean())
    return Turn(day, OUTCOMES[outcome], *shares, (high - low) / 2, _events_of(run, day))


def _events_of(run: Run, day: int) -> tuple[str, ...]:
    ladder, events = run.scenario.ladder, scene(run, day).events

    def rung_of(event: Event) -> int:
        return ladder.acts[run.index.acts[event.decision.choice.act]].rung if event.decision else 0

    acts = sorted((event for event in events if event.decision), key=rung_of, reverse=True)[:MOST_ACTS]
    incidents = [event for event in events if event.mark == "!"]
    changes = [event for event in events if event.mark in "~=+"]
    return tuple(event.says.rstrip(".") for event in (*incidents, *acts, *changes))


def debrief_words(found: Debrief) -> list[tuple[str, list[str]]]:
    """Return the debrief in words: headings, each with its lines."""
    return [
        (wording.DEBRIEF_END, course_words(found.run)),
        (wording.DEBRIEF_COMPARED, list(_comparison(found))),
        (wording.DEBRIEF_TURNS, list(_turn_words(found))),
        (wording.DEBRIEF_RECORD, list(_record_words(found))),
    ]


def _comparison(found: Debrief) -> Iterator[str]:
    ensemble, result = found.ensemble, found.run.result
    yield wording.COMPARED_NOTE.format(n=f"{ensemble.n:,}", seed=found.run.seed)
    for k, outcome in enumerate(OUTCOMES):
        yes = int((ensemble.columns["outcome"] == k).sum())
        share = wilson(yes, ensemble.n)
        yield wording.COMPARED_OUTCOME.format(
            outcome=OUTCOME_WORDS[outcome],
            share=f"{float(share.estimate):.1%}",
            low=f"{float(share.low):.1%}",
            high=f"{float(share.high):.1%}",
            mark=wording.THIS_GAME_ENDED_SO if outcome == result.outcome else "",
        )
    yield NUCLEAR_CAVEAT
    for i, name in enumerate(found.run.index.states):
        low, median, high = np.quantile(found.peaks[:, i], (0.05, 0.5, 0.95), method="inverted_cdf")
        own = result.peak[name]
        yield wording.COMPARED_PEAK.format(
            state=found.run.scenario.label(name),
            own=own,
            median=int(median),
            low=int(low),
            high=int(high),
            above=f"{float((found.peaks[:, i] > own).mean()):.0%}",
        )


def _turn_words(found: Debrief) -> Iterator[str]:
    for turn in found.turns:
        yield wording.TURN.format(
            date=day_words(found.run.scenario.date_of(turn.day)),
            outcome=OUTCOME_WORDS[turn.outcome],
            before=f"{turn.before:.0%}",
            after=f"{turn.after:.0%}",
            half=f"{100 * turn.half:.0f}",
            events="; ".join(turn.events) or wording.NO_EVENTS,
        )
    if not found.turns:
        yield wording.NO_TURN.format(points=f"{100 * LEAST_TURN:.0f}")
    yield wording.TURN_NOTE.format(n=f"{BRANCHES:,}", quiet=found.run.scenario.outcome.quiet_days)


def _record_words(found: Debrief) -> Iterator[str]:
    scenario = found.run.scenario
    horizon = scenario.horizon_day
    rows = [
        dict(zip(table.columns, row, strict=True)) for table in [acts_table(found.run)] for row in table.rows
    ]
    yield wording.RECORD_SPAN.format(start=day_words(scenario.start), horizon=day_words(scenario.horizon))
    for name in found.run.index.actors:
        said = []
        for is_past in (True, False):
            own = [
                row for row in rows if row["actor"] == name and (int(str(row["day"])) <= horizon) == is_past
            ]
            top = max((int(str(row["rung"])) for row in own), default=0)
            tops = {str(row["act"]) for row in own if top and row["rung"] == top}
            acts = listed(sorted(act.replace("_", " ") for act in tops))
            highest = wording.RECORD_HIGHEST.format(rung=top, acts=acts) if top else wording.RECORD_LOW
            said.append(f"{len(own)}{highest if own else ''}")
        yield wording.RECORD_SIDE.format(actor=scenario.label(name), past=said[0], now=said[1])
    yield wording.RECORD_NOTE


def own_postures(found: Debrief, state: str) -> list[float]:
    """Return the game's highest posture of a state toward a rival, by day from the start."""
    number = found.run.index.actor[state]
    return [float(day.pair[number]["posture"].max()) for day in found.run.days]
