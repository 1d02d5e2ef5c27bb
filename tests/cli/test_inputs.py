"""The light commands: each prints what its file or list holds."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from escalation.experiment.loaded import shipped_experiments
from escalation.experiment.spec import experiment_schema
from escalation.files.read_yaml import read_tree
from escalation.history.outliers import Outlier
from escalation.scenario.case import case_template
from escalation.scenario.load import load_ladder, load_scenario, shipped_cases, shipped_scenarios
from escalation.scenario.weights import Weights
from tests.cli.calls import in_process
from tests.experiment.sweeps import TINY, written


def printed(*arguments: str) -> list[str]:
    ended = in_process(arguments)
    assert (ended.code, ended.err) == (0, "")
    return ended.out.splitlines()


def refused(*arguments: str) -> list[str]:
    ended = in_process(arguments)
    assert ended.code == 2
    return ended.err.splitlines()


def test_each_file_is_checked_by_its_kind(tmp_path: Path) -> None:
    scenario, experiment, ladder = printed("validate", str(TINY), str(written(tmp_path)), "south_asia")
    assert "the scenario 'tiny'" in scenario
    assert experiment.endswith("the experiment 'trial' of 6 cells, valid")
    assert "ladder" in ladder


def test_warnings_go_to_the_error_stream_and_count_as_errors_if_wanted(tmp_path: Path) -> None:
    text = Path("docs/examples/two_states.yaml").read_text(encoding="utf-8")
    odd = tmp_path / "odd.yaml"
    odd.write_text(text.replace("enters_day: 3", "enters_day: 4"), encoding="utf-8")
    for strict in ([], ["--strict"]):
        ended = in_process(["validate", *strict, str(odd), str(TINY)])
        assert ended.code == (2 if strict else 0)
        assert len(ended.out.splitlines()) == 2
        (line,) = ended.err.splitlines()
        assert line.startswith(f"{odd}:97:11: warning: ")
        assert line.endswith("[not_entered]")
    assert printed("validate", "--strict", str(TINY))


def test_acts_that_stand_out_are_listed_if_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Outlier(date(1965, 4, 24), "pakistan", 7, 8, 0.002)
    monkeypatch.setattr("escalation.history.outliers.outlying_acts", lambda scenario: [found])
    assert len(printed("validate", "kutch_1965")) == 1
    lines = printed("validate", "--surprises", "kutch_1965")
    assert lines[1:] == [f"  {found}"]


def test_the_errors_of_one_file_do_not_hide_the_others(tmp_path: Path) -> None:
    path = written(tmp_path, seed=-1, replications=0)
    ended = in_process(["validate", str(path), str(TINY)])
    assert ended.code == 2
    assert "the scenario 'tiny'" in ended.out
    assert [line.split(": ")[1] for line in ended.err.splitlines()] == ["seed", "replications"]


def test_a_ladder_is_printed_with_all_of_its_acts() -> None:
    ladder = load_ladder("south_asia")
    lines = printed("ladder")
    assert lines[0] == f"{ladder.title} ({len(ladder.acts)} acts)"
    assert lines == printed("ladder", "south_asia")
    (line,) = refused("ladder", "south_aisa")
    assert "did you mean `south_asia`?" in line


def test_schemas_are_json_by_kind() -> None:
    kinds = ("scenario", "ladder", "weights", "experiment")
    schemas = [json.loads("\n".join(printed("schema", kind))) for kind in kinds]
    assert schemas[0] == json.loads("\n".join(printed("schema")))
    assert "states" in schemas[0]["properties"]
    assert "rungs" in schemas[1]["properties"]
    assert "weights" in schemas[2]["properties"]
    assert schemas[3] == experiment_schema()


def test_lists_name_what_is_shipped() -> None:
    lines = printed("scenarios")
    at = lines.index("history")
    assert [line.split(": ")[0] for line in lines[: at - 1]] == shipped_scenarios()
    assert [line.split(": ")[0] for line in lines[at + 1 :]] == shipped_cases()
    for line in lines[at + 1 :]:
        name = line.split(": ")[0]
        of_case = f"(second coding of {name.removesuffix('_second')})"
        ends = of_case if name.endswith("_second") else ("(calibrate)", "(context)")
        assert line.endswith(ends)
    assert [line.split(": ")[0] for line in printed("experiments")] == shipped_experiments()
    assert any(line.startswith("states.STATE.resolve = ") for line in printed("parameters"))


def test_a_template_is_printed_or_written_but_never_over_a_file(tmp_path: Path) -> None:
    assert "\n".join(printed("new", "case")) + "\n" == case_template()
    path = tmp_path / "case.yaml"
    printed("new", "case", "--out", str(path))
    assert path.read_bytes().decode() == case_template()
    path.write_text("mine", encoding="utf-8")
    assert "exists already; give a new file, or --force" in refused("new", "case", "--out", str(path))[0]
    assert path.read_text(encoding="utf-8") == "mine"
    assert "give a file that can be written" in refused("new", "case", "--out", str(path / "x"))[0]
    assert "empty name" in refused("new", "case", "--out", "")[0]
    printed("new", "case", "--out", str(path), "--force")
    assert path.read_bytes().decode() == case_template()


@pytest.mark.parametrize("kind", ["scenario", "experiment"])
def test_a_template_is_valid_and_can_be_simulated_as_it_is(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"{kind}.yaml"
    printed("new", kind, "--out", str(path))
    assert path.read_text(encoding="utf-8") == "\n".join(printed("new", kind)) + "\n"
    assert f"the {kind} " in printed("validate", "--strict", str(path))[0]
    command = ["run", "--quiet"] if kind == "scenario" else ["sweep", "--dry-run"]
    assert in_process([*command, str(path), "--out", str(tmp_path / "out")]).code == 0


@pytest.mark.parametrize("kind", ["scenario", "experiment"])
def test_a_template_passes_the_schema(kind: str) -> None:
    schema = json.loads("\n".join(printed("schema", kind)))
    tree = read_tree("\n".join(printed("new", kind)), "template")
    Draft202012Validator(schema).validate(json.loads(json.dumps(tree.value)))


def test_values_in_force_are_shown_with_their_sources(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = Path("docs/examples/two_states.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("from: default", "from: calibrated"), encoding="utf-8")
    shown = " ".join(" ".join(printed("parameters", str(path))).split())
    scenario = load_scenario(path)

    def line(value: str) -> int:
        return next(at for at, one in enumerate(path.read_text().splitlines(), 1) if value in one)

    default = f"{Weights.model_fields['misperception'].default:g}"
    assert f"weights.misperception = 0.5 (default {default}) {path}:{line('misperception')}" in shown
    assert f"states.arland.resolve = 0.6 (default 0.5) {path}:{line('resolve: 0.6')}" in shown
    assert "states.borland.resolve = 0.5 default" in shown
    assert f"mediators.cesland.toward.arland.trust = 0.6 (default 0.5) {path}:" in shown
    assert "mediators.cesland.toward.borland.trust = 0.5 default" in shown
    ratchet = f"{scenario.weights.ratchet:g}"
    assert re.search(rf"weights\.ratchet = {ratchet} \(default [\d.]+\) \S*calibrated\.yaml:\d+", shown)
    assert f"hazards.0.per_day = 0.01 {path}:{line('per_day: 1e-2')}" in shown
    for name in Weights.model_fields:
        assert f"weights.{name} = " in shown
    assert max(map(len, printed("parameters", "pahalgam_2025"))) <= 80


@pytest.mark.parametrize("debug", [["--debug"], []])
def test_the_traceback_is_shown_on_request(debug: list[str]) -> None:
    if debug:
        with pytest.raises(Exception, match="there is no"):
            in_process([*debug, "validate", "nowhere"])
    else:
        assert len(refused("validate", "nowhere")) == 1
