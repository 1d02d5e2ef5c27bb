"""Situations of which it is known about how often they lead to force, made of a scenario of two states."""

from __future__ import annotations

import datetime as dt

from escalation.scenario.errors import Problem, ScenarioError, listed, shown
from escalation.scenario.scenario import DatedAct, Scenario

SMALL, MASS = 0.3, 0.58
"""Severities of an attack: of few victims (assumption), of fifteen and more."""
RESTRAINT = 2
"""Highest rung of an answer that still counts as restrained: no threat of force."""


def after_attack(scenario: Scenario, severity: float, days: int) -> Scenario:
    """Return the scenario as it stood at the end of the day of its first incident, of another severity.

    Nothing but that incident is on record, nobody mediates, and nothing more comes by chance.
    """
    attack = scenario.incidents[0].model_copy(update={"severity": severity})
    return _bare(scenario, attack.date, days).model_copy(update={"incidents": (attack,)})


def after_act(scenario: Scenario, act: str, days: int) -> Scenario:
    """Return the scenario as it stood after one act on its first day, and nothing else.

    Who did it is the state that is blamed for the first incident, toward the victim.

    Raises
    ------
    ScenarioError
        If the ladder has no such act.
    """
    if act not in scenario.ladder.acts:
        says = f"no act of the ladder is called {shown(act)}"
        raise ScenarioError(
            [Problem(scenario.name, None, None, "act", says, listed(list(scenario.ladder.acts)))]
        )
    incident = scenario.incidents[0]
    bare = _bare(scenario, scenario.start, days)
    done = DatedAct.model_construct(
        date=bare.start, actor=incident.blamed, target=incident.victim, act=act, says=act
    )
    return bare.model_copy(update={"acts": (done,)})


def restrained(scenario: Scenario, most: int = RESTRAINT) -> Scenario:
    """Return the scenario without its nights of fire and without acts of states above a rung."""
    kept = tuple(
        entry
        for entry in scenario.acts
        if entry.actor not in scenario.states or scenario.ladder.acts[entry.act].rung <= most
    )
    return scenario.model_copy(update={"acts": kept, "border_fire": ()})


def calm(scenario: Scenario, days: int) -> Scenario:
    """Return the scenario with nothing on record and nothing to come by chance."""
    return _bare(scenario, scenario.start, days)


def _bare(scenario: Scenario, horizon: dt.date, days: int) -> Scenario:
    return scenario.model_copy(
        update={
            "start": horizon, "horizon": horizon, "free_days": days, "acts": (), "incidents": (),
            "reports": (), "border_fire": (), "hazards": (), "mediators": {},
        }
    )  # fmt: skip
