from __future__ import annotations

import argparse
import io
import json
import re
import shlex
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

import escalation
from benchmarks.mutations import mutations, shipped, trial
from benchmarks.startup import FORBIDDEN, heavy_imports
from escalation.cli.arguments import path, seed
from escalation.cli.main import build_parser, groups, main
from escalation.experiment.loaded import shipped_experiments
from escalation.vocabulary import DEFAULT_SEED
from tests.cli.calls import SCENARIO, by_process, environment, in_process


@pytest.mark.parametrize("arguments", [["--help"], ["validate", SCENARIO], ["--version"], ["ladder"]])
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    assert FORBIDDEN.isdisjoint(heavy_imports(*arguments))


def test_the_help_imports_no_arrays_either() -> None:
    assert heavy_imports("--help") == []


def test_the_check_of_imports_detects_heavy_ones(tmp_path: Path) -> None:
    run = ["run", SCENARIO, "--quiet", "--days", "0", "--out", str(tmp_path)]
    assert set(heavy_imports(*run)) > {"mesa", "matplotlib"}


def test_one_crisis_needs_no_compiler(tmp_path: Path) -> None:
    """The first run on a machine takes no longer than a later one."""
    run = ["run", SCENARIO, "--quiet", "--days", "2", "--out", str(tmp_path)]
    assert "numba" not in heavy_imports(*run)


COMMANDS = [command.name for group in groups().values() for command in group]
EXAMPLES = [command.example for group in groups().values() for command in group]
SHORT = {"completion", "experiments", "ladder", "new", "parameters", "scenarios", "schema", "validate"}


def test_the_groups_have_every_command_that_the_parser_has() -> None:
    (commands,) = (
        action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    assert sorted(commands.choices) == sorted(COMMANDS)
    assert list(groups()) == ["simulate", "experiment", "questions", "evidence", "teach", "files"]
    lines = in_process(["--help"]).out.splitlines()
    for name, group in groups().items():
        at = lines.index(f"{name}:") + 1
        assert [line.split()[0] for line in lines[at : at + len(group)]] == [one.name for one in group]


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_the_help_of_every_command_fits_80_columns_and_ends_with_an_example(
    command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ended = in_process([*command, "--help"])
    assert (ended.code, ended.err) == (0, "")
    words = " ".join(["escalation", *command])
    lines = ended.out.splitlines()
    assert lines[0].startswith(f"usage: {words} ")
    assert max(map(len, lines)) <= 80
    assert ended.out.isascii()
    assert ended.out.count("example:") == 1
    if command:
        *_, heading, example = lines
        assert heading == "example:"
        assert example.startswith(f"  {words}")


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_parses_and_the_short_ones_run(
    example: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, name, *arguments = shlex.split(example.split(" > ", maxsplit=1)[0])
    assert script == "escalation"
    parsed, unknown = build_parser().parse_known_args([name, *arguments])
    assert (parsed.parser.prog, unknown) == (f"escalation {name}", [])
    if name in SHORT:
        monkeypatch.chdir(tmp_path)
        ended = in_process([name, *arguments])
        assert (ended.code, ended.err) == (0, "")


@pytest.mark.parametrize("command", COMMANDS)
def test_a_bad_option_of_every_command_is_one_line(command: str) -> None:
    ended = in_process([command, "--no-such-option"])
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert line.startswith(f"escalation {command}: ")
    assert f"see `escalation {command} --help`" in line


@pytest.mark.parametrize(
    "command", [["--help"], *([name, "--help"] for name in COMMANDS), ["scenarios"], ["parameters"]]
)
def test_an_ascii_console_shows_everything(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.BytesIO()
    raw = io.BufferedWriter(Sink(shown))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert main(command) == 0
    text = shown.getvalue().decode("ascii")
    assert text.encode().decode("unicode_escape") == in_process(command).out


class Sink(io.RawIOBase):
    """A file that keeps what is written to it."""

    def __init__(self, kept: io.BytesIO) -> None:
        self._kept = kept

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        return self._kept.write(data)


@pytest.mark.parametrize("name", COMMANDS)
def test_options_that_commands_share_are_the_same_everywhere(name: str) -> None:
    (commands,) = (
        action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    options = commands.choices[name]._option_string_actions
    assert not {"--runs", "--crises"} & set(options)
    if "--out" in options:
        assert options["--out"].type is path
        assert options["--out"].metavar in ("DIR", "FILE")
        assert "--force" in options
    if "--seed" in options:
        assert options["--seed"].type is seed
        assert options["--seed"].default in (DEFAULT_SEED, None)  # None: a file says which


def test_version() -> None:
    assert in_process(["--version"]).out == f"escalation {escalation.__version__}\n"


def test_validate_describes_each_file() -> None:
    ended = in_process(["validate", SCENARIO])
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"{SCENARIO}: the scenario '{SCENARIO}' of 3 actors")


def test_validate_checks_all_files_even_if_one_is_invalid(tmp_path: Path) -> None:
    bad = tmp_path / "bad.yaml"
    bad.write_text(shipped("scenario").replace("free_days:", "fre_days:"))
    ended = in_process(["validate", str(bad), SCENARIO])
    assert ended.code == 2
    assert SCENARIO in ended.out
    lines = ended.err.splitlines()
    assert lines
    assert all(re.match(rf"{re.escape(str(bad))}:\d+:\d+: ", line) for line in lines)
    assert any("did you mean `free_days`?" in line for line in lines)


@pytest.mark.parametrize("command", ["run", "validate"])
def test_a_misspelt_scenario(command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ended = in_process([command, "pahalgam_2024"])
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert "did you mean `pahalgam_2025`?" in line
    assert not list(tmp_path.iterdir())


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    ended = by_process("run", "pahalgam_2024", "--debug", folder=tmp_path)
    assert ended.code != 0
    assert "Traceback (most recent call last)" in ended.err
    assert "ScenarioError" in ended.err


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rum"], "'rum'"),
        (["run"], "give a scenario"),
        (["run", SCENARIO, "--seed", "-1"], "--seed"),
        (["run", SCENARIO, "--seed", str(2**64)], "--seed"),
        (["run", SCENARIO, "--seed", "x"], "--seed"),
        (["run", SCENARIO, "--replication", str(2**32)], "--replication"),
        (["run", SCENARIO, "--days", "x"], "--days"),
        (["run", SCENARIO, "--days", "-1"], "'-1' is not a whole number from 0 to 3650"),
        (["run", SCENARIO, "--set", "nonsense"], "nonsense"),
        (["run", SCENARIO, "--set", "states.indai.resolve=1"], "did you mean `india`?"),
        (["run", SCENARIO, "--set", "states.india.resolv=1"], "did you mean `resolve`?"),
        (["run", SCENARIO, "--set", "states.india.resolve=7"], "7 is not in [0, 1]"),
        (["run", SCENARIO, "--quiet", "--json"], "--json"),
        (["schema", "scenary"], "scenary"),
        (["ladder", "south_asai"], "did you mean `south_asia`?"),
    ],
)
def test_a_mistake_is_reported_in_one_line(arguments: list[str], says: str, tmp_path: Path) -> None:
    out = ["--out", str(tmp_path)] if arguments[0] == "run" else []
    ended = in_process([*arguments, *out])
    assert (ended.code, ended.out) == (2, "")
    (line,) = ended.err.splitlines()
    assert says in line
    assert not list(tmp_path.iterdir())


def test_all_errors_of_a_command_line_at_once() -> None:
    ended = in_process(
        ["run", SCENARIO, "--set", "states.india.resolve=7", "--set", "states.pakistan.resolve=no"]
    )
    assert ended.code == 2
    assert len(ended.err.splitlines()) == 2


def test_the_ladder_has_its_top_rung_first() -> None:
    out = in_process(["ladder"]).out
    rungs = [int(found[1]) for line in out.splitlines() if (found := re.match(r"\s{0,3}(\d+)\s", line))]
    assert rungs[0] == 10
    assert rungs[-1] == 0
    assert all(above > below for above, below in pairwise(rungs))


@pytest.mark.parametrize("kind", ["scenario", "experiment", "ladder", "weights"])
def test_the_schema_is_a_json_schema(kind: str) -> None:
    ended = in_process(["schema", kind])
    assert ended.code == 0
    schema = json.loads(ended.out)
    jsonschema.validators.validator_for(schema).check_schema(schema)


def test_parameters_names_ranges() -> None:
    out = in_process(["parameters"]).out
    assert "weights.alarm" in out
    assert "Source:" in out


def test_scenarios_names_the_shipped() -> None:
    assert f"{SCENARIO}: " in in_process(["scenarios"]).out


@pytest.mark.parametrize(("kind", "copies"), [("scenario", 17), ("ladder", 31)])
def test_damaged_files_run_or_are_refused_cleanly(kind: str, copies: int, tmp_path: Path) -> None:
    ends = [trial(damaged, kind, tmp_path) for damaged in mutations(shipped(kind), copies, seed=7)]
    assert [error for _, error in ends if error] == []
    assert {"ran", "refused"} <= {became for became, _ in ends}


@pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
def test_a_completion_knows_every_command(shell: str) -> None:
    ended = in_process(["completion", shell])
    assert (ended.code, ended.err) == (0, "")
    assert all(name in ended.out for name in COMMANDS)
    if shutil.which(shell):
        checked = subprocess.run([shell, "-n"], input=ended.out, text=True, capture_output=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash here")
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        (["swe"], {"sweep"}),
        (["sweep", ""], set(shipped_experiments())),
        (["run", "pahal"], {"pahalgam_2025"}),
        (["run", "kutch"], {"kutch_1965"}),
        (["run", "mine"], {"mine.yaml"}),
        (["ladder", "south"], {"south_asia"}),
        (["validate-model", "calib"], {"calibrated"}),
        (["backtest", "uri"], {"uri_2016"}),
        (["new", "c"], {"case"}),
        (["schema", "e"], {"experiment"}),
        (["mediation-check", "--repl"], {"--replications"}),
        (["export-html", "--out", "mi"], {"mine.yaml"}),
    ],
)
def test_bash_completes(words: list[str], completed: set[str], tmp_path: Path) -> None:
    (tmp_path / "completion").write_text(in_process(["completion", "bash"]).out, encoding="utf-8")
    (tmp_path / "mine.yaml").touch()
    quoted = shlex.join(["escalation", *words])
    before = shlex.quote(["escalation", *words][-2])
    script = f"""
        source ./completion
        complete -p escalation >/dev/null || exit 1
        COMP_WORDS=({quoted}); COMP_CWORD={len(words)}; COMPREPLY=()
        _shtab_escalation escalation {shlex.quote(words[-1])} {before}
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    ended = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=environment(), capture_output=True, text=True, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    found = set(ended.stdout.splitlines())
    assert completed <= found
    assert words[-1] == "" or found == completed


def test_only_the_completion_imports_what_writes_it() -> None:
    script = (
        "import sys; from escalation.cli import main; main(['parameters']); sys.exit('shtab' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, check=False).returncode == 0
