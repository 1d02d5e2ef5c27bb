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
from escalation.crisis.words import act_name, course_words, points
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.language import date_words, listed, number, percent, say
from escalation.measures.ensemble import Ensemble, ensemble_of
from escalation.stats.intervals import wilson
from escalation.vocabulary import BRANCHES, CLASS_OF_OUTCOME, NUCLEAR_CAVEAT, OUTCOME_WORDS, OUTCOMES

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
        (say(wording.DEBRIEF_END), [*course_words(found.run), *_force_words(found)]),
        (say(wording.DEBRIEF_COMPARED), list(_comparison(found))),
        (say(wording.DEBRIEF_TURNS), list(_turn_words(found))),
        (say(wording.DEBRIEF_RECORD), list(_record_words(found))),
    ]


def _force_words(found: Debrief) -> Iterator[str]:
    """Yield whether states used force: an end is read against the crises without any, never as a success."""
    scenario, index = found.run.scenario, found.run.index
    line = scenario.outcome.force_rung
    rungs = {
        (one.day, scenario.ladder.acts[index.acts[one.choice.act]].rung)
        for one in found.run.decisions
        if one.day > scenario.horizon_day and one.actor < len(index.states) and one.choice.target >= 0
    }
    forceful = {day for day, rung in rungs if rung >= line}
    if forceful:
        peak = max(rung for _, rung in rungs)
        label = say(scenario.ladder.rungs[peak].label)
        yield say(wording.FORCE_WAS_USED, rung=line, days=number(len(forceful)), peak=peak, label=label)
    else:
        yield say(wording.FORCE_BELOW, rung=line)
    calm = wilson(int((found.peaks.max(axis=1) < line).sum()), found.ensemble.n)
    yield say(
        wording.WITHOUT_FORCE,
        share=percent(float(calm.estimate)),
        low=percent(float(calm.low)),
        high=percent(float(calm.high)),
        n=number(found.ensemble.n),
    )


def _comparison(found: Debrief) -> Iterator[str]:
    ensemble, result = found.ensemble, found.run.result
    yield say(wording.COMPARED_NOTE, n=number(ensemble.n), seed=found.run.seed)
    for k, outcome in enumerate(OUTCOMES):
        yes = int((ensemble.columns["outcome"] == k).sum())
        share = wilson(yes, ensemble.n)
        yield say(
            wording.COMPARED_OUTCOME,
            outcome=say(OUTCOME_WORDS[outcome]),
            share=percent(float(share.estimate)),
            low=percent(float(share.low)),
            high=percent(float(share.high)),
            mark=say(wording.THIS_GAME_ENDED_SO) if outcome == result.outcome else "",
        )
    yield say(NUCLEAR_CAVEAT)
    for i, name in enumerate(found.run.index.states):
        low, median, high = np.quantile(found.peaks[:, i], (0.05, 0.5, 0.95), method="inverted_cdf")
        own = result.peak[name]
        yield say(
            wording.COMPARED_PEAK,
            state=found.run.scenario.label(name),
            own=own,
            median=int(median),
            low=int(low),
            high=int(high),
            above=percent(float((found.peaks[:, i] > own).mean()), 0),
        )


def _turn_words(found: Debrief) -> Iterator[str]:
    for turn in found.turns:
        yield say(
            wording.TURN,
            date=date_words(found.run.scenario.date_of(turn.day)),
            outcome=say(OUTCOME_WORDS[turn.outcome]),
            before=percent(turn.before, 0),
            after=percent(turn.after, 0),
            half=number(100 * turn.half),
            credits="; ".join(_credit_words(turn)),
        )
    if not found.turns:
        yield say(wording.NO_TURN, points=number(100 * LEAST_TURN))
    else:
        yield say(wording.TURNS_METHOD)
    yield say(wording.TURN_NOTE, n=number(found.branches), quiet=found.run.scenario.outcome.quiet_days)


def _credit_words(turn: Turn) -> Iterator[str]:
    for credit in turn.weighty:
        yield say(
            wording.TURN_CREDIT,
            says=credit.says,
            change=points(credit.change),
            half=number(100 * credit.half),
        )
    if turn.others is not None and points(turn.others) != points(0.0):
        yield say(wording.TURN_OTHERS, change=points(turn.others))


def _record_words(found: Debrief) -> Iterator[str]:
    scenario = found.run.scenario
    horizon = scenario.horizon_day
    rows = [
        dict(zip(table.columns, row, strict=True)) for table in [acts_table(found.run)] for row in table.rows
    ]
    if scenario.case is not None and found.run.result.outcome is not None:
        this = CLASS_OF_OUTCOME[found.run.result.outcome]
        coded = say(wording.CODED[scenario.case.outcome])
        yield say(wording.RECORD_CODED, coded=coded, own=say(wording.CODED[this]))
    yield say(wording.RECORD_SPAN, start=date_words(scenario.start), horizon=date_words(scenario.horizon))
    for name in found.run.index.actors:
        said = []
        for is_past in (True, False):
            own = [
                row for row in rows if row["actor"] == name and (int(str(row["day"])) <= horizon) == is_past
            ]
            top = max((int(str(row["rung"])) for row in own), default=0)
            tops = {str(row["act"]) for row in own if top and row["rung"] == top}
            acts = listed(sorted(map(act_name, tops)))
            highest = say(wording.RECORD_HIGHEST, rung=top, acts=acts) if top else say(wording.RECORD_LOW)
            said.append(f"{number(len(own))}{highest if own else ''}")
        yield say(wording.RECORD_SIDE, actor=scenario.label(name), past=said[0], now=said[1])
    yield say(wording.RECORD_NOTE)


def own_postures(run: Run, state: str) -> list[float]:
    """Return a game's highest posture of a state toward a rival, by day from the start."""
    number = run.index.actor[state]
    return [float(day.pair[number]["posture"].max()) for day in run.days]
