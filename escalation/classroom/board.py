"""All games of a classroom as the lecturer sees them: who sits where, what is waited for, how they ended.

Nothing here shows a role sheet, or anything by which a seat could be taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from escalation.classroom import charts, game_texts, texts
from escalation.classroom.chart_style import Options, Theme
from escalation.classroom.controls import Workspace, controls_of
from escalation.classroom.exports import setting_words
from escalation.classroom.lesson import Inject, settings_of
from escalation.classroom.play_day import presence_words
from escalation.classroom.shared_game import SharedGame, SharedGames
from escalation.classroom.workers import Workers
from escalation.crisis.branches import without_moves
from escalation.crisis.debrief import own_postures
from escalation.crisis.play import Run
from escalation.files.write import Cell, Table
from escalation.language import date_words, listed, number, percent, say, say_count
from escalation.measures.ensemble import Ensemble, postures_table
from escalation.scenario.dump import scenario_hash
from escalation.scenario.scenario import Scenario
from escalation.stats.intervals import Intervals, wilson
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOME_WORDS, OUTCOMES


@dataclass(frozen=True)
class BoardSeat:
    """A seat in words."""

    side: str
    label: str
    says: str
    is_taken: bool


@dataclass(frozen=True)
class BoardRow:
    """A game in words."""

    code: str
    heading: str
    status: str
    so_far: tuple[str, ...]
    seats: tuple[BoardSeat, ...]
    news: tuple[str, ...]
    """What the lecturer has let happen."""
    problem: str
    """Why it could not be saved; empty if it was."""


@dataclass(frozen=True)
class Together:
    """Games that are over and began as one crisis, and crises of it in which the model plays all sides."""

    runs: tuple[Run, ...]
    scenario: Scenario
    """As it was before the games began."""
    ensemble: Ensemble
    left_out: int
    """Other games that are over."""

    @property
    def counts(self) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        """[outcomes]: in how many games each class came."""
        numbers = [OUTCOMES.index(str(run.result.outcome)) for run in self.runs]
        return np.bincount(numbers, minlength=len(OUTCOMES))


class Board:
    """The games of a classroom.

    Parameters
    ----------
    shared_games
        The games.
    workers
        Who computes the model's own crises.
    """

    def __init__(self, shared_games: SharedGames, workers: Workers) -> None:
        self._shared_games, self._workers = shared_games, workers
        self._runs: dict[str, tuple[int, Run]] = {}
        """By code: the day on which the run was read, and the run."""
        self._over: dict[str, tuple[str, Scenario]] = {}
        """By code of a game that is over: what it began as, and the hash of that with the seed."""

    async def rows(self) -> list[BoardRow]:
        """Return the games in words, the oldest first."""
        games = list(self._shared_games)
        codes = {shared.code for shared in games}
        self._runs = {code: known for code, known in self._runs.items() if code in codes}
        self._over = {code: known for code, known in self._over.items() if code in codes}
        return [row_of(shared, await self._run(shared)) for shared in games]

    async def together(self) -> Together | None:
        """Return the games that are over and began as one crisis, as most have; None if none is over.

        A game that plays a day of another one again is left out: its players knew what would come.
        """
        over = [shared for shared in self._shared_games if shared.game.is_over]
        first = [shared for shared in over if not shared.parent and shared.game.scenario.free_days]
        if not first:
            return None
        for shared in first:
            if shared.code not in self._over:
                scenario = without_moves(shared.game.scenario)
                key = f"{scenario_hash(scenario)} {shared.game.seed}"
                self._over[shared.code] = key, scenario
        (most, _), *_ = Counter(self._over[shared.code][0] for shared in first).most_common(1)
        chosen = [shared for shared in first if self._over[shared.code][0] == most]
        scenario = self._over[chosen[0].code][1]
        runs = tuple([await self._run(shared) for shared in chosen])
        workspace = Workspace(scenario, scenario.name)
        ensemble = await self._workers.ensemble(workspace, (), chosen[0].game.seed)
        return Together(runs, scenario, ensemble, len(over) - len(chosen))

    async def _run(self, shared: SharedGame) -> Run:
        day, run = self._runs.get(shared.code, (-1, None))
        if run is None or day != shared.game.day:
            day, run = shared.game.day, await shared.run()
            self._runs[shared.code] = day, run
        return run


def row_of(shared: SharedGame, run: Run) -> BoardRow:
    """Return a game in words."""
    game, scenario, label = shared.game, shared.game.scenario, shared.game.scenario.label
    text = game_texts.BOARD_AGAIN if shared.parent else game_texts.BOARD_GAME
    return BoardRow(
        code=shared.code,
        heading=say(text, code=shared.code, title=say(scenario.title), parent=shared.parent),
        status=_status(shared, run),
        so_far=tuple(_so_far(run)),
        seats=tuple(
            BoardSeat(
                side,
                label(side),
                say(game_texts.SEAT_WORDS, side=label(side), presence=presence_words(shared, side)),
                bool(seat.key),
            )
            for side, seat in shared.seats.items()
        ),
        news=tuple(
            say(game_texts.BOARD_NEWS, date=date_words(scenario.date_of(one.day)), says=say(one.says))
            for one in shared.news
        ),
        problem="" if game.is_over else shared.problem,
    )


def inject_words(workspace: Workspace, inject: Inject) -> Iterator[str]:
    """Yield what an inject lets happen in a scenario, for the lecturer."""
    label, one = workspace.scenario.label, inject.incident
    if inject.is_words:
        yield say(game_texts.INJECT_IS_WORDS, says=say(inject.says))
    elif one is None:
        yield say(inject.says)
    else:
        victim, blamed = label(one.victim), label(one.blamed)
        yield say(game_texts.INJECT_IS_INCIDENT, says=say(inject.says), victim=victim, blamed=blamed)
    if inject.set:
        controls = {control.path: control for control in controls_of(workspace)}
        setting = setting_words(controls, settings_of(inject.set, controls))
        yield say(game_texts.INJECT_IS_VALUES, setting=setting)
    for mediator in inject.mediators.values():
        yield say(
            game_texts.INJECT_IS_MEDIATOR_LATER if mediator.enters_day else game_texts.INJECT_IS_MEDIATOR,
            mediator=say(mediator.label),
            style=say(mediator.style),
            form=say(texts.CHOICES[mediator.form]),
            days=number(mediator.enters_day),
        )


def _status(shared: SharedGame, run: Run) -> str:
    game = shared.game
    if game.is_over:
        return say(game_texts.BOARD_OVER, outcome=say(OUTCOME_WORDS[str(run.result.outcome)]))
    others = listed([game.scenario.label(side) for side in shared.waiting])
    return say(game_texts.BOARD_WAITING, date=date_words(game.scenario.date_of(game.day)), others=others)


def _so_far(run: Run) -> Iterator[str]:
    scenario, result = run.scenario, run.result
    peaks = [
        say(game_texts.BOARD_PEAK, state=scenario.label(name), rung=rung)
        for name, rung in result.peak.items()
    ]
    yield say(game_texts.BOARD_PEAKS, peaks=", ".join(peaks))
    if result.first_force is None:
        yield say(game_texts.BOARD_NO_FORCE)
    else:
        yield say(game_texts.BOARD_FORCE, date=date_words(result.first_force))


def together_words(found: Together) -> list[str]:
    """Return the games and the model in sentences."""
    n, ensemble = len(found.runs), found.ensemble
    model = _of_model(found)
    said = []
    for k, count in enumerate(found.counts):
        if count:
            said.append(
                say(
                    game_texts.TOGETHER_OUTCOME,
                    outcome=say(OUTCOME_WORDS[OUTCOMES[k]]),
                    count=number(int(count)),
                    n=number(n),
                    **_shares(model, k),
                )
            )
    said.append(
        say(
            game_texts.TOGETHER_FORCE,
            rung=found.scenario.outcome.force_rung,
            count=number(sum(run.result.first_force is not None for run in found.runs)),
            n=number(n),
            **_shares(wilson(int(ensemble.answers["force"].sum()), ensemble.n)),
        )
    )
    said += _same_numbers(found)
    if found.left_out:
        said.append(say_count(game_texts.TOGETHER_OTHERS_ONE, game_texts.TOGETHER_OTHERS, found.left_out))
    return [*said, say(game_texts.TOGETHER_FEW), say(NUCLEAR_CAVEAT)]


def _shares(found: Intervals, k: int = 0) -> dict[str, str]:
    """Return an estimate with its interval in words."""
    limits = {"share": found.estimate, "low": found.low, "high": found.high}
    return {name: percent(float(np.atleast_1d(values)[k])) for name, values in limits.items()}


def _same_numbers(found: Together) -> Iterator[str]:
    """Yield how the model alone ends with the random numbers of the games, as far as it was simulated."""
    columns = found.ensemble.columns["outcome"]
    paired = [int(columns[run.replication]) for run in found.runs if run.replication < len(columns)]
    if paired:
        outcomes = [
            say(game_texts.TOGETHER_TIMES, outcome=say(OUTCOME_WORDS[OUTCOMES[k]]), n=number(times))
            for k, times in sorted(Counter(paired).items())
        ]
        yield say(game_texts.TOGETHER_SAME, n=number(len(paired)), outcomes=listed(outcomes))


def _of_model(found: Together) -> Intervals:
    ensemble = found.ensemble
    return wilson(np.bincount(ensemble.columns["outcome"], minlength=len(OUTCOMES)), ensemble.n)


def together_table(found: Together) -> Table:
    """Return the shares of the outcome classes, of the games and of the model, with Wilson's intervals."""
    games = say(game_texts.TOGETHER_GAMES, n=number(len(found.runs)))
    model = say(game_texts.TOGETHER_MODEL, n=number(found.ensemble.n))
    rows: list[tuple[Cell, ...]] = []
    for name, shares in ((games, wilson(found.counts, len(found.runs))), (model, _of_model(found))):
        for k, outcome in enumerate(OUTCOMES):
            limits = (float(each[k]) for each in (shares.estimate, shares.low, shares.high))
            rows.append((name, outcome, *limits))
    return Table(("setting", "outcome", "share", "low", "high"), tuple(rows))


def together_chart(found: Together, name: str, theme: Theme) -> Options:
    """Return a figure of the games and the model: `outcomes`, or the name of a state for its courses."""
    if name == "outcomes":
        return charts.outcome_bars(together_table(found), theme)
    scenario = found.scenario
    table = postures_table([(say(game_texts.TOGETHER_MODEL, n=number(found.ensemble.n)), found.ensemble)])
    at = found.runs[0].index.actor[name]
    options = charts.fan(table, name, theme, at, str(scenario.horizon))
    for run in found.runs:
        options = charts.with_path(options, say(game_texts.THIS_GAME), own_postures(run, name), theme)
    return options
