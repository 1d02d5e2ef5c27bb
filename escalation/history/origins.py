"""Calibration of the model's forecasts of courses, by how far the crisis had come at the origin."""

from __future__ import annotations

import csv
import datetime as dt
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

from escalation.files.write import replacing
from escalation.history.cases import ForecastTask
from escalation.history.course_forecasts import Forecast
from escalation.history.quantities import BINARY, TRANSFORMED
from escalation.stats.scores import Interval, bootstrap

BANDS = (0, 7, 30, 90)
"""First days of the bands of days since the start into which origins are put."""
HALF = 0.5
"""The mean of a probability integral transform where forecasts are calibrated."""

SHARE, TRANSFORM = "share", "transform"

Made = tuple[ForecastTask, Forecast]


@dataclass(frozen=True)
class Transform:
    """Where a recorded value fell in its forecast distribution."""

    case: str
    origin: dt.date
    day: int
    """Of the origin, counted from the start."""
    quantity: str
    low: float
    """Probability of less than the recorded value."""
    high: float
    """Probability of no more than it."""


@dataclass(frozen=True)
class OriginLine:
    """The calibration of one quantity over the origins of one band."""

    quantity: str
    measure: str
    """SHARE of an event that happened, or mean TRANSFORM of a level or a time."""
    band: str
    forecasts: int
    clusters: int
    forecast: float
    """Mean probability of the event, or a half."""
    observed: float
    """How often it happened, or the mean of the transforms, each in the middle of its spread."""
    excess: Interval
    """Observed less forecast, zero where calibrated."""


def band_of(day: int) -> str:
    """Return the band of an origin by its day since the start."""
    number = max(k for k, first in enumerate(BANDS) if day >= first)
    return band_names()[number]


def band_names() -> list[str]:
    """Return the names of the bands in order."""
    ends = [f"{first} to {after - 1}" for first, after in itertools.pairwise(BANDS)]
    return [*ends, f"{BANDS[-1]} and later"]


def transforms_of(made: Sequence[Made]) -> list[Transform]:
    """Return the transforms of all ordered quantities, forecast by forecast."""
    return [
        Transform(
            task.scenario.name,
            task.origin,
            task.origin_day,
            quantity.name,
            *quantity.transform(task, said),
        )
        for task, said in made
        for quantity in TRANSFORMED
        if quantity.is_asked(task)
    ]


def origin_lines(made: Sequence[Made], generator: Generator) -> list[OriginLine]:
    """Return the calibration of every quantity in every band that has forecasts, intervals by crises."""
    found: list[OriginLine] = []
    for event in BINARY:
        asked = [(task, said) for task, said in made if event.is_asked(task)]
        rows = [(task, event.said(said), float(bool(event.seen(task.recorded)))) for task, said in asked]
        found += _by_band(event.name, SHARE, rows, generator)
    for quantity in TRANSFORMED:
        asked = [(task, said) for task, said in made if quantity.is_asked(task)]
        rows = [(task, HALF, sum(quantity.transform(task, said)) / 2) for task, said in asked]
        found += _by_band(quantity.name, TRANSFORM, rows, generator)
    return found


def _by_band(
    quantity: str, measure: str, rows: Sequence[tuple[ForecastTask, float, float]], generator: Generator
) -> Iterator[OriginLine]:
    by: Mapping[str, list[tuple[ForecastTask, float, float]]] = {name: [] for name in band_names()}
    for row in rows:
        by[band_of(row[0].origin_day)].append(row)
    for band, here in by.items():
        if not here:
            continue
        cluster = [task.scenario.name for task, _, _ in here]
        forecast, observed = np.array([one for _, one, _ in here]), np.array([one for _, _, one in here])
        yield OriginLine(
            quantity=quantity,
            measure=measure,
            band=band,
            forecasts=len(here),
            clusters=len(set(cluster)),
            forecast=float(forecast.mean()),
            observed=float(observed.mean()),
            excess=bootstrap(observed - forecast, cluster, generator),
        )


def write_transforms(path: Path, transforms: Sequence[Transform]) -> None:
    """Write the transforms, one line each."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["case", "origin", "day", "quantity", "low", "high"])
        for one in transforms:
            head = [one.case, one.origin.isoformat(), one.day, one.quantity]
            writer.writerow([*head, _cell(one.low), _cell(one.high)])


def write_origins(path: Path, lines: Sequence[OriginLine]) -> None:
    """Write the calibration by band, one line per quantity and band."""
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(
            ["quantity", "measure", "days_since_start", "forecasts", "clusters", "forecast", "observed",
             "excess", "excess_low", "excess_high"]
        )  # fmt: skip
        for line in lines:
            excess = line.excess
            numbers = [line.forecast, line.observed, excess.estimate, excess.low, excess.high]
            head = [line.quantity, line.measure, line.band, line.forecasts, line.clusters]
            writer.writerow([*head, *map(_cell, numbers)])


def _cell(value: float) -> str:
    return f"{value:.6g}" if math.isfinite(value) else ""
