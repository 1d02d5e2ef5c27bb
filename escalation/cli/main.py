"""The parser of the command line, and how a command ends.

Bad input ends with exit code 2 and one line a fault on standard error; `--debug` shows the traceback.
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
from escalation.cli import backtest, calibrate, mediation_check
from escalation.cli import inputs as lists
from escalation.cli import inputs as new
from escalation.cli import many_crises as sweep
from escalation.cli import one_crisis as crisis
from escalation.cli import teach as app
from escalation.cli import terminal_game as play
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


def _interrupted(debug: bool, what_stays: str = "") -> int:
    if debug:
        traceback.print_exc()
    print(f"interrupted; {what_stays or 'files already written are complete'}", file=sys.stderr)
    return INTERRUPTED


@contextmanager
def _noted_interrupts() -> Iterator[list[int]]:
    """Note each Ctrl-C in a list: one that falls while rules compile surfaces as some other error.

    One that falls where Python drops exceptions (a weak reference's callback during an import) is sent again.
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

    crisis.add_run(add("run", "Play one crisis and tell its story.", crisis.run))
    sweep.add_sweep(add("sweep", "Run an experiment: many crises in many cells.", sweep.sweep))
    sweep.add_merge(add("merge", "Put the results of shards into one folder.", sweep.merge))
    sweep.add_plot(add("plot", "Draw the figures of a sweep anew, from its results.", sweep.plot))
    play.add_play(add("play", "Play a side of a crisis, day by day.", play.play))
    app.add_app(add("app", "Open the classroom: a live page in the browser.", app.app))
    app.add_export(add("export-html", "Write a page in one file, to explore offline.", app.export_html))
    mediation_check.add_mediation_check(
        add("mediation-check", "Hold mediation in the model against ICB.", mediation_check.mediation_check)
    )
    new.add_new(add("new", "Give a commented file to fill in.", new.new))
    calibrate.add_calibrate(
        add("calibrate", "Fit the weights of the rules to acts on record.", calibrate.calibrate)
    )
    backtest.add_backtest(add("backtest", "Hold forecasts against the record.", backtest.backtest))
    validate_ = add("validate", "Check scenario, ladder and weights files.", lists.validate)
    validate_.add_argument(
        "files", nargs="+", metavar="FILE", help="a file, or the name of a shipped scenario"
    )
    ladder_ = add("ladder", "Print a ladder, top rung first.", lists.ladder)
    ladder_.add_argument(
        "file", nargs="?", default="south_asia", metavar="FILE", help="a ladder file or shipped name"
    )
    schema_ = add("schema", "Print the JSON Schema of a file format.", lists.schema)
    schema_.add_argument("kind", nargs="?", default="scenario", choices=("scenario", "ladder", "weights"))
    add("parameters", "List every number of the model: range, default, unit, source.", lists.parameters)
    add("scenarios", "List the shipped scenarios.", lists.scenarios)
    add("experiments", "List the shipped experiments.", lists.experiments)
    return parser
