"""The benchmark of Sobol indices: a small sample of it."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.indices import report, side_by_side


def test_both_agree_without_noise_and_only_ours_is_free_of_it() -> None:
    found = side_by_side(256)
    for ours, theirs in zip(found["escalation"][:2], found["SALib"][:2], strict=True):
        assert ours == pytest.approx(np.asarray(theirs), abs=0.02)
    noisy = side_by_side(256, noise=10.0)
    true = np.array([0.5576, 0.4424, 0.2437])
    ours, theirs = (np.abs(noisy[who][1] - true).max() for who in ("escalation", "SALib"))
    assert ours < theirs


def test_the_report_has_both_tables() -> None:
    lines = list(report(rows=(64,), sizes=(200,)))
    assert sum("SALib" in line for line in lines) == 3
    assert any(line.startswith("| 256 ") for line in lines)
