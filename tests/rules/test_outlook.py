"""The helpers of the formulas."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.rules.outlook import at_least, cube, nearness


@given(st.floats(-10, 10), st.floats(0.1, 5))
def test_nearness(distance: float, width: float) -> None:
    assert nearness(distance, width) == pytest.approx(max(0.0, 1.0 - abs(distance) / width))


@pytest.mark.parametrize(("rung", "expected"), [(4.9, 0.0), (5.0, 1.0), (7.0, 1.0)])
def test_the_bracket_is_1_from_its_rung_on(rung: float, expected: float) -> None:
    assert at_least(rung, 5.0) == expected


def test_cube() -> None:
    assert cube(-0.5) == -0.125
