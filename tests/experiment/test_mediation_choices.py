"""The experiment that a scenario's mediation gives: every choice loads, and differs from the others."""

from __future__ import annotations

import pytest

from escalation.experiment.design import design_of, scenario_of
from escalation.experiment.loaded import load_experiment
from escalation.experiment.mediation_choices import AS_IT_IS, NOBODY, mediation_experiment
from escalation.files.places import ArgumentError
from escalation.scenario.dump import scenario_hash, yaml_text
from escalation.scenario.load import load_scenario, shipped_cases
from tests.experiment.sweeps import TINY


def test_the_choices_of_one_mediator() -> None:
    scenario = load_scenario(TINY)
    loaded = load_experiment(mediation_experiment(scenario, str(TINY), points=2))
    assert list(loaded.spec.policies) == [
        NOBODY, AS_IT_IS, "cesland_formulation", "cesland_manipulation", "cesland_third_party",
    ]  # fmt: skip
    made = {cell.levels["policy"]: scenario_of(loaded, cell) for cell in design_of(loaded).cells[:5]}
    assert not made[NOBODY].mediators
    assert [act.id for act in made[NOBODY].acts] == ["closure", "objection"]
    assert made["cesland_manipulation"].mediators["cesland"].style == "manipulation"
    assert made["cesland_third_party"].mediators["cesland"].form == "third_party"
    assert len({scenario_hash(each) for each in made.values()}) == 5


def test_a_mediator_that_comes_later_may_come_at_once_and_one_of_several_alone() -> None:
    tree = {"mediators.cesland.enters_day": 9}
    overrides = [f"{path}={value}" for path, value in tree.items()]
    overrides.append(
        "mediators.delland={label: Delland, enters_day: 2, style: facilitation, form: bilateral}"
    )
    scenario = load_scenario(TINY, overrides)
    policies = mediation_experiment(scenario, str(TINY))["policies"]
    assert policies["cesland_at_once"]["set"] == {"mediators.cesland.enters_day": scenario.horizon_day + 1}
    assert "delland_at_once" not in policies
    assert policies["cesland_alone"]["drop"] == ["mediators.delland"]
    assert policies["delland_alone"]["drop"] == ["mediators.cesland", "appeal"]


def test_dispositions_are_varied_around_the_scenarios_within_their_bounds() -> None:
    given = mediation_experiment(load_scenario(TINY), str(TINY))["uncertainties"]
    assert given["resolve_arland"]["range"] == [0.4, 0.8]
    assert given["third_party_aversion_borland"]["range"] == [0.0, 0.3]
    assert given["trust_cesland_arland"]["range"] == [0.5, 0.9]
    assert given["leverage_cesland_borland"]["range"] == [0.0, 0.4]
    assert given["stakes_arland_borland"]["range"] == [0.8, 1.0]


@pytest.mark.parametrize("name", ["pahalgam_2025", *shipped_cases()[::12]])
def test_every_shipped_scenario_with_a_mediator_gives_an_experiment(name: str, tmp_path) -> None:
    scenario = load_scenario(name)
    if not scenario.mediators:
        with pytest.raises(ArgumentError, match="has no mediator"):
            mediation_experiment(scenario, name)
        return
    given = mediation_experiment(scenario, name, points=3)
    loaded = load_experiment(given)
    path = tmp_path / "shown.yaml"
    path.write_text(yaml_text(given), encoding="utf-8")
    assert load_experiment(path).spec == loaded.spec
