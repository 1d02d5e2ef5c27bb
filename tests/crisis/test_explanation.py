"""A day or a whole crisis explained: lines, tables, and what is refused."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from escalation.crisis import wording
from escalation.crisis.explanation import CourseExplained, DayExplained, explain_crisis
from escalation.crisis.play import play
from escalation.files.places import ArgumentError
from escalation.files.write import Table
from escalation.vocabulary import NUCLEAR_CAVEAT, OUTCOMES
from tests.strategies import NUCLEAR_DAY, build, crisis, nuclear, stage

STAGE = build(stage())


@pytest.fixture(scope="module")
def course() -> CourseExplained:
    found = explain_crisis(STAGE, 3, branches=200)
    assert isinstance(found, CourseExplained)
    return found


def rows_of(table: Table) -> list[dict[str, Any]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_a_day_is_explained() -> None:
    found = explain_crisis(STAGE, 3, date="2020-01-04")
    assert isinstance(found, DayExplained)
    assert found.day == 3
    assert [account.actor for account in found.accounts] == ["umbra", "alba", "borea"]
    text = " ".join(" ".join(found.lines).split())
    assert "A x B [rung 7]" in text
    assert NUCLEAR_CAVEAT in text
    assert found.run.decisions == play(STAGE, 3).decisions
    assert explain_crisis(STAGE, 3, date=dt.date(2020, 1, 4)).lines == found.lines
    assert all(len(line) <= 80 for line in found.lines)


def test_a_quiet_day_is_explained_for_an_actor() -> None:
    run = play(STAGE, 3)
    quiet = next(
        one
        for one in run.decisions
        if one.day > STAGE.horizon_day and one.actor == 0 and one.choice.target < 0
    )
    found = explain_crisis(STAGE, 3, date=STAGE.date_of(quiet.day), actor="alba")
    assert "A holds." in "\n".join(found.lines)
    assert "P(hold)" in "\n".join(found.lines)


def test_of_whom_nothing_is_recorded_it_is_said() -> None:
    found = explain_crisis(STAGE, 3, date="2020-01-01", actor="borea")
    assert "nothing of B is on record" in " ".join(" ".join(found.lines).split())
    assert found.tables["terms.csv"].rows == ()
    nobody = explain_crisis(STAGE, 3, date="2020-01-01")
    assert wording.NOBODY_ACTED.format(date="1 January 2020").split(".")[0] in "\n".join(nobody.lines)


def test_the_odds_of_a_crisis_end_with_its_outcome(course: CourseExplained) -> None:
    rows = rows_of(course.tables["odds.csv"])
    assert len(rows) == len(OUTCOMES) * (STAGE.last_day + 2)
    last = {row["outcome"]: row["share"] for row in rows if row["day"] == STAGE.last_day}
    assert last == {name: float(name == course.run.result.outcome) for name in OUTCOMES}
    for row in rows:
        assert row["low"] <= row["share"] <= row["high"]
        assert row["simulated"] == int(row["day"] > STAGE.horizon_day)
        assert row["crises"] == 200


def test_the_parts_of_a_turning_point_add_up_in_the_table(course: CourseExplained) -> None:
    rows = rows_of(course.tables["turning_points.csv"])
    wholes = [row for row in rows if row["step"] == 0]
    assert [row["day"] for row in wholes] == [turn.day for turn in course.turns]
    for whole in wholes:
        parts = [row["change"] for row in rows if row["day"] == whole["day"] and row["step"] > 0]
        assert math.fsum(parts) == pytest.approx(whole["change"], abs=1e-12)


def test_the_lines_of_a_course(course: CourseExplained) -> None:
    text = " ".join(" ".join(course.lines).split())
    assert wording.RECORD_TURNS in text
    assert wording.SIMULATED_TURNS in text
    assert "had the model played on from there" in text
    assert NUCLEAR_CAVEAT in text
    assert "200 crises per day" in text
    assert all(len(line) <= 80 for line in course.lines)
    assert str(STAGE.date_of(-1)) in text


def test_an_explanation_repeats_byte_by_byte(course: CourseExplained) -> None:
    again = explain_crisis(STAGE, 3, branches=200)
    assert again.lines == course.lines
    for name, table in course.tables.items():
        assert again.tables[name].csv() == table.csv()


def test_a_crisis_in_which_nothing_moves() -> None:
    found = explain_crisis(crisis(free_days=1), 1, branches=2)
    assert isinstance(found, CourseExplained)
    assert found.turns == ()
    assert wording.NO_TURN_THERE.format(points=5) in " ".join(" ".join(found.lines).split())


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"date": "2020-13-01"}, "'2020-13-01' is not a date such as 2020-01-05"),
        ({"date": "2021-01-01"}, "is not a day of the crisis, 2020-01-01 to 2020-01-30"),
        ({"date": "2020-01-04", "actor": "alpa"}, "did you mean `alba`"),
        ({"actor": "alba"}, "without a date"),
        ({"branches": 0}, "not a whole number from 1"),
    ],
)
def test_what_is_wrong_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ArgumentError, match=says):
        explain_crisis(crisis(), 1, **given)


def test_without_simulated_days_there_are_no_odds() -> None:
    with pytest.raises(ArgumentError, match="no day is simulated"):
        explain_crisis(crisis(free_days=0), 1)
    assert explain_crisis(crisis(free_days=0), 1, date="2020-01-03").lines


def test_days_after_nuclear_use_are_refused() -> None:
    date = nuclear().date_of(NUCLEAR_DAY + 1)
    with pytest.raises(ArgumentError, match="the crisis ended on 2020-01-08"):
        explain_crisis(nuclear(), 1, date=date)
