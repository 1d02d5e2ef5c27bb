"""The shipped experiments: each loads, says what it varies in words, and runs to its end with figures."""

from __future__ import annotations

import csv
from itertools import combinations
from pathlib import Path

import pytest

from escalation.experiment.design import Loaded, design_of, scenario_of
from escalation.experiment.loaded import load_experiment, shipped_experiments
from escalation.scenario.load import load_scenario
from tests.experiment.sweeps import swept

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
NAMES = [
    "article_moment",
    "consent",
    "does_russia_matter",
    "mediation",
    "parameter_uncertainty",
    "timing",
    "who_mediates",
]


class Shipped(dict[str, Loaded]):
    """The shipped experiments, each loaded when it is first asked for."""

    def __missing__(self, name: str) -> Loaded:
        self[name] = load_experiment(name)
        return self[name]


@pytest.fixture(scope="module")
def loaded() -> dict[str, Loaded]:
    return Shipped()


def test_these_are_shipped() -> None:
    assert shipped_experiments() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_titles_are_questions_and_labels_are_words(loaded: dict[str, Loaded], name: str) -> None:
    spec = loaded[name].spec
    assert spec.name == name
    assert spec.title.endswith("?")
    for factor in spec.factors.values():
        assert " " in factor.label
        assert factor.label not in ("", *spec.factors)


@pytest.mark.parametrize("name", NAMES)
def test_a_sweep_ends_with_tables_and_figures(name: str, tmp_path: Path) -> None:
    out = tmp_path / name
    ended = swept(ROOT / "experiments" / f"{name}.yaml", out, "--replications", "3")
    assert (ended.code, ended.err) == (0, "")
    with (out / "cells.csv").open() as file:
        cells = list(csv.DictReader(file))
    assert sum(cell["role"] == "baseline" for cell in cells) == 1
    with (out / "summary.csv").open() as file:
        assert {row["n"] for row in csv.DictReader(file)} == {"3"}
    figures = {path.name for path in (out / "figures").iterdir()}
    assert "effects.png" in figures
    assert {name.replace(".png", ".svg") for name in figures if name.endswith(".png")} <= figures


def test_every_act_of_the_record_is_left_out_once(loaded: dict[str, Loaded]) -> None:
    experiment = loaded["article_moment"]
    alternatives = experiment.spec.factors["record"].alternatives
    assert alternatives is not None
    alone = [way.drop for way in alternatives.values() if way.drop and not way.set]
    dropped = sorted(path for drops in alone for path in drops)
    record = experiment.scenario
    assert dropped == sorted(entry.id for entry in (*record.acts, *record.border_fire, *record.incidents))


def test_what_is_left_out_is_what_the_label_says(loaded: dict[str, Loaded]) -> None:
    experiment = loaded["article_moment"]
    alternatives = experiment.spec.factors["record"].alternatives or {}
    acts = {act.id: act for act in experiment.scenario.acts}

    def left_out(name: str) -> list[tuple[str, str]]:
        return [(acts[entry].actor, acts[entry].act) for entry in alternatives[name].drop]

    assert left_out("treaty") == [("india", "suspend_treaty"), ("india", "restrict_water")]
    assert set(left_out("indian_threats")) == {("india", "threaten_force")}
    assert set(left_out("pakistani_threats")) == {("pakistan", "threaten_force")}
    assert {act for _, act in left_out("nuclear_signals")} == {"nuclear_rhetoric", "nuclear_threat"}
    assert left_out("plea") == [("pakistan", "ask_mediation")]
    assert set(left_out("russian_calls")) == {("russia", "urge_restraint")}
    assert left_out("russian_offer") == [("russia", "offer_good_offices")]
    assert {actor for actor, _ in left_out("indian_measures")} == {"india"}
    assert {actor for actor, _ in left_out("countermeasures")} == {"pakistan"}


def test_where_russia_is_out_nothing_names_it(loaded: dict[str, Loaded]) -> None:
    experiment = loaded["who_mediates"]
    for cell in design_of(experiment).cells:
        scenario = scenario_of(experiment, cell)
        named = {act.actor for act in scenario.acts} | {act.target for act in scenario.acts}
        is_recorded = cell.levels["who"] in ("russia", "russia_and_saudi_arabia")
        assert ("russia" in named) == is_recorded
        assert (len(scenario.acts) == 43) == is_recorded


def test_saudi_arabia_is_the_same_alone_and_with_russia(loaded: dict[str, Loaded]) -> None:
    experiment = loaded["who_mediates"]
    found = [
        scenario.mediators["saudi_arabia"]
        for scenario in (scenario_of(experiment, cell) for cell in design_of(experiment).cells)
        if "saudi_arabia" in scenario.mediators
    ]
    assert len(found) == 18
    assert all(one == other for one, other in combinations(found, 2))


def test_the_united_states_are_the_same_alone_and_with_saudi_arabia(loaded: dict[str, Loaded]) -> None:
    alternatives = loaded["who_mediates"].spec.factors["who"].alternatives or {}
    alone, both = (alternatives[name].set for name in ("united_states", "united_states_and_saudi_arabia"))
    assert both == alone | alternatives["saudi_arabia"].set


@pytest.mark.parametrize("name", ["timing", "who_mediates"])
def test_a_supposed_strike_is_by_the_state_that_the_label_names(loaded: dict[str, Loaded], name: str) -> None:
    experiment = loaded[name]
    by = {"none": [], "india": ["india"], "both": ["india", "pakistan"]}
    for cell in design_of(experiment).cells:
        acts = scenario_of(experiment, cell).acts
        strikes = sorted(act.actor for act in acts if act.act == "strike")
        assert strikes == by[str(cell.levels["moment"])]
        assert all(act.date == experiment.scenario.horizon for act in acts if act.act == "strike")
        assert all("Supposed" in act.says for act in acts if act.act == "strike")


@pytest.mark.parametrize("name", ["timing", "mediation"])
def test_where_russia_never_enters_no_act_of_it_remains(loaded: dict[str, Loaded], name: str) -> None:
    experiment = loaded[name]
    for cell in design_of(experiment).cells:
        scenario = scenario_of(experiment, cell)
        if cell.levels["entry"] == "never":
            assert all("russia" not in (act.actor, act.target) for act in scenario.acts)
            assert scenario.mediators["russia"].enters_day > scenario.last_day


def test_the_baseline_of_mediation_and_consent_is_near_the_scenario(loaded: dict[str, Loaded]) -> None:
    """All but the two levels that are shared by both sides, which are the mean of the two."""
    plain = load_scenario("pahalgam_2025", ["free_days=60"])
    russia = plain.mediators["russia"]
    for name, key in (("mediation", "leverage"), ("consent", "trust")):
        (base,) = (cell for cell in design_of(loaded[name]).cells if cell.role == "baseline")
        mean = sum(getattr(relation, key) for relation in russia.toward.values()) / 2
        assert base.levels[key] == pytest.approx(mean)
        toward = {
            state: relation.model_copy(update={key: base.levels[key]})
            for state, relation in russia.toward.items()
        }
        changed = {"russia": russia.model_copy(update={"toward": toward})}
        assert scenario_of(loaded[name], base) == plain.model_copy(update={"mediators": changed})
