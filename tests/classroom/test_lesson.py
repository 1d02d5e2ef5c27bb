"""Lessons: what a lecturer writes is checked against its scenario, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest

from escalation.classroom.controls import Workspace, controls_of
from escalation.classroom.lesson import lesson_of, load_lesson, settings_of, shipped_lessons
from escalation.files.places import ScenarioError
from escalation.scenario.load import load_scenario

GOOD = """\
scenario: pahalgam_2025
question: Why?
begin: Look.
controls: [states.india.resolve]
"""


@pytest.fixture(scope="module")
def workspace() -> Workspace:
    return Workspace(load_scenario("pahalgam_2025"), "pahalgam_2025")


def refused(tmp_path: Path, workspace: Workspace, text: str) -> list[str]:
    path = tmp_path / "lesson.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load_lesson(path, workspace)
    return [str(problem).removeprefix(f"{path}:") for problem in error.value.problems]


@pytest.mark.parametrize("name", shipped_lessons())
def test_a_shipped_lesson_fits_its_scenario(name: str) -> None:
    workspace = Workspace(load_scenario(name), name)
    lesson, controls = load_lesson(name, workspace), {c.path: c for c in controls_of(workspace)}
    assert lesson.scenario == name
    for given in lesson.presets.values():
        settings = settings_of(given.set, controls)
        assert len(settings) == len(given.set), f"{given.label}: it sets what the scenario has already"
        workspace.at(settings)
    assert set(lesson.roles) == {*workspace.scenario.states, *workspace.scenario.mediators}


def test_a_scenario_without_a_lesson_gets_one(workspace: Workspace) -> None:
    other = Workspace(workspace.scenario.model_copy(update={"name": "other"}), "other")
    lesson = lesson_of(other)
    assert len(lesson.controls) == 3
    assert lesson.roles == {}
    assert lesson_of(workspace).question != lesson.question


def test_a_lesson_that_does_not_fit_gives_way_to_a_derived_one(workspace: Workspace) -> None:
    scenario = workspace.scenario.model_copy(update={"mediators": {}})
    assert "mediators.russia.style" not in lesson_of(Workspace(scenario, "pahalgam_2025")).controls


def test_a_card_that_does_not_fit_a_changed_copy_is_left_out_alone(workspace: Workspace) -> None:
    short = Workspace(load_scenario("pahalgam_2025", ["free_days=6"]), "short")
    lesson, whole = lesson_of(short), lesson_of(workspace)
    assert set(whole.presets) - set(lesson.presets) == {"late_offer"}
    assert (lesson.question, lesson.roles) == (whole.question, whole.roles)
    assert lesson.injects == whole.injects


def test_injects_that_cannot_happen_have_their_places(tmp_path: Path, workspace: Workspace) -> None:
    text = GOOD + (
        "injects:\n"
        "  one:\n"
        "    label: One\n"
        "    says: One.\n"
        "    set:\n"
        "      states.indai.resolve: 1\n"
        "      states.india.resolve: 2\n"
        "      mediators.russia: stays_out\n"
        "      mediators.russia.enters_day: 20\n"
        "      rivalries.0.stakes: 0.5\n"
        "    mediators:\n"
        "      india: {label: India, style: facilitation, form: bilateral}\n"
        "      iran: {label: Iran, style: facilitation, form: bilateral}\n"
    )
    found = refused(tmp_path, workspace, text)
    expected = (
        ("10:7", "did you mean `states.india.resolve`"),
        ("11:29", "a number from 0 to 1"),
        ("12:7", "no value that changes during a crisis"),
        ("13:7", "a new mediator under `mediators`"),
        ("14:7", "no value that changes during a crisis"),
        ("16:7", "takes part from the beginning"),
    )
    for line, (place, words) in zip(found, expected, strict=True):
        assert line.startswith(f"{place}:")
        assert words in line
    loud = "injects: {one: {label: O, says: O., mediators: {iran: {label: I, style: loud, form: bilateral}}}}"
    (line,) = refused(tmp_path, workspace, f"{GOOD}{loud}\n")
    assert "facilitation" in line


def test_every_error_has_its_place(tmp_path: Path, workspace: Workspace) -> None:
    text = GOOD.replace("india.resolve", "india.resolv") + (
        "presets:\n"
        "  one:\n"
        "    label: One\n"
        "    says: One.\n"
        "    set:\n"
        "      states.india.resolve: 2\n"
        "      mediators.russia.style: shouting\n"
        "challenges:\n"
        "  two: {label: Two, says: Two., share: forc}\n"
    )
    found = refused(tmp_path, workspace, text)
    assert [line.split(":")[0] for line in found] == ["4", "10", "11", "13", "13"]
    assert "did you mean" in found[0]
    assert "states.india.resolve" in found[0]
    assert "a number from 0 to 1" in found[1]
    assert "facilitation, formulation, manipulation" in found[2]
    assert "at_most, at_least" in found[3]
    assert "force" in found[4]


def test_names_are_those_of_the_scenario(tmp_path: Path, workspace: Workspace) -> None:
    text = GOOD + (
        "roles:\n"
        "  indya: {aims: [One.], red_lines: [], public: Two.}\n"
        "injects:\n"
        "  three: {label: Three, says: Three., incident: {victim: russia, blamed: india, severity: 2}}\n"
        "  four: {label: Four, says: Four., incident: {victim: india, blamed: india, severity: 0.5}}\n"
    )
    found = refused(tmp_path, workspace, text)
    assert len(found) == 4
    assert any("is not a rival of india" in line for line in found), "as an incident of a scenario"
    assert "indya" in found[0]
    assert "india" in found[0]
    assert len(refused(tmp_path, workspace, "scenario: x\n")) == 3
