"""Figures of forecasts on record: marks are where the numbers are."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.figures.forecast_plot import EARLIER, FORECAST, plot_forecast, plot_track_record
from escalation.history.forecast_record import load_forecast
from escalation.history.track_record import score
from escalation.vocabulary import NUCLEAR_CAVEAT

RECORD = load_forecast(Path(__file__).parents[2] / "docs/forecasts/2025-05-05_pahalgam.yaml")


def test_forecast_and_reference_class_are_side_by_side() -> None:
    figure = plot_forecast(RECORD)
    (axes,) = figure.axes
    drawn = {line.get_gid(): float(line.get_xdata()[0]) for line in axes.lines}
    for event in RECORD.events:
        assert drawn[f"{event.says}: {FORECAST}"] == event.probability
        known = event.reference
        assert (f"{event.says}: {EARLIER}" in drawn) == (known is not None)
        if known is not None:
            assert drawn[f"{event.says}: {EARLIER}"] == pytest.approx(known.happened / known.of)
    words = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    assert NUCLEAR_CAVEAT in words
    assert RECORD.sha256[:12] in words
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert len(set(labels)) == len(RECORD.events)
    assert not any("…" in label for label in labels)


def test_calibration_is_drawn_of_decided_events() -> None:
    """What happened is made up here: the events of this forecast are open."""
    truth = {(RECORD.forecast, event.id): k % 2 == 0 for k, event in enumerate(RECORD.events[:6])}
    found = score([RECORD], truth)
    figure = plot_track_record(found)
    (line,) = (line for line in figure.axes[0].lines if line.get_gid() == "bins")
    assert list(line.get_xdata()) == pytest.approx(list(found.reliability.forecast))
    words = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    assert f"{len(found.open)} events are still open" in words
