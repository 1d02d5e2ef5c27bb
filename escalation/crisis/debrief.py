"""The debrief of a game: its path among simulated crises, its turning points, and the record before it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from escalation.crisis import wording
from escalation.crisis.branches import without_moves
from escalation.crisis.game import Game
from escalation.crisis.play import Run
from escalation.crisis.tables import acts_table
from escalation.crisis.turns import LEAST_TURN, Turn, credited, odds_of, turning_points
from escalation.crisis.words import course_words, day_words, listed, points
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.measures.ensemble import Ensemble, ensemble_of
from escalation.stats.intervals import wilson
from escalation.vocabulary import BRANCHES, NUCLEAR_CAVEAT, OUTCOME_WORDS, OUTCOMES

CRISES = 1_000


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
    branches: int
    """Crises per day from which the odds are."""
    turns: tuple[Turn, ...]
    """With the change of each day divided among acts, incidents and chance."""


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
    past, run = game.past, game.run()
    runs = simulate(pack(scenario), game.seed, past.other_replications(crises), crises)
    odds = odds_of(past, branches)
    return Debrief(
        run=run,
        sides=game.sides,
        played=past.last_day,
        ensemble=ensemble_of(scenario, game.seed, [runs]),
        peaks=runs.peak,
        odds=odds.counts / branches,
        branches=branches,
        turns=credited(past, run, odds, turning_points(run, odds, odds.days[1:])),
    )


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
            credits="; ".join(_credit_words(turn)),
        )
    if not found.turns:
        yield wording.NO_TURN.format(points=f"{100 * LEAST_TURN:.0f}")
    else:
        yield wording.TURNS_METHOD
    yield wording.TURN_NOTE.format(n=f"{found.branches:,}", quiet=found.run.scenario.outcome.quiet_days)


def _credit_words(turn: Turn) -> Iterator[str]:
    for credit in turn.weighty:
        yield wording.TURN_CREDIT.format(
            says=credit.says, change=points(credit.change), half=f"{100 * credit.half:.0f}"
        )
    if turn.others is not None and points(turn.others) != points(0.0):
        yield wording.TURN_OTHERS.format(change=points(turn.others))


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
