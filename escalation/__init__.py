"""Simulates how a crisis between states climbs, or comes down, an escalation ladder."""

from typing import Any

__version__ = "0.1.0"

_API = ("EscalationError", "Experiment", "Results", "ScenarioError", "SweepError", "load_scenario", "run")


def __getattr__(name: str) -> Any:
    """Bring what notebooks use when it is asked for: importing it takes a second or two."""
    if name not in _API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module("escalation.api"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_API])
