from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import cluster
from benchmarks.queueing import Costs
from benchmarks.sweeps import experiment
from escalation.experiment.compute import CRISES_A_CALL
from escalation.experiment.loaded import load_experiment
from escalation.experiment.run import Sweep, prepare
from escalation.files.places import CellError

COSTS = Costs(
    crisis=1e-4, crisis_held=1e-6, chunk_held=1e-3, chunk_written=1e-3, byte_written=1e-9, chunk_bytes=1e4,
    crisis_bytes=10.0,
)  # fmt: skip


@pytest.fixture
def made(tmp_path: Path) -> Sweep:
    return prepare(load_experiment(experiment(400)), tmp_path / "out")


def test_a_line_goes_through_both_points_and_never_below_nothing() -> None:
    assert cluster.line_through((10, 20), (3.0, 5.0)) == cluster.Line(fixed=1.0, each=0.2)
    assert cluster.line_through((10, 20), (5.0, 3.0)) == cluster.Line(fixed=5.0, each=0.0)
    assert cluster.line_through((10, 20), (1.0, 3.0)) == cluster.Line(fixed=0.0, each=0.2)


def test_the_share_that_holds_the_interpreter_is_read_off_two_threads() -> None:
    assert cluster.share_held([1.0], [0.5]) == 0.0
    assert cluster.share_held([1.0], [1.0]) == 1.0
    assert cluster.share_held([1.0], [0.625]) == pytest.approx(0.5)


def test_tables_are_computed_without_the_kernel(made: Sweep) -> None:
    tables = cluster.Tables(made, CRISES_A_CALL + 10)
    whole = tables()
    with tables.without_kernel():
        assert tables() == whole
        tables.runs.clear()
        with pytest.raises(CellError):
            tables()
    assert tables() == whole


def test_costs_of_threads_are_measured(made: Sweep) -> None:
    costs, held, megabytes = cluster.measure_threads(made, (20, 200), repeats=1)
    assert 0.0 <= held <= 1.0
    assert megabytes > 0.0
    assert costs.crisis > 0.0
    assert costs.bytes(200) > costs.bytes(20) > 0.0
    assert costs.task_scheduled == 0.0


@pytest.mark.slow
def test_costs_of_dask_are_measured() -> None:
    pytest.importorskip("distributed")
    costs = cluster.measure_dask(COSTS, counts=(4, 2), crises=(1, 40))
    assert costs.task_scheduled + costs.byte_scheduled > 0.0
    assert costs.task_driven + costs.byte_driven > 0.0


def test_sweeps_are_reported_by_size_of_chunk() -> None:
    found = cluster.Measured(COSTS, held=0.5, chunk_mb=3.0, scaling=1.9, predicted=2.0)
    lines = list(cluster.report(found, chunks_a_thread=1))
    assert sum(line.startswith("| disk as here") for line in lines) == len(cluster.SIMULATED_SIZES)
    assert not any("scheduler" in line for line in lines)
    speed_ups = [float(line.split("|")[5]) for line in lines[-7:-2] if line[2].isdigit()]
    assert len(speed_ups) == len(cluster.SWEEPS)
    assert speed_ups[0] < speed_ups[-1] <= cluster.CORES
