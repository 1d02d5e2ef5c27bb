"""The events of one run, and its story: day by day, in plain words and 80 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from escalation.crisis import wording
from escalation.crisis.play import Run
from escalation.crisis.tables import incident_words, incidents_of, ordered_rivals
from escalation.crisis.words import (
    act_sentence,
    dated_act,
    mediation_words,
    reason_words,
    result_words,
)
from escalation.engine.record import Day, Decision
from escalation.language import date_words, listed, number, say
from escalation.scenario.scenario import DatedAct
from escalation.vocabulary import FORCE_RUNG

WIDTH = 80


@dataclass(frozen=True)
class Event:
    """One thing that happened."""

    mark: str
    """! incident or change of values, . report, - act, ~ firing, = ceasefire, + talks."""
    says: str
    decision: Decision | None = None
    """Of an act."""
    entry: DatedAct | None = None
    """Of an act that the scenario dates: recorded, or played in a game."""
    reasons: tuple[str, ...] = ()
    """Of an act: when it came and what it was, under the model."""
    by_chance: bool = False
    """Whether it began or ended by no act of the day."""

    @property
    def was_played(self) -> bool:
        """Return whether it is a move of a game."""
        return self.entry is not None and self.entry.says == wording.PLAYED

    @property
    def record(self) -> str:
        """Return what the record says of it, marked where that is contested; empty for all other acts."""
        if self.entry is None or self.was_played:
            return ""
        return say(self.entry.says) + (say(wording.CONTESTED) if self.entry.contested else "")


def events_of(run: Run, day: Day, before: Day | None) -> Iterator[Event]:
    """Yield what happened on a day: changes, incidents, reports, acts, then what began or ended."""
    for come in run.changes_on(day.day):
        yield Event("!", incident_words(come.says))
    for i, j in ordered_rivals(run):
        for says in incidents_of(run, day, i, j):
            yield Event("!", says)
    for report in run.scenario_on(day.day).reports:
        if report.date == run.scenario.date_of(day.day):
            yield Event(".", say(wording.REPORT, by=say(report.by), says=say(report.says)))
    met: dict[tuple[int, int, int, int], int] = {}
    for decision in run.decisions:
        if decision.day == day.day and decision.choice.target >= 0:
            key = (decision.group, decision.actor, decision.choice.act, decision.choice.target)
            says = act_words(run, decision)
            entry = dated_act(run, decision, met.get(key, 0))
            yield Event("-", says, decision, entry, reason_words(run, decision))
            met[key] = met.get(key, 0) + 1
    yield from _firing(run, day, before)
    used_force = any(_rung_of(run, one) >= FORCE_RUNG for one in run.decisions if one.day == day.day)
    for change in day.ceasefires:
        words = wording.CEASEFIRE_BEGINS if change.begins else wording.CEASEFIRE_ENDS
        by_chance = not change.begins and not used_force
        yield Event("=", say(words, pair=_pair_words(run, change.between)), by_chance=by_chance)
    yield from _talk_changes(run, day)


def act_words(run: Run, decision: Decision) -> str:
    """Return who did what to whom, with the rung."""
    return say(wording.ACT, says=act_sentence(run, decision), rung=_rung_of(run, decision))


def _rung_of(run: Run, decision: Decision) -> int:
    return run.scenario.ladder.acts[run.index.acts[decision.choice.act]].rung


def _pair_words(run: Run, between: tuple[int, int]) -> str:
    return listed([run.scenario.label(run.index.states[k]) for k in between])


def _firing(run: Run, day: Day, before: Day | None) -> Iterator[Event]:
    """Yield where firing across a line began or stopped."""
    for i, j in ordered_rivals(run):
        if i > j:
            continue
        fire, fired = day.dyad[i, j].border_fire, before.dyad[i, j].border_fire if before else 0
        if fire and not fired:
            yield Event("~", say(wording.FIRING_BEGINS, pair=_pair_words(run, (i, j))), by_chance=True)
        if fired and not fire:
            yield Event("~", say(wording.FIRING_STOPS, pair=_pair_words(run, (i, j))), by_chance=True)


TALKS_END = {"agreement": wording.TALKS_AGREE, "no agreement": wording.TALKS_FAIL}


def _talk_changes(run: Run, day: Day) -> Iterator[Event]:
    for span in run.talks:
        mediation = mediation_words(run.scenario_on(day.day), run.index.mediators[span.mediator])
        words = [(wording.TALKS_BEGIN, False)] if span.first == day.day else []
        words += [(TALKS_END[span.end], True)] if span.last == day.day and span.end in TALKS_END else []
        for each, by_chance in words:
            says = say(each, pair=_pair_words(run, span.between), mediation=mediation)
            yield Event("+", says, by_chance=by_chance)


def story_of(run: Run) -> Iterator[str]:
    """Yield the lines of the story: heading, legend, days, outcome, caveat."""
    yield from heading(run)
    yield ""
    for line in (marks_words(), *map(say, wording.LEGEND)):
        yield from _wrapped(line)
    days = {day.day: day for day in run.days}
    quiet: list[int] = []
    for place, day in days.items():
        events = list(events_of(run, day, days.get(place - 1)))
        if events:
            yield from _quiet_days(run, quiet)
            quiet = []
            yield from _day_heading(run, day)
            for event in events:
                yield from _event_lines(event)
        else:
            quiet.append(place)
    yield from _quiet_days(run, quiet)
    yield ""
    for line in result_words(run):
        yield from _wrapped(line)
    yield from _wrapped(say(wording.COURSE_CAVEAT))


def marks_words() -> str:
    """Return what the marks before events mean."""
    marks = [
        say(wording.MARK_MEANS, mark=mark, meaning=say(meaning)) for mark, meaning in wording.MARKS.items()
    ]
    return say(wording.MARKS_MEAN, marks=", ".join(marks))


def heading(run: Run) -> Iterator[str]:
    """Yield the title, the span of days, and the seed and replication of the run."""
    scenario = run.scenario
    yield from _wrapped(say(scenario.title))
    yield from _wrapped(
        say(
            wording.SPAN_OF_RUN,
            start=date_words(scenario.start),
            end=date_words(scenario.date_of(scenario.last_day)),
            horizon=date_words(scenario.horizon),
            days=number(scenario.free_days),
            seed=run.seed,
            replication=run.replication,
        )
    )
    if run.began is not None and run.began.scenario.name != scenario.name:
        yield from _wrapped(
            say(
                wording.BEGAN,
                earlier=run.began.scenario.name,
                later=scenario.name,
                date=date_words(scenario.date_of(run.began.since)),
            )
        )


def _day_heading(run: Run, day: Day) -> Iterator[str]:
    is_simulated = day.day > run.scenario.horizon_day
    postures = []
    for i, name in enumerate(run.index.states):
        mine = [float(day.pair[i, j].posture) for k, j in ordered_rivals(run) if k == i]
        if mine:
            postures.append(f"{run.scenario.label(name)} {number(max(mine), 1)}")
    yield ""
    yield from _wrapped(
        say(
            wording.DAY,
            date=run.scenario.date_of(day.day),
            kind=say(wording.SIMULATED_DAY if is_simulated else wording.RECORD_DAY),
            postures=", ".join(postures),
        )
    )


def _event_lines(event: Event) -> Iterator[str]:
    yield from textwrap.wrap(event.says, WIDTH, initial_indent=f"  {event.mark} ", subsequent_indent="    ")
    if event.record:
        yield from _wrapped(event.record, "    ")
    yield from reason_lines(event, WIDTH)


def reason_lines(event: Event, width: int) -> Iterator[str]:
    """Yield why an act came and was this one, in lines; nothing for other events."""
    origin = ""
    if event.decision is not None and event.decision.forced:
        origin = say(wording.PLAYED_BY_HAND if event.was_played else wording.RECORDED)
    for reason in event.reasons:
        yield from textwrap.wrap(
            origin + reason, width, initial_indent="    ", subsequent_indent="      ", break_on_hyphens=False
        )
        origin = ""


def _quiet_days(run: Run, days: list[int]) -> Iterator[str]:
    if days:
        dates = dict.fromkeys(str(run.scenario.date_of(day)) for day in (days[0], days[-1]))
        yield ""
        yield say(wording.QUIET, span=say(wording.SPAN).join(dates))


def _wrapped(text: str, indent: str = "") -> Iterator[str]:
    yield from textwrap.wrap(text, WIDTH, initial_indent=indent, subsequent_indent=indent)
