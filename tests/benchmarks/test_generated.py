from __future__ import annotations

import math

import pytest

from benchmarks.generated import crisis as generated


@pytest.mark.parametrize(("rivals", "pairs"), [("ring", 5), ("all", 10)])
def test_generated_crises_have_the_declared_rivals(rivals: str, pairs: int) -> None:
    scenario = generated(6, rivals)
    assert len(scenario.states) == 5
    assert len(scenario.rivalries) == pairs


@pytest.mark.parametrize("acts", [20, 28, 48, 100, 200])
def test_generated_ladders_have_the_declared_acts(acts: int) -> None:
    assert len(generated(3, acts=acts).ladder.acts) == acts


def test_copies_of_acts_share_their_weight() -> None:
    shipped, copied = generated(3).ladder.acts, generated(3, acts=100).ladder.acts
    for name, act in shipped.items():
        alike = [
            other for own, other in copied.items() if own == name or own.rstrip("0123456789") == f"{name}_"
        ]
        weight = sum(math.exp(other.base) for other in alike)
        assert weight == pytest.approx(math.exp(act.base))
