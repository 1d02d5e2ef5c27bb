"""`escalation app`: the classroom in the browser; `escalation export-html`: a page in one file."""

from __future__ import annotations

import argparse
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from escalation.cli.arguments import BadInputError, say_compiling, whole, writable_file

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
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="the file to write")
    parser.add_argument(
        "--seed", type=whole(2**64), default=2025, metavar="N", help="0 to 2^64-1 (default 2025)"
    )
    parser.add_argument(
        "--crises",
        type=whole(100_001, 1),
        default=2_000,
        metavar="N",
        help="crises per setting (default 2000)",
    )


def app(options: argparse.Namespace) -> int:
    """Open the classroom in the browser."""
    from escalation.scenario.load import load_scenario

    _require_nicegui()
    scenario = load_scenario(options.scenario)

    from escalation.classroom import texts
    from escalation.classroom.controls import Workspace
    from escalation.classroom.server import opening_words, refusal_of_port, serve

    reason = refusal_of_port(options.host, options.port)
    if reason is not None:
        raise BadInputError(texts.PORT_TAKEN.format(port=options.port, host=options.host, reason=reason))

    from escalation.classroom.workers import warm_up

    say_compiling()
    warm_up(scenario)
    for line in opening_words(options.host, options.port):
        print(line, flush=True)
    with suppress(KeyboardInterrupt):  # how one leaves
        serve(Workspace(scenario, options.scenario), options.host, options.port, not options.no_browser)
    return 0


def export_html(options: argparse.Namespace) -> int:
    """Write a page in one file that needs neither network nor server."""
    from escalation.scenario.load import load_scenario

    _require_nicegui()
    scenario = load_scenario(options.scenario)

    from escalation.classroom.controls import Workspace
    from escalation.classroom.export_html import write_page

    writable_file(options.out)
    cells = write_page(Workspace(scenario, options.scenario), options.out, options.seed, options.crises)
    print(f"Written to {options.out}: {cells} settings of {options.crises:,} crises each")
    return 0


def _require_nicegui() -> None:
    if find_spec("nicegui") is None:
        raise BadInputError(NO_EXTRA)
