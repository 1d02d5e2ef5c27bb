"""`escalation play`: take a side in a crisis, in the terminal."""

from __future__ import annotations

import argparse
import os
import sys
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from escalation.cli.arguments import INTERRUPTED, BadInputError, print_lines, whole, writable_file
from escalation.crisis import wording
from escalation.files.write import write_file

if TYPE_CHECKING:
    from escalation.crisis.game import Game, Option
    from escalation.crisis.story import Event
    from escalation.scenario.scenario import Scenario


WIDTH = 80
WAIT: Final = "wait"


def add_play(parser: argparse.ArgumentParser) -> None:
    """Say which arguments `play` takes."""
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario file, or the name of a shipped one")
    parser.add_argument(
        "--as", required=True, metavar="SIDE", dest="side", help="the state or mediator that you play"
    )
    parser.add_argument(
        "--seed", type=whole(2**64), metavar="N", help="0 to 2^64-1; drawn and printed where not given"
    )
    parser.add_argument(
        "--replication", type=whole(2**32), default=0, metavar="K",
        help="which of the seed's crises (default 0)",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where the game is saved (default SCENARIO_as_SIDE.yaml)"
    )


def play(options: argparse.Namespace) -> int:
    """Play a side day by day, save the game, and debrief it."""
    from escalation.scenario.load import load_scenario

    scenario = load_scenario(options.scenario)
    _check(scenario, options.side)
    out = options.out or Path(f"{scenario.name}_as_{options.side}.yaml")
    writable_file(out)

    from escalation.crisis.game import Game
    from escalation.crisis.menu import MOST_HELD
    from escalation.crisis.play import rules_are_compiled

    if not rules_are_compiled():
        print("Compiling the rules: once on this machine, about 20 seconds.", file=sys.stderr)
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    game = Game(scenario, seed, options.replication, [options.side])
    _say(wording.GAME_START.format(title=scenario.title, side=scenario.label(options.side), seed=seed,
                                 replication=options.replication))  # fmt: skip
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
        raise BadInputError(f"--as {side}: {scenario.name} has no such side; one of {', '.join(actors)}")
    if not scenario.free_days:
        raise BadInputError(f"{scenario.name} has free_days 0, so there is no day to play; give 1 or more")


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
    """Show where things stand, and return what the night brought."""
    from escalation.crisis.menu import event_lines, standing_words, this_morning
    from escalation.crisis.words import day_words

    morning = this_morning(game)
    left = game.scenario.last_day - game.day
    print()
    _say(wording.MORNING.format(
        date=day_words(morning.date), day=game.day, side=game.scenario.label(side), left=left
    ))  # fmt: skip
    print_lines(event_lines(list(morning.events), WIDTH))
    _say(standing_words(game.scenario, morning))
    for line in (*morning.measures, *morning.ceasefires, *morning.mediation):
        _say(line)
    return morning.events


def _show_passed(game: Game, since: int, seen: tuple[Event, ...]) -> None:
    """Show how the days from one on went, beside what their first morning told; quiet days in one line."""
    from escalation.crisis.menu import event_lines, span_words, stretches

    print()
    if game.day - since > 1:
        print(f"{wording.DAYS_PASSED.format(days=game.day - since)}.")
    for stretch in stretches(game, since, game.day, seen):
        if stretch.events:
            print(wording.DAY_WENT.format(date=span_words(stretch)))
            print_lines(event_lines(list(stretch.events), WIDTH))
        else:
            print(wording.QUIET_STRETCH.format(span=span_words(stretch)))


def _show_menu(game: Game, side: str, describes: bool) -> None:
    from escalation.crisis.menu import menu

    for group in menu(game, side):
        print(f"{group.heading}:")
        for item in group.items:
            text = f"{item.option.number:>3}  {item.says} [rung {item.rung}]"
            if describes:
                text += f". {item.description}"
            print_lines(
                textwrap.wrap(
                    text, WIDTH, initial_indent=" ", subsequent_indent="      ", break_on_hyphens=False
                )
            )


def _asked(game: Game, side: str) -> list[Option] | Literal["wait"] | None:
    """Return what is to be done today, or to hold on, None to end the game."""
    from escalation.crisis.game import IllegalMoveError
    from escalation.crisis.menu import advice, chosen

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
                print(f"  {probability:6.1%}  {says}")
        elif text == "acts":
            _show_menu(game, side, describes=True)
        else:
            try:
                return chosen(game, side, text)
            except IllegalMoveError as error:
                _say(wording.REFUSED.format(reason=error))


def _save(game: Game, out: Path) -> None:
    from escalation.crisis.menu import saved_game

    write_file(out, saved_game(game))
    luck = f"{out} --seed {game.seed} --replication {game.replication}"
    print()
    print(f"Saved to {out}")
    print(f"The same crisis again: escalation run {luck}")
    if not game.is_over:
        print(f"To play on from there: escalation play {luck} --as {game.sides[0]}")


def _debrief(game: Game) -> None:
    from escalation.crisis.debrief import debrief, debrief_words

    for heading, lines in debrief_words(debrief(game)):
        print()
        print(heading)
        for line in lines:
            print_lines(_wrapped(line, "  "))


def _say(text: str) -> None:
    print_lines(_wrapped(text))


def _wrapped(text: str, indent: str = "") -> Iterable[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}  " if indent else "",
        break_on_hyphens=False,
    )
