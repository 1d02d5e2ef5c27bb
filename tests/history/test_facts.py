"""The table of stylised facts: verdicts, text, file, values from the fit, and a sample with fixed seeds."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from escalation.files.places import ArgumentError
from escalation.history.fact_situations import Situations
from escalation.history.facts import (
    COLUMNS,
    MET,
    MISSED,
    NOT_COMPUTED,
    SHOWN,
    FactLine,
    FactTable,
    short,
    spanned,
    stylised_facts,
)
from escalation.history.recorded_facts import Facts, load_facts
from escalation.scenario.load import load_weights
from escalation.stats.scores import Interval
from tests.history.mie_files import write_mie

WEIGHTS = "calibrated"
SAMPLE = 600
KEPT = ("F4", "F10", "F13", "F14")
"""Facts that the weights must meet in the sample of the tests."""


def only(*ids: str) -> Facts:
    shipped = load_facts()
    return shipped.model_copy(update={"facts": tuple(one for one in shipped.facts if one.id in ids)})


def table_of(id: str, *estimates: float | None, recount: float | None = None) -> FactTable:
    """Return a table of one shipped fact with these values of the model."""
    fact = only(id).facts[0]
    again = None if recount is None else Interval(recount, recount, recount)
    lines = [
        FactLine(fact, value, None if one is None else Interval(one, one - 0.01, one + 0.01), again)
        for value, one in zip(fact.values, estimates, strict=True)
    ]
    return FactTable("invented", 10, 1, {2: 0.5}, tuple(lines))


@pytest.fixture(scope="module")
def sample() -> FactTable:
    return stylised_facts(WEIGHTS, facts=only(*KEPT, "F17"), replications=SAMPLE, seed=1)


def test_the_weights_meet_in_a_sample_what_they_meet_in_full(sample: FactTable) -> None:
    assert {id: sample.verdict(id) for id in KEPT} == dict.fromkeys(KEPT, MET), "\n".join(sample.text())


def test_the_same_seed_gives_the_same_table(sample: FactTable) -> None:
    again = stylised_facts(WEIGHTS, facts=only("F4"), replications=SAMPLE, seed=1)
    other = stylised_facts(WEIGHTS, facts=only("F4"), replications=SAMPLE, seed=2)
    assert again.by_fact["F4"][0].model == sample.by_fact["F4"][0].model
    assert other.by_fact["F4"][0].model != sample.by_fact["F4"][0].model


def test_a_fact_is_met_if_all_of_its_judged_values_are() -> None:
    assert table_of("F3", 1.3, 5, 9, 12).verdict("F3") == MET
    assert table_of("F3", 1.3, 5, 9, 21).verdict("F3") == MISSED
    assert [line.verdict for line in table_of("F3", 2.0, 2, 4, 12).lines] == [MISSED, SHOWN, SHOWN, MET]
    assert table_of("F3", 1.3, 5, 9, None).verdict("F3") == NOT_COMPUTED
    assert table_of("F2", math.nan).verdict("F2") == NOT_COMPUTED


def test_facts_are_counted_by_use() -> None:
    lines = (*table_of("F2", 0.5).lines, *table_of("F6", 0.5).lines, *table_of("F11", None).lines)
    table = FactTable("invented", 10, 1, {}, lines)
    assert table.tally() == {"fit": (1, 1), "check": (0, 1), "held_out": (0, 0), "ci": (0, 0)}
    assert table.summary() == (
        "Met with all of their values: 1 of 1 (fit), 0 of 1 (check). Not computed: F11."
    )


def test_data_that_their_own_measure_contradicts_are_named() -> None:
    assert "own tolerance" not in table_of("F2", 0.5, recount=0.5).summary()
    assert (
        table_of("F2", 0.5, recount=0.6).summary().endswith("Counted again outside their own tolerance: F2.")
    )


def test_values_of_the_fit_are_passed_in(sample: FactTable) -> None:
    assert sample.verdict("F17") == NOT_COMPUTED
    given = {"F17": (0.31, Interval(0.49, 0.45, 0.53), 0.68)}
    table = stylised_facts(WEIGHTS, facts=only("F17"), given=given)
    assert table.verdict("F17") == MET
    assert [spanned(line.model) for line in table.lines] == [".31", ".49 [.45, .53]", ".68"]
    assert stylised_facts(WEIGHTS, facts=only("F17"), given={"F17": (0.3, 0.4, 0.7)}).verdict("F17") == MISSED
    for wrong in ({"F17": (0.3,)}, {"F1": (0.3,)}):
        with pytest.raises(ArgumentError, match="allowed are 3 for F17"):
            stylised_facts(WEIGHTS, facts=only("F1", "F17"), given=wrong)


def test_facts_of_events_are_counted_again(tmp_path: Path) -> None:
    acts = [
        (1, 1, 2, 20, 1980, 1, 1, 3), (1, 2, 20, 2, 1980, 1, 1, 3), (1, 3, 2, 20, 1980, 1, 9, 3),
        (2, 1, 2, 40, 1980, 1, 1, 3), (2, 2, 40, 2, 1980, 1, 9, 3), (3, 1, 2, 200, 1930, 1, 1, 3),
    ]  # fmt: skip
    path = write_mie(tmp_path / "mie.csv", acts)
    lines = stylised_facts(WEIGHTS, mie=path, facts=only("F6", "F17"), replications=2).lines
    assert lines[0].recount is not None
    assert lines[0].recount.estimate == 0.25  # one of four act-days since 1946
    assert {line.recount for line in lines[1:]} == {None}


def test_text_file_and_frame_have_every_value(tmp_path: Path) -> None:
    table = table_of("F1", *(value.data for value in only("F1").facts[0].values), recount=0.1)
    text = table.text()
    assert max(map(len, text)) <= 82
    assert sum("met" in line.split() for line in text) == 8
    assert repr(table).startswith("FactTable(weights='invented'")
    assert len(repr(table)) < 200
    (path,) = table.write(tmp_path)
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [float(row["data"]) for row in rows] == [value.data for value in only("F1").facts[0].values]
    frame = table.frame()
    assert list(frame.columns) == list(COLUMNS)
    assert frame["model"].tolist() == [line.model.estimate for line in table.lines if line.model]
    assert rows[0]["verdict"] == MET


def test_numbers_with_two_digits_that_count() -> None:
    values = (0.0, 0.123, 0.0099, 0.00123, 1.0, 12.5, -0.5, math.nan)
    assert [short(value) for value in values] == [".00", ".12", ".0099", ".0012", "1", "12.5", "-.50", "none"]
    assert spanned(None) == NOT_COMPUTED


def test_what_is_detected_changes_facts_of_mie_alone() -> None:
    weights, onsets = load_weights(WEIGHTS).weights, load_facts().onsets
    all_seen, few_seen = (
        Situations(weights, 60, 1, {2: share, 3: share}, onsets).episodes for share in (1.0, 0.2)
    )
    assert len(few_seen) < len(all_seen)
    keys = [set(zip(one.pair.tolist(), one.day.tolist(), strict=True)) for one in (all_seen, few_seen)]
    assert keys[1] <= keys[0]  # draws of their own: the crises are the same
    assert np.array_equal(few_seen.day[few_seen.given], all_seen.day[all_seen.given])
