"""How a command ends: its exit code, and what is reported on standard error."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable

import pytest

from escalation.cli import inputs
from escalation.cli.arguments import BadInputError
from escalation.cli.main import main
from escalation.files.places import Problem, ScenarioError
from tests.cli.calls import in_process


def ends(
    monkeypatch: pytest.MonkeyPatch, command: Callable[[], int], *arguments: str
) -> tuple[int, list[str]]:
    """Return the exit code and the errors of `escalation parameters`, had it done something else."""
    monkeypatch.setattr(inputs, "parameters", lambda options: command())
    ended = in_process(["parameters"])
    return ended.code, ended.err.splitlines()


def failing(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


def test_the_exit_code_is_that_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ends(monkeypatch, lambda: 0) == (0, [])
    assert ends(monkeypatch, lambda: 7) == (7, [])


@pytest.mark.parametrize(
    ("error", "lines"),
    [
        (BadInputError("give a folder"), ["escalation: give a folder"]),
        (ScenarioError([Problem("x", 2, 1, "b", "wrong"), Problem("x", 1, 1, "a", "wrong")]),
         ["x:1:1: a: wrong", "x:2:1: b: wrong"]),
        (OSError(28, "No space left on device", "out.csv"), ["escalation: out.csv: no space left on device"]),
        (OSError(28, "No space left on device"), ["escalation: standard output: no space left on device"]),
        (KeyError("x"), ["escalation: unexpected KeyError: 'x'; run with --debug for the traceback"]),
    ],
)  # fmt: skip
def test_an_error_is_reported_in_lines_and_ends_with_two(
    monkeypatch: pytest.MonkeyPatch, error: Exception, lines: list[str]
) -> None:
    assert ends(monkeypatch, failing(error)) == (2, lines)


def test_debug_lets_an_error_through_wherever_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "parameters", lambda options: failing(KeyError("x"))())
    for arguments in (["--debug", "parameters"], ["parameters", "--debug"]):
        with pytest.raises(KeyError):
            main(arguments)


def test_an_interrupt_says_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    code, lines = ends(monkeypatch, failing(KeyboardInterrupt("3 cells are complete")))
    assert (code, lines) == (130, ["interrupted; 3 cells are complete"])
    code, lines = ends(monkeypatch, failing(KeyboardInterrupt()))
    assert (code, lines) == (130, ["interrupted; files already written are complete"])


@pytest.mark.skipif(sys.platform == "win32", reason="signals as in POSIX")
def test_an_interrupt_that_surfaces_as_another_error_is_still_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def command() -> int:
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            raise RuntimeError("of a library") from None
        return 0

    before = signal.getsignal(signal.SIGINT)
    assert ends(monkeypatch, command)[0] == 130
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["ladder", "--nonsense"], ["schema", "nonsense"]])
def test_what_cannot_be_parsed_names_the_help(arguments: list[str]) -> None:
    ended = in_process(arguments)
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert "--help`" in line


def test_options_reach_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[argparse.Namespace] = []
    monkeypatch.setattr(inputs, "schema", lambda options: seen.append(options) or 0)
    assert in_process(["schema", "weights"]).code == 0
    assert (seen[0].kind, seen[0].debug) == ("weights", False)
