"""The time of a crisis compared with the escalation sandbox of SWARM, from a checkout of its repository.

SWARM (github.com/swarm-ai-safety/swarm, MIT licence) is a sandbox for the safety of AI agents, in which two
nations climb a ladder of ten levels in turns. Its agents are language models or short scripts, and only the
scripts can be timed: a language model takes seconds per turn, whoever keeps the state. It is another model of
another thing, in plain Python: what is compared is how long a user waits, not the quality of either.
"""

from __future__ import annotations

import logging
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import yaml

from benchmarks.batch import FREE_DAYS, SCENARIO, SEED, scenario_60
from benchmarks.table import markdown
from benchmarks.turns import in_turns, ratio
from escalation.engine.batch import simulate
from escalation.engine.pack import pack

WHERE = "github.com/swarm-ai-safety/swarm"
SHIPPED = "scenarios/escalation_sandbox.yaml"
PLAYED = (("tit_for_tat", "hawk"), ("tit_for_tat", "tit_for_tat"), ("calculating", "calculating"))
"""Scripts of the two nations; the first are those of the shipped scenario."""
OURS = f"{SCENARIO}, batch driver"


class NoSandboxError(Exception):
    """There is no checkout that can be run."""


@contextmanager
def importable(checkout: Path) -> Iterator[None]:
    """Let modules of the checkout be imported."""
    sys.path.insert(0, str(checkout))
    try:
        yield
    finally:
        sys.path.remove(str(checkout))


class Sandbox:
    """The sandbox of a checkout, with its shipped scenario.

    Raises
    ------
    NoSandboxError
        If there is none, or it cannot be imported.
    """

    def __init__(self, checkout: Path) -> None:
        try:
            with importable(checkout):
                self._runner: Any = import_module("swarm.domains.escalation_sandbox.runner")
                self._config: Any = import_module("swarm.domains.escalation_sandbox.config")
            text = (checkout / SHIPPED).read_text(encoding="utf-8")
        except (ImportError, OSError) as error:
            raise NoSandboxError(str(error)) from error
        self._scenario = yaml.safe_load(text)["domain"]

    def play(self, scripts: tuple[str, ...], crises: int) -> int:
        """Play crises between nations that follow these scripts; return how many turns they took in all."""
        config = self._config.EscalationConfig.from_dict(self._scenario)
        for nation, script in zip(config.agents, scripts, strict=True):
            nation.agent_type, nation.persona = "scripted", script
        return sum(
            self._runner.EscalationRunner(config, seed=seed).run().turns_played for seed in range(crises)
        )


def report(
    checkout: Path | None = None, crises: int = 1_000, ours: int = 20_000, repeats: int = 5
) -> Iterator[str]:
    """Yield the report: microseconds per crisis and per turn or day."""
    if checkout is None:
        yield f"Skipped: no checkout of {WHERE}; give its path with --sandbox."
        return
    logging.getLogger("swarm").setLevel(logging.WARNING)
    try:
        sandbox = Sandbox(checkout)
    except NoSandboxError as error:
        yield f"Skipped: {checkout} has no sandbox that runs ({error})."
        return
    params = pack(scenario_60())
    names = {f"SWARM, {' and '.join(scripts)}": scripts for scripts in PLAYED}
    calls: dict[str, Callable[[], object]] = {
        name: partial(sandbox.play, scripts, crises) for name, scripts in names.items()
    }
    calls[OURS] = lambda: simulate(params, SEED, 0, ours)
    steps = {name: sandbox.play(scripts, crises) / crises for name, scripts in names.items()}
    steps[OURS] = FREE_DAYS
    seconds = in_turns(calls, repeats, time.process_time)
    each = {name: [value / (ours if name == OURS else crises) for value in seconds[name]] for name in calls}
    rows = []
    for name, values in each.items():
        per_step = [value / steps[name] for value in values]
        our_step = [value / steps[OURS] for value in each[OURS]]
        rows.append((
            name,
            f"{steps[name]:.1f}",
            f"{1e6 * statistics.median(values):,.1f}",
            f"{1e6 * statistics.median(per_step):,.2f}",
            f"{ratio(values, each[OURS]):.1f}",
            f"{ratio(per_step, our_step):.1f}",
        ))  # fmt: skip
    columns = (
        "model",
        "turns or days",
        "us per crisis",
        "us per turn or day",
        "x ours",
        "x ours per turn or day",
    )
    yield from markdown(columns, rows)
    yield ""
    yield (
        f"One thread, processor time, medians of {repeats} repeats of {crises:,} crises, {ours:,} of ours."
        " SWARM: two nations, ten levels, plain Python; a crisis ends by ceasefire, exchange or after 20"
        " turns."
        " Ours: two states and a mediator, compiled; 60 days, whatever happens. With agents that are language"
        " models SWARM waits for these."
    )
