"""A folder of results read back: cells, parts, rows and a data frame; damage is named."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from escalation.api import Experiment, Results
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.experiment import results as reading
from escalation.experiment.design import Loaded
from escalation.experiment.loaded import load_experiment, shipped_experiments
from escalation.experiment.manifest import read_manifest
from escalation.experiment.results import ResultsFolder
from escalation.experiment.run import prepare
from escalation.experiment.spec import Spec
from escalation.files.places import StoreError
from escalation.measures.columns import run_table
from escalation.scenario.fields import references
from escalation.scenario.scenario import Scenario
from tests.experiment.sweeps import parts, tree

REPLICATIONS = 200


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("done") / "out"
    Experiment(tree(replications=REPLICATIONS)).run(folder, workers=1)
    return folder


@pytest.fixture
def copy(done: Path, tmp_path: Path) -> Path:
    return shutil.copytree(done, tmp_path / "out")


def test_cells_have_the_levels_of_the_design_in_their_types(done: Path) -> None:
    cells = ResultsFolder(done).cells
    assert cells.number.tolist() == list(range(6))
    assert cells.levels["resolve"] == (0.2, 0.2, 0.6, 0.6, 0.9, 0.9)
    assert cells.levels["who"] == ("cesland", "both") * 3
    assert cells.role.count("baseline") == 1
    assert set(cells.seed) == {7}


def test_the_experiment_is_known_from_the_folder_alone(done: Path) -> None:
    found, loaded = ResultsFolder(done), load_experiment(tree(replications=REPLICATIONS))
    assert (found.spec, found.loaded.scenario) == (loaded.spec, loaded.scenario)
    assert found.factors == ("resolve", "who")
    assert (found.states, found.mediators) == (("arland", "borland"), ("cesland", "delland"))
    assert (found.start, found.horizon, found.seeds) == (loaded.scenario.start, 4, "common")
    assert found.free_days.tolist() == [10] * 6
    assert list(found.design())[1].levels == {"resolve": 0.2, "who": "both"}


def test_days_observed_are_those_of_each_cell(tmp_path: Path) -> None:
    days = {"days": {"label": "D", "path": "free_days", "values": [3, 5]}}
    Experiment(tree(factors=days, replications=2)).run(tmp_path, workers=1)
    assert ResultsFolder(tmp_path).free_days.tolist() == [3, 5]


def test_every_crisis_is_in_one_part_and_rows_are_cut_out_of_them(done: Path) -> None:
    found = ResultsFolder(done)
    pieces = list(found.parts())
    whole = {name: np.concatenate([piece.table[name] for piece in pieces]) for name in pieces[0].table}
    assert len(whole["cell"]) == 6 * REPLICATIONS
    for cell in range(6):
        rows = found.rows(cell, 5, 10)
        assert rows["replication"].tolist() == list(range(5, 15))
        assert set(rows["cell"]) == {cell}
        for name, values in rows.items():
            mine = whole[name][whole["cell"] == cell][5:15]
            np.testing.assert_array_equal(values, mine, err_msg=name)
    assert len(found.rows(0, REPLICATIONS - 2, 10)["cell"]) == 2


def test_postures_count_every_crisis_on_every_day(done: Path) -> None:
    for piece in ResultsFolder(done).parts():
        counted = piece.postures
        first = (counted["cell"] == piece.cells[0]) & (counted["state"] == 0)
        days = np.bincount(counted["day"][first], counted["crises"][first])
        assert days.tolist() == [piece.count] * 15


def test_few_parts_are_kept_in_memory(done: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PARTS_KEPT", 1)
    found = ResultsFolder(done)
    assert len(list(found.parts())) > 1
    assert len(found._kept) == 1


def test_the_frame_has_one_row_per_crisis_with_the_levels_of_its_cell(done: Path) -> None:
    frame = ResultsFolder(done).frame(["outcome"])
    assert frame.columns.tolist() == ["cell", "replication", "resolve", "who", "outcome"]
    assert len(frame) == 6 * REPLICATIONS
    assert set(frame[frame["cell"] == 5]["resolve"]) == {0.9}
    assert set(frame[frame["cell"] == 4]["who"]) == {"cesland"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda text: text.replace("0.6", "0.61"), "is damaged"),
        (lambda text: text.replace("seed", "sead"), "is damaged"),
        (lambda text: "\n".join(text.splitlines()[:-1]), "has 5 cells, not 6"),
        (lambda text: None, "is missing"),
    ],
)
def test_a_damaged_table_of_cells_is_named(copy: Path, change, says: str) -> None:
    path = copy / "cells.csv"
    text = change(path.read_text(encoding="utf-8"))
    path.unlink()
    if text is not None:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(StoreError, match=says) as caught:
        _ = ResultsFolder(copy).cells
    assert str(path) in str(caught.value)


def test_a_damaged_part_and_one_of_other_results_are_refused(copy: Path) -> None:
    first, second, *_ = parts(copy)
    first.write_bytes(first.read_bytes()[:100])
    with pytest.raises(StoreError, match="is damaged"):
        list(ResultsFolder(copy).parts())
    with pytest.raises(StoreError, match="is damaged"):
        ResultsFolder(copy).frame()
    shutil.copy(second, first)
    with pytest.raises(StoreError, match="belongs to other results"):
        list(ResultsFolder(copy).parts())


def test_a_survey_finds_what_is_missing(copy: Path) -> None:
    assert ResultsFolder(copy).survey().missing == []
    parts(copy)[0].unlink()
    assert len(ResultsFolder(copy).survey().missing) == 1
    with pytest.raises(StoreError, match="holds no results"):
        ResultsFolder(copy / "runs")


def test_an_incomplete_folder_names_the_command_that_resumes_it(copy: Path) -> None:
    assert ResultsFolder(copy).check_complete().is_complete
    parts(copy)[0].unlink()
    with pytest.raises(StoreError, match=f"is not complete: .*resume: escalation sweep {copy};"):
        ResultsFolder(copy).check_complete()


@pytest.mark.parametrize("name", shipped_experiments())
def test_a_shipped_experiment_is_whole_in_its_manifest(name: str) -> None:
    """So that a folder can be completed by itself."""
    made = prepare(load_experiment(name), Path("nowhere")).store.manifest
    read = read_manifest(made.text())
    base = read.scenario
    loaded = Loaded(
        Spec.model_validate(read.experiment), base, Scenario.model_validate(base, context=references(base))
    )
    assert prepare(loaded, Path("nowhere")).store.manifest.hash == made.hash


def assert_replays_equal_rows(results: Results, most: int = 12) -> None:
    """Replay crises of up to so many cells, and compare each with its row of the results."""
    table, layout = results.frame(), results.layout
    step = -(-results.plan.cells // most)
    for _, row in table[table["cell"] % step == 0].iterrows():
        number, replication = int(row["cell"]), int(row["replication"])
        run = results.replay(number, replication)
        cell = results.cell(number, replication)
        assert (run.seed, run.replication) == (cell.seed, replication)
        assert run.result.outcome == row["outcome"]
        for state in layout.states:
            if state in run.result.peak:
                assert run.result.peak[state] == row[f"peak_{state}"]
            else:
                assert pd.isna(row[f"peak_{state}"])
        day = None if pd.isna(row["days_to_force"]) else int(row["days_to_force"])
        force = run.result.first_force
        assert (None if force is None else (force - run.scenario.horizon).days) == day
        # The other measures by the batch driver, which the tests of parity hold against this run.
        runs = simulate(pack(run.scenario), run.seed, replication, 1)
        for name, values in run_table(layout, run.scenario, number, replication, runs).items():
            (kept,) = results.rows(number, replication, 1)[name]
            assert np.array_equal(kept, values[0], equal_nan=values.dtype.kind == "f")


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_experiments())
def test_a_replayed_crisis_of_a_shipped_experiment_has_the_measures_of_its_row(name: str) -> None:
    assert_replays_equal_rows(Experiment(name).run(replications=2), most=4)


NEW = {"label": "Dorland", "enters_day": 4, "style": "manipulation", "form": "third_party"}
FACTORS: list[dict[str, Any]] = [
    {"path": "states.arland.resolve", "range": [0.1, 0.9], "levels": 3},
    {"path": "mediators.cesland.enters_day", "range": [0, 9], "levels": 2},
    {"path": "states.borland.capabilities", "values": [["air_force"], []]},
    {"path": "free_days", "values": [3, 12]},
    {"path": "horizon", "values": ["2025-04-26", "2025-04-28"]},
    {"path": "weights.ratchet", "range": [0.2, 1.1], "levels": 2},
    {"alternatives": {"one": {}, "gone": {"drop": ["mediators.cesland", "appeal"]},
                      "both": {"set": {"mediators.dorland": NEW, "weights.misperception": 0.25}}}},
    {"alternatives": {"record": {}, "less": {"drop": ["attack", "closure"]}}},
]  # fmt: skip
"""Numbers, whole ones, lists, dates, and alternatives that add and drop."""


@settings(max_examples=12, deadline=None)
@given(
    chosen=st.sets(st.integers(0, len(FACTORS) - 1), min_size=1, max_size=3),
    kind=st.sampled_from(["grid", "lhs", "sobol"]),
    seeds=st.sampled_from(["common", "independent"]),
    seed=st.integers(0, 2**64 - 1),
)
def test_a_replayed_crisis_of_any_experiment_has_the_measures_of_its_row(
    chosen: set[int], kind: str, seeds: str, seed: int
) -> None:
    factors = {f"f{number}": {"label": "F", **FACTORS[number]} for number in sorted(chosen)}
    has_numbers = not chosen <= {2, 4, 6, 7}
    design = {"kind": kind, "points": 8} if has_numbers and kind != "grid" else "grid"
    # The mediator is gone in some cells, and with it its day of entry.
    if {1, 6} <= chosen:
        del factors["f1"]
    experiment = tree(factors=factors, design=design, seeds=seeds, seed=seed, replications=3)
    assert_replays_equal_rows(Experiment(experiment).run(workers=1), most=6)


def test_a_crisis_that_was_not_simulated_is_not_replayed(done: Path) -> None:
    results = Results(done)
    for cell, replication in [(6, 0), (-1, 0), (0, REPLICATIONS), (0, -1)]:
        with pytest.raises(StoreError, match="has no"):
            results.replay(cell, replication)
