"""The parser of the command line, and how a command ends.

Bad input ends with exit code 2 and one line per error on standard error; `--debug` shows the traceback.
Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import _thread
import argparse
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import NoReturn

import escalation
from escalation.cli import evidence, inputs, many_crises, one_crisis, teach, terminal_game
from escalation.cli.arguments import BAD_INPUT, INTERRUPTED, BadInputError


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
        except KeyboardInterrupt as interrupt:
            return _interrupted(debug, str(interrupt))
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


def _interrupted(debug: bool, kept: str = "") -> int:
    if debug:
        traceback.print_exc()
    print(f"interrupted; {kept or 'files already written are complete'}", file=sys.stderr)
    return INTERRUPTED


@contextmanager
def _noted_interrupts() -> Iterator[list[int]]:
    """Record each Ctrl-C in a list: one during the compilation of rules surfaces as some other error.

    One raised where Python drops exceptions (a weak reference's callback during an import) is sent again.
    """
    noted: list[int] = []
    again: list[threading.Timer] = []
    if threading.current_thread() is not threading.main_thread():
        yield noted
        return

    def interrupt(number: int, frame: object) -> NoReturn:
        noted.append(number)
        raise KeyboardInterrupt

    def quiet(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(unraisable)
            return
        again.append(threading.Timer(0.01, _thread.interrupt_main))
        again[-1].start()

    handler, hook = signal.signal(signal.SIGINT, interrupt), sys.unraisablehook
    sys.unraisablehook = quiet
    try:
        yield noted
    finally:
        for timer in again:
            timer.cancel()
        signal.signal(signal.SIGINT, handler)
        sys.unraisablehook = hook


def _lines_of(error: Exception) -> list[str]:
    """Return the lines that report an error to the user; an unforeseen one with its type."""
    from escalation.files.places import EscalationError, ScenarioError

    if isinstance(error, ScenarioError):
        return [str(problem) for problem in error.problems]
    if isinstance(error, EscalationError | BadInputError):
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

    one_crisis.add_run(add("run", "Simulate one crisis and print its story.", one_crisis.run))
    many_crises.add_sweep(add("sweep", "Run an experiment: many crises in many cells.", many_crises.sweep))
    many_crises.add_merge(add("merge", "Merge the results of shards into one folder.", many_crises.merge))
    many_crises.add_plot(add("plot", "Redraw the figures of a sweep from its results.", many_crises.plot))
    terminal_game.add_play(add("play", "Play one side of a crisis, day by day.", terminal_game.play))
    teach.add_app(add("app", "Open the classroom: an interactive page in the browser.", teach.app))
    teach.add_export(
        add("export-html", "Write one HTML file to explore a crisis offline.", teach.export_html)
    )
    evidence.add_calibrate(
        add("calibrate", "Fit the weights of the rules to recorded acts.", evidence.calibrate)
    )
    evidence.add_backtest(add("backtest", "Score forecasts against recorded outcomes.", evidence.backtest))
    evidence.add_validate_model(
        add("validate-model", "Validate a set of weights on all available data.", evidence.validate_model)
    )
    evidence.add_mediation_check(
        add("mediation-check", "Compare modelled mediation with ICB.", evidence.mediation_check)
    )
    inputs.add_new(add("new", "Write a commented template of a case file.", inputs.new))
    validate_ = add("validate", "Check scenario, experiment, ladder and weights files.", inputs.validate)
    validate_.add_argument(
        "files", nargs="+", metavar="FILE", help="a file, or the name of a shipped scenario"
    )
    ladder_ = add("ladder", "Print a ladder, top rung first.", inputs.ladder)
    ladder_.add_argument(
        "file", nargs="?", default="south_asia", metavar="FILE", help="a ladder file or shipped name"
    )
    schema_ = add("schema", "Print the JSON Schema of a file format.", inputs.schema)
    schema_.add_argument("kind", nargs="?", default="scenario", choices=("scenario", "ladder", "weights"))
    add("parameters", "List all parameters of the model: default, range, unit, source.", inputs.parameters)
    add("scenarios", "List the shipped scenarios.", inputs.scenarios)
    add("experiments", "List the shipped experiments.", inputs.experiments)
    return parser
