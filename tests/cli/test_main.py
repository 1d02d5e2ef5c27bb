"""How a command ends: its exit code, and what is reported on standard error."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import escalation.api
from escalation.cli import inputs
from escalation.cli.arguments import BadInputError
from escalation.cli.main import main
from escalation.crisis.game import IllegalMoveError
from escalation.files.places import EscalationError, Problem, ScenarioError, StoreError
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
        (OSError(28, "No space left on device"), ["escalation: no space left on device"]),
        (StoreError("x is damaged"), ["escalation: x is damaged"]),
        (IllegalMoveError("you cannot"), ["escalation: you cannot"]),
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


posix = pytest.mark.skipif(sys.platform == "win32", reason="signals as in POSIX")


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_each_signal_ends_a_command_in_order(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    number = signal.Signals[name]
    tidied = []

    def command() -> int:
        try:
            signal.raise_signal(number)
        except KeyboardInterrupt:
            for again in (signal.SIGTERM, signal.SIGHUP):
                signal.raise_signal(again)  # a second one does not disturb what is being finished
            tidied.append(number)
            raise KeyboardInterrupt("3 cells are complete") from None
        return 0

    handlers = [signal.signal(one, signal.SIG_DFL) for one in (signal.SIGTERM, signal.SIGHUP)]
    try:
        code, (line,) = ends(monkeypatch, command)
        assert [signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGHUP)] == [signal.SIG_DFL] * 2
    finally:
        for one, handler in zip((signal.SIGTERM, signal.SIGHUP), handlers, strict=True):
            signal.signal(one, handler)
    assert (code, tidied) == (128 + number, [number])
    assert line.endswith("; 3 cells are complete")
    assert (name in line) == (name != "SIGINT")


@posix
def test_a_signal_after_the_end_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[main.__module__]
    say = module._say

    def say_and_be_interrupted(lines: Iterable[str]) -> None:
        signal.raise_signal(signal.SIGINT)
        say(lines)

    monkeypatch.setattr(module, "_say", say_and_be_interrupted)
    assert ends(monkeypatch, failing(BadInputError("give a folder"))) == (2, ["escalation: give a folder"])
    code, lines = ends(monkeypatch, failing(KeyboardInterrupt("2 days are saved")))
    assert (code, lines) == (130, ["interrupted; 2 days are saved"])


@posix
def test_a_signal_that_is_ignored_stays_so(monkeypatch: pytest.MonkeyPatch) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        assert ends(monkeypatch, lambda: signal.raise_signal(signal.SIGHUP) or 7) == (7, [])
    finally:
        signal.signal(signal.SIGHUP, before)


@posix
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


def test_every_public_error_has_the_same_base() -> None:
    found = {
        error
        for error in vars(escalation.api).values()
        if isinstance(error, type) and issubclass(error, Exception)
    }
    assert len(found) >= 3
    assert all(issubclass(error, EscalationError) for error in found)
    assert issubclass(BadInputError, EscalationError)


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["ladder", "--nonsense"], ["schema", "nonsense"]])
def test_what_cannot_be_parsed_names_the_help(arguments: list[str]) -> None:
    ended = in_process(arguments)
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert "--help`" in line


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["backtest", "uri_2016", "--runs", "20"], "it is now called --replications"),
        (["export-html", "--out", "x.html", "--crises=20"], "it is now called --replications"),
        (["calibrate", "history", "--drwas", "20"], "did you mean `--draws`?"),
        (["ladder", "--runs", "20"], "unrecognized arguments: --runs; see"),
        (["ladder", "a", "b\nc"], "unrecognized arguments"),
    ],
)
def test_an_unknown_option_names_the_known_one(arguments: list[str], hint: str) -> None:
    ended = in_process(arguments)
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert hint in line
    assert f"see `escalation {arguments[0]} --help`" in line


def test_a_misspelt_command_names_the_nearest_and_all() -> None:
    ended = in_process(["swep", "mediation"])
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert "did you mean `sweep`?" in line
    assert "mediation-check" in line


@pytest.mark.parametrize(
    ("arguments", "instead"),
    [
        (["run", "who_mediates"], "escalation sweep who_mediates"),
        (["run", "FILE.experiment"], "escalation sweep "),
        (["run", "FILE.weights"], "--set weights="),
        (["run", "south_asia"], "escalation ladder south_asia"),
        (["run", "FOLDER"], "escalation plot FOLDER"),
        (["validate", "FOLDER"], "escalation plot FOLDER"),
        (["validate", "FOLDER/manifest.json"], "escalation plot FOLDER"),
        (["validate", "ONE"], "escalation run ONE"),
        (["plot", "ONE"], "escalation run ONE"),
        (["merge", "ONE", "--out", "x"], "escalation run ONE"),
        (["play", "ONE/manifest.json", "--as", "india"], "escalation run ONE"),
        (["play", "mediation", "--as", "india"], "escalation sweep mediation"),
        (["export-html", "mediation", "--out", "x.html"], "escalation sweep mediation"),
        (["parameters", "FILE.experiment"], "escalation sweep "),
        (["sweep", "pahalgam_2025"], "escalation run pahalgam_2025"),
        (["sweep", "kutch_1965"], "escalation run kutch_1965"),
        (["sweep", "FILE.scenario"], "escalation run "),
        (["plot", "mediation"], "escalation sweep mediation"),
        (["plot", "pahalgam_2025"], "escalation run pahalgam_2025"),
        (["ladder", "calibrated"], "--set weights=calibrated"),
        (["calibrate", "mediation"], "escalation sweep mediation"),
        (["backtest", "uri_2016", "mediation"], "escalation sweep mediation"),
        (["validate-model", "south_asia"], "escalation ladder south_asia"),
        (["mediation-check", "--weights", "uri_2016"], "escalation run uri_2016"),
    ],
)
def test_a_file_of_another_kind_gets_the_right_command(
    arguments: list[str], instead: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written = {"scenario": "states: {}\n", "experiment": "scenario: x\n", "weights": "provenance: x\n"}
    for kind, text in written.items():
        (tmp_path / f"FILE.{kind}").write_text(text, encoding="utf-8")
    (tmp_path / "FOLDER").mkdir()
    (tmp_path / "FOLDER" / "manifest.json").write_text("{}", encoding="utf-8")
    (tmp_path / "ONE").mkdir()
    (tmp_path / "ONE" / "manifest.json").write_text('{"resolved_scenario": {}}', encoding="utf-8")
    ended = in_process(arguments)
    assert (ended.code, ended.out) == (2, "")
    line = ended.err.splitlines()[-1]
    assert instead in line
    assert ", not " in line


def test_options_reach_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[argparse.Namespace] = []
    monkeypatch.setattr(inputs, "schema", lambda options: seen.append(options) or 0)
    assert in_process(["schema", "weights"]).code == 0
    assert (seen[0].kind, seen[0].debug) == ("weights", False)
