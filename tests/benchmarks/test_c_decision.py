from __future__ import annotations

import pytest

from benchmarks import c_decision


def test_c_decides_as_the_rules_do() -> None:
    lines = list(c_decision.report(crises=1, uniforms=200, repeats=1))
    if lines[0].startswith("Skipped"):
        pytest.skip(lines[0])
    assert "The same options chosen" in lines[-1]


def test_c_is_skipped_without_a_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    lines = list(c_decision.report(crises=1, uniforms=1, repeats=1))
    assert len(lines) == 1
    assert lines[0].startswith("Skipped: `no-such-compiler` does not start")
