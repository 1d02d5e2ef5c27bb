"""How far every lever moves the outcome, pulled from end to end under the same luck."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import markdown
from escalation.engine.batch import Runs, simulate
from escalation.stats.intervals import Intervals, mean, paired_shares
from tests.sensitivity.levers import Lever, Stage, differ, ends
from tests.sensitivity.stages import cases, stages

SEED = 20250505
NEAR_INERT = 0.05
"""Share of replications below which a lever is called nearly inert."""

COLUMNS = ("lever", "stage", "from", "to", "moved", "first", "P(force)", "P(settlement)", "mean peak rung")


@dataclass(frozen=True)
class Pulled:
    """What pulling a lever from its low to its high end changed."""

    moved: float
    """Share of replications with another outcome."""
    first: int
    """How many replications it took to see one; 0 where none did."""
    force: Intervals
    settlement: Intervals
    peak: Intervals


def pull(stage: Stage, lever: Lever, count: int) -> Pulled:
    """Play both ends of a lever, and compare them replication by replication."""
    low, high = (simulate(params, SEED, 0, count) for params in ends(stage, lever))
    apart = differ(low, high)
    rise = _peak(high) - _peak(low)
    return Pulled(
        moved=float(apart.mean()),
        first=int(np.argmax(apart)) + 1 if apart.any() else 0,
        force=_difference(_force(low), _force(high)),
        settlement=_difference(_settlement(low), _settlement(high)),
        peak=mean(rise.sum(), (rise * rise).sum(), count),
    )


def _force(runs: Runs) -> NDArray[np.bool_]:
    return np.asarray(runs.first_force >= 0)


def _settlement(runs: Runs) -> NDArray[np.bool_]:
    return np.asarray((runs.settled >= 0).any(axis=1))


def _peak(runs: Runs) -> NDArray[np.float64]:
    return np.asarray(runs.peak.max(axis=1), np.float64)


def _difference(low: NDArray[np.bool_], high: NDArray[np.bool_]) -> Intervals:
    return paired_shares((high & ~low).sum(), (low & ~high).sum(), len(low))


def _with_interval(found: Intervals) -> str:
    return f"{found.estimate:+.3f} [{found.low:+.3f}, {found.high:+.3f}]"


def report(replications: int = 1_000) -> Iterator[str]:
    """Yield the report: every lever, those that move least first."""
    start = time.perf_counter()
    found = [(stage, lever, pull(stages()[stage], lever, replications)) for stage, lever in cases()]
    found.sort(key=lambda entry: entry[2].moved)
    seconds = time.perf_counter() - start
    yield (
        f"{len(found)} levers, each at both ends of its plausible range in {replications:,} replications "
        f"with the same luck; seed {SEED}; {seconds:.0f} s. Differences, high end less low end, with paired "
        "95% intervals; `moved` is the share of replications with another outcome in any column, `first` "
        "how many replications it took to see one. Stages: `tests/sensitivity/stages.py`."
    )
    yield ""
    inert = [lever.title for _, lever, pulled in found if not pulled.first]
    nearly = [lever.title for _, lever, pulled in found if pulled.first and pulled.moved < NEAR_INERT]
    yield f"Inert: {', '.join(inert) or 'none'}. Below {NEAR_INERT:.0%}: {', '.join(nearly) or 'none'}."
    yield ""
    yield from markdown(COLUMNS, [_row(*entry) for entry in found])


def _row(stage: str, lever: Lever, pulled: Pulled) -> tuple[str, ...]:
    return (
        lever.name,
        stage,
        str(lever.low),
        str(lever.high),
        f"{pulled.moved:.3f}",
        str(pulled.first),
        *map(_with_interval, (pulled.force, pulled.settlement, pulled.peak)),
    )
