from __future__ import annotations

import numpy as np

from benchmarks import memory


def test_memory_is_measured_for_the_sweep_alone() -> None:
    held = np.ones(100_000_000)  # must not be charged to the sweep
    one = memory.taken(400, plots=[])
    assert 50 < one.peak_mb < held.nbytes / 1e6
    assert one.disk_mb > 0
    assert one.seconds > 0
