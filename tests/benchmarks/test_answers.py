"""The benchmark from a sweep to answers runs every command, and says how each grows."""

from __future__ import annotations

import pytest

from benchmarks import answers


def test_every_command_is_run_and_measured() -> None:
    found = list(answers.steps(40, resamples=10))
    assert [step.name.split()[0] for step in found] == [
        "sweep",
        "its",
        "discover,",
        "sensitivity:",
        "sensitivity:",
    ]
    # Sixteen rows of seven points of either policy.
    assert [step.cells for step in found] == [40, 40, 40, 224, 224]
    assert all(step.cpu > 0.1 for step in found[1::2])
    assert all(50 < step.peak_mb < 1_000 for step in found)


def test_the_greatest_exponent_is_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    def steps(cells: int, resamples: int) -> list[answers.Step]:
        return [answers.Step("one", cells, cells / 100, 200.0), answers.Step("two", cells, cells**1.3, 200.0)]

    monkeypatch.setattr(answers, "steps", steps)
    monkeypatch.setattr(answers, "taken", lambda *_, **__: None)
    lines = list(answers.report((100, 400)))
    assert "one; exponent 1.00" in lines[3]
    assert "Greatest exponent over cells: 1.30; at most 1.15: MISSED." in lines[-1]
