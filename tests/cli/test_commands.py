from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import jsonschema
import pytest

import escalation
from benchmarks.mutations import mutations, shipped, trial
from benchmarks.startup import FORBIDDEN, heavy_imports
from tests.cli.calls import SCENARIO, by_process, in_process


@pytest.mark.parametrize("arguments", [["--help"], ["validate", SCENARIO], ["--version"], ["ladder"]])
def test_light_commands_import_nothing_heavy(arguments: list[str]) -> None:
    assert FORBIDDEN.isdisjoint(heavy_imports(*arguments))


def test_the_check_of_imports_detects_heavy_ones(tmp_path: Path) -> None:
    run = ["run", SCENARIO, "--quiet", "--days", "0", "--out", str(tmp_path)]
    assert set(heavy_imports(*run)) > {"mesa", "numba", "matplotlib"}


@pytest.mark.parametrize(
    "command", [[], ["run"], ["validate"], ["ladder"], ["schema"], ["parameters"], ["scenarios"]]
)
def test_help_of_every_command(command: list[str]) -> None:
    ended = in_process([*command, "--help"])
    assert ended.code == 0
    assert ended.out.startswith(f"usage: {' '.join(['escalation', *command])} ")


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
def test_a_misspelt_scenario(command: str, tmp_path: Path) -> None:
    ended = by_process(command, "pahalgam_2024", folder=tmp_path)
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
        (["run"], "SCENARIO"),
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


@pytest.mark.parametrize("kind", ["scenario", "ladder", "weights"])
def test_the_schema_is_a_json_schema(kind: str) -> None:
    ended = in_process(["schema", kind])
    assert ended.code == 0
    schema = json.loads(ended.out)
    jsonschema.validators.validator_for(schema).check_schema(schema)


def test_parameters_names_ranges() -> None:
    out = in_process(["parameters"]).out
    assert "weights.act_intercept" in out
    assert "Source:" in out


def test_scenarios_names_the_shipped() -> None:
    assert f"{SCENARIO}: " in in_process(["scenarios"]).out


@pytest.mark.parametrize(("kind", "copies"), [("scenario", 17), ("ladder", 8)])
def test_damaged_files_run_or_are_refused_cleanly(kind: str, copies: int, tmp_path: Path) -> None:
    ends = [trial(damaged, kind, tmp_path) for damaged in mutations(shipped(kind), copies, seed=7)]
    assert [error for _, error in ends if error] == []
    assert {"ran", "refused"} <= {became for became, _ in ends}
