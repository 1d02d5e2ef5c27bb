"""Crises for the tests of the classroom, each read once."""

from __future__ import annotations

from functools import cache

from escalation.classroom.controls import Settings, Workspace
from escalation.engine.pack import pack
from escalation.measures.ensemble import Ensemble, ensemble_of, play_part
from escalation.scenario.load import load_scenario

NAME = "pahalgam_2025"
STYLE, ENTRY = "mediators.russia.style", "mediators.russia.enters_day"


@cache
def workspace(source: str = NAME) -> Workspace:
    return Workspace(load_scenario(source), source)


@cache
def ensemble(settings: Settings = (), seed: int = 1, crises: int = 200) -> Ensemble:
    scenario = workspace().at(settings)
    return ensemble_of(scenario, seed, [play_part(pack(scenario), seed, 0, crises)])
