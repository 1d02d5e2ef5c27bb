from __future__ import annotations

import pytest

from benchmarks import splitting
from benchmarks.splitting import apart, counted, covered
from escalation.analysis.splitting import rare
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from tests.strategies import crisis

SCENARIO = crisis(free_days=5)


def test_crises_are_counted_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "PART", 70)
    peaks = simulate(pack(SCENARIO), splitting.SEED + 1, 0, 200).peak.max(axis=1)
    assert counted(pack(SCENARIO), 5, 200) == (peaks >= 5).sum() > 0


def test_estimates_agree_and_their_intervals_cover() -> None:
    found = rare(SCENARIO, 6, seed=splitting.SEED, replications=100, repetitions=20, levels=(4,))
    assert abs(apart(found, counted(pack(SCENARIO), 6, 4_000), 4_000)) < 4
    assert covered(SCENARIO, 6, 60, levels=(4.0, 5.0)) >= 50


def test_the_report_compares_and_measures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "COUNTED", (splitting.End("pahalgam_2025", 9, ("free_days=5",), 2_000),))
    monkeypatch.setattr(splitting, "RARER", (splitting.End("pahalgam_2025", 10, ("free_days=3",), 0),))
    monkeypatch.setattr(splitting, "METHODS", {"no levels": ()})
    text = "\n".join(splitting.report(cover=3))
    assert "pahalgam_2025, rung 9, free_days=5" in text
    assert "pahalgam_2025, rung 10, free_days=3" in text
    assert "Of 3 intervals" in text
