"""Crises per second of the batch driver, compared with what Mesa offers for many runs of a model."""

from __future__ import annotations

import inspect
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.table import markdown
from benchmarks.turns import in_turns, ratio, seconds_of, verdict
from escalation.engine.batch import Runs, simulate
from escalation.engine.pack import pack
from escalation.experiment.run import available_cores
from escalation.rules.state import Params
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario
from escalation.vocabulary import CONSENT, DECLINE, OUTCOMES

SCENARIO, FREE_DAYS = "pahalgam_2025", 60
SEED = 2025
CRISES_A_CALL = 5_000
TIMES_BATCH_RUN, AIM_SECONDS, FIRST_COMPILE = 100, 10, 12
BATCH_RUN, RUN_SCENARIOS = "mesa.batchrunner", "mesa.experimental.scenarios"
ONE, TWO, IDLE = (
    "batch driver, 1 thread",
    "batch driver, 2 threads",
    "Mesa batch_run, a model that does nothing",
)
MILLION = 1_000_000

# The first crisis in a process of its own, and how long it waits for the rules.
_FIRST = f"""
import time
from escalation.engine.pack import pack
from escalation.scenario.load import load_scenario
params = pack(load_scenario({SCENARIO!r}))
start = time.perf_counter()
from escalation.engine.batch import simulate
simulate(params, {SEED}, 0, 1)
print(time.perf_counter() - start)
"""


def scenario_60() -> Scenario:
    """Return the scenario that is timed: two states, a mediator, the shipped ladder, 60 simulated days."""
    return load_scenario(SCENARIO, [f"free_days={FREE_DAYS}"])


def played(params: Params, crises: int, threads: int, a_call: int = CRISES_A_CALL) -> list[Runs]:
    """Play replications 0 to `crises` - 1 in this number of threads."""
    firsts = range(0, crises, a_call)
    with ThreadPoolExecutor(threads) as pool:
        return list(
            pool.map(lambda first: simulate(params, SEED, first, min(a_call, crises - first)), firsts)
        )


def by_batch_run(scenario: Scenario, runs: int) -> dict[int, str]:
    """Play replications by Mesa's `batch_run`, in this process; return their outcomes."""
    from escalation.engine.model import CrisisModel

    # A scenario can be iterated over, and would be taken for a list of values.
    rows = _batch_run(CrisisModel, {"crisis": [scenario], "replication": range(runs)})
    return {row["replication"]: row["outcome"] for row in rows}


def _batch_run(model: type, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    batch_run: Any = import_module(BATCH_RUN).batch_run
    options: dict[str, Any] = {}
    if "rng" in inspect.signature(batch_run).parameters:  # from Mesa 3.4 on
        options["rng"] = [SEED]
    else:
        parameters["seed"] = [SEED]
    rows: list[dict[str, Any]] = batch_run(
        model, parameters, number_processes=1, max_steps=10_000, display_progress=False, **options
    )
    return rows


def by_run_scenarios(scenario: Scenario, runs: int) -> dict[int, str]:
    """Play replications by `run_scenarios` of Mesa 4, in this process; return their outcomes."""
    import pandas as pd

    from escalation.engine.model import CrisisModel

    there: Any = import_module(RUN_SCENARIOS)

    class Replications(there.RunConfiguration):  # type: ignore[misc, name-defined]
        def instantiate_model(self, one: Any) -> CrisisModel:
            return CrisisModel(scenario, SEED, one.replication)

        def run_model(self, model: CrisisModel) -> None:
            model.run_model()

        def extract_output(self, model: CrisisModel) -> dict[str, pd.DataFrame]:
            return {"end": pd.DataFrame({"outcome": [model.outcome]})}

    wanted = [there.Scenario(rng=SEED, replication=number) for number in range(runs)]
    store = there.run_scenarios(wanted, Replications(CrisisModel, scenario.last_day + 1), progress=False)
    found = store.succeeded().values()
    return {run.scenario.replication: run.output["end"]["outcome"].iloc[0] for run in found}


def by_idle_model(scenario: Scenario, runs: int) -> int:
    """Run a Mesa model of as many agents and days that does nothing but count days; return how many."""
    import mesa

    actors, days = len(scenario.states) + len(scenario.mediators), scenario.last_day + 1

    class Idler(mesa.Agent):
        def step(self) -> None:
            pass

    class Idle(mesa.Model):
        def __init__(self, replication: int, seed: int) -> None:
            super().__init__(rng=seed)
            self.idlers = [Idler(self) for _ in range(actors)]
            self.datacollector = mesa.DataCollector(model_reporters={"day": "day"})
            self.day = 0

        def step(self) -> None:
            for idler in self.idlers:
                idler.step()
            self.day += 1
            self.running = self.day < days
            self.datacollector.collect(self)

    return len(_batch_run(Idle, {"replication": range(runs)}))


def _has(module: str, name: str) -> bool:
    try:
        return hasattr(import_module(module), name)
    except ModuleNotFoundError:
        return False


def ways_of_mesa() -> dict[str, Callable[[Scenario, int], dict[int, str]]]:
    """Return the ways to play replications that the installed Mesa has, by name."""
    ways: dict[str, Callable[[Scenario, int], dict[int, str]]] = {"Mesa, a loop over the model": by_model}
    if _has(RUN_SCENARIOS, "run_scenarios"):  # Mesa 4, in development
        ways = {"Mesa run_scenarios": by_run_scenarios} | ways
    if _has(BATCH_RUN, "batch_run"):  # up to Mesa 3
        ways = {"Mesa batch_run": by_batch_run} | ways
    return ways


def by_model(scenario: Scenario, runs: int) -> dict[int, str]:
    """Play replications one after the other in the Mesa driver; return their outcomes."""
    from escalation.engine.model import CrisisModel

    outcomes = {}
    for replication in range(runs):
        model = CrisisModel(scenario, SEED, replication)
        model.run_model()
        outcomes[replication] = model.outcome
    return outcomes


def draws_a_crisis(params: Params, crises: int) -> float:
    """Return how many decisions a crisis takes: draws of an act, of states and mediators, hold included.

    Answers to offers are decisions too, but weigh no options; they are left out.
    """
    acts = simulate(params, SEED, 0, crises, paths=True).acts
    assert acts is not None
    effects = params.acts["effect"][acts["act"]]
    return int(np.count_nonzero((acts["forced"] == 0) & ~np.isin(effects, (CONSENT, DECLINE)))) / crises


def first_crisis(cache: str) -> float:
    """Return the seconds that the first crisis of a new process takes, with this cache folder."""
    environment = os.environ | {"NUMBA_CACHE_DIR": cache}
    command = [sys.executable, "-c", _FIRST]
    completed = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(completed.stdout)


def report(
    crises: int = 40_000, runs: int = 60, idle: int = 600, repeats: int = 5, compiles: int = 1
) -> Iterator[str]:
    """Yield the report: rates in turns, decisions, a million crises, the first compilation."""
    scenario = scenario_60()
    params = pack(scenario)
    expected = dict(enumerate(OUTCOMES[code] for code in simulate(params, SEED, 0, runs).outcome))
    ways = ways_of_mesa()
    for name, way in ways.items():
        assert way(scenario, runs) == expected, f"{name} plays different crises"
    a_call = min(CRISES_A_CALL, -(-crises // 2))
    calls: dict[str, Callable[[], object]] = {
        ONE: lambda: played(params, crises, 1, a_call),
        TWO: lambda: played(params, crises, 2, a_call),
    }
    calls |= {name: partial(way, scenario, runs) for name, way in ways.items()}
    played_by = dict.fromkeys(calls, runs) | {ONE: crises, TWO: crises}
    if _has(BATCH_RUN, "batch_run"):
        calls[IDLE] = lambda: by_idle_model(scenario, idle)
        played_by[IDLE] = idle
    seconds = in_turns(calls, repeats)
    each = {name: [value / played_by[name] for value in values] for name, values in seconds.items()}
    rows = []
    for name, values in each.items():
        rates = (1 / statistics.median(values), 1 / min(values))
        rows.append((
            name,
            *(f"{rate:,.0f}" for rate in rates),
            f"{1e6 * statistics.median(values):,.1f}",
            f"{ratio(values, each[ONE]):,.1f}",
        ))  # fmt: skip
    columns = ("played by", "crises per second", "fastest", "us per crisis", f"x {ONE}")
    yield from markdown(columns, rows)
    yield ""
    yield (
        f"`{SCENARIO}`, {FREE_DAYS} simulated days after {scenario.horizon_day + 1} of record,"
        f" {len(params.states) + len(params.mediators)} actors, {len(params.acts)} acts. Medians of {repeats}"
        f" turns, {crises:,} crises per turn of the batch driver and {runs:,} of Mesa's, in one process;"
        " all with the same rules, for Mesa as plain Python, and the same outcomes (checked)."
        f" {available_cores()} cores."
    )
    yield _parts_of_mesa(scenario, min(runs, 20), statistics.median(each["Mesa, a loop over the model"]))
    yield from _targets(each)
    yield from _decisions(params, each[ONE], min(crises, 2_000))
    yield from _compilation(compiles)


def _parts_of_mesa(scenario: Scenario, runs: int, whole: float) -> str:
    """Return where the time of a crisis in a loop over the model goes."""
    from escalation.engine.model import CrisisModel

    packing = record = collecting = 0.0
    for replication in range(runs):
        packing += seconds_of(lambda: pack(scenario))
        model = CrisisModel(scenario, SEED, replication)
        record += seconds_of(lambda: [model.step() for _ in range(scenario.horizon_day + 1)])  # noqa: B023
        collecting += seconds_of(lambda: model.datacollector.collect(model))  # noqa: B023
    days = scenario.last_day + 1
    return (
        f"Of the {1e3 * whole:.1f} ms of a crisis in the loop, packing the scenario takes"
        f" {1e3 * packing / runs:.1f}, the days of record {1e3 * record / runs:.1f}, and the collection of"
        f" data on {days} days {1e3 * days * collecting / runs:.1f}: the batch driver packs once for all,"
        " plays the record once, and collects nothing by day but a histogram."
    )


def _targets(each: dict[str, list[float]]) -> Iterator[str]:
    for name in ("Mesa batch_run", "Mesa run_scenarios"):
        if name in each:
            times = ratio(each[name], each[ONE])
            yield (
                f"One thread against {name} in one process: {times:,.0f} times"
                f" (aim {TIMES_BATCH_RUN}: {verdict(times >= TIMES_BATCH_RUN)})."
            )
    two = each[TWO]
    million, fastest = MILLION * statistics.median(two), MILLION * min(two)
    yield (
        f"A million crises on two threads: {million:.1f} s, at the fastest {fastest:.1f} s"
        f" (aim {AIM_SECONDS} s: {verdict(million <= AIM_SECONDS)})."
    )


def _decisions(params: Params, each: list[float], crises: int) -> Iterator[str]:
    draws = draws_a_crisis(params, crises)
    weighings = FREE_DAYS * (len(params.states) + len(params.mediators))
    nanoseconds = 1e9 * statistics.median(each)
    yield (
        f"A crisis draws {draws:.1f} acts from {weighings} weighings of all options:"
        f" {nanoseconds / draws:.0f} ns per decision (draw), {nanoseconds / weighings:.0f} ns per actor and"
        " day, including everything else in the day, on one thread."
    )


def _compilation(compiles: int) -> Iterator[str]:
    for _ in range(compiles):
        with tempfile.TemporaryDirectory() as cache:
            first, again = first_crisis(cache), first_crisis(cache)
        yield (
            f"First crisis with an empty cache: {first:.1f} s of compiling"
            f" (under {FIRST_COMPILE} s: {verdict(first < FIRST_COMPILE)}); next process: {again:.2f} s."
        )
