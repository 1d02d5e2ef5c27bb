"""`escalation play`: play a side in a crisis, in the terminal."""

from __future__ import annotations

import argparse
import io
import itertools
import shlex
import sys
import textwrap
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from escalation.cli.arguments import (
    BadInputError,
    add_out_file,
    new_file,
    print_lines,
    print_notes,
    say_compiling,
)
from escalation.cli.one_crisis import add_crisis
from escalation.files.write import write_file
from escalation.language import date_words

if TYPE_CHECKING:
    from escalation.crisis.game import Game, Option
    from escalation.crisis.story import Event
    from escalation.scenario.scenario import Scenario


WIDTH = 80
Command = Literal["wait", "rest", "advise", "acts", "quit", "help"]
COMMANDS: Final[dict[str, Command]] = {
    "wait": "wait", "rest": "rest", "advise": "advise", "acts": "acts", "quit": "quit", "help": "help",
    "?": "help",
}  # fmt: skip


def add_play(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of `play`."""
    add_crisis(parser)
    parser.add_argument(
        "--as", required=True, metavar="SIDE", dest="side", help="the state or mediator that you play"
    )
    add_out_file(parser, "SCENARIO_as_SIDE.yaml, with a number if that exists")
    parser.add_argument(
        "--log", type=Path, metavar="FOLDER",
        help="when the game is over, write it to a case file here, for `backtest` and `calibrate`",
    )  # fmt: skip


def play(options: argparse.Namespace) -> int:
    """Play a side day by day, save the game after each day, and debrief it."""
    from escalation.scenario.load import load_scenario

    if sys.stdin is not None and isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="backslashreplace")  # any byte may be typed
    scenario = load_scenario(options.scenario)
    _check(scenario, options.side)

    from escalation.crisis import wording
    from escalation.crisis.game import Game
    from escalation.crisis.menu import PLAYED_NAME

    default = Path(f"{scenario.name.removesuffix(PLAYED_NAME)}_as_{options.side}.yaml")
    out = options.out or (default if options.force else _unused(default))
    new_file(out, options.force)
    if options.log is not None and options.log.exists() and not options.log.is_dir():
        raise BadInputError(f"--log {options.log}: this is a file; give a folder")
    game = Game(scenario, options.seed, options.replication, [options.side])
    save = _Save(game, out, options.force)
    _say(
        wording.GAME_START.format(
            title=scenario.title,
            side=scenario.label(options.side),
            seed=game.seed,
            replication=game.replication,
        )
    )
    _say(scenario.summary)
    _help(game)
    print_lines([wording.GAME_SAVES.format(file=out)])
    _say(wording.CAVEAT)
    try:
        _days(game, options.side, save)
    except KeyboardInterrupt:
        save.tell()
        raise
    save.tell()
    if game.is_over:
        if options.log is not None:
            _log(game, options.log)
        _debrief(game)
    return 0


def _log(game: Game, folder: Path) -> None:
    from escalation.crisis import wording
    from escalation.crisis.game_case import NothingPlayedError, write_game_case

    try:
        print(wording.GAME_LOGGED.format(file=write_game_case(game, folder)))
    except NothingPlayedError:
        return
    except OSError as error:
        raise BadInputError(f"--log {folder}: {(error.strerror or str(error)).lower()}") from None


def _unused(path: Path) -> Path:
    """Return a path, with a number if it is taken."""
    numbered = (path.with_stem(f"{path.stem}_{number}") for number in itertools.count(2))
    return next(one for one in itertools.chain([path], numbered) if not one.exists())


class _Save:
    """The file of a game, written whole after every day: whatever ends the game, the days played are kept."""

    def __init__(self, game: Game, out: Path, may_replace: bool) -> None:
        self._game, self._out, self._may_replace = game, out, may_replace
        self._day: int | None = None
        """The day up to which the file holds the game."""
        self._problem = ""

    def __call__(self) -> None:
        """Save the game; a failure is reported, and the next day saves all days before it too."""
        self._write()
        if self._problem:
            print_notes([self._problem])

    def _write(self) -> None:
        from escalation.crisis import wording
        from escalation.crisis.menu import saved_game

        try:
            self._out.parent.mkdir(parents=True, exist_ok=True)
            if not self._may_replace:
                self._out = _unused(self._out)  # another game may have taken the name since
            write_file(self._out, saved_game(self._game))
        except OSError as error:
            kept = wording.KEPT_NOTHING
            if self._day is not None:
                kept = wording.KEPT_UNTIL.format(date=date_words(self._game.scenario.date_of(self._day)))
            reason = (error.strerror or str(error)).lower()
            self._problem = wording.NOT_SAVED.format(file=self._out, reason=reason, kept=kept)
        else:
            self._day, self._may_replace, self._problem = self._game.day - 1, True, ""

    def tell(self) -> None:
        """Say what is kept, and the commands that replay it and play on.

        Raises
        ------
        BadInputError
            If the last days could not be saved.
        """
        from escalation.crisis import wording
        from escalation.scenario.dump import scenario_hash

        game = self._game
        print()
        if self._problem:
            self._write()
        if self._day is None and not self._problem:
            print(wording.NOTHING_SAVED)
        if self._day is not None:
            crisis = f"{shlex.quote(str(self._out))} --seed {game.seed} --replication {game.replication}"
            mark = scenario_hash(game.scenario)[:6]  # another game in this file has a folder of its own
            results = shlex.quote(str(Path("results") / f"{self._out.stem}_{mark}"))
            print(wording.GAME_SAVED.format(file=self._out))
            print(wording.GAME_AGAIN.format(crisis=crisis, results=results))
            if not game.is_over:
                print(wording.GAME_ON.format(crisis=crisis, side=game.sides[0]))
        if self._problem:
            raise BadInputError(self._problem)


def _check(scenario: Scenario, side: str) -> None:
    actors = [*scenario.states, *scenario.mediators]
    if side not in actors:
        raise BadInputError(f"--as {side}: {scenario.name} has no such side; allowed: {', '.join(actors)}")
    if not scenario.free_days:
        raise BadInputError(f"{scenario.name} has free_days 0, which leaves no day to play; give 1 or more")


def _days(game: Game, side: str, save: Callable[[], None]) -> None:
    """Ask for a move on every day, until the end, `quit` or the end of the input."""
    from escalation.crisis.menu import hold_on

    is_first = True
    while not game.is_over:
        seen = _show_morning(game, side)
        _show_menu(game, side, describes=is_first)
        is_first = False
        move, since = _asked(game, side), game.day
        if move == "quit":
            return
        if move == "rest":
            game.let_go()
            save()
            return
        if move == "wait":
            hold_on(game, side, save)
        else:
            game.play({side: move})
            save()
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


def _asked(game: Game, side: str) -> list[Option] | Literal["wait", "rest", "quit"]:
    """Return today's move, or the command that plays on or ends the game; the end of the input is `quit`."""
    from escalation.crisis import wording
    from escalation.crisis.game import IllegalMoveError
    from escalation.crisis.menu import chosen

    if sys.stdin is None:
        return "quit"
    while True:
        try:
            text = input(wording.PROMPT.format(most=game.most_acts(side)))
        except EOFError:
            print()
            return "quit"
        if not sys.stdin.isatty():
            print()
        try:
            command = _command(game, side, text)
            if command is None:
                return chosen(game, side, text)
        except IllegalMoveError as error:
            _say(wording.NOT_ALLOWED.format(reason=error))
            continue
        if command in ("wait", "rest", "quit"):
            return command
        if command == "help":
            _help(game)
        elif command == "acts":
            _show_menu(game, side, describes=True)
        else:
            _advise(game, side)


def _command(game: Game, side: str, text: str) -> Command | None:
    """Return the command that a text means, also if it is shortened; None if it means no command."""
    from escalation.crisis.menu import ambiguous, named

    word = text.strip().lower()
    if word in COMMANDS:
        return COMMANDS[word]
    commands = [name for name in COMMANDS if word and name.startswith(word)]
    acts = named(game, side, word) if commands else []
    if len(commands) + len(acts) > 1:
        raise ambiguous(game, word, commands, acts)
    return COMMANDS[commands[0]] if commands else None


def _help(game: Game) -> None:
    from escalation.crisis import wording
    from escalation.crisis.menu import MOST_HELD

    _say(wording.GAME_KEYS.format(most=game.most_acts(game.sides[0]), held=MOST_HELD))


def _advise(game: Game, side: str) -> None:
    from escalation.crisis import wording
    from escalation.crisis.menu import advice
    from escalation.crisis.words import chance

    _say(wording.ADVICE)
    for says, probability in advice(game, side):
        print(f"  {chance(probability):>6}  {says}")


def _debrief(game: Game) -> None:
    from escalation.crisis.debrief import debrief, debrief_words

    say_compiling()
    for heading, lines in debrief_words(debrief(game)):
        print()
        print(heading)
        for line in lines:
            print_lines(_wrapped(line, "  ", "    "))


def _say(text: str) -> None:
    print_lines(_wrapped(text))


def _wrapped(text: str, first: str = "", rest: str = "") -> Iterable[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)
