from __future__ import annotations

from benchmarks import verification
from tests.published.closed_forms import CHECKS


def test_every_check_has_a_row_with_its_count() -> None:
    rows = [line.split("|") for line in verification.report(50) if line.startswith("| ")][2:]
    assert [row[1].strip() for row in rows] == [check.name for check in CHECKS]
    found = CHECKS[0].count(50)
    assert rows[0][4].strip() == f"{found.events / found.trials:.5f}"
