from __future__ import annotations

import pytest

from benchmarks import scaling


@pytest.mark.slow
def test_scaling_is_measured() -> None:
    lines = list(scaling.report(crises=40, count=2, crises_a_chunk=40, repeats=1))
    assert any(line.startswith("Two threads against one, simulate") for line in lines)
    assert lines[-1].startswith("Dask")


def test_scaling_works_without_dask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scaling, "find_spec", lambda name: None)
    lines = list(scaling.report(crises=40, count=2, crises_a_chunk=40, repeats=1))
    assert lines[-1] == "Dask: skipped, `distributed` is not installed."
