"""What happened on each day of a run: incidents, reports, acts, and what began or ended by nobody's act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from escalation.analysis.tables import incidents_of, ordered_rivals
from escalation.analysis.words import act_sentence, dated_act
from escalation.engine.play import Run
from escalation.engine.record import Day, Decision
from escalation.scenario.scenario import DatedAct


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    mark: str
    """! incident, . report, - act, ~ firing, = ceasefire, + talks."""
    says: str
    decision: Decision | None = None
    """Of an act."""
    entry: DatedAct | None = None
    """Of an act of the record."""


def events_of(run: Run, day: Day, before: Day | None) -> Iterator[Event]:
    """Yield what happened on a day, in the order of the story."""
    for i, j in ordered_rivals(run):
        for says in incidents_of(run, day, i, j):
            yield Event("!", says)
    for report in run.scenario.reports:
        if report.date == run.scenario.date_of(day.day):
            yield Event(".", f"{report.by}: {report.says}")
    met: dict[tuple[int, int, int, int], int] = {}
    for decision in run.decisions:
        if decision.day == day.day and decision.choice.target >= 0:
            key = (decision.group, decision.actor, decision.choice.act, decision.choice.target)
            rung = run.scenario.ladder.acts[run.index.acts[decision.choice.act]].rung
            entry = dated_act(run, decision, met.get(key, 0))
            yield Event("-", f"{act_sentence(run, decision)} [rung {rung}]", decision, entry)
            met[key] = met.get(key, 0) + 1
    yield from _changes(run, day, before)


def _changes(run: Run, day: Day, before: Day | None) -> Iterator[Event]:
    """Say what began or ended between pairs without being anybody's act."""
    for i, j in ordered_rivals(run):
        if i > j:
            continue
        names = f"{run.scenario.label(run.index.states[i])} and {run.scenario.label(run.index.states[j])}"
        now = day.dyad[i, j]
        fire, truce = (before.dyad[i, j].border_fire, before.dyad[i, j].ceasefire) if before else (0, 0)
        if now.border_fire and not fire:
            yield Event("~", f"Firing across the line between {names} begins.")
        if fire and not now.border_fire:
            yield Event("~", f"Firing across the line between {names} stops.")
        if now.ceasefire and not truce:
            yield Event("=", f"A ceasefire or agreement between {names} comes into force.")
        if truce and not now.ceasefire:
            yield Event("=", f"The ceasefire between {names} breaks down.")
        yield from _talk_changes(run, day, before, i, j, names)


def _talk_changes(run: Run, day: Day, before: Day | None, i: int, j: int, names: str) -> Iterator[Event]:
    for m, name in enumerate(run.index.mediators):
        now = int(day.talk[m, i, j].stage)
        then = int(before.talk[m, i, j].stage) if before else 0
        label = run.scenario.label(name)
        if now == 2 and then != 2:
            yield Event("+", f"Talks between {names} open, facilitated by {label}.")
        if then == 2 and now != 2:
            agreed = day.talk[m, i, j].agreed == day.day
            ended = "end with an agreement" if agreed else "end without an agreement"
            yield Event("+", f"The talks facilitated by {label} {ended}.")
