"""A scenario takes one draw of a fitted set of weights; a factor takes many."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from escalation.experiment.loaded import load_experiment
from escalation.scenario.load import ScenarioError, load_scenario, load_weights, shipped_folder
from escalation.scenario.weight_set import Fitted


def error_of(*overrides: str) -> str:
    with pytest.raises(ScenarioError) as caught:
        load_scenario("pahalgam_2025", list(overrides))
    (line,) = str(caught.value).splitlines()
    return line


def test_a_draw_replaces_what_was_fitted_and_what_the_scenario_gives_replaces_the_draw() -> None:
    chosen = load_weights("calibrated")
    assert chosen.fitted is not None
    scenario = load_scenario("pahalgam_2025", ["weights.draw=7"])
    assert scenario.weights == chosen.draw(7)
    own = load_scenario("pahalgam_2025", ["weights.draw=7", "weights.habit=0.25"])
    assert own.weights == chosen.draw(7).model_copy(update={"habit": 0.25})


def test_draws_lie_within_bounds_and_differ() -> None:
    chosen = load_weights("calibrated")
    assert chosen.fitted is not None
    assert len(set(chosen.fitted.draws)) == len(chosen.fitted.draws) == 100


@pytest.mark.parametrize(
    ("overrides", "says"),
    [
        (["weights.draw=100"], "a whole number from 0 to 99"),
        (["weights.draw=-1"], "a whole number from 0 to 99"),
        (["weights.draw=first"], "a whole number from 0 to 99"),
        (["weights=default", "weights.draw=0"], "have no draws"),
    ],
)
def test_a_missing_draw_is_refused(overrides: list[str], says: str) -> None:
    assert says in error_of(*overrides)


def test_a_set_without_draws_refuses() -> None:
    with pytest.raises(IndexError):
        load_weights("default").draw(0)


@pytest.mark.parametrize(
    ("weights", "se"), [(("no_such_weight",), (1.0,)), (("habit",), (1.0, 2.0)), (("habit", "lull"), (1.0,))]
)
def test_what_was_fitted_names_weights_and_has_a_number_for_each(
    weights: tuple[str, ...], se: tuple[float, ...]
) -> None:
    with pytest.raises(ValueError, match="weight"):
        Fitted(weights=weights, se=se, prior_sd=(1.0,) * len(weights))


def experiment(**draws: object) -> dict[str, object]:
    return {
        "name": "drawn", "title": "Drawn", "summary": "Drawn.", "scenario": "pahalgam_2025", "seed": 1,
        "replications": 10, "design": "grid", "outcomes": ["force"],
        "factors": {"weights": {"label": "Weights"} | draws},
    }  # fmt: skip


def test_a_factor_of_draws_becomes_alternatives() -> None:
    loaded = load_experiment(experiment(draws={"of": "calibrated", "count": 3}))
    alternatives = loaded.spec.factors["weights"].alternatives
    assert alternatives is not None
    assert list(alternatives) == ["draw_0", "draw_1", "draw_2"]
    fitted = load_weights("calibrated").fitted
    assert fitted is not None
    assert alternatives["draw_2"].set["weights.habit"] == fitted.draws[2][fitted.weights.index("habit")]


@pytest.mark.parametrize(
    ("draws", "says"),
    [
        ({"draws": {"of": "calibrated", "count": 101}}, "has 100 draws"),
        ({"draws": {"of": "default", "count": 1}}, "has 0 draws"),
        ({"draws": {"of": "calibrated", "count": 1}, "alternatives": {"a": {}}}, "one of the two"),
        ({"draws": {"of": "nowhere", "count": 1}}, "nowhere"),
        ({"draws": {"of": "calibrated"}}, "count"),
    ],
)
def test_a_factor_of_missing_draws_is_refused(draws: dict[str, object], says: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_experiment(experiment(**draws))
    assert says in str(caught.value)


def test_the_file_of_the_draws_is_relative_to_the_experiment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(shipped_folder() / "weights" / "calibrated.yaml", tmp_path / "mine.yaml")
    path = tmp_path / "drawn.yaml"

    def write(name: str) -> None:
        data = experiment(draws={"of": name, "count": 2})
        path.write_text("\n".join(f"{key}: {json.dumps(value)}" for key, value in data.items()))

    monkeypatch.chdir("/")
    write("mine.yaml")
    loaded = load_experiment(path)
    assert list(loaded.spec.factors["weights"].alternatives or {}) == ["draw_0", "draw_1"]
    write("yours.yaml")
    with pytest.raises(ScenarioError, match=r"\.yaml:\d+:\d+: factors\.weights\.draws\.of: there is no"):
        load_experiment(path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    moved = path.rename(tmp_path / "elsewhere" / path.name)
    with pytest.raises(ScenarioError, match=r"there is no weights file"):
        load_experiment(moved)


def test_an_old_key_names_the_new_one(tmp_path: Path) -> None:
    shipped = shipped_folder() / "weights" / "calibrated.yaml"
    old = tmp_path / "old.yaml"
    old.write_text(shipped.read_text(encoding="utf-8").replace("weakly_identified:", "untold:"), "utf-8")
    with pytest.raises(ScenarioError, match=r"fitted\.untold: this key is now called weakly_identified"):
        load_weights(old)
