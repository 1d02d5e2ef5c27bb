"""`escalation app`: the classroom in the browser; `escalation export-html`: a page in one file."""

from __future__ import annotations

import argparse
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from escalation.cli.arguments import (
    BadInputError,
    add_out_file,
    add_replications,
    add_seed,
    new_file,
    say_compiling,
    whole,
)
from escalation.language import ENGLISH, languages, say

SCENARIO = "pahalgam_2025"
NO_EXTRA = "this command needs NiceGUI; install it with: pip install 'escalation[classroom]'"


def add_app(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `app`."""
    parser.add_argument(
        "scenario",
        nargs="?",
        default=SCENARIO,
        metavar="SCENARIO",
        help=f"a scenario file, or the name of a shipped one (default {SCENARIO})",
    )
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1: this machine only)"
    )
    parser.add_argument(
        "--port", type=whole(65_536, 1), default=8080, metavar="N", help="port to listen on (default 8080)"
    )
    _add_lesson(parser, "question, controls, presets, role sheets")
    parser.add_argument(
        "--games", type=Path, metavar="FOLDER",
        help="where games are kept for a server that is started again (default: the user's data folder)",
    )  # fmt: skip
    parser.add_argument(
        "--log", type=Path, metavar="FOLDER",
        help="with your consent: write the moves of each game that is over to a case file here, without "
        "names, addresses and times; the page tells players (default: no log)",
    )  # fmt: skip
    parser.add_argument(
        "--language", choices=languages(), default=ENGLISH,
        help="language that pages open in; each visitor can choose another (default en)",
    )  # fmt: skip
    parser.add_argument("--no-browser", action="store_true", help="do not open the browser")


def add_export(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export-html`."""
    parser.add_argument(
        "scenario",
        nargs="?",
        default=SCENARIO,
        metavar="SCENARIO",
        help=f"a scenario file, or the name of a shipped one (default {SCENARIO})",
    )
    _add_lesson(parser, "question, controls, presets")
    add_out_file(parser, "", is_required=True)
    add_seed(parser, "the crises")
    add_replications(parser, 2_000, "simulated crises per setting", 100_000)


def _add_lesson(parser: argparse.ArgumentParser, holds: str) -> None:
    parser.add_argument(
        "--lesson", metavar="FILE", help=f"a lesson file: {holds} (default: the shipped one, if any)"
    )


def app(options: argparse.Namespace) -> int:
    """Open the classroom in the browser."""
    from escalation.scenario.load import load_scenario

    _require_nicegui()
    games = options.games or _folder_of_games()
    for option, folder in (("--games", games), ("--log", options.log)):
        if folder is not None and folder.exists() and not folder.is_dir():
            raise BadInputError(f"{option} {folder}: this is a file; give a folder")
    scenario = load_scenario(options.scenario)

    from escalation.classroom import game_texts
    from escalation.classroom.controls import Workspace
    from escalation.classroom.lesson import load_lesson
    from escalation.classroom.saved_games import GameFolder
    from escalation.classroom.server import board_words, opening_words, serve
    from escalation.classroom.session import Library
    from escalation.classroom.workers import warm_up

    workspace = Workspace(scenario, options.scenario)
    lesson = None if options.lesson is None else load_lesson(options.lesson, workspace)
    _require_port(options.host, options.port)
    say_compiling()
    warm_up(scenario)
    _require_port(options.host, options.port)  # another program may have taken it meanwhile
    secret = GameFolder(games).board_secret()
    for line in (
        say(game_texts.GAMES_KEPT, folder=games),
        board_words(options.host, options.port, secret),
        *opening_words(options.host, options.port),
    ):
        print(line, flush=True)
    if options.log is not None:
        print(say(game_texts.MOVES_ARE_LOGGED, folder=options.log), flush=True)
    with suppress(KeyboardInterrupt):  # how one leaves
        library, show = Library(workspace, lesson, options.language), not options.no_browser
        serve(library, options.host, options.port, show, games, secret, options.log)
    return 0


def _folder_of_games() -> Path:
    import platformdirs

    return Path(platformdirs.user_data_dir("escalation", appauthor=False)) / "games"


def export_html(options: argparse.Namespace) -> int:
    """Write a page in one file that needs neither network nor server."""
    from escalation.scenario.load import load_scenario

    _require_nicegui()
    new_file(options.out, options.force)
    scenario = load_scenario(options.scenario)

    from escalation.classroom.controls import Workspace
    from escalation.classroom.export_html import write_page
    from escalation.classroom.lesson import load_lesson

    workspace = Workspace(scenario, options.scenario)
    lesson = None if options.lesson is None else load_lesson(options.lesson, workspace)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    cells = write_page(workspace, options.out, options.seed, options.replications, lesson)
    each = f"{options.replications:,} crises each, seed {options.seed}"
    size = f"{options.out.stat().st_size / 1e6:.1f} MB, languages: {', '.join(languages())}"
    print(f"Written to {options.out}: {cells} settings of {each}; {size}")
    return 0


def _require_port(host: str, port: int) -> None:
    from escalation.classroom import texts
    from escalation.classroom.server import refusal_of_port

    reason = refusal_of_port(host, port)
    if reason is not None:
        raise BadInputError(texts.PORT_TAKEN.format(port=port, host=host, reason=reason))


def _require_nicegui() -> None:
    if find_spec("nicegui") is None:
        raise BadInputError(NO_EXTRA)
