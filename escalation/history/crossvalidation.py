"""Cross-validation: recorded acts forecast by weights that were fitted without them.

A fold specifies which rows are forecast, and which rows neither the weights nor the baselines may use.
Data are left out of every kind of evidence at once: an act of a crisis may also be among the events, and
among the responses to attacks.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from escalation.files.brief import Brief
from escalation.history.act_forecasts import MODEL, groups_of
from escalation.history.attacks import Answers, evidence_of_answers
from escalation.history.backtest import Comparison
from escalation.history.baselines import BASELINES, Probabilities, Rows, joined, replay, rows_of_exchanges
from escalation.history.baselines import rows_of_groups as rows_of_acts
from escalation.history.cases import case_of, crisis_of, last_case, refuse_examinations
from escalation.history.fit import most_likely
from escalation.history.likelihood import (
    Evidence,
    Floats,
    case_scores,
    evidence_of_cases,
    evidence_of_exchanges,
)
from escalation.history.mie import Exchanges
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from escalation.stats.scores import log_score, ranked_probability
from escalation.vocabulary import RUNGS

Mask = NDArray[np.bool_]

CORRELATES = {
    "united_states": 2, "cuba": 40, "colombia": 100, "venezuela": 101, "ecuador": 130, "peru": 135,
    "argentina": 160, "united_kingdom": 200, "france": 220, "east_germany": 265, "greece": 350, "cyprus": 352,
    "soviet_union": 365, "russia": 365, "armenia": 371, "georgia": 372, "azerbaijan": 373, "ethiopia": 530,
    "eritrea": 531, "libya": 620, "iran": 630, "turkey": 640, "egypt": 651, "syria": 652, "jordan": 663,
    "israel": 666, "saudi_arabia": 670, "china": 710, "taiwan": 713, "north_korea": 731, "south_korea": 732,
    "india": 750, "pakistan": 770, "thailand": 800, "cambodia": 811,
}  # fmt: skip
"""Correlates of War numbers of states, by their names in the shipped cases."""
ALWAYS = (dt.date.min, dt.date.max)
ROUNDS = 2
"""Rounds of scoring from the weights fitted to all data: what a fold leaves out moves them little."""


@dataclass(frozen=True, repr=False)
class Record(Brief):
    """The data that weights are fitted to and tested on."""

    exchanges: Exchanges
    cases: tuple[Scenario, ...]
    answers: Answers | None = None
    """Fitted to but never tested on: they are too few."""
    evidence: tuple[Evidence, ...] = field(init=False)
    """Of exchanges and of cases, in this order wherever there are two of something; then of any responses."""
    rows: tuple[Rows, Rows] = field(init=False)
    """The same acts as the baselines use them."""
    later: Mask = field(init=False)
    """[rows of cases]: after the first act of its case."""

    def __post_init__(self) -> None:
        refuse_examinations(self.cases)
        by_case = [_rows_of(scenario) for scenario in self.cases]
        rows = (rows_of_exchanges(self.exchanges), joined(by_case, RUNGS))
        later = [np.arange(len(case)) > 0 for case in by_case]
        evidence = [evidence_of_exchanges(self.exchanges), evidence_of_cases(self.cases)]
        if self.answers:
            evidence.append(evidence_of_answers(self.answers))
        object.__setattr__(self, "evidence", tuple(evidence))
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "later", np.concatenate([np.zeros(0, bool), *later]))

    @property
    def pairs(self) -> tuple[str, ...]:
        """[rows of exchanges]: the two states of each, as `2-365`."""
        group = self.evidence[0].group
        return tuple(group[cluster] for cluster in self.evidence[0].cluster)

    def in_cases(self, cases: Iterable[Scenario]) -> Mask:
        """[rows of cases]: whether in one of these."""
        names = {case.name for case in cases}
        of_cases = np.array([case.name in names for case in self.cases], bool)
        return of_cases[self.evidence[1].cluster]

    def between(self, pairs: set[str]) -> Mask:
        """[rows of cases]: whether in a case with one of these pairs of rivals."""
        return self.in_cases(case for case in self.cases if pairs & pairs_of(case))

    def answered(self, pairs: set[str] | None, first: dt.date, last: dt.date) -> Mask:
        """[rows of responses]: whether of one of these pairs (None: of any) and overlapping these dates."""
        if self.answers is None:
            return np.zeros(0, bool)
        met = np.zeros(len(self.evidence[2].observed), bool)
        if pairs is None or pairs & pairs_of(load_scenario(self.answers.scenario)):
            days = dt.timedelta(self.answers.days)
            met[: len(self.answers.attacks)] = [
                attack.date <= last and attack.date + days >= first for attack in self.answers.attacks
            ]
        return met


@dataclass(frozen=True)
class Fold:
    """Rows to forecast, and the rows left out of what they are forecast from."""

    name: str
    tested: tuple[Mask, Mask]
    left_out: tuple[Mask, Mask, Mask]
    """Of exchanges, cases and responses; the third has no rows where there are no responses."""

    def known(self, record: Record) -> list[Mask]:
        """Return the rows of each kind of evidence that weights may be fitted to."""
        return [~out for out, _ in zip(self.left_out, record.evidence, strict=False)]


def pairs_of(scenario: Scenario) -> set[str]:
    """Return the pairs of rivals of a case as exchanges name them, where both numbers are known."""
    known = [[CORRELATES.get(name) for name in rivalry.between] for rivalry in scenario.rivalries]
    return {f"{min(a, b)}-{max(a, b)}" for a, b in known if a is not None and b is not None}


def by_crisis(record: Record) -> list[Fold]:
    """Leave out one case at a time, with all exchanges of its pairs in its years, and its responses."""
    pairs, year = np.array(record.pairs), record.exchanges.events.year
    nothing = np.zeros(len(pairs), bool)
    folds = []
    for case in record.cases:
        own, ended = pairs_of(case), case_of(case).ended
        same = np.isin(pairs, sorted(own)) & (year >= case.start.year) & (year <= ended.year)
        rows = record.in_cases([case])
        left_out = (same, rows, record.answered(own, case.start, ended))
        folds.append(Fold(case.name, (nothing, rows), left_out))
    return folds


def by_dyad_of_cases(record: Record) -> list[Fold]:
    """Leave out all cases of one pair of rivals at a time, with all exchanges and responses of the pair."""
    pairs = np.array(record.pairs)
    nothing = np.zeros(len(pairs), bool)
    folds = []
    for dyads in sorted({tuple(sorted(pairs_of(case))) for case in record.cases}):
        tested = record.in_cases(case for case in record.cases if pairs_of(case) == set(dyads))
        kin = tested | record.between(set(dyads))
        left_out = (np.isin(pairs, dyads), kin, record.answered(set(dyads), *ALWAYS))
        folds.append(Fold("+".join(dyads), (nothing, tested), left_out))
    return folds


def by_dyads(record: Record, count: int) -> list[Fold]:
    """Leave out one of `count` sets of pairs of states at a time, with the cases between them."""
    pairs = np.array(record.pairs)
    numbers = {pair: fold_of(pair, count) for pair in sorted(set(record.pairs))}
    fold = np.array([numbers[pair] for pair in record.pairs], np.int64)
    folds = []
    for number in range(count):
        tested = fold == number
        here = set(pairs[tested].tolist())
        kin = record.between(here)
        left_out = (tested, kin, record.answered(here, *ALWAYS))
        folds.append(Fold(f"dyads {number + 1}", (tested, np.zeros(len(kin), bool)), left_out))
    return [one for one in folds if one.tested[0].any()]


def by_year(record: Record, last: int) -> list[Fold]:
    """Leave out everything after a year, and forecast it."""
    after = record.exchanges.events.year > last
    tested = record.in_cases(case for case in record.cases if case.start.year > last)
    known = record.in_cases(case for case in record.cases if case_of(case).ended.year <= last)
    answered = record.answered(None, dt.date(last + 1, 1, 1), dt.date.max)
    return [Fold(f"after {last}", (after, tested), (after, ~known, answered))]


def fold_of(pair: str, count: int) -> int:
    """Return the fold of a pair of states, independent of which other pairs there are."""
    return int.from_bytes(hashlib.sha256(pair.encode()).digest()[:8], "big") % count


@dataclass(frozen=True, repr=False)
class HeldOut(Brief):
    """Forecasts of the tested rows by weights fitted without them."""

    folds: tuple[Fold, ...]
    tables: tuple[Floats, Floats]
    """[rows, levels] of exchanges and of cases, NaN where no fold tests a row."""
    weights: tuple[Weights, ...]
    """By fold."""


def held_out(
    record: Record,
    folds: Sequence[Fold],
    start: Weights,
    evidence: Sequence[Evidence] | None = None,
    rounds: int = ROUNDS,
    progress: Callable[[str], None] = lambda _: None,
) -> HeldOut:
    """Forecast the tested rows of every fold by weights fitted without the rows that it leaves out.

    Parameters
    ----------
    start
        The weights fitted to all data, from which each fold begins.
    evidence
        What folds are fitted to: `Fit.evidence` if it includes shares of runs; that of the record if None.
    rounds
        Rounds of scoring; with none, `start` itself forecasts every fold.
    progress
        Called with the name of each fold that is done.
    """
    tables = tuple(np.full((len(rows), rows.levels), np.nan) for rows in record.rows)
    weights = []
    for fold in folds:
        found = most_likely(evidence or record.evidence, fold.known(record), start, rounds)
        weights.append(found)
        for table, kind, tested in zip(tables, record.evidence, fold.tested, strict=False):
            if tested.any():
                table[tested] = kind.forecast(found)[tested]
        progress(fold.name)
    return HeldOut(tuple(folds), (tables[0], tables[1]), tuple(weights))


def compare(record: Record, held: HeldOut, kind: int, chosen: Mask, name: str) -> list[Comparison]:
    """Score the model and every baseline on the same rows; baselines are fitted to what the folds leave in.

    Parameters
    ----------
    kind
        0 for exchanges, 1 for cases.
    chosen
        Which rows of that kind are scored; the baselines are fitted to such rows only.
    name
        What is forecast, as tables name it.
    """
    rows = record.rows[kind]
    by = {who: np.full((len(rows), rows.levels), np.nan) for who in BASELINES}
    if kind == 1:
        by["last_crisis"] = np.full((len(rows), rows.levels), np.nan)
    tested = np.zeros(len(rows), bool)
    for fold in held.folds:
        here = fold.tested[kind] & chosen
        known = rows[chosen & ~fold.left_out[kind]]
        tested |= here
        for who, baseline in BASELINES.items():
            by[who][here] = baseline(known, rows[here])
        if kind == 1:
            by["last_crisis"][here] = _replayed(record, fold, known)[here]
    seen = rows.level[tested]
    cluster = tuple(clusters_of(record, kind)[tested].tolist())
    forecasts = {MODEL: held.tables[kind]} | by
    return [
        Comparison(name, score, cluster, {who: rule(p[tested], seen) for who, p in forecasts.items()})
        for score, rule in (("log", log_score), ("RPS", ranked_probability))
    ]


def recoded(record: Record, others: Mapping[str, Scenario]) -> Record:
    """Return the data with other codings, by the names of their cases, in the places of these."""
    cases = tuple(others.get(case.name, case) for case in record.cases)
    return Record(record.exchanges, cases, record.answers)


def reread(record: Record, held: HeldOut) -> HeldOut:
    """Read the second codings in a record by weights that were fitted without their crises.

    Parameters
    ----------
    record
        With second codings, from `recoded`. Other cases, and crises that no fold left out, are not tested.
    held
        Forecasts by weights fitted to the cases themselves, with each crisis left out (`by_crisis`).
    """
    weights = {fold.name: found for fold, found in zip(held.folds, held.weights, strict=True)}
    crisis = {case.name: crisis_of(case) for case in record.cases}
    folds = tuple(
        fold for fold in by_crisis(record) if crisis[fold.name] != fold.name and crisis[fold.name] in weights
    )
    found = tuple(weights[crisis[fold.name]] for fold in folds)
    events, acts = (np.full((len(rows), rows.levels), np.nan) for rows in record.rows)
    for fold, fitted in zip(folds, found, strict=True):
        acts[fold.tested[1]] = record.evidence[1].read(fitted)[fold.tested[1]]
    return HeldOut(folds, (events, acts), found)


def only(held: HeldOut, names: Container[str]) -> HeldOut:
    """Return the forecasts of the folds with these names."""
    kept = [k for k, fold in enumerate(held.folds) if fold.name in names]
    folds = tuple(held.folds[k] for k in kept)
    return HeldOut(folds, held.tables, tuple(held.weights[k] for k in kept))


def clusters_of(record: Record, kind: int) -> NDArray[np.str_]:
    """[rows]: the confrontation or the case of each act."""
    if kind == 0:
        return record.exchanges.events.confrontation.astype(str)
    return np.array([case.name for case in record.cases])[record.evidence[1].cluster]


def _rows_of(scenario: Scenario) -> Rows:
    scores = case_scores(scenario)
    everything = range(len(scores.actor))
    groups = groups_of(scenario, scores, everything)
    return rows_of_acts(scores.observed.tolist(), scores.actor, groups, RUNGS)


def _replayed(record: Record, fold: Fold, known: Rows) -> Probabilities:
    """Forecast each tested case as a repeat of the last one that the fold leaves in, act by act."""
    acts, cluster = record.rows[1], record.evidence[1].cluster
    level = [acts.level[cluster == number] for number in range(len(record.cases))]
    left = [case for number, case in enumerate(record.cases) if not fold.left_out[1][cluster == number].any()]
    number_of = {case.name: number for number, case in enumerate(record.cases)}
    befores = [(case, last_case(left, case)) for case in left]
    hits = [
        one == other
        for case, before in befores
        if before is not None
        for one, other in zip(level[number_of[before.name]], level[number_of[case.name]], strict=False)
    ]
    hit_rate = (sum(hits) + 0.5) / (len(hits) + 1.0)
    forecast = np.full((len(acts), acts.levels), np.nan)
    for number, case in enumerate(record.cases):
        rows = cluster == number
        if fold.tested[1][rows].any():
            last = last_case(left, case)
            last_acts = level[number_of[last.name]] if last else level[number][:0]
            forecast[rows] = replay(known, acts[rows], last_acts, hit_rate)
    return forecast
