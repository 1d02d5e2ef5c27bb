"""A number by which two cells with the same crises are known, whatever the order of their rows.

Each row is hashed to 64 bits and the hashes are added up modulo 2^64, so that neither the order of the
rows nor how they are split into parts matters. Two cells that differ in anything recorded have equal
sums with a chance of about 5e-20.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]

_GOLDEN = 0x9E3779B97F4A7C15


def mixed(values: Hashes) -> Hashes:
    """Scatter 64-bit numbers one to one: the finaliser of SplitMix64 (Steele, Lea and Flood 2014)."""
    h = values ^ (values >> np.uint64(30))
    h *= np.uint64(0xBF58476D1CE4E5B9)
    h ^= h >> np.uint64(27)
    h *= np.uint64(0x94D049BB133111EB)
    h ^= h >> np.uint64(31)
    return h


def row_hashes(columns: Mapping[str, NDArray[Any]]) -> Hashes:
    """Return a hash of each row; it depends on the values and on the order of the columns."""
    factors = mixed(np.arange(1, len(columns) + 1, dtype=np.uint64) * np.uint64(_GOLDEN)) | np.uint64(1)
    total: Hashes = np.zeros(len(next(iter(columns.values()))), np.uint64)
    for factor, values in zip(factors, columns.values(), strict=True):
        if values.dtype.kind == "f":
            # The many zero bits at the end of a round number must not meet another column's; -0.0 is 0.0.
            bits = mixed((values.astype(np.float64) + 0.0).view(np.uint64))
        else:
            bits = values.astype(np.int64).view(np.uint64)
        bits *= factor
        total += bits
    return mixed(total)
