from __future__ import annotations

from escalation.classroom.charts import course
from escalation.classroom.frames import LIGHT


def test_a_course_is_drawn_up_to_its_day() -> None:
    states = [("India", [(1.0, 2), (2.0, None), (3.0, 4)]), ("Pakistan", [(0.5, None)] * 3)]
    dates = ["2025-05-04", "2025-05-05", "2025-05-06"]
    series = course(states, dates, 1, "2025-05-05", LIGHT)["series"]
    assert [one["data"] for one in series] == [[1.0, 2.0], [[0, 2]], [0.5, 0.5], []]
