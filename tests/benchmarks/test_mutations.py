from __future__ import annotations

from benchmarks.mutations import Ended, fault_of


def test_a_refusal_must_name_its_place() -> None:
    assert fault_of(Ended(2, "", "x.yaml:3:1: states: missing key; required here: a mapping\n")) is None
    assert fault_of(Ended(0, "Outcome", "")) is None
    assert fault_of(Ended(2, "", "escalation: unexpected KeyError: 'x'\n"))
    assert fault_of(Ended(2, "", "Traceback (most recent call last):\n  File\n"))
    assert fault_of(Ended(2, "", ""))
    assert fault_of(Ended(1, "", "x.yaml:3:1: states: missing key\n"))
