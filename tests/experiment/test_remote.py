"""What a cluster's client sends, hands back and says, with a scheduler that is only pretended."""

from __future__ import annotations

import contextlib
import pickle
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from escalation.experiment import remote
from escalation.experiment.compute import Computed, compute
from escalation.experiment.loaded import load_experiment
from escalation.experiment.manifest import sources
from escalation.experiment.plan import Chunk
from escalation.experiment.remote import Cluster, compute_there
from escalation.experiment.run import Silent, Sweep, prepare, survey
from escalation.files.places import CellError, ClusterError
from tests.experiment.sweeps import swept, tree, written


@pytest.fixture(scope="module")
def made() -> Sweep:
    return prepare(load_experiment(tree(replications=3)), Path("nowhere"))


@pytest.fixture(scope="module")
def chunk(made: Sweep) -> Chunk:
    return survey(made.store, made.work).missing[0]


class Future:
    def __init__(self, result: Callable[[], Computed]) -> None:
        self.result = result
        self.released = False

    def add_done_callback(self, call: Callable[[Future], None]) -> None:
        call(self)

    def release(self) -> None:
        self.released = True


class Client:
    """Computes at once what it is handed."""

    def __init__(self, threads: int = 3) -> None:
        self.threads = {"one": threads}
        self.sent: list[tuple[Any, ...]] = []
        self.futures: list[Future] = []

    def nthreads(self) -> dict[str, int]:
        return self.threads

    def submit(self, function: Callable[..., Computed], *arguments: Any, **_: Any) -> Future:
        self.sent.append(arguments)
        self.futures.append(Future(lambda: function(*arguments)))
        return self.futures[-1]


class Ear(Silent):
    def __init__(self) -> None:
        self.outcomes = np.zeros(0, np.int64)

    def heard(self, outcomes: Any) -> None:
        self.outcomes = outcomes


def cluster(made: Sweep, listener: Any = None) -> tuple[Cluster, Client]:
    found, client = Cluster("tcp://x:1", made.work, made.cells, listener or Silent()), Client()
    found._client = client
    return found, client


def test_a_worker_with_the_same_code_computes_the_same_bytes(made: Sweep, chunk: Chunk) -> None:
    ear = Ear()
    found, client = cluster(made, ear)
    found.submit(chunk)
    ((done, computed),) = found.finished(1)
    assert done == chunk
    assert computed.parts == compute(made.work, chunk, made.cells).parts
    assert ear.outcomes.sum() == chunk.crises
    assert client.futures[0].released
    assert set(client.sent[0][3]) == {task.cell for task in chunk.tasks}
    assert found.finished(0) == []


def test_a_worker_with_other_code_refuses(made: Sweep, chunk: Chunk) -> None:
    pickled = pickle.dumps(made.work)
    other = sources() | {"rules/decide.py": "changed"}
    with pytest.raises(ClusterError, match=r"other code than this machine \(escalation/rules/decide.py\)"):
        compute_there(pickled, other, chunk, made.cells)


def test_a_failure_on_the_way_says_what_to_do_and_an_invalid_cell_is_passed_on(
    made: Sweep, chunk: Chunk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(error: Exception) -> None:
        def fails(*_: object) -> Computed:
            raise error

        monkeypatch.setattr(remote, "compute_there", fails)
        found, client = cluster(made)
        found.submit(chunk)
        try:
            found.finished(1)
        finally:
            assert client.futures[0].released

    with pytest.raises(CellError, match="cell 3"):
        failing(CellError("cell 3"))
    with pytest.raises(ClusterError, match=r"tcp://x:1 failed \(OSError: gone\); what is complete stays"):
        failing(OSError("gone"))


def test_two_chunks_per_thread_and_never_fewer_than_two(made: Sweep) -> None:
    found, client = cluster(made)
    assert found.slots == 6
    client.threads = {}
    assert found.slots == 6  # counted a moment ago
    found._counted = -np.inf
    assert found.slots == 2


@pytest.mark.parametrize(
    "address", ["foo", "", "nonsense://x:1", "tcp://h", "tcp://127.0.0.1:1", "tcp://127.0.0.1:99999"]
)
def test_an_address_where_nothing_answers_is_told_before_anything_else(
    made: Sweep, address: str, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ClusterError, match=f"no Dask scheduler answers at {address}"):
        Cluster(address, made.work, made.cells, Silent()).__enter__()
    ended = swept(written(tmp_path), tmp_path / "out", "--scheduler", address)
    assert (ended.code, ended.out) == (2, "")
    assert len(ended.err.splitlines()) == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("says", [b"", b"SSH-2.0-x\r\n"])
def test_another_program_that_answers_is_no_scheduler(monkeypatch: pytest.MonkeyPatch, says: bytes) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr(remote, "SECONDS_TO_ANSWER", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"tcp://127.0.0.1:{server.getsockname()[1]}"

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(says)
                with contextlib.suppress(ConnectionError):
                    connection.recv(1)

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ClusterError, match="no Dask scheduler answers at tcp"):
            remote.check_scheduler(address)
        thread.join()
