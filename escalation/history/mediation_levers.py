"""How far each parameter of mediators, relations and states moves how crises end, one at a time.

Each is moved over its plausible range in a stated set of crises, all else as given, with common random
numbers.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.files.brief import Brief
from escalation.files.places import check_whole
from escalation.files.write import aligned, replacing
from escalation.history.icb import STYLES
from escalation.measures.reduce import Reduced
from escalation.rules.state import frame
from escalation.scenario.fields import references
from escalation.scenario.load import load_ladder, load_scenario, load_weights
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Mediator, Relation, Scenario, State
from escalation.scenario.weight_set import WeightSet
from escalation.stats.intervals import paired_shares

OUTCOMES = ("force", "settlement", "talks", "breach")
"""Use of force on simulated days; a ceasefire or agreement; talks opened; force after a settlement."""
LEAST = 0.02
"""Change in a share that a parameter has to reach somewhere."""
SHIPPED = "pahalgam_2025"
START = dt.date(2001, 1, 1)
"""Fictitious, like the states of the crises that are not shipped."""
DAYS = 90
ENTERS = 4
ONE, OTHER, THIRD = "arland", "borland", "cesland"

WHO: Mapping[str, dict[str, Any]] = {
    "a friend of both without means": {
        "style": "facilitation", "form": "bilateral", "persistence": 0.3, "credibility": 0.5,
        "trust": (0.7, 0.7), "bias": (0.0, 0.0), "leverage": (0.1, 0.1),
    },
    "an office": {
        "style": "facilitation", "form": "third_party", "persistence": 0.8, "credibility": 0.7,
        "trust": (0.3, 0.7), "bias": (0.0, 0.0), "leverage": (0.0, 0.0),
    },
    "a patron of one": {
        "style": "formulation", "form": "third_party", "persistence": 0.5, "credibility": 0.5,
        "trust": (0.8, 0.3), "bias": (0.7, -0.2), "leverage": (0.6, 0.2),
    },
    "a great power": {
        "style": "manipulation", "form": "third_party", "persistence": 0.7, "credibility": 0.6,
        "trust": (0.5, 0.5), "bias": (0.0, 0.0), "leverage": (0.7, 0.7),
    },
}  # fmt: skip
"""Mediators that are put in the place of the one of a crisis, toward its first state and its second."""


@dataclass(frozen=True, repr=False)
class Lever(Brief):
    """The largest change in one outcome that a parameter makes in any of the crises."""

    parameter: str
    outcome: str
    crisis: str
    low: str
    high: str
    """The values between which the outcome differs most."""
    change: float
    lower: float
    upper: float
    """Of the share at `high` minus that at `low`, with its paired 95% interval."""


@dataclass(frozen=True, repr=False)
class Levers(Brief):
    """The levers of mediation: of every parameter and outcome the largest change."""

    weights: str
    replications: int
    seed: int
    crises: tuple[str, ...]
    found: tuple[Lever, ...]

    def brief_text(self) -> Sequence[str]:
        """Return the account."""
        return self.lines()

    def idle(self) -> list[str]:
        """Return the parameters that move no outcome by `LEAST` in any crisis."""
        names = dict.fromkeys(one.parameter for one in self.found)
        return [
            name for name in names
            if max(abs(one.change) for one in self.found if one.parameter == name) < LEAST
        ]  # fmt: skip

    def lines(self) -> list[str]:
        """Return one row per parameter as text of at most 80 columns, and where the largest changes are."""
        by_name: dict[str, dict[str, Lever]] = {}
        for one in self.found:
            by_name.setdefault(one.parameter, {})[one.outcome] = one
        body = [
            [name, *(f"{levers[outcome].change:+.3f}" for outcome in OUTCOMES)]
            for name, levers in by_name.items()
        ]
        largest = [
            [one.parameter, one.outcome, one.crisis, f"[{one.lower:+.3f}, {one.upper:+.3f}]"]
            for one in (max(each.values(), key=lambda lever: abs(lever.change)) for each in by_name.values())
        ]
        idle = self.idle()
        return [
            "Largest change in the share of crises by each parameter of mediation",
            f"{self.replications:,} runs a cell, seed {self.seed}, weights {self.weights!r}; over its",
            "plausible range, with common random numbers; 95% paired intervals",
            "",
            *aligned([["", *OUTCOMES], *body], len(OUTCOMES)),
            "",
            *aligned([["largest", "outcome", "in", "interval"], *largest]),
            "",
            f"Below {LEAST:.0%} everywhere: {', '.join(idle) or 'none'}.",
        ]

    def write(self, out: Path) -> list[Path]:
        """Write levers.csv into a folder, a row per parameter and outcome; return its path."""
        path = out / "levers.csv"
        columns = tuple(Lever.__dataclass_fields__)
        with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([getattr(one, name) for name in columns] for one in self.found)
        return [path]


def measure_levers(
    weights: str | Path | WeightSet = "calibrated", *, replications: int = 1_000, seed: int = 1
) -> Levers:
    """Move every parameter of mediators, relations and states over its range in each crisis of the set.

    Parameters
    ----------
    weights
        A weights file, the name of a shipped one, or a loaded set.
    replications, seed
        Runs per value and crisis, and their seed.

    Raises
    ------
    ScenarioError
        If a file is missing or not valid.
    """
    check_whole("replications", replications, 1)
    check_whole("seed", seed, 0, 2**64)
    chosen = weights if isinstance(weights, WeightSet) else load_weights(weights)
    crises = crises_of_levers(chosen)
    found: dict[tuple[str, str], Lever] = {}
    for name, scenario in crises.items():
        for parameter, values in levels_of(scenario).items():
            marks = {value: ends_of(changed, replications, seed) for value, changed in values.items()}
            for low, high in combinations(marks, 2):
                for k, outcome in enumerate(OUTCOMES):
                    lever = _lever(parameter, outcome, name, (low, marks[low][k]), (high, marks[high][k]))
                    known = found.get((parameter, outcome))
                    if known is None or abs(lever.change) > abs(known.change):
                        found[parameter, outcome] = lever
    return Levers(chosen.name, replications, seed, tuple(crises), tuple(found.values()))


def _lever(
    parameter: str, outcome: str, crisis: str, low: tuple[str, NDArray[Any]], high: tuple[str, NDArray[Any]]
) -> Lever:
    gained, lost = int((high[1] & ~low[1]).sum()), int((low[1] & ~high[1]).sum())
    found = paired_shares(gained, lost, len(low[1]))
    change = (gained - lost) / len(low[1])
    return Lever(parameter, outcome, crisis, low[0], high[0], change, float(found.low), float(found.high))


def crises_of_levers(weights: WeightSet) -> dict[str, Scenario]:
    """Return the crises by name: the shipped one, one after a raid for each style of mediator, and a war."""
    shipped = load_scenario(SHIPPED).model_copy(update={"weights": weights.weights})
    made = {style: _made(weights, style, "local_raid") for style in STYLES}
    return {SHIPPED: shipped, **made, "war": _made(weights, "manipulation", "full_war")}


def _made(weights: WeightSet, style: str, act: str) -> Scenario:
    """Return a crisis of two average states that exchange an act, with a mediator of average traits."""
    ladder = load_ladder("south_asia")

    def entry(day: int, actor: str, target: str) -> dict[str, Any]:
        date = (START + dt.timedelta(days=day)).isoformat()
        return {"date": date, "says": "Synthetic.", "actor": actor, "act": act, "target": target}

    tree = {
        "name": "lever",
        "title": "A synthetic crisis",
        "summary": "Two average states after an exchange of force; not a real crisis.",
        "start": START.isoformat(),
        "horizon": (START + dt.timedelta(days=ENTERS - 1)).isoformat(),
        "free_days": DAYS,
        "states": {name: {"label": name.capitalize()} for name in (ONE, OTHER)},
        "mediators": {
            THIRD: {
                "label": "Cesland", "enters_day": ENTERS, "style": style, "form": "third_party",
                "toward": {name: {"leverage": 0.5} for name in (ONE, OTHER)},
            }
        },
        "rivalries": [{"between": [ONE, OTHER], "stakes": 0.0, "lull_days": 365}],
        "acts": [entry(1, OTHER, ONE), entry(3, ONE, OTHER)],
    }  # fmt: skip
    context = references(tree | {"ladder": ladder.model_dump(mode="json")})
    return Scenario.model_validate(tree | {"ladder": ladder, "weights": weights.weights}, context=context)


def levels_of(scenario: Scenario) -> dict[str, dict[str, Scenario]]:
    """Return a scenario by parameter and value: of a mediator, its relations and the dispositions of states.

    Numbers take the ends of their plausible range: those of a relation toward both states at once, bias also
    toward the first alone, dispositions of both states at once; `who` puts other mediators in the place of
    its own, or nobody.
    """
    (name, mediator), *_ = scenario.mediators.items()
    last = (scenario.horizon - scenario.start).days + scenario.free_days
    levels: dict[str, dict[str, Scenario]] = {}

    def mediated(**traits: Any) -> Scenario:
        return scenario.model_copy(update={"mediators": {name: mediator.model_copy(update=traits)}})

    def toward(**traits: tuple[float, float]) -> dict[str, Relation]:
        found = {}
        for place, state in enumerate(scenario.states):
            known = mediator.toward.get(state, Relation())
            found[state] = known.model_copy(update={trait: pair[place] for trait, pair in traits.items()})
        return found

    levels["who"] = {"nobody": mediated(enters_day=last + 1)}
    for who, traits in WHO.items():
        own = {trait: value for trait, value in traits.items() if not isinstance(value, tuple)}
        relations = {trait: value for trait, value in traits.items() if isinstance(value, tuple)}
        levels["who"][who] = mediated(**own, toward=toward(**relations))
    levels["enters_day"] = {str(day): mediated(enters_day=day) for day in (mediator.enters_day, last + 1)}
    levels["style"] = {style: mediated(style=style) for style in STYLES}
    levels["form"] = {form: mediated(form=form) for form in ("bilateral", "third_party")}
    for one in parameters_of(Mediator):
        levels[one.name] = {f"{end:g}": mediated(**{one.name: end}) for end in one.plausible}
    for one in parameters_of(Relation):
        levels[one.name] = {
            f"{end:g}": mediated(toward=toward(**{one.name: (end, end)})) for end in one.plausible
        }
    levels["bias"] = {f"{end:g} to one": mediated(toward=toward(bias=(end, 0.0))) for end in (-1.0, 0.0, 1.0)}
    for one in parameters_of(State):
        levels[one.name] = {
            f"{end:g}": scenario.model_copy(
                update={
                    "states": {
                        state: traits.model_copy(update={one.name: end})
                        for state, traits in scenario.states.items()
                    }
                }
            )
            for end in one.plausible
        }
    return levels


def ends_of(scenario: Scenario, replications: int, seed: int) -> NDArray[np.bool_]:
    """[outcomes, R]: whether each outcome came in each run."""
    params = pack(scenario)
    runs = simulate(params, seed, 0, replications, paths=True)
    reduced = Reduced(runs, int(frame(params).horizon))
    assert runs.acts is not None
    settled = reduced.ceasefire
    high = runs.acts[params.acts["rung"][runs.acts["act"]] >= frame(params).force_rung]
    last_force = np.full(replications, -1, np.int64)
    np.maximum.at(last_force, high["replication"], high["day"])
    return np.array(
        [runs.first_force >= 0, settled >= 0, reduced.talks >= 0, (settled >= 0) & (last_force > settled)]
    )
