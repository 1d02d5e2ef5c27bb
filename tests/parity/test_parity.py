"""Compiled and uncompiled rules give the same crises, to the bit."""

from __future__ import annotations

import json
from pathlib import Path

from hypothesis import Phase, given, settings

from tests.parity.processes import ROOT, python
from tests.strategies import HOSTILITY, Tree, crisis_tree, ladder, stage, trees


def drawn(count: int) -> list[Tree]:
    """Return some scenarios of all shapes, the same on every run."""
    found: list[Tree] = []

    @settings(max_examples=count, derandomize=True, database=None, phases=[Phase.generate])
    @given(trees(min_free_days=3, max_free_days=12))
    def keep(tree: Tree) -> None:
        found.append(tree)

    keep()
    return found


def test_the_same_bits_compiled_or_not(tmp_path: Path) -> None:
    scenarios = tmp_path / "scenarios.json"
    written = [{"ladder": ladder()} | tree for tree in [stage(), crisis_tree(), *drawn(12)]]
    scenarios.write_text(json.dumps(written))
    script = str(ROOT / "tests" / "parity" / "digest.py")
    compiled = python(script, str(scenarios))
    uncompiled = python(script, str(scenarios), NUMBA_DISABLE_JIT="1")
    assert len(compiled) > 500
    assert sum(" sorts " in line for line in compiled) >= len(HOSTILITY)
    for kind in ("days", "response", "act", "cost", "rungs", "risk"):
        assert any(f" {kind} " in line for line in compiled), kind
    for one, other in zip(compiled, uncompiled, strict=True):
        assert one == other
