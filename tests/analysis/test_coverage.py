"""How much of a sweep is there, in numbers and in words."""

from __future__ import annotations

import dataclasses
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from escalation.analysis.coverage import Coverage, coverage
from escalation.analysis.tally import Tally, tally
from escalation.experiment.spec import Until
from tests.analysis.synthetic import grid


def covering(*n: int, planned: int = 100, stops: bool = False) -> Coverage:
    counts = np.array(n)
    return Coverage(counts, planned, stops, counts >= planned)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (covering(100, 100), ""),
        (
            covering(50, 50),
            "Incomplete, on 50% of the crises: 100 of 200; every cell has 50 of 100.",
        ),
        (
            covering(100, 99),
            "Incomplete, on 99% of the crises: 199 of 200; every cell has 99 to 100 of 100.",
        ),
        (
            covering(25, 0, 50),
            "Incomplete, on 25% of the crises: 75 of 300; 1 of 3 cells has no results and is left out; the"
            " others have 25 to 50 of 100.",
        ),
        (
            covering(1, 0, 0, planned=1_000, stops=True),
            "Incomplete, on <1% of the crises: 1 of at most 3,000; 2 of 3 cells have no results and are left"
            " out; the others have 1 of at most 1,000.",
        ),
    ],
)
def test_words(found: Coverage, words: str) -> None:
    assert found.words == words
    assert found.is_complete == (not words)


def counted(planned: int, until: Until | None = None, replications: int = 200) -> Tally:
    counts = tally(grid(replications=replications))
    source: Any = SimpleNamespace(
        plan=SimpleNamespace(replications=planned),
        spec=SimpleNamespace(until=until),
        measures=counts.source.measures,
    )
    return dataclasses.replace(counts, source=source)


def test_a_sweep_is_complete_with_all_of_its_replications() -> None:
    assert coverage(counted(200)).is_complete
    found = coverage(counted(400))
    assert (found.crises * 2, found.empty, found.is_complete) == (found.wanted, 0, False)


def test_with_a_stopping_rule_a_cell_is_done_once_it_is_precise() -> None:
    wide = Until(share="force", half_width=0.2, at_most=400)
    assert coverage(counted(400, wide)).is_complete
    narrow = Until(share="force", half_width=0.001, at_most=400)
    found = coverage(counted(400, narrow))
    assert not found.done.any()
    assert found.wanted == 400 * len(found.n)
