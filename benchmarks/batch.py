"""Crises per second of the batch driver, compared with Mesa's own `batch_run` and a loop over Mesa."""

from __future__ import annotations

import inspect
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from benchmarks.table import markdown
from benchmarks.turns import in_turns, ratio, verdict
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
TIMES_BATCH_RUN, AIM_SECONDS, LEAST_SECONDS, FIRST_COMPILE = 100, 30, 60, 20
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
    """Play replications by Mesa's own `batch_run`, in this process; return their outcomes."""
    from mesa.batchrunner import batch_run

    from escalation.engine.model import CrisisModel

    # A scenario can be iterated over, and would be taken for a list of values.
    parameters: dict[str, Any] = {"crisis": [scenario], "replication": range(runs)}
    options: dict[str, Any] = {}
    if "rng" in inspect.signature(batch_run).parameters:  # from Mesa 3.4 on; passed on as `seed`
        options["rng"] = [SEED]
    else:
        parameters["seed"] = [SEED]
    rows = batch_run(
        CrisisModel, parameters, number_processes=1, max_steps=10_000, display_progress=False, **options
    )
    return {row["replication"]: row["outcome"] for row in rows}


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


def report(crises: int = 40_000, runs: int = 60, repeats: int = 5, compiles: int = 1) -> Iterator[str]:
    """Yield the report: rates in turns, decisions, a million crises, the first compilation."""
    scenario = scenario_60()
    params = pack(scenario)
    expected = dict(enumerate(OUTCOMES[code] for code in simulate(params, SEED, 0, runs).outcome))
    assert by_batch_run(scenario, runs) == expected, "Mesa's batch_run plays different crises"
    assert by_model(scenario, runs) == expected, "the Mesa driver plays different crises"
    a_call = min(CRISES_A_CALL, -(-crises // 2))
    seconds = in_turns(
        {
            "batch driver, 1 thread": lambda: played(params, crises, 1, a_call),
            "batch driver, 2 threads": lambda: played(params, crises, 2, a_call),
            "Mesa batch_run": lambda: by_batch_run(scenario, runs),
            "loop over the Mesa driver": lambda: by_model(scenario, runs),
        },
        repeats,
    )
    played_by = {name: crises if name.startswith("batch") else runs for name in seconds}
    each = {name: [value / played_by[name] for value in values] for name, values in seconds.items()}
    rows = []
    for name, values in each.items():
        rates = (1 / statistics.median(values), 1 / min(values))
        rows.append((
            name,
            *(f"{rate:,.0f}" for rate in rates),
            f"{1e6 * statistics.median(values):,.1f}",
            f"{ratio(each['Mesa batch_run'], values):,.1f}",
            f"{ratio(each['loop over the Mesa driver'], values):,.1f}",
        ))  # fmt: skip
    columns = ("played by", "crises per second", "fastest", "us per crisis", "x batch_run", "x Mesa loop")
    yield from markdown(columns, rows)
    yield ""
    yield (
        f"`{SCENARIO}`, {FREE_DAYS} simulated days, {len(params.states) + len(params.mediators)} actors,"
        f" {len(params.acts)} acts. Medians of {repeats} turns, {crises:,} crises per turn of the batch"
        f" driver and {runs:,} of Mesa's; all with the same rules, for Mesa as plain Python, and the same"
        " outcomes (checked)."
        f" {available_cores()} cores."
    )
    yield from _targets(each)
    yield from _decisions(params, each["batch driver, 1 thread"], min(crises, 2_000))
    yield from _compilation(compiles)


def _targets(each: dict[str, list[float]]) -> Iterator[str]:
    two = each["batch driver, 2 threads"]
    times = ratio(each["Mesa batch_run"], two)
    yield (
        f"Two threads against batch_run: {times:,.0f} times"
        f" (aim {TIMES_BATCH_RUN}: {verdict(times >= TIMES_BATCH_RUN)})."
    )
    million, fastest = MILLION * statistics.median(two), MILLION * min(two)
    yield (
        f"A million crises on two threads: {million:.1f} s, at the fastest {fastest:.1f} s"
        f" (aim {AIM_SECONDS} s: {verdict(million <= AIM_SECONDS)};"
        f" least {LEAST_SECONDS} s: {verdict(million <= LEAST_SECONDS)})."
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
