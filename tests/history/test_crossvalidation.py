"""Folds leave out the stated rows of both kinds of evidence, and no forecaster knows what it is tested on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from escalation.history import crossvalidation
from escalation.history.act_forecasts import MODEL
from escalation.history.attacks import load_answers
from escalation.history.baselines import climatology
from escalation.history.cases import HISTORY, case_of, load_cases
from escalation.history.crossvalidation import (
    HeldOut,
    Record,
    by_crisis,
    by_dyad_of_cases,
    by_dyads,
    by_year,
    compare,
    fold_of,
    held_out,
    only,
    pairs_of,
    recoded,
    reread,
)
from escalation.history.icb import load_rates
from escalation.history.likelihood import CASES, EXCHANGES, FORCE, WAITS, Evidence, evidence_of_cases
from escalation.history.mie import exchanges, followed, histories, load_mie
from escalation.history.responses import ATTACKS, NAMES
from escalation.scenario.scenario import Scenario
from escalation.scenario.weights import Weights
from tests.history.crises import case, past
from tests.history.mie_files import many_acts, write_mie
from tests.strategies import dated


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    path = write_mie(tmp_path_factory.mktemp("mie") / "mie.csv", many_acts(pairs=4, length=6))
    cases = (past("one"), moved(past("two"), 1995), moved(past("three"), 2010))
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(crossvalidation.CORRELATES, "alba", 100)
        patch.setitem(crossvalidation.CORRELATES, "borea", 200)
        events = load_mie(path)
        yield Record(exchanges(events), cases, histories(followed(events), 1946))


def moved(scenario: Scenario, year: int) -> Scenario:
    """Return a case that took place in another year."""
    by = dt.date(year, 1, 1) - scenario.start
    assert scenario.case is not None
    return scenario.model_copy(
        update={
            "start": scenario.start + by,
            "horizon": scenario.horizon + by,
            "acts": tuple(a.model_copy(update={"date": a.date + by}) for a in scenario.acts),
            "incidents": tuple(a.model_copy(update={"date": a.date + by}) for a in scenario.incidents),
            "case": scenario.case.model_copy(update={"ended": scenario.case.ended + by}),
        }
    )


def names_of(record: Record, rows: np.ndarray) -> set[str]:
    return {record.cases[k].name for k in set(record.of(CASES).cluster[rows].tolist())}


def pairs_in(record: Record, name: str, rows: np.ndarray) -> set[str]:
    kind = record.of(name)
    return {kind.group[k] for k in set(kind.cluster[rows].tolist())}


def test_rows_of_baselines_are_those_of_the_rules(record: Record) -> None:
    events, cases = record.of(EXCHANGES), record.of(CASES)
    assert events.levels is not None
    assert list(record.rows[EXCHANGES].level) == list(events.levels[events.observed])
    assert list(record.rows[CASES].level) == list(cases.observed)
    assert int((~record.later).sum()) == len(record.cases)
    assert [kind.name for kind in record.evidence] == [EXCHANGES, CASES, FORCE, WAITS]


def test_a_crisis_is_left_out_with_the_exchanges_of_its_pair_in_its_years(record: Record) -> None:
    assert "100-200" in pairs_of(record.cases[0])
    for fold in by_crisis(record):
        assert set(fold.tested) == {CASES}
        assert names_of(record, fold.tested[CASES]) == names_of(record, fold.left_out[CASES]) == {fold.name}
        assert fold.left_out[FORCE].tolist() == record.of(FORCE).of_groups({fold.name}).tolist()
    years = record.exchanges.events.year
    second = next(fold for fold in by_crisis(record) if fold.name == "two")
    assert pairs_in(record, EXCHANGES, second.left_out[EXCHANGES]) == {"100-200"}
    assert set(years[second.left_out[EXCHANGES]].tolist()) == {1995}
    waits = second.left_out[WAITS]
    days = record.of(WAITS)
    assert days.year is not None
    assert waits.any()
    assert waits.tolist() == (days.of_groups({"100-200"}) & (days.year == 1995)).tolist()


def test_a_pair_of_rivals_is_left_out_of_both_kinds(record: Record) -> None:
    (fold,) = by_dyad_of_cases(record)
    assert names_of(record, fold.tested[CASES]) == {"one", "two", "three"}
    for name in (EXCHANGES, WAITS):
        assert pairs_in(record, name, fold.left_out[name]) == {"100-200"}
        assert (fold.left_out[name] == record.of(name).of_groups({"100-200"})).all()


def test_every_exchange_and_wait_is_tested_once_and_pairs_stay_together(record: Record) -> None:
    folds = by_dyads(record, 3)
    for name in (EXCHANGES, WAITS):
        assert (np.sum([fold.tested[name] for fold in folds], axis=0) == 1).all()
    for fold in folds:
        pairs = pairs_in(record, EXCHANGES, fold.tested[EXCHANGES])
        assert not pairs & pairs_in(record, EXCHANGES, ~fold.left_out[EXCHANGES])
        assert not pairs & pairs_in(record, WAITS, ~fold.left_out[WAITS])
        assert fold.left_out[CASES].all() == fold.left_out[FORCE].all() == ("100-200" in pairs)


def test_the_fold_of_a_pair_depends_on_nothing_else() -> None:
    assert [fold_of(pair, 20) for pair in ("2-365", "750-770", "651-666")] == [10, 17, 15]


def test_nothing_after_the_year_is_known(record: Record) -> None:
    (fold,) = by_year(record, 1990)
    years = record.exchanges.events.year
    assert (years[fold.tested[EXCHANGES]] > 1990).all()
    assert (years[~fold.left_out[EXCHANGES]] <= 1990).all()
    waited = record.of(WAITS).year
    assert waited is not None
    assert (waited[fold.tested[WAITS]] > 1990).all()
    assert (waited[~fold.left_out[WAITS]] <= 1990).all()
    assert names_of(record, fold.tested[CASES]) == {"one", "two", "three"}
    assert fold.left_out[CASES].all()
    assert fold.left_out[FORCE].all()


def test_responses_are_left_out_with_their_crisis_and_counts_never(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = load_answers()
    both = replace(record, counted=(load_rates(), answers))
    attacks = answers.attacks
    assert [kind.name for kind in both.evidence] == [EXCHANGES, CASES, FORCE, WAITS, *NAMES]
    for fold in by_dyads(both, 4):
        known = dict(zip((kind.name for kind in both.evidence), fold.known(both), strict=True))
        is_here = "750-770" in pairs_in(both, EXCHANGES, fold.tested[EXCHANGES])
        assert known[ATTACKS].all() != is_here
        assert known[ATTACKS].any() != is_here
        assert all(known[name].all() for name in NAMES if name != ATTACKS)
    (fold,) = by_year(both, 2005)
    kept = [attack.place for attack, out in zip(attacks, fold.left_out[ATTACKS], strict=True) if not out]
    assert kept[-1] == "Delhi, bombs"
    assert not any(one.left_out[ATTACKS].any() for one in (*by_crisis(both), *by_dyad_of_cases(both)))
    monkeypatch.setitem(crossvalidation.CORRELATES, "alba", 750)
    monkeypatch.setitem(crossvalidation.CORRELATES, "borea", 770)
    (fold,) = by_dyad_of_cases(both)
    assert fold.left_out[ATTACKS].sum() == len(attacks) == 22
    in_april = both.of_events({"750-770"}, dt.date(2010, 4, 1), dt.date(2010, 4, 30))[ATTACKS]
    assert [attack.place for attack, out in zip(attacks, in_april, strict=True) if out] == ["Pune"]
    for scenario, fold in zip(both.cases, by_crisis(both), strict=True):
        found = both.of_events({"750-770"}, scenario.start, case_of(scenario).ended)
        assert (fold.left_out[ATTACKS] == found[ATTACKS]).all()


def test_factors_change_the_weight_of_evidence(record: Record) -> None:
    less = replace(record, factors={WAITS: 0.25, CASES: 0.0})
    assert [kind.weight for kind in less.evidence] == [1.0, 0.0, 1.0, 0.25]
    assert recoded(less, {}).factors == less.factors


def test_weights_are_fitted_without_what_a_fold_leaves_out(
    record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[list[np.ndarray]] = []

    def stand_in(evidence: Sequence[Evidence], rows: list[np.ndarray], *_: object) -> Weights:
        fitted.append(rows)
        return Weights(force_threshold=-0.1 * len(fitted))

    monkeypatch.setattr(crossvalidation, "most_likely", stand_in)
    folds = by_crisis(record)[:2]
    held = held_out(record, folds, Weights())
    for fold, rows in zip(folds, fitted, strict=True):
        for kind, used in zip(record.evidence, rows, strict=True):
            assert (fold.left_out[kind.name] == ~used).all()
    assert [one.force_threshold for one in held.weights] == [-0.1, -0.2]
    tested = folds[0].tested[CASES] | folds[1].tested[CASES]
    assert np.isfinite(held.tables[CASES][tested]).all()
    assert np.isnan(held.tables[CASES][~tested]).all()
    assert EXCHANGES not in held.tables


def test_everyone_is_scored_on_the_same_rows_by_what_the_fold_leaves(record: Record) -> None:
    folds = by_crisis(record)
    rows = record.rows[CASES]
    table = np.full((len(rows), rows.levels), 1 / rows.levels)
    held = HeldOut(tuple(folds), {CASES: table}, ())
    log, _ = compare(record, held, CASES, record.later, "acts")
    assert log.by[MODEL] == pytest.approx(np.log(rows.levels))
    fold = folds[0]
    here = fold.tested[CASES] & record.later
    shares = climatology(rows[record.later & ~fold.left_out[CASES]], rows[here])
    own = [k for k, name in enumerate(log.cluster) if name == fold.name]
    assert log.by["climatology"][own] == pytest.approx(
        -np.log(shares[np.arange(here.sum()), rows.level[here]])
    )
    assert {len(values) for values in log.by.values()} == {int(record.later.sum())}
    assert "last_crisis" in log.by


@pytest.fixture
def second() -> Scenario:
    """A coarser coding of the second case, in which force comes on day 30 only."""
    coding = case(use="second_coding", coding_of="two")
    acts = [dated(0, "borea", "protest", "alba"), dated(30, "borea", "strike", "alba")]
    return moved(past("two_second", acts=acts, case=coding), 1995)


def test_another_coding_takes_the_place_of_the_case_and_of_no_other(record: Record, second: Scenario) -> None:
    again = recoded(record, {"two": second})
    assert [case.name for case in again.cases] == ["one", "two_second", "three"]
    assert again.exchanges is record.exchanges
    fold = next(fold for fold in by_crisis(again) if fold.name == "two_second")
    same = next(fold for fold in by_crisis(record) if fold.name == "two")
    assert fold.left_out[EXCHANGES].tolist() == same.left_out[EXCHANGES].tolist()


def test_another_coding_is_read_by_weights_fitted_without_it(record: Record, second: Scenario) -> None:
    folds = by_crisis(record)
    weights = tuple(Weights(ratchet=0.1 * k) for k in range(1, len(folds) + 1))
    held = HeldOut(tuple(folds), {}, weights)
    found = reread(recoded(record, {"two": second}), held)
    assert [fold.name for fold in found.folds] == ["two_second"]
    assert found.weights == (weights[1],)
    rows = found.folds[0].tested[CASES]
    assert rows.sum() == 2  # the acts of the coding, not of the case
    alone = evidence_of_cases([second])
    assert found.tables[CASES][rows] == pytest.approx(alone.read(weights[1]))
    assert np.isnan(found.tables[CASES][~rows]).all()


def test_a_crisis_that_no_fold_left_out_is_not_read(record: Record, second: Scenario) -> None:
    folds = by_crisis(record)[:1]
    held = HeldOut(tuple(folds), {}, (Weights(),))
    assert reread(recoded(record, {"two": second}), held).folds == ()


def test_the_forecasts_of_some_folds_alone(record: Record) -> None:
    folds = by_crisis(record)
    weights = tuple(Weights(ratchet=0.1 * k) for k in range(1, len(folds) + 1))
    held = HeldOut(tuple(folds), {}, weights)
    some = only(held, {"two", "elsewhere"})
    assert [fold.name for fold in some.folds] == ["two"]
    assert some.weights == (weights[1],)


def test_every_pair_of_rivals_in_a_shipped_case_is_known_to_the_events() -> None:
    for scenario in load_cases([HISTORY]):
        assert len(pairs_of(scenario)) == len(scenario.rivalries), scenario.name


def test_a_fit_moves_toward_what_is_left(record: Record, tmp_path: Path) -> None:
    fold = by_year(record, 1990)[0]
    held = held_out(record, [fold], Weights(), rounds=1)
    assert held.weights[0] != Weights()
    for name in (EXCHANGES, CASES, WAITS):
        assert held.tables[name][fold.tested[name]].sum(axis=1) == pytest.approx(1.0)
    assert held_out(record, [fold], Weights(), rounds=0).weights == (Weights(),)
