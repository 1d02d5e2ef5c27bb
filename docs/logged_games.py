"""Keeps what classroom.md shows of logged games current: `python docs/logged_games.py`; `--check` compares.

The games are played by a script that moves at random, in place of a class.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent))

from generate import is_current, write

from escalation.crisis.game import Game, Option
from escalation.crisis.game_case import write_game_case
from escalation.history.cases import CALIBRATE, HISTORY, load_cases
from escalation.history.conduct import conduct
from escalation.scenario.load import load_scenario
from escalation.scenario.scenario import Scenario

PAGE = Path(__file__).resolve().parent / "classroom.md"
BLOCK = re.compile(r"(<!-- output: logged_games -->\n```text\n).*?(```\n)", re.S)
GAMES = 3
SIDES = ("india", "pakistan")
ACTING, ANSWERING = 0.3, 0.8
"""Probabilities that a side acts on a day, and that it answers an offer."""


def shown() -> str:
    """Play the games, log them, read the log, and return the comparison with recorded crises."""
    scenario = load_scenario("pahalgam_2025", ["free_days=20"])
    with TemporaryDirectory() as folder:
        files = [write_game_case(_played(scenario, seed), Path(folder)) for seed in range(1, GAMES + 1)]
        games = load_cases(files)
    lines = conduct(games, load_cases([HISTORY], CALIBRATE)).lines()
    return "".join(f"{line}\n" for line in lines)


def _played(scenario: Scenario, seed: int) -> Game:
    game, chance = Game(scenario, seed, 0, SIDES), random.Random(seed)
    while not game.is_over:
        game.play({side: _moves(game, side, chance) for side in game.asked})
    return game


def _moves(game: Game, side: str, chance: random.Random) -> list[Option]:
    ladder, options = game.scenario.ladder, game.options(side)
    highest = 7 if chance.random() < 0.2 else 4
    acts = [one for one in options if one.target and not one.answers and ladder.acts[one.act].rung <= highest]
    answers = [one for one in options if one.answers]
    taken = [chance.choice(acts)] if acts and chance.random() < ACTING else []
    return taken + ([chance.choice(answers)] if answers and chance.random() < ANSWERING else [])


def main() -> int:
    """Write or check the block; return the exit code."""
    parser = argparse.ArgumentParser(description="Put what logged games show into docs/classroom.md.")
    parser.add_argument("--check", action="store_true", help="only compare; exit code 1 if it is stale")
    options = parser.parse_args()
    output = shown()
    before = PAGE.read_text(encoding="utf-8")
    text = BLOCK.sub(lambda match: f"{match[1]}{output}{match[2]}", before)
    if text == before and output not in text:
        raise ValueError("docs/classroom.md has no block for logged games")
    if is_current(PAGE, text):
        return 0
    if options.check:
        print("docs/classroom.md is stale: run `python docs/logged_games.py`", file=sys.stderr)
        return 1
    write(PAGE, text)
    print("wrote docs/classroom.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
