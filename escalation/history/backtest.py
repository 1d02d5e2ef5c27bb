"""Hold forecasts against what came: the rules beside what has to be beaten, with scores and intervals."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from escalation.files.write import replacing
from escalation.history.cases import Task, case_of, tasks_of
from escalation.history.forecasts import METHODS, Forecast, by_rules
from escalation.history.next_acts import HOSTILITY, MODEL, LevelForecasts
from escalation.scenario.scenario import Scenario
from escalation.stats.scores import (
    Floats,
    Interval,
    bootstrap,
    brier,
    censored_crps,
    log_score,
    log_score_of_event,
    ranked_probability,
)

THRESHOLDS = (6, 7, 9)
"""Rungs of which the chance to be reached is scored: force, an overt strike, war."""

Event = Callable[[Forecast], float]


@dataclass(frozen=True)
class CrisisForecast:
    """What everyone forecast of a crisis from an origin, and what came."""

    task: Task
    by: Mapping[str, Forecast]
    """Of each forecaster, the model first."""


@dataclass(frozen=True)
class Comparison:
    """One score of everyone on the same forecasts; lower is better."""

    quantity: str
    score: str
    cluster: tuple[str, ...]
    """[forecasts]: the crisis or confrontation of each."""
    by: Mapping[str, Floats]
    """[forecasts] of each forecaster, the model first."""


@dataclass(frozen=True)
class Line:
    """The mean score of a forecaster, and what the model gains over it."""

    quantity: str
    score: str
    forecaster: str
    forecasts: int
    clusters: int
    mean: Interval
    gain: Interval | None
    """Score of the forecaster less that of the model, above zero where the model is better."""


def crisis_forecasts(
    cases: Sequence[Scenario], train: Sequence[Scenario], window: int, runs: int, seed: int
) -> list[CrisisForecast]:
    """Forecast each case from each of its origins, the baselines by the training cases without itself.

    Parameters
    ----------
    cases
        Scenarios with a `case`, and with the weights that are to be tested.
    train
        Cases that the baselines may know.
    window
        Days after an origin for which it is scored.
    runs, seed
        Replications of each forecast and their seed.
    """
    known = [task for scenario in train for task in tasks_of(scenario, window)]
    found = []
    for task in (task for scenario in cases for task in tasks_of(scenario, window)):
        others = [other for other in known if other.scenario.name != task.scenario.name]
        by = {MODEL: by_rules(task, runs, seed)}
        by |= {name: method(others, task) for name, method in METHODS.items()}
        found.append(CrisisForecast(task, by))
    return found


def compare_crises(forecasts: Sequence[CrisisForecast]) -> list[Comparison]:
    """Score forecasts of crises: peak, thresholds, times, class, mediation."""
    if not forecasts:
        return []
    names = list(forecasts[0].by)

    def compare(
        quantity: str, score: str, of: Callable[[Task, Forecast], float], which: Callable[[Task], bool]
    ) -> Comparison:
        used = [one for one in forecasts if which(one.task)]
        by = {name: np.array([of(one.task, one.by[name]) for one in used]) for name in names}
        return Comparison(quantity, score, tuple(one.task.scenario.name for one in used), by)

    def always(_: Task) -> bool:
        return True

    found = [compare("peak rung", "RPS", _score_peak, always)]
    for rung in THRESHOLDS:
        found += [
            compare(f"rung {rung} reached", score, _of_threshold(rung, rule), always)
            for score, rule in (("Brier", brier), ("log", log_score_of_event))
        ]
    found += [
        compare("days to first force", "CRPS", _score_first_force, always),
        compare("days to the end", "CRPS", _score_end, always),
        compare("outcome", "log", _score_outcome, always),
        compare("mediation accepted", "Brier", _score_mediated, lambda task: task.came.mediated is not None),
    ]
    return [one for one in found if one.cluster]


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


def score_lines(comparisons: Sequence[Comparison], generator: Generator) -> list[Line]:
    """Return means and gains with their intervals, clusters drawn anew by the generator."""
    lines = []
    for one in comparisons:
        model = one.by[MODEL]
        for name, scores in one.by.items():
            gain = None if name == MODEL else bootstrap(scores - model, one.cluster, generator)
            mean = bootstrap(scores, one.cluster, generator)
            number = len(set(one.cluster))
            lines.append(Line(one.quantity, one.score, name, len(scores), number, mean, gain))
    return lines


def peaks_of(forecasts: Sequence[CrisisForecast]) -> tuple[Floats, NDArray[np.int64]]:
    """Return the model's distribution of the peak rung, [forecasts, rungs], and what came."""
    return (
        np.array([one.by[MODEL].peak for one in forecasts]),
        np.array([one.task.came.peak for one in forecasts], np.int64),
    )


def write_scores(path: Path, lines: Sequence[Line]) -> None:
    """Write the table of scores."""
    heads = ["quantity", "score", "forecaster", "forecasts", "clusters"]
    heads += ["mean", "low", "high", "gain_of_model", "gain_low", "gain_high"]
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(heads)
        for line in lines:
            who = [line.quantity, line.score, line.forecaster, line.forecasts, line.clusters]
            writer.writerow([*who, *_cells(line.mean), *(_cells(line.gain) if line.gain else ["", "", ""])])


def write_forecasts(path: Path, forecasts: Sequence[CrisisForecast]) -> None:
    """Write what everyone forecast of each crisis, a line a quantity, with what came.

    Of times the median of the samples stands, empty for later than the window.
    """
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        names = list(forecasts[0].by) if forecasts else [MODEL]
        writer.writerow(["case", "origin", "window_days", "quantity", "observed", *names])
        for one in forecasts:
            task = one.task
            for quantity, seen, of in _quantities(task):
                told = [_cell(of(one.by[name])) for name in names]
                head = [task.scenario.name, task.origin.isoformat(), task.window]
                writer.writerow([*head, quantity, seen, *told])


def train_on(cases: Sequence[Scenario]) -> list[Scenario]:
    """Return those of the cases that are for calibration."""
    return [scenario for scenario in cases if case_of(scenario).use == "calibrate"]


def _score_peak(task: Task, forecast: Forecast) -> float:
    return float(ranked_probability([forecast.peak], [task.came.peak])[0])


def _score_first_force(task: Task, forecast: Forecast) -> float:
    return censored_crps(forecast.first_force, task.came.first_force, task.window)


def _score_end(task: Task, forecast: Forecast) -> float:
    return censored_crps(forecast.end, task.came.end, task.watched_end)


def _score_outcome(task: Task, forecast: Forecast) -> float:
    return float(log_score([forecast.outcome], [task.came.outcome])[0])


def _score_mediated(task: Task, forecast: Forecast) -> float:
    return float(brier(forecast.mediated, bool(task.came.mediated)))


def _of_threshold(rung: int, rule: Callable[[float, bool], Floats]) -> Callable[[Task, Forecast], float]:
    return lambda task, forecast: float(rule(forecast.reaches(rung), task.came.peak >= rung))


def _quantities(task: Task) -> Iterator[tuple[str, str, Event]]:
    came = task.came
    yield "peak_rung_mean", str(came.peak), lambda f: float(f.peak @ np.arange(len(f.peak)))
    for rung in THRESHOLDS:
        yield f"p_rung_{rung}", str(int(came.peak >= rung)), _reaching(rung)
    yield (
        "days_to_first_force",
        _cell(_within(came.first_force, task.window)),
        _median("first_force", task.window),
    )
    yield "days_to_end", _cell(_within(came.end, task.watched_end)), _median("end", task.watched_end)
    for number, name in enumerate(_CLASS_COLUMNS):
        yield name, str(int(came.outcome == number)), _class(number)
    if came.mediated is not None:
        yield "p_mediation_accepted", str(int(came.mediated)), lambda f: f.mediated


_CLASS_COLUMNS = ("p_no_force", "p_limited_force", "p_war", "p_stand_off")


def _reaching(rung: int) -> Event:
    return lambda forecast: forecast.reaches(rung)


def _class(number: int) -> Event:
    return lambda forecast: float(forecast.outcome[number])


def _median(name: str, watched: int) -> Event:
    return lambda forecast: _within(float(np.quantile(getattr(forecast, name), 0.5, method="lower")), watched)


def _within(days: float, watched: int) -> float:
    return days if days <= watched else math.inf


def _cells(interval: Interval) -> list[str]:
    return [_cell(value) for value in (interval.estimate, interval.low, interval.high)]


def _cell(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
