"""The course of one run for its timeline: acts on rungs, postures, border fire, incidents, mediation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from escalation.crisis.play import CeasefireSpan, Run, TalksSpan
from escalation.crisis.tables import ordered_rivals
from escalation.vocabulary import Effect


@dataclass(frozen=True)
class Sign:
    """One act of mediation, by a state or by the mediator itself (-1)."""

    day: int
    effect: Effect
    state: int


def acts_on_rungs(run: Run) -> dict[tuple[int, int, int, bool], int]:
    """Count acts by (state, day, rung, forced), without acts of mediation, which are on no rung."""
    counts: Counter[tuple[int, int, int, bool]] = Counter()
    for decision in run.decisions:
        act = run.scenario.ladder.acts[run.index.acts[decision.choice.act]]
        if act.effect != "hold" and act.kind != "mediation":
            counts[decision.actor, decision.day, act.rung, decision.forced] += 1
    return dict(counts)


def postures(run: Run) -> dict[int, list[float]]:
    """Return each state's posture at the end of every day, toward the rival for whom it is highest."""
    rivals: dict[int, list[int]] = {}
    for i, j in ordered_rivals(run):
        rivals.setdefault(i, []).append(j)
    return {
        i: [max(float(day.pair[i, j].posture) for j in those) for day in run.days]
        for i, those in rivals.items()
    }


def days_with(run: Run, field: str) -> dict[tuple[int, int], list[int]]:
    """Return, for each pair that has any, the days that end with border fire or a ceasefire in force."""
    found = {}
    for i, j in ordered_rivals(run):
        days = [day.day for day in run.days if i < j and day.dyad[i, j][field]]
        if days:
            found[i, j] = days
    return found


def ceasefires(run: Run) -> dict[tuple[int, int], list[CeasefireSpan]]:
    """Return the ceasefires of each pair that has any, those included that broke down on their first day."""
    found: dict[tuple[int, int], list[CeasefireSpan]] = {}
    for span in run.ceasefires:
        found.setdefault(span.between, []).append(span)
    return dict(sorted(found.items()))


def incidents(run: Run) -> list[tuple[int, str]]:
    """Return the day and a short text of each incident, hazard and change of values, which no actor chose."""
    found = []
    for day in run.days:
        scenario = run.scenario_on(day.day)
        texts = [change.says for change in run.changes_on(day.day)]
        texts += [scenario.incidents[k].says for k in day.incidents]
        texts += [scenario.hazards[k].label for k in day.hazards]
        found += [(day.day, text[:1].upper() + text[1:].split(",")[0].rstrip(".")) for text in texts]
    return found


def signs(run: Run, mediator: int) -> list[Sign]:
    """Return the acts by and toward a mediator, its own first on each day."""
    found = []
    number = len(run.index.states) + mediator
    for decision in run.decisions:
        act = run.scenario.ladder.acts[run.index.acts[decision.choice.act]]
        if act.kind == "mediation" and number in (decision.actor, decision.choice.target):
            by = -1 if decision.actor == number else decision.actor
            found.append(Sign(decision.day, act.effect, by))
    return sorted(found, key=lambda sign: (sign.day, sign.state))


def talks(run: Run, mediator: int) -> list[TalksSpan]:
    """Return a mediator's talks, by pair."""
    return [span for span in run.talks if span.mediator == mediator]
