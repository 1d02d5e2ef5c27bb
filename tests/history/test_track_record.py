"""Scores of forecasts on record: by hand for a few, and nothing for what is open."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest

from escalation.files.places import ArgumentError, ScenarioError
from escalation.history.forecast_record import ForecastEvent, RecordedForecast, ReferenceClass
from escalation.history.track_record import COLUMNS, load_truth, reference_limits, score
from escalation.vocabulary import NUCLEAR_CAVEAT

CLOSES = dt.date(2020, 2, 1)


def event(
    name: str, p: float, reference: tuple[int, int] | None = None, share: str = "force"
) -> ForecastEvent:
    known = None
    if reference is not None:
        yes, n = reference
        known = ReferenceClass(happened=yes, of=n, probability=(yes + 0.5) / (n + 1), source="s")
    return ForecastEvent(
        id=name, says=f"{name} happens", share=share, closes=CLOSES, probability=p, low=p / 2, high=1.0,
        at_weights=p, reference=known,
    )  # fmt: skip


def forecast(name: str, *events: ForecastEvent, made: dt.date = CLOSES) -> RecordedForecast:
    return RecordedForecast(
        forecast=name, title="t", scenario="s", scenario_sha256="a", horizon=dt.date(2020, 1, 1), made=made,
        version="1", rules_sha256="b", weights="calibrated", draws=1, replications=1, seed=1, caveat="c",
        events=events,
    )  # fmt: skip


ONE = forecast("one", event("a", 0.8, (1, 3)), event("b", 0.1), event("c", 0.4, (0, 4)))
TWO = forecast("two", event("a", 0.6, (1, 3)), made=dt.date(2020, 3, 1))
TRUTH = {("one", "a"): True, ("one", "b"): False, ("two", "a"): False}


def test_scores_are_those_of_the_probabilities() -> None:
    found = score([ONE, TWO], TRUTH)
    assert [one.brier for one in found.scored] == pytest.approx([0.04, 0.01, 0.36])
    assert [one.log for one in found.scored] == pytest.approx(
        [-math.log(0.8), -math.log(0.9), -math.log(0.4)]
    )
    assert [one.reference_log for one in found.scored] == [
        pytest.approx(-math.log(1.5 / 4)), None, pytest.approx(-math.log(2.5 / 4))
    ]  # fmt: skip
    assert found.scored[0].reference_brier == pytest.approx((1.5 / 4 - 1) ** 2)
    assert [(one.forecast, one_event.id) for one, one_event in found.open] == [("one", "c")]


def test_the_gain_is_over_the_reference_class_and_resamples_forecasts() -> None:
    gain = score([ONE, TWO], TRUTH).gain()
    assert gain is not None
    first, second = math.log(0.8) - math.log(1.5 / 4), math.log(0.4) - math.log(2.5 / 4)
    assert gain.estimate == pytest.approx((first + second) / 2)
    assert gain.low <= gain.estimate <= gain.high
    alone = score([ONE], TRUTH).gain()
    assert alone is not None
    assert math.isnan(alone.low)
    assert score([ONE], {("one", "b"): True}).gain() is None


def test_the_account_lists_what_is_decided_and_what_is_open() -> None:
    lines = score([ONE, TWO], TRUTH).lines()
    assert max(map(len, lines)) <= 80
    text = " ".join(" ".join(lines).split())
    assert "2 forecasts with 4 events: 3 decided, 1 open" in text
    assert "0.400 c happens (one)" in text
    assert "two: made after a window had closed" in text
    assert "Of 3 events 1 happened; 1.5 were forecast." in text
    assert NUCLEAR_CAVEAT not in text
    nothing = score([ONE], {}).lines()
    assert "1 forecast with 3 events: 0 decided, 3 open" in nothing
    assert "0.400  c happens" in nothing[-1]
    alone = " ".join(" ".join(score([ONE], TRUTH).lines()).split())
    assert "one forecast alone has no interval" in alone
    worst = forecast("worst", event("n", 0.1, share="nuclear_use"))
    worst = worst.model_copy(update={"caveat": f"c {NUCLEAR_CAVEAT}"})
    assert score([worst], {}).lines()[-1] == NUCLEAR_CAVEAT
    assert "None has a reference class" in " ".join(score([worst], {("worst", "n"): False}).lines())


def test_tables_have_a_row_per_event() -> None:
    found = score([ONE, TWO], TRUTH)
    table = found.table()
    assert table.columns == COLUMNS
    assert len(table.rows) == 4
    by_event = {row[:2]: dict(zip(COLUMNS, row, strict=True)) for row in table.rows}
    assert by_event["one", "c"]["happened"] is None
    assert by_event["two", "a"]["retrospective"] == 1
    assert by_event["one", "a"]["happened"] == 1
    assert sum(int(row[2] or 0) for row in found.reliability_table().rows) == 3
    assert score([ONE], {}).reliability_table().rows == ()


def test_truth_is_read_with_open_events_left_out(tmp_path: Path) -> None:
    file = tmp_path / "truth.csv"
    file.write_text(
        "source,happened,event,forecast\npaper,YES,a,one\n,no,b,one\n,,c,one\n,0,a,two\n", encoding="utf-8"
    )
    assert load_truth(file, [ONE, TWO]) == TRUTH


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("on,a,yes", 'there is no forecast "on"'),
        ("one,d,yes", 'one has no event "d"'),
        ("one,a,perhaps", '"perhaps" is no answer'),
        ("one,a,yes\none,a,yes", "more than once"),
    ],
)
def test_wrong_truth_is_refused_by_line(rows: str, says: str, tmp_path: Path) -> None:
    file = tmp_path / "truth.csv"
    file.write_text(f"forecast,event,happened\n{rows}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load_truth(file, [ONE, TWO])
    assert says in str(error.value)
    assert f"{file}:{2 + rows.count(chr(10))}" in str(error.value)


def test_forecasts_are_given_once() -> None:
    with pytest.raises(ArgumentError, match="one given more than once"):
        score([ONE, ONE], TRUTH)
    with pytest.raises(ArgumentError, match="none"):
        score([], TRUTH)


def test_the_reference_class_has_wilsons_interval() -> None:
    found = reference_limits(ONE.events[0])
    assert found is not None
    share, low, high = found
    assert share == pytest.approx(1 / 3)
    assert (low, high) == pytest.approx((0.0615, 0.7923), abs=5e-4)
    assert reference_limits(ONE.events[1]) is None
