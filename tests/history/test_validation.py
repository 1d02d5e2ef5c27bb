"""`validate` and `cross_validate`: weights as given or refitted, with and without each kind of data."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from escalation.files.places import ArgumentError
from escalation.history.backtest import score_frame
from escalation.history.likelihood import CASES, EXCHANGES, WAITS
from escalation.history.mie import no_exchanges
from escalation.history.validation import (
    ALL_ACTS,
    ALL_EVENTS,
    CALIBRATION_OF_WAITS,
    CRISIS,
    DYADS,
    GAIN_OF_WAITS,
    RIVALS,
    YEAR,
    Validation,
    ValidationSize,
    cross_validate,
    line_of,
    read_record,
    validate,
)
from escalation.history.validation_tables import tables_of
from escalation.scenario.load import ScenarioError
from escalation.scenario.weight_set import WeightSet
from escalation.scenario.weights import Weights
from tests.history.mie_files import many_acts, write_mie

TINY = ValidationSize(dyad_folds=2, tested_folds=2, replications=20, synthetic=12, rounds=1)
MINE = WeightSet(name="mine", title="t", provenance="p", weights=Weights(habit=0.9, consent=1.0))
CASES_USED = ["uri_2016", "kutch_1965"]


@pytest.fixture(scope="module")
def mie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mie(tmp_path_factory.mktemp("events") / "mie.csv", many_acts(pairs=4, length=6))


@pytest.fixture(scope="module")
def given(mie: Path) -> Validation:
    return validate(MINE, cases=CASES_USED, mie=mie, size=TINY)


def test_without_refits_every_act_is_forecast_by_the_weights_as_given(given: Validation) -> None:
    record = given.record
    for scheme, kind in ((DYADS, EXCHANGES), (DYADS, WAITS), (CRISIS, CASES)):
        held = given.schemes[scheme].held
        assert set(map(Weights.model_dump_json, held.weights)) == {MINE.weights.model_dump_json()}
        assert np.array_equal(held.tables[kind], record.of(kind).forecast(MINE.weights))
    assert not given.refitted
    assert "in-sample" in given.basis
    assert [one.task.scenario.weights for one in given.courses] == [MINE.weights] * len(given.courses)


def test_the_table_has_a_row_for_each_score(given: Validation, tmp_path: Path) -> None:
    frame = given.frame()
    assert set(frame["scheme"]) == {DYADS, CRISIS, "courses"}
    rules = frame[(frame["scheme"] == CRISIS) & (frame["quantity"] == ALL_ACTS) & (frame["score"] == "log")]
    line = line_of(given.schemes[CRISIS].scores, ALL_ACTS, "model")
    assert rules.iloc[0]["mean"] == line.mean.estimate
    names = {path.name for path in given.write(tmp_path)}
    assert names == {
        "scores_dyads.csv", "scores_crisis.csv", "scores_courses.csv", "mediation_check.csv",
        "stylised_facts.csv",
    }  # fmt: skip
    assert len(score_frame(given.course_scores)) == (frame["scheme"] == "courses").sum()


def test_other_weights_have_other_scores(given: Validation, mie: Path) -> None:
    other = validate("default", cases=CASES_USED, mie=mie, size=TINY)
    mine, default = (
        line_of(one.schemes[DYADS].scores, ALL_EVENTS, "model").mean.estimate for one in (given, other)
    )
    assert mine != default
    same = [
        line_of(one.schemes[DYADS].scores, ALL_EVENTS, "markov_1").mean.estimate for one in (given, other)
    ]
    assert same[0] == same[1]  # baselines know nothing of the weights


def test_refits_keep_what_is_not_fitted(mie: Path) -> None:
    found = validate(MINE, cases=CASES_USED, mie=mie, size=TINY, refit=True, evidence={"agreements": 0.0})
    assert set(found.schemes) == {DYADS, CRISIS, RIVALS, YEAR}
    fitted = found.schemes[CRISIS].held.weights
    assert {weights.consent for weights in fitted} == {1.0}
    assert all(weights.habit != MINE.weights.habit for weights in fitted)
    assert len({weights.model_dump_json() for weights in fitted}) == len(fitted)
    assert found.refitted
    assert {weights.conciliation for weights in fitted} != {MINE.weights.conciliation}  # cases say something
    assert found.record.of("agreements").weight == 0.0
    waits = found.schemes[DYADS].waits
    assert waits is not None
    lines = found.facts.by_fact
    assert [line.model for line in lines[CALIBRATION_OF_WAITS]] == list(waits.forecast)
    assert [line.model for line in lines[GAIN_OF_WAITS]] == [waits.gain]
    assert found.schemes[CRISIS].waits is None


def test_facts_on_pairs_left_out_need_refits(given: Validation) -> None:
    assert given.schemes[DYADS].waits is not None
    lines = [line for name in (CALIBRATION_OF_WAITS, GAIN_OF_WAITS) for line in given.facts.by_fact[name]]
    assert all(line.model is None for line in lines)


def test_factors_on_evidence_are_checked_before_anything_is_read() -> None:
    with pytest.raises(ArgumentError, match="did you mean `waits`"):
        validate("nowhere", evidence={"wait": 1.0})


def test_facts_of_events_are_counted_again_where_there_is_a_file(given: Validation) -> None:
    counted = {line.fact.source for line in given.facts.lines if line.recount is not None}
    assert counted == {"MIE"}
    assert given.facts.weights == MINE.name
    assert given.facts.replications == TINY.replications


@pytest.mark.parametrize("missing", ["events", "cases"])
def test_missing_data_are_skipped_and_named(missing: str, mie: Path) -> None:
    if missing == "events":
        found = validate(MINE, cases=CASES_USED, size=TINY)
        assert set(found.schemes) == {CRISIS}
    else:
        found = validate(MINE, cases=(), mie=mie, size=TINY)
        assert set(found.schemes) == {DYADS}
        assert found.courses == []
    assert any(missing in words for words in found.skipped)
    assert all(table.text() for table in tables_of(found))


def test_without_any_data_there_is_nothing_to_validate() -> None:
    with pytest.raises(ScenarioError, match="neither cases nor a file of events"):
        validate(MINE, cases=())
    assert len(no_exchanges().events) == 0


def test_a_pair_of_states_can_be_left_out_of_events(mie: Path) -> None:
    assert "750-770" in read_record((), mie).pairs
    assert "750-770" not in read_record((), mie, (750, 770)).pairs


def test_one_scheme_alone(mie: Path) -> None:
    record = read_record(CASES_USED, mie)
    heard: list[str] = []
    found = cross_validate(record, RIVALS, Weights(), size=TINY, progress=heard.append)
    assert len(heard) == len(found.held.folds) == 1  # both cases are of India and Pakistan
    assert {line.quantity for line in found.scores} == {ALL_ACTS, "Coded crises: after the first"}
    with pytest.raises(ArgumentError, match="scheme"):
        cross_validate(record, "none_such", Weights())
