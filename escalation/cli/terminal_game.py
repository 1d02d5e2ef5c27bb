"""`escalation play`: play a side in a crisis, in the terminal."""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from escalation.cli.arguments import INTERRUPTED, BadInputError, print_lines, say_compiling, writable_file
from escalation.cli.one_crisis import add_crisis, seed_of
from escalation.files.write import write_file

if TYPE_CHECKING:
    from escalation.crisis.game import Game, Option
    from escalation.crisis.story import Event
    from escalation.scenario.scenario import Scenario


WIDTH = 80
WAIT: Final = "wait"


def add_play(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `play`."""
    add_crisis(parser)
    parser.add_argument(
        "--as", required=True, metavar="SIDE", dest="side", help="the state or mediator that you play"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where to save the game (default SCENARIO_as_SIDE.yaml)"
    )


def play(options: argparse.Namespace) -> int:
    """Play a side day by day, save the game, and debrief it."""
    from escalation.scenario.load import load_scenario

    scenario = load_scenario(options.scenario)
    _check(scenario, options.side)
    out = options.out or Path(f"{scenario.name}_as_{options.side}.yaml")
    writable_file(out)

    from escalation.crisis import wording
    from escalation.crisis.game import Game
    from escalation.crisis.menu import MOST_HELD

    say_compiling(one_crisis=True)
    seed = seed_of(options)
    game = Game(scenario, seed, options.replication, [options.side])
    _say(
        wording.GAME_START.format(
            title=scenario.title,
            side=scenario.label(options.side),
            seed=seed,
            replication=options.replication,
        )
    )
    _say(scenario.summary)
    _say(wording.GAME_KEYS.format(most=game.most_acts(options.side), held=MOST_HELD))
    _say(wording.CAVEAT)
    code = 0
    try:
        _days(game, options.side)
    except KeyboardInterrupt:
        code = INTERRUPTED
    _save(game, out)
    if game.is_over:
        _debrief(game)
    return code


def _check(scenario: Scenario, side: str) -> None:
    actors = [*scenario.states, *scenario.mediators]
    if side not in actors:
        raise BadInputError(f"--as {side}: {scenario.name} has no such side; allowed: {', '.join(actors)}")
    if not scenario.free_days:
        raise BadInputError(f"{scenario.name} has free_days 0, which leaves no day to play; give 1 or more")


def _days(game: Game, side: str) -> None:
    """Ask for a move on every day, until the end, `quit` or the end of the input."""
    from escalation.crisis.menu import hold_on

    is_first = True
    while not game.is_over:
        seen = _show_morning(game, side)
        _show_menu(game, side, describes=is_first)
        is_first = False
        move, since = _asked(game, side), game.day
        if move is None:
            return
        if move == WAIT:
            hold_on(game, side)
        else:
            game.play({side: move})
        _show_passed(game, since, seen)


def _show_morning(game: Game, side: str) -> tuple[Event, ...]:
    """Show the state of affairs this morning, and return the events of the night."""
    from escalation.crisis.menu import event_lines, morning_words, standing_words, this_morning

    morning = this_morning(game)
    print()
    _say(morning_words(game.scenario, side, game.day))
    print_lines(event_lines(morning.events, WIDTH))
    _say(standing_words(game.scenario, morning))
    for line in (*morning.measures, *morning.ceasefires, *morning.mediation):
        _say(line)
    return morning.events


def _show_passed(game: Game, since: int, seen: tuple[Event, ...]) -> None:
    """Show the days from one on, without the events of its morning; quiet stretches in one line."""
    from escalation.crisis.menu import event_lines, passed_words, stretch_words, stretches

    passed = stretches(game, since, game.day, seen)
    print()
    if game.day - since > 1:
        print(f"{passed_words(passed)}.")
    for stretch in passed:
        print(stretch_words(stretch))
        print_lines(event_lines(stretch.events, WIDTH))


def _show_menu(game: Game, side: str, describes: bool) -> None:
    from escalation.crisis.menu import menu

    for group in menu(game, side):
        print(f"{group.heading}:")
        for item in group.items:
            text = f"{item.option.number:>3}  {item.says}"
            if describes:
                text += f". {item.description}"
            print_lines(_wrapped(text, " ", "      "))


def _asked(game: Game, side: str) -> list[Option] | Literal["wait"] | None:
    """Return today's move, `WAIT` to hold until something happens, None to end the game."""
    from escalation.crisis import wording
    from escalation.crisis.game import IllegalMoveError
    from escalation.crisis.menu import advice, chosen
    from escalation.crisis.words import chance

    while True:
        try:
            text = input(wording.PROMPT.format(most=game.most_acts(side))).strip().lower()
        except EOFError:
            print()
            return None
        if not sys.stdin.isatty():
            print()
        if text == "quit":
            return None
        if text == WAIT:
            return WAIT
        if text == "rest":
            game.let_go()
            return None
        if text == "advise":
            _say(wording.ADVICE)
            for says, probability in advice(game, side):
                print(f"  {chance(probability):>6}  {says}")
        elif text == "acts":
            _show_menu(game, side, describes=True)
        else:
            try:
                return chosen(game, side, text)
            except IllegalMoveError as error:
                _say(wording.NOT_ALLOWED.format(reason=error))


def _save(game: Game, out: Path) -> None:
    from escalation.crisis import wording
    from escalation.crisis.menu import saved_game

    write_file(out, saved_game(game))
    crisis = f"{out} --seed {game.seed} --replication {game.replication}"
    print()
    print(wording.GAME_SAVED.format(file=out))
    print(wording.GAME_AGAIN.format(crisis=crisis))
    if not game.is_over:
        print(wording.GAME_ON.format(crisis=crisis, side=game.sides[0]))


def _debrief(game: Game) -> None:
    from escalation.crisis.debrief import debrief, debrief_words

    for heading, lines in debrief_words(debrief(game)):
        print()
        print(heading)
        for line in lines:
            print_lines(_wrapped(line, "  ", "    "))


def _say(text: str) -> None:
    print_lines(_wrapped(text))


def _wrapped(text: str, first: str = "", rest: str = "") -> Iterable[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
