"""Score forecasts against recorded outcomes: the rules and the baselines, with gains and intervals."""

from __future__ import annotations

import csv
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from escalation.files.brief import Brief
from escalation.files.places import Problem, ScenarioError, check_whole
from escalation.files.write import replacing
from escalation.history.act_forecasts import (
    HOSTILITY,
    MODEL,
    Examination,
    LevelForecasts,
    act_forecasts,
    exchange_forecasts,
    pairs_to_train_on,
    write_predictions,
)
from escalation.history.cases import (
    CALIBRATE,
    HISTORY,
    ForecastTask,
    case_of,
    crisis_of,
    load_cases,
    tasks_of,
)
from escalation.history.conduct import Conduct, conduct, is_game
from escalation.history.course_forecasts import METHODS, Forecast, by_rules
from escalation.history.mie import load_mie
from escalation.history.origins import (
    OriginLine,
    origin_lines,
    transforms_of,
    write_origins,
    write_transforms,
)
from escalation.history.quantities import QUANTITIES
from escalation.scenario.load import load_weights
from escalation.scenario.scenario import Scenario
from escalation.scenario.weight_set import WeightSet
from escalation.stats.scores import (
    Floats,
    Interval,
    bootstrap,
    log_score,
    ranked_probability,
)

if TYPE_CHECKING:
    import pandas as pd

WIDTH = 80
EVENT_WEIGHTS = "calibrated"
"""Weights that forecast events unless others are given."""
CAVEAT = (
    "Scores of forecasts, lower is better. They say how well the rules forecast these records, and give no "
    "validated probability of nuclear use: no crisis on record saw it."
)
IN_SAMPLE = (
    "{} of the {} cases are coded for calibration. If the weights were fitted to them, as the shipped ones "
    "were, these are in-sample scores; docs/validation.md leaves out each case in turn."
)


@dataclass(frozen=True, repr=False)
class CrisisForecast(Brief):
    """The forecasts of a crisis from one origin by every forecaster, and the recorded course."""

    task: ForecastTask
    by: Mapping[str, Forecast]
    """By forecaster, the model first."""


@dataclass(frozen=True)
class Comparison:
    """One score of every forecaster on the same rows; lower is better."""

    quantity: str
    score: str
    cluster: tuple[str, ...]
    """[forecasts]: the crisis or confrontation of each."""
    by: Mapping[str, Floats]
    """[forecasts] by forecaster, the model first."""


@dataclass(frozen=True)
class ScoreLine:
    """The mean score of a forecaster, and the gain of the model over it."""

    quantity: str
    score: str
    forecaster: str
    forecasts: int
    clusters: int
    mean: Interval
    gain: Interval | None
    """Score of the forecaster less that of the model, above zero where the model is better."""


@dataclass(frozen=True, repr=False)
class Backtest(Brief):
    """Forecasts of recorded acts and crises, with their scores."""

    acts: tuple[LevelForecasts, ...]
    """Forecasts of the next act: of events, of cases, or both."""
    courses: tuple[CrisisForecast, ...]
    """Forecasts of the course of each case, one per origin."""
    origins: tuple[OriginLine, ...]
    """Calibration of the model's forecasts of courses by the day of the origin."""
    scores: tuple[ScoreLine, ...]
    cases: tuple[str, ...]
    """Names of the cases."""
    in_sample: tuple[str, ...]
    """Those of them that are coded for calibration."""
    conduct: Conduct | None = None
    """How people played, where cases are games."""

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines()

    def frame(self) -> pd.DataFrame:
        """Return the scores: one row per quantity, score and forecaster, the columns those of scores.csv."""
        return score_frame(self.scores)

    def lines(self) -> list[str]:
        """Return the scores as text of at most 100 columns, with the caveats."""
        caveats = textwrap.wrap(CAVEAT, WIDTH)
        if self.in_sample:
            caveats += textwrap.wrap(IN_SAMPLE.format(len(self.in_sample), len(self.cases)), WIDTH)
        played = [] if self.conduct is None else [*self.conduct.lines(), ""]
        return [*score_text(self.scores), "", *played, *caveats]

    def write(self, out: Path) -> list[Path]:
        """Write scores.csv and, if there are cases, tables of their forecasts; return the paths."""
        write_scores(out / "scores.csv", self.scores)
        if not self.courses:
            return [out / "scores.csv"]
        write_forecasts(out / "forecasts.csv", self.courses)
        write_transforms(out / "pit.csv", transforms_of(made_by_model(self.courses)))
        write_origins(out / "origins.csv", self.origins)
        names = ["scores", "forecasts", "pit", "origins"]
        if self.conduct is not None:
            self.conduct.write(out / "conduct.csv")
            names.append("conduct")
        return [out / f"{name}.csv" for name in names]

    def write_predictions(self, path: Path) -> None:
        """Write the forecast of every act, one line per act."""
        write_predictions(path, self.acts)


def backtest(
    cases: Sequence[str | Path | Scenario] = (),
    mie: str | Path | None = None,
    *,
    wanted: Examination | None = None,
    train: str | Path | None = None,
    weights: str | Path | WeightSet | None = None,
    window: int = 90,
    replications: int = 1_000,
    seed: int = 1,
) -> Backtest:
    """Forecast recorded crises and events from what was known before them, and score the forecasts.

    Parameters
    ----------
    cases
        Case files, names of shipped cases, or "history" for all shipped ones. Of games that people played
        acts of people alone are forecast, and how they played is compared with all shipped cases.
    mie
        A CSV file in the format of Militarized Interstate Events; see `load_mie`.
    wanted
        Which of its acts are forecast; by default the reactions of all pairs of states since 1946.
    train
        A file of events to fit the baselines to; by default `mie` itself, without the tested pair.
    weights
        A weights file, the name of a shipped one, or a loaded set, for all forecasts; by default each
        case's own, and `calibrated` for events.
    window
        Days after an origin for which a case is scored.
    replications, seed
        Simulated crises per forecast; the seed also draws the bootstrap samples.

    Raises
    ------
    ScenarioError
        If a file is missing or not valid, or there is nothing to score or to fit the baselines to.
    """
    check_whole("window", window, 1)
    check_whole("replications", replications, 1)
    check_whole("seed", seed, 0)
    chosen = None if weights is None else weights_of(weights)
    used = load_cases(cases)
    blocks: list[LevelForecasts] = []
    if mie is not None:
        blocks.append(_event_forecasts(mie, train, wanted or Examination(), chosen))
    if chosen is not None:
        used = [case.model_copy(update={"weights": chosen.weights}) for case in used]
    forecasts: list[CrisisForecast] = []
    games = [case for case in used if is_game(case)]
    known = load_cases([HISTORY], CALIBRATE) if used else []
    if used:
        blocks.append(act_forecasts(used, known))
        forecasts = crisis_forecasts(used, known, window, replications, seed)
    comparisons = [one for block in blocks for one in compare_acts(block)] + compare_crises(forecasts)
    if not comparisons:
        says = "nothing to score: no act since the first year, and no case coded beyond its origin"
        raise ScenarioError([Problem(str(mie or "cases"), None, None, "", says)])
    return Backtest(
        acts=tuple(blocks),
        courses=tuple(forecasts),
        origins=tuple(origin_lines(made_by_model(forecasts), np.random.default_rng(seed))),
        scores=tuple(score_lines(comparisons, np.random.default_rng(seed))),
        cases=tuple(case.name for case in used),
        in_sample=tuple(case.name for case in used if case_of(case).use == CALIBRATE),
        conduct=conduct(games, known) if games else None,
    )


def weights_of(source: str | Path | WeightSet) -> WeightSet:
    """Load a weights file or a shipped set by name; a loaded set is returned as it is."""
    return source if isinstance(source, WeightSet) else load_weights(source)


def _event_forecasts(
    mie: str | Path, train: str | Path | None, wanted: Examination, weights: WeightSet | None
) -> LevelForecasts:
    events = load_mie(mie)
    known = events if train is None else load_mie(train)
    if pairs_to_train_on(known, wanted) == 0:
        says = "no acts of other pairs of states since 1946 to fit the baselines to"
        allowed = "give a training file (train, --train) that has some"
        raise ScenarioError([Problem(str(train or mie), None, None, "", says, allowed)])
    used = weights or load_weights(EVENT_WEIGHTS)
    return exchange_forecasts(events, known, wanted, used.weights)


def crisis_forecasts(
    cases: Sequence[Scenario], train: Sequence[Scenario], window: int, replications: int, seed: int
) -> list[CrisisForecast]:
    """Forecast each case from each of its origins; baselines use the other training cases.

    Parameters
    ----------
    cases
        Scenarios with a `case`, and with the weights to be tested.
    train
        Cases available to the baselines.
    window
        Number of days after an origin that are scored.
    replications, seed
        Replications per forecast, and their seed.
    """
    tasks = [task for scenario in cases for task in tasks_of(scenario, window)]
    known = {days: _watched(train, days) for days in {task.window for task in tasks}}
    found = []
    for task in tasks:
        crisis = crisis_of(task.scenario)
        others = [other for other in known[task.window] if crisis_of(other.scenario) != crisis]
        by = {MODEL: by_rules(task, replications, seed)}
        by |= {name: method(others, task) for name, method in METHODS.items()}
        found.append(CrisisForecast(task, by))
    return found


def _watched(train: Sequence[Scenario], window: int) -> list[ForecastTask]:
    """Return the tasks of the training cases whose record covers the whole window."""
    return [task for scenario in train for task in tasks_of(scenario, window) if task.window == window]


def compare_crises(forecasts: Sequence[CrisisForecast]) -> list[Comparison]:
    """Score forecasts of crises in every quantity, over the crises of which it is asked."""
    if not forecasts:
        return []
    names = list(forecasts[0].by)
    found = []
    for quantity in QUANTITIES:
        used = [one for one in forecasts if quantity.is_asked(one.task)]
        if not used:
            continue
        cluster = tuple(one.task.scenario.name for one in used)
        for score, of in quantity.scores():
            by = {name: np.array([of(one.task, one.by[name]) for one in used]) for name in names}
            found.append(Comparison(quantity.name, score, cluster, by))
    return found


def compare_acts(block: LevelForecasts) -> list[Comparison]:
    """Score forecasts of the next act's level."""
    if not block.rows:
        return []
    quantity = "next act (events)" if block.scale == HOSTILITY else "next act (cases)"
    cluster = tuple(block.cluster)
    return [
        Comparison(quantity, name, cluster, {who: rule(p, block.observed) for who, p in block.by.items()})
        for name, rule in (("log", log_score), ("RPS", ranked_probability))
    ]


def score_lines(comparisons: Sequence[Comparison], generator: Generator) -> list[ScoreLine]:
    """Return means and gains with bootstrap intervals, resampling whole clusters."""
    lines = []
    for one in comparisons:
        model = one.by[MODEL]
        for name, scores in one.by.items():
            gain = None if name == MODEL else bootstrap(scores - model, one.cluster, generator)
            mean = bootstrap(scores, one.cluster, generator)
            number = len(set(one.cluster))
            lines.append(ScoreLine(one.quantity, one.score, name, len(scores), number, mean, gain))
    return lines


def made_by_model(forecasts: Sequence[CrisisForecast]) -> list[tuple[ForecastTask, Forecast]]:
    """Return the model's forecasts with their tasks."""
    return [(one.task, one.by[MODEL]) for one in forecasts]


def peaks_of(forecasts: Sequence[CrisisForecast]) -> tuple[Floats, NDArray[np.int64]]:
    """Return the model's distribution of the peak rung, [forecasts, rungs], and the recorded peaks."""
    return (
        np.array([one.by[MODEL].peak for one in forecasts]),
        np.array([one.task.recorded.peak for one in forecasts], np.int64),
    )


SCORE_COLUMNS = (
    "quantity", "score", "forecaster", "forecasts", "clusters", "mean", "low", "high", "gain_of_model",
    "gain_low", "gain_high",
)  # fmt: skip


def score_frame(lines: Sequence[ScoreLine]) -> pd.DataFrame:
    """Return scores as a frame, NaN for the gain of the model over itself."""
    import pandas as pd

    missing = Interval(math.nan, math.nan, math.nan)
    rows = []
    for line in lines:
        mean, gain = line.mean, line.gain or missing
        who = [line.quantity, line.score, line.forecaster, line.forecasts, line.clusters]
        rows.append([*who, mean.estimate, mean.low, mean.high, gain.estimate, gain.low, gain.high])
    return pd.DataFrame(rows, columns=list(SCORE_COLUMNS))


def score_text(lines: Sequence[ScoreLine]) -> Iterator[str]:
    """Yield scores as a table in text, grouped by quantity and score."""
    yield "Scores, lower is better. Gain: how much the model improves on the other forecaster; positive where"
    yield "the model is better."
    alone = any(line.clusters == 1 for line in lines)
    if any(line.clusters > 1 for line in lines):
        yield f"95% intervals by resampling whole crises{', none for a single crisis' if alone else ''}."
    elif alone:
        yield "No intervals: they come from resampling crises, and this is a single one. How well the model"
        yield "forecasts in general cannot be said from it."
    last = ""
    for line in lines:
        forecasts = f"{line.forecasts:,} forecast{'' if line.forecasts == 1 else 's'}"
        crises = f"{line.clusters:,} {'crisis' if line.clusters == 1 else 'crises'}"
        head = f"{line.quantity}, {line.score} ({forecasts}, {crises})"
        if head != last:
            yield ""
            yield head
            last = head
        mean = f"{line.mean.estimate:8.3f}{_limits(line.mean)}"
        gained = f"   gain {line.gain.estimate:+.3f}{_limits(line.gain, '+')}" if line.gain else ""
        yield f"  {line.forecaster:<12}{mean}{gained}"


def _limits(interval: Interval, sign: str = "") -> str:
    if math.isnan(interval.low):
        return ""
    return f" [{interval.low:{sign}.3f}, {interval.high:{sign}.3f}]"


def write_scores(path: Path, lines: Sequence[ScoreLine]) -> None:
    """Write the table of scores."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(SCORE_COLUMNS)
        for line in lines:
            who = [line.quantity, line.score, line.forecaster, line.forecasts, line.clusters]
            writer.writerow([*who, *_cells(line.mean), *(_cells(line.gain) if line.gain else ["", "", ""])])


def write_forecasts(path: Path, forecasts: Sequence[CrisisForecast]) -> None:
    """Write the forecasts of each crisis, one line per quantity, with the recorded value.

    For times the median is given, empty if it lies beyond the window.
    """
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = list(forecasts[0].by) if forecasts else [MODEL]
        writer.writerow(["case", "origin", "window_days", "quantity", "observed", *names])
        for one in forecasts:
            task = one.task
            head = [task.scenario.name, task.origin.isoformat(), task.window]
            cells = (cell for one in QUANTITIES if one.is_asked(task) for cell in one.cells(task))
            for column, seen, of in cells:
                values = [_cell(of(one.by[name])) for name in names]
                writer.writerow([*head, column, _cell(seen), *values])


def _cells(interval: Interval) -> list[str]:
    return [_cell(value) for value in (interval.estimate, interval.low, interval.high)]


def _cell(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
