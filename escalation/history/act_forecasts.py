"""Forecasts of the next act by the rules and by every baseline: acts of cases, and acts of exchanges."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from escalation.files.brief import Brief
from escalation.files.write import replacing
from escalation.history.baselines import (
    BASELINES,
    Probabilities,
    Rows,
    climatology,
    joined,
    replay,
    rows_of_exchanges,
    rows_of_groups,
)
from escalation.history.cases import crisis_of, last_case, rung_of, state_acts
from escalation.history.likelihood import CaseScores, case_scores, exchange_probabilities
from escalation.history.mie import (
    HIGHEST,
    LOWEST,
    Events,
    Whole,
    between,
    dyads,
    exchanges,
    since,
    without,
)
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from escalation.vocabulary import RUNGS

MODEL = "model"
TRAIN_SINCE = 1946
RUNG, HOSTILITY = "rung", "hostility"


@dataclass(frozen=True)
class ActRow:
    """Identifies the act that is forecast."""

    case: str
    """Name of the case, or number of the confrontation."""
    date: dt.date
    actor: str
    number: int
    """Number of the act in its case, from 1; for events the row of the file, from 0 below the header."""


@dataclass(frozen=True, repr=False)
class LevelForecasts(Brief):
    """Forecasts of the levels of acts by several forecasters."""

    scale: str
    """RUNG, 0 to 10, or HOSTILITY, 2 to 5."""
    lowest: int
    rows: tuple[ActRow, ...]
    observed: Whole
    """[rows]: counted from the lowest level."""
    by: Mapping[str, Probabilities]
    """[rows, levels] of each forecaster, the model first."""

    @property
    def cluster(self) -> list[str]:
        """[rows]: the unit that the bootstrap resamples."""
        return [row.case for row in self.rows]


def act_forecasts(cases: Sequence[Scenario], train: Sequence[Scenario]) -> LevelForecasts:
    """Forecast every dated act of the states, except the first, of each case; of a game what people chose.

    The baselines are fitted to the training cases of other crises: neither the case itself nor another
    coding.
    """
    rows: list[ActRow] = []
    observed: list[Whole] = []
    by: dict[str, list[Probabilities]] = {}
    for scenario in cases:
        scores = case_scores(scenario)
        places = [k for k, actor in enumerate(scores.actor) if actor in scenario.states]
        others = [other for other in train if crisis_of(other) != crisis_of(scenario)]
        targets = rows_of_groups(
            scores.observed[places].tolist(),
            [scores.actor[k] for k in places],
            groups_of(scenario, scores, places),
            RUNGS,
        )
        known = joined([_later(_rows_of_case(other)) for other in others], RUNGS)
        found = {MODEL: scores.probabilities[places]}
        found |= {name: baseline(known, targets) for name, baseline in BASELINES.items()}
        found["last_crisis"] = _replayed(others, scenario, known, targets)
        scored = [k for k, place in enumerate(places) if k > 0 and scores.counts[place]]
        rows += [
            ActRow(scenario.name, scores.date[places[k]], scores.actor[places[k]], k + 1) for k in scored
        ]
        observed.append(targets.level[scored])
        for name, forecast in found.items():
            by.setdefault(name, []).append(forecast[scored])
    levels = {name: np.concatenate(parts) for name, parts in by.items()}
    return LevelForecasts(RUNG, 0, tuple(rows), np.concatenate([np.zeros(0, np.int64), *observed]), levels)


@dataclass(frozen=True)
class Examination:
    """Which acts of an events file are forecast."""

    dyad: tuple[int, int] | None = None
    """Two states, by Correlates of War numbers; None for all pairs, each left out of its own baselines."""
    year: int = TRAIN_SINCE
    """The first year that is forecast."""
    all_rows: bool = False
    """Whether to forecast every act rather than reactions only."""


def exchange_forecasts(
    events: Events, train: Events, wanted: Examination, weights: Weights
) -> LevelForecasts:
    """Forecast acts of exchanges, each from all earlier acts, including those before the first year wanted.

    Baselines are fitted to the training acts since 1946 between other pairs of states; to reactions only,
    where only reactions are forecast.
    """
    known = since(train, TRAIN_SINCE)
    if wanted.dyad is None:
        tested = exchanges(events)
    else:
        tested, known = exchanges(between(events, wanted.dyad)), without(known, wanted.dyad)
    chosen = (tested.events.year >= wanted.year) & (tested.reaction | wanted.all_rows)
    acts = tested.events[chosen]
    targets = rows_of_exchanges(tested)[chosen]
    by = {MODEL: exchange_probabilities(weights, tested)[chosen]}
    trained = exchanges(known)
    is_like = trained.reaction | wanted.all_rows
    known_rows = rows_of_exchanges(trained)[is_like]
    pair, tested_pair = _codes(trained.events)[is_like], _codes(acts)
    for name, baseline in BASELINES.items():
        forecast = np.zeros((len(targets), targets.levels))
        for code in np.unique(tested_pair):
            here = tested_pair == code
            forecast[here] = baseline(known_rows[pair != code], targets[here])
        by[name] = forecast
    rows = zip(
        acts.confrontation.tolist(), acts.day.tolist(), acts.actor.tolist(), acts.row.tolist(), strict=True
    )
    named = tuple(
        ActRow(str(case), dt.date.fromordinal(day), str(actor), number) for case, day, actor, number in rows
    )
    return LevelForecasts(HOSTILITY, LOWEST, named, targets.level, by)


def pairs_to_train_on(train: Events, wanted: Examination) -> int:
    """Return the number of pairs of states, other than the one tested, available to fit the baselines to."""
    known = exchanges(since(train, TRAIN_SINCE))
    codes = np.unique(_codes(known.events[known.reaction | wanted.all_rows]))
    pairs = {(int(code) // 1_000, int(code) % 1_000) for code in codes}
    tested = (min(wanted.dyad), max(wanted.dyad)) if wanted.dyad else None
    return len(pairs - {tested}) if wanted.dyad else max(0, len(pairs) - 1)


def write_predictions(path: Path, blocks: Sequence[LevelForecasts]) -> None:
    """Write one line per forecast: the act, the observed level, and each forecaster's probabilities.

    Columns are named by forecaster and level, such as `model_3`. On the hostility scale, levels 2 to 5, the
    columns of other levels are empty.
    """
    names = list(dict.fromkeys(name for block in blocks for name in block.by))
    levels = sorted({level for block in blocks for level in _levels(block)})
    columns = [(name, level) for name in names for level in levels]
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        heads = [f"{name}_{level}" for name, level in columns]
        writer.writerow(["scale", "case", "date", "actor", "number", "observed", *heads])
        for block in blocks:
            writer.writerows(_lines(block, columns))


def _lines(block: LevelForecasts, columns: Sequence[tuple[str, int]]) -> Iterator[list[str]]:
    levels = _levels(block)
    for k, row in enumerate(block.rows):
        cells = [
            f"{block.by[name][k, level - block.lowest]:.9g}" if name in block.by and level in levels else ""
            for name, level in columns
        ]
        seen = str(int(block.observed[k]) + block.lowest)
        yield [block.scale, row.case, row.date.isoformat(), row.actor, str(row.number), seen, *cells]


def _levels(block: LevelForecasts) -> range:
    return range(0, RUNGS) if block.scale == RUNG else range(LOWEST, HIGHEST + 1)


def _codes(events: Events) -> Whole:
    """Return a number that identifies the pair of states, [rows]."""
    pair = dyads(events)
    return pair[:, 0] * 1_000 + pair[:, 1]


def _rows_of_case(scenario: Scenario) -> Rows:
    acts = state_acts(scenario)
    return rows_of_groups(
        [rung_of(scenario, entry) for entry in acts],
        [entry.actor for entry in acts],
        [(entry.date, entry.seq) for entry in acts],
        RUNGS,
    )


def groups_of(scenario: Scenario, scores: CaseScores, places: Sequence[int]) -> list[Hashable]:
    """Return the day and group of each scored act, in the order of the record."""
    record = iter(state_acts(scenario))
    found: list[Hashable] = []
    for k in places:
        entry = next(act for act in record if (act.date, act.actor) == (scores.date[k], scores.actor[k]))
        found.append((entry.date, entry.seq))
    return found


def _later(rows: Rows) -> Rows:
    return rows[np.arange(len(rows)) > 0]


def _replayed(train: Sequence[Scenario], scenario: Scenario, known: Rows, targets: Rows) -> Probabilities:
    """Forecast a repeat of the last crisis, act by act, with the hit rate of such forecasts in training."""
    last = last_case(train, scenario)
    if last is None:
        return climatology(known, targets)
    hits = [
        one == other
        for case in train
        if (before := last_case(train, case)) is not None
        for one, other in zip(_rows_of_case(before).level, _rows_of_case(case).level, strict=False)
    ]
    hit_rate = (sum(hits) + 0.5) / (len(hits) + 1.0)
    return replay(known, targets, _rows_of_case(last).level, hit_rate)
