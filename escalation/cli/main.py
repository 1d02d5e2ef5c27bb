"""The parser of the command line, and how a command ends.

Bad input ends with exit code 2 and one line per error on standard error; `--debug` shows the traceback.
Ctrl-C, SIGTERM and SIGHUP end a command in order, with a line on what is kept and exit code 128 plus the
number of the signal. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import _thread
import argparse
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

import escalation
from escalation.cli import (
    advising,
    comparing,
    evidence,
    forecasts,
    from_results,
    inputs,
    many_crises,
    one_crisis,
    rare_ends,
    teach,
    terminal_game,
    which_matter,
)
from escalation.cli.arguments import BAD_INPUT, INTERRUPTED, of_another_kind
from escalation.cli.outlet import outlets
from escalation.files.places import EscalationError, ScenarioError, did_you_mean, one_line

if TYPE_CHECKING:
    from escalation.scenario.load import FileKind

Run = Callable[[argparse.Namespace], int]
Declare = Callable[[argparse.ArgumentParser], None]


@dataclass(frozen=True)
class Command:
    """One command: what it does, its arguments, the function that it calls, and an example."""

    name: str
    does: str
    run: Run
    example: str
    declare: Declare = lambda parser: None


def groups() -> dict[str, tuple[Command, ...]]:
    """Return every command, in the groups of the help."""
    return {
        "simulate": (
            Command(
                "run", "Simulate one crisis and print its story.", one_crisis.run,
                "escalation run pahalgam_2025 --seed 4 --set mediators.russia.enters_day=6",
                one_crisis.add_run,
            ),
            Command(
                "play", "Play one side of a crisis, day by day.", terminal_game.play,
                "escalation play pahalgam_2025 --as pakistan --seed 7", terminal_game.add_play,
            ),
        ),
        "experiment": (
            Command(
                "sweep", "Run an experiment: many crises in many cells.", many_crises.sweep,
                "escalation sweep mediation --replications 200 --out results/mediation",
                many_crises.add_sweep,
            ),
            Command(
                "merge", "Merge the results of shards into one folder.", many_crises.merge,
                "escalation merge part1 part2 --out results/mediation", many_crises.add_merge,
            ),
            Command(
                "plot", "Redraw the figures of a sweep from its results.", from_results.plot,
                "escalation plot results/mediation", from_results.add_plot,
            ),
            Command(
                "export-excel", "Write the tables of a sweep as an Excel workbook.",
                from_results.export_excel,
                "escalation export-excel results/mediation --out mediation.xlsx",
                from_results.add_export_excel,
            ),
        ),
        "questions": (
            Command(
                "compare", "Compare scenarios, changes, runs or sweeps, crisis by crisis.", comparing.compare,
                "escalation compare pahalgam_2025 --change mediators.russia.enters_day=40",
                comparing.add_compare,
            ),
            Command(
                "explain", "Say why an act came, or which days moved the odds.", one_crisis.explain,
                "escalation explain pahalgam_2025 --seed 4 --date 2025-05-19 --actor pakistan",
                one_crisis.add_explain,
            ),
            Command(
                "sensitivity", "Which parameters matter, and how much is luck?", which_matter.sensitivity,
                "escalation sensitivity does_russia_matter --points 64 --replications 20",
                which_matter.add_sensitivity,
            ),
            Command(
                "discover", "Find the conditions under which an outcome is frequent.", from_results.discover,
                "escalation discover results/mediation --when 'outcome == war'", from_results.add_discover,
            ),
            Command(
                "advise", "Which mediation does best under what nobody knows?", advising.advise,
                "escalation advise pahalgam_2025 --points 32 --replications 50", advising.add_advise,
            ),
            Command(
                "rare", "Estimate how likely a rare end is, such as nuclear use.", rare_ends.rare,
                "escalation rare pahalgam_2025 --rung 10", rare_ends.add_rare,
            ),
            Command(
                "forecast", "Put a forecast on record, dated and hashed.", forecasts.forecast,
                "escalation forecast pahalgam_2025 --out forecasts/pahalgam.yaml", forecasts.add_forecast,
            ),
            Command(
                "score", "Score forecasts on record by what happened.", forecasts.score,
                "escalation score forecasts/pahalgam.yaml --truth events.csv", forecasts.add_score,
            ),
            Command(
                "report", "Write results as one HTML file to hand on, and as PDF.", from_results.report,
                "escalation report results/mediation --pdf", from_results.add_report,
            ),
            Command(
                "cite", "Print the references of what results were made with.", from_results.cite,
                "escalation cite results/mediation --bibtex > references.bib", from_results.add_cite,
            ),
        ),
        "evidence": (
            Command(
                "calibrate", "Fit the weights of the rules to recorded acts.", evidence.calibrate,
                "escalation calibrate history --name mine --out mine.yaml", evidence.add_calibrate,
            ),
            Command(
                "backtest", "Score forecasts against recorded outcomes.", evidence.backtest,
                "escalation backtest uri_2016 kutch_1965 --replications 500", evidence.add_backtest,
            ),
            Command(
                "validate-model", "Validate a set of weights on all available data.", evidence.validate_model,
                "escalation validate-model calibrated --replications 500", evidence.add_validate_model,
            ),
            Command(
                "mediation-check", "Compare modelled mediation with ICB.", evidence.mediation_check,
                "escalation mediation-check --weights default --replications 1000",
                evidence.add_mediation_check,
            ),
        ),
        "teach": (
            Command(
                "app", "Open the classroom: an interactive page in the browser.", teach.app,
                "escalation app pahalgam_2025 --port 9000", teach.add_app,
            ),
            Command(
                "export-html", "Write one HTML file to explore a crisis offline.", teach.export_html,
                "escalation export-html pahalgam_2025 --out crisis.html", teach.add_export,
            ),
        ),
        "files": (
            Command(
                "new", "Write a commented template of a file.", inputs.new,
                "escalation new scenario --out my_crisis.yaml", inputs.add_new,
            ),
            Command(
                "validate", "Check scenario, experiment, ladder and weights files.", inputs.validate,
                "escalation validate pahalgam_2025", inputs.add_validate,
            ),
            Command(
                "schema", "Print the JSON Schema of a file format.", inputs.schema,
                "escalation schema experiment", inputs.add_schema,
            ),
            Command(
                "parameters", "List all parameters: default, range, unit, source.", inputs.parameters,
                "escalation parameters pahalgam_2025", inputs.add_parameters,
            ),
            Command(
                "ladder", "Print a ladder, top rung first.", inputs.ladder,
                "escalation ladder south_asia", inputs.add_ladder,
            ),
            Command(
                "completion", "Print a script by which a shell completes commands.", completion,
                "escalation completion bash > escalation.bash", add_completion,
            ),
            Command("scenarios", "List the shipped scenarios.", inputs.scenarios, "escalation scenarios"),
            Command(
                "experiments", "List the shipped experiments.", inputs.experiments, "escalation experiments"
            ),
        ),
    }  # fmt: skip


NOW_CALLED = {"--runs": "--replications", "--crises": "--replications"}


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        wrong = re.search(r"invalid choice: '(.*?)' \(choose from (.*)\)", message)
        near = did_you_mean(wrong[1], re.findall(r"[\w-]+", wrong[2])) if wrong else ""
        message += f"; {near}" if near else ""
        print(one_line(f"{self.prog}: {message}; see `{self.prog} --help`"), file=sys.stderr)
        raise SystemExit(BAD_INPUT)

    def refuse(self, unknown: Sequence[str]) -> NoReturn:
        """Report arguments that the command does not have."""
        hint = ""
        for name in (word.split("=")[0] for word in unknown if word.startswith("--")):
            now = NOW_CALLED.get(name)
            known = [option for option in self._option_string_actions if option.startswith("--")]
            hint = hint or (f"; it is now called {now}" if now in known else "")
            near = did_you_mean(name, known)
            hint = hint or (f"; {near}" if near else "")
        self.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return the exit code."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    with outlets() as out, _heard_signals() as signals:
        code = _ended(given, signals)
        failure = out.failure()
        if failure is not None:
            _say(_lines_of(failure))
            return code or BAD_INPUT
        return code


def _ended(given: Sequence[str], signals: _Signals) -> int:
    """Parse and run a command; return its exit code, after the lines that say how it ended."""
    debug = "--debug" in given
    options = argparse.Namespace()
    try:
        _, unknown = build_parser(given).parse_known_args(given, options)
        if unknown:
            options.parser.refuse(unknown)
        code: int = options.run(options)
        signals.is_over = True
        return signals.code if code == INTERRUPTED else code
    except SystemExit as left:  # of argparse
        return left.code if isinstance(left.code, int) else BAD_INPUT
    except KeyboardInterrupt as interrupt:
        signals.is_over = True
        return _interrupted(signals, debug, str(interrupt))
    except Exception as error:
        signals.is_over = True
        if signals.numbers:
            return _interrupted(signals, debug)
        if debug:
            raise
        _say(_lines_of(error, options))
        return BAD_INPUT


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


@dataclass
class _Signals:
    """The signals by which a command is ended."""

    numbers: list[int] = field(default_factory=list)
    is_over: bool = False
    """Whether the command has ended, so that there is nothing left to interrupt."""

    @property
    def code(self) -> int:
        """Return the exit code of a command that was ended by a signal."""
        return 128 + self.numbers[0] if self.numbers else INTERRUPTED


def _interrupted(signals: _Signals, debug: bool, kept: str = "") -> int:
    if debug:
        import traceback

        traceback.print_exc()
    by_name = signals.code != INTERRUPTED
    how = f"ended by {signal.Signals(signals.numbers[0]).name}" if by_name else "interrupted"
    _say([f"{how}; {kept or 'files already written are complete'}"])
    return signals.code


@contextmanager
def _heard_signals() -> Iterator[_Signals]:
    """Turn Ctrl-C, SIGTERM and SIGHUP into KeyboardInterrupt, and record each.

    It is recorded because one during the compilation of rules surfaces as some other error. One raised where
    Python drops exceptions (a weak reference's callback during an import) is sent again. While a command that
    is to end does so, only Ctrl-C interrupts it once more.
    """
    heard = _Signals()
    again: list[threading.Timer] = []
    if threading.current_thread() is not threading.main_thread():
        yield heard
        return

    def interrupt(number: int, frame: object) -> None:
        is_first = not heard.numbers
        heard.numbers.append(number)
        if not heard.is_over and (is_first or number == signal.SIGINT):
            raise KeyboardInterrupt

    def quiet(unraisable: sys.UnraisableHookArgs) -> None:
        if unraisable.exc_type is not KeyboardInterrupt:
            sys.__unraisablehook__(unraisable)
            return
        again.append(threading.Timer(0.01, _thread.interrupt_main))
        again[-1].start()

    handlers = {signal.SIGINT: signal.signal(signal.SIGINT, interrupt)}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # One that is ignored stays so: `nohup` means what it says.
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            handlers[number] = signal.signal(number, interrupt)
    hook = sys.unraisablehook
    sys.unraisablehook = quiet
    try:
        yield heard
    finally:
        for timer in again:
            timer.cancel()
        for number, handler in handlers.items():
            signal.signal(number, handler)
        sys.unraisablehook = hook


def _lines_of(error: Exception, options: argparse.Namespace | None = None) -> list[str]:
    """Return the lines that report an error to the user; an unforeseen one with its type."""
    if isinstance(error, EscalationError):
        mistaken = [] if options is None else list(_mistaken(options))
        if mistaken:
            return mistaken
        return str(error).splitlines() if isinstance(error, ScenarioError) else [f"escalation: {error}"]
    if isinstance(error, OSError):
        reason = (error.strerror or str(error)).lower()
        where = [str(error.filename)] if error.filename else []
        return [": ".join(["escalation", *where, reason])]
    return [f"escalation: unexpected {type(error).__name__}: {error}; run with --debug for the traceback"]


WANTED: dict[str, FileKind] = {
    "scenario": "scenario", "experiment": "experiment", "folder": "results", "folders": "results",
    "results": "results", "cases": "scenario", "data": "scenario", "weights": "weights",
    "ladder": "ladder",
}  # fmt: skip
"""Arguments, and the kind of file that each names."""

ALSO: dict[tuple[Run, str], FileKind] = {
    (one_crisis.run, "scenario"): "run",
    (one_crisis.explain, "scenario"): "run",
    (many_crises.sweep, "experiment"): "results",
    (which_matter.sensitivity, "experiment"): "results",
}
"""Arguments of commands that also take files of another kind."""


def _mistaken(options: argparse.Namespace) -> Iterator[str]:
    """Yield a line for each file that was given to a command for files of another kind."""
    for name, wanted in WANTED.items():
        given = getattr(options, name, None)
        also = ALSO.get((options.run, name))
        allowed = (wanted,) if also is None else (wanted, also)
        for source in given if isinstance(given, list) else [given]:
            line = None if source is None else of_another_kind(source, *allowed)
            if line:
                yield line


def build_parser(given: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Return the parser with all commands, in the order of the help.

    Commands that the arguments given do not name have no arguments of their own: declaring those of all of
    them takes longer than the help itself.
    """
    parser = _Parser(
        prog="escalation",
        usage="escalation [-h] [--version] [--debug] COMMAND ...",
        description="Simulate how a crisis between states climbs or descends an escalation ladder.",
        epilog="\n".join(_overview()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"escalation {escalation.__version__}")
    parser.add_argument("--debug", action="store_true", help="show the traceback of an error")
    common = _Parser(add_help=False)
    common.add_argument(
        "--debug", action="store_true", default=argparse.SUPPRESS, help="show the traceback of an error"
    )
    # The overview lists the commands, in groups.
    commands = parser.add_subparsers(
        prog="escalation", metavar="COMMAND", required=True, parser_class=_Parser, help=argparse.SUPPRESS
    )
    for command in (command for group in groups().values() for command in group):
        added = commands.add_parser(
            command.name, help=command.does, description=command.does, parents=[common],
            epilog=f"example:\n  {command.example}", formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        if given is None or command.name in given:
            command.declare(added)
        added.set_defaults(run=command.run, parser=added)
    return parser


def add_completion(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `completion`."""
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell that is to read it")


NAMED: dict[str, str] = {
    "SCENARIO": "scenario", "EXPERIMENT": "experiment", "CASE": "case", "DATA": "case", "WEIGHTS": "weights",
    "LADDER": "ladder",
}  # fmt: skip
"""Arguments that take a shipped name or a file, by how the help calls them, and the kind of the names."""


def completion(options: argparse.Namespace) -> int:
    """Print a script with which a shell completes commands, options, names of shipped files, and paths."""
    import shtab

    from escalation.experiment.loaded import shipped_experiments
    from escalation.scenario.load import shipped_cases, shipped_ladders, shipped_scenarios, shipped_weights

    parser = build_parser()
    _annotate(parser, {"FILE": shtab.FILE, "FILE.csv": shtab.FILE, "DIR": shtab.DIR, "RESULTS": shtab.DIR})
    names = {
        "scenario": [*shipped_scenarios(), *shipped_cases()],
        "experiment": shipped_experiments(),
        "case": ["history", *shipped_cases()],
        "weights": shipped_weights(),
        "ladder": shipped_ladders(),
    }
    bash = 'compgen -W "{}" -- "$1"; compgen -f -- "$1"'
    zsh = "local found=1; compadd -- {} && found=0; _files && found=0; return found"
    preamble = {
        shell: "\n".join(
            f"_escalation_{kind}() {{ {body.format(' '.join(names[kind]))}; }}" for kind in names
        )
        for shell, body in (("bash", bash), ("zsh", zsh))
    }
    print(shtab.complete(parser, options.shell, preamble=preamble.get(options.shell, "")))
    return 0


def _annotate(parser: argparse.ArgumentParser, paths: Mapping[str, Any]) -> None:
    """Tell shtab what completes each argument of all commands."""
    for action in parser._actions:
        kind = NAMED.get(str(action.metavar))
        function = f"_escalation_{kind}"
        how = paths.get(str(action.metavar)) or {"bash": function, "zsh": function, "tcsh": "f"}
        if kind or str(action.metavar) in paths:
            action.complete = how  # type: ignore[attr-defined]
        if isinstance(action, argparse._SubParsersAction):
            action.help = "the command"  # what is not in the help has no completion
            for part in action.choices.values():
                _annotate(part, paths)


def _overview() -> Iterator[str]:
    for name, commands in groups().items():
        yield f"{name}:"
        for command in commands:
            yield f"  {command.name:16} {command.does}"
        yield ""
    yield "example:"
    yield "  escalation run pahalgam_2025 --seed 4"
    yield ""
    yield "`escalation COMMAND --help` explains a command and ends with an example."
