"""Forecasts on record against what happened: scores by event, over many forecasts, and calibration."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from escalation.files.brief import Brief
from escalation.files.places import (
    ArgumentError,
    Problem,
    ScenarioError,
    check_list,
    did_you_mean,
    listed,
    shown,
)
from escalation.files.read_csv import read_csv
from escalation.files.write import Cell, Table, aligned
from escalation.history.forecast_record import RETROSPECTIVE, ForecastEvent, RecordedForecast, limits_of
from escalation.stats.scores import (
    Interval,
    Reliability,
    bootstrap,
    brier,
    brier_decomposition,
    log_score_of_event,
    reliability,
)
from escalation.vocabulary import DEFAULT_SEED, NUCLEAR_CAVEAT

WIDTH = 80
TRUTH = "what is known: a CSV file with the columns forecast, event and happened"
ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": None}
"""How a table of what happened says so; empty: not known yet."""

Truth = Mapping[tuple[str, str], bool]
"""Whether an event of a forecast happened, by the names of both; what is not known is not there."""


@dataclass(frozen=True)
class ScoredEvent:
    """One event that is decided, with the scores of the forecast and of its reference class."""

    forecast: RecordedForecast
    event: ForecastEvent
    happened: bool

    @property
    def brier(self) -> float:
        """Return (p - [happened])²."""
        return float(brier(self.event.probability, self.happened))

    @property
    def log(self) -> float:
        """Return minus the logarithm of the probability of what happened."""
        return float(log_score_of_event(self.event.probability, self.happened))

    @property
    def reference_log(self) -> float | None:
        """Return the same of the reference class; None where there is none."""
        known = self.event.reference
        return None if known is None else float(log_score_of_event(known.probability, self.happened))

    @property
    def reference_brier(self) -> float | None:
        """Return the Brier score of the reference class; None where there is none."""
        known = self.event.reference
        return None if known is None else float(brier(known.probability, self.happened))


@dataclass(frozen=True, repr=False)
class TrackRecord(Brief):
    """Forecasts on record, and how well they did so far."""

    forecasts: tuple[RecordedForecast, ...]
    scored: tuple[ScoredEvent, ...]
    open: tuple[tuple[RecordedForecast, ForecastEvent], ...]
    """Events that nothing is known of yet: censored, and not scored."""

    @property
    def is_nuclear(self) -> bool:
        """Return whether any event speaks of nuclear use, so that the caveat goes with it."""
        return any(one.is_nuclear for one in self.forecasts)

    @property
    def reliability(self) -> Reliability:
        """Return all decided events in bins of their probability."""
        return reliability(*self._arrays())

    def gain(self, seed: int = DEFAULT_SEED) -> Interval | None:
        """Return the mean gain in log score over the reference class, resampling whole forecasts.

        Of the events that have one; positive where the forecasts are better. None without any. The events of
        one forecast depend on one another, so one forecast alone has no interval.
        """
        both = [one for one in self.scored if one.reference_log is not None]
        if not both:
            return None
        gains = [float(one.reference_log or 0.0) - one.log for one in both]
        cluster = [one.forecast.forecast for one in both]
        return bootstrap(gains, cluster, np.random.default_rng(seed))

    def _arrays(self) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        chances = np.array([one.event.probability for one in self.scored], np.float64)
        return chances, np.array([one.happened for one in self.scored], bool)

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines()

    def lines(self) -> list[str]:
        """Return the scores in words and tables, 80 columns wide."""
        return list(_account(self))

    def tables(self) -> dict[str, Table]:
        """Return all tables by the names of their files."""
        return {"scores.csv": self.table(), "reliability.csv": self.reliability_table()}

    def table(self) -> Table:
        """Return one row per event: decided ones with their scores, open ones without."""
        rows: list[tuple[Cell, ...]] = [
            (
                *_named(one.forecast, one.event), int(one.happened), one.brier, one.log, one.reference_brier,
                one.reference_log,
            )
            for one in self.scored
        ]  # fmt: skip
        rows += [(*_named(forecast, event), *[None] * 5) for forecast, event in self.open]
        return Table(COLUMNS, tuple(rows))

    def reliability_table(self) -> Table:
        """Return forecast probability against frequency, by bin; no rows while nothing is decided."""
        if not self.scored:
            return Table(("forecast", "frequency", "events"), ())
        found = self.reliability
        rows = zip(found.forecast.tolist(), found.share.tolist(), found.count.tolist(), strict=True)
        return Table(("forecast", "frequency", "events"), tuple(rows))


COLUMNS = (
    "forecast", "event", "closes", "retrospective", "probability", "low", "high", "reference", "happened",
    "brier", "log", "reference_brier", "reference_log",
)  # fmt: skip


def _named(forecast: RecordedForecast, event: ForecastEvent) -> tuple[Cell, ...]:
    known = event.reference
    return (
        forecast.forecast, event.id, str(event.closes), int(event.closes < forecast.made), event.probability,
        event.low, event.high, None if known is None else known.probability,
    )  # fmt: skip


def load_truth(path: str | Path, forecasts: Sequence[RecordedForecast]) -> dict[tuple[str, str], bool]:
    """Read which events happened.

    Parameters
    ----------
    path
        A CSV file with the columns `forecast` (the forecast's name), `event` (its id) and `happened`: yes,
        no, or empty while that is not known. Other columns, such as sources, are ignored.
    forecasts
        Those that it may speak of.

    Raises
    ------
    ScenarioError
        With every line that names an unknown forecast or event, answers otherwise, or answers again.
    """
    read = read_csv(Path(path), ("forecast", "event", "happened"), TRUTH)
    problems = list(read.problems)
    events = {one.forecast: [event.id for event in one.events] for one in forecasts}
    found: dict[tuple[str, str], bool] = {}

    def refuse(line: int, says: str, allowed: str) -> None:
        problems.append(Problem(str(path), line, None, "", says, allowed))

    for row in read.rows:
        name, event, word = (cell.strip() for cell in row.cells)
        if name not in events:
            refuse(row.line, f"there is no forecast {shown(name)}", _one_of(name, list(events)))
        elif event not in events[name]:
            refuse(row.line, f"{name} has no event {shown(event)}", _one_of(event, events[name]))
        elif word.lower() not in ANSWERS:
            refuse(
                row.line, f"happened: {shown(word)} is no answer", "yes, no, or empty while it is not known"
            )
        elif (name, event) in found:
            refuse(row.line, f"{event} of {name} is answered more than once", "one line per event")
        elif (answer := ANSWERS[word.lower()]) is not None:
            found[name, event] = answer
    if problems:
        raise ScenarioError(problems)
    return found


def _one_of(name: str, options: Sequence[str]) -> str:
    return "; ".join(filter(None, (did_you_mean(name, options), f"one of {listed(options)}")))


def score(forecasts: Sequence[RecordedForecast], truth: Truth) -> TrackRecord:
    """Score forecasts by what happened.

    Parameters
    ----------
    forecasts
        As `load_forecast` returns them, each once.
    truth
        What is known, as `load_truth` returns it.

    Returns
    -------
    TrackRecord
        Decided events with their scores, open ones without.

    Raises
    ------
    ArgumentError
        If two forecasts have one name, or there is none.
    """
    check_list("forecasts", forecasts)
    names = [one.forecast for one in forecasts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise ArgumentError(
            f"forecasts: {', '.join(twice)} given more than once" if twice else "forecasts: none"
        )
    all_events = [(one, event) for one in forecasts for event in one.events]
    return TrackRecord(
        forecasts=tuple(forecasts),
        scored=tuple(
            ScoredEvent(one, event, truth[one.forecast, event.id])
            for one, event in all_events
            if (one.forecast, event.id) in truth
        ),
        open=tuple((one, event) for one, event in all_events if (one.forecast, event.id) not in truth),
    )


def _account(found: TrackRecord) -> Iterator[str]:
    events = len(found.scored) + len(found.open)
    yield (
        f"{_count(len(found.forecasts), 'forecast')} with {_count(events, 'event')}:"
        f" {len(found.scored)} decided, {len(found.open)} open"
    )
    late = [one.forecast for one in found.forecasts if one.is_retrospective]
    if late:
        yield from textwrap.wrap(f"{', '.join(late)}: {RETROSPECTIVE[0].lower()}{RETROSPECTIVE[1:]}", WIDTH)
    if found.scored:
        yield ""
        rows = [["event", "forecast", "earlier", "happened", "Brier", "log", "log, earlier"]]
        rows += [_row(one) for one in found.scored]
        yield from aligned(rows, right=6)
        yield ""
        yield from textwrap.wrap(_means(found), WIDTH)
        yield from textwrap.wrap(_trust(found), WIDTH)
    if found.open:
        yield ""
        yield "Open, and not scored:"
        for forecast, event in found.open:
            of = f" ({forecast.forecast})" if len(found.forecasts) > 1 else ""
            says = f"{event.probability:.3f}  {event.says}{of}"
            yield from textwrap.wrap(says, WIDTH, initial_indent="  ", subsequent_indent=" " * 9)
    if found.is_nuclear:
        yield ""
        yield NUCLEAR_CAVEAT


def _row(one: ScoredEvent) -> list[str]:
    known = one.event.reference
    return [
        one.event.id,
        f"{one.event.probability:.3f}",
        "" if known is None else f"{known.probability:.3f}",
        "yes" if one.happened else "no",
        f"{one.brier:.3f}",
        f"{one.log:.3f}",
        "" if one.reference_log is None else f"{one.reference_log:.3f}",
    ]


def _means(found: TrackRecord) -> str:
    n = len(found.scored)
    scores = np.array([(one.brier, one.log) for one in found.scored]).mean(axis=0)
    says = f"Mean over {_count(n, 'event')}: Brier score {scores[0]:.3f}, log score {scores[1]:.3f}."
    gain = found.gain()
    if gain is None:
        return f"{says} None has a reference class."
    limits = (
        "one forecast alone has no interval, since its events depend on one another"
        if np.isnan(gain.low)
        else f"95% interval {gain.low:+.3f} to {gain.high:+.3f}, resampling forecasts"
    )
    return f"{says} Gain in log score over the earlier crises, per event: {gain.estimate:+.3f} ({limits})."


def _trust(found: TrackRecord) -> str:
    chances, happened = found._arrays()
    parts = brier_decomposition(chances, happened)
    return (
        f"Of {len(happened)} events {int(happened.sum())} happened; {chances.sum():.1f} were forecast."
        f" Brier score in parts: reliability {parts.reliability:.3f}, resolution {parts.resolution:.3f},"
        f" uncertainty {parts.uncertainty:.3f}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def reference_limits(event: ForecastEvent) -> tuple[float, float, float] | None:
    """Return the frequency of an event's reference class with Wilson's interval; None without one."""
    known = event.reference
    return None if known is None else (known.happened / known.of, *limits_of(known))
