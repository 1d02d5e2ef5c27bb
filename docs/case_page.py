"""Writes the page of the shipped past crises, with the cross-walk of their outcome classes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from escalation.engine.batch import simulate
from escalation.engine.pack import pack
from escalation.scenario.case import Case
from escalation.scenario.load import load_scenario, shipped_cases
from escalation.scenario.scenario import DatedAct, Scenario
from escalation.vocabulary import CLASS_OF_OUTCOME, OUTCOMES

HEAD = """\
Made from `scenarios/history/*.yaml` by `docs/case_page.py`; edit those, not this page.
[coding_cases.md](coding_cases.md) explains how they are coded. `escalation run kutch_1965` plays one."""

CASES = """\
Peak: highest rung of the states' own dated acts. Class: the coders' classification of the outcome."""

CROSS_WALK = """\
The model derives an outcome from the acts of a run by thresholds ([odd.md](odd.md), 7.14); the coders
chose one of four classes with knowledge of the whole crisis. Each outcome of the model corresponds to
one class:"""

DIFFER = """\
For every case the model's own rule was applied to the record: the states' dated acts were treated as
acts on simulated days, with nobody choosing, and the outcome was read on the day on which the crisis
ended. Where rule and coders differ, a backtest goes by the rule, on the record as on simulated runs
([backtest.md](backtest.md)). They differ in"""

Row = tuple[str, ...]


def page() -> str:
    """Return the page in Markdown."""
    cases = [load_scenario(name) for name in shipped_cases()]
    read = {scenario.name: outcome_by_rule(scenario) for scenario in cases}
    differing = [scenario for scenario in cases if differs(scenario, read[scenario.name])]
    parts = [
        "# Past crises",
        HEAD,
        CASES,
        _table(("Case", "Days", "From", "To", "Acts", "Peak", "Class", "Mediation", "Use"), map(_row, cases)),
        "## Outcome classes",
        CROSS_WALK,
        _table(
            ("Outcome of the model", "Class of the coders"),
            ((_words(outcome), _words(CLASS_OF_OUTCOME[outcome])) for outcome in OUTCOMES),
        ),
        f"{DIFFER} {len(differing)} of {len(cases)} cases.",
        _table(
            ("Case", "Peak", "Coded as", "By the rule", "Counts as"),
            (_difference(scenario, read[scenario.name]) for scenario in differing),
        ),
        "## Doubts",
        "\n\n".join(f"**{s.name}.** {coding_of(s).doubts}" for s in cases),
    ]
    return "\n\n".join(parts) + "\n"


def coding_of(scenario: Scenario) -> Case:
    """Return how a shipped case was coded."""
    if scenario.case is None:
        raise LookupError(f"{scenario.name} has no key `case`")
    return scenario.case


def peak_of(scenario: Scenario) -> int:
    """Return the highest rung of the states' own dated acts."""
    return max(scenario.ladder.acts[a.act].rung for a in scenario.acts if a.actor in scenario.states)


def outcome_by_rule(scenario: Scenario) -> str:
    """Return the outcome that the model's own rule derives from a record."""
    return OUTCOMES[simulate(pack(as_free(scenario)), seed=0, first=0, count=1).outcome[0]]


def as_free(scenario: Scenario) -> Scenario:
    """Return a scenario in which the record of another falls on simulated days and nobody chooses.

    Its horizon is the day before the start. States without an act on a day are forced to hold, and chance
    events are left out, so the outcome depends on no random draw.
    """
    before = scenario.start - dt.timedelta(days=1)
    days = (coding_of(scenario).ended - before).days
    states = scenario.states
    acts = [act for act in scenario.acts if act.date >= scenario.start]
    own = [act for act in acts if act.actor in states and act.target in states]
    acted = {(act.actor, act.date) for act in own}
    hold = scenario.ladder.ordered()[0]
    rivals = {state: other for r in scenario.rivalries for state, other in (r.between, r.between[::-1])}
    held = [
        DatedAct.model_construct(date=date, seq=1, actor=state, act=hold, target=rivals[state], says="-")
        for date in (before + dt.timedelta(days=day) for day in range(1, days + 1))
        for state in scenario.states
        if (state, date) not in acted
    ]
    return scenario.model_copy(
        update={
            "start": before,
            "horizon": before,
            "free_days": days,
            "mediators": {},
            "hazards": (),
            "incidents": (),
            "border_fire": (),
            "rivalries": tuple(r.model_copy(update={"contested_line": False}) for r in scenario.rivalries),
            "weights": scenario.weights.model_copy(update={"ceasefire_breach": 0.0}),
            "acts": (*own, *held),
        }
    )


def differs(scenario: Scenario, outcome: str) -> bool:
    """Tell whether the rule's outcome counts as another class than the coders'."""
    return CLASS_OF_OUTCOME[outcome] != coding_of(scenario).outcome


def _row(scenario: Scenario) -> Row:
    case = coding_of(scenario)
    days = (case.ended - scenario.start).days
    return (
        f"[{scenario.name}](../scenarios/history/{scenario.name}.yaml)",
        str(days),
        str(scenario.start),
        str(case.ended),
        str(len(scenario.acts)),
        str(peak_of(scenario)),
        _words(case.outcome),
        case.mediation,
        case.use,
    )


def _difference(scenario: Scenario, outcome: str) -> Row:
    coded = _words(coding_of(scenario).outcome)
    counts = _words(CLASS_OF_OUTCOME[outcome])
    return scenario.name, str(peak_of(scenario)), coded, _words(outcome), counts


def _words(name: str) -> str:
    return name.replace("_", " ")


def _table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
