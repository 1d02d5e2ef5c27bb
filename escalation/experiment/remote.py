"""Compute chunks on an existing Dask cluster.

A worker gets the experiment and a chunk, and gives back the bytes of the chunk's files; this process
writes them. So the workers need neither a shared disk nor anything but the same version of this
package, which is checked. A chunk whose worker dies is computed again by another, to the same bytes.
"""

from __future__ import annotations

import contextlib
import logging
import math
import pickle
import queue
import socket
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any, Self

from escalation.experiment.compute import Computed, Work, compute
from escalation.experiment.design import Cell
from escalation.experiment.manifest import sources
from escalation.experiment.plan import Chunk
from escalation.experiment.run import Listener
from escalation.files.places import CellError, ClusterError

SECONDS_TO_ANSWER = 5
SECONDS_TO_CONNECT = 20
MOST_FRAMES = 1_000  # of the first message of a scheduler, which begins with their number
SECONDS_BETWEEN_COUNTS = 2  # workers come and go


@lru_cache(maxsize=2)
def _work(pickled: bytes) -> Work:
    work: Work = pickle.loads(pickled)
    return work


def compute_there(
    pickled: bytes, code: Mapping[str, str], chunk: Chunk, cells: Mapping[int, Cell]
) -> Computed:
    """Compute a chunk on a worker, if it has the same code.

    Raises
    ------
    ClusterError
        If the worker has another version of this package.
    """
    mine = sources()
    other = sorted(name for name in {*mine, *code} if mine.get(name) != code.get(name))
    if other:
        raise ClusterError(
            f"a worker has other code than this machine (escalation/{other[0]});"
            " install the same version there"
        )
    return compute(_work(pickled), chunk, cells)


class Cluster:
    """Computes chunks on the workers of a Dask scheduler."""

    def __init__(self, address: str, work: Work, cells: Mapping[int, Cell], listener: Listener) -> None:
        self.address = address
        # A copy leaves out cached properties: the worker computes them itself; and what is on this disk.
        loaded = replace(work.loaded)
        self.pickled = pickle.dumps(replace(work, loaded=loaded, stock=None), pickle.HIGHEST_PROTOCOL)
        self.cells = cells
        self.listener = listener
        self._code = sources()
        self._client: Any = None
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._running: dict[Any, Chunk] = {}
        self._slots, self._counted = 2, -math.inf

    @property
    def slots(self) -> int:
        """Return how many chunks to hand out at a time: two for each thread of the workers."""
        if time.monotonic() - self._counted > SECONDS_BETWEEN_COUNTS:
            try:
                threads: dict[str, int] = self._client.nthreads()
            except Exception as error:
                raise self._failed(error) from error
            self._slots = max(2, 2 * sum(threads.values()))
            self._counted = time.monotonic()
        return self._slots

    def __enter__(self) -> Self:
        """Connect to the scheduler."""
        check_scheduler(self.address)
        from distributed import Client

        _hush()
        try:
            make: Any = Client  # which has no types
            self._client = make(self.address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise _silent(self.address, str(error)) from None
        try:
            self._client.wait_for_workers(1, timeout=SECONDS_TO_CONNECT)
        except TimeoutError:
            self._client.close()
            raise ClusterError(
                f"the Dask scheduler at {self.address} has no workers; start some with"
                f" `dask worker {self.address}`"
            ) from None
        return self

    def submit(self, chunk: Chunk) -> None:
        """Send a chunk with its cells."""
        cells = {task.cell: self.cells[task.cell] for task in chunk.tasks}
        # Not pure: what the same name computed for an earlier call is of no interest to the scheduler.
        future = self._client.submit(
            compute_there, self.pickled, self._code, chunk, cells,
            pure=False, key=f"crises-{chunk.name}-{id(self):x}", priority=-chunk.round,
        )  # fmt: skip
        self._running[future] = chunk
        future.add_done_callback(self._done.put)

    def finished(self, seconds: float) -> list[tuple[Chunk, Computed]]:
        """Wait at most so long; return what is computed since, or raise what went wrong."""
        ended = []
        try:
            ended.append(self._done.get(timeout=seconds))
            while True:
                ended.append(self._done.get_nowait())
        except queue.Empty:
            pass
        return [(self._running.pop(future), self._result(future)) for future in ended]

    def _result(self, future: Any) -> Computed:
        try:
            computed: Computed = future.result()  # if its worker died since, it is computed again
        except (CellError, ClusterError):
            raise
        except Exception as error:
            raise self._failed(error) from error
        finally:
            future.release()
        self.listener.heard(computed.tally.outcomes)
        return computed

    def _failed(self, error: Exception) -> ClusterError:
        reason = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        return ClusterError(
            f"the cluster at {self.address} failed ({reason}); what is complete stays."
            " Give the same command again, there or without --scheduler"
        )

    def __exit__(self, *error: object) -> None:
        """Cancel what is not computed yet and disconnect; the cluster keeps running."""
        if self._client is not None:
            with contextlib.suppress(Exception):  # the scheduler may be gone already
                if self._running:
                    self._client.cancel(list(self._running), force=True)
                self._client.close()


def check_scheduler(address: str) -> None:
    """Raise ClusterError, within seconds, if no Dask scheduler answers at an address.

    Dask's own client tries a wrong address again and again, and one where another program answers for ever.
    """
    try:
        from distributed.comm.addressing import parse_address, parse_host_port
    except ImportError:
        raise ClusterError("--scheduler needs Dask: install escalation[dask], or leave it out") from None
    try:
        protocol, place = parse_address(address)
        if protocol not in ("tcp", "tls"):
            raise ValueError(f"{protocol} is not known, but tcp and tls are")
        host, port = parse_host_port(place)
        with socket.create_connection((host, port), SECONDS_TO_ANSWER) as connection:
            # Over tls it waits for us to speak; over tcp it speaks first.
            first = connection.recv(8) if protocol == "tcp" else b""
    except (OSError, ValueError, OverflowError) as error:
        raise _silent(address, str(error)) from None
    if protocol == "tcp" and not 0 < int.from_bytes(first, "little") < MOST_FRAMES:
        raise _silent(address, "another program answers there")


def _silent(address: str, reason: str) -> ClusterError:
    return ClusterError(
        f"no Dask scheduler answers at {address} ({' '.join(reason.split())[:120]});"
        " start one with `dask scheduler`, and give the address that it prints"
    )


def _hush() -> None:
    """Keep Dask's own messages off the terminal: this process reports what matters in one line."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] == "distributed":
            logging.getLogger(name).setLevel(logging.CRITICAL)
