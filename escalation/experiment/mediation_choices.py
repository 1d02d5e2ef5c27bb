"""The experiment that asks what a mediator should choose: its choices as policies, the rest as uncertainties.

It is made from a scenario alone, as plain data that `load_experiment` takes, so that it can be written to a
file, read, changed and run like any other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from escalation.experiment.factors import leaving_out
from escalation.files.places import ArgumentError
from escalation.scenario.scenario import Form, Mediator, Relation, Scenario
from escalation.vocabulary import STYLES

POINTS = 128
REPLICATIONS = 200
DRAWS = 100
SPREAD = 0.2
"""How far a disposition is varied to either side of the scenario's, on its scale from 0 to 1: a judgement."""

NOBODY, AS_IT_IS = "nobody", "as_it_is"
_STATE = {
    "resolve": "resolve",
    "audience": "audience cost",
    "third_party_aversion": "aversion to third parties",
}
_RELATION = {"trust": "trust in {mediator}", "leverage": "openness to the leverage of {mediator}"}
_FORMS = {"bilateral": "away from the table", "third_party": "at the table"}


def mediation_experiment(
    scenario: Scenario,
    source: str,
    weights: str = "calibrated",
    draws: int = DRAWS,
    points: int = POINTS,
    replications: int = REPLICATIONS,
    seed: int = 1,
) -> dict[str, Any]:
    """Return the experiment that compares the mediation choices of a scenario.

    Policies are that nobody mediates (the dated acts of mediators and those toward them are left out with
    them), the scenario as it is, and each mediator in each other style, in the other form of talks, at once
    where it would enter later, and alone where there are several. Uncertain are the weights, by draws of
    their fitted distribution; what is at stake between rivals; and the dispositions of states and their
    relations to mediators, each within `SPREAD` of the scenario's value.

    Parameters
    ----------
    scenario, source
        The scenario, and the name or path by which the experiment names it.
    weights, draws
        Name or path of a fitted set of weights, and how many of its draws are sampled.
    points, replications, seed
        Points of a Latin hypercube, crises of each policy at each of them, and the seed of the crises.

    Raises
    ------
    ArgumentError
        If the scenario has no mediator.
    """
    if not scenario.mediators:
        raise ArgumentError(f"{scenario.name} has no mediator, so there is no mediation to choose")
    policies = dict(_policies(scenario))
    return {
        "name": f"advise_{scenario.name}",
        "title": f"Which mediation does best? {scenario.title}",
        "summary": "Made by `escalation advise` from the scenario: choices of its mediators at points of what"
        " nobody chooses.",
        "scenario": source,
        "seed": seed,
        "replications": replications,
        "policies": policies,
        "reference": NOBODY,
        "uncertainties": {
            "weights": {"label": "Draw of the weights", "draws": {"of": weights, "count": draws}},
            **dict(_uncertainties(scenario)),
        },
        "design": {"kind": "lhs", "points": points, "seed": seed},
        "measures": {"effort": _effort(scenario)},
        "outcomes": ["force", "rung_7", "ceasefire", "talks"],
    }


def _effort(scenario: Scenario) -> dict[str, Any]:
    acts = " or ".join(f"actor == {name}" for name in scenario.mediators)
    return {"of": f"count({acts})", "label": "acts of mediators", "more_is": "worse"}


def _policies(scenario: Scenario) -> Iterator[tuple[str, dict[str, Any]]]:
    mediators = scenario.mediators
    yield NOBODY, {"label": "nobody mediates"} | _without(scenario, list(mediators))
    yield AS_IT_IS, {"label": "as in the scenario"}
    for name, mediator in mediators.items():
        if len(mediators) > 1:
            others = [other for other in mediators if other != name]
            yield f"{name}_alone", {"label": f"{mediator.label} alone"} | _without(scenario, others)
        for key, does, sets in _other_ways(name, mediator, scenario):
            yield f"{name}_{key}", {"label": f"{mediator.label}, {does}", "set": sets}


def _other_ways(
    name: str, mediator: Mediator, scenario: Scenario
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield what a mediator can do otherwise: a key, words, and the values that are set."""
    for style in STYLES:
        if style != mediator.style:
            yield style, style, {f"mediators.{name}.style": style}
    form = next(form for form in get_args(Form) if form != mediator.form)
    yield form, _FORMS[form], {f"mediators.{name}.form": form}
    at_once = scenario.horizon_day + 1
    if mediator.enters_day > at_once:
        yield "at_once", "at once", {f"mediators.{name}.enters_day": at_once}


def _without(scenario: Scenario, mediators: list[str]) -> dict[str, Any]:
    """Return what leaves mediators out, as an experiment writes it."""
    change = leaving_out(scenario, mediators)
    return {"drop": list(change.drops)} | ({"set": dict(change.sets)} if change.sets else {})


def _uncertainties(scenario: Scenario) -> Iterator[tuple[str, dict[str, Any]]]:
    for number, rivalry in enumerate(scenario.rivalries):
        between = " and ".join(scenario.label(name) for name in rivalry.between)
        label = f"What is at stake between {between}"
        yield (
            f"stakes_{'_'.join(rivalry.between)}",
            _around(label, f"rivalries.{number}.stakes", rivalry.stakes),
        )
    for name, state in scenario.states.items():
        for key, noun in _STATE.items():
            label = f"{state.label}: {noun}"
            yield f"{key}_{name}", _around(label, f"states.{name}.{key}", getattr(state, key))
    for who, mediator in scenario.mediators.items():
        for name, state in scenario.states.items():
            relation = mediator.toward.get(name, Relation())
            for key, noun in _RELATION.items():
                label = f"{state.label}: {noun.format(mediator=mediator.label)}"
                path = f"mediators.{who}.toward.{name}.{key}"
                yield f"{key}_{who}_{name}", _around(label, path, getattr(relation, key))


def _around(label: str, path: str, value: float) -> dict[str, Any]:
    low, high = max(0.0, value - SPREAD), min(1.0, value + SPREAD)
    return {"label": label, "unit": "from 0 to 1", "path": path, "range": [round(low, 6), round(high, 6)]}
