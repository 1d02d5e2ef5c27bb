"""Forecasts on record: their probabilities next to the reference class, and how they turned out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from escalation.figures.forest import Mark, Panel, plot_forest
from escalation.figures.reliability import ReliabilityPanel, plot_reliability
from escalation.figures.style import encoded
from escalation.files.write import write_files
from escalation.history.track_record import reference_limits
from escalation.vocabulary import NUCLEAR_CAVEAT

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from escalation.history.forecast_record import RecordedForecast
    from escalation.history.track_record import TrackRecord

FORECAST, EARLIER = "forecast, middle 95% of the draws", "recorded crises, 95% interval"


def write_forecast(found: RecordedForecast, out: Path) -> list[Path]:
    """Write a forecast on record and, next to it and by the same name, its page and its figure."""
    files: dict[str, str | bytes] = {
        out.name: found.text(),
        f"{out.stem}.md": found.page(out.stem),
        f"{out.stem}.png": encoded(plot_forecast(found)),
    }
    return write_files(out.parent, files)


def plot_forecast(found: RecordedForecast) -> Figure:
    """Draw the probability of each event with its range over weights, and its frequency on record."""
    marks = []
    for event in found.events:
        marks.append(Mark(event.says, FORECAST, event.probability, event.low, event.high))
        known = reference_limits(event)
        if known is not None:
            marks.append(Mark(event.says, EARLIER, *known))
    title = f"What does the model forecast for the days after {found.horizon:%-d %B %Y}?"
    caption = (
        f"{found.draws} draws of the weights {found.weights}, {found.replications:,} crises per draw and"
        f" window, seed {found.seed}; made on {found.made}, SHA-256 {found.sha256[:12]}. {found.caveat}"
    )
    return plot_forest(title, found.title, caption, [Panel("Probability", marks, percent=True)])


def plot_track_record(found: TrackRecord) -> Figure:
    """Draw how often events happened against the probability that was forecast for them."""
    names = ", ".join(one.forecast for one in found.forecasts[:6])
    more = len(found.forecasts) - 6
    subtitle = f"{names}{f' and {more} more' if more > 0 else ''}; {len(found.open)} events are still open."
    panels = [ReliabilityPanel("All decided events", found.reliability)] if found.scored else []
    caveat = "Events of one forecast depend on one another."
    return plot_reliability(panels, subtitle, f"{caveat} {NUCLEAR_CAVEAT}" if found.is_nuclear else caveat)
