from __future__ import annotations

from functools import cache

import pytest

from escalation.classroom.controls import STAYS_OUT, Settings, Value, controls_of, put
from escalation.classroom.waking import (
    PRESENT,
    SELDOM,
    Need,
    asleep,
    background,
    needs_of,
    remarks,
    unmet,
    woken,
)
from escalation.engine.pack import pack
from escalation.language import say
from escalation.measures.ensemble import Ensemble, ensemble_of, play_part, same_crises
from tests.classroom.crises import STYLE, workspace

CONTROLS = {control.path: control for control in controls_of(workspace())}
RUSSIA, COMPANY = "mediators.russia", "weights.agree_company"
CONDITIONS = [(path, need) for path in CONTROLS for need in needs_of(path)]
FEW, MANY = 200, 2_000
OF_MEDIATION = [path for path in CONTROLS if path.startswith(f"{RUSSIA}.")]


@cache
def crises(settings: Settings, count: int) -> Ensemble:
    scenario = workspace().at(settings)
    return ensemble_of(scenario, 7, [play_part(pack(scenario), 7, 0, count)])


def ends(path: str) -> list[Value]:
    control = CONTROLS[path]
    if control.options:
        return list(control.options)
    return [value for end in (control.low, control.high) if (value := control.read(end)) is not None]


def moves(settings: Settings, path: str, count: int) -> bool:
    """Return whether some value of a control gives other crises than another."""
    one, *others = (crises(put(settings, path, value), count) for value in ends(path))
    return not all(same_crises(one, other) for other in others)


def without(need: Need, settings: Settings) -> Settings:
    """Return settings in which a need is not met."""
    for path, control in CONTROLS.items():
        if need.concerns(path):
            lacking = [option for option in control.options if option not in need.options]
            settings = put(settings, path, lacking[0] if lacking else need.neutral)
    return settings


@pytest.mark.parametrize(("path", "need"), CONDITIONS, ids=lambda value: getattr(value, "pattern", value))
def test_a_control_moves_nothing_while_a_need_is_not_met(path: str, need: Need) -> None:
    lacking = without(need, woken(CONTROLS, (), path))
    assert need in unmet(CONTROLS, lacking, path)
    assert say(need.says) in asleep(CONTROLS, lacking)[path]
    assert not moves(lacking, path, FEW)


@pytest.mark.parametrize("path", OF_MEDIATION)
def test_no_trait_of_a_mediator_that_stays_out_moves_anything(path: str) -> None:
    out = put((), RUSSIA, STAYS_OUT)
    assert unmet(CONTROLS, out, path) == [PRESENT]
    assert not moves(out, path, FEW)


@pytest.mark.parametrize("path", dict.fromkeys(path for path, _ in CONDITIONS if path != COMPANY))
def test_a_control_moves_something_once_its_needs_are_met(path: str) -> None:
    awake = woken(CONTROLS, (), path)
    assert path not in asleep(CONTROLS, awake)
    assert moves(awake, path, FEW) or moves(awake, path, MANY)


def test_what_hardly_moves_anything_says_so() -> None:
    said = remarks(CONTROLS, ())
    assert set(said) == {*asleep(CONTROLS, ()), *SELDOM}
    assert said["weights.nuclear_taboo"].startswith("Hardly changes how crises end here. It acts where")
    assert said["weights.focal_step"].startswith("Moves nothing")
    assert all(CONTROLS[path].advanced for path in SELDOM)


def test_what_is_a_click_away_is_an_example_needs_range_and_source() -> None:
    example, *needs, source = background(CONTROLS["weights.focal_pull"])
    assert example.startswith("Kutch 1965")
    assert needs == [say(need.says) for need in needs_of("weights.focal_pull")]
    assert source == "Source: prior: not identified by the available data."
    assert "Plausible from 0.2 to 0.6" in " ".join(background(CONTROLS["weights.reply_force"]))


def test_what_is_awake_is_left_as_it_is() -> None:
    settings = ((STYLE, "manipulation"),)
    assert woken(CONTROLS, settings, "weights.focal_pull") == settings
    assert woken(CONTROLS, (), STYLE) == ()


def test_a_second_mediator_cannot_be_set() -> None:
    assert COMPANY in asleep(CONTROLS, woken(CONTROLS, (), COMPANY))


def test_one_and_the_same_mediator_meets_the_needs_of_a_weight() -> None:
    others = {path.replace("russia", "other"): control for path, control in CONTROLS.items()}
    two = CONTROLS | {path: control for path, control in others.items() if "other" in path}
    apart: Settings = (
        (RUSSIA, STAYS_OUT),
        ("mediators.other.style", "facilitation"),
        (STYLE, "manipulation"),
    )
    assert "weights.focal_pull" in asleep(two, apart)
    assert "weights.focal_pull" not in asleep(two, put(apart, "mediators.other.style", "formulation"))
    assert woken(two, apart, "weights.focal_pull") == put(apart, "mediators.other.style", "formulation")
    assert COMPANY in asleep(two, apart)
    assert COMPANY not in asleep(two, woken(two, apart, COMPANY))
    assert COMPANY not in asleep(two, ())
