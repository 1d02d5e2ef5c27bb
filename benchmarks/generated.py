"""Crises of any size for the benchmarks: more actors, longer ladders, made from the shipped scenario."""

from __future__ import annotations

import copy
import math
from itertools import combinations
from typing import Any

from escalation.scenario.dump import resolved_tree
from escalation.scenario.fields import references
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario

SCENARIO = "pahalgam_2025"
START = "2025-05-05"

Tree = dict[str, Any]


def crisis(actors: int = 3, rivals: str = "ring", acts: int | None = None, free_days: int = 30) -> Scenario:
    """Return a crisis with identical states, one mediator, one incident and no other record.

    Parameters
    ----------
    actors
        3 or more: one mediator, and states for the rest.
    rivals
        `ring`: every state has its two neighbours as rivals; `all`: it has all others.
    acts
        How many acts the ladder has: the shipped one, with acts removed or copied.
    free_days
        Days after the single day of record.
    """
    shipped = resolved_tree(load_scenario(SCENARIO))
    names = [f"state_{number}" for number in range(actors - 1)]
    climbed = shipped["ladder"] if acts is None else ladder(shipped["ladder"], acts)
    capabilities = sorted({act["capability"] for act in climbed["acts"].values() if act["capability"]})
    tree: Tree = {
        "name": "generated",
        "title": "A generated crisis",
        "summary": "For benchmarks only.",
        "start": START,
        "horizon": START,
        "free_days": free_days,
        "ladder": climbed,
        "weights": shipped["weights"],
        "outcome": shipped["outcome"],
        "states": {name: {"label": name, "capabilities": capabilities} for name in names},
        "mediators": {
            "broker": {"label": "Broker", "enters_day": 5, "style": "formulation", "form": "bilateral"},
        },
        "rivalries": [
            {"between": list(pair), "contested_line": True, "hotline": True, "tension": 1.0}
            for pair in pairs(names, rivals)
        ],
        "incidents": [
            {"date": START, "says": "x", "victim": names[0], "blamed": names[1], "severity": 0.5}
        ],
    }  # fmt: skip
    return Scenario.model_validate(tree, context=references(tree))


def pairs(names: list[str], rivals: str) -> list[tuple[str, str]]:
    """Return the pairs of rivals, each once."""
    if rivals == "all" or len(names) < 4:
        return list(combinations(names, 2))
    return list(zip(names, [*names[1:], names[0]], strict=True))


def ladder(shipped: Tree, acts: int) -> Tree:
    """Return the shipped ladder with this number of acts.

    Fewer: acts of rungs 1 and up are removed, evenly over the ladder. More: those acts are copied in
    turn, and the copies share the weight of the act, so that the odds of doing anything are unchanged.
    """
    whole: Tree = shipped["acts"]
    single = [name for name, act in whole.items() if act["rung"] == 0]
    plain = [name for name in whole if name not in single]
    wanted = acts - len(single)
    if wanted < 1:
        raise ValueError(f"{acts} acts: the least is {len(single) + 1}")
    kept = (
        [plain[number * len(plain) // wanted] for number in range(wanted)] if wanted < len(plain) else plain
    )
    copies = dict.fromkeys(kept, 0)
    for number in range(wanted):
        copies[kept[number % len(kept)]] += 1
    made: Tree = {}
    for name, act in whole.items():
        if name in single:
            made[name] = copy.deepcopy(act)
        for number in range(copies.get(name, 0)):
            own_name = name if number == 0 else f"{name}_{number + 1}"
            made[own_name] = copy.deepcopy(act) | {"base": act["base"] - math.log(copies[name])}
    for act in made.values():
        act["reverses"] = [name for name in act["reverses"] if name in made]
    return shipped | {"acts": made, "mid_reading": {}}
