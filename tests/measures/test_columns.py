"""What is kept of a run, on runs made by hand."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from escalation.engine.batch import BINS, Runs
from escalation.experiment.parts import DamagedError, Stamp, encode, groups, read, stamp_of
from escalation.measures.columns import Layout, day_table, layout_of, run_table
from escalation.measures.reduce import NEVER
from escalation.scenario.load import load_scenario
from escalation.vocabulary import CHANNELS, OUTCOMES
from tests.experiment.sweeps import TINY

SCENARIO = load_scenario(TINY)  # its horizon is day 4; arland, borland; cesland
LAYOUT = Layout(("arland", "borland", "delland"), ("farland", "cesland"), (("arland", "borland"),))
ENDS = ["de_escalated", "war", "limited_force_ended"]


def by_hand(**changes):
    def column(*values, kind=np.int32):
        return np.array(values, kind)

    values = {
        "first": 10,
        "pairs": ((0, 1),),
        "outcome": column(*map(OUTCOMES.index, ENDS), kind=np.int8),
        "peak": column([0, 2], [9, 7], [6, 6], kind=np.int8),
        "cost": column([0.0, 0.5], [3.25, 1.0], [0.1, 0.2], kind=float),
        "first_force": column(-1, 5, 14),
        "end": column(5, -1, 9),
        "settled": column([-1], [6], [14]),
        "channel": column([0], [3], [1], kind=np.int8),
        "settler": column([-1], [0], [-1], kind=np.int8),
        "offered": column([3], [5], [-1]),
        "opened": column([4], [6], [-1]),
        "newly_opened": column([-1], [6], [-1]),
        "agreed": column([-1], [6], [-1]),
        "postures": np.zeros((15, 2, BINS), np.int64),
        "acts": None,
    }
    others = {each.name: column(0, 0, 0) for each in fields(Runs)}
    return Runs(**(others | values | changes))


def rows(layout=LAYOUT, **changes):
    table = run_table(layout, SCENARIO, 3, 10, by_hand(**changes))
    assert list(table) == [column.name for column in layout.run_columns]
    return {name: values.tolist() for name, values in table.items()}


def test_names_become_numbers_of_the_words():
    table = rows()
    assert table["cell"] == [3, 3, 3]
    assert table["replication"] == [10, 11, 12]
    assert [OUTCOMES[code] for code in table["outcome"]] == ENDS
    assert [CHANNELS[code] for code in table["settlement"]] == ["none", "mediated", "direct"]
    assert table["settled_by"] == [-1, 1, -1]
    assert table["peak"] == [2, 9, 6]


def test_days_count_from_the_horizon():
    table = rows()
    assert table["days_to_force"] == [NEVER, 1, 10]
    assert table["days_to_ceasefire"] == [NEVER, 2, 10]
    assert table["days_to_end"] == [1, NEVER, 5]
    assert table["offered_cesland"] == [-1, 1, NEVER]


def test_talks_opened_in_the_record_are_not_counted():
    table = rows()
    assert table["opened_cesland"] == [0, 2, NEVER]
    assert table["days_to_talks"] == [NEVER, 2, NEVER]


def test_columns_of_absent_actors_are_empty():
    table = rows()
    assert table["peak_delland"] == [-1, -1, -1]
    assert np.isnan(table["cost_delland"]).all()
    assert table["offered_farland"] == [NEVER] * 3
    assert table["peak_borland"] == [2, 7, 6]


def test_the_earliest_of_several_settlements():
    layout = Layout(("arland", "borland"), ("cesland",), (("arland", "borland"), ("borland", "arland")))
    two = {
        "pairs": ((0, 1), (0, 1)),
        "settled": np.array([[9, 7], [6, 6], [-1, 8]]),
        "channel": np.array([[1, 3], [2, 1], [0, 3]]),
        "settler": np.array([[-1, 0], [-1, -1], [-1, 0]]),
    }
    table = rows(layout, **two)
    assert table["days_to_ceasefire"] == [3, 2, 4]
    assert [CHANNELS[code] for code in table["settlement"]] == ["mediated", "hotline", "mediated"]
    assert table["settled_by"] == [0, -1, 0]


def test_without_mediators():
    none = {name: np.zeros((3, 0), np.int32) for name in ("offered", "opened", "newly_opened", "agreed")}
    none |= {"settler": np.full((3, 1), -1), "channel": np.array([[0], [1], [1]])}
    scenario = SCENARIO.model_copy(update={"mediators": {}})
    table = run_table(LAYOUT, scenario, 0, 0, by_hand(**none))
    assert table["days_to_talks"].tolist() == [NEVER] * 3
    assert table["settled_by"].tolist() == [-1] * 3


def test_histograms_keep_what_is_not_zero():
    postures = np.zeros((15, 2, BINS), np.int64)
    postures[0, 0, 0], postures[14, 1, 39] = 3, 2
    table = day_table(LAYOUT, SCENARIO, 4, postures)
    assert {name: values.tolist() for name, values in table.items()} == {
        "cell": [4, 4], "day": [0, 14], "state": [0, 1], "bin": [0, 39], "crises": [3, 2],
    }  # fmt: skip


def test_the_layout_has_every_actor_in_order_of_appearance():
    other = SCENARIO.model_copy(update={"mediators": {"delland": None, "cesland": None}})
    found = layout_of([SCENARIO, other], keeps_acts=False)
    assert (found.states, found.mediators) == (("arland", "borland"), ("cesland", "delland"))
    assert found.pairs == (("arland", "borland"),)
    assert "acts" not in found.kinds
    assert list(layout_of([SCENARIO], keeps_acts=True).kinds) == ["acts", "days", "runs"]


def test_what_is_written_is_read(tmp_path):
    table = run_table(LAYOUT, SCENARIO, 3, 10, by_hand())
    data = encode(LAYOUT.run_columns, table, Stamp("ab", "00001-00002"))
    assert encode(LAYOUT.run_columns, table, Stamp("ab", "00001-00002")) == data
    path = tmp_path / "part.parquet"
    path.write_bytes(data)
    assert stamp_of(path) == Stamp("ab", "00001-00002", 3)
    again = read(path, LAYOUT.run_columns)
    for name, values in table.items():
        np.testing.assert_array_equal(again[name], values)
    assert list(groups(path, "replication")) == [(0, 10, 12)]


def test_other_readers_see_words_days_and_nothing(tmp_path):
    import pandas as pd

    path = tmp_path / "part.parquet"
    table = run_table(LAYOUT, SCENARIO, 3, 10, by_hand())
    path.write_bytes(encode(LAYOUT.run_columns, table, Stamp("ab", "00001-00002")))
    frame = pd.read_parquet(path)
    assert frame["outcome"].tolist() == ENDS
    assert frame["settled_by"].isna().tolist() == [True, False, True]
    assert frame["days_to_force"].isna().tolist() == [True, False, False]
    assert frame["peak_delland"].isna().all()


def test_a_part_that_lacks_a_column(tmp_path):
    path = tmp_path / "part.parquet"
    table = run_table(LAYOUT, SCENARIO, 3, 10, by_hand())
    path.write_bytes(encode(LAYOUT.run_columns[:-1], table, Stamp("ab", "00001-00002")))
    with pytest.raises(DamagedError, match="no column agreed_cesland"):
        read(path, LAYOUT.run_columns)
