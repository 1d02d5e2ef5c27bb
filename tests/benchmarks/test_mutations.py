from __future__ import annotations

from benchmarks.mutations import Ended, error_of


def test_a_refusal_must_name_its_place() -> None:
    assert error_of(Ended(2, "", "x.yaml:3:1: states: missing key; required here: a mapping\n")) is None
    assert error_of(Ended(0, "Outcome", "")) is None
    assert error_of(Ended(2, "", "escalation: unexpected KeyError: 'x'\n"))
    assert error_of(Ended(2, "", "Traceback (most recent call last):\n  File\n"))
    assert error_of(Ended(2, "", ""))
    assert error_of(Ended(1, "", "x.yaml:3:1: states: missing key\n"))
