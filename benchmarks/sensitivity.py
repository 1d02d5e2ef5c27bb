"""How far each parameter moves the outcome across its range, with common random numbers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.table import markdown
from escalation.engine.batch import Runs, simulate
from escalation.stats.intervals import Intervals, mean, paired_shares
from tests.sensitivity.enumeration import Moved, Stage, differ, ends
from tests.sensitivity.stages import Case, cases

SEED = 20250505
NEARLY_INERT = 0.05
"""Share of replications below which a parameter is called nearly inert."""
COLUMNS = (
    "parameter",
    "stage",
    "from",
    "to",
    "moved",
    "first",
    "P(force)",
    "P(settlement)",
    "mean peak rung",
)


@dataclass(frozen=True)
class Change:
    """What moving a parameter from its low to its high end changed."""

    moved: float
    """Share of replications with another outcome."""
    first: int
    """How many replications it took to find one; 0 if none differs."""
    force: Intervals
    settlement: Intervals
    peak: Intervals


def change(stage: Stage, parameter: Moved, count: int) -> Change:
    """Play both ends of a parameter, and compare them replication by replication."""
    low, high = (simulate(params, SEED, 0, count) for params in ends(stage, parameter))
    apart = differ(low, high)
    rise = _peak(high) - _peak(low)
    return Change(
        moved=float(apart.mean()),
        first=int(np.argmax(apart)) + 1 if apart.any() else 0,
        force=_difference(_force(low), _force(high)),
        settlement=_difference(_settlement(low), _settlement(high)),
        peak=mean(rise.sum(), (rise * rise).sum(), count),
    )


def _stage_of(case: Case, replications: int) -> Stage:
    found = case.found(SEED, replications)
    return found[0] if found else case.stages[0]


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
    """Yield the report: every parameter, those that change least first."""
    start = time.perf_counter()
    found = []
    for case in cases():
        stage = _stage_of(case, replications)
        found.append((stage.name, case.parameter, change(stage, case.parameter, replications)))
    found.sort(key=lambda entry: entry[2].moved)
    seconds = time.perf_counter() - start
    yield (
        f"{len(found)} parameters, each at both ends of its range in {replications:,} replications with "
        "common random numbers, in the first stage in which it changes an outcome; "
        f"seed {SEED}; {seconds:.0f} s. Differences, high end less low end, with paired 95% intervals; "
        "`moved` is the share of replications with another outcome in any column, `first` the number of "
        "replications it took to see one. Stages: `tests/sensitivity/stages.py`."
    )
    yield ""
    inert = [parameter.title for _, parameter, seen in found if not seen.first]
    nearly = [parameter.title for _, parameter, seen in found if seen.first and seen.moved < NEARLY_INERT]
    yield f"Inert: {', '.join(inert) or 'none'}. Below {NEARLY_INERT:.0%}: {', '.join(nearly) or 'none'}."
    yield ""
    yield from markdown(COLUMNS, [_row(*entry) for entry in found])


def _row(stage: str, parameter: Moved, seen: Change) -> tuple[str, ...]:
    return (
        parameter.name,
        stage,
        str(parameter.low),
        str(parameter.high),
        f"{seen.moved:.3f}",
        str(seen.first),
        *map(_with_interval, (seen.force, seen.settlement, seen.peak)),
    )
