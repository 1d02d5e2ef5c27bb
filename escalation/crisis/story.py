"""The story of one run, day by day, in plain words and 80 columns, and the events it is told from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from escalation.crisis.play import Run
from escalation.crisis.tables import incidents_of, ordered_rivals
from escalation.crisis.words import CAVEAT, act_sentence, dated_act, day_words, result_words, why
from escalation.engine.record import Day, Decision
from escalation.scenario.scenario import DatedAct

WIDTH = 80


def tell(run: Run) -> Iterator[str]:
    """Yield the lines of the story: heading, days, outcome, caveat."""
    yield from heading(run)
    days = {day.day: day for day in run.days}
    quiet: list[int] = []
    for number, day in days.items():
        events = list(events_of(run, day, days.get(number - 1)))
        if events:
            yield from _quiet_days(run, quiet)
            quiet = []
            yield from _day_heading(run, day)
            for event in events:
                yield from _told(event)
        else:
            quiet.append(number)
    yield from _quiet_days(run, quiet)
    yield ""
    for line in result_words(run):
        yield from _wrapped(line)
    yield from _wrapped(CAVEAT)


def heading(run: Run) -> Iterator[str]:
    """Yield the title, the span of days and the luck of the run."""
    scenario = run.scenario
    yield from _wrapped(scenario.title)
    yield from _wrapped(
        f"{day_words(scenario.start)} to {day_words(scenario.date_of(scenario.last_day))}: history to "
        f"{day_words(scenario.horizon)}, then {scenario.free_days} simulated days. "
        f"Seed {run.seed}, replication {run.replication}."
    )


def _day_heading(run: Run, day: Day) -> Iterator[str]:
    kind = "simulated" if day.day > run.scenario.horizon_day else "history"
    postures = []
    for i, name in enumerate(run.index.states):
        mine = [float(day.pair[i, j].posture) for k, j in ordered_rivals(run) if k == i]
        if mine:
            postures.append(f"{run.scenario.label(name)} {max(mine):.1f}")
    yield ""
    yield from _wrapped(f"{run.scenario.date_of(day.day)}  {kind}; posture {', '.join(postures)}")


def _told(event: Event) -> Iterator[str]:
    yield from _item(event.mark, event.says)
    if event.entry:
        marks = " (contested)" if event.entry.contested else ""
        yield from _wrapped(f"{event.entry.says}{marks}", "    ")
    decision = event.decision
    if decision is None:
        return
    chance = f"{decision.choice.probability:.1%}"
    if decision.forced:
        yield from _wrapped(f"recorded; the rules gave it {chance}: {why(decision)}", "    ")
    else:
        yield from _wrapped(f"why: {why(decision)} (probability {chance})", "    ")


def _quiet_days(run: Run, days: list[int]) -> Iterator[str]:
    if days:
        first, last = run.scenario.date_of(days[0]), run.scenario.date_of(days[-1])
        span = f"{first}" if first == last else f"{first} to {last}"
        yield ""
        yield f"{span}  nothing new"


def _item(mark: str, text: str) -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH, initial_indent=f"  {mark} ", subsequent_indent="    ")


def _wrapped(text: str, indent: str = "") -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)


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
