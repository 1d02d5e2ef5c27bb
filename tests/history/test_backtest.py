"""Scores of the rules and of baselines: the gain is the difference, clusters are crises."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from escalation.history.act_forecasts import act_forecasts
from escalation.history.backtest import (
    Comparison,
    CrisisForecast,
    compare_acts,
    compare_crises,
    crisis_forecasts,
    peaks_of,
    score_lines,
    score_text,
    write_forecasts,
    write_scores,
)
from escalation.history.cases import tasks_of
from escalation.history.course_forecasts import AnswerForecast, Forecast
from escalation.history.courses import ENDINGS, GOES_ON, QUIET
from tests.history.crises import case, past, with_known_scores
from tests.strategies import date, dated


@pytest.fixture(scope="module")
def forecasts() -> list[CrisisForecast]:
    cases = [past("one", case=case(origins=[date(0), date(30)])), past("two")]
    return crisis_forecasts(cases, cases, 90, 40, 3)


def test_no_baseline_is_trained_on_the_case_itself() -> None:
    war = [dated(1, "alba", "threat", "borea"), dated(2, "borea", "war", "alba")]
    (one,) = crisis_forecasts([past("one")], [past("one"), past("two", acts=war)], 90, 1, 1)
    assert one.by["climatology"].peak[9] == pytest.approx((1 + 1 / 11) / 2)


def test_no_baseline_is_trained_on_another_coding_of_the_case() -> None:
    first = past("one", acts=[dated(1, "alba", "threat", "borea"), dated(2, "borea", "war", "alba")])
    second = past("again", case=case(use="second_coding", coding_of="one"))
    (found,) = crisis_forecasts([second], [first, past("two")], 90, 1, 1)
    assert found.by["climatology"].peak[9] == pytest.approx((1 / 11) / 2)


def test_baselines_are_trained_on_records_that_cover_the_window() -> None:
    """Where coding stops after 12 days, forecasts are of 12 days, by everybody."""
    first, whole = past("one", case=case(coded_to=date(12))), past("two")
    short, long = crisis_forecasts([first, whole], [first, whole, past("three")], 90, 1, 1)
    assert (short.task.window, long.task.window) == (12, 90)
    assert len(short.by["climatology"].end) == len(long.by["climatology"].end) + 1 == 2
    assert np.isinf(short.by["climatology"].end).all()


def sure(peak: int, days: float, outcome: int, mediated: float) -> Forecast:
    return Forecast(
        peak=np.eye(11)[peak],
        first_force=np.array([days]),
        last_hit=AnswerForecast(float(math.isfinite(days)), np.array([days])),
        next_hit=AnswerForecast(float(math.isfinite(days)), np.array([days])),
        end=np.array([days]),
        ending=np.eye(4)[QUIET if math.isfinite(days) else GOES_ON],
        outcome=np.eye(4)[outcome],
        mediated=mediated,
    )


def test_every_forecaster_makes_one_forecast_per_origin(forecasts: list[CrisisForecast]) -> None:
    assert [one.task.scenario.name for one in forecasts] == ["one", "one", "two"]
    for one in forecasts:
        assert list(one.by) == ["model", "climatology", "persistence", "last_crisis"]


def test_perfect_foresight_scores_zero() -> None:
    (task,) = tasks_of(past(), 90)
    perfect = sure(7, 10.0, 1, 1.0)
    perfect = replace(perfect, end=np.array([13.0]), next_hit=AnswerForecast(1.0, np.array([2.0])))
    even = np.array([0.5, 0.5, 0.0, 0.0])
    far = replace(sure(0, math.inf, 0, 0.0), outcome=even, ending=even)
    scores = {
        (one.quantity, one.score): (one.by["model"][0], one.by["far"][0])
        for one in compare_crises([CrisisForecast(task, {"model": perfect, "far": far})])
    }
    assert {key: pair[0] for key, pair in scores.items()} == pytest.approx(dict.fromkeys(scores, 0.0))
    assert scores["peak rung", "RPS"][1] == 7
    assert scores["rung 6 reached", "Brier"][1] == 1
    assert scores["rung 9 reached", "Brier"][1] == 0
    assert scores["days to first force", "CRPS"][1] == 80
    assert scores["days to answer the last hit", "CRPS"][1] == 20  # watched for 30 days
    assert scores["days to answer the next hit", "CRPS"][1] == 28
    assert scores["last hit answered", "Brier"][1] == 1
    assert scores["days to the end", "CRPS"][1] == 63  # watched for 76 days
    assert scores["over by the close", "Brier"][1] == 0.25
    assert scores["how it ends", "log"][1] == pytest.approx(math.log(2))
    assert scores["outcome", "log"][1] == pytest.approx(math.log(2))
    assert scores["mediation accepted", "Brier"][1] == 1
    assert len(scores) == 21


def test_mediation_known_beforehand_is_not_scored(forecasts: list[CrisisForecast]) -> None:
    found = {one.quantity: one for one in compare_crises(forecasts)}
    assert found["peak rung"].cluster == ("one", "one", "two")
    assert found["mediation accepted"].cluster == ("one", "two")
    assert compare_crises([]) == []


def test_each_quantity_is_scored_over_the_crises_of_which_it_is_asked(
    forecasts: list[CrisisForecast],
) -> None:
    found = {one.quantity: one for one in compare_crises(forecasts)}
    assert found["last hit answered"].cluster == ("one", "one", "two")
    assert found["next hit answered"].cluster == ("one", "two")  # no force after day 30


def test_gains_are_of_the_model_over_the_other() -> None:
    scores = {"model": np.array([1.0, 2.0, 3.0]), "other": np.array([1.5, 2.0, 4.0])}
    model, other = score_lines([Comparison("q", "s", ("a", "a", "b"), scores)], np.random.default_rng(1))
    assert (model.mean.estimate, model.gain) == (2.0, None)
    assert other.gain is not None
    assert (other.gain.estimate, other.gain.low, other.gain.high) == (0.5, 0.25, 1.0)
    assert (other.forecasts, other.clusters) == (3, 2)


def test_acts_are_scored_by_everyone(monkeypatch: pytest.MonkeyPatch) -> None:
    with_known_scores(monkeypatch)
    block = act_forecasts([past()], [])
    log, ranked = compare_acts(block)
    assert (log.quantity, log.score, ranked.score) == ("next act (cases)", "log", "RPS")
    assert log.by["model"] == pytest.approx(np.full(7, math.log(6)))
    assert log.by["climatology"] == pytest.approx(np.full(7, math.log(11)))
    assert compare_acts(replace(block, rows=())) == []


def test_tables_can_be_read_back(forecasts: list[CrisisForecast], tmp_path: Path) -> None:
    lines = score_lines(compare_crises(forecasts), np.random.default_rng(1))
    write_scores(tmp_path / "scores.csv", lines)
    with (tmp_path / "scores.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(lines) == 84
    assert rows[0]["gain_of_model"] == ""
    assert float(rows[1]["mean"]) == pytest.approx(lines[1].mean.estimate, rel=1e-5)
    write_forecasts(tmp_path / "forecasts.csv", forecasts)
    with (tmp_path / "forecasts.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {(row["case"], row["origin"], row["quantity"]): row for row in rows}
    row = found["one", date(0), "p_rung_6"]
    assert row["observed"] == "1"
    assert float(row["model"]) == pytest.approx(forecasts[0].by["model"].reaches(6), rel=1e-5)
    assert found["one", date(30), "days_to_first_force"]["observed"] == ""
    assert ("one", date(30), "p_mediation_accepted") not in found
    assert ("one", date(30), "p_next_hit_answered") not in found
    assert found["one", date(0), "days_to_answer_next_hit"]["observed"] == "2"
    assert [found["two", date(0), f"p_{name}"]["observed"] for name in ENDINGS] == ["0", "1", "0", "0"]


def test_a_single_crisis_has_scores_and_no_intervals() -> None:
    """What cannot be said is said, not printed as nan."""
    scores = {"model": np.array([1.0, 2.0]), "other": np.array([1.5, 2.0])}

    def text(*clusters: tuple[str, ...]) -> str:
        compared = [Comparison(f"q{k}", "s", cluster, scores) for k, cluster in enumerate(clusters)]
        return "\n".join(score_text(score_lines(compared, np.random.default_rng(1))))

    alone, several = text(("a", "a")), text(("a", "b"))
    assert "nan" not in alone
    assert "[" not in alone
    assert "+0.250" in alone
    assert "No intervals" in alone
    assert "1 crisis)" in alone
    assert "[1.000, 2.000]" in several
    assert "No intervals" not in several
    assert "none for a single crisis" in text(("a", "a"), ("a", "b"))


def test_peaks_of_the_model(forecasts: list[CrisisForecast]) -> None:
    model, observed = peaks_of(forecasts)
    assert model.shape == (3, 11)
    assert observed.tolist() == [7, 0, 7]
