"""How often states act at all: what followed attacks, and calm, as evidence beside acts on record.

A record lists acts and not the days without, so what is read from it is given that a state acts. How
often one does is told by what did not follow: attacks that were answered by words. Their answers are
held against runs of the same luck, free from the day of the attack on; `escalation.history.plausibility`
makes the scenarios.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationError

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.history.likelihood import Evidence, Floats
from escalation.history.plausibility import after_attack, calm
from escalation.scenario.errors import ScenarioError
from escalation.scenario.explain import problems_of
from escalation.scenario.fields import Id, Many, Text
from escalation.scenario.files import read_text, shipped_folder
from escalation.scenario.load import load_scenario
from escalation.scenario.parameters import Model, Weights
from escalation.scenario.scenario import Scenario
from escalation.scenario.yaml_tree import read_tree

RUNS, SEED = 1_000, 7
HALF = 0.5
"""Added to the runs of each class, so that what no run showed is not ruled out (Jeffreys)."""
CLASSES = (1, 3, 4, 6)
"""Rungs at which a higher class begins: words, threat or show of force, mobilisation, acknowledged force."""
WIDE = 0.5
"""Of a prior's standard deviation, for differences of shares of runs: a run is in a class or not."""

Count = Annotated[int, Field(ge=0, le=100_000)]


class AfterAttacks(Model):
    """Attacks of a severity, by the highest rung of the victim's acts within so many days."""

    severity: float = Field(gt=0.0, le=1.0)
    days: int = Field(ge=1, le=3_650)
    nothing: Count
    rungs_1_2: Count
    rung_3: Count
    rungs_4_5: Count
    rung_6_up: Count

    @property
    def counts(self) -> tuple[int, ...]:
        """By class, the lowest first."""
        return self.nothing, self.rungs_1_2, self.rung_3, self.rungs_4_5, self.rung_6_up


class Calm(Model):
    """Stretches with nothing on record in which no force was used."""

    days: int = Field(ge=1, le=3_650)
    months: Count


class Answers(Model):
    """What followed attacks, and calm."""

    name: Id
    title: Text
    provenance: Text
    scenario: Text = Field(description="Between whose first victim and the state that it blamed")
    after_attacks: Many[AfterAttacks]
    calm: Calm


def load_answers(path: Path | None = None) -> Answers:
    """Load the answers to attacks, by default those that are shipped; raises ScenarioError."""
    file = path or shipped_folder() / "rates" / "answers_to_attacks.yaml"
    tree = read_tree(read_text(file, str(file)), str(file))
    try:
        return Answers.model_validate(tree.value)
    except ValidationError as error:
        raise ScenarioError(problems_of(error, Answers, tree)) from None


def evidence_of_answers(answers: Answers) -> Evidence:
    """Prepare answers to attacks and calm to be held against runs."""
    scenario = load_scenario(answers.scenario)
    sorts = [
        (after_attack(scenario, sort.severity, sort.days), sort.counts, _of_victim(scenario))
        for sort in answers.after_attacks
    ]
    peace = (answers.calm.months, *(0 for _ in CLASSES))
    sorts.append((calm(scenario, answers.calm.days), peace, _force_of_anyone))
    sizes = [sum(counts) for _, counts, _ in sorts]
    observed = [k for _, counts, _ in sorts for k, count in enumerate(counts) for _ in range(count)]

    def read(weights: Weights) -> Floats:
        shares = [
            _shares(classes(_peaks(one.model_copy(update={"weights": weights})))) for one, _, classes in sorts
        ]
        return np.repeat(np.array(shares), sizes, axis=0)

    return Evidence(
        label="answers",
        read=read,
        observed=np.array(observed, np.int64),
        cluster=np.arange(len(observed)),
        group=tuple(f"answer {k}" for k in range(len(observed))),
        step=WIDE,
    )


def _of_victim(scenario: Scenario) -> Callable[[Floats], Floats]:
    place = list(scenario.states).index(scenario.incidents[0].victim)
    return lambda peaks: np.searchsorted(CLASSES, peaks[:, place], side="right").astype(np.float64)


def _force_of_anyone(peaks: Floats) -> Floats:
    """Return the highest class where anybody used force, else the lowest."""
    force = peaks.max(axis=1) >= CLASSES[-1]
    return np.where(force, float(len(CLASSES)), 0.0)


def _peaks(scenario: Scenario) -> Floats:
    return simulate(pack(scenario), SEED, 0, RUNS).peak.astype(np.float64)


def _shares(classes: Floats) -> Floats:
    counts = np.bincount(classes.astype(np.int64), minlength=len(CLASSES) + 1) + HALF
    shares: Floats = counts / counts.sum()
    return shares
