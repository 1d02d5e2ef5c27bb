"""Crises for the tests of the classroom, each read once."""

from __future__ import annotations

from functools import cache

from escalation.classroom.controls import Settings, Workspace
from escalation.crisis.game import Game
from escalation.crisis.menu import hold_on
from escalation.engine.pack import pack
from escalation.measures.ensemble import Ensemble, ensemble_of, play_part
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario

NAME = "pahalgam_2025"
STYLE, ENTRY = "mediators.russia.style", "mediators.russia.enters_day"


@cache
def workspace(source: str = NAME) -> Workspace:
    return Workspace(load_scenario(source), source)


def quiet_seed(scenario: Scenario, side: str) -> int:
    """Return the first seed with which a side that holds has more than a day until something happens."""
    for seed in range(1, 200):
        game = Game(scenario, seed, 0, [side])
        day = game.day
        hold_on(game, side)
        if game.day > day + 1 and not game.is_over:
            return seed
    raise LookupError(f"something happens to {side} at once, whatever the seed")


@cache
def ensemble(settings: Settings = (), seed: int = 1, crises: int = 200) -> Ensemble:
    scenario = workspace().at(settings)
    return ensemble_of(scenario, seed, [play_part(pack(scenario), seed, 0, crises)])
