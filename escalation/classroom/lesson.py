"""What a lecturer brings to a scenario: a question, three controls, presets, roles, injects and challenges.

A lesson is a YAML file of its own, so that one scenario serves many classes. Shipped ones have the name of
their scenario; a scenario without one gets a lesson that is derived from it.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from escalation.classroom import texts
from escalation.classroom.controls import Control, Settings, Value, Workspace, controls_of, put
from escalation.files.explain import problems_of
from escalation.files.find import NotFound, find, read_text, shipped_names
from escalation.files.places import FAULTY, Problem, ScenarioError, Tree, did_you_mean, listed, shown
from escalation.files.read_yaml import read_tree
from escalation.language import say
from escalation.measures.measures import SHARE_MEASURES
from escalation.scenario.fields import ActorRef, Id, Many, StateRef, Text, references
from escalation.scenario.load import load_scenario
from escalation.scenario.parameters import Model
from escalation.scenario.scenario import Given, Mediator, RivalOfVictim, problem_of_value
from escalation.scenario.schema import as_text, schema_of

MAIN_CONTROLS = 3
"""Controls that the page shows first."""


class Preset(Model):
    """A setting with a name, shown as a card."""

    label: Text
    says: Text = Field(description="What is set, and what to look at, in a sentence or two")
    set: dict[str, Given] = Field(default={}, description="Values of controls by key path; none: as recorded")


class Role(Model):
    """The private sheet of one side: nobody else reads it during the game."""

    aims: Many[Text] = Field(min_length=1, max_length=6)
    red_lines: Many[Text] = Field(max_length=6, description="What the side will not accept")
    public: Text = Field(description="What the public at home, and others abroad, expect")


class InjectedIncident(Model):
    """An incident that a lecturer lets happen: as in the scenario's `incidents`, on the day of the inject."""

    victim: StateRef
    blamed: RivalOfVictim
    severity: float = Field(gt=0, le=1)


class Newcomer(Mediator):
    """A mediator that a lecturer lets come in, as in a scenario's `mediators`; the model plays it."""

    enters_day: int = Field(
        default=0,
        ge=0,
        le=1_000,
        description="Days from that of the inject to the first on which it may act; 0: on the same day",
    )


class Inject(Model):
    """Something that a lecturer can let happen during a game.

    An incident is felt by all sides, values hold from that day on, a new mediator comes in. An inject without
    any of them is only words, which reach the people who play.
    """

    label: Text
    says: Text = Field(description="What all players read")
    incident: InjectedIncident | None = None
    set: dict[str, Given] = Field(
        default={}, description="Values of controls by key path, from the day of the inject on"
    )
    mediators: dict[Id, Newcomer] = Field(default={}, max_length=3, description="Mediators that come in")

    @property
    def is_words(self) -> bool:
        """Return whether it is words only, of which the model does not know."""
        return self.incident is None and not self.set and not self.mediators


class Challenge(Model):
    """A task for a class or a game: a share of crises to keep within limits, at a price."""

    label: Text
    says: Text
    share: Id = Field(description="A share of crises, as in docs/results.md: force, ceasefire, mediated, ...")
    at_most: float | None = Field(default=None, ge=0, le=1)
    at_least: float | None = Field(default=None, ge=0, le=1)
    most_changes: int | None = Field(default=None, ge=1, le=20, description="Policies that may be changed")


class Lesson(Model):
    """A lesson about a scenario."""

    scenario: Text = Field(description="Name of the scenario for which it is written")
    question: Text = Field(description="The question that the class answers; heads the page")
    begin: Text = Field(description="What to do first, in one sentence")
    controls: Many[Text] = Field(
        min_length=1, max_length=MAIN_CONTROLS, description="Key paths of the controls shown first"
    )
    presets: dict[Id, Preset] = Field(default={}, max_length=12)
    roles: dict[ActorRef, Role] = {}
    injects: dict[Id, Inject] = Field(default={}, max_length=20)
    challenges: dict[Id, Challenge] = Field(default={}, max_length=12)


def shipped_lessons() -> list[str]:
    """Return the names of the shipped lessons: those of their scenarios."""
    return shipped_names("lesson")


def lesson_of(workspace: Workspace) -> Lesson:
    """Return the shipped lesson for a scenario as far as it fits, or one that is derived from it.

    A changed copy of the scenario may lack what a card, an inject or a challenge names: these are left out.
    """
    name = workspace.scenario.name
    if name in shipped_lessons():
        tree = _tree(name)
        with suppress(ValidationError):
            lesson = Lesson.model_validate(tree.value, context=references(workspace.known.tree))
            wrong = {part for part, _ in _problems(lesson, workspace, tree)}
            if not any(section == "controls" for section, _ in wrong):
                return lesson.model_copy(update=dict(_without(lesson, wrong)))
    return _derived(workspace)


def _without(lesson: Lesson, wrong: Container[Part]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the named parts of a lesson by section, without some."""
    for section in ("presets", "injects", "challenges"):
        parts = getattr(lesson, section)
        yield section, {name: one for name, one in parts.items() if (section, name) not in wrong}


def load_lesson_alone(source: str | Path) -> Lesson:
    """Load a lesson with the scenario that it names: a shipped one, or a file in the same folder.

    Raises
    ------
    ScenarioError
        With every error of the lesson, or of its scenario.
    """
    tree = _tree(source)
    named = tree.value.get("scenario") if isinstance(tree.value, dict) else None
    neighbour = Path(source).parent / str(named)
    scenario = load_scenario(str(neighbour) if neighbour.is_file() else str(named))
    return load_lesson(source, Workspace(scenario, str(named)))


def load_lesson(source: str | Path, workspace: Workspace) -> Lesson:
    """Load a lesson from a file, or a shipped one by name, for a scenario.

    Raises
    ------
    ScenarioError
        With every error: also of what is no control, value, actor or share of this scenario.
    """
    tree = _tree(source)
    try:
        lesson = Lesson.model_validate(tree.value, context=references(workspace.known.tree))
    except ValidationError as error:
        raise ScenarioError(problems_of(error, Lesson, tree)) from None
    problems = [problem for _, problem in _problems(lesson, workspace, tree)]
    if problems:
        raise ScenarioError(problems)
    return lesson


def _tree(source: str | Path) -> Tree:
    try:
        path, label = find(source, "lesson")
    except NotFound as missing:
        says, allowed = missing.args
        raise ScenarioError([Problem(str(source) or '""', None, None, "", says, allowed)]) from None
    tree = read_tree(read_text(path, label), label)
    if tree.value is FAULTY or tree.problems:
        raise ScenarioError(tree.problems)
    return tree


def settings_of(given: Mapping[str, Value], controls: Mapping[str, Control]) -> Settings:
    """Return what a preset sets as settings of the page."""
    settings: Settings = ()
    for path, value in given.items():
        read = controls[path].read(value)
        settings = put(settings, path, None if read == controls[path].value else read)
    return settings


def lesson_schema_text() -> str:
    """Return the JSON Schema of lesson files, as a file holds it."""
    return as_text(schema_of(Lesson, "Lesson file"))


def _derived(workspace: Workspace) -> Lesson:
    main = [control.path for control in controls_of(workspace) if not control.advanced]
    return Lesson(
        scenario=workspace.scenario.name,
        question=say(texts.QUESTION),
        begin=say(texts.BEGIN),
        controls=tuple(main[:MAIN_CONTROLS]),
        presets={"as_recorded": Preset(label=say(texts.AS_RECORDED), says=say(texts.AS_RECORDED_SAYS))},
    )


Part = tuple[str, str]
"""The section of a lesson, and the name of one of its parts."""


def _problems(lesson: Lesson, workspace: Workspace, tree: Tree) -> Iterator[tuple[Part, Problem]]:
    """Yield everything in a lesson that its scenario does not have, with the part that names it."""
    controls = {control.path: control for control in controls_of(workspace)}
    for number, path in enumerate(lesson.controls):
        if path not in controls:
            problem = tree.place(("controls", number)).problem(*_no_control(path, controls))
            yield ("controls", path), problem
    for name, preset in lesson.presets.items():
        for path, value in preset.set.items():
            at = ("presets", name, "set", path)
            control = controls.get(path)
            if control is None:
                yield ("presets", name), tree.key_place(at).problem(*_no_control(path, controls))
            elif control.read(value) is None:
                says = f"{shown(value)} is not a value of this control"
                yield ("presets", name), tree.place(at).problem(says, control.allowed())
    for name, inject in lesson.injects.items():
        for problem in _problems_of_inject(inject, ("injects", name), workspace, controls, tree):
            yield ("injects", name), problem
    for name, challenge in lesson.challenges.items():
        for problem in _problems_of_challenge(challenge, ("challenges", name), tree):
            yield ("challenges", name), problem


def _problems_of_challenge(challenge: Challenge, at: Part, tree: Tree) -> Iterator[Problem]:
    shares = [measure.name for measure in SHARE_MEASURES]
    if challenge.share not in shares:
        allowed = " ".join(filter(None, (did_you_mean(challenge.share, shares), f"one of {listed(shares)}")))
        yield tree.place((*at, "share")).problem("no share has this name", allowed)
    if challenge.at_most is None and challenge.at_least is None:
        yield tree.place(at).problem("no limit is given", "at_most, at_least or both")


def _problems_of_inject(
    inject: Inject, at: tuple[str, str], workspace: Workspace, controls: Mapping[str, Control], tree: Tree
) -> Iterator[Problem]:
    """Yield what cannot come into force during a game of the scenario."""
    for path, value in inject.set.items():
        control = controls.get(path)
        if control is None:
            yield tree.key_place((*at, "set", path)).problem(*_no_control(path, controls))
        elif control.read(value) is None:
            says = f"{shown(value)} is not a value of this control"
            yield tree.place((*at, "set", path)).problem(says, control.allowed())
        elif path.endswith(".enters_day"):
            says = "the day of entry of a mediator does not change during a game"
            yield tree.key_place((*at, "set", path)).problem(says, "a new mediator under `mediators`")
        else:
            problem = problem_of_value(path, value, workspace.known.context)
            if problem is not None:
                yield tree.key_place((*at, "set", path)).problem(*problem)
    scenario = workspace.scenario
    for name in inject.mediators:
        if name in scenario.states or name in scenario.mediators:
            taken = [*scenario.states, *scenario.mediators]
            says = f"{shown(name)} takes part from the beginning"
            yield tree.key_place((*at, "mediators", name)).problem(says, f"a name other than {listed(taken)}")


def _no_control(path: str, controls: Mapping[str, Control]) -> tuple[str, str]:
    hint = did_you_mean(path, list(controls))
    return f"there is no control {shown(path)}", " ".join(filter(None, (hint, "see docs/classroom.md")))
