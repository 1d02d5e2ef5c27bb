"""Every lever moves something: each number, moved across its plausible range, changes what is done.

Two crises that differ in one lever meet the same luck, day by day, until somebody acts differently.
A lever without effect in any of the replications is inert, and the test fails by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from escalation.engine.model import CrisisModel
from escalation.engine.pack import Index
from escalation.scenario.ladder import Act
from escalation.scenario.parameters import Parameter, parameters_of
from escalation.scenario.scenario import Alliance, Hazard, Incident, Mediator, Relation, Rivalry, State
from escalation.scenario.weights import Weights
from tests.strategies import Tree, build, ladder, stage

REPLICATIONS = 60
DONE = ["actor", "act", "target", "other"]


Lever = tuple[tuple[str | int, ...], Any, Any]


def _ends(parameters: Iterator[Parameter], *path: str | int) -> list[Lever]:
    return [((*path, parameter.name), *parameter.plausible) for parameter in parameters]


LEVERS: list[Lever] = [
    *_ends(parameters_of(Weights), "weights"),
    *_ends(parameters_of(State), "states", "alba"),
    *_ends(parameters_of(State), "states", "borea"),
    *_ends(parameters_of(Mediator), "mediators", "umbra"),
    *_ends(parameters_of(Relation), "mediators", "umbra", "toward", "alba"),
    *_ends(parameters_of(Rivalry), "rivalries", 0),
    *_ends(parameters_of(Alliance), "alliances", 0),
    *_ends(parameters_of(Hazard), "hazards", 0),
    *_ends(parameters_of(Incident), "incidents", 0),
    *_ends(parameters_of(Act), "ladder", "acts", "raid"),
    (("mediators", "umbra", "style"), "facilitation", "manipulation"),
    (("mediators", "vesta", "style"), "facilitation", "formulation"),
    (("mediators", "umbra", "form"), "bilateral", "third_party"),
    (("mediators", "umbra", "enters_day"), 3, 12),
    (("rivalries", 0, "contested_line"), False, True),
    (("rivalries", 0, "hotline"), False, True),
    (("ladder", "acts", "missile_test", "signal"), 0, 3),
    (("ladder", "acts", "threat", "commits"), False, True),
    (("ladder", "acts", "trade_ban", "lasts"), False, True),
    (("ladder", "acts", "propose_ceasefire", "stands_days"), 1, 10),
    (("ladder", "acts", "propose_ceasefire", "requires"), {}, {"violence": True}),
    (("max_acts_per_day",), 1, 3),
]


NUCLEAR_USE_AT_HAND = {
    ("ladder", "acts", "nuclear_use", "base"): 4.0,
    ("weights", "war_threshold"): 4.0,
    ("weights", "fear_of_escalation"): 2.0,
    ("weights", "nuclear_shadow"): 1.0,
}
WAR_AT_HAND = {("ladder", "acts", "war", "base"): -1.0, ("weights", "fear_of_escalation"): 2.0}
STAGES: dict[str, Any] = {
    "weights.nuclear_taboo": NUCLEAR_USE_AT_HAND,
    "weights.war_persistence": WAR_AT_HAND,
    "rivalries.0.contested_line": {("border_fire",): []},  # the record can have none without a line
}
"""What else must be moved for a lever to come into play."""


def name_of(lever: Lever) -> str:
    return ".".join(str(step) for step in lever[0])


def moved(*changes: tuple[tuple[str | int, ...], Any]) -> Tree:
    """Return the stage with the values at these paths changed."""
    tree = stage() | {"ladder": ladder()}
    for path, value in changes:
        part: Any = tree
        for step in path[:-1]:
            part = part[step]
        part[path[-1]] = value
    return tree


def acts_differ(low: Tree, high: Tree, replication: int) -> bool:
    """Play both day by day with the same luck until somebody acts differently."""
    one, other = (CrisisModel(build(tree), 20250505, replication) for tree in (low, high))
    while one.running:
        done = []
        for model in (one, other):
            model.step()
            moves = model.state.moves[: model.state.counts[1]]
            done.append(np.array([moves[field] for field in DONE]))
        if not np.array_equal(*done):
            return True
    return False


@pytest.mark.parametrize("lever", LEVERS, ids=name_of)
def test_a_lever_changes_what_is_done(lever: Lever) -> None:
    path, low, high = lever
    also = STAGES.get(name_of(lever), {}).items()
    ends = moved(*also, (path, low)), moved(*also, (path, high))
    assert any(acts_differ(*ends, replication) for replication in range(REPLICATIONS)), "inert"


@pytest.mark.parametrize(
    ("threshold", "low", "high"),
    [
        ("nuclear_rung", 9, 10),
        ("war_rung", 8, 10),
        ("force_rung", 6, 9),
        ("violence_rung", 3, 6),
        ("standoff_rung", 1, 5),
        ("quiet_days", 1, 14),
    ],
)
def test_a_threshold_changes_the_outcome(threshold: str, low: int, high: int) -> None:
    also = WAR_AT_HAND if threshold == "nuclear_rung" else {}

    def outcome(value: int, replication: int) -> str:
        tree = moved(*also.items(), (("outcome",), {threshold: value}))
        model = CrisisModel(build(tree), 20250505, replication)
        model.run_model()
        return model.outcome

    assert any(outcome(low, replication) != outcome(high, replication) for replication in range(REPLICATIONS))


def test_the_stage_has_every_act_in_it() -> None:
    """What nobody ever does cannot show that its lever moves anything."""
    done: set[str] = set()
    scenario = build(stage())
    acts = Index(scenario).acts
    for replication in range(REPLICATIONS):
        model = CrisisModel(scenario, 20250505, replication)
        while model.running:
            model.step()
            done |= {acts[act] for act in model.state.moves["act"][: model.state.counts[1]]}
    assert set(acts) - done <= {"nuclear_use", "war"}
