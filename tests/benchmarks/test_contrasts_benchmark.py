"""The benchmark of many design points counts what it made, and reports every size."""

from __future__ import annotations

import pytest

from benchmarks import contrasts
from escalation.analysis.averages import comparisons_of
from escalation.analysis.findings import findings
from escalation.analysis.tally import tally


@pytest.mark.parametrize("design", ["policies", "grid"])
def test_generated_results_are_counted_and_compared(design: str) -> None:
    counts = tally(contrasts.made(27, 30, design))  # type: ignore[arg-type]
    assert counts.n.tolist() == [30] * 27
    found = comparisons_of(counts)
    assert len(found.pairs.contrasts.group) == (18 if design == "policies" else 54)
    assert found.policies.is_sampled.any() == (design == "policies")
    assert any("Use of force" in line for line in findings(counts, ["force"]))


def test_the_report_has_a_row_for_each_design_and_size(monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(cells: int, *_: object) -> dict[str, float]:
        return {"tally": 1.0, "contrasts": cells / 100, "account": 1.0, "peak_mb": 200.0}

    monkeypatch.setattr(contrasts, "taken", taken)
    lines = list(contrasts.report((100, 400)))
    assert len(lines) == 8
    assert "Exponent of the time of contrasts in the number of cells: 1.00" in lines[-1]
