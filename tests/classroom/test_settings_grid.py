from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.classroom import settings_grid
from escalation.classroom.controls import STAYS_OUT, Settings, in_effect, put
from escalation.classroom.lesson import Lesson, Preset, lesson_of, settings_of
from escalation.classroom.settings_grid import MOST_SETTINGS, SettingsGrid, grid_of, joint_counts, simulated
from tests.classroom.crises import ENTRY, STYLE, ensemble, workspace

TWO_STATES = "docs/examples/two_states.yaml"
TRUST = "mediators.russia.toward.india.trust"


@cache
def grid(source: str = "pahalgam_2025") -> SettingsGrid:
    return grid_of(workspace(source), lesson_of(workspace(source)))


def setting(found: SettingsGrid, start: int, picks: tuple[int, ...]) -> Settings:
    """Return the setting that a page shows at a starting point, with the places of values."""
    here = found.starts[start]
    at = 0
    for axis, pick in list(zip(found.axes, picks, strict=True))[: here.axes]:
        at = at * len(axis.values) + pick
    return found.settings[here.cells[at]]


def test_the_controls_of_the_lesson_come_first_and_what_means_the_same_is_simulated_once() -> None:
    found = grid()
    lesson = lesson_of(workspace())
    assert tuple(axis.path for axis in found.axes[: found.main]) == lesson.controls
    assert found.axes[found.main].path == "mediators.russia.form"
    for axis in found.axes:
        assert axis.values[axis.at] == axis.control.value
    whole = found.starts[0]
    entry = next(axis for axis in found.axes if axis.path == ENTRY)
    assert entry.values == (10, 14, 28, 44)  # as recorded, early, late, never
    assert 50 < len(set(whole.cells)) <= MOST_SETTINGS
    assert len(set(whole.cells)) < len(whole.cells)
    assert len(set(found.settings)) == len(found.settings)
    assert set(found.settings) == set(map(in_effect, found.settings))


@pytest.mark.parametrize("source", ["pahalgam_2025", TWO_STATES])
def test_every_card_is_there_with_all_that_it_sets(source: str) -> None:
    found, lesson = grid(source), lesson_of(workspace(source))
    controls = {axis.path: axis.control for axis in found.axes}
    assert [card.name for card in found.cards] == list(lesson.presets)
    for card in found.cards:
        preset = lesson.presets[card.name]
        everything = {control.path: control for control in _controls(source)} | controls
        assert setting(found, card.start, card.picks) == in_effect(settings_of(preset.set, everything))


def _controls(source: str) -> tuple[settings_grid.Control, ...]:
    return settings_grid.controls_of(workspace(source))


def test_from_a_card_the_first_controls_can_be_moved() -> None:
    found = grid()
    loud = next(card for card in found.cards if card.name == "loud_capitals")
    start = found.starts[loud.start]
    assert start.axes == found.main
    style = [axis.path for axis in found.axes].index(STYLE)
    pressed = found.axes[style].values.index("manipulation")
    picks = tuple(pressed if k == style else pick for k, pick in enumerate(loud.picks))
    assert setting(found, loud.start, picks) == put(start.settings, STYLE, "manipulation")
    out = tuple(
        found.axes[0].values.index(STAYS_OUT) if k == 0 else pick for k, pick in enumerate(loud.picks)
    )
    assert dict(setting(found, loud.start, out)) == dict(start.settings) | {"mediators.russia": STAYS_OUT}


def lesson_with(**presets: dict[str, str | float | int]) -> Lesson:
    cards = {name: Preset(label=name, says=name, set=given) for name, given in presets.items()}
    return lesson_of(workspace()).model_copy(update={"presets": cards})


def test_a_main_control_gets_the_values_that_cards_set() -> None:
    found = grid_of(workspace(), lesson_with(wary={TRUST: 0.25}))
    trust = next(axis for axis in found.axes if axis.path == TRUST)
    assert 0.25 in trust.values
    assert found.cards[0].start == 0


def test_a_card_that_sets_another_control_of_the_grid_elsewhere_keeps_its_value() -> None:
    form, weight = "mediators.russia.form", "weights.talks_lull"
    found = grid_of(workspace(), lesson_with(both={form: "third_party", weight: 0.0}))
    (card,) = found.cards
    start = found.starts[card.start]
    assert dict(start.settings) == {form: "third_party", weight: 0.0}
    assert start.picks == card.picks


def test_where_cards_are_too_many_each_is_a_setting_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_grid, "MOST_SETTINGS", 24)
    given = {f"c{k}": {"weights.talks_lull": round(0.1 * k, 1), STYLE: "manipulation"} for k in range(4)}
    found = grid_of(workspace(), lesson_with(**given))
    movable = [found.starts[card.start].axes for card in found.cards]
    assert movable == [3, 0, 0, 0]
    assert len(found.settings) <= 2 * 24 + 2
    for card in found.cards:
        assert dict(setting(found, card.start, card.picks)) == given[card.name]


def test_a_crisis_of_many_numbers_has_fewer_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings_grid, "MOST_NUMBERS", 5_000)
    assert len(grid_of(workspace(), lesson_with()).settings) <= 12


def test_settings_are_simulated_with_common_random_numbers() -> None:
    found = grid_of(workspace(), lesson_with(pressing={STYLE: "manipulation"}))
    counts = simulated(workspace(), found, 1, 200, lambda each: int(each.answers["force"].sum()))
    for settings in ((), (("mediators.russia", STAYS_OUT),)):
        assert counts[found.settings.index(settings)] == ensemble(settings).answers["force"].sum()


@given(st.integers(1, 5), st.integers(1, 4), st.integers(0, 40), st.integers(0, 2**32 - 1))
def test_joint_counts_are_those_of_every_pair(settings: int, shares: int, crises: int, seed: int) -> None:
    answers = [np.random.default_rng(seed + k).random((shares, crises)) < 0.5 for k in range(settings)]
    found = joint_counts(answers)
    assert found.shape == (shares, settings * (settings + 1) // 2)
    for one in range(settings):
        for other in range(one + 1):
            both = (answers[one] & answers[other]).sum(axis=1)
            assert (found[:, one * (one + 1) // 2 + other] == both).all()
