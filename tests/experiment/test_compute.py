"""One chunk: all of its crises, the same bytes every time, and how it stops or fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from escalation.engine.pack import Packer
from escalation.experiment import compute as computing
from escalation.experiment.compute import Stopped, cell_words, compute
from escalation.experiment.design import Cell
from escalation.experiment.loaded import load_experiment
from escalation.experiment.parts import read, stamp_of
from escalation.experiment.run import Sweep, prepare, survey
from escalation.files.places import CellError
from tests.experiment.sweeps import tree


@pytest.fixture(scope="module")
def made() -> Sweep:
    return prepare(load_experiment(tree(replications=5, keep=["acts"])), Path("nowhere"))


def test_a_chunk_holds_all_of_its_crises_and_its_stamp(made: Sweep, tmp_path: Path) -> None:
    (chunk, *_) = survey(made.store, made.work).missing
    heard: list[NDArray[np.int64]] = []
    found = compute(made.work, chunk, made.cells, heard.append)
    assert set(found.parts) == {"runs", "days", "acts"}
    for name, data in found.parts.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert stamp_of(path).chunk == chunk.name
        assert stamp_of(path).results == made.work.results
        columns = read(path, made.work.layout.kinds[name])
        assert set(columns["cell"]) == {task.cell for task in chunk.tasks}
    runs = read(tmp_path / "runs", made.work.layout.kinds["runs"])
    assert len(runs["cell"]) == chunk.crises
    np.testing.assert_array_equal(sum(heard), found.tally.outcomes)
    assert sum(heard).sum() == chunk.crises


def test_the_size_of_a_call_changes_nothing(made: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    (chunk, *_) = survey(made.store, made.work).missing
    whole = compute(made.work, chunk, made.cells).parts
    monkeypatch.setattr(computing, "CRISES_A_CALL", 2)
    assert compute(made.work, chunk, made.cells).parts == whole


def test_it_stops_between_calls(made: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    (chunk, *_) = survey(made.store, made.work).missing
    monkeypatch.setattr(computing, "CRISES_A_CALL", 2)
    answers: Iterator[bool] = iter([True, True, False])
    heard: list[Any] = []
    with pytest.raises(Stopped):
        compute(made.work, chunk, made.cells, heard.append, lambda: next(answers))
    assert len(heard) == 2


def test_a_cell_that_fails_is_named(made: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    (chunk, *_) = survey(made.store, made.work).missing

    def fails(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(Packer, "pack", fails)
    with pytest.raises(CellError, match=r"^cell \d+ \(resolve=0.*\): not enough memory"):
        compute(replace(made.work), chunk, made.cells)


def test_a_cell_is_prepared_once_for_all_its_rounds(made: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    work, cell = replace(made.work), made.cells[0]
    assert work.prepared(cell) is work.prepared(cell)
    monkeypatch.setattr(computing, "CELLS_KEPT", 1)
    other = made.cells[1]
    assert work.prepared(other)[0] is not work.prepared(other)[0]


def test_cells_are_named_by_number_and_levels_on_one_line() -> None:
    cell = Cell(7, "design", {"a": 0.1 + 0.2, "b": "x\n" + "y" * 50, "c": True}, 1)
    assert cell_words(cell) == f"cell 7 (a=0.3, b={'x' + chr(92) + 'n' + 'y' * 34}..., c=True)"
    assert cell_words(replace(cell, levels={})) == "cell 7"


def test_cells_with_the_same_inputs_are_simulated_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trust = {"label": "T", "path": "mediators.cesland.toward.arland.trust", "values": [0.1, 0.5, 0.9]}
    who = {"label": "W", "alternatives": {"none": {"drop": ["mediators.cesland", "appeal"]}, "one": {}}}
    made = prepare(load_experiment(tree(factors={"trust": trust, "who": who}, baseline={})), Path("nowhere"))
    played: list[int] = []

    def simulate(*given: Any, **more: Any) -> Any:
        played.append(given[3])
        return computing_simulate(*given, **more)

    computing_simulate = computing.simulate
    monkeypatch.setattr(computing, "simulate", simulate)
    chunks = survey(made.store, made.work).missing
    once = [compute(made.work, chunk, made.cells).parts for chunk in chunks]
    fewer = sum(played)
    played.clear()
    apart = [compute(replace(made.work, twins={}), chunk, made.cells).parts for chunk in chunks]
    assert once == apart
    # Without the mediator its three levels of trust are one setting; the baseline is a cell of its own.
    assert len(made.work.twins) == 2
    assert fewer == sum(played) * (len(made.cells) - 2) // len(made.cells)
