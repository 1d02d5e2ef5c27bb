"""Cross-validation: records forecast by weights that were fitted without them.

A fold specifies which rows are forecast, and which rows neither the weights nor the baselines may use. Data
are left out of every piece of evidence at once: an act of a crisis may also be among the events, end a wait
between the same two states, and be a response to an attack. What is only counted, responses and agreements in
International Crisis Behavior, has no names by which it could be left out: it is part of every fit.
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
from escalation.history.attacks import Answers
from escalation.history.backtest import Comparison
from escalation.history.baselines import BASELINES, Probabilities, Rows, joined, replay, rows_of_exchanges
from escalation.history.baselines import rows_of_groups as rows_of_acts
from escalation.history.calibration import weighed
from escalation.history.cases import case_of, crisis_of, last_case, refuse_examinations
from escalation.history.fit import most_likely, tangents_at
from escalation.history.icb import Rates
from escalation.history.likelihood import (
    CASES,
    EXCHANGES,
    FORCE,
    WAITS,
    Evidence,
    Floats,
    case_scores,
    evidence_of_cases,
    evidence_of_exchanges,
    evidence_of_force,
    evidence_of_waits,
)
from escalation.history.mie import Exchanges, Histories
from escalation.history.responses import ATTACKS, evidence_of_records
from escalation.rules.reading import WHO
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
ROUNDS = 1
"""Rounds of scoring from the weights fitted to all data. What a fold leaves out moves them little, so that
one step of Newton's method is as good as the maximum, and all folds share its derivatives."""


@dataclass(frozen=True, repr=False)
class Record(Brief):
    """The data that weights are fitted to and tested on."""

    exchanges: Exchanges
    cases: tuple[Scenario, ...]
    histories: Histories
    counted: tuple[Rates, Answers] | None = None
    """Counts of International Crisis Behavior and responses to attacks: fitted to but never tested on."""
    factors: Mapping[str, float] = field(default_factory=dict)
    """On the weights of pieces of evidence, by name."""
    evidence: tuple[Evidence, ...] = field(init=False)
    """Of exchanges, cases, their days and waits; then of any counts."""
    rows: Mapping[str, Rows] = field(init=False)
    """The acts of exchanges and of cases as the baselines use them."""
    later: Mask = field(init=False)
    """[rows of cases]: after the first act of its case."""

    def __post_init__(self) -> None:
        refuse_examinations(self.cases)
        by_case = [_rows_of(scenario) for scenario in self.cases]
        later = [np.arange(len(case)) > 0 for case in by_case]
        evidence = [
            evidence_of_exchanges(self.exchanges),
            evidence_of_cases(self.cases),
            evidence_of_force(self.cases),
            evidence_of_waits(self.histories),
            *(evidence_of_records(*self.counted) if self.counted else ()),
        ]
        rows = {EXCHANGES: rows_of_exchanges(self.exchanges), CASES: joined(by_case, RUNGS)}
        object.__setattr__(self, "evidence", weighed(evidence, self.factors))
        object.__setattr__(self, "rows", rows)
        object.__setattr__(self, "later", np.concatenate([np.zeros(0, bool), *later]))

    def of(self, name: str) -> Evidence:
        """Return a piece of evidence by its name."""
        return next(kind for kind in self.evidence if kind.name == name)

    @property
    def pairs(self) -> tuple[str, ...]:
        """The pairs of states with an exchange or a wait, as `2-365`."""
        return tuple(sorted({*self.of(EXCHANGES).group, *self.of(WAITS).group}))

    def in_cases(self, cases: Iterable[Scenario]) -> dict[str, Mask]:
        """Return the acts and the days of these cases."""
        names = {case.name for case in cases}
        return {kind: self.of(kind).of_groups(names) for kind in (CASES, FORCE)}

    def between(self, pairs: set[str]) -> dict[str, Mask]:
        """Return the acts and the days of cases with one of these pairs of rivals."""
        return self.in_cases(case for case in self.cases if pairs & pairs_of(case))

    def of_events(self, pairs: set[str] | None, first: dt.date, last: dt.date) -> dict[str, Mask]:
        """Return the rows of exchanges, waits and attacks of pairs (None: of any) in years of these dates.

        An attack is in them where the days in which acts count as its response overlap the dates themselves.
        """
        found = {}
        for name in (EXCHANGES, WAITS):
            kind = self.of(name)
            assert kind.year is not None
            here = (kind.year >= first.year) & (kind.year <= last.year)
            found[name] = here if pairs is None else here & kind.of_groups(pairs)
        if self.counted:
            answers = self.counted[1]
            is_of_pair = pairs is None or bool(pairs & pairs_of(load_scenario(answers.scenario)))
            found[ATTACKS] = np.array(
                [
                    is_of_pair and attack.date <= last and (first - attack.date).days <= answers.days
                    for attack in answers.attacks
                ],
                bool,
            )
        return found


@dataclass(frozen=True)
class Fold:
    """Rows to forecast, and the rows left out of what they are forecast from, by name of the evidence."""

    name: str
    tested: Mapping[str, Mask]
    left_out: Mapping[str, Mask]
    """Of pieces of evidence that are missing here nothing is left out."""

    def known(self, record: Record) -> list[Mask]:
        """Return the rows of each piece of evidence that weights may be fitted to."""
        return [~self.left_out.get(kind.name, np.zeros(len(kind.observed), bool)) for kind in record.evidence]


def pairs_of(scenario: Scenario) -> set[str]:
    """Return the pairs of rivals of a case as exchanges name them, where both numbers are known."""
    known = [[CORRELATES.get(name) for name in rivalry.between] for rivalry in scenario.rivalries]
    return {f"{min(a, b)}-{max(a, b)}" for a, b in known if a is not None and b is not None}


def by_crisis(record: Record) -> list[Fold]:
    """Leave out one case at a time, its responses, and exchanges and waits of its pairs in its years."""
    folds = []
    for case in record.cases:
        rows = record.in_cases([case])
        events = record.of_events(pairs_of(case), case.start, case_of(case).ended)
        folds.append(Fold(case.name, {CASES: rows[CASES]}, rows | events))
    return folds


def by_dyad_of_cases(record: Record) -> list[Fold]:
    """Leave out all cases of one pair of rivals at a time, and all exchanges, waits and responses of it."""
    folds = []
    for dyads in sorted({tuple(sorted(pairs_of(case))) for case in record.cases}):
        tested = record.in_cases(case for case in record.cases if pairs_of(case) == set(dyads))
        kin = {name: rows | tested[name] for name, rows in record.between(set(dyads)).items()}
        left_out = kin | record.of_events(set(dyads), *ALWAYS)
        folds.append(Fold("+".join(dyads), {CASES: tested[CASES]}, left_out))
    return folds


def by_dyads(record: Record, count: int) -> list[Fold]:
    """Leave out one of `count` sets of pairs of states at a time, with the cases between them."""
    folds = []
    for number in range(count):
        here = {pair for pair in record.pairs if fold_of(pair, count) == number}
        left_out = record.between(here) | record.of_events(here, *ALWAYS)
        folds.append(
            Fold(f"dyads {number + 1}", {name: left_out[name] for name in (EXCHANGES, WAITS)}, left_out)
        )
    return [one for one in folds if one.tested[EXCHANGES].any()]


def by_year(record: Record, last: int) -> list[Fold]:
    """Leave out everything after a year, and forecast it."""
    after = record.of_events(None, dt.date(last + 1, 1, 1), dt.date.max)
    tested = record.in_cases(case for case in record.cases if case.start.year > last)
    known = record.in_cases(case for case in record.cases if case_of(case).ended.year <= last)
    events = {name: after[name] for name in (EXCHANGES, WAITS)}
    left_out = after | {name: ~rows for name, rows in known.items()}
    return [Fold(f"after {last}", events | {CASES: tested[CASES]}, left_out)]


def fold_of(pair: str, count: int) -> int:
    """Return the fold of a pair of states, independent of which other pairs there are."""
    return int.from_bytes(hashlib.sha256(pair.encode()).digest()[:8], "big") % count


@dataclass(frozen=True, repr=False)
class HeldOut(Brief):
    """Forecasts of the tested rows by weights fitted without them."""

    folds: tuple[Fold, ...]
    tables: Mapping[str, Floats]
    """[rows, levels] of exchanges, of cases and of waits, by name; NaN where no fold tests a row."""
    weights: tuple[Weights, ...]
    """By fold."""


def held_out(
    record: Record,
    folds: Sequence[Fold],
    start: Weights,
    rounds: int = ROUNDS,
    progress: Callable[[str], None] = lambda _: None,
) -> HeldOut:
    """Forecast the tested rows of every fold by weights fitted without the rows that it leaves out.

    Parameters
    ----------
    start
        The weights fitted to all data, from which each fold begins.
    rounds
        Rounds of scoring; with none, `start` itself forecasts every fold.
    progress
        Called with the name of each fold that is done.
    """
    tables = {
        kind.name: np.full((len(kind.observed), _levels_of(kind)), np.nan)
        for kind in record.evidence
        if any(kind.name in fold.tested for fold in folds)
    }
    near = tangents_at(record.evidence, start) if rounds else None
    weights = []
    for fold in folds:
        found = most_likely(record.evidence, fold.known(record), start, rounds, near) if rounds else start
        weights.append(found)
        for name, tested in fold.tested.items():
            if tested.any():
                tables[name][tested] = record.of(name).forecast(found)[tested]
        progress(fold.name)
    return HeldOut(tuple(folds), tables, tuple(weights))


def _levels_of(kind: Evidence) -> int:
    """Return how many levels forecasts of a piece of evidence have."""
    return int(kind.levels.max()) + 1 if kind.levels is not None else {CASES: RUNGS, WAITS: WHO}[kind.name]


def compare(record: Record, held: HeldOut, kind: str, chosen: Mask, quantity: str) -> list[Comparison]:
    """Score the model and every baseline on the same rows; baselines are fitted to what the folds leave in.

    Parameters
    ----------
    kind
        EXCHANGES or CASES.
    chosen
        Which rows of that kind are scored; the baselines are fitted to such rows only.
    quantity
        What is forecast, as tables name it.
    """
    rows = record.rows[kind]
    by = {who: np.full((len(rows), rows.levels), np.nan) for who in BASELINES}
    if kind == CASES:
        by["last_crisis"] = np.full((len(rows), rows.levels), np.nan)
    tested = np.zeros(len(rows), bool)
    for fold in (one for one in held.folds if kind in one.tested):
        here = fold.tested[kind] & chosen
        known = rows[chosen & ~fold.left_out[kind]]
        tested |= here
        for who, baseline in BASELINES.items():
            by[who][here] = baseline(known, rows[here])
        if kind == CASES:
            by["last_crisis"][here] = _replayed(record, fold, known)[here]
    seen = rows.level[tested]
    cluster = tuple(clusters_of(record, kind)[tested].tolist())
    forecasts = {MODEL: held.tables[kind]} | by
    return [
        Comparison(quantity, score, cluster, {who: rule(p[tested], seen) for who, p in forecasts.items()})
        for score, rule in (("log", log_score), ("RPS", ranked_probability))
    ]


def recoded(record: Record, others: Mapping[str, Scenario]) -> Record:
    """Return the data with other codings, by the names of their cases, in the places of these."""
    cases = tuple(others.get(case.name, case) for case in record.cases)
    return Record(record.exchanges, cases, record.histories, record.counted, record.factors)


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
    acts = np.full((len(record.rows[CASES]), RUNGS), np.nan)
    for fold, fitted in zip(folds, found, strict=True):
        acts[fold.tested[CASES]] = record.of(CASES).read(fitted)[fold.tested[CASES]]
    return HeldOut(folds, {CASES: acts}, found)


def only(held: HeldOut, names: Container[str]) -> HeldOut:
    """Return the forecasts of the folds with these names."""
    kept = [k for k, fold in enumerate(held.folds) if fold.name in names]
    folds = tuple(held.folds[k] for k in kept)
    return HeldOut(folds, held.tables, tuple(held.weights[k] for k in kept))


def clusters_of(record: Record, kind: str) -> NDArray[np.str_]:
    """[rows]: the confrontation or the case of each act."""
    if kind == EXCHANGES:
        return record.exchanges.events.confrontation.astype(str)
    return np.array([case.name for case in record.cases])[record.of(CASES).cluster]


def _rows_of(scenario: Scenario) -> Rows:
    scores = case_scores(scenario)
    everything = range(len(scores.actor))
    groups = groups_of(scenario, scores, everything)
    return rows_of_acts(scores.observed.tolist(), scores.actor, groups, RUNGS)


def _replayed(record: Record, fold: Fold, known: Rows) -> Probabilities:
    """Forecast each tested case as a repeat of the last one that the fold leaves in, act by act."""
    acts, cluster = record.rows[CASES], record.of(CASES).cluster
    level = [acts.level[cluster == number] for number in range(len(record.cases))]
    left = [
        case for number, case in enumerate(record.cases) if not fold.left_out[CASES][cluster == number].any()
    ]
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
        if fold.tested[CASES][rows].any():
            last = last_case(left, case)
            last_acts = level[number_of[last.name]] if last else level[number][:0]
            forecast[rows] = replay(known, acts[rows], last_acts, hit_rate)
    return forecast
