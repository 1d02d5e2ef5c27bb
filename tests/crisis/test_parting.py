"""Where two courses part, read off the tables of runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.crisis.parting import CourseComparison, RecordedCourse, course_of, read_course
from escalation.crisis.play import play, play_forked
from escalation.crisis.tables import write_run
from escalation.files.places import StoreError
from escalation.scenario.load import load_scenario
from tests.experiment.sweeps import TINY

SCENARIO = load_scenario(TINY)


@pytest.fixture(scope="module")
def course() -> RecordedCourse:
    return course_of(play(SCENARIO, 4, 2))


def test_a_course_read_from_its_folder_is_that_of_the_run(course: RecordedCourse, tmp_path: Path) -> None:
    write_run(play(SCENARIO, 4, 2), tmp_path)
    there = read_course(tmp_path)
    assert there.events == course.events
    assert there.result == course.result
    lines = list(CourseComparison(course, there).lines())
    assert lines[0] == "A and B have the same events on all 15 days that both have."
    (tmp_path / "days.csv").write_text("date,day\n2025-04-22,0\n")
    with pytest.raises(StoreError, match="a table of the run lacks"):
        read_course(tmp_path)
    (tmp_path / "acts.csv").unlink()
    with pytest.raises(StoreError, match=r"acts\.csv"):
        read_course(tmp_path)


def test_every_act_incident_and_change_is_an_event(course: RecordedCourse) -> None:
    events = [event for day in course.events.values() for event in day]
    run = play(SCENARIO, 4, 2)
    acts = [decision for decision in run.decisions if decision.choice.target >= 0]
    assert sum(event.kind == "act" for event in events) == len(acts)
    assert events[0].kind == "incident"
    recorded = [event for event in events if event.reason == "on record"]
    assert len(recorded) == len(SCENARIO.acts)
    spans = run.ceasefires
    assert sum(event.kind == "ceasefire" for event in events) >= len(spans)


@pytest.mark.parametrize("day", [3, 6, 9])
def test_a_fork_parts_on_or_after_its_day(day: int) -> None:
    other = load_scenario(TINY, ["states.arland.resolve=1.0", "weights.alarm=1.0"])
    found = CourseComparison(
        course_of(play(SCENARIO, 4, 2)), course_of(play_forked(SCENARIO, other, day, 4, 2)), ("A", "C")
    )
    assert found.parting is not None
    assert found.parting >= str(SCENARIO.date_of(day))
    assert found.first_shift is not None
    lines = list(found.lines())
    assert max(map(len, lines)) <= 80
    mine, theirs = found.only(found.parting)
    assert mine or theirs
    table = found.table()
    before = [row for row in table.rows if row[0] < found.parting]
    assert all(row[3] == row[4] == 1 for row in before)
    assert sum(int(str(row[3])) for row in table.rows) == sum(map(len, found.before.events.values()))
    assert sum(int(str(row[4])) for row in table.rows) == sum(map(len, found.after.events.values()))
    swapped = CourseComparison(found.after, found.before)
    assert swapped.parting == found.parting
    assert swapped.only(found.parting) == (theirs, mine)


def test_a_different_act_shows_how_likely_it_was_on_both_sides() -> None:
    other = load_scenario(TINY, ["acts.objection.act=close_border"])
    found = CourseComparison(course_of(play(SCENARIO, 4)), course_of(play(other, 4)))
    assert found.parting == "2025-04-24"
    text = " ".join(" ".join(found.lines()).split())
    assert "only in A: borland protest arland" in text
    assert "only in B: borland close_border arland" in text
    assert "% in A," in text
    assert "on record" in text


def test_courses_without_a_day_in_common_are_said_to_have_none(course: RecordedCourse) -> None:
    nothing = RecordedCourse((), (), (), course.result)
    assert list(CourseComparison(course, nothing).lines()) == ["A and B have no day in common."]
