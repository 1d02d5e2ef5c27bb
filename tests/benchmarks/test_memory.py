from __future__ import annotations

import numpy as np

from benchmarks import memory


def test_the_memory_of_a_sweep_is_its_own() -> None:
    held = np.ones(100_000_000)  # must not be charged to the sweep
    one = memory.taken(400, plots=[])
    assert 50 < one.peak_mb < held.nbytes / 1e6
    assert one.disk_mb > 0
    assert one.seconds > 0
