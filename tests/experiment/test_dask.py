"""The same bytes from a real scheduler with two worker processes, one of which is killed on the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from tests.experiment.sweeps import ROOT, complete, parts, started, swept, wait_for, written

pytest.importorskip("distributed")
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals as in POSIX")

BIG = {"scenario": "pahalgam_2025", "replications": 4_000, "factors": {
    "resolve": {"label": "Resolve", "path": "states.india.resolve", "values": [0.2, 0.5, 0.8]},
}}  # fmt: skip
Process = subprocess.Popen[bytes]
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


@contextmanager
def process(*arguments: str, folder: Path) -> Iterator[Process]:
    with (folder / f"{arguments[1]}.log").open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-m", *arguments], env=ENVIRONMENT, cwd=folder, stdout=log, stderr=log
        )
    try:
        yield running
    finally:
        running.kill()
        running.wait()


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[tuple[str, Process, list[Process]]]:
    """A scheduler and its workers, each a process of its own with a folder of its own."""
    said = folder / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(said)]
    with process("distributed.cli.dask_scheduler", *options, folder=folder) as scheduler:
        worker = [
            "distributed.cli.dask_worker", "--scheduler-file", str(said), "--nthreads", "1", "--no-nanny",
            "--no-dashboard",
        ]  # fmt: skip
        while not said.exists():
            time.sleep(0.05)
        with ExitStack() as stack:
            running = []
            for number in range(workers):
                own = folder / f"worker-{number}"
                own.mkdir()
                running.append(stack.enter_context(process(*worker, folder=own)))
            yield json.loads(said.read_text())["address"], scheduler, running


@pytest.mark.slow
def test_a_worker_is_killed_on_the_way(tmp_path):
    path = written(tmp_path, **BIG)
    whole = complete(path, tmp_path / "threads")
    out = tmp_path / "out"
    with cluster(tmp_path) as (address, _, workers):
        with started(path, out, "--quiet", "--scheduler", address) as sweeping:
            wait_for(out, 3, sweeping)
            workers[0].send_signal(signal.SIGKILL)
            at_the_kill = len(parts(out))
            _, err = sweeping.communicate(timeout=240)
        assert (sweeping.returncode, err) == (0, "")
        assert at_the_kill < 32
        assert complete(path, out) == whole
        # Complete parts are not sent again; conversely, threads add what the cluster left out.
        for part in parts(out)[::3]:
            part.unlink()
        assert complete(path, out, "--scheduler", address) == whole


@pytest.mark.slow
def test_the_scheduler_dies_on_the_way(tmp_path):
    path, out = written(tmp_path, **BIG), tmp_path / "out"
    with cluster(tmp_path) as (address, scheduler, _):
        with started(path, out, "--quiet", "--scheduler", address) as sweeping:
            wait_for(out, 2, sweeping)
            scheduler.send_signal(signal.SIGKILL)
            _, err = sweeping.communicate(timeout=240)
        assert sweeping.returncode == 2
        (line,) = err.splitlines()
        assert line.startswith(f"escalation: the cluster at {address} failed (")
        assert parts(out)
    assert complete(path, out) == complete(path, tmp_path / "threads")


def test_an_unreachable_address_is_reported(tmp_path, monkeypatch):
    monkeypatch.setattr("escalation.experiment.remote.SECONDS_TO_CONNECT", 2)
    ended = swept(written(tmp_path), tmp_path / "out", "--scheduler", "tcp://127.0.0.1:1")
    assert ended.code == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:1" in ended.err.splitlines()[-1]


def test_a_scheduler_without_workers(tmp_path, monkeypatch):
    monkeypatch.setattr("escalation.experiment.remote.SECONDS_TO_CONNECT", 2)
    with cluster(tmp_path, 0) as (address, *_):
        ended = swept(written(tmp_path), tmp_path / "out", "--scheduler", address)
    assert ended.code == 2
    assert "has no workers" in ended.err.splitlines()[-1]


def test_workers_with_other_code_are_refused(monkeypatch):
    from escalation.experiment.remote import compute_there
    from escalation.files.places import ClusterError

    with pytest.raises(ClusterError, match="other code"):
        compute_there(b"", {"rules/decide.py": "0" * 64}, None, {})
