"""Forecasts of the next act beside one another: of dated acts of cases, and of exchanges on record."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np

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
from escalation.history.cases import last_case, rung_of, state_acts
from escalation.history.mie import (
    HIGHEST,
    LOWEST,
    Events,
    Exchanges,
    Whole,
    between,
    dyads,
    exchanges,
    since,
    without,
)
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import RUNGS

MODEL = "model"
TRAIN_SINCE = 1946
RUNG, HOSTILITY = "rung", "hostility"


class Scores(Protocol):
    """What the rules say of each dated act of a case, in the order of the record."""

    @property
    def date(self) -> Sequence[dt.date]:
        """[acts]."""

    @property
    def actor(self) -> Sequence[str]:
        """[acts]."""

    @property
    def observed(self) -> Whole:
        """[acts]: rung of the act."""

    @property
    def probabilities(self) -> Probabilities:
        """[acts, rungs]."""


CaseScorer = Callable[[Scenario], Scores]
ExchangeScorer = Callable[[Exchanges], Probabilities]


@dataclass(frozen=True)
class Row:
    """Which act is forecast."""

    case: str
    """Name of the case, or number of the confrontation."""
    date: dt.date
    actor: str
    number: int
    """Number of the act in its case, from 1, or the row of the file, 0 for the first below the header."""


@dataclass(frozen=True)
class LevelForecasts:
    """Forecasts of the levels of acts by several forecasters."""

    scale: str
    """RUNG, 0 to 10, or HOSTILITY, 2 to 5."""
    lowest: int
    rows: tuple[Row, ...]
    observed: Whole
    """[rows]: counted from the lowest level."""
    by: Mapping[str, Probabilities]
    """[rows, levels] of each forecaster, the model first."""

    @property
    def cluster(self) -> list[str]:
        """[rows]: what is drawn as a whole where intervals are made."""
        return [row.case for row in self.rows]


def act_forecasts(cases: Sequence[Scenario], train: Sequence[Scenario], scorer: CaseScorer) -> LevelForecasts:
    """Forecast every dated act of the states after the first of each case.

    The baselines are fitted to the training cases without the case itself.
    """
    rows: list[Row] = []
    observed: list[Whole] = []
    by: dict[str, list[Probabilities]] = {}
    for scenario in cases:
        scores = scorer(scenario)
        places = [k for k, actor in enumerate(scores.actor) if actor in scenario.states]
        others = [other for other in train if other.name != scenario.name]
        told = rows_of_groups(
            np.asarray(scores.observed)[places].tolist(),
            [scores.actor[k] for k in places],
            groups_of(scenario, scores, places),
            RUNGS,
        )
        known = joined([_later(_rows_of_case(other)) for other in others], RUNGS)
        found = {MODEL: np.asarray(scores.probabilities)[places]}
        found |= {name: baseline(known, told) for name, baseline in BASELINES.items()}
        found["last_crisis"] = _replayed(others, scenario, known, told)
        later = places[1:]
        rows += [
            Row(scenario.name, scores.date[k], scores.actor[k], number)
            for number, k in enumerate(later, start=2)
        ]
        observed.append(told.level[1:])
        for name, forecast in found.items():
            by.setdefault(name, []).append(forecast[1:])
    levels = {name: np.concatenate(parts) for name, parts in by.items()}
    return LevelForecasts(RUNG, 0, tuple(rows), np.concatenate([np.zeros(0, np.int64), *observed]), levels)


@dataclass(frozen=True)
class Examination:
    """Which acts of a file of events are forecast."""

    dyad: tuple[int, int] | None = None
    """Two states; None for all, the baselines of each fitted without it."""
    year: int = TRAIN_SINCE
    """The first."""
    all_rows: bool = False
    """Every act, not reactions alone."""


def exchange_forecasts(
    events: Events, train: Events, wanted: Examination, scorer: ExchangeScorer
) -> LevelForecasts:
    """Forecast acts of exchanges, each from everything before it, also from before the first year wanted.

    Baselines are fitted to the training acts since 1946 between other pairs of states, and of the kind that
    is forecast: to reactions, where reactions are.
    """
    known = since(train, TRAIN_SINCE)
    if wanted.dyad is None:
        tested = exchanges(events)
    else:
        tested, known = exchanges(between(events, wanted.dyad)), without(known, wanted.dyad)
    chosen = (tested.events.year >= wanted.year) & (tested.reaction | wanted.all_rows)
    acts = tested.events[chosen]
    told = rows_of_exchanges(tested)[chosen]
    by = {MODEL: scorer(tested)[chosen]}
    trained = exchanges(known)
    is_like = trained.reaction | wanted.all_rows
    known_rows = rows_of_exchanges(trained)[is_like]
    pair, tested_pair = _codes(trained.events)[is_like], _codes(acts)
    for name, baseline in BASELINES.items():
        forecast = np.zeros((len(told), told.levels))
        for code in np.unique(tested_pair):
            here = tested_pair == code
            forecast[here] = baseline(known_rows[pair != code], told[here])
        by[name] = forecast
    rows = zip(
        acts.confrontation.tolist(), acts.day.tolist(), acts.actor.tolist(), acts.row.tolist(), strict=True
    )
    named = tuple(
        Row(str(case), dt.date.fromordinal(day), str(actor), number) for case, day, actor, number in rows
    )
    return LevelForecasts(HOSTILITY, LOWEST, named, told.level, by)


def pairs_to_train_on(train: Events, wanted: Examination) -> int:
    """Return how many pairs of states there are to fit the baselines to, beside the one tested."""
    known = exchanges(since(train, TRAIN_SINCE))
    codes = np.unique(_codes(known.events[known.reaction | wanted.all_rows]))
    pairs = {(int(code) // 1_000, int(code) % 1_000) for code in codes}
    tested = (min(wanted.dyad), max(wanted.dyad)) if wanted.dyad else None
    return len(pairs - {tested}) if wanted.dyad else max(0, len(pairs) - 1)


def write_predictions(path: Path, blocks: Sequence[LevelForecasts]) -> None:
    """Write one line a forecast: which act, what came, and the probability of every level by everyone.

    Columns are named by forecaster and level, as `model_3`; on the scale of hostility, levels 2 to 5, those
    of other levels are empty.
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
    """Return one number for each pair of states, [rows]."""
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


def groups_of(scenario: Scenario, scores: Scores, places: Sequence[int]) -> list[Hashable]:
    """Return day and group of the scored acts, which stand in the order of the record."""
    record = iter(state_acts(scenario))
    found: list[Hashable] = []
    for k in places:
        entry = next(act for act in record if (act.date, act.actor) == (scores.date[k], scores.actor[k]))
        found.append((entry.date, entry.seq))
    return found


def _later(rows: Rows) -> Rows:
    return rows[np.arange(len(rows)) > 0]


def _replayed(train: Sequence[Scenario], scenario: Scenario, known: Rows, told: Rows) -> Probabilities:
    """Forecast that the last crisis comes again act by act, as often as in training one did."""
    last = last_case(train, scenario)
    if last is None:
        return climatology(known, told)
    hits = [
        one == other
        for case in train
        if (before := last_case(train, case)) is not None
        for one, other in zip(_rows_of_case(before).level, _rows_of_case(case).level, strict=False)
    ]
    held = (sum(hits) + 0.5) / (len(hits) + 1.0)
    return replay(known, told, _rows_of_case(last).level, held)
