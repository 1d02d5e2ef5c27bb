"""Forecasts of the next act: which acts are forecast, from what, and how they are written."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from escalation.history.act_forecasts import (
    MODEL,
    Examination,
    act_forecasts,
    exchange_forecasts,
    pairs_to_train_on,
    write_predictions,
)
from escalation.history.baselines import BASELINES, climatology, rows_of_exchanges
from escalation.history.mie import dyads, exchanges, load_mie, without
from escalation.scenario.weights import Weights
from tests.history.crises import case, past, with_known_scores
from tests.history.mie_files import many_acts, write_mie
from tests.strategies import dated

AT_WAR = [dated(1, "alba", "threat", "borea"), dated(2, "borea", "war", "alba")]
WANTED = Examination((750, 770), 1990)


@pytest.fixture(autouse=True)
def _known_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    with_known_scores(monkeypatch)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_mie(tmp_path / "mie.csv", many_acts())


def test_reactions_of_the_pair_since_the_year_are_forecast(path: Path) -> None:
    events = load_mie(path)
    block = exchange_forecasts(events, events, WANTED, Weights())
    tested = exchanges(events)
    of_pair = (dyads(tested.events) == (750, 770)).all(axis=1) & (tested.events.year >= 1990)
    chosen = of_pair & tested.reaction
    assert [row.number for row in block.rows] == tested.events.row[chosen].tolist()
    assert block.observed.tolist() == (tested.events.level[chosen] - 2).tolist()
    assert {row.case for row in block.rows} == {"2"}
    assert set(block.by) == {MODEL, *BASELINES}
    every = exchange_forecasts(events, events, Examination((770, 750), 1990, all_rows=True), Weights())
    assert len(every.rows) == np.count_nonzero(of_pair)
    assert len(every.rows) > len(block.rows) > 0


def test_baselines_are_fitted_to_reactions_of_other_pairs(path: Path) -> None:
    events = load_mie(path)
    block = exchange_forecasts(events, events, WANTED, Weights())
    known = exchanges(without(events, (750, 770)))
    train = rows_of_exchanges(known)[known.reaction]
    assert block.by["climatology"] == pytest.approx(climatology(train, train[np.arange(len(block.rows))]))


def test_what_the_tested_pair_did_changes_no_baseline_but_by_its_history(path: Path, tmp_path: Path) -> None:
    """Climatology knows nothing of the pair: other levels of its acts change nothing."""
    other = write_mie(tmp_path / "b.csv", [(*act[:-1], 5) if 750 in act else act for act in many_acts()])
    one, two = (
        exchange_forecasts(load_mie(file), load_mie(file), WANTED, Weights()) for file in (path, other)
    )
    assert np.array_equal(one.by["climatology"], two.by["climatology"])
    assert set(two.observed.tolist()) == {3}


def test_acts_before_the_first_year_are_known_to_the_forecaster(tmp_path: Path) -> None:
    """One confrontation over the turn of the year: the first act of 1990 answers the last of 1989."""
    acts = [
        (1, 1, 750, 770, 1989, 12, 30, 5), (1, 2, 770, 750, 1990, 1, 2, 4),
        (2, 1, 2, 20, 1980, 1, 1, 3), (2, 2, 20, 2, 1980, 1, 2, 3),
    ]  # fmt: skip
    events = load_mie(write_mie(tmp_path / "x.csv", acts))
    block = exchange_forecasts(events, events, WANTED, Weights())
    assert [row.number for row in block.rows] == [1]


def test_without_a_pair_each_is_left_out_in_turn(path: Path) -> None:
    events = load_mie(path)
    block = exchange_forecasts(events, events, Examination(), Weights())
    alone = exchange_forecasts(events, events, Examination((101, 201)), Weights())
    here = [k for k, row in enumerate(block.rows) if row.actor in ("101", "201")]
    assert len(here) == len(alone.rows) > 0
    for name in BASELINES:
        assert block.by[name][here] == pytest.approx(alone.by[name])


def test_pairs_to_train_on(path: Path) -> None:
    events = load_mie(path)
    assert pairs_to_train_on(events, WANTED) == 5
    assert pairs_to_train_on(events, Examination()) == 5
    assert pairs_to_train_on(events[(events.actor == 750) | (events.target == 750)], WANTED) == 0


def test_acts_of_states_after_the_first_are_forecast() -> None:
    one, two = (
        past("one"),
        past("two", acts=[dated(1, "alba", "threat", "borea"), dated(2, "borea", "war", "alba")]),
    )
    block = act_forecasts([one, two], [one, two])
    assert [(row.case, row.number) for row in block.rows] == [*(("one", k) for k in range(2, 9)), ("two", 2)]
    assert block.observed.tolist() == [2, 3, 6, 7, 0, 0, 0, 9]
    assert [row.actor for row in block.rows][:2] == ["alba", "borea"]
    for forecast in block.by.values():
        assert forecast.sum(axis=1) == pytest.approx(np.ones(8))
    assert block.by[MODEL][0, 2] == pytest.approx(2 / 12)


def test_baselines_see_only_earlier_groups() -> None:
    """Two acts of one group on day 5, then one in a later group of that day."""
    acts = [
        dated(1, "alba", "threat", "borea"), dated(5, "alba", "war", "borea"),
        dated(5, "borea", "expel", "alba"), dated(5, "borea", "war", "alba", seq=2),
    ]  # fmt: skip
    train = past("two", acts=[dated(1, "alba", "threat", "borea"), dated(2, "borea", "war", "alba")])
    found = act_forecasts([past("one", acts=acts)], [train]).by["markov_1"]
    assert found[0] == pytest.approx(found[1])
    assert found[0, 9] > found[2, 9]  # in training a war came after a threat


def test_a_case_is_not_trained_on_itself() -> None:
    """The training case `two` has one act after the first, a war: so has the climatology for `one`."""
    one, two = (
        past("one"),
        past("two", acts=[dated(1, "alba", "threat", "borea"), dated(2, "borea", "war", "alba")]),
    )
    block = act_forecasts([one], [one, two])
    assert block.by["climatology"][:, 9] == pytest.approx(np.full(7, 2 / 12))


def test_a_second_coding_is_not_trained_on_the_first() -> None:
    first, other = past("one"), past("two", acts=[*AT_WAR])
    second = past("again", case=case(use="second_coding", coding_of="one"))
    found = act_forecasts([second], [first, other]).by
    without = act_forecasts([second], [other]).by
    assert all((found[name] == without[name]).all() for name in found)


def test_predictions_have_one_line_per_forecast(path: Path, tmp_path: Path) -> None:
    events, one = load_mie(path), past("one")
    blocks = [exchange_forecasts(events, events, WANTED, Weights()), act_forecasts([one], [])]
    write_predictions(tmp_path / "p.csv", blocks)
    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == sum(len(block.rows) for block in blocks)
    first, last = rows[0], rows[-1]
    assert (first["scale"], first["case"], first["actor"]) == ("hostility", "2", blocks[0].rows[0].actor)
    assert first["date"] == blocks[0].rows[0].date.isoformat()
    assert int(first["observed"]) == blocks[0].observed[0] + 2
    assert first["model_4"] == "0.5"
    assert first["model_0"] == first["last_crisis_3"] == ""
    assert (last["scale"], last["case"], last["date"], last["observed"]) == ("rung", "one", "2020-02-10", "0")
    for row in rows:
        for name in ("model", *BASELINES):
            found = [float(row[f"{name}_{level}"] or 0) for level in range(11)]
            assert sum(found) == pytest.approx(1)


def test_predictions_of_events_alone_have_only_their_levels(path: Path, tmp_path: Path) -> None:
    events = load_mie(path)
    write_predictions(tmp_path / "p.csv", [exchange_forecasts(events, events, WANTED, Weights())])
    head = (tmp_path / "p.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
    assert head[:6] == ["scale", "case", "date", "actor", "number", "observed"]
    assert head[6:10] == ["model_2", "model_3", "model_4", "model_5"]
    assert len(head) == 6 + 4 * (1 + len(BASELINES))
