"""The probability of rare ends of a crisis, by multilevel splitting with fixed effort.

Levels l_1 < ... < l_m lie between the end of the record and the rung in question. Crises are played until
they reach l_1; as many again go on from the states in which they reached it, with other draws, until l_2,
and so on. With p_k the share that reaches level k from level k-1, p_1 ... p_k estimates the probability of k
without bias, whatever the dependence between the stages (Garvels 2000, The splitting method in rare event
simulation; L'Ecuyer, Demers and Tuffin 2007, "Rare events, splitting, and quasi-Monte Carlo", ACM TOMACS 17,
9). A crisis that passes several levels on one day has reached all of them.

Levels are chosen by a pilot with draws of its own and then fixed, without which the estimate would be biased.
The last step to the act in question is one draw, which levels cannot divide: its probability is added up at
every draw (`escalation.engine.levels.note_risk`), so that

    P = sum over k of p_1 ... p_k c_k, c_k the mean sum of probabilities between level k and level k+1.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.engine.levels import HORIZON, play_to_level, risk_at
from escalation.engine.pack import pack
from escalation.experiment.run import available_cores
from escalation.files.brief import Brief
from escalation.files.places import ArgumentError, check_whole
from escalation.files.write import Cell, Table, aligned
from escalation.rules.state import Params
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.stats.intervals import mean
from escalation.vocabulary import DEFAULT_SEED, HOSTILE, NUCLEAR_CAVEAT, RUNGS

REPETITIONS = 20
REPLICATIONS = 1_000
MOST_DRAWS = 2**31
"""Replications of all stages and repetitions together; those of the pilot begin here."""

PILOT = 2_000
"""Crises per level of the pilot."""
SHARE = 0.2
"""Share of crises that is to reach a level from the one below. The work for a given precision is least near
e^-2 = 0.14 and hardly more from 0.05 to 0.3 (Lagnoux 2006, "Rare event simulation", Probab. Eng. Inform. Sci.
20, 45-66)."""
OFTEN = 0.5
"""A level that more than this share reaches saves nothing."""
BEYOND = 0.5
"""Share of the probability that must lie beyond a level for it to be one."""
UNEVEN = 30.0
"""Squared coefficient of variation of the sums of probabilities from which on a level saves work; below it
all crises are about as near to the act (measured in `benchmarks/splitting.py`)."""
LEAST_STARTS = 20
"""Crises of the pilot that must reach a level."""
MOST_LEVELS = 20

ASSUMED = "It measures the assumptions of the model, not the world."
WIDTH = 80


@dataclass(frozen=True)
class RungChance:
    """The probability that some state acts on a rung or above on simulated days."""

    rung: int
    label: str
    estimate: float
    low: float
    """Of the 95% interval."""
    high: float


@dataclass(frozen=True)
class RungOrigin:
    """The part of a probability that came from days before which a rung was the highest."""

    rung: int
    label: str
    share: float
    low: float
    """Of the 95% interval."""
    high: float


@dataclass(frozen=True, repr=False)
class RareEnd(Brief):
    """The probability of an end that is rare, with those of the rungs on the way."""

    scenario: Scenario
    rung: int
    """The rung in question."""
    seed: int
    replications: int
    """Crises per level in each repetition."""
    levels: tuple[float, ...]
    """The rung so far, and within it the logarithm of the day's risk: `escalation.engine.levels.risk_at`."""
    counted: NDArray[np.float64]
    """[repetitions, rungs 1 to the one in question]: estimates by counting alone."""
    weighed: NDArray[np.float64]
    """[repetitions]: estimates for the rung in question, with the probabilities of the last draw."""
    shares: NDArray[np.float64]
    """[repetitions, levels]: share of crises that reach each level from the one below; NaN where none reached
    the one below."""
    origins: NDArray[np.float64]
    """[repetitions, rungs]: the parts of `weighed` by the highest rung before the day of the act."""
    days: NDArray[np.int64]
    """[repetitions]: simulated days played."""
    pilot_days: int

    @property
    def repetitions(self) -> int:
        """Return how many independent repetitions there are."""
        return len(self.weighed)

    @property
    def act(self) -> str:
        """Return what is asked for, in words: 'an act on rung 10 (nuclear use)'."""
        above = " or above" if self.rung < RUNGS - 1 else ""
        return f"an act on rung {self.rung}{above} ({self.chance.label.lower()})"

    @property
    def caveat(self) -> str:
        """Return what must be said with the probability."""
        is_nuclear = self.rung >= self.scenario.outcome.nuclear_rung
        return f"{ASSUMED} {NUCLEAR_CAVEAT}" if is_nuclear else ASSUMED

    @property
    def chance(self) -> RungChance:
        """Return the probability of the act in question."""
        return self._rung_chance(self.rung, self.weighed)

    @property
    def rungs(self) -> tuple[RungChance, ...]:
        """Return the probability of each rung up to the one in question, which is the last."""
        below = (self._rung_chance(k + 1, self.counted[:, k]) for k in range(self.rung - 1))
        return (*below, self.chance)

    @property
    def by_counting(self) -> RungChance:
        """Return the probability of the act in question by counting alone, a check of the other estimate."""
        return self._rung_chance(self.rung, self.counted[:, -1])

    @property
    def sources(self) -> tuple[RungOrigin, ...]:
        """Return from which rung the step to the act is made: parts of its probability that sum to 1.

        Ratios of means, with Student's interval of their linearised residuals (Cochran 1977, Sampling
        Techniques, 6.3), cut at 0 and 1.
        """
        n, whole = self.repetitions, float(self.weighed.mean())
        found = []
        for rung in range(self.rung):
            part = self.origins[:, rung]
            share = float(part.mean()) / whole if whole > 0.0 else float("nan")
            rest = part - share * self.weighed
            spread = mean(rest.sum(), np.square(rest).sum(), n)
            half = float(spread.high - spread.estimate) / whole if whole > 0.0 else float("nan")
            label = self.scenario.ladder.rungs[rung].label
            found.append(RungOrigin(rung, label, share, max(0.0, share - half), min(1.0, share + half)))
        return tuple(found)

    @property
    def gain(self) -> float:
        """Return how many times the work plain simulation needs for the same precision; NaN without a spread.

        Variance times work: of plain simulation p(1 - p) and the simulated days of one crisis, here the
        variance of a repetition and its days. Days are counted, so that it is the same on every machine.
        """
        p = float(self.weighed.mean())
        spread = float(self.weighed.var(ddof=1)) if self.repetitions > 1 else 0.0
        if spread <= 0.0:
            return float("nan")
        return p * (1.0 - p) * self.scenario.free_days / (spread * float(self.days.mean()))

    def _rung_chance(self, rung: int, estimates: NDArray[np.float64]) -> RungChance:
        label = self.scenario.ladder.rungs[rung].label
        return RungChance(rung, label, *interval_of(estimates))

    def brief_parts(self) -> Iterator[tuple[str, Any]]:
        """Yield what was estimated, and the estimate."""
        found = self.chance
        yield "name", self.scenario.name
        yield "rung", self.rung
        yield "estimate", found.estimate
        yield "low", found.low
        yield "high", found.high

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines()

    def lines(self) -> list[str]:
        """Return the estimate in words and tables, 80 columns wide."""
        return list(_account(self))

    def tables(self) -> dict[str, Table]:
        """Return all tables by the names of their files."""
        return {
            "rungs.csv": self.rungs_table(),
            "sources.csv": self.sources_table(),
            "levels.csv": self.levels_table(),
            "repetitions.csv": self.repetitions_table(),
        }

    def rungs_table(self) -> Table:
        """Return the probability of each rung, and of the one in question by counting too."""
        rows: list[tuple[Cell, ...]] = [
            (one.rung, one.label, how, one.estimate, one.low, one.high)
            for how, ones in (("levels", self.rungs), ("counting", (self.by_counting,)))
            for one in ones
        ]
        return Table(("rung", "label", "method", "probability", "low", "high"), tuple(rows))

    def sources_table(self) -> Table:
        """Return the parts of the probability by the highest rung before the day of the act."""
        rows = ((one.rung, one.label, one.share, one.low, one.high) for one in self.sources)
        return Table(("highest_rung_before", "label", "share", "low", "high"), tuple(rows))

    def levels_table(self) -> Table:
        """Return the levels: rung, risk of a day, and the mean share that reaches each from the one below."""
        rows = (
            (k + 1, int(level), risk_at(level), self.share_of_level(k)) for k, level in enumerate(self.levels)
        )
        return Table(("level", "rung", "risk_per_day", "share"), tuple(rows))

    def share_of_level(self, number: int) -> float:
        """Return the mean share of crises that reach a level, from 0, from the one below; NaN if none did."""
        reached = self.shares[:, number][~np.isnan(self.shares[:, number])]
        return float(reached.mean()) if len(reached) else float("nan")

    def repetitions_table(self) -> Table:
        """Return the estimate and the days of each repetition."""
        rows = zip(self.weighed.tolist(), self.counted[:, -1].tolist(), self.days.tolist(), strict=True)
        return Table(
            ("repetition", "probability", "by_counting", "simulated_days"),
            tuple((number, *row) for number, row in enumerate(rows)),
        )


def interval_of(estimates: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean of independent estimates, and its 95% interval.

    m exp(-h/m) to m exp(h/m), with m ± h Student's interval: the estimates, not their logarithms, are without
    bias, so their mean is; and the limits stay above zero, as wide apart as Student's where h is small. NaN
    for the limits of one estimate, or where all are zero.
    """
    n = len(estimates)
    found = mean(estimates.sum(), np.square(estimates).sum(), n)
    middle = float(found.estimate)
    if n < 2 or middle <= 0.0:
        return middle, float("nan"), float("nan")
    apart = float(found.high - found.estimate) / middle
    return middle, middle * float(np.exp(-apart)), min(1.0, middle * float(np.exp(apart)))


def rare(
    scenario: Scenario | str | Path,
    rung: int = RUNGS - 1,
    *,
    seed: int = DEFAULT_SEED,
    replications: int = REPLICATIONS,
    repetitions: int = REPETITIONS,
    levels: Sequence[float] | None = None,
    workers: int | None = None,
) -> RareEnd:
    """Estimate the probability that some state acts on a rung or above, however rare that is.

    Parameters
    ----------
    scenario
        As `load_scenario` returns it, or a path or the name of a shipped one; needs simulated days.
    rung
        The rung in question, on and above which all acts must be hostile: 10 is nuclear use, 9 war.
    seed
        Integer in [0, 2**64). The first repetition begins with the crises that the seed has elsewhere.
    replications
        Crises per level in each repetition.
    repetitions
        Independent repetitions, from whose spread the interval is taken; at least 2.
    levels
        Rungs, or places between rungs, in rising order and at most the rung in question; by default a pilot
        chooses them. None are needed where every state is about as near to the act as any other.
    workers
        Threads; by default one per core. The estimate does not depend on it.

    Returns
    -------
    RareEnd
        The probability with its interval, those of the rungs below, and the gain over plain simulation. It
        measures the assumptions of the model; nothing here is a validated probability of nuclear use.

    Raises
    ------
    ScenarioError
        With all errors of the scenario file.
    ArgumentError
        If no state can act on the rung, acts on it are not all hostile, or a number is out of range.
    """
    check_whole("replications", replications, 1, MOST_DRAWS)
    check_whole("repetitions", repetitions, 2, MOST_DRAWS)
    check_whole("seed", seed, 0, 2**64)
    if not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    params = pack(scenario)
    _check_rung(scenario, params, rung)
    pilot_days = 0
    if levels is None:
        chosen, pilot_days = pilot(params, seed, rung)
    else:
        chosen = tuple(map(float, levels))
        if any(not 0 < level <= rung for level in chosen) or list(chosen) != sorted(set(chosen)):
            raise ArgumentError(f"levels: {list(chosen)} do not rise from above 0 to at most rung {rung}")
    stages = len(chosen) + 1
    if repetitions * stages * replications > MOST_DRAWS:
        most = MOST_DRAWS // (repetitions * stages)
        raise ArgumentError(f"replications: at most {most} with {repetitions} repetitions of {stages} stages")

    def repeat(number: int) -> _Repetition:
        return _repetition(params, seed, rung, chosen, replications, number)

    with ThreadPoolExecutor(workers or available_cores()) as threads:
        done = list(threads.map(repeat, range(repetitions)))
    return RareEnd(
        scenario=scenario,
        rung=rung,
        seed=seed,
        replications=replications,
        levels=chosen,
        counted=np.array([one.counted for one in done]),
        weighed=np.array([one.weighed for one in done]),
        origins=np.array([one.origins for one in done]),
        shares=np.array([one.shares for one in done]).reshape(repetitions, len(chosen)),
        days=np.array([one.days for one in done]),
        pilot_days=pilot_days,
    )


def _check_rung(scenario: Scenario, params: Params, rung: int) -> None:
    check_whole("rung", rung, 1, RUNGS)
    if scenario.free_days == 0:
        raise ArgumentError(f"scenario: {scenario.name} has no simulated days; set free_days to 1 or more")
    states = params.options[: params.first_option[len(params.states)]]
    acts = params.acts[states["act"]]
    above = acts[acts["rung"] >= rung]
    if not len(above):
        highest = int(acts["rung"].max())
        raise ArgumentError(
            f"rung: no state of {scenario.name} can act on rung {rung} or above; the highest is {highest}"
        )
    others = acts[acts["form"] != HOSTILE]
    lowest = int(others["rung"].max()) + 1
    if rung < lowest:
        raise ArgumentError(f"rung: {rung} has acts that are not hostile; give {lowest} to {RUNGS - 1}")


@dataclass(frozen=True)
class _Repetition:
    counted: list[float]
    weighed: float
    origins: NDArray[np.float64]
    shares: list[float]
    days: int


def _repetition(
    params: Params, seed: int, rung: int, levels: Sequence[float], replications: int, number: int
) -> _Repetition:
    """Play all stages once."""
    starts, reached = HORIZON, 1.0
    counted, shares = [0.0] * rung, [float("nan")] * len(levels)
    weighed, days = 0.0, 0
    origins = np.zeros(RUNGS)
    for stage in range(len(levels) + 1):
        level = levels[stage] if stage < len(levels) else math.inf
        first = (number * (len(levels) + 1) + stage) * replications
        copies = _shared_out(replications, starts.count, (seed, number, stage))
        runs = play_to_level(params, seed, first, starts, copies, rung, level)
        weighed += reached * float(runs.chance.mean())
        origins += reached * runs.origin / replications
        days += runs.days
        above = levels[stage - 1] if stage else 0.0
        for k in range(rung):
            if above < k + 1 <= level:
                counted[k] = reached * float((runs.peak >= k + 1).mean())
        if stage < len(levels):
            starts = runs.at(level, starts)
            shares[stage] = starts.count / replications
            reached *= shares[stage]
            if not starts.count:
                break
    return _Repetition(counted, weighed, origins, shares, days)


def _shared_out(crises: int, starts: int, key: tuple[int, int, int]) -> NDArray[np.int64]:
    """Return how many crises go on from each start: as evenly as can be, the rest at random starts."""
    copies = np.full(starts, crises // starts, np.int64)
    rest = np.random.default_rng(key).choice(starts, crises % starts, replace=False)
    copies[rest] += 1
    return copies


def pilot(params: Params, seed: int, rung: int) -> tuple[tuple[float, ...], int]:
    """Choose levels for a rung by crises of their own; return them, and the days played.

    From each level the next is where about a fifth of the crises arrive, as long as crises still differ much
    in how near they come to the act, and most of the probability lies beyond that level.
    """
    levels: list[float] = []
    starts, days = HORIZON, 0
    for stage in range(MOST_LEVELS):
        copies = _shared_out(PILOT, starts.count, (seed, MOST_DRAWS, stage))
        first = MOST_DRAWS + stage * PILOT
        whole = play_to_level(params, seed, first, starts, copies, rung)
        days += whole.days
        if whole.chance.var() < UNEVEN * whole.chance.mean() ** 2:
            break
        level = _next_level(whole.place, levels[-1] if levels else 0.0)
        if level is None or level >= rung:
            break
        below = play_to_level(params, seed, first, starts, copies, rung, level)
        days += below.days
        if whole.chance.sum() - below.chance.sum() < BEYOND * whole.chance.sum():
            break
        starts = below.at(level, starts)
        levels.append(level)
    return tuple(levels), days


def _next_level(places: NDArray[np.float64], level: float) -> float | None:
    """Return the next level for crises that came so far, None where too few came to a higher place."""
    found = float(np.quantile(places, 1.0 - SHARE, method="higher"))
    if found <= level or (places >= found).mean() > OFTEN:
        higher = places[places > max(found, level)]
        if not len(higher):
            return None
        found = float(higher.min())
    return found if (places >= found).sum() >= LEAST_STARTS else None


def _account(found: RareEnd) -> Iterator[str]:
    scenario, one = found.scenario, found.chance
    yield from textwrap.wrap(scenario.title, WIDTH)
    yield from textwrap.wrap(f"How likely is {found.act} within {scenario.free_days} days?", WIDTH)
    yield ""
    says = f"{number_words(one.estimate)} of crises{_one_in(one.estimate)}, 95% interval {_interval(one)}."
    yield from textwrap.wrap(f"{says} {found.caveat}", WIDTH)
    yield ""
    rows = [["rung", "", "probability", "low", "high", "step from it"]]
    sources = {source.rung: source.share for source in found.sources}
    rows += [["0", "No act above it", "", "", "", f"{sources[0]:.0%}"]]
    for row in found.rungs:
        share = f"{sources[row.rung]:.0%}" if row.rung in sources else ""
        rows.append([str(row.rung), row.label, *map(number_words, (row.estimate, row.low, row.high)), share])
    yield from aligned(rows, right=4)
    yield from textwrap.wrap(
        "Probability: of an act on the rung or above. Step from it: the part of the last probability for"
        " which the rung was the highest before the day of the act.",
        WIDTH,
    )
    yield from textwrap.wrap(_leaps(found), WIDTH)
    yield ""
    for number, level in enumerate(found.levels):
        risk, reached = risk_at(level), found.share_of_level(number)
        within = f", probability of the act {risk:.0e} on a day" if risk else ""
        by = "none" if math.isnan(reached) else f"{reached:.1%}"
        yield from textwrap.wrap(f"Level {number + 1}: rung {int(level)}{within}; reached by {by}.", WIDTH)
    yield from textwrap.wrap(_work(found), WIDTH)


def _leaps(found: RareEnd) -> str:
    """Say how much of the probability skips rungs, and what the weights make of skipping."""
    share = math.fsum(source.share for source in found.sources if source.rung < found.rung - 1)
    step = found.scenario.weights.step
    if math.isnan(share):
        return ""
    return (
        f"So {share:.0%} of it skips at least one rung: a leap, not a climb. Skipping costs"
        f" {step:.2g} per squared rung here (`weights.step`); where that is little, the act"
        " can follow from any rung."
    )


def _work(found: RareEnd) -> str:
    count, gain = found.by_counting, found.gain
    levels = len(found.levels)
    chosen = "no level" if not levels else f"{levels} level{'s' if levels > 1 else ''}"
    says = (
        f"{found.repetitions} repetitions of {found.replications:,} crises per level, with {chosen} between"
        " the record and the act; the probability of the act is added up at every draw. Counting the acts"
        f" instead gives {number_words(count.estimate)}{_brackets(count)}."
    )
    if math.isnan(gain):
        return says
    crises = gain * float(found.days.sum()) / found.scenario.free_days
    return (
        f"{says} To be as precise, plain simulation needs {_figures(crises)} crises, of which it counts"
        f" {_figures(crises * found.chance.estimate)}: {_figures(gain)} times the simulated days of this run."
    )


def _figures(number: float) -> str:
    """Return a number with two significant digits."""
    return f"{float(f'{number:.2g}'):,.12g}"


def number_words(probability: float) -> str:
    """Return a probability as a percentage, or where that is too small as a power of ten."""
    if math.isnan(probability):
        return "-"
    if probability >= 0.01:
        return f"{probability:.1%}"
    if probability >= 0.001:
        return f"{probability:.2%}"
    return f"{probability:.2e}" if probability else "0"


def _one_in(value: float) -> str:
    return f" (one in {_figures(1 / value)})" if 0 < value < 0.01 else ""


def _interval(one: RungChance) -> str:
    if math.isnan(one.low):
        return "unknown: no crisis came near"
    return f"{number_words(one.low)} to {number_words(one.high)}"


def _brackets(one: RungChance) -> str:
    return f" ({number_words(one.low)} to {number_words(one.high)})" if not math.isnan(one.low) else ""
