"""The benchmark of the page: no two of its settings are the same, and it measures every part once."""

from __future__ import annotations

from itertools import islice

import pytest

from benchmarks import classroom
from escalation.classroom.controls import Settings, moved
from escalation.classroom.session import Session
from escalation.classroom.trail import LONGEST_TRAIL, MOST_KEPT_STEPS
from tests.classroom.browser import needs_chromium
from tests.classroom.crises import workspace

MOVES = 700


def test_each_of_its_moves_is_accepted_and_leads_to_a_new_setting() -> None:
    """Or figures would come from memory, or not be drawn at all."""
    session, seen = Session(workspace()), list[Settings]()
    for path, value in islice(classroom._settings(), MOVES):
        before = session.settings
        assert moved(session.controls, before, path, value) is not None
        session.move(path, value)
        assert session.settings != before
        seen.append(session.settings)
    assert len(set(seen)) == MOVES
    assert len(session.trail.steps) == MOST_KEPT_STEPS
    assert sum(map(len, session.trail.written())) <= LONGEST_TRAIL


@needs_chromium
@pytest.mark.slow
def test_it_measures_latency_load_memory_and_growth() -> None:
    lines = "\n".join(classroom.report(sessions=2, seconds=3.0, moves=10))
    assert "2 visitors, a move every 3 s" in lines
    assert "one visitor, Chromium: control moved to figure redrawn" in lines
    assert "NOT all served" not in lines
    for target in ("< 120 at the median", "MB per session (target", "the server's memory changed by"):
        assert target in lines
