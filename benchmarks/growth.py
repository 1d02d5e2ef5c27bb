"""How time grows with crises, days, actors, acts and design points: linear, or explained."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.batch import SEED, draws_a_crisis, scenario_60
from benchmarks.generated import crisis
from benchmarks.table import markdown
from benchmarks.turns import exponent, in_turns, seconds_of
from escalation.analysis.tally import tally
from escalation.analysis.tidy import write_tables
from escalation.engine.batch import simulate
from escalation.engine.pack import Packer, pack
from escalation.experiment.design import design_of, scenario_of
from escalation.experiment.loaded import load_experiment
from escalation.experiment.results import ResultsFolder
from escalation.experiment.run import Silent, Threads, prepare, run, survey
from escalation.rules.state import Params
from escalation.scenario.load import load_scenario

SCENARIO = "pahalgam_2025"
CRISES = (1_000, 4_000, 16_000, 64_000)
DAYS = (15, 30, 60, 120, 240)
ACTORS = (3, 6, 12, 25, 50)
ACTS = (28, 48, 100, 200)
POINTS = (1, 10, 100, 1_000, 10_000)
FULL_POINTS = (*POINTS, 100_000)
REPLICATIONS_A_POINT = 10
CELLS_COUNTED = 1_000  # from which on the account takes time that can be measured
ACTOR_DAYS = 400_000  # what is timed of a size, so that small ones are not lost in the noise
FREE_DAYS = 30


@dataclass(frozen=True)
class Size:
    """One size along an axis, and what is timed of it."""

    size: int
    params: Params
    crises: int
    days: int

    @property
    def actors(self) -> int:
        """Return the number of states and mediators."""
        return len(self.params.states) + len(self.params.mediators)

    @property
    def options(self) -> int:
        """Return the number of options of all actors."""
        return len(self.params.options)

    def play(self) -> None:
        """Play the crises."""
        simulate(self.params, SEED, 0, self.crises)


def report(
    crises: Sequence[int] = CRISES,
    days: Sequence[int] = DAYS,
    actors: Sequence[int] = ACTORS,
    acts: Sequence[int] = ACTS,
    points: Sequence[int] = POINTS,
    repeats: int = 3,
    actor_days: int = ACTOR_DAYS,
) -> Iterator[str]:
    """Yield the report, one table per axis; exponent 1 means linear growth, 0 a constant time per unit."""
    yield (
        f"One thread. The fastest of {repeats} turns each; the exponent is the slope of log time over log"
        " size (1: linear). An option is one act toward one rival (or mediator, or pair)."
    )
    whole = pack(scenario_60())
    by_crises = [Size(count, whole, count, 60) for count in crises]
    yield from _axis("crises", by_crises, repeats, "The time of all; the record is played once per call.")

    def sized(size: int, params: Params, length: int) -> Size:
        number = len(params.states) + len(params.mediators)
        return Size(size, params, max(1, actor_days // (number * length)), length)

    by_days = [sized(n, pack(load_scenario(SCENARIO, [f"free_days={n}"])), n) for n in days]
    yield from _axis("simulated days", by_days, repeats, "`pahalgam_2025`; early days have fewer acts.")
    for rivals, words in (
        ("ring", "From 4 states on every state has two rivals, so options grow with the number of actors. The"
                 " records of all pairs of states, rivals or not, are updated every day: this adds a"
                 " quadratic term, visible in the time per unit once there are dozens of states."),
        ("all", "Every state is the rival of all others: options grow with the square of the number of"
                " actors, and the time per option is constant."),
    ):  # fmt: skip
        made = [sized(n, pack(crisis(n, rivals, free_days=FREE_DAYS)), FREE_DAYS) for n in actors]
        yield from _axis(f"actors ({rivals})", made, repeats, words)
    by_acts = [sized(n, pack(crisis(3, acts=n, free_days=FREE_DAYS)), FREE_DAYS) for n in acts]
    yield from _axis("acts", by_acts, repeats, "Options grow with the number of acts.")
    yield from _points(points)


def _axis(name: str, sizes: Sequence[Size], repeats: int, words: str) -> Iterator[str]:
    calls: dict[str, Callable[[], object]] = {str(number): size.play for number, size in enumerate(sizes)}
    sizes[0].play()
    seconds = [min(values) for values in in_turns(calls, repeats).values()]
    # Per crisis; along the axis of crises, for all of them.
    total = name == "crises"
    times = [s if total else s / size.crises for s, size in zip(seconds, sizes, strict=True)]
    rows, weighed = [], []
    for size, whole, value in zip(sizes, seconds, times, strict=True):
        draws = draws_a_crisis(size.params, min(size.crises, 200)) * size.crises
        options = size.options * size.days * size.crises
        weighed.append(options / (1 if total else size.crises))
        rows.append((
            f"{size.size:,}", f"{size.options:,}", f"{size.crises:,}", f"{1e6 * value:,.0f}",
            f"{1e6 * value / size.size:,.2f}", f"{1e9 * whole / draws:,.0f}",
            f"{1e9 * whole / (size.actors * size.days * size.crises):,.0f}", f"{1e9 * whole / options:,.1f}",
        ))  # fmt: skip
    unit = "us in all" if total else "us per crisis"
    columns = (name, "options", "crises", unit, "us / size", "ns / draw", "ns / actor-day", "ns / option")
    yield ""
    yield from markdown(columns, rows)
    yield ""
    by_size, by_options = exponent([size.size for size in sizes], times), exponent(weighed, times)
    yield f"Exponent over {name}: {by_size:.2f}; over options weighed: {by_options:.2f}. {words}"


def experiment(points: int) -> dict[str, Any]:
    """Return an experiment with this number of design points: one factor with as many levels."""
    path = {"label": "India's resolve", "path": "states.india.resolve"}
    levels = {"values": [0.5]} if points == 1 else {"range": [0.0, 1.0], "levels": points}
    baseline = 0.5 if points == 1 else 0.0
    return {
        "name": "growth", "title": "Growth", "summary": "For benchmarks only.", "scenario": SCENARIO,
        "seed": SEED, "replications": REPLICATIONS_A_POINT, "baseline": {"resolve": baseline},
        "factors": {"resolve": path | levels},
    }  # fmt: skip


def _points(points: Sequence[int]) -> Iterator[str]:
    _one_design(1)
    rows, totals, cells = [], [], []
    for count in points:
        spent = _one_design(count)
        totals.append(sum(spent))
        cells.append(sum(spent[1:]))
        each = (f"{1e3 * value / count:.3f}" for value in spent)
        rows.append((f"{count:,}", f"{totals[-1]:.3f}", *each, f"{1e3 * totals[-1] / count:.3f}"))
    yield ""
    yield from markdown(
        (
            "design points",
            "s in all",
            "ms load, design",
            "ms scenario",
            "ms pack",
            "ms crises",
            "ms per point",
        ),
        rows,
    )
    yield ""
    yield (
        f"Exponent over design points: {exponent(points, totals):.2f}; without loading, which happens once:"
        f" {exponent(points, cells):.2f}. {REPLICATIONS_A_POINT} crises of 30 simulated days per point; the"
        " scenario of each point is checked again; what it shares with the others is packed once."
    )
    for count in points:
        if count >= CELLS_COUNTED:
            yield from _account(count)


def _account(cells: int) -> Iterator[str]:
    """Yield what the account of a sweep takes: counting its crises, and writing summary and effects."""
    with TemporaryDirectory() as name:
        made = prepare(load_experiment(experiment(cells) | {"replications": 2}), Path(name))
        run(made, survey(made.store, made.work), Silent(), lambda: Threads(made.work, made.cells))
        kept: list[Any] = []
        counting = seconds_of(lambda: kept.append(tally(ResultsFolder(name))))
        writing = seconds_of(lambda: kept.extend(write_tables(kept[0], Path(name))))
        size = sum(path.stat().st_size for path in kept[1:])
    yield (
        f"Account of {cells:,} cells: counted in {counting:.2f} s, summary and effects written in"
        f" {writing:.2f} s ({size / 1e6:.0f} MB, {1e3 * writing / cells:.3f} ms per cell)."
    )


def _one_design(count: int) -> tuple[float, float, float, float]:
    """Return the seconds of loading and design, and of scenarios, packing and crises of all points."""
    made: list[Any] = []

    def load() -> None:
        loaded = load_experiment(experiment(count))
        made.extend((loaded, design_of(loaded)))

    loading = seconds_of(load)
    loaded, design = made
    assert len(design.cells) == count
    spent, packer = np.zeros(3), Packer()
    for cell in design.cells:
        kept: list[Any] = []
        spent += (
            seconds_of(lambda: kept.append(scenario_of(loaded, cell))),  # noqa: B023 (called at once)
            seconds_of(lambda: kept.append(packer.pack(kept[0]))),  # noqa: B023
            seconds_of(lambda: simulate(kept[1], cell.seed, 0, REPLICATIONS_A_POINT)),  # noqa: B023
        )
    scenarios, packing, crises = spent.tolist()
    return loading, scenarios, packing, crises
