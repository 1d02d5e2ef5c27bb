from __future__ import annotations

from escalation.classroom import charts, takeaway
from escalation.classroom.frames import LIGHT, framed
from tests.classroom.crises import outlook


def test_a_picture_carries_title_setting_and_caveat() -> None:
    tables = takeaway.tables_of([("now", outlook())])
    notes = ["a setting", "a caveat"]
    options = framed(charts.peak_bars(tables["peaks"], LIGHT), "A title", notes, LIGHT)
    assert [title["text"] for title in options["title"]] == ["A title", "a setting\na caveat"]
    assert options["backgroundColor"] == LIGHT.ground
