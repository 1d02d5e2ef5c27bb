from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.classroom.controls import (
    FINE,
    FROM_ENTRY,
    STAYS_OUT,
    TAKES_PART,
    Control,
    Settings,
    Workspace,
    controls_of,
    departures,
    moved,
    range_of,
    step_of,
)
from escalation.engine.pack import pack
from escalation.experiment.loaded import load_experiment
from escalation.experiment.variant import without
from escalation.scenario.describe import all_parameters
from escalation.scenario.load import load_scenario
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Mediator
from escalation.scenario.weights import Weights
from tests.classroom.crises import ENTRY, NAME, STYLE, workspace

CONTROLS = {control.path: control for control in controls_of(workspace())}
RUSSIA = "mediators.russia"
TWO_STATES = "docs/examples/two_states.yaml"


def test_every_mediation_factor_and_disposition_has_a_control() -> None:
    for key in ("enters_day", "style", "form", "persistence", "credibility"):
        assert f"mediators.russia.{key}" in CONTROLS
    for state in ("india", "pakistan"):
        for key in ("trust", "bias", "leverage"):
            assert f"mediators.russia.toward.{state}.{key}" in CONTROLS
        for key in ("resolve", "audience", "risk_aversion", "signal_credibility", "third_party_aversion"):
            assert f"states.{state}.{key}" in CONTROLS
    named = {path for path, _ in all_parameters()}
    assert all(path in named for path in CONTROLS if path.startswith("weights."))
    stages = ("alarm", "protest", "conciliation", "ratchet", "riposte", "talks_agree")
    assert {f"weights.{name}" for name in stages} <= set(CONTROLS), "of when, of what, and of mediation"
    assert all(control.advanced == path.startswith("weights.") for path, control in CONTROLS.items())


@pytest.mark.parametrize("path", CONTROLS)
def test_a_control_is_described_in_one_sentence_with_its_source(path: str) -> None:
    control = CONTROLS[path]
    assert control.label
    assert control.source
    assert control.says.endswith(".")
    assert not control.says.endswith("..")


@pytest.mark.parametrize("path", [path for path, control in CONTROLS.items() if not control.options])
def test_a_slider_reaches_its_ends_and_the_scenarios_value(path: str) -> None:
    control = CONTROLS[path]
    assert control.read(control.value) == control.value
    for end in (control.low, control.high):
        value = control.read(end)
        assert value is not None
        assert value == pytest.approx(end)
        pack(workspace().at(((path, value),)))
    moves = (control.high - control.low) / control.step
    assert moves == pytest.approx(round(moves), abs=1e-6), "a browser snaps to steps from the low end"
    steps = (float(control.value) - control.low) / control.step
    assert steps == pytest.approx(round(steps), abs=1e-6) or moves >= FINE


def test_a_weight_that_departs_from_the_default_says_so() -> None:
    departs = 0
    scenario = load_scenario("pahalgam_2025", ["weights=default", "weights.ratchet=0.8"])
    controls = {control.path: control for control in controls_of(Workspace(scenario, "changed"))}
    for parameter in parameters_of(Weights):
        control = controls.get(f"weights.{parameter.name}")
        if control is not None:
            default = f"is {parameter.default:g}, from: {parameter.source}"
            assert (default in control.source) == (control.value != parameter.default)
            assert parameter.source in control.source
            departs += control.value != parameter.default
    assert departs == 1


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        (0.5137, (0.2, 1.1)), (0.1513, (0.0, 1.1)), (0.0, (0.0, 1.1)), (0.2, (0.0, 1.1)),
        (1.05, (0.2, 1.3)), (1.1001, (0.2, 1.35)), (19.99, (0.2, 20.0)),
    ],
)  # fmt: skip
def test_a_range_goes_on_by_even_steps_where_the_value_is_at_its_end(
    value: float, ends: tuple[float, float]
) -> None:
    (ratchet,) = [one for one in parameters_of(Weights) if one.name == "ratchet"]
    assert (ratchet.plausible, ratchet.bounds) == ((0.2, 1.1), (0.0, 20.0))
    assert range_of(ratchet, value) == pytest.approx(ends)


@pytest.mark.parametrize("path", [path for path in CONTROLS if path.startswith("weights.")])
def test_a_fitted_value_can_be_moved_both_ways(path: str) -> None:
    (parameter,) = [one for one in parameters_of(Weights) if one.name == path.removeprefix("weights.")]
    control = CONTROLS[path]
    value, room = float(control.value), 0.05 * (parameter.plausible[1] - parameter.plausible[0])
    assert control.low <= value - room or control.low == parameter.bounds[0]
    assert value + room <= control.high or control.high == parameter.bounds[1]
    assert (control.plausible is None) == ((control.low, control.high) == parameter.plausible)


@given(
    low=st.integers(-20, 20),
    width=st.integers(1, 60),
    at=st.floats(0, 1),
    unit=st.sampled_from([1, 0.1, 0.01]),
)
def test_steps_meet_ends_and_value(low: int, width: int, at: float, unit: float) -> None:
    bottom, top = low * unit, (low + width) * unit
    value = (low + round(at * width)) * unit
    step = step_of(bottom, top, value)
    assert 14 < (top - bottom) / step < 401
    for x in (top - bottom, value - bottom):
        assert math.isclose(x / step, round(x / step), abs_tol=1e-4)


junk = st.one_of(
    st.none(), st.booleans(), st.text(), st.floats(allow_nan=True), st.integers(),
    st.lists(st.integers(), max_size=2), st.dictionaries(st.text(), st.integers(), max_size=2),
)  # fmt: skip


@given(path=st.one_of(st.sampled_from(sorted(CONTROLS)), st.text()), given_=junk)
def test_whatever_a_browser_sends_is_a_valid_setting_or_nothing(path: str, given_: object) -> None:
    settings = moved(CONTROLS, (), path, given_)
    if settings is None:
        return
    scenario = workspace().at(settings)
    assert scenario.name == "pahalgam_2025"
    assert all(CONTROLS[name].read(value) == value for name, value in settings)


def test_values_of_other_kinds_are_refused() -> None:
    for given_ in ("2", "none", 1, None, True):
        assert CONTROLS[STYLE].read(given_) is None
    for given_ in (3.5, -1, 46, "x", math.nan, math.inf, True, [3], "9" * 40):
        assert CONTROLS[ENTRY].read(given_) is None
    assert CONTROLS[ENTRY].read("12") == 12


def test_a_control_put_back_is_not_a_setting() -> None:
    settings = moved(CONTROLS, (), STYLE, "manipulation")
    assert settings == ((STYLE, "manipulation"),)
    assert [(c.path, v) for c, v in departures(CONTROLS, settings)] == [(STYLE, "manipulation")]
    assert moved(CONTROLS, settings, STYLE, "facilitation") == ()


def test_the_last_day_of_entry_means_never() -> None:
    control = CONTROLS[ENTRY]
    assert control.never == workspace().scenario.last_day + 1
    assert control.shown(control.never) == "no further acts by Russia"
    assert control.shown(12) == "12"
    late = workspace().at(((ENTRY, control.never),)).mediators["russia"]
    assert isinstance(late, Mediator)
    assert late.enters_day > workspace().scenario.last_day


def test_what_a_mediator_chooses_is_a_policy_and_all_else_an_assumption() -> None:
    policies = {path for path, control in CONTROLS.items() if control.kind == "policy"}
    chosen = ("enters_day", "style", "form", "persistence")
    assert policies == {RUSSIA, *(f"{RUSSIA}.{key}" for key in chosen)}
    assert {control.kind for control in CONTROLS.values()} == {"policy", "assumption"}


def test_departures_name_policies_first() -> None:
    settings: Settings = (("a", 0), (ENTRY, 20), (STYLE, "manipulation"), ("states.india.resolve", 0.8))
    kinds = [
        control.kind
        for control, _ in departures(CONTROLS | {"a": Control("a", "", "", "", "", "", 1)}, settings)
    ]
    assert kinds == ["policy", "policy", "assumption", "assumption"]


def test_a_mediator_that_stays_out_takes_all_that_the_record_has_of_it() -> None:
    settings = moved(CONTROLS, ((STYLE, "manipulation"),), RUSSIA, STAYS_OUT)
    assert settings is not None
    scenario = workspace().at(settings)
    assert "russia" not in scenario.mediators
    assert not [act for act in scenario.acts if "russia" in (act.actor, act.target)]
    (policy,) = [
        p for name, p in load_experiment("does_russia_matter").spec.policies.items() if name == "nobody"
    ]
    assert set(workspace().change(settings).drops) == set(policy.drop)
    assert scenario == without(workspace().scenario, policy.drop)
    assert [control.path for control, _ in departures(CONTROLS, settings)] == [RUSSIA], (
        "its style moves nothing"
    )
    assert moved(CONTROLS, settings, RUSSIA, TAKES_PART) == ((STYLE, "manipulation"),)
    assert moved(CONTROLS, (), RUSSIA, "never") is None


def test_a_mediator_from_its_day_of_entry_on_is_not_in_the_record_and_comes_later() -> None:
    settings = moved(CONTROLS, ((ENTRY, 28),), RUSSIA, FROM_ENTRY)
    assert settings == ((RUSSIA, FROM_ENTRY), (ENTRY, 28))
    scenario = workspace().at(settings)
    assert scenario.mediators["russia"].enters_day == 28
    assert not [act for act in scenario.acts if "russia" in (act.actor, act.target)]
    (late,) = [p for name, p in load_experiment("does_russia_matter").spec.policies.items() if name == "late"]
    change = workspace().change(settings)
    assert (dict(change.sets), set(change.drops)) == (late.set, set(late.drop))
    assert {control.path for control, _ in departures(CONTROLS, settings)} == {RUSSIA, ENTRY}


def test_acts_without_an_id_are_left_out_too(tmp_path: Path) -> None:
    text = Path(f"scenarios/{NAME}.yaml").read_text(encoding="utf-8")
    text = re.sub(r"^  - id: (lavrov_dar_call|russia_offer)\n    date", "  - date", text, flags=re.M)
    path = tmp_path / "some.yaml"
    path.write_text(text, encoding="utf-8")
    nameless = Workspace(load_scenario(path), str(path))
    left = nameless.at(((RUSSIA, STAYS_OUT),))
    assert [act.says for act in left.acts] == [
        act.says for act in workspace().at(((RUSSIA, STAYS_OUT),)).acts
    ]


def test_a_control_shows_an_example_from_a_recorded_crisis() -> None:
    assert all(control.example.endswith(")") for control in CONTROLS.values())
    assert "Tashkent 1966" in CONTROLS[f"{RUSSIA}.toward.india.leverage"].example
    assert "Beagle Channel" in CONTROLS[RUSSIA].example


def test_a_crisis_without_mediators_has_controls_too() -> None:
    controls = controls_of(workspace(TWO_STATES))
    assert {c.group for c in controls if not c.advanced}
    assert isinstance(controls[0], Control)
