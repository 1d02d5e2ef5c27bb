"""Simulated frequencies against closed forms, in many crises: see `tests/published/closed_forms.py`."""

from __future__ import annotations

import time
from collections.abc import Iterator

from benchmarks.table import markdown
from tests.published.closed_forms import CHECKS, SEED, Check, Count

COLUMNS = ("check", "closed form", "expected", "simulated", "of", "p")


def report(crises: int = 100_000) -> Iterator[str]:
    """Yield the report: every check, with the exact two-sided p of its count."""
    start = time.perf_counter()
    found = [(check, check.count(crises)) for check in CHECKS]
    seconds = time.perf_counter() - start
    smallest = min(check.tail(count) for check, count in found)
    yield (
        f"{len(found)} checks in {crises:,} crises each; seed {SEED}; {seconds:.0f} s. p is exact and "
        f"two-sided; the smallest, times the number of checks, is {min(1.0, smallest * len(found)):.2g}."
    )
    yield ""
    yield from markdown(COLUMNS, [_row(*entry) for entry in found])


def _row(check: Check, count: Count) -> tuple[str, ...]:
    share = f"{count.events / count.trials:.5f}"
    return (
        check.name,
        check.law,
        f"{check.chance:.5f}",
        share,
        f"{count.trials:,}",
        f"{check.tail(count):.3f}",
    )
