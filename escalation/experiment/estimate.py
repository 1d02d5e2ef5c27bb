"""How long a sweep would take and how much room, from computing a little of it."""

from __future__ import annotations

import time
from dataclasses import dataclass

from escalation.experiment.compute import compute
from escalation.experiment.plan import WHOLE, Chunk, Shard, Task
from escalation.experiment.run import Sweep, available_cores, warm_up

CELLS_TRIED = 3
CRISES_TRIED = 300  # a cell


@dataclass(frozen=True)
class Estimate:
    """What a sweep would take; with a stopping rule at most."""

    crises: int
    seconds: float
    bytes: int


def estimate(sweep: Sweep, workers: int | None = None, shard: Shard = WHOLE) -> Estimate:
    """Compute a few crises of the first, the middle and the last cell, and say what all would take."""
    least = warm_up(sweep).parts
    plan = sweep.store.manifest.plan
    numbers = list(sweep.cells)
    tried = [numbers[0], numbers[len(numbers) // 2], numbers[-1]]
    count = min(plan.replications_a_round, CRISES_TRIED)
    chunk = Chunk(0, 0, tuple(Task(cell, 0, count) for cell in dict.fromkeys(tried)))
    start = time.perf_counter()
    computed = compute(sweep.work, chunk, sweep.cells)
    seconds = time.perf_counter() - start
    threads = min(workers or available_cores(), available_cores())
    crises = plan.crises(shard)
    share = crises / plan.most_crises
    # A file has a size of its own; days take room for each cell and round, the rest for each crisis.
    room = share * plan.blocks * plan.rounds * sum(map(len, least.values()))
    for name, part in computed.parts.items():
        more = max(0, len(part) - len(least[name]))
        if name == "days":
            room += more / len(chunk.tasks) * plan.cells * plan.rounds * share
        else:
            room += more / chunk.crises * crises
    return Estimate(crises, seconds / chunk.crises * crises / threads, round(room))
