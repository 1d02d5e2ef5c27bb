"""Calibration by the day of the origin: bands, excesses and their intervals, tables."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from escalation.history.cases import ForecastTask, tasks_of
from escalation.history.course_forecasts import Forecast, by_climatology
from escalation.history.origins import (
    SHARE,
    TRANSFORM,
    OriginLine,
    band_names,
    band_of,
    origin_lines,
    transforms_of,
    write_origins,
    write_transforms,
)
from escalation.history.quantities import BINARY, TRANSFORMED
from tests.history.crises import case, past
from tests.strategies import date


def made(*days: int, name: str = "one", mediated: float = 0.25) -> list[tuple[ForecastTask, Forecast]]:
    tasks = tasks_of(past(name, case=case(origins=[date(day) for day in days])), 90)
    return [(task, replace(by_climatology(tasks), mediated=mediated)) for task in tasks]


def lines(forecasts: list[tuple[ForecastTask, Forecast]]) -> dict[tuple[str, str], OriginLine]:
    found = origin_lines(forecasts, np.random.default_rng(1))
    return {(line.quantity, line.band): line for line in found}


@pytest.mark.parametrize(
    ("day", "band"),
    [
        (0, "0 to 6"),
        (6, "0 to 6"),
        (7, "7 to 29"),
        (30, "30 to 89"),
        (90, "90 and later"),
        (900, "90 and later"),
    ],
)
def test_the_band_of_a_day(day: int, band: str) -> None:
    assert band_of(day) == band
    assert band in band_names()


def test_an_event_s_excess_is_its_share_less_its_mean_probability() -> None:
    """Mediation is accepted on day 21: from both of the first two origins, and no question from the third."""
    found = lines([*made(0, 5, 25), *made(2, name="two", mediated=0.75)])
    line = found["mediation accepted", "0 to 6"]
    assert (line.measure, line.forecasts, line.clusters) == (SHARE, 3, 2)
    assert line.forecast == pytest.approx((0.25 + 0.25 + 0.75) / 3)
    assert line.observed == 1
    assert line.excess.estimate == pytest.approx(1 - line.forecast)
    assert (line.excess.low, line.excess.high) == pytest.approx((0.25, 0.75))
    assert ("mediation accepted", "7 to 29") not in found


def test_a_level_s_excess_is_its_mean_transform_less_a_half() -> None:
    ((task, said),) = made(0)
    low_forecast = replace(said, peak=np.eye(11)[2])
    line = lines([(task, low_forecast)])["peak rung", "0 to 6"]
    assert (line.measure, line.forecast, line.observed) == (TRANSFORM, 0.5, 1.0)
    assert line.excess.estimate == 0.5
    assert math.isnan(line.excess.low)  # one crisis alone has no interval


def test_every_quantity_that_is_asked_has_a_line_in_every_band_with_origins() -> None:
    found = lines(made(0, 8))
    assert {band for _, band in found} == {"0 to 6", "7 to 29"}
    assert {name for name, band in found if band == "0 to 6"} == {one.name for one in (*BINARY, *TRANSFORMED)}


def test_tables_can_be_read_back(tmp_path: Path) -> None:
    forecasts = made(0, 8)
    transforms = transforms_of(forecasts)
    write_transforms(tmp_path / "pit.csv", transforms)
    write_origins(tmp_path / "origins.csv", origin_lines(forecasts, np.random.default_rng(1)))

    def rows(name: str) -> list[dict[str, str]]:
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    first = rows("pit.csv")[0]
    assert len(rows("pit.csv")) == len(transforms) == 10
    head = [first[name] for name in ("case", "origin", "day", "quantity")]
    assert head == ["one", date(0), "0", "peak rung"]
    assert float(first["low"]) == pytest.approx(transforms[0].low, rel=1e-5)
    events = [row for row in rows("origins.csv") if row["measure"] == SHARE]
    assert {row["days_since_start"] for row in events} == {"0 to 6", "7 to 29"}
    assert events[0]["excess_low"] == ""
