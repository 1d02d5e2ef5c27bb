"""Attacks that a state blamed on its rival and what it did after them, and situations of known frequency.

The situations: two states after an attack, after one act, and in calm.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, model_validator

from escalation.files.find import NotFound, find, shipped_folder, shipped_names
from escalation.files.places import Problem, ScenarioError, listed, shown
from escalation.scenario.fields import Date, Id, Many, Text, wrong
from escalation.scenario.load import load_plain
from escalation.scenario.parameters import Model
from escalation.scenario.scenario import DatedAct, Scenario

CLASSES = (1, 3, 4, 6)
"""Rungs at which a higher class begins: words, threat or show of force, mobilisation, acknowledged force."""

Count = Annotated[int, Field(ge=0, le=100_000)]


class Attack(Model):
    """An attack that a state blamed on its rival, with the highest rung of its own acts after it."""

    date: Date
    place: Text
    victims: Count
    highest_rung: int = Field(ge=0, le=10)


class Severe(Model):
    """The severity of an attack with at least so many victims."""

    victims: Count
    severity: float = Field(gt=0.0, le=1.0)


class Answers(Model):
    """Responses to attacks."""

    name: Id
    title: Text
    provenance: Text
    scenario: Text = Field(description="Scenario whose first victim and blamed state are the two states")
    days: int = Field(ge=1, le=3_650, description="Days after an attack in which acts count as the response")
    severities: Many[Severe] = Field(description="From the most victims to the least; the last from 0 on")
    attacks: Many[Attack]

    @model_validator(mode="after")
    def _severities_cover_all(self) -> Self:
        least = [kind.victims for kind in self.severities]
        if not least or least[-1] != 0 or least != sorted(set(least), reverse=True):
            raise wrong(
                "the severities do not cover every attack",
                "victims in severities from the most to the least, the last from 0 on",
            )
        return self

    def sort_of(self, attack: Attack) -> int:
        """Return the index of an attack's severity in `severities`."""
        return next(k for k, kind in enumerate(self.severities) if attack.victims >= kind.victims)


def load_answers(path: Path | None = None) -> Answers:
    """Load responses to attacks, by default the shipped ones; raises ScenarioError with all errors.

    The scenario is a shipped one by name, or a path relative to the file; what is returned holds where it is.
    """
    file = path or shipped_folder() / "rates" / "answers_to_attacks.yaml"
    answers = load_plain(file, Answers)
    try:
        _, label = find(answers.scenario, "scenario", Path(file).parent)
    except NotFound as missing:
        says, allowed = missing.args
        raise ScenarioError([Problem(str(file), None, None, "scenario", says, allowed)]) from None
    is_shipped = answers.scenario in shipped_names("scenario") + shipped_names("case")
    return answers if is_shipped else answers.model_copy(update={"scenario": label})


SMALL, MASS = 0.3, 0.58
"""Severities of an attack: of few victims (assumption), of fifteen and more."""


def after_attack(scenario: Scenario, severity: float, days: int) -> Scenario:
    """Return the scenario at the end of the day of its first incident, with another severity.

    Only that incident is on record, there is no mediator, and no further chance events occur.
    """
    attack = scenario.incidents[0].model_copy(update={"severity": severity})
    return _bare(scenario, attack.date, days).model_copy(update={"incidents": (attack,)})


def after_act(scenario: Scenario, act: str, days: int) -> Scenario:
    """Return the scenario after a single act on its first day.

    The actor is the state blamed for the first incident, the target its victim.

    Raises
    ------
    ScenarioError
        If the ladder has no such act.
    """
    if act not in scenario.ladder.acts:
        says = f"no act of the ladder is called {shown(act)}"
        raise ScenarioError(
            [Problem(scenario.name, None, None, "act", says, listed(list(scenario.ladder.acts)))]
        )
    incident = scenario.incidents[0]
    bare = _bare(scenario, scenario.start, days)
    done = DatedAct.model_construct(
        date=bare.start, actor=incident.blamed, target=incident.victim, act=act, says=act
    )
    return bare.model_copy(update={"acts": (done,)})


def calm(scenario: Scenario, days: int) -> Scenario:
    """Return the scenario with an empty record and without chance events."""
    return _bare(scenario, scenario.start, days)


def with_stakes(scenario: Scenario, stakes: float) -> Scenario:
    """Return the scenario with as much at stake, 0 to 1, between all rivals."""
    rivalries = tuple(rivalry.model_copy(update={"stakes": stakes}) for rivalry in scenario.rivalries)
    return scenario.model_copy(update={"rivalries": rivalries})


def _bare(scenario: Scenario, horizon: dt.date, days: int) -> Scenario:
    """Return the states and their rivalries alone, after a quiet year and with nothing more at stake."""
    quiet = {"stakes": 0.0, "lull_days": 365.0}
    return scenario.model_copy(
        update={
            "rivalries": tuple(rivalry.model_copy(update=quiet) for rivalry in scenario.rivalries),
            "start": horizon, "horizon": horizon, "free_days": days, "acts": (), "incidents": (),
            "reports": (), "border_fire": (), "hazards": (), "mediators": {},
        }
    )  # fmt: skip
