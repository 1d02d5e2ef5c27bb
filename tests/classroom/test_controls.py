from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.classroom.controls import (
    FINE,
    Control,
    Workspace,
    controls_of,
    departures,
    moved,
    range_of,
    step_of,
)
from escalation.engine.pack import pack
from escalation.scenario.describe import all_parameters
from escalation.scenario.load import load_scenario
from escalation.scenario.parameters import parameters_of
from escalation.scenario.scenario import Mediator
from escalation.scenario.weights import Weights
from tests.classroom.crises import ENTRY, STYLE, workspace

CONTROLS = {control.path: control for control in controls_of(workspace())}
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
        (0.5137, (0.2, 1.1)), (0.1513, (0.15, 1.1)), (0.0, (0.0, 1.1)),
        (1.1001, (0.2, 1.15)), (19.99, (0.2, 20.0)),
    ],
)  # fmt: skip
def test_a_range_is_widened_by_even_steps_to_a_value_outside(value: float, ends: tuple[float, float]) -> None:
    (ratchet,) = [one for one in parameters_of(Weights) if one.name == "ratchet"]
    assert (ratchet.plausible, ratchet.bounds) == ((0.2, 1.1), (0.0, 20.0))
    assert range_of(ratchet, value) == pytest.approx(ends)


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
    assert control.shown(control.never) == "never"
    late = workspace().at(((ENTRY, control.never),)).mediators["russia"]
    assert isinstance(late, Mediator)
    assert late.enters_day > workspace().scenario.last_day


def test_a_crisis_without_mediators_has_controls_too() -> None:
    controls = controls_of(workspace(TWO_STATES))
    assert {c.group for c in controls if not c.advanced}
    assert isinstance(controls[0], Control)
