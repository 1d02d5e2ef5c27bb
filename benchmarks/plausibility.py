"""Outcomes of the shipped scenario with default weights, over many replications in the Mesa driver."""

from __future__ import annotations

import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest

from benchmarks.table import markdown
from escalation.crisis.play import result_of
from escalation.engine.model import CrisisModel
from escalation.rules.outcome import first_day_from
from escalation.scenario.dump import scenario_hash
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import OUTCOMES

SCENARIO = "pahalgam_2025"
SEED = 1
PROCESSES = 2
STRIKE_RUNG, FORCE_RUNG, NUCLEAR_RUNG = 7, 6, 10
FORECAST_DAYS = 14

# Groups of peak rungs, with the share that the design's prototype gave.
PEAKS = {
    "up to 2": (0, 2, ".00"), "3": (3, 3, ".06"), "4": (4, 4, ".32"), "5 and 6": (5, 6, ".47"),
    "7": (7, 7, ".12"), "8": (8, 8, ".02"), "9": (9, 9, ".02"), "10": (10, 10, "0"),
}  # fmt: skip


@dataclass(frozen=True)
class Crisis:
    """The outcome of one replication."""

    outcome: str
    peak: int
    strike_day: int | None
    """Days from the horizon to the first overt strike (rung 7 and up), None for none."""
    channel: str
    talks_opened: bool
    state_acts: int
    mediator_acts: int


def crisis(scenario: Scenario, replication: int) -> Crisis:
    """Play one replication without recording it."""
    model = CrisisModel(scenario, SEED, replication)
    states = len(model.index.states)
    acts = np.zeros(2, np.int64)
    while model.running:
        model.step()
        if model.day > scenario.horizon_day:
            moves = model.state.moves[: model.state.counts[1]]
            taken = moves["actor"][moves["target"] >= 0]
            acts += np.count_nonzero(taken < states), np.count_nonzero(taken >= states)
    result = result_of(model)
    first_strike = int(first_day_from(model.state, STRIKE_RUNG))
    return Crisis(
        outcome=result.outcome,
        peak=max(result.peak.values()),
        strike_day=first_strike - scenario.horizon_day if first_strike >= 0 else None,
        channel=result.settlements[0].channel,
        talks_opened=any(settlement.talks_opened for settlement in result.settlements),
        state_acts=int(acts[0]),
        mediator_acts=int(acts[1]),
    )


def _crises(scenario: Scenario, replications: range) -> list[Crisis]:
    return [crisis(scenario, replication) for replication in replications]


def crises(scenario: Scenario, count: int, processes: int = PROCESSES) -> list[Crisis]:
    """Play replications 0 to count - 1, in order, shared among processes."""
    parts = [(scenario, range(start, min(start + 50, count))) for start in range(0, count, 50)]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        return [played for part in pool.starmap(_crises, parts, chunksize=1) for played in part]


def share(hits: int, of: int) -> str:
    """Return a share with its 95% Wilson interval, as '.123 [.101, .150]'."""
    interval = binomtest(hits, of).proportion_ci(method="wilson")
    low, middle, high = (f"{value:.3f}" for value in (interval.low, hits / of, interval.high))
    return f"{middle} [{low}, {high}]"


def report(replications: int = 2_000) -> Iterator[str]:
    """Yield the report: outcomes, peaks and events, next to their reference values."""
    scenario = load_scenario(SCENARIO)
    crisis(scenario, 0)  # compile once, before several processes would
    start = time.perf_counter()
    played = crises(scenario, replications)
    seconds = time.perf_counter() - start
    yield (
        f"{replications:,} replications of `{SCENARIO}` (resolved {scenario_hash(scenario)[:8]}), "
        f"seed {SEED}, {scenario.free_days} days from the horizon, default weights; "
        f"{seconds:.0f} s in {PROCESSES} processes. Shares with 95% Wilson intervals."
    )
    yield ""
    yield from markdown(("outcome", "share"), _outcome_rows(played))
    yield ""
    yield from markdown(("peak rung", "share", "reference"), _peak_rows(played))
    yield ""
    yield from markdown(("event", "share", "reference"), _event_rows(played))
    yield ""
    yield from markdown(("activity", "mean"), _activity_rows(played, scenario))
    yield ""
    yield "Reference: the prototype of the design, no data. Shares are of the model's runs, not of the world."


def _outcome_rows(played: Sequence[Crisis]) -> list[tuple[str, str]]:
    counts = Counter(one.outcome for one in played)
    return [(name.replace("_", " "), share(counts[name], len(played))) for name in OUTCOMES]


def _peak_rows(played: Sequence[Crisis]) -> list[tuple[str, str, str]]:
    rows = []
    for name, (low, high, reference) in PEAKS.items():
        hits = sum(low <= one.peak <= high for one in played)
        rows.append((name, share(hits, len(played)), reference))
    return rows


def _event_rows(played: Sequence[Crisis]) -> list[tuple[str, str, str]]:
    strikes = [one.strike_day is not None and one.strike_day <= FORECAST_DAYS for one in played]
    events = [
        (f"rung {STRIKE_RUNG} and up within {FORECAST_DAYS} days of the horizon", sum(strikes),
         ".12 [.03, .26] over parameter draws; reference forecast .30"),
        (f"rung {FORCE_RUNG} and up", sum(one.peak >= FORCE_RUNG for one in played), ""),
        ("nuclear use", sum(one.peak >= NUCLEAR_RUNG for one in played), "0"),
        ("mediated talks opened", sum(one.talks_opened for one in played), ""),
    ]  # fmt: skip
    for channel in ("direct", "hotline", "mediated", "none"):
        words = "no settlement" if channel == "none" else f"first settlement {channel}"
        events.append((words, sum(one.channel == channel for one in played), ""))
    return [(name, share(hits, len(played)), reference) for name, hits, reference in events]


def _activity_rows(played: Sequence[Crisis], scenario: Scenario) -> list[tuple[str, str]]:
    days = len(played) * scenario.free_days
    by_states = sum(one.state_acts for one in played) / days / len(scenario.states)
    by_mediators = sum(one.mediator_acts for one in played) / days / max(1, len(scenario.mediators))
    return [
        ("acts per state and day", f"{by_states:.3f}"),
        ("acts per mediator and day", f"{by_mediators:.3f}"),
    ]
