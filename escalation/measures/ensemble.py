"""An ensemble: many crises of one setting, counted and compared with those of another.

Both are simulated with common random numbers, so that crises are compared pair by pair.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import Index
from escalation.files.write import Cell, Table
from escalation.language import say
from escalation.measures.columns import layout_of, run_table
from escalation.measures.measures import RUN_COLUMNS, SHARE_MEASURES, measure, share_of
from escalation.measures.reduce import NEVER
from escalation.rules.state import Params
from escalation.scenario.scenario import Scenario
from escalation.stats.intervals import Intervals, paired_shares, wilson
from escalation.stats.survival import binned_quantile
from escalation.vocabulary import CHANNEL_WORDS, CHANNELS, NO_CHANNEL, OUTCOME_WORDS, OUTCOMES, RUNGS

CRISES = 2_000

PART = 500
"""Crises that one thread simulates before it checks whether they are still wanted."""

QUANTILES = {"q05": 0.05, "q25": 0.25, "q50": 0.5, "q75": 0.75, "q95": 0.95}

KEPT = tuple(column.name for column in RUN_COLUMNS if column.per is None)


@dataclass(frozen=True)
class Ensemble:
    """The results of the crises of one setting."""

    scenario: Scenario
    seed: int
    columns: Mapping[str, NDArray[Any]]
    """[crises] each: the columns of a sweep that concern a crisis as a whole."""
    postures: NDArray[np.int64]
    """[days, states, bins], as in `Runs`."""

    @property
    def n(self) -> int:
        """Return how many crises there are."""
        return len(self.columns["outcome"])

    @cached_property
    def answers(self) -> dict[str, NDArray[np.bool_]]:
        """The answer of every crisis to each question that settings are compared by."""
        return {name: share_of(name, self.columns) for name in compared()}


def compared() -> tuple[str, ...]:
    """Return the shares that settings are compared by: first those that cut across outcome classes."""
    names = [each.name for each in SHARE_MEASURES if each.is_compared]
    return tuple(sorted(names, key=lambda name: name in OUTCOMES))


def same_crises(one: Ensemble, other: Ensemble) -> bool:
    """Return whether two ensembles hold the same crises, as far as they are measured."""
    same = all(np.array_equal(one.columns[name], other.columns[name]) for name in KEPT)
    return same and np.array_equal(one.postures, other.postures)


def play_part(params: Params, seed: int, first: int, count: int) -> Runs:
    """Simulate some of the crises of one setting; releases the interpreter."""
    return simulate(params, seed, first, count)


def ensemble_of(scenario: Scenario, seed: int, parts: Sequence[Runs]) -> Ensemble:
    """Join the parts of one setting, in the order of the replications."""
    layout = layout_of([scenario], keeps_acts=False)
    tables = [run_table(layout, scenario, 0, part.first, part) for part in parts]
    # Every part has counted the forced record again, so the counts of all days add up.
    postures = np.sum([part.postures for part in parts], axis=0)
    columns = {name: np.concatenate([table[name] for table in tables]) for name in KEPT}
    return Ensemble(scenario, seed, columns, postures)


def outcomes_table(settings: Sequence[tuple[str, Ensemble]]) -> Table:
    """Return the share of each outcome class with Wilson's interval, by setting."""
    rows: list[tuple[Cell, ...]] = []
    for name, ensemble in settings:
        yes = np.bincount(ensemble.columns["outcome"], minlength=len(OUTCOMES))
        found = wilson(yes, ensemble.n)
        for k, outcome in enumerate(OUTCOMES):
            rows.append((name, outcome, say(OUTCOME_WORDS[outcome]), int(yes[k]), ensemble.n, *_at(found, k)))
    return Table(("setting", "outcome", "label", "crises", "of", "share", "low", "high"), tuple(rows))


def _at(found: Intervals, k: int) -> tuple[float, float, float]:
    return float(found.estimate[k]), float(found.low[k]), float(found.high[k])


def peaks_table(settings: Sequence[tuple[str, Ensemble]]) -> Table:
    """Return how often each rung was the highest of any state on simulated days, by setting."""
    rows: list[tuple[Cell, ...]] = []
    for name, ensemble in settings:
        counts = np.bincount(ensemble.columns["peak"], minlength=RUNGS)
        found = wilson(counts, ensemble.n)
        for rung in range(RUNGS):
            label = say(ensemble.scenario.ladder.rungs[rung].label)
            rows.append((name, rung, label, int(counts[rung]), ensemble.n, *_at(found, rung)))
    return Table(("setting", "rung", "label", "crises", "of", "share", "low", "high"), tuple(rows))


def settlements_table(settings: Sequence[tuple[str, Ensemble]]) -> Table:
    """Return how often talks opened and a ceasefire or agreement came, and by which channel, by setting.

    The rows of the channels are parts of the row of all ceasefires and agreements.
    """
    rows: list[tuple[Cell, ...]] = []
    for name, ensemble in settings:
        for event in ("talks", "ceasefire"):
            answers = share_of(event, ensemble.columns)
            rows.append((name, event, measure(event).heading, *_counted(int(answers.sum()), ensemble.n)))
        for number, channel in enumerate(CHANNELS):
            if number != NO_CHANNEL:
                count = int((ensemble.columns["settlement"] == number).sum())
                rows.append((name, channel, say(CHANNEL_WORDS[channel]), *_counted(count, ensemble.n)))
    return Table(("setting", "event", "label", "crises", "of", "share", "low", "high"), tuple(rows))


def _counted(yes: int, n: int) -> tuple[Cell, ...]:
    found = wilson(np.array([yes]), n)
    return (yes, n, *_at(found, 0))


def events_table(settings: Sequence[tuple[str, Ensemble]], event: str) -> Table:
    """Return the share of crises with the first event of a kind up to each simulated day, by setting.

    Parameters
    ----------
    settings
        Names with their crises.
    event
        Its name in the measure of its day: `force` of "days_to_force".
    """
    rows: list[tuple[Cell, ...]] = []
    for name, ensemble in settings:
        scenario = ensemble.scenario
        days = ensemble.columns[f"days_to_{event}"]
        came = np.bincount(np.maximum(days[days != NEVER], 0), minlength=scenario.free_days + 1)
        found = wilson(np.cumsum(came), ensemble.n)
        for day in range(scenario.free_days + 1):
            date = str(scenario.date_of(scenario.horizon_day + day))
            rows.append((name, day, date, int(came[day]), ensemble.n, *_at(found, day)))
    columns = ("setting", "days_after_horizon", "date", "on_this_day", "of", "share_by_then", "low", "high")
    return Table(columns, tuple(rows))


def postures_table(settings: Sequence[tuple[str, Ensemble]]) -> Table:
    """Return median and bands of each state's highest posture toward a rival, by setting, state and day."""
    rows: list[tuple[Cell, ...]] = []
    for name, ensemble in settings:
        bands = [binned_quantile(ensemble.postures, share) for share in QUANTILES.values()]
        for i, state in enumerate(Index(ensemble.scenario).states):
            for day in range(ensemble.scenario.last_day + 1):
                date = str(ensemble.scenario.date_of(day))
                rows.append((name, state, day, date, *(float(band[day, i]) for band in bands)))
    return Table(("setting", "state", "day", "date", *QUANTILES), tuple(rows))


@dataclass(frozen=True)
class PairedDifference:
    """How one share differs between two settings with common random numbers."""

    share: str
    clause: str
    """The share in a sentence."""
    before: float
    after: float
    estimate: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Return whether the 95% interval excludes zero."""
        return self.low > 0 or self.high < 0


def differences(before: Ensemble, after: Ensemble) -> list[PairedDifference]:
    """Return every share of two settings with its paired difference; the same seed, the same number."""
    found = []
    one_way, other_way = (each.scenario.outcome.model_dump() for each in (before, after))
    thresholds = {key: rung if rung == other_way[key] else None for key, rung in one_way.items()}
    for name in compared():
        one, other = before.answers[name], after.answers[name]
        gained, lost = int((other & ~one).sum()), int((one & ~other).sum())
        pairs = paired_shares(gained, lost, before.n)
        found.append(
            PairedDifference(
                name, measure(name, thresholds).clause, float(one.mean()), float(other.mean()),
                float(pairs.estimate), float(pairs.low), float(pairs.high),
            )
        )  # fmt: skip
    return found


def differences_table(pairs: Sequence[tuple[str, Ensemble, Ensemble]]) -> Table:
    """Return all paired differences of settings from the pinned ones."""
    rows: list[tuple[Cell, ...]] = [
        (name, d.share, d.before, d.after, d.estimate, d.low, d.high)
        for name, before, after in pairs
        for d in differences(before, after)
    ]
    return Table(("pinned", "share", "before", "after", "difference", "low", "high"), tuple(rows))
