"""Shipped scenarios and cases, read once by each process that runs tests: nothing can change them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from escalation.scenario.load import load_scenario, shipped_cases, shipped_scenarios
from escalation.scenario.scenario import Scenario


@cache
def shipped(name: str) -> Scenario:
    """Return a shipped scenario or case by its name."""
    return load_scenario(name)


def loaded(path_or_name: str | Path, overrides: Sequence[str] = ()) -> Scenario:
    """Load a scenario as `load_scenario` does, what is shipped once only."""
    if path_or_name in _names() and not overrides:
        return shipped(str(path_or_name))
    return load_scenario(path_or_name, overrides)


@cache
def _names() -> frozenset[str]:
    return frozenset([*shipped_scenarios(), *shipped_cases()])
