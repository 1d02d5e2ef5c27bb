"""Experiments from files and from plain data, with overrides: one result, or every error."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from escalation.experiment.loaded import load_experiment, shipped_experiments
from escalation.experiment.spec import spec_tree
from escalation.files.places import ScenarioError
from escalation.scenario.load import load_weights
from tests.experiment.sweeps import TINY, tree, written


def refused(source: Any, overrides: tuple[str, ...] = (), **more: Any) -> list[str]:
    with pytest.raises(ScenarioError) as caught:
        load_experiment(source, overrides, **more)
    return [str(problem) for problem in caught.value.problems]


def test_a_file_and_the_same_plain_data_are_one_experiment(tmp_path: Path) -> None:
    assert load_experiment(written(tmp_path)) == load_experiment(tree())


def test_plain_data_may_hold_what_python_and_numpy_have() -> None:
    given = tree(seed=np.uint64(7), set={"horizon": dt.date(2025, 4, 26)})
    given["factors"]["resolve"]["values"] = np.array([0.2, 0.6, 0.9])
    found = load_experiment(given)
    assert found.spec.factors == load_experiment(tree()).spec.factors
    assert found.scenario.horizon == dt.date(2025, 4, 26)
    (line,) = refused(tree(title={1, 2}))
    assert line.startswith("experiment: this is not plain data: set")
    (line,) = refused(tree(seed=float("nan")))
    assert "not plain data" in line


def test_what_is_set_for_all_cells_is_in_the_base() -> None:
    found = load_experiment(tree(set={"states.arland.audience": 0.9, "free_days": 3}))
    assert (found.scenario.states["arland"].audience, found.scenario.free_days) == (0.9, 3)
    assert found.base["free_days"] == 3
    assert found.known.scenario is found.scenario
    (line,) = refused(tree(set={"free_days": -1}))
    assert line.startswith("experiment: set.free_days: -1 is not in [0, 3650]")


def test_overrides_may_name_key_paths_of_the_scenario() -> None:
    found = load_experiment(
        tree(), ["seed=8", "set.states.arland.audience=0.9", "factors.resolve.values=[0.1]"]
    )
    assert found.spec.seed == 8
    assert found.spec.set == {"states.arland.audience": 0.9}
    assert found.spec.factors["resolve"].values == (0.1,)
    both = load_experiment(tree(), ["factors.who.alternatives.both.set.states.arland.audience=0.9"])
    alternatives = both.spec.factors["who"].alternatives
    assert alternatives is not None
    assert alternatives["both"].set["states.arland.audience"] == 0.9


def test_all_errors_of_file_and_overrides_are_reported_at_once(tmp_path: Path) -> None:
    lines = refused(written(tmp_path, replications=0), ("sead=1", "title=yes"))
    assert any("sead: unknown key; did you mean `seed`?" in line for line in lines)
    assert any("title" in line for line in lines)
    assert any(line.startswith(str(tmp_path / "trial.yaml")) and "replications" in line for line in lines)


def test_a_wrong_factor_path_is_reported_with_all_other_errors(tmp_path: Path) -> None:
    """Errors of single keys, of what is set for all cells, of factors and of what refers to them."""
    wrong = tree(
        replications=0,
        outcomes=["fire"],
        set={"states.arland.audienze": 0.1},
        factors={
            "path": {"label": "P", "path": "states.arland.reslove", "values": [0.1]},
            "unlabelled": {"path": "states.arland.resolve", "values": [0.1]},
            "role": {"label": "R", "path": "states.borland.resolve", "values": [0.1, 1.1]},
        },
        baseline={"unlabelled": 0.1, "nobody": 1},
    )
    paths = [line.split(": ")[1] for line in refused(wrong)]
    assert sorted(paths) == sorted([
        "replications", "outcomes.0", "set.states.arland.audienze", "factors.path.path",
        "factors.unlabelled.label", "factors.role.values.1", "baseline.nobody",
    ])  # fmt: skip
    assert any(
        'there is no scenario file "no.yaml"' in line for line in refused(wrong | {"scenario": "no.yaml"})
    )
    assert len(refused(wrong | {"scenario": "no.yaml"})) == 4


def test_the_scenario_is_found_from_the_folder_of_the_file(tmp_path: Path) -> None:
    text = TINY.read_text(encoding="utf-8")
    ladder = TINY.with_name("tiny_ladder.yaml")
    own = text.replace("ladder: tiny_ladder.yaml", f"ladder: {ladder}")
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    path = written(tmp_path, scenario="own.yaml")
    assert load_experiment(path).scenario == load_experiment(tree()).scenario
    assert load_experiment(tree(scenario="own.yaml"), folder=tmp_path).scenario.name == "tiny"
    (line,) = refused(path, folder=tmp_path / "elsewhere")
    assert 'there is no scenario file "own.yaml"' in line


def test_draws_of_fitted_weights_become_alternatives() -> None:
    fitted = load_weights("calibrated").fitted
    assert fitted is not None
    draws = {"weights": {"label": "W", "draws": {"of": "calibrated", "count": 2}}}
    alternatives = load_experiment(tree(factors=draws)).spec.factors["weights"].alternatives
    assert alternatives is not None
    assert list(alternatives) == ["draw_0", "draw_1"]
    wanted = {f"weights.{name}": value for name, value in zip(fitted.weights, fitted.draws[1], strict=True)}
    assert alternatives["draw_1"].set == wanted
    draws["weights"]["draws"] = {"of": "calibrated", "count": 10_000}  # type: ignore[dict-item]
    assert any(f"has {len(fitted.draws)} draws, not 10000" in line for line in refused(tree(factors=draws)))
    both = {"weights": {"label": "W", "alternatives": {"a": {}}, "draws": {"of": "calibrated", "count": 1}}}
    assert any("mutually exclusive" in line for line in refused(tree(factors=both)))


def test_shipped_experiments_are_found_by_name() -> None:
    names = shipped_experiments()
    assert "mediation" in names
    (line,) = refused("mediaton")
    assert "did you mean `mediation`?" in line


def test_a_file_that_cannot_be_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(json.dumps(tree())[:-1], encoding="utf-8")
    assert len(refused(path)) == 1


def test_what_a_policy_names_and_cannot_be_found_has_its_place(tmp_path: Path) -> None:
    policies = {"a": {"weights": "calibrted"}, "b": {"scenario": "nowhere.yaml"}, "c": {"weights": 3}}
    given = {key: value for key, value in tree(policies=policies, baseline={}).items() if key != "factors"}
    lines = refused(given)
    assert [line.split(": ")[1] for line in lines] == [
        "policies.a.weights", "policies.b.scenario", "policies.c.weights",
    ]  # fmt: skip
    assert "did you mean `calibrated`" in lines[0]


def test_a_scenario_that_a_policy_names_takes_what_is_set_for_all_cells(tmp_path: Path) -> None:
    given = tree(policies={"a": {}, "b": {"scenario": str(TINY)}}, baseline={}, set={"free_days": 3})
    del given["factors"]
    loaded = load_experiment(given)
    assert loaded.spec.policies["b"].scenario["free_days"] == 3
    assert loaded.spec.varied["policy"].alternatives == loaded.spec.policies
    assert load_experiment(spec_tree(loaded.spec) | {"scenario": str(TINY)}).spec == loaded.spec


def test_overrides_reach_into_policies() -> None:
    given = {
        key: value
        for key, value in tree(policies={"a": {}, "b": {}}, baseline={}).items()
        if key != "factors"
    }
    loaded = load_experiment(given, ["policies.b.set.states.arland.resolve=0.9", "reference=b"])
    assert loaded.spec.policies["b"].set == {"states.arland.resolve": 0.9}
    assert loaded.spec.reference == "b"
