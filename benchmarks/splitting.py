"""Rare ends: estimates against counting, cover of intervals, and the gain in work, in days and seconds."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.table import markdown
from escalation.analysis.splitting import RareEnd, interval_of, number_words, rare
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.experiment.run import available_cores
from escalation.rules.state import Params
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.stats.intervals import wilson

SEED = 11
PART = 20_000


@dataclass(frozen=True)
class End:
    """A rare end of a scenario: what is asked, and how many crises are counted to compare with."""

    name: str
    rung: int
    overrides: tuple[str, ...]
    crises: int

    @property
    def scenario(self) -> Scenario:
        """Return the scenario with its changes."""
        return load_scenario(self.name, self.overrides)


COUNTED = (
    End("pahalgam_2025", 9, ("weights.step=0.3",), 1_000_000),
    End("korea_2017_second", 9, (), 2_000_000),
    End("korea_2017_second", 9, ("weights.step=0.1",), 4_000_000),
    End("pahalgam_2025", 10, ("weights.nuclear_taboo=0",), 2_000_000),
)
"""Ends that counting reaches: from some 2e-3 down to 1e-4 and less."""
RARER = (
    End("korea_2017_second", 9, ("weights.step=0.3",), 0),
    End("pahalgam_2025", 10, (), 0),
    End("pahalgam_2025", 10, ("weights.from=default",), 0),
)
"""Ends that it does not."""
METHODS: dict[str, tuple[float, ...] | None] = {"pilot": None, "no levels": (), "rungs 5, 7": (5.0, 7.0)}
COLUMNS = ("end", "counted", "of", "levels", "probability", "95% interval", "z")
GAINS = (
    "end", "levels", "chosen", "gain in days", "gain in seconds", "by counting at levels: gain in days",
)  # fmt: skip


def report(scale: float = 1.0, cover: int = 200) -> Iterator[str]:
    """Yield the report; `scale` multiplies the crises counted, `cover` is how many intervals are tested."""
    start = time.process_time()
    rows, gains = [], []
    for end in (*COUNTED, *RARER):
        scenario, crises = end.scenario, round(end.crises * scale)
        params = pack(scenario)
        yes = counted(params, end.rung, crises) if crises else 0
        per_crisis = seconds_per_crisis(params)
        for name, levels in METHODS.items():
            begun = time.process_time()
            found = rare(scenario, end.rung, seed=SEED, repetitions=40, levels=levels, workers=1)
            seconds = time.process_time() - begun
            rows.append(_agreement(end, name, found, yes, crises))
            gains.append(_gain(end, name, found, seconds, per_crisis))
    yield from markdown(COLUMNS, rows)
    yield ""
    yield from markdown(GAINS, gains)
    yield ""
    inside = covered(COUNTED[0].scenario, COUNTED[0].rung, cover)
    yield (
        f"Of {cover} intervals of 20 repetitions of 200 crises per level, {inside / cover:.1%} cover the mean"
        f" of all. Seed {SEED}; {time.process_time() - start:.0f} s of processor time in all."
    )


def counted(params: Params, rung: int, crises: int) -> int:
    """Return how many of so many plain crises come to the rung; their seed is not that of the estimates."""

    def part(first: int) -> int:
        runs = simulate(params, SEED + 1, first, min(PART, crises - first))
        return int((runs.peak.max(axis=1) >= rung).sum())

    with ThreadPoolExecutor(available_cores()) as threads:
        return sum(threads.map(part, range(0, crises, PART)))


def seconds_per_crisis(params: Params, crises: int = 20_000) -> float:
    """Return the seconds that a plain crisis takes on one core."""
    simulate(params, SEED, 0, 10)
    start = time.process_time()
    simulate(params, SEED, 0, crises)
    return (time.process_time() - start) / crises


def apart(found: RareEnd, yes: int, crises: int) -> float:
    """Return how many standard errors the estimate lies from the share counted."""
    share = yes / crises
    own = float(found.weighed.std(ddof=1)) / math.sqrt(found.repetitions)
    return (found.chance.estimate - share) / math.hypot(own, math.sqrt(share * (1 - share) / crises))


def covered(scenario: Scenario, rung: int, runs: int, levels: Sequence[float] = (5.0, 6.0)) -> int:
    """Return how many of so many intervals cover the mean of all the runs they are taken from."""
    found = rare(
        scenario, rung, seed=SEED, replications=200, repetitions=20 * runs, levels=levels
    ).weighed.reshape(runs, 20)
    middle = float(found.mean())
    ends = [interval_of(row) for row in found]
    return sum(low <= middle <= high for _, low, high in ends)


def _agreement(end: End, name: str, found: RareEnd, yes: int, crises: int) -> tuple[str, ...]:
    one = found.chance
    share = wilson(yes, crises)
    of_counting = (
        f"{number_words(float(share.estimate))} ({number_words(float(share.low))} to"
        f" {number_words(float(share.high))})"
        if crises
        else "-"
    )
    return (
        _named(end),
        of_counting,
        f"{crises:,}" if crises else "-",
        name,
        number_words(one.estimate),
        f"{number_words(one.low)} to {number_words(one.high)}",
        f"{apart(found, yes, crises):+.1f}" if yes else "-",
    )


def _gain(end: End, name: str, found: RareEnd, seconds: float, per_crisis: float) -> tuple[str, ...]:
    p = found.chance.estimate
    spread = float(found.weighed.var(ddof=1))
    plain = p * (1 - p) * per_crisis
    alone = float(found.counted[:, -1].var(ddof=1))
    days = float(found.days.mean())
    by_counting = p * (1 - p) * found.scenario.free_days / (alone * days) if alone > 0 else math.nan
    return (
        _named(end),
        name,
        ", ".join(f"{level:.2f}" for level in found.levels) or "none",
        f"{found.gain:,.3g}",
        f"{plain / (spread * seconds / found.repetitions):,.3g}" if spread else "-",
        f"{by_counting:,.2g}" if not math.isnan(by_counting) else "none came",
    )


def _named(end: End) -> str:
    return f"{end.name}, rung {end.rung}" + "".join(f", {change}" for change in end.overrides)
