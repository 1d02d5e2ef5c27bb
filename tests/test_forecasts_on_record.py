"""The record of forecasts is as it was made."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.history.forecast_record import load_forecast
from escalation.history.track_record import load_truth

ROOT = Path(__file__).parents[1]
RECORDED = sorted((ROOT / "docs/forecasts").glob("*_*.yaml"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_a_forecast_on_record_is_unchanged_and_has_its_page(path: Path) -> None:
    found = load_forecast(path)
    assert path.with_suffix(".md").read_text(encoding="utf-8") == found.page(path.stem)
    assert path.with_suffix(".png").is_file()


def test_the_events_of_may_2025_are_open() -> None:
    """What followed is the examination of the model."""
    forecasts = [load_forecast(path) for path in RECORDED]
    assert load_truth(ROOT / "docs/forecasts/truth.csv", forecasts) == {}
