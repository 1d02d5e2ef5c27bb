"""The command line: parse, call one function, print.

Bad input ends with exit code 2 and one line a fault on standard error; `--debug` shows the traceback.
Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import sys
import tempfile
import textwrap
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import escalation

BAD_INPUT = 2
INTERRUPTED = 130


class BadInputError(Exception):
    """Something that the user gave is wrong; the text is the line that says what and what is allowed."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        print(f"{self.prog}: {message}; see `{self.prog} --help`", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    debug = "--debug" in given
    with _noted_interrupts() as interrupts:
        try:
            options = _parser().parse_args(given)
            command: Callable[[argparse.Namespace], int] = options.command
            code = command(options)
            if sys.stdout is not None:
                sys.stdout.flush()
            return code
        except KeyboardInterrupt:
            return _interrupted(debug)
        except BrokenPipeError:
            # The reader of a pipe has left (`| head`): no error of ours, and nothing more to say.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 0
        except Exception as error:
            if interrupts:
                return _interrupted(debug)
            if debug:
                raise
            for line in _lines_of(error):
                print(line, file=sys.stderr)
            return BAD_INPUT


def _interrupted(debug: bool) -> int:
    if debug:
        traceback.print_exc()
    print("interrupted; files already written are complete", file=sys.stderr)
    return INTERRUPTED


@contextmanager
def _noted_interrupts() -> Iterator[list[int]]:
    """Note each Ctrl-C in a list: one that falls while rules compile surfaces as some other error."""
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return

    def interrupt(number: int, frame: object) -> NoReturn:
        noted.append(number)
        raise KeyboardInterrupt

    def quiet(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(unraisable)

    handler, hook = signal.signal(signal.SIGINT, interrupt), sys.unraisablehook
    sys.unraisablehook = quiet
    try:
        yield noted
    finally:
        signal.signal(signal.SIGINT, handler)
        sys.unraisablehook = hook


def _lines_of(error: Exception) -> list[str]:
    """Return what to tell the user of an error; an unforeseen one is named with its kind."""
    from escalation.scenario.load import ScenarioError

    if isinstance(error, ScenarioError):
        return [str(problem) for problem in error.problems]
    if isinstance(error, BadInputError):
        return [f"escalation: {error}"]
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        return [f"escalation: {error.filename or 'standard output'}: {reason}"]
    return [f"escalation: unexpected {type(error).__name__}: {error}; run with --debug for the traceback"]


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="escalation",
        description="Simulate how a crisis between states climbs, or comes down, an escalation ladder.",
    )
    parser.add_argument("--version", action="version", version=f"escalation {escalation.__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    common = _Parser(add_help=False)
    common.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback of an error"
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True, parser_class=_Parser)

    def add(name: str, does: str, command: Callable[[argparse.Namespace], int]) -> argparse.ArgumentParser:
        added = commands.add_parser(name, help=does, description=does, parents=[common])
        added.set_defaults(command=command)
        return added

    _add_run(add("run", "Play one crisis and tell its story.", run))
    validate_ = add("validate", "Check scenario, ladder and weights files.", validate)
    validate_.add_argument(
        "files", nargs="+", metavar="FILE", help="a file, or the name of a shipped scenario"
    )
    ladder_ = add("ladder", "Print a ladder, top rung first.", ladder)
    ladder_.add_argument(
        "file", nargs="?", default="south_asia", metavar="FILE", help="a ladder file or shipped name"
    )
    schema_ = add("schema", "Print the JSON Schema of a file format.", schema)
    schema_.add_argument("kind", nargs="?", default="scenario", choices=("scenario", "ladder", "weights"))
    add("parameters", "List every number of the model: range, default, unit, source.", parameters)
    add("scenarios", "List the shipped scenarios.", scenarios)
    return parser


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", metavar="SCENARIO", help="a scenario file, or the name of a shipped one")
    parser.add_argument(
        "--seed", type=_whole(2**64), metavar="N", help="0 to 2^64-1; drawn and printed where not given"
    )
    parser.add_argument(
        "--replication",
        type=_whole(2**32),
        default=0,
        metavar="K",
        help="which of the seed's crises (default 0)",
    )
    parser.add_argument(
        "--days", type=_whole(3_651), metavar="N", help="days to simulate after the horizon, to 3650"
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.PATH=VALUE", dest="overrides",
        help="replace a value of the scenario, such as mediators.russia.style=manipulation; repeatable",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=_folder, default=Path("results"), metavar="DIR", help="where to write (default results)"
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--quiet", action="store_true", help="print the outcome only")
    form.add_argument("--json", action="store_true", help="print the result as JSON")


def _whole(limit: int) -> Callable[[str], int]:
    def whole(text: str) -> int:
        plain = text.isascii() and text.isdigit() and len(text) <= 20
        number = int(text) if plain else -1
        if not 0 <= number < limit:
            raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 to {limit - 1}")
        return number

    return whole


def _folder(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; give a folder")
    return Path(text)


def run(options: argparse.Namespace) -> int:
    """Play one crisis, tell its story, write its tables and its picture."""
    from escalation.scenario.load import load_scenario

    # A single crisis makes little garbage; collecting it costs a sixth of the run.
    gc.set_threshold(200_000)
    overrides = list(options.overrides)
    if options.days is not None:
        if any(override.startswith("free_days=") for override in overrides):
            raise BadInputError("--days and --set free_days say the same; give one of them")
        overrides.append(f"free_days={options.days}")
    scenario = load_scenario(options.scenario, overrides)
    _check_writable(options.out)

    from escalation.analysis.report import result_tree, run_folder, write_run
    from escalation.analysis.story import heading, tell
    from escalation.analysis.words import CAVEAT, result_words
    from escalation.engine.play import play, rules_are_compiled

    if not rules_are_compiled():
        print("Compiling the rules: once on this machine, about half a minute.", file=sys.stderr)
    seed = options.seed if options.seed is not None else int.from_bytes(os.urandom(4), "little")
    played = play(scenario, seed, options.replication)
    if not options.quiet and not options.json:
        _print_lines(tell(played))
    folder = run_folder(options.out, played)
    write_run(played, folder)

    from escalation.figures.style import save
    from escalation.figures.timeline import plot_timeline

    save(plot_timeline(played), folder / "timeline.png")
    if options.json:
        import json

        tree: dict[str, Any] = {"scenario": scenario.name, "seed": seed, "replication": options.replication}
        tree |= result_tree(played) | {"folder": str(folder), "caveat": CAVEAT}
        print(json.dumps(tree, indent=2))
    elif options.quiet:
        _print_lines(heading(played))
        _print_lines(result_words(played)[:1])
        _print_lines(textwrap.wrap(CAVEAT, 80))
    if not options.json:
        print(f"Written to {folder}")
    return 0


def _check_writable(folder: Path) -> None:
    """Find out before the work, not after it, that its results could not be kept."""
    if folder.is_file():
        raise BadInputError(f"--out {folder} is a file; give a folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BadInputError(f"--out {folder}: {reason}; give a folder that can be written") from error


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)


def validate(options: argparse.Namespace) -> int:
    """Check files, each as what it is; print what each holds, or all that is wrong with it."""
    from escalation.scenario.load import ScenarioError, load_any

    code = 0
    for name in options.files:
        try:
            print(f"{name}: {load_any(name)}")
        except ScenarioError as error:
            if options.debug:
                raise
            code = BAD_INPUT
            sys.stdout.flush()
            for problem in error.problems:
                print(problem, file=sys.stderr)
    return code


def ladder(options: argparse.Namespace) -> int:
    """Print a ladder, top rung first."""
    from escalation.scenario.describe import ladder_lines
    from escalation.scenario.load import load_ladder

    _print_lines(ladder_lines(load_ladder(options.file)))
    return 0


def schema(options: argparse.Namespace) -> int:
    """Print the JSON Schema of a file format."""
    from escalation.scenario.schema import schema_text

    print(schema_text(options.kind), end="")
    return 0


def parameters(options: argparse.Namespace) -> int:
    """Print every number of the model."""
    from escalation.scenario.describe import parameter_lines

    _print_lines(parameter_lines())
    return 0


def scenarios(options: argparse.Namespace) -> int:
    """Print the shipped scenarios."""
    from escalation.scenario.load import load_scenario, shipped_scenarios

    for name in shipped_scenarios():
        print(f"{name}: {load_scenario(name).title}")
    return 0
