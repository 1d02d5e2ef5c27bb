"""The story of one run, day by day, in plain words and 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from escalation.analysis.events import Event, events_of
from escalation.analysis.explain import why
from escalation.analysis.tables import ordered_rivals
from escalation.analysis.words import CAVEAT, day_words, result_words
from escalation.engine.play import Run
from escalation.engine.record import Day

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
