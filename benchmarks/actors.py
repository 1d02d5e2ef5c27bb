"""How time grows with states and mediators: per pair of rivals, on quiet and on busy days."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.batch import SEED
from benchmarks.generated import pairs
from benchmarks.table import markdown
from benchmarks.turns import exponent, in_turns
from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.rules.state import Params
from escalation.scenario.load import read_scenario
from escalation.scenario.scenario import Scenario

START = "2025-05-05"
FREE_DAYS = 60
MEDIATORS = 5
STATES, MEDIATOR_NUMBERS = (2, 4, 8, 12, 16), (0, 1, 2, 5, 10)
LARGE = (12, MEDIATORS)
STYLES = ("facilitation", "formulation", "manipulation")
PAIR_DAYS = 300_000
"""Of rivals, timed of each size, so that small ones are not lost in the noise."""
QUIET = {"tension": 0.0, "activity": 0.0, "lull_days": 365}
BUSY = {"tension": 3.0, "activity": 3.0, "lull_days": 1}


@dataclass(frozen=True)
class Crowd:
    """A crisis of some states and mediators, and how many crises of it are timed."""

    states: int
    mediators: int
    rivals: str
    mood: str
    params: Params
    crises: int
    days: int

    @property
    def pairs(self) -> int:
        """Return the number of pairs of rivals."""
        return int(np.triu(self.params.rivalries["rival"]).sum())

    def play(self) -> None:
        """Play the crises."""
        simulate(self.params, SEED, 0, self.crises)

    def acts(self) -> float:
        """Return the acts of a crisis other than hold, from some of them."""
        few = min(self.crises, 100)
        logged = simulate(self.params, SEED, 0, few, paths=True).acts
        assert logged is not None
        return int(np.count_nonzero(logged["act"])) / few


def gathering(
    states: int, mediators: int, rivals: str = "ring", mood: str = "busy", free_days: int = FREE_DAYS
) -> Scenario:
    """Return a crisis of identical states, with a single day of record.

    Parameters
    ----------
    states
        2 or more.
    mediators
        Their styles take turns.
    rivals
        `ring`: every state has its two neighbours as rivals; `all`: it has all others.
    mood
        `busy`: all pairs have just fought, and an incident happens; `quiet`: for a year nothing has happened.
    free_days
        Days after the record.
    """
    names = [f"state_{number}" for number in range(states)]
    opinion = {"trust": 0.6, "bias": 0.0, "leverage": 0.3}
    tree: dict[str, Any] = {
        "format": 1,
        "name": "gathering",
        "title": "A crisis of many",
        "summary": "For benchmarks only.",
        "start": START,
        "horizon": START,
        "free_days": free_days,
        "ladder": "south_asia",
        "weights": {"from": "calibrated"},
        "states": {name: {"label": name, "capabilities": ["ballistic_missiles"]} for name in names},
        "mediators": {
            f"mediator_{number}": {
                "label": f"Mediator {number}",
                "enters_day": 0,
                "style": STYLES[number % len(STYLES)],
                "form": "third_party",
                "toward": dict.fromkeys(names, opinion),
            }
            for number in range(mediators)
        },
        "rivalries": [
            {"between": list(pair), "contested_line": True, "hotline": True}
            | (BUSY if mood == "busy" else QUIET)
            for pair in pairs(names, rivals)
        ],
    }
    if mood == "busy":
        incident = {
            "id": "incident",
            "date": START,
            "says": "x",
            "victim": names[0],
            "blamed": names[1],
            "severity": 0.5,
        }
        tree["incidents"] = [incident]
    return read_scenario(json.dumps(tree).encode(), "gathering.yaml")


def crowd(states: int, mediators: int, rivals: str, mood: str, days: int, pair_days: int) -> Crowd:
    """Return a crisis packed, with as many crises of it as have this number of days of pairs."""
    params = pack(gathering(states, mediators, rivals, mood, days))
    made = Crowd(states, mediators, rivals, mood, params, 1, days)
    return Crowd(states, mediators, rivals, mood, params, max(1, pair_days // (made.pairs * days)), days)


def report(
    states: Sequence[int] = STATES,
    mediators: Sequence[int] = MEDIATOR_NUMBERS,
    large: tuple[int, int] = LARGE,
    days: int = FREE_DAYS,
    pair_days: int = PAIR_DAYS,
    repeats: int = 3,
) -> Iterator[str]:
    """Yield the report: processor time per crisis and per pair and day, and its exponents."""

    def made(n: int, m: int, rivals: str, mood: str) -> Crowd:
        return crowd(n, m, rivals, mood, days, pair_days)

    groups = {
        "in pairs, ring": [made(n, large[1], "ring", "busy") for n in states],
        "in pairs, all rivals of all": [made(n, large[1], "all", "busy") for n in states],
        "in mediators, ring": [made(large[0], m, "ring", "busy") for m in mediators],
    }
    moods = [
        made(large[0], m, rivals, mood)
        for m in (0, large[1])
        for rivals in ("ring", "all")
        for mood in ("busy", "quiet")
    ]
    every = [one for group in groups.values() for one in group] + moods
    every[0].play()
    calls = {str(number): one.play for number, one in enumerate(every)}
    seconds = [min(values) for values in in_turns(calls, repeats, time.process_time).values()]
    each = {id(one): spent / one.crises for one, spent in zip(every, seconds, strict=True)}
    columns = (
        "states", "mediators", "rivals", "mood", "pairs", "options", "acts per pair and day", "us per crisis",
        "ns per pair and day",
    )  # fmt: skip
    for name, group in groups.items():
        yield from markdown(columns, [_row(one, each[id(one)]) for one in group])
        yield ""
        grown = [each[id(one)] for one in group]
        if "mediators" in name:
            per_pair_day = [
                1e9 * spent / (one.pairs * one.days) for one, spent in zip(group, grown, strict=True)
            ]
            line = statistics.linear_regression([one.mediators for one in group], per_pair_day)
            yield (
                f"A straight line {name}: {line.intercept:,.0f} ns per pair and day without any, and"
                f" {line.slope:,.0f} ns more for each."
            )
        else:
            yield (
                f"Exponent {name}: {exponent([one.pairs for one in group], grown):.2f}; in options:"
                f" {exponent([len(one.params.options) for one in group], grown):.2f} (1: linear)."
            )
        yield ""
    yield from markdown(columns, [_row(one, each[id(one)]) for one in moods])
    yield ""
    yield (
        f"{days} simulated days, one thread, processor time, the fastest of {repeats} turns. Busy: all pairs"
        " have just fought, and an incident happens; quiet: nothing has happened for a year. Acts are all but"
        " hold, those of mediators and answers to them too."
    )
    for busy, quiet in zip(moods[::2], moods[1::2], strict=True):
        times = each[id(quiet)] / each[id(busy)]
        yield (
            f"A quiet day of {busy.states} states and {busy.mediators} mediators, {busy.rivals}, takes"
            f" {times:.2f} of a busy one."
        )


def _row(one: Crowd, seconds: float) -> tuple[str, ...]:
    pair_days = one.pairs * one.days
    return (
        f"{one.states}",
        f"{one.mediators}",
        one.rivals,
        one.mood,
        f"{one.pairs}",
        f"{len(one.params.options):,}",
        f"{one.acts() / pair_days:.3f}",
        f"{1e6 * seconds:,.0f}",
        f"{1e9 * seconds / pair_days:,.0f}",
    )
