"""Experiment files: good ones load, bad ones are refused with one line per error and its place."""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import json
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from escalation.experiment.loaded import load_experiment, shipped_experiments
from escalation.experiment.spec import (
    PlotKind,
    Spec,
    experiment_schema,
    experiment_schema_text,
    spec_tree,
    write_experiment_schema,
)
from escalation.files import find as files
from escalation.files.places import ScenarioError, listed
from escalation.files.read_yaml import read_tree
from escalation.measures.measures import SHARES
from escalation.scenario.dump import resolved_tree
from escalation.scenario.load import load_scenario
from escalation.vocabulary import OUTCOMES, STYLES
from tests.mutate import mutations

ROOT = Path(__file__).resolve().parents[2]
TINY = "tests/data/tiny_experiment.yaml"
BAD = ROOT / "tests/bad_experiments"


@pytest.fixture(autouse=True)
def _at_root(monkeypatch):
    monkeypatch.chdir(ROOT)


def messages(source, overrides=(), **more):
    with pytest.raises(ScenarioError) as caught:
        load_experiment(source, overrides, **more)
    lines = [str(problem) for problem in caught.value.problems]
    assert lines
    for line in lines:
        assert line.isprintable(), line
        assert not re.search(r"pydantic|https?:|Traceback|<class|object at 0x", line), line
    return lines


def plain(**changes):
    """Return the smallest experiment as plain data, with changes."""
    given = {
        "name": "plain",
        "title": "Does it load?",
        "summary": "A test.",
        "scenario": "tests/data/tiny.yaml",
        "seed": 1,
        "replications": 10,
    }
    return given | changes


# ------------------------------------------------------------------------------------------ good files


def test_every_value_of_the_file_is_in_its_place():
    spec = load_experiment(TINY).spec
    assert (spec.name, spec.seed, spec.seeds, spec.replications) == ("tiny_experiment", 7, "common", 20)
    assert list(spec.factors) == ["entry", "trust", "attack"]
    assert spec.factors["entry"].values == (3, 6)
    assert spec.factors["entry"].targets == ("mediators.cesland.enters_day",)
    assert (spec.factors["trust"].range, spec.factors["trust"].levels) == ((0.1, 0.9), 3)
    assert len(spec.factors["trust"].targets) == 2
    assert spec.factors["attack"].alternatives["none"].drop == ("attack",)
    assert spec.design.kind == "grid"
    assert spec.outcomes == OUTCOMES
    assert (spec.plots, spec.keep, spec.until) == (None, (), None)


def test_the_base_is_the_scenario_with_what_is_set_for_all():
    loaded = load_experiment(TINY)
    assert loaded.scenario == load_scenario("tests/data/tiny.yaml")
    assert loaded.base == resolved_tree(loaded.scenario)
    changed = load_experiment(TINY, ["set.free_days=4", "set.states.arland.resolve=0.3"])
    assert changed.spec.set == {"free_days": 4, "states.arland.resolve": 0.3}
    assert changed.scenario == load_scenario(
        "tests/data/tiny.yaml", ["free_days=4", "states.arland.resolve=0.3"]
    )
    assert changed.base == resolved_tree(changed.scenario)


def test_the_command_line_goes_before_the_file():
    overrides = [
        "replications=3",
        "design={kind: lhs, points: 8}",
        "factors.attack.alternatives.smaller.set.free_days=3",
    ]
    spec = load_experiment(TINY, overrides).spec
    assert spec.replications == 3
    assert (spec.design.kind, spec.design.points, spec.design.seed) == ("lhs", 8, 0)
    assert spec.factors["attack"].alternatives["smaller"].set["free_days"] == 3


def test_an_error_on_the_command_line_is_reported_as_such():
    assert messages(TINY, ["replications=0"]) == [
        "--set replications=0: replications: 0 is not in [1, 2,147,483,648]"
    ]
    assert messages(TINY, ["set.free_dayz=3"])[0].startswith(
        "--set set.free_dayz=3: set.free_dayz: unknown key; did you"
    )
    assert messages(TINY, ["set.free_days=-3"]) == [
        "--set set.free_days=-3: set.free_days: -3 is not in [0, 3650]"
    ]
    assert messages(TINY, ["replication=3"])[0].startswith(
        "--set replication=3: replication: unknown key; did you mean"
    )


def test_the_path_of_the_scenario_is_relative_to_the_experiment(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_experiment(ROOT / TINY).scenario.name == "tiny"


def test_an_experiment_without_factors_loads():
    assert load_experiment(plain()).spec.factors == {}


def test_plain_data_of_notebooks_loads():
    factors = {
        "resolve": {"label": "R", "path": "states.arland.resolve", "values": np.linspace(0, 1, 3)},
        "entry": {"label": "E", "path": "mediators.cesland.enters_day", "values": range(3, 5)},
        "when": {
            "label": "D",
            "path": "acts.closure.date",
            "values": (dt.date(2025, 4, 23), dt.date(2025, 4, 24)),
        },
    }
    given = plain(factors=factors, seed=np.int64(5))
    kept = copy.deepcopy(given)
    spec = load_experiment(given).spec
    assert spec.seed == 5
    assert spec.factors["resolve"].values == (0.0, 0.5, 1.0)
    assert spec.factors["entry"].values == (3, 4)
    assert spec.factors["when"].values == ("2025-04-23", "2025-04-24")
    assert str(given) == str(kept)


@pytest.mark.parametrize("seed", [object(), float("nan"), {1, 2}])
def test_data_that_no_file_could_contain_is_refused(seed):
    (line,) = messages(plain(seed=seed))
    assert line.startswith("experiment: this is not plain data: ")


def test_errors_in_plain_data_have_their_path():
    factors = {"resolve": {"label": "R", "path": "states.arland.resolve", "values": [0.5, 1.5]}}
    assert messages(plain(factors=factors)) == ["experiment: factors.resolve.values.1: 1.5 is not in [0, 1]"]
    assert messages(plain(scenario="tiny.yaml"))[0].startswith(
        'experiment: scenario: there is no scenario file "tiny.yaml"'
    )
    assert load_experiment(plain(scenario="tiny.yaml"), folder=ROOT / "tests/data").scenario.name == "tiny"


@pytest.mark.parametrize("source", [TINY, *shipped_experiments()])
def test_a_specification_as_data_loads_as_an_equal_one(source):
    loaded = load_experiment(source)
    tree = spec_tree(loaded.spec)
    assert json.loads(json.dumps(tree, allow_nan=False)) == tree
    assert Spec.model_validate(tree) == loaded.spec


def test_every_option_comes_back():
    given = plain(
        set={"states.arland.note": None},
        until={"share": "mediated", "half_width": 0.05, "at_most": 100},
        factors={"span": {"label": "D", "path": "free_days", "values": [3, 4], "unit": "days"}},
        design={"kind": "list", "points": [{"span": 3}]},
        baseline={"span": 4},
        outcomes=["mediated", "rung_7"],
        plots=["heat", {"kind": "fan", "at": {"span": 3}}],
        keep=["acts"],
        seeds="independent",
    )
    spec = load_experiment(given).spec
    assert spec.set == {"states.arland.note": None}
    assert [plot.kind for plot in spec.plots] == ["heat", "fan"]
    assert load_experiment(spec_tree(spec)).spec == spec


def test_what_is_loaded_can_be_sent_to_another_process():
    loaded = load_experiment(TINY)
    assert pickle.loads(pickle.dumps(loaded)) == loaded


def test_labels_of_levels():
    factors = load_experiment(TINY).spec.factors
    assert factors["trust"].level_label(0.5) == "0.5"
    assert factors["entry"].level_label(3) == "3"
    assert factors["attack"].level_label("as_it_was") == "as it was"


def test_loading_needs_no_sampling_and_no_table_library():
    code = (
        "import sys\nfrom escalation.experiment.loaded import load_experiment\n"
        f"load_experiment({TINY!r})\n"
        "print(sorted({'scipy.stats', 'pyarrow', 'pandas', 'mesa', 'matplotlib'} & set(sys.modules)))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert answer.stdout.strip() == "[]"


# --------------------------------------------------------------------------------------- shipped by name


def test_shipped_experiments_are_found_by_name_from_anywhere(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in shipped_experiments():
        assert load_experiment(name).spec.name == name


def test_an_installed_package_uses_its_own_experiments(monkeypatch, tmp_path):
    package = tmp_path / "escalation"
    (package / "scenario").mkdir(parents=True)
    monkeypatch.setattr(files, "__file__", str(package / "scenario" / "files.py"))
    for folder, name in (("experiments", "of_checkout"), ("escalation/shipped/experiments", "of_wheel")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / f"{name}.yaml").write_text("name: x\n")
        assert shipped_experiments() == [name]


def test_an_unknown_name_is_reported():
    (line,) = messages("no_such_experiment")
    assert line.startswith('no_such_experiment: there is no experiment file "no_such_experiment"; ')


# ----------------------------------------------------------------------------------------- bad files


WORDS = {"<shares>": SHARES, "<styles>": STYLES, "<plots>": get_args(PlotKind)}
"""Words of the model that messages list, by their name in `expected.txt`."""


def corpus():
    """Return what `expected.txt` expects, by file."""
    expected: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in (BAD / "expected.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            lines = expected[line[3:]] = []
        elif line and not line.startswith("#"):
            lines.append(re.sub("<[a-z]+>", lambda found: listed(WORDS[found[0]], 20), line))
    return expected


def test_the_corpus_is_complete():
    assert sorted(corpus()) == sorted(path.name for path in BAD.glob("*.yaml"))


@pytest.mark.parametrize(("name", "lines"), corpus().items())
def test_a_bad_file_gives_the_expected_messages(name, lines):
    assert messages(f"tests/bad_experiments/{name}") == lines


def test_a_path_that_names_a_ladder_is_not_taken_for_its_text():
    assert "names a file" in messages(plain(set={"ladder": "south_asia"}))[0]


def test_errors_in_damaged_files_are_lines(tmp_path):
    text = (ROOT / TINY).read_text(encoding="utf-8").replace("tiny.yaml", str(ROOT / "tests/data/tiny.yaml"))
    good = 0
    for number, damaged in enumerate(mutations(text, 300, seed=3)):
        path = tmp_path / f"{number}.yaml"
        path.write_bytes(damaged if isinstance(damaged, bytes) else damaged.encode("utf-8", "surrogatepass"))
        with contextlib.suppress(ScenarioError):
            load_experiment(path)
            good += 1
    assert 0 < good < 200


# -------------------------------------------------------------------------------------------- the schema


def refused(text):
    tree = json.loads(json.dumps(read_tree(text, "file").value))
    errors = Draft202012Validator(experiment_schema()).iter_errors(tree)
    return sorted(".".join(map(str, error.absolute_path)) for error in errors)


def test_the_schema_is_a_schema_and_current(tmp_path):
    Draft202012Validator.check_schema(experiment_schema())
    shipped = ROOT / "scenarios/schema/experiment.schema.json"
    assert shipped.read_text(encoding="utf-8") == experiment_schema_text()
    assert write_experiment_schema(tmp_path / "new").read_text(encoding="utf-8") == experiment_schema_text()


GOOD = [ROOT / TINY, *(ROOT / "experiments").glob("*.yaml")]


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_good_files_pass_the_schema_and_name_it(path):
    text = path.read_text(encoding="utf-8")
    assert refused(text) == []
    header = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert header
    assert (path.parent / header[1]).resolve() == ROOT / "scenarios/schema/experiment.schema.json"


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("replications: 20", "replications: 0", "replications"),
        ("replications: 20", "replication: 20", ""),
        ("design: grid", "design: gird", "design"),
        ("design: grid", "design: {kind: lhs, points: many}", "design"),
        ("design: grid", "plots: [heat, fans]", "plots"),
        ("design: grid", "outcomes: [Rung 4]", "outcomes.0"),
        ("    levels: 3", "    level: 3", "factors.trust"),
        ("  entry:", "  Entry:", "factors"),
    ],
)
def test_the_schema_refuses_what_editors_can_see(old, new, path):
    text = (ROOT / TINY).read_text(encoding="utf-8")
    assert text.count(old) == 1
    assert path in refused(text.replace(old, new))


@pytest.mark.parametrize(
    "design", ["lhs", "{kind: sobol, points: 8, seed: 3}", "{kind: list, points: [{entry: 3}]}"]
)
def test_the_schema_takes_every_form_of_a_design(design):
    text = (ROOT / TINY).read_text(encoding="utf-8").replace("design: grid", f"design: {design}")
    assert refused(text) == []


def test_a_truth_value_is_not_a_number():
    factor = {"label": "R", "path": "states.arland.resolve", "values": [0, 1]}
    line = "experiment: baseline.resolve: true is not a level of resolve; one of 0, 1"
    assert messages(plain(factors={"resolve": factor}, baseline={"resolve": True})) == [line]


def test_a_typed_path_is_relative_to_the_working_directory():
    assert load_experiment(TINY, ["scenario=tests/data/tiny.yaml"]).scenario.name == "tiny"
    (line,) = messages(TINY, ["scenario=tiny.yaml"])
    assert line.startswith('--set scenario=tiny.yaml: scenario: there is no scenario file "tiny.yaml"')
