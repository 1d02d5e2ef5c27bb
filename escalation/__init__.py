"""Simulates how a crisis between states climbs, or comes down, an escalation ladder."""

from typing import Any

__version__ = "0.1.0"

_API = (
    "Advice", "ArgumentError", "Backtest", "Calibration", "Citations", "CrossValidation", "Discovery",
    "EscalationError", "Estimate", "EventQuestion", "Examination", "Experiment", "MediationCheck",
    "RareEnd", "RecordedForecast", "Results", "ScenarioComparison", "ScenarioError", "Sensitivity",
    "SweepComparison", "SweepError", "TrackRecord", "Validation", "ValidationSize", "Variant",
    "WrittenReport", "advise", "backtest", "calibrate", "cite", "compare", "compare_mediation",
    "cross_validate", "discover", "explain", "load_events", "load_forecast", "load_scenario", "load_truth",
    "make_forecast", "rare", "read_record", "report_html", "run", "score_forecasts", "sensitivity",
    "validate", "write_report",
)  # fmt: skip


def __getattr__(name: str) -> Any:
    """Import the API when it is first used: that takes a second or two."""
    if name not in _API:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module("escalation.api"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *_API])
