"""Games of players who choose at random, for tests of what is made of games."""

from __future__ import annotations

import random
from collections.abc import Sequence

from escalation.crisis.game import Game, Option
from escalation.scenario.scenario import Scenario


def played_at_random(
    scenario: Scenario,
    sides: Sequence[str],
    seed: int = 1,
    *,
    days: int | None = None,
    acting: float = 0.4,
    answering: float = 0.9,
) -> Game:
    """Play a game to its end, or for some days; on each a side takes one act with some probability."""
    game, chance = Game(scenario, seed, 0, sides), random.Random(seed)
    while not game.is_over and (days is None or game.day <= scenario.horizon_day + days):
        game.play({side: _moves(game, side, chance, acting, answering) for side in game.asked})
    return game


def _moves(game: Game, side: str, chance: random.Random, acting: float, answering: float) -> list[Option]:
    options = game.options(side)
    acts = [one for one in options if one.target and not one.answers and one.act != "nuclear_use"]
    answers = [one for one in options if one.answers and one.act == "consent"]
    taken = [chance.choice(acts)] if acts and chance.random() < acting else []
    return taken + (answers[:1] if chance.random() < answering else [])
